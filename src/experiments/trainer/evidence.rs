//! What a mistake leaves behind in a run, as values for the break-it shelf's words.

use super::Snapshot;
use crate::experiments::Values;
use crate::experiments::report::number;
use crate::experiments::walk::shown;

impl Snapshot {
    /// The lesson's values and, beside them, the traces of mistakes. A dash stands for what is not known.
    ///
    /// `read_as_first`: the share of held-out images read as the first digit. `mean_slope`: p (1 - p), on average over
    /// the mini-batch, for one output an image. `logit_low` and `logit_high`: the range of the held-out images' outputs.
    /// `nonzero`: parameters other than 0. `first_accuracy`: before training. `mislabelled` and `wrong_share`: training
    /// images with a wrong class.
    #[must_use]
    pub fn evidence(&self) -> Values {
        let mut values = self.values();
        let dash = || "-".to_owned();
        let share = |value: Option<f64>| value.map_or_else(dash, |share| format!("{share:.4}"));
        let [low, high] = self.logit_range().map_or([None; 2], |range| range.map(Some));
        values.extend([
            ("read_as_first", share(self.read_as_first())),
            ("mean_slope", shown(self.mean_slope())),
            ("logit_low", low.map_or_else(dash, number)),
            ("logit_high", high.map_or_else(dash, number)),
            ("nonzero", self.nonzero().map_or_else(dash, |count| count.to_string())),
            ("first_accuracy", share(self.epochs.get(0).map(|epoch| epoch.accuracy))),
            ("mislabelled", self.mislabelled.to_string()),
            ("wrong_share", number(self.mislabelled as f64 / self.samples.max(1) as f64)),
        ]);
        values
    }

    /// The share of held-out images that is read as the first digit, 0 to 1.
    fn read_as_first(&self) -> Option<f64> {
        let (logits, loss) = (&self.validation.as_ref()?.logits, self.architecture.loss);
        let rows = logits.chunks_exact(loss.logits(self.digits.len()).max(1));
        let (count, first) = (rows.len(), rows.filter(|row| loss.predict(row) == 0).count());
        (count > 0).then(|| first as f64 / count as f64)
    }

    /// The smallest and the largest output of the held-out images.
    fn logit_range(&self) -> Option<[f64; 2]> {
        let logits = self.validation.as_ref()?.logits.iter().map(|&logit| f64::from(logit));
        let range = logits.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], at| [low.min(at), high.max(at)]);
        (range[0] <= range[1]).then_some(range)
    }

    /// The mean of p (1 - p) over the mini-batch: what the sigmoid lets through of each image's gradient, 0 to 1/4.
    fn mean_slope(&self) -> Option<f64> {
        let batch = self.batch.as_ref().filter(|batch| batch.predictions.len() == batch.classes.len())?;
        let slopes = batch.predictions.iter().map(|&p| f64::from(p) * (1.0 - f64::from(p)));
        (!batch.predictions.is_empty()).then(|| slopes.sum::<f64>() / batch.predictions.len() as f64)
    }

    /// How many parameters are not 0.
    fn nonzero(&self) -> Option<usize> {
        Some(self.state.as_ref()?.iter().flat_map(|tensor| &tensor.values).filter(|&&value| value != 0.0).count())
    }
}

//! A run as named values, for the lesson's words.

use super::snapshot::{Batch, Snapshot};
use super::spelling;
use crate::experiments::report::number;
use crate::experiments::walk::shown;
use crate::experiments::{Stop, Values};
use crate::math::loss::Loss;
use crate::math::model::{Layer, Model};

impl Snapshot {
    /// The named values of the lesson; a dash stands for what is not known yet.
    pub(super) fn values(&self) -> Values {
        let dash = || "-".to_owned();
        let batch = self.batch.as_ref();
        let of_batch = |value: &dyn Fn(&Batch) -> Option<String>| batch.and_then(value).unwrap_or_else(dash);
        let last = self.epochs.last();
        let class = |class: usize| self.digits.get(class).map_or_else(dash, u8::to_string);
        let count = |class: usize| of_batch(&|batch| batch.composition.get(class).map(usize::to_string));
        let bias = |numbers: Option<&[f32]>| shown(numbers.and_then(<[f32]>::first).copied());
        let loss = self.architecture.loss;
        let mut values = Values::from([
            ("model", self.model.to_owned()),
            // Which of the lesson's texts fit: those on the book's first model, or those on any.
            ("form", if self.model == "linear" && loss == Loss::Mnist { "book" } else { "network" }.to_owned()),
            ("digits", list(&self.digits)),
            ("classes", self.digits.len().to_string()),
            ("layers", layers(&self.architecture)),
            ("model_code", spelling::model(&self.architecture, "\n        ", "")),
            ("optimizer_code", self.optimizer_code()),
            ("loss_code", loss_code(loss).to_owned()),
            ("loss_words", loss_words(loss).to_owned()),
            ("baseline_accuracy", format!("{:.4}", self.baseline_accuracy)),
            ("composition", of_batch(&|batch| Some(self.composition(batch)))),
            ("first_digit", class(0)),
            ("second_digit", class(1)),
            ("parameters", self.parameters.to_string()),
            ("samples", self.samples.to_string()),
            ("valid_samples", self.valid_samples.to_string()),
            ("lr", self.lr.to_string()),
            ("zero_grad", self.zero_grad.to_string()),
            ("epoch", of_batch(&|batch| Some(batch.epoch.to_string()))),
            ("epochs", self.epochs_asked.to_string()),
            ("batch", of_batch(&|batch| Some(batch.number.to_string()))),
            ("batches", self.batches.to_string()),
            ("batch_size", of_batch(&|batch| Some(batch.indices.len().to_string()))),
            ("first_count", count(0)),
            ("second_count", count(1)),
            ("steps", self.steps.to_string()),
            ("loss", of_batch(&|batch| batch.loss.map(number))),
            ("correct", of_batch(&|batch| Some(batch.correct.to_string()))),
            ("image", of_batch(&|batch| batch.indices.first().map(|&index| self.dataset.train.source(index as usize)))),
            ("image_digit", of_batch(&|batch| batch.classes.first().map(|&index| class(index.into())))),
            ("image_target", of_batch(&|batch| batch.classes.first().map(|&class| u8::from(class == 0).to_string()))),
            ("image_logit", of_batch(&|batch| batch.logits.first().map(|&logit| number(logit.into())))),
            ("image_prediction", of_batch(&|batch| batch.predictions.first().map(|&p| number(p.into())))),
            ("image_loss", of_batch(&|batch| batch.losses.as_ref()?.first().map(|&loss| number(loss.into())))),
            ("bias", bias(self.bias())),
            ("bias_before", bias(self.last_bias(self.before.as_deref()))),
            ("bias_gradient", bias(self.last_bias(self.gradient.as_deref()))),
            ("gradient_norm", shown(self.gradient_norm)),
            ("epochs_done", counted(self.epochs.len().saturating_sub(1), "epoch")),
            ("train_loss", shown(last.and_then(|epoch| epoch.train_loss))),
            ("valid_loss", shown(last.map(|epoch| epoch.valid_loss))),
            ("accuracy", last.map_or_else(dash, |epoch| format!("{:.4}", epoch.accuracy))),
            ("batch_accuracy", last.map_or_else(dash, |epoch| format!("{:.4}", epoch.batch_accuracy))),
            ("stopped", self.stopped.as_ref().map_or("", Stop::sentence).to_owned()),
        ]);
        let said = batch.and_then(|batch| self.said(batch));
        values.insert("image_said", said.map_or_else(dash, |(digit, _)| digit.to_string()));
        values.insert("image_sure", said.map_or_else(dash, |(_, sure)| number(sure.into())));
        values
    }

    /// What the model calls the batch's first image, and how sure it is of that, 0 to 1.
    fn said(&self, batch: &Batch) -> Option<(u8, f32)> {
        let width = self.architecture.loss.logits(self.digits.len());
        let (logits, p) = (batch.logits.get(..width)?, batch.predictions.get(..width)?);
        let class = usize::from(self.architecture.loss.predict(logits));
        let sure = match (p, class) {
            ([first], 0) => *first,
            ([first], _) => 1.0 - first,
            _ => *p.get(class)?,
        };
        Some((*self.digits.get(class)?, sure))
    }

    /// How many of a batch's images have each label.
    fn composition(&self, batch: &Batch) -> String {
        let counts = batch.composition.iter().zip(&self.digits).filter(|(count, _)| **count > 0);
        counts.map(|(count, digit)| format!("{count} of {digit}")).collect::<Vec<_>>().join(", ")
    }

    /// The optimiser as PyTorch writes it.
    fn optimizer_code(&self) -> String {
        let mut code = format!("SGD(model.parameters(), lr={}", self.lr);
        for (name, value) in spelling::sgd_options(&self.settings) {
            code += &format!(",\n          {name}={value}");
        }
        code + ")"
    }
}

/// A count and its noun.
fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// "3 and 7", "1, 2 and 3".
fn list(digits: &[u8]) -> String {
    let digits: Vec<String> = digits.iter().map(u8::to_string).collect();
    match &digits[..] {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => digits.concat(),
    }
}

/// How many numbers an image is at each stage, such as "784, 30, 1".
fn layers(model: &Model) -> String {
    let mut stages = vec!["784".to_owned()];
    for layer in &model.layers {
        match *layer {
            Layer::Linear { outputs, .. } => stages.push(outputs.to_string()),
            Layer::Conv2d(conv) => {
                stages.push(format!("{0} x {1} x {1}", conv.outputs, conv.side_out()));
            }
            Layer::Relu | Layer::Unflatten | Layer::Flatten => {}
        }
    }
    stages.join(", ")
}

const fn loss_code(loss: Loss) -> &'static str {
    match loss {
        Loss::Mnist => "loss = mnist_loss(preds, yb)",
        Loss::CrossEntropy => "loss = F.cross_entropy(preds, yb)",
        Loss::Accuracy => "right = (preds > 0) == (yb == 1)\nloss = 1 - right.float().mean()",
    }
}

/// What an image's loss is, in a sentence.
const fn loss_words(loss: Loss) -> &'static str {
    match loss {
        Loss::Mnist => "An image's loss is how far the sigmoid of its output is from its target, 1 or 0.",
        Loss::CrossEntropy => {
            "An image's loss is *cross-entropy*: minus the logarithm of the probability that its own digit was given. A \
             sure and right answer costs almost nothing, a sure and wrong one very much."
        }
        Loss::Accuracy => {
            "An image's loss is 1 if it is read wrongly and 0 if not: the accuracy, turned round. Between two flips of an \
             answer it does not change at all."
        }
    }
}

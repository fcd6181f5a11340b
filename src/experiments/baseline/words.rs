//! The baseline in words: tables for a terminal, and values for the lesson.

use super::{Distance, Report, Seen, Snapshot};
use crate::experiments::report::number;
use crate::experiments::{Table, Values};
use crate::math::distance::Measures;

/// The names of a class's values, for the first two classes.
const CLASS_VALUES: [[&str; 13]; 2] = [
    [
        "first_digit",
        "first_train",
        "first_stacked",
        "first_valid",
        "first_correct",
        "first_accuracy",
        "first_valid_distance",
        "first_mean_max",
        "first_mae",
        "first_rmse",
        "first_l1_norm",
        "first_l2_norm",
        "first_signed_mean",
    ],
    [
        "second_digit",
        "second_train",
        "second_stacked",
        "second_valid",
        "second_correct",
        "second_accuracy",
        "second_valid_distance",
        "second_mean_max",
        "second_mae",
        "second_rmse",
        "second_l1_norm",
        "second_l2_norm",
        "second_signed_mean",
    ],
];

impl Report {
    /// The classes, the sample and the confusion as tables.
    pub(super) fn tables(&self) -> Vec<Table> {
        let none = || "-".to_owned();
        let percent = |share: Option<f64>| share.map_or_else(none, |share| format!("{share:.4}"));
        let mut classes = Table::new(
            format!("nearest mean by {}", self.metric.title()),
            &["digit", "train", "stacked", "valid", "correct", "accuracy"],
        );
        for class in &self.classes {
            let correct = class.correct.map_or_else(none, |correct| correct.to_string());
            let (train, stacked, valid) = (class.train.to_string(), class.stacked.to_string(), class.valid.to_string());
            classes.row([class.digit.to_string(), train, stacked, valid, correct, percent(class.accuracy)]);
        }
        for (name, share) in [("mean", self.mean_accuracy), ("pooled", self.pooled_accuracy)] {
            let empty = String::new;
            classes.row([name.to_owned(), empty(), empty(), empty(), empty(), percent(share)]);
        }
        let prediction = self.sample.prediction.map_or_else(none, |digit| digit.to_string());
        let mut sample = Table::new(
            format!("{}, taken for {prediction}", self.sample.source),
            &["mean of", "mae", "rmse", "L1 norm", "L2 norm", "signed mean"],
        );
        for Distance { digit, measures } in &self.sample.distances {
            let Measures { mae, rmse, l1_norm, l2_norm, signed_mean } = *measures;
            let cells = [mae, rmse, l1_norm, l2_norm, signed_mean].map(|value| format!("{value:.6}"));
            sample.row(std::iter::once(digit.to_string()).chain(cells));
        }
        let mut confusion = Table::new("rows: the digit; columns: what it was taken for", &[""]);
        confusion.columns.extend(self.classes.iter().map(|class| class.digit.to_string()));
        for (class, row) in self.classes.iter().zip(&self.confusion) {
            confusion.row(std::iter::once(class.digit.to_string()).chain(row.iter().map(ToString::to_string)));
        }
        if self.confusion.is_empty() { vec![classes] } else { vec![classes, sample, confusion] }
    }
}

impl Seen {
    /// The values of a lesson. `first_` and `second_` are the first two digits chosen, 3 and 7 by default.
    pub(super) fn values(&self, snapshot: &Snapshot) -> Values {
        let Report { classes, metric, stacked, mean_accuracy, pooled_accuracy, sample, .. } = &self.report;
        let none = || "none yet".to_owned();
        let share = |share: Option<f64>| share.map_or_else(none, |share| format!("{share:.4}"));
        let digits: Vec<String> = classes.iter().map(|class| class.digit.to_string()).collect();
        let correct: Option<u32> = classes.iter().map(|class| class.correct).sum();
        let mut values = Values::from([
            ("digits", digits.join(", ")),
            ("metric", metric.title().to_owned()),
            ("stacked", stacked.to_string()),
            ("mean_accuracy", share(*mean_accuracy)),
            ("pooled_accuracy", share(*pooled_accuracy)),
            ("correct", correct.map_or_else(none, |correct| correct.to_string())),
            ("valid", classes.iter().map(|class| class.valid).sum::<usize>().to_string()),
            ("sample", sample.source.clone()),
            ("prediction", sample.prediction.map_or_else(none, |digit| digit.to_string())),
        ]);
        for (index, (class, names)) in classes.iter().zip(&CLASS_VALUES).enumerate() {
            let measured = |pick: fn(&Measures) -> f64| {
                sample.distances.get(index).map_or_else(none, |distance| number(pick(&distance.measures)))
            };
            let darkest = snapshot.means.get(index).and_then(|mean| mean.iter().copied().max_by(f32::total_cmp));
            let texts = [
                class.digit.to_string(),
                class.train.to_string(),
                class.stacked.to_string(),
                class.valid.to_string(),
                class.correct.map_or_else(none, |correct| correct.to_string()),
                share(class.accuracy),
                self.validation().and_then(|all| all.mean_distance(index)).map_or_else(none, number),
                darkest.map_or_else(none, |darkest| number(f64::from(darkest))),
                measured(|measures| measures.mae),
                measured(|measures| measures.rmse),
                measured(|measures| measures.l1_norm),
                measured(|measures| measures.l2_norm),
                measured(|measures| measures.signed_mean),
            ];
            values.extend(names.iter().copied().zip(texts));
        }
        values
    }
}

//! The table of predictions and targets: how far each is off, by two losses.

use super::super::SettingsError;
use crate::math::loss::{mnist, sigmoid};

/// The most rows that are read.
pub const MOST: usize = 100;
/// The form of the predictions, in words.
pub const PREDICTIONS: &str = "1 to 100 finite numbers with commas between them, such as 0.9,0.4,0.2";
/// The form of the targets, in words.
pub const TARGETS: &str = "0s and 1s with commas between them, one for each prediction, such as 1,0,1";

/// One prediction with its target, and what two losses make of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    /// The prediction as it was given.
    pub prediction: f64,
    /// Whether the target is 1.
    pub is_one: bool,
    /// What is compared with the target: the prediction, or its sigmoid.
    pub p: f64,
    /// `mnist_loss` of this row: `1 - p` where the target is 1, else `p`. Below 0 where `p` overshoots its target.
    pub distance: f64,
    /// Cross-entropy of this row with two classes: `-ln p` where the target is 1, else `-ln(1 - p)`. None where it is
    /// not a finite number.
    pub cross_entropy: Option<f64>,
    /// The derivative of `distance` by the raw output whose sigmoid is `p`: `p (1 - p)` in size. None where `p` is no
    /// sigmoid's value.
    pub gradient: Option<f64>,
    /// The derivative of cross-entropy by the same: `p` less the target.
    pub cross_entropy_gradient: Option<f64>,
}

impl Row {
    /// What the losses make of a prediction; with `squash` it is a raw output, whose sigmoid is taken first.
    #[must_use]
    pub fn of(prediction: f64, is_one: bool, squash: bool) -> Self {
        // With the sign of the target, so that nothing cancels: how far the output is on the right side.
        let margin = if is_one { prediction } else { -prediction };
        if squash {
            let at = mnist(prediction, u8::from(!is_one));
            let entropy = (-margin).max(0.0) + (-margin.abs()).exp().ln_1p();
            let push = sigmoid(-margin);
            return Self {
                prediction,
                is_one,
                p: at.p,
                distance: at.loss,
                cross_entropy: Some(entropy),
                gradient: Some(at.d_logit),
                cross_entropy_gradient: Some(if is_one { -push } else { push }),
            };
        }
        let p = prediction;
        let distance = if is_one { 1.0 - p } else { p };
        let is_share = (0.0..=1.0).contains(&p);
        let entropy = if is_one { -p.ln() } else { -(-p).ln_1p() };
        let slope = p * (1.0 - p);
        Self {
            prediction,
            is_one,
            p,
            distance,
            // Adding 0 makes of -0 a plain 0.
            cross_entropy: (is_share && entropy.is_finite()).then_some(entropy + 0.0),
            gradient: is_share.then_some(if is_one { -slope } else { slope }),
            cross_entropy_gradient: is_share.then_some(p - f64::from(u8::from(is_one))),
        }
    }
}

/// Reads the table.
///
/// # Errors
/// A prediction that is no finite number, a target that is neither 0 nor 1, or not as many of one as of the other: one
/// sentence with the nearest valid value.
pub fn read(predictions: &str, targets: &str, squash: bool) -> Result<Vec<Row>, SettingsError> {
    let parts: Vec<Option<f64>> = predictions.split(',').map(|part| part.trim().parse().ok()).collect();
    let valid: Vec<f64> = parts.iter().copied().flatten().filter(|number| fits(*number)).take(MOST).collect();
    if valid.len() != parts.len() {
        let nearest = if valid.is_empty() { "0.9,0.4,0.2".to_owned() } else { write(valid) };
        return Err(SettingsError::value("predictions", predictions, PREDICTIONS, nearest));
    }
    let read: Vec<Option<f64>> = targets.split(',').map(|part| part.trim().parse().ok()).collect();
    let is_valid = |target: &Option<f64>| matches!(target, Some(target) if *target == 0.0 || *target == 1.0);
    if read.len() != valid.len() || !read.iter().all(is_valid) {
        let near = |at: usize| read.get(at).copied().flatten().is_none_or(|target| target >= 0.5);
        let nearest = write((0..valid.len()).map(|at| f64::from(u8::from(near(at)))));
        let expected = match valid.len() {
            1 => "one target, 0 or 1, for the one prediction".to_owned(),
            count => format!("{count} targets, each 0 or 1, as many as there are predictions"),
        };
        return Err(SettingsError::value("targets", targets, expected, nearest));
    }
    let row = |(&prediction, &target): (&f64, &Option<f64>)| Row::of(prediction, target == Some(1.0), squash);
    Ok(valid.iter().zip(&read).map(row).collect())
}

/// PyTorch would hold it: single precision overflows beyond.
fn fits(number: f64) -> bool {
    number.abs() <= f64::from(f32::MAX)
}

/// Numbers as a setting's text.
#[must_use]
pub fn write(numbers: impl IntoIterator<Item = f64>) -> String {
    numbers.into_iter().map(|number| number.to_string()).collect::<Vec<_>>().join(",")
}

/// The mean of some numbers; none where one is missing, or there are none.
#[must_use]
pub fn mean(numbers: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    let all: Vec<f64> = numbers.collect::<Option<_>>()?;
    (!all.is_empty()).then(|| all.iter().sum::<f64>() / all.len() as f64)
}

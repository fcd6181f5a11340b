//! The rows of the table: how far each prediction is off its target, by two losses.

use super::table::{Predictions, Targets};
use crate::experiments::SettingsError;
use crate::math::loss::{mnist, sigmoid};

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

/// The rows of a table.
///
/// # Errors
/// Not as many targets as predictions: one sentence with the nearest targets that fit.
pub fn of(predictions: &Predictions, targets: &Targets, squash: bool) -> Result<Vec<Row>, SettingsError> {
    let count = predictions.len();
    if targets.len() != count {
        let nearest: Vec<bool> = (0..count).map(|at| targets.get(at).copied().unwrap_or(true)).collect();
        let expected = match count {
            1 => "one target, 0 or 1, for the one prediction".to_owned(),
            _ => format!("{count} targets, each 0 or 1, as many as there are predictions"),
        };
        let nearest = Targets::new(nearest).unwrap_or_default();
        return Err(SettingsError::value("targets", targets, expected, nearest));
    }
    Ok(predictions.iter().zip(&**targets).map(|(&prediction, &is_one)| Row::of(prediction, is_one, squash)).collect())
}

/// The mean of some numbers; none where one is missing, or there are none.
#[must_use]
pub fn mean(numbers: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    let all: Vec<f64> = numbers.collect::<Option<_>>()?;
    (!all.is_empty()).then(|| all.iter().sum::<f64>() / all.len() as f64)
}

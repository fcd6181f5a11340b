//! The figure's sentences: what the numbers on the screen mean.

use crate::experiments::descent::Snapshot;
use crate::experiments::report::number;
use crate::experiments::{Phase, Stop};
use crate::math::function::Function;

/// A number as the figure shows it, without zeros at its end, or a dash while it is not known.
pub(super) fn known(value: Option<impl Into<f64>>) -> String {
    value.map_or_else(|| "\u{2014}".to_owned(), |value| trimmed(value.into()))
}

/// A number without zeros at its end.
pub(super) fn trimmed(value: f64) -> String {
    let text = number(value);
    if text.contains('.') && !text.contains('e') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// A number for a narrow column: at most seven characters, or eight below -10000.
pub(super) fn compact(value: f64) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        size if !size.is_finite() => number(value),
        size if !(1e-3..1e5).contains(&size) => format!("{value:.1e}"),
        size if size >= 1000.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.2}"),
        _ => format!("{value:.4}"),
    }
}

/// What has just happened, in one sentence.
pub(super) fn now(snapshot: &Snapshot) -> String {
    let x = known(snapshot.x);
    match snapshot.phase {
        None => "Press Step (Space) to put a point on the curve.".to_owned(),
        Some(Phase::Loss) => format!("The curve is {} high at x = {x}: that is the loss.", known(snapshot.loss)),
        Some(Phase::Gradient) => slope(snapshot),
        Some(Phase::Step) => {
            let (lr, gradient) = (trimmed(snapshot.lr), known(snapshot.gradient));
            let change = trimmed(-snapshot.lr * snapshot.gradient.map_or(0.0, f64::from));
            format!("x moved by {change}: minus the learning rate {lr} times the gradient {gradient}.")
        }
        Some(Phase::Stop) if snapshot.stopped == Some(Stop::Diverged) => match snapshot.factor {
            Some(factor) => format!(
                "Stopped: each step multiplies the distance to the floor by {}, so it grows for ever.",
                trimmed(factor)
            ),
            None => "Stopped: each step leads further up than the one before.".to_owned(),
        },
        Some(Phase::Stop) => {
            format!("After {} steps you stand at x = {x}, loss {}.", snapshot.taken, known(snapshot.loss))
        }
        Some(_) => format!("You stand at x = {x}. Press Step to measure the loss there."),
    }
}

/// The gradient in words.
pub(super) fn slope(snapshot: &Snapshot) -> String {
    let Some(gradient) = snapshot.gradient.map(f64::from) else { return String::new() };
    let about = trimmed(0.1 * gradient);
    format!("Slope {}: raising x by 0.1 changes the loss by about {about}.", trimmed(gradient))
}

/// Why the factor is what it is, on the curves that have one.
pub(super) fn factor(snapshot: &Snapshot) -> String {
    let lr = trimmed(snapshot.lr);
    let Some(factor) = snapshot.factor else {
        return "On this curve the factor differs from place to place: only on x² and x² + x is it the same everywhere.".to_owned();
    };
    let factor = trimmed(factor);
    match snapshot.function {
        Function::Square => format!(
            "A step takes lr \u{00d7} 2x from x. What stays is (1 - 2 lr) \u{00d7} x, with lr = {lr} that is {factor} \u{00d7} x."
        ),
        _ => format!(
            "Measured from the floor at -0.5 the slope is twice the distance, so (1 - 2 lr) of it stays: {factor} with lr = {lr}."
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_lose_their_idle_zeros_only() {
        for (value, text) in
            [(-1.5, "-1.5"), (0.3, "0.3"), (-20.0, "-20"), (1.4e-9, "1.400e-9"), (0.0, "0"), (0.075, "0.075")]
        {
            assert_eq!(trimmed(value), text);
        }
        for (value, text) in
            [(-0.6, "-0.6000"), (-43.388_226, "-43.39"), (2.473_9e-8, "2.5e-8"), (3.1e6, "3.1e6"), (-1750.2, "-1750")]
        {
            assert_eq!(compact(value), text);
        }
    }
}

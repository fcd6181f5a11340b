//! What one pixel adds to a distance, in words.

use crate::data::{PIXELS, SIDE};
use crate::experiments::report::number;
use crate::math::distance::{Measures, Metric};

/// The pixel at `(row, column)`: sample, mean, difference, and its share of the distance.
pub(super) fn contribution(
    (row, column): (usize, usize),
    sample: &[f32],
    mean: &[f32],
    measures: &Measures,
    metric: Metric,
) -> String {
    let at = |values: &[f32]| f64::from(values.get(row * SIDE + column).copied().unwrap_or_default());
    let (sample, mean) = (at(sample), at(mean));
    let difference = sample - mean;
    let count = PIXELS as f64;
    let (formula, part, whole, name) = match metric {
        Metric::Mae => ("|difference| / 784", difference.abs() / count, measures.mae, "mean absolute difference"),
        Metric::Rmse => (
            "difference\u{00b2} / 784",
            difference * difference / count,
            measures.rmse.powi(2),
            "mean squared difference",
        ),
    };
    let share = if whole > 0.0 { format!(", {:.2} % of it", 100.0 * part / whole) } else { String::new() };
    format!(
        "Row {row}, column {column}\nsample {sample:.4} \u{2212} mean {mean:.4} = {difference:+.4}\n{formula} = {}\nThat is what this pixel adds to the {name} of {}{share}.",
        number(part),
        number(whole)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pixel_adds_its_share() {
        let (sample, mean) = ([1.0_f32; PIXELS], [0.5_f32; PIXELS]);
        let measures = Measures { mae: 0.5, rmse: 0.5, l1_norm: 392.0, l2_norm: 14.0, signed_mean: 0.5 };
        let text = contribution((2, 3), &sample, &mean, &measures, Metric::Mae);
        assert!(text.contains("= +0.5000") && text.contains("0.13 % of it"), "{text}");
        let text = contribution((2, 3), &sample, &mean, &measures, Metric::Rmse);
        assert!(text.contains("mean squared difference of 0.2500, 0.13 % of it"), "{text}");
    }
}

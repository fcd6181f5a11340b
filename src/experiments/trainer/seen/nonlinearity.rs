//! What is seen on the page Why ReLU.

use crate::experiments::Part as Seen;
use crate::experiments::trainer::{HIGH, LOW, Look, Part, Snapshot, SumsLook};
use crate::math::hinges::Hinges;
use std::sync::Arc;

/// Points that a curve is drawn with.
const SAMPLES: u32 = 400;
/// Where the distance to the curve is taken: at so many evenly spaced places.
const MEASURED: u32 = 2000;

/// What is computed for the page Why ReLU.
#[derive(Clone, Debug, Default)]
pub struct NonlinearitySeen {
    sums: Seen<SumsLook, SumSeen>,
}

/// A sum of ReLUs beside the curve that it should come close to.
#[derive(Clone, Debug)]
pub struct SumSeen {
    /// The curve.
    pub curve: Vec<[f64; 2]>,
    /// The sum.
    pub sum: Hinges,
    /// The sum where it bends, and at its end.
    pub knots: Vec<[f64; 2]>,
    /// Where the sum is farthest from the curve: the curve there, and the sum.
    pub worst: [[f64; 2]; 2],
    /// How far that is.
    pub error: f64,
}

impl NonlinearitySeen {
    /// The sum of bends.
    #[must_use]
    pub fn sum(&self) -> Option<&SumSeen> {
        self.sums.get().map(|sum| &**sum)
    }

    /// Brings it up to date; returns whether it is.
    pub(super) fn see(&mut self, _snapshot: &Arc<Snapshot>, look: &Look) -> bool {
        let look = &look.nonlinearity;
        if look.part == Part::Sums {
            self.sums.renew(look.sums.clone(), || SumSeen::of(&look.sums));
        }
        true
    }
}

impl SumSeen {
    fn of(look: &SumsLook) -> Self {
        let height = |x: f64| look.height(x);
        let sum = Hinges::meeting(height, look.units, LOW, HIGH);
        let (worst, error) = sum.worst(height, LOW, HIGH, MEASURED);
        let at = sum.hinges.iter().map(|hinge| hinge.at).chain([HIGH]);
        Self {
            curve: samples().map(|x| [x, height(x)]).collect(),
            knots: at.map(|x| [x, sum.at(x)]).collect(),
            worst: [[worst, height(worst)], [worst, sum.at(worst)]],
            error,
            sum,
        }
    }
}

/// Evenly spaced places from the left end to the right.
pub fn samples() -> impl Iterator<Item = f64> + Clone {
    (0..=SAMPLES).map(|i| LOW + (HIGH - LOW) * f64::from(i) / f64::from(SAMPLES))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiments::trainer::Target;

    #[test]
    fn a_straight_line_needs_one_unit() {
        let mut look = SumsLook { curve: Target::Drawn, units: 1, ..SumsLook::default() };
        let mut last = [2.0, 1.0];
        for step in 0..=40 {
            let x = 2.0 - 0.1 * f64::from(step);
            look.drawn.stroke(last, [x, x / 2.0]);
            last = [x, x / 2.0];
        }
        for x in [-2.0, -1.05, 0.0, 0.7, 2.0] {
            assert!((look.height(x) - x / 2.0).abs() < 1e-9, "{x}: {}", look.height(x));
        }
        let seen = SumSeen::of(&look);
        assert!(seen.error < 1e-9 && seen.knots.len() == 2 && seen.curve.len() == 401);
        let sine = SumSeen::of(&SumsLook { units: 6, ..SumsLook::default() });
        let [on_the_curve, on_the_sum] = sine.worst;
        assert!((on_the_curve[1] - on_the_sum[1]).abs() == sine.error && sine.error > 0.1);
    }
}

//! Which rate to take: fastai's three readings of the curve.

use super::Point;
use serde::Serialize;

/// Points at the end that are left out, as fastai does: the loss may already be getting out of hand.
const SKIP_LAST: usize = 5;

/// Rates that the curve suggests, each by a rule of its own.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Suggestions {
    /// A tenth of the rate with the lowest smoothed loss: well before the harm begins. The one this lab marks.
    pub tenth: f64,
    /// The rate with that lowest smoothed loss.
    pub lowest: f64,
    /// The rate at which the smoothed loss falls fastest: the smallest difference quotient over the logarithm of the rate.
    pub steepest: f64,
    /// fastai's default: halfway through the middle third of the longest run of falling smoothed losses.
    pub valley: f64,
    /// Whether the lowest is the last point that counts: the loss may go on falling at higher rates.
    pub is_falling: bool,
}

impl Suggestions {
    /// What the points of a sweep over so many rates suggest, without its first tenth and its last five; `None` if
    /// fewer than two are left.
    #[must_use]
    pub fn of(points: &[Point], iterations: u64) -> Option<Self> {
        let first = usize::try_from(iterations / 10).ok()?;
        let points = points.get(first..points.len().saturating_sub(SKIP_LAST))?;
        if points.len() < 2 {
            return None;
        }
        // The first of equals, as in PyTorch's argmin.
        let lowest = points.iter().min_by(|a, b| a.smoothed.total_cmp(&b.smoothed))?.lr;
        let slope = |pair: &[Point]| (pair[1].smoothed - pair[0].smoothed) / (pair[1].lr.ln() - pair[0].lr.ln());
        let steepest = points.windows(2).min_by(|a, b| slope(a).total_cmp(&slope(b)))?[0].lr;
        let valley = points.get(valley(points))?.lr;
        let is_falling = points.last().is_some_and(|last| last.lr == lowest);
        Some(Self { tenth: lowest / 10.0, lowest, steepest, valley, is_falling })
    }
}

/// The index that fastai's `valley` gives: of the longest falling subsequence, which need not be of neighbours, it takes
/// the length as if it were one run that ends where the subsequence ends.
fn valley(points: &[Point]) -> usize {
    let mut lengths = vec![1_usize; points.len()];
    let (mut start, mut end) = (0, 0);
    for i in 1..points.len() {
        for j in 0..i {
            if points[i].smoothed < points[j].smoothed && lengths[i] < lengths[j] + 1 {
                lengths[i] = lengths[j] + 1;
            }
            if lengths[end] < lengths[i] {
                end = i;
                start = end.saturating_sub(lengths[end]);
            }
        }
    }
    // A third of the way in, and half a third more; each rounded down, as fastai's `int` does.
    let length = end - start;
    start + length / 3 + length / 6
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(smoothed: &[f64]) -> Vec<Point> {
        let point = |(at, &smoothed)| Point { lr: 10_f64.powi(at), loss: smoothed, smoothed };
        (0..).zip(smoothed).map(point).collect()
    }

    #[test]
    fn a_valley_is_read_as_fastai_reads_it() {
        // Flat, down, up; the five at the end do not count. Nothing is skipped at the start: 9 / 10 is 0.
        let curve = [5.0, 5.0, 4.5, 3.0, 2.5, 2.4, 6.0, 0.0, 0.0, 0.0, 0.0, 0.0];
        let found = Suggestions::of(&points(&curve), 9).unwrap();
        // The lowest that counts is the sixth; steepest is the way from the third to the fourth.
        // `valley([5, 5, 4.5, 3, 2.5, 2.4, 6])`: length 5 ending at 5, so 0 + int(5/3) + int(5/6) = 1.
        assert_eq!(found, Suggestions { tenth: 1e4, lowest: 1e5, steepest: 1e2, valley: 1e1, is_falling: false });
    }

    #[test]
    fn too_few_points_suggest_nothing() {
        assert_eq!(Suggestions::of(&[], 100), None);
        assert_eq!(Suggestions::of(&points(&[1.0; 6]), 9), None);
        // A loss that never falls has no valley to speak of, and no point is out of reach.
        let rising: Vec<f64> = (0..12).map(f64::from).collect();
        assert_eq!(Suggestions::of(&points(&rising), 9).unwrap().lowest, 1.0);
    }
}

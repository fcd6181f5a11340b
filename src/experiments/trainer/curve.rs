//! A record of every mini-batch that takes a bounded amount of memory, however long the run.

use crate::compute::BatchScore;
use serde::Serialize;

/// Points that a curve has at most. It has at least half of that once it was full.
const MAX_POINTS: usize = 2048;

/// The mean over `Curve::batches_per_point` consecutive mini-batches.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Point {
    /// The mean loss.
    pub loss: f32,
    /// The mean share that was classified rightly, 0 to 1.
    pub accuracy: f32,
}

/// Loss and accuracy over the mini-batches: a point each at first; when there are too many, neighbours are merged.
#[derive(Clone, Debug, Serialize)]
pub struct Curve {
    /// How many mini-batches a point stands for; a power of two.
    pub batches_per_point: u64,
    /// The points so far.
    pub points: Vec<Point>,
    /// Sums and count of the batches that do not fill a point yet.
    #[serde(skip)]
    open: (f64, f64, u64),
}

impl Default for Curve {
    fn default() -> Self {
        Self { batches_per_point: 1, points: Vec::new(), open: (0.0, 0.0, 0) }
    }
}

impl Curve {
    /// Records the next mini-batch.
    #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "enough for a plot")]
    pub fn push(&mut self, batch: &BatchScore) {
        self.open.0 += batch.loss();
        self.open.1 += batch.accuracy();
        self.open.2 += 1;
        if self.open.2 < self.batches_per_point {
            return;
        }
        let count = self.open.2 as f64;
        self.points.push(Point { loss: (self.open.0 / count) as f32, accuracy: (self.open.1 / count) as f32 });
        self.open = (0.0, 0.0, 0);
        if self.points.len() == MAX_POINTS {
            self.merge();
        }
    }

    /// Where a point stands: the middle of its mini-batches, counted from 1 at the run's first.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "enough for a plot")]
    pub fn step(&self, point: usize) -> f64 {
        let width = self.batches_per_point as f64;
        (point as f64).mul_add(width, f64::midpoint(width, 1.0))
    }

    fn merge(&mut self) {
        let pairs = self.points.as_chunks::<2>().0.iter().map(|[left, right]| Point {
            loss: f32::midpoint(left.loss, right.loss),
            accuracy: f32::midpoint(left.accuracy, right.accuracy),
        });
        self.points = pairs.collect();
        self.batches_per_point *= 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stays_small_and_keeps_the_mean() {
        let mut curve = Curve::default();
        let count: u32 = 100_000;
        for loss in 0..count {
            curve.push(&BatchScore { count: 1, loss_sum: f64::from(loss), correct: 1, is_finite: true });
        }
        assert!(curve.points.len() < MAX_POINTS && curve.points.len() >= MAX_POINTS / 2);
        assert_eq!(curve.batches_per_point, 64);
        // Batch n, counted from 1, has loss n - 1; so has a point, on average.
        for (at, point) in curve.points.iter().enumerate() {
            assert!((f64::from(point.loss) - (curve.step(at) - 1.0)).abs() < 1e-2);
        }
        assert!((Curve::default().step(0) - 1.0).abs() < 1e-12);
    }
}

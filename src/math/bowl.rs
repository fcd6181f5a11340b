//! The shape of a mean squared error: where its floor is, and how steep its walls are.

use super::eigen::{Eigen, eigen};

/// The mean squared error of a t^2 + b t + c over some points, as the bowl it is above (a, b, c).
///
/// With X the rows (t^2, t, 1), loss(p) = mean((X p - y)^2) = floor + (p - best)' H (p - best) / 2, where the Hessian is
/// H = 2/n X'X. Double precision: this is what descent in single precision is measured against.
#[derive(Clone, Debug, PartialEq)]
pub struct Bowl {
    /// The Hessian: the second derivatives of the loss by a, b and c.
    pub hessian: [[f64; 3]; 3],
    /// Its eigenvalues, smallest first, and the directions they belong to: the ravine's floor first, its walls last.
    pub eigen: Eigen<3>,
    /// The least-squares fit: the (a, b, c) of the smallest loss.
    pub best: [f64; 3],
    /// The loss there.
    pub floor: f64,
}

impl Bowl {
    /// The bowl of these points, `(t, y)` each. Fewer than three different `t` leave directions in which the loss is
    /// flat; `best` is then the fit nearest to zero.
    #[must_use]
    pub fn of(points: impl Iterator<Item = (f64, f64)> + Clone) -> Self {
        let mut count = 0.0_f64;
        let mut hessian = [[0.0; 3]; 3];
        let mut pull = [0.0; 3];
        for (t, y) in points.clone() {
            let row = [t * t, t, 1.0];
            for (i, left) in row.into_iter().enumerate() {
                for (j, right) in row.into_iter().enumerate() {
                    hessian[i][j] += 2.0 * left * right;
                }
                pull[i] += 2.0 * left * y;
            }
            count += 1.0;
        }
        let count = count.max(1.0);
        hessian.as_flattened_mut().iter_mut().chain(&mut pull).for_each(|sum| *sum /= count);
        let eigen = eigen(hessian);
        let best = solve(&eigen, pull);
        let floor = points.map(|(t, y)| (best[0] * t * t + best[1] * t + best[2] - y).powi(2)).sum::<f64>() / count;
        Self { hessian, eigen, best, floor }
    }

    /// The loss at (a, b, c).
    #[must_use]
    pub fn loss(&self, params: [f64; 3]) -> f64 {
        let off = std::array::from_fn(|i| params[i] - self.best[i]);
        self.floor + dot(off, self.hessian.map(|row| dot(row, off))) / 2.0
    }

    /// The loss that exact arithmetic would reach from `start` after so many steps: along each direction, a step
    /// multiplies the distance to the floor by 1 - lr times its eigenvalue.
    #[must_use]
    pub fn loss_after(&self, start: [f64; 3], lr: f64, steps: f64) -> f64 {
        let off = std::array::from_fn(|i| start[i] - self.best[i]);
        let left = |(value, direction): (f64, [f64; 3])| value * (dot(direction, off) * (1.0 - lr * value).abs().powf(steps)).powi(2) / 2.0;
        self.floor + self.eigen.values.into_iter().zip(self.eigen.directions).map(left).sum::<f64>()
    }

    /// The learning rate above which plain descent diverges: 2 / the largest eigenvalue.
    #[must_use]
    pub fn stable_lr(&self) -> f64 {
        2.0 / self.eigen.values[2]
    }

    /// The learning rate that shrinks the slowest direction most: 2 / (smallest + largest eigenvalue).
    #[must_use]
    pub fn best_lr(&self) -> f64 {
        2.0 / (self.eigen.values[0] + self.eigen.values[2])
    }
}

/// The x with H x = `right`, through the eigenvectors of H; flat directions are left at zero.
fn solve(eigen: &Eigen<3>, right: [f64; 3]) -> [f64; 3] {
    let flat = eigen.values[2] * 1e-13;
    let mut x = [0.0; 3];
    for (value, direction) in eigen.values.into_iter().zip(eigen.directions).filter(|(value, _)| *value > flat) {
        let along = dot(direction, right) / value;
        x.iter_mut().zip(direction).for_each(|(x, part)| *x += along * part);
    }
    x
}

fn dot(left: [f64; 3], right: [f64; 3]) -> f64 {
    left.into_iter().zip(right).map(|(left, right)| left * right).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_on_a_parabola_are_fitted_exactly() {
        let bowl = Bowl::of((0..20).map(|t| (f64::from(t), 3.0 * f64::from(t * t) - 2.0 * f64::from(t) + 7.0)));
        for (best, expected) in bowl.best.into_iter().zip([3.0, -2.0, 7.0]) {
            assert!((best - expected).abs() < 1e-8, "{:?}", bowl.best);
        }
        assert!(bowl.floor < 1e-12);
    }

    #[test]
    fn the_quadratic_form_is_the_mean_squared_error() {
        let points: Vec<(f64, f64)> = (0..20).map(|t| (f64::from(t), f64::from(t * 7 % 11))).collect();
        let params = [-0.7, 2.5, 1.0];
        let direct: f64 = points.iter().map(|(t, y)| (params[0] * t * t + params[1] * t + params[2] - y).powi(2)).sum();
        let form = Bowl::of(points.iter().copied()).loss(params);
        assert!((form * 20.0 / direct - 1.0).abs() < 1e-12);
    }

    #[test]
    fn too_few_points_still_have_a_fit() {
        let bowl = Bowl::of([(2.0, 5.0)].into_iter());
        assert!(bowl.floor < 1e-20, "{bowl:?}");
        assert_eq!(Bowl::of(std::iter::empty()).best, [0.0; 3]);
    }
}

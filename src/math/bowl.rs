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
        let left = |(value, direction): (f64, [f64; 3])| {
            value * (dot(direction, off) * (1.0 - lr * value).abs().powf(steps)).powi(2) / 2.0
        };
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

/// The bowl above two of its three parameters: loss(u) = floor + (u - centre)' M (u - centre) / 2.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    /// The pair with the smallest loss.
    pub centre: [f64; 2],
    /// The loss there.
    pub floor: f64,
    /// The eigenvalues of M, smallest first, and their directions.
    pub eigen: Eigen<2>,
}

impl Bowl {
    /// The bowl over the two parameters `pair`, with the third held at `held`; with `None`, the third is at its best for
    /// each pair, so that the section's floor is the bowl's own.
    #[must_use]
    pub fn section(&self, [i, j]: [usize; 2], held: Option<f64>) -> Section {
        let k = 3 - i - j;
        let hessian = &self.hessian;
        let mut form = [[hessian[i][i], hessian[i][j]], [hessian[j][i], hessian[j][j]]];
        let slope = [hessian[i][k], hessian[j][k]];
        let mut centre = [self.best[i], self.best[j]];
        let Some(held) = held else {
            for (row, left) in form.iter_mut().zip(slope) {
                for (cell, right) in row.iter_mut().zip(slope) {
                    *cell -= left * right / hessian[k][k];
                }
            }
            return Section { centre, floor: self.floor, eigen: eigen(form) };
        };
        let determinant = form[0][0] * form[1][1] - form[0][1] * form[1][0];
        let off = held - self.best[k];
        // Without a determinant there is no one lowest point: the section then stays around the best fit.
        if determinant > f64::EPSILON * form[0][0] * form[1][1] {
            centre[0] -= off * (form[1][1] * slope[0] - form[0][1] * slope[1]) / determinant;
            centre[1] -= off * (form[0][0] * slope[1] - form[1][0] * slope[0]) / determinant;
        }
        let mut lowest = [held; 3];
        (lowest[i], lowest[j]) = (centre[0], centre[1]);
        Section { centre, floor: self.loss(lowest), eigen: eigen(form) }
    }
}

impl Section {
    /// The loss at a pair.
    #[must_use]
    pub fn loss(&self, at: [f64; 2]) -> f64 {
        let off = [at[0] - self.centre[0], at[1] - self.centre[1]];
        let along = |direction: [f64; 2]| direction[0] * off[0] + direction[1] * off[1];
        self.floor
            + self
                .eigen
                .values
                .into_iter()
                .zip(self.eigen.directions)
                .map(|(value, way)| value * along(way).powi(2))
                .sum::<f64>()
                / 2.0
    }

    /// The contour line of the loss `level`, an ellipse, as `count` points in order; `None` at or below the floor.
    #[must_use]
    pub fn contour(&self, level: f64, count: u32) -> Option<Vec<[f64; 2]>> {
        // A flat direction would make the ellipse endless; this long is endless enough for any picture.
        let least = self.eigen.values[1] * 1e-12;
        let high = level - self.floor;
        if !(high > 0.0 && least > 0.0) {
            return None;
        }
        let [along, across] = self.eigen.values.map(|value| (2.0 * high / value.max(least)).sqrt());
        let [floor, wall] = self.eigen.directions;
        let point = |i: u32| {
            let (sine, cosine) = (std::f64::consts::TAU * f64::from(i) / f64::from(count)).sin_cos();
            std::array::from_fn(|k| self.centre[k] + along * cosine * floor[k] + across * sine * wall[k])
        };
        Some((0..count).map(point).collect())
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
    fn a_section_and_its_contours_are_the_bowl_s() {
        let bowl = Bowl::of((0..20).map(|t| (f64::from(t), f64::from(t * 7 % 11))));
        for (pair, third) in [([0, 1], 2), ([0, 2], 1), ([1, 2], 0)] {
            let held = bowl.section(pair, Some(1.25));
            let mut params = [1.25; 3];
            (params[pair[0]], params[pair[1]]) = (-0.5, 2.0);
            assert!((held.loss([-0.5, 2.0]) / bowl.loss(params) - 1.0).abs() < 1e-9);
            let level = held.floor + 40.0;
            for at in held.contour(level, 7).unwrap() {
                (params[pair[0]], params[pair[1]]) = (at[0], at[1]);
                assert!((bowl.loss(params) / level - 1.0).abs() < 1e-9);
            }
            assert_eq!(held.contour(held.floor, 7), None);
            // With the third parameter at its best for each pair, no other third gives less.
            let free = bowl.section(pair, None);
            (params[pair[0]], params[pair[1]]) = (-0.5, 2.0);
            let least = (-80_000..80_000).map(|i| {
                bowl.loss(std::array::from_fn(|k| if k == third { f64::from(i) / 1000.0 } else { params[k] }))
            });
            let least = least.fold(f64::INFINITY, f64::min);
            assert!((free.loss([-0.5, 2.0]) - least).abs() < 0.01, "{} {least}", free.loss([-0.5, 2.0]));
        }
    }

    #[test]
    fn too_few_points_still_have_a_fit() {
        let bowl = Bowl::of([(2.0, 5.0)].into_iter());
        assert!(bowl.floor < 1e-20, "{bowl:?}");
        assert_eq!(Bowl::of(std::iter::empty()).best, [0.0; 3]);
    }
}

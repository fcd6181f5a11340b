//! What a ReLU between two lines is for: lines alone stay lines, and sums of ReLUs bend to any curve.

/// `max(x, 0)`.
#[must_use]
pub const fn relu(x: f64) -> f64 {
    if x < 0.0 { 0.0 } else { x }
}

/// The slope of [`relu`]: 0, then 1. At 0, where there is none, PyTorch takes 0.
#[must_use]
pub const fn relu_slope(x: f64) -> f64 {
    if x > 0.0 { 1.0 } else { 0.0 }
}

/// `slope * x + offset`: a linear layer with one input and one output.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    /// The weight.
    pub slope: f64,
    /// The bias.
    pub offset: f64,
}

impl Line {
    /// The height at `x`.
    #[must_use]
    pub fn at(self, x: f64) -> f64 {
        self.slope * x + self.offset
    }

    /// First this line, then `next` on its result: a line again.
    #[must_use]
    pub fn then(self, next: Self) -> Self {
        Self { slope: next.slope * self.slope, offset: next.slope * self.offset + next.offset }
    }

    /// Where it crosses 0, which is where a ReLU behind it bends; `None` for a level line.
    #[must_use]
    pub fn root(self) -> Option<f64> {
        let root = -self.offset / self.slope;
        // Not -0: a reader sees it.
        root.is_finite().then_some(root + 0.0)
    }
}

/// One hidden unit: `change * relu(x - at)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hinge {
    /// Where it bends; the hidden layer's bias is `-at` at a weight of 1.
    pub at: f64,
    /// By how much the slope changes there: the output layer's weight.
    pub change: f64,
}

/// `start` plus a sum of hinges: a network 1-n-1 with ReLU, for one number in and one out.
#[derive(Clone, Debug, PartialEq)]
pub struct Hinges {
    /// The output layer's bias.
    pub start: f64,
    /// The hidden units, from left to right.
    pub hinges: Vec<Hinge>,
}

impl Hinges {
    /// The sum of `units` hinges that meets `curve` at `units + 1` evenly spaced places from `low` to `high`, with straight
    /// lines between them. At each place the slope changes from the last piece's to the next one's, and that change is the
    /// hinge.
    #[must_use]
    pub fn meeting(curve: impl Fn(f64) -> f64, units: u32, low: f64, high: f64) -> Self {
        let width = (high - low) / f64::from(units.max(1));
        let place = |at: u32| low + width * f64::from(at);
        let mut before = 0.0;
        let hinges = (0..units).map(|unit| {
            let at = place(unit);
            let slope = (curve(place(unit + 1)) - curve(at)) / width;
            let change = slope - before;
            before = slope;
            Hinge { at, change }
        });
        Self { hinges: hinges.collect(), start: curve(low) }
    }

    /// The height at `x`.
    #[must_use]
    pub fn at(&self, x: f64) -> f64 {
        self.start + self.hinges.iter().map(|hinge| hinge.change * relu(x - hinge.at)).sum::<f64>()
    }

    /// Where it is furthest from `curve`, among `places` evenly spaced ones and the two ends, and how far.
    #[must_use]
    pub fn worst(&self, curve: impl Fn(f64) -> f64, low: f64, high: f64, places: u32) -> (f64, f64) {
        let x = |place: u32| low + (high - low) * f64::from(place) / f64::from(places.max(1));
        let errors = (0..=places).map(|place| (x(place), (self.at(x(place)) - curve(x(place))).abs()));
        errors.fold((low, 0.0), |worst, next| if next.1 > worst.1 { next } else { worst })
    }

    /// How many numbers such a network has: a weight and a bias for each unit, a weight for its output, and a bias.
    #[must_use]
    pub const fn parameters(&self) -> usize {
        3 * self.hinges.len() + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::layer;
    use ndarray::{Array1, Array2, ArrayView1};
    use proptest::prelude::*;

    #[test]
    fn a_parabola_is_met_at_its_knots_and_missed_by_a_quarter_of_the_square_of_the_width() {
        let square = |x: f64| x * x;
        for units in 1..=30 {
            let sum = Hinges::meeting(square, units, -2.0, 2.0);
            assert_eq!(sum.hinges.len(), units as usize);
            for hinge in &sum.hinges {
                assert!((sum.at(hinge.at) - square(hinge.at)).abs() < 1e-12);
            }
            assert!((sum.at(2.0) - 4.0).abs() < 1e-12);
            // Between knots a width w apart, a parabola x^2 leaves its chord by w^2 / 4, in the middle.
            let width = 4.0 / f64::from(units);
            let (_, error) = sum.worst(square, -2.0, 2.0, 120 * units);
            assert!((error - width * width / 4.0).abs() < 1e-9, "{units}: {error}");
        }
    }

    #[test]
    fn more_units_come_closer() {
        for curve in [|x: f64| (3.0 * x).sin(), |x: f64| (-4.0 * x * x).exp(), f64::abs] {
            let error = |units| Hinges::meeting(curve, units, -2.0, 2.0).worst(curve, -2.0, 2.0, 2000).1;
            let [few, some, many] = [5, 15, 30].map(error);
            assert!(few > some && some > many && many < 0.04, "{few} {some} {many}");
        }
    }

    /// What is drawn is what the lab's own layers put out: `nn.Linear(1, n)`, `nn.ReLU()`, `nn.Linear(n, 1)`.
    #[test]
    fn it_is_a_network_of_the_labs_layers() {
        let sum = Hinges::meeting(f64::cos, 7, -2.0, 2.0);
        let x = Array2::from_shape_fn((41, 1), |(row, _)| -2.0 + 0.1 * row as f64);
        let biases: Array1<f64> = sum.hinges.iter().map(|hinge| -hinge.at).collect();
        let weights: Vec<f64> = sum.hinges.iter().map(|hinge| hinge.change).collect();
        let hidden = layer::linear::forward(&x, &Array2::ones((7, 1)).view(), &biases.view());
        let output = Array2::from_shape_vec((1, 7), weights).unwrap();
        let start = [sum.start];
        let y = layer::linear::forward(&layer::relu::forward(&hidden), &output.view(), &ArrayView1::from(&start));
        for (x, y) in x.iter().zip(&y) {
            assert!((sum.at(*x) - y).abs() < 1e-12);
        }
        assert_eq!(sum.parameters(), 22);
    }

    /// ```python
    /// x = torch.tensor([-1., 0., 1.], requires_grad=True); F.relu(x).sum().backward(); x.grad  # tensor([0., 0., 1.])
    /// ```
    #[test]
    fn the_slope_at_zero_is_pytorchs() {
        assert_eq!([-1.0, 0.0, 1.0].map(relu_slope), [0.0, 0.0, 1.0]);
        assert_eq!([-1.0, 0.0, 1.0].map(relu), [0.0, 0.0, 1.0]);
    }

    proptest! {
        #[test]
        fn a_line_after_a_line_is_a_line(a in -3.0..3.0, b in -3.0..3.0, c in -3.0..3.0, d in -3.0..3.0, x in -2.0..2.0) {
            let (first, next) = (Line { slope: a, offset: b }, Line { slope: c, offset: d });
            prop_assert!((first.then(next).at(x) - next.at(first.at(x))).abs() < 1e-12);
            if let Some(root) = first.root() {
                prop_assert!(first.at(root).abs() < 1e-9);
            }
        }
    }
}

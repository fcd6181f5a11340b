//! A 3x3 convolution that halves the side, as `torch.nn.Conv2d(inputs, outputs, 3, stride=2, padding=1)`.

use ndarray::{Array1, Array2, ArrayRef1, ArrayRef2, Axis, NdFloat};

/// Rows and columns of a filter.
pub const KERNEL: usize = 3;
/// Weights of a filter for one channel.
pub const TAPS: usize = KERNEL * KERNEL;
const STRIDE: usize = 2;
const PADDING: usize = 1;

/// What goes in and what comes out. A row of `x` holds channel after channel, each `side` rows of `side` pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conv2d {
    /// Channels that go in.
    pub inputs: usize,
    /// Channels that come out, one a filter.
    pub outputs: usize,
    /// Pixels along each side of a channel that goes in.
    pub side: usize,
}

/// The derivatives of the loss, by what [`Conv2d::forward`] took.
#[derive(Clone, Debug, PartialEq)]
pub struct Gradient<F> {
    /// By `x`: `(batch, inputs * side * side)`.
    pub d_x: Array2<F>,
    /// By `weight`: `(outputs, inputs * 9)`.
    pub d_weight: Array2<F>,
    /// By `bias`: `(outputs)`.
    pub d_bias: Array1<F>,
}

impl Conv2d {
    /// Pixels along each side of a channel that comes out: half of what went in, rounded up.
    #[must_use]
    pub const fn side_out(self) -> usize {
        (self.side + 2 * PADDING - KERNEL) / STRIDE + 1
    }

    /// Numbers of an image that go in.
    #[must_use]
    pub const fn len_in(self) -> usize {
        self.inputs * self.side * self.side
    }

    /// Numbers of an image that come out.
    #[must_use]
    pub const fn len_out(self) -> usize {
        self.outputs * self.side_out() * self.side_out()
    }

    /// The pixel in its channel that lies under tap `tap` (row by row) of the filter whose answer is the pixel `at` of
    /// an output channel; `None` on the padding, which is zero.
    #[must_use]
    pub const fn under(self, at: usize, tap: usize) -> Option<usize> {
        let side = self.side_out();
        let (row, column) = (at / side * STRIDE + tap / KERNEL, at % side * STRIDE + tap % KERNEL);
        if row < PADDING || column < PADDING || row - PADDING >= self.side || column - PADDING >= self.side {
            return None;
        }
        Some((row - PADDING) * self.side + column - PADDING)
    }

    /// The pixels under every filter: a row for each output pixel, a column for each weight of a filter, so that the
    /// convolution becomes a matrix product. `x` is one image, as long as [`Conv2d::len_in`].
    fn windows<F: NdFloat>(self, x: &ArrayRef1<F>) -> Array2<F> {
        let (area, area_out) = (self.side * self.side, self.side_out() * self.side_out());
        Array2::from_shape_fn((area_out, self.inputs * TAPS), |(at, weight)| {
            self.under(at, weight % TAPS).map_or_else(F::zero, |pixel| x[weight / TAPS * area + pixel])
        })
    }

    /// `x` is `(batch, inputs * side * side)`, `weight` is `(outputs, inputs * 9)`, `bias` is `(outputs)`; what comes
    /// out is `(batch, outputs * side_out * side_out)`.
    #[must_use]
    pub fn forward<F: NdFloat>(self, x: &ArrayRef2<F>, weight: &ArrayRef2<F>, bias: &ArrayRef1<F>) -> Array2<F> {
        let area = self.side_out() * self.side_out();
        let mut y = Array2::zeros((x.nrows(), self.len_out()));
        for (x, mut y) in x.rows().into_iter().zip(y.rows_mut()) {
            let channels = weight.dot(&self.windows(&x).t());
            for ((output, at), &sum) in channels.indexed_iter() {
                y[output * area + at] = sum + bias[output];
            }
        }
        y
    }

    /// The derivatives by `x`, `weight` and bias from that by the output, `d_y`, shaped as [`Conv2d::forward`] gave it.
    #[must_use]
    pub fn backward<F: NdFloat>(self, x: &ArrayRef2<F>, weight: &ArrayRef2<F>, d_y: &ArrayRef2<F>) -> Gradient<F> {
        let (area, area_out) = (self.side * self.side, self.side_out() * self.side_out());
        let mut d_x = Array2::zeros(x.dim());
        let mut d_weight = Array2::zeros(weight.dim());
        let mut d_bias = Array1::zeros(self.outputs);
        for ((x, d_y), mut d_x) in x.rows().into_iter().zip(d_y.rows()).zip(d_x.rows_mut()) {
            let d_y = Array2::from_shape_fn((self.outputs, area_out), |(output, at)| d_y[output * area_out + at]);
            d_bias += &d_y.sum_axis(Axis(1));
            d_weight += &d_y.dot(&self.windows(&x));
            for ((at, weight), &d) in d_y.t().dot(weight).indexed_iter() {
                if let Some(pixel) = self.under(at, weight % TAPS) {
                    d_x[weight / TAPS * area + pixel] += d;
                }
            }
        }
        Gradient { d_x, d_weight, d_bias }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::torch::Generator;
    use ndarray::Array;

    const SMALL: Conv2d = Conv2d { inputs: 2, outputs: 3, side: 5 };

    /// `torch.manual_seed(1); c = nn.Conv2d(2, 3, 3, stride=2, padding=1); c(torch.arange(50.).view(1, 2, 5, 5) / 50)`
    /// is a `[1, 3, 3, 3]`.
    #[test]
    fn shapes_are_pytorchs() {
        assert_eq!((SMALL.side_out(), SMALL.len_in(), SMALL.len_out()), (3, 50, 27));
        let sides = [28, 14, 7].map(|side| Conv2d { side, ..SMALL }.side_out());
        assert_eq!(sides, [14, 7, 4]);
    }

    #[test]
    fn a_filter_of_one_tap_picks_every_other_pixel() {
        let conv = Conv2d { inputs: 1, outputs: 1, side: 4 };
        let x = Array::from_iter((0_u8..16).map(f64::from)).into_shape_with_order((1, 16)).unwrap();
        let mut weight = Array2::zeros((1, 9));
        weight[[0, 4]] = 1.0;
        let y = conv.forward(&x, &weight, &ndarray::array![0.5]);
        assert_eq!(y, ndarray::array![[0.5, 2.5, 8.5, 10.5]]);
        // The top left tap of the first window lies on the padding, that of the last on pixel 5.
        weight.fill(0.0);
        weight[[0, 0]] = 1.0;
        assert_eq!(conv.forward(&x, &weight, &ndarray::array![0.0]), ndarray::array![[0.0, 0.0, 0.0, 5.0]]);
    }

    #[test]
    fn gradients_are_slopes() {
        let mut generator = Generator::new(1);
        let mut draw = |shape: (usize, usize)| {
            Array2::from_shape_simple_fn(shape, || f64::from(generator.uniform(-1.0, 1.0, 1)[0]))
        };
        let (x, weight, d_y) = (draw((2, 50)), draw((3, 18)), draw((2, 27)));
        let bias = draw((1, 3)).row(0).to_owned();
        // Any function of y will do for a loss: here the sum of y times fixed numbers.
        let loss =
            |x: &Array2<f64>, weight: &Array2<f64>, bias: &Array1<f64>| (SMALL.forward(x, weight, bias) * &d_y).sum();
        let gradient = SMALL.backward(&x, &weight, &d_y);
        let h = 1e-6;
        let check = |d: f64, moved: &dyn Fn(f64) -> f64| {
            assert!(((moved(h) - moved(-h)) / (2.0 * h) - d).abs() < 1e-7);
        };
        for (at, &d) in gradient.d_x.indexed_iter() {
            check(d, &|by| {
                let mut x = x.clone();
                x[at] += by;
                loss(&x, &weight, &bias)
            });
        }
        for (at, &d) in gradient.d_weight.indexed_iter() {
            check(d, &|by| {
                let mut weight = weight.clone();
                weight[at] += by;
                loss(&x, &weight, &bias)
            });
        }
        for (at, &d) in gradient.d_bias.indexed_iter() {
            check(d, &|by| {
                let mut bias = bias.clone();
                bias[at] += by;
                loss(&x, &weight, &bias)
            });
        }
    }
}

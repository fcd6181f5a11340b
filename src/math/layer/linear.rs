//! `y = x weight^T + bias`, as `torch.nn.Linear`.

use ndarray::{Array1, Array2, ArrayRef1, ArrayRef2, Axis, NdFloat};

/// The derivatives of the loss, by what [`forward`] took.
#[derive(Clone, Debug, PartialEq)]
pub struct Gradient<F> {
    /// By `x`: `(batch, in)`.
    pub d_x: Array2<F>,
    /// By `weight`: `(out, in)`.
    pub d_weight: Array2<F>,
    /// By `bias`: `(out)`.
    pub d_bias: Array1<F>,
}

/// `y = x weight^T + bias`: `x` is `(batch, in)`, `weight` is `(out, in)`, `bias` is `(out)`, `y` is `(batch, out)`.
#[must_use]
pub fn forward<F: NdFloat>(x: &ArrayRef2<F>, weight: &ArrayRef2<F>, bias: &ArrayRef1<F>) -> Array2<F> {
    x.dot(&weight.t()) + bias
}

/// `d_x = d_y weight`, `d_weight = d_y^T x`, and `d_bias` is the sum of `d_y` over the batch.
#[must_use]
pub fn backward<F: NdFloat>(x: &ArrayRef2<F>, weight: &ArrayRef2<F>, d_y: &ArrayRef2<F>) -> Gradient<F> {
    Gradient { d_x: d_y.dot(weight), d_weight: d_y.t().dot(x), d_bias: d_y.sum_axis(Axis(0)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::torch::Generator;
    use ndarray::Array;

    fn draw<D: ndarray::Dimension>(
        shape: impl ndarray::ShapeBuilder<Dim = D>,
        generator: &mut Generator,
    ) -> Array<f64, D> {
        Array::from_shape_simple_fn(shape, || f64::from(generator.uniform(-1.0, 1.0, 1)[0]))
    }

    #[test]
    fn gradients_are_slopes() {
        let mut generator = Generator::new(1);
        let (x, weight, bias) = (draw((4, 5), &mut generator), draw((3, 5), &mut generator), draw(3, &mut generator));
        // Any function of y will do for a loss: here the sum of y times fixed numbers.
        let d_y = draw((4, 3), &mut generator);
        let loss = |x: &Array2<f64>, weight: &Array2<f64>, bias: &Array1<f64>| (forward(x, weight, bias) * &d_y).sum();
        let gradient = backward(&x, &weight, &d_y);
        let h = 1e-6;
        for (at, d) in gradient.d_x.indexed_iter() {
            let moved = |by| {
                let mut x = x.clone();
                x[at] += by;
                loss(&x, &weight, &bias)
            };
            assert!(((moved(h) - moved(-h)) / (2.0 * h) - d).abs() < 1e-8);
        }
        for (at, d) in gradient.d_weight.indexed_iter() {
            let moved = |by| {
                let mut weight = weight.clone();
                weight[at] += by;
                loss(&x, &weight, &bias)
            };
            assert!(((moved(h) - moved(-h)) / (2.0 * h) - d).abs() < 1e-8);
        }
        for (at, d) in gradient.d_bias.indexed_iter() {
            let moved = |by| {
                let mut bias = bias.clone();
                bias[at] += by;
                loss(&x, &weight, &bias)
            };
            assert!(((moved(h) - moved(-h)) / (2.0 * h) - d).abs() < 1e-8);
        }
    }
}

//! `y = max(x, 0)`, the nonlinearity between linear layers, as `torch.nn.ReLU`.

use ndarray::{Array2, ArrayRef2, NdFloat, Zip};

/// `y = max(x, 0)`, element by element; `x` and `y` are `(batch, in)`. A NaN stays one.
#[must_use]
pub fn forward<F: NdFloat>(x: &ArrayRef2<F>) -> Array2<F> {
    x.mapv(|x| if x < F::zero() { F::zero() } else { x })
}

/// `d_x` is `d_y` where `x > 0`, else 0; at 0 itself, where there is no slope, PyTorch takes 0 too.
#[must_use]
pub fn backward<F: NdFloat>(x: &ArrayRef2<F>, d_y: &ArrayRef2<F>) -> Array2<F> {
    Zip::from(x).and(d_y).map_collect(|&x, &d_y| if x > F::zero() { d_y } else { F::zero() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn zero_then_the_identity() {
        let x = array![[-2.0, -0.5, 0.0, 0.5, 2.0]];
        assert_eq!(forward(&x), array![[0.0, 0.0, 0.0, 0.5, 2.0]]);
        let d_y = array![[1.0, 2.0, 3.0, 4.0, 5.0]];
        assert_eq!(backward(&x, &d_y), array![[0.0, 0.0, 0.0, 4.0, 5.0]]);
        assert!(forward(&array![[f32::NAN]])[[0, 0]].is_nan());
    }

    /// Away from the bend, where there is a slope.
    #[test]
    fn gradients_are_slopes() {
        let x = array![[-2.0, -0.5, 0.3], [0.7, -0.1, 3.0]];
        let d_y = array![[0.4, -1.0, 2.0], [-0.3, 5.0, 0.6]];
        let d_x = backward(&x, &d_y);
        let h = 1e-6;
        for (at, d) in d_x.indexed_iter() {
            let moved = |by: f64| {
                let mut x = x.clone();
                x[at] += by;
                (forward(&x) * &d_y).sum()
            };
            assert!(((moved(h) - moved(-h)) / (2.0 * h) - d).abs() < 1e-8);
        }
    }
}

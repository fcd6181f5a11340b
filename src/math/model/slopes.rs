//! How a logit answers to each pixel: the derivative by the image instead of by the parameters.

use super::{Layer, Model, TAPS, pair, relu};
use ndarray::{Array2, ArrayRef2, NdFloat, ShapeError};

impl Model {
    /// The logits of a batch, `(batch, logits)`, and the derivative of each image's `logit`-th logit by its pixels, shaped
    /// as `x`; all zero if there is no such logit.
    ///
    /// `parameters` and `x` as [`Model::forward`] takes them.
    ///
    /// # Errors
    /// If a parameter has not the length of its shape.
    pub fn slopes<F: NdFloat, P: AsRef<[F]>>(
        &self,
        parameters: &[P],
        x: &ArrayRef2<F>,
        logit: usize,
    ) -> Result<(Array2<F>, Array2<F>), ShapeError> {
        let mut inputs = self.forward(parameters, x.to_owned())?;
        let logits = inputs.pop().unwrap_or_else(|| Array2::zeros((0, 0)));
        let mut d_y = Array2::from_shape_fn(logits.dim(), |(_, at)| if at == logit { F::one() } else { F::zero() });
        let mut at = self.layers.iter().filter(|layer| layer.parameters().is_some()).count() * 2;
        for (layer, x) in self.layers.iter().zip(&inputs).rev() {
            at -= if layer.parameters().is_some() { 2 } else { 0 };
            d_y = match *layer {
                Layer::Linear { inputs, outputs } => d_y.dot(&pair(parameters, at, outputs, inputs)?.0),
                Layer::Conv2d(conv) => {
                    conv.backward(x, &pair(parameters, at, conv.outputs, conv.inputs * TAPS)?.0, &d_y).d_x
                }
                Layer::Relu => relu::backward(x, &d_y),
                Layer::Unflatten | Layer::Flatten => d_y,
            };
        }
        Ok((logits, d_y))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::layer::conv2d::Conv2d;
    use crate::math::loss::Loss;
    use crate::math::model::{Architecture, Start};
    use crate::math::torch::Generator;

    fn drawn(model: &Model) -> (Vec<Vec<f64>>, Generator) {
        let mut generator = Generator::new(5);
        let drawn = model.draw(Start::Randn, &mut generator);
        (drawn.iter().map(|tensor| tensor.values.iter().copied().map(f64::from).collect()).collect(), generator)
    }

    /// In f64, every slope of every logit against finite differences.
    #[test]
    fn slopes_are_slopes() {
        let (first, second) = (Conv2d { inputs: 1, outputs: 2, side: 5 }, Conv2d { inputs: 2, outputs: 3, side: 3 });
        let last = Layer::Linear { inputs: second.len_out(), outputs: 3 };
        let convolutions =
            vec![Layer::Unflatten, Layer::Conv2d(first), Layer::Relu, Layer::Conv2d(second), Layer::Flatten, last];
        let dense = [(25, 6), (6, 2)].map(|(inputs, outputs)| Layer::Linear { inputs, outputs });
        let network = vec![dense[0], Layer::Relu, dense[1]];
        for layers in [convolutions, network] {
            let model = Model { name: "small", layers, loss: Loss::CrossEntropy };
            let (parameters, mut generator) = drawn(&model);
            let x = Array2::from_shape_simple_fn((2, 25), || f64::from(generator.uniform(0.0, 1.0, 1)[0]));
            for logit in 0..2 {
                let (_, slopes) = model.slopes(&parameters, &x, logit).unwrap();
                assert!(slopes.iter().any(|slope| *slope != 0.0));
                for ((image, pixel), slope) in slopes.indexed_iter() {
                    let h = 1e-6;
                    let moved = |by| {
                        let mut x = x.clone();
                        x[(image, pixel)] += by;
                        model.forward(&parameters, x).unwrap().pop().unwrap()[(image, logit)]
                    };
                    let found = (moved(h) - moved(-h)) / (2.0 * h);
                    assert!((found - slope).abs() < 1e-7, "{logit} {image} {pixel}: {found} {slope}");
                }
            }
        }
    }

    #[test]
    fn a_linear_model_s_slopes_are_its_weights() {
        let model = Architecture::Linear.model(4, Loss::CrossEntropy);
        let (parameters, _) = drawn(&model);
        let (logits, slopes) = model.slopes(&parameters, &Array2::from_elem((1, 784), 0.5), 2).unwrap();
        assert_eq!(slopes.as_slice().unwrap(), &parameters[0][2 * 784..3 * 784]);
        let sum: f64 = slopes.iter().map(|slope| 0.5 * slope).sum();
        assert!((sum + parameters[1][2] - logits[(0, 2)]).abs() < 1e-9);
        assert!(model.slopes(&parameters, &Array2::zeros((1, 784)), 9).unwrap().1.iter().all(|slope| *slope == 0.0));
        assert!(model.slopes(&parameters[..1], &Array2::zeros((1, 784)), 0).is_err());
    }
}

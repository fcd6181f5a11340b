//! A model: layers in order and a loss, its parameters by PyTorch's names, and how they are first drawn.

use super::layer::{linear, relu};
use super::loss::Loss;
use super::torch::Generator;
use ndarray::{Array1, Array2, ArrayRef2, ArrayView1, ArrayView2, NdFloat};
use serde::{Deserialize, Serialize};

/// Pixels of an image: what a model's first layer takes.
const PIXELS: usize = 28 * 28;

/// One layer. The functions behind it stand in [`super::layer`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layer {
    /// `nn.Linear(inputs, outputs)`.
    Linear {
        /// Numbers that go in.
        inputs: usize,
        /// Numbers that come out.
        outputs: usize,
    },
    /// `nn.ReLU()`.
    Relu,
}

/// A model by its name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Architecture {
    /// One linear layer, 784 to 1.
    #[default]
    Linear,
}

impl Architecture {
    /// Every name, as on the command line.
    pub const NAMES: &'static [&'static str] = &["linear"];

    /// Its layers.
    #[must_use]
    pub fn model(self) -> Model {
        match self {
            Self::Linear => Model::linear(),
        }
    }
}

/// Layers in order, as `nn.Sequential` would have them, and the loss that trains them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    /// The name on the command line.
    pub name: &'static str,
    /// What an image goes through, first to last.
    pub layers: Vec<Layer>,
    /// What the last layer's logits are measured by.
    pub loss: Loss,
}

/// How the first parameters are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Start {
    /// Standard normal values, `torch.randn`, as in the hand-written model of the book.
    #[default]
    Randn,
    /// Uniform within `1/sqrt(inputs)` of zero, as `nn.Linear` does it.
    Uniform,
}

/// A named array of parameters, or of derivatives by them.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor {
    /// PyTorch's name, such as `weight` or `2.bias`.
    pub name: String,
    /// PyTorch's shape: `[out, in]` for a weight, `[out]` for a bias.
    pub shape: Vec<usize>,
    /// The values, row-major.
    pub values: Vec<f32>,
}

impl Model {
    /// 784 weights and a bias.
    #[must_use]
    pub fn linear() -> Self {
        let layers = vec![Layer::Linear { inputs: PIXELS, outputs: 1 }];
        Self { name: "linear", layers, loss: Loss::Mnist }
    }

    /// How many numbers there are to learn.
    #[must_use]
    pub fn parameter_count(&self) -> usize {
        self.shapes().iter().map(|(_, shape)| shape.iter().product::<usize>()).sum()
    }

    /// Name and shape of every parameter as `state_dict()` lists them: layer by layer, weight then bias. In a model of
    /// one layer they are that layer's own names, without its place.
    #[must_use]
    pub fn shapes(&self) -> Vec<(String, Vec<usize>)> {
        let mut shapes = Vec::new();
        for (place, layer) in self.layers.iter().enumerate() {
            let name = |own: &str| if self.layers.len() == 1 { own.to_owned() } else { format!("{place}.{own}") };
            if let &Layer::Linear { inputs, outputs } = layer {
                shapes.push((name("weight"), vec![outputs, inputs]));
                shapes.push((name("bias"), vec![outputs]));
            }
        }
        shapes
    }

    /// Draws the first parameters, first layer first, weight then bias, with the very numbers that PyTorch draws.
    pub fn draw(&self, start: Start, generator: &mut Generator) -> Vec<Tensor> {
        let mut values = Vec::new();
        for layer in &self.layers {
            if let &Layer::Linear { inputs, outputs } = layer {
                match start {
                    Start::Randn => values.extend([generator.randn(outputs * inputs), generator.randn(outputs)]),
                    Start::Uniform => {
                        let (weight, bias) = generator.linear(outputs, inputs);
                        values.extend([weight.into_iter().collect(), bias.to_vec()]);
                    }
                }
            }
        }
        self.tensors(values)
    }

    /// Values in the order of [`Model::shapes`], with their names and shapes.
    #[must_use]
    pub fn tensors(&self, values: impl IntoIterator<Item = Vec<f32>>) -> Vec<Tensor> {
        self.shapes().into_iter().zip(values).map(|((name, shape), values)| Tensor { name, shape, values }).collect()
    }
}

impl Start {
    /// Every name, as on the command line.
    pub const NAMES: &'static [&'static str] = &["randn", "uniform"];
}

/// What [`Model::differentiate`] finds for a batch.
#[derive(Clone, Debug)]
pub struct Differentiated<F> {
    /// What the last layer put out: `(batch, logits)`.
    pub logits: Array2<F>,
    /// Each image's loss: `(batch)`.
    pub losses: Array1<F>,
    /// The derivatives of the batch's mean loss, in the order of [`Model::shapes`].
    pub gradient: Vec<Vec<F>>,
}

impl Model {
    /// One batch forwards and backwards with the plain layers: the reading copy that the fast kernels are held to.
    ///
    /// `parameters` in the order and of the lengths of [`Model::shapes`], `x` is `(batch, 784)`, `classes` one an image.
    ///
    /// # Errors
    /// If a parameter has not the length of its shape.
    pub fn differentiate<F: NdFloat>(
        &self,
        parameters: &[Vec<F>],
        x: &ArrayRef2<F>,
        classes: &[u8],
    ) -> Result<Differentiated<F>, ndarray::ShapeError> {
        // One that is missing reads as empty, which no shape fits.
        let parameter = |at: usize| parameters.get(at).map(Vec::as_slice).unwrap_or_default();
        let (mut y, mut inputs) = (x.to_owned(), Vec::new());
        let mut at = 0;
        for layer in &self.layers {
            let x = y;
            y = match *layer {
                Layer::Linear { inputs, outputs } => {
                    let weight = ArrayView2::from_shape((outputs, inputs), parameter(at))?;
                    let bias = ArrayView1::from_shape(outputs, parameter(at + 1))?;
                    at += 2;
                    linear::forward(&x, &weight, &bias)
                }
                Layer::Relu => relu::forward(&x),
            };
            inputs.push(x);
        }
        let logits = y;
        let mut d_y = Array2::zeros(logits.dim());
        let count = F::from(classes.len()).unwrap_or_else(F::one);
        let mut losses = Array1::zeros(classes.len());
        for (image, &class) in classes.iter().enumerate() {
            let mut d_logits = vec![F::zero(); logits.ncols()];
            losses[image] = self.loss.differentiate(&logits.row(image).to_vec(), class, &mut d_logits);
            d_y.row_mut(image).assign(&(Array1::from(d_logits) / count));
        }
        let mut gradient = Vec::new();
        for (layer, x) in self.layers.iter().zip(&inputs).rev() {
            d_y = match *layer {
                Layer::Linear { inputs, outputs } => {
                    at -= 2;
                    let weight = ArrayView2::from_shape((outputs, inputs), parameter(at))?;
                    let d = linear::backward(x, &weight, &d_y);
                    gradient.extend([d.d_bias.to_vec(), d.d_weight.into_iter().collect()]);
                    d.d_x
                }
                Layer::Relu => relu::backward(x, &d_y),
            };
        }
        gradient.reverse();
        Ok(Differentiated { logits, losses, gradient })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_named_as_in_pytorch() {
        let linear = Model::linear();
        assert_eq!(linear.parameter_count(), 785);
        assert_eq!(linear.shapes(), [("weight".to_owned(), vec![1, 784]), ("bias".to_owned(), vec![1])]);
    }

    #[test]
    fn first_parameters_come_from_the_seed_alone() {
        let draw = |start| Model::linear().draw(start, &mut Generator::new(42));
        // torch.manual_seed(42); torch.randn(784, 1)[:2]; torch.randn(1)
        let randn = draw(Start::Randn);
        assert_eq!(randn[0].values.len(), 784);
        assert!((randn[0].values[0] - 1.926_915_3).abs() < 1e-6, "{}", randn[0].values[0]);
        // torch.manual_seed(42); torch.nn.Linear(784, 1)
        let uniform = draw(Start::Uniform);
        assert!(uniform[0].values.iter().chain(&uniform[1].values).all(|value| value.abs() <= 0.035_714_3));
    }

    /// In f64, the gradient of every parameter against finite differences, for every shape of model.
    #[test]
    fn gradients_are_slopes() {
        let small = |outputs: usize, loss| Model {
            name: "small",
            layers: vec![Layer::Linear { inputs: 6, outputs: 5 }, Layer::Relu, Layer::Linear { inputs: 5, outputs }],
            loss,
        };
        let one = Model { name: "one", layers: vec![Layer::Linear { inputs: 6, outputs: 1 }], loss: Loss::Mnist };
        for model in [one, small(1, Loss::Mnist), small(3, Loss::CrossEntropy)] {
            let mut generator = Generator::new(3);
            let drawn = model.draw(Start::Randn, &mut generator);
            let parameters: Vec<Vec<f64>> =
                drawn.iter().map(|tensor| tensor.values.iter().copied().map(f64::from).collect()).collect();
            let x = Array2::from_shape_simple_fn((7, 6), || f64::from(generator.uniform(0.0, 1.0, 1)[0]));
            let classes = [0, 1, 1, 0, 1, 0, 0];
            let mean =
                |parameters: &[Vec<f64>]| model.differentiate(parameters, &x, &classes).unwrap().losses.mean().unwrap();
            let found = model.differentiate(&parameters, &x, &classes).unwrap();
            assert_eq!(found.gradient.len(), parameters.len());
            for (tensor, gradient) in found.gradient.iter().enumerate() {
                for (at, d) in gradient.iter().enumerate() {
                    let h = 1e-6;
                    let moved = |by| {
                        let mut parameters = parameters.clone();
                        parameters[tensor][at] += by;
                        mean(&parameters)
                    };
                    let slope = (moved(h) - moved(-h)) / (2.0 * h);
                    assert!((slope - d).abs() < 1e-8, "{} {tensor} {at}: {slope} {d}", model.name);
                }
            }
        }
    }
}

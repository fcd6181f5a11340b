//! A model: layers in order and a loss, its parameters by PyTorch's names, and how they are first drawn.

mod slopes;

use super::elementary::Elementary;
use super::layer::conv2d::{Conv2d, KERNEL, TAPS};
use super::layer::{linear, relu};
use super::loss::Loss;
use super::torch::Generator;
use ndarray::{Array1, Array2, ArrayRef2, ArrayView1, ArrayView2, NdFloat, ShapeError};
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
    /// `nn.Conv2d(inputs, outputs, 3, stride=2, padding=1)`.
    Conv2d(Conv2d),
    /// `nn.Unflatten(1, (1, 28, 28))`: the same numbers, seen as an image. Here a row of numbers all the same.
    Unflatten,
    /// `nn.Flatten()`: the same numbers, seen as a row.
    Flatten,
}

impl Layer {
    /// PyTorch's shapes of its weight and its bias, and how many numbers each output is a sum of; `None` for a layer
    /// that learns nothing.
    #[must_use]
    pub fn parameters(self) -> Option<(Vec<usize>, Vec<usize>, usize)> {
        match self {
            Self::Linear { inputs, outputs } => Some((vec![outputs, inputs], vec![outputs], inputs)),
            Self::Conv2d(Conv2d { inputs, outputs, .. }) => {
                Some((vec![outputs, inputs, KERNEL, KERNEL], vec![outputs], inputs * KERNEL * KERNEL))
            }
            Self::Relu | Self::Unflatten | Self::Flatten => None,
        }
    }
}

/// A model by its name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Architecture {
    /// One linear layer.
    #[default]
    Linear,
    /// The book's network: 30 hidden numbers with a ReLU.
    SimpleNet,
    /// 128 hidden numbers with a ReLU.
    Mlp,
    /// Three convolutions, each followed by a ReLU, and a linear layer.
    Cnn,
}

impl Architecture {
    /// Every name, as on the command line.
    pub const NAMES: &'static [&'static str] = &["linear", "simple-net", "mlp", "cnn"];

    /// The name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Linear => "linear",
            Self::SimpleNet => "simple-net",
            Self::Mlp => "mlp",
            Self::Cnn => "cnn",
        }
    }

    /// The loss it is trained with unless another is asked for: the book's for the book's models on two digits, else
    /// cross-entropy.
    #[must_use]
    pub const fn usual_loss(self, classes: usize) -> Loss {
        if classes == 2 && matches!(self, Self::Linear | Self::SimpleNet) { Loss::Mnist } else { Loss::CrossEntropy }
    }

    /// Its layers, the last with as many outputs as `loss` needs for so many classes.
    #[must_use]
    pub fn model(self, classes: usize, loss: Loss) -> Model {
        let outputs = loss.logits(classes);
        let hidden = |hidden| {
            let first = Layer::Linear { inputs: PIXELS, outputs: hidden };
            vec![first, Layer::Relu, Layer::Linear { inputs: hidden, outputs }]
        };
        let layers = match self {
            Self::Linear => vec![Layer::Linear { inputs: PIXELS, outputs }],
            Self::SimpleNet => hidden(30),
            Self::Mlp => hidden(128),
            Self::Cnn => {
                let mut layers = vec![Layer::Unflatten];
                let mut last = Conv2d { inputs: 1, outputs: 8, side: 28 };
                for _ in 0..3 {
                    layers.extend([Layer::Conv2d(last), Layer::Relu]);
                    last = Conv2d { inputs: last.outputs, outputs: 2 * last.outputs, side: last.side_out() };
                }
                layers.extend([Layer::Flatten, Layer::Linear { inputs: last.len_in(), outputs }]);
                layers
            }
        };
        Model { name: self.name(), layers, loss }
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
    /// Uniform within `1/sqrt(inputs)` of zero, as `nn.Linear` and `nn.Conv2d` do it; `inputs` is how many numbers an
    /// output is a sum of.
    Uniform,
    /// All zero: with a hidden layer, a start from which nothing is learned.
    Zeros,
}

/// A named array of parameters, or of derivatives by them.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// PyTorch's name, such as `weight` or `2.bias`.
    pub name: String,
    /// PyTorch's shape: `[out, in]` for a weight, `[out]` for a bias.
    pub shape: Vec<usize>,
    /// The values, row-major.
    pub values: Vec<f32>,
}

impl AsRef<[f32]> for Parameter {
    fn as_ref(&self) -> &[f32] {
        &self.values
    }
}

impl Model {
    /// The book's first model: 784 weights and a bias.
    #[must_use]
    pub fn linear() -> Self {
        Architecture::Linear.model(2, Loss::Mnist)
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
            if let Some((weight, bias, _)) = layer.parameters() {
                shapes.extend([(name("weight"), weight), (name("bias"), bias)]);
            }
        }
        shapes
    }

    /// Draws the first parameters, first layer first, weight then bias, with the very numbers that PyTorch draws.
    pub fn draw(&self, start: Start, generator: &mut Generator) -> Vec<Parameter> {
        let mut values = Vec::new();
        for layer in &self.layers {
            let Some((weight, bias, inputs)) = layer.parameters() else { continue };
            let [weight, bias] = [weight, bias].map(|shape| shape.iter().product::<usize>());
            match start {
                Start::Randn => values.extend([generator.randn(weight), generator.randn(bias)]),
                Start::Uniform => {
                    let (weight, bias) = generator.linear(bias, inputs);
                    values.extend([weight.into_iter().collect(), bias.to_vec()]);
                }
                Start::Zeros => values.extend([vec![0.0; weight], vec![0.0; bias]]),
            }
        }
        self.tensors(values)
    }

    /// Values in the order of [`Model::shapes`], with their names and shapes.
    #[must_use]
    pub fn tensors(&self, values: impl IntoIterator<Item = Vec<f32>>) -> Vec<Parameter> {
        self.shapes().into_iter().zip(values).map(|((name, shape), values)| Parameter { name, shape, values }).collect()
    }
}

impl Start {
    /// Every name, as on the command line.
    pub const NAMES: &'static [&'static str] = &["randn", "uniform", "zeros"];
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

/// The weight and the bias of the layer whose weight is the `at`-th of `parameters`; one that is missing reads as empty,
/// which no shape fits.
fn pair<F, P: AsRef<[F]>>(
    parameters: &[P],
    at: usize,
    outputs: usize,
    inputs: usize,
) -> Result<(ArrayView2<'_, F>, ArrayView1<'_, F>), ShapeError> {
    let values = |at: usize| parameters.get(at).map(AsRef::as_ref).unwrap_or_default();
    Ok((ArrayView2::from_shape((outputs, inputs), values(at))?, ArrayView1::from_shape(outputs, values(at + 1))?))
}

impl Model {
    /// What each layer is given, first to last, and at the end the logits: one array more than there are layers, each
    /// `(batch, numbers)`.
    ///
    /// `parameters` in the order and of the lengths of [`Model::shapes`], `x` is `(batch, 784)`, inked 0 to 1.
    ///
    /// # Errors
    /// If a parameter has not the length of its shape.
    pub fn forward<F: NdFloat, P: AsRef<[F]>>(
        &self,
        parameters: &[P],
        x: Array2<F>,
    ) -> Result<Vec<Array2<F>>, ShapeError> {
        let (mut activations, mut y, mut at) = (Vec::new(), x, 0);
        for layer in &self.layers {
            let x = y;
            y = match *layer {
                Layer::Linear { inputs, outputs } => {
                    let (weight, bias) = pair(parameters, at, outputs, inputs)?;
                    linear::forward(&x, &weight, &bias)
                }
                Layer::Conv2d(conv) => {
                    let (weight, bias) = pair(parameters, at, conv.outputs, conv.inputs * TAPS)?;
                    conv.forward(&x, &weight, &bias)
                }
                Layer::Relu => relu::forward(&x),
                Layer::Unflatten | Layer::Flatten => x.clone(),
            };
            at += if layer.parameters().is_some() { 2 } else { 0 };
            activations.push(x);
        }
        activations.push(y);
        Ok(activations)
    }

    /// One batch forwards and backwards with the plain layers: the reading copy that the fast kernels are held to.
    ///
    /// `parameters` and `x` as [`Model::forward`] takes them, `classes` one an image.
    ///
    /// # Errors
    /// If a parameter has not the length of its shape.
    pub fn differentiate<F: Elementary, P: AsRef<[F]>>(
        &self,
        parameters: &[P],
        x: &ArrayRef2<F>,
        classes: &[u8],
    ) -> Result<Differentiated<F>, ShapeError> {
        let mut inputs = self.forward(parameters, x.to_owned())?;
        let logits = inputs.pop().unwrap_or_else(|| Array2::zeros((0, 0)));
        let mut d_y = Array2::zeros(logits.dim());
        let count = F::from(classes.len()).unwrap_or_else(F::one);
        let mut losses = Array1::zeros(classes.len());
        for (image, &class) in classes.iter().enumerate() {
            let mut d_logits = vec![F::zero(); logits.ncols()];
            losses[image] = self.loss.differentiate(&logits.row(image).to_vec(), class, &mut d_logits);
            d_y.row_mut(image).assign(&(Array1::from(d_logits) / count));
        }
        let (mut gradient, mut at) = (Vec::new(), parameters.len());
        for (layer, x) in self.layers.iter().zip(&inputs).rev() {
            at -= if layer.parameters().is_some() { 2 } else { 0 };
            d_y = match *layer {
                Layer::Linear { inputs, outputs } => {
                    let d = linear::backward(x, &pair(parameters, at, outputs, inputs)?.0, &d_y);
                    gradient.extend([d.d_bias.to_vec(), d.d_weight.into_iter().collect()]);
                    d.d_x
                }
                Layer::Conv2d(conv) => {
                    let d = conv.backward(x, &pair(parameters, at, conv.outputs, conv.inputs * TAPS)?.0, &d_y);
                    gradient.extend([d.d_bias.to_vec(), d.d_weight.into_iter().collect()]);
                    d.d_x
                }
                Layer::Relu => relu::backward(x, &d_y),
                Layer::Unflatten | Layer::Flatten => d_y,
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
    fn networks_are_the_peers() {
        let names = |model: Architecture, classes| -> Vec<_> {
            let model = model.model(classes, model.usual_loss(classes));
            model.shapes().into_iter().map(|(name, shape)| format!("{name} {shape:?}")).collect()
        };
        let simple_net = ["0.weight [30, 784]", "0.bias [30]", "2.weight [1, 30]", "2.bias [1]"];
        assert_eq!(names(Architecture::SimpleNet, 2), simple_net);
        assert_eq!(names(Architecture::Mlp, 10)[2], "2.weight [10, 128]");
        assert_eq!(names(Architecture::Mlp, 2)[2], "2.weight [2, 128]");
        let cnn = ["1.weight [8, 1, 3, 3]", "3.weight [16, 8, 3, 3]", "5.weight [32, 16, 3, 3]", "8.weight [10, 512]"];
        let found = names(Architecture::Cnn, 10);
        assert!(found.iter().step_by(2).eq(&cnn), "{found:?}");
        let count = |model: Architecture, classes| model.model(classes, model.usual_loss(classes)).parameter_count();
        assert_eq!(count(Architecture::SimpleNet, 2), 784 * 30 + 30 + 30 + 1);
        assert_eq!(count(Architecture::Mlp, 10), 101_770);
        assert_eq!(count(Architecture::Cnn, 2), 80 + 1168 + 4640 + 1026);
        assert_eq!(count(Architecture::Linear, 3), 3 * 785);
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
        let (first, second) = (Conv2d { inputs: 1, outputs: 2, side: 5 }, Conv2d { inputs: 2, outputs: 3, side: 3 });
        let convolutions = Model {
            name: "convolutions",
            layers: vec![
                Layer::Unflatten,
                Layer::Conv2d(first),
                Layer::Relu,
                Layer::Conv2d(second),
                Layer::Relu,
                Layer::Flatten,
                Layer::Linear { inputs: second.len_out(), outputs: 3 },
            ],
            loss: Loss::CrossEntropy,
        };
        for model in [one, small(1, Loss::Mnist), small(3, Loss::CrossEntropy), convolutions] {
            let mut generator = Generator::new(3);
            let drawn = model.draw(Start::Randn, &mut generator);
            let parameters: Vec<Vec<f64>> =
                drawn.iter().map(|tensor| tensor.values.iter().copied().map(f64::from).collect()).collect();
            let pixels = if model.name == "convolutions" { 25 } else { 6 };
            let x = Array2::from_shape_simple_fn((7, pixels), || f64::from(generator.uniform(0.0, 1.0, 1)[0]));
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

//! Where a model lives and learns: the processor now, a GPU when there is one.
//!
//! A [`Backend`] owns the parameters, their gradient and all working memory; the images stay bytes in the shared
//! [`Task`]. It knows nothing of phases or of who is watching. A new one is a file here and an arm in [`open`].

mod cpu;
#[cfg(feature = "cuda")]
pub mod cuda;
mod device;
mod inventory;
mod meter;
mod sgd;
mod task;

pub use cpu::means::{distances, matrix, sum_images};
pub use device::{About, Device, NotADevice};
pub use inventory::{Inventory, gpus, processor};
pub use meter::{Meter, cpu_meter, meter};
pub use sgd::Sgd;
pub use task::{Samples, Task};

use crate::math::model::{Model, Parameter};
use std::fmt::Debug;
use std::ops::Range;
use std::sync::Arc;

/// What a batch came to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct BatchScore {
    /// Images in it.
    pub count: usize,
    /// The sum of the images' losses.
    pub loss_sum: f64,
    /// How many were classified rightly.
    pub correct: usize,
    /// Whether its loss and every derivative are numbers, neither infinite nor undefined.
    pub is_finite: bool,
}

impl BatchScore {
    /// Adds up a batch's losses in the order of its images, in double precision.
    fn of(losses: &[f32], correct: usize) -> Self {
        let loss_sum = losses.iter().copied().map(f64::from).sum::<f64>();
        Self { count: losses.len(), loss_sum, correct, is_finite: loss_sum.is_finite() }
    }

    /// The mean loss an image.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a batch is far smaller than 2^52")]
    pub fn loss(&self) -> f64 {
        self.loss_sum / self.count as f64
    }

    /// The share that was classified rightly, 0 to 1.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a batch is far smaller than 2^52")]
    pub fn accuracy(&self) -> f64 {
        self.correct as f64 / self.count as f64
    }
}

/// How good the parameters are on the held-out images.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Score {
    /// The mean loss over all images.
    pub loss: f64,
    /// The share of all images that is classified rightly, 0 to 1.
    pub accuracy: f64,
    /// The mean of the batches' shares. The last batch is smaller and counts as much as the others, so this differs a
    /// little; it is what the book's `validate_epoch` prints.
    pub batch_accuracy: f64,
}

impl Score {
    /// Puts the scores of all batches together.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts are far smaller than 2^52")]
    pub fn of(batches: &[BatchScore]) -> Self {
        let count = batches.iter().map(|batch| batch.count).sum::<usize>() as f64;
        Self {
            loss: batches.iter().map(|batch| batch.loss_sum).sum::<f64>() / count,
            accuracy: batches.iter().map(|batch| batch.correct).sum::<usize>() as f64 / count,
            batch_accuracy: batches.iter().map(BatchScore::accuracy).sum::<f64>() / batches.len() as f64,
        }
    }
}

/// Why a step was not made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Diverged {
    /// The batch's loss or a derivative is no finite number.
    Gradient(BatchScore),
    /// A parameter would have left the finite numbers.
    Step,
}

/// Mini-batches, each as places in the order.
pub type Batches<'a> = dyn Iterator<Item = Range<usize>> + Send + 'a;
/// Is told what each batch came to, before its step.
pub type Each<'a> = dyn FnMut(BatchScore) + Send + 'a;

/// [`Backend::train`], batch by batch.
fn train<B: Backend + ?Sized>(
    backend: &mut B,
    batches: &mut Batches<'_>,
    sgd: Sgd,
    each: &mut Each<'_>,
) -> Result<(), Diverged> {
    for batch in batches {
        let score = backend.differentiate(batch, sgd);
        if !score.is_finite {
            return Err(Diverged::Gradient(score));
        }
        each(score);
        if !backend.step(sgd) {
            return Err(Diverged::Step);
        }
    }
    Ok(())
}

/// All that a run goes on from, on any device. Each has the tensors of [`Model::shapes`], in its order.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// The parameters.
    pub parameters: Vec<Parameter>,
    /// The gradient as the last batch left it.
    pub gradient: Vec<Parameter>,
    /// The optimiser's velocity.
    pub velocity: Vec<Parameter>,
}

/// A device that trains one model on one task.
///
/// Positions count the training images of the task in the epoch's order. Results are the same, bit for bit, for any
/// number of threads and on any device.
pub trait Backend: Send + Sync + Debug {
    /// What computes: never [`Device::Auto`].
    fn device(&self) -> Device;

    /// Why another device computes than the one that was asked for, as a sentence for the reader.
    fn notice(&self) -> Option<&str> {
        None
    }

    /// What a run goes on from.
    fn state(&self) -> State;

    /// Goes on from there.
    fn resume(&mut self, state: &State);

    /// Replaces the parameters and sets the gradient and the optimiser's velocity to zero. Tensors in the order of
    /// [`Model::shapes`], and so shaped.
    fn load(&mut self, parameters: &[Parameter]) {
        let mut zeros = parameters.to_vec();
        for tensor in &mut zeros {
            tensor.values.fill(0.0);
        }
        self.resume(&State { parameters: parameters.to_vec(), gradient: zeros.clone(), velocity: zeros });
    }

    /// The parameters as they are, in the order of [`Model::shapes`].
    fn parameters(&self) -> Vec<Parameter>;

    /// The gradient as the last batch left it, in the same order.
    fn gradient(&self) -> Vec<Parameter>;

    /// The order in which the training images come from now on: each position of the task's samples once.
    fn set_order(&mut self, order: Arc<[u32]>);

    /// Predictions, losses and gradient of the images at these places of the order. The parameters stay.
    fn differentiate(&mut self, batch: Range<usize>, sgd: Sgd) -> BatchScore;

    /// Moves the parameters against the gradient. `false`, and nothing moved, if a parameter would leave the numbers.
    #[must_use]
    fn step(&mut self, sgd: Sgd) -> bool;

    /// Differentiates and steps once for each batch of `batches`, and tells `each` in between what it came to.
    ///
    /// # Errors
    /// At the first batch that diverges; the parameters are those from before it.
    fn train(&mut self, batches: &mut Batches<'_>, sgd: Sgd, each: &mut Each<'_>) -> Result<(), Diverged> {
        train(self, batches, sgd, each)
    }

    /// What the last batch's images came to: their logits `(batch, logits)`, row-major, and their losses `(batch)`.
    fn outputs(&self) -> (&[f32], &[f32]);

    /// Measures the parameters on the held-out images.
    fn validate(&mut self, batch_size: usize) -> Score;

    /// The logits of every held-out image as the last [`Backend::validate`] found them: `(held-out images, logits)`,
    /// row-major, in the order of the task; empty before the first.
    fn validation(&self) -> &[f32];

    /// The same state once more; working memory need not come with it.
    fn duplicate(&self) -> Box<dyn Backend>;
}

impl Clone for Box<dyn Backend> {
    fn clone(&self) -> Self {
        self.duplicate()
    }
}

/// A device that is not there, and why, as one sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NoDevice(pub String);

/// Puts `model`, its parameters all zero, on this device. [`Device::Auto`] is the processor: no GPU has been measured yet
/// to be quicker at these models.
///
/// # Errors
/// If this program, or this machine, has no such device.
pub fn open(device: Device, model: Arc<Model>, task: Arc<Task>) -> Result<Box<dyn Backend>, NoDevice> {
    match device {
        Device::Auto | Device::Cpu => cpu::open(model, task)
            .ok_or_else(|| NoDevice("another model, since the processor has no kernels for these layers".to_owned())),
        #[cfg(feature = "cuda")]
        Device::Cuda(index) => cuda::open(index, model, task).map_err(|why| NoDevice(format!("cpu, since {why}"))),
        #[cfg(not(feature = "cuda"))]
        Device::Cuda(_) => Err(NoDevice(format!("cpu, since {}", not_built()))),
    }
}

/// Why there is no GPU in a program that was built without.
#[cfg(not(feature = "cuda"))]
const fn not_built() -> &'static str {
    "this build of Digit Lab has no CUDA part (cargo build --release --features cuda has one)"
}

//! What can be seen of a training run: for a panel, as JSON, as tables, and as values for the lesson.

use super::{Curve, Epoch, Means, Settings, Trainer, Trouble, Validation, checkpoint, learning, parameter, script};
use crate::compute::{Device, Samples, Task};
use crate::data::Dataset;
use crate::experiments::{Export, Phase, Stop, Table, Trail};
use crate::math::model::{Model, Parameter};
use serde::Serialize;
use std::sync::Arc;

/// Lines that the table of epochs has at most, about.
const ROWS: usize = 40;

/// A training run as it can be seen now. What a later phase reveals is `None` before it.
#[derive(Clone, Debug, Serialize)]
pub struct Snapshot {
    /// What computes.
    pub device: Device,
    /// Why another device computes than was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notice: Option<String>,
    /// The model's name.
    pub model: &'static str,
    /// The digits that are told apart; a digit's index is its class.
    pub digits: Vec<u8>,
    /// How many numbers there are to learn.
    pub parameters: usize,
    /// One line an epoch, the one before training first.
    pub epochs: Trail<Epoch>,
    /// The phase that ran last.
    pub phase: Option<Phase>,
    /// Why it ended.
    pub stopped: Option<Stop>,
    /// What broke down, if something did.
    pub trouble: Option<Trouble>,
    /// The share of the held-out images that the nearest mean image reads rightly, 0 to 1.
    pub baseline_accuracy: f64,
    /// Training images with a wrong class.
    pub mislabelled: usize,
    /// The learning rate.
    pub lr: f64,
    /// Whether the gradient starts from zero at each mini-batch.
    pub zero_grad: bool,
    /// The training images.
    pub samples: usize,
    /// The held-out images.
    pub valid_samples: usize,
    /// Steps made.
    pub steps: u64,
    /// Mini-batches in an epoch.
    pub batches: u64,
    /// Epochs that were asked for.
    pub epochs_asked: u64,
    /// The mini-batch whose phases run, or ran last.
    pub batch: Option<Batch>,
    /// The length of the gradient: the root of the sum of its squares.
    pub gradient_norm: Option<f64>,
    /// The same of this mini-batch's own gradient, where gradients add up: from `Gradient` on, if its phases were run.
    #[serde(skip)]
    pub own_gradient_norm: Option<f64>,
    /// A fingerprint of all parameters and derivatives: two runs agree in every bit if and only if (all but certainly)
    /// they agree in this.
    pub fingerprint: String,
    /// Loss and accuracy over the mini-batches.
    pub curve: Curve,
    /// The parameters: from `Init` on. In the order of layers, weight then bias.
    #[serde(skip)]
    pub state: Option<Arc<[Parameter]>>,
    /// The parameters before the step: at `Step` only.
    #[serde(skip)]
    pub before: Option<Arc<[Parameter]>>,
    /// The derivatives of the loss by the parameters, in the same order: from `Gradient` on.
    #[serde(skip)]
    pub gradient: Option<Arc<[Parameter]>>,
    /// The images themselves, to be looked up by [`Batch::indices`] among its training images.
    #[serde(skip)]
    pub dataset: Arc<Dataset>,
    /// All settings of the run.
    #[serde(skip)]
    pub settings: Settings,
    /// Layers and loss.
    #[serde(skip)]
    pub architecture: Arc<Model>,
    /// Which images are trained on and held out, and their classes.
    #[serde(skip)]
    pub task: Arc<Task>,
    /// The baseline on the same digits.
    #[serde(skip)]
    pub means: Arc<Means>,
    /// The order of the epoch's images: indices among the training samples.
    #[serde(skip)]
    pub order: Arc<[u32]>,
    /// What the model said of the held-out images: from `Init` on.
    #[serde(skip)]
    pub validation: Option<Arc<Validation>>,
}

/// The mini-batch that can be seen.
#[derive(Clone, Debug, Serialize)]
pub struct Batch {
    /// Its epoch, from 1.
    pub epoch: u64,
    /// Which of its epoch it is, from 1.
    pub number: u64,
    /// How many of its images show each digit, in the order of [`Snapshot::digits`].
    pub composition: Vec<usize>,
    /// The mean of its images' losses: from `Loss` on.
    pub loss: Option<f64>,
    /// How many of its images were classified rightly.
    pub correct: usize,
    /// Each image's index among the data set's training images.
    #[serde(skip)]
    pub indices: Arc<[u32]>,
    /// Each image's class.
    #[serde(skip)]
    pub classes: Arc<[u8]>,
    /// What the model put out: `(batch, logits)`, row-major; one logit an image for the two-digit models.
    #[serde(skip)]
    pub logits: Arc<[f32]>,
    /// The same as probabilities: of the first digit, or of each digit.
    #[serde(skip)]
    pub predictions: Arc<[f32]>,
    /// Each image's loss: from `Loss` on.
    #[serde(skip)]
    pub losses: Option<Arc<[f32]>>,
}

impl Snapshot {
    pub(super) fn of(trainer: &Trainer) -> Self {
        let Trainer { plan, backend, phase, .. } = trainer;
        let is_from = |first: Phase| phase.is_some_and(|phase| turn(phase) >= turn(first));
        let (state, gradient) = (backend.parameters(), backend.gradient());
        let (gradient, is_revealed) = (Arc::<[Parameter]>::from(gradient), is_from(Phase::Gradient));
        Self {
            device: backend.device(),
            notice: backend.notice().map(str::to_owned),
            model: plan.model.name,
            digits: plan.task.digits.clone(),
            parameters: plan.model.parameter_count(),
            epochs: trainer.epochs.clone(),
            phase: *phase,
            stopped: trainer.stopped.clone(),
            trouble: trainer.trouble,
            baseline_accuracy: plan.means.accuracy,
            mislabelled: plan.mislabelled,
            lr: plan.settings.lr,
            zero_grad: plan.settings.zero_grad,
            samples: plan.task.train.len(),
            valid_samples: plan.task.valid.len(),
            steps: trainer.steps,
            batches: plan.batches(),
            epochs_asked: plan.settings.epochs,
            batch: Batch::of(trainer, is_from(Phase::Loss)),
            gradient_norm: is_revealed.then(|| norm(&gradient)),
            own_gradient_norm: trainer.own_norm.filter(|_| is_revealed),
            fingerprint: fingerprint(state.iter().chain(&*gradient)),
            curve: trainer.curve.clone(),
            state: phase.map(|_| state.into()),
            before: trainer.before.clone(),
            gradient: is_revealed.then_some(gradient),
            dataset: Arc::clone(plan.task.train.dataset()),
            settings: plan.settings.clone().into_inner(),
            architecture: Arc::clone(&plan.model),
            task: Arc::clone(&plan.task),
            means: Arc::clone(&plan.means),
            order: Arc::clone(&trainer.order),
            validation: trainer.validation.clone(),
        }
    }

    /// The first layer's weights as they are: 784 numbers a row, one row an output.
    #[must_use]
    pub fn weights(&self) -> Option<&[f32]> {
        parameter(self.state.as_ref()?, *learning(&self.architecture).first()?, "weight")
    }

    /// The last layer's bias as it is, one number an output.
    #[must_use]
    pub fn bias(&self) -> Option<&[f32]> {
        self.last_bias(self.state.as_deref())
    }

    /// The last layer's bias among the parameters, or among the derivatives by them.
    pub(super) fn last_bias<'a>(&self, tensors: Option<&'a [Parameter]>) -> Option<&'a [f32]> {
        parameter(tensors?, *learning(&self.architecture).last()?, "bias")
    }

    /// The bytes of a file: weights from `Init` on, the rest at any time.
    pub(super) fn export(&self, export: Export) -> Option<Vec<u8>> {
        match export {
            Export::Weights => Some(checkpoint::encode(&self.architecture, &self.digits, self.state.as_ref()?)),
            Export::Table if self.epochs.is_empty() => None,
            Export::Table => {
                let mut table = csv::Writer::from_writer(Vec::new());
                self.epochs.iter().try_for_each(|epoch| table.serialize(epoch)).ok()?;
                table.into_inner().ok()
            }
            Export::Script => Some(script::write(&self.settings, &self.architecture, &self.digits).into_bytes()),
        }
    }

    /// The epoch table as fastai prints it.
    #[must_use]
    pub fn tables(&self) -> Vec<Table> {
        let digits: Vec<_> = self.digits.iter().map(u8::to_string).collect();
        let title =
            format!("MNIST trainer: {}, {} parameters, digits {}", self.model, self.parameters, digits.join(" "));
        let columns = ["epoch", "train_loss", "valid_loss", "batch_accuracy", "accuracy", "time"];
        let mut table = Table::new(title, &columns);
        for (_, epoch) in self.epochs.sampled(ROWS) {
            let six = |value: f64| format!("{value:.6}");
            table.row([
                epoch.epoch.to_string(),
                epoch.train_loss.map_or_else(|| "-".to_owned(), six),
                six(epoch.valid_loss),
                format!("{:.4}", epoch.batch_accuracy),
                six(epoch.accuracy),
                epoch.train_loss.map_or_else(|| "-".to_owned(), |_| duration(epoch.seconds)),
            ]);
        }
        vec![table]
    }
}

impl Batch {
    /// What the model put out for the image at `index`: one logit, or one for each digit.
    #[must_use]
    pub fn logits_of(&self, index: usize) -> &[f32] {
        self.row(&self.logits, index)
    }

    /// The same as probabilities.
    #[must_use]
    pub fn predictions_of(&self, index: usize) -> &[f32] {
        self.row(&self.predictions, index)
    }

    fn row<'a>(&self, numbers: &'a [f32], index: usize) -> &'a [f32] {
        let width = numbers.len() / self.classes.len().max(1);
        numbers.get(index * width..(index + 1) * width).unwrap_or_default()
    }

    /// The index of the image with the largest loss: the first of several. `None` before there are losses.
    #[must_use]
    pub fn worst(&self) -> Option<usize> {
        let losses = self.losses.as_ref()?;
        (0..losses.len()).rev().max_by(|&left, &right| losses[left].total_cmp(&losses[right]))
    }

    fn of(trainer: &Trainer, has_loss: bool) -> Option<Self> {
        let (step, score) = trainer.batch?;
        let Trainer { plan, backend, order, .. } = trainer;
        let (batches, train): (u64, &Samples) = (plan.batches().max(1), &plan.task.train);
        let samples = &order[plan.batch(step % batches)];
        let classes: Arc<[u8]> = samples.iter().map(|&sample| train.classes()[sample as usize]).collect();
        let (logits, losses) = backend.outputs();
        let (mut predictions, width) = (vec![0.0; logits.len()], plan.model.loss.logits(plan.task.digits.len()));
        for (logits, predictions) in logits.chunks(width).zip(predictions.chunks_mut(width)) {
            plan.model.loss.probabilities(logits, predictions);
        }
        let mut composition = vec![0; plan.task.digits.len()];
        for &class in &*classes {
            composition[usize::from(class)] += 1;
        }
        Some(Self {
            epoch: step / batches + 1,
            number: step % batches + 1,
            composition,
            loss: has_loss.then(|| score.loss()),
            correct: score.correct,
            indices: samples.iter().map(|&sample| train.indices()[sample as usize]).collect(),
            classes,
            logits: logits.into(),
            predictions: predictions.into(),
            losses: has_loss.then(|| losses.into()),
        })
    }
}

/// Where a phase stands in its mini-batch, for "from this phase on".
const fn turn(phase: Phase) -> u8 {
    match phase {
        Phase::Predict => 1,
        Phase::Loss => 2,
        Phase::Gradient => 3,
        Phase::Step | Phase::Stop => 4,
        _ => 0,
    }
}

/// The root of the sum of squares over all tensors.
fn norm(tensors: &[Parameter]) -> f64 {
    tensors.iter().flat_map(|tensor| &tensor.values).map(|&value| f64::from(value).powi(2)).sum::<f64>().sqrt()
}

/// How far two gradients are apart: the length of their difference.
pub(super) fn distance(left: &[Parameter], right: &[Parameter]) -> f64 {
    let both = left.iter().zip(right).flat_map(|(left, right)| left.values.iter().zip(&right.values));
    both.map(|(&left, &right)| (f64::from(left) - f64::from(right)).powi(2)).sum::<f64>().sqrt()
}

/// FNV-1a over the bits of every number.
fn fingerprint<'a>(tensors: impl Iterator<Item = &'a Parameter>) -> String {
    let values = tensors.flat_map(|tensor| &tensor.values);
    let hash = values.fold(0xcbf2_9ce4_8422_2325_u64, |hash, value| {
        (hash ^ u64::from(value.to_bits())).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:016x}")
}

/// A time as a reader sees it.
fn duration(seconds: f64) -> String {
    if seconds < 1.0 { format!("{:.1} ms", seconds * 1e3) } else { format!("{seconds:.2} s") }
}

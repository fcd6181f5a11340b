//! A digit classifier in training, phase by phase.
//!
//! The backend computes a whole step at `Predict`, and the phases reveal its results in turn; running flat out reveals
//! none. An epoch's last `Step` also measures the model on the held-out images.
//!
//! # The same run in PyTorch
//!
//! All that is random comes from one generator, drawn in this order: the parameters (first layer first, weight then
//! bias), then one permutation an epoch if `shuffle` is on.
//!
//! ```python
//! torch.manual_seed(seed)
//! w = torch.randn(784, 1); b = torch.randn(1)             # init=uniform: nn.Linear(784, 1)
//! for epoch in range(epochs):
//!     order = torch.randperm(len(x)) if shuffle else torch.arange(len(x))
//!     for i in range(0, len(x), batch_size):
//!         xb, yb = x[order[i:i+batch_size]], y[order[i:i+batch_size]]
//! ```
//!
//! `x` has the first digit's images in name order, then the second's, each divided by 255. With `weights` nothing is drawn
//! for the parameters:
//!
//! ```python
//! torch.manual_seed(seed)
//! model.load_state_dict(safetensors.torch.load_file(weights))
//! ```
//!
//! [`Export::Script`] is all of it as a program.

mod activations;
mod changes;
mod checkpoint;
mod composition;
mod curve;
mod evidence;
mod judged;
mod likeness;
mod look;
mod means;
mod parameters;
mod progress;
mod reading;
mod script;
mod seen;
mod settings;
mod snapshot;
mod spelling;
mod trouble;
mod units;
mod validation;
mod words;

pub use crate::math::model::{Architecture, Start};
pub use activations::{Activations, Image};
pub use changes::Change;
pub use checkpoint::{About, Checkpoint, CheckpointError, Problem, encode};
pub use composition::Composition;
pub use curve::{Curve, Point};
pub use judged::{BINS, Judged};
pub use likeness::{Likeness, article};
pub use look::*;
pub use means::Means;
pub use parameters::{learning, parameter};
pub use progress::about;
pub use reading::{Reading, arithmetic, digit_of, squash};
pub use seen::*;
pub use settings::{LossChoice, Settings};
pub use snapshot::{Batch, Snapshot};
pub use trouble::{Cause, Trouble};
pub use units::{UnitKind, Units};
pub use validation::Validation;

use super::walk::TURN;
use super::{Checked, Experiment, Export, Info, Phase, SettingsError, Sight, Stop, Table, Trail, Unit, Values};
use crate::compute::{self, Backend, BatchScore, Diverged, Score};
use crate::data::Library;
use crate::math::model::Parameter;
use crate::math::torch::Generator;
use serde::Serialize;
pub(in crate::experiments) use settings::Plan;
use std::sync::Arc;
use std::time::Instant;

/// One line of the table that fastai prints.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Epoch {
    /// Which one; 0 is before any training.
    pub epoch: u64,
    /// The mean loss over the epoch's training images, each under the parameters it met; none for epoch 0.
    pub train_loss: Option<f64>,
    /// The mean loss over the held-out images at its end.
    pub valid_loss: f64,
    /// The mean over the validation batches of the share that was classified rightly, as the book prints it.
    pub batch_accuracy: f64,
    /// The share of all held-out images that was classified rightly.
    pub accuracy: f64,
    /// How long the training part took, in seconds, without the validation. The one value here that a clock gives:
    /// it differs from run to run.
    pub seconds: f64,
}

/// The epoch that is under way.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    loss_sum: f64,
    count: usize,
    seconds: f64,
}

/// A run of training, at some phase of it.
#[derive(Clone)]
pub struct Trainer {
    plan: Arc<Plan>,
    backend: Box<dyn Backend>,
    generator: Generator,
    order: Arc<[u32]>,
    phase: Option<Phase>,
    stopped: Option<Stop>,
    /// Why the next phase is `Stop`, when that comes before the last epoch's end.
    ending: Option<Stop>,
    trouble: Option<Trouble>,
    /// Steps made.
    steps: u64,
    /// The mini-batch whose phases run, or ran last, counted from 0 at the run's first; and what it came to.
    batch: Option<(u64, BatchScore)>,
    /// The parameters before the step, while the phase is `Step`.
    before: Option<Arc<[Parameter]>>,
    /// The length of the gradient of this mini-batch alone, where the kept gradient is a sum.
    own_norm: Option<f64>,
    tally: Tally,
    epochs: Trail<Epoch>,
    /// The lowest validation loss after any training, and its epoch.
    best: Option<(f64, u64)>,
    validation: Option<Arc<Validation>>,
    curve: Curve,
}

impl Experiment for Trainer {
    const INFO: Info = Info {
        name: "trainer",
        title: "MNIST trainer",
        summary: "A digit classifier learns from mini-batches, and you watch every step.",
        phases: &Phase::SEVEN,
        units: &[
            Unit { title: "Batch", meaning: "One mini-batch: predict, loss, gradient and step at once." },
            Unit { title: "Epoch", meaning: "Every training image once, then the validation." },
        ],
    };
    type Settings = Settings;
    type Look = Look;
    type Snapshot = Snapshot;
    type Seen = Seen;

    fn start(settings: &Checked<Settings>, data: &Library) -> Result<Self, SettingsError> {
        let plan = Plan::new(settings, data)?;
        let device = plan.settings.device;
        let backend = compute::open(device, Arc::clone(&plan.model), Arc::clone(&plan.task))
            .map_err(|error| SettingsError::value("device", device, error, "cpu"))?;
        Ok(Self {
            generator: Generator::new(plan.settings.seed),
            order: (0..).take(plan.task.train.len()).collect(),
            plan: Arc::new(plan),
            backend,
            phase: None,
            stopped: None,
            ending: None,
            trouble: None,
            steps: 0,
            batch: None,
            before: None,
            own_norm: None,
            tally: Tally::default(),
            epochs: Trail::default(),
            best: None,
            validation: None,
            curve: Curve::default(),
        })
    }

    fn advance(&mut self) -> Phase {
        let phase = match self.phase {
            None => Phase::Init,
            Some(Phase::Predict) => Phase::Loss,
            Some(Phase::Loss) => Phase::Gradient,
            Some(Phase::Gradient) => Phase::Step,
            Some(_) if self.ending.is_none() && self.steps < self.plan.steps() => Phase::Predict,
            Some(_) => Phase::Stop,
        };
        self.before = None;
        match phase {
            Phase::Init => self.init(),
            Phase::Predict => self.predict(),
            Phase::Loss => self.loss(),
            Phase::Step => self.step(),
            Phase::Stop => self.stopped = Some(self.ending.clone().unwrap_or(Stop::Done)),
            _ => {}
        }
        self.phase = Some(phase);
        phase
    }

    fn stride(&mut self, phases: u64) -> u64 {
        let mut ran = 0;
        while ran < phases && self.stopped.is_none() {
            // The last mini-batch is run phase by phase, for its step shows the parameters before and after.
            let whole = ((phases - ran) / TURN).saturating_sub(1).min(self.batches_left());
            let is_between = matches!(self.phase, Some(Phase::Init | Phase::Step));
            if is_between && whole > 0 {
                ran += self.train(whole);
            } else {
                self.advance();
                ran += 1;
            }
        }
        ran
    }

    fn phase(&self) -> Option<Phase> {
        self.phase
    }

    fn stopped(&self) -> Option<Stop> {
        self.stopped.clone()
    }

    fn end(&self) -> Option<u64> {
        Some(1 + TURN * self.plan.steps() + 1)
    }

    fn unit_end(&self, position: u64, unit: usize) -> u64 {
        let steps = if unit == Self::BATCH { 1 } else { self.plan.batches() };
        let next = (position.saturating_sub(1) / (TURN * steps) + 1) * steps;
        let end = 1 + TURN * self.plan.steps();
        if position >= end { end + 1 } else { end.min(1 + TURN * next) }
    }

    fn position_after(&self, steps: Option<u64>) -> u64 {
        let end = 1 + TURN * self.plan.steps();
        steps.map_or(end + 1, |steps| end.min(steps.saturating_mul(TURN).saturating_add(1)))
    }

    fn allow_steps(settings: &mut Settings, steps: u64) {
        settings.allow_steps(steps);
    }

    fn snapshot(&self) -> Snapshot {
        Snapshot::of(self)
    }

    fn see(snapshot: &Arc<Snapshot>, look: &Look, seen: &mut Seen) -> bool {
        seen.see(snapshot, look)
    }

    fn tables(&Sight { snapshot, .. }: &Sight<'_, Self>) -> Vec<Table> {
        snapshot.tables()
    }

    fn values(&Sight { snapshot, .. }: &Sight<'_, Self>) -> Values {
        snapshot.values()
    }

    const EXPORTS: &'static [Export] = &[Export::Weights, Export::Table, Export::Script];

    fn export(snapshot: &Snapshot, export: Export) -> Option<Vec<u8>> {
        snapshot.export(export)
    }
}

impl Trainer {
    /// A mini-batch, among the units of [`Experiment::INFO`].
    pub const BATCH: usize = 0;
    /// An epoch, likewise.
    pub const EPOCH: usize = 1;

    /// Which of its epoch the mini-batch is that comes next, or whose phases run before its step; from 0.
    fn batch_of_epoch(&self) -> u64 {
        self.steps % self.plan.batches().max(1)
    }

    /// Mini-batches from the next one to the end of its epoch, or of the run if that is before.
    fn batches_left(&self) -> u64 {
        if self.ending.is_some() {
            return 0;
        }
        (self.plan.batches() - self.batch_of_epoch()).min(self.plan.steps() - self.steps)
    }

    fn init(&mut self) {
        let Plan { model, settings, .. } = &*self.plan;
        match &self.plan.weights {
            Some(weights) => self.backend.load(weights),
            None => self.backend.load(&model.draw(settings.init, &mut self.generator)),
        }
        self.validate(None);
    }

    fn predict(&mut self) {
        let start = Instant::now();
        self.begin_epoch();
        let kept = (!self.plan.sgd.zero_grad).then(|| self.backend.gradient());
        let score = self.backend.differentiate(self.plan.batch(self.batch_of_epoch()), self.plan.sgd);
        self.batch = Some((self.steps, score));
        self.tally.seconds += start.elapsed().as_secs_f64();
        self.own_norm = kept.map(|kept| snapshot::distance(&self.backend.gradient(), &kept));
    }

    fn loss(&mut self) {
        match self.batch {
            Some((_, score)) if score.is_finite => {
                self.tally.add(&score);
                self.curve.push(&score);
            }
            Some((_, score)) => self.diverge(Cause::of(&score)),
            None => {}
        }
    }

    fn step(&mut self) {
        self.before = Some(self.backend.parameters().into());
        let start = Instant::now();
        let was_made = self.backend.step(self.plan.sgd);
        self.tally.seconds += start.elapsed().as_secs_f64();
        if was_made {
            self.steps += 1;
            self.end_epoch();
        } else {
            self.diverge(Cause::Step);
        }
    }

    fn diverge(&mut self, cause: Cause) {
        let (step, batches) = (self.batch.map_or(0, |(step, _)| step), self.plan.batches().max(1));
        self.stopped = Some(Stop::Diverged);
        let lr = self.plan.settings.lr;
        self.trouble = Some(Trouble { cause, epoch: step / batches + 1, batch: step % batches + 1, lr });
    }

    /// Runs `whole` mini-batches of one epoch without showing their phases, and returns how many phases that were.
    fn train(&mut self, whole: u64) -> u64 {
        let start = Instant::now();
        self.before = None;
        self.own_norm = None;
        self.begin_epoch();
        let (plan, first) = (Arc::clone(&self.plan), self.batch_of_epoch());
        let mut batches = (first..first + whole).map(|batch| plan.batch(batch));
        let (tally, curve, batch) = (&mut self.tally, &mut self.curve, &mut self.batch);
        let (before, mut seen) = (self.steps, 0);
        let result = self.backend.train(&mut batches, plan.sgd, &mut |score| {
            tally.add(&score);
            curve.push(&score);
            *batch = Some((before + seen, score));
            seen += 1;
        });
        self.tally.seconds += start.elapsed().as_secs_f64();
        self.phase = Some(Phase::Step);
        let phases = match result {
            Ok(()) => TURN * seen,
            Err(Diverged::Step) => {
                self.before = Some(self.backend.parameters().into());
                self.diverge(Cause::Step);
                seen -= 1;
                TURN * (seen + 1)
            }
            Err(Diverged::Gradient(score)) => {
                self.batch = Some((before + seen, score));
                self.diverge(Cause::of(&score));
                self.phase = Some(Phase::Loss);
                TURN * seen + 2
            }
        };
        self.steps += seen;
        if seen > 0 {
            self.end_epoch();
        }
        phases
    }

    /// Before an epoch's first mini-batch: draws its order.
    fn begin_epoch(&mut self) {
        if self.plan.settings.shuffle && self.batch_of_epoch() == 0 {
            self.order = self.generator.randperm(self.order.len()).into();
            self.backend.set_order(Arc::clone(&self.order));
        }
    }

    /// After an epoch's last step: measures the model, and begins a new line.
    fn end_epoch(&mut self) {
        if self.batch_of_epoch() == 0 {
            #[expect(clippy::cast_precision_loss, reason = "images are far fewer than 2^52")]
            self.validate(Some(self.tally.loss_sum / self.tally.count as f64));
        }
    }

    fn validate(&mut self, train_loss: Option<f64>) {
        let score = self.backend.validate(self.plan.settings.batch_size);
        let epoch = self.epochs.len() as u64;
        self.validation = Some(Arc::new(Validation::new(epoch, self.backend.validation())));
        if train_loss.is_some() {
            self.ending = self.reason_to_end(epoch, score);
        }
        self.epochs.push(Epoch {
            epoch,
            train_loss,
            valid_loss: score.loss,
            batch_accuracy: score.batch_accuracy,
            accuracy: score.accuracy,
            seconds: self.tally.seconds,
        });
        self.tally = Tally::default();
    }

    /// Why to stop after this epoch, if there is a reason.
    fn reason_to_end(&mut self, epoch: u64, score: Score) -> Option<Stop> {
        let Settings { target, patience, .. } = *self.plan.settings;
        let (best, at) = self.best.unwrap_or((f64::INFINITY, epoch));
        if score.loss < best {
            self.best = Some((score.loss, epoch));
        } else if patience > 0 && epoch - at >= patience {
            return Some(Stop::Patience);
        }
        (target > 0.0 && score.accuracy >= target).then_some(Stop::Target)
    }
}

impl Tally {
    fn add(&mut self, score: &BatchScore) {
        self.loss_sum += score.loss_sum;
        self.count += score.count;
    }
}

#[cfg(test)]
mod tests;

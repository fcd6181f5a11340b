//! The learning-rate finder: one mini-batch after another while the rate grows, as fastai's `lr_find` does it.
//!
//! ```python
//! for i in range(iterations):                       # xb, yb and the first parameters as in the trainer
//!     lr = start * (end / start) ** (i / (iterations - 1))
//!     loss = loss_func(model(xb), yb); loss.backward()
//!     total = 0.98 * total + 0.02 * loss.item(); smoothed = total / (1 - 0.98 ** (i + 1))
//!     best = min(best, smoothed)
//!     sgd.step(); sgd.zero_grad()                   # at this rate
//!     if smoothed > 4 * best: break
//! ```

mod settings;
mod snapshot;
mod suggest;

pub use settings::Settings;
pub use snapshot::Snapshot;
pub use suggest::Suggestions;

use super::trainer::Plan;
use super::walk::{TURN, single};
use super::{Checked, Experiment, Info, NoLook, Phase, SettingsError, Sight, Stop, Table, Trail, Unit, Values};
use crate::compute::{self, Backend, BatchScore, Sgd};
use crate::data::Library;
use crate::math::torch::Generator;
use serde::Serialize;
use std::sync::Arc;

/// How much of the smoothed loss stays at each mini-batch.
const BETA: f64 = 0.98;
/// The sweep ends when the smoothed loss is so many times the lowest.
const TOO_MUCH: f64 = 4.0;

/// What one mini-batch came to.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Point {
    /// The learning rate of its step.
    pub lr: f64,
    /// Its mean loss, before the step.
    pub loss: f64,
    /// The smoothed loss up to it: an exponential moving average with its start corrected for.
    pub smoothed: f64,
}

/// A sweep over the rates, at some phase of it.
#[derive(Clone)]
pub struct LrFind {
    settings: Checked<Settings>,
    plan: Arc<Plan>,
    backend: Box<dyn Backend>,
    generator: Generator,
    order: Arc<[u32]>,
    phase: Option<Phase>,
    stopped: Option<Stop>,
    /// Why the next phase is `Stop`, when that comes before the last rate.
    ending: Option<Stop>,
    /// Steps made.
    steps: u64,
    /// The rate of the mini-batch whose phases run, or ran last, and what it came to.
    batch: Option<(f64, BatchScore)>,
    /// The moving average before its correction.
    total: f64,
    /// The lowest smoothed loss.
    best: f64,
    points: Trail<Point>,
    /// Found when the sweep ends.
    suggestions: Option<Suggestions>,
}

impl Experiment for LrFind {
    const INFO: Info = Info {
        name: "lr-find",
        title: "Learning-rate finder",
        summary: "Every learning rate is tried for one mini-batch, from timid to wild, and the losses say which to take.",
        phases: &Phase::SEVEN,
        units: &[Unit {
            title: "Batch",
            meaning: "One mini-batch at one rate: predict, loss, gradient and step at once.",
        }],
    };
    type Settings = Settings;
    type Look = NoLook;
    type Snapshot = Snapshot;
    type Seen = ();

    fn start(settings: &Checked<Settings>, data: &Library) -> Result<Self, SettingsError> {
        settings.check()?;
        let plan = Plan::new(&Checked::new(settings.trainer(settings.start))?, data)?;
        let device = plan.settings.device;
        let backend = compute::open(device, Arc::clone(&plan.model), Arc::clone(&plan.task))
            .map_err(|error| SettingsError::value("device", device, error, "cpu"))?;
        Ok(Self {
            generator: Generator::new(settings.seed),
            order: (0..).take(plan.task.train.len()).collect(),
            settings: settings.clone(),
            plan: Arc::new(plan),
            backend,
            phase: None,
            stopped: None,
            ending: None,
            steps: 0,
            batch: None,
            total: 0.0,
            best: f64::INFINITY,
            points: Trail::default(),
            suggestions: None,
        })
    }

    fn advance(&mut self) -> Phase {
        let phase = match self.phase {
            None => Phase::Init,
            Some(_) if self.ending.is_some() => Phase::Stop,
            Some(Phase::Predict) => Phase::Loss,
            Some(Phase::Loss) => Phase::Gradient,
            Some(Phase::Gradient) => Phase::Step,
            Some(_) if self.steps < self.settings.iterations => Phase::Predict,
            Some(_) => Phase::Stop,
        };
        match phase {
            Phase::Init => self.backend.load(&self.plan.model.draw(self.settings.init, &mut self.generator)),
            Phase::Predict => self.predict(),
            Phase::Loss => self.loss(),
            Phase::Step => self.step(),
            Phase::Stop => {
                self.stopped = Some(self.ending.clone().unwrap_or(Stop::Done));
                let points: Vec<Point> = self.points.iter().copied().collect();
                self.suggestions = Suggestions::of(&points, self.settings.iterations);
            }
            _ => {}
        }
        self.phase = Some(phase);
        phase
    }

    fn phase(&self) -> Option<Phase> {
        self.phase
    }

    fn stopped(&self) -> Option<Stop> {
        self.stopped.clone()
    }

    fn end(&self) -> Option<u64> {
        Some(self.settings.end_position())
    }

    fn unit_end(&self, position: u64, _unit: usize) -> u64 {
        let last = self.settings.after(u64::MAX);
        let next = position.saturating_sub(1) / TURN + 1;
        if position >= last { self.settings.end_position() } else { self.settings.after(next) }
    }

    fn position_after(&self, steps: Option<u64>) -> u64 {
        steps.map_or(self.settings.end_position(), |steps| self.settings.after(steps))
    }

    /// The sweep's result, not its beginning, is what there is to see.
    fn opening(&self) -> u64 {
        self.position_after(None)
    }

    fn allow_steps(settings: &mut Settings, steps: u64) {
        settings.iterations = settings.iterations.max(steps).min(settings::MAX_ITERATIONS);
    }

    fn snapshot(&self) -> Snapshot {
        Snapshot::of(self)
    }

    fn tables(&Sight { snapshot, .. }: &Sight<'_, Self>) -> Vec<Table> {
        snapshot.tables()
    }

    fn values(&Sight { snapshot, .. }: &Sight<'_, Self>) -> Values {
        snapshot.values()
    }
}

impl LrFind {
    fn predict(&mut self) {
        let batch = self.steps % self.plan.batches().max(1);
        if self.settings.shuffle && batch == 0 {
            self.order = self.generator.randperm(self.order.len()).into();
            self.backend.set_order(Arc::clone(&self.order));
        }
        let rate = self.settings.rate(self.steps);
        let score = self.backend.differentiate(self.plan.batch(batch), self.sgd(rate));
        self.batch = Some((rate, score));
    }

    fn loss(&mut self) {
        let Some((lr, score)) = self.batch else { return };
        if !score.loss_sum.is_finite() {
            self.ending = Some(Stop::Diverged);
            return;
        }
        let loss = score.loss();
        self.total = BETA * self.total + (1.0 - BETA) * loss;
        #[expect(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "few points")]
        let smoothed = self.total / (1.0 - BETA.powi(self.points.len() as i32 + 1));
        self.best = self.best.min(smoothed);
        self.points.push(Point { lr, loss, smoothed });
    }

    fn step(&mut self) {
        let Some((rate, score)) = self.batch else { return };
        let is_good = score.is_finite && self.backend.step(self.sgd(rate));
        let smoothed = self.points.last().map_or(0.0, |point| point.smoothed);
        if is_good {
            self.steps += 1;
        }
        if !is_good || smoothed > TOO_MUCH * self.best {
            self.ending = Some(Stop::Diverged);
        }
    }

    fn sgd(&self, rate: f64) -> Sgd {
        Sgd { rate: single(rate), ..self.plan.sgd }
    }
}

#[cfg(test)]
mod tests;

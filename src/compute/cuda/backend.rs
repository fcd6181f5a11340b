//! Training on a GPU, and on the processor where the GPU fails.

use super::gpu::Fault;
use super::session::{Numbers, Resident, Session, Trained};
use crate::compute::cpu::{self, Scoring, step};
use crate::compute::{Backend, BatchScore, Batches, Device, Diverged, Each, Score, Sgd, State};
use crate::math::model::Parameter;
use std::ops::Range;
use std::sync::Arc;

/// Held-out images that there is room for at a time, where their number counts.
const MEASURED: usize = 1024;

/// A model that is trained on a GPU.
///
/// The host keeps parameters, gradient and velocity as the last thing that was done left them. They are all that a copy
/// takes along, and what the processor goes on from, with the same bits, when the GPU fails: what it failed at is then
/// done once more.
#[derive(Debug)]
pub struct Cuda {
    session: Arc<Session>,
    order: Arc<[u32]>,
    numbers: Numbers,
    /// The same on the GPU, once it is needed there.
    resident: Option<Resident>,
    /// Whether `numbers` or `order` are newer than what is on the GPU.
    is_moved: bool,
    is_reordered: bool,
    logits: Vec<f32>,
    losses: Vec<f32>,
    validation: Vec<f32>,
    scoring: Scoring,
    fallen: Option<Fallen>,
}

/// What takes over from a GPU that failed.
#[derive(Debug)]
struct Fallen {
    backend: Box<dyn Backend>,
    notice: String,
}

impl Clone for Cuda {
    fn clone(&self) -> Self {
        let fallen = |fallen: &Fallen| Fallen { backend: fallen.backend.duplicate(), notice: fallen.notice.clone() };
        Self {
            session: Arc::clone(&self.session),
            order: Arc::clone(&self.order),
            numbers: self.numbers.clone(),
            resident: None,
            is_moved: false,
            is_reordered: false,
            logits: self.logits.clone(),
            losses: self.losses.clone(),
            validation: self.validation.clone(),
            scoring: Scoring::default(),
            fallen: self.fallen.as_ref().map(fallen),
        }
    }
}

impl Cuda {
    /// All parameters zero, the images in the task's order.
    pub fn new(session: Session) -> Self {
        Self {
            order: (0..).take(session.task.train.len()).collect(),
            numbers: session.zeros(),
            session: Arc::new(session),
            resident: None,
            is_moved: false,
            is_reordered: false,
            logits: Vec::new(),
            losses: Vec::new(),
            validation: Vec::new(),
            scoring: Scoring::default(),
            fallen: None,
        }
    }

    /// The model as it is now, on the GPU, with room for so many images.
    fn resident(&mut self, images: usize) -> Result<(&Session, &mut Resident), Fault> {
        let Self { session, order, numbers, resident, is_moved, is_reordered, .. } = self;
        let ready = if let Some(resident) = resident {
            session.make_room(resident, images)?;
            if *is_moved {
                resident.replace(numbers)?;
            }
            if *is_reordered {
                resident.reorder(order)?;
            }
            resident
        } else {
            resident.insert(session.send(numbers, order, images)?)
        };
        (*is_moved, *is_reordered) = (false, false);
        Ok((session, ready))
    }

    /// Does something on the GPU; `None` if it failed, and then the processor has taken over.
    fn on_gpu<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, Fault>) -> Option<T> {
        match work(self) {
            Ok(done) => Some(done),
            Err(fault) => {
                self.fall_back(&fault);
                None
            }
        }
    }

    fn fall_back(&mut self, fault: &Fault) {
        let name = &self.session.gpu().about().name;
        let notice = format!("{name}: {fault}. The processor goes on from the last good state, with the same bits.");
        log::warn!("{notice}");
        self.resident = None;
        let (model, task) = (Arc::clone(&self.session.model), Arc::clone(&self.session.task));
        if let Some(mut backend) = cpu::open(model, task) {
            backend.resume(&self.state());
            backend.set_order(Arc::clone(&self.order));
            self.fallen = Some(Fallen { backend, notice });
        }
    }

    /// Takes up what the GPU came to. Returns the scores of the batches, those that were differentiated.
    fn take(&mut self, trained: Trained, batches: &[Range<usize>]) -> Vec<BatchScore> {
        let Trained { numbers, losses, correct, logits, .. } = trained;
        let (mut scores, mut last, mut rest) = (Vec::new(), &losses[..0], (&losses[..], &correct[..]));
        for batch in batches.iter().map(Range::len) {
            let Some((own, losses)) = rest.0.split_at_checked(batch) else { break };
            let (are_correct, correct) = rest.1.split_at(batch);
            scores.push(BatchScore::of(own, are_correct.iter().map(|&is_correct| is_correct as usize).sum()));
            (last, rest) = (own, (losses, correct));
        }
        (self.numbers, self.logits) = (numbers, logits);
        self.losses.clear();
        self.losses.extend_from_slice(last);
        scores
    }

    /// What the processor, which has taken over, made of the last batch.
    fn copy_outputs(&mut self) {
        if let Some(fallen) = &self.fallen {
            let (logits, losses) = fallen.backend.outputs();
            self.logits.clear();
            self.logits.extend_from_slice(logits);
            self.losses.clear();
            self.losses.extend_from_slice(losses);
        }
    }

    fn train_on_gpu(&mut self, batches: &[Range<usize>], sgd: Sgd, is_step: bool) -> Option<Trained> {
        let images = batches.iter().map(Range::len).max().unwrap_or(1);
        self.on_gpu(|cuda| {
            let (session, resident) = cuda.resident(images)?;
            session.train(resident, batches, sgd, is_step)
        })
    }
}

impl Backend for Cuda {
    fn device(&self) -> Device {
        match &self.fallen {
            Some(fallen) => fallen.backend.device(),
            None => Device::Cuda(self.session.gpu().about().index),
        }
    }

    fn notice(&self) -> Option<&str> {
        self.fallen.as_ref().map(|fallen| fallen.notice.as_str())
    }

    fn state(&self) -> State {
        match &self.fallen {
            Some(fallen) => fallen.backend.state(),
            None => State {
                parameters: self.session.unpack(&self.numbers.values),
                gradient: self.session.unpack(&self.numbers.gradient),
                velocity: self.session.unpack(&self.numbers.velocity),
            },
        }
    }

    fn resume(&mut self, state: &State) {
        if let Some(fallen) = &mut self.fallen {
            return fallen.backend.resume(state);
        }
        let [values, gradient, velocity] =
            [&state.parameters, &state.gradient, &state.velocity].map(|tensors| self.session.pack(tensors));
        self.numbers = Numbers { values, gradient, velocity };
        self.is_moved = true;
    }

    fn parameters(&self) -> Vec<Parameter> {
        match &self.fallen {
            Some(fallen) => fallen.backend.parameters(),
            None => self.session.unpack(&self.numbers.values),
        }
    }

    fn gradient(&self) -> Vec<Parameter> {
        match &self.fallen {
            Some(fallen) => fallen.backend.gradient(),
            None => self.session.unpack(&self.numbers.gradient),
        }
    }

    fn set_order(&mut self, order: Arc<[u32]>) {
        if let Some(fallen) = &mut self.fallen {
            fallen.backend.set_order(Arc::clone(&order));
        }
        self.order = order;
        self.is_reordered = true;
    }

    fn differentiate(&mut self, batch: Range<usize>, sgd: Sgd) -> BatchScore {
        let batches = [batch.clone()];
        if self.fallen.is_none()
            && let Some(trained) = self.train_on_gpu(&batches, sgd, false)
        {
            let is_finite = !trained.is_bad_gradient;
            let score = self.take(trained, &batches).pop().unwrap_or_default();
            return BatchScore { is_finite, ..score };
        }
        let score = self.fallen.as_mut().map(|fallen| fallen.backend.differentiate(batch, sgd));
        self.copy_outputs();
        score.unwrap_or_default()
    }

    fn step(&mut self, sgd: Sgd) -> bool {
        if let Some(fallen) = &mut self.fallen {
            return fallen.backend.step(sgd);
        }
        // A step by hand is a reader's step: the host, which has all that it takes, is quick enough.
        let Numbers { values, gradient, velocity } = &mut self.numbers;
        let is_made = step(values, gradient, velocity, sgd);
        self.is_moved |= is_made;
        is_made
    }

    fn train(&mut self, batches: &mut Batches<'_>, sgd: Sgd, each: &mut Each<'_>) -> Result<(), Diverged> {
        let batches: Vec<Range<usize>> = batches.collect();
        if batches.is_empty() {
            return Ok(());
        }
        if self.fallen.is_none()
            && let Some(trained) = self.train_on_gpu(&batches, sgd, true)
        {
            let (done, is_bad_gradient, is_bad_step) = (trained.done, trained.is_bad_gradient, trained.is_bad_step);
            let scores = self.take(trained, &batches);
            scores[..done].iter().copied().for_each(&mut *each);
            return match scores.get(done) {
                Some(&score) if is_bad_gradient => Err(Diverged::Gradient(BatchScore { is_finite: false, ..score })),
                Some(&score) if is_bad_step => {
                    each(score);
                    Err(Diverged::Step)
                }
                _ => Ok(()),
            };
        }
        let trained = self.fallen.as_mut().map(|fallen| fallen.backend.train(&mut batches.into_iter(), sgd, each));
        self.copy_outputs();
        trained.unwrap_or(Ok(()))
    }

    fn outputs(&self) -> (&[f32], &[f32]) {
        (&self.logits, &self.losses)
    }

    fn validate(&mut self, batch_size: usize) -> Score {
        if self.fallen.is_none() {
            let logits = self.on_gpu(|cuda| {
                let (session, resident) = cuda.resident(MEASURED)?;
                session.predict(resident)
            });
            if let Some(logits) = logits {
                self.validation = logits;
                let Self { session, validation, scoring, .. } = self;
                return scoring.score(session.model.loss, &session.task.valid, validation, batch_size);
            }
        }
        let Some(fallen) = &mut self.fallen else { return Score::default() };
        let score = fallen.backend.validate(batch_size);
        self.validation.clear();
        self.validation.extend_from_slice(fallen.backend.validation());
        score
    }

    fn validation(&self) -> &[f32] {
        &self.validation
    }

    fn duplicate(&self) -> Box<dyn Backend> {
        Box::new(self.clone())
    }
}

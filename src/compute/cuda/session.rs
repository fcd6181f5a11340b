//! A task on a GPU: its images, which stay there, and the launches that train and measure a model on them.

use super::gpu::{Argument, Fault, Gpu, Launch};
use super::memory::Array;
use super::network::{CONTROL, Network, THREADS, Work, word};
use super::{conv, dense, linear};
use crate::compute::{Samples, Sgd, Task};
use crate::data::PIXELS;
use crate::math::loss::Loss;
use crate::math::model::{Layer, Model, Parameter};
use std::ops::Range;
use std::sync::Arc;

/// Images that are sent at a time.
const SENT: usize = 1024;
/// The kernels' flags.
const STEP: u32 = 1;
const ZERO_GRAD: u32 = 2;

/// The images of one split, one after the other in the task's order.
#[derive(Debug)]
struct Images {
    pixels: Array<u8>,
    classes: Array<u8>,
    count: usize,
}

impl Images {
    fn of(gpu: &Arc<dyn Gpu>, samples: &Samples) -> Result<Self, Fault> {
        let pixels = Array::new(gpu, samples.len() * PIXELS)?;
        for (at, indices) in samples.indices().chunks(SENT).enumerate() {
            let bytes: Vec<u8> = indices.iter().flat_map(|&index| samples.pixels()[index as usize]).collect();
            pixels.write(at * SENT * PIXELS, &bytes)?;
        }
        Ok(Self { pixels, classes: Array::of(gpu, samples.classes())?, count: samples.len() })
    }
}

/// What does not change while a model is trained.
#[derive(Debug)]
pub struct Session {
    gpu: Arc<dyn Gpu>,
    pub model: Arc<Model>,
    pub task: Arc<Task>,
    network: Box<dyn Network>,
    train: Images,
    valid: Images,
    /// Logits of an image.
    pub outputs: usize,
}

/// Parameters, gradient and velocity as they lie on the GPU, kept by the host.
#[derive(Clone, Debug)]
pub struct Numbers {
    pub values: Vec<f32>,
    pub gradient: Vec<f32>,
    pub velocity: Vec<f32>,
}

/// A model on the GPU, and memory to work in.
#[derive(Debug)]
pub struct Resident {
    /// Those that a step reads and those that it writes; they trade places with every step.
    values: [Array<f32>; 2],
    velocity: [Array<f32>; 2],
    gradient: Array<f32>,
    order: Array<u32>,
    /// What the kernel is told of each mini-batch, with room for as many as there were at once.
    bounds: Array<u32>,
    /// For each place of the order: logits, loss, and whether the image was classified rightly.
    logits: Array<f32>,
    losses: Array<f32>,
    correct: Array<u32>,
    work: Work,
}

/// How training went on from where it was.
#[derive(Debug)]
pub struct Trained {
    pub numbers: Numbers,
    /// Mini-batches whose step was made.
    pub done: usize,
    /// Whether the one after them has a loss or a derivative that is no finite number.
    pub is_bad_gradient: bool,
    /// Whether its step would have left the finite numbers.
    pub is_bad_step: bool,
    /// For each image of each batch that was differentiated, batch after batch: its loss, and whether it was read rightly.
    pub losses: Vec<f32>,
    pub correct: Vec<u32>,
    /// The logits of the last batch that was differentiated.
    pub logits: Vec<f32>,
}

impl Resident {
    /// Replaces parameters, gradient and velocity.
    pub fn replace(&self, numbers: &Numbers) -> Result<(), Fault> {
        self.values[0].write(0, &numbers.values)?;
        self.velocity[0].write(0, &numbers.velocity)?;
        self.gradient.write(0, &numbers.gradient)
    }

    /// Replaces the order of the training images.
    pub fn reorder(&self, order: &[u32]) -> Result<(), Fault> {
        self.order.write(0, order)
    }
}

impl Session {
    /// Sends the task's images. `None` if there are no kernels for the model's layers.
    pub fn new(gpu: Arc<dyn Gpu>, model: Arc<Model>, task: Arc<Task>) -> Result<Option<Self>, Fault> {
        let network: Box<dyn Network> = match (&*model.layers, model.loss) {
            ([Layer::Linear { outputs: 1, .. }], Loss::Mnist) => Box::new(linear::Linear),
            ([Layer::Unflatten, ..], _) => Box::new(conv::Conv::new(&gpu, &model)?),
            _ => match dense::Dense::new(&gpu, &model)? {
                Some(dense) => Box::new(dense),
                None => return Ok(None),
            },
        };
        let (train, valid) = (Images::of(&gpu, &task.train)?, Images::of(&gpu, &task.valid)?);
        let outputs = model.loss.logits(task.digits.len());
        Ok(Some(Self { gpu, model, task, network, train, valid, outputs }))
    }

    /// The GPU.
    pub fn gpu(&self) -> &Arc<dyn Gpu> {
        &self.gpu
    }

    /// PyTorch's tensors as they lie on the GPU.
    pub fn pack(&self, tensors: &[Parameter]) -> Vec<f32> {
        self.network.pack(tensors)
    }

    /// The reverse.
    pub fn unpack(&self, numbers: &[f32]) -> Vec<Parameter> {
        self.network.unpack(numbers, &self.model)
    }

    /// A model of all zeros.
    pub fn zeros(&self) -> Numbers {
        let zeros = vec![0.0; self.network.count()];
        Numbers { values: zeros.clone(), gradient: zeros.clone(), velocity: zeros }
    }

    /// Sends a model, with memory for mini-batches of up to so many images.
    pub fn send(&self, numbers: &Numbers, order: &[u32], images: usize) -> Result<Resident, Fault> {
        let array = |len| Array::new(&self.gpu, len);
        let (len, count) = (self.network.count(), self.train.count);
        Ok(Resident {
            values: [Array::of(&self.gpu, &numbers.values)?, array(len)?],
            velocity: [Array::of(&self.gpu, &numbers.velocity)?, array(len)?],
            gradient: Array::of(&self.gpu, &numbers.gradient)?,
            order: Array::of(&self.gpu, order)?,
            bounds: Array::new(&self.gpu, 0)?,
            logits: array(count * self.outputs)?,
            losses: array(count)?,
            correct: Array::new(&self.gpu, count)?,
            work: self.network.work(&self.gpu, images)?,
        })
    }

    /// Makes room for larger mini-batches, if there is none.
    pub fn make_room(&self, resident: &mut Resident, images: usize) -> Result<(), Fault> {
        if resident.work.images < images {
            resident.work = self.network.work(&self.gpu, images)?;
        }
        Ok(())
    }

    /// Trains on these mini-batches, none of them empty, or with `is_step` off differentiates the only one.
    pub fn train(
        &self,
        resident: &mut Resident,
        batches: &[Range<usize>],
        sgd: Sgd,
        is_step: bool,
    ) -> Result<Trained, Fault> {
        let bounds = self.network.bounds(batches);
        if resident.bounds.len() < bounds.len() {
            resident.bounds = Array::new(&self.gpu, bounds.len())?;
        }
        resident.bounds.write(0, &bounds)?;
        let images = batches.iter().map(Range::len).max().unwrap_or(0);
        resident.work.control.write(0, &[0; CONTROL])?;
        let mut arguments = vec![
            self.train.pixels.argument(),
            self.train.classes.argument(),
            resident.order.argument(),
            resident.bounds.argument(),
            Argument::Whole(word(batches.len())),
            resident.values[0].argument(),
            resident.values[1].argument(),
            resident.velocity[0].argument(),
            resident.velocity[1].argument(),
            resident.gradient.argument(),
            resident.logits.argument(),
            resident.losses.argument(),
            resident.correct.argument(),
            resident.work.control.argument(),
            Argument::Number(sgd.rate),
            Argument::Number(sgd.momentum),
            Argument::Number(sgd.weight_decay),
            Argument::Whole(if is_step { STEP } else { 0 } | if sgd.zero_grad { ZERO_GRAD } else { 0 }),
        ];
        arguments.extend(self.network.own(&resident.work));
        self.launch(self.network.trains(), self.network.blocks(images), true, &arguments)?;
        self.collect(resident, batches, sgd, is_step)
    }

    /// Reads what the launch came to.
    fn collect(
        &self,
        resident: &mut Resident,
        batches: &[Range<usize>],
        sgd: Sgd,
        is_step: bool,
    ) -> Result<Trained, Fault> {
        let mut control = [0; CONTROL];
        resident.work.control.read(0, &mut control)?;
        let [_, done, bad_gradient @ .., bad_step, bad_step_odd] = control;
        let (is_bad_gradient, is_bad_step) = (bad_gradient != [0; 2], bad_step | bad_step_odd != 0);
        let done = (done as usize).min(batches.len());
        if is_step && done % 2 == 1 {
            resident.values.swap(0, 1);
            if !sgd.is_plain() {
                resident.velocity.swap(0, 1);
            }
        }
        // A batch that broke down was differentiated too.
        let seen = (done + usize::from(is_bad_gradient || is_bad_step)).clamp(1, batches.len().max(1));
        let seen = batches.get(..seen).unwrap_or(batches);
        let (mut losses, mut correct) = (Vec::new(), Vec::new());
        // Batches that follow each other in the order, as they do in an epoch, are read in one go.
        for run in seen.chunk_by(|before, after| before.end == after.start) {
            let (from, start) = (losses.len(), run.first().map_or(0, |batch| batch.start));
            let count = run.iter().map(Range::len).sum::<usize>();
            losses.resize(from + count, 0.0);
            correct.resize(from + count, 0);
            resident.losses.read(start, &mut losses[from..])?;
            resident.correct.read(start, &mut correct[from..])?;
        }
        let last = seen.last().cloned().unwrap_or_default();
        let mut logits = vec![0.0; last.len() * self.outputs];
        resident.logits.read(last.start * self.outputs, &mut logits)?;
        let mut numbers = self.zeros();
        resident.values[0].read(0, &mut numbers.values)?;
        resident.velocity[0].read(0, &mut numbers.velocity)?;
        resident.gradient.read(0, &mut numbers.gradient)?;
        Ok(Trained { numbers, done, is_bad_gradient, is_bad_step, losses, correct, logits })
    }

    /// The logits of the held-out images.
    pub fn predict(&self, resident: &Resident) -> Result<Vec<f32>, Fault> {
        let count = self.valid.count;
        let mut logits = vec![0.0; count * self.outputs];
        if count == 0 {
            return Ok(logits);
        }
        let all = Array::new(&self.gpu, logits.len())?;
        resident.work.control.write(0, &[0; CONTROL])?;
        let mut arguments = vec![
            self.valid.pixels.argument(),
            Argument::Whole(word(count)),
            resident.values[0].argument(),
            all.argument(),
        ];
        arguments.extend(self.network.own_predicting(&resident.work));
        let (kernel, is_cooperative) = self.network.predicts();
        let images = if is_cooperative { resident.work.images } else { count };
        self.launch(kernel, self.network.blocks(images), is_cooperative, &arguments)?;
        all.read(0, &mut logits)?;
        Ok(logits)
    }

    fn launch(
        &self,
        kernel: &'static str,
        blocks: usize,
        is_cooperative: bool,
        arguments: &[Argument],
    ) -> Result<(), Fault> {
        // Blocks without work would only make the barrier slower, and more than fit cannot wait for each other.
        let most = self.gpu.most_blocks(kernel, THREADS)?.max(1);
        let blocks = u32::try_from(blocks).unwrap_or(u32::MAX).clamp(1, most);
        self.gpu.launch(&Launch { kernel, blocks, threads: THREADS, is_cooperative, arguments })
    }
}

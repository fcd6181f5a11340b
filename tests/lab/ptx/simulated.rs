//! The interpreter in a GPU's place, and what the tests put on it.

use super::interpreter::{Arg, Machine};
use digit_lab::compute::cuda::gpu::{About, Address, Argument, Fault, Gpu, Launch};
use digit_lab::compute::cuda::{self, PTX, driver};
use digit_lab::compute::{Backend, Device, Sgd, Task, open};
use digit_lab::data::{Dataset, Library};
use digit_lab::math::model::{Model, Parameter, Start};
use digit_lab::math::torch::Generator;
use std::fmt::Debug;
use std::io::Write as _;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use tempfile::TempDir;

/// A GPU of an interpreter.
pub struct Simulated {
    about: About,
    machine: Mutex<Machine>,
    /// Blocks that fit it at once.
    most: u32,
    /// After so many more calls, each fails like this.
    planned: Mutex<Option<(u64, Fault)>>,
}

impl Debug for Simulated {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.about)
    }
}

impl Simulated {
    /// A GPU on which so many blocks fit; `seed` chooses in which order their warps run.
    pub fn new(seed: u64, most: u32) -> Arc<Self> {
        Self::running(PTX, seed, most)
    }

    /// The same with other kernels.
    pub fn running(ptx: &[&str], seed: u64, most: u32) -> Arc<Self> {
        let mut machine = Machine::new(ptx).unwrap();
        machine.seed(seed);
        let about = About { index: 0, name: "an interpreter".to_owned(), memory: 1 << 30 };
        Arc::new(Self { about, machine: Mutex::new(machine), most, planned: Mutex::new(None) })
    }

    /// Makes every call fail once so many more have gone well.
    pub fn fail_after(&self, calls: u64, fault: Fault) {
        *self.planned.lock().unwrap() = Some((calls, fault));
    }

    /// How many calls are left before they fail; none if that was not planned.
    pub fn calls_left(&self) -> Option<u64> {
        self.planned.lock().unwrap().as_ref().map(|(calls, _)| *calls)
    }

    /// What ran, for the output of the tests.
    pub fn report(&self, what: &str) {
        let machine = self.machine.lock().unwrap();
        let mut out = std::io::stdout().lock();
        for (kernel, ran) in machine.kernels_ran() {
            let millions = ran.instructions / 1_000_000;
            writeln!(out, "{what}: {kernel}: {} launches, {millions} million instructions", ran.launches).unwrap();
        }
    }

    fn call<T>(&self, work: impl FnOnce(&mut Machine) -> T) -> Result<T, Fault> {
        let mut planned = self.planned.lock().unwrap();
        match &mut *planned {
            Some((0, fault)) => return Err(fault.clone()),
            Some((calls, _)) => *calls -= 1,
            None => {}
        }
        Ok(work(&mut self.machine.lock().unwrap_or_else(PoisonError::into_inner)))
    }
}

/// What the interpreter finds wrong is a fault of the kernel, and no test may go on from it.
impl Gpu for Simulated {
    fn about(&self) -> &About {
        &self.about
    }

    fn allocate(&self, bytes: usize) -> Result<Address, Fault> {
        self.call(|machine| machine.allocate(bytes))
    }

    fn free(&self, address: Address) {
        self.machine.lock().unwrap_or_else(PoisonError::into_inner).free(address).unwrap();
    }

    fn write(&self, to: Address, bytes: &[u8]) -> Result<(), Fault> {
        self.call(|machine| machine.write(to, bytes).unwrap())
    }

    fn read(&self, from: Address, bytes: &mut [u8]) -> Result<(), Fault> {
        self.call(|machine| machine.read(from, bytes).unwrap_or_else(|error| panic!("{error}")))
    }

    fn most_blocks(&self, _: &'static str, _: u32) -> Result<u32, Fault> {
        self.call(|_| self.most)
    }

    fn launch(&self, launch: &Launch<'_>) -> Result<(), Fault> {
        let arguments = launch.arguments.iter().map(|argument| match *argument {
            Argument::Address(address) => Arg::Address(address),
            Argument::Whole(number) => Arg::Whole(number),
            Argument::Number(number) => Arg::Number(number),
        });
        let arguments: Vec<Arg> = arguments.collect();
        let &Launch { kernel, blocks, threads, is_cooperative, .. } = launch;
        self.call(|machine| {
            let ran = machine.launch(kernel, blocks, threads, is_cooperative, &arguments);
            ran.unwrap_or_else(|error| panic!("{error}"));
        })
    }
}

/// The GPUs that a test of results runs on: an interpreter, and the machine's first GPU if it has one.
pub fn everywhere(simulated: &Arc<Simulated>) -> Vec<Arc<dyn Gpu>> {
    let mut gpus: Vec<Arc<dyn Gpu>> = vec![simulated.clone()];
    gpus.extend(card());
    gpus
}

/// The machine's first GPU, named in the output.
///
/// # Errors
/// Why there is none, as a part of a sentence.
pub fn card() -> Result<Arc<dyn Gpu>, String> {
    static CARD: OnceLock<Result<Arc<dyn Gpu>, String>> = OnceLock::new();
    let look = || {
        let opened = driver::list().and_then(|gpus| driver::open(gpus[0].index, PTX));
        if let Ok(gpu) = &opened {
            writeln!(std::io::stdout().lock(), "what can also runs on {}", gpu.about().name).unwrap();
        }
        opened.map_err(|fault| fault.to_string())
    };
    CARD.get_or_init(look).clone()
}

/// A data set of so many training and held-out images of each digit, taken from MNIST.
pub fn few(train: usize, valid: usize) -> Arc<Dataset> {
    let folder = few_in_a_folder(train, valid);
    Library::new().open(Some(folder.path())).unwrap()
}

/// The same as a folder of IDX files.
pub fn few_in_a_folder(train: usize, valid: usize) -> TempDir {
    let all = Library::new().builtin().unwrap();
    let folder = tempfile::tempdir().unwrap();
    for (images, name, count) in [(&all.train, "train", train), (&all.valid, "t10k", valid)] {
        let chosen: Vec<usize> =
            (0..10).flat_map(|digit| images.of_digit(digit).iter().take(count)).map(|&index| index as usize).collect();
        let len = u32::try_from(chosen.len()).unwrap().to_be_bytes();
        let mut pixels = [&[0, 0, 8, 3][..], &len, &28_u32.to_be_bytes(), &28_u32.to_be_bytes()].concat();
        let mut labels = [&[0, 0, 8, 1][..], &len].concat();
        for index in chosen {
            pixels.extend_from_slice(images.image(index));
            labels.push(images.label(index));
        }
        std::fs::write(folder.path().join(format!("{name}-images-idx3-ubyte")), pixels).unwrap();
        std::fs::write(folder.path().join(format!("{name}-labels-idx1-ubyte")), labels).unwrap();
    }
    folder
}

/// A model on the processor and on a GPU, with the same first parameters and the same order of the images.
pub struct Pair {
    pub cpu: Box<dyn Backend>,
    pub gpu: Box<dyn Backend>,
}

impl Pair {
    pub fn new(model: &Model, task: &Arc<Task>, on: Arc<dyn Gpu>, start: Start) -> Self {
        let model = Arc::new(model.clone());
        let cpu = open(Device::Cpu, Arc::clone(&model), Arc::clone(task)).unwrap();
        let gpu = cuda::open_on(on, Arc::clone(&model), Arc::clone(task)).unwrap();
        let mut generator = Generator::new(42);
        let (parameters, order) = (model.draw(start, &mut generator), generator.randperm(task.train.len()));
        let (mut pair, order) = (Self { cpu, gpu }, Arc::<[u32]>::from(order));
        for backend in [&mut pair.cpu, &mut pair.gpu] {
            backend.load(&parameters);
            backend.set_order(Arc::clone(&order));
        }
        pair
    }

    /// Compares everything that can be seen of both, to the bit.
    pub fn agree(&self, when: &str) {
        let (cpu, gpu) = (self.cpu.state(), self.gpu.state());
        for (name, cpu, gpu) in [
            ("parameters", &cpu.parameters, &gpu.parameters),
            ("gradient", &cpu.gradient, &gpu.gradient),
            ("velocity", &cpu.velocity, &gpu.velocity),
        ] {
            for (cpu, gpu) in cpu.iter().zip(gpu) {
                same(&cpu.values, &gpu.values, &format!("{when}: {name} {}", cpu.name));
            }
        }
        let ((cpu_logits, cpu_losses), (gpu_logits, gpu_losses)) = (self.cpu.outputs(), self.gpu.outputs());
        same(cpu_logits, gpu_logits, &format!("{when}: logits"));
        same(cpu_losses, gpu_losses, &format!("{when}: losses"));
        same(self.cpu.validation(), self.gpu.validation(), &format!("{when}: held-out logits"));
    }

    /// Trains both on these batches and compares scores, ends and all that can be seen.
    pub fn train(&mut self, batches: &[std::ops::Range<usize>], sgd: Sgd, when: &str) {
        let run = |backend: &mut dyn Backend| {
            let mut scores = Vec::new();
            let end = backend.train(&mut batches.iter().cloned(), sgd, &mut |score| scores.push(score));
            format!("{scores:?} {end:?}")
        };
        assert_eq!(run(&mut *self.cpu), run(&mut *self.gpu), "{when}");
        self.agree(when);
    }
}

/// Equal bits; where both are no number, which one does not matter.
fn same(cpu: &[f32], gpu: &[f32], what: &str) {
    assert_eq!(cpu.len(), gpu.len(), "{what}");
    for (at, (cpu, gpu)) in cpu.iter().zip(gpu).enumerate() {
        let is_same = cpu.to_bits() == gpu.to_bits() || cpu.is_nan() && gpu.is_nan();
        assert!(is_same, "{what}, number {at}: {cpu} ({:08x}) and {gpu} ({:08x})", cpu.to_bits(), gpu.to_bits());
    }
}

/// The parameters with one number replaced.
pub fn with(parameters: &[Parameter], tensor: usize, at: usize, value: f32) -> Vec<Parameter> {
    let mut changed = parameters.to_vec();
    changed[tensor].values[at] = value;
    changed
}

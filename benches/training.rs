//! Epochs of training, each what PyTorch would do in the same words: zero the gradient,
//! predict, loss, backward, step, for every mini-batch once, and no validation.
//!
//! `cargo bench --bench training`, and with an NVIDIA GPU `cargo bench --bench training --features cuda`

use digit_lab::compute::{self, Device, Sgd, Task};
use digit_lab::data::{Library, batches};
use digit_lab::experiments::trainer::{Settings, Trainer};
use digit_lab::experiments::{Checked, Experiment, Tape};
use digit_lab::math::loss::Loss;
use digit_lab::math::model::{Architecture, Start};
use digit_lab::math::torch::Generator;
use divan::Bencher;
use std::sync::Arc;

fn main() {
    divan::main();
}

/// Times epochs, each with a new permutation, after two to warm up.
fn epochs(bencher: Bencher, architecture: Architecture, digits: Vec<u8>, batch_size: usize, rate: f32) {
    epochs_on(bencher, Device::Cpu, architecture, digits, batch_size, rate);
}

/// The same on any device; nothing where there is no such one.
fn epochs_on(
    bencher: Bencher,
    device: Device,
    architecture: Architecture,
    digits: Vec<u8>,
    batch_size: usize,
    rate: f32,
) {
    let Ok(dataset) = Library::new().builtin() else { return };
    let task = Arc::new(Task::new(&dataset, digits));
    let count = task.train.len();
    // The peer trains all its models of two digits with the book's loss.
    let loss = if task.digits.len() == 2 { Loss::Mnist } else { Loss::CrossEntropy };
    let model = Arc::new(architecture.model(task.digits.len(), loss));
    let mut generator = Generator::new(42);
    let Ok(mut backend) = compute::open(device, Arc::clone(&model), task) else { return };
    backend.load(&model.draw(Start::Uniform, &mut generator));
    let mut epoch = || {
        backend.set_order(generator.randperm(count).into());
        let mut loss = 0.0;
        let sgd = Sgd::plain(rate);
        let trained = backend.train(&mut batches(count, batch_size), sgd, &mut |score| loss += score.loss());
        assert!(trained.is_ok());
        loss
    };
    epoch();
    epoch();
    bencher.bench_local(epoch);
}

#[divan::bench(name = "linear-256-shuffled")]
fn linear(bencher: Bencher) {
    epochs(bencher, Architecture::Linear, vec![3, 7], 256, 1.0);
}

#[divan::bench(name = "cnn-256-shuffled", sample_count = 20)]
fn cnn(bencher: Bencher) {
    epochs(bencher, Architecture::Cnn, vec![3, 7], 256, 0.1);
}

#[divan::bench(name = "simple-net-256-shuffled")]
fn simple_net(bencher: Bencher) {
    epochs(bencher, Architecture::SimpleNet, vec![3, 7], 256, 0.1);
}

#[divan::bench(name = "simple-net-16-shuffled")]
fn simple_net_in_small_batches(bencher: Bencher) {
    epochs(bencher, Architecture::SimpleNet, vec![3, 7], 16, 0.1);
}

#[divan::bench(name = "mlp-all-digits-256-shuffled", sample_count = 20)]
fn mlp(bencher: Bencher) {
    epochs(bencher, Architecture::Mlp, (0..10).collect(), 256, 0.1);
}

/// A hundred epochs as the window runs them: with validation, checkpoints and the record.
#[divan::bench(name = "linear-256-shuffled, 100 epochs on a tape", sample_count = 10)]
fn tape(bencher: Bencher) {
    let Ok(settings) = Checked::new(Settings { shuffle: true, epochs: 100, ..Settings::default() }) else { return };
    let library = Library::new();
    bencher.bench_local(|| {
        let Ok(trainer) = Trainer::start(&settings, &library) else { return 0 };
        Tape::new(trainer).run(u64::MAX)
    });
}

#[cfg(feature = "cuda")]
mod cuda {
    use super::{Architecture, Bencher, Device, epochs_on};

    #[divan::bench(name = "linear-256-shuffled")]
    fn linear(bencher: Bencher) {
        epochs_on(bencher, Device::Cuda(0), Architecture::Linear, vec![3, 7], 256, 1.0);
    }

    #[divan::bench(name = "simple-net-256-shuffled")]
    fn simple_net(bencher: Bencher) {
        epochs_on(bencher, Device::Cuda(0), Architecture::SimpleNet, vec![3, 7], 256, 0.1);
    }

    #[divan::bench(name = "simple-net-16-shuffled")]
    fn simple_net_in_small_batches(bencher: Bencher) {
        epochs_on(bencher, Device::Cuda(0), Architecture::SimpleNet, vec![3, 7], 16, 0.1);
    }

    #[divan::bench(name = "mlp-all-digits-64-shuffled")]
    fn mlp(bencher: Bencher) {
        epochs_on(bencher, Device::Cuda(0), Architecture::Mlp, (0..10).collect(), 64, 0.1);
    }

    #[divan::bench(name = "cnn-256-shuffled")]
    fn cnn(bencher: Bencher) {
        epochs_on(bencher, Device::Cuda(0), Architecture::Cnn, vec![3, 7], 256, 0.1);
    }
}

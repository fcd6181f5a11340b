//! Each kernel on small problems, against the processor: equal bits.

use super::simulated::{Pair, Simulated, everywhere, few, with};
use digit_lab::compute::{Sgd, Task};
use digit_lab::math::layer::conv2d::Conv2d;
use digit_lab::math::loss::Loss;
use digit_lab::math::model::{Architecture, Layer, Model, Start};
use digit_lab::math::torch::Generator;
use std::sync::Arc;

/// Every optimiser option, by itself and with the others.
const OPTIMISERS: [Sgd; 5] = [
    Sgd::plain(0.3),
    Sgd { zero_grad: false, ..Sgd::plain(0.01) },
    Sgd { momentum: 0.9, ..Sgd::plain(0.05) },
    Sgd { weight_decay: 0.01, ..Sgd::plain(0.3) },
    Sgd { rate: 0.05, momentum: 0.5, weight_decay: 5e-4, zero_grad: false },
];

fn task(digits: &[u8]) -> Arc<Task> {
    Arc::new(Task::new(&few(30, 12), digits.to_vec()))
}

/// Batches of all sizes, one after another, stepped by hand and trained; and what is measured in between.
fn every_way(model: &Model, digits: &[u8], start: Start, sizes: &[usize]) {
    let task = task(digits);
    for (blocks, sgd) in (3..).zip(OPTIMISERS) {
        let simulated = Simulated::new(u64::from(blocks), blocks);
        let name = format!("{} {:?} {sgd:?}", model.name, model.loss);
        for gpu in everywhere(&simulated) {
            one_way(Pair::new(model, &task, gpu, start), sgd, sizes, &name);
        }
        if blocks == 3 {
            simulated.report(&format!("small, {}", model.name));
        }
    }
}

fn one_way(mut pair: Pair, sgd: Sgd, sizes: &[usize], name: &str) {
    assert_eq!(pair.cpu.validate(7), pair.gpu.validate(7), "{name}");
    pair.agree(name);
    let (mut batches, mut from) = (Vec::new(), 0);
    for &size in sizes {
        batches.push(from..from + size);
        from += size;
    }
    // Phase by phase ...
    let first = batches[0].clone();
    assert_eq!(pair.cpu.differentiate(first.clone(), sgd), pair.gpu.differentiate(first, sgd), "{name}");
    pair.agree(name);
    assert!(pair.cpu.step(sgd) && pair.gpu.step(sgd));
    pair.agree(name);
    // ... and many mini-batches at once, an odd number and an even one, so that both copies of the parameters are read.
    pair.train(&batches[1..], sgd, name);
    pair.train(&batches[..2], sgd, name);
    assert_eq!(pair.cpu.validate(256), pair.gpu.validate(256), "{name}");
    // A copy goes on from where it was taken, on either device.
    let state = pair.gpu.state();
    let (mut cpu, mut gpu) = (pair.cpu.duplicate(), pair.gpu.duplicate());
    pair.train(&batches[..1], sgd, name);
    (pair.cpu, pair.gpu) = (gpu.duplicate(), cpu.duplicate());
    pair.train(&batches[..1], sgd, &format!("{name}, devices traded"));
    cpu.resume(&state);
    gpu.resume(&state);
    (pair.cpu, pair.gpu) = (cpu, gpu);
    pair.train(&batches[..1], sgd, &format!("{name}, resumed"));
    assert_eq!(pair.gpu.notice(), None);
}

#[test]
fn linear_is_the_processors() {
    let model = Architecture::Linear.model(2, Loss::Mnist);
    // More images than a chunk has, and one alone.
    every_way(&model, &[3, 7], Start::Randn, &[5, 16, 1, 38]);
}

#[test]
fn networks_are_the_processors() {
    every_way(&Architecture::SimpleNet.model(2, Loss::Mnist), &[3, 7], Start::Uniform, &[5, 33, 1]);
    every_way(&Architecture::Mlp.model(3, Loss::CrossEntropy), &[1, 4, 9], Start::Uniform, &[6, 33, 2]);
    every_way(
        &Architecture::Linear.model(10, Loss::CrossEntropy),
        &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
        Start::Randn,
        &[9, 20],
    );
    // Two hidden layers, of which neither fills its rows.
    let linear = |inputs, outputs| Layer::Linear { inputs, outputs };
    let layers = vec![linear(784, 40), Layer::Relu, linear(40, 33), Layer::Relu, linear(33, 3)];
    let deep = Model { name: "deep", layers, loss: Loss::CrossEntropy };
    every_way(&deep, &[2, 5, 6], Start::Uniform, &[4, 3, 2]);
}

#[test]
fn convolutions_are_the_processors() {
    // Channels that do not fill what is summed up together; groups that are full, and that are not.
    let conv = |inputs, outputs, side| Layer::Conv2d(Conv2d { inputs, outputs, side });
    let linear = Layer::Linear { inputs: 5 * 7 * 7, outputs: 3 };
    let layers =
        vec![Layer::Unflatten, conv(1, 2, 28), Layer::Relu, conv(2, 5, 14), Layer::Relu, Layer::Flatten, linear];
    let small = Model { name: "small cnn", layers, loss: Loss::CrossEntropy };
    every_way(&small, &[0, 5, 8], Start::Uniform, &[3, 33, 1]);
}

/// Accuracy has no slope: its losses are 0 and 1, its gradient 0.
#[test]
fn accuracy_is_the_processors() {
    for architecture in [Architecture::Linear, Architecture::SimpleNet, Architecture::Cnn] {
        let model = architecture.model(2, Loss::Accuracy);
        let mut pair = Pair::new(&model, &task(&[3, 7]), Simulated::new(0, 4), Start::Uniform);
        pair.train(&[0..5, 5..8], Sgd::plain(0.1), model.name);
    }
}

/// Wrong labels are the task's, so they travel with it.
#[test]
fn wrong_labels_are_the_processors() {
    let mut task = Task::new(&few(30, 12), vec![3, 7]);
    assert!(task.train.mislabel(0.3, 2, &mut Generator::new(1)) > 5);
    let model = Architecture::Linear.model(2, Loss::Mnist);
    let mut pair = Pair::new(&model, &Arc::new(task), Simulated::new(0, 4), Start::Randn);
    pair.train(&[0..16, 16..32, 32..60], Sgd::plain(1.0), "wrong labels");
}

/// A run that breaks down ends at the same mini-batch, for the same reason, with the same parameters.
#[test]
fn what_breaks_down_does_so_alike() {
    let models = [
        (Architecture::Linear, Loss::Mnist, 784),
        (Architecture::SimpleNet, Loss::CrossEntropy, 784 * 30),
        (Architecture::Cnn, Loss::CrossEntropy, 72),
    ];
    for (architecture, loss, weights) in models {
        let model = architecture.model(2, loss);
        let task = task(&[3, 7]);
        let mut pair = Pair::new(&model, &task, Simulated::new(3, 4), Start::Uniform);
        let name = model.name;
        // An infinite rate: the gradient is finite, the step is not.
        pair.train(&[0..8, 8..16], Sgd::plain(f32::INFINITY), &format!("{name}: a step out of the numbers"));
        // It grows until something overflows: a logit, a loss or a derivative.
        let wild = Sgd { momentum: 0.99, ..Sgd::plain(1e18) };
        pair.train(&[0..8, 8..16, 16..24, 24..32, 32..40], wild, &format!("{name}: it grows"));
        // No number in the first weight.
        let parameters = pair.cpu.parameters();
        for backend in [&mut pair.cpu, &mut pair.gpu] {
            backend.load(&with(&parameters, 0, weights / 2, f32::NAN));
        }
        pair.train(&[0..8, 8..16], Sgd::plain(0.1), &format!("{name}: no number"));
        let sgd = Sgd::plain(0.1);
        let (cpu, gpu) = (pair.cpu.differentiate(0..8, sgd), pair.gpu.differentiate(0..8, sgd));
        assert_eq!((cpu.is_finite, gpu.is_finite), (false, false), "{name}");
        assert!(!pair.cpu.step(Sgd::plain(f32::INFINITY)) && !pair.gpu.step(Sgd::plain(f32::INFINITY)));
        pair.agree(name);
    }
}

/// How many blocks there are, and in which order their warps run, does not show.
#[test]
fn the_size_of_the_grid_changes_nothing() {
    let task = task(&[3, 7]);
    for architecture in [Architecture::Linear, Architecture::SimpleNet, Architecture::Cnn] {
        let model = architecture.model(2, architecture.usual_loss(2));
        for (seed, most) in [(1, 1), (2, 2), (3, 7), (4, 40)] {
            let mut pair = Pair::new(&model, &task, Simulated::new(seed, most), Start::Uniform);
            pair.train(&[0..7, 7..24], Sgd::plain(0.1), &format!("{}, {most} blocks", model.name));
            assert_eq!(pair.cpu.validate(10), pair.gpu.validate(10));
        }
    }
}

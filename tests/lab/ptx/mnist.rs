//! Whole mini-batches of MNIST for each model.

use super::simulated::{Pair, Simulated, everywhere};
use digit_lab::compute::{Sgd, Task};
use digit_lab::data::Library;
use digit_lab::math::layer::conv2d::Conv2d;
use digit_lab::math::loss::Loss;
use digit_lab::math::model::{Architecture, Layer, Model, Start};
use std::sync::Arc;

fn whole_batches(
    architecture: Architecture,
    digits: &[u8],
    start: Start,
    batches: &[std::ops::Range<usize>],
    sgd: Sgd,
) {
    let task = Arc::new(Task::new(&Library::new().builtin().unwrap(), digits.to_vec()));
    let model = architecture.model(digits.len(), architecture.usual_loss(digits.len()));
    let simulated = Simulated::new(42, 6);
    for gpu in everywhere(&simulated) {
        let mut pair = Pair::new(&model, &task, gpu, start);
        pair.train(batches, sgd, model.name);
        assert_eq!(pair.gpu.notice(), None);
    }
    simulated.report(&format!("MNIST, {}", model.name));
}

#[test]
fn linear() {
    // The last is as long as one of 256 can be, and longer than a block sums at once.
    whole_batches(Architecture::Linear, &[3, 7], Start::Randn, &[0..256, 256..512, 6000..6700], Sgd::plain(1.0));
}

#[test]
fn simple_net() {
    // The last has more images than one block of the sums.
    whole_batches(Architecture::SimpleNet, &[3, 7], Start::Uniform, &[0..256, 256..560], Sgd::plain(0.1));
}

#[test]
fn mlp() {
    let sgd = Sgd { momentum: 0.9, ..Sgd::plain(0.05) };
    let digits: Vec<u8> = (0..10).collect();
    whole_batches(Architecture::Mlp, &digits, Start::Uniform, &[0..64, 64..128], sgd);
}

#[test]
fn cnn() {
    let sgd = Sgd { momentum: 0.9, weight_decay: 5e-4, ..Sgd::plain(0.1) };
    whole_batches(Architecture::Cnn, &[3, 7], Start::Uniform, &[0..64, 64..100], sgd);
}

/// So many images that a part of the batch has two groups, and the last part one.
#[test]
fn a_large_batch_of_convolutions() {
    let task = Arc::new(Task::new(&Library::new().builtin().unwrap(), vec![3, 7]));
    let conv = |inputs, outputs, side| Layer::Conv2d(Conv2d { inputs, outputs, side });
    let linear = Layer::Linear { inputs: 3 * 7 * 7, outputs: 2 };
    let layers =
        vec![Layer::Unflatten, conv(1, 1, 28), Layer::Relu, conv(1, 3, 14), Layer::Relu, Layer::Flatten, linear];
    let model = Model { name: "small cnn", layers, loss: Loss::CrossEntropy };
    let gpu = Simulated::new(7, 8);
    let mut pair = Pair::new(&model, &task, gpu.clone(), Start::Uniform);
    pair.train(std::slice::from_ref(&(0..1041)), Sgd::plain(0.1), model.name);
    gpu.report("1041 images, small cnn");
}

//! The kernels that the program ships, each without one of its barriers: every one is found out.

use super::simulated::{Pair, Simulated, few};
use digit_lab::compute::cuda::PTX;
use digit_lab::compute::{Sgd, Task};
use digit_lab::math::layer::conv2d::Conv2d;
use digit_lab::math::loss::Loss;
use digit_lab::math::model::{Architecture, Layer, Model, Start};
use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// Trains, measures, and ends with a step out of the numbers; whether the interpreter, or a bit that differs, stopped it.
fn is_found_out(text: &str, model: &Model, task: &Arc<Task>, large: usize) -> bool {
    (0..2).any(|seed| {
        let run = || {
            let mut pair = Pair::new(model, task, Simulated::running(&[text], seed, 3), Start::Uniform);
            let sgd = Sgd { momentum: 0.5, ..Sgd::plain(0.1) };
            pair.train(&[0..9, 9..9 + large], sgd, "a mutant");
            assert_eq!(pair.cpu.validate(3), pair.gpu.validate(3));
            pair.train(&[0..9, 9..18], Sgd::plain(f32::INFINITY), "a mutant");
        };
        catch_unwind(AssertUnwindSafe(run)).is_err()
    })
}

fn all_are_found_out(kernels: usize, model: &Model, large: usize, held_out: usize) {
    let (text, task) = (PTX[kernels], Arc::new(Task::new(&few(310, held_out), vec![3, 7])));
    assert!(!is_found_out(text, model, &task, large), "as it is shipped");
    let barriers: Vec<usize> = (0..)
        .zip(text.lines())
        .filter(|(_, line)| line.trim_start().starts_with("bar.sync"))
        .map(|(at, _)| at)
        .collect();
    assert!(barriers.len() > 5);
    let mut survivors = String::new();
    for barrier in barriers {
        let mutant: Vec<&str> =
            (0..).zip(text.lines()).map(|(at, line)| if at == barrier { "" } else { line }).collect();
        if !is_found_out(&mutant.join("\n"), model, &task, large) {
            writeln!(survivors, "line {}", barrier + 1).unwrap();
        }
    }
    assert!(survivors.is_empty(), "nobody misses the barrier of\n{survivors}");
}

#[test]
fn linear_needs_every_barrier() {
    // More images than a block sums at once.
    all_are_found_out(0, &Architecture::Linear.model(2, Loss::Mnist), 600, 10);
}

#[test]
fn networks_need_every_barrier() {
    // More rows than one in every layer.
    let linear = |inputs, outputs| Layer::Linear { inputs, outputs };
    let layers = vec![linear(784, 70), Layer::Relu, linear(70, 40), Layer::Relu, linear(40, 2)];
    all_are_found_out(1, &Model { name: "deep", layers, loss: Loss::CrossEntropy }, 8, 10);
}

#[test]
fn convolutions_need_every_barrier() {
    // More held-out images than are measured at once.
    let conv = |inputs, outputs, side| Layer::Conv2d(Conv2d { inputs, outputs, side });
    let linear = Layer::Linear { inputs: 2 * 7 * 7, outputs: 2 };
    let layers =
        vec![Layer::Unflatten, conv(1, 2, 28), Layer::Relu, conv(2, 2, 14), Layer::Relu, Layer::Flatten, linear];
    all_are_found_out(2, &Model { name: "small cnn", layers, loss: Loss::CrossEntropy }, 20, 520);
}

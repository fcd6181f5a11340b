//! What takes a real GPU: whole runs of every model, and the same run a hundred times.

use super::simulated::{Pair, card};
use crate::harness::skipped;
use digit_lab::compute::{Sgd, Task};
use digit_lab::data::{Library, batches};
use digit_lab::math::model::{Architecture, Start};
use digit_lab::math::torch::Generator;
use std::sync::Arc;

#[test]
fn ten_epochs_of_each_model_are_the_processors() {
    let gpu = match card() {
        Ok(gpu) => gpu,
        Err(why) => return skipped("ten epochs of each model on a GPU", why),
    };
    let data = Library::new().builtin().unwrap();
    let network = Sgd { momentum: 0.9, weight_decay: 5e-4, ..Sgd::plain(0.05) };
    for (architecture, digits, batch_size, sgd) in [
        (Architecture::Linear, vec![3, 7], 256, Sgd::plain(1.0)),
        (Architecture::SimpleNet, vec![3, 7], 256, Sgd::plain(0.1)),
        (Architecture::Mlp, (0..10).collect(), 64, network),
        (Architecture::Cnn, vec![3, 7], 64, network),
        (Architecture::Cnn, (0..10).collect(), 64, network),
    ] {
        let task = Arc::new(Task::new(&data, digits));
        let model = architecture.model(task.digits.len(), architecture.usual_loss(task.digits.len()));
        let mut pair = Pair::new(&model, &task, Arc::clone(&gpu), Start::Uniform);
        let mut generator = Generator::new(42);
        for epoch in 1..=10 {
            let order: Arc<[u32]> = generator.randperm(task.train.len()).into();
            pair.cpu.set_order(Arc::clone(&order));
            pair.gpu.set_order(order);
            let when = format!("{} in epoch {epoch}", model.name);
            pair.train(&batches(task.train.len(), batch_size).collect::<Vec<_>>(), sgd, &when);
            assert_eq!(pair.cpu.validate(batch_size), pair.gpu.validate(batch_size), "{when}");
        }
        assert_eq!(pair.gpu.notice(), None);
    }
}

#[test]
fn a_hundred_runs_are_one() {
    let gpu = match card() {
        Ok(gpu) => gpu,
        Err(why) => return skipped("a hundred runs on a GPU", why),
    };
    let task = Arc::new(Task::new(&Library::new().builtin().unwrap(), vec![3, 7]));
    for architecture in [Architecture::Linear, Architecture::SimpleNet, Architecture::Cnn] {
        let model = architecture.model(2, architecture.usual_loss(2));
        let run = || {
            let mut pair = Pair::new(&model, &task, Arc::clone(&gpu), Start::Uniform);
            let trained = pair.gpu.train(&mut batches(task.train.len(), 256), Sgd::plain(0.1), &mut |_| {});
            assert_eq!((trained, pair.gpu.notice()), (Ok(()), None));
            pair.gpu.state()
        };
        let first = run();
        assert!((1..100).all(|_| run() == first), "{}", model.name);
    }
}

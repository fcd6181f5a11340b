//! GPUs that fail: one sentence, and the run goes on on the processor from the last good state, with the same bits.

use super::simulated::{Pair, Simulated, few};
use crate::harness::alone_with_the_gpus;
use digit_lab::compute::cuda::gpu::{Fault, Gpu};
use digit_lab::compute::cuda::{self, open_on};
use digit_lab::compute::{Device, Sgd, Task, open};
use digit_lab::math::loss::Loss;
use digit_lab::math::model::{Architecture, Start};
use std::sync::Arc;

fn task() -> Arc<Task> {
    Arc::new(Task::new(&few(30, 12), vec![3, 7]))
}

/// One run, with the GPU failing at each of its calls in turn.
#[test]
fn a_gpu_may_fail_at_any_call() {
    let (task, model) = (task(), Architecture::SimpleNet.model(2, Loss::Mnist));
    let sgd = Sgd { momentum: 0.9, zero_grad: false, ..Sgd::plain(0.05) };
    let lost = Fault::Lost("it was unplugged".to_owned());
    let (mut calls, mut is_done) = (0, false);
    while !is_done {
        let gpu = Simulated::new(1, 3);
        let mut pair = Pair::new(&model, &task, gpu.clone(), Start::Uniform);
        gpu.fail_after(calls, lost.clone());
        let when = format!("after {calls} calls");
        assert_eq!(pair.cpu.validate(10), pair.gpu.validate(10), "{when}");
        pair.train(&[0..4, 4..8, 8..12], sgd, &when);
        assert_eq!(pair.cpu.differentiate(12..15, sgd), pair.gpu.differentiate(12..15, sgd), "{when}");
        assert!(pair.cpu.step(sgd) && pair.gpu.step(sgd));
        pair.train(&[15..18, 18..20], sgd, &when);
        assert_eq!(pair.cpu.validate(10), pair.gpu.validate(10), "{when}");
        pair.agree(&when);
        is_done = pair.gpu.notice().is_none();
        if is_done {
            assert_eq!((pair.gpu.device(), gpu.calls_left()), (Device::Cuda(0), Some(0)));
        } else {
            assert_eq!(pair.gpu.device(), Device::Cpu);
            let said = "an interpreter: the GPU was lost (it was unplugged). The processor goes on from the last good state, \
                        with the same bits.";
            assert_eq!(pair.gpu.notice(), Some(said), "{when}");
            assert_eq!(pair.gpu.duplicate().notice(), Some(said));
        }
        calls += 1;
    }
    assert!(calls > 30, "{calls}");
}

/// What cannot even begin is refused with the reason.
#[test]
fn what_cannot_begin_says_why() {
    let (task, model) = (task(), Arc::new(Architecture::Linear.model(2, Loss::Mnist)));
    for (fault, said) in [
        (Fault::OutOfMemory { bytes: 47_040_000 }, "the GPU has no 47040000 bytes of memory left"),
        (Fault::Busy, "another program keeps the GPU to itself, or it is set to serve none"),
        (Fault::Launch("too many blocks".to_owned()), "a kernel could not be started (too many blocks)"),
    ] {
        let gpu = Simulated::new(1, 3);
        gpu.fail_after(0, fault);
        let refused = open_on(gpu, Arc::clone(&model), Arc::clone(&task)).err();
        assert_eq!(refused.as_deref(), Some(said));
    }
}

/// GPUs are told apart by their numbers, and one that is not there is named with the last that is.
#[test]
fn a_gpu_is_chosen_by_its_number() {
    let _turn = alone_with_the_gpus();
    let (task, model) = (task(), Arc::new(Architecture::Linear.model(2, Loss::Mnist)));
    cuda::stand_in(vec![Simulated::new(1, 3), Simulated::new(2, 3)]);
    assert_eq!(cuda::list().unwrap().len(), 2);
    let open = |device| open(device, Arc::clone(&model), Arc::clone(&task));
    assert_eq!(open(Device::Cuda(1)).unwrap().device(), Device::Cuda(0), "the stand-in's own number");
    assert_eq!(open(Device::Auto).unwrap().device(), Device::Cpu);
    let refused = open(Device::Cuda(2)).unwrap_err().to_string();
    assert_eq!(refused, "cpu, since there is no GPU 2; the last is 1");
    cuda::stand_in(Vec::new());
}

/// On this machine there is a GPU, which the tests can then use, or a reason why not.
#[test]
fn the_machine_is_asked() {
    let _turn = alone_with_the_gpus();
    let (task, model) = (task(), Arc::new(Architecture::Linear.model(2, Loss::Mnist)));
    match cuda::list() {
        Ok(gpus) => assert!(!gpus.is_empty()),
        Err(why) => {
            let refused = open(Device::Cuda(0), model, task).unwrap_err().to_string();
            assert_eq!(refused, format!("cpu, since {why}"));
        }
    }
    let gpu: Arc<dyn Gpu> = Simulated::new(0, 1);
    assert_eq!(gpu.about().index, 0);
}

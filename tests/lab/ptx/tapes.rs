//! Whole experiments with `device=cuda`: the tape is the processor's, forwards, backwards and where the GPU fails.

use super::simulated::{Simulated, few_in_a_folder};
use crate::harness::alone_with_the_gpus;
use digit_lab::compute::cuda::gpu::Fault;
use digit_lab::compute::{Device, cuda};
use digit_lab::data::Library;
use digit_lab::experiments::baseline::{self, Baseline};
use digit_lab::experiments::lr_find::{self, LrFind};
use digit_lab::experiments::trainer::{self, Trainer};
use digit_lab::experiments::{Checked, Digits, Experiment, Tape};
use digit_lab::math::model::Architecture;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;

fn tape<E: Experiment>(settings: E::Settings) -> Tape<E> {
    Tape::new(E::start(&Checked::new(settings).unwrap(), &Library::new()).unwrap())
}

/// What can be seen.
fn sight<E: Experiment>(tape: &Tape<E>) -> Value {
    let (snapshot, look) = (Arc::new(tape.now().snapshot()), E::Look::default());
    let mut seen = E::Seen::default();
    while !E::see(&snapshot, &look, &mut seen) {}
    let mut all = serde_json::to_value(&*snapshot).unwrap();
    if let Value::Object(seen) = serde_json::to_value(seen).unwrap() {
        all.as_object_mut().unwrap().extend(seen);
    }
    all
}

/// The same, but for the device and the time that it took.
fn seen<E: Experiment>(tape: &Tape<E>) -> Value {
    let mut json = sight(tape);
    json["device"] = Value::Null;
    if let Some(json) = json.as_object_mut() {
        json.remove("notice");
    }
    for epoch in json.get_mut("epochs").and_then(Value::as_array_mut).into_iter().flatten() {
        epoch["seconds"] = Value::Null;
    }
    json
}

fn trainer_settings(model: Architecture, data: &Path, device: Device) -> trainer::Settings {
    trainer::Settings {
        digits: Digits::threes_and_sevens(),
        shuffle: true,
        wrong_labels: 0.1,
        batch_size: 7,
        epochs: 2,
        momentum: 0.5,
        device,
        data: data.into(),
        ..trainer::Settings::usual_for(model)
    }
}

#[test]
fn a_tape_of_the_trainer_is_the_processors() {
    let _turn = alone_with_the_gpus();
    let folder = few_in_a_folder(20, 5);
    for model in [Architecture::Linear, Architecture::SimpleNet, Architecture::Mlp] {
        cuda::stand_in(vec![Simulated::new(1, 5)]);
        let of = |device| tape::<Trainer>(trainer_settings(model, folder.path(), device));
        let (mut cpu, mut gpu) = (of(Device::Cpu), of(Device::Cuda(0)));
        // Phase by phase, a leap to the end, back into the middle, and on again.
        for to in [1, 2, 3, 4, 5, 9, 11, u64::MAX, 12, 13, 30] {
            let to = to.min(cpu.now().end().unwrap());
            cpu.seek(to);
            gpu.seek(to);
            assert_eq!(seen(&cpu), seen(&gpu), "{model:?} at {to}");
        }
        let json = serde_json::to_value(gpu.now().snapshot()).unwrap();
        assert_eq!((&json["device"], json.get("notice")), (&json!("cuda"), None));
    }
    cuda::stand_in(Vec::new());
}

/// A GPU that is lost in the middle of a run: the run goes on, says so, and is the same.
#[test]
fn a_tape_outlives_its_gpu() {
    let _turn = alone_with_the_gpus();
    let folder = few_in_a_folder(20, 5);
    let of = |device| tape::<Trainer>(trainer_settings(Architecture::SimpleNet, folder.path(), device));
    let mut cpu = of(Device::Cpu);
    cpu.run(u64::MAX);
    for calls in [0, 7, 20, 33] {
        let simulated = Simulated::new(1, 5);
        cuda::stand_in(vec![simulated.clone()]);
        let mut gpu = of(Device::Cuda(0));
        simulated.fail_after(calls, Fault::OutOfMemory { bytes: 4096 });
        gpu.run(u64::MAX);
        assert_eq!(seen(&cpu), seen(&gpu), "after {calls} calls");
        let snapshot = gpu.now().snapshot();
        assert_eq!(snapshot.device, Device::Cpu);
        assert!(snapshot.notice.unwrap().starts_with("an interpreter: the GPU has no 4096 bytes of memory left. The"));
        // Back to before it was lost, where it is lost once more.
        cpu.seek(6);
        gpu.seek(6);
        assert_eq!(seen(&cpu), seen(&gpu));
        cpu.seek(u64::MAX);
    }
    cuda::stand_in(Vec::new());
}

#[test]
fn a_tape_of_the_rate_finder_is_the_processors() {
    let _turn = alone_with_the_gpus();
    let folder = few_in_a_folder(20, 5);
    cuda::stand_in(vec![Simulated::new(9, 5)]);
    let of = |device| {
        let run = trainer_settings(Architecture::SimpleNet, folder.path(), device);
        tape::<LrFind>(lr_find::Settings { iterations: 20, ..lr_find::Settings::of(&run) })
    };
    let (mut cpu, mut gpu) = (of(Device::Cpu), of(Device::Cuda(0)));
    for to in [1, 2, 6, u64::MAX] {
        cpu.seek(to.min(cpu.now().end().unwrap()));
        gpu.seek(to.min(gpu.now().end().unwrap()));
        assert_eq!(seen(&cpu), seen(&gpu), "at {to}");
    }
    assert_eq!(gpu.now().snapshot().device, Device::Cuda(0));
    cuda::stand_in(Vec::new());
}

#[test]
fn a_tape_of_the_baseline_is_the_processors() {
    let _turn = alone_with_the_gpus();
    let folder = few_in_a_folder(600, 6);
    cuda::stand_in(vec![Simulated::new(9, 5)]);
    let of = |device| {
        let data = folder.path().into();
        let digits = "3,7,8".parse().unwrap();
        tape::<Baseline>(baseline::Settings { digits, device, data, ..Default::default() })
    };
    let (mut cpu, mut gpu) = (of(Device::Cpu), of(Device::Cuda(0)));
    for to in [1, 3, 601] {
        cpu.seek(to);
        gpu.seek(to);
        assert_eq!(seen(&cpu), seen(&gpu), "at {to}");
    }
    assert_eq!((&sight(&gpu)["device"], &sight(&cpu)["device"]), (&json!("cuda"), &json!("cpu")));
    cuda::stand_in(Vec::new());
}

//! `digit-lab devices`, and the setting `device`, on a machine with GPUs or without.

use crate::harness::alone_with_the_gpus;
use crate::harness::program::{Program, array, text};
use digit_lab::compute::{gpus, processor};
use serde_json::json;

/// The experiments that a GPU can run.
fn with_a_device() -> impl Iterator<Item = &'static str> {
    let entries = digit_lab::experiments::REGISTRY.iter();
    entries.filter(|entry| (entry.specs)().iter().any(|spec| spec.name == "device")).map(|entry| entry.info.name)
}

#[test]
fn devices_lists_the_processor_and_the_gpus_or_says_why_there_are_none() {
    let _turn = alone_with_the_gpus();
    let program = Program::new();
    let (table, err) = program.fine(["devices"]);
    let listed = program.json(["devices", "--json"]);
    let rows = array(&listed["devices"]);
    assert_eq!(rows[0], json!({"device": "cpu", "name": processor(), "memory": null}));
    assert!(table.starts_with("device ") && table.contains(&processor()) && err.is_empty(), "{table}{err}");
    match gpus() {
        Ok(gpus) => {
            assert_eq!((rows.len(), listed.get("no_gpu")), (gpus.len() + 1, None));
            for (gpu, row) in gpus.iter().zip(&rows[1..]) {
                assert_eq!((text(&row["device"]), text(&row["name"])), (&*gpu.device().to_string(), &*gpu.name));
                assert_eq!(row["memory"], gpu.memory);
                assert!(table.contains(&gpu.name) && table.contains(&gpu.memory_in_words()), "{table}");
            }
        }
        Err(why) => {
            assert_eq!((rows.len(), text(&listed["no_gpu"])), (1, &*why));
            assert_eq!(table.lines().last(), Some(&*format!("No GPU can be used: {why}.")));
        }
    }
}

#[test]
fn a_name_of_no_device_is_answered_with_those_that_there_are() {
    let program = Program::new();
    let expected = "expected auto, cpu, cuda, or cuda:N with the number N of a GPU";
    for experiment in with_a_device() {
        for (given, nearest) in
            [("gpu", "cpu"), ("cuda:x", "cuda"), ("cuda:-1", "cuda"), ("CUDA", "cuda"), ("autp", "auto")]
        {
            let setting = format!("device={given}");
            let sentence = format!("device is \"{given}\"; {expected}; the nearest valid value is {nearest}");
            program.refused(&["run", experiment, "--set", &setting], &[&sentence]);
            program.refused(&["shot", experiment, "--set", &setting, "--out", "a.png"], &[&sentence]);
        }
    }
}

#[test]
fn a_device_that_is_not_there_is_refused_with_the_reason() {
    let _turn = alone_with_the_gpus();
    let program = Program::new();
    let (setting, why) = match gpus() {
        Ok(gpus) => {
            let last = gpus.len() - 1;
            (format!("device=cuda:{}", last + 1), format!("there is no GPU {}; the last is {last}", last + 1))
        }
        Err(why) => ("device=cuda".to_owned(), why),
    };
    for experiment in with_a_device() {
        let words = ["device is \"cuda", "expected cpu, since ", &why, "; the nearest valid value is cpu"];
        program.refused(&["run", experiment, "--set", &setting], &words);
        program.refused(&["run", experiment, "--set", &setting, "--json"], &words);
        program.refused(&["shot", experiment, "--set", &setting, "--out", "a.png"], &words);
    }
}

/// What a build without CUDA lacks is no driver, and what a build with it lacks is no build.
#[test]
fn the_reason_is_the_builds_or_the_machines() {
    let _turn = alone_with_the_gpus();
    if let Err(why) = gpus() {
        assert_eq!(why.contains("this build of Digit Lab has no CUDA part"), !cfg!(feature = "cuda"), "{why}");
    }
    assert!(cfg!(feature = "cuda") || gpus().is_err());
}

#[test]
fn the_usual_device_is_the_processor() {
    let program = Program::new();
    for experiment in ["trainer", "lr-find"] {
        for device in ["auto", "cpu"] {
            let setting = format!("device={device}");
            let run = program.json(["run", experiment, "--set", &setting, "--steps", "3", "--json"]);
            assert_eq!((text(&run["device"]), run.get("notice")), ("cpu", None), "{experiment} {setting}");
        }
    }
}

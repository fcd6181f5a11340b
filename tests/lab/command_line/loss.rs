//! The loss on the command line: the contract of the README, and tables that do not fit.

use crate::harness::program::{Program, array, near, numbers};
use serde_json::json;

#[test]
fn loss_prints_the_distances_of_the_chapter_and_their_mean() {
    let program = Program::new();
    let run = ["run", "loss", "--set", "targets=1,0,1", "--json", "--set"];
    for (predictions, third, mean) in [("0.9,0.4,0.2", 0.8, 13.0 / 30.0), ("0.9,0.4,0.8", 0.2, 7.0 / 30.0)] {
        let pair = format!("predictions={predictions}");
        let loss = program.json(run.iter().copied().chain([pair.as_str()]));
        for (got, wanted) in numbers(&loss["distances"]).iter().zip([0.1, 0.4, third]) {
            assert!(near(*got, wanted, 1e-12), "{got} instead of {wanted}");
        }
        assert!(near(loss["loss"].as_f64().unwrap(), mean, 1e-12), "{}", loss["loss"]);
    }
    let turned = program.json(["run", "loss", "--set", "factor=2", "--json"]);
    assert_eq!((&turned["correct"], &turned["samples"]), (&json!(6089), &json!(12_396)));
    assert_eq!((&turned["pixel"]["flipped"], &turned["never_inked"]), (&json!(11), &json!(144)));
    assert!(near(turned["pixel"]["loss_change"].as_f64().unwrap(), -0.001_085_877, 1e-6));
    let first = array(&turned["first_predictions"]);
    assert!((first[0].as_f64().unwrap() - 20.2336).abs() < 5e-5 && (first[5].as_f64().unwrap() - 28.6816).abs() < 5e-5);
    let squashed = program.json([
        "run",
        "loss",
        "--set",
        "predictions=-8",
        "--set",
        "targets=1",
        "--set",
        "sigmoid=true",
        "--json",
    ]);
    assert!(near(squashed["gradients"]["mnist_loss"][0].as_f64().unwrap(), -0.000_335_237_67, 1e-6));
    assert!(near(squashed["gradients"]["cross_entropy"][0].as_f64().unwrap(), -0.999_664_65, 1e-6));
}

#[test]
fn tables_that_do_not_fit_are_refused() {
    let program = Program::new();
    for (pair, words) in [
        ("targets=1,0", &["targets is \"1,0\"", "3 targets, each 0 or 1", "nearest valid value is 1,0,1"][..]),
        ("targets=1,0.5,0", &["targets is \"1,0.5,0\"", "0s and 1s", "nearest valid value is 1,1,0"]),
        ("predictions=0.9,nan,0.2", &["predictions is \"0.9,nan,0.2\"", "finite numbers", "0.9,0.2"]),
        ("pixel=784", &["pixel", "whole number from 0 to 783", "783"]),
        ("image=99999", &["image", "12395"]),
        ("factor=inf", &["factor", "expected a number"]),
        ("fctor=2", &["\"fctor\"", "the nearest is \"factor\""]),
    ] {
        program.refused(&["run", "loss", "--set", pair, "--json"], words);
    }
}

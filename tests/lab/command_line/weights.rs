//! What `run trainer` saves, and what `predict` makes of it.

use crate::harness::program::{Program, array, near, numbers};
use digit_lab::data::Library;
use serde_json::json;

const SHORT: [&str; 6] = ["run", "trainer", "--set", "epochs=2", "--set", "batch_size=512"];

/// An image of MNIST as a picture in the program's folder.
fn picture(program: &Program, name: &str, digit: u8) {
    let data = Library::new().builtin().unwrap();
    let pixels = data.valid.image(data.valid.of_digit(digit)[0] as usize).to_vec();
    image::GrayImage::from_raw(28, 28, pixels).unwrap().save(program.path(name)).unwrap();
}

#[test]
fn a_run_is_saved_and_goes_on() {
    let program = Program::new();
    let files = ["--weights", "w.safetensors", "--csv", "t.csv", "--pytorch", "p.py", "--json"];
    let run = program.json(SHORT.into_iter().chain(files));
    assert_eq!(program.files().len(), 3, "three files, and no temporary one");

    let last = &array(&run["epochs"])[2];
    let more = ["--set", "weights=w.safetensors", "--set", "epochs=0", "--json"];
    let again = program.json(["run", "trainer"].into_iter().chain(more));
    for name in ["valid_loss", "accuracy"] {
        assert_eq!(again["epochs"][0][name], last[name], "the weights are the very ones that were measured");
    }

    let csv = std::fs::read_to_string(program.path("t.csv")).unwrap();
    let mut rows = csv.lines();
    assert_eq!(rows.next(), Some("epoch,train_loss,valid_loss,batch_accuracy,accuracy,seconds"));
    for (row, epoch) in rows.clone().zip(array(&run["epochs"])) {
        for (cell, value) in row.split(',').zip(epoch.as_object().unwrap().values()) {
            // Every digit; but the reader of JSON may miss the last bit.
            match (cell.parse::<f64>(), value.as_f64()) {
                (Ok(cell), Some(value)) => assert!(near(cell, value, 3e-16) || cell == value, "{row}: {value}"),
                (cell, value) => assert!(cell.is_err() && value.is_none(), "{row}: {value:?}"),
            }
        }
    }
    assert_eq!(rows.count(), 3);

    let script = std::fs::read_to_string(program.path("p.py")).unwrap();
    assert!(script.contains("EPOCHS = 2\nBATCH_SIZE = 512\n") && script.contains("nn.Linear(784, 1)"), "{script}");
}

#[test]
fn a_saved_model_reads_a_picture() {
    let program = Program::new();
    picture(&program, "seven.png", 7);
    program.fine(SHORT.into_iter().chain(["--set", "lr=10", "--weights", "w.safetensors"]));
    let answer = program.json(["predict", "seven.png", "--weights", "w.safetensors", "--json"]);
    let keys: Vec<&String> = answer.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["prediction", "digits", "probabilities", "logits", "model", "baseline"]);
    assert_eq!((&answer["prediction"], &answer["model"]), (&json!(7), &json!("linear")));
    assert_eq!((&answer["digits"], &answer["baseline"]["prediction"]), (&json!([3, 7]), &json!(7)));
    let (probabilities, logits) = (numbers(&answer["probabilities"]), numbers(&answer["logits"]));
    assert_eq!((probabilities.len(), logits.len()), (2, 1));
    assert!(near(probabilities[0], 1.0 / (1.0 + (-logits[0]).exp()), 1e-5), "{answer}");
    assert!(near(probabilities.iter().sum(), 1.0, 1e-6), "{answer}");
    let distances = numbers(&answer["baseline"]["distances"]);
    assert!(distances[1] < distances[0], "{answer}");

    // The lab's own image, with no picture on the way to it.
    let sample = ["split=valid", "digit=7", "nth=0"].map(|pair| ["--set", pair]);
    let sample = program.json(["run", "baseline", "--json"].into_iter().chain(sample.into_iter().flatten()));
    for (distance, own) in distances.iter().zip(array(&sample["sample"]["distances"])) {
        assert!(near(*distance, own["mae"].as_f64().unwrap(), 1e-9), "{distance}, not {own}");
    }

    let (table, err) = program.fine(["predict", "seven.png", "--weights", "w.safetensors"]);
    assert!(table.starts_with("seven.png: linear reads a 7; the nearest mean image is the 7's\n"), "{table}");
    assert!(table.lines().count() == 4 && err.is_empty(), "{table}{err}");
    for allowed in [&["--model", "linear"][..], &["--digits", "3,7"]] {
        let arguments = ["predict", "seven.png", "--weights", "w.safetensors", "--json"];
        assert_eq!(program.json(arguments.iter().chain(allowed).copied()), answer);
    }
}

/// `tests/fixtures/*.safetensors` come from PyTorch; `experiments/trainer/checkpoint/tests.rs` has the script. The
/// pictures are `valid/7/0.png`, index 1010 among threes and sevens, and `valid/4/1010.png`, index 0 among fours and nines:
///
/// ```python
/// print(m(take('t10k', [3, 7])[0])[1010].softmax(0)); print(m(take('t10k', [4, 9])[0])[0].sigmoid())
/// ```
#[test]
fn a_model_from_pytorch_reads_a_picture() {
    let program = Program::new();
    for name in ["cnn", "linear"] {
        let fixture = format!("{}/tests/fixtures/{name}.safetensors", env!("CARGO_MANIFEST_DIR"));
        std::fs::copy(fixture, program.path(name)).unwrap();
    }
    picture(&program, "seven.png", 7);
    picture(&program, "four.png", 4);
    let seven = program.json(["predict", "seven.png", "--weights", "cnn", "--json"]);
    assert_eq!((&seven["prediction"], &seven["digits"], &seven["model"]), (&json!(7), &json!([3, 7]), &json!("cnn")));
    for (found, pytorch) in numbers(&seven["logits"]).into_iter().zip([-4.954_743, 5.063_517_6]) {
        assert!(near(found, pytorch, 1e-5), "{found}");
    }
    let four = program.json(["predict", "four.png", "--weights", "linear", "--digits", "4,9", "--json"]);
    assert_eq!(four["prediction"], 4);
    assert!(near(four["logits"][0].as_f64().unwrap(), 3.665_637_7, 1e-5), "{four}");
    let other = program.json(["predict", "four.png", "--weights", "linear", "--json"]);
    assert_eq!(other["digits"], json!([3, 7]), "the book's digits unless you say otherwise");

    for (arguments, words) in [
        (&["four.png", "--weights", "gone"][..], &["gone cannot be loaded"][..]),
        (&["gone.png", "--weights", "cnn"], &["gone.png"]),
        (&["four.png", "--weights", "four.png"], &["four.png cannot be loaded: it is not a whole safetensors file"]),
        (&["cnn", "--weights", "cnn"], &["cnn is not a picture"]),
        (&["four.png", "--weights", "cnn", "--model", "mlpp"], &["model is \"mlpp\"", "nearest valid value is mlp"]),
        (&["four.png", "--weights", "cnn", "--model", "mlp"], &["cnn holds the model cnn, not mlp"]),
        (&["four.png", "--weights", "cnn", "--digits", "1,2,3"], &["digits is \"1,2,3\"", "2 different digits"]),
        (&["four.png", "--weights", "cnn", "--digits", "x"], &["digits is \"x\"", "nearest valid value is 3,7"]),
        (&["four.png"], &["--weights"]),
    ] {
        program.refused(&[&["predict"], arguments].concat(), words);
    }
}

#[test]
fn what_cannot_be_saved_is_said_before_anything_runs() {
    let program = Program::new();
    std::fs::create_dir(program.path("folder")).unwrap();
    std::fs::write(program.path("text"), "a letter").unwrap();
    // So many epochs that the test would not come back if one of these were to train.
    let long = ["run", "trainer", "--set", "epochs=10000", "--set", "batch_size=1"];
    for (more, words) in [
        (&["--weights", "gone/w"][..], &["the folder gone does not exist"][..]),
        (&["--weights", "w", "--csv", "folder"], &["folder is a folder; expected the name of a file"]),
        (&["--weights", "w", "--set", "lr=-1"], &["lr is"]),
        (&["--weights", "w", "--set", "weights=text"], &["text cannot be loaded: it is not a whole safetensors file"]),
        (&["--set", "weights=folder", "--json"], &["folder cannot be loaded"]),
        (&["--set", "weights=gone"], &["gone cannot be loaded"]),
    ] {
        program.refused(&[&long[..], more].concat(), words);
    }
    for (option, what) in [("--weights", "weights"), ("--csv", "table of epochs"), ("--pytorch", "PyTorch script")] {
        let words = [&format!("descent has no {what} to save; {option} goes with trainer")[..]];
        program.refused(&["run", "descent", option, "w"], &words);
    }
}

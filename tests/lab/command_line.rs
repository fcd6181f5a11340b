//! The command line as a process: the contract of the README, and every kind of bad input.

mod bad_input;
mod devices;
mod loss;
mod weights;

use crate::harness::program::{Program, array, near, numbers, text};
use serde_json::{Value, json};

#[test]
fn pixels_prints_the_slice_of_the_chapter() {
    let program = Program::new();
    let slice = [
        "run",
        "pixels",
        "--set",
        "digit=3",
        "--set",
        "nth=1",
        "--set",
        "rows=4:10",
        "--set",
        "columns=4:10",
        "--json",
    ];
    let three = program.json(slice);
    let values = json!([
        [0, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 29],
        [0, 0, 0, 48, 166, 224],
        [0, 93, 244, 249, 253, 187],
        [0, 107, 253, 253, 230, 48],
        [0, 3, 20, 20, 15, 0],
    ]);
    for (name, value) in [
        ("source", json!("train/3/10000.png")),
        ("label", json!(3)),
        ("index", json!(10000)),
        ("shape", json!([28, 28])),
        ("dtype", json!("uint8")),
        ("values", values),
    ] {
        assert_eq!(three[name], value, "{name}");
    }
    let float = program.json(slice.iter().copied().chain(["--set", "dtype=float"]));
    assert_eq!(float["dtype"], "float");
    let largest = array(&float["values"]).iter().flat_map(array).filter_map(Value::as_f64).fold(0.0, f64::max);
    assert!(near(largest, 253.0 / 255.0, 1e-6) || near(largest, 253.0, 1e-6), "{largest}");

    let seven = program.json([
        "run",
        "pixels",
        "--set",
        "split=valid",
        "--set",
        "digit=7",
        "--set",
        "nth=0",
        "--set",
        "rows=:",
        "--json",
    ]);
    assert_eq!((&seven["source"], &seven["label"]), (&json!("valid/7/0.png"), &json!(7)));
    assert_eq!(array(&seven["values"]).len(), 28);
}

#[test]
fn pixels_reads_a_picture_of_any_size() {
    let program = Program::new();
    let picture = image::GrayImage::from_fn(120, 90, |x, y| {
        image::Luma([if (50..70).contains(&x) && (20..70).contains(&y) { 20 } else { 240 }])
    });
    picture.save(program.path("one.png")).unwrap();
    let one =
        program.json(["run", "pixels", "--set", "file=one.png", "--set", "rows=:", "--set", "columns=:", "--json"]);
    assert!(text(&one["source"]).ends_with("one.png"), "{}", one["source"]);
    assert_eq!(one["shape"], json!([28, 28]));
    let rows = array(&one["values"]);
    assert_eq!(
        (rows.len(), &rows[0][0], &rows[14][14]),
        (28, &json!(0), &json!(255)),
        "ink is 255 on 0, in the middle"
    );
}

#[test]
fn baseline_prints_the_numbers_of_the_chapter() {
    let program = Program::new();
    let all = program.json(["run", "baseline", "--json"]);
    let threes = json!({"digit": 3, "train": 6131, "valid": 1010, "correct": 926});
    let sevens = json!({"digit": 7, "train": 6265, "valid": 1028, "correct": 1013});
    for (class, expected) in array(&all["classes"]).iter().zip([threes, sevens]) {
        for (name, value) in expected.as_object().unwrap() {
            assert_eq!(class[name], *value, "{name}");
        }
    }
    for (name, value) in [
        ("/classes/0/accuracy", 0.9168),
        ("/classes/1/accuracy", 0.9854),
        ("/mean_accuracy", 0.9511),
        ("/pooled_accuracy", 0.9514),
    ] {
        let got = all.pointer(name).and_then(Value::as_f64).unwrap();
        assert!((got - value).abs() < 5e-5, "{name} is {got}, not {value}");
    }
    for (name, value) in [
        ("0/mae", 0.111_436_55),
        ("0/rmse", 0.202_083_21),
        ("0/l1_norm", 87.366_252),
        ("0/l2_norm", 5.658_330),
        ("1/mae", 0.158_619_10),
        ("1/rmse", 0.302_108_91),
    ] {
        let got = all.pointer(&format!("/sample/distances/{name}")).and_then(Value::as_f64).unwrap();
        assert!(near(got, value, 1e-5), "{name} is {got}, not {value}");
    }
    assert_eq!((&all["sample"]["source"], &all["sample"]["prediction"]), (&json!("train/3/10000.png"), &json!(3)));

    let by_rmse = program.json(["run", "baseline", "--set", "metric=rmse", "--json"]);
    let correct: Vec<&Value> = array(&by_rmse["classes"]).iter().map(|class| &class["correct"]).collect();
    assert_eq!(correct, [&json!(968), &json!(1001)]);
}

#[test]
fn descent_prints_every_place_it_came_by() {
    let program = Program::new();
    let walk = program.json(["run", "descent", "--set", "start=3", "--set", "lr=0.3", "--steps", "4", "--json"]);
    let trace = array(&walk["trace"]);
    assert_eq!(trace.len(), 5, "four steps pass five places");
    let mut x = 3.0;
    for place in trace {
        for (name, value) in [("x", x), ("loss", x * x), ("gradient", 2.0 * x)] {
            assert!(near(place[name].as_f64().unwrap(), value, 1e-5), "{name} of {place}, not {value}");
        }
        x *= 1.0 - 2.0 * 0.3;
    }
    let none = program.json(["run", "descent", "--steps", "0", "--json"]);
    assert_eq!(array(&none["trace"]).len(), 1);
    // More steps than the settings ask for, and a loss that leaves all bounds: still a result.
    let far = program.json(["run", "descent", "--set", "lr=1.2", "--steps", "500", "--json"]);
    assert!(array(&far["trace"]).len() > 20);
}

#[test]
fn coaster_prints_the_losses_of_the_chapter() {
    let program = Program::new();
    let ride = program.json(["run", "coaster", "--set", "seed=42", "--steps", "10", "--json"]);
    assert_eq!(numbers(&ride["time"]), (0..20).map(f64::from).collect::<Vec<_>>());
    let speed = numbers(&ride["speed"]);
    assert_eq!(speed.len(), 20);
    let trace = array(&ride["trace"]);
    let losses = [
        25_823.808_6,
        5_435.535_6,
        1_577.449_2,
        847.377_8,
        709.222_5,
        683.075_8,
        678.124_4,
        677.183_9,
        677.002_4,
        676.964_5,
        676.953_7,
    ];
    assert_eq!(trace.len(), losses.len());
    for (place, loss) in trace.iter().zip(losses) {
        assert!(near(place["loss"].as_f64().unwrap(), loss, 1e-5), "{} instead of {loss}", place["loss"]);
    }
    let first = [
        (&trace[0]["params"], [-0.765_838_6, -0.750_622_3, 1.352_547_8]),
        (&trace[0]["gradient"], [-53_195.863, -3_419.715, -253.890_8]),
        (&ride["speed"], [74.468_2, 59.649_4, 45.889_7]),
    ];
    for (got, wanted) in first {
        for (got, wanted) in numbers(got).iter().zip(wanted) {
            assert!(near(*got, wanted, 1e-5), "{got} instead of {wanted}");
        }
    }
}

#[test]
fn trainer_prints_the_trace_of_the_chapter() {
    let program = Program::new();
    let lesson = ["init=randn", "shuffle=false", "seed=42", "epochs=10"].map(|pair| ["--set", pair]);
    let arguments: Vec<&str> = ["run", "trainer", "--json"].into_iter().chain(lesson.into_iter().flatten()).collect();
    let trained = program.json(arguments);
    assert_eq!((&trained["device"], &trained["parameters"]), (&json!("cpu"), &json!(785)));
    let epochs = array(&trained["epochs"]);
    let accuracies = [0.5476, 0.7304, 0.8506, 0.9009, 0.9292, 0.9389, 0.9443, 0.9526, 0.9546, 0.9589, 0.9614];
    assert_eq!(epochs.len(), accuracies.len());
    for (number, (epoch, accuracy)) in epochs.iter().zip(accuracies).enumerate() {
        assert_eq!(epoch["epoch"], json!(number));
        assert_eq!(epoch["train_loss"].is_null(), number == 0, "only before training there is no training loss");
        let got = epoch["batch_accuracy"].as_f64().unwrap();
        assert!((got - accuracy).abs() < 0.001, "{got} after epoch {number} instead of {accuracy}");
        let by_item = epoch["accuracy"].as_f64().unwrap();
        assert!((by_item - accuracy).abs() < 0.005, "{by_item} by item");
        assert!(number == 0 || epoch["seconds"].as_f64().unwrap() >= 0.0);
    }
    assert!(near(epochs[10]["valid_loss"].as_f64().unwrap(), 0.042_28, 2e-3), "{}", epochs[10]["valid_loss"]);
}

#[test]
fn without_json_there_are_tables() {
    let program = Program::new();
    for (arguments, words) in [
        (["run", "pixels", "--set", "rows=4:10"], vec!["253"]),
        (["run", "baseline", "--set", "metric=mae"], vec!["926", "1013"]),
        (["run", "descent", "--steps", "3"], vec!["step", "gradient"]),
        (["run", "coaster", "--steps", "3"], vec!["loss"]),
        (["run", "trainer", "--set", "epochs=1"], vec!["epoch", "accuracy"]),
    ] {
        let (out, err) = program.fine(arguments);
        assert!(out.lines().count() > 3 && !out.trim_start().starts_with('{'), "{arguments:?}: {out}");
        assert!(words.iter().all(|word| out.contains(word)), "{arguments:?}: {out}");
        assert_eq!(err, "", "no progress bar where nobody looks");
    }
}

#[test]
fn settings_lists_names_defaults_ranges_and_meanings() {
    let program = Program::new();
    let (all, _) = program.fine(["settings"]);
    let (trainer, _) = program.fine(["settings", "trainer"]);
    for entry in digit_lab::experiments::REGISTRY {
        let name = entry.info.name;
        let (own, _) = program.fine(["settings", name]);
        assert!(all.contains(&own), "{name} is in the whole list");
        for spec in (entry.specs)() {
            let line = own.lines().find(|line| line.split_whitespace().next() == Some(spec.name));
            let line = line.unwrap_or_else(|| panic!("{name}: no line on {}", spec.name));
            assert!(line.contains(spec.meaning) && line.contains(&(spec.kind)().expected()), "{line}");
        }
    }
    for setting in "digits model init lr batch_size shuffle zero_grad seed epochs device data".split(' ') {
        assert!(trainer.lines().any(|line| line.starts_with(setting)), "the contract names {setting}");
    }
}

#[test]
fn help_and_version_go_to_standard_output() {
    let program = Program::new();
    for arguments in [&["--help"][..], &["run", "--help"], &["help", "shot"]] {
        let (out, err) = program.fine(arguments.iter().copied());
        assert!(out.contains("Usage: digit-lab") && err.is_empty(), "{out}{err}");
    }
    assert_eq!(program.fine(["--version"]).0, concat!("digit-lab ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn a_shot_carries_the_state_that_it_shows() {
    let program = Program::new();
    let shot = ["shot", "coaster", "--set", "seed=7", "--steps", "3", "--size", "900x600", "--out"];
    assert_eq!(program.fine(shot.into_iter().chain(["a.png"])).0, "");
    let state = program.json(["state", "a.png"]);
    assert_eq!(
        (&state["version"], &state["experiment"], &state["settings"]["seed"]),
        (&json!(2), &json!("coaster"), &json!(7))
    );
    assert!(state["position"].as_u64().unwrap() >= 3 * 4, "three steps of four phases at least: {state}");
    let picture = image::open(program.path("a.png")).unwrap().to_rgb8();
    assert_eq!(picture.dimensions(), (900, 600));

    program.fine(shot.into_iter().chain(["again.png"]));
    assert_eq!(
        std::fs::read(program.path("a.png")).unwrap(),
        std::fs::read(program.path("again.png")).unwrap(),
        "bit for bit"
    );

    program.fine(shot.into_iter().chain(["dark.png", "--theme", "dark", "--scale", "2"]));
    let dark = image::open(program.path("dark.png")).unwrap().to_rgb8();
    assert_eq!(dark.dimensions(), (1800, 1200));
    let brightness =
        |picture: &image::RgbImage| picture.iter().map(|byte| u64::from(*byte)).sum::<u64>() / picture.len() as u64;
    assert!(brightness(&picture) > 170 && brightness(&dark) < 85, "{} and {}", brightness(&picture), brightness(&dark));
    assert_eq!(program.json(["state", "dark.png"]), state, "the look is not part of the state");
}

#[test]
fn a_shot_replaces_an_older_one() {
    let program = Program::new();
    std::fs::write(program.path("a.png"), "something else").unwrap();
    program.fine(["shot", "descent", "--size", "640x480", "--out", "a.png"]);
    assert_eq!(program.json(["state", "a.png"])["experiment"], "descent");
    assert_eq!(program.files().len(), 1, "no temporary file is left");
}

#[test]
fn a_users_own_data_is_trained_on() {
    let program = Program::new();
    program.idx_folder("idx", 24);
    let picture = |digit: u32, n: u32| {
        image::GrayImage::from_fn(28, 28, |x, y| image::Luma([if (x + n + y * digit) % 9 < 2 { 255 } else { 0 }]))
    };
    for split in ["train", "valid"] {
        for (digit, n) in (0..8).map(|n| ([3, 7][n as usize % 2], n)) {
            let folder = program.path(&format!("pictures/{split}/{digit}"));
            std::fs::create_dir_all(&folder).unwrap();
            picture(digit, n).save(folder.join(format!("{n}.png"))).unwrap();
        }
    }
    for folder in ["idx", "pictures"] {
        let data = format!("data={folder}");
        let trained = program.json(["run", "trainer", "--set", &data, "--set", "epochs=2", "--json"]);
        assert_eq!(array(&trained["epochs"]).len(), 3, "{folder}");
    }
}

/// Only where a window needs one of these variables.
#[cfg(target_os = "linux")]
#[test]
fn without_a_display_the_chapter_is_told_in_the_terminal() {
    let program = Program::new();
    let (out, err) = program.fine::<&str>([]);
    assert_eq!(err.lines().count(), 1, "{err}");
    assert!(err.starts_with("digit-lab: ") && err.contains("display"), "{err}");
    for entry in digit_lab::experiments::REGISTRY {
        assert!(out.contains(entry.info.title), "{} is missing", entry.info.title);
    }
    for words in ["926", "676.9", "accuracy", "shot --all"] {
        assert!(out.contains(words), "{words} is missing in\n{out}");
    }
    assert_eq!(program.files(), [""; 0], "telling writes no file");
}

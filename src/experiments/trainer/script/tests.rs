use super::*;
use crate::data::Library;
use crate::experiments::trainer::Trainer;
use crate::experiments::{Checked, Experiment as _, Saved, Tape};

fn settings(pairs: &[&str]) -> Checked<Settings> {
    Saved::from_pairs(pairs).unwrap().read::<Trainer>().unwrap().0
}

fn script(pairs: &[&str]) -> String {
    let settings = settings(pairs);
    let digits = &settings.digits;
    let loss = settings.loss.loss(settings.model, digits.len());
    write(&settings, &settings.model.model(digits.len(), loss), digits)
}

#[test]
fn the_books_run_as_a_script() {
    insta::assert_snapshot!(script(&[]));
}

#[test]
fn a_networks_run_as_a_script() {
    insta::assert_snapshot!(script(&[
        "model=cnn",
        "digits=8,1",
        "wrong_labels=0.1",
        "target=0.99",
        "patience=3",
        "data=my \"digits\""
    ]));
}

#[test]
fn a_script_has_what_its_settings_need() {
    let all = script(&["model=mlp", "lr=0.1", "momentum=0", "weights=a\\b.safetensors", "zero_grad=false"]);
    for words in [
        "from safetensors.torch import load_file\n",
        "DIGITS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]",
        "model.load_state_dict(load_file(\"a\\\\b.safetensors\"))\ntorch.manual_seed(SEED)\n",
        "torch.optim.SGD(model.parameters(), lr=0.1)\n",
        "nn.functional.cross_entropy(",
        "        # No optimizer.zero_grad()",
    ] {
        assert!(all.contains(words), "no {words:?} in\n{all}");
    }
    assert!(
        !all.contains("a\\b.safetensors\n") && !all.contains("weights="),
        "a path stays out of the text at the top"
    );
    let accuracy = script(&["loss=accuracy", "init=zeros", "weights="]);
    assert!(accuracy.contains("+ 0 * logits.squeeze(1)") && accuracy.contains("torch.zeros(parameter.shape)"));
    let linear = script(&["weights=w"]);
    assert!(linear.contains("{name.removeprefix(\"0.\"): tensor for name, tensor in load_file(\"w\").items()}"));
    for text in [all, accuracy, linear] {
        assert!(text.lines().all(|line| line.len() <= 120 && line.trim_end() == line), "{text}");
        assert!(!text.contains("\n\n\n\n"), "{text}");
    }
}

/// The first lines that each script printed, `python3 NAME.py mnist` with PyTorch 2.15, against the lab's own. `mnist` is the folder of
/// the four files.
#[test]
fn the_scripts_print_what_the_lab_prints() {
    let cases: [(&[&str], &[[f64; 4]]); 5] = [
        (
            &["epochs=2"],
            &[
                [f64::NAN, 0.455_911, 0.5476, 0.545_633],
                [0.249_938, 0.272_193, 0.7304, 0.729_146],
                [0.115_595, 0.153_215, 0.8506, 0.849_853],
            ],
        ),
        (
            &["wrong_labels=0.1", "momentum=0.9", "weight_decay=0.01", "lr=0.1", "epochs=2", "shuffle=true"],
            &[
                [f64::NAN, 0.455_911, 0.5476, 0.545_633],
                [0.344_305, 0.115_374, 0.8962, 0.895_976],
                [0.164_888, 0.058_129, 0.9565, 0.956_330],
            ],
        ),
        (
            &["model=simple-net", "epochs=1"],
            &[[f64::NAN, 0.510_078, 0.3965, 0.394_995], [0.348_273, 0.404_969, 0.5078, 0.505_397]],
        ),
        (
            &["model=mlp", "lr=0.1", "digits=3,7", "epochs=1"],
            &[[f64::NAN, 0.708_635, 0.4932, 0.495_584], [0.071_969, 0.034_753, 0.9883, 0.988_224]],
        ),
        (
            &["model=cnn", "lr=0.05", "epochs=1"],
            &[[f64::NAN, 0.694_660, 0.5068, 0.504_416], [0.136_959, 0.046_904, 0.9834, 0.983_317]],
        ),
    ];
    for (pairs, expected) in cases {
        let mut tape = Tape::new(Trainer::start(&settings(pairs), &Library::new()).unwrap());
        tape.run(u64::MAX);
        let snapshot = tape.now().snapshot();
        assert_eq!(snapshot.epochs.len(), expected.len(), "{pairs:?}");
        for (epoch, [train_loss, valid_loss, batch_accuracy, accuracy]) in snapshot.epochs.iter().zip(expected) {
            assert_eq!(epoch.train_loss.is_none(), train_loss.is_nan());
            for (name, found, expected, digits) in [
                ("train_loss", epoch.train_loss.unwrap_or_default(), train_loss, 5e-6),
                ("valid_loss", epoch.valid_loss, valid_loss, 5e-6),
                ("batch_accuracy", epoch.batch_accuracy, batch_accuracy, 5.1e-5),
                ("accuracy", epoch.accuracy, accuracy, 1e-6),
            ] {
                let off = (found - expected).abs();
                assert!(expected.is_nan() || off < digits, "{pairs:?} {name}: {found}, not {expected}, in {epoch:?}");
            }
        }
    }
}

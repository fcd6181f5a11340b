use super::*;
use crate::experiments::Saved;
use crate::experiments::trainer::{Settings, Trainer};
use serde_json::{Value, json};

/// What becomes of a look that comes from a file.
fn look(saved: &Value) -> Look {
    let saved = Saved { look: saved.as_object().unwrap().clone(), ..Saved::default() };
    saved.read::<Trainer>().unwrap().1
}

fn saved(look: &Look) -> Value {
    serde_json::to_value(look).unwrap()
}

#[test]
fn a_look_is_written_as_version_1_wrote_it() {
    let all = json!({
        "tab": "test", "image": 12, "unit": 3, "worst": true, "pins": [], "toy": [4, 26, true, 7],
        "looked_at": -6, "logit": 1, "hidden": 5, "largest": true, "output": 2, "map": [1, 9],
        "test": {"side": "pixels", "sample": "held out", "place": 77, "cell": [7, 3]},
        "break": "order", "guesses": {"order": [1, true]},
    });
    let read = look(&all);
    let written = saved(&read);
    for (name, value) in all.as_object().unwrap() {
        match name.as_str() {
            "test" => {
                for (key, value) in value.as_object().unwrap() {
                    assert_eq!(written["test"][key], *value);
                }
            }
            _ => assert_eq!(written[name], *value, "{name}"),
        }
    }
    assert_eq!(look(&written), read);
    // Names that have changed since.
    let old = look(&json!({"looked at": -6, "mini-batch": 48}));
    assert_eq!((old.model.looked_at, old.loader.mini_batch), (Chosen::Held(5), Some(48)));
}

#[test]
fn what_cannot_be_read_is_left_at_its_default_and_nothing_else() {
    let read = look(&json!({
        "tab": "no such", "image": -1, "unit": "x", "worst": true, "toy": [0, 6, true, 7], "map": [9, 999],
        "test": {"side": 5, "place": 77, "sample": "held out"}, "guesses": {"order": [1, true], "rate": "x"}, "new": 1,
    }));
    let mut expected = Look::default();
    expected.train.worst = true;
    expected.model.map = (MAP_LAYERS - 1, 999);
    (expected.test.index, expected.test.sample) = (77, Sample::HeldOut);
    expected.breaks.guesses.insert("order".to_owned(), Guess(1, true));
    assert_eq!(read, expected);
}

#[test]
fn a_batch_size_of_the_small_loader_must_fit() {
    let toy = |toy: Value| look(&json!({"toy": toy})).loader.toy;
    assert_eq!(toy(json!([4, 26, true, 7])), Toy { numbers: 4, letters: 26, shuffle: true, seed: 7 });
    for bad in [json!([0, 6, true, 7]), json!([5, 27, true, 7]), json!("x")] {
        assert_eq!(toy(bad), Toy::default());
    }
}

#[test]
fn a_choice_survives_in_a_file() {
    for chosen in [Chosen::Batch(0), Chosen::Batch(255), Chosen::Held(0), Chosen::Held(2037)] {
        assert_eq!(Chosen::from(i64::from(chosen)), chosen);
    }
    assert_eq!(Chosen::from(i64::MIN), Chosen::Held(usize::MAX >> 1));
    assert_eq!(look(&json!({"looked_at": "3"})).model.looked_at, Chosen::default());
}

#[test]
fn guesses_and_names_are_bounded() {
    let many: serde_json::Map<_, _> = (0..1000).map(|card| (format!("card {card}"), json!([0, false]))).collect();
    let read = look(&json!({"break": "x".repeat(5000), "guesses": many}));
    assert_eq!((read.breaks.card.as_str(), read.breaks.guesses.len()), ("", 64));
}

#[test]
fn only_sound_pins_come_back() {
    let pins = |pins: &Value| look(&json!({"pins": pins})).train.pins;
    let good =
        Pin { settings: Settings { lr: 0.1, ..Settings::default() }, epochs: vec![[0.0, 0.5, 0.5], [1.0, 0.4, 0.7]] };
    let written = serde_json::to_value(Pins::from(vec![good.clone()])).unwrap();
    assert_eq!(&pins(&written)[..], std::slice::from_ref(&good));
    assert_eq!(
        (good.name(), good.at(0.2), good.at(9.0)),
        ("linear, lr 0.1".to_owned(), Some([0.5, 0.5]), Some([0.4, 0.7]))
    );
    let bad = json!([
        3,
        {"settings": {}, "epochs": []},
        {"settings": {"lr": "much"}, "epochs": [[0, 1, 1]]},
        {"settings": {"no such": 1}, "epochs": [[0, 1, 1]]},
        {"settings": {"data": "x".repeat(5000)}, "epochs": [[0, 1, 1]]},
        {"settings": {}, "epochs": [[-1, 1, 1], [0, 1, 7]]},
        {"settings": {}, "epochs": [[0, 1, 1]]},
    ]);
    // The seventh is sound, but there are six at most.
    assert!(pins(&bad).is_empty());
    let long: Vec<[f64; 3]> = (0..5000).map(|epoch| [f64::from(epoch), 0.5, 0.5]).collect();
    assert_eq!(pins(&json!([{"settings": {}, "epochs": long}]))[0].epochs.len(), 400);
    assert!(pins(&json!({"settings": {}})).is_empty());
    assert_eq!(serde_json::to_value(Pins::default()).unwrap(), json!([]));
}

#[test]
fn pins_stay_where_a_look_says_nothing_of_them() {
    use crate::experiments::Look as _;
    let mut before = Look::default();
    before.train.pins.push(Pin { settings: Settings::default(), epochs: vec![[0.0, 0.5, 0.5]] });
    let mut figure = look(&json!({"tab": "loader"}));
    figure.follow(&before);
    assert_eq!(figure.train.pins.len(), 1);
    let mut none = look(&json!({"pins": []}));
    none.follow(&before);
    assert!(none.train.pins.is_empty());
}

#[test]
fn no_more_than_six_are_pinned() {
    let mut pins = Pins::default();
    for _ in 0..9 {
        pins.push(Pin { settings: Settings::default(), epochs: vec![[0.0, 0.5, 0.5]] });
    }
    assert_eq!(pins.len(), MOST_PINS);
    pins.remove(5);
    pins.remove(99);
    assert_eq!(pins.len(), MOST_PINS - 1);
}

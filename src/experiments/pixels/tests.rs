use super::*;
use crate::experiments::{Settings as _, Tape};
use serde_json::{Value, json};

fn open(pairs: &[&str]) -> Result<Tape<Pixels>, SettingsError> {
    let pairs: Vec<String> = pairs.iter().map(ToString::to_string).collect();
    let settings = settings::from_map("pixels", &settings::from_pairs::<Settings>("pixels", &pairs)?)?;
    Ok(Tape::new(Pixels::start(&settings, &Library::new())?))
}

fn json(tape: &Tape<Pixels>) -> Value {
    serde_json::to_value(tape.now().snapshot()).unwrap()
}

#[test]
fn a_3_prints_as_the_chapter_prints_it() {
    let found = json(&open(&[]).unwrap());
    let expected = json!({
        "source": "train/3/10000.png", "label": 3, "index": 10000, "shape": [28, 28], "dtype": "uint8",
        "values": [
            [0, 0, 0, 0, 0, 0],
            [0, 0, 0, 0, 0, 29],
            [0, 0, 0, 48, 166, 224],
            [0, 93, 244, 249, 253, 187],
            [0, 107, 253, 253, 230, 48],
            [0, 3, 20, 20, 15, 0],
        ],
        "rows": "4:10", "columns": "4:10", "slice_shape": [6, 6],
        "stacked": 0, "stack_shape": [0, 28, 28], "stack_bytes": 0, "digit_count": 6131,
    });
    assert_eq!(found, expected);
    let keys: Vec<_> = expected.as_object().unwrap().keys().collect();
    assert_eq!(found.as_object().unwrap().keys().collect::<Vec<_>>(), keys);
}

#[test]
fn floats_are_bytes_over_255() {
    let found = json(&open(&["dtype=float", "rows=5:6", "columns=9:", "split=valid", "nth=0"]).unwrap());
    assert_eq!((&found["dtype"], &found["source"]), (&json!("float"), &json!("valid/3/1020.png")));
    assert_eq!(found["slice_shape"], json!([1, 19]));
    let tape = open(&["dtype=float", "rows=5:6", "columns=9:10"]).unwrap();
    assert_eq!(tape.now().snapshot().values, Cells::Floats(vec![vec![29.0 / 255.0]]));
}

#[test]
fn the_stack_grows_to_every_image_of_the_digit() {
    let mut tape = open(&["dtype=float"]).unwrap();
    tape.step();
    assert_eq!(tape.now().unit_end(tape.position(), 0), 10);
    tape.seek(13);
    let snapshot = tape.now().snapshot();
    assert_eq!(snapshot.recent, tape.now().data.train.of_digit(3)[1..13]);
    assert_eq!(tape.now().unit_end(tape.position(), 0), 20);
    tape.seek(u64::MAX);
    let snapshot = tape.now().snapshot();
    assert_eq!((snapshot.stack_shape, snapshot.stack_bytes), ([6131, 28, 28], 6131 * 784 * 4));
    assert_eq!((tape.stopped(), Some(tape.position())), (Some(Stop::Done), tape.now().end()));
    assert_eq!(tape.now().position_after(Some(7000)), 6131);
}

#[test]
fn a_picture_has_a_source_and_its_stages_but_no_label() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("seven.png");
    let image =
        image::RgbImage::from_fn(60, 80, |x, y| image::Rgb(if x.abs_diff(y) < 5 { [9, 9, 90] } else { [250; 3] }));
    image.save(&path).unwrap();
    let path = path.to_str().unwrap();
    let tape = open(&[&format!("file={path}"), "rows=:", "columns=:"]).unwrap();
    let found = json(&tape);
    assert_eq!((&found["source"], &found["label"], &found["index"]), (&json!(path), &Value::Null, &Value::Null));
    assert_eq!(found["values"].as_array().unwrap().len(), 28);
    let snapshot = tape.now().snapshot();
    let stages = snapshot.sample.stages.as_ref().unwrap();
    assert_eq!((stages.original_size, stages.result), ((60, 80), snapshot.sample.pixels));
}

#[test]
fn mistakes_name_the_nearest_valid_value() {
    let error = |pairs: &[&str]| open(pairs).unwrap_err().to_string();
    assert!(error(&["nth=6131"]).ends_with("expected a whole number from 0 to 6130; the nearest valid value is 6130"));
    assert!(error(&["rows=9:3"]).ends_with("the nearest valid value is 9:10"));
    assert!(error(&["split=test"]).contains("expected one of train, valid"));
    assert!(error(&["file=/no/such/file.png"]).contains("/no/such/file.png"));
    assert!(error(&["data=/no/such/folder"]).contains("/no/such/folder"));
}

#[test]
fn tables_and_values_tell_the_same() {
    let mut tape = open(&[]).unwrap();
    tape.seek(2);
    let snapshot = tape.now().snapshot();
    let tables = Pixels::tables(&snapshot);
    assert_eq!(tables[0].columns, ["", "4", "5", "6", "7", "8", "9"]);
    assert_eq!(tables[0].rows[1], ["5", "0", "0", "0", "0", "0", "29"]);
    assert_eq!(tables[1].rows, [["2", "[2, 28, 28]", "1568", "6131"]]);
    let values = Pixels::values(&snapshot);
    assert_eq!((&*values["stack_shape"], &*values["label"]), ("[2, 28, 28]", "3"));
    assert!(values["tensor"].starts_with("tensor([[  0,   0,   0,   0,   0,   0],\n        [  0, "));
}

#[test]
fn every_setting_is_in_the_table() {
    let names: Vec<_> = Settings::FIELDS.iter().map(|field| field.name).collect();
    assert_eq!(settings::to_map(&Settings::default()).keys().collect::<Vec<_>>(), names);
}

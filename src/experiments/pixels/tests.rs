use super::*;
use crate::experiments::{Saved, Tape};
use serde_json::{Value, json};

/// A run, and what is looked at.
struct Run {
    tape: Tape<Pixels>,
    look: Look,
}

impl Run {
    fn snapshot(&self) -> Arc<Snapshot> {
        Arc::new(self.tape.now().snapshot())
    }

    fn seen(&self) -> Seen {
        let mut seen = Seen::default();
        assert!(Pixels::see(&self.snapshot(), &self.look, &mut seen));
        seen
    }

    fn with<T>(&self, read: impl FnOnce(&Sight<'_, Pixels>) -> T) -> T {
        let (snapshot, seen) = (self.snapshot(), self.seen());
        read(&Sight { snapshot: &snapshot, look: &self.look, seen: &seen })
    }

    fn json(&self) -> Value {
        let mut all = serde_json::to_value(&*self.snapshot()).unwrap();
        all.as_object_mut().unwrap().extend(serde_json::to_value(self.seen()).unwrap().as_object().unwrap().clone());
        all
    }
}

fn open(pairs: &[&str]) -> Result<Run, SettingsError> {
    let (settings, look) = Saved::from_pairs(pairs)?.read::<Pixels>()?;
    let experiment = Pixels::start(&settings, &Library::new())?;
    experiment.check_look(&look)?;
    Ok(Run { tape: Tape::new(experiment), look })
}

#[test]
fn a_3_prints_as_the_chapter_prints_it() {
    let found = open(&[]).unwrap().json();
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
}

#[test]
fn floats_are_bytes_over_255() {
    let found = open(&["dtype=float", "rows=5:6", "columns=9:", "split=valid", "nth=0"]).unwrap().json();
    assert_eq!((&found["dtype"], &found["source"]), (&json!("float"), &json!("valid/3/1020.png")));
    assert_eq!(found["slice_shape"], json!([1, 19]));
    let run = open(&["dtype=float", "rows=5:6", "columns=9:10"]).unwrap();
    assert_eq!(run.seen().values, Cells::Floats(vec![vec![29.0 / 255.0]]));
}

#[test]
fn the_stack_grows_to_every_image_of_the_digit() {
    let mut run = open(&["dtype=float"]).unwrap();
    run.tape.step();
    assert_eq!(run.tape.now().unit_end(run.tape.position(), 0), 10);
    run.tape.seek(13);
    assert_eq!(run.snapshot().recent, run.tape.now().data.train.of_digit(3)[1..13]);
    assert_eq!(run.tape.now().unit_end(run.tape.position(), 0), 20);
    run.tape.seek(u64::MAX);
    assert_eq!((run.snapshot().stack_shape, run.seen().stack_bytes), ([6131, 28, 28], 6131 * 784 * 4));
    assert_eq!((run.tape.stopped(), Some(run.tape.position())), (Some(Stop::Done), run.tape.now().end()));
    assert_eq!(run.tape.now().position_after(Some(7000)), 6131);
}

#[test]
fn a_picture_has_a_source_and_its_stages_but_no_label() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("seven.png");
    let image =
        image::RgbImage::from_fn(60, 80, |x, y| image::Rgb(if x.abs_diff(y) < 5 { [9, 9, 90] } else { [250; 3] }));
    image.save(&path).unwrap();
    let path = path.to_str().unwrap();
    let run = open(&[&format!("file={path}"), "rows=:", "columns=:", "nth=199999"]).unwrap();
    let found = run.json();
    assert_eq!((&found["source"], &found["label"], &found["index"]), (&json!(path), &Value::Null, &Value::Null));
    assert_eq!(found["values"].as_array().unwrap().len(), 28);
    let seen = run.seen();
    let stages = seen.sample.stages.as_ref().unwrap();
    assert_eq!((stages.original_size, stages.result), ((60, 80), seen.sample.pixels));
}

#[test]
fn mistakes_name_the_nearest_valid_value() {
    let error = |pairs: &[&str]| open(pairs).err().unwrap().to_string();
    let last = "nth is \"6131\"; expected a whole number from 0 to 6130; the nearest valid value is 6130";
    assert_eq!(error(&["nth=6131"]), last);
    assert!(error(&["rows=9:3"]).ends_with("the nearest valid value is 9:10"));
    assert!(error(&["split=test"]).contains("expected one of train, valid"));
    assert!(error(&["file=/no/such/file.png"]).contains("/no/such/file.png"));
    assert!(error(&["data=/no/such/folder"]).contains("/no/such/folder"));
}

#[test]
fn tables_and_values_tell_the_same() {
    let mut run = open(&[]).unwrap();
    run.tape.seek(2);
    let tables = run.with(Pixels::tables);
    assert_eq!(tables[0].columns, ["", "4", "5", "6", "7", "8", "9"]);
    assert_eq!(tables[0].rows[1], ["5", "0", "0", "0", "0", "0", "29"]);
    assert_eq!(tables[1].rows, [["2", "[2, 28, 28]", "1568", "6131"]]);
    let values = run.with(Pixels::values);
    assert_eq!((&*values["stack_shape"], &*values["label"]), ("[2, 28, 28]", "3"));
    assert!(values["tensor"].starts_with("tensor([[  0,   0,   0,   0,   0,   0],\n        [  0, "));
}

#[test]
fn a_look_past_the_last_image_sees_the_last() {
    let mut run = open(&[]).unwrap();
    run.look.nth = 199_999;
    let seen = run.seen();
    assert_eq!((seen.nth, seen.index), (6130, run.tape.now().indices().last().copied()));
}

#[test]
fn what_does_not_change_is_kept() {
    let mut run = open(&["tab=bench"]).unwrap();
    let mut seen = run.seen();
    let (sample, names) = (Arc::clone(&seen.sample), Arc::clone(seen.environment.get().unwrap()));
    run.look.rows = crate::experiments::Slice::ALL;
    run.tape.step();
    seen.renew(&run.snapshot(), &run.look);
    assert!(Arc::ptr_eq(&seen.sample, &sample) && Arc::ptr_eq(seen.environment.get().unwrap(), &names));
    run.look.nth = 2;
    seen.renew(&run.snapshot(), &run.look);
    assert!(!Arc::ptr_eq(&seen.sample, &sample) && !seen.environment.get().unwrap().is_same(&names));
}

#[test]
fn a_drawing_is_seen_on_its_way_only_while_there_is_one() {
    let mut run = open(&["tab=draw", "levels=false"]).unwrap();
    run.look.strokes = vec![vec![24.0, 80.0, 70.0, 200.0, 70.0]].into();
    let mut seen = run.seen();
    let stages = seen.drawn.get().unwrap();
    assert_eq!(stages.result, run.look.strokes.stages(&run.tape.now().steps).result);
    assert!(stages.result.iter().any(|&ink| ink > 200));
    run.look.strokes = crate::data::Drawing::default();
    seen.renew(&run.snapshot(), &run.look);
    assert!(seen.drawn.get().is_none());
}

#[test]
fn a_saved_look_from_anywhere_is_bounded() {
    let saved = |look: &Value| {
        let saved = Saved { look: look.as_object().unwrap().clone(), ..Saved::default() };
        saved.read::<Pixels>().unwrap().1
    };
    // As version 1 wrote it.
    let look = saved(&json!({"tab": "bench", "cells": ["t + 1", "t @"], "shelf": 3}));
    assert_eq!(
        (look.tab, &look.cells[..], look.shelf),
        (Tab::Bench, &["t + 1".into(), "t @".into()][..], Shelf::Stacks)
    );
    let look =
        saved(&json!({"tab": "none", "cells": vec!["t".repeat(1000); 1000], "shelf": 99, "zoom": 1e9, "nth": 1e9}));
    assert_eq!((look.tab, look.shelf, look.cells.len()), (Tab::Image, Shelf::Broadcasting, MAX_CELLS));
    assert_eq!((look.cells[0].len(), look.zoom), (MAX_CELL_CHARS, 3.0));
    assert_eq!(
        saved(&json!({"cells": [], "shelf": "shape"})),
        Look { cells: vec![String::new()], shelf: Shelf::Shape, ..Look::default() }
    );
}

use super::*;

#[test]
fn what_it_saves_it_takes_up_again_and_nothing_else() {
    let mut page = Nonlinearity::default();
    let drawn: Vec<f64> = (0..81).map(|place| f64::from(place) / 81.0).map(|y| (y * 1000.0).round() / 1000.0).collect();
    let state = json!({"nonlinearity": {"part": "sums", "x": -0.5, "lines": [1.0, 2.0, -1.0, 0.3, true],
        "sums": {"curve": "drawn", "units": 30, "drawn": drawn}}});
    page.restore(state.as_object().unwrap());
    let mut saved = Map::new();
    page.save(&mut saved);
    assert_eq!(Value::from(saved), state);
    for broken in [
        json!({"part": "x", "x": 9.0, "lines": [1.0, 2.0, 3.0, 0.3, true], "sums": {"curve": "x", "units": 31}}),
        json!({"x": "1", "lines": 7, "sums": {"units": 0, "drawn": [1.0]}}),
        json!(null),
    ] {
        page.restore(json!({"nonlinearity": broken}).as_object().unwrap());
        let [mut one, mut other] = [Map::new(), Map::new()];
        page.save(&mut one);
        Nonlinearity::default().save(&mut other);
        assert_eq!(one, other, "{broken}");
    }
}

#[test]
fn numbers_are_written_short() {
    assert_eq!([0.25, -1.0, 0.000_1, -0.000_1].map(short), ["0.25", "-1", "0", "0"]);
    assert_eq!([0.5, -2.0].map(term), ["+ 0.5", "- 2"]);
}

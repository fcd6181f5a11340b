use super::*;
use crate::data::{Invert, Split};
use crate::experiments::descent::Descent;
use crate::math::distance::Metric;
use crate::math::function::Function;
use crate::math::model::{Architecture, Start};
use serde_json::{Value, json};

crate::settings! {
    /// One of each kind.
    pub struct Each {
        /// A number.
        number: f64 = 1.0, in 0.0..=10.0;
        /// A whole number.
        whole: u8 = 3, in 1..=9;
        /// A word.
        word: Metric = Metric::Mae;
        /// A slice.
        slice: Slice = Slice::ALL;
        /// Digits.
        digits: Digits = Digits::all(), in 2..;
        /// On or off,
        /// said in two lines.
        switch: bool = false;
        /// Numbers.
        numbers: Numbers = Numbers::new([3.0]).unwrap(), in AtMost(2, 1000.0);
        /// A path.
        path: Source = Source::none();
        /// As another's.
        like: f64 = 0.5, in 0.0..=1.0, as Each::number();
    }
}

impl Settings for Each {}

fn refused(name: &str, text: &str) -> String {
    Each::field(name).unwrap().read(&mut Each::default(), text).unwrap_err().to_string()
}

#[test]
fn bad_values_name_what_was_expected_and_the_nearest_valid_one() {
    let cases = [
        ("number", "nan", "a number from 0 to 10", "0"),
        ("number", "inf", "a number from 0 to 10", "10"),
        ("number", "11", "a number from 0 to 10", "10"),
        ("number", "-0.5", "a number from 0 to 10", "0"),
        ("number", "fast", "a number from 0 to 10", "0"),
        ("whole", "0", "a whole number from 1 to 9", "1"),
        ("whole", "2.6", "a whole number from 1 to 9", "3"),
        ("whole", "-3", "a whole number from 1 to 9", "1"),
        ("whole", "300", "a whole number from 1 to 9", "9"),
        ("whole", "1e30", "a whole number from 1 to 9", "9"),
        ("whole", "x", "a whole number from 1 to 9", "1"),
        ("word", "rms", "one of mae, rmse", "rmse"),
        ("slice", "4:40", "a slice a:b with 0 <= a < b <= 28", "4:28"),
        ("slice", "9:3", "a slice a:b with 0 <= a < b <= 28", "9:10"),
        ("slice", "4", "a slice a:b with 0 <= a < b <= 28", "0:28"),
        ("digits", "3", "at least 2 different digits such as 3,7, or all", "3,7"),
        ("digits", "3,3", "at least 2 different digits such as 3,7, or all", "3,7"),
        ("switch", "maybe", "true or false", "false"),
        ("numbers", "1,2,3", "1 to 2 numbers from -1000 to 1000 such as 3,4,10", "1,2"),
        ("numbers", "-inf,2", "1 to 2 numbers from -1000 to 1000 such as 3,4,10", "-1000,2"),
        ("numbers", "3,,4", "1 to 2 numbers from -1000 to 1000 such as 3,4,10", "3,4"),
    ];
    for (name, given, expected, nearest) in cases {
        let sentence = format!("{name} is \"{given}\"; expected {expected}; the nearest valid value is {nearest}");
        assert_eq!(refused(name, given), sentence);
        Each::field(name).unwrap().read(&mut Each::default(), nearest).unwrap();
    }
}

#[test]
fn values_are_read_as_people_write_them() {
    let mut each = Each::default();
    for (name, text) in [
        ("number", " 2.5 "),
        ("whole", "2.0"),
        ("word", "rmse"),
        ("slice", "20:"),
        ("digits", "7, 3"),
        ("switch", "Yes"),
        ("numbers", "3, 4"),
        ("path", "some/where"),
    ] {
        Each::field(name).unwrap().read(&mut each, text).unwrap();
    }
    assert_eq!((each.number, each.whole, each.word, each.switch), (2.5, 2, Metric::Rmse, true));
    assert_eq!((each.slice.range(), &each.digits[..], &each.numbers[..]), (20..28, &[7, 3][..], &[3.0, 4.0][..]));
    assert_eq!(each.path.path(), Some(std::path::Path::new("some/where")));
    for field in Each::FIELDS {
        let mut again = Each::default();
        field.read(&mut again, &field.write(&each)).unwrap();
        assert_eq!(field.write(&again), field.write(&each), "{}", field.name());
    }
}

#[test]
fn one_declaration_says_everything() {
    let names: Vec<&str> = Each::FIELDS.iter().map(|field| field.name()).collect();
    assert_eq!(names, ["number", "whole", "word", "slice", "digits", "switch", "numbers", "path", "like"]);
    assert_eq!(Each::switch().meaning(), "On or off, said in two lines.");
    assert_eq!(Each::like().meaning(), "A number.");
    assert_eq!(Each::number().kind(), Kind::Number { min: 0.0, max: 10.0 });
    let written = serde_json::to_value(Each::default()).unwrap();
    assert_eq!(
        written,
        json!({
            "number": 1.0, "whole": 3, "word": "mae", "slice": "0:28", "digits": "all", "switch": false,
            "numbers": "3", "path": "", "like": 0.5,
        })
    );
    assert_eq!(serde_json::from_value::<Each>(json!({"whole": 4})).unwrap(), Each { whole: 4, ..Each::default() });
}

#[test]
fn what_is_out_of_range_is_no_checked_value() {
    assert!(Checked::new(Each::default()).is_ok());
    let error = Checked::new(Each { number: f64::NAN, ..Each::default() }).unwrap_err();
    assert!(error.is_about("number"), "{error}");
    let mut each = Each { number: 99.0, whole: 0, digits: Digits::new([3]).unwrap(), ..Each::default() };
    for field in Each::FIELDS {
        field.fit(&mut each);
    }
    let fitted = Each { number: 10.0, whole: 1, digits: Digits::threes_and_sevens(), ..Each::default() };
    assert_eq!(each, fitted);
}

#[test]
fn names_are_those_that_serde_gives() {
    fn walk<C: Choice>() {
        assert_eq!(C::ALL.len(), C::NAMES.len());
        for (value, name) in C::ALL.iter().zip(C::NAMES) {
            assert_eq!(serde_json::to_value(value).unwrap(), Value::from(*name));
            assert_eq!(value.word(), *name);
        }
    }
    walk::<Split>();
    walk::<Invert>();
    walk::<Metric>();
    walk::<Function>();
    walk::<Architecture>();
    walk::<Start>();
}

#[test]
fn what_was_saved_is_found_among_settings_and_look() {
    let read = |settings: Value, look: Value| {
        let map = |value: Value| value.as_object().cloned().unwrap();
        Saved { settings: map(settings), look: map(look) }.read::<Descent>()
    };
    let (settings, look) = read(json!({"lr": 0.5, "nudge": 0.25}), json!({"tab": "rise"})).unwrap();
    assert_eq!((settings.lr, look.nudge, look.tab.word()), (0.5, 0.25, "rise"));
    // A look from outside is brought within its bounds; what somebody wrote as a setting is not.
    let (_, look) = read(json!({}), json!({"nudge": 7.0, "tab": 3, "unknown": [1]})).unwrap();
    assert_eq!((look.nudge, look.tab.word()), (1.0, "steps"));
    let error = read(json!({"nudge": 7.0}), json!({})).unwrap_err().to_string();
    assert_eq!(error, "nudge is \"7.0\"; expected a number from 0.0000000000000001 to 1; the nearest valid value is 1");
    let error = read(json!({"rate": 7.0}), json!({})).unwrap_err().to_string();
    assert!(error.starts_with("descent has no setting \"rate\"; the nearest is "), "{error}");
    assert!(error.contains("lr") && error.contains("nudge"), "{error}");
    let (settings, look) = Saved::from_pairs(&["lr = 0.5", "nudge=0.25"]).unwrap().read::<Descent>().unwrap();
    let again = Saved::of(&settings, &look).read::<Descent>().unwrap();
    assert_eq!(again, (settings, look));
    assert!(matches!(Saved::from_pairs(&["lr"]), Err(SettingsError::Form(_))));
}

//! What every experiment of the registry promises, and every lesson on one. An experiment that joins the registry is
//! tested here with no line added.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use digit_lab::data::Library;
use digit_lab::engine::Goal;
use digit_lab::experiments::{AnyTape, Entry, REGISTRY, Saved, Values};
use digit_lab::lesson::{self, Figure, Lesson, PhaseText, names};
use digit_lab::panels::{self, Home};
use proptest::prelude::*;
use rayon::ThreadPoolBuilder;
use serde_json::Value;

static DATA: LazyLock<Library> = LazyLock::new(Library::new);

/// Settings that keep an experiment short, where it has them: two epochs of four batches.
const SHORT: &[(&str, u64)] = &[("epochs", 2), ("batch_size", 4096), ("steps", 40)];

fn shortened(entry: &Entry) -> Saved {
    let mut saved = (entry.defaults)();
    for (name, value) in SHORT {
        if let Some(setting) = saved.settings.get_mut(*name) {
            *setting = Value::from(*value);
        }
    }
    saved
}

fn short(entry: &Entry) -> Box<dyn AnyTape> {
    (entry.open)(&shortened(entry), &DATA).unwrap()
}

/// The first phases of a tape: past a few checkpoints, and to the end where that is nearer.
fn reach(entry: &Entry) -> u64 {
    let mut tape = short(entry);
    tape.run(200)
}

/// The snapshot without measured times.
fn seen(tape: &dyn AnyTape) -> Value {
    let mut json = tape.json().unwrap();
    drop_times(&mut json);
    json
}

fn drop_times(json: &mut Value) {
    match json {
        Value::Object(map) => {
            map.retain(|name, _| name != "seconds");
            map.values_mut().for_each(drop_times);
        }
        Value::Array(list) => list.iter_mut().for_each(drop_times),
        _ => {}
    }
}

/// Compares without printing thousands of numbers.
#[track_caller]
fn assert_same(a: &Value, b: &Value, what: &str) {
    if a == b {
        return;
    }
    if let (Value::Object(a), Value::Object(b)) = (a, b) {
        let names = a.keys().chain(b.keys()).filter(|name| a.get(*name) != b.get(*name));
        panic!("{what}: these differ: {:?}", names.collect::<BTreeSet<_>>());
    }
    panic!("{what}: the snapshots differ");
}

#[test]
fn the_registry_has_the_five_experiments_of_the_contract() {
    let names: Vec<&str> = REGISTRY.iter().map(|entry| entry.info.name).collect();
    for name in ["pixels", "baseline", "descent", "coaster", "trainer"] {
        assert!(names.contains(&name), "{name} is not in {names:?}");
    }
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "names are unique");
}

#[test]
fn settings_and_their_tables_agree() {
    for entry in REGISTRY {
        let name = entry.info.name;
        let defaults = (entry.defaults)();
        let specs = (entry.specs)();
        let names: Vec<&str> = specs.iter().map(|spec| spec.name).collect();
        let keys: Vec<&str> = defaults.settings.keys().map(String::as_str).collect();
        assert_eq!(names[..keys.len()], keys[..], "{name}: the table begins with the settings, in their order");
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "{name}: a name says one thing");
        assert_eq!((entry.check)(&defaults).unwrap(), defaults, "{name}: what is saved is read again");
        assert_eq!((entry.check)(&Saved::default()).unwrap(), defaults, "{name}");
        for spec in specs {
            assert!(!spec.meaning.is_empty(), "{name}.{}", spec.name);
            // What a default looks like can be typed again.
            let value = defaults.settings.get(spec.name).or_else(|| defaults.look.get(spec.name));
            let value = value.unwrap_or_else(|| panic!("{name}.{} has no default", spec.name));
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let again = Saved::from_pairs(&[format!("{}={text}", spec.name)]).unwrap();
            assert_eq!((entry.check)(&again).unwrap(), defaults, "{name}.{}", spec.name);
        }
        (entry.open)(&Saved::default(), &DATA).unwrap();
    }
}

#[test]
fn a_snapshot_speaks_for_itself() {
    for entry in REGISTRY {
        let mut tape = short(entry);
        for position in 0..12 {
            let name = entry.info.name;
            assert!(tape.json().unwrap().is_object(), "{name} at {position}");
            let tables = tape.tables();
            let even = tables.iter().all(|table| table.rows.iter().all(|row| row.len() == table.columns.len()));
            assert!(even, "{name} at {position}: a row is as long as its table is wide");
            tape.run(1);
        }
    }
}

#[test]
fn equal_settings_give_equal_runs() {
    for entry in REGISTRY {
        let (mut one, mut two) = (short(entry), short(entry));
        for stop in [0, 1, 2, 3, 7, 64, 200, 1000] {
            one.seek(stop);
            two.seek(stop);
            assert_eq!(one.position(), two.position());
            assert_same(&seen(&*one), &seen(&*two), &format!("{} at {stop}", entry.info.name));
        }
    }
}

#[test]
fn results_do_not_depend_on_the_number_of_threads() {
    for entry in REGISTRY {
        let on = |threads: usize| {
            let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let mut tape = short(entry);
                let mut all = Vec::new();
                for position in [3, 40, 1000, tape.position_after(None)] {
                    tape.seek(position);
                    all.push(seen(&*tape));
                }
                all
            })
        };
        let one = on(1);
        for threads in [2, 3] {
            for (alone, together) in one.iter().zip(on(threads)) {
                assert_same(alone, &together, &format!("{} on {threads} threads", entry.info.name));
            }
        }
    }
}

#[test]
fn a_stride_ends_where_single_phases_end() {
    for entry in REGISTRY {
        let reach = reach(entry);
        let (mut stride, mut single) = (short(entry), short(entry));
        stride.run(reach);
        for _ in 0..reach {
            assert_eq!(single.run(1), 1, "{}", entry.info.name);
        }
        assert_eq!(stride.position(), single.position());
        assert_same(&seen(&*stride), &seen(&*single), entry.info.name);
        assert_eq!(stride.stopped(), single.stopped());
    }
}

#[test]
fn an_ended_tape_stays_where_it_is() {
    for entry in REGISTRY {
        let mut tape = short(entry);
        tape.seek(tape.position_after(None));
        tape.run(1);
        if tape.stopped().is_none() {
            continue;
        }
        let end = (tape.position(), seen(&*tape));
        assert_eq!(tape.run(5), 0, "{}", entry.info.name);
        assert_eq!(tape.position(), end.0);
        assert_same(&seen(&*tape), &end.1, entry.info.name);
        tape.back(1);
        assert_eq!(tape.stopped(), None, "{} goes on from before its end", entry.info.name);
        tape.run(9);
        assert_same(&seen(&*tape), &end.1, entry.info.name);
    }
}

#[test]
fn steps_can_be_asked_for() {
    for entry in REGISTRY {
        let longer = (entry.allow_steps)(&shortened(entry), 60).unwrap();
        let tape = (entry.open)(&longer, &DATA).unwrap();
        assert!(tape.position_after(Some(60)) >= tape.position_after(Some(3)), "{}", entry.info.name);
        assert_eq!(tape.position(), 0, "asking moves nothing");
    }
}

/// A way over a tape.
#[derive(Clone, Copy, Debug)]
enum Way {
    Run(u64),
    Back(u64),
    Seek(u64),
}

fn way() -> impl Strategy<Value = Way> {
    prop_oneof![(0..150_u64).prop_map(Way::Run), (0..150_u64).prop_map(Way::Back), (0..300_u64).prop_map(Way::Seek)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn going_on_and_back_is_not_having_gone(entry in 0..REGISTRY.len(), n in 0..=1000_u64, k in 0..=1000_u64) {
        let entry = &REGISTRY[entry];
        let n = n % (reach(entry) + 1);
        let k = k % (n + 1);
        let (mut there, mut short_of_it) = (short(entry), short(entry));
        there.run(n);
        there.back(k);
        short_of_it.run(n - k);
        prop_assert_eq!(there.position(), n - k);
        assert_same(&seen(&*there), &seen(&*short_of_it), &format!("{}: {n} on, {k} back", entry.info.name));
    }

    #[test]
    fn a_position_says_everything_however_it_was_reached(entry in 0..REGISTRY.len(), ways in proptest::collection::vec(way(), 1..8)) {
        let entry = &REGISTRY[entry];
        let mut tape = short(entry);
        for way in &ways {
            match *way {
                Way::Run(phases) => _ = tape.run(phases),
                Way::Back(phases) => tape.back(phases),
                Way::Seek(position) => tape.seek(position),
            }
        }
        let mut straight = short(entry);
        straight.run(tape.position());
        prop_assert_eq!(straight.position(), tape.position());
        assert_same(&seen(&*tape), &seen(&*straight), &format!("{}: {ways:?}", entry.info.name));
    }
}

fn lessons() -> impl Iterator<Item = (&'static Entry, Lesson)> {
    REGISTRY.iter().map(|entry| {
        let lesson = lesson::load(entry.info.name).unwrap();
        (entry, lesson.unwrap_or_else(|| panic!("there is no lesson on {}", entry.info.name)))
    })
}

/// For every phase of an experiment by its title ("start" before the first), settings and a position at which it has
/// just run. Phases that the short settings never come to are looked for in the settings of the lesson's figures.
fn positions_of_phases(entry: &Entry, lesson: &Lesson) -> BTreeMap<String, (Saved, u64)> {
    let home = Home { data: DATA.clone(), notify: None };
    let mut found = BTreeMap::new();
    let figures = lesson.figures.iter().filter(|_| entry.info.phases.len() > 2).map(Figure::saved);
    for saved in std::iter::once(shortened(entry)).chain(figures) {
        let told = |found: &BTreeMap<_, _>| lesson.phases.iter().all(|text| found.contains_key(title(text)));
        if told(&found) {
            break;
        }
        let end = (entry.open)(&saved, &DATA).unwrap().position_after(None);
        // A panel notes each phase that it shows.
        for position in (0..=16).chain(end.saturating_sub(3)..=end + 3) {
            let mut panels = panels::all(&home);
            let panel = panels.iter_mut().find(|panel| panel.info().name == entry.info.name).unwrap();
            panel.open(&saved, Goal::Position(position)).unwrap();
            panel.refresh();
            for name in panel.seen() {
                found.entry(name).or_insert((saved.clone(), position));
            }
        }
    }
    found
}

fn title(text: &PhaseText) -> &'static str {
    text.phase.map_or("start", |phase| phase.title())
}

#[track_caller]
fn assert_filled(texts: &[&str], values: &Values, place: &str) {
    for text in texts {
        for name in names(text).unwrap() {
            assert!(values.contains_key(name), "{place}: there is no value {{{name}}} in {:?}", values.keys());
        }
    }
}

#[test]
fn every_live_value_of_a_lesson_exists() {
    for (entry, lesson) in lessons() {
        let positions = positions_of_phases(entry, &lesson);
        for text in &lesson.phases {
            let title = title(text);
            let place = format!("the lesson on {}, {title}", entry.info.name);
            let (saved, position) =
                positions.get(title).unwrap_or_else(|| panic!("{place}: never shown; only {:?} are", positions.keys()));
            let mut tape = (entry.open)(saved, &DATA).unwrap();
            tape.seek(*position);
            assert_filled(&[&text.text, &text.code, &text.output, &text.more], &tape.values(), &place);
            assert!(text.when.keys().all(|name| tape.values().contains_key(name.as_str())), "{place}: {:?}", text.when);
        }
        for title in positions.keys() {
            // Whatever the settings, a phase has words: the last of its texts asks for nothing.
            let last = lesson.phases.iter().rfind(|text| self::title(text) == title);
            let told = last.is_some_and(|text| text.when.is_empty());
            assert!(told, "the lesson on {} has no words for {title}", entry.info.name);
        }
    }
}

#[test]
fn every_figure_of_a_lesson_opens() {
    let mut names_so_far = BTreeSet::new();
    for (entry, lesson) in lessons() {
        for figure in &lesson.figures {
            let place = format!("the figure {} of {}", figure.name, entry.info.name);
            assert!(names_so_far.insert(figure.name.clone()), "{place}: its name is taken");
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-';
            assert!(figure.name.chars().all(plain) && !figure.name.is_empty(), "{place}: the name becomes a file's");
            assert!(!figure.caption.is_empty(), "{place}");
            let mut tape = (entry.open)(&figure.saved(), &DATA).unwrap_or_else(|error| panic!("{place}: {error}"));
            tape.seek(figure.position);
            assert_eq!(tape.position(), figure.position, "{place}: the experiment ends before its position");
            assert_filled(&[&figure.text], &tape.values(), &place);
            let read = (entry.check)(&figure.saved()).unwrap().look;
            for (name, value) in &figure.look {
                assert!(
                    read.get(name).is_some_and(|read| holds(read, value)),
                    "{place}: its look cannot have {name} = {value}"
                );
            }
        }
    }
}

/// Whether `all` holds what `part` says; whole numbers may be written without a point.
fn holds(all: &Value, part: &Value) -> bool {
    match (all, part) {
        (Value::Object(all), Value::Object(part)) => {
            part.iter().all(|(name, value)| all.get(name).is_some_and(|all| holds(all, value)))
        }
        (Value::Array(all), Value::Array(part)) => {
            all.len() == part.len() && all.iter().zip(part).all(|(all, part)| holds(all, part))
        }
        (Value::Number(all), Value::Number(part)) => all.as_f64() == part.as_f64(),
        _ => all == part,
    }
}

#[test]
fn every_lesson_is_on_an_experiment() {
    for (name, text) in lesson::LESSONS {
        assert!(REGISTRY.iter().any(|entry| entry.info.name == *name), "{name}");
        let lesson = Lesson::parse(name, text).unwrap();
        assert!(!lesson.intro.is_empty() && !lesson.phases.is_empty(), "{name}");
        assert!(!lesson.intro.contains(['{', '}']), "{name}: the intro is shown as it is");
    }
}

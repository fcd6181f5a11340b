use super::*;
use crate::data::Library;
use crate::engine::{Goal, Move};
use crate::experiments::Saved;
use crate::experiments::trainer::Checkpoint;
use crate::panels::trainer::TrainerView;
use crate::panels::{Desk, Home, Panel};
use crate::widgets::theme;
use crate::widgets::transport::Action;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;

type Bench = Harness<'static, Desk<TrainerView>>;

fn bench(settings: &[&str]) -> Bench {
    let mut desk = Desk::<TrainerView>::new(&Home { data: Library::new(), notify: None });
    desk.open(&Saved::from_pairs(settings).unwrap(), Goal::Opening).unwrap();
    let builder = Harness::builder().with_size([1024.0, 700.0]).with_max_steps(16).with_context_setup(theme::install);
    let show = |ui: &mut Ui, desk: &mut Desk<TrainerView>| {
        desk.refresh();
        desk.ui(ui);
    };
    let mut bench = builder.build_ui_state(show, desk);
    bench.run();
    bench
}

/// The settings of the desk.
fn settings(bench: &Bench) -> Settings {
    let (settings, _) = bench.state().state().saved().read::<Trainer>().unwrap();
    settings.into_inner()
}

fn click(bench: &mut Bench, label: &str) -> Vec<Wish> {
    bench.get_by_label(label).click();
    bench.run();
    bench.state_mut().wishes()
}

/// What the menu's entry of this title asks the window to save.
fn saved(bench: &mut Bench, title: &str) -> (String, Vec<u8>) {
    assert!(click(bench, "Save").is_empty());
    let wishes = click(bench, title);
    assert!(bench.query_by_label(title).is_none(), "the menu closes");
    let [Wish::Save { name, bytes }] = &wishes[..] else { panic!("{title}: {wishes:?}") };
    (name.clone(), bytes.clone())
}

#[test]
fn the_menu_saves_what_the_panel_shows() {
    let mut bench = bench(&["epochs=1", "digits=4,9"]);
    bench.state_mut().act(Action::Move(Move::Unit(Trainer::EPOCH)));
    bench.run();
    let (name, bytes) = saved(&mut bench, KINDS[0].1);
    assert_eq!(name, "linear-step-47.safetensors");
    let file = Checkpoint::decode(&bytes).unwrap();
    assert_eq!(file.about().unwrap().digits.as_deref(), Some(&[4, 9][..]));
    let (name, bytes) = saved(&mut bench, KINDS[1].1);
    let table = String::from_utf8(bytes).unwrap();
    assert_eq!((name.as_str(), table.lines().count()), ("linear.csv", 3));
    let (name, bytes) = saved(&mut bench, KINDS[2].1);
    assert!(name == "linear.py" && bytes.starts_with(b"\"\"\"Trains"));
    assert!(click(&mut bench, "Save").is_empty());
    assert!(matches!(click(&mut bench, "Load weights \u{2026}")[..], [Wish::ChooseFile]));
}

#[test]
fn before_the_first_phase_there_is_a_script_and_nothing_else() {
    let mut bench = bench(&[]);
    bench.state_mut().act(Action::Restart);
    bench.run();
    for (_, title, _) in &KINDS[..2] {
        assert!(click(&mut bench, "Save").is_empty());
        assert!(click(&mut bench, title).is_empty(), "{title}");
    }
    assert!(click(&mut bench, "Save").is_empty());
    assert!(matches!(click(&mut bench, KINDS[2].1)[..], [Wish::Save { .. }]));
}

#[test]
fn a_file_that_a_run_starts_from_is_named_and_can_be_let_go() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/linear.safetensors");
    let weights = format!("weights={path}");
    let mut bench = bench(&[&weights, "digits=4,9"]);
    assert!(bench.query_by_label("Weights from linear.safetensors").is_some());
    assert_eq!(bench.state_mut().failure(), None);
    click(&mut bench, "Draw new ones");
    assert_eq!(settings(&bench).weights, Source::none());
    assert!(bench.query_by_label("Weights from linear.safetensors").is_none());
    // A file for another model does not open, and the way out is still there.
    let mut wrong = self::bench(&[&weights, "model=cnn"]);
    assert!(wrong.state_mut().failure().is_some_and(|text| text.contains("it holds the model linear")));
    click(&mut wrong, "Draw new ones");
    assert_eq!(wrong.state_mut().failure(), None);
}

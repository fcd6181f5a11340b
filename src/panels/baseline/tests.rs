use super::*;
use crate::data::Library;
use crate::engine::{Engine as _, Goal, Inline, Picture, Request, RunId};
use crate::experiments::baseline::Snapshot;
use crate::experiments::{Checked, Choice as _, Saved};
use crate::panels::counted::Counted;
use crate::panels::{Desk, Panel as _};
use crate::shot::{Canvas, Headless};
use crate::widgets::theme;
use egui::{Event, Key, Modifiers, PointerButton, Pos2, Rect, UiBuilder, Vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use std::sync::Arc;
use std::time::Duration;

/// The position at which all 3s and 7s are averaged.
const END: u64 = 6266;

/// A view and its engine, without a desk or a window.
struct Bench {
    view: BaselineView,
    engine: Inline<Baseline>,
    settings: Settings,
    look: Look,
    window: Headless,
    size: Vec2,
    /// How large the figure was in the last frame.
    drawn: Vec2,
}

impl Bench {
    fn new(digits: &str, position: u64) -> Self {
        let settings = Settings { digits: digits.parse().unwrap(), ..Settings::default() };
        let mut engine = Inline::new(Library::new());
        let checked = Checked::new(settings.clone()).unwrap();
        engine.send(Request::Open { run: RunId(1), settings: checked, goal: Goal::Position(position) });
        let canvas = Canvas { size: [1024.0, 700.0], pixels_per_point: 1.0, theme: egui::Theme::Light };
        let window = Headless::new(canvas, theme::install);
        let size = Vec2::new(530.0, 440.0);
        Self { view: BaselineView::default(), engine, settings, look: Look::default(), window, size, drawn: Vec2::ZERO }
    }

    fn picture(&mut self) -> Picture<Baseline> {
        self.engine.send(Request::Look(self.look.clone()));
        self.engine.latest().picture.clone().unwrap()
    }

    /// Does something with the view and the scene that is seen.
    fn with<T>(&mut self, work: impl FnOnce(&mut BaselineView, &mut Scene<'_, Baseline>) -> T) -> T {
        let Picture { snapshot, look, seen } = self.picture();
        let mut scene = Scene {
            snapshot: &*snapshot,
            seen: &*seen,
            seen_look: &*look,
            look: &mut self.look,
            phase: None,
            form: Form::new(&mut self.settings),
            moves: Vec::new(),
            wishes: Vec::new(),
        };
        work(&mut self.view, &mut scene)
    }

    fn frame(&mut self, events: Vec<Event>) {
        let area = Rect::from_min_size(Pos2::ZERO, self.size);
        let canvas = Canvas { size: [1.0, 1.0], pixels_per_point: 1.0, theme: egui::Theme::Light };
        let mut window = std::mem::replace(&mut self.window, Headless::new(canvas, |_| {}));
        window.frame(events.clone(), |ui| {
            ui.scope_builder(UiBuilder::new().max_rect(area), |ui| {
                self.with(|view, scene| view.figure(ui, scene));
                self.drawn = ui.min_rect().size();
            });
        });
        self.window = window;
    }

    fn settle(&mut self) {
        for _ in 0..4 {
            self.frame(Vec::new());
        }
    }

    fn click(&mut self, pos: Pos2) {
        let button = |pressed| Event::PointerButton {
            pos,
            button: PointerButton::Primary,
            pressed,
            modifiers: Modifiers::default(),
        };
        self.frame(vec![Event::PointerMoved(pos)]);
        self.frame(vec![button(true)]);
        self.frame(vec![button(false)]);
        self.frame(Vec::new());
    }
}

#[test]
fn every_tab_stays_inside_its_column() {
    for digits in ["3,7", "3,7,8", "all"] {
        for position in [0, 1, 6743] {
            let mut bench = Bench::new(digits, position);
            for &tab in Tab::ALL {
                bench.look.tab = tab;
                bench.settle();
                assert!(bench.drawn.x <= 531.0, "{} of {digits} at {position} is {} wide", tab.word(), bench.drawn.x);
            }
        }
    }
}

#[test]
fn a_chosen_image_changes_the_look_alone() {
    let mut bench = Bench::new("7,3", END);
    let picture = bench.picture();
    let (snapshot, all): (Arc<Snapshot>, _) = (picture.snapshot, Arc::clone(picture.seen.validation().unwrap()));
    for index in [0, 1027, 1028, 2037] {
        let (settings, before) = (bench.settings.clone(), bench.look.clone());
        let is_edited = bench.with(|_, scene| {
            choose(scene, index);
            scene.form.changed()
        });
        assert!(!is_edited && bench.settings == settings);
        let look = bench.look.clone();
        assert_eq!((look.split, look.digit), (Split::Valid, if index < 1028 { 7 } else { 3 }));
        let nth = usize::try_from(look.nth).unwrap();
        assert_eq!(snapshot.data.valid.of_digit(look.digit)[nth], all.indices[index]);
        let rest = Look { split: before.split, digit: before.digit, nth: before.nth, ..look };
        assert_eq!(rest, before);
        assert_eq!(bench.picture().seen.sample_index, Some(index));
    }
    // A picture of the reader's is the sample until another is chosen.
    bench.settings.file = "mine.png".into();
    let is_edited = bench.with(|_, scene| {
        choose(scene, 5);
        scene.form.changed()
    });
    assert!(is_edited && bench.settings.file.is_none());
}

#[test]
fn a_click_in_the_cloud_makes_its_dot_the_sample() {
    let mut bench = Bench::new("3,7", END);
    bench.look.tab = Tab::Scatter;
    bench.settle();
    assert_eq!(bench.look.split, Split::Train);
    // Where the dots are dense: left of the middle.
    for x in [200.0, 220.0, 240.0, 260.0] {
        bench.click(Pos2::new(x, 200.0));
    }
    assert_eq!(bench.look.split, Split::Valid);
    assert!([3, 7].contains(&bench.look.digit));
    assert!(bench.picture().seen.sample_index.is_some());
}

#[test]
fn another_page_is_drawn_once_it_is_computed() {
    let mut bench = Bench::new("3,7", END);
    assert!(bench.picture().seen.cloud().is_none(), "nothing is computed for a page that is not open");
    bench.look.tab = Tab::Scatter;
    let picture = bench.picture();
    assert_eq!((picture.look.tab, picture.seen.cloud().unwrap().images), (Tab::Scatter, 2038));
}

/// 200 samples by arrow key: no run is opened, no stack and no distance of a held-out image is computed again, and each
/// is on the screen in the frame after its key.
#[test]
fn walking_through_the_samples_opens_no_run() {
    let (engine, count) = Counted::<Baseline>::new();
    let mut desk = Desk::<BaselineView>::on(Box::new(engine));
    desk.open(&Saved::default(), Goal::Position(END)).unwrap();
    let draw = |ui: &mut Ui, desk: &mut Desk<BaselineView>| {
        desk.refresh();
        desk.figure_ui(ui);
    };
    let builder = Harness::builder().with_size([900.0, 700.0]).with_context_setup(theme::install);
    let mut bench = builder.build_ui_state(draw, desk);
    bench.run();
    bench.get_by_label_contains("The sample train/3/10000.png").click();
    bench.run();
    let first = count.picture();
    let train = first.snapshot.data.train.of_digit(3);
    for press in 1..=200 {
        bench.key_press(Key::ArrowRight); // A frame in which it is down, and one in which it is up again.
        bench.step();
        let source = first.snapshot.data.train.source(train[press + 1] as usize);
        assert!(bench.query_by_label_contains(&format!("The sample {source};")).is_some(), "press {press}");
        let now = count.picture();
        assert_eq!((now.seen.report.sample.source.as_str(), now.look.nth), (source.as_str(), press as u64 + 1));
        assert!(Arc::ptr_eq(&now.snapshot, &first.snapshot));
        assert!(Arc::ptr_eq(now.seen.validation().unwrap(), first.seen.validation().unwrap()));
    }
    bench.key_press(Key::ArrowUp);
    bench.step();
    assert_eq!(count.picture().look.nth, 201 - 10, "up and down walk by ten");
    assert_eq!(count.opened(), 1);
}

#[test]
fn the_race_runs_beside_the_window() {
    let mut bench = Bench::new("3,7", 1);
    bench.look.tab = Tab::Speed;
    bench.settle();
    let mut waited = 0;
    // The button is the second row under the sentence: found by pressing down the left edge.
    for y in (40..140).step_by(6) {
        bench.click(Pos2::new(20.0, f32::from(u16::try_from(y).unwrap())));
        if bench.view.speed.is_running() {
            break;
        }
    }
    bench.look.tab = Tab::Speed;
    assert!(bench.view.speed.is_running(), "the button was pressed");
    while bench.view.speed.is_running() && waited < 600 {
        std::thread::sleep(Duration::from_millis(50));
        bench.frame(Vec::new());
        waited += 1;
    }
    assert!(bench.view.speed.has_result());
}

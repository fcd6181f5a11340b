use super::*;
use crate::engine::{Goal, Picture};
use crate::experiments::loss::Seen;
use crate::experiments::report::number;
use crate::experiments::{Experiment as _, Saved};
use crate::panels::counted::{Count, Counted};
use crate::panels::{Desk, Panel as _};
use crate::widgets::theme;
use egui::Key;
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use std::sync::Arc;

/// How often the reader looks at something else.
const CHANGES: usize = 200;

type Bench = Harness<'static, Desk<LossView>>;

/// The figure at a position, without the frame around it.
fn bench(position: u64) -> (Bench, Count<MnistLoss>) {
    let (engine, count) = Counted::<MnistLoss>::new();
    let mut desk = Desk::<LossView>::on(Box::new(engine));
    desk.open(&Saved::default(), Goal::Position(position)).unwrap();
    let draw = |ui: &mut Ui, desk: &mut Desk<LossView>| {
        desk.refresh();
        desk.figure_ui(ui);
    };
    let builder = Harness::builder().with_size([900.0, 700.0]).with_context_setup(theme::install);
    let mut bench = builder.build_ui_state(draw, desk);
    bench.run();
    (bench, count)
}

/// What is on the screen, which is what the same look gives when nothing is there to be kept.
fn now(bench: &Bench, count: &Count<MnistLoss>, first: &Picture<MnistLoss>) -> Picture<MnistLoss> {
    let picture = count.picture();
    assert!(Arc::ptr_eq(&picture.snapshot, &first.snapshot), "it is the run that was opened");
    let look = Look { tab: Some(Tab::One), ..(*picture.look).clone() };
    let mut fresh = Seen::default();
    assert!(MnistLoss::see(&picture.snapshot, &look, &mut fresh));
    let (seen, drawn) = (&picture.seen, bench.state().state().look);
    assert_eq!((&drawn["image"], &drawn["pixel"]), (&look.image.into(), &look.pixel.into()));
    assert_eq!(drawn["factor"], look.factor);
    assert_eq!((seen.image.index, seen.image.prediction), (look.image, fresh.image.prediction));
    assert_eq!((seen.pixel.pixel, seen.pixel.factor), (look.pixel, look.factor));
    assert_eq!((seen.pixel.flipped, seen.pixel.loss_change), (fresh.pixel.flipped, fresh.pixel.loss_change));
    picture
}

fn shows(bench: &Bench, label: &str) -> bool {
    bench.query_all_by_label_contains(label).next().is_some()
}

/// Each is on the screen in the frame after the one in which it was asked for, and opens no run.
#[test]
fn walking_through_the_images_opens_no_run() {
    let (mut bench, count) = bench(2);
    let first = count.picture();
    for index in 1..=CHANGES {
        bench.get_by_role_and_label(Role::Button, "Next").click();
        bench.step();
        bench.step();
        assert_eq!(now(&bench, &count, &first).look.image, index);
        assert!(shows(&bench, &format!("image {index} of 12396")), "{index}");
    }
    assert_eq!(count.opened(), 1);
}

#[test]
fn walking_over_the_pixels_opens_no_run() {
    let (mut bench, count) = bench(6);
    let first = count.picture();
    bench.get_by_role_and_label(Role::Image, "Row 13, column 14: 1.3947").focus();
    bench.run();
    let mut pixel = 378;
    for press in 0..CHANGES {
        // A snake down from the middle, and up again.
        let (key, by) = match press % 40 {
            0..10 => (Key::ArrowDown, 28),
            10..20 => (Key::ArrowLeft, -1),
            20..30 => (Key::ArrowUp, -28),
            _ => (Key::ArrowRight, 1),
        };
        pixel += by;
        bench.key_press(key);
        bench.step();
        let picture = now(&bench, &count, &first);
        assert_eq!(i32::try_from(picture.look.pixel), Ok(pixel), "press {press}");
        let curve = picture.seen.curve().unwrap();
        let on_screen = format!("Accuracy: {} steps", curve.flips);
        assert!(shows(&bench, &on_screen) && curve.loss.len() == 161, "press {press}");
    }
    assert_eq!(count.opened(), 1);
}

#[test]
fn turning_the_weight_opens_no_run() {
    let (mut bench, count) = bench(6);
    let first = count.picture();
    let label = "Weight \u{d7}";
    bench.get_by_role_and_label(Role::Slider, label).focus();
    bench.run();
    let mut factor = 1.0;
    for press in 0..CHANGES {
        let key = if press % 40 < 20 { Key::ArrowRight } else { Key::ArrowLeft };
        bench.key_press(key);
        bench.step();
        let picture = now(&bench, &count, &first);
        assert_eq!(picture.look.factor > factor, key == Key::ArrowRight, "press {press}");
        assert!(shows(&bench, &format!("slope here is {}", number(picture.seen.pixel.slope))), "press {press}");
        assert!(std::ptr::eq(picture.seen.curve().unwrap(), first.seen.curve().unwrap()), "the curves stay");
        factor = picture.look.factor;
    }
    assert_eq!(count.opened(), 1);
}

#[test]
fn a_click_on_the_open_page_keeps_it() {
    let (mut bench, _) = bench(6);
    bench.get_by_label("Accuracy is flat").click();
    bench.run();
    assert_eq!(bench.state().state().look["tab"], "flat");
}

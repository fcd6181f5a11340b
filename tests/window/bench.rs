//! The lab in a window that is not there.

use std::time::{Duration, Instant};

use digit_lab::app::Lab;
use digit_lab::data::Library;
use digit_lab::panels::Home;
use digit_lab::session::Session;
use digit_lab::widgets::theme;
use egui_kittest::Harness;

/// A window of 1024 x 700 points with the lab in it.
pub type Bench = Harness<'static, Lab>;

/// A lab that computes at once, with one panel open and the filmstrip closed: its thumbnails are drawn in the background.
pub fn lab(experiment: &str) -> Lab {
    let home = Home { data: Library::new(), notify: None };
    let mut lab = Lab::new(&home, &Session { filmstrip: false, ..Session::default() });
    assert!(lab.choose(experiment), "there is no panel on {experiment}");
    lab
}

/// The window, drawn until it has settled.
pub fn harness(lab: Lab) -> Bench {
    let builder = Harness::builder().with_size([1024.0, 700.0]).with_max_steps(16).with_context_setup(theme::install);
    let mut bench = builder.build_ui_state(|ui, lab: &mut Lab| lab.ui(ui), lab);
    bench.run();
    bench
}

/// Draws frames until something has happened.
pub fn wait(bench: &mut Bench, what: &str, happened: impl Fn(&mut Bench) -> bool) {
    let start = Instant::now();
    loop {
        bench.step();
        if happened(bench) {
            return;
        }
        assert!(start.elapsed() < Duration::from_secs(20), "{what} did not come");
        std::thread::sleep(Duration::from_millis(5));
    }
}

//! How long the interface takes for a frame while an experiment runs as fast as it can: `cargo bench --bench frames`.
//!
//! Every figure of the filmstrip is opened in a lab of its own, with the engine on its thread as in the window, and run
//! flat out from the start of its tape again and again. Frames come every 16 ms and are not painted: `ui` is the time
//! inside [`Lab::ui`], `mesh` the time egui then takes to turn what was drawn into triangles.
//!
//! `-- --quick` draws fewer frames, `-- NAME` only the figures with NAME in their names.
#![expect(clippy::print_stdout, reason = "a bench prints what it measured")]

use digit_lab::app::Lab;
use digit_lab::data::Library;
use digit_lab::engine::{Move, Notify, Pace};
use digit_lab::lesson::Figure;
use digit_lab::panels::{Home, all};
use digit_lab::session::Session;
use digit_lab::widgets::theme;
use digit_lab::widgets::transport::Action;
use egui::{Context, Pos2, RawInput, Rect};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// From one frame to the next, if it is done by then.
const SPACING: Duration = Duration::from_millis(16);
/// The window, in points.
const SIZE: [f32; 2] = [1280.0, 800.0];
/// Frames that are not counted: fonts and textures are made in the first ones.
const SKIPPED: usize = 10;
/// A figure has opened when its engine has been silent for so long.
const SILENCE: Duration = Duration::from_millis(100);
/// The longest way to a figure.
const PATIENCE: Duration = Duration::from_mins(2);

/// What a frame took, in milliseconds.
#[derive(Clone, Copy)]
struct Cost {
    ui: f64,
    mesh: f64,
}

/// A lab that is drawn and not painted, and how often its engines have published.
struct Window {
    context: Context,
    lab: Lab,
    updates: Arc<AtomicU64>,
    opened: Instant,
}

impl Window {
    fn new(data: &Library) -> Self {
        let context = Context::default();
        theme::install(&context);
        let updates = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&updates);
        let notify: Notify = Arc::new(move || {
            counter.fetch_add(1, Ordering::Relaxed);
        });
        let home = Home { data: data.clone(), notify: Some(notify) };
        // The filmstrip would draw its thumbnails on a thread of its own beside what is measured.
        let lab = Lab::new(&home, &Session { filmstrip: false, ..Session::default() });
        Self { context, lab, updates, opened: Instant::now() }
    }

    fn frame(&mut self) -> Cost {
        let started = Instant::now();
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, SIZE.into())),
            max_texture_side: Some(8192),
            time: Some(self.opened.elapsed().as_secs_f64()),
            ..RawInput::default()
        };
        let mut ui = Duration::ZERO;
        let output = self.context.run_ui(input, |root| {
            let before = Instant::now();
            self.lab.ui(root);
            ui += before.elapsed();
        });
        let before = Instant::now();
        let triangles = self.context.tessellate(output.shapes, output.pixels_per_point);
        let mesh = before.elapsed();
        assert!(!triangles.is_empty(), "a frame shows something");
        sleep(SPACING.saturating_sub(started.elapsed()));
        Cost { ui: ui.as_secs_f64() * 1e3, mesh: mesh.as_secs_f64() * 1e3 }
    }

    /// Opens a figure and waits until its engine rests.
    fn open(&mut self, experiment: &str, figure: &Figure) {
        assert!(self.lab.choose(experiment));
        self.lab.panel().open_figure(figure);
        let (mut seen, mut since) = (0, Instant::now());
        loop {
            self.frame();
            let updates = self.updates.load(Ordering::Relaxed);
            if updates != seen || self.lab.panel().is_busy() {
                (seen, since) = (updates, Instant::now());
            }
            if updates > 0 && since.elapsed() > SILENCE {
                break;
            }
            assert!(self.opened.elapsed() < PATIENCE, "{} does not open", figure.name);
        }
        assert_eq!(self.lab.panel().failure(), None, "{}", figure.name);
    }

    /// Draws frames while the experiment runs flat out, from its start again whenever it has ended.
    fn run(&mut self, frames: usize) -> Vec<Cost> {
        let costs = (0..frames + SKIPPED).map(|_| {
            if !self.lab.panel().is_busy() {
                self.lab.panel().act(Action::Restart);
                self.lab.panel().act(Action::Move(Move::Run(Pace::Flat)));
            }
            self.frame()
        });
        costs.collect::<Vec<_>>().split_off(SKIPPED)
    }
}

/// The number below which this share of the numbers lies.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a count is a small count")]
fn quantile(numbers: impl Iterator<Item = f64>, share: f64) -> f64 {
    let mut numbers: Vec<f64> = numbers.collect();
    numbers.sort_by(f64::total_cmp);
    let at = ((numbers.len() as f64 * share).ceil() as usize).clamp(1, numbers.len());
    numbers[at - 1]
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // `cargo bench` says so; whoever else runs this only wants to see that it works.
    let is_bench = arguments.iter().any(|argument| argument == "--bench");
    let is_quick = !is_bench || arguments.iter().any(|argument| argument == "--quick");
    let frames = if is_quick { 20 } else { 120 };
    let wanted = arguments.iter().find(|argument| !argument.starts_with('-')).map_or("", String::as_str);

    let data = Library::new();
    println!("{:<12}{:<24}{:>9}{:>9}{:>9}{:>9}", "", "ms a frame", "ui", "ui p95", "ui max", "mesh");
    let (mut every, mut medians) = (Vec::new(), Vec::new());
    for panel in all(&Home { data: data.clone(), notify: None }) {
        for figure in panel.lesson().map_or(&[][..], |lesson| &lesson.figures) {
            if !figure.name.contains(wanted) {
                continue;
            }
            let mut window = Window::new(&data);
            window.open(panel.info().name, figure);
            let costs = window.run(frames);
            let ui = |share| quantile(costs.iter().map(|cost| cost.ui), share);
            let mesh = quantile(costs.iter().map(|cost| cost.mesh), 0.5);
            let (median, p95, most) = (ui(0.5), ui(0.95), ui(1.0));
            let (experiment, name) = (panel.info().name, &figure.name);
            println!("{experiment:<12}{name:<24}{median:>9.2}{p95:>9.2}{most:>9.2}{mesh:>9.2}");
            medians.push(median);
            every.extend(costs);
        }
    }
    if every.is_empty() {
        println!("no figure has \"{wanted}\" in its name");
        return;
    }
    let all = |share| quantile(every.iter().map(|cost| cost.ui), share);
    println!(
        "{} figures, {} frames: median of the medians {:.2} ms; of all frames median {:.2}, p95 {:.2}, max {:.2} ms",
        medians.len(),
        every.len(),
        quantile(medians.iter().copied(), 0.5),
        all(0.5),
        all(0.95),
        all(1.0)
    );
}

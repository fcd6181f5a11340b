//! `digit-lab run`: an experiment without a window.

use super::print;
use crate::data::Library;
use crate::experiments::{AnyTape, registry};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;

/// Runs an experiment and prints its snapshot.
pub(super) fn run(name: &str, set: &[String], steps: Option<u64>, json: bool) -> anyhow::Result<()> {
    let entry = registry::find(name)?;
    let mut settings = (entry.from_pairs)(set)?;
    if let Some(steps) = steps {
        settings = (entry.allow_steps)(&settings, steps)?;
    }
    let mut tape = (entry.open)(&settings, &Library::new())?;
    let goal = tape.position_after(steps);
    advance(&mut *tape, goal);
    if json { print(&format!("{}\n", serde_json::to_string(&tape.json()?)?)) } else { print(&tables(&*tape)) }
}

/// Runs to `goal`, with a progress bar when standard error is a terminal.
pub(super) fn advance(tape: &mut dyn AnyTape, goal: u64) {
    // Short runs end before a bar could be read.
    const SLICE: u64 = 64;
    let bar = if std::io::stderr().is_terminal() { ProgressBar::new(goal) } else { ProgressBar::hidden() };
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} phases, {eta} left") {
        bar.set_style(style);
    }
    while tape.position() < goal && tape.stopped().is_none() {
        let slice = SLICE.max(goal / 200).min(goal - tape.position());
        if tape.run(slice) == 0 {
            break;
        }
        bar.set_position(tape.position());
    }
    bar.finish_and_clear();
}

/// The tables of a tape, and why it stopped.
pub(super) fn tables(tape: &dyn AnyTape) -> String {
    let tables: Vec<String> = tape.tables().iter().map(ToString::to_string).collect();
    let stopped = tape.stopped().map_or_else(String::new, |stop| format!("\n{}\n", stop.sentence()));
    tables.join("\n") + &stopped
}

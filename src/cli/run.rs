//! `digit-lab run`: an experiment without a window.

use super::{print, writable};
use crate::data::{Library, replace};
use crate::experiments::{AnyTape, Entry, Export, REGISTRY, Saved, Stop, Table, registry};
use anyhow::{Context as _, bail};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

/// The files to write after a run.
#[derive(Debug, Args)]
pub(super) struct Files {
    /// Save the trained parameters as safetensors, with PyTorch's names and shapes
    #[arg(long, value_name = "FILE")]
    weights: Option<PathBuf>,
    /// Save the table of epochs as CSV
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Save a Python script that gives the same run with PyTorch
    #[arg(long, value_name = "FILE")]
    pytorch: Option<PathBuf>,
}

impl Files {
    fn path(&self, export: Export) -> Option<&Path> {
        let path = match export {
            Export::Weights => &self.weights,
            Export::Table => &self.csv,
            Export::Script => &self.pytorch,
        };
        path.as_deref()
    }

    fn wanted(&self) -> impl Iterator<Item = (Export, &Path)> {
        Export::ALL.into_iter().filter_map(|export| Some((export, self.path(export)?)))
    }

    /// Before anything is computed: that the experiment writes these files, and that there is a place for each.
    fn check(&self, entry: &Entry) -> anyhow::Result<()> {
        for (export, path) in self.wanted() {
            if !entry.exports.contains(&export) {
                let others = REGISTRY.iter().filter(|entry| entry.exports.contains(&export));
                let others: Vec<&str> = others.map(|entry| entry.info.name).collect();
                let (option, what, others) = (export.option(), export.what(), others.join(", "));
                bail!("{} has no {what} to save; --{option} goes with {others}", entry.info.name);
            }
            writable(path)?;
        }
        Ok(())
    }

    /// Computes all before it writes the first.
    fn write(&self, tape: &dyn AnyTape) -> anyhow::Result<()> {
        let contents: Vec<_> = self.wanted().map(|(export, path)| (export, path, tape.export(export))).collect();
        for (export, path, bytes) in contents {
            let Some(bytes) = bytes else { bail!("there is no {} to save yet", export.what()) };
            replace(path, &bytes).with_context(|| format!("{} cannot be written", path.display()))?;
        }
        Ok(())
    }
}

/// Runs an experiment, writes the files and prints its snapshot.
pub(super) fn run(name: &str, set: &[String], steps: Option<u64>, json: bool, files: &Files) -> anyhow::Result<()> {
    let entry = registry::find(name)?;
    files.check(entry)?;
    let mut chosen = Saved::from_pairs(set)?;
    if let Some(steps) = steps {
        chosen = (entry.allow_steps)(&chosen, steps)?;
    }
    let mut tape = (entry.open)(&chosen, &Library::new())?;
    let goal = tape.position_after(steps);
    advance(&mut *tape, goal);
    files.write(&*tape)?;
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

/// The tables of a tape, its notice if it has one, and why it stopped.
pub(super) fn tables(tape: &dyn AnyTape) -> String {
    let snapshot = tape.json().unwrap_or_default();
    let notice = snapshot.get("notice").and_then(Value::as_str);
    text(&tape.tables(), notice, tape.stopped().as_ref())
}

fn text(tables: &[Table], notice: Option<&str>, stopped: Option<&Stop>) -> String {
    let mut text = tables.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    for line in notice.into_iter().chain(stopped.map(Stop::sentence)) {
        text += &format!("\n{line}\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_is_one_line_between_the_tables_and_the_end() {
        let mut table = Table::new("Run", &["epoch"]);
        table.row(["1".to_owned()]);
        let lost = "GPU number 0: the GPU was lost (unplugged). The processor goes on.";
        let end = Stop::Done.sentence();
        assert_eq!(text(&[table.clone()], None, None), "Run\nepoch\n    1\n");
        assert_eq!(text(&[table], Some(lost), Some(&Stop::Done)), format!("Run\nepoch\n    1\n\n{lost}\n\n{end}\n"));
    }
}

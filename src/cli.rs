//! The command line: a contract that scripts depend on.

mod chapter;
mod devices;
mod predict;
mod run;
mod shot;
mod window;

use crate::experiments::{Entry, REGISTRY, Table, registry};
use anyhow::{Context as _, anyhow, bail};
use clap::error::{ContextKind, ContextValue};
use clap::{Parser, Subcommand};
use serde_json::Value;
use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

#[derive(Debug, Parser)]
#[command(name = "digit-lab", version, about, args_conflicts_with_subcommands = true)]
struct Arguments {
    /// A screenshot to open at its state, or a picture to open in the pixel viewer
    file: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run an experiment without a window and print what its panel would show
    Run {
        /// The experiment
        experiment: String,
        /// A setting, as NAME=VALUE; `digit-lab settings` lists them
        #[arg(long = "set", value_name = "NAME=VALUE")]
        set: Vec<String>,
        /// So many optimiser steps
        #[arg(long, value_name = "N")]
        steps: Option<u64>,
        /// Print JSON instead of tables
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        files: run::Files,
    },
    /// Ask a saved model which digit a picture shows
    Predict(predict::Question),
    /// Draw a panel without a window, as a PNG that opens as a live state
    Shot {
        /// The experiment
        #[arg(required_unless_present = "all", conflicts_with = "all")]
        experiment: Option<String>,
        /// Every figure of the filmstrip, into a folder
        #[arg(long)]
        all: bool,
        /// A setting, as NAME=VALUE
        #[arg(long = "set", value_name = "NAME=VALUE", conflicts_with = "all")]
        set: Vec<String>,
        /// So many optimiser steps
        #[arg(long, value_name = "N", conflicts_with = "all")]
        steps: Option<u64>,
        /// The size in points
        #[arg(long, value_name = "WIDTHxHEIGHT", default_value = "1280x800")]
        size: String,
        /// Pixels per point
        #[arg(long, default_value_t = 1.0)]
        scale: f32,
        /// light or dark
        #[arg(long, default_value = "light")]
        theme: String,
        /// The file to write, or the folder with --all
        #[arg(long, value_name = "PATH")]
        out: PathBuf,
    },
    /// Print the state inside a screenshot as JSON
    State {
        /// The screenshot
        file: PathBuf,
    },
    /// List what can compute: the processor, and each NVIDIA GPU with its memory
    Devices {
        /// Print JSON instead of a table
        #[arg(long)]
        json: bool,
    },
    /// List settings: name, default, range, meaning
    Settings {
        /// The experiment; all of them when left out
        experiment: Option<String>,
    },
}

/// Does what the arguments ask for.
///
/// # Errors
/// One sentence: what was wrong, what was expected, the nearest valid choice. Nothing was written then.
pub fn run(arguments: impl IntoIterator<Item = OsString>, started: Instant) -> anyhow::Result<()> {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) if error.use_stderr() => return Err(anyhow!(one_line(&error))),
        Err(help) => return print(&help.render().to_string()),
    };
    match arguments.command {
        None => window::open(arguments.file.as_deref(), started),
        Some(Command::Run { experiment, set, steps, json, files }) => run::run(&experiment, &set, steps, json, &files),
        Some(Command::Predict(question)) => predict::predict(&question),
        Some(Command::Shot { experiment, all: _, set, steps, size, scale, theme, out }) => {
            let canvas = shot::canvas(&size, scale, &theme)?;
            match experiment {
                Some(experiment) => shot::one(&experiment, &set, steps, canvas, &out),
                None => shot::all_figures(canvas, &out),
            }
        }
        Some(Command::State { file }) => state(&file),
        Some(Command::Devices { json }) => devices::devices(json),
        Some(Command::Settings { experiment }) => settings(experiment.as_deref()),
    }
}

/// The first paragraph of clap's message on one line, with its tip.
fn one_line(error: &clap::Error) -> String {
    let text = error.render().to_string();
    let lines = text.lines().map(str::trim);
    let message: Vec<&str> = lines.clone().take_while(|line| !line.is_empty()).collect();
    let tip = lines.clone().find(|line| line.starts_with("tip:"));
    let message = message.join(" ");
    let message = message.strip_prefix("error: ").unwrap_or(&message).to_owned();
    match (misplaced_setting(error), tip) {
        (Some(name), _) => format!("{message} (tip: settings are given as --set {name}=VALUE)"),
        (None, Some(tip)) => format!("{message} ({tip})"),
        (None, None) => message,
    }
}

/// The name of the setting that stands where none is expected, as `--lr 0.1` or `lr=0.1`.
fn misplaced_setting(error: &clap::Error) -> Option<&'static str> {
    let Some(ContextValue::String(argument)) = error.get(ContextKind::InvalidArg) else { return None };
    let name = argument.trim_start_matches('-').split('=').next()?.replace('-', "_");
    REGISTRY.iter().flat_map(|entry| (entry.specs)()).map(|spec| spec.name).find(|known| *known == name)
}

/// Writes to standard output; a reader that went away is no error.
fn print(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(error).context("standard output could not be written")
        }
        _ => Ok(()),
    }
}

/// Checks that a file can be at `path`: its folder is there, and it is no folder itself.
fn writable(path: &Path) -> anyhow::Result<()> {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() && !folder.is_dir() => {
            bail!("the folder {} does not exist; expected one that does", folder.display())
        }
        _ if path.is_dir() => bail!("{} is a folder; expected the name of a file", path.display()),
        _ => Ok(()),
    }
}

fn state(file: &Path) -> anyhow::Result<()> {
    match crate::shot::read_state(file).with_context(|| file.display().to_string())? {
        Some(state) => print(&format!("{}\n", serde_json::to_string_pretty(&state)?)),
        None => bail!(
            "{} holds no state of the lab; expected a screenshot made by the lab or by digit-lab shot",
            file.display()
        ),
    }
}

fn settings(experiment: Option<&str>) -> anyhow::Result<()> {
    let entries: Vec<&Entry> = match experiment {
        Some(name) => vec![registry::find(name)?],
        None => REGISTRY.iter().collect(),
    };
    let tables: Vec<String> = entries.iter().map(|entry| settings_table(entry).to_string()).collect();
    print(&tables.join("\n"))
}

fn settings_table(entry: &Entry) -> Table {
    let mut table =
        Table::new(format!("{}: {}", entry.info.name, entry.info.summary), &["name", "default", "range", "meaning"]);
    let defaults = (entry.defaults)();
    for spec in (entry.specs)() {
        let default = match defaults.settings.get(spec.name).or_else(|| defaults.look.get(spec.name)) {
            Some(Value::String(text)) if text.is_empty() => "(nothing)".to_owned(),
            Some(Value::String(text)) => text.clone(),
            Some(value) => value.to_string(),
            None => String::new(),
        };
        table.row([spec.name.to_owned(), default, (spec.kind)().expected(), spec.meaning.to_owned()]);
    }
    table.left()
}

//! Every experiment the lab has, by name.

use super::{Experiment, Export, Field, Info, Settings, SettingsError, Stop, Table, Tape, Values, settings};
use crate::data::Library;
use serde_json::Value;

/// Every experiment, in the order of the chapter.
pub const REGISTRY: &[Entry] = &[
    Entry::of::<super::pixels::Pixels>(),
    Entry::of::<super::baseline::Baseline>(),
    Entry::of::<super::descent::Descent>(),
    Entry::of::<super::graph::Backward>(),
    Entry::of::<super::coaster::Coaster>(),
    Entry::of::<super::loss::MnistLoss>(),
    Entry::of::<super::trainer::Trainer>(),
    Entry::of::<super::lr_find::LrFind>(),
];

/// Settings as JSON: the form in which they travel between the command line, files and windows.
pub type Map = serde_json::Map<String, Value>;

/// Starts an experiment: its settings and the data give a tape at its start.
pub type Opener = fn(&Map, &Library) -> Result<Box<dyn AnyTape>, SettingsError>;

/// One experiment with its type forgotten: what the command line and the tests need.
#[derive(Clone, Copy)]
pub struct Entry {
    /// Name, title, phases and units.
    pub info: Info,
    /// Its settings.
    pub fields: &'static [Field],
    /// The files that it can write.
    pub exports: &'static [Export],
    /// The default settings.
    pub defaults: fn() -> Map,
    /// `NAME=VALUE` pairs laid over the defaults.
    pub from_pairs: fn(&[String]) -> Result<Map, SettingsError>,
    /// The settings with any limit raised that would stop before so many steps.
    pub allow_steps: fn(&Map, u64) -> Result<Map, SettingsError>,
    /// A tape at its start.
    pub open: Opener,
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Entry").field(&self.info.name).finish()
    }
}

/// The experiment of that name.
///
/// # Errors
/// One sentence with the nearest name and all names.
pub fn find(name: &str) -> Result<&'static Entry, UnknownExperiment> {
    REGISTRY.iter().find(|entry| entry.info.name == name).ok_or_else(|| UnknownExperiment(name.to_owned()))
}

/// There is no experiment of this name.
#[derive(Debug, thiserror::Error)]
#[error("there is no experiment \"{0}\"; the nearest is \"{nearest}\" (all: {all})",
    nearest = settings::nearest(.0, REGISTRY.iter().map(|entry| entry.info.name)),
    all = REGISTRY.iter().map(|entry| entry.info.name).collect::<Vec<_>>().join(", "))]
pub struct UnknownExperiment(pub String);

impl Entry {
    const fn of<E: Experiment>() -> Self {
        Self {
            info: E::INFO,
            fields: E::Settings::FIELDS,
            exports: E::EXPORTS,
            defaults: || settings::to_map(&E::Settings::default()),
            from_pairs: |pairs| settings::from_pairs::<E::Settings>(E::INFO.name, pairs),
            allow_steps: |map, steps| {
                let mut checked: E::Settings = settings::from_map(E::INFO.name, map)?;
                E::allow_steps(&mut checked, steps);
                Ok(settings::to_map(&checked))
            },
            open: |map, data| {
                let checked: E::Settings = settings::from_map(E::INFO.name, map)?;
                Ok(Box::new(Tape::new(E::start(&checked, data)?)))
            },
        }
    }
}

/// A [`Tape`] with its experiment's type forgotten.
pub trait AnyTape: Send {
    /// How many phases have run.
    fn position(&self) -> u64;
    /// Runs up to so many phases; returns how many ran.
    fn run(&mut self, phases: u64) -> u64;
    /// Goes back so many phases.
    fn back(&mut self, phases: u64);
    /// Goes to a position, or to the end.
    fn seek(&mut self, position: u64);
    /// The position after so many optimiser steps; without a number, where a plain `run` ends.
    fn position_after(&self, steps: Option<u64>) -> u64;
    /// Where a panel opens.
    fn opening(&self) -> u64;
    /// Why it ended, if it has.
    fn stopped(&self) -> Option<Stop>;
    /// The snapshot as JSON: the contract of `run --json`.
    ///
    /// # Errors
    /// A snapshot that cannot be written as JSON, which none of the lab's is.
    fn json(&self) -> Result<Value, serde_json::Error>;
    /// The snapshot as tables.
    fn tables(&self) -> Vec<Table>;
    /// The snapshot's values for the lesson.
    fn values(&self) -> Values;
    /// The bytes of a file, if the experiment writes it and there is something to write.
    fn export(&self, export: Export) -> Option<Vec<u8>>;
}

impl<E: Experiment> AnyTape for Tape<E> {
    fn position(&self) -> u64 {
        self.position()
    }
    fn run(&mut self, phases: u64) -> u64 {
        self.run(phases)
    }
    fn back(&mut self, phases: u64) {
        self.back(phases);
    }
    fn seek(&mut self, position: u64) {
        self.seek(position);
    }
    fn position_after(&self, steps: Option<u64>) -> u64 {
        self.now().position_after(steps)
    }
    fn opening(&self) -> u64 {
        self.now().opening()
    }
    fn stopped(&self) -> Option<Stop> {
        self.stopped()
    }
    fn json(&self) -> Result<Value, serde_json::Error> {
        serde_json::to_value(self.now().snapshot())
    }
    fn tables(&self) -> Vec<Table> {
        E::tables(&self.now().snapshot())
    }
    fn values(&self) -> Values {
        E::values(&self.now().snapshot())
    }
    fn export(&self, export: Export) -> Option<Vec<u8>> {
        E::export(&self.now().snapshot(), export)
    }
}

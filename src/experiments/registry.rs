//! Every experiment the lab has, by name.

use super::settings::{Checked, Fields as _, Saved, SettingsError, Spec, nearest};
use super::{Experiment, Export, Info, Sight, Stop, Table, Tape, Values};
use crate::data::Library;
use serde_json::Value;
use std::sync::Arc;

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

/// Starts an experiment: what was chosen and the data give a tape at its start.
pub type Opener = fn(&Saved, &Library) -> Result<Box<dyn AnyTape>, SettingsError>;

/// One experiment with its type forgotten: what the command line and the tests need.
#[derive(Clone, Copy)]
pub struct Entry {
    /// Name, title, phases and units.
    pub info: Info,
    /// Its settings, and then what of its look has a name on the command line.
    pub specs: fn() -> Vec<Spec>,
    /// The files that it can write.
    pub exports: &'static [Export],
    /// The default settings and look.
    pub defaults: fn() -> Saved,
    /// What was chosen, checked and complete: every setting with its value.
    pub check: fn(&Saved) -> Result<Saved, SettingsError>,
    /// What was chosen, with any limit raised that would stop before so many steps.
    pub allow_steps: fn(&Saved, u64) -> Result<Saved, SettingsError>,
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
    nearest = nearest(.0, REGISTRY.iter().map(|entry| entry.info.name)),
    all = REGISTRY.iter().map(|entry| entry.info.name).collect::<Vec<_>>().join(", "))]
pub struct UnknownExperiment(pub String);

impl Entry {
    const fn of<E: Experiment>() -> Self {
        Self {
            info: E::INFO,
            specs: || {
                let settings = E::Settings::FIELDS.iter().map(|field| field.spec);
                settings.chain(E::Look::FIELDS.iter().map(|field| field.spec)).collect()
            },
            exports: E::EXPORTS,
            defaults: || Saved::of(&Checked::<E::Settings>::default(), &E::Look::default()),
            check: |saved| saved.read::<E>().map(|(settings, look)| Saved::of(&settings, &look)),
            allow_steps: |saved, steps| {
                let (settings, look) = saved.read::<E>()?;
                let mut settings = settings.into_inner();
                E::allow_steps(&mut settings, steps);
                Ok(Saved::of(&Checked::new(settings)?, &look))
            },
            open: |saved, data| {
                let (settings, look) = saved.read::<E>()?;
                let experiment = E::start(&settings, data)?;
                experiment.check_look(&look)?;
                Ok(Box::new(Sitting { tape: Tape::new(experiment), look }))
            },
        }
    }
}

/// A tape, and what is looked at.
struct Sitting<E: Experiment> {
    tape: Tape<E>,
    look: E::Look,
}

impl<E: Experiment> Sitting<E> {
    fn with<T>(&self, read: impl FnOnce(&Sight<'_, E>) -> T) -> T {
        let snapshot = Arc::new(self.tape.now().snapshot());
        let mut seen = E::Seen::default();
        while !E::see(&snapshot, &self.look, &mut seen) {}
        read(&Sight { snapshot: &snapshot, look: &self.look, seen: &seen })
    }
}

/// A [`Tape`] and a look with their experiment's type forgotten.
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
    /// What can be seen, as JSON: the contract of `run --json`.
    ///
    /// # Errors
    /// A value that cannot be written as JSON, which none of the lab's is.
    fn json(&self) -> Result<Value, serde_json::Error>;
    /// What can be seen, as tables.
    fn tables(&self) -> Vec<Table>;
    /// What can be seen, as values for the lesson.
    fn values(&self) -> Values;
    /// The bytes of a file, if the experiment writes it and there is something to write.
    fn export(&self, export: Export) -> Option<Vec<u8>>;
}

impl<E: Experiment> AnyTape for Sitting<E> {
    fn position(&self) -> u64 {
        self.tape.position()
    }
    fn run(&mut self, phases: u64) -> u64 {
        self.tape.run(phases)
    }
    fn back(&mut self, phases: u64) {
        self.tape.back(phases);
    }
    fn seek(&mut self, position: u64) {
        self.tape.seek(position);
    }
    fn position_after(&self, steps: Option<u64>) -> u64 {
        self.tape.now().position_after(steps)
    }
    fn opening(&self) -> u64 {
        self.tape.now().opening()
    }
    fn stopped(&self) -> Option<Stop> {
        self.tape.stopped()
    }
    fn json(&self) -> Result<Value, serde_json::Error> {
        self.with(|sight| {
            let mut all = serde_json::to_value(sight.snapshot)?;
            if let (Value::Object(all), Value::Object(seen)) = (&mut all, serde_json::to_value(sight.seen)?) {
                all.extend(seen);
            }
            Ok(all)
        })
    }
    fn tables(&self) -> Vec<Table> {
        self.with(E::tables)
    }
    fn values(&self) -> Values {
        self.with(E::values)
    }
    fn export(&self, export: Export) -> Option<Vec<u8>> {
        E::export(&self.tape.now().snapshot(), export)
    }
}

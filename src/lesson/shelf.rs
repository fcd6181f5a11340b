//! The break-it shelf: mistakes worth making, as data in `assets/lessons/breaks.toml`.

use super::LessonError;
use crate::experiments::trainer::{Settings, Trainer};
use crate::experiments::{Checked, Field, Fields as _, Saved, SettingsError};
use serde::Deserialize;
use serde_json::{Map, Value};

/// A mistake worth making: a run that goes well, what is changed in it, a question, and what becomes of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Break {
    /// Its name in a saved state.
    pub name: String,
    /// Its name for a reader.
    pub title: String,
    /// What is changed, in a sentence or two.
    pub change: String,
    /// The trainer's settings of the run that goes well, laid over what is usual for their model.
    settings: Map<String, Value>,
    /// The settings that break it.
    broken: Map<String, Value>,
    /// The epoch after which the outcome is plain.
    pub epochs: u64,
    /// What the two runs are compared by.
    pub measure: Measure,
    /// What a reader may expect.
    pub answers: Vec<String>,
    /// The index of the right one among [`Break::answers`].
    pub right: usize,
    /// What happened and why, in Markdown with live values.
    pub happened: String,
    /// What the run without the mistake comes to, likewise.
    pub repaired: String,
}

impl Break {
    /// The run that goes well.
    ///
    /// # Errors
    /// Settings that the trainer does not take: a test reads them all, so a built lab has none.
    pub fn healthy(&self) -> Result<Checked<Settings>, SettingsError> {
        read(self.settings.clone())
    }

    /// The run with the mistake.
    ///
    /// # Errors
    /// As [`Break::healthy`].
    pub fn broken(&self) -> Result<Checked<Settings>, SettingsError> {
        let mut all = self.settings.clone();
        all.extend(self.broken.clone());
        read(all)
    }

    /// The settings that break it.
    pub fn changed(&self) -> impl Iterator<Item = &'static Field<Settings>> {
        self.broken.keys().filter_map(|name| Settings::field(name))
    }
}

fn read(settings: Map<String, Value>) -> Result<Checked<Settings>, SettingsError> {
    Saved { settings, look: Map::new() }.read::<Trainer>().map(|(settings, _)| settings)
}

/// What is drawn of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Measure {
    /// The loss.
    Loss,
    /// The share that was read rightly.
    Accuracy,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Shelf {
    breaks: Vec<Break>,
}

/// The cards of the shelf, in order.
///
/// # Errors
/// A file that is not written as a shelf: a test reads it, so a built lab's is.
pub fn breaks() -> Result<Vec<Break>, LessonError> {
    let text = include_str!("../../assets/lessons/breaks.toml");
    let shelf: Result<Shelf, _> = toml::from_str(text);
    shelf
        .map(|shelf| shelf.breaks)
        .map_err(|source| LessonError::Form { name: "breaks".to_owned(), source: Box::new(source) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_card_asks_and_answers() {
        let cards = breaks().unwrap();
        assert_eq!(cards.len(), 6);
        for card in &cards {
            let Break { name, answers, right, broken, epochs, .. } = card;
            assert!((2..=4).contains(&answers.len()) && *right < answers.len(), "{name}");
            assert!(!broken.is_empty() && *epochs > 0, "{name}");
            assert_eq!(card.changed().count(), broken.len(), "{name}");
            assert_ne!(card.healthy().unwrap(), card.broken().unwrap(), "{name}");
            assert_eq!(cards.iter().filter(|other| other.name == *name).count(), 1, "{name}");
            assert!(!card.change.contains(['{', '}']), "{name}: what is changed is shown as it is");
        }
    }
}

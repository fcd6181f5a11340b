//! Lessons: words for each phase of an experiment, and the figures of its filmstrip.
//!
//! A lesson is a TOML file in `assets/lessons`, named after its experiment and embedded in the binary. Text may hold
//! live values as `{name}`, filled from the snapshot on the screen; `{{` and `}}` are braces.

mod shelf;
mod template;

pub use shelf::{Break, Measure, breaks};
pub use template::{TemplateError, fill, names};

use crate::experiments::{Phase, Saved, Values};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A lesson on one experiment.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lesson {
    /// Two or three sentences: what there is to see, and what to press first.
    pub intro: String,
    /// The words for each phase.
    pub phases: Vec<PhaseText>,
    /// The figures of the filmstrip, in order.
    #[serde(default)]
    pub figures: Vec<Figure>,
}

/// The words for one phase.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhaseText {
    /// The phase; absent for the moment before the first one.
    pub phase: Option<Phase>,
    /// Live values that must be as they stand here; the first words of a phase whose values are so are shown.
    #[serde(default)]
    pub when: BTreeMap<String, String>,
    /// Its heading.
    pub title: String,
    /// What happened and where to look, in Markdown with live values.
    pub text: String,
    /// The same in PyTorch's spelling, with live values.
    #[serde(default)]
    pub code: String,
    /// What that code prints: live values.
    #[serde(default)]
    pub output: String,
    /// A longer explanation, folded away at first, in Markdown.
    #[serde(default)]
    pub more: String,
}

/// A figure of the filmstrip: a state of the lab with a caption.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figure {
    /// A name in the manner of a file name; unique in the lab.
    pub name: String,
    /// What it shows, in a few words.
    pub caption: String,
    /// A sentence or two for who opens it.
    #[serde(default)]
    pub text: String,
    /// Settings that differ from the defaults.
    #[serde(default)]
    pub settings: Map<String, Value>,
    /// The position in phases.
    pub position: u64,
    /// What the reader looks at, where it is not the default.
    #[serde(default)]
    pub look: Map<String, Value>,
}

impl Figure {
    /// Its settings and its look.
    #[must_use]
    pub fn saved(&self) -> Saved {
        Saved { settings: self.settings.clone(), look: self.look.clone() }
    }
}

/// A lesson file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LessonError {
    /// It is not TOML of the right form.
    #[error("the lesson \"{name}\" is not written as a lesson: {source}")]
    Form {
        /// The lesson.
        name: String,
        /// What the parser says.
        source: Box<toml::de::Error>,
    },
}

impl Lesson {
    /// Reads a lesson.
    ///
    /// # Errors
    /// Text that is not TOML, or has a key that no lesson has.
    pub fn parse(name: &str, text: &str) -> Result<Self, LessonError> {
        toml::from_str(text).map_err(|source| LessonError::Form { name: name.to_owned(), source: Box::new(source) })
    }

    /// The words for a phase, with these live values.
    #[must_use]
    pub fn phase(&self, phase: Option<Phase>, values: &Values) -> Option<&PhaseText> {
        let is_so = |(name, value): (&String, &String)| values.get(name.as_str()) == Some(value);
        self.phases.iter().find(|text| text.phase == phase && text.when.iter().all(is_so))
    }
}

/// The text of the built-in lesson on an experiment.
#[must_use]
pub fn source(experiment: &str) -> Option<&'static str> {
    LESSONS.iter().find(|(name, _)| *name == experiment).map(|(_, text)| *text)
}

/// The built-in lesson on an experiment.
///
/// # Errors
/// A file that is not a lesson: a test reads them all, so a built lab has none.
pub fn load(experiment: &str) -> Result<Option<Lesson>, LessonError> {
    source(experiment).map(|text| Lesson::parse(experiment, text)).transpose()
}

macro_rules! lessons {
    ($($name:literal),+ $(,)?) => { &[$(($name, include_str!(concat!("../../assets/lessons/", $name, ".toml")))),+] };
}

/// Every built-in lesson, by the name of its experiment.
pub const LESSONS: &[(&str, &str)] =
    lessons!["pixels", "baseline", "descent", "graph", "coaster", "loss", "trainer", "lr-find"];

//! What can be wrong with a file of parameters, each said in one sentence.

use std::path::{Path, PathBuf};

/// The most names that a sentence lists.
const MOST_NAMES: usize = 8;
/// The most letters of a name that a file gave.
const MOST_LETTERS: usize = 40;

/// A file whose parameters cannot be used.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{} cannot be loaded: {problem}", path.display())]
pub struct CheckpointError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What is wrong with a file of parameters.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Problem {
    /// The operating system would not give the bytes: its words.
    #[error("{0}")]
    Read(String),
    /// More bytes than are read.
    #[error("it is larger than 64 MB, and the lab's models take less than 1 MB")]
    TooLarge,
    /// Another kind of file, or half of one: the reader's words.
    #[error("it is not a whole safetensors file ({0})")]
    Format(String),
    /// Parameters of another model of the lab.
    #[error("it holds the model {found}; expected {expected}, or set model={found}")]
    Other {
        /// The model in the file.
        found: &'static str,
        /// The model that was asked for.
        expected: &'static str,
    },
    /// Names that the model does not have, or that it has and the file has not. Each a list, perhaps empty.
    #[error("{}; {model} has exactly {expected}", names(missing, extra))]
    Names {
        /// The model.
        model: &'static str,
        /// Its names that the file lacks.
        missing: String,
        /// The file's other names.
        extra: String,
        /// All of the model's names.
        expected: String,
    },
    /// A parameter of another shape.
    #[error("{name} is {found:?}; expected {expected:?}")]
    Shape {
        /// The parameter.
        name: String,
        /// Its shape in the file.
        found: Vec<usize>,
        /// Its shape in the model.
        expected: Vec<usize>,
    },
    /// Numbers of another size or kind.
    #[error("{name} is {found}; expected F32, 32-bit floats (in PyTorch: model.float())")]
    Type {
        /// The parameter.
        name: String,
        /// Its type in the file.
        found: String,
    },
    /// A number that no model can compute with.
    #[error("{name} has {value} at place {index}; expected finite numbers")]
    NotFinite {
        /// The parameter.
        name: String,
        /// The index of the first such number, from 0.
        index: usize,
        /// What stands there.
        value: f32,
    },
    /// Parameters of no model of the lab: a list of names with shapes.
    #[error("it has {found}, which is none of linear, simple-net, mlp and cnn for 2 to 10 digits")]
    Unknown {
        /// What the file has.
        found: String,
    },
    /// Digits in the metadata that do not go with the outputs.
    #[error("it says that its digits are {found}; expected {classes} different digits for its outputs")]
    Digits {
        /// What the file says.
        found: String,
        /// How many digits its outputs tell apart.
        classes: usize,
    },
}

impl Problem {
    /// The same, with the file's name.
    #[must_use]
    pub fn of(self, path: &Path) -> CheckpointError {
        CheckpointError { path: path.to_owned(), problem: self }
    }
}

fn names(missing: &str, extra: &str) -> String {
    match (missing, extra) {
        (missing, "") => format!("it lacks {missing}"),
        ("", extra) => format!("it also has {extra}"),
        _ => format!("it lacks {missing} and also has {extra}"),
    }
}

/// A text that a file gave, short and on one line.
pub(super) fn quoted(text: &str) -> String {
    let short: String = text.chars().take(MOST_LETTERS).flat_map(char::escape_debug).collect();
    if text.chars().nth(MOST_LETTERS).is_some() { short + "\u{2026}" } else { short }
}

/// Names with commas between them; of many, the first.
pub(super) fn list<S: AsRef<str>>(names: Vec<S>) -> String {
    let shown: Vec<&str> = names.iter().take(MOST_NAMES).map(AsRef::as_ref).collect();
    let more = names.len().saturating_sub(MOST_NAMES);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    shown.join(", ") + &rest
}

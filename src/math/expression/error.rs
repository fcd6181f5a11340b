//! What is wrong with an expression, and where.

use std::ops::Range;

/// What is wrong, as one sentence, and the bytes of the expression that it is about.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// The place: bytes of the expression; empty at its end.
    pub span: Range<usize>,
    /// The sentence.
    pub message: String,
    /// Whether the work that was allowed was used up: with more, there might be an answer.
    pub exhausted: bool,
}

/// What evaluation gives.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    pub(super) fn new(span: &Range<usize>, message: impl ToString) -> Self {
        Self { span: span.clone(), message: message.to_string(), exhausted: false }
    }

    /// Spaces and carets that stand under the place when written below `source`.
    #[must_use]
    pub fn carets(&self, source: &str) -> String {
        let count = |range: Range<usize>| source.get(range).map_or(0, |text| text.chars().count());
        let before = count(0..self.span.start.min(source.len()));
        let under = count(self.span.start.min(source.len())..self.span.end.min(source.len())).max(1);
        " ".repeat(before) + &"^".repeat(under)
    }
}

/// The known name nearest to `name`, if one is near.
pub(super) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let distance = |other: &&str| strsim::damerau_levenshtein(name, other);
    let limit = (name.chars().count() / 2).clamp(1, 3);
    known.into_iter().min_by_key(distance).filter(|best| distance(best) <= limit)
}

/// ` (did you mean `stack`?)`, or nothing.
pub(super) fn suggestion<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(name, known).map(|best| format!("; did you mean {best}?")).unwrap_or_default()
}

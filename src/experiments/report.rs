//! What an experiment says in words: tables for a terminal, and named values for a lesson.

use std::collections::BTreeMap;

/// The named values of a snapshot, each already written as a reader should see it.
pub type Values = BTreeMap<&'static str, String>;

/// A table of text with its columns named.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Table {
    /// What it shows.
    pub title: String,
    /// The head of each column.
    pub columns: Vec<String>,
    /// The cells; each row is as long as `columns`.
    pub rows: Vec<Vec<String>>,
    /// Whether the cells are words, to be read from the left.
    pub words: bool,
}

impl Table {
    /// An empty table.
    #[must_use]
    pub fn new(title: impl Into<String>, columns: &[&str]) -> Self {
        Self {
            title: title.into(),
            columns: columns.iter().map(ToString::to_string).collect(),
            rows: Vec::new(),
            words: false,
        }
    }

    /// The same table with its cells aligned to the left.
    #[must_use]
    pub const fn left(mut self) -> Self {
        self.words = true;
        self
    }

    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }
}

impl std::fmt::Display for Table {
    /// The title, then the columns, two spaces apart; numbers are aligned to the right.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column)).chain(self.columns.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..self.columns.len()).map(width).collect();
        if !self.title.is_empty() {
            writeln!(f, "{}", self.title)?;
        }
        for row in std::iter::once(&self.columns).chain(&self.rows) {
            let align = |cell: &String, width: usize| {
                if self.words { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
            };
            let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, &width)| align(cell, width)).collect();
            writeln!(f, "{}", cells.join("  ").trim_end())?;
        }
        Ok(())
    }
}

/// A number as a reader sees it: four significant digits or more for large numbers, scientific where that is shorter.
#[must_use]
pub fn number(value: f64) -> String {
    let size = value.abs();
    if value == 0.0 {
        "0".to_owned()
    } else if !value.is_finite() {
        if value.is_nan() {
            "not a number".to_owned()
        } else {
            format!("{}infinity", if value < 0.0 { "-" } else { "" })
        }
    } else if !(1e-4..1e7).contains(&size) {
        format!("{value:.3e}")
    } else if size >= 1000.0 {
        format!("{value:.1}")
    } else if size >= 10.0 {
        format!("{value:.3}")
    } else if size >= 0.1 {
        format!("{value:.4}")
    } else {
        format!("{value:.6}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_the_digits_that_matter() {
        let cases = [
            (0.0, "0"),
            (0.951_12, "0.9511"),
            (25_823.808_6, "25823.8"),
            (-1.4e-7, "-1.400e-7"),
            (0.00085, "0.000850"),
            (f64::NAN, "not a number"),
        ];
        for (value, text) in cases {
            assert_eq!(number(value), text);
        }
    }

    #[test]
    fn columns_line_up() {
        let mut table = Table::new("t", &["x", "loss"]);
        table.row(["1".into(), "12.5".into()]);
        assert_eq!(table.to_string(), "t\nx  loss\n1  12.5\n");
    }
}

//! The pixel viewer in words: tables for a terminal, and values for the lesson.

use super::tensor_text::{cell_texts, tensor_text};
use super::{Snapshot, Way};
use crate::experiments::report::number;
use crate::experiments::{Table, Values};

impl Snapshot {
    /// The slice, a picture's way, and the stack, as far as there are any.
    pub(super) fn tables(&self) -> Vec<Table> {
        let mut slice = Table::new(format!("{} rows {} columns {}", self.source, self.rows, self.columns), &[""]);
        slice.columns.extend(self.column_range.clone().map(|column| column.to_string()));
        for (number, cells) in self.row_range.clone().zip(cell_texts(&self.values)) {
            slice.row(std::iter::once(number.to_string()).chain(cells));
        }
        let mut tables = vec![slice];
        tables.extend(self.picture.as_ref().map(Way::table));
        if self.stacked == 0 {
            return tables;
        }
        let mut stack = Table::new("the stack", &["images", "shape", "bytes", "of"]);
        stack.row([
            self.stacked.to_string(),
            format!("{:?}", self.stack_shape),
            self.stack_bytes.to_string(),
            self.digit_count.to_string(),
        ]);
        tables.push(stack);
        tables
    }

    /// The values of a lesson; those of the image are its bytes' whatever the dtype.
    pub(super) fn values(&self) -> Values {
        let known = |number: Option<u32>| number.map_or_else(|| "unknown".to_owned(), |number| number.to_string());
        let pixels = &self.sample.pixels;
        let ink = pixels.iter().filter(|&&byte| byte > 0).count();
        let sum: u32 = pixels.iter().map(|&byte| u32::from(byte)).sum();
        let mean = f64::from(sum) / (255.0 * 784.0);
        Values::from([
            ("source", self.source.clone()),
            ("label", known(self.label.map(u32::from))),
            ("index", known(self.index)),
            ("nth", self.nth.to_string()),
            ("shape", format!("{:?}", self.shape)),
            ("dtype", self.dtype.name().to_owned()),
            ("rows", self.rows.clone()),
            ("columns", self.columns.clone()),
            ("slice_shape", format!("{:?}", self.slice_shape)),
            ("tensor", tensor_text(&self.values)),
            ("ink_pixels", ink.to_string()),
            ("largest", pixels.iter().max().copied().unwrap_or(0).to_string()),
            ("mean_ink", number(mean)),
            ("stacked", self.stacked.to_string()),
            ("stack_shape", format!("{:?}", self.stack_shape)),
            ("stack_rank", self.stack_shape.len().to_string()),
            ("stack_bytes", self.stack_bytes.to_string()),
            ("digit_count", self.digit_count.to_string()),
        ])
    }
}

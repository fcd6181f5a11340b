//! The pixel viewer in words: tables for a terminal, and values for the lesson.

use super::tensor_text::cell_texts;
use super::{Pixels, Way};
use crate::experiments::report::number;
use crate::experiments::{Choice as _, Sight, Table, Values};

/// The slice, a picture's way, and the stack, as far as there are any.
pub(super) fn tables(&Sight { snapshot, seen, .. }: &Sight<'_, Pixels>) -> Vec<Table> {
    let mut slice = Table::new(format!("{} rows {} columns {}", seen.source, seen.rows, seen.columns), &[""]);
    slice.columns.extend(seen.columns.range().map(|column| column.to_string()));
    for (number, cells) in seen.rows.range().zip(cell_texts(&seen.values)) {
        slice.row(std::iter::once(number.to_string()).chain(cells));
    }
    let mut tables = vec![slice];
    tables.extend(snapshot.picture.as_ref().map(Way::table));
    if snapshot.stacked == 0 {
        return tables;
    }
    let mut stack = Table::new("the stack", &["images", "shape", "bytes", "of"]);
    stack.row([
        snapshot.stacked.to_string(),
        format!("{:?}", snapshot.stack_shape),
        seen.stack_bytes.to_string(),
        snapshot.digit_count.to_string(),
    ]);
    tables.push(stack);
    tables
}

/// The values of a lesson; those of the image are its bytes' whatever the dtype.
pub(super) fn values(&Sight { snapshot, seen, .. }: &Sight<'_, Pixels>) -> Values {
    let known = |number: Option<u32>| number.map_or_else(|| "unknown".to_owned(), |number| number.to_string());
    let pixels = &seen.sample.pixels;
    let ink = pixels.iter().filter(|&&byte| byte > 0).count();
    let sum: u32 = pixels.iter().map(|&byte| u32::from(byte)).sum();
    let mean = f64::from(sum) / (255.0 * 784.0);
    Values::from([
        ("source", seen.source.clone()),
        ("label", known(seen.label.map(u32::from))),
        ("index", known(seen.index)),
        ("nth", seen.nth.to_string()),
        ("shape", format!("{:?}", seen.shape)),
        ("dtype", seen.dtype.word().to_owned()),
        ("rows", seen.rows.to_string()),
        ("columns", seen.columns.to_string()),
        ("slice_shape", format!("{:?}", seen.slice_shape)),
        ("tensor", seen.printed.get().map(|printed| printed.torch.clone()).unwrap_or_default()),
        ("ink_pixels", ink.to_string()),
        ("largest", pixels.iter().max().copied().unwrap_or(0).to_string()),
        ("mean_ink", number(mean)),
        ("stacked", snapshot.stacked.to_string()),
        ("stack_shape", format!("{:?}", snapshot.stack_shape)),
        ("stack_rank", snapshot.stack_shape.len().to_string()),
        ("stack_bytes", seen.stack_bytes.to_string()),
        ("digit_count", snapshot.digit_count.to_string()),
    ])
}

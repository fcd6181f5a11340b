//! A tensor as PyTorch prints it: columns aligned, four decimals, lines of at most 80 characters, and from 1001 numbers
//! on only the first and last three of each axis.

use super::data::{each_kind, seen};
use super::{Dtype, Element, Number, Tensor};
use ndarray::{ArrayViewD, Axis};
use std::fmt;

/// Numbers from which on only the ends of axes are printed.
const THRESHOLD: usize = 1000;
/// How many of each end.
const EDGE: usize = 3;
/// The length of a line.
const LINE: usize = 80;
/// The width of `tensor(`.
const INDENT: usize = 7;

impl fmt::Display for Tensor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&print(self))
    }
}

fn print(tensor: &Tensor) -> String {
    let mut suffixes = Vec::new();
    let body = if tensor.is_empty() {
        if tensor.rank() != 1 {
            let shape: Vec<String> = tensor.shape.iter().map(ToString::to_string).collect();
            suffixes.push(format!("size=({})", shape.join(", ")));
        }
        if tensor.dtype() != Dtype::Float32 {
            suffixes.push(format!("dtype=torch.{}", tensor.dtype().name()));
        }
        "[]".to_owned()
    } else {
        if tensor.dtype() == Dtype::Uint8 {
            suffixes.push("dtype=torch.uint8".to_owned());
        }
        let summarize = tensor.len() > THRESHOLD;
        let mut shown = Vec::new();
        each_kind!(&tensor.data, array => collect(seen(array, &tensor.shape), summarize, &mut shown));
        let style = Style::of(&shown);
        let mut words = shown.iter().map(|&number| style.format(number));
        nested(&tensor.shape, INDENT, summarize, style.width, &mut words)
    };
    let mut text = format!("tensor({body}");
    for suffix in suffixes {
        let last_line = text.lines().last().map_or(0, str::len);
        let fits = last_line + suffix.len() + 4 <= LINE;
        text += &if fits { format!(", {suffix}") } else { format!(",\n{:INDENT$}{suffix}", "") };
    }
    text + ")"
}

/// The places of an axis that are printed, `None` for the gap between them.
fn printed(length: usize, summarize: bool) -> Vec<Option<usize>> {
    if summarize && length > 2 * EDGE {
        let (head, tail) = (0..EDGE, length - EDGE..length);
        head.map(Some).chain([None]).chain(tail.map(Some)).collect()
    } else {
        (0..length).map(Some).collect()
    }
}

/// The numbers that are printed, in their order.
fn collect<T: Element>(part: ArrayViewD<'_, T>, summarize: bool, shown: &mut Vec<Number>) {
    if let [length, ..] = *part.shape() {
        for place in printed(length, summarize).into_iter().flatten() {
            collect(part.index_axis(Axis(0), place), summarize, shown);
        }
    } else {
        shown.extend(part.iter().map(|value| value.number()));
    }
}

/// Brackets around the next of `words`, as many as fill the shape.
fn nested(
    shape: &[usize],
    indent: usize,
    summarize: bool,
    width: usize,
    words: &mut impl Iterator<Item = String>,
) -> String {
    let [length, rest @ ..] = shape else { return words.next().unwrap_or_default() };
    let gap = if rest.is_empty() { " ..." } else { "..." };
    let parts: Vec<String> = printed(*length, summarize)
        .into_iter()
        .map(|place| place.map_or_else(|| gap.to_owned(), |_| nested(rest, indent + 1, summarize, width, words)))
        .collect();
    if rest.is_empty() {
        let per_line = (LINE.saturating_sub(indent) / (width + 2)).max(1);
        let lines: Vec<String> = parts.chunks(per_line).map(|line| line.join(", ")).collect();
        return format!("[{}]", lines.join(&format!(",\n{:1$}", "", indent + 1)));
    }
    let between = format!(",{}{:2$}", "\n".repeat(rest.len()), "", indent + 1);
    format!("[{}]", parts.join(&between))
}

/// How all numbers of one tensor are written.
struct Style {
    width: usize,
    whole: bool,
    scientific: bool,
}

impl Style {
    fn of(shown: &[Number]) -> Self {
        let mut style = Self { width: 1, whole: true, scientific: false };
        let floats: Vec<f64> = shown
            .iter()
            .filter_map(|number| if let Number::Float(value) = number { Some(f64::from(*value)) } else { None })
            .collect();
        let telling: Vec<f64> = floats.iter().copied().filter(|value| value.is_finite() && *value != 0.0).collect();
        if !telling.is_empty() {
            let size = |pick: fn(f64, f64) -> f64, start: f64| {
                telling.iter().fold(start, |best, value| pick(best, value.abs()))
            };
            let (least, most) = (size(f64::min, f64::INFINITY), size(f64::max, 0.0));
            style.whole = telling.iter().all(|value| value.fract() == 0.0);
            style.scientific = most / least > 1000.0 || most > 1.0e8 || least < 1.0e-4;
        }
        // Zeros, infinities and what is no number do not widen a column of fractions.
        let counts = |number: &&Number| {
            if let Number::Float(value) = number { value.is_finite() && *value != 0.0 } else { true }
        };
        style.width = shown.iter().filter(counts).map(|&number| style.write(number).len()).max().unwrap_or(1).max(1);
        style
    }

    fn write(&self, number: Number) -> String {
        match number {
            Number::Bool(true) => "True".to_owned(),
            Number::Bool(false) => "False".to_owned(),
            Number::Integer(value) => value.to_string(),
            Number::Float(value) if value.is_nan() => "nan".to_owned(),
            Number::Float(value) if value.is_infinite() => if value > 0.0 { "inf" } else { "-inf" }.to_owned(),
            Number::Float(value) if self.scientific => scientific(f64::from(value)),
            Number::Float(value) if self.whole => format!("{value:.0}."),
            Number::Float(value) => format!("{value:.4}"),
        }
    }

    fn format(&self, number: Number) -> String {
        format!("{:>1$}", self.write(number), self.width)
    }
}

/// Python's `f"{value:.4e}"`.
fn scientific(value: f64) -> String {
    let text = format!("{value:.4e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, digits) = exponent.strip_prefix('-').map_or(('+', exponent), |digits| ('-', digits));
    format!("{mantissa}e{sign}{digits:0>2}")
}

/// A number as Python prints it: the shortest text that reads back the same.
#[must_use]
pub(crate) fn python_float(value: f64) -> String {
    if value.is_nan() {
        return "nan".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    let size = value.abs();
    if size != 0.0 && !(1e-4..1e16).contains(&size) {
        let text = format!("{value:e}");
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let (sign, digits) = exponent.strip_prefix('-').map_or(('+', exponent), |digits| ('-', digits));
        return format!("{mantissa}e{sign}{digits:0>2}");
    }
    let text = format!("{value}");
    if text.contains('.') { text } else { text + ".0" }
}

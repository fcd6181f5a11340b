//! What the bench says beside a result: what happened that a reader may not expect.

use crate::math::tensor::{Binary, Data, Dtype, Operand, Tensor, Weight, binary, shape_text};

/// The most numbers for which it is worth looking whether bytes went past their ends.
const LOOK: usize = 100_000;

/// What is worth saying about `result = a op b`.
pub fn about_binary(op: Binary, a: &Operand, b: &Operand, result: &Tensor) -> Vec<String> {
    let mut notices = Vec::new();
    let (one, other) = (a.tensor.shape(), b.tensor.shape());
    if one != other && !one.is_empty() && !other.is_empty() {
        for shape in [one, other].into_iter().filter(|shape| *shape != result.shape()) {
            notices.push(format!(
                "{} was stretched to {}; nothing was copied for it.",
                shape_text(shape),
                shape_text(result.shape())
            ));
        }
    }
    if op.compares() {
        about_scalars(a, b, &mut notices);
        return notices;
    }
    let kind = result.dtype();
    let tensors =
        [a, b].into_iter().filter(|operand| operand.weight != Weight::Number).map(|operand| operand.tensor.dtype());
    let changed: Vec<Dtype> = tensors.filter(|&dtype| dtype != kind).collect();
    if let Some(from) = changed.first() {
        let why = match (op, kind) {
            (Binary::Divide, _) => "/ always gives fractions",
            (_, Dtype::Float32) => "with a fraction on one side, all become fractions",
            (_, _) => "it takes the wider kind of the two",
        };
        notices.push(format!("{} became {}: {why}.", from.name(), kind.name()));
    }
    about_scalars(a, b, &mut notices);
    if kind == Dtype::Uint8
        && notices.is_empty()
        && result.len() <= LOOK
        && let Some(count) = went_round(op, a, b, result).filter(|&count| count > 0)
    {
        let numbers = if count == 1 { "1 number".to_owned() } else { format!("{count} numbers") };
        notices.push(format!("uint8 counts from 0 to 255 and then round: {numbers} went past an end."));
    }
    notices
}

/// A number beside a uint8 tensor becomes uint8 too, whether it fits or not.
fn about_scalars(a: &Operand, b: &Operand, notices: &mut Vec<String>) {
    for (number, tensor) in [(a, b), (b, a)] {
        let written = number.weight == Weight::Number && tensor.tensor.dtype() == Dtype::Uint8;
        if let (true, Data::Int64(values)) = (written, number.tensor.data()) {
            let value = values.first().copied().unwrap_or_default();
            if u8::try_from(value).is_err() {
                notices.push(format!("{value} does not fit into uint8, so {} was used.", value.rem_euclid(256)));
            }
        }
    }
}

/// How many numbers of a uint8 result differ from what they would be without counting round.
fn went_round(op: Binary, a: &Operand, b: &Operand, result: &Tensor) -> Option<usize> {
    if !matches!(op, Binary::Add | Binary::Subtract | Binary::Multiply | Binary::Power) {
        return None;
    }
    let wide = |operand: &Operand| Operand::from(operand.tensor.to(Dtype::Int64));
    let exact = binary(op, &wide(a), &wide(b)).ok()?;
    Some(exact.to_f64().iter().zip(result.to_f64()).filter(|(exact, got)| **exact != *got).count())
}

/// What is worth saying about reduced axes.
pub fn about_reduction(name: &str, from: &Tensor, to: &Tensor, all: bool) -> Option<String> {
    if all || from.shape() == to.shape() {
        return None;
    }
    Some(format!("{name} over an axis takes it away: {} became {}.", shape_text(from.shape()), shape_text(to.shape())))
}

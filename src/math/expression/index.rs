//! What stands between square brackets.

use super::error::{Error, Result};
use super::ledger::Ledger;
use super::value::Value;
use crate::math::tensor::{Dtype, Tensor, TensorError};
use std::ops::Range;

/// One of the things between square brackets, with its bytes.
pub type Item = (Pick, Range<usize>);

/// What to pick.
pub enum Pick {
    /// A place, a mask, or a new axis for `None`.
    At(Value),
    /// `start:stop:step`
    Slice([Option<i64>; 3]),
    /// `...`
    Ellipsis,
}

/// `value[items]`.
pub fn index(ledger: &mut Ledger<'_>, value: Value, items: &[Item], span: &Range<usize>) -> Result<Value> {
    let sequence = match value {
        Value::Tensor(tensor) => return tensor_index(ledger, tensor, items).map(Value::Tensor),
        Value::List(_) | Value::Tuple(_) | Value::Size(_) | Value::Range(..) => value,
        other => return Err(Error::new(span, format!("{} has no parts to pick with [ ]", other.kind()))),
    };
    let [item] = items else {
        let second = items.get(1).map_or(span, |(_, second)| second);
        return Err(Error::new(
            second,
            format!("{} has one axis, so one place goes between its brackets", sequence.kind()),
        ));
    };
    let parts = ledger.items(&sequence, span)?;
    let places: Vec<i64> = (0..).take(parts.len()).collect();
    // The same rules as for a tensor of the same length, so that tensor does the counting.
    let places = Tensor::new(places, &[parts.len()]).map_err(|error| Error::new(span, error))?;
    let chosen = match item {
        (Pick::At(at), place) => {
            let at = at
                .int()
                .ok_or_else(|| Error::new(place, format!("a place in a list is a whole number, not {}", at.kind())))?;
            places
                .select(0, at)
                .ok()
                .ok_or_else(|| Error::new(place, format!("there is no place {at}: there are {}", parts.len())))?
        }
        _ => tensor_index(ledger, places, items)?,
    };
    let indices = chosen.values::<i64>().unwrap_or_default();
    let mut picked: Vec<Value> =
        indices.iter().filter_map(|&at| usize::try_from(at).ok().and_then(|at| parts.get(at).cloned())).collect();
    if chosen.rank() == 0 {
        return picked.pop().ok_or_else(|| Error::new(span, "there is no such place"));
    }
    Ok(match sequence {
        Value::Size(_) => Value::Size(
            picked.iter().filter_map(Value::int).filter_map(|length| usize::try_from(length).ok()).collect(),
        ),
        Value::Tuple(_) => Value::tuple(picked),
        _ => Value::list(picked),
    })
}

/// How many axes of the tensor an item uses up.
fn axes(item: &Pick) -> usize {
    match item {
        Pick::Ellipsis | Pick::At(Value::None) => 0,
        Pick::At(Value::Tensor(mask)) if is_mask(mask) => mask.rank(),
        Pick::At(_) | Pick::Slice(_) => 1,
    }
}

fn is_mask(tensor: &Tensor) -> bool {
    tensor.dtype() == Dtype::Bool && tensor.rank() > 0
}

fn tensor_index(ledger: &mut Ledger<'_>, tensor: Tensor, items: &[Item]) -> Result<Tensor> {
    let rank = tensor.rank();
    let mut part = tensor;
    let mut place = 0;
    let mut seen_dots = false;
    let mut seen_mask = false;
    for (number, (item, span)) in items.iter().enumerate() {
        let fail = |error: TensorError| Error::new(span, error);
        match item {
            Pick::Ellipsis if seen_dots => return Err(Error::new(span, "... can stand only once")),
            Pick::Ellipsis => {
                seen_dots = true;
                let after: usize = items.iter().skip(number + 1).map(|(item, _)| axes(item)).sum();
                place = part.rank().saturating_sub(after).max(place);
            }
            Pick::Slice([start, stop, step]) => {
                if place >= part.rank() {
                    return Err(too_many(rank, span));
                }
                part = part.slice(place, *start, *stop, step.unwrap_or(1)).map_err(fail)?;
                place += 1;
            }
            Pick::At(value) => match value {
                Value::None => {
                    part = part.unsqueeze(i64::try_from(place).unwrap_or(i64::MAX)).map_err(fail)?;
                    place += 1;
                }
                Value::Int(at) => part = pick(&part, rank, place, *at, span)?,
                Value::Tensor(mask) if is_mask(mask) => {
                    if seen_mask {
                        return Err(Error::new(span, "one mask at a time; join two with &"));
                    }
                    seen_mask = true;
                    ledger.spend(span, part.len() + mask.len())?;
                    let picked = part.masked(place, mask).map_err(fail)?;
                    ledger.read_masked(&part, place, mask);
                    part = picked;
                    place += 1;
                }
                Value::Tensor(single)
                    if single.rank() == 0 && matches!(single.dtype(), Dtype::Int64 | Dtype::Uint8) =>
                {
                    let at = single
                        .to(Dtype::Int64)
                        .values::<i64>()
                        .and_then(|values| values.first().copied())
                        .unwrap_or_default();
                    part = pick(&part, rank, place, at, span)?;
                }
                Value::Tensor(_) => {
                    return Err(Error::new(span, "a tensor between brackets must be a mask, such as t > 2"));
                }
                other => {
                    let message =
                        format!("between brackets go whole numbers, slices a:b and masks, not {}", other.kind());
                    return Err(Error::new(span, message));
                }
            },
        }
    }
    Ok(part)
}

/// One place of the axis at `place`. `rank` is that of the whole tensor, by whose axes a reader counts.
fn pick(part: &Tensor, rank: usize, place: usize, at: i64, span: &Range<usize>) -> Result<Tensor> {
    let Some(&length) = part.shape().get(place) else { return Err(too_many(rank, span)) };
    part.select(place, at).ok().ok_or_else(|| {
        let axis = (rank + place).saturating_sub(part.rank());
        let range = if length == 0 { "it has none".to_owned() } else { format!("it has -{length} to {}", length - 1) };
        Error::new(span, format!("axis {axis} has no place {at}: {range}"))
    })
}

fn too_many(rank: usize, span: &Range<usize>) -> Error {
    Error::new(span, format!("too many places: this tensor has rank {rank}, so at most {rank} go between the brackets"))
}

/// An end of a slice, or its step.
pub fn bound(value: &Value, span: &Range<usize>) -> Result<Option<i64>> {
    let wrong = || Error::new(span, format!("an end of a slice is a whole number, not {}", value.kind()));
    if matches!(value, Value::None) { Ok(None) } else { value.int().map(Some).ok_or_else(wrong) }
}

//! What stands between square brackets.

use super::error::{Error, Result};
use super::evaluate::Evaluator;
use super::syntax::{Item, Node, NodeKind};
use super::value::Value;
use crate::math::tensor::{Dtype, Tensor, TensorError};
use std::ops::Range;

/// `value[items]`.
pub fn index(evaluator: &mut Evaluator<'_>, value: Value, items: &[Item], span: &Range<usize>) -> Result<Value> {
    let sequence = match value {
        Value::Tensor(tensor) => return tensor_index(evaluator, tensor, items).map(Value::Tensor),
        Value::List(_) | Value::Tuple(_) | Value::Size(_) | Value::Range(..) => value,
        other => return Err(Error::new(span, format!("{} has no parts to pick with [ ]", other.kind()))),
    };
    let [item] = items else {
        let second = items.get(1).map_or_else(|| span.clone(), Item::span);
        return Err(Error::new(
            &second,
            format!("{} has one axis, so one place goes between its brackets", sequence.kind()),
        ));
    };
    let parts = evaluator.items(&sequence, span)?;
    let places: Vec<i64> = (0..).take(parts.len()).collect();
    // The same rules as for a tensor of the same length, so that tensor does the counting.
    let places = Tensor::new(places, &[parts.len()]).map_err(|error| Error::new(span, error))?;
    let chosen = match item {
        Item::At(node) => {
            let at = evaluator.value(node)?;
            let at = at.int().ok_or_else(|| {
                Error::new(&node.span, format!("a place in a list is a whole number, not {}", at.kind()))
            })?;
            places
                .select(0, at)
                .ok()
                .ok_or_else(|| Error::new(&node.span, format!("there is no place {at}: there are {}", parts.len())))?
        }
        other => tensor_index(evaluator, places, std::slice::from_ref(other))?,
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

/// How many axes of the tensor an item uses up, as far as the text tells.
fn uses_axis(item: &Item) -> bool {
    !matches!(item, Item::Ellipsis(_) | Item::At(Node { kind: NodeKind::None, .. }))
}

fn tensor_index(evaluator: &mut Evaluator<'_>, tensor: Tensor, items: &[Item]) -> Result<Tensor> {
    let rank = tensor.rank();
    let mut part = tensor;
    let mut place = 0;
    let mut seen_dots = false;
    let mut seen_mask = false;
    for (number, item) in items.iter().enumerate() {
        let span = item.span();
        let fail = |error: TensorError| Error::new(&span, error);
        match item {
            Item::Ellipsis(_) if seen_dots => return Err(Error::new(&span, "... can stand only once")),
            Item::Ellipsis(_) => {
                seen_dots = true;
                let after = items.get(number + 1..).unwrap_or_default().iter().filter(|item| uses_axis(item)).count();
                place = part.rank().saturating_sub(after).max(place);
            }
            Item::Slice(ends, _) => {
                let [start, stop, step] = bounds(evaluator, ends)?;
                if place >= part.rank() {
                    return Err(too_many(rank, &span));
                }
                part = part.slice(place, start, stop, step.unwrap_or(1)).map_err(fail)?;
                place += 1;
            }
            Item::At(node) => match evaluator.value(node)? {
                Value::None => {
                    part = part.unsqueeze(i64::try_from(place).unwrap_or(i64::MAX)).map_err(fail)?;
                    place += 1;
                }
                Value::Int(at) => part = pick(&part, rank, place, at, &span)?,
                Value::Tensor(mask) if mask.dtype() == Dtype::Bool && mask.rank() > 0 => {
                    if seen_mask {
                        return Err(Error::new(&span, "one mask at a time; join two with &"));
                    }
                    seen_mask = true;
                    evaluator.spend(&span, part.len() + mask.len())?;
                    let picked = part.masked(place, &mask).map_err(fail)?;
                    evaluator.read_masked(&part, place, &mask);
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
                    part = pick(&part, rank, place, at, &span)?;
                }
                Value::Tensor(_) => {
                    return Err(Error::new(&span, "a tensor between brackets must be a mask, such as t > 2"));
                }
                other => {
                    let message =
                        format!("between brackets go whole numbers, slices a:b and masks, not {}", other.kind());
                    return Err(Error::new(&span, message));
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

fn bounds(evaluator: &mut Evaluator<'_>, ends: &[Option<Node>; 3]) -> Result<[Option<i64>; 3]> {
    let mut bounds = [None; 3];
    for (bound, end) in bounds.iter_mut().zip(ends) {
        let Some(node) = end else { continue };
        let value = evaluator.value(node)?;
        *bound = match value {
            Value::None => None,
            other => Some(other.int().ok_or_else(|| {
                Error::new(&node.span, format!("an end of a slice is a whole number, not {}", other.kind()))
            })?),
        };
    }
    Ok(bounds)
}

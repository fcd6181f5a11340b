//! Signs between values, and before them: numbers as Python has them, tensors as PyTorch has them.

use super::error::{Error, Result};
use super::ledger::{ITEM, Ledger, MAX_ITEMS};
use super::notice::about_binary;
use super::value::Value;
use crate::math::tensor::{
    self, Binary, Operand, Tensor, Unary, broadcast_shapes, floor_divide, matmul, remainder, unary,
};
use std::ops::Range;

/// Characters up to which lists and shapes are compared, by how they print.
const COMPARED: usize = 100_000;

/// `a @ b`.
pub fn product(ledger: &mut Ledger<'_>, a: &Value, b: &Value, span: &Range<usize>) -> Result<Value> {
    let (Value::Tensor(left), Value::Tensor(right)) = (a, b) else {
        return Err(Error::new(span, format!("@ wants a tensor on both sides, but has {} and {}", a.kind(), b.kind())));
    };
    ledger.read(left);
    ledger.read(right);
    // Each row of the left side meets each column of the right side.
    let columns = if right.rank() > 1 { right.shape().last().copied().unwrap_or(1) } else { 1 };
    let stretch = if left.rank() < right.rank() { right.len() / columns.max(1) } else { 1 };
    ledger.spend(span, left.len().saturating_mul(columns).saturating_mul(stretch).saturating_add(right.len()) / 2)?;
    matmul(left, right).map(Value::Tensor).map_err(|error| Error::new(span, error))
}

/// `a op b`.
pub fn each(ledger: &mut Ledger<'_>, op: Binary, a: &Value, b: &Value, span: &Range<usize>) -> Result<Value> {
    let has_tensor = matches!(a, Value::Tensor(_)) || matches!(b, Value::Tensor(_));
    if !has_tensor {
        return plain(ledger, op, a, b, span);
    }
    let unfit = |value: &Value| {
        let what = format!("a tensor and {} cannot be joined by {}", value.kind(), op.sign());
        let advice = if matches!(value, Value::List(_) | Value::Tuple(_)) {
            "; make a tensor of it first: torch.tensor([..])"
        } else {
            ""
        };
        Error::new(span, what + advice)
    };
    let left = a.operand().ok_or_else(|| unfit(a))?;
    let right = b.operand().ok_or_else(|| unfit(b))?;
    tensors(ledger, op, &left, &right, span)
}

fn tensors(ledger: &mut Ledger<'_>, op: Binary, a: &Operand, b: &Operand, span: &Range<usize>) -> Result<Value> {
    ledger.read(&a.tensor);
    ledger.read(&b.tensor);
    let shape = broadcast_shapes(a.tensor.shape(), b.tensor.shape()).map_err(|error| Error::new(span, error))?;
    let work = shape.iter().product::<usize>() + a.tensor.len() + b.tensor.len();
    ledger.spend(span, if op == Binary::Power { work.saturating_mul(4) } else { work })?;
    let result = tensor::binary(op, a, b).map_err(|error| Error::new(span, error))?;
    for notice in about_binary(op, a, b, &result) {
        ledger.notice(notice);
    }
    Ok(Value::Tensor(result))
}

/// Numbers and lists without a tensor among them.
fn plain(ledger: &mut Ledger<'_>, op: Binary, a: &Value, b: &Value, span: &Range<usize>) -> Result<Value> {
    if let (Some(x), Some(y)) = (a.int(), b.int()) {
        return integers(op, x, y, (a, b), span);
    }
    if let (Some(x), Some(y)) = (a.float(), b.float()) {
        return floats(op, x, y, span);
    }
    if matches!(op, Binary::Equal | Binary::NotEqual) {
        // A shape equals a tuple of the same lengths.
        let mut plain = |value: &Value| match value {
            Value::Size(_) | Value::Tuple(_) => {
                ledger.items(value, span).map(|items| Value::tuple(items).text(COMPARED))
            }
            other => Ok(other.text(COMPARED)),
        };
        let (x, y) = (plain(a)?, plain(b)?);
        ledger.spend(span, x.len() + y.len())?;
        if x.len().max(y.len()) > COMPARED {
            return Err(Error::new(span, "these are too long to be compared"));
        }
        return Ok(Value::Bool((x == y) == (op == Binary::Equal)));
    }
    let long = || Error::new(span, format!("a list has at most {MAX_ITEMS} items here"));
    match (op, a, b) {
        (Binary::Add, Value::List(x), Value::List(y)) if x.len() + y.len() <= MAX_ITEMS => {
            ledger.spend(span, (x.len() + y.len()).saturating_mul(ITEM))?;
            Ok(Value::list([&x[..], &y[..]].concat()))
        }
        (Binary::Multiply, Value::List(items), Value::Int(times))
        | (Binary::Multiply, Value::Int(times), Value::List(items)) => {
            let times = usize::try_from(*times).unwrap_or(0);
            let count = items.len().checked_mul(times).filter(|&count| count <= MAX_ITEMS).ok_or_else(long)?;
            ledger.spend(span, count.saturating_mul(ITEM))?;
            Ok(Value::list(items.iter().cloned().cycle().take(count).collect()))
        }
        (Binary::Add, Value::List(_), Value::List(_)) => Err(long()),
        _ => Err(Error::new(span, format!("{} and {} cannot be joined by {}", a.kind(), b.kind(), op.sign()))),
    }
}

fn integers(op: Binary, x: i64, y: i64, (a, b): (&Value, &Value), span: &Range<usize>) -> Result<Value> {
    let large = || Error::new(span, "the result is too large for a whole number of 64 bits");
    let divisor = || if y == 0 { Err(Error::new(span, "a number cannot be divided by zero")) } else { Ok(y) };
    let both_bools = matches!((a, b), (Value::Bool(_), Value::Bool(_)));
    let bits = |bits: i64| if both_bools { Value::Bool(bits != 0) } else { Value::Int(bits) };
    #[expect(clippy::cast_precision_loss, reason = "as Python divides")]
    let (wide_x, wide_y) = (x as f64, y as f64);
    Ok(match op {
        Binary::Add => Value::Int(x.checked_add(y).ok_or_else(large)?),
        Binary::Subtract => Value::Int(x.checked_sub(y).ok_or_else(large)?),
        Binary::Multiply => Value::Int(x.checked_mul(y).ok_or_else(large)?),
        Binary::Divide => Value::Float(divisor().map(|_| wide_x / wide_y)?),
        Binary::FloorDivide => Value::Int(floor_divide(x, divisor()?)),
        Binary::Remainder => Value::Int(remainder(x, divisor()?)),
        Binary::Power if y < 0 => return floats(op, wide_x, wide_y, span),
        Binary::Power => {
            let exponent = u32::try_from(y).unwrap_or(u32::MAX);
            Value::Int(if matches!(x, 0 | 1) {
                x.pow(exponent.min(1))
            } else {
                x.checked_pow(exponent).ok_or_else(large)?
            })
        }
        Binary::And => bits(x & y),
        Binary::Or => bits(x | y),
        Binary::Xor => bits(x ^ y),
        Binary::Equal => Value::Bool(x == y),
        Binary::NotEqual => Value::Bool(x != y),
        Binary::Less => Value::Bool(x < y),
        Binary::LessEqual => Value::Bool(x <= y),
        Binary::Greater => Value::Bool(x > y),
        Binary::GreaterEqual => Value::Bool(x >= y),
    })
}

#[expect(clippy::float_cmp, reason = "what == means")]
fn floats(op: Binary, x: f64, y: f64, span: &Range<usize>) -> Result<Value> {
    let divides = matches!(op, Binary::Divide | Binary::FloorDivide | Binary::Remainder);
    if y == 0.0 && divides || x == 0.0 && y < 0.0 && op == Binary::Power {
        return Err(Error::new(span, "a number cannot be divided by zero"));
    }
    Ok(match op {
        Binary::Add => Value::Float(x + y),
        Binary::Subtract => Value::Float(x - y),
        Binary::Multiply => Value::Float(x * y),
        Binary::Divide => Value::Float(x / y),
        Binary::FloorDivide => Value::Float((x / y).floor()),
        Binary::Remainder => {
            let rest = x % y;
            Value::Float(if rest != 0.0 && (rest < 0.0) != (y < 0.0) { rest + y } else { rest })
        }
        Binary::Power => Value::Float(x.powf(y)),
        Binary::Equal => Value::Bool(x == y),
        Binary::NotEqual => Value::Bool(x != y),
        Binary::Less => Value::Bool(x < y),
        Binary::LessEqual => Value::Bool(x <= y),
        Binary::Greater => Value::Bool(x > y),
        Binary::GreaterEqual => Value::Bool(x >= y),
        Binary::And | Binary::Or | Binary::Xor => {
            return Err(Error::new(span, format!("{} joins masks or whole numbers, not fractions", op.sign())));
        }
    })
}

/// A function of each number.
pub fn function(ledger: &mut Ledger<'_>, op: Unary, tensor: &Tensor, span: &Range<usize>) -> Result<Value> {
    ledger.read(tensor);
    ledger.spend(span, tensor.len())?;
    unary(op, tensor).map(Value::Tensor).map_err(|error| Error::new(span, error))
}

/// `-a`, `~a` or `+a`.
pub fn sign(ledger: &mut Ledger<'_>, operation: Option<Unary>, value: &Value, span: &Range<usize>) -> Result<Value> {
    // The sign itself is one byte, at the start.
    let place = span.start..span.start + 1;
    match (operation, value) {
        (None, Value::Tensor(_) | Value::Float(_)) => Ok(value.clone()),
        (Some(op), Value::Tensor(tensor)) => function(ledger, op, tensor, &place),
        (Some(Unary::Negative), Value::Float(value)) => Ok(Value::Float(-value)),
        (operation, value) => match (operation, value.int()) {
            (None, Some(value)) => Ok(Value::Int(value)),
            (Some(Unary::Negative), Some(value)) => Ok(Value::Int(value.wrapping_neg())),
            (Some(_), Some(value)) => Ok(Value::Int(!value)),
            (_, None) => Err(Error::new(&place, format!("this sign is not for {}", value.kind()))),
        },
    }
}

/// Whether Python takes a value as true.
pub fn truth(value: &Value, span: &Range<usize>) -> Result<bool> {
    Ok(match value {
        Value::None => false,
        Value::Bool(value) => *value,
        Value::Int(value) => *value != 0,
        Value::Float(value) => *value != 0.0,
        Value::List(items) | Value::Tuple(items) => !items.is_empty(),
        Value::Size(shape) => !shape.is_empty(),
        Value::Range(start, stop) => start < stop,
        Value::Dtype(_) => true,
        Value::Tensor(tensor) if tensor.len() == 1 => tensor.to_f64().iter().any(|&value| value != 0.0),
        Value::Tensor(tensor) => {
            let message = format!(
                "a tensor of {} numbers is neither true nor false; join masks with & and |, or ask .all() or .any()",
                tensor.len()
            );
            return Err(Error::new(span, message));
        }
    })
}

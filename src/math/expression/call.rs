//! Functions: Python's and torch's.

use super::argument::Arguments;
use super::error::{Error, Result, suggestion};
use super::ledger::{Ledger, MAX_ITEMS};
use super::method::{METHODS, method};
use super::operator;
use super::syntax::Word;
use super::value::Value;
use crate::math::tensor::{self, Dtype, Tensor, TensorError};
use std::ops::Range;

/// Functions that need no module before them.
pub const FUNCTIONS: [&str; 11] =
    ["len", "abs", "sum", "list", "range", "float", "int", "bool", "tensor", "stack", "torch"];

/// Functions of `torch` that are not methods too.
const TORCH: [&str; 8] = ["tensor", "stack", "cat", "zeros", "ones", "arange", "where", "full"];

/// Kinds of numbers.
const DTYPES: [(&str, Dtype); 6] = [
    ("bool", Dtype::Bool),
    ("uint8", Dtype::Uint8),
    ("int64", Dtype::Int64),
    ("long", Dtype::Int64),
    ("float32", Dtype::Float32),
    ("float", Dtype::Float32),
];

/// `torch.word`, without brackets after it.
pub fn torch_constant(word: &Word) -> Result<Value> {
    if let Some((_, dtype)) = DTYPES.iter().find(|(name, _)| *name == word.text) {
        return Ok(Value::Dtype(*dtype));
    }
    let name = &word.text;
    if TORCH.contains(&name.as_str()) || METHODS.contains(&name.as_str()) {
        return Err(Error::new(&word.span, format!("torch.{name} is a function: give it its arguments in ( )")));
    }
    let known = TORCH.into_iter().chain(METHODS).chain(DTYPES.map(|(name, _)| name));
    Err(Error::new(&word.span, format!("torch has nothing called {name} here{}", suggestion(name, known))))
}

/// `function(arguments)`: one of [`FUNCTIONS`].
pub fn function(ledger: &mut Ledger<'_>, arguments: &Arguments) -> Result<Value> {
    let span = &arguments.span;
    match arguments.function.as_str() {
        "tensor" | "stack" => return torch(ledger, arguments),
        "torch" => {
            return Err(Error::new(span, "torch is no function: go on with a point and a name, such as torch.stack"));
        }
        "range" => return range(arguments),
        _ => arguments.check(&["x"])?,
    }
    let (value, place) = arguments.need(0, "a value")?;
    match (arguments.function.as_str(), value) {
        ("len", Value::Tensor(tensor)) => {
            let length = tensor.shape().first().ok_or_else(|| Error::new(place, "a tensor of rank 0 has no length"))?;
            Ok(Value::Int(i64::try_from(*length).unwrap_or(i64::MAX)))
        }
        ("len", value) => match value {
            Value::List(items) | Value::Tuple(items) => Ok(Value::Int(i64::try_from(items.len()).unwrap_or(i64::MAX))),
            Value::Size(shape) => Ok(Value::Int(i64::try_from(shape.len()).unwrap_or(i64::MAX))),
            Value::Range(start, stop) => Ok(Value::Int(stop.saturating_sub(*start).max(0))),
            other => Err(Error::new(place, format!("{} has no length", other.kind()))),
        },
        ("abs", Value::Tensor(tensor)) => operator::function(ledger, tensor::Unary::Abs, tensor, span),
        ("abs", Value::Float(value)) => Ok(Value::Float(value.abs())),
        ("abs", value) => {
            value.int().map(|value| Value::Int(value.wrapping_abs())).ok_or_else(|| unfit(arguments, value, place))
        }
        ("list", value) => ledger.items(value, place).map(Value::list),
        ("sum", value) => {
            let mut total = Value::Int(0);
            for item in ledger.items(value, place)? {
                ledger.spend(span, 0)?;
                total = operator::each(ledger, tensor::Binary::Add, &total, &item, span)?;
            }
            Ok(total)
        }
        ("bool", value) => operator::truth(value, place).map(Value::Bool),
        ("float" | "int", value) => {
            let number = match value {
                Value::Tensor(tensor) if tensor.len() == 1 => tensor.to_f64().first().copied(),
                other => other.float(),
            };
            let number = number.ok_or_else(|| unfit(arguments, value, place))?;
            if arguments.function == "float" {
                return Ok(Value::Float(number));
            }
            if let Some(whole) = value.int() {
                return Ok(Value::Int(whole));
            }
            if !number.is_finite() || number.abs() >= 9.2e18 {
                return Err(Error::new(place, "this is too large for a whole number"));
            }
            #[expect(clippy::cast_possible_truncation, reason = "checked above; the fraction is cut off")]
            Ok(Value::Int(number as i64))
        }
        (_, value) => Err(unfit(arguments, value, place)),
    }
}

fn unfit(arguments: &Arguments, value: &Value, place: &Range<usize>) -> Error {
    Error::new(place, format!("{} is not for {}", arguments.function, value.kind()))
}

fn range(arguments: &Arguments) -> Result<Value> {
    arguments.check(&["start", "stop"])?;
    arguments.need(0, "where to stop")?;
    let first = arguments.int(0, "start")?.unwrap_or_default();
    let (start, stop) = arguments.int(1, "stop")?.map_or((0, first), |stop| (first, stop));
    Ok(Value::Range(start, stop))
}

/// `torch.function(arguments)`: one of its own, or a method of its first argument.
pub fn torch(ledger: &mut Ledger<'_>, arguments: &Arguments) -> Result<Value> {
    let span = &arguments.span;
    let fail = |error: TensorError| Error::new(span, error);
    match arguments.function.as_str() {
        "tensor" => {
            arguments.check(&["data", "dtype"])?;
            let (data, place) = arguments.need(0, "data")?;
            let made = from_value(ledger, data, place)?;
            Ok(Value::Tensor(match arguments.get(1, "dtype") {
                Some((Value::Dtype(dtype), _)) => made.to(*dtype),
                Some((other, place)) => {
                    return Err(Error::new(
                        place,
                        format!("dtype is a kind such as torch.float32, not {}", other.kind()),
                    ));
                }
                None => made,
            }))
        }
        "stack" | "cat" => {
            arguments.check(&["tensors", "dim"])?;
            let (list, place) = arguments.need(0, "a list of tensors")?;
            let dim = arguments.int(1, "dim")?.unwrap_or(0);
            let mut tensors = Vec::new();
            for item in ledger.items(list, place)? {
                let Value::Tensor(tensor) = item else {
                    return Err(Error::new(
                        place,
                        format!("{} joins tensors, but there is {} in the list", arguments.function, item.kind()),
                    ));
                };
                ledger.read(&tensor);
                ledger.spend(span, tensor.len())?;
                tensors.push(tensor);
            }
            let join = if arguments.function == "stack" { tensor::stack } else { tensor::concatenate };
            join(&tensors, dim).map(Value::Tensor).map_err(|error| Error::new(place, error))
        }
        "zeros" | "ones" => {
            let value = if arguments.function == "ones" { 1.0_f32 } else { 0.0 };
            Tensor::full(value, &lengths(arguments)?).map(Value::Tensor).map_err(fail)
        }
        "full" => {
            arguments.check(&["size", "fill_value"])?;
            let (value, place) = arguments.need(1, "fill_value")?.clone();
            let only = Arguments {
                placed: arguments.placed.get(..1).unwrap_or_default().to_vec(),
                named: Vec::new(),
                function: "full".to_owned(),
                span: span.clone(),
            };
            let shape = lengths(&only)?;
            let number = value
                .operand()
                .filter(|operand| operand.tensor.rank() == 0)
                .ok_or_else(|| unfit(arguments, &value, &place))?;
            let shape: Vec<i64> = shape.iter().map(|&length| i64::try_from(length).unwrap_or(i64::MAX)).collect();
            number.tensor.expand(&shape).map(Value::Tensor).map_err(fail)
        }
        "arange" => {
            arguments.check(&["start", "end"])?;
            let Value::Range(start, stop) = range(&Arguments { function: "arange".to_owned(), ..copy(arguments) })?
            else {
                return Err(Error::new(span, "arange wants whole numbers"));
            };
            let count = usize::try_from(stop.saturating_sub(start)).unwrap_or(0);
            tensor::check_shape(&[count]).map_err(fail)?;
            ledger.spend(span, count)?;
            Tensor::new((start..stop).collect(), &[count]).map(Value::Tensor).map_err(fail)
        }
        "where" => {
            arguments.check(&["condition", "input", "other"])?;
            let (condition, place) = arguments.need(0, "a mask")?;
            let Value::Tensor(mask) = condition else { return Err(unfit(arguments, condition, place)) };
            let side = |number: usize, name: &str| -> Result<tensor::Operand> {
                let (value, place) = arguments.need(number, name)?;
                value.operand().ok_or_else(|| unfit(arguments, value, place))
            };
            let (yes, no) = (side(1, "a value for true")?, side(2, "a value for false")?);
            for tensor in [mask, &yes.tensor, &no.tensor] {
                ledger.read(tensor);
            }
            let shape = tensor::broadcast_shapes(yes.tensor.shape(), no.tensor.shape())
                .and_then(|shape| tensor::broadcast_shapes(&shape, mask.shape()));
            ledger.spend(span, shape.map_err(fail)?.iter().product::<usize>().saturating_mul(4))?;
            tensor::select_where(mask, &yes, &no).map(Value::Tensor).map_err(fail)
        }
        name if METHODS.contains(&name) => {
            let mut rest = copy(arguments);
            if rest.placed.is_empty() {
                return Err(Error::new(span, format!("torch.{name} needs a tensor")));
            }
            let (value, place) = rest.placed.remove(0);
            if !matches!(value, Value::Tensor(_)) {
                return Err(Error::new(&place, format!("torch.{name} wants a tensor here, not {}", value.kind())));
            }
            method(ledger, &value, &rest)
        }
        name => torch_constant(&Word { text: name.to_owned(), span: span.clone() })
            .and_then(|_| Err(Error::new(span, format!("torch.{name} is no function")))),
    }
}

fn copy(arguments: &Arguments) -> Arguments {
    Arguments {
        function: arguments.function.clone(),
        span: arguments.span.clone(),
        placed: arguments.placed.clone(),
        named: arguments.named.clone(),
    }
}

fn lengths(arguments: &Arguments) -> Result<Vec<usize>> {
    let ints = arguments.ints()?;
    let length = |length: i64| {
        usize::try_from(length).ok().ok_or_else(|| Error::new(&arguments.span, format!("{length} is no length")))
    };
    ints.into_iter().map(length).collect()
}

/// A tensor of numbers, or of lists of equal length.
fn from_value(ledger: &mut Ledger<'_>, value: &Value, span: &Range<usize>) -> Result<Tensor> {
    let parts = match value {
        Value::List(_) | Value::Tuple(_) | Value::Range(..) | Value::Size(_) => ledger.items(value, span)?,
        Value::Tensor(tensor) => {
            ledger.read(tensor);
            ledger.spend(span, tensor.len())?;
            return Ok(tensor.clone());
        }
        other => {
            return other
                .operand()
                .map(|operand| operand.tensor)
                .ok_or_else(|| Error::new(span, format!("no tensor can be made of {}", other.kind())));
        }
    };
    if parts.is_empty() {
        return Tensor::new(Vec::<f32>::new(), &[0]).map_err(|error| Error::new(span, error));
    }
    if parts.len() > MAX_ITEMS {
        return Err(Error::new(span, format!("a list has at most {MAX_ITEMS} items here")));
    }
    let mut tensors = Vec::with_capacity(parts.len());
    for part in &parts {
        let made = from_value(ledger, part, span)?;
        ledger.spend(span, made.len())?;
        tensors.push(made);
    }
    let uneven = tensors.iter().find(|tensor| tensor.shape() != tensors[0].shape());
    if let Some(uneven) = uneven {
        let (first, other) = (tensor::shape_text(tensors[0].shape()), tensor::shape_text(uneven.shape()));
        return Err(Error::new(
            span,
            format!("the rows of a tensor are equally long: here one has the shape {first} and one {other}"),
        ));
    }
    tensor::stack(&tensors, 0).map_err(|error| Error::new(span, error))
}

//! What stands after a point: properties and methods of tensors.

use super::argument::Arguments;
use super::error::{Error, Result, suggestion};
use super::ledger::{ITEM, Ledger, MAX_ITEMS};
use super::notice::about_reduction;
use super::operator;
use super::syntax::Word;
use super::value::Value;
use crate::math::tensor::{Binary, Dtype, Reduction, Tensor, TensorError, Unary};

/// Properties, which take no brackets.
const PROPERTIES: [&str; 4] = ["shape", "ndim", "dtype", "T"];

/// Methods, which do.
pub const METHODS: [&str; 43] = [
    "abs",
    "all",
    "any",
    "bool",
    "byte",
    "clamp",
    "contiguous",
    "dim",
    "exp",
    "expand",
    "flatten",
    "float",
    "floor",
    "item",
    "log",
    "long",
    "matmul",
    "max",
    "mean",
    "min",
    "numel",
    "permute",
    "pow",
    "relu",
    "reshape",
    "round",
    "sigmoid",
    "size",
    "sqrt",
    "square",
    "squeeze",
    "sum",
    "t",
    "to",
    "tolist",
    "transpose",
    "type",
    "unsqueeze",
    "view",
    "add",
    "sub",
    "mul",
    "div",
];

/// `value.word`, without brackets after it.
pub fn attribute(value: &Value, word: &Word) -> Result<Value> {
    let Value::Tensor(tensor) = value else {
        return Err(Error::new(&word.span, format!("{} has nothing called {}", value.kind(), word.text)));
    };
    match word.text.as_str() {
        "shape" => Ok(Value::Size(tensor.shape().to_vec())),
        "ndim" => Ok(Value::Int(i64::try_from(tensor.rank()).unwrap_or(i64::MAX))),
        "dtype" => Ok(Value::Dtype(tensor.dtype())),
        "T" => {
            let order: Vec<i64> = (0..).take(tensor.rank()).collect::<Vec<_>>().into_iter().rev().collect();
            tensor.permute(&order).map(Value::Tensor).map_err(|error| Error::new(&word.span, error))
        }
        name if METHODS.contains(&name) => {
            Err(Error::new(&word.span, format!("{name} is a method: write .{name}() with its brackets")))
        }
        name => Err(Error::new(
            &word.span,
            format!(
                "a tensor has nothing called {name} here{}",
                suggestion(name, PROPERTIES.into_iter().chain(METHODS))
            ),
        )),
    }
}

/// `value.function(arguments)`.
pub fn method(ledger: &mut Ledger<'_>, value: &Value, arguments: &Arguments) -> Result<Value> {
    let (name, span) = (arguments.function.as_str(), &arguments.span);
    let Value::Tensor(tensor) = value else {
        return Err(Error::new(span, format!("{} has no method called {name}", value.kind())));
    };
    if let Some(op) = function(name) {
        arguments.check(&[])?;
        return operator::function(ledger, op, tensor, span);
    }
    if let Some(reduction) = reduction(name) {
        return reduce(ledger, reduction, tensor, arguments);
    }
    if let Some(op) = operation(name) {
        arguments.check(&["other"])?;
        let other = &arguments.need(0, "other")?.0;
        return operator::each(ledger, op, value, other, span);
    }
    if let Some(view) = view(tensor, arguments)? {
        if !view.data().is_same(tensor.data()) {
            ledger.read(tensor);
            ledger.spend(span, view.len())?;
        }
        return Ok(Value::Tensor(view));
    }
    match name {
        "long" | "float" | "byte" | "bool" | "to" | "type" => {
            let dtype = cast(arguments)?;
            if dtype == tensor.dtype() {
                return Ok(value.clone());
            }
            ledger.read(tensor);
            ledger.spend(span, tensor.len().saturating_mul(dtype.size().div_ceil(4)))?;
            ledger.notice(format!(
                "{} became {}, as asked: {} bytes a number.",
                tensor.dtype().name(),
                dtype.name(),
                dtype.size()
            ));
            Ok(Value::Tensor(tensor.to(dtype)))
        }
        "square" => {
            arguments.check(&[])?;
            operator::each(ledger, Binary::Power, value, &Value::Int(2), span)
        }
        "matmul" => {
            arguments.check(&["other"])?;
            operator::product(ledger, value, &arguments.need(0, "other")?.0, span)
        }
        "clamp" => clamp(ledger, value, arguments),
        "size" => {
            arguments.check(&["dim"])?;
            let shape = tensor.shape();
            let Some(dim) = arguments.int(0, "dim")? else { return Ok(Value::Size(shape.to_vec())) };
            let place = crate::math::tensor::axis(dim, shape.len()).map_err(|error| Error::new(span, error))?;
            shape
                .get(place)
                .map(|&length| count(length))
                .ok_or_else(|| Error::new(span, "a tensor of rank 0 has no axes"))
        }
        "dim" => arguments.check(&[]).map(|()| count(tensor.rank())),
        "numel" => arguments.check(&[]).map(|()| count(tensor.len())),
        "item" | "tolist" => {
            arguments.check(&[])?;
            if name == "item" && tensor.len() != 1 {
                return Err(Error::new(
                    span,
                    format!("item is for a single number, but this tensor has {}", tensor.len()),
                ));
            }
            ledger.read(tensor);
            if tensor.len() > MAX_ITEMS {
                return Err(Error::new(
                    span,
                    format!("a list of {} numbers is more than the bench has room for", tensor.len()),
                ));
            }
            ledger.spend(span, tensor.len().saturating_mul(ITEM))?;
            Ok(if name == "item" {
                numbers(&tensor.reshape(&[], true).map_err(|error| Error::new(span, error))?)
            } else {
                numbers(tensor)
            })
        }
        unknown => {
            let known = METHODS.into_iter().chain(PROPERTIES);
            if PROPERTIES.contains(&unknown) {
                return Err(Error::new(span, format!("{unknown} takes no brackets: write .{unknown}")));
            }
            Err(Error::new(span, format!("a tensor has no method called {unknown} here{}", suggestion(unknown, known))))
        }
    }
}

fn count(count: usize) -> Value {
    Value::Int(i64::try_from(count).unwrap_or(i64::MAX))
}

/// Functions of each number.
fn function(name: &str) -> Option<Unary> {
    Some(match name {
        "abs" => Unary::Abs,
        "sqrt" => Unary::Sqrt,
        "exp" => Unary::Exp,
        "log" => Unary::Log,
        "sigmoid" => Unary::Sigmoid,
        "relu" => Unary::Relu,
        "round" => Unary::Round,
        "floor" => Unary::Floor,
        _ => return None,
    })
}

/// Signs by their names.
fn operation(name: &str) -> Option<Binary> {
    Some(match name {
        "add" => Binary::Add,
        "sub" => Binary::Subtract,
        "mul" => Binary::Multiply,
        "div" => Binary::Divide,
        "pow" => Binary::Power,
        _ => return None,
    })
}

fn reduction(name: &str) -> Option<Reduction> {
    Some(match name {
        "sum" => Reduction::Sum,
        "mean" => Reduction::Mean,
        "max" => Reduction::Max,
        "min" => Reduction::Min,
        "all" => Reduction::All,
        "any" => Reduction::Any,
        _ => return None,
    })
}

fn reduce(ledger: &mut Ledger<'_>, reduction: Reduction, tensor: &Tensor, arguments: &Arguments) -> Result<Value> {
    let name = arguments.function.as_str();
    arguments.check(&["dim", "keepdim"])?;
    let (dims, keep) = (arguments.dims(0)?, arguments.flag(1, "keepdim")?);
    if dims.is_some() && matches!(reduction, Reduction::Max | Reduction::Min) {
        let message = format!(
            "{name} over an axis gives two tensors in PyTorch, which the bench has no room for; {name}() is the {name} of all"
        );
        return Err(Error::new(&arguments.span, message));
    }
    ledger.read(tensor);
    ledger.spend(&arguments.span, tensor.len())?;
    let place = arguments.get(0, "dim").filter(|_| dims.is_some()).map_or(&arguments.span, |(_, span)| span);
    let wrong_kind = reduction == Reduction::Mean && !tensor.dtype().is_float();
    let place = if wrong_kind { &arguments.span } else { place };
    let result = tensor.reduce(reduction, dims.as_deref(), keep).map_err(|error| Error::new(place, error))?;
    if let Some(notice) = about_reduction(name, tensor, &result, dims.is_none()) {
        ledger.notice(notice);
    }
    Ok(Value::Tensor(result))
}

/// Methods that look at the same numbers in another way.
fn view(tensor: &Tensor, arguments: &Arguments) -> Result<Option<Tensor>> {
    let at = |result: std::result::Result<Tensor, TensorError>, place: usize| {
        let span = arguments.placed.get(place).map_or(&arguments.span, |(_, span)| span);
        result.map(Some).map_err(|error| Error::new(span, error))
    };
    let whole = |result: std::result::Result<Tensor, TensorError>| {
        let first = arguments.placed.first().map_or(&arguments.span, |(_, span)| span);
        let last = arguments.placed.last().map_or(&arguments.span, |(_, span)| span);
        result.map(Some).map_err(|error| Error::new(&(first.start..last.end.max(first.end)), error))
    };
    match arguments.function.as_str() {
        "view" => whole(tensor.reshape(&arguments.ints()?, false)),
        "reshape" => whole(tensor.reshape(&arguments.ints()?, true)),
        "expand" => whole(tensor.expand(&arguments.ints()?)),
        "permute" => whole(tensor.permute(&arguments.ints()?)),
        "flatten" => arguments.check(&[]).and_then(|()| at(tensor.reshape(&[-1], true), 0)),
        "contiguous" => arguments.check(&[]).map(|()| Some(tensor.contiguous())),
        "unsqueeze" => {
            arguments.check(&["dim"])?;
            arguments.need(0, "dim")?;
            at(tensor.unsqueeze(arguments.int(0, "dim")?.unwrap_or_default()), 0)
        }
        "squeeze" => {
            arguments.check(&["dim"])?;
            at(tensor.squeeze(arguments.int(0, "dim")?), 0)
        }
        "transpose" => {
            arguments.check(&["dim0", "dim1"])?;
            arguments.need(1, "two axes, dim0 and dim1")?;
            let dims = (arguments.int(0, "dim0")?.unwrap_or_default(), arguments.int(1, "dim1")?.unwrap_or_default());
            whole(tensor.transpose(dims.0, dims.1))
        }
        "t" => {
            arguments.check(&[])?;
            if tensor.rank() > 2 {
                return Err(Error::new(
                    &arguments.span,
                    format!("t() is for at most two axes, but this tensor has {}; use transpose", tensor.rank()),
                ));
            }
            if tensor.rank() < 2 { Ok(Some(tensor.clone())) } else { at(tensor.transpose(0, 1), 0) }
        }
        _ => Ok(None),
    }
}

fn cast(arguments: &Arguments) -> Result<Dtype> {
    let by_name = match arguments.function.as_str() {
        "long" => Some(Dtype::Int64),
        "float" => Some(Dtype::Float32),
        "byte" => Some(Dtype::Uint8),
        "bool" => Some(Dtype::Bool),
        _ => None,
    };
    if let Some(dtype) = by_name {
        return arguments.check(&[]).map(|()| dtype);
    }
    arguments.check(&["dtype"])?;
    match arguments.need(0, "dtype")? {
        (Value::Dtype(dtype), _) => Ok(*dtype),
        (other, span) => {
            Err(Error::new(span, format!("a kind such as torch.float32 is expected here, not {}", other.kind())))
        }
    }
}

fn clamp(ledger: &mut Ledger<'_>, value: &Value, arguments: &Arguments) -> Result<Value> {
    arguments.check(&["min", "max"])?;
    let ends = [(0, "min", Binary::Less), (1, "max", Binary::Greater)];
    if ends.iter().all(|&(place, name, _)| arguments.get(place, name).is_none()) {
        return Err(Error::new(&arguments.span, "clamp needs min, max or both"));
    }
    let mut result = value.clone();
    for (place, name, outside) in ends {
        let Some((end, span)) = arguments.get(place, name).filter(|(end, _)| !matches!(end, Value::None)) else {
            continue;
        };
        let mask = operator::each(ledger, outside, &result, end, span)?;
        let unfit = || Error::new(span, format!("{name} of clamp is a number, not {}", end.kind()));
        let (Value::Tensor(mask), Some(end), Some(inside)) = (mask, end.operand(), result.operand()) else {
            return Err(unfit());
        };
        ledger.spend(span, mask.len() * 4)?;
        result = crate::math::tensor::select_where(&mask, &end, &inside)
            .map(Value::Tensor)
            .map_err(|error| Error::new(span, error))?;
    }
    Ok(result)
}

/// A tensor's numbers as Python's lists and numbers.
fn numbers(tensor: &Tensor) -> Value {
    if tensor.rank() == 0 {
        let value = tensor.to_f64().first().copied().unwrap_or_default();
        return match tensor.dtype() {
            Dtype::Bool => Value::Bool(value != 0.0),
            Dtype::Float32 => Value::Float(value),
            Dtype::Uint8 | Dtype::Int64 => {
                let values = tensor.to(Dtype::Int64);
                Value::Int(values.values::<i64>().and_then(|values| values.first().copied()).unwrap_or_default())
            }
        };
    }
    let length = i64::try_from(tensor.shape()[0]).unwrap_or(0);
    Value::list((0..length).filter_map(|at| tensor.select(0, at).ok()).map(|part| numbers(&part)).collect())
}

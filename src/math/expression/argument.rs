//! The arguments of a call, by place and by name.

use super::error::{Error, Result, suggestion};
use super::value::Value;
use crate::math::tensor::Dtype;
use std::ops::Range;

/// A value with its place in the text.
pub type Placed = (Value, Range<usize>);

/// Arguments that have been evaluated.
pub struct Arguments {
    /// The function's name, for messages.
    pub function: String,
    /// The bytes of the function's name.
    pub span: Range<usize>,
    /// In order.
    pub placed: Vec<Placed>,
    /// By name.
    pub named: Vec<(String, Placed)>,
}

impl Arguments {
    /// Checks that there are at most `names.len()` arguments, and that names are among `names`.
    pub fn check(&self, names: &[&str]) -> Result<()> {
        if let Some((_, span)) = self.placed.get(names.len()) {
            let takes = match names.len() {
                0 => "no arguments".to_owned(),
                1 => format!("one argument, {}", names[0]),
                _ => format!("at most {}: {}", names.len(), names.join(", ")),
            };
            return Err(Error::new(span, format!("{} takes {takes}", self.function)));
        }
        for (place, (name, (_, span))) in self.named.iter().enumerate() {
            let known = names.iter().position(|known| known == name);
            let Some(known) = known else {
                let near = suggestion(name, names.iter().copied());
                return Err(Error::new(span, format!("{} takes nothing called {name}{near}", self.function)));
            };
            let twice = known < self.placed.len() || self.named[..place].iter().any(|(other, _)| other == name);
            if twice {
                return Err(Error::new(span, format!("{name} is given twice")));
            }
        }
        Ok(())
    }

    /// The argument at `place`, called `name`.
    pub fn get(&self, place: usize, name: &str) -> Option<&Placed> {
        self.placed.get(place).or_else(|| self.named.iter().find(|(other, _)| other == name).map(|(_, value)| value))
    }

    /// The same, which must be there.
    pub fn need(&self, place: usize, name: &str) -> Result<&Placed> {
        self.get(place, name).ok_or_else(|| Error::new(&self.span, format!("{} needs {name}", self.function)))
    }

    /// A whole number.
    pub fn int(&self, place: usize, name: &str) -> Result<Option<i64>> {
        self.get(place, name).map(|value| self.as_int(value, name)).transpose()
    }

    fn as_int(&self, (value, span): &Placed, name: &str) -> Result<i64> {
        let wrong = || Error::new(span, format!("{name} of {} is a whole number, not {}", self.function, value.kind()));
        match value {
            Value::Tensor(tensor) if tensor.rank() == 0 && tensor.dtype() != Dtype::Float32 => {
                tensor.to(Dtype::Int64).values::<i64>().and_then(|values| values.first().copied()).ok_or_else(wrong)
            }
            other => other.int().ok_or_else(wrong),
        }
    }

    /// True or false, false where it is not given.
    pub fn flag(&self, place: usize, name: &str) -> Result<bool> {
        match self.get(place, name) {
            None => Ok(false),
            Some((Value::Bool(flag), _)) => Ok(*flag),
            Some((other, span)) => Err(Error::new(span, format!("{name} is True or False, not {}", other.kind()))),
        }
    }

    /// Whole numbers given as one tuple or list, or each for itself.
    pub fn ints(&self) -> Result<Vec<i64>> {
        if let Some((_, (_, span))) = self.named.first() {
            return Err(Error::new(span, format!("{} takes its lengths without names", self.function)));
        }
        let each = |items: &[Value], span: &Range<usize>| {
            items.iter().map(|item| self.as_int(&(item.clone(), span.clone()), "each length")).collect()
        };
        match self.placed.as_slice() {
            [] => Err(Error::new(&self.span, format!("{} needs the lengths of the axes", self.function))),
            [(Value::List(items) | Value::Tuple(items), span)] => each(items.as_slice(), span),
            [(Value::Size(shape), _)] => {
                Ok(shape.iter().map(|&length| i64::try_from(length).unwrap_or(i64::MAX)).collect())
            }
            many => many.iter().map(|value| self.as_int(value, "each length")).collect(),
        }
    }

    /// One axis, or several in a tuple; `None` for all.
    pub fn dims(&self, place: usize) -> Result<Option<Vec<i64>>> {
        match self.get(place, "dim") {
            None | Some((Value::None, _)) => Ok(None),
            Some((Value::List(items) | Value::Tuple(items), span)) => {
                let dims = items.iter().map(|item| self.as_int(&(item.clone(), span.clone()), "dim"));
                // No axes named in a pair of brackets means all of them, as in PyTorch.
                dims.collect::<Result<Vec<_>>>().map(|dims| (!dims.is_empty()).then_some(dims))
            }
            Some(value) => self.as_int(value, "dim").map(|dim| Some(vec![dim])),
        }
    }
}

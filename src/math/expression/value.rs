//! What an expression can be worth.

use crate::math::tensor::{Dtype, Operand, Tensor, python_float};
use std::sync::Arc;

/// A value, as Python has them.
#[derive(Clone, Debug)]
pub enum Value {
    /// `None`
    None,
    /// `True`
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number in double precision.
    Float(f64),
    /// `[1, 2]`
    List(Arc<Vec<Value>>),
    /// `(1, 2)`
    Tuple(Arc<Vec<Value>>),
    /// `torch.Size([2, 3])`
    Size(Vec<usize>),
    /// `range(start, stop)`
    Range(i64, i64),
    /// `torch.float32`
    Dtype(Dtype),
    /// A tensor.
    Tensor(Tensor),
}

impl Value {
    /// A list.
    #[must_use]
    pub fn list(items: Vec<Self>) -> Self {
        Self::List(Arc::new(items))
    }

    /// A tuple.
    #[must_use]
    pub fn tuple(items: Vec<Self>) -> Self {
        Self::Tuple(Arc::new(items))
    }

    /// What it is, with its article.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::None => "None",
            Self::Bool(_) => "a truth value",
            Self::Int(_) => "a whole number",
            Self::Float(_) => "a number",
            Self::List(_) => "a list",
            Self::Tuple(_) => "a tuple",
            Self::Size(_) => "a shape",
            Self::Range(..) => "a range",
            Self::Dtype(_) => "a kind of number",
            Self::Tensor(_) => "a tensor",
        }
    }

    /// The value as Python prints it; after about `limit` characters, `...`.
    #[must_use]
    pub fn text(&self, limit: usize) -> String {
        let mut text = String::new();
        self.write(&mut text, limit);
        text
    }

    fn write(&self, text: &mut String, limit: usize) {
        match self {
            Self::None => text.push_str("None"),
            Self::Bool(value) => text.push_str(if *value { "True" } else { "False" }),
            Self::Int(value) => text.push_str(&value.to_string()),
            Self::Float(value) => text.push_str(&python_float(*value)),
            Self::Size(shape) => text.push_str(&format!("torch.Size({shape:?})")),
            Self::Range(start, stop) => text.push_str(&format!("range({start}, {stop})")),
            Self::Dtype(dtype) => text.push_str(&format!("torch.{}", dtype.name())),
            Self::Tensor(tensor) => text.push_str(&tensor.to_string()),
            Self::List(items) | Self::Tuple(items) => {
                let is_list = matches!(self, Self::List(_));
                text.push(if is_list { '[' } else { '(' });
                for (place, item) in items.iter().enumerate() {
                    if place > 0 {
                        text.push_str(", ");
                    }
                    if text.len() > limit {
                        text.push_str("...");
                        break;
                    }
                    item.write(text, limit);
                }
                if !is_list && items.len() == 1 {
                    text.push(',');
                }
                text.push(if is_list { ']' } else { ')' });
            }
        }
    }

    /// The value in arithmetic with a tensor, if it can be.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "a float32 tensor meets numbers in single precision")]
    pub fn operand(&self) -> Option<Operand> {
        match self {
            Self::Bool(value) => Some(Operand::number(*value)),
            Self::Int(value) => Some(Operand::number(*value)),
            Self::Float(value) => Some(Operand::number(*value as f32)),
            Self::Tensor(tensor) => Some(tensor.clone().into()),
            _ => None,
        }
    }

    /// A whole number; true is 1.
    #[must_use]
    pub fn int(&self) -> Option<i64> {
        match self {
            Self::Int(value) => Some(*value),
            Self::Bool(value) => Some(i64::from(*value)),
            _ => None,
        }
    }

    /// A number.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "as Python converts")]
    pub fn float(&self) -> Option<f64> {
        match self {
            Self::Float(value) => Some(*value),
            other => other.int().map(|value| value as f64),
        }
    }
}

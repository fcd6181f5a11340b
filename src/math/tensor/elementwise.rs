//! Arithmetic, comparisons and functions of each number.

use super::broadcast::broadcast_shapes;
use super::data::{of_kind, seen};
use super::{Dtype, Element, Result, Shared, Tensor, TensorError, Weight, promote};
use ndarray::Zip;

/// An operation on two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binary {
    /// `a + b`
    Add,
    /// `a - b`
    Subtract,
    /// `a * b`
    Multiply,
    /// `a / b`, always a fraction.
    Divide,
    /// `a // b`, rounded down.
    FloorDivide,
    /// `a % b`, with the sign of `b`.
    Remainder,
    /// `a ** b`
    Power,
    /// `a == b`
    Equal,
    /// `a != b`
    NotEqual,
    /// `a < b`
    Less,
    /// `a <= b`
    LessEqual,
    /// `a > b`
    Greater,
    /// `a >= b`
    GreaterEqual,
    /// `a & b`
    And,
    /// `a | b`
    Or,
    /// `a ^ b`
    Xor,
}

impl Binary {
    /// How it is written.
    #[must_use]
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::FloorDivide => "//",
            Self::Remainder => "%",
            Self::Power => "**",
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessEqual => "<=",
            Self::Greater => ">",
            Self::GreaterEqual => ">=",
            Self::And => "&",
            Self::Or => "|",
            Self::Xor => "^",
        }
    }

    /// Whether it answers true or false.
    #[must_use]
    pub const fn compares(self) -> bool {
        matches!(self, Self::Equal | Self::NotEqual | Self::Less | Self::LessEqual | Self::Greater | Self::GreaterEqual)
    }
}

/// A function of one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unary {
    /// `-a`
    Negative,
    /// `~a`: not, or the bits turned over.
    Invert,
    /// The size without its sign.
    Abs,
    /// The square root.
    Sqrt,
    /// e to the power of it.
    Exp,
    /// The natural logarithm.
    Log,
    /// `1 / (1 + exp(-a))`
    Sigmoid,
    /// It, or 0 where it is negative.
    Relu,
    /// The nearest whole number, halves to the even one.
    Round,
    /// The whole number below.
    Floor,
}

/// A value in an operation: a tensor, or a number written in the expression.
#[derive(Clone, Debug)]
pub struct Operand {
    /// The value.
    pub tensor: Tensor,
    /// How much it has to say about the kind of the result.
    pub weight: Weight,
}

impl From<Tensor> for Operand {
    fn from(tensor: Tensor) -> Self {
        Self { weight: tensor.weight(), tensor }
    }
}

impl Operand {
    /// A number written in the expression.
    #[must_use]
    pub fn number<T: Element>(value: T) -> Self {
        Self { tensor: Tensor::single(value), weight: Weight::Number }
    }

    const fn kind(&self) -> (Dtype, Weight) {
        (self.tensor.dtype(), self.weight)
    }
}

/// `a` and `b` broadcast to each other, number by number.
///
/// # Errors
/// If the shapes do not fit, or the operation is not one for these kinds.
pub fn binary(op: Binary, a: &Operand, b: &Operand) -> Result<Tensor> {
    let mut dtype = promote(a.kind(), b.kind());
    if dtype == Dtype::Bool {
        match op {
            Binary::Subtract => {
                return Err(TensorError::new("true and false cannot be subtracted; turn a mask over with ~ instead"));
            }
            Binary::FloorDivide | Binary::Remainder | Binary::Power => {
                return Err(TensorError::new(format!(
                    "{} is not for true and false; make numbers of them first with .long()",
                    op.sign()
                )));
            }
            _ => {}
        }
    }
    if op == Binary::Divide {
        dtype = Dtype::Float32;
    }
    if dtype.is_float() && matches!(op, Binary::And | Binary::Or | Binary::Xor) {
        return Err(TensorError::new(format!("{} joins masks or whole numbers, not float32", op.sign())));
    }
    if op == Binary::Power && dtype == Dtype::Int64 && b.tensor.to_f64().iter().any(|&power| power < 0.0) {
        return Err(TensorError::new("whole numbers have no negative powers here; use .float() first"));
    }
    if matches!(op, Binary::FloorDivide | Binary::Remainder)
        && !dtype.is_float()
        && b.tensor.to(dtype).to_f64().contains(&0.0)
    {
        return Err(TensorError::new("whole numbers cannot be divided by zero"));
    }
    let shape = broadcast_shapes(a.tensor.shape(), b.tensor.shape())?;
    let (a, b) = (&a.tensor, &b.tensor);
    Ok(match dtype {
        Dtype::Bool => bools(op, &Pair(a.array(), b.array(), &shape)),
        Dtype::Uint8 => bytes(op, &Pair(a.array(), b.array(), &shape)),
        Dtype::Int64 => integers(op, &Pair(a.array(), b.array(), &shape)),
        Dtype::Float32 => floats(op, &Pair(a.array(), b.array(), &shape)),
    })
}

/// Two arrays, and the shape that both fit.
struct Pair<'a, T>(Shared<T>, Shared<T>, &'a [usize]);

impl<T: Element> Pair<'_, T> {
    fn map<R: Element>(&self, f: impl Fn(T, T) -> R) -> Tensor {
        let Self(a, b, shape) = self;
        let (left, right) = (seen(a, shape), seen(b, shape));
        // Beside a single number, what stands together in memory is gone through as one run.
        Tensor::of(match (a.first(), b.first()) {
            (_, Some(&y)) if b.len() == 1 => left.mapv(|x| f(x, y)),
            (Some(&x), _) if a.len() == 1 => right.mapv(|y| f(x, y)),
            _ => Zip::from(left).and(right).map_collect(|&x, &y| f(x, y)),
        })
    }
}

fn compare<T: Element + PartialOrd>(op: Binary, pair: &Pair<'_, T>) -> Tensor {
    match op {
        Binary::Equal => pair.map(|x, y| x == y),
        Binary::NotEqual => pair.map(|x, y| x != y),
        Binary::Less => pair.map(|x, y| x < y),
        Binary::LessEqual => pair.map(|x, y| x <= y),
        Binary::Greater => pair.map(|x, y| x > y),
        _ => pair.map(|x, y| x >= y),
    }
}

fn bools(op: Binary, pair: &Pair<'_, bool>) -> Tensor {
    match op {
        Binary::Add | Binary::Or => pair.map(|x, y| x | y),
        Binary::Multiply | Binary::And => pair.map(|x, y| x & y),
        Binary::Xor => pair.map(|x, y| x ^ y),
        _ => compare(op, pair),
    }
}

fn bytes(op: Binary, pair: &Pair<'_, u8>) -> Tensor {
    match op {
        Binary::Add => pair.map(u8::wrapping_add),
        Binary::Subtract => pair.map(u8::wrapping_sub),
        Binary::Multiply => pair.map(u8::wrapping_mul),
        Binary::FloorDivide => pair.map(|x, y| x.checked_div(y).unwrap_or_default()),
        Binary::Remainder => pair.map(|x, y| x.checked_rem(y).unwrap_or_default()),
        Binary::Power => pair.map(|x, y| x.wrapping_pow(u32::from(y))),
        Binary::And => pair.map(|x, y| x & y),
        Binary::Or => pair.map(|x, y| x | y),
        Binary::Xor => pair.map(|x, y| x ^ y),
        _ => compare(op, pair),
    }
}

fn integers(op: Binary, pair: &Pair<'_, i64>) -> Tensor {
    match op {
        Binary::Add => pair.map(i64::wrapping_add),
        Binary::Subtract => pair.map(i64::wrapping_sub),
        Binary::Multiply => pair.map(i64::wrapping_mul),
        Binary::FloorDivide => pair.map(floor_divide),
        Binary::Remainder => pair.map(remainder),
        // Above 2^32 only the last bits of the power matter to a product that counts round.
        Binary::Power => pair.map(wrapping_power),
        Binary::And => pair.map(|x, y| x & y),
        Binary::Or => pair.map(|x, y| x | y),
        Binary::Xor => pair.map(|x, y| x ^ y),
        _ => compare(op, pair),
    }
}

fn floats(op: Binary, pair: &Pair<'_, f32>) -> Tensor {
    match op {
        Binary::Add => pair.map(|x, y| x + y),
        Binary::Subtract => pair.map(|x, y| x - y),
        Binary::Multiply => pair.map(|x, y| x * y),
        Binary::Divide => pair.map(|x, y| x / y),
        Binary::FloorDivide => pair.map(|x, y| (x / y).floor()),
        Binary::Remainder => pair.map(float_remainder),
        Binary::Power => pair.map(float_power),
        _ => compare(op, pair),
    }
}

/// `a // b` of whole numbers, rounded down; 0 where `b` is 0.
pub(crate) fn floor_divide(a: i64, b: i64) -> i64 {
    let quotient = if b == 0 { 0 } else { a.wrapping_div(b) };
    let exact = b == 0 || a.wrapping_rem(b) == 0;
    if exact || (a < 0) == (b < 0) { quotient } else { quotient - 1 }
}

/// `a % b` of whole numbers, with the sign of `b`; 0 where `b` is 0.
pub(crate) fn remainder(a: i64, b: i64) -> i64 {
    let rest = if b == 0 { 0 } else { a.wrapping_rem(b) };
    if rest != 0 && (rest < 0) != (b < 0) { rest + b } else { rest }
}

fn wrapping_power(base: i64, exponent: i64) -> i64 {
    let (mut base, mut exponent, mut result) = (base, exponent.max(0), 1_i64);
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = result.wrapping_mul(base);
        }
        base = base.wrapping_mul(base);
        exponent >>= 1;
    }
    result
}

fn float_remainder(a: f32, b: f32) -> f32 {
    let rest = a % b;
    if rest != 0.0 && (rest < 0.0) != (b < 0.0) { rest + b } else { rest }
}

/// Small powers as products and roots, as PyTorch takes them.
#[expect(clippy::float_cmp, reason = "exact powers")]
fn float_power(base: f32, exponent: f32) -> f32 {
    if exponent == 2.0 {
        base * base
    } else if exponent == 3.0 {
        base * base * base
    } else if exponent == 0.5 {
        base.sqrt()
    } else {
        base.powf(exponent)
    }
}

/// A function of each number of `a`.
///
/// # Errors
/// If the function is not one for this kind.
pub fn unary(op: Unary, a: &Tensor) -> Result<Tensor> {
    let dtype = a.dtype();
    let refuse = |why: &str| Err(TensorError::new(why));
    Ok(match (op, dtype) {
        (Unary::Negative, Dtype::Bool) => {
            return refuse("true and false have no sign; turn a mask over with ~ instead");
        }
        (Unary::Abs, Dtype::Bool) => return refuse("true and false have no sign for abs to drop"),
        (Unary::Relu, Dtype::Bool) => return refuse("relu is for numbers, not for true and false"),
        (Unary::Invert, Dtype::Float32) => return refuse("~ turns over masks or whole numbers, not float32"),
        (Unary::Negative, Dtype::Uint8) => a.map(u8::wrapping_neg),
        (Unary::Negative, Dtype::Int64) => a.map(i64::wrapping_neg),
        (Unary::Negative, Dtype::Float32) => a.map(|value: f32| -value),
        (Unary::Invert, Dtype::Bool) => a.map(|value: bool| !value),
        (Unary::Invert, Dtype::Uint8) => a.map(|value: u8| !value),
        (Unary::Invert, Dtype::Int64) => a.map(|value: i64| !value),
        (Unary::Abs, Dtype::Int64) => a.map(i64::wrapping_abs),
        (Unary::Abs, Dtype::Float32) => a.map(f32::abs),
        (Unary::Relu, Dtype::Int64) => a.map(|value: i64| value.max(0)),
        (Unary::Relu, Dtype::Float32) => a.map(|value: f32| if value < 0.0 { 0.0 } else { value }),
        (Unary::Abs | Unary::Relu | Unary::Round | Unary::Floor, Dtype::Uint8)
        | (Unary::Round | Unary::Floor, Dtype::Int64) => a.clone(),
        (Unary::Round | Unary::Floor, Dtype::Bool) => return refuse("true and false have nothing to round"),
        (Unary::Round, Dtype::Float32) => a.map(f32::round_ties_even),
        (Unary::Floor, Dtype::Float32) => a.map(f32::floor),
        (Unary::Sqrt, _) => a.map(f32::sqrt),
        (Unary::Exp, _) => a.map(f32::exp),
        (Unary::Log, _) => a.map(f32::ln),
        (Unary::Sigmoid, _) => a.map(|value: f32| 1.0 / (1.0 + (-value).exp())),
    })
}

/// The numbers of `a` where `condition` is true, and of `b` elsewhere.
///
/// # Errors
/// If the condition is no mask, or the shapes do not fit.
pub fn select_where(condition: &Tensor, a: &Operand, b: &Operand) -> Result<Tensor> {
    fn choose<T: Element>(mask: &Shared<bool>, a: &Tensor, b: &Tensor, shape: &[usize]) -> Tensor {
        let (a, b) = (a.array(), b.array());
        let sides = Zip::from(seen(mask, shape)).and(seen(&a, shape)).and(seen(&b, shape));
        Tensor::of(sides.map_collect(|&yes, &x: &T, &y: &T| if yes { x } else { y }))
    }
    if condition.dtype() != Dtype::Bool {
        return Err(TensorError::new(format!(
            "where wants a mask of true and false first, not {}",
            condition.dtype().name()
        )));
    }
    let dtype = promote(a.kind(), b.kind());
    let shape = broadcast_shapes(&broadcast_shapes(a.tensor.shape(), b.tensor.shape())?, condition.shape())?;
    Ok(of_kind!(dtype, choose(&condition.array(), &a.tensor, &b.tensor, &shape)))
}

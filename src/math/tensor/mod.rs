//! Small tensors as PyTorch has them: numbers of four kinds in any shape, views that share memory, broadcasting, and
//! PyTorch's way of printing.
//!
//! A tensor never holds more than [`MAX_ELEMENTS`] numbers, and every operation checks that before it allocates.

mod broadcast;
mod dtype;
mod elementwise;
mod join;
mod matmul;
mod print;
mod reduce;
mod view;

pub use broadcast::{broadcast_shapes, shape_text};
pub use dtype::{Dtype, Weight, promote};
pub use elementwise::{Binary, Operand, Unary, binary, select_where, unary};
pub(crate) use elementwise::{floor_divide, remainder};
pub use join::{concatenate, stack};
pub use matmul::matmul;
pub(crate) use print::python_float;
pub use reduce::Reduction;

use std::borrow::Cow;
use std::sync::Arc;

/// The most numbers a tensor may have.
pub const MAX_ELEMENTS: usize = 10_000_000;
/// The most axes a tensor may have.
pub const MAX_RANK: usize = 8;

/// What went wrong, as one sentence for the reader.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct TensorError(pub String);

impl TensorError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

/// What an operation on tensors gives.
pub type Result<T> = std::result::Result<T, TensorError>;

/// The numbers behind one or more tensors.
#[derive(Clone, Debug)]
pub enum Data {
    /// Of [`Dtype::Bool`].
    Bool(Arc<Vec<bool>>),
    /// Of [`Dtype::Uint8`].
    Uint8(Arc<Vec<u8>>),
    /// Of [`Dtype::Int64`].
    Int64(Arc<Vec<i64>>),
    /// Of [`Dtype::Float32`].
    Float32(Arc<Vec<f32>>),
}

impl Data {
    /// Whether both are the same memory.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Bool(a), Self::Bool(b)) => Arc::ptr_eq(a, b),
            (Self::Uint8(a), Self::Uint8(b)) => Arc::ptr_eq(a, b),
            (Self::Int64(a), Self::Int64(b)) => Arc::ptr_eq(a, b),
            (Self::Float32(a), Self::Float32(b)) => Arc::ptr_eq(a, b),
            _ => false,
        }
    }
}

/// A kind of number that tensors are made of.
pub trait Element: Copy + Default + Send + Sync + 'static {
    /// Its kind.
    const DTYPE: Dtype;
    /// Numbers as a tensor's memory.
    fn wrap(values: Vec<Self>) -> Data;
    /// The memory's numbers, if they are of this kind.
    fn slice(data: &Data) -> Option<&[Self]>;
}

macro_rules! element {
    ($type:ty, $variant:ident) => {
        impl Element for $type {
            const DTYPE: Dtype = Dtype::$variant;
            fn wrap(values: Vec<Self>) -> Data {
                Data::$variant(Arc::new(values))
            }
            fn slice(data: &Data) -> Option<&[Self]> {
                if let Data::$variant(values) = data { Some(values) } else { None }
            }
        }
    };
}
element!(bool, Bool);
element!(u8, Uint8);
element!(i64, Int64);
element!(f32, Float32);

/// A window on numbers in memory: the element at `[i, j, ..]` stands at `offset + i * strides[0] + j * strides[1] + ..`.
#[derive(Clone, Debug)]
pub struct Tensor {
    data: Data,
    shape: Vec<usize>,
    strides: Vec<usize>,
    offset: usize,
}

impl Tensor {
    /// A tensor of `values`, row by row.
    ///
    /// # Errors
    /// If the shape has other than `values.len()` places, too many axes or too many numbers.
    pub fn new<T: Element>(values: Vec<T>, shape: &[usize]) -> Result<Self> {
        let count = check_shape(shape)?;
        if count != values.len() {
            let places = shape_text(shape);
            return Err(TensorError::new(format!(
                "{} numbers do not fill the shape {places}, which has {count} places",
                values.len()
            )));
        }
        Ok(Self { data: T::wrap(values), shape: shape.to_vec(), strides: row_major(shape), offset: 0 })
    }

    /// A tensor of rank 0.
    #[must_use]
    pub fn single<T: Element>(value: T) -> Self {
        Self { data: T::wrap(vec![value]), shape: Vec::new(), strides: Vec::new(), offset: 0 }
    }

    /// A tensor of one value throughout; it takes the memory of one number.
    ///
    /// # Errors
    /// If the shape has too many axes or too many numbers.
    pub fn full<T: Element>(value: T, shape: &[usize]) -> Result<Self> {
        check_shape(shape)?;
        Ok(Self { data: T::wrap(vec![value]), shape: shape.to_vec(), strides: vec![0; shape.len()], offset: 0 })
    }

    /// The memory that the tensor looks at.
    #[must_use]
    pub const fn data(&self) -> &Data {
        &self.data
    }

    /// The length of every axis.
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The number of axes.
    #[must_use]
    pub fn rank(&self) -> usize {
        self.shape.len()
    }

    /// How many numbers it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Whether it has no numbers.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What its numbers are.
    #[must_use]
    pub const fn dtype(&self) -> Dtype {
        match self.data {
            Data::Bool(_) => Dtype::Bool,
            Data::Uint8(_) => Dtype::Uint8,
            Data::Int64(_) => Dtype::Int64,
            Data::Float32(_) => Dtype::Float32,
        }
    }

    /// How much it has to say about the kind of a result.
    #[must_use]
    pub fn weight(&self) -> Weight {
        if self.shape.is_empty() { Weight::Single } else { Weight::Axes }
    }

    /// Whether its numbers stand in memory one after the other, row by row.
    #[must_use]
    pub fn is_contiguous(&self) -> bool {
        let mut expected = 1;
        for (&length, &stride) in self.shape.iter().zip(&self.strides).rev() {
            if length != 1 && stride != expected {
                return false;
            }
            expected *= length;
        }
        true
    }

    /// Places in memory, row by row.
    pub fn places(&self) -> impl Iterator<Item = usize> {
        Places::new(self)
    }

    /// Its numbers, row by row; borrowed where they stand so in memory. `None` if they are of another kind.
    #[must_use]
    pub fn values<T: Element>(&self) -> Option<Cow<'_, [T]>> {
        let all = T::slice(&self.data)?;
        if self.is_contiguous() {
            return all.get(self.offset..self.offset + self.len()).map(Cow::Borrowed);
        }
        let mut values = Vec::with_capacity(self.len());
        values.extend(self.places().filter_map(|place| all.get(place).copied()));
        Some(Cow::Owned(values))
    }

    /// Its numbers in double precision, row by row; true is 1.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "for drawing and printing")]
    pub fn to_f64(&self) -> Vec<f64> {
        fn read<T: Element>(all: &[T], places: impl Iterator<Item = usize>, as_f64: impl Fn(T) -> f64) -> Vec<f64> {
            places.filter_map(|place| all.get(place).copied()).map(as_f64).collect()
        }
        let places = self.places();
        match &self.data {
            Data::Bool(all) => read(all, places, f64::from),
            Data::Uint8(all) => read(all, places, f64::from),
            Data::Int64(all) => read(all, places, |value| value as f64),
            Data::Float32(all) => read(all, places, f64::from),
        }
    }

    /// The tensor with its numbers as another kind: fractions are cut off towards zero, and bytes count round.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "what a cast is for"
    )]
    pub fn to(&self, dtype: Dtype) -> Self {
        fn map<A: Element, B: Element>(tensor: &Tensor, f: impl Fn(A) -> B) -> Tensor {
            let values = tensor.values::<A>().unwrap_or_default().iter().map(|&value| f(value)).collect();
            Tensor { data: B::wrap(values), shape: tensor.shape.clone(), strides: row_major(&tensor.shape), offset: 0 }
        }
        match (self.dtype(), dtype) {
            (from, to) if from == to => self.clone(),
            (Dtype::Bool, Dtype::Uint8) => map(self, |value: bool| u8::from(value)),
            (Dtype::Bool, Dtype::Int64) => map(self, |value: bool| i64::from(value)),
            (Dtype::Bool, _) => map(self, |value: bool| f32::from(value)),
            (Dtype::Uint8, Dtype::Bool) => map(self, |value: u8| value != 0),
            (Dtype::Uint8, Dtype::Int64) => map(self, |value: u8| i64::from(value)),
            (Dtype::Uint8, _) => map(self, |value: u8| f32::from(value)),
            (Dtype::Int64, Dtype::Bool) => map(self, |value: i64| value != 0),
            (Dtype::Int64, Dtype::Uint8) => map(self, |value: i64| value as u8),
            (Dtype::Int64, _) => map(self, |value: i64| value as f32),
            (Dtype::Float32, Dtype::Bool) => map(self, |value: f32| value != 0.0),
            (Dtype::Float32, Dtype::Uint8) => map(self, |value: f32| value as i64 as u8),
            (Dtype::Float32, _) => map(self, |value: f32| value as i64),
        }
    }
}

/// Walks the places of a tensor, last axis fastest.
struct Places {
    shape: Vec<usize>,
    strides: Vec<usize>,
    at: Vec<usize>,
    place: usize,
    left: usize,
}

impl Places {
    fn new(tensor: &Tensor) -> Self {
        let rank = tensor.rank();
        Self {
            shape: tensor.shape.clone(),
            strides: tensor.strides.clone(),
            at: vec![0; rank],
            place: tensor.offset,
            left: tensor.len(),
        }
    }
}

impl Iterator for Places {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        self.left = self.left.checked_sub(1)?;
        let here = self.place;
        for ((at, &length), &stride) in self.at.iter_mut().zip(&self.shape).zip(&self.strides).rev() {
            *at += 1;
            self.place += stride;
            if *at < length {
                break;
            }
            self.place -= stride * length;
            *at = 0;
        }
        Some(here)
    }
}

/// Steps of a tensor that stands in memory row by row.
fn row_major(shape: &[usize]) -> Vec<usize> {
    let mut strides = vec![1; shape.len()];
    for axis in (1..shape.len()).rev() {
        strides[axis - 1] = strides[axis] * shape[axis].max(1);
    }
    strides
}

/// The number of places of a shape, if it is not too large.
pub(crate) fn check_shape(shape: &[usize]) -> Result<usize> {
    if shape.len() > MAX_RANK {
        return Err(TensorError::new(format!(
            "{} axes are more than the {MAX_RANK} that this bench has room for",
            shape.len()
        )));
    }
    let count = if shape.contains(&0) {
        Some(0)
    } else {
        shape
            .iter()
            .try_fold(1_usize, |count, &length| count.checked_mul(length))
            .filter(|&count| count <= MAX_ELEMENTS)
    };
    count.filter(|_| shape.iter().all(|&length| length <= MAX_ELEMENTS)).ok_or_else(|| {
        TensorError::new(format!(
            "the shape {} has more than the {MAX_ELEMENTS} numbers that this bench has room for",
            shape_text(shape)
        ))
    })
}

/// An axis given from the front or, when negative, from the back, among `rank` of them.
///
/// # Errors
/// If there is no such axis.
pub fn axis(dim: i64, rank: usize) -> Result<usize> {
    let count = i64::try_from(rank.max(1)).unwrap_or(i64::MAX);
    let place = if dim < 0 { dim + count } else { dim };
    usize::try_from(place).ok().filter(|_| place < count).ok_or_else(|| {
        let range = format!("{} to {}", -count, count - 1);
        TensorError::new(format!("there is no axis {dim}: a tensor of rank {rank} has the axes {range}"))
    })
}

#[cfg(test)]
mod tests;

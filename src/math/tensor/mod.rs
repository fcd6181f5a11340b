//! Small tensors as PyTorch has them: numbers of four kinds in any shape, views that share memory, broadcasting, and
//! PyTorch's way of printing.
//!
//! A tensor never holds more than [`MAX_ELEMENTS`] numbers, and every operation checks that before it allocates.

mod broadcast;
mod data;
mod dtype;
mod elementwise;
mod join;
mod matmul;
mod print;
mod reduce;
mod view;

pub use broadcast::{broadcast_shapes, shape_text};
pub use data::{Data, Element, Number, Shared};
pub use dtype::{Dtype, Weight, promote};
pub use elementwise::{Binary, Operand, Unary, binary, select_where, unary};
pub(crate) use elementwise::{floor_divide, remainder};
pub use join::{concatenate, stack};
pub use matmul::matmul;
pub(crate) use print::python_float;
pub use reduce::Reduction;

use data::{each_kind, of_kind, seen};
use ndarray::{ArrayD, IxDyn, ShapeError, arr0, indices};
use std::borrow::Cow;

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

impl From<ShapeError> for TensorError {
    fn from(error: ShapeError) -> Self {
        Self(error.to_string())
    }
}

/// What an operation on tensors gives.
pub type Result<T> = std::result::Result<T, TensorError>;

/// Numbers in a shape; several tensors may look at the same memory.
#[derive(Clone, Debug)]
pub struct Tensor {
    /// With as many axes as the shape; where the shape is longer than an axis of length 1, that one is stretched.
    data: Data,
    shape: Vec<usize>,
}

impl Tensor {
    /// A tensor of `values`, row by row.
    ///
    /// # Errors
    /// If the shape has other than `values.len()` places, too many axes or too many numbers.
    pub fn new<T: Element>(values: Vec<T>, shape: &[usize]) -> Result<Self> {
        let (count, places) = (values.len(), check_shape(shape)?);
        ArrayD::from_shape_vec(shape, values).ok().map(Self::of).ok_or_else(|| {
            let shape = shape_text(shape);
            TensorError::new(format!("{count} numbers do not fill the shape {shape}, which has {places} places"))
        })
    }

    /// A tensor of an array's numbers, which are laid row by row if they are not.
    fn of<T: Element>(array: ArrayD<T>) -> Self {
        let rows = if array.is_standard_layout() { array } else { array.as_standard_layout().into_owned() };
        Self { shape: rows.shape().to_vec(), data: T::share(rows.into_shared()) }
    }

    /// A tensor of rank 0.
    #[must_use]
    pub fn single<T: Element>(value: T) -> Self {
        Self::of(arr0(value).into_dyn())
    }

    /// A tensor of one value throughout; it takes the memory of one number.
    ///
    /// # Errors
    /// If the shape has too many axes or too many numbers.
    pub fn full<T: Element>(value: T, shape: &[usize]) -> Result<Self> {
        check_shape(shape)?;
        Ok(Self::single(value).stretched(shape))
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

    /// Where in memory its numbers stand, counted from its first, row by row.
    pub fn places(&self) -> impl Iterator<Item = usize> + use<> {
        let steps = each_kind!(&self.data, array => seen(array, &self.shape).strides().to_vec());
        let place = move |at: IxDyn| (0..).zip(&steps).map(|(axis, step)| at[axis] * step.unsigned_abs()).sum();
        indices(self.shape.clone()).into_iter().map(place)
    }

    /// Its numbers, row by row; borrowed where they stand so in memory. `None` if they are of another kind.
    #[must_use]
    pub fn values<T: Element>(&self) -> Option<Cow<'_, [T]>> {
        let all = seen(T::shared(&self.data)?, &self.shape);
        Some(all.to_slice().map_or_else(|| Cow::Owned(all.iter().copied().collect()), Cow::Borrowed))
    }

    /// Its numbers in double precision, row by row; true is 1.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "for drawing and printing")]
    pub fn to_f64(&self) -> Vec<f64> {
        each_kind!(&self.data, array => seen(array, &self.shape).iter().map(|value| match value.number() {
            Number::Bool(value) => f64::from(value),
            Number::Integer(value) => value as f64,
            Number::Float(value) => f64::from(value),
        }).collect())
    }

    /// The array of its numbers as another kind; stretched axes have length 1 in it.
    fn array<T: Element>(&self) -> Shared<T> {
        T::shared(&self.data).cloned().unwrap_or_else(
            || each_kind!(&self.data, array => array.mapv(|value| T::cast(value.number())).into_shared()),
        )
    }

    /// `f` of each of its numbers as the kind `A`.
    fn map<A: Element, B: Element>(&self, f: impl Fn(A) -> B) -> Self {
        Self::of(seen(&self.array(), &self.shape).mapv(f))
    }

    /// The tensor with its numbers as another kind: fractions are cut off towards zero, and bytes count round.
    #[must_use]
    pub fn to(&self, dtype: Dtype) -> Self {
        fn cast<T: Element>(tensor: &Tensor) -> Tensor {
            each_kind!(&tensor.data, array => {
                Tensor::of(seen(array, &tensor.shape).mapv(|value| T::cast(value.number())))
            })
        }
        if self.dtype() == dtype { self.clone() } else { of_kind!(dtype, cast(self)) }
    }
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

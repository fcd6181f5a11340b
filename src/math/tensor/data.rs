//! The numbers behind tensors: ndarray's shared arrays, one for each kind of number.

use super::Dtype;
use ndarray::{ArcArray, ArrayViewD, IxDyn};

/// An array of any rank whose memory other arrays may share.
pub type Shared<T> = ArcArray<T, IxDyn>;

/// The numbers behind a tensor.
#[derive(Clone, Debug)]
pub enum Data {
    /// Of [`Dtype::Bool`].
    Bool(Shared<bool>),
    /// Of [`Dtype::Uint8`].
    Uint8(Shared<u8>),
    /// Of [`Dtype::Int64`].
    Int64(Shared<i64>),
    /// Of [`Dtype::Float32`].
    Float32(Shared<f32>),
}

/// One piece of code for the array of whichever kind the data are.
macro_rules! each_kind {
    ($data:expr, $array:ident => $body:expr) => {
        match $data {
            $crate::math::tensor::Data::Bool($array) => $body,
            $crate::math::tensor::Data::Uint8($array) => $body,
            $crate::math::tensor::Data::Int64($array) => $body,
            $crate::math::tensor::Data::Float32($array) => $body,
        }
    };
}
pub(super) use each_kind;

/// One piece of code for the type of whichever kind the [`Dtype`] is.
macro_rules! of_kind {
    ($dtype:expr, $function:ident($($argument:expr),*)) => {
        match $dtype {
            $crate::math::tensor::Dtype::Bool => $function::<bool>($($argument),*),
            $crate::math::tensor::Dtype::Uint8 => $function::<u8>($($argument),*),
            $crate::math::tensor::Dtype::Int64 => $function::<i64>($($argument),*),
            $crate::math::tensor::Dtype::Float32 => $function::<f32>($($argument),*),
        }
    };
}
pub(super) use of_kind;

impl Data {
    /// How many numbers of `source`'s memory lie before the first of these; `None` if these do not stand there.
    #[must_use]
    pub fn offset_in(&self, source: &Self) -> Option<usize> {
        fn offset<T>(own: &Shared<T>, source: &Shared<T>) -> Option<usize> {
            // Both are alive, so an address between the ends of the one can only be the other's view of it.
            let bytes = own.as_ptr().addr().checked_sub(source.as_ptr().addr())?;
            let steps = source.shape().iter().zip(source.strides());
            let last: usize = steps.map(|(&length, step)| length.saturating_sub(1) * step.unsigned_abs()).sum();
            Some(bytes / size_of::<T>()).filter(|&place| place <= last)
        }
        match (self, source) {
            (Self::Bool(own), Self::Bool(source)) => offset(own, source),
            (Self::Uint8(own), Self::Uint8(source)) => offset(own, source),
            (Self::Int64(own), Self::Int64(source)) => offset(own, source),
            (Self::Float32(own), Self::Float32(source)) => offset(own, source),
            _ => None,
        }
    }

    /// Whether one of the two is a view of the other.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.offset_in(other).or_else(|| other.offset_in(self)).is_some()
    }
}

/// `array` in `shape`, its axes of length 1 stretched; the shape must fit.
pub(super) fn seen<'a, T>(array: &'a Shared<T>, shape: &[usize]) -> ArrayViewD<'a, T> {
    array.broadcast(IxDyn(shape)).unwrap_or_else(|| array.view())
}

/// A number of any kind, on its way to another kind or to print.
#[derive(Clone, Copy)]
pub enum Number {
    /// Of [`Dtype::Bool`].
    Bool(bool),
    /// Of [`Dtype::Uint8`] or [`Dtype::Int64`].
    Integer(i64),
    /// Of [`Dtype::Float32`].
    Float(f32),
}

/// A kind of number that tensors are made of.
pub trait Element: Copy + Default + Send + Sync + 'static {
    /// Its kind.
    const DTYPE: Dtype;
    /// An array as data.
    fn share(array: Shared<Self>) -> Data;
    /// The data's array, if it is of this kind.
    fn shared(data: &Data) -> Option<&Shared<Self>>;
    /// The number, whatever its kind.
    fn number(self) -> Number;
    /// A number as this kind: fractions are cut off towards zero, and bytes count round.
    fn cast(number: Number) -> Self;
}

macro_rules! element {
    ($type:ty, $variant:ident, $number:expr, $cast:expr) => {
        impl Element for $type {
            const DTYPE: Dtype = Dtype::$variant;
            fn share(array: Shared<Self>) -> Data {
                Data::$variant(array)
            }
            fn shared(data: &Data) -> Option<&Shared<Self>> {
                if let Data::$variant(array) = data { Some(array) } else { None }
            }
            fn number(self) -> Number {
                $number(self)
            }
            #[expect(clippy::allow_attributes, reason = "not every kind loses something")]
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "what a cast is for")]
            fn cast(number: Number) -> Self {
                $cast(number)
            }
        }
    };
}
element!(bool, Bool, Number::Bool, |number| match number {
    Number::Bool(value) => value,
    Number::Integer(value) => value != 0,
    Number::Float(value) => value != 0.0,
});
element!(u8, Uint8, |value| Number::Integer(i64::from(value)), |number| i64::cast(number) as u8);
element!(i64, Int64, Number::Integer, |number| match number {
    Number::Bool(value) => i64::from(value),
    Number::Integer(value) => value,
    Number::Float(value) => value as i64,
});
element!(f32, Float32, Number::Float, |number| match number {
    Number::Bool(value) => f32::from(value),
    Number::Integer(value) => value as f32,
    Number::Float(value) => value,
});

//! What the numbers of a tensor are, and what two kinds become together.

/// The kind of a tensor's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dtype {
    /// True or false; one byte.
    Bool,
    /// A whole number from 0 to 255, counted round at its ends; one byte.
    Uint8,
    /// A whole number of 64 bits, with a sign.
    Int64,
    /// A number in single precision.
    Float32,
}

impl Dtype {
    /// Its name in PyTorch, without `torch.`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Uint8 => "uint8",
            Self::Int64 => "int64",
            Self::Float32 => "float32",
        }
    }

    /// Bytes that one number takes.
    #[must_use]
    pub const fn size(self) -> usize {
        match self {
            Self::Bool | Self::Uint8 => 1,
            Self::Float32 => 4,
            Self::Int64 => 8,
        }
    }

    /// Whether its numbers have a fraction.
    #[must_use]
    pub const fn is_float(self) -> bool {
        matches!(self, Self::Float32)
    }

    /// Bool, whole numbers, fractions: a scalar changes a tensor's kind only from a lower one of these to a higher.
    const fn category(self) -> u8 {
        match self {
            Self::Bool => 0,
            Self::Uint8 | Self::Int64 => 1,
            Self::Float32 => 2,
        }
    }
}

/// How much a value has to say about the kind of a result: a tensor with axes more than one without, and that more than
/// a plain number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// A number written in the expression.
    Number,
    /// A tensor of rank 0.
    Single,
    /// A tensor with at least one axis.
    Axes,
}

/// The kind in which two values meet, as PyTorch promotes: the wider of equals; of unequals the weightier, unless the
/// other is of a higher category.
#[must_use]
pub fn promote(a: (Dtype, Weight), b: (Dtype, Weight)) -> Dtype {
    if a.1 == b.1 {
        return a.0.max(b.0);
    }
    let (strong, weak) = if a.1 > b.1 { (a.0, b.0) } else { (b.0, a.0) };
    if weak.category() > strong.category() { weak } else { strong }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Dtype::{Bool, Float32, Int64, Uint8};
    use Weight::{Axes, Number, Single};

    #[test]
    fn kinds_meet_as_in_pytorch() {
        // torch.result_type(torch.zeros(2, dtype=a), torch.tensor(0, dtype=b)), and the like.
        assert_eq!(promote((Uint8, Axes), (Int64, Axes)), Int64);
        assert_eq!(promote((Uint8, Axes), (Int64, Single)), Uint8);
        assert_eq!(promote((Uint8, Axes), (Int64, Number)), Uint8);
        assert_eq!(promote((Bool, Axes), (Int64, Number)), Int64);
        assert_eq!(promote((Float32, Number), (Int64, Axes)), Float32);
        assert_eq!(promote((Int64, Number), (Float32, Single)), Float32);
        assert_eq!(promote((Bool, Number), (Uint8, Axes)), Uint8);
    }
}

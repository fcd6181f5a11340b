//! How two arrays of different shapes are calculated with as if they had the same one: PyTorch's and NumPy's rules.
//!
//! Shapes are laid over each other from the right. On each axis the sizes must be equal, or one of them 1 or missing; that
//! one is stretched, which copies nothing.

/// The most axes that a shape may have here.
pub const MAX_AXES: usize = 6;
/// The largest size of an axis here.
pub const MAX_SIZE: usize = 1_000_000;
/// Bytes of a single-precision number.
const BYTES: u128 = 4;

/// One axis of the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Axis {
    /// The size of each operand's axis; `None` where the operand has no such axis.
    pub sizes: [Option<usize>; 2],
    /// The size of the result's axis; `None` where the two do not fit.
    pub result: Option<usize>,
}

impl Axis {
    const fn new(sizes: [Option<usize>; 2]) -> Self {
        let result = match sizes {
            [Some(a), Some(b)] if a == b || b == 1 => Some(a),
            [Some(1), Some(b)] => Some(b),
            [Some(_), Some(_)] => None,
            [Some(a), None] => Some(a),
            [None, b] => b,
        };
        Self { sizes, result }
    }

    /// Whether the operand (0 or 1) is used more than once, or left out, along this axis.
    #[must_use]
    pub fn is_stretched(&self, operand: usize) -> bool {
        self.result.is_some() && self.sizes.get(operand).is_some_and(|size| *size != self.result)
    }
}

/// Two shapes laid over each other from the right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broadcast {
    /// The axes of the result, from the left; as many as the longer shape has.
    pub axes: Vec<Axis>,
}

impl Broadcast {
    /// Lays two shapes over each other.
    #[must_use]
    pub fn new(a: &[usize], b: &[usize]) -> Self {
        let rank = a.len().max(b.len());
        let size =
            |shape: &[usize], axis: usize| (axis + shape.len()).checked_sub(rank).and_then(|at| shape.get(at)).copied();
        Self { axes: (0..rank).map(|axis| Axis::new([size(a, axis), size(b, axis)])).collect() }
    }

    /// The shape of the result.
    ///
    /// # Errors
    /// The axis that does not fit, counted from the left of the longer shape; the rightmost one, as in PyTorch's message.
    pub fn shape(&self) -> Result<Vec<usize>, usize> {
        match self.axes.iter().rposition(|axis| axis.result.is_none()) {
            Some(axis) => Err(axis),
            None => Ok(self.axes.iter().filter_map(|axis| axis.result).collect()),
        }
    }

    /// Bytes that making the operand (0 or 1) as large as the result would copy: 0 when it already is, or nothing fits.
    #[must_use]
    pub fn bytes_if_copied(&self, operand: usize) -> u128 {
        let Ok(shape) = self.shape() else { return 0 };
        if self.axes.iter().any(|axis| axis.is_stretched(operand)) { bytes(&shape) } else { 0 }
    }
}

/// Bytes of an array of single-precision numbers: the product of its sizes times 4. At most 10^36 x 4, which fits.
#[must_use]
pub fn bytes(shape: &[usize]) -> u128 {
    shape.iter().map(|&size| size as u128).product::<u128>() * BYTES
}

/// Reads a shape as it is written in Python: `1010, 28, 28`, with or without brackets; nothing is a single number.
///
/// # Errors
/// What is wrong, in one sentence.
pub fn parse_shape(text: &str) -> Result<Vec<usize>, String> {
    let inner = text.trim().trim_start_matches(['[', '(']).trim_end_matches([']', ')']).trim().trim_end_matches(',');
    if inner.is_empty() {
        return Ok(Vec::new());
    }
    let size = |part: &str| match part.trim().parse::<usize>() {
        Ok(size) if size <= MAX_SIZE => Ok(size),
        Ok(_) => Err(format!("{} is too large: sizes go up to {MAX_SIZE} here", part.trim())),
        Err(_) => Err(format!("\"{}\" is not a size: write whole numbers such as 1010, 28, 28", part.trim())),
    };
    let shape: Vec<usize> = inner.split(',').take(MAX_AXES + 1).map(size).collect::<Result<_, _>>()?;
    if shape.len() > MAX_AXES { Err(format!("that is more than {MAX_AXES} axes: leave some out")) } else { Ok(shape) }
}

/// A shape as Python prints it.
#[must_use]
pub fn shape_text(shape: &[usize]) -> String {
    let sizes: Vec<String> = shape.iter().map(ToString::to_string).collect();
    format!("[{}]", sizes.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two shapes, and what becomes of them: a shape, or the axis that does not fit.
    type Case = (&'static [usize], &'static [usize], Result<&'static [usize], usize>);
    use proptest::prelude::*;

    /// What `torch.broadcast_shapes` answers, or the dimension that its error names.
    #[test]
    fn shapes_combine_as_in_pytorch() {
        let cases: [Case; 10] = [
            (&[1010, 28, 28], &[28, 28], Ok(&[1010, 28, 28])),
            (&[28, 28], &[1010, 28, 28], Ok(&[1010, 28, 28])),
            (&[1010, 1, 28, 28], &[2, 28, 28], Ok(&[1010, 2, 28, 28])),
            (&[3, 1], &[1, 4], Ok(&[3, 4])),
            (&[], &[5, 2], Ok(&[5, 2])),
            (&[], &[], Ok(&[])),
            (&[0, 3], &[1, 3], Ok(&[0, 3])),
            (&[2, 0], &[3], Err(1)),
            (&[1010, 28, 28], &[1010], Err(2)),
            (&[1010, 28, 28], &[1010, 28], Err(1)),
        ];
        for (a, b, expected) in cases {
            assert_eq!(Broadcast::new(a, b).shape(), expected.map(<[usize]>::to_vec), "{a:?} and {b:?}");
        }
        // Two axes fail; PyTorch names the right one first.
        assert_eq!(Broadcast::new(&[2, 3], &[4, 5]).shape(), Err(1));
    }

    #[test]
    fn only_what_is_stretched_would_be_copied() {
        let pair = Broadcast::new(&[1010, 28, 28], &[28, 28]);
        assert_eq!([0, 1].map(|operand| pair.bytes_if_copied(operand)), [0, 1010 * 784 * 4]);
        assert_eq!([0, 1, 2].map(|axis| pair.axes[axis].is_stretched(1)), [true, false, false]);
        let both = Broadcast::new(&[3, 1], &[1, 4]);
        assert_eq!([0, 1].map(|operand| both.bytes_if_copied(operand)), [48, 48]);
        assert_eq!(Broadcast::new(&[3], &[4]).bytes_if_copied(0), 0);
        assert_eq!(bytes(&[MAX_SIZE; MAX_AXES]), 4 * 10_u128.pow(36));
    }

    #[test]
    fn shapes_are_read_as_python_writes_them() {
        for text in ["1010, 28,28", "[1010, 28, 28]", "(1010,28,28,)"] {
            assert_eq!(parse_shape(text), Ok(vec![1010, 28, 28]));
        }
        assert_eq!(parse_shape("[]"), Ok(vec![]));
        for (text, said) in [
            ("28, x", "\"x\" is not"),
            ("-1", "\"-1\" is not"),
            ("9999999", "too large"),
            ("1,1,1,1,1,1,1", "more than 6"),
        ] {
            assert!(parse_shape(text).unwrap_err().contains(said), "{text}");
        }
        assert_eq!(shape_text(&[2, 28]), "[2, 28]");
    }

    proptest! {
        #[test]
        fn the_order_of_the_two_does_not_matter(a in prop::collection::vec(0..4_usize, 0..4), b in prop::collection::vec(0..4_usize, 0..4)) {
            prop_assert_eq!(Broadcast::new(&a, &b).shape(), Broadcast::new(&b, &a).shape());
            prop_assert_eq!(Broadcast::new(&a, &[]).shape(), Ok(a));
        }

        #[test]
        fn any_text_is_read_or_refused(text in ".{0,40}") {
            if let Ok(shape) = parse_shape(&text) {
                prop_assert_eq!(parse_shape(&shape_text(&shape)), Ok(shape));
            }
        }
    }
}

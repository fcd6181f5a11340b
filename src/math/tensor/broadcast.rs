//! Two shapes made to fit: axes aligned from the right, an axis of length 1 stretched.

use super::{Element, Result, Tensor, TensorError, check_shape, row_major};

/// `[2, 3]`.
#[must_use]
pub fn shape_text(shape: &[usize]) -> String {
    format!("{shape:?}")
}

/// The shape that both fit, as PyTorch broadcasts.
///
/// # Errors
/// If an axis has two lengths, neither of them 1; or if the result would be too large.
pub fn broadcast_shapes(a: &[usize], b: &[usize]) -> Result<Vec<usize>> {
    let rank = a.len().max(b.len());
    let at = |shape: &[usize], axis: usize| (axis + shape.len()).checked_sub(rank).map_or(1, |axis| shape[axis]);
    let mut shape = Vec::with_capacity(rank);
    for axis in 0..rank {
        let (left, right) = (at(a, axis), at(b, axis));
        if left != right && left != 1 && right != 1 {
            return Err(TensorError::new(format!(
                "{} and {} do not fit: lined up from the right, axis {axis} has {left} on one side and {right} on the other, and neither is 1",
                shape_text(a),
                shape_text(b),
            )));
        }
        shape.push(if left == 1 { right } else { left });
    }
    check_shape(&shape)?;
    Ok(shape)
}

impl Tensor {
    /// The tensor seen in a larger shape, without copying: stretched axes step by 0. `shape` must come from
    /// [`broadcast_shapes`]; axes that do not fit are taken as stretched.
    pub(super) fn stretched(&self, shape: &[usize]) -> Self {
        let new_axes = shape.len().saturating_sub(self.rank());
        let strides = (0..shape.len()).map(|axis| {
            let own = axis.checked_sub(new_axes);
            own.map_or(0, |own| if self.shape[own] == shape[axis] { self.strides[own] } else { 0 })
        });
        Self { data: self.data.clone(), shape: shape.to_vec(), strides: strides.collect(), offset: self.offset }
    }
}

/// `f` of each pair of numbers of two tensors of the same shape, row by row.
pub(super) fn zip<A: Element, B: Element, R: Element>(a: &Tensor, b: &Tensor, f: impl Fn(A, B) -> R) -> Tensor {
    let mut values: Vec<R> = Vec::with_capacity(a.len());
    if let (Some(left), Some(right)) = (A::slice(&a.data), B::slice(&b.data)) {
        // Rows of the last axis: the walk over the other axes then costs little.
        let (length, step) = a.shape.last().zip(a.strides.last()).map_or((1, 0), |(&length, &step)| (length, step));
        let other_step = b.strides.last().copied().unwrap_or(0);
        if length > 0 {
            for (from, to) in heads(a).places().zip(heads(b).places()) {
                match (step, other_step) {
                    (1, 0) => {
                        let scalar = right[to];
                        values.extend(left[from..from + length].iter().map(|&value| f(value, scalar)));
                    }
                    (1, 1) => {
                        let pairs = left[from..from + length].iter().zip(&right[to..to + length]);
                        values.extend(pairs.map(|(&x, &y)| f(x, y)));
                    }
                    _ => values.extend((0..length).map(|i| f(left[from + i * step], right[to + i * other_step]))),
                }
            }
        }
    }
    Tensor { data: R::wrap(values), shape: a.shape.clone(), strides: row_major(&a.shape), offset: 0 }
}

/// The tensor's first column: all its axes but the last.
pub(super) fn heads(tensor: &Tensor) -> Tensor {
    let mut heads = tensor.clone();
    heads.shape.pop();
    heads.strides.pop();
    heads
}

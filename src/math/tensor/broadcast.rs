//! Two shapes made to fit: axes aligned from the right, an axis of length 1 stretched.

use super::data::each_kind;
use super::{Element, Result, Tensor, TensorError, check_shape};
use ndarray::Axis;

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
    /// The tensor seen in a larger shape, without copying. `shape` must come from [`broadcast_shapes`].
    pub(super) fn stretched(&self, shape: &[usize]) -> Self {
        let data = each_kind!(&self.data, array => {
            Element::share((array.ndim()..shape.len()).fold(array.clone(), |array, _| array.insert_axis(Axis(0))))
        });
        Self { data, shape: shape.to_vec() }
    }
}

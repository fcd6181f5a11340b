//! Several tensors made into one.

use super::data::{of_kind, seen};
use super::{Dtype, Element, Result, Shared, Tensor, TensorError, axis, check_shape, shape_text};
use ndarray::Axis;

/// Tensors of one shape side by side along a new axis, as `torch.stack`.
///
/// # Errors
/// If there are none, their shapes differ, there is no such axis, or the result would be too large.
pub fn stack(tensors: &[Tensor], dim: i64) -> Result<Tensor> {
    let first = tensors.first().ok_or_else(|| TensorError::new("stack wants at least one tensor"))?;
    let place = axis(dim, first.rank() + 1)?;
    if let Some((entry, other)) = tensors.iter().enumerate().find(|(_, other)| other.shape() != first.shape()) {
        let (expected, found) = (shape_text(first.shape()), shape_text(other.shape()));
        return Err(TensorError::new(format!(
            "stack wants equal shapes: the first tensor has {expected}, but number {entry} has {found}"
        )));
    }
    let single = tensors.iter().map(|tensor| tensor.unsqueeze(dim)).collect::<Result<Vec<_>>>()?;
    join(&single, place)
}

/// Tensors one after the other along an axis that they have, as `torch.cat`.
///
/// # Errors
/// If there are none, they differ in another axis, there is no such axis, or the result would be too large.
pub fn concatenate(tensors: &[Tensor], dim: i64) -> Result<Tensor> {
    let first = tensors.first().ok_or_else(|| TensorError::new("cat wants at least one tensor"))?;
    if first.rank() == 0 {
        return Err(TensorError::new("tensors of rank 0 have no axis to be joined along; use stack"));
    }
    let place = axis(dim, first.rank())?;
    for (entry, other) in tensors.iter().enumerate() {
        let same_rank = other.rank() == first.rank();
        let fits =
            same_rank && (0..first.rank()).all(|axis| axis == place || first.shape()[axis] == other.shape()[axis]);
        if !fits {
            let (expected, found) = (shape_text(first.shape()), shape_text(other.shape()));
            return Err(TensorError::new(format!(
                "cat wants shapes that differ only in axis {place}: the first tensor has {expected}, but number {entry} has {found}"
            )));
        }
    }
    join(tensors, place)
}

fn join(tensors: &[Tensor], place: usize) -> Result<Tensor> {
    let dtype = tensors.iter().map(Tensor::dtype).max().unwrap_or(Dtype::Float32);
    let mut shape = tensors.first().map(|tensor| tensor.shape().to_vec()).unwrap_or_default();
    shape[place] = tensors.iter().map(|tensor| tensor.shape()[place]).fold(0, usize::saturating_add);
    check_shape(&shape)?;
    of_kind!(dtype, side_by_side(tensors, place))
}

fn side_by_side<T: Element>(tensors: &[Tensor], place: usize) -> Result<Tensor> {
    let arrays: Vec<Shared<T>> = tensors.iter().map(Tensor::array).collect();
    let views: Vec<_> = arrays.iter().zip(tensors).map(|(array, tensor)| seen(array, tensor.shape())).collect();
    Ok(Tensor::of(ndarray::concatenate(Axis(place), &views)?))
}

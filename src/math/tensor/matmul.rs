//! Matrix products.

use super::broadcast::broadcast_shapes;
use super::data::seen;
use super::{Dtype, Element, Result, Tensor, TensorError, check_shape, shape_text};
use ndarray::{Array1, Axis, Ix2, indices};

/// Products that one call may take.
const MAX_PRODUCTS: usize = 200_000_000;

/// `a @ b`: vectors as rows or columns, matrices, and stacks of matrices broadcast to each other.
///
/// # Errors
/// If the kinds differ, the inner lengths differ, an operand has no axis, or the work would be too large.
pub fn matmul(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    let (left, right) = (shape_text(a.shape()), shape_text(b.shape()));
    if a.rank() == 0 || b.rank() == 0 {
        return Err(TensorError::new(format!("@ wants at least one axis on both sides, but has {left} @ {right}")));
    }
    if a.dtype() != b.dtype() {
        let (one, other) = (a.dtype().name(), b.dtype().name());
        return Err(TensorError::new(format!(
            "@ wants one kind of number on both sides, but has {one} @ {other}; use .float()"
        )));
    }
    if a.dtype() == Dtype::Bool {
        return Err(TensorError::new("@ is for numbers, not for true and false"));
    }
    let a_matrix = if a.rank() == 1 { a.unsqueeze(0)? } else { a.clone() };
    let b_matrix = if b.rank() == 1 { b.unsqueeze(1)? } else { b.clone() };
    let (a_split, b_split) = (a_matrix.rank() - 2, b_matrix.rank() - 2);
    let (rows, inner, columns) =
        (a_matrix.shape()[a_split], a_matrix.shape()[a_split + 1], b_matrix.shape()[b_split + 1]);
    let b_rows = b_matrix.shape()[b_split];
    if inner != b_rows {
        return Err(TensorError::new(format!(
            "{left} @ {right} does not fit: {inner} columns on the left meet {b_rows} rows on the right"
        )));
    }
    let batch = broadcast_shapes(&a_matrix.shape()[..a_split], &b_matrix.shape()[..b_split])?;
    let shape = [&batch[..], &[rows, columns]].concat();
    let products = check_shape(&shape)?.checked_mul(inner);
    if products.is_none_or(|products| products > MAX_PRODUCTS) {
        return Err(TensorError::new(format!(
            "{left} @ {right} is more work than this bench does: over {MAX_PRODUCTS} products"
        )));
    }
    let (a_shape, b_shape) = ([&batch[..], &[rows, inner]].concat(), [&batch[..], &[inner, columns]].concat());
    let pair = (a_matrix.stretched(&a_shape), b_matrix.stretched(&b_shape));
    let mut result = match a.dtype() {
        Dtype::Uint8 => multiplied(&pair, |sum: u8, x: u8, y| sum.wrapping_add(x.wrapping_mul(y)), |sum| sum),
        Dtype::Int64 => multiplied(&pair, |sum: i64, x: i64, y| sum.wrapping_add(x.wrapping_mul(y)), |sum| sum),
        #[expect(clippy::cast_possible_truncation, reason = "rounded once, at the end")]
        _ => multiplied(&pair, |sum: f64, x: f32, y| f64::from(x).mul_add(f64::from(y), sum), |sum| sum as f32),
    }?;
    if b.rank() == 1 {
        result = result.squeeze(Some(-1))?;
    }
    if a.rank() == 1 {
        let axis = if b.rank() == 1 { -1 } else { -2 };
        result = result.squeeze(Some(axis))?;
    }
    Ok(result)
}

/// Products of stacks of matrices, the sums taken in the order of the inner axis.
fn multiplied<T: Element, S: Copy + Default>(
    (a, b): &(Tensor, Tensor),
    add: impl Fn(S, T, T) -> S,
    done: impl Fn(S) -> T,
) -> Result<Tensor> {
    let (left, right) = (a.array::<T>(), b.array::<T>());
    let split = a.rank() - 2;
    let (batch, rows, columns) = (&a.shape()[..split], a.shape()[split], b.shape()[split + 1]);
    let mut values = Vec::with_capacity(batch.iter().product::<usize>() * rows * columns);
    let mut sums = Array1::from_elem(columns, S::default());
    for at in indices(batch) {
        let matrix =
            |array, shape| (0..split).fold(seen(array, shape), |part, axis| part.index_axis_move(Axis(0), at[axis]));
        let (left, right) = (matrix(&left, a.shape()), matrix(&right, b.shape()));
        let (left, right) = (left.into_dimensionality::<Ix2>()?, right.into_dimensionality::<Ix2>()?);
        for row in left.rows() {
            sums.fill(S::default());
            for (&x, line) in row.iter().zip(right.rows()) {
                sums.zip_mut_with(&line, |sum, &y| *sum = add(*sum, x, y));
            }
            values.extend(sums.iter().map(|&sum| done(sum)));
        }
    }
    Tensor::new(values, &[batch, &[rows, columns]].concat())
}

//! Matrix products.

use super::broadcast::broadcast_shapes;
use super::{Dtype, Element, Result, Tensor, TensorError, check_shape, row_major, shape_text};

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
    let a_matrix = a_matrix.stretched(&[&batch[..], &[rows, inner]].concat());
    let b_matrix = b_matrix.stretched(&[&batch[..], &[inner, columns]].concat());
    let size = [rows, inner, columns];
    let data = match a.dtype() {
        Dtype::Uint8 => {
            products_of(&a_matrix, &b_matrix, size, |sum: u8, x: u8, y| sum.wrapping_add(x.wrapping_mul(y)), |sum| sum)
        }
        Dtype::Int64 => products_of(
            &a_matrix,
            &b_matrix,
            size,
            |sum: i64, x: i64, y| sum.wrapping_add(x.wrapping_mul(y)),
            |sum| sum,
        ),
        #[expect(clippy::cast_possible_truncation, reason = "rounded once, at the end")]
        _ => products_of(
            &a_matrix,
            &b_matrix,
            size,
            |sum: f64, x: f32, y| f64::from(x).mul_add(f64::from(y), sum),
            |sum| sum as f32,
        ),
    };
    let mut result = Tensor { data, strides: row_major(&shape), shape, offset: 0 };
    if b.rank() == 1 {
        result = result.squeeze(Some(-1))?;
    }
    if a.rank() == 1 {
        let axis = if b.rank() == 1 { -1 } else { -2 };
        result = result.squeeze(Some(axis))?;
    }
    Ok(result)
}

fn products_of<T: Element, S: Copy + Default>(
    a: &Tensor,
    b: &Tensor,
    [rows, inner, columns]: [usize; 3],
    add: impl Fn(S, T, T) -> S,
    done: impl Fn(S) -> T,
) -> super::Data {
    let (left, right) = (a.values::<T>().unwrap_or_default(), b.values::<T>().unwrap_or_default());
    let batches = if rows * columns == 0 { 0 } else { a.len().checked_div(rows * inner).unwrap_or(0) };
    // With nothing to sum over, every sum is zero, and the batch cannot be counted from the operands' sizes.
    let batches = if inner == 0 { a.shape()[..a.rank() - 2].iter().product() } else { batches };
    let mut values = Vec::with_capacity(batches * rows * columns);
    let mut sums = vec![S::default(); columns];
    for batch in 0..batches {
        for row in 0..rows {
            sums.fill(S::default());
            for k in 0..inner {
                let x = left[(batch * rows + row) * inner + k];
                let line = &right[(batch * inner + k) * columns..][..columns];
                for (sum, &y) in sums.iter_mut().zip(line) {
                    *sum = add(*sum, x, y);
                }
            }
            values.extend(sums.iter().map(|&sum| done(sum)));
        }
    }
    T::wrap(values)
}

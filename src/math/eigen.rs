//! Eigenvalues of small symmetric matrices.

/// Sweeps that any small matrix is done in; they converge quadratically, so about six is usual.
const SWEEPS: usize = 32;

/// The eigenvalues of a symmetric matrix, smallest first, and the unit vector that belongs to each.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Eigen<const N: usize> {
    /// The eigenvalues, smallest first.
    pub values: [f64; N],
    /// For each eigenvalue its direction, of length 1; the sign is arbitrary.
    pub directions: [[f64; N]; N],
}

/// The eigenvalues and directions of a symmetric `matrix`, by Jacobi's method: rotate away one off-diagonal entry after
/// another until none is left. Accurate to about 1e-15 of the largest eigenvalue. Only the upper triangle counts.
#[must_use]
pub fn eigen<const N: usize>(mut matrix: [[f64; N]; N]) -> Eigen<N> {
    // The rows of `basis` are the directions of the rotated axes.
    let mut basis: [[f64; N]; N] = std::array::from_fn(|i| std::array::from_fn(|j| f64::from(u8::from(i == j))));
    for _ in 0..SWEEPS {
        let mut rotated = false;
        for p in 0..N {
            for q in p + 1..N {
                // Entries this small change neither eigenvalue any more.
                if matrix[p][q].abs() > f64::EPSILON * 1e-3 * (matrix[p][p] * matrix[q][q]).abs().sqrt() {
                    rotate(&mut matrix, &mut basis, p, q);
                    rotated = true;
                }
            }
        }
        if !rotated {
            break;
        }
    }
    let mut order: [usize; N] = std::array::from_fn(|i| i);
    order.sort_by(|&i, &j| matrix[i][i].total_cmp(&matrix[j][j]));
    Eigen { values: order.map(|i| matrix[i][i]), directions: order.map(|i| basis[i]) }
}

/// Turns the axes `p` and `q` by the angle that makes `matrix[p][q]` zero.
fn rotate<const N: usize>(matrix: &mut [[f64; N]; N], basis: &mut [[f64; N]; N], p: usize, q: usize) {
    let slope = (matrix[q][q] - matrix[p][p]) / (2.0 * matrix[p][q]);
    let tangent = slope.signum() / (slope.abs() + slope.hypot(1.0));
    let cosine = tangent.hypot(1.0).recip();
    let sine = tangent * cosine;
    let turn = |left: f64, right: f64| (cosine * left - sine * right, sine * left + cosine * right);
    for row in matrix.iter_mut() {
        (row[p], row[q]) = turn(row[p], row[q]);
    }
    for rows in [matrix, basis] {
        let (above, below) = rows.split_at_mut(q);
        for (left, right) in above[p].iter_mut().zip(&mut below[0]) {
            (*left, *right) = turn(*left, *right);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_matrix_times_a_direction_is_the_value_times_it() {
        let matrix = [[56_666.0, 3_610.0, 247.0], [3_610.0, 247.0, 19.0], [247.0, 19.0, 2.0]];
        let found = eigen(matrix);
        assert!(found.values.is_sorted());
        for (value, direction) in found.values.into_iter().zip(found.directions) {
            for (row, part) in matrix.into_iter().zip(direction) {
                let product: f64 = row.into_iter().zip(direction).map(|(a, b)| a * b).sum();
                assert!((product - value * part).abs() < 1e-10, "{found:?}");
            }
            assert!((direction.map(|part| part * part).iter().sum::<f64>() - 1.0).abs() < 1e-14);
        }
    }

    #[test]
    fn a_diagonal_matrix_is_only_sorted() {
        let found = eigen([[3.0, 0.0], [0.0, 1.0]]);
        assert_eq!((found.values, found.directions), ([1.0, 3.0], [[0.0, 1.0], [1.0, 0.0]]));
    }
}

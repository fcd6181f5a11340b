//! A matrix product small enough to be worked out by hand.

/// A [3, 4] times B [4, 2].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Product {
    /// The rows of A.
    pub a: [[i32; 4]; 3],
    /// The rows of B.
    pub b: [[i32; 2]; 4],
}

impl Product {
    /// The one that is drawn.
    pub const EXAMPLE: Self =
        Self { a: [[1, 0, 2, -1], [0, 3, 1, 1], [2, 1, 0, 4]], b: [[1, 2], [0, -1], [3, 1], [2, 0]] };

    /// The factors whose products add up to a cell of A @ B: along a row of A and down a column of B.
    ///
    /// # Panics
    /// If there is no such row (0 to 2) or column (0 to 1).
    #[must_use]
    pub fn factors(&self, row: usize, column: usize) -> [(i32, i32); 4] {
        std::array::from_fn(|i| (self.a[row][i], self.b[i][column]))
    }

    /// A cell of A @ B.
    ///
    /// # Panics
    /// If there is no such row (0 to 2) or column (0 to 1).
    #[must_use]
    pub fn cell(&self, row: usize, column: usize) -> i32 {
        self.factors(row, column).iter().map(|(a, b)| a * b).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ```python
    /// A = torch.tensor([[1,0,2,-1],[0,3,1,1],[2,1,0,4]]); B = torch.tensor([[1,2],[0,-1],[3,1],[2,0]])
    /// A @ B
    /// ```
    #[test]
    fn it_is_pytorch_s() {
        let cells: Vec<i32> =
            (0..3).flat_map(|row| (0..2).map(move |column| Product::EXAMPLE.cell(row, column))).collect();
        assert_eq!(cells, [5, 4, 5, -2, 10, 3]);
        assert_eq!(Product::EXAMPLE.factors(1, 1), [(0, 2), (3, -1), (1, 1), (1, 0)]);
    }
}

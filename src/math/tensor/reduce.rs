//! Axes summed up, averaged or searched.

use super::data::{of_kind, seen};
use super::{Dtype, Element, Result, Tensor, TensorError, axis};
use ndarray::{Array1, ArrayView1, ArrayView2, Axis};

/// What becomes of the numbers along an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reduction {
    /// Their sum.
    Sum,
    /// Their mean.
    Mean,
    /// The largest.
    Max,
    /// The smallest.
    Min,
    /// Whether all are true.
    All,
    /// Whether one is true.
    Any,
}

impl Reduction {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sum => "sum",
            Self::Mean => "mean",
            Self::Max => "max",
            Self::Min => "min",
            Self::All => "all",
            Self::Any => "any",
        }
    }
}

impl Tensor {
    /// Reduces the axes `dims`, or all of them; reduced axes are dropped, or kept with length 1.
    ///
    /// Sums and means of fractions are taken in double precision and rounded once.
    ///
    /// # Errors
    /// If there is no such axis, or the reduction is not one for this kind or for no numbers at all.
    pub fn reduce(&self, reduction: Reduction, dims: Option<&[i64]>, keep: bool) -> Result<Self> {
        let (dtype, name) = (self.dtype(), reduction.name());
        if reduction == Reduction::Mean && !dtype.is_float() {
            return Err(TensorError::new(format!(
                "mean gives fractions, so it wants float32, not {}; use .float() first",
                dtype.name()
            )));
        }
        let mut reduced = vec![dims.is_none(); self.rank()];
        for &dim in dims.unwrap_or_default() {
            let place = axis(dim, self.rank())?;
            if let Some(seen) = reduced.get_mut(place)
                && std::mem::replace(seen, true)
            {
                return Err(TensorError::new(format!("axis {place} is named twice")));
            }
        }
        // The reduced axes go last: what belongs together then stands together.
        let order: Vec<usize> = {
            let all = 0..self.rank();
            all.clone().filter(|&axis| !reduced[axis]).chain(all.filter(|&axis| reduced[axis])).collect()
        };
        let lengths = order.iter().map(|&axis| self.shape[axis]);
        let kept = reduced.iter().filter(|&&gone| !gone).count();
        let (outer, inner) = (lengths.clone().take(kept).product(), lengths.skip(kept).product());
        if inner == 0 && matches!(reduction, Reduction::Max | Reduction::Min) {
            return Err(TensorError::new(format!("there is no {name} of no numbers")));
        }
        let shape = self.shape.iter().zip(&reduced).filter(|(_, gone)| keep || !**gone);
        let shape: Vec<i64> =
            shape.map(|(&length, &gone)| if gone { 1 } else { i64::try_from(length).unwrap_or(i64::MAX) }).collect();
        self.reduced(reduction, &Split { order, outer, inner })?.reshape(&shape, false)
    }

    fn reduced(&self, reduction: Reduction, split: &Split) -> Result<Self> {
        match (reduction, self.dtype()) {
            (Reduction::All, _) => self.lines(split, |line: ArrayView1<'_, bool>| line.iter().all(|&yes| yes)),
            (Reduction::Any, _) => self.lines(split, |line: ArrayView1<'_, bool>| line.iter().any(|&yes| yes)),
            (Reduction::Max | Reduction::Min, dtype) => {
                of_kind!(dtype, extremes(self, split, reduction == Reduction::Max))
            }
            #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "rounded once")]
            (_, Dtype::Float32) => {
                let count = if reduction == Reduction::Mean { split.inner as f64 } else { 1.0 };
                self.sums(split, |sum: f64, value: f32| sum + f64::from(value), |sum| (sum / count) as f32)
            }
            (_, Dtype::Int64) => self.sums(split, i64::wrapping_add, |sum| sum),
            (_, Dtype::Uint8) => self.sums(split, |sum: i64, value: u8| sum + i64::from(value), |sum| sum),
            (_, Dtype::Bool) => self.sums(split, |sum: i64, value: bool| sum + i64::from(value), |sum| sum),
        }
    }

    /// `f` of the numbers along the reduced axes, for every place of the others.
    fn lines<T: Element, R: Element>(&self, split: &Split, f: impl Fn(ArrayView1<'_, T>) -> R) -> Result<Self> {
        split.matrix(self, |lines| lines.map_axis(Axis(1), &f))
    }

    /// Sums of each line, from its start. Where lines lie across memory (`mean(0)`), all their sums grow together, so
    /// that memory is read in its order.
    fn sums<T: Element, S: Copy + Default, R: Element>(
        &self,
        split: &Split,
        add: impl Fn(S, T) -> S,
        done: impl Fn(S) -> R,
    ) -> Result<Self> {
        split.matrix(self, |lines| {
            let across = lines.nrows() > 1 && lines.strides()[1] > lines.strides()[0];
            if across {
                lines.fold_axis(Axis(1), S::default(), |&sum, &value| add(sum, value)).mapv(&done)
            } else {
                lines.map_axis(Axis(1), |line| done(line.fold(S::default(), |sum, &value| add(sum, value))))
            }
        })
    }
}

/// Which axes go: the kept axes of `order` come first, and have `outer` places; the others have `inner`.
struct Split {
    order: Vec<usize>,
    outer: usize,
    inner: usize,
}

impl Split {
    /// Lays the tensor out with a row for every place of the kept axes, and takes from `f` a number for each row.
    fn matrix<T: Element, R: Element>(
        &self,
        tensor: &Tensor,
        f: impl Fn(&ArrayView2<'_, T>) -> Array1<R>,
    ) -> Result<Tensor> {
        let array = tensor.array();
        let moved = seen(&array, &tensor.shape).permuted_axes(&self.order[..]);
        let lines = moved.to_shape((self.outer, self.inner))?;
        Ok(Tensor::of(f(&lines.view()).into_dyn()))
    }
}

#[expect(clippy::eq_op, reason = "only what is not a number differs from itself, and it wins, as in PyTorch")]
fn extremes<T: Element + PartialOrd>(tensor: &Tensor, split: &Split, max: bool) -> Result<Tensor> {
    let better = |a: T, b: T| {
        let replace = b != b || (a == a && if max { b > a } else { b < a });
        if replace { b } else { a }
    };
    tensor.lines(split, |line: ArrayView1<'_, T>| line.iter().copied().reduce(better).unwrap_or_default())
}

//! Axes summed up, averaged or searched.

use super::{Dtype, Element, Result, Tensor, TensorError, axis, row_major};

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
        let moved = self.reordered(&order);
        let kept = reduced.iter().filter(|&&gone| !gone).count();
        let (outer, inner) = (moved.shape[..kept].iter().product(), moved.shape[kept..].iter().product());
        if inner == 0 && matches!(reduction, Reduction::Max | Reduction::Min) {
            return Err(TensorError::new(format!("there is no {name} of no numbers")));
        }
        let mut shape = self.shape.clone();
        for (length, _) in shape.iter_mut().zip(&reduced).filter(|(_, gone)| **gone) {
            *length = 1;
        }
        let data = moved.reduced(reduction, outer, inner);
        let result = Self { data, strides: row_major(&shape), shape, offset: 0 };
        if keep {
            return Ok(result);
        }
        let shape: Vec<usize> =
            result.shape.iter().zip(&reduced).filter(|(_, gone)| !**gone).map(|(&length, _)| length).collect();
        Ok(Self { strides: row_major(&shape), shape, ..result })
    }

    fn reduced(&self, reduction: Reduction, outer: usize, inner: usize) -> super::Data {
        match (reduction, self.dtype()) {
            (Reduction::All, _) => self.to(Dtype::Bool).rows(outer, inner, |row: &[bool]| row.iter().all(|&yes| yes)),
            (Reduction::Any, _) => self.to(Dtype::Bool).rows(outer, inner, |row: &[bool]| row.iter().any(|&yes| yes)),
            (Reduction::Max | Reduction::Min, dtype) => {
                let max = reduction == Reduction::Max;
                match dtype {
                    Dtype::Bool => self.extremes::<bool>(outer, inner, max),
                    Dtype::Uint8 => self.extremes::<u8>(outer, inner, max),
                    Dtype::Int64 => self.extremes::<i64>(outer, inner, max),
                    Dtype::Float32 => self.extremes::<f32>(outer, inner, max),
                }
            }
            #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "rounded once")]
            (_, Dtype::Float32) => {
                let count = if reduction == Reduction::Mean { inner as f64 } else { 1.0 };
                self.sums(outer, inner, |sum: f64, value: f32| sum + f64::from(value), |sum| (sum / count) as f32)
            }
            (_, Dtype::Int64) => self.sums(outer, inner, |sum: i64, value: i64| sum.wrapping_add(value), |sum| sum),
            (_, Dtype::Uint8) => self.sums(outer, inner, |sum: i64, value: u8| sum + i64::from(value), |sum| sum),
            (_, Dtype::Bool) => self.sums(outer, inner, |sum: i64, value: bool| sum + i64::from(value), |sum| sum),
        }
    }

    /// Sums over the last places. Where the outer axes are the ones that stand together in memory (`mean(0)`), a whole
    /// line of sums grows at a time, so that memory is read in its order.
    fn sums<T: Element, S: Copy + Default, R: Element>(
        &self,
        outer: usize,
        inner: usize,
        add: impl Fn(S, T) -> S,
        done: impl Fn(S) -> R,
    ) -> super::Data {
        let mut sums = vec![S::default(); outer];
        let by_line =
            self.rank() >= 2 && outer > 1 && inner > 1 && self.strides.last().is_some_and(|&step| step >= outer);
        if let (true, Some(all)) = (by_line, T::slice(&self.data)) {
            let kept = self.shape.len() - trailing(&self.shape, inner);
            let lines =
                Self { shape: self.shape[kept..].to_vec(), strides: self.strides[kept..].to_vec(), ..self.clone() };
            let line = Self {
                shape: self.shape[..kept].to_vec(),
                strides: self.strides[..kept].to_vec(),
                offset: 0,
                ..self.clone()
            };
            if line.is_contiguous() {
                for start in lines.places() {
                    for (sum, &value) in sums.iter_mut().zip(&all[start..start + outer]) {
                        *sum = add(*sum, value);
                    }
                }
                return R::wrap(sums.into_iter().map(done).collect());
            }
        }
        let values = self.values::<T>().unwrap_or_default();
        if inner > 0 {
            for (sum, row) in sums.iter_mut().zip(values.chunks_exact(inner)) {
                *sum = row.iter().fold(S::default(), |sum, &value| add(sum, value));
            }
        }
        R::wrap(sums.into_iter().map(done).collect())
    }

    fn rows<T: Element, R: Element>(&self, outer: usize, inner: usize, f: impl Fn(&[T]) -> R) -> super::Data {
        let values = self.values::<T>().unwrap_or_default();
        let row = |number: usize| values.get(number * inner..(number + 1) * inner).unwrap_or_default();
        R::wrap((0..outer).map(|number| f(row(number))).collect())
    }

    #[expect(clippy::eq_op, reason = "only what is not a number differs from itself, and it wins, as in PyTorch")]
    fn extremes<T: Element + PartialOrd>(&self, outer: usize, inner: usize, max: bool) -> super::Data {
        self.rows(outer, inner, |row: &[T]| {
            let better = |a: T, b: T| {
                let replace = b != b || (a == a && if max { b > a } else { b < a });
                if replace { b } else { a }
            };
            row.iter().copied().reduce(better).unwrap_or_default()
        })
    }
}

/// How many of the last axes make up `inner` numbers: the reduced ones.
fn trailing(shape: &[usize], inner: usize) -> usize {
    let (mut count, mut axes) = (1, 0);
    for &length in shape.iter().rev() {
        if count == inner {
            break;
        }
        count *= length;
        axes += 1;
    }
    axes
}

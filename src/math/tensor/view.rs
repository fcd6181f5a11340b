//! Other ways of looking at the same numbers: parts, new shapes, axes in another order. Nothing here copies, except
//! picking by a mask and reshaping what does not stand in memory row by row.

use super::data::{each_kind, seen};
use super::{Element, Result, Tensor, TensorError, axis, check_shape, shape_text};
use ndarray::{Axis, IxDyn, Slice};

impl Tensor {
    /// One place of an axis, which is dropped: `t[index]` for axis 0. Negative places count from the end.
    ///
    /// # Errors
    /// If there is no such axis or place.
    pub fn select(&self, place: usize, index: i64) -> Result<Self> {
        let length = self.length(place)?;
        let count = i64::try_from(length).unwrap_or(i64::MAX);
        let from_start = if index < 0 { index.saturating_add(count) } else { index };
        let Some(at) = usize::try_from(from_start).ok().filter(|&at| at < length) else {
            let range =
                if length == 0 { "it has none".to_owned() } else { format!("it has {} to {}", -count, count - 1) };
            return Err(TensorError::new(format!("axis {place} has no place {index}: {range}")));
        };
        let mut shape = self.shape.clone();
        shape.remove(place);
        let data = each_kind!(&self.data, array => {
            let axis = Axis(place);
            let at = if array.len_of(axis) == 1 { 0 } else { at };
            Element::share(array.clone().index_axis_move(axis, at))
        });
        Ok(Self { data, shape })
    }

    /// A stretch of an axis: `t[start:stop:step]` for axis 0. As in Python, ends beyond the axis are moved to its ends.
    ///
    /// # Errors
    /// If there is no such axis, or `step` is not positive.
    pub fn slice(&self, place: usize, start: Option<i64>, stop: Option<i64>, step: i64) -> Result<Self> {
        let length = self.length(place)?;
        let step = isize::try_from(step)
            .ok()
            .filter(|&step| step > 0)
            .ok_or_else(|| TensorError::new(format!("a slice goes forward in steps of 1 or more, not {step}")))?;
        let count = i64::try_from(length).unwrap_or(i64::MAX);
        let clamp = |end: i64| {
            usize::try_from(if end < 0 { end.saturating_add(count) } else { end }.clamp(0, count)).unwrap_or(0)
        };
        let start = start.map_or(0, clamp);
        let stop = stop.map_or(length, clamp).max(start);
        let mut shape = self.shape.clone();
        shape[place] = (stop - start).div_ceil(step.unsigned_abs());
        let data = each_kind!(&self.data, array => {
            let mut part = array.clone();
            // A stretched axis has the same number at every place.
            if part.len_of(Axis(place)) == length {
                part.slice_axis_inplace(Axis(place), Slice::from(start..stop).step_by(step));
            }
            Element::share(part)
        });
        Ok(Self { data, shape })
    }

    fn length(&self, place: usize) -> Result<usize> {
        self.shape.get(place).copied().ok_or_else(|| {
            TensorError::new(format!(
                "too many indices: a tensor of rank {} and shape {} has no axis {place}",
                self.rank(),
                shape_text(&self.shape)
            ))
        })
    }

    /// The numbers whose place in `mask` is true, `mask` lying over the axes from `place` on, which become one.
    ///
    /// # Errors
    /// If the mask is none, or of another shape than what it lies over.
    pub fn masked(&self, place: usize, mask: &Self) -> Result<Self> {
        let under = self.shape.get(place..place + mask.rank());
        if under != Some(mask.shape()) {
            let (own, other) = (shape_text(&self.shape), shape_text(mask.shape()));
            return Err(TensorError::new(format!(
                "a mask of shape {other} does not lie on a tensor of shape {own} from axis {place} on"
            )));
        }
        let flags = bool::shared(&mask.data).ok_or_else(|| TensorError::new("a mask is made of true and false"))?;
        let mut flags = seen(flags, &mask.shape);
        let count = flags.iter().filter(|&&yes| yes).count();
        let after = &self.shape[place + mask.rank()..];
        for _ in after {
            let axis = Axis(flags.ndim());
            flags = flags.insert_axis(axis);
        }
        let flags = flags.broadcast(IxDyn(&self.shape)).ok_or_else(|| TensorError::new("the mask does not fit"))?;
        let shape = [&self.shape[..place], &[count], after].concat();
        each_kind!(&self.data, array => {
            let pairs = seen(array, &self.shape).into_iter().zip(flags);
            Self::new(pairs.filter(|&(_, yes)| *yes).map(|(&value, _)| value).collect(), &shape)
        })
    }

    /// A new axis of length 1 before axis `dim`.
    ///
    /// # Errors
    /// If there is no such place for an axis, or there would be too many.
    pub fn unsqueeze(&self, dim: i64) -> Result<Self> {
        let place = axis(dim, self.rank() + 1)?;
        let mut shape = self.shape.clone();
        shape.insert(place, 1);
        check_shape(&shape)?;
        let data = each_kind!(&self.data, array => Element::share(array.clone().insert_axis(Axis(place))));
        Ok(Self { data, shape })
    }

    /// Without axis `dim` if its length is 1; without any axis of length 1 for `None`.
    ///
    /// # Errors
    /// If there is no such axis.
    pub fn squeeze(&self, dim: Option<i64>) -> Result<Self> {
        let only = dim.map(|dim| axis(dim, self.rank())).transpose()?;
        let gone = |place: &usize| self.shape[*place] == 1 && only.is_none_or(|only| only == *place);
        (0..self.rank()).rev().filter(gone).try_fold(self.clone(), |part, place| part.select(place, 0))
    }

    /// The axes in the order in which `dims` names them.
    ///
    /// # Errors
    /// Unless each axis is named once.
    pub fn permute(&self, dims: &[i64]) -> Result<Self> {
        let order = dims.iter().map(|&dim| axis(dim, self.rank())).collect::<Result<Vec<_>>>()?;
        let complete = order.len() == self.rank() && (0..self.rank()).all(|axis| order.contains(&axis));
        if !complete {
            return Err(TensorError::new(format!("permute wants each of the {} axes once", self.rank())));
        }
        let data = each_kind!(&self.data, array => Element::share(array.clone().permuted_axes(&order[..])));
        Ok(Self { data, shape: order.iter().map(|&axis| self.shape[axis]).collect() })
    }

    /// Two axes swapped.
    ///
    /// # Errors
    /// If one of them does not exist.
    pub fn transpose(&self, a: i64, b: i64) -> Result<Self> {
        let mut order: Vec<i64> = (0..).take(self.rank()).collect();
        let (a, b) = (axis(a, self.rank())?, axis(b, self.rank())?);
        if self.rank() > 0 {
            order.swap(a, b);
        }
        self.permute(&order)
    }

    /// The same numbers in another shape, one length of which may be -1: whatever is left. Copies only if it must, and
    /// if `copy` allows it.
    ///
    /// # Errors
    /// If the shape has another number of places, or if a copy would be needed that is not allowed.
    pub fn reshape(&self, lengths: &[i64], copy: bool) -> Result<Self> {
        let shape = self.fill_in(lengths)?;
        each_kind!(&self.data, array => {
            if self.is_empty() {
                let mut none = array.clone();
                none.slice_each_axis_inplace(|_| Slice::from(..0));
                return Ok(Self { data: Element::share(none.into_shape_clone(&shape[..])?), shape });
            }
            let seen = seen(array, &self.shape);
            let laid = seen.to_shape(&shape[..])?;
            if laid.is_view() {
                // Axes that stay at one place in memory are stretched ones, which the array itself has with length 1.
                let steps = shape.iter().zip(laid.strides());
                let own: Vec<usize> = steps.map(|(&length, &step)| if step == 0 { 1 } else { length }).collect();
                return Ok(Self { data: Element::share(array.clone().into_shape_clone(own)?), shape });
            }
            if copy {
                return Ok(Self::of(laid.into_owned()));
            }
        });
        Err(TensorError::new(format!(
            "view cannot lay the shape {} over these numbers, which do not stand in memory row by row; use .reshape",
            shape_text(&shape)
        )))
    }

    /// The tensor with its numbers row by row in memory.
    #[must_use]
    pub fn contiguous(&self) -> Self {
        each_kind!(&self.data, array => {
            let seen = seen(array, &self.shape);
            if seen.is_standard_layout() { self.clone() } else { Self::of(seen.to_owned()) }
        })
    }

    fn fill_in(&self, lengths: &[i64]) -> Result<Vec<usize>> {
        let written = format!("{lengths:?}");
        let misfit = || {
            let (shape, count) = (shape_text(&self.shape), self.len());
            TensorError::new(format!("the shape {written} does not fit: there are {count} numbers in {shape}"))
        };
        let unknown: Vec<usize> =
            lengths.iter().enumerate().filter(|(_, length)| **length == -1).map(|(place, _)| place).collect();
        if unknown.len() > 1 {
            return Err(TensorError::new(format!(
                "only one length of {written} can be -1, which means: whatever is left"
            )));
        }
        if let Some(length) = lengths.iter().find(|length| **length < -1) {
            return Err(TensorError::new(format!("{length} is no length; use 0 or more, or -1 for whatever is left")));
        }
        let mut shape: Vec<usize> = lengths.iter().map(|&length| usize::try_from(length).unwrap_or(1)).collect();
        let known = check_shape(&shape).ok().ok_or_else(misfit)?;
        if let Some(&place) = unknown.first() {
            let left = self.len().checked_div(known).filter(|left| left * known == self.len()).ok_or_else(misfit)?;
            shape[place] = left;
        }
        if check_shape(&shape)? == self.len() { Ok(shape) } else { Err(misfit()) }
    }

    /// The tensor stretched to a larger shape without copying; -1 keeps an axis as it is.
    ///
    /// # Errors
    /// If an axis has another length than 1 or the one asked for.
    pub fn expand(&self, lengths: &[i64]) -> Result<Self> {
        let misfit = |why: String| {
            TensorError::new(format!("{} cannot be stretched to {lengths:?}: {why}", shape_text(&self.shape)))
        };
        let new_axes =
            lengths.len().checked_sub(self.rank()).ok_or_else(|| misfit("that has fewer axes".to_owned()))?;
        let mut shape = Vec::with_capacity(lengths.len());
        for (place, &length) in lengths.iter().enumerate() {
            let own = place.checked_sub(new_axes).map(|own| self.shape[own]);
            let length = match (own, usize::try_from(length)) {
                (Some(own), Err(_)) if length == -1 => own,
                (Some(own), Ok(length)) if own == length || own == 1 => length,
                (None, Ok(length)) => length,
                (Some(own), Ok(length)) => {
                    return Err(misfit(format!("axis {place} has {own}, not 1, so it cannot become {length}")));
                }
                (_, Err(_)) => return Err(misfit(format!("{length} is no length"))),
            };
            shape.push(length);
        }
        check_shape(&shape)?;
        Ok(self.stretched(&shape))
    }
}

//! Other ways of looking at the same numbers: parts, new shapes, axes in another order. Nothing here copies, except
//! picking by a mask and reshaping what does not stand in memory row by row.

use super::{Data, Dtype, Element, Result, Tensor, TensorError, axis, check_shape, row_major, shape_text};

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
        let mut part = self.clone();
        part.offset += at * part.strides.remove(place);
        part.shape.remove(place);
        Ok(part)
    }

    /// A stretch of an axis: `t[start:stop:step]` for axis 0. As in Python, ends beyond the axis are moved to its ends.
    ///
    /// # Errors
    /// If there is no such axis, or `step` is not positive.
    pub fn slice(&self, place: usize, start: Option<i64>, stop: Option<i64>, step: i64) -> Result<Self> {
        let length = self.length(place)?;
        let step = usize::try_from(step)
            .ok()
            .filter(|&step| step > 0)
            .ok_or_else(|| TensorError::new(format!("a slice goes forward in steps of 1 or more, not {step}")))?;
        let count = i64::try_from(length).unwrap_or(i64::MAX);
        let clamp = |end: i64| {
            usize::try_from(if end < 0 { end.saturating_add(count) } else { end }.clamp(0, count)).unwrap_or(0)
        };
        let (start, stop) = (start.map_or(0, clamp), stop.map_or(length, clamp));
        let mut part = self.clone();
        part.shape[place] = stop.saturating_sub(start).div_ceil(step);
        if part.shape[place] > 0 {
            part.offset += start * part.strides[place];
        }
        part.strides[place] = part.strides[place].saturating_mul(step);
        Ok(part)
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

    /// The numbers whose place in `mask` is true, `mask` lying over the axes from `place` on, which become one. Also
    /// answers how often each axis was used up.
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
        let chosen: Vec<usize> = {
            let flags = mask.values::<bool>().ok_or_else(|| TensorError::new("a mask is made of true and false"))?;
            flags.iter().enumerate().filter(|(_, yes)| **yes).map(|(at, _)| at).collect()
        };
        let after = place + mask.rank();
        let (before, inner): (usize, usize) =
            (self.shape[..place].iter().product(), self.shape[after..].iter().product());
        let shape = [&self.shape[..place], &[chosen.len()], &self.shape[after..]].concat();
        check_shape(&shape)?;
        let data = match self.dtype() {
            Dtype::Bool => self.gather::<bool>(before, mask.len(), inner, &chosen),
            Dtype::Uint8 => self.gather::<u8>(before, mask.len(), inner, &chosen),
            Dtype::Int64 => self.gather::<i64>(before, mask.len(), inner, &chosen),
            Dtype::Float32 => self.gather::<f32>(before, mask.len(), inner, &chosen),
        };
        Ok(Self { data, strides: row_major(&shape), shape, offset: 0 })
    }

    fn gather<T: Element>(&self, before: usize, under: usize, inner: usize, chosen: &[usize]) -> Data {
        let values = self.values::<T>().unwrap_or_default();
        let mut picked = Vec::with_capacity(before * chosen.len() * inner);
        for outer in 0..before {
            for &at in chosen {
                let start = (outer * under + at) * inner;
                picked.extend_from_slice(values.get(start..start + inner).unwrap_or_default());
            }
        }
        T::wrap(picked)
    }

    /// A new axis of length 1 before axis `dim`.
    ///
    /// # Errors
    /// If there is no such place for an axis, or there would be too many.
    pub fn unsqueeze(&self, dim: i64) -> Result<Self> {
        let place = axis(dim, self.rank() + 1)?;
        let mut wider = self.clone();
        wider.shape.insert(place, 1);
        wider.strides.insert(place, 0);
        check_shape(&wider.shape)?;
        Ok(wider)
    }

    /// Without axis `dim` if its length is 1; without any axis of length 1 for `None`.
    ///
    /// # Errors
    /// If there is no such axis.
    pub fn squeeze(&self, dim: Option<i64>) -> Result<Self> {
        let only = dim.map(|dim| axis(dim, self.rank())).transpose()?;
        let gone = |place: usize| self.shape[place] == 1 && only.is_none_or(|only| only == place);
        let kept: Vec<usize> = (0..self.rank()).filter(|&place| !gone(place)).collect();
        Ok(self.reordered(&kept))
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
        Ok(self.reordered(&order))
    }

    /// Two axes swapped.
    ///
    /// # Errors
    /// If one of them does not exist.
    pub fn transpose(&self, a: i64, b: i64) -> Result<Self> {
        let mut swapped = self.clone();
        let (a, b) = (axis(a, self.rank())?, axis(b, self.rank())?);
        if self.rank() > 0 {
            swapped.shape.swap(a, b);
            swapped.strides.swap(a, b);
        }
        Ok(swapped)
    }

    /// The axes `order`, which must exist; axes left out must have length 1.
    pub(super) fn reordered(&self, order: &[usize]) -> Self {
        let pick = |of: &[usize]| order.iter().map(|&axis| of[axis]).collect();
        Self { data: self.data.clone(), shape: pick(&self.shape), strides: pick(&self.strides), offset: self.offset }
    }

    /// The same numbers in another shape, one length of which may be -1: whatever is left. Copies only if it must, and
    /// if `copy` allows it.
    ///
    /// # Errors
    /// If the shape has another number of places, or if a copy would be needed that is not allowed.
    pub fn reshape(&self, lengths: &[i64], copy: bool) -> Result<Self> {
        let shape = self.fill_in(lengths)?;
        if let Some(strides) = self.strides_for(&shape) {
            return Ok(Self { data: self.data.clone(), shape, strides, offset: self.offset });
        }
        if !copy {
            return Err(TensorError::new(format!(
                "view cannot lay the shape {} over these numbers, which do not stand in memory row by row; use .reshape",
                shape_text(&shape)
            )));
        }
        let whole = self.contiguous();
        Ok(Self { strides: row_major(&shape), shape, ..whole })
    }

    /// The tensor with its numbers row by row in memory.
    #[must_use]
    pub fn contiguous(&self) -> Self {
        fn copied<T: Element>(tensor: &Tensor) -> Data {
            T::wrap(tensor.values::<T>().unwrap_or_default().into_owned())
        }
        if self.is_contiguous() {
            return self.clone();
        }
        let data = match self.dtype() {
            Dtype::Bool => copied::<bool>(self),
            Dtype::Uint8 => copied::<u8>(self),
            Dtype::Int64 => copied::<i64>(self),
            Dtype::Float32 => copied::<f32>(self),
        };
        Self { data, strides: row_major(&self.shape), shape: self.shape.clone(), offset: 0 }
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

    /// The steps with which `shape`, of as many places, lies over the same memory.
    fn strides_for(&self, shape: &[usize]) -> Option<Vec<usize>> {
        if self.is_contiguous() {
            return Some(row_major(shape));
        }
        // Each run of axes that stand together in memory is cut anew, from the last one on; what crosses runs, cannot be.
        let old: Vec<(usize, usize)> =
            self.shape.iter().copied().zip(self.strides.iter().copied()).filter(|&(length, _)| length != 1).collect();
        let mut strides = vec![0; shape.len()];
        let mut next = shape.len();
        let mut at = old.len();
        while at > 0 {
            let (mut count, base) = old[at - 1];
            at -= 1;
            while at > 0 && old[at - 1].1 == base * count {
                count *= old[at - 1].0;
                at -= 1;
            }
            let mut covered = 1;
            while covered < count {
                next = next.checked_sub(1)?;
                strides[next] = base * covered;
                covered *= shape[next];
            }
            if covered != count {
                return None;
            }
        }
        Some(strides)
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

//! How often each of the 256 bytes occurs, and what follows from that alone.

/// Counts of bytes.
pub(super) struct Histogram([u64; 256]);

impl Histogram {
    /// Counts `bytes`.
    pub fn of(bytes: impl Iterator<Item = u8>) -> Self {
        let mut counts = [0; 256];
        for byte in bytes {
            counts[usize::from(byte)] += 1;
        }
        Self(counts)
    }

    /// The smallest and the largest byte that occurs; 0 and 0 if none does.
    pub fn range(&self) -> (usize, usize) {
        let occurs = |count: &u64| *count > 0;
        let smallest = self.0.iter().position(occurs).unwrap_or(0);
        let largest = self.0.iter().rposition(occurs).unwrap_or(0);
        (smallest, largest)
    }

    /// The smallest byte for which `part` of `whole` of all bytes are no larger.
    pub fn quantile(&self, part: u64, whole: u64) -> usize {
        let total: u64 = self.0.iter().sum();
        let mut below = 0;
        let reached = self.0.iter().position(|count| {
            below += count;
            below * whole >= total * part
        });
        reached.unwrap_or(0)
    }

    /// The byte in the middle.
    pub fn median(&self) -> usize {
        self.quantile(1, 2)
    }

    /// Otsu's threshold: the byte that parts those up to it from those above with the largest variance between the
    /// two. Of equally good ones, the middle.
    ///
    /// Source: N. Otsu, "A threshold selection method from gray-level histograms", 1979.
    #[expect(clippy::cast_precision_loss, reason = "counts are below 2^52")]
    pub fn otsu(&self) -> usize {
        let total: u64 = self.0.iter().sum();
        let whole: u64 = (0..).zip(&self.0).map(|(byte, count)| byte * count).sum();
        let (mut below, mut below_moment) = (0, 0);
        let (mut best, mut first, mut last) = (0.0, 0, 0);
        for (byte, &count) in self.0.iter().enumerate() {
            below += count;
            below_moment += count * byte as u64;
            let above = total - below;
            if below == 0 || above == 0 {
                continue;
            }
            let mean_below = below_moment as f64 / below as f64;
            let mean_above = (whole - below_moment) as f64 / above as f64;
            let between = below as f64 * above as f64 * (mean_above - mean_below).powi(2);
            if between > best {
                (best, first) = (between, byte);
            }
            if between >= best {
                last = byte;
            }
        }
        usize::midpoint(first, last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn otsu_parts_two_heaps_in_the_middle() {
        let heaps = [10, 10, 10, 10, 10, 200, 200, 200];
        assert_eq!(Histogram::of(heaps.into_iter()).otsu(), 104);
        assert_eq!(Histogram::of([].into_iter()).otsu(), 0);
    }

    #[test]
    fn quantiles_are_bytes_that_occur() {
        let bytes = Histogram::of([3, 9, 9, 250].into_iter());
        assert_eq!(bytes.range(), (3, 250));
        assert_eq!([bytes.quantile(1, 10), bytes.median(), bytes.quantile(9, 10)], [3, 9, 250]);
        assert_eq!(Histogram::of([].into_iter()).median(), 0);
    }
}

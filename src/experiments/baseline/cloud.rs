//! Every held-out image as a dot, its distance to one mean against that to another, and how many have which margin.

use super::Validation;

/// Bars of the histogram.
const BARS: usize = 48;

/// The dots of one class.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dots {
    /// The distances of each of its images to the means of the two axes.
    pub points: Vec<[f64; 2]>,
    /// Each dot's index among the validation images.
    pub indices: Vec<usize>,
}

/// How many margins are in a part of their range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bar {
    /// The middle of the part.
    pub middle: f64,
    /// Its width.
    pub width: f64,
    /// Images whose margin is in it.
    pub count: u32,
}

/// All dots, and all margins.
#[derive(Clone, Debug, PartialEq)]
pub struct Cloud {
    /// The classes of the axes: across, and up.
    pub axes: (usize, usize),
    /// The dots, by class.
    pub dots: Vec<Dots>,
    /// The smallest and the largest distance of any dot.
    pub range: (f64, f64),
    /// The margins of all images.
    pub bars: Vec<Bar>,
    /// All images.
    pub images: usize,
    /// Those that are called wrong.
    pub wrong: usize,
}

impl Cloud {
    /// The cloud for these axes; with `only`, of none but the two digits' images.
    pub(super) fn new(all: &Validation, axes: (usize, usize), only: bool) -> Self {
        let actual = &all.answers.actual;
        let mut dots = vec![Dots::default(); all.answers.classes];
        let mut range = (f64::INFINITY, f64::NEG_INFINITY);
        for (index, &class) in actual.iter().enumerate() {
            let class = usize::from(class);
            if only && class != axes.0 && class != axes.1 {
                continue;
            }
            let row = all.row(index);
            if let (Some(&x), Some(&y), Some(dots)) = (row.get(axes.0), row.get(axes.1), dots.get_mut(class)) {
                dots.points.push([x, y]);
                dots.indices.push(index);
                range = (range.0.min(x).min(y), range.1.max(x).max(y));
            }
        }
        if range.0 > range.1 {
            range = (0.0, 1.0);
        }
        let margins: Vec<f64> = (0..actual.len()).filter_map(|index| all.margin(index)).collect();
        let images = actual.len();
        Self { axes, dots, range, bars: histogram(&margins), images, wrong: images - all.answers.correct() }
    }
}

/// Bars of equal width, zero being a bar's edge so that none holds both right and wrong.
fn histogram(margins: &[f64]) -> Vec<Bar> {
    let (low, high) =
        margins.iter().fold((0.0_f64, 0.0_f64), |(low, high), margin| (low.min(*margin), high.max(*margin)));
    let width = (high - low) / BARS as f64;
    if width <= 0.0 {
        return Vec::new();
    }
    let first = (low / width).floor();
    let mut counts = vec![0_u32; BARS + 2];
    for margin in margins {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at least 0, at most BARS + 1")]
        let bar = ((margin / width).floor() - first) as usize;
        if let Some(count) = counts.get_mut(bar) {
            *count += 1;
        }
    }
    (0_u32..)
        .zip(counts)
        .map(|(bar, count)| Bar { middle: (first + f64::from(bar) + 0.5) * width, width, count })
        .filter(|bar| bar.count > 0)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_bar_holds_both_right_and_wrong() {
        let margins = [-0.031, -0.0001, 0.0, 0.0001, 0.02, 0.0999];
        let bars = histogram(&margins);
        let count =
            |wrong: bool| bars.iter().filter(|bar| (bar.middle < 0.0) == wrong).map(|bar| bar.count).sum::<u32>();
        assert_eq!((count(true), count(false)), (2, 4));
        assert!(histogram(&[]).is_empty() && histogram(&[0.0]).is_empty());
    }
}

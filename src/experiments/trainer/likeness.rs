//! Whether an image looks like the digits that a model knows, decided by the data and not by the model, which has to
//! answer one of its digits whatever it is shown.
//!
//! Two things are looked at. The images most like it, among a thousand of every digit: of MNIST's held-out eights 87 %
//! have at most one 3 or 7 among their ten, of the ones nearly all, and of the threes and sevens themselves 2 % (a test
//! counts them). And the distance to the nearest mean, against that of the held-out images: that alone finds 6 % of the
//! eights and none of the ones, for an eight is not far from the mean 3, but it finds what is no digit at all.

use super::Means;
use crate::data::{Dataset, PIXELS};
use crate::math::neighbours::most_alike;

/// Images of each digit to compare with.
const OF_EACH: usize = 1000;
/// How many of the most alike images have a say.
const ALIKE: usize = 10;
/// So few of them with one of the model's digits are too few.
const TOO_FEW: usize = 1;
/// Farther from every mean than this share of the held-out images is too far.
const TOO_FAR: f64 = 0.99;

/// How much an image looks like the digits of a task.
#[derive(Clone, Debug, PartialEq)]
pub struct Likeness {
    /// The most alike training images: index and digit, the most alike first.
    pub alike: Vec<(u32, u8)>,
    /// How many training images were compared.
    pub compared: usize,
    /// How many of [`Likeness::alike`] show one of the task's digits.
    pub known: usize,
    /// Whether there are images of other digits to compare with.
    pub has_others: bool,
    /// The share of the task's held-out images that are nearer to their nearest mean than this image is to its own.
    pub farther_than: f64,
}

/// A comparison under way: some training images after others.
#[derive(Debug)]
pub(super) struct Comparing {
    /// The training images to compare with.
    indices: Vec<u32>,
    /// How many were compared.
    done: usize,
    /// The most alike ones of each part that was compared.
    found: Vec<u32>,
}

impl Comparing {
    /// Nothing compared yet.
    pub(super) fn new(dataset: &Dataset) -> Self {
        let indices = (0..10).flat_map(|digit| of_digit(dataset, digit)).collect();
        Self { indices, done: 0, found: Vec::new() }
    }

    /// Compares `image` with so many more training images, and at the end with the means of the task's `digits`: then that is
    /// its likeness.
    pub(super) fn advance(
        &mut self,
        image: &[u8; PIXELS],
        dataset: &Dataset,
        digits: &[u8],
        means: &Means,
        images: usize,
    ) -> Option<Likeness> {
        let pixels = dataset.train.pixels().as_chunks().0;
        let end = self.indices.len().min(self.done + images);
        let part = self.indices.get(self.done..end).unwrap_or_default();
        self.found.extend(most_alike(pixels, part, image, ALIKE));
        self.done = end;
        if end < self.indices.len() {
            return None;
        }
        // The most alike of all are among the most alike of each part.
        let found = most_alike(pixels, &self.found, image, ALIKE);
        let alike: Vec<(u32, u8)> =
            found.into_iter().map(|index| (index, dataset.train.label(index as usize))).collect();
        let known = alike.iter().filter(|(_, digit)| digits.contains(digit)).count();
        let mut others = (0..10).filter(|digit| !digits.contains(digit));
        let has_others = others.any(|digit| of_digit(dataset, digit).next().is_some());
        let farther_than = means.farther_than(means.distances(image).into_iter().fold(f64::INFINITY, f64::min));
        Some(Likeness { alike, compared: end, known, has_others, farther_than })
    }
}

/// The training images of a digit that are compared with.
fn of_digit(dataset: &Dataset, digit: u8) -> impl Iterator<Item = u32> + '_ {
    dataset.train.of_digit(digit).iter().take(OF_EACH).copied()
}

impl Likeness {
    /// Whether too few of the most alike images show one of the model's digits.
    #[must_use]
    pub const fn is_of_others(&self) -> bool {
        self.has_others && self.known <= TOO_FEW
    }

    /// Whether it is farther from every mean than nearly all held-out images.
    #[must_use]
    pub fn is_far(&self) -> bool {
        self.farther_than > TOO_FAR
    }

    /// Whether it is unlike all of the model's digits.
    #[must_use]
    pub fn is_unlike(&self) -> bool {
        self.is_of_others() || self.is_far()
    }

    /// The digit that most of the alike images show, and how many; of equals the more alike one.
    #[must_use]
    pub fn most(&self) -> Option<(u8, usize)> {
        let count = |digit: u8| self.alike.iter().filter(|(_, other)| *other == digit).count();
        let best = self.alike.iter().map(|(_, digit)| (*digit, count(*digit)));
        best.reduce(|best, next| if next.1 > best.1 { next } else { best })
    }

    /// The finding as a headline.
    #[must_use]
    pub fn title(&self, digits: &[u8]) -> String {
        match (self.is_unlike(), digits) {
            (true, [first, second]) => format!("Unlike both: neither {} nor {}", article(*first), article(*second)),
            (true, _) => format!("Unlike all {} digits of the model", digits.len()),
            (false, _) => "Like the model's digits".to_owned(),
        }
    }

    /// The finding in plain words. `digits` are the task's, `held_out` counts its held-out images.
    #[must_use]
    pub fn words(&self, digits: &[u8], held_out: usize) -> String {
        let (count, known) = (self.alike.len(), self.known);
        let names = one_of(digits);
        let percent = 100.0 * self.farther_than;
        let means = if digits.len() == 2 { "both means".to_owned() } else { format!("all {} means", digits.len()) };
        let far = format!(
            "It is farther from {means} than {percent:.1} % of the {held_out} held-out images are from their nearest."
        );
        let must = "The model still has to answer one of its digits.";
        if self.is_of_others() {
            let shows = match known {
                0 => format!("none shows {names}"),
                _ => format!("only {known} shows {names}"),
            };
            let (most, times) = self.most().unwrap_or_default();
            let most = format!("{times} show {}", article(most));
            let rest = if self.is_far() { format!(" {far}") } else { String::new() };
            return format!(
                "Of the {count} most alike among {} training images of every digit, {shows}; {most}.{rest} {must}",
                self.compared
            );
        }
        if self.is_far() {
            return format!("{far} {must}");
        }
        let of = if known == count { "all".to_owned() } else { known.to_string() };
        let shows = if known == 1 { "shows" } else { "show" };
        format!(
            "Of the {count} most alike among {} training images, {of} {shows} {names}. Of the {held_out} held-out images, {percent:.1} % are nearer to a mean.",
            self.compared
        )
    }
}

/// `a 3 or a 7`, `a 1, a 3 or an 8`, or `one of the model's digits` where that would be a long list.
fn one_of(digits: &[u8]) -> String {
    let names: Vec<String> = digits.iter().map(|&digit| article(digit)).collect();
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() && names.len() <= 3 => format!("{} or {last}", rest.join(", ")),
        _ => "one of the model's digits".to_owned(),
    }
}

/// A digit with its article.
#[must_use]
pub fn article(digit: u8) -> String {
    format!("{} {digit}", if digit == 8 { "an" } else { "a" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Library, Split};
    use rayon::prelude::*;

    fn likeness(image: &[u8; PIXELS], data: &Dataset, digits: &[u8], means: &Means) -> Likeness {
        let mut work = Comparing::new(data);
        loop {
            if let Some(likeness) = work.advance(image, data, digits, means, 2500) {
                return likeness;
            }
        }
    }

    #[test]
    fn images_compared_some_at_a_time_are_compared_the_same() {
        let data = Library::new().builtin().unwrap();
        let (digits, means) = ([3, 7], Means::of(&data, &[3, 7]));
        let image = data.valid.image(7).as_chunks().0[0];
        let all = Comparing::new(&data).advance(&image, &data, &digits, &means, 10_000).unwrap();
        assert_eq!(likeness(&image, &data, &digits, &means), all);
        let mut work = Comparing::new(&data);
        let steps = (1..).find_map(|step| Some((step, work.advance(&image, &data, &digits, &means, 999)?)));
        assert_eq!(steps, Some((11, all)));
    }

    /// How many held-out images of `digit` are unlike all of `digits`: by alike images, by distance, by either.
    fn counts(data: &Dataset, digits: &[u8], means: &Means, digit: u8) -> [u32; 3] {
        let images = data.split(Split::Valid);
        let marks = images.of_digit(digit).par_iter().map(|&index| {
            let (chunks, _) = images.image(index as usize).as_chunks();
            let found = likeness(&chunks[0], data, digits, means);
            [found.is_of_others(), found.is_far(), found.is_unlike()].map(u32::from)
        });
        marks.reduce(|| [0; 3], |a, b| [a[0] + b[0], a[1] + b[1], a[2] + b[2]])
    }

    /// MNIST itself says how good the test is. Counted in numpy as well, in f64, where `X`, `Y` train and `V`, `W` are held
    /// out, all bytes, and `order` is name order:
    ///
    /// ```python
    /// ref = sum((order(Y, d)[:1000] for d in range(10)), [])
    /// near = np.min([np.abs(V - X[Y == d].mean(0)).mean(1) for d in (3, 7)], 0)
    /// own = np.sort(near[np.isin(W, [3, 7])]); far = np.searchsorted(own, near) / len(own) > .99
    /// D = (V**2).sum(1)[:, None] - 2 * V @ X[ref].T + (X[ref]**2).sum(1)
    /// alike = np.lexsort((np.broadcast_to(ref, D.shape), D), axis=1)[:, :10]
    /// others = np.isin(Y[ref][alike], [3, 7]).sum(1) <= 1
    /// for d in (3, 7, 1, 8): print([m[W == d].sum() for m in (others, far, others | far)])
    /// ```
    #[test]
    fn other_digits_are_unlike_both_and_threes_and_sevens_are_not() {
        let data = Library::new().builtin().unwrap();
        let means = Means::of(&data, &[3, 7]);
        let counts = [3, 7, 1, 8].map(|digit| counts(&data, &[3, 7], &means, digit));
        // Of 1010 threes, 1028 sevens, 1135 ones and 974 eights.
        assert_eq!(counts, [[10, 17, 27], [32, 3, 34], [1131, 0, 1131], [849, 55, 856]]);
    }

    #[test]
    fn what_is_no_digit_is_far_from_every_mean() {
        let data = Library::new().builtin().unwrap();
        let all: Vec<u8> = (0..10).collect();
        let means = Means::of(&data, &all);
        let stripes: [u8; PIXELS] = std::array::from_fn(|pixel| if pixel / 28 % 2 == 0 { 255 } else { 0 });
        let found = likeness(&stripes, &data, &all, &means);
        assert!(!found.has_others && !found.is_of_others() && found.is_far() && found.is_unlike());
        let text = found.words(&all, 10_000);
        assert!(
            text.starts_with("It is farther from all 10 means than 100.0 % of the 10000 held-out images"),
            "{text}"
        );
        assert_eq!(found.compared, 10_000);
    }

    #[test]
    fn the_words_have_the_numbers() {
        let eights = Likeness {
            alike: (0..10).map(|index| (index, if index == 4 { 3 } else { 8 })).collect(),
            compared: 10_000,
            known: 1,
            has_others: true,
            farther_than: 0.25,
        };
        let text = eights.words(&[3, 7], 2038);
        assert_eq!(
            text,
            "Of the 10 most alike among 10000 training images of every digit, only 1 shows a 3 or a 7; 9 show an 8. The model still has to answer one of its digits."
        );
        let own = Likeness { known: 10, ..eights };
        assert!(own.words(&[3, 8], 2000).contains("all show a 3 or an 8") && !own.is_unlike());
        assert_eq!(one_of(&[1, 3, 8]), "a 1, a 3 or an 8");
    }

    #[test]
    fn the_share_is_counted_over_the_held_out_images() {
        let data = Library::new().builtin().unwrap();
        let means = Means::of(&data, &[3, 7]);
        assert_eq!((means.farther_than(0.0), means.farther_than(1.0)), (0.0, 1.0));
        let nearest = |index: &u32| {
            let (chunks, _) = data.valid.image(*index as usize).as_chunks();
            means.distances(&chunks[0]).into_iter().fold(1.0, f64::min)
        };
        let all: Vec<f64> = [3, 7].iter().flat_map(|&digit| data.valid.of_digit(digit)).map(nearest).collect();
        let limit = 0.12;
        let expected = all.iter().filter(|distance| **distance < limit).count() as f64 / all.len() as f64;
        assert!((means.farther_than(limit) - expected).abs() < 1e-12 && expected > 0.1);
    }
}

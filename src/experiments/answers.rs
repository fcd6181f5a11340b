//! What a method said of each image beside what the image is: how often it was right, and where it was not.

/// The answers to some images. A *class* is a digit's index among those told apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    /// Each image's class.
    pub actual: Vec<u8>,
    /// The class that was predicted for it.
    pub predicted: Vec<u8>,
    /// How many classes there are.
    pub classes: usize,
}

impl Answers {
    /// The image's own class and the predicted one; `None` past the last answer.
    #[must_use]
    pub fn pair(&self, index: usize) -> Option<(u8, u8)> {
        self.actual.get(index).copied().zip(self.predicted.get(index).copied())
    }

    /// Every image's own class and the predicted one, in their order.
    pub fn pairs(&self) -> impl Iterator<Item = (u8, u8)> + '_ {
        self.actual.iter().copied().zip(self.predicted.iter().copied())
    }

    /// How often an image of each class (row) was taken for each class (column).
    #[must_use]
    pub fn confusion(&self) -> Vec<Vec<u32>> {
        let mut confusion = vec![vec![0; self.classes]; self.classes];
        for (actual, predicted) in self.pairs() {
            let row = confusion.get_mut(usize::from(actual));
            if let Some(cell) = row.and_then(|row: &mut Vec<u32>| row.get_mut(usize::from(predicted))) {
                *cell += 1;
            }
        }
        confusion
    }

    /// How many answers are right.
    #[must_use]
    pub fn correct(&self) -> usize {
        self.pairs().filter(|(actual, predicted)| actual == predicted).count()
    }

    /// The share of right answers, 0 to 1; 0 of no images.
    #[must_use]
    pub fn accuracy(&self) -> f64 {
        self.correct() as f64 / self.actual.len().max(1) as f64
    }

    /// The indices of the images of class `actual` that were called `predicted`, in their order.
    #[must_use]
    pub fn cell(&self, actual: u8, predicted: u8) -> Vec<usize> {
        self.indices(|pair| pair == (actual, predicted))
    }

    /// The indices of all images called wrong, in their order. Sorting them keeps equal ones so.
    #[must_use]
    pub fn mistakes(&self) -> Vec<usize> {
        self.indices(|(actual, predicted)| actual != predicted)
    }

    fn indices(&self, wanted: impl Fn((u8, u8)) -> bool) -> Vec<usize> {
        self.pairs().enumerate().filter(|(_, pair)| wanted(*pair)).map(|(index, _)| index).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_is_counted_in_its_cell() {
        let answers = Answers { actual: vec![0, 0, 1, 2, 2, 2], predicted: vec![0, 1, 1, 0, 2, 0], classes: 3 };
        assert_eq!(answers.confusion(), [[1, 1, 0], [0, 1, 0], [2, 0, 1]]);
        assert_eq!((answers.correct(), answers.accuracy()), (3, 0.5));
        assert_eq!((answers.cell(2, 0), answers.cell(0, 2)), (vec![3, 5], vec![]));
        assert_eq!(answers.mistakes(), [1, 3, 5]);
        assert_eq!((answers.pair(3), answers.pair(6)), (Some((2, 0)), None));
    }

    #[test]
    fn no_images_give_empty_counts() {
        let none = Answers { classes: 2, ..Answers::default() };
        assert_eq!((none.confusion(), none.accuracy()), (vec![vec![0, 0]; 2], 0.0));
    }
}

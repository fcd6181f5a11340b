//! What is seen on the page Test it.

use crate::data::{Drawing, PIXELS, Stages, Steps};
use crate::experiments::trainer::judged::Judging;
use crate::experiments::trainer::likeness::Comparing;
use crate::experiments::trainer::{
    Judged, Likeness, Look, Means, Reading, Sample, Side, Snapshot, TestLook, Validation,
};
use crate::experiments::{Part, Same};
use crate::math::model::Parameter;
use std::sync::Arc;

/// Training images compared with the image at a time: about a millisecond's work, and two parts in all, so that a drawing is
/// judged as it grows even while a run trains flat out.
const COMPARED: usize = 5000;
/// Held-out images judged at a time: likewise about a millisecond's work.
const JUDGED: usize = 2500;

/// What a reading depends on: the image, the parameters, and the class whose contributions are wanted.
type Read = ([u8; PIXELS], Same<[Parameter]>, Option<usize>);

/// What a list of images depends on: the measurements, and the open cell of the confusion matrix.
type Cell = (Same<Validation>, Option<(u8, u8)>);

/// What is computed for the page Test it.
#[derive(Clone, Debug, Default)]
pub struct TestSeen {
    /// The image that is looked at; `None` of an empty page.
    pub image: Option<[u8; PIXELS]>,
    /// Which of the held-out images it is, if it is one of them.
    pub held_out: Option<usize>,
    drawn: Part<Drawing, Stages>,
    reading: Part<Read, Option<Reading>>,
    distances: Part<([u8; PIXELS], Same<Means>), Vec<f64>>,
    likeness: Part<([u8; PIXELS], Same<Means>), Likeness, Comparing>,
    judged: Part<Same<Validation>, Judged, Judging>,
    listed: Part<Cell, Vec<usize>>,
}

impl TestSeen {
    /// The drawing's way to 28 x 28; `None` of an empty sheet.
    #[must_use]
    pub fn drawn(&self) -> Option<&Arc<Stages>> {
        self.drawn.get()
    }

    /// What the model makes of the image; `None` before it has parameters.
    #[must_use]
    pub fn reading(&self) -> Option<&Reading> {
        self.reading.get().and_then(|reading| reading.as_ref().as_ref())
    }

    /// How far the image is from the mean of each class.
    #[must_use]
    pub fn distances(&self) -> &[f64] {
        self.distances.get().map(|distances| distances.as_slice()).unwrap_or_default()
    }

    /// Whether the image is like the digits of the model.
    #[must_use]
    pub fn likeness(&self) -> Option<&Likeness> {
        self.likeness.get().map(|likeness| &**likeness)
    }

    /// The answers to all held-out images of this state; `None` while another's were judged.
    #[must_use]
    pub fn judged(&self, snapshot: &Snapshot) -> Option<&Judged> {
        let key = Same(Arc::clone(snapshot.validation.as_ref()?));
        self.judged.get().filter(|_| self.judged.is_of(&key)).map(|judged| &**judged)
    }

    /// The held-out images of the open cell, or all mistakes: the largest loss first.
    #[must_use]
    pub fn listed(&self) -> &[usize] {
        self.listed.get().map(|indices| indices.as_slice()).unwrap_or_default()
    }

    /// One step towards what is to be seen now; returns whether it was the last.
    pub(super) fn see(&mut self, snapshot: &Arc<Snapshot>, look: &Look) -> bool {
        let look = &look.test;
        self.choose(snapshot, look);
        self.read(snapshot, look) & self.judge(snapshot, look)
    }

    fn choose(&mut self, snapshot: &Snapshot, look: &TestLook) {
        let held = &snapshot.task.valid;
        self.held_out = (look.sample == Sample::HeldOut).then(|| look.index.min(held.len().saturating_sub(1)));
        let image = match look.sample {
            Sample::Drawing if look.strokes.is_empty() => {
                self.drawn.clear();
                None
            }
            Sample::Drawing => {
                let stages = || look.strokes.stages(&Steps::default());
                Some(self.drawn.renew(look.strokes.clone(), stages).result)
            }
            Sample::HeldOut => {
                let index = self.held_out.and_then(|index| held.indices().get(index));
                index.and_then(|index| held.pixels().get(*index as usize)).copied()
            }
            Sample::Picture => look.pixels.map(|pixels| pixels.0),
        };
        self.image = image.filter(|image| image.iter().any(|&ink| ink > 0));
    }

    /// What the model and the baseline say of the image.
    fn read(&mut self, snapshot: &Snapshot, look: &TestLook) -> bool {
        let Some(image) = self.image else {
            self.reading.clear();
            self.distances.clear();
            self.likeness.clear();
            return true;
        };
        match &snapshot.state {
            Some(state) => {
                let class = look.class_of(snapshot);
                let read = || Reading::of(&snapshot.architecture, state, &image, class).ok();
                self.reading.renew((image, Same(Arc::clone(state)), class), read);
            }
            None => self.reading.clear(),
        }
        let (dataset, digits, means) = (&snapshot.dataset, &snapshot.digits, &snapshot.means);
        let key = (image, Same(Arc::clone(means)));
        self.distances.renew(key.clone(), || means.distances(&image));
        self.likeness.work_on(
            &key,
            || Comparing::new(dataset),
            |work| work.advance(&image, dataset, digits, means, COMPARED),
        )
    }

    /// What the model said of the held-out images.
    fn judge(&mut self, snapshot: &Snapshot, look: &TestLook) -> bool {
        let Some(validation) = snapshot.validation.as_ref().filter(|_| look.side != Side::Pixels) else { return true };
        let key = Same(Arc::clone(validation));
        let is_complete = self.judged.work_on(
            &key,
            || Judging::of(snapshot, validation),
            |work| work.advance(validation, &snapshot.task.valid, JUDGED),
        );
        if let Some(judged) = self.judged.get().filter(|_| is_complete && look.side == Side::Confusion) {
            let cell = look.cell_of(snapshot);
            let list = || cell.map_or_else(|| judged.mistakes(), |(actual, said)| judged.cell(actual, said));
            self.listed.renew((key, cell), list);
        }
        is_complete
    }
}

impl TestLook {
    /// The class whose logit is looked at, if the model has it.
    #[must_use]
    pub fn class_of(&self, snapshot: &Snapshot) -> Option<usize> {
        self.class.filter(|class| *class < snapshot.digits.len())
    }

    /// The open cell as classes: what the images are, and what they were called. `None` if none is open, or if it is of digits
    /// that are not told apart.
    #[must_use]
    pub fn cell_of(&self, snapshot: &Snapshot) -> Option<(u8, u8)> {
        let class = |digit: u8| snapshot.digits.iter().position(|other| *other == digit);
        let (actual, said) = self.cell?;
        Some((u8::try_from(class(actual)?).ok()?, u8::try_from(class(said)?).ok()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Library;
    use crate::experiments::trainer::{Hex, Settings, Trainer};
    use crate::experiments::{Checked, Digits, Experiment as _, Tape};

    fn at(digits: Digits, position: u64) -> Arc<Snapshot> {
        let settings = Checked::new(Settings { digits, ..Settings::default() }).unwrap();
        let mut tape = Tape::new(Trainer::start(&settings, &Library::new()).unwrap());
        tape.seek(position);
        Arc::new(tape.now().snapshot())
    }

    /// Sees until it is done, and returns in how many steps.
    fn see(seen: &mut TestSeen, snapshot: &Arc<Snapshot>, test: &TestLook) -> usize {
        let look = Look { test: test.clone(), ..Look::default() };
        (1..100).find(|_| seen.see(snapshot, &look)).unwrap()
    }

    #[test]
    fn what_did_not_change_is_kept() {
        let [first, next] = [5, 9].map(|position| at(Digits::threes_and_sevens(), position));
        let mut seen = TestSeen::default();
        let look = TestLook { sample: Sample::HeldOut, index: 5, ..TestLook::default() };
        assert_eq!(see(&mut seen, &first, &look), 2);
        let likeness = Arc::clone(seen.likeness.get().unwrap());
        let judged = Arc::clone(seen.judged.get().unwrap());
        let reading = seen.reading().unwrap().clone();
        assert_eq!(see(&mut seen, &next, &look), 1, "all that depends on the parameters is one step");
        assert!(Arc::ptr_eq(&likeness, seen.likeness.get().unwrap()));
        // The two runs measured the same, but each for itself.
        assert_eq!(judged, *seen.judged.get().unwrap());
        assert_ne!(reading.logits, seen.reading().unwrap().logits);
        see(&mut seen, &next, &TestLook { index: usize::MAX, ..look });
        assert_eq!(seen.held_out, Some(2037));
        assert_ne!(likeness.alike, seen.likeness().unwrap().alike);
    }

    #[test]
    fn a_drawing_and_the_picture_that_it_makes_are_read_alike() {
        let snapshot = at(Digits::threes_and_sevens(), 5);
        let strokes = Drawing::from(vec![vec![24.0, 80.0, 70.0, 200.0, 70.0, 130.0, 230.0]]);
        let mut seen = TestSeen::default();
        see(&mut seen, &snapshot, &TestLook { strokes: strokes.clone(), ..TestLook::default() });
        let (reading, image) = (seen.reading().unwrap().clone(), seen.image.unwrap());
        assert_eq!(seen.drawn().unwrap().result, image);
        let picture = TestLook { sample: Sample::Picture, pixels: Some(Hex(image)), ..TestLook::default() };
        let mut other = TestSeen::default();
        see(&mut other, &snapshot, &picture);
        assert_eq!(other.reading(), Some(&reading));
        assert_eq!((other.distances(), other.likeness()), (seen.distances(), seen.likeness()));
        // Clean paper is no image.
        let blank = TestLook { pixels: Some(Hex([0; PIXELS])), ..picture };
        assert_eq!(see(&mut other, &snapshot, &blank), 1);
        assert!(other.image.is_none() && other.reading().is_none() && other.likeness().is_none());
        see(&mut seen, &snapshot, &TestLook::default());
        assert!(seen.image.is_none() && seen.drawn().is_none() && seen.distances().is_empty());
    }

    #[test]
    fn before_there_are_parameters_only_the_baseline_answers() {
        let mut seen = TestSeen::default();
        let snapshot = at(Digits::threes_and_sevens(), 0);
        see(&mut seen, &snapshot, &TestLook { sample: Sample::HeldOut, ..TestLook::default() });
        assert!(seen.reading().is_none() && seen.judged(&snapshot).is_none());
        assert_eq!(seen.distances().len(), 2);
    }

    #[test]
    fn a_cell_lists_its_images_and_a_cell_of_other_digits_all_mistakes() {
        let snapshot = at(Digits::threes_and_sevens(), 197);
        let mut seen = TestSeen::default();
        see(&mut seen, &snapshot, &TestLook { cell: Some((7, 3)), ..TestLook::default() });
        let judged = seen.judged(&snapshot).unwrap().clone();
        let called = judged.confusion[1][0];
        assert!(called > 2 && seen.listed().len() == called as usize);
        let losses: Vec<f32> = seen.listed().iter().map(|&index| judged.losses[index]).collect();
        assert!(losses.is_sorted_by(|left, right| left >= right));
        see(&mut seen, &snapshot, &TestLook { cell: Some((7, 8)), ..TestLook::default() });
        assert_eq!(seen.listed().len(), 2038 - judged.correct);
        // Another run's answers are not taken for this one's.
        assert!(seen.judged(&at(Digits::threes_and_sevens(), 1)).is_none());
    }

    #[test]
    fn of_ten_digits_the_held_out_images_are_judged_in_parts() {
        let snapshot = at(Digits::all(), 1);
        let mut seen = TestSeen::default();
        assert_eq!(see(&mut seen, &snapshot, &TestLook::default()), 5);
        assert_eq!(seen.judged(&snapshot).unwrap().losses.len(), 10_000);
        assert_eq!(see(&mut seen, &snapshot, &TestLook { side: Side::Losses, ..TestLook::default() }), 1);
    }
}

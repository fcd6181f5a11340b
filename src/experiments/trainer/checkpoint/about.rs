//! Which model a file of parameters is of, and what its outputs stand for.

use super::problem::{list, quoted};
use super::{Checkpoint, Problem};
use crate::experiments::settings::{Choice as _, Digits, Source};
use crate::experiments::trainer::{LossChoice, Settings};
use crate::math::loss::Loss;
use crate::math::model::{Architecture, Model};
use std::path::Path;

const LOSSES: [Loss; 3] = [Loss::Mnist, Loss::CrossEntropy, Loss::Accuracy];

/// What a file is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// The model: its shapes say which.
    pub model: Architecture,
    /// The loss that its outputs are for: as the file says, else `mnist` for one output and cross-entropy for more.
    pub loss: Loss,
    /// The digits that it tells apart, if the file says.
    pub digits: Option<Digits>,
    /// How many digits it tells apart: 2 to 10.
    pub classes: usize,
}

impl Checkpoint {
    /// Finds the model by the names and shapes, and the rest in the file's metadata where it has any.
    ///
    /// # Errors
    /// If it is no model of the lab, or the digits in the metadata are not as many as its outputs tell apart.
    pub fn about(&self) -> Result<About, Problem> {
        let Some((model, outputs)) = self.find() else {
            let found = self.tensors.iter().map(|(name, stored)| format!("{} {:?}", quoted(name), stored.shape));
            return Err(Problem::Unknown { found: list(found.collect()) });
        };
        let (classes, usual) = outcome(outputs);
        let said = |name: &str| self.metadata.get(name);
        let loss = LOSSES.into_iter().find(|loss| said("loss").is_some_and(|said| said == loss.name()));
        let loss = loss.filter(|loss| loss.logits(classes) == outputs).unwrap_or(usual);
        let digits = match said("digits") {
            Some(text) => match text.parse::<Digits>().ok().filter(|digits| digits.len() == classes) {
                Some(digits) => Some(digits),
                None => return Err(Problem::Digits { found: quoted(text), classes }),
            },
            None => None,
        };
        Ok(About { model, loss, digits, classes })
    }

    /// The model whose names and shapes these are, and how many outputs it has.
    fn find(&self) -> Option<(Architecture, usize)> {
        let all = Architecture::ALL.iter().flat_map(|&model| (1..=10).map(move |outputs| (model, outputs)));
        all.into_iter().find(|&(architecture, outputs)| {
            let (classes, loss) = outcome(outputs);
            let model = architecture.model(classes, loss);
            let fits = |(name, shape): (String, Vec<usize>)| {
                self.stored(&model, &name).is_some_and(|stored| stored.shape == shape)
            };
            let shapes = model.shapes();
            shapes.len() == self.tensors.len() && shapes.into_iter().all(fits)
        })
    }
}

/// How many digits so many outputs tell apart, and the usual loss for them.
const fn outcome(outputs: usize) -> (usize, Loss) {
    if outputs == 1 { (2, Loss::Mnist) } else { (outputs, Loss::CrossEntropy) }
}

impl About {
    /// Layers and loss.
    #[must_use]
    pub fn architecture(&self) -> Model {
        self.model.model(self.classes, self.loss)
    }

    /// The digits that so many classes usually are: the book's two, or all ten.
    #[must_use]
    pub fn usual_digits(&self) -> Option<Digits> {
        match self.classes {
            2 => Some(Digits::threes_and_sevens()),
            10 => Some(Digits::all()),
            _ => None,
        }
    }

    /// The trainer's settings `now`, changed so that a run starts from the file at `path`: its model, digits and loss.
    /// What goes with another model goes with it; the rest stays.
    #[must_use]
    pub fn settings(&self, path: &Path, now: &Settings) -> Settings {
        let now = now.clone();
        let kept = Some(now.digits.clone()).filter(|digits| digits.len() == self.classes);
        let first = || Digits::new((0..10).take(self.classes).collect::<Vec<u8>>());
        let digits = self.digits.clone().or(kept).or_else(|| self.usual_digits()).or_else(first);
        let settings = if now.model == self.model {
            now
        } else {
            let Settings { seed, epochs, device, data, .. } = now;
            Settings { seed, epochs, device, data, ..Settings::usual_of(self.model, self.classes) }
        };
        Settings {
            digits: digits.unwrap_or_else(Digits::threes_and_sevens),
            loss: LossChoice::of(self.loss, self.model, self.classes),
            weights: Source::from(path),
            ..settings
        }
    }
}

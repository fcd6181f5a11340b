//! What a reader of the trainer looks at: the open page, and on each page what is chosen there.

mod breaks;
mod lenient;
mod loader;
mod model;
mod nonlinearity;
mod pins;
mod test;
mod train;

pub use breaks::{BreaksLook, Guess};
pub use loader::{LoaderLook, Toy};
pub use model::{Chosen, MAP_LAYERS, ModelLook};
pub use nonlinearity::{
    Drawn, HEIGHTS, HIGH, LOW, LinesLook, MOST_UNITS, NonlinearityLook, Part, REACH, SumsLook, Target,
};
pub use pins::{MOST_PINS, Pin, Pins};
pub use test::{Hex, Sample, Side, TestLook};
pub use train::TrainLook;

use crate::{pages, settings};
use lenient::lenient;

settings! {
    /// What you look at.
    pub struct Look {
        /// The open page.
        tab: Tab = Tab::default();
        saved {
            /// On the page Train.
            #[serde(flatten)]
            train: TrainLook = TrainLook::default();
            /// On the page DataLoader.
            #[serde(flatten)]
            loader: LoaderLook = LoaderLook::default();
            /// On the page Inside.
            #[serde(flatten)]
            model: ModelLook = ModelLook::default();
            /// On the page Test it.
            #[serde(deserialize_with = "lenient")]
            test: TestLook = TestLook::default();
            /// On the page Break it.
            #[serde(flatten)]
            breaks: BreaksLook = BreaksLook::default();
            /// On the page Why ReLU.
            #[serde(deserialize_with = "lenient")]
            nonlinearity: NonlinearityLook = NonlinearityLook::default();
        }
    }
}

pages! {
    /// The pages of the trainer, each a way to look at the same run.
    pub enum Tab {
        /// The phases of each mini-batch, and the curves of the run
        Train = "train", "Train";
        /// The order in which the images come, batch by batch
        Loader = "loader", "DataLoader";
        /// Weights and filters as pictures, and what an image sets off in them
        Model = "model", "Inside";
        /// Its mistakes on the held-out images, and its answer to a digit that you draw
        Test = "test", "Test it";
        /// Mistakes worth making: guess what happens, then see
        Breaks = "breaks", "Break it";
        /// What the step between two layers is for
        Nonlinearity = "relu", "Why ReLU";
    }
}

impl super::super::Look for Look {
    fn sanitise(&mut self) {
        self.model.sanitise();
        self.test.sanitise();
        self.breaks.sanitise();
        self.nonlinearity.sanitise();
    }

    /// The pinned runs are there to be compared with whatever is opened next.
    fn follow(&mut self, before: &Self) {
        self.train.pins.follow(&before.train.pins);
    }
}

#[cfg(test)]
mod tests;

//! What a reader of the loss looks at.

use super::Act;
use super::table::MOST;
use crate::data::PIXELS;
use crate::experiments;
use crate::{pages, settings};

/// The index of the last of MNIST's 12,396 threes and sevens.
pub const LAST_IMAGE: usize = 12_395;
/// How far from zero a factor may be.
pub const FACTORS: f64 = 10.0;
/// How many predictions are shown of the first images, and of the last.
pub const SHOWN: usize = 3;

settings! {
    /// What you look at.
    pub struct Look {
        /// The image you look at: its place among the 6,131 threes and then the 6,265 sevens, from 0.
        image: usize = 0, in 0..=LAST_IMAGE;
        /// The pixel whose weight you turn: 28 times its row plus its column, both from 0.
        pixel: usize = 378, in 0..=PIXELS - 1;
        /// What you multiply the weight of that pixel by.
        factor: f64 = 1.0, in -FACTORS..=FACTORS;
        /// How much you see of the curves over that factor.
        zoom: Zoom = Zoom::default();
        saved {
            /// The page that you chose; without a choice, that of the phase is open.
            #[serde(skip_serializing_if = "Option::is_none")]
            tab: Option<Tab> = None;
            /// The cell of the small matrix product that is worked out: row, column.
            cell: [usize; 2] = [0, 0];
            /// The image that is pointed at in the large product, among those shown.
            row: usize = 0;
            /// The row of the table that the page of the sigmoid follows.
            looked_at: usize = 0;
        }
    }
}

pages! {
    /// What the figure shows.
    pub enum Tab {
        /// 784 products of pixels and weights add up to one number
        One = "one", "One prediction";
        /// Row times column: every image's prediction at once
        Product = "product", "Matrix product";
        /// Predictions and targets that you edit, and how far off they are
        Table = "table", "mnist_loss";
        /// Any number becomes one between 0 and 1; what that does to the gradient
        Sigmoid = "sigmoid", "Sigmoid";
        /// Turn one weight: accuracy moves in steps, the loss moves smoothly
        Flat = "flat", "Accuracy is flat";
    }
}

pages! {
    /// The range of factors over which the curves are drawn.
    pub enum Zoom {
        /// From no weight at all to four times the weight
        Usual = "usual", "0 to 4";
        /// One part in a hundred either way: so close a step is rare
        Close = "close", "Close";
        /// Everything: the weight turned round, and ten times as large
        Wide = "wide", "Wide";
    }
}

impl Tab {
    /// The page on which an act shows what it did.
    const fn of(act: Option<Act>) -> Self {
        match act {
            None | Some(Act::Draw | Act::OneImage) => Self::One,
            Some(Act::AllImages) => Self::Product,
            Some(Act::Distances) => Self::Table,
            Some(Act::Sigmoid | Act::Slopes | Act::End) => Self::Sigmoid,
            Some(Act::Accuracy) => Self::Flat,
        }
    }
}

impl Zoom {
    /// The first and the last factor.
    #[must_use]
    pub const fn range(self) -> [f64; 2] {
        match self {
            Self::Usual => [0.0, 4.0],
            Self::Close => [0.99, 1.01],
            Self::Wide => [-FACTORS, FACTORS],
        }
    }
}

impl Look {
    /// The page that is open once this act is shown.
    #[must_use]
    pub fn page(&self, act: Option<Act>) -> Tab {
        self.tab.unwrap_or_else(|| Tab::of(act))
    }
}

impl experiments::Look for Look {
    fn sanitise(&mut self) {
        let [row, column] = self.cell;
        if row >= 3 || column >= 2 {
            self.cell = [0, 0];
        }
        if self.row >= 2 * SHOWN {
            self.row = 0;
        }
        self.looked_at = self.looked_at.min(MOST - 1);
    }
}

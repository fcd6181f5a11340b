//! What a reader looks at in the pixel viewer.

use super::Dtype;
use crate::data::Drawing;
use crate::experiments::sample::MAX_NTH;
use crate::experiments::{Choice as _, Slice};
use crate::{pages, settings};
use serde::{Deserialize, Deserializer};

/// The most cells of the tensor bench.
pub const MAX_CELLS: usize = 12;
/// The longest expression in one of them, in characters.
pub const MAX_CELL_CHARS: usize = 400;

settings! {
    /// What you look at.
    pub struct Look {
        /// The open page.
        tab: Tab = Tab::default();
        /// The image's place among that digit's, from 0, sorted by file name.
        nth: u64 = 1, in 0..=MAX_NTH;
        /// The rows you print, a:b: from a up to, but without, b.
        rows: Slice = Slice::new(4, 10);
        /// The columns you print, a:b.
        columns: Slice = Slice::new(4, 10);
        /// Whole numbers from 0 to 255, or those divided by 255.
        dtype: Dtype = Dtype::Uint8;
        /// How much larger the image is drawn than as a whole.
        zoom: f64 = 1.0, in 1.0..=3.0;
        /// Print the slice as NumPy does; off: as PyTorch does.
        numpy: bool = false;

        saved {
            /// The column and row at which the part of a picture begins whose three channels are shown as numbers; without it,
            /// the part in the middle of the ink.
            part: Option<[u32; 2]> = None;
            /// What is drawn on the sheet.
            strokes: Drawing = Drawing::default();
            /// The expressions on the tensor bench.
            cells: Vec<String> = ["t[1, 1:3]", "t * 1.5", "(m * 2)[1:, 1:]"].map(str::to_owned).to_vec();
            /// The shelf of examples that is open.
            #[serde(deserialize_with = "named_or_numbered")]
            shelf: Shelf = Shelf::default();
        }
    }
}

pages! {
    /// What the figure shows.
    pub enum Tab {
        /// One image as 28 rows of 28 numbers
        Image = "image", "Image";
        /// Any picture of yours, and how it becomes 28 x 28
        Picture = "picture", "Your picture";
        /// Draw a digit and watch it become 28 x 28
        Draw = "draw", "Draw";
        /// Every image of a digit as one tensor of rank 3
        Stack = "stack", "Stack";
        /// Try expressions on small tensors and on the images
        Bench = "bench", "Tensor bench";
    }
}

pages! {
    /// Expressions worth trying, by what they show.
    pub enum Shelf {
        /// Rows, columns, slices and masks
        Parts = "parts", "Parts";
        /// One operation on all numbers at once
        Arithmetic = "arithmetic", "Arithmetic";
        /// The lengths of the axes, and how many there are
        Shape = "shape", "Shape and rank";
        /// Many images as one tensor of rank 3
        Stacks = "stacks", "Stacks";
        /// Shapes that differ, lined up from the right
        Broadcasting = "broadcasting", "Broadcasting";
    }
}

impl crate::experiments::Look for Look {
    fn sanitise(&mut self) {
        self.cells.truncate(MAX_CELLS);
        for cell in &mut self.cells {
            if let Some((end, _)) = cell.char_indices().nth(MAX_CELL_CHARS) {
                cell.truncate(end);
            }
        }
        if self.cells.is_empty() {
            self.cells.push(String::new());
        }
    }
}

/// A shelf by its name, or, as states of version 1 have it, by its number from 0.
fn named_or_numbered<'de, D: Deserializer<'de>>(from: D) -> Result<Shelf, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Form {
        Name(Shelf),
        Number(usize),
    }
    Ok(match Form::deserialize(from)? {
        Form::Name(shelf) => shelf,
        Form::Number(index) => Shelf::ALL.get(index).copied().unwrap_or(Shelf::Broadcasting),
    })
}

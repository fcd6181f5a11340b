//! What was done to a picture on its way to 28 x 28, in numbers.

use crate::data::{InkBox, Picture, Steps, to_mnist};
use crate::experiments::Table;
use crate::experiments::sample::Sample;
use serde::Serialize;

/// A picture's way to 28 x 28.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Way {
    /// Width and height of the picture, in pixels.
    pub size: [u32; 2],
    /// The picture was MNIST's form already and was taken as it is.
    pub as_it_is: bool,
    /// Whether ink was dark and was turned light.
    pub inverted: bool,
    /// Where the ink lies in the picture; `None` on an empty page.
    pub ink_box: Option<InkBox>,
    /// Width and height of the fitted ink, in pixels; 0 on an empty page.
    pub fitted: [u32; 2],
    /// Column and row of the 28 x 28 pixels at which the fitted ink begins.
    pub place: [u32; 2],
    /// How many of the 784 pixels differ from those that all steps together give.
    pub differ: usize,
}

impl Way {
    /// The way of `picture` to `sample` by `steps`; `None` when the sample is no picture.
    #[must_use]
    pub fn of(sample: &Sample, picture: &Picture, steps: &Steps) -> Option<Self> {
        let stages = sample.stages.as_ref()?;
        let differ = if *steps == Steps::default() {
            0
        } else {
            let usual = to_mnist(picture, &Steps::default()).result;
            usual.iter().zip(&sample.pixels).filter(|(usual, pixel)| usual != pixel).count()
        };
        Some(Self {
            size: stages.original_size.into(),
            as_it_is: stages.as_it_is,
            inverted: stages.inverted,
            ink_box: stages.ink_box,
            fitted: stages.fitted.dimensions().into(),
            place: stages.place.into(),
            differ,
        })
    }

    /// The way as a table: a line for each stage.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("the picture's way to 28 x 28", &["stage", "size", "note"]).left();
        let size = |[width, height]: [u32; 2]| format!("{width} x {height}");
        let mut row = |stage: &str, size: String, note: &str| table.row([stage.to_owned(), size, note.to_owned()]);
        row("original", size(self.size), if self.as_it_is { "taken as it is" } else { "" });
        row("grey", size(self.size), if self.inverted { "dark is ink" } else { "light is ink" });
        match self.ink_box {
            Some(ink) => {
                row("ink's box", size([ink.width, ink.height]), &format!("from column {}, row {}", ink.x, ink.y));
            }
            None => row("ink's box", size([0, 0]), "no ink was found"),
        }
        row("fitted", size(self.fitted), "");
        row("placed", size([28, 28]), &format!("from column {}, row {}", self.place[0], self.place[1]));
        table
    }
}

//! The page DataLoader.

use serde::{Deserialize, Serialize};

/// What is chosen on the page DataLoader.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LoaderLook {
    /// The mini-batch that is looked at, from 0; `None` for the one whose phases run.
    #[serde(alias = "mini-batch", skip_serializing_if = "Option::is_none")]
    pub mini_batch: Option<usize>,
    /// The small loader.
    pub toy: Toy,
}

/// A data loader small enough to read: the batch sizes of its two examples, and how they are shuffled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "(usize, usize, bool, u32)", into = "(usize, usize, bool, u32)")]
pub struct Toy {
    /// The batch size for the numbers.
    pub numbers: usize,
    /// The batch size for the letters.
    pub letters: usize,
    /// Whether they come in a random order.
    pub shuffle: bool,
    /// Where that order begins.
    pub seed: u32,
}

impl Toy {
    /// The numbers of the first example.
    pub const NUMBERS: usize = 15;
    /// The letters of the second.
    pub const LETTERS: usize = 26;
}

impl Default for Toy {
    fn default() -> Self {
        Self { numbers: 5, letters: 6, shuffle: false, seed: 42 }
    }
}

impl TryFrom<(usize, usize, bool, u32)> for Toy {
    type Error = &'static str;

    fn try_from((numbers, letters, shuffle, seed): (usize, usize, bool, u32)) -> Result<Self, Self::Error> {
        let fits = (1..=Self::NUMBERS).contains(&numbers) && (1..=Self::LETTERS).contains(&letters);
        fits.then_some(Self { numbers, letters, shuffle, seed })
            .ok_or("a batch holds at least one item and at most all")
    }
}

impl From<Toy> for (usize, usize, bool, u32) {
    fn from(toy: Toy) -> Self {
        (toy.numbers, toy.letters, toy.shuffle, toy.seed)
    }
}

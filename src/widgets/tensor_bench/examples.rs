//! The shelves: expressions worth trying, by what they show.

use crate::experiments::Choice as _;
use crate::experiments::pixels::Shelf;

/// An expression.
pub struct Example {
    /// Its text.
    pub text: &'static str,
    /// What it shows.
    pub meaning: &'static str,
}

const fn example(text: &'static str, meaning: &'static str) -> Example {
    Example { text, meaning }
}

const PARTS: &[Example] = &[
    example("t[1]", "A row: places count from 0, so this is the second"),
    example("t[:, 1]", "A column: all rows, place 1 of each"),
    example("t[1, 1:3]", "A slice of a row: from place 1 up to, but without, 3"),
    example("t[-1]", "Places below zero count from the end"),
    example("t[t > 2]", "A mask picks the numbers for which it is true"),
    example("a_3[4:10, 4:10]", "Six rows and columns of an image"),
    example("a_3[::4, ::4]", "Every fourth row and column"),
];

const ARITHMETIC: &[Example] = &[
    example("t + 1", "Adds 1 to every number"),
    example("t * 1.5", "A fraction makes fractions of whole numbers"),
    example("(m * 2)[1:, 1:]", "The exercise: 1 to 9 doubled, and of that the four at the bottom right"),
    example("[2 * o for o in range(1, 10) if o % 2]", "A list, item by item: the odd numbers doubled"),
    example("a_3 + 100", "Bytes count round after 255"),
    example("t > 2", "A comparison gives true or false for every number"),
    example("t @ t.T", "A matrix product: rows times columns"),
];

const SHAPE: &[Example] = &[
    example("t.shape", "The length of each axis"),
    example("len(t.shape)", "The rank: how many axes there are"),
    example("t.view(3, 2)", "The same six numbers in another shape"),
    example("a_3.view(-1, 784)", "An image as one row; -1 stands for whatever is left"),
    example("t.unsqueeze(0)", "A new axis of length 1"),
    example("t.T", "Rows become columns"),
    example("t.dtype", "What the numbers are"),
];

const STACKS: &[Example] = &[
    example("torch.stack([t, t + 10])", "Two tensors of rank 2 become one of rank 3"),
    example("stacked_threes.shape", "All training threes"),
    example("stacked_threes[1, 4:10, 4:10]", "A part of one of them"),
    example("stacked_threes.float() / 255", "From bytes to fractions from 0 to 1"),
    example("(stacked_threes.float() / 255).mean(0)", "The mean three: the first axis is averaged away"),
    example("stacked_threes.view(-1, 784).shape", "Each image as a row"),
];

const BROADCASTING: &[Example] = &[
    example("t + t[0]", "A row is added to every row"),
    example("t - t[:, 1:2]", "A column is taken from every column"),
    example("t.unsqueeze(1) - t", "Every row minus every row"),
    example("(valid_threes - a_3.float()).abs().mean((-1, -2))", "The distance of each held-out three from one image"),
    example("t + m", "Two and three rows do not fit: neither is 1"),
];

/// What stands on a shelf.
pub const fn on(shelf: Shelf) -> &'static [Example] {
    match shelf {
        Shelf::Parts => PARTS,
        Shelf::Arithmetic => ARITHMETIC,
        Shelf::Shape => SHAPE,
        Shelf::Stacks => STACKS,
        Shelf::Broadcasting => BROADCASTING,
    }
}

/// Everything on all of them.
pub fn all() -> impl Iterator<Item = &'static Example> {
    Shelf::ALL.iter().flat_map(|&shelf| on(shelf))
}

/// Whether a text stands on a shelf.
pub fn is_example(text: &str) -> bool {
    all().any(|example| example.text == text)
}

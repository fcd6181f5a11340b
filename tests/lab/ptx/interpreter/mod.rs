//! An interpreter of PTX that runs the kernels without a GPU, and checks what a GPU does not: bounds, alignment, memory
//! that nobody wrote, data races, barriers in diverging code, shuffles with absent lanes, and endless waiting.
//!
//! A race is found by what orders two accesses, not by what happens to come first: barriers of a block, and releases and
//! acquires between blocks. So one run under one seed tells of races that another schedule would show.
//!
//! | file | what it is |
//! |---|---|
//! | [`machine`] | the way in: memory, launches, counts |
//! | [`schedule`] | one launch: which warp goes on next, and the barriers of blocks |
//! | [`warp`] | one warp: its branches, and how its lanes come together again |
//! | [`arithmetic`], [`rare`] | what instructions do with registers |
//! | [`access`] | what instructions do with memory |
//! | [`memory`], [`shadow`], [`order`] | allocations, who touched what, and what came before what |
//! | [`text`], [`parse`], [`code`], [`lower`] | from PTX to what a warp executes |

mod access;
mod arithmetic;
mod code;
mod error;
mod lower;
mod machine;
mod memory;
mod order;
mod parse;
mod rare;
mod schedule;
mod shadow;
mod text;
mod warp;

pub use error::{Error, Fault, Trouble};
pub use machine::{Arg, Machine};
pub use parse::opcodes;

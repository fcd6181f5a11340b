//! Pure mathematics: no files, no threads, no drawing.

pub mod torch;

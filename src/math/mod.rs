//! Pure mathematics: no files, no threads, no drawing.

pub mod layer;
pub mod loss;
pub mod model;
pub mod torch;

//! Pure mathematics: no files, no threads, no drawing.

pub mod distance;
pub mod mean_image;
pub mod torch;

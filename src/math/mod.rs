//! Pure mathematics: no files, no threads, no drawing.

pub mod bowl;
pub mod eigen;
pub mod expression;
pub mod function;
pub mod distance;
pub mod mean_image;
pub mod tensor;
pub mod torch;

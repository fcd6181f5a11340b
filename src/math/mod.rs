//! Pure mathematics: no files, no threads, no drawing.

pub mod bowl;
pub mod broadcast;
pub mod distance;
pub mod eigen;
pub mod elementary;
pub mod expression;
pub mod function;
pub mod graph;
pub mod hinges;
pub mod layer;
pub mod loss;
pub mod mean_image;
pub mod model;
pub mod neighbours;
pub mod tensor;
pub mod torch;

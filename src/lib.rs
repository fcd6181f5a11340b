//! Digit Lab.
pub mod data;
pub mod math;
pub mod shot;

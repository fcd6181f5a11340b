//! Digit Lab.
pub mod compute;
pub mod data;
pub mod experiments;
pub mod math;
pub mod shot;

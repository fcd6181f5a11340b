//! Drawing a frame without a window, and the state inside a PNG.
//!
//! - [`raster`] draws egui's meshes on the CPU, to the same bits on every machine and for any number of threads.
//! - [`headless`] runs egui without a window and draws its last frame.
//! - [`state`] puts what a picture shows (experiment, settings, position) into the PNG, and gets it back out.

pub mod error;
pub mod headless;
pub mod raster;
pub mod state;

pub use error::ShotError;
pub use headless::{Canvas, Headless, render};
pub use raster::Rasterizer;
pub use state::{State, encode_png, read_state, read_state_bytes, write_png};

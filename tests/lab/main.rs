//! Every test that sees the lab from outside: as a library, as a window and as a process. They are one program, so that
//! it is linked once; `cargo test --release --test lab tapes::` runs those of one file.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod architecture;
mod command_line;
mod dependencies;
mod devices;
mod engine;
#[cfg(target_os = "linux")]
mod gl_agreement;
mod harness;
mod keys;
mod panels_descent;
mod panels_loss;
mod panels_pixels;
mod panels_test_page;
mod panels_trainer;
mod pictures;
#[cfg(feature = "cuda")]
mod ptx;
mod readme;
mod tapes;
mod version_1;
mod window;

//! Digit Lab: a desktop lab in which you watch a digit classifier learn, phase by phase.
//!
//! # The idea
//!
//! An experiment is a deterministic sequence of named phases. Its settings (seed included), a position, how many
//! phases have run, and a look, what the reader has open and chosen, say *everything* about what is on the screen.
//! Settings and position decide what is computed, the snapshot; the look decides what of it is examined, which is seen
//! on the engine's thread too, so that panels only draw. Stepping back, scrubbing, the headless command line, screenshots
//! that open as live states, and lessons as data all follow from that.
//!
//! # The house
//!
//! Each module may import only what stands above it in this list ([`app`], [`cli`] and `main` excepted);
//! `tests/lab/architecture.rs` checks that.
//!
//! | module | what it is | what it never does |
//! |---|---|---|
//! | [`data`] | IDX files, the embedded MNIST, folders of images, any picture to 28x28 | know what the bytes are used for |
//! | [`math`] | distances, functions, losses, layers, PyTorch's generator | read a clock, start a thread |
//! | [`compute`] | the kernels of training, behind a trait: the processor, and with feature `cuda` a GPU | know of phases or settings |
//! | [`experiments`] | one file or folder each; the tape; settings, looks and what is seen; the registry | draw, or know of a window |
//! | [`engine`] | the background thread: requests in, the latest state out, with what is seen of it; jobs that belong to no run | know what an experiment is about |
//! | [`lesson`] | lesson files, with live values in their text | know of widgets |
//! | [`shot`] | drawing a frame without a window, and the state inside a PNG | know what is drawn |
//! | [`widgets`] | theme, heat map, number grid, plots, transport, forms | know of experiments beyond their values |
//! | [`panels`] | one file each: how an experiment looks; the desk that they share | compute |
//! | [`session`] | what is remembered between starts | lose a damaged file |
//! | [`app`] | the window | |
//! | [`cli`] | the command line | |
//!
//! A new panel is one experiment, one panel, one lesson file, and a line in each registry
//! ([`experiments::REGISTRY`], [`panels::all`], [`lesson::LESSONS`]).

// With a GPU, the one file that talks to its driver cannot do without; everywhere else it stays denied.
#![cfg_attr(not(feature = "cuda"), forbid(unsafe_code))]

pub mod app;
pub mod cli;
pub mod compute;
pub mod data;
pub mod engine;
pub mod experiments;
pub mod lesson;
pub mod math;
pub mod panels;
pub mod session;
pub mod shot;
pub mod widgets;

//! What panels are drawn with. A widget knows nothing of experiments beyond the values that it is handed.

pub mod arrows;
pub mod chart;
pub mod code;
pub mod confusion;
pub mod drawing_pad;
pub mod flow;
pub mod form;
pub mod gallery;
pub mod heatmap;
pub mod histogram;
pub mod lesson_view;
pub mod number_grid;
pub mod pages;
pub mod readout;
pub mod tensor_bench;
pub mod theme;
pub mod transport;

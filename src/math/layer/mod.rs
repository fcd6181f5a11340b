//! Layers as pairs of forward and backward, written to be read.
//!
//! These are the reference: arrays in, arrays out, generic over `f32` and `f64`. [`crate::compute`] trains with faster
//! kernels, and a test holds each of them to what stands here. A new layer is a file with its pair, and a line in
//! [`crate::math::model::Layer`].
//!
//! Letters: `x` a layer's input `(batch, in)`, `y` its output `(batch, out)`, row-major, one image a row; `d_y` is the
//! derivative of the loss by `y`, and shaped like it.

pub mod conv2d;
pub mod linear;
pub mod relu;

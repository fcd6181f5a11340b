//! What the kernels' tests share.

use super::vectors::{Dispatched, Kernel, dispatch};
use pulp::WithSimd as _;
use std::borrow::Borrow;

/// Checks that there are as many numbers as there should be, and that none is further off than `within`.
pub fn close(ours: &[f32], exact: impl IntoIterator<Item = impl Borrow<f64>>, within: f64) {
    let mut count = 0;
    for (at, (&ours, exact)) in ours.iter().zip(exact).enumerate() {
        let exact = exact.borrow();
        assert!((f64::from(ours) - exact).abs() <= within, "{at}: {ours} against {exact}");
        count += 1;
    }
    assert_eq!(ours.len(), count);
}

/// How many numbers a register holds.
#[derive(Clone, Copy)]
pub enum Width {
    /// As many as this machine can.
    Widest,
    Four,
    One,
}

impl Width {
    /// Runs the build of `kernel` for such registers.
    pub fn run<K: Kernel>(self, kernel: K) -> K::Output {
        match self {
            Self::Widest => dispatch(kernel),
            Self::Four => Dispatched(kernel).with_simd(pulp::Scalar128b),
            Self::One => Dispatched(kernel).with_simd(pulp::Scalar),
        }
    }
}

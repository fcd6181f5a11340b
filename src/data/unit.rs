//! Pixels as numbers from 0 to 1.

/// A byte of an image, 0 paper to 255 ink, as a number from 0 to 1: divided by 255 in single precision, as PyTorch does.
#[must_use]
pub fn unit(byte: u8) -> f32 {
    f32::from(byte) / 255.0
}

/// The same for each pixel of an image.
#[must_use]
pub fn units<const N: usize>(bytes: &[u8; N]) -> [f32; N] {
    bytes.map(unit)
}

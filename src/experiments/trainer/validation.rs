//! What the model said of every held-out image when it was last measured.

/// The logits of the held-out images.
#[derive(Clone, Debug, PartialEq)]
pub struct Validation {
    /// The epoch after which they were found; 0 is before training.
    pub epoch: u64,
    /// `(held-out images, logits)`, row-major, in the order of the task's validation samples.
    pub logits: Box<[f32]>,
}

impl Validation {
    pub(super) fn new(epoch: u64, logits: &[f32]) -> Self {
        Self { epoch, logits: logits.into() }
    }
}

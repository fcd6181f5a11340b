//! What is seen on the page Train.

use crate::experiments::trainer::{Batch, Look, Pin, Snapshot, Validation};
use crate::experiments::{Part, Same};
use std::sync::Arc;

/// What the strip of a mini-batch depends on: its images, and their losses where the largest come first.
type Strip = (Same<[u32]>, Option<Same<[f32]>>);

/// What is computed for the page Train.
#[derive(Clone, Debug, Default)]
pub struct TrainSeen {
    batch: Part<Strip, BatchSeen>,
    pin: Part<Same<Validation>, Option<Pin>>,
}

/// What is said of a mini-batch's images.
#[derive(Clone, Debug)]
pub struct BatchSeen {
    /// The mini-batch, by the indices of its images among the training images.
    of: Arc<[u32]>,
    /// The images' indices in the mini-batch, in the order in which they are shown.
    pub order: Vec<usize>,
    /// The class that the model answers for each, in the mini-batch's own order.
    pub answers: Vec<u8>,
}

impl TrainSeen {
    /// What is seen of this mini-batch. While another was looked at, its images are in their own order and taken for right.
    #[must_use]
    pub fn batch(&self, batch: &Batch) -> Arc<BatchSeen> {
        let seen = self.batch.get().filter(|seen| Arc::ptr_eq(&seen.of, &batch.indices)).map(Arc::clone);
        seen.unwrap_or_else(|| Arc::new(BatchSeen::unseen(batch)))
    }

    /// The run as it would be pinned; `None` before it was measured.
    #[must_use]
    pub fn pin(&self) -> Option<&Pin> {
        self.pin.get().and_then(|pin| pin.as_ref().as_ref())
    }

    /// Brings it up to date; returns whether it is.
    pub(super) fn see(&mut self, snapshot: &Arc<Snapshot>, look: &Look) -> bool {
        match &snapshot.batch {
            Some(batch) => {
                let losses = batch.losses.as_ref().filter(|_| look.train.worst);
                let key = (Same(Arc::clone(&batch.indices)), losses.cloned().map(Same));
                self.batch.renew(key, || BatchSeen::of(snapshot, batch, losses.map(|losses| &**losses)));
            }
            None => self.batch.clear(),
        }
        match &snapshot.validation {
            Some(validation) => {
                self.pin.renew(Same(Arc::clone(validation)), || Pin::of(snapshot));
            }
            None => self.pin.clear(),
        }
        true
    }
}

impl BatchSeen {
    fn unseen(batch: &Batch) -> Self {
        let order = (0..batch.indices.len()).collect();
        Self { of: Arc::clone(&batch.indices), order, answers: batch.classes.to_vec() }
    }

    /// `losses` where the images with the largest loss come first.
    fn of(snapshot: &Snapshot, batch: &Batch, losses: Option<&[f32]>) -> Self {
        let mut order: Vec<usize> = (0..batch.indices.len()).collect();
        if let Some(losses) = losses {
            let loss = |index: usize| losses.get(index).copied().unwrap_or_default();
            order.sort_by(|&left, &right| loss(right).total_cmp(&loss(left)));
        }
        let loss = snapshot.architecture.loss;
        let logits = batch.logits.chunks(loss.logits(snapshot.digits.len()).max(1));
        Self { of: Arc::clone(&batch.indices), order, answers: logits.map(|logits| loss.predict(logits)).collect() }
    }
}

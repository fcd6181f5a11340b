//! The engine without a thread: every request is done before `send` returns. For tests and for drawing without a window.

use super::worker::{Worker, open};
use super::{Engine, Request, Update};
use crate::data::Library;
use crate::experiments::Experiment;
use std::sync::Arc;
use std::time::Instant;

/// Does at once what a [`super::Threaded`] engine does in the background.
///
/// [`super::Move::Run`] goes on by one slice at each [`Engine::latest`], so that a test can pause it.
pub struct Inline<E: Experiment> {
    worker: Worker<E>,
    data: Library,
    latest: Arc<Update<E>>,
    stale: bool,
}

impl<E: Experiment> Inline<E> {
    /// An engine with nothing open.
    #[must_use]
    pub fn new(data: Library) -> Self {
        Self { worker: Worker::new(), data, latest: Arc::new(Update::empty()), stale: false }
    }
}

impl<E: Experiment> Engine<E> for Inline<E> {
    fn send(&mut self, request: Request<E>) {
        let now = Instant::now();
        // A run goes on at each look at the result; looking at something else leaves it running.
        let runs = matches!(request, Request::Move(super::Move::Run(_)) | Request::Look(_));
        if let Some((run, settings)) = self.worker.take(request, now) {
            let opened = open(&settings, &self.data);
            self.worker.opened(run, opened, now);
        }
        while !runs && self.worker.is_driving() {
            self.worker.slice(Instant::now());
        }
        self.stale = true;
    }

    fn latest(&mut self) -> Arc<Update<E>> {
        if self.worker.is_driving() {
            self.worker.slice(Instant::now());
            self.stale = true;
        }
        if self.stale {
            self.worker.refresh();
            while self.worker.is_behind() {
                self.worker.refresh();
            }
            self.latest = Arc::new(self.worker.update());
            self.stale = false;
        }
        Arc::clone(&self.latest)
    }
}

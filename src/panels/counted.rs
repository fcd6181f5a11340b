//! For tests: an engine without a thread that counts the runs it is asked to open, and shows what it computed last.

use crate::data::Library;
use crate::engine::{Engine, Inline, Picture, Request, Update};
use crate::experiments::Experiment;
use std::sync::{Arc, Mutex};

/// What was asked of the engine so far.
struct Record<E: Experiment> {
    opened: usize,
    update: Arc<Update<E>>,
}

/// The engine, to be given away.
pub(super) struct Counted<E: Experiment> {
    engine: Inline<E>,
    record: Arc<Mutex<Record<E>>>,
}

/// The view of it that stays with the test.
pub(super) struct Count<E: Experiment>(Arc<Mutex<Record<E>>>);

impl<E: Experiment> Counted<E> {
    pub(super) fn new() -> (Self, Count<E>) {
        let record = Arc::new(Mutex::new(Record { opened: 0, update: Arc::new(Update::empty()) }));
        (Self { engine: Inline::new(Library::new()), record: Arc::clone(&record) }, Count(record))
    }
}

impl<E: Experiment> Count<E> {
    /// How many runs were opened.
    pub(super) fn opened(&self) -> usize {
        self.0.lock().unwrap().opened
    }

    /// The newest picture.
    pub(super) fn picture(&self) -> Picture<E> {
        self.0.lock().unwrap().update.picture.clone().unwrap()
    }
}

impl<E: Experiment> Engine<E> for Counted<E> {
    fn send(&mut self, request: Request<E>) {
        if matches!(request, Request::Open { .. }) {
            self.record.lock().unwrap().opened += 1;
        }
        self.engine.send(request);
    }

    fn latest(&mut self) -> Arc<Update<E>> {
        let update = self.engine.latest();
        self.record.lock().unwrap().update = Arc::clone(&update);
        update
    }
}

//! The engine on its own named thread.

use super::worker::{Opened, PUBLISH_EVERY, Worker, open};
use super::{Engine, Notify, Request, RunId, Status, Update};
use crate::data::Library;
use crate::experiments::Experiment;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

enum Message<E: Experiment> {
    Request(Request<E::Settings>),
    Opened(RunId, Opened<E>),
    Quit,
}

type Slot<S> = Arc<Mutex<Arc<Update<S>>>>;

/// A worker on a thread named after its experiment, started by the first request.
pub struct Threaded<E: Experiment> {
    sender: Sender<Message<E>>,
    /// Taken by the thread when it starts.
    parts: Option<(Receiver<Message<E>>, Library, Notify)>,
    slot: Slot<E::Snapshot>,
    thread: Option<JoinHandle<()>>,
}

impl<E: Experiment> Threaded<E> {
    /// An engine with nothing open; `notify` is called after every update.
    #[must_use]
    pub fn new(data: Library, notify: Notify) -> Self {
        let (sender, receiver) = channel();
        Self {
            sender,
            parts: Some((receiver, data, notify)),
            slot: Arc::new(Mutex::new(Arc::new(Update::empty()))),
            thread: None,
        }
    }

    fn start(&mut self) {
        let Some((receiver, data, notify)) = self.parts.take() else { return };
        let slot = Arc::clone(&self.slot);
        let sender = self.sender.clone();
        let started = Builder::new().name(format!("engine-{}", E::INFO.name)).spawn(move || {
            Loop { worker: Worker::new(), receiver, sender, data, notify, slot }.run();
        });
        match started {
            Ok(thread) => self.thread = Some(thread),
            Err(error) => {
                let status = Status::Failed(format!("This machine gave no thread to compute on: {error}."));
                publish(&self.slot, Update { status, ..Update::empty() });
            }
        }
    }
}

impl<E: Experiment> Engine<E> for Threaded<E> {
    fn send(&mut self, request: Request<E::Settings>) {
        self.start();
        if self.sender.send(Message::Request(request)).is_err() {
            log::error!("the engine of {} is gone", E::INFO.name);
        }
    }

    fn latest(&mut self) -> Arc<Update<E::Snapshot>> {
        Arc::clone(&self.slot.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<E: Experiment> Drop for Threaded<E> {
    fn drop(&mut self) {
        // The thread also ends when the channel is closed; its own sender for openings keeps that open.
        if self.sender.send(Message::Quit).is_ok()
            && let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            log::error!("the engine of {} ended with a panic", E::INFO.name);
        }
    }
}

fn publish<S>(slot: &Slot<S>, update: Update<S>) {
    // The old update is dropped outside the lock: it may own a large snapshot.
    let update = Arc::new(update);
    let old = std::mem::replace(&mut *slot.lock().unwrap_or_else(PoisonError::into_inner), update);
    drop(old);
}

struct Loop<E: Experiment> {
    worker: Worker<E>,
    receiver: Receiver<Message<E>>,
    sender: Sender<Message<E>>,
    data: Library,
    notify: Notify,
    slot: Slot<E::Snapshot>,
}

impl<E: Experiment> Loop<E> {
    fn run(mut self) {
        let mut published = Instant::now();
        let mut status = Status::Empty;
        loop {
            // Idle: sleep until somebody asks. Busy: take what is there, then work on.
            let message = if self.worker.is_busy() {
                self.next_while_busy()
            } else {
                self.receiver.recv().map_or(Err(()), |message| Ok(Some(message)))
            };
            let was_busy = self.worker.is_busy();
            let mut changed = false;
            match message {
                Err(()) | Ok(Some(Message::Quit)) => return,
                Ok(Some(message)) => {
                    self.take(message);
                    changed = true;
                }
                Ok(None) => self.worker.slice(Instant::now()),
            }
            let is_busy = self.worker.is_busy();
            let arrived = !is_busy && (changed || was_busy);
            // A short seek is published once, when it has arrived: nobody sees a half-way frame.
            let news = *self.worker.status() != status && *self.worker.status() != Status::Seeking;
            if arrived || news || (is_busy && published.elapsed() >= PUBLISH_EVERY) {
                let update = self.worker.update();
                status = update.status.clone();
                publish(&self.slot, update);
                published = Instant::now();
                (self.notify)();
            }
        }
    }

    fn next_while_busy(&self) -> Result<Option<Message<E>>, ()> {
        let idle_for = self.worker.idle_for();
        if idle_for > Duration::ZERO {
            match self.receiver.recv_timeout(idle_for) {
                Ok(message) => Ok(Some(message)),
                Err(RecvTimeoutError::Timeout) => Ok(None),
                Err(RecvTimeoutError::Disconnected) => Err(()),
            }
        } else {
            match self.receiver.try_recv() {
                Ok(message) => Ok(Some(message)),
                Err(TryRecvError::Empty) => Ok(None),
                Err(TryRecvError::Disconnected) => Err(()),
            }
        }
    }

    fn take(&mut self, message: Message<E>) {
        let now = Instant::now();
        match message {
            Message::Request(request) => {
                if let Some((run, settings)) = self.worker.take(request, now) {
                    self.open(run, settings);
                }
            }
            Message::Opened(run, opened) => self.worker.opened(run, opened, now),
            Message::Quit => {}
        }
    }

    /// Opens an experiment on a thread of its own: reading a folder of images may take seconds, requests must not wait.
    fn open(&mut self, run: RunId, settings: E::Settings) {
        let (data, sender) = (self.data.clone(), self.sender.clone());
        let opening = Builder::new().name(format!("open-{}", E::INFO.name)).spawn(move || {
            // Nobody listens any more when the engine was dropped meanwhile: then the result is not wanted either.
            if sender.send(Message::Opened(run, open(&settings, &data))).is_err() {
                log::debug!("an opening of {} came too late", E::INFO.name);
            }
        });
        if let Err(error) = opening {
            self.worker.opened(
                run,
                Err(format!("This machine gave no thread to read data on: {error}.")),
                Instant::now(),
            );
        }
    }
}

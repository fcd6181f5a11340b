//! The engine on its own named thread.

use super::worker::{Opened, PUBLISH_EVERY, Worker, open};
use super::{Engine, Notify, Request, RunId, Status, Update};
use crate::data::{Cancel, Library};
use crate::experiments::{Checked, Experiment};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

enum Message<E: Experiment> {
    Request(Request<E>),
    Opened(RunId, Opened<E>),
    Quit,
}

type Slot<E> = Arc<Mutex<Arc<Update<E>>>>;

/// A worker on a thread named after its experiment, started by the first request.
pub struct Threaded<E: Experiment> {
    sender: Sender<Message<E>>,
    /// Taken by the thread when it starts.
    parts: Option<(Receiver<Message<E>>, Library, Notify)>,
    slot: Slot<E>,
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
            let opener = Opener { data, sender, current: None, next: None };
            Loop { worker: Worker::new(), receiver, opener, notify, slot }.run();
        });
        match started {
            Ok(thread) => self.thread = Some(thread),
            Err(error) => {
                let status = Status::Failed(format!("This machine gave no thread to compute on: {error}.").into());
                publish(&self.slot, Update { status, ..Update::empty() });
            }
        }
    }
}

impl<E: Experiment> Engine<E> for Threaded<E> {
    fn send(&mut self, request: Request<E>) {
        self.start();
        if self.sender.send(Message::Request(request)).is_err() {
            log::error!("the engine of {} is gone", E::INFO.name);
        }
    }

    fn latest(&mut self) -> Arc<Update<E>> {
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

fn publish<E: Experiment>(slot: &Slot<E>, update: Update<E>) {
    // The old update is dropped outside the lock: it may own a large snapshot.
    let update = Arc::new(update);
    let old = std::mem::replace(&mut *slot.lock().unwrap_or_else(PoisonError::into_inner), update);
    drop(old);
}

struct Loop<E: Experiment> {
    worker: Worker<E>,
    receiver: Receiver<Message<E>>,
    opener: Opener<E>,
    notify: Notify,
    slot: Slot<E>,
}

impl<E: Experiment> Loop<E> {
    fn run(mut self) {
        let mut published = Instant::now();
        let mut status = Status::Empty;
        // Whether the state is to be taken, and whether one that was taken is to be published once it is seen whole.
        let (mut is_wanted, mut is_due) = (false, false);
        loop {
            let was_driving = self.worker.is_driving();
            // Idle: sleep until somebody asks. Busy: take what is there, then work on.
            let message = if self.worker.is_busy() {
                self.next_while_busy()
            } else {
                self.receiver.recv().map_or(Err(()), |message| Ok(Some(message)))
            };
            let mut changed = false;
            match message {
                Err(()) => return,
                Ok(None) => self.worker.slice(Instant::now()),
                Ok(first) => {
                    // All that waits is taken before anything is computed: of many requests only the last may matter.
                    let mut next = first;
                    while let Some(message) = next {
                        if matches!(message, Message::Quit) {
                            return;
                        }
                        changed |= self.take(message);
                        next = self.receiver.try_recv().ok();
                    }
                }
            }
            let is_driving = self.worker.is_driving();
            let arrived = !is_driving && (changed || was_driving);
            // A short seek is published once, when it has arrived: nobody sees a half-way frame.
            let news = *self.worker.status() != status && *self.worker.status() != Status::Seeking;
            is_wanted |= arrived || news || (is_driving && published.elapsed() >= PUBLISH_EVERY);
            // Twice: what is seen whole goes out before the next state is taken, and that may be seen at once.
            for _ in 0..2 {
                if is_due && !self.worker.is_behind() {
                    let update = self.worker.update();
                    status = update.status.clone();
                    publish(&self.slot, update);
                    published = Instant::now();
                    is_due = false;
                    (self.notify)();
                }
                if is_wanted && !(is_due && is_driving) {
                    self.worker.refresh();
                    (is_wanted, is_due) = (false, true);
                }
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

    /// Takes a message; returns whether it changes anything.
    fn take(&mut self, message: Message<E>) -> bool {
        let now = Instant::now();
        if matches!(&message, Message::Request(Request::Look(look)) if self.worker.looks_at(look)) {
            return false;
        }
        let failed = match message {
            Message::Request(request) => {
                self.worker.take(request, now).and_then(|(run, settings)| self.opener.want(run, settings))
            }
            Message::Opened(run, opened) => {
                self.worker.opened(run, opened, now);
                self.opener.done()
            }
            Message::Quit => None,
        };
        if let Some((run, error)) = failed {
            let sentence = format!("This machine gave no thread to read data on: {error}.");
            self.worker.opened(run, Err(sentence.into()), now);
        }
        true
    }
}

/// Opens experiments on a thread of its own, since reading a folder of images may take seconds and requests must not wait.
/// One at a time: who asks again meanwhile cancels the one at work, and only the last who asked is served after it.
struct Opener<E: Experiment> {
    data: Library,
    sender: Sender<Message<E>>,
    current: Option<Cancel>,
    next: Option<(RunId, Checked<E::Settings>)>,
}

/// The run for which there was no thread, and why.
type NoThread = Option<(RunId, std::io::Error)>;

impl<E: Experiment> Opener<E> {
    fn want(&mut self, run: RunId, settings: Checked<E::Settings>) -> NoThread {
        self.next = Some((run, settings));
        if let Some(current) = &self.current {
            current.cancel();
            return None;
        }
        self.begin()
    }

    /// The one at work has answered.
    fn done(&mut self) -> NoThread {
        self.current = None;
        self.begin()
    }

    fn begin(&mut self) -> NoThread {
        let (run, settings) = self.next.take()?;
        let cancel = Cancel::default();
        let (data, sender) = (self.data.cancelled_by(&cancel), self.sender.clone());
        let opening = Builder::new().name(format!("open-{}", E::INFO.name)).spawn(move || {
            // Nobody listens any more when the engine was dropped meanwhile: then the result is not wanted either.
            if sender.send(Message::Opened(run, open(&settings, &data))).is_err() {
                log::debug!("an opening of {} came too late", E::INFO.name);
            }
        });
        match opening {
            Ok(_) => {
                self.current = Some(cancel);
                None
            }
            Err(error) => Some((run, error)),
        }
    }
}

impl<E: Experiment> Drop for Opener<E> {
    fn drop(&mut self) {
        if let Some(current) = &self.current {
            current.cancel();
        }
    }
}

//! Work that belongs to no run: a file to be read, thumbnails to be drawn, a race to be timed.

use super::Notify;
use crate::data::Cancel;
use std::io;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::Builder;

/// One piece of work in the background and its newest value. While a next one is computed, the last stays; who drops the
/// job, or asks for another value, cancels what is under way.
#[derive(Debug)]
pub struct Job<T> {
    value: Option<T>,
    under_way: Option<(Receiver<T>, Cancel)>,
}

impl<T> Default for Job<T> {
    fn default() -> Self {
        Self { value: None, under_way: None }
    }
}

impl<T: Send + 'static> Job<T> {
    /// Begins to compute a value on a thread of this name; `notify` is called when it is there. `work` is given the flag that
    /// says it is no longer wanted.
    ///
    /// # Errors
    /// When the machine gives no thread: then the last value stays, and nothing is under way.
    pub fn start(
        &mut self,
        name: &str,
        notify: Notify,
        work: impl FnOnce(&Cancel) -> T + Send + 'static,
    ) -> io::Result<()> {
        self.cancel();
        let (sender, receiver) = channel();
        let cancel = Cancel::default();
        let seen_by_work = cancel.clone();
        Builder::new().name(name.to_owned()).spawn(move || {
            let value = work(&seen_by_work);
            if !seen_by_work.is_cancelled() && sender.send(value).is_ok() {
                notify();
            }
        })?;
        self.under_way = Some((receiver, cancel));
        Ok(())
    }

    /// The newest value. Never waits.
    pub fn latest(&mut self) -> Option<&mut T> {
        self.poll();
        self.value.as_mut()
    }

    /// Takes the newest value away.
    pub fn take(&mut self) -> Option<T> {
        self.poll();
        self.value.take()
    }

    /// Whether a value is being computed.
    pub fn is_running(&mut self) -> bool {
        self.poll();
        self.under_way.is_some()
    }

    /// Gives up what is under way; the last value stays.
    pub fn cancel(&mut self) {
        if let Some((_, cancel)) = self.under_way.take() {
            cancel.cancel();
        }
    }

    fn poll(&mut self) {
        let Some((receiver, _)) = &self.under_way else { return };
        match receiver.try_recv() {
            Ok(value) => {
                self.value = Some(value);
                self.under_way = None;
            }
            Err(TryRecvError::Empty) => {}
            // The work ended with a panic, which its thread has reported.
            Err(TryRecvError::Disconnected) => self.under_way = None,
        }
    }
}

impl<T> Drop for Job<T> {
    fn drop(&mut self) {
        if let Some((_, cancel)) = &self.under_way {
            cancel.cancel();
        }
    }
}

/// Several pieces of work side by side, whose values all count and come in the order in which they are done.
#[derive(Debug)]
pub struct Jobs<T> {
    done: Arc<Mutex<Vec<T>>>,
}

impl<T> Default for Jobs<T> {
    fn default() -> Self {
        Self { done: Arc::default() }
    }
}

impl<T: Send + 'static> Jobs<T> {
    /// Begins one more, on a thread of this name; `notify` is called if it comes to a value.
    ///
    /// # Errors
    /// When the machine gives no thread.
    pub fn start(
        &self,
        name: &str,
        notify: Notify,
        work: impl FnOnce() -> Option<T> + Send + 'static,
    ) -> io::Result<()> {
        let done = Arc::downgrade(&self.done);
        Builder::new().name(name.to_owned()).spawn(move || {
            if let (Some(value), Some(done)) = (work(), done.upgrade()) {
                done.lock().unwrap_or_else(PoisonError::into_inner).push(value);
                notify();
            }
        })?;
        Ok(())
    }

    /// The values that came since the last call.
    #[must_use]
    pub fn take(&self) -> Vec<T> {
        std::mem::take(&mut *self.done.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::Sender;
    use std::time::{Duration, Instant};

    fn quiet() -> Notify {
        Arc::new(|| {})
    }

    fn until(mut is_so: impl FnMut() -> bool) {
        let end = Instant::now() + Duration::from_secs(20);
        while !is_so() {
            assert!(Instant::now() < end, "it never came");
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    #[test]
    fn the_last_value_stays_until_the_next_is_there() {
        let mut job = Job::default();
        assert!(job.latest().is_none() && !job.is_running());
        job.start("one", quiet(), |_| 1).unwrap();
        until(|| job.latest().copied() == Some(1));
        let (go, wait): (Sender<()>, _) = channel();
        job.start("two", quiet(), move |_| {
            wait.recv().ok();
            2
        })
        .unwrap();
        assert!(job.is_running());
        assert_eq!(job.latest().copied(), Some(1));
        go.send(()).unwrap();
        until(|| job.latest().copied() == Some(2));
        assert!(!job.is_running());
        assert_eq!((job.take(), job.take()), (Some(2), None));
    }

    #[test]
    fn what_nobody_wants_is_cancelled_and_never_comes() {
        let (tell, told) = channel();
        let work = |tell: Sender<&'static str>, name| {
            move |cancel: &Cancel| {
                until(|| cancel.is_cancelled());
                tell.send(name).ok();
                name
            }
        };
        let mut job = Job::default();
        job.start("first", quiet(), work(tell.clone(), "first")).unwrap();
        job.start("second", quiet(), work(tell, "second")).unwrap();
        assert_eq!(told.recv().unwrap(), "first", "another value was asked for");
        assert!(job.latest().is_none());
        drop(job);
        assert_eq!(told.recv().unwrap(), "second", "the job was dropped");
    }

    #[test]
    fn a_panic_is_no_value() {
        let mut job: Job<u8> = Job::default();
        job.start("broken", quiet(), |_| panic!("as planned")).unwrap();
        until(|| !job.is_running());
        assert!(job.latest().is_none());
    }

    #[test]
    fn all_values_of_several_jobs_come() {
        let jobs = Jobs::default();
        for number in 0..5 {
            jobs.start("some", quiet(), move || (number != 3).then_some(number)).unwrap();
        }
        let mut all = Vec::new();
        until(|| {
            all.extend(jobs.take());
            all.len() == 4
        });
        all.sort_unstable();
        assert_eq!(all, [0, 1, 2, 4]);
    }
}

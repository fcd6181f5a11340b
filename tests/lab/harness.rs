//! What the tests share: the program as a process, the lab in a window that is not there, and what is said of a test
//! that this machine cannot run.

pub mod program;
pub mod window;

use std::io::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The GPUs that are known are known to the whole program, so a test that looks at them, or puts others in their place,
/// waits until it is alone with them.
pub fn alone_with_the_gpus() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Says on standard error, where it is seen even though the test passes, that what it shows was not shown, and why.
///
/// With the variable `NO_SKIPS` that is a failure: for a machine that has what it takes.
pub fn skipped(what: &str, why: impl std::fmt::Display) {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let count = COUNT.fetch_add(1, SeqCst) + 1;
    // The macros' output is kept back when a test passes; the stream's own is not.
    writeln!(std::io::stderr().lock(), "\nskipped: {what}: {why} (number {count} of those skipped)").unwrap();
    assert!(std::env::var_os("NO_SKIPS").is_none(), "{what} was skipped: {why}");
}

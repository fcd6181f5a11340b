//! The GPUs of this machine, as far as they are known. A driver may take seconds to answer, so a window asks on a thread
//! of its own, and draws what is known until then.

use super::About;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

/// What is known of this machine's GPUs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inventory {
    /// Nothing yet.
    Looking,
    /// There are these, at least one.
    Found(Vec<About>),
    /// None can be used; why, as a part of a sentence.
    Nothing(String),
}

/// One for the whole program, since there is one machine.
struct Search {
    known: Inventory,
    look: Option<JoinHandle<Inventory>>,
}

static SEARCH: Mutex<Search> = Mutex::new(Search { known: Inventory::Looking, look: None });

/// Asks for this machine's GPUs and waits for the answer: at least one.
///
/// # Errors
/// Why none can be used, as a part of a sentence.
#[cfg(feature = "cuda")]
pub fn gpus() -> Result<Vec<About>, String> {
    super::cuda::list().map_err(|fault| fault.to_string())
}

/// Asks for this machine's GPUs and waits for the answer: at least one.
///
/// # Errors
/// Why none can be used, as a part of a sentence.
#[cfg(not(feature = "cuda"))]
pub fn gpus() -> Result<Vec<About>, String> {
    Err(super::not_built().to_owned())
}

impl Inventory {
    fn ask() -> Self {
        match gpus() {
            Ok(gpus) => Self::Found(gpus),
            Err(why) => Self::Nothing(why),
        }
    }

    /// What is known, at once. The first call begins to look.
    #[must_use]
    pub fn known() -> Self {
        let mut search = search();
        if search.known == Self::Looking {
            search.begin();
        }
        search.known.clone()
    }

    /// Begins to look again, and does not wait. Until there is an answer, what was known stands.
    pub fn refresh() {
        search().begin();
    }

    /// Whether an answer is on its way that [`Inventory::known`] has not given yet.
    #[must_use]
    pub fn is_looking() -> bool {
        SEARCH.lock().unwrap_or_else(PoisonError::into_inner).look.is_some()
    }
}

/// What is known, with an answer that has come taken up.
fn search() -> MutexGuard<'static, Search> {
    let mut search = SEARCH.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(look) = search.look.take_if(|look| look.is_finished()) {
        let broke_down = || Inventory::Nothing("the search for one broke down".to_owned());
        search.known = look.join().unwrap_or_else(|_| broke_down());
    }
    search
}

impl Search {
    fn begin(&mut self) {
        if !cfg!(feature = "cuda") {
            // There is no driver to wait for.
            self.known = Inventory::ask();
        } else if self.look.is_none() {
            match thread::Builder::new().name("gpus".to_owned()).spawn(Inventory::ask) {
                Ok(look) => self.look = Some(look),
                Err(error) => {
                    self.known = Inventory::Nothing(format!("no thread could be started to look for one ({error})"));
                }
            }
        }
    }
}

/// The processor in words, as a GPU has its name.
#[must_use]
pub fn processor() -> String {
    match rayon::current_num_threads() {
        1 => "the processor, 1 thread".to_owned(),
        threads => format!("the processor, {threads} threads"),
    }
}

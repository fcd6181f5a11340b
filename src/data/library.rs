//! The one place that hands out data sets, each read once.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::{Cancel, DataError, Dataset, folder, mnist};

/// Embedded data is a constant of the program, so its unpacked form is too: 55 MB, once, however many libraries exist.
static BUILTIN: OnceLock<Result<Arc<Dataset>, DataError>> = OnceLock::new();

/// How many folders are kept: enough to go back and forth between two, few enough to bound memory.
const KEPT_FOLDERS: usize = 2;

/// Loaded folders by their canonical path, the oldest first.
type Folders = Vec<(PathBuf, Arc<Dataset>)>;

/// A handle to every data set in use: the built-in MNIST and the user's folders. Cloning it shares them.
#[derive(Clone, Default, Debug)]
pub struct Library {
    /// The most recently loaded ones.
    folders: Arc<Mutex<Folders>>,
    cancel: Cancel,
}

impl Library {
    /// A library that has read nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A handle to the same data sets that gives up reading when `cancel` is raised.
    #[must_use]
    pub fn cancelled_by(&self, cancel: &Cancel) -> Self {
        Self { folders: Arc::clone(&self.folders), cancel: cancel.clone() }
    }

    /// That somebody still waits for what is being made of the data. To be asked between the parts of a long computation.
    ///
    /// # Errors
    /// [`DataError::Cancelled`] if nobody does.
    pub fn wanted(&self) -> Result<(), DataError> {
        if self.cancel.is_cancelled() { Err(DataError::Cancelled) } else { Ok(()) }
    }

    /// The built-in MNIST. The first call unpacks it and takes some tenths of a second, during which other callers
    /// wait; so make the first one on a background thread.
    ///
    /// # Errors
    ///
    /// If the embedded files are damaged, which a test rules out for the files in the repository.
    pub fn builtin(&self) -> Result<Arc<Dataset>, DataError> {
        BUILTIN.get_or_init(|| mnist::unpack().map(Arc::new)).clone()
    }

    /// Whether [`builtin`](Self::builtin) would answer at once.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        BUILTIN.get().is_some()
    }

    /// The data set in `dir`, or the built-in one for `None`. A folder that was read before is not read again, even if
    /// its files have changed: see [`reload`](Self::reload).
    ///
    /// # Errors
    ///
    /// If the folder is missing, holds no images, names a class that is not a digit, or has a file that cannot be read.
    pub fn open(&self, dir: Option<&Path>) -> Result<Arc<Dataset>, DataError> {
        let Some(dir) = dir else {
            return self.builtin();
        };
        let key = canonical(dir)?;
        let kept = self.with_folders(|folders| {
            let found = folders.iter().find(|(path, _)| *path == key);
            found.map(|(_, dataset)| Arc::clone(dataset))
        });
        kept.map_or_else(|| self.reload(dir), Ok)
    }

    /// Reads the folder `dir` afresh. Data sets handed out before stay as they are.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open).
    pub fn reload(&self, dir: &Path) -> Result<Arc<Dataset>, DataError> {
        let key = canonical(dir)?;
        // Loading takes seconds, so no lock is held meanwhile; two threads that load the same folder both succeed.
        let dataset = Arc::new(folder::load(dir, &self.cancel)?);
        self.with_folders(|folders| {
            folders.retain(|(path, _)| *path != key);
            if folders.len() == KEPT_FOLDERS {
                folders.remove(0);
            }
            folders.push((key, Arc::clone(&dataset)));
        });
        Ok(dataset)
    }

    fn with_folders<T>(&self, look: impl FnOnce(&mut Folders) -> T) -> T {
        // A panic elsewhere cannot leave the list half changed in a way that matters, so poison is ignored.
        look(&mut self.folders.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn canonical(dir: &Path) -> Result<PathBuf, DataError> {
    // Whatever the reason, the reader can only look at the path.
    let Ok(path) = dir.canonicalize() else { return Err(DataError::NoFolder { path: dir.to_owned() }) };
    Ok(path)
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;
    use crate::data::idx::tests::{idx_images, idx_labels};

    fn write_tiny(dir: &Path, label: u8) {
        for split in ["train", "t10k"] {
            std::fs::write(dir.join(format!("{split}-images-idx3-ubyte")), idx_images(1)).unwrap();
            let labels = dir.join(format!("{split}-labels-idx1-ubyte"));
            std::fs::write(labels, idx_labels(&[label])).unwrap();
        }
    }

    #[test]
    fn mnist_is_unpacked_once_for_all_threads() {
        let library = Library::new();
        let sets = thread::scope(|scope| {
            let callers: Vec<_> = (0..4).map(|_| scope.spawn(|| library.builtin())).collect();
            callers.into_iter().map(|caller| caller.join().unwrap().unwrap()).collect::<Vec<_>>()
        });
        assert!(sets.iter().all(|set| Arc::ptr_eq(set, &sets[0])));
        assert!(library.is_ready());
        assert!(Arc::ptr_eq(&Library::new().open(None).unwrap(), &sets[0]));
    }

    #[test]
    fn rayon_workers_can_wait_for_it() {
        use rayon::prelude::*;
        let library = Library::new();
        let all = (0..64).into_par_iter().all(|_| library.builtin().is_ok());
        assert!(all);
    }

    #[test]
    fn a_folder_is_read_again_only_when_asked() {
        let dir = tempfile::tempdir().unwrap();
        write_tiny(dir.path(), 4);
        let library = Library::new();
        let first = library.open(Some(dir.path())).unwrap();
        write_tiny(dir.path(), 5);
        let again = library.clone().open(Some(&dir.path().join("."))).unwrap();
        assert!(Arc::ptr_eq(&first, &again));
        assert_eq!(library.reload(dir.path()).unwrap().train.label(0), 5);
        assert_eq!(library.open(Some(dir.path())).unwrap().train.label(0), 5);
        assert_eq!(first.train.label(0), 4);
    }

    #[test]
    fn folders_are_not_kept_for_ever() {
        let dirs: Vec<_> = (0..=KEPT_FOLDERS).map(|_| tempfile::tempdir().unwrap()).collect();
        let library = Library::new();
        for dir in &dirs {
            write_tiny(dir.path(), 1);
            library.open(Some(dir.path())).unwrap();
        }
        assert_eq!(library.with_folders(|folders| folders.len()), KEPT_FOLDERS);
    }

    #[test]
    fn a_missing_folder_is_one_sentence() {
        let error = Library::new().open(Some(Path::new("no-such-folder"))).unwrap_err();
        assert!(error.to_string().starts_with("there is no folder no-such-folder: expected"));
    }
}

//! The program as a process, in an empty folder, with no display and no settings of its own.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

/// A folder to run the program in.
pub struct Program {
    folder: TempDir,
}

impl Program {
    /// An empty folder.
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// A path in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs the program: its exit code, standard output and standard error.
    pub fn run<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> (Option<i32>, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_digit-lab"));
        for variable in ["DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET", "RUST_LOG", "RUST_BACKTRACE"] {
            command.env_remove(variable);
        }
        command.env("DIGIT_LAB_DIR", self.folder.path()).current_dir(self.folder.path()).args(arguments);
        let output = command.timeout(Duration::from_mins(5)).output().unwrap();
        let [out, err] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        (output.status.code(), out, err)
    }

    /// Runs the program, which must succeed: standard output and standard error.
    pub fn fine<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> (String, String) {
        let (code, out, err) = self.run(arguments);
        assert_eq!(code, Some(0), "{err}");
        (out, err)
    }

    /// Runs the program, which must print JSON and nothing else.
    pub fn json<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Value {
        let (out, err) = self.fine(arguments);
        assert_eq!(err, "");
        serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error} in {out}"))
    }

    /// Runs the program, which must refuse in one line that has all the `words`, with code 2, and touch no file.
    pub fn refused(&self, arguments: &[&str], words: &[&str]) {
        let before = self.contents();
        let (code, out, err) = self.run(arguments);
        assert_eq!(code, Some(2), "{arguments:?}: {out}{err}");
        assert_eq!(out, "", "{arguments:?}");
        assert_eq!(err.lines().count(), 1, "{arguments:?}: {err}");
        assert!(err.starts_with("digit-lab: "), "{arguments:?}: {err}");
        for word in words {
            assert!(err.contains(word), "{arguments:?}: no {word:?} in {err}");
        }
        assert!(self.contents() == before, "{arguments:?}: a file was touched; there are {:?}", self.files());
    }

    /// The files in the folder, by their paths, sorted.
    pub fn files(&self) -> Vec<String> {
        self.contents().into_iter().map(|(name, _)| name).collect()
    }

    fn contents(&self) -> Vec<(String, Vec<u8>)> {
        fn walk(folder: &Path, found: &mut Vec<(String, Vec<u8>)>) {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let content = if path.is_dir() { Vec::new() } else { std::fs::read(&path).unwrap() };
                if path.is_dir() {
                    walk(&path, found);
                }
                found.push((path.display().to_string(), content));
            }
        }
        let mut found = Vec::new();
        walk(self.folder.path(), &mut found);
        found.sort();
        found
    }

    /// A folder of four IDX files: so many images in each split, threes and sevens in turn.
    pub fn idx_folder(&self, name: &str, count: u32) {
        let folder = self.path(name);
        std::fs::create_dir_all(&folder).unwrap();
        for split in ["train", "t10k"] {
            let pixels: Vec<u8> = (0..count * 784).map(|i| u8::try_from(i * 7 % 251).unwrap()).collect();
            let labels: Vec<u8> = (0..count).map(|i| if i % 2 == 0 { 3 } else { 7 }).collect();
            let images = idx(&[0x803, count, 28, 28], &pixels);
            std::fs::write(folder.join(format!("{split}-images-idx3-ubyte")), images).unwrap();
            std::fs::write(folder.join(format!("{split}-labels-idx1-ubyte")), idx(&[0x801, count], &labels)).unwrap();
        }
    }
}

/// An IDX file: big-endian numbers, then bytes.
pub fn idx(header: &[u32], body: &[u8]) -> Vec<u8> {
    header.iter().flat_map(|number| number.to_be_bytes()).chain(body.iter().copied()).collect()
}

/// Whether two numbers agree to a relative `tolerance`.
pub fn near(a: f64, b: f64, tolerance: f64) -> bool {
    (a - b).abs() <= tolerance * b.abs().max(1e-12)
}

/// The items of a JSON list.
#[track_caller]
pub fn array(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("{value} is no list"))
}

/// The numbers of a JSON list.
#[track_caller]
pub fn numbers(value: &Value) -> Vec<f64> {
    array(value).iter().map(|number| number.as_f64().unwrap()).collect()
}

/// A JSON text.
#[track_caller]
pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

//! Parameters in a file: safetensors with PyTorch's names and shapes, so that the lab and PyTorch read each other's.
//!
//! A file of the lab's also says, as text, which model it is, what its outputs stand for and how pixels are scaled. One
//! from Python has none of that and loads as well:
//!
//! ```python
//! safetensors.torch.save_file(model.state_dict(), "weights.safetensors")      # model: an nn.Sequential like the lab's
//! model.load_state_dict(safetensors.torch.load_file("weights.safetensors"))   # either way
//! ```

mod about;
mod problem;

pub use about::About;
pub use problem::{CheckpointError, Problem};

use crate::math::model::{Model, Parameter};
use problem::{list, quoted};
use safetensors::{Dtype, SafeTensors};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File};
use std::io::Read as _;
use std::path::Path;

/// The largest file that is read: a hundred times what the largest model of the lab takes.
const MAX_BYTES: u64 = 64_000_000;
/// The form of the lab's own metadata.
const VERSION: &str = "1";
/// Bytes of the number before the header, to whose multiple the header is filled up.
const WORD: usize = 8;

/// What a safetensors file holds, not yet held against a model.
#[derive(Clone, Debug)]
pub struct Checkpoint {
    tensors: BTreeMap<String, Stored>,
    metadata: HashMap<String, String>,
}

/// An array as it stands in the file.
#[derive(Clone, Debug)]
struct Stored {
    dtype: Dtype,
    shape: Vec<usize>,
    bytes: Vec<u8>,
}

/// The bytes of a safetensors file with these parameters, each 32-bit float, little end first.
///
/// The same parameters give the same bytes. The crate's own writer does not promise that: it writes metadata in the
/// order of a hash map.
#[must_use]
pub fn encode(model: &Model, digits: &[u8], parameters: &[Parameter]) -> Vec<u8> {
    let digits: Vec<String> = digits.iter().map(u8::to_string).collect();
    let mut header = Map::new();
    let metadata = json!({
        "format": "pt",
        "digit-lab": VERSION,
        "model": model.name,
        "digits": digits.join(","),
        "loss": model.loss.name(),
        "pixels": "0 to 1, ink is 1",
    });
    header.insert("__metadata__".to_owned(), metadata);
    let mut end = 0;
    for Parameter { name, shape, values } in parameters {
        let start = end;
        end += size_of_val(values.as_slice());
        header.insert(name.clone(), json!({"dtype": "F32", "shape": shape, "data_offsets": [start, end]}));
    }
    let mut header = Value::Object(header).to_string();
    header.extend(std::iter::repeat_n(' ', header.len().next_multiple_of(WORD) - header.len()));
    let values = parameters.iter().flat_map(|tensor| &tensor.values).flat_map(|value| value.to_le_bytes());
    (header.len() as u64).to_le_bytes().into_iter().chain(header.into_bytes()).chain(values).collect()
}

impl Checkpoint {
    /// Reads the file at `path`.
    ///
    /// # Errors
    /// If it cannot be read, is larger than 64 MB or is no whole safetensors file.
    pub fn read(path: &Path) -> Result<Self, CheckpointError> {
        bytes(path).and_then(|bytes| Self::decode(&bytes)).map_err(|problem| problem.of(path))
    }

    /// What the bytes of a file hold.
    ///
    /// # Errors
    /// If they are no whole safetensors file.
    pub fn decode(bytes: &[u8]) -> Result<Self, Problem> {
        let no_file = |error: safetensors::SafeTensorError| Problem::Format(error.to_string());
        let (_, header) = SafeTensors::read_metadata(bytes).map_err(no_file)?;
        let views = SafeTensors::deserialize(bytes).map_err(no_file)?;
        let stored = |(name, view): (&str, safetensors::tensor::TensorView<'_>)| {
            (name.to_owned(), Stored { dtype: view.dtype(), shape: view.shape().to_vec(), bytes: view.data().to_vec() })
        };
        Ok(Self {
            tensors: views.iter().map(stored).collect(),
            metadata: header.metadata().clone().unwrap_or_default(),
        })
    }

    /// The parameters of `model`, in its order: every one of them, of its shape and finite, and nothing besides.
    ///
    /// A model of one layer may have its names with the layer's index before them, as in `nn.Sequential`: `0.weight`.
    ///
    /// # Errors
    /// What does not fit, with what was expected.
    pub fn parameters(&self, model: &Model) -> Result<Vec<Parameter>, Problem> {
        self.check_names(model)?;
        let mut tensors = Vec::new();
        for (name, shape) in model.shapes() {
            let Some(stored) = self.stored(model, &name) else { continue };
            if stored.shape != shape {
                return Err(Problem::Shape { name, found: stored.shape.clone(), expected: shape });
            }
            let values = stored.values(&name)?;
            tensors.push(Parameter { name, shape, values });
        }
        Ok(tensors)
    }

    /// The parameter of that name, under whichever name the file has it.
    fn stored(&self, model: &Model, name: &str) -> Option<&Stored> {
        let placed = || (model.layers.len() == 1).then(|| self.tensors.get(&format!("0.{name}"))).flatten();
        self.tensors.get(name).or_else(placed)
    }

    fn check_names(&self, model: &Model) -> Result<(), Problem> {
        let shapes = model.shapes();
        let names: Vec<&str> = shapes.iter().map(|(name, _)| name.as_str()).collect();
        let missing: Vec<&str> = names.iter().copied().filter(|name| self.stored(model, name).is_none()).collect();
        let is_single = model.layers.len() == 1;
        let own = |name: &str| if is_single { name.strip_prefix("0.").unwrap_or(name) } else { name }.to_owned();
        let is_extra = |name: &str| {
            let own = own(name);
            !names.contains(&own.as_str()) || own != name && self.tensors.contains_key(&own)
        };
        let extra: Vec<String> = self.tensors.keys().filter(|name| is_extra(name)).map(|name| quoted(name)).collect();
        if missing.is_empty() && extra.is_empty() {
            return Ok(());
        }
        if let Ok(about) = self.about()
            && about.model.name() != model.name
        {
            return Err(Problem::Other { found: about.model.name(), expected: model.name });
        }
        Err(Problem::Names { model: model.name, missing: list(missing), extra: list(extra), expected: list(names) })
    }
}

impl Stored {
    fn values(&self, name: &str) -> Result<Vec<f32>, Problem> {
        if self.dtype != Dtype::F32 {
            return Err(Problem::Type { name: name.to_owned(), found: self.dtype.to_string() });
        }
        let values: Vec<f32> = self.bytes.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
        match values.iter().position(|value| !value.is_finite()) {
            Some(index) => Err(Problem::NotFinite { name: name.to_owned(), index, value: values[index] }),
            None => Ok(values),
        }
    }
}

/// The bytes of a file that is not too large.
fn bytes(path: &Path) -> Result<Vec<u8>, Problem> {
    let failed = |error: std::io::Error| Problem::Read(error.to_string());
    // Looked at before it is opened: opening a pipe waits for somebody to write to it.
    let meta = fs::metadata(path).map_err(failed)?;
    if !meta.is_file() {
        return Err(Problem::Read("it is not a file".to_owned()));
    }
    if meta.len() > MAX_BYTES {
        return Err(Problem::TooLarge);
    }
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes)).map_err(failed)?;
    if bytes.len() as u64 > MAX_BYTES { Err(Problem::TooLarge) } else { Ok(bytes) }
}

#[cfg(test)]
mod tests;

//! The books of one evaluation: the work that is left, what was looked at, and what there is to say.

use super::environment::{Environment, Variable};
use super::error::{Error, Result};
use super::value::Value;
use crate::math::tensor::{Tensor, TensorError};
use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Work units of a step of the evaluation itself, apart from the numbers that it goes through.
const STEP: u64 = 32;
/// Places of the sources that are remembered as looked at.
const MAX_READS: usize = 64;
/// Numbers of a part up to which each is looked up in the source.
const MAX_PLACES: usize = 100_000;
/// Notices that one answer carries.
const MAX_NOTICES: usize = 4;
/// Work units of an item of a list, which takes far more memory than a number of a tensor.
pub const ITEM: usize = 32;
/// Items of a list.
pub const MAX_ITEMS: usize = 10_000;

/// How much work an evaluation may do.
#[derive(Clone, Debug)]
pub struct Budget {
    /// About how many numbers may be gone through.
    pub work: u64,
    /// Set from another thread when the answer is no longer wanted.
    pub cancelled: Arc<AtomicBool>,
}

impl Budget {
    /// Little enough for a frame: about a millisecond.
    #[must_use]
    pub fn small() -> Self {
        Self { work: 400_000, cancelled: Arc::default() }
    }

    /// Enough for whatever the bench has room for: about a second.
    #[must_use]
    pub fn full() -> Self {
        Self { work: 80_000_000, cancelled: Arc::default() }
    }
}

/// A part of a named tensor that an expression looked at.
#[derive(Clone, Debug)]
pub struct Lit {
    /// The tensor's name.
    pub name: &'static str,
    /// Which of its matrices is shown, for a tensor of rank 3.
    pub image: Option<usize>,
    /// The matrix (or row) that is shown.
    pub matrix: Tensor,
    /// For each number of the matrix whether it was looked at.
    pub cells: Vec<bool>,
}

/// What of a named tensor was looked at.
enum Read {
    /// A view of it.
    View(Tensor),
    /// Places of its memory.
    Places(Vec<usize>),
}

/// The books.
pub struct Ledger<'e> {
    environment: &'e Environment,
    budget: Budget,
    reads: Vec<(usize, Read)>,
    notices: Vec<String>,
}

impl<'e> Ledger<'e> {
    /// Empty books with `budget` to spend.
    pub const fn new(environment: &'e Environment, budget: Budget) -> Self {
        Self { environment, budget, reads: Vec::new(), notices: Vec::new() }
    }

    /// The names that the expression may use.
    pub const fn environment(&self) -> &'e Environment {
        self.environment
    }

    /// Takes `work` out of the budget.
    pub fn spend(&mut self, span: &Range<usize>, work: usize) -> Result<()> {
        let left = self.budget.work.checked_sub(STEP.saturating_add(work as u64));
        let cancelled = self.budget.cancelled.load(Ordering::Relaxed);
        let Some(left) = left.filter(|_| !cancelled) else {
            let message = "this takes more work than the bench does; try a smaller part";
            return Err(Error { exhausted: true, ..Error::new(span, message) });
        };
        self.budget.work = left;
        Ok(())
    }

    /// Remembers something to say.
    pub fn notice(&mut self, notice: String) {
        if self.notices.len() < MAX_NOTICES && !self.notices.contains(&notice) {
            self.notices.push(notice);
        }
    }

    /// The values that one goes through: of a list, or the parts of a tensor along its first axis.
    pub fn items(&mut self, value: &Value, span: &Range<usize>) -> Result<Vec<Value>> {
        let count = match value {
            Value::List(items) | Value::Tuple(items) => items.len(),
            Value::Size(shape) => shape.len(),
            Value::Range(start, stop) => usize::try_from(stop.saturating_sub(*start)).unwrap_or(0),
            Value::Tensor(tensor) => {
                let rank_0 = || Error::new(span, "a tensor of rank 0 has no axis to go along");
                tensor.shape().first().copied().ok_or_else(rank_0)?
            }
            other => return Err(Error::new(span, format!("one cannot go through {}", other.kind()))),
        };
        if count > MAX_ITEMS {
            return Err(Error::new(
                span,
                format!("{count} items are more than the {MAX_ITEMS} that the bench goes through one by one"),
            ));
        }
        self.spend(span, count.saturating_mul(ITEM))?;
        Ok(match value {
            Value::List(items) | Value::Tuple(items) => items.to_vec(),
            Value::Size(shape) => {
                shape.iter().map(|&length| Value::Int(i64::try_from(length).unwrap_or(i64::MAX))).collect()
            }
            Value::Range(start, stop) => (*start..*stop).map(Value::Int).collect(),
            Value::Tensor(tensor) => {
                let part = |place| tensor.select(0, place).map(Value::Tensor);
                (0..)
                    .take(count)
                    .map(part)
                    .collect::<std::result::Result<_, TensorError>>()
                    .map_err(|error| Error::new(span, error))?
            }
            _ => Vec::new(),
        })
    }

    /// The named tensor whose memory `tensor` looks at, and where in it.
    fn source_of(&self, tensor: &Tensor) -> Option<(usize, usize)> {
        let offset = |variable: &Variable| {
            let source = if variable.is_made() { variable.tensor() } else { None };
            tensor.data().offset_in(source?.data())
        };
        let mut variables = self.environment.variables().iter().enumerate();
        variables.find_map(|(place, variable)| Some((place, offset(variable)?)))
    }

    /// Remembers that the numbers of `tensor` were looked at.
    pub fn read(&mut self, tensor: &Tensor) {
        if self.reads.len() < MAX_READS
            && let Some((source, _)) = self.source_of(tensor)
        {
            self.reads.push((source, Read::View(tensor.clone())));
        }
    }

    /// Remembers that of `tensor` only what lies under `mask` was looked at.
    pub fn read_masked(&mut self, tensor: &Tensor, place: usize, mask: &Tensor) {
        if self.reads.len() >= MAX_READS || tensor.len() > MAX_PLACES {
            return self.read(tensor);
        }
        let Some((source, offset)) = self.source_of(tensor) else { return };
        let places: Vec<i64> = tensor.places().filter_map(|place| i64::try_from(place).ok()).collect();
        let picked = Tensor::new(places, tensor.shape()).and_then(|places| places.masked(place, mask));
        let values = picked.ok().and_then(|picked| picked.values::<i64>().map(Cow::into_owned));
        let places = values.unwrap_or_default().into_iter().filter_map(|place| usize::try_from(place).ok());
        let places = places.map(|place| offset + place).collect();
        self.reads.push((source, Read::Places(places)));
    }

    /// Remembers that the numbers of all tensors in `value` were looked at.
    pub fn read_value(&mut self, value: &Value) {
        match value {
            Value::Tensor(tensor) => self.read(tensor),
            Value::List(items) | Value::Tuple(items) => {
                items.iter().take(MAX_READS).for_each(|item| self.read_value(item));
            }
            _ => {}
        }
    }

    /// Says where `value` looks at the memory of a named tensor.
    pub fn about_views(&mut self, value: &Value) {
        let Value::Tensor(tensor) = value else { return };
        let source = self.source_of(tensor);
        let Some(variable) = source.and_then(|(place, _)| self.environment.variables().get(place)) else {
            return;
        };
        if variable.shape != tensor.shape() {
            self.notice(format!(
                "This is a view: it looks at the memory of {}, and nothing was copied.",
                variable.name
            ));
        }
    }

    /// What is to be said.
    pub fn notices(self) -> Vec<String> {
        self.notices
    }

    /// What was looked at. Where parts were picked out of a tensor, those count, and not that all of it was used elsewhere.
    pub fn lit(&self) -> Vec<Lit> {
        let variables = self.environment.variables().iter().enumerate();
        variables
            .filter_map(|(place, variable)| {
                let reads: Vec<&Read> =
                    self.reads.iter().filter(|(source, _)| *source == place).map(|(_, read)| read).collect();
                let source = variable.tensor().filter(|_| !reads.is_empty())?;
                lit_in(variable.name, source, &reads)
            })
            .collect()
    }
}

fn lit_in(name: &'static str, source: &Tensor, reads: &[&Read]) -> Option<Lit> {
    let is_part = |read: &&&Read| match read {
        Read::View(view) => view.len() < source.len(),
        Read::Places(_) => true,
    };
    let parts: Vec<&&Read> = reads.iter().filter(is_part).collect();
    let first_place = |read: &&Read| match read {
        Read::View(view) => view.data().offset_in(source.data()).filter(|_| !view.is_empty()),
        Read::Places(places) => places.first().copied(),
    };
    let first = parts.iter().filter_map(|read| first_place(read)).min();
    let (mut matrix, mut image) = (source.clone(), None);
    if source.rank() == 3 {
        let size = source.shape().iter().skip(1).product::<usize>().max(1);
        let number = first.unwrap_or(0) / size;
        image = Some(number);
        matrix = source.select(0, i64::try_from(number).ok()?).ok()?;
    }
    let start = matrix.data().offset_in(source.data()).filter(|_| !matrix.is_empty())?;
    let mut cells = vec![parts.is_empty(); matrix.len()];
    let mut light = |place: usize| {
        if let Some(cell) = place.checked_sub(start).and_then(|at| cells.get_mut(at)) {
            *cell = true;
        }
    };
    for read in parts {
        match read {
            Read::View(view) => {
                let offset = view.data().offset_in(source.data())?;
                view.places().take(MAX_PLACES).for_each(|place| light(offset + place));
            }
            Read::Places(places) => places.iter().copied().for_each(&mut light),
        }
    }
    Some(Lit { name, image, matrix, cells })
}

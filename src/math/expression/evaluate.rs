//! The tree to a value, and what was looked at on the way.

use super::environment::Environment;
use super::error::{Error, Result, suggestion};
use super::grammar::parse;
use super::syntax::{Node, NodeKind, Word};
use super::value::Value;
use super::{call, index, method, operator};
use crate::math::tensor::{Tensor, TensorError, unary};
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
pub(super) const ITEM: usize = 32;
/// Items of a list.
pub(super) const MAX_ITEMS: usize = 10_000;

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

/// The answer to an expression.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// What it is worth.
    pub value: Value,
    /// What was looked at, a named tensor each.
    pub lit: Vec<Lit>,
    /// What a reader may not expect, a sentence each.
    pub notices: Vec<String>,
}

/// Evaluates `source`.
///
/// # Errors
/// What is wrong and where; with `exhausted` set when `budget` was too small.
pub fn evaluate(source: &str, environment: &Environment, budget: Budget) -> Result<Outcome> {
    let tree = parse(source)?;
    let mut evaluator = Evaluator { environment, budget, locals: Vec::new(), reads: Vec::new(), notices: Vec::new() };
    let value = evaluator.value(&tree)?;
    evaluator.read_value(&value);
    evaluator.about_views(&value);
    Ok(Outcome { lit: evaluator.lit(), notices: evaluator.notices, value })
}

/// What of a named tensor was looked at.
enum Read {
    /// A view of it.
    View(Tensor),
    /// Places of its memory.
    Places(Vec<usize>),
}

pub(super) struct Evaluator<'e> {
    pub(super) environment: &'e Environment,
    budget: Budget,
    locals: Vec<(String, Value)>,
    reads: Vec<(usize, Read)>,
    notices: Vec<String>,
}

impl Evaluator<'_> {
    /// Takes `work` out of the budget.
    pub(super) fn spend(&mut self, span: &Range<usize>, work: usize) -> Result<()> {
        let left = self.budget.work.checked_sub(STEP.saturating_add(work as u64));
        let cancelled = self.budget.cancelled.load(Ordering::Relaxed);
        let Some(left) = left.filter(|_| !cancelled) else {
            let message = "this takes more work than the bench does; try a smaller part";
            return Err(Error { exhausted: true, ..Error::new(span, message) });
        };
        self.budget.work = left;
        Ok(())
    }

    pub(super) fn notice(&mut self, notice: String) {
        if self.notices.len() < MAX_NOTICES && !self.notices.contains(&notice) {
            self.notices.push(notice);
        }
    }

    pub(super) fn value(&mut self, node: &Node) -> Result<Value> {
        self.spend(&node.span, 0)?;
        match &node.kind {
            NodeKind::Int(value) => Ok(Value::Int(*value)),
            NodeKind::Float(value) => Ok(Value::Float(*value)),
            NodeKind::Bool(value) => Ok(Value::Bool(*value)),
            NodeKind::None => Ok(Value::None),
            NodeKind::Name(name) => self.named(name, &node.span),
            NodeKind::List(items) => self.list(items, &node.span).map(Value::list),
            NodeKind::Tuple(items) => self.list(items, &node.span).map(Value::tuple),
            NodeKind::Comprehension { item, name, over, condition } => {
                self.comprehension(item, name, over, condition.as_deref())
            }
            NodeKind::Unary(operation, inner) => {
                let value = self.value(inner)?;
                operator::sign(self, *operation, &value, &node.span)
            }
            NodeKind::Not(inner) => {
                let value = self.value(inner)?;
                Ok(Value::Bool(!operator::truth(&value, &inner.span)?))
            }
            NodeKind::Binary { operator, sign, left, right } => operator::binary(self, *operator, sign, left, right),
            NodeKind::Attribute(base, word) => self.attribute(base, word),
            NodeKind::Call(callee, arguments) => call::call(self, callee, arguments, &node.span),
            NodeKind::Index(base, items) => {
                let value = self.value(base)?;
                index::index(self, value, items, &node.span)
            }
        }
    }

    fn list(&mut self, nodes: &[Node], span: &Range<usize>) -> Result<Vec<Value>> {
        self.spend(span, nodes.len().saturating_mul(ITEM))?;
        nodes.iter().map(|node| self.value(node)).collect()
    }

    fn named(&mut self, name: &str, span: &Range<usize>) -> Result<Value> {
        if let Some((_, value)) = self.locals.iter().rev().find(|(local, _)| local == name) {
            return Ok(value.clone());
        }
        let environment = self.environment;
        if let Some(variable) = environment.get(name) {
            if !variable.is_made() {
                self.spend(span, variable.shape.iter().product())?;
            }
            let missing = || Error::new(span, format!("{name} could not be made from the images at hand"));
            return variable.tensor().cloned().map(Value::Tensor).ok_or_else(missing);
        }
        if name == "torch" {
            return Err(Error::new(
                span,
                "torch alone is no value; go on with a point and a name, such as torch.stack",
            ));
        }
        if call::FUNCTIONS.contains(&name) {
            return Err(Error::new(span, format!("{name} is a function: give it its arguments in ( )")));
        }
        let known = environment.variables().iter().map(|variable| variable.name).chain(call::FUNCTIONS);
        Err(Error::new(span, format!("nothing here is called {name}{}", suggestion(name, known))))
    }

    fn attribute(&mut self, base: &Node, word: &Word) -> Result<Value> {
        if matches!(&base.kind, NodeKind::Name(name) if name == "torch") {
            return call::torch_constant(word);
        }
        let value = self.value(base)?;
        method::attribute(&value, word)
    }

    fn comprehension(&mut self, item: &Node, name: &Word, over: &Node, condition: Option<&Node>) -> Result<Value> {
        let source = self.value(over)?;
        let mut items = Vec::new();
        for value in self.items(&source, &over.span)? {
            self.locals.push((name.text.clone(), value));
            let found = self.one_item(item, condition);
            self.locals.pop();
            items.extend(found?);
        }
        Ok(Value::list(items))
    }

    fn one_item(&mut self, item: &Node, condition: Option<&Node>) -> Result<Option<Value>> {
        if let Some(condition) = condition {
            let value = self.value(condition)?;
            if !operator::truth(&value, &condition.span)? {
                return Ok(None);
            }
        }
        self.spend(&item.span, ITEM)?;
        self.value(item).map(Some)
    }

    /// The values that one goes through: of a list, or the parts of a tensor along its first axis.
    pub(super) fn items(&mut self, value: &Value, span: &Range<usize>) -> Result<Vec<Value>> {
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

    /// A function of each number.
    pub(super) fn each(
        &mut self,
        op: crate::math::tensor::Unary,
        tensor: &Tensor,
        span: &Range<usize>,
    ) -> Result<Value> {
        self.read(tensor);
        self.spend(span, tensor.len())?;
        unary(op, tensor).map(Value::Tensor).map_err(|error| Error::new(span, error))
    }

    /// The named tensor whose memory `tensor` looks at.
    fn source_of(&self, tensor: &Tensor) -> Option<usize> {
        let is_source = |variable: &super::Variable| {
            variable.is_made() && variable.tensor().is_some_and(|source| source.data().is_same(tensor.data()))
        };
        self.environment.variables().iter().position(is_source)
    }

    /// Remembers that the numbers of `tensor` were looked at.
    pub(super) fn read(&mut self, tensor: &Tensor) {
        if self.reads.len() < MAX_READS
            && let Some(source) = self.source_of(tensor)
        {
            self.reads.push((source, Read::View(tensor.clone())));
        }
    }

    /// Remembers that of `tensor` only what lies under `mask` was looked at.
    pub(super) fn read_masked(&mut self, tensor: &Tensor, place: usize, mask: &Tensor) {
        if self.reads.len() >= MAX_READS || tensor.len() > MAX_PLACES {
            return self.read(tensor);
        }
        let Some(source) = self.source_of(tensor) else { return };
        let places: Vec<i64> = tensor.places().filter_map(|place| i64::try_from(place).ok()).collect();
        let picked = Tensor::new(places, tensor.shape()).and_then(|places| places.masked(place, mask));
        let values = picked.ok().and_then(|picked| picked.values::<i64>().map(std::borrow::Cow::into_owned));
        let places = values.unwrap_or_default().into_iter().filter_map(|place| usize::try_from(place).ok()).collect();
        self.reads.push((source, Read::Places(places)));
    }

    fn read_value(&mut self, value: &Value) {
        match value {
            Value::Tensor(tensor) => self.read(tensor),
            Value::List(items) | Value::Tuple(items) => {
                items.iter().take(MAX_READS).for_each(|item| self.read_value(item));
            }
            _ => {}
        }
    }

    fn about_views(&mut self, value: &Value) {
        let Value::Tensor(tensor) = value else { return };
        let Some(variable) = self.source_of(tensor).and_then(|place| self.environment.variables().get(place)) else {
            return;
        };
        if variable.shape != tensor.shape() {
            self.notice(format!(
                "This is a view: it looks at the memory of {}, and nothing was copied.",
                variable.name
            ));
        }
    }

    /// What was looked at. Where parts were picked out of a tensor, those count, and not that all of it was used elsewhere.
    fn lit(&self) -> Vec<Lit> {
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
        Read::View(view) => view.places().next(),
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
    let start = matrix.places().next()?;
    let mut cells = vec![parts.is_empty(); matrix.len()];
    let mut light = |place: usize| {
        if let Some(cell) = place.checked_sub(start).and_then(|at| cells.get_mut(at)) {
            *cell = true;
        }
    };
    for read in parts {
        match read {
            Read::View(view) => view.places().take(MAX_PLACES).for_each(&mut light),
            Read::Places(places) => places.iter().copied().for_each(&mut light),
        }
    }
    Some(Lit { name, image, matrix, cells })
}

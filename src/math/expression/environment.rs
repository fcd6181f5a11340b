//! The names that an expression may use.

use crate::math::tensor::{Dtype, Tensor};
use std::fmt;
use std::sync::{Arc, OnceLock};

/// A tensor with a name, made when it is first used.
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// What it is, in one sentence.
    pub meaning: String,
    /// The length of every axis.
    pub shape: Vec<usize>,
    /// What its numbers are.
    pub dtype: Dtype,
    make: Box<dyn Fn() -> Option<Tensor> + Send + Sync>,
    made: OnceLock<Option<Tensor>>,
}

impl Variable {
    /// A name for the tensor that `make` gives, of shape `shape`.
    #[must_use]
    pub fn new(
        name: &'static str,
        meaning: impl Into<String>,
        shape: &[usize],
        dtype: Dtype,
        make: impl Fn() -> Option<Tensor> + Send + Sync + 'static,
    ) -> Self {
        Self {
            name,
            meaning: meaning.into(),
            shape: shape.to_vec(),
            dtype,
            make: Box::new(make),
            made: OnceLock::new(),
        }
    }

    /// The tensor; `None` if it could not be made.
    #[must_use]
    pub fn tensor(&self) -> Option<&Tensor> {
        self.made.get_or_init(|| (self.make)()).as_ref()
    }

    /// Whether [`Variable::tensor`] would answer at once.
    #[must_use]
    pub fn is_made(&self) -> bool {
        self.made.get().is_some()
    }
}

impl fmt::Debug for Variable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Variable").field("name", &self.name).field("shape", &self.shape).finish_non_exhaustive()
    }
}

/// All names. Cloning shares them.
#[derive(Clone, Debug)]
pub struct Environment {
    variables: Arc<Vec<Variable>>,
}

impl Default for Environment {
    /// Only the small tensors of the chapter.
    fn default() -> Self {
        Self::with(Vec::new())
    }
}

impl Environment {
    /// The small tensors of the chapter, `t` and `m`, and `more`.
    #[must_use]
    pub fn with(more: Vec<Variable>) -> Self {
        let counted = |name, meaning: &str, shape: &'static [usize]| {
            let count: usize = shape.iter().product();
            let make = move || Tensor::new((1..).take(count).collect::<Vec<i64>>(), shape).ok();
            Variable::new(name, meaning, shape, Dtype::Int64, make)
        };
        let mut variables = vec![
            counted("t", "The chapter's small tensor: two rows of three.", &[2, 3]),
            counted("m", "1 to 9 in three rows, for the exercise.", &[3, 3]),
        ];
        variables.extend(more);
        Self { variables: Arc::new(variables) }
    }

    /// The names, in the order in which they were given.
    #[must_use]
    pub fn variables(&self) -> &[Variable] {
        &self.variables
    }

    /// The tensor of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Variable> {
        self.variables.iter().find(|variable| variable.name == name)
    }

    /// Whether both are the same names with the same tensors.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.variables, &other.variables)
    }
}

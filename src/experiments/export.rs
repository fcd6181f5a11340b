//! The files that an experiment can write about a run.

/// One kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Export {
    /// The parameters as they are, as safetensors with PyTorch's names and shapes.
    Weights,
    /// The run's table as CSV, every number with all its digits.
    Table,
    /// A Python script that gives the same run with PyTorch.
    Script,
}

impl Export {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Weights, Self::Table, Self::Script];

    /// The option of `digit-lab run` that asks for it, without its dashes.
    #[must_use]
    pub const fn option(self) -> &'static str {
        match self {
            Self::Weights => "weights",
            Self::Table => "csv",
            Self::Script => "pytorch",
        }
    }

    /// What it holds, as part of a sentence.
    #[must_use]
    pub const fn what(self) -> &'static str {
        match self {
            Self::Weights => "weights",
            Self::Table => "table of epochs",
            Self::Script => "PyTorch script",
        }
    }

    /// The usual ending of its file's name.
    #[must_use]
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Weights => "safetensors",
            Self::Table => "csv",
            Self::Script => "py",
        }
    }
}

//! The tree of an expression.

use crate::math::tensor::{Binary, Unary};
use std::ops::Range;

/// The deepest tree.
pub const MAX_DEPTH: usize = 48;

/// A part of an expression.
#[derive(Clone, Debug)]
pub struct Node {
    /// What it is.
    pub kind: NodeKind,
    /// Its bytes.
    pub span: Range<usize>,
    /// How many levels it has.
    pub depth: usize,
}

/// A word with its place.
#[derive(Clone, Debug)]
pub struct Word {
    /// The word.
    pub text: String,
    /// Its bytes.
    pub span: Range<usize>,
}

/// An operation on two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// Number by number.
    Each(Binary),
    /// `a @ b`
    Matmul,
    /// `a and b`
    And,
    /// `a or b`
    Or,
}

/// What a part of an expression is.
#[derive(Clone, Debug)]
pub enum NodeKind {
    /// `28`
    Int(i64),
    /// `1.5`
    Float(f64),
    /// `True`
    Bool(bool),
    /// `None`
    None,
    /// `t`
    Name(String),
    /// `[1, 2]`
    List(Vec<Node>),
    /// `(1, 2)`
    Tuple(Vec<Node>),
    /// `[item for name in over if condition]`
    Comprehension {
        /// What is collected.
        item: Box<Node>,
        /// The name that goes through the values.
        name: Word,
        /// Where the values come from.
        over: Box<Node>,
        /// Which of them count.
        condition: Option<Box<Node>>,
    },
    /// `-a`, `~a`; without an operation `+a`
    Unary(Option<Unary>, Box<Node>),
    /// `not a`
    Not(Box<Node>),
    /// `a + b`
    Binary {
        /// The operation.
        operator: Operator,
        /// The bytes of its sign.
        sign: Range<usize>,
        /// The left side.
        left: Box<Node>,
        /// The right side.
        right: Box<Node>,
    },
    /// `a.name`
    Attribute(Box<Node>, Word),
    /// `a(..)`
    Call(Box<Node>, Vec<Argument>),
    /// `a[..]`
    Index(Box<Node>, Vec<Item>),
}

/// An argument of a call.
#[derive(Clone, Debug)]
pub struct Argument {
    /// Its name, where it is given by name.
    pub name: Option<Word>,
    /// Its value.
    pub value: Node,
}

/// One of the things between square brackets.
#[derive(Clone, Debug)]
pub enum Item {
    /// A place, or a mask.
    At(Node),
    /// `start:stop:step`
    Slice([Option<Node>; 3], Range<usize>),
    /// `...`
    Ellipsis(Range<usize>),
}

impl Item {
    /// Its bytes.
    pub fn span(&self) -> Range<usize> {
        match self {
            Self::At(node) => node.span.clone(),
            Self::Slice(_, span) | Self::Ellipsis(span) => span.clone(),
        }
    }
}

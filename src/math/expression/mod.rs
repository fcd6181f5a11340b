//! Expressions over tensors, in the small part of Python that the chapter uses: text to tokens, tokens to a tree with
//! places in the text, the tree to a value. Whatever the text, the answer comes soon and without a panic: its length, its
//! depth, its work and the size of every tensor are bounded.
//!
//! Imports go one way: `error`, `syntax`, `value` < `token` < `grammar`; `value` < `environment` < `ledger` < `operator`
//! < `index`, `method` < `call` < `evaluate`, which alone walks the tree.

mod argument;
mod call;
mod environment;
mod error;
mod evaluate;
mod grammar;
mod index;
mod ledger;
mod method;
mod notice;
mod operator;
mod syntax;
mod token;
mod value;

pub use environment::{Environment, Variable};
pub use error::Error;
pub use evaluate::{Outcome, evaluate};
pub use ledger::{Budget, Lit};
pub use value::Value;

#[cfg(test)]
mod tests;

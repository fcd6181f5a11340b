//! data
mod batches;
pub use batches::batches;

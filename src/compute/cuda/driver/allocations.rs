//! Which of the GPU's memory was given to the program: nothing else may be written, read or given back.

use super::super::gpu::{Address, Fault};
use std::collections::BTreeMap;

/// Every allocation and its bytes.
#[derive(Debug, Default)]
pub(super) struct Allocations(BTreeMap<Address, usize>);

impl Allocations {
    /// It was given.
    pub(super) fn add(&mut self, address: Address, bytes: usize) {
        self.0.insert(address, bytes);
    }

    /// It is to be given back; `false` if it was never given.
    pub(super) fn remove(&mut self, address: Address) -> bool {
        self.0.remove(&address).is_some()
    }

    /// Checks that so many bytes lie in one allocation.
    pub(super) fn holds(&self, at: Address, bytes: usize) -> Result<(), Fault> {
        let owner = self.0.range(..=at).next_back();
        let is_inside = owner.is_some_and(|(start, size)| {
            usize::try_from(at - start).is_ok_and(|offset| offset <= *size && bytes <= size - offset)
        });
        if is_inside { Ok(()) } else { Err(Fault::Other(format!("{bytes} bytes at {at:#x} are not the program's"))) }
    }
}

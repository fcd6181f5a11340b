//! Arrays in a GPU's memory.

use super::gpu::{Address, Argument, Fault, Gpu};
use bytemuck::Pod;
use std::marker::PhantomData;
use std::sync::Arc;

/// So many numbers in a GPU's memory, given back when it is dropped.
#[derive(Debug)]
pub struct Array<T> {
    gpu: Arc<dyn Gpu>,
    address: Address,
    len: usize,
    numbers: PhantomData<T>,
}

impl<T: Pod> Array<T> {
    /// Room for `len` numbers; what they are is not known.
    pub fn new(gpu: &Arc<dyn Gpu>, len: usize) -> Result<Self, Fault> {
        let address = gpu.allocate((len * size_of::<T>()).max(1))?;
        Ok(Self { gpu: Arc::clone(gpu), address, len, numbers: PhantomData })
    }

    /// These numbers.
    pub fn of(gpu: &Arc<dyn Gpu>, numbers: &[T]) -> Result<Self, Fault> {
        let array = Self::new(gpu, numbers.len())?;
        array.write(0, numbers)?;
        Ok(array)
    }

    /// How many numbers there is room for.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Replaces the numbers from place `from` on.
    ///
    /// # Panics
    /// If they reach past the end.
    pub fn write(&self, from: usize, numbers: &[T]) -> Result<(), Fault> {
        assert!(from + numbers.len() <= self.len, "numbers {from} and on of {}", self.len);
        if numbers.is_empty() { Ok(()) } else { self.gpu.write(self.place(from), bytemuck::cast_slice(numbers)) }
    }

    /// The numbers from place `from` on, as many as there is room for.
    ///
    /// # Panics
    /// If that is past the end.
    pub fn read(&self, from: usize, numbers: &mut [T]) -> Result<(), Fault> {
        assert!(from + numbers.len() <= self.len, "numbers {from} and on of {}", self.len);
        if numbers.is_empty() { Ok(()) } else { self.gpu.read(self.place(from), bytemuck::cast_slice_mut(numbers)) }
    }

    const fn place(&self, at: usize) -> Address {
        self.address + (at * size_of::<T>()) as Address
    }

    /// Its start, as a kernel's parameter.
    pub const fn argument(&self) -> Argument {
        Argument::Address(self.address)
    }
}

impl<T> Drop for Array<T> {
    fn drop(&mut self) {
        self.gpu.free(self.address);
    }
}

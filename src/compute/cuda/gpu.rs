//! The seam between the backend and a GPU: what the kernels' host code asks of a driver, and what can go wrong there.
//!
//! Behind it stands [`super::driver`] with a real GPU, and in the tests an interpreter of the very PTX that the program
//! ships. Everything is in order: a launch sees what was written before it, and a read waits for all launches before it.

pub use crate::compute::About;
use std::fmt::Debug;

/// A place in a GPU's memory, in bytes. 0 is none.
pub type Address = u64;

/// A parameter of a kernel, as its declaration has it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Argument {
    /// A pointer into the GPU's memory.
    Address(Address),
    /// An `unsigned int`.
    Whole(u32),
    /// A `float`.
    Number(f32),
}

/// One run of a kernel.
#[derive(Clone, Copy, Debug)]
pub struct Launch<'a> {
    /// The kernel's name in the PTX.
    pub kernel: &'static str,
    /// Blocks, along x alone.
    pub blocks: u32,
    /// Threads of a block, along x alone: a multiple of 32, at most 1024.
    pub threads: u32,
    /// Whether all blocks have to run at once, since they wait for each other.
    pub is_cooperative: bool,
    /// The parameters, in the order of the declaration.
    pub arguments: &'a [Argument],
}

/// Why a GPU did not do what it was asked. Each is a part of a sentence that begins with the device's name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// There is no driver on this machine.
    #[error("no NVIDIA driver was found")]
    NoDriver,
    /// The driver is older than the kernels.
    #[error("the NVIDIA driver is too old ({found}); version 525 or later is needed, which speaks CUDA 12.0")]
    DriverTooOld {
        /// What the driver speaks, such as `CUDA 11.4`.
        found: String,
    },
    /// The GPU is older than the kernels.
    #[error("the GPU is too old (compute capability {found}); 7.0 or later is needed")]
    GpuTooOld {
        /// Its compute capability, such as `6.1`.
        found: String,
    },
    /// There is a driver that cannot be used, whatever the GPU.
    #[error("the NVIDIA driver does not work ({0})")]
    BrokenDriver(String),
    /// There is a driver, but no GPU.
    #[error("the driver knows of no GPU")]
    NoGpu,
    /// There are GPUs, but not so many.
    #[error("there is no GPU {index}; the last is {last}")]
    NoSuchGpu {
        /// The one that was asked for.
        index: usize,
        /// The last that there is.
        last: usize,
    },
    /// Another program keeps the GPU to itself.
    #[error("another program keeps the GPU to itself, or it is set to serve none")]
    Busy,
    /// Not enough memory is free.
    #[error("the GPU has no {bytes} bytes of memory left")]
    OutOfMemory {
        /// How much was asked for.
        bytes: usize,
    },
    /// The GPU has gone: unplugged, reset, or stopped by an error of its own.
    #[error("the GPU was lost ({0})")]
    Lost(String),
    /// A kernel could not be started.
    #[error("a kernel could not be started ({0})")]
    Launch(String),
    /// Anything else that the driver says.
    #[error("the driver says: {0}")]
    Other(String),
}

/// A GPU, ready to run the kernels of [`super::PTX`].
pub trait Gpu: Send + Sync + Debug {
    /// What it is.
    fn about(&self) -> &About;

    /// Memory for so many bytes (above 0), aligned for any number; what is in it is not known.
    ///
    /// # Errors
    /// [`Fault::OutOfMemory`], or a GPU that does not answer.
    fn allocate(&self, bytes: usize) -> Result<Address, Fault>;

    /// Gives back what [`Gpu::allocate`] gave. A GPU that does not answer has nothing left to give back.
    fn free(&self, address: Address);

    /// Copies bytes to the GPU. `to` need not be the start of an allocation.
    ///
    /// # Errors
    /// A GPU that does not answer.
    fn write(&self, to: Address, bytes: &[u8]) -> Result<(), Fault>;

    /// Waits for everything before it, and copies bytes from the GPU.
    ///
    /// # Errors
    /// A GPU that does not answer, or any fault of the launches before it.
    fn read(&self, from: Address, bytes: &mut [u8]) -> Result<(), Fault>;

    /// How many blocks of so many threads of this kernel can run at once, on the whole GPU.
    ///
    /// # Errors
    /// A kernel that is not in the PTX, or a GPU that does not answer.
    fn most_blocks(&self, kernel: &'static str, threads: u32) -> Result<u32, Fault>;

    /// Starts a kernel and does not wait for its end.
    ///
    /// # Errors
    /// If it cannot be started; a fault of the kernel itself may show at a later call.
    fn launch(&self, launch: &Launch<'_>) -> Result<(), Fault>;
}

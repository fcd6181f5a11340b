//! An NVIDIA GPU: the processor's kernels once more, to the same bits.
//!
//! - The kernels are CUDA C in `assets/kernels`, shipped as the PTX that they were compiled to, which the driver makes
//!   fit for the GPU that it finds. Building needs no CUDA toolkit, and running no more than the driver.
//! - Images stay on the GPU as bytes, parameters as they lie on the processor. Many mini-batches are one launch: its
//!   blocks all run at once and wait for each other twice a mini-batch, or some more times for convolutions.
//! - Each number is summed in the processor's order by one thread, or by a half of a warp in the tree of the processor's
//!   lanes, so the size of the grid does not show, and neither does the device.
//! - Losses are added up by the host, as for the processor; so is a step that a reader makes by hand.
//!
//! [`gpu`] is the seam to the driver. [`driver`] is the only file of the library with unsafe code.

mod backend;
mod conv;
mod dense;
pub mod driver;
pub mod gpu;
mod linear;
mod memory;
mod meter;
mod network;
mod session;

use crate::compute::{Backend, Meter, Task};
use crate::data::Dataset;
use crate::math::model::Model;
use backend::Cuda;
use gpu::{About, Fault, Gpu};
use meter::CudaMeter;
use session::Session;
use std::sync::{Arc, PoisonError, RwLock};

/// Every kernel, as PTX 8.0 for GPUs of compute capability 7.0 and later.
pub const PTX: &[&str] = &[
    include_str!("../../../assets/kernels/linear.ptx"),
    include_str!("../../../assets/kernels/dense.ptx"),
    include_str!("../../../assets/kernels/conv.ptx"),
    include_str!("../../../assets/kernels/baseline.ptx"),
];

/// What stands in for the driver's GPUs.
static STAND_INS: RwLock<Vec<Arc<dyn Gpu>>> = RwLock::new(Vec::new());

/// Takes these for the machine's GPUs from now on, or with none the driver's again. For tests.
pub fn stand_in(gpus: Vec<Arc<dyn Gpu>>) {
    *STAND_INS.write().unwrap_or_else(PoisonError::into_inner) = gpus;
}

fn stand_ins() -> Vec<Arc<dyn Gpu>> {
    STAND_INS.read().unwrap_or_else(PoisonError::into_inner).clone()
}

/// Every GPU that can be used.
///
/// # Errors
/// Why there is none.
pub fn list() -> Result<Vec<About>, Fault> {
    match &stand_ins()[..] {
        [] => driver::list(),
        gpus => Ok(gpus.iter().map(|gpu| gpu.about().clone()).collect()),
    }
}

fn gpu(index: usize) -> Result<Arc<dyn Gpu>, Fault> {
    let gpus = stand_ins();
    match gpus.len().checked_sub(1) {
        None => driver::open(index, PTX),
        Some(last) => gpus.into_iter().nth(index).ok_or(Fault::NoSuchGpu { index, last }),
    }
}

/// Puts a data set on the GPU with this number.
///
/// # Errors
/// Why that cannot be, as a part of a sentence.
pub fn meter(index: usize, dataset: &Arc<Dataset>) -> Result<Arc<dyn Meter>, String> {
    let meter = gpu(index).and_then(|gpu| CudaMeter::new(gpu, Arc::clone(dataset)));
    Ok(Arc::new(meter.map_err(|fault| fault.to_string())?))
}

/// Puts `model`, its parameters all zero, on the GPU with this number.
///
/// # Errors
/// Why that cannot be, as a part of a sentence.
pub fn open(index: usize, model: Arc<Model>, task: Arc<Task>) -> Result<Box<dyn Backend>, String> {
    open_on(gpu(index).map_err(|fault| fault.to_string())?, model, task)
}

/// The same on a GPU that is open already.
///
/// # Errors
/// Why that cannot be, as a part of a sentence.
pub fn open_on(gpu: Arc<dyn Gpu>, model: Arc<Model>, task: Arc<Task>) -> Result<Box<dyn Backend>, String> {
    match Session::new(gpu, model, task).map_err(|fault| fault.to_string())? {
        Some(session) => Ok(Box::new(Cuda::new(session))),
        None => Err("the GPU has no kernels for these layers".to_owned()),
    }
}

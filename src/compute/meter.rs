//! Sums of images and their distances to means, on a device.

use super::cpu::means;
use super::{Device, NoDevice};
use crate::data::{Dataset, Split};
use crate::math::distance::{Metric, Template};
use crate::math::mean_image::ImageSum;
use std::fmt::Debug;
use std::sync::Arc;

/// A device that holds the images of one data set. All that it sums are whole numbers, so every device gives the same bits.
pub trait Meter: Send + Sync + Debug {
    /// What computes: never [`Device::Auto`].
    fn device(&self) -> Device;

    /// Why another device computes than the one that was asked for, as a sentence for the reader.
    fn notice(&self) -> Option<String> {
        None
    }

    /// These images of a split, laid on one another.
    fn sum(&self, split: Split, indices: &[u32]) -> ImageSum;

    /// The distance of each of these images of a split to every mean: `[indices, templates]`, row by row.
    fn distances(&self, split: Split, indices: &[u32], templates: &[Template], metric: Metric) -> Vec<f64>;
}

/// Puts a data set on this device. [`Device::Auto`] is the processor.
///
/// # Errors
/// If this program, or this machine, has no such device.
pub fn meter(device: Device, dataset: &Arc<Dataset>) -> Result<Arc<dyn Meter>, NoDevice> {
    match device {
        Device::Auto | Device::Cpu => Ok(cpu_meter(dataset)),
        #[cfg(feature = "cuda")]
        Device::Cuda(index) => super::cuda::meter(index, dataset).map_err(|why| NoDevice(format!("cpu, since {why}"))),
        #[cfg(not(feature = "cuda"))]
        Device::Cuda(_) => Err(NoDevice(format!("cpu, since {}", super::not_built()))),
    }
}

/// The same on the processor, which is always there.
#[must_use]
pub fn cpu_meter(dataset: &Arc<Dataset>) -> Arc<dyn Meter> {
    Arc::new(Cpu(Arc::clone(dataset)))
}

/// The processor.
#[derive(Debug)]
struct Cpu(Arc<Dataset>);

impl Meter for Cpu {
    fn device(&self) -> Device {
        Device::Cpu
    }

    fn sum(&self, split: Split, indices: &[u32]) -> ImageSum {
        means::sum_images(means::matrix(self.0.split(split)), indices)
    }

    fn distances(&self, split: Split, indices: &[u32], templates: &[Template], metric: Metric) -> Vec<f64> {
        means::distances(means::matrix(self.0.split(split)), indices, templates, metric)
    }
}

//! Mean images and distances to them, on a GPU, and on the processor where the GPU fails.

use super::gpu::{Argument, Fault, Gpu, Launch};
use super::memory::Array;
use super::network::{THREADS, word};
use crate::compute::Device;
use crate::compute::cpu::means;
use crate::compute::meter::Meter;
use crate::data::{Dataset, Images, PIXELS, Split};
use crate::math::distance::{Metric, Template};
use crate::math::mean_image::ImageSum;
use std::sync::{Arc, OnceLock};

/// Fewer images than these are summed by the processor before a GPU would have been told of them.
const WORTH_SENDING: usize = 512;
/// Images that a block sums.
const STRETCH: usize = 64;
/// Images that a block compares with the means, one a warp.
const COMPARED: usize = THREADS as usize / 32;

/// A data set on a GPU.
#[derive(Debug)]
pub struct CudaMeter {
    gpu: Arc<dyn Gpu>,
    dataset: Arc<Dataset>,
    train: Array<u8>,
    valid: Array<u8>,
    /// Why the processor has taken over, once it has.
    notice: OnceLock<String>,
}

impl CudaMeter {
    /// Sends every image of both splits.
    pub fn new(gpu: Arc<dyn Gpu>, dataset: Arc<Dataset>) -> Result<Self, Fault> {
        let of = |images: &Images| Array::of(&gpu, images.pixels());
        let (train, valid) = (of(&dataset.train)?, of(&dataset.valid)?);
        Ok(Self { gpu, dataset, train, valid, notice: OnceLock::new() })
    }

    fn pixels(&self, split: Split) -> Argument {
        match split {
            Split::Train => self.train.argument(),
            Split::Valid => self.valid.argument(),
        }
    }

    /// Does something on the GPU, unless it failed before; `None` if it fails.
    fn on_gpu<T>(&self, work: impl FnOnce() -> Result<T, Fault>) -> Option<T> {
        if self.notice.get().is_some() {
            return None;
        }
        let fault = match work() {
            Ok(done) => return Some(done),
            Err(fault) => fault,
        };
        let name = &self.gpu.about().name;
        let notice = self.notice.get_or_init(|| format!("{name}: {fault}. The processor goes on, with the same bits."));
        log::warn!("{notice}");
        None
    }

    fn launch(&self, kernel: &'static str, blocks: usize, arguments: &[Argument]) -> Result<(), Fault> {
        let blocks = word(blocks.max(1));
        self.gpu.launch(&Launch { kernel, blocks, threads: THREADS, is_cooperative: false, arguments })
    }

    fn sum_on_gpu(&self, split: Split, indices: &[u32]) -> Result<ImageSum, Fault> {
        let (chosen, sums) = (Array::of(&self.gpu, indices)?, Array::of(&self.gpu, &[0_u32; PIXELS])?);
        let count = word(indices.len());
        let arguments = [self.pixels(split), chosen.argument(), Argument::Whole(count), sums.argument()];
        self.launch("baseline_sum", indices.len().div_ceil(STRETCH), &arguments)?;
        let mut totals = [0; PIXELS];
        sums.read(0, &mut totals)?;
        Ok(ImageSum::new(totals, count))
    }

    fn distances_on_gpu(
        &self,
        split: Split,
        indices: &[u32],
        templates: &[Template],
        metric: Metric,
    ) -> Result<Vec<f64>, Fault> {
        let parts: Vec<u32> = templates.iter().map(Template::parts).collect();
        let numerators: Vec<i32> = templates.iter().flat_map(Template::numerators).copied().collect();
        let chosen = Array::of(&self.gpu, indices)?;
        let (parts, numerators) = (Array::of(&self.gpu, &parts)?, Array::of(&self.gpu, &numerators)?);
        let mut sums = vec![0_u64; indices.len() * templates.len()];
        let all = Array::new(&self.gpu, sums.len())?;
        let arguments = [
            self.pixels(split),
            chosen.argument(),
            Argument::Whole(word(indices.len())),
            parts.argument(),
            numerators.argument(),
            Argument::Whole(word(templates.len())),
            Argument::Whole(u32::from(metric == Metric::Rmse)),
            all.argument(),
        ];
        self.launch("baseline_distances", indices.len().div_ceil(COMPARED), &arguments)?;
        all.read(0, &mut sums)?;
        let templates = templates.iter().cycle();
        Ok(sums.into_iter().zip(templates).map(|(sum, template)| template.distance_of(sum, metric)).collect())
    }
}

impl Meter for CudaMeter {
    fn device(&self) -> Device {
        if self.notice.get().is_some() { Device::Cpu } else { Device::Cuda(self.gpu.about().index) }
    }

    fn notice(&self) -> Option<String> {
        self.notice.get().cloned()
    }

    fn sum(&self, split: Split, indices: &[u32]) -> ImageSum {
        let is_worth_it = indices.len() >= WORTH_SENDING;
        let on_gpu = if is_worth_it { self.on_gpu(|| self.sum_on_gpu(split, indices)) } else { None };
        on_gpu.unwrap_or_else(|| means::sum_images(means::matrix(self.dataset.split(split)), indices))
    }

    fn distances(&self, split: Split, indices: &[u32], templates: &[Template], metric: Metric) -> Vec<f64> {
        if indices.is_empty() || templates.is_empty() {
            return Vec::new();
        }
        let on_gpu = self.on_gpu(|| self.distances_on_gpu(split, indices, templates, metric));
        on_gpu.unwrap_or_else(|| means::distances(means::matrix(self.dataset.split(split)), indices, templates, metric))
    }
}

//! The inked pixels of a task's images: image by image as they are stored, and pixel by pixel as a batch needs them.

use super::BLOCK;
use crate::compute::Samples;
use crate::data::PIXELS;
use rayon::prelude::*;

/// Pixels of a band, two rows of an image: what one thread turns around at a time.
pub const BAND: usize = 56;
/// Bands of an image.
const BANDS: usize = PIXELS / BAND;

/// The pixels of each sample that are not 0, in order. About three bytes for each of them: 27 MB for all of MNIST.
#[derive(Debug)]
pub struct Ink {
    /// Where each sample's pixels start in the two lists, and at last their length.
    starts: Vec<usize>,
    /// How many inked pixels of a sample come before each of its bands, and at last how many it has.
    bands: Vec<[u16; BANDS + 1]>,
    pixels: Vec<u16>,
    bytes: Vec<u8>,
}

impl Ink {
    /// Reads every sample once.
    pub fn of(samples: &Samples) -> Self {
        let images = || samples.indices().iter().map(|&index| &samples.pixels()[index as usize]);
        let count = images().map(|image| image.iter().filter(|byte| **byte != 0).count()).sum();
        let (mut pixels, mut bytes) = (Vec::with_capacity(count), Vec::with_capacity(count));
        let (mut starts, mut bands) = (Vec::with_capacity(samples.len() + 1), Vec::with_capacity(samples.len()));
        for image in images() {
            let (mut before, mut inked) = ([0; BANDS + 1], 0);
            starts.push(pixels.len());
            for (band, part) in image.as_chunks::<BAND>().0.iter().enumerate() {
                for (pixel, &byte) in (0..).zip(part).filter(|(_, byte)| **byte != 0) {
                    #[expect(clippy::cast_possible_truncation, reason = "below 784")]
                    pixels.push((band * BAND) as u16 + pixel);
                    bytes.push(byte);
                    inked += 1;
                }
                before[band + 1] = inked;
            }
            bands.push(before);
        }
        starts.push(pixels.len());
        Self { starts, bands, pixels, bytes }
    }

    /// The inked pixels of a sample, and their bytes.
    #[inline]
    pub fn image(&self, sample: usize) -> (&[u16], &[u8]) {
        let span = self.starts[sample]..self.starts[sample + 1];
        (&self.pixels[span.clone()], &self.bytes[span])
    }

    /// Those of them in one band.
    #[inline]
    fn band(&self, sample: usize, band: usize) -> (&[u16], &[u8]) {
        let (start, before) = (self.starts[sample], &self.bands[sample]);
        let span = start + usize::from(before[band])..start + usize::from(before[band + 1]);
        (&self.pixels[span.clone()], &self.bytes[span])
    }
}

/// For each pixel, the rows that belong to the images of a block with ink there, and their bytes.
#[derive(Debug)]
pub struct ByPixel {
    rows: Vec<[u16; BLOCK]>,
    bytes: Vec<[u8; BLOCK]>,
    counts: Vec<u16>,
}

impl ByPixel {
    /// Memory for a block.
    pub fn new() -> Self {
        Self { rows: vec![[0; BLOCK]; PIXELS], bytes: vec![[0; BLOCK]; PIXELS], counts: vec![0; PIXELS] }
    }

    /// Lists the inked pixels of these samples, at most [`BLOCK`] of them; `row` tells the row of the block's each. A
    /// thread takes at least `bands` bands.
    pub fn fill(&mut self, ink: &Ink, samples: &[u32], row: impl Fn(usize) -> u16 + Sync, bands: usize) {
        let lists = self.rows.par_chunks_mut(BAND).zip(self.bytes.par_chunks_mut(BAND));
        let lists = lists.zip(self.counts.par_chunks_mut(BAND)).enumerate();
        lists.with_min_len(bands).for_each(|(band, ((rows, all_bytes), counts))| {
            counts.fill(0);
            for (at, &sample) in samples.iter().enumerate() {
                let (row, (pixels, bytes)) = (row(at), ink.band(sample as usize, band));
                for (&pixel, &byte) in pixels.iter().zip(bytes) {
                    let pixel = usize::from(pixel) - band * BAND;
                    let count = usize::from(counts[pixel]);
                    (rows[pixel][count], all_bytes[pixel][count]) = (row, byte);
                    counts[pixel] += 1;
                }
            }
        });
    }

    /// The rows and bytes of a pixel.
    #[inline]
    pub fn pixel(&self, pixel: usize) -> (&[u16], &[u8]) {
        let count = usize::from(self.counts[pixel]);
        (&self.rows[pixel][..count], &self.bytes[pixel][..count])
    }
}

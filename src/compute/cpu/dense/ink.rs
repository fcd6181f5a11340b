//! The inked pixels of a task's images: image by image as they are stored, and pixel by pixel as a block needs them.

use super::{BLOCK, GROUP};
use crate::compute::Samples;
use crate::data::PIXELS;
use rayon::prelude::*;

/// Pixels of a band, seven rows of an image: what one thread turns around at a time.
const BAND: usize = 196;
/// Bands of an image.
const BANDS: usize = PIXELS / BAND;
/// Room for a pixel's list: for every image of a block, and so much more that the lists of neighbouring pixels, which grow
/// together, do not fall on the same lines of the cache.
const ROOM: usize = BLOCK + 16;

/// A row of some table, and the byte (1 to 255) that it is to be multiplied with.
#[derive(Clone, Copy, Debug, Default)]
pub struct Inked {
    pub row: u16,
    pub byte: u8,
}

/// The pixels of each sample that are not 0, in order; the row of a pixel is its place in the image. Four bytes for each of
/// them: 36 MB for MNIST's training images.
#[derive(Debug)]
pub struct Ink {
    samples: Vec<Sample>,
    pixels: Vec<Inked>,
}

/// Where a sample's pixels are.
#[derive(Clone, Copy, Debug)]
struct Sample {
    start: usize,
    /// How many of them come before the end of each band.
    ends: [u16; BANDS],
}

impl Ink {
    /// Reads every sample once.
    pub fn of(samples: &Samples) -> Self {
        let images = || samples.indices().iter().map(|&index| &samples.pixels()[index as usize]);
        let count = images().map(|image| image.iter().filter(|byte| **byte != 0).count()).sum();
        let mut ink = Self { samples: Vec::with_capacity(samples.len()), pixels: Vec::with_capacity(count) };
        for image in images() {
            let (start, mut ends) = (ink.pixels.len(), [0; BANDS]);
            for (row, &byte) in (0..).zip(image).filter(|(_, byte)| **byte != 0) {
                ink.pixels.push(Inked { row, byte });
                ends[usize::from(row) / BAND] += 1;
            }
            for band in 1..BANDS {
                ends[band] += ends[band - 1];
            }
            ink.samples.push(Sample { start, ends });
        }
        ink
    }
}

/// A group's images, fetched from all over the lists. Fetched in one go, for then many are on their way at once; a sum
/// that met them one by one would wait for each.
#[derive(Debug)]
pub struct Fetched {
    ends: Vec<[u32; BANDS]>,
    pixels: Vec<Inked>,
}

impl Fetched {
    /// Memory for any group.
    pub fn new() -> Self {
        Self { ends: Vec::with_capacity(GROUP), pixels: Vec::with_capacity(GROUP * PIXELS) }
    }

    /// Replaces the group.
    pub fn fetch(&mut self, ink: &Ink, samples: impl Iterator<Item = usize>) {
        self.ends.clear();
        self.pixels.clear();
        for sample in samples {
            let Sample { start, ends } = ink.samples[sample];
            #[expect(clippy::cast_possible_truncation, reason = "a group has at most 25,088 pixels")]
            let before = self.pixels.len() as u32;
            self.pixels.extend_from_slice(&ink.pixels[start..][..usize::from(ends[BANDS - 1])]);
            self.ends.push(ends.map(|end| before + u32::from(end)));
        }
    }

    /// The inked pixels of an image of the group.
    #[inline]
    pub fn image(&self, image: usize) -> &[Inked] {
        &self.pixels[self.start(image)..self.ends[image][BANDS - 1] as usize]
    }

    #[inline]
    fn start(&self, image: usize) -> usize {
        if image == 0 { 0 } else { self.ends[image - 1][BANDS - 1] as usize }
    }

    /// Those of them in one band.
    fn band(&self, image: usize, band: usize) -> &[Inked] {
        let start = if band == 0 { self.start(image) } else { self.ends[image][band - 1] as usize };
        &self.pixels[start..self.ends[image][band] as usize]
    }
}

/// For each pixel, the images of a block with ink there.
#[derive(Debug)]
pub struct ByPixel {
    lists: Vec<[Inked; ROOM]>,
    counts: Vec<u16>,
}

impl ByPixel {
    /// Memory for any block.
    pub fn new() -> Self {
        Self { lists: vec![[Inked::default(); ROOM]; PIXELS], counts: vec![0; PIXELS] }
    }

    /// Turns the groups of a block around; `row` tells the row of the block's each image. A thread takes at least `bands`
    /// bands.
    pub fn fill(&mut self, groups: &[Fetched], row: impl Fn(usize) -> u16 + Sync, bands: usize) {
        let lists = self.lists.par_chunks_mut(BAND).zip(self.counts.par_chunks_mut(BAND)).enumerate();
        lists.with_min_len(bands).for_each(|(band, (lists, counts))| {
            counts.fill(0);
            for (group, fetched) in groups.iter().enumerate() {
                for image in 0..fetched.ends.len() {
                    let row = row(group * GROUP + image);
                    for inked in fetched.band(image, band) {
                        let pixel = usize::from(inked.row) - band * BAND;
                        let count = &mut counts[pixel];
                        lists[pixel][usize::from(*count)] = Inked { row, byte: inked.byte };
                        *count += 1;
                    }
                }
            }
        });
    }

    /// The list of a pixel.
    #[inline]
    pub fn pixel(&self, pixel: usize) -> &[Inked] {
        &self.lists[pixel][..usize::from(self.counts[pixel])]
    }
}

//! The inked pixels of a task's images, in lists.

use super::GROUP;
use crate::compute::Samples;
use crate::data::PIXELS;

/// Pixels of a band, seven rows of an image: their rows of a table of tiles stay in the fastest cache.
pub const BAND: usize = 196;
/// Bands of an image.
pub const BANDS: usize = PIXELS / BAND;

/// An inked pixel: its place in its band, and its byte, 1 to 255.
#[derive(Clone, Copy, Debug)]
pub struct Inked {
    pub row: u8,
    byte: u8,
}

impl Inked {
    /// What it counts as: `byte / 255`, as PyTorch rounds it.
    #[inline]
    pub fn value(self) -> f32 {
        VALUES[usize::from(self.byte)]
    }
}

static VALUES: [f32; 256] = {
    let mut values = [0.0; 256];
    let mut byte = 0;
    while byte < 256 {
        #[expect(clippy::cast_precision_loss, reason = "a byte")]
        let value = byte as f32;
        values[byte] = value / 255.0;
        byte += 1;
    }
    values
};

/// Two pixels of a list; after an odd number of pixels, the second is one without ink.
pub type Pair = [Inked; 2];

/// Lists of pixels, one for each band of each image, one after the other.
#[derive(Debug)]
struct Lists {
    pairs: Vec<Pair>,
    /// Where each list starts, and where the last ends.
    starts: Vec<u32>,
}

impl Lists {
    fn with_capacity(images: usize, pairs: usize) -> Self {
        let mut starts = Vec::with_capacity(images * BANDS + 1);
        starts.push(0);
        Self { pairs: Vec::with_capacity(pairs), starts }
    }

    /// Ends a list.
    fn end(&mut self) {
        #[expect(clippy::cast_possible_truncation, reason = "a data set has far fewer than 2^32 pixels")]
        self.starts.push(self.pairs.len() as u32);
    }
}

/// The pixels of each sample that are not 0. Two bytes for each of them: 18 MB for MNIST's training images.
#[derive(Debug)]
pub struct Ink(Lists);

impl Ink {
    /// Reads every sample once.
    pub fn of(samples: &Samples) -> Self {
        let bands =
            || samples.indices().iter().flat_map(|&index| samples.pixels()[index as usize].as_chunks::<BAND>().0);
        let inked = |band: &[u8; BAND]| band.iter().filter(|byte| **byte != 0).count();
        let pairs = bands().map(|band| inked(band).div_ceil(2)).sum();
        let mut lists = Lists::with_capacity(samples.len(), pairs);
        for band in bands() {
            let mut inked = (0..).zip(band).filter(|(_, byte)| **byte != 0).map(|(row, &byte)| Inked { row, byte });
            while let Some(first) = inked.next() {
                lists.pairs.push([first, inked.next().unwrap_or(Inked { row: first.row, byte: 0 })]);
            }
            lists.end();
        }
        Self(lists)
    }
}

/// A group's images, fetched from all over the lists. Fetched in one go, for then many are on their way at once; a sum
/// that met them one by one would wait for each.
#[derive(Debug)]
pub struct Fetched(Lists);

impl Fetched {
    /// Memory for any group.
    pub fn new() -> Self {
        Self(Lists::with_capacity(GROUP, GROUP * PIXELS / 2))
    }

    /// Replaces the group.
    pub fn fetch(&mut self, ink: &Ink, samples: impl Iterator<Item = usize>) {
        let Self(lists) = self;
        lists.pairs.clear();
        lists.starts.truncate(1);
        for sample in samples {
            let starts = &ink.0.starts[sample * BANDS..][..=BANDS];
            let (start, end) = (starts[0] as usize, starts[BANDS] as usize);
            #[expect(clippy::cast_possible_truncation, reason = "a group has at most 25,088 pixels")]
            let before = lists.pairs.len() as u32;
            lists.starts.extend(starts[1..].iter().map(|end| before + (end - starts[0])));
            lists.pairs.extend_from_slice(&ink.0.pairs[start..end]);
        }
    }

    /// Images in it.
    pub fn len(&self) -> usize {
        (self.0.starts.len() - 1) / BANDS
    }

    /// The inked pixels in one band of one of its images.
    #[inline]
    pub fn band(&self, image: usize, band: usize) -> &[Pair] {
        let list = image * BANDS + band;
        &self.0.pairs[self.0.starts[list] as usize..self.0.starts[list + 1] as usize]
    }
}

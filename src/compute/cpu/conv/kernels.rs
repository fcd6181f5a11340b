//! What runs for every group of sixteen images.
//!
//! Two loops do all the work. [`gather`] sums weight times lane into a block of channels at once, so that each lane
//! that is read counts for several sums; it serves the way forward, and with the transposed weights the way back.
//! [`correlate`] sums lane times lane, which gives the derivative by a weight for each image, and adds those up.

use super::stage::{BLOCK, Links, Packed, Stage};
use super::{Group, Net, Sums};
use crate::compute::Samples;
use crate::compute::cpu::lanes::{self, COUNT, Lane, WIDTH as GROUP};
use crate::compute::cpu::vectors::{Kernel, Vectors, Wide};
use crate::data::PIXELS;
use pulp::Simd;

/// A number for each image of a group, aligned so that no load straddles two lines of the cache.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
pub struct Sixteen(Lane);

impl Sixteen {
    /// Zero for all.
    pub const ZERO: Self = Self([0.0; GROUP]);
}

impl AsRef<[f32]> for Sixteen {
    #[inline(always)]
    fn as_ref(&self) -> &[f32] {
        &self.0
    }
}

impl AsMut<[f32]> for Sixteen {
    #[inline(always)]
    fn as_mut(&mut self) -> &mut [f32] {
        &mut self.0
    }
}

/// Logits, losses and the gradient's sums of one part of a batch.
pub struct Differentiate<'a> {
    pub net: &'a Net,
    pub samples: &'a Samples,
    pub places: &'a [u32],
    /// What an image counts in the batch's mean.
    pub share: f32,
    pub group: &'a mut Group,
    pub logits: &'a mut [f32],
    pub losses: &'a mut [f32],
    /// All zero to start with.
    pub sums: &'a mut Sums,
}

impl Kernel for Differentiate<'_> {
    type Output = ();
    const NUMBERS: usize = GROUP;

    #[inline(always)]
    fn run<S: Simd, const N: usize>(self, vectors: Vectors<S, N>) {
        let Self { net, samples, places, share, group, logits, losses, sums } = self;
        let pieces = logits.chunks_mut(GROUP * net.outputs).zip(losses.chunks_mut(GROUP));
        for (places, (logits, losses)) in places.chunks(GROUP).zip(pieces) {
            let index = |at: usize| samples.indices()[places[at] as usize];
            let indices = std::array::from_fn(|at| index(if at < places.len() { at } else { 0 }));
            forward(vectors, net, samples, indices, &mut group.activations);
            let Some(last) = group.activations.last_mut() else { return };
            read(last, net.outputs, logits);
            last.fill(Sixteen::ZERO);
            for (at, (&place, logits)) in places.iter().zip(logits.chunks_exact(net.outputs)).enumerate() {
                let class = samples.classes()[place as usize];
                losses[at] = net.loss.differentiate(logits, class, &mut group.d_logits);
                sums.correct += usize::from(net.loss.predict(logits) == class);
                for (d_y, d_logit) in last.iter_mut().zip(&group.d_logits) {
                    d_y.0[at] = d_logit * share;
                }
            }
            backward(vectors, net, &mut group.activations, &mut sums.gradient);
        }
    }
}

/// Logits of one group.
pub struct Predict<'a> {
    pub net: &'a Net,
    pub samples: &'a Samples,
    /// Sixteen images or fewer, as [`Samples::indices`] has them.
    pub indices: &'a [u32],
    pub group: &'a mut Group,
    pub logits: &'a mut [f32],
}

impl Kernel for Predict<'_> {
    type Output = ();
    const NUMBERS: usize = GROUP;

    #[inline(always)]
    fn run<S: Simd, const N: usize>(self, vectors: Vectors<S, N>) {
        let Self { net, samples, indices, group, logits } = self;
        let indices = std::array::from_fn(|at| indices[if at < indices.len() { at } else { 0 }]);
        forward(vectors, net, samples, indices, &mut group.activations);
        if let Some(last) = group.activations.last() {
            read(last, net.outputs, logits);
        }
    }
}

/// Fills the activations, the images first. A group that is not full is filled up with its first image.
#[inline(always)]
fn forward<S: Simd, const N: usize>(
    vectors: Vectors<S, N>,
    net: &Net,
    samples: &Samples,
    indices: [u32; GROUP],
    activations: &mut [Vec<Sixteen>],
) {
    let images = indices.map(|index| &samples.pixels()[index as usize]);
    if let Some(x) = activations.first_mut() {
        spread(images, x);
    }
    for (at, stage) in net.stages.iter().enumerate() {
        let (before, after) = activations.split_at_mut(at + 1);
        let (x, y) = (&before[at], &mut after[0]);
        let end = if stage.is_rectified { End::Rectify } else { End::Keep };
        gather(vectors, &stage.forward, &stage.weight, &stage.bias, (x, stage.inputs), (y, stage.outputs), end);
    }
}

/// Adds to `gradient`, and turns all activations but the images into derivatives. The last are so already.
#[inline(always)]
fn backward<S: Simd, const N: usize>(
    vectors: Vectors<S, N>,
    net: &Net,
    activations: &mut [Vec<Sixteen>],
    gradient: &mut [f32],
) {
    let mut rest = gradient;
    for (at, stage) in net.stages.iter().enumerate().rev() {
        let (before, after) = activations.split_at_mut(at + 1);
        let (x, d_y) = (&mut before[at], &after[0]);
        let own;
        (rest, own) = rest.split_at_mut(rest.len() - stage.outputs * (stage.inputs * stage.taps + 1));
        let (d_weight, d_bias) = own.split_at_mut(own.len() - stage.outputs);
        add_up_places(vectors, d_y, stage.places_out, d_bias);
        correlate(vectors, stage, x, d_y, d_weight);
        if at > 0 {
            let end = if net.stages[at - 1].is_rectified { End::Mask } else { End::Keep };
            gather(vectors, &stage.backward, &stage.transposed, &[], (d_y, stage.outputs), (x, stage.inputs), end);
        }
    }
}

/// What becomes of a sum.
#[derive(Clone, Copy)]
enum End {
    /// It is written.
    Keep,
    /// Through a ReLU.
    Rectify,
    /// Back through a ReLU: written where what was there, the ReLU's output, is above 0; else 0.
    Mask,
}

impl End {
    #[inline(always)]
    fn write<S: Simd, const N: usize>(self, vectors: Vectors<S, N>, sum: Wide<S, N>, y: &mut Sixteen) {
        let sum = match self {
            Self::Keep => sum,
            Self::Rectify => vectors.relu(sum),
            Self::Mask => vectors.through_relu(vectors.load(y), sum),
        };
        vectors.store(y, sum);
    }
}

/// For each place of `y`, over all `[place of x, tap]` that `links` has for it and all of `x`'s channels: `y = start +
/// sum of weight times x`. `start` is 0 where there is none.
#[inline(always)]
fn gather<S: Simd, const N: usize>(
    vectors: Vectors<S, N>,
    links: &Links,
    Packed(weights): &Packed,
    start: &[[f32; BLOCK]],
    (x, from): (&[Sixteen], usize),
    (y, to): (&mut [Sixteen], usize),
    end: End,
) {
    let (area_x, area_y) = (x.len() / from, y.len() / to);
    let blocks = to.div_ceil(BLOCK);
    let per_block = weights.len() / blocks;
    for (place, links) in links.iter().enumerate() {
        for block in 0..blocks {
            let weights = &weights[block * per_block..][..per_block];
            let start = start.get(block).copied().unwrap_or_default();
            let mut sums = [vectors.zero(); BLOCK];
            for within in 0..BLOCK {
                sums[within] = vectors.splat(start[within]);
            }
            for &[place, tap] in links {
                let mut at = place;
                for weights in &weights[tap * from..][..from] {
                    let x = vectors.load(&x[at]);
                    for within in 0..BLOCK {
                        sums[within] = vectors.add_scaled(sums[within], x, weights[within]);
                    }
                    at += area_x;
                }
            }
            // Four turns whatever `to` is: sums that a loop of unknown length reads are not kept in registers.
            for (within, &sum) in sums.iter().enumerate() {
                let channel = block * BLOCK + within;
                if channel < to {
                    end.write(vectors, sum, &mut y[channel * area_y + place]);
                }
            }
        }
    }
}

/// Adds to `d_weight` the sum over all places and images of `x` times `d_y`, for a block of channels that come out at
/// once. Where there are not so many left, the last stands in, and its sum is dropped.
#[inline(always)]
fn correlate<S: Simd, const N: usize>(
    vectors: Vectors<S, N>,
    stage: &Stage,
    x: &[Sixteen],
    d_y: &[Sixteen],
    d_weight: &mut [f32],
) {
    let &Stage { inputs, outputs, places_in, places_out, taps, .. } = stage;
    for strip in &stage.strips {
        for (input, x) in x.chunks_exact(places_in).enumerate() {
            for output in (0..outputs).step_by(BLOCK) {
                let channel = |at: usize| &d_y[(output + at).min(outputs - 1) * places_out..][..places_out];
                let d_y: [_; BLOCK] = std::array::from_fn(channel);
                for (tap, links) in strip.iter().enumerate() {
                    let sums = products(vectors, links, x, d_y);
                    for (sum, output) in sums.into_iter().zip(output..outputs) {
                        d_weight[(output * inputs + input) * taps + tap] += sum;
                    }
                }
            }
        }
    }
}

/// The sums over the linked places and all images of `x` times each of `d_y`.
#[inline(always)]
fn products<S: Simd, const N: usize>(
    vectors: Vectors<S, N>,
    links: &[[usize; 2]],
    x: &[Sixteen],
    d_y: [&[Sixteen]; BLOCK],
) -> [f32; BLOCK] {
    let mut sums = [vectors.zero(); BLOCK];
    for &[place_in, place_out] in links {
        let x = vectors.load(&x[place_in]);
        for within in 0..BLOCK {
            sums[within] = vectors.add_product(sums[within], x, vectors.load(&d_y[within][place_out]));
        }
    }
    let mut totals = [0.0; BLOCK];
    for within in 0..BLOCK {
        totals[within] = vectors.total_of_lane(sums[within]);
    }
    totals
}

/// Adds to `d_bias` the sum over all places and images of `d_y`.
#[inline(always)]
fn add_up_places<S: Simd, const N: usize>(vectors: Vectors<S, N>, d_y: &[Sixteen], places: usize, d_bias: &mut [f32]) {
    for (d_y, d_bias) in d_y.chunks_exact(places).zip(d_bias) {
        let mut sum = vectors.zero();
        for d_y in d_y {
            sum = vectors.add(sum, vectors.load(d_y));
        }
        *d_bias += vectors.total_of_lane(sum);
    }
}

/// The images' pixels, 0 to 1, a lane for each pixel.
#[inline(always)]
fn spread(images: [&[u8; PIXELS]; GROUP], x: &mut [Sixteen]) {
    for (lane, x) in x.as_chunks_mut::<GROUP>().0.iter_mut().enumerate().take(COUNT) {
        for (image, pixels) in images.iter().enumerate() {
            let mut row = lanes::pixels(pixels, lane);
            for pixel in &mut row {
                *pixel /= 255.0;
            }
            for at in 0..GROUP {
                x[at].0[image] = row[at];
            }
        }
    }
}

/// A group's logits, image after image; `logits` ends where the images do.
#[inline(always)]
fn read(last: &[Sixteen], outputs: usize, logits: &mut [f32]) {
    for (at, logits) in logits.chunks_exact_mut(outputs).enumerate() {
        for (logit, lane) in logits.iter_mut().zip(last) {
            *logit = lane.0[at];
        }
    }
}

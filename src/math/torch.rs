//! PyTorch's random numbers on the CPU, draw for draw, so that the lab prints the book's numbers.

mod cephes;

use ndarray::{Array1, Array2};
use ndarray_rand::RandomExt;
use ndarray_rand::rand::{Rng, RngCore};
use ndarray_rand::rand_distr::Distribution;
use rand_mt::Mt;

/// Values that PyTorch transforms at a time where it draws normal values in bulk.
const BLOCK: usize = 16;

/// PyTorch's CPU generator: the Mersenne Twister MT19937, and what its distributions make of it.
///
/// Cloning it copies its whole state (2.5 kB), so a clone goes on with the same draws.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Generator {
    twister: Mt,
    /// The second value of the last Box-Muller pair, kept for the next short `randn`. As bits, for `Eq`.
    spare: Option<u64>,
}

impl Generator {
    /// As `torch.manual_seed(seed)`. PyTorch seeds the twister with the low 32 bits, so seeds that agree in these draw
    /// alike; a negative seed there is `u64::MAX + 1` more here.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "the low 32 bits are what PyTorch takes")]
    pub fn new(seed: u64) -> Self {
        Self { twister: Mt::new(seed as u32), spare: None }
    }

    /// The twister's next 32 bits.
    pub fn random_u32(&mut self) -> u32 {
        self.twister.next_u32()
    }

    /// The next 64 bits: two draws, the first of them on top.
    pub fn random_u64(&mut self) -> u64 {
        let high = u64::from(self.random_u32());
        high << 32 | u64::from(self.random_u32())
    }

    /// As `torch.empty(n).uniform_(low, high)`; with 0 and 1, as `torch.rand(n)`. Exact to the bit.
    pub fn uniform(&mut self, low: f32, high: f32, n: usize) -> Vec<f32> {
        Uniform { low, high }.sample_iter(self).take(n).collect()
    }

    /// As `torch.randn(n)`: standard normal values.
    ///
    /// Fewer than 16 are drawn one by one in double precision, and a spare value is kept for the next such call; they
    /// are PyTorch's but for the last bit, which is the mathematical library's. 16 or more are drawn by the block of 16
    /// in single precision, and the last 16 again if the last block is not full; they are PyTorch's to the bit.
    pub fn randn(&mut self, n: usize) -> Vec<f32> {
        if n < BLOCK {
            return (0..n).map(|_| self.normal()).collect();
        }
        let mut values = self.uniform(0.0, 1.0, n);
        let (blocks, rest) = values.as_chunks_mut::<BLOCK>();
        blocks.iter_mut().for_each(box_muller);
        if !rest.is_empty()
            && let Some(last) = values.last_chunk_mut::<BLOCK>()
        {
            last.copy_from_slice(&self.uniform(0.0, 1.0, BLOCK));
            box_muller(last);
        }
        values
    }

    /// As `torch.randperm(n)`: the numbers below `n`, shuffled.
    ///
    /// For `n` up to 214,748,364; PyTorch goes over to 64-bit draws there, and this does not.
    pub fn randperm(&mut self, n: usize) -> Vec<u32> {
        let mut order: Vec<u32> = (0..).take(n).collect();
        let steps = u32::try_from(n).unwrap_or(u32::MAX);
        // PyTorch draws nothing for the last place, where there is no choice.
        for (place, choices) in (2..=steps).rev().enumerate() {
            order.swap(place, place + (self.random_u32() % choices) as usize);
        }
        order
    }

    /// As `torch.nn.Linear(inputs, outputs)`: the weight `[outputs, inputs]`, then the bias `[outputs]`, uniform within
    /// 1/sqrt(inputs) of zero. Exact to the bit.
    pub fn linear(&mut self, outputs: usize, inputs: usize) -> (Array2<f32>, Array1<f32>) {
        let weight = Array2::random_using((outputs, inputs), Uniform::within(weight_bound(inputs)), self);
        let bias = Array1::random_using(outputs, Uniform::within(bias_bound(inputs)), self);
        (weight, bias)
    }

    /// One standard normal value: Box-Muller in double precision.
    #[expect(clippy::cast_possible_truncation, reason = "PyTorch rounds to single precision here")]
    fn normal(&mut self) -> f32 {
        if let Some(spare) = self.spare.take() {
            return f64::from_bits(spare) as f32;
        }
        let theta = std::f64::consts::TAU * self.uniform_f64();
        let radius = (-2.0 * (-self.uniform_f64()).ln_1p()).sqrt();
        self.spare = Some((radius * theta.sin()).to_bits());
        (radius * theta.cos()) as f32
    }

    /// A double in [0, 1): the low 53 of 64 bits.
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit a double exactly")]
    fn uniform_f64(&mut self) -> f64 {
        (self.random_u64() & ((1 << 53) - 1)) as f64 / (1_u64 << 53) as f64
    }
}

/// So that ndarray-rand's arrays and any [`Distribution`] can draw from it.
impl RngCore for Generator {
    fn next_u32(&mut self) -> u32 {
        self.random_u32()
    }

    fn next_u64(&mut self) -> u64 {
        self.random_u64()
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        self.twister.fill_bytes(bytes);
    }
}

/// Uniform in [`low`, `high`) as PyTorch draws it, from the low 24 of 32 bits; the ready-made one takes the high bits.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Uniform {
    /// The least value.
    pub low: f32,
    /// The value just above the greatest (which rounding can still give).
    pub high: f32,
}

impl Uniform {
    /// Between `-bound` and `bound`.
    fn within(bound: f32) -> Self {
        Self { low: -bound, high: bound }
    }
}

impl Distribution<f32> for Uniform {
    #[expect(clippy::cast_precision_loss, reason = "24 bits fit exactly")]
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> f32 {
        let unit = (rng.next_u32() & ((1 << 24) - 1)) as f32 / (1 << 24) as f32;
        // Rounded once, not twice: PyTorch's compiled loop fuses the two operations.
        unit.mul_add(self.high - self.low, self.low)
    }
}

/// Eight pairs of uniform values, eight places apart, to pairs of normal ones, in single precision.
fn box_muller(block: &mut [f32; BLOCK]) {
    let (first, second) = block.split_at_mut(BLOCK / 2);
    for (first, second) in first.iter_mut().zip(second) {
        let radius = (-2.0 * cephes::ln(1.0 - *first)).sqrt();
        let (sine, cosine) = cephes::sin_cos(std::f32::consts::TAU * *second);
        (*first, *second) = (radius * cosine, radius * sine);
    }
}

/// `kaiming_uniform_` with a = sqrt(5), which is 1/sqrt(inputs) but for rounding, in PyTorch's order of operations.
#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "as PyTorch rounds")]
fn weight_bound(inputs: usize) -> f32 {
    let gain = (2.0_f64 / (1.0 + 5.0_f64.sqrt().powi(2))).sqrt();
    let deviation = gain / (inputs as f64).sqrt();
    (3.0_f64.sqrt() * deviation) as f32
}

/// 1/sqrt(inputs).
#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "as PyTorch rounds")]
fn bias_bound(inputs: usize) -> f32 {
    (1.0 / (inputs as f64).sqrt()) as f32
}

#[cfg(test)]
mod tests;

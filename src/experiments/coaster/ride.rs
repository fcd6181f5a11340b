//! Measurements over time, the coaster's among them, and the parabola that is fitted to them.

use crate::math::bowl::Bowl;
use crate::math::torch::Generator;
use serde::Serialize;

/// The times of measurement, in seconds.
pub const TIMES: [f32; 20] = [0., 1., 2., 3., 4., 5., 6., 7., 8., 9., 10., 11., 12., 13., 14., 15., 16., 17., 18., 19.];

/// How many running sums PyTorch keeps side by side: the single-precision numbers in an AVX2 register.
const LANES: usize = 8;

/// How the model sees time: t' = (t - mean) / deviation.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Scale {
    /// What is taken away, in seconds.
    pub mean: f64,
    /// What is divided by, in seconds: the root of the mean square distance from the mean.
    pub deviation: f64,
}

impl Scale {
    /// Time as it is.
    pub const NONE: Self = Self { mean: 0.0, deviation: 1.0 };

    /// The scale on which these times have mean 0 and standard deviation 1.
    #[must_use]
    pub fn of(times: &[f32]) -> Self {
        let mean = |values: &mut dyn Iterator<Item = f64>| {
            let (sum, count) = values.fold((0.0, 0.0_f64), |(sum, count), value| (sum + value, count + 1.0));
            sum / count.max(1.0)
        };
        let centre = mean(&mut times.iter().copied().map(f64::from));
        let spread = mean(&mut times.iter().map(|&time| (f64::from(time) - centre).powi(2))).sqrt();
        Self { mean: centre, deviation: if spread > 0.0 { spread } else { 1.0 } }
    }

    /// The time t' that the model sees.
    #[must_use]
    pub fn apply(self, time: f64) -> f64 {
        (time - self.mean) / self.deviation
    }

    /// The (a, b, c) of the parabola in t that is a' t'^2 + b' t' + c' in t'.
    #[must_use]
    pub fn original(self, [a, b, c]: [f64; 3]) -> [f64; 3] {
        let Self { mean, deviation } = self;
        let (a, b) = (a / (deviation * deviation), b / deviation);
        [a, b - 2.0 * a * mean, c - b * mean + a * mean * mean]
    }
}

/// One measurement, with the powers of time that the model multiplies.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Sample {
    time: f32,
    square: f32,
    speed: f32,
}

/// Measured speeds, and the model a t^2 + b t + c with its mean squared error.
#[derive(Clone, Debug, PartialEq)]
pub struct Ride {
    samples: Vec<Sample>,
    times: Vec<f32>,
    scale: Scale,
}

/// The curve that `data=curve` scatters its points around: (a, b, c) of 3x^2 + 2x + 1.
pub const CURVE: [f32; 3] = [3.0, 2.0, 1.0];

impl Ride {
    /// The speeds 0.75 (t - 9.5)^2 + 1 with `noise` times a normal value added, and then three normal values as the
    /// first (a, b, c): drawn as PyTorch draws them after `torch.manual_seed(seed)`.
    #[must_use]
    pub fn draw(seed: u64, noise: f32, rescale: bool) -> (Self, [f32; 3]) {
        let mut generator = Generator::new(seed);
        let normal = generator.randn(TIMES.len());
        let speeds = TIMES.iter().zip(normal).map(|(time, normal)| {
            let off = time - 9.5;
            normal * noise + 0.75 * (off * off) + 1.0
        });
        let first = generator.randn(3);
        let ride = Self::new(TIMES.into_iter().zip(speeds), if rescale { Scale::of(&TIMES) } else { Scale::NONE });
        (ride, three(&first))
    }

    /// Twenty points from -2 to 2 around 3x^2 + 2x + 1, with `noise` times a normal value added to each, and then three
    /// normal values as the first (a, b, c).
    #[must_use]
    pub fn draw_curve(seed: u64, noise: f32) -> (Vec<(f32, f32)>, [f32; 3]) {
        let mut generator = Generator::new(seed);
        let normal = generator.randn(TIMES.len());
        let [a, b, c] = CURVE;
        let point = |(i, normal): (f32, f32)| {
            let x = 4.0 * i / 19.0 - 2.0;
            (x, a * x * x + b * x + c + noise * normal)
        };
        let points = TIMES.into_iter().zip(normal).map(point).collect();
        (points, three(&generator.randn(3)))
    }

    /// Three normal values as the first (a, b, c), for measurements that are not drawn.
    #[must_use]
    pub fn first(seed: u64) -> [f32; 3] {
        three(&Generator::new(seed).randn(3))
    }

    /// A ride of `(time, speed)` measurements, with time seen on a scale.
    pub fn new(measured: impl Iterator<Item = (f32, f32)>, scale: Scale) -> Self {
        let sample = |(time, speed): (f32, f32)| {
            #[expect(clippy::cast_possible_truncation, reason = "the model computes in single precision")]
            let time = scale.apply(f64::from(time)) as f32;
            Sample { time, square: time * time, speed }
        };
        let (mut times, mut samples) = (Vec::new(), Vec::new());
        for (time, speed) in measured {
            times.push(time);
            samples.push(sample((time, speed)));
        }
        Self { samples, times, scale }
    }

    /// The times of measurement, as measured.
    #[must_use]
    pub fn times(&self) -> &[f32] {
        &self.times
    }

    /// How the model sees time.
    #[must_use]
    pub const fn scale(&self) -> Scale {
        self.scale
    }

    /// The measured speeds.
    pub fn speeds(&self) -> impl Iterator<Item = f32> {
        self.samples.iter().map(|sample| sample.speed)
    }

    /// The model's prediction for each measurement.
    #[must_use]
    pub fn predictions(&self, params: [f32; 3]) -> Vec<f32> {
        self.samples.iter().map(|sample| predict(params, sample)).collect()
    }

    /// The mean squared error at (a, b, c), and its derivatives 2/n sum (prediction - speed) (t^2, t, 1).
    ///
    /// For fewer than 32 measurements these are PyTorch's to the bit: its operations, and its order of adding up, which
    /// is eight running sums side by side, what is left over beside them, and then all nine together.
    #[must_use]
    pub fn loss_and_gradient(&self, params: [f32; 3]) -> (f32, [f32; 3]) {
        #[expect(clippy::cast_precision_loss, reason = "a few measurements")]
        let count = self.samples.len().max(1) as f32;
        let share = 1.0 / count;
        let side_by_side = self.samples.len() / LANES * LANES;
        let mut lanes = [[0.0; 4]; LANES];
        let mut sums = [0.0; 4];
        for (i, sample) in self.samples.iter().enumerate() {
            let off = predict(params, sample) - sample.speed;
            let pull = share * (2.0 * off);
            let terms = [off * off, pull * sample.square, pull * sample.time, pull];
            add(if i < side_by_side { &mut lanes[i % LANES] } else { &mut sums }, terms);
        }
        for lane in lanes {
            add(&mut sums, lane);
        }
        let [total, gradient @ ..] = sums;
        (total / count, gradient)
    }

    /// The mean squared and the mean absolute error of a parabola in original units.
    #[must_use]
    pub fn errors(&self, [a, b, c]: [f64; 3]) -> [f64; 2] {
        let mut sums = [0.0; 2];
        for (time, speed) in self.times.iter().copied().map(f64::from).zip(self.speeds().map(f64::from)) {
            let off = (a * time + b) * time + c - speed;
            sums = [sums[0] + off * off, sums[1] + off.abs()];
        }
        #[expect(clippy::cast_precision_loss, reason = "at most some thousand measurements")]
        sums.map(|sum| sum / self.samples.len().max(1) as f64)
    }

    /// The whole loss as a function of the model's parameters, in double precision.
    #[must_use]
    pub fn bowl(&self) -> Bowl {
        Bowl::of(self.samples.iter().map(|sample| (f64::from(sample.time), f64::from(sample.speed))))
    }
}

fn three(values: &[f32]) -> [f32; 3] {
    std::array::from_fn(|i| values.get(i).copied().unwrap_or_default())
}

fn add(sums: &mut [f32; 4], terms: [f32; 4]) {
    sums.iter_mut().zip(terms).for_each(|(sum, term)| *sum += term);
}

fn predict([a, b, c]: [f32; 3], sample: &Sample) -> f32 {
    a * sample.square + b * sample.time + c
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gradient_agrees_with_central_differences() {
        for rescale in [false, true] {
            let (ride, first) = Ride::draw(42, 3.0, rescale);
            let (loss, gradient) = ride.loss_and_gradient(first);
            let exact = |params: [f64; 3]| -> f64 {
                let error = |sample: &Sample| {
                    let time = f64::from(sample.time);
                    (params[0] * time * time + params[1] * time + params[2] - f64::from(sample.speed)).powi(2)
                };
                ride.samples.iter().map(error).sum::<f64>() / 20.0
            };
            let first = first.map(f64::from);
            assert!((f64::from(loss) / exact(first) - 1.0).abs() < 1e-6);
            assert!((ride.bowl().loss(first) / exact(first) - 1.0).abs() < 1e-12);
            for i in 0..3 {
                let nudged = |h: f64| exact(std::array::from_fn(|j| first[j] + if i == j { h } else { 0.0 }));
                let difference = (nudged(1e-4) - nudged(-1e-4)) / 2e-4;
                let error = (f64::from(gradient[i]) - difference).abs();
                assert!(error < 1e-6 * f64::from(gradient[0].abs()), "{i}: {gradient:?} {difference}");
            }
        }
    }

    #[test]
    fn a_parabola_is_the_same_in_original_units() {
        let scale = Scale::of(&TIMES);
        assert!((scale.mean - 9.5).abs() < 1e-12 && (scale.deviation - 33.25_f64.sqrt()).abs() < 1e-12);
        let model = [25.5, -0.85, 1.05];
        let [a, b, c] = scale.original(model);
        for time in [0.0, 7.25, 19.0] {
            let seen = scale.apply(time);
            let difference = model[0] * seen * seen + model[1] * seen + model[2] - (a * time * time + b * time + c);
            assert!(difference.abs() < 1e-11);
        }
        assert_eq!(Scale::NONE.original(model), model);
    }
}

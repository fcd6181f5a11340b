//! The functions of one number that gradient descent is first shown on.

use serde::{Deserialize, Serialize};
use std::ops::{Add, Div, Mul, Neg, RangeInclusive, Sub};

/// `f32`, as PyTorch computes, or `f64`, to check against.
pub trait Real:
    Copy
    + PartialOrd
    + From<f32>
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
{
}
impl Real for f32 {}
impl Real for f64 {}

/// A nudge of x and what it does to the loss, in one precision.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Rise<T> {
    /// x + h, as this precision can hold it.
    pub ahead: T,
    /// f(x).
    pub low: T,
    /// f(x + h).
    pub high: T,
    /// Rise over run: (f(x + h) - f(x)) / h.
    pub slope: T,
    /// How far that is from the derivative, without its sign.
    pub error: f64,
}

/// A loss of one parameter, each chosen for what it teaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Function {
    /// x^2: one valley, and a slope that is proportional to the distance from its floor.
    Square,
    /// x^2 + x: the same bowl, tilted. The floor moves to -1/2, and the smallest loss is not zero but -1/4.
    Tilted,
    /// |x|: the slope never fades, so steps never shrink, and a fixed step jumps to and fro over the floor.
    Abs,
    /// x^4/4 - x^2/2 + x/8: a deep valley near -1.06 and a shallow one near 0.93; the start decides which is found.
    Valleys,
}

impl Function {
    /// Every function, simplest first.
    pub const ALL: [Self; 4] = [Self::Square, Self::Tilted, Self::Abs, Self::Valleys];
    /// Their names in settings, in the same order.
    pub const NAMES: [&str; 4] = ["square", "tilted", "abs", "valleys"];

    /// The name a reader sees.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Square => "Square",
            Self::Tilted => "Tilted square",
            Self::Abs => "Absolute value",
            Self::Valleys => "Two valleys",
        }
    }

    /// f(x), as a formula.
    #[must_use]
    pub const fn formula(self) -> &'static str {
        match self {
            Self::Square => "x²",
            Self::Tilted => "x² + x",
            Self::Abs => "|x|",
            Self::Valleys => "x⁴/4 - x²/2 + x/8",
        }
    }

    /// f'(x), as a formula.
    #[must_use]
    pub const fn derivative(self) -> &'static str {
        match self {
            Self::Square => "2x",
            Self::Tilted => "2x + 1",
            Self::Abs => "-1 left of 0, 1 right of it",
            Self::Valleys => "x³ - x + 1/8",
        }
    }

    /// What it is there to teach, in a sentence.
    #[must_use]
    pub const fn lesson(self) -> &'static str {
        match self {
            Self::Square => "The slope fades as you near the floor, so the steps shrink by themselves.",
            Self::Tilted => "The same bowl tilted: its floor is at x = -0.5, and the smallest loss is -0.25, not 0.",
            Self::Abs => "The slope never fades, so near the floor you bounce by the same length for ever.",
            Self::Valleys => "Two valleys of different depth: where you start decides which one you find.",
        }
    }

    /// The part of the x axis that is worth drawing: the book's -2..2.
    #[must_use]
    pub const fn range(self) -> RangeInclusive<f32> {
        -2.0..=2.0
    }

    /// f(x).
    #[must_use]
    pub fn value<T: Real>(self, x: T) -> T {
        match self {
            Self::Square => x * x,
            Self::Tilted => x * x + x,
            Self::Abs if x < T::from(0.0) => -x,
            Self::Abs => x,
            Self::Valleys => x * x * x * x / T::from(4.0) - x * x / T::from(2.0) + x / T::from(8.0),
        }
    }

    /// f'(x), exactly; for |x| at 0, where there is none, 0 as PyTorch has it.
    #[must_use]
    pub fn gradient<T: Real>(self, x: T) -> T {
        let zero = T::from(0.0);
        match self {
            Self::Square => T::from(2.0) * x,
            Self::Tilted => T::from(2.0) * x + T::from(1.0),
            Self::Abs if x < zero => T::from(-1.0),
            Self::Abs if x > zero => T::from(1.0),
            Self::Abs => zero,
            Self::Valleys => x * x * x - x + T::from(0.125),
        }
    }

    /// Rise over run for a nudge `h`: (f(x + h) - f(x)) / h. Nears the gradient as `h` shrinks, until rounding wins.
    #[must_use]
    pub fn secant<T: Real>(self, x: T, h: T) -> T {
        (self.value(x + h) - self.value(x)) / h
    }

    /// The nudge from `x` to `x + h` with every operation in the precision of `T`, held against the exact derivative.
    #[must_use]
    pub fn rise<T: Real + Into<f64>>(self, x: T, h: T) -> Rise<T> {
        let slope = self.secant(x, h);
        let error = (slope.into() - self.gradient::<f64>(x.into())).abs();
        Rise { ahead: x + h, low: self.value(x), high: self.value(x + h), slope, error }
    }

    /// f''(x) where it is the same everywhere; there a step multiplies the distance to the floor by 1 - f'' lr.
    #[must_use]
    pub const fn curvature(self) -> Option<f64> {
        match self {
            Self::Square | Self::Tilted => Some(2.0),
            Self::Abs | Self::Valleys => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gradients_agree_with_central_differences() {
        let h = 1e-5;
        for function in Function::ALL {
            for x in (-40..=40).map(|i| f64::from(i) / 20.0).filter(|x| x.abs() > h) {
                let difference = (function.value(x + h) - function.value(x - h)) / (2.0 * h);
                assert!((difference - function.gradient(x)).abs() < 1e-9, "{function:?} at {x}");
            }
        }
        assert_eq!(Function::Abs.gradient(0.0_f32), 0.0);
        assert_eq!((Function::Square.value(3.0_f32), Function::Square.gradient(3.0_f32)), (9.0, 6.0));
    }

    #[test]
    fn the_secant_nears_the_gradient_until_rounding_wins() {
        let error = |h: f32| (Function::Square.secant(1.5, h) - 3.0).abs();
        assert!(error(0.1) > error(0.01) && error(0.01) > error(0.001));
        assert!(error(1e-7) > error(0.001));
    }

    #[test]
    fn a_nudge_below_the_precision_changes_nothing() {
        let single = Function::Square.rise(1.5_f32, 1e-8);
        assert_eq!((single.ahead, single.slope, single.error), (1.5, 0.0, 3.0));
        let double = Function::Square.rise(1.5_f64, 1e-8);
        assert!(double.ahead > 1.5 && double.error < 1e-6 && double.error > 0.0);
        // In the bowl a nudge of h is wrong by h itself until rounding shows.
        assert!((Function::Square.rise(1.5_f64, 1e-3).error - 1e-3).abs() < 1e-12);
    }

    #[test]
    fn the_names_are_those_of_the_settings() {
        for (function, name) in Function::ALL.into_iter().zip(Function::NAMES) {
            assert_eq!(serde_json::to_value(function).unwrap(), name);
        }
    }
}

//! One of a few words.

use super::{Kind, Setting, nearest};
use crate::compute::Device;
use crate::data::{Invert, Split};
use crate::math::distance::Metric;
use crate::math::function::Function;
use crate::math::model::{Architecture, Start};
use serde::{Serialize, de::DeserializeOwned};
use std::fmt::Debug;

/// An enumeration whose values have names: on the command line, in files and in a menu.
pub trait Choice: Copy + PartialEq + Debug + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Every value, in the order of a menu.
    const ALL: &'static [Self];
    /// Their names, in the same order.
    const NAMES: &'static [&'static str];

    /// The name of this value.
    #[must_use]
    fn word(self) -> &'static str {
        Self::ALL
            .iter()
            .zip(Self::NAMES)
            .find_map(|(value, name)| (*value == self).then_some(*name))
            .unwrap_or_default()
    }
}

impl<T: Choice> Setting for T {
    type Range = ();

    fn kind((): &()) -> Kind {
        Kind::Choice(Self::NAMES)
    }

    fn read(text: &str, (): &()) -> Result<Self, String> {
        let found = Self::ALL.iter().zip(Self::NAMES).find(|(_, name)| **name == text);
        found.map(|(value, _)| *value).ok_or_else(|| nearest(text, Self::NAMES.iter().copied()).to_owned())
    }

    fn write(&self) -> String {
        self.word().to_owned()
    }
}

/// Names the values of an enumeration; they are also the names that serde gives them, which a test holds.
#[macro_export]
macro_rules! choice {
    ($($Type:ty { $($Value:ident = $name:literal),+ $(,)? })+) => { $(
        impl $crate::experiments::settings::Choice for $Type {
            const ALL: &'static [Self] = &[$(Self::$Value),+];
            const NAMES: &'static [&'static str] = &[$($name),+];
        }
    )+ };
}

choice! {
    Split { Train = "train", Valid = "valid" }
    Invert { Auto = "auto", Yes = "yes", No = "no" }
    Metric { Mae = "mae", Rmse = "rmse" }
    Function { Square = "square", Tilted = "tilted", Abs = "abs", Valleys = "valleys" }
    Architecture { Linear = "linear", SimpleNet = "simple-net", Mlp = "mlp", Cnn = "cnn" }
    Start { Randn = "randn", Uniform = "uniform", Zeros = "zeros" }
}

impl Setting for Device {
    type Range = ();

    fn kind((): &()) -> Kind {
        Kind::Device
    }

    fn read(text: &str, (): &()) -> Result<Self, String> {
        let Ok(device) = text.parse() else { return Err(nearest(text, ["auto", "cpu", "cuda"]).to_owned()) };
        Ok(device)
    }

    fn write(&self) -> String {
        self.to_string()
    }
}

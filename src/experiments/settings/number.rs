//! Numbers and switches.

use super::{Kind, Setting, nearest};
use std::ops::RangeInclusive;

impl Setting for f64 {
    type Range = RangeInclusive<Self>;

    fn kind(range: &Self::Range) -> Kind {
        Kind::Number { min: *range.start(), max: *range.end() }
    }

    fn read(text: &str, range: &Self::Range) -> Result<Self, String> {
        match text.parse::<Self>() {
            Ok(number) if range.contains(&number) => Ok(number),
            Ok(number) => Err(number.fit(range).to_string()),
            Err(_) => Err(range.start().to_string()),
        }
    }

    fn write(&self) -> String {
        self.to_string()
    }

    fn fit(self, range: &Self::Range) -> Self {
        // What is not a number becomes the least.
        self.max(*range.start()).min(*range.end())
    }
}

macro_rules! whole {
    ($($type:ty),+) => { $(
        impl Setting for $type {
            type Range = RangeInclusive<Self>;

            fn kind(range: &Self::Range) -> Kind {
                Kind::Integer { min: count(*range.start()), max: count(*range.end()) }
            }

            fn read(text: &str, range: &Self::Range) -> Result<Self, String> {
                let number = match (text.parse::<u64>(), text.parse::<f64>()) {
                    (Ok(number), _) => number,
                    // "1e4" and "2.0" are whole numbers too; -3 and 2.5 are not.
                    (Err(_), Ok(number)) => match whole(number) {
                        Ok(number) => number,
                        Err(near) => return Err(Self::try_from(near).unwrap_or(Self::MAX).fit(range).to_string()),
                    },
                    (Err(_), Err(_)) => return Err(range.start().to_string()),
                };
                let value = Self::try_from(number).unwrap_or(Self::MAX);
                if range.contains(&value) { Ok(value) } else { Err(value.fit(range).to_string()) }
            }

            fn write(&self) -> String {
                self.to_string()
            }

            fn fit(self, range: &Self::Range) -> Self {
                self.clamp(*range.start(), *range.end())
            }
        }
    )+ };
}

whole!(u64, usize, u8);

fn count(number: impl TryInto<u64>) -> u64 {
    number.try_into().unwrap_or(u64::MAX)
}

/// The whole number that `number` is; the error is the nearest one.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` saturates, which is what is wanted")]
fn whole(number: f64) -> Result<u64, u64> {
    let near = number.round() as u64;
    if number.fract() == 0.0 && (0.0..9e15).contains(&number) { Ok(near) } else { Err(near) }
}

impl Setting for bool {
    type Range = ();

    fn kind((): &()) -> Kind {
        Kind::Switch
    }

    fn read(text: &str, (): &()) -> Result<Self, String> {
        match text.to_lowercase().as_str() {
            "true" | "yes" | "on" | "1" => Ok(true),
            "false" | "no" | "off" | "0" => Ok(false),
            other => Err(nearest(other, ["true", "false"]).to_owned()),
        }
    }

    fn write(&self) -> String {
        self.to_string()
    }
}

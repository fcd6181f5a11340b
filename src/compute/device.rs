//! Which device a reader asks for, and what a GPU says of itself.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What does the arithmetic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Device {
    /// The quickest that is there, as far as is known: the processor.
    #[default]
    Auto,
    /// The processor.
    Cpu,
    /// An NVIDIA GPU by its number, from 0.
    Cuda(usize),
}

impl Device {
    /// What can be asked for, in words.
    pub const EXPECTED: &'static str = "auto, cpu, cuda, or cuda:N with the number N of a GPU";
}

impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto => f.write_str("auto"),
            Self::Cpu => f.write_str("cpu"),
            Self::Cuda(0) => f.write_str("cuda"),
            Self::Cuda(index) => write!(f, "cuda:{index}"),
        }
    }
}

/// What a GPU says of itself: its name and memory when written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// Its number, as in `device=cuda:1`; the first is 0.
    pub index: usize,
    /// Its maker's name for it.
    pub name: String,
    /// Bytes of memory.
    pub memory: u64,
}

impl About {
    /// How it is asked for.
    #[must_use]
    pub const fn device(&self) -> Device {
        Device::Cuda(self.index)
    }

    /// Its memory in words, such as `79.2 GiB`.
    #[must_use]
    pub fn memory_in_words(&self) -> String {
        format!("{:.1} GiB", self.memory as f64 / f64::from(1 << 30))
    }
}

impl fmt::Display for About {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", self.name, self.memory_in_words())
    }
}

/// A text that names no device; it says what would, and the nearest that is there on every machine.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {}", Device::EXPECTED)]
pub struct NotADevice;

impl FromStr for Device {
    type Err = NotADevice;

    fn from_str(text: &str) -> Result<Self, NotADevice> {
        match text.trim() {
            "auto" => Ok(Self::Auto),
            "cpu" => Ok(Self::Cpu),
            "cuda" => Ok(Self::Cuda(0)),
            other => {
                let index = other.strip_prefix("cuda:").filter(|index| index.bytes().all(|byte| byte.is_ascii_digit()));
                index.and_then(|index| index.parse().ok()).map(Self::Cuda).ok_or(NotADevice)
            }
        }
    }
}

impl TryFrom<String> for Device {
    type Error = NotADevice;

    fn try_from(text: String) -> Result<Self, NotADevice> {
        text.parse()
    }
}

impl From<Device> for String {
    fn from(device: Device) -> Self {
        device.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_and_written() {
        for (text, device) in [
            ("auto", Device::Auto),
            ("cpu", Device::Cpu),
            ("cuda", Device::Cuda(0)),
            ("cuda:1", Device::Cuda(1)),
            ("cuda:12", Device::Cuda(12)),
        ] {
            assert_eq!((text.parse(), device.to_string().as_str()), (Ok(device), text));
        }
        assert_eq!("cuda:0".parse(), Ok(Device::Cuda(0)));
        for text in ["", "gpu", "cuda:", "cuda:-1", "cuda:+1", "cuda: 1", "cuda:x", "CUDA", "cuda:99999999999999999999"]
        {
            assert_eq!(text.parse::<Device>(), Err(NotADevice), "{text}");
        }
    }
    #[test]
    fn a_gpu_is_written_with_its_memory() {
        let about = About { index: 1, name: "NVIDIA H100 80GB HBM3".to_owned(), memory: 85_029_158_912 };
        assert_eq!(about.to_string(), "NVIDIA H100 80GB HBM3, 79.2 GiB");
        assert_eq!(about.device().to_string(), "cuda:1");
    }
}

//! `digit-lab devices`: what can compute on this machine.

use super::print;
use crate::compute::{About, Device, gpus, processor};
use crate::experiments::Table;
use serde::Serialize;

/// All that was found.
#[derive(Debug, Serialize)]
struct Found {
    /// The processor first.
    devices: Vec<Row>,
    /// Why there is no GPU among them.
    #[serde(skip_serializing_if = "Option::is_none")]
    no_gpu: Option<String>,
}

#[derive(Debug, Serialize)]
struct Row {
    /// As in `--set device=NAME`.
    device: Device,
    /// Its name.
    name: String,
    /// A GPU's memory in bytes.
    memory: Option<u64>,
    #[serde(skip)]
    memory_in_words: String,
}

/// Prints every device, and why there is no GPU if there is none.
pub(super) fn devices(json: bool) -> anyhow::Result<()> {
    let found = Found::of(gpus());
    if json { print(&format!("{}\n", serde_json::to_string(&found)?)) } else { print(&found.text()) }
}

impl Found {
    fn of(gpus: Result<Vec<About>, String>) -> Self {
        let processor = Row { device: Device::Cpu, name: processor(), memory: None, memory_in_words: "-".to_owned() };
        let (gpus, no_gpu) = match gpus {
            Ok(gpus) => (gpus, None),
            Err(why) => (Vec::new(), Some(why)),
        };
        Self { devices: std::iter::once(processor).chain(gpus.into_iter().map(Row::of)).collect(), no_gpu }
    }

    fn text(&self) -> String {
        let mut table = Table::new("", &["device", "name", "memory"]).left();
        for row in &self.devices {
            table.row([row.device.to_string(), row.name.clone(), row.memory_in_words.clone()]);
        }
        let why = self.no_gpu.as_ref().map_or_else(String::new, |why| format!("\nNo GPU can be used: {why}.\n"));
        format!("{table}{why}")
    }
}

impl Row {
    fn of(gpu: About) -> Self {
        Self { device: gpu.device(), memory: Some(gpu.memory), memory_in_words: gpu.memory_in_words(), name: gpu.name }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gpus_stand_below_the_processor() {
        let about = |index, memory| About { index, name: format!("GPU number {index}"), memory };
        let found = Found::of(Ok(vec![about(0, 85_899_345_920), about(1, 8_589_934_592)]));
        let processor = processor();
        let rest = " ".repeat(processor.len() - "name".len());
        let gap = " ".repeat(processor.len() - "GPU number 0".len());
        let lines = [
            format!("device  name{rest}  memory"),
            format!("cpu     {processor}  -"),
            format!("cuda    GPU number 0{gap}  80.0 GiB"),
            format!("cuda:1  GPU number 1{gap}  8.0 GiB"),
        ];
        assert_eq!(found.text().lines().collect::<Vec<_>>(), lines);
        let json = serde_json::to_value(&found).unwrap_or_default();
        assert_eq!(json["devices"][2]["device"], "cuda:1");
        assert_eq!(json["devices"][2]["memory"], 8_589_934_592_u64);
        assert!(json["devices"][0]["memory"].is_null() && json.get("no_gpu").is_none(), "{json}");
    }

    #[test]
    fn without_a_gpu_the_reason_stands_below() {
        let found = Found::of(Err("no NVIDIA driver was found".to_owned()));
        assert!(found.text().ends_with("  -\n\nNo GPU can be used: no NVIDIA driver was found.\n"), "{}", found.text());
        assert_eq!(serde_json::to_value(&found).unwrap_or_default()["no_gpu"], "no NVIDIA driver was found");
    }
}

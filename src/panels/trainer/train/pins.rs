//! Earlier runs, kept to be compared with: their curves and how to get back to them.

use crate::experiments::settings::{from_map, to_map};
use crate::experiments::trainer::{Settings, Snapshot};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Runs that are kept at most.
pub(super) const MOST: usize = 6;
/// Epochs of a run that are kept, at most about.
const POINTS: usize = 200;
/// Letters of a text setting, such as a path, that are kept at most.
const TEXT: usize = 4096;

/// A run that was pinned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Pin {
    /// All of its settings.
    pub settings: Map<String, Value>,
    /// Epoch, validation loss and accuracy.
    pub epochs: Vec<[f64; 3]>,
}

impl Pin {
    /// The run on the screen, if it was measured yet.
    pub(super) fn of(snapshot: &Snapshot) -> Option<Self> {
        let epochs = snapshot.epochs.sampled(POINTS);
        let epochs: Vec<[f64; 3]> =
            epochs.map(|(_, epoch)| [epoch.epoch as f64, epoch.valid_loss, epoch.accuracy]).collect();
        let pin = Self { settings: to_map(&snapshot.settings), epochs };
        pin.checked()
    }

    /// Its name, which says what is unusual about its settings.
    pub(super) fn name(&self) -> String {
        from_map::<Settings>("trainer", &self.settings).map_or_else(|_| String::new(), |settings| settings.short_name())
    }

    /// Bounded, with finite numbers and settings that there are; `None` if nothing is left.
    fn checked(mut self) -> Option<Self> {
        let is_short = |value: &Value| value.as_str().is_none_or(|text| text.len() <= TEXT);
        if self.settings.len() > 64 || !self.settings.values().all(is_short) {
            return None;
        }
        self.settings = to_map(&from_map::<Settings>("trainer", &self.settings).ok()?);
        self.epochs.retain(|[epoch, loss, accuracy]| {
            *epoch >= 0.0 && epoch.is_finite() && loss.is_finite() && (0.0..=1.0).contains(accuracy)
        });
        self.epochs.truncate(2 * POINTS);
        (!self.epochs.is_empty()).then_some(self)
    }

    /// The last validation loss and accuracy up to an epoch.
    pub(super) fn at(&self, epoch: f64) -> Option<[f64; 2]> {
        self.epochs.iter().take_while(|point| point[0] <= epoch + 0.5).last().map(|point| [point[1], point[2]])
    }
}

/// The pinned runs as they stand in a saved state.
pub(super) fn save(pins: &[Pin]) -> Value {
    serde_json::to_value(pins).unwrap_or_default()
}

/// What [`save`] gave; what does not fit is left out.
pub(super) fn restore(saved: &Value) -> Vec<Pin> {
    let all = saved.as_array().map_or(&[][..], Vec::as_slice);
    let read = all.iter().take(MOST).filter_map(|value| serde_json::from_value::<Pin>(value.clone()).ok());
    read.filter_map(Pin::checked).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_sound_pins_come_back() {
        let good = Pin {
            settings: to_map(&Settings { lr: 0.1, ..Settings::default() }),
            epochs: vec![[0.0, 0.5, 0.5], [1.0, 0.4, 0.7]],
        };
        let saved = save(std::slice::from_ref(&good));
        assert_eq!(restore(&saved), std::slice::from_ref(&good));
        assert_eq!(
            (good.name(), good.at(0.2), good.at(9.0)),
            ("linear, lr 0.1".to_owned(), Some([0.5, 0.5]), Some([0.4, 0.7]))
        );
        let bad = json!([
            3,
            {"settings": {}, "epochs": []},
            {"settings": {"lr": "much"}, "epochs": [[0, 1, 1]]},
            {"settings": {"no such": 1}, "epochs": [[0, 1, 1]]},
            {"settings": {"data": "x".repeat(5000)}, "epochs": [[0, 1, 1]]},
            {"settings": {}, "epochs": [[-1, 1, 1], [0, 1, 7]]},
            {"settings": {}, "epochs": [[0, 1, 1]]},
        ]);
        // The seventh is sound, but there are six at most.
        assert!(restore(&bad).is_empty());
        let long: Vec<[f64; 3]> = (0..5000).map(|epoch| [f64::from(epoch), 0.5, 0.5]).collect();
        assert_eq!(restore(&json!([{"settings": {}, "epochs": long}]))[0].epochs.len(), 400);
        assert!(restore(&json!({"settings": {}})).is_empty());
        assert_eq!(save(&[]), json!([]));
    }
}

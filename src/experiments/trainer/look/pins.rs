//! Earlier runs, kept to be compared with: their curves and how to get back to them.

use crate::experiments::Saved;
use crate::experiments::trainer::{Settings, Snapshot, Trainer};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use std::ops::Deref;

/// Runs that are kept at most.
pub const MOST_PINS: usize = 6;
/// Epochs of a run that are kept, at most about.
const POINTS: usize = 200;
/// Letters of a path that are kept at most.
const LETTERS: usize = 4096;

/// A run that was pinned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Written")]
pub struct Pin {
    /// All of its settings.
    pub settings: Settings,
    /// Epoch, validation loss and accuracy.
    pub epochs: Vec<[f64; 3]>,
}

/// A pin in a file, not yet checked.
#[derive(Deserialize)]
struct Written {
    #[serde(flatten)]
    saved: Saved,
    epochs: Vec<[f64; 3]>,
}

impl Pin {
    /// The run on the screen, if it was measured yet.
    #[must_use]
    pub fn of(snapshot: &Snapshot) -> Option<Self> {
        let epochs = snapshot.epochs.sampled(POINTS);
        let epochs = epochs.map(|(_, epoch)| [epoch.epoch as f64, epoch.valid_loss, epoch.accuracy]).collect();
        Self { settings: snapshot.settings.clone(), epochs }.bounded()
    }

    /// Its name, which says what is unusual about its settings.
    #[must_use]
    pub fn name(&self) -> String {
        self.settings.short_name()
    }

    /// The last validation loss and accuracy up to an epoch.
    #[must_use]
    pub fn at(&self, epoch: f64) -> Option<[f64; 2]> {
        self.epochs.iter().take_while(|point| point[0] <= epoch + 0.5).last().map(|point| [point[1], point[2]])
    }

    /// Bounded, with finite numbers; `None` if nothing is left.
    fn bounded(mut self) -> Option<Self> {
        let Settings { data, weights, .. } = &self.settings;
        if [data, weights].iter().any(|path| path.as_str().len() > LETTERS) {
            return None;
        }
        self.epochs.retain(|[epoch, loss, accuracy]| {
            *epoch >= 0.0 && epoch.is_finite() && loss.is_finite() && (0.0..=1.0).contains(accuracy)
        });
        self.epochs.truncate(2 * POINTS);
        (!self.epochs.is_empty()).then_some(self)
    }
}

impl TryFrom<Written> for Pin {
    type Error = String;

    fn try_from(Written { saved, epochs }: Written) -> Result<Self, String> {
        let (settings, _) = saved.read::<Trainer>().map_err(|error| error.to_string())?;
        let pin = Self { settings: settings.into_inner(), epochs };
        pin.bounded().ok_or_else(|| "there is nothing in it".to_owned())
    }
}

/// The pinned runs. A figure of a lesson says nothing of them, and leaves those that there are.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pins(Option<Vec<Pin>>);

impl Pins {
    /// Pins one more, unless there are [`MOST_PINS`].
    pub fn push(&mut self, pin: Pin) {
        if self.len() < MOST_PINS {
            self.0.get_or_insert_default().push(pin);
        }
    }

    /// Forgets the one at `index`.
    pub fn remove(&mut self, index: usize) {
        if let Some(pins) = self.0.as_mut().filter(|pins| index < pins.len()) {
            pins.remove(index);
        }
    }

    /// Those of `before` where nothing was said of any.
    pub fn follow(&mut self, before: &Self) {
        if self.0.is_none() {
            self.clone_from(before);
        }
    }
}

impl Deref for Pins {
    type Target = [Pin];

    fn deref(&self) -> &[Pin] {
        self.0.as_deref().unwrap_or_default()
    }
}

impl From<Vec<Pin>> for Pins {
    fn from(pins: Vec<Pin>) -> Self {
        Self(Some(pins))
    }
}

impl Serialize for Pins {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(&**self)
    }
}

/// What cannot be read is left out.
impl<'de> Deserialize<'de> for Pins {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let all = Vec::<Value>::deserialize(from)?;
        let sound = all.into_iter().take(MOST_PINS).filter_map(|pin| Pin::deserialize(pin).ok());
        Ok(Self(Some(sound.collect())))
    }
}

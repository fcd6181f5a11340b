//! What is unusual about a run: its settings in a few words.

use super::{Settings, spelling};
use crate::experiments::settings::{Field, Fields as _};

/// A setting that is not what the model usually has.
#[derive(Clone, Debug)]
pub struct Change {
    /// The setting.
    pub field: &'static Field<Settings>,
    /// The setting and its value in words, such as `lr 0.1` or `shuffled`.
    pub words: String,
}

impl Settings {
    /// The settings that differ from [`Settings::usual_of`] this model and so many digits, in the order of their table.
    #[must_use]
    pub fn changes(&self) -> Vec<Change> {
        let usual = Self::usual_of(self.model, self.digits.len());
        let different = Self::FIELDS.iter().filter(|field| field.write(self) != field.write(&usual));
        different.map(|field| Change { field, words: self.words(field) }).collect()
    }

    /// A short name of the run: its model, and what is unusual about it.
    #[must_use]
    pub fn short_name(&self) -> String {
        let changes = self.changes();
        let words = changes.iter().map(|change| change.words.as_str());
        std::iter::once(self.model.name()).chain(words).collect::<Vec<_>>().join(", ")
    }

    fn words(&self, field: &'static Field<Self>) -> String {
        let value = spelling::value(self, field);
        if field == Self::lr() {
            format!("lr {}", self.lr)
        } else if field == Self::shuffle() {
            if self.shuffle { "shuffled" } else { "in order" }.to_owned()
        } else if field == Self::zero_grad() {
            "gradients never zeroed".to_owned()
        } else if field == Self::batch_size() {
            format!("batches of {value}")
        } else if field == Self::epochs() {
            format!("{value} {}", if self.epochs == 1 { "epoch" } else { "epochs" })
        } else if field == Self::weights() || field == Self::data() {
            // Of a path, its last part says which.
            let last = value.rsplit(['/', '\\']).find(|part| !part.is_empty()).unwrap_or_default();
            format!("{} {last}", field.name())
        } else {
            format!("{} {value}", field.name().replace('_', " "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiments::settings::Digits;
    use crate::math::model::Architecture;

    #[test]
    fn a_run_is_named_by_what_is_unusual_about_it() {
        assert_eq!(Settings::default().short_name(), "linear");
        let settings = Settings { lr: 0.1, shuffle: true, epochs: 3, ..Settings::default() };
        assert_eq!(settings.short_name(), "linear, lr 0.1, shuffled, 3 epochs");
        let cnn = Settings::usual_for(Architecture::Cnn);
        assert!(cnn.changes().is_empty());
        let all = Settings { digits: Digits::all(), lr: 0.05, ..cnn.clone() };
        assert_eq!(all.changes().len(), 1, "the digits, and not the rate that goes with them");
        let cnn = Settings { shuffle: false, lr: 1.0, weights: "some/where/good.safetensors".into(), ..cnn };
        assert_eq!(cnn.short_name(), "cnn, lr 1, in order, weights good.safetensors");
        assert_eq!(cnn.changes()[0].field.name(), "lr");
        let settings = Settings { zero_grad: false, batch_size: 7, epochs: 1, momentum: 0.5, ..Settings::default() };
        assert_eq!(settings.short_name(), "linear, momentum 0.5, batches of 7, gradients never zeroed, 1 epoch");
    }
}

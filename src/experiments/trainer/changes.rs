//! What is unusual about a run: its settings in a few words.

use super::Settings;
use crate::experiments::settings::{parse_digits, to_map};
use serde_json::Value;

/// A setting that is not what the model usually has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The setting's name.
    pub name: String,
    /// The setting and its value in words, such as `lr 0.1` or `shuffled`.
    pub words: String,
}

impl Settings {
    /// The settings that differ from [`Settings::usual_of`] this model and so many digits, in the order of their table.
    #[must_use]
    pub fn changes(&self) -> Vec<Change> {
        let digits = parse_digits(&self.digits).map_or(2, |digits| digits.len());
        let (mine, usual) = (to_map(self), to_map(&Self::usual_of(self.model, digits)));
        let different = mine.into_iter().filter(|(name, value)| usual.get(name) != Some(value));
        different.map(|(name, value)| Change { words: words(&name, &value), name }).collect()
    }

    /// A short name of the run: its model, and what is unusual about it.
    #[must_use]
    pub fn short_name(&self) -> String {
        let changes = self.changes();
        let words = changes.iter().map(|change| change.words.as_str());
        std::iter::once(self.model.name()).chain(words).collect::<Vec<_>>().join(", ")
    }
}

fn words(name: &str, value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match (name, value) {
        ("shuffle", Value::Bool(true)) => "shuffled".to_owned(),
        ("shuffle", _) => "in order".to_owned(),
        ("zero_grad", _) => "gradients never zeroed".to_owned(),
        ("batch_size", _) => format!("batches of {text}"),
        ("epochs", _) => format!("{text} {}", if text == "1" { "epoch" } else { "epochs" }),
        ("lr", _) => format!("lr {}", value.as_f64().unwrap_or(f64::NAN)),
        ("weights" | "data", _) => {
            // Of a path, its last part says which.
            let last = text.rsplit(['/', '\\']).find(|part| !part.is_empty()).unwrap_or_default();
            format!("{name} {last}")
        }
        _ => format!("{} {text}", name.replace('_', " ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::model::Architecture;

    #[test]
    fn a_run_is_named_by_what_is_unusual_about_it() {
        assert_eq!(Settings::default().short_name(), "linear");
        let settings = Settings { lr: 0.1, shuffle: true, epochs: 3, ..Settings::default() };
        assert_eq!(settings.short_name(), "linear, lr 0.1, shuffled, 3 epochs");
        let cnn = Settings::usual_for(Architecture::Cnn);
        assert!(cnn.changes().is_empty());
        let all = Settings { digits: "all".to_owned(), lr: 0.05, ..cnn.clone() };
        assert_eq!(all.changes().len(), 1, "the digits, and not the rate that goes with them");
        let cnn = Settings { shuffle: false, lr: 1.0, weights: "some/where/good.safetensors".to_owned(), ..cnn };
        assert_eq!(cnn.short_name(), "cnn, lr 1, in order, weights good.safetensors");
        assert_eq!(cnn.changes()[0].name, "lr");
    }
}

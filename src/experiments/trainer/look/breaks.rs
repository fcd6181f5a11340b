//! The page Break it.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// Answers that are kept at most, and letters of a card's name.
const MOST: usize = 64;

/// What is chosen on the page Break it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct BreaksLook {
    /// The name of the card that is open; of none, the first is.
    #[serde(rename = "break")]
    pub card: String,
    /// What the reader expected, card by card.
    #[serde(deserialize_with = "sound")]
    pub guesses: BTreeMap<String, Guess>,
}

/// What a reader expected of a card: the index of the answer, and whether the outcome was seen since.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guess(pub usize, pub bool);

impl BreaksLook {
    /// Brings it within its bounds.
    pub fn sanitise(&mut self) {
        if self.card.len() > MOST {
            self.card.clear();
        }
        self.guesses.retain(|name, _| name.len() <= MOST);
        while self.guesses.len() > MOST {
            self.guesses.pop_last();
        }
    }
}

/// Guesses of which those that cannot be read are left out.
fn sound<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<String, Guess>, D::Error> {
    let all = BTreeMap::<String, Value>::deserialize(from)?;
    Ok(all.into_iter().filter_map(|(name, guess)| Some((name, Guess::deserialize(guess).ok()?))).collect())
}

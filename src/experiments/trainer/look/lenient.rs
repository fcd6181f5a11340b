//! Reading parts of a look that came from outside: what cannot be used is left at its default.

use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::{Map, Value};

/// A struct of which every field has a default: fields that cannot be read keep theirs.
pub fn lenient<'de, D: Deserializer<'de>, T: DeserializeOwned + Default>(from: D) -> Result<T, D::Error> {
    let mut sound = Map::new();
    let mut read = T::default();
    for (name, value) in Map::deserialize(from)? {
        sound.insert(name.clone(), value);
        match T::deserialize(&Value::Object(sound.clone())) {
            Ok(with) => read = with,
            Err(_) => drop(sound.remove(&name)),
        }
    }
    Ok(read)
}

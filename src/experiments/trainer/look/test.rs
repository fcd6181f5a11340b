//! The page Test it.

use crate::data::{Drawing, PIXELS};
use crate::pages;
use serde::{Deserialize, Serialize};

/// What is chosen on the page Test it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TestLook {
    /// What stands beside the image.
    pub side: Side,
    /// Where the image comes from.
    pub sample: Sample,
    /// The index of the held-out image; beyond the last, the last is meant.
    #[serde(rename = "place")]
    pub index: usize,
    /// The drawing.
    #[serde(skip_serializing_if = "Drawing::is_empty")]
    pub strokes: Drawing,
    /// The reader's picture, as 28 x 28.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pixels: Option<Hex>,
    /// The cell of the confusion matrix that is open: the digit, and the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cell: Option<(u8, u8)>,
    /// The class whose logit is looked at; `None` for the one that the model answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<usize>,
    /// The pixel whose arithmetic is spelt out; `None` for the one that contributes most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pixel: Option<usize>,
}

pages! {
    /// What stands beside the image.
    pub enum Side {
        /// Which held-out digit was taken for which, and the images
        Confusion = "confusion", "Confusion";
        /// The held-out images that it was most wrong about
        Losses = "losses", "Top losses";
        /// How sure it is, and whether it is right to be
        Confidence = "confidence", "Confidence";
        /// Your image pixel by pixel: what each one adds to the answer
        Pixels = "pixels", "Pixels";
    }
}

pages! {
    /// Where the image comes from.
    pub enum Sample {
        /// Draw a digit yourself
        Drawing = "drawing", "Draw";
        /// An image that the model was not trained on
        HeldOut = "held out", "Held out";
        /// A picture of yours, such as a photo of your handwriting
        Picture = "picture", "Picture";
    }
}

impl TestLook {
    /// Brings it within its bounds.
    pub fn sanitise(&mut self) {
        self.pixel = self.pixel.filter(|pixel| *pixel < PIXELS);
    }
}

/// The pixels of an image, which in a file are two digits each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Hex(pub [u8; PIXELS]);

impl TryFrom<String> for Hex {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        let digit = |byte: u8| char::from(byte).to_digit(16);
        let byte = |[high, low]: &[u8; 2]| u8::try_from(16 * digit(*high)? + digit(*low)?).ok();
        let bytes: Vec<u8> = pairs.iter().take(PIXELS + 1).map_while(byte).collect();
        let pixels = if rest.is_empty() && pairs.len() == PIXELS { bytes.try_into().ok() } else { None };
        pixels.map(Self).ok_or("expected two digits for each of 784 pixels")
    }
}

impl From<Hex> for String {
    fn from(Hex(pixels): Hex) -> Self {
        let digit = |byte: u8| char::from_digit(byte.into(), 16).unwrap_or_default();
        pixels.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiments::trainer::look::lenient;
    use serde_json::{Value, json};

    fn read(saved: &Value) -> TestLook {
        let mut look: TestLook = lenient(saved).unwrap();
        look.sanitise();
        look
    }

    #[test]
    fn a_sample_survives_in_a_file() {
        for saved in [
            json!({"sample": "drawing", "strokes": [[24.0, 80.0, 70.125, 200.0, 70.0], [9.5, 3.0, 4.0]]}),
            json!({"sample": "held out", "place": 77}),
            json!({"sample": "picture", "pixels": "0aff".repeat(PIXELS / 2)}),
            json!({"sample": "picture", "cell": [7, 3], "class": 1, "pixel": 300}),
        ] {
            let look = read(&saved);
            let written = serde_json::to_value(&look).unwrap();
            saved.as_object().unwrap().iter().for_each(|(name, value)| assert_eq!(written[name], *value, "{name}"));
            assert_eq!(read(&written), look);
        }
    }

    #[test]
    fn a_look_from_anywhere_is_bounded() {
        for saved in [
            json!({"sample": "picture", "pixels": "zz".repeat(PIXELS)}),
            json!({"sample": "picture", "pixels": "00".repeat(PIXELS + 1)}),
            json!({"sample": "picture", "pixels": "\u{e9}".repeat(PIXELS)}),
            json!({"sample": 5, "place": -1, "strokes": {"a": 1}, "pixel": PIXELS}),
        ] {
            let sample = if saved["sample"] == "picture" { Sample::Picture } else { Sample::Drawing };
            assert_eq!(read(&saved), TestLook { sample, ..TestLook::default() });
        }
    }
}

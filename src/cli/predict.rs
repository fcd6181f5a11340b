//! `digit-lab predict`: what a saved model says of a picture.

use super::print;
use crate::data::{Library, PIXELS};
use crate::experiments::report::number;
use crate::experiments::sample::Sample;
use crate::experiments::settings::Setting as _;
use crate::experiments::trainer::{About, Architecture, Checkpoint, Means, Reading};
use crate::experiments::{Digits, SettingsError, Table};
use crate::math::distance;
use anyhow::bail;
use clap::Args;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// What to ask, and of which model.
#[derive(Debug, Args)]
pub(super) struct Question {
    /// The picture: PNG, JPEG, BMP, GIF or WebP of any size
    picture: PathBuf,
    /// The model's parameters, as `run trainer --weights` or PyTorch saves them
    #[arg(long, value_name = "FILE")]
    weights: PathBuf,
    /// The model that the file must hold; left out, its shapes say which
    #[arg(long, value_name = "NAME")]
    model: Option<String>,
    /// The digits that its outputs stand for, where the file does not say; else 3,7 for two and all for ten
    #[arg(long, value_name = "DIGITS")]
    digits: Option<String>,
    /// Print JSON instead of a table
    #[arg(long)]
    json: bool,
}

/// What the model and the baseline say.
#[derive(Debug, Serialize)]
struct Answer {
    /// The digit.
    prediction: u8,
    /// The digits that are told apart.
    digits: Vec<u8>,
    /// How sure the model is of each digit, 0 to 1.
    probabilities: Vec<f32>,
    /// The outputs: one for two digits under `mnist_loss`, else one a digit.
    logits: Vec<f32>,
    /// The model's name.
    model: &'static str,
    /// The nearest mean image.
    baseline: Baseline,
}

#[derive(Debug, Serialize)]
struct Baseline {
    /// The digit.
    prediction: u8,
    /// The mean absolute difference to each digit's mean image, 0 to 1.
    distances: Vec<f64>,
}

/// Reads the picture and the model, and prints what the model says.
pub(super) fn predict(question: &Question) -> anyhow::Result<()> {
    let model = question.model.as_deref().map(architecture).transpose()?;
    let weights = &question.weights;
    let file = Checkpoint::read(weights)?;
    let about = match (model, file.about()) {
        (Some(model), Ok(about)) if about.model != model => bail!(
            "{} holds the model {}, not {}; leave out --model, or give --model {}",
            weights.display(),
            about.model.name(),
            model.name(),
            about.model.name()
        ),
        (_, about) => about.map_err(|problem| problem.of(weights))?,
    };
    let digits = digits(&about, question.digits.as_deref(), weights)?;
    let model = about.architecture();
    let parameters = file.parameters(&model).map_err(|problem| problem.of(weights))?;
    let picture = question.picture.display().to_string();
    let image = Sample::of_file(&picture)?.pixels;
    let reading = Reading::of(&model, &parameters, &image, None)?;
    let answer = Answer::new(model.name, reading, digits, &image)?;
    if question.json { print(&format!("{}\n", serde_json::to_string(&answer)?)) } else { print(&answer.text(&picture)) }
}

fn architecture(name: &str) -> Result<Architecture, SettingsError> {
    let expected = || Architecture::kind(&()).expected();
    Architecture::read(name, &()).map_err(|nearest| SettingsError::value("model", name, expected(), nearest))
}

/// The digits of the outputs, as the file says, or the reader, or as usual.
fn digits(about: &About, given: Option<&str>, weights: &Path) -> anyhow::Result<Vec<u8>> {
    let written = |digits: &[u8]| digits.iter().map(u8::to_string).collect::<Vec<_>>().join(",");
    let first: Vec<u8> = (0..10).take(about.classes).collect();
    let usual = about.digits.clone().or_else(|| about.usual_digits());
    let nearest = usual.map_or(first, |digits| digits.to_vec());
    let expected = || format!("{} different digits, one for each class of the file", about.classes);
    let wrong = |given: &str| SettingsError::value("digits", given, expected(), written(&nearest));
    let given = match given {
        Some(text) => {
            let digits = text.parse::<Digits>().ok().filter(|digits| digits.len() == about.classes);
            Some(digits.ok_or_else(|| wrong(text))?.to_vec())
        }
        None => None,
    };
    match (given, &about.digits) {
        (Some(given), Some(said)) if given != **said => {
            bail!("{} says that its digits are {}; leave out --digits", weights.display(), written(said))
        }
        (Some(digits), _) => Ok(digits),
        (None, Some(digits)) => Ok(digits.to_vec()),
        (None, None) => match about.usual_digits() {
            Some(digits) => Ok(digits.to_vec()),
            None => bail!(
                "{} does not say which digits its {} outputs stand for; give them with --digits, such as --digits {}",
                weights.display(),
                about.classes,
                written(&nearest)
            ),
        },
    }
}

impl Answer {
    fn new(model: &'static str, reading: Reading, digits: Vec<u8>, image: &[u8; PIXELS]) -> anyhow::Result<Self> {
        let digit = |class: usize| digits.get(class).copied().unwrap_or_default();
        let distances = Means::of(&Library::new().builtin()?, &digits).distances(image);
        let nearest = distance::nearest(&distances).unwrap_or_default();
        let baseline = Baseline { prediction: digit(nearest), distances };
        let Reading { logits, probabilities, prediction, .. } = reading;
        Ok(Self { prediction: digit(prediction), probabilities, logits, model, baseline, digits })
    }

    fn text(&self, picture: &str) -> String {
        let Self { prediction, digits, probabilities, logits, model, baseline } = self;
        let mut table = Table::new(
            format!("{picture}: {model} reads a {prediction}; the nearest mean image is the {}'s", baseline.prediction),
            &["digit", "probability", "logit", "distance to mean"],
        );
        for (class, digit) in digits.iter().enumerate() {
            let cell = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), number);
            table.row([
                digit.to_string(),
                cell(probabilities.get(class).map(|&p| p.into())),
                cell(logits.get(class).map(|&logit| logit.into())),
                cell(baseline.distances.get(class).copied()),
            ]);
        }
        table.to_string()
    }
}

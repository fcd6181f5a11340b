//! A model and its optimiser as PyTorch spells them: for the lesson, which has narrow lines, and for the script.

use super::Settings;
use crate::experiments::settings::{Field, Kind};
use crate::math::layer::conv2d::Conv2d;
use crate::math::model::{Layer, Model};

/// A layer. `or_break` stands where a line that is too long may be broken: a space, or a new line with its indent.
pub(super) fn layer(layer: Layer, or_break: &str) -> String {
    match layer {
        Layer::Linear { inputs, outputs } => format!("nn.Linear({inputs}, {outputs})"),
        Layer::Relu => "nn.ReLU()".to_owned(),
        Layer::Conv2d(Conv2d { inputs, outputs, .. }) => {
            format!("nn.Conv2d({inputs}, {outputs}, 3,{or_break}stride=2, padding=1)")
        }
        Layer::Unflatten => "nn.Unflatten(1, (1, 28, 28))".to_owned(),
        Layer::Flatten => "nn.Flatten()".to_owned(),
    }
}

/// A model: its only layer, or its layers in an `nn.Sequential`, each on a line of its own with `after` behind the last.
pub(super) fn model(model: &Model, or_break: &str, after: &str) -> String {
    let layers: Vec<String> = model.layers.iter().map(|one| layer(*one, or_break)).collect();
    match &layers[..] {
        [only] => only.clone(),
        layers => format!("nn.Sequential(\n    {}{after})", layers.join(",\n    ")),
    }
}

/// The options of `torch.optim.SGD` beside the rate that are not off.
pub(super) fn sgd_options(settings: &Settings) -> impl Iterator<Item = (&'static str, f64)> {
    let options = [("momentum", settings.momentum), ("weight_decay", settings.weight_decay)];
    options.into_iter().filter(|(_, value)| *value != 0.0)
}

/// A setting's value; a number as Python writes it: `1.0` and not `1`.
pub(super) fn value(settings: &Settings, field: &Field<Settings>) -> String {
    let text = field.write(settings);
    match (field.kind(), text.parse::<f64>()) {
        (Kind::Number { .. }, Ok(number)) => format!("{number:?}"),
        _ => text,
    }
}

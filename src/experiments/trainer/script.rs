//! A run as a Python script: with PyTorch it gives the same curve.
//!
//! The script is for reading as much as for running, so it has what these settings need and nothing else.

use super::{Settings, spelling};
use crate::experiments::settings::{Field, Fields as _};
use crate::math::loss::Loss;
use crate::math::model::{Model, Start};
use serde_json::Value;

/// Letters in a line of the settings.
const WIDTH: usize = 100;

const LOAD: &str = r#"

def read(name, header):
    """The bytes of an IDX file that follow its header."""
    packed = FOLDER / f"{name}.gz"
    data = gzip.decompress(packed.read_bytes()) if packed.exists() else (FOLDER / name).read_bytes()
    return np.frombuffer(data, np.uint8, offset=header)


def load(split):
    """The images of DIGITS, each pixel 0 to 1, and their classes: digit after digit, each in the order of file names,
    in which 10.png comes before 2.png."""
    images = read(f"{split}-images-idx3-ubyte", 16).reshape(-1, 784)
    labels = read(f"{split}-labels-idx1-ubyte", 8)
    x, y = [], []
    for place, digit in enumerate(DIGITS):
        order = sorted(np.flatnonzero(labels == digit), key=lambda index: f"{index}.png")
        x.append(images[order])
        y += [place] * len(order)
    return torch.from_numpy(np.concatenate(x).astype(np.float32) / 255), torch.tensor(y)

"#;

const MNIST_LOSS: &str = r#"
def predict(logits):
    """The class of each image: the first digit if its probability is above a half."""
    return (logits.squeeze(1).sigmoid() <= 0.5).long()


def losses(logits, y):
    """mnist_loss, image by image: how far from its target, which is 1 for the first digit and 0 for the second."""
    p = logits.squeeze(1).sigmoid()
    return torch.where(y == 0, 1 - p, p)

"#;

const CROSS_ENTROPY: &str = r#"
def predict(logits):
    """The class of each image: the place of the largest logit."""
    return logits.argmax(1)


def losses(logits, y):
    """Cross-entropy, image by image."""
    return nn.functional.cross_entropy(logits, y, reduction="none")

"#;

const ACCURACY_LOSS: &str = r#"
def predict(logits):
    """The class of each image: the first digit if its probability is above a half."""
    return (logits.squeeze(1).sigmoid() <= 0.5).long()


def losses(logits, y):
    """1 for a mistake, 0 for a right answer. It is flat wherever it does not jump, so every gradient is 0."""
    return (predict(logits) != y).float() + 0 * logits.squeeze(1)

"#;

const REPORT: &str = r#"
def report(epoch, train_loss):
    """Measures the model on the held-out images and prints a line of the table."""
    loss, right, shares = 0.0, 0.0, []
    with torch.no_grad():
        for start in range(0, len(valid_x), BATCH_SIZE):
            logits, y = model(valid_x[start : start + BATCH_SIZE]), valid_y[start : start + BATCH_SIZE]
            is_right = (predict(logits) == y).float()
            loss += losses(logits, y).sum().item()
            right += is_right.sum().item()
            shares.append(is_right.mean().item())
    valid_loss, accuracy = loss / len(valid_x), right / len(valid_x)
    batch_accuracy = sum(shares) / len(shares)  # the last batch is smaller and counts as much: the book's number
    print(f"{epoch:5}  {train_loss:>10}  {valid_loss:10.6f}  {batch_accuracy:14.4f}  {accuracy:.6f}", flush=True)
    return valid_loss, accuracy


train_x, train_y = load("train")
valid_x, valid_y = load("t10k")
"#;

/// The script for a run with these settings, whose model and digits have been made of them.
pub(super) fn write(settings: &Settings, model: &Model, digits: &[u8]) -> String {
    let parts = [head(settings, digits), LOAD.to_owned(), loss(model.loss).to_owned(), REPORT.to_owned()];
    parts.concat() + &wrong_labels(settings) + &start(settings, model) + &train(settings)
}

fn head(settings: &Settings, digits: &[u8]) -> String {
    let with_file = !settings.weights.is_none();
    let (needs, import) = if with_file {
        ("torch, numpy and safetensors", "\nfrom safetensors.torch import load_file")
    } else {
        ("torch and numpy", "")
    };
    let digits: Vec<String> = digits.iter().map(u8::to_string).collect();
    let (folder, own) = if settings.data.is_none() {
        (text("."), "")
    } else {
        let own = "# The lab read this folder. If it has pictures instead of the four files, put them into IDX files first.\n";
        (text(settings.data.as_str()), own)
    };
    let Settings { seed, batch_size, epochs, .. } = settings;
    format!(
        r#""""Trains the model of Digit Lab on the same images in the same order, and prints the same table.

    python3 trainer.py FOLDER

FOLDER has MNIST's four files, packed (.gz) or not: train-images-idx3-ubyte, train-labels-idx1-ubyte,
t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte. This needs {needs}.

The settings in the lab:
{}

Sums in another order round in another way. A network's last digits may differ, more so epoch after epoch where the
steps are long, as they do between two runs of PyTorch with different numbers of threads.
"""

import gzip
import sys
from pathlib import Path

import numpy as np
import torch{import}
from torch import nn

{own}FOLDER = Path(sys.argv[1] if len(sys.argv) > 1 else {folder})
DIGITS = [{}]  # a digit's place here is its class
SEED = {seed}
EPOCHS = {epochs}
BATCH_SIZE = {batch_size}
"#,
        list(settings),
        digits.join(", ")
    )
}

/// All settings as in `--set`, but for paths, which may hold anything.
fn list(settings: &Settings) -> String {
    let mut lines = vec![String::new()];
    let is_told =
        |field: &&&Field<Settings>| ![Settings::data(), Settings::weights(), Settings::device()].contains(*field);
    for field in Settings::FIELDS.iter().filter(is_told) {
        let word = format!(" {}={}", field.name(), spelling::value(settings, field));
        match lines.last_mut() {
            Some(line) if line.len() + word.len() <= WIDTH => line.push_str(&word),
            _ => lines.push(word),
        }
    }
    lines.iter().map(|line| format!("   {line}")).collect::<Vec<_>>().join("\n")
}

const fn loss(loss: Loss) -> &'static str {
    match loss {
        Loss::Mnist => MNIST_LOSS,
        Loss::CrossEntropy => CROSS_ENTROPY,
        Loss::Accuracy => ACCURACY_LOSS,
    }
}

fn wrong_labels(settings: &Settings) -> String {
    if settings.wrong_labels == 0.0 {
        return String::new();
    }
    format!(
        r"
# Some training images get the next class. Which, is drawn by a generator of its own.
own = torch.Generator().manual_seed(SEED)
is_wrong = torch.rand(len(train_y), generator=own) < {:?}
train_y[is_wrong] = (train_y[is_wrong] + 1) % len(DIGITS)
",
        settings.wrong_labels
    )
}

/// The model with its first parameters, and the generator where the lab has it before the first epoch.
fn start(settings: &Settings, model: &Model) -> String {
    let definition = definition(model);
    let of_values = |comment: &str, value: &str| {
        format!(
            r"
{definition}
torch.manual_seed(SEED)
with torch.no_grad():
    for parameter in model.parameters():  # {comment}
        parameter.copy_({value})
"
        )
    };
    if !settings.weights.is_none() {
        let path = text(settings.weights.as_str());
        let tensors = if model.layers.len() == 1 {
            // `nn.Sequential` puts the layer's index before its names.
            format!("{{name.removeprefix(\"0.\"): tensor for name, tensor in load_file({path}).items()}}")
        } else {
            format!("load_file({path})")
        };
        return format!(
            r"
{definition}
model.load_state_dict({tensors})
torch.manual_seed(SEED)
"
        );
    }
    match settings.init {
        Start::Uniform => format!(
            r"
torch.manual_seed(SEED)
{definition}  # each layer draws its first parameters, small and uniform
"
        ),
        Start::Randn => of_values("layer after layer, weight then bias", "torch.randn(parameter.shape)"),
        Start::Zeros => of_values("nothing is drawn", "torch.zeros(parameter.shape)"),
    }
}

fn definition(model: &Model) -> String {
    format!("model = {}", spelling::model(model, " ", ",\n"))
}

fn train(settings: &Settings) -> String {
    let Settings { lr, shuffle, zero_grad, target, patience, .. } = settings;
    let options =
        spelling::sgd_options(settings).fold(String::new(), |all, (name, value)| all + &format!(", {name}={value:?}"));
    let order = if *shuffle { "torch.randperm(len(train_x))" } else { "torch.arange(len(train_x))" };
    let zero = if *zero_grad {
        "optimizer.zero_grad()"
    } else {
        "# No optimizer.zero_grad(): the gradients of all mini-batches add up, as the lab was told to."
    };
    let is_watched = *target > 0.0 || *patience > 0;
    let report = "report(epoch, f\"{total / len(train_x):.6f}\")";
    let report = if is_watched { format!("valid_loss, accuracy = {report}") } else { report.to_owned() };
    let best = if *patience > 0 { "best_loss, best_epoch = float(\"inf\"), 0\n" } else { "" };
    let patience = if *patience > 0 {
        format!(
            r#"
    if valid_loss < best_loss:
        best_loss, best_epoch = valid_loss, epoch
    elif epoch - best_epoch >= {patience}:
        print("The loss on held-out images has not fallen for {patience} epochs.")
        break"#
        )
    } else {
        String::new()
    };
    let target = if *target > 0.0 {
        format!(
            r#"
    if accuracy >= {target:?}:
        print("The accuracy of {target:?} is reached.")
        break"#
        )
    } else {
        String::new()
    };
    format!(
        r#"optimizer = torch.optim.SGD(model.parameters(), lr={lr:?}{options})

print("epoch  train_loss  valid_loss  batch_accuracy  accuracy")
report(0, "-")
{best}for epoch in range(1, EPOCHS + 1):
    order, total = {order}, 0.0
    for start in range(0, len(train_x), BATCH_SIZE):
        places = order[start : start + BATCH_SIZE]
        batch = losses(model(train_x[places]), train_y[places])
        loss = batch.mean()
        if not loss.isfinite():
            sys.exit("The loss is no longer a finite number: try a lower learning rate.")
        loss.backward()
        optimizer.step()
        {zero}
        total += batch.sum().item()
    {report}{patience}{target}
"#
    )
}

/// A text as Python writes it. JSON's escapes are Python's too.
fn text(text: &str) -> String {
    Value::from(text).to_string()
}

#[cfg(test)]
mod tests;

//! What the model makes of one image, down to what each pixel contributes.

use super::Snapshot;
use crate::data::{PIXELS, SIDE, unit};
use crate::experiments::report::number;
use crate::experiments::walk::single;
use crate::math::loss::Loss;
use crate::math::model::{Model, Parameter};
use ndarray::{Array2, ShapeError};
use std::sync::Arc;

/// One image read by a model.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// What the last layer puts out: one number, or one for each class.
    pub logits: Vec<f32>,
    /// How sure the model is of each class, 0 to 1: `sigmoid(logit)` and the rest of 1, or `softmax(logits)`.
    pub probabilities: Vec<f32>,
    /// The class that it answers.
    pub prediction: usize,
    /// Which of the logits the input gradient and the contributions are of.
    pub logit: usize,
    /// The derivative of that logit by the ink of each pixel, found by backpropagation: 784 numbers. For a linear model its
    /// weights.
    pub input_gradient: Vec<f32>,
    /// Ink times derivative: what each pixel contributes to that logit.
    pub contributions: Vec<f32>,
}

impl Reading {
    /// Reads `image` (paper 0 to ink 255) with these parameters, in the order of [`Model::shapes`]. The contributions are
    /// those to the logit of `class`; or of the class that the model answers; or to the only one there is.
    ///
    /// # Errors
    /// If the parameters are not the model's.
    pub fn of(
        model: &Model,
        parameters: &[Parameter],
        image: &[u8; PIXELS],
        class: Option<usize>,
    ) -> Result<Self, ShapeError> {
        let x = Array2::from_shape_fn((1, PIXELS), |(_, pixel)| unit(image[pixel]));
        let logits = model.forward(parameters, x.clone())?.pop().unwrap_or_default();
        let logits: Vec<f32> = logits.into_iter().collect();
        let mut probabilities = vec![0.0; logits.len()];
        model.loss.probabilities(&logits, &mut probabilities);
        if let [first] = *probabilities {
            probabilities.push(1.0 - first);
        }
        let prediction = usize::from(model.loss.predict(&logits));
        let logit = class.unwrap_or(prediction).min(logits.len().saturating_sub(1));
        let input_gradient: Vec<f32> = model.slopes(parameters, &x, logit)?.1.into_iter().collect();
        let contributions = input_gradient.iter().zip(&x).map(|(slope, ink)| slope * ink).collect();
        Ok(Self { logits, probabilities, prediction, logit, input_gradient, contributions })
    }

    /// The sum of all contributions.
    #[must_use]
    pub fn total(&self) -> f64 {
        self.contributions.iter().copied().map(f64::from).sum()
    }

    /// What the logit has beside the contributions: the bias; in a network what all its biases come to by the time they
    /// reach the logit. As such a network is made of straight pieces, contributions and rest give the logit exactly.
    #[must_use]
    pub fn rest(&self) -> f64 {
        f64::from(self.logits.get(self.logit).copied().unwrap_or_default()) - self.total()
    }

    /// The pixel that contributes most, up or down.
    #[must_use]
    pub fn strongest(&self) -> usize {
        let strongest = self.contributions.iter().enumerate().max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()));
        strongest.map_or(0, |(pixel, _)| pixel)
    }
}

/// The digit whose logit `reading` looks at.
#[must_use]
pub fn digit_of(snapshot: &Snapshot, reading: &Reading) -> u8 {
    snapshot.digits.get(reading.logit).copied().unwrap_or_default()
}

/// A pixel's line of arithmetic: ink times weight is what it contributes. For a linear model also the weight's gradient in the
/// last mini-batch and the weight after the next step, once there is a gradient.
#[must_use]
pub fn arithmetic(snapshot: &Snapshot, reading: &Reading, image: &[u8; PIXELS], pixel: usize) -> String {
    let ink = f64::from(image.get(pixel).copied().unwrap_or_default()) / 255.0;
    let at = |all: &[f32]| number(all.get(pixel).copied().unwrap_or_default().into());
    let (slope, contribution) = (at(&reading.input_gradient), at(&reading.contributions));
    let logit = number(reading.logits.get(reading.logit).copied().unwrap_or_default().into());
    let digit = digit_of(snapshot, reading);
    let mut text = format!("Row {}, column {}\n", pixel / SIDE, pixel % SIDE);
    if snapshot.architecture.layers.len() == 1 {
        text += &format!("ink {ink:.4} \u{d7} weight {slope} = {contribution}\nof the logit of {digit}, {logit}");
        text.push_str(&next_weight(snapshot, reading.logit * PIXELS + pixel).unwrap_or_default());
    } else {
        text += &format!("pull on the logit: ink {ink:.4} \u{d7} slope {slope} = {contribution}\n");
        text += &format!("of the logit of {digit}, {logit}");
    }
    text
}

/// The gradient of the weight at `at` of a linear model, and where the step takes it; none before there is a gradient.
fn next_weight(snapshot: &Snapshot, at: usize) -> Option<String> {
    let of = |tensors: &Option<Arc<[Parameter]>>| tensors.as_ref()?.first()?.values.get(at).copied();
    let (d, now) = (of(&snapshot.gradient)?, of(&snapshot.state)?);
    let shown = |value: f32| number(value.into());
    let mut text = format!("\ngradient in the last mini-batch {}", shown(d));
    let settings = &snapshot.settings;
    let [lr, decay] = [settings.lr, settings.weight_decay].map(single);
    let before = of(&snapshot.before);
    let weight = before.unwrap_or(now);
    if settings.momentum > 0.0 {
        // What went on from earlier steps is known only to the optimiser: after the step, its result is.
        if before.is_some() {
            text += &format!("\nthis step, momentum and all: from {} to {}", shown(weight), shown(now));
        }
        return Some(text);
    }
    if before.is_none() && snapshot.stopped.is_some() {
        return Some(text);
    }
    let (name, after) = match before {
        Some(_) => ("this step", now),
        None => ("next weight", weight - lr * (d + decay * weight)),
    };
    let slope = if decay > 0.0 { format!("({} + {decay} \u{d7} weight)", shown(d)) } else { shown(d) };
    text += &format!("\n{name}: {} \u{2212} {lr} \u{d7} {slope} = {}", shown(weight), shown(after));
    Some(text)
}

/// How a logit becomes a probability, in a few words.
#[must_use]
pub const fn squash(loss: Loss) -> &'static str {
    match loss {
        Loss::Mnist | Loss::Accuracy => "sigmoid",
        Loss::CrossEntropy => "softmax",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Library;
    use crate::experiments::trainer::{LossChoice, Settings, Trainer};
    use crate::experiments::{Checked, Digits, Experiment as _, Tape};
    use crate::math::model::Architecture;

    fn at(settings: &Settings, position: u64) -> Snapshot {
        let mut tape = Tape::new(Trainer::start(&Checked::new(settings.clone()).unwrap(), &Library::new()).unwrap());
        tape.seek(position);
        tape.now().snapshot()
    }

    fn image(snapshot: &Snapshot, index: usize) -> [u8; PIXELS] {
        let samples = &snapshot.task.valid;
        samples.pixels()[samples.indices()[index] as usize]
    }

    fn reading(snapshot: &Snapshot, index: usize, class: Option<usize>) -> Reading {
        let parameters = snapshot.state.as_ref().unwrap();
        Reading::of(&snapshot.architecture, parameters, &image(snapshot, index), class).unwrap()
    }

    #[test]
    fn a_reading_is_what_the_training_says() {
        // Right after the first draw, the held-out images' logits are those of the very parameters that are shown.
        for model in [Architecture::Linear, Architecture::SimpleNet, Architecture::Cnn] {
            let snapshot = at(&Settings::usual_for(model), 1);
            let all = &snapshot.validation.as_ref().unwrap().logits;
            let width = all.len() / snapshot.task.valid.len();
            for index in [0, 1009, 1010, 2037] {
                let reading = reading(&snapshot, index, None);
                for (a, b) in reading.logits.iter().zip(&all[index * width..]) {
                    assert!((a - b).abs() < 1e-4 * (1.0 + b.abs()), "{model:?} {index}: {a} {b}");
                }
                assert!((reading.probabilities.iter().sum::<f32>() - 1.0).abs() < 1e-6);
                assert_eq!(reading.probabilities.len(), 2);
                assert!(reading.probabilities[reading.prediction] >= 0.5);
            }
        }
    }

    #[test]
    fn contributions_and_bias_are_the_logit() {
        let snapshot = at(&Settings::default(), 197);
        let reading = reading(&snapshot, 5, None);
        let bias = f64::from(snapshot.bias().unwrap()[0]);
        assert!((reading.rest() - bias).abs() < 1e-5, "{} {bias}", reading.rest());
        assert_eq!(reading.input_gradient, snapshot.weights().unwrap());
        let strongest = reading.contributions[reading.strongest()].abs();
        assert!(strongest > 0.0 && reading.contributions.iter().all(|share| share.abs() <= strongest));
    }

    /// Some of the hidden numbers are let through for this image: the rest is what the biases add that go with them.
    #[test]
    fn a_network_s_rest_is_what_its_biases_add() {
        let snapshot = at(&Settings::usual_for(Architecture::SimpleNet), 1);
        let (model, parameters) = (&snapshot.architecture, snapshot.state.as_ref().unwrap());
        let image = image(&snapshot, 3);
        let reading = Reading::of(model, parameters, &image, None).unwrap();
        // By hand: the switches of the hidden layer, and the biases that go through them.
        let [w1, b1, w2, b2] = [0, 1, 2, 3].map(|at: usize| &parameters[at].values);
        let mut rest = f64::from(b2[0]);
        for hidden in 0..30 {
            let products = w1[hidden * PIXELS..][..PIXELS].iter().zip(&image);
            let sum: f64 = products.map(|(w, &ink)| f64::from(*w) * f64::from(ink) / 255.0).sum();
            if sum + f64::from(b1[hidden]) > 0.0 {
                rest += f64::from(w2[hidden]) * f64::from(b1[hidden]);
            }
        }
        assert!((reading.rest() - rest).abs() < 1e-5, "{} {rest}", reading.rest());
        assert!(rest != 0.0);
    }

    #[test]
    fn a_class_can_be_asked_for() {
        let settings =
            Settings { digits: "0,1,2".parse::<Digits>().unwrap(), loss: LossChoice::Auto, ..Settings::default() };
        let snapshot = at(&settings, 1);
        let of = |class| reading(&snapshot, 0, class);
        assert_eq!([of(Some(2)).logit, of(Some(77)).logit, of(None).logit], [2, 2, of(None).prediction]);
        assert_ne!(of(Some(0)).input_gradient, of(Some(1)).input_gradient);
        let wrong = &snapshot.state.as_ref().unwrap()[..1];
        assert!(Reading::of(&snapshot.architecture, wrong, &[0; PIXELS], None).is_err());
    }

    #[test]
    fn the_line_of_arithmetic_ends_at_the_next_weight() {
        let settings = Settings::default();
        let index = 0;
        // Before the gradient there is no next weight; at Gradient it is foretold; at Step it has come true.
        let [predicted, foretold, stepped] = [2, 4, 5].map(|position| at(&settings, position));
        let (image, pixel) = (image(&foretold, index), reading(&foretold, index, None).strongest());
        let line = |snapshot: &Snapshot| arithmetic(snapshot, &reading(snapshot, index, None), &image, pixel);
        assert!(!line(&predicted).contains("gradient"), "{}", line(&predicted));
        let next = line(&foretold);
        let after = number(stepped.weights().unwrap()[pixel].into());
        assert!(next.contains("next weight: ") && next.ends_with(&format!("= {after}")), "{next}");
        assert!(line(&stepped).contains("this step: ") && line(&stepped).ends_with(&format!("= {after}")));
        let network = at(&Settings::usual_for(Architecture::SimpleNet), 4);
        let text = arithmetic(&network, &reading(&network, 0, None), &image, pixel);
        assert!(text.contains("pull on the logit") && !text.contains("gradient"), "{text}");
    }
}

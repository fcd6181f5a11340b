//! What is seen on the page Inside.

use crate::data::{PIXELS, Split};
use crate::experiments::trainer::judged::answers;
use crate::experiments::trainer::{
    Activations, Chosen, Image, Look, MAP_LAYERS, Snapshot, UnitKind, Units, Validation, learning, parameter,
};
use crate::experiments::{Part, Same};
use crate::math::model::{Layer, Parameter};
use std::sync::Arc;

/// What activations depend on: the parameters, and the image by its split, its index there, and its class.
type Key = (Same<[Parameter]>, Split, u32, u8);

/// What is computed for the page Inside.
#[derive(Clone, Debug, Default)]
pub struct ModelSeen {
    activations: Part<Key, Activations>,
    weighted: Part<(Key, usize), Weighted>,
    hidden: Part<(Key, Option<usize>, bool), Hidden>,
    typical: Part<Same<[Parameter]>, f32>,
    maps: Part<Key, Vec<FeatureMaps>>,
    mistakes: Part<Same<Validation>, Vec<usize>>,
}

/// One output of a linear layer that looks at the image: every pixel times its weight.
#[derive(Clone, Debug, PartialEq)]
pub struct Weighted {
    /// The index of the output.
    pub unit: usize,
    /// Its weight for each pixel.
    pub weights: Vec<f32>,
    /// What each pixel contributes: ink times weight.
    pub contributions: Vec<f32>,
    /// The sum of the contributions.
    pub total: f64,
    /// What is added to that.
    pub bias: f32,
}

/// What a layer of hidden units contributes to one logit.
#[derive(Clone, Debug, PartialEq)]
pub struct Hidden {
    /// The class of the logit.
    pub output: usize,
    /// Each unit before the ReLU.
    pub before: Vec<f32>,
    /// Each unit after it: its activation.
    pub after: Vec<f32>,
    /// The logit's weight for each unit.
    pub weights: Vec<f32>,
    /// The logit's bias.
    pub bias: f32,
    /// What each unit contributes: activation times weight.
    pub contributions: Vec<f64>,
    /// The units in the order in which they are shown.
    pub order: Vec<usize>,
    /// The sum of the contributions.
    pub total: f64,
    /// The size of the largest.
    pub largest: f64,
    /// How many units the ReLU lets through.
    pub on: usize,
}

/// What a convolution makes of the image.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FeatureMaps {
    /// How many maps there are.
    pub count: usize,
    /// Rows, and columns, of each.
    pub side: usize,
    /// The layer that they are the output of, for [`Activations::output`]: the ReLU behind the convolution.
    pub layer: usize,
    /// The largest value.
    pub largest: f32,
}

impl ModelSeen {
    /// What the image sets off, layer by layer.
    #[must_use]
    pub fn activations(&self) -> Option<&Arc<Activations>> {
        self.activations.get()
    }

    /// The chosen output of a first layer that is linear.
    #[must_use]
    pub fn weighted(&self) -> Option<&Weighted> {
        self.weighted.get().map(|weighted| &**weighted)
    }

    /// The hidden units, of a model with one layer of them.
    #[must_use]
    pub fn hidden(&self) -> Option<&Hidden> {
        self.hidden.get().map(|hidden| &**hidden)
    }

    /// The typical size of a hidden unit's weights: the root of the mean of their squares.
    #[must_use]
    pub fn typical_weight(&self) -> f32 {
        self.typical.get().map(|typical| **typical).unwrap_or_default()
    }

    /// The feature maps of each convolution that is shown.
    #[must_use]
    pub fn maps(&self) -> &[FeatureMaps] {
        self.maps.get().map(|maps| maps.as_slice()).unwrap_or_default()
    }

    /// The first held-out image after the one at `index` that was read wrongly when the model was last measured; after the
    /// last comes the first.
    #[must_use]
    pub fn mistake_after(&self, index: usize) -> Option<usize> {
        let mistakes = self.mistakes.get()?;
        let next = mistakes.partition_point(|mistake| *mistake <= index);
        mistakes.get(next).or_else(|| mistakes.first()).copied().filter(|mistake| *mistake != index)
    }

    /// Brings it up to date; returns whether it is.
    pub(super) fn see(&mut self, snapshot: &Arc<Snapshot>, look: &Look) -> bool {
        let look = &look.model;
        match &snapshot.validation {
            Some(validation) if matches!(look.looked_at.fit(snapshot), Chosen::Held(_)) => {
                self.mistakes.renew(Same(Arc::clone(validation)), || answers(snapshot, validation).mistakes());
            }
            _ => self.mistakes.clear(),
        }
        let (Some(state), Some(image)) = (&snapshot.state, Image::of(snapshot, look.looked_at)) else {
            *self = Self::default();
            return true;
        };
        let key = (Same(Arc::clone(state)), image.split, image.index, image.class);
        if !self.activations.is_of(&key) {
            let Some(activations) = Activations::of(snapshot, look.looked_at) else { return true };
            self.activations.renew(key.clone(), || activations);
        }
        let Some(activations) = self.activations.get() else { return true };
        let units = Units::of(snapshot);
        let unit = match units.kind {
            UnitKind::Hidden => look.hidden,
            _ => look.logit,
        };
        let unit = unit.min(units.count.saturating_sub(1));
        if let UnitKind::Filter(_) = units.kind {
            self.weighted.clear();
            self.maps.renew(key, || feature_maps(snapshot, activations));
            return true;
        }
        self.weighted.renew((key.clone(), unit), || Weighted::of(units, unit, state, activations));
        if units.kind == UnitKind::Hidden {
            self.typical.renew(key.0.clone(), || typical(units.all_weights(Some(state))));
            let key = (key, look.output, look.largest);
            if !self.hidden.is_of(&key)
                && let Some(hidden) = Hidden::of(snapshot, state, activations, look.output, look.largest)
            {
                self.hidden.renew(key, || hidden);
            }
        }
        true
    }
}

impl Weighted {
    fn of(units: Units, unit: usize, state: &[Parameter], activations: &Activations) -> Self {
        let weights = units.weights(unit, Some(state)).unwrap_or_default().to_vec();
        let products = activations.image.pixels.iter().zip(&weights).map(|(ink, weight)| ink * weight);
        let contributions: Vec<f32> = products.collect();
        let total = contributions.iter().copied().map(f64::from).sum();
        Self { unit, weights, contributions, total, bias: units.bias(unit, Some(state)).unwrap_or_default() }
    }
}

impl Hidden {
    /// The units' contributions to the logit of class `output`, or to the largest; the largest contribution first, or as the
    /// units come.
    fn of(
        snapshot: &Snapshot,
        state: &[Parameter],
        activations: &Activations,
        output: Option<usize>,
        largest_first: bool,
    ) -> Option<Self> {
        let [first, last] = learning(&snapshot.architecture)[..] else { return None };
        let logits = activations.logits();
        let best = if logits.len() > 1 { usize::from(snapshot.architecture.loss.predict(logits)) } else { 0 };
        let output = output.filter(|output| *output < logits.len()).unwrap_or(best);
        let (before, after) = (activations.output(first).to_vec(), activations.output(last.checked_sub(1)?).to_vec());
        let count = after.len();
        let weights = parameter(state, last, "weight")?.get(output * count..(output + 1) * count)?.to_vec();
        let bias = *parameter(state, last, "bias")?.get(output)?;
        let products =
            after.iter().zip(&weights).map(|(&activation, &weight)| f64::from(activation) * f64::from(weight));
        let contributions: Vec<f64> = products.collect();
        let mut order: Vec<usize> = (0..count).collect();
        if largest_first {
            order.sort_by(|&left, &right| contributions[right].abs().total_cmp(&contributions[left].abs()));
        }
        let total = order.iter().map(|&unit| contributions[unit]).sum();
        let largest = contributions.iter().map(|share| share.abs()).fold(0.0, f64::max);
        let on = after.iter().filter(|activation| **activation > 0.0).count();
        Some(Self { output, before, after, weights, bias, contributions, order, total, largest, on })
    }
}

/// The root of the mean of the squares.
fn typical(weights: &[f32]) -> f32 {
    (weights.iter().map(|weight| weight * weight).sum::<f32>() / weights.len().max(PIXELS) as f32).sqrt()
}

fn feature_maps(snapshot: &Snapshot, activations: &Activations) -> Vec<FeatureMaps> {
    let model = &snapshot.architecture;
    let convolutions = learning(model).into_iter().filter_map(|index| match model.layers[index] {
        Layer::Conv2d(conv) => Some((index, conv)),
        _ => None,
    });
    let maps = convolutions.take(MAP_LAYERS).map(|(index, conv)| {
        let largest = activations.output(index + 1).iter().copied().fold(0.0, f32::max);
        FeatureMaps { count: conv.outputs, side: conv.side_out(), layer: index + 1, largest }
    });
    maps.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Library;
    use crate::experiments::trainer::{Architecture, ModelLook, Settings, Trainer};
    use crate::experiments::{Checked, Digits, Experiment as _, Tape};

    fn at(settings: Settings, position: u64) -> Arc<Snapshot> {
        let settings = Checked::new(settings).unwrap();
        let mut tape = Tape::new(Trainer::start(&settings, &Library::new()).unwrap());
        tape.seek(position);
        Arc::new(tape.now().snapshot())
    }

    fn seen(snapshot: &Arc<Snapshot>, model: ModelLook) -> ModelSeen {
        let mut seen = ModelSeen::default();
        assert!(seen.see(snapshot, &Look { model, ..Look::default() }));
        seen
    }

    #[test]
    fn contributions_and_bias_are_the_logit() {
        let settings = Settings { digits: Digits::all(), ..Settings::usual_of(Architecture::Mlp, 10) };
        let snapshot = at(settings, 5);
        for output in [None, Some(4)] {
            let seen = seen(&snapshot, ModelLook { output, largest: true, hidden: 9, ..ModelLook::default() });
            let (hidden, logits) = (seen.hidden().unwrap(), seen.activations().unwrap().logits());
            let logit = logits[hidden.output];
            assert!(output.map_or(logits.iter().all(|other| *other <= logit), |output| hidden.output == output));
            assert!((hidden.total + f64::from(hidden.bias) - f64::from(logit)).abs() < 1e-4);
            let sizes: Vec<f64> = hidden.order.iter().map(|&unit| hidden.contributions[unit].abs()).collect();
            assert!(sizes.is_sorted_by(|left, right| left >= right) && sizes[0].to_bits() == hidden.largest.to_bits());
            assert_eq!(hidden.on, hidden.after.iter().filter(|value| **value != 0.0).count());
            let weighted = seen.weighted().unwrap();
            assert_eq!(weighted.unit, 9);
            assert!((weighted.total + f64::from(weighted.bias) - f64::from(hidden.before[9])).abs() < 1e-4);
        }
    }

    #[test]
    fn the_largest_value_of_each_convolution_is_found() {
        let seen = seen(&at(Settings::usual_for(Architecture::Cnn), 1), ModelLook::default());
        let sides: Vec<[usize; 2]> = seen.maps().iter().map(|maps| [maps.count, maps.side]).collect();
        assert_eq!(sides, [[8, 14], [16, 7], [32, 4]]);
        for maps in seen.maps() {
            let values = seen.activations().unwrap().output(maps.layer);
            assert_eq!(values.len(), maps.count * maps.side * maps.side);
            assert!(values.contains(&maps.largest) && values.iter().all(|value| *value <= maps.largest));
        }
        assert!(seen.hidden().is_none() && seen.weighted().is_none());
    }

    #[test]
    fn the_mistakes_are_walked_through_in_a_circle() {
        let looked_at = Chosen::Held(0);
        let snapshot = at(Settings::default(), 197);
        let seen = seen(&snapshot, ModelLook { looked_at, ..ModelLook::default() });
        let first = seen.mistake_after(0).unwrap();
        let (mut all, mut at) = (vec![first], first);
        loop {
            let next = seen.mistake_after(at).unwrap();
            if next <= at {
                assert_eq!(next, all[0]);
                break;
            }
            all.push(next);
            at = next;
        }
        let accuracy = snapshot.epochs.last().unwrap().accuracy;
        assert!((1.0 - all.len() as f64 / 2038.0 - accuracy).abs() < 1e-12, "{} mistakes, {accuracy}", all.len());
        assert!(ModelSeen::default().mistake_after(0).is_none());
    }

    #[test]
    fn the_activations_stay_while_parameters_and_image_do() {
        let snapshot = at(Settings::default(), 5);
        let mut seen = seen(&snapshot, ModelLook::default());
        let first = Arc::clone(seen.activations().unwrap());
        let mut look = Look::default();
        look.model.logit = 3;
        seen.see(&snapshot, &look);
        assert!(Arc::ptr_eq(&first, seen.activations().unwrap()));
        look.model.looked_at = Chosen::Batch(1);
        seen.see(&snapshot, &look);
        assert_ne!(first.image, seen.activations().unwrap().image);
        seen.see(&at(Settings::default(), 0), &look);
        assert!(seen.activations().is_none(), "there are no parameters");
    }
}

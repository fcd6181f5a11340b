//! The tensor bench's tab: the bench, with the images at hand as tensors.

use super::Page;
use crate::data::{Dataset, PIXELS, SIDE, Split};
use crate::experiments::pixels::Pixels;
use crate::experiments::sample::Sample;
use crate::math::expression::{Environment, Variable};
use crate::math::tensor::{Dtype, Tensor};
use crate::panels::Scene;
use crate::widgets::tensor_bench::TensorBench;
use egui::Ui;
use serde_json::{Map, Value};
use std::sync::Arc;

/// The bench, and the tensors that it was given last.
#[derive(Default)]
pub struct BenchPage {
    bench: TensorBench,
    given: Option<(Arc<Dataset>, Arc<Sample>, Environment)>,
}

impl Page for BenchPage {
    fn name(&self) -> &'static str {
        "bench"
    }

    fn title(&self) -> &'static str {
        "Tensor bench"
    }

    fn tip(&self) -> &'static str {
        "Try expressions on small tensors and on the images"
    }

    fn figure(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Pixels>) {
        let snapshot = scene.snapshot;
        let environment = match &self.given {
            Some((data, sample, environment))
                if Arc::ptr_eq(data, &snapshot.data) && Arc::ptr_eq(sample, &snapshot.sample) =>
            {
                environment.clone()
            }
            _ => environment(&snapshot.data, &snapshot.sample),
        };
        self.bench.ui(ui, &environment);
        self.given = Some((Arc::clone(&snapshot.data), Arc::clone(&snapshot.sample), environment));
    }

    fn save(&self) -> Map<String, Value> {
        self.bench.save()
    }

    fn restore(&mut self, saved: &Map<String, Value>) {
        self.bench.restore(saved);
    }
}

/// The chapter's tensors, each made when it is first used.
fn environment(data: &Arc<Dataset>, sample: &Arc<Sample>) -> Environment {
    let image = Arc::clone(sample);
    let single = move || Tensor::new(image.pixels.to_vec(), &[SIDE, SIDE]).ok();
    let mut variables =
        vec![Variable::new("image", "The image that you look at.", &[SIDE, SIDE], Dtype::Uint8, single)];
    for (digit, name, meaning) in [
        (3, "a_3", "The book's three, the second training image of a 3."),
        (7, "a_7", "The second training image of a 7."),
    ] {
        if data.train.of_digit(digit).len() > 1 {
            variables.push(images(data, Split::Train, digit, name, meaning, Some(1)));
        }
    }
    for (split, digit, name, meaning) in [
        (Split::Train, 3, "stacked_threes", "All training images of a 3, stacked."),
        (Split::Train, 7, "stacked_sevens", "All training images of a 7, stacked."),
        (Split::Valid, 3, "valid_threes", "All held-out images of a 3, stacked."),
    ] {
        if !data.split(split).of_digit(digit).is_empty() {
            variables.push(images(data, split, digit, name, meaning, None));
        }
    }
    Environment::with(variables)
}

/// The images of a digit in name order as one tensor, or the one at place `only`.
fn images(
    data: &Arc<Dataset>,
    split: Split,
    digit: u8,
    name: &'static str,
    meaning: &str,
    only: Option<usize>,
) -> Variable {
    let count = data.split(split).of_digit(digit).len();
    let shape = if only.is_some() { vec![SIDE, SIDE] } else { vec![count, SIDE, SIDE] };
    let (data, lengths) = (Arc::clone(data), shape.clone());
    Variable::new(name, meaning, &shape, Dtype::Uint8, move || {
        let images = data.split(split);
        let indices = images.of_digit(digit);
        let indices = only.map_or(indices, |place| indices.get(place..=place).unwrap_or_default());
        let mut bytes = Vec::with_capacity(indices.len() * PIXELS);
        for &index in indices {
            bytes.extend_from_slice(images.image(index as usize));
        }
        Tensor::new(bytes, &lengths).ok()
    })
}

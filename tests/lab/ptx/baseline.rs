//! Mean images and distances to them: whole numbers, and so equal.

use super::simulated::{Simulated, few};
use crate::harness::alone_with_the_gpus;
use digit_lab::compute::cuda;
use digit_lab::compute::{Meter, cpu_meter};
use digit_lab::data::Split;
use digit_lab::math::distance::{Metric, Template};
use std::sync::Arc;

#[test]
fn means_and_distances_are_the_processors() {
    let _turn = alone_with_the_gpus();
    let data = few(80, 9);
    let gpu = Simulated::new(5, 4);
    cuda::stand_in(vec![gpu.clone()]);
    let (cpu, gpu_meter) = (cpu_meter(&data), cuda::meter(0, &data).unwrap());
    let all: Vec<u32> = (0..800).rev().collect();
    assert_eq!(cpu.sum(Split::Train, &all), gpu_meter.sum(Split::Train, &all));
    let templates: Vec<Template> = (0..10)
        .map(|digit| Template::new(&cpu.sum(Split::Train, data.train.of_digit(digit))).unwrap())
        .chain(Template::new(&cpu.sum(Split::Train, &all)))
        .collect();
    for metric in [Metric::Mae, Metric::Rmse] {
        for (split, indices) in [(Split::Valid, vec![89, 0, 5, 5, 31]), (Split::Train, all.clone())] {
            let of = |meter: &Arc<dyn Meter>| meter.distances(split, &indices, &templates, metric);
            assert_eq!(of(&cpu), of(&gpu_meter), "{metric:?}");
        }
    }
    assert_eq!(gpu_meter.distances(Split::Valid, &[], &templates, Metric::Mae), Vec::<f64>::new());
    assert_eq!(gpu_meter.notice(), None);
    gpu.report("baseline");
    cuda::stand_in(Vec::new());
}

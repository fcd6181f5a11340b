//! How long the mean-image baseline takes: `cargo bench --bench baseline`.

use digit_lab::data::{Dataset, Library, PIXELS};
use digit_lab::experiments::baseline::{Baseline, Look, Seen, distances, matrix, sum_images};
use digit_lab::experiments::{Checked, Experiment, Tape};
use digit_lab::math::distance::{Metric, Template};
use divan::{Bencher, black_box};
use std::sync::Arc;

const METRICS: [Metric; 2] = [Metric::Mae, Metric::Rmse];

fn main() {
    divan::main();
}

fn mnist() -> Arc<Dataset> {
    Library::new().builtin().expect("the built-in MNIST is whole")
}

/// The training images of these digits, by index.
fn training(data: &Dataset, digits: impl Iterator<Item = u8>) -> Vec<u32> {
    digits.flat_map(|digit| data.train.of_digit(digit)).copied().collect()
}

fn means(data: &Dataset, digits: impl Iterator<Item = u8>) -> Vec<Template> {
    let images: &[[u8; PIXELS]] = matrix(&data.train);
    digits.filter_map(|digit| Template::new(&sum_images(images, data.train.of_digit(digit)))).collect()
}

/// `baseline-12396`: the means of 3 and 7, and the distance of each of their 12,396 training images to both.
#[divan::bench(args = METRICS, sample_count = 100)]
fn three_or_seven(bencher: Bencher, metric: Metric) {
    let data = mnist();
    let indices = training(&data, [3, 7].into_iter());
    bencher.bench(|| distances(matrix(&data.train), &indices, &means(&data, [3, 7].into_iter()), black_box(metric)));
}

/// The means of ten digits, and the distance of all 70,000 images to each.
#[divan::bench(args = METRICS, sample_count = 20)]
fn all_70000(bencher: Bencher, metric: Metric) {
    let data = mnist();
    let (train, valid): (Vec<u32>, Vec<u32>) = ((0..60_000).collect(), (0..10_000).collect());
    bencher.bench(|| {
        let means = means(&data, 0..10);
        let of = |images, indices: &[u32]| distances(images, indices, &means, black_box(metric));
        (of(matrix(&data.train), &train), of(matrix(&data.valid), &valid))
    });
}

/// The means alone, of 3 and 7.
#[divan::bench(sample_count = 100)]
fn two_means(bencher: Bencher) {
    let data = mnist();
    bencher.bench(|| means(&data, [3, 7].into_iter()));
}

/// What is seen after a new image (3 and 7 against 2,038 validation images), and after the next sample was chosen.
#[divan::bench(args = [false, true], sample_count = 100)]
fn seen(bencher: Bencher, only_a_sample: bool) {
    let start = Baseline::start(&Checked::default(), &Library::new()).expect("the defaults are valid");
    let mut tape = Tape::new(start);
    tape.seek(u64::MAX);
    let mut seen = Seen::default();
    let mut see = |tape: &Tape<Baseline>, look: &Look| {
        let snapshot = Arc::new(tape.now().snapshot());
        while !Baseline::see(&snapshot, look, &mut seen) {}
    };
    let mut look = Look::default();
    see(&tape, &look);
    bencher.bench_local(|| {
        if only_a_sample {
            look.nth += 1;
        } else {
            tape.back(1);
        }
        see(&tape, &look);
    });
}

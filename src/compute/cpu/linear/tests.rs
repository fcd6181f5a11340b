use super::*;
use crate::compute::cpu::testing::{Width, close};
use crate::data::{Library, batches};
use crate::math::model::Start;
use crate::math::torch::Generator;
use ndarray::Array2;

const SGD: Sgd = Sgd::plain(1.0);

fn threes_and_sevens() -> Linear {
    let task = Task::new(&Library::new().builtin().unwrap(), vec![3, 7]);
    let model = Model::linear();
    let parameters = model.draw(Start::Randn, &mut Generator::new(42));
    let mut linear = Linear::new(Arc::new(model), Arc::new(task));
    linear.load(&parameters);
    linear
}

/// Logits, losses and gradient against the plain layers in f64, for batches that fill groups and chunks and do not.
#[test]
fn it_computes_what_the_plain_layers_do() {
    let mut linear = threes_and_sevens();
    let samples = linear.task.train.clone();
    let parameters: Vec<Vec<f64>> =
        linear.parameters().iter().map(|tensor| tensor.values.iter().copied().map(f64::from).collect()).collect();
    for batch in [0..1, 6100..6163, 6000..6256, 12_288..12_396] {
        let x = Array2::from_shape_fn((batch.len(), PIXELS), |(row, pixel)| {
            f64::from(samples.pixels()[samples.indices()[batch.start + row] as usize][pixel]) / 255.0
        });
        let exact = linear.model.differentiate(&parameters, &x, &samples.classes()[batch.clone()]).unwrap();
        let score = linear.differentiate(batch, SGD);
        close(linear.outputs().0, exact.logits.as_slice().unwrap(), 2e-5);
        close(linear.outputs().1, exact.losses.as_slice().unwrap(), 5e-6);
        close(&linear.gradient()[0].values, &exact.gradient[0], 1e-7);
        close(&linear.gradient()[1].values, &exact.gradient[1], 1e-7);
        assert!((score.loss() - exact.losses.mean().unwrap()).abs() < 1e-6);
    }
}

/// PyTorch's, seed 42: after the coaster's draws, `train_x @ weights + bias` is 20.2336 17.0644 15.2384 ...
/// 18.3804 23.8567 28.6816, and 6089 of the 12,396 are on the right side.
#[test]
fn the_books_first_predictions() {
    let mut linear = threes_and_sevens();
    let mut generator = Generator::new(42);
    generator.randn(20);
    generator.randn(3);
    linear.load(&linear.model.draw(Start::Randn, &mut generator));
    let score = linear.differentiate(0..12_396, SGD);
    let logits = linear.outputs().0;
    close(&logits[..3], [20.2336, 17.0644, 15.2384], 6e-5);
    close(&logits[12_393..], [18.3804, 23.8567, 28.6816], 6e-5);
    assert_eq!((score.count, score.correct), (12_396, 6089));
}

#[test]
fn threads_change_nothing() {
    let train = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let mut linear = threes_and_sevens();
            linear.set_order(Generator::new(1).randperm(12_396).into());
            let mut scores = Vec::new();
            linear.train(&mut batches(12_396, 256), SGD, &mut |score| scores.push(score)).unwrap();
            (linear.parameters(), linear.gradient(), scores, linear.validate(256))
        })
    };
    let one = train(1);
    assert_eq!(one.2.len(), 49);
    assert!(one == train(2) && one == train(3));
}

#[test]
fn gradients_add_up_unless_zeroed() {
    let mut linear = threes_and_sevens();
    linear.differentiate(6000..6256, SGD);
    let once = linear.gradient();
    for times in [2.0, 3.0] {
        linear.differentiate(6000..6256, Sgd { zero_grad: false, ..SGD });
        let exact: Vec<f64> = once[0].values.iter().map(|&d| f64::from(d) * times).collect();
        close(&linear.gradient()[0].values, &exact, 1e-8);
    }
    linear.differentiate(6000..6256, SGD);
    assert_eq!(linear.gradient(), once);
}

#[test]
fn a_step_out_of_the_numbers_is_not_made() {
    let mut linear = threes_and_sevens();
    linear.differentiate(6000..6256, SGD);
    let before = linear.parameters();
    assert!(!linear.step(Sgd { rate: f32::INFINITY, ..SGD }));
    assert_eq!(linear.parameters(), before);
    assert!(linear.step(SGD));
    assert!(linear.parameters() != before);
    linear.bias = f32::NAN;
    assert!(!linear.differentiate(0..9, SGD).is_finite);
}

/// The build for the widest vectors against narrow ones: each number of a lane is summed by itself, so the bits agree.
#[test]
fn the_width_of_vectors_changes_nothing() {
    let linear = threes_and_sevens();
    let places: Vec<u32> = (6100..6159).collect();
    let run = |width: Width| {
        let (mut logits, mut losses, mut sums) = (vec![0.0; places.len()], vec![0.0; places.len()], Sums::ZERO);
        let kernel = Differentiate {
            task: &linear.task,
            places: &places,
            weight: &linear.weight,
            bias: linear.bias,
            share: 1.0 / 59.0,
            logits: &mut logits,
            losses: &mut losses,
            sums: &mut sums,
        };
        width.run(kernel);
        (logits, losses, sums.d_weight, sums.d_bias, sums.correct)
    };
    let widest = run(Width::Widest);
    assert!(widest == run(Width::Four) && widest == run(Width::One));
}

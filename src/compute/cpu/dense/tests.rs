use super::*;
use crate::compute::cpu::testing::{Width, close};
use crate::data::{Library, PIXELS};
use crate::math::loss::Loss;
use crate::math::model::{Architecture, Layer, Start};
use crate::math::torch::Generator;
use ndarray::Array2;

const SGD: Sgd = Sgd::plain(0.1);

fn dense(model: Model, digits: Vec<u8>) -> Dense {
    let task = Task::new(&Library::new().builtin().unwrap(), digits);
    let parameters = model.draw(Start::Uniform, &mut Generator::new(42));
    let mut dense = Dense::new(Arc::new(model), Arc::new(task)).unwrap();
    dense.load(&parameters);
    dense
}

fn usual(architecture: Architecture, digits: Vec<u8>) -> Dense {
    let loss = architecture.usual_loss(digits.len());
    dense(architecture.model(digits.len(), loss), digits)
}

fn simple_net() -> Dense {
    usual(Architecture::SimpleNet, vec![3, 7])
}

/// Every shape that a reader can ask for, and one with two hidden layers of which neither fills its tiles.
fn every_shape() -> [Dense; 8] {
    let linear = |inputs, outputs| Layer::Linear { inputs, outputs };
    let layers = vec![linear(784, 40), Layer::Relu, linear(40, 33), Layer::Relu, linear(33, 3)];
    let all = || (0..10).collect();
    [
        simple_net(),
        usual(Architecture::SimpleNet, all()),
        usual(Architecture::Mlp, all()),
        usual(Architecture::Mlp, vec![3, 7]),
        dense(Architecture::Mlp.model(2, Loss::Mnist), vec![4, 9]),
        usual(Architecture::Linear, vec![8, 0, 1]),
        dense(Architecture::Linear.model(2, Loss::CrossEntropy), vec![3, 7]),
        dense(Model { name: "deep", layers, loss: Loss::CrossEntropy }, vec![2, 5, 8]),
    ]
}

fn exactly(dense: &Dense, batch: Range<usize>) -> (Vec<f64>, Vec<f64>, Vec<Vec<f64>>) {
    let samples = &dense.task.train;
    let parameters: Vec<Vec<f64>> =
        dense.parameters().iter().map(|tensor| tensor.values.iter().copied().map(f64::from).collect()).collect();
    let places: Vec<usize> = dense.order[batch].iter().map(|&place| place as usize).collect();
    let classes: Vec<u8> = places.iter().map(|&place| samples.classes()[place]).collect();
    let x = Array2::from_shape_fn((places.len(), PIXELS), |(row, pixel)| {
        f64::from(samples.pixels()[samples.indices()[places[row]] as usize][pixel]) / 255.0
    });
    let found = dense.model.differentiate(&parameters, &x, &classes).unwrap();
    (found.logits.iter().copied().collect(), found.losses.to_vec(), found.gradient)
}

#[expect(clippy::cast_possible_truncation, reason = "the nearest f32 is meant")]
fn predicted(loss: Loss, logits: &[f64]) -> u8 {
    loss.predict(&logits.iter().map(|&logit| logit as f32).collect::<Vec<_>>())
}

/// Logits, losses, predictions and gradient against the plain layers in f64, for batches that fill groups and blocks and
/// that do not.
#[test]
fn it_computes_what_the_plain_layers_do() {
    for mut dense in every_shape() {
        let count = dense.task.train.len();
        dense.set_order(Generator::new(5).randperm(count).into());
        for batch in [0..1, 7..70, 100..356, count - 301..count] {
            let (logits, losses, gradient) = exactly(&dense, batch.clone());
            let score = dense.differentiate(batch.clone(), SGD);
            let correct = batch.clone().zip(logits.chunks(dense.shape.logits())).filter(|(place, logits)| {
                predicted(dense.model.loss, logits) == dense.task.train.classes()[dense.order[*place] as usize]
            });
            assert_eq!((score.count, score.correct), (batch.len(), correct.count()));
            assert!((score.loss_sum - losses.iter().sum::<f64>()).abs() < 1e-4 && score.is_finite);
            close(dense.outputs().0, logits, 2e-6);
            close(dense.outputs().1, losses, 2e-6);
            for (ours, exact) in dense.gradient().iter().zip(gradient) {
                close(&ours.values, exact, 2e-7);
            }
        }
    }
}

#[test]
fn other_models_are_not_its() {
    let shape = |architecture: Architecture| Shape::of(&architecture.model(10, Loss::CrossEntropy)).is_some();
    assert_eq!([Architecture::Linear, Architecture::Mlp, Architecture::Cnn].map(shape), [true, true, false]);
    let wide = Layer::Linear { inputs: 784, outputs: 33 };
    assert!(Shape::of(&Model { name: "wide", layers: vec![wide], loss: Loss::CrossEntropy }).is_none());
}

#[test]
fn parameters_come_back_as_they_were_loaded() {
    for dense in every_shape() {
        assert_eq!(dense.parameters(), dense.model.draw(Start::Uniform, &mut Generator::new(42)));
    }
}

#[test]
fn nothing_is_learned_from_accuracy() {
    let mut dense = dense(Architecture::SimpleNet.model(2, Loss::Accuracy), vec![3, 7]);
    let score = dense.differentiate(0..300, SGD);
    assert_eq!(score.loss_sum, (300 - score.correct) as f64);
    assert!(dense.gradient().iter().flat_map(|tensor| &tensor.values).all(|&d| d == 0.0));
}

#[test]
fn threads_change_nothing() {
    for batch_size in [16, 64, 1000] {
        let train = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let mut dense = usual(Architecture::Mlp, vec![0, 1, 2]);
                dense.set_order(Generator::new(1).randperm(dense.task.train.len()).into());
                let mut scores = Vec::new();
                let momentum = Sgd { momentum: 0.9, weight_decay: 1e-3, ..SGD };
                dense.train(&mut batches(3000, batch_size), momentum, &mut |score| scores.push(score)).unwrap();
                let valid = (dense.validate(256), dense.validation().to_vec());
                (dense.parameters(), dense.gradient(), scores, valid)
            })
        };
        let one = train(1);
        assert_eq!(one.2.len(), 3000_usize.div_ceil(batch_size));
        assert!(one == train(2) && one == train(3), "{batch_size}");
    }
}

/// One batch after the other by hand, a copy taken half way, and all at once: the same bits.
#[test]
fn a_copy_goes_on_as_the_original() {
    let (mut one, mut all) = (simple_net(), simple_net());
    let momentum = Sgd { momentum: 0.9, ..SGD };
    for _ in 0..3 {
        one.differentiate(6000..6200, momentum);
        assert!(one.step(momentum));
    }
    one.differentiate(6200..6500, momentum);
    let mut copy = one.duplicate();
    assert_eq!((copy.outputs(), copy.gradient()), (one.outputs(), one.gradient()));
    assert!(one.step(momentum) && copy.step(momentum));
    let places = [6000..6200, 6000..6200, 6000..6200, 6200..6500];
    all.train(&mut places.into_iter(), momentum, &mut |_| {}).unwrap();
    assert!(one.parameters() == copy.parameters() && one.parameters() == all.parameters());
}

#[test]
fn gradients_add_up_unless_zeroed() {
    for images in [0..16, 6000..6600] {
        let mut dense = simple_net();
        dense.differentiate(images.clone(), SGD);
        let once = dense.gradient();
        for times in [2.0, 3.0] {
            dense.differentiate(images.clone(), Sgd { zero_grad: false, ..SGD });
            for (now, once) in dense.gradient().iter().zip(&once) {
                // Blocks are added one by one, and each addition rounds.
                let largest = once.values.iter().fold(0.0_f32, |largest, d| largest.max(d.abs()));
                close(&now.values, once.values.iter().map(|&d| f64::from(d) * times), 5e-7 * f64::from(largest));
            }
        }
        dense.differentiate(images, SGD);
        assert_eq!(dense.gradient(), once);
    }
}

#[test]
fn a_step_out_of_the_numbers_is_not_made() {
    let mut dense = simple_net();
    dense.differentiate(6000..6256, SGD);
    let before = dense.parameters();
    for momentum in [0.0, 0.9] {
        assert!(!dense.step(Sgd { rate: f32::INFINITY, momentum, ..SGD }));
        assert_eq!(dense.parameters(), before);
    }
    assert!(dense.step(SGD));
    assert!(dense.parameters() != before);
    for tensor in 0..before.len() {
        let mut broken = before.clone();
        broken[tensor].values.fill(f32::NAN);
        dense.load(&broken);
        assert!(!dense.differentiate(0..9, SGD).is_finite, "{tensor}");
    }
}

/// The build for the widest vectors against those for four numbers and for one: a tile's numbers are summed each by itself,
/// so the bits agree.
#[test]
fn the_width_of_vectors_changes_nothing() {
    let widest = every_kernel(Width::Widest);
    assert!(widest == every_kernel(Width::Four) && widest == every_kernel(Width::One));
}

/// What one differentiated group and a step come to: memory, logits, losses and parameters.
fn every_kernel(width: Width) -> ([Vec<Tile>; 3], [Vec<f32>; 2], usize) {
    let mut dense = usual(Architecture::Mlp, vec![3, 7]);
    let samples: Vec<u32> = (6120..6149).collect();
    let Dense { task, shape, parameters, gradient, velocity, model, .. } = &mut dense;
    let shape = &**shape;
    let (mut slots, mut fetched) = (vec![Tile::ZERO; shape.slots * GROUP], [Fetched::new()]);
    let (mut logits, mut losses) = (vec![0.0; samples.len() * 2], vec![0.0; samples.len()]);
    fetched[0].fetch(&Ink::of(&task.train), samples.iter().map(|&sample| sample as usize));
    let predict = Predict { shape, parameters, fetched: &fetched[0], slots: &mut slots, logits: &mut logits };
    let (loss, classes) = (model.loss, task.train.classes());
    let share = 1.0 / 29.0;
    let correct = width.run(Differentiate { predict, loss, samples: &samples, classes, share, losses: &mut losses });
    let (slots, fetched) = (&*slots, &fetched);
    let (weight, others) = gradient.split_at_mut(shape.first_weight());
    for (at, rows) in weight.chunks_mut(BAND).enumerate() {
        let (d, band) = (shape.layers[0].d + at / BANDS, at % BANDS);
        assert!(width.run(Pixels { fetched, slots, shape, band, d, zero: true, rows }));
    }
    assert!(width.run(Others { shape, slots, images: samples.len(), zero: true, rows: others }));
    let sgd = Sgd { momentum: 0.9, weight_decay: 1e-3, ..SGD };
    let (mut next, mut next_velocity) = (velocity.clone(), velocity.clone());
    let (next_values, next_velocity) = (&mut *next, &mut *next_velocity);
    let d_values = &*gradient;
    assert!(width.run(Step { sgd, values: parameters, d_values, velocity, next_values, next_velocity }));
    ([slots.to_vec(), gradient.clone(), next], [logits, losses], correct)
}

/// Working memory grows to the largest batch and is kept.
#[test]
fn a_training_step_needs_no_new_memory() {
    let mut dense = simple_net();
    let memory = |dense: &Dense| {
        let Work { slots, fetched, .. } = &dense.work;
        (slots.as_ptr(), slots.len(), fetched.as_ptr(), dense.logits.as_ptr(), dense.losses.as_ptr())
    };
    dense.differentiate(0..600, SGD);
    let first = memory(&dense);
    for batch in [0..16, 600..1200, 0..256] {
        dense.differentiate(batch, SGD);
        assert!(dense.step(SGD));
        assert_eq!(memory(&dense), first);
    }
}

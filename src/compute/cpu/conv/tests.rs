use super::*;
use crate::compute::cpu::testing::{Width, close};
use crate::data::{Library, batches};
use crate::math::model::{Architecture, Start};
use crate::math::torch::Generator;
use ndarray::Array2;

const SGD: Sgd = Sgd { momentum: 0.9, weight_decay: 5e-4, ..Sgd::plain(0.05) };

fn drawn(digits: &[u8], loss: Loss) -> Conv {
    let task = Task::new(&Library::new().builtin().unwrap(), digits.to_vec());
    let model = Architecture::Cnn.model(digits.len(), loss);
    let parameters = model.draw(Start::Uniform, &mut Generator::new(42));
    let mut conv = Conv::new(Arc::new(model), Arc::new(task));
    conv.load(&parameters);
    conv
}

fn pixels(samples: &compute::Samples, places: &[u32]) -> Array2<f64> {
    Array2::from_shape_fn((places.len(), PIXELS), |(row, pixel)| {
        f64::from(samples.pixels()[samples.indices()[places[row] as usize] as usize][pixel]) / 255.0
    })
}

/// Logits, losses and gradient against the plain layers in f64, for batches that fill groups and parts and do not, in an
/// order that mixes the digits, and for one logit, two and ten.
#[test]
fn it_computes_what_the_plain_layers_do() {
    let all: Vec<u8> = (0..10).collect();
    for (digits, loss) in [(&[3, 7][..], Loss::Mnist), (&[3, 7], Loss::CrossEntropy), (&all, Loss::CrossEntropy)] {
        let mut conv = drawn(digits, loss);
        conv.set_order(Generator::new(1).randperm(conv.task.train.len()).into());
        let samples = conv.task.train.clone();
        let parameters: Vec<Vec<f64>> =
            conv.parameters().iter().map(|tensor| tensor.values.iter().copied().map(f64::from).collect()).collect();
        for batch in [0..1, 100..116, 200..263, 0..1100] {
            let places = conv.order[batch.clone()].to_vec();
            let classes: Vec<u8> = places.iter().map(|&place| samples.classes()[place as usize]).collect();
            let exact = conv.model.differentiate(&parameters, &pixels(&samples, &places), &classes).unwrap();
            let score = conv.differentiate(batch, SGD);
            close(conv.outputs().0, exact.logits.as_slice().unwrap(), 5e-7);
            close(conv.outputs().1, exact.losses.as_slice().unwrap(), 5e-7);
            assert_eq!(conv.gradient().len(), exact.gradient.len());
            for (ours, exact) in conv.gradient().iter().zip(&exact.gradient) {
                close(&ours.values, exact, 2e-7);
                assert!(exact.iter().any(|d| d.abs() > 1e-4), "{} has no slope", ours.name);
            }
            let rows = conv.outputs().0.chunks(conv.net.outputs).zip(&classes);
            let right = rows.filter(|(logits, class)| loss.predict(logits) == **class).count();
            assert_eq!((score.count, score.correct), (places.len(), right));
            assert!((score.loss() - exact.losses.mean().unwrap()).abs() < 1e-7);
        }
    }
}

/// Every held-out image's logits, in the task's order, against the plain layers; the score is theirs.
#[test]
fn it_validates_what_the_plain_layers_do() {
    let mut conv = drawn(&[3, 7], Loss::CrossEntropy);
    assert!(conv.validation().is_empty());
    let score = conv.validate(256);
    let samples = &conv.task.valid;
    let places: Vec<u32> = (0..).take(samples.len()).collect();
    let parameters: Vec<Vec<f64>> =
        conv.parameters().iter().map(|tensor| tensor.values.iter().copied().map(f64::from).collect()).collect();
    let exact = conv.model.differentiate(&parameters, &pixels(samples, &places), samples.classes()).unwrap();
    close(conv.validation(), exact.logits.as_slice().unwrap(), 5e-7);
    assert!((score.loss - exact.losses.mean().unwrap()).abs() < 1e-7);
}

/// ```python
/// torch.manual_seed(42); m = cnn(2)     # nn.Sequential of the layers, `Architecture::Cnn`
/// print([(p.flatten()[:3].tolist(), p.flatten()[-1].item()) for p in m.parameters()])
/// v = the 2,038 held-out 3s and 7s, digit after digit, file names sorted as strings, / 255
/// print(m(v[:3]).tolist(), m(v).double().sum(0).tolist())
/// ```
#[test]
fn it_starts_as_pytorch_does() {
    let mut conv = drawn(&[3, 7], Loss::CrossEntropy);
    for (tensor, (first, last)) in conv.parameters().iter().zip(PARAMETERS) {
        assert_eq!((&tensor.values[..first.len()], tensor.values.last()), (first, Some(last)), "{}", tensor.name);
    }
    conv.validate(256);
    let first = [-0.073_938_04, 0.064_668_76, -0.067_109_90, 0.060_652_68, -0.056_896_01, 0.072_613_01];
    close(&conv.validation()[..6], first, 1e-7);
    for (logit, sum) in [-152.515_660, 124.901_922].into_iter().enumerate() {
        let ours: f64 = conv.validation().iter().skip(logit).step_by(2).copied().map(f64::from).sum();
        assert!((ours - sum).abs() < 1e-4, "{ours} against {sum}");
    }
}

/// Each parameter's first values and its last, as PyTorch draws them.
const PARAMETERS: [(&[f32], &f32); 8] = [
    (&[0.254_846_2, 0.276_669_32, -0.078_090_83], &0.111_083_71),
    (&[0.320_750_24, -0.275_092_1, -0.330_625_39], &0.276_974_8),
    (&[-0.060_861_316, -0.080_340_505, 0.062_529_236], &0.020_083_69),
    (&[0.032_045_934, 0.038_732_167, 0.089_726_61], &-0.012_767_503),
    (&[-0.037_796_408, 0.008_097_599, -0.009_684_662], &-0.009_160_211),
    (&[-0.068_740_934, -0.050_730_18, 0.026_328_605], &-0.039_168_1),
    (&[-0.017_204_575, -0.010_299_488, -0.022_619_85], &0.017_743_038),
    (&[-0.036_060_82], &0.037_479_453),
];

#[test]
fn threads_change_nothing() {
    let train = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let mut conv = drawn(&[3, 7], Loss::CrossEntropy);
            conv.set_order(Generator::new(1).randperm(12_396).into());
            let mut scores = Vec::new();
            conv.train(&mut batches(4000, 1300), SGD, &mut |score| scores.push(score)).unwrap();
            (conv.parameters(), conv.gradient(), scores, conv.validate(256))
        })
    };
    let one = train(1);
    assert_eq!(one.2.len(), 4);
    assert!(one == train(2) && one == train(3));
}

/// The build for the widest vectors against narrow ones: each number of a lane is summed by itself, so the bits agree.
#[test]
fn the_width_of_vectors_changes_nothing() {
    let mut conv = drawn(&[3, 7], Loss::CrossEntropy);
    conv.net.take(&conv.weights);
    let places: Vec<u32> = (6100..6123).collect();
    let run = |width: Width| {
        let (mut logits, mut losses, mut group) =
            (vec![0.0; 2 * places.len()], vec![0.0; places.len()], conv.net.group());
        let mut sums = Sums { gradient: vec![0.0; conv.weights.values.len()], correct: 0 };
        let kernel = Differentiate {
            net: &conv.net,
            samples: &conv.task.train,
            places: &places,
            share: 1.0 / 23.0,
            group: &mut group,
            logits: &mut logits,
            losses: &mut losses,
            sums: &mut sums,
        };
        width.run(kernel);
        (logits, losses, sums.gradient, sums.correct)
    };
    let widest = run(Width::Widest);
    assert!(widest == run(Width::Four) && widest == run(Width::One));
}

#[test]
fn gradients_add_up_unless_zeroed() {
    let mut conv = drawn(&[3, 7], Loss::CrossEntropy);
    conv.differentiate(6000..6256, SGD);
    let once = conv.gradient();
    for times in [2.0, 3.0] {
        conv.differentiate(6000..6256, Sgd { zero_grad: false, ..SGD });
        for (sum, once) in conv.gradient().iter().zip(&once) {
            let exact: Vec<f64> = once.values.iter().map(|&d| f64::from(d) * times).collect();
            close(&sum.values, &exact, 1e-7);
        }
    }
    conv.differentiate(6000..6256, SGD);
    assert_eq!(conv.gradient(), once);
}

#[test]
fn a_step_out_of_the_numbers_is_not_made() {
    let mut conv = drawn(&[3, 7], Loss::CrossEntropy);
    conv.differentiate(6000..6256, SGD);
    let before = conv.parameters();
    assert!(!conv.step(Sgd { rate: f32::INFINITY, ..SGD }));
    assert_eq!(conv.parameters(), before);
    assert!(conv.step(SGD));
    assert!(conv.parameters() != before);
    let mut broken = conv.parameters();
    broken[2].values[7] = f32::NAN;
    conv.load(&broken);
    assert!(!conv.differentiate(0..9, SGD).is_finite);
}

/// A copy goes on as the original does, velocity and all.
#[test]
fn a_duplicate_is_the_same_state() {
    let mut conv = drawn(&[3, 7], Loss::CrossEntropy);
    conv.train(&mut batches(600, 100), SGD, &mut |_| ()).unwrap();
    let mut copy = conv.duplicate();
    assert_eq!(copy.outputs(), conv.outputs());
    conv.train(&mut batches(600, 100), SGD, &mut |_| ()).unwrap();
    assert!(copy.parameters() != conv.parameters());
    copy.train(&mut batches(600, 100), SGD, &mut |_| ()).unwrap();
    assert_eq!((copy.parameters(), copy.gradient()), (conv.parameters(), conv.gradient()));
}

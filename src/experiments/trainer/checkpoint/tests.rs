use super::*;
use crate::compute::Task;
use crate::data::{Library, PIXELS};
use crate::experiments::trainer::{LossChoice, Settings, Trainer};
use crate::experiments::{Digits, Experiment as _, Export, Saved};
use crate::math::loss::Loss;
use crate::math::model::{Architecture, Start};
use crate::math::torch::Generator;
use ndarray::Array2;
use proptest::prelude::*;

const CNN: &[u8] = include_bytes!("../../../../tests/fixtures/cnn.safetensors");
const LINEAR: &[u8] = include_bytes!("../../../../tests/fixtures/linear.safetensors");

/// The logits of the held-out images at these indices, digit after digit, as the trainer has them.
fn logits(model: &Model, parameters: &[Parameter], digits: &[u8], indices: &[usize]) -> Vec<Vec<f32>> {
    let task = Task::new(&Library::new().builtin().unwrap(), digits.to_vec());
    let image = |row: usize| task.valid.pixels()[task.valid.indices()[indices[row]] as usize];
    let x = Array2::from_shape_fn((indices.len(), PIXELS), |(row, pixel)| f32::from(image(row)[pixel]) / 255.0);
    let logits = model.forward(parameters, x).unwrap().pop().unwrap();
    logits.rows().into_iter().map(|row| row.to_vec()).collect()
}

#[track_caller]
fn assert_near(found: &[Vec<f32>], expected: &[&[f32]], tolerance: f32) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().flatten().zip(expected.iter().copied().flatten()) {
        assert!((found - expected).abs() < tolerance, "{found}, not {expected}");
    }
}

/// The files were made, and the numbers printed, with PyTorch 2.15 and safetensors 0.8 by this script. `take` gives the
/// images of the digits, digit after digit in name order, divided by 255, and their classes; `cnn` is the lab's.
///
/// ```python
/// def train(name, model, digits, loss, lr, momentum, batch_size, steps, seed):
///     x, y = take('train', digits)
///     optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=momentum)
///     order = torch.randperm(len(x))
///     for i in range(0, batch_size * steps, batch_size):
///         optimizer.zero_grad(); p = order[i:i + batch_size]; loss(model(x[p]), y[p]).backward(); optimizer.step()
///     safetensors.torch.save_file(model.state_dict(), name)
/// torch.manual_seed(5); m = cnn(2); train('cnn.safetensors', m, [3, 7], F.cross_entropy, .05, .9, 64, 40)
/// print(m(take('t10k', [3, 7])[0])[[0, 500, 1010, 2037]])
/// torch.manual_seed(6); m = nn.Sequential(nn.Linear(784, 1)); train('linear.safetensors', m, [4, 9], mnist_loss, 1, 0, 256, 20)
/// print(m(take('t10k', [4, 9])[0])[[0, 500, 1000, 1990]])
/// ```
#[test]
fn files_from_pytorch_give_pytorchs_predictions() {
    let file = Checkpoint::decode(CNN).unwrap();
    let about = file.about().unwrap();
    assert_eq!(about, About { model: Architecture::Cnn, loss: Loss::CrossEntropy, digits: None, classes: 2 });
    let model = about.architecture();
    let found = logits(&model, &file.parameters(&model).unwrap(), &[3, 7], &[0, 500, 1010, 2037]);
    let expected: [&[f32]; 4] = [
        &[4.831_456_7, -4.893_134],
        &[2.414_937, -2.108_636_9],
        &[-4.954_743, 5.063_517_6],
        &[-3.933_337_7, 4.072_932],
    ];
    assert_near(&found, &expected, 2e-5);

    // A layer by itself within nn.Sequential: `0.weight`, where the lab's model of one layer has `weight`.
    let file = Checkpoint::decode(LINEAR).unwrap();
    let parameters = file.parameters(&Model::linear()).unwrap();
    assert_eq!(parameters[0].name, "weight");
    let found = logits(&Model::linear(), &parameters, &[4, 9], &[0, 500, 1000, 1990]);
    assert_near(&found, &[&[3.665_637_7], &[1.999_948_7], &[-2.293_217_4], &[0.284_280_4]], 2e-5);
}

fn trainer(pairs: &[&str]) -> Result<Trainer, crate::experiments::SettingsError> {
    let (settings, _) = Saved::from_pairs(pairs).unwrap().read::<Trainer>().unwrap();
    Trainer::start(&settings, &Library::new())
}

/// What PyTorch makes of the lab's files: `digit-lab run trainer --set model=NAME --set lr=LR --steps 5 --weights
/// NAME.safetensors`, and
///
/// ```python
/// model.load_state_dict(safetensors.torch.load_file(name + '.safetensors'))   # nn.Linear(784, 1), or nn.Sequential(...)
/// print(model(take('t10k', digits)[0])[[0, 500, 1010, 2037]])
/// ```
#[test]
fn pytorch_makes_the_same_of_the_labs_files() {
    type Case<'a> = (&'a str, f64, &'a [u8], [&'a [f32]; 4]);
    let cases: [Case<'_>; 4] = [
        ("linear", 1.0, &[3, 7], [&[7.102_143], &[10.258_08], &[-4.991_836_5], &[-12.354_58]]),
        ("simple-net", 0.1, &[3, 7], [&[0.562_912_6], &[0.746_596_2], &[0.425_335_94], &[0.552_412_3]]),
        (
            "mlp",
            0.1,
            &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
            [
                &[
                    0.436_759_83,
                    -0.042_904_235,
                    0.026_375_245,
                    0.264_980_76,
                    -0.070_447_68,
                    -0.048_217_382,
                    -0.248_782_75,
                    -0.252_926_83,
                    0.285_761_03,
                    -0.059_640_657,
                ],
                &[
                    0.128_426_92,
                    0.006_744_647_4,
                    0.038_509_768,
                    0.103_613_18,
                    -0.019_804_865,
                    -0.131_940_99,
                    -0.353_708_83,
                    -0.063_233_33,
                    0.232_103_14,
                    0.161_990_99,
                ],
                &[
                    -0.118_035_28,
                    0.491_773_55,
                    0.011_741_895,
                    -0.045_025_315,
                    -0.074_696_064,
                    -0.115_501_03,
                    -0.294_806_24,
                    0.011_268_966,
                    0.160_337_54,
                    0.062_455_937,
                ],
                &[
                    -0.125_910_06,
                    0.509_198_96,
                    0.020_914_394,
                    -0.060_315_523,
                    -0.023_591_895,
                    -0.121_246_02,
                    -0.319_283_16,
                    -0.020_475_443,
                    0.189_082_01,
                    0.021_016_35,
                ],
            ],
        ),
        (
            "cnn",
            0.05,
            &[3, 7],
            [
                &[-0.014_067_473, 0.006_271_585],
                &[-0.023_091_486, 0.006_208_081],
                &[-0.026_930_708, 0.011_117_351],
                &[-0.025_363_71, 0.009_305_314],
            ],
        ),
    ];
    for (name, lr, digits, expected) in cases {
        let mut run = trainer(&[&format!("model={name}"), &format!("lr={lr}")]).unwrap();
        run.stride(1 + 4 * 5);
        let bytes = Trainer::export(&run.snapshot(), Export::Weights).unwrap();
        let file = Checkpoint::decode(&bytes).unwrap();
        let model = file.about().unwrap().architecture();
        assert_eq!(model.name, name);
        let found = logits(&model, &file.parameters(&model).unwrap(), digits, &[0, 500, 1010, 2037]);
        assert_near(&found, &expected, 1e-5);
    }
}

fn all_models() -> impl Iterator<Item = (Model, Vec<u8>)> {
    let architectures = ["linear", "simple-net", "mlp", "cnn"].map(|name| serde_json::from_value(name.into()).unwrap());
    let tasks = [(Loss::Mnist, vec![7, 1]), (Loss::CrossEntropy, vec![3, 7]), (Loss::CrossEntropy, (0..10).collect())];
    let pair = move |architecture: Architecture| {
        tasks.clone().into_iter().map(move |(loss, digits)| (architecture.model(digits.len(), loss), digits))
    };
    architectures.into_iter().flat_map(pair)
}

#[test]
fn what_is_saved_comes_back() {
    for (model, digits) in all_models() {
        let parameters = model.draw(Start::Randn, &mut Generator::new(3));
        let bytes = encode(&model, &digits, &parameters);
        assert_eq!(bytes, encode(&model, &digits, &parameters), "the same bytes each time");
        let file = Checkpoint::decode(&bytes).unwrap();
        assert_eq!(file.parameters(&model).unwrap(), parameters);
        let about = file.about().unwrap();
        assert_eq!(
            (about.model.name(), about.loss, about.digits.as_deref()),
            (model.name, model.loss, Some(&digits[..]))
        );
        assert_eq!(about.architecture(), model);
        assert_eq!(file.metadata["pixels"], "0 to 1, ink is 1");
        let (header, _) = SafeTensors::read_metadata(&bytes).unwrap();
        assert_eq!(header % WORD, 0, "numbers lie where a reader may map them");
    }
}

#[test]
fn a_run_goes_on_from_a_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("cnn.safetensors");
    fs::write(&path, CNN).unwrap();
    let mut run = trainer(&["model=cnn", "seed=9", &format!("weights={}", path.display())]).unwrap();
    run.stride(2);
    let snapshot = run.snapshot();
    let file = Checkpoint::decode(CNN).unwrap();
    assert_eq!(snapshot.state.as_deref().unwrap(), file.parameters(&snapshot.architecture).unwrap());
    // PyTorch's accuracy of the file's model, on 2,038 images.
    assert!((snapshot.epochs.last().unwrap().accuracy - 0.960_255_1).abs() < 1e-6);
    // Nothing was drawn before the first epoch's order.
    assert_eq!(*snapshot.order, Generator::new(9).randperm(snapshot.order.len()));
    let bytes = Trainer::export(&snapshot, Export::Weights).unwrap();
    assert_eq!(Checkpoint::decode(&bytes).unwrap().about().unwrap().digits, Some(Digits::threes_and_sevens()));

    for (pairs, words) in [
        (&["model=mlp"][..], "it holds the model cnn; expected mlp, or set model=cnn"),
        (&["model=cnn", "digits=all"], "8.weight is [2, 512]; expected [10, 512]"),
        (&["model=cnn", "loss=mnist"], "8.weight is [2, 512]; expected [1, 512]"),
    ] {
        let weights = format!("weights={}", path.display());
        let error = trainer(&[pairs, &[&weights]].concat()).err().unwrap().to_string();
        assert_eq!(error, format!("{} cannot be loaded: {words}", path.display()));
    }
}

/// A safetensors file with this header.
fn file(header: &Value, data: &[u8]) -> Vec<u8> {
    let header = header.to_string();
    [&(header.len() as u64).to_le_bytes(), header.as_bytes(), data].concat()
}

#[test]
fn what_does_not_fit_is_named() {
    let f32s = |shape: &[usize], start: usize| {
        let end = start + 4 * shape.iter().product::<usize>();
        json!({"dtype": "F32", "shape": shape, "data_offsets": [start, end]})
    };
    let simple_net = Architecture::SimpleNet.model(2, Loss::Mnist);
    let sizes = |hidden: usize, inputs: usize| {
        let header = json!({
            "0.weight": f32s(&[hidden, inputs], 0), "0.bias": f32s(&[hidden], 4 * hidden * inputs),
            "2.weight": f32s(&[1, hidden], 4 * hidden * (inputs + 1)), "2.bias": f32s(&[1], 4 * hidden * (inputs + 2)),
        });
        file(&header, &vec![0; 4 * (hidden * (inputs + 2) + 1)])
    };
    let linear = |name: &str, weight: Value, data: Vec<u8>| file(&json!({ name: weight }), &data);
    let cases = [
        (sizes(30, 100), &simple_net, "0.weight is [30, 100]; expected [30, 784]"),
        (sizes(31, 784), &simple_net, "0.weight is [31, 784]; expected [30, 784]"),
        (
            linear("weight", f32s(&[1, 784], 0), vec![0; 3136]),
            &Model::linear(),
            "it lacks bias; linear has exactly weight, bias",
        ),
        (
            file(&json!({"weight": f32s(&[1], 0), "bias": f32s(&[1], 4), "a\nb": f32s(&[1], 8)}), &[0; 12]),
            &Model::linear(),
            "it also has a\\nb; linear has exactly weight, bias",
        ),
        (
            file(&json!({"weight": f32s(&[1], 0), "bias": f32s(&[1], 4), "0.bias": f32s(&[1], 8)}), &[0; 12]),
            &Model::linear(),
            "it also has 0.bias; linear has exactly weight, bias",
        ),
        (
            linear("x", f32s(&[1], 0), vec![0; 4]),
            &Model::linear(),
            "it lacks weight, bias and also has x; linear has exactly weight, bias",
        ),
        (CNN.to_vec(), &simple_net, "it holds the model cnn; expected simple-net, or set model=cnn"),
        (
            file(
                &json!({
                    "weight": {"dtype": "F64", "shape": [1, 784], "data_offsets": [0, 6272]},
                    "bias": {"dtype": "F64", "shape": [1], "data_offsets": [6272, 6280]},
                }),
                &[0; 6280],
            ),
            &Model::linear(),
            "weight is F64; expected F32, 32-bit floats (in PyTorch: model.float())",
        ),
        (
            file(
                &json!({"weight": f32s(&[1, 784], 0), "bias": f32s(&[1], 3136)}),
                &[vec![0; 12], f32::NAN.to_le_bytes().to_vec(), vec![0; 3124]].concat(),
            ),
            &Model::linear(),
            "weight has NaN at place 3; expected finite numbers",
        ),
    ];
    for (bytes, model, sentence) in cases {
        let problem = Checkpoint::decode(&bytes).unwrap().parameters(model).unwrap_err();
        assert_eq!(problem.to_string(), sentence);
    }
    let unknown = Checkpoint::decode(&sizes(31, 784)).unwrap().about().unwrap_err().to_string();
    assert!(unknown.starts_with("it has 0.bias [31], 0.weight [31, 784], 2.bias [1]"), "{unknown}");
    let many: Map<String, Value> = (0..99).map(|n| (format!("{n}"), f32s(&[0], 0))).collect();
    let unknown = Checkpoint::decode(&file(&many.into(), &[])).unwrap().about().unwrap_err().to_string();
    assert!(unknown.contains(" and 91 more, which is none of linear"), "{unknown}");
}

#[test]
fn digits_must_go_with_the_outputs() {
    let said = |digits: &str| {
        let header = json!({
            "__metadata__": {"digits": digits, "loss": "none of ours"},
            "weight": {"dtype": "F32", "shape": [1, 784], "data_offsets": [0, 3136]},
            "bias": {"dtype": "F32", "shape": [1], "data_offsets": [3136, 3140]},
        });
        Checkpoint::decode(&file(&header, &[0; 3140])).unwrap().about()
    };
    assert_eq!(said("8,1").unwrap().digits, Digits::new([8, 1]));
    assert_eq!(said("8,1").unwrap().loss, Loss::Mnist);
    for digits in ["1,2,3", "3,3", "", "three"] {
        let sentence = format!("it says that its digits are {digits}; expected 2 different digits for its outputs");
        assert_eq!(said(digits).unwrap_err().to_string(), sentence);
    }
}

#[test]
fn files_that_are_none_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name);
    for (name, bytes) in
        [("empty", &b""[..]), ("text", b"a letter to a friend"), ("cut", &CNN[..CNN.len() - 1]), ("head", &CNN[..300])]
    {
        fs::write(path(name), bytes).unwrap();
        let error = Checkpoint::read(&path(name)).unwrap_err().to_string();
        assert!(error.contains(&format!("{name} cannot be loaded: it is not a whole safetensors file (")), "{error}");
        assert!(!error.contains('\n'));
    }
    File::create(path("large")).unwrap().set_len(MAX_BYTES + 1).unwrap();
    let error = Checkpoint::read(&path("large")).unwrap_err().to_string();
    assert!(error.ends_with("it is larger than 64 MB, and the lab's models take less than 1 MB"), "{error}");
    assert!(Checkpoint::read(dir.path()).unwrap_err().to_string().ends_with("it is not a file"));
    assert!(matches!(Checkpoint::read(&path("gone")).unwrap_err().problem, Problem::Read(_)));
}

#[test]
fn the_window_takes_up_what_a_file_says() {
    let now = Settings { lr: 0.7, seed: 8, ..Settings::default() };
    let about = Checkpoint::decode(LINEAR).unwrap().about().unwrap();
    let settings = about.settings(Path::new("w.safetensors"), &now);
    assert_eq!(settings, Settings { weights: "w.safetensors".into(), ..now.clone() });
    // Another model, and another loss than it usually has: what goes with the model comes with it.
    let about = About { model: Architecture::Mlp, loss: Loss::Mnist, digits: Digits::new([7, 1]), classes: 2 };
    let expected = Settings {
        digits: "7,1".parse().unwrap(),
        loss: LossChoice::Mnist,
        seed: 8,
        weights: "w".into(),
        ..Settings::usual_for(Architecture::Mlp)
    };
    assert_eq!(about.settings(Path::new("w"), &now), expected);
    // The order of the outputs is not lost, and a file that does not say keeps digits that are as many.
    let backwards = Digits::new((0..10).rev().collect::<Vec<u8>>());
    let about = About { model: Architecture::Linear, loss: Loss::CrossEntropy, digits: backwards, classes: 10 };
    let digits = |about: &About, now: &Settings| Settings::digits().write(&about.settings(Path::new("w"), now));
    assert_eq!(digits(&about, &now), "9,8,7,6,5,4,3,2,1,0");
    let five = About { digits: None, classes: 5, ..about };
    assert_eq!(digits(&five, &now), "0,1,2,3,4");
    let kept = Settings { digits: "5,6,7,8,9".parse().unwrap(), ..now };
    assert_eq!(digits(&five, &kept), "5,6,7,8,9");
}

proptest! {
    #[test]
    fn any_bytes_are_refused_or_read(bytes in prop::collection::vec(any::<u8>(), 0..200), length in 0_u64..300) {
        drop(Checkpoint::decode(&bytes));
        drop(Checkpoint::decode(&[&length.to_le_bytes(), &bytes[..]].concat()));
    }

    #[test]
    fn damaged_files_never_panic(at in 0_usize..420, value: u8, cut in 0_usize..3200) {
        let mut bytes = LINEAR.to_vec();
        let at = at % bytes.len();
        bytes[at] = value;
        for bytes in [&bytes[..], &bytes[..cut.min(bytes.len())]] {
            if let Ok(file) = Checkpoint::decode(bytes) {
                let about = file.about();
                let parameters = file.parameters(&Model::linear());
                prop_assert!(about.is_ok() || !about.unwrap_err().to_string().contains('\n'));
                if let Ok(parameters) = parameters {
                    prop_assert!(parameters.iter().flat_map(|tensor| &tensor.values).all(|value| value.is_finite()));
                }
            }
        }
    }
}

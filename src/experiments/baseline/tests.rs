use super::validation::Measuring;
use super::*;
use crate::compute::cpu_meter;
use crate::data::Cancel;
use crate::experiments::trainer::Means;
use crate::experiments::{Fields as _, Saved, Tape};
use crate::math::distance::{Metric, Template};
use serde_json::{Value, json};

/// A tape, and what is looked at.
struct Sitting {
    tape: Tape<Baseline>,
    look: Look,
}

impl Sitting {
    fn seen(&self) -> Seen {
        see(&self.tape.now().snapshot(), &self.look, Seen::default())
    }
}

fn see(snapshot: &Snapshot, look: &Look, mut seen: Seen) -> Seen {
    let snapshot = Arc::new(snapshot.clone());
    while !Baseline::see(&snapshot, look, &mut seen) {}
    seen
}

fn open(pairs: &[&str]) -> Result<Sitting, SettingsError> {
    let (settings, look) = Saved::from_pairs(pairs)?.read::<Baseline>()?;
    let baseline = Baseline::start(&settings, &Library::new())?;
    baseline.check_look(&look)?;
    Ok(Sitting { tape: Tape::new(baseline), look })
}

fn to_the_end(pairs: &[&str]) -> Sitting {
    let mut sitting = open(pairs).unwrap();
    let Sitting { tape, .. } = &mut sitting;
    tape.seek(tape.now().position_after(None));
    assert_eq!(tape.phase(), Some(Phase::Stop));
    sitting
}

fn at_the_end(pairs: &[&str]) -> Report {
    to_the_end(pairs).seen().report
}

fn correct(report: &Report) -> Vec<u32> {
    report.classes.iter().map(|class| class.correct.unwrap()).collect()
}

fn near(found: f64, expected: f64, within: f64) {
    assert!((found - expected).abs() <= within, "{found} is not {expected}");
}

#[test]
fn three_against_seven_by_mean_absolute_difference() {
    let report = at_the_end(&[]);
    assert_eq!(correct(&report), [926, 1013]);
    assert_eq!(report.confusion, [[926, 84], [15, 1013]]);
    near(report.mean_accuracy.unwrap(), 0.951_120, 1e-6);
    near(report.pooled_accuracy.unwrap(), 0.951_423, 1e-6);
    let sample = &report.sample;
    assert_eq!((sample.source.as_str(), sample.prediction), ("train/3/10000.png", Some(3)));
    let [three, seven] = [sample.distances[0].measures, sample.distances[1].measures];
    for (found, expected) in
        [(three.mae, 0.111_436_55), (seven.mae, 0.158_619_10), (three.rmse, 0.202_083_21), (seven.rmse, 0.302_108_91)]
    {
        near(found, expected, 1e-8);
    }
    near(three.l1_norm, 87.366_252, 1e-5); // The chapter's notes computed the norms in single precision.
    near(three.l2_norm, 5.658_330, 1e-6);
    near(three.signed_mean, 0.000_85, 1e-5);
}

#[test]
fn three_against_seven_by_root_mean_square() {
    let report = at_the_end(&["metric=rmse"]);
    assert_eq!(correct(&report), [968, 1001]);
    near(report.mean_accuracy.unwrap(), 0.966_075_625, 1e-9);
}

/// Recounted with NumPy, in double and in single precision alike (the smallest margin, 1e-7, is far above rounding):
///
/// ```python
/// x = lambda images: images.reshape(-1, 784) / 255
/// means = [x(train_x[train_y == c]).mean(0) for c in range(10)]
/// mae  = np.stack([np.abs(x(valid_x) - m).mean(1) for m in means], 1)
/// rmse = np.stack([np.sqrt(((x(valid_x) - m) ** 2).mean(1)) for m in means], 1)
/// [int((d.argmin(1)[valid_y == c] == c).sum()) for c in range(10)]   # for d = mae, then d = rmse
/// # [799, 1133, 437, 615, 656, 291, 754, 786, 431, 783], 6685 in all
/// # [878, 1092, 781, 814, 811, 612, 827, 856, 718, 814], 8203 in all
/// [int(((valid_y == 5) & (mae.argmin(1) == p)).sum()) for p in range(10)]
/// # [6, 325, 0, 145, 19, 291, 21, 23, 3, 59]
/// ```
#[test]
fn all_ten_digits_are_counted_as_numpy_counts_them() {
    let report = at_the_end(&["digits=all"]);
    assert_eq!(correct(&report), [799, 1133, 437, 615, 656, 291, 754, 786, 431, 783]);
    assert_eq!(report.confusion[5], [6, 325, 0, 145, 19, 291, 21, 23, 3, 59]);
    near(report.pooled_accuracy.unwrap(), 0.6685, 1e-12);
    near(report.mean_accuracy.unwrap(), 0.661_033_093_305_431_3, 1e-12);
    let report = at_the_end(&["digits=all", "metric=rmse"]);
    assert_eq!(correct(&report), [878, 1092, 781, 814, 811, 612, 827, 856, 718, 814]);
    assert_eq!(report.confusion[5], [11, 63, 2, 118, 21, 612, 27, 10, 13, 15]);
    near(report.pooled_accuracy.unwrap(), 0.8203, 1e-12);
}

#[test]
fn the_means_and_the_threes_distances_are_the_chapter_s() {
    let sitting = to_the_end(&[]);
    let (snapshot, seen) = (sitting.tape.now().snapshot(), sitting.seen());
    for (mean, peak, pixel) in [(0, 0.779_502, 13 * 28 + 14), (1, 0.768_192, 9 * 28 + 17)] {
        let (at, max) = snapshot.means[mean].iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).unwrap();
        assert_eq!(at, pixel);
        near(f64::from(*max), peak, 1e-6);
    }
    let validation = seen.validation().unwrap();
    let threes: Vec<f64> = (0..1010).map(|index| validation.row(index)[0]).collect();
    let ends =
        [(0, 0.128_034), (1, 0.162_306), (2, 0.124_218), (1007, 0.150_780), (1008, 0.126_307), (1009, 0.125_964)];
    for (index, expected) in ends {
        near(threes[index], expected, 1e-6);
    }
    near(threes.iter().copied().fold(f64::MAX, f64::min), 0.101_806, 1e-6);
    near(threes.iter().copied().fold(0.0, f64::max), 0.197_300, 1e-6);
    near(validation.mean_distance(0).unwrap(), 0.129_639, 1e-6);
    let mistakes = (0..validation.indices.len()).filter(|&index| validation.margin(index).unwrap() < 0.0).count();
    assert_eq!(mistakes, 84 + 15);
}

#[test]
fn the_json_is_the_contract_s() {
    let sitting = to_the_end(&[]);
    let found = serde_json::to_value(sitting.seen()).unwrap();
    let class =
        json!({"digit": 3, "train": 6131, "valid": 1010, "correct": 926, "accuracy": 926.0 / 1010.0, "stacked": 6131});
    assert_eq!(found["classes"][0], class);
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let all = ["device", "classes", "mean_accuracy", "pooled_accuracy", "sample", "metric", "stacked", "confusion"];
    assert_eq!(keys(&found), all);
    assert_eq!(keys(&found["sample"]), ["source", "label", "index", "distances", "prediction"]);
    assert_eq!(keys(&found["sample"]["distances"][1]), ["digit", "mae", "rmse", "l1_norm", "l2_norm", "signed_mean"]);
    assert_eq!(serde_json::to_value(sitting.tape.now().snapshot()).unwrap(), json!({}), "it has no numbers besides");
}

#[test]
fn before_the_first_image_there_is_nothing_to_compare_with() {
    let sitting = open(&[]).unwrap();
    let seen = sitting.seen();
    let found = serde_json::to_value(&seen).unwrap();
    assert_eq!((&found["mean_accuracy"], &found["pooled_accuracy"]), (&Value::Null, &Value::Null));
    assert_eq!((&found["classes"][1]["accuracy"], &found["sample"]["distances"]), (&Value::Null, &json!([])));
    assert_eq!((&found["sample"]["prediction"], sitting.tape.phase()), (&Value::Null, None));
    assert_eq!(seen.report.tables().len(), 1);
    // Back at the start, nothing is left of the means.
    let later = to_the_end(&[]).seen();
    assert!(later.validation().is_some());
    assert!(see(&sitting.tape.now().snapshot(), &sitting.look, later).validation().is_none());
}

#[test]
fn a_stride_ends_where_single_steps_end() {
    let mut steps = open(&["digits=1,5", "digit=5"]).unwrap();
    let mut stride = open(&["digits=1,5", "digit=5"]).unwrap();
    for _ in 0..700 {
        steps.tape.step();
    }
    stride.tape.seek(2000);
    stride.tape.back(1300);
    assert_eq!(steps.tape.now().stacks, stride.tape.now().stacks);
    assert_eq!(steps.seen().validation(), stride.seen().validation());
    // Every image by itself gives the sums of all at once.
    let data = Library::new().builtin().unwrap();
    let one_by_one = data
        .train
        .of_digit(5)
        .chunks(1)
        .fold(ImageSum::default(), |sum, image| sum.and(&ImageSum::of(matrix(&data.train), image)));
    assert_eq!(one_by_one, sum_images(matrix(&data.train), data.train.of_digit(5)));
}

#[test]
fn a_digit_with_fewer_images_stops_growing_and_stop_comes_last() {
    let mut tape = open(&[]).unwrap().tape;
    let end = tape.now().end().unwrap();
    assert_eq!(end, 6266);
    tape.seek(6200);
    assert_eq!(tape.now().stacks.iter().map(ImageSum::count).collect::<Vec<_>>(), [6131, 6200]);
    assert_eq!(tape.now().unit_end(6200, 0), 6210);
    assert_eq!((tape.now().unit_end(6261, 0), tape.now().unit_end(3, 1)), (6265, 6265));
    assert_eq!(tape.now().unit_end(6265, 1), 6266);
    assert_eq!((tape.now().position_after(Some(10)), tape.now().position_after(Some(9999))), (10, 6266));
    tape.seek(6265);
    assert_eq!((tape.phase(), tape.stopped()), (Some(Phase::Stack), None));
    assert_eq!((tape.step(), tape.stopped(), tape.step()), (Some(Phase::Stop), Some(Stop::Done), None));
}

/// What a validation depends on is the stacks and the metric: not the phase, the sample, the page or the run.
#[test]
fn asking_again_measures_nothing_again() {
    let Sitting { mut tape, mut look } = open(&[]).unwrap();
    tape.seek(6265);
    let first = see(&tape.now().snapshot(), &look, Seen::default());
    tape.step();
    (look.split, look.digit, look.nth, look.tab) = (Split::Valid, 7, 500, Tab::Mistakes);
    let again = see(&tape.now().snapshot(), &look, first.clone());
    let is_same = |one: &Seen, other: &Seen| Arc::ptr_eq(one.validation().unwrap(), other.validation().unwrap());
    assert!(is_same(&first, &again));
    assert_ne!(first.report.sample, again.report.sample);
    let other_run = see(&to_the_end(&[]).tape.now().snapshot(), &look, again.clone());
    assert!(is_same(&again, &other_run), "another run with the same stacks");
    look.metric = Metric::Rmse;
    assert!(!is_same(&again, &see(&tape.now().snapshot(), &look, again.clone())));
    look.metric = Metric::Mae;
    tape.back(100);
    let back = see(&tape.now().snapshot(), &look, again.clone());
    assert!(!is_same(&again, &back));
    assert_eq!(back.report.stacked, 6166);
}

#[test]
fn measured_in_slices_the_distances_are_the_same_bits() {
    let data = Library::new().builtin().unwrap();
    let meter = cpu_meter(&data);
    let digits = [8, 1, 5];
    let sum = |&digit: &u8| meter.sum(Split::Train, data.train.of_digit(digit));
    let templates: Vec<Template> = digits.iter().filter_map(|digit| Template::new(&sum(digit))).collect();
    for metric in [Metric::Mae, Metric::Rmse] {
        let whole = Validation::measure(&*meter, &data, &digits, &templates, metric);
        let mut slices = Measuring::new(&data, &digits);
        let mut count = 1;
        while !slices.advance(&*meter, &templates, metric, 100) {
            count += 1;
        }
        assert_eq!((count, slices.complete(3)), (whole.indices.len().div_ceil(100), whole));
    }
}

#[test]
fn a_look_that_reaches_too_far_sees_the_nearest_there_is() {
    let mut sitting = to_the_end(&[]);
    sitting.look.nth = 199_999;
    assert_eq!(sitting.seen().report.sample.index, Library::new().builtin().unwrap().train.of_digit(3).last().copied());
    let error = sitting.tape.now().check_look(&sitting.look).unwrap_err().to_string();
    assert_eq!(error, "nth is \"199999\"; expected a whole number from 0 to 6130; the nearest valid value is 6130");
}

#[test]
fn each_page_has_what_it_shows() {
    let mut sitting = to_the_end(&["digits=3,7,8"]);
    let snapshot = sitting.tape.now().snapshot();
    let seen = sitting.seen();
    let sample = crate::data::units(&seen.sample.pixels);
    assert_eq!(seen.differences[2][400].to_bits(), (sample[400] - snapshot.means[2][400]).to_bits());
    let first: Vec<(u8, u32)> = seen.first_means().iter().map(|first| (first.digit, first.images)).collect();
    assert_eq!(first[..4], [(3, 1), (3, 10), (3, 6131), (7, 1)]);
    assert_eq!(seen.first_means()[8].mean, snapshot.means[2], "all images of the last digit are its mean");
    sitting.look.absolute = true;
    assert!(sitting.seen().differences.iter().flatten().all(|difference| *difference >= 0.0));

    sitting.look.tab = Tab::Scatter;
    sitting.look.axes = Digits::new([8, 3]);
    let cloud = Arc::clone(sitting.seen().cloud().unwrap());
    assert_eq!((cloud.axes, cloud.dots[1].points.len()), ((2, 0), 1028));
    let (seen, index) = (sitting.seen(), cloud.dots[1].indices[5]);
    let row = seen.validation().unwrap().row(index);
    assert_eq!(cloud.dots[1].points[5], [row[2], row[0]]);
    assert_eq!(cloud.bars.iter().map(|bar| bar.count as usize).sum::<usize>(), cloud.images);
    sitting.look.only = true;
    let only = sitting.seen();
    assert!(only.cloud().unwrap().dots[1].points.is_empty() && only.cloud().unwrap().wrong == cloud.wrong);
    sitting.look.axes = Digits::new([9, 3]);
    assert_eq!(sitting.seen().cloud().unwrap().axes, (0, 1), "no 9 is told apart");

    sitting.look.tab = Tab::Mistakes;
    assert_eq!(sitting.seen().listed(), seen.validation().unwrap().mistakes());
    sitting.look.cell = Some((7, 3));
    assert_eq!(sitting.seen().listed(), seen.validation().unwrap().cell(1, 0));
    sitting.look.cell = Some((7, 1));
    assert_eq!(sitting.seen().listed(), seen.validation().unwrap().mistakes(), "no 1 is told apart");

    sitting.look.tab = Tab::Broadcasting;
    sitting.look.right = Some("1010".to_owned());
    let shapes = sitting.seen().shapes.unwrap();
    assert_eq!(shapes.usual, ["1010, 28, 28", "28, 28"]);
    assert_eq!(shapes.laid.unwrap().broadcast.shape(), Err(2));
    sitting.look.right = Some("a".to_owned());
    let [left, right] = sitting.seen().shapes.unwrap().laid.unwrap_err();
    assert!(left.is_none() && right.unwrap().contains("not a size"));
}

#[test]
fn the_trainer_s_means_read_as_the_baseline_does() {
    let data = Library::new().builtin().unwrap();
    let means = Means::of(&data, &[3, 7]);
    near(means.accuracy, at_the_end(&[]).pooled_accuracy.unwrap(), 1e-15);
}

#[test]
fn distances_do_not_depend_on_the_number_of_threads() {
    let data = Library::new().builtin().unwrap();
    let images = matrix(&data.train);
    let compute = || {
        let means: Vec<_> =
            (0..10).filter_map(|digit| Template::new(&sum_images(images, data.train.of_digit(digit)))).collect();
        distances(images, &(0..500).collect::<Vec<_>>(), &means, Metric::Rmse)
    };
    let pool = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    assert_eq!(pool(1).install(compute), pool(3).install(compute));
}

#[test]
fn tables_and_values_tell_the_same() {
    let sitting = to_the_end(&[]);
    let (snapshot, seen) = (sitting.tape.now().snapshot(), sitting.seen());
    let sight = Sight { snapshot: &snapshot, look: &sitting.look, seen: &seen };
    let tables = Baseline::tables(&sight);
    assert_eq!(tables[0].rows[0], ["3", "6131", "6131", "1010", "926", "0.9168"]);
    assert_eq!(tables[0].rows[3][5], "0.9514");
    assert_eq!(tables[1].rows[0][..3], ["3", "0.111437", "0.202083"]);
    assert_eq!(tables[2].rows[1], ["7", "15", "1013"]);
    let values = Baseline::values(&sight);
    assert_eq!((&*values["second_accuracy"], &*values["first_valid_distance"]), ("0.9854", "0.1296"));
    assert_eq!((&*values["first_mean_max"], &*values["prediction"]), ("0.7795", "3"));
}

#[test]
fn mistakes_name_the_nearest_valid_value() {
    let error = |pairs: &[&str]| open(pairs).err().unwrap().to_string();
    assert!(error(&["digits=3"]).contains("at least 2 different digits"));
    assert!(error(&["metric=l2"]).contains("expected one of mae, rmse"));
    assert!(
        error(&["split=valid", "nth=1010"]).ends_with("a whole number from 0 to 1009; the nearest valid value is 1009")
    );
}

#[test]
fn a_folder_of_one_s_own_may_lack_digits() {
    let dir = tempfile::tempdir().unwrap();
    for (class, grey) in [("train/3", 10), ("train/7", 200), ("valid/3", 30)] {
        let class = dir.path().join(class);
        std::fs::create_dir_all(&class).unwrap();
        let dot = |x, y| image::Luma([if (10..18).contains(&x) && (5..20).contains(&y) { grey } else { 0 }]);
        image::GrayImage::from_fn(28, 28, dot).save(class.join("a.png")).unwrap();
    }
    let data = format!("data={}", dir.path().display());
    let error = open(&[&data, "nth=0", "digits=3,8"]).err().unwrap().to_string();
    assert!(
        error.ends_with("digits that there are training images of (3,7); the nearest valid value is 3,7"),
        "{error}"
    );
    let report = at_the_end(&[&data, "nth=0"]);
    assert_eq!((report.classes[0].accuracy, report.classes[1].accuracy), (Some(1.0), None));
    assert_eq!((report.mean_accuracy, report.pooled_accuracy), (Some(1.0), Some(1.0)));
}

#[test]
fn every_choice_has_its_name() {
    let names: Vec<_> = Settings::FIELDS.iter().map(|field| field.name()).collect();
    assert_eq!(names, ["digits", "file", "device", "data"]);
    let names: Vec<_> = Look::FIELDS.iter().map(|field| field.name()).collect();
    assert_eq!(names, ["tab", "metric", "split", "digit", "nth"]);
}

#[test]
fn what_the_first_version_saved_is_found_again() {
    let json = r#"{
        "settings": {"digits": "3,7", "metric": "rmse", "split": "valid", "digit": 7, "nth": 12, "file": ""},
        "look": {"tab": "mistakes", "cell": [3, 7], "axes": "7,3", "only": true, "absolute": true, "right": "1010"}
    }"#;
    let (settings, look) = serde_json::from_str::<Saved>(json).unwrap().read::<Baseline>().unwrap();
    assert_eq!(settings, Checked::default());
    let chosen = Look {
        tab: Tab::Mistakes,
        metric: Metric::Rmse,
        split: Split::Valid,
        digit: 7,
        nth: 12,
        absolute: true,
        axes: Digits::new([7, 3]),
        only: true,
        cell: Some((3, 7)),
        left: None,
        right: Some("1010".to_owned()),
    };
    assert_eq!(look, chosen);
    assert_eq!(Saved::of(&settings, &look).read::<Baseline>().unwrap().1, chosen);
    let long =
        r#"{"look": {"left": "11111111112222222222333333333344444444445555555555666666666677777777778888888888999"}}"#;
    let (_, look) = serde_json::from_str::<Saved>(long).unwrap().read::<Baseline>().unwrap();
    assert_eq!(look.left.unwrap().len(), 80);
}

#[test]
fn a_cell_of_the_confusion_holds_its_images_by_margin() {
    let seen = to_the_end(&[]).seen();
    let all = seen.validation().unwrap();
    let cell = all.cell(0, 1);
    assert_eq!(cell.len(), 84);
    assert!(cell.iter().all(|&index| all.answers.pair(index) == Some((0, 1))));
    let margins: Vec<f64> = cell.iter().map(|&index| all.margin(index).unwrap()).collect();
    assert!(margins.is_sorted() && margins[0] < -0.01 && margins[83] <= 0.0, "{margins:?}");
    let mistakes = all.mistakes();
    assert_eq!(mistakes.len(), 84 + 15);
    assert!(mistakes.contains(&cell[0]) && all.margin(mistakes[0]) <= all.margin(cell[0]));
    assert_eq!(all.cell(1, 1).len(), 1013);
    assert!(all.cell(1, 9).is_empty());
}

#[test]
fn the_loop_and_the_array_operation_agree() {
    let data = Library::new().builtin().unwrap();
    let race = race(&data, &[3, 7], Metric::Rmse, &Cancel::default());
    assert_eq!((race.images, race.means), (1010 + 1028, 2));
    // The loop's means are rounded to single precision.
    assert!(race.largest_difference < 1e-7, "{race:?}");
    assert!(race.loop_seconds > 0.0 && race.array_seconds > 0.0);
}

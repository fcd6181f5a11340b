use super::*;
use crate::experiments::{Settings as _, Tape};
use crate::math::distance::Template;
use serde_json::{Value, json};

fn open(pairs: &[&str]) -> Result<Tape<Baseline>, SettingsError> {
    let pairs: Vec<String> = pairs.iter().map(ToString::to_string).collect();
    let settings = settings::from_map("baseline", &settings::from_pairs::<Settings>("baseline", &pairs)?)?;
    Ok(Tape::new(Baseline::start(&settings, &Library::new())?))
}

fn at_the_end(pairs: &[&str]) -> Snapshot {
    let mut tape = open(pairs).unwrap();
    tape.seek(tape.now().position_after(None));
    assert_eq!(tape.phase(), Some(Phase::Stop));
    tape.now().snapshot()
}

fn correct(snapshot: &Snapshot) -> Vec<u32> {
    snapshot.classes.iter().map(|class| class.correct.unwrap()).collect()
}

fn near(found: f64, expected: f64, within: f64) {
    assert!((found - expected).abs() <= within, "{found} is not {expected}");
}

#[test]
fn three_against_seven_by_mean_absolute_difference() {
    let snapshot = at_the_end(&[]);
    assert_eq!(correct(&snapshot), [926, 1013]);
    assert_eq!(snapshot.confusion, [[926, 84], [15, 1013]]);
    near(snapshot.mean_accuracy.unwrap(), 0.951_120, 1e-6);
    near(snapshot.pooled_accuracy.unwrap(), 0.951_423, 1e-6);
    let sample = &snapshot.sample;
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
    let snapshot = at_the_end(&["metric=rmse"]);
    assert_eq!(correct(&snapshot), [968, 1001]);
    near(snapshot.mean_accuracy.unwrap(), 0.966_075_625, 1e-9);
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
    let snapshot = at_the_end(&["digits=all"]);
    assert_eq!(correct(&snapshot), [799, 1133, 437, 615, 656, 291, 754, 786, 431, 783]);
    assert_eq!(snapshot.confusion[5], [6, 325, 0, 145, 19, 291, 21, 23, 3, 59]);
    near(snapshot.pooled_accuracy.unwrap(), 0.6685, 1e-12);
    near(snapshot.mean_accuracy.unwrap(), 0.661_033_093_305_431_3, 1e-12);
    let snapshot = at_the_end(&["digits=all", "metric=rmse"]);
    assert_eq!(correct(&snapshot), [878, 1092, 781, 814, 811, 612, 827, 856, 718, 814]);
    assert_eq!(snapshot.confusion[5], [11, 63, 2, 118, 21, 612, 27, 10, 13, 15]);
    near(snapshot.pooled_accuracy.unwrap(), 0.8203, 1e-12);
}

#[test]
fn the_means_and_the_threes_distances_are_the_chapter_s() {
    let snapshot = at_the_end(&[]);
    for (mean, peak, place) in [(0, 0.779_502, 13 * 28 + 14), (1, 0.768_192, 9 * 28 + 17)] {
        let (at, max) = snapshot.means[mean].iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).unwrap();
        assert_eq!(at, place);
        near(f64::from(*max), peak, 1e-6);
    }
    let validation = snapshot.validation.unwrap();
    let threes: Vec<f64> = (0..1010).map(|place| validation.row(place)[0]).collect();
    let ends =
        [(0, 0.128_034), (1, 0.162_306), (2, 0.124_218), (1007, 0.150_780), (1008, 0.126_307), (1009, 0.125_964)];
    for (place, expected) in ends {
        near(threes[place], expected, 1e-6);
    }
    near(threes.iter().copied().fold(f64::MAX, f64::min), 0.101_806, 1e-6);
    near(threes.iter().copied().fold(0.0, f64::max), 0.197_300, 1e-6);
    near(validation.mean_distance(0).unwrap(), 0.129_639, 1e-6);
    let mistakes = (0..validation.indices.len()).filter(|&place| validation.margin(place).unwrap() < 0.0).count();
    assert_eq!(mistakes, 84 + 15);
}

#[test]
fn the_json_is_the_contract_s() {
    let found = serde_json::to_value(at_the_end(&[])).unwrap();
    let class =
        json!({"digit": 3, "train": 6131, "valid": 1010, "correct": 926, "accuracy": 926.0 / 1010.0, "stacked": 6131});
    assert_eq!(found["classes"][0], class);
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let all = ["device", "classes", "mean_accuracy", "pooled_accuracy", "sample", "metric", "stacked", "confusion"];
    assert_eq!(keys(&found), all);
    assert_eq!(keys(&found["sample"]), ["source", "label", "index", "distances", "prediction"]);
    assert_eq!(keys(&found["sample"]["distances"][1]), ["digit", "mae", "rmse", "l1_norm", "l2_norm", "signed_mean"]);
}

#[test]
fn before_the_first_image_there_is_nothing_to_compare_with() {
    let tape = open(&[]).unwrap();
    let found = serde_json::to_value(tape.now().snapshot()).unwrap();
    assert_eq!((&found["mean_accuracy"], &found["pooled_accuracy"]), (&Value::Null, &Value::Null));
    assert_eq!((&found["classes"][1]["accuracy"], &found["sample"]["distances"]), (&Value::Null, &json!([])));
    assert_eq!((&found["sample"]["prediction"], tape.phase()), (&Value::Null, None));
    assert_eq!(Baseline::tables(&tape.now().snapshot()).len(), 1);
}

#[test]
fn a_stride_ends_where_single_steps_end() {
    let mut steps = open(&["digits=1,5", "digit=5"]).unwrap();
    let mut stride = steps.clone();
    for _ in 0..700 {
        steps.step();
    }
    stride.seek(2000);
    stride.back(1300);
    assert_eq!(steps.now().stacks, stride.now().stacks);
    assert_eq!(steps.now().snapshot().validation, stride.now().snapshot().validation);
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
    let mut tape = open(&[]).unwrap();
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

#[test]
fn asking_again_measures_nothing_again() {
    let mut tape = open(&[]).unwrap();
    tape.seek(6265);
    let first = tape.now().snapshot();
    tape.step();
    let again = tape.now().snapshot();
    assert!(Arc::ptr_eq(&first.validation.unwrap(), &again.validation.unwrap()));
    tape.back(100);
    assert_eq!(tape.now().snapshot().stacked, 6166);
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
    let snapshot = at_the_end(&[]);
    let tables = Baseline::tables(&snapshot);
    assert_eq!(tables[0].rows[0], ["3", "6131", "6131", "1010", "926", "0.9168"]);
    assert_eq!(tables[0].rows[3][5], "0.9514");
    assert_eq!(tables[1].rows[0][..3], ["3", "0.111437", "0.202083"]);
    assert_eq!(tables[2].rows[1], ["7", "15", "1013"]);
    let values = Baseline::values(&snapshot);
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
    let snapshot = at_the_end(&[&data, "nth=0"]);
    assert_eq!((snapshot.classes[0].accuracy, snapshot.classes[1].accuracy), (Some(1.0), None));
    assert_eq!((snapshot.mean_accuracy, snapshot.pooled_accuracy), (Some(1.0), Some(1.0)));
}

#[test]
fn every_setting_is_in_the_table() {
    let names: Vec<_> = Settings::FIELDS.iter().map(|field| field.name).collect();
    assert_eq!(settings::to_map(&Settings::default()).keys().collect::<Vec<_>>(), names);
}

#[test]
fn a_cell_of_the_confusion_holds_its_images_by_margin() {
    let snapshot = at_the_end(&[]);
    let all = snapshot.validation.unwrap();
    let cell = all.cell(0, 1);
    assert_eq!(cell.len(), 84);
    assert!(cell.iter().all(|&place| (all.actual[place], all.predicted[place]) == (0, 1)));
    let margins: Vec<f64> = cell.iter().map(|&place| all.margin(place).unwrap()).collect();
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
    let race = race(&data, &[3, 7], Metric::Rmse);
    assert_eq!((race.images, race.means), (1010 + 1028, 2));
    // The loop's means are rounded to single precision.
    assert!(race.largest_difference < 1e-7, "{race:?}");
    assert!(race.loop_seconds > 0.0 && race.array_seconds > 0.0);
}

use super::*;
use crate::experiments::{Saved, Tape, registry};
use serde_json::Value;

fn read(pairs: &[&str]) -> Result<(Checked<Settings>, Look), SettingsError> {
    Saved::from_pairs(pairs)?.read::<MnistLoss>()
}

/// What `run loss --json` prints.
fn json(pairs: &[&str]) -> Value {
    let open = registry::find("loss").unwrap().open;
    let mut tape = open(&Saved::from_pairs(pairs).unwrap(), &Library::new()).unwrap();
    tape.seek(u64::MAX);
    tape.json().unwrap()
}

fn facts(pairs: &[&str]) -> Facts {
    Facts::of(&read(pairs).unwrap().0, &Library::new()).unwrap()
}

/// All that the settings come to, and what is seen of it on the page with the curves.
fn seen(pairs: &[&str]) -> (Facts, Seen) {
    let look = Look { tab: Some(Tab::Flat), ..read(pairs).unwrap().1 };
    let (facts, mut seen) = (facts(pairs), Seen::default());
    while !seen.renew(&facts, None, &look) {}
    (facts, seen)
}

fn refused(pairs: &[&str]) -> String {
    let started = read(pairs).and_then(|(settings, _)| MnistLoss::start(&settings, &Library::new()));
    started.unwrap_err().to_string()
}

#[track_caller]
fn assert_near(got: f64, wanted: f64, tolerance: f64) {
    assert!((got - wanted).abs() <= tolerance, "{got} instead of {wanted}");
}

#[test]
fn the_table_of_the_chapter() {
    let all = json(&["predictions=0.9,0.4,0.2", "targets=1,0,1"]);
    for (got, wanted) in all["distances"].as_array().unwrap().iter().zip([0.1, 0.4, 0.8]) {
        assert_near(got.as_f64().unwrap(), wanted, 1e-15);
    }
    assert_near(all["loss"].as_f64().unwrap(), 13.0 / 30.0, 1e-15);
    assert_near(json(&["predictions=.9,.4,.8"])["loss"].as_f64().unwrap(), 7.0 / 30.0, 1e-15);
    assert_eq!((&all["stopped"], &all["phase"], &all["sigmoid"]), (&"done".into(), &"stop".into(), &false.into()));
    assert_eq!(json(&[])["distances"], all["distances"], "the defaults are the chapter's");
}

/// ```python
/// x = torch.tensor([10., -8., 0., 0.4, 3.], dtype=torch.float64, requires_grad=True)
/// y = torch.tensor([0., 1., 1., 0., 1.], dtype=torch.float64)
/// p = x.sigmoid(); losses = torch.where(y == 1, 1-p, p); print(losses, torch.autograd.grad(losses.sum(), x))
/// ce = F.binary_cross_entropy_with_logits(x, y, reduction='none'); print(ce, torch.autograd.grad(ce.sum(), x), ce.mean())
/// ```
#[test]
fn both_losses_of_raw_outputs_and_their_gradients() {
    let all = facts(&["predictions=10,-8,0,0.4,3", "targets=0,1,1,0,1", "sigmoid=true"]);
    let check = |got: &[Option<f64>], wanted: [f64; 5]| {
        for (got, wanted) in got.iter().zip(wanted) {
            assert_near(got.unwrap(), wanted, 1e-9 * wanted.abs());
        }
    };
    let distances: Vec<Option<f64>> = all.distances.iter().copied().map(Some).collect();
    check(&distances, LOSSES);
    check(&all.gradients.mnist_loss, GRADIENTS);
    check(&all.cross_entropies, ENTROPIES);
    check(&all.gradients.cross_entropy, ENTROPY_GRADIENTS);
    assert_near(all.cross_entropy.unwrap(), ENTROPY, 1e-9);
    assert_near(all.gradients.mnist_loss[1].unwrap(), -0.000_335, 5e-7);
    assert_near(all.gradients.cross_entropy[1].unwrap(), -0.9997, 5e-5);
}

const LOSSES: [f64; 5] =
    [0.999_954_602_131_297_6, 0.999_664_649_869_533_5, 0.5, 0.598_687_660_112_452, 0.047_425_873_177_566_635];
const GRADIENTS: [f64; 5] = [
    4.539_580_773_590_765_5e-5,
    -0.000_335_237_670_756_474_24,
    -0.25,
    0.240_260_745_741_529_14,
    -0.045_176_659_730_912,
];
const ENTROPIES: [f64; 5] = [
    10.000_045_398_899_218,
    8.000_335_406_372_896,
    std::f64::consts::LN_2,
    0.913_015_252_399_952_6,
    0.048_587_351_573_742_06,
];
const ENTROPY_GRADIENTS: [f64; 5] =
    [0.999_954_602_131_297_6, -0.999_664_649_869_533_5, -0.5, 0.598_687_660_112_452, -0.047_425_873_177_566_635];
const ENTROPY: f64 = 3.931_026_117_961_150_3;

#[test]
fn without_the_sigmoid_a_prediction_may_be_better_than_perfect() {
    let all = facts(&["predictions=1.5,-2,1,0,1", "targets=1,0,1,0,0"]);
    assert_eq!(all.distances, [-0.5, -2.0, 0.0, 0.0, 1.0]);
    // Outside 0 to 1 there is no logarithm; at the wrong end it is infinite.
    assert_eq!(all.cross_entropies, [None, None, Some(0.0), Some(0.0), None]);
    assert_eq!(all.gradients.mnist_loss[..2], [None, None]);
    assert_eq!(all.cross_entropy, None);
    assert!(json(&["predictions=2", "targets=1"])["cross_entropy"].is_null());
    // The gradient by the raw output behind a prediction is the same, however the prediction was given.
    let given = Row::of(0.880_797_077_977_882_3, true, false);
    let squashed = Row::of(2.0, true, true);
    for (a, b) in [
        (given.distance, squashed.distance),
        (given.gradient.unwrap(), squashed.gradient.unwrap()),
        (given.cross_entropy.unwrap(), squashed.cross_entropy.unwrap()),
        (given.cross_entropy_gradient.unwrap(), squashed.cross_entropy_gradient.unwrap()),
    ] {
        assert_near(a, b, 1e-14);
    }
    let far = Row::of(1e30, false, true);
    assert_eq!((far.distance, far.cross_entropy, far.cross_entropy_gradient), (1.0, Some(1e30), Some(1.0)));
}

#[test]
fn tables_that_do_not_fit_are_refused_in_one_sentence() {
    for (settings, words) in [
        (
            &["targets=1,0"][..],
            "targets is \"1,0\"; expected 3 targets, each 0 or 1, as many as there are predictions; the nearest valid value is 1,0,1",
        ),
        (&["targets=1,0.5,0"], "nearest valid value is 1,1,0"),
        (&["targets=1,x,0"], "nearest valid value is 1,1,0"),
        (&["predictions=0.3"], "expected one target, 0 or 1, for the one prediction; the nearest valid value is 1"),
        (&["predictions=nan,0.4,0.2"], "predictions is \"nan,0.4,0.2\"; expected 1 to 100 finite numbers"),
        (&["predictions=inf,0.4"], "the nearest valid value is 0.4"),
        (&["predictions=1e39"], "finite"),
        (&["predictions="], "the nearest valid value is 0.9,0.4,0.2"),
        (&["predictions=1,,2"], "the nearest valid value is 1,2"),
    ] {
        let sentence = refused(settings);
        assert!(sentence.contains(words), "{sentence}");
    }
    let many = format!("predictions={}", vec!["1"; 101].join(","));
    assert!(refused(&[&many]).contains("1 to 100"));
    for out_of_range in ["pixel=784", "image=12396", "factor=10.5", "sigmoid=maybe", "factor=nan"] {
        assert!(read(&[out_of_range]).is_err(), "{out_of_range}");
    }
}

/// ```python
/// x, y = take(X, Y, [3, 7]); y = (y == 0).float().unsqueeze(1)   # threes then sevens, in name order, / 255
/// torch.manual_seed(42); torch.randn(20); torch.randn(3)
/// w = torch.randn(784, 1); b = torch.randn(1); p = x@w + b
/// print(p[:3], p[-3:], ((p > 0).float() == y).sum(), w[:3], b, (x.sum(0) == 0).sum())
/// q = x.double()@w.double() + b.double(); s = q.sigmoid(); print(torch.where(y == 1, 1-s, s).mean())
/// g = (torch.where(y == 1, -1., 1.)*s*(1-s)*x).mean(0); print(g[378], (g*w[:, 0]).abs().argmax())
/// ```
#[test]
fn the_first_predictions_are_pytorch_s() {
    let (all, Seen { image, .. }) = seen(&[]);
    let wanted = [20.2336, 17.0644, 15.2384, 18.3804, 23.8567, 28.6816];
    for (got, wanted) in all.first_predictions.iter().zip(wanted) {
        assert_near(*got, wanted, 5e-5);
    }
    assert_eq!((all.samples, all.correct, all.never_inked, all.train_x.threes()), (12_396, 6089, 144, 6131));
    assert_near(all.accuracy, 0.4912, 5e-5);
    assert_near(all.samples_loss, 0.509_476_594_041_777_5, 1e-12);
    for (got, wanted) in all.study.weights.iter().zip([1.3123, 0.6872, -1.0892]) {
        assert_near(f64::from(*got), wanted, 5e-5);
    }
    assert_near(f64::from(all.bias), 0.6863, 5e-5);
    assert_near(all.study.gradient[378], -0.000_987_329_577_959_970_3, 1e-12);
    assert_eq!(all.study.steepest, 349);
    assert_eq!((image.source.as_str(), image.digit, image.called), ("train/3/10.png", 3, 3));
    assert_near(image.positive + image.negative + f64::from(all.bias), image.prediction, 1e-5);
    let seven = seen(&["image=6131"]).1.image;
    assert_eq!((seven.digit, seven.target), (7, 0));
}

/// ```python
/// def L(q): s = q.sigmoid(); return torch.where(y == 1, 1-s, s).mean()       # q as above, in double precision
/// for pixel, f in ((378, 1.0001), (378, 2.), (0, 2.), (378, 0.), (378, 4.)):
///     r = q + x.double()[:, pixel:pixel+1]*(w.double()[pixel]*f - w.double()[pixel])
///     print(((r > 0) != (q > 0)).sum(), ((r > 0) == (y == 1)).sum(), L(r) - L(q))
/// ```
#[test]
fn turning_a_weight_is_pytorch_s() {
    for (pixel, factor, flipped, correct, change) in [
        (378, 1.0001, 0, 6089, -1.377_014_269_277_054_8e-7),
        (378, 2.0, 11, 6098, -0.001_085_877_047_233_729_8),
        (0, 2.0, 0, 6089, 0.0),
        (378, 0.0, 22, 6073, 0.001_834_368_537_900_532_6),
        (378, 4.0, 22, 6109, -0.002_192_303_754_763_314),
        (378, 1.0, 0, 6089, 0.0),
    ] {
        let all = seen(&[&format!("pixel={pixel}"), &format!("factor={factor}")]).1.pixel;
        assert_eq!((all.flipped, all.correct), (flipped, correct), "pixel {pixel} times {factor}");
        assert_near(all.loss_change, change, 1e-15);
        assert_near(all.loss, 0.509_476_594_041_777_5 + change, 1e-12);
    }
    let corner = seen(&["pixel=0", "factor=-10"]).1.pixel;
    assert_eq!((corner.inked, corner.slope, corner.nearest_flip), (0, 0.0, None));
}

/// The steps, with `q` as above:
///
/// ```python
/// for p in (378, 349):
///     m = x[:, p] > 0; f = 1 - q[m, 0]/(x.double()[m, p]*w.double()[p])
///     print(((f > -10) & (f < 10)).sum(), ((f > 0) & (f < 4)).sum(), ((f > .99) & (f < 1.01)).sum(), f[(f-1).abs().argmin()])
/// ```
#[test]
fn the_curves_agree_with_the_count_at_each_factor() {
    for pixel in [0, 349, 378, 406] {
        let name = format!("pixel={pixel}");
        let (all, Seen { pixel: chosen, .. }) = seen(&[&name]);
        let sweep = Sweep::new(&all.train_x, &all.study, pixel);
        for zoom in Zoom::ALL {
            let (_, seen) = seen(&[&name, &format!("zoom={}", zoom.word())]);
            let curve = seen.curve().unwrap();
            assert_eq!(curve.range, zoom.range());
            assert_eq!([curve.loss[0][0], curve.loss[curve.loss.len() - 1][0]], curve.range);
            for [factor, loss] in curve.loss.iter().copied() {
                assert_near(sweep.at(factor).loss, loss, 1e-13);
            }
            // Between two corners at different factors the accuracy stands still.
            for corners in curve.accuracy.windows(2) {
                let ([from, height], [to, next]) = (corners[0], corners[1]);
                if to > from && curve.flips <= 400 {
                    assert_eq!(height, next);
                    let counted = sweep.at(f64::midpoint(from, to)).correct as f64 / all.samples as f64;
                    assert_eq!(counted, height, "pixel {pixel} between {from} and {to}");
                }
            }
        }
        // The slope is the limit of rise over run.
        let (h, at) = (1e-4, sweep.at(1.5));
        let rise = sweep.at(1.5 + h).loss_change - sweep.at(1.5 - h).loss_change;
        assert_near(rise / (2.0 * h), at.slope, 1e-9);
        assert_near(at.gradient * f64::from(chosen.weight), at.slope, 1e-15);
    }
    assert_near(seen(&[]).1.pixel.nearest_flip.unwrap(), 1.108_852_400_701_172_9, 1e-9);
    for (pixel, zoom, flips) in
        [(378, "usual", 44), (378, "close", 0), (349, "wide", 3739), (349, "usual", 543), (349, "close", 0)]
    {
        let (_, seen) = seen(&[&format!("pixel={pixel}"), &format!("zoom={zoom}")]);
        assert_eq!(seen.curve().unwrap().flips, flips, "pixel {pixel}, {zoom}");
    }
}

#[test]
fn a_look_keeps_what_it_does_not_change() {
    let mut look = Look { tab: Some(Tab::Flat), ..Look::default() };
    let (mut seen, mut calls, all) = (Seen::default(), 1, facts(&[]));
    while !seen.renew(&all, None, &look) {
        calls += 1;
    }
    assert!(calls > 2, "the curve comes in slices");
    let curve: *const Curve = seen.curve().unwrap();
    (look.factor, look.image) = (3.0, LAST_IMAGE);
    // The table is another one, and so is the run; the weights are the same.
    assert!(seen.renew(&facts(&["predictions=1", "targets=0"]), Some(Act::End), &look), "nothing is drawn anew");
    assert!(std::ptr::eq(curve, seen.curve().unwrap()));
    assert_eq!((seen.pixel.factor, seen.image.index), (3.0, LAST_IMAGE));
    assert!(!seen.renew(&facts(&["seed=1"]), None, &look), "other weights have other curves");
}

#[test]
fn the_page_goes_with_the_phase_until_one_is_chosen() {
    let look = Look::default();
    let pages: Vec<&str> = Act::ALL.iter().map(|act| look.page(Some(*act)).word()).collect();
    assert_eq!(pages, ["one", "one", "product", "table", "sigmoid", "flat", "sigmoid", "sigmoid"]);
    assert_eq!(look.page(None), Tab::One);
    let look = Look { tab: Some(Tab::Product), ..look };
    assert_eq!(look.page(Some(Act::End)), Tab::Product);
}

#[test]
fn a_table_is_written_as_it_is_read() {
    let long = vec!["0.25"; 100].join(",");
    for (text, written) in [("0.9,0.4,0.2", "0.9,0.4,0.2"), (" .5 , -1e3", "0.5,-1000"), (&long, &long)] {
        let predictions: Predictions = text.parse().unwrap();
        assert_eq!(predictions.to_string(), written);
        assert_eq!(written.parse(), Ok(predictions));
    }
    assert_eq!("1, 0.0".parse::<Targets>().unwrap().to_string(), "1,0");
    assert_eq!("0.2,7,x".parse::<Targets>().unwrap_err().to_string(), "0,1,1");
    assert_eq!((Predictions::new([]), Predictions::new([f64::NAN]), Targets::new([])), (None, None, None));
}

#[test]
fn the_phases_show_one_thing_after_the_other() {
    let mut tape = Tape::new(MnistLoss::start(&Checked::default(), &Library::new()).unwrap());
    let acts: Vec<(Option<Act>, Option<Phase>)> = (0..=8)
        .map(|position| {
            tape.seek(position);
            (tape.now().snapshot().act, tape.now().phase())
        })
        .collect();
    assert_eq!(acts[0], (None, None));
    for (at, act) in acts[1..].iter().zip(Act::ALL) {
        assert_eq!(*at, (Some(*act), Some(act.phase())));
    }
    assert_eq!(tape.now().stopped(), Some(Stop::Done));
    assert_eq!(tape.run(3), 0);
}

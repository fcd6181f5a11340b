//! The line of arithmetic of one pixel: what it adds, its gradient, and where its weight goes.

use crate::experiments::report::number;
use crate::experiments::trainer::{Snapshot, UnitKind, Units};
use crate::math::layer::conv2d::{KERNEL, TAPS};

/// Lines of text, so that nothing below jumps.
pub(super) const LINES: usize = 4;

/// Which pixel is pointed at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    pub row: usize,
    pub column: usize,
    /// Whether it is a pixel of a weight image; else it is a pixel of the image itself. The same unless the weights are
    /// a filter's.
    pub in_weights: bool,
}

/// The arithmetic at `spot` for output `unit` of the first layer, and an image's pixels.
pub(super) fn lines(snapshot: &Snapshot, units: Units, unit: usize, image: &[f32], spot: Spot) -> [String; LINES] {
    let Spot { row, column, in_weights } = spot;
    let place = format!("row {row}, column {column}");
    match units.kind {
        UnitKind::Filter(_) if !in_weights => windows(snapshot, units, unit, image, spot),
        UnitKind::Filter(_) => {
            let tap = row * KERNEL + column;
            let value = old(snapshot, units, unit).and_then(|weights| weights.get(tap).copied());
            let first = format!("{place} of {}", units.name(snapshot, unit));
            let [gradient, next] = moves(snapshot, units, unit, tap);
            [first, format!("weight {}", signed(value)), gradient, next]
        }
        _ => {
            let pixel = row * crate::data::SIDE + column;
            let ink = image.get(pixel).copied().unwrap_or_default();
            let weight = old(snapshot, units, unit).and_then(|weights| weights.get(pixel).copied());
            let product = weight.map(|weight| ink * weight);
            let first = format!("{} \u{00d7} {} = {}", number(ink.into()), signed(weight), signed(product));
            let [gradient, next] = moves(snapshot, units, unit, pixel);
            [place, first, gradient, next]
        }
    }
}

/// A filter laid around a pixel of the image.
fn windows(snapshot: &Snapshot, units: Units, unit: usize, image: &[f32], spot: Spot) -> [String; LINES] {
    let UnitKind::Filter(conv) = units.kind else { return Default::default() };
    // The output whose window has this pixel nearest its middle.
    let (row, column) = (spot.row / 2, spot.column / 2);
    let at = row * conv.side_out() + column;
    let (mut sum, mut most) = (units.bias(unit, snapshot.before.as_deref().or(snapshot.state.as_deref())), 0.0_f32);
    for tap in 0..TAPS {
        let Some(weight) = old(snapshot, units, unit).and_then(|weights| weights.get(tap)) else { continue };
        let ink = conv.under(at, tap).and_then(|pixel| image.get(pixel).copied()).unwrap_or_default();
        most = most.max((ink * weight).abs());
        sum = sum.map(|sum| sum + ink * weight);
    }
    [
        format!("{} around row {}, column {}", units.name(snapshot, unit), 2 * row, 2 * column),
        format!("9 products + bias = {}", signed(sum)),
        format!("after ReLU {}", sum.map_or_else(dash, |sum| number(sum.max(0.0).into()))),
        format!("largest product {}", number(most.into())),
    ]
}

/// What the model predicted this mini-batch with: during `Step`, the weights from before it.
fn old(snapshot: &Snapshot, units: Units, unit: usize) -> Option<&[f32]> {
    units.weights(unit, snapshot.before.as_deref().or(snapshot.state.as_deref()))
}

/// Its gradient, and its next weight as far as it is known.
fn moves(snapshot: &Snapshot, units: Units, unit: usize, at: usize) -> [String; 2] {
    let find = |tensors| units.weights(unit, tensors).and_then(|values: &[f32]| values.get(at).copied());
    let gradient = find(snapshot.gradient.as_deref());
    let before = find(snapshot.before.as_deref());
    let now = find(snapshot.state.as_deref());
    let first =
        gradient.map_or_else(|| "gradient: not computed yet".to_owned(), |value| format!("gradient {value:+.6}"));
    let (lr, sgd) = (snapshot.settings.lr, snapshot.settings.sgd());
    let second = match (gradient, before, now) {
        (Some(gradient), Some(before), Some(now)) if sgd.is_plain() => {
            format!("{before:+.4} \u{2212} {lr} \u{00d7} {gradient:+.5} = {now:+.4}")
        }
        (_, Some(before), Some(now)) => format!("weight {before:+.5} \u{2192} {now:+.5}"),
        // After the last step there is none before it.
        (Some(gradient), None, Some(now)) if snapshot.stopped.is_none() => match sgd.next(now, gradient) {
            Some(next) if sgd.is_plain() => {
                format!("next weight {now:+.4} \u{2212} {lr} \u{00d7} {gradient:+.5} = {next:+.4}")
            }
            _ => "next weight: see Step".to_owned(),
        },
        _ => String::new(),
    };
    [first, second]
}

/// What stands in place of a pixel's arithmetic while none is pointed at.
pub(super) fn summary(snapshot: &Snapshot, units: Units, unit: usize) -> [String; LINES] {
    let value = |tensors| units.bias(unit, tensors);
    let bias = format!("bias {}", signed(value(snapshot.state.as_deref())));
    let gradient = format!("its gradient {}", signed(value(snapshot.gradient.as_deref())));
    let norm = snapshot.gradient_norm.map_or_else(dash, number);
    let length = match (snapshot.zero_grad, &snapshot.batch, snapshot.own_gradient_norm) {
        _ if snapshot.gradient.is_none() => "gradient length \u{2014}".to_owned(),
        (false, Some(batch), own) => {
            let count = (batch.epoch - 1) * snapshot.batches + batch.number;
            let own = own.map_or_else(dash, number);
            return [
                bias,
                gradient,
                format!("gradient length {norm},"),
                format!("sum of {count}; this one\u{2019}s {own}"),
            ];
        }
        _ if units.count > 1 => format!("length of all gradients {norm}"),
        _ => format!("gradient length {norm}"),
    };
    [bias, gradient, length, "Point at a pixel.".to_owned()]
}

fn signed(value: Option<f32>) -> String {
    value.map_or_else(dash, |value| {
        let text = number(value.abs().into());
        let sign = match value {
            value if value < 0.0 => "\u{2212}",
            0.0 => "",
            _ => "+",
        };
        format!("{sign}{text}")
    })
}

fn dash() -> String {
    "\u{2014}".to_owned()
}

//! The loss as tables for a terminal, and as values for the lesson.

use super::facts::Facts;
use super::rows::Row;
use super::seen::Seen;
use crate::experiments::report::number;
use crate::experiments::{Table, Values};

/// What stands where there is no number.
const NONE: &str = "\u{2014}";
/// Rows of the table that a lesson quotes.
const QUOTED: usize = 6;

pub(super) fn tables(facts: &Facts, seen: &Seen) -> Vec<Table> {
    let title = format!("mnist_loss, {} the sigmoid", if facts.sigmoid { "with" } else { "without" });
    let heads = ["prediction", "target", "p", "distance", "gradient", "cross-entropy", "its gradient"];
    let mut table = Table::new(title, &heads);
    for row in &facts.rows {
        table.row([
            number(row.prediction),
            u8::from(row.is_one).to_string(),
            number(row.p),
            number(row.distance),
            known(row.gradient),
            known(row.cross_entropy),
            known(row.cross_entropy_gradient),
        ]);
    }
    let empty = String::new;
    table.row(["mean".to_owned(), empty(), empty(), number(facts.loss), empty(), known(facts.cross_entropy), empty()]);
    let title = format!("{} images of 3s and 7s, weights of seed {}", facts.samples, facts.seed);
    let mut images = Table::new(title, &["", "prediction", "accuracy", "correct", "mean loss"]);
    let of_all =
        |name: &str, prediction: String, rest: [String; 3]| [name.to_owned(), prediction].into_iter().chain(rest);
    let base = [number(facts.accuracy), facts.correct.to_string(), number(facts.samples_loss)];
    images.row(of_all("all", NONE.to_owned(), base));
    let last = facts.samples - facts.first_predictions.len() / 2;
    for (i, &prediction) in facts.first_predictions.iter().enumerate() {
        let half = facts.first_predictions.len() / 2;
        let index = if i < half { i } else { last + i - half };
        images.row(of_all(&format!("image {index}"), format!("{prediction:.4}"), [empty(), empty(), empty()]));
    }
    let pixel = &seen.pixel;
    let title = format!("The weight of pixel {}, {}, times {}", pixel.pixel, number(pixel.weight.into()), pixel.factor);
    let mut turned = Table::new(title, &["inked", "flipped", "accuracy", "correct", "mean loss", "change", "slope"]);
    turned.row([
        pixel.inked.to_string(),
        pixel.flipped.to_string(),
        number(pixel.accuracy),
        pixel.correct.to_string(),
        number(pixel.loss),
        number(pixel.loss_change),
        number(pixel.slope),
    ]);
    vec![table, images, turned]
}

pub(super) fn values(facts: &Facts, seen: &Seen) -> Values {
    let Seen { image, pixel, .. } = seen;
    let each = |numbers: &mut dyn Iterator<Item = f64>| tensor(numbers, facts.rows.len());
    let of_first = |i: usize| facts.first_predictions.get(i).map_or_else(|| NONE.to_owned(), |at| format!("{at:.4}"));
    let mut values = Values::from([
        ("predictions", each(&mut facts.predictions.iter().copied())),
        ("targets", facts.targets.iter().take(QUOTED).map(u8::to_string).collect::<Vec<_>>().join(", ")),
        ("distances", each(&mut facts.distances.iter().copied())),
        ("sigmoids", each(&mut facts.sigmoid_values.iter().copied())),
        (
            "entropy_gradients",
            each(
                &mut facts
                    .rows
                    .iter()
                    .map(|row| Row::of(row.prediction, row.is_one, true))
                    .filter_map(|row| row.cross_entropy_gradient),
            ),
        ),
        ("loss", format!("{:.4}", facts.loss)),
        ("cross_entropy", facts.cross_entropy.map_or_else(|| "not a finite number".to_owned(), number)),
        ("rows", facts.rows.len().to_string()),
        ("squashed", if facts.sigmoid { "after the sigmoid" } else { "as they are" }.to_owned()),
        ("seed", facts.seed.to_string()),
        ("samples", facts.samples.to_string()),
        ("threes", facts.train_x.threes().to_string()),
        ("correct", facts.correct.to_string()),
        ("accuracy", number(facts.accuracy)),
        ("samples_loss", number(facts.samples_loss)),
        ("never_inked", facts.never_inked.to_string()),
        ("bias", format!("{:.4}", facts.bias)),
        ("prediction_0", of_first(0)),
        ("prediction_1", of_first(1)),
        ("prediction_2", of_first(2)),
        ("prediction_3", of_first(3)),
        ("prediction_4", of_first(4)),
        ("prediction_5", of_first(5)),
    ]);
    values.extend([
        ("image", image.index.to_string()),
        ("image_digit", image.digit.to_string()),
        ("image_prediction", format!("{:.4}", image.prediction)),
        ("image_called", image.called.to_string()),
        ("image_positive", number(image.positive)),
        ("image_negative", number(image.negative)),
        ("pixel", pixel.pixel.to_string()),
        ("weight", number(pixel.weight.into())),
        ("inked", pixel.inked.to_string()),
        ("factor", pixel.factor.to_string()),
        ("flipped", pixel.flipped.to_string()),
        ("pixel_accuracy", number(pixel.accuracy)),
        ("pixel_loss", number(pixel.loss)),
        ("loss_change", number(pixel.loss_change)),
        ("slope", number(pixel.slope)),
        ("gradient", number(pixel.gradient)),
    ]);
    values
}

/// Numbers as PyTorch prints those of a small tensor; only the first few.
fn tensor(numbers: &mut dyn Iterator<Item = f64>, count: usize) -> String {
    let mut texts: Vec<String> = numbers.take(QUOTED).map(|number| format!("{number:.4}")).collect();
    if count > QUOTED {
        texts.push("...".to_owned());
    }
    texts.join(", ")
}

fn known(value: Option<f64>) -> String {
    value.map_or_else(|| NONE.to_owned(), number)
}

//! By hand: three sliders, and the loss they make.

use super::super::Scene;
use super::dots::{self, Dots};
use crate::experiments::coaster::{ByHand, Coaster, Hand, Snapshot};
use crate::experiments::report::number;
use crate::widgets::theme;
use egui::{Align, Layout, RichText, Slider, Ui, Vec2};

/// The sliders' column is this wide.
const COLUMN: f32 = 224.0;

pub(super) fn show(ui: &mut Ui, scene: &mut Scene<'_, Coaster>, dots: &mut Dots) {
    let Some(errors) = scene.seen.hand else { return };
    let size = ui.available_size();
    let height = size.y.max(300.0);
    let left = Vec2::new(size.x - COLUMN - 14.0, height);
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 14.0;
        ui.allocate_ui(left, |ui| ui.vertical(|ui| plot(ui, scene, dots, left)));
        let hand = &mut scene.look.hand;
        ui.allocate_ui(Vec2::new(COLUMN, height), |ui| ui.vertical(|ui| sliders(ui, scene.snapshot, &errors, hand)));
    });
}

fn plot(ui: &mut Ui, scene: &mut Scene<'_, Coaster>, dots: &mut Dots, size: Vec2) {
    let snapshot = scene.snapshot;
    let tokens = theme::tokens(ui);
    let row = ui.horizontal(|ui| {
        ui.set_width(size.x);
        ui.strong("Your curve");
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| dots.controls(ui, snapshot, &mut scene.form));
    });
    // Room around the data, so that a curve that is near is seen whole; the range does not follow the sliders.
    let data = dots::range(snapshot, None, true);
    let room = (data.end() - data.start()) * 0.4;
    let range = dots::round_range([data.start() - room, data.end() + room].into_iter());
    let Hand { params, best, .. } = scene.look.hand;
    let size = Vec2::new(size.x, size.y - row.response.rect.height() - 6.0);
    dots.plot(ui, "coaster by hand", snapshot, &mut scene.form, range, size, move |plot| {
        dots::bars(plot, snapshot, params, tokens);
        if best {
            let line = dots::curve(snapshot, "least squares", snapshot.least_squares.params).color(tokens.reference);
            plot.line(line.width(1.5).style(egui_plot::LineStyle::dashed_loose()));
        }
        dots::measured(plot, snapshot, tokens, 4.0);
        plot.line(dots::curve(snapshot, "your curve", params).color(tokens.prediction).width(2.5));
    });
}

fn sliders(ui: &mut Ui, snapshot: &Snapshot, errors: &ByHand, hand: &mut Hand) {
    let tokens = theme::tokens(ui);
    ui.label(format!("{} = a t\u{b2} + b t + c", if snapshot.axes[1] == "y" { "y" } else { "speed" }));
    ui.spacing_mut().slider_width = COLUMN - 104.0;
    for (i, name) in ["a", "b", "c"].into_iter().enumerate() {
        let reach = reach(snapshot.least_squares.params[i]);
        ui.horizontal(|ui| {
            let label = ui.label(RichText::new(name).monospace());
            let slider =
                Slider::new(&mut hand.params[i], -reach..=reach).max_decimals(3).clamping(egui::SliderClamping::Never);
            let tip = ["How strongly the curve bends", "How steeply it runs at time 0", "How high it is at time 0"][i];
            ui.add(slider).labelled_by(label.id).on_hover_text(tip);
        });
    }
    ui.horizontal(|ui| {
        ui.label("Loss").on_hover_text("How the errors become one number");
        ui.selectable_value(&mut hand.absolute, false, "squared")
            .on_hover_text("Mean squared error: large misses count far more");
        ui.selectable_value(&mut hand.absolute, true, "absolute")
            .on_hover_text("Mean absolute error: the mean length of the bars");
    });
    let kind = usize::from(hand.absolute);
    let (yours, best) = (errors.yours[kind], errors.best[kind]);
    ui.label(RichText::new(number(yours)).monospace().size(24.0).color(tokens.prediction))
        .on_hover_text("The loss of your curve");
    ui.label(close(yours, best, hand.absolute));
    ui.add_space(2.0);
    ui.checkbox(&mut hand.best, "Show the least-squares curve")
        .on_hover_text("The curve with the smallest mean squared error there is");
    if hand.best {
        let [a, b, c] = snapshot.least_squares.params.map(number);
        let text = RichText::new(format!("a {a}  b {b}  c {c}")).monospace().size(12.0).color(tokens.reference);
        ui.add(egui::Label::new(text).wrap());
    }
    if ui.button("Sliders to 1.1").on_hover_text("Start over").clicked() {
        hand.params = Hand::START;
    }
}

/// How far a slider goes either way: twice the best value, rounded up.
fn reach(best: f64) -> f64 {
    *dots::round_range([0.0, (best.abs() * 2.0).max(2.0)].into_iter()).end()
}

/// How close a loss is to that of the least-squares curve, in words.
fn close(yours: f64, best: f64, absolute: bool) -> String {
    let best_text = number(best);
    if absolute && yours < best {
        return format!("Better than the least-squares curve ({best_text}): that one shrinks squares, not lengths.");
    }
    if best < 1e-9 {
        return "The least-squares curve misses nothing: there is no noise in these data.".to_owned();
    }
    let times = yours / best;
    let word = match times {
        ..1.02 => "You have found the best curve:",
        ..1.5 => "Very close:",
        ..5.0 => "Close:",
        ..50.0 => "Getting there:",
        _ => "Still far off:",
    };
    let times = if times < 10.0 { format!("{times:.2}") } else { format!("{times:.0}") };
    format!("{word} {times} times the loss of the least-squares curve, {best_text}.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closeness_is_told_in_words() {
        assert!(close(7.31, 7.305, false).starts_with("You have found"));
        assert!(close(676.9, 7.305, false).contains("93 times"));
        assert!(close(1.0, 1.1, true).starts_with("Better"));
        assert!(close(1.0, 0.0, false).contains("no noise"));
    }
}

//! The sigmoid with the table's points on it, and what it does to the gradients of two losses.

use super::table::{current, pairs, rounded, store};
use crate::experiments::loss::{MnistLoss, Row};
use crate::experiments::report::number;
use crate::panels::Scene;
use crate::widgets::theme::{self, Tokens};
use crate::widgets::{chart, flow};
use egui::{Color32, ComboBox, Label, RichText, Sense, Slider, Ui, Vec2};
use egui_plot::{Corner, HLine, Legend, Line, LineStyle, PlotTransform, Points, VLine};

/// How far the curve is drawn at least, either way.
const REACH: f64 = 4.0;
/// How far it is drawn at most.
const FURTHEST: f64 = 1000.0;
/// Points of a curve.
const SAMPLES: i32 = 160;
/// How near to a point one must press to take hold of it, in points.
const GRIP: f32 = 24.0;

/// The tab.
#[derive(Default)]
pub(super) struct SigmoidView {
    /// The row that is being dragged.
    held: Option<usize>,
}

impl SigmoidView {
    pub(super) fn show(&mut self, ui: &mut Ui, scene: &mut Scene<'_, MnistLoss>) {
        // Here every prediction is a raw output, whether the table takes it as one or not.
        let table = current(scene);
        let rows: Vec<Row> = table.iter().map(|row| Row::of(row.prediction, row.is_one, true)).collect();
        let Some(row) = rows.get(looked_at(scene, &rows)).copied() else { return };
        choose(ui, scene, &rows);
        let reach = reach(&rows);
        let height = ui.available_height().max(330.0);
        let words = 68.0;
        let top = ((height - words) * 0.5).floor();
        self.curve(ui, scene, &rows, reach, Vec2::new(ui.available_width(), top));
        let half = Vec2::new(((ui.available_width() - 12.0) / 2.0).floor(), height - words - top);
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = 12.0;
            pair(ui, Quantity::Loss, row, reach, half);
            pair(ui, Quantity::Gradient, row, reach, half);
        });
        words_on(ui, row);
    }

    fn curve(&mut self, ui: &mut Ui, scene: &mut Scene<'_, MnistLoss>, rows: &[Row], reach: f64, size: Vec2) {
        let tokens = theme::tokens(ui);
        let plot = chart::plot("loss sigmoid", "raw output", "sigmoid")
            .width(size.x)
            .height(size.y - 22.0)
            .sense(Sense::click_and_drag())
            .y_axis_min_width(34.0);
        let (owned, chosen) = (rows.to_vec(), looked_at(scene, rows));
        let shown = chart::titled(ui, "Sigmoid: 1 / (1 + exp(-x))", plot, move |plot| {
            plot.set_plot_bounds_x(-reach..=reach);
            plot.set_plot_bounds_y(-0.08..=1.08);
            for bound in [0.0, 1.0] {
                let line = HLine::new("bound", bound).color(tokens.line).style(LineStyle::dashed_dense());
                plot.hline(line.width(1.0).allow_hover(false));
            }
            let curve = samples(reach, true).map(|row| [row.prediction, row.p]);
            plot.line(Line::new("sigmoid", chart::points(curve)).color(tokens.text_weak).width(2.0).allow_hover(false));
            for (i, row) in owned.iter().enumerate() {
                let x = row.prediction.clamp(-reach, reach);
                let target = f64::from(u8::from(row.is_one));
                let width = if i == chosen { 3.0 } else { 1.5 };
                let bar = Line::new("distance", chart::points([[x, row.p], [x, target]])).color(tokens.prediction);
                plot.line(bar.width(width).allow_hover(false));
                plot.points(Points::new("target", vec![[x, target]]).radius(3.5).color(tokens.data));
                let radius = if i == chosen { 7.0 } else { 5.0 };
                plot.points(
                    Points::new(format!("row {}", i + 1), vec![[x, row.p]]).radius(radius).color(tokens.prediction),
                );
            }
        });
        self.drag(scene, rows, reach, &shown.response, &shown.transform);
        let tip = "Drag a point along the curve. The red bar is its distance from its target, the blue dot";
        shown.response.on_hover_text(tip);
    }

    fn drag(
        &mut self,
        scene: &mut Scene<'_, MnistLoss>,
        rows: &[Row],
        reach: f64,
        plot: &egui::Response,
        transform: &PlotTransform,
    ) {
        let Some(pointer) = plot.interact_pointer_pos() else {
            self.held = None;
            return;
        };
        if plot.drag_started() || plot.clicked() {
            // A drag is known as one only once the pointer has moved a little; what counts is where it was pressed.
            let pressed = plot.ctx.input(|input| input.pointer.press_origin()).unwrap_or(pointer);
            let far = |row: &Row| {
                let at = [row.prediction.clamp(-reach, reach), row.p];
                transform.position_from_point(&at.into()).distance(pressed)
            };
            let distances = rows.iter().map(far).enumerate();
            let nearest = distances.min_by(|a, b| a.1.total_cmp(&b.1)).filter(|near| near.1 <= GRIP);
            self.held = nearest.map(|near| near.0);
            scene.look.looked_at = self.held.unwrap_or(scene.look.looked_at);
        }
        if let (true, Some(row)) = (plot.dragged(), self.held) {
            move_row(scene, rows, row, transform.value_from_position(pointer).x.clamp(-reach, reach));
        }
    }
}

/// The row that is looked at.
fn looked_at(scene: &Scene<'_, MnistLoss>, rows: &[Row]) -> usize {
    scene.look.looked_at.min(rows.len().saturating_sub(1))
}

/// The row that is looked at, its output, and ready-made rows.
fn choose(ui: &mut Ui, scene: &mut Scene<'_, MnistLoss>, rows: &[Row]) {
    let mut row = looked_at(scene, rows);
    ui.horizontal_wrapped(|ui| {
        flow::group(ui, "loss row", |ui| {
            let label = ui.label("Row");
            let combo = ComboBox::from_id_salt("loss row").width(92.0).selected_text(title(row, rows));
            let shown = combo.show_ui(ui, |ui| {
                for at in 0..rows.len() {
                    ui.selectable_value(&mut row, at, title(at, rows));
                }
            });
            shown.response.labelled_by(label.id).on_hover_text("The row of the table that the two lower plots follow");
        });
        flow::group(ui, "loss output", |ui| {
            let label = ui.label("Output");
            let mut output = rows.get(row).map_or(0.0, |row| row.prediction);
            ui.spacing_mut().slider_width = 90.0;
            let slider = Slider::new(&mut output, -10.0..=10.0).max_decimals(3);
            let slider = ui.add(slider.clamping(egui::SliderClamping::Never)).labelled_by(label.id);
            if slider.on_hover_text("The number before the sigmoid; dragging the point does the same").changed() {
                move_row(scene, rows, row, output);
            }
        });
        let tip = "Four outputs for 3s: -8 is sure, and wrong; 2 is right";
        if ui.button("A confident mistake").on_hover_text(tip).clicked() {
            scene.form.edit(|settings| {
                store(settings, &[(-8.0, true), (-2.0, true), (0.0, true), (2.0, true)]);
                settings.sigmoid = true;
            });
            row = 0;
        }
        if !scene.form.sigmoid {
            let tip =
                "The table takes its numbers as they are; with the sigmoid on, it squashes them as this page does";
            if ui.button("Use it in the table").on_hover_text(tip).clicked() {
                scene.form.edit(|settings| settings.sigmoid = true);
            }
        }
    });
    scene.look.looked_at = row;
}

fn title(row: usize, rows: &[Row]) -> String {
    let target = rows.get(row).map_or("", |row| if row.is_one { "a 3" } else { "a 7" });
    format!("{}: {target}", row + 1)
}

fn move_row(scene: &mut Scene<'_, MnistLoss>, rows: &[Row], at: usize, output: f64) {
    let mut all = pairs(rows);
    if let Some(row) = all.get_mut(at)
        && output.is_finite()
    {
        row.0 = rounded(output);
        scene.form.edit(|settings| store(settings, &all));
    }
}

/// How far the curves are drawn: to whole even numbers past the furthest point.
fn reach(rows: &[Row]) -> f64 {
    let furthest = rows.iter().map(|row| row.prediction.abs()).fold(0.0, f64::max).min(FURTHEST);
    if furthest <= REACH * 0.95 { REACH } else { (furthest * 1.1 / 2.0).ceil() * 2.0 }
}

/// What the losses make of outputs all along the axis.
fn samples(reach: f64, is_one: bool) -> impl Iterator<Item = Row> {
    (0..=SAMPLES).map(move |i| Row::of(reach * (2.0 * f64::from(i) / f64::from(SAMPLES) - 1.0), is_one, true))
}

/// What the two lower plots show of both losses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Quantity {
    Loss,
    Gradient,
}

impl Quantity {
    const fn name(self) -> &'static str {
        match self {
            Self::Loss => "loss",
            Self::Gradient => "gradient",
        }
    }

    fn title(self, row: Row) -> String {
        match self {
            Self::Loss => format!("Loss where the target is {}", u8::from(row.is_one)),
            Self::Gradient => "Gradient by the output".to_owned(),
        }
    }

    /// Of `mnist_loss`, and of cross-entropy.
    const fn of(self, row: &Row) -> [Option<f64>; 2] {
        match self {
            Self::Loss => [Some(row.distance), row.cross_entropy],
            Self::Gradient => [row.gradient, row.cross_entropy_gradient],
        }
    }
}

/// A quantity of both losses over the output, with the row that is looked at marked on each.
fn pair(ui: &mut Ui, quantity: Quantity, row: Row, reach: f64, size: Vec2) {
    let tokens = theme::tokens(ui);
    let corner = if (quantity == Quantity::Loss) == row.is_one { Corner::RightTop } else { Corner::RightBottom };
    let plot = chart::plot(("loss pair", quantity.name()), "raw output", quantity.name())
        .width(size.x)
        .height(size.y - 22.0)
        .legend(Legend::default().position(corner).background_alpha(0.6))
        .y_axis_min_width(34.0)
        .include_x(-reach)
        .include_x(reach);
    chart::titled(ui, &quantity.title(row), plot, move |plot| {
        let x = row.prediction.clamp(-reach, reach);
        plot.vline(VLine::new("", x).color(tokens.line).width(1.5).allow_hover(false));
        for (which, (name, color)) in series(tokens).into_iter().enumerate() {
            let curve: Vec<[f64; 2]> = samples(reach, row.is_one)
                .filter_map(|sample| quantity.of(&sample)[which].map(|value| [sample.prediction, value]))
                .collect();
            plot.line(Line::new(name, curve).color(color).width(2.0).allow_hover(false));
            if let Some(value) = quantity.of(&row)[which] {
                plot.points(Points::new(name, vec![[x, value]]).color(color).radius(5.0));
            }
        }
    });
}

fn series(tokens: &Tokens) -> [(&'static str, Color32); 2] {
    [("mnist_loss", tokens.prediction), ("cross-entropy", tokens.reference)]
}

/// The row that is looked at, in numbers.
fn words_on(ui: &mut Ui, row: Row) {
    let shown = |value: Option<f64>| value.map_or_else(|| "\u{2014}".to_owned(), number);
    let text = format!(
        "output {}, target {}: mnist_loss {}, gradient {}; cross-entropy {}, gradient {}",
        number(row.prediction),
        u8::from(row.is_one),
        number(row.distance),
        shown(row.gradient),
        shown(row.cross_entropy),
        shown(row.cross_entropy_gradient)
    );
    ui.add(Label::new(RichText::new(text).monospace().size(12.0)).wrap());
    let is_wrong = (row.p > 0.5) != row.is_one;
    let text = match (is_wrong, row.distance) {
        (true, 0.9..) => {
            "Sure and wrong: mnist_loss is nearly flat here and hardly pushes. Cross-entropy pushes with almost 1."
        }
        (true, _) => "Wrong, but not sure: both losses push.",
        (false, ..0.1) => "Sure and right: neither loss has much left to push.",
        (false, _) => "Right, but not sure: both losses push on.",
    };
    ui.add(Label::new(RichText::new(text).color(theme::tokens(ui).text_weak)).truncate());
}

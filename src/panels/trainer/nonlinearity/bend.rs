//! The ReLU itself, and its slope.

use super::{HIGH, LOW, short, slider};
use crate::experiments::trainer::samples;
use crate::math::hinges::{relu, relu_slope};
use crate::widgets::{chart, theme};
use egui::{Label, RichText, Ui, Vec2};
use egui_plot::{Line, LineStyle, MarkerShape, Points};

/// Draws them; `x` is the point on the curve that the reader moves.
pub(super) fn show(ui: &mut Ui, size: Vec2, x: &mut f64) {
    let tokens = theme::tokens(ui);
    let plot = chart::plot("relu", "x", "")
        .width(size.x)
        .height(size.y)
        .y_axis_min_width(22.0)
        .include_x(LOW)
        .include_x(HIGH)
        .include_y(-0.2)
        .include_y(2.1);
    let words = "A ReLU passes positive numbers on as they are and makes all others 0. Two straight pieces with one bend \
                 between them: that is all it is.";
    ui.add(Label::new(words).wrap());
    let key = [("max(x, 0)", tokens.prediction), ("its slope", tokens.reference)];
    chart::keyed(ui, "ReLU", &key, plot, |plot| {
        let slope = [[[LOW, 0.0], [0.0, 0.0]], [[0.0, 1.0], [HIGH, 1.0]]];
        for piece in slope {
            let line = Line::new("slope", chart::points(piece)).color(tokens.reference).width(1.5);
            plot.line(line.style(LineStyle::dashed_dense()));
        }
        // Where the slope leaps: 0 itself has the lower value.
        let open = Points::new("slope", vec![[0.0, 1.0]]).radius(4.0).filled(false).shape(MarkerShape::Circle);
        plot.points(open.color(tokens.reference).allow_hover(false));
        plot.points(
            Points::new("slope", vec![[0.0, relu_slope(0.0)]]).radius(4.0).color(tokens.reference).allow_hover(false),
        );
        let curve = chart::points(samples().map(|x| [x, relu(x)]));
        plot.line(Line::new("ReLU", curve).color(tokens.prediction).width(2.0));
        plot.points(Points::new("ReLU", vec![[*x, relu(*x)]]).radius(5.0).color(tokens.prediction));
    });
    slider(ui, "x", "Where on the curve you are", x);
    let x = *x;
    let at = if x == 0.0 { " At 0 itself there is no slope; PyTorch takes 0." } else { "" };
    let words = format!("max({}, 0) = {}, slope {}.{at}", short(x), short(relu(x)), short(relu_slope(x)));
    ui.add(Label::new(RichText::new(words).monospace()).wrap());
    let words = "On the way back the gradient is multiplied by that slope: behind a positive number it passes, behind a \
                 negative one it stops.";
    ui.add(Label::new(RichText::new(words).color(tokens.text_weak)).wrap());
}

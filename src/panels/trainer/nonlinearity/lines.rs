//! A line after a line is a line; with a ReLU between them it has a kink.

use super::{HIGH, LOW, short, slider, term};
use crate::experiments::trainer::{LinesLook, samples};
use crate::math::hinges::relu;
use crate::widgets::{chart, theme};
use egui::{Label, RichText, Ui, Vec2};
use egui_plot::Line;

/// Draws them, and sliders for the two lines.
pub(super) fn show(ui: &mut Ui, size: Vec2, look: &mut LinesLook) {
    let tokens = theme::tokens(ui);
    let LinesLook { first, next, has_relu } = *look;
    let plot = chart::plot("line after line", "x", "")
        .width(size.x)
        .height(size.y)
        .y_axis_min_width(22.0)
        .include_x(LOW)
        .include_x(HIGH)
        .include_y(-3.0)
        .include_y(3.0);
    let title = if has_relu { "Linear, ReLU, linear: a kink" } else { "Linear after linear: still a line" };
    let second = if has_relu { "z = a2 max(y, 0) + b2" } else { "z = a2 y + b2" };
    let key = [("y = a1 x + b1", tokens.data), (second, tokens.prediction)];
    chart::keyed(ui, title, &key, plot, |plot| {
        let lines = samples().map(|x| [x, first.at(x)]);
        plot.line(Line::new("y", chart::points(lines)).color(tokens.data).width(1.5));
        let both = samples().map(|x| [x, next.at(if has_relu { relu(first.at(x)) } else { first.at(x) })]);
        plot.line(Line::new("z", chart::points(both)).color(tokens.prediction).width(2.5));
    });
    ui.horizontal_wrapped(|ui| {
        slider(ui, "a1", "The first line's slope: y = a1 x + b1", &mut look.first.slope);
        slider(ui, "b1", "The first line's height at x = 0: y = a1 x + b1", &mut look.first.offset);
        slider(ui, "a2", "The second line's slope: z = a2 y + b2", &mut look.next.slope);
        slider(ui, "b2", "The second line's height at y = 0: z = a2 y + b2", &mut look.next.offset);
        ui.checkbox(&mut look.has_relu, "ReLU between them")
            .on_hover_text("Put max(y, 0) between the first line and the second");
    });
    for line in formula(look) {
        ui.add(Label::new(RichText::new(line).monospace()).wrap());
    }
    let words = if look.has_relu {
        "One bend, where y crosses 0. A layer of 30 such units has 30 bends, each where its own weights put it."
    } else {
        "Whatever the sliders say, z is one line: a slope and a height. However many linear layers follow each other, one \
         could do the same."
    };
    ui.add(Label::new(RichText::new(words).color(tokens.text_weak)).wrap());
}

/// What comes of the two lines, in numbers.
fn formula(look: &LinesLook) -> [String; 2] {
    let LinesLook { first, next, has_relu } = look;
    let both = first.then(*next);
    let line = format!("{} x {}", short(both.slope), term(both.offset));
    if !has_relu {
        return ["z = a2 a1 x + (a2 b1 + b2)".to_owned(), format!("  = {line}")];
    }
    let level = short(next.at(0.0));
    let z = "z = a2 max(a1 x + b1, 0) + b2".to_owned();
    let pieces = match first.root() {
        None if first.offset > 0.0 => format!("  = {line} everywhere"),
        None => format!("  = {level} everywhere"),
        Some(root) => {
            let (left, right) = if first.slope > 0.0 { (&level, &line) } else { (&line, &level) };
            format!("  = {left} left of x = {}, {right} right of it", short(root))
        }
    };
    [z, pieces]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::hinges;

    #[test]
    fn the_formula_says_what_is_drawn() {
        let mut lines = LinesLook::default();
        assert_eq!(formula(&lines)[1], "  = -1.5 x + 0.25");
        lines.has_relu = true;
        assert_eq!(formula(&lines)[1], "  = 1 left of x = -0.5, -1.5 x + 0.25 right of it");
        lines.first.slope = -1.0;
        assert_eq!(formula(&lines)[1], "  = 1.5 x + 0.25 left of x = 0.5, 1 right of it");
        lines.first = hinges::Line { slope: 0.0, offset: -1.0 };
        assert_eq!(formula(&lines)[1], "  = 1 everywhere");
    }
}

//! The computation graph: boxes for the numbers, arrows forward for the values and back for the gradients.

use super::{Scene, View};
use crate::engine::Move;
use crate::experiments::graph::{Act, Backward, MOST_PASSES, Settings, Snapshot, sentence, short};
use crate::experiments::settings::Numbers;
use crate::experiments::{NoLook, Stop};
use crate::widgets::form::Form;
use crate::widgets::theme::{self, Tokens};
use crate::widgets::{flow, readout};
use egui::{
    Align2, Color32, FontId, Label, Painter, Pos2, Rect, Response, Sense, Shape, Stroke, StrokeKind, Ui, Vec2,
    WidgetInfo, pos2,
};

/// The largest height of a row of boxes.
const ROW: f32 = 78.0;
/// The height of the names above the boxes, and of that and the margin below them.
const HEAD: f32 = 20.0;
const EDGES: f32 = HEAD + 10.0;
/// The height kept for words and table below the graph, per row of the table and for the rest.
const BELOW: (f32, f32) = (18.0, 100.0);

/// The view of [`Backward`].
#[derive(Default)]
pub struct GraphView;

impl View for GraphView {
    type Experiment = Backward;

    fn controls(&mut self, ui: &mut Ui, form: &mut Form<'_, Settings>, _look: &mut NoLook) {
        form.field(ui, Settings::values(), "Numbers x");
        flow::group(ui, "examples", |ui| {
            let examples = [
                (Numbers::new([3.0]), "x² at x = 3: 9, with gradient 6"),
                (Numbers::new([3.0, 4.0, 10.0]), "125, with gradients 6, 8 and 20"),
            ];
            for (values, tip) in examples {
                let Some(values) = values else { continue };
                let is_chosen = form.values == values;
                if ui.selectable_label(is_chosen, values.to_string()).on_hover_text(tip).clicked() {
                    form.edit(|settings| settings.values = values);
                }
            }
        });
        form.field(ui, Settings::passes(), "Backward calls");
        form.field(ui, Settings::zero(), "Zero before each");
    }

    fn figure(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Backward>) {
        let snapshot = scene.snapshot;
        let rows = snapshot.values.len().max(1) as f32;
        let spare = ui.available_height() - BELOW.0 * rows - BELOW.1;
        let height = spare.clamp(36.0 * rows + EDGES, ROW * rows + EDGES);
        let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), height), Sense::hover());
        describe(&response, snapshot);
        draw(&ui.painter().with_clip_rect(rect), rect, snapshot, theme::tokens(ui));
        ui.add(Label::new(sentence(snapshot.act)).wrap());
        again(ui, scene);
        let mut table = snapshot.table();
        table.title.clear();
        readout::table(ui, "graph numbers", &table, ui.available_height().max(60.0));
    }
}

/// At the end: what PyTorch is famous for. A second backward adds.
fn again(ui: &mut Ui, scene: &mut Scene<'_, Backward>) {
    let stopped = scene.snapshot.stopped == Some(Stop::Done);
    let passes = scene.snapshot.passes;
    let can = stopped && passes < MOST_PASSES;
    ui.horizontal(|ui| {
        let button = ui.add_enabled(can, egui::Button::new("Call backward again"));
        if button
            .on_hover_text("Compute the loss once more and go back once more")
            .on_disabled_hover_text("First step to the end")
            .clicked()
        {
            scene.form.edit(|settings| settings.passes = passes + 1);
            scene.moves.push(Move::End);
        }
        let text = match passes {
            0 => "x.grad is None: nothing came back yet.".to_owned(),
            1 => "x.grad holds one backward.".to_owned(),
            _ if scene.form.zero => "x.grad was zeroed before each backward.".to_owned(),
            _ => format!("x.grad holds {passes} backwards, added up."),
        };
        ui.label(text);
    });
}

/// The graph's numbers, for who cannot see it.
fn describe(response: &Response, snapshot: &Snapshot) {
    response.widget_info(|| {
        let list =
            |list: &Option<Vec<f32>>| list.as_ref().map_or_else(|| "not known yet".to_owned(), |list| words(list));
        let text = format!(
            "Computation graph: x {}, squares {}, sum {}, x.grad {}",
            words(&snapshot.values),
            list(&snapshot.squares),
            snapshot.loss.map_or_else(|| "not known yet".to_owned(), short),
            list(&snapshot.grad),
        );
        WidgetInfo::labeled(egui::Role::Image, true, text)
    });
}

fn words(values: &[f32]) -> String {
    values.iter().copied().map(short).collect::<Vec<_>>().join(", ")
}

/// Where the boxes stand: x on the left, its square in the middle, the sum on the right.
struct Places {
    rect: Rect,
    row: f32,
    size: Vec2,
}

impl Places {
    fn new(rect: Rect, rows: usize) -> Self {
        let row = (rect.height() - EDGES) / rows as f32;
        let size = Vec2::new((rect.width() * 0.22).clamp(96.0, 150.0), (row - 8.0).min(52.0));
        Self { rect, row, size }
    }

    fn at(&self, part: f32, y: f32) -> Rect {
        let half = self.size.x / 2.0 + 1.0;
        let (left, right) = (self.rect.left() + half, self.rect.right() - half);
        Rect::from_center_size(pos2(left + (right - left) * part, y), self.size)
    }

    fn y(&self, row: usize) -> f32 {
        self.rect.top() + HEAD + self.row * (row as f32 + 0.5)
    }

    fn input(&self, row: usize) -> Rect {
        self.at(0.0, self.y(row))
    }

    fn square(&self, row: usize) -> Rect {
        self.at(0.5, self.y(row))
    }

    fn sum(&self) -> Rect {
        self.at(1.0, self.rect.top() + HEAD + (self.rect.height() - EDGES) / 2.0)
    }
}

fn draw(painter: &Painter, rect: Rect, snapshot: &Snapshot, tokens: &Tokens) {
    let places = Places::new(rect, snapshot.values.len());
    for (part, title) in [(0.0, "x"), (0.5, "square"), (1.0, "sum = loss")] {
        let at = pos2(places.at(part, 0.0).center().x, rect.top() + 8.0);
        painter.text(at, Align2::CENTER_CENTER, title, FontId::proportional(13.0), tokens.text_weak);
    }
    let act = snapshot.act;
    let one = |list: &Option<Vec<f32>>, row: usize| list.as_ref().and_then(|list| list.get(row)).copied();
    let sum = places.sum();
    for (row, &value) in snapshot.values.iter().enumerate() {
        let (input, square) = (places.input(row), places.square(row));
        // Arrows that meet at the sum keep apart at its side.
        let spread = sum.height() * 0.7 * ((row as f32 + 0.5) / snapshot.values.len() as f32 - 0.5);
        let end = sum.left_center() + Vec2::new(0.0, spread);
        let edges = [
            (
                input.right_center(),
                square.left_center(),
                act == Some(Act::Square),
                act == Some(Act::ToInputs),
                snapshot.arrived.is_some(),
                format!("\u{00d7} 2x = {}", short(2.0 * value)),
            ),
            (
                square.right_center(),
                end,
                act == Some(Act::Sum),
                act == Some(Act::ToSquares),
                snapshot.square_gradients.is_some(),
                "\u{00d7} 1".to_owned(),
            ),
        ];
        for (from, to, forward, backward, came_back, factor) in edges {
            edge(
                painter,
                from,
                to,
                if forward { tokens.accent } else { tokens.text_weak },
                came_back.then_some((factor, backward)),
                tokens,
            );
        }
        let grad =
            one(&snapshot.grad, row).map_or_else(|| "grad None".to_owned(), |grad| format!("grad {}", short(grad)));
        let lit = matches!(act, Some(Act::Init | Act::ToInputs | Act::Zero));
        node(painter, input, &short(value), Some(&grad), lit, tokens);
        let gradient = one(&snapshot.square_gradients, row).map(|gradient| format!("gradient {}", short(gradient)));
        let lit = matches!(act, Some(Act::Square | Act::ToSquares));
        node(
            painter,
            square,
            &one(&snapshot.squares, row).map_or_else(|| "?".to_owned(), short),
            gradient.as_deref(),
            lit,
            tokens,
        );
    }
    let gradient = snapshot.loss_gradient.map(|gradient| format!("gradient {}", short(gradient)));
    let value = snapshot.loss.map_or_else(|| "?".to_owned(), short);
    node(painter, sum, &value, gradient.as_deref(), matches!(act, Some(Act::Sum | Act::Seed)), tokens);
}

/// A box: its value, and below it what came back.
fn node(painter: &Painter, area: Rect, value: &str, back: Option<&str>, lit: bool, tokens: &Tokens) {
    let (fill, line) = if lit {
        (tokens.accent_tint, Stroke::new(2.0, tokens.accent))
    } else {
        (tokens.card, Stroke::new(1.0, tokens.line))
    };
    painter.rect(area, 6, fill, line, StrokeKind::Inside);
    let small = area.height() < 40.0;
    let (shift, sizes) = if small { (7.0, (13.0, 11.0)) } else { (10.0, (15.0, 12.5)) };
    let shift = if back.is_some() { shift } else { 0.0 };
    painter.text(
        area.center() - Vec2::new(0.0, shift),
        Align2::CENTER_CENTER,
        value,
        FontId::monospace(sizes.0),
        tokens.text,
    );
    if let Some(back) = back {
        painter.text(
            area.center() + Vec2::new(0.0, shift),
            Align2::CENTER_CENTER,
            back,
            FontId::monospace(sizes.1),
            tokens.prediction,
        );
    }
}

/// The arrow of the values, and once gradients have come back, the one of the gradients with what it multiplies by.
fn edge(painter: &Painter, from: Pos2, to: Pos2, color: Color32, back: Option<(String, bool)>, tokens: &Tokens) {
    let apart = Vec2::new(0.0, if back.is_some() { 5.0 } else { 0.0 });
    let inset = Vec2::new(4.0, 0.0);
    arrow(painter, from + inset - apart, to - inset - apart, Stroke::new(1.5, color));
    let Some((factor, lit)) = back else { return };
    let stroke = Stroke::new(if lit { 2.2 } else { 1.3 }, tokens.prediction);
    arrow(painter, to - inset + apart, from + inset + apart, stroke);
    let middle = from + (to - from) * 0.45;
    let galley = painter.layout_no_wrap(factor, FontId::monospace(11.5), tokens.prediction);
    // Below a level arrow, on a sloping one.
    let level = (from.y - to.y).abs() < 6.0;
    let shift = if level { apart + Vec2::new(0.0, 11.0) } else { apart };
    let area = Rect::from_center_size(middle + shift, galley.size() + Vec2::new(6.0, -2.0));
    painter.rect_filled(area, 3, tokens.background);
    painter.galley(area.min + Vec2::new(3.0, 0.0), galley, tokens.prediction);
}

fn arrow(painter: &Painter, from: Pos2, to: Pos2, stroke: Stroke) {
    painter.line_segment([from, to], stroke);
    let direction = (to - from).normalized();
    let (base, side) = (to - direction * 7.0, direction.rot90() * 3.5);
    painter.add(Shape::convex_polygon(vec![to, base + side, base - side], stroke.color, Stroke::NONE));
}

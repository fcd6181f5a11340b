//! The transport: the phases drawn as the loop they are, buttons to move on the tape, and a bar to scrub over it.

use super::theme::{self, Tokens};
use crate::engine::{Move, Pace, Status};
use crate::experiments::{Info, Phase};
use egui::{Align2, Button, Color32, FontId, Rect, RichText, Sense, Shape, Slider, Stroke, Ui, Vec2, pos2};

/// What the transport shows.
pub struct View<'a> {
    /// The experiment.
    pub info: &'a Info,
    /// What the engine is doing.
    pub status: &'a Status,
    /// How many phases have run.
    pub position: u64,
    /// The last position of the scrub bar.
    pub end: u64,
    /// The phase that ran last.
    pub phase: Option<Phase>,
    /// Whether the experiment draws random numbers.
    pub has_seed: bool,
}

/// What the reader asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Action {
    /// Move on the tape.
    Move(Move),
    /// Back to the start, same seed.
    Restart,
    /// Back to the start with another seed.
    NewSeed,
}

/// The speeds on offer: name, phases a second.
const PACES: [(&str, Pace); 4] = [
    ("slow", Pace::PhasesPerSecond(2.0)),
    ("normal", Pace::PhasesPerSecond(8.0)),
    ("fast", Pace::PhasesPerSecond(60.0)),
    ("flat out", Pace::Flat),
];

/// The reader's choice of speed, by its place in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Speed(usize);

impl Default for Speed {
    fn default() -> Self {
        Self(1)
    }
}

impl Speed {
    /// As fast as the machine can.
    pub const FLAT: Self = Self(PACES.len() - 1);

    /// The pace of a run at this speed.
    #[must_use]
    pub fn pace(self) -> Pace {
        PACES[self.0].1
    }
}

/// Draws the transport and returns what was asked for.
pub fn show(ui: &mut Ui, view: &View<'_>, speed: &mut Speed) -> Option<Action> {
    let mut action = None;
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 8.0;
        if view.info.phases.len() > 1 {
            phases(ui, view);
        }
        action = buttons(ui, view, speed);
        action = scrub(ui, view, speed).or(action.take());
    });
    action
}

fn buttons(ui: &mut Ui, view: &View<'_>, speed: &mut Speed) -> Option<Action> {
    let mut action = None;
    let at_end = matches!(view.status, Status::Stopped(_));
    let running = matches!(view.status, Status::Running);
    let open = !matches!(view.status, Status::Empty | Status::Loading | Status::Failed(_));
    let can_go = open && !at_end;
    let tokens = theme::tokens(ui);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = Vec2::new(6.0, 6.0);
        let mut button = |ui: &mut Ui, enabled: bool, text: &str, tip: &str, to: Action| {
            if ui.add_enabled(enabled, Button::new(text)).on_hover_text(tip).clicked() {
                action = Some(to);
            }
        };
        let can_back = open && view.position > 0;
        button(
            ui,
            can_back,
            "\u{23ee} Restart",
            "Back to the start, with the same random numbers (Home)",
            Action::Restart,
        );
        button(ui, can_back, "\u{25c0} Back", "One phase back (Left arrow)", Action::Move(Move::Back(1)));
        let step = Button::new(RichText::new("Step \u{25b6}").strong().color(if can_go {
            tokens.on_accent
        } else {
            tokens.text_weak
        }));
        let step = if can_go { step.fill(tokens.accent) } else { step };
        if ui.add_enabled(can_go, step).on_hover_text("One phase on (Space)").clicked() {
            action = Some(Action::Move(Move::Step(1)));
        }
        for (place, unit) in view.info.units.iter().enumerate() {
            let key = ["B", "E"].get(place).map_or_else(String::new, |key| format!(" ({key})"));
            let tip = format!("{}{key}", unit.meaning);
            if ui.add_enabled(can_go, Button::new(unit.title)).on_hover_text(tip).clicked() {
                action = Some(Action::Move(Move::Unit(place)));
            }
        }
        let (text, tip) =
            if running { ("\u{23f8} Pause", "Stay here (R)") } else { ("\u{23e9} Run", "Go on until the end (R)") };
        let to = if running { Move::Pause } else { Move::Run(speed.pace()) };
        if ui.add_enabled(can_go, Button::new(text).min_size(Vec2::new(76.0, 0.0))).on_hover_text(tip).clicked() {
            action = Some(Action::Move(to));
        }
        if view.has_seed
            && ui
                .add_enabled(open, Button::new("New seed"))
                .on_hover_text("Start again with other random numbers (N)")
                .clicked()
        {
            action = Some(Action::NewSeed);
        }
    });
    action
}

fn pace(ui: &mut Ui, view: &View<'_>, speed: &mut Speed) -> Option<Action> {
    let mut action = None;
    let combo = egui::ComboBox::from_id_salt("speed").selected_text(PACES[speed.0].0).width(70.0);
    let response = combo.show_ui(ui, |ui| {
        for (place, (name, pace)) in PACES.iter().enumerate() {
            if ui.selectable_value(&mut speed.0, place, *name).clicked() && matches!(view.status, Status::Running) {
                action = Some(Action::Move(Move::Run(*pace)));
            }
        }
    });
    response.response.on_hover_text("How fast a run goes");
    action
}

fn scrub(ui: &mut Ui, view: &View<'_>, speed: &mut Speed) -> Option<Action> {
    let open = !matches!(view.status, Status::Empty | Status::Loading | Status::Failed(_));
    let mut position = view.position;
    ui.horizontal(|ui| {
        let paced = pace(ui, view, speed);
        let numbers = format!("{} / {}", view.position, view.end);
        // Room for the longest numbers of this tape, so that the bar keeps its width on the way.
        let longest = format!("{0} / {0}", view.end);
        let font = egui::TextStyle::Monospace.resolve(ui.style());
        let longest = ui.painter().layout_no_wrap(longest, font, Color32::PLACEHOLDER).size().x;
        let width = (ui.available_width() - (longest + 24.0).max(120.0)).max(80.0);
        ui.spacing_mut().slider_width = width;
        let slider = Slider::new(&mut position, 0..=view.end.max(1)).show_value(false).trailing_fill(true);
        let response =
            ui.add_enabled(open && view.end > 0, slider).on_hover_text("Drag to any phase of the experiment");
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Slider, open, "Position on the tape"));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.monospace(numbers).on_hover_text("Phases run so far, of all phases");
        });
        response.changed().then_some(Action::Move(Move::Seek(position))).or(paced)
    })
    .inner
}

/// The loop: a row of named steps, the current one lit, and the way back from the last step of a turn to its first.
fn phases(ui: &mut Ui, view: &View<'_>) {
    let tokens = theme::tokens(ui);
    let row: Vec<Phase> = view.info.phases.iter().copied().filter(|phase| *phase != Phase::Repeat).collect();
    let repeats = row.len() < view.info.phases.len();
    let height = if repeats { 54.0 } else { 32.0 };
    let (rect, _) = ui.allocate_exact_size(Vec2::new(ui.available_width(), height), Sense::hover());
    let gap = 18.0;
    let width = ((rect.width() - gap * (row.len() - 1) as f32) / row.len() as f32).min(110.0);
    let chip = |i: usize| {
        Rect::from_min_size(pos2(rect.left() + i as f32 * (width + gap), rect.top() + 1.0), Vec2::new(width, 30.0))
    };
    for (i, phase) in row.iter().enumerate() {
        let area = chip(i);
        let response = ui.interact(area, ui.scope_id().with(("phase", i)), Sense::hover());
        let lit = view.phase == Some(*phase);
        response.widget_info(|| {
            egui::WidgetInfo::selected(egui::Role::Label, true, lit, format!("Phase {}", phase.title()))
        });
        response.on_hover_text(phase.meaning());
        draw_chip(ui, area, repeats.then_some(i + 1), *phase, lit, tokens);
        if i + 1 < row.len() {
            arrow(
                ui,
                area.right_center() + Vec2::new(3.0, 0.0),
                chip(i + 1).left_center() - Vec2::new(3.0, 0.0),
                tokens.text_weak,
            );
        }
    }
    let ends =
        (row.iter().position(|phase| *phase == Phase::Predict), row.iter().position(|phase| *phase == Phase::Step));
    if let (true, (Some(first), Some(last))) = (repeats, ends) {
        // The loop closes when the first phase of a turn runs again.
        let lit = view.phase == Some(Phase::Predict) && view.position > view.info.phases.len() as u64 - 2;
        let color = if lit { tokens.accent } else { tokens.text_weak };
        let (from, to) = (chip(last).center_bottom(), chip(first).center_bottom());
        let low = rect.bottom() - 9.0;
        let stroke = Stroke::new(1.5, color);
        ui.painter().line(
            vec![from + Vec2::new(0.0, 2.0), pos2(from.x, low), pos2(to.x, low), to + Vec2::new(0.0, 5.0)],
            stroke,
        );
        head(ui, to + Vec2::new(0.0, 2.0), Vec2::new(0.0, -1.0), color);
        let middle = pos2(f32::midpoint(from.x, to.x), low);
        let label = ui.painter().layout_no_wrap("Repeat".to_owned(), FontId::proportional(12.0), color);
        let area = Rect::from_center_size(middle, label.size() + Vec2::new(12.0, 0.0));
        ui.painter().rect_filled(area, 0, ui.visuals().panel_fill);
        ui.painter().galley(area.min + Vec2::new(6.0, 0.0), label, color);
    }
}

fn draw_chip(ui: &Ui, area: Rect, number: Option<usize>, phase: Phase, lit: bool, tokens: &Tokens) {
    let (fill, text, line) =
        if lit { (tokens.accent, tokens.on_accent, tokens.accent) } else { (tokens.card, tokens.text, tokens.line) };
    ui.painter().rect(area, 15, fill, Stroke::new(1.0, line), egui::StrokeKind::Inside);
    // The step after Step is Repeat, so Stop is the seventh.
    let number = number.map(|number| if phase == Phase::Stop { Phase::SEVEN.len() } else { number });
    let label = match number {
        Some(number) if area.width() > 78.0 => format!("{number}  {}", phase.title()),
        _ => phase.title().to_owned(),
    };
    ui.painter().text(area.center(), Align2::CENTER_CENTER, label, FontId::proportional(13.0), text);
}

fn arrow(ui: &Ui, from: egui::Pos2, to: egui::Pos2, color: Color32) {
    ui.painter().line_segment([from, to - Vec2::new(3.0, 0.0)], Stroke::new(1.5, color));
    head(ui, to, Vec2::new(1.0, 0.0), color);
}

fn head(ui: &Ui, tip: egui::Pos2, direction: Vec2, color: Color32) {
    let side = direction.rot90() * 3.5;
    let base = tip - direction * 6.0;
    ui.painter().add(Shape::convex_polygon(vec![tip, base + side, base - side], color, Stroke::NONE));
}

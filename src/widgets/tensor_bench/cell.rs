//! One cell: its expression, and the answer to it.

use super::examples::is_example;
use super::source;
use crate::engine::Job;
use crate::experiments::pixels::MAX_CELL_CHARS;
use crate::math::expression::{Budget, Environment, Error, Lit, Outcome, Value, evaluate};
use crate::widgets::theme;
use egui::{Frame, Key, Label, RichText, ScrollArea, Stroke, TextEdit, Ui};
use std::sync::Arc;

/// Characters of a print-out that are shown.
const MAX_PRINT: usize = 12_000;
/// The height of a print-out, in points; longer ones scroll.
const PRINT_HEIGHT: f32 = 132.0;
/// Below this width the source stands under the result instead of beside it.
const NARROW: f32 = 420.0;

/// What a cell asks of its bench.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// It was chosen.
    Activate,
    /// To be taken away.
    Remove,
    /// The cell above.
    Previous,
    /// The cell below.
    Down,
    /// The cell below, made if there is none.
    Next,
}

/// What is shown of an answer.
struct Shown {
    print: String,
    facts: String,
    lit: Vec<Lit>,
    notices: Vec<String>,
}

type Answer = Result<Shown, Error>;

/// One cell.
pub struct Cell {
    id: u64,
    text: String,
    /// The answer shown last.
    answer: Option<Answer>,
    /// Whether the answer is to another text, or with other tensors.
    stale: bool,
    /// The work on an answer that takes longer than a frame, and whether one is awaited.
    work: Job<Result<Outcome, Error>>,
    is_awaited: bool,
    wants_focus: bool,
}

impl Cell {
    pub fn new(id: u64, text: &str) -> Self {
        let (work, is_awaited, wants_focus) = (Job::default(), false, false);
        Self { id, text: text.to_owned(), answer: None, stale: true, work, is_awaited, wants_focus }
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn set(&mut self, text: &str) {
        text.clone_into(&mut self.text);
        self.stale = true;
    }

    /// The tensors have changed.
    pub fn forget(&mut self) {
        self.stale = true;
    }

    /// Whether the shelf may put another text in its place: it is empty, or came from there.
    pub fn may_be_replaced(&self) -> bool {
        self.text.trim().is_empty() || is_example(self.text.trim())
    }

    pub fn want_focus(&mut self) {
        self.wants_focus = true;
    }

    /// Brings the answer up to date, as far as that takes no longer than a frame allows.
    fn refresh(&mut self, ui: &Ui, environment: &Environment) {
        if self.stale {
            self.stale = false;
            self.is_awaited = false;
            self.work.cancel();
            // The first answer is waited for, so that what is opened or drawn without a window is complete.
            let budget = if self.answer.is_none() { Budget::full() } else { Budget::small() };
            match evaluate(&self.text, environment, budget) {
                Err(error) if error.exhausted && self.answer.is_some() => self.start(ui, environment),
                answer => self.answer = Some(shown(answer)),
            }
        }
        // Asked before the answer is taken, since it may come in between.
        let is_running = self.work.is_running();
        if let Some(answer) = self.work.take() {
            self.answer = Some(shown(answer));
            self.is_awaited = false;
        } else if self.is_awaited && !is_running {
            let message = "the calculation broke off; change the expression to try again".to_owned();
            self.answer = Some(Err(Error { span: 0..self.text.len(), message, exhausted: false }));
            self.is_awaited = false;
        }
    }

    fn start(&mut self, ui: &Ui, environment: &Environment) {
        let (text, environment, context) = (self.text.clone(), environment.clone(), ui.ctx().clone());
        let started = self.work.start("tensor bench", Arc::new(move || context.request_repaint()), move |cancel| {
            evaluate(&text, &environment, Budget { cancelled: cancel.flag(), ..Budget::full() })
        });
        self.is_awaited = started.is_ok();
    }

    /// Draws the cell.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        number: usize,
        active: bool,
        removable: bool,
        environment: &Environment,
    ) -> Option<Ask> {
        self.refresh(ui, environment);
        let tokens = theme::tokens(ui);
        let mut ask = None;
        let line = if active { Stroke::new(1.5, tokens.accent) } else { Stroke::new(1.0, tokens.line) };
        Frame::new().fill(tokens.card).stroke(line).corner_radius(8).inner_margin(10).show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = 5.0;
            ask = self.input(ui, number, removable);
            match &self.answer {
                Some(Ok(shown)) => self.result(ui, shown),
                Some(Err(error)) if !self.text.trim().is_empty() => wrong(ui, self.id, &self.text, error),
                _ => {
                    ui.label(RichText::new("Type an expression, or press an example above.").color(tokens.text_weak));
                }
            }
        });
        ask
    }

    fn input(&mut self, ui: &mut Ui, number: usize, removable: bool) -> Option<Ask> {
        let mut ask = None;
        ui.horizontal(|ui| {
            let label = ui.label(RichText::new(format!("{number}")).monospace().color(theme::tokens(ui).text_weak));
            let width = (ui.available_width() - 86.0).max(120.0);
            let field = TextEdit::singleline(&mut self.text)
                .id_salt(("tensor bench", self.id))
                .font(egui::TextStyle::Monospace)
                .hint_text("an expression, such as t + 1")
                .char_limit(MAX_CELL_CHARS)
                .desired_width(width);
            let response = ui.add(field).labelled_by(label.id);
            let name = format!("Expression {number}");
            ui.ctx().accesskit_node_builder(response.id, |node| node.set_label(name));
            if std::mem::take(&mut self.wants_focus) {
                response.request_focus();
            }
            if response.changed() {
                self.stale = true;
                ui.ctx().request_repaint();
            }
            if response.gained_focus() {
                ask = Some(Ask::Activate);
            }
            let pressed = |key| ui.input(|input| input.key_pressed(key));
            if response.has_focus() && pressed(Key::ArrowUp) {
                ask = Some(Ask::Previous);
            } else if response.has_focus() && pressed(Key::ArrowDown) {
                ask = Some(Ask::Down);
            } else if response.lost_focus() && pressed(Key::Enter) {
                ask = Some(Ask::Next);
            }
            let response = response.on_hover_text("Up and Down go from cell to cell, Enter to the next");
            drop(response);
            let remove = ui.add_enabled(removable, egui::Button::new("Remove").small());
            if remove
                .on_hover_text(format!("Take cell {number} away"))
                .on_disabled_hover_text("The last cell stays")
                .clicked()
            {
                ask = Some(Ask::Remove);
            }
        });
        ask
    }

    fn result(&self, ui: &mut Ui, shown: &Shown) {
        let tokens = theme::tokens(ui);
        if self.is_awaited {
            ui.label(RichText::new("Working; what stands here is the answer before.").color(tokens.text_weak));
        }
        let beside = shown.lit.first().filter(|_| ui.available_width() > NARROW);
        let left = |ui: &mut Ui| {
            let print = RichText::new(&shown.print).monospace().size(12.5).color(if self.is_awaited {
                tokens.text_weak
            } else {
                tokens.text
            });
            ScrollArea::both().id_salt(("print", self.id)).max_height(PRINT_HEIGHT).auto_shrink([false, true]).show(
                ui,
                |ui| {
                    ui.add(Label::new(print).extend().selectable(true));
                },
            );
            ui.label(RichText::new(&shown.facts).monospace().size(12.0).color(tokens.accent));
            for notice in &shown.notices {
                ui.add(Label::new(RichText::new(notice).color(tokens.reference)).wrap());
            }
        };
        if beside.is_some() {
            let sources: f32 = shown.lit.iter().take(2).map(|lit| source::width(lit) + 14.0).sum();
            ui.horizontal_top(|ui| {
                let width = (ui.available_width() - sources).max(160.0);
                ui.vertical(|ui| {
                    ui.set_width(width);
                    left(ui);
                });
                shown.lit.iter().take(2).for_each(|lit| source::show(ui, lit));
            });
        } else {
            left(ui);
            ui.horizontal(|ui| shown.lit.iter().take(2).for_each(|lit| source::show(ui, lit)));
        }
    }
}

/// The expression again with carets under what is wrong, and the sentence about it.
fn wrong(ui: &mut Ui, id: u64, text: &str, error: &Error) {
    let tokens = theme::tokens(ui);
    ScrollArea::horizontal().id_salt(("wrong", id)).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        ui.add(Label::new(RichText::new(text).monospace().color(tokens.text_weak)).extend());
        ui.add(
            Label::new(RichText::new(error.carets(text)).monospace().color(tokens.error)).extend().selectable(false),
        );
    });
    ui.add(Label::new(RichText::new(&error.message).color(tokens.error)).wrap());
}

fn shown(answer: Result<Outcome, Error>) -> Answer {
    answer.map(|outcome| {
        let mut print = outcome.value.text(MAX_PRINT);
        if let Some((end, _)) = print.char_indices().nth(MAX_PRINT) {
            print.truncate(end);
            print.push_str(" ...");
        }
        Shown { print, facts: facts(&outcome.value), lit: outcome.lit, notices: outcome.notices }
    })
}

/// Shape, rank and kind.
fn facts(value: &Value) -> String {
    let counted = |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    match value {
        Value::Tensor(tensor) => {
            format!(
                "shape {:?}   rank {}   {}   {}",
                tensor.shape(),
                tensor.rank(),
                tensor.dtype().name(),
                counted(tensor.len(), "number")
            )
        }
        Value::List(items) => format!("a list of {}", counted(items.len(), "item")),
        Value::Tuple(items) => format!("a tuple of {}", counted(items.len(), "item")),
        Value::Size(shape) => format!("a shape: rank {}", shape.len()),
        Value::Int(_) => "a whole number, no tensor".to_owned(),
        Value::Float(_) => "a number, no tensor".to_owned(),
        other => other.kind().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shot::{Canvas, Headless};
    use std::time::{Duration, Instant};

    /// More numbers than fit into a frame: 9 to the power of 6.
    const LONG: &str = "(m.view(9, 1, 1, 1, 1, 1) + m.view(9, 1, 1, 1, 1) + m.view(9, 1, 1, 1) + m.view(9, 1, 1) \
                        + m.view(9, 1) + m.view(9)).sum()";

    #[test]
    fn a_long_calculation_is_done_in_the_background_and_the_last_answer_stays_until_then() {
        let canvas = Canvas { size: [700.0, 300.0], pixels_per_point: 1.0, theme: egui::Theme::Light };
        let mut window = Headless::new(canvas, theme::install);
        let environment = Environment::default();
        let mut frame = |cell: &mut Cell| {
            window.frame(Vec::new(), |ui| {
                cell.ui(ui, 1, true, false, &environment);
            });
            match &cell.answer {
                Some(Ok(shown)) => (cell.is_awaited, shown.print.clone()),
                other => panic!("{:?}", other.as_ref().map(Result::is_err)),
            }
        };
        let mut cell = Cell::new(0, "t[0]");
        let first = (false, "tensor([1, 2, 3])".to_owned());
        assert_eq!(frame(&mut cell), first);
        cell.set(LONG);
        let start = Instant::now();
        let answer = loop {
            let (is_awaited, print) = frame(&mut cell);
            if !is_awaited {
                break print;
            }
            assert_eq!(print, first.1, "until then");
            assert!(start.elapsed() < Duration::from_secs(20), "it never came");
            std::thread::sleep(Duration::from_millis(2));
        };
        // Each of 6 times 9 to the power of 5 times 45.
        assert_eq!(answer, "tensor(15943230)");
        cell.set(LONG);
        frame(&mut cell);
        cell.set("t[0]");
        for _ in 0..20 {
            assert_eq!(frame(&mut cell), first, "what was given up never comes");
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

//! Every key of the lab, once: what the list of keys says is what the keys do.

use crate::engine::Move;
use crate::widgets::transport::Action;
use egui::{Key, Modifiers};

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Deed {
    /// The transport of the open panel.
    Transport(Action),
    /// Run or pause.
    Run,
    /// Open the lesson at this index.
    Lesson(usize),
    /// Show or hide the filmstrip.
    Filmstrip,
    /// Save a screenshot.
    Save,
    /// Open a file.
    Open,
    /// Show or hide the list of keys.
    Help,
}

/// A row of the list.
#[derive(Debug)]
pub struct Row {
    /// The keys, as a reader knows them.
    pub name: &'static str,
    /// What they do, in words.
    pub meaning: &'static str,
    /// Each key and what it does; none for what egui does by itself.
    pub keys: &'static [(Modifiers, Key, Deed)],
}

const NONE: Modifiers = Modifiers::NONE;

/// The list, in the order in which it is shown.
pub const KEYS: &[Row] = &[
    Row {
        name: "Space or Right",
        meaning: "one phase on",
        keys: &[
            (NONE, Key::Space, Deed::Transport(Action::Move(Move::Step(1)))),
            (NONE, Key::ArrowRight, Deed::Transport(Action::Move(Move::Step(1)))),
        ],
    },
    Row {
        name: "Left",
        meaning: "one phase back",
        keys: &[(NONE, Key::ArrowLeft, Deed::Transport(Action::Move(Move::Back(1))))],
    },
    Row { name: "R", meaning: "run or pause", keys: &[(NONE, Key::R, Deed::Run)] },
    Row {
        name: "B",
        meaning: "to the end of this batch",
        keys: &[(NONE, Key::B, Deed::Transport(Action::Move(Move::Unit(0))))],
    },
    Row {
        name: "E",
        meaning: "to the end of this epoch",
        keys: &[(NONE, Key::E, Deed::Transport(Action::Move(Move::Unit(1))))],
    },
    Row {
        name: "Home / End",
        meaning: "to the start / to the end",
        keys: &[
            (NONE, Key::Home, Deed::Transport(Action::Restart)),
            (NONE, Key::End, Deed::Transport(Action::Move(Move::End))),
        ],
    },
    Row {
        name: "N",
        meaning: "start again with another seed",
        keys: &[(NONE, Key::N, Deed::Transport(Action::NewSeed))],
    },
    Row {
        name: "1 \u{2026} 9",
        meaning: "open a lesson",
        keys: &[
            (NONE, Key::Num1, Deed::Lesson(0)),
            (NONE, Key::Num2, Deed::Lesson(1)),
            (NONE, Key::Num3, Deed::Lesson(2)),
            (NONE, Key::Num4, Deed::Lesson(3)),
            (NONE, Key::Num5, Deed::Lesson(4)),
            (NONE, Key::Num6, Deed::Lesson(5)),
            (NONE, Key::Num7, Deed::Lesson(6)),
            (NONE, Key::Num8, Deed::Lesson(7)),
            (NONE, Key::Num9, Deed::Lesson(8)),
        ],
    },
    Row { name: "F", meaning: "show or hide the filmstrip", keys: &[(NONE, Key::F, Deed::Filmstrip)] },
    Row {
        name: "Ctrl S",
        meaning: "save a screenshot that opens as this state",
        keys: &[(Modifiers::COMMAND, Key::S, Deed::Save)],
    },
    Row {
        name: "Ctrl O",
        meaning: "open a screenshot or a picture",
        keys: &[(Modifiers::COMMAND, Key::O, Deed::Open)],
    },
    Row { name: "Ctrl + / Ctrl \u{2212} / Ctrl 0", meaning: "larger / smaller / as before", keys: &[] },
    Row { name: "Tab, then Space or Enter", meaning: "reach and press any control", keys: &[] },
    Row { name: "Esc", meaning: "let go of a control, so that the keys above work", keys: &[] },
    Row {
        name: "? or F1",
        meaning: "this list",
        keys: &[
            (NONE, Key::Questionmark, Deed::Help),
            (Modifiers::SHIFT, Key::Questionmark, Deed::Help),
            (NONE, Key::F1, Deed::Help),
        ],
    },
];

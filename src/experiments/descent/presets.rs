//! The chapter's learning rates, and what a rate does on x².

/// A learning rate with a story, on x².
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Preset {
    /// The name on its button.
    pub title: &'static str,
    /// The rate.
    pub lr: f64,
    /// How many steps show the story: for a diverging walk, more than it survives.
    pub steps: u64,
    /// What you will see.
    pub meaning: &'static str,
}

impl Preset {
    /// Where every preset starts, on x².
    pub const START: f64 = -1.5;
}

/// The four learning rates of the chapter's figures.
pub const PRESETS: [Preset; 4] = [
    Preset {
        title: "Good",
        lr: 0.3,
        steps: 10,
        meaning: "Each step leaves 0.4 of the distance: a few steps are enough.",
    },
    Preset {
        title: "Too low",
        lr: 0.075,
        steps: 10,
        meaning: "Each step leaves 0.85 of the distance: right, but slow.",
    },
    Preset {
        title: "Bouncing",
        lr: 0.975,
        steps: 10,
        meaning: "Each step jumps over the floor and lands 0.95 as far away.",
    },
    Preset {
        title: "Diverging",
        lr: 1.2,
        steps: 40,
        meaning: "Each step jumps over the floor and lands 1.4 times as far away.",
    },
];

/// What a step does to the distance to the floor when it multiplies it by `factor`.
#[must_use]
pub fn behaviour(factor: Option<f64>) -> &'static str {
    match factor {
        None => "it depends on where you stand",
        Some(factor) if factor.abs() < 1e-9 => "you land on the floor at once",
        Some(factor) if (factor.abs() - 1.0).abs() < 1e-9 && factor > 0.0 => "nothing moves",
        Some(factor) if (factor.abs() - 1.0).abs() < 1e-9 => "you bounce from side to side for ever",
        Some(factor) if factor > 0.0 => "you come closer without crossing the floor",
        Some(factor) if factor > -1.0 => "you cross the floor each time and come closer",
        Some(_) => "you cross the floor each time and get further away",
    }
}

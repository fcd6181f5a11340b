//! Gradient descent on a function of one number.

use super::report::number;
use super::walk::{MAX_STEPS, Objective, ROWS, Visit, Walk, shown, single};
use super::{Experiment, Field, Info, Kind, Phase, SettingsError, Stop, Table, Trail, Unit, Values, settings};
use crate::data::Library;
use crate::math::function::Function;
use serde::{Deserialize, Serialize};

/// What a reader can choose.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// The loss.
    pub function: Function,
    /// The first x.
    pub start: f64,
    /// The learning rate.
    pub lr: f64,
    /// How many steps to take.
    pub steps: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { function: Function::Square, start: -1.5, lr: PRESETS[0].lr, steps: 10 }
    }
}

impl super::Settings for Settings {
    const FIELDS: &'static [Field] = &[
        Field {
            name: "function",
            kind: Kind::Choice(&Function::NAMES),
            meaning: "The loss: x^2, x^2 + x, |x|, or x^4/4 - x^2/2 + x/8, which has two valleys.",
        },
        Field {
            name: "start",
            kind: Kind::Number { min: -100.0, max: 100.0 },
            meaning: "The x that you start from. The plot shows -2 to 2.",
        },
        Field {
            name: "lr",
            kind: Kind::Number { min: 0.0, max: 10.0 },
            meaning: "The learning rate: how much of the gradient each step takes away from x.",
        },
        Field {
            name: "steps",
            kind: Kind::Integer { min: 0, max: MAX_STEPS },
            meaning: "How many steps you take before you stop.",
        },
    ];
}

/// A learning rate with a story, on x^2.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Preset {
    /// The name on its button.
    pub title: &'static str,
    /// The rate.
    pub lr: f64,
    /// What you will see.
    pub meaning: &'static str,
}

/// The four learning rates of the chapter's figures.
pub const PRESETS: [Preset; 4] = [
    Preset { title: "Good", lr: 0.3, meaning: "Each step leaves 0.4 of the distance: a few steps are enough." },
    Preset { title: "Too low", lr: 0.075, meaning: "Each step leaves 0.85 of the distance: right, but slow." },
    Preset { title: "Bouncing", lr: 0.975, meaning: "Each step jumps over the floor and lands 0.95 as far away." },
    Preset { title: "Diverging", lr: 1.2, meaning: "Each step jumps over the floor and lands 1.4 times as far away." },
];

impl Objective for Function {
    type Params = f32;

    fn look(&self, x: f32) -> (f32, f32) {
        (self.value(x), self.gradient(x))
    }
}

/// Gradient descent on a [`Function`], in single precision.
#[derive(Clone, Debug)]
pub struct Descent {
    settings: Settings,
    walk: Walk<Function>,
}

/// The descent as it can be seen now.
#[derive(Clone, Debug, Serialize)]
pub struct Snapshot {
    /// Every x so far, the one you stand at last.
    pub trace: Trail<Visit<f32>>,
    /// The loss.
    pub function: Function,
    /// Its formula.
    pub formula: &'static str,
    /// Its derivative's formula.
    pub derivative: &'static str,
    /// The learning rate.
    pub lr: f64,
    /// How many steps were asked for.
    pub steps: u64,
    /// How many have been taken.
    pub taken: u64,
    /// The phase that ran last.
    pub phase: Option<Phase>,
    /// Where you stand.
    pub x: Option<f32>,
    /// The loss last computed; after a step, still that of the place before it, as a variable in a program would be.
    pub loss: Option<f32>,
    /// The gradient last computed; after a step, still the one that was stepped against.
    pub gradient: Option<f32>,
    /// Where the next step leads, once the gradient is known.
    pub next_x: Option<f32>,
    /// What a step multiplies the distance to the floor by, where that is the same everywhere: 1 - 2 lr on x^2.
    pub factor: Option<f64>,
    /// Why it ended.
    pub stopped: Option<Stop>,
}

impl Experiment for Descent {
    const INFO: Info = Info {
        name: "descent",
        title: "Gradient descent",
        summary: "A point walks down a curve, each step against the slope.",
        phases: &Phase::SEVEN,
        units: &[Unit { title: "Whole turn", meaning: "Predict, loss, gradient and step at once." }],
    };
    type Settings = Settings;
    type Snapshot = Snapshot;

    fn start(settings: &Settings, _data: &Library) -> Result<Self, SettingsError> {
        let settings: Settings = settings::from_map(Self::INFO.name, &settings::to_map(settings))?;
        let walk = Walk::new(settings.function, single(settings.start), single(settings.lr), settings.steps);
        Ok(Self { settings, walk })
    }

    fn advance(&mut self) -> Phase {
        self.walk.advance()
    }

    fn stride(&mut self, phases: u64) -> u64 {
        self.walk.stride(phases)
    }

    fn phase(&self) -> Option<Phase> {
        self.walk.phase()
    }

    fn stopped(&self) -> Option<Stop> {
        self.walk.stopped()
    }

    fn end(&self) -> Option<u64> {
        Some(self.walk.end())
    }

    fn unit_end(&self, position: u64, _unit: usize) -> u64 {
        Walk::<Function>::step_end(position)
    }

    fn position_after(&self, steps: Option<u64>) -> u64 {
        Walk::<Function>::position_after(steps.unwrap_or(self.settings.steps))
    }

    fn allow_steps(settings: &mut Settings, steps: u64) {
        settings.steps = settings.steps.max(steps);
    }

    fn snapshot(&self) -> Snapshot {
        let predicted = self.walk.predicted();
        let function = self.settings.function;
        Snapshot {
            trace: self.walk.trace().clone(),
            function,
            formula: function.formula(),
            derivative: function.derivative(),
            lr: self.settings.lr,
            steps: self.settings.steps,
            taken: self.walk.taken(),
            phase: self.walk.phase(),
            x: self.walk.trace().last().map(|visit| visit.at),
            loss: predicted.and_then(|visit| visit.loss),
            gradient: predicted.and_then(|visit| visit.gradient),
            next_x: self.walk.next(),
            factor: function.curvature().map(|curvature| 1.0 - curvature * self.settings.lr),
            stopped: self.walk.stopped(),
        }
    }

    fn tables(snapshot: &Snapshot) -> Vec<Table> {
        let title = format!("{} going down {}, learning rate {}", Self::INFO.title, snapshot.formula, snapshot.lr);
        let mut table = Table::new(title, &["step", "x", "loss", "gradient"]);
        for (step, visit) in snapshot.trace.sampled(ROWS) {
            table.row([step.to_string(), shown(Some(visit.at)), shown(visit.loss), shown(visit.gradient)]);
        }
        vec![table]
    }

    fn values(snapshot: &Snapshot) -> Values {
        let gradient = snapshot.gradient.map(f64::from);
        Values::from([
            ("function", snapshot.function.title().to_owned()),
            ("formula", snapshot.formula.to_owned()),
            ("derivative", snapshot.derivative.to_owned()),
            ("x", shown(snapshot.x)),
            ("loss", shown(snapshot.loss)),
            ("gradient", shown(gradient)),
            ("lr", snapshot.lr.to_string()),
            ("lr_tenth", number(snapshot.lr / 10.0)),
            ("move", shown(gradient.map(|gradient| -snapshot.lr * gradient))),
            ("nudge_effect", shown(gradient.map(|gradient| 0.1 * gradient))),
            ("next_x", shown(snapshot.next_x)),
            ("step_count", snapshot.taken.to_string()),
            ("steps", snapshot.steps.to_string()),
            ("factor", shown(snapshot.factor)),
            ("behaviour", behaviour(snapshot.factor).to_owned()),
            ("stopped", snapshot.stopped.as_ref().map_or("", Stop::sentence).to_owned()),
        ])
    }
}

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

#[cfg(test)]
mod tests;

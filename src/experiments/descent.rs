//! Gradient descent on a function of one number.

use super::report::number;
use super::walk::{MAX_STEPS, Objective, ROWS, Visit, Walk, shown, single};
use super::{Checked, Experiment, Info, Phase, SettingsError, Sight, Stop, Table, Trail, Unit, Values};
use crate::data::Library;
use crate::math::function::{Function, Rise};
use crate::{pages, settings};
use serde::Serialize;
use std::sync::Arc;

mod presets;

pub use presets::{PRESETS, Preset, behaviour};

settings! {
    /// What decides the walk.
    pub struct Settings {
        /// The loss: x², x² + x, |x|, or x⁴/4 - x²/2 + x/8, which has two valleys.
        function: Function = Function::Square;
        /// The x that you start from. The plot shows -2 to 2.
        start: f64 = -1.5, in -100.0..=100.0;
        /// The learning rate: how much of the gradient each step takes away from x.
        lr: f64 = PRESETS[0].lr, in 0.0..=10.0;
        /// How many steps you take before you stop.
        steps: u64 = 10, in 0..=MAX_STEPS;
    }
}

settings! {
    /// What you look at.
    pub struct Look {
        /// The open page.
        tab: Tab = Tab::default();
        /// The nudge h: how far x is moved to see how much the loss changes, as rise over run.
        nudge: f64 = 0.5, in 1e-16..=1.0;
    }
}

pages! {
    /// What the figure shows.
    pub enum Tab {
        /// The point, its slope, and the steps it takes
        Steps = "steps", "Steps";
        /// Why one rate arrives, another bounces and a third diverges
        Rate = "rate", "Learning rates";
        /// Nudge x by h and see how much the loss changes
        Rise = "rise", "Rise over run";
    }
}

impl super::Settings for Settings {}

impl super::Look for Look {}

impl Objective for Function {
    type Params = f32;

    fn look(&self, x: f32) -> (f32, f32) {
        (self.value(x), self.gradient(x))
    }
}

/// Gradient descent on a [`Function`], in single precision.
#[derive(Clone, Debug)]
pub struct Descent {
    settings: Checked<Settings>,
    walk: Walk<Function>,
}

/// Rise over run at one place, in both precisions.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Nudge {
    /// The place.
    pub x: f32,
    /// The nudge h.
    pub h: f64,
    /// The derivative there.
    pub exact: f64,
    /// As PyTorch computes by default.
    pub single: Rise<f32>,
    /// With twice the digits.
    pub double: Rise<f64>,
}

impl Nudge {
    /// The nudge of `function` from `x` to `x + h`.
    #[must_use]
    pub fn new(function: Function, x: f32, h: f64) -> Self {
        let wide = f64::from(x);
        Self {
            x,
            h,
            exact: function.gradient(wide),
            single: function.rise(x, single(h)),
            double: function.rise(wide, h),
        }
    }
}

/// What is seen of a descent.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Seen {
    /// What a nudge does where you stand.
    pub nudge: Nudge,
}

impl Default for Seen {
    fn default() -> Self {
        Self { nudge: Nudge::new(Function::Square, 0.0, Look::default().nudge) }
    }
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
    /// Where rise over run is tried: where you stand, or at the start before you stand anywhere.
    #[serde(skip)]
    pub stand: f32,
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
    type Look = Look;
    type Snapshot = Snapshot;
    type Seen = Seen;

    fn start(settings: &Checked<Settings>, _data: &Library) -> Result<Self, SettingsError> {
        let walk = Walk::new(settings.function, single(settings.start), single(settings.lr), settings.steps);
        Ok(Self { settings: settings.clone(), walk })
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
        let x = self.walk.trace().last().map(|visit| visit.at);
        Snapshot {
            trace: self.walk.trace().clone(),
            function,
            formula: function.formula(),
            derivative: function.derivative(),
            lr: self.settings.lr,
            steps: self.settings.steps,
            taken: self.walk.taken(),
            phase: self.walk.phase(),
            x,
            loss: predicted.and_then(|visit| visit.loss),
            gradient: predicted.and_then(|visit| visit.gradient),
            next_x: self.walk.next(),
            factor: function.curvature().map(|curvature| 1.0 - curvature * self.settings.lr),
            stand: x.unwrap_or(single(self.settings.start)),
            stopped: self.walk.stopped(),
        }
    }

    fn see(snapshot: &Arc<Snapshot>, look: &Look, seen: &mut Seen) -> bool {
        seen.nudge = Nudge::new(snapshot.function, snapshot.stand, look.nudge);
        true
    }

    fn tables(&Sight { snapshot, .. }: &Sight<'_, Self>) -> Vec<Table> {
        let title = format!("{} going down {}, learning rate {}", Self::INFO.title, snapshot.formula, snapshot.lr);
        let mut table = Table::new(title, &["step", "x", "loss", "gradient"]);
        for (step, visit) in snapshot.trace.sampled(ROWS) {
            table.row([step.to_string(), shown(Some(visit.at)), shown(visit.loss), shown(visit.gradient)]);
        }
        vec![table]
    }

    fn values(&Sight { snapshot, seen, .. }: &Sight<'_, Self>) -> Values {
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
            ("nudge", number(seen.nudge.h)),
            ("secant", shown(Some(seen.nudge.single.slope))),
            ("secant_error", number(seen.nudge.single.error)),
            ("teaches", snapshot.function.lesson().to_owned()),
            ("factor", shown(snapshot.factor)),
            ("behaviour", behaviour(snapshot.factor).to_owned()),
            ("stopped", snapshot.stopped.as_ref().map_or("", Stop::sentence).to_owned()),
        ])
    }
}

#[cfg(test)]
mod tests;

//! The roller coaster: a parabola fitted to twenty noisy speeds, with three random parameters and the seven steps.

mod ride;

pub use ride::{Ride, Scale, TIMES};

use super::report::number;
use super::walk::{MAX_STEPS, Objective, ROWS, Visit, Walk, shown, single};
use super::{Experiment, Field, Info, Kind, Phase, SettingsError, Stop, Table, Trail, Unit, Values, settings};
use crate::data::Library;
use crate::math::bowl::Bowl;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What a reader can choose.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// The seed of the data and of the first parameters.
    pub seed: u64,
    /// The learning rate.
    pub lr: f64,
    /// How many steps to take.
    pub steps: u64,
    /// The standard deviation of the noise in the speeds.
    pub noise: f64,
    /// Whether the model sees time with mean 0 and standard deviation 1.
    pub rescale_time: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { seed: 42, lr: 1e-5, steps: 10, noise: 3.0, rescale_time: false }
    }
}

impl super::Settings for Settings {
    const FIELDS: &'static [Field] = &[
        Field {
            name: "seed",
            kind: Kind::Integer { min: 0, max: u32::MAX as u64 },
            meaning: "Where the random numbers begin: the noise in the speeds and the first parameters.",
        },
        Field {
            name: "lr",
            kind: Kind::Number { min: 0.0, max: 10.0 },
            meaning: "The learning rate: how much of its gradient each step takes away from a parameter. \
                      Try 0.1 or more once time is rescaled.",
        },
        Field {
            name: "steps",
            kind: Kind::Integer { min: 0, max: MAX_STEPS },
            meaning: "How many steps you take before you stop.",
        },
        Field {
            name: "noise",
            kind: Kind::Number { min: 0.0, max: 100.0 },
            meaning: "How far the measured speeds scatter around the true curve (standard deviation).",
        },
        Field {
            name: "rescale_time",
            kind: Kind::Switch,
            meaning: "Let the model see time shifted and scaled to mean 0 and standard deviation 1.",
        },
    ];
}

/// Gradient descent on the mean squared error of a t^2 + b t + c, in single precision.
#[derive(Clone, Debug)]
pub struct Coaster {
    settings: Settings,
    walk: Walk<Arc<Ride>>,
    bowl: Arc<Bowl>,
}

/// A parabola and its loss.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Fit {
    /// a, b and c.
    pub params: [f64; 3],
    /// Its mean squared error.
    pub loss: f64,
}

/// The ride as it can be seen now.
///
/// Parameters are those of the model, which with `rescale_time` is a parabola in the rescaled time; `params_original`
/// and `least_squares` are always in original units.
#[derive(Clone, Debug, Serialize)]
pub struct Snapshot {
    /// The times 0, 1 .. 19 at which the speed was measured.
    pub time: Vec<f32>,
    /// The measured speeds.
    pub speed: Vec<f32>,
    /// Every (a, b, c) so far, the one you stand at last.
    pub trace: Trail<Visit<[f32; 3]>>,
    /// The learning rate.
    pub lr: f64,
    /// The seed.
    pub seed: u64,
    /// How many steps were asked for.
    pub steps: u64,
    /// How many have been taken.
    pub taken: u64,
    /// The phase that ran last.
    pub phase: Option<Phase>,
    /// Where you stand.
    pub params: Option<[f32; 3]>,
    /// The same parabola, written for times 0 to 19.
    pub params_original: Option<[f64; 3]>,
    /// The predictions last computed; after a step, still those of the place before it.
    pub predictions: Option<Vec<f32>>,
    /// Prediction minus speed, for the same parameters.
    pub residuals: Option<Vec<f32>>,
    /// The loss last computed; after a step, still that of the place before it.
    pub loss: Option<f32>,
    /// The gradient last computed; after a step, still the one that was stepped against.
    pub gradient: Option<[f32; 3]>,
    /// Where the next step leads, once the gradient is known.
    pub next_params: Option<[f32; 3]>,
    /// The best parabola there is, in original units.
    pub least_squares: Fit,
    /// The eigenvalues of the loss's Hessian, smallest first: how steep the ravine's floor and its walls are.
    pub eigenvalues: [f64; 3],
    /// The learning rate above which descent diverges: 2 / the largest eigenvalue.
    pub stable_lr: f64,
    /// The learning rate that gets along the ravine fastest.
    pub best_lr: f64,
    /// How the model sees time.
    pub scale: Scale,
    /// Why it ended.
    pub stopped: Option<Stop>,
    /// The data and the model, to draw other curves with.
    #[serde(skip)]
    pub ride: Arc<Ride>,
    /// The loss over the model's parameters, to draw contours with.
    #[serde(skip)]
    pub bowl: Arc<Bowl>,
}

impl Experiment for Coaster {
    const INFO: Info = Info {
        name: "coaster",
        title: "Roller coaster",
        summary: "Three random numbers become a curve that fits, by the seven steps.",
        phases: &Phase::SEVEN,
        units: &[Unit { title: "Whole turn", meaning: "Predict, loss, gradient and step at once." }],
    };
    type Settings = Settings;
    type Snapshot = Snapshot;

    fn start(settings: &Settings, _data: &Library) -> Result<Self, SettingsError> {
        let settings: Settings = settings::from_map(Self::INFO.name, &settings::to_map(settings))?;
        let (ride, first) = Ride::draw(settings.seed, single(settings.noise), settings.rescale_time);
        let bowl = Arc::new(ride.bowl());
        let walk = Walk::new(Arc::new(ride), first, single(settings.lr), settings.steps);
        Ok(Self { settings, walk, bowl })
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
        Walk::<Arc<Ride>>::step_end(position)
    }

    fn position_after(&self, steps: Option<u64>) -> u64 {
        Walk::<Arc<Ride>>::position_after(steps.unwrap_or(self.settings.steps))
    }

    fn allow_steps(settings: &mut Settings, steps: u64) {
        settings.steps = settings.steps.max(steps);
    }

    fn snapshot(&self) -> Snapshot {
        let ride = self.walk.objective();
        let params = self.walk.trace().last().map(|visit| visit.at);
        let predicted = self.walk.predicted();
        let predictions = predicted.map(|visit| ride.predictions(visit.at));
        Snapshot {
            time: TIMES.to_vec(),
            speed: ride.speeds().collect(),
            trace: self.walk.trace().clone(),
            lr: self.settings.lr,
            seed: self.settings.seed,
            steps: self.settings.steps,
            taken: self.walk.taken(),
            phase: self.walk.phase(),
            params,
            params_original: params.map(|params| ride.scale().original(params.map(f64::from))),
            residuals: predictions.as_ref().map(|all| all.iter().zip(ride.speeds()).map(|(at, speed)| at - speed).collect()),
            predictions,
            loss: predicted.and_then(|visit| visit.loss),
            gradient: predicted.and_then(|visit| visit.gradient),
            next_params: self.walk.next(),
            least_squares: Fit { params: ride.scale().original(self.bowl.best), loss: self.bowl.floor },
            eigenvalues: self.bowl.eigen.values,
            stable_lr: self.bowl.stable_lr(),
            best_lr: self.bowl.best_lr(),
            scale: ride.scale(),
            stopped: self.walk.stopped(),
            ride: Arc::clone(ride),
            bowl: Arc::clone(&self.bowl),
        }
    }

    fn tables(snapshot: &Snapshot) -> Vec<Table> {
        let mut title = format!("{}, seed {}, learning rate {}", Self::INFO.title, snapshot.seed, snapshot.lr);
        if snapshot.scale != Scale::NONE {
            title.push_str(", time rescaled: a, b, c in original units, gradients in rescaled ones");
        }
        let heads = ["step", "a", "b", "c", "loss", "gradient a", "gradient b", "gradient c"];
        let mut trace = Table::new(title, &heads);
        for (step, visit) in snapshot.trace.sampled(ROWS) {
            let params = snapshot.scale.original(visit.at.map(f64::from)).map(number);
            let gradient = [0, 1, 2].map(|i| shown(visit.gradient.map(|gradient| gradient[i])));
            trace.row([step.to_string()].into_iter().chain(params).chain([shown(visit.loss)]).chain(gradient));
        }
        let mut facts = Table::new("The shape of the loss", &["", "a", "b", "c", "loss"]);
        let Fit { params, loss } = snapshot.least_squares;
        facts.row(["least squares".to_owned()].into_iter().chain(params.map(number)).chain([number(loss)]));
        let mut limits = Table::new("", &["eigenvalues", "diverges above lr", "fastest lr"]);
        limits.row([snapshot.eigenvalues.map(number).join(" "), number(snapshot.stable_lr), number(snapshot.best_lr)]);
        vec![trace, facts, limits]
    }

    fn values(snapshot: &Snapshot) -> Values {
        let mut values = Values::from([
            ("seed", snapshot.seed.to_string()),
            ("lr", snapshot.lr.to_string()),
            ("lr_tenth", number(snapshot.lr / 10.0)),
            ("step_count", snapshot.taken.to_string()),
            ("steps", snapshot.steps.to_string()),
            ("loss", shown(snapshot.loss)),
            ("first_loss", shown(snapshot.trace.get(0).and_then(|visit| visit.loss))),
            ("best_loss", number(snapshot.least_squares.loss)),
            ("stable_lr", number(snapshot.stable_lr)),
            ("best_lr", number(snapshot.best_lr)),
            ("eigenvalue_min", number(snapshot.eigenvalues[0])),
            ("eigenvalue_max", number(snapshot.eigenvalues[2])),
            ("steepness_ratio", number(snapshot.eigenvalues[2] / snapshot.eigenvalues[0])),
            ("stopped", snapshot.stopped.as_ref().map_or("", Stop::sentence).to_owned()),
        ]);
        for (i, keys) in KEYS.into_iter().enumerate() {
            let gradient = snapshot.gradient.map(|gradient| gradient[i]);
            values.extend([
                (keys[0], shown(snapshot.params.map(|params| params[i]))),
                (keys[1], shown(snapshot.params_original.map(|params| params[i]))),
                (keys[2], shown(gradient)),
                (keys[3], shown(snapshot.next_params.map(|params| params[i]))),
                (keys[4], number(snapshot.least_squares.params[i])),
                (keys[5], advice(gradient).to_owned()),
            ]);
        }
        values
    }
}

/// The keys of the values that there are for each parameter.
const KEYS: [[&str; 6]; 3] = [
    ["a", "a_original", "gradient_a", "next_a", "best_a", "advice_a"],
    ["b", "b_original", "gradient_b", "next_b", "best_b", "advice_b"],
    ["c", "c_original", "gradient_c", "next_c", "best_c", "advice_c"],
];

/// What to do with a parameter that has this gradient.
fn advice(gradient: Option<f32>) -> &'static str {
    match gradient {
        None => "-",
        Some(gradient) if gradient > 0.0 => "lower",
        Some(gradient) if gradient < 0.0 => "raise",
        Some(_) => "leave",
    }
}

impl Objective for Arc<Ride> {
    type Params = [f32; 3];

    fn look(&self, at: [f32; 3]) -> (f32, [f32; 3]) {
        self.loss_and_gradient(at)
    }
}

#[cfg(test)]
mod tests;

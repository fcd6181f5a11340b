//! The roller coaster: a parabola fitted to twenty noisy speeds, with three random parameters and the seven steps.

mod contours;
mod look;
pub mod moved;
mod ride;
mod seen;
mod settings;
mod table;

pub use contours::{Contour, Contours};
pub use look::{Ghost, Hand, Look, Ravine, Tab};
pub use ride::{CURVE, Ride, Scale, TIMES};
pub use seen::{ByHand, Course, Seen};
pub use settings::{Data, Settings};

use super::report::number;
use super::walk::{Objective, ROWS, Visit, Walk, shown, single};
use super::{Checked, Experiment, Info, Phase, SettingsError, Sight, Stop, Table, Trail, Unit, Values};
use crate::data::Library;
use crate::math::bowl::Bowl;
use seen::losses;
use serde::Serialize;
use std::sync::Arc;

/// Gradient descent on the mean squared error of a t^2 + b t + c, in single precision.
#[derive(Clone, Debug)]
pub struct Coaster {
    settings: Checked<Settings>,
    walk: Walk<Arc<Ride>>,
    bowl: Arc<Bowl>,
    first: [f32; 3],
    first_loss: f32,
    axes: Arc<[String; 2]>,
    /// The fastest learning rate with time seen the other way.
    other_best_lr: f64,
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
    /// The times at which the speed was measured: 0, 1 .. 19 for the coaster.
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
    /// The same parabola, written for times as measured.
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
    /// The first parameters, known before `Init` shows them: figures choose their ranges by them.
    #[serde(skip)]
    pub first: [f32; 3],
    /// The loss of the first parameters, likewise.
    #[serde(skip)]
    pub first_loss: f32,
    /// What the two axes are called.
    #[serde(skip)]
    pub axes: Arc<[String; 2]>,
    /// The learning rate that would be fastest if `rescale_time` were switched.
    #[serde(skip)]
    pub other_best_lr: f64,
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
    type Look = Look;
    type Snapshot = Snapshot;
    type Seen = Seen;

    fn start(settings: &Checked<Settings>, _data: &Library) -> Result<Self, SettingsError> {
        let (ride, first, axes) = measure(settings)?;
        let other = if settings.rescale_time { Scale::NONE } else { Scale::of(ride.times()) };
        let other = Ride::new(ride.times().iter().copied().zip(ride.speeds()), other);
        let (bowl, other_best_lr) = (Arc::new(ride.bowl()), other.bowl().best_lr());
        let (first_loss, _) = ride.loss_and_gradient(first);
        let walk = Walk::new(Arc::new(ride), first, single(settings.lr), settings.steps);
        Ok(Self { settings: settings.clone(), walk, bowl, first, first_loss, axes: Arc::new(axes), other_best_lr })
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
            time: ride.times().to_vec(),
            speed: ride.speeds().collect(),
            trace: self.walk.trace().clone(),
            lr: self.settings.lr,
            seed: self.settings.seed,
            steps: self.settings.steps,
            taken: self.walk.taken(),
            phase: self.walk.phase(),
            params,
            params_original: params.map(|params| ride.scale().original(params.map(f64::from))),
            residuals: predictions
                .as_ref()
                .map(|all| all.iter().zip(ride.speeds()).map(|(at, speed)| at - speed).collect()),
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
            first: self.first,
            first_loss: self.first_loss,
            axes: Arc::clone(&self.axes),
            other_best_lr: self.other_best_lr,
            ride: Arc::clone(ride),
            bowl: Arc::clone(&self.bowl),
        }
    }

    fn see(snapshot: &Arc<Snapshot>, look: &Look, seen: &mut Seen) -> bool {
        *seen = Seen::of(snapshot, look);
        true
    }

    fn tables(&Sight { snapshot, .. }: &Sight<'_, Self>) -> Vec<Table> {
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

    fn values(&Sight { snapshot, .. }: &Sight<'_, Self>) -> Values {
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

/// The measurements that the settings ask for, the first parameters, and what the axes are called.
fn measure(settings: &Settings) -> Result<(Ride, [f32; 3], [String; 2]), SettingsError> {
    let noise = single(settings.noise);
    let names = |x: &str, y: &str| [x.to_owned(), y.to_owned()];
    let (mut points, first, axes) = match (settings.csv.path(), settings.data) {
        (Some(path), _) => {
            let measured = table::read(path)?;
            (measured.points, Ride::first(settings.seed), measured.names)
        }
        (None, Data::Curve) => {
            let (points, first) = Ride::draw_curve(settings.seed, noise);
            (points, first, names("x", "y"))
        }
        (None, Data::Coaster) => {
            let (ride, first) = Ride::draw(settings.seed, noise, false);
            (ride.times().iter().copied().zip(ride.speeds()).collect(), first, names("time (s)", "speed"))
        }
    };
    settings.moved.check(points.len())?;
    for (index, height) in settings.moved.iter() {
        if let Some(point) = points.get_mut(index) {
            point.1 = height;
        }
    }
    let times: Vec<f32> = points.iter().map(|(time, _)| *time).collect();
    let scale = if settings.rescale_time { Scale::of(&times) } else { Scale::NONE };
    Ok((Ride::new(points.into_iter(), scale), first, axes))
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

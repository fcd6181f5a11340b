//! What a reader looks at: the page, a run pinned behind the present one, the cut through the loss, a curve by hand.

use super::super::Look as LookedAt;
use super::{Scale, Snapshot, losses};
use crate::experiments::report::number;
use crate::{pages, settings};
use serde::{Deserialize, Serialize};

/// How far from zero a slider may stand.
const REACH: f64 = 1e7;

settings! {
    /// What you look at.
    pub struct Look {
        /// The open page.
        tab: Tab = Tab::Descent;
        /// Show the data closely; otherwise the first curve as well, however far off it is.
        close: bool = false;
        saved {
            /// An earlier run, to compare with.
            #[serde(skip_serializing_if = "Option::is_none")]
            ghost: Option<Ghost> = None;
            /// Which two parameters the loss is drawn over.
            ravine: Ravine = Ravine::default();
            /// The curve that the reader chose.
            hand: Hand = Hand::default();
        }
    }
}

pages! {
    /// What the figure shows.
    pub enum Tab {
        /// Choose a, b and c yourself and watch the loss
        Hand = "hand", "By hand";
        /// The seven steps choose a, b and c
        Descent = "descent", "Descent";
        /// The curves before steps 1, 2, 3 and 4, side by side
        Four = "four", "Four steps";
        /// The loss from above: why descent stops short of the best curve
        Ravine = "ravine", "Ravine";
    }
}

impl LookedAt for Look {
    fn sanitise(&mut self) {
        self.ghost = self.ghost.take().and_then(Ghost::sanitised);
        if !Ravine::PAIRS.contains(&self.ravine.pair) {
            self.ravine.pair = Ravine::default().pair;
        }
        self.hand.params = self.hand.params.map(|param| param.clamp(-REACH, REACH));
    }
}

/// Which two parameters the loss is drawn over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Ravine {
    /// The two, by their indices in (a, b, c): one of [`Ravine::PAIRS`].
    pub pair: [usize; 2],
    /// Whether the third parameter stands where the walk is, instead of at its best for each pair.
    pub held: bool,
}

impl Ravine {
    /// Every two parameters that there are.
    pub const PAIRS: [[usize; 2]; 3] = [[0, 1], [0, 2], [1, 2]];

    /// The index of the third parameter.
    #[must_use]
    pub const fn third(self) -> usize {
        3 - self.pair[0] - self.pair[1]
    }
}

impl Default for Ravine {
    fn default() -> Self {
        Self { pair: [1, 2], held: false }
    }
}

/// A curve by hand, and how it is measured.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Hand {
    /// Its a, b and c, in original units.
    pub params: [f64; 3],
    /// Mean absolute instead of mean squared error.
    pub absolute: bool,
    /// Whether the least-squares curve is drawn as well.
    pub best: bool,
}

impl Hand {
    /// Where the sliders start.
    pub const START: [f64; 3] = [1.1; 3];
}

impl Default for Hand {
    fn default() -> Self {
        Self { params: Self::START, absolute: false, best: false }
    }
}

/// A run that was pinned, to be drawn faintly behind the present one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ghost {
    /// The settings that it ran with.
    pub label: String,
    /// Where it stood, in original units.
    pub params: [f64; 3],
    /// Step and loss.
    pub losses: Vec<[f64; 2]>,
}

impl Ghost {
    /// Points of the loss curve that are kept.
    const POINTS: usize = 200;
    /// Letters of a label that are kept.
    const LABEL: usize = 120;

    /// The run as it is now, if anything was measured yet.
    #[must_use]
    pub fn of(snapshot: &Snapshot) -> Option<Self> {
        let losses = losses(snapshot, Self::POINTS);
        let params = snapshot.params_original.filter(|params| params.iter().all(|value| value.is_finite()))?;
        let time = if snapshot.scale == Scale::NONE { "" } else { ", time rescaled" };
        let label = format!("seed {}, rate {}{time}, {} steps", snapshot.seed, number(snapshot.lr), snapshot.taken);
        (!losses.is_empty()).then_some(Self { label, params, losses })
    }

    /// A ghost from outside, bounded and finite.
    fn sanitised(mut self) -> Option<Self> {
        self.label = self.label.chars().take(Self::LABEL).collect();
        self.losses.truncate(2 * Self::POINTS);
        self.losses.retain(|[step, loss]| step.is_finite() && *loss > 0.0 && loss.is_finite());
        self.params.iter().all(|value| value.is_finite()).then_some(self)
    }
}

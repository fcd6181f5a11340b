//! The names of the phases, the units a reader may jump over, and the reasons for stopping.

use serde::{Deserialize, Serialize};

/// One named phase of an experiment: the chapter's seven steps, and the stacking of images.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// Choose the first parameters.
    Init,
    /// Compute predictions from the parameters.
    Predict,
    /// Compare predictions with targets: one number, smaller is better.
    Loss,
    /// The derivative of the loss by each parameter.
    Gradient,
    /// Move the parameters against the gradient.
    Step,
    /// Go back to `Predict`. Drawn as the loop's arrow; it takes no place on a tape.
    Repeat,
    /// Training has ended, and says why.
    Stop,
    /// Lay one more image on the stack.
    Stack,
    /// Forget the gradients.
    Zero,
}

impl Phase {
    /// The chapter's seven steps, in order.
    pub const SEVEN: [Self; 7] =
        [Self::Init, Self::Predict, Self::Loss, Self::Gradient, Self::Step, Self::Repeat, Self::Stop];

    /// The name a reader sees.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Init => "Init",
            Self::Predict => "Predict",
            Self::Loss => "Loss",
            Self::Gradient => "Gradient",
            Self::Step => "Step",
            Self::Repeat => "Repeat",
            Self::Stop => "Stop",
            Self::Stack => "Stack",
            Self::Zero => "Zero",
        }
    }

    /// What happens in it, in one plain sentence.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Init => "Choose the first parameters, usually at random.",
            Self::Predict => "Use the parameters to make predictions.",
            Self::Loss => "Measure how wrong the predictions are: one number, smaller is better.",
            Self::Gradient => "Find how the loss changes when each parameter grows a little.",
            Self::Step => "Move every parameter a little against its gradient.",
            Self::Repeat => "Go round again with the new parameters.",
            Self::Stop => "Good enough, or no longer getting better: keep the parameters.",
            Self::Stack => "Lay the next image on the stack.",
            Self::Zero => "Forget the gradients, so that the next ones are not added to them.",
        }
    }
}

/// A span of several phases with a name and a key, such as a mini-batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unit {
    /// The name on its button.
    pub title: &'static str,
    /// What one of it is, for the tooltip.
    pub meaning: &'static str,
}

/// Why an experiment ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stop {
    /// Everything that the settings asked for was done.
    Done,
    /// Another step would change nothing: the parameters have stopped moving.
    Plateau,
    /// The loss grew out of bounds or stopped being a number.
    Diverged,
    /// The accuracy that was asked for is reached.
    Target,
    /// The loss on held-out images has not fallen for as long as was allowed.
    Patience,
}

impl Stop {
    /// The reason in one sentence.
    #[must_use]
    pub const fn sentence(&self) -> &'static str {
        match self {
            Self::Done => "Everything you asked for is done.",
            Self::Plateau => "The parameters have stopped moving: another step would change nothing.",
            Self::Diverged => "The loss grew out of bounds: the learning rate is too high.",
            Self::Target => "The accuracy you asked for is reached.",
            Self::Patience => "The loss on held-out images has not fallen for as many epochs as you allowed.",
        }
    }
}

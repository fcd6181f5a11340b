//! The computation graph of a sum of squares: values forward, then gradients backward, a layer a phase.

use super::report::number;
use super::settings::{AtMost, Numbers};
use super::walk::single;
use super::{Checked, Experiment, Info, NoLook, Phase, SettingsError, Sight, Stop, Table, Unit, Values};
use crate::data::Library;
use crate::math::graph::{Graph, Node, Op};
use crate::settings;
use serde::Serialize;

/// The most numbers that the graph is drawn for.
pub const MOST: usize = 6;
/// The largest size of a number.
const SIZE: f64 = 1000.0;
/// The most backward passes.
pub const MOST_PASSES: u64 = 5;

settings! {
    /// What decides the computation.
    pub struct Settings {
        /// The numbers x that are squared and added up.
        values: Numbers = Numbers::three_four_ten(), in AtMost(MOST, SIZE);
        /// How many times the loss is computed and backward() called.
        passes: u64 = 1, in 1..=MOST_PASSES;
        /// Forget x.grad before each further pass, so that nothing is added to it.
        zero: bool = false;
    }
}

impl super::Settings for Settings {}

/// What one phase does; three of them are the way back through the graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Act {
    /// Remember that gradients of x are wanted.
    Init,
    /// Square each number.
    Square,
    /// Add the squares up.
    Sum,
    /// The loss changes as much as itself: 1.
    Seed,
    /// From the sum back to each square.
    ToSquares,
    /// From each square back to its x, and into `x.grad`.
    ToInputs,
    /// Forget `x.grad`.
    Zero,
    /// The end.
    Stop,
}

impl Act {
    /// Its phase.
    #[must_use]
    pub const fn phase(self) -> Phase {
        match self {
            Self::Init => Phase::Init,
            Self::Square => Phase::Predict,
            Self::Sum => Phase::Loss,
            Self::Seed | Self::ToSquares | Self::ToInputs => Phase::Gradient,
            Self::Zero => Phase::Zero,
            Self::Stop => Phase::Stop,
        }
    }
}

/// Acts of one pass.
const PASS: [Act; 5] = [Act::Square, Act::Sum, Act::Seed, Act::ToSquares, Act::ToInputs];

/// Forward and backward through a sum of squares.
#[derive(Clone, Debug)]
pub struct Backward {
    script: Vec<Act>,
    graph: Graph,
    position: usize,
    passes: u64,
}

/// The graph as it can be seen now.
#[derive(Clone, Debug, Serialize)]
pub struct Snapshot {
    /// The numbers.
    pub values: Vec<f32>,
    /// Their squares, once computed.
    pub squares: Option<Vec<f32>>,
    /// The sum of the squares.
    pub loss: Option<f32>,
    /// The gradient at the sum: 1, once the way back has begun.
    pub loss_gradient: Option<f32>,
    /// The gradient at each square.
    pub square_gradients: Option<Vec<f32>>,
    /// What this backward pass brought to each number.
    pub arrived: Option<Vec<f32>>,
    /// `x.grad`: what all passes brought since it was last zeroed.
    pub grad: Option<Vec<f32>>,
    /// How many backward passes are complete.
    pub passes: u64,
    /// What the last phase did.
    pub act: Option<Act>,
    /// Why it ended.
    pub stopped: Option<Stop>,
}

impl Snapshot {
    /// Every number with its square, what arrived at it, and its `x.grad`.
    #[must_use]
    pub fn table(&self) -> Table {
        let title = format!("Sum of squares {}, {} backward", self.loss.map_or_else(dash, short), self.passes);
        let mut table = Table::new(title, &["x", "x²", "arrived", "x.grad"]);
        let at = |list: &Option<Vec<f32>>, index: usize| {
            list.as_ref().and_then(|list| list.get(index)).map_or_else(dash, |value| short(*value))
        };
        for (index, value) in self.values.iter().enumerate() {
            table.row([short(*value), at(&self.squares, index), at(&self.arrived, index), at(&self.grad, index)]);
        }
        table
    }
}

impl Backward {
    /// The position at which `passes` backward passes are complete.
    fn after(&self, passes: u64) -> u64 {
        let mut complete =
            self.script.iter().enumerate().filter(|(_, act)| **act == Act::ToInputs).map(|(index, _)| index as u64 + 1);
        match passes.checked_sub(1) {
            Some(further) => complete
                .clone()
                .nth(usize::try_from(further).unwrap_or(usize::MAX))
                .or_else(|| complete.next_back())
                .unwrap_or(0),
            None => 3, // Nothing went back yet: the loss is known.
        }
    }

    fn act(&self) -> Option<Act> {
        self.position.checked_sub(1).and_then(|last| self.script.get(last)).copied()
    }
}

impl Experiment for Backward {
    const INFO: Info = Info {
        name: "graph",
        title: "Backward",
        summary: "A computation drawn as boxes: values flow forward, gradients flow back.",
        phases: &[Phase::Init, Phase::Predict, Phase::Loss, Phase::Gradient, Phase::Zero, Phase::Stop],
        units: &[Unit { title: "Whole pass", meaning: "Forward to the loss and all the way back at once." }],
    };
    type Settings = Settings;
    type Look = NoLook;
    type Snapshot = Snapshot;
    type Seen = ();

    fn start(settings: &Checked<Settings>, _data: &Library) -> Result<Self, SettingsError> {
        let values: Vec<f32> = settings.values.iter().copied().map(single).collect();
        let mut script = vec![Act::Init];
        for pass in 0..settings.passes {
            if pass > 0 && settings.zero {
                script.push(Act::Zero);
            }
            script.extend(PASS);
        }
        script.push(Act::Stop);
        Ok(Self { script, graph: Graph::sum_of_squares(&values), position: 0, passes: settings.passes })
    }

    fn advance(&mut self) -> Phase {
        let act = self.script.get(self.position).copied().unwrap_or(Act::Stop);
        match act {
            Act::Init | Act::Stop => {}
            Act::Square => {
                self.graph.clear();
                self.graph.forward(Op::Square);
            }
            Act::Sum => self.graph.forward(Op::Sum),
            Act::Seed => self.graph.seed(),
            Act::ToSquares => self.graph.backward(Op::Sum),
            Act::ToInputs => {
                self.graph.backward(Op::Square);
                self.graph.accumulate();
            }
            Act::Zero => self.graph.zero(),
        }
        self.position += 1;
        act.phase()
    }

    fn phase(&self) -> Option<Phase> {
        self.act().map(Act::phase)
    }

    fn stopped(&self) -> Option<Stop> {
        (self.act() == Some(Act::Stop)).then_some(Stop::Done)
    }

    fn end(&self) -> Option<u64> {
        Some(self.script.len() as u64)
    }

    fn unit_end(&self, position: u64, _unit: usize) -> u64 {
        (1..=self.passes)
            .map(|passes| self.after(passes))
            .find(|end| *end > position)
            .unwrap_or(self.script.len() as u64)
    }

    fn position_after(&self, steps: Option<u64>) -> u64 {
        self.after(steps.unwrap_or(self.passes))
    }

    fn allow_steps(settings: &mut Settings, steps: u64) {
        settings.passes = settings.passes.max(steps).min(MOST_PASSES);
    }

    fn snapshot(&self) -> Snapshot {
        let all = |op, read: fn(&Node) -> Option<f32>| self.graph.of(op).map(read).collect::<Option<Vec<f32>>>();
        let done = self.script.iter().take(self.position).filter(|act| **act == Act::ToInputs).count();
        Snapshot {
            values: all(Op::Input, |node| node.value).unwrap_or_default(),
            squares: all(Op::Square, |node| node.value),
            loss: self.graph.output().and_then(|node| node.value),
            loss_gradient: self.graph.output().and_then(|node| node.gradient),
            square_gradients: all(Op::Square, |node| node.gradient),
            arrived: all(Op::Input, |node| node.gradient),
            grad: all(Op::Input, |node| node.grad),
            passes: done as u64,
            act: self.act(),
            stopped: self.stopped(),
        }
    }

    fn tables(&Sight { snapshot, .. }: &Sight<'_, Self>) -> Vec<Table> {
        vec![snapshot.table()]
    }

    fn values(&Sight { snapshot, .. }: &Sight<'_, Self>) -> Values {
        let list = |list: &Option<Vec<f32>>| list.as_ref().map_or_else(|| "None".to_owned(), |list| tensor(list));
        Values::from([
            ("values", tensor(&snapshot.values)),
            ("squares", list(&snapshot.squares)),
            ("loss", snapshot.loss.map_or_else(dash, short)),
            ("loss_tensor", snapshot.loss.map_or_else(dash, cell)),
            ("arrived", list(&snapshot.arrived)),
            ("grad", list(&snapshot.grad)),
            ("passes", snapshot.passes.to_string()),
            ("act", sentence(snapshot.act).to_owned()),
        ])
    }
}

/// What the last phase did, in words.
#[must_use]
pub const fn sentence(act: Option<Act>) -> &'static str {
    match act {
        None => "Nothing is computed yet.",
        Some(Act::Init) => "requires_grad_() marks x: from now on PyTorch notes what is computed from it.",
        Some(Act::Square) => "Forward: each number is squared, and the graph remembers that.",
        Some(Act::Sum) => "Forward: the squares are added up. That number is the loss.",
        Some(Act::Seed) => "Backward starts at the loss: raised by 1, it changes by 1.",
        Some(Act::ToSquares) => {
            "A sum passes its gradient on unchanged: raise any square by 1, and the loss rises by 1."
        }
        Some(Act::ToInputs) => "A square passes 2x times its gradient on. What arrives at x is added to x.grad.",
        Some(Act::Zero) => "x.grad is forgotten: the next backward starts from nothing.",
        Some(Act::Stop) => "Every x has its own gradient, and one way back found them all.",
    }
}

fn dash() -> String {
    "-".to_owned()
}

/// A number as short as it can be: whole numbers without decimals.
#[must_use]
pub fn short(value: f32) -> String {
    if value.fract() == 0.0 && value.abs() < 1e7 { format!("{value:.0}") } else { number(f64::from(value)) }
}

/// A number as PyTorch prints it: `125.`.
fn cell(value: f32) -> String {
    let text = short(value);
    if text.contains(['.', 'e']) { text } else { format!("{text}.") }
}

/// Numbers as PyTorch prints them: `[3., 4., 10.]`.
fn tensor(values: &[f32]) -> String {
    format!("[{}]", values.iter().copied().map(cell).collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiments::{Saved, Tape};

    fn tape(settings: Settings) -> Tape<Backward> {
        Tape::new(Backward::start(&Checked::new(settings).unwrap(), &Library::default()).unwrap())
    }

    #[test]
    fn a_layer_a_phase_forward_and_back() {
        let mut tape = tape(Settings::default());
        let phases: Vec<Phase> = std::iter::from_fn(|| tape.step()).collect();
        let expected =
            [Phase::Init, Phase::Predict, Phase::Loss, Phase::Gradient, Phase::Gradient, Phase::Gradient, Phase::Stop];
        assert_eq!(phases, expected);
        tape.seek(4);
        let seeded = tape.now().snapshot();
        assert_eq!((seeded.loss, seeded.loss_gradient, seeded.square_gradients), (Some(125.0), Some(1.0), None));
        tape.seek(5);
        assert_eq!((tape.now().snapshot().square_gradients, tape.now().snapshot().grad), (Some(vec![1.0; 3]), None));
        tape.seek(tape.now().position_after(None));
        assert_eq!(tape.now().snapshot().grad, Some(vec![6.0, 8.0, 20.0]));
    }

    #[test]
    fn passes_add_up_unless_zeroed() {
        for (zero, expected) in [(false, [18.0, 24.0, 60.0]), (true, [6.0, 8.0, 20.0])] {
            let mut tape = tape(Settings { passes: 3, zero, ..Settings::default() });
            tape.seek(u64::MAX);
            let snapshot = tape.now().snapshot();
            assert_eq!((snapshot.grad, snapshot.arrived), (Some(expected.to_vec()), Some(vec![6.0, 8.0, 20.0])));
            assert_eq!((snapshot.passes, Some(tape.position())), (3, tape.now().end()));
        }
    }

    #[test]
    fn passes_are_its_steps_and_its_units() {
        let tape = tape(Settings { passes: 2, zero: true, ..Settings::default() });
        let now = tape.now();
        assert_eq!([Some(0), Some(1), Some(2), None].map(|steps| now.position_after(steps)), [3, 6, 12, 12]);
        assert_eq!([0, 5, 6, 11, 12].map(|position| now.unit_end(position, 0)), [6, 6, 12, 12, 13]);
    }

    #[test]
    fn numbers_that_are_none_are_refused() {
        let wrong = Saved::from_pairs(&["values=3,four"]).unwrap().read::<Backward>();
        let sentence = wrong.unwrap_err().to_string();
        assert_eq!(
            sentence,
            "values is \"3,four\"; expected 1 to 6 numbers from -1000 to 1000 such as 3,4,10; the nearest valid value is 3,4,10"
        );
        assert_eq!(tensor(&[3.0, -0.5]), "[3., -0.5000]");
    }
}

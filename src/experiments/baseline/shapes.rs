//! Two shapes laid over each other from the right: those that the lab uses, or others that a reader tries.

use super::{Look, Snapshot};
use crate::math::broadcast::{Broadcast, parse_shape};

/// Two shapes, and what becomes of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shapes {
    /// Those that the lab uses: the first digit's validation images, and one mean.
    pub usual: [String; 2],
    /// The two laid over each other; or what is wrong with each, if something is.
    pub laid: Result<Laid, [Option<String>; 2]>,
}

/// Two shapes that can be read, whether they fit or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Laid {
    /// Their sizes.
    pub shapes: [Vec<usize>; 2],
    /// Axis by axis.
    pub broadcast: Broadcast,
}

impl Shapes {
    pub(super) fn new(snapshot: &Snapshot, look: &Look) -> Self {
        let images = snapshot.digit(0).map_or(0, |digit| snapshot.data.valid.of_digit(digit).len());
        let usual = [format!("{images}, 28, 28"), "28, 28".to_owned()];
        let [left, right] = [&look.left, &look.right];
        let read = |typed: &Option<String>, usual: &str| parse_shape(typed.as_deref().unwrap_or(usual));
        let laid = match (read(left, &usual[0]), read(right, &usual[1])) {
            (Ok(a), Ok(b)) => Ok(Laid { broadcast: Broadcast::new(&a, &b), shapes: [a, b] }),
            (a, b) => Err([a.err(), b.err()]),
        };
        Self { usual, laid }
    }
}

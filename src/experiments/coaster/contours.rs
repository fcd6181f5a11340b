//! The loss from above: contour lines over two of the parameters, and the path on them.

use super::Snapshot;
use super::look::Ravine;
use crate::math::bowl::Section;

/// Points of the path that are drawn, at most about.
const PATH: usize = 400;
/// Points of a contour line.
const CORNERS: u32 = 256;
/// Contour lines that are drawn, at most.
const LEVELS: usize = 14;
/// Where the loss is this many times the first, a place is too far out to be drawn: it would shrink all else to a dot.
const FAR: f64 = 20.0;

/// The loss over two of the parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Contours {
    /// The bowl over the two.
    pub section: Section,
    /// The places of the walk, but for those too far out.
    pub path: Vec<[f64; 2]>,
    /// The lowest and the highest corner of a box around all of it.
    pub bounds: [[f64; 2]; 2],
    /// The contour lines inside the box, outermost first.
    pub lines: Vec<Contour>,
    /// The mean squared error where the walk stands.
    pub loss: Option<f64>,
}

/// One contour line.
#[derive(Clone, Debug, PartialEq)]
pub struct Contour {
    /// The loss on it.
    pub level: f64,
    /// Its points, in order.
    pub points: Vec<[f64; 2]>,
    /// Where its level can be written: at its highest point that is well inside the box.
    pub label: Option<[f64; 2]>,
}

impl Contours {
    pub(super) fn of(snapshot: &Snapshot, ravine: Ravine) -> Self {
        let [i, j] = ravine.pair;
        let here = snapshot.params.unwrap_or(snapshot.first);
        let section = snapshot.bowl.section(ravine.pair, ravine.held.then(|| f64::from(here[ravine.third()])));
        let pick = |at: [f32; 3]| [f64::from(at[i]), f64::from(at[j])];
        let bound = f64::from(snapshot.first_loss) * FAR;
        let near = |at: [f32; 3]| snapshot.bowl.loss(at.map(f64::from)) <= bound;
        let visits = snapshot.trace.sampled(PATH).map(|(_, visit)| visit.at);
        let path: Vec<[f64; 2]> = visits.filter(|at| near(*at)).map(pick).collect();
        let bounds = bounds(path.iter().copied().chain([section.centre, pick(snapshot.first)]));
        let lines = lines(&section, bounds);
        let loss = snapshot.params_original.map(|params| snapshot.ride.errors(params)[0]);
        Self { section, path, bounds, lines, loss }
    }
}

/// The smallest box around these points, with room.
fn bounds(points: impl Iterator<Item = [f64; 2]>) -> [[f64; 2]; 2] {
    let mut bounds = [[f64::INFINITY; 2], [f64::NEG_INFINITY; 2]];
    for point in points.filter(|point| point.iter().all(|value| value.is_finite())) {
        for k in 0..2 {
            bounds[0][k] = bounds[0][k].min(point[k]);
            bounds[1][k] = bounds[1][k].max(point[k]);
        }
    }
    let [lows, highs] = &mut bounds;
    for (low, high) in lows.iter_mut().zip(highs) {
        if *low > *high {
            (*low, *high) = (-1.0, 1.0);
        }
        let room = ((*high - *low) * 0.2).max(high.abs() * 1e-3).max(1e-6);
        *low -= room;
        *high += room;
    }
    bounds
}

/// Contour lines at 1, 2 and 5 times each power of ten, from the highest loss in the box down to the floor.
fn lines(section: &Section, [low, high]: [[f64; 2]; 2]) -> Vec<Contour> {
    let corners = [[low[0], low[1]], [low[0], high[1]], [high[0], low[1]], [high[0], high[1]]];
    let most = corners.into_iter().map(|corner| section.loss(corner)).fold(0.0, f64::max);
    let least = section.floor.max(most * 1e-9);
    let is_inside = |at: &&[f64; 2]| {
        (0..2).all(|k| at[k] > low[k] + (high[k] - low[k]) * 0.03 && at[k] < high[k] - (high[k] - low[k]) * 0.05)
    };
    let mut level = 10_f64.powf(most.log10().floor() + 1.0);
    let mut parts = [0.5, 0.4, 0.5].into_iter().cycle();
    let mut lines = Vec::new();
    while level > least && level.is_finite() && lines.len() < LEVELS {
        if level <= most
            && let Some(points) = section.contour(level, CORNERS)
        {
            let inside = points.iter().filter(is_inside);
            let label = inside.max_by(|left, right| left[1].total_cmp(&right[1])).copied();
            lines.push(Contour { level, points, label });
        }
        level *= parts.next().unwrap_or(0.1);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiments::coaster::tests::run;
    use crate::experiments::coaster::{Look, Settings};

    #[test]
    fn every_line_is_at_its_level_and_holds_the_next() {
        let snapshot = run(Settings { steps: 200, ..Settings::default() });
        for pair in Ravine::PAIRS {
            for held in [false, true] {
                let contours = Contours::of(&snapshot, Ravine { pair, held });
                assert!((2..=LEVELS).contains(&contours.lines.len()), "{pair:?} {held}: {}", contours.lines.len());
                for line in &contours.lines {
                    let loss = |at: &[f64; 2]| contours.section.loss(*at) / line.level;
                    assert!(line.points.iter().all(|at| (loss(at) - 1.0).abs() < 1e-6), "{pair:?} {held}");
                    assert!(line.label.is_none_or(|at| line.points.contains(&at)));
                }
                assert!(contours.lines.windows(2).all(|pair| pair[0].level > pair[1].level));
            }
        }
    }

    #[test]
    fn a_walk_that_flies_away_does_not_shrink_the_rest() {
        let snapshot = run(Settings { lr: 1e-3, ..Settings::default() });
        let contours = Contours::of(&snapshot, Look::default().ravine);
        assert!(snapshot.trace.len() > 2 && contours.path.len() < snapshot.trace.len());
        let [low, high] = contours.bounds;
        assert!(contours.path.iter().all(|at| (0..2).all(|k| low[k] < at[k] && at[k] < high[k])));
    }
}

//! Where things lie: points on the 1/256 pixel grid, rectangles of pixels, triangles, and values that vary over them.

use egui::{Pos2, Rect};

/// Steps of the grid in one pixel.
const GRID: i64 = 256;
const HALF: i64 = GRID / 2;

/// Points further out than this, in pixels, are moved to it, so that edge products fit 64 bits. An `f32` has nothing
/// finer than a quarter of a pixel out there.
const FAR: f64 = (1 << 21) as f64;

/// A point on the grid, y down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Point {
    pub(super) x: i32,
    pub(super) y: i32,
}

impl Point {
    /// The grid point nearest to `pos` (in points); `None` if that is not a number.
    pub(super) fn snap(pos: Pos2, pixels_per_point: f32) -> Option<Self> {
        let snap = |at: f32| {
            let pixels = f64::from(at) * f64::from(pixels_per_point);
            (!pixels.is_nan()).then(|| (pixels.clamp(-FAR, FAR) * GRID as f64).round() as i32)
        };
        Some(Self { x: snap(pos.x)?, y: snap(pos.y)? })
    }
}

/// A rectangle of whole pixels: from the left top one to before the right bottom one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PixelRect {
    pub(super) left: i32,
    pub(super) top: i32,
    pub(super) right: i32,
    pub(super) bottom: i32,
}

impl PixelRect {
    /// egui's clip rectangle, rounded as `egui_glow` rounds it, within an image of `size` pixels.
    pub(super) fn clip(rect: Rect, pixels_per_point: f32, size: [u32; 2]) -> Self {
        let [width, height] = size.map(|side| side as i32);
        let round = |at: f32| (pixels_per_point * at).round() as i32;
        let (left, top) = (round(rect.min.x).clamp(0, width), round(rect.min.y).clamp(0, height));
        Self { left, top, right: round(rect.max.x).clamp(left, width), bottom: round(rect.max.y).clamp(top, height) }
    }

    /// The pixels whose centres may lie within the corners' bounding box: all those that any shape of them covers.
    pub(super) fn around(corners: [Point; 3]) -> Self {
        let [(left, top), (right, bottom)] = bounds(corners);
        let [left, top, right, bottom] = [left, top, right, bottom].map(first_pixel);
        Self { left, top, right, bottom }
    }

    pub(super) fn intersect(self, other: Self) -> Self {
        Self {
            left: self.left.max(other.left),
            top: self.top.max(other.top),
            right: self.right.min(other.right),
            bottom: self.bottom.min(other.bottom),
        }
    }

    pub(super) fn is_empty(self) -> bool {
        self.left >= self.right || self.top >= self.bottom
    }
}

/// The left top and the right bottom (x, y) of the box around three points.
pub(super) fn bounds([p, q, r]: [Point; 3]) -> [(i32, i32); 2] {
    [(p.x.min(q.x).min(r.x), p.y.min(q.y).min(r.y)), (p.x.max(q.x).max(r.x), p.y.max(q.y).max(r.y))]
}

/// The first pixel whose centre is not before `at`. A shape owns the centres on its left and top edges.
fn first_pixel(at: i32) -> i32 {
    ((i64::from(at) + HALF - 1).div_euclid(GRID)) as i32
}

/// Twice the signed area of a triangle, in grid units; positive when its corners go clockwise on the screen.
pub(super) fn double_area([p, q, r]: [Point; 3]) -> i64 {
    let [px, py, qx, qy, rx, ry] = [p.x, p.y, q.x, q.y, r.x, r.y].map(i64::from);
    (qx - px) * (ry - py) - (rx - px) * (qy - py)
}

/// A triangle as three half planes: exact, so triangles that share an edge share no pixel and leave none out.
pub(super) struct Triangle([HalfPlane; 3]);

/// The pixels `(x, y)` with `x * dx + y * dy + at >= 0`.
#[derive(Clone, Copy)]
struct HalfPlane {
    dx: i64,
    dy: i64,
    at: i64,
}

impl Triangle {
    /// The triangle, whichever way round its corners are given; `None` if it has no area.
    pub(super) fn new([p, q, r]: [Point; 3]) -> Option<Self> {
        match double_area([p, q, r]) {
            0 => None,
            1.. => Some(Self([HalfPlane::right_of(p, q), HalfPlane::right_of(q, r), HalfPlane::right_of(r, p)])),
            _ => Some(Self([HalfPlane::right_of(p, r), HalfPlane::right_of(r, q), HalfPlane::right_of(q, p)])),
        }
    }

    /// The pixels of row `y` whose centres the triangle owns, within `left..right`; empty when start is not before end.
    #[inline]
    pub(super) fn row(&self, y: i32, left: i32, right: i32) -> (i32, i32) {
        let (mut start, mut end) = (i64::from(left), i64::from(right));
        for edge in &self.0 {
            let rest = edge.dy * i64::from(y) + edge.at;
            match edge.dx {
                0 if rest < 0 => return (left, left),
                0 => {}
                1.. => start = start.max(-rest.div_euclid(edge.dx)),
                _ => end = end.min(rest.div_euclid(-edge.dx) + 1),
            }
        }
        // Bounded by `left` and `right` whenever the row is not empty.
        if start < end { (start as i32, end as i32) } else { (left, left) }
    }
}

impl HalfPlane {
    /// What lies to the right of the way from `p` to `q`, seen on the screen, with the edge's own centres if it is a
    /// left or a top edge.
    fn right_of(p: Point, q: Point) -> Self {
        let [px, py, qx, qy] = [p.x, p.y, q.x, q.y].map(i64::from);
        let (dx, dy) = (py - qy, qx - px);
        let owns_its_centres = dx > 0 || (dx == 0 && dy > 0);
        let at = -(dx * px + dy * py) - i64::from(!owns_its_centres);
        // From grid units to pixels: the centre of pixel x lies at x * GRID + HALF.
        Self { dx: dx * GRID, dy: dy * GRID, at: at + (dx + dy) * HALF }
    }
}

/// A value that varies linearly over the image: `at + x * dx + y * dy` at the centre of pixel (x, y).
#[derive(Clone, Copy, Debug)]
pub(super) struct Plane {
    pub(super) at: f64,
    pub(super) dx: f64,
    pub(super) dy: f64,
}

impl Plane {
    /// The plane that takes these values at the corners of a triangle that has an area.
    pub(super) fn through([p, q, r]: [Point; 3], values: [f64; 3]) -> Self {
        let pixels = |grid: i32| f64::from(grid) / GRID as f64;
        let [start, to_q, to_r] = [values[0], values[1] - values[0], values[2] - values[0]];
        let [px, py, qx, qy, rx, ry] = [p.x, p.y, q.x, q.y, r.x, r.y].map(pixels);
        let (qx, qy, rx, ry) = (qx - px, qy - py, rx - px, ry - py);
        let area = qx * ry - rx * qy;
        let dx = (to_q * ry - to_r * qy) / area;
        let dy = (to_r * qx - to_q * rx) / area;
        Self { at: start - dx * (px - 0.5) - dy * (py - 0.5), dx, dy }
    }

    #[inline]
    pub(super) fn value(&self, x: i32, y: i32) -> f64 {
        self.at + f64::from(x) * self.dx + f64::from(y) * self.dy
    }
}

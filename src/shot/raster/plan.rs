//! Which triangles touch which band of rows, in drawing order, and the drawing of a band.

use std::collections::HashMap;

use egui::epaint::{Primitive, Vertex};
use egui::{ClippedPrimitive, Mesh, TextureId};

use super::geometry::{PixelRect, Point, Triangle, bounds, double_area};
use super::paint::Paint;
use super::pixel::Pixel;
use super::span;
use super::texture::Texture;

pub(super) struct Plan<'a> {
    layers: Vec<Layer<'a>>,
    bands: Vec<Vec<Item>>,
    band_rows: usize,
    width: usize,
}

/// A mesh, ready to draw.
struct Layer<'a> {
    mesh: &'a Mesh,
    /// The mesh's vertices on the grid; `None` where a coordinate is not a number.
    points: Vec<Option<Point>>,
    clip: PixelRect,
    texture: &'a Texture,
}

/// One thing to draw: the triangle at `index` of the layer's indices, or the rectangle that it and the next one make.
#[derive(Clone, Copy)]
struct Item {
    layer: u32,
    index: u32,
    is_rectangle: bool,
}

impl<'a> Plan<'a> {
    pub(super) fn new(
        primitives: &'a [ClippedPrimitive],
        textures: &'a HashMap<TextureId, Texture>,
        size: [u32; 2],
        pixels_per_point: f32,
        band_rows: usize,
    ) -> Self {
        let bands = vec![Vec::new(); (size[1] as usize).div_ceil(band_rows)];
        let mut plan = Self { layers: Vec::new(), bands, band_rows, width: size[0] as usize };
        for ClippedPrimitive { clip_rect, primitive } in primitives {
            let clip = PixelRect::clip(*clip_rect, pixels_per_point, size);
            let mesh = match primitive {
                Primitive::Mesh(mesh) => mesh,
                Primitive::Callback(_) => {
                    log::warn!("a paint callback needs a GPU and is left out of the picture");
                    continue;
                }
            };
            match textures.get(&mesh.texture_id) {
                None => log::warn!("texture {:?} is unknown; its mesh is left out", mesh.texture_id),
                Some(texture) if texture.is_empty() || clip.is_empty() => {}
                Some(texture) => {
                    let points = mesh.vertices.iter().map(|v| Point::snap(v.pos, pixels_per_point)).collect();
                    plan.add(Layer { mesh, points, clip, texture });
                }
            }
        }
        plan
    }

    fn add(&mut self, layer: Layer<'a>) {
        let number = self.layers.len() as u32;
        let mut index = 0;
        while index + 3 <= layer.mesh.indices.len() {
            let is_rectangle = layer.is_rectangle(index);
            if let Some((points, _)) = layer.triangle(index) {
                let area = PixelRect::around(points).intersect(layer.clip);
                if !area.is_empty() {
                    let item = Item { layer: number, index: index as u32, is_rectangle };
                    let first = area.top as usize / self.band_rows;
                    let last = (area.bottom - 1) as usize / self.band_rows;
                    self.bands[first..=last].iter_mut().for_each(|band| band.push(item));
                }
            }
            index += if is_rectangle { 6 } else { 3 };
        }
        self.layers.push(layer);
    }

    /// Draws what touches `band` onto its `pixels`: whole rows of the image.
    pub(super) fn draw(&self, band: usize, pixels: &mut [Pixel]) {
        let top = band * self.band_rows;
        let rows = PixelRect {
            left: 0,
            top: top as i32,
            right: self.width as i32,
            bottom: (top + pixels.len() / self.width) as i32,
        };
        for item in &self.bands[band] {
            let layer = &self.layers[item.layer as usize];
            let Some((points, vertices)) = layer.triangle(item.index as usize) else { continue };
            let Some(triangle) = Triangle::new(points) else { continue };
            let area = PixelRect::around(points).intersect(layer.clip).intersect(rows);
            let paint = Paint::new(points, vertices, layer.texture);
            for y in area.top..area.bottom {
                let (start, end) =
                    if item.is_rectangle { (area.left, area.right) } else { triangle.row(y, area.left, area.right) };
                if start < end {
                    let row = (y - rows.top) as usize * self.width;
                    span::fill(&paint, &mut pixels[row + start as usize..row + end as usize], start, y);
                }
            }
        }
    }
}

impl Layer<'_> {
    /// The triangle at `index` of the indices; `None` if it names a vertex that is missing or not a number.
    fn triangle(&self, index: usize) -> Option<([Point; 3], [&Vertex; 3])> {
        let &[a, b, c] = self.mesh.indices.get(index..index + 3)? else { return None };
        let point = |vertex: u32| self.points.get(vertex as usize).copied().flatten();
        let vertex = |vertex: u32| self.mesh.vertices.get(vertex as usize);
        Some(([point(a)?, point(b)?, point(c)?], [vertex(a)?, vertex(b)?, vertex(c)?]))
    }

    /// Whether the triangles at `index` and after it are the two halves of an upright rectangle of one colour (and of
    /// one upright piece of texture), so that both can be drawn row by row at once: text, images, plain rectangles.
    fn is_rectangle(&self, index: usize) -> bool {
        let (Some((points, vertices)), Some((next_points, next_vertices))) =
            (self.triangle(index), self.triangle(index + 3))
        else {
            return false;
        };
        let [(left, top), (right, bottom)] = bounds(points);
        if double_area(points) == 0 || double_area(next_points) == 0 {
            return false;
        }

        // Bits 0 to 3: the corners that each half has. Half a rectangle is three of them.
        let mut corners = [0_u8; 2];
        let mut across = [None; 2];
        let mut down = [None; 2];
        let both = [points, next_points].into_iter().flatten().zip([vertices, next_vertices].into_iter().flatten());
        for (number, (point, vertex)) in both.enumerate() {
            let (is_right, is_bottom) = (point.x == right, point.y == bottom);
            let on_corner = (is_right || point.x == left) && (is_bottom || point.y == top);
            let u = across[usize::from(is_right)].get_or_insert(vertex.uv.x);
            let v = down[usize::from(is_bottom)].get_or_insert(vertex.uv.y);
            if !on_corner || (*u, *v) != (vertex.uv.x, vertex.uv.y) || vertex.color != vertices[0].color {
                return false;
            }
            corners[number / 3] |= 1 << (usize::from(is_right) + 2 * usize::from(is_bottom));
        }
        // The corner that one half lacks lies across from the one that the other lacks: together they tile.
        let [lacks, next_lacks] = corners.map(|corners| (!corners & 0b1111).trailing_zeros());
        lacks + next_lacks == 3
    }
}

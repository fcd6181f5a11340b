#![expect(clippy::disallowed_methods, reason = "what is drawn is no part of the lab, and has no theme")]

use egui::epaint::{Primitive, Vertex};
use egui::{ColorImage, Mesh, Pos2, Rect, TextureOptions, TextureWrapMode, pos2};

use super::*;

const WHITE: TextureId = TextureId::Managed(0);
const PICTURE: TextureId = TextureId::Managed(1);
const BLACK: [u8; 4] = [0, 0, 0, 255];

/// A rasteriser with a white texel and a 2x2 picture: red, green / blue, white.
fn rasterizer(options: TextureOptions) -> Rasterizer {
    let picture = [Color32::RED, Color32::GREEN, Color32::BLUE, Color32::WHITE];
    let mut delta = TexturesDelta::default();
    delta.push(WHITE, ImageDelta::full(ColorImage::filled([1, 1], Color32::WHITE), TextureOptions::LINEAR));
    delta.push(PICTURE, ImageDelta::full(ColorImage::new([2, 2], picture.to_vec()), options));
    let mut rasterizer = Rasterizer::new();
    rasterizer.apply(&mut delta);
    assert!(delta.is_empty());
    rasterizer
}

fn clipped(mesh: Mesh, clip_rect: Rect) -> ClippedPrimitive {
    ClippedPrimitive { clip_rect, primitive: Primitive::Mesh(mesh) }
}

fn paint(meshes: Vec<Mesh>, size: [u32; 2]) -> RgbaImage {
    let primitives: Vec<_> = meshes.into_iter().map(|mesh| clipped(mesh, Rect::EVERYTHING)).collect();
    rasterizer(TextureOptions::NEAREST).paint(&primitives, size, 1.0, Color32::BLACK)
}

fn rect(x: f32, y: f32, width: f32, height: f32) -> Rect {
    Rect::from_min_size(pos2(x, y), egui::vec2(width, height))
}

fn colored(rect: Rect, color: Color32) -> Mesh {
    let mut mesh = Mesh::default();
    mesh.add_colored_rect(rect, color);
    mesh
}

fn pictured(rect: Rect, uv: Rect) -> Mesh {
    let mut mesh = Mesh::with_texture(PICTURE);
    mesh.add_rect_with_uv(rect, uv, Color32::WHITE);
    mesh
}

fn triangles(corners: &[(f32, f32)], indices: &[u32], color: Color32) -> Mesh {
    let vertices = corners.iter().map(|&(x, y)| Vertex::untextured(pos2(x, y), color)).collect();
    Mesh { indices: indices.to_vec(), vertices, texture_id: WHITE }
}

#[test]
fn a_solid_rectangle_covers_exactly_the_pixels_whose_centres_it_holds() {
    // Left and top edges own the centres on them, right and bottom edges do not.
    let image = paint(vec![colored(rect(1.5, 2.0, 3.0, 1.5), Color32::from_rgb(9, 8, 7))], [6, 5]);
    for (x, y, pixel) in image.enumerate_pixels() {
        let inside = (1..4).contains(&x) && (2..3).contains(&y);
        assert_eq!(pixel.0, if inside { [9, 8, 7, 255] } else { BLACK }, "({x}, {y})");
    }
}

#[test]
fn triangles_that_share_edges_draw_every_pixel_once() {
    // A translucent fan whose edges run through many pixel centres: a pixel drawn twice is lighter, a hole darker.
    let rim = [(2.5, 2.5), (30.5, 2.5), (61.5, 7.5), (61.5, 33.0), (50.5, 60.5), (8.0, 61.0), (2.5, 20.5)];
    let mut corners = vec![(32.5, 32.5)];
    corners.extend(rim);
    let fan: Vec<u32> = (0..7).flat_map(|i| [0, 1 + i, 1 + (i + 1) % 7]).collect();
    let turned: Vec<u32> = (0..7)
        .flat_map(|i| if i % 2 == 0 { [0, 1 + i, 1 + (i + 1) % 7] } else { [1 + (i + 1) % 7, 1 + i, 0] })
        .collect();
    let color = Color32::from_rgba_premultiplied(100, 100, 100, 100);
    let image = paint(vec![triangles(&corners, &fan, color)], [64, 64]);
    let drawn = image.pixels().filter(|pixel| pixel.0 == [100, 100, 100, 255]).count();
    let empty = image.pixels().filter(|pixel| pixel.0 == BLACK).count();
    assert_eq!(drawn + empty, 64 * 64);
    assert!(drawn > 3000, "{drawn}");
    assert!(image == paint(vec![triangles(&corners, &turned, color)], [64, 64]), "winding does not matter");
}

#[test]
fn a_rectangle_drawn_at_once_is_the_rectangle_drawn_as_triangles() {
    let color = Color32::from_rgba_premultiplied(50, 60, 70, 80);
    for (x, y, width, height) in
        [(1.0, 1.0, 7.0, 5.0), (0.25, 3.7, 9.5, 0.9), (2.5, 2.5, 4.0, 4.0), (-5.0, -5.0, 50.0, 8.3)]
    {
        let whole = colored(rect(x, y, width, height), color);
        let mut first = whole.clone();
        let second = Mesh { indices: first.indices.split_off(3), ..whole.clone() };
        assert!(paint(vec![whole], [16, 12]) == paint(vec![first, second], [16, 12]), "{x} {y} {width} {height}");
    }
}

#[test]
fn two_halves_of_different_rectangles_are_not_taken_for_one() {
    // The same half twice: twice the light on it, none on the other half.
    let color = Color32::from_rgba_premultiplied(64, 64, 64, 0);
    let image = paint(vec![triangles(&[(0.0, 0.0), (8.0, 0.0), (0.0, 8.0)], &[0, 1, 2, 2, 1, 0], color)], [8, 8]);
    assert_eq!(image.get_pixel(1, 1).0, [128, 128, 128, 255]);
    assert_eq!(image.get_pixel(6, 6).0, BLACK);
}

#[test]
fn clip_rectangles_round_to_whole_pixels() {
    let mesh = colored(rect(0.0, 0.0, 20.0, 20.0), Color32::RED);
    let clip = Rect::from_min_max(pos2(1.2, 0.76), pos2(3.3, 2.2));
    let image = rasterizer(TextureOptions::NEAREST).paint(&[clipped(mesh, clip)], [12, 12], 2.0, Color32::BLACK);
    for (x, y, pixel) in image.enumerate_pixels() {
        let inside = (2..7).contains(&x) && (2..4).contains(&y);
        assert_eq!(pixel.0 == [255, 0, 0, 255], inside, "({x}, {y})");
    }
}

#[test]
fn colours_vary_linearly_between_vertices() {
    let vertex = |x, y, level| Vertex::untextured(pos2(x, y), Color32::from_gray(level));
    let vertices = vec![vertex(0.0, 0.0, 0), vertex(255.0, 0.0, 255), vertex(0.0, 8.0, 0), vertex(255.0, 8.0, 255)];
    let mesh = Mesh { indices: vec![0, 1, 2, 2, 1, 3], vertices, texture_id: WHITE };
    let image = paint(vec![mesh], [255, 8]);
    for (x, y, pixel) in image.enumerate_pixels() {
        assert!(pixel.0[0].abs_diff(x as u8) <= 1, "({x}, {y}): {pixel:?}");
    }
}

#[test]
fn nearest_keeps_texels_and_linear_mixes_them() {
    let mesh = || {
        vec![clipped(
            pictured(rect(0.0, 0.0, 8.0, 8.0), Rect::from_min_max(Pos2::ZERO, pos2(1.0, 1.0))),
            Rect::EVERYTHING,
        )]
    };
    let nearest = rasterizer(TextureOptions::NEAREST).paint(&mesh(), [8, 8], 1.0, Color32::BLACK);
    for (x, y, pixel) in nearest.enumerate_pixels() {
        let texel =
            [[[255, 0, 0, 255], [0, 255, 0, 255]], [[0, 0, 255, 255], [255; 4]]][y as usize / 4][x as usize / 4];
        assert_eq!(pixel.0, texel, "({x}, {y})");
    }
    // Pixel 3 lies at texel coordinate 0.875: 3/8 of the way from the first texel's centre to the second's.
    let linear = rasterizer(TextureOptions::LINEAR).paint(&mesh(), [8, 8], 1.0, Color32::BLACK);
    assert_eq!(linear.get_pixel(0, 0).0, [255, 0, 0, 255], "the edge is repeated, not mixed");
    assert_eq!(linear.get_pixel(3, 0).0, [159, 96, 0, 255]);
    assert_eq!(linear.get_pixel(0, 3).0, [159, 0, 96, 255]);
}

#[test]
fn a_texture_beyond_its_edge_is_clamped_repeated_or_mirrored() {
    let row = |wrap_mode| {
        let options = TextureOptions { wrap_mode, ..TextureOptions::NEAREST };
        let mesh = pictured(rect(0.0, 0.0, 6.0, 1.0), Rect::from_min_max(pos2(-1.0, 0.0), pos2(2.0, 0.4)));
        let image = rasterizer(options).paint(&[clipped(mesh, Rect::EVERYTHING)], [6, 1], 1.0, Color32::BLACK);
        image.pixels().map(|pixel| if pixel.0[0] == 255 { 'r' } else { 'g' }).collect::<String>()
    };
    assert_eq!(row(TextureWrapMode::ClampToEdge), "rrrggg");
    assert_eq!(row(TextureWrapMode::Repeat), "rgrgrg");
    assert_eq!(row(TextureWrapMode::MirroredRepeat), "grrggr");
}

#[test]
fn text_like_texels_are_copied_exactly_one_to_one() {
    let mesh = pictured(rect(3.0, 2.0, 2.0, 2.0), Rect::from_min_max(Pos2::ZERO, pos2(1.0, 1.0)));
    let image =
        rasterizer(TextureOptions::LINEAR).paint(&[clipped(mesh, Rect::EVERYTHING)], [8, 8], 1.0, Color32::BLACK);
    assert_eq!(image.get_pixel(3, 2).0, [255, 0, 0, 255]);
    assert_eq!(image.get_pixel(4, 2).0, [0, 255, 0, 255]);
    assert_eq!(image.get_pixel(3, 3).0, [0, 0, 255, 255]);
    assert_eq!(image.get_pixel(4, 3).0, [255; 4]);
}

#[test]
fn a_patch_changes_its_rectangle_and_a_freed_texture_lasts_for_the_frame() {
    let mut rasterizer = rasterizer(TextureOptions::NEAREST);
    let mesh = pictured(rect(0.0, 0.0, 2.0, 2.0), Rect::from_min_max(Pos2::ZERO, pos2(1.0, 1.0)));
    let primitives = [clipped(mesh, Rect::EVERYTHING)];
    let grey = ColorImage::filled([1, 1], Color32::GRAY);
    let mut delta = TexturesDelta::default();
    delta.push(PICTURE, ImageDelta::partial([1, 0], grey.clone(), TextureOptions::NEAREST));
    delta.push(PICTURE, ImageDelta::partial([2, 0], grey, TextureOptions::NEAREST)); // Outside: left out.
    delta.free(PICTURE);
    rasterizer.apply(&mut delta);
    let image = rasterizer.paint(&primitives, [2, 2], 1.0, Color32::BLACK);
    assert_eq!(image.get_pixel(1, 0).0, [160, 160, 160, 255]);
    assert_eq!(image.get_pixel(0, 1).0, [0, 0, 255, 255]);
    rasterizer.apply(&mut TexturesDelta::default());
    assert!(rasterizer.paint(&primitives, [2, 2], 1.0, Color32::BLACK).pixels().all(|pixel| pixel.0 == BLACK));
}

#[test]
fn senseless_meshes_draw_without_a_panic() {
    let far = 3e38;
    let corners =
        [(f32::NAN, 0.0), (far, -far), (-far, far), (far, far), (f32::INFINITY, f32::NEG_INFINITY), (4.0, 4.0)];
    let mut indices: Vec<u32> = (0..7).flat_map(|a| (0..7).flat_map(move |b| [a, b, (a + b + 1) % 7])).collect();
    indices.push(0);
    let mut mesh = triangles(&corners, &indices, Color32::RED);
    for (number, vertex) in mesh.vertices.iter_mut().enumerate() {
        vertex.uv = pos2([f32::NAN, far, -1e30, 0.5, f32::INFINITY, 2.0][number], number as f32);
        vertex.color = Color32::from_gray(number as u8 * 40);
    }
    mesh.texture_id = PICTURE;
    let clip = Rect::from_min_max(pos2(f32::NEG_INFINITY, f32::NAN), pos2(f32::INFINITY, far));
    for options in [TextureOptions::LINEAR, TextureOptions::LINEAR_REPEAT, TextureOptions::NEAREST_MIRRORED_REPEAT] {
        let primitives = [clipped(mesh.clone(), clip), clipped(mesh.clone(), Rect::EVERYTHING)];
        _ = rasterizer(options).paint(&primitives, [20, 40], 1.5, Color32::BLACK);
        _ = rasterizer(options).paint(&primitives, [0, 40], 1.5, Color32::BLACK);
        _ = rasterizer(options).paint(&primitives, [8, 8], f32::NAN, Color32::BLACK);
    }
}

#[test]
fn any_number_of_threads_draws_the_same_bytes() {
    let color = |i: u32| Color32::from_rgba_unmultiplied(i as u8 * 3, 200, 90, 120);
    let meshes: Vec<Mesh> = (0..60)
        .map(|i| {
            let at = i as f32;
            triangles(&[(at * 1.7, at * 3.1), (90.0 - at, at * 2.3), (at * 0.9, 190.0 - at)], &[0, 1, 2], color(i))
        })
        .collect();
    let pool = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let draw = |threads| pool(threads).install(|| paint(meshes.clone(), [100, 200]));
    assert!(draw(1) == draw(3));
}

//! The rasteriser draws what `egui_glow` draws: the same frames go through both, and the pictures are compared.
//!
//! It needs an EGL driver (Mesa's software one will do), but no display.
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "a test knows its numbers"
)]
#![expect(clippy::disallowed_methods, reason = "what is drawn is no part of the lab, and has no theme")]
#![expect(unsafe_code, reason = "an OpenGL context cannot be made or used without it")]
#![expect(clippy::print_stdout, reason = "says which driver was compared with")]

use std::ffi::CString;
use std::sync::Arc;

use digit_lab::shot::Rasterizer;
use egui::{Color32, FullOutput, Mesh, Pos2, Rect, Stroke, TextureOptions, Theme, epaint::Vertex, pos2, vec2};
use glow::HasContext as _;
use glutin::api::egl::{context::PossiblyCurrentContext, device::Device, display::Display};
use glutin::config::{ConfigSurfaceTypes, ConfigTemplateBuilder};
use glutin::context::{ContextApi, ContextAttributesBuilder};
use glutin::display::GlDisplay as _;
use image::RgbaImage;

use crate::harness::skipped;

/// How far apart two pictures may be.
#[derive(Clone, Copy)]
struct Limits {
    /// Mean difference of a channel, in levels of 255.
    mean: f64,
    /// Share of the pixels that differ by more than [`CLOSE`] levels in some channel: those whose centres lie on the
    /// edge of a triangle or of a texel, but for a rounding.
    far_share: f64,
}

const CLOSE: u8 = 4;

/// Mesa's software driver works as we do, down to the grid; about three times what was measured.
const SOFTWARE: Limits = Limits { mean: 0.02, far_share: 0.000_15 };

/// Other drivers are free to blend in floats and to round texture coordinates; not a level on average all the same.
const ANY_DRIVER: Limits = Limits { mean: 0.25, far_share: 0.005 };

const SIZE: [f32; 2] = [480.0, 360.0];

#[test]
fn the_rasteriser_agrees_with_opengl() {
    let Some((_current, gl)) = offscreen_gl() else {
        return skipped("the rasteriser beside OpenGL", "there is no EGL driver");
    };
    // SAFETY: the context that `gl` was loaded for is current on this thread, and stays so until the test ends.
    let driver = unsafe { gl.get_parameter_string(glow::RENDERER) };
    println!("driver: {driver}");
    let limits = if driver.contains("llvmpipe") { SOFTWARE } else { ANY_DRIVER };
    for theme in [Theme::Light, Theme::Dark] {
        for pixels_per_point in [1.0, 1.25, 2.0] {
            let (by_gl, by_us) = draw_both(&gl, theme, pixels_per_point);
            let (mean, far_share) = difference(&by_gl, &by_us);
            println!("{theme:?} {pixels_per_point}: mean {mean:.4} levels, {:.4} % far", far_share * 100.0);
            if let Some(folder) = std::env::var_os("GL_AGREEMENT_DIR") {
                let save = |image: &RgbaImage, name: &str| {
                    let name = format!("{theme:?}-{pixels_per_point}-{name}.png");
                    image.save(std::path::Path::new(&folder).join(name)).unwrap();
                };
                save(&by_gl, "gl");
                save(&by_us, "cpu");
            }
            assert!(mean < limits.mean, "{theme:?} at {pixels_per_point}: {mean} levels on average");
            assert!(far_share < limits.far_share, "{theme:?} at {pixels_per_point}: {far_share} of the pixels differ");
            assert!(by_us.pixels().any(|pixel| pixel != by_us.get_pixel(0, 0)), "something was drawn");
        }
    }
}

/// The mean difference of a channel in levels, and the share of pixels that differ by more than [`CLOSE`].
fn difference(a: &RgbaImage, b: &RgbaImage) -> (f64, f64) {
    assert_eq!(a.dimensions(), b.dimensions());
    let (mut sum, mut far) = (0_u64, 0_u64);
    for (a, b) in a.pixels().zip(b.pixels()) {
        let levels: [u8; 4] = std::array::from_fn(|channel| a.0[channel].abs_diff(b.0[channel]));
        sum += levels.iter().map(|&level| u64::from(level)).sum::<u64>();
        far += u64::from(levels.iter().any(|&level| level > CLOSE));
    }
    let pixels = f64::from(a.width()) * f64::from(a.height());
    (sum as f64 / (4.0 * pixels), far as f64 / pixels)
}

/// Runs two frames of [`scene`] and draws the second with OpenGL and with the rasteriser.
fn draw_both(gl: &Arc<glow::Context>, theme: Theme, pixels_per_point: f32) -> (RgbaImage, RgbaImage) {
    let size_px = SIZE.map(|side| (side * pixels_per_point).round() as u32);
    let context = egui::Context::default();
    let texture = digit_texture(&context);
    let frame = |number: u32| -> FullOutput {
        let mut input = egui::RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, SIZE.into())),
            time: Some(f64::from(number)),
            system_theme: Some(theme),
            ..Default::default()
        };
        input.viewports.get_mut(&egui::ViewportId::ROOT).unwrap().native_pixels_per_point = Some(pixels_per_point);
        context.run_ui(input, |ui| scene(ui, &texture))
    };
    let mut output = frame(0);
    output.append(frame(1));
    let primitives = context.tessellate(output.shapes, output.pixels_per_point);
    let clear = Color32::from_rgb(30, 60, 90);

    let mut rasterizer = Rasterizer::new();
    rasterizer.apply(&mut output.textures_delta.clone());
    let by_us = rasterizer.paint(&primitives, size_px, pixels_per_point, clear);

    let mut painter = egui_glow::Painter::new(Arc::clone(gl), "", None, false).unwrap();
    let target = Target::new(gl, size_px);
    painter.clear(size_px, clear.to_normalized_gamma_f32());
    painter.paint_and_update_textures(size_px, pixels_per_point, &primitives, &mut output.textures_delta);
    let pixels = painter.read_screen_rgba(size_px).pixels.iter().flat_map(Color32::to_array).collect();
    let by_gl = RgbaImage::from_raw(size_px[0], size_px[1], pixels).unwrap();
    painter.destroy();
    target.destroy(gl);
    (by_gl, by_us)
}

/// One of everything that a panel draws.
fn scene(ui: &mut egui::Ui, texture: &egui::TextureHandle) {
    egui::CentralPanel::default().show(ui, |ui| {
        ui.heading("Step 3 of 7: the loss");
        ui.label("The mean of |prediction - target|, as in the chapter. 0.1625");
        ui.horizontal(|ui| {
            _ = ui.button("Step");
            _ = ui.selectable_label(true, "batch");
            ui.add(egui::Slider::new(&mut 0.3_f32, 0.0..=1.0).text("learning rate"));
            ui.checkbox(&mut true, "shuffle");
        });
        ui.add(egui::ProgressBar::new(0.4).text("epoch 4"));
        egui::ScrollArea::vertical().max_height(60.0).show(ui, |ui| {
            for row in 0..20 {
                ui.monospace(format!("{row:3}  w = {:+.4}", f64::from(row) * 0.37 - 2.0));
            }
        });
        let (area, _) = ui.allocate_exact_size(vec2(440.0, 180.0), egui::Sense::hover());
        let painter = ui.painter_at(area);
        let at = |x: f32, y: f32| area.min + vec2(x, y);
        let whole = Rect::from_min_max(Pos2::ZERO, pos2(1.0, 1.0));
        painter.image(texture.id(), Rect::from_min_size(at(4.3, 4.1), vec2(113.0, 113.0)), whole, Color32::WHITE);
        painter.image(texture.id(), Rect::from_min_size(at(4.0, 130.0), vec2(19.0, 19.0)), whole, Color32::LIGHT_BLUE);
        painter.rect(
            Rect::from_min_size(at(130.0, 6.0), vec2(90.0, 50.0)),
            9.0,
            Color32::from_rgba_unmultiplied(200, 80, 20, 120),
            Stroke::new(1.5, Color32::BLUE),
            egui::StrokeKind::Middle,
        );
        painter.circle(
            at(180.0, 70.0),
            33.3,
            Color32::from_rgba_unmultiplied(0, 160, 90, 90),
            Stroke::new(2.0, Color32::RED),
        );
        for line in 0..12_u8 {
            let angle = f32::from(line) * 0.26;
            let end = at(330.0 + 80.0 * angle.cos(), 10.0 + 80.0 * angle.sin());
            painter.line_segment([at(330.0, 10.0), end], Stroke::new(0.5 + f32::from(line) / 6.0, Color32::GRAY));
        }
        let curve = (0..200_u8).map(f32::from).map(|x| at(130.0 + x * 1.5, 140.0 + 25.0 * (x / 9.0).sin()));
        painter.line(curve.collect(), Stroke::new(1.5, Color32::from_rgb(240, 140, 0)));
        // A gradient, clipped between pixels, and a tinted picture turned on its corner.
        let clipped = painter.with_clip_rect(Rect::from_min_size(at(230.0, 20.7), vec2(70.6, 60.1)));
        clipped.add(corners(egui::TextureId::default(), at(220.0, 10.0), vec2(90.0, 90.0), 0.0));
        painter.add(corners(texture.id(), at(400.0, 60.0), vec2(50.0, 50.0), 0.7));
    });
}

/// A quadrilateral with a colour at each corner, turned by `angle` radians.
fn corners(texture: egui::TextureId, left_top: Pos2, size: egui::Vec2, angle: f32) -> Mesh {
    let colors = [Color32::RED, Color32::from_rgba_unmultiplied(0, 255, 0, 100), Color32::TRANSPARENT, Color32::WHITE];
    let turn = egui::emath::Rot2::from_angle(angle);
    let textured = texture != egui::TextureId::default();
    let vertices = [vec2(0.0, 0.0), vec2(1.0, 0.0), vec2(0.0, 1.0), vec2(1.0, 1.0)].into_iter().zip(colors).map(
        |(corner, color)| Vertex {
            pos: left_top + turn * (corner * size),
            uv: if textured { corner.to_pos2() } else { egui::epaint::WHITE_UV },
            color,
        },
    );
    Mesh { indices: vec![0, 1, 2, 2, 1, 3], vertices: vertices.collect(), texture_id: texture }
}

/// A 28x28 picture that is shown enlarged, with sharp texels, and made small, smoothly.
fn digit_texture(context: &egui::Context) -> egui::TextureHandle {
    let level = |x: i32, y: i32| ((x - 14).pow(2) + (y - 14).pow(2) - 60).unsigned_abs();
    let pixels = (0..28 * 28).map(|i| Color32::from_gray(255_u8.saturating_sub(level(i % 28, i / 28).min(255) as u8)));
    let image = egui::ColorImage::new([28, 28], pixels.collect());
    let options = TextureOptions { magnification: egui::TextureFilter::Nearest, ..TextureOptions::LINEAR };
    context.load_texture("digit", image, options)
}

/// A picture for OpenGL to draw on: there is no window.
struct Target {
    framebuffer: glow::Framebuffer,
    pixels: glow::Renderbuffer,
}

impl Target {
    fn new(gl: &glow::Context, [width, height]: [u32; 2]) -> Self {
        // SAFETY: plain OpenGL calls, in order, on the context that is current on this thread.
        unsafe {
            let pixels = gl.create_renderbuffer().unwrap();
            gl.bind_renderbuffer(glow::RENDERBUFFER, Some(pixels));
            gl.renderbuffer_storage(glow::RENDERBUFFER, glow::RGBA8, width as i32, height as i32);
            let framebuffer = gl.create_framebuffer().unwrap();
            gl.bind_framebuffer(glow::FRAMEBUFFER, Some(framebuffer));
            gl.framebuffer_renderbuffer(glow::FRAMEBUFFER, glow::COLOR_ATTACHMENT0, glow::RENDERBUFFER, Some(pixels));
            assert_eq!(gl.check_framebuffer_status(glow::FRAMEBUFFER), glow::FRAMEBUFFER_COMPLETE);
            Self { framebuffer, pixels }
        }
    }

    fn destroy(self, gl: &glow::Context) {
        // SAFETY: both were made on the context that is still current, and nothing draws on them any more.
        unsafe {
            gl.delete_framebuffer(self.framebuffer);
            gl.delete_renderbuffer(self.pixels);
        }
    }
}

/// An OpenGL context without a window, from the first device that gives one; `None` where no driver does.
fn offscreen_gl() -> Option<(PossiblyCurrentContext, Arc<glow::Context>)> {
    Device::query_devices().ok()?.find_map(|device| {
        // SAFETY: no display handle is passed, so none has to be valid.
        let display = unsafe { Display::with_device(&device, None) }.ok()?;
        let template = ConfigTemplateBuilder::new().with_surface_type(ConfigSurfaceTypes::PBUFFER).build();
        // SAFETY: the template names no window, so none has to be valid.
        let config = unsafe { display.find_configs(template) }.ok()?.next()?;
        let context = [ContextApi::OpenGl(None), ContextApi::Gles(None)].into_iter().find_map(|api| {
            let attributes = ContextAttributesBuilder::new().with_context_api(api).build(None);
            // SAFETY: no window here either.
            unsafe { display.create_context(&config, &attributes) }.ok()
        })?;
        let current = context.make_current_surfaceless().ok()?;
        // SAFETY: the context is current, and the loader asks the display that it belongs to.
        let gl = unsafe {
            glow::Context::from_loader_function(|name| {
                CString::new(name).map_or(std::ptr::null(), |name| display.get_proc_address(&name))
            })
        };
        Some((current, Arc::new(gl)))
    })
}

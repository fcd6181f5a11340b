//! Small pictures of the filmstrip's figures, drawn on a background thread.

use super::{Home, Panel, all};
use crate::data::Library;
use crate::lesson::Figure;
use crate::shot::{Canvas, Headless};
use crate::widgets::theme;
use egui::{ColorImage, Context, TextureHandle, TextureOptions, Theme};
use std::collections::HashMap;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::Builder;

/// The size at which a figure is drawn, in points; the picture has half as many pixels each way.
const CANVAS: [f32; 2] = [720.0, 450.0];
const PIXELS_PER_POINT: f32 = 0.5;

type Key = (String, Theme);

/// The thumbnails that are drawn so far.
pub struct Thumbnails {
    data: Library,
    textures: HashMap<Key, Option<TextureHandle>>,
    sender: Sender<(Key, ColorImage)>,
    receiver: Receiver<(Key, ColorImage)>,
}

impl Thumbnails {
    /// None yet; `data` is what the figures are drawn from.
    #[must_use]
    pub fn new(data: Library) -> Self {
        let (sender, receiver) = channel();
        Self { data, textures: HashMap::new(), sender, receiver }
    }

    /// The picture of a figure, if it is drawn by now; the first time any figure of a panel is asked for, a thread begins to draw them all.
    pub fn get(&mut self, ctx: &Context, panel: &str, figures: &[Figure], figure: &Figure) -> Option<&TextureHandle> {
        for (key, image) in self.receiver.try_iter() {
            let texture = ctx.load_texture(&key.0, image, TextureOptions::LINEAR);
            self.textures.insert(key, Some(texture));
        }
        let theme = ctx.theme();
        if !self.textures.contains_key(&(figure.name.clone(), theme)) {
            for figure in figures {
                self.textures.entry((figure.name.clone(), theme)).or_insert(None);
            }
            self.draw_all(ctx, panel.to_owned(), figures.to_vec(), theme);
        }
        self.textures.get(&(figure.name.clone(), theme)).and_then(Option::as_ref)
    }

    fn draw_all(&self, ctx: &Context, panel: String, figures: Vec<Figure>, theme: Theme) {
        let (data, sender, ctx) = (self.data.clone(), self.sender.clone(), ctx.clone());
        let started = Builder::new().name("thumbnails".to_owned()).spawn(move || {
            for figure in figures {
                let Some(image) = draw(&data, &panel, &figure, theme) else { return };
                if sender.send(((figure.name, theme), image)).is_err() {
                    return; // The window was closed.
                }
                ctx.request_repaint();
            }
        });
        if let Err(error) = started {
            log::warn!("no thread to draw thumbnails on: {error}");
        }
    }
}

fn draw(data: &Library, panel: &str, figure: &Figure, theme: Theme) -> Option<ColorImage> {
    let home = Home { data: data.clone(), notify: None };
    let mut panel: Box<dyn Panel> = all(&home).into_iter().find(|candidate| candidate.info().name == panel)?;
    panel.open_figure(figure);
    let canvas = Canvas { size: CANVAS, pixels_per_point: PIXELS_PER_POINT, theme };
    let mut headless = Headless::new(canvas, theme::install);
    headless.settle(|ui| {
        panel.refresh();
        egui::CentralPanel::default().show(ui, |ui| panel.figure_ui(ui));
    });
    let image = headless.image();
    let size = [image.width() as usize, image.height() as usize];
    Some(ColorImage::from_rgba_unmultiplied(size, image.as_raw()))
}

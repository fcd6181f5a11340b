//! Small pictures of the filmstrip's figures, drawn in the background one after the other.

use super::{Home, Panel, all};
use crate::data::Library;
use crate::engine::Job;
use crate::lesson::Figure;
use crate::shot::{Canvas, Headless};
use crate::widgets::theme;
use egui::{ColorImage, Context, TextureHandle, TextureOptions, Theme};
use std::collections::HashMap;
use std::sync::Arc;

/// The size at which a figure is drawn, in points; the picture has half as many pixels each way.
const CANVAS: [f32; 2] = [720.0, 450.0];
const PIXELS_PER_POINT: f32 = 0.5;

/// A figure by its name, which is unique in the lab, and the theme that it is drawn in.
type Key = (String, Theme);

/// The thumbnails that are drawn so far.
pub struct Thumbnails {
    data: Library,
    /// One entry for each figure that was begun; what is not drawn yet, or cannot be, has no texture.
    textures: HashMap<Key, Option<TextureHandle>>,
    job: Job<Option<ColorImage>>,
    /// The figure that the job draws.
    under_way: Option<Key>,
    /// The panel and the theme that are wanted.
    wanted: Option<(String, Theme)>,
}

impl Thumbnails {
    /// None yet; `data` is what the figures are drawn from.
    #[must_use]
    pub fn new(data: Library) -> Self {
        Self { data, textures: HashMap::new(), job: Job::default(), under_way: None, wanted: None }
    }

    /// The picture of a figure, if it is drawn by now. As long as the figures of a panel are asked for, those that are
    /// missing are drawn; who asks for another panel's, or in another theme, gives up the one under way.
    pub fn get(&mut self, ctx: &Context, panel: &str, figures: &[Figure], figure: &Figure) -> Option<&TextureHandle> {
        let theme = ctx.theme();
        let is_wanted = |(name, at): &(String, Theme)| name == panel && *at == theme;
        if !self.wanted.as_ref().is_some_and(is_wanted) {
            self.give_up();
            self.wanted = Some((panel.to_owned(), theme));
        }
        self.take(ctx);
        if !self.job.is_running() {
            self.begin_next(ctx, panel, figures, theme);
        }
        self.textures.get(&(figure.name.clone(), theme)).and_then(Option::as_ref)
    }

    fn give_up(&mut self) {
        self.job.cancel();
        if let Some(key) = self.under_way.take() {
            self.textures.remove(&key);
        }
    }

    fn take(&mut self, ctx: &Context) {
        if let Some(image) = self.job.take()
            && let Some(key) = self.under_way.take()
        {
            let texture = image.map(|image| ctx.load_texture(&key.0, image, TextureOptions::LINEAR));
            self.textures.insert(key, texture);
        }
    }

    fn begin_next(&mut self, ctx: &Context, panel: &str, figures: &[Figure], theme: Theme) {
        let key = |figure: &Figure| (figure.name.clone(), theme);
        let Some(figure) = figures.iter().find(|figure| !self.textures.contains_key(&key(figure))).cloned() else {
            return;
        };
        // Marked as begun, so that a figure whose drawing breaks down is not begun again and again.
        self.textures.insert(key(&figure), None);
        self.under_way = Some(key(&figure));
        let (data, panel, again) = (self.data.clone(), panel.to_owned(), ctx.clone());
        let started = self.job.start("thumbnails", Arc::new(move || again.request_repaint()), move |cancel| {
            draw(&data.cancelled_by(cancel), &panel, &figure, theme)
        });
        if let Err(error) = started {
            log::warn!("no thread to draw thumbnails on: {error}");
        }
    }
}

/// Draws a figure; nothing if the data's library says that nobody waits for it any more.
fn draw(data: &Library, panel: &str, figure: &Figure, theme: Theme) -> Option<ColorImage> {
    let home = Home { data: data.clone(), notify: None };
    let mut panel: Box<dyn Panel> = all(&home).into_iter().find(|candidate| candidate.info().name == panel)?;
    panel.open_figure(figure);
    let canvas = Canvas { size: CANVAS, pixels_per_point: PIXELS_PER_POINT, theme };
    let mut headless = Headless::new(canvas, theme::install);
    headless.settle(|ui| {
        if data.wanted().is_ok() {
            panel.refresh();
            egui::CentralPanel::default().show(ui, |ui| panel.figure_ui(ui));
        }
    });
    data.wanted().ok()?;
    let image = headless.image();
    let size = [image.width() as usize, image.height() as usize];
    Some(ColorImage::from_rgba_unmultiplied(size, image.as_raw()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lesson;
    use std::sync::{Condvar, Mutex};
    use std::time::{Duration, Instant};

    /// Asks for the figures of a lesson, as a frame of the window does, until so many are drawn.
    fn until(thumbnails: &mut Thumbnails, ctx: &Context, panel: &str, drawn: usize) -> Vec<egui::TextureId> {
        let figures = lesson::load(panel).unwrap().unwrap().figures;
        let end = Instant::now() + Duration::from_mins(1);
        loop {
            let ids: Vec<_> = figures
                .iter()
                .filter_map(|figure| thumbnails.get(ctx, panel, &figures, figure).map(TextureHandle::id))
                .collect();
            if ids.len() >= drawn {
                return ids;
            }
            assert!(Instant::now() < end, "{} of {drawn} figures of {panel} are drawn", ids.len());
            rest();
        }
    }

    /// Lets others compute for a moment.
    fn rest() {
        let (never, nothing) = (Condvar::new(), Mutex::new(()));
        drop(never.wait_timeout(nothing.lock().unwrap(), Duration::from_millis(2)));
    }

    #[test]
    fn figures_are_drawn_one_after_the_other_and_kept() {
        let (mut thumbnails, ctx) = (Thumbnails::new(Library::new()), Context::default());
        let first = until(&mut thumbnails, &ctx, "graph", 2);
        // Another lesson: the figure under way is given up, those that are drawn stay.
        until(&mut thumbnails, &ctx, "descent", 1);
        assert!(thumbnails.textures.values().filter(|texture| texture.is_none()).count() <= 1, "one at a time");
        let all = lesson::load("graph").unwrap().unwrap().figures.len();
        let again = until(&mut thumbnails, &ctx, "graph", all);
        assert!(first.iter().all(|id| again.contains(id)), "what was drawn is not drawn again");
    }

    #[test]
    fn what_nobody_wants_is_not_drawn() {
        let cancel = crate::data::Cancel::default();
        let data = Library::new().cancelled_by(&cancel);
        let figure = &lesson::load("graph").unwrap().unwrap().figures[0];
        assert!(draw(&data, "graph", figure, Theme::Light).is_some());
        cancel.cancel();
        assert!(draw(&data, "graph", figure, Theme::Light).is_none());
    }
}

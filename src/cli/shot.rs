//! `digit-lab shot`: panels drawn without a window.

use crate::app::Lab;
use crate::data::Library;
use crate::engine::Goal;
use crate::experiments::{Saved, registry, settings::nearest};
use crate::panels::{Home, all};
use crate::session::Session;
use crate::shot::{Canvas, Headless, write_png};
use crate::widgets::theme;
use anyhow::{Context as _, anyhow, bail};
use egui::Theme;
use std::path::Path;

/// The sides, in points, that a picture may have.
const SIDES: std::ops::RangeInclusive<u32> = 320..=4096;

/// The canvas that the arguments describe.
pub(super) fn canvas(size: &str, scale: f32, theme: &str) -> anyhow::Result<Canvas> {
    let sides = size
        .split_once('x')
        .and_then(|(width, height)| Some((width.parse::<u32>().ok()?, height.parse::<u32>().ok()?)));
    let (width, height) = match sides {
        Some((width, height)) if SIDES.contains(&width) && SIDES.contains(&height) => (width, height),
        Some((width, height)) => {
            let near = |side: u32| side.clamp(*SIDES.start(), *SIDES.end());
            bail!(
                "size is \"{size}\"; expected sides from 320 to 4096; the nearest valid value is {}x{}",
                near(width),
                near(height)
            );
        }
        None => bail!("size is \"{size}\"; expected WIDTHxHEIGHT in points; the nearest valid value is 1280x800"),
    };
    if !(0.25..=4.0).contains(&scale) {
        let near = if scale.is_nan() { 1.0 } else { scale.clamp(0.25, 4.0) };
        bail!("scale is \"{scale}\"; expected a number from 0.25 to 4; the nearest valid value is {near}");
    }
    let theme = match theme {
        "light" => Theme::Light,
        "dark" => Theme::Dark,
        other => bail!(
            "theme is \"{other}\"; expected light or dark; the nearest valid value is {}",
            nearest(other, ["light", "dark"])
        ),
    };
    Ok(Canvas { size: [width as f32, height as f32], pixels_per_point: scale, theme })
}

/// Draws one panel.
pub(super) fn one(name: &str, set: &[String], steps: Option<u64>, canvas: Canvas, out: &Path) -> anyhow::Result<()> {
    let entry = registry::find(name)?;
    let mut chosen = Saved::from_pairs(set)?;
    if let Some(steps) = steps {
        chosen = (entry.allow_steps)(&chosen, steps)?;
    }
    super::writable(out)?;
    let data = Library::new();
    // The window would bring a look within what there is; here somebody wrote it, and is told.
    (entry.open)(&chosen, &data)?;
    let mut lab = lab(&data);
    lab.choose(name);
    lab.panel().open(&chosen, Goal::Steps(steps)).map_err(|error| anyhow!(error))?;
    draw(&mut lab, canvas, out)
}

/// Draws every figure of the filmstrip as the whole window.
pub(super) fn all_figures(canvas: Canvas, out: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(out).with_context(|| format!("the folder {} cannot be made", out.display()))?;
    let data = Library::new();
    let home = Home { data: data.clone(), notify: None };
    for panel in all(&home) {
        for figure in panel.lesson().map(|lesson| lesson.figures.clone()).unwrap_or_default() {
            let mut lab = lab(&data);
            lab.choose(panel.info().name);
            lab.panel().open_figure(&figure);
            draw(&mut lab, canvas, &out.join(format!("{}.png", figure.name)))?;
        }
    }
    Ok(())
}

fn lab(data: &Library) -> Lab {
    Lab::new(&Home { data: data.clone(), notify: None }, &Session { filmstrip: false, ..Session::default() })
}

fn draw(lab: &mut Lab, canvas: Canvas, out: &Path) -> anyhow::Result<()> {
    let mut headless = Headless::new(canvas, theme::install);
    headless.settle(|ui| lab.ui(ui));
    if let Some(failure) = lab.panel().failure() {
        bail!("{failure}");
    }
    let state = lab.panel().state();
    write_png(out, &headless.image(), Some(&state)).with_context(|| out.display().to_string())
}

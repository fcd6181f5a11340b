use super::*;

const CANVAS: Canvas = Canvas { size: [320.0, 200.0], pixels_per_point: 1.0, theme: Theme::Light };

fn demo(ui: &mut Ui) {
    egui::CentralPanel::default().show(ui, |ui| {
        ui.heading("A digit");
        ui.label("Loss 0.25");
        _ = ui.button("Step");
        ui.add(egui::Slider::new(&mut 0.5_f32, 0.0..=1.0).text("rate"));
        ui.collapsing("More", |ui| ui.label("hidden"));
    });
}

#[test]
fn a_frame_has_the_canvas_size_in_pixels_and_ink_on_the_themes_ground() {
    for (theme, scale) in [(Theme::Light, 1.0), (Theme::Dark, 1.5), (Theme::Dark, 2.0)] {
        let canvas = Canvas { pixels_per_point: scale, theme, ..CANVAS };
        let image = render(&canvas, |_| {}, demo);
        assert_eq!([image.width(), image.height()], canvas.size_px());
        let ground = theme.default_visuals().panel_fill.to_array();
        assert_eq!(image.get_pixel(1, image.height() - 2).0, ground);
        let ink = image.pixels().filter(|pixel| pixel.0 != ground).count();
        assert!(ink > 2000, "{ink} pixels of ink");
        assert!(image.pixels().all(|pixel| pixel.0[3] == 255), "a screenshot is opaque");
    }
}

#[test]
fn the_same_frames_give_the_same_bytes_for_any_number_of_threads() {
    let pool = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let one = pool(1).install(|| render(&CANVAS, |_| {}, demo));
    let three = pool(3).install(|| render(&CANVAS, |_| {}, demo));
    assert!(one == three);
}

#[test]
fn frames_run_until_the_interface_is_quiet_and_not_for_ever() {
    let count = |busy: u32| {
        let mut frames = 0;
        _ = render(
            &CANVAS,
            |_| {},
            |ui| {
                frames += 1;
                if frames < busy {
                    ui.ctx().request_repaint();
                }
            },
        );
        frames
    };
    assert!((2..=4).contains(&count(0)), "{}", count(0));
    assert!((10..=13).contains(&count(10)), "{}", count(10));
    assert_eq!(count(u32::MAX), MAX_FRAMES);
}

#[test]
fn a_click_opens_what_is_folded_and_the_picture_shows_it_at_once() {
    let mut headless = Headless::new(CANVAS, |_| {});
    let more = std::cell::Cell::new(Rect::NOTHING);
    let mut ui = |ui: &mut Ui| {
        more.set(ui.collapsing("More", |ui| ui.label("hidden")).header_response.rect);
    };
    headless.settle(&mut ui);
    let folded = headless.image();
    let at = Pos2::new(20.0, 15.0);
    let button = |pressed| Event::PointerButton {
        pos: at,
        button: egui::PointerButton::Primary,
        pressed,
        modifiers: egui::Modifiers::NONE,
    };
    headless.frame(vec![Event::PointerMoved(at), button(true)], &mut ui);
    headless.frame(vec![button(false)], &mut ui);
    headless.frame(vec![Event::PointerGone], &mut ui);
    headless.settle(&mut ui);
    let open = headless.image();
    assert!(more.get().contains(at));
    assert!(open != folded);
    headless.settle(&mut ui);
    assert!(headless.image() == open, "nothing moves any more");
}

#[test]
fn a_senseless_size_is_bounded() {
    let canvas = |width: f32, scale: f32| Canvas { size: [width, 1.0], pixels_per_point: scale, theme: Theme::Dark };
    assert_eq!(canvas(f32::NAN, 1.0).size_px(), [1, 1]);
    assert_eq!(canvas(-5.0, 1.0).size_px(), [1, 1]);
    assert_eq!(canvas(f32::INFINITY, 2.0).size_px(), [MAX_SIDE, 2]);
}

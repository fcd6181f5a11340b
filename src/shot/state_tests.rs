use super::*;

fn state() -> State {
    let mut settings = Map::new();
    settings.insert("lr".to_owned(), Value::from(0.1));
    settings.insert("digits".to_owned(), Value::from("3,7 \u{2192} \u{e4}\0"));
    let look = Map::from_iter([("tab".to_owned(), Value::from("rise"))]);
    State::new("descent", Saved { settings, look }, u64::MAX)
}

fn image() -> RgbaImage {
    RgbaImage::from_fn(40, 30, |x, y| image::Rgba([x as u8 * 6, y as u8 * 8, 7, 255]))
}

/// A PNG with one text chunk of ours, packed or not, that holds `text`; after the pixels or before them.
fn png_with(texts: &[&str], pack: bool, after: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 1, 1);
    encoder.set_color(png::ColorType::Rgba);
    let mut writer = encoder.write_header().unwrap();
    let write = |writer: &mut png::Writer<&mut Vec<u8>>| {
        for text in texts {
            let mut chunk = ITXtChunk::new(KEYWORD, *text);
            if pack {
                chunk.compress_text().unwrap();
                chunk.compressed = true;
            }
            writer.write_text_chunk(&chunk).unwrap();
        }
    };
    if !after {
        write(&mut writer);
    }
    writer.write_image_data(&[1, 2, 3, 4]).unwrap();
    if after {
        write(&mut writer);
    }
    writer.finish().unwrap();
    bytes
}

#[test]
fn a_state_and_its_picture_survive_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shot.png");
    write_png(&path, &image(), Some(&state())).unwrap();
    assert_eq!(read_state(&path).unwrap(), Some(state()));
    assert_eq!(image::open(&path).unwrap().to_rgba8(), image());

    write_png(&path, &image(), None).unwrap();
    assert_eq!(read_state(&path).unwrap(), None, "written over");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no temporary file is left");
}

#[test]
fn a_failed_write_names_the_file_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("missing").join("shot.png");
    let error = write_png(&path, &image(), None).unwrap_err();
    assert!(error.to_string().contains("shot.png"), "{error}");
    assert!(matches!(read_state(&path), Err(ShotError::Read { .. })));
}

#[test]
fn the_state_is_found_before_and_after_the_pixels_plain_and_packed() {
    let text = serde_json::to_string(&state()).unwrap();
    for (pack, after) in [(false, false), (false, true), (true, false), (true, true)] {
        assert_eq!(read_state_bytes(&png_with(&[&text], pack, after)).unwrap(), Some(state()), "{pack} {after}");
    }
}

#[test]
fn every_truncation_is_an_error() {
    let bytes = encode_png(&image(), Some(&state())).unwrap();
    for length in 0..bytes.len() - 4 {
        assert!(read_state_bytes(&bytes[..length]).is_err(), "{length} of {} bytes", bytes.len());
    }
}

#[test]
fn every_flipped_byte_is_an_error_or_harmless() {
    let bytes = encode_png(&image(), Some(&state())).unwrap();
    for at in 0..bytes.len() {
        let mut bytes = bytes.clone();
        bytes[at] ^= 0x20;
        if let Ok(read) = read_state_bytes(&bytes) {
            assert_eq!(read, Some(state()), "byte {at}");
        }
    }
}

#[test]
fn what_is_not_a_png_is_said_to_be_none() {
    let mut jpeg = Vec::new();
    let pixels = image::DynamicImage::from(image()).to_rgb8();
    pixels.write_to(&mut std::io::Cursor::new(&mut jpeg), image::ImageFormat::Jpeg).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("really-a-jpeg.png");
    std::fs::write(&path, jpeg).unwrap();
    assert!(matches!(read_state(&path), Err(ShotError::NotPng)));
    assert!(matches!(read_state_bytes(b""), Err(ShotError::NotPng)));
    assert!(matches!(read_state(folder.path()), Err(ShotError::Read { .. })));
}

#[test]
fn a_state_that_is_too_large_is_neither_written_nor_read() {
    let mut large = state();
    large.experiment = "x".repeat(MAX_STATE_BYTES);
    assert!(matches!(encode_png(&image(), Some(&large)), Err(ShotError::StateTooLarge)));
    let text = serde_json::to_string(&large).unwrap();
    assert!(matches!(read_state_bytes(&png_with(&[&text], false, false)), Err(ShotError::StateTooLarge)));
    let packed = png_with(&[&text], true, false);
    assert!(packed.len() < 10_000, "small until it is unpacked");
    assert!(matches!(read_state_bytes(&packed), Err(ShotError::Damaged(_))));
}

#[test]
fn two_states_wrong_json_and_other_versions_are_told_apart() {
    let read = |texts: &[&str]| read_state_bytes(&png_with(texts, false, false));
    let text = serde_json::to_string(&state()).unwrap();
    assert!(matches!(read(&[&text, &text]), Err(ShotError::TwoStates)));
    assert!(matches!(read(&["{"]), Err(ShotError::Json(_))));
    assert!(matches!(read(&[r#"{"version":1}"#]), Err(ShotError::Json(_))));
    assert!(matches!(read(&[&text.replace("position", "place")]), Err(ShotError::Json(_))));
    assert!(matches!(read(&[&"[".repeat(100_000)]), Err(ShotError::Json(_))));
    assert!(matches!(read(&[r#"{"version":2,"tape":[]}"#]), Err(ShotError::Json(_))));
    for unknown in [0, 3, u64::MAX] {
        let text = format!(r#"{{"version":{unknown},"tape":[]}}"#);
        assert!(matches!(read(&[&text]), Err(ShotError::Version(version)) if version == unknown), "{unknown}");
    }
    assert!(matches!(read(&[]), Ok(None)));
    let newer = State { version: 3, ..state() };
    assert!(matches!(encode_png(&image(), Some(&newer)), Err(ShotError::Version(3))));
    assert!(matches!(encode_png(&RgbaImage::new(0, 3), None), Err(ShotError::Encode(_))));
}

#[test]
fn a_state_of_version_1_is_read_as_one_of_today() {
    let text =
        r#"{"version":1,"experiment":"descent","settings":{"lr":0.1,"nudge":0.25},"position":4,"view":{"tab":"rise"}}"#;
    let state = State::from_json(text).unwrap();
    assert_eq!((state.version, state.experiment.as_str(), state.position), (State::VERSION, "descent", 4));
    assert_eq!((&state.settings["nudge"], &state.look["tab"]), (&Value::from(0.25), &Value::from("rise")));
    // What moved from the settings to the look is found there.
    let (settings, look) = state.saved().read::<crate::experiments::descent::Descent>().unwrap();
    assert_eq!((settings.lr, look.nudge), (0.1, 0.25));
    assert_eq!(look.tab, crate::experiments::descent::Tab::Rise);
    let without = text.replace(r#","view":{"tab":"rise"}"#, "");
    assert!(State::from_json(&without).unwrap().look.is_empty(), "a picture made before there were tabs");

    let written = serde_json::to_value(&state).unwrap();
    let keys: Vec<&String> = written.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["version", "experiment", "settings", "position", "look"]);
    assert_eq!(State::from_json(&written.to_string()).unwrap(), state);
}

#[test]
fn a_state_is_of_one_version_only() {
    let mixed = |version, key| {
        let text =
            format!(r#"{{"version":{version},"experiment":"descent","settings":{{}},"position":4,"{key}":{{}}}}"#);
        State::from_json(&text)
    };
    assert!(mixed(1, "view").is_ok() && mixed(2, "look").is_ok());
    for (version, key) in [(1, "look"), (2, "view"), (2, "tape")] {
        assert!(matches!(mixed(version, key), Err(ShotError::Json(_))), "{key} in version {version}");
    }
}

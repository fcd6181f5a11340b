//! Any picture file, decoded within bounds, as grey at full size and in colour at display size.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Cursor, Seek};
use std::path::Path;

use image::{DynamicImage, GrayImage, ImageDecoder, ImageReader, Limits, Rgb, RgbImage};

use super::{DataError, PIXELS, SIDE, resample};

/// The longest side that is decoded, in pixels.
const MAX_SIDE: u32 = 20_000;
/// The most bytes that a picture may take, packed or decoded.
const MAX_BYTES: u64 = 256_000_000;
/// The longest side of what is kept for display, in pixels.
const PREVIEW_SIDE: u32 = 512;

/// A decoded picture, the right way up and on white where it was transparent.
#[derive(Clone, Debug)]
pub struct Picture {
    /// Width and height in pixels as decoded, after the camera's rotation.
    pub size: (u32, u32),
    /// In colour, at most 512 pixels a side, for display.
    pub preview: RgbImage,
    /// Every pixel's luma (Rec. 709 weights), at full size.
    pub grey: GrayImage,
    /// Whether no pixel of a 28 x 28 picture has colour; not looked for in others.
    small_and_colourless: bool,
}

impl Picture {
    /// A picture from one in memory: the drawing pad's, or the clipboard's.
    #[must_use]
    pub fn new(image: DynamicImage) -> Self {
        let size = (image.width(), image.height());
        let preview = preview(&image);
        let small_and_colourless = [size.0 as usize, size.1 as usize] == [SIDE; 2]
            && preview.pixels().all(|&Rgb([red, green, blue])| red == green && green == blue);
        Self { size, preview, grey: grey(image), small_and_colourless }
    }

    /// The bytes of a 28 x 28 picture without colour, which may be MNIST's own form already.
    #[must_use]
    pub fn as_digit(&self) -> Option<[u8; PIXELS]> {
        let bytes = self.small_and_colourless.then(|| self.grey.as_raw().as_slice())?;
        bytes.try_into().ok()
    }
}

/// Decodes the picture file at `path`. Its content says which format it is; its name does not.
///
/// # Errors
///
/// If the file cannot be read, is no PNG, JPEG, BMP, GIF or WebP, is damaged, has a side above 20,000 pixels or takes
/// more than 256 MB.
pub fn load_picture(path: &Path) -> Result<Picture, DataError> {
    let failed = |error| DataError::read(path, &error);
    // Looked at before it is opened: opening a pipe waits for somebody to write to it, and decoders swallow whole files.
    let meta = fs::metadata(path).map_err(failed)?;
    if !meta.is_file() {
        return Err(DataError::read(path, &"it is not a file"));
    }
    if meta.len() > MAX_BYTES {
        return Err(DataError::read(path, &"it is larger than 256 MB"));
    }
    let file = File::open(path).map_err(failed)?;
    decode(BufReader::new(file), &path.display().to_string())
}

/// Decodes a picture from `bytes`, as dropped on the window; `name` is for messages.
///
/// # Errors
///
/// As [`load_picture`].
pub fn decode_picture(bytes: &[u8], name: &str) -> Result<Picture, DataError> {
    decode(Cursor::new(bytes), name)
}

fn decode(source: impl BufRead + Seek, name: &str) -> Result<Picture, DataError> {
    let mut reader = ImageReader::new(source).with_guessed_format().map_err(|error| DataError::read(name, &error))?;
    if reader.format().is_none() {
        return Err(DataError::picture(name, &"unknown format"));
    }
    // The sides are compared below, where the message can name them; the decoder's own limit names none.
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(MAX_BYTES);
    reader.limits(limits);
    let refused = |error| DataError::picture(name, &error);
    let mut decoder = reader.into_decoder().map_err(refused)?;
    let (width, height) = decoder.dimensions();
    if width.max(height) > MAX_SIDE || decoder.total_bytes() > MAX_BYTES {
        return Err(DataError::TooLarge { name: name.to_owned(), width, height, side: MAX_SIDE, bytes: MAX_BYTES });
    }
    // Telephones store a portrait on its side, with a note in the metadata. A damaged note is no reason to refuse.
    let orientation = decoder.orientation();
    let mut image = DynamicImage::from_decoder(decoder).map_err(refused)?;
    if let Ok(orientation) = orientation {
        image.apply_orientation(orientation);
    }
    Ok(Picture::new(image))
}

/// At most 512 pixels a side, over white.
fn preview(image: &DynamicImage) -> RgbImage {
    let small = if image.width().max(image.height()) > PREVIEW_SIDE {
        &image.thumbnail(PREVIEW_SIDE, PREVIEW_SIDE)
    } else {
        image
    };
    if !small.color().has_alpha() {
        return small.to_rgb8();
    }
    let small = small.to_rgba8();
    let mut flat = RgbImage::new(small.width(), small.height());
    for (to, from) in flat.pixels_mut().zip(small.pixels()) {
        let [red, green, blue, alpha] = from.0;
        *to = Rgb([red, green, blue].map(|channel| over_white(channel, alpha)));
    }
    flat
}

/// Luma over white. Taking the luma first comes to the same, since both are linear, and holds 2 bytes a pixel, not 4.
fn grey(image: DynamicImage) -> GrayImage {
    if !image.color().has_alpha() {
        return image.into_luma8();
    }
    let source = image.into_luma_alpha8();
    let mut grey = GrayImage::new(source.width(), source.height());
    for (to, from) in grey.pixels_mut().zip(source.pixels()) {
        let [luma, alpha] = from.0;
        to.0 = [over_white(luma, alpha)];
    }
    grey
}

/// One channel, 0 to 255, with its opacity, 0 to 255, on white paper.
fn over_white(channel: u8, alpha: u8) -> u8 {
    let (channel, alpha) = (u32::from(channel), u32::from(alpha));
    resample::byte((channel * alpha + 255 * (255 - alpha) + 127) / 255)
}

#[cfg(test)]
pub(super) mod tests {
    use std::io::Write;

    use image::{ImageBuffer, ImageFormat, Luma, Rgba, RgbaImage};
    use proptest::prelude::*;

    use super::*;

    pub(in crate::data) fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        image.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    /// The first bytes of a PNG of this size: signature, header with its checksum, and the start of the data.
    fn png_header(width: u32, height: u32) -> Vec<u8> {
        let mut header = b"IHDR".to_vec();
        header.extend([width.to_be_bytes(), height.to_be_bytes()].concat());
        header.extend([8, 6, 0, 0, 0]);
        let mut crc = flate2::Crc::new();
        crc.update(&header);
        let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0d".to_vec();
        png.extend(&header);
        png.extend(crc.sum().to_be_bytes());
        png.extend(b"\0\0\0\x10IDAT");
        png
    }

    #[test]
    fn every_format_is_told_by_its_content() {
        let image = DynamicImage::ImageRgb8(RgbImage::from_pixel(40, 30, Rgb([90, 90, 90])));
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Bmp, ImageFormat::Gif, ImageFormat::WebP] {
            let picture = decode_picture(&encoded(&image, format), "picture.txt").unwrap();
            assert_eq!(picture.size, (40, 30));
            let grey = picture.grey.get_pixel(20, 20).0[0];
            assert!(grey.abs_diff(90) < 8, "{format:?}: {grey}");
        }
    }

    #[test]
    fn sixteen_bits_become_eight() {
        let deep: ImageBuffer<Luma<u16>, Vec<u16>> = ImageBuffer::from_pixel(9, 9, Luma([0x8000]));
        let bytes = encoded(&DynamicImage::ImageLuma16(deep), ImageFormat::Png);
        assert_eq!(decode_picture(&bytes, "f").unwrap().grey.get_pixel(4, 4).0, [128]);
    }

    #[test]
    fn transparency_is_white_paper() {
        let mut image = RgbaImage::from_pixel(2, 1, Rgba([0, 0, 0, 0]));
        image.put_pixel(1, 0, Rgba([0, 0, 0, 128]));
        let picture = Picture::new(DynamicImage::ImageRgba8(image));
        assert_eq!(picture.grey.as_raw()[..], [255, 127]);
        assert_eq!(picture.preview.as_raw()[..], [255, 255, 255, 127, 127, 127]);
    }

    #[test]
    fn a_photograph_is_previewed_small() {
        let image = DynamicImage::ImageRgb8(RgbImage::new(4000, 3000));
        let picture = Picture::new(image);
        assert_eq!(picture.preview.dimensions(), (512, 384));
        assert_eq!(picture.grey.dimensions(), (4000, 3000));
    }

    #[test]
    fn huge_pictures_are_refused_by_their_header() {
        let wide = decode_picture(&png_header(60_000, 10), "wide.png").unwrap_err();
        assert_eq!(
            wide.to_string(),
            "wide.png is 60000 x 10 pixels: expected at most 20000 a side and 256 MB unpacked"
        );
        for (width, height) in [(20_000, 20_000), (u32::MAX >> 1, u32::MAX >> 1), (10, 20_001)] {
            assert!(decode_picture(&png_header(width, height), "f").is_err());
        }
    }

    #[test]
    fn bad_pictures_are_named_in_one_line() {
        let image = DynamicImage::ImageLuma8(GrayImage::new(64, 64));
        let mut cut = encoded(&image, ImageFormat::Png);
        cut.truncate(cut.len() / 2);
        for bytes in [&cut[..], b"not a picture", b"", &png_header(9, 9)] {
            let text = decode_picture(bytes, "odd.png").unwrap_err().to_string();
            assert!(text.starts_with("odd.png is not a picture that can be read ("), "{text}");
            assert!(!text.contains('\n'));
        }
    }

    #[test]
    fn files_are_read_and_folders_are_not() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("grey.png");
        let image = DynamicImage::ImageLuma8(GrayImage::from_pixel(28, 28, Luma([7])));
        File::create(&path).unwrap().write_all(&encoded(&image, ImageFormat::Png)).unwrap();
        assert_eq!(load_picture(&path).unwrap().as_digit(), Some([7; PIXELS]));
        assert!(load_picture(dir.path()).is_err());
        assert!(load_picture(&dir.path().join("none.png")).is_err());
    }

    proptest! {
        #[test]
        fn damaged_files_never_panic(at in 0_usize..200, value: u8) {
            let image = DynamicImage::ImageRgb8(RgbImage::from_fn(12, 9, |x, y| Rgb([resample::byte(x * 20), resample::byte(y * 20), 9])));
            for format in [ImageFormat::Png, ImageFormat::Bmp, ImageFormat::Gif] {
                let mut bytes = encoded(&image, format);
                let at = at % bytes.len();
                bytes[at] = value;
                drop(decode_picture(&bytes, "f"));
            }
        }
    }
}

//! The IDX format, in which MNIST is distributed: strict, and bounded whatever the header says.
//!
//! Images: magic 0x803, count, rows, columns; labels: magic 0x801, count; all big-endian `u32`, then one byte a pixel
//! or label. Source: the "file formats" section of the MNIST page by LeCun, Cortes and Burges.

use std::io::{Cursor, Read};

use flate2::read::MultiGzDecoder;

use super::{DataError, PIXELS, SIDE};

/// The most images or labels that are read from one source: 157 MB of pixels.
pub(super) const MAX_ITEMS: usize = 200_000;

const IMAGES: u32 = 0x803;
const LABELS: u32 = 0x801;

/// Pixels of every image in an IDX file, 784 bytes each, ink 255 on paper 0. `name` is for messages only.
pub(super) fn read_images(source: impl Read, name: &str) -> Result<Vec<u8>, DataError> {
    let mut source = unpack(source, name)?;
    let [magic, count, rows, columns] = header(&mut source, name)?;
    check_magic(name, "images", IMAGES, magic)?;
    if [rows, columns].map(|side| side as usize) != [SIDE; 2] {
        return Err(DataError::IdxSize { name: name.to_owned(), rows, columns });
    }
    let count = check_count(name, "images", count)?;
    body(source, name, 16, count * PIXELS)
}

/// Every label in an IDX file, each 0 to 9. `name` is for messages only.
pub(super) fn read_labels(source: impl Read, name: &str) -> Result<Vec<u8>, DataError> {
    let mut source = unpack(source, name)?;
    let [magic, count] = header(&mut source, name)?;
    check_magic(name, "labels", LABELS, magic)?;
    let count = check_count(name, "labels", count)?;
    let labels = body(source, name, 8, count)?;
    match labels.iter().position(|&label| label > 9) {
        Some(index) => Err(DataError::Label { name: name.to_owned(), index, value: labels[index] }),
        None => Ok(labels),
    }
}

/// The bytes of `source`, through gunzip where they are gzip. The content decides, since browsers rename downloads.
fn unpack<'a>(mut source: impl Read + 'a, name: &str) -> Result<Box<dyn Read + 'a>, DataError> {
    let mut start = Vec::with_capacity(2);
    source.by_ref().take(2).read_to_end(&mut start).map_err(|error| DataError::read(name, &error))?;
    let gzip = start == [0x1f, 0x8b];
    let whole = Cursor::new(start).chain(source);
    Ok(if gzip { Box::new(MultiGzDecoder::new(whole)) } else { Box::new(whole) })
}

/// The first `N` numbers. Only the ones that are there are compared, so a short file of another kind reads as short.
fn header<const N: usize>(source: &mut impl Read, name: &str) -> Result<[u32; N], DataError> {
    let mut bytes = Vec::with_capacity(4 * N);
    source.take(4 * N as u64).read_to_end(&mut bytes).map_err(|error| DataError::read(name, &error))?;
    let mut numbers = [0; N];
    let (words, _) = bytes.as_chunks::<4>();
    if words.len() < N {
        return Err(DataError::IdxLength {
            name: name.to_owned(),
            expected: 4 * N,
            actual: bytes.len(),
            origin: "an IDX header asks",
        });
    }
    for (number, word) in numbers.iter_mut().zip(words) {
        *number = u32::from_be_bytes(*word);
    }
    Ok(numbers)
}

fn check_magic(name: &str, kind: &'static str, expected: u32, actual: u32) -> Result<(), DataError> {
    if actual == expected {
        return Ok(());
    }
    Err(DataError::IdxMagic { name: name.to_owned(), kind, expected, actual })
}

fn check_count(name: &str, kind: &'static str, count: u32) -> Result<usize, DataError> {
    match count as usize {
        items @ 1..=MAX_ITEMS => Ok(items),
        _ => Err(DataError::IdxCount { name: name.to_owned(), kind, count, limit: MAX_ITEMS }),
    }
}

/// Exactly `expected` bytes and then the end. `header` is the length of what was read before, for messages.
///
/// Reading on to the end also makes gzip compare its checksum.
fn body(mut source: impl Read, name: &str, header: usize, expected: usize) -> Result<Vec<u8>, DataError> {
    let failed = |error| DataError::read(name, &error);
    let mut bytes = Vec::with_capacity(expected);
    source.by_ref().take(expected as u64).read_to_end(&mut bytes).map_err(failed)?;
    let mut more = Vec::new();
    source.take(1).read_to_end(&mut more).map_err(failed)?;
    let actual = bytes.len() + more.len();
    if actual == expected {
        return Ok(bytes);
    }
    Err(DataError::IdxLength {
        name: name.to_owned(),
        expected: header + expected,
        actual: header + actual,
        origin: "its header asks",
    })
}

#[cfg(test)]
pub(super) mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};
    use proptest::prelude::*;

    use super::*;

    /// An IDX file of `labels.len()` images, image `i` filled with the byte `i`.
    pub(in crate::data) fn idx_images(count: u8) -> Vec<u8> {
        let mut file = words(&[IMAGES, u32::from(count), 28, 28]);
        file.extend((0..count).flat_map(|index| [index; PIXELS]));
        file
    }

    pub(in crate::data) fn idx_labels(labels: &[u8]) -> Vec<u8> {
        let mut file = words(&[LABELS, u32::try_from(labels.len()).unwrap()]);
        file.extend(labels);
        file
    }

    pub(in crate::data) fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn words(words: &[u32]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_be_bytes()).collect()
    }

    fn message(result: Result<Vec<u8>, DataError>) -> String {
        result.unwrap_err().to_string()
    }

    #[test]
    fn plain_and_gzip_read_alike() {
        let file = idx_images(3);
        let plain = read_images(&file[..], "f").unwrap();
        assert_eq!(plain.len(), 3 * PIXELS);
        assert_eq!(plain[2 * PIXELS], 2);
        assert_eq!(read_images(&gzip(&file)[..], "f").unwrap(), plain);
        assert_eq!(read_labels(&idx_labels(&[7, 3])[..], "f").unwrap(), [7, 3]);
    }

    #[test]
    fn truncated_and_oversized_files_say_by_how_much() {
        let mut file = idx_images(2);
        file.pop();
        let short = message(read_images(&file[..], "f"));
        assert_eq!(short, "f ends after 1583 of the 1584 bytes that its header asks for");
        file.extend([0, 0]);
        let long = message(read_images(&file[..], "f"));
        assert_eq!(long, "f goes on after the 1584 bytes that its header asks for");
        assert_eq!(
            message(read_labels(&[0, 0, 8][..], "f")),
            "f ends after 3 of the 8 bytes that an IDX header asks for"
        );
        assert!(message(read_images(&[][..], "f")).contains("ends after 0 of the 16"));
    }

    #[test]
    fn mislabelled_files_are_named() {
        let swapped = message(read_images(&words(&[LABELS, 2, 28, 28])[..], "f"));
        assert!(swapped.contains("0x00000801") && swapped.contains("expected 0x00000803"));
        let size = message(read_images(&words(&[IMAGES, 1, 32, 28])[..], "f"));
        assert_eq!(size, "f holds images of 32 x 28 pixels: expected 28 x 28");
        let label = message(read_labels(&idx_labels(&[1, 12])[..], "f"));
        assert_eq!(label, "f has 12 as label 1: expected a digit, 0 to 9");
    }

    #[test]
    fn a_header_cannot_ask_for_the_machine() {
        for count in [0, 200_001, u32::MAX] {
            let text = message(read_images(&words(&[IMAGES, count, 28, 28])[..], "f"));
            assert_eq!(text, format!("f promises {count} images: expected 1 to 200000"));
        }
    }

    #[test]
    fn a_gzip_bomb_is_not_unpacked() {
        // 64 MB of zeros behind a header that promises one image: reading must stop right after it.
        let mut file = words(&[IMAGES, 1, 28, 28]);
        file.resize(64 << 20, 0);
        assert!(message(read_images(&gzip(&file)[..], "f")).contains("goes on after the 800 bytes"));
    }

    #[test]
    fn damaged_gzip_is_refused() {
        let mut packed = gzip(&idx_images(2));
        let crc = packed.len() - 8;
        packed[crc] ^= 1;
        assert!(message(read_images(&packed[..], "f")).starts_with("cannot read f: "));
        packed.truncate(crc / 2);
        assert!(message(read_images(&packed[..], "f")).starts_with("cannot read f: "));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            prop_assert!(read_images(&bytes[..], "f").is_err());
            drop(read_labels(&bytes[..], "f"));
        }
    }
}

//! The whole of MNIST, embedded in the binary. Provenance and licence: `assets/mnist/README.md`.

use std::thread;

use super::{DataError, Dataset, Images, Split, idx};

/// An embedded file: its name, for messages, and its gzip bytes.
type File = (&'static str, &'static [u8]);

macro_rules! embed {
    ($name:literal) => {
        ($name, include_bytes!(concat!("../../assets/mnist/", $name)))
    };
}

const TRAIN: [File; 2] = [embed!("train-images-idx3-ubyte.gz"), embed!("train-labels-idx1-ubyte.gz")];
const VALID: [File; 2] = [embed!("t10k-images-idx3-ubyte.gz"), embed!("t10k-labels-idx1-ubyte.gz")];

/// Unpacks both splits, the small one on a thread of its own.
///
/// Not on rayon's threads: a worker that waits in `join` may take up another job that asks for this very data, and
/// would then wait for itself.
pub(super) fn unpack() -> Result<Dataset, DataError> {
    thread::scope(|scope| {
        let valid =
            thread::Builder::new().name("unpack-mnist".to_owned()).spawn_scoped(scope, || split(Split::Valid, VALID));
        let train = split(Split::Train, TRAIN)?;
        // No thread to be had, or a dead one: do its work here.
        let valid = match valid.map(thread::ScopedJoinHandle::join) {
            Ok(Ok(valid)) => valid,
            _ => split(Split::Valid, VALID),
        };
        Ok(Dataset::new(train, valid?))
    })
}

fn split(split: Split, [images, labels]: [File; 2]) -> Result<Images, DataError> {
    let pixels = idx::read_images(images.1, images.0)?;
    let labels = idx::read_labels(labels.1, labels.0)?;
    Ok(Images::from_idx(split, pixels, labels))
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::GzDecoder;
    use sha2::{Digest, Sha256};

    use super::*;
    use crate::data::Library;

    #[test]
    fn the_embedded_files_are_mnist_byte_for_byte() {
        let expected = [
            "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
            "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
            "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
            "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        ];
        for ((name, packed), expected) in TRAIN.into_iter().chain(VALID).zip(expected) {
            let mut bytes = Vec::new();
            GzDecoder::new(packed).read_to_end(&mut bytes).unwrap();
            let hash = Sha256::digest(&bytes);
            let hash = hash.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
            assert_eq!(hash, expected, "{name}");
        }
    }

    #[test]
    fn the_books_sample_is_in_it() {
        let mnist = Library::new().builtin().unwrap();
        assert_eq!([mnist.train.len(), mnist.valid.len()], [60_000, 10_000]);
        for (split, digit, count) in
            [(Split::Train, 3, 6131), (Split::Train, 7, 6265), (Split::Valid, 3, 1010), (Split::Valid, 7, 1028)]
        {
            assert_eq!(mnist.split(split).of_digit(digit).len(), count);
        }
        assert_eq!(mnist.train.of_digit(3)[..4], [10, 10000, 10011, 10031]);
        assert_eq!(mnist.train.source(10000), "train/3/10000.png");
        assert_eq!(mnist.valid.source(0), "valid/7/0.png");
    }

    #[test]
    fn the_books_three_has_the_books_pixels() {
        let mnist = Library::new().builtin().unwrap();
        let three = mnist.train.image(10000);
        let slice: Vec<&[u8]> = (4..10).map(|row| &three[row * 28 + 4..row * 28 + 10]).collect();
        assert_eq!(
            slice,
            [
                [0, 0, 0, 0, 0, 0],
                [0, 0, 0, 0, 0, 29],
                [0, 0, 0, 48, 166, 224],
                [0, 93, 244, 249, 253, 187],
                [0, 107, 253, 253, 230, 48],
                [0, 3, 20, 20, 15, 0],
            ]
        );
    }
}

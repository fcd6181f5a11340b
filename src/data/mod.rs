//! Where pictures of digits come from, and how they become 784 bytes.
//!
//! [`Library`] is the way in: it hands out the built-in MNIST or a folder of the user's, as a shared [`Dataset`].
//! [`Picture`] and [`to_mnist`] turn any picture into the 28 x 28 form that the classifiers read, stage by stage.
//! Everything that comes from outside is bounded before it is allocated, and refused with a [`DataError`], whose
//! message is one sentence for the user.

mod batches;
mod cancel;
mod centre;
mod dataset;
mod drawing;
mod error;
mod folder;
mod histogram;
mod idx;
mod ink;
mod library;
mod memo;
mod mnist;
mod picture;
mod replace;
mod resample;
mod unit;

pub use batches::batches;
pub use cancel::Cancel;
pub use centre::{Invert, Stages, Steps, to_mnist};
pub use dataset::{Dataset, Images, PIXELS, SIDE, Split};
pub use drawing::{BRUSHES, Drawing, SHEET, Stroke};
pub use error::DataError;
pub use ink::InkBox;
pub use library::Library;
pub use memo::Memo;
pub use picture::{Picture, decode_picture, load_picture};
pub use replace::replace;
pub use unit::{unit, units};

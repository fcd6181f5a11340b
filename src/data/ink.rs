//! Telling ink from paper: which is the darker, how dark each is, and where the ink lies.

use image::GrayImage;
use serde::Serialize;

use super::Invert;
use super::histogram::Histogram;
use super::resample::byte;

/// Less contrast than this, of 255, is an empty page: JPEG and sensor noise reach it, a pencil line goes beyond.
const MIN_CONTRAST: usize = 24;

/// Bytes as they are, for [`resize`](super::resample::resize).
pub(super) const IDENTITY: [u8; 256] = {
    let mut levels = [0; 256];
    let mut byte = 0_u8;
    while byte < u8::MAX {
        byte += 1;
        levels[byte as usize] = byte;
    }
    levels
};

/// A rectangle of pixels: its left top corner, and its size.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct InkBox {
    /// Leftmost column.
    pub x: u32,
    /// Topmost row.
    pub y: u32,
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

/// What a grey picture says about its ink.
pub(super) struct Ink {
    /// Whether ink is the darker, so that it has to be inverted.
    pub inverted: bool,
    /// From a byte of grey to an amount of ink.
    pub levels: [u8; 256],
    /// Whether a byte of grey is ink; all false on an empty page.
    inked: [bool; 256],
}

impl Ink {
    /// Looks at `grey`, with the polarity found (`Auto`) or given, and stretched from paper 0 to ink 255 if `stretch`.
    ///
    /// Paper and ink are parted by Otsu's threshold, because photographs are neither black nor white: a fixed small
    /// threshold would take shadows and the paper's grain for ink. The median of the border is on paper's side.
    pub fn find(grey: &GrayImage, invert: Invert, stretch: bool) -> Self {
        let all = Histogram::of(grey.iter().copied());
        let border = Histogram::of(border(grey));
        let (darkest, lightest) = all.range();
        let empty = lightest - darkest < MIN_CONTRAST;
        let threshold = all.otsu();
        let paper = border.median();
        let inverted = match invert {
            Invert::Yes => true,
            Invert::No => false,
            Invert::Auto if empty => paper > 127,
            Invert::Auto => paper > threshold,
        };
        let mut levels = IDENTITY;
        if inverted {
            levels.reverse();
        }
        let inked = std::array::from_fn(|byte| !empty && (byte > threshold) != inverted);
        if stretch && !empty {
            // Nine in ten border pixels count as blank paper, shadows and grain with it; but never what is ink.
            let (blank, faintest, full) = if inverted {
                (255 - border.quantile(1, 10), 254_usize.saturating_sub(threshold), 255 - darkest)
            } else {
                (border.quantile(9, 10), threshold, lightest)
            };
            stretch_between(&mut levels, blank.min(faintest), full);
        }
        Self { inverted, levels, inked }
    }

    /// The smallest rectangle around all ink of `grey`, if there is any.
    pub fn bounds(&self, grey: &GrayImage) -> Option<InkBox> {
        let mut found: Option<[u32; 4]> = None;
        let rows = grey.chunks_exact(grey.width().max(1) as usize);
        for (y, row) in (0..grey.height()).zip(rows) {
            let columns = (0..grey.width()).zip(row);
            let mut inked = columns.filter(|(_, byte)| self.inked[usize::from(**byte)]);
            let Some((first, _)) = inked.next() else {
                continue;
            };
            let last = inked.next_back().map_or(first, |(x, _)| x);
            let [left, top, right, _] = found.unwrap_or([first, y, last, y]);
            found = Some([left.min(first), top, right.max(last), y]);
        }
        found.map(|[left, top, right, bottom]| InkBox {
            x: left,
            y: top,
            width: right - left + 1,
            height: bottom - top + 1,
        })
    }
}

/// The grey of the paper, 0 to 255: the median of the border.
pub(super) fn paper(grey: &GrayImage) -> usize {
    Histogram::of(border(grey)).median()
}

/// Makes `blank` and below 0, `full` and above 255, and the rest even between.
fn stretch_between(levels: &mut [u8; 256], blank: usize, full: usize) {
    let range = full.saturating_sub(blank).max(1);
    for level in levels {
        let above = usize::from(*level).saturating_sub(blank);
        *level = byte((above * 255 + range / 2) / range);
    }
}

/// The outermost pixels: the first and last row whole, and the ends of the others.
fn border(grey: &GrayImage) -> impl Iterator<Item = u8> {
    let width = grey.width().max(1) as usize;
    let last_row = grey.height().saturating_sub(1) as usize;
    grey.chunks_exact(width).enumerate().flat_map(move |(y, row)| {
        let step = if y == 0 || y == last_row { 1 } else { (width - 1).max(1) };
        row.iter().copied().step_by(step)
    })
}

#[cfg(test)]
mod tests {
    use image::Luma;

    use super::*;

    /// `ink` in the block [6, 10) x [3, 15) on `paper`, 20 x 20.
    fn page(paper: u8, ink: u8) -> GrayImage {
        GrayImage::from_fn(20, 20, |x, y| {
            let inside = (6..10).contains(&x) && (3..15).contains(&y);
            Luma([if inside { ink } else { paper }])
        })
    }

    #[test]
    fn polarity_follows_the_border() {
        for (paper, ink, inverted) in [(255, 0, true), (0, 255, false), (120, 40, true), (130, 220, false)] {
            let page = page(paper, ink);
            let found = Ink::find(&page, Invert::Auto, true);
            assert_eq!(found.inverted, inverted, "{paper} {ink}");
            assert_eq!(found.levels[usize::from(paper)], 0);
            assert_eq!(found.levels[usize::from(ink)], 255);
            let expected = InkBox { x: 6, y: 3, width: 4, height: 12 };
            assert_eq!(found.bounds(&page), Some(expected));
        }
    }

    #[test]
    fn polarity_can_be_given() {
        let page = page(255, 0);
        let found = Ink::find(&page, Invert::No, false);
        assert!(!found.inverted);
        assert_eq!(found.levels, IDENTITY);
        // What is light is ink now: the whole page but the block.
        assert_eq!(found.bounds(&page).map(|all| (all.width, all.height)), Some((20, 20)));
        assert!(Ink::find(&page, Invert::Yes, true).inverted);
    }

    #[test]
    fn grain_and_shadow_are_paper() {
        // Paper from 200 to 219 in a fine grain, darker by up to 20 towards the right.
        let photo = GrayImage::from_fn(40, 40, |x, y| {
            let grain = 200 + (x * 7 + y * 13) % 20 - x / 2;
            Luma([if (15..20).contains(&x) && (8..30).contains(&y) { 50 } else { byte(grain) }])
        });
        let found = Ink::find(&photo, Invert::Auto, true);
        let expected = InkBox { x: 15, y: 8, width: 5, height: 22 };
        assert_eq!(found.bounds(&photo), Some(expected));
        assert_eq!([found.levels[219], found.levels[200], found.levels[50]], [0, 0, 255]);
    }

    #[test]
    fn the_faintest_ink_is_not_levelled_away() {
        // A border half covered by ink: its darkest tenth is ink, which must not pass for paper.
        for (paper, ink) in [(200, 150), (50, 100)] {
            let page = GrayImage::from_fn(20, 20, |x, _| Luma([if x < 8 { ink } else { paper }]));
            let found = Ink::find(&page, Invert::Auto, true);
            assert_eq!(found.levels[usize::from(ink)], 255);
        }
    }

    #[test]
    fn an_empty_page_has_no_ink() {
        for page in [page(255, 250), page(0, 0), GrayImage::new(1, 1), GrayImage::new(0, 0)] {
            assert_eq!(Ink::find(&page, Invert::Auto, true).bounds(&page), None);
        }
    }

    #[test]
    fn the_border_is_the_outermost_ring() {
        let numbered = GrayImage::from_raw(3, 3, (1..=9).collect()).unwrap();
        assert_eq!(border(&numbered).collect::<Vec<_>>(), [1, 2, 3, 4, 6, 7, 8, 9]);
        let column = GrayImage::from_raw(1, 3, vec![1, 2, 3]).unwrap();
        assert_eq!(border(&column).collect::<Vec<_>>(), [1, 2, 3]);
    }
}

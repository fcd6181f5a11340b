//! Who touched each word of an allocation in this launch, and whether that was a race.

use super::code::LANES;
use super::order::{Epoch, Me, Other, Sets};

/// Bytes of a page.
const PAGE: usize = 4096;

/// A way to touch memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Touch {
    /// A plain load.
    Read,
    /// A load through a cache that sees no write of the same launch.
    CachedRead,
    /// A plain store.
    Write,
    /// A load that does not race with atomics.
    StrongRead,
    /// An atomic, or a store that does not race with atomics.
    StrongWrite,
}

impl Touch {
    /// A name for a reader.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::CachedRead => "read through the cache for constants",
            Self::Write => "write",
            Self::StrongRead => "atomic read",
            Self::StrongWrite => "atomic write",
        }
    }
}

/// Two touches that nothing orders.
#[derive(Debug)]
pub struct Conflict {
    /// The lane of the later one.
    pub lane: usize,
    /// Where, from the start of the allocation.
    pub offset: usize,
    /// What the other one was.
    pub kind: Touch,
    /// Who the other one was.
    pub other: Other,
}

/// A stretch of an allocation: for each word, or for each byte once one was touched by itself, who wrote it last and who
/// read it since.
#[derive(Debug, Default)]
struct Page {
    stamp: u64,
    is_fine: bool,
    cells: usize,
    /// Empty until the first.
    written: Vec<Epoch>,
    read: Vec<Epoch>,
    strongly_written: Vec<Epoch>,
    strongly_read: Vec<Epoch>,
}

impl Page {
    fn columns(&mut self) -> [&mut Vec<Epoch>; 4] {
        [&mut self.written, &mut self.read, &mut self.strongly_written, &mut self.strongly_read]
    }

    fn refine(&mut self) {
        self.is_fine = true;
        self.cells *= 4;
        for column in self.columns() {
            *column = column.iter().flat_map(|&epoch| [epoch; 4]).collect();
        }
    }

    /// Makes room in the columns that a touch writes.
    fn prepare(&mut self, touch: Touch) {
        let cells = self.cells;
        let column = match touch {
            Touch::Read | Touch::CachedRead => &mut self.read,
            Touch::Write => &mut self.written,
            Touch::StrongRead => &mut self.strongly_read,
            Touch::StrongWrite => &mut self.strongly_written,
        };
        if column.is_empty() {
            column.resize(cells, 0);
        }
    }

    /// One lane touches one cell.
    #[inline(always)]
    fn touch(
        &mut self,
        touch: Touch,
        at: usize,
        mine: Epoch,
        me: &Me<'_>,
        sets: &mut Sets,
    ) -> Result<(), (Touch, Other)> {
        if let Some(&epoch) = self.written.get(at) {
            if touch == Touch::CachedRead && epoch != 0 {
                return Err((Touch::Write, me.after(epoch, mine, sets).err().unwrap_or_else(|| Other::of(epoch))));
            }
            me.after(epoch, mine, sets).map_err(|other| (Touch::Write, other))?;
        }
        if matches!(touch, Touch::Write | Touch::StrongWrite)
            && let Some(&epoch) = self.read.get(at)
        {
            me.after(epoch, mine, sets).map_err(|other| (Touch::Read, other))?;
        }
        if matches!(touch, Touch::Read | Touch::CachedRead | Touch::Write)
            && let Some(&epoch) = self.strongly_written.get(at)
        {
            me.after(epoch, mine, sets).map_err(|other| (Touch::StrongWrite, other))?;
        }
        match touch {
            Touch::Read | Touch::CachedRead => self.read[at] = me.join(self.read[at], mine, sets),
            Touch::StrongRead => self.strongly_read[at] = me.join(self.strongly_read[at], mine, sets),
            Touch::StrongWrite => self.strongly_written[at] = me.join(self.strongly_written[at], mine, sets),
            Touch::Write => {
                if let Some(&epoch) = self.strongly_read.get(at) {
                    me.after(epoch, mine, sets).map_err(|other| (Touch::StrongRead, other))?;
                }
                // All others lie behind this one, so whoever comes after it comes after them.
                self.written[at] = mine;
                for column in [&mut self.read, &mut self.strongly_written, &mut self.strongly_read] {
                    if let Some(epoch) = column.get_mut(at) {
                        *epoch = 0;
                    }
                }
            }
        }
        Ok(())
    }
}

/// The shadow of an allocation. Pages come into being when they are touched.
#[derive(Debug, Default)]
pub struct Shadow {
    bytes: usize,
    stamp: u64,
    pages: Vec<Option<Box<Page>>>,
}

impl Shadow {
    /// A shadow for so many bytes.
    pub fn new(bytes: usize) -> Self {
        let mut pages = Vec::new();
        pages.resize_with(bytes.div_ceil(PAGE), || None);
        Self { bytes, stamp: 0, pages }
    }

    /// Forgets all touches, since what comes now comes after them.
    pub fn clear(&mut self) {
        self.stamp += 1;
    }

    fn page(&mut self, number: usize, is_fine: bool) -> &mut Page {
        let bytes = PAGE.min(self.bytes - number * PAGE);
        let page =
            self.pages[number].get_or_insert_with(|| Box::new(Page { cells: bytes.div_ceil(4), ..Page::default() }));
        if page.stamp != self.stamp {
            page.stamp = self.stamp;
            for column in page.columns() {
                column.fill(0);
            }
        }
        if is_fine && !page.is_fine {
            page.refine();
        }
        page
    }

    /// Lanes touch so many bytes each, at offsets that are multiples of that and within the allocation.
    pub fn touch(
        &mut self,
        touch: Touch,
        offsets: &[usize; LANES],
        lanes: u32,
        bytes: usize,
        me: &Me<'_>,
        sets: &mut Sets,
    ) -> Result<(), Conflict> {
        match touch {
            Touch::Read => self.touch_as::<0>(offsets, lanes, bytes, me, sets),
            Touch::Write => self.touch_as::<1>(offsets, lanes, bytes, me, sets),
            Touch::CachedRead => self.touch_as::<2>(offsets, lanes, bytes, me, sets),
            Touch::StrongRead => self.touch_as::<3>(offsets, lanes, bytes, me, sets),
            Touch::StrongWrite => self.touch_as::<4>(offsets, lanes, bytes, me, sets),
        }
    }

    /// The same, compiled for each kind by itself.
    fn touch_as<const KIND: usize>(
        &mut self,
        offsets: &[usize; LANES],
        lanes: u32,
        bytes: usize,
        me: &Me<'_>,
        sets: &mut Sets,
    ) -> Result<(), Conflict> {
        let touch = [Touch::Read, Touch::Write, Touch::CachedRead, Touch::StrongRead, Touch::StrongWrite][KIND];
        let mut rest = lanes;
        while rest != 0 {
            let number = offsets[rest.trailing_zeros() as usize] / PAGE;
            let page = self.page(number, bytes < 4);
            page.prepare(touch);
            let unit = if page.is_fine { 1 } else { 4 };
            let count = bytes / unit;
            while rest != 0 {
                let lane = rest.trailing_zeros() as usize;
                if offsets[lane] / PAGE != number {
                    break;
                }
                rest &= rest - 1;
                let first = offsets[lane] % PAGE / unit;
                let mine = me.lane(lane);
                for at in first..first + count {
                    page.touch(touch, at, mine, me, sets).map_err(|(kind, other)| {
                        let offset = number * PAGE + at * unit;
                        Conflict { lane, offset, kind, other }
                    })?;
                }
            }
        }
        Ok(())
    }
}

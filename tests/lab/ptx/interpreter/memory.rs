//! Allocations: their bytes, which of them were written, and who touched them.
#![expect(clippy::cast_possible_truncation, reason = "bits of lanes and registers are cut to size on purpose")]

use super::code::{LANES, Shared};
use super::shadow::Shadow;

/// Bytes between two variables of shared memory, at least, and what each is aligned to.
pub const GAP: u64 = 256;

/// Each allocation has so many addresses to itself, so that an address out of bounds meets no other one.
const WINDOW: u64 = 1 << 40;

/// Where shared memory is among the generic addresses.
pub const SHARED: u64 = WINDOW;

/// Where an allocation begins in its window, so that there is room on both sides.
const START: u64 = WINDOW / 2;

/// Windows before the first allocation: none of nothing, and one of shared memory.
const FIRST: u64 = 2;

/// An allocation.
#[derive(Debug)]
pub struct Region {
    /// What it is, for a reader.
    pub name: String,
    /// Its first address.
    pub base: u64,
    /// Its bytes.
    pub data: Vec<u8>,
    /// Whether a kernel may not write it.
    pub is_constant: bool,
    /// Who touched it.
    pub shadow: Shadow,
    /// A bit for each byte that was written.
    written: Vec<u64>,
    /// How many bytes were not.
    missing: usize,
}

impl Region {
    fn new(name: String, base: u64, bytes: usize) -> Self {
        Self {
            name,
            base,
            data: vec![0; bytes],
            is_constant: false,
            shadow: Shadow::new(bytes),
            written: vec![0; bytes.div_ceil(64)],
            missing: bytes,
        }
    }

    /// Makes it as good as new.
    fn reset(&mut self) {
        self.shadow.clear();
        self.written.fill(0);
        self.missing = self.data.len();
    }

    /// The offsets of addresses at which so many bytes are within this allocation, and the lanes that have them.
    pub fn gather(&self, addresses: &[u64; LANES], lanes: u32, bytes: usize) -> ([usize; LANES], u32) {
        let (mut offsets, mut within) = ([0; LANES], 0);
        let Some(last) = self.data.len().checked_sub(bytes) else { return (offsets, 0) };
        for lane in 0..LANES {
            let offset = addresses[lane].wrapping_sub(self.base);
            within |= u32::from(offset <= last as u64) << lane;
            offsets[lane] = offset as usize;
        }
        (offsets, within & lanes)
    }

    fn is_written(&self, offset: usize, bytes: usize) -> bool {
        let mask = (1_u64 << bytes) - 1;
        self.written[offset / 64] >> (offset % 64) & mask == mask
    }

    /// The first of these lanes that would read what nobody wrote. `bytes` is a power of two up to 16, and divides the
    /// offsets.
    pub fn first_unwritten(&self, offsets: &[usize; LANES], lanes: u32, bytes: usize) -> Option<usize> {
        if self.missing == 0 {
            return None;
        }
        (0..LANES).find(|&lane| lanes >> lane & 1 != 0 && !self.is_written(offsets[lane], bytes))
    }

    /// Notes that so many bytes, at a multiple of them, are written.
    pub fn note_written(&mut self, offset: usize, bytes: usize) {
        if self.missing != 0 {
            let mask = ((1_u64 << bytes) - 1) << (offset % 64);
            let word = &mut self.written[offset / 64];
            self.missing -= (mask & !*word).count_ones() as usize;
            *word |= mask;
        }
    }

    /// The host writes.
    pub fn fill(&mut self, offset: usize, bytes: &[u8]) {
        self.data[offset..offset + bytes.len()].copy_from_slice(bytes);
        if self.missing != 0 {
            for at in offset..offset + bytes.len() {
                self.note_written(at, 1);
            }
        }
    }

    /// The first byte that nobody wrote, of those from `offset` on.
    pub fn first_missing(&self, offset: usize, bytes: usize) -> Option<usize> {
        (self.missing != 0).then(|| (offset..offset + bytes).find(|&at| !self.is_written(at, 1))).flatten()
    }

    /// Which allocation an address is in or near, and where.
    pub fn near(&self, address: u64) -> String {
        let (name, bytes) = (&self.name, self.data.len());
        let offset = address.wrapping_sub(self.base).cast_signed();
        if offset < 0 {
            format!("{} bytes before {name} of {bytes} bytes", offset.unsigned_abs())
        } else {
            format!("byte {offset} of {name} of {bytes} bytes")
        }
    }
}

/// The memory of all threads.
#[derive(Debug, Default)]
pub struct Memory {
    regions: Vec<Option<Region>>,
}

impl Memory {
    /// Bytes with an address of their own, all unwritten. Addresses are not used again.
    pub fn allocate(&mut self, name: Option<String>, bytes: usize) -> u64 {
        let number = self.regions.len() as u64;
        let base = (FIRST + number) * WINDOW + START;
        let name = name.unwrap_or_else(|| format!("allocation {number}"));
        self.regions.push(Some(Region::new(name, base, bytes)));
        base
    }

    fn slot(address: u64) -> Option<usize> {
        usize::try_from((address / WINDOW).checked_sub(FIRST)?).ok()
    }

    /// Gives back an allocation by its first address; whether there was one.
    pub fn free(&mut self, address: u64) -> bool {
        let slot = Self::slot(address).and_then(|slot| self.regions.get_mut(slot));
        let freed = slot.and_then(|slot| slot.take_if(|region| region.base == address && !region.is_constant));
        freed.is_some()
    }

    /// The allocation whose window an address is in.
    #[inline]
    pub fn find(&mut self, address: u64) -> Option<&mut Region> {
        self.regions.get_mut(Self::slot(address)?)?.as_mut()
    }

    /// Which allocation is near, for a reader.
    pub fn near(&mut self, address: u64) -> String {
        let was_there = Self::slot(address).is_some_and(|slot| slot < self.regions.len());
        match self.find(address) {
            Some(region) => region.near(address),
            None if was_there => "in an allocation that was freed".to_owned(),
            None => "in no allocation".to_owned(),
        }
    }

    /// A new launch: all touches before it come before it.
    pub fn begin(&mut self) {
        for region in self.regions.iter_mut().flatten() {
            region.shadow.clear();
        }
    }
}

/// The shared memory of a block.
#[derive(Debug, Default)]
pub struct Local {
    regions: Vec<Region>,
}

impl Local {
    /// Room for a kernel's variables, all unwritten.
    pub fn new(variables: &[Shared]) -> Self {
        let region = |shared: &Shared| Region::new(format!("shared {}", shared.name), shared.address, shared.bytes);
        Self { regions: variables.iter().map(region).collect() }
    }

    /// Room for another block.
    pub fn reset(&mut self) {
        self.regions.iter_mut().for_each(Region::reset);
    }

    /// The variable that an address is in, or the last one before it.
    #[inline]
    pub fn find(&mut self, address: u64) -> Option<&mut Region> {
        let at = self.regions.iter().rposition(|region| region.base <= address).unwrap_or(0);
        self.regions.get_mut(at)
    }
}

//! What instructions do with memory, and all that is checked of it.
#![expect(clippy::cast_possible_truncation, reason = "bits of lanes and registers are cut to size on purpose")]

use super::arithmetic::Registers;
use super::code::{Access, Atomic, Change, LANES, Strength};
use super::error::Trouble;
use super::memory::{Local, Memory, Region, SHARED};
use super::order::{Me, Published, Sets, Sync};
use super::parse::{File, Register, Space};
use super::shadow::{Conflict, Touch};

/// What went wrong, and in which lane.
pub type Wrong = (usize, Trouble);

/// What the launch knows of the order of accesses.
#[derive(Debug, Default)]
pub struct Orders {
    /// Sets of accesses.
    pub sets: Sets,
    /// What was released where.
    pub published: Published,
}

/// What a warp works with besides its registers.
#[derive(Debug)]
pub struct World<'a> {
    /// All threads' memory.
    pub memory: &'a mut Memory,
    /// The block's memory.
    pub local: &'a mut Local,
    /// What the block knows of others.
    pub sync: &'a mut Sync,
    /// What the launch knows of the order of accesses.
    pub orders: &'a mut Orders,
    /// The block.
    pub block: u32,
    /// Its barriers so far, and one.
    pub interval: u32,
    /// Whether something happened that another warp may wait for.
    pub has_moved: bool,
}

/// The number of lane `lane` in a register.
fn number(registers: &Registers, register: Register, lane: usize) -> u64 {
    match register.file {
        File::Wide => registers.wide[usize::from(register.index)][lane],
        _ => u64::from(registers.narrow[usize::from(register.index)][lane]),
    }
}

fn addresses(registers: &Registers, base: Register, offset: i64) -> [u64; LANES] {
    let offset = offset.cast_unsigned();
    match base.file {
        File::Wide => registers.wide[usize::from(base.index)].map(|address| address.wrapping_add(offset)),
        _ => registers.narrow[usize::from(base.index)].map(|address| u64::from(address).wrapping_add(offset)),
    }
}

fn little(bytes: &[u8], offset: usize, count: usize) -> u64 {
    let at = &bytes[offset..];
    match count {
        1 => u64::from(at[0]),
        2 => u64::from(u16::from_le_bytes(at.first_chunk().copied().unwrap_or_default())),
        4 => u64::from(u32::from_le_bytes(at.first_chunk().copied().unwrap_or_default())),
        _ => u64::from_le_bytes(at.first_chunk().copied().unwrap_or_default()),
    }
}

fn lanes_of(lanes: u32) -> impl Iterator<Item = usize> {
    (0..LANES).filter(move |lane| lanes >> lane & 1 != 0)
}

/// The part of memory that some lanes touch.
struct Part<'a> {
    region: &'a mut Region,
    offsets: [usize; LANES],
    lanes: u32,
}

impl World<'_> {
    /// The allocation that the first of these lanes is in, and all lanes that are in it too.
    fn part<'a>(
        memory: &'a mut Memory,
        local: &'a mut Local,
        space: Space,
        addresses: &[u64; LANES],
        lanes: u32,
        bytes: usize,
    ) -> Result<(Part<'a>, bool), Wrong> {
        let first = lanes.trailing_zeros() as usize;
        let address = addresses[first];
        let is_window = space == Space::Generic && address / SHARED == 1;
        let is_shared = space == Space::Shared || is_window;
        let mut inner = *addresses;
        if is_window {
            inner = inner.map(|address| address.wrapping_sub(SHARED));
        }
        let out = |near| (first, Trouble::Bounds { address, bytes, near });
        let region = if is_shared {
            local.find(inner[first]).ok_or_else(|| out("in no shared memory".to_owned()))?
        } else if memory.find(address).is_none() {
            return Err(out(memory.near(address)));
        } else {
            memory.find(address).ok_or_else(|| out(String::new()))?
        };
        let (offsets, within) = region.gather(&inner, lanes, bytes);
        if within >> first & 1 == 0 {
            return Err(out(region.near(inner[first])));
        }
        // Bits of all offsets that an aligned one does not have.
        let low = lanes_of(within).fold(0, |low, lane| low | offsets[lane]) & (bytes - 1);
        if low != 0 {
            let lane = lanes_of(within).find(|&lane| offsets[lane] & (bytes - 1) != 0).unwrap_or(first);
            let near = region.near(inner[lane]);
            return Err((lane, Trouble::Misaligned { address: addresses[lane], bytes, near }));
        }
        Ok((Part { region, offsets, lanes: within }, is_shared))
    }

    /// A load by these lanes of a warp whose own barriers number `sub`.
    pub fn load(
        &mut self,
        access: &Access,
        registers: &mut Registers,
        lanes: u32,
        (warp, sub): (u32, u32),
    ) -> Result<(), Wrong> {
        let addresses = addresses(registers, access.base, access.offset);
        let bytes = access.bytes * access.count;
        let touch = match access.strength {
            Strength::Plain if access.is_cached => Touch::CachedRead,
            Strength::Plain => Touch::Read,
            _ => Touch::StrongRead,
        };
        let mut left = lanes;
        while left != 0 {
            let (part, is_shared) = Self::part(self.memory, self.local, access.space, &addresses, left, bytes)?;
            let Part { region, offsets, lanes } = part;
            left &= !lanes;
            check_written(region, &offsets, lanes, bytes)?;
            let me = Me::new(self.block, self.interval, warp, sub, self.sync);
            let touched = region.shadow.touch(touch, &offsets, lanes, bytes, &me, &mut self.orders.sets);
            touched.map_err(|conflict| race(region, touch, &conflict))?;
            for (number, &register) in access.registers[..access.count].iter().enumerate() {
                fetch(access, registers, register, &region.data, &offsets, lanes, number * access.bytes);
            }
            if access.strength != Strength::Plain && !is_shared {
                for lane in lanes_of(lanes) {
                    let acquires = access.strength == Strength::Ordered;
                    self.orders.published.read(addresses[lane], self.sync, warp * 32 + lane as u32, acquires);
                }
            }
        }
        Ok(())
    }

    /// A store.
    pub fn store(
        &mut self,
        access: &Access,
        registers: &Registers,
        lanes: u32,
        (warp, sub): (u32, u32),
    ) -> Result<(), Wrong> {
        let addresses = addresses(registers, access.base, access.offset);
        let bytes = access.bytes * access.count;
        let touch = if access.strength == Strength::Plain { Touch::Write } else { Touch::StrongWrite };
        let mut left = lanes;
        while left != 0 {
            let (part, is_shared) = Self::part(self.memory, self.local, access.space, &addresses, left, bytes)?;
            let Part { region, offsets, lanes } = part;
            left &= !lanes;
            check_writable(region, &addresses, lanes)?;
            let me = Me::new(self.block, self.interval, warp, sub, self.sync);
            let touched = region.shadow.touch(touch, &offsets, lanes, bytes, &me, &mut self.orders.sets);
            touched.map_err(|conflict| race(region, touch, &conflict))?;
            for lane in lanes_of(lanes) {
                for (at, &register) in access.registers[..access.count].iter().enumerate() {
                    let offset = offsets[lane] + at * access.bytes;
                    let value = number(registers, register, lane).to_le_bytes();
                    region.data[offset..offset + access.bytes].copy_from_slice(&value[..access.bytes]);
                }
                region.note_written(offsets[lane], bytes);
            }
            if access.strength != Strength::Plain && !is_shared {
                for lane in lanes_of(lanes) {
                    let (me, thread) = ((self.block, self.interval), warp * 32 + lane as u32);
                    let releases = access.strength == Strength::Ordered;
                    self.orders.published.write(addresses[lane], self.sync, me, thread, releases, false);
                }
            }
        }
        self.has_moved |= lanes != 0;
        Ok(())
    }

    /// An atomic: a read and a write, lane after lane.
    pub fn atomic(
        &mut self,
        atomic: &Atomic,
        registers: &mut Registers,
        lanes: u32,
        (warp, sub): (u32, u32),
    ) -> Result<(), Wrong> {
        let (addresses, bytes) = (addresses(registers, atomic.base, atomic.offset), atomic.bytes);
        let mut left = lanes;
        while left != 0 {
            let (part, is_shared) = Self::part(self.memory, self.local, atomic.space, &addresses, left, bytes)?;
            let Part { region, offsets, lanes } = part;
            left &= !lanes;
            check_writable(region, &addresses, lanes)?;
            check_written(region, &offsets, lanes, bytes)?;
            let me = Me::new(self.block, self.interval, warp, sub, self.sync);
            let sets = &mut self.orders.sets;
            let touched = region.shadow.touch(Touch::StrongWrite, &offsets, lanes, bytes, &me, sets);
            touched.map_err(|conflict| race(region, Touch::StrongWrite, &conflict))?;
            for lane in lanes_of(lanes) {
                let before = little(&region.data, offsets[lane], bytes);
                let value = number(registers, atomic.value, lane);
                let other = number(registers, atomic.other, lane);
                let after = changed(atomic.change, before, value, other, bytes).to_le_bytes();
                let place = &mut region.data[offsets[lane]..offsets[lane] + bytes];
                self.has_moved |= *place != after[..bytes];
                place.copy_from_slice(&after[..bytes]);
                match atomic.result {
                    Some(Register { file: File::Wide, index, .. }) => registers.wide[usize::from(index)][lane] = before,
                    Some(register) => registers.narrow[usize::from(register.index)][lane] = before as u32,
                    None => {}
                }
                if !is_shared {
                    let (me, thread) = ((self.block, self.interval), warp * 32 + lane as u32);
                    let published = &mut self.orders.published;
                    published.read(addresses[lane], self.sync, thread, atomic.acquires);
                    published.write(addresses[lane], self.sync, me, thread, atomic.releases, true);
                }
            }
        }
        Ok(())
    }

    /// A fence that other blocks see.
    pub fn fence(&mut self, lanes: u32, warp: u32) {
        for lane in lanes_of(lanes) {
            self.sync.fence((self.block, self.interval), warp * 32 + lane as u32);
        }
    }
}

fn fetch(
    access: &Access,
    registers: &mut Registers,
    register: Register,
    data: &[u8],
    offsets: &[usize; LANES],
    lanes: u32,
    from: usize,
) {
    let unused = 64 - 8 * access.bytes as u32;
    let value = |lane: usize| {
        let value = little(data, offsets[lane] + from, access.bytes);
        if access.is_signed { ((value << unused).cast_signed() >> unused).cast_unsigned() } else { value }
    };
    if register.file == File::Wide {
        let to = &mut registers.wide[usize::from(register.index)];
        lanes_of(lanes).for_each(|lane| to[lane] = value(lane));
    } else {
        let to = &mut registers.narrow[usize::from(register.index)];
        let mask = if register.bits == 16 { 0xffff } else { u32::MAX };
        lanes_of(lanes).for_each(|lane| to[lane] = value(lane) as u32 & mask);
    }
}

fn check_written(region: &Region, offsets: &[usize; LANES], lanes: u32, bytes: usize) -> Result<(), Wrong> {
    let Some(lane) = region.first_unwritten(offsets, lanes, bytes) else { return Ok(()) };
    let address = region.base + offsets[lane] as u64;
    Err((lane, Trouble::Unwritten { address, near: region.near(address) }))
}

fn check_writable(region: &Region, addresses: &[u64; LANES], lanes: u32) -> Result<(), Wrong> {
    if !region.is_constant {
        return Ok(());
    }
    let lane = lanes.trailing_zeros() as usize;
    let address = addresses[lane];
    Err((lane, Trouble::Constant { address, near: region.near(address) }))
}

fn race(region: &Region, touch: Touch, conflict: &Conflict) -> Wrong {
    let address = region.base + conflict.offset as u64;
    let trouble = Trouble::Race {
        address,
        near: region.near(address),
        access: touch.name(),
        other: conflict.kind.name(),
        other_block: conflict.other.block,
        other_thread: conflict.other.thread,
    };
    (conflict.lane, trouble)
}

/// What an atomic leaves in memory.
fn changed(change: Change, before: u64, value: u64, other: u64, bytes: usize) -> u64 {
    let unused = 64 - 8 * bytes as u32;
    let signed = |value: u64| (value << unused).cast_signed();
    match change {
        Change::Add => before.wrapping_add(value),
        Change::Min => before.min(value),
        Change::Max => before.max(value),
        Change::MinSigned => {
            if signed(value) < signed(before) {
                value
            } else {
                before
            }
        }
        Change::MaxSigned => {
            if signed(value) > signed(before) {
                value
            } else {
                before
            }
        }
        Change::And => before & value,
        Change::Or => before | value,
        Change::Xor => before ^ value,
        Change::Exchange => value,
        Change::CompareExchange if before == value => other,
        Change::CompareExchange => before,
        Change::Increment if before >= value => 0,
        Change::Increment => before + 1,
        Change::Decrement if before == 0 || before > value => value,
        Change::Decrement => before - 1,
    }
}

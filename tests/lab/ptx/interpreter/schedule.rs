//! One launch: which blocks are there, which warp goes on next, and the barriers of blocks.
#![expect(clippy::cast_possible_truncation, reason = "bits of lanes and registers are cut to size on purpose")]

use super::access::{Orders, World, Wrong};
use super::arithmetic::{ALL, Registers};
use super::code::{Kernel, LANES, Op, Special, Vote};
use super::error::{Error, Fault, Place, Trouble};
use super::memory::{Local, Memory};
use super::order::{LIMITS, Sync};
use super::parse::File;
use super::warp::{Done, Stop, Warp};

/// The most blocks that are there at once if they need not all be.
const TOGETHER: u64 = 8;

/// Numbers without a pattern: the same for the same seed.
#[derive(Clone, Debug)]
pub struct Random(pub u64);

impl Random {
    /// A number below `limit`.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ x >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ x >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        (x ^ x >> 31) % limit
    }
}

/// How a kernel is started.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Blocks.
    pub blocks: u32,
    /// Threads of a block.
    pub threads: u32,
    /// Whether all blocks are there at once.
    pub is_cooperative: bool,
    /// After how many instructions without any change nobody is thought to get on.
    pub patience: u64,
}

/// A block that is there.
#[derive(Debug)]
struct Block {
    number: u32,
    warps: Vec<Warp>,
    local: Local,
    sync: Sync,
    /// Its barriers so far, and one.
    interval: u32,
    waiting: usize,
    ended: usize,
}

/// A launch under way.
#[derive(Debug)]
pub struct Launch<'a> {
    kernel: &'a Kernel,
    memory: &'a mut Memory,
    orders: &'a mut Orders,
    random: &'a mut Random,
    size: Size,
    /// What a warp's registers hold at the start, but for what is the warp's own.
    registers: Registers,
    blocks: Vec<Block>,
    /// Blocks that are not there yet.
    pending: Vec<u32>,
    /// Warps that can go on, by block and number.
    ready: Vec<(usize, usize)>,
}

impl<'a> Launch<'a> {
    /// A launch with a parameter's bits in each of the kernel's parameters.
    pub fn new(
        kernel: &'a Kernel,
        memory: &'a mut Memory,
        orders: &'a mut Orders,
        random: &'a mut Random,
        size: Size,
        parameters: &[u64],
    ) -> Self {
        let [flags, narrow, wide] = kernel.registers;
        let mut registers =
            Registers { flags: vec![0; flags], narrow: vec![[0; LANES]; narrow], wide: vec![[0; LANES]; wide] };
        for &(at, value) in &kernel.constants {
            registers.narrow[usize::from(at)] = [value; LANES];
        }
        for &(at, value) in &kernel.wide_constants {
            registers.wide[usize::from(at)] = [value; LANES];
        }
        for (&(_, register), &bits) in kernel.parameters.iter().zip(parameters) {
            match register.file {
                File::Wide => registers.wide[usize::from(register.index)] = [bits; LANES],
                _ => registers.narrow[usize::from(register.index)] = [bits as u32; LANES],
            }
        }
        let mut pending: Vec<_> = (0..size.blocks).collect();
        for at in (1..pending.len()).rev() {
            pending.swap(at, random.below(at as u64 + 1) as usize);
        }
        Self { kernel, memory, orders, random, size, registers, blocks: Vec::new(), pending, ready: Vec::new() }
    }

    /// Runs all blocks to their ends; how many instructions all lanes executed.
    pub fn run(mut self) -> Result<u64, Error> {
        self.memory.begin();
        self.orders.sets.clear();
        self.orders.published.clear();
        let all = u64::from(self.size.blocks);
        // Blocks that need not all be there never are, so that one that waits for all of them waits for ever.
        let together =
            if self.size.is_cooperative || all == 1 { all } else { 1 + self.random.below(TOGETHER.min(all - 1)) };
        let warps = self.size.threads as usize / LANES;
        for slot in 0..together as usize {
            let mut all = Vec::new();
            all.resize_with(warps, Warp::default);
            self.blocks.push(Block {
                number: 0,
                warps: all,
                local: Local::new(&self.kernel.shared),
                sync: Sync::default(),
                interval: 1,
                waiting: 0,
                ended: 0,
            });
            self.start(slot);
        }
        let (mut done, mut idle, mut of_lanes) = (Done::default(), 0, 0);
        while !self.ready.is_empty() {
            let place = self.random.below(self.ready.len() as u64) as usize;
            let (slot, number) = self.ready[place];
            let turn = 1 << self.random.below(10);
            let turn = 1 + self.random.below(turn) as u32;
            let (stop, has_moved) = self.turn(slot, number, turn, &mut done)?;
            of_lanes += done.of_lanes;
            idle = if has_moved || stop != Stop::Turn { 0 } else { idle + done.instructions };
            done = Done::default();
            match stop {
                Stop::Turn => {}
                Stop::Barrier => {
                    self.ready.swap_remove(place);
                    self.arrive(slot, number)?;
                }
                Stop::End => {
                    self.ready.swap_remove(place);
                    self.end(slot, number)?;
                }
            }
            if idle > self.size.patience {
                let place = Box::new(self.place(slot, number, self.blocks[slot].warps[number].first_lane() as usize));
                return Err(Error::Deadlock { kernel: self.kernel.name.clone(), instructions: idle, place });
            }
        }
        Ok(of_lanes)
    }

    /// The next block that was not there yet comes into a slot.
    fn start(&mut self, slot: usize) {
        let Some(number) = self.pending.pop() else { return };
        let block = &mut self.blocks[slot];
        block.number = number;
        block.local.reset();
        block.sync = Sync::default();
        (block.interval, block.waiting, block.ended) = (1, 0, 0);
        for (at, warp) in block.warps.iter_mut().enumerate() {
            warp.begin(at as u32, &self.registers);
            for &(to, special) in &self.kernel.specials {
                warp.registers.narrow[usize::from(to)] =
                    std::array::from_fn(|lane| told(special, &self.size, number, at as u32, lane as u32));
            }
            self.ready.push((slot, at));
        }
    }

    fn turn(&mut self, slot: usize, number: usize, turn: u32, done: &mut Done) -> Result<(Stop, bool), Error> {
        let Block { number: block, warps, local, sync, interval, .. } = &mut self.blocks[slot];
        let (memory, orders) = (&mut *self.memory, &mut *self.orders);
        let mut world = World { memory, local, sync, orders, block: *block, interval: *interval, has_moved: false };
        let stop = warps[number].run(self.kernel, &mut world, turn, done);
        let has_moved = world.has_moved;
        stop.map(|stop| (stop, has_moved)).map_err(|wrong| self.fault(slot, number, wrong))
    }

    fn place(&self, slot: usize, number: usize, lane: usize) -> Place {
        let (block, kernel) = (&self.blocks[slot], self.kernel);
        let line = kernel.code[block.warps[number].at as usize].line;
        Place {
            kernel: kernel.name.clone(),
            line,
            instruction: kernel.lines.get(&line).cloned().unwrap_or_default(),
            block: block.number,
            thread: (number * LANES + lane) as u32,
        }
    }

    fn fault(&self, slot: usize, number: usize, (lane, trouble): Wrong) -> Error {
        Error::Fault(Box::new(Fault { place: self.place(slot, number, lane), trouble }))
    }

    fn missing(&self, slot: usize, number: usize, missing: String) -> Error {
        self.fault(slot, number, (0, Trouble::DivergentBarrier { missing }))
    }

    /// A warp has come to a barrier of its block.
    fn arrive(&mut self, slot: usize, number: usize) -> Result<(), Error> {
        let block = &mut self.blocks[slot];
        block.waiting += 1;
        if block.ended > 0 {
            let missing = format!("{} warps of the block have ended", block.ended);
            return Err(self.missing(slot, number, missing));
        }
        if block.waiting < block.warps.len() {
            return Ok(());
        }
        let at = block.warps[number].at;
        if let Some(other) = block.warps.iter().find(|warp| warp.at != at) {
            let line = self.kernel.code[other.at as usize].line;
            let missing = format!("warp {} is at that of line {line}", other.number);
            return Err(self.missing(slot, number, missing));
        }
        if let Op::BarrierVote(what, to, flag) = self.kernel.code[at as usize].op {
            let flags = block.warps.iter().map(|warp| warp.registers.flags[usize::from(flag)]);
            let count: u32 = flags.map(u32::count_ones).sum();
            let is_so = if what == Vote::All { count == self.size.threads } else { count > 0 };
            for warp in &mut block.warps {
                match to.file {
                    File::Flag => warp.registers.put_flag(to.index, ALL, if is_so { ALL } else { 0 }),
                    _ => warp.registers.narrow[usize::from(to.index)] = [count; LANES],
                }
            }
        }
        block.waiting = 0;
        block.interval += 1;
        block.sync.barrier();
        for warp in &mut block.warps {
            warp.pass();
        }
        let is_last = block.interval == LIMITS[1];
        self.ready.extend((0..block.warps.len()).map(|number| (slot, number)));
        if is_last { Err(self.fault(slot, number, (0, Trouble::TooMany("barriers")))) } else { Ok(()) }
    }

    /// A warp has ended.
    fn end(&mut self, slot: usize, number: usize) -> Result<(), Error> {
        let block = &mut self.blocks[slot];
        block.ended += 1;
        if let Some(waiting) = block.warps.iter().position(|warp| warp.is_waiting) {
            return Err(self.missing(slot, waiting, format!("warp {number} has ended")));
        }
        if block.ended == block.warps.len() {
            self.start(slot);
        }
        Ok(())
    }
}

/// What a special register says to a lane.
fn told(special: Special, size: &Size, block: u32, warp: u32, lane: u32) -> u32 {
    let own = 1 << lane;
    match special {
        Special::Thread => warp * 32 + lane,
        Special::Threads => size.threads,
        Special::Block => block,
        Special::Blocks => size.blocks,
        Special::Lane => lane,
        Special::Warp => warp,
        Special::LanesEqual => own,
        Special::LanesLess => own - 1,
        Special::LanesLessEqual => own | (own - 1),
        Special::LanesGreater => !(own | (own - 1)),
        Special::LanesGreaterEqual => !(own - 1),
        Special::Zero => 0,
        Special::One => 1,
    }
}

//! One warp: which of its lanes are where, and how they come together again.
//!
//! Lanes that branch apart are groups; the group that is furthest behind goes first, so that groups meet where their
//! ways join. A group that needs lanes that are not with it (at a barrier or a shuffle) stands still until they come.
#![expect(clippy::cast_possible_truncation, reason = "bits of lanes and registers are cut to size on purpose")]

use super::access::{World, Wrong};
use super::arithmetic::{ALL, Registers};
use super::code::{At, Instruction, Kernel, LANES, Op, Shuffle, Strength, Vote};
use super::error::Trouble;
use super::order::LIMITS;
use super::parse::{File, Register};

/// Lanes that are at the same instruction.
#[derive(Clone, Copy, Debug)]
struct Group {
    at: u32,
    lanes: u32,
    /// Whether it waits for other lanes.
    is_parked: bool,
}

/// A warp.
#[derive(Debug, Default)]
pub struct Warp {
    /// Its number in its block.
    pub number: u32,
    /// Its registers.
    pub registers: Registers,
    /// Where it is.
    pub at: u32,
    /// Whether all of it waits at a barrier of the block.
    pub is_waiting: bool,
    /// The lanes that are there; the others are elsewhere, or have ended.
    lanes: u32,
    others: Vec<Group>,
    ended: u32,
    /// Its own barriers since the last of the block.
    sub: u32,
}

/// Why a warp stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Its turn is over.
    Turn,
    /// It waits at a barrier of the block.
    Barrier,
    /// All its lanes have ended.
    End,
}

/// How much a warp did.
#[derive(Clone, Copy, Debug, Default)]
pub struct Done {
    /// Instructions.
    pub instructions: u64,
    /// The same, for each lane that was at it.
    pub of_lanes: u64,
}

fn members(registers: &Registers, at: At, lanes: u32) -> impl Iterator<Item = (usize, u32)> {
    let members = &registers.narrow[usize::from(at)];
    members.iter().copied().enumerate().filter(move |(lane, _)| lanes >> lane & 1 != 0)
}

impl Warp {
    /// Starts over, with all lanes at the first instruction.
    pub fn begin(&mut self, number: u32, registers: &Registers) {
        self.number = number;
        self.registers.clone_from(registers);
        self.others.clear();
        (self.at, self.is_waiting, self.lanes, self.ended, self.sub) = (0, false, ALL, 0, 0);
    }

    /// The first of the lanes that are at it.
    pub fn first_lane(&self) -> u32 {
        self.lanes.trailing_zeros() % 32
    }

    /// Goes on for up to so many instructions.
    pub fn run(&mut self, kernel: &Kernel, world: &mut World<'_>, turn: u32, done: &mut Done) -> Result<Stop, Wrong> {
        let mut left = turn;
        while left > 0 {
            left -= 1;
            let instruction = &kernel.code[self.at as usize];
            let lanes = self.guarded(instruction);
            done.instructions += 1;
            done.of_lanes += u64::from(lanes.count_ones());
            let who = (self.number, self.sub);
            match &instruction.op {
                _ if lanes == 0 => {}
                Op::Load(access) => {
                    world.load(access, &mut self.registers, lanes, who)?;
                    // What it looks for may not be there yet.
                    if access.strength != Strength::Plain {
                        left = 0;
                    }
                }
                Op::Store(access) => world.store(access, &self.registers, lanes, who)?,
                Op::Atomic(atomic) => {
                    world.atomic(atomic, &mut self.registers, lanes, who)?;
                    left = 0;
                }
                Op::Fence => world.fence(lanes, self.number),
                Op::Nothing => {}
                Op::Branch(target) => {
                    if lanes != self.lanes {
                        self.others.push(Group { at: self.at + 1, lanes: self.lanes & !lanes, is_parked: false });
                        self.lanes = lanes;
                    }
                    self.at = *target;
                    self.meet(kernel)?;
                    continue;
                }
                Op::Exit => {
                    self.ended |= lanes;
                    self.lanes &= !lanes;
                    if self.lanes == 0 {
                        if self.others.is_empty() {
                            return Ok(Stop::End);
                        }
                        self.meet(kernel)?;
                        continue;
                    }
                }
                Op::Rare(what, to, from) => self.registers.compute_rarely(*what, *to, from, lanes)?,
                op => {
                    if !self.registers.compute(op, lanes) && !self.together(op, lanes)? {
                        self.park(lanes);
                        self.meet(kernel)?;
                        continue;
                    }
                    if self.is_waiting {
                        return Ok(Stop::Barrier);
                    }
                }
            }
            self.at += 1;
            if !self.others.is_empty() {
                self.meet(kernel)?;
            }
        }
        Ok(Stop::Turn)
    }

    /// Goes on behind a barrier of the block.
    pub fn pass(&mut self) {
        (self.is_waiting, self.sub) = (false, 0);
        self.at += 1;
    }

    /// The lanes of the group that execute an instruction.
    fn guarded(&self, instruction: &Instruction) -> u32 {
        match instruction.guard {
            None => self.lanes,
            Some((flag, is_negated)) => {
                let flag = self.registers.flags[usize::from(flag)];
                self.lanes & if is_negated { !flag } else { flag }
            }
        }
    }

    /// These lanes wait for others; the rest of the group goes on.
    fn park(&mut self, lanes: u32) {
        self.others.push(Group { at: self.at, lanes, is_parked: true });
        self.lanes &= !lanes;
        self.at += 1;
    }

    /// Joins groups that are at the same instruction, and goes on with the one that is furthest behind.
    fn meet(&mut self, kernel: &Kernel) -> Result<(), Wrong> {
        let at = self.at;
        if self.lanes != 0 && self.others.iter().all(|other| other.at > at || other.is_parked && other.at != at) {
            return Ok(());
        }
        if self.lanes != 0 {
            let mut lanes = self.lanes;
            self.others.retain(|other| {
                if other.at == at {
                    lanes |= other.lanes;
                }
                other.at != at
            });
            self.others.push(Group { at, lanes, is_parked: false });
        }
        let free = self.others.iter().enumerate().filter(|(_, group)| !group.is_parked);
        let Some((place, _)) = free.min_by_key(|(_, group)| group.at) else { return Err(self.nobody_comes(kernel)) };
        let group = self.others.swap_remove(place);
        (self.at, self.lanes) = (group.at, group.lanes);
        Ok(())
    }

    /// What is wrong when each group waits for another.
    fn nobody_comes(&mut self, kernel: &Kernel) -> Wrong {
        if let Some(group) = self.others.iter().min_by_key(|group| group.at) {
            (self.at, self.lanes) = (group.at, group.lanes);
        }
        let lanes = self.lanes;
        match kernel.code[self.at as usize].op {
            Op::Shuffle { members: named, .. } | Op::Vote { members: named, .. } | Op::WarpBarrier(named) => {
                let absent = members(&self.registers, named, lanes).find(|(_, named)| named & !lanes != 0);
                let (lane, named) = absent.unwrap_or((0, 0));
                (lane, Trouble::AbsentLane { named, present: lanes })
            }
            _ => (lanes.trailing_zeros() as usize, self.missing_at_barrier()),
        }
    }

    fn missing_at_barrier(&self) -> Trouble {
        let missing = match (!self.lanes & !self.ended, self.ended) {
            (0, ended) => format!("lanes {ended:#010x} of the warp have ended"),
            (elsewhere, _) => format!("lanes {elsewhere:#010x} of the warp are elsewhere"),
        };
        Trouble::DivergentBarrier { missing }
    }

    /// Executes an instruction that lanes do together; false if some are still missing.
    fn together(&mut self, op: &Op, lanes: u32) -> Result<bool, Wrong> {
        if matches!(op, Op::Barrier | Op::BarrierVote(..)) {
            if self.ended != 0 {
                return Err((lanes.trailing_zeros() as usize, self.missing_at_barrier()));
            }
            self.is_waiting = lanes == ALL;
            return Ok(self.is_waiting);
        }
        let (Op::WarpBarrier(named) | Op::Shuffle { members: named, .. } | Op::Vote { members: named, .. }) = *op
        else {
            if let Op::ActiveMask(to) = *op {
                let to = &mut self.registers.narrow[usize::from(to)];
                (0..LANES).filter(|lane| lanes >> lane & 1 != 0).for_each(|lane| to[lane] = lanes);
            }
            return Ok(true);
        };
        for (lane, named) in members(&self.registers, named, lanes) {
            if named >> lane & 1 == 0 || named & self.ended != 0 {
                return Err((lane, Trouble::AbsentLane { named, present: lanes }));
            }
            if named & !lanes != 0 {
                return Ok(false);
            }
        }
        match *op {
            Op::Shuffle { how, to, is_inside, value, by, clamp, members } => {
                let of = [value, by, clamp, members].map(|at| self.registers.narrow[usize::from(at)]);
                self.shuffle(how, (to, is_inside), &of, lanes)?;
            }
            Op::Vote { what, to, flag, members } => self.vote(what, to, flag, members, lanes),
            // A barrier of all lanes orders what they did; of fewer, it is not relied on.
            _ if lanes == ALL => {
                self.sub += 1;
                if self.sub == LIMITS[2] {
                    return Err((0, Trouble::TooMany("barriers of a warp")));
                }
            }
            _ => {}
        }
        Ok(true)
    }

    fn shuffle(
        &mut self,
        how: Shuffle,
        (to, is_inside): (At, At),
        [value, by, clamp, members]: &[[u32; LANES]; 4],
        lanes: u32,
    ) -> Result<(), Wrong> {
        let mut inside = 0;
        for lane in (0..LANES).filter(|lane| lanes >> lane & 1 != 0) {
            let (segments, clamp, by) = (clamp[lane] >> 8 & 31, clamp[lane] & 31, by[lane] & 31);
            let here = lane as u32;
            let (first, last) = (here & segments, here & segments | clamp & !segments);
            let source = match how {
                Shuffle::Up => here.checked_sub(by).filter(|&source| source >= last),
                Shuffle::Down => Some(here + by).filter(|&source| source <= last),
                Shuffle::Butterfly => Some(here ^ by).filter(|&source| source <= last),
                Shuffle::Index => Some(first | by & !segments).filter(|&source| source <= last),
            };
            inside |= u32::from(source.is_some()) << lane;
            let source = source.unwrap_or(here);
            if members[lane] >> source & 1 == 0 {
                return Err((lane, Trouble::AbsentLane { named: 1 << source, present: members[lane] }));
            }
            self.registers.narrow[usize::from(to)][lane] = value[source as usize];
        }
        self.registers.put_flag(is_inside, lanes, inside);
        Ok(())
    }

    fn vote(&mut self, what: Vote, to: Register, flag: At, named: At, lanes: u32) {
        let flag = self.registers.flags[usize::from(flag)];
        for lane in (0..LANES).filter(|lane| lanes >> lane & 1 != 0) {
            let named = self.registers.narrow[usize::from(named)][lane];
            let votes = flag & named;
            let is_so = match what {
                Vote::Any => votes != 0,
                Vote::All => votes == named,
                _ => votes == 0 || votes == named,
            };
            if to.file == File::Flag {
                self.registers.put_flag(to.index, 1 << lane, u32::from(is_so) << lane);
            } else {
                self.registers.narrow[usize::from(to.index)][lane] = votes;
            }
        }
    }
}

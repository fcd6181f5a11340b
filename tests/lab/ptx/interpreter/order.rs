//! What came before what: the clocks of blocks, and sets of accesses that nothing orders among each other.
//!
//! A block counts its barriers: what lies between two is an interval. Each block also has a clock: for every other block
//! the first interval that is *not* known to lie behind. A release publishes the releasing block's clock at a word, up to
//! the block's last barrier; an acquire of that word takes it over, for the acquiring thread at once and for its block at
//! the block's next barrier. What a thread did after its block's last barrier is not published, not even its own; so
//! some programs that are in order are called racy, but none that are racy are called in order.
#![expect(clippy::cast_possible_truncation, reason = "bits of lanes and registers are cut to size on purpose")]

use std::collections::HashMap;

/// For each block the first interval that is not known to lie behind. What is missing counts as 0.
pub type Clock = Vec<u32>;

/// An access, packed: set or not, block, interval, interval of its warp, several warps, several lanes, warp, lane. 0 is none.
pub type Epoch = u64;

const WARP_SHIFT: u32 = 5;
const SEVERAL_LANES: Epoch = 1 << 10;
const SEVERAL_WARPS: Epoch = 1 << 11;
const SUB_SHIFT: u32 = 12;
const INTERVAL_SHIFT: u32 = 27;
const BLOCK_SHIFT: u32 = 47;
const SET: Epoch = 1 << 63;
const SUB: Epoch = (1 << INTERVAL_SHIFT) - (1 << SUB_SHIFT);
const WARP: Epoch = 31 << WARP_SHIFT;
const THREAD: Epoch = 1023;

/// The most blocks, intervals of a block, and intervals of a warp within one.
pub const LIMITS: [u32; 3] = [1 << 16, 1 << 20, 1 << 15];

fn merge(into: &mut Clock, from: &[u32]) {
    if into.len() < from.len() {
        into.resize(from.len(), 0);
    }
    for (mine, theirs) in into.iter_mut().zip(from) {
        *mine = (*mine).max(*theirs);
    }
}

fn is_behind(clock: &[u32], block: u32, interval: u32) -> bool {
    clock.get(block as usize).is_some_and(|&first| interval < first)
}

/// What a block knows of the others.
#[derive(Debug, Default)]
pub struct Sync {
    clock: Clock,
    /// What single threads acquired since the last barrier.
    acquired: HashMap<u32, Clock>,
    /// What single threads saw, and a fence would make them acquire.
    seen: HashMap<u32, Clock>,
    /// What single threads would release with a relaxed write, since they passed a fence.
    fenced: HashMap<u32, Clock>,
}

impl Sync {
    /// All threads of the block have met.
    pub fn barrier(&mut self) {
        for (_, clock) in self.acquired.drain() {
            merge(&mut self.clock, &clock);
        }
    }

    /// What a thread knows, up to its block's last barrier.
    fn known(&self, me: (u32, u32), thread: u32) -> Clock {
        let mut clock = self.clock.clone();
        if let Some(acquired) = self.acquired.get(&thread) {
            merge(&mut clock, acquired);
        }
        let (block, interval) = (me.0 as usize, me.1);
        if clock.len() <= block {
            clock.resize(block + 1, 0);
        }
        clock[block] = interval;
        clock
    }

    /// A thread of block and interval `me` passes a fence.
    pub fn fence(&mut self, me: (u32, u32), thread: u32) {
        if let Some(seen) = self.seen.get(&thread) {
            merge(self.acquired.entry(thread).or_default(), seen);
        }
        let known = self.known(me, thread);
        self.fenced.insert(thread, known);
    }
}

/// What releases published, by the address of the word.
#[derive(Debug, Default)]
pub struct Published(HashMap<u64, Clock>);

impl Published {
    /// A new launch: all that was before is in order.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// A thread reads a word with an atomic, or with a load that is none but does not race with them.
    pub fn read(&self, address: u64, sync: &mut Sync, thread: u32, acquires: bool) {
        if let Some(clock) = self.0.get(&address) {
            let into = if acquires { &mut sync.acquired } else { &mut sync.seen };
            merge(into.entry(thread).or_default(), clock);
        }
    }

    /// A thread of block and interval `me` writes a word; `keeps` says that it also read it, which goes on with what
    /// was published there.
    pub fn write(&mut self, address: u64, sync: &Sync, me: (u32, u32), thread: u32, releases: bool, keeps: bool) {
        if !keeps {
            self.0.remove(&address);
        }
        if releases {
            merge(self.0.entry(address).or_default(), &sync.known(me, thread));
        } else if let Some(clock) = sync.fenced.get(&thread) {
            merge(self.0.entry(address).or_default(), clock);
        }
    }
}

/// The other of two accesses that nothing orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Other {
    /// Its block.
    pub block: u32,
    /// Its thread; none if there were several.
    pub thread: Option<u32>,
}

impl Other {
    /// Who an access of no set was by.
    pub fn of(epoch: Epoch) -> Self {
        let is_one = epoch & (SEVERAL_LANES | SEVERAL_WARPS) == 0;
        Self { block: place(epoch).0, thread: is_one.then_some((epoch & THREAD) as u32) }
    }
}

/// Who touches memory now: a warp, and what its block knows.
#[derive(Clone, Copy, Debug)]
pub struct Me<'a> {
    block: u32,
    interval: u32,
    sync: &'a Sync,
    /// The block at its first interval, and how far it has come since.
    floor: Epoch,
    span: Epoch,
    /// The warp's first lane.
    base: Epoch,
}

impl<'a> Me<'a> {
    /// A warp of a block; `sub` counts the warp's own barriers.
    pub fn new(block: u32, interval: u32, warp: u32, sub: u32, sync: &'a Sync) -> Self {
        let floor = Epoch::from(block) << BLOCK_SHIFT;
        let span = Epoch::from(interval) << INTERVAL_SHIFT;
        let base = floor | span | Epoch::from(sub) << SUB_SHIFT | Epoch::from(warp) << WARP_SHIFT;
        Self { block, interval, sync, floor, span, base }
    }

    /// This access by one lane.
    #[inline(always)]
    pub fn lane(&self, lane: usize) -> Epoch {
        self.base | lane as Epoch
    }

    /// This access by several lanes.
    #[inline(always)]
    pub fn lanes(&self) -> Epoch {
        self.base | SEVERAL_LANES
    }

    /// This access by several warps.
    #[inline(always)]
    pub fn warps(&self) -> Epoch {
        self.floor | self.span | SEVERAL_WARPS
    }

    /// Whether there was none, or one of this block before its last barrier.
    #[inline(always)]
    pub fn is_old(&self, epoch: Epoch) -> bool {
        epoch == 0 || epoch.wrapping_sub(self.floor) < self.span
    }

    /// Whether an access of the same interval of this block lies before the warp's last barrier, or is by this very thread.
    fn is_own(epoch: Epoch, mine: Epoch) -> bool {
        let differs = epoch ^ mine;
        differs & !SUB == 0 || (differs & (WARP | SEVERAL_WARPS) == 0 && (epoch & SUB) < (mine & SUB))
    }

    fn is_of_block(&self, epoch: Epoch) -> bool {
        epoch >> BLOCK_SHIFT == Epoch::from(self.block)
    }

    /// Fails with the other access if nothing orders it before `mine`, this access by one lane.
    #[inline]
    pub fn after(&self, epoch: Epoch, mine: Epoch, sets: &mut Sets) -> Result<(), Other> {
        if self.is_old(epoch) || self.is_of_block(epoch) && Self::is_own(epoch, mine) {
            return Ok(());
        }
        self.after_others(epoch, mine, sets)
    }

    fn after_others(&self, epoch: Epoch, mine: Epoch, sets: &mut Sets) -> Result<(), Other> {
        let thread = (mine & THREAD) as u32;
        if epoch & SET != 0 {
            return sets.after(epoch, self, thread);
        }
        let (block, interval) = place(epoch);
        if self.knows(block, interval, thread) {
            return Ok(());
        }
        Err(Other::of(epoch))
    }

    /// Whether an interval of this very block lies before its last barrier.
    fn is_past(&self, block: u32, interval: u32) -> bool {
        block == self.block && interval < self.interval
    }

    /// Whether an interval of another block lies behind a thread of this one. A clock says nothing new of its own block.
    fn knows(&self, block: u32, interval: u32, thread: u32) -> bool {
        is_behind(&self.sync.clock, block, interval)
            || self.sync.acquired.get(&thread).is_some_and(|clock| is_behind(clock, block, interval))
    }

    /// Adds an access by one lane or several (`mine`) to those that were before; what it makes needless is left out.
    #[inline]
    pub fn join(&self, before: Epoch, mine: Epoch, sets: &mut Sets) -> Epoch {
        if before == mine || before == self.lanes() || before == self.warps() {
            before
        } else if self.is_old(before) {
            mine
        } else {
            self.join_others(before, mine, sets)
        }
    }

    fn join_others(&self, before: Epoch, mine: Epoch, sets: &mut Sets) -> Epoch {
        if !self.is_of_block(before) {
            let joined = sets.add(before, self);
            return if joined == 0 { mine } else { joined };
        }
        if Self::is_own(before, mine) {
            mine
        } else if (before ^ mine) & (WARP | SEVERAL_WARPS) == 0 {
            self.lanes()
        } else {
            self.warps()
        }
    }
}

/// The block and interval of an access.
fn place(epoch: Epoch) -> (u32, u32) {
    let interval = (epoch & ((1 << BLOCK_SHIFT) - 1)) >> INTERVAL_SHIFT;
    (((epoch & !SET) >> BLOCK_SHIFT) as u32, interval as u32)
}

/// A set of accesses by several blocks: one of them, and the others.
#[derive(Clone, Copy, Debug)]
struct Node {
    others: Option<u32>,
    block: u32,
    interval: u32,
    /// How many there are, and how many of them were needed when that was last looked at.
    count: u32,
    needed: u32,
}

/// How many recent results are at hand.
const RECENT: usize = 1024;

/// Sets of accesses. Words that the same blocks read share one, so a word need not have more than its number.
#[derive(Debug, Default)]
pub struct Sets {
    nodes: Vec<Node>,
    known: HashMap<(Option<u32>, u32, u32), u32>,
    joined: HashMap<(Epoch, Epoch), Epoch>,
    /// By set and who asks: the access that is not in order.
    unordered: HashMap<(Epoch, Epoch), Option<u32>>,
    recent: Vec<(Epoch, Epoch, Epoch)>,
}

impl Sets {
    /// A new launch.
    pub fn clear(&mut self) {
        self.nodes.clear();
        self.known.clear();
        self.joined.clear();
        self.unordered.clear();
        self.recent.clear();
        self.recent.resize(RECENT, (0, 0, 0));
    }

    fn members(&self, set: Epoch) -> impl Iterator<Item = (u32, u32)> {
        let mut at = Some((set & !SET) as u32);
        std::iter::from_fn(move || {
            let node = self.nodes[at? as usize];
            at = node.others;
            Some((node.block, node.interval))
        })
    }

    /// The set of one more access. The same members in the same order are the same set.
    fn node(&mut self, others: Option<u32>, block: u32, interval: u32) -> u32 {
        if let Some(&number) = self.known.get(&(others, block, interval)) {
            return number;
        }
        let before = others.map(|others| self.nodes[others as usize]);
        let (count, needed) = before.map_or((1, 1), |node| (node.count + 1, node.needed));
        let number = self.nodes.len() as u32;
        self.nodes.push(Node { others, block, interval, count, needed });
        self.known.insert((others, block, interval), number);
        number
    }

    /// Adds a block's access to another's, or to a set. 0 if all of those lie behind it.
    fn add(&mut self, before: Epoch, me: &Me<'_>) -> Epoch {
        let before = if before & SET == 0 { before >> INTERVAL_SHIFT << INTERVAL_SHIFT } else { before };
        let own = me.floor | me.span;
        let slot = (before ^ before >> INTERVAL_SHIFT ^ me.span >> 22 ^ Epoch::from(me.block) << 3) as usize % RECENT;
        let (key, by, joined) = self.recent[slot];
        if key == before && by == own {
            return joined;
        }
        let known = self.joined.get(&(before, own)).copied();
        let joined = known.unwrap_or_else(|| {
            let joined = self.joined_anew(before, me);
            self.joined.insert((before, own), joined);
            joined
        });
        self.recent[slot] = (before, own, joined);
        joined
    }

    fn joined_anew(&mut self, before: Epoch, me: &Me<'_>) -> Epoch {
        let members: Vec<_> = if before & SET == 0 { vec![place(before)] } else { self.members(before).collect() };
        if members.contains(&(me.block, me.interval)) {
            return before;
        }
        let mut needed: HashMap<u32, u32> = HashMap::new();
        for &(block, interval) in &members {
            if block != me.block && !is_behind(&me.sync.clock, block, interval) {
                let latest = needed.entry(block).or_default();
                *latest = interval.max(*latest);
            }
        }
        if needed.is_empty() {
            return 0;
        }
        let grown = if before & SET == 0 { None } else { Some((before & !SET) as u32) };
        let is_long = grown.is_none_or(|set| {
            let node = self.nodes[set as usize];
            node.count > 2 * node.needed + 32
        });
        let mut others = grown;
        if is_long {
            let mut sorted: Vec<_> = needed.into_iter().collect();
            sorted.sort_unstable();
            others = None;
            for (block, interval) in &sorted {
                others = Some(self.node(others, *block, *interval));
            }
            if let Some(last) = others {
                let node = &mut self.nodes[last as usize];
                node.needed = node.count;
            }
        }
        SET | Epoch::from(self.node(others, me.block, me.interval))
    }

    fn after(&mut self, set: Epoch, me: &Me<'_>, thread: u32) -> Result<(), Other> {
        let key = (set, me.floor | me.span);
        let known = self.unordered.get(&key).copied();
        let unordered = known.unwrap_or_else(|| {
            let unordered = self.unordered_anew(set, me);
            self.unordered.insert(key, unordered);
            unordered
        });
        let Some(block) = unordered else { return Ok(()) };
        let mut members = self.members(set);
        let is_after =
            members.all(|(block, interval)| me.is_past(block, interval) || me.knows(block, interval, thread));
        if is_after { Ok(()) } else { Err(Other { block, thread: None }) }
    }

    fn unordered_anew(&self, set: Epoch, me: &Me<'_>) -> Option<u32> {
        let is_after =
            |&(block, interval): &(u32, u32)| me.is_past(block, interval) || is_behind(&me.sync.clock, block, interval);
        // An access by the own block is only in a set with others, so one of those tells more.
        let mut found = self.members(set).filter(|member| !is_after(member)).map(|(block, _)| block);
        let first = found.next();
        first.filter(|&block| block != me.block).or_else(|| found.next()).or(first)
    }
}

//! What a warp executes: instructions whose registers are places in arrays, and whose labels are places in the code.

use std::collections::HashMap;

use super::parse::{Kind, Register, Space};

/// Threads of a warp.
pub const LANES: usize = 32;

/// The place of a register in its file.
pub type At = u16;

/// What a whole number becomes.
#[derive(Clone, Copy, Debug)]
pub enum One {
    Not,
    Negate,
    Absolute,
    Reverse,
    LeadingZeros,
    Ones,
    SignedHalf,
}

/// What two whole numbers become.
#[derive(Clone, Copy, Debug)]
pub enum Two {
    Add,
    Subtract,
    Multiply,
    MultiplyHigh,
    MultiplyHighSigned,
    And,
    Or,
    Xor,
    Left,
    Right,
    RightSigned,
    Min,
    Max,
    MinSigned,
    MaxSigned,
}

/// What a float becomes.
#[derive(Clone, Copy, Debug)]
pub enum FloatOne {
    Negate,
    Absolute,
    Root,
    Reciprocal,
}

/// What two floats become.
#[derive(Clone, Copy, Debug)]
pub enum FloatTwo {
    Add,
    Subtract,
    Multiply,
    Divide,
    Min,
    Max,
}

/// How numbers compare.
#[derive(Clone, Copy, Debug)]
pub enum Sort {
    Unsigned,
    Signed,
    Float,
}

/// The outcomes of a comparison that make it true, as a sum of these bits.
pub mod outcome {
    pub const LESS: u8 = 1;
    pub const EQUAL: u8 = 2;
    pub const GREATER: u8 = 4;
    pub const UNORDERED: u8 = 8;
}

/// What predicates become.
#[derive(Clone, Copy, Debug)]
pub enum Logic {
    And,
    Or,
    Xor,
}

/// The type of a number that is converted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    Unsigned(u8),
    Signed(u8),
    Float(u8),
}

/// How a float becomes whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// It need not, or to the nearest float.
    None,
    Even,
    Zero,
    Down,
    Up,
}

/// Instructions that are too rare to be worth a loop of their own.
#[derive(Clone, Copy, Debug)]
pub enum Rare {
    Divide { bits: u8, signed: bool },
    Remainder { bits: u8, signed: bool },
    Extract { bits: u8, signed: bool },
    Insert { bits: u8 },
    Permute,
    FunnelLeft { wraps: bool },
    FunnelRight { wraps: bool },
    Table,
    Dot { parts: u8, signed: [bool; 2], high: bool },
    Difference { signed: bool },
    LeadingZeros,
    Ones,
    Reverse,
    FindBit { bits: u8, signed: bool, shifts: bool },
    Convert { from: Type, to: Type, rounding: Rounding },
}

/// How much an access to memory orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strength {
    /// Nothing, and it may race.
    Plain,
    /// Nothing, but it does not race with its like.
    Relaxed,
    /// What its name says: a load acquires, a store releases.
    Ordered,
}

/// A load or a store.
#[derive(Clone, Copy, Debug)]
pub struct Access {
    pub space: Space,
    pub base: Register,
    pub offset: i64,
    /// Bytes of one number.
    pub bytes: usize,
    /// How many numbers.
    pub count: usize,
    pub registers: [Register; 4],
    pub is_signed: bool,
    /// Whether it is a load through a cache that sees no write of the same launch.
    pub is_cached: bool,
    pub strength: Strength,
}

/// What an atomic does to a word.
#[derive(Clone, Copy, Debug)]
pub enum Change {
    Add,
    Min,
    Max,
    MinSigned,
    MaxSigned,
    And,
    Or,
    Xor,
    Exchange,
    CompareExchange,
    Increment,
    Decrement,
}

/// A read and a write at once.
#[derive(Clone, Copy, Debug)]
pub struct Atomic {
    pub space: Space,
    pub base: Register,
    pub offset: i64,
    pub bytes: usize,
    pub change: Change,
    pub result: Option<Register>,
    pub value: Register,
    pub other: Register,
    pub acquires: bool,
    pub releases: bool,
}

/// Whom a shuffle asks.
#[derive(Clone, Copy, Debug)]
pub enum Shuffle {
    Up,
    Down,
    Butterfly,
    Index,
}

/// What a barrier or a vote tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vote {
    Any,
    All,
    Uniform,
    Count,
    Ballot,
}

/// An instruction. The first register is where the result goes.
#[derive(Clone, Debug)]
pub enum Op {
    Copy(At, At),
    CopyWide(At, At),
    Integer(One, At, At),
    IntegerWide(One, At, At),
    Integers(Two, At, At, At),
    IntegersWide(Two, At, At, At),
    /// The amount is narrow.
    ShiftWide(Two, At, At, At),
    MultiplyAdd(At, At, At, At),
    MultiplyAddWide(At, At, At, At),
    /// Narrow times narrow to wide, signed or not.
    Product(bool, At, At, At),
    /// The same, plus wide.
    ProductAdd(bool, At, At, At, At),
    /// Narrow to wide, signed or not.
    Widen(bool, At, At),
    /// The low half of wide.
    LowHalf(At, At),
    /// The high half of wide.
    HighHalf(At, At),
    /// Low half, high half.
    Pack(At, At, At),
    Float(FloatOne, At, At),
    FloatWide(FloatOne, At, At),
    Floats(FloatTwo, At, At, At),
    FloatsWide(FloatTwo, At, At, At),
    Fma(At, At, At, At),
    FmaWide(At, At, At, At),
    /// Narrow, signed or not, to the nearest `f32`.
    ToFloat(bool, At, At),
    Compare {
        sort: Sort,
        is_wide: bool,
        outcomes: u8,
        to: At,
        a: At,
        b: At,
    },
    Flags(Logic, At, At, At),
    NotFlag(At, At),
    Select(At, At, At, At),
    SelectWide(At, At, At, At),
    Rare(Rare, Register, [Register; 4]),
    Load(Box<Access>),
    Store(Box<Access>),
    Atomic(Box<Atomic>),
    Fence,
    /// A fence that no other block sees.
    Nothing,
    Branch(u32),
    Exit,
    Barrier,
    /// A barrier of the block that tells what its threads' predicates are.
    BarrierVote(Vote, Register, At),
    WarpBarrier(At),
    Shuffle {
        how: Shuffle,
        to: At,
        is_inside: At,
        value: At,
        by: At,
        clamp: At,
        members: At,
    },
    Vote {
        what: Vote,
        to: Register,
        flag: At,
        members: At,
    },
    ActiveMask(At),
}

/// An instruction, and what decides whether a lane executes it.
#[derive(Clone, Debug)]
pub struct Instruction {
    pub op: Op,
    /// A predicate, and whether it is negated.
    pub guard: Option<(At, bool)>,
    /// Its line in the PTX, from 1.
    pub line: u32,
}

/// What a special register says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Special {
    Thread,
    Threads,
    Block,
    Blocks,
    Lane,
    Warp,
    LanesEqual,
    LanesLess,
    LanesLessEqual,
    LanesGreater,
    LanesGreaterEqual,
    Zero,
    One,
}

/// A variable in the shared memory of a block.
#[derive(Clone, Debug)]
pub struct Shared {
    pub name: String,
    pub address: u64,
    pub bytes: usize,
}

/// A kernel, ready to run.
#[derive(Clone, Debug, Default)]
pub struct Kernel {
    pub name: String,
    pub parameters: Vec<(Kind, Register)>,
    pub code: Vec<Instruction>,
    /// Sizes of the files of registers: flags, narrow, wide.
    pub registers: [usize; 3],
    pub constants: Vec<(At, u32)>,
    pub wide_constants: Vec<(At, u64)>,
    pub specials: Vec<(At, Special)>,
    pub shared: Vec<Shared>,
    /// The instruction in each line.
    pub lines: HashMap<u32, String>,
}

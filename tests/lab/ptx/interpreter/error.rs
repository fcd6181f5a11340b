//! What can be wrong with a kernel, or with what is asked of the machine.

use std::fmt::{Display, Formatter, Result as Written};

/// Where a kernel went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The kernel.
    pub kernel: String,
    /// The line of its PTX, from 1.
    pub line: u32,
    /// The instruction in that line.
    pub instruction: String,
    /// The block.
    pub block: u32,
    /// The thread in its block.
    pub thread: u32,
}

/// What a kernel did wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// An access that is not within one allocation.
    Bounds {
        /// Its address.
        address: u64,
        /// How many bytes.
        bytes: usize,
        /// Which allocation is near, and where the access lies from there.
        near: String,
    },
    /// An address that is no multiple of the access's size.
    Misaligned {
        /// The address.
        address: u64,
        /// How many bytes.
        bytes: usize,
        /// Which allocation, and where in it.
        near: String,
    },
    /// A read of memory that nobody wrote.
    Unwritten {
        /// The address.
        address: u64,
        /// Which allocation, and where in it.
        near: String,
    },
    /// A write to a constant.
    Constant {
        /// The address.
        address: u64,
        /// Which allocation, and where in it.
        near: String,
    },
    /// Two accesses that nothing orders, one of them a write.
    Race {
        /// The address.
        address: u64,
        /// Which allocation, and where in it.
        near: String,
        /// What this access was, such as `write`.
        access: &'static str,
        /// What the other one was.
        other: &'static str,
        /// The other one's block.
        other_block: u32,
        /// The other one's thread; none if there were several.
        other_thread: Option<u32>,
    },
    /// A barrier that not all threads of the block reach.
    DivergentBarrier {
        /// Who is missing.
        missing: String,
    },
    /// A shuffle, vote or barrier of a warp that names lanes that are not there.
    AbsentLane {
        /// The lanes that are named.
        named: u32,
        /// The lanes that are there.
        present: u32,
    },
    /// A whole number divided by zero.
    DivisionByZero,
    /// More barriers or blocks than can be told apart.
    TooMany(&'static str),
}

/// A kernel that went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub place: Place,
    /// How.
    pub trouble: Trouble,
}

/// Why the machine did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// Text that is no PTX, as far as it is known here.
    Syntax {
        /// The line, from 1.
        line: u32,
        /// What is wrong.
        what: String,
    },
    /// An instruction that is not known here, or that does not promise the same bits everywhere.
    Unsupported {
        /// The kernel.
        kernel: String,
        /// The line of the PTX, from 1.
        line: u32,
        /// The instruction.
        instruction: String,
    },
    /// A sum of floats whose order changes from run to run.
    UnorderedSum {
        /// The kernel.
        kernel: String,
        /// The line of the PTX, from 1.
        line: u32,
        /// The instruction.
        instruction: String,
    },
    /// A kernel that is in no PTX.
    NoKernel(String),
    /// A name that two kernels have.
    TwoKernels(String),
    /// Parameters that are not those of the declaration.
    Arguments {
        /// The kernel.
        kernel: String,
        /// What is wrong.
        what: String,
    },
    /// Blocks or threads that no GPU has.
    Size {
        /// The kernel.
        kernel: String,
        /// What is wrong.
        what: String,
    },
    /// A kernel went wrong.
    Fault(Box<Fault>),
    /// All warps wait for something that nobody will do.
    Deadlock {
        /// The kernel.
        kernel: String,
        /// Instructions since any warp got on.
        instructions: u64,
        /// Where one of them is.
        place: Box<Place>,
    },
    /// The host asked for memory that is not there.
    Host {
        /// The address.
        address: u64,
        /// How many bytes.
        bytes: usize,
        /// What is wrong.
        what: String,
    },
}

impl Display for Place {
    fn fmt(&self, to: &mut Formatter<'_>) -> Written {
        let Place { kernel, line, instruction, block, thread } = self;
        write!(to, "{kernel}, line {line}, block {block}, thread {thread}, `{instruction}`")
    }
}

impl Display for Trouble {
    fn fmt(&self, to: &mut Formatter<'_>) -> Written {
        match self {
            Self::Bounds { address, bytes, near } => {
                write!(to, "{bytes} bytes at {address:#x} are out of bounds ({near})")
            }
            Self::Misaligned { address, bytes, near } => {
                write!(to, "{address:#x} is not aligned to {bytes} bytes ({near})")
            }
            Self::Unwritten { address, near } => write!(to, "nobody wrote what is read at {address:#x} ({near})"),
            Self::Constant { address, near } => write!(to, "a write to a constant at {address:#x} ({near})"),
            Self::Race { address, near, access, other, other_block, other_thread } => {
                write!(to, "a data race at {address:#x} ({near}): nothing orders this {access} and a {other} by ")?;
                match other_thread {
                    Some(thread) => write!(to, "block {other_block}, thread {thread}"),
                    None => write!(to, "several threads of block {other_block}"),
                }
            }
            Self::DivergentBarrier { missing } => write!(to, "a barrier in diverging code: {missing}"),
            Self::AbsentLane { named, present } => {
                write!(to, "lanes {named:#010x} of the warp are named, and {present:#010x} are here")
            }
            Self::DivisionByZero => write!(to, "a whole number divided by zero"),
            Self::TooMany(what) => write!(to, "too many {what}"),
        }
    }
}

impl Display for Error {
    fn fmt(&self, to: &mut Formatter<'_>) -> Written {
        match self {
            Self::Syntax { line, what } => write!(to, "line {line}: {what}"),
            Self::Unsupported { kernel, line, instruction } => {
                write!(to, "{kernel}, line {line}: `{instruction}` is not supported")
            }
            Self::UnorderedSum { kernel, line, instruction } => {
                write!(to, "{kernel}, line {line}: `{instruction}`: the order of this sum is not defined")
            }
            Self::NoKernel(name) => write!(to, "there is no kernel {name}"),
            Self::TwoKernels(name) => write!(to, "there are two kernels {name}"),
            Self::Arguments { kernel, what } | Self::Size { kernel, what } => write!(to, "{kernel}: {what}"),
            Self::Fault(fault) => write!(to, "{}: {}", fault.place, fault.trouble),
            Self::Deadlock { kernel, instructions, place } => {
                write!(to, "{kernel}: deadlock: nothing has changed for {instructions} instructions; one is at {place}")
            }
            Self::Host { address, bytes, what } => write!(to, "{bytes} bytes at {address:#x}: {what}"),
        }
    }
}

impl std::error::Error for Error {}

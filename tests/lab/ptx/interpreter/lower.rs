//! From instructions as they were written to those that a warp executes.

mod effects;
mod values;
mod whole;

use std::collections::HashMap;

use super::code::{At, Instruction, Kernel, Logic, Op, Shared, Special, Type};
use super::error::Error;
use super::memory::{GAP, SHARED};
use super::parse::{Entry, File, Module, Operand, Raw, Register, Space, Variable};

/// What is being made of one kernel.
struct Lowering<'a> {
    kernel: Kernel,
    /// Addresses of variables.
    symbols: HashMap<String, u64>,
    parameters: HashMap<String, Register>,
    labels: &'a HashMap<String, usize>,
    constants: HashMap<u32, At>,
    wide_constants: HashMap<u64, At>,
    specials: HashMap<Special, At>,
    guard: Option<(At, bool)>,
    line: u32,
}

/// Makes a module's kernels ready; `globals` says where its variables outside of kernels are.
pub fn kernels(module: &Module, globals: &HashMap<String, u64>) -> Result<Vec<Kernel>, Error> {
    let outside: Vec<_> = module.variables.iter().filter(|variable| variable.space == Space::Shared).collect();
    module.entries.iter().map(|entry| kernel(entry, &outside, globals)).collect()
}

fn kernel(entry: &Entry, outside: &[&Variable], globals: &HashMap<String, u64>) -> Result<Kernel, Error> {
    let mut lowering = Lowering {
        kernel: Kernel {
            name: entry.name.clone(),
            registers: entry.registers.map(usize::from),
            lines: entry.body.iter().map(|raw| (raw.line, raw.text.clone())).collect(),
            ..Kernel::default()
        },
        symbols: globals.clone(),
        parameters: HashMap::new(),
        labels: &entry.labels,
        constants: HashMap::new(),
        wide_constants: HashMap::new(),
        specials: HashMap::new(),
        guard: None,
        line: 0,
    };
    lowering.place_shared(entry, outside);
    for (name, kind) in &entry.parameters {
        let file = if *kind == super::parse::Kind::Address { File::Wide } else { File::Narrow };
        let register = lowering.spare(file);
        lowering.kernel.parameters.push((*kind, register));
        lowering.parameters.insert(name.clone(), register);
    }
    let mut starts = Vec::with_capacity(entry.body.len() + 1);
    for raw in &entry.body {
        starts.push(lowering.kernel.code.len());
        lowering.lower(raw)?;
    }
    starts.push(lowering.kernel.code.len());
    lowering.kernel.code.push(Instruction { op: Op::Exit, guard: None, line: lowering.line });
    let mut kernel = lowering.kernel;
    for instruction in &mut kernel.code {
        if let Op::Branch(target) = &mut instruction.op {
            *target = u32::try_from(starts[*target as usize]).unwrap_or(u32::MAX);
        }
    }
    if kernel.registers.iter().any(|&count| count > usize::from(At::MAX)) {
        return Err(Error::Syntax { line: 0, what: format!("{} has too many registers", kernel.name) });
    }
    Ok(kernel)
}

impl Lowering<'_> {
    /// Variables lie apart, so that what leaves one does not hit the next.
    fn place_shared(&mut self, entry: &Entry, outside: &[&Variable]) {
        let is_named = |variable: &&&Variable| entry.body.iter().any(|raw| raw.text.contains(&variable.name));
        let mut next = GAP;
        for variable in entry.shared.iter().chain(outside.iter().filter(is_named).copied()) {
            next = next.next_multiple_of(variable.align.max(GAP));
            let shared = Shared { name: variable.name.clone(), address: next, bytes: variable.bytes };
            self.symbols.insert(variable.name.clone(), next);
            self.kernel.shared.push(shared);
            next += variable.bytes as u64 + GAP;
        }
    }

    fn lower(&mut self, raw: &Raw) -> Result<(), Error> {
        self.guard = raw.guard.map(|(register, is_negated)| (register.index, is_negated));
        self.line = raw.line;
        let mut parts = raw.opcode.split('.');
        let name = parts.next().unwrap_or_default();
        let parts: Vec<_> = parts.collect();
        let (kernel, line, instruction) = (self.kernel.name.clone(), raw.line, raw.text.clone());
        if matches!(name, "atom" | "red") && parts.iter().any(|part| part.starts_with('f') || part.contains("bf16")) {
            return Err(Error::UnorderedSum { kernel, line, instruction });
        }
        let done = self.value(name, &parts, &raw.operands).or_else(|| self.effect(name, &parts, &raw.operands));
        done.ok_or(Error::Unsupported { kernel, line, instruction })
    }

    fn emit(&mut self, op: Op) {
        self.kernel.code.push(Instruction { op, guard: self.guard, line: self.line });
    }

    /// A register that the PTX does not name.
    fn spare(&mut self, file: File) -> Register {
        let next = &mut self.kernel.registers[file as usize];
        let index = At::try_from(*next).unwrap_or(At::MAX);
        *next += 1;
        let bits = [1, 32, 64][file as usize];
        Register { file, index, bits }
    }

    fn constant(&mut self, value: u32) -> At {
        if let Some(&at) = self.constants.get(&value) {
            return at;
        }
        let at = self.spare(File::Narrow).index;
        self.constants.insert(value, at);
        self.kernel.constants.push((at, value));
        at
    }

    fn wide_constant(&mut self, value: u64) -> At {
        if let Some(&at) = self.wide_constants.get(&value) {
            return at;
        }
        let at = self.spare(File::Wide).index;
        self.wide_constants.insert(value, at);
        self.kernel.wide_constants.push((at, value));
        at
    }

    fn special(&mut self, name: &str) -> Option<At> {
        let special = match name {
            "tid.x" => Special::Thread,
            "ntid.x" => Special::Threads,
            "ctaid.x" => Special::Block,
            "nctaid.x" => Special::Blocks,
            "laneid" => Special::Lane,
            "warpid" => Special::Warp,
            "lanemask_eq" => Special::LanesEqual,
            "lanemask_lt" => Special::LanesLess,
            "lanemask_le" => Special::LanesLessEqual,
            "lanemask_gt" => Special::LanesGreater,
            "lanemask_ge" => Special::LanesGreaterEqual,
            "tid.y" | "tid.z" | "ctaid.y" | "ctaid.z" => Special::Zero,
            "ntid.y" | "ntid.z" | "nctaid.y" | "nctaid.z" => Special::One,
            _ => return None,
        };
        if let Some(&at) = self.specials.get(&special) {
            return Some(at);
        }
        let at = self.spare(File::Narrow).index;
        self.specials.insert(special, at);
        self.kernel.specials.push((at, special));
        Some(at)
    }

    /// A source of up to 32 bits.
    fn narrow(&mut self, operand: &Operand) -> Option<At> {
        match operand {
            Operand::Register(Register { file: File::Narrow, index, .. }) => Some(*index),
            Operand::Whole(value) => Some(self.constant((value & 0xffff_ffff) as u32)),
            Operand::Single(bits) => Some(self.constant(*bits)),
            Operand::Special(name) => self.special(name),
            Operand::Symbol(name) => {
                let address = *self.symbols.get(name)?;
                u32::try_from(address).ok().map(|address| self.constant(address))
            }
            _ => None,
        }
    }

    /// A source of 16 bits, without a sign.
    fn half(&mut self, operand: &Operand) -> Option<At> {
        match operand {
            Operand::Whole(value) => Some(self.constant((value & 0xffff) as u32)),
            Operand::Register(_) => self.narrow(operand),
            _ => None,
        }
    }

    /// A source of 16 bits, with its sign brought to 32.
    fn signed_half(&mut self, operand: &Operand) -> Option<At> {
        if let Operand::Whole(value) = operand {
            let value = (value & 0xffff) as u16;
            return Some(self.constant(i32::from(value.cast_signed()).cast_unsigned()));
        }
        let (from, to) = (self.narrow(operand)?, self.spare(File::Narrow).index);
        self.emit(Op::Integer(super::code::One::SignedHalf, to, from));
        Some(to)
    }

    /// A source of 64 bits.
    fn wide(&mut self, operand: &Operand) -> Option<At> {
        match operand {
            Operand::Register(Register { file: File::Wide, index, .. }) => Some(*index),
            Operand::Whole(value) | Operand::Double(value) => Some(self.wide_constant(*value)),
            Operand::Symbol(name) => {
                let address = *self.symbols.get(name)?;
                Some(self.wide_constant(address))
            }
            _ => None,
        }
    }

    /// A predicate, negated or not.
    fn flag(&mut self, operand: &Operand) -> Option<At> {
        match operand {
            Operand::Register(Register { file: File::Flag, index, .. }) => Some(*index),
            Operand::Not(inner) => {
                let (from, to) = (self.flag(inner)?, self.spare(File::Flag).index);
                self.emit(Op::NotFlag(to, from));
                Some(to)
            }
            Operand::Whole(value) => {
                let to = self.spare(File::Flag).index;
                self.emit(Op::Flags(Logic::Xor, to, to, to));
                if *value != 0 {
                    self.emit(Op::NotFlag(to, to));
                }
                Some(to)
            }
            _ => None,
        }
    }

    /// A source of so many bits, as a register.
    fn source(&mut self, operand: &Operand, bits: u8) -> Option<Register> {
        if bits == 64 {
            return self.wide(operand).map(|index| Register { file: File::Wide, index, bits });
        }
        let index = if bits == 16 { self.half(operand) } else { self.narrow(operand) };
        index.map(|index| Register { file: File::Narrow, index, bits })
    }

    /// Where a result goes.
    fn target(&mut self, operand: &Operand, file: File) -> Option<Register> {
        match operand {
            Operand::Register(register) if register.file == file => Some(*register),
            Operand::Sink => Some(self.spare(file)),
            _ => None,
        }
    }

    fn flag_target(&mut self, operand: &Operand) -> Option<At> {
        self.target(operand, File::Flag).map(|register| register.index)
    }

    fn narrow_target(&mut self, operand: &Operand) -> Option<At> {
        self.target(operand, File::Narrow).map(|register| register.index)
    }

    fn wide_target(&mut self, operand: &Operand) -> Option<At> {
        self.target(operand, File::Wide).map(|register| register.index)
    }

    /// `[base+offset]`, with the base in a register.
    fn address(&mut self, operand: &Operand) -> Option<(Register, i64)> {
        let Operand::Memory(base, offset) = operand else { return None };
        let register = match &**base {
            Operand::Register(register) if register.file != File::Flag => *register,
            base => self.source(base, 64)?,
        };
        Some((register, *offset))
    }
}

/// The type that a part of an opcode names; bits without a meaning count as unsigned.
fn type_of(part: &str) -> Option<Type> {
    let (letter, bits) = part.split_at_checked(1)?;
    let bits = bits.parse().ok()?;
    match (letter, bits) {
        ("u" | "b", 8 | 16 | 32 | 64) => Some(Type::Unsigned(bits)),
        ("s", 8 | 16 | 32 | 64) => Some(Type::Signed(bits)),
        ("f", 32 | 64) => Some(Type::Float(bits)),
        _ => None,
    }
}

/// Marks a generic address as one of shared memory.
const fn shared_window() -> u64 {
    SHARED
}

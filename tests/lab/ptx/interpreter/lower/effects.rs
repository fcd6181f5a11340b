//! Instructions that touch memory or other lanes, and branches.

use super::super::code::{Access, Atomic, Change, Op, Shuffle, Strength, Type, Vote};
use super::super::parse::{File, Operand, Register, Space};
use super::{Lowering, type_of};

/// What the parts of an access's name say of it.
struct Manner {
    space: Space,
    strength: Strength,
    acquires: bool,
    releases: bool,
    /// Whether it goes through a cache that sees no write of the same launch.
    is_cached: bool,
}

/// Takes a manner off the front of a name; what is left is what is done.
fn manner<'a, 'b>(parts: &'a [&'b str]) -> Option<(Manner, &'a [&'b str])> {
    let mut manner =
        Manner { space: Space::Generic, strength: Strength::Plain, acquires: false, releases: false, is_cached: false };
    // Whether only threads of the same block are sure to see it.
    let mut is_of_block = false;
    let mut rest = parts;
    while let Some((part, after)) = rest.split_first() {
        match *part {
            "weak" | "ca" | "cg" | "cs" | "lu" | "wb" | "wt" | "gpu" | "sys" => {}
            "nc" => manner.is_cached = true,
            "cta" => is_of_block = true,
            "relaxed" | "volatile" => manner.strength = Strength::Relaxed,
            "acquire" => (manner.strength, manner.acquires) = (Strength::Ordered, true),
            "release" => (manner.strength, manner.releases) = (Strength::Ordered, true),
            "acq_rel" => {
                (manner.strength, manner.acquires, manner.releases) = (Strength::Ordered, true, true);
            }
            "global" => manner.space = Space::Global,
            "shared" => manner.space = Space::Shared,
            "const" => manner.space = Space::Constant,
            _ => break,
        }
        rest = after;
    }
    // What only the own block sees orders nothing between blocks; nor is it needed within one.
    (!is_of_block || manner.space == Space::Shared).then_some((manner, rest))
}

impl Lowering<'_> {
    /// Lowers an instruction that is more than arithmetic; none if it is not known.
    pub(super) fn effect(&mut self, name: &str, parts: &[&str], operands: &[Operand]) -> Option<()> {
        match (name, parts, operands) {
            ("ld", ["param", part], [to, from]) => self.parameter(part, to, from),
            ("ld", _, [to, from]) => {
                let op = Op::Load(Box::new(self.access(parts, to, from, true)?));
                self.emit(op);
                Some(())
            }
            ("st", _, [to, from]) => {
                let op = Op::Store(Box::new(self.access(parts, from, to, false)?));
                self.emit(op);
                Some(())
            }
            ("atom", _, [to, rest @ ..]) => self.atomic(parts, Some(to), rest),
            ("red", _, rest) => self.atomic(parts, None, rest),
            ("membar", ["gl" | "sys"], []) | ("fence", ["acq_rel" | "sc", "gpu" | "sys"], []) => {
                self.emit(Op::Fence);
                Some(())
            }
            ("membar", ["cta"], []) | ("fence", ["acq_rel" | "sc", "cta"], []) => {
                self.emit(Op::Nothing);
                Some(())
            }
            ("bra", [] | ["uni"], [Operand::Symbol(label)]) => {
                let target = u32::try_from(*self.labels.get(label)?).ok()?;
                self.emit(Op::Branch(target));
                Some(())
            }
            ("ret" | "exit", [] | ["uni"], []) => {
                self.emit(Op::Exit);
                Some(())
            }
            ("bar" | "barrier", _, _) => self.barrier(parts, operands),
            ("shfl", ["sync", how, "b32"], [to, value, by, clamp, members]) => {
                let how = match *how {
                    "up" => Shuffle::Up,
                    "down" => Shuffle::Down,
                    "bfly" => Shuffle::Butterfly,
                    "idx" => Shuffle::Index,
                    _ => return None,
                };
                let (to, is_inside) = match to {
                    Operand::Pair(to, flag) => (self.narrow_target(to)?, self.flag_target(flag)?),
                    to => (self.narrow_target(to)?, self.spare(File::Flag).index),
                };
                let (value, by) = (self.narrow(value)?, self.narrow(by)?);
                let (clamp, members) = (self.narrow(clamp)?, self.narrow(members)?);
                self.emit(Op::Shuffle { how, to, is_inside, value, by, clamp, members });
                Some(())
            }
            ("vote", ["sync", what, part @ ("pred" | "b32")], [to, flag, members]) => {
                let (what, file) = match (*what, *part) {
                    ("any", "pred") => (Vote::Any, File::Flag),
                    ("all", "pred") => (Vote::All, File::Flag),
                    ("uni", "pred") => (Vote::Uniform, File::Flag),
                    ("ballot", "b32") => (Vote::Ballot, File::Narrow),
                    _ => return None,
                };
                let (to, flag, members) = (self.target(to, file)?, self.flag(flag)?, self.narrow(members)?);
                self.emit(Op::Vote { what, to, flag, members });
                Some(())
            }
            ("activemask", ["b32"], [to]) => {
                let op = Op::ActiveMask(self.narrow_target(to)?);
                self.emit(op);
                Some(())
            }
            _ => None,
        }
    }

    fn barrier(&mut self, parts: &[&str], operands: &[Operand]) -> Option<()> {
        let first = Operand::Whole(0);
        let op = match (parts, operands) {
            (["sync"] | ["sync", "aligned"] | ["cta", "sync"] | ["cta", "sync", "aligned"], [number])
                if *number == first =>
            {
                Op::Barrier
            }
            (["warp", "sync"], [members]) => Op::WarpBarrier(self.narrow(members)?),
            (["red", what, part], [to, number, flag]) if *number == first => {
                let (what, file) = match (*what, *part) {
                    ("or", "pred") => (Vote::Any, File::Flag),
                    ("and", "pred") => (Vote::All, File::Flag),
                    ("popc", "u32") => (Vote::Count, File::Narrow),
                    _ => return None,
                };
                Op::BarrierVote(what, self.target(to, file)?, self.flag(flag)?)
            }
            _ => return None,
        };
        self.emit(op);
        Some(())
    }

    fn parameter(&mut self, part: &str, to: &Operand, from: &Operand) -> Option<()> {
        let Operand::Memory(base, 0) = from else { return None };
        let Operand::Symbol(name) = &**base else { return None };
        let register = *self.parameters.get(name)?;
        let op = match (type_of(part)?, register.file) {
            (Type::Unsigned(64) | Type::Signed(64), File::Wide) => Op::CopyWide(self.wide_target(to)?, register.index),
            // A register may be wider than the parameter.
            (of @ (Type::Unsigned(32) | Type::Signed(32)), File::Narrow) if self.wide_target(to).is_some() => {
                Op::Widen(matches!(of, Type::Signed(_)), self.wide_target(to)?, register.index)
            }
            (Type::Unsigned(32) | Type::Signed(32) | Type::Float(32), File::Narrow) => {
                Op::Copy(self.narrow_target(to)?, register.index)
            }
            _ => return None,
        };
        self.emit(op);
        Some(())
    }

    fn access(&mut self, parts: &[&str], numbers: &Operand, at: &Operand, is_load: bool) -> Option<Access> {
        let (manner, rest) = manner(parts)?;
        let (count, part) = match rest {
            ["v2", part] => (2, part),
            ["v4", part] => (4, part),
            [part] => (1, part),
            _ => return None,
        };
        if (is_load && manner.releases) || (!is_load && (manner.acquires || manner.space == Space::Constant)) {
            return None;
        }
        let of = type_of(part)?;
        let (Type::Unsigned(bits) | Type::Signed(bits) | Type::Float(bits)) = of;
        let (base, offset) = self.address(at)?;
        let list = match numbers {
            Operand::List(list) => list.as_slice(),
            one => std::slice::from_ref(one),
        };
        if list.len() != count {
            return None;
        }
        let mut registers = [base; 4];
        for (at, operand) in list.iter().enumerate() {
            registers[at] = match operand {
                // A register may be wider than what goes to or from memory.
                Operand::Register(register) if register.file != File::Flag && register.bits >= bits => *register,
                Operand::Register(_) => return None,
                Operand::Sink if is_load => self.spare(if bits == 64 { File::Wide } else { File::Narrow }),
                other if !is_load => self.source(other, bits.max(32))?,
                _ => return None,
            };
        }
        Some(Access {
            space: manner.space,
            base,
            offset,
            bytes: usize::from(bits / 8),
            count,
            registers,
            is_signed: matches!(of, Type::Signed(_)),
            is_cached: manner.is_cached,
            strength: manner.strength,
        })
    }

    fn atomic(&mut self, parts: &[&str], to: Option<&Operand>, operands: &[Operand]) -> Option<()> {
        // The manner's parts may also stand behind what is done, as in `atom.global.add.u32`.
        let (manner, rest) = manner(parts)?;
        let [what, part] = rest else { return None };
        let (bits, signed) = match type_of(part)? {
            Type::Unsigned(bits @ (32 | 64)) => (bits, false),
            Type::Signed(bits @ (32 | 64)) => (bits, true),
            _ => return None,
        };
        let change = match (*what, signed) {
            ("add", _) => Change::Add,
            ("min", false) => Change::Min,
            ("max", false) => Change::Max,
            ("min", true) => Change::MinSigned,
            ("max", true) => Change::MaxSigned,
            ("and", _) => Change::And,
            ("or", _) => Change::Or,
            ("xor", _) => Change::Xor,
            ("exch", _) => Change::Exchange,
            ("cas", _) => Change::CompareExchange,
            ("inc", false) if bits == 32 => Change::Increment,
            ("dec", false) if bits == 32 => Change::Decrement,
            _ => return None,
        };
        let (at, value, other) = match (operands, change) {
            ([at, value, other], Change::CompareExchange) => (at, value, other),
            ([_, _], Change::CompareExchange) => return None,
            ([at, value], _) => (at, value, value),
            _ => return None,
        };
        let (base, offset) = self.address(at)?;
        let (value, other) = (self.source(value, bits)?, self.source(other, bits)?);
        let file = if bits == 64 { File::Wide } else { File::Narrow };
        let result: Option<Register> = match to {
            Some(Operand::Sink) | None => None,
            Some(to) => Some(self.target(to, file)?),
        };
        if manner.space == Space::Constant {
            return None;
        }
        self.emit(Op::Atomic(Box::new(Atomic {
            space: manner.space,
            base,
            offset,
            bytes: usize::from(bits / 8),
            change,
            result,
            value,
            other,
            acquires: manner.acquires,
            releases: manner.releases,
        })));
        Some(())
    }
}

//! Instructions that work on registers alone.

use super::super::code::{At, FloatOne, FloatTwo, Logic, Op, Rare, Rounding, Sort, Two, Type, outcome};
use super::super::parse::{File, Operand, Register};
use super::{Lowering, type_of};

use outcome::{EQUAL, GREATER, LESS, UNORDERED};

impl Lowering<'_> {
    /// Lowers an instruction that touches no memory and no other lane; none if it is not one.
    pub(super) fn value(&mut self, name: &str, parts: &[&str], operands: &[Operand]) -> Option<()> {
        match (name, parts, operands) {
            ("mov", [part], [to, from]) => self.copy(part, to, from),
            ("cvta", ["global" | "const", "u64"] | ["to", "global" | "const", "u64"], [to, from]) => {
                self.copy("u64", to, from)
            }
            ("cvta", ["shared", "u64"], [to, from]) => self.move_window(Two::Add, to, from),
            ("cvta", ["to", "shared", "u64"], [to, from]) => self.move_window(Two::Subtract, to, from),
            ("cvt", [.., to_type, from_type], [to, from]) => {
                let rounding = &parts[..parts.len() - 2];
                self.convert(rounding, type_of(to_type)?, type_of(from_type)?, to, from)
            }
            ("add" | "sub" | "mul" | "div", ["rn", part], [to, a, b]) => self.floats(name, type_of(part)?, to, a, b),
            ("min" | "max", ["f32" | "f64"], [to, a, b]) => self.floats(name, type_of(parts[0])?, to, a, b),
            ("fma", ["rn", "f32"], [to, a, b, c]) => {
                let op = Op::Fma(self.narrow_target(to)?, self.narrow(a)?, self.narrow(b)?, self.narrow(c)?);
                self.done(op)
            }
            ("fma", ["rn", "f64"], [to, a, b, c]) => {
                let op = Op::FmaWide(self.wide_target(to)?, self.wide(a)?, self.wide(b)?, self.wide(c)?);
                self.done(op)
            }
            ("neg" | "abs", ["f32" | "f64"], [to, a]) | ("sqrt" | "rcp", ["rn", "f32" | "f64"], [to, a]) => {
                let what = match name {
                    "neg" => FloatOne::Negate,
                    "abs" => FloatOne::Absolute,
                    "rcp" => FloatOne::Reciprocal,
                    _ => FloatOne::Root,
                };
                let op = if parts.ends_with(&["f32"]) {
                    Op::Float(what, self.narrow_target(to)?, self.narrow(a)?)
                } else {
                    Op::FloatWide(what, self.wide_target(to)?, self.wide(a)?)
                };
                self.done(op)
            }
            ("and" | "or" | "xor", ["pred"], [to, a, b]) => {
                let logic = logic_of(name)?;
                let op = Op::Flags(logic, self.flag_target(to)?, self.flag(a)?, self.flag(b)?);
                self.done(op)
            }
            ("not", ["pred"], [to, a]) => {
                let op = Op::NotFlag(self.flag_target(to)?, self.flag(a)?);
                self.done(op)
            }
            ("setp", [relation, part], [to, a, b]) => self.set_flag(relation, None, part, to, a, b),
            ("setp", [relation, logic, part], [to, a, b, c]) => {
                self.set_flag(relation, Some((logic_of(logic)?, c)), part, to, a, b)
            }
            ("set", [relation, to_part, part], [to, a, b]) => {
                let flag = self.spare(File::Flag);
                self.set_flag(relation, None, part, &Operand::Register(flag), a, b)?;
                let yes = if *to_part == "f32" { 1.0_f32.to_bits() } else { u32::MAX };
                let op = Op::Select(self.narrow_target(to)?, self.constant(yes), self.constant(0), flag.index);
                self.done(op)
            }
            ("selp", [part], [to, a, b, flag]) => {
                let flag = self.flag(flag)?;
                self.select(type_of(part)?, to, a, b, flag)
            }
            ("slct", [part, sort @ ("s32" | "f32")], [to, a, b, by]) => {
                let (flag, zero) = (self.spare(File::Flag), Operand::Whole(0));
                self.set_flag("ge", None, sort, &Operand::Register(flag), by, &zero)?;
                self.select(type_of(part)?, to, a, b, flag.index)
            }
            _ => self.whole(name, parts, operands),
        }
    }

    /// The last step of a lowering.
    #[expect(clippy::unnecessary_wraps, reason = "the steps before it may fail, so what they are part of may")]
    pub(super) fn done(&mut self, op: Op) -> Option<()> {
        self.emit(op);
        Some(())
    }

    fn copy(&mut self, part: &str, to: &Operand, from: &Operand) -> Option<()> {
        let op = match (part, to, from) {
            ("pred", ..) => {
                let from = self.flag(from)?;
                Op::Flags(Logic::And, self.flag_target(to)?, from, from)
            }
            (_, Operand::List(halves), from) => return self.unpack(type_of(part)?, halves, from),
            (_, to, Operand::List(halves)) => return self.pack(type_of(part)?, to, halves),
            _ => match type_of(part)? {
                Type::Unsigned(64) | Type::Signed(64) | Type::Float(64) => {
                    Op::CopyWide(self.wide_target(to)?, self.wide(from)?)
                }
                Type::Unsigned(16) | Type::Signed(16) => Op::Copy(self.narrow_target(to)?, self.half(from)?),
                Type::Unsigned(32) | Type::Signed(32) | Type::Float(32) => {
                    Op::Copy(self.narrow_target(to)?, self.narrow(from)?)
                }
                _ => return None,
            },
        };
        self.done(op)
    }

    fn pack(&mut self, of: Type, to: &Operand, halves: &[Operand]) -> Option<()> {
        let [low, high] = halves else { return None };
        if of == Type::Unsigned(64) {
            let op = Op::Pack(self.wide_target(to)?, self.narrow(low)?, self.narrow(high)?);
            return self.done(op);
        }
        let (moved, low) = (self.spare(File::Narrow).index, self.half(low)?);
        let op = Op::Integers(Two::Left, moved, self.half(high)?, self.constant(16));
        self.emit(op);
        let op = Op::Integers(Two::Or, self.narrow_target(to)?, moved, low);
        self.done(op)
    }

    fn unpack(&mut self, of: Type, halves: &[Operand], from: &Operand) -> Option<()> {
        let [low, high] = halves else { return None };
        let (low, high) = (self.narrow_target(low)?, self.narrow_target(high)?);
        if of == Type::Unsigned(64) {
            let from = self.wide(from)?;
            self.emit(Op::LowHalf(low, from));
            return self.done(Op::HighHalf(high, from));
        }
        let (from, moved) = (self.narrow(from)?, self.spare(File::Narrow).index);
        let (sixteen, mask) = (self.constant(16), self.constant(0xffff));
        self.emit(Op::Integers(Two::Right, moved, from, sixteen));
        self.emit(Op::Integers(Two::And, low, from, mask));
        self.done(Op::Copy(high, moved))
    }

    /// Between the addresses of shared memory and the generic ones.
    fn move_window(&mut self, how: Two, to: &Operand, from: &Operand) -> Option<()> {
        let op =
            Op::IntegersWide(how, self.wide_target(to)?, self.wide(from)?, self.wide_constant(super::shared_window()));
        self.done(op)
    }

    fn select(&mut self, of: Type, to: &Operand, a: &Operand, b: &Operand, flag: At) -> Option<()> {
        let op = match of {
            Type::Unsigned(64) | Type::Signed(64) | Type::Float(64) => {
                Op::SelectWide(self.wide_target(to)?, self.wide(a)?, self.wide(b)?, flag)
            }
            Type::Unsigned(16) | Type::Signed(16) => {
                Op::Select(self.narrow_target(to)?, self.half(a)?, self.half(b)?, flag)
            }
            _ => Op::Select(self.narrow_target(to)?, self.narrow(a)?, self.narrow(b)?, flag),
        };
        self.done(op)
    }

    fn floats(&mut self, name: &str, of: Type, to: &Operand, a: &Operand, b: &Operand) -> Option<()> {
        let what = match name {
            "add" => FloatTwo::Add,
            "sub" => FloatTwo::Subtract,
            "mul" => FloatTwo::Multiply,
            "div" => FloatTwo::Divide,
            "min" => FloatTwo::Min,
            _ => FloatTwo::Max,
        };
        let op = match of {
            Type::Float(32) => Op::Floats(what, self.narrow_target(to)?, self.narrow(a)?, self.narrow(b)?),
            Type::Float(64) => Op::FloatsWide(what, self.wide_target(to)?, self.wide(a)?, self.wide(b)?),
            _ => return None,
        };
        self.done(op)
    }

    fn set_flag(
        &mut self,
        relation: &str,
        with: Option<(Logic, &Operand)>,
        part: &str,
        to: &Operand,
        a: &Operand,
        b: &Operand,
    ) -> Option<()> {
        let of = type_of(part)?;
        let outcomes = match (relation, of) {
            ("eq", _) => EQUAL,
            ("ne", _) => LESS | GREATER,
            ("lt" | "lo", _) => LESS,
            ("le" | "ls", _) => LESS | EQUAL,
            ("gt" | "hi", _) => GREATER,
            ("ge" | "hs", _) => GREATER | EQUAL,
            ("equ", Type::Float(_)) => EQUAL | UNORDERED,
            ("neu", Type::Float(_)) => LESS | GREATER | UNORDERED,
            ("ltu", Type::Float(_)) => LESS | UNORDERED,
            ("leu", Type::Float(_)) => LESS | EQUAL | UNORDERED,
            ("gtu", Type::Float(_)) => GREATER | UNORDERED,
            ("geu", Type::Float(_)) => GREATER | EQUAL | UNORDERED,
            ("num", Type::Float(_)) => LESS | EQUAL | GREATER,
            ("nan", Type::Float(_)) => UNORDERED,
            _ => return None,
        };
        let (sort, bits) = match of {
            Type::Unsigned(bits) => (Sort::Unsigned, bits),
            Type::Signed(bits) => (Sort::Signed, bits),
            Type::Float(bits) => (Sort::Float, bits),
        };
        let (a, b) = match (bits, of) {
            (64, _) => (self.wide(a)?, self.wide(b)?),
            (16, Type::Signed(_)) => (self.signed_half(a)?, self.signed_half(b)?),
            (16, _) => (self.half(a)?, self.half(b)?),
            (32, _) => (self.narrow(a)?, self.narrow(b)?),
            _ => return None,
        };
        let (first, second) = match to {
            Operand::Pair(first, second) => (self.flag_target(first)?, Some(self.flag_target(second)?)),
            to => (self.flag_target(to)?, None),
        };
        if with.is_none() && second.is_none() {
            return self.done(Op::Compare { sort, is_wide: bits == 64, outcomes, to: first, a, b });
        }
        // What is compared is kept apart: a result may be what the other one still needs.
        let found = self.spare(File::Flag).index;
        let with = match with {
            Some((logic, flag)) => Some((logic, self.flag(flag)?)),
            None => None,
        };
        self.emit(Op::Compare { sort, is_wide: bits == 64, outcomes, to: found, a, b });
        let (logic, other) = with.unwrap_or((Logic::And, found));
        let negated = self.spare(File::Flag).index;
        self.emit(Op::NotFlag(negated, found));
        let kept = self.spare(File::Flag).index;
        self.emit(Op::Flags(Logic::And, kept, other, other));
        self.emit(Op::Flags(logic, first, found, kept));
        if let Some(second) = second {
            let kept = if other == found { negated } else { kept };
            self.emit(Op::Flags(logic, second, negated, kept));
        }
        Some(())
    }

    fn convert(&mut self, rounding: &[&str], to: Type, from: Type, target: &Operand, source: &Operand) -> Option<()> {
        let is_float = |of| matches!(of, Type::Float(_));
        let how = match (rounding, is_float(from), is_float(to)) {
            ([], false, false) | (["rn"], false, true) => Rounding::None,
            ([], true, true) if from == Type::Float(32) && to == Type::Float(64) => Rounding::None,
            (["rn"], true, true) if from == Type::Float(64) && to == Type::Float(32) => Rounding::None,
            (["rni"], true, _) => Rounding::Even,
            (["rzi"], true, _) => Rounding::Zero,
            (["rmi"], true, _) => Rounding::Down,
            (["rpi"], true, _) => Rounding::Up,
            _ => return None,
        };
        if how != Rounding::None && is_float(to) && from != to {
            return None;
        }
        // Between registers of other sizes the low bits count.
        let is_wide = |operand: &Operand| matches!(operand, Operand::Register(Register { file: File::Wide, .. }));
        let fits = |of, is_wide| matches!(of, Type::Unsigned(64) | Type::Signed(64) | Type::Float(64)) == is_wide;
        let op = match (from, to) {
            (Type::Unsigned(32) | Type::Signed(32), Type::Unsigned(64) | Type::Signed(64)) if !is_wide(source) => {
                Op::Widen(matches!(from, Type::Signed(_)), self.wide_target(target)?, self.narrow(source)?)
            }
            (Type::Unsigned(64) | Type::Signed(64), Type::Unsigned(32) | Type::Signed(32)) if !is_wide(target) => {
                Op::LowHalf(self.narrow_target(target)?, self.wide(source)?)
            }
            (Type::Unsigned(16 | 32) | Type::Signed(32), Type::Float(32)) if !is_wide(source) => {
                Op::ToFloat(matches!(from, Type::Signed(_)), self.narrow_target(target)?, self.narrow(source)?)
            }
            _ => {
                let file = if is_wide(target) { File::Wide } else { File::Narrow };
                if (is_float(to) && !fits(to, is_wide(target))) || (is_float(from) && !fits(from, is_wide(source))) {
                    return None;
                }
                let source = self.source(source, if is_wide(source) { 64 } else { 32 })?;
                let what = Rare::Convert { from, to, rounding: how };
                Op::Rare(what, self.target(target, file)?, [source; 4])
            }
        };
        self.done(op)
    }
}

fn logic_of(name: &str) -> Option<Logic> {
    match name {
        "and" => Some(Logic::And),
        "or" => Some(Logic::Or),
        "xor" => Some(Logic::Xor),
        _ => None,
    }
}

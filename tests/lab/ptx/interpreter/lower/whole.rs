//! Instructions on whole numbers.

use super::super::code::{At, One, Op, Rare, Two, Type};
use super::super::parse::{File, Operand};
use super::{Lowering, type_of};

impl Lowering<'_> {
    /// Lowers an instruction on whole numbers; none if it is not one.
    pub(super) fn whole(&mut self, name: &str, parts: &[&str], operands: &[Operand]) -> Option<()> {
        let of = type_of(parts.last()?)?;
        let (bits, signed) = match of {
            Type::Unsigned(bits) => (bits, false),
            Type::Signed(bits) => (bits, true),
            Type::Float(_) => return None,
        };
        let high = match parts.split_last()?.1 {
            [] | ["lo"] => false,
            ["hi"] => true,
            ["wide"] => return self.product(name, bits, signed, operands),
            _ => return self.rare(name, parts, bits, signed, operands),
        };
        if (matches!(name, "mul" | "mad") && parts.len() == 1) || (!matches!(name, "mul" | "mad") && parts.len() > 1) {
            return None;
        }
        let pick = |plain, with_sign| if signed { with_sign } else { plain };
        let two = match name {
            "add" => Two::Add,
            "sub" => Two::Subtract,
            "mul" if high => pick(Two::MultiplyHigh, Two::MultiplyHighSigned),
            "mul" => Two::Multiply,
            "and" => Two::And,
            "or" => Two::Or,
            "xor" => Two::Xor,
            "shl" => Two::Left,
            "shr" => pick(Two::Right, Two::RightSigned),
            "min" => pick(Two::Min, Two::MinSigned),
            "max" => pick(Two::Max, Two::MaxSigned),
            _ => return self.other_whole(name, parts, bits, signed, high, operands),
        };
        let [to, a, b] = operands else { return None };
        let is_shift = matches!(name, "shl" | "shr");
        match bits {
            64 if is_shift => {
                let op = Op::ShiftWide(two, self.wide_target(to)?, self.wide(a)?, self.narrow(b)?);
                self.done(op)
            }
            64 => {
                let op = Op::IntegersWide(two, self.wide_target(to)?, self.wide(a)?, self.wide(b)?);
                self.done(op)
            }
            32 => {
                let op = Op::Integers(two, self.narrow_target(to)?, self.narrow(a)?, self.narrow(b)?);
                self.done(op)
            }
            16 if !high => {
                let a = if signed { self.signed_half(a)? } else { self.half(a)? };
                let b = match (is_shift, signed) {
                    (true, _) => self.narrow(b)?,
                    (false, true) => self.signed_half(b)?,
                    (false, false) => self.half(b)?,
                };
                let to = self.narrow_target(to)?;
                self.emit(Op::Integers(two, to, a, b));
                self.cut(to)
            }
            _ => None,
        }
    }

    /// Leaves 16 bits of a register.
    fn cut(&mut self, to: At) -> Option<()> {
        let mask = self.constant(0xffff);
        self.done(Op::Integers(Two::And, to, to, mask))
    }

    fn product(&mut self, name: &str, bits: u8, signed: bool, operands: &[Operand]) -> Option<()> {
        let op = match (name, bits, operands) {
            ("mul", 32, [to, a, b]) => Op::Product(signed, self.wide_target(to)?, self.narrow(a)?, self.narrow(b)?),
            ("mad", 32, [to, a, b, c]) => {
                Op::ProductAdd(signed, self.wide_target(to)?, self.narrow(a)?, self.narrow(b)?, self.wide(c)?)
            }
            ("mul", 16, [to, a, b]) => {
                let (a, b) =
                    if signed { (self.signed_half(a)?, self.signed_half(b)?) } else { (self.half(a)?, self.half(b)?) };
                Op::Integers(Two::Multiply, self.narrow_target(to)?, a, b)
            }
            _ => return None,
        };
        self.done(op)
    }

    fn other_whole(
        &mut self,
        name: &str,
        parts: &[&str],
        bits: u8,
        signed: bool,
        high: bool,
        operands: &[Operand],
    ) -> Option<()> {
        let one = match name {
            "not" => Some(One::Not),
            "neg" => Some(One::Negate),
            "abs" => Some(One::Absolute),
            "brev" if bits == 32 => Some(One::Reverse),
            "clz" if bits == 32 => Some(One::LeadingZeros),
            "popc" if bits == 32 => Some(One::Ones),
            _ => None,
        };
        match (one, bits, operands) {
            (Some(one), 64, [to, a]) => {
                let op = Op::IntegerWide(one, self.wide_target(to)?, self.wide(a)?);
                self.done(op)
            }
            (Some(one), 32, [to, a]) => {
                let op = Op::Integer(one, self.narrow_target(to)?, self.narrow(a)?);
                self.done(op)
            }
            (Some(one), 16, [to, a]) => {
                let (to, a) = (self.narrow_target(to)?, self.signed_half(a)?);
                self.emit(Op::Integer(one, to, a));
                self.cut(to)
            }
            (None, 32, [to, a, b, c]) if name == "mad" && !high => {
                let op = Op::MultiplyAdd(self.narrow_target(to)?, self.narrow(a)?, self.narrow(b)?, self.narrow(c)?);
                self.done(op)
            }
            (None, 64, [to, a, b, c]) if name == "mad" && !high => {
                let op = Op::MultiplyAddWide(self.wide_target(to)?, self.wide(a)?, self.wide(b)?, self.wide(c)?);
                self.done(op)
            }
            (None, 16, [to, a, b, c]) if name == "mad" && !high => {
                let to = self.narrow_target(to)?;
                let op = Op::MultiplyAdd(to, self.half(a)?, self.half(b)?, self.half(c)?);
                self.emit(op);
                self.cut(to)
            }
            (None, ..) => self.rare(name, parts, bits, signed, operands),
            _ => None,
        }
    }

    fn rare(&mut self, name: &str, parts: &[&str], bits: u8, signed: bool, operands: &[Operand]) -> Option<()> {
        let of = parts.split_last()?.1;
        let is_counted = matches!(name, "clz" | "popc" | "bfind");
        let (what, sizes): (Rare, &[u8]) = match (name, of, bits) {
            ("div", [], 16 | 32 | 64) => (Rare::Divide { bits, signed }, &[bits, bits]),
            ("rem", [], 16 | 32 | 64) => (Rare::Remainder { bits, signed }, &[bits, bits]),
            ("bfe", [], 32 | 64) => (Rare::Extract { bits, signed }, &[bits, 32, 32]),
            ("bfi", [], 32 | 64) => (Rare::Insert { bits }, &[bits, bits, 32, 32]),
            ("prmt", [], 32) => (Rare::Permute, &[32, 32, 32]),
            ("shf", ["l", how @ ("wrap" | "clamp")], 32) => (Rare::FunnelLeft { wraps: *how == "wrap" }, &[32, 32, 32]),
            ("shf", ["r", how @ ("wrap" | "clamp")], 32) => {
                (Rare::FunnelRight { wraps: *how == "wrap" }, &[32, 32, 32])
            }
            ("lop3", [], 32) => (Rare::Table, &[32, 32, 32, 32]),
            ("dp4a", [first], 32) => {
                (Rare::Dot { parts: 4, signed: [*first == "s32", signed], high: false }, &[32, 32, 32])
            }
            ("dp2a", [half @ ("lo" | "hi"), first], 32) => {
                (Rare::Dot { parts: 2, signed: [*first == "s32", signed], high: *half == "hi" }, &[32, 32, 32])
            }
            ("sad", [], 32) => (Rare::Difference { signed }, &[32, 32, 32]),
            ("clz", [], 64) => (Rare::LeadingZeros, &[64]),
            ("popc", [], 64) => (Rare::Ones, &[64]),
            ("brev", [], 64) => (Rare::Reverse, &[64]),
            ("bfind", [] | ["shiftamt"], 32 | 64) => {
                (Rare::FindBit { bits, signed, shifts: !of.is_empty() }, if bits == 64 { &[64] } else { &[32] })
            }
            _ => return None,
        };
        let (to, from) = operands.split_first()?;
        if from.len() != sizes.len() {
            return None;
        }
        let file = if bits == 64 && !is_counted { File::Wide } else { File::Narrow };
        let to = self.target(to, file)?;
        let mut sources = [to; 4];
        for (at, (operand, &size)) in from.iter().zip(sizes).enumerate() {
            sources[at] = self.source(operand, size)?;
        }
        self.done(Op::Rare(what, to, sources))
    }
}

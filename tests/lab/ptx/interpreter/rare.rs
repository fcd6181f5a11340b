//! Instructions that are too rare to be worth a loop of their own: one lane at a time.
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "bits of lanes and registers are cut to size on purpose"
)]

use super::arithmetic::Registers;
use super::code::{LANES, Rare, Rounding, Type};
use super::error::Trouble;
use super::parse::{File, Register};

impl Registers {
    /// Executes a rare instruction; fails with the first lane that divides by zero.
    pub fn compute_rarely(
        &mut self,
        what: Rare,
        to: Register,
        from: &[Register; 4],
        lanes: u32,
    ) -> Result<(), (usize, Trouble)> {
        for lane in (0..LANES).filter(|lane| lanes >> lane & 1 != 0) {
            let sources = from.map(|register| match register.file {
                File::Wide => self.wide[usize::from(register.index)][lane],
                _ => u64::from(self.narrow[usize::from(register.index)][lane]),
            });
            let value = value(what, sources).ok_or((lane, Trouble::DivisionByZero))?;
            match (to.file, to.bits) {
                (File::Wide, _) => self.wide[usize::from(to.index)][lane] = value,
                (_, 16) => self.narrow[usize::from(to.index)][lane] = value as u32 & 0xffff,
                _ => self.narrow[usize::from(to.index)][lane] = value as u32,
            }
        }
        Ok(())
    }
}

/// The low bits of a number, with their sign or with zeros before them.
fn part(value: u64, bits: u8, signed: bool) -> i128 {
    let unused = 64 - u32::from(bits);
    if signed { i128::from((value << unused).cast_signed() >> unused) } else { i128::from(value << unused >> unused) }
}

/// What it comes to; none for a division by zero.
fn value(what: Rare, [a, b, c, d]: [u64; 4]) -> Option<u64> {
    Some(match what {
        Rare::Divide { bits, signed } => part(a, bits, signed).checked_div(part(b, bits, signed))? as u64,
        Rare::Remainder { bits, signed } => part(a, bits, signed).checked_rem(part(b, bits, signed))? as u64,
        Rare::Extract { bits, signed } => extract(a, b as u32 & 0xff, c as u32 & 0xff, u32::from(bits), signed),
        Rare::Insert { bits } => insert(a, b, c as u32 & 0xff, d as u32 & 0xff, u32::from(bits)),
        Rare::Permute => u64::from(permute(a as u32, b as u32, c as u32)),
        // The amount is what is left of 32 bits, or 32 at most.
        Rare::FunnelLeft { wraps } => {
            let amount = if wraps { c & 31 } else { c.min(32) };
            (b << 32 | a) << amount >> 32
        }
        Rare::FunnelRight { wraps } => {
            let amount = if wraps { c & 31 } else { c.min(32) };
            (b << 32 | a) >> amount & 0xffff_ffff
        }
        Rare::Table => (0..8).filter(|row| d >> row & 1 != 0).fold(0, |found, row| {
            let pick = |bit: u32, x: u64| if row >> bit & 1 == 0 { !x } else { x };
            found | pick(2, a) & pick(1, b) & pick(0, c)
        }),
        Rare::Dot { parts, signed, high } => {
            let (bits, skip) = if parts == 4 { (8, 0) } else { (16, if high { 2 } else { 0 }) };
            let products = (0..u32::from(parts)).map(|at| {
                let a = part(a >> (at * u32::from(bits)), bits, signed[0]);
                a * part(b >> ((at + skip) * 8), 8, signed[1])
            });
            (products.sum::<i128>() + i128::from(c)) as u64
        }
        Rare::Difference { signed } => {
            let difference = (part(a, 32, signed) - part(b, 32, signed)).unsigned_abs() as u64;
            difference.wrapping_add(c)
        }
        Rare::LeadingZeros => u64::from(a.leading_zeros()),
        Rare::Ones => u64::from(a.count_ones()),
        Rare::Reverse => a.reverse_bits(),
        Rare::FindBit { bits, signed, shifts } => {
            let number = part(a, bits, signed);
            // Of a negative number, the highest zero.
            let number = if number < 0 { !number } else { number } as u64;
            match (number.checked_ilog2(), shifts) {
                (None, _) => u64::MAX,
                (Some(at), false) => u64::from(at),
                (Some(at), true) => u64::from(u32::from(bits) - 1 - at),
            }
        }
        Rare::Convert { from, to, rounding } => convert(a, from, to, rounding),
    })
}

fn extract(a: u64, from: u32, count: u32, bits: u32, signed: bool) -> u64 {
    let sign_at = (from + count).saturating_sub(1).min(bits - 1);
    let fill = signed && count != 0 && a >> sign_at & 1 != 0;
    (0..bits).fold(0, |found, at| {
        let is_set = if at < count && from + at < bits { a >> (from + at) & 1 != 0 } else { fill };
        found | u64::from(is_set) << at
    })
}

fn insert(a: u64, b: u64, at: u32, count: u32, bits: u32) -> u64 {
    (0..count).take_while(|bit| at + bit < bits).fold(b, |found, bit| {
        let mask = 1 << (at + bit);
        found & !mask | (a >> bit & 1) << (at + bit)
    })
}

fn permute(a: u32, b: u32, picks: u32) -> u32 {
    let bytes = (u64::from(b) << 32 | u64::from(a)).to_le_bytes();
    let pick = |at: u32| {
        let pick = picks >> (4 * at) & 15;
        let byte = bytes[pick as usize & 7];
        match pick >> 3 {
            0 => byte,
            _ => (byte.cast_signed() >> 7).cast_unsigned(),
        }
    };
    u32::from_le_bytes([pick(0), pick(1), pick(2), pick(3)])
}

fn convert(value: u64, from: Type, to: Type, rounding: Rounding) -> u64 {
    let float = match from {
        Type::Float(32) => Some(f64::from(f32::from_bits(value as u32))),
        Type::Float(_) => Some(f64::from_bits(value)),
        _ => None,
    };
    let float = float.map(|x| match rounding {
        Rounding::None => x,
        Rounding::Even => x.round_ties_even(),
        Rounding::Zero => x.trunc(),
        Rounding::Down => x.floor(),
        Rounding::Up => x.ceil(),
    });
    let whole = match from {
        Type::Unsigned(bits) => part(value, bits, false),
        Type::Signed(bits) => part(value, bits, true),
        // No number becomes 0, and what is too large the largest there is.
        Type::Float(_) => float.map_or(0, |x| x as i128),
    };
    match (to, float) {
        (Type::Float(32), Some(x)) if x.is_nan() => 0x7fff_ffff,
        (Type::Float(32), Some(x)) => u64::from((x as f32).to_bits()),
        (Type::Float(_), Some(x)) => x.to_bits(),
        (Type::Float(32), None) => u64::from((whole as f32).to_bits()),
        (Type::Float(_), None) => (whole as f64).to_bits(),
        (Type::Unsigned(bits), Some(_)) => whole.clamp(0, (1 << bits) - 1) as u64,
        (Type::Signed(bits), Some(_)) => whole.clamp(-1 << (bits - 1), (1 << (bits - 1)) - 1) as u64,
        (Type::Unsigned(bits), None) => part(whole as u64, bits, false) as u64,
        (Type::Signed(bits), None) => part(whole as u64, bits, true) as u64,
    }
}

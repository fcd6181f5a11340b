//! What instructions do with the registers of a warp, all lanes in one loop.
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "bits of lanes and registers are cut to size on purpose"
)]

use std::cmp::Ordering;

use super::code::{At, FloatOne, FloatTwo, LANES, Logic, One, Op, Sort, Two, outcome};

use outcome::{EQUAL, GREATER, LESS, UNORDERED};

/// All lanes are at it.
pub const ALL: u32 = u32::MAX;

/// What a GPU gives for a float that is no number.
const NAN: u32 = 0x7fff_ffff;
/// The same of 64 bits.
const WIDE_NAN: u64 = 0xfff8_0000_0000_0000;

/// The registers of a warp.
#[derive(Clone, Debug, Default)]
pub struct Registers {
    /// Predicates, a bit for each lane.
    pub flags: Vec<u32>,
    /// Up to 32 bits.
    pub narrow: Vec<[u32; LANES]>,
    /// 64 bits.
    pub wide: Vec<[u64; LANES]>,
}

/// Writes the lanes that are at it.
#[inline(always)]
fn fill<T: Copy>(to: &mut [T; LANES], lanes: u32, value: impl Fn(usize) -> T) {
    if lanes == ALL {
        for (lane, to) in to.iter_mut().enumerate() {
            *to = value(lane);
        }
    } else {
        for (lane, to) in to.iter_mut().enumerate() {
            let value = value(lane);
            *to = if lanes >> lane & 1 == 0 { *to } else { value };
        }
    }
}

impl Registers {
    fn n(&self, at: At) -> [u32; LANES] {
        self.narrow[usize::from(at)]
    }

    fn w(&self, at: At) -> [u64; LANES] {
        self.wide[usize::from(at)]
    }

    #[inline(always)]
    fn put(&mut self, to: At, lanes: u32, value: impl Fn(usize) -> u32) {
        fill(&mut self.narrow[usize::from(to)], lanes, value);
    }

    #[inline(always)]
    fn put_wide(&mut self, to: At, lanes: u32, value: impl Fn(usize) -> u64) {
        fill(&mut self.wide[usize::from(to)], lanes, value);
    }

    /// Sets a predicate in the lanes that are at it.
    #[inline(always)]
    pub fn put_flag(&mut self, to: At, lanes: u32, bits: u32) {
        let flag = &mut self.flags[usize::from(to)];
        *flag = *flag & !lanes | bits & lanes;
    }

    /// Executes an instruction that works on registers alone; false if it is not one.
    #[inline]
    pub fn compute(&mut self, op: &Op, lanes: u32) -> bool {
        match *op {
            Op::Copy(to, a) => {
                let a = self.n(a);
                self.put(to, lanes, |lane| a[lane]);
            }
            Op::CopyWide(to, a) => {
                let a = self.w(a);
                self.put_wide(to, lanes, |lane| a[lane]);
            }
            Op::Integer(what, to, a) => self.integer(what, to, a, lanes),
            Op::IntegerWide(what, to, a) => {
                let a = self.w(a);
                self.put_wide(to, lanes, |lane| match what {
                    One::Not => !a[lane],
                    One::Negate => a[lane].wrapping_neg(),
                    _ => a[lane].cast_signed().wrapping_abs().cast_unsigned(),
                });
            }
            Op::Integers(what, to, a, b) => self.integers(what, to, a, b, lanes),
            Op::IntegersWide(what, to, a, b) => self.integers_wide(what, to, a, b, lanes),
            Op::ShiftWide(what, to, a, b) => self.shift_wide(what, to, a, b, lanes),
            Op::MultiplyAdd(to, a, b, c) => {
                let (a, b, c) = (self.n(a), self.n(b), self.n(c));
                self.put(to, lanes, |lane| a[lane].wrapping_mul(b[lane]).wrapping_add(c[lane]));
            }
            Op::MultiplyAddWide(to, a, b, c) => {
                let (a, b, c) = (self.w(a), self.w(b), self.w(c));
                self.put_wide(to, lanes, |lane| a[lane].wrapping_mul(b[lane]).wrapping_add(c[lane]));
            }
            Op::Product(signed, to, a, b) => {
                let (a, b) = (self.n(a), self.n(b));
                self.put_wide(to, lanes, |lane| product(signed, a[lane], b[lane]));
            }
            Op::ProductAdd(signed, to, a, b, c) => {
                let (a, b, c) = (self.n(a), self.n(b), self.w(c));
                self.put_wide(to, lanes, |lane| product(signed, a[lane], b[lane]).wrapping_add(c[lane]));
            }
            Op::Widen(true, to, a) => {
                let a = self.n(a);
                self.put_wide(to, lanes, |lane| i64::from(a[lane].cast_signed()).cast_unsigned());
            }
            Op::Widen(false, to, a) => {
                let a = self.n(a);
                self.put_wide(to, lanes, |lane| u64::from(a[lane]));
            }
            Op::LowHalf(to, a) => {
                let a = self.w(a);
                self.put(to, lanes, |lane| a[lane] as u32);
            }
            Op::HighHalf(to, a) => {
                let a = self.w(a);
                self.put(to, lanes, |lane| (a[lane] >> 32) as u32);
            }
            Op::Pack(to, low, high) => {
                let (low, high) = (self.n(low), self.n(high));
                self.put_wide(to, lanes, |lane| u64::from(high[lane]) << 32 | u64::from(low[lane]));
            }
            Op::Select(to, a, b, flag) => {
                let (a, b, flag) = (self.n(a), self.n(b), self.flags[usize::from(flag)]);
                self.put(to, lanes, |lane| if flag >> lane & 1 == 0 { b[lane] } else { a[lane] });
            }
            Op::SelectWide(to, a, b, flag) => {
                let (a, b, flag) = (self.w(a), self.w(b), self.flags[usize::from(flag)]);
                self.put_wide(to, lanes, |lane| if flag >> lane & 1 == 0 { b[lane] } else { a[lane] });
            }
            Op::Flags(logic, to, a, b) => {
                let (a, b) = (self.flags[usize::from(a)], self.flags[usize::from(b)]);
                let bits = match logic {
                    Logic::And => a & b,
                    Logic::Or => a | b,
                    Logic::Xor => a ^ b,
                };
                self.put_flag(to, lanes, bits);
            }
            Op::NotFlag(to, a) => self.put_flag(to, lanes, !self.flags[usize::from(a)]),
            Op::Compare { sort, is_wide, outcomes, to, a, b } => {
                let bits = if is_wide {
                    compare_wide(sort, outcomes, &self.w(a), &self.w(b))
                } else {
                    compare(sort, outcomes, &self.n(a), &self.n(b))
                };
                self.put_flag(to, lanes, bits);
            }
            _ => return self.compute_floats(op, lanes),
        }
        true
    }

    fn compute_floats(&mut self, op: &Op, lanes: u32) -> bool {
        match *op {
            Op::Float(what, to, a) => {
                let a = self.n(a);
                match what {
                    FloatOne::Negate => self.put(to, lanes, |lane| a[lane] ^ 1 << 31),
                    FloatOne::Absolute => self.put(to, lanes, |lane| a[lane] & !(1 << 31)),
                    FloatOne::Root => self.put(to, lanes, |lane| exact(f32::from_bits(a[lane]).sqrt())),
                    FloatOne::Reciprocal => self.put(to, lanes, |lane| exact(1.0 / f32::from_bits(a[lane]))),
                }
            }
            Op::Floats(what, to, a, b) => self.floats(what, to, a, b, lanes),
            Op::Fma(to, a, b, c) => {
                let [a, b, c] = [a, b, c].map(|at| self.n(at).map(f32::from_bits));
                self.put(to, lanes, |lane| exact(a[lane].mul_add(b[lane], c[lane])));
            }
            Op::ToFloat(true, to, a) => {
                let a = self.n(a);
                self.put(to, lanes, |lane| (a[lane].cast_signed() as f32).to_bits());
            }
            Op::ToFloat(false, to, a) => {
                let a = self.n(a);
                self.put(to, lanes, |lane| (a[lane] as f32).to_bits());
            }
            Op::FloatWide(what, to, a) => {
                let a = self.w(a);
                self.put_wide(to, lanes, |lane| match what {
                    FloatOne::Negate => a[lane] ^ 1 << 63,
                    FloatOne::Absolute => a[lane] & !(1 << 63),
                    FloatOne::Root => exact_wide(f64::from_bits(a[lane]).sqrt()),
                    FloatOne::Reciprocal => exact_wide(1.0 / f64::from_bits(a[lane])),
                });
            }
            Op::FloatsWide(what, to, a, b) => {
                let [a, b] = [a, b].map(|at| self.w(at).map(f64::from_bits));
                self.put_wide(to, lanes, |lane| {
                    let (a, b) = (a[lane], b[lane]);
                    exact_wide(match what {
                        FloatTwo::Add => a + b,
                        FloatTwo::Subtract => a - b,
                        FloatTwo::Multiply => a * b,
                        FloatTwo::Divide => a / b,
                        FloatTwo::Min if a.is_nan() || b < a || (b == a && b.is_sign_negative()) => b,
                        FloatTwo::Max if a.is_nan() || b > a || (b == a && b.is_sign_positive()) => b,
                        FloatTwo::Min | FloatTwo::Max => a,
                    })
                });
            }
            Op::FmaWide(to, a, b, c) => {
                let [a, b, c] = [a, b, c].map(|at| self.w(at).map(f64::from_bits));
                self.put_wide(to, lanes, |lane| exact_wide(a[lane].mul_add(b[lane], c[lane])));
            }
            _ => return false,
        }
        true
    }

    fn integer(&mut self, what: One, to: At, a: At, lanes: u32) {
        let a = self.n(a);
        match what {
            One::Not => self.put(to, lanes, |lane| !a[lane]),
            One::Negate => self.put(to, lanes, |lane| a[lane].wrapping_neg()),
            One::Absolute => {
                self.put(to, lanes, |lane| a[lane].cast_signed().wrapping_abs().cast_unsigned());
            }
            One::Reverse => self.put(to, lanes, |lane| a[lane].reverse_bits()),
            One::LeadingZeros => self.put(to, lanes, |lane| a[lane].leading_zeros()),
            One::Ones => self.put(to, lanes, |lane| a[lane].count_ones()),
            One::SignedHalf => self.put(to, lanes, |lane| (a[lane].cast_signed() << 16 >> 16).cast_unsigned()),
        }
    }

    fn integers(&mut self, what: Two, to: At, a: At, b: At, lanes: u32) {
        let (a, b) = (self.n(a), self.n(b));
        match what {
            Two::Add => self.put(to, lanes, |lane| a[lane].wrapping_add(b[lane])),
            Two::Subtract => self.put(to, lanes, |lane| a[lane].wrapping_sub(b[lane])),
            Two::Multiply => self.put(to, lanes, |lane| a[lane].wrapping_mul(b[lane])),
            Two::MultiplyHigh => {
                self.put(to, lanes, |lane| (product(false, a[lane], b[lane]) >> 32) as u32);
            }
            Two::MultiplyHighSigned => {
                self.put(to, lanes, |lane| (product(true, a[lane], b[lane]) >> 32) as u32);
            }
            Two::And => self.put(to, lanes, |lane| a[lane] & b[lane]),
            Two::Or => self.put(to, lanes, |lane| a[lane] | b[lane]),
            Two::Xor => self.put(to, lanes, |lane| a[lane] ^ b[lane]),
            Two::Left => self.put(to, lanes, |lane| if b[lane] < 32 { a[lane] << b[lane] } else { 0 }),
            Two::Right => self.put(to, lanes, |lane| if b[lane] < 32 { a[lane] >> b[lane] } else { 0 }),
            Two::RightSigned => {
                self.put(to, lanes, |lane| (a[lane].cast_signed() >> b[lane].min(31)).cast_unsigned());
            }
            Two::Min => self.put(to, lanes, |lane| a[lane].min(b[lane])),
            Two::Max => self.put(to, lanes, |lane| a[lane].max(b[lane])),
            Two::MinSigned => {
                self.put(to, lanes, |lane| a[lane].cast_signed().min(b[lane].cast_signed()).cast_unsigned());
            }
            Two::MaxSigned => {
                self.put(to, lanes, |lane| a[lane].cast_signed().max(b[lane].cast_signed()).cast_unsigned());
            }
        }
    }

    fn integers_wide(&mut self, what: Two, to: At, a: At, b: At, lanes: u32) {
        let (a, b) = (self.w(a), self.w(b));
        let signed = |numbers: [u64; LANES]| numbers.map(u64::cast_signed);
        match what {
            Two::Add => self.put_wide(to, lanes, |lane| a[lane].wrapping_add(b[lane])),
            Two::Subtract => self.put_wide(to, lanes, |lane| a[lane].wrapping_sub(b[lane])),
            Two::Multiply => self.put_wide(to, lanes, |lane| a[lane].wrapping_mul(b[lane])),
            Two::MultiplyHigh => {
                self.put_wide(to, lanes, |lane| ((u128::from(a[lane]) * u128::from(b[lane])) >> 64) as u64);
            }
            Two::MultiplyHighSigned => {
                let (a, b) = (signed(a), signed(b));
                self.put_wide(to, lanes, |lane| ((i128::from(a[lane]) * i128::from(b[lane])) >> 64) as u64);
            }
            Two::And => self.put_wide(to, lanes, |lane| a[lane] & b[lane]),
            Two::Or => self.put_wide(to, lanes, |lane| a[lane] | b[lane]),
            Two::Xor => self.put_wide(to, lanes, |lane| a[lane] ^ b[lane]),
            Two::Min => self.put_wide(to, lanes, |lane| a[lane].min(b[lane])),
            Two::Max => self.put_wide(to, lanes, |lane| a[lane].max(b[lane])),
            Two::MinSigned => {
                let (a, b) = (signed(a), signed(b));
                self.put_wide(to, lanes, |lane| a[lane].min(b[lane]).cast_unsigned());
            }
            Two::MaxSigned => {
                let (a, b) = (signed(a), signed(b));
                self.put_wide(to, lanes, |lane| a[lane].max(b[lane]).cast_unsigned());
            }
            // Their amounts are narrow.
            Two::Left | Two::Right | Two::RightSigned => {}
        }
    }

    fn shift_wide(&mut self, what: Two, to: At, a: At, b: At, lanes: u32) {
        let (a, b) = (self.w(a), self.n(b));
        match what {
            Two::Left => self.put_wide(to, lanes, |lane| if b[lane] < 64 { a[lane] << b[lane] } else { 0 }),
            Two::Right => self.put_wide(to, lanes, |lane| if b[lane] < 64 { a[lane] >> b[lane] } else { 0 }),
            _ => self.put_wide(to, lanes, |lane| (a[lane].cast_signed() >> b[lane].min(63)).cast_unsigned()),
        }
    }

    fn floats(&mut self, what: FloatTwo, to: At, a: At, b: At, lanes: u32) {
        let [a, b] = [a, b].map(|at| self.n(at).map(f32::from_bits));
        match what {
            FloatTwo::Add => self.put(to, lanes, |lane| exact(a[lane] + b[lane])),
            FloatTwo::Subtract => self.put(to, lanes, |lane| exact(a[lane] - b[lane])),
            FloatTwo::Multiply => self.put(to, lanes, |lane| exact(a[lane] * b[lane])),
            FloatTwo::Divide => self.put(to, lanes, |lane| exact(a[lane] / b[lane])),
            FloatTwo::Min => self.put(to, lanes, |lane| {
                let (a, b) = (a[lane], b[lane]);
                exact(if a.is_nan() || b < a || (b == a && b.is_sign_negative()) { b } else { a })
            }),
            FloatTwo::Max => self.put(to, lanes, |lane| {
                let (a, b) = (a[lane], b[lane]);
                exact(if a.is_nan() || b > a || (b == a && b.is_sign_positive()) { b } else { a })
            }),
        }
    }
}

#[inline(always)]
fn exact(x: f32) -> u32 {
    if x.is_nan() { NAN } else { x.to_bits() }
}

#[inline(always)]
fn exact_wide(x: f64) -> u64 {
    if x.is_nan() { WIDE_NAN } else { x.to_bits() }
}

#[inline(always)]
fn product(signed: bool, a: u32, b: u32) -> u64 {
    if signed {
        (i64::from(a.cast_signed()) * i64::from(b.cast_signed())).cast_unsigned()
    } else {
        u64::from(a) * u64::from(b)
    }
}

/// A bit for each lane in which the comparison has one of these outcomes.
#[inline(always)]
fn relate<T: Copy + PartialOrd>(is_whole: bool, outcomes: u8, a: &[T; LANES], b: &[T; LANES]) -> u32 {
    #[inline(always)]
    fn bits(found: impl Fn(usize) -> bool) -> u32 {
        (0..LANES).fold(0, |bits, lane| bits | u32::from(found(lane)) << lane)
    }
    let all = LESS | EQUAL | GREATER | UNORDERED;
    // With unordered ones among them, it is the rest that is looked for; whole numbers are all ordered.
    let is_negated = outcomes & UNORDERED != 0 || is_whole && outcomes == LESS | GREATER;
    let looked_for = match (is_negated, is_whole) {
        (false, _) => outcomes,
        (true, true) => EQUAL,
        (true, false) => all & !outcomes,
    };
    let found = match looked_for {
        LESS => bits(|lane| a[lane] < b[lane]),
        EQUAL => bits(|lane| a[lane] == b[lane]),
        GREATER => bits(|lane| a[lane] > b[lane]),
        3 => bits(|lane| a[lane] <= b[lane]),
        6 => bits(|lane| a[lane] >= b[lane]),
        5 => bits(|lane| a[lane].partial_cmp(&b[lane]).is_some_and(Ordering::is_ne)),
        7 => bits(|lane| a[lane].partial_cmp(&b[lane]).is_some()),
        _ => 0,
    };
    if is_negated { !found } else { found }
}

fn compare(sort: Sort, outcomes: u8, a: &[u32; LANES], b: &[u32; LANES]) -> u32 {
    match sort {
        Sort::Unsigned => relate(true, outcomes, a, b),
        Sort::Signed => relate(true, outcomes, &a.map(u32::cast_signed), &b.map(u32::cast_signed)),
        Sort::Float => relate(false, outcomes, &a.map(f32::from_bits), &b.map(f32::from_bits)),
    }
}

fn compare_wide(sort: Sort, outcomes: u8, a: &[u64; LANES], b: &[u64; LANES]) -> u32 {
    match sort {
        Sort::Unsigned => relate(true, outcomes, a, b),
        Sort::Signed => relate(true, outcomes, &a.map(u64::cast_signed), &b.map(u64::cast_signed)),
        Sort::Float => relate(false, outcomes, &a.map(f64::from_bits), &b.map(f64::from_bits)),
    }
}

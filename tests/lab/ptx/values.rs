//! What the interpreter makes of numbers, against Rust.
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "what it comes to in the kernel, cast by cast"
)]

use std::num::FpCategory;

use super::interpreter::{Arg, Machine};

const VALUES: &str = include_str!("planted/values.ptx");
const THREADS: usize = 256;

fn machine() -> Machine {
    Machine::new(&[VALUES]).expect("the kernels are PTX")
}

fn words(machine: &mut Machine, words: &[u32]) -> Arg {
    let address = machine.allocate(words.len() * 4);
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    machine.write(address, &bytes).expect("it is within bounds");
    Arg::Address(address)
}

fn read(machine: &mut Machine, arg: Arg, count: usize) -> Vec<u32> {
    let Arg::Address(address) = arg else { panic!("no address") };
    let mut bytes = vec![0; count * 4];
    machine.read(address, &mut bytes).expect("all of it was written");
    bytes.chunks_exact(4).map(|word| u32::from_le_bytes([word[0], word[1], word[2], word[3]])).collect()
}

/// Words without a pattern, with the awkward ones among them.
fn some_words(seed: u32) -> Vec<u32> {
    let awkward = [0, 1, u32::MAX, 1 << 31, (1 << 31) - 1, 0xffff, 0x8000, 0x7fff_8000, 2, 33, 64, 31];
    let words = (0..THREADS as u32).map(|at| {
        let mixed = (at + seed).wrapping_mul(0x9e37_79b9).rotate_left(at % 13) ^ seed;
        mixed.wrapping_mul(mixed | 1) >> (at % 7 * 3)
    });
    let mut words: Vec<_> = words.collect();
    for (at, word) in words.iter_mut().enumerate() {
        if (at + seed as usize).is_multiple_of(5) {
            *word = awkward[(at / 5 + seed as usize * 7) % awkward.len()];
        }
    }
    words
}

/// Floats of all kinds.
fn some_floats(seed: u32) -> Vec<f32> {
    let awkward = [
        0.0,
        -0.0,
        1.0,
        -1.5,
        2.5,
        3.5,
        -0.5,
        f32::MAX,
        f32::MIN_POSITIVE,
        1e-42,
        -1e-45,
        f32::INFINITY,
        f32::NEG_INFINITY,
        f32::NAN,
        4_294_967_296.0,
        2_147_483_647.0,
        -2_147_483_648.0,
    ];
    let words = some_words(seed);
    let number = |(at, word): (usize, &u32)| match at % 3 {
        0 => awkward[(at / 3 + seed as usize * 5) % awkward.len()],
        1 => f32::from_bits(*word),
        _ => word.cast_signed() as f32 / 1024.0,
    };
    words.iter().enumerate().map(number).collect()
}

/// Compares row by row, so that a difference names its row.
fn assert_rows(found: &[u32], expected: &[Vec<u32>], inputs: impl Fn(usize) -> String) {
    for (thread, row) in expected.iter().enumerate() {
        for (at, &word) in row.iter().enumerate() {
            let found = found[at * THREADS + thread];
            assert_eq!(found, word, "row {at}, {}: {found:#x} for {word:#x}", inputs(thread));
        }
    }
}

fn long(row: &mut Vec<u32>, word: u64) {
    row.extend([word as u32, (word >> 32) as u32]);
}

fn permuted(a: u32, b: u32, picks: u32) -> u32 {
    let both = u64::from(b) << 32 | u64::from(a);
    (0..4).fold(0, |word, at| {
        let pick = picks >> (4 * at) & 7;
        word | ((both >> (8 * pick) & 0xff) as u32) << (8 * at)
    })
}

#[test]
fn whole_numbers() {
    let mut machine = machine();
    let (first, second) = (some_words(1), some_words(3));
    let expected: Vec<Vec<u32>> = first.iter().zip(&second).map(|(&a, &b)| whole_row(a, b)).collect();
    let out = Arg::Address(machine.allocate(expected[0].len() * THREADS * 4));
    let arguments = [out, words(&mut machine, &first), words(&mut machine, &second)];
    machine.launch("whole_numbers", 1, THREADS as u32, false, &arguments).expect("it is right");
    let found = read(&mut machine, out, expected[0].len() * THREADS);
    assert_rows(&found, &expected, |thread| format!("{:#x}, {:#x}", first[thread], second[thread]));
}

fn whole_row(a: u32, b: u32) -> Vec<u32> {
    let (s, t) = (a as i32, b as i32);
    let both = u64::from(b) << 32 | u64::from(a);
    let half = |x: u32| x as u16 as i16;
    vec![
        a.wrapping_add(b),
        a.wrapping_sub(b),
        a.wrapping_mul(b),
        ((u64::from(a) * u64::from(b)) >> 32) as u32,
        ((i64::from(s) * i64::from(t)) >> 32) as u32,
        a & b,
        a | b,
        a ^ b,
        !a,
        a << (b & 31),
        a >> (b & 31),
        (s >> (b & 31)) as u32,
        a.min(b),
        a.max(b),
        s.min(t) as u32,
        s.max(t) as u32,
        (s >> 1).unsigned_abs(),
        a / (b | 1),
        a % (b | 1),
        ((s >> 1) / (t | 1)) as u32,
        ((s >> 1) % (t | 1)) as u32,
        a / 10,
        (s / 7) as u32,
        a.reverse_bits(),
        a.leading_zeros(),
        a.count_ones(),
        if a == 0 { 0 } else { a.trailing_zeros() + 1 },
        permuted(a, b, 0x5140),
        permuted(a, b, a & 0x7777),
        (both << (a & 31) >> 32) as u32,
        (both >> 7) as u32,
        (both << (b & 63).min(32) >> 32) as u32,
        (both >> (b & 63).min(32)) as u32,
        s.abs_diff(t).wrapping_add(5),
        a.abs_diff(b).wrapping_add(5),
        a as i8 as u32,
        a & 0xff,
        half(a) as u32,
        a.wrapping_mul(b) & 0xffff,
        (i32::from(half(a)) / i32::from(half(b | 1))) as u32,
        u32::from(a < b),
        u32::from(s < t),
        u32::from(half(a) < half(b)),
        u32::from(a & 0xff > b & 0xff),
        u32::from(a > b && a & 1 != 0 || s > t),
        if a == b {
            a
        } else if s >= 0 {
            b
        } else {
            3
        },
        a >> 5 & 0x7ff,
        (s << 11 >> 20) as u32,
    ]
}

#[test]
fn wide_numbers() {
    let mut machine = machine();
    let (first, second) = (some_words(2), some_words(6));
    let expected: Vec<Vec<u32>> = first.iter().zip(&second).map(|(&a, &b)| wide_row(a, b)).collect();
    let out = Arg::Address(machine.allocate(expected[0].len() * THREADS * 4));
    let arguments = [out, words(&mut machine, &first), words(&mut machine, &second)];
    machine.launch("wide_numbers", 1, THREADS as u32, false, &arguments).expect("it is right");
    let found = read(&mut machine, out, expected[0].len() * THREADS);
    assert_rows(&found, &expected, |thread| format!("{:#x}, {:#x}", first[thread], second[thread]));
}

#[expect(clippy::many_single_char_names, reason = "they are called so in the kernel")]
fn wide_row(a: u32, b: u32) -> Vec<u32> {
    let (c, d) = (u64::from(a) << 32 | u64::from(b), u64::from(b) << 20 ^ u64::from(a));
    let (s, t) = (c as i64, i64::from(b as i32) * 77);
    let mut row = Vec::new();
    for word in [
        c.wrapping_add(d),
        c.wrapping_sub(d),
        c.wrapping_mul(d),
        ((u128::from(c) * u128::from(d)) >> 64) as u64,
        ((i128::from(s) * i128::from(t)) >> 64) as u64,
        u64::from(a) * u64::from(b),
        (i64::from(a as i32) * i64::from(b as i32)).wrapping_add(t) as u64,
        c & d | !c & 0xff00 ^ d,
        c << (b & 63),
        c >> (b & 63),
        (s >> (b & 63)) as u64,
        c.min(d),
        s.max(t) as u64,
        c / (d | 1),
        c % (d | 1),
        ((s >> 1) / (t | 1)) as u64,
        ((s >> 1) % (t | 1)) as u64,
        c.reverse_bits(),
    ] {
        long(&mut row, word);
    }
    row.extend([d.leading_zeros(), c.count_ones(), if d == 0 { 0 } else { d.trailing_zeros() + 1 }]);
    row.extend([u32::from(c < d), u32::from(s < t)]);
    long(&mut row, s.unsigned_abs());
    row
}

/// The only NaN that a GPU's arithmetic makes.
fn bits(x: f32) -> u32 {
    if x.is_nan() { 0x7fff_ffff } else { x.to_bits() }
}

fn wide_bits(x: f64) -> u64 {
    if x.is_nan() { 0xfff8_0000_0000_0000 } else { x.to_bits() }
}

#[test]
fn floats() {
    let mut machine = machine();
    let numbers = [some_floats(1), some_floats(4), some_floats(8)];
    for kind in [FpCategory::Nan, FpCategory::Infinite, FpCategory::Zero, FpCategory::Subnormal, FpCategory::Normal] {
        assert!(numbers.iter().all(|numbers| numbers.iter().any(|x| x.classify() == kind)), "{kind:?}");
    }
    let expected: Vec<Vec<u32>> =
        (0..THREADS).map(|at| float_row(numbers[0][at], numbers[1][at], numbers[2][at])).collect();
    let out = Arg::Address(machine.allocate(expected[0].len() * THREADS * 4));
    let mut arguments = vec![out];
    for numbers in &numbers {
        let bits: Vec<u32> = numbers.iter().map(|number| number.to_bits()).collect();
        arguments.push(words(&mut machine, &bits));
    }
    machine.launch("floats", 1, THREADS as u32, false, &arguments).expect("it is right");
    let found = read(&mut machine, out, expected[0].len() * THREADS);
    assert_rows(&found, &expected, |at| format!("{:e}, {:e}, {:e}", numbers[0][at], numbers[1][at], numbers[2][at]));
}

#[expect(clippy::many_single_char_names, reason = "they are called so in the kernel")]
fn float_row(a: f32, b: f32, c: f32) -> Vec<u32> {
    // Rust leaves open which zero is the smaller one.
    let smaller = if a == b && a == 0.0 { f32::from_bits(a.to_bits() | b.to_bits()) } else { a.min(b) };
    let larger = if a == b && a == 0.0 { f32::from_bits(a.to_bits() & b.to_bits()) } else { a.max(b) };
    let (x, y) = (a.to_bits(), b.to_bits());
    let mut row = vec![
        bits(a + b),
        bits(a - b),
        bits(a * b),
        bits(a / b),
        bits(a.mul_add(b, c)),
        bits(a.sqrt()),
        bits(smaller),
        bits(larger),
        u32::from(a < b),
        u32::from(a <= b),
        u32::from(a > b),
        u32::from(a >= b),
        u32::from(a == b),
        u32::from(a != b),
        u32::from(a >= b || a.is_nan() || b.is_nan()),
        u32::from(a <= b || a.is_nan() || b.is_nan()),
        u32::from(a.is_nan()),
        a.round_ties_even() as i32 as u32,
        a as i32 as u32,
        a.floor() as i32 as u32,
        a.ceil() as i32 as u32,
        a as u32,
        bits(a.round_ties_even()),
        bits(a.floor()),
        bits(a.ceil()),
        bits(a.trunc()),
        bits(x as f32),
        bits(x as i32 as f32),
        bits((u64::from(x) * u64::from(y)) as f32),
        bits(f32::from(x as u16)),
        bits((f64::from(a) * f64::from(b) + 1.0) as f32),
        bits((f64::from(a) / f64::from(c) - f64::from(b)) as f32),
        u32::from(f64::from(a) * 3.0 < f64::from(b)),
        (f64::from(a) * 1.5) as i32 as u32,
    ];
    long(&mut row, wide_bits(f64::from(a).mul_add(f64::from(b), f64::from(c))));
    long(&mut row, wide_bits(f64::from(c).sqrt()));
    row
}

#[test]
fn loads_and_stores_of_all_sizes() {
    let mut machine = machine();
    let source = some_words(9).iter().cycle().take(1024).copied().collect::<Vec<_>>();
    let bytes: Vec<u8> = source.iter().flat_map(|word| word.to_le_bytes()).collect();
    let mut copy = vec![0_u32; 1024];
    for thread in 0..THREADS {
        for at in 0..4 {
            copy[4 * thread + at] = source[4 * thread + 3 - at];
        }
    }
    let copied: Vec<u8> = copy.iter().flat_map(|word| word.to_le_bytes()).collect();
    let half = |at: usize| u16::from_le_bytes([bytes[2 * at], bytes[2 * at + 1]]);
    let weighted = |numbers: &[u32], what: fn(u32, u32) -> u32| {
        numbers.iter().zip([1, 3, 5, 7]).map(|(word, by)| word.wrapping_mul(by)).reduce(what).unwrap_or(0)
    };
    let expected: Vec<Vec<u32>> = (0..THREADS)
        .map(|own| {
            let small: Vec<u32> = bytes[4 * own..4 * own + 4].iter().map(|&byte| u32::from(byte)).collect();
            let shared = |thread: usize| u32::from(copied[3 * thread]);
            let found = if own % 2 == 1 { shared(own) } else { u32::from(copied[own]) };
            vec![
                weighted(&source[4 * own..4 * own + 4], |a, b| a ^ b),
                source[2 * own + 1] ^ source[2 * own].wrapping_mul(3),
                weighted(&small, u32::wrapping_add),
                bytes[own] as i8 as u32,
                half(own) as i16 as u32,
                u32::from(half(own)),
                source[2 * own],
                source[2 * own + 1],
                shared(255 - own) + found * 256,
                copy[2 * (own ^ 1)],
                copy[2 * (own ^ 1) + 1],
            ]
        })
        .collect();
    let out = Arg::Address(machine.allocate(expected[0].len() * THREADS * 4));
    let from = words(&mut machine, &source);
    let to = Arg::Address(machine.allocate(4096));
    machine.launch("sizes", 1, THREADS as u32, false, &[out, from, to]).expect("it is right");
    assert_eq!(read(&mut machine, to, 1024), copy);
    let found = read(&mut machine, out, expected[0].len() * THREADS);
    assert_rows(&found, &expected, |thread| format!("thread {thread}"));
}

#[test]
fn atomics() {
    let (blocks, threads) = (5_u32, 96_u32);
    let all = blocks * threads;
    let sums = (0..blocks).map(|block| (block * threads..(block + 1) * threads).sum::<u32>());
    let mut expected = vec![
        all,
        (0..all).map(|own| own * 77 % 1000).max().unwrap_or(0),
        (51 - all.cast_signed()).cast_unsigned(),
        u32::MAX,
        (0..all).fold(0, |word, own| word ^ own),
        all % 10,
        1000_u32.wrapping_sub(2 * all),
        0xffff_ff00,
        0,
        (0..all).sum(),
    ];
    expected.extend(sums);
    for seed in 0..20 {
        let mut machine = machine();
        machine.seed(seed);
        let mut start = vec![0; expected.len()];
        (start[2], start[6], start[7]) = (70, 1000, u32::MAX);
        let (found, sum) = (words(&mut machine, &start), words(&mut machine, &[0, 0]));
        let tickets = Arg::Address(machine.allocate(all as usize * 4));
        machine.launch("atomics", blocks, threads, false, &[found, sum, tickets]).expect("it is right");
        assert_eq!(read(&mut machine, found, expected.len()), expected, "seed {seed}");
        assert_eq!(read(&mut machine, sum, 2), [all, all]);
        let mut tickets = read(&mut machine, tickets, all as usize);
        tickets.sort_unstable();
        assert_eq!(tickets, (0..all).collect::<Vec<_>>());
    }
}

//! The interpreter against kernels with planted mistakes, and against the same kernels without them, under many seeds.

use super::interpreter::{Arg, Error, Fault, Machine, Trouble, opcodes};

const PLANTED: &str = include_str!("planted/planted.ptx");
const SEEDS: u64 = 20;

fn machine(seed: u64) -> Machine {
    let mut machine = Machine::new(&[PLANTED]).expect("the kernels are PTX");
    machine.seed(seed);
    machine
}

fn words(machine: &mut Machine, words: &[u32]) -> Arg {
    let address = machine.allocate(words.len() * 4);
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    machine.write(address, &bytes).expect("it is within bounds");
    Arg::Address(address)
}

fn floats(machine: &mut Machine, numbers: &[f32]) -> Arg {
    let bits: Vec<u32> = numbers.iter().map(|number| number.to_bits()).collect();
    words(machine, &bits)
}

/// Memory for so many words, which nobody wrote.
fn room(machine: &mut Machine, words: usize) -> Arg {
    Arg::Address(machine.allocate(words * 4))
}

fn read(machine: &mut Machine, arg: Arg, count: usize) -> Vec<u32> {
    let Arg::Address(address) = arg else { panic!("no address") };
    let mut bytes = vec![0; count * 4];
    machine.read(address, &mut bytes).expect("all of it was written");
    bytes.chunks_exact(4).map(|word| u32::from_le_bytes([word[0], word[1], word[2], word[3]])).collect()
}

/// What must go wrong, under each seed; `prepare` gives the arguments.
fn finds(
    kernel: &str,
    (blocks, threads, is_cooperative): (u32, u32, bool),
    prepare: impl Fn(&mut Machine) -> Vec<Arg>,
    is_it: impl Fn(&Fault) -> bool,
) {
    for seed in 0..SEEDS {
        let mut machine = machine(seed);
        let arguments = prepare(&mut machine);
        match machine.launch(kernel, blocks, threads, is_cooperative, &arguments) {
            Err(Error::Fault(fault)) => {
                assert_eq!(fault.place.kernel, kernel);
                let line = PLANTED.lines().nth(fault.place.line as usize - 1).expect("the line is there");
                let words: Vec<_> = fault.place.instruction.split_whitespace().collect();
                assert_eq!(line.trim_end_matches(';').split_whitespace().collect::<Vec<_>>(), words);
                assert!(is_it(&fault), "seed {seed}: {kernel}: another fault: {fault:?}");
            }
            other => panic!("seed {seed}: {kernel}: {other:?}"),
        }
    }
}

fn is_race(fault: &Fault) -> bool {
    matches!(fault.trouble, Trouble::Race { .. })
}

/// A race, or a read of what the other access has not yet written.
fn is_race_or_early(fault: &Fault) -> bool {
    is_race(fault) || matches!(fault.trouble, Trouble::Unwritten { .. })
}

/// A race of two accesses of different blocks.
fn is_race_of_blocks(fault: &Fault) -> bool {
    matches!(fault.trouble, Trouble::Race { other_block, .. } if other_block != fault.place.block)
}

/// What must come out, under each seed.
fn gives(
    kernel: &str,
    (blocks, threads, is_cooperative): (u32, u32, bool),
    prepare: impl Fn(&mut Machine) -> Vec<Arg>,
    result: (usize, Vec<u32>),
) {
    for seed in 0..SEEDS {
        let mut machine = machine(seed);
        let arguments = prepare(&mut machine);
        let done = machine.launch(kernel, blocks, threads, is_cooperative, &arguments);
        done.unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        assert_eq!(read(&mut machine, arguments[result.0], result.1.len()), result.1, "seed {seed}: {kernel}");
    }
}

#[test]
fn a_barrier_orders_a_block() {
    let reversed = (0..3).flat_map(|block| (0..64).map(move |thread| 63 - thread + 100 * block)).collect();
    gives("reverse", (3, 64, false), |machine| vec![room(machine, 192)], (0, reversed));
    let out = |machine: &mut Machine| vec![room(machine, 256)];
    finds("reverse_without_barrier", (2, 64, false), out, is_race_or_early);
    finds("reverse_twice_without_second_barrier", (2, 64, false), out, is_race);
}

#[test]
fn a_barrier_of_a_warp_orders_the_warp() {
    let reversed = (0..64).map(|thread| thread ^ 31).collect();
    gives("reverse_in_warp", (1, 64, false), |machine| vec![room(machine, 64)], (0, reversed));
    finds("reverse_in_warp_without_barrier", (1, 64, false), |machine| vec![room(machine, 64)], is_race);
}

fn for_pass_on(machine: &mut Machine) -> Vec<Arg> {
    let values: Vec<f32> = (0..256_u16).map(|at| 1.0 / f32::from(at + 1)).collect();
    vec![floats(machine, &values), room(machine, 256), words(machine, &[0]), Arg::Whole(3)]
}

#[test]
fn a_barrier_of_the_grid_orders_blocks_round_after_round() {
    let mut values: Vec<f32> = (0..256_u16).map(|at| 1.0 / f32::from(at + 1)).collect();
    for _ in 0..3 {
        let sum = values.iter().fold(0.0, |sum, value| sum + value);
        for value in &mut values {
            *value += sum;
        }
    }
    let bits = values.iter().map(|value| value.to_bits()).collect();
    gives("pass_on", (4, 64, true), for_pass_on, (0, bits));
    finds("pass_on_without_grid_barrier", (4, 64, true), for_pass_on, is_race_of_blocks);
}

#[test]
fn many_blocks_may_read_what_one_writes_later() {
    // So many that the sets of readers are cut down to what is needed on the way.
    let (blocks, all) = (40_u16, 40 * 32_u16);
    for (kernel, seed) in [("pass_on", 1), ("pass_on", 2), ("pass_on_without_grid_barrier", 3)] {
        let mut machine = machine(seed);
        let given: Vec<f32> = (0..all).map(|at| f32::from(at % 7)).collect();
        let (first, sums) = (floats(&mut machine, &given), room(&mut machine, usize::from(all)));
        let arguments = [first, sums, words(&mut machine, &[0]), Arg::Whole(2)];
        let done = machine.launch(kernel, u32::from(blocks), 32, true, &arguments);
        if kernel == "pass_on" {
            done.expect("it is right");
            let mut values = given.clone();
            for _ in 0..2 {
                let sum = values.iter().fold(0.0, |sum, value| sum + value);
                for value in &mut values {
                    *value += sum;
                }
            }
            let bits: Vec<u32> = values.iter().map(|value| value.to_bits()).collect();
            assert_eq!(read(&mut machine, first, usize::from(all)), bits);
        } else {
            let Err(Error::Fault(fault)) = done else { panic!("{done:?}") };
            assert!(is_race_of_blocks(&fault), "{fault:?}");
        }
    }
}

#[test]
fn each_part_of_a_barrier_of_the_grid_is_needed() {
    let prepare = |machine: &mut Machine| vec![words(machine, &[1; 320]), room(machine, 320), words(machine, &[0])];
    let shown: Vec<u32> = (0..320).map(|at| (at + 64) % 320 * 3).collect();
    gives("show", (5, 64, true), prepare, (1, shown.clone()));
    gives("show_with_fences", (5, 64, true), prepare, (1, shown));
    for kernel in [
        "show_without_leading_barrier",
        "show_without_trailing_barrier",
        "show_without_acquire",
        "show_without_release",
    ] {
        finds(kernel, (5, 64, true), prepare, is_race_of_blocks);
    }
    // What the cache for constants has may be older.
    finds("show_through_cache", (5, 64, true), prepare, is_race);
}

#[test]
fn the_last_block_may_go_on_where_the_others_ended() {
    let total = (1..=40_u16).fold(0.0, |sum, at| sum + 1.0 / f32::from(at));
    let prepare = |machine: &mut Machine| vec![room(machine, 40), room(machine, 1), words(machine, &[0])];
    // Thread 0 left its part before a barrier of its block, so its release covers it.
    gives("last_adds", (40, 64, false), prepare, (1, vec![f32::to_bits(total)]));
}

#[test]
fn addresses_are_within_one_allocation() {
    let prepare = |machine: &mut Machine| vec![room(machine, 100), floats(machine, &[1.5; 100]), Arg::Whole(100)];
    gives("doubled", (4, 32, false), prepare, (0, vec![3.0_f32.to_bits(); 100]));
    let is_out = |fault: &Fault| matches!(&fault.trouble, Trouble::Bounds { bytes: 4, .. });
    finds("doubled_off_by_one", (4, 32, false), prepare, |fault| {
        assert_eq!((fault.place.block, fault.place.thread), (3, 4));
        assert!(fault.trouble.to_string().contains("byte 400 of allocation"), "{}", fault.trouble);
        is_out(fault)
    });
    finds("doubled_before_first", (4, 32, false), prepare, |fault| {
        is_out(fault) && fault.trouble.to_string().contains("4 bytes before allocation")
    });
    let freed = |machine: &mut Machine| {
        let arguments = prepare(machine);
        let Arg::Address(address) = arguments[1] else { panic!("no address") };
        machine.free(address).expect("it is there");
        assert!(machine.free(address).is_err());
        arguments
    };
    finds("doubled", (1, 32, false), freed, |fault| is_out(fault) && fault.trouble.to_string().contains("freed"));
    let beyond = |by| move |machine: &mut Machine| vec![room(machine, 32), Arg::Whole(by)];
    gives("beyond_shared", (1, 32, false), beyond(0), (0, vec![3; 32]));
    finds("beyond_shared", (1, 32, false), beyond(1), is_out);
    let bytes = |by| move |machine: &mut Machine| vec![room(machine, 32), words(machine, &[9; 64]), Arg::Whole(by)];
    gives("misaligned", (1, 32, false), bytes(4), (0, vec![9; 32]));
    finds("misaligned", (1, 32, false), bytes(2), |fault| matches!(fault.trouble, Trouble::Misaligned { .. }));
}

#[test]
fn what_is_read_was_written() {
    let unwritten = |fault: &Fault| matches!(fault.trouble, Trouble::Unwritten { .. });
    let out = |machine: &mut Machine| vec![room(machine, 128)];
    finds("half_written", (1, 64, false), out, unwritten);
    finds("left_over", (2, 32, false), out, unwritten);
    let nothing = |machine: &mut Machine| vec![room(machine, 100), room(machine, 100), Arg::Whole(100)];
    finds("doubled", (4, 32, false), nothing, unwritten);

    let mut machine = machine(0);
    let arguments = vec![room(&mut machine, 100), floats(&mut machine, &[1.0; 100]), Arg::Whole(99)];
    machine.launch("doubled", 4, 32, false, &arguments).expect("it is right");
    let Arg::Address(address) = arguments[0] else { panic!("no address") };
    assert!(machine.read(address, &mut [0; 99 * 4]).is_ok());
    let error = machine.read(address, &mut [0; 100 * 4]).expect_err("the last was not written").to_string();
    assert!(error.contains("nobody wrote byte 396 of allocation"), "{error}");
    assert!(machine.read(address + 8, &mut [0; 100 * 4]).is_err());
    assert!(machine.write(address + 397, &[0; 4]).is_err());
}

#[test]
fn the_order_of_sums_is_defined() {
    let prepare = |machine: &mut Machine| vec![floats(machine, &[0.0]), floats(machine, &[0.5; 64])];
    finds("unordered_sum", (1, 64, false), prepare, is_race);
    let unordered = Machine::new(&[include_str!("planted/unordered.ptx")]).expect_err("floats are added");
    assert!(matches!(&unordered, Error::UnorderedSum { kernel, .. } if kernel == "add"), "{unordered}");
    let whole = |machine: &mut Machine| vec![words(machine, &[5]), words(machine, &[3; 256])];
    gives("ordered_by_atomics", (4, 64, false), whole, (0, vec![5 + 3 * 256]));
    let peek = |machine: &mut Machine| vec![words(machine, &[5]), room(machine, 256)];
    finds("peek_at_atomics", (4, 64, false), peek, is_race);
    finds("same_word", (1, 32, false), |machine| vec![room(machine, 16)], is_race);
    let bytes = (0..16).map(|at| u32::from_le_bytes([4 * at, 4 * at + 1, 4 * at + 2, 4 * at + 3])).collect();
    gives("neighbouring_bytes", (1, 64, false), |machine| vec![room(machine, 16)], (0, bytes));
}

#[test]
fn a_launch_comes_after_the_one_before() {
    for seed in 0..SEEDS {
        let mut machine = machine(seed);
        let (first, second) = (floats(&mut machine, &[1.0; 100]), room(&mut machine, 100));
        machine.launch("doubled", 4, 32, false, &[second, first, Arg::Whole(100)]).expect("it is right");
        machine.launch("doubled", 2, 64, false, &[first, second, Arg::Whole(100)]).expect("it is right");
        assert_eq!(read(&mut machine, first, 100), [4.0_f32.to_bits(); 100]);
        let ran = machine.kernels_ran()["doubled"];
        assert_eq!(ran.launches, 2);
        assert!(ran.instructions > 2 * 128 * 5);
    }
}

#[test]
fn a_barrier_is_for_all_threads() {
    let out = |machine: &mut Machine| vec![words(machine, &[0; 64])];
    for kernel in ["barrier_for_some_lanes", "barrier_for_some_warps", "two_barriers"] {
        finds(kernel, (1, 64, false), out, |fault| matches!(fault.trouble, Trouble::DivergentBarrier { .. }));
    }
}

#[test]
fn a_shuffle_is_for_lanes_that_are_there() {
    let prepare = |machine: &mut Machine| {
        let x: Vec<f32> = (0..64_u16).map(|at| f32::from(at) * 0.7).collect();
        vec![room(machine, 64), floats(machine, &x)]
    };
    let mut sums: Vec<f32> = Vec::new();
    for lane in 0..64_usize {
        let own = |lane: usize| if lane.is_multiple_of(3) { lane as f32 * 0.7 / 3.0 } else { lane as f32 * 0.7 + 1.0 };
        let mut row: Vec<f32> = (0..16).map(|at| own(lane / 16 * 16 + at)).collect();
        for by in [8, 4, 2, 1] {
            row = (0..16).map(|at| row[at] + row[at ^ by]).collect();
        }
        sums.push((0..=lane % 32 / 16 * 2).fold(0.0, |sum, _| sum + row[lane % 16]));
    }
    let bits = sums.iter().map(|sum| sum.to_bits()).collect();
    gives("shuffle_in_halves", (1, 64, false), prepare, (0, bits));
    let absent = |fault: &Fault| matches!(fault.trouble, Trouble::AbsentLane { .. });
    finds("shuffle_with_absent", (1, 64, false), prepare, absent);
    finds("shuffle_beyond_mask", (1, 64, false), prepare, absent);
    finds("vote_with_ended", (1, 64, false), |machine| vec![room(machine, 64), Arg::Whole(40)], absent);
}

#[test]
fn votes_and_shuffles_say_what_they_should() {
    let multiples = (0..32).filter(|lane| lane % 3 == 0).fold(0, |bits, lane| bits | 1 << lane);
    let told = (0..64_u32).flat_map(|thread| {
        let lane = thread % 32;
        let down = if lane % 8 + 3 < 8 { lane + 3 } else { lane };
        [multiples, 2, lane.checked_sub(3).unwrap_or(lane), down, lane / 16 * 16 + 5, lane ^ 9, 13, 1]
    });
    gives("together", (1, 64, false), |machine| vec![room(machine, 512)], (0, told.collect()));
}

#[test]
fn waiting_for_ever_is_a_deadlock() {
    for seed in 0..SEEDS {
        let mut machine = machine(seed);
        machine.patience(100_000);
        let arguments = [room(&mut machine, 256), room(&mut machine, 256), words(&mut machine, &[0])];
        let stuck = machine.launch("show", 4, 64, false, &arguments).expect_err("blocks wait for absent ones");
        let Error::Deadlock { kernel, place, .. } = &stuck else { panic!("{stuck}") };
        assert_eq!((kernel.as_str(), place.thread), ("show", 0));
    }
}

#[test]
fn arguments_are_those_of_the_declaration() {
    let mut machine = machine(0);
    let (out, x) = (room(&mut machine, 100), floats(&mut machine, &[1.0; 100]));
    for wrong in [vec![out, x], vec![out, x, Arg::Whole(1), Arg::Whole(1)], vec![out, x, Arg::Number(1.0)]] {
        let error = machine.launch("doubled", 1, 32, false, &wrong).expect_err("they are wrong");
        assert!(matches!(error, Error::Arguments { .. }), "{error}");
    }
    let none = machine.launch("tripled", 1, 32, false, &[]).expect_err("there is none");
    assert_eq!(none, Error::NoKernel("tripled".to_owned()));
    for (blocks, threads) in [(0, 32), (1, 0), (1, 33), (1, 2048), (70_000, 32)] {
        let error = machine.launch("doubled", blocks, threads, false, &[out, x, Arg::Whole(1)]);
        assert!(matches!(error, Err(Error::Size { .. })), "{error:?}");
    }
    assert!(machine.kernels_ran().is_empty());
}

#[test]
fn tables_come_with_the_program() {
    let mut machine = machine(0);
    let out = room(&mut machine, 32);
    machine.launch("read_tables", 1, 32, false, &[out]).expect("it is right");
    let bits: Vec<u32> = (0..32).map(|at| [1.5_f32, 2.25, 4.0, 8.0][at % 4].to_bits()).collect();
    assert_eq!(read(&mut machine, out, 32), bits);
    finds("tables", (1, 32, false), |machine| vec![room(machine, 32)], is_race);

    let mut machine = Machine::new(&[include_str!("planted/write_constant.ptx")]).expect("it is PTX");
    let error = machine.launch("write_constant", 1, 32, false, &[]).expect_err("a constant is written");
    let Error::Fault(fault) = error else { panic!("{error}") };
    assert!(matches!(fault.trouble, Trouble::Constant { .. }), "{}", fault.trouble);
}

#[test]
fn nothing_is_divided_by_zero() {
    let by = |by| move |machine: &mut Machine| vec![room(machine, 32), Arg::Whole(by)];
    gives("divide", (1, 32, false), by(10), (0, (100..132).map(|at| at / 10).collect()));
    finds("divide", (1, 32, false), by(0), |fault| fault.trouble == Trouble::DivisionByZero);
}

#[test]
fn instructions_whose_bits_are_not_promised_are_refused() {
    let error = Machine::new(&[include_str!("planted/inexact.ptx")]).expect_err("it approximates");
    let Error::Unsupported { kernel, line, instruction } = &error else { panic!("{error}") };
    assert_eq!(kernel, "power");
    assert!(instruction.starts_with("ex2.approx.f32"));
    let text = include_str!("planted/inexact.ptx").lines().nth(*line as usize - 1);
    assert!(text.is_some_and(|text| text.contains("ex2.approx.f32")));
    for flushed in ["add.f32", "add.rz.f32", "add.rn.ftz.f32", "mul.rn.sat.f32", "div.full.f32", "fma.rz.f32"] {
        let text = format!(
            ".version 8.0\n.target sm_70\n.address_size 64\n.visible .entry k()\n{{\n.reg .f32 %f<4>;\n\
             {flushed} %f1, %f2, %f3{};\nret;\n}}\n",
            if flushed.starts_with("fma") { ", %f1" } else { "" }
        );
        let error = Machine::new(&[&text]).expect_err(flushed);
        assert!(matches!(&error, Error::Unsupported { line: 7, .. }), "{error}");
    }
    let known = opcodes(PLANTED).expect("it is PTX");
    assert!(known["bar.sync"] > 10 && known.contains_key("red.release.gpu.global.add.u32"));
    assert!(!known.keys().any(|name| name.starts_with(['@', '.', '%'])));
}

//! The PTX that the program ships: what it is for, that it holds no inexact operation, and that it belongs to its source.

use super::interpreter::{Arg, Machine};
use crate::harness::skipped;
use digit_lab::compute::cuda::PTX;
use digit_lab::math::elementary::{exponential, logarithm};
use digit_lab::math::loss::sigmoid;
use digit_lab::math::torch::Generator;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

/// Drivers from 525 on and GPUs of compute capability 7.0 on; bits that are the same everywhere.
#[test]
fn it_is_for_old_drivers_and_exact() {
    for text in PTX.iter().chain([&ELEMENTARY]) {
        assert!(text.contains("\n.version 8.0\n.target sm_70\n.address_size 64\n"));
        for inexact in
            [".approx", ".ftz", "ex2", "lg2", "mad.f32", "mad.rn.f32", "atom.global.add.f32", "red.global.add.f32"]
        {
            assert!(!text.contains(inexact), "{inexact}");
        }
    }
}

const ELEMENTARY: &str = include_str!("../../../assets/kernels/elementary.ptx");

/// Exponential, logarithm and sigmoid of numbers of every size and of the special ones: the processor's bits.
#[test]
fn its_functions_are_the_processors() {
    let mut generator = Generator::new(3);
    let special = [0.0, -0.0, 1.0, -1.0, 88.8, -103.9, -87.4, 1e-45, 1e-38, 0.7, 0.5, 2.0];
    let bounds = [f32::MAX, f32::MIN, f32::MIN_POSITIVE, f32::INFINITY, f32::NEG_INFINITY, f32::NAN];
    let drawn = generator.uniform(-110.0, 95.0, 20_000).into_iter().chain(generator.uniform(-2.0, 2.0, 20_000));
    let all = (0..20_000_u32).map(|at| f32::from_bits(at.wrapping_mul(2_654_435_761)));
    let mut numbers: Vec<f32> = special.into_iter().chain(bounds).chain(drawn).chain(all).collect();
    numbers.truncate(numbers.len() / 32 * 32);
    let mut machine = Machine::new(&[ELEMENTARY]).unwrap();
    let bytes = |numbers: &[f32]| numbers.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>();
    let places: Vec<u64> = (0..4).map(|_| machine.allocate(4 * numbers.len())).collect();
    machine.write(places[0], &bytes(&numbers)).unwrap();
    let count = u32::try_from(numbers.len()).unwrap();
    let [x, powers, logarithms, sigmoids] = places[..] else { panic!("four places") };
    let arguments =
        [Arg::Address(x), Arg::Whole(count), Arg::Address(powers), Arg::Address(logarithms), Arg::Address(sigmoids)];
    machine.launch("elementary", count.div_ceil(256), 256, false, &arguments).unwrap();
    for (place, function) in [(powers, exponential as fn(f32) -> f32), (logarithms, logarithm), (sigmoids, sigmoid)] {
        let mut found = vec![0; 4 * numbers.len()];
        machine.read(place, &mut found).unwrap();
        for (x, found) in numbers.iter().zip(found.as_chunks().0) {
            let (found, ours) = (f32::from_le_bytes(*found), function(*x));
            assert!(found.to_bits() == ours.to_bits() || found.is_nan() && ours.is_nan(), "{x}: {found} and {ours}");
        }
    }
}

/// `compile.py --check`, where NVIDIA's compiler is installed: in the Python that `DIGIT_LAB_PYTHON` names, or `python3`.
#[test]
fn it_belongs_to_its_source() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/kernels/compile.py");
    let python = std::env::var("DIGIT_LAB_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let done = Command::new(&python).arg(script).arg("--check").output();
    let what = "the PTX beside its source";
    match done {
        Ok(done) if done.status.code() != Some(3) => {
            let said = String::from_utf8_lossy(&done.stdout);
            writeln!(std::io::stdout().lock(), "{said}").unwrap();
            assert!(done.status.success(), "{said}{}", String::from_utf8_lossy(&done.stderr));
        }
        Ok(_) => skipped(what, format!("{python} has no compiler of CUDA; see assets/kernels/compile.py")),
        Err(error) => skipped(what, format!("{python} could not be started ({error})")),
    }
}

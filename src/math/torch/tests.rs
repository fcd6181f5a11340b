//! Draws that PyTorch 2.15 made on a CPU with AVX2. Each test says with which Python; `manual_seed` stands before each. CPUs without
//! AVX2 round `randn` otherwise, by up to 2.2e-7 of a value: the book's own weights were drawn on one.

#![expect(clippy::float_cmp, clippy::unreadable_literal, reason = "tables of recorded numbers, equal to the bit")]

use proptest::prelude::*;

use super::*;

/// The first, the middle, the ninth last (or first) and the last: one of each way that `randn` draws.
fn four(values: &[f32]) -> [f32; 4] {
    let n = values.len();
    [values[0], values[n / 2], values[n.saturating_sub(9)], values[n - 1]]
}

fn assert_close(ours: &[f32], theirs: &[f32]) {
    assert_eq!(ours.len(), theirs.len());
    for (a, b) in ours.iter().zip(theirs) {
        assert!((a - b).abs() <= 1e-6 * b.abs(), "{a} is not {b}");
    }
}

fn sum(values: &[f32]) -> f64 {
    values.iter().copied().map(f64::from).sum()
}

/// `r = torch.randn(n); [r[0], r[n // 2], r[max(n - 9, 0)], r[-1]], r.double().sum()`
#[test]
fn randn_draws_as_pytorch() {
    let expected: [(u64, usize, [f32; 4], f64); 18] = [
        (0, 1, [1.5409961, 1.5409961, 1.5409961, 1.5409961], 1.540996),
        (0, 15, [1.5409961, 0.83802634, 0.40334684, -1.0711874], -3.968993),
        (0, 16, [-1.1258398, 0.32227492, -2.1152194, -0.24727815], -1.909114),
        (0, 17, [-1.1258398, 0.4680964, 0.4680964, 0.9318266], 2.996607),
        (0, 20, [-1.1258398, 1.4436601, 0.2660494, 0.053736903], 6.940702),
        (0, 784, [-1.1258398, 1.4502208, -0.6220156, -0.11398256], 49.561339),
        (42, 1, [0.33669037, 0.33669037, 0.33669037, 0.33669037], 0.336690),
        (42, 15, [0.33669037, -0.63799703, 2.2082014, -0.9889599], 1.696116),
        (42, 16, [1.9269153, -0.7521353, -1.604667, 0.7624454], -2.187668),
        (42, 17, [1.9269153, 0.3558599, 0.3558599, -0.30972677], 8.217296),
        (42, 20, [1.9269153, -0.49335635, 0.24148779, -0.6215954], 4.323167),
        (42, 784, [1.9269153, -0.9851518, -0.38583097, -0.9494867], 18.398367),
        (123456789, 1, [0.11027837, 0.11027837, 0.11027837, 0.11027837], 0.110278),
        (123456789, 15, [0.11027837, 0.6681944, 0.29134107, -0.2747651], 4.345440),
        (123456789, 16, [0.2642554, -0.9845864, -0.30944085, 1.2969768], -1.616055),
        (123456789, 17, [0.2642554, 0.81971455, 0.81971455, 0.9574975], 3.063334),
        (123456789, 20, [0.2642554, -0.36508587, 0.83446586, 1.4485871], 3.409466),
        (123456789, 784, [0.2642554, -0.2843667, 0.3325096, -0.93769634], -52.273351),
    ];
    for (seed, n, values, total) in expected {
        let ours = Generator::new(seed).randn(n);
        if n < BLOCK {
            assert_close(&four(&ours), &values);
        } else {
            assert_eq!(four(&ours), values, "seed {seed}, {n} values");
        }
        assert!((sum(&ours) - total).abs() < 2e-6, "seed {seed}, {n} values");
    }
}

/// `u = torch.rand(n)`, and the same four.
#[test]
fn uniform_draws_as_pytorch_to_the_bit() {
    let expected: [(u64, usize, [f32; 4]); 18] = [
        (0, 1, [0.4962566, 0.4962566, 0.4962566, 0.4962566]),
        (0, 15, [0.4962566, 0.89644474, 0.4900934, 0.29388845]),
        (0, 16, [0.4962566, 0.45562798, 0.89644474, 0.5185218]),
        (0, 17, [0.4962566, 0.45562798, 0.45562798, 0.6976676]),
        (0, 20, [0.4962566, 0.34889346, 0.4017173, 0.28226858]),
        (0, 784, [0.4962566, 0.21814507, 0.18122643, 0.52884465]),
        (42, 1, [0.88226926, 0.88226926, 0.88226926, 0.88226926]),
        (42, 15, [0.88226926, 0.7936413, 0.25657248, 0.74109405]),
        (42, 16, [0.88226926, 0.94077146, 0.7936413, 0.4294045]),
        (42, 17, [0.88226926, 0.94077146, 0.94077146, 0.8854429]),
        (42, 20, [0.88226926, 0.9345981, 0.59357965, 0.62744915]),
        (42, 784, [0.88226926, 0.84465307, 0.40856004, 0.6885702]),
        (123456789, 1, [0.4052539, 0.4052539, 0.4052539, 0.4052539]),
        (123456789, 15, [0.4052539, 0.5889134, 0.6723926, 0.65416455]),
        (123456789, 16, [0.4052539, 0.79173243, 0.5889134, 0.2872753]),
        (123456789, 17, [0.4052539, 0.79173243, 0.79173243, 0.6598875]),
        (123456789, 20, [0.4052539, 0.68956465, 0.11146277, 0.30425727]),
        (123456789, 784, [0.4052539, 0.90005255, 0.39037943, 0.8042351]),
    ];
    for (seed, n, values) in expected {
        assert_eq!(four(&Generator::new(seed).uniform(0.0, 1.0, n)), values, "seed {seed}, {n} values");
    }
}

/// `torch.manual_seed(42); torch.empty(6).uniform_(-0.25, 3.5)`
#[test]
fn bounds_are_rounded_as_pytorch_rounds() {
    assert_eq!(
        Generator::new(42).uniform(-0.25, 3.5, 6),
        [3.0585098, 3.1812649, 1.185739, 3.3473961, 1.2141808, 2.0033576]
    );
}

/// `torch.manual_seed(42); torch.randn(20); torch.randn(3); torch.randn(784, 1); torch.randn(1)`: the coaster's noise
/// and parameters, then the linear model's weights and bias.
#[test]
fn the_books_draws_follow_one_another() {
    let mut generator = Generator::new(42);
    assert_eq!(
        generator.randn(20),
        [
            1.9269153,
            1.4872841,
            0.9007172,
            -2.105521,
            -0.75813115,
            1.0783176,
            0.80080056,
            1.6806206,
            0.3558599,
            -0.686623,
            -0.49335635,
            0.24148779,
            -0.23162432,
            0.04175949,
            -0.2515753,
            0.8598585,
            -0.30972677,
            -0.3957105,
            0.80340934,
            -0.6215954
        ]
    );
    assert_close(&generator.randn(3), &[-0.7658386, -0.75062233, 1.3525478]);
    let weights = generator.randn(784);
    assert_eq!(weights[..3], [1.3123076, 0.6871596, -1.0891753]);
    assert_eq!(weights[781..], [-0.31973583, -0.91309243, 1.9192094]);
    assert!((sum(&weights) - 43.666981179).abs() < 1e-8);
    assert_close(&generator.randn(1), &[0.6863219]);
}

/// `torch.randn(1); torch.randn(1)`, and `torch.randn(1); torch.randn(20); torch.randn(3)`: a long draw in between
/// leaves the spare value for the next short one.
#[test]
fn the_spare_value_waits_for_the_next_short_draw() {
    let mut generator = Generator::new(42);
    assert_close(&generator.randn(1), &[0.33669037]);
    assert_close(&generator.randn(1), &[0.1288094]);
    let mut generator = Generator::new(42);
    assert_close(&generator.randn(1), &[0.33669037]);
    assert_eq!(four(&generator.randn(20)), [0.67841846, -2.3169227, -0.21680473, 0.33089843]);
    assert_close(&generator.randn(3), &[0.1288094, 1.3525478, 0.6863219]);
}

/// `p = torch.randperm(10); torch.rand(1)`, and `q = torch.randperm(12396); q[:6], q[-2:]; torch.rand(1)`: the draw
/// after a permutation shows that it took as many.
#[test]
fn randperm_shuffles_as_pytorch() {
    type Row = (u64, [u32; 10], f32, [u32; 6], [u32; 2], f32);
    let expected: [Row; 3] = [
        (
            0,
            [4, 1, 7, 5, 3, 9, 0, 8, 6, 2],
            0.6323063,
            [11852, 5365, 10763, 1107, 11463, 413],
            [8126, 10331],
            0.13760865,
        ),
        (
            42,
            [2, 6, 1, 8, 4, 5, 0, 9, 3, 7],
            0.13318592,
            [8622, 6908, 9214, 11014, 2454, 5244],
            [7098, 359],
            0.97002095,
        ),
        (
            123456789,
            [8, 5, 4, 6, 2, 1, 3, 9, 0, 7],
            0.2991469,
            [472, 11196, 7034, 10846, 12078, 3244],
            [4643, 11675],
            0.50014085,
        ),
    ];
    for (seed, ten, after_ten, head, tail, after_all) in expected {
        let mut generator = Generator::new(seed);
        assert_eq!(generator.randperm(10), ten);
        assert_eq!(generator.uniform(0.0, 1.0, 1), [after_ten]);
        let mut generator = Generator::new(seed);
        let all = generator.randperm(12396);
        assert_eq!((&all[..6], &all[12394..]), (&head[..], &tail[..]));
        assert_eq!(generator.uniform(0.0, 1.0, 1), [after_all]);
    }
}

/// `l = torch.nn.Linear(inputs, outputs)`: of the flattened weight the first, the middle, the last and
/// `sum(w.tolist())`; of the bias the first and the last.
#[test]
fn linear_layers_start_as_pytorchs() {
    type Row = (usize, usize, [f32; 3], [f32; 2], f64);
    let expected: [Row; 5] = [
        (1, 784, [0.02730495, 0.024618078, 0.013469301], [-0.018812109, -0.018812109], -1.026857264),
        (30, 784, [0.02730495, -0.015024522, -0.005327757], [0.016738262, -0.0032338502], -1.722580919),
        (1, 30, [0.139585, -0.025777832, -0.1803247], [0.1648844, 0.1648844], 0.390734186),
        (3, 7, [0.28896838, 0.32852527, -0.17414208], [-0.04432497, 0.25073066], 1.900225125),
        (10, 50, [0.10812208, -0.04536921, -0.05978104], [-0.034247283, -0.026067372], -3.231631995),
    ];
    for (outputs, inputs, values, ends, total) in expected {
        let (weight, bias) = Generator::new(42).linear(outputs, inputs);
        assert_eq!(weight.dim(), (outputs, inputs));
        let flat: Vec<f32> = weight.iter().copied().collect();
        assert_eq!([flat[0], flat[flat.len() / 2], flat[flat.len() - 1]], values);
        assert_eq!([bias[0], bias[outputs - 1]], ends);
        assert!((sum(&flat) - total).abs() < 1e-8);
    }
}

/// `torch.manual_seed(seed); torch.rand(2)`; the last is `torch.manual_seed(-1)` too.
#[test]
fn of_a_long_seed_the_low_half_counts() {
    let expected: [(u64, [f32; 2]); 4] = [
        (0x1, [0.7576316, 0.27931088]),
        (0x100000001, [0.7576316, 0.27931088]),
        (0x1000000002a, [0.88226926, 0.91500396]),
        (0xffffffffffffffff, [0.9937994, 0.57130635]),
    ];
    for (seed, values) in expected {
        assert_eq!(Generator::new(seed).uniform(0.0, 1.0, 2), values, "seed {seed:#x}");
    }
}

proptest! {
    #[test]
    fn any_draw_is_sound(seed: u64, n in 0_usize..70) {
        let mut generator = Generator::new(seed);
        let normal = generator.randn(n);
        prop_assert_eq!(normal.len(), n);
        prop_assert!(normal.iter().all(|value| value.abs() < 9.0));
        let mut order = generator.randperm(n);
        order.sort_unstable();
        prop_assert!(order.into_iter().eq((0..).take(n)));
        let (weight, bias) = generator.linear(2, n + 1);
        let bound = 1.000_001 / (f32::from(u8::try_from(n).unwrap()) + 1.0).sqrt();
        prop_assert!(weight.iter().chain(&bias).all(|value| value.abs() <= bound));
    }
}

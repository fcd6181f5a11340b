//! Choosing a device in the window, on a machine with GPUs or without, and what is said when one is missing or fails.

use std::time::{Duration, Instant};

use digit_lab::compute::{Inventory, gpus, processor};
use digit_lab::engine::Goal;
use egui::accesskit::Role;
use egui::{Pos2, Rect};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use serde_json::{Value, json};

use crate::harness::alone_with_the_gpus;
use crate::harness::window::{Bench, SMALL, click, lab_at, setting, shows_part as shows, window};

/// The window.
const WINDOW: Rect = Rect { min: Pos2::ZERO, max: Pos2::new(SMALL[0], SMALL[1]) };
/// A GPU that no machine has.
const NO_GPU: &str = "cuda:9999";

/// The window with a panel at a state.
fn bench(experiment: &str, settings: Value, position: u64) -> Bench {
    window(lab_at(experiment, &settings, Goal::Position(position), &json!({})), SMALL, 64)
}

fn device(bench: &mut Bench) -> Value {
    setting(bench, "device")
}

/// Opens the menu of devices, and waits until all is known.
fn open_menu(bench: &mut Bench) {
    bench.get_by_role_and_label(Role::ComboBox, "Device").click();
    bench.run();
    wait(bench);
}

/// Waits until the open menu has the last answer.
fn wait(bench: &mut Bench) {
    let start = Instant::now();
    // Nobody but the menu takes up the answer.
    while Inventory::is_looking() {
        assert!(start.elapsed() < Duration::from_secs(20), "no answer came");
        std::thread::sleep(Duration::from_millis(5));
        bench.step();
    }
    bench.run();
}

/// Every row of the open menu.
fn rows(bench: &Bench) -> Vec<String> {
    let all = bench.query_all_by_role(Role::Button).filter_map(|node| node.accesskit_node().label());
    all.filter(|text| ["auto (", "cpu (", "cuda"].iter().any(|start| text.starts_with(start))).collect()
}

#[test]
fn the_menu_lists_what_there_is_or_says_why_there_is_no_gpu() {
    let _turn = alone_with_the_gpus();
    let mut bench = bench("trainer", json!({"momentum": 0.5}), 1);
    click(&mut bench, "More (1 changed)");
    open_menu(&mut bench);
    let own = ["auto (the processor)".to_owned(), format!("cpu ({})", processor())];
    let (found, why) = match gpus() {
        Ok(gpus) => (gpus, None),
        Err(why) => (Vec::new(), Some(why)),
    };
    let found = found.iter().map(|gpu| format!("{} ({gpu})", gpu.device()));
    assert_eq!(rows(&bench), own.iter().cloned().chain(found).collect::<Vec<_>>());
    if let Some(why) = why {
        let reason = format!("No GPU can be used: {why}.");
        let rect = bench.get_by_label(&reason).rect();
        assert!(WINDOW.contains_rect(rect), "{rect:?} is not all in the window");
    }
    click(&mut bench, &own[1]);
    assert_eq!(device(&mut bench), "cpu");
    assert_eq!(rows(&bench), [""; 0], "a click closes the menu");
    assert_eq!(bench.state_mut().panel().failure(), None);
}

#[test]
fn a_state_with_a_gpu_that_is_not_there_keeps_it_until_it_is_changed() {
    let _turn = alone_with_the_gpus();
    let mut bench = bench("trainer", json!({"device": NO_GPU}), 40);
    let failure = bench.state_mut().panel().failure().unwrap().to_owned();
    assert!(failure.starts_with(&format!("device is \"{NO_GPU}\"; expected cpu, since ")), "{failure}");
    assert!(shows(&bench, &failure), "it is said in full");
    click(&mut bench, "More (1 changed)");
    open_menu(&mut bench);
    assert!(rows(&bench).contains(&format!("{NO_GPU} (not found on this machine)")), "{:?}", rows(&bench));
    assert_eq!(device(&mut bench), NO_GPU, "looking changes nothing");
    click(&mut bench, &format!("cpu ({})", processor()));
    assert_eq!((device(&mut bench), bench.state_mut().panel().failure()), (json!("cpu"), None));
    assert!(!shows(&bench, "This did not work"));
}

#[test]
fn one_click_runs_the_same_on_the_processor() {
    let _turn = alone_with_the_gpus();
    for (experiment, position) in [("trainer", 40), ("lr-find", 9)] {
        let mut bench = bench(experiment, json!({"device": NO_GPU}), position);
        assert!(bench.state_mut().panel().failure().is_some());
        assert_eq!(bench.state_mut().panel().state().position, position, "the way there is not forgotten");
        click(&mut bench, "Try again");
        assert!(bench.state_mut().panel().failure().is_some(), "nothing has changed");
        click(&mut bench, "Use the processor");
        assert_eq!((device(&mut bench), bench.state_mut().panel().failure()), (json!("cpu"), None));
        assert_eq!(bench.state_mut().panel().state().position, position);
    }
    let missing = bench("trainer", json!({"data": "no such folder"}), 1);
    assert!(shows(&missing, "Try again") && !shows(&missing, "Use the processor"), "that is no matter of devices");
}

#[cfg(feature = "cuda")]
mod with_gpus {
    use super::*;
    use digit_lab::compute::About;
    use digit_lab::compute::cuda::gpu::{Address, Fault, Gpu, Launch};
    use digit_lab::compute::cuda::stand_in;
    use std::sync::Arc;

    /// A GPU that takes all that it is sent, and is gone when it has to compute.
    #[derive(Debug)]
    struct Fragile(About);

    impl Gpu for Fragile {
        fn about(&self) -> &About {
            &self.0
        }

        fn allocate(&self, _bytes: usize) -> Result<Address, Fault> {
            Ok(256)
        }

        fn free(&self, _address: Address) {}

        fn write(&self, _to: Address, _bytes: &[u8]) -> Result<(), Fault> {
            Ok(())
        }

        fn read(&self, _from: Address, _bytes: &mut [u8]) -> Result<(), Fault> {
            Err(Fault::Lost("unplugged".to_owned()))
        }

        fn most_blocks(&self, _kernel: &'static str, _threads: u32) -> Result<u32, Fault> {
            Ok(8)
        }

        fn launch(&self, _launch: &Launch<'_>) -> Result<(), Fault> {
            Err(Fault::Lost("unplugged".to_owned()))
        }
    }

    /// Two GPUs in place of the machine's own, until it is dropped.
    struct Two;

    impl Two {
        fn new() -> Self {
            let gpu = |index, name: &str, memory| -> Arc<dyn Gpu> {
                Arc::new(Fragile(About { index, name: name.to_owned(), memory }))
            };
            stand_in(vec![
                gpu(0, "NVIDIA H100 80GB HBM3", 85_029_158_912),
                gpu(1, "NVIDIA RTX PRO 6000 Blackwell Max-Q Workstation Edition", 101_971_263_488),
            ]);
            Self
        }
    }

    impl Drop for Two {
        fn drop(&mut self) {
            stand_in(Vec::new());
        }
    }

    #[test]
    fn each_gpu_has_a_row_with_its_name_and_memory() {
        let _turn = alone_with_the_gpus();
        let _two = Two::new();
        let mut bench = bench("trainer", json!({"momentum": 0.5}), 1);
        click(&mut bench, "More (1 changed)");
        open_menu(&mut bench);
        let first = "cuda (NVIDIA H100 80GB HBM3, 79.2 GiB)";
        let second = "cuda:1 (NVIDIA RTX PRO 6000 Blackwell Max-Q Workstation Edition, 95.0 GiB)";
        assert_eq!(rows(&bench)[2..], [first, second]);
        assert!(!shows(&bench, "No GPU can be used"));
        let rect = bench.get_by_label(second).rect();
        assert!(WINDOW.contains_rect(rect), "{rect:?} is not all in the window");
        click(&mut bench, second);
        assert_eq!((device(&mut bench), bench.state_mut().panel().failure()), (json!("cuda:1"), None));
        // A GPU that went is found missing when the menu is next opened.
        stand_in(vec![Arc::new(Fragile(About { index: 0, name: "NVIDIA T4".to_owned(), memory: 15 << 30 }))]);
        open_menu(&mut bench);
        assert_eq!(rows(&bench)[2..], ["cuda (NVIDIA T4, 15.0 GiB)", "cuda:1 (not found on this machine)"]);
        // An answer that comes while it is open may make it longer.
        let about = |index| About {
            index,
            name: format!("NVIDIA GPU with number {index} and a name on two lines"),
            memory: 1 << 30,
        };
        stand_in((0..4).map(|index| -> Arc<dyn Gpu> { Arc::new(Fragile(about(index))) }).collect());
        Inventory::refresh();
        wait(&mut bench);
        click(&mut bench, &format!("cuda:3 ({})", about(3)));
        assert_eq!(device(&mut bench), "cuda:3");
    }

    #[test]
    fn a_run_says_what_computes_it_and_that_the_processor_took_over() {
        let _turn = alone_with_the_gpus();
        let _two = Two::new();
        let lost =
            "NVIDIA H100 80GB HBM3: the GPU was lost (unplugged). The processor goes on from the last good state";
        for (experiment, on, off) in
            [("trainer", "epoch 1 of 10, on cuda", "epoch 1 of 10"), ("lr-find", "It runs on cuda.", "a loss of")]
        {
            let mut bench = bench(experiment, json!({"device": "cuda"}), 0);
            assert!(shows(&bench, on) && !shows(&bench, lost), "{experiment}: nothing was computed yet");
            bench.key_press(egui::Key::B);
            bench.run();
            bench.run();
            assert!(shows(&bench, lost) && shows(&bench, off) && !shows(&bench, on), "{experiment}");
            assert_eq!((device(&mut bench), bench.state_mut().panel().failure()), (json!("cuda"), None));
        }
    }
}

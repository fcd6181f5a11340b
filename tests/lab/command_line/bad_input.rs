//! Bad input: one clear sentence each, code 2, nothing on standard output, no file touched.

use crate::harness::program::{Program, idx};

#[test]
fn unknown_names_are_answered_with_the_nearest() {
    let program = Program::new();
    for (arguments, words) in [
        (&["run", "coster"][..], &["\"coster\"", "the nearest is \"coaster\"", "pixels, baseline"][..]),
        (&["run", "Trainr", "--json"], &["\"Trainr\"", "\"trainer\""]),
        (&["settings", "pixel"], &["\"pixel\"", "\"pixels\""]),
        (&["shot", "desent", "--out", "a.png"], &["\"desent\"", "\"descent\""]),
        (&["run", "trainer", "--set", "batchsize=4"], &["\"batchsize\"", "the nearest is \"batch_size\"", "epochs"]),
        (&["run", "coaster", "--set", "sede=1"], &["\"sede\"", "\"seed\""]),
        (&["shot", "descent", "--set", "rate=1", "--out", "a.png"], &["\"rate\"", "lr"]),
    ] {
        program.refused(arguments, words);
    }
}

#[test]
fn values_out_of_range_are_answered_with_the_range_and_the_nearest() {
    let program = Program::new();
    for (experiment, pair, words) in [
        ("trainer", "lr=nan", &["lr is \"nan\"", "expected a number"][..]),
        ("descent", "lr=inf", &["lr is \"inf\"", "expected a number"]),
        ("coaster", "lr=-1", &["lr is", "expected a number", "nearest"]),
        ("coaster", "lr=1e999", &["lr is", "expected a number", "nearest"]),
        ("trainer", "batch_size=0", &["batch_size is \"0\"", "whole number", "nearest valid value is 1"]),
        ("trainer", "batch_size=2.5", &["batch_size", "whole number"]),
        ("trainer", "epochs=18446744073709551616", &["epochs", "whole number"]),
        ("trainer", "model=linaer", &["model", "linear"]),
        ("trainer", "digits=3", &["digits", "at least 2 different digits"]),
        ("trainer", "digits=3,10", &["digits", "digits such as 3,7"]),
        ("trainer", "shuffle=maybe", &["shuffle", "true or false"]),
        ("coaster", "seed=-1", &["seed", "whole number", "nearest valid value is 0"]),
        ("pixels", "rows=4:40", &["rows is \"4:40\"", "a slice a:b", "4:28"]),
        ("pixels", "columns=9:9", &["columns", "a slice a:b"]),
        ("pixels", "rows=a:b", &["rows", "a slice a:b"]),
        ("pixels", "nth=6131", &["nth", "6131", "6130"]),
        ("pixels", "digit=10", &["digit", "10"]),
        ("pixels", "split=test", &["split", "valid"]),
        ("baseline", "metric=rms", &["metric is \"rms\"", "mae, rmse", "rmse"]),
        ("descent", "lr", &["\"lr\" is not a setting", "NAME=VALUE"]),
    ] {
        program.refused(&["run", experiment, "--set", pair], words);
        program.refused(&["run", experiment, "--set", pair, "--json"], words);
        program.refused(&["shot", experiment, "--set", pair, "--out", "a.png"], words);
    }
}

#[test]
fn arguments_that_fit_nothing_are_answered_in_one_line() {
    let program = Program::new();
    for (arguments, words) in [
        (&["run"][..], &["EXPERIMENT"][..]),
        (&["run", "descent", "--jsn"], &["--jsn", "--json"]),
        (&["run", "descent", "--steps", "-1"], &["-1"]),
        (&["run", "descent", "--steps", "many"], &["many", "--steps"]),
        (&["run", "descent", "coaster"], &["coaster"]),
        (&["run", "trainer", "--lr", "0.1"], &["--lr", "--set lr=VALUE"]),
        (&["run", "trainer", "lr=0.1"], &["lr=0.1", "--set lr=VALUE"]),
        (&["shot", "trainer", "--weight-decay=1", "--out", "a.png"], &["--set weight_decay=VALUE"]),
        (&["shot", "descent"], &["--out"]),
        (&["shot", "--out", "a.png"], &["EXPERIMENT"]),
        (&["shot", "--all", "descent", "--out", "pictures"], &["--all"]),
        (&["shot", "descent", "--size", "9x9", "--out", "a.png"], &["size is \"9x9\"", "320x320"]),
        (&["shot", "descent", "--size", "60000x800", "--out", "a.png"], &["size", "4096x800"]),
        (&["shot", "descent", "--size", "large", "--out", "a.png"], &["size", "WIDTHxHEIGHT", "1280x800"]),
        (&["shot", "descent", "--theme", "drak", "--out", "a.png"], &["theme is \"drak\"", "light or dark", "dark"]),
        (&["shot", "descent", "--scale", "nan", "--out", "a.png"], &["scale"]),
        (&["shot", "--all", "--theme", "blue", "--out", "pictures"], &["theme", "light or dark"]),
        (&["state"], &["FILE"]),
    ] {
        program.refused(arguments, words);
    }
}

#[test]
fn files_that_are_missing_or_wrong_are_named() {
    let program = Program::new();
    std::fs::write(program.path("text.png"), "a letter to a friend").unwrap();
    std::fs::write(program.path("empty.png"), "").unwrap();
    image::GrayImage::new(60_000, 4).save(program.path("wide.png")).unwrap();
    image::GrayImage::new(28, 28).save(program.path("plain.png")).unwrap();
    let mut cut = std::fs::read(program.path("plain.png")).unwrap();
    cut.truncate(cut.len() - 14);
    std::fs::write(program.path("cut.png"), cut).unwrap();
    std::fs::create_dir(program.path("folder")).unwrap();
    for (arguments, words) in [
        (&["run", "pixels", "--set", "file=gone.png"][..], &["gone.png"][..]),
        (&["run", "pixels", "--set", "file=text.png"], &["text.png", "expected PNG"]),
        (&["run", "pixels", "--set", "file=empty.png"], &["empty.png", "expected PNG"]),
        (&["run", "pixels", "--set", "file=cut.png"], &["cut.png"]),
        (&["run", "pixels", "--set", "file=folder"], &["folder"]),
        (&["run", "pixels", "--set", "file=wide.png"], &["60000 x 4 pixels", "20000"]),
        (&["shot", "pixels", "--set", "file=wide.png", "--out", "a.png"], &["60000 x 4 pixels"]),
        (&["state", "gone.png"], &["gone.png"]),
        (&["state", "text.png"], &["text.png", "not a PNG"]),
        (&["state", "cut.png"], &["cut.png", "damaged"]),
        (&["state", "plain.png"], &["plain.png", "no state", "expected"]),
        (&["state", "folder"], &["folder"]),
        (&["gone.png"], &["there is no file gone.png", "expected"]),
        (&["folder"], &["folder", "expected"]),
        (&["shot", "descent", "--out", "gone/a.png"], &["gone", "does not exist"]),
        (&["shot", "descent", "--out", "folder"], &["folder"]),
        (&["shot", "--all", "--out", "text.png"], &["text.png"]),
    ] {
        program.refused(arguments, words);
    }
}

#[test]
fn folders_of_data_are_read_strictly() {
    let program = Program::new();
    let good = |name: &str| program.idx_folder(name, 12);
    let images = |name: &str| program.path(name).join("train-images-idx3-ubyte");
    let labels = |name: &str| program.path(name).join("train-labels-idx1-ubyte");

    good("truncated");
    let bytes = std::fs::read(images("truncated")).unwrap();
    std::fs::write(images("truncated"), &bytes[..bytes.len() - 1]).unwrap();
    good("oversized");
    std::fs::write(images("oversized"), [&bytes[..], &[0]].concat()).unwrap();
    good("header");
    std::fs::write(images("header"), &bytes[..7]).unwrap();
    good("greedy");
    std::fs::write(images("greedy"), idx(&[0x803, u32::MAX, 28, 28], &[0; 784])).unwrap();
    good("other-size");
    std::fs::write(images("other-size"), idx(&[0x803, 1, 32, 32], &[0; 1024])).unwrap();
    good("swapped");
    std::fs::copy(labels("swapped"), images("swapped")).unwrap();
    good("mislabelled");
    std::fs::write(labels("mislabelled"), idx(&[0x801, 12], &[3, 7, 3, 7, 12, 7, 3, 7, 3, 7, 3, 7])).unwrap();
    good("unpaired");
    std::fs::write(labels("unpaired"), idx(&[0x801, 11], &[3; 11])).unwrap();
    good("incomplete");
    std::fs::remove_file(labels("incomplete")).unwrap();
    std::fs::create_dir_all(program.path("empty")).unwrap();
    std::fs::create_dir_all(program.path("hollow/train/3")).unwrap();
    std::fs::create_dir_all(program.path("hollow/valid/3")).unwrap();
    std::fs::create_dir_all(program.path("misspelt/trian/3")).unwrap();
    std::fs::create_dir_all(program.path("letters/train/b")).unwrap();
    std::fs::create_dir_all(program.path("forged/train/3")).unwrap();
    std::fs::write(program.path("forged/train/3/a.png"), "no picture").unwrap();
    std::fs::create_dir_all(program.path("forged/valid/3")).unwrap();
    image::GrayImage::new(28, 28).save(program.path("forged/valid/3/a.png")).unwrap();

    for (folder, words) in [
        ("truncated", &["train-images-idx3-ubyte", "ends after"][..]),
        ("oversized", &["train-images-idx3-ubyte", "goes on after"]),
        ("header", &["train-images-idx3-ubyte", "ends after 7"]),
        ("greedy", &["promises 4294967295 images", "expected 1 to"]),
        ("other-size", &["32 x 32", "expected 28 x 28"]),
        ("swapped", &["train-images-idx3-ubyte", "0x00000803"]),
        ("mislabelled", &["12 as label 4", "expected a digit"]),
        ("unpaired", &["12 images", "11 labels"]),
        ("incomplete", &["no file train-labels-idx1-ubyte"]),
        ("empty", &["has no folder train", "expected"]),
        ("hollow", &["has no pictures", "expected"]),
        ("misspelt", &["but \"trian\""]),
        ("letters", &["is not a digit"]),
        ("forged", &["a.png", "not a picture"]),
        ("gone", &["there is no folder gone"]),
    ] {
        let data = format!("data={folder}");
        program.refused(&["run", "trainer", "--set", &data], words);
    }
}

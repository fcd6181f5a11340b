//! The README's examples of the command line: each is run, one after the other in one folder, and prints what stands
//! below it.
//!
//! Three things there are not literal. A measured time, such as `2.4 ms`, stands for any, in columns of any width; a line
//! that ends with `...` is cut off there; and a line that is nothing but `...` stands for any number of lines.

use std::path::Path;

use crate::harness::alone_with_the_gpus;
use crate::harness::program::Program;
use crate::harness::skipped;
use digit_lab::compute::{gpus, processor};

/// What makes the program that a block of examples is for.
const WITH_CUDA: &str = "cargo build --release --features cuda";

/// A measured time, whatever it was.
const TIME: &str = "<time>";

/// A command and the lines below it.
#[derive(Debug, PartialEq)]
struct Example {
    command: String,
    printed: Vec<String>,
}

/// The examples of each block of code that has some.
fn blocks(markdown: &str) -> Vec<Vec<Example>> {
    let mut blocks = Vec::new();
    for block in markdown.split("```").skip(1).step_by(2) {
        let mut examples: Vec<Example> = Vec::new();
        // What stands in the line of the fence is the language.
        for line in block.lines().skip(1) {
            if let Some(command) = line.strip_prefix("$ ") {
                examples.push(Example { command: command.to_owned(), printed: Vec::new() });
            } else if let Some(example) = examples.last_mut() {
                example.printed.push(line.to_owned());
            }
        }
        if !examples.is_empty() {
            blocks.push(examples);
        }
    }
    blocks
}

fn is_for_cuda(block: &[Example]) -> bool {
    block.iter().any(|example| example.command == WITH_CUDA)
}

/// The words of a line, with every measured time the same.
fn words(line: &str) -> Vec<&str> {
    let mut words: Vec<&str> = line.split_whitespace().collect();
    for at in 1..words.len() {
        if ["s", "ms", "µs"].contains(&words[at]) && words[at - 1].parse::<f64>().is_ok() {
            words[at - 1..=at].fill(TIME);
        }
    }
    words
}

/// Whether a line was foretold. With a time among the lines the columns may be of other widths, and spaces do not count.
fn fits(told: &str, printed: &str, has_times: bool) -> bool {
    match told.strip_suffix("...") {
        Some(start) => printed.starts_with(start),
        None => told == printed || has_times && words(told) == words(printed),
    }
}

/// Where what is printed begins to differ from what was foretold.
fn difference(told: &[String], printed: &[String]) -> Option<String> {
    let has_times = told.iter().any(|line| words(line).contains(&TIME));
    first_difference(told, printed, has_times)
}

fn first_difference(told: &[String], printed: &[String], has_times: bool) -> Option<String> {
    match (told.first(), printed.first()) {
        (None, None) => None,
        (Some(any), _) if any.trim() == "..." => {
            let mut ends = (0..=printed.len()).map(|skip| first_difference(&told[1..], &printed[skip..], has_times));
            let first = ends.next().flatten()?;
            ends.all(|end| end.is_some()).then_some(first)
        }
        (Some(line), Some(other)) if fits(line, other, has_times) => {
            first_difference(&told[1..], &printed[1..], has_times)
        }
        (line, other) => Some(format!("{line:?} is told, {other:?} is printed")),
    }
}

/// Runs the examples that call the program.
fn assert_true(blocks: &[Vec<Example>]) {
    let program = Program::new();
    let mut wrong = Vec::new();
    for example in blocks.iter().flatten() {
        let Some(arguments) = example.command.strip_prefix("digit-lab ") else { continue };
        let (_, out, err) = program.run(arguments.split(' '));
        let printed: Vec<String> = format!("{out}{err}").lines().map(str::to_owned).collect();
        if let Some(difference) = difference(&example.printed, &printed) {
            wrong.push(format!("$ {}\n{out}{err}so that {difference}", example.command));
        }
    }
    assert!(wrong.is_empty(), "README.md tells otherwise:\n{}", wrong.join("\n\n"));
}

fn readme() -> Vec<Vec<Example>> {
    blocks(&std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap())
}

#[test]
fn the_program_prints_what_the_readme_says() {
    let readme: Vec<_> = readme().into_iter().filter(|block| !is_for_cuda(block)).collect();
    assert!(readme.len() > 4, "the README has examples: {readme:?}");
    assert_true(&readme);
}

#[test]
fn so_does_one_with_cuda_on_a_machine_without_a_gpu() {
    let _turn = alone_with_the_gpus();
    let mut readme: Vec<_> = readme().into_iter().filter(|block| is_for_cuda(block)).collect();
    assert_eq!(readme.len(), 1, "the README has a block of examples for a build with CUDA");
    let told = "the processor, 2 threads";
    let lines = || readme[0].iter().flat_map(|example| &example.printed);
    assert_eq!(lines().filter(|line| line.contains(told)).count(), 1);
    for line in readme[0].iter_mut().flat_map(|example| &mut example.printed) {
        *line = line.replace(told, &processor());
    }
    if cfg!(not(feature = "cuda")) {
        // What a build without CUDA prints in its place is shown in `command_line/devices.rs`.
        return;
    }
    match gpus() {
        Err(why) if why == "no NVIDIA driver was found" => assert_true(&readme),
        found => skipped("the README's examples without a driver", format!("there is one: {found:?}")),
    }
}

#[test]
fn what_is_no_longer_true_is_found() {
    let lines = |text: &str| -> Vec<String> { text.lines().map(str::to_owned).collect() };
    let differs = |told: &str, printed: &str| difference(&lines(told), &lines(printed)).is_some();
    let told = "epoch    time\n    1  2.4 ms\n{\"a\":1,...\nb\n...\nz";
    for (printed, wrong) in [
        ("epoch     time\n    1  12.4 ms\n{\"a\":1,\"b\":2}\nb\nc\nd\nz", false),
        ("epoch  time\n    1  3 µs\n{\"a\":1,\nb\nz", false),
        ("epoch    time\n    2  2.4 ms\n{\"a\":1,\nb\nz", true),
        ("epoch    time\n    1  2.4 mm\n{\"a\":1,\nb\nz", true),
        ("epoch    time\n    1  x ms\n{\"a\":1,\nb\nz", true),
        ("epoch    time\n    1  2.4 ms\n{\"a\":2,\nb\nz", true),
        ("epoch    time\n    1  2.4 ms\n{\"a\":1,\nb\nc", true),
        ("epoch    time\n    1  2.4 ms\n{\"a\":1,\nb", true),
        ("epoch    time\n    1  2.4 ms\n{\"a\":1,\nb\nz\nmore", true),
        ("", true),
    ] {
        assert_eq!(differs(told, printed), wrong, "{printed}");
    }
    assert!(differs("a  b", "a b") && !differs("a  b", "a  b"), "without a time, spaces count");
    let markdown = "a ```b``` c\n```sh\ncargo run\n```\n```\n$ x y\n1\n2\n$ z\n```\n";
    let example = |command: &str, printed: &str| Example { command: command.to_owned(), printed: lines(printed) };
    assert_eq!(blocks(markdown), [vec![example("x y", "1\n2"), example("z", "")]]);
}

//! Against PyTorch's print-outs, the carets of errors, and whatever anyone may type.

mod prints;

use super::*;
use crate::data::{Library, SIDE};
use crate::math::tensor::{Dtype, Tensor};
use proptest::prelude::*;
use std::time::{Duration, Instant};

fn environment() -> Environment {
    let data = Library::new().builtin().unwrap();
    let threes = std::sync::Arc::clone(&data);
    Environment::with(vec![
        Variable::new("a_3", "The book's three.", &[SIDE, SIDE], Dtype::Uint8, move || {
            Tensor::new(data.train.image(10_000).to_vec(), &[SIDE, SIDE]).ok()
        }),
        Variable::new("stacked_threes", "All threes.", &[6131, SIDE, SIDE], Dtype::Uint8, move || {
            let images = threes.train.of_digit(3).iter().flat_map(|&index| threes.train.image(index as usize)).copied();
            Tensor::new(images.collect(), &[6131, SIDE, SIDE]).ok()
        }),
    ])
}

fn answer(source: &str, environment: &Environment) -> Result<Outcome, Error> {
    evaluate(source, environment, Budget::full())
}

#[test]
fn print_outs_are_those_of_pytorch() {
    let environment = environment();
    assert!(prints::PRINTS.len() > 150);
    let check = |&(source, expected): &(&str, &str)| {
        let found = answer(source, &environment)
            .map_or_else(|error| format!("{error} at {:?}", error.span), |outcome| outcome.value.text(100_000));
        (found != expected).then(|| format!("{source}\n  expected {expected}\n  found    {found}"))
    };
    let wrong: Vec<String> = prints::PRINTS.iter().filter_map(check).collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), prints::PRINTS.len(), wrong.join("\n"));
}

/// Expressions that cannot be worked out, carets under what is wrong, and words of the sentence about it.
const ERRORS: &[(&str, &str, &str)] = &[
    ("", "^", "type an expression"),
    ("t +", "   ^", "still missing"),
    ("t + * 2", "    ^", "a value is expected here, not *"),
    ("(t + 1", "^", "never closed"),
    ("t + 1)", "     ^", "closes nothing"),
    ("t[1)", "   ^", "] is expected here"),
    ("t[]", "  ^", "between the brackets"),
    ("t $ 1", "  ^", "$ means nothing"),
    ("t 1", "  ^", "missing before 1"),
    ("x = 3", "  ^", "gives a name"),
    ("t == 1 == 2", "       ^^", "two things at a time"),
    ("'a'", "^", "text in quotes"),
    ("t, t", " ^", "one expression at a time"),
    ("[1, , 2]", "    ^", "missing before this comma"),
    ("[o for in t]", "       ^^", "a name is expected"),
    ("[o for o t]", "         ^", "in is expected"),
    ("t.", "  ^", "after the point"),
    ("99999999999999999999", "^^^^^^^^^^^^^^^^^^^^", "too large"),
    ("é", "^", "means nothing"),
    ("t + é", "    ^", "means nothing"),
    ("q", "^", "nothing here is called q"),
    ("tt + 1", "^^", "did you mean t?"),
    ("torch.stak([t])", "      ^^^^", "did you mean stack?"),
    ("t.maen()", "  ^^^^", "did you mean mean?"),
    ("t.mean", "  ^^^^", "with its brackets"),
    ("t.shape()", "  ^^^^^", "no brackets"),
    ("t[5]", "  ^", "axis 0 has no place 5: it has -2 to 1"),
    ("t[0, 3]", "     ^", "axis 1 has no place 3"),
    ("t[0, 0, 0]", "        ^", "too many places"),
    ("t[1.5]", "  ^^^", "whole numbers"),
    ("t[::-1]", "  ^^^^", "steps of 1 or more"),
    ("t[::0]", "  ^^^", "steps of 1 or more"),
    ("t[m > 2]", "  ^^^^^", "does not lie on"),
    ("t + m", "  ^", "axis 0 has 2 on one side and 3 on the other"),
    ("t - torch.ones(4)", "  ^", "axis 1 has 3 on one side and 4"),
    ("t @ t", "  ^", "3 columns on the left meet 2 rows"),
    ("t @ 3", "  ^", "a tensor on both sides"),
    ("t.float() @ t.T", "          ^", "one kind of number"),
    ("t.mean()", "  ^^^^", "use .float() first"),
    ("t.float().mean(5)", "               ^", "there is no axis 5"),
    ("t.view(4, -1)", "       ^^^^^", "6 numbers in [2, 3]"),
    ("t.view(-1, -1)", "       ^^^^^^", "only one length"),
    ("t.T.view(6)", "         ^", "use .reshape"),
    ("t.unsqueeze(4)", "            ^", "there is no axis 4"),
    ("t.unsqueeze()", "  ^^^^^^^^^", "needs dim"),
    ("torch.stack([t, t[0]])", "            ^^^^^^^^^", "equal shapes"),
    ("torch.tensor([[1, 2], [3]])", "             ^^^^^^^^^^^^^", "equally long"),
    ("torch.zeros(100000, 100000)", "      ^^^^^", "10000000 numbers"),
    ("t + [1, 2, 3]", "  ^", "torch.tensor"),
    ("(t > 2) - (t > 3)", "        ^", "cannot be subtracted"),
    ("-(t > 2)", "^", "no sign"),
    ("t // 0", "  ^^", "divided by zero"),
    ("1 / 0", "  ^", "divided by zero"),
    ("2 ** 70", "  ^^", "too large"),
    ("t ** -1", "  ^^", "negative powers"),
    ("not t", "    ^", "neither true nor false"),
    ("len(t[0, 0])", "    ^^^^^^^", "no length"),
    ("t.item()", "  ^^^^", "single number"),
    ("t.sum(dmi=0)", "          ^", "nothing called dmi; did you mean dim?"),
    ("t(1)", "^", "no function"),
    ("a_3[28]", "    ^^", "it has -28 to 27"),
];

#[test]
fn carets_stand_under_what_is_wrong() {
    let environment = environment();
    let mut wrong = Vec::new();
    for &(source, carets, words) in ERRORS {
        match answer(source, &environment) {
            Ok(outcome) => wrong.push(format!("{source}\n{carets}\n  answered {}", outcome.value.text(100))),
            Err(error) if error.carets(source) != carets || !error.message.contains(words) => {
                wrong.push(format!("{source}\n{}\n  {}", error.carets(source), error.message));
            }
            Err(_) => {}
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn lit(source: &str, environment: &Environment) -> Vec<(&'static str, Option<usize>, Vec<usize>)> {
    let places = |cells: &[bool]| cells.iter().enumerate().filter(|(_, lit)| **lit).map(|(place, _)| place).collect();
    answer(source, environment).unwrap().lit.iter().map(|lit| (lit.name, lit.image, places(&lit.cells))).collect()
}

#[test]
fn the_numbers_that_were_used_are_lit() {
    let environment = environment();
    let cases: [(&str, Vec<usize>); 9] = [
        ("t[1]", vec![3, 4, 5]),
        ("t[:, 1]", vec![1, 4]),
        ("t[1, 1:3]", vec![4, 5]),
        ("t[1, 1:3] * 1.5", vec![4, 5]),
        ("t.T[0]", vec![0, 3]),
        ("t[t > 2]", vec![2, 3, 4, 5]),
        ("t[0] + t[:, 1].sum()", vec![0, 1, 2, 4]),
        ("t + 1", vec![0, 1, 2, 3, 4, 5]),
        ("[o for o in t][1]", vec![3, 4, 5]),
    ];
    for (source, places) in cases {
        assert_eq!(lit(source, &environment), [("t", None, places)], "{source}");
    }
    assert!(lit("t.shape", &environment).is_empty(), "a shape looks at no numbers");
    assert_eq!(lit("stacked_threes[5, 0, 2:4]", &environment), [("stacked_threes", Some(5), vec![2, 3])]);
    assert_eq!(lit("t[0] + m[0]", &environment).len(), 2);
}

#[test]
fn what_may_surprise_is_said() {
    let environment = environment();
    for (source, words) in [
        ("t * 1.5", "int64 became float32"),
        ("t / 1", "/ always gives fractions"),
        ("a_3 + 100", "went past an end"),
        ("a_3 + 300", "300 does not fit into uint8, so 44 was used"),
        ("a_3 + t[0, 0]", ""),
        ("a_3 + torch.zeros(28).long()", "uint8 became int64"),
        ("t + t[0]", "[3] was stretched to [2, 3]"),
        ("t[1]", "a view"),
        ("t.float()", "int64 became float32, as asked"),
        ("t.float().mean(0)", "[2, 3] became [3]"),
    ] {
        let notices = answer(source, &environment).unwrap().notices;
        assert!(notices.iter().any(|notice| notice.contains(words)) || words.is_empty(), "{source}: {notices:?}");
    }
    assert!(answer("t + 1", &environment).unwrap().notices.is_empty());
    assert!(answer("t.byte() + 1", &environment).unwrap().notices.iter().all(|notice| !notice.contains("round")));
}

/// All 6131 threes: numbers and shapes of the chapter.
#[test]
fn the_stack_of_all_threes() {
    let environment = environment();
    let text = |source: &str| answer(source, &environment).unwrap().value.text(1000);
    assert_eq!(text("stacked_threes.shape"), "torch.Size([6131, 28, 28])");
    assert_eq!(text("stacked_threes.view(-1, 784).shape"), "torch.Size([6131, 784])");
    assert_eq!(text("(stacked_threes.float() / 255).mean(0).max()"), "tensor(0.7795)");
    assert_eq!(text("(stacked_threes.float() / 255).mean(0).shape"), "torch.Size([28, 28])");
    // REFERENCE: a_3's mean absolute difference to the mean three, and RMSE, as PyTorch prints them.
    assert_eq!(text("(a_3 / 255 - (stacked_threes.float() / 255).mean(0)).abs().mean()"), "tensor(0.1114)");
    assert_eq!(text("((a_3 / 255 - (stacked_threes / 255).mean(0)) ** 2).mean().sqrt()"), "tensor(0.2021)");
    let view = answer("stacked_threes[1]", &environment).unwrap().value;
    let (Value::Tensor(view), Some(source)) = (view, environment.get("stacked_threes").and_then(Variable::tensor))
    else {
        panic!("no tensor")
    };
    assert!(view.data().is_same(source.data()), "a part of the stack is not copied");
}

#[test]
fn a_small_budget_says_that_it_was_too_small() {
    let environment = environment();
    assert!(evaluate("stacked_threes.float()", &environment, Budget::small()).unwrap_err().exhausted);
    assert!(evaluate("t * 1.5", &environment, Budget::small()).is_ok());
    let budget = Budget::full();
    budget.cancelled.store(true, std::sync::atomic::Ordering::Relaxed);
    assert!(evaluate("t", &environment, budget).unwrap_err().exhausted);
}

/// What is written to take long or much memory is turned down, or done, in good time.
#[test]
fn nothing_takes_long() {
    let environment = environment();
    let nested = format!("{}t{}", "(".repeat(150), ")".repeat(150));
    let minus = format!("{}1", "-".repeat(390));
    let powers = vec!["2"; 130].join("**");
    let chain = format!("t{}", ".T".repeat(190));
    let sums = vec!["1"; 190].join("+");
    for source in [
        &nested,
        &minus,
        &powers,
        &chain,
        &sums,
        "[[[a * b * c for a in range(9999)] for b in range(9999)] for c in range(9999)]",
        "[o for o in range(9223372036854775807)]",
        "torch.ones(10000000) + torch.ones(10000000) + torch.ones(10000000) + torch.ones(10000000)",
        "torch.stack([stacked_threes for o in range(9999)])",
        "[stacked_threes.float() for o in range(9999)]",
        "torch.ones(3000, 3000) @ torch.ones(3000, 3000)",
        "[1] * 9999999999",
        "[[1] * 10000] * 10000",
        "[[[[1] * 10000] * 10000] * 10000] * 10000 == [1]",
        "torch.zeros(9999999999, 0)",
        "torch.ones(1, 1, 1, 1, 1, 1, 1, 1).unsqueeze(0)",
        "[o for o in stacked_threes]",
        "stacked_threes ** stacked_threes",
    ] {
        let start = Instant::now();
        let text = answer(source, &environment).map(|outcome| outcome.value.text(10_000));
        assert!(start.elapsed() < Duration::from_secs(4), "{source} took {:?}", start.elapsed());
        assert!(text.is_err() || text.is_ok_and(|text| text.len() < 200_000), "{source} prints too much");
    }
}

/// Pieces that make expressions which get further than noise does.
const PIECES: [&str; 48] = [
    "t",
    "m",
    "a_3",
    "torch",
    ".",
    ".shape",
    ".T",
    ".float()",
    ".mean(",
    ".sum(",
    ".view(",
    ".unsqueeze(",
    "(",
    ")",
    "[",
    "]",
    ",",
    ":",
    "...",
    "+",
    "-",
    "*",
    "/",
    "//",
    "%",
    "**",
    "@",
    "~",
    "==",
    "<",
    "&",
    "|",
    " ",
    "0",
    "1",
    "-1",
    "2.5",
    "1e30",
    "None",
    "True",
    " for o in ",
    " if ",
    "o",
    "stack(",
    "range(",
    "[1, 2]",
    "9223372036854775807",
    "len(",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn any_text_is_answered(text in "\\PC{0,60}") {
        check(&text)?;
    }

    #[test]
    fn any_pieces_are_answered(pieces in proptest::collection::vec(proptest::sample::select(&PIECES[..]), 0..14)) {
        check(&pieces.concat())?;
    }
}

fn check(text: &str) -> Result<(), TestCaseError> {
    thread_local! {
        static ENVIRONMENT: Environment = environment();
    }
    let start = Instant::now();
    match ENVIRONMENT.with(|environment| answer(text, environment)) {
        Ok(outcome) => {
            prop_assert!(!outcome.value.text(10_000).is_empty());
        }
        Err(error) => {
            prop_assert!(
                !error.message.is_empty() && error.span.start <= error.span.end && error.span.end <= text.len().max(1)
            );
            prop_assert!(error.carets(text).trim_start().starts_with('^'));
        }
    }
    prop_assert!(start.elapsed() < Duration::from_secs(3), "{text} took {:?}", start.elapsed());
    Ok(())
}

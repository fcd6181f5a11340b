//! The rules of the house that a compiler does not check: who may import whom, how long a file may be, and what no file
//! may name.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// The floors of the house. A file may import what stands above its own line, and what stands on it.
const FLOORS: &[&[&str]] = &[
    &["data"],
    &["math"],
    &["compute"],
    // The macros that declare settings, choices and pages stand at the root of the crate, as macros do.
    &["experiments", "settings", "choice", "pages"],
    &["engine"],
    &["lesson"],
    &["shot"],
    &["widgets"],
    &["panels"],
    &["session"],
    &["app"],
    &["cli"],
    &["main"],
];

/// No file is longer: a file is one idea.
const MAX_LINES: usize = 500;

/// The folders at the top of a machine. A path that starts in one of them holds there and nowhere else.
const TOP_FOLDERS: &[&str] = &[
    "data",
    "etc",
    "home",
    "media",
    "mnt",
    "opt",
    "private",
    "root",
    "srv",
    "tmp",
    "usr",
    "Users",
    "var",
    "Volumes",
    "work",
    "workspace",
];

/// What else no file of ours may name: what stands beside this repository, and services that the lab does not depend
/// on. They are written in two parts so that this file does not name them either.
const FORBIDDEN: &[&str] = &[concat!("../sh", "ared"), concat!("crates", ".io")];

fn home() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file under `dir` in name order; build products, git's own and hidden folders other than `.ci` left out.
fn files(dir: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    let mut found = Vec::new();
    for path in entries {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            if name == ".ci" || !(name.starts_with('.') || name == "target") {
                found.append(&mut files(&path));
            }
        } else if name != ".git" {
            found.push(path);
        }
    }
    found
}

/// Rust files under `folder`, each with its path from there, with `/`, and its text.
fn rust_files(folder: &str) -> Vec<(String, String)> {
    let root = home().join(folder);
    let files = files(&root).into_iter().filter(|path| path.extension().is_some_and(|ending| ending == "rs"));
    let read = |path: PathBuf| {
        let short = path.strip_prefix(&root).unwrap().components().map(|part| part.as_os_str().to_string_lossy());
        (short.collect::<Vec<_>>().join("/"), fs::read_to_string(&path).unwrap())
    };
    files.map(read).collect()
}

fn floor(module: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&module))
}

/// A piece of Rust that matters here, with its line, counted from 1.
#[derive(Debug, PartialEq)]
enum Token {
    Word(String),
    Mark(char),
}

/// Words and marks, without comments, text and numbers. `::` is the mark `:`; a single colon is left out.
fn tokens(source: &str) -> Vec<(usize, Token)> {
    let chars: Vec<char> = source.chars().collect();
    let at = |i: usize| chars.get(i).copied().unwrap_or('\0');
    let (mut i, mut line) = (0, 1);
    let mut found = Vec::new();
    while i < chars.len() {
        let start = i;
        match at(i) {
            '/' if at(i + 1) == '/' => {
                while i < chars.len() && at(i) != '\n' {
                    i += 1;
                }
            }
            '/' if at(i + 1) == '*' => {
                let mut depth = 0;
                loop {
                    match (at(i), at(i + 1)) {
                        ('/', '*') => (depth, i) = (depth + 1, i + 2),
                        ('*', '/') => (depth, i) = (depth - 1, i + 2),
                        _ => i += 1,
                    }
                    if depth == 0 || i >= chars.len() {
                        break;
                    }
                }
            }
            '"' => i = text_end(&chars, i),
            'r' | 'b' | 'c' if raw_hashes(&chars, i).is_some() => {
                let (open, hashes) = raw_hashes(&chars, i).unwrap();
                i = open;
                while i < chars.len() && !(at(i) == '"' && (1..=hashes).all(|n| at(i + n) == '#')) {
                    i += 1;
                }
                i += 1 + hashes;
            }
            // A character, and not a lifetime.
            '\'' if at(i + 1) == '\\' => {
                i += 3;
                while i < chars.len() && at(i) != '\'' {
                    i += 1;
                }
                i += 1;
            }
            '\'' if at(i + 2) == '\'' => i += 3,
            c if c.is_alphabetic() || c == '_' => {
                while at(i).is_alphanumeric() || at(i) == '_' {
                    i += 1;
                }
                found.push((line, Token::Word(chars[start..i].iter().collect())));
            }
            ':' if at(i + 1) == ':' => {
                found.push((line, Token::Mark(':')));
                i += 2;
            }
            c => {
                if "{},;*".contains(c) {
                    found.push((line, Token::Mark(c)));
                }
                i += 1;
            }
        }
        line += chars[start..i.min(chars.len())].iter().filter(|c| **c == '\n').count();
    }
    found
}

/// Where the text that starts with the quote at `open` ends.
fn text_end(chars: &[char], open: usize) -> usize {
    let mut i = open + 1;
    while i < chars.len() && chars[i] != '"' {
        i += if chars[i] == '\\' { 2 } else { 1 };
    }
    i + 1
}

/// After `r#"`: the place after the quote, and the number of `#`. `None` if there is no raw text here.
fn raw_hashes(chars: &[char], start: usize) -> Option<(usize, usize)> {
    let mut i = start;
    while chars.get(i).is_some_and(|c| "bc".contains(*c)) {
        i += 1;
    }
    let after_r = (chars.get(i) == Some(&'r')).then_some(i + 1)?;
    let hashes = chars[after_r..].iter().take_while(|c| **c == '#').count();
    (chars.get(after_r + hashes) == Some(&'"')).then_some((after_r + hashes + 1, hashes))
}

/// The top-level modules that a file names, with lines: what follows `crate::`, or a `super::` that leaves its module.
///
/// `depth` is how deep the file's own module lies under the crate's root.
fn imports(source: &str, depth: usize) -> Vec<(usize, String)> {
    let tokens = tokens(source);
    let word = |i: usize| if let Some((_, Token::Word(word))) = tokens.get(i) { word.as_str() } else { "" };
    let mark = |i: usize, c: char| tokens.get(i).is_some_and(|(_, token)| *token == Token::Mark(c));
    let mut found = Vec::new();
    // For every open brace, whether it is a module's.
    let mut braces: Vec<bool> = Vec::new();
    let mut i = 0;
    while i < tokens.len() {
        if mark(i, '{') {
            braces.push(i >= 2 && word(i - 2) == "mod");
        } else if mark(i, '}') {
            braces.pop();
        }
        let depth = depth + braces.iter().filter(|module| **module).count();
        let mut end = i;
        if word(i) == "crate" && mark(i + 1, ':') {
            end = i + 2;
        } else if word(i) == "super" && mark(i + 1, ':') {
            let mut supers = 0;
            while word(end) == "super" && mark(end + 1, ':') {
                (supers, end) = (supers + 1, end + 2);
            }
            if supers < depth {
                i = end;
                continue;
            }
        }
        if end > i {
            found.extend(names(&tokens, end));
            i = end;
        } else {
            i += 1;
        }
    }
    found
}

/// The first name of each path at `start`: one, or several in braces.
fn names(tokens: &[(usize, Token)], start: usize) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut nested = 0;
    let mut is_first = true;
    for (line, token) in &tokens[start..] {
        match token {
            Token::Mark('{') => nested += 1,
            Token::Mark('}') => nested -= 1,
            Token::Mark(',') if nested == 1 => is_first = true,
            Token::Word(word) if is_first => {
                found.push((*line, word.clone()));
                is_first = false;
            }
            _ => {}
        }
        if nested <= 0 {
            break;
        }
    }
    found
}

/// What a file imports against the rule, each as `file:line: sentence`.
fn wrong_imports(file: &str, source: &str) -> Vec<String> {
    let parts: Vec<&str> = file.trim_end_matches(".rs").split('/').collect();
    let module = parts[0];
    let depth = parts.iter().filter(|part| **part != "mod").count();
    let Some(own) = floor(module) else {
        return vec![format!("src/{file}:1: the module {module} has no floor in tests/lab/architecture.rs")];
    };
    let judge = |(line, name): (usize, String)| match floor(&name) {
        Some(other) if other <= own => None,
        Some(_) => Some(format!("src/{file}:{line}: {module} imports {name}, which stands below it")),
        None => {
            Some(format!("src/{file}:{line}: {module} takes {name} from the crate's root, where only modules live"))
        }
    };
    imports(source, depth).into_iter().filter_map(judge).collect()
}

#[test]
fn a_file_imports_only_what_stands_above_it() {
    let mut wrong: Vec<String> = Vec::new();
    for (file, source) in rust_files("src") {
        match file.as_str() {
            "lib.rs" => wrong.extend(
                imports(&source, 0)
                    .into_iter()
                    .map(|(line, name)| format!("src/lib.rs:{line}: the map imports {name}")),
            ),
            // The binary sees the library from outside.
            "main.rs" => {}
            _ => wrong.extend(wrong_imports(&file, &source)),
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_rule_finds_what_breaks_it() {
    for (file, source) in [
        ("data/idx.rs", "use crate::math::loss;"),
        ("math/mod.rs", "fn f() { crate::experiments::f() }"),
        ("engine/worker.rs", "use crate::{data::Library, widgets::{theme, form}};"),
        ("engine/worker.rs", "use super::super::panels::Desk;"),
        ("engine/mod.rs", "use super::{shot, data};"),
        ("engine/mod.rs", "#[cfg(test)]\nmod tests { use super::super::panels; }"),
        ("widgets/form.rs", "let x = '\"'; use crate::app; // \""),
        ("app.rs", "use crate::cli;"),
        ("shot/state.rs", "use crate::Panel;"),
        ("cellar/wine.rs", ""),
    ] {
        assert_eq!(wrong_imports(file, source).len(), 1, "{file}: {source}");
    }
    for (file, source) in [
        ("experiments/tape.rs", "use crate::data::Library; use super::Phase;"),
        ("engine/worker.rs", "use super::super::engine::Goal; mod tests { use super::*; }"),
        ("panels/desk.rs", "use crate::{widgets::{theme, app}, engine::{Goal, panels::x}};"),
        ("data/idx.rs", "//! See `crate::app`.\n/* use crate::app; /* nested */ */ const A: &str = \"crate::app\";"),
        ("data/idx.rs", "const A: &str = r#\"a \" use crate::app\"#; const B: char = '\\''; fn f<'a>(x: &'a str) {}"),
        ("cli.rs", "use crate::app::Lab; pub(super) fn f() {}"),
    ] {
        assert_eq!(wrong_imports(file, source), [""; 0], "{file}: {source}");
    }
    assert_eq!(
        wrong_imports("data/idx.rs", "\n\n  use crate::{\n  app};"),
        ["src/data/idx.rs:4: data imports app, which stands below it"]
    );
}

/// Where a file has the word `unsafe`, by lines.
fn unsafe_words(source: &str) -> Vec<usize> {
    let is_it = |(line, token)| (token == Token::Word("unsafe".to_owned())).then_some(line);
    tokens(source).into_iter().filter_map(is_it).collect()
}

#[test]
fn one_file_alone_talks_to_a_driver() {
    assert_eq!(unsafe_words("//! unsafe\nfn f() {\n    let x = \"unsafe\";\n    unsafe { g() } }"), [4]);
    let files = rust_files("src").into_iter().filter(|(_, source)| !unsafe_words(source).is_empty());
    let files: Vec<String> = files.map(|(file, _)| file).collect();
    assert_eq!(files, ["compute/cuda/driver.rs"]);
}

/// What a panel names that is not for it, with lines: threads and channels, which are the engine's, and the models, which
/// are the experiments'. A panel draws.
fn what_a_panel_may_not_name(source: &str) -> Vec<(usize, &'static str)> {
    let tokens = tokens(source);
    let mut found = Vec::new();
    for (at, (line, token)) in tokens.iter().enumerate() {
        let Token::Word(word) = token else { continue };
        let path = |root: &str| word == root && tokens.get(at + 1).is_some_and(|(_, token)| *token == Token::Mark(':'));
        let has = |root: &str, name: &str| path(root) && names(&tokens, at + 2).iter().any(|(_, found)| found == name);
        if word == "mpsc" {
            found.push((*line, "mpsc"));
        } else if has("std", "thread") {
            found.push((*line, "std::thread"));
        } else if has("math", "model") {
            found.push((*line, "math::model"));
        }
    }
    found
}

#[test]
fn panels_only_draw() {
    for (source, what) in [
        ("use std::sync::mpsc;", "mpsc"),
        ("use std::sync::{Arc, mpsc::channel};", "mpsc"),
        ("fn f() { std::thread::yield_now() }", "std::thread"),
        ("use std::{fmt, thread::Builder};", "std::thread"),
        ("use crate::math::model::Model;", "math::model"),
        ("use crate::math::{loss, model::Layer};", "math::model"),
        ("fn f(x: &crate::math::model::Parameter) {}", "math::model"),
    ] {
        let found: Vec<&str> = what_a_panel_may_not_name(source).into_iter().map(|(_, name)| name).collect();
        assert_eq!(found, [what], "{source}");
    }
    for source in
        ["// std::thread, mpsc and math::model", "use crate::math::loss; let model = thread;", "\"std::thread\""]
    {
        assert_eq!(what_a_panel_may_not_name(source), [], "{source}");
    }
    let mut wrong = String::new();
    // A test may wait for what a panel asked for.
    let files = rust_files("src/panels").into_iter().filter(|(file, _)| !file.ends_with("tests.rs"));
    for (file, source) in files {
        for (line, name) in what_a_panel_may_not_name(&source) {
            writeln!(wrong, "src/panels/{file}:{line}: a panel names {name}").unwrap();
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn every_file_says_what_it_is_and_is_one_idea() {
    let mut wrong = String::new();
    for folder in ["src", "tests"] {
        for (file, source) in rust_files(folder) {
            let lines = source.lines().count();
            if lines > MAX_LINES {
                writeln!(wrong, "{folder}/{file}:{lines}: longer than {MAX_LINES} lines").unwrap();
            }
            // The tests of a module, in a file of their own, are part of that module.
            let tests = file.ends_with("tests.rs") && folder == "src";
            if !tests && !source.starts_with("//! ") {
                writeln!(wrong, "{folder}/{file}:1: no //! that says what the file is").unwrap();
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn the_map_names_every_module() {
    let map = fs::read_to_string(home().join("src/lib.rs")).unwrap();
    let doc: String = map.lines().filter(|line| line.starts_with("//!")).collect::<Vec<_>>().join("\n");
    let mut modules: Vec<String> = rust_files("src").into_iter().map(|(file, _)| file).collect();
    for file in &mut modules {
        *file = file.split('/').next().unwrap().trim_end_matches(".rs").to_owned();
    }
    modules.dedup();
    for module in modules.iter().filter(|module| *module != "lib") {
        let named = ["/", ".rs", "`"].iter().any(|end| doc.contains(&format!("{module}{end}")));
        assert!(named, "src/lib.rs:1: the map does not name {module}");
        assert!(floor(module).is_some(), "src/{module} has no floor in tests/lab/architecture.rs");
    }
}

/// The start of an absolute path in a line, or something else that is forbidden.
fn place_outside(line: &str) -> Option<String> {
    if let Some(name) = FORBIDDEN.iter().find(|name| line.contains(**name)) {
        return Some((*name).to_owned());
    }
    let is_inside = |c: char| c.is_alphanumeric() || "._-:/$}])*".contains(c);
    for (at, _) in line.match_indices('/') {
        let (before, after) = (&line[..at], &line[at + 1..]);
        // The one path that is the same everywhere.
        if before.ends_with(is_inside) || (before == "#!" && after.starts_with("usr/bin/env ")) {
            continue;
        }
        let name = TOP_FOLDERS.iter().find(|name| after.strip_prefix(**name).is_some_and(|rest| rest.starts_with('/')));
        if let Some(name) = name {
            return Some(format!("/{name}/"));
        }
    }
    let drive = line.match_indices(":\\").find(|(at, _)| {
        let mut before = line[..*at].chars().rev();
        before.next().is_some_and(|c| c.is_ascii_uppercase()) && !before.next().is_some_and(char::is_alphanumeric)
    });
    drive.map(|(at, _)| line[at - 1..].chars().take(3).collect())
}

#[test]
fn a_place_outside_is_found() {
    let slash = '/';
    for line in ["see {}home{}me", "cd {}tmp{}x", "\"{}Users{}me\"", "a={}work{}b", "({}opt{})"] {
        let line = line.replace("{}", &slash.to_string());
        assert!(place_outside(&line).is_some(), "{line}");
    }
    assert!(place_outside(&format!("{}:{}", 'C', "\\Users")).is_some());
    for line in
        ["#!{}usr{}bin{}env bash", "src{}data{}idx.rs", "$DIR{}tmp{}", "..{}data{}", "x {} home {} y", "{}proc{}self"]
    {
        let line = line.replace("{}", &slash.to_string());
        assert_eq!(place_outside(&line), None, "{line}");
    }
}

#[test]
fn no_file_names_a_place_outside_this_repository() {
    let mut wrong = String::new();
    for path in files(home()) {
        let short = path.strip_prefix(home()).unwrap().display().to_string();
        // What cargo writes names where the parts come from.
        let Some(text) = fs::read(&path).ok().and_then(|bytes| String::from_utf8(bytes).ok()) else { continue };
        if short == "Cargo.lock" {
            continue;
        }
        for (number, line) in (1..).zip(text.lines()) {
            if let Some(name) = place_outside(line) {
                writeln!(wrong, "{short}:{number}: names {name}").unwrap();
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

//! What the lab stands on: the lists in `deny.toml`, held to what cargo knows without asking any other machine.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use spdx::{Expression, Licensee, ParseMode};
use toml::Table;

fn read(name: &str) -> Table {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap().parse().unwrap()
}

/// The texts of a list in `deny.toml`; of an entry with a reason, its crate.
fn list(part: &str, name: &str) -> BTreeSet<String> {
    let entries = read("deny.toml")[part][name].as_array().unwrap().clone();
    let text = |entry: &toml::Value| entry.get("crate").unwrap_or(entry).as_str().unwrap().to_owned();
    let texts: BTreeSet<String> = entries.iter().map(text).collect();
    assert_eq!(texts.len(), entries.len(), "{part}.{name} says something twice");
    texts
}

/// The packages that this build is made of, tests and build scripts included, as cargo describes them.
fn packages() -> Vec<Value> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let about = Command::new("rustc").arg("-vV").output().unwrap();
    let about = String::from_utf8(about.stdout).unwrap();
    let host = about.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let mut command = Command::new(cargo);
    command.args(["metadata", "--format-version=1", "--offline", "--locked", "--filter-platform", host]);
    if cfg!(feature = "cuda") {
        command.args(["--features", "cuda"]);
    }
    let done = command.current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let found: Value = serde_json::from_slice(&done.stdout).unwrap();
    found["packages"].as_array().unwrap().clone()
}

/// Whether a package with this licence may be used under those that are allowed.
fn may_be_used(licence: &str, allowed: &[Licensee]) -> bool {
    let expression = Expression::parse_mode(licence, ParseMode::LAX).unwrap();
    expression.evaluate(|asked| allowed.iter().any(|allowed| allowed.satisfies(asked)))
}

#[test]
fn every_package_has_a_licence_that_is_allowed_and_none_is_banned() {
    let allowed = list("licenses", "allow");
    let allowed: Vec<Licensee> = allowed.iter().map(|name| Licensee::parse(name).unwrap()).collect();
    let banned = list("bans", "deny");
    let packages = packages();
    assert!(packages.len() > 100, "{} packages", packages.len());
    let mut wrong = Vec::new();
    for package in &packages {
        let name = package["name"].as_str().unwrap();
        match package["license"].as_str() {
            Some(licence) if may_be_used(licence, &allowed) => {}
            other => wrong.push(format!("{name}: its licence is {other:?}")),
        }
        if banned.contains(name) {
            wrong.push(format!("{name} is banned"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    for (licence, may) in [
        ("MIT", true),
        ("GPL-3.0-only", false),
        ("MIT/Apache-2.0", true),
        ("MIT OR GPL-3.0-only", true),
        ("MIT AND GPL-3.0-only", false),
        ("Apache-2.0 WITH LLVM-exception", true),
    ] {
        assert_eq!(may_be_used(licence, &allowed), may, "{licence}");
    }
}

#[test]
fn every_package_is_there_once_but_for_those_that_are_listed() {
    let lock = read("Cargo.lock");
    let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut sources = BTreeSet::new();
    for package in lock["package"].as_array().unwrap() {
        versions.entry(package["name"].as_str().unwrap()).or_default().insert(package["version"].as_str().unwrap());
        sources.extend(package.get("source").and_then(toml::Value::as_str));
    }
    let skipped = list("bans", "skip");
    let mut wrong = Vec::new();
    for (name, versions) in &versions {
        let left: Vec<&&str> =
            versions.iter().filter(|version| !skipped.contains(&format!("{name}@{version}"))).collect();
        if left.len() != 1 {
            wrong.push(format!("{name} is there as {versions:?}, of which deny.toml leaves {left:?}"));
        }
    }
    let is_gone = |entry: &&String| {
        let (name, version) = entry.split_once('@').unwrap();
        !versions.get(name).is_some_and(|versions| versions.contains(version))
    };
    wrong.extend(skipped.iter().filter(is_gone).map(|entry| format!("{entry} is skipped, and not there any more")));
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert!(sources.len() == 1 && sources.iter().all(|source| source.starts_with("registry+")), "{sources:?}");
}

//! How long a build takes. It works on a copy, so that neither the caches nor the times of the
//! files here are disturbed.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::machine::Meter;
use crate::place::Place;
use crate::sample::median;
use crate::table::{Table, figure};

const RUNS: usize = 3;

pub fn run(place: &Place) {
    let copy = place.scratch();
    let tree = copy.path().join("tree");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    copy_sources(root, &tree);
    let cargo = |arguments: &[&str]| {
        let started = Instant::now();
        let ended = Command::new("cargo")
            .args(arguments)
            .args(["--quiet", "--offline", "--locked"])
            .current_dir(&tree)
            .env("CARGO_TARGET_DIR", copy.path().join("target"))
            .status();
        assert!(ended.unwrap().success(), "cargo {arguments:?}");
        started.elapsed().as_secs_f64()
    };
    // What is not downloaded yet should not count as building.
    fetch(&tree);
    let table = Table::new(
        "build: in a copy of the sources with an empty target folder; baseline of the check: nothing has changed",
        &["what", "seconds", "CPU s", "others", "ratio"],
    );
    let row = |label: &str, seconds: f64, usage: Option<(f64, f64)>, ratio: f64| {
        let (cpu, others) = usage.unwrap_or((f64::NAN, f64::NAN));
        let cells = [seconds, cpu, others, ratio].map(figure);
        table.row(label, cells);
    };
    let meter = Meter::start(&[]);
    let clean = cargo(&["build", "--release", "-p", "hark"]);
    let usage = meter.stop();
    row(
        "clean release build",
        clean,
        Some((usage.own, usage.strangers)),
        f64::NAN,
    );

    let check = || cargo(&["check", "-p", "hark-wire"]);
    row("first check of hark-wire", check(), None, f64::NAN);
    let unchanged = median(&(0..RUNS).map(|_| check()).collect::<Vec<_>>());
    row("nothing changed", unchanged, None, 1.0);
    let touched = |file: &str| {
        let file = tree.join(file);
        let run = |_| {
            touch(&file);
            check()
        };
        median(&(0..RUNS).map(run).collect::<Vec<_>>())
    };
    let wire = touched("crates/hark-wire/src/lib.rs");
    row("one file of hark-wire", wire, None, wire / unchanged);
    let chat = touched("crates/hark-chat/src/lib.rs");
    row("one file of hark-chat", chat, None, chat / unchanged);
    println!(
        "\nbuild key figures: clean release {} s ({} CPU s); check after one file {} s ({}x of none)",
        figure(clean),
        figure(usage.own),
        figure(wire),
        figure(wire / unchanged)
    );
}

/// All that git knows or would take, as it is now.
fn copy_sources(root: &Path, tree: &Path) {
    let sources = ["--cached", "--others", "--exclude-standard"];
    // What is built for browsers is part of the program, and not what is measured here.
    let built = ["--others", "--ignored", "--exclude-standard", "web/dist"];
    for wanted in [&sources[..], &built[..]] {
        let listed = Command::new("git")
            .args(["ls-files", "-z"])
            .args(wanted)
            .current_dir(root)
            .output()
            .unwrap();
        assert!(listed.status.success(), "git could not list the sources");
        let names = String::from_utf8(listed.stdout).unwrap();
        for name in names.split_terminator('\0') {
            let (from, to) = (root.join(name), tree.join(name));
            // Deleted here, but not yet in git's list.
            if from.is_file() {
                std::fs::create_dir_all(to.parent().unwrap()).unwrap();
                std::fs::copy(from, to).unwrap();
            }
        }
    }
}

fn fetch(tree: &Path) {
    let fetched = Command::new("cargo")
        .args(["fetch", "--quiet", "--locked"])
        .current_dir(tree)
        .stdin(Stdio::null())
        .status();
    assert!(fetched.unwrap().success(), "cargo fetch");
}

/// As saving it in an editor does.
fn touch(file: &Path) {
    let text = std::fs::read(file).unwrap();
    std::fs::write(file, text).unwrap();
}

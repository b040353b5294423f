//! Dependencies point one way: between crates, and between the modules inside of each.
#![expect(clippy::unwrap_used, reason = "tests")]

mod imports;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use imports::{Circle, circles};

/// Each crate and those of ours that it may know.
const MAY_KNOW: &[(&str, &[&str])] = &[
    ("hark-store", &[]),
    ("hark-model", &["hark-store"]),
    ("hark-chat", &["hark-model", "hark-store"]),
    ("hark-staff", &["hark-chat", "hark-model", "hark-store"]),
    ("hark-egress", &[]),
    ("hark-files", &["hark-store"]),
    ("hark-jobs", &["hark-store"]),
    ("hark-mailbox", &["hark-egress"]),
    ("hark-pdf", &[]),
    ("hark-realtime", &["hark-store"]),
    ("hark-ui", &[]),
    (
        "hark-webhooks",
        &[
            "hark-chat",
            "hark-egress",
            "hark-jobs",
            "hark-model",
            "hark-store",
        ],
    ),
    (
        "hark-wire",
        &[
            "hark-chat",
            "hark-egress",
            "hark-files",
            "hark-jobs",
            "hark-mailbox",
            "hark-model",
            "hark-realtime",
            "hark-staff",
            "hark-store",
            "hark-ui",
            "hark-webhooks",
        ],
    ),
    (
        "hark",
        &[
            "hark-chat",
            "hark-egress",
            "hark-files",
            "hark-jobs",
            "hark-mailbox",
            "hark-model",
            "hark-pdf",
            "hark-staff",
            "hark-store",
            "hark-webhooks",
            "hark-wire",
        ],
    ),
    ("hark-testkit", &[]),
];

fn crates() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

#[test]
fn no_crate_knows_the_one_above() {
    let found: BTreeSet<String> = std::fs::read_dir(crates())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let listed: BTreeSet<String> = MAY_KNOW
        .iter()
        .map(|(name, _)| (*name).to_owned())
        .collect();
    assert_eq!(found, listed, "a crate that this test does not know");
    for (name, allowed) in MAY_KNOW {
        let manifest = std::fs::read_to_string(crates().join(name).join("Cargo.toml")).unwrap();
        let manifest: toml::Table = manifest.parse().unwrap();
        let known = manifest["dependencies"].as_table().unwrap().keys();
        for dependency in known.filter(|name| name.starts_with("hark")) {
            assert!(
                allowed.contains(&dependency.as_str()),
                "{name} must not know {dependency}"
            );
        }
    }
}

#[test]
fn modules_beside_each_other_form_no_circle() {
    let mut report = String::new();
    for (name, _) in MAY_KNOW {
        let roots = ["src/lib.rs", "src/main.rs"].map(|root| crates().join(name).join(root));
        let read = |file: &Path| std::fs::read_to_string(file).ok();
        let found: Vec<Circle> = roots
            .iter()
            .filter(|root| root.exists())
            .flat_map(|root| circles(root, &read))
            .collect();
        for circle in found {
            writeln!(report, "{name}: {circle}").unwrap();
        }
    }
    assert!(
        report.is_empty(),
        "{report}\
        Let one of them go without the other: move what both need into a module below them or into \
        their parent, or let their caller do what they do to each other."
    );
}

/// The circles of an invented crate, each as its members.
fn circles_of(files: &[(&str, &str)]) -> Vec<String> {
    let files: BTreeMap<&Path, &str> = files
        .iter()
        .map(|(name, text)| (Path::new(*name), *text))
        .collect();
    let read = |file: &Path| files.get(file).map(|text| (*text).to_owned());
    let found = circles(Path::new("lib.rs"), &read);
    let members = |circle: &Circle| circle.members.iter().cloned().collect::<Vec<_>>().join(" ");
    found
        .iter()
        .map(|circle| format!("{}: {}", circle.parent, members(circle)))
        .collect()
}

#[test]
fn a_circle_is_found_however_it_is_written() {
    let of = |a: &str, b: &str| {
        circles_of(&[
            ("lib.rs", "mod a; mod b; use b::Thing;"),
            ("a.rs", a),
            ("b.rs", b),
        ])
    };
    let back = "use crate::a::Other; pub struct Thing;";
    for a in [
        "use crate::b::Thing;",
        "use crate::{c::D, b::{self, Thing}};",
        "use super::b;",
        "fn f() -> crate::b::Thing { loop {} }",
        "fn f() { let x = super::b::Thing; }",
        "fn f() { macro_of_ours!(x, super::b::Thing) }",
        // What the parent has from it.
        "use super::Thing;",
        "use crate::Thing as It;",
        "fn f() -> super::Thing { loop {} }",
        "mod inner { use crate::b::Thing; }",
        "#[cfg(not(test))] use crate::b::Thing;",
        "const fn c() -> char { '\"' } use crate::b::Thing; const D: char = '\"';",
    ] {
        assert_eq!(of(a, back), ["crate: a b"], "{a}");
    }
    for a in [
        "",
        "// use crate::b::Thing;",
        "/* crate::b::Thing */",
        "const T: &str = \"crate::b::Thing\"; const R: &str = r#\"\" crate::b::x\"#;",
        "#[cfg(test)] mod tests { use crate::b::Thing; }",
        "#[cfg(test)] use crate::b::{Thing};",
        "#[cfg(test)] fn f() { crate::b::f() }",
        "fn f<'a>(x: &'a str) {} use other::b::Thing;",
        "mod b { pub struct Thing; } use self::b::Thing; fn f() { b::f() }",
    ] {
        assert_eq!(of(a, back), [""; 0], "{a}");
    }
}

#[test]
fn parent_and_child_are_free_and_each_level_is_judged() {
    let free = [
        ("lib.rs", "mod a; mod b;"),
        (
            "a/mod.rs",
            "mod x; mod y; pub use x::X; fn f() { y::g() } pub struct A;",
        ),
        ("a/x.rs", "use super::A; pub struct X;"),
        ("a/y.rs", "use super::X; use crate::a::A;"),
        ("b.rs", "use crate::a::{A, X};"),
    ];
    assert_eq!(circles_of(&free), [""; 0]);
    let mut inner = free;
    inner[2].1 = "use crate::a::y::g; pub struct X;";
    assert_eq!(circles_of(&inner), ["crate::a: x y"]);
    let mut outer = free;
    outer[3].1 = "use crate::b::B;";
    assert_eq!(circles_of(&outer), ["crate: a b"]);
    // By what a module passes on, it is known as well as the one that has it.
    let passed_on = [
        ("lib.rs", "mod a; mod b; mod c;"),
        ("a.rs", "use crate::b::C;"),
        ("b.rs", "pub use crate::c::C;"),
        ("c.rs", "pub struct C; use crate::a;"),
    ];
    assert_eq!(circles_of(&passed_on), ["crate: a b c"]);
}

#[test]
fn the_message_names_every_arrow_of_a_way_round() {
    let files = [
        ("lib.rs", "mod a;\nmod b;\nmod c;\n"),
        ("a.rs", "//! One.\nuse crate::b::B;\n"),
        ("b.rs", "pub struct B;\nfn f() { crate::c::f(); }\n"),
        ("c.rs", "use crate::a; use crate::b;"),
    ];
    let files: BTreeMap<&Path, &str> = files
        .iter()
        .map(|(name, text)| (Path::new(*name), *text))
        .collect();
    let found = circles(Path::new("lib.rs"), &|file| {
        files.get(file).map(|text| (*text).to_owned())
    });
    let message = found[0].to_string();
    assert!(
        message.contains("3 modules of crate lead to each other: a, b, c"),
        "{message}"
    );
    assert!(
        message.contains("b -> c   b.rs:2   crate::c::f"),
        "{message}"
    );
    assert!(message.contains("c -> b   c.rs:1   crate::b"), "{message}");
}

//! Bodies that were really written, a line for each, in `tests/events`: the log is durable, so
//! they have to be read for good.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use hark_store::Timestamp;

use super::*;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/events")
}

/// The bodies of a kind.
fn bodies(folder: &Path, kind: Kind) -> Vec<String> {
    let file = folder.join(format!("{}.jsonl", kind.as_str()));
    let text = std::fs::read_to_string(&file);
    let text = text.unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    text.lines().map(str::to_owned).collect()
}

/// The kinds that have a file.
fn kept(folder: &Path) -> BTreeSet<Kind> {
    let files = std::fs::read_dir(folder).unwrap();
    let files = files.map(|file| file.unwrap().path());
    let files = files.filter(|file| file.extension().is_some_and(|kind| kind == "jsonl"));
    files
        .map(|file| {
            let name = file.file_stem().unwrap().to_str().unwrap();
            Kind::parse(name).unwrap_or_else(|| panic!("there is no kind called {name}"))
        })
        .collect()
}

fn parse(kind: Kind, body: &str) -> Event {
    Event::parse(kind, body).unwrap_or_else(|error| panic!("{kind:?}: {error}: {body}"))
}

#[test]
fn every_kind_is_read_as_it_was_written_and_written_as_it_was_read() {
    let folder = folder();
    let all: BTreeSet<Kind> = Kind::ALL.iter().copied().collect();
    assert_eq!(kept(&folder), all);
    for kind in all {
        let bodies = bodies(&folder, kind);
        assert!(!bodies.is_empty(), "{kind:?}");
        for body in bodies {
            let event = parse(kind, &body);
            assert_eq!(event.kind(), kind);
            assert_eq!(event.to_body(), body, "{kind:?}");
        }
    }
}

#[test]
fn what_earlier_versions_wrote_is_still_read() {
    let folder = folder().join("earlier");
    for kind in kept(&folder) {
        for body in bodies(&folder, kind) {
            parse(kind, &body);
        }
    }
}

#[test]
fn no_two_kinds_have_one_name() {
    let names: BTreeSet<&str> = Kind::ALL.iter().map(|kind| kind.as_str()).collect();
    assert_eq!(names.len(), Kind::ALL.len());
}

#[test]
fn an_entry_that_says_nothing_here_is_left_out_and_stops_nobody() {
    let entry = |position: i64, kind: &str, body: &str| hark_store::Event {
        position,
        at: Timestamp::from_millis(0),
        kind: kind.to_owned(),
        conversation: None,
        visitor: None,
        agent: None,
        department: None,
        body: body.to_owned(),
    };
    let entries = [
        entry(1, "chat.invented", "{}"),
        entry(2, "trigger.saved", r#"{"trigger":7}"#),
        entry(3, "trigger.saved", "null"),
        entry(4, "trigger.saved", r#"{"trigger":"t","by":null,"more":1}"#),
    ];
    let read = Recorded::parse_all(entries);
    let positions: Vec<i64> = read.iter().map(|recorded| recorded.position).collect();
    assert_eq!(positions, [4]);
}

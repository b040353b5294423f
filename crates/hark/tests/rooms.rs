//! Dependencies between the rooms point down.

use std::collections::BTreeSet;
use std::path::Path;

/// Each room and the rooms of the house that it may know.
const MAY_KNOW: &[(&str, &[&str])] = &[
    ("hark-store", &[]),
    ("hark-chat", &["hark-store"]),
    ("hark-egress", &[]),
    ("hark-files", &["hark-store"]),
    ("hark-realtime", &["hark-store"]),
    ("hark-ui", &[]),
    ("hark-webhooks", &["hark-chat", "hark-egress", "hark-store"]),
    (
        "hark-wire",
        &[
            "hark-chat",
            "hark-egress",
            "hark-files",
            "hark-realtime",
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
            "hark-store",
            "hark-webhooks",
            "hark-wire",
        ],
    ),
    ("hark-testkit", &[]),
];

#[test]
fn no_room_knows_the_one_above() {
    let rooms = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let found: BTreeSet<String> = std::fs::read_dir(rooms)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let listed: BTreeSet<String> = MAY_KNOW
        .iter()
        .map(|(room, _)| (*room).to_owned())
        .collect();
    assert_eq!(found, listed, "a room that this test does not know");
    for (room, allowed) in MAY_KNOW {
        let manifest = std::fs::read_to_string(rooms.join(room).join("Cargo.toml")).unwrap();
        let manifest: toml::Table = manifest.parse().unwrap();
        let known = manifest["dependencies"].as_table().unwrap().keys();
        for dependency in known.filter(|name| name.starts_with("hark")) {
            assert!(
                allowed.contains(&dependency.as_str()),
                "{room} must not know {dependency}"
            );
        }
    }
}

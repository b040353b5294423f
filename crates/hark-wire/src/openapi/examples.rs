//! Bodies that do what a row is for, as the API documents show them. A test sends each.

use std::sync::LazyLock;

use serde_json::Value;

use crate::route::Route;
use crate::surface::Surface;

/// What each row of our own API was sent once, by method and path. A test sends it again, and fails when that has another
/// shape.
static HARK: LazyLock<Value> = LazyLock::new(|| read(include_str!("hark_requests.json")));

/// What each row of Rocket.Chat's API can be sent, by method and path. A test sends it with the ids of its server in the
/// place of those that are made up.
static ROCKETCHAT: LazyLock<Value> =
    LazyLock::new(|| read(include_str!("rocketchat_requests.json")));

fn read(file: &str) -> Value {
    // It is part of the program, and the tests read it.
    serde_json::from_str(file).unwrap_or_default()
}

pub(super) fn of(route: &Route) -> Option<Value> {
    let examples = match route.surface {
        Surface::Hark => &*HARK,
        Surface::RocketChat => &*ROCKETCHAT,
        Surface::Comm100 => return None,
    };
    let example = examples.get(format!("{} {}", route.method, route.path));
    example.cloned()
}

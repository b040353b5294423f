//! `docs/widget-looks.md`, walked as it is written.

use serde_json::Value;

use crate::walk::{Walk, blocks};

const PAGE: &str = include_str!("../../../../docs/widget-looks.md");

#[test]
fn the_page_of_the_looks_of_the_widget_is_true() {
    let walk = Walk::begin();
    let _server = walk.serve("ADMIN_PASS=only-for-trying ./run");
    let steps = blocks(PAGE, "sh");
    let (back, steps) = steps.split_last().unwrap();
    let (see, steps) = steps.split_last().unwrap();
    let changes = steps.join("\n");
    let script =
        format!("{{ {changes}\n}} >/dev/null\n{see}\necho\n{{ {back}\n}} >/dev/null\n{see}");
    let said = walk.run(&script);
    let configs = said.lines().map(|line| serde_json::from_str(line).unwrap());
    let configs: Vec<Value> = configs.collect();
    let [changed, as_before] = &configs[..] else {
        panic!("{said}");
    };
    let (theme, welcome) = (&changed["config"]["theme"], &changed["config"]["welcome"]);
    assert_eq!(theme["title"], "Parcels & Co");
    assert_eq!(theme["color"], "#7A1FA2");
    assert_eq!(theme["offlineTitle"], "Write to us");
    assert_eq!(theme["position"], "left");
    let greeting = "Good day! What can we do for your parcel?";
    assert_eq!(welcome["greeting"], greeting);
    assert_eq!(welcome["starts"].as_array().unwrap().len(), 3);
    assert_eq!(welcome["privacyLink"], "https://example.org/privacy");
    assert_eq!(as_before["config"]["theme"]["color"], "#1F6F54");
}

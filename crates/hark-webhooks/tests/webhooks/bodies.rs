//! What webhooks say, kept as it is: receivers read these bodies, and a change of one is seen and
//! judged before it is made.

use hark_webhooks::catalogue::{KINDS, example, schema};
use hark_webhooks::dialects::Dialect;
use serde_json::Value;

/// The body as it is sent, on several lines. Nothing is lost by that: on one line it is again
/// byte for byte the body.
fn readable(body: &[u8]) -> String {
    let document: Value = serde_json::from_slice(body).unwrap();
    let on_one_line = serde_json::to_string(&document).unwrap();
    assert_eq!(on_one_line.as_bytes(), body, "a body has no spaces");
    serde_json::to_string_pretty(&document).unwrap()
}

/// In a folder for each dialect, under the kind's own name.
fn keep(dialect: Dialect, name: &str, text: &str) {
    let mut settings = insta::Settings::new();
    settings.set_snapshot_path(format!("snapshots/{}", dialect.as_str()));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

#[test]
fn each_kind_in_each_dialect_is_written_as_before() {
    for dialect in Dialect::ALL {
        for public in KINDS {
            if let Some(body) = example(public.kind, dialect) {
                keep(dialect, public.kind.as_str(), &readable(&body));
            }
        }
    }
}

/// A line for each kind: they are long and much alike, and are compared rather than read.
#[test]
fn the_schemas_are_as_before() {
    for dialect in Dialect::ALL {
        let kinds = KINDS.iter().map(|public| public.kind);
        let schemas = kinds.filter_map(|kind| Some((kind, schema(kind, dialect)?)));
        let lines: Vec<String> = schemas
            .map(|(kind, schema)| format!("{}: {schema}", kind.as_str()))
            .collect();
        keep(dialect, "schemas", &lines.join("\n"));
    }
}

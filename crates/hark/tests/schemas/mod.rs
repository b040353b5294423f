//! Whether what is really sent keeps to the schemas of the catalogue.

use hark_testkit::Received;
use hark_webhooks::catalogue;
use hark_webhooks::dialects::Dialect;

/// A request of a webhook says its kind in a header.
pub fn assert_keeps(dialect: Dialect, request: &Received) {
    let kind = request.header("hark-event").unwrap();
    let name = dialect.as_str();
    let schema = catalogue::schema(kind, dialect)
        .unwrap_or_else(|| panic!("{name} has no schema of {kind}: {}", request.text()));
    let options = jsonschema::draft202012::options();
    let validator = options
        .should_validate_formats(true)
        .build(&schema)
        .unwrap();
    let body = request.json();
    let wrong: Vec<String> = validator
        .iter_errors(&body)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(wrong.is_empty(), "{kind} in {name}: {wrong:#?} {body:#}");
}

//! Whether what is really sent keeps to the schemas that the API shows.

use hark_testkit::{Client, Received};
use serde_json::Value;

pub struct Catalogue(Value);

impl Catalogue {
    /// As someone reads it who may.
    pub fn read(client: &Client) -> Self {
        Self(client.get("/api/hark/v1/catalogue").expect(200))
    }

    /// The kinds that a dialect has.
    pub fn kinds(&self, dialect: &str) -> Vec<&str> {
        let kinds = self.0["kinds"].as_array().unwrap().iter();
        let known = kinds.filter(|kind| kind["dialects"][dialect].is_object());
        known.map(|kind| kind["name"].as_str().unwrap()).collect()
    }

    /// A request of a webhook says its kind in a header.
    pub fn assert_kept(&self, dialect: &str, request: &Received) {
        let kind = request.header("hark-event").unwrap();
        let mut kinds = self.0["kinds"].as_array().unwrap().iter();
        let described = kinds.find(|one| one["name"] == kind);
        let schema = described.map(|one| &one["dialects"][dialect]["schema"]);
        let schema = schema.unwrap_or_else(|| panic!("nobody knows {kind}"));
        assert!(schema.is_object(), "{dialect} does not have {kind}");
        let options = jsonschema::draft202012::options();
        let validator = options.should_validate_formats(true).build(schema).unwrap();
        let body = request.json();
        let wrong: Vec<String> = validator
            .iter_errors(&body)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(wrong.is_empty(), "{kind} in {dialect}: {wrong:#?} {body:#}");
    }
}

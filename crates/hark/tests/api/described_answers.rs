//! What Rocket.Chat's routes answer, compared with what the API document says that they do.

use std::collections::BTreeMap;

use hark_testkit::{Client, Response};
use hark_wire::{Route, Surface};
use jsonschema::Validator;
use serde_json::{Value, json};

/// A schema for each method and path.
pub struct DescribedAnswers(BTreeMap<String, Validator>);

impl DescribedAnswers {
    pub fn of(anyone: &Client) -> Self {
        let document = anyone
            .get("/api/hark/v1/rocketchat/openapi.json")
            .expect(200);
        let mut described = BTreeMap::new();
        for (path, methods) in document["paths"].as_object().unwrap() {
            for (method, said) in methods.as_object().unwrap() {
                let pointer = "/responses/200/content/application~1json/schema";
                // Pictures are elsewhere, where a 307 leads.
                let Some(answer) = said.pointer(pointer) else {
                    continue;
                };
                let schema = json!({"allOf": [answer], "components": document["components"]});
                let validator = jsonschema::validator_for(&schema).unwrap();
                described.insert(format!("{} {path}", method.to_uppercase()), validator);
            }
        }
        Self(described)
    }

    /// Fails when what was answered with 200 is something else.
    pub fn check(&self, route: &Route, answer: &Response, what: &str) {
        if route.surface != Surface::RocketChat || answer.status != 200 {
            return;
        }
        let name = format!(
            "{} {}",
            route.method,
            route.url(|name| format!("{{{name}}}"))
        );
        let Ok(body) = serde_json::from_slice::<Value>(&answer.body) else {
            return;
        };
        let wrong: Vec<String> = self.0[&name]
            .iter_errors(&body)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(wrong.is_empty(), "{what}\nanswers {body}\n{wrong:#?}");
    }
}

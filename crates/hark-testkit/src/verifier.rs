use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::Received;

const INSTALL: &str = "they are set up by `. scripts/lib/common.sh; set_up_verifiers` in the \
    repository's root folder, which `./test` does by itself";

/// The published packages with which receivers verify webhooks, for languages that are not ours.
#[derive(Clone, Copy, Debug)]
pub enum Verifier {
    Node,
    Python,
}

impl Verifier {
    pub const ALL: [Self; 2] = [Self::Node, Self::Python];

    /// What a receiver with this secret, or public key, makes of each request: the `type` of the
    /// body that it then has, or why it refuses.
    pub fn verify(self, key: &str, requests: &[Received]) -> Vec<Result<String, String>> {
        let cases: Vec<Value> = requests.iter().map(|request| case(key, request)).collect();
        let answer = self.run(&Value::Array(cases).to_string());
        let verdicts: Vec<Value> = serde_json::from_str(&answer).unwrap();
        assert_eq!(verdicts.len(), requests.len());
        let read = |verdict: &Value| match verdict["type"].as_str() {
            Some(kind) => Ok(kind.to_owned()),
            None => Err(verdict["error"].as_str().unwrap().to_owned()),
        };
        verdicts.iter().map(read).collect()
    }

    fn run(self, cases: &str) -> String {
        match self {
            Self::Node => run("node", "verify.mjs", "node_modules/standardwebhooks", cases),
            Self::Python => run(".venv/bin/python", "verify.py", ".venv/installed", cases),
        }
    }
}

/// What the published validator has to say of an OpenAPI document, warnings too.
pub fn faults_of_openapi(document: &Value) -> Vec<String> {
    let installed = "node_modules/@redocly/openapi-core";
    let answer = run("node", "openapi.mjs", installed, &document.to_string());
    serde_json::from_str(&answer).unwrap()
}

/// What one of the scripts in `verifiers` makes of an input, if what it needs is `installed` there.
fn run(program: &str, script: &str, installed: &str, input: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("verifiers");
    assert!(
        folder.join(installed).exists(),
        "the published verifiers are not installed: {INSTALL}"
    );
    // A program of the folder itself, or one of the system.
    let program = match folder.join(program) {
        own if own.exists() => own,
        _ => PathBuf::from(program),
    };
    let process = Command::new(&program)
        .arg(folder.join(script))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let mut process = process.unwrap_or_else(|error| panic!("{script}: {error}; {INSTALL}"));
    let mut pipe = process.stdin.take().unwrap();
    pipe.write_all(input.as_bytes()).unwrap();
    drop(pipe);
    let output = process.wait_with_output().unwrap();
    assert!(output.status.success(), "{script}: {}", output.status);
    String::from_utf8(output.stdout).unwrap()
}

fn case(key: &str, request: &Received) -> Value {
    // As every server hands them to who asks for them by name.
    let headers = request.headers.iter();
    let headers: serde_json::Map<String, Value> = headers
        .map(|(name, value)| (name.to_ascii_lowercase(), json!(value)))
        .collect();
    json!({"key": key, "headers": headers, "body": request.body})
}

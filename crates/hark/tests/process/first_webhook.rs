//! `docs/first-webhook.md`, walked as it is written: by a shell, Node and Python.

use std::io::{BufRead, BufReader};
use std::process::ChildStdout;

use hark_testkit::eventually;
use serde_json::Value;

use crate::walk::{Walk, blocks};

const PAGE: &str = include_str!("../../../../docs/first-webhook.md");

fn kind(said: &mut BufReader<ChildStdout>) -> String {
    let mut line = String::new();
    said.read_line(&mut line).unwrap();
    line.split(' ').next().unwrap().to_owned()
}

fn walk(language: &str, program: &str, file: &str) {
    let mut walk = Walk::begin();
    let [start, set, endpoint, chat, deliveries, message] = blocks(PAGE, "sh").try_into().unwrap();
    let _server = walk.serve(start);
    let values = walk.run(&format!("{set}\nprintf '%s %s' \"$TOKEN\" \"$SECRET\""));
    let values = values.split(' ').map(str::to_owned);
    walk.exported = ["TOKEN", "SECRET"].into_iter().zip(values).collect();

    let file = walk.folder.path().join(file);
    std::fs::write(&file, walk.here(blocks(PAGE, language)[0])).unwrap();
    let (receiver, mut said) = walk.receive(program, &file);
    let made: Value = serde_json::from_str(&walk.run(endpoint)).unwrap();
    assert_eq!(made["complaint"], Value::Null, "{made}");
    walk.run(chat);
    assert_eq!(kind(&mut said), "chat.started");
    let listed = || -> Value { serde_json::from_str(&walk.run(deliveries)).unwrap() };
    eventually("the delivery to be listed", || {
        (listed()["items"][0]["state"] == "delivered").then_some(())
    });
    // What is not signed by this secret is not taken.
    let forged = format!(
        "curl -s -o /dev/null -w '%{{http_code}}' http://127.0.0.1:{}/ -H 'webhook-id: 1' -H \"webhook-timestamp: $(date +%s)\" -H 'webhook-signature: v1,AAAA' -d '{{}}'",
        walk.receiver
    );
    assert_eq!(walk.run(&forged), "401");

    drop((receiver, said));
    walk.run(message);
    let (_receiver, mut said) = walk.receive(program, &file);
    assert_eq!(kind(&mut said), "message.visitor");
}

#[test]
fn the_page_of_the_first_webhook_is_true_with_node() {
    walk("js", "node", "receiver.mjs");
}

#[test]
fn the_page_of_the_first_webhook_is_true_with_python() {
    walk("python", "python3 -u", "receiver.py");
}

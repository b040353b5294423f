//! `docs/first-webhook.md`, walked as it is written: by a shell, Node and Python.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use hark_testkit::eventually;
use serde_json::Value;
use tempfile::TempDir;

use crate::HARK;

const PAGE: &str = include_str!("../../../../docs/first-webhook.md");

/// The blocks of the page in a language, from the top down.
fn blocks(language: &str) -> Vec<&'static str> {
    let blocks = PAGE.split("```").skip(1).step_by(2);
    let mut blocks: Vec<_> = blocks
        .filter_map(|block| block.strip_prefix(language)?.strip_prefix('\n'))
        .collect();
    blocks.retain(|block| !block.is_empty());
    blocks
}

/// Ends with what is walked.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// The folder of the page, with ports of its own in place of those that are written.
struct Walk {
    folder: TempDir,
    server: u16,
    receiver: u16,
    /// What the page sets in the shell.
    exported: Vec<(&'static str, String)>,
}

impl Walk {
    fn begin() -> Self {
        // Both are free at one moment, and let go together.
        let ports = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
        let [server, receiver] = ports.map(|port| port.local_addr().unwrap().port());
        Self {
            folder: tempfile::tempdir().unwrap(),
            server,
            receiver,
            exported: Vec::new(),
        }
    }

    fn here(&self, text: &str) -> String {
        let text = text
            .replace(
                "./run",
                &format!("exec {HARK} serve --listen 127.0.0.1:3000"),
            )
            .replace("./target/release/hark", HARK);
        // One port may have the digits of the other.
        let ports = [("3000", self.server), ("8000", self.receiver)];
        let words = text.split_inclusive(|letter: char| !letter.is_ascii_digit());
        let words = words.map(|word| {
            let digits = word.trim_end_matches(|letter: char| !letter.is_ascii_digit());
            let port = ports.iter().find(|(written, _)| *written == digits);
            port.map_or_else(
                || word.to_owned(),
                |(_, port)| format!("{port}{}", &word[digits.len()..]),
            )
        });
        words.collect()
    }

    fn shell(&self, script: &str) -> Command {
        let mut shell = Command::new("bash");
        shell
            .args(["-e", "-c", &self.here(script)])
            .current_dir(self.folder.path())
            .envs(self.exported.iter().map(|(name, value)| (*name, value)))
            .stdin(Stdio::null());
        shell
    }

    fn run(&self, script: &str) -> String {
        let done = self.shell(script).output().unwrap();
        let said = String::from_utf8_lossy(&done.stdout).into_owned();
        assert!(
            done.status.success(),
            "{script}\n{said}\n{}",
            String::from_utf8_lossy(&done.stderr)
        );
        said
    }

    /// A receiver and what it prints.
    fn receive(&self, program: &str, file: &Path) -> (Running, BufReader<ChildStdout>) {
        let mut command = self.shell(&format!("exec {program} {}", file.display()));
        let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
        let said = BufReader::new(process.stdout.take().unwrap());
        let receiver = Running(process);
        eventually("the receiver", || {
            std::net::TcpStream::connect(("127.0.0.1", self.receiver)).ok()
        });
        (receiver, said)
    }
}

fn kind(said: &mut BufReader<ChildStdout>) -> String {
    let mut line = String::new();
    said.read_line(&mut line).unwrap();
    line.split(' ').next().unwrap().to_owned()
}

fn walk(language: &str, program: &str, file: &str) {
    let mut walk = Walk::begin();
    let [start, set, endpoint, chat, deliveries, message] = blocks("sh").try_into().unwrap();
    let mut server = walk.shell(start);
    let server = server.stdout(Stdio::null()).stderr(Stdio::null());
    let mut server = Running(server.spawn().unwrap());
    let ready = format!("curl -sf http://127.0.0.1:{}/readyz", walk.server);
    eventually("the server", || {
        assert_eq!(server.0.try_wait().unwrap(), None, "it has ended");
        walk.shell(&ready)
            .output()
            .unwrap()
            .status
            .success()
            .then_some(())
    });
    let values = walk.run(&format!("{set}\nprintf '%s %s' \"$TOKEN\" \"$SECRET\""));
    let values = values.split(' ').map(str::to_owned);
    walk.exported = ["TOKEN", "SECRET"].into_iter().zip(values).collect();

    let file = walk.folder.path().join(file);
    std::fs::write(&file, walk.here(blocks(language)[0])).unwrap();
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

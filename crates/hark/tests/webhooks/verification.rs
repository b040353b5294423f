//! The lines of `docs/webhooks.md` that verify a delivery, run as they stand there: what Hark has signed is taken, and
//! with one letter changed, or with headers that anyone may send, it is refused. Node and Python are always here; of the other languages those that this
//! machine has, and the others are named.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use hark_testkit::{Desk, Engine, Receiver, text};
use serde_json::json;

use crate::HARK;

const PAGE: &str = include_str!("../../../../docs/webhooks.md");

/// Its name on the page, the file in which the lines stand, the program around them, and how it is run: the secret and
/// the three headers are its arguments, the body its input. A header that is empty has not come.
struct Language {
    name: &'static str,
    file: &'static str,
    main: (&'static str, &'static str),
    program: &'static str,
    run: &'static str,
}

const LANGUAGES: &[Language] = &[
    Language {
        name: "js",
        file: "check.mjs",
        main: (
            "main.mjs",
            "import { readFileSync } from 'node:fs'; import { isFromHark } from './check.mjs';
const [secret, id, timestamp, signature] = process.argv.slice(2);
const came = { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature };
const headers = Object.fromEntries(Object.entries(came).filter(([, value]) => value !== ''));
console.log(isFromHark(secret, headers, readFileSync(0, 'utf8')) ? 'yes' : 'no');",
        ),
        program: "node",
        run: "node main.mjs \"$@\"",
    },
    Language {
        name: "python",
        file: "check.py",
        main: (
            "main.py",
            "import sys
from check import is_from_hark
secret, id, timestamp, signature = sys.argv[1:]
came = {'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature}
headers = {name: value for name, value in came.items() if value}
print('yes' if is_from_hark(secret, headers, sys.stdin.buffer.read()) else 'no')",
        ),
        program: "python3",
        run: "python3 main.py \"$@\"",
    },
    Language {
        name: "php",
        file: "check.php",
        main: (
            "main.php",
            "<?php
require 'check.php';
$headers = ['webhook-id' => $argv[2], 'webhook-timestamp' => $argv[3], 'webhook-signature' => $argv[4]];
echo isFromHark($argv[1], $headers, file_get_contents('php://stdin')) ? 'yes' : 'no';",
        ),
        program: "php",
        run: "php main.php \"$@\"",
    },
    Language {
        name: "ruby",
        file: "check.rb",
        main: (
            "main.rb",
            "require './check'
headers = { 'webhook-id' => ARGV[1], 'webhook-timestamp' => ARGV[2], 'webhook-signature' => ARGV[3] }
puts from_hark?(ARGV[0], headers, $stdin.binmode.read) ? 'yes' : 'no'",
        ),
        program: "ruby",
        run: "ruby main.rb \"$@\"",
    },
    Language {
        name: "go",
        file: "receiver/check.go",
        main: (
            "main.go",
            "package main
import (\"fmt\"; \"io\"; \"net/http\"; \"os\"; \"check/receiver\")
func main() {
	headers := http.Header{}
	for at, name := range []string{\"webhook-id\", \"webhook-timestamp\", \"webhook-signature\"} { headers.Set(name, os.Args[2+at]) }
	body, _ := io.ReadAll(os.Stdin)
	if receiver.IsFromHark(os.Args[1], headers, body) { fmt.Println(\"yes\") } else { fmt.Println(\"no\") }
}",
        ),
        program: "go",
        run: "echo 'module check' >go.mod; GOCACHE=$PWD/cache GOFLAGS=-mod=mod go run . \"$@\"",
    },
    Language {
        name: "java",
        file: "FromHark.java",
        main: (
            "Main.java",
            "import java.util.Map;
class Main {
    public static void main(String[] given) throws Exception {
        Map<String, String> headers = Map.of(\"webhook-id\", given[1], \"webhook-timestamp\", given[2], \"webhook-signature\", given[3]);
        System.out.println(FromHark.isSigned(given[0], headers, System.in.readAllBytes()) ? \"yes\" : \"no\");
    }
}",
        ),
        program: "javac",
        run: "javac Main.java FromHark.java && java Main \"$@\"",
    },
    Language {
        name: "csharp",
        file: "FromHark.cs",
        main: (
            "Main.cs",
            "using System; using System.Collections.Generic; using System.IO;
static class Program {
    static void Main(string[] given) {
        var headers = new Dictionary<string, string> {
            { \"webhook-id\", given[1] }, { \"webhook-timestamp\", given[2] }, { \"webhook-signature\", given[3] } };
        var body = new MemoryStream();
        Console.OpenStandardInput().CopyTo(body);
        Console.WriteLine(FromHark.IsSigned(given[0], headers, body.ToArray()) ? \"yes\" : \"no\");
    }
}",
        ),
        program: "mcs",
        run: "mcs -out:main.exe FromHark.cs Main.cs && mono main.exe \"$@\"",
    },
];

/// The first block of a language on the page.
fn block(language: &str) -> &'static str {
    let blocks = PAGE.split("```").skip(1).step_by(2);
    let mut blocks = blocks.filter_map(|block| block.strip_prefix(language)?.strip_prefix('\n'));
    blocks
        .next()
        .unwrap_or_else(|| panic!("{language} is not on the page"))
}

fn is_here(program: &str) -> bool {
    let found = Command::new("sh")
        .args(["-c", "command -v \"$0\" >/dev/null", program])
        .status();
    found.unwrap().success()
}

impl Language {
    fn write(&self, folder: &Path) {
        let file = folder.join(self.file);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, block(self.name)).unwrap();
        std::fs::write(folder.join(self.main.0), self.main.1).unwrap();
    }

    fn takes(&self, folder: &Path, secret: &str, headers: [&str; 3], body: &[u8]) -> bool {
        let mut process = Command::new("sh")
            .args(["-c", self.run, self.program, secret])
            .args(headers)
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = process.stdin.take().unwrap();
        input.write_all(body).unwrap();
        drop(input);
        let output = process.wait_with_output().unwrap();
        assert!(output.status.success(), "{}: {}", self.name, output.status);
        match String::from_utf8_lossy(&output.stdout).trim() {
            "yes" => true,
            "no" => false,
            said => panic!("{}: {said}", self.name),
        }
    }
}

#[expect(
    clippy::print_stderr,
    reason = "whoever reads the log sees what was not run"
)]
#[test]
fn the_lines_on_the_page_know_what_is_from_hark() {
    let desk = Desk::open_with(HARK, Engine::Sqlite, |setup| {
        setup.env("HARK_WEBHOOK_ALLOW", "127.0.0.0/8")
    });
    desk.agent("amy");
    let receiver = Receiver::open();
    let endpoint = json!({"url": receiver.url("/hook"), "events": ["chat.started"]});
    let made = desk
        .admin
        .post("/api/hark/v1/endpoints", &endpoint)
        .expect(201);
    let secret = text(&made, "/secret");
    desk.visitor("ann", &json!({"name": "Ånn 🐇"}));
    desk.chat("ann");
    let request = receiver.wait(1).remove(0);
    let mut tampered = request.body.clone();
    let last = tampered.len() - 1;
    tampered[last] = b' ';
    let header = |name| request.header(name).unwrap();
    let (id, at, signature) = (
        header("webhook-id"),
        header("webhook-timestamp"),
        header("webhook-signature"),
    );
    let signed = [id, at, signature];
    let (accented, many) = (format!("v1,é{}", &signature[4..]), "9".repeat(5000));
    let odd = [
        ["", "", ""],
        [id, at, ""],
        [id, "", signature],
        [id, "²", signature],
        [id, &many, signature],
        [id, at, &accented],
        [id, at, "v1"],
        ["", at, signature],
    ];
    for language in LANGUAGES {
        if !is_here(language.program) {
            let always = ["node", "python3"].contains(&language.program);
            assert!(!always, "{} is not here", language.program);
            eprintln!(
                "NOT RUN: the lines in {}, because there is no {} here",
                language.name, language.program
            );
            continue;
        }
        let folder = tempfile::tempdir().unwrap();
        language.write(folder.path());
        let takes = |headers, body| language.takes(folder.path(), &secret, headers, body);
        assert!(takes(signed, &request.body), "{}", language.name);
        assert!(!takes(signed, &tampered), "{}", language.name);
        for odd in &odd {
            assert!(!takes(*odd, &request.body), "{}: {odd:?}", language.name);
        }
    }
}

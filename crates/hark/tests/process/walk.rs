//! Pages of `docs/` that are walked as they are written: their commands in a shell, in a folder and with ports of their own.

use std::io::BufReader;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use hark_testkit::eventually;
use tempfile::TempDir;

use crate::HARK;

/// The blocks of a page in a language, from the top down.
pub fn blocks(page: &'static str, language: &str) -> Vec<&'static str> {
    let blocks = page.split("```").skip(1).step_by(2);
    let mut blocks: Vec<_> = blocks
        .filter_map(|block| block.strip_prefix(language)?.strip_prefix('\n'))
        .collect();
    blocks.retain(|block| !block.is_empty());
    blocks
}

/// Ends with what is walked.
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// The folder of the page, with ports of its own in place of those that are written.
pub struct Walk {
    pub folder: TempDir,
    pub server: u16,
    pub receiver: u16,
    /// What the page sets in the shell.
    pub exported: Vec<(&'static str, String)>,
}

impl Walk {
    pub fn begin() -> Self {
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

    pub fn here(&self, text: &str) -> String {
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

    pub fn shell(&self, script: &str) -> Command {
        let mut shell = Command::new("bash");
        shell
            .args(["-e", "-c", &self.here(script)])
            .current_dir(self.folder.path())
            .envs(self.exported.iter().map(|(name, value)| (*name, value)))
            .stdin(Stdio::null());
        shell
    }

    pub fn run(&self, script: &str) -> String {
        let done = self.shell(script).output().unwrap();
        let said = String::from_utf8_lossy(&done.stdout).into_owned();
        assert!(
            done.status.success(),
            "{script}\n{said}\n{}",
            String::from_utf8_lossy(&done.stderr)
        );
        said
    }

    /// The server, once it is ready.
    pub fn serve(&self, start: &str) -> Running {
        let mut server = self.shell(start);
        let server = server.stdout(Stdio::null()).stderr(Stdio::null());
        let mut server = Running(server.spawn().unwrap());
        let ready = format!("curl -sf http://127.0.0.1:{}/readyz", self.server);
        eventually("the server", || {
            assert_eq!(server.0.try_wait().unwrap(), None, "it has ended");
            let answer = self.shell(&ready).output().unwrap();
            answer.status.success().then_some(())
        });
        server
    }

    /// A receiver and what it prints.
    pub fn receive(&self, program: &str, file: &Path) -> (Running, BufReader<ChildStdout>) {
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

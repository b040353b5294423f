use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::{Client, Database, Engine};

/// What a server is started with.
pub struct Setup {
    binary: PathBuf,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
}

/// A `hark serve` of its own process, on a free port; killed when it goes out of scope.
pub struct Server {
    child: Child,
    address: String,
    said: Vec<String>,
}

/// How a process ended, and what it said.
#[derive(Debug)]
pub struct Outcome {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Setup {
    /// The first administrator is `admin` with the password `secret-of-admin`; nobody is held
    /// back for asking often. A later `env` of the same name wins.
    pub fn new(binary: impl AsRef<Path>) -> Self {
        let environment = [
            ("ADMIN_USERNAME", "admin"),
            ("ADMIN_PASS", "secret-of-admin"),
            ("ADMIN_EMAIL", "admin@example.org"),
            ("ADMIN_NAME", "Ada Admin"),
            ("HARK_RATE_LIMIT", "off"),
            ("HARK_LISTEN", "127.0.0.1:0"),
            ("HARK_LOG", "json"),
        ];
        Self {
            binary: binary.as_ref().into(),
            arguments: vec!["serve".into()],
            environment: environment
                .map(|(name, value)| (name.into(), value.into()))
                .into(),
        }
    }

    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.retain(|(known, _)| known != name);
        self.environment.push((name.into(), value.into()));
        self
    }

    #[must_use]
    pub fn arg(mut self, argument: &str) -> Self {
        self.arguments.push(argument.into());
        self
    }

    #[must_use]
    pub fn on(self, database: &Database) -> Self {
        let folder = database.folder().display().to_string();
        let setup = self.env("HARK_DATA", &folder);
        match database.url() {
            Some(url) => setup.env("HARK_DATABASE", url),
            None => setup,
        }
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .args(&self.arguments)
            .env_clear()
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null());
        if let Some(path) = std::env::var_os("PATH") {
            command.env("PATH", path);
        }
        command
    }

    /// Starts and waits for the line that says it is ready.
    pub fn start(&self) -> Server {
        let mut child = self
            .command()
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (say, heard) = mpsc::channel();
        let stdout = child.stdout.take().unwrap();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if say.send(line).is_err() {
                    return;
                }
            }
        });
        let (log, logged) = mpsc::channel();
        let stderr = child.stderr.take().unwrap();
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                eprintln!("{line}");
                drop(log.send(line));
            }
        });
        let mut said = Vec::new();
        loop {
            let Ok(line) = heard.recv_timeout(Duration::from_secs(30)) else {
                drop(child.kill());
                drop(child.wait());
                let log: Vec<String> = logged.try_iter().collect();
                panic!("hark did not become ready; it said {said:?} and logged {log:#?}");
            };
            let address = line
                .split_whitespace()
                .find_map(|word| word.strip_prefix("http://"))
                .map(|rest| rest.trim_end_matches('/').to_owned());
            said.push(line);
            if let Some(address) = address {
                return Server {
                    child,
                    address,
                    said,
                };
            }
        }
    }

    /// Runs a process that is expected to end by itself.
    pub fn run(&self) -> Outcome {
        let output = self.command().output().unwrap();
        Outcome {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Runs another command of the same binary, such as `admin list`.
    pub fn command_line(&self, arguments: &[&str], input: &str) -> Outcome {
        use std::io::Write;
        let mut other = Self {
            binary: self.binary.clone(),
            arguments: Vec::new(),
            environment: self.environment.clone(),
        };
        other.arguments = arguments.iter().map(|text| (*text).to_owned()).collect();
        let mut child = other
            .command()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A command that asks nothing may be gone before it is told anything.
        drop(child.stdin.take().unwrap().write_all(input.as_bytes()));
        let mut stdout = String::new();
        let mut stderr = String::new();
        child
            .stdout
            .take()
            .unwrap()
            .read_to_string(&mut stdout)
            .unwrap();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut stderr)
            .unwrap();
        Outcome {
            code: child.wait().unwrap().code(),
            stdout,
            stderr,
        }
    }
}

impl Server {
    /// A server with its own database on an engine.
    pub fn fresh(binary: impl AsRef<Path>, engine: Engine) -> (Self, Database) {
        let database = Database::fresh(engine);
        let server = Setup::new(binary).on(&database).start();
        (server, database)
    }

    pub fn address(&self) -> &str {
        &self.address
    }

    pub fn client(&self) -> Client {
        Client::new(&self.address)
    }

    pub fn admin(&self) -> Client {
        self.client().login("admin", "secret-of-admin")
    }

    /// What it printed up to the line that it is ready.
    pub fn said(&self) -> &[String] {
        &self.said
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// SIGKILL: no farewell.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM, and how it ended.
    pub fn stop(mut self) -> Option<i32> {
        self.signal("TERM");
        self.wait()
    }

    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .args([format!("-{name}"), self.child.id().to_string()])
            .status();
        assert!(sent.unwrap().success());
    }

    pub fn wait(&mut self) -> Option<i32> {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            assert!(
                start.elapsed() < Duration::from_secs(30),
                "hark did not end"
            );
            std::thread::park_timeout(Duration::from_millis(10));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

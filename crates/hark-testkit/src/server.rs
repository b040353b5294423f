use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::{Client, Database, Engine};

/// What a server is started with.
pub struct Setup {
    binary: PathBuf,
    arguments: Vec<String>,
    environment: Vec<(OsString, OsString)>,
}

/// A `hark serve` of its own process that may not be ready yet; killed when it goes out of scope.
pub struct Launched {
    child: Child,
    stdout: mpsc::Receiver<String>,
    said: Vec<String>,
    log: Arc<Mutex<Vec<String>>>,
    readers: Vec<JoinHandle<()>>,
}

/// A `hark serve` that is ready, on a free port.
pub struct Server {
    process: Launched,
    address: String,
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
    pub fn env(self, name: &str, value: impl Into<OsString>) -> Self {
        let mut setup = self.without(name);
        setup.environment.push((name.into(), value.into()));
        setup
    }

    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.environment.retain(|(known, _)| known != name);
        self
    }

    #[must_use]
    pub fn arg(mut self, argument: &str) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// Starts it by way of another program, which gets these arguments first.
    #[must_use]
    pub fn through(mut self, program: &[&str]) -> Self {
        let binary = std::mem::replace(&mut self.binary, program[0].into());
        let first = program[1..].iter().map(|text| (*text).to_owned());
        let first = first.chain([binary.display().to_string()]);
        self.arguments.splice(..0, first);
        self
    }

    #[must_use]
    pub fn on(self, database: &Database) -> Self {
        let setup = self.env("HARK_DATA", database.folder());
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
        self.launch().ready()
    }

    /// Starts, for a test that has something to do before it can be ready.
    pub fn launch(&self) -> Launched {
        let mut child = self
            .command()
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (say, heard) = mpsc::channel();
        let stdout = child.stdout.take().unwrap();
        let saying = std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if say.send(line).is_err() {
                    return;
                }
            }
        });
        let log = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&log);
        let stderr = child.stderr.take().unwrap();
        let logging = std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                eprintln!("{line}");
                kept.lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(line);
            }
        });
        Launched {
            child,
            stdout: heard,
            said: Vec::new(),
            log,
            readers: vec![saying, logging],
        }
    }

    /// Runs a process that is expected to end by itself.
    pub fn run(&self) -> Outcome {
        self.launch().outcome()
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

impl Launched {
    /// Waits for the line that says it is ready.
    pub fn ready(mut self) -> Server {
        loop {
            let Ok(line) = self.stdout.recv_timeout(Duration::from_secs(30)) else {
                panic!(
                    "hark did not become ready; it said {:?} and logged {:#?}",
                    self.said,
                    self.log()
                );
            };
            // The address that is listened on stands last; before it may stand another.
            let address = line
                .split_whitespace()
                .filter_map(|word| word.strip_prefix("http://"))
                .map(|rest| rest.trim_end_matches(['/', ')']).to_owned())
                .next_back();
            self.said.push(line);
            if let Some(address) = address {
                return Server {
                    process: self,
                    address,
                };
            }
        }
    }

    /// What it has logged so far, line by line.
    pub fn log(&self) -> Vec<String> {
        let log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        log.clone()
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

    /// Waits for the end, and for the last of its words.
    fn outcome(mut self) -> Outcome {
        let code = self.wait();
        for reader in std::mem::take(&mut self.readers) {
            reader.join().unwrap();
        }
        let rest: Vec<String> = self.stdout.try_iter().collect();
        self.said.extend(rest);
        let lines = |lines: &[String]| lines.iter().map(|line| format!("{line}\n")).collect();
        Outcome {
            code,
            stdout: lines(&self.said),
            stderr: lines(&self.log()),
        }
    }
}

impl Drop for Launched {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
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
        &self.process.said
    }

    /// What it has logged so far, line by line.
    pub fn log(&self) -> Vec<String> {
        self.process.log()
    }

    pub fn pid(&self) -> u32 {
        self.process.child.id()
    }

    /// SIGKILL: no farewell.
    pub fn kill(mut self) {
        self.process.child.kill().unwrap();
        self.process.child.wait().unwrap();
    }

    /// SIGTERM, and how it ended.
    pub fn stop(self) -> Option<i32> {
        self.finish().code
    }

    /// SIGTERM, how it ended, and all that it ever said.
    pub fn finish(self) -> Outcome {
        self.signal("TERM");
        self.process.outcome()
    }

    pub fn signal(&self, name: &str) {
        self.process.signal(name);
    }

    pub fn wait(&mut self) -> Option<i32> {
        self.process.wait()
    }
}

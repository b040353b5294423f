use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::{Client, Database, Engine, Log};

/// What a server is started with.
pub struct Setup {
    program: Program,
    arguments: Vec<String>,
    environment: Vec<(OsString, OsString)>,
    announced: Vec<String>,
}

/// What serves: a program in a process of its own, or a function that starts a server inside of
/// this process.
#[derive(Clone)]
pub enum Program {
    Binary(PathBuf),
    Inside(fn(&Setup, Log) -> Box<dyn Inside>),
}

/// A server inside of this process. Dropped, it ends without a farewell, but has ended.
pub trait Inside {
    fn address(&self) -> String;

    /// The orderly end, as a signal would bring it about; why it failed.
    fn stop(self: Box<Self>) -> Result<(), String>;
}

impl<P: AsRef<Path> + ?Sized> From<&P> for Program {
    fn from(path: &P) -> Self {
        Self::Binary(path.as_ref().to_owned())
    }
}

impl From<fn(&Setup, Log) -> Box<dyn Inside>> for Program {
    fn from(start: fn(&Setup, Log) -> Box<dyn Inside>) -> Self {
        Self::Inside(start)
    }
}

/// A `hark serve` of its own process that may not be ready yet; killed when it goes out of scope.
pub struct Launched {
    child: Child,
    stdout: mpsc::Receiver<String>,
    said: Vec<String>,
    log: Log,
    readers: Vec<JoinHandle<()>>,
}

/// A server that is ready, on a free port.
pub struct Server {
    running: Running,
    address: String,
}

enum Running {
    Process(Launched),
    Inside(Quiet),
}

/// A server of this process, with a look at what it logged when it has ended.
struct Quiet {
    server: Option<Box<dyn Inside>>,
    log: Log,
}

impl Drop for Quiet {
    fn drop(&mut self) {
        drop(self.server.take());
        self.log.assert_no_surprise();
    }
}

/// How a process ended, and what it said.
#[derive(Debug)]
pub struct Outcome {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Outcome {
    #[track_caller]
    pub fn assert_done(&self) {
        assert_eq!(self.code, Some(0), "{self:?}");
    }

    /// The command ended with an error, and said these words to the one who typed it.
    #[track_caller]
    pub fn assert_refused(&self, words: &[&str]) {
        assert_eq!(self.code, Some(1), "{self:?}");
        for word in words {
            assert!(self.stderr.contains(word), "{word}: {self:?}");
        }
        assert!(!self.stderr.contains("panicked"), "{self:?}");
    }
}

impl Setup {
    /// The first administrator is `admin` with the password `secret-of-admin`; nobody is held
    /// back for asking often. A later `env` of the same name wins.
    pub fn new(program: impl Into<Program>) -> Self {
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
            program: program.into(),
            arguments: vec!["serve".into()],
            environment: environment
                .map(|(name, value)| (name.into(), value.into()))
                .into(),
            announced: Vec::new(),
        }
    }

    /// The test knows that the server may log an error with these words, or panic with them.
    #[must_use]
    pub fn may_log_error(mut self, words: &str) -> Self {
        self.announced.push(words.to_owned());
        self
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
        let first = program[1..].iter().map(|text| (*text).to_owned());
        let first = first.chain([self.binary().display().to_string()]);
        self.arguments.splice(..0, first.collect::<Vec<_>>());
        self.program = Program::Binary(program[0].into());
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

    /// What stands after the name of the program.
    pub fn arguments(&self) -> &[String] {
        &self.arguments
    }

    pub fn environment(&self) -> &[(OsString, OsString)] {
        &self.environment
    }

    fn binary(&self) -> &Path {
        match &self.program {
            Program::Binary(path) => path,
            Program::Inside(_) => panic!("only a process of its own can do this"),
        }
    }

    fn log(&self) -> Log {
        let log = Log::default();
        for words in &self.announced {
            log.announce(words);
        }
        log
    }

    fn command(&self) -> Command {
        let mut command = Command::new(self.binary());
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

    /// Starts and waits until it is ready.
    pub fn start(&self) -> Server {
        let Program::Inside(start) = self.program else {
            return self.launch().ready();
        };
        let log = self.log();
        let server = start(self, log.clone());
        Server {
            address: server.address(),
            running: Running::Inside(Quiet {
                server: Some(server),
                log,
            }),
        }
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
        let log = self.log();
        let kept = log.clone();
        let stderr = child.stderr.take().unwrap();
        let logging = std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                kept.push(line);
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
        let other = Self {
            program: self.program.clone(),
            arguments: arguments.iter().map(|text| (*text).to_owned()).collect(),
            environment: self.environment.clone(),
            announced: Vec::new(),
        };
        let mut child = other
            .command()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A command that asks nothing may be gone before it reads anything.
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

fn all(lines: &[String]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
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
                    running: Running::Process(self),
                    address,
                };
            }
        }
    }

    /// What it has logged so far, line by line.
    pub fn log(&self) -> Vec<String> {
        self.log.lines()
    }

    pub fn wait_for_log(&self, words: &str) {
        self.log.wait_for(words);
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

    /// SIGTERM, how it ended, and all that it ever said.
    fn finish(self) -> Outcome {
        self.signal("TERM");
        self.outcome()
    }

    /// Waits for the end, and for the last of its words.
    fn outcome(mut self) -> Outcome {
        let code = self.wait();
        for reader in std::mem::take(&mut self.readers) {
            reader.join().unwrap();
        }
        let rest: Vec<String> = self.stdout.try_iter().collect();
        self.said.extend(rest);
        Outcome {
            code,
            stdout: all(&self.said),
            stderr: all(&self.log()),
        }
    }
}

impl Drop for Launched {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
        for reader in std::mem::take(&mut self.readers) {
            drop(reader.join());
        }
        self.log.assert_no_surprise();
    }
}

impl Server {
    /// A server with its own database on an engine.
    pub fn fresh(program: impl Into<Program>, engine: Engine) -> (Self, Database) {
        let database = Database::fresh(engine);
        let server = Setup::new(program).on(&database).start();
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

    /// A visitor called Ann opens a chat; answers the room.
    pub fn visit(&self, token: &str) -> Value {
        let visitor = json!({"visitor": {"token": token, "name": "Ann"}});
        self.client().post("livechat/visitor", &visitor).expect(200);
        let path = format!("livechat/room?token={token}");
        self.client().get(&path).expect(200)["room"].clone()
    }

    /// The same; answers what their browser is, and the id of the chat.
    pub fn visitor(&self, token: &str) -> (Client, String) {
        let room = self.visit(token)["_id"].as_str().unwrap().to_owned();
        (self.client().with("x-visitor-token", token), room)
    }

    fn kept_log(&self) -> &Log {
        match &self.running {
            Running::Process(process) => &process.log,
            Running::Inside(inside) => &inside.log,
        }
    }

    /// What it has logged so far, line by line.
    pub fn log(&self) -> Vec<String> {
        self.kept_log().lines()
    }

    /// Waits until it has logged a line with these words.
    pub fn wait_for_log(&self, words: &str) {
        self.kept_log().wait_for(words);
    }

    /// From now on the test knows that an error with these words may be logged.
    pub fn may_log_error(&self, words: &str) {
        self.kept_log().announce(words);
    }

    /// The orderly end, as SIGTERM brings it about; how it ended, 0 being well.
    pub fn stop(self) -> Option<i32> {
        self.finish().code
    }

    /// The same, and all that it ever said.
    pub fn finish(self) -> Outcome {
        match self.running {
            Running::Process(process) => process.finish(),
            Running::Inside(mut inside) => {
                let stopped = inside.server.take().map(Inside::stop).unwrap();
                if let Err(why) = &stopped {
                    eprintln!("{why}");
                }
                Outcome {
                    code: Some(i32::from(stopped.is_err())),
                    stdout: String::new(),
                    stderr: all(&inside.log.lines()),
                }
            }
        }
    }

    /// The end without a farewell: SIGKILL where it is a process.
    pub fn kill(self) {
        drop(self.running);
    }

    // === what only a process of its own can do ===

    fn process(&self) -> &Launched {
        match &self.running {
            Running::Process(process) => process,
            Running::Inside(_) => panic!("this server is not a process of its own"),
        }
    }

    /// What it printed up to the line that it is ready.
    pub fn said(&self) -> &[String] {
        &self.process().said
    }

    pub fn pid(&self) -> u32 {
        self.process().child.id()
    }

    /// The most memory that its process has had, in mebibytes.
    pub fn most_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().nth(1));
        kilobytes.unwrap().parse::<u64>().unwrap() / 1_024
    }

    pub fn signal(&self, name: &str) {
        self.process().signal(name);
    }

    pub fn wait(&mut self) -> Option<i32> {
        match &mut self.running {
            Running::Process(process) => process.wait(),
            Running::Inside(_) => panic!("this server is not a process of its own"),
        }
    }
}

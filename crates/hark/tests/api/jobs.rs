//! The work that nobody asks for is watched: a job that panics is logged, counted and shown, starts
//! again, and its work goes on. Which jobs there are, the server says; a new one is tested as well.

use std::cell::RefCell;
use std::sync::{Arc, Mutex};

use hark_jobs::{AnyWork, JobError, Rest, Turn, Work};
use hark_testkit::{
    Client, Database, Inside, Log, Program, Receiver, Server, Setup, Socket, eventually,
    on_both_engines, text,
};
use serde_json::json;
use tokio::sync::watch;

use crate::{BINARY, inside};

/// A job's work that panics, wherever it is, as long as the test wants it to.
struct Sabotaged {
    name: &'static str,
    work: AnyWork,
    broken: watch::Receiver<bool>,
}

impl Work for Sabotaged {
    async fn turn(&mut self, turn: &Turn) -> Result<Rest, JobError> {
        tokio::select! {
            biased;
            _ = self.broken.wait_for(|broken| *broken) => panic!("{} is sabotaged", self.name),
            rest = self.work.turn(turn) => rest,
        }
    }

    async fn woken(&mut self) {
        tokio::select! {
            _ = self.broken.wait_for(|broken| *broken) => {}
            () = self.work.woken() => {}
        }
    }
}

/// The jobs of the server that this test has started, and whether they are to panic.
#[derive(Clone, Default)]
struct Jobs {
    names: Arc<Mutex<Vec<&'static str>>>,
    broken: watch::Sender<bool>,
}

thread_local! {
    static JOBS: RefCell<Jobs> = RefCell::default();
}

fn sabotaged(setup: &Setup, log: Log) -> Box<dyn Inside> {
    let jobs = JOBS.with_borrow(Jobs::clone);
    inside::start_with(setup, log, move |job| {
        let (name, broken) = (job.name(), jobs.broken.subscribe());
        jobs.names.lock().unwrap().push(name);
        job.wrapped(move |work| Sabotaged {
            name,
            work,
            broken: broken.clone(),
        })
    })
}

struct Scene {
    server: Server,
    client: Client,
    names: Vec<&'static str>,
}

impl Scene {
    fn open(database: &Database) -> Self {
        let server = Setup::new(Program::Inside(sabotaged))
            .on(database)
            .env("HARK_WEBHOOK_ALLOW", "127.0.0.0/8")
            .env("Livechat_Routing_Method", "Auto_Selection")
            .env("Livechat_accept_chats_with_no_agents", "true")
            .may_log_error("is sabotaged")
            .start();
        let names = JOBS.with_borrow(|jobs| jobs.names.lock().unwrap().clone());
        Self {
            client: server.client(),
            server,
            names,
        }
    }

    fn break_all(&self, broken: bool) {
        JOBS.with_borrow(|jobs| jobs.broken.send_replace(broken));
    }

    /// Until something is true of each job; otherwise it is said of which not.
    fn each(&self, what: &str, is_true: impl Fn(&str) -> bool) {
        for name in &self.names {
            eventually(&format!("{name}: {what}"), || is_true(name).then_some(()));
        }
    }

    /// A figure of one job.
    fn figure(&self, metric: &str, job: &str) -> Option<i64> {
        let text = self.client.get("/metrics").text();
        let start = format!("{metric}{{job=\"{job}\"}} ");
        let line = text.lines().find_map(|line| line.strip_prefix(&start))?;
        Some(line.parse().unwrap())
    }

    fn ready(&self) -> String {
        let ready = self.client.get("/readyz");
        assert_eq!(ready.status, 200, "{}", ready.text());
        ready.text()
    }
}

on_both_engines! {
    fn a_job_that_panics_is_logged_counted_and_shown_and_its_work_goes_on(engine: Engine) {
        let database = Database::fresh(engine);
        let scene = Scene::open(&database);
        let admin = scene.client.login("admin", "secret-of-admin");
        let address = scene.server.address().to_owned();
        let doctor = || {
            let setup = Setup::new(BINARY).on(&database).env("HARK_WEBHOOK_ALLOW", "127.0.0.0/8");
            setup.env("HARK_LISTEN", &address).command_line(&["doctor"], "")
        };
        let receiver = Receiver::open();
        let endpoint = json!({"name": "crm", "url": receiver.url("/"), "events": ["chat.started"]});
        admin.post("/api/hark/v1/endpoints", &endpoint).expect(201);
        let me = admin.id();
        let agent = json!({"username": "admin"});
        admin.post("livechat/users/agent", &agent).expect(200);
        admin.post("livechat/agent.status", &json!({"status": "available"})).expect(200);
        let mut socket = Socket::of(&scene.server, &admin);
        socket.subscribe("stream-notify-user", &format!("{me}/rooms-changed"), &json!(false));

        assert!(scene.names.len() >= 11, "{:?}", scene.names);
        scene.each("does its work", |name| scene.figure("hark_job_up", name) == Some(1));
        assert_eq!(scene.ready(), "ready\n");
        let well = doctor();
        assert!(well.stdout.contains("its jobs do their work"), "{}", well.stdout);

        scene.break_all(true);
        scene.each("is down", |name| scene.ready().contains(&format!("\nthe job {name} is down for ")));
        scene.each("is counted", |name| {
            scene.figure("hark_job_up", name) == Some(0)
                && scene.figure("hark_job_restarts_total", name) >= Some(1)
        });
        let ill = doctor();
        assert_eq!(ill.code, Some(1));
        for name in &scene.names {
            let line = format!("WRONG the job {name} is down");
            assert!(ill.stdout.contains(&line), "{line} in {}", ill.stdout);
            let panicked = format!("it panicked: {name} is sabotaged");
            let log = scene.server.log();
            let is_logged = log.iter().any(|line| line.contains("ERROR") && line.contains(&panicked));
            assert!(is_logged, "{panicked} in {log:#?}");
        }
        // What comes meanwhile is not lost.
        scene.client.post("livechat/visitor", &json!({"visitor": {"token": "guest"}})).expect(200);
        let room = scene.client.get("livechat/room?token=guest").expect(200);
        let room = text(&room, "/room/_id");

        let healed = hark_store::Clock::system().now().millis() / 1000;
        scene.break_all(false);
        scene.each("is up again", |name| {
            scene.figure("hark_job_up", name) == Some(1)
                && scene.figure("hark_job_last_success_timestamp_seconds", name) >= Some(healed)
        });
        assert_eq!(scene.ready(), "ready\n");
        receiver.wait(1);
        eventually("an agent to have the chat", || {
            let room = scene.client.get(&format!("livechat/room?token=guest&rid={room}"));
            (room.value()["room"]["servedBy"]["username"] == "admin").then_some(())
        });
        socket.wait_for("a push of it", |frame| {
            frame["collection"] == "stream-notify-user" && frame.to_string().contains(&room)
        });
        assert_eq!(scene.server.stop(), Some(0));
    }
}

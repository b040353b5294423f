//! How soon a server is ready, and what it holds in memory.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use hark_store::{Error, NewEvent, Options, Store, log};
use hark_testkit::{Engine, Server, Setup};
use rusqlite::{Connection, OpenFlags};
use serde_json::json;
use tokio::task::JoinSet;

use crate::place::{Place, name};
use crate::sample::median;
use crate::table::{Table, figure};
use crate::{load, machine, me};

const RUNS: usize = 5;
/// Memory is looked at when what the start needed once has been given back.
const SETTLE: Duration = Duration::from_secs(1);
const REQUESTS: usize = 10_000;
const LARGE: u64 = 1 << 30;

pub fn run(place: &Place) {
    let engines = place.engines();
    let large = large_folder(place);
    let (table, base) = times_begin(place);
    let mut keys = Vec::new();
    let mut time = |label: &str, runs: &[f64]| {
        let middle = median(runs);
        let most = runs.iter().copied().fold(0.0, f64::max);
        let least = runs.iter().copied().fold(f64::MAX, f64::min);
        table.row(label, [middle, least, most, middle / base].map(figure));
        keys.push(format!("{label} {} ms", figure(middle)));
    };
    for engine in &engines {
        let runs: Vec<f64> = (0..RUNS).map(|_| first_start(place, *engine)).collect();
        time(&format!("{}, empty, first start", name(*engine)), &runs);
    }
    for engine in &engines {
        let fresh = place.fresh(*engine);
        let setup = place.server_on(&fresh);
        time(&format!("{}, small, again", name(*engine)), &again(&setup));
    }
    let setup = place.server_in(&large);
    time("SQLite, 1 GB", &again(&setup));

    memory(place, &engines, &large, &mut keys);
    let size = std::fs::metadata(place.hark()).unwrap().len() as f64 / 1e6;
    println!("\nSize of the program: {} MB", figure(size));
    keys.push(format!("program {} MB", figure(size)));
    println!("\nstart key figures: {}", keys.join("; "));
}

/// The baseline: the same program, started to say its version.
fn times_begin(place: &Place) -> (Table, f64) {
    let table = Table::new(
        &format!(
            "start: from spawn to the ready line, median of {RUNS}, files in the page cache; baseline: hark --version"
        ),
        &["data", "ms", "least", "most", "ratio"],
    );
    let version = || {
        let started = Instant::now();
        let ended = Command::new(place.hark())
            .arg("--version")
            .stdout(Stdio::null())
            .status();
        assert!(ended.unwrap().success());
        started.elapsed().as_secs_f64() * 1000.0
    };
    version();
    let runs: Vec<f64> = (0..RUNS).map(|_| version()).collect();
    let base = median(&runs);
    let least = runs.iter().copied().fold(f64::MAX, f64::min);
    let most = runs.iter().copied().fold(0.0, f64::max);
    table.row("hark --version", [base, least, most, 1.0].map(figure));
    (table, base)
}

fn timed(setup: &Setup) -> (Server, f64) {
    let started = Instant::now();
    let server = setup.start();
    (server, started.elapsed().as_secs_f64() * 1000.0)
}

/// Migrations, the first keys, and the administrator with an Argon2 hash.
fn first_start(place: &Place, engine: Engine) -> f64 {
    let fresh = place.fresh(engine);
    let (server, took) = timed(&place.server_on(&fresh));
    server.stop();
    took
}

fn again(setup: &Setup) -> Vec<f64> {
    // The first may migrate, and brings the files into memory.
    setup.start().stop();
    let run = |_| {
        let (server, took) = timed(setup);
        server.stop();
        took
    };
    (0..RUNS).map(run).collect()
}

fn memory(place: &Place, engines: &[Engine], large: &Path, keys: &mut Vec<String>) {
    let requests = format!("{} requests", figure(REQUESTS as f64));
    let table = Table::new(
        "start: resident memory in MB, in brackets without pages of files",
        &["data", "idle", "after a login", "peak so far", &requests],
    );
    let runtime = load::runtime();
    let mut watch = |label: &str, server: &Server| {
        let settle = || runtime.block_on(async { tokio::time::sleep(SETTLE).await });
        settle();
        let idle = machine::resident(server.pid());
        let request = me::me(server);
        settle();
        let login = machine::resident(server.pid());
        let peak = machine::peak(server.pid());
        load::count(&runtime, server.address(), &request, 16, REQUESTS);
        settle();
        let loaded = machine::resident(server.pid());
        let both = |(all, own)| format!("{} ({})", figure(all), figure(own));
        let cells = [both(idle), both(login), figure(peak), both(loaded)];
        table.row(label, cells);
        keys.push(format!("{label} idle {} MB", figure(idle.0)));
    };
    for engine in engines {
        let fresh = place.fresh(*engine);
        let setup = place.server_on(&fresh);
        // Not the first start, which hashes a password.
        setup.start().stop();
        let server = setup.start();
        watch(&format!("{}, small", name(*engine)), &server);
        server.stop();
    }
    let setup = place.server_in(large);
    let server = setup.start();
    watch("SQLite, 1 GB", &server);
    server.stop();
}

/// A data folder with a log of 1 GB, made once and kept.
fn large_folder(place: &Place) -> PathBuf {
    let folder = place.folder().join("one-gigabyte");
    let file = folder.join("hark.db");
    let size = std::fs::metadata(&file).map_or(0, |file| file.len());
    if size >= LARGE && schema(&file) == today(place) {
        return folder;
    }
    println!("Filling a data folder with 1 GB, once.");
    let started = Instant::now();
    if folder.exists() {
        std::fs::remove_dir_all(&folder).unwrap();
    }
    fill(&folder, &file);
    println!("It took {} s.", started.elapsed().as_secs());
    folder
}

/// A schema that has changed since the folder was filled makes it worthless.
fn schema(file: &Path) -> Vec<String> {
    let connection = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let mut tables = connection
        .prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name")
        .unwrap();
    let texts = tables.query_map([], |row| row.get(0)).unwrap();
    texts.map(Result::unwrap).collect()
}

fn today(place: &Place) -> Vec<String> {
    let folder = place.scratch();
    let options = Options::new(hark_store::Engine::Sqlite, folder.path());
    Store::open(&options).unwrap().close();
    schema(&folder.path().join("hark.db"))
}

fn fill(folder: &Path, file: &Path) {
    const CHATS: u64 = 4_000;
    const AT_ONCE: u64 = 50;
    let store = Store::open(&Options::new(hark_store::Engine::Sqlite, folder)).unwrap();
    let runtime = load::runtime();
    let number = Arc::new(AtomicU64::new(0));
    let mut writers = JoinSet::new();
    for _ in 0..16 {
        let (store, number, file) = (store.clone(), Arc::clone(&number), file.to_owned());
        let writer = async move {
            while std::fs::metadata(&file).map_or(0, |file| file.len()) < LARGE {
                let first = number.fetch_add(AT_ONCE, Ordering::Relaxed);
                let now = store.clock().now();
                let written = store.write(move |tx| -> Result<(), Error> {
                    for number in first..first + AT_ONCE {
                        let chat = format!("chat-{:012}", number % CHATS);
                        let seq = (number / CHATS).cast_signed() + 1;
                        let room = json!({
                            "id": chat, "kind": "d", "name": chat, "createdAt": 0, "lastMessageAt": 0,
                            "open": true,
                        });
                        let words = "A sentence of a chat. ".repeat(45);
                        let body = json!({"room": room, "by": null, "message": words, "n": number}).to_string();
                        let event = NewEvent::in_conversation("message.posted", &chat, seq, body);
                        log::append(tx, now, &event)?;
                    }
                    Ok(())
                });
                written.await.unwrap();
            }
        };
        writers.spawn_on(writer, runtime.handle());
    }
    runtime.block_on(async {
        while let Some(ended) = writers.join_next().await {
            ended.unwrap();
        }
    });
    store.close();
}

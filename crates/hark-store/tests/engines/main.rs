//! What a command may rely on, and what a reader of the log sees: the same on both engines, and what
//! each of them has to be asked about besides.
#![expect(clippy::unwrap_used, reason = "tests")]

mod both;
mod postgres;
mod sqlite;

use hark_store::{Error, Event, NewEvent, Options, Store, Timestamp, Tx, log};
use hark_testkit::Database;
use serde_json::{Value, json};

const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

fn open(database: &Database) -> Store {
    Store::open(&options(database)).unwrap()
}

fn options(database: &Database) -> Options {
    let engine = database.url().map_or(hark_store::Engine::Sqlite, |url| {
        hark_store::Engine::Postgres(url.to_owned())
    });
    let mut options = Options::new(engine, database.folder());
    options.alone = false;
    options.writers = 4;
    options
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}

fn say(tx: &mut Tx<'_>, conversation: &str, word: &str) -> Result<Option<i64>, Error> {
    let event = NewEvent::in_conversation(
        "message.visitor",
        conversation,
        json!({"word": word}).to_string(),
    );
    log::append(tx, NOW, &event)
}

/// What an event says.
fn word(event: &Event) -> String {
    let body: Value = serde_json::from_str(&event.body).unwrap();
    body["word"].as_str().unwrap().to_owned()
}

/// Why a test's command declines.
#[derive(Debug, PartialEq)]
enum No {
    Thanks,
    Store(String),
}

impl From<Error> for No {
    fn from(error: Error) -> Self {
        Self::Store(error.to_string())
    }
}

async fn all_events(store: &Store, count: usize) -> Vec<Event> {
    let mut follower = store.follow(0);
    let mut events = Vec::new();
    while events.len() < count {
        events.extend(follower.next(64).await.unwrap());
    }
    events
}

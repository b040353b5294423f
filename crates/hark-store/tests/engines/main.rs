//! What a command may rely on, and what a reader of the log sees: the same on both engines, and what
//! each of them has to be asked about besides.
#![expect(clippy::unwrap_used, reason = "tests")]

mod both;
mod postgres;
mod sqlite;

use hark_store::{Error, Event, NewEvent, Options, Statement, Store, Timestamp, Tx, log};
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

/// Counts an event of a room, which is made with the first, and answers its number.
static COUNT: Statement = Statement::new(
    "count an event",
    "INSERT INTO room (id, kind, name, open, on_hold, waiting_response, source, tags, custom, metrics, priority_weight,
            estimated_wait, messages, people_count, last_message_at, created_at, updated_at, last_seq)
        VALUES ($1, 'l', '', TRUE, FALSE, TRUE, '', '', '', '', 0, 0, 0, 0, 0, 0, 0, 1)
        ON CONFLICT (id) DO UPDATE SET last_seq = room.last_seq + 1 RETURNING last_seq",
    None,
);

fn say(tx: &mut Tx<'_>, conversation: &str, word: &str) -> Result<i64, Error> {
    let counted = tx.change(&COUNT, hark_store::params![conversation], |row| row.get(0))?;
    let body = json!({"word": word}).to_string();
    let event = NewEvent::in_conversation("message.visitor", conversation, counted[0], body);
    log::append(tx, NOW, &event)?;
    Ok(counted[0])
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

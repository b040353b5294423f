//! A past for a database: chats that ended long ago, written past the program, as it would have
//! left them. Events are left out: they are kept for a while only.

use std::io::{BufWriter, Write};
use std::time::{Duration, Instant};

use hark_store::{Clock, Ids, Param, Timestamp, params};
use rusqlite::Connection;
use serde_json::json;

use crate::place::Fresh;
use crate::staffed::{Agent, SENTENCES};
use crate::table::figure;

/// So far back the first of those chats began, and so far back the last.
const FIRST_DAYS_AGO: i64 = 400;
const LAST_DAYS_AGO: i64 = 1;
/// What of a chat's messages nobody said.
const NOTICES: i64 = 4;
/// Chats that went on at the same time: their messages lie between each other's.
const AT_ONCE: usize = 50;
const BETWEEN_MESSAGES: i64 = 20_000;
/// As `hark_model::tally` spreads its counts.
const SHARDS: usize = 16;
const TELLS_EVERY: Duration = Duration::from_secs(10);

pub struct Past<'a> {
    pub rooms: usize,
    pub messages_each: usize,
    pub agents: &'a [Agent],
    pub departments: &'a [String],
}

/// A chat of the past, and whose it was.
#[derive(Clone)]
pub struct Ended {
    pub room: String,
    pub visitor: String,
    pub token: String,
}

struct Names {
    rooms: Vec<String>,
    visitors: Vec<String>,
    began: i64,
    step: i64,
}

impl Past<'_> {
    /// Writes it, and answers some of its chats from everywhere in it.
    pub fn write(&self, fresh: &Fresh, examples: usize) -> Vec<Ended> {
        let names = self.names();
        let tables = Tables::open(fresh);
        self.visitors(&tables, &names);
        self.rooms(&tables, &names);
        self.messages(&tables, &names);
        self.counts(&tables);
        tables.close();
        let each = (self.rooms / examples).max(1);
        let chosen = (0..self.rooms).step_by(each).take(examples);
        let ended = chosen.map(|number| Ended {
            room: names.rooms[number].clone(),
            visitor: names.visitors[self.visitor_of(number)].clone(),
            token: token(self.visitor_of(number)),
        });
        ended.collect()
    }

    fn names(&self) -> Names {
        let now = Clock::system().now();
        let began = now.plus_days(-FIRST_DAYS_AGO).millis();
        let ended = now.plus_days(-LAST_DAYS_AGO).millis();
        let step = (ended - began) / self.rooms as i64;
        let mut ids = Ids::from_seed(1);
        let mut at = |number: usize| ids.id17_at(moment(began + step * number as i64));
        let rooms = (0..self.rooms).map(&mut at).collect();
        let mut ids = Ids::from_seed(2);
        let mut at = |number: usize| ids.id24_at(moment(began + step * number as i64));
        let visitors = (0..self.rooms / 2).map(&mut at).collect();
        Names {
            rooms,
            visitors,
            began,
            step,
        }
    }

    /// Everybody came twice, the second time in the second half.
    const fn visitor_of(&self, room: usize) -> usize {
        room % (self.rooms / 2)
    }

    fn agent_of(&self, room: usize) -> &Agent {
        &self.agents[room % self.agents.len()]
    }

    fn department_of(&self, room: usize) -> &str {
        &self.departments[room % self.departments.len()]
    }

    const fn length(&self) -> i64 {
        self.messages_each as i64 * BETWEEN_MESSAGES
    }

    fn visitors(&self, tables: &Tables, names: &Names) {
        let columns =
            "id, token, username, name, status, department_id, custom, last_chat_id, last_chat_at,
            last_agent, activity, emails, phones, ip, user_agent, removed, created_at, updated_at";
        tables.fill("visitor", columns, names.visitors.len(), |row| {
            for (number, id) in names.visitors.iter().enumerate() {
                let last = number + names.visitors.len();
                let last_at = names.at(last);
                let agent = self.agent_of(last);
                let last_agent = json!({"id": agent.id, "username": agent.username, "at": last_at});
                row(params![
                    id,
                    &token(number),
                    &username(number),
                    &full_name(number),
                    "offline",
                    self.department_of(number),
                    "{}",
                    &names.rooms[last],
                    last_at,
                    &last_agent.to_string(),
                    "[\"2026-01\"]",
                    &json!([address(number)]).to_string(),
                    "[]",
                    "192.0.2.1",
                    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
                    false,
                    names.at(number),
                    last_at,
                ]);
            }
        });
        let columns = "kind, value_key, visitor_id";
        tables.fill("visitor_contact", columns, names.visitors.len(), |row| {
            for (number, id) in names.visitors.iter().enumerate() {
                row(params!["email", &address(number), id]);
            }
        });
    }

    fn rooms(&self, tables: &Tables, names: &Names) {
        let columns = "id, kind, name, visitor_id, visitor_status, department_id, open, on_hold, served_by,
            served_at, response_by, waiting_response, source, tags, custom, metrics, priority_weight,
            estimated_wait, messages, said, people_count, last_message_at, visitor_last_message_at, closed_at, closer,
            closed_by, created_at, updated_at";
        tables.fill("room", columns, self.rooms, |row| {
            for (number, id) in names.rooms.iter().enumerate() {
                let began = names.at(number);
                let ended = began + self.length();
                let agent = self.agent_of(number);
                let by = json!({"id": agent.id, "username": agent.username});
                let response = json!({"id": agent.id, "username": agent.username, "first_at": began + 30_000, "last_at": ended});
                let metrics = json!({
                    "visitor_asked_at": ended - 60_000, "agent_replied_at": ended - 30_000,
                    "first_response_at": began + 30_000, "first_response": 20_000, "first_reaction": 15_000,
                    "responses": 8, "response_total": 90_000, "reaction_total": 80_000,
                    "chat_duration": self.length(), "service_duration": self.length(), "visitor_inactivity": 20_000,
                });
                row(params![
                    id,
                    "l",
                    &full_name(self.visitor_of(number)),
                    &names.visitors[self.visitor_of(number)],
                    "offline",
                    self.department_of(number),
                    false,
                    false,
                    &agent.id,
                    began + 5_000,
                    &response.to_string(),
                    false,
                    r#"{"type":"widget"}"#,
                    r#"["delivery"]"#,
                    "{}",
                    &metrics.to_string(),
                    99_i64,
                    9_999_999_i64,
                    self.messages_each as i64,
                    self.messages_each as i64 - NOTICES,
                    1_i64,
                    ended,
                    ended - BETWEEN_MESSAGES,
                    ended,
                    "user",
                    &by.to_string(),
                    began,
                    ended,
                ]);
            }
        });
        let columns = "id, last_seq";
        tables.fill("conversation", columns, self.rooms, |row| {
            for id in &names.rooms {
                row(params![id, self.messages_each as i64]);
            }
        });
    }

    fn messages(&self, tables: &Tables, names: &Names) {
        let columns = "id, room_id, seq, kind, hidden, by_visitor, author_id, author_username, author_name, text,
            extra, at, updated_at";
        let mut ids = Ids::from_seed(3);
        let count = self.rooms * self.messages_each;
        tables.fill("message", columns, count, |row| {
            let rooms: Vec<usize> = (0..self.rooms).collect();
            for together in rooms.chunks(AT_ONCE) {
                for place in 0..self.messages_each {
                    for number in together {
                        self.message(names, &mut ids, *number, place, row);
                    }
                }
            }
        });
    }

    fn message(
        &self,
        names: &Names,
        ids: &mut Ids,
        number: usize,
        place: usize,
        row: &mut dyn FnMut(&[Param<'_>]),
    ) {
        let at = names.at(number) + place as i64 * BETWEEN_MESSAGES;
        let is_last = place + 1 == self.messages_each;
        let kind = match place {
            0 => Some("livechat-started"),
            1 => Some("command"),
            2 => Some("uj"),
            _ if is_last => Some("livechat-close"),
            _ => None,
        };
        let by_visitor = !is_last && place.is_multiple_of(2);
        let visitor = self.visitor_of(number);
        let (username, full_name) = (username(visitor), full_name(visitor));
        let agent = self.agent_of(number);
        let author: (&str, &str, &str) = if by_visitor {
            (&names.visitors[visitor], &username, &full_name)
        } else {
            (&agent.id, &agent.username, &agent.username)
        };
        let text = match kind {
            Some("command") => "connected",
            Some("livechat-close") => "Answered",
            Some(_) => "",
            None => SENTENCES[place % SENTENCES.len()],
        };
        row(params![
            &ids.id24_at(moment(at)),
            &names.rooms[number],
            place as i64 + 1,
            kind,
            false,
            by_visitor,
            author.0,
            author.1,
            author.2,
            text,
            is_last.then_some(r#"{"transcriptRequested":false}"#),
            at,
            at,
        ]);
    }

    /// What closing those chats would have counted.
    fn counts(&self, tables: &Tables) {
        let mut counts = vec![
            ("closed".to_owned(), self.rooms),
            ("visitors".to_owned(), self.rooms / 2),
        ];
        let rooms_of =
            |part: usize, parts: usize| self.rooms / parts + usize::from(part < self.rooms % parts);
        for (number, agent) in self.agents.iter().enumerate() {
            let scope = format!("closed:agent:{}", agent.id);
            counts.push((scope, rooms_of(number, self.agents.len())));
        }
        for (number, department) in self.departments.iter().enumerate() {
            let scope = format!("closed:department:{department}");
            counts.push((scope, rooms_of(number, self.departments.len())));
        }
        tables.fill(
            "tally",
            "scope, shard, number",
            counts.len() * SHARDS,
            |row| {
                for (scope, number) in &counts {
                    for shard in 0..SHARDS {
                        let part = number / SHARDS + usize::from(shard < number % SHARDS);
                        row(params![scope, shard as i64, part as i64]);
                    }
                }
            },
        );
    }
}

impl Names {
    const fn at(&self, room: usize) -> i64 {
        self.began + self.step * room as i64
    }
}

const fn moment(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn token(visitor: usize) -> String {
    format!("past-visitor-{visitor:08}")
}

fn username(visitor: usize) -> String {
    format!("guest-{visitor}")
}

fn full_name(visitor: usize) -> String {
    format!("Guest Number {visitor}")
}

fn address(visitor: usize) -> String {
    format!("guest{visitor:08}@example.org")
}

/// The tables of a database that nobody serves meanwhile.
enum Tables<'f> {
    Sqlite(Connection),
    Postgres(&'f Fresh),
}

impl<'f> Tables<'f> {
    fn open(fresh: &'f Fresh) -> Self {
        if fresh.postgres().is_some() {
            return Self::Postgres(fresh);
        }
        let connection = Connection::open(fresh.folder().join("hark.db")).unwrap();
        // Nobody needs the half of it. The indexes stay: their ends grow, as they do in service.
        for (name, value) in [
            ("journal_mode", "OFF"),
            ("synchronous", "OFF"),
            ("cache_size", "-262144"),
            ("foreign_keys", "OFF"),
        ] {
            connection.pragma_update(None, name, value).unwrap();
        }
        Self::Sqlite(connection)
    }

    fn fill(
        &self,
        table: &str,
        columns: &str,
        count: usize,
        rows: impl FnOnce(&mut dyn FnMut(&[Param<'_>])),
    ) {
        let mut progress = Progress::new(table, count);
        match self {
            Self::Sqlite(connection) => {
                let places: Vec<&str> = columns.split(',').map(|_| "?").collect();
                let text = format!(
                    "INSERT INTO {table} ({columns}) VALUES ({})",
                    places.join(", ")
                );
                connection.execute_batch("BEGIN").unwrap();
                let mut insert = connection.prepare(&text).unwrap();
                rows(&mut |row| {
                    insert.execute(rusqlite::params_from_iter(row)).unwrap();
                    progress.one_more();
                });
                drop(insert);
                connection.execute_batch("COMMIT").unwrap();
            }
            Self::Postgres(fresh) => {
                let mut client = fresh.postgres().unwrap().postgres();
                client
                    .batch_execute(
                        "SET session_replication_role = replica; SET synchronous_commit = off;
                         SET maintenance_work_mem = '512MB'",
                    )
                    .unwrap();
                // It builds an index much faster than it adds to one.
                let made = client
                    .query(
                        "SELECT indexname::text, indexdef FROM pg_indexes
                         WHERE schemaname = 'public' AND tablename = $1 AND indexname NOT LIKE '%_pkey'",
                        &[&table],
                    )
                    .unwrap();
                for index in &made {
                    let name: String = index.get(0);
                    client.batch_execute(&format!("DROP INDEX {name}")).unwrap();
                }
                let copy = format!("COPY {table} ({columns}) FROM STDIN");
                let mut writer = BufWriter::with_capacity(1 << 20, client.copy_in(&copy).unwrap());
                let mut line = String::new();
                rows(&mut |row| {
                    write_line(&mut line, row);
                    writer.write_all(line.as_bytes()).unwrap();
                    progress.one_more();
                });
                let writer = writer
                    .into_inner()
                    .unwrap_or_else(|error| panic!("{error}"));
                writer.finish().unwrap();
                for index in &made {
                    client.batch_execute(index.get(1)).unwrap();
                }
            }
        }
        progress.done();
    }

    /// PostgreSQL looks by itself at what has grown; nobody would tell SQLite to.
    fn close(self) {
        match self {
            Self::Sqlite(connection) => connection.close().unwrap(),
            Self::Postgres(fresh) => {
                let mut client = fresh.postgres().unwrap().postgres();
                client.batch_execute("VACUUM ANALYZE").unwrap();
                client.batch_execute("CHECKPOINT").unwrap();
            }
        }
    }
}

fn write_line(line: &mut String, row: &[Param<'_>]) {
    line.clear();
    for (number, value) in row.iter().enumerate() {
        if number > 0 {
            line.push('\t');
        }
        match value {
            Param::Null => line.push_str("\\N"),
            Param::Bool(true) => line.push('t'),
            Param::Bool(false) => line.push('f'),
            Param::Int(number) => line.push_str(&number.to_string()),
            // None of ours has a character that would have to be written otherwise.
            Param::Text(text) => line.push_str(text),
            Param::Bytes(_) => unreachable!("no row of the past has these"),
        }
    }
    line.push('\n');
}

/// Says how far it has come, for those who wait.
struct Progress {
    table: String,
    count: usize,
    written: usize,
    began: Instant,
    reported: Instant,
}

impl Progress {
    fn new(table: &str, count: usize) -> Self {
        let now = Instant::now();
        Self {
            table: table.to_owned(),
            count,
            written: 0,
            began: now,
            reported: now,
        }
    }

    fn one_more(&mut self) {
        self.written += 1;
        if self.written.is_multiple_of(1 << 14) && self.reported.elapsed() > TELLS_EVERY {
            self.reported = Instant::now();
            println!(
                "  {}: {} of {}",
                self.table,
                figure(self.written as f64),
                figure(self.count as f64)
            );
        }
    }

    fn done(&self) {
        assert_eq!(self.written, self.count, "{}", self.table);
        if self.began.elapsed() > TELLS_EVERY {
            let seconds = self.began.elapsed().as_secs();
            println!(
                "  {}: {} rows in {seconds} s",
                self.table,
                figure(self.count as f64)
            );
        }
    }
}

//! Brings a database up to date: numbered files, forward only, each with its record in one
//! transaction. The files are written once; a few words differ between the engines.

use std::path::Path;

use rusqlite::Connection;

use crate::{OpenError, Timestamp, sqlite};

/// In order. A new file goes to the end and is never edited once a release has carried it.
const MIGRATIONS: &[&str] = &[
    include_str!("../migrations/0001_accounts_and_log.sql"),
    include_str!("../migrations/0002_chat.sql"),
    include_str!("../migrations/0003_webhooks.sql"),
    include_str!("../migrations/0004_refresh_tokens.sql"),
    include_str!("../migrations/0005_connections.sql"),
    include_str!("../migrations/0006_plain_names.sql"),
    include_str!("../migrations/0007_who_visitors_are.sql"),
    include_str!("../migrations/0008_operator.sql"),
    include_str!("../migrations/0009_quotas.sql"),
    include_str!("../migrations/0010_wire.sql"),
    include_str!("../migrations/0011_known_places.sql"),
    include_str!("../migrations/0012_stretches.sql"),
    include_str!("../migrations/0013_whole_rows.sql"),
    include_str!("../migrations/0014_on_hold.sql"),
    include_str!("../migrations/0015_priorities.sql"),
    include_str!("../migrations/0016_sla.sql"),
    include_str!("../migrations/0017_notes.sql"),
    include_str!("../migrations/0018_reading.sql"),
    include_str!("../migrations/0019_figures.sql"),
    include_str!("../migrations/0020_reports.sql"),
    include_str!("../migrations/0021_audit.sql"),
    include_str!("../migrations/0022_saved_views.sql"),
    include_str!("../migrations/0023_half_hours.sql"),
    include_str!("../migrations/0024_capacity.sql"),
    include_str!("../migrations/0025_waiting.sql"),
    include_str!("../migrations/0026_longest_wait.sql"),
    include_str!("../migrations/0027_abandonment.sql"),
    include_str!("../migrations/0028_unanswered.sql"),
    include_str!("../migrations/0029_tags.sql"),
    include_str!("../migrations/0030_canned_responses.sql"),
    include_str!("../migrations/0031_pdf_transcripts.sql"),
    include_str!("../migrations/0032_sms.sql"),
    include_str!("../migrations/0033_units.sql"),
    include_str!("../migrations/0034_email_inboxes.sql"),
    include_str!("../migrations/0035_session_user_agent.sql"),
    include_str!("../migrations/0036_contacts.sql"),
    include_str!("../migrations/0037_account_pictures.sql"),
    include_str!("../migrations/0038_push_subscriptions.sql"),
    include_str!("../migrations/0039_other_days.sql"),
    include_str!("../migrations/0040_widget_sites.sql"),
    include_str!("../migrations/0041_words.sql"),
    include_str!("../migrations/0042_figures_of_departments.sql"),
    include_str!("../migrations/0043_first_requests.sql"),
    include_str!("../migrations/0044_audit_subjects.sql"),
    include_str!("../migrations/0045_numbers_of_rooms.sql"),
    include_str!("../migrations/0046_bodies_side_by_side.sql"),
];

pub(crate) const LATEST: i64 = MIGRATIONS.len() as i64;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Dialect {
    Sqlite,
    Postgres,
}

/// The text for one engine. Lines between `-- only ENGINE` and `-- end` are for that one alone.
fn text_for(text: &str, dialect: Dialect) -> String {
    let mut lines = Vec::new();
    let mut for_us = true;
    for line in text.lines() {
        match line.trim() {
            "-- only postgres" => for_us = dialect == Dialect::Postgres,
            "-- only sqlite" => for_us = dialect == Dialect::Sqlite,
            "-- end" => for_us = true,
            ");" if for_us && dialect == Dialect::Sqlite => lines.push(") STRICT;".to_owned()),
            comment if comment.starts_with("--") => {}
            _ if for_us => lines.push(types_for(line, dialect)),
            _ => {}
        }
    }
    lines.join("\n")
}

/// SQLite's strict tables know five types; PostgreSQL sorts text by the machine's language
/// unless it is told to compare bytes, as SQLite does.
fn types_for(line: &str, dialect: Dialect) -> String {
    match dialect {
        Dialect::Sqlite => line
            .replace("BIGINT", "INTEGER")
            .replace("BOOLEAN", "INTEGER")
            .replace("BYTEA", "BLOB"),
        Dialect::Postgres => line.replace(" TEXT", " TEXT COLLATE \"C\""),
    }
}

/// A program that runs beside a server leaves the schema as it is. An empty database has no server.
fn only_if_allowed(found: i64, may: bool) -> Result<(), OpenError> {
    if may || [0, LATEST].contains(&found) {
        return Ok(());
    }
    Err(OpenError::TooOld {
        found,
        known: LATEST,
    })
}

pub(crate) fn sqlite(
    connection: &mut Connection,
    path: &Path,
    now: Timestamp,
    may: bool,
) -> Result<(), OpenError> {
    let change = |error: rusqlite::Error| match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::Unknown) | None => OpenError::Migration(error.to_string()),
        Some(_) => sqlite::refuse(path, &error),
    };
    let tx = connection
        .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)
        .map_err(change)?;
    tx.pragma_update(None, "application_id", sqlite::APPLICATION_ID)
        .map_err(change)?;
    tx.execute_batch(RECORD).map_err(change)?;
    let found: i64 = tx
        .query_row(VERSION, [], |row| row.get(0))
        .map_err(change)?;
    only_if_allowed(found, may || found > LATEST)?;
    for (number, text) in pending(found)? {
        say(found, number);
        tx.execute_batch(&text_for(text, Dialect::Sqlite))
            .map_err(change)?;
        tx.execute(
            "INSERT INTO migration (version, applied_at) VALUES (?1, ?2)",
            [number, now.millis()],
        )
        .map_err(change)?;
    }
    tx.commit().map_err(change)
}

pub(crate) fn postgres(
    client: &mut ::postgres::Client,
    now: Timestamp,
    may: bool,
) -> Result<(), OpenError> {
    let change = |error: ::postgres::Error| OpenError::Migration(crate::postgres::describe(&error));
    let mut tx = client.transaction().map_err(change)?;
    // Nodes that start together take turns.
    tx.batch_execute("SELECT pg_advisory_xact_lock(1214345835)")
        .map_err(change)?;
    tx.batch_execute(RECORD).map_err(change)?;
    let found: i64 = tx.query_one(VERSION, &[]).map_err(change)?.get(0);
    only_if_allowed(found, may || found > LATEST)?;
    for (number, text) in pending(found)? {
        say(found, number);
        tx.batch_execute(&text_for(text, Dialect::Postgres))
            .map_err(change)?;
        tx.execute(
            "INSERT INTO migration (version, applied_at) VALUES ($1, $2)",
            &[&number, &now.millis()],
        )
        .map_err(change)?;
    }
    tx.commit().map_err(change)
}

/// Some steps write a large table anew, and nobody is served until they are done.
fn say(found: i64, number: i64) {
    if found > 0 {
        tracing::info!(
            step = number,
            of = LATEST,
            "the database is brought up to date"
        );
    }
}

const RECORD: &str =
    "CREATE TABLE IF NOT EXISTS migration (version BIGINT PRIMARY KEY, applied_at BIGINT NOT NULL)";
const VERSION: &str = "SELECT coalesce(max(version), 0) FROM migration";

fn pending(found: i64) -> Result<impl Iterator<Item = (i64, &'static str)>, OpenError> {
    if found > LATEST {
        return Err(OpenError::TooNew {
            found,
            known: LATEST,
        });
    }
    let texts = MIGRATIONS.iter().copied();
    Ok((1..).zip(texts).filter(move |(number, _)| *number > found))
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use super::*;

    const TEXT: &str = "CREATE TABLE a (\n    id BIGINT PRIMARY KEY,\n    name TEXT NOT NULL\n);\n-- only postgres\nCREATE TABLE b (\n    raw BYTEA\n);\n-- end\nCREATE INDEX c ON a (name);";

    #[test]
    fn each_engine_gets_its_own_types() {
        assert_eq!(
            text_for(TEXT, Dialect::Sqlite),
            "CREATE TABLE a (\n    id INTEGER PRIMARY KEY,\n    name TEXT NOT NULL\n) STRICT;\nCREATE INDEX c ON a (name);"
        );
        let postgres = text_for(TEXT, Dialect::Postgres);
        assert!(postgres.contains("name TEXT COLLATE \"C\" NOT NULL"));
        assert!(postgres.contains("CREATE TABLE b (\n    raw BYTEA\n);"));
    }

    #[test]
    fn every_file_of_the_folder_is_in_the_list() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
        let files = std::fs::read_dir(folder).unwrap();
        let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
        files.sort();
        let texts: Vec<String> = files
            .iter()
            .map(|file| std::fs::read_to_string(file).unwrap())
            .collect();
        assert_eq!(texts, MIGRATIONS);
    }

    #[test]
    fn only_what_is_missing_is_applied_and_a_newer_schema_is_refused() {
        assert_eq!(pending(0).unwrap().count(), MIGRATIONS.len());
        assert_eq!(pending(LATEST).unwrap().count(), 0);
        assert!(matches!(
            pending(LATEST + 1).err(),
            Some(OpenError::TooNew { .. })
        ));
    }

    /// Rows of a database of the first schema.
    const FIRST_ROWS: &[&str] = &[
        "INSERT INTO account (id, username, username_key, name, kind, active, status, status_default, status_text,
            require_password_change, preferences, custom_fields, totp_last_step, totp_codes, created_at, updated_at)
        VALUES ('a1', 'Amy', 'amy', 'Amy', 'user', TRUE, 'online', 'online', '', FALSE, '{}', '{}', 0, '[]', 1, 2)",
        "INSERT INTO account_role (account_id, role_id) VALUES ('a1', 'livechat-agent'), ('a1', 'user')",
        "INSERT INTO setting (id, value, sealed, created_at, updated_at) VALUES ('Livechat_title', '\"Help\"', FALSE, 1, 1)",
    ];
    /// The second schema brought chats; until the 45th the number of a chat's last event stood beside it.
    const CHATS_WITH_NUMBERS_BESIDE: Range<i64> = 2..45;
    const FIRST_CHAT: &str = "INSERT INTO room (id, kind, name, open, on_hold, waiting_response, source, tags, custom, metrics,
            priority_weight, estimated_wait, messages, people_count, last_message_at, created_at, updated_at)
        VALUES ('r1', 'c', 'general', TRUE, FALSE, FALSE, '{}', '[]', '{}', '{}', 0, 0, 0, 0, 1, 1, 1);
        INSERT INTO conversation (id, last_seq) VALUES ('r1', 7)";
    /// The second schema brought agents, and made one of each holder of the role.
    fn first_agent(schema: i64) -> String {
        // The sixth schema has another name for it.
        let paused = if schema < 6 {
            "paused_by_house"
        } else {
            "paused_by_system"
        };
        format!(
            "INSERT INTO agent (account_id, available, {paused}, assigned, updated_at)
            VALUES ('a1', TRUE, FALSE, 0, 2)"
        )
    }
    const KEPT: &str = "SELECT count(*) FROM account JOIN agent ON agent.account_id = account.id
        JOIN setting ON setting.id = 'Livechat_title' WHERE account.username = 'Amy' AND agent.available";
    /// The third schema brought webhooks.
    const FIRST_BODY: &str =
        "INSERT INTO delivery_body (position, dialect, body) VALUES (3, 'standard', x'7b7d')";
    const BODIES: &str = "SELECT count(*) FROM delivery_body WHERE position = 3 AND body = x'7b7d'";
    const LAST_SEQ: &str = "SELECT CAST(coalesce(max(last_seq), 0) AS BIGINT) FROM room";
    const NOW: Timestamp = Timestamp::from_millis(5);

    #[test]
    fn a_file_of_each_earlier_schema_is_brought_up_to_date() {
        for old in 1..LATEST {
            let mut file = Connection::open_in_memory().unwrap();
            let path = Path::new("in memory");
            file.execute_batch(RECORD).unwrap();
            for (number, text) in pending(0).unwrap().take(old as usize) {
                file.execute_batch(&text_for(text, Dialect::Sqlite))
                    .unwrap();
                file.execute("INSERT INTO migration VALUES (?1, 1)", [number])
                    .unwrap();
            }
            for statement in FIRST_ROWS {
                file.execute(statement, []).unwrap();
            }
            if old > 1 {
                file.execute(&first_agent(old), []).unwrap();
            }
            let has_chat = CHATS_WITH_NUMBERS_BESIDE.contains(&old);
            if has_chat {
                file.execute_batch(FIRST_CHAT).unwrap();
            }
            if old > 2 {
                file.execute(FIRST_BODY, []).unwrap();
            }
            let refused = sqlite(&mut file, path, NOW, false);
            assert!(matches!(refused, Err(OpenError::TooOld { found, .. }) if found == old));
            sqlite(&mut file, path, NOW, true).unwrap();
            sqlite(&mut file, path, NOW, false).unwrap();
            let kept: i64 = file.query_row(KEPT, [], |row| row.get(0)).unwrap();
            assert_eq!(kept, 1);
            let last: i64 = file.query_row(LAST_SEQ, [], |row| row.get(0)).unwrap();
            assert_eq!(last, if has_chat { 7 } else { 0 });
            let bodies: i64 = file.query_row(BODIES, [], |row| row.get(0)).unwrap();
            assert_eq!(bodies, i64::from(old > 2));
            let version: i64 = file.query_row(VERSION, [], |row| row.get(0)).unwrap();
            assert_eq!(version, LATEST);
        }
    }

    /// One of them is longer than a row may be in a tree whose rows are its keys.
    #[test]
    fn bodies_of_two_kilobytes_share_pages() {
        const HUNDRED: &str = "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 100)
            INSERT INTO delivery_body (position, dialect, body) SELECT x, 'standard', zeroblob(2200) FROM n";
        let pages = |file: &Connection| -> i64 {
            file.query_row("PRAGMA page_count", [], |row| row.get(0))
                .unwrap()
        };
        let mut file = Connection::open_in_memory().unwrap();
        file.pragma_update(None, "page_size", 8192).unwrap();
        sqlite(&mut file, Path::new("in memory"), NOW, true).unwrap();
        let before = pages(&file);
        file.execute(HUNDRED, []).unwrap();
        let taken = pages(&file) - before;
        assert!(taken < 50, "{taken} pages for a hundred bodies");
    }

    #[test]
    fn a_postgres_of_each_earlier_schema_is_brought_up_to_date() {
        for old in 1..LATEST {
            let database = hark_testkit::Database::fresh(hark_testkit::Engine::Postgres);
            let url = database.url().unwrap();
            let mut client = ::postgres::Client::connect(url, ::postgres::NoTls).unwrap();
            client.batch_execute(RECORD).unwrap();
            for (number, text) in pending(0).unwrap().take(old as usize) {
                client
                    .batch_execute(&text_for(text, Dialect::Postgres))
                    .unwrap();
                client
                    .execute("INSERT INTO migration VALUES ($1, 1)", &[&number])
                    .unwrap();
            }
            for statement in FIRST_ROWS {
                client.batch_execute(statement).unwrap();
            }
            if old > 1 {
                client.batch_execute(&first_agent(old)).unwrap();
            }
            let has_chat = CHATS_WITH_NUMBERS_BESIDE.contains(&old);
            if has_chat {
                client.batch_execute(FIRST_CHAT).unwrap();
            }
            let refused = postgres(&mut client, NOW, false);
            assert!(matches!(refused, Err(OpenError::TooOld { found, .. }) if found == old));
            postgres(&mut client, NOW, true).unwrap();
            let kept: i64 = client.query_one(KEPT, &[]).unwrap().get(0);
            assert_eq!(kept, 1);
            let last: i64 = client.query_one(LAST_SEQ, &[]).unwrap().get(0);
            assert_eq!(last, if has_chat { 7 } else { 0 });
        }
    }
}

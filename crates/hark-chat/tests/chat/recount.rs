//! What has to be true whatever happened, counted anew with statements of the tests' own.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use hark_chat::inquiries;
use hark_store::{Statement, params};
use hark_testkit::eventually;

use crate::figures::{self, ALWAYS};
use crate::story;
use crate::world::World;

/// Each counts what breaks a rule.
macro_rules! never {
    ($($rule:literal: $sql:expr;)+) => {
        const RULES: usize = [$($rule),+].len();
        static NEVER: [Statement; RULES] = [$(Statement::new($rule, $sql, None)),+];
    };
}

never! {
    "an open chat has exactly one place in the queue":
        "SELECT count(*) FROM room WHERE kind = 'l' AND open
            AND (SELECT count(*) FROM inquiry WHERE room_id = room.id) <> 1";
    "a closed chat has none":
        "SELECT count(*) FROM inquiry JOIN room ON room.id = room_id WHERE NOT room.open";
    "nobody is in a closed chat":
        "SELECT count(*) FROM subscription JOIN room ON room.id = room_id
            WHERE NOT room.open";
    "taken is what is served":
        "SELECT count(*) FROM inquiry JOIN room ON room.id = room_id
            WHERE (inquiry.status = 'taken') <> (room.served_by IS NOT NULL)";
    "the one who serves a chat is in it":
        "SELECT count(*) FROM room WHERE open AND served_by IS NOT NULL AND NOT EXISTS
            (SELECT 1 FROM subscription WHERE room_id = room.id AND account_id = room.served_by)";
    "who serves has begun to":
        "SELECT count(*) FROM room WHERE (served_by IS NULL) <> (served_at IS NULL)";
    "who is there and open for chats is on duty, and nobody else":
        "SELECT count(*) FROM agent JOIN account ON account.id = agent.account_id
            WHERE (agent.available AND account.status <> 'offline')
                <> EXISTS (SELECT 1 FROM on_duty WHERE account_id = account.id AND ended_at IS NULL)";
    "what waits in the queue has waited since a moment":
        "SELECT count(*) FROM inquiry WHERE (status = 'queued' AND queued_at IS NULL)
            OR (status = 'taken') <> (taken_at IS NOT NULL) OR (status = 'taken' AND queued_at IS NOT NULL)";
    "a room that waits knows since when":
        "SELECT count(*) FROM inquiry JOIN room ON room.id = room_id
            WHERE (inquiry.status = 'taken' AND room.queued_at IS NOT NULL)
                OR (inquiry.status = 'queued' AND room.queued_at IS NULL)";
    "what is on hold is open and served":
        "SELECT count(*) FROM room WHERE on_hold AND NOT (open AND served_by IS NOT NULL)";
    "what is on hold is so since a moment":
        "SELECT count(*) FROM room WHERE on_hold <> (held_since IS NOT NULL)";
    "nobody owes an answer in what is on hold":
        "SELECT count(*) FROM room WHERE on_hold AND visitor_silent_since IS NOT NULL";
    "what is urgent is so in its queue, too":
        "SELECT count(*) FROM inquiry JOIN room ON room.id = room_id WHERE room.priority_id IS NOT NULL
            AND (room.priority_weight <> inquiry.priority_weight
                OR room.priority_weight <> (SELECT weight FROM priority WHERE id = room.priority_id))";
    "what is due waits":
        "SELECT count(*) FROM inquiry WHERE due_at IS NOT NULL AND status = 'taken'";
    "what is promised to an open chat is what its policy says":
        "SELECT count(*) FROM room WHERE open AND estimated_wait
            <> coalesce((SELECT minutes FROM sla WHERE id = room.sla_id), 9999999)";
    "a visitor has one open chat":
        "SELECT count(*) FROM (SELECT visitor_id FROM room WHERE open AND visitor_id IS NOT NULL
            GROUP BY visitor_id HAVING count(*) > 1) AS twice";
    "a room's messages are counted":
        "SELECT count(*) FROM room WHERE kind = 'l'
            AND messages <> (SELECT count(*) FROM message WHERE room_id = room.id)";
    "what was said in a room is counted":
        "SELECT count(*) FROM room WHERE kind = 'l'
            AND said <> (SELECT count(*) FROM message WHERE room_id = room.id AND kind IS NULL)";
    "how often a chat was passed on is counted":
        "SELECT count(*) FROM room WHERE kind = 'l' AND transfers <> (SELECT count(*) FROM message
            WHERE room_id = room.id AND kind = 'livechat_transfer_history')";
    "a room's people are counted":
        "SELECT count(*) FROM room WHERE kind = 'l'
            AND people_count <> 1 + (SELECT count(*) FROM subscription WHERE room_id = room.id)";
    "a closed chat says how it ended":
        "SELECT count(*) FROM room WHERE kind = 'l' AND (open = (closed_at IS NOT NULL)
            OR open = (closer IS NOT NULL) OR open = (closed_by IS NOT NULL))";
    "a closed chat waits for nobody":
        "SELECT count(*) FROM room WHERE NOT open
            AND (waiting_response OR on_hold OR queued_at IS NOT NULL OR visitor_silent_since IS NOT NULL)";
    "who has not answered has an open chat":
        "SELECT count(*) FROM room WHERE unanswered_since IS NOT NULL AND (NOT open OR served_by IS NULL OR on_hold)";
    "who counts as gone some time owes an answer":
        "SELECT count(*) FROM room WHERE abandoned_at IS NOT NULL AND visitor_silent_since IS NULL";
    "who waits for an agent owes no answer":
        "SELECT count(*) FROM room WHERE open AND served_by IS NULL AND visitor_silent_since IS NOT NULL";
    "closed chats are counted":
        "SELECT count(*) FROM (SELECT 1 AS one) AS once
            WHERE (SELECT coalesce(sum(number), 0) FROM tally WHERE scope = 'closed')
                <> (SELECT count(*) FROM room WHERE kind = 'l' AND NOT open)";
    "closed chats of an agent are counted":
        "SELECT count(*) FROM account
            WHERE (SELECT coalesce(sum(number), 0) FROM tally WHERE scope = 'closed:agent:' || account.id)
                <> (SELECT count(*) FROM room WHERE NOT open AND served_by = account.id)";
    "closed chats of a department are counted":
        "SELECT count(*) FROM department
            WHERE (SELECT coalesce(sum(number), 0) FROM tally WHERE scope = 'closed:department:' || department.id)
                <> (SELECT count(*) FROM room WHERE NOT open AND department_id = department.id)";
    "visitors are counted":
        "SELECT count(*) FROM (SELECT 1 AS one) AS once
            WHERE (SELECT coalesce(sum(number), 0) FROM tally WHERE scope = 'visitors')
                <> (SELECT count(*) FROM visitor WHERE token IS NOT NULL)";
    "nothing is left of a visitor who was removed":
        "SELECT count(*) FROM visitor WHERE removed AND (token IS NOT NULL OR name IS NOT NULL
            OR EXISTS (SELECT 1 FROM room WHERE visitor_id = visitor.id)
            OR EXISTS (SELECT 1 FROM visitor_contact WHERE visitor_id = visitor.id))";
    "chats are in departments that there are":
        "SELECT count(*) FROM room WHERE open AND department_id IS NOT NULL
            AND department_id NOT IN (SELECT id FROM department)";
    "queues are of departments that there are":
        "SELECT count(*) FROM inquiry WHERE department_id IS NOT NULL
            AND department_id NOT IN (SELECT id FROM department)";
    "events of a conversation have numbers without gaps":
        "SELECT count(*) FROM room
            WHERE last_seq <> (SELECT count(*) FROM event WHERE conversation = room.id)
                OR last_seq <> (SELECT coalesce(max(seq), 0) FROM event WHERE conversation = room.id)";
    "a message came with an event":
        "SELECT count(*) FROM message JOIN room ON room.id = room_id WHERE room.kind = 'l'
            AND (seq < 1 OR seq > room.last_seq + CASE message.kind WHEN 'livechat_navigation_history' THEN 1 ELSE 0 END)";
    "a message is in a room or waits for one":
        "SELECT count(*) FROM message WHERE (room_id IS NULL) = (waits_for_token IS NULL)";
    "messages are in rooms that there are":
        "SELECT count(*) FROM message WHERE room_id IS NOT NULL AND room_id NOT IN (SELECT id FROM room)";
    "what became of messages is known of rooms that there are":
        "SELECT (SELECT count(*) FROM message_past WHERE room_id NOT IN (SELECT id FROM room))
            + (SELECT count(*) FROM message_removed WHERE room_id NOT IN (SELECT id FROM room))";
    "nothing is counted below nothing":
        "SELECT (SELECT count(*) FROM subscription WHERE unread < 0)
            + (SELECT count(*) FROM agent WHERE assigned < 0)
            + (SELECT count(*) FROM department_agent WHERE assigned < 0)
            + (SELECT count(*) FROM room WHERE messages < 0 OR people_count < 0)";
}

static STAGED: Statement = Statement::new(
    "staged",
    "SELECT 0",
    Some("SELECT count(*) FROM event_staged"),
);

/// Counts everything anew.
pub fn check(world: &World) {
    eventually("the log to be in order", || {
        (world.number(&STAGED) == 0).then_some(())
    });
    for broken in &NEVER {
        assert_eq!(world.number(broken), 0, "{}", broken.name());
    }
    check_queues(world);
    check_departments(world);
    figures::check(world, ALWAYS, None);
    story::check(world);
}

static QUEUED: Statement = Statement::new(
    "queued",
    "SELECT id, coalesce(department_id, ''), priority_weight, estimated_wait, created_at
        FROM inquiry WHERE status = 'queued'",
    None,
);

/// Everyone in a queue has a place of their own, in the order of the queue.
fn check_queues(world: &World) {
    let policy = world.policy();
    let order = policy.text(hark_model::settings::Omnichannel_sorting_mechanism);
    let mut queues: BTreeMap<String, Vec<(i64, i64, String)>> = BTreeMap::new();
    let queued = world.read(|view| {
        view.query(&QUEUED, params![], |row| {
            Ok((
                row.get::<String>(0)?,
                row.get::<String>(1)?,
                row.get::<i64>(2)?,
                row.get::<i64>(3)?,
                row.get::<i64>(4)?,
            ))
        })
    });
    for (id, department, weight, wait, at) in queued {
        let rank = match order {
            "Priority" => weight,
            "SLAs" => wait,
            _ => 0,
        };
        queues.entry(department).or_default().push((rank, at, id));
    }
    for queue in queues.values_mut() {
        queue.sort();
        let expected: Vec<Option<i64>> = (1..=queue.len() as i64).map(Some).collect();
        let ids: Vec<String> = queue.iter().map(|(_, _, id)| id.clone()).collect();
        let (policy, asked) = (policy.clone(), ids.clone());
        let places = world.read(move |view| {
            let mut places = Vec::new();
            for id in &asked {
                let inquiry = inquiries::find(view, id)?.unwrap();
                places.push(inquiries::position(view, &policy, &inquiry)?);
            }
            Ok(places)
        });
        assert_eq!(places, expected, "places in a queue");
        // Routing looks for agents in the same order.
        let policy = world.policy();
        let waiting = world.read(move |view| inquiries::waiting(view, &policy, 10_000));
        let mut waiting: Vec<String> = waiting.into_iter().map(|one| one.id).collect();
        waiting.retain(|id| ids.contains(id));
        assert_eq!(waiting, ids, "the order of those who wait");
    }
}

static AGENTS_OF: Statement = Statement::new(
    "agents_of",
    "SELECT department.id, (SELECT count(*) FROM department_agent WHERE department_id = department.id)
        FROM department",
    None,
);

fn check_departments(world: &World) {
    let counted = world.read(|view| {
        view.query(&AGENTS_OF, params![], |row| {
            Ok((row.get::<String>(0)?, row.get::<i64>(1)?))
        })
    });
    for (id, agents) in counted {
        let department = world.read(move |view| hark_chat::departments::find(view, &id));
        assert_eq!(department.unwrap().agents, agents, "agents of a department");
    }
}

const TABLES: [&str; 18] = [
    "visitor",
    "visitor_contact",
    "room",
    "tally",
    "inquiry",
    "subscription",
    "message",
    "message_past",
    "message_removed",
    "note",
    "note_mention",
    "agent",
    "department",
    "department_agent",
    "upload",
    "upload_garbage",
    "mail",
    "account",
];

static COLUMNS: Statement = Statement::new(
    "columns",
    "SELECT (SELECT group_concat('quote(' || name || ')', '||'',''||') FROM pragma_table_info($1))",
    Some("SELECT 'row_to_json(' || $1::text || ')::text'"),
);

/// Everything that chats are made of, and how many events there are, as one text.
pub fn dump(world: &World) -> String {
    static DUMPS: [OnceLock<Vec<Statement>>; 2] = [OnceLock::new(), OnceLock::new()];
    let place = &DUMPS[usize::from(world.store.engine() == "sqlite")];
    let statements = place.get_or_init(|| {
        let dump = |table: &'static str| {
            let columns: Option<String> =
                world.read(move |view| view.one(&COLUMNS, params![table], |row| row.get(0)));
            let sql = format!("SELECT {} FROM {table} ORDER BY 1", columns.unwrap());
            Statement::new(table, Box::leak(sql.into_boxed_str()), None)
        };
        TABLES.map(dump).into()
    });
    world.read(move |view| {
        let mut text = String::new();
        for statement in statements {
            for row in view.query(statement, params![], |row| row.get::<String>(0))? {
                text.push_str(statement.name());
                text.push(' ');
                text.push_str(&row);
                text.push('\n');
            }
        }
        Ok(text)
    })
}

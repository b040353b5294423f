//! What goes on at this moment: the open chats of each agent, and what was taken from the queue of late.

use std::collections::BTreeMap;

use hark_model::rooms::Metrics;
use hark_model::units::{DEPARTMENTS_OF, QUEUES_OF};
use hark_store::{Record as _, Result, Timestamp, View, params, record, sql, statements};

statements! {
    /// room_open: all that go on.
    OPEN = sql!("SELECT ", Open::COLUMNS, " FROM room WHERE room.kind = 'l' AND room.open AND room.served_by IS NOT NULL
            AND ($1 = '' OR room.department_id = $1) AND ($2 = '' OR room.department_id IN ", DEPARTMENTS_OF, "$2))
        GROUP BY room.served_by LIMIT 5000");
    /// room_open: all that go on.
    TAKEN = sql!("SELECT ", Taken::COLUMNS, SERVED, " AND room.kind = 'l' AND room.open AND room.served_at >= $1
        ORDER BY room.created_at DESC, room.id DESC LIMIT 5000");
    /// room_by_closed: those that ended since then.
    TAKEN_AND_CLOSED = sql!("SELECT ", Taken::COLUMNS, SERVED, " AND room.kind = 'l' AND room.closed_at >= $1
        ORDER BY room.closed_at DESC, room.id DESC LIMIT 5000");
}

/// Those of the queues that an agent sees, or of all.
const SERVED: &str = sql!(
    " FROM room LEFT JOIN account AS server ON server.id = room.served_by
    WHERE room.served_by IS NOT NULL AND ($2 = '' OR room.department_id IS NULL OR room.department_id IN ",
    QUEUES_OF,
    "$2))"
);

record! {
    /// The open chats of an agent.
    #[derive(Debug, Clone, Default)]
    pub struct Open from "room" {
        agent: String = "room.served_by",
        /// Those that are not on hold.
        pub chats: i64 = "CAST(coalesce(sum(CASE WHEN room.on_hold THEN 0 ELSE 1 END), 0) AS BIGINT)",
        pub held: i64 = "CAST(coalesce(sum(CASE WHEN room.on_hold THEN 1 ELSE 0 END), 0) AS BIGINT)",
        /// Those whose visitors spoke last.
        pub waiting: i64 = "CAST(coalesce(sum(CASE WHEN room.waiting_response AND NOT room.on_hold THEN 1 ELSE 0 END), 0) AS BIGINT)",
        /// When the first of these said their last words.
        pub since: Option<Timestamp> = "min(CASE WHEN room.waiting_response AND NOT room.on_hold
            THEN coalesce(room.visitor_last_message_at, room.created_at) END)",
    }
}

record! {
    /// A chat that an agent has or had.
    #[derive(Debug, Clone)]
    pub struct Taken from "room" {
        /// What the visitor is called.
        pub name: String,
        pub agent: String = "room.served_by",
        /// What the agent is called; nothing of one who is gone.
        pub agent_name: Option<String> = "server.name",
        pub metrics: Metrics,
        pub created_at: Timestamp,
    }
}

/// What agents first had at a moment or later, with that moment of each: of all chats, or those whose queue an agent sees.
pub fn taken(
    view: &mut View<'_>,
    since: Timestamp,
    agent: Option<&str>,
) -> Result<Vec<(Timestamp, Taken)>> {
    let wanted = params![since, agent.unwrap_or_default()];
    let mut found: Vec<Taken> = view.records(&TAKEN, wanted)?;
    found.extend(view.records::<Taken>(&TAKEN_AND_CLOSED, wanted)?);
    // One that was passed on was taken before its present agent had it.
    let each = found.into_iter().filter_map(|taken| {
        let at = Timestamp::from_millis(taken.metrics.taken_at?);
        (at >= since).then_some((at, taken))
    });
    Ok(each.collect())
}

/// The open chats of each agent who has any, in a department or in all, by the agent's id; for a monitor those of their units.
pub fn open(
    view: &mut View<'_>,
    department: Option<&str>,
    monitor: Option<&str>,
) -> Result<BTreeMap<String, Open>> {
    let (department, monitor) = (department.unwrap_or_default(), monitor.unwrap_or_default());
    let open: Vec<Open> = view.records(&OPEN, params![department, monitor])?;
    let open = open.into_iter();
    Ok(open.map(|open| (open.agent.clone(), open)).collect())
}

//! What goes on at this moment: the open chats of each agent.

use std::collections::BTreeMap;

use hark_model::units::DEPARTMENTS_OF;
use hark_store::{Record as _, Result, Timestamp, View, params, record, sql, statements};

statements! {
    /// room_open: all that go on.
    OPEN = sql!("SELECT ", Open::COLUMNS, " FROM room WHERE room.kind = 'l' AND room.open AND room.served_by IS NOT NULL
            AND ($1 = '' OR room.department_id = $1) AND ($2 = '' OR room.department_id IN ", DEPARTMENTS_OF, "$2))
        GROUP BY room.served_by LIMIT 5000");
}

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

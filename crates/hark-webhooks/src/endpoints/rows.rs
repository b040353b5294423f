use hark_store::{
    Param, Position, Record as _, Result, Timestamp, Tx, View, params, record, sql, statements,
    writes,
};
use serde_json::Value;

use super::{Draft, New, State, Trouble};
use crate::dialects::Dialect;

record! {
    /// As it is stored.
    pub(super) struct Stored from "endpoint" {
        pub(super) number: i64,
        pub(super) id: String,
        pub(super) origin: String,
        pub(super) name: String,
        pub(super) dialect: String,
        pub(super) url: String,
        pub(super) events: Vec<String>,
        pub(super) secrets: Option<Vec<u8>>,
        pub(super) policy: Value,
        pub(super) state: String,
        pub(super) reason: Option<String>,
        pub(super) trouble: Option<String>,
        pub(super) trouble_class: Option<String>,
        pub(super) trouble_since: Option<Timestamp>,
        pub(super) alerted_at: Option<Timestamp>,
        pub(super) state_since: Timestamp,
        pub(super) since: Position,
        pub(super) created_at: Timestamp,
        pub(super) updated_at: Timestamp,
    }
}

statements! {
    /// A small table.
    ALL_OF_THEM = sql!("SELECT ", Stored::COLUMNS, " FROM endpoint WHERE state <> 'removed' ORDER BY number");
    COUNT = "SELECT count(*) FROM endpoint WHERE state <> 'removed'";
    /// endpoint_by_id.
    FIND = sql!("SELECT ", Stored::COLUMNS, " FROM endpoint WHERE id = $1 AND state <> 'removed'");
    BRIEF = sql!("SELECT ", Brief::COLUMNS, " FROM endpoint WHERE state <> 'removed' ORDER BY number");
    REMOVED = "SELECT number FROM endpoint WHERE state = 'removed' ORDER BY number LIMIT 1";
    ERASE = "DELETE FROM endpoint WHERE number = $1";
    ERASE_LANE = "DELETE FROM lane WHERE endpoint = $1";
}

writes! {
    pub(super) fn insert(
        now: Timestamp, number: i64, new: &New<'_>, secrets: Option<&Vec<u8>>, since: Position
    ) insert endpoint {
        number = number,
        id = new.id,
        origin = new.origin.as_str(),
        name = &new.draft.name,
        dialect = new.draft.dialect.as_str(),
        url = &new.draft.url,
        events = &new.draft.events,
        secrets = secrets,
        policy = Param::json(&new.draft.overrides),
        state = "active",
        state_since = now,
        since = since,
        created_at = now,
        updated_at = now,
    };
    /// Primary key.
    pub(super) fn change(now: Timestamp, number: i64, draft: &Draft) update endpoint {
        number = number,
        name = &draft.name,
        url = &draft.url,
        events = &draft.events,
        policy = Param::json(&draft.overrides),
        updated_at = now,
    };
    /// Primary key.
    pub(super) fn set_secrets(now: Timestamp, number: i64, secrets: &Vec<u8>) update endpoint {
        number = number,
        secrets = secrets,
        updated_at = now,
    };
    /// Primary key.
    pub(super) fn set_state(now: Timestamp, number: i64, state: State, reason: Option<&str>) update endpoint {
        number = number,
        state = state.as_str(),
        reason = reason,
        state_since = now,
    };
    /// Primary key.
    pub(super) fn set_trouble(number: i64, trouble: Option<&Trouble>) update endpoint {
        number = number,
        trouble = trouble.map(|trouble| &*trouble.why),
        trouble_class = trouble.map(|trouble| &*trouble.class),
        trouble_since = trouble.map(|trouble| trouble.since),
    };
    /// Primary key.
    pub(super) fn set_alerted(now: Timestamp, number: i64) update endpoint {
        number = number,
        alerted_at = now,
    };
    pub(super) fn insert_lane(number: i64, since: Position) insert lane {
        endpoint = number,
        cursor = since,
        made = 0,
        delivered = 0,
        given_up = 0,
        attempts = 0,
        failed_attempts = 0,
    };
}

record! {
    /// What has to be known of an endpoint to tell what waits for it.
    pub(crate) struct Brief from "endpoint" {
        /// By which deliveries know it.
        pub(crate) number: i64,
        pub(crate) id: String,
        pub(crate) is_disabled: bool = "endpoint.state = 'disabled'",
        pub(crate) dialect: Option<Dialect> => |text: String| Dialect::parse(&text),
    }
}

pub(crate) fn brief(view: &mut View<'_>) -> Result<Vec<Brief>> {
    view.records(&BRIEF, params![])
}

/// An endpoint that was removed and of which rows may be left.
pub(crate) fn removed(view: &mut View<'_>) -> Result<Option<i64>> {
    view.one(&REMOVED, params![], |row| row.get(0))
}

pub(crate) fn erase(tx: &mut Tx<'_>, number: i64) -> Result<()> {
    tx.execute(&ERASE_LANE, params![number])?;
    tx.execute(&ERASE, params![number])
}

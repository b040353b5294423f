use hark_store::{Record, Result, View, params, sql, statements, writes};

use super::VisitorReading;

statements! {
    /// Primary key.
    FIND = sql!("SELECT ", VisitorReading::COLUMNS, " FROM visitor_reading WHERE room_id = $1");
}

writes! {
    /// Primary key. Nobody has read less than before.
    pub(super) fn go_on(room: &str, reading: &VisitorReading) insert visitor_reading {
        room_id = room,
        message_id = &reading.message,
        message_at = reading.message_at,
        at = reading.at,
    } "ON CONFLICT (room_id) DO UPDATE SET
        message_id = excluded.message_id, message_at = excluded.message_at, at = excluded.at
        WHERE visitor_reading.message_at < excluded.message_at";
}

/// Nothing: the visitor has read nothing yet, as far as their window says.
pub fn of_visitor(view: &mut View<'_>, room: &str) -> Result<Option<VisitorReading>> {
    view.record(&FIND, params![room])
}

use hark_store::{Param, Record, Result, Row, Tx, View, params, record, sql, statements};

use super::{Asked, Chat, Place, Span, Sums};
use hark_model::units::DEPARTMENTS_OF;

/// Rows of a span in a stretch of time, of a department or of all, or of a monitor's.
const IN_TIME: &str = sql!(
    " FROM figure WHERE span = $1 AND at >= $2 AND at < $3 AND ($4 = '' OR department = $4)
        AND ($5 = '' OR department IN ",
    DEPARTMENTS_OF,
    "$5)) "
);
/// Chats that began in a stretch of time, of a department or of all, or of a monitor's.
const BEGAN: &str = sql!(
    " room.created_at >= $1 AND room.created_at < $2 AND ($3 = '' OR room.department_id = $3)
        AND ($4 = '' OR room.department_id IN ",
    DEPARTMENTS_OF,
    "$4)) "
);
const CLOSED: &str = " room.kind = 'l' AND NOT room.open AND ";

statements! {
    /// One row, locked before sums are read and changed, so that changes take turns.
    TURN = "SELECT id FROM figure_turn",
        postgres = "SELECT id FROM figure_turn FOR UPDATE";
    /// Primary key.
    MAKE_DUE = "INSERT INTO figure_due (room_id) VALUES ($1) ON CONFLICT DO NOTHING";
    UNDO_DUE = "DELETE FROM figure_due WHERE room_id = $1";
    TAKE_DUE = "DELETE FROM figure_due WHERE room_id IN (SELECT room_id FROM figure_due ORDER BY room_id LIMIT $1)
        RETURNING room_id";
    IS_DUE = "SELECT room_id FROM figure_due LIMIT 1";
    /// Primary key.
    CHAT = sql!("SELECT ", Chat::COLUMNS, " FROM room WHERE id = $1");
    CHATS = sql!("SELECT ", Chat::COLUMNS, " FROM room WHERE", CLOSED, "id IN (SELECT value FROM json_each($1))"),
        postgres = sql!("SELECT ", Chat::COLUMNS, " FROM room WHERE", CLOSED, "id IN (
            SELECT value FROM json_array_elements_text(CAST(CAST($1 AS TEXT) AS JSON)))");
    SUMMED_UP_OF = sql!("SELECT ", Chat::COLUMNS, " FROM room WHERE", CLOSED, "id IN (SELECT value FROM json_each($1))
            AND NOT EXISTS (SELECT 1 FROM figure_due WHERE room_id = room.id)"),
        postgres = sql!("SELECT ", Chat::COLUMNS, " FROM room WHERE", CLOSED, "id IN (
            SELECT value FROM json_array_elements_text(CAST(CAST($1 AS TEXT) AS JSON)))
            AND NOT EXISTS (SELECT 1 FROM figure_due WHERE room_id = room.id)");
    /// Primary key.
    AT_PLACE = sql!("SELECT ", Sums::COLUMNS, " FROM figure WHERE span = $1 AND at = $2 AND department = $3 AND agent = $4");
    FORGET_PLACE = "DELETE FROM figure WHERE span = $1 AND at = $2 AND department = $3 AND agent = $4";
    /// Primary key, near its end.
    ADD = "INSERT INTO figure (span, at, department, agent, chats, messages, tagged, transferred, abandoned, duration,
            longest_duration, served, service, answered, first_response, best_response, longest_response, response,
            reaction, longest_reaction)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
        ON CONFLICT (span, at, department, agent) DO UPDATE SET chats = figure.chats + excluded.chats,
            messages = figure.messages + excluded.messages, tagged = figure.tagged + excluded.tagged,
            transferred = figure.transferred + excluded.transferred,
            abandoned = figure.abandoned + excluded.abandoned, duration = figure.duration + excluded.duration,
            longest_duration = CASE WHEN figure.longest_duration > excluded.longest_duration
                THEN figure.longest_duration ELSE excluded.longest_duration END,
            served = figure.served + excluded.served, service = figure.service + excluded.service,
            answered = figure.answered + excluded.answered,
            first_response = figure.first_response + excluded.first_response,
            best_response = CASE WHEN excluded.best_response IS NULL OR figure.best_response < excluded.best_response
                THEN figure.best_response ELSE excluded.best_response END,
            longest_response = CASE WHEN figure.longest_response > excluded.longest_response
                THEN figure.longest_response ELSE excluded.longest_response END,
            response = figure.response + excluded.response, reaction = figure.reaction + excluded.reaction,
            longest_reaction = CASE WHEN figure.longest_reaction > excluded.longest_reaction
                THEN figure.longest_reaction ELSE excluded.longest_reaction END";
    /// Primary key.
    LEAD = "UPDATE figure SET longest_duration = $5, best_response = $6, longest_response = $7, longest_reaction = $8
        WHERE span = $1 AND at = $2 AND department = $3 AND agent = $4";
    ADD_LABEL = "INSERT INTO figure_label (at, kind, label, number) VALUES ($1, $2, $3, $4)
        ON CONFLICT (at, kind, label) DO UPDATE SET number = figure_label.number + excluded.number";
    DROP_LABEL = "DELETE FROM figure_label WHERE at = $1 AND kind = $2 AND label = $3 AND number <= 0";
    ADD_DEPARTMENT_LABEL = "INSERT INTO figure_department_label (department, at, kind, label, number) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (department, at, kind, label) DO UPDATE SET number = figure_department_label.number + excluded.number";
    DROP_DEPARTMENT_LABEL = "DELETE FROM figure_department_label
        WHERE department = $1 AND at = $2 AND kind = $3 AND label = $4 AND number <= 0";
    /// room_by_created: those of one day at most, of whom the row speaks.
    OTHERS_AT = sql!("SELECT ", Chat::COLUMNS, " FROM room WHERE", CLOSED, "room.created_at >= $1 AND room.created_at < $2
            AND coalesce(room.department_id, '') = $3 AND (CAST($4 AS BIGINT) = 0 OR coalesce(room.served_by, '') = $5)
            AND room.id <> $6 AND NOT EXISTS (SELECT 1 FROM figure_due WHERE room_id = room.id)");
    /// room_by_created: those of a day.
    SUMMED_UP = sql!("SELECT ", Chat::COLUMNS, " FROM room WHERE", CLOSED, "room.created_at >= $1 AND room.created_at < $2
            AND NOT EXISTS (SELECT 1 FROM figure_due WHERE room_id = room.id)");
    /// Primary keys.
    FORGET = "DELETE FROM figure WHERE span = $1 AND at >= $2 AND at < $3";
    FORGET_LABELS = "DELETE FROM figure_label WHERE at >= $1 AND at < $2";
    /// Primary key, for each department that has chats then.
    FORGET_DEPARTMENT_LABELS = "DELETE FROM figure_department_label WHERE at >= $1 AND at < $2 AND department IN (
        SELECT department FROM figure WHERE span = 'd' AND at >= $1 AND at < $2)";
    /// A small table, which is empty once it is done.
    TO_RECOUNT = "SELECT day FROM figure_recount ORDER BY day DESC LIMIT 1";
    RECOUNTED = "DELETE FROM figure_recount WHERE day = $1";
    /// room_by_created, both ends.
    FIRST = "SELECT created_at FROM room WHERE kind = 'l' ORDER BY created_at, id LIMIT 1";
    LAST = "SELECT created_at FROM room WHERE kind = 'l' ORDER BY created_at DESC, id DESC LIMIT 1";
    /// Primary key, a range.
    BY_PLACE = sql!("SELECT ", OfPlace::COLUMNS, IN_TIME, "GROUP BY department, agent");
    BY_TIME = sql!("SELECT ", OfTime::COLUMNS, IN_TIME, "GROUP BY at");
    BY_TIME_OF_SOME = sql!("SELECT ", OfTime::COLUMNS, IN_TIME, "AND department IN (SELECT value FROM json_each($6)) GROUP BY at"),
        postgres = sql!("SELECT ", OfTime::COLUMNS, IN_TIME, "AND department IN (
            SELECT value FROM json_array_elements_text(CAST(CAST($6 AS TEXT) AS JSON))) GROUP BY at");
    LABELS = "SELECT label, CAST(sum(number) AS BIGINT) FROM figure_label WHERE at >= $1 AND at < $2 AND kind = $3 GROUP BY label";
    /// Primary key, a range.
    LABELS_OF_DEPARTMENT = sql!("SELECT label, CAST(sum(number) AS BIGINT) FROM figure_department_label
        WHERE department = $4 AND at >= $1 AND at < $2 AND kind = $3 AND ($5 = '' OR department IN ", DEPARTMENTS_OF, "$5)) GROUP BY label");
    /// Primary key, a range of each department.
    LABELS_OF_MONITOR = sql!("SELECT label, CAST(sum(number) AS BIGINT) FROM figure_department_label
        WHERE department IN ", DEPARTMENTS_OF, "$4) AND at >= $1 AND at < $2 AND kind = $3 GROUP BY label");
    /// room_open.
    OPEN = sql!("SELECT ", Chat::COLUMNS, " FROM room WHERE room.kind = 'l' AND room.open AND", BEGAN);
    /// The whole of a small table, then primary keys.
    // A CROSS JOIN, which SQLite takes in the order in which it stands: a year of rooms is not the smaller table.
    DUE = sql!("SELECT ", Chat::COLUMNS, " FROM figure_due CROSS JOIN room WHERE room.id = figure_due.room_id AND", CLOSED, BEGAN);
    /// room_by_created: those of less than a day.
    ENDED = sql!("SELECT ", Chat::COLUMNS, " FROM room WHERE", CLOSED, BEGAN);
}

pub(super) fn wait_for_turn(tx: &mut Tx<'_>) -> Result<()> {
    tx.lock(&TURN, params![])
}

pub(super) fn make_due(tx: &mut Tx<'_>, room: &str) -> Result<()> {
    tx.execute(&MAKE_DUE, params![room])
}

/// Whether it was due.
pub(super) fn undo_due(tx: &mut Tx<'_>, room: &str) -> Result<bool> {
    Ok(tx.changed(&UNDO_DUE, params![room])? > 0)
}

pub(super) fn take_due(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<String>> {
    tx.change(&TAKE_DUE, params![limit], |row| row.get(0))
}

pub(super) fn is_due(view: &mut View<'_>) -> Result<bool> {
    let one = view.one(&IS_DUE, params![], |row| row.get::<String>(0))?;
    Ok(one.is_some())
}

pub(super) fn chat(view: &mut View<'_>, room: &str) -> Result<Option<Chat>> {
    view.record(&CHAT, params![room])
}

pub(super) fn chats(view: &mut View<'_>, rooms: &[String]) -> Result<Vec<Chat>> {
    view.records(&CHATS, &[Param::json(rooms)])
}

pub(super) fn summed_up_of(view: &mut View<'_>, rooms: &[String]) -> Result<Vec<Chat>> {
    view.records(&SUMMED_UP_OF, &[Param::json(rooms)])
}

/// None without a row.
pub(super) fn at_place(view: &mut View<'_>, place: &Place) -> Result<Option<Sums>> {
    let sums: Option<Sums> = view.record(&AT_PLACE, &key(place))?;
    Ok(sums.filter(|sums| sums.chats > 0))
}

fn key(place: &Place) -> [Param<'_>; 4] {
    [
        Param::from(place.span.as_str()),
        Param::from(place.at),
        Param::from(&place.department),
        Param::from(&place.agent),
    ]
}

pub(super) fn forget_place(tx: &mut Tx<'_>, place: &Place) -> Result<()> {
    tx.execute(&FORGET_PLACE, &key(place))
}

pub(super) fn add(tx: &mut Tx<'_>, place: &Place, sums: &Sums) -> Result<()> {
    let [span, at, department, agent] = key(place);
    let values = [
        span,
        at,
        department,
        agent,
        Param::from(sums.chats),
        Param::from(sums.messages),
        Param::from(sums.tagged),
        Param::from(sums.transferred),
        Param::from(sums.abandoned),
        Param::from(sums.duration),
        Param::from(sums.longest_duration),
        Param::from(sums.served),
        Param::from(sums.service),
        Param::from(sums.answered),
        Param::from(sums.first_response),
        Param::from(sums.best_response),
        Param::from(sums.longest_response),
        Param::from(sums.response),
        Param::from(sums.reaction),
        Param::from(sums.longest_reaction),
    ];
    tx.execute(&ADD, &values)
}

/// The longest and the best of a row.
pub(super) fn lead(tx: &mut Tx<'_>, place: &Place, sums: &Sums) -> Result<()> {
    let [span, at, department, agent] = key(place);
    let values = [
        span,
        at,
        department,
        agent,
        Param::from(sums.longest_duration),
        Param::from(sums.best_response),
        Param::from(sums.longest_response),
        Param::from(sums.longest_reaction),
    ];
    tx.execute(&LEAD, &values)
}

pub(super) fn add_label(
    tx: &mut Tx<'_>,
    day: i64,
    kind: &str,
    label: &str,
    number: i64,
) -> Result<()> {
    tx.execute(&ADD_LABEL, params![day, kind, label, number])?;
    if number < 0 {
        tx.execute(&DROP_LABEL, params![day, kind, label])?;
    }
    Ok(())
}

/// The same of the chats of a department.
pub(super) fn add_department_label(
    tx: &mut Tx<'_>,
    department: &str,
    day: i64,
    kind: &str,
    label: &str,
    number: i64,
) -> Result<()> {
    let added = params![department, day, kind, label, number];
    tx.execute(&ADD_DEPARTMENT_LABEL, added)?;
    if number < 0 {
        let key = params![department, day, kind, label];
        tx.execute(&DROP_DEPARTMENT_LABEL, key)?;
    }
    Ok(())
}

/// Chats that are summed up in a row, but for one.
pub(super) fn others_at(view: &mut View<'_>, place: &Place, except: &str) -> Result<Vec<Chat>> {
    let of_an_agent = i64::from(place.span == Span::Day);
    view.records(
        &OTHERS_AT,
        params![
            place.at,
            place.at + place.span.millis(),
            &place.department,
            of_an_agent,
            &place.agent,
            except,
        ],
    )
}

pub(super) fn summed_up(view: &mut View<'_>, from: i64, to: i64) -> Result<Vec<Chat>> {
    view.records(&SUMMED_UP, params![from, to])
}

/// The latest of the days that are still to be counted anew.
pub(super) fn to_recount(view: &mut View<'_>) -> Result<Option<i64>> {
    view.one(&TO_RECOUNT, params![], |row| row.get(0))
}

pub(super) fn recounted(tx: &mut Tx<'_>, day: i64) -> Result<()> {
    tx.execute(&RECOUNTED, params![day])
}

pub(super) fn forget(tx: &mut Tx<'_>, from: i64, to: i64) -> Result<()> {
    tx.execute(&FORGET_DEPARTMENT_LABELS, params![from, to])?;
    for span in Span::ALL {
        tx.execute(&FORGET, params![span.as_str(), from, to])?;
    }
    tx.execute(&FORGET_LABELS, params![from, to])
}

/// When the first and the last chat began.
pub(super) fn ends(view: &mut View<'_>) -> Result<Option<(i64, i64)>> {
    let first = view.one(&FIRST, params![], |row| row.get(0))?;
    let last = view.one(&LAST, params![], |row| row.get(0))?;
    Ok(first.zip(last))
}

record! {
    pub(super) struct OfPlace from "figure" {
        pub(super) department: String,
        pub(super) agent: String,
        pub(super) sums: Sums = record,
    }
}

record! {
    pub(super) struct OfTime from "figure" {
        pub(super) at: i64,
        pub(super) sums: Sums = record,
    }
}

pub(super) fn by_place(view: &mut View<'_>, asked: &Asked<'_>) -> Result<Vec<OfPlace>> {
    view.records(&BY_PLACE, &stretch(asked, Span::Day))
}

pub(super) fn by_time(view: &mut View<'_>, asked: &Asked<'_>) -> Result<Vec<OfTime>> {
    view.records(&BY_TIME, &stretch(asked, Span::Hour))
}

/// Of some departments together.
pub(super) fn by_time_of_some(
    view: &mut View<'_>,
    asked: &Asked<'_>,
    departments: &[String],
) -> Result<Vec<OfTime>> {
    let mut params = stretch(asked, Span::Hour).to_vec();
    params.push(Param::json(departments));
    view.records(&BY_TIME_OF_SOME, &params)
}

fn stretch<'a>(asked: &Asked<'a>, span: Span) -> [Param<'a>; 5] {
    [
        Param::from(span.as_str()),
        Param::from(asked.from),
        Param::from(asked.to),
        Param::from(asked.department.unwrap_or_default()),
        Param::from(asked.monitor.unwrap_or_default()),
    ]
}

pub(super) fn labels(
    view: &mut View<'_>,
    kind: &str,
    asked: &Asked<'_>,
) -> Result<Vec<(String, i64)>> {
    let (from, to) = (asked.from, asked.to);
    let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
    match (asked.department, asked.monitor) {
        (Some(department), monitor) => {
            let params = params![from, to, kind, department, monitor.unwrap_or_default()];
            view.query(&LABELS_OF_DEPARTMENT, params, read)
        }
        (None, Some(monitor)) => {
            view.query(&LABELS_OF_MONITOR, params![from, to, kind, monitor], read)
        }
        (None, None) => view.query(&LABELS, params![from, to, kind], read),
    }
}

fn began<'a>(asked: &Asked<'a>) -> [Param<'a>; 4] {
    [
        Param::from(asked.from),
        Param::from(asked.to),
        Param::from(asked.department.unwrap_or_default()),
        Param::from(asked.monitor.unwrap_or_default()),
    ]
}

pub(super) fn open(view: &mut View<'_>, asked: &Asked<'_>) -> Result<Vec<Chat>> {
    view.records(&OPEN, &began(asked))
}

pub(super) fn due(view: &mut View<'_>, asked: &Asked<'_>) -> Result<Vec<Chat>> {
    view.records(&DUE, &began(asked))
}

pub(super) fn ended(view: &mut View<'_>, asked: &Asked<'_>) -> Result<Vec<Chat>> {
    view.records(&ENDED, &began(asked))
}

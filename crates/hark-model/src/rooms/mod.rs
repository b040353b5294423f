//! Rooms: the conversations. A live chat is opened by a visitor, waits in the queue, is taken by an
//! agent, goes from hand to hand and is closed; channels, groups and direct rooms are for the people
//! who work here.
//!
//! Whatever changes a room locks its row first, then the visitor's, then anything else: two
//! commands on one conversation take turns, and none waits in a circle.

mod lists;
mod rows;

pub(crate) use self::lists::ALL as LISTS;
pub use self::lists::{
    all_open, ended_of_person, loads, of_contact, of_visitor, rooms_only, sources, those,
};
pub(crate) use self::rows::{ALL, WRITES, count_event};
pub use self::rows::{
    abandoned, channel, find, foretold_otherwise, held, names, open_of_agent, unanswered,
};
pub use self::rows::{
    all_of_visitor, closed, count_messages, count_people, direct, drop_files, give_to_visitor,
    insert, lock, note_message, note_pdf, note_transcript, note_transfer, remove, save,
    set_call_status, set_last_message, take_back,
};
use hark_store::{Result, Timestamp, Tx, View, json_columns, record, text_enum};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::accounts::Account;
use crate::visitors::Visitor;
use crate::{Page, Refusal, tally};

record! {
    #[derive(Debug, Clone, Default, PartialEq)]
    pub struct Room from "room" {
        pub id: String,
        pub kind: Kind,
        /// What agents see it called: the visitor's name.
        pub name: String,
        pub topic: Option<String>,
        /// Of a direct room: whose it is.
        pub people: Option<String>,
        /// Of a group: who has made it.
        pub owner: Option<String> = "room.owner_id",
        pub visitor: Option<Visitor> = record,
        pub visitor_status: Option<String>,
        pub department: Option<String> = "room.department_id",
        /// The business unit in which that department is now.
        pub unit: Option<String> = "(SELECT unit_id FROM department WHERE department.id = room.department_id)",
        pub open: bool,
        /// Since when it is on hold, if it is.
        pub held_since: Option<Timestamp>,
        pub served_by: Option<ServedBy> = record,
        pub response_by: Option<ResponseBy>,
        /// Whether the visitor spoke last.
        pub waiting_response: bool,
        /// Where it came from, as clients say.
        pub source: Value,
        /// The thread that it is, of a chat by e-mail.
        pub email: Option<EmailThread>,
        pub tags: Vec<String>,
        pub custom: Map<String, Value>,
        pub metrics: Metrics,
        pub priority: Option<String> = "room.priority_id",
        pub priority_weight: i64,
        pub sla: Option<String> = "room.sla_id",
        pub estimated_wait: i64,
        pub transcript_request: Option<Value>,
        /// When one was last asked for that goes at once.
        pub transcript_at: Option<Timestamp>,
        /// Whether somebody waits for its transcript as a document.
        pub pdf_wanted: bool,
        /// The document that was written last.
        pub pdf_file: Option<String>,
        pub survey: Option<Value>,
        pub crm_data: Option<String>,
        /// How the video call stands, if there was one.
        pub call_status: Option<String>,
        pub messages: i64,
        pub people_count: i64,
        pub last_message_at: Timestamp,
        pub last_message_id: Option<String>,
        pub visitor_last_message_at: Option<Timestamp>,
        /// Since when the visitor owes an answer.
        pub visitor_silent_since: Option<Timestamp>,
        /// When they count as gone if they go on with that.
        pub abandoned_at: Option<Timestamp>,
        pub queued_at: Option<Timestamp>,
        /// Since when its agent has not said a word, as long as it may go on to somebody else for that.
        pub unanswered_since: Option<Timestamp>,
        /// When it did.
        pub auto_transferred_at: Option<Timestamp>,
        pub closing: Option<Closing> = record,
        /// The number of its last event.
        pub last_seq: i64,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
    }
}

text_enum! {
    #[derive(Default, Serialize, Deserialize)]
    pub enum Kind {
        #[default]
        #[serde(rename = "l")]
        Live = "l",
        #[serde(rename = "c")]
        Channel = "c",
        #[serde(rename = "p")]
        Group = "p",
        #[serde(rename = "d")]
        Direct = "d",
    }
}

json_columns!(Metrics, ResponseBy, Person, EmailThread);

/// The weight of a room without a priority, and the wait of one without a promise.
pub const NO_PRIORITY: i64 = 99;
pub const NO_PROMISE: i64 = 9_999_999;

record! {
    #[derive(Debug, Clone, PartialEq)]
    pub struct ServedBy from "room" {
        pub id: String = "room.served_by",
        pub username: String = "coalesce(server.username, '')",
        pub at: Timestamp = "room.served_at",
        pub name: Option<String> = "server.name",
        pub email: Option<String> = "(SELECT address FROM account_email
                WHERE account_id = room.served_by ORDER BY place LIMIT 1)",
        pub custom_fields: Value = "coalesce(server.custom_fields, 'null')",
    }
}

/// Mails that answer each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EmailThread {
    /// The id of its first mail.
    pub thread: String,
    pub reply_to: String,
    pub subject: String,
}

/// The agent who is answering at the moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ResponseBy {
    pub id: String,
    pub username: String,
    pub first_at: i64,
    pub last_at: i64,
}

record! {
    #[derive(Debug, Clone, PartialEq)]
    pub struct Closing from "room" {
        pub at: Timestamp = "room.closed_at",
        /// `visitor` or `user`.
        pub closer: String = "room.closer",
        pub by: Person = "room.closed_by",
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub id: String,
    pub username: String,
}

impl Person {
    pub fn of(account: &Account) -> Self {
        Self {
            id: account.id.clone(),
            username: account.username.clone(),
        }
    }
}

/// How long who waited for whom, in milliseconds.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Metrics {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visitor_asked_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_replied_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_response_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_response: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_reaction: Option<i64>,
    #[serde(skip_serializing_if = "is_zero")]
    pub responses: i64,
    #[serde(skip_serializing_if = "is_zero")]
    pub response_total: i64,
    #[serde(skip_serializing_if = "is_zero")]
    pub reaction_total: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chat_duration: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_duration: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visitor_inactivity: Option<i64>,
    /// When an agent first had it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taken_at: Option<i64>,
    /// Whether the visitor had gone when it was closed: they had owed an answer for too long.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub abandoned: bool,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde calls it with a reference"
)]
const fn is_zero(number: &i64) -> bool {
    *number == 0
}

impl Metrics {
    /// The visitor wrote.
    pub const fn asked(&mut self, now: Timestamp) {
        self.visitor_asked_at = Some(now.millis());
    }

    /// An agent answered. Only the first answer to a question counts as a response.
    pub fn replied(&mut self, now: Timestamp, served_at: Option<Timestamp>) {
        let now = now.millis();
        if let Some(asked) = self.visitor_asked_at
            && self.agent_replied_at.is_none_or(|replied| replied < asked)
        {
            let waited = (now - asked).max(0);
            if self.first_response_at.is_none() {
                self.first_response_at = Some(now);
                self.first_response = Some(waited);
                self.first_reaction = served_at.map(|at| (now - at.millis()).max(0));
            }
            self.responses += 1;
            self.response_total += waited;
            self.reaction_total += match served_at {
                Some(at) => (now - at.millis().max(asked)).max(0),
                None => waited,
            };
        }
        self.agent_replied_at = Some(now);
    }
}

/// What a list of rooms asks for.
#[derive(Debug, Clone)]
pub struct Filter {
    pub state: Option<State>,
    /// Accounts, one of which serves it.
    pub agents: Vec<String>,
    /// A part of its name.
    pub name: String,
    pub department: Option<String>,
    /// Only what this monitor may see.
    pub monitor: Option<String>,
    pub created: (Timestamp, Timestamp),
    pub closed: Option<(Timestamp, Timestamp)>,
    pub sort: RoomSort,
    pub descending: bool,
}

/// The whole of time, for a filter that does not ask about it.
pub const ANY_TIME: (Timestamp, Timestamp) = (
    Timestamp::from_millis(i64::MIN),
    Timestamp::from_millis(i64::MAX),
);

impl Default for Filter {
    fn default() -> Self {
        Self {
            state: None,
            agents: Vec::new(),
            name: String::new(),
            department: None,
            monitor: None,
            created: ANY_TIME,
            closed: None,
            sort: RoomSort::Created,
            descending: true,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Served,
    Queued,
    OnHold,
    Closed,
}

impl State {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Served => "served",
            Self::Queued => "queued",
            Self::OnHold => "on hold",
            Self::Closed => "closed",
        }
    }

    const fn is_open(self) -> bool {
        !matches!(self, Self::Closed)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoomSort {
    Created,
    Closed,
    Name,
    Agent,
    Department,
    LastMessage,
    Messages,
    Open,
}

impl Room {
    /// Open, with nobody in it and nothing said.
    pub fn blank(id: String, kind: Kind, name: &str, now: Timestamp) -> Self {
        Self {
            id,
            kind,
            name: name.to_owned(),
            open: true,
            priority_weight: NO_PRIORITY,
            estimated_wait: NO_PROMISE,
            last_message_at: now,
            created_at: now,
            updated_at: now,
            ..Self::default()
        }
    }

    /// What stands for the visitor's token where the room is shown to somebody who may not see all of
    /// the visitor's chats. It is no secret and opens nothing.
    pub fn token_stand_in(&self) -> String {
        format!("room:{}", self.id)
    }

    /// Whether a visitor's token opens it.
    pub fn is_of(&self, visitor: &Visitor) -> bool {
        self.visitor
            .as_ref()
            .is_some_and(|own| own.id == visitor.id)
    }

    /// The visitor owes no answer.
    pub const fn expect_nothing(&mut self) {
        self.visitor_silent_since = None;
        self.abandoned_at = None;
    }

    /// By when an agent is promised to it, where one is and it waits.
    pub fn due_at(&self) -> Option<Timestamp> {
        let minutes = Some(self.estimated_wait).filter(|minutes| *minutes < NO_PROMISE)?;
        let since = self
            .queued_at
            .filter(|_| self.open && self.served_by.is_none())?;
        Some(since.plus_seconds(minutes.saturating_mul(60)))
    }

    pub const fn is_on_hold(&self) -> bool {
        self.held_since.is_some()
    }

    pub fn is_served_by(&self, account: &str) -> bool {
        self.served_by
            .as_ref()
            .is_some_and(|agent| agent.id == account)
    }

    /// A live chat's visitor; there is no live chat without one.
    pub fn guest(&self) -> Result<&Visitor, Refusal> {
        self.visitor.as_ref().ok_or(Refusal::InvalidRoom)
    }
}

/// A live chat.
pub fn find_live(view: &mut View<'_>, id: &str) -> Result<Option<Room>> {
    Ok(find(view, id)?.filter(|room| room.kind == Kind::Live))
}

/// The open room of a visitor, if they have one.
pub fn open_of(view: &mut View<'_>, visitor: &str) -> Result<Option<Room>> {
    match rows::open_of_visitor(view, visitor)? {
        Some(id) => find(view, &id),
        None => Ok(None),
    }
}

/// Locks the open room of a visitor, if they have one; it may have been closed on the way there.
pub fn lock_open_of(tx: &mut Tx<'_>, visitor: &str) -> Result<Option<Room>> {
    let Some(id) = rows::open_of_visitor(tx, visitor)? else {
        return Ok(None);
    };
    Ok(lock(tx, &id)?.filter(|room| room.open))
}

/// Locks a live chat.
pub fn lock_live(tx: &mut Tx<'_>, id: &str) -> Result<Room, Refusal> {
    let room = lock(tx, id)?.filter(|room| room.kind == Kind::Live);
    room.ok_or(Refusal::InvalidRoom)
}

/// A room for a visitor who shows their token: their own, open or closed.
pub fn of_token(view: &mut View<'_>, visitor: &Visitor, id: &str) -> Result<Room, Refusal> {
    let room = find_live(view, id)?.filter(|room| room.is_of(visitor));
    room.ok_or(Refusal::InvalidRoom)
}

/// A page of live chats and how many answer in all.
pub fn list(view: &mut View<'_>, filter: &Filter, page: Page) -> Result<(Vec<Room>, i64)> {
    let rooms = rooms_only(view, filter, page)?;
    Ok((rooms, total(view, filter)?))
}

record! {
    /// How many open chats an agent serves in a department.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Load from "room" {
        pub agent: String = "room.served_by",
        pub username: String = "account.username",
        pub status: String = "account.status",
        pub department: Option<String> = "room.department_id",
        pub department_name: Option<String> = "department.name",
        pub chats: i64 = "count(*)",
    }
}

/// Open rooms are few and are counted; closed ones have been counted as they were closed, in
/// all, for each agent and for each department.
fn total(view: &mut View<'_>, filter: &Filter) -> Result<i64> {
    let is_plain = filter.name.is_empty() && filter.created == ANY_TIME && filter.closed.is_none();
    if let Some(monitor) = &filter.monitor {
        let is_whole = filter.agents.is_empty() && filter.department.is_none();
        return match filter.state {
            None if is_plain && is_whole => {
                let open = lists::count_open(view, filter)?;
                Ok(open + tally::closed_of_monitor(view, monitor)?)
            }
            Some(State::Closed) if is_plain && is_whole => tally::closed_of_monitor(view, monitor),
            _ => lists::count(view, filter),
        };
    }
    let scope = match (filter.agents.as_slice(), &filter.department) {
        ([], None) => Some(tally::CLOSED.to_owned()),
        ([agent], None) => Some(tally::closed_of_agent(agent)),
        ([], Some(department)) => Some(tally::closed_of_department(department)),
        _ => None,
    };
    match (filter.state, scope) {
        (None, Some(scope)) if is_plain => {
            let open = lists::count_open(view, filter)?;
            Ok(open + tally::total(view, &scope)?)
        }
        (Some(State::Closed), Some(scope)) if is_plain => tally::total(view, &scope),
        _ => lists::count(view, filter),
    }
}

/// A room by its id, or a channel or group by its name.
pub fn find_by_id_or_name(view: &mut View<'_>, place: &str) -> Result<Option<Room>> {
    if let Some(room) = find(view, place)? {
        return Ok(Some(room));
    }
    match channel(view, place)? {
        Some(id) => find(view, &id),
        None => Ok(None),
    }
}

/// The rooms that an account is in and in which something concerned it after a moment, latest
/// first: each with the subscription at the same place of [`hark_chat::subscriptions::of_account`].
pub fn of_account(
    view: &mut View<'_>,
    account: &str,
    after: Option<Timestamp>,
    limit: i64,
) -> Result<Vec<Room>> {
    let after = after.unwrap_or(Timestamp::from_millis(i64::MIN));
    rows::of_account(view, account, after, limit)
}

pub fn rename(tx: &mut Tx<'_>, now: Timestamp, room: &Room, name: &str) -> Result<()> {
    if room.name != name {
        rows::rename(tx, now, &room.id, name)?;
    }
    Ok(())
}

pub fn set_visitor_status(
    tx: &mut Tx<'_>,
    now: Timestamp,
    room: &Room,
    status: &str,
) -> Result<()> {
    rows::set_visitor_status(tx, now, &room.id, status).map(drop)
}

pub fn save_custom_fields(tx: &mut Tx<'_>, now: Timestamp, room: &Room) -> Result<()> {
    rows::save_custom_fields(tx, now, room).map(drop)
}

/// What the customer's CRM answered; shown beside the chat, and sent with what comes later. Whether it is another
/// answer than before.
pub fn keep_crm_data(tx: &mut Tx<'_>, room: &str, answer: &str) -> Result<bool> {
    Ok(rows::keep_crm_data(tx, room, answer)? > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1_000)
    }

    #[test]
    fn who_waits_is_due_so_long_after_they_came_into_the_queue() {
        let mut room = Room::blank("r".into(), Kind::Live, "Ann", at(0));
        room.queued_at = Some(at(60));
        assert_eq!(room.due_at(), None);
        room.estimated_wait = 5;
        assert_eq!(room.due_at(), Some(at(360)));
        room.open = false;
        assert_eq!(room.due_at(), None);
        room.open = true;
        room.queued_at = None;
        assert_eq!(room.due_at(), None);
    }

    #[test]
    fn only_the_first_answer_to_a_question_is_a_response() {
        let mut metrics = Metrics::default();
        // Nobody has asked anything yet.
        metrics.replied(at(1), Some(at(0)));
        assert_eq!((metrics.responses, metrics.first_response), (0, None));
        metrics.asked(at(10));
        metrics.replied(at(14), Some(at(12)));
        metrics.replied(at(20), Some(at(12)));
        assert_eq!((metrics.responses, metrics.response_total), (1, 4_000));
        assert_eq!(metrics.first_response, Some(4_000));
        assert_eq!(
            (metrics.first_reaction, metrics.reaction_total),
            (Some(2_000), 2_000)
        );
        metrics.asked(at(30));
        metrics.replied(at(36), Some(at(12)));
        assert_eq!((metrics.responses, metrics.response_total), (2, 10_000));
        assert_eq!(
            (metrics.first_response_at, metrics.reaction_total),
            (Some(14_000), 8_000)
        );
    }

    #[test]
    fn a_clock_that_was_set_back_makes_nobody_answer_before_the_question() {
        let mut metrics = Metrics::default();
        metrics.asked(at(10));
        metrics.replied(at(5), Some(at(20)));
        assert_eq!(
            (metrics.first_response, metrics.first_reaction),
            (Some(0), Some(0))
        );
        assert_eq!((metrics.response_total, metrics.reaction_total), (0, 0));
    }

    #[test]
    fn an_answer_of_nobody_who_serves_is_timed_from_the_question() {
        let mut metrics = Metrics::default();
        metrics.asked(at(10));
        metrics.replied(at(13), None);
        assert_eq!(
            (metrics.first_reaction, metrics.reaction_total),
            (None, 3_000)
        );
    }
}

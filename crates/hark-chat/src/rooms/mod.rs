//! Rooms: the conversations. A live chat is opened by a visitor, waits in the queue, is taken by an
//! agent, goes from hand to hand and is closed; a channel and a direct room are for the people who
//! work here.
//!
//! Whatever changes a room locks its row first, then the visitor's, then anything else: two
//! commands on one conversation take turns, and none waits in a circle.

mod access;
mod closing;
mod info;
mod leaving;
pub(crate) mod lists;
mod opening;
mod removal;
pub(crate) mod rows;
pub(crate) mod story;
mod taking;
mod team;
mod transfer;

use hark_store::{Error, Timestamp, Tx, View};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use self::access::may_see;
pub use self::closing::{Close, Closer, close};
pub use self::info::{Info, rate, save_info};
pub use self::leaving::{let_go_of_all, settling};
pub use self::opening::{Opened, Opening, delegate_waiting, open, question, question_of};
pub use self::removal::{remove_closed, remove_some_closed};
pub use self::taking::{join, put_on_hold, resume, take};
pub use self::team::{
    GENERAL, MOST_PEOPLE, addressed, direct, direct_of, found_general, join_general, leave,
};
pub use self::transfer::{Forward, Hand, forward, pass_on, return_to_queue};
use crate::accounts::Page;
use crate::visitors::Visitor;
use crate::{Refusal, messages, tally};

#[derive(Debug, Clone, PartialEq)]
pub struct Room {
    pub id: String,
    pub kind: Kind,
    /// What agents see it called: the visitor's name.
    pub name: String,
    pub topic: Option<String>,
    /// Of a direct room: whose it is.
    pub people: Option<String>,
    pub visitor: Option<Visitor>,
    pub visitor_status: Option<String>,
    pub department: Option<String>,
    pub open: bool,
    pub on_hold: bool,
    pub served_by: Option<ServedBy>,
    pub response_by: Option<ResponseBy>,
    /// Whether the visitor spoke last.
    pub waiting_response: bool,
    /// Where it came from, as clients tell it.
    pub source: Value,
    pub tags: Vec<String>,
    pub custom: Map<String, Value>,
    pub metrics: Metrics,
    pub priority: Option<String>,
    pub priority_weight: i64,
    pub sla: Option<String>,
    pub estimated_wait: i64,
    pub transcript_request: Option<Value>,
    pub survey: Option<Value>,
    pub crm_data: Option<String>,
    pub messages: i64,
    pub people_count: i64,
    pub last_message_at: Timestamp,
    pub last_message_id: Option<String>,
    pub visitor_last_message_at: Option<Timestamp>,
    pub visitor_silent_since: Option<Timestamp>,
    pub queued_at: Option<Timestamp>,
    pub closing: Option<Closing>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Live,
    Channel,
    Direct,
}

impl Kind {
    pub const fn letter(self) -> &'static str {
        match self {
            Self::Live => "l",
            Self::Channel => "c",
            Self::Direct => "d",
        }
    }

    pub(crate) fn of(letter: &str) -> Self {
        match letter {
            "c" => Self::Channel,
            "d" => Self::Direct,
            _ => Self::Live,
        }
    }
}

/// The weight of a room without a priority, and the wait of one without a promise.
pub const NO_PRIORITY: i64 = 99;
pub const NO_PROMISE: i64 = 9_999_999;

#[derive(Debug, Clone, PartialEq)]
pub struct ServedBy {
    pub id: String,
    pub username: String,
    pub at: Timestamp,
    pub name: Option<String>,
    pub email: Option<String>,
    pub custom_fields: Value,
}

/// The agent who is answering at the moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ResponseBy {
    pub id: String,
    pub username: String,
    pub first_at: i64,
    pub last_at: i64,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Closing {
    pub at: Timestamp,
    /// `visitor` or `user`.
    pub closer: String,
    pub by: Person,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Person {
    pub id: String,
    pub username: String,
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
    pub(crate) const fn asked(&mut self, now: Timestamp) {
        self.visitor_asked_at = Some(now.millis());
    }

    /// An agent answered. Only the first answer to a question counts as a response.
    pub(crate) fn replied(&mut self, now: Timestamp, served_at: Option<Timestamp>) {
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
    pub(crate) const fn as_str(self) -> &'static str {
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
}

impl Room {
    /// Open, with nobody in it and nothing said.
    pub(crate) fn blank(id: String, kind: Kind, name: &str, now: Timestamp) -> Self {
        Self {
            id,
            kind,
            name: name.to_owned(),
            topic: None,
            people: None,
            visitor: None,
            visitor_status: None,
            department: None,
            open: true,
            on_hold: false,
            served_by: None,
            response_by: None,
            waiting_response: false,
            source: Value::Null,
            tags: Vec::new(),
            custom: Map::new(),
            metrics: Metrics::default(),
            priority: None,
            priority_weight: NO_PRIORITY,
            sla: None,
            estimated_wait: NO_PROMISE,
            transcript_request: None,
            survey: None,
            crm_data: None,
            messages: 0,
            people_count: 0,
            last_message_at: now,
            last_message_id: None,
            visitor_last_message_at: None,
            visitor_silent_since: None,
            queued_at: None,
            closing: None,
            created_at: now,
            updated_at: now,
        }
    }

    /// Whether a visitor's token opens it.
    pub fn is_of(&self, visitor: &Visitor) -> bool {
        self.visitor
            .as_ref()
            .is_some_and(|own| own.id == visitor.id)
    }

    pub fn is_served_by(&self, account: &str) -> bool {
        self.served_by
            .as_ref()
            .is_some_and(|agent| agent.id == account)
    }

    /// A live chat's visitor; there is no live chat without one.
    pub(crate) fn guest(&self) -> Result<&Visitor, Refusal> {
        self.visitor.as_ref().ok_or(Refusal::InvalidRoom)
    }
}

pub fn find(view: &mut View<'_>, id: &str) -> Result<Option<Room>, Error> {
    rows::find(view, id)
}

/// A live chat.
pub fn find_live(view: &mut View<'_>, id: &str) -> Result<Option<Room>, Error> {
    Ok(rows::find(view, id)?.filter(|room| room.kind == Kind::Live))
}

/// The open room of a visitor, if he has one.
pub fn open_of(view: &mut View<'_>, visitor: &str) -> Result<Option<Room>, Error> {
    match rows::open_of_visitor(view, visitor)? {
        Some(id) => rows::find(view, &id),
        None => Ok(None),
    }
}

/// Locks the open room of a visitor, if he has one; it may have been closed on the way there.
pub(crate) fn lock_open_of(tx: &mut Tx<'_>, visitor: &str) -> Result<Option<Room>, Error> {
    let Some(id) = rows::open_of_visitor(tx, visitor)? else {
        return Ok(None);
    };
    Ok(rows::lock(tx, &id)?.filter(|room| room.open))
}

/// Locks a live chat.
pub(crate) fn lock_live(tx: &mut Tx<'_>, id: &str) -> Result<Room, Refusal> {
    let room = rows::lock(tx, id)?.filter(|room| room.kind == Kind::Live);
    room.ok_or(Refusal::InvalidRoom)
}

/// A room for a visitor who shows his token: his own, open or closed.
pub fn of_token(view: &mut View<'_>, visitor: &Visitor, id: &str) -> Result<Room, Refusal> {
    let room = find_live(view, id)?.filter(|room| room.is_of(visitor));
    room.ok_or(Refusal::InvalidRoom)
}

/// A page of live chats and how many answer in all.
pub fn list(view: &mut View<'_>, filter: &Filter, page: Page) -> Result<(Vec<Room>, i64), Error> {
    let rooms = lists::list(view, filter, page)?;
    Ok((rooms, total(view, filter)?))
}

/// The rooms of a list without its total, for whoever looks closer at them himself.
pub fn rooms_only(view: &mut View<'_>, filter: &Filter, page: Page) -> Result<Vec<Room>, Error> {
    lists::list(view, filter, page)
}

/// How many open chats an agent serves in a department.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Load {
    pub agent: String,
    pub username: String,
    pub status: String,
    pub department: Option<String>,
    pub department_name: Option<String>,
    pub chats: i64,
}

/// Who serves how many chats, the most first.
pub fn loads(view: &mut View<'_>) -> Result<Vec<Load>, Error> {
    lists::loads(view)
}

/// Where the latest chats came from, each source once.
pub fn sources(view: &mut View<'_>) -> Result<Vec<Value>, Error> {
    lists::sources(view)
}

/// Open rooms are few and are counted; closed ones have been counted as they were closed, in
/// all, for each agent and for each department.
fn total(view: &mut View<'_>, filter: &Filter) -> Result<i64, Error> {
    let is_plain = filter.name.is_empty() && filter.created == ANY_TIME && filter.closed.is_none();
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

/// All chats of a visitor, newest first.
pub fn of_visitor(
    view: &mut View<'_>,
    visitor: &str,
    page: Page,
) -> Result<(Vec<Room>, i64), Error> {
    lists::of_visitor(view, visitor, page)
}

/// The open chats of an agent.
pub fn open_of_agent(view: &mut View<'_>, account: &str, limit: i64) -> Result<Vec<String>, Error> {
    rows::open_of_agent(view, account, limit)
}

/// Chats whose visitors have owed an answer since a moment or longer.
pub fn silent(view: &mut View<'_>, since: Timestamp, limit: i64) -> Result<Vec<String>, Error> {
    rows::silent_since(view, since, limit)
}

/// A room by its id, or a channel by its name.
pub fn find_by_id_or_name(view: &mut View<'_>, place: &str) -> Result<Option<Room>, Error> {
    if let Some(room) = rows::find(view, place)? {
        return Ok(Some(room));
    }
    match rows::channel(view, place)? {
        Some(id) => rows::find(view, &id),
        None => Ok(None),
    }
}

/// The rooms that an account is in and in which something concerned it after a moment, latest
/// first: each with the subscription at the same place of [`crate::subscriptions::of_account`].
pub fn of_account(
    view: &mut View<'_>,
    account: &str,
    after: Option<Timestamp>,
    limit: i64,
) -> Result<Vec<Room>, Error> {
    let after = after.unwrap_or(Timestamp::from_millis(i64::MIN));
    rows::of_account(view, account, after, limit)
}

/// The id of a channel, by its name.
pub fn channel(view: &mut View<'_>, name: &str) -> Result<Option<String>, Error> {
    rows::channel(view, name)
}

pub(crate) fn call_it(
    tx: &mut Tx<'_>,
    now: Timestamp,
    room: &Room,
    name: &str,
) -> Result<(), Error> {
    if room.name != name {
        rows::call_it(tx, now, &room.id, name)?;
    }
    Ok(())
}

pub(crate) fn show_visitor_as(
    tx: &mut Tx<'_>,
    now: Timestamp,
    room: &Room,
    status: &str,
) -> Result<(), Error> {
    rows::show_visitor_as(tx, now, &room.id, status).map(drop)
}

pub(crate) fn keep_custom(tx: &mut Tx<'_>, now: Timestamp, room: &Room) -> Result<(), Error> {
    rows::keep_custom(tx, now, room).map(drop)
}

/// What the customer's CRM answered; shown beside the chat, and sent with what comes later.
pub fn keep_crm_data(tx: &mut Tx<'_>, room: &str, answer: &str) -> Result<(), Error> {
    rows::keep_crm_data(tx, room, answer).map(drop)
}

/// Removes every chat of a visitor, and what was said in them.
pub(crate) fn remove_all_of(
    tx: &mut Tx<'_>,
    now: Timestamp,
    visitor: &Visitor,
) -> Result<(), Refusal> {
    const MOST: i64 = 10_000;
    for id in rows::all_of_visitor(tx, &visitor.id, MOST)? {
        if let Some(room) = rows::lock(tx, &id)? {
            remove(tx, now, &room)?;
        }
    }
    messages::rows::remove_waiting(tx, &visitor.token)?;
    Ok(())
}

/// Removes a chat: its messages, files, its place in the queue and everyone's place in it.
pub fn remove(tx: &mut Tx<'_>, now: Timestamp, room: &Room) -> Result<(), Refusal> {
    messages::rows::remove_of_room(tx, &room.id)?;
    rows::drop_files(tx, now, &room.id)?;
    rows::remove(tx, &room.id)?;
    if room.closing.is_some() {
        closing::count(tx, room, -1)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1_000)
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

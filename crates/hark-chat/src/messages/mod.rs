//! Messages: what was said in a room, and what the house says there itself.

mod changing;
mod leads;
mod marks;
mod posting;
mod quotes;
pub(crate) mod rows;
mod visits;

use hark_store::{Error, Timestamp, Tx, View};
use serde_json::Value;

pub use self::changing::{change, change_as_visitor, remove, remove_as_visitor};
pub use self::leads::Leads;
pub use self::marks::{pin, react, star};
pub(crate) use self::posting::check_text;
pub use self::posting::{Draft, post, post_as_visitor};
pub use self::visits::{Visit, visited};
use crate::accounts::{Account, Page};
use crate::rooms::{self, Room};
use crate::visitors::Visitor;

#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Grows in the order in which messages came.
    pub n: i64,
    pub id: String,
    /// None: a page that was visited before there was a room.
    pub room: Option<String>,
    /// The number of the conversation's event with which it came.
    pub seq: i64,
    /// None: somebody said it.
    pub system: Option<System>,
    pub hidden: bool,
    pub by_visitor: bool,
    pub author: Author,
    pub text: String,
    /// What only some messages have, under the names that the wire knows.
    pub extra: Option<Value>,
    pub edited: Option<Edit>,
    pub at: Timestamp,
    pub updated_at: Timestamp,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Author {
    pub id: String,
    pub username: String,
    pub name: Option<String>,
}

impl Author {
    pub fn visitor(visitor: &Visitor) -> Self {
        Self {
            id: visitor.id.clone(),
            username: visitor.username.clone(),
            name: visitor.name.clone(),
        }
    }

    pub fn account(account: &Account) -> Self {
        Self {
            id: account.id.clone(),
            username: account.username.clone(),
            name: Some(account.name.clone()).filter(|name| !name.is_empty()),
        }
    }

    /// The house itself.
    pub fn house() -> Self {
        Self {
            id: HOUSE.to_owned(),
            username: HOUSE.to_owned(),
            name: Some(HOUSE_NAME.to_owned()),
        }
    }
}

/// The account in whose name the house speaks, under the id that clients know.
pub const HOUSE: &str = "rocket.cat";
pub const HOUSE_NAME: &str = "Rocket.Cat";

#[derive(Debug, Clone, PartialEq)]
pub struct Edit {
    pub at: Timestamp,
    pub by: Author,
}

/// What the house says, by the types that clients know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum System {
    Started,
    Command,
    Joined,
    Left,
    Transferred,
    TransferFallback,
    Closed,
    Visited,
    TranscriptSent,
    PutOnHold,
    Resumed,
    Removed,
}

const SYSTEM: &[(System, &str)] = &[
    (System::Started, "livechat-started"),
    (System::Command, "command"),
    (System::Joined, "uj"),
    (System::Left, "ul"),
    (System::Transferred, "livechat_transfer_history"),
    (
        System::TransferFallback,
        "livechat_transfer_history_fallback",
    ),
    (System::Closed, "livechat-close"),
    (System::Visited, "livechat_navigation_history"),
    (System::TranscriptSent, "livechat_transcript_history"),
    (System::PutOnHold, "omnichannel_placed_chat_on_hold"),
    (System::Resumed, "omnichannel_on_hold_chat_resumed"),
    (System::Removed, "rm"),
];

impl System {
    pub fn as_str(self) -> &'static str {
        let found = SYSTEM.iter().find(|(system, _)| *system == self);
        found.map_or("", |(_, name)| name)
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        let found = SYSTEM.iter().find(|(_, name)| *name == text);
        found.map(|(system, _)| *system)
    }
}

/// Something that the house says in a room.
#[derive(Debug, Clone)]
pub(crate) struct Notice {
    system: System,
    author: Author,
    by_visitor: bool,
    text: String,
    extra: Option<Value>,
}

impl Notice {
    pub(crate) const fn new(system: System, author: Author) -> Self {
        Self {
            system,
            author,
            by_visitor: false,
            text: String::new(),
            extra: None,
        }
    }

    pub(crate) fn saying(mut self, text: impl Into<String>) -> Self {
        self.text = text.into();
        self
    }

    /// Said in the name of someone else than who caused it.
    pub(crate) fn in_name_of(mut self, author: Author) -> Self {
        self.author = author;
        self
    }

    pub(crate) fn with(mut self, extra: Value) -> Self {
        self.extra = Some(extra);
        self
    }

    pub(crate) const fn by_visitor(mut self, by_visitor: bool) -> Self {
        self.by_visitor = by_visitor;
        self
    }
}

/// Writes notices into a room, which they count in. `seq` is the event that they belong to.
pub(crate) fn notify(
    tx: &mut Tx<'_>,
    now: Timestamp,
    room: &mut Room,
    seq: i64,
    notices: Vec<Notice>,
) -> Result<(), Error> {
    let count = notices.len() as i64;
    for notice in notices {
        let message = Message {
            n: 0,
            id: tx.ids().id24_at(now),
            room: Some(room.id.clone()),
            seq,
            system: Some(notice.system),
            hidden: false,
            by_visitor: notice.by_visitor,
            author: notice.author,
            text: notice.text,
            extra: notice.extra,
            edited: None,
            at: now,
            updated_at: now,
        };
        rows::insert(tx, &message, None)?;
    }
    room.messages += count;
    rooms::rows::count_messages(tx, now, &room.id, count).map(drop)
}

pub fn find(view: &mut View<'_>, id: &str) -> Result<Option<Message>, Error> {
    rows::find(view, id)
}

/// What was said in a room before a moment, newest first, without the kinds that are hidden.
pub fn history(
    view: &mut View<'_>,
    room: &str,
    before: Option<Timestamp>,
    hidden: &[String],
    page: Page,
) -> Result<Vec<Message>, Error> {
    let before = before.unwrap_or(Timestamp::from_millis(i64::MAX));
    rows::history(view, room, before, hidden, page)
}

/// What was said in a room after a moment, oldest first.
pub fn since(
    view: &mut View<'_>,
    room: &str,
    after: Timestamp,
    hidden: &[String],
    limit: i64,
) -> Result<Vec<Message>, Error> {
    rows::since(view, room, after, hidden, limit)
}

pub fn count_between(
    view: &mut View<'_>,
    room: &str,
    after: Timestamp,
    before: Timestamp,
) -> Result<i64, Error> {
    rows::count_between(view, room, after, before)
}

/// What people said in a room and how it ended, newest first, and how much there is; with a
/// term, what contains it.
pub fn said(
    view: &mut View<'_>,
    room: &str,
    term: &str,
    page: Page,
) -> Result<(Vec<Message>, i64), Error> {
    rows::said(view, room, term, page)
}

/// The notices of one kind in a room.
pub fn of_kind(
    view: &mut View<'_>,
    room: &str,
    kind: System,
    oldest_first: bool,
    page: Page,
) -> Result<(Vec<Message>, i64), Error> {
    rows::of_kind(view, room, kind, oldest_first, page)
}

/// A conversation as it was at one of its events.
pub fn up_to(view: &mut View<'_>, room: &str, seq: i64, limit: i64) -> Result<Vec<Message>, Error> {
    rows::up_to(view, room, seq, limit)
}

/// What came with one event of a conversation, as it is now.
pub fn of_event(
    view: &mut View<'_>,
    room: &str,
    at: Timestamp,
    seq: i64,
) -> Result<Vec<Message>, Error> {
    rows::of_event(view, room, at, seq)
}

/// The pages that the visitor had looked at by one of its events and that nobody is shown, oldest
/// first.
pub fn hidden_visits_up_to(
    view: &mut View<'_>,
    room: &str,
    seq: i64,
    limit: i64,
) -> Result<Vec<Message>, Error> {
    rows::hidden_visits_up_to(view, room, seq, limit)
}

/// The same; of a long conversation the end.
pub fn latest_up_to(
    view: &mut View<'_>,
    room: &str,
    seq: i64,
    limit: i64,
) -> Result<Vec<Message>, Error> {
    rows::latest_up_to(view, room, seq, limit)
}

/// A message as it was at an event of its conversation.
pub fn as_of(
    view: &mut View<'_>,
    room: &str,
    id: &str,
    seq: i64,
) -> Result<Option<Message>, Error> {
    rows::as_of(view, room, id, seq)
}

/// The last word in a room.
pub fn last(view: &mut View<'_>, room: &Room) -> Result<Option<Message>, Error> {
    match &room.last_message_id {
        Some(id) => rows::find(view, id),
        None => Ok(None),
    }
}

/// The last word in each of the rooms that an account is in, as [`rooms::of_account`] lists them.
pub fn last_of_account(
    view: &mut View<'_>,
    account: &str,
    limit: i64,
) -> Result<Vec<Message>, Error> {
    rows::last_of_account(view, account, limit)
}

/// A message that is gone, and since when.
pub type Gone = (String, Timestamp);

/// What changed in a room after a moment, the first change first, and what is gone since.
pub fn changed_since(
    view: &mut View<'_>,
    room: &str,
    after: Timestamp,
    limit: i64,
) -> Result<(Vec<Message>, Vec<Gone>), Error> {
    let changed = rows::changed_since(view, room, after, limit)?;
    let removed = rows::removed_since(view, room, after, limit)?;
    Ok((changed, removed))
}

/// Pages that were seen long ago by visitors who never wrote.
pub fn forget_stale_visits(tx: &mut Tx<'_>, now: Timestamp, limit: i64) -> Result<u64, Error> {
    rows::remove_stale(tx, now.plus_days(-30), limit)
}

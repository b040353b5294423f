//! Messages: what was said in a room, and what Hark says there itself.

mod changing;
mod lead_capture;
mod marks;
mod posting;
mod quotes;
mod resuming;
mod rows;
mod visits;

pub(crate) use self::rows::{ALL, WRITES, attach_to_room, remove_of_room, remove_waiting};
pub use self::rows::{
    as_of, before, count_between, find, hidden_visits_up_to, last_of_account, latest_up_to,
    of_event, of_kind, said, since, up_to,
};
use hark_store::{Result, Timestamp, Tx, View, json_columns, record, text_enum};
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub(crate) use self::changing::end_call;
pub use self::changing::{change, change_as_visitor, remove, remove_as_visitor};
pub use self::lead_capture::MOST_LEADS;
pub use self::marks::{mark_unread, pin, react, star};
pub(crate) use self::posting::check_text;
pub(crate) use self::posting::tell;
pub use self::posting::{Draft, LONGEST_FROM_VISITORS, character_limit, post, post_as_visitor};
pub(crate) use self::resuming::go_on;
pub use self::visits::{Visit, visited};
use crate::uploads::{self, Upload};
use hark_model::accounts::Account;
use hark_model::events::{Event, InRoom, PersonOf, record_in_room};
use hark_model::rooms::{self, Person, Room};
use hark_model::visitors::Visitor;
use hark_model::{Actor, Context, Page, Who};

record! {
    #[derive(Debug, Clone, PartialEq)]
    pub struct Message from "message" {
        /// Grows in the order in which messages came.
        pub n: i64,
        pub id: String,
        /// None: a page that was visited before there was a room.
        pub room: Option<String> = "message.room_id",
        /// The number of the conversation's event with which it came.
        pub seq: i64,
        /// None: somebody said it.
        pub system: Option<System> = "message.kind" => rows::system,
        pub hidden: bool,
        pub by_visitor: bool,
        pub author: Author = record,
        pub text: String,
        /// What only some messages have, under the names that the wire knows.
        pub extra: Option<Value>,
        pub edited: Option<Edit> = record,
        pub at: Timestamp,
        pub updated_at: Timestamp,
    }
}

record! {
    #[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
    pub struct Author from "message" {
        pub id: String = "message.author_id",
        pub username: String = "message.author_username",
        /// Not kept of one who has edited.
        #[serde(skip)]
        pub name: Option<String> = "message.author_name",
    }
}

json_columns!(Author);

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

    pub fn of(who: &Who) -> Self {
        match who {
            Who::Account(account) => Self::account(account),
            Who::Visitor(visitor) => Self::visitor(visitor),
            Who::Anonymous | Who::System => Self::system(),
        }
    }

    /// Hark itself.
    pub fn system() -> Self {
        Self {
            id: BOT.to_owned(),
            username: BOT.to_owned(),
            name: Some(BOT_NAME.to_owned()),
        }
    }
}

/// The account in whose name Hark speaks, under the id that clients know.
pub const BOT: &str = "rocket.cat";
pub const BOT_NAME: &str = "Rocket.Cat";

record! {
    #[derive(Debug, Clone, PartialEq)]
    pub struct Edit from "message" {
        pub at: Timestamp = "message.edited_at",
        pub by: Author = "message.edited_by",
    }
}

text_enum! {
    /// What Hark says, by the types that clients know.
    pub enum System {
        Started = "livechat-started",
        Command = "command",
        Joined = "uj",
        Left = "ul",
        Transferred = "livechat_transfer_history",
        TransferFallback = "livechat_transfer_history_fallback",
        Closed = "livechat-close",
        Visited = "livechat_navigation_history",
        TranscriptSent = "livechat_transcript_history",
        Called = "livechat_webrtc_video_call",
        PutOnHold = "omnichannel_placed_chat_on_hold",
        Resumed = "omnichannel_on_hold_chat_resumed",
        Prioritized = "omnichannel_priority_change_history",
        Promised = "omnichannel_sla_change_history",
        Removed = "rm",
    }
}

/// Something that Hark says in a room.
#[derive(Debug, Clone)]
pub(crate) struct Notice {
    system: System,
    author: Author,
    by_visitor: bool,
    text: String,
    extra: Option<Value>,
}

impl Notice {
    pub const fn new(system: System, author: Author) -> Self {
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

    pub fn with(mut self, extra: Value) -> Self {
        self.extra = Some(extra);
        self
    }

    pub const fn by_visitor(mut self, by_visitor: bool) -> Self {
        self.by_visitor = by_visitor;
        self
    }
}

/// Records that a person came into a room or left it, and says so there.
pub(crate) fn record_person(
    cx: &mut Context<'_, '_>,
    room: &mut Room,
    account: &Account,
    event: fn(InRoom<PersonOf>) -> Event,
    system: System,
) -> Result<()> {
    let person = Person::of(account);
    let by = Actor::account(account);
    let seq = record_in_room(cx.tx, cx.now, room, by, event, PersonOf { person })?;
    let notice = Notice::new(system, Author::account(account)).saying(&account.username);
    notify(cx, room, seq, vec![notice])
}

/// Writes notices into a room, which they count in. `seq` is the event that they belong to.
pub(crate) fn notify(
    cx: &mut Context<'_, '_>,
    room: &mut Room,
    seq: i64,
    notices: Vec<Notice>,
) -> Result<()> {
    let count = notices.len() as i64;
    for notice in notices {
        let message = Message {
            n: 0,
            id: cx.tx.ids().id24_at(cx.now),
            room: Some(room.id.clone()),
            seq,
            system: Some(notice.system),
            hidden: false,
            by_visitor: notice.by_visitor,
            author: notice.author,
            text: notice.text,
            extra: notice.extra,
            edited: None,
            at: cx.now,
            updated_at: cx.now,
        };
        rows::insert(cx.tx, &message, None)?;
        // That a chat was passed on is the last that was said in it.
        if notice.system == System::Transferred {
            room.last_message_id = Some(message.id.clone());
            rooms::note_transfer(cx.tx, room)?;
        }
    }
    room.messages += count;
    rooms::count_messages(cx.tx, cx.now, &room.id, count).map(drop)
}

/// What was said in a room before a moment, newest first, without the kinds that are hidden.
pub fn history(
    view: &mut View<'_>,
    room: &str,
    before: Option<Timestamp>,
    hidden: &[&str],
    page: Page,
) -> Result<Vec<Message>> {
    let before = before.unwrap_or(Timestamp::from_millis(i64::MAX));
    rows::history(view, room, before, hidden, page)
}

/// The last word in a room.
pub fn last(view: &mut View<'_>, room: &Room) -> Result<Option<Message>> {
    match &room.last_message_id {
        Some(id) => find(view, id),
        None => Ok(None),
    }
}

/// The file that a message carries. What a client may have written into a message names no file of
/// another room.
pub fn carried_file(view: &mut View<'_>, message: &Message) -> Result<Option<Upload>> {
    let extra = message.extra.as_ref();
    let Some(id) = extra.and_then(|extra| extra["file"]["_id"].as_str()) else {
        return Ok(None);
    };
    let upload = uploads::find(view, id)?;
    Ok(upload.filter(|upload| Some(&upload.room_id) == message.room.as_ref()))
}

/// A message that is gone, and since when.
pub type Gone = (String, Timestamp);

/// What changed in a room after a moment, the first change first, and what is gone since.
pub fn changed_since(
    view: &mut View<'_>,
    room: &str,
    after: Timestamp,
    limit: i64,
) -> Result<(Vec<Message>, Vec<Gone>)> {
    let changed = rows::changed_since(view, room, after, limit)?;
    let removed = rows::removed_since(view, room, after, limit)?;
    Ok((changed, removed))
}

/// Pages that were seen long ago by visitors who never wrote.
pub fn forget_stale_visits(tx: &mut Tx<'_>, now: Timestamp, limit: i64) -> Result<u64> {
    rows::remove_stale(tx, now.plus_days(-30), limit)
}

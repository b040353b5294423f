//! Who may hear what. A topic has a gate; anyone who passes it may subscribe, and is looked at again
//! for each push.

use std::collections::HashMap;
use std::sync::Arc;

use hark_chat::canned_responses::Reach;
use hark_chat::inquiries::Inquiry;
use hark_chat::messages::{self, Message};
use hark_chat::subscriptions::{self, Subscription};
use hark_chat::{access, departments};
use hark_model::Policy;
use hark_model::accounts::{self, Account};
use hark_model::events::CannedAudience;
use hark_model::rooms::{self, Room};
use hark_realtime::Topic;
use hark_staff::sessions::{self, Session};
use hark_store::{Clock, Error, Timestamp, View};
use serde_json::value::RawValue;

use super::super::{chat_documents, team_rooms};
use super::frames;
use crate::pass::Pass;

pub(super) const MESSAGES: &str = "stream-room-messages";
pub(super) const NOTICES: &str = "stream-notify-room";
pub(super) const CHAT: &str = "stream-livechat-room";
pub(super) const ROOM: &str = "stream-room-data";
pub(super) const OWN: &str = "stream-notify-user";
pub(super) const QUEUE: &str = "stream-livechat-inquiry-queue-observer";
/// Our own: what those who work here hear of a chat, and its visitor does not.
pub(super) const STAFF: &str = "stream-hark-conversation";
/// Our own: how it goes with what endpoints of webhooks are told.
pub(super) const WEBHOOKS: &str = "stream-hark-webhooks";
pub(super) const LOGGED: &str = "stream-notify-logged";
pub(super) const ALL: &str = "stream-notify-all";
pub(super) const PRESENCE: &str = "stream-user-presence";
pub(super) const CANNED: &str = "stream-canned-responses";
const STREAMS: &[&str] = &[
    MESSAGES, NOTICES, CHAT, ROOM, STAFF, WEBHOOKS, OWN, QUEUE, LOGGED, ALL, PRESENCE, CANNED,
];

/// The event under which people hear of all rooms that they may see.
pub(super) const MY_MESSAGES: &str = "__my_messages__";
/// What somebody does in a room, and whether they write: the same for newer and for older widgets.
pub(super) const ACTIVITY: &str = "user-activity";
pub(super) const TYPING: &str = "typing";
/// What becomes of the notes in a chat.
pub(super) const NOTES: &str = "notes";
/// How far somebody has read.
pub(crate) const READ: &str = "read";
/// Who of those who work here looks at it, and who of them writes.
pub(super) const VIEWERS: &str = "viewers";
/// What its visitor writes and has not sent.
pub(super) const UNFINISHED: &str = "unfinished";
/// Deliveries that were given up, or are no longer.
pub(super) const GIVEN_UP: &str = "given-up";
/// What is said on our own stream of a chat.
const OF_STAFF: &[&str] = &[NOTES, READ, VIEWERS, UNFINISHED];
/// What is said on a stream of notices about a room.
const OF_ROOM: &[&str] = &[ACTIVITY, TYPING, "deleteMessage", "deleteMessageBulk"];

/// Whom a topic is for.
pub(super) enum Gate {
    /// Its visitor while it is open, and those of the staff who may see it.
    Room(Arc<Room>),
    /// The same for what ends a chat, which these accounts were in.
    Ending(Arc<Room>, Vec<String>),
    /// Its visitor alone.
    Guest(Arc<Room>),
    /// Those of the staff who may see it.
    Staff(Arc<Room>),
    Account(String),
    Permission(&'static str),
    /// Those who are in a department, and their managers.
    Department(String),
    /// Those who could take a chat from its place in the queue.
    Queue(Inquiry),
    /// Those who have a canned response ready.
    Canned(CannedAudience),
    /// Those who had it, and have it no longer.
    CannedNoMore(CannedAudience, Option<CannedAudience>),
    LoggedIn,
    Anyone,
}

/// Whether it is said on our own stream of a chat.
pub(super) fn is_of_staff(kind: &str) -> bool {
    OF_STAFF.contains(&kind)
}

/// The topic that a client names, if there is such a stream.
pub(super) fn topic(stream: &str, event: &str) -> Option<Topic> {
    let stream = STREAMS.iter().find(|known| **known == stream)?;
    Some(Topic::new(stream, event))
}

/// One look at a moment of the store, in which each log-in, each account, each message and each room
/// with its people is looked up once, who may see a room is asked once, and a room is written once.
pub(super) struct Look<'l, 'v> {
    pub(super) view: &'l mut View<'v>,
    pub(super) policy: Arc<Policy>,
    /// The moment by which log-ins end, and none ends because a clock leapt.
    now: Timestamp,
    sessions: HashMap<String, Option<Arc<Session>>>,
    accounts: HashMap<String, Option<Arc<Account>>>,
    subscriptions: HashMap<String, Arc<[Subscription]>>,
    rooms: HashMap<String, Option<Arc<Room>>>,
    /// As those of us know them who are in them, written for the real-time API.
    room_documents: HashMap<(String, bool), Arc<RawValue>>,
    messages: HashMap<String, Option<Arc<Message>>>,
    /// Whether an account may see a room, by the ids of both.
    sees: HashMap<(String, String), bool>,
}

impl<'l, 'v> Look<'l, 'v> {
    pub(super) fn new(view: &'l mut View<'v>, policy: Arc<Policy>, clock: &Clock) -> Self {
        Self {
            view,
            policy,
            now: clock.sure(),
            sessions: HashMap::new(),
            accounts: HashMap::new(),
            subscriptions: HashMap::new(),
            rooms: HashMap::new(),
            room_documents: HashMap::new(),
            messages: HashMap::new(),
            sees: HashMap::new(),
        }
    }

    /// The gate of a topic. Nothing: there is no such thing.
    pub(super) fn gate(&mut self, topic: &Topic) -> Result<Option<Gate>, Error> {
        let event = &*topic.event;
        let mut room = |id: &str| self.room(id);
        Ok(match topic.stream {
            MESSAGES if event == MY_MESSAGES => Some(Gate::LoggedIn),
            MESSAGES => room(event)?.map(Gate::Room),
            NOTICES => match event.split_once('/') {
                Some((id, kind)) if OF_ROOM.contains(&kind) => room(id)?.map(Gate::Room),
                _ => None,
            },
            CHAT => room(event)?.map(Gate::Guest),
            ROOM => room(event)?.map(Gate::Staff),
            STAFF => match event.split_once('/') {
                Some((id, kind)) if is_of_staff(kind) => room(id)?.map(Gate::Staff),
                _ => None,
            },
            WEBHOOKS => (event == GIVEN_UP).then_some(Gate::Permission("view-livechat-webhooks")),
            OWN => {
                let owner = event.split_once('/').map(|(owner, _)| owner);
                owner.map(|owner| Gate::Account(owner.to_owned()))
            }
            QUEUE => Some(match event.strip_prefix("department/") {
                Some(id) => Gate::Department(id.to_owned()),
                None => Gate::Permission("view-l-room"),
            }),
            CANNED => Some(Gate::Permission("view-canned-responses")),
            LOGGED | PRESENCE => Some(Gate::LoggedIn),
            ALL => Some(Gate::Anyone),
            _ => None,
        })
    }

    pub(super) fn admits(&mut self, gate: &Gate, pass: &Pass) -> Result<bool, Error> {
        if let Gate::Anyone = gate {
            return Ok(true);
        }
        if let Pass::Visitor(token) = pass {
            let owns = |room: &Room| {
                let guest = room.visitor.as_ref();
                guest.is_some_and(|guest| !token.is_empty() && *guest.token == **token)
            };
            return Ok(match gate {
                Gate::Room(room) => room.open && owns(room),
                Gate::Ending(room, _) | Gate::Guest(room) => owns(room),
                _ => false,
            });
        }
        let Some(session) = self.session(pass)? else {
            return Ok(false);
        };
        let account = &session.account;
        let holds = |permission: &str| self.policy.grants(&account.roles, permission);
        match gate {
            Gate::Room(room) | Gate::Staff(room) => self.may_see(account, room),
            Gate::Ending(room, people) => {
                Ok(people.contains(&account.id) || self.may_see(account, room)?)
            }
            Gate::Guest(_) => Ok(false),
            Gate::Account(owner) => Ok(*owner == account.id),
            Gate::Permission(permission) => Ok(holds(permission)),
            Gate::Department(id) => {
                let mut holds = |permission: &str| {
                    access::holds_in(self.view, &self.policy, account, permission, Some(id))
                };
                if !holds("view-l-room")? {
                    return Ok(false);
                }
                if holds("view-livechat-manager")? {
                    return Ok(true);
                }
                let links = departments::links_of_agent(self.view, &account.id)?;
                Ok(links.iter().any(|link| link.department == *id))
            }
            Gate::Queue(inquiry) => access::may_follow(self.view, &self.policy, account, inquiry),
            Gate::Canned(_) | Gate::CannedNoMore(..) if !holds("view-canned-responses") => {
                Ok(false)
            }
            Gate::Canned(now) => {
                let reach = Reach::of(self.view, &self.policy, account)?;
                Ok(reach.has(now))
            }
            Gate::CannedNoMore(was, now) => {
                let reach = Reach::of(self.view, &self.policy, account)?;
                Ok(reach.has(was) && !now.as_ref().is_some_and(|now| reach.has(now)))
            }
            Gate::LoggedIn | Gate::Anyone => Ok(true),
        }
    }

    pub(super) fn may_see(&mut self, account: &Account, room: &Room) -> Result<bool, Error> {
        let key = (room.id.clone(), account.id.clone());
        if let Some(sees) = self.sees.get(&key) {
            return Ok(*sees);
        }
        let sees = access::may_see(self.view, &self.policy, account, room)?;
        self.sees.insert(key, sees);
        Ok(sees)
    }

    /// Whether somebody has a place in a room.
    pub(super) fn is_inside(&mut self, account: &str, room: &str) -> Result<bool, Error> {
        let listed = self.subscriptions(room)?;
        if listed.iter().any(|place| place.account == account) {
            return Ok(true);
        }
        let is_whole = listed.len() < subscriptions::MOST_LISTED;
        Ok(!is_whole && subscriptions::find(self.view, room, account)?.is_some())
    }

    pub(super) fn account(&mut self, id: &str) -> Result<Option<Arc<Account>>, Error> {
        let find = || Ok(accounts::find(self.view, id)?.map(Arc::new));
        known_or(&mut self.accounts, id, find)
    }

    pub(super) fn room(&mut self, id: &str) -> Result<Option<Arc<Room>>, Error> {
        let find = || Ok(rooms::find(self.view, id)?.map(Arc::new));
        known_or(&mut self.rooms, id, find)
    }

    /// A room with its last message, where the settings keep one; with its visitor's token, or with what
    /// stands for it.
    pub(super) fn room_document(
        &mut self,
        room: &Room,
        with_token: bool,
    ) -> Result<Arc<RawValue>, Error> {
        let key = (room.id.clone(), with_token);
        if let Some(known) = self.room_documents.get(&key) {
            return Ok(Arc::clone(known));
        }
        let last = match &room.last_message_id {
            Some(id) if team_rooms::shows_last(&self.policy) => self.message(id)?,
            _ => None,
        };
        let document =
            team_rooms::document(&chat_documents::shown(room, with_token), last.as_deref());
        let document = frames::written(document);
        self.room_documents.insert(key, Arc::clone(&document));
        Ok(document)
    }

    /// Whether one who may hear of a room is shown its visitor's token: the visitor, and those who may
    /// see all chats.
    pub(super) fn sees_token(&mut self, pass: &Pass) -> Result<bool, Error> {
        match pass {
            Pass::Visitor(_) => Ok(true),
            Pass::Nobody => Ok(false),
            Pass::Login(_) => {
                let session = self.session(pass)?;
                Ok(session
                    .is_some_and(|session| access::may_see_tokens(&self.policy, &session.account)))
            }
        }
    }

    pub(super) fn message(&mut self, id: &str) -> Result<Option<Arc<Message>>, Error> {
        let find = || Ok(messages::find(self.view, id)?.map(Arc::new));
        known_or(&mut self.messages, id, find)
    }

    /// What came with one event of a conversation.
    pub(super) fn messages_of_event(
        &mut self,
        room: &str,
        at: Timestamp,
        seq: i64,
    ) -> Result<Vec<Arc<Message>>, Error> {
        let found = messages::of_event(self.view, room, at, seq)?;
        let found: Vec<Arc<Message>> = found.into_iter().map(Arc::new).collect();
        for message in &found {
            self.messages
                .insert(message.id.clone(), Some(Arc::clone(message)));
        }
        Ok(found)
    }

    pub(super) fn subscriptions(&mut self, room: &str) -> Result<Arc<[Subscription]>, Error> {
        let find = || Ok(subscriptions::of_room(self.view, room)?.into());
        known_or(&mut self.subscriptions, room, find)
    }

    /// Who is behind a log-in, if it is still good.
    pub(super) fn session(&mut self, pass: &Pass) -> Result<Option<Arc<Session>>, Error> {
        let Pass::Login(token) = pass else {
            return Ok(None);
        };
        if let Some(known) = self.sessions.get(&**token) {
            return Ok(known.clone());
        }
        let found = sessions::find_by_token(self.view, self.now, token)?.map(Arc::new);
        if let Some(session) = &found {
            let account = Some(Arc::new(session.account.clone()));
            self.accounts.insert(session.account.id.clone(), account);
        }
        self.sessions.insert((**token).to_owned(), found.clone());
        Ok(found)
    }
}

/// What was looked up already, or else what is found now.
fn known_or<V: Clone>(
    known: &mut HashMap<String, V>,
    id: &str,
    find: impl FnOnce() -> Result<V, Error>,
) -> Result<V, Error> {
    if let Some(value) = known.get(id) {
        return Ok(value.clone());
    }
    let value = find()?;
    known.insert(id.to_owned(), value.clone());
    Ok(value)
}

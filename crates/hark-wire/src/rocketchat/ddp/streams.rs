//! Who may hear what. A topic has a gate; whoever passes it may subscribe, and is looked at again
//! for each push.

use std::collections::HashMap;
use std::sync::Arc;

use hark_chat::accounts::{self, Account};
use hark_chat::rooms::{self, Room};
use hark_chat::sessions::{self, Session};
use hark_chat::subscriptions::{self, Subscription};
use hark_chat::{Policy, departments};
use hark_realtime::Topic;
use hark_store::{Error, Timestamp, View};

pub(super) const MESSAGES: &str = "stream-room-messages";
pub(super) const NOTICES: &str = "stream-notify-room";
pub(super) const CHAT: &str = "stream-livechat-room";
pub(super) const ROOM: &str = "stream-room-data";
pub(super) const OWN: &str = "stream-notify-user";
pub(super) const QUEUE: &str = "stream-livechat-inquiry-queue-observer";
pub(super) const LOGGED: &str = "stream-notify-logged";
pub(super) const ALL: &str = "stream-notify-all";
pub(super) const PRESENCE: &str = "stream-user-presence";
const STREAMS: &[&str] = &[
    MESSAGES, NOTICES, CHAT, ROOM, OWN, QUEUE, LOGGED, ALL, PRESENCE,
];

/// The event under which someone hears of all rooms that he may see.
pub(super) const MY_MESSAGES: &str = "__my_messages__";
/// What somebody does in a room, and whether he writes: the same for newer and for older widgets.
pub(super) const ACTIVITY: &str = "user-activity";
pub(super) const TYPING: &str = "typing";
/// What is told on a stream of notices about a room.
const OF_ROOM: &[&str] = &[ACTIVITY, TYPING, "deleteMessage", "deleteMessageBulk"];

/// What gives someone the right to listen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Pass {
    Nobody,
    /// The token of a visitor.
    Visitor(Arc<str>),
    /// The token of a log-in.
    Login(Arc<str>),
}

/// Whom a topic is for.
pub(super) enum Gate {
    /// Its visitor while it is open, and those of us who may see it.
    Room(Box<Room>),
    /// The same for what ends a chat, which these accounts were in.
    Ending(Box<Room>, Vec<String>),
    /// Its visitor alone.
    Guest(Box<Room>),
    /// Those of us who may see it.
    House(Box<Room>),
    Account(String),
    Permission(&'static str),
    /// Those who are in a department, and their managers.
    Department(String),
    LoggedIn,
    Anyone,
}

/// The topic that a client names, if there is such a stream.
pub(super) fn topic(stream: &str, event: &str) -> Option<Topic> {
    let stream = STREAMS.iter().find(|known| **known == stream)?;
    Some(Topic::new(stream, event))
}

/// One look at a moment of the store, in which each log-in, each account and the people of each room
/// are looked up once.
pub(super) struct Look<'l, 'v> {
    pub(super) view: &'l mut View<'v>,
    pub(super) policy: Arc<Policy>,
    now: Timestamp,
    sessions: HashMap<Arc<str>, Option<Arc<Session>>>,
    accounts: HashMap<String, Option<Arc<Account>>>,
    places: HashMap<String, Arc<[Subscription]>>,
}

impl<'l, 'v> Look<'l, 'v> {
    pub(super) fn new(view: &'l mut View<'v>, policy: Arc<Policy>, now: Timestamp) -> Self {
        Self {
            view,
            policy,
            now,
            sessions: HashMap::new(),
            accounts: HashMap::new(),
            places: HashMap::new(),
        }
    }

    /// The gate of a topic. Nothing: there is no such thing.
    pub(super) fn gate(&mut self, topic: &Topic) -> Result<Option<Gate>, Error> {
        let event = &*topic.event;
        let mut room = |id: &str| Ok(rooms::find(self.view, id)?.map(Box::new));
        Ok(match topic.stream {
            MESSAGES if event == MY_MESSAGES => Some(Gate::LoggedIn),
            MESSAGES => room(event)?.map(Gate::Room),
            NOTICES => match event.split_once('/') {
                Some((id, kind)) if OF_ROOM.contains(&kind) => room(id)?.map(Gate::Room),
                _ => None,
            },
            CHAT => room(event)?.map(Gate::Guest),
            ROOM => room(event)?.map(Gate::House),
            OWN => {
                let owner = event.split_once('/').map(|(owner, _)| owner);
                owner.map(|owner| Gate::Account(owner.to_owned()))
            }
            QUEUE => Some(match event.strip_prefix("department/") {
                Some(id) => Gate::Department(id.to_owned()),
                None => Gate::Permission("view-l-room"),
            }),
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
            Gate::Room(room) | Gate::House(room) => {
                rooms::may_see(self.view, &self.policy, account, room)
            }
            Gate::Ending(room, people) => Ok(people.contains(&account.id)
                || rooms::may_see(self.view, &self.policy, account, room)?),
            Gate::Guest(_) => Ok(false),
            Gate::Account(owner) => Ok(*owner == account.id),
            Gate::Permission(permission) => Ok(holds(permission)),
            Gate::Department(_) if !holds("view-l-room") => Ok(false),
            Gate::Department(_) if holds("view-livechat-manager") => Ok(true),
            Gate::Department(id) => {
                let links = departments::links_of_agent(self.view, &account.id)?;
                Ok(links.iter().any(|link| link.department == *id))
            }
            Gate::LoggedIn | Gate::Anyone => Ok(true),
        }
    }

    pub(super) fn account(&mut self, id: &str) -> Result<Option<Arc<Account>>, Error> {
        if let Some(known) = self.accounts.get(id) {
            return Ok(known.clone());
        }
        let account = accounts::find(self.view, id)?.map(Arc::new);
        self.accounts.insert(id.to_owned(), account.clone());
        Ok(account)
    }

    /// The places of those who are in a room.
    pub(super) fn places(&mut self, room: &str) -> Result<Arc<[Subscription]>, Error> {
        if let Some(known) = self.places.get(room) {
            return Ok(Arc::clone(known));
        }
        let places: Arc<[Subscription]> = subscriptions::of_room(self.view, room)?.into();
        self.places.insert(room.to_owned(), Arc::clone(&places));
        Ok(places)
    }

    /// Who is behind a log-in, if it is still good.
    pub(super) fn session(&mut self, pass: &Pass) -> Result<Option<Arc<Session>>, Error> {
        let Pass::Login(token) = pass else {
            return Ok(None);
        };
        if let Some(known) = self.sessions.get(token) {
            return Ok(known.clone());
        }
        let session = sessions::find_by_token(self.view, self.now, token)?.map(Arc::new);
        self.sessions.insert(Arc::clone(token), session.clone());
        Ok(session)
    }
}

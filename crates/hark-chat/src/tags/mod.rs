//! Tags: those that agents are offered, everywhere or in some departments, and those that a chat has,
//! which may be any words.

mod rows;

pub(crate) use self::rows::{ALL, WRITES};
use hark_store::{Result, Timestamp, View, record};
use serde_json::{Value, json};

use crate::units;
use hark_model::accounts::Account;
use hark_model::events::{Event, Subject, TagChanged, Tagged, record_event, record_in_room};
use hark_model::rooms::Room;
use hark_model::text::check_size;
use hark_model::{Context, Policy, Refusal, audit};

/// Each agent's client is shown those of its departments.
pub const MOST: usize = 1_000;
const MOST_DEPARTMENTS: usize = 1_000;
const LONGEST_DESCRIPTION: usize = 1_000;
const LONGEST_ID: usize = 64;
/// Of one chat.
const MOST_OF_CHAT: usize = 100;
const LONGEST: usize = 256;

record! {
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Tag from "tag" {
        pub id: String,
        pub name: String,
        pub description: String,
        /// Whose agents are offered it; everybody when it names none. One that is gone stays named: what was
        /// for its agents alone is not for everybody now.
        pub departments: Vec<String>,
        pub updated_at: Timestamp,
    }
}

/// A tag as someone wants it.
#[derive(Debug, Clone)]
pub struct Draft {
    pub name: String,
    pub description: String,
    pub departments: Vec<String>,
}

/// Who asks for tags, and for which.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Only those of this department and those for everybody.
    pub department: Option<String>,
    /// Those who manage tags see all of them.
    pub all: bool,
}

/// The tags that somebody is offered, by name.
pub fn list(
    view: &mut View<'_>,
    policy: &Policy,
    account: &Account,
    wanted: &Wanted,
) -> Result<Vec<Tag>> {
    let mut tags = rows::all(view)?;
    let seen = Seen::by(view, policy, account)?;
    tags.retain(|tag| {
        let fits = match &wanted.department {
            Some(department) => tag.is_for(department),
            None => seen.is_among_own(tag) || wanted.all,
        };
        fits && seen.admits(tag)
    });
    Ok(tags)
}

/// A tag that somebody may be shown.
pub fn find(
    view: &mut View<'_>,
    policy: &Policy,
    account: &Account,
    id: &str,
) -> Result<Option<Tag>> {
    let seen = Seen::by(view, policy, account)?;
    Ok(rows::find(view, id)?.filter(|tag| seen.admits(tag)))
}

/// What somebody may see.
struct Seen {
    everything: bool,
    /// The departments where they answer, and those of their units.
    own: Vec<String>,
}

impl Seen {
    fn by(view: &mut View<'_>, policy: &Policy, account: &Account) -> Result<Self> {
        let own = units::departments_of(view, account)?;
        Ok(Self {
            everything: policy.grants(&account.roles, "manage-livechat-tags"),
            own,
        })
    }

    fn is_among_own(&self, tag: &Tag) -> bool {
        tag.departments.is_empty() || self.own.iter().any(|own| tag.departments.contains(own))
    }

    fn admits(&self, tag: &Tag) -> bool {
        self.everything || self.is_among_own(tag)
    }
}

impl Tag {
    fn is_for(&self, department: &str) -> bool {
        self.departments.is_empty() || self.departments.iter().any(|id| id == department)
    }

    /// For the audit.
    fn shown(&self) -> Value {
        json!({"name": self.name, "description": self.description, "departments": self.departments})
    }
}

/// Makes a tag, or changes the one that is named.
pub fn save(cx: &mut Context<'_, '_>, named: Option<&str>, draft: &Draft) -> Result<Tag, Refusal> {
    check_size("Name", &draft.name, LONGEST)?;
    check_size("Description", &draft.description, LONGEST_DESCRIPTION)?;
    let name = draft.name.trim();
    if name.is_empty() {
        return Err(Refusal::Required("name"));
    }
    if draft.departments.len() > MOST_DEPARTMENTS {
        return Err(Refusal::TooMany {
            what: "departments of a tag",
            most: MOST_DEPARTMENTS,
        });
    }
    let mut departments: Vec<String> = Vec::new();
    for id in draft.departments.iter().filter(|id| !id.is_empty()) {
        check_size("departments", id, LONGEST_ID)?;
        if !departments.contains(id) {
            departments.push(id.clone());
        }
    }
    let tag = Tag {
        id: match named {
            Some(id) => id.to_owned(),
            None => cx.tx.ids().id24(),
        },
        name: name.to_owned(),
        description: draft.description.clone(),
        departments,
        updated_at: cx.now,
    };
    let before = match named {
        Some(id) => Some(rows::find(cx.tx, id)?.ok_or(Refusal::NoSuchTag)?),
        None => None,
    };
    if before.is_some() {
        if !rows::change(cx.tx, &tag)? {
            return Err(Refusal::NoSuchTag);
        }
    } else {
        if rows::all(cx.tx)?.len() >= MOST {
            return Err(Refusal::TooMany {
                what: "tags",
                most: MOST,
            });
        }
        rows::add(cx.tx, &tag)?;
    }
    let (from, to) = (before.as_ref().map(Tag::shown), Some(tag.shown()));
    audit::differs(cx.tx, &tag.id, Some(&tag.name), from, to);
    record(cx, Event::TagSaved, &tag.id)?;
    Ok(tag)
}

/// Chats that have it keep it.
pub fn remove(cx: &mut Context<'_, '_>, id: &str) -> Result<(), Refusal> {
    let before = rows::find(cx.tx, id)?.ok_or(Refusal::NoSuchTag)?;
    if rows::remove(cx.tx, id)? == 0 {
        return Err(Refusal::NoSuchTag);
    }
    audit::differs(cx.tx, id, Some(&before.name), Some(before.shown()), None);
    record(cx, Event::TagRemoved, id)?;
    Ok(())
}

fn record(cx: &mut Context<'_, '_>, event: fn(TagChanged) -> Event, id: &str) -> Result<()> {
    let changed = TagChanged {
        tag: id.to_owned(),
        by: cx.who.actor(),
    };
    record_event(cx.tx, cx.now, Subject::NONE, &event(changed))
}

// === of a chat ===

/// Tags that somebody typed.
pub(crate) fn check(tags: &[String]) -> Result<(), Refusal> {
    tags.iter()
        .try_for_each(|tag| check_size("tags", tag, LONGEST))
}

/// As many of them as a chat can have.
pub(crate) fn each_once<'t>(tags: impl IntoIterator<Item = &'t String>) -> Vec<String> {
    let mut once: Vec<String> = Vec::new();
    for tag in tags {
        if !once.contains(tag) && once.len() < MOST_OF_CHAT {
            once.push(tag.clone());
        }
    }
    once
}

/// Records that the tags of a chat have changed, if they have.
pub(crate) fn tell(cx: &mut Context<'_, '_>, room: &Room, before: &[String]) -> Result<()> {
    let without = |all: &[String], others: &[String]| -> Vec<String> {
        let lacking = all.iter().filter(|tag| !others.contains(tag));
        lacking.cloned().collect()
    };
    let details = Tagged {
        added: without(&room.tags, before),
        removed: without(before, &room.tags),
    };
    if details.added.is_empty() && details.removed.is_empty() {
        return Ok(());
    }
    let by = cx.who.actor();
    record_in_room(cx.tx, cx.now, room, by, Event::ChatTagged, details).map(drop)
}

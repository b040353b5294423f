//! Canned responses: answers that agents have ready, and call up by a shortcut.

mod placeholders;
mod rows;

pub use self::rows::find;
pub(crate) use self::rows::{ALL, WRITES};
use hark_store::{Result, Timestamp, View, record, text_enum};
use serde_json::{Value, json};

use crate::{access, departments, units};
use hark_model::accounts::Account;
use hark_model::events::{CannedAudience, CannedResponseChanged, Event, Subject, record_event};
use hark_model::rooms;
use hark_model::text::check_size;
use hark_model::{Context, Policy, Refusal, audit, settings};

/// Lists are read whole.
pub const MOST: usize = 2_000;
/// That are one person's own.
pub const MOST_OF_ONE: usize = 200;
const LONGEST_SHORTCUT: usize = 100;
const LONGEST_TEXT: usize = 5_000;
const MOST_TAGS: usize = 100;
const LONGEST_TAG: usize = 256;

text_enum! {
    /// Who has it.
    pub enum Scope {
        User = "user",
        Department = "department",
        Global = "global",
    }
}

record! {
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct CannedResponse from "canned_response" {
        pub id: String,
        pub shortcut: String,
        /// With placeholders for what is known of a chat.
        pub text: String = "canned_response.body",
        pub scope: Scope,
        /// Whose it is, of one that is somebody's own.
        pub owner: Option<String> = "canned_response.account_id",
        pub department: Option<String> = "canned_response.department_id",
        pub tags: Vec<String>,
        pub created_by: String = "canned_response.created_by_id",
        pub created_by_username: String,
        /// How often it was put into a chat.
        pub uses: i64,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
    }
}

impl CannedResponse {
    pub fn audience(&self) -> CannedAudience {
        CannedAudience {
            owner: self.owner.clone(),
            department: self.department.clone(),
        }
    }

    /// For the audit.
    fn shown(&self) -> Value {
        json!({
            "shortcut": self.shortcut,
            "text": self.text,
            "scope": self.scope.as_str(),
            "department": self.department,
            "tags": self.tags,
        })
    }
}

/// One as someone wants it.
#[derive(Debug, Clone)]
pub struct Draft {
    pub shortcut: String,
    pub text: String,
    pub scope: Scope,
    pub department: Option<String>,
    pub tags: Vec<String>,
}

// === who may ===

/// Which canned responses somebody has, and which they may change.
pub struct Reach {
    account: String,
    /// The departments where they answer.
    departments: Vec<String>,
    sees: Sees,
    /// Whether they change those of everybody, of all departments, and of all others.
    saves_all: bool,
    saves_departments: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sees {
    Own,
    /// Besides, what is for everybody and for their departments.
    Shared,
    Everything,
}

impl Reach {
    pub fn of(view: &mut View<'_>, policy: &Policy, account: &Account) -> Result<Self> {
        let holds = |permission: &str| policy.grants(&account.roles, permission);
        let departments = units::departments_of(view, account)?;
        let saves_departments = holds("save-department-canned-responses");
        let sees = if holds("view-all-canned-responses") {
            Sees::Everything
        } else if holds("view-agent-canned-responses") || saves_departments {
            Sees::Shared
        } else {
            Sees::Own
        };
        Ok(Self {
            account: account.id.clone(),
            departments,
            sees,
            saves_all: holds("save-all-canned-responses"),
            saves_departments,
        })
    }

    /// Whether they have ready what is for those people. What is others' own is in nobody's way.
    pub fn has(&self, audience: &CannedAudience) -> bool {
        match (&audience.owner, &audience.department) {
            (Some(owner), _) => *owner == self.account,
            (None, _) if self.sees == Sees::Own => false,
            (None, Some(department)) => self.sees == Sees::Everything || self.is_in(department),
            (None, None) => true,
        }
    }

    fn is_in(&self, department: &str) -> bool {
        self.departments.iter().any(|id| id == department)
    }

    /// Those who see everything may look up what is others' own as well.
    fn sees(&self, response: &CannedResponse) -> bool {
        self.sees == Sees::Everything || self.has(&response.audience())
    }

    fn may_save(&self, audience: &CannedAudience) -> bool {
        match (&audience.owner, &audience.department) {
            _ if self.saves_all => true,
            (Some(owner), _) => *owner == self.account,
            (None, Some(department)) => self.saves_departments && self.is_in(department),
            (None, None) => false,
        }
    }
}

// === looking ===

/// Whether anybody has any.
pub fn are_on(policy: &Policy) -> bool {
    policy.flag(settings::Canned_Responses_Enable)
}

/// Those that somebody has ready, by shortcut; nobody has any where the settings say so.
pub fn ready(
    view: &mut View<'_>,
    policy: &Policy,
    account: &Account,
) -> Result<Vec<CannedResponse>> {
    if !are_on(policy) {
        return Ok(Vec::new());
    }
    let reach = Reach::of(view, policy, account)?;
    let mut found = rows::all(view)?;
    found.retain(|response| reach.has(&response.audience()));
    Ok(found)
}

/// Those that somebody may look up, by shortcut.
pub fn list(
    view: &mut View<'_>,
    policy: &Policy,
    account: &Account,
) -> Result<Vec<CannedResponse>> {
    let reach = Reach::of(view, policy, account)?;
    let mut found = rows::all(view)?;
    found.retain(|response| reach.sees(response));
    Ok(found)
}

/// One of them.
pub fn look_up(
    view: &mut View<'_>,
    policy: &Policy,
    account: &Account,
    id: &str,
) -> Result<Option<CannedResponse>> {
    let reach = Reach::of(view, policy, account)?;
    Ok(find(view, id)?.filter(|response| reach.sees(response)))
}

// === changing ===

/// Makes one, or changes the one that is named.
pub fn save(
    cx: &mut Context<'_, '_>,
    named: Option<&str>,
    draft: &Draft,
) -> Result<CannedResponse, Refusal> {
    let account = cx.account()?;
    let shortcut = draft.shortcut.trim();
    check(draft, shortcut)?;
    let reach = Reach::of(cx.tx, cx.policy, account)?;
    let before = match named {
        Some(id) => Some(lock_to_change(cx, &reach, id)?),
        None => None,
    };
    let department = match (draft.scope, draft.department.as_deref()) {
        (Scope::Department, Some(id)) if departments::find(cx.tx, id)?.is_some() => {
            Some(id.to_owned())
        }
        (Scope::Department, _) => return Err(Refusal::InvalidDepartment),
        (Scope::User | Scope::Global, _) => None,
    };
    let owner = (draft.scope == Scope::User).then(|| {
        let known = before.as_ref().and_then(|before| before.owner.clone());
        known.unwrap_or_else(|| account.id.clone())
    });
    let audience = CannedAudience { owner, department };
    if !reach.may_save(&audience) {
        return Err(Refusal::MayNotSaveCanned);
    }
    let taken = rows::by_shortcut(cx.tx, shortcut)?;
    if taken.is_some_and(|other| before.as_ref().is_none_or(|before| before.id != other)) {
        return Err(Refusal::ShortcutTaken);
    }
    let was = before.as_ref().map(CannedResponse::audience);
    let from = before.as_ref().map(CannedResponse::shown);
    let response = CannedResponse {
        shortcut: shortcut.to_owned(),
        text: draft.text.clone(),
        scope: draft.scope,
        owner: audience.owner.clone(),
        department: audience.department.clone(),
        tags: draft.tags.clone(),
        updated_at: cx.now,
        ..before.unwrap_or_else(|| CannedResponse {
            id: cx.tx.ids().id24(),
            shortcut: String::new(),
            text: String::new(),
            scope: draft.scope,
            owner: None,
            department: None,
            tags: Vec::new(),
            created_by: account.id.clone(),
            created_by_username: account.username.clone(),
            uses: 0,
            created_at: cx.now,
            updated_at: cx.now,
        })
    };
    let is_new = was.as_ref().is_none_or(|was| was.owner != audience.owner);
    if let Some(owner) = audience.owner.as_deref().filter(|_| is_new)
        && rows::count_own(cx.tx, owner)? >= MOST_OF_ONE as i64
    {
        return Err(Refusal::TooMany {
            what: "canned responses of one person",
            most: MOST_OF_ONE,
        });
    }
    if was.is_some() {
        rows::change(cx.tx, &response)?;
    } else {
        if rows::count(cx.tx)? >= MOST as i64 {
            return Err(Refusal::TooMany {
                what: "canned responses",
                most: MOST,
            });
        }
        if !rows::add(cx.tx, &response)? {
            return Err(Refusal::ShortcutTaken);
        }
    }
    let (name, to) = (Some(shortcut), Some(response.shown()));
    audit::differs(cx.tx, &response.id, name, from, to);
    let event = Event::CannedResponseSaved;
    record(cx, event, &response.id, was, Some(audience))?;
    Ok(response)
}

pub fn remove(cx: &mut Context<'_, '_>, id: &str) -> Result<(), Refusal> {
    let account = cx.account()?;
    let reach = Reach::of(cx.tx, cx.policy, account)?;
    let before = lock_to_change(cx, &reach, id)?;
    rows::remove(cx.tx, id)?;
    let (name, from) = (Some(before.shortcut.as_str()), Some(before.shown()));
    audit::differs(cx.tx, id, name, from, None);
    let was = Some(before.audience());
    record(cx, Event::CannedResponseRemoved, id, was, None)?;
    Ok(())
}

/// One that somebody may not even see is none.
fn lock_to_change(
    cx: &mut Context<'_, '_>,
    reach: &Reach,
    id: &str,
) -> Result<CannedResponse, Refusal> {
    let found = rows::lock(cx.tx, id)?.filter(|response| reach.sees(response));
    let found = found.ok_or(Refusal::NoSuchCanned)?;
    if !reach.may_save(&found.audience()) {
        return Err(Refusal::MayNotSaveCanned);
    }
    Ok(found)
}

fn check(draft: &Draft, shortcut: &str) -> Result<(), Refusal> {
    check_size("shortcut", shortcut, LONGEST_SHORTCUT)?;
    check_size("text", &draft.text, LONGEST_TEXT)?;
    if shortcut.is_empty() {
        return Err(Refusal::Required("shortcut"));
    }
    if draft.text.trim().is_empty() {
        return Err(Refusal::Required("text"));
    }
    if draft.tags.len() > MOST_TAGS {
        return Err(Refusal::TooMany {
            what: "tags of a canned response",
            most: MOST_TAGS,
        });
    }
    let mut tags = draft.tags.iter();
    tags.try_for_each(|tag| check_size("tags", tag, LONGEST_TAG))
}

fn record(
    cx: &mut Context<'_, '_>,
    event: fn(CannedResponseChanged) -> Event,
    id: &str,
    was: Option<CannedAudience>,
    now: Option<CannedAudience>,
) -> Result<()> {
    let changed = CannedResponseChanged {
        canned_response: id.to_owned(),
        was,
        now,
        by: cx.who.actor(),
    };
    record_event(cx.tx, cx.now, Subject::NONE, &event(changed))
}

// === using ===

/// A canned response as it is said in a chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    pub text: String,
    /// How often it was used, this time included.
    pub uses: i64,
}

/// Puts what is known of a chat and of who asks in the places that a text has for it, and counts that it
/// was used.
pub fn fill(cx: &mut Context<'_, '_>, room: &str, id: &str) -> Result<Filled, Refusal> {
    let account = cx.account()?;
    let room = rooms::find_live(cx.tx, room)?.ok_or(Refusal::InvalidRoom)?;
    if !access::may_see(cx.tx, cx.policy, account, &room)? {
        return Err(Refusal::InvalidRoom);
    }
    let are_on = are_on(cx.policy);
    let reach = Reach::of(cx.tx, cx.policy, account)?;
    let found = find(cx.tx, id)?.filter(|response| are_on && reach.has(&response.audience()));
    let response = found.ok_or(Refusal::NoSuchCanned)?;
    let uses = rows::count_use(cx.tx, id)?.ok_or(Refusal::NoSuchCanned)?;
    let text = placeholders::fill(&response.text, |name| {
        placeholders::value(name, room.visitor.as_ref(), account)
    });
    Ok(Filled { text, uses })
}

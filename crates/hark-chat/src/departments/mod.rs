//! Departments, and which agents answer in them.

mod draft;
mod places;
mod rows;

pub(crate) use self::rows::{ALL, WRITES};
pub use self::rows::{find, find_by_id_or_name, links, links_of_agent, longest_patience};
use hark_store::{Result, Timestamp, Tx, View, record};
use serde_json::{Map, Value, json};

use hark_model::events::{
    DepartmentChanged, DepartmentSnapshot, Edited, Event, LinkAction, Subject, record_event,
    record_in_room,
};
use hark_model::{Context, Refusal, audit, rooms, tally};

use crate::figures;

pub use self::draft::Draft;
pub use self::places::leave_all;
use self::places::{place, record_link, record_links};
pub use self::places::{set_agents, set_departments_of_agent};

/// How many departments there may be: lists are read whole.
pub const MOST: i64 = 5_000;
/// How many links of one department are read at once.
const MOST_AGENTS: i64 = 10_000;

record! {
    #[derive(Debug, Clone, PartialEq)]
    pub struct Department from "department" {
        pub id: String,
        pub name: String,
        pub description: String,
        pub email: String,
        pub enabled: bool,
        pub archived: bool,
        pub show_on_registration: bool,
        pub show_on_offline_form: bool,
        pub tag_before_closing: bool,
        pub closing_tags: Vec<String>,
        /// The channel that gets what visitors leave while nobody is there.
        pub offline_channel: Option<String>,
        /// The department that gets a chat that nobody here can take.
        pub fallback: Option<String> = "department.fallback_id",
        /// Where chats may be forwarded from here; anywhere when it is empty.
        pub forward_to: Vec<String>,
        pub receive_forward_offline: bool,
        pub business_hour: Option<String> = "department.business_hour_id",
        /// How many of its chats an agent has at once at most.
        pub most_chats: Option<i64>,
        /// The message to visitors who wait for this department, in place of the general one.
        pub waiting_message: Option<String>,
        /// After how many seconds a visitor who owes an answer counts as gone.
        pub patience: Option<i64>,
        /// What is said when a chat is closed for that.
        pub abandoned_comment: Option<String>,
        /// What clients keep here and Hark does not act on.
        pub extra: Map<String, Value>,
        pub updated_at: Timestamp,
        /// The business unit that it is in.
        pub unit: Option<String> = "department.unit_id",
        /// How many agents are linked to it.
        pub agents: i64 = "(SELECT count(*) FROM department_agent WHERE department_id = department.id)",
    }
}

record! {
    /// An agent's place in a department.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Link from "link" {
        pub id: String,
        pub department: String = "link.department_id",
        pub department_name: String = "department.name",
        pub department_enabled: bool = "department.enabled",
        pub agent: String = "link.account_id",
        pub username: String = "account.username",
        /// How many chats they were given here.
        pub assigned: i64,
        /// Who is asked first among those with equally many chats.
        pub place: i64,
        pub updated_at: Timestamp,
    }
}

/// Where an agent shall stand in a department.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placement {
    pub agent: String,
    pub assigned: i64,
    pub place: i64,
}

impl Placement {
    pub const fn of(agent: String) -> Self {
        Self {
            agent,
            assigned: 0,
            place: 0,
        }
    }
}

/// Which departments a list shows.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// A part of the name, in any case.
    pub text: Option<String>,
    pub only_enabled: bool,
    /// Only archived ones, or only others; all of them when nothing is said.
    pub archived: Option<bool>,
    pub except: Option<String>,
    /// Only those of this business unit.
    pub unit: Option<String>,
    /// Only those in the units of this monitor.
    pub monitor: Option<String>,
}

impl Filter {
    fn admits(&self, department: &Department) -> bool {
        let named = self.text.as_ref().is_none_or(|text| {
            let name = department.name.to_lowercase();
            name.contains(&text.to_lowercase())
        });
        named
            && (department.enabled || !self.only_enabled)
            && self
                .archived
                .is_none_or(|archived| archived == department.archived)
            && self.except.as_ref() != Some(&department.id)
            && (self.unit.is_none() || self.unit == department.unit)
    }
}

/// By name.
pub fn list(view: &mut View<'_>, filter: &Filter) -> Result<Vec<Department>> {
    let mut departments = rows::every(view, filter.monitor.as_deref())?;
    departments.retain(|department| filter.admits(department));
    Ok(departments)
}

// === saving ===

/// Makes a department, or changes the one with this id.
pub fn save(
    cx: &mut Context<'_, '_>,
    id: Option<&str>,
    draft: &Draft,
    agents: &[Placement],
) -> Result<Department, Refusal> {
    let before = match id {
        Some(id) => {
            rows::lock(cx.tx, id)?;
            find(cx.tx, id)?
        }
        None => None,
    };
    if draft.enabled && before.as_ref().is_some_and(|before| before.archived) {
        return Err(Refusal::DepartmentArchived);
    }
    draft.check()?;
    if id.is_some() && before.is_none() {
        return Err(Refusal::NoSuchDepartment);
    }
    if let Some(fallback) = draft.fallback.as_deref().filter(|id| !id.is_empty()) {
        if Some(fallback) == id {
            return Err(Refusal::FallbackToItself);
        }
        if find(cx.tx, fallback)?.is_none() {
            return Err(Refusal::NoSuchFallback);
        }
    }
    let (was_enabled, event): (bool, fn(DepartmentChanged) -> Event) = match &before {
        Some(before) => (before.enabled, Event::DepartmentChanged),
        None if rows::count(cx.tx)? >= MOST => return Err(Refusal::TooManyDepartments),
        None => (draft.enabled, Event::DepartmentCreated),
    };
    let mut department = before
        .clone()
        .unwrap_or_else(|| Department::unnamed(cx.tx.ids().id24()));
    draft.lay_over(&mut department)?;
    if department.tag_before_closing && department.closing_tags.is_empty() {
        return Err(Refusal::ClosingTagsMissing);
    }
    department.updated_at = cx.now;
    rows::put(cx.tx, &department)?;
    differs(cx.tx, before.as_ref(), Some(&department));
    record(cx, event, &department)?;
    if was_enabled != department.enabled {
        record_links(cx, &department.id)?;
    }
    place(cx, &department.id, agents)?;
    find(cx.tx, &department.id)?.ok_or(Refusal::NoSuchDepartment)
}

impl Department {
    /// Whether it sends chats to another one.
    fn points_to(&self, other: &str) -> bool {
        self.fallback.as_deref() == Some(other) || self.forward_to.iter().any(|id| id == other)
    }

    /// Whether its chats may be forwarded to another one.
    pub(crate) fn may_forward_to(&self, other: &str) -> bool {
        self.forward_to.is_empty() || self.forward_to.iter().any(|id| id == other)
    }

    fn unnamed(id: String) -> Self {
        Self {
            id,
            name: String::new(),
            description: String::new(),
            email: String::new(),
            enabled: false,
            archived: false,
            show_on_registration: false,
            show_on_offline_form: false,
            tag_before_closing: false,
            closing_tags: Vec::new(),
            offline_channel: None,
            fallback: None,
            forward_to: Vec::new(),
            receive_forward_offline: false,
            business_hour: None,
            most_chats: None,
            waiting_message: None,
            patience: None,
            abandoned_comment: None,
            extra: Map::new(),
            updated_at: Timestamp::from_millis(0),
            unit: None,
            agents: 0,
        }
    }
}

fn locked(tx: &mut Tx<'_>, id: &str) -> Result<Department, Refusal> {
    rows::lock(tx, id)?;
    find(tx, id)?.ok_or(Refusal::NoSuchDepartment)
}

/// An archived department is there for those who look back, and takes no chats.
pub fn archive(cx: &mut Context<'_, '_>, id: &str) -> Result<(), Refusal> {
    let mut department = locked(cx.tx, id)?;
    department.archived = true;
    department.enabled = false;
    put_away(cx, department)
}

/// It is not enabled again by this.
pub fn unarchive(cx: &mut Context<'_, '_>, id: &str) -> Result<(), Refusal> {
    let mut department = locked(cx.tx, id)?;
    department.archived = false;
    put_away(cx, department)
}

fn put_away(cx: &mut Context<'_, '_>, mut department: Department) -> Result<(), Refusal> {
    department.updated_at = cx.now;
    let before = find(cx.tx, &department.id)?;
    differs(cx.tx, before.as_ref(), Some(&department));
    rows::put(cx.tx, &department)?;
    record(cx, Event::DepartmentChanged, &department)?;
    record_links(cx, &department.id)?;
    Ok(())
}

/// Removes a department from everywhere but its closed rooms, which are too many for one command:
/// [`leave_rooms`] follows.
pub fn remove(cx: &mut Context<'_, '_>, id: &str) -> Result<(), Refusal> {
    // Rooms are locked before anything else, as in every command about a room.
    for room in rows::leave_open_rooms(cx.tx, cx.now, id)? {
        if let Some(room) = rooms::find_live(cx.tx, &room)? {
            let (by, edited) = (cx.who.actor(), Edited::default());
            record_in_room(cx.tx, cx.now, &room, by, Event::ChatEdited, edited)?;
        }
    }
    rows::leave_inquiries(cx.tx, cx.now, id)?;
    let mut concerned: Vec<String> = rows::every(cx.tx, None)?
        .into_iter()
        .filter(|other| other.id == id || other.points_to(id))
        .map(|other| other.id)
        .collect();
    // In one order, so that two who remove departments do not wait for each other.
    concerned.sort_unstable();
    for other in &concerned {
        rows::lock(cx.tx, other)?;
    }
    let department = find(cx.tx, id)?.ok_or(Refusal::NoSuchDepartment)?;
    for link in links(cx.tx, id)? {
        rows::displace(cx.tx, id, &link.agent)?;
        record_link(cx, LinkAction::Removed, &link)?;
    }
    for other in concerned.iter().filter(|other| *other != id) {
        if let Some(mut other) = find(cx.tx, other)? {
            other.fallback = other.fallback.filter(|fallback| fallback != id);
            other.forward_to.retain(|target| target != id);
            other.updated_at = cx.now;
            rows::put(cx.tx, &other)?;
            record(cx, Event::DepartmentChanged, &other)?;
        }
    }
    rows::delete(cx.tx, id)?;
    differs(cx.tx, Some(&department), None);
    record(cx, Event::DepartmentRemoved, &department)?;
    Ok(())
}

/// Rooms that speak of a department that is gone forget it. Answers how many there were; the
/// caller comes again while there may be more.
pub fn leave_rooms(cx: &mut Context<'_, '_>, id: &str, limit: i64) -> Result<u64, Refusal> {
    let rooms = rows::leave_rooms(cx.tx, id, limit)?;
    figures::left_department(cx.tx, id, &rooms)?;
    let left = rooms.len() as u64;
    if left < limit.cast_unsigned() {
        tally::forget(cx.tx, &tally::closed_of_department(id))?;
    }
    Ok(left)
}

// === its events ===

/// How a department was and is, for the audit.
fn differs(tx: &mut Tx<'_>, before: Option<&Department>, after: Option<&Department>) {
    let shown = |department: &Department| {
        json!({
            "name": department.name,
            "description": department.description,
            "email": department.email,
            "enabled": department.enabled,
            "archived": department.archived,
            "showOnRegistration": department.show_on_registration,
            "showOnOfflineForm": department.show_on_offline_form,
            "requestTagBeforeClosingChat": department.tag_before_closing,
            "chatClosingTags": department.closing_tags,
            "offlineMessageChannelName": department.offline_channel,
            "fallbackForwardDepartment": department.fallback,
            "departmentsAllowedToForward": department.forward_to,
            "businessHourId": department.business_hour,
        })
    };
    if let Some(department) = after.or(before) {
        audit::differs(
            tx,
            &department.id,
            None,
            before.map(shown),
            after.map(shown),
        );
    }
}

fn record(
    cx: &mut Context<'_, '_>,
    event: fn(DepartmentChanged) -> Event,
    department: &Department,
) -> Result<()> {
    let changed = DepartmentChanged {
        department: DepartmentSnapshot {
            id: department.id.clone(),
            name: department.name.clone(),
            enabled: department.enabled,
            archived: department.archived,
        },
        by: cx.who.actor(),
    };
    let subject = Subject {
        department: Some(&department.id),
        ..Subject::NONE
    };
    record_event(cx.tx, cx.now, subject, &event(changed))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn department(name: &str, enabled: bool, archived: bool) -> Department {
        Department {
            name: name.to_owned(),
            enabled,
            archived,
            ..Department::unnamed(name.to_lowercase())
        }
    }

    #[test]
    fn a_list_shows_what_its_filter_admits() {
        let sales = department("Sales", true, false);
        let old = department("Old sales", false, true);
        let check = |filter: &Filter, shown: [bool; 2]| {
            assert_eq!(
                [filter.admits(&sales), filter.admits(&old)],
                shown,
                "{filter:?}"
            );
        };
        let all = Filter::default();
        check(&all, [true, true]);
        check(
            &Filter {
                text: Some("SALES".into()),
                ..all.clone()
            },
            [true, true],
        );
        check(
            &Filter {
                text: Some("old".into()),
                ..all.clone()
            },
            [false, true],
        );
        check(
            &Filter {
                only_enabled: true,
                ..all.clone()
            },
            [true, false],
        );
        check(
            &Filter {
                archived: Some(false),
                ..all.clone()
            },
            [true, false],
        );
        check(
            &Filter {
                archived: Some(true),
                ..all.clone()
            },
            [false, true],
        );
        check(
            &Filter {
                except: Some("sales".into()),
                ..all
            },
            [false, true],
        );
    }
}

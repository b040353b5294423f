//! Departments, and which agents answer in them.

mod draft;
mod places;
pub(crate) mod rows;

use hark_store::{Error, NewEvent, Timestamp, Tx, View, log};
use serde_json::{Map, Value, json};

use crate::rooms::{self, story};
use crate::{Actor, Refusal, tally};

pub use self::draft::Draft;
pub(crate) use self::places::leave_all;
pub use self::places::{Placement, set_agents, set_departments_of_agent};
use self::places::{place, tell_link, tell_links};

/// How many departments there may be: lists are read whole.
pub const MOST: i64 = 5_000;
/// How many links of one department are read at once.
const MOST_AGENTS: i64 = 10_000;

#[derive(Debug, Clone, PartialEq)]
pub struct Department {
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
    pub fallback: Option<String>,
    /// Where chats may be forwarded from here; anywhere when it is empty.
    pub forward_to: Vec<String>,
    pub receive_forward_offline: bool,
    pub business_hour: Option<String>,
    /// What clients keep here and Hark does not act on.
    pub extra: Map<String, Value>,
    pub updated_at: Timestamp,
    /// How many agents are linked to it.
    pub agents: i64,
}

/// An agent's place in a department.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub id: String,
    pub department: String,
    pub department_name: String,
    pub department_enabled: bool,
    pub agent: String,
    pub username: String,
    /// How many chats he was given here.
    pub assigned: i64,
    /// Who is asked first among those with equally many chats.
    pub place: i64,
    pub updated_at: Timestamp,
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
    }
}

pub fn find(view: &mut View<'_>, id: &str) -> Result<Option<Department>, Error> {
    rows::find(view, id)
}

/// Clients name a department by its id or by its name.
pub fn find_by_id_or_name(
    view: &mut View<'_>,
    id_or_name: &str,
) -> Result<Option<Department>, Error> {
    rows::find_by_id_or_name(view, id_or_name)
}

/// By name.
pub fn list(view: &mut View<'_>, filter: &Filter) -> Result<Vec<Department>, Error> {
    let mut departments = rows::every(view)?;
    departments.retain(|department| filter.admits(department));
    Ok(departments)
}

/// Who answers in a department, by user name.
pub fn links(view: &mut View<'_>, department: &str) -> Result<Vec<Link>, Error> {
    rows::links(view, department)
}

/// Where an agent answers, by the department's name.
pub fn links_of_agent(view: &mut View<'_>, agent: &str) -> Result<Vec<Link>, Error> {
    rows::links_of_agent(view, agent)
}

// === saving ===

/// Makes a department, or changes the one with this id.
pub fn save(
    tx: &mut Tx<'_>,
    who: &Actor,
    now: Timestamp,
    id: Option<&str>,
    draft: &Draft,
    agents: &[Placement],
) -> Result<Department, Refusal> {
    let before = match id {
        Some(id) => {
            rows::lock(tx, id)?;
            rows::find(tx, id)?
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
        if rows::find(tx, fallback)?.is_none() {
            return Err(Refusal::NoSuchFallback);
        }
    }
    let (was_enabled, kind) = match &before {
        Some(before) => (before.enabled, "department.changed"),
        None if rows::count(tx)? >= MOST => return Err(Refusal::TooManyDepartments),
        None => (draft.enabled, "department.created"),
    };
    let mut department = before.unwrap_or_else(|| Department::unnamed(tx.ids().id24()));
    draft.lay_over(&mut department)?;
    if department.tag_before_closing && department.closing_tags.is_empty() {
        return Err(Refusal::ClosingTagsMissing);
    }
    department.updated_at = now;
    rows::put(tx, &department)?;
    tell(tx, who, now, kind, &department)?;
    if was_enabled != department.enabled {
        tell_links(tx, who, now, &department.id)?;
    }
    place(tx, who, now, &department.id, agents)?;
    rows::find(tx, &department.id)?.ok_or(Refusal::NoSuchDepartment)
}

impl Department {
    /// Whether it sends chats to another one.
    fn points_to(&self, other: &str) -> bool {
        self.fallback.as_deref() == Some(other) || self.forward_to.iter().any(|id| id == other)
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
            extra: Map::new(),
            updated_at: Timestamp::from_millis(0),
            agents: 0,
        }
    }
}

fn locked(tx: &mut Tx<'_>, id: &str) -> Result<Department, Refusal> {
    rows::lock(tx, id)?;
    rows::find(tx, id)?.ok_or(Refusal::NoSuchDepartment)
}

/// An archived department is there for those who look back, and takes no chats.
pub fn archive(tx: &mut Tx<'_>, who: &Actor, now: Timestamp, id: &str) -> Result<(), Refusal> {
    let mut department = locked(tx, id)?;
    department.archived = true;
    department.enabled = false;
    put_away(tx, who, now, department)
}

/// It is not enabled again by this.
pub fn unarchive(tx: &mut Tx<'_>, who: &Actor, now: Timestamp, id: &str) -> Result<(), Refusal> {
    let mut department = locked(tx, id)?;
    department.archived = false;
    put_away(tx, who, now, department)
}

fn put_away(
    tx: &mut Tx<'_>,
    who: &Actor,
    now: Timestamp,
    mut department: Department,
) -> Result<(), Refusal> {
    department.updated_at = now;
    rows::put(tx, &department)?;
    tell(tx, who, now, "department.changed", &department)?;
    tell_links(tx, who, now, &department.id)?;
    Ok(())
}

/// Removes a department from everywhere but its closed rooms, which are too many for one command:
/// [`leave_rooms`] follows.
pub fn remove(tx: &mut Tx<'_>, who: &Actor, now: Timestamp, id: &str) -> Result<(), Refusal> {
    // Rooms are locked before anything else, as in every command about a room.
    for room in rows::leave_open_rooms(tx, now, id)? {
        if let Some(room) = rooms::find_live(tx, &room)? {
            story::tell(tx, now, "chat.edited", &room, who, json!({}))?;
        }
    }
    rows::leave_inquiries(tx, now, id)?;
    let mut concerned: Vec<String> = rows::every(tx)?
        .into_iter()
        .filter(|other| other.id == id || other.points_to(id))
        .map(|other| other.id)
        .collect();
    // In one order, so that two who remove departments do not wait for each other.
    concerned.sort_unstable();
    for other in &concerned {
        rows::lock(tx, other)?;
    }
    let department = rows::find(tx, id)?.ok_or(Refusal::NoSuchDepartment)?;
    for link in rows::links(tx, id)? {
        rows::displace(tx, id, &link.agent)?;
        tell_link(tx, who, now, "removed", &link)?;
    }
    for other in concerned.iter().filter(|other| *other != id) {
        if let Some(mut other) = rows::find(tx, other)? {
            other.fallback = other.fallback.filter(|fallback| fallback != id);
            other.forward_to.retain(|target| target != id);
            other.updated_at = now;
            rows::put(tx, &other)?;
            tell(tx, who, now, "department.changed", &other)?;
        }
    }
    rows::delete(tx, id)?;
    tell(tx, who, now, "department.removed", &department)?;
    Ok(())
}

/// Rooms that speak of a department that is gone forget it. Answers how many there were; the
/// caller comes again while there may be more.
pub fn leave_rooms(tx: &mut Tx<'_>, id: &str, limit: i64) -> Result<u64, Error> {
    let left = rows::leave_rooms(tx, id, limit)?;
    if left < limit.cast_unsigned() {
        tally::forget(tx, &tally::closed_of_department(id))?;
    }
    Ok(left)
}

// === what is told of it ===

fn tell(
    tx: &mut Tx<'_>,
    who: &Actor,
    now: Timestamp,
    kind: &str,
    department: &Department,
) -> Result<(), Error> {
    let body = json!({
        "department": {
            "id": department.id,
            "name": department.name,
            "enabled": department.enabled,
            "archived": department.archived,
        },
        "by": who.to_json(),
    });
    let event = NewEvent {
        department: Some(&department.id),
        ..NewEvent::plain(kind, body)
    };
    log::append(tx, now, &event).map(drop)
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

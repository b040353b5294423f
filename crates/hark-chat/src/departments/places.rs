//! Who answers in a department, and in what order.

use hark_store::{Error, NewEvent, Timestamp, Tx, log};
use serde_json::json;

use super::{Link, locked, rows};
use crate::{Actor, Refusal};

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

/// Adds agents or changes their places, and removes others; the rest stay.
pub fn set_agents(
    tx: &mut Tx<'_>,
    who: &Actor,
    now: Timestamp,
    id: &str,
    placed: &[Placement],
    removed: &[String],
) -> Result<(), Refusal> {
    locked(tx, id)?;
    place(tx, who, now, id, placed)?;
    for agent in removed {
        if let Some(link) = rows::link(tx, id, agent)? {
            rows::displace(tx, id, agent)?;
            tell_link(tx, who, now, "removed", &link)?;
        }
    }
    Ok(())
}

/// Exactly these departments are an agent's from now on; those that do not exist are passed over.
pub fn set_departments_of_agent(
    tx: &mut Tx<'_>,
    who: &Actor,
    now: Timestamp,
    agent: &str,
    wanted: &[String],
) -> Result<(), Refusal> {
    let has: Vec<String> = rows::links_of_agent(tx, agent)?
        .into_iter()
        .map(|link| link.department)
        .collect();
    // In one order, so that two who do this at once do not wait for each other.
    let mut concerned: Vec<&String> = has.iter().chain(wanted).collect();
    concerned.sort_unstable();
    concerned.dedup();
    for id in concerned {
        let outcome = match (has.contains(id), wanted.contains(id)) {
            (false, true) => {
                let placement = Placement::of(agent.to_owned());
                set_agents(tx, who, now, id, &[placement], &[])
            }
            (true, false) => set_agents(tx, who, now, id, &[], &[agent.to_owned()]),
            _ => Ok(()),
        };
        match outcome {
            Ok(()) | Err(Refusal::NoSuchDepartment) => {}
            Err(refusal) => return Err(refusal),
        }
    }
    Ok(())
}

/// Whoever is no agent any more answers nowhere.
pub(crate) fn leave_all(
    tx: &mut Tx<'_>,
    who: &Actor,
    now: Timestamp,
    agent: &str,
) -> Result<(), Error> {
    for link in rows::links_of_agent(tx, agent)? {
        rows::displace(tx, &link.department, agent)?;
        tell_link(tx, who, now, "removed", &link)?;
    }
    Ok(())
}

pub(super) fn place(
    tx: &mut Tx<'_>,
    who: &Actor,
    now: Timestamp,
    id: &str,
    placed: &[Placement],
) -> Result<(), Error> {
    for placement in placed {
        let offered = tx.ids().id24();
        let Some(placed) = rows::place(tx, now, &offered, id, placement)? else {
            continue;
        };
        let action = match placed == offered {
            true => "added",
            false => "changed",
        };
        if let Some(link) = rows::link(tx, id, &placement.agent)? {
            tell_link(tx, who, now, action, &link)?;
        }
    }
    Ok(())
}

/// The department changed, and with it what its agents know of their places there.
pub(super) fn tell_links(
    tx: &mut Tx<'_>,
    who: &Actor,
    now: Timestamp,
    id: &str,
) -> Result<(), Error> {
    let links = rows::links(tx, id)?;
    links
        .iter()
        .try_for_each(|link| tell_link(tx, who, now, "changed", link))
}

pub(super) fn tell_link(
    tx: &mut Tx<'_>,
    who: &Actor,
    now: Timestamp,
    action: &str,
    link: &Link,
) -> Result<(), Error> {
    let body = json!({
        "action": action,
        "link": link.id,
        "agent": {"id": link.agent, "username": link.username},
        "department": {
            "id": link.department,
            "name": link.department_name,
            "enabled": link.department_enabled,
        },
        "by": who.to_json(),
    });
    let event = NewEvent {
        agent: Some(&link.agent),
        department: Some(&link.department),
        ..NewEvent::plain("department.agent", body)
    };
    log::append(tx, now, &event).map(drop)
}

//! Who answers in a department, and in what order.

use hark_store::Result;

use super::{Link, Placement, locked, rows};
use hark_model::events::{
    DepartmentLink, Event, LinkAction, LinkedDepartment, Subject, record_event,
};
use hark_model::rooms::Person;
use hark_model::{Context, Refusal};

/// Adds agents or changes their places, and removes others; the rest stay.
pub fn set_agents(
    cx: &mut Context<'_, '_>,
    id: &str,
    placed: &[Placement],
    removed: &[String],
) -> Result<(), Refusal> {
    locked(cx.tx, id)?;
    place(cx, id, placed)?;
    for agent in removed {
        if let Some(link) = rows::link(cx.tx, id, agent)? {
            rows::displace(cx.tx, id, agent)?;
            record_link(cx, LinkAction::Removed, &link)?;
        }
    }
    Ok(())
}

/// Exactly these departments are an agent's from now on; those that do not exist are passed over.
pub fn set_departments_of_agent(
    cx: &mut Context<'_, '_>,
    agent: &str,
    wanted: &[String],
) -> Result<(), Refusal> {
    let has: Vec<String> = rows::links_of_agent(cx.tx, agent)?
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
                set_agents(cx, id, &[placement], &[])
            }
            (true, false) => set_agents(cx, id, &[], &[agent.to_owned()]),
            _ => Ok(()),
        };
        match outcome {
            Ok(()) | Err(Refusal::NoSuchDepartment) => {}
            Err(refusal) => return Err(refusal),
        }
    }
    Ok(())
}

/// Anyone who is no agent any more answers nowhere.
pub fn leave_all(cx: &mut Context<'_, '_>, agent: &str) -> Result<()> {
    for link in rows::links_of_agent(cx.tx, agent)? {
        rows::displace(cx.tx, &link.department, agent)?;
        record_link(cx, LinkAction::Removed, &link)?;
    }
    Ok(())
}

pub(super) fn place(cx: &mut Context<'_, '_>, id: &str, placed: &[Placement]) -> Result<()> {
    for placement in placed {
        let offered = cx.tx.ids().id24();
        let Some(placed) = rows::place(cx.tx, cx.now, &offered, id, placement)? else {
            continue;
        };
        let action = if placed == offered {
            LinkAction::Added
        } else {
            LinkAction::Changed
        };
        if let Some(link) = rows::link(cx.tx, id, &placement.agent)? {
            record_link(cx, action, &link)?;
        }
    }
    Ok(())
}

/// The department changed, and with it what its agents know of their places there.
pub(super) fn record_links(cx: &mut Context<'_, '_>, id: &str) -> Result<()> {
    let links = rows::links(cx.tx, id)?;
    links
        .iter()
        .try_for_each(|link| record_link(cx, LinkAction::Changed, link))
}

pub(super) fn record_link(cx: &mut Context<'_, '_>, action: LinkAction, link: &Link) -> Result<()> {
    let event = Event::DepartmentAgent(DepartmentLink {
        action,
        link: link.id.clone(),
        agent: Person {
            id: link.agent.clone(),
            username: link.username.clone(),
        },
        department: LinkedDepartment {
            id: link.department.clone(),
            name: link.department_name.clone(),
            enabled: link.department_enabled,
        },
        by: cx.who.actor(),
    });
    let subject = Subject {
        agent: Some(&link.agent),
        department: Some(&link.department),
        ..Subject::NONE
    };
    record_event(cx.tx, cx.now, subject, &event)
}

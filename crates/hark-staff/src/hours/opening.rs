//! Which hours are open, now and next: the one place that decides it, for agents, for visitors, and for those who look.

use hark_model::Policy;
use hark_store::{Result, Timestamp, View};

use super::other_days::{self, OtherDay};
use super::plan::Plan;
use super::{BusinessHour, Kind, Switches, all};

/// Opening hours, as visitors see them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Week {
    pub is_open: bool,
    /// When it closes, or opens again. Never, if it is always the same.
    pub changes_at: Option<Timestamp>,
    /// From the beginning of today on, seven days.
    pub spans: Vec<(Timestamp, Timestamp)>,
}

/// All hours, each with its week and the other days that matter by now.
pub(super) fn planned(view: &mut View<'_>, now: Timestamp) -> Result<Vec<(BusinessHour, Plan)>> {
    let others = other_days::ahead(view, now)?;
    let planned = all(view)?.into_iter().map(|hour| {
        let own = others
            .iter()
            .filter(|other| other.business_hour_id == hour.id);
        let plan = hour.plan(own.filter_map(OtherDay::exception).collect());
        (hour, plan)
    });
    Ok(planned.collect())
}

/// The hours that hold now, the default ones first: each with its id, which departments that have hours of
/// their own know. None, where there are no opening hours.
pub fn weeks(view: &mut View<'_>, policy: &Policy, now: Timestamp) -> Result<Vec<(String, Week)>> {
    let switches = Switches::of(policy);
    if !switches.on {
        return Ok(Vec::new());
    }
    let mut hours = planned(view, now)?;
    hours.retain(|(hour, _)| hour.works(switches));
    hours.sort_by_key(|(hour, _)| hour.kind != Kind::Default);
    let weeks = hours.into_iter().map(|(hour, plan)| {
        let week = Week {
            is_open: plan.is_open(now),
            changes_at: plan.next_change(now),
            spans: plan.week(now),
        };
        (hour.id, week)
    });
    Ok(weeks.collect())
}

/// Whether hours are open by their clocks, and when that changes.
#[derive(Debug, Clone)]
pub struct Opening {
    pub hour: BusinessHour,
    pub is_open: bool,
    pub changes_at: Option<Timestamp>,
}

/// All hours by their clocks, whether or not the settings let them hold. Those that are switched off are never open.
pub fn openings(view: &mut View<'_>, now: Timestamp) -> Result<Vec<Opening>> {
    let planned = planned(view, now)?.into_iter();
    let openings = planned.map(|(hour, plan)| Opening {
        is_open: hour.active && plan.is_open(now),
        changes_at: plan.next_change(now).filter(|_| hour.active),
        hour,
    });
    Ok(openings.collect())
}

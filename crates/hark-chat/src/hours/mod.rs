//! Opening hours: when agents are there to be found. What is open is compared with what was last
//! done about it, so that whoever looks, whenever and wherever, brings about the same.

pub mod plan;
pub(crate) mod rows;

use hark_store::{Error, NewEvent, Timestamp, Tx, View, log};
use serde_json::{Value, json};

use self::plan::{ClockTime, DAYS, Plan, Shift};
use crate::accounts::Account;
use crate::{Actor, Policy, Refusal};

pub const MOST: usize = 200;
const MOST_DAYS: usize = 28;
const MOST_DEPARTMENTS: usize = 1000;
const LONGEST_NAME: usize = 1000;
/// Agents in one command: a chat's command behind it waits for milliseconds, not for seconds.
const AT_ONCE: usize = 500;

const ENABLED: &str = "Livechat_enable_business_hours";
const TYPE: &str = "Livechat_business_hour_type";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// There is one, for all agents who are in no department with hours of its own.
    Default,
    /// For the agents of some departments.
    Custom,
}

impl Kind {
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "default" => Some(Self::Default),
            "custom" => Some(Self::Custom),
            _ => None,
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Custom => "custom",
        }
    }
}

/// The hours of a day of the week, as they were written.
#[derive(Debug, Clone, PartialEq)]
pub struct Day {
    pub name: String,
    pub open: bool,
    pub code: Option<i64>,
    pub start: String,
    pub finish: String,
}

impl Day {
    /// On the clocks of its place.
    pub fn shift(&self) -> Option<Shift> {
        Some(Shift {
            day: DAYS.iter().position(|day| *day == self.name)?,
            start: ClockTime::parse(&self.start)?,
            finish: ClockTime::parse(&self.finish)?,
        })
    }

    fn check(&self) -> Result<(), Refusal> {
        let shift = self.shift().ok_or_else(|| Refusal::Invalid {
            field: "Work hours",
            value: format!("{} {}-{}", self.name, self.start, self.finish),
        })?;
        match shift.finish.cmp(&shift.start) {
            std::cmp::Ordering::Less => Err(Refusal::FinishBeforeStart),
            std::cmp::Ordering::Equal => Err(Refusal::FinishIsStart),
            std::cmp::Ordering::Greater => Ok(()),
        }
    }

    fn to_json(&self) -> Value {
        json!({
            "day": self.name,
            "open": self.open,
            "code": self.code,
            "start": self.start,
            "finish": self.finish,
        })
    }

    fn from_json(stored: &Value) -> Self {
        let text = |name: &str| stored[name].as_str().unwrap_or_default().to_owned();
        Self {
            name: text("day"),
            open: stored["open"] == true,
            code: stored["code"].as_i64(),
            start: text("start"),
            finish: text("finish"),
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct BusinessHour {
    pub id: String,
    pub name: String,
    pub kind: Kind,
    pub active: bool,
    pub timezone: String,
    /// Whether someone has saved it, or it is as it came.
    pub saved: bool,
    pub days: Vec<Day>,
    /// What was last done about it.
    pub is_open: bool,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl BusinessHour {
    pub fn plan(&self) -> Plan {
        let zone = plan::zone(&self.timezone).unwrap_or(jiff::tz::TimeZone::UTC);
        let open = self.days.iter().filter(|day| day.open);
        Plan::new(zone, open.filter_map(Day::shift).collect())
    }

    fn works(&self, switches: Switches) -> bool {
        self.active && (self.kind == Kind::Default || switches.several)
    }
}

/// Opening hours as someone wants them.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Absent for new ones, and for the default hours.
    pub id: Option<String>,
    pub kind: Kind,
    pub name: String,
    pub active: bool,
    pub timezone: String,
    pub days: Vec<Day>,
    /// Of custom hours: the ids of their departments. Absent: they stay.
    pub departments: Option<Vec<String>>,
}

/// The zone in which this program runs, by its name.
pub fn zone_here() -> String {
    let zone = jiff::tz::TimeZone::system();
    let name = zone.iana_name().filter(|name| plan::zone(name).is_some());
    name.unwrap_or("UTC").to_owned()
}

/// Sees to it that there are default hours.
pub fn found(tx: &mut Tx<'_>, now: Timestamp, timezone: &str) -> Result<(), Error> {
    let days = DAYS.iter().zip(1..).map(|(day, code)| Day {
        name: (*day).to_owned(),
        open: code <= 5,
        code: Some(code),
        start: "08:00".to_owned(),
        finish: "20:00".to_owned(),
    });
    let hour = BusinessHour {
        id: tx.ids().id24(),
        name: String::new(),
        kind: Kind::Default,
        active: true,
        timezone: timezone.to_owned(),
        saved: false,
        days: days.collect(),
        is_open: false,
        created_at: now,
        updated_at: now,
    };
    rows::add(tx, &hour).map(drop)
}

pub fn the_default(view: &mut View<'_>) -> Result<Option<BusinessHour>, Error> {
    rows::the_default(view)
}

pub fn find(view: &mut View<'_>, id: &str) -> Result<Option<BusinessHour>, Error> {
    rows::find(view, id)
}

/// The ids and names of the departments that have these hours.
pub fn departments(view: &mut View<'_>, id: &str) -> Result<Vec<(String, String)>, Error> {
    rows::departments(view, id, MOST_DEPARTMENTS as i64)
}

/// Saves hours, and opens or closes at once what they change.
pub fn save(
    tx: &mut Tx<'_>,
    who: &Actor,
    now: Timestamp,
    policy: &Policy,
    draft: &Draft,
) -> Result<(), Refusal> {
    check(draft)?;
    rows::lock(tx)?;
    let known = match (draft.kind, &draft.id) {
        (Kind::Default, _) => rows::the_default(tx)?,
        (Kind::Custom, None) => None,
        (Kind::Custom, Some(id)) => {
            let known = rows::find(tx, id)?.filter(|known| known.kind == Kind::Custom);
            Some(known.ok_or(Refusal::NoSuchBusinessHour)?)
        }
    };
    let is_new = known.is_none();
    if is_new && rows::all(tx)?.len() >= MOST {
        return Err(Refusal::TooMany {
            what: "business hours",
            most: MOST,
        });
    }
    let hour = BusinessHour {
        id: match &known {
            Some(known) => known.id.clone(),
            None => tx.ids().id24(),
        },
        name: draft.name.clone(),
        kind: draft.kind,
        active: draft.active,
        timezone: draft.timezone.clone(),
        saved: true,
        days: draft.days.clone(),
        is_open: known.as_ref().is_some_and(|known| known.is_open),
        created_at: known.map_or(now, |known| known.created_at),
        updated_at: now,
    };
    match is_new {
        true => rows::add(tx, &hour)?,
        false => rows::change(tx, &hour)?,
    };
    if let (Kind::Custom, Some(departments)) = (draft.kind, &draft.departments) {
        rows::leave_departments(tx, now, &hour.id)?;
        for department in departments {
            rows::enter_department(tx, now, &hour.id, department)?;
        }
    }
    tell(tx, who, now, "business-hour.saved", &hour.id)?;
    apply(tx, now, policy).map(drop)
}

/// Removes custom hours, if they are there.
pub fn remove(
    tx: &mut Tx<'_>,
    who: &Actor,
    now: Timestamp,
    policy: &Policy,
    id: &str,
) -> Result<(), Refusal> {
    rows::lock(tx)?;
    let Some(hour) = rows::find(tx, id)? else {
        return Ok(());
    };
    if hour.kind == Kind::Default {
        return Err(Refusal::DefaultHoursStay);
    }
    rows::leave_departments(tx, now, id)?;
    rows::remove(tx, id)?;
    tell(tx, who, now, "business-hour.removed", id)?;
    apply(tx, now, policy).map(drop)
}

fn check(draft: &Draft) -> Result<(), Refusal> {
    if plan::zone(&draft.timezone).is_none() {
        return Err(Refusal::NoSuchTimeZone(draft.timezone.clone()));
    }
    if draft.name.chars().nth(LONGEST_NAME).is_some() {
        return Err(Refusal::TooLong {
            field: "Name",
            most: LONGEST_NAME,
        });
    }
    let departments = draft.departments.as_ref().map_or(0, Vec::len);
    for (what, count, most) in [
        ("work hours", draft.days.len(), MOST_DAYS),
        ("departments", departments, MOST_DEPARTMENTS),
    ] {
        if count > most {
            return Err(Refusal::TooMany { what, most });
        }
    }
    draft.days.iter().try_for_each(Day::check)
}

fn tell(tx: &mut Tx<'_>, who: &Actor, now: Timestamp, kind: &str, id: &str) -> Result<(), Error> {
    let body = json!({"businessHour": id, "by": who.to_json()});
    log::append(tx, now, &NewEvent::plain(kind, body)).map(drop)
}

/// What the settings say of opening hours.
#[derive(Debug, Clone, Copy)]
struct Switches {
    on: bool,
    /// Whether departments may have hours of their own.
    several: bool,
}

impl Switches {
    fn of(policy: &Policy) -> Self {
        Self {
            on: policy.flag(ENABLED),
            several: policy.text(TYPE) == "Multiple",
        }
    }
}

/// Opens and closes what has to be by now. Answers when to look again.
pub fn apply(
    tx: &mut Tx<'_>,
    now: Timestamp,
    policy: &Policy,
) -> Result<Option<Timestamp>, Refusal> {
    Ok(bring_about(tx, now, Switches::of(policy))?)
}

/// The ids of an agent's hours that are open.
pub fn open_of(view: &mut View<'_>, policy: &Policy, agent: &str) -> Result<Vec<String>, Error> {
    rows::open_of(view, Switches::of(policy).several, agent)
}

/// Whether someone may be available now: programs always, people in their hours.
pub fn admit(view: &mut View<'_>, policy: &Policy, account: &Account) -> Result<bool, Error> {
    let is_free = !Switches::of(policy).on || account.roles.iter().any(|role| role == "bot");
    Ok(is_free || !open_of(view, policy, &account.id)?.is_empty())
}

/// A setting was set: where it is one of opening hours, they follow in the same transaction.
pub(crate) fn follow_setting(
    tx: &mut Tx<'_>,
    now: Timestamp,
    policy: &Policy,
    id: &str,
    value: &Value,
) -> Result<(), Error> {
    let before = Switches::of(policy);
    let switches = match id {
        ENABLED => Switches {
            on: *value == true,
            ..before
        },
        TYPE => Switches {
            several: value == "Multiple",
            ..before
        },
        _ => return Ok(()),
    };
    bring_about(tx, now, switches).map(drop)
}

fn bring_about(
    tx: &mut Tx<'_>,
    now: Timestamp,
    switches: Switches,
) -> Result<Option<Timestamp>, Error> {
    rows::lock(tx)?;
    let mut next: Option<Timestamp> = None;
    for hour in rows::all(tx)? {
        let plan = (switches.on && hour.works(switches)).then(|| hour.plan());
        let is_open = plan.as_ref().is_some_and(|plan| plan.is_open(now));
        if is_open != hour.is_open {
            rows::set_open(tx, &hour.id, is_open)?;
            let kind = if is_open {
                "business-hour.opened"
            } else {
                "business-hour.closed"
            };
            tell(tx, &Actor::System, now, kind, &hour.id)?;
        }
        let change = plan.and_then(|plan| plan.next_change(now));
        next = next.into_iter().chain(change).min();
    }
    if !switches.on {
        rows::forget_agents(tx)?;
        return Ok(None);
    }
    // Those who come go first: who moves from one open hour to another was there all the time,
    // and what he chose for himself stays.
    let missing = rows::missing(tx, switches.several, AT_ONCE as i64)?;
    for (agent, hour, was_away) in &missing {
        rows::bind(tx, agent, hour)?;
        if *was_away {
            for agent in rows::make_available(tx, now, agent)? {
                tell_of(tx, now, &agent, true)?;
            }
        }
    }
    if missing.len() == AT_ONCE {
        return Ok(Some(now));
    }
    rows::unbind(tx, switches.several)?;
    let gone = rows::make_unavailable(tx, now, AT_ONCE as i64)?;
    for agent in &gone {
        tell_of(tx, now, agent, false)?;
    }
    Ok(if gone.len() == AT_ONCE {
        Some(now)
    } else {
        next
    })
}

/// An agent whose status has changed.
pub(crate) struct Turned {
    id: String,
    username: String,
    name: String,
    status: String,
}

fn tell_of(tx: &mut Tx<'_>, now: Timestamp, agent: &Turned, available: bool) -> Result<(), Error> {
    let body = json!({
        "agent": {"id": agent.id, "username": agent.username, "name": agent.name},
        "status": agent.status,
        "available": available,
        "was": {"status": agent.status, "available": !available},
        "by": null,
    });
    let event = NewEvent {
        agent: Some(&agent.id),
        ..NewEvent::plain("agent.status", body)
    };
    log::append(tx, now, &event).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(start: &str, finish: &str) -> Draft {
        let day = Day {
            name: "Monday".into(),
            open: false,
            code: None,
            start: start.into(),
            finish: finish.into(),
        };
        Draft {
            id: None,
            kind: Kind::Default,
            name: String::new(),
            active: true,
            timezone: "America/Sao_Paulo".into(),
            days: vec![day],
            departments: None,
        }
    }

    #[test]
    fn hours_that_can_never_work_are_refused() {
        assert!(check(&draft("08:00", "24:00")).is_ok());
        let refused = |start, finish| check(&draft(start, finish)).unwrap_err();
        assert!(matches!(
            refused("22:00", "06:00"),
            Refusal::FinishBeforeStart
        ));
        assert!(matches!(refused("08:00", "08:00"), Refusal::FinishIsStart));
        assert!(matches!(refused("8", "9"), Refusal::Invalid { .. }));
        let elsewhere = Draft {
            timezone: "Mars/Olympus".into(),
            ..draft("08:00", "09:00")
        };
        assert!(matches!(check(&elsewhere), Err(Refusal::NoSuchTimeZone(_))));
        let mut crowded = draft("08:00", "09:00");
        crowded.days = vec![crowded.days[0].clone(); 29];
        assert!(matches!(check(&crowded), Err(Refusal::TooMany { .. })));
    }

    #[test]
    fn the_zone_of_this_program_has_a_name_that_is_known() {
        assert!(plan::zone(&zone_here()).is_some());
    }
}

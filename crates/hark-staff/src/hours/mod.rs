//! Opening hours: when agents are there to be found. What is open is compared with what was last
//! done about it, so that anyone who looks, whenever and wherever, brings about the same.

mod opening;
pub mod other_days;
pub mod plan;
mod rows;

pub use self::opening::{Opening, Week, openings, weeks};
pub(crate) use self::rows::{ALL, WRITES};
pub use self::rows::{all, find, the_default};
use hark_store::{Json, Result, Timestamp, Tx, View, record, text_enum};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use self::plan::{ClockTime, DAYS, Exception, Plan, Shift};
use hark_chat::figures::duty;
use hark_model::accounts::Account;
use hark_model::events::{
    AgentName, AgentStatus, BusinessHourChanged, Event, Reachability, Subject, record_event,
};
use hark_model::settings::{self, Flag, Text};
use hark_model::text::check_size;
use hark_model::{Actor, Context, Policy, Refusal, audit};

pub const MOST: usize = 200;
const MOST_DAYS: usize = 28;
const MOST_DEPARTMENTS: usize = 1000;
const LONGEST_NAME: usize = 1000;
/// Agents in one command: a chat's command behind it waits for milliseconds, not for seconds.
const AT_ONCE: usize = 500;

const ENABLED: Flag = settings::Livechat_enable_business_hours;
const TYPE: Text = settings::Livechat_business_hour_type;
const MULTIPLE: &str = "Multiple";

text_enum! {
    pub enum Kind {
        /// There is one, for all agents who are in no department with hours of its own.
        Default = "default",
        /// For the agents of some departments.
        Custom = "custom",
    }
}

/// The hours of a day of the week, as they were written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Day {
    #[serde(rename = "day")]
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
}

record! {
    #[derive(Debug, Clone, PartialEq)]
    pub struct BusinessHour from "business_hour" {
        pub id: String,
        pub name: String,
        pub kind: Kind,
        pub active: bool,
        pub timezone: String,
        /// Whether someone has saved it, or it is as it came.
        pub saved: bool,
        pub days: Vec<Day> = "business_hour.work_hours" => |Json(days)| days,
        /// What was last done about it.
        pub is_open: bool,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
    }
}

impl BusinessHour {
    fn plan(&self, exceptions: Vec<Exception>) -> Plan {
        let zone = plan::zone(&self.timezone).unwrap_or(jiff::tz::TimeZone::UTC);
        let open = self.days.iter().filter(|day| day.open);
        Plan::new(zone, open.filter_map(Day::shift).collect(), exceptions)
    }

    /// For the audit.
    fn shown(&self) -> Value {
        json!({
            "name": self.name,
            "active": self.active,
            "timezone": self.timezone,
            "days": self.days,
        })
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
pub fn ensure_default(cx: &mut Context<'_, '_>, timezone: &str) -> Result<(), Refusal> {
    let days = DAYS.iter().zip(1..).map(|(day, code)| Day {
        name: (*day).to_owned(),
        open: code <= 5,
        code: Some(code),
        start: "08:00".to_owned(),
        finish: "20:00".to_owned(),
    });
    let hour = BusinessHour {
        id: cx.tx.ids().id24(),
        name: String::new(),
        kind: Kind::Default,
        active: true,
        timezone: timezone.to_owned(),
        saved: false,
        days: days.collect(),
        is_open: false,
        created_at: cx.now,
        updated_at: cx.now,
    };
    rows::add(cx.tx, &hour)?;
    Ok(())
}

/// The ids and names of the departments that have these hours.
pub fn departments(view: &mut View<'_>, id: &str) -> Result<Vec<(String, String)>> {
    rows::departments(view, id, MOST_DEPARTMENTS as i64)
}

/// Saves hours, and opens or closes at once what they change.
pub fn save(cx: &mut Context<'_, '_>, draft: &Draft) -> Result<(), Refusal> {
    check(draft)?;
    rows::lock(cx.tx)?;
    let known = match (draft.kind, &draft.id) {
        (Kind::Default, _) => the_default(cx.tx)?,
        (Kind::Custom, None) => None,
        (Kind::Custom, Some(id)) => {
            let known = find(cx.tx, id)?.filter(|known| known.kind == Kind::Custom);
            Some(known.ok_or(Refusal::NoSuchBusinessHour)?)
        }
    };
    let is_new = known.is_none();
    if is_new && all(cx.tx)?.len() >= MOST {
        return Err(Refusal::TooMany {
            what: "business hours",
            most: MOST,
        });
    }
    let from = known.as_ref().map(BusinessHour::shown);
    let hour = BusinessHour {
        id: match &known {
            Some(known) => known.id.clone(),
            None => cx.tx.ids().id24(),
        },
        name: draft.name.clone(),
        kind: draft.kind,
        active: draft.active,
        timezone: draft.timezone.clone(),
        saved: true,
        days: draft.days.clone(),
        is_open: known.as_ref().is_some_and(|known| known.is_open),
        created_at: known.map_or(cx.now, |known| known.created_at),
        updated_at: cx.now,
    };
    if is_new {
        rows::add(cx.tx, &hour)?
    } else {
        rows::change(cx.tx, &hour)?
    };
    if let (Kind::Custom, Some(departments)) = (draft.kind, &draft.departments) {
        rows::leave_departments(cx.tx, cx.now, &hour.id)?;
        for department in departments {
            rows::enter_department(cx.tx, cx.now, &hour.id, department)?;
        }
    }
    audit::differs(cx.tx, &hour.id, Some(&hour.name), from, Some(hour.shown()));
    record(cx, cx.who.actor(), Event::BusinessHourSaved, &hour.id)?;
    apply(cx).map(drop)
}

/// Removes custom hours, if they are there.
pub fn remove(cx: &mut Context<'_, '_>, id: &str) -> Result<(), Refusal> {
    rows::lock(cx.tx)?;
    let Some(hour) = find(cx.tx, id)? else {
        return Ok(());
    };
    if hour.kind == Kind::Default {
        return Err(Refusal::DefaultHoursStay);
    }
    rows::leave_departments(cx.tx, cx.now, id)?;
    rows::remove(cx.tx, id)?;
    audit::differs(cx.tx, id, Some(&hour.name), Some(hour.shown()), None);
    record(cx, cx.who.actor(), Event::BusinessHourRemoved, id)?;
    apply(cx).map(drop)
}

fn check(draft: &Draft) -> Result<(), Refusal> {
    if plan::zone(&draft.timezone).is_none() {
        return Err(Refusal::NoSuchTimeZone(draft.timezone.clone()));
    }
    check_size("Name", &draft.name, LONGEST_NAME)?;
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

fn record(
    cx: &mut Context<'_, '_>,
    by: Actor,
    event: fn(BusinessHourChanged) -> Event,
    id: &str,
) -> Result<()> {
    let changed = BusinessHourChanged {
        business_hour: id.to_owned(),
        by,
    };
    record_event(cx.tx, cx.now, Subject::NONE, &event(changed))
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
            several: policy.text(TYPE) == MULTIPLE,
        }
    }

    /// Who changes these settings has the hours follow, and waits for their lock: so what is read
    /// behind it is what holds.
    fn behind_locks(cx: &mut Context<'_, '_>) -> Result<Self> {
        Ok(Self {
            on: cx
                .policy
                .latest(cx.tx, ENABLED.id)?
                .map_or(ENABLED.preset, |value| value == true),
            several: cx
                .policy
                .latest(cx.tx, TYPE.id)?
                .map_or(TYPE.preset == MULTIPLE, |value| value == MULTIPLE),
        })
    }
}

/// Opens and closes what has to be by now. Answers when to look again.
pub fn apply(cx: &mut Context<'_, '_>) -> Result<Option<Timestamp>, Refusal> {
    Ok(bring_about(cx)?)
}

/// The ids of an agent's hours that are open.
pub fn open_of(view: &mut View<'_>, policy: &Policy, agent: &str) -> Result<Vec<String>> {
    rows::open_of(view, Switches::of(policy).several, agent)
}

/// Whether someone may be available now: programs always, people in their hours.
pub fn admit(view: &mut View<'_>, policy: &Policy, account: &Account) -> Result<bool> {
    let is_free = !Switches::of(policy).on || account.roles.iter().any(|role| role == "bot");
    Ok(is_free || !open_of(view, policy, &account.id)?.is_empty())
}

/// Changes who answers in which departments. Their hours may be others with that, and hold at once.
pub fn around<T>(
    cx: &mut Context<'_, '_>,
    change: impl FnOnce(&mut Context<'_, '_>) -> Result<T, Refusal>,
) -> Result<T, Refusal> {
    let switches = Switches::of(cx.policy);
    if !(switches.on && switches.several) {
        return change(cx);
    }
    // First, as by those who change the hours of departments.
    rows::lock(cx.tx)?;
    let changed = change(cx)?;
    bring_about(cx)?;
    Ok(changed)
}

/// A setting was set: where it is one of opening hours, they follow in the same transaction.
pub(crate) fn follow_setting(cx: &mut Context<'_, '_>, id: &str) -> Result<()> {
    if id == ENABLED.id || id == TYPE.id {
        bring_about(cx)?;
    }
    Ok(())
}

fn bring_about(cx: &mut Context<'_, '_>) -> Result<Option<Timestamp>> {
    rows::lock(cx.tx)?;
    let switches = Switches::behind_locks(cx)?;
    let mut next: Option<Timestamp> = None;
    for (hour, plan) in opening::planned(cx.tx, cx.now)? {
        let plan = (switches.on && hour.works(switches)).then_some(plan);
        let is_open = plan.as_ref().is_some_and(|plan| plan.is_open(cx.now));
        if is_open != hour.is_open {
            rows::set_open(cx.tx, &hour.id, is_open)?;
            let event = if is_open {
                Event::BusinessHourOpened
            } else {
                Event::BusinessHourClosed
            };
            record(cx, Actor::System, event, &hour.id)?;
        }
        let change = plan.and_then(|plan| plan.next_change(cx.now));
        next = next.into_iter().chain(change).min();
    }
    if !switches.on {
        rows::forget_agents(cx.tx)?;
        return Ok(None);
    }
    // Those who come go first: anyone who moves from one open hour to another was there all the time,
    // and what they chose for themselves stays.
    let missing = rows::missing(cx.tx, switches.several, AT_ONCE as i64)?;
    for (agent, hour, was_away) in &missing {
        rows::bind(cx.tx, agent, hour)?;
        if *was_away {
            for agent in rows::make_available(cx.tx, cx.now, agent)? {
                record_status(cx.tx, cx.now, &agent, true)?;
            }
        }
    }
    if missing.len() == AT_ONCE {
        return Ok(Some(cx.now));
    }
    rows::unbind(cx.tx, switches.several)?;
    let gone = rows::make_unavailable(cx.tx, cx.now, AT_ONCE as i64)?;
    for agent in &gone {
        record_status(cx.tx, cx.now, agent, false)?;
    }
    Ok(if gone.len() == AT_ONCE {
        Some(cx.now)
    } else {
        next
    })
}

record! {
    /// An agent whose status has changed.
    pub(crate) struct Turned from "agent" {
        id: String = "agent.account_id",
        username: String = "(SELECT username FROM account WHERE account.id = agent.account_id)",
        name: String = "(SELECT name FROM account WHERE account.id = agent.account_id)",
        status: String = "(SELECT status FROM account WHERE account.id = agent.account_id)",
    }
}

fn record_status(tx: &mut Tx<'_>, now: Timestamp, agent: &Turned, available: bool) -> Result<()> {
    let on_duty = available && agent.status != "offline";
    duty::set(tx, now, &agent.id, on_duty)?;
    let status = Event::AgentStatus(AgentStatus {
        agent: AgentName {
            id: agent.id.clone(),
            username: agent.username.clone(),
            name: agent.name.clone(),
        },
        status: Some(agent.status.clone()),
        text: None,
        by: Actor::System,
        was: Some(Reachability {
            status: agent.status.clone(),
            available: Some(!available),
        }),
        available: Some(available),
        because: None,
    });
    record_event(tx, now, Subject::agent(&agent.id), &status)
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

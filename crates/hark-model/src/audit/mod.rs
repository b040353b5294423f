//! The audit: what those who work here changed, and who did it. It is written from the events that their
//! commands record, in the same transaction and at one place, so that no command can forget it. What
//! was there before is added by the commands that know it. No secret is ever in it.

mod rows;

pub(crate) use self::rows::{ALL, WRITES};
pub use self::rows::{Search, find, latest, tidy};
use hark_store::{Json, Result, Timestamp, Tx, json_columns, record};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::events::{Actor, Event, Kind, LinkAction};

/// Changes that one line says; further ones are counted.
pub const MOST_CHANGES: usize = 50;
/// What is longer, written as JSON, is only said to be.
pub const LARGEST_VALUE: usize = 8 << 10;

record! {
    /// What one command changed.
    #[derive(Debug, Clone, PartialEq)]
    pub struct Line from "audit" {
        pub id: String,
        pub at: Timestamp,
        pub by: Option<Person> = record,
        /// Of the first change.
        pub kind: String,
        pub changes: Vec<Change> = "audit.changes" => |Json(changes)| changes,
        /// Changes that are not listed.
        pub left_out: i64,
    }
}

record! {
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Person from "audit" {
        pub id: String = "audit.person_id",
        pub username: String = "audit.person_username",
        /// What they are called now; nothing of an account that is gone.
        pub name: Option<String> = "(SELECT name FROM account WHERE account.id = audit.person_id)",
    }
}

/// One thing that was changed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// The kind of the event that says so.
    pub kind: String,
    /// The id of what was changed.
    pub subject: String,
    /// What it is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Value>,
}

/// The changes of a line, as they are kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Changes(Vec<Change>);

json_columns!(Changes);

/// Says that an event, of a kind that is none of theirs alone, was caused by someone who works here.
pub fn also(tx: &mut Tx<'_>, event: &Event) {
    tx.keep(event.clone());
}

/// How something was, and how it is now.
struct Difference {
    subject: String,
    name: Option<String>,
    from: Option<Value>,
    to: Option<Value>,
}

/// A command says what it changes of something. What its event does not say stands in the line of the audit.
pub fn differs(
    tx: &mut Tx<'_>,
    subject: &str,
    name: Option<&str>,
    from: Option<Value>,
    to: Option<Value>,
) {
    tx.keep(Difference {
        subject: subject.to_owned(),
        name: name.map(str::to_owned),
        from,
        to,
    });
}

/// Writes the line of a command that is over, if it changed something.
pub fn write(tx: &mut Tx<'_>, now: Timestamp, by: impl FnOnce() -> Actor) -> Result<()> {
    let events: Vec<Event> = tx.take_kept();
    if events.is_empty() {
        return Ok(());
    }
    // Places of agents follow from what else was changed, if there is anything else.
    let (follow, mut events): (Vec<Event>, Vec<Event>) = events
        .into_iter()
        .partition(|event| matches!(event, Event::DepartmentAgent(_)));
    let is_alone = events.is_empty();
    events.extend(follow.into_iter().filter(|event| {
        is_alone
            || !matches!(event, Event::DepartmentAgent(link) if link.action == LinkAction::Changed)
    }));
    let mut differences: Vec<Difference> = tx.take_kept();
    let mut changes: Vec<Change> = Vec::new();
    for event in &events {
        let mut change = of(event);
        let known = differences
            .iter()
            .position(|difference| difference.subject == change.subject);
        if let Some(known) = known {
            let known = differences.remove(known);
            change.name = change.name.or(known.name);
            change.from = known.from.or(change.from);
            change.to = known.to.or(change.to);
        }
        // What a command says twice of one thing is one change.
        let is_of_it =
            |other: &&mut Change| other.kind == change.kind && other.subject == change.subject;
        match changes.iter_mut().find(is_of_it) {
            Some(first) if change.kind != Kind::DepartmentAgent.as_str() => {
                first.from = first.from.take().or(change.from);
                first.to = change.to.or_else(|| first.to.take());
            }
            _ => changes.push(change),
        }
    }
    let left_out = changes.len().saturating_sub(MOST_CHANGES);
    changes.truncate(MOST_CHANGES);
    for change in &mut changes {
        change.from = change.from.take().map(bounded);
        change.to = change.to.take().map(bounded);
    }
    let Some(kind) = changes.first().map(|change| change.kind.clone()) else {
        return Ok(());
    };
    let line = Line {
        id: tx.ids().id24_at(now),
        at: now,
        by: match by() {
            Actor::Account { id, username } => Some(Person {
                id,
                username,
                name: None,
            }),
            Actor::Visitor { .. } | Actor::System => None,
        },
        kind,
        changes,
        left_out: i64::try_from(left_out).unwrap_or(i64::MAX),
    };
    rows::insert(tx, &line, &Changes(line.changes.clone()))
}

fn bounded(value: Value) -> Value {
    let size = value.to_string().len();
    if size > LARGEST_VALUE {
        json!({"tooLong": size})
    } else {
        value
    }
}

/// What an event says of a change. The kinds are those of [`Kind::is_change_by_staff`].
fn of(event: &Event) -> Change {
    let (subject, name, from, to): (&str, Option<&str>, Value, Value) = match event {
        Event::AccountCreated(changed)
        | Event::AccountChanged(changed)
        | Event::AccountRemoved(changed) => {
            let account = &changed.account;
            (
                &account.id,
                Some(&account.username),
                Value::Null,
                Value::Null,
            )
        }
        Event::RoleChanged(changed) => {
            let (role, none) = (json!(changed.role), Value::Null);
            let (from, to) = if changed.given {
                (none, role)
            } else {
                (role, none)
            };
            (
                &changed.account.id,
                Some(&changed.account.username),
                from,
                to,
            )
        }
        Event::VisitorErased(erased) => (
            &erased.visitor,
            None,
            Value::Null,
            json!({"chats": erased.chats}),
        ),
        Event::PermissionChanged(changed) => {
            (&changed.permission, None, Value::Null, json!(changed.roles))
        }
        Event::SettingChanged(changed) => {
            (&changed.setting, None, Value::Null, changed.value.clone())
        }
        Event::DepartmentCreated(changed)
        | Event::DepartmentChanged(changed)
        | Event::DepartmentRemoved(changed) => {
            let department = &changed.department;
            (
                &department.id,
                Some(&department.name),
                Value::Null,
                Value::Null,
            )
        }
        Event::DepartmentAgent(link) => {
            let agent = json!({"agent": link.agent.username, "action": link.action});
            (
                &link.department.id,
                Some(&link.department.name),
                Value::Null,
                agent,
            )
        }
        Event::TriggerSaved(changed) | Event::TriggerRemoved(changed) => {
            (&changed.trigger, None, Value::Null, Value::Null)
        }
        Event::PriorityRenamed(renamed) => {
            (&renamed.priority, None, Value::Null, json!(renamed.name))
        }
        Event::SlaSaved(changed) | Event::SlaRemoved(changed) => {
            (&changed.sla, None, Value::Null, Value::Null)
        }
        Event::TagSaved(changed) | Event::TagRemoved(changed) => {
            (&changed.tag, None, Value::Null, Value::Null)
        }
        Event::UnitSaved(changed) | Event::UnitRemoved(changed) => {
            (&changed.unit, None, Value::Null, Value::Null)
        }
        Event::CannedResponseSaved(changed) | Event::CannedResponseRemoved(changed) => {
            (&changed.canned_response, None, Value::Null, Value::Null)
        }
        Event::EmailInboxSaved(changed) | Event::EmailInboxRemoved(changed) => {
            (&changed.email_inbox, None, Value::Null, Value::Null)
        }
        Event::CircularSent(sent) => (
            "",
            Some(&sent.subject),
            Value::Null,
            json!({"people": sent.people}),
        ),
        Event::CustomFieldSaved(changed) | Event::CustomFieldRemoved(changed) => {
            (&changed.field, None, Value::Null, Value::Null)
        }
        Event::BusinessHourSaved(changed) | Event::BusinessHourRemoved(changed) => {
            (&changed.business_hour, None, Value::Null, Value::Null)
        }
        Event::SiteCreated(changed)
        | Event::SiteSecretRotated(changed)
        | Event::SiteRemoved(changed) => {
            (&changed.site, Some(&changed.name), Value::Null, Value::Null)
        }
        Event::EndpointCreated(changed)
        | Event::EndpointChanged(changed)
        | Event::EndpointRemoved(changed)
        | Event::EndpointPaused(changed)
        | Event::EndpointResumed(changed) => (&changed.endpoint, None, Value::Null, Value::Null),
        Event::EndpointSecretRotated(rotated) => (
            &rotated.endpoint,
            None,
            Value::Null,
            json!({"scheme": rotated.scheme}),
        ),
        Event::ReplayStarted(started) => (
            &started.endpoint,
            None,
            Value::Null,
            json!({"replay": started.replay}),
        ),
        _ => ("", None, Value::Null, Value::Null),
    };
    let given = |value: Value| Some(value).filter(|value| !value.is_null());
    Change {
        kind: event.kind().as_str().to_owned(),
        subject: subject.to_owned(),
        name: name.map(str::to_owned),
        from: given(from),
        to: given(to),
    }
}

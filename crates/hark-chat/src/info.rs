//! What is written down about a chat: its topic, tags, custom values, what the visitor thought.

use serde_json::{Map, Value, json};

use super::urgency::{prioritize, promise};
use super::visitors::{Notes, note};
use crate::custom_fields::{self, CustomField, Scope};
use crate::{access, figures, inquiries, tags};
use hark_model::events::{Edited, Event, Feedback, Rated, record_in_room};
use hark_model::rooms::{self, lock_live};
use hark_model::text::check_size;
use hark_model::{Actor, Context, Refusal, visitors};

/// What an agent saves about a chat and its visitor.
#[derive(Debug, Clone, Default)]
pub struct Info {
    pub visitor: String,
    /// Absent or empty: stays. Blank: none.
    pub name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub visitor_custom: Option<Map<String, Value>>,
    /// Absent: stays. Blank: none.
    pub topic: Option<String>,
    /// These and no others.
    pub tags: Vec<String>,
    pub room_custom: Option<Map<String, Value>>,
    /// Absent: stays. Empty: none.
    pub priority: Option<String>,
    pub sla: Option<String>,
}

const LONGEST_TOPIC: usize = 1_000;
const LONGEST_VALUE: usize = 10_000;

pub fn save_info(cx: &mut Context<'_, '_>, room: &str, info: &Info) -> Result<(), Refusal> {
    let account = cx.account()?;
    let mut room = lock_live(cx.tx, room)?;
    let serves = room.is_served_by(&account.id);
    if !serves && !access::holds(cx, &room, "save-others-livechat-room-info")? {
        return Err(Refusal::MayNotSaveInfo);
    }
    if room
        .visitor
        .as_ref()
        .is_none_or(|own| own.id != info.visitor)
    {
        return Err(Refusal::UnknownGuest);
    }
    let fields = custom_fields::all(cx.tx)?;
    if let Some(topic) = &info.topic {
        let topic = topic.trim();
        check_size("topic", topic, LONGEST_TOPIC)?;
        room.topic = Some(topic.to_owned()).filter(|topic| !topic.is_empty());
    }
    tags::check(&info.tags)?;
    let tags_before = std::mem::replace(&mut room.tags, tags::each_once(&info.tags));
    if let Some(values) = &info.room_custom {
        let custom = &mut room.custom;
        lay_over(custom, &fields, Scope::Room, values).map_err(Refusal::CustomValue)?;
    }
    let mut notes = Notes {
        name: given(info.name.as_deref()),
        email: given(info.email.as_deref()),
        phone: given(info.phone.as_deref()),
        custom: None,
    };
    if room.source.get("type").and_then(Value::as_str) == Some("sms") {
        notes.phone = None;
    }
    if let Some(values) = &info.visitor_custom
        && cx.may("edit-livechat-room-customfields")
    {
        let visitor = visitors::find(cx.tx, &info.visitor)?.ok_or(Refusal::UnknownGuest)?;
        let mut custom = visitor.custom;
        lay_over(&mut custom, &fields, Scope::Visitor, values)
            .map_err(|_| Refusal::UnknownGuest)?;
        notes.custom = Some(custom);
    }
    // The chat is called as its visitor is.
    if let Some(name) = notes.name.as_ref().filter(|name| !name.is_empty()) {
        room.name.clone_from(name);
    }
    figures::changes(cx.tx, &room)?;
    rooms::save(cx.tx, cx.now, &room)?;
    let visitor = match note(cx, &info.visitor, &notes) {
        Err(Refusal::InvalidVisitor) => return Err(Refusal::UnknownGuest),
        noted => noted?,
    };
    if room.is_of(&visitor) {
        room.visitor = Some(visitor);
    }
    let edited = Edited { noted: true };
    record_in_room(
        cx.tx,
        cx.now,
        &room,
        Actor::account(account),
        Event::ChatEdited,
        edited,
    )?;
    tags::tell(cx, &room, &tags_before)?;
    if let Some(priority) = &info.priority {
        let inquiry = inquiries::of_room(cx.tx, &room.id)?;
        prioritize(cx, &mut room, inquiry, chosen(priority))?;
    }
    if let Some(sla) = &info.sla {
        let inquiry = inquiries::of_room(cx.tx, &room.id)?;
        promise(cx, &mut room, inquiry, chosen(sla))?;
    }
    Ok(())
}

/// Of a policy or priority: an empty id stands for none.
fn chosen(id: &str) -> Option<&str> {
    Some(id).filter(|id| !id.is_empty())
}

/// Absent or empty says nothing; blanks say that there is none.
fn given(text: Option<&str>) -> Option<String> {
    let text = text.filter(|text| !text.is_empty())?;
    Some(text.trim().chars().take(LONGEST_VALUE).collect())
}

/// Values for fields of a scope; others mean nothing. Answers the label of a field that does not
/// admit its value.
fn lay_over(
    custom: &mut Map<String, Value>,
    fields: &[CustomField],
    scope: Scope,
    values: &Map<String, Value>,
) -> Result<(), String> {
    for field in fields.iter().filter(|field| field.scope == scope) {
        let Some(value) = values.get(&field.id) else {
            continue;
        };
        let text = match value {
            Value::String(text) => text.trim().to_owned(),
            Value::Null => String::new(),
            other => other.to_string(),
        };
        if text.is_empty() {
            custom.shift_remove(&field.id);
            continue;
        }
        if !field.admits(&text) || text.chars().nth(LONGEST_VALUE).is_some() {
            return Err(field.label.clone());
        }
        custom.insert(field.id.clone(), json!(text));
    }
    Ok(())
}

/// What a visitor thought of a chat, open or closed. Answers what was accepted of it.
pub fn rate(
    cx: &mut Context<'_, '_>,
    token: &str,
    room: &str,
    answers: &[(String, String)],
) -> Result<Map<String, Value>, Refusal> {
    const RATED: [&str; 4] = [
        Feedback::SATISFACTION,
        Feedback::AGENT_KNOWLEDGE,
        Feedback::AGENT_RESPONSIVENESS,
        Feedback::AGENT_FRIENDLINESS,
    ];
    const LONGEST_FEEDBACK: usize = 10_000;
    let visitor = visitors::known(cx.tx, token)?;
    let mut room = lock_live(cx.tx, room)?;
    if !room.is_of(&visitor) {
        return Err(Refusal::InvalidRoom);
    }
    let mut accepted = Map::new();
    for (name, value) in answers {
        let fits = match name.as_str() {
            Feedback::COMMENT => value.chars().nth(LONGEST_FEEDBACK).is_none(),
            name => RATED.contains(&name) && ["1", "2", "3", "4", "5"].contains(&value.as_str()),
        };
        if fits {
            accepted.insert(name.clone(), json!(value));
        }
    }
    if accepted.is_empty() {
        return Err(Refusal::InvalidData);
    }
    figures::changes(cx.tx, &room)?;
    let survey = room.survey.get_or_insert_with(|| json!({}));
    for (name, value) in &accepted {
        survey[name] = value.clone();
    }
    rooms::save(cx.tx, cx.now, &room)?;
    let by = Actor::visitor(&visitor);
    let rated = Rated {
        feedback: Feedback(accepted.clone()),
    };
    record_in_room(cx.tx, cx.now, &room, by, Event::FeedbackSubmitted, rated)?;
    Ok(accepted)
}

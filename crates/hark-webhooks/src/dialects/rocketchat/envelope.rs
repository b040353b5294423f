//! What every event of a conversation tells: the room, its visitor, its agent, what was said.

use hark_model::events::{
    AgentSnapshot, ChatSnapshot, Event, Serving, TransferOrigin, TransferScope, VisitorSnapshot,
};
use hark_model::rooms::Person;
use hark_model::{Policy, settings};
use serde::Serialize;
use serde_json::{Map, Value};

use super::messages::{self, Message};
use super::{Type, user_agent};
use crate::dialects::Iso;
use crate::moment::Moment;
use crate::written;

written! {
    [#[derive(Serialize)] #[serde(rename_all = "camelCase")]]

    pub(super) struct Envelope<'a> of(
        event: &'a Event, chat: &'a ChatSnapshot, kind: Type, messages: Vec<Message<'a>>, policy: &Policy
    ) -> Option {
        #[serde(rename = "_id")]
        id: &'a str = &chat.room.id,
        label: &'a str = &chat.room.name,
        topic?: Option<&'a str> = chat.room.topic.as_deref(),
        created_at: Iso = Iso(chat.room.created_at),
        // The last word in a room that is closed is the one that closed it.
        last_message_at: Iso = Iso(match chat.room.closed_at {
            Some(at) if kind == Type::Edited => at,
            _ => chat.room.last_message_at,
        }),
        tags?: Option<&'a [String]> = some(&chat.room.tags),
        custom_fields?: Option<&'a Map<String, Value>> = members(&chat.room.custom),
        visitor: Visitor<'a> = Visitor::of(chat.visitor.as_ref()?),
        agent?: Option<Agent<'a>> = chat.agent.as_ref().and_then(|agent| Agent::of(agent, policy)),
        crm_data?: Option<&'a str> = chat.room.crm_data.as_deref(),
        r#type: Type = kind,
        messages: Vec<Message<'a>> = messages,
        department_id?: Option<&'a str> = chat.room.department.as_deref().filter(|_| kind.is_session()),
        served_by?: Option<ServedBy<'a>> = chat.room.served_by.as_ref().filter(|_| kind.has_server()).map(ServedBy::of),
        old_department_id?: Option<&'a str> = origin(event, false).and_then(|from| from.department.as_deref()),
        old_served_by?: Option<ServedBy<'a>> = origin(event, true).and_then(|from| from.served_by.as_ref()).map(ServedBy::of),
        closed_at?: Option<Iso> = chat.room.closed_at.filter(|_| kind == Type::Closed).map(Iso),
        closed_by?: Option<ClosedBy<'a>> = chat.room.closed_by.as_ref().filter(|_| kind == Type::Closed).map(ClosedBy::of),
        closer?: Option<&'a str> = chat.room.closer.as_deref().filter(|_| kind == Type::Closed),
    }

    struct Visitor<'a> of(visitor: &'a VisitorSnapshot) {
        #[serde(rename = "_id")]
        id: &'a str = &visitor.id,
        token: &'a str = &visitor.token,
        name?: Option<&'a str> = visitor.name.as_deref(),
        username: &'a str = &visitor.username,
        department?: Option<&'a str> = visitor.department.as_deref(),
        ip?: Option<&'a str> = visitor.ip.as_deref(),
        os?: Option<String> = visitor.user_agent.as_deref().and_then(user_agent::system),
        browser?: Option<String> = visitor.user_agent.as_deref().and_then(user_agent::browser),
        custom_fields?: Option<&'a Map<String, Value>> = members(&visitor.custom),
        email?: Option<Vec<Address<'a>>> = some(&visitor.emails).map(|all| all.iter().map(Address::of).collect()),
        /// `null` when there is none, as receivers have always seen it.
        phone: Option<Vec<Number<'a>>> = some(&visitor.phones).map(|all| all.iter().map(Number::of).collect()),
    }

    struct Address<'a> of(address: &'a String) {
        address: &'a str = address,
    }

    struct Number<'a> of(number: &'a String) {
        phone_number: &'a str = number,
    }

    /// Nobody, if the account is gone.
    struct Agent<'a> of(agent: &'a AgentSnapshot, policy: &Policy) -> Option {
        #[serde(rename = "_id")]
        id: &'a str = &agent.id,
        username: &'a str = Some(agent.username.as_str()).filter(|username| !username.is_empty())?,
        name?: Option<&'a str> = agent.name.as_deref().filter(|name| !name.is_empty()),
        custom_fields?: Option<Map<String, Value>> = members(&agent.custom_fields).map(|all| exported(all, policy)),
        email?: Option<&'a str> = agent.email.as_deref(),
    }

    struct ServedBy<'a> of(serving: &'a Serving) {
        #[serde(rename = "_id")]
        id: &'a str = &serving.id,
        username: &'a str = &serving.username,
        ts: Iso = Iso(serving.at),
    }

    struct ClosedBy<'a> of(person: &'a Person) {
        #[serde(rename = "_id")]
        id: &'a str = &person.id,
        username: &'a str = &person.username,
    }
}

impl<'a> Envelope<'a> {
    /// Nothing, if the message that it would tell of is gone.
    pub(super) fn written(moment: &'a Moment<'_>, event: &'a Event, kind: Type) -> Option<Self> {
        let chat = event.chat()?;
        let messages = messages::sent(moment, &chat.visitor.as_ref()?.username);
        if kind == Type::Message && messages.is_empty() {
            return None;
        }
        Self::of(event, chat, kind, messages, &moment.context.policy)
    }
}

/// A list that is left out when it is empty.
fn some<T>(list: &[T]) -> Option<&[T]> {
    Some(list).filter(|list| !list.is_empty())
}

/// Members that are left out when there are none.
fn members(all: &Map<String, Value>) -> Option<&Map<String, Value>> {
    Some(all).filter(|all| !all.is_empty())
}

/// Those of an agent's fields that may be sent to others.
fn exported(custom: &Map<String, Value>, policy: &Policy) -> Map<String, Value> {
    let declared = policy.text(settings::Accounts_CustomFields);
    let declared: Value = serde_json::from_str(declared).unwrap_or_default();
    custom
        .iter()
        .filter(|(name, _)| declared[name.as_str()]["sendToIntegrations"] == true)
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// Where a chat was before it was forwarded. Either the agent or the department has changed, and only
/// that is written.
fn origin(event: &Event, of_agent: bool) -> Option<&TransferOrigin> {
    match event {
        Event::ChatForwarded(forwarded) => {
            let to_agent = matches!(
                forwarded.details.scope,
                TransferScope::Agent | TransferScope::UnansweredToAgent
            );
            Some(&forwarded.details.from).filter(|_| to_agent == of_agent)
        }
        _ => None,
    }
}

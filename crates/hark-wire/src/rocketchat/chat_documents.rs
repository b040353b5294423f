//! The documents of a chat: a visitor, a room, its place in the queue, a message, a subscription as
//! clients know them.

use hark_chat::accounts::Account;
use hark_chat::departments::Department;
use hark_chat::inquiries::{Inquiry, Status};
use hark_chat::messages::{Message, System};
use hark_chat::rooms::{Kind, Metrics, Room};
use hark_chat::subscriptions::Subscription;
use hark_chat::visitors::Visitor;
use hark_store::Timestamp;
use serde_json::{Map, Value, json};

/// A document without the members that nobody gave.
pub(super) struct Document(Map<String, Value>);

impl Document {
    pub(super) fn of(value: Value) -> Self {
        match value {
            Value::Object(members) => Self(members),
            _ => Self(Map::new()),
        }
    }

    pub(super) fn put(&mut self, name: &str, value: impl Into<Value>) {
        self.0.insert(name.to_owned(), value.into());
    }

    pub(super) fn put_some<T: Into<Value>>(&mut self, name: &str, value: Option<T>) {
        if let Some(value) = value {
            self.put(name, value);
        }
    }

    pub(super) fn done(self) -> Value {
        Value::Object(self.0)
    }
}

pub(super) fn visitor(visitor: &Visitor) -> Value {
    let mut document = Document::of(json!({
        "_id": visitor.id,
        "username": visitor.username,
        "ts": Value::from(visitor.created_at),
        "token": visitor.token,
        "status": visitor.status,
    }));
    document.put_some("name", visitor.name.clone());
    document.put_some("department", visitor.department.clone());
    if !visitor.emails.is_empty() {
        document.put("visitorEmails", emails(visitor));
    }
    if !visitor.phones.is_empty() {
        document.put("phone", phones(visitor));
    }
    if !visitor.custom.is_empty() {
        document.put("livechatData", visitor.custom.clone());
    }
    if let Some(last) = &visitor.last_chat {
        document.put(
            "lastChat",
            json!({"_id": last.room, "ts": Value::from(last.at)}),
        );
    }
    if let Some(agent) = &visitor.last_agent {
        let agent =
            json!({"agentId": agent.id, "username": agent.username, "ts": Value::from(agent.at)});
        document.put("lastAgent", agent);
    }
    if let Some(manager) = &visitor.contact_manager {
        document.put("contactManager", json!({"username": manager}));
    }
    if !visitor.activity.is_empty() {
        document.put("activity", json!(visitor.activity));
    }
    document.put_some("ip", visitor.ip.clone());
    document.put_some("userAgent", visitor.user_agent.clone());
    document.put_some("host", visitor.host.clone());
    document.put("_updatedAt", visitor.updated_at);
    document.done()
}

fn emails(visitor: &Visitor) -> Value {
    let each = visitor.emails.iter().map(|email| json!({"address": email}));
    each.collect()
}

fn phones(visitor: &Visitor) -> Value {
    let each = visitor
        .phones
        .iter()
        .map(|phone| json!({"phoneNumber": phone}));
    each.collect()
}

/// What a search shows of a visitor.
pub(super) fn visitor_in_short(visitor: &Visitor) -> Value {
    let mut whole = self::visitor(visitor);
    if let Value::Object(members) = &mut whole {
        let shown = [
            "_id",
            "username",
            "name",
            "phone",
            "livechatData",
            "visitorEmails",
            "lastChat",
        ];
        members.retain(|name, _| shown.contains(&name.as_str()));
    }
    whole
}

pub(super) fn room(room: &Room) -> Value {
    let mut document = Document::of(json!({
        "_id": room.id,
        "t": room.kind.letter(),
        "msgs": room.messages,
        "usersCount": room.people_count,
        "ts": Value::from(room.created_at),
        "lm": Value::from(room.last_message_at),
    }));
    match room.kind {
        Kind::Live => live(room, &mut document),
        Kind::Channel => {
            document.put("name", room.name.clone());
            document.put("fname", room.name.clone());
            document.put("default", true);
        }
        Kind::Direct => {
            let names: Vec<&str> = room.name.split(',').collect();
            let ids: Vec<&str> = room
                .people
                .as_deref()
                .unwrap_or_default()
                .split(',')
                .collect();
            document.put("usernames", json!(names));
            document.put("uids", json!(ids));
        }
    }
    document.put_some("topic", room.topic.clone());
    document.put("_updatedAt", room.updated_at);
    document.done()
}

fn live(room: &Room, document: &mut Document) {
    document.put("fname", room.name.clone());
    if let Some(visitor) = &room.visitor {
        document.put("v", guest(visitor, room));
    }
    document.put("cl", false);
    if room.open {
        document.put("open", true);
    }
    if room.waiting_response && room.open {
        document.put("waitingResponse", true);
    }
    document.put_some("departmentId", room.department.clone());
    if let Some(agent) = &room.served_by {
        let agent =
            json!({"_id": agent.id, "username": agent.username, "ts": Value::from(agent.at)});
        document.put("servedBy", agent);
    }
    if let Some(by) = &room.response_by {
        document.put(
            "responseBy",
            json!({
                "_id": by.id,
                "username": by.username,
                "firstResponseTs": moment(by.first_at),
                "lastMessageTs": moment(by.last_at),
            }),
        );
    }
    document.put("source", room.source.clone());
    document.put_some("queuedAt", room.queued_at);
    document.put("priorityWeight", room.priority_weight);
    document.put("estimatedWaitingTimeQueue", room.estimated_wait);
    document.put_some("priorityId", room.priority.clone());
    document.put_some("slaId", room.sla.clone());
    if !room.tags.is_empty() {
        document.put("tags", json!(room.tags));
    }
    if !room.custom.is_empty() {
        document.put("livechatData", room.custom.clone());
    }
    document.put_some("metrics", metrics(&room.metrics));
    if room.on_hold {
        document.put("onHold", true);
    }
    document.put_some("transcriptRequest", room.transcript_request.clone());
    document.put_some("surveyFeedback", room.survey.clone());
    document.put_some("crmData", room.crm_data.clone());
    if let Some(closing) = &room.closing {
        document.put("closedAt", closing.at);
        document.put("closer", closing.closer.clone());
        document.put(
            "closedBy",
            json!({"_id": closing.by.id, "username": closing.by.username}),
        );
    }
}

fn guest(visitor: &Visitor, room: &Room) -> Value {
    let mut guest = Document::of(json!({
        "_id": visitor.id,
        "username": visitor.username,
        "token": visitor.token,
        "status": room.visitor_status,
    }));
    guest.put_some("name", visitor.name.clone());
    guest.put_some("phone", visitor.phones.first().cloned());
    guest.put_some("lastMessageTs", room.visitor_last_message_at);
    if !visitor.activity.is_empty() {
        guest.put("activity", json!(visitor.activity));
    }
    guest.done()
}

fn moment(millis: i64) -> Value {
    Timestamp::from_millis(millis).into()
}

/// Durations are told in seconds.
fn metrics(metrics: &Metrics) -> Option<Value> {
    let seconds = |millis: i64| json!(millis as f64 / 1000.0);
    let mut document = Document::of(json!({}));
    if let Some(at) = metrics.visitor_asked_at {
        document.put("v", json!({"lq": moment(at)}));
    }
    if let Some(at) = metrics.agent_replied_at {
        document.put("servedBy", json!({"lr": moment(at)}));
    }
    if let (Some(at), Some(first)) = (metrics.first_response_at, metrics.first_response) {
        let average = metrics.response_total / metrics.responses.max(1);
        document.put(
            "response",
            json!({
                "total": metrics.responses,
                "avg": seconds(average),
                "ft": seconds(first),
                "tt": seconds(metrics.response_total),
                "fd": moment(at),
            }),
        );
        document.put(
            "reaction",
            json!({
                "fd": moment(at),
                "ft": seconds(metrics.first_reaction.unwrap_or(first)),
                "tt": seconds(metrics.reaction_total),
            }),
        );
    }
    for (name, duration) in [
        ("chatDuration", metrics.chat_duration),
        ("serviceTimeDuration", metrics.service_duration),
        ("visitorInactivity", metrics.visitor_inactivity),
    ] {
        document.put_some(name, duration.map(seconds));
    }
    (!document.0.is_empty()).then(|| document.done())
}

/// A room in a list, with the name of its department.
pub(super) fn room_in_list(room: &Room, departments: &[Department]) -> Value {
    let mut document = self::room(room);
    let named = departments
        .iter()
        .find(|department| Some(&department.id) == room.department.as_ref());
    if let Some(department) = named {
        document["department"] = json!({"_id": department.id, "name": department.name});
    }
    document
}

/// The room's last message, for rooms that are shown with it.
pub(super) fn with_last_message(mut document: Value, last: Option<&Message>, token: &str) -> Value {
    if let Some(last) = last {
        document["lastMessage"] = message(last, token);
    }
    document
}

pub(super) fn inquiry(inquiry: &Inquiry, room: &Room) -> Value {
    let mut document = Document::of(json!({
        "_id": inquiry.id,
        "rid": inquiry.room,
        "name": room.name,
        "ts": Value::from(inquiry.created_at),
        "message": inquiry.first_message,
        "status": inquiry.status.as_str(),
        "t": "l",
        "source": room.source,
        "priorityWeight": inquiry.priority_weight,
        "estimatedWaitingTimeQueue": inquiry.estimated_wait,
    }));
    if let Some(visitor) = &room.visitor {
        let mut guest = guest(visitor, room);
        if let Value::Object(guest) = &mut guest {
            let shown = ["_id", "username", "token", "status", "activity"];
            guest.retain(|name, _| shown.contains(&name.as_str()));
        }
        document.put("v", guest);
    }
    document.put_some("department", inquiry.department.clone());
    document.put_some("queuedAt", inquiry.queued_at);
    if inquiry.status == Status::Taken {
        document.put_some("takenAt", inquiry.taken_at);
    }
    if let (Some(id), Some(username)) = (&inquiry.default_agent, &inquiry.default_agent_username) {
        document.put("defaultAgent", json!({"agentId": id, "username": username}));
    }
    document.put("_updatedAt", inquiry.updated_at);
    document.done()
}

/// `token` is that of the room's visitor: it stands on what he said.
pub(super) fn message(message: &Message, token: &str) -> Value {
    let mut author = json!({"_id": message.author.id, "username": message.author.username});
    if let Some(name) = &message.author.name {
        author["name"] = json!(name);
    }
    let mut document = Document::of(json!({"_id": message.id}));
    document.put_some("rid", message.room.clone());
    if let Some(system) = message.system {
        document.put("t", system.as_str());
        if system != System::Removed {
            document.put("groupable", false);
        }
    }
    document.put("msg", message.text.clone());
    if message.by_visitor {
        document.put("token", token);
        document.put_some("alias", message.author.name.clone());
    }
    document.put("ts", message.at);
    document.put("u", author);
    if message.system.is_none() {
        document.put("urls", urls(&message.text));
        document.put("mentions", json!([]));
        document.put("channels", json!([]));
        document.put("md", parsed(&message.text));
    }
    if message.hidden {
        document.put("_hidden", true);
    }
    if let Some(Value::Object(extra)) = &message.extra {
        document.0.extend(extra.clone());
    }
    if let Some(edit) = &message.edited {
        document.put("editedAt", edit.at);
        let by = json!({"_id": edit.by.id, "username": edit.by.username});
        document.put("editedBy", by);
    }
    document.put("_updatedAt", message.updated_at);
    document.done()
}

fn links(text: &str) -> impl Iterator<Item = &str> {
    const MOST: usize = 20;
    text.split_whitespace()
        .filter(|word| word.starts_with("https://") || word.starts_with("http://"))
        .take(MOST)
}

fn urls(text: &str) -> Value {
    links(text).map(|url| json!({"url": url})).collect()
}

/// The text as clients want it parsed: paragraphs of plain text and links.
fn parsed(text: &str) -> Value {
    const MOST_LINES: usize = 1_000;
    let mut blocks = Vec::new();
    for line in text.lines().take(MOST_LINES) {
        if line.trim().is_empty() {
            blocks.push(json!({"type": "LINE_BREAK"}));
            continue;
        }
        blocks.push(json!({"type": "PARAGRAPH", "value": inline(line)}));
    }
    Value::Array(blocks)
}

fn inline(line: &str) -> Value {
    let plain = |text: &str| json!({"type": "PLAIN_TEXT", "value": text});
    let mut parts = Vec::new();
    let mut rest = line;
    for link in links(line) {
        // Links come in their order; each is found in what is left.
        let Some((before, after)) = rest.split_once(link) else {
            break;
        };
        if !before.is_empty() {
            parts.push(plain(before));
        }
        parts.push(json!({
            "type": "LINK",
            "value": {"src": plain(link), "label": [plain(link)]},
        }));
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(plain(rest));
    }
    Value::Array(parts)
}

/// What a room is called by one of those who are in it.
fn name_for(room: &Room, owner: &Account) -> String {
    if room.kind != Kind::Direct {
        return room.name.clone();
    }
    let others: Vec<&str> = room
        .name
        .split(',')
        .filter(|name| *name != owner.username)
        .collect();
    match others.is_empty() {
        true => room.name.clone(),
        false => others.join(","),
    }
}

pub(super) fn subscription(subscription: &Subscription, room: &Room, owner: &Account) -> Value {
    let name = name_for(room, owner);
    let mut document = Document::of(json!({
        "_id": subscription.id,
        "rid": subscription.room,
        "t": room.kind.letter(),
        "u": {"_id": owner.id, "username": owner.username, "name": owner.name},
        "name": name,
        "fname": name,
        "open": subscription.open,
        "alert": subscription.alert,
        "unread": subscription.unread,
        "userMentions": subscription.user_mentions,
        "groupMentions": subscription.group_mentions,
        "ts": Value::from(subscription.created_at),
        "_updatedAt": Value::from(subscription.updated_at),
    }));
    document.put_some("ls", subscription.last_seen);
    if room.kind == Kind::Live {
        for name in [
            "desktopNotifications",
            "mobilePushNotifications",
            "emailNotifications",
        ] {
            document.put(name, "all");
        }
        if let Some(visitor) = &room.visitor {
            let mut guest = guest(visitor, room);
            if let Value::Object(guest) = &mut guest {
                let shown = ["_id", "username", "token", "status"];
                guest.retain(|name, _| shown.contains(&name.as_str()));
            }
            document.put("v", guest);
        }
        document.put_some("department", room.department.clone());
        if room.on_hold {
            document.put("onHold", true);
        }
    }
    document.done()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_parsed_into_paragraphs_and_links() {
        let parsed = parsed("see https://x.test/a now\n\nbye");
        let plain = |text: &str| json!({"type": "PLAIN_TEXT", "value": text});
        let link = json!({"type": "LINK", "value": {"src": plain("https://x.test/a"), "label": [plain("https://x.test/a")]}});
        assert_eq!(
            parsed,
            json!([
                {"type": "PARAGRAPH", "value": [plain("see "), link, plain(" now")]},
                {"type": "LINE_BREAK"},
                {"type": "PARAGRAPH", "value": [plain("bye")]},
            ])
        );
        assert_eq!(inline("hello"), json!([plain("hello")]));
    }
}

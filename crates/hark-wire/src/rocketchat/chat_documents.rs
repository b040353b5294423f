//! The documents of a chat: a visitor, a room, its inquiry, a message, a subscription as
//! clients know them.

use std::borrow::Cow;

use hark_chat::access;
use hark_chat::departments::Department;
use hark_chat::inquiries::{Inquiry, Status};
use hark_chat::messages::{Message, System};
use hark_chat::sms;
use hark_chat::subscriptions::Subscription;
use hark_model::Policy;
use hark_model::accounts::Account;
use hark_model::rooms::{Kind, Metrics, Room};
use hark_model::visitors::Visitor;
use hark_store::Timestamp;
use serde_json::{Value, json};

use super::documents::{extend, given, only, unless_empty};

pub(super) fn visitor(visitor: &Visitor) -> Value {
    let last_chat = visitor.last_chat.as_ref();
    let last_agent = visitor.last_agent.as_ref();
    let manager = visitor.contact_manager.as_ref();
    let emails = visitor.emails.iter().map(|email| json!({"address": email}));
    let phones = visitor.phones.iter();
    let phones = phones.map(|phone| json!({"phoneNumber": phone}));
    given(json!({
        "_id": visitor.id,
        "username": visitor.username,
        "ts": Value::from(visitor.created_at),
        "token": visitor.token,
        "status": visitor.status,
        "name": visitor.name,
        "department": visitor.department,
        "visitorEmails": unless_empty(emails.collect::<Value>()),
        "phone": unless_empty(phones.collect::<Value>()),
        "livechatData": unless_empty(&visitor.custom),
        "lastChat": last_chat.map(|last| json!({"_id": last.room, "ts": Value::from(last.at)})),
        "lastAgent": last_agent.map(|agent| {
            json!({"agentId": agent.id, "username": agent.username, "ts": Value::from(agent.at)})
        }),
        "contactManager": manager.map(|manager| json!({"username": manager})),
        "contactId": visitor.contact,
        "activity": unless_empty(&visitor.activity),
        "ip": visitor.ip,
        "userAgent": visitor.user_agent,
        "host": visitor.host,
        "_updatedAt": Value::from(visitor.updated_at),
    }))
}

/// A visitor as those who work here look them up, which opens none of their chats to anybody who
/// may not see them.
pub(super) fn visitor_for(account: &Account, policy: &Policy, visitor: &Visitor) -> Value {
    let mut document = self::visitor(visitor);
    if !access::may_see_tokens(policy, account) {
        remove(&mut document, &["token"]);
    }
    if policy.bound(account, "view-l-room").is_some() {
        remove(&mut document, OF_CHATS);
    }
    document
}

/// What a visitor's record says of their latest chat, which may be behind the border of a monitor.
const OF_CHATS: &[&str] = &["department", "lastChat", "lastAgent"];

/// A room with its visitor's token, or with what stands for it.
pub(super) fn shown(room: &Room, with_token: bool) -> Cow<'_, Room> {
    if with_token {
        Cow::Borrowed(room)
    } else {
        Cow::Owned(access::without_token(room.clone()))
    }
}

/// The token of a room's visitor, or what stands for it.
pub(super) fn shown_token(room: &Room, with_token: bool) -> Cow<'_, str> {
    match &room.visitor {
        Some(visitor) if with_token => Cow::Borrowed(&visitor.token),
        Some(_) => Cow::Owned(room.token_stand_in()),
        None => Cow::Borrowed(""),
    }
}

fn remove(document: &mut Value, names: &[&str]) {
    if let Value::Object(members) = document {
        for name in names {
            members.shift_remove(*name);
        }
    }
}

pub(super) fn visitor_in_short(account: &Account, policy: &Policy, visitor: &Visitor) -> Value {
    let shown = [
        "_id",
        "username",
        "name",
        "visitorEmails",
        "phone",
        "livechatData",
        "lastChat",
    ];
    only(&visitor_for(account, policy, visitor), &shown)
}

pub(super) fn room(room: &Room) -> Value {
    let mut document = json!({
        "_id": room.id,
        "t": room.kind.as_str(),
        "msgs": room.messages,
        "usersCount": room.people_count,
        "ts": Value::from(room.created_at),
        "lm": Value::from(room.last_message_at),
    });
    let of_kind = match room.kind {
        Kind::Live => live(room),
        Kind::Channel => json!({"name": room.name, "fname": room.name, "default": true}),
        Kind::Group => {
            json!({"name": room.name, "fname": room.name, "default": false, "ro": false})
        }
        Kind::Direct => {
            let names: Vec<&str> = room.name.split(',').collect();
            let people = room.people.as_deref().unwrap_or_default();
            let ids: Vec<&str> = people.split(',').collect();
            json!({"usernames": names, "uids": ids})
        }
    };
    extend(&mut document, of_kind);
    let of_all = json!({"topic": room.topic, "_updatedAt": Value::from(room.updated_at)});
    extend(&mut document, given(of_all));
    document
}

fn live(room: &Room) -> Value {
    let closing = room.closing.as_ref();
    given(json!({
        "fname": room.name,
        "v": room.visitor.as_ref().map(|visitor| guest(visitor, room)),
        "cl": false,
        "open": room.open.then_some(true),
        "waitingResponse": (room.waiting_response && room.open).then_some(true),
        "departmentId": room.department,
        "departmentAncestors": room.unit.as_ref().map(|unit| [unit]),
        "servedBy": room.served_by.as_ref().map(|agent| {
            json!({"_id": agent.id, "username": agent.username, "ts": Value::from(agent.at)})
        }),
        "responseBy": room.response_by.as_ref().map(|by| json!({
            "_id": by.id,
            "username": by.username,
            "firstResponseTs": moment(by.first_at),
            "lastMessageTs": moment(by.last_at),
        })),
        "source": room.source,
        "sms": sms::numbers_of(&room.source).map(|(_, ours)| json!({"from": ours})),
        "email": room.email.as_ref().map(|email| json!({
            "thread": email.thread,
            "replyTo": email.reply_to,
            "subject": email.subject,
        })),
        "queuedAt": room.queued_at.map(Value::from),
        "priorityWeight": room.priority_weight,
        "estimatedWaitingTimeQueue": room.estimated_wait,
        "priorityId": room.priority,
        "slaId": room.sla,
        "tags": unless_empty(&room.tags),
        "livechatData": unless_empty(&room.custom),
        "metrics": unless_empty(metrics(&room.metrics)),
        "onHold": room.is_on_hold().then_some(true),
        "omnichannel": room.abandoned_at.map(|at| {
            json!({"predictedVisitorAbandonmentAt": Value::from(at)})
        }),
        "autoTransferOngoing": room.unanswered_since.is_some().then_some(true),
        "autoTransferredAt": room.auto_transferred_at.map(Value::from),
        "transcriptRequest": room.transcript_request,
        "pdfTranscriptRequested": room.pdf_wanted.then_some(true),
        "pdfTranscriptFileId": room.pdf_file,
        "surveyFeedback": room.survey,
        "crmData": room.crm_data,
        "callStatus": room.call_status,
        "closedAt": closing.map(|closing| Value::from(closing.at)),
        "closer": closing.map(|closing| &closing.closer),
        "closedBy": closing.map(|closing| {
            json!({"_id": closing.by.id, "username": closing.by.username})
        }),
    }))
}

fn guest(visitor: &Visitor, room: &Room) -> Value {
    let mut guest = json!({
        "_id": visitor.id,
        "username": visitor.username,
        "token": visitor.token,
        "status": room.visitor_status,
    });
    let more = json!({
        "name": visitor.name,
        "phone": visitor.phones.first(),
        "lastMessageTs": room.visitor_last_message_at.map(Value::from),
        "activity": unless_empty(&visitor.activity),
    });
    extend(&mut guest, given(more));
    guest
}

fn moment(millis: i64) -> Value {
    Timestamp::from_millis(millis).into()
}

/// Durations are in seconds.
fn metrics(metrics: &Metrics) -> Value {
    let seconds = |millis: i64| millis as f64 / 1000.0;
    let first = metrics.first_response_at.zip(metrics.first_response);
    given(json!({
        "v": metrics.visitor_asked_at.map(|at| json!({"lq": moment(at)})),
        "servedBy": metrics.agent_replied_at.map(|at| json!({"lr": moment(at)})),
        "response": first.map(|(at, first)| json!({
            "total": metrics.responses,
            "avg": seconds(metrics.response_total / metrics.responses.max(1)),
            "ft": seconds(first),
            "tt": seconds(metrics.response_total),
            "fd": moment(at),
        })),
        "reaction": first.map(|(at, first)| json!({
            "fd": moment(at),
            "ft": seconds(metrics.first_reaction.unwrap_or(first)),
            "tt": seconds(metrics.reaction_total),
        })),
        "chatDuration": metrics.chat_duration.map(seconds),
        "serviceTimeDuration": metrics.service_duration.map(seconds),
        "visitorInactivity": metrics.visitor_inactivity.map(seconds),
    }))
}

/// A chat of the same visitor, as somebody knows it who may not see it: that it was, when, and who
/// had it.
pub(super) fn room_in_outline(room: &Room) -> Value {
    let shown = [
        "_id",
        "t",
        "fname",
        "ts",
        "lm",
        "msgs",
        "open",
        "cl",
        "departmentId",
        "servedBy",
        "source",
        "closedAt",
        "closer",
        "closedBy",
        "_updatedAt",
    ];
    only(&self::room(room), &shown)
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

/// A place in the queue. It is shown to those who have not taken the chat, so it says nothing that
/// would let them in.
pub(super) fn inquiry(inquiry: &Inquiry, room: &Room) -> Value {
    let shown = ["_id", "username", "status", "activity"];
    let visitor = room.visitor.as_ref();
    let is_taken = inquiry.status == Status::Taken;
    let asked_for = inquiry.default_agent.as_ref();
    let asked_for = asked_for.zip(inquiry.default_agent_username.as_ref());
    given(json!({
        "_id": inquiry.id,
        "rid": inquiry.room,
        "name": room.name,
        "ts": Value::from(inquiry.created_at),
        "message": inquiry.first_message,
        "status": inquiry.status.as_str(),
        "t": "l",
        "source": room.source,
        "priorityId": room.priority,
        "priorityWeight": inquiry.priority_weight,
        "slaId": room.sla,
        "estimatedWaitingTimeQueue": inquiry.estimated_wait,
        "v": visitor.map(|visitor| only(&guest(visitor, room), &shown)),
        "department": inquiry.department,
        "departmentAncestors": room.unit.as_ref().map(|unit| [unit]),
        "queuedAt": inquiry.queued_at.map(Value::from),
        "takenAt": inquiry.taken_at.filter(|_| is_taken).map(Value::from),
        "defaultAgent": asked_for.map(|(id, username)| json!({"agentId": id, "username": username})),
        "_updatedAt": Value::from(inquiry.updated_at),
    }))
}

/// A message as those see it who may see its room.
pub(super) fn message_in(message: &Message, room: &Room) -> Value {
    let token = room.visitor.as_ref().map_or("", |visitor| &visitor.token);
    self::message(message, token)
}

/// The last message of a chat, beside its place in the queue.
pub(super) fn last_message(message: &Message) -> Value {
    let mut document = self::message(message, "");
    remove(&mut document, &["token"]);
    document
}

/// `token` is that of the room's visitor: it stands on what they said.
pub(super) fn message(message: &Message, token: &str) -> Value {
    let author = &message.author;
    let is_system = message.system.is_some();
    let mut document = given(json!({
        "_id": message.id,
        "rid": message.room,
        "t": message.system.map(System::as_str),
        "groupable": (is_system && message.system != Some(System::Removed)).then_some(false),
        "msg": message.text,
        "token": message.by_visitor.then_some(token),
        "alias": author.name.as_ref().filter(|_| message.by_visitor),
        "ts": Value::from(message.at),
        "u": given(json!({"_id": author.id, "username": author.username, "name": author.name})),
        "urls": (!is_system).then(|| urls(&message.text)),
        "mentions": (!is_system).then(|| json!([])),
        "channels": (!is_system).then(|| json!([])),
        "md": (!is_system).then(|| parsed(&message.text)),
        "_hidden": message.hidden.then_some(true),
    }));
    if let Some(extra) = &message.extra {
        extend(&mut document, extra.clone());
    }
    // A page that they visited is noted with their token.
    if let Some(by) = document.pointer_mut("/navigation/token") {
        *by = json!(token);
    }
    if let Some(edit) = &message.edited {
        document["editedAt"] = edit.at.into();
        document["editedBy"] = json!({"_id": edit.by.id, "username": edit.by.username});
    }
    document["_updatedAt"] = message.updated_at.into();
    document
}

fn links(text: &str) -> impl Iterator<Item = &str> {
    const MOST: usize = 20;
    // Most texts have none: that is seen at once, and not word for word.
    let most = if text.contains("://") { MOST } else { 0 };
    text.split_whitespace()
        .filter(|word| word.starts_with("https://") || word.starts_with("http://"))
        .take(most)
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
    if others.is_empty() {
        room.name.clone()
    } else {
        others.join(",")
    }
}

pub(super) fn subscription(subscription: &Subscription, room: &Room, owner: &Account) -> Value {
    let name = name_for(room, owner);
    let mut document = json!({
        "_id": subscription.id,
        "rid": subscription.room,
        "t": room.kind.as_str(),
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
    });
    if let Some(seen) = subscription.last_seen {
        document["ls"] = seen.into();
    }
    if room.kind == Kind::Live {
        let shown = ["_id", "username", "token", "status"];
        let visitor = room.visitor.as_ref();
        let of_live = json!({
            "desktopNotifications": "all",
            "mobilePushNotifications": "all",
            "emailNotifications": "all",
            "v": visitor.map(|visitor| only(&guest(visitor, room), &shown)),
            "department": room.department,
            "onHold": room.is_on_hold().then_some(true),
        });
        extend(&mut document, given(of_live));
    }
    document
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

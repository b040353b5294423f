//! The kinds of events that endpoints may ask for. The log has more: what concerns the house alone
//! (accounts, permissions, settings) is nobody's webhook.

use hark_store::Event;

pub struct Kind {
    pub name: &'static str,
    /// One line for people.
    pub summary: &'static str,
}

const fn kind(name: &'static str, summary: &'static str) -> Kind {
    Kind { name, summary }
}

pub const KINDS: &[Kind] = &[
    kind("chat.started", "A visitor opened a chat"),
    kind("chat.queued", "A chat waits for an agent"),
    kind(
        "chat.taken",
        "An agent has the chat, by taking it or by being given it",
    ),
    kind("chat.joined", "Another agent joined a chat"),
    kind(
        "chat.forwarded",
        "A chat went to another agent or department",
    ),
    kind("chat.returned", "An agent put a chat back into the queue"),
    kind("chat.onhold", "A chat was put on hold"),
    kind("chat.resumed", "A chat that was on hold goes on"),
    kind("chat.closed", "A chat ended"),
    kind("chat.edited", "What is noted about a chat was changed"),
    kind("message.visitor", "The visitor said something"),
    kind("message.agent", "An agent, or the house, said something"),
    kind("message.edited", "A message was changed"),
    kind("message.deleted", "A message was removed"),
    kind("visitor.navigated", "The visitor looked at a page"),
    kind(
        "lead.captured",
        "A visitor wrote an address or a number that was not known",
    ),
    kind(
        "offline.submitted",
        "Someone left a message while nobody was there",
    ),
    kind("feedback.submitted", "A visitor rated a chat"),
    kind("agent.status", "An agent came, went, or changed his status"),
];

pub fn find(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name)
}

/// Whether an event is one that endpoints may hear of: of a visitor's chat, and not of what the
/// team says among itself.
pub fn is_public(event: &Event) -> bool {
    find(&event.kind).is_some()
        && match event.body["room"]["kind"].as_str() {
            Some(kind) => kind == "l",
            None => event.conversation.is_none(),
        }
}

/// What an event has to keep its order with: its conversation, or the states of an agent.
pub fn line(event: &Event) -> Option<String> {
    match (&event.conversation, &event.agent) {
        (Some(place), _) => Some(place.conversation.clone()),
        (None, Some(agent)) => Some(format!("agent:{agent}")),
        (None, None) => None,
    }
}

//! What parameters mean that mean the same wherever they stand, in a path, a query or a body. One that means more
//! says so beside its declaration.

use serde_json::{Value, json};

/// A name, what it means, and whether it is a moment.
type Known = (&'static str, &'static str, bool);

const KNOWN: &[Known] = &[
    ("_id", "The id of what is meant", false),
    ("after", "A place in the log: what came after it", false),
    ("agentId", "The id of an agent's account", false),
    (
        "callId",
        "The id of the message that tells of the call",
        false,
    ),
    (
        "contactId",
        "The id of a contact; where none are kept, of a visitor",
        false,
    ),
    ("conversation", "The id of a chat", false),
    (
        "count",
        "How many entries are wanted; 0 for all where the settings allow it",
        false,
    ),
    (
        "cursor",
        "Where the page before has ended, as it says in `nextCursor`",
        false,
    ),
    (
        "department",
        "A department, by id; for visitors and managers also by name",
        false,
    ),
    ("departmentId", "The id of a department", false),
    ("end", "Only what was before this moment", true),
    (
        "fields",
        "JSON text: which members are wanted, `{\"name\": 1}`",
        false,
    ),
    ("fileId", "The id of a file that was put there", false),
    ("from", "What happened at this moment or later", true),
    ("id", "The id of what is meant", false),
    (
        "kind",
        "A kind of events, or a family of them: `chat.closed`, `chat.*`",
        false,
    ),
    (
        "kinds",
        "Kinds of events, or families of them, with commas between",
        false,
    ),
    ("limit", "How many entries are wanted", false),
    ("ls", "Since when unread messages are counted", true),
    ("method", "The name of a method", false),
    ("offset", "How many entries are passed over", false),
    ("priorityId", "The id of a priority", false),
    (
        "query",
        "JSON text: which entries are wanted, by their members",
        false,
    ),
    ("rid", "The id of a room", false),
    ("roomId", "The id of a room", false),
    (
        "service",
        "Who carries a text message: `twilio`, `voxtelesys` or `mobex`",
        false,
    ),
    ("slaId", "The id of an SLA policy", false),
    (
        "sort",
        "JSON text: the order, 1 for up and -1 for down, `{\"ts\": -1}`",
        false,
    ),
    ("start", "Only what was at this moment or later", true),
    ("tagId", "The id of a tag", false),
    ("to", "What happened at this moment or earlier", true),
    (
        "token",
        "The token that the visitor has chosen, which is the key to what is theirs",
        false,
    ),
    ("type", "`agent` or `manager`", false),
    ("unitId", "The id of a business unit", false),
    ("updatedSince", "Only what changed after this moment", true),
    ("userId", "The id of an account", false),
    ("username", "The user name of an account", false),
    ("visitorId", "The id of a visitor", false),
];

/// Says in a schema what a parameter of this name means, if it always means the same.
pub(crate) fn describe(name: &str, schema: &mut Value) {
    let Some((_, about, is_moment)) = KNOWN.iter().find(|(known, ..)| *known == name) else {
        return;
    };
    schema["description"] = json!(about);
    if *is_moment {
        schema["format"] = json!("date-time");
    }
}

//! What parameters mean that mean the same wherever they stand, in a path, a query or a body. One that means more
//! says so beside its declaration.

use serde_json::{Value, json};

use Kind::{Amount, Any, Moment};

/// What a value is, where its shape does not say it.
#[derive(Clone, Copy)]
enum Kind {
    Any,
    Moment,
    /// How many.
    Amount,
}
/// A name, what it means, and of which kind it is.
type Known = (&'static str, &'static str, Kind);

const KNOWN: &[Known] = &[
    ("_id", "The id of what is meant", Any),
    ("after", "A place in the log: what came after it", Any),
    ("agentId", "The id of an agent's account", Any),
    (
        "callId",
        "The id of the message that tells of the call",
        Any,
    ),
    (
        "contactId",
        "The id of a contact; where none are kept, of a visitor",
        Any,
    ),
    ("conversation", "The id of a chat", Any),
    (
        "count",
        "How many entries are wanted; 0 for all where the settings allow it",
        Amount,
    ),
    (
        "cursor",
        "Where the page before has ended, as it says in `nextCursor`",
        Any,
    ),
    (
        "department",
        "A department, by id; for visitors and managers also by name",
        Any,
    ),
    ("departmentId", "The id of a department", Any),
    ("end", "Only what was before this moment", Moment),
    (
        "fields",
        "JSON text: which members are wanted, `{\"name\": 1}`",
        Any,
    ),
    ("fileId", "The id of a file that was put there", Any),
    ("from", "What happened at this moment or later", Moment),
    ("id", "The id of what is meant", Any),
    (
        "kind",
        "A kind of events, or a family of them: `chat.closed`, `chat.*`",
        Any,
    ),
    (
        "kinds",
        "Kinds of events, or families of them, with commas between",
        Any,
    ),
    ("latest", "Only what was before this moment", Moment),
    ("limit", "How many entries are wanted", Any),
    ("ls", "Since when unread messages are counted", Moment),
    ("method", "The name of a method", Any),
    ("offset", "How many entries are passed over", Amount),
    ("oldest", "Only what was after this moment", Moment),
    ("priorityId", "The id of a priority", Any),
    (
        "query",
        "JSON text: which entries are wanted, by their members",
        Any,
    ),
    ("rid", "The id of a room", Any),
    ("roomId", "The id of a room", Any),
    (
        "service",
        "Who carries a text message: `twilio`, `voxtelesys` or `mobex`",
        Any,
    ),
    ("slaId", "The id of an SLA policy", Any),
    (
        "sort",
        "JSON text: the order, 1 for up and -1 for down, `{\"ts\": -1}`",
        Any,
    ),
    ("start", "Only what was at this moment or later", Moment),
    ("tagId", "The id of a tag", Any),
    ("to", "What happened at this moment or earlier", Moment),
    (
        "token",
        "The token that the visitor has chosen, which is the key to what is theirs",
        Any,
    ),
    ("type", "`agent` or `manager`", Any),
    ("unitId", "The id of a business unit", Any),
    (
        "updatedSince",
        "Only what changed after this moment",
        Moment,
    ),
    ("userId", "The id of an account", Any),
    ("username", "The user name of an account", Any),
    ("visitorId", "The id of a visitor", Any),
];

/// Says in a schema what a parameter of this name means, if it always means the same.
pub(crate) fn describe(name: &str, schema: &mut Value) {
    let Some((_, about, kind)) = KNOWN.iter().find(|(known, ..)| *known == name) else {
        return;
    };
    schema["description"] = json!(about);
    match kind {
        Any => {}
        Moment => schema["format"] = json!("date-time"),
        Amount => schema["minimum"] = json!(0),
    }
}

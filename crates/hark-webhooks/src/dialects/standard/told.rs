//! What is told of each kind of event, under names of our own. Every member is always there; what
//! there is none of is `null`, so that receivers can declare a type for each kind. A visitor's
//! token, which opens his chat, is never told.

use hark_chat::messages::HOUSE;
use hark_chat::uploads::{Upload, links};
use hark_store::{Event, Timestamp};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use crate::moment::{House, Moment, Said};

/// The part of `data` that differs from kind to kind.
pub(super) trait Tale: Serialize + JsonSchema {
    /// Nothing when what it would tell of is gone.
    fn of(moment: &Moment) -> Option<Self>
    where
        Self: Sized;
}

/// What happened.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Data<T> {
    /// The place of the event in the log of everything; grows from event to event.
    event_id: i64,
    /// The number of the event inside its conversation: 1, 2, 3 and so on without gaps.
    sequence: Option<i64>,
    by: By,
    #[serde(flatten)]
    about: T,
}

impl<T: Tale> Data<T> {
    pub(super) fn of(event: &Event, about: T) -> Self {
        Self {
            event_id: event.position,
            sequence: event.conversation.as_ref().map(|place| place.seq),
            by: By::of(event),
            about,
        }
    }
}

/// A moment as ISO 8601 writes it, in UTC, with milliseconds.
#[derive(Clone, Copy)]
pub(super) struct Iso(pub(super) Timestamp);

impl Serialize for Iso {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.iso())
    }
}

impl JsonSchema for Iso {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Moment".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "format": "date-time"})
    }
}

#[derive(Serialize, JsonSchema, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Who {
    Agent,
    Visitor,
    System,
}

impl Who {
    fn of(id: Option<&str>, is_visitor: bool) -> Self {
        match id {
            _ if is_visitor => Self::Visitor,
            None | Some(HOUSE) => Self::System,
            Some(_) => Self::Agent,
        }
    }
}

/// Who did it. `system` is Hark itself; of a visitor who is not known yet there is no id.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct By {
    kind: Who,
    id: Option<String>,
    username: Option<String>,
}

impl By {
    fn of(event: &Event) -> Self {
        match event.body.get("by") {
            Some(by) => Self::read(by, by["visitor"] == true),
            // Whoever leaves a message behind has no record here.
            None => Self::read(&Value::Null, true),
        }
    }

    fn read(person: &Value, is_visitor: bool) -> Self {
        Self {
            kind: Who::of(person["id"].as_str(), is_visitor),
            id: text(&person["id"]),
            username: text(&person["username"]),
        }
    }
}

/// One chat, as it was after the event.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Conversation {
    id: String,
    /// What agents see it called.
    label: Option<String>,
    topic: Option<String>,
    created_at: Iso,
    last_message_at: Iso,
    open: bool,
    on_hold: bool,
    department_id: Option<String>,
    tags: Vec<String>,
    /// By the id of the field.
    custom_fields: Map<String, Value>,
    /// How the visitor came: `widget`, `api` and so on.
    source: Option<String>,
    served_by: Option<Server>,
    closed_at: Option<Iso>,
    closed_by: Option<By>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Server {
    id: String,
    username: String,
    since: Iso,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Visitor {
    id: String,
    username: String,
    name: Option<String>,
    emails: Vec<String>,
    phones: Vec<String>,
    department_id: Option<String>,
    /// By the id of the field.
    custom_fields: Map<String, Value>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Agent {
    id: String,
    username: String,
    name: Option<String>,
    email: Option<String>,
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn at(value: &Value) -> Option<Iso> {
    value.as_i64().map(|at| Iso(Timestamp::from_millis(at)))
}

fn texts(value: &Value) -> Vec<String> {
    let texts = value.as_array().into_iter().flatten();
    texts.filter_map(text).collect()
}

fn fields(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

impl Conversation {
    fn read(room: &Value) -> Option<Self> {
        let closer = room.get("closedBy");
        let is_visitor = room["closer"] == "visitor";
        Some(Self {
            id: text(&room["id"])?,
            label: text(&room["name"]),
            topic: text(&room["topic"]),
            created_at: at(&room["createdAt"])?,
            last_message_at: at(&room["lastMessageAt"])?,
            open: room["open"].as_bool()?,
            on_hold: room["onHold"] == true,
            department_id: text(&room["department"]),
            tags: texts(&room["tags"]),
            custom_fields: fields(&room["custom"]),
            source: text(&room["source"]),
            served_by: Server::read(&room["servedBy"]),
            closed_at: at(&room["closedAt"]),
            closed_by: closer.map(|closer| By::read(closer, is_visitor)),
        })
    }
}

impl Server {
    fn read(served_by: &Value) -> Option<Self> {
        Some(Self {
            id: text(&served_by["id"])?,
            username: text(&served_by["username"])?,
            since: at(&served_by["at"])?,
        })
    }
}

impl Visitor {
    fn read(visitor: &Value) -> Option<Self> {
        Some(Self {
            id: text(&visitor["id"])?,
            username: text(&visitor["username"])?,
            name: text(&visitor["name"]),
            emails: texts(&visitor["emails"]),
            phones: texts(&visitor["phones"]),
            department_id: text(&visitor["department"]),
            custom_fields: fields(&visitor["custom"]),
        })
    }
}

impl Agent {
    fn read(agent: &Value) -> Option<Self> {
        Some(Self {
            id: text(&agent["id"])?,
            username: text(&agent["username"])?,
            name: text(&agent["name"]),
            email: text(&agent["email"]),
        })
    }
}

/// A chat with those who take part in it.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Chat {
    conversation: Conversation,
    visitor: Option<Visitor>,
    /// Who serves the chat, if anyone does.
    agent: Option<Agent>,
}

impl Tale for Chat {
    fn of(moment: &Moment) -> Option<Self> {
        let body = &moment.event.body;
        Some(Self {
            conversation: Conversation::read(&body["room"])?,
            visitor: Visitor::read(&body["visitor"]),
            agent: Agent::read(&body["agent"]),
        })
    }
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct AgentName {
    id: String,
    username: String,
}

impl AgentName {
    fn read(agent: &Value) -> Option<Self> {
        Some(Self {
            id: text(&agent["id"])?,
            username: text(&agent["username"])?,
        })
    }
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Department {
    id: String,
    name: String,
}

/// Where a chat was before.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct From {
    agent: Option<AgentName>,
    department_id: Option<String>,
}

impl From {
    fn read(from: &Value) -> Self {
        Self {
            agent: AgentName::read(&from["servedBy"]),
            department_id: text(&from["department"]),
        }
    }
}

/// To whom a chat went, as whoever forwarded it said. Who has it now stands in `agent`.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct To {
    agent: Option<AgentName>,
    department: Option<Department>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Forwarded {
    #[serde(flatten)]
    chat: Chat,
    from: From,
    to: To,
    comment: Option<String>,
}

impl Tale for Forwarded {
    fn of(moment: &Moment) -> Option<Self> {
        let body = &moment.event.body;
        let department = &body["toDepartment"];
        let department = text(&department["id"]).zip(text(&department["name"]));
        Some(Self {
            chat: Chat::of(moment)?,
            from: From::read(&body["from"]),
            to: To {
                agent: AgentName::read(&body["toAgent"]),
                department: department.map(|(id, name)| Department { id, name }),
            },
            comment: text(&body["comment"]),
        })
    }
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Returned {
    #[serde(flatten)]
    chat: Chat,
    from: From,
}

impl Tale for Returned {
    fn of(moment: &Moment) -> Option<Self> {
        Some(Self {
            chat: Chat::of(moment)?,
            from: From::read(&moment.event.body["from"]),
        })
    }
}

/// What was noted about it when a chat ended, was put on hold, or went on.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Commented {
    #[serde(flatten)]
    chat: Chat,
    comment: Option<String>,
}

impl Tale for Commented {
    fn of(moment: &Moment) -> Option<Self> {
        let comment = text(&moment.event.body["comment"]);
        Some(Self {
            chat: Chat::of(moment)?,
            comment: comment.filter(|comment| !comment.is_empty()),
        })
    }
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Message {
    id: String,
    /// Whether it is the visitor's.
    by_visitor: bool,
    author: Author,
    text: String,
    sent_at: Iso,
    edited_at: Option<Iso>,
    /// The message to which this one answers in a thread.
    thread_id: Option<String>,
    file: Option<File>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Author {
    kind: Who,
    id: String,
    username: String,
    name: Option<String>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct File {
    id: String,
    name: String,
    media_type: String,
    /// In bytes.
    size: i64,
    /// Where it is fetched. Where files are protected, the link is good for an hour from the event.
    url: String,
    description: Option<String>,
}

impl Message {
    fn of(moment: &Moment, said: &Said) -> Self {
        let message = &said.message;
        let extra = message.extra.as_ref().unwrap_or(&Value::Null);
        Self {
            id: message.id.clone(),
            by_visitor: message.by_visitor,
            author: Author {
                kind: Who::of(Some(&message.author.id), message.by_visitor),
                id: message.author.id.clone(),
                username: message.author.username.clone(),
                name: message.author.name.clone(),
            },
            text: message.text.clone(),
            sent_at: Iso(message.at),
            edited_at: message.edited.as_ref().map(|edit| Iso(edit.at)),
            thread_id: text(&extra["tmid"]),
            file: said.file.as_ref().map(|file| {
                let description = &extra["attachments"][0]["description"];
                File::of(moment, file, &message.author.id, text(description))
            }),
        }
    }
}

impl File {
    fn of(moment: &Moment, file: &Upload, author: &str, description: Option<String>) -> Self {
        let House {
            site_url,
            policy,
            keys,
        } = &moment.house;
        let at = moment.event.at;
        let link = links::file_upload(policy, keys, site_url, file, author, at);
        Self {
            id: file.id.clone(),
            name: file.name.clone(),
            media_type: file.media_type.clone(),
            size: file.size,
            url: text(&link["publicFilePath"]).unwrap_or_default(),
            description,
        }
    }
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Spoken {
    #[serde(flatten)]
    chat: Chat,
    message: Message,
}

impl Tale for Spoken {
    fn of(moment: &Moment) -> Option<Self> {
        Some(Self {
            chat: Chat::of(moment)?,
            message: Message::of(moment, moment.said.first()?),
        })
    }
}

/// A message, without its words.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct MessageName {
    id: String,
    /// Whether it is the visitor's.
    by_visitor: bool,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Deleted {
    #[serde(flatten)]
    chat: Chat,
    message: MessageName,
}

impl Tale for Deleted {
    fn of(moment: &Moment) -> Option<Self> {
        let body = &moment.event.body;
        Some(Self {
            chat: Chat::of(moment)?,
            message: MessageName {
                id: text(&body["message"])?,
                by_visitor: body["byVisitor"] == true,
            },
        })
    }
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Captured {
    #[serde(flatten)]
    chat: Chat,
    /// Where it stood.
    message: MessageName,
    lead: Lead,
}

/// Addresses and numbers that the visitor's record did not have yet.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Lead {
    emails: Vec<String>,
    phones: Vec<String>,
}

impl Tale for Captured {
    fn of(moment: &Moment) -> Option<Self> {
        let body = &moment.event.body;
        Some(Self {
            chat: Chat::of(moment)?,
            message: MessageName {
                id: text(&body["message"])?,
                by_visitor: true,
            },
            lead: Lead {
                emails: texts(&body["emails"]),
                phones: texts(&body["phones"]),
            },
        })
    }
}

/// A visitor may look at pages before he writes.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Navigated {
    conversation: Option<Conversation>,
    visitor: Visitor,
    agent: Option<Agent>,
    page: Page,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Page {
    title: String,
    url: String,
    /// What made it another page to the widget: `url` or `title`.
    change: String,
}

impl Tale for Navigated {
    fn of(moment: &Moment) -> Option<Self> {
        let body = &moment.event.body;
        let page = &body["page"];
        Some(Self {
            conversation: Conversation::read(&body["room"]),
            visitor: Visitor::read(&body["visitor"])?,
            agent: Agent::read(&body["agent"]),
            page: Page {
                title: text(&page["title"])?,
                url: text(&page["address"])?,
                change: text(&page["change"])?,
            },
        })
    }
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Submitted {
    form: Form,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Form {
    name: String,
    email: String,
    message: String,
    /// As the form names it.
    department: Option<String>,
    /// The department that was found under that name.
    department_id: Option<String>,
    /// The site on which the visitor was.
    host: Option<String>,
}

impl Tale for Submitted {
    fn of(moment: &Moment) -> Option<Self> {
        let body = &moment.event.body;
        Some(Self {
            form: Form {
                name: text(&body["name"])?,
                email: text(&body["email"])?,
                message: text(&body["message"])?,
                department: text(&body["department"]),
                department_id: moment.event.department.clone(),
                host: text(&body["host"]),
            },
        })
    }
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Rated {
    #[serde(flatten)]
    chat: Chat,
    rating: Rating,
}

/// What a visitor answered this time, from 1 to 5.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Rating {
    #[schemars(range(min = 1, max = 5))]
    satisfaction: Option<u8>,
    #[schemars(range(min = 1, max = 5))]
    agent_knowledge: Option<u8>,
    #[schemars(range(min = 1, max = 5))]
    agent_responsiveness: Option<u8>,
    #[schemars(range(min = 1, max = 5))]
    agent_friendliness: Option<u8>,
    comment: Option<String>,
}

impl Tale for Rated {
    fn of(moment: &Moment) -> Option<Self> {
        let feedback = &moment.event.body["feedback"];
        let stars = |name: &str| feedback[name].as_str()?.parse().ok();
        Some(Self {
            chat: Chat::of(moment)?,
            rating: Rating {
                satisfaction: stars("satisfaction"),
                agent_knowledge: stars("agentKnowledge"),
                // The wire's name for it has a slip of the pen.
                agent_responsiveness: stars("agentResposiveness"),
                agent_friendliness: stars("agentFriendliness"),
                comment: text(&feedback["additionalFeedback"]),
            },
        })
    }
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Turned {
    agent: Agent,
    status: Status,
}

/// What is known of how the agent can be reached.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Status {
    /// `online`, `away`, `busy` or `offline`; `null` when it is not this that changed.
    presence: Option<String>,
    text: Option<String>,
    /// Whether the agent takes chats; `null` for people who never do.
    takes_chats: Option<bool>,
}

impl Tale for Turned {
    fn of(moment: &Moment) -> Option<Self> {
        let body = &moment.event.body;
        Some(Self {
            agent: Agent::read(&body["agent"])?,
            status: Status {
                presence: text(&body["status"]),
                text: text(&body["text"]).filter(|text| !text.is_empty()),
                takes_chats: body["available"].as_bool(),
            },
        })
    }
}

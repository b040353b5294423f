//! What parameters mean that stand in the paths and queries of many rows.

/// A name, what it means, and whether it is a moment.
type Known = (&'static str, &'static str, bool);

const KNOWN: &[Known] = &[
    (
        "_id",
        "The id of what is meant; several where a list is asked for, with commas between",
        false,
    ),
    ("after", "A place in the log: what came after it", false),
    ("agent", "The id of an agent's account", false),
    ("agentId", "The id of an agent's account", false),
    (
        "agents",
        "Accounts of agents, by id or user name: chats that one of them serves",
        false,
    ),
    (
        "answered",
        "`true`: only chats in which an agent answered; `false`: the others",
        false,
    ),
    (
        "businessUnit",
        "The id of a business unit: only its departments are offered",
        false,
    ),
    (
        "callId",
        "The id of the message that tells of the call",
        false,
    ),
    (
        "closedAt",
        "JSON text `{\"start\", \"end\"}`, either of them: chats that were closed in between",
        false,
    ),
    (
        "closedChatsOnly",
        "`true`: only chats that are closed",
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
        "createdAt",
        "JSON text `{\"start\", \"end\"}`, either of them: chats that began in between",
        false,
    ),
    ("createdBy", "The id or the user name of who made it", false),
    (
        "cursor",
        "Where the page before has ended, as it says in `nextCursor`",
        false,
    ),
    (
        "customFields",
        "JSON text: a regular expression for each custom field that is asked about",
        false,
    ),
    (
        "department",
        "A department, by id; for visitors and managers also by name",
        false,
    ),
    ("departmentId", "The id of a department", false),
    ("enabled", "`true`: only what is enabled", false),
    (
        "enabledDepartmentsOnly",
        "`true`: only departments that are enabled",
        false,
    ),
    ("email", "The address of an e-mail inbox", false),
    ("end", "Only what was before this moment", true),
    (
        "excludeDepartmentId",
        "The id of a department that is left out",
        false,
    ),
    ("excludeId", "The id of an account that is left out", false),
    (
        "fields",
        "JSON text: which members are wanted, `{\"name\": 1}`",
        false,
    ),
    ("fileId", "The id of a file that was put there", false),
    (
        "from",
        "What happened at this moment or later; of analytics a day",
        true,
    ),
    (
        "fullReport",
        "`true`: with the stretches of time themselves",
        false,
    ),
    ("id", "The id of what is meant", false),
    (
        "includeAgents",
        "`false`: without those who answer there",
        false,
    ),
    (
        "includeOfflineAgents",
        "`true`: with agents who are offline",
        false,
    ),
    ("includeUserRooms", "Taken and not used", false),
    (
        "inclusive",
        "Whether the two moments themselves belong to it",
        false,
    ),
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
    ("latest", "Only what was said before this moment", true),
    ("limit", "How many entries are wanted", false),
    (
        "loadValues",
        "Whether it is counted how much of each limit is used: `true`",
        false,
    ),
    ("ls", "Since when unread messages are counted", true),
    ("method", "The name of a method", false),
    ("name", "What is wanted, by its name", false),
    ("offset", "How many entries are passed over", false),
    ("oldest", "Only what was said after this moment", true),
    ("onhold", "`true`: only chats that are on hold", false),
    ("onlyAvailable", "Only agents who take chats", false),
    ("onlyMyDepartments", "Taken and not used", false),
    (
        "open",
        "`true`: chats that are served; `false`: chats that are closed",
        false,
    ),
    (
        "person",
        "The id of the account that has changed something",
        false,
    ),
    (
        "priority",
        "The id of a priority; not heard of a visitor",
        false,
    ),
    ("priorityId", "The id of a priority", false),
    (
        "query",
        "JSON text: which entries are wanted, by their members",
        false,
    ),
    ("queued", "`true`: only chats that wait for an agent", false),
    ("rid", "The id of a room", false),
    ("role", "The id of a role", false),
    ("roomId", "The id of a room", false),
    ("roomName", "A part of what chats are called", false),
    (
        "scope",
        "Who has a canned response: `user`, `department` or `global`",
        false,
    ),
    ("searchTerm", "A text that was said, in any case", false),
    ("searchText", "A text that was said, in any case", false),
    (
        "selector",
        "JSON text `{\"term\", \"exceptions\", \"conditions\"}`",
        false,
    ),
    (
        "servedChatsOnly",
        "`true`: only chats that an agent has or had",
        false,
    ),
    (
        "service",
        "Who carries a text message: `twilio`, `voxtelesys` or `mobex`",
        false,
    ),
    (
        "showArchived",
        "`true`: with departments that are archived",
        false,
    ),
    (
        "showIdleAgents",
        "`false`: without agents who are offline",
        false,
    ),
    ("shortcut", "A part of a shortcut, in any case", false),
    ("showThreadMessages", "Taken and not used", false),
    (
        "sla",
        "The id of an SLA policy; not heard of a visitor",
        false,
    ),
    ("slaId", "The id of an SLA policy", false),
    (
        "sort",
        "JSON text: the order, 1 for up and -1 for down, `{\"ts\": -1}`",
        false,
    ),
    ("source", "Where chats came from: `widget`, `api`, …", false),
    ("start", "Only what was at this moment or later", true),
    ("state", "How it stands with what is wanted", false),
    ("tag", "A tag that a chat has", false),
    ("tagId", "The id of a tag", false),
    ("unitId", "The id of a business unit", false),
    ("tags", "Tags, one of which a chat has", false),
    (
        "term",
        "A name, an address, a number, or a part of a name",
        false,
    ),
    ("text", "A part of a name, in any case", false),
    (
        "to",
        "What happened at this moment or earlier; of analytics a day",
        true,
    ),
    (
        "token",
        "The token that the visitor has chosen, which is the key to what is theirs",
        false,
    ),
    (
        "type",
        "The kind of what is meant: `agent` or `manager` of people, `default` or `custom` of hours",
        false,
    ),
    ("unreads", "Whether unread messages are counted", false),
    ("updatedSince", "Only what changed after this moment", true),
    ("userId", "The id of an account", false),
    ("username", "The user name of an account", false),
    (
        "viewAll",
        "`true`: everything, for those who manage it",
        false,
    ),
    ("visitor", "The id of a visitor", false),
    ("visitorId", "The id of a visitor", false),
];

fn known(name: &str) -> Option<&'static Known> {
    KNOWN.iter().find(|(known, ..)| *known == name)
}

pub(super) fn description(name: &str) -> Option<&'static str> {
    known(name).map(|(_, description, _)| *description)
}

pub(super) fn is_moment(name: &str) -> bool {
    known(name).is_some_and(|(.., moment)| *moment)
}

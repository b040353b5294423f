//! What can happen: each step, how often it is tried, and for whom.

use hark_model::accounts::Presence;
use proptest::prelude::*;
use proptest::sample::{Index, select};

#[derive(Debug, Clone)]
pub(super) enum Step {
    Register {
        email: Option<u8>,
        phone: Option<u8>,
        department: Option<Index>,
    },
    Open {
        agent: Option<Index>,
    },
    Say {
        id: Option<u8>,
        text: &'static str,
    },
    Reply {
        id: Option<u8>,
        text: &'static str,
    },
    Take,
    Join,
    ToAgent {
        agent: Index,
    },
    ToDepartment {
        department: Index,
        agent: Option<Index>,
    },
    ByVisitorToDepartment {
        department: Index,
    },
    Return {
        department: Option<Index>,
    },
    CloseByVisitor,
    CloseByAgent {
        comment: &'static str,
        tag: bool,
    },
    CloseBySystem,
    Hold,
    Resume,
    SaveInfo {
        name: &'static str,
    },
    Rate {
        stars: &'static str,
    },
    Delegate,
    PassOn,
    EditOwn {
        message: Index,
    },
    Edit {
        message: Index,
    },
    RemoveOwn {
        message: Index,
    },
    Remove {
        message: Index,
    },
    React {
        message: Index,
    },
    Visit {
        in_room: bool,
    },
    Read,
    Unread {
        message: Option<Index>,
    },
    SetCustom {
        key: &'static str,
        value: &'static str,
    },
    SetStatus,
    RemoveVisitor,
    Available {
        available: bool,
    },
    Presence {
        presence: Presence,
    },
    Set {
        setting: usize,
    },
    Enable {
        department: Index,
        enabled: bool,
    },
    Archive {
        department: Index,
        archived: bool,
    },
    RemoveDepartment {
        department: Index,
    },
    Place {
        department: Index,
    },
    Displace {
        department: Index,
    },
    Weigh,
    Wait {
        millis: i64,
    },
}

/// A step, and on whose and which chat's behalf.
#[derive(Debug, Clone)]
pub(super) struct Turn {
    pub(super) step: Step,
    pub(super) visitor: Index,
    pub(super) account: Index,
    pub(super) room: Index,
}

pub(super) const SETTINGS: &[(&str, &str)] = &[
    ("Livechat_Routing_Method", "\"Manual_Selection\""),
    ("Livechat_Routing_Method", "\"Auto_Selection\""),
    ("Livechat_Routing_Method", "\"Load_Balancing\""),
    ("Livechat_Routing_Method", "\"Load_Rotation\""),
    ("Livechat_Routing_Method", "\"External\""),
    ("Livechat_Routing_Method", "\"Manual_Selection\""),
    ("Livechat_accept_chats_with_no_agents", "true"),
    ("Livechat_accept_chats_with_no_agents", "false"),
    ("Livechat_assign_new_conversation_to_bot", "true"),
    ("Livechat_assign_new_conversation_to_bot", "false"),
    ("Livechat_enabled_when_agent_idle", "true"),
    ("Livechat_enabled_when_agent_idle", "false"),
    ("Livechat_enabled", "true"),
    ("Omnichannel_sorting_mechanism", "\"Timestamp\""),
    ("Omnichannel_sorting_mechanism", "\"Priority\""),
    ("Omnichannel_sorting_mechanism", "\"SLAs\""),
    ("Message_ShowDeletedStatus", "true"),
    ("Message_ShowDeletedStatus", "false"),
    ("Message_AllowEditing", "false"),
    ("Message_AllowEditing", "true"),
    ("Livechat_enable_transcript", "true"),
    ("Livechat_Visitor_navigation_as_a_message", "true"),
    ("Livechat_Visitor_navigation_as_a_message", "false"),
    (
        "Livechat_Allow_collect_and_store_HTTP_header_informations",
        "true",
    ),
    (
        "Livechat_Allow_collect_and_store_HTTP_header_informations",
        "false",
    ),
];

const TEXTS: &[&str] = &[
    "hello",
    "mail me at bob@example.com",
    "call (51) 99999-1234 or x@y.co",
    "",
    "see https://chat.example/live/any?msg=other",
    "it's %_\\ ' \" \u{1f600}",
];

pub(super) fn turn() -> impl Strategy<Value = Turn> {
    let id = || proptest::option::weighted(0.3, 0_u8..4);
    let maybe = || proptest::option::weighted(0.4, any::<Index>());
    let presence = select(vec![
        Presence::Online,
        Presence::Online,
        Presence::Away,
        Presence::Busy,
        Presence::Offline,
    ]);
    let step = prop_oneof![
        4 => (proptest::option::weighted(0.2, 0_u8..3), proptest::option::weighted(0.2, 0_u8..3), maybe())
            .prop_map(|(email, phone, department)| Step::Register { email, phone, department }),
        8 => proptest::option::weighted(0.2, any::<Index>()).prop_map(|agent| Step::Open { agent }),
        8 => (id(), select(TEXTS)).prop_map(|(id, text)| Step::Say { id, text }),
        8 => (id(), select(TEXTS)).prop_map(|(id, text)| Step::Reply { id, text }),
        8 => Just(Step::Take),
        3 => Just(Step::Join),
        4 => any::<Index>().prop_map(|agent| Step::ToAgent { agent }),
        4 => (any::<Index>(), maybe()).prop_map(|(department, agent)| Step::ToDepartment { department, agent }),
        1 => any::<Index>().prop_map(|department| Step::ByVisitorToDepartment { department }),
        3 => maybe().prop_map(|department| Step::Return { department }),
        1 => Just(Step::CloseByVisitor),
        3 => (select(vec!["done", " "]), any::<bool>()).prop_map(|(comment, tag)| Step::CloseByAgent { comment, tag }),
        1 => Just(Step::CloseBySystem),
        3 => Just(Step::Hold),
        2 => Just(Step::Resume),
        2 => select(vec!["", " ", "Zoe"]).prop_map(|name| Step::SaveInfo { name }),
        1 => select(vec!["5", "9"]).prop_map(|stars| Step::Rate { stars }),
        3 => Just(Step::Delegate),
        3 => Just(Step::PassOn),
        3 => any::<Index>().prop_map(|message| Step::EditOwn { message }),
        3 => any::<Index>().prop_map(|message| Step::Edit { message }),
        2 => any::<Index>().prop_map(|message| Step::RemoveOwn { message }),
        2 => any::<Index>().prop_map(|message| Step::Remove { message }),
        1 => any::<Index>().prop_map(|message| Step::React { message }),
        3 => any::<bool>().prop_map(|in_room| Step::Visit { in_room }),
        3 => Just(Step::Read),
        2 => maybe().prop_map(|message| Step::Unread { message }),
        1 => (select(vec!["colour", "order", "nothing"]), select(vec!["red", "blue"]))
            .prop_map(|(key, value)| Step::SetCustom { key, value }),
        1 => Just(Step::SetStatus),
        1 => Just(Step::RemoveVisitor),
        3 => any::<bool>().prop_map(|available| Step::Available { available }),
        3 => presence.prop_map(|presence| Step::Presence { presence }),
        4 => (0..SETTINGS.len()).prop_map(|setting| Step::Set { setting }),
        2 => (any::<Index>(), any::<bool>()).prop_map(|(department, enabled)| Step::Enable { department, enabled }),
        1 => (any::<Index>(), any::<bool>()).prop_map(|(department, archived)| Step::Archive { department, archived }),
        1 => any::<Index>().prop_map(|department| Step::RemoveDepartment { department }),
        2 => any::<Index>().prop_map(|department| Step::Place { department }),
        1 => any::<Index>().prop_map(|department| Step::Displace { department }),
        2 => Just(Step::Weigh),
        6 => select(vec![0, 1, 1_000, 60_000, -500]).prop_map(|millis| Step::Wait { millis }),
    ];
    let parts = (step, any::<Index>(), any::<Index>(), any::<Index>());
    parts.prop_map(|(step, visitor, account, room)| Turn {
        step,
        visitor,
        account,
        room,
    })
}

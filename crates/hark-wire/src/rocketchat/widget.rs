//! What the widget asks before, and beside, a chat: its configuration, whom the visitor would talk
//! to, which page he looks at.

use std::sync::Arc;

use hark_chat::accounts::{self, Account};
use hark_chat::messages::{self, Visit};
use hark_chat::rooms::Room;
use hark_chat::routing::{self, Method, Question};
use hark_chat::visitors::{self, Visitor};
use hark_chat::{Policy, Refusal, custom_fields, departments, inquiries, rooms, triggers};
use hark_store::View;
use serde_json::{Value, json};

use super::chat_documents::{self, Document};
use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::route::{Access, Route, route};
use crate::shape::{Field, Shape};
use crate::widget::{Look, SOUND};

pub(crate) static ROUTES: &[&Route] = &[
    &route!(GET "livechat/config", Access::Anyone, "What the widget has to know", config).takes(CONFIG).each_visitor(),
    &route!(GET "livechat/agent.info/{rid}/{token}", Access::Visitor, "Who serves the visitor", agent_info),
    &route!(GET "livechat/agent.next/{token}", Access::Anyone, "Who would serve the visitor", agent_next).takes(NEXT).each_visitor(),
    &route!(POST "livechat/page.visited", Access::Anyone, "The visitor looks at a page", page_visited).takes(VISITED).each_visitor(),
];

const CONFIG: Shape = Shape::Object(&[
    Field::optional("token", Shape::Text),
    Field::optional("department", Shape::Text),
    Field::optional("businessUnit", Shape::Text),
]);
const NEXT: Shape = Shape::Object(&[
    Field::optional("token", Shape::Text),
    Field::optional("department", Shape::Text),
]);
const VISITED: Shape = Shape::Object(&[
    Field::required("token", Shape::Text),
    Field::optional("rid", Shape::Text),
    Field::required(
        "pageInfo",
        Shape::Object(&[
            Field::required("title", Shape::Text),
            Field::required("change", Shape::Text),
            Field::required(
                "location",
                Shape::Object(&[Field::required("href", Shape::Text)]),
            ),
        ]),
    ),
]);

/// What depends on who asks, read in one look.
struct Here {
    online: bool,
    departments: Vec<Value>,
    triggers: Vec<Value>,
    fields: Vec<Value>,
    visitor: Option<Visitor>,
    room: Option<Room>,
    agent: Option<Account>,
    position: Option<i64>,
}

async fn config(call: Call) -> Answer {
    if !call.policy.flag("Livechat_enabled") {
        return Reply::object(json!({"config": {"enabled": false}}));
    }
    let text = |name: &str| {
        let text = call.text(name).filter(|text| !text.is_empty());
        text.map(str::to_owned)
    };
    let (token, department, policy) = (text("token"), text("department"), Arc::clone(&call.policy));
    let here = call
        .read(move |view| here(view, &policy, token.as_deref(), department.as_deref()))
        .await?;
    Reply::object(json!({"config": document(&call, &here)}))
}

fn here(
    view: &mut View<'_>,
    policy: &Policy,
    token: Option<&str>,
    department: Option<&str>,
) -> Result<Here, hark_store::Error> {
    let visitor = match token {
        Some(token) => visitors::find_by_token(view, token)?,
        None => None,
    };
    let room = match &visitor {
        Some(visitor) => rooms::open_of(view, &visitor.id)?,
        None => None,
    };
    let agent = match room.as_ref().and_then(|room| room.served_by.as_ref()) {
        Some(agent) => accounts::find(view, &agent.id)?,
        None => None,
    };
    let position = match &room {
        Some(room) => match inquiries::of_room(view, &room.id)? {
            Some(inquiry) => inquiries::position(view, policy, &inquiry)?,
            None => None,
        },
        None => None,
    };
    let enabled = departments::Filter {
        only_enabled: true,
        ..departments::Filter::default()
    };
    let offered = departments::list(view, &enabled)?;
    let offered = offered
        .into_iter()
        .filter(|department| department.agents > 0);
    let offered = offered.map(|department| {
        json!({
            "_id": department.id,
            "name": department.name,
            "showOnRegistration": department.show_on_registration,
            "showOnOfflineForm": department.show_on_offline_form,
        })
    });
    let fields = custom_fields::all(view)?;
    let fields = fields
        .into_iter()
        .filter(|field| field.public && field.visible);
    let fields = fields.map(|field| {
        let options = field.options.unwrap_or_default();
        let options: Vec<&str> = options
            .split(',')
            .map(str::trim)
            .filter(|text| !text.is_empty())
            .collect();
        json!({
            "_id": field.id,
            "label": field.label,
            "regexp": field.pattern,
            "required": field.required,
            "type": field.kind,
            "defaultValue": field.preset,
            "options": options,
        })
    });
    let triggers = triggers::enabled(view)?;
    let triggers = triggers.iter().map(|trigger| {
        json!({
            "_id": trigger.id,
            "conditions": trigger.conditions,
            "actions": trigger.actions,
            "runOnce": trigger.run_once,
        })
    });
    Ok(Here {
        online: routing::is_staffed(view, policy, department)?,
        departments: offered.collect(),
        triggers: triggers.collect(),
        fields: fields.collect(),
        visitor,
        room,
        agent,
        position,
    })
}

fn document(call: &Call, here: &Here) -> Value {
    let policy = &call.policy;
    let flag = |id: &str| policy.flag(id);
    let text = |id: &str| policy.text(id);
    let limit = match flag("Livechat_enable_message_character_limit") {
        true => json!(policy.int("Livechat_message_character_limit")),
        false => json!(false),
    };
    let site = &call.wire.options.site_url;
    let look = Look::of(policy);
    let mut document = Document::of(json!({
        "enabled": true,
        "online": here.online,
        "settings": {
            "registrationForm": flag("Livechat_registration_form"),
            "allowSwitchingDepartments": flag("Livechat_allow_switching_departments"),
            "nameFieldRegistrationForm": flag("Livechat_name_field_registration_form"),
            "emailFieldRegistrationForm": flag("Livechat_email_field_registration_form"),
            "displayOfflineForm": flag("Livechat_display_offline_form"),
            "videoCall": false,
            "fileUpload": flag("Livechat_fileupload_enabled") && flag("FileUpload_Enabled"),
            "language": text("Language"),
            "transcript": flag("Livechat_enable_transcript"),
            "historyMonitorType": text("Livechat_history_monitor_type"),
            "forceAcceptDataProcessingConsent": flag("Livechat_force_accept_data_processing_consent"),
            "showConnecting": Method::of(policy) == Method::Manual,
            "agentHiddenInfo": !flag("Livechat_show_agent_info"),
            "clearLocalStorageWhenChatEnded": flag("Livechat_clear_local_storage_when_chat_ended"),
            "limitTextLength": limit,
            "hiddenSystemMessages": policy.value("Livechat_hide_system_messages"),
            // A picture of one's own is not kept; without one the widget shows its icon.
            "livechatLogo": {"category": "Assets", "defaultUrl": ""},
            "hideWatermark": flag("Livechat_hide_watermark"),
            "visitorsCanCloseChat": flag("Omnichannel_allow_visitors_to_close_conversation"),
        },
        "theme": {
            "title": look.title,
            "color": look.color,
            "offlineTitle": look.offline_title,
            "offlineColor": look.offline_color,
            "position": look.position,
            "background": look.background,
            "actionLinks": {"webrtc": [], "jitsi": []},
        },
        "messages": {
            "offlineMessage": text("Livechat_offline_message"),
            "offlineSuccessMessage": text("Livechat_offline_success_message"),
            "offlineUnavailableMessage": text("Livechat_offline_form_unavailable"),
            "conversationFinishedMessage": text("Livechat_conversation_finished_message"),
            "conversationFinishedText": text("Livechat_conversation_finished_text"),
            "transcriptMessage": text("Livechat_transcript_message"),
            "registrationFormMessage": text("Livechat_registration_form_message"),
            "dataProcessingConsentText": text("Livechat_data_processing_consent_text"),
        },
        "survey": {
            "items": ["satisfaction", "agentKnowledge", "agentResposiveness", "agentFriendliness"],
            "values": ["1", "2", "3", "4", "5"],
        },
        "triggers": here.triggers,
        "departments": here.departments,
        "resources": {"sound": format!("{site}{SOUND}"), "emojis": []},
        "customFields": here.fields,
    }));
    if let Some(visitor) = &here.visitor {
        let whole = chat_documents::visitor(visitor);
        let shown = [
            "_id",
            "username",
            "name",
            "token",
            "visitorEmails",
            "department",
        ];
        document.put("guest", only(&whole, &shown));
    }
    if let Some(room) = &here.room {
        let whole = chat_documents::room(room);
        document.put(
            "room",
            only(&whole, &["_id", "open", "servedBy", "departmentId"]),
        );
    }
    if let Some(agent) = &here.agent {
        document.put("agent", shown_agent(policy, agent));
    }
    if let Some(spot) = here.position {
        document.put("queueInfo", place_in_line(policy, spot));
    }
    document.done()
}

/// A visitor's place in the queue, from 1.
pub(super) fn place_in_line(policy: &Policy, spot: i64) -> Value {
    let words = policy.text("Livechat_waiting_queue_message");
    json!({
        "spot": spot,
        "message": {"text": words, "user": {"_id": messages::HOUSE, "username": messages::HOUSE}},
    })
}

fn only(whole: &Value, names: &[&str]) -> Value {
    let mut shown = json!({});
    for name in names {
        if let Some(value) = whole.get(name) {
            shown[name] = value.clone();
        }
    }
    shown
}

/// An agent as visitors may know him.
pub(super) fn shown_agent(policy: &Policy, agent: &Account) -> Value {
    if !policy.flag("Livechat_show_agent_info") {
        return json!({"hiddenInfo": true});
    }
    let mut document = Document::of(json!({
        "_id": agent.id,
        "name": agent.name,
        "username": agent.username,
        "status": agent.status,
    }));
    if agent
        .custom_fields
        .as_object()
        .is_some_and(|fields| !fields.is_empty())
    {
        document.put("customFields", agent.custom_fields.clone());
    }
    if policy.flag("Livechat_show_agent_email") && !agent.emails.is_empty() {
        let emails = agent
            .emails
            .iter()
            .map(|email| json!({"address": email.address, "verified": email.verified}));
        document.put("emails", emails.collect::<Vec<_>>());
    }
    document.done()
}

async fn agent_info(call: Call) -> Answer {
    let (rid, token) = (call.path(0).to_owned(), call.path(1).to_owned());
    let agent = call
        .look(move |view| {
            let visitor = visitors::known(view, &token)?;
            let room = rooms::of_token(view, &visitor, &rid)?;
            match room.served_by {
                Some(agent) => Ok(accounts::find(view, &agent.id)?),
                None => Ok(None),
            }
        })
        .await?;
    let agent = agent.ok_or_else(|| Failure::plain("invalid-agent"))?;
    Reply::object(json!({"agent": shown_agent(&call.policy, &agent)}))
}

/// Whoever would be next; as in the original, he has had his turn with that.
async fn agent_next(call: Call) -> Answer {
    let token = call.path(0).to_owned();
    let asked = call.text("department").filter(|text| !text.is_empty());
    let asked = asked.map(str::to_owned);
    let (now, policy) = (call.now, Arc::clone(&call.policy));
    let (his, named) = (token.clone(), asked.clone());
    let suggested = call
        .suggested(move |view| {
            if has_chat(view, &his)? {
                return Ok(None);
            }
            Ok(Some(Question {
                department: department_of(view, named.as_deref())?,
                instead_of: None,
            }))
        })
        .await?;
    let is_external = Method::of(&policy) == Method::External;
    let found = call
        .write(move |tx| {
            if has_chat(tx, &token)? {
                return Ok(None);
            }
            let department = department_of(tx, asked.as_deref())?;
            let (department, suggested) = (department.as_deref(), suggested.as_deref());
            let next = routing::next(tx, now, &policy, department, suggested)?;
            let agent = match next {
                Some(agent) => accounts::find(tx, &agent.id)?,
                None => None,
            };
            Ok::<_, Refusal>(Some(agent))
        })
        .await?;
    match found {
        None => Reply::done(),
        Some(None) if is_external => Err(Refusal::NobodyOnline.into()),
        Some(None) => Err(Failure::plain("agent-not-found")),
        Some(Some(agent)) => Reply::object(json!({"agent": shown_agent(&call.policy, &agent)})),
    }
}

fn has_chat(view: &mut View<'_>, token: &str) -> Result<bool, Refusal> {
    Ok(match visitors::find_by_token(view, token)? {
        Some(visitor) => rooms::open_of(view, &visitor.id)?.is_some(),
        None => false,
    })
}

fn department_of(view: &mut View<'_>, named: Option<&str>) -> Result<Option<String>, Refusal> {
    Ok(match named {
        Some(named) => departments::find_by_id_or_name(view, named)?.map(|found| found.id),
        None => None,
    })
}

async fn page_visited(call: Call) -> Answer {
    let info = &call.params["pageInfo"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let visit = Visit {
        title: text(&info["title"]),
        change: text(&info["change"]),
        address: text(&info["location"]["href"]),
    };
    let token = call.text("token").unwrap_or_default().to_owned();
    let rid = call.text("rid").filter(|rid| !rid.is_empty());
    let rid = rid.map(str::to_owned);
    let (now, policy) = (call.now, Arc::clone(&call.policy));
    let message = call
        .write(move |tx| messages::visited(tx, now, &policy, &token, rid.as_deref(), &visit))
        .await?;
    let Some(message) = message else {
        return Reply::done();
    };
    let navigation = message
        .extra
        .as_ref()
        .and_then(|extra| extra.get("navigation"))
        .cloned();
    Reply::object(json!({"page": {"msg": message.text, "navigation": navigation}}))
}

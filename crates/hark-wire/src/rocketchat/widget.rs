//! What the widget asks before, and beside, a chat: its configuration, whom the visitor would talk
//! to, which page they look at.

use std::sync::Arc;

use hark_chat::custom_fields::{self, Scope};
use hark_chat::inquiries::{self, Pace};
use hark_chat::messages::{self, Visit};
use hark_chat::routing::{self, Method, Question};
use hark_chat::{departments, subscriptions, triggers};
use hark_model::accounts::{self, Account};
use hark_model::rooms::{self, Room};
use hark_model::visitors::{self, Visitor};
use hark_model::{Policy, Refusal, settings};
use hark_store::{Timestamp, View};
use serde_json::{Value, json};

use super::documents::{emails, given, only, unless_empty};
use super::{chat_documents, triggers as trigger_routes};
use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::params::{filled, params};
use crate::route::{Access, Route, route};
use crate::welcome::{MOST_STARTS, Welcome};
use crate::widget::{Appearance, SOUND, shows_unfinished_words};

/// What is asked is counted, whichever way it comes.
pub(super) static CONFIG: Route =
    route!(GET "livechat/config", Access::Anyone, "What the widget has to know", config)
        .each_visitor();
pub(super) static AGENT_INFO: Route = route!(GET "livechat/agent.info/{rid}/{token}", Access::Visitor, "Who serves the visitor", agent_info);

pub(crate) static ROUTES: &[&Route] = &[
    &CONFIG,
    &AGENT_INFO,
    &route!(GET "livechat/agent.next/{token}", Access::Anyone, "Who would serve the visitor", agent_next).each_visitor(),
    &route!(POST "livechat/page.visited", Access::Anyone, "The visitor looks at a page", page_visited).each_visitor(),
];

params! {
    struct Config {
        /// The token of the visitor; without one, only what is the same for all.
        token: Option<String>,
        department: Option<String>,
        /// The id of a business unit: only its departments are offered.
        business_unit as "businessUnit": Option<String>,
    }

    struct Next {
        _token as "token": Option<String>,
        department: Option<String>,
    }

    struct Visited {
        token: String,
        rid: Option<String>,
        /// The page.
        page_info as "pageInfo": PageInfo,
    }

    struct PageInfo {
        /// The title of the page.
        title: String,
        /// What makes it another page: `url` or `title`.
        change: String,
        /// Where it is.
        location: Location,
    }

    struct Location {
        /// Its address.
        href: String,
    }
}

/// What is shown before a chat. The original's clients pass over it.
fn welcome(welcome: &Welcome, own_hours: Option<&str>, policy: &Policy) -> Value {
    let shows_people = policy.flag(settings::Livechat_show_faces)
        && policy.flag(settings::Livechat_show_agent_info);
    let people = welcome.people.iter().filter(|_| shows_people);
    let people = people.map(|(name, username)| json!({"name": name, "username": username}));
    let starts = policy.text(settings::Livechat_quick_starts).lines();
    let starts = starts.map(str::trim).filter(|line| !line.is_empty());
    let hours = welcome.week(own_hours).map(|week| {
        let each = week.spans.iter();
        given(json!({
            "isOpen": week.is_open,
            "changesAt": week.changes_at.map(Timestamp::iso),
            "week": each.map(|(from, until)| json!({"from": from.iso(), "until": until.iso()})).collect::<Vec<_>>(),
        }))
    });
    given(json!({
        "greeting": policy.text(settings::Livechat_welcome_greeting),
        "starts": starts.take(MOST_STARTS).collect::<Vec<_>>(),
        "privacyLink": policy.text(settings::Livechat_privacy_link),
        "agents": people.collect::<Vec<_>>(),
        "firstAnswerSeconds": welcome.first_answer.map(|wait| wait / 1_000),
        "hours": hours,
    }))
}

/// What depends on the caller, read at one moment.
pub(super) struct ForCaller {
    online: bool,
    departments: Vec<Value>,
    triggers: Vec<Value>,
    fields: Vec<Value>,
    pub(super) visitor: Option<Visitor>,
    pub(super) room: Option<Room>,
    agent: Option<Account>,
    place: Option<Value>,
    /// Up to when an agent has read the chat.
    seen_at: Option<Timestamp>,
    welcome: Arc<Welcome>,
    /// The opening hours of the department that is asked about, where it has some of its own.
    own_hours: Option<String>,
}

async fn config(call: Call, config: Config) -> Answer {
    if !call.policy.flag(settings::Livechat_enabled) {
        return Reply::object(json!({"config": {"enabled": false}}));
    }
    let for_caller = asked(&call, config.token, config.department, config.business_unit).await?;
    Reply::object(json!({"config": document(&call, &for_caller)}))
}

pub(super) async fn asked(
    call: &Call,
    token: Option<String>,
    department: Option<String>,
    unit: Option<String>,
) -> Result<ForCaller, Refusal> {
    let (token, department, unit) = (filled(token), filled(department), filled(unit));
    call.query(move |call, view| {
        let (token, department) = (token.as_deref(), department.as_deref());
        let policy = &call.policy;
        let now = call.wire.store.clock().now();
        let welcome = call.wire.welcome.get(view, policy, now)?;
        Ok(for_caller(
            view,
            policy,
            token,
            department,
            unit.clone(),
            welcome,
        )?)
    })
    .await
}

fn for_caller(
    view: &mut View<'_>,
    policy: &Policy,
    token: Option<&str>,
    department: Option<&str>,
    unit: Option<String>,
    welcome: Arc<Welcome>,
) -> Result<ForCaller, hark_store::Error> {
    let visitor = token.map_or(Ok(None), |token| visitors::find_by_token(view, token))?;
    let room = visitor.as_ref();
    let room = room.map_or(Ok(None), |visitor| rooms::open_of(view, &visitor.id))?;
    let agent = room.as_ref().and_then(|room| room.served_by.as_ref());
    let agent = agent.map_or(Ok(None), |agent| accounts::find(view, &agent.id))?;
    let place = room.as_ref();
    let place = place.map_or(Ok(None), |room| place_in_queue(view, policy, &room.id))?;
    let enabled = departments::Filter {
        only_enabled: true,
        unit,
        ..departments::Filter::default()
    };
    let seen = room.as_ref();
    let seen_at = seen.map_or(Ok(None), |room| subscriptions::seen_at(view, &room.id))?;
    let offered = departments::list(view, &enabled)?;
    let asked = offered
        .iter()
        .find(|one| Some(one.id.as_str()) == department);
    let own_hours = asked.and_then(|one| one.business_hour.clone());
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
        .filter(|field| field.scope == Scope::Visitor && field.public && !field.is_hidden());
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
    let triggers = triggers.iter().map(trigger_routes::for_visitors);
    Ok(ForCaller {
        online: routing::is_staffed(view, policy, department)?,
        departments: offered.collect(),
        triggers: triggers.collect(),
        fields: fields.collect(),
        visitor,
        room,
        agent,
        place,
        seen_at,
        welcome,
        own_hours,
    })
}

pub(super) fn document(call: &Call, for_caller: &ForCaller) -> Value {
    let policy = &call.policy;
    let flag = |setting| policy.flag(setting);
    let text = |setting| policy.text(setting);
    let limit = messages::character_limit(policy).map_or(json!(false), |limit| json!(limit));
    let site = &call.wire.options.site_url;
    let appearance = Appearance::of(policy);
    let mut document = json!({
        "enabled": true,
        "online": for_caller.online,
        "settings": {
            "registrationForm": flag(settings::Livechat_registration_form),
            "allowSwitchingDepartments": flag(settings::Livechat_allow_switching_departments),
            "nameFieldRegistrationForm": flag(settings::Livechat_name_field_registration_form),
            "emailFieldRegistrationForm": flag(settings::Livechat_email_field_registration_form),
            "displayOfflineForm": flag(settings::Livechat_display_offline_form),
            "videoCall": false,
            "fileUpload": flag(settings::Livechat_fileupload_enabled) && flag(settings::FileUpload_Enabled),
            "language": text(settings::Language),
            "transcript": flag(settings::Livechat_enable_transcript),
            "historyMonitorType": text(settings::Livechat_history_monitor_type),
            "forceAcceptDataProcessingConsent": flag(settings::Livechat_force_accept_data_processing_consent),
            "showConnecting": Method::of(policy) == Method::Manual,
            "agentHiddenInfo": !flag(settings::Livechat_show_agent_info),
            "clearLocalStorageWhenChatEnded": flag(settings::Livechat_clear_local_storage_when_chat_ended),
            "limitTextLength": limit,
            "hiddenSystemMessages": policy.choices(settings::Livechat_hide_system_messages),
            // A picture of one's own is not kept; without one the widget shows its icon.
            "livechatLogo": {"category": "Assets", "defaultUrl": ""},
            "hideWatermark": flag(settings::Livechat_hide_watermark),
            "visitorsCanCloseChat": flag(settings::Omnichannel_allow_visitors_to_close_conversation),
        },
        "theme": {
            "title": appearance.title,
            "color": appearance.color,
            "offlineTitle": appearance.offline_title,
            "offlineColor": appearance.offline_color,
            "position": appearance.position,
            "background": appearance.background,
            "actionLinks": {"webrtc": [], "jitsi": []},
        },
        "messages": {
            "offlineMessage": text(settings::Livechat_offline_message),
            "offlineSuccessMessage": text(settings::Livechat_offline_success_message),
            "offlineUnavailableMessage": text(settings::Livechat_offline_form_unavailable),
            "conversationFinishedMessage": text(settings::Livechat_conversation_finished_message),
            "conversationFinishedText": text(settings::Livechat_conversation_finished_text),
            "transcriptMessage": text(settings::Livechat_transcript_message),
            "registrationFormMessage": text(settings::Livechat_registration_form_message),
            "dataProcessingConsentText": text(settings::Livechat_data_processing_consent_text),
        },
        "survey": {
            "items": ["satisfaction", "agentKnowledge", "agentResposiveness", "agentFriendliness"],
            "values": ["1", "2", "3", "4", "5"],
        },
        "triggers": for_caller.triggers,
        "departments": for_caller.departments,
        "resources": {"sound": format!("{site}{SOUND}"), "emojis": []},
        "customFields": for_caller.fields,
        "welcome": welcome(&for_caller.welcome, for_caller.own_hours.as_deref(), policy),
    });
    // A widget that is not told this sends none of them.
    if shows_unfinished_words(policy) {
        document["messages"]["unfinishedWordsConsentText"] =
            json!(text(settings::Livechat_unfinished_words_consent_text));
    }
    if let Some(visitor) = &for_caller.visitor {
        let shown = [
            "_id",
            "username",
            "name",
            "token",
            "visitorEmails",
            "department",
        ];
        document["guest"] = only(&chat_documents::visitor(visitor), &shown);
    }
    if let Some(room) = &for_caller.room {
        let shown = ["_id", "open", "servedBy", "departmentId", "callStatus"];
        document["room"] = only(&chat_documents::room(room), &shown);
        if let Some(seen_at) = for_caller.seen_at {
            document["room"]["seenAt"] = json!(seen_at.iso());
        }
    }
    if let Some(agent) = &for_caller.agent {
        document["agent"] = shown_agent(policy, agent);
    }
    if let Some(place) = &for_caller.place {
        document["queueInfo"] = place.clone();
    }
    document
}

/// Where a chat stands in the queue, where the settings have visitors know of one.
pub(super) fn place_in_queue(
    view: &mut View<'_>,
    policy: &Policy,
    room: &str,
) -> Result<Option<Value>, hark_store::Error> {
    if !shows_places(policy) {
        return Ok(None);
    }
    let Some(inquiry) = inquiries::of_room(view, room)? else {
        return Ok(None);
    };
    let Some(spot) = inquiries::position(view, policy, &inquiry)? else {
        return Ok(None);
    };
    let queue = Queue::of(view, policy, inquiry.department.as_deref())?;
    Ok(Some(queue.place(spot)))
}

pub(super) fn shows_places(policy: &Policy) -> bool {
    policy.flag(settings::Livechat_waiting_queue)
}

/// What those who stand in one queue are told of it.
pub(super) struct Queue {
    words: String,
    pace: Option<Pace>,
}

impl Queue {
    pub(super) fn of(
        view: &mut View<'_>,
        policy: &Policy,
        department: Option<&str>,
    ) -> Result<Self, hark_store::Error> {
        let own = match department {
            Some(id) => departments::find(view, id)?,
            None => None,
        };
        let own = own.and_then(|department| department.waiting_message);
        let words = policy.text(settings::Livechat_waiting_queue_message);
        Ok(Self {
            words: own.unwrap_or_else(|| words.to_owned()),
            pace: inquiries::pace(view, policy, department)?,
        })
    }

    /// A place in it, from 1.
    pub(super) fn place(&self, spot: i64) -> Value {
        given(json!({
            "spot": spot,
            "estimatedWaitTimeSeconds": self.pace.map(|pace| pace.wait(spot)),
            "message": {"text": self.words, "user": {"_id": messages::BOT, "username": messages::BOT}},
        }))
    }
}

/// An agent as visitors may know them.
pub(super) fn shown_agent(policy: &Policy, agent: &Account) -> Value {
    if !policy.flag(settings::Livechat_show_agent_info) {
        return json!({"hiddenInfo": true});
    }
    let shows_email = policy.flag(settings::Livechat_show_agent_email);
    given(json!({
        "_id": agent.id,
        "name": agent.name,
        "username": agent.username,
        "status": agent.status,
        "customFields": unless_empty(&agent.custom_fields),
        "emails": shows_email.then(|| unless_empty(emails(agent))),
    }))
}

async fn agent_info(call: Call) -> Answer {
    let (rid, token) = (call.path(0).to_owned(), call.path(1).to_owned());
    let agent = agent_of(&call, rid, token).await?;
    let agent = agent.ok_or_else(|| Failure::plain("invalid-agent"))?;
    Reply::object(json!({"agent": shown_agent(&call.policy, &agent)}))
}

/// Who serves a visitor's chat.
pub(super) async fn agent_of(
    call: &Call,
    rid: String,
    token: String,
) -> Result<Option<Account>, Refusal> {
    call.query(move |_, view| {
        let visitor = visitors::known(view, &token)?;
        let room = rooms::of_token(view, &visitor, &rid)?;
        let agent = room.served_by;
        Ok(agent.map_or(Ok(None), |agent| accounts::find(view, &agent.id))?)
    })
    .await
}

/// The agent who would be next. In the original they have had their turn with that, so that anybody
/// could move the routing on; here it is a look.
async fn agent_next(call: Call, next: Next) -> Answer {
    let named = filled(next.department);
    let asked = named.clone();
    let suggested = call
        .suggested(move |call, view| {
            if has_chat(call, view)? {
                return Ok(None);
            }
            Ok(Some(Question {
                department: department(view, asked.as_deref())?,
                instead_of: None,
            }))
        })
        .await?;
    let found = call
        .query(move |call, view| {
            if has_chat(call, view)? {
                return Ok(None);
            }
            let department = department(view, named.as_deref())?;
            let (department, suggested) = (department.as_deref(), suggested.as_deref());
            let agent = routing::expected(view, &call.policy, department, suggested)?;
            let agent = agent.map_or(Ok(None), |agent| accounts::find(view, &agent.id));
            Ok(Some(agent?))
        })
        .await?;
    match found {
        None => Reply::done(),
        Some(None) if Method::of(&call.policy) == Method::External => {
            Err(Refusal::NobodyOnline.into())
        }
        Some(None) => Err(Failure::plain("agent-not-found")),
        Some(Some(agent)) => Reply::object(json!({"agent": shown_agent(&call.policy, &agent)})),
    }
}

fn has_chat(call: &Call, view: &mut View<'_>) -> Result<bool, Refusal> {
    let visitor = visitors::find_by_token(view, call.path(0))?;
    let room = visitor.map_or(Ok(None), |visitor| rooms::open_of(view, &visitor.id))?;
    Ok(room.is_some())
}

/// The department that is named, by its id or its name.
pub(super) fn department(
    view: &mut View<'_>,
    named: Option<&str>,
) -> Result<Option<String>, Refusal> {
    let found = named.map_or(Ok(None), |named| {
        departments::find_by_id_or_name(view, named)
    })?;
    Ok(found.map(|found| found.id))
}

async fn page_visited(call: Call, visited: Visited) -> Answer {
    let page = visited.page_info;
    let visit = Visit {
        title: page.title,
        change: page.change,
        address: page.location.href,
    };
    let (token, rid) = (visited.token, filled(visited.rid));
    let message = call.command(move |_, cx| messages::visited(cx, &token, rid.as_deref(), &visit));
    let Some(message) = message.await? else {
        return Reply::done();
    };
    let navigation = message
        .extra
        .as_ref()
        .and_then(|extra| extra.get("navigation"))
        .cloned();
    Reply::object(json!({"page": {"msg": message.text, "navigation": navigation}}))
}

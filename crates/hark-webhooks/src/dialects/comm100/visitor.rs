use hark_chat::messages::System;
use hark_model::events::{ChatSnapshot, LeftMessage, Recorded, VisitorSnapshot};
use hark_store::Timestamp;
use serde::Serialize;

use super::{
    DEPARTMENT, Date, Field, ROOM, SENDER, VISITOR, Variable, date_or_nothing, fields, first,
    left_message_id, variables,
};
use crate::dialects::rocketchat::user_agent;
use crate::guid;
use crate::moment::Moment;

/// What a visitor is doing, by its number.
#[derive(Debug, Clone, Copy)]
pub(super) enum Status {
    Waiting = 0,
    Chatting = 2,
    Ended = 9,
    /// On the site, and in no chat: so the sample of a message that was left has it.
    OnSite = 10,
}

#[derive(Serialize, Default)]
pub(super) struct Visitor<'a> {
    id: String,
    chat_id: String,
    name: &'a str,
    email: &'a str,
    phone: &'a str,
    company: &'static str,
    product_service: &'static str,
    status: u8,
    #[serde(serialize_with = "date_or_nothing")]
    first_visit_time: Option<Date>,
    #[serde(serialize_with = "date_or_nothing")]
    visit_time: Option<Date>,
    visits: u8,
    chats: u8,
    page_views: usize,
    city: &'static str,
    state: &'static str,
    country: &'static str,
    ip: &'a str,
    language: &'static str,
    time_zone: &'static str,
    browser: String,
    operating_system: String,
    screen_resolution: &'static str,
    flash_version: &'static str,
    current_browsing: &'a str,
    landing_page: &'a str,
    referrer_url: &'static str,
    search_engine: &'static str,
    keywords: &'static str,
    department: String,
    skill: &'static str,
    custom_fields: Vec<Field<'a>>,
    custom_variables: Vec<Variable<'a>>,
}

impl<'a> Visitor<'a> {
    /// The one of a chat.
    pub(super) fn of(
        moment: &'a Moment<'_>,
        chat: &'a ChatSnapshot,
        status: Status,
    ) -> Option<Self> {
        let (visitor, room) = (chat.visitor.as_ref()?, &chat.room);
        let pages = pages(moment);
        let agent = visitor.user_agent.as_deref().unwrap_or_default();
        let departments = [&room.department, &visitor.department];
        let mut named = departments.into_iter().flatten();
        let department = named.find(|id| !id.is_empty());
        Some(Self {
            id: guid::derived(VISITOR, &visitor.id),
            chat_id: guid::derived(ROOM, &room.id),
            name: name(visitor),
            email: first(&visitor.emails),
            phone: first(&visitor.phones),
            status: status as u8,
            first_visit_time: visitor.created_at.map(Date),
            // They were here when they asked, and before that when they saw the first page we know of.
            visit_time: Some(Date(pages.first().map_or(room.created_at, |(_, at)| *at))),
            page_views: pages.len(),
            current_browsing: pages.last().map_or("", |(address, _)| address),
            landing_page: pages.first().map_or("", |(address, _)| address),
            browser: user_agent::browser(agent).unwrap_or_default(),
            operating_system: user_agent::system(agent).unwrap_or_default(),
            ip: visitor.ip.as_deref().unwrap_or_default(),
            department: department.map_or_else(String::new, |id| guid::derived(DEPARTMENT, id)),
            custom_fields: fields(&visitor.custom),
            custom_variables: variables(&visitor.custom),
            ..Self::default()
        })
    }

    /// Someone who left a message, known by their address alone, as it is written.
    pub(super) fn of_sender(recorded: &Recorded, left: &'a LeftMessage) -> Self {
        let department = recorded.department.as_deref();
        Self {
            id: guid::derived(SENDER, &left.email.to_lowercase()),
            chat_id: left_message_id(recorded),
            name: &left.name,
            email: &left.email,
            status: Status::OnSite as u8,
            visit_time: Some(Date(recorded.at)),
            department: department.map_or_else(String::new, |id| guid::derived(DEPARTMENT, id)),
            ..Self::default()
        }
    }
}

/// By what they are called here.
pub(super) fn name(visitor: &VisitorSnapshot) -> &str {
    let name = visitor.name.as_deref().filter(|name| !name.is_empty());
    name.unwrap_or(&visitor.username)
}

/// The pages that they looked at, and when.
fn pages<'m>(moment: &'m Moment<'_>) -> Vec<(&'m str, Timestamp)> {
    let said = moment.said.iter().map(|said| &said.message);
    said.filter(|message| message.system == Some(System::Visited))
        .map(|message| {
            let extra = message.extra.as_ref();
            let address =
                extra.and_then(|extra| extra["navigation"]["page"]["location"]["href"].as_str());
            (address.unwrap_or_default(), message.at)
        })
        .collect()
}

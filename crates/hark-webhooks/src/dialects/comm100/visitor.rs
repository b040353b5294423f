use hark_chat::messages::System;
use hark_store::{Event, Timestamp};
use serde::Serialize;

use super::{
    DEPARTMENT, Date, Field, ROOM, SENDER, VISITOR, Variable, date_or_nothing, fields, first, text,
    variables,
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

#[derive(Serialize)]
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
    pub(super) fn of(moment: &'a Moment, status: Status) -> Option<Self> {
        let body = &moment.event.body;
        let (visitor, room) = (body.get("visitor")?, &body["room"]);
        let pages = pages(moment);
        let agent = text(visitor, "userAgent");
        let name = match text(visitor, "name") {
            "" => text(visitor, "username"),
            name => name,
        };
        let named = [room, visitor].map(|of| text(of, "department"));
        let department = named.into_iter().find(|id| !id.is_empty());
        let asked = Date::told(room, "createdAt");
        Some(Self {
            first_visit_time: Date::told(visitor, "createdAt"),
            // He was here when he asked, and before that when he saw the first page we know of.
            visit_time: pages.first().map(|(_, at)| Date(*at)).or(asked),
            page_views: pages.len(),
            current_browsing: pages.last().map_or("", |(address, _)| address),
            landing_page: pages.first().map_or("", |(address, _)| address),
            browser: user_agent::browser(agent).unwrap_or_default(),
            operating_system: user_agent::system(agent).unwrap_or_default(),
            ip: text(visitor, "ip"),
            phone: first(visitor, "phones"),
            department: department.map_or_else(String::new, |id| guid::derived(DEPARTMENT, id)),
            custom_fields: fields(&visitor["custom"]),
            custom_variables: variables(&visitor["custom"]),
            ..Self::nobody(
                guid::derived(VISITOR, text(visitor, "id")),
                guid::derived(ROOM, text(room, "id")),
                (name, first(visitor, "emails")),
                status,
            )
        })
    }

    /// Someone who left a message. He is known by his address alone, as it is written.
    pub(super) fn of_sender(event: &'a Event, chat: &str) -> Self {
        let (name, email) = (text(&event.body, "name"), text(&event.body, "email"));
        let department = event.department.as_deref();
        Self {
            visit_time: Some(Date(event.at)),
            department: department.map_or_else(String::new, |id| guid::derived(DEPARTMENT, id)),
            ..Self::nobody(
                guid::derived(SENDER, &email.to_lowercase()),
                chat.to_owned(),
                (name, email),
                Status::OnSite,
            )
        }
    }

    fn nobody(
        id: String,
        chat_id: String,
        (name, email): (&'a str, &'a str),
        status: Status,
    ) -> Self {
        Self {
            id,
            chat_id,
            name,
            email,
            phone: "",
            company: "",
            product_service: "",
            status: status as u8,
            first_visit_time: None,
            visit_time: None,
            visits: 0,
            chats: 0,
            page_views: 0,
            city: "",
            state: "",
            country: "",
            ip: "",
            language: "",
            time_zone: "",
            browser: String::new(),
            operating_system: String::new(),
            screen_resolution: "",
            flash_version: "",
            current_browsing: "",
            landing_page: "",
            referrer_url: "",
            search_engine: "",
            keywords: "",
            department: String::new(),
            skill: "",
            custom_fields: Vec::new(),
            custom_variables: Vec::new(),
        }
    }
}

/// The pages that he looked at, and when.
fn pages(moment: &Moment) -> Vec<(&str, Timestamp)> {
    let said = moment.said.iter().map(|said| &said.message);
    said.filter(|message| message.system == Some(System::Visited))
        .map(|message| {
            let page = message
                .extra
                .as_ref()
                .map(|extra| &extra["navigation"]["page"]);
            let address = page.and_then(|page| page["location"]["href"].as_str());
            (address.unwrap_or_default(), message.at)
        })
        .collect()
}

//! What was said, as this dialect tells it: people's words, how the chat ended, and with the
//! house's leave the pages that the visitor looked at. Nothing else that the house itself says.

use hark_chat::Policy;
use hark_chat::messages::System;
use hark_chat::uploads::links;
use serde::Serialize;
use serde_json::Value;

use super::Date;
use crate::moment::{Moment, Said};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Message<'a> {
    u: Author<'a>,
    #[serde(rename = "_id")]
    id: &'a str,
    username: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    msg: Option<&'a str>,
    ts: Date,
    rid: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    edited_at: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    agent_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    navigation: Option<&'a Value>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    closing_message: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attachments: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file_upload: Option<Value>,
    #[serde(rename = "_updatedAt")]
    updated_at: Date,
}

#[derive(Serialize)]
struct Author<'a> {
    #[serde(rename = "_id")]
    id: &'a str,
    username: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
}

pub(super) fn told<'a>(moment: &'a Moment, visitor: &str) -> Vec<Message<'a>> {
    let said = moment.said.iter();
    said.filter(|said| is_told(said, &moment.house.policy))
        .filter_map(|said| Message::of(said, moment, visitor))
        .collect()
}

fn is_told(said: &Said, policy: &Policy) -> bool {
    let message = &said.message;
    !message.hidden
        && match message.system {
            None | Some(System::Closed) => true,
            Some(System::Visited) => {
                policy.flag("Send_visitor_navigation_history_livechat_webhook_request")
                    && policy.flag("Livechat_Visitor_navigation_as_a_message")
            }
            Some(_) => false,
        }
}

impl<'a> Message<'a> {
    fn of(said: &'a Said, moment: &'a Moment, visitor: &str) -> Option<Self> {
        let Said { message, file } = said;
        let author = &message.author;
        let extra = |name| message.extra.as_ref().and_then(|extra| extra.get(name));
        let carried = extra("file");
        let house = &moment.house;
        let edited_at = message.edited.as_ref().map(|edit| edit.at);
        Some(Self {
            u: Author {
                id: &author.id,
                username: &author.username,
                name: author.name.as_deref().filter(|name| !name.is_empty()),
            },
            id: &message.id,
            username: &author.username,
            msg: Some(message.text.as_str()).filter(|text| !text.is_empty()),
            ts: Date(message.at),
            rid: message.room.as_deref()?,
            edited_at: edited_at.map(Date),
            agent_id: (author.username != visitor).then_some(author.id.as_str()),
            navigation: extra("navigation"),
            closing_message: message.system == Some(System::Closed),
            file: carried,
            attachments: carried.and_then(|_| extra("attachments")),
            // The link's hour begins with the event, so that the body is the same whenever it is
            // written.
            file_upload: file.as_ref().map(|file| {
                let (policy, keys, site) = (&house.policy, &house.keys, &house.site_url);
                links::file_upload(policy, keys, site, file, &author.id, moment.event.at)
            }),
            // A reaction is not kept with what a message was, so that it does not count as a
            // change here.
            updated_at: Date(edited_at.unwrap_or(message.at)),
        })
    }
}

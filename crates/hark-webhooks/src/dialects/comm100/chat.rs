use hark_chat::messages::System;
use hark_chat::uploads::links;
use hark_store::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::{
    Attachment, Date, Field, ROOM, Variable, date_or_nothing, fields, first, text, transcript,
    variables,
};
use crate::guid;
use crate::moment::Moment;

#[derive(Serialize)]
pub(super) struct Chat<'a> {
    id: String,
    name: &'a str,
    email: &'a str,
    phone: &'a str,
    company: &'static str,
    product_service: &'static str,
    department: &'a str,
    operators: String,
    #[serde(serialize_with = "date_or_nothing")]
    start_time: Option<Date>,
    #[serde(serialize_with = "date_or_nothing")]
    end_time: Option<Date>,
    waiting_time: String,
    chat_transcript: String,
    attachment: Vec<Attachment<'a>>,
    rating: i64,
    rating_comment: &'a str,
    operator_comment: &'a str,
    wrap_up: WrapUp<'a>,
    custom_fields: Vec<Field<'a>>,
    custom_variable: Vec<Variable<'a>>,
}

impl<'a> Chat<'a> {
    pub(super) fn of(moment: &'a Moment) -> Self {
        let body = &moment.event.body;
        let (room, visitor) = (&body["room"], &body["visitor"]);
        let name = match text(visitor, "name") {
            "" => text(visitor, "username"),
            name => name,
        };
        let by_agent = text(room, "closer") == "user";
        let closed = Date::told(room, "closedAt");
        let feedback = &body["feedback"];
        Self {
            id: guid::derived(ROOM, text(room, "id")),
            name,
            email: first(visitor, "emails"),
            phone: first(visitor, "phones"),
            company: "",
            product_service: "",
            department: text(body, "departmentName"),
            operators: operators(moment),
            start_time: Date::told(room, "takenAt"),
            end_time: closed,
            waiting_time: waited(room),
            chat_transcript: transcript::of(moment),
            attachment: attachments(moment),
            rating: text(feedback, "satisfaction").parse().unwrap_or(0),
            rating_comment: text(feedback, "additionalFeedback"),
            operator_comment: match by_agent {
                true => text(body, "comment"),
                false => "",
            },
            wrap_up: WrapUp::of(room, closed.map(|closed| closed.0)),
            custom_fields: fields(&visitor["custom"]),
            custom_variable: variables(&visitor["custom"]),
        }
    }
}

/// From when it was asked for until an agent had it.
fn waited(room: &Value) -> String {
    let millis = |name: &str| room[name].as_i64();
    match millis("createdAt").zip(millis("takenAt")) {
        Some((asked, taken)) => format!("{}s", (taken - asked).max(0) / 1_000),
        None => String::new(),
    }
}

/// Those who came in to answer, in that order.
fn operators(moment: &Moment) -> String {
    let said = moment.said.iter().map(|said| &said.message);
    let mut names: Vec<&str> = Vec::new();
    for message in said.filter(|message| message.system == Some(System::Joined)) {
        let name = transcript::called(&message.author);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.join(",")
}

fn attachments(moment: &Moment) -> Vec<Attachment<'_>> {
    let house = &moment.house;
    let said = moment.said.iter().filter(|said| !said.message.hidden);
    said.filter_map(|said| {
        let (file, author) = (said.file.as_ref()?, &said.message.author);
        let (policy, keys, site) = (&house.policy, &house.keys, &house.site_url);
        // The link's hour begins with the event, so that the body is the same whenever it is
        // written.
        let link = links::file_upload(policy, keys, site, file, &author.id, moment.event.at);
        Some(Attachment {
            name: &file.name,
            uri: text(&link, "publicFilePath").to_owned(),
        })
    })
    .collect()
}

/// What an agent noted: the tags as categories, the topic as comment, the values of the room's own
/// fields.
#[derive(Serialize)]
pub(super) struct WrapUp<'a> {
    category: String,
    comment: &'a str,
    fields: Vec<Field<'a>>,
    #[serde(serialize_with = "date_or_nothing")]
    time: Option<Date>,
}

impl<'a> WrapUp<'a> {
    /// As it stood at that moment. Where nothing was noted there is no moment.
    pub(super) fn of(room: &'a Value, at: Option<Timestamp>) -> Self {
        let tags = room["tags"].as_array().into_iter().flatten();
        let tags: Vec<&str> = tags.filter_map(Value::as_str).collect();
        let noted = Self {
            category: tags.join(", "),
            comment: text(room, "topic"),
            fields: fields(&room["custom"]),
            time: None,
        };
        let is_blank =
            noted.category.is_empty() && noted.comment.is_empty() && noted.fields.is_empty();
        Self {
            time: at.filter(|_| !is_blank).map(Date),
            ..noted
        }
    }
}

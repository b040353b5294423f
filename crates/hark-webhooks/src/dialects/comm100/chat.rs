use hark_chat::messages::System;
use hark_model::events::{Closed, Feedback, InRoom, RoomSnapshot, VisitorSnapshot};
use hark_store::Timestamp;
use serde::Serialize;

use super::{
    Attachment, Date, Field, ROOM, Variable, date_or_nothing, fields, first, transcript, variables,
    visitor,
};
use crate::guid;
use crate::moment::Moment;
use crate::written;

written! {
    [#[derive(Serialize)]]

    /// A chat that was not rated, as far as is known here.
    pub(super) struct Chat<'a> of(
        moment: &'a Moment<'_>, room: &'a RoomSnapshot, visitor: &'a VisitorSnapshot, department: Option<&'a str>
    ) {
        id: String = guid::derived(ROOM, &room.id),
        name: &'a str = visitor::name(visitor),
        email: &'a str = first(&visitor.emails),
        phone: &'a str = first(&visitor.phones),
        company: &'static str = "",
        product_service: &'static str = "",
        department: &'a str = department.unwrap_or_default(),
        operators: String = operators(moment),
        #[serde(serialize_with = "date_or_nothing")]
        start_time: Option<Date> = room.taken_at.map(Date),
        #[serde(serialize_with = "date_or_nothing")]
        end_time: Option<Date> = room.closed_at.map(Date),
        waiting_time: String = waited(room),
        chat_transcript: String = transcript::of(moment),
        attachment: Vec<Attachment<'a>> = attachments(moment),
        rating: i64 = 0,
        rating_comment: &'a str = "",
        operator_comment: &'a str = "",
        wrap_up: WrapUp<'a> = WrapUp::of(room, room.closed_at),
        custom_fields: Vec<Field<'a>> = fields(&visitor.custom),
        custom_variable: Vec<Variable<'a>> = variables(&visitor.custom),
    }
}

impl<'a> Chat<'a> {
    /// The same after its end.
    pub(super) fn closed(moment: &'a Moment<'_>, closed: &'a InRoom<Closed>) -> Option<Self> {
        let InRoom { chat, details } = closed;
        let (room, visitor) = (&chat.room, chat.visitor.as_ref()?);
        let feedback = details.feedback.as_ref();
        let rating = feedback.and_then(|feedback| feedback.answer(Feedback::SATISFACTION));
        let comment = feedback.and_then(|feedback| feedback.answer(Feedback::COMMENT));
        let by_agent = room.closer.as_deref() == Some("user");
        Some(Self {
            rating: rating.and_then(|stars| stars.parse().ok()).unwrap_or(0),
            rating_comment: comment.unwrap_or_default(),
            operator_comment: if by_agent { &details.comment } else { "" },
            ..Self::of(moment, room, visitor, details.department_name.as_deref())
        })
    }
}

/// From when it was asked for until an agent had it.
fn waited(room: &RoomSnapshot) -> String {
    room.taken_at.map_or_else(String::new, |taken| {
        format!("{}s", taken.millis_since(room.created_at).max(0) / 1_000)
    })
}

/// Those who came in to answer, in that order.
fn operators(moment: &Moment<'_>) -> String {
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

fn attachments<'m>(moment: &'m Moment<'_>) -> Vec<Attachment<'m>> {
    let said = moment.said.iter().filter(|said| !said.message.hidden);
    said.filter_map(|said| {
        let file = said.file.as_ref()?;
        Some(Attachment {
            name: &file.name,
            uri: moment.link(file, &said.message.author),
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
    pub(super) fn of(room: &'a RoomSnapshot, at: Option<Timestamp>) -> Self {
        let noted = Self {
            category: room.tags.join(", "),
            comment: room.topic.as_deref().unwrap_or_default(),
            fields: fields(&room.custom),
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

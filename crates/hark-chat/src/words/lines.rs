//! What a chat is found by: what was said in it, and what is known of its visitor and of itself. The latter stands
//! in the index with the notice that the chat has begun, so that it goes when that goes.

use hark_store::text_enum;
use serde_json::{Map, Value};

use super::query::{Mark, Query};
use super::split::gathered;
use hark_model::rooms::Room;

/// Of what surrounds the words that were looked for, in characters.
const SHOWN: usize = 200;
const SHOWN_BEFORE: usize = 50;

text_enum! {
    /// Where words were found.
    pub enum Place {
        /// In what somebody said.
        Message = "message",
        Name = "name",
        Email = "email",
        Phone = "phone",
        /// In a custom field, of the visitor or of the chat.
        Field = "field",
        Topic = "topic",
    }
}

/// Words that were found, with what stands around them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub place: Place,
    pub text: String,
    pub marks: Vec<Mark>,
}

fn values(custom: &Map<String, Value>) -> impl Iterator<Item = &str> {
    custom.values().filter_map(Value::as_str)
}

/// What is known of a chat and its visitor.
fn known(room: &Room) -> Vec<(Place, &str)> {
    let mut lines = vec![(Place::Name, room.name.as_str())];
    if let Some(visitor) = &room.visitor {
        if visitor.shown_name() != room.name {
            lines.push((Place::Name, visitor.shown_name()));
        }
        lines.extend(
            visitor
                .emails
                .iter()
                .map(|email| (Place::Email, email.as_str())),
        );
        lines.extend(
            visitor
                .phones
                .iter()
                .map(|phone| (Place::Phone, phone.as_str())),
        );
        lines.extend(values(&visitor.custom).map(|value| (Place::Field, value)));
    }
    lines.extend(values(&room.custom).map(|value| (Place::Field, value)));
    lines.extend(
        room.topic
            .iter()
            .map(|topic| (Place::Topic, topic.as_str())),
    );
    lines
}

pub(super) fn words_of_chat(room: &Room) -> String {
    gathered(known(room).into_iter().map(|(_, text)| text))
}

/// The first line of what is known of a chat in which a word stands, if all of them stand there.
pub(super) fn in_chat(query: &Query, room: &Room) -> Option<Line> {
    let lines = known(room);
    let texts: Vec<&str> = lines.iter().map(|(_, text)| *text).collect();
    let marks = query.marks_in(&texts)?.into_iter();
    let mut found = lines.into_iter().zip(marks);
    let ((place, text), marks) = found.find(|(_, marks)| !marks.is_empty())?;
    Some(cut(place, text, &marks))
}

pub(super) fn in_message(query: &Query, text: &str) -> Option<Line> {
    let marks = query.marks_in(&[text])?.into_iter().next()?;
    Some(cut(Place::Message, text, &marks))
}

/// What stands around the first mark, with dots where something was left out.
fn cut(place: Place, text: &str, marks: &[Mark]) -> Line {
    let length = text.chars().count();
    let first = marks.first().map_or(0, |(at, _)| *at);
    let begin = if length <= SHOWN {
        0
    } else {
        first.saturating_sub(SHOWN_BEFORE).min(length - SHOWN)
    };
    let end = (begin + SHOWN).min(length);
    let before = usize::from(begin > 0);
    let mut shown = String::new();
    if begin > 0 {
        shown.push('…');
    }
    shown.extend(text.chars().skip(begin).take(end - begin));
    if end < length {
        shown.push('…');
    }
    let inside = marks
        .iter()
        .filter(|(at, many)| *at >= begin && at + many <= end);
    Line {
        place,
        text: shown,
        marks: inside
            .map(|(at, many)| (at - begin + before, *many))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Query, in_message};

    #[test]
    fn a_long_text_is_cut_around_the_first_word() {
        let query = Query::of("needle").unwrap();
        let text = format!("{}needle{}", "é ".repeat(300), " z".repeat(300));
        let line = in_message(&query, &text).unwrap();
        assert_eq!(line.text.chars().count(), 202);
        let (at, many) = line.marks[0];
        let marked: String = line.text.chars().skip(at).take(many).collect();
        assert_eq!(marked, "needle");
        let line = in_message(&query, "a needle").unwrap();
        assert_eq!((line.text.as_str(), line.marks), ("a needle", vec![(2, 6)]));
    }
}

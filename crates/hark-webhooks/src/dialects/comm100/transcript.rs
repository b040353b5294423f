//! A conversation as one text, whose lines are held apart by a sign of their own.

use hark_chat::messages::{Author, Message, System};
use hark_store::Timestamp;

use crate::moment::{Moment, Said};

/// The sign between two lines.
const SEPARATOR: char = '\u{2299}';
/// What stands for it in what people say. It looks the same to people; to programs it is no end of
/// a line, so that nobody writes a line in another's name.
const STAND_IN: char = '\u{29bf}';

pub(super) fn of(moment: &Moment<'_>) -> String {
    let lines: Vec<String> = moment.said.iter().filter_map(line).collect();
    lines.join(&SEPARATOR.to_string())
}

fn line(said: &Said) -> Option<String> {
    let message = &said.message;
    if message.hidden {
        return None;
    }
    let name = one_line(called(&message.author));
    let Some(system) = message.system else {
        let words = words(message, said.file.as_ref().map(|file| file.name.as_str()));
        return Some(format!(
            "[{}] {name}: {}",
            clock(message.at),
            one_line(&words)
        ));
    };
    let note = match system {
        System::Joined => "joined the chat",
        System::Left => "left the chat",
        System::Transferred | System::TransferFallback => "passed the chat on",
        System::PutOnHold => "put the chat on hold",
        System::Resumed => "resumed the chat",
        System::Called => "called the visitor",
        System::Closed => "ended the chat",
        System::Started
        | System::Command
        | System::Visited
        | System::TranscriptSent
        | System::Prioritized
        | System::Promised
        | System::Removed => return None,
    };
    Some(format!("{name} {note}"))
}

fn words(message: &Message, file: Option<&str>) -> String {
    match file {
        Some(file) if message.text.is_empty() => file.to_owned(),
        Some(file) => format!("{} ({file})", message.text),
        None => message.text.clone(),
    }
}

/// Receivers are known to put line breaks where the signs are, so that a line break of the
/// visitor's own would begin a line, too. What somebody says is one line.
fn one_line(text: &str) -> String {
    let is_break = |letter: char| {
        matches!(
            letter,
            '\n' | '\u{b}' | '\u{c}' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}'
        )
    };
    let parts = text
        .split(is_break)
        .map(str::trim)
        .filter(|part| !part.is_empty());
    let text: Vec<&str> = parts.collect();
    text.join(" ").replace(SEPARATOR, &STAND_IN.to_string())
}

/// The time of the day, of UTC.
fn clock(at: Timestamp) -> String {
    let seconds = at.millis().div_euclid(1_000).rem_euclid(86_400);
    let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60);
    format!("{hours:02}:{minutes:02}:{:02}", seconds % 60)
}

/// By their name, or what they are called here.
pub(super) fn called(author: &Author) -> &str {
    let name = author.name.as_deref().filter(|name| !name.is_empty());
    name.unwrap_or(&author.username)
}

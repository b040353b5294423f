//! Quotes: a link to a message that its author may read brings that message with it.

use serde_json::{Value, json};

use super::{Message, rows};
use crate::access;
use hark_model::rooms::{self, Room};
use hark_model::{Context, Refusal};

const MOST_QUOTES: usize = 3;
/// A quote of a quote is shown, and no more.
const LONGEST_QUOTE: usize = 10_000;

/// The room and the message of a link such as `https://chat.example/live/RID?msg=MID`.
fn target(word: &str) -> Option<(&str, &str)> {
    let rest = word
        .strip_prefix("https://")
        .or_else(|| word.strip_prefix("http://"))?;
    let (path, query) = rest.split_once('?')?;
    let mut parts = path.rsplit('/');
    let room = parts.next().filter(|room| !room.is_empty())?;
    let kind = parts.next()?;
    if !["live", "channel", "group", "direct"].contains(&kind) {
        return None;
    }
    let message = query
        .split('&')
        .find_map(|pair| pair.strip_prefix("msg="))?;
    (!message.is_empty()).then_some((room, message))
}

/// The links of a text, as far as they can be quotes.
fn links(text: &str) -> impl Iterator<Item = &str> {
    // Most texts have none: that is seen at once, and not word for word.
    let most = if text.contains("msg=") {
        MOST_QUOTES
    } else {
        0
    };
    text.split(|letter: char| letter.is_whitespace() || "()[]<>\"".contains(letter))
        .filter(|word| word.contains("?msg=") || word.contains("&msg="))
        .take(most)
}

/// Adds the quoted messages to what a message carries.
pub(super) fn attach(
    cx: &mut Context<'_, '_>,
    room: &Room,
    text: &str,
    extra: Option<Value>,
) -> Result<Option<Value>, Refusal> {
    let mut quoted = Vec::new();
    for link in links(text) {
        if let Some((place, id)) = target(link)
            && let Some(message) = readable(cx, room, place, id)?
        {
            quoted.push(attachment(link, &message));
        }
    }
    if quoted.is_empty() {
        return Ok(extra);
    }
    let mut extra = extra.unwrap_or_else(|| json!({}));
    let given = extra.get("attachments").and_then(Value::as_array).cloned();
    quoted.extend(given.unwrap_or_default());
    extra["attachments"] = Value::Array(quoted);
    Ok(Some(extra))
}

fn readable(
    cx: &mut Context<'_, '_>,
    room: &Room,
    place: &str,
    id: &str,
) -> Result<Option<Message>, Refusal> {
    let Some(message) = rows::find(cx.tx, id)? else {
        return Ok(None);
    };
    let is_here = message.room.as_deref() == Some(&room.id);
    // The link names the room by its id, or a channel by its name.
    let Some(other) = message.room.as_deref().filter(|_| !is_here) else {
        return Ok(Some(message).filter(|_| is_here && (place == room.id || place == room.name)));
    };
    let may = match cx.who.account() {
        None => false,
        Some(account) => match rooms::find(cx.tx, other)? {
            Some(other) if place == other.id || place == other.name => {
                access::may_see(cx.tx, cx.policy, account, &other)?
            }
            _ => false,
        },
    };
    Ok(Some(message).filter(|_| may))
}

fn attachment(link: &str, message: &Message) -> Value {
    let text: String = message.text.chars().take(LONGEST_QUOTE).collect();
    let author = message.author.name.as_deref();
    let mut quote = json!({
        "message_link": link,
        "text": text,
        "author_name": author.unwrap_or(&message.author.username),
        "author_icon": format!("/avatar/{}", message.author.username),
        "ts": Value::from(message.at),
    });
    if let Some(attachments) = message
        .extra
        .as_ref()
        .and_then(|extra| extra.get("attachments"))
    {
        let files = attachments.as_array().into_iter().flatten();
        let files: Vec<&Value> = files
            .filter(|one| one.get("message_link").is_none())
            .collect();
        if !files.is_empty() {
            quote["attachments"] = json!(files);
        }
    }
    quote
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_to_messages_are_found_in_a_text() {
        let text = "[ ](https://chat.example/live/RID?msg=MID) see http://h/a/b/channel/general?x=1&msg=M2";
        let found: Vec<_> = links(text).filter_map(target).collect();
        assert_eq!(found, [("RID", "MID"), ("general", "M2")]);
        for other in [
            "https://chat.example/live/?msg=MID",
            "https://chat.example/live/RID?msg=",
            "https://chat.example/blog/RID?msg=MID",
            "ftp://chat.example/live/RID?msg=MID",
        ] {
            assert_eq!(links(other).filter_map(target).count(), 0, "{other}");
        }
    }
}

//! What an agent says in a chat by e-mail goes into the outbox, as the next mail of its thread.

use serde_json::Value;

use super::rows;
use crate::mail::{self, NewAnswer};
use crate::uploads;
use hark_model::rooms::Room;
use hark_model::{Context, Refusal};

/// Mails that one says it belongs to, besides the first of its thread.
const MOST_REFERENCES: i64 = 10;

/// Goes by mail, where the visitor writes by mail.
pub(crate) fn answer(
    cx: &mut Context<'_, '_>,
    room: &Room,
    text: &str,
    extra: Option<&Value>,
) -> Result<(), Refusal> {
    let (Some(thread), Some(account)) = (&room.email, cx.who.account()) else {
        return Ok(());
    };
    let id = room.source["id"].as_str().unwrap_or_default();
    let inbox = rows::find(cx.tx, id)?.ok_or(Refusal::NoSuchEmailInbox)?;
    let upload = match extra.and_then(|extra| extra["file"]["_id"].as_str()) {
        Some(id) => uploads::find(cx.tx, id)?.filter(|upload| upload.room_id == room.id),
        None => None,
    };
    let described = extra.and_then(|extra| extra["attachments"][0]["description"].as_str());
    let words = without_quote(text).trim();
    let words = match described.filter(|_| words.is_empty()) {
        Some(description) => description.trim(),
        None => words,
    };
    if words.is_empty() && upload.is_none() {
        return Ok(());
    }
    let in_reply_to = rows::last_of_visitor(cx.tx, &room.id)?;
    let mut references = vec![thread.thread.clone()];
    for known in rows::of_room(cx.tx, &room.id, MOST_REFERENCES)?
        .into_iter()
        .rev()
    {
        if !references.contains(&known.message_id) {
            references.push(known.message_id);
        }
    }
    let domain = inbox.email.rsplit('@').next().unwrap_or("localhost");
    let message_id = format!("{}@{domain}", cx.tx.ids().id24_at(cx.now));
    let answer = NewAnswer {
        inbox: &inbox.id,
        account: &account.id,
        recipient: &thread.reply_to,
        subject: &reply_subject(&thread.subject),
        words,
        message_id: &message_id,
        in_reply_to: in_reply_to.as_deref(),
        references: &references,
        upload: upload.as_ref().map(|upload| upload.id.as_str()),
    };
    mail::send_answer(cx, &answer)?;
    rows::note(cx.tx, cx.now, &inbox.id, &message_id, Some(&room.id), false)?;
    Ok(())
}

fn reply_subject(subject: &str) -> String {
    let is_reply = subject
        .get(..3)
        .is_some_and(|start| start.eq_ignore_ascii_case("re:"));
    if is_reply {
        subject.to_owned()
    } else {
        format!("Re: {subject}").trim_end().to_owned()
    }
}

/// Clients name the message that one answers in a link without a text, in front of the words.
fn without_quote(mut text: &str) -> &str {
    while let Some((_, rest)) = text
        .strip_prefix("[ ](")
        .and_then(|text| text.split_once(')'))
    {
        text = rest.trim_start();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_called_one_once_and_has_the_words_alone() {
        assert_eq!(reply_subject("Order 5"), "Re: Order 5");
        assert_eq!(reply_subject("RE: Order 5"), "RE: Order 5");
        assert_eq!(reply_subject(""), "Re:");
        assert_eq!(reply_subject("ré"), "Re: ré");
        assert_eq!(without_quote("[ ](http://x/y?msg=1) yes"), "yes");
        assert_eq!(without_quote("[a](b) yes"), "[a](b) yes");
    }
}

//! A mail from an administrator to all who work here, but for those who want none.

use hark_chat::mail::{self, Body, NewMail};
use hark_model::accounts::{self, Account};
use hark_model::events::{CircularSent, Event, Subject, record_event};
use hark_model::{Context, Refusal};
use hark_store::{Timestamp, View};

/// Where a recipient's way out stands in the text. There has to be one.
pub const WAY_OUT: &str = "[unsubscribe]";
const LONGEST_PLAIN: usize = 100_000;

/// A mail as its writer has it: HTML, with places for what is known of each recipient.
#[derive(Debug, Clone)]
pub struct Circular {
    /// Where answers go.
    pub from: String,
    pub subject: String,
    pub html: String,
}

/// Whether someone gets what goes to all.
pub fn reaches(account: &Account) -> bool {
    account.active && !account.unsubscribed && address(account).is_some()
}

fn address(account: &Account) -> Option<&str> {
    let first = account.emails.first()?;
    mail::is_address(&first.address).then_some(first.address.as_str())
}

/// Into the outbox, one for each. `site_url` is without a slash at its end.
pub fn send(
    cx: &mut Context<'_, '_>,
    circular: &Circular,
    people: &[Account],
    site_url: &str,
) -> Result<(), Refusal> {
    let mut sent = 0;
    for account in people {
        let Some(recipient) = address(account) else {
            continue;
        };
        let html = filled(&circular.html, account, recipient, site_url);
        let plain = mail::text(&plain_of(&html), LONGEST_PLAIN);
        let mail = NewMail {
            recipient,
            reply_to: Some(&circular.from),
            subject: &circular.subject,
            body: Body { html, plain },
        };
        mail::send(cx, &mail)?;
        sent += 1;
    }
    if sent == 0 {
        return Ok(());
    }
    let event = Event::CircularSent(CircularSent {
        subject: circular.subject.clone(),
        people: sent,
        by: cx.who.actor(),
    });
    record_event(cx.tx, cx.now, Subject::NONE, &event)?;
    Ok(())
}

/// The one whose account was made at this moment wants no such mail any more, if there is one.
pub fn unsubscribe(cx: &mut Context<'_, '_>, id: &str, made: Timestamp) -> Result<(), Refusal> {
    if accounts::unsubscribe(cx.tx, cx.now, id, made)? > 0
        && let Some(account) = accounts::find(cx.tx, id)?
    {
        crate::accounts::record(cx, Event::AccountChanged, &account)?;
    }
    Ok(())
}

/// Whether a link out of a mail is one.
pub fn is_recipient(view: &mut View<'_>, id: &str, made: Timestamp) -> hark_store::Result<bool> {
    let account = accounts::find(view, id)?;
    Ok(account.is_some_and(|account| account.created_at == made))
}

fn filled(html: &str, account: &Account, address: &str, site_url: &str) -> String {
    let (first, last) = account
        .name
        .split_once(' ')
        .unwrap_or((account.name.as_str(), ""));
    let made = account.created_at.millis();
    let way_out = format!("{site_url}/mailer/unsubscribe/{}/{made}", account.id);
    let known = [
        (WAY_OUT, way_out.as_str()),
        ("[name]", account.name.as_str()),
        ("[fname]", first),
        ("[lname]", last),
        ("[email]", address),
    ];
    known.iter().fold(html.to_owned(), |html, (place, value)| {
        html.replace(place, &escape(value))
    })
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// The text of HTML, for programs that show none.
fn plain_of(html: &str) -> String {
    let mut plain = String::new();
    let mut rest = html;
    while let Some((before, after)) = rest.split_once('<') {
        plain.push_str(before);
        let Some((tag, after)) = after.split_once('>') else {
            // No tag: a sign that was not escaped.
            plain.push('<');
            rest = after;
            continue;
        };
        let name: String = tag
            .trim_start_matches('/')
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .collect();
        let ends_line = ["br", "p", "div", "li", "tr", "h1", "h2", "h3"];
        if ends_line.contains(&name.to_ascii_lowercase().as_str()) && !plain.ends_with('\n') {
            plain.push('\n');
        }
        rest = after;
    }
    plain.push_str(rest);
    plain
        .replace("&nbsp;", " ")
        .replace("&quot;", "\"")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
        .trim()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_reads_as_text_where_none_is_shown() {
        for (html, plain) in [
            (
                "<p>Hello <b>Amy</b></p><p>a &lt; b &amp;amp;</p>",
                "Hello Amy\na < b &amp;",
            ),
            ("one<br>two<br/>three", "one\ntwo\nthree"),
            ("1 < 2", "1 < 2"),
            ("", ""),
        ] {
            assert_eq!(plain_of(html), plain, "{html}");
        }
    }
}

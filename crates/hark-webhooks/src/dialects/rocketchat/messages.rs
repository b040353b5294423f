//! What was said, as this dialect tells it: people's words, how the chat ended, and where the settings
//! allow it the pages that the visitor looked at. No other notice of Hark's.

use hark_chat::messages::{self, System};
use hark_chat::uploads::Upload;
use hark_model::{Policy, settings};
use serde::Serialize;
use serde_json::Value;

use crate::dialects::Iso;
use crate::moment::Moment;
use crate::written;

written! {
    [#[derive(Serialize)] #[serde(rename_all = "camelCase")]]

    pub(super) struct Message<'a> of(
        moment: &'a Moment<'_>, visitor: &str, message: &'a messages::Message, file: Option<&'a Upload>
    ) -> Option {
        u: Author<'a> = Author::of(&message.author),
        #[serde(rename = "_id")]
        id: &'a str = &message.id,
        username: &'a str = &message.author.username,
        msg?: Option<&'a str> = Some(message.text.as_str()).filter(|text| !text.is_empty()),
        ts: Iso = Iso(message.at),
        rid: &'a str = message.room.as_deref()?,
        edited_at?: Option<Iso> = message.edited.as_ref().map(|edit| Iso(edit.at)),
        agent_id?: Option<&'a str> = Some(message.author.id.as_str()).filter(|_| message.author.username != visitor),
        navigation?: Option<&'a Value> = extra(message, "navigation"),
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        closing_message: bool = message.system == Some(System::Closed),
        file?: Option<&'a Value> = extra(message, "file"),
        attachments?: Option<&'a Value> = extra(message, "file").and_then(|_| extra(message, "attachments")),
        file_upload?: Option<Value> = file.map(|file| moment.file_upload(file, &message.author)),
        // A reaction is not kept with what a message was, so that it does not count as a change here.
        #[serde(rename = "_updatedAt")]
        updated_at: Iso = Iso(message.edited.as_ref().map_or(message.at, |edit| edit.at)),
    }

    struct Author<'a> of(author: &'a messages::Author) {
        #[serde(rename = "_id")]
        id: &'a str = &author.id,
        username: &'a str = &author.username,
        name?: Option<&'a str> = author.name.as_deref().filter(|name| !name.is_empty()),
    }
}

/// What a message carries besides its text.
fn extra<'a>(message: &'a messages::Message, name: &str) -> Option<&'a Value> {
    message.extra.as_ref()?.get(name)
}

pub(super) fn sent<'a>(moment: &'a Moment<'_>, visitor: &str) -> Vec<Message<'a>> {
    let said = moment.said.iter();
    said.filter(|said| is_sent(&said.message, &moment.context.policy))
        .filter_map(|said| Message::of(moment, visitor, &said.message, said.file.as_ref()))
        .collect()
}

fn is_sent(message: &messages::Message, policy: &Policy) -> bool {
    !message.hidden
        && match message.system {
            None | Some(System::Closed) => true,
            Some(System::Visited) => {
                policy.flag(settings::Send_visitor_navigation_history_livechat_webhook_request)
                    && policy.flag(settings::Livechat_Visitor_navigation_as_a_message)
            }
            Some(_) => false,
        }
}

//! What is kept of a visitor, as they may ask for it, and how they are forgotten.

use hark_chat::messages;
use hark_model::visitors;
use hark_model::{Page, Refusal, rooms};
use hark_store::Timestamp;

use super::answers::{Conversation, Export, ExportedConversation, Message, PageVisit, Personal};
use super::{LIMIT, LONGEST_PAGE, Nothing, POLLED, cursor};
use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::handler::Done;
use crate::params::{NonEmpty, params};
use crate::route::{Access, Route, route};

const EXPORTS: &str = "send-omnichannel-chat-transcript";
const ERASES: &str = "remove-closed-livechat-room";

pub(crate) static ROUTES: &[&Route] = &[
    &route!(Hark GET "visitors/{id}/export", Access::Permission(EXPORTS), "All that is kept of a visitor, the latest first; not what agents have written for each other", export)
        .per_minute(POLLED),
    &route!(Hark DELETE "visitors/{id}", Access::Permission(ERASES), "Forget a visitor, with all that they said; their chats have to be over", erase)
        .per_minute(60),
];

/// Pages that a visitor had looked at in one chat.
const MOST_PAGES: i64 = 1_000;
/// Chats of which one page tells.
const MOST_CHATS: i64 = 100;
const END: i64 = i64::MAX;

params! {
    struct Paging {
        /// How many messages one page may have.
        limit: Option<i64> = LIMIT,
        cursor: Option<NonEmpty>,
    }
}

/// Permissions that a unit bounds are not enough: a visitor's chats may be in any department.
fn check_unbound(call: &Call, permission: &str) -> Result<(), Failure> {
    match call.bound(permission) {
        None => Ok(()),
        Some(_) => Err(Failure::Forbidden),
    }
}

async fn export(call: Call, paging: Paging) -> Result<Done<Export>, Failure> {
    check_unbound(&call, EXPORTS)?;
    let limit = paging.limit.unwrap_or(LONGEST_PAGE as i64);
    let [passed, at, n] = cursor(paging.cursor.as_ref())?.unwrap_or([0, END, END]);
    let look = call.query(move |call, view| {
        let (mut left, mut at, mut n) = (limit, at, n);
        let visitor = visitors::find(view, call.path(0))?.ok_or(Refusal::NoSuchVisitor)?;
        let page = Page {
            offset: passed.max(0),
            limit: MOST_CHATS,
        };
        let (chats, total) = rooms::of_visitor(view, &visitor.id, None, page)?;
        let mut items = Vec::new();
        let mut passed = page.offset;
        for room in &chats {
            if left == 0 {
                break;
            }
            let pages = if (at, n) == (END, END) {
                messages::hidden_visits_up_to(view, &room.id, END, MOST_PAGES)?
            } else {
                Vec::new()
            };
            let place = (Timestamp::from_millis(at), n);
            let mut said = messages::before(view, &room.id, place, left + 1)?;
            let has_more = said.len() as i64 > left;
            if has_more {
                said.pop();
            }
            left -= said.len() as i64;
            if has_more && let Some(last) = said.last() {
                (at, n) = (last.at.millis(), last.n);
            } else {
                (at, n) = (END, END);
                passed += 1;
            }
            items.push(ExportedConversation {
                conversation: Conversation::of(room, said.first()),
                pages: pages.iter().map(PageVisit::of).collect(),
                messages: said.iter().map(Message::of).collect(),
            });
        }
        let next_cursor = (passed < total).then(|| format!("{passed}-{at}-{n}"));
        Ok(Export {
            visitor: Personal::of(&visitor),
            items,
            next_cursor,
        })
    });
    Ok(Done(look.await?))
}

async fn erase(call: Call, _: Nothing) -> Answer {
    check_unbound(&call, ERASES)?;
    let erased = call.command(|call, cx| hark_chat::visitors::remove_by_id(cx, call.path(0)));
    erased.await?;
    Ok(Reply::Nothing)
}

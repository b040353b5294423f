//! Visitors, as agents look them up: their record, their earlier chats, the pages that they saw.

use std::sync::Arc;

use hark_chat::Refusal;
use hark_chat::accounts::Page;
use hark_chat::messages::{self, Message, System};
use hark_chat::rooms::{self, Room};
use hark_chat::visitors::{self, Contact};
use hark_store::{Error, View};
use serde_json::{Map, Value, json};

use super::{agent_rooms, chat_documents};
use crate::answer::{Answer, Failure, Reply};
use crate::body;
use crate::call::Call;
use crate::paging;
use crate::route::{Access, Route, route};
use crate::shape::{Field, Shape};

const AGENT: Access = Access::Permission("view-l-room");

pub(crate) static ROUTES: &[&Route] = &[
    &route!(GET "livechat/visitor/{token}/room", Access::Permission("view-livechat-manager"), "The open chat of a visitor", open_rooms),
    &route!(GET "livechat/visitors.info", AGENT, "A visitor", info).takes(INFO),
    &route!(GET "livechat/visitors.pagesVisited/{roomId}", AGENT, "The pages that a visitor saw", pages_visited)
        .takes(paging::LIST),
    &route!(GET "livechat/visitors.chatHistory/room/{roomId}/visitor/{visitorId}", AGENT, "A visitor's chats", chat_history)
        .takes(paging::LIST),
    &route!(GET "livechat/visitors.searchChats/room/{roomId}/visitor/{visitorId}", AGENT, "A visitor's chats in which something was said", search_chats)
        .takes(SEARCH_CHATS),
    &route!(GET "livechat/visitors.autocomplete", AGENT, "Visitors whose name begins with a text", autocomplete)
        .takes(AUTOCOMPLETE),
    &route!(GET "livechat/visitors.search", AGENT, "Visitors who answer to a term", search).takes(SEARCH),
    &route!(POST "omnichannel/contact", AGENT, "Make a contact, or bring it up to date", save).takes(SAVE),
    &route!(GET "omnichannel/contact", AGENT, "A contact", read).takes(READ),
    &route!(GET "omnichannel/contact.search", AGENT, "The contact with an address, a number, values", find),
    &route!(POST "omnichannel/contacts", Access::Permission("create-livechat-contact"), "Not served: make a contact of the newer kind", not_served)
        .takes(NEWER),
    &route!(POST "omnichannel/contacts.update", Access::Permission("update-livechat-contact"), "Not served: change a contact of the newer kind", not_served)
        .takes(NEWER_CHANGED),
    &route!(GET "omnichannel/contacts.get", Access::Permission("view-livechat-contact"), "Not served: a contact of the newer kind", not_served)
        .takes(READ),
    &route!(GET "omnichannel/contacts.search", Access::Permission("view-livechat-contact"), "Not served: contacts of the newer kind", not_served)
        .takes(NEWER_SEARCHED),
    &route!(GET "omnichannel/contacts.history", Access::Permission("view-livechat-contact-history"), "Not served: the chats of a contact of the newer kind", not_served)
        .takes(NEWER_HISTORY),
];

const INFO: Shape = Shape::Object(&[Field::required("visitorId", Shape::Text)]);
const SEARCH_CHATS: Shape = Shape::Object(&[
    Field::optional("searchText", Shape::Text),
    Field::optional("closedChatsOnly", Shape::Text),
    Field::optional("servedChatsOnly", Shape::Text),
    Field::optional("source", Shape::Text),
    paging::COUNT,
    paging::OFFSET,
    paging::SORT,
    paging::FIELDS,
    paging::QUERY,
]);
const AUTOCOMPLETE: Shape = Shape::Object(&[Field::required("selector", Shape::Text)]);
const SEARCH: Shape = Shape::Object(&[
    Field::required("term", Shape::Text),
    paging::COUNT,
    paging::OFFSET,
    paging::SORT,
    paging::FIELDS,
    paging::QUERY,
]);
const SAVE: Shape = Shape::Matched(&[
    Field::optional("_id", Shape::Maybe(&Shape::Text)),
    Field::required("token", Shape::Text),
    Field::required("name", Shape::Text),
    Field::optional("email", Shape::Maybe(&Shape::Text)),
    Field::optional("phone", Shape::Maybe(&Shape::Text)),
    Field::optional("username", Shape::Maybe(&Shape::Text)),
    Field::optional("customFields", Shape::Maybe(&Shape::Open)),
    Field::optional(
        "contactManager",
        Shape::Maybe(&Shape::Object(&[Field::required("username", Shape::Text)])),
    ),
]);
const READ: Shape = Shape::Object(&[Field::required("contactId", Shape::Text)]);
const NEWER: Shape = Shape::Object(&[
    Field::required("name", Shape::Text),
    Field::required("emails", Shape::List(&Shape::Text)),
    Field::required("phones", Shape::List(&Shape::Text)),
    Field::optional("customFields", Shape::Open),
    Field::optional("contactManager", Shape::Text),
]);
const NEWER_CHANGED: Shape = Shape::Object(&[
    Field::required("contactId", Shape::Text),
    Field::optional("name", Shape::Text),
    Field::optional("emails", Shape::List(&Shape::Text)),
    Field::optional("phones", Shape::List(&Shape::Text)),
    Field::optional("customFields", Shape::Open),
    Field::optional("contactManager", Shape::Text),
]);
const NEWER_SEARCHED: Shape = Shape::Object(&[
    Field::optional("searchText", Shape::Text),
    paging::COUNT,
    paging::OFFSET,
    paging::SORT,
    paging::FIELDS,
    paging::QUERY,
]);
const NEWER_HISTORY: Shape = Shape::Object(&[
    Field::required("contactId", Shape::Text),
    Field::optional("source", Shape::Text),
    paging::COUNT,
    paging::OFFSET,
    paging::SORT,
    paging::FIELDS,
    paging::QUERY,
]);
/// So many of a visitor's chats are searched, the latest first.
const SEARCHED: i64 = 200;

async fn info(call: Call) -> Answer {
    let id = call.text("visitorId").unwrap_or_default().to_owned();
    let found = call.read(move |view| visitors::find(view, &id)).await?;
    let visitor = found.ok_or_else(|| Failure::plain("visitor-not-found"))?;
    Reply::object(json!({"visitor": chat_documents::visitor(&visitor)}))
}

async fn open_rooms(call: Call) -> Answer {
    let token = call.path(0).to_owned();
    let found = call
        .read(move |view| match visitors::find_by_token(view, &token)? {
            Some(visitor) => rooms::open_of(view, &visitor.id),
            None => Ok(None),
        })
        .await?;
    let rooms = found.iter().map(|room| {
        let whole = chat_documents::room(room);
        let mut shown = json!({});
        for name in ["_id", "t", "cl", "servedBy"] {
            if let Some(value) = whole.get(name) {
                shown[name] = value.clone();
            }
        }
        shown
    });
    Reply::object(json!({"rooms": rooms.collect::<Vec<_>>()}))
}

fn listed(name: &str, items: Vec<Value>, page: Page, total: i64) -> Answer {
    let mut body = json!({"count": items.len(), "offset": page.offset, "total": total});
    body[name] = Value::Array(items);
    Reply::object(body)
}

async fn pages_visited(call: Call) -> Answer {
    let page = paging::page(&call);
    let oldest_first = paging::sort(&call)?
        .iter()
        .any(|(name, down)| name == "ts" && !down);
    let rid = call.path(0).to_owned();
    let (found, total) = call
        .look(move |view| {
            let room = rooms::find_live(view, &rid)?.ok_or(Refusal::InvalidRoom)?;
            let kind = System::Visited;
            Ok(messages::of_kind(view, &room.id, kind, oldest_first, page)?)
        })
        .await?;
    let pages = found
        .iter()
        .map(|message| chat_documents::message(message, ""));
    listed("pages", pages.collect(), page, total)
}

/// One room opens its own visitor's chats, and nobody else's.
fn belongs(room: &Room, visitor: &str) -> Result<(), Refusal> {
    match &room.visitor {
        Some(own) if own.id == visitor => Ok(()),
        _ => Err(Refusal::InvalidRoom),
    }
}

async fn chat_history(call: Call) -> Answer {
    let page = paging::page(&call);
    let (rid, visitor) = (call.path(0).to_owned(), call.path(1).to_owned());
    let (policy, account) = (Arc::clone(&call.policy), call.account()?.clone());
    let (found, total) = call
        .look(move |view| {
            let room = agent_rooms::seen(view, &policy, &account, &rid)?;
            belongs(&room, &visitor)?;
            Ok(rooms::of_visitor(view, &visitor, page)?)
        })
        .await?;
    let history = found.iter().map(chat_documents::room);
    listed("history", history.collect(), page, total)
}

/// A chat as the search shows it, with the message that ended it.
struct Found {
    room: Room,
    closing: Option<Message>,
}

async fn search_chats(call: Call) -> Answer {
    let page = paging::page(&call);
    let (rid, visitor) = (call.path(0).to_owned(), call.path(1).to_owned());
    let says = |name: &str| call.text(name) == Some("true");
    let (only_closed, only_served) = (says("closedChatsOnly"), says("servedChatsOnly"));
    let text = |name: &str| call.text(name).unwrap_or_default().to_owned();
    let (term, source) = (text("searchText"), text("source"));
    let (policy, account) = (Arc::clone(&call.policy), call.account()?.clone());
    let found = call
        .look(move |view| {
            let room = agent_rooms::seen(view, &policy, &account, &rid)?;
            belongs(&room, &visitor)?;
            let all = Page {
                offset: 0,
                limit: SEARCHED,
            };
            let (rooms, _) = rooms::of_visitor(view, &visitor, all)?;
            let mut found = Vec::new();
            for room in rooms {
                let fits = (!only_closed || !room.open)
                    && (!only_served || room.served_by.is_some())
                    && (source.is_empty() || room.source["type"] == json!(source));
                if fits && (term.is_empty() || contains(view, &room, &term)?) {
                    let closing = closing_message(view, &room)?;
                    found.push(Found { room, closing });
                }
            }
            Ok(found)
        })
        .await?;
    let total = found.len() as i64;
    let offset = usize::try_from(page.offset).unwrap_or(usize::MAX);
    let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
    let history = found.iter().skip(offset).take(limit).map(|found| {
        let token = found
            .room
            .visitor
            .as_ref()
            .map_or("", |visitor| &visitor.token);
        let mut document = chat_documents::room(&found.room);
        if let Some(closing) = &found.closing {
            document["closingMessage"] = chat_documents::message(closing, token);
        }
        document
    });
    listed("history", history.collect(), page, total)
}

const FIRST: Page = Page {
    offset: 0,
    limit: 1,
};

fn contains(view: &mut View<'_>, room: &Room, term: &str) -> Result<bool, Error> {
    let (said, _) = messages::said(view, &room.id, term, FIRST)?;
    Ok(!said.is_empty())
}

fn closing_message(view: &mut View<'_>, room: &Room) -> Result<Option<Message>, Error> {
    let (found, _) = messages::of_kind(view, &room.id, System::Closed, false, FIRST)?;
    Ok(found.into_iter().next())
}

async fn autocomplete(call: Call) -> Answer {
    let text = call.text("selector").unwrap_or_default();
    let selector = body::json(text)
        .filter(Value::is_object)
        .ok_or_else(|| Failure::plain("The 'selector' param must be a JSON object"))?;
    let term = selector["term"].as_str().unwrap_or_default().to_owned();
    let without: Vec<String> = selector["exceptions"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .take(1_000)
        .map(str::to_owned)
        .collect();
    let found = call
        .read(move |view| visitors::beginning_with(view, &term, &without, 10))
        .await?;
    let items: Vec<Value> = found
        .iter()
        .map(|visitor| {
            json!({
                "_id": visitor.id,
                "name": visitor.name,
                "username": visitor.username,
                "custom_name": format!("{} ({})", visitor.shown_name(), visitor.username),
            })
        })
        .collect();
    Reply::object(json!({"items": items}))
}

async fn search(call: Call) -> Answer {
    let page = paging::page(&call);
    let term = call.text("term").unwrap_or_default().to_owned();
    let (found, total) = call
        .read(move |view| visitors::search(view, &term, page))
        .await?;
    let visitors = found.iter().map(chat_documents::visitor_in_short);
    listed("visitors", visitors.collect(), page, total)
}

async fn save(call: Call) -> Answer {
    let text = |name: &str| call.text(name).map(str::to_owned);
    let custom = call.params["customFields"].as_object().cloned();
    let contact = Contact {
        token: text("token").unwrap_or_default(),
        name: text("name").unwrap_or_default(),
        username: text("username"),
        email: text("email"),
        phone: text("phone"),
        custom: custom.unwrap_or_default(),
        manager: call.inner("contactManager", "username").map(str::to_owned),
    };
    let (now, policy) = (call.now, Arc::clone(&call.policy));
    let id = call
        .write(move |tx| visitors::save_contact(tx, now, &policy, &contact))
        .await?;
    Reply::object(json!({"contact": id}))
}

async fn read(call: Call) -> Answer {
    let id = call.text("contactId").unwrap_or_default().to_owned();
    let found = call.read(move |view| visitors::find(view, &id)).await?;
    Reply::object(json!({"contact": found.as_ref().map(chat_documents::visitor)}))
}

async fn find(call: Call) -> Answer {
    let text = |name: &str| {
        let text = call.text(name).filter(|text| !text.is_empty());
        text.map(str::to_owned)
    };
    let (email, phone) = (text("email"), text("phone"));
    let custom: Map<String, Value> = match text("custom") {
        None => Map::new(),
        Some(given) => match body::json(&given) {
            Some(Value::Object(members)) => members,
            _ => return Err(Failure::coded("", "error-invalid-params-custom")),
        },
    };
    if email.is_none() && phone.is_none() && custom.is_empty() {
        return Err(Failure::coded("", "error-invalid-params"));
    }
    let found = call
        .read(move |view| visitors::matching(view, email.as_deref(), phone.as_deref(), &custom))
        .await?;
    Reply::object(json!({"contact": found.as_ref().map(chat_documents::visitor)}))
}

/// Outside of its own tests the original knows contacts as visitors only, and turns everyone away
/// from the rest. Its clients expect that.
async fn not_served(_: Call) -> Answer {
    Err(Failure::Unauthorized)
}

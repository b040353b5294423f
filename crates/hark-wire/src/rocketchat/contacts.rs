//! Visitors, as agents look them up: their record, their earlier chats, the pages that they saw.

use hark_chat::messages::{self, Message, System};
use hark_chat::visitors::Contact;
use hark_model::rooms::{self, Room};
use hark_model::visitors::{self, Order, Visitor};
use hark_model::{Page, Refusal};
use hark_store::{Error, View};
use serde_json::{Map, Value, json};

use super::chat::{as_shown, may_see};
use super::{agent_rooms, chat_documents, documents};
use crate::answer::{Answer, Failure, Reply};
use crate::body;
use crate::call::Call;
use crate::limits::OF_A_DESK;
use crate::paging::{self, listed_last};
use crate::params::params;
use crate::route::{Access, Route, route};
use crate::shape::{Field, Shape};

const AGENT: Access = Access::Permission("view-l-room");

pub(crate) static ROUTES: &[&Route] = &[
    &route!(GET "livechat/visitor/{token}/room", Access::Permission("view-livechat-manager"), "The open chat of a visitor", open_rooms),
    &route!(GET "livechat/visitors.info", AGENT, "A visitor", info).per_minute(OF_A_DESK),
    &route!(GET "livechat/visitors.pagesVisited/{roomId}", AGENT, "The pages that a visitor saw", pages_visited).per_minute(OF_A_DESK),
    &route!(GET "livechat/visitors.chatHistory/room/{roomId}/visitor/{visitorId}", AGENT, "A visitor's chats", chat_history),
    &route!(GET "livechat/visitors.searchChats/room/{roomId}/visitor/{visitorId}", AGENT, "A visitor's chats in which something was said", search_chats),
    &route!(GET "livechat/visitors.autocomplete", AGENT, "Visitors whose name begins with a text", autocomplete),
    &route!(GET "livechat/visitors.search", AGENT, "Visitors who answer to a term", search),
    &route!(POST "omnichannel/contact", AGENT, "Make a contact, or bring it up to date", save),
    &route!(GET "omnichannel/contact", AGENT, "A contact", read),
    &route!(GET "omnichannel/contact.search", AGENT, "The contact with an address, a number, values", find).reads(SOUGHT),
];

const SOUGHT: &[Field] = &[
    Field::optional("email", Shape::Text).about("An e-mail address"),
    Field::optional("phone", Shape::Text).about("A telephone number"),
    Field::optional("custom", Shape::Text)
        .about("JSON text: values of custom fields, `{\"plan\": \"gold\"}`"),
];

params! {
    struct Info {
        /// The id of the visitor.
        visitor_id as "visitorId": String,
    }

    struct SearchChats {
        /// A text that was said, in any case.
        search_text as "searchText": Option<String>,
        /// `true`: only chats that are closed.
        closed_only as "closedChatsOnly": Option<String>,
        /// `true`: only chats that an agent has or had.
        served_only as "servedChatsOnly": Option<String>,
        /// Where chats came from: `widget`, `api`, ….
        source: Option<String>,
        ; paging::COUNT, paging::OFFSET, paging::SORT, paging::FIELDS, paging::QUERY,
    }

    struct Autocomplete {
        /// JSON text `{"term", "exceptions", "conditions"}`.
        selector: String,
    }

    struct Search {
        /// A name, an address, a number, or a part of a name.
        term: String,
        ; paging::COUNT, paging::OFFSET, paging::SORT, paging::FIELDS, paging::QUERY,
    }

    struct Save: MeteorMatch {
        /// The id of the visitor who is changed; without one, they are new.
        id as "_id": Option<Option<String>>,
        token: String,
        /// Their name.
        name: String,
        /// Their address.
        email: Option<Option<String>>,
        /// Their number.
        phone: Option<Option<String>>,
        /// Their user name.
        username: Option<Option<String>>,
        /// Values of custom fields, by the ids of the fields.
        custom_fields as "customFields": Option<Option<Map<String, Value>>>,
        /// Who looks after them.
        contact_manager as "contactManager": Option<Option<ContactManager>>,
    }

    struct ContactManager {
        /// The user name of an agent.
        username: String,
    }

    struct Read {
        contact_id as "contactId": String,
    }
}
/// So many of a visitor's chats are searched, the latest first.
const SEARCHED: i64 = 200;

async fn info(call: Call, info: Info) -> Answer {
    let found = call.query(move |_, view| Ok(visitors::find(view, &info.visitor_id)?));
    let visitor = found.await?;
    let visitor = visitor.ok_or_else(|| Failure::plain("visitor-not-found"))?;
    let account = call.account()?;
    let visitor = chat_documents::visitor_for(account, &call.policy, &visitor);
    Reply::object(json!({"visitor": visitor}))
}

/// A contact, or that there is none.
fn contact(call: &Call, found: Option<&Visitor>) -> Answer {
    let account = call.account()?;
    let document = |visitor| chat_documents::visitor_for(account, &call.policy, visitor);
    Reply::object(json!({"contact": found.map(document)}))
}

async fn open_rooms(call: Call) -> Answer {
    let found = call.query(|call, view| {
        let visitor = visitors::find_by_token(view, call.path(0))?;
        let room = visitor.map_or(Ok(None), |visitor| rooms::open_of(view, &visitor.id))?;
        match room {
            Some(room) if may_see(call, view, &room)? => Ok(Some(room)),
            _ => Ok(None),
        }
    });
    let found = found.await?;
    let rooms = found.iter().map(|room| {
        let whole = chat_documents::room(room);
        documents::only(&whole, &["_id", "t", "cl", "servedBy"])
    });
    Reply::object(json!({"rooms": rooms.collect::<Vec<_>>()}))
}

async fn pages_visited(call: Call, _: paging::List) -> Answer {
    let page = paging::page(&call);
    let oldest_first = paging::sort(&call)?
        .iter()
        .any(|(name, down)| name == "ts" && !down);
    let (pages, total) = call
        .query(move |call, view| {
            let room = match agent_rooms::seen(call, view, call.path(0)) {
                Err(Refusal::NotAllowed) => return Err(Refusal::InvalidRoom),
                room => room?,
            };
            let kind = System::Visited;
            let (found, total) = messages::of_kind(view, &room.id, kind, oldest_first, page)?;
            let pages = found.iter();
            let pages = pages.map(|message| chat_documents::message_in(message, &room));
            Ok((pages.collect(), total))
        })
        .await?;
    listed_last("pages", pages, page, total)
}

/// The visitor whom a path names beside a room. One room opens its own visitor's chats, and nobody
/// else's.
fn visitor_of<'c>(call: &'c Call, view: &mut View<'_>) -> Result<&'c str, Refusal> {
    let room = agent_rooms::seen(call, view, call.path(0))?;
    match &room.visitor {
        Some(own) if own.id == call.path(1) => Ok(call.path(1)),
        _ => Err(Refusal::InvalidVisitor),
    }
}

async fn chat_history(call: Call, _: paging::List) -> Answer {
    let page = paging::page(&call);
    let (history, total) = call
        .query(move |call, view| {
            let visitor = visitor_of(call, view).map_err(|refusal| match refusal {
                Refusal::InvalidVisitor => Refusal::InvalidRoom,
                other => other,
            })?;
            let monitor = call.bound("view-l-room");
            let (rooms, total) = rooms::of_visitor(view, visitor, monitor.as_deref(), page)?;
            let mut history = Vec::new();
            for room in rooms {
                history.push(if may_see(call, view, &room)? {
                    chat_documents::room(&as_shown(call, room)?)
                } else {
                    chat_documents::room_in_outline(&room)
                });
            }
            Ok((history, total))
        })
        .await?;
    listed_last("history", history, page, total)
}

/// A chat as the search shows it.
struct Found {
    room: Room,
    /// Only what the caller may see is searched.
    seen: bool,
    /// The message that ended it.
    closing: Option<Message>,
}

async fn search_chats(call: Call, wanted: SearchChats) -> Answer {
    let page = paging::page(&call);
    let found = call
        .query(move |call, view| {
            let says = |text: &Option<String>| text.as_deref() == Some("true");
            let only_closed = says(&wanted.closed_only);
            let only_served = says(&wanted.served_only);
            let term = wanted.search_text.as_deref().unwrap_or_default();
            let source = wanted.source.as_deref().unwrap_or_default();
            let visitor = match visitor_of(call, view) {
                // As in the original: in this room nobody else has chats.
                Err(Refusal::InvalidVisitor) => return Ok(Vec::new()),
                visitor => visitor?,
            };
            let all = Page {
                offset: 0,
                limit: SEARCHED,
            };
            let monitor = call.bound("view-l-room");
            let (rooms, _) = rooms::of_visitor(view, visitor, monitor.as_deref(), all)?;
            let mut found = Vec::new();
            for room in rooms {
                let fits = (!only_closed || !room.open)
                    && (!only_served || room.served_by.is_some())
                    && (source.is_empty() || room.source["type"] == json!(source));
                if !fits {
                    continue;
                }
                let seen = may_see(call, view, &room)?;
                if term.is_empty() || (seen && contains(view, &room, term)?) {
                    let closing = if seen {
                        closing_message(view, &room)?
                    } else {
                        None
                    };
                    found.push(Found {
                        room: as_shown(call, room)?,
                        seen,
                        closing,
                    });
                }
            }
            Ok(found)
        })
        .await?;
    let total = found.len() as i64;
    let history = paging::cut(&found, page).map(|found| {
        if !found.seen {
            return chat_documents::room_in_outline(&found.room);
        }
        let mut document = chat_documents::room(&found.room);
        if let Some(closing) = &found.closing {
            document["closingMessage"] = chat_documents::message_in(closing, &found.room);
        }
        document
    });
    listed_last("history", history.collect(), page, total)
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

async fn autocomplete(call: Call, wanted: Autocomplete) -> Answer {
    let selector = body::json(&wanted.selector)
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
    let found = call.query(move |_, view| Ok(visitors::beginning_with(view, &term, &without, 10)?));
    let items: Vec<Value> = found
        .await?
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

async fn search(call: Call, search: Search) -> Answer {
    let page = paging::page(&call);
    let order = match paging::sort(&call)?.first() {
        Some((name, down)) if name == "lastChat.ts" => Order::LatestChat { first: *down },
        _ => Order::Newest,
    };
    let found = call.query(move |_, view| {
        let term = &search.term;
        Ok(hark_chat::visitors::search(view, term, order, page)?)
    });
    let (found, total) = found.await?;
    let account = call.account()?;
    let visitors = found
        .iter()
        .map(|visitor| chat_documents::visitor_in_short(account, &call.policy, visitor));
    listed_last("visitors", visitors.collect(), page, total)
}

async fn save(call: Call, save: Save) -> Answer {
    let contact = Contact {
        id: save.id.flatten(),
        token: save.token,
        name: save.name,
        username: save.username.flatten(),
        email: save.email.flatten(),
        phone: save.phone.flatten(),
        custom: save.custom_fields.flatten().unwrap_or_default(),
        manager: save
            .contact_manager
            .flatten()
            .map(|manager| manager.username),
    };
    let id = call
        .command(move |_, cx| hark_chat::visitors::save_contact(cx, &contact))
        .await?;
    Reply::object(json!({"contact": id}))
}

async fn read(call: Call, read: Read) -> Answer {
    let found = call.query(move |_, view| Ok(visitors::find(view, &read.contact_id)?));
    let found = found.await?;
    contact(&call, found.as_ref())
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
            _ => return Err(Failure::coded("[error-invalid-params-custom]")),
        },
    };
    if email.is_none() && phone.is_none() && custom.is_empty() {
        return Err(Failure::coded("[error-invalid-params]"));
    }
    let found = call.query(move |_, view| {
        let (email, phone) = (email.as_deref(), phone.as_deref());
        Ok(visitors::matching(view, email, phone, &custom)?)
    });
    let found = found.await?;
    contact(&call, found.as_ref())
}

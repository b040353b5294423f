//! Contacts, where they are kept. Outside of its own tests the original turns everyone away from them, and its
//! clients expect that; so does Hark unless the settings say otherwise.

use hark_chat::contacts::{self, Channel, Contact, Draft, MOST_VISITORS};
use hark_model::rooms;
use hark_store::View;
use serde_json::{Map, Value, json};

use super::chat::{as_shown, may_see};
use super::{chat_documents, documents};
use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::limits::OF_A_DESK;
use crate::paging;
use crate::params::params;
use crate::route::{Access, Route, route};

const CHANGED: Access = Access::Permission("update-livechat-contact");
const SEEN: Access = Access::Permission("view-livechat-contact");

pub(crate) static ROUTES: &[&Route] = &[
    &route!(POST "omnichannel/contacts", Access::Permission("create-livechat-contact"), "Make a contact", create),
    &route!(POST "omnichannel/contacts.update", CHANGED, "Change a contact", update),
    &route!(POST "omnichannel/contacts.conflicts", CHANGED, "Say what holds where a contact's visitors have said something else", resolve),
    &route!(GET "omnichannel/contacts.get", SEEN, "A contact", get).per_minute(OF_A_DESK),
    &route!(GET "omnichannel/contacts.channels", SEEN, "The ways by which a contact has written", channels).per_minute(OF_A_DESK),
    &route!(GET "omnichannel/contacts.search", SEEN, "Contacts, by name", search).per_minute(OF_A_DESK),
    &route!(GET "omnichannel/contacts.history", Access::Permission("view-livechat-contact-history"), "The chats of a contact that are over, the latest first", history).per_minute(OF_A_DESK),
];

params! {
    struct Create {
        /// Their name.
        name: String,
        /// Their addresses.
        emails: Vec<String>,
        /// Their numbers.
        phones: Vec<String>,
        /// Values of custom fields, by the ids of the fields.
        custom_fields as "customFields": Option<Map<String, Value>>,
        /// The id of the agent who looks after them.
        contact_manager as "contactManager": Option<String>,
    }

    struct Update {
        contact_id as "contactId": String,
        /// Their name.
        name: Option<String>,
        /// Their addresses.
        emails: Option<Vec<String>>,
        /// Their numbers.
        phones: Option<Vec<String>>,
        /// Values of custom fields, by the ids of the fields.
        custom_fields as "customFields": Option<Map<String, Value>>,
        /// The id of the agent who looks after them.
        contact_manager as "contactManager": Option<String>,
    }

    struct Resolve {
        contact_id as "contactId": String,
        /// Their name.
        name: Option<String>,
        /// Values of custom fields, by the ids of the fields.
        custom_fields as "customFields": Option<Map<String, Value>>,
        /// The id of the agent who looks after them.
        contact_manager as "contactManager": Option<String>,
        /// `true`: whatever else is in conflict is settled as it is.
        wipe_conflicts as "wipeConflicts": Option<bool>,
    }

    struct Named {
        contact_id as "contactId": String,
    }

    struct Search {
        /// A part of a name, in any case.
        search_text as "searchText": Option<String>,
        ; paging::COUNT, paging::OFFSET, paging::SORT, paging::FIELDS, paging::QUERY,
    }

    struct History {
        contact_id as "contactId": String,
        /// Where chats came from: `widget`, `api`, ….
        source: Option<String>,
        ; paging::COUNT, paging::OFFSET, paging::SORT, paging::FIELDS, paging::QUERY,
    }
}

/// So many of a contact's chats are looked at, the latest first.
const LOOKED_AT: i64 = 200;

fn check_kept(call: &Call) -> Result<(), Failure> {
    if contacts::are_kept(&call.policy) {
        Ok(())
    } else {
        Err(Failure::Unauthorized)
    }
}

async fn create(call: Call, wanted: Create) -> Answer {
    check_kept(&call)?;
    let draft = Draft {
        name: Some(wanted.name),
        emails: Some(wanted.emails),
        phones: Some(wanted.phones),
        custom: wanted.custom_fields,
        manager: wanted.contact_manager,
    };
    let made = call.command(move |_, cx| contacts::create(cx, &draft));
    Reply::object(json!({"contactId": made.await?.id}))
}

async fn update(call: Call, wanted: Update) -> Answer {
    check_kept(&call)?;
    let draft = Draft {
        name: wanted.name,
        emails: wanted.emails,
        phones: wanted.phones,
        custom: wanted.custom_fields,
        manager: wanted.contact_manager,
    };
    let id = wanted.contact_id;
    let changed = call.command(move |_, cx| hark_chat::change_contact(cx, &id, &draft));
    let contact = changed.await?;
    answer_with(&call, contact).await
}

async fn resolve(call: Call, wanted: Resolve) -> Answer {
    check_kept(&call)?;
    let draft = Draft {
        name: wanted.name,
        custom: wanted.custom_fields,
        manager: wanted.contact_manager,
        ..Draft::default()
    };
    let (id, all) = (wanted.contact_id, wanted.wipe_conflicts == Some(true));
    let changed = call.command(move |_, cx| hark_chat::resolve_conflicts(cx, &id, &draft, all));
    let contact = changed.await?;
    answer_with(&call, contact).await
}

async fn answer_with(call: &Call, contact: Contact) -> Answer {
    let shown = call.query(move |call, view| Ok(document(call, view, &contact)?));
    Reply::object(json!({"contact": shown.await?}))
}

async fn get(call: Call, wanted: Named) -> Answer {
    check_kept(&call)?;
    let found = call.query(move |call, view| {
        let found = contacts::find(view, &wanted.contact_id)?;
        let shown = found.map(|contact| document(call, view, &contact));
        Ok(shown.transpose()?)
    });
    Reply::object(json!({"contact": found.await?}))
}

async fn channels(call: Call, wanted: Named) -> Answer {
    check_kept(&call)?;
    let found = call.query(move |call, view| {
        let found = contacts::channels_of(view, &wanted.contact_id)?;
        Ok(found
            .iter()
            .map(|one| channel(call, one))
            .collect::<Value>())
    });
    Reply::object(json!({"channels": found.await?}))
}

/// As in the original, `count` is how many were asked for.
async fn search(call: Call, wanted: Search) -> Answer {
    check_kept(&call)?;
    let page = paging::page(&call);
    let term = wanted.search_text.unwrap_or_default();
    let found = call.query(move |call, view| {
        let (found, total) = contacts::by_name(view, &term, page)?;
        let mut shown = Vec::new();
        for contact in &found {
            shown.push(document(call, view, contact)?);
        }
        Ok((shown, total))
    });
    let (contacts, total) = found.await?;
    Reply::object(json!({
        "contacts": contacts,
        "count": page.limit,
        "offset": page.offset,
        "total": total,
    }))
}

async fn history(call: Call, wanted: History) -> Answer {
    check_kept(&call)?;
    let page = paging::page(&call);
    let found = call.query(move |call, view| {
        let monitor = call.bound("view-livechat-contact-history");
        let contact = &wanted.contact_id;
        let mut ended =
            rooms::ended_of_person(view, contact, MOST_VISITORS, monitor.as_deref(), LOOKED_AT)?;
        if let Some(source) = &wanted.source {
            ended.retain(|room| room.source["type"] == json!(source));
        }
        let total = ended.len() as i64;
        let mut history = Vec::new();
        for room in paging::cut(&ended, page) {
            history.push(if may_see(call, view, room)? {
                chat_documents::room(&as_shown(call, room.clone())?)
            } else {
                chat_documents::room_in_outline(room)
            });
        }
        Ok((history, total))
    });
    let (history, total) = found.await?;
    paging::listed_last("history", history, page, total)
}

fn document(call: &Call, view: &mut View<'_>, contact: &Contact) -> hark_store::Result<Value> {
    let channels = contacts::channels_of(view, &contact.id)?;
    let emails = contact.emails.iter().map(|email| json!({"address": email}));
    let phones = contact.phones.iter();
    let phones = phones.map(|phone| json!({"phoneNumber": phone}));
    let conflicts = contact.conflicts.iter();
    let conflicts = conflicts.map(|one| json!({"field": one.field, "value": one.value}));
    let last = channels.first().filter(|_| sees_chats(call));
    Ok(documents::given(json!({
        "_id": contact.id,
        "name": contact.name,
        "emails": emails.collect::<Value>(),
        "phones": phones.collect::<Value>(),
        "contactManager": contact.manager,
        "unknown": contact.is_unknown(),
        "hasConflict": !contact.conflicts.is_empty(),
        "conflictingFields": conflicts.collect::<Value>(),
        "customFields": contact.custom,
        "channels": channels.iter().map(|one| channel(call, one)).collect::<Value>(),
        "lastChat": last.map(|last| json!({"_id": last.last_chat, "ts": Value::from(last.last_chat_at)})),
        "createdAt": Value::from(contact.created_at),
        "_updatedAt": Value::from(contact.updated_at),
    })))
}

/// Latest chats may be behind the border of a monitor.
fn sees_chats(call: &Call) -> bool {
    call.bound("view-livechat-contact").is_none()
}

fn channel(call: &Call, channel: &Channel) -> Value {
    let last = sees_chats(call)
        .then(|| json!({"_id": channel.last_chat, "ts": Value::from(channel.last_chat_at)}));
    documents::given(json!({
        "name": channel.name,
        "verified": channel.verified_at.is_some(),
        "visitorId": channel.visitor,
        "blocked": false,
        "field": channel.field,
        "value": channel.value,
        "verifiedAt": channel.verified_at.map(Value::from),
        "details": channel.details,
        "lastChat": last,
    }))
}

//! Looks for chats by words. What the index knows leads to messages; each is looked at again as it is now, and who
//! asks gets what they may see.

use std::collections::{HashMap, HashSet};

use hark_store::{Result, View};

use super::lines::{self, Line};
use super::query::Query;
use super::rows;
use crate::access;
use crate::messages::{Message, System};
use hark_model::Policy;
use hark_model::accounts::Account;
use hark_model::rooms::{self, Filter, Room};

/// Messages that have the words and are looked at for one page, and at once.
pub const MOST_LOOKED_AT: usize = 1_000;
const READ_AT_ONCE: usize = 100;
/// How many messages PostgreSQL's index is asked for at a time, as a power of two; where it has to gather all words
/// of a beginning first, larger parts are fewer.
const PART: i64 = 16;
const LARGE_PART: i64 = 20;

/// Who looks for what.
pub struct Search<'a> {
    pub query: &'a Query,
    pub filter: &'a Filter,
    /// A tag that the chats have.
    pub tag: Option<&'a str>,
    pub policy: &'a Policy,
    pub account: &'a Account,
}

/// A chat, and its latest line with the words.
#[derive(Debug, Clone)]
pub struct Hit {
    pub room: Room,
    /// Nothing: the words are not in what was said.
    pub message: Option<Message>,
    pub line: Line,
}

#[derive(Debug, Clone, Default)]
pub struct Found {
    pub hits: Vec<Hit>,
    /// Where the next page begins. There may be one although this one is empty.
    pub next: Option<i64>,
}

/// Numbers of messages in which the words may stand, the latest first.
fn numbers(view: &mut View<'_>, query: &Query, below: i64) -> Result<Vec<i64>> {
    let (words, most) = (query.for_index(), READ_AT_ONCE as i64);
    if !query.last_begins() {
        return rows::find(view, &words, (0, below), most, PART);
    }
    let first = ((below - 1) >> PART) << PART;
    let mut found = rows::find(view, &words, (first, below), most, PART)?;
    let missing = most - found.len() as i64;
    if missing > 0 && first > 0 {
        found.extend(rows::find(view, &words, (0, first), missing, LARGE_PART)?);
    }
    Ok(found)
}

fn line_of(query: &Query, room: &Room, message: &Message) -> Option<Line> {
    match message.system {
        None => lines::in_message(query, &message.text),
        Some(System::Started) => lines::in_chat(query, room),
        Some(_) => None,
    }
}

/// From a place on, the chat with the latest line first. A chat comes once on a page.
pub fn search(
    view: &mut View<'_>,
    search: &Search<'_>,
    from: Option<i64>,
    limit: usize,
) -> Result<Found> {
    let mut found = Found::default();
    let mut below = match from {
        Some(from) => from,
        None => rows::last(view)? + 1,
    };
    let mut decided = HashSet::new();
    let mut looked_at = 0;
    loop {
        let numbers = numbers(view, search.query, below)?;
        let messages = rows::numbered(view, &numbers)?;
        let mut ids: Vec<String> = messages.iter().filter_map(|one| one.room.clone()).collect();
        ids.sort_unstable();
        ids.dedup();
        ids.retain(|id| !decided.contains(id));
        let rooms = rooms::those(view, search.filter, &ids)?.into_iter();
        let rooms: HashMap<String, Room> = rooms.map(|room| (room.id.clone(), room)).collect();
        for message in messages {
            if found.hits.len() == limit {
                found.next = Some(below);
                return Ok(found);
            }
            below = message.n;
            let room = message.room.as_ref().and_then(|id| rooms.get(id));
            let Some(room) = room.filter(|room| !decided.contains(&room.id)) else {
                continue;
            };
            let has_tag = |tag| room.tags.iter().any(|one| one == tag);
            if !search.tag.is_none_or(has_tag) {
                continue;
            }
            let Some(line) = line_of(search.query, room, &message) else {
                continue;
            };
            decided.insert(room.id.clone());
            if access::may_see(view, search.policy, search.account, room)? {
                found.hits.push(Hit {
                    room: room.clone(),
                    message: message.system.is_none().then_some(message),
                    line,
                });
            }
        }
        let Some(last) = numbers.last().filter(|_| numbers.len() == READ_AT_ONCE) else {
            return Ok(found);
        };
        below = *last;
        looked_at += numbers.len();
        if looked_at >= MOST_LOOKED_AT {
            found.next = Some(below);
            return Ok(found);
        }
    }
}

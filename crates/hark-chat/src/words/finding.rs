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

/// For one page, messages that the index knows, and those of chats that are asked for, which are looked at.
pub const MOST_FOUND: usize = 10_000;
pub const MOST_LOOKED_AT: usize = 1_000;
/// How many are looked at before the index is asked again, unless the last word is the beginning of others: then it
/// gathers all words with this beginning first, and is asked once.
const AT_ONCE: usize = 200;
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
fn numbers(view: &mut View<'_>, query: &Query, below: i64, most: usize) -> Result<Vec<i64>> {
    let (words, most) = (query.for_index(), most as i64);
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

/// What a page has come to so far.
#[derive(Default)]
struct Page {
    hits: Vec<Hit>,
    /// Chats that are on the page, or may not be.
    decided: HashSet<String>,
    looked_at: usize,
    /// Up to the last message that was looked at.
    below: i64,
}

fn line_of(query: &Query, room: &Room, message: &Message) -> Option<Line> {
    match message.system {
        None => lines::in_message(query, &message.text),
        Some(System::Started) => lines::in_chat(query, room),
        Some(_) => None,
    }
}

impl Page {
    /// Looks at messages, the latest first. False: the page is full, or enough was looked at.
    fn look_at(
        &mut self,
        view: &mut View<'_>,
        search: &Search<'_>,
        limit: usize,
        numbers: &[i64],
    ) -> Result<bool> {
        let places = rows::rooms(view, numbers)?;
        let mut ids: Vec<String> = places.iter().map(|(_, room)| room.clone()).collect();
        ids.sort_unstable();
        ids.dedup();
        ids.retain(|id| !self.decided.contains(id));
        let rooms = rooms::those(view, search.filter, &ids)?.into_iter();
        let has_tag = |room: &Room| {
            search
                .tag
                .is_none_or(|tag| room.tags.iter().any(|one| one == tag))
        };
        let rooms: HashMap<String, Room> = rooms
            .filter(has_tag)
            .map(|room| (room.id.clone(), room))
            .collect();
        let wanted: Vec<i64> = places
            .iter()
            .filter(|(_, room)| rooms.contains_key(room))
            .map(|(n, _)| *n)
            .collect();
        for message in rows::numbered(view, &wanted)? {
            if self.hits.len() == limit || self.looked_at == MOST_LOOKED_AT {
                return Ok(false);
            }
            self.below = message.n;
            self.looked_at += 1;
            let room = message.room.as_ref().and_then(|id| rooms.get(id));
            let Some(room) = room.filter(|room| !self.decided.contains(&room.id)) else {
                continue;
            };
            let Some(line) = line_of(search.query, room, &message) else {
                continue;
            };
            self.decided.insert(room.id.clone());
            if access::may_see(view, search.policy, search.account, room)? {
                self.hits.push(Hit {
                    room: room.clone(),
                    message: message.system.is_none().then_some(message),
                    line,
                });
            }
        }
        self.below = numbers.last().copied().unwrap_or(self.below);
        Ok(true)
    }
}

/// From a place on, the chat with the latest line first. A chat comes once on a page.
pub fn search(
    view: &mut View<'_>,
    search: &Search<'_>,
    from: Option<i64>,
    limit: usize,
) -> Result<Found> {
    let end = rows::last(view)? + 1;
    let mut page = Page {
        below: from.map_or(end, |from| from.clamp(0, end)),
        ..Page::default()
    };
    let most = if search.query.last_begins() {
        MOST_FOUND
    } else {
        AT_ONCE
    };
    let mut found = 0;
    let mut goes_on = true;
    while goes_on && found < MOST_FOUND {
        let numbers = numbers(view, search.query, page.below, most)?;
        found += numbers.len();
        for some in numbers.chunks(AT_ONCE) {
            goes_on = page.look_at(view, search, limit, some)?;
            if !goes_on {
                break;
            }
        }
        if goes_on && numbers.len() < most {
            return Ok(Found {
                hits: page.hits,
                next: None,
            });
        }
    }
    Ok(Found {
        hits: page.hits,
        next: Some(page.below),
    })
}

//! Conversations by the words that stand in them.

use hark_chat::messages;
use hark_chat::words::{self, LONGEST_SEARCH, MOST_LOOKED_FOR, MOST_SIGNS, Query, Search};
use hark_model::rooms::{self, Filter};

use super::answers::{ConversationState, FoundByWords, FoundPage};
use super::{LIMIT, cursor, in_order, limit, misfit, moment};
use crate::answer::Failure;
use crate::call::Call;
use crate::handler::Done;
use crate::limits::OF_A_DESK;
use crate::params::{NonEmpty, params};
use crate::route::{Access, Route, route};

pub(crate) static ROUTES: &[&Route] = &[
    &route!(Hark GET "conversations/search", Access::Permission("view-l-room"), "Conversations that one may see and in which words stand, the latest line first", search)
        .per_minute(OF_A_DESK),
];

params! {
    struct Wanted {
        /// Words that stand in one message, or in what is known of the visitor and the conversation: their name, addresses,
        /// numbers, custom fields, the topic. In any order and any case, with or without marks above letters; the last word
        /// may be the beginning of one from three letters on. Operators and wildcards mean nothing.
        words: NonEmpty,
        /// What the conversations are doing.
        state: Option<ConversationState>,
        /// Who serves or served them, by id.
        agent: Option<NonEmpty>,
        /// The id of a department.
        department: Option<NonEmpty>,
        /// A tag that they have.
        tag: Option<NonEmpty>,
        from: Option<NonEmpty>,
        to: Option<NonEmpty>,
        limit: Option<i64> = LIMIT,
        cursor: Option<NonEmpty>,
    }
}

/// A page may be empty and go on: it ends after so many messages that were looked at.
async fn search(call: Call, wanted: Wanted) -> Result<Done<FoundPage>, Failure> {
    let limit = limit(wanted.limit);
    let from = moment("from", wanted.from.as_ref())?;
    let to = moment("to", wanted.to.as_ref())?;
    in_order(("from", from), ("to", to))?;
    if wanted.words.chars().nth(LONGEST_SEARCH).is_some() {
        return Err(misfit(
            "words",
            format!("may have {LONGEST_SEARCH} characters"),
        ));
    }
    let query = Query::of(&wanted.words);
    let query = query.ok_or_else(|| {
        let bounds = format!("has to have 1 to {MOST_LOOKED_FOR} words, and {MOST_SIGNS} signs of writings without blanks at most");
        misfit("words", bounds)
    })?;
    let place = cursor(wanted.cursor.as_ref())?.map(|[n]| n);
    let filter = Filter {
        state: wanted.state.map(ConversationState::state),
        agents: wanted.agent.into_iter().map(|agent| agent.0).collect(),
        department: wanted.department.map(|department| department.0),
        monitor: call.bound("view-l-room"),
        created: (
            from.unwrap_or(rooms::ANY_TIME.0),
            to.unwrap_or(rooms::ANY_TIME.1),
        ),
        ..Filter::default()
    };
    let tag = wanted.tag.map(|tag| tag.0);
    let look = call.query(move |call, view| {
        let search = Search {
            query: &query,
            filter: &filter,
            tag: tag.as_deref(),
            policy: &call.policy,
            account: call.account()?,
        };
        let found = words::search(view, &search, place, limit)?;
        let mut items = Vec::new();
        for hit in &found.hits {
            let last = messages::last(view, &hit.room)?;
            items.push(FoundByWords::of(hit, last.as_ref()));
        }
        Ok(FoundPage {
            items,
            next_cursor: found.next.map(|n| n.to_string()),
            is_complete: words::lag(view)?.messages == 0,
        })
    });
    Ok(Done(look.await?))
}

//! Chats are found by the words of what was said in them, and by what is known of their visitors. The index is the
//! engine's own (`message_words`); what a word is, is said here.
//!
//! * [`split`]: what a word is
//! * [`query`]: what somebody looks for, and where it stands
//! * [`lines`]: what a chat is found by, and what is shown of it
//! * [`feeding`]: how words come into the index
//! * [`finding`]: how they lead to chats

mod feeding;
mod finding;
mod lines;
mod query;
mod rows;
mod split;

pub use self::feeding::{Batch, Lag, keep, lag, look};
pub use self::finding::{Found, Hit, MOST_FOUND, MOST_LOOKED_AT, Search, search};
pub use self::lines::{Line, Place};
pub use self::query::{LONGEST_SEARCH, MOST_LOOKED_FOR, MOST_SIGNS, Mark, Query};
pub(crate) use self::rows::ALL;
pub use self::split::MOST_WORDS;

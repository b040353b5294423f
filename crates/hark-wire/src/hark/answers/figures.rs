//! What our own API answers of figures of chats: what goes on now, and what the chats of some days were.

use hark_chat::figures::{self, spreads};
use hark_webhooks::dialects::Iso;
use hark_webhooks::written;
use schemars::JsonSchema;
use serde::Serialize;

/// What one of so many has of a sum.
fn of(sum: i64, number: i64) -> Option<i64> {
    (number > 0).then(|| sum / number)
}

written! {
    [#[derive(Serialize, JsonSchema)] #[serde(rename_all = "camelCase")] #[schemars(deny_unknown_fields)]]

    /// Of the visitors who came in the last hour, and of those in the queue now.
    pub(crate) struct Waits {
        /// When the hour begins.
        from: Iso,
        /// When it ends, which is now.
        to: Iso,
        /// How many chats began in it.
        chats: i64,
        /// How many of these were answered.
        answered: i64,
        /// How long the first answer took on average.
        average_first_response_ms: Option<i64>,
        /// The longest one.
        longest_first_response_ms: Option<i64>,
        /// How many chats wait for an agent now.
        waiting: i64,
        /// How long the first of these has waited.
        longest_wait_ms: Option<i64>,
        /// Each of those who came in the hour and wait no more, who came last first; the latest 500.
        each: Vec<Wait>,
    }

    /// How long one visitor waited.
    pub(crate) struct Wait of(wait: figures::Wait) {
        /// The id of the department; `null` without one.
        department: Option<String> = wait.department,
        /// Until the first answer, or until they went.
        waited_ms: i64 = wait.millis,
        /// Whether they went before there was an answer.
        left: bool = wait.abandoned,
    }

    /// What goes on at this moment.
    pub(crate) struct Now {
        /// The moment.
        at: Iso,
        /// How many chats wait for an agent.
        queued: i64,
        /// How long the first of these has waited.
        longest_wait_ms: Option<i64>,
        /// How many chats agents have that are not on hold.
        served: i64,
        /// How many are on hold.
        held: i64,
        /// Those in the queue, who waits longest first; 100 of them.
        queue: Vec<InQueue>,
        /// Those who answer, by name; 1,000 of them.
        agents: Vec<AgentNow>,
    }

    pub(crate) struct InQueue {
        /// The id of the conversation.
        conversation: String,
        /// What the visitor is called.
        name: String,
        /// The id of the department; `null` without one.
        department: Option<String>,
        /// Since when they wait.
        since: Iso,
        /// By when an agent is promised, if one is.
        due: Option<Iso>,
    }

    pub(crate) struct AgentNow {
        /// The id of the account.
        id: String,
        /// The user name.
        username: String,
        /// Their name.
        name: String,
        /// Whether they are there: `online`, `away`, `busy` or `offline`.
        status: String,
        /// Whether they take chats.
        available: bool,
        /// The ids of the departments for which they answer.
        departments: Vec<String>,
        /// How many chats they have that are not on hold.
        chats: i64,
        /// How many are on hold.
        held: i64,
        /// In how many of their chats the visitor spoke last.
        waiting: i64,
        /// How long the first of these visitors has waited since then.
        longest_wait_ms: Option<i64>,
        /// How many chats they may have at once; `null`: as many as they like.
        most: Option<i64>,
    }

    /// What was taken in the last hour from the queues that the caller sees, and who is there.
    pub(crate) struct Taken {
        /// When the hour begins.
        from: Iso,
        /// When it ends, which is now.
        to: Iso,
        /// How many chats an agent first had in it.
        chats: i64,
        /// How many of these the caller has or had last.
        own: i64,
        /// How long the visitor in the middle waited for the first answer.
        median_first_response_ms: Option<i64>,
        /// What was taken last.
        last: Option<TakenLast>,
        /// How many who answer are there and take chats.
        available: i64,
        /// How many answer.
        agents: i64,
        /// How many chats more those who are there may have; `null`: as many as they like.
        free_slots: Option<i64>,
    }

    pub(crate) struct TakenLast {
        /// What the visitor is called.
        name: String,
        /// What the agent is called who has or had it last; `null` of one who is gone.
        agent: Option<String>,
        /// When it was taken.
        at: Iso,
        /// How long it had waited then.
        waited_ms: i64,
    }

    /// Sums of the chats that began in a stretch of time.
    pub(crate) struct Summed {
        /// When the stretch begins.
        from: Iso,
        /// When it ends.
        to: Iso,
        /// Its first day.
        first_day: String,
        /// Its last day.
        last_day: String,
        /// The zone of the days and hours, as the settings name it.
        zone: String,
        /// The day from which on ratings, tags and times of departments are counted, while those of the days before still are, after an
        /// update; `null` when all are, or all departments were asked for.
        counted_from: Option<String>,
        /// All of them together.
        total: Sums,
        /// One after the other: days and hours in their order, also those without chats; others by number, 1,000 of them.
        items: Vec<SumsOf>,
    }

    pub(crate) struct SumsOf {
        /// A day (`2026-11-30`), an hour of one (`2026-11-30T09`), or the id of an agent or a department; `null`: of nobody, in none.
        key: Option<String>,
        /// What the agent or the department is called.
        name: Option<String>,
        /// Their sums.
        sums: Sums,
    }

    pub(crate) struct Sums of(totals: &figures::Totals) {
        /// How many chats began.
        chats: i64 = totals.sums.chats,
        /// How many of them go on.
        open: i64 = totals.open(),
        /// How many were answered.
        answered: i64 = totals.sums.answered,
        /// How many ended after their visitors had gone.
        abandoned: i64 = totals.sums.abandoned,
        /// How many were passed on.
        transferred: i64 = totals.sums.transferred,
        /// How much was said.
        messages: i64 = totals.sums.messages,
        /// How long the first answer took, on average of those that were answered.
        average_first_response_ms: Option<i64> = of(totals.sums.first_response, totals.sums.answered),
        /// The longest first answer.
        longest_first_response_ms: Option<i64> = Some(totals.sums.longest_response).filter(|_| totals.sums.answered > 0),
        /// How long an answer took, on average of those that were answered.
        average_response_ms: Option<i64> = of(totals.sums.response, totals.sums.answered),
        /// How long a chat took, on average of those that have ended.
        average_duration_ms: Option<i64> = of(totals.sums.duration, totals.closed()),
        /// The longest chat.
        longest_duration_ms: Option<i64> = Some(totals.sums.longest_duration).filter(|_| totals.closed() > 0),
    }

    /// What visitors thought of the chats that began in a stretch of time.
    pub(crate) struct Ratings {
        /// When the stretch begins.
        from: Iso,
        /// When it ends.
        to: Iso,
        /// How many chats there were.
        chats: i64,
        /// An entry for each rating, the best first.
        items: Vec<Rated>,
    }

    pub(crate) struct Rated {
        /// From 1 to 5.
        rating: i64,
        /// How many chats have it.
        chats: i64,
    }

    /// Which tags the chats have that began in a stretch of time.
    pub(crate) struct Tags {
        /// When the stretch begins.
        from: Iso,
        /// When it ends.
        to: Iso,
        /// How many chats there were.
        chats: i64,
        /// How many of them have a tag.
        tagged: i64,
        /// An entry for each tag, the one with most chats first; 1,000 of them. A chat may have several.
        items: Vec<Tagged>,
    }

    pub(crate) struct Tagged {
        /// The tag.
        tag: String,
        /// How many chats have it.
        chats: i64,
    }

    /// How long things took in the chats that began in a stretch of time.
    pub(crate) struct Spreads {
        /// When the stretch begins.
        from: Iso,
        /// When it ends.
        to: Iso,
        /// Until the first answer, of the chats in which there was one.
        first_answer: Spread,
        /// From the beginning to the end, of the chats that are over.
        duration: Spread,
    }

    /// How times are spread.
    pub(crate) struct Spread of(spread: &spreads::Spread) {
        /// How many chats there are in all.
        chats: i64 = spread.chats(),
        /// The entry in which the median is; `null` without chats.
        median: Option<Between> = spread.median().as_ref().map(Between::of),
        /// An entry for each stretch, the shortest first.
        items: Vec<Between> = spread.stretches.iter().map(Between::of).collect(),
    }

    /// Chats of which something took at least so long, and not as long as that.
    pub(crate) struct Between of(between: &spreads::Between) {
        /// The shortest time that is in it, in milliseconds.
        from_ms: i64 = between.from,
        /// The end, which is outside; `null` of the longest.
        until_ms: Option<i64> = between.until,
        /// How many chats.
        chats: i64 = between.chats,
    }

    pub(crate) struct Week {
        /// When the stretch begins.
        from: Iso,
        /// When it ends.
        to: Iso,
        /// The zone of the days and hours.
        zone: String,
        /// An entry for each hour of the week in which something was.
        items: Vec<HourOfWeek>,
    }

    /// An hour of the week; the first day is Monday.
    pub(crate) struct HourOfWeek {
        /// From 1 to 7.
        weekday: i8,
        /// From 0 to 23.
        hour: i8,
        /// How many chats began in it.
        chats: i64,
        /// How many messages were said in it.
        messages: i64,
    }
}

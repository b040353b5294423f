//! How long those who wait in a queue will probably wait: chats end one after the other, and each that
//! ends makes room for the next.

use hark_store::{Result, View};

use super::rows;
use hark_model::{Policy, settings};

/// How many chats are looked at, whatever the setting says.
const MOST: i64 = 1_000;

/// How a queue moves on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// How many chats are had at once; at least one.
    pub at_once: i64,
    /// How long one takes, in seconds.
    pub each: i64,
}

impl Pace {
    /// The seconds until it is the turn of a place in the queue, which are counted from 1.
    pub const fn wait(self, place: i64) -> i64 {
        ((place - 1) / self.at_once + 1) * self.each
    }
}

/// By the latest chats of a department, or of all. Nothing: none has ended yet, or nobody wants to know.
pub fn pace(
    view: &mut View<'_>,
    policy: &Policy,
    department: Option<&str>,
) -> Result<Option<Pace>> {
    let latest = policy
        .number(settings::Livechat_number_most_recent_chats_estimate_wait_time)
        .clamp(0, MOST);
    if latest == 0
        || !policy.flag(settings::Omnichannel_calculate_dispatch_service_queue_statistics)
    {
        return Ok(None);
    }
    let took = rows::latest_took(view, department, latest)?;
    let count = took.len() as i64;
    if count == 0 {
        return Ok(None);
    }
    let average = took.iter().sum::<i64>() / count;
    Ok(Some(Pace {
        at_once: rows::count_served(view, department)?.max(1),
        each: (average / 1_000).max(1),
    }))
}

/// How many chats tell how soon visitors are answered, and how few say nothing yet.
const ANSWERED: i64 = 100;
const FEWEST: usize = 3;

/// How long visitors usually wait for the first answer, in milliseconds: the middle one of the latest chats, so
/// that one who was forgotten over night changes nothing.
pub fn usual_first_answer(view: &mut View<'_>) -> Result<Option<i64>> {
    let metrics = rows::latest_metrics(view, ANSWERED)?;
    Ok(median(
        metrics
            .into_iter()
            .filter_map(|one| one.first_response)
            .collect(),
    ))
}

fn median(mut waits: Vec<i64>) -> Option<i64> {
    waits.sort_unstable();
    (waits.len() >= FEWEST).then(|| waits[waits.len() / 2])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_chats_promise_nothing_and_one_long_wait_changes_nothing() {
        assert_eq!(median(vec![]), None);
        assert_eq!(median(vec![1_000, 2_000]), None);
        assert_eq!(median(vec![90_000_000, 60_000, 30_000]), Some(60_000));
    }

    #[test]
    fn as_many_as_are_served_at_once_have_their_turn_together() {
        let pace = Pace {
            at_once: 3,
            each: 120,
        };
        let waits = [1, 2, 3, 4, 6, 7].map(|place| pace.wait(place));
        assert_eq!(waits, [120, 120, 120, 240, 240, 360]);
    }
}

//! Which conversation comes when: the same in each run that has the same seed.

use std::time::Duration;

use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};

use super::conversations::{CONVERSATIONS, Conversation, Guest};

/// Hands out conversations. The first round is in the order in which they are written, those that
/// follow are shuffled; none has its second turn before all had their first.
pub(super) struct Schedule {
    rng: StdRng,
    round: Vec<usize>,
    /// How often each was held: the guests take turns.
    held: Vec<usize>,
}

/// One turn.
pub(super) struct Turn {
    pub conversation: &'static Conversation,
    pub guest: &'static Guest,
    pub tempo: Tempo,
    /// Until the next one may begin.
    pub pause: Duration,
}

/// How long things take, at the pace that was asked for.
pub(super) struct Tempo {
    rng: StdRng,
    pace: f64,
}

impl Schedule {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            rng: StdRng::seed_from_u64(seed),
            round: (0..CONVERSATIONS.len()).rev().collect(),
            held: vec![0; CONVERSATIONS.len()],
        }
    }

    pub(super) fn next(&mut self, pace: f64) -> Turn {
        let number = match self.round.pop() {
            Some(number) => number,
            None => {
                let mut round: Vec<usize> = (0..CONVERSATIONS.len()).collect();
                round.shuffle(&mut self.rng);
                let number = round.pop().unwrap_or_default();
                self.round = round;
                number
            }
        };
        let conversation = &CONVERSATIONS[number];
        let guest = &conversation.guests[self.held[number] % conversation.guests.len()];
        self.held[number] += 1;
        let mut tempo = Tempo {
            rng: StdRng::seed_from_u64(self.rng.random()),
            pace,
        };
        Turn {
            conversation,
            guest,
            pause: tempo.some(6.0),
            tempo,
        }
    }
}

impl Tempo {
    /// About so many seconds.
    pub(super) fn some(&mut self, seconds: f64) -> Duration {
        let seconds = seconds * self.rng.random_range(0.7..1.4);
        Duration::from_secs_f64(seconds / self.pace)
    }

    /// One of so many, by its place.
    pub(super) fn one_of(&mut self, count: usize) -> usize {
        match count {
            0 => 0,
            count => self.rng.random_range(0..count),
        }
    }

    /// As long as someone takes to think of a text and to type it.
    pub(super) fn typing(&mut self, text: &str) -> Duration {
        let letters = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
        self.some((1.2 + 0.05 * f64::from(letters)).min(8.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(seed: u64, turns: usize) -> Vec<(&'static str, Duration)> {
        let mut schedule = Schedule::new(seed);
        let mut turn = || {
            let turn = schedule.next(1.0);
            (turn.guest.name, turn.pause)
        };
        (0..turns).map(|_| turn()).collect()
    }

    #[test]
    fn a_seed_says_all() {
        assert_eq!(names(7, 40), names(7, 40));
        assert_ne!(names(7, 40), names(8, 40));
    }

    #[test]
    fn all_are_held_before_one_is_held_again_and_guests_take_turns() {
        let mut schedule = Schedule::new(3);
        for round in 0..4 {
            let mut seen: Vec<*const Conversation> = (0..CONVERSATIONS.len())
                .map(|_| {
                    let turn = schedule.next(1.0);
                    let guests = turn.conversation.guests;
                    assert_eq!(turn.guest.name, guests[round % guests.len()].name);
                    std::ptr::from_ref(turn.conversation)
                })
                .collect();
            seen.sort_unstable();
            seen.dedup();
            assert_eq!(seen.len(), CONVERSATIONS.len());
        }
    }

    #[test]
    fn a_long_text_takes_longer_and_a_fast_pace_shortens_all() {
        let tempo = |pace| Tempo {
            rng: StdRng::seed_from_u64(1),
            pace,
        };
        let long = "a".repeat(100);
        assert!(tempo(1.0).typing(&long) > tempo(1.0).typing("a"));
        assert!(tempo(1.0).typing(&long.repeat(100)) < Duration::from_secs(12));
        assert!(tempo(10.0).typing(&long) < tempo(1.0).typing(&long) / 9);
    }
}

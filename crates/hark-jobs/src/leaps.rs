use std::time::Duration;

use hark_store::{Clock, Locked, Timestamp};
use tokio::time::Instant;

/// What the two clocks may differ by in a machine that is set right little by little.
const TOLERANCE_MILLIS: i64 = 5_000;

/// When the system's clock was set ahead in the life of this process, and by how much.
pub(crate) struct Leaps {
    clock: Clock,
    seen: Locked<Seen>,
}

struct Seen {
    /// Both clocks at one moment.
    last: (Instant, Timestamp),
    leaps: Vec<(Instant, i64)>,
}

impl Leaps {
    pub(crate) fn new(clock: &Clock) -> Self {
        Self {
            seen: Locked::new(Seen {
                last: (Instant::now(), clock.now()),
                leaps: Vec::new(),
            }),
            clock: clock.clone(),
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// By how many milliseconds in all it was set ahead during a time that ends now. What is older than
    /// that time was so before, and needs no allowance.
    pub(crate) fn within(&self, time: Duration) -> i64 {
        let seen = &mut *self.seen.lock();
        let (now, wall) = (Instant::now(), self.clock.now());
        let passed = i64::try_from(now.duration_since(seen.last.0).as_millis());
        let ahead = wall.millis_since(seen.last.1) - passed.unwrap_or(i64::MAX);
        if ahead > TOLERANCE_MILLIS {
            tracing::warn!(
                seconds = ahead / 1000,
                "the system's clock was set ahead; nothing ends earlier for that"
            );
            seen.leaps.push((now, ahead));
        }
        seen.last = (now, wall);
        let recent = seen.leaps.iter();
        recent
            .filter(|(at, _)| now.duration_since(*at) < time)
            .map(|(_, millis)| millis)
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_clock_that_is_set_ahead_makes_nothing_older() {
        let clock = Clock::fixed(Timestamp::from_millis(0));
        let leaps = Leaps::new(&clock);
        let pass = async |seconds: u64| {
            tokio::time::advance(Duration::from_secs(seconds)).await;
            clock.advance(i64::try_from(seconds * 1000).unwrap());
        };
        let minute = Duration::from_secs(60);
        pass(100).await;
        assert_eq!(leaps.within(minute), 0);
        clock.advance(3_600_000);
        assert_eq!(leaps.within(minute), 3_600_000);
        pass(40).await;
        clock.advance(-3_600_000);
        assert_eq!(leaps.within(minute), 3_600_000);
        pass(30).await;
        // Whatever is a minute old by now was written after it.
        assert_eq!(leaps.within(minute), 0);
        assert_eq!(leaps.within(2 * minute), 3_600_000);
    }
}

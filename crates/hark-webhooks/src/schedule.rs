//! How an endpoint is served: what counts as success, how long it may take, when it is tried again.

use std::time::Duration;

use hark_store::text_enum;
use serde::{Deserialize, Serialize};

use crate::Refusal;

text_enum! {
    #[derive(Serialize, Deserialize)]
    pub enum Success {
        /// Status 200 and no other.
        #[serde(rename = "200")]
        Exactly200 = "200",
        #[serde(rename = "2xx")]
        Any2xx = "2xx",
    }
}

/// The way in which an endpoint is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    pub success: Success,
    /// For the whole request, its answer's body included.
    pub timeout: Duration,
    /// How long after each failure the next attempt comes.
    pub delays: Vec<Duration>,
    /// Whether delays vary a little, so that what failed together does not come back together.
    pub jitter: bool,
    /// Whether we do what the receiver says: that it needs time (`Retry-After`), that it is gone
    /// (410), or that it has too much to do (429, 502, 503, 504).
    pub heeds_receiver: bool,
    /// Requests on their way at the same time.
    pub concurrency: usize,
}

pub const MOST_CONCURRENT: usize = 1_024;
pub const MOST_RETRIES: usize = 50;
pub const LONGEST_TIMEOUT: Duration = Duration::from_secs(60);
pub const LONGEST_DELAY: Duration = Duration::from_secs(7 * 86_400);
/// However much time a receiver asks for.
pub const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(3_600);

/// What an endpoint does differently from others of its dialect.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Overrides {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub success: Option<Success>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delays_ms: Option<Vec<u64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concurrency: Option<usize>,
}

impl Overrides {
    /// Refuses what cannot be served so.
    pub(crate) fn check(&self) -> Result<(), Refusal> {
        let refuse = |member: &str, why: String| {
            let place = format!("policy/{member}");
            Err(Refusal::invalid(place, why))
        };
        let longest = |limit: Duration| u64::try_from(limit.as_millis()).unwrap_or(u64::MAX);
        if self
            .timeout_ms
            .is_some_and(|ms| !(1..=longest(LONGEST_TIMEOUT)).contains(&ms))
        {
            return refuse("timeoutMs", "has to be from 1 to 60000".into());
        }
        if let Some(delays) = &self.delays_ms {
            if delays.len() > MOST_RETRIES {
                return refuse(
                    "delaysMs",
                    format!("may have at most {MOST_RETRIES} entries"),
                );
            }
            let too_long = delays.iter().position(|ms| *ms > longest(LONGEST_DELAY));
            if let Some(place) = too_long {
                let why = "may not be longer than 7 days".into();
                return refuse(&format!("delaysMs/{place}"), why);
            }
        }
        if self
            .concurrency
            .is_some_and(|number| !(1..=MOST_CONCURRENT).contains(&number))
        {
            return refuse(
                "concurrency",
                format!("has to be from 1 to {MOST_CONCURRENT}"),
            );
        }
        Ok(())
    }
}

impl Schedule {
    /// What an endpoint has chosen for itself goes before what is usual in its dialect.
    #[must_use]
    pub fn with(mut self, overrides: &Overrides) -> Self {
        if let Some(success) = overrides.success {
            self.success = success;
        }
        if let Some(ms) = overrides.timeout_ms {
            self.timeout = Duration::from_millis(ms);
        }
        if let Some(delays) = &overrides.delays_ms {
            self.delays = delays.iter().copied().map(Duration::from_millis).collect();
        }
        if let Some(concurrency) = overrides.concurrency {
            self.concurrency = concurrency;
        }
        self
    }

    pub fn is_success(&self, status: u16) -> bool {
        match self.success {
            Success::Exactly200 => status == 200,
            Success::Any2xx => (200..300).contains(&status),
        }
    }

    /// How long to wait after so many attempts have failed; nothing when they were all. `chance`
    /// is from 0 to 1.
    pub fn delay_after(
        &self,
        attempts: i64,
        chance: f64,
        retry_after: Option<Duration>,
    ) -> Option<Duration> {
        let index = usize::try_from(attempts - 1).ok()?;
        let delay = *self.delays.get(index)?;
        let delay = if self.jitter {
            // A fifth less to a fifth more.
            delay.mul_f64(0.8 + 0.4 * chance.clamp(0.0, 1.0))
        } else {
            delay
        };
        let retry_after = retry_after.filter(|_| self.heeds_receiver);
        Some(retry_after.map_or(delay, |retry_after| {
            delay.max(retry_after.min(LONGEST_RETRY_AFTER))
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialects::Dialect;

    #[test]
    fn the_workspace_webhook_is_tried_eleven_times() {
        let schedule = Dialect::RocketChat.schedule();
        for attempts in 1..=10 {
            let delay = schedule.delay_after(attempts, 0.9, Some(Duration::from_secs(99)));
            assert_eq!(delay, Some(Duration::from_secs(10)));
        }
        assert_eq!(schedule.delay_after(11, 0.0, None), None);
        assert!(schedule.is_success(200) && !schedule.is_success(201));
    }

    #[test]
    fn a_standard_endpoint_is_heeded_within_bounds() {
        let schedule = Dialect::Standard.schedule();
        let first = |chance, retry_after| schedule.delay_after(1, chance, retry_after).unwrap();
        assert_eq!(first(0.5, None), Duration::from_secs(5));
        assert!(first(0.0, None) < first(1.0, None));
        assert_eq!(
            first(0.5, Some(Duration::from_secs(30))),
            Duration::from_secs(30)
        );
        assert_eq!(
            first(0.5, Some(Duration::from_secs(1))),
            Duration::from_secs(5)
        );
        assert_eq!(
            first(0.5, Some(Duration::from_secs(1_000_000))),
            LONGEST_RETRY_AFTER
        );
        assert!(schedule.is_success(204) && !schedule.is_success(302));
    }

    #[test]
    fn a_comm100_webhook_is_tried_for_three_days() {
        let schedule = Dialect::Comm100.schedule();
        let all: Duration = schedule.delays.iter().sum();
        assert!(all <= Duration::from_secs(3 * 86_400 + 2 * 3_600));
        assert_eq!(schedule.delays[0], Duration::from_secs(60));
    }

    #[test]
    fn overrides_are_bounded() {
        assert!(Overrides::default().check().is_ok());
        let overrides = |text: &str| serde_json::from_str::<Overrides>(text).unwrap().check();
        assert!(overrides(r#"{"timeoutMs": 0}"#).is_err());
        assert!(overrides(r#"{"timeoutMs": 60001}"#).is_err());
        assert!(overrides(r#"{"concurrency": 0}"#).is_err());
        assert!(overrides(r#"{"delaysMs": [999999999999]}"#).is_err());
        assert!(
            overrides(
                r#"{"success": "200", "timeoutMs": 60000, "delaysMs": [], "concurrency": 1024}"#
            )
            .is_ok()
        );
    }
}

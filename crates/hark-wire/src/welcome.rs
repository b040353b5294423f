//! What every visitor is told before a chat: who is there, and how soon they usually answer.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use hark_chat::inquiries;
use hark_chat::routing::{self, Presence};
use hark_model::Policy;
use hark_staff::hours::{self, Week};
use hark_store::{Result, Timestamp, View};

/// How long what is true for every visitor is told without a look: whoever opens many panels has nothing more
/// read by that.
pub(crate) const KEPT: Duration = Duration::from_secs(10);
/// So many people are shown, and so many questions offered.
pub(crate) const MOST_FACES: usize = 3;
pub(crate) const MOST_STARTS: usize = 5;

/// What is the same for every visitor at a moment.
pub(crate) struct Welcome {
    /// Name and username: of those who are there, or else of some who will be.
    pub(crate) people: Vec<(String, String)>,
    /// In milliseconds.
    pub(crate) first_answer: Option<i64>,
    /// By the ids of the opening hours, the default ones first.
    weeks: Vec<(String, Week)>,
}

impl Welcome {
    fn read(view: &mut View<'_>, policy: &Policy, now: Timestamp) -> Result<Self> {
        let there = routing::online(view, policy, None, Presence::There)?;
        let people = there.into_iter().filter(|one| !one.bot);
        let mut people: Vec<_> = people.map(|one| (one.name, one.username)).collect();
        people.sort();
        people.truncate(MOST_FACES);
        if people.is_empty() {
            people = routing::team(view, MOST_FACES as i64)?;
        }
        Ok(Self {
            people,
            first_answer: inquiries::usual_first_answer(view)?,
            weeks: hours::weeks(view, policy, now)?,
        })
    }

    /// Those of a department that has hours of its own, or the default ones.
    pub(crate) fn week(&self, own: Option<&str>) -> Option<&Week> {
        let of_department = own.and_then(|own| self.weeks.iter().find(|(id, _)| id == own));
        let found = of_department.or_else(|| self.weeks.first());
        found.map(|(_, week)| week)
    }
}

/// What was read last, and by which policy: a change of that holds at once.
#[derive(Default)]
pub(crate) struct Kept(Mutex<Option<(Instant, i64, Arc<Welcome>)>>);

impl Kept {
    pub(crate) fn get(
        &self,
        view: &mut View<'_>,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<Arc<Welcome>> {
        let kept = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((read, revision, welcome)) = kept().as_ref()
            && *revision == policy.revision
            && read.elapsed() < KEPT
        {
            return Ok(Arc::clone(welcome));
        }
        let welcome = Arc::new(Welcome::read(view, policy, now)?);
        *kept() = Some((Instant::now(), policy.revision, Arc::clone(&welcome)));
        Ok(welcome)
    }
}

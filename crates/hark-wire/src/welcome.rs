//! What every visitor is told before a chat: who is there, and how soon they usually answer.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use hark_chat::inquiries;
use hark_chat::routing::{self, Presence};
use hark_model::Policy;
use hark_store::{Result, View};

/// How long what is true for every visitor is told without a look: whoever opens many panels has nothing more
/// read by that.
pub(crate) const KEPT: Duration = Duration::from_secs(10);
/// So many people are shown, and so many questions offered.
pub(crate) const MOST_FACES: usize = 3;
pub(crate) const MOST_STARTS: usize = 5;

/// What is the same for every visitor at a moment.
pub(crate) struct Welcome {
    /// Name and username.
    pub(crate) people: Vec<(String, String)>,
    /// In milliseconds.
    pub(crate) first_answer: Option<i64>,
}

impl Welcome {
    fn read(view: &mut View<'_>, policy: &Policy) -> Result<Self> {
        let there = routing::online(view, policy, None, Presence::There)?;
        let people = there.into_iter().filter(|one| !one.bot);
        let mut people: Vec<_> = people.map(|one| (one.name, one.username)).collect();
        people.sort();
        people.truncate(MOST_FACES);
        Ok(Self {
            people,
            first_answer: inquiries::usual_first_answer(view)?,
        })
    }
}

/// What was read last.
#[derive(Default)]
pub(crate) struct Kept(Mutex<Option<(Instant, Arc<Welcome>)>>);

impl Kept {
    pub(crate) fn get(&self, view: &mut View<'_>, policy: &Policy) -> Result<Arc<Welcome>> {
        let kept = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((read, welcome)) = kept().as_ref()
            && read.elapsed() < KEPT
        {
            return Ok(Arc::clone(welcome));
        }
        let welcome = Arc::new(Welcome::read(view, policy)?);
        *kept() = Some((Instant::now(), Arc::clone(&welcome)));
        Ok(welcome)
    }
}

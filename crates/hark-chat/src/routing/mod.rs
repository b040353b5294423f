//! Routing: who is there to answer, and who gets the next chat.

mod capacity;
mod rows;

pub(crate) use self::capacity::may_have_another;
pub use self::capacity::{Capacity, capacity, most};
pub use self::rows::hold;
pub(crate) use self::rows::{ALL, is_member, note_still_gone};
pub use self::rows::{gone, is_gone, team};
use hark_store::{Result, Timestamp, Tx, View};

use crate::departments;
use hark_model::{Context, Policy, accounts, settings};

/// An available agent, as far as the choice between agents looks at them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub id: String,
    pub username: String,
    pub name: String,
    /// As their account says: `online`, `away`, `busy` or `offline`.
    pub status: String,
    pub bot: bool,
    /// How many chats they were given so far, here or in the department that is asked about.
    pub assigned: i64,
    /// Their place in the department's order.
    pub place: i64,
    pub last_routed_at: Option<Timestamp>,
    /// How many chats they may have at once, by what was said of themselves.
    pub most_chats: Option<i64>,
    /// How many of the department that is asked about, by what was said of it.
    pub most_chats_here: Option<i64>,
    /// Counted only for a choice that goes by it.
    pub open_chats: i64,
}

/// How strictly someone has to be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// Not offline. What visitors are shown goes by this.
    There,
    /// They may be idle, or even offline, where the settings let idle agents work.
    Idle,
}

impl Candidate {
    /// Whether they count as online; that they are available is known already.
    pub fn is_online(&self, presence: Presence, idle_may_work: bool) -> bool {
        match presence {
            _ if self.bot => true,
            Presence::There => self.status != "offline",
            Presence::Idle if idle_may_work => true,
            Presence::Idle => self.status != "offline" && self.status != "away",
        }
    }
}

/// What another program is asked, where it says who gets a chat.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Question {
    pub department: Option<String>,
    /// The one who had the chat before.
    pub instead_of: Option<String>,
}

/// How chats find their agents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// The one who was given the fewest.
    Auto,
    /// Nobody is chosen; agents take.
    Manual,
    /// Another program says who.
    External,
    /// The one who has the fewest open.
    LoadBalancing,
    /// The one who has waited longest for one.
    LoadRotation,
}

impl Method {
    pub fn of(policy: &Policy) -> Self {
        match policy.text(settings::Livechat_Routing_Method) {
            "Manual_Selection" => Self::Manual,
            "External" => Self::External,
            "Load_Balancing" => Self::LoadBalancing,
            "Load_Rotation" => Self::LoadRotation,
            _ => Self::Auto,
        }
    }

    /// Whether Hark chooses.
    pub const fn assigns(self) -> bool {
        !matches!(self, Self::Manual)
    }
}

/// Whether chats that Hark gives out stand in the queue until it is their turn.
pub fn queues_first(policy: &Policy) -> bool {
    policy.flag(settings::Livechat_waiting_queue)
}

/// The one who is next by a method. The order is total, so that everyone who looks chooses the
/// same one.
pub fn choose(method: Method, candidates: &[Candidate]) -> Option<&Candidate> {
    let routed = |one: &Candidate| {
        one.last_routed_at
            .unwrap_or(Timestamp::from_millis(i64::MIN))
    };
    match method {
        Method::Manual => None,
        // Nobody else is a candidate.
        Method::External => candidates.first(),
        Method::Auto => candidates
            .iter()
            .min_by_key(|one| (one.assigned, one.place, one.username.as_str())),
        Method::LoadBalancing => candidates
            .iter()
            .min_by_key(|one| (one.open_chats, routed(one), one.username.as_str())),
        Method::LoadRotation => candidates
            .iter()
            .min_by_key(|one| (routed(one), one.username.as_str())),
    }
}

/// Who is there, everywhere or in a department.
pub fn online(
    view: &mut View<'_>,
    policy: &Policy,
    department: Option<&str>,
    presence: Presence,
) -> Result<Vec<Candidate>> {
    let mut found = match department {
        Some(department) => rows::in_department(view, department)?,
        None => rows::everywhere(view)?,
    };
    let idle_may_work = policy.flag(settings::Livechat_enabled_when_agent_idle);
    found.retain(|one| one.is_online(presence, idle_may_work));
    Ok(found)
}

/// One account, if they are there.
pub fn online_agent(
    view: &mut View<'_>,
    policy: &Policy,
    account: &str,
    presence: Presence,
) -> Result<Option<Candidate>> {
    online_agent_for(view, policy, account, None, presence)
}

/// The same for a chat of a department, which may limit how many of them they have.
pub(crate) fn online_agent_for(
    view: &mut View<'_>,
    policy: &Policy,
    account: &str,
    department: Option<&str>,
    presence: Presence,
) -> Result<Option<Candidate>> {
    let idle_may_work = policy.flag(settings::Livechat_enabled_when_agent_idle);
    let found = rows::one(view, account, department)?;
    Ok(found.filter(|one| one.is_online(presence, idle_may_work)))
}

/// The account that goes by a name, if it is an agent who is there.
pub fn online_by_name(
    view: &mut View<'_>,
    policy: &Policy,
    username: &str,
) -> Result<Option<String>> {
    let Some(account) = accounts::find_by_username(view, username)? else {
        return Ok(None);
    };
    let online = online_agent(view, policy, &account.id, Presence::There)?;
    Ok(online.map(|agent| agent.id))
}

/// The next agent, who counts as having been given a chat. `suggested` is what another program
/// said, where it is asked.
pub fn next(
    cx: &mut Context<'_, '_>,
    department: Option<&str>,
    suggested: Option<&str>,
) -> Result<Option<Candidate>> {
    let candidates = candidates(cx.tx, cx.policy, department, suggested)?;
    give(cx, department, candidates)
}

/// The one who would be next if a chat came now. Nobody has had their turn by that.
pub fn expected(
    view: &mut View<'_>,
    policy: &Policy,
    department: Option<&str>,
    suggested: Option<&str>,
) -> Result<Option<Candidate>> {
    let mut candidates = candidates(view, policy, department, suggested)?;
    count_open(view, policy, &mut candidates)?;
    capacity::pass_over_full(view, policy, department, &mut candidates)?;
    Ok(choose(Method::of(policy), &candidates).cloned())
}

fn candidates(
    view: &mut View<'_>,
    policy: &Policy,
    department: Option<&str>,
    suggested: Option<&str>,
) -> Result<Vec<Candidate>> {
    if Method::of(policy) == Method::External {
        return suggested_only(view, policy, department, suggested);
    }
    // Inside a department an idle agent may be chosen, where idle agents work; but nobody who is
    // gone as long as somebody is there.
    let presence = match department {
        Some(_) => Presence::Idle,
        None => Presence::There,
    };
    let mut candidates = online(view, policy, department, presence)?;
    let is_there = |one: &Candidate| one.is_online(Presence::There, false);
    if candidates.iter().any(is_there) {
        candidates.retain(is_there);
    }
    Ok(candidates)
}

fn suggested_only(
    view: &mut View<'_>,
    policy: &Policy,
    department: Option<&str>,
    suggested: Option<&str>,
) -> Result<Vec<Candidate>> {
    let online = match suggested {
        Some(account) => online_agent_for(view, policy, account, department, Presence::There)?,
        None => None,
    };
    Ok(online.into_iter().collect())
}

/// The next agent for a chat whose agent is gone: someone else, and someone who is there.
pub(crate) fn next_instead_of(
    cx: &mut Context<'_, '_>,
    department: Option<&str>,
    gone: Option<&str>,
    suggested: Option<&str>,
) -> Result<Option<Candidate>> {
    let mut candidates = match Method::of(cx.policy) {
        Method::External => suggested_only(cx.tx, cx.policy, department, suggested)?,
        _ => online(cx.tx, cx.policy, department, Presence::There)?,
    };
    candidates.retain(|one| Some(one.id.as_str()) != gone);
    give(cx, department, candidates)
}

/// Where the choice is by the chats that are open.
fn count_open(view: &mut View<'_>, policy: &Policy, candidates: &mut [Candidate]) -> Result<()> {
    if Method::of(policy) == Method::LoadBalancing {
        let open = rows::open_chats(view)?;
        for one in candidates {
            one.open_chats = open.get(&one.id).copied().unwrap_or(0);
        }
    }
    Ok(())
}

fn give(
    cx: &mut Context<'_, '_>,
    department: Option<&str>,
    mut candidates: Vec<Candidate>,
) -> Result<Option<Candidate>> {
    let method = Method::of(cx.policy);
    count_open(cx.tx, cx.policy, &mut candidates)?;
    capacity::pass_over_full(cx.tx, cx.policy, department, &mut candidates)?;
    while let Some(chosen) = choose(method, &candidates).cloned() {
        if hold(cx.tx, &chosen.id)?
            && may_have_another(cx.tx, cx.policy, department, &chosen)?
            && rows::count_assigned(cx.tx, cx.now, department, &chosen.id)?
        {
            return Ok(Some(chosen));
        }
        // Gone since they were looked at, or given another chat.
        candidates.retain(|one| one.id != chosen.id);
    }
    Ok(None)
}

/// How far a chain of departments that stand in for each other is followed.
fn deepest(policy: &Policy) -> i64 {
    policy
        .number(settings::Omnichannel_max_fallback_forward_depth)
        .clamp(1, 20)
}

/// The first department of a chain where someone is there.
pub fn staffed(view: &mut View<'_>, policy: &Policy, department: &str) -> Result<Option<String>> {
    let mut next = Some(department.to_owned());
    for _ in 0..=deepest(policy) {
        let Some(here) = next else {
            return Ok(None);
        };
        if !online(view, policy, Some(&here), Presence::There)?.is_empty() {
            return Ok(Some(here));
        }
        next = departments::find(view, &here)?.and_then(|department| department.fallback);
    }
    Ok(None)
}

/// Whether visitors are shown that somebody is there.
pub fn is_staffed(view: &mut View<'_>, policy: &Policy, department: Option<&str>) -> Result<bool> {
    if policy.flag(settings::Livechat_accept_chats_with_no_agents) {
        return Ok(true);
    }
    let bots_first = policy.flag(settings::Livechat_assign_new_conversation_to_bot);
    if bots_first && bot(view, policy)?.is_some() {
        return Ok(true);
    }
    match department {
        Some(department) => Ok(staffed(view, policy, department)?.is_some()),
        None => Ok(!online(view, policy, None, Presence::There)?.is_empty()),
    }
}

/// The bot that meets visitors first.
pub fn bot(view: &mut View<'_>, policy: &Policy) -> Result<Option<Candidate>> {
    let all = online(view, policy, None, Presence::There)?;
    let bots = all.into_iter().filter(|one| one.bot);
    Ok(bots
        .min_by(|one, other| (one.assigned, &one.username).cmp(&(other.assigned, &other.username))))
}

/// It has happened.
pub fn forget_gone(tx: &mut Tx<'_>, account: &str, before: Timestamp) -> Result<()> {
    rows::forget_gone(tx, account, before).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(
        username: &str,
        assigned: i64,
        place: i64,
        routed: Option<i64>,
        open: i64,
    ) -> Candidate {
        Candidate {
            id: username.to_owned(),
            username: username.to_owned(),
            name: username.to_owned(),
            status: "online".to_owned(),
            bot: false,
            assigned,
            place,
            last_routed_at: routed.map(Timestamp::from_millis),
            most_chats: None,
            most_chats_here: None,
            open_chats: open,
        }
    }

    #[test]
    fn each_method_has_an_order_of_its_own() {
        let all = [
            candidate("amy", 3, 0, Some(30), 1),
            candidate("bob", 2, 1, Some(20), 2),
            candidate("cid", 2, 0, Some(10), 3),
            candidate("dan", 4, 0, None, 1),
        ];
        let chosen = |method| choose(method, &all).map(|one| one.username.as_str());
        assert_eq!(chosen(Method::Auto), Some("cid"));
        assert_eq!(chosen(Method::LoadBalancing), Some("dan"));
        assert_eq!(chosen(Method::LoadRotation), Some("dan"));
        assert_eq!(chosen(Method::External), Some("amy"));
        assert_eq!(chosen(Method::Manual), None);
        assert_eq!(choose(Method::Auto, &[]), None);
    }

    #[test]
    fn who_is_online_depends_on_who_asks() {
        let with = |status: &str, bot| Candidate {
            status: status.to_owned(),
            bot,
            ..candidate("amy", 0, 0, None, 0)
        };
        for (status, there, idle, strict) in [
            ("online", true, true, true),
            ("busy", true, true, true),
            ("away", true, true, false),
            ("offline", false, true, false),
        ] {
            let amy = with(status, false);
            assert_eq!(amy.is_online(Presence::There, true), there, "{status}");
            assert_eq!(amy.is_online(Presence::Idle, true), idle, "{status}");
            assert_eq!(amy.is_online(Presence::Idle, false), strict, "{status}");
            assert!(with(status, true).is_online(Presence::There, false));
        }
    }

    proptest::proptest! {
        #[test]
        fn the_order_of_the_candidates_does_not_matter(
            rows in proptest::collection::vec((0_i64..3, 0_i64..3, proptest::option::of(0_i64..3), 0_i64..3), 1..6),
            turned in 0_usize..6,
        ) {
            let mut all: Vec<Candidate> = Vec::new();
            for (number, (assigned, place, routed, open)) in rows.into_iter().enumerate() {
                all.push(candidate(&format!("agent-{number}"), assigned, place, routed, open));
            }
            let mut others = all.clone();
            others.rotate_left(turned % all.len());
            for method in [Method::Auto, Method::LoadBalancing, Method::LoadRotation] {
                let chosen = choose(method, &all).unwrap();
                proptest::prop_assert_eq!(Some(chosen), choose(method, &others));
                let nobody_before = all.iter().all(|one| match method {
                    Method::Auto => chosen.assigned <= one.assigned,
                    Method::LoadBalancing => chosen.open_chats <= one.open_chats,
                    _ => chosen.last_routed_at <= one.last_routed_at,
                });
                proptest::prop_assert!(nobody_before, "{:?}: {:?} of {:?}", method, chosen, all);
            }
        }
    }
}

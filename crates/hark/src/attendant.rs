//! Attends to chats that nobody attends to: finds agents for those that wait, does what is to be
//! done with the chats of an agent who has gone, and ends those whose visitor has gone. One node
//! does it; what it has not done when it dies, the next one finds in the database.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use hark_chat::inquiries::{self, Inquiry};
use hark_chat::rooms::{self, Close, Closer};
use hark_chat::routing::{self, Method, Question};
use hark_chat::{Policy, Refusal};
use hark_store::{Ids, Store, Timestamp, Tx, lease};
use hark_wire::Wire;

const LEASE: &str = "attendant";
/// How late a round may begin before another node takes over.
const SPARE_SECONDS: i64 = 5;
/// The longest pause between two rounds, so that whoever follows a dead node is not late.
const LONGEST_PAUSE: i64 = 10;
/// Chats in one round, each in a command of its own; the rest has its turn in the next.
const AT_ONCE: i64 = 200;
/// Departments for which another program is asked at once.
const QUEUES_AT_ONCE: usize = 8;

pub(crate) struct Attendant {
    store: Store,
    wire: Arc<Wire>,
    owner: String,
}

impl Attendant {
    pub(crate) fn new(store: Store, wire: Arc<Wire>) -> Self {
        Self {
            store,
            wire,
            owner: Ids::from_system().id17(),
        }
    }

    pub(crate) async fn attend(self) {
        loop {
            let pause = match self.round().await {
                Ok(pause) => pause,
                Err(error) => {
                    tracing::warn!(error = %error, "a round among the chats that wait was not finished; another follows");
                    LONGEST_PAUSE
                }
            };
            let seconds = u64::try_from(pause).unwrap_or(1);
            tokio::time::sleep(Duration::from_secs(seconds)).await;
        }
    }

    /// Answers after how many seconds the next one is due.
    async fn round(&self) -> Result<i64, Refusal> {
        let now = self.store.clock().now();
        let (policy, is_mine) = self.turn(now).await?;
        if is_mine {
            self.find_agents(now, &policy).await?;
            self.follow_the_gone(now, &policy).await?;
            self.end_abandoned(now, &policy).await?;
        }
        Ok(pause(&policy))
    }

    /// The rules of this moment, and whether it is for this node to apply them. A round that takes
    /// longer than the lease is joined by another node's: each chat is looked at again behind its
    /// lock.
    async fn turn(&self, now: Timestamp) -> Result<(Arc<Policy>, bool), Refusal> {
        let (owner, wire) = (self.owner.clone(), Arc::clone(&self.wire));
        let turn = move |tx: &mut Tx<'_>| -> Result<(Arc<Policy>, bool), Refusal> {
            let policy = wire.policies().at(tx)?;
            let until = now.plus_seconds(pause(&policy) + SPARE_SECONDS);
            let is_mine = lease::take(tx, now, LEASE, &owner, until)?;
            Ok((policy, is_mine))
        };
        self.store.write(turn).await
    }

    async fn find_agents(&self, now: Timestamp, policy: &Arc<Policy>) -> Result<(), Refusal> {
        if !Method::of(policy).assigns() {
            return Ok(());
        }
        let rules = Arc::clone(policy);
        let waiting = self
            .store
            .read(move |view| {
                let first = inquiries::waiting(view, &rules, AT_ONCE)?;
                match (first.len() as i64) < AT_ONCE {
                    true => Ok(first),
                    // A queue that nobody attends to must not hold up the others.
                    false => inquiries::waiting_in_each(view, &rules, AT_ONCE),
                }
            })
            .await?;
        if Method::of(policy) == Method::External {
            return self.ask_for_agents(now, policy, waiting).await;
        }
        for inquiry in waiting {
            self.delegate(now, policy, inquiry.room, None).await?;
        }
        Ok(())
    }

    async fn delegate(
        &self,
        now: Timestamp,
        policy: &Arc<Policy>,
        room: String,
        suggested: Option<String>,
    ) -> Result<bool, Refusal> {
        let rules = Arc::clone(policy);
        let found = self
            .store
            .write(move |tx| rooms::delegate_waiting(tx, now, &rules, &room, suggested.as_deref()))
            .await?;
        if found {
            tracing::debug!("a chat that waited has an agent");
        }
        Ok(found)
    }

    /// Another program is asked for each chat, until it names nobody: the rest of the department
    /// waits for the next round, so that a program that does not answer is waited for once.
    async fn ask_for_agents(
        &self,
        now: Timestamp,
        policy: &Arc<Policy>,
        waiting: Vec<Inquiry>,
    ) -> Result<(), Refusal> {
        let mut queues: BTreeMap<Option<String>, Vec<Inquiry>> = BTreeMap::new();
        for inquiry in waiting {
            let queue = queues.entry(inquiry.department.clone()).or_default();
            queue.push(inquiry);
        }
        let mut asking = stream::iter(queues)
            .map(|(department, queue)| self.ask_for_queue(now, policy, department, queue))
            .buffer_unordered(QUEUES_AT_ONCE);
        while let Some(asked) = asking.next().await {
            asked?;
        }
        Ok(())
    }

    async fn ask_for_queue(
        &self,
        now: Timestamp,
        policy: &Arc<Policy>,
        department: Option<String>,
        queue: Vec<Inquiry>,
    ) -> Result<(), Refusal> {
        let question = Question {
            department,
            instead_of: None,
        };
        for inquiry in queue {
            let is_wished_for = inquiry.default_agent.is_some();
            if is_wished_for
                && self
                    .delegate(now, policy, inquiry.room.clone(), None)
                    .await?
            {
                continue;
            }
            let Some(agent) = self.wire.suggested(policy, &question).await? else {
                break;
            };
            self.delegate(now, policy, inquiry.room, Some(agent))
                .await?;
        }
        Ok(())
    }

    async fn follow_the_gone(&self, now: Timestamp, policy: &Arc<Policy>) -> Result<(), Refusal> {
        let action = policy.text("Livechat_agent_leave_action");
        let patience = policy.int("Livechat_agent_leave_action_timeout");
        let before = now.plus_seconds(-patience);
        let gone = self
            .store
            .read(move |view| routing::gone(view, before, AT_ONCE))
            .await?;
        for agent in gone {
            let mut all = true;
            if action != "none" {
                all = self
                    .settle(now, policy, &agent, before, action == "close")
                    .await?;
            }
            if all {
                self.store
                    .write(move |tx| -> Result<(), Refusal> {
                        Ok(routing::forget_gone(tx, &agent, before)?)
                    })
                    .await?;
            }
        }
        Ok(())
    }

    /// The chats of one who has gone are ended or passed on. False: there are more.
    async fn settle(
        &self,
        now: Timestamp,
        policy: &Arc<Policy>,
        agent: &str,
        before: Timestamp,
        ends: bool,
    ) -> Result<bool, Refusal> {
        let of = agent.to_owned();
        let chats = self
            .store
            .read(move |view| rooms::open_of_agent(view, &of, AT_ONCE))
            .await?;
        let all = (chats.len() as i64) < AT_ONCE;
        let comment = policy.text("Livechat_agent_leave_comment");
        let asks = !ends && Method::of(policy) == Method::External;
        let mut silent = BTreeSet::new();
        for chat in chats {
            let suggested = match asks {
                true => self.suggested_for(policy, &chat, &mut silent).await?,
                false => None,
            };
            let (rules, comment) = (Arc::clone(policy), comment.clone());
            let gone = agent.to_owned();
            let settled = self
                .store
                .write(move |tx| {
                    // He may be back, and someone else may have the chat.
                    let room = rooms::find(tx, &chat)?;
                    let is_his = room.is_some_and(|room| room.is_served_by(&gone));
                    if !is_his || !routing::is_gone(tx, &gone, before)? {
                        return Ok(());
                    }
                    if ends {
                        return end(tx, now, &rules, &chat, &comment);
                    }
                    let comment = Some(comment.as_str()).filter(|text| !text.is_empty());
                    let suggested = suggested.as_deref();
                    rooms::pass_on(tx, now, &rules, &chat, comment, suggested).map(drop)
                })
                .await;
            note(settled);
        }
        Ok(all)
    }

    /// Whom another program names for a chat whose agent has gone. It is not asked again for a
    /// department for which it has named nobody.
    async fn suggested_for(
        &self,
        policy: &Arc<Policy>,
        chat: &str,
        silent: &mut BTreeSet<Option<String>>,
    ) -> Result<Option<String>, Refusal> {
        let chat = chat.to_owned();
        let room = self
            .store
            .read(move |view| rooms::find(view, &chat))
            .await?;
        let question = room.map(|room| rooms::question_of(&room, None));
        let Some(question) = question.filter(|question| !silent.contains(&question.department))
        else {
            return Ok(None);
        };
        let suggested = self.wire.suggested(policy, &question).await?;
        if suggested.is_none() {
            silent.insert(question.department);
        }
        Ok(suggested)
    }

    async fn end_abandoned(&self, now: Timestamp, policy: &Arc<Policy>) -> Result<(), Refusal> {
        if policy.text("Livechat_abandoned_rooms_action") != "close" {
            return Ok(());
        }
        let patience = policy.int("Livechat_visitor_inactivity_timeout");
        let before = now.plus_seconds(-patience);
        let silent = self
            .store
            .read(move |view| rooms::silent(view, before, AT_ONCE))
            .await?;
        let custom = policy.text("Livechat_abandoned_rooms_closed_custom_message");
        let comment = match custom.trim() {
            "" => format!("Closed after {patience} seconds without an answer from the visitor"),
            custom => custom.to_owned(),
        };
        for chat in silent {
            let (rules, comment) = (Arc::clone(policy), comment.clone());
            let ended = self
                .store
                .write(move |tx| {
                    // He may have answered since.
                    match rooms::find(tx, &chat)? {
                        Some(room) if room.visitor_silent_since.is_some_and(|at| at <= before) => {
                            end(tx, now, &rules, &chat, &comment)
                        }
                        _ => Ok(()),
                    }
                })
                .await;
            note(ended);
        }
        Ok(())
    }
}

fn pause(policy: &Policy) -> i64 {
    let wanted = policy.int("Omnichannel_queue_delay_timeout");
    wanted.clamp(1, LONGEST_PAUSE)
}

/// One chat that cannot be settled must not keep the others waiting.
fn note(settled: Result<(), Refusal>) {
    if let Err(refusal) = settled {
        tracing::warn!(why = %refusal, "a chat was left as it is");
    }
}

fn end(
    tx: &mut Tx<'_>,
    now: Timestamp,
    policy: &Policy,
    chat: &str,
    comment: &str,
) -> Result<(), Refusal> {
    let comment = match comment.trim() {
        "" => "Closed because the agent has left",
        comment => comment,
    };
    let ending = Close {
        by: Closer::House,
        comment: comment.to_owned(),
        tags: Vec::new(),
        transcript: None,
    };
    match rooms::close(tx, now, policy, chat, &ending) {
        Ok(_) | Err(Refusal::RoomClosedAlready) => Ok(()),
        Err(refusal) => Err(refusal),
    }
}

//! The chat worker looks after chats that nobody looks after: finds agents for those that wait, does
//! what is to be done with the chats of an agent who has gone, and ends those whose visitor has gone.
//! One node does it; what it has not done when it dies, the next one finds in the database.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use hark_chat::Close;
use hark_chat::inquiries::{self, Inquiry};
use hark_chat::routing::{self, Method, Question};
use hark_jobs::{Job, JobError, Rest, Turn, Work};
use hark_model::{Context, Policy, Refusal, Who, rooms, settings};
use hark_store::{Store, Timestamp};
use hark_wire::Wire;

/// How long a node that has died holds up the chats.
const HELD: Duration = Duration::from_secs(10);
/// The longest pause between two rounds, whatever the setting says.
const LONGEST_PAUSE: i64 = 10;
/// Chats in one round, each in a command of its own; the rest has its turn in the next.
const AT_ONCE: i64 = 200;
/// Departments for which another program is asked at once.
const QUEUES_AT_ONCE: usize = 8;

pub(super) fn job(store: &Store, wire: &Arc<Wire>) -> Job {
    let worker = ChatWorker {
        store: store.clone(),
        wire: Arc::clone(wire),
    };
    Job::new("chats", worker).on_one_node(HELD)
}

#[derive(Clone)]
struct ChatWorker {
    store: Store,
    wire: Arc<Wire>,
}

impl Work for ChatWorker {
    async fn turn(&mut self, turn: &Turn) -> Result<Rest, JobError> {
        let pause = self.round(turn).await.map_err(super::refused)?;
        Ok(Rest::For(pause))
    }
}

impl ChatWorker {
    /// Answers after how long the next one is due. A round that loses the lease on its way is
    /// joined by another node's: each chat is looked at again behind its lock.
    async fn round(&self, turn: &Turn) -> Result<Duration, Refusal> {
        let wire = Arc::clone(&self.wire);
        let policy = self.store.read(move |view| wire.policies.at(view)).await?;
        self.find_agents(&policy).await?;
        self.follow_the_gone(turn, &policy).await?;
        self.end_abandoned(turn, &policy).await?;
        Ok(pause(&policy))
    }

    async fn find_agents(&self, policy: &Arc<Policy>) -> Result<(), Refusal> {
        if !Method::of(policy).assigns() {
            return Ok(());
        }
        let rules = Arc::clone(policy);
        let waiting = self
            .store
            .read(move |view| {
                let first = inquiries::waiting(view, &rules, AT_ONCE)?;
                if (first.len() as i64) < AT_ONCE {
                    return Ok(first);
                }
                // A queue that nobody attends to must not hold up the others.
                inquiries::waiting_in_each(view, &rules, AT_ONCE)
            })
            .await?;
        if Method::of(policy) == Method::External {
            return self.ask_for_agents(policy, waiting).await;
        }
        for inquiry in waiting {
            self.delegate(inquiry.room, None).await?;
        }
        Ok(())
    }

    async fn delegate(&self, room: String, suggested: Option<String>) -> Result<bool, Refusal> {
        let found = self
            .wire
            .command(Who::System, move |cx| {
                hark_chat::delegate_waiting(cx, &room, suggested.as_deref())
            })
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
        policy: &Arc<Policy>,
        waiting: Vec<Inquiry>,
    ) -> Result<(), Refusal> {
        let mut queues: BTreeMap<Option<String>, Vec<Inquiry>> = BTreeMap::new();
        for inquiry in waiting {
            let queue = queues.entry(inquiry.department.clone()).or_default();
            queue.push(inquiry);
        }
        let mut asking = stream::iter(queues)
            .map(|(department, queue)| self.ask_for_queue(policy, department, queue))
            .buffer_unordered(QUEUES_AT_ONCE);
        while let Some(asked) = asking.next().await {
            asked?;
        }
        Ok(())
    }

    async fn ask_for_queue(
        &self,
        policy: &Arc<Policy>,
        department: Option<String>,
        queue: Vec<Inquiry>,
    ) -> Result<(), Refusal> {
        let question = Question {
            department,
            instead_of: None,
        };
        for inquiry in queue {
            let is_asked_for = inquiry.default_agent.is_some();
            if is_asked_for && self.delegate(inquiry.room.clone(), None).await? {
                continue;
            }
            let Some(agent) = self.wire.suggested(policy, &question).await? else {
                break;
            };
            self.delegate(inquiry.room, Some(agent)).await?;
        }
        Ok(())
    }

    async fn follow_the_gone(&self, turn: &Turn, policy: &Arc<Policy>) -> Result<(), Refusal> {
        let action = policy.text(settings::Livechat_agent_leave_action);
        let patience = policy.number(settings::Livechat_agent_leave_action_timeout);
        // Nothing ends by a clock that leapt.
        if action == "close" && self.store.clock().doubt().is_some() {
            return Ok(());
        }
        let before = turn.ago(seconds(patience));
        let gone = self
            .store
            .read(move |view| routing::gone(view, before, AT_ONCE))
            .await?;
        for agent in gone {
            let mut all = true;
            if action != "none" {
                all = self
                    .settle(policy, &agent, before, action == "close")
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
        let asks = !ends && Method::of(policy) == Method::External;
        let mut silent = BTreeSet::new();
        for chat in chats {
            let suggested = if asks {
                self.suggested_for(policy, &chat, &mut silent).await?
            } else {
                None
            };
            let gone = agent.to_owned();
            let settled = self
                .wire
                .command(Who::System, move |cx| {
                    // They may be back, and someone else may have the chat.
                    let room = rooms::find(cx.tx, &chat)?;
                    let is_theirs = room.is_some_and(|room| room.is_served_by(&gone));
                    if !is_theirs || !routing::is_gone(cx.tx, &gone, before)? {
                        return Ok(());
                    }
                    let comment = cx.policy.text(settings::Livechat_agent_leave_comment);
                    if ends {
                        return end(cx, &chat, comment);
                    }
                    let comment = Some(comment).filter(|text| !text.is_empty());
                    hark_chat::pass_on(cx, &chat, comment, suggested.as_deref()).map(drop)
                })
                .await;
            log_refusal(settled);
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
        let question = room.map(|room| hark_chat::question_of(&room, None));
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

    async fn end_abandoned(&self, turn: &Turn, policy: &Arc<Policy>) -> Result<(), Refusal> {
        let is_wanted = policy.text(settings::Livechat_abandoned_rooms_action) == "close";
        if !is_wanted || self.store.clock().doubt().is_some() {
            return Ok(());
        }
        let patience = policy.number(settings::Livechat_visitor_inactivity_timeout);
        let before = turn.ago(seconds(patience));
        let silent = self
            .store
            .read(move |view| rooms::silent(view, before, AT_ONCE))
            .await?;
        let custom = policy.text(settings::Livechat_abandoned_rooms_closed_custom_message);
        let comment = match custom.trim() {
            "" => format!("Closed after {patience} seconds without an answer from the visitor"),
            custom => custom.to_owned(),
        };
        for chat in silent {
            let comment = comment.clone();
            let ended = self
                .wire
                .command(Who::System, move |cx| {
                    // They may have answered since.
                    match rooms::find(cx.tx, &chat)? {
                        Some(room) if room.visitor_silent_since.is_some_and(|at| at <= before) => {
                            end(cx, &chat, &comment)
                        }
                        _ => Ok(()),
                    }
                })
                .await;
            log_refusal(ended);
        }
        Ok(())
    }
}

fn pause(policy: &Policy) -> Duration {
    let wanted = policy.number(settings::Omnichannel_queue_delay_timeout);
    seconds(wanted.clamp(1, LONGEST_PAUSE))
}

fn seconds(count: i64) -> Duration {
    Duration::from_secs(u64::try_from(count).unwrap_or(0))
}

/// One chat that cannot be settled must not keep the others waiting.
fn log_refusal(settled: Result<(), Refusal>) {
    if let Err(refusal) = settled {
        tracing::warn!(why = %refusal, "a chat was left as it is");
    }
}

fn end(cx: &mut Context<'_, '_>, chat: &str, comment: &str) -> Result<(), Refusal> {
    let comment = match comment.trim() {
        "" => "Closed because the agent has left",
        comment => comment,
    };
    let ending = Close {
        comment: comment.to_owned(),
        ..Close::default()
    };
    match hark_chat::close(cx, chat, &ending) {
        Ok(_) | Err(Refusal::RoomClosedAlready) => Ok(()),
        Err(refusal) => Err(refusal),
    }
}

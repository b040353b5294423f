//! The chat worker looks after chats that nobody looks after: finds agents for those that wait, does
//! what is to be done with the chats of an agent who says nothing or has gone and with those whose
//! visitor has gone, and ends those that have waited or been on hold for too long. It says which have
//! waited longer than they were promised.
//! One node does it; what it has not done when it dies, the next one finds in the database.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::{StreamExt, stream};
use hark_chat::inquiries::{self, Waiting};
use hark_chat::routing::{self, Method, Question};
use hark_chat::{Close, departments, patience};
use hark_jobs::{Job, JobError, Rest, Turn, Work};
use hark_model::events::Kind;
use hark_model::{Context, Policy, Refusal, Who, rooms, settings};
use hark_store::{Store, Timestamp, View, log};
use hark_wire::Wire;
use tokio::sync::watch;

/// How long a node that has died holds up the chats.
const HELD: Duration = Duration::from_secs(10);
/// The longest pause between two rounds, whatever the setting says.
const LONGEST_PAUSE: i64 = 10;
/// Chats in one round, each in a command of its own; the rest has its turn in the next.
const AT_ONCE: i64 = 200;
/// However much happens, free places are looked for ten times a second at most.
const SHORTEST_REST: Duration = Duration::from_millis(100);
/// A piece of the log that is longer is not searched.
const LONGEST_LOOK: i64 = 5_000;
/// Events after which somebody waits, or an agent may take another chat.
const FREES_PLACES: [&str; 9] = [
    Kind::ChatQueued.as_str(),
    Kind::ChatForwarded.as_str(),
    Kind::ChatReturned.as_str(),
    Kind::ChatOnHold.as_str(),
    Kind::ChatClosed.as_str(),
    Kind::AgentStatus.as_str(),
    Kind::DepartmentAgent.as_str(),
    Kind::DepartmentChanged.as_str(),
    Kind::SettingChanged.as_str(),
];
/// What is said when a chat ends for which nobody had time.
const WAITED_TOO_LONG: &str = "Closed because no agent became free in time";
/// Departments for which another program is asked at once.
const QUEUES_AT_ONCE: usize = 8;

pub(super) fn job(store: &Store, wire: &Arc<Wire>) -> Job {
    let worker = ChatWorker {
        moved: store.moved(),
        store: store.clone(),
        wire: Arc::clone(wire),
        hands_out: false,
        seen: 0,
        next_round: Instant::now(),
    };
    Job::new("chats", worker).on_one_node(HELD)
}

#[derive(Clone)]
struct ChatWorker {
    store: Store,
    wire: Arc<Wire>,
    moved: watch::Receiver<i64>,
    /// Whether chats that wait are handed out as soon as an agent may take one.
    hands_out: bool,
    /// Up to where the log was searched for such events.
    seen: i64,
    next_round: Instant,
}

impl Work for ChatWorker {
    async fn turn(&mut self, turn: &Turn) -> Result<Rest, JobError> {
        // Before looking: what is written between the two wakes us.
        self.seen = *self.moved.borrow_and_update();
        let wire = Arc::clone(&self.wire);
        let policy = self.store.read(move |view| wire.policies.at(view)).await?;
        self.hands_out = hands_out(&policy);
        let early = self.next_round.saturating_duration_since(Instant::now());
        if !early.is_zero() {
            if self.hands_out {
                self.find_agents(&policy).await.map_err(super::refused)?;
            }
            return Ok(Rest::For(early));
        }
        let pause = self.round(turn, &policy).await;
        let pause = pause.map_err(super::refused)?;
        self.next_round = Instant::now() + pause;
        Ok(Rest::For(pause))
    }

    async fn woken(&mut self) {
        if !self.hands_out {
            std::future::pending::<()>().await;
        }
        loop {
            tokio::time::sleep(SHORTEST_REST).await;
            if self.moved.changed().await.is_err() {
                // The store is closed.
                std::future::pending::<()>().await;
            }
            let (seen, last) = (self.seen, *self.moved.borrow_and_update());
            self.seen = last;
            if last - seen > LONGEST_LOOK {
                return;
            }
            let look = move |view: &mut View<'_>| log::has_kind(view, seen, last, &FREES_PLACES);
            // Without an answer there is the next round.
            if self.store.read(look).await.unwrap_or(false) {
                return;
            }
        }
    }
}

impl ChatWorker {
    /// Answers after how long the next one is due. A round that loses the lease on its way is
    /// joined by another node's: each chat is looked at again behind its lock.
    async fn round(&self, turn: &Turn, policy: &Arc<Policy>) -> Result<Duration, Refusal> {
        self.find_agents(policy).await?;
        self.follow_the_gone(turn, policy).await?;
        self.pass_on_unanswered(turn, policy).await?;
        self.settle_abandoned(turn, policy).await?;
        self.end_held(turn, policy).await?;
        self.end_unserved(turn, policy).await?;
        self.tell_overdue(turn).await?;
        Ok(pause(policy))
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
        // Where there was nobody for one, there is nobody for those behind it.
        let mut busy = BTreeSet::new();
        for chat in waiting {
            if chat.default_agent.is_none() && busy.contains(&chat.department) {
                continue;
            }
            if !self.delegate(chat.room, None).await? {
                busy.insert(chat.department);
            }
        }
        Ok(())
    }

    /// False: there is nobody for it.
    async fn delegate(&self, room: String, suggested: Option<String>) -> Result<bool, Refusal> {
        let found = self
            .wire
            .command(Who::System, move |cx| {
                hark_chat::delegate_waiting(cx, &room, suggested.as_deref())
            })
            .await?;
        Ok(found)
    }

    /// Another program is asked for each chat, until it names nobody who can have it: the rest of the department
    /// waits for the next round, so that a program that does not answer is waited for once.
    async fn ask_for_agents(
        &self,
        policy: &Arc<Policy>,
        waiting: Vec<Waiting>,
    ) -> Result<(), Refusal> {
        let mut queues: BTreeMap<Option<String>, Vec<Waiting>> = BTreeMap::new();
        for chat in waiting {
            let queue = queues.entry(chat.queue.clone()).or_default();
            queue.push(chat);
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
        queue: Vec<Waiting>,
    ) -> Result<(), Refusal> {
        let question = Question {
            department,
            instead_of: None,
        };
        for chat in queue {
            let is_asked_for = chat.default_agent.is_some();
            if is_asked_for && self.delegate(chat.room.clone(), None).await? {
                continue;
            }
            let Some(agent) = self.wire.suggested(policy, &question).await? else {
                break;
            };
            if !self.delegate(chat.room, Some(agent)).await? {
                break;
            }
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

    /// Chats whose agents have not said a word for too long go on to others.
    async fn pass_on_unanswered(&self, turn: &Turn, policy: &Arc<Policy>) -> Result<(), Refusal> {
        let patience = policy.number(settings::Livechat_auto_transfer_chat_timeout);
        if patience <= 0 || self.store.clock().doubt().is_some() {
            return Ok(());
        }
        let before = turn.ago(seconds(patience));
        let unanswered = self
            .store
            .read(move |view| rooms::unanswered(view, before, AT_ONCE))
            .await?;
        let asks = Method::of(policy) == Method::External;
        let mut silent = BTreeSet::new();
        for chat in unanswered {
            let suggested = if asks {
                self.suggested_for(policy, &chat, &mut silent).await?
            } else {
                None
            };
            let passed_on = self.wire.command(Who::System, move |cx| {
                hark_chat::pass_on_unanswered(cx, &chat, before, suggested.as_deref())
            });
            log_refusal(passed_on.await);
        }
        Ok(())
    }

    /// Chats whose visitors have owed an answer for too long are ended or put on hold.
    async fn settle_abandoned(&self, turn: &Turn, policy: &Policy) -> Result<(), Refusal> {
        let patience = policy.number(settings::Livechat_visitor_inactivity_timeout);
        if patience::Action::of(policy).is_none() || self.store.clock().doubt().is_some() {
            return Ok(());
        }
        let foretold_otherwise = self
            .store
            .read(move |view| rooms::foretold_otherwise(view, patience, AT_ONCE))
            .await?;
        for chat in foretold_otherwise {
            let foretold = self
                .wire
                .command(Who::System, move |cx| hark_chat::foretell(cx, &chat));
            log_refusal(foretold.await);
        }
        let longest = self.store.read(departments::longest_patience).await?;
        // A clock that was set ahead within the longest time makes none of them shorter.
        let by = turn.now_for(seconds(longest.max(patience)));
        let abandoned = self
            .store
            .read(move |view| rooms::abandoned(view, by, AT_ONCE))
            .await?;
        for chat in abandoned {
            let settled = self.wire.command(Who::System, move |cx| {
                hark_chat::settle_abandoned(cx, &chat, by)
            });
            log_refusal(settled.await);
        }
        Ok(())
    }

    /// Chats that no agent has by the moment that they were promised one.
    async fn tell_overdue(&self, turn: &Turn) -> Result<(), Refusal> {
        if self.store.clock().doubt().is_some() {
            return Ok(());
        }
        let now = turn.ago(Duration::ZERO);
        let late = self
            .store
            .read(move |view| inquiries::late(view, now, AT_ONCE))
            .await?;
        for chat in late {
            let told = self
                .wire
                .command(Who::System, move |cx| hark_chat::tell_overdue(cx, &chat));
            log_refusal(told.await);
        }
        Ok(())
    }

    /// Chats that no agent has taken for as long as visitors are to wait end.
    async fn end_unserved(&self, turn: &Turn, policy: &Policy) -> Result<(), Refusal> {
        let minutes = policy.number(settings::Livechat_max_queue_wait_time);
        if minutes <= 0 || self.store.clock().doubt().is_some() {
            return Ok(());
        }
        let before = turn.ago(seconds(minutes.saturating_mul(60)));
        let waiting = self
            .store
            .read(move |view| inquiries::waiting_since(view, before, AT_ONCE))
            .await?;
        for chat in waiting {
            let ended = self.wire.command(Who::System, move |cx| {
                // Somebody may take it at this moment.
                rooms::lock(cx.tx, &chat)?;
                match inquiries::of_room(cx.tx, &chat)? {
                    Some(inquiry) if inquiry.queued_at.is_some_and(|at| at <= before) => {
                        end(cx, &chat, WAITED_TOO_LONG)
                    }
                    _ => Ok(()),
                }
            });
            log_refusal(ended.await);
        }
        Ok(())
    }

    async fn end_held(&self, turn: &Turn, policy: &Arc<Policy>) -> Result<(), Refusal> {
        let patience = policy.number(settings::Livechat_auto_close_on_hold_chats_timeout);
        if patience == 0 || self.store.clock().doubt().is_some() {
            return Ok(());
        }
        let before = turn.ago(seconds(patience));
        let held = self
            .store
            .read(move |view| rooms::held(view, before, AT_ONCE))
            .await?;
        let custom = policy.text(settings::Livechat_auto_close_on_hold_chats_custom_message);
        let comment = match custom.trim() {
            "" => format!("Closed automatically because chat was On Hold for {patience} seconds"),
            custom => custom.to_owned(),
        };
        for chat in held {
            let comment = comment.clone();
            let ended = self.wire.command(Who::System, move |cx| {
                // It may go on again.
                match rooms::find(cx.tx, &chat)? {
                    Some(room) if room.held_since.is_some_and(|at| at <= before) => {
                        end(cx, &chat, &comment)
                    }
                    _ => Ok(()),
                }
            });
            log_refusal(ended.await);
        }
        Ok(())
    }
}

/// Without a queue nobody is promised a place in it, and another program is asked once in a round.
fn hands_out(policy: &Policy) -> bool {
    routing::queues_first(policy) && Method::of(policy) != Method::External
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

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;
use std::time::Instant;

use crossbeam_channel::{Receiver, Sender, bounded};

use super::bus::send_loop;
use super::listener::{ListenerState, listen_loop};
use super::sequencer::sequence_loop;
use crate::bus::Ends;
use crate::engines::{Counters, Work, spawn};
use crate::job::{Ran, Read, Write};
use crate::postgres::{PoolState, Server, Session, describe};
use crate::tx::Conn;
use crate::{Error, Ids, OpenError, Timestamp, Tx, View, migrate};

/// How often a command that lost a deadlock or its connection is played again.
const ROUNDS: usize = 5;
/// Commands that may share a commit, and looks that may share a moment.
const MOST_TOGETHER: usize = 16;
/// What waits is shared by so many writers: a group is to fill the time of a commit, and leave the others something to do.
const WRITERS_AT_WORK: usize = 4;

pub(crate) struct Workers {
    pub(crate) writers: usize,
    pub(crate) readers: usize,
    pub(crate) migrates: bool,
    pub(crate) bus: Ends,
}

pub(crate) fn start(
    server: &Server,
    workers: &Workers,
    ids: &mut dyn FnMut() -> Ids,
    work: &Work,
    closing: &Receiver<()>,
    counters: &Arc<Counters>,
    now: Timestamp,
) -> Result<Vec<JoinHandle<()>>, OpenError> {
    let unreachable = |why: String| OpenError::Unreachable {
        host: server.name(),
        why,
    };
    let mut client = server.reach()?;
    migrate::postgres(&mut client, now, workers.migrates)?;
    let head: i64 = client
        .query_one("SELECT position FROM event_head", &[])
        .map_err(|error| unreachable(describe(&error)))?
        .get(0);
    drop(client);
    counters.position.send_replace(head);

    let mut handles = Vec::new();
    let (nudge, nudges) = bounded(1);
    let (writing, reading) = (Arc::default(), Arc::default());
    // One of each kind before the others ask for theirs: where connections are few, those could take all
    // of them, and a queue without any does nothing.
    let connected = |pool: &Arc<PoolState>| {
        let mut session = Session::new(server, pool);
        session.connect().map_err(|error| match error {
            Error::Unavailable(why) => unreachable(why),
            other => unreachable(other.to_string()),
        })?;
        Ok::<_, OpenError>(session)
    };
    let mut sequencer = connected(&Arc::default())?;
    let (mut first_reader, mut first_writer) =
        (Some(connected(&reading)?), Some(connected(&writing)?));
    for number in 0..workers.readers {
        let first = first_reader.take();
        let mut session = first.unwrap_or_else(|| Session::new(server, &reading));
        let (queue, closing) = (work.reads.clone(), closing.clone());
        let counters = Arc::clone(counters);
        handles.push(spawn(format!("store-read-{number}"), move || {
            read_loop(&mut session, &queue, &closing, &counters);
        })?);
    }
    for number in 0..workers.writers {
        let first = first_writer.take();
        let mut writer = Writer {
            session: first.unwrap_or_else(|| Session::new(server, &writing)),
            ids: ids(),
            nudge: nudge.clone(),
            counters: Arc::clone(counters),
        };
        let (queue, closing) = (work.writes.clone(), closing.clone());
        handles.push(spawn(format!("store-write-{number}"), move || {
            writer.run(&queue, &closing);
        })?);
    }
    let shared = Arc::clone(counters);
    handles.push(spawn("store-sequence".into(), move || {
        sequence_loop(&mut sequencer, &nudges, &shared);
    })?);
    let listener = ListenerState {
        node: ids().id17(),
        counters: Arc::clone(counters),
        heard: workers.bus.heard.clone(),
    };
    // Closing does not wait for these two: nobody keeps what the one sends, and the other, which only
    // listens, notices the end by itself.
    let (own, node, waiting) = (
        server.clone(),
        listener.node.clone(),
        workers.bus.waiting.clone(),
    );
    let _ends_by_itself = spawn("store-bus".into(), move || {
        send_loop(&own, &node, &waiting);
    })?;
    let (server, closing) = (server.clone(), closing.clone());
    let _ends_by_itself = spawn("store-listen".into(), move || {
        listen_loop(&server, &closing, &listener);
    })?;
    Ok(handles)
}

struct Writer {
    session: Session,
    ids: Ids,
    nudge: Sender<()>,
    counters: Arc<Counters>,
}

/// What became of commands that were to share a commit.
enum Shared {
    /// It is the same for all.
    Ended(Result<(), Error>),
    /// Nothing was kept, and each has to go alone.
    Undone,
}

impl Writer {
    fn run(&mut self, queue: &Receiver<Box<dyn Write>>, closing: &Receiver<()>) {
        // What was taken from the queue and could not go with those before it.
        let mut held = None;
        while self.session.may_take_work(closing)
            && let Some(first) = held.take().or_else(|| queue.recv().ok())
        {
            let mut group = vec![first];
            held = gather(&mut group, queue);
            let size = group.len() as u64;
            match self.together(&mut group) {
                Shared::Ended(ended) => {
                    for job in group {
                        job.settle(ended.clone());
                    }
                    self.counters.groups.fetch_add(1, Ordering::Relaxed);
                }
                Shared::Undone => {
                    for mut job in group {
                        let committed = self.commit(job.as_mut());
                        job.settle(committed);
                    }
                    self.counters.groups.fetch_add(size, Ordering::Relaxed);
                }
            }
            self.counters.commands.fetch_add(size, Ordering::Relaxed);
        }
    }

    /// Several commands in one transaction. A command alone is played again if need be.
    fn together(&mut self, group: &mut [Box<dyn Write>]) -> Shared {
        if let [only] = group {
            return Shared::Ended(self.commit(only.as_mut()));
        }
        self.session.interruption = None;
        let Some(events) = self.run_all(group) else {
            self.session.abandon();
            return Shared::Undone;
        };
        match self.session.commit() {
            Ok(()) => {
                self.count();
                self.counters.wrote(Ok(()));
                self.nudge(events);
                Shared::Ended(Ok(()))
            }
            // Nobody knows whether it was kept, unless its end was never sent.
            Err(error @ Error::Unavailable(_)) if self.session.interruption.is_none() => {
                self.session.abandon();
                Shared::Ended(Err(error))
            }
            Err(_) => {
                self.session.abandon();
                Shared::Undone
            }
        }
    }

    /// How many events they have appended, if all of them may be kept.
    fn run_all(&mut self, group: &mut [Box<dyn Write>]) -> Option<u64> {
        self.session.begin("BEGIN").ok()?;
        let conversations = group.iter().filter_map(|job| job.conversation());
        self.session.share(conversations);
        let (mut events, mut raised) = (0, false);
        for job in group {
            if let Some(conversation) = job.conversation() {
                self.session.give_turn_to(conversation);
            }
            let mut tx = Tx::new(Conn::Postgres(&mut self.session), &mut self.ids, raised);
            let ran = job.run(&mut tx);
            raised = tx.raised;
            match ran {
                Ok(Ran::Done | Ran::Declined) => events += tx.appended(),
                Ok(Ran::Undo) | Err(_) => return None,
            }
        }
        Some(events)
    }

    fn count(&mut self) {
        let asked = self.session.take_asked();
        self.counters.asked(asked.statements, asked.waits);
    }

    fn nudge(&self, events: u64) {
        if events > 0 {
            // A full channel means that the sequencer has been nudged already.
            let _full = self.nudge.try_send(());
        }
    }

    fn commit(&mut self, job: &mut dyn Write) -> Result<(), Error> {
        let mut last = Error::Busy;
        for _ in 0..ROUNDS {
            self.session.interruption = None;
            let ran = self.attempt(job);
            match ran {
                Ok(events) => {
                    self.nudge(events);
                    return Ok(());
                }
                Err(error) => {
                    let interruption = self.session.take_interruption();
                    self.session.abandon();
                    last = error;
                    if interruption.is_none() {
                        break;
                    }
                }
            }
        }
        if matches!(last, Error::Full | Error::ReadOnly(_)) {
            self.counters.wrote(Err(&last));
        } else if matches!(last, Error::Unavailable(_)) {
            // The one who listens says it once, for all.
            tracing::debug!(error = %last, "a command was not committed");
        } else if !matches!(last, Error::Panicked(_)) {
            tracing::warn!(error = %last, "a command was not committed");
        }
        Err(last)
    }

    fn attempt(&mut self, job: &mut dyn Write) -> Result<u64, Error> {
        self.session.begin("BEGIN")?;
        let mut tx = Tx::new(Conn::Postgres(&mut self.session), &mut self.ids, false);
        let ran = job.run(&mut tx)?;
        let (events, writes) = (tx.appended(), tx.writes());
        match ran {
            Ran::Done => {
                let committed = self.session.commit();
                self.count();
                if committed.is_ok() && writes > 0 {
                    self.counters.wrote(Ok(()));
                }
                committed.map(|()| events)
            }
            Ran::Declined | Ran::Undo => {
                self.session.abandon();
                Ok(0)
            }
        }
    }
}

/// Adds to a command of one conversation its share of those that wait. All groups go through their conversations in
/// the same order, so that none holds what another waits for. Answers what was taken and cannot go with them.
fn gather(
    group: &mut Vec<Box<dyn Write>>,
    queue: &Receiver<Box<dyn Write>>,
) -> Option<Box<dyn Write>> {
    if group.iter().any(|job| job.conversation().is_none()) {
        return None;
    }
    let share = (queue.len() / WRITERS_AT_WORK).min(MOST_TOGETHER - 1);
    let mut held = None;
    for job in queue.try_iter().take(share) {
        if job.conversation().is_none() {
            held = Some(job);
            break;
        }
        group.push(job);
    }
    // What is said in one conversation stays in its order.
    group.sort_by(|one, other| one.conversation().cmp(&other.conversation()));
    held
}

fn read_loop(
    session: &mut Session,
    queue: &Receiver<Box<dyn Read>>,
    closing: &Receiver<()>,
    counters: &Counters,
) {
    let mut next = None;
    while session.may_take_work(closing)
        && let Some(job) = next.take().or_else(|| queue.recv().ok())
    {
        next = look_in_turn(session, job, queue, counters);
        // Those who asked have their answers.
        session.flush();
    }
}

/// Looks for this one, and at the same moment for those that have waited since before it. Answers what was taken and
/// has come later: it has to see what was true then.
fn look_in_turn(
    session: &mut Session,
    first: Box<dyn Read>,
    queue: &Receiver<Box<dyn Read>>,
    counters: &Counters,
) -> Option<Box<dyn Read>> {
    let moment = Instant::now();
    let mut began = begin_look(session);
    let mut next = Some(first);
    let mut looks = 0;
    while let Some(mut job) = next.take() {
        let mut looked = began.and_then(|()| look(session, job.as_mut(), counters));
        // A connection that broke while it was idle says so only now, and a revision that has moved.
        for _ in 1..ROUNDS {
            if looked.is_ok() || session.take_interruption().is_none() {
                break;
            }
            session.abandon();
            looked = begin_look(session).and_then(|()| look(session, job.as_mut(), counters));
        }
        if looked.is_err() {
            session.abandon();
            job.settle(looked);
            return None;
        }
        job.settle(looked);
        began = Ok(());
        looks += 1;
        next = queue.try_recv().ok();
        if looks == MOST_TOGETHER || next.as_ref().is_some_and(|job| job.since() >= moment) {
            break;
        }
    }
    // What was read is true, whatever becomes of the end.
    if session.end_look().is_err() {
        session.abandon();
    }
    next
}

fn begin_look(session: &mut Session) -> Result<(), Error> {
    session.begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
}

fn look(session: &mut Session, job: &mut dyn Read, counters: &Counters) -> Result<(), Error> {
    let mut view = View::new(Conn::Postgres(session));
    job.run(&mut view)?;
    session.see_revisions()?;
    let asked = session.take_asked();
    counters.asked(asked.statements, asked.waits);
    Ok(())
}

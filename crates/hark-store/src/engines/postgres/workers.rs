use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;

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

impl Writer {
    fn run(&mut self, queue: &Receiver<Box<dyn Write>>, closing: &Receiver<()>) {
        while self.session.may_take_work(closing)
            && let Ok(mut job) = queue.recv()
        {
            let committed = self.commit(job.as_mut());
            job.settle(committed);
            self.counters.commands.fetch_add(1, Ordering::Relaxed);
            self.counters.groups.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn commit(&mut self, job: &mut dyn Write) -> Result<(), Error> {
        let mut last = Error::Busy;
        for _ in 0..ROUNDS {
            self.session.interruption = None;
            let ran = self.attempt(job);
            match ran {
                Ok(events) => {
                    if events > 0 {
                        // A full channel means that the sequencer has been nudged already.
                        let _full = self.nudge.try_send(());
                    }
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
        let (events, writes, statements) = (tx.appended(), tx.writes(), tx.statements);
        match ran {
            Ran::Done => {
                let committed = self.session.commit();
                self.counters.asked(statements, self.session.take_waits());
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

fn read_loop(
    session: &mut Session,
    queue: &Receiver<Box<dyn Read>>,
    closing: &Receiver<()>,
    counters: &Counters,
) {
    while session.may_take_work(closing)
        && let Ok(mut job) = queue.recv()
    {
        let mut looked = look(session, job.as_mut(), counters);
        // A connection that broke while it was idle says so only now, and a revision that has moved.
        for _ in 1..ROUNDS {
            if looked.is_ok() || session.take_interruption().is_none() {
                break;
            }
            session.abandon();
            looked = look(session, job.as_mut(), counters);
        }
        if looked.is_err() {
            session.abandon();
        }
        job.settle(looked);
        // Whoever asked has their answer.
        session.flush();
    }
}

fn look(session: &mut Session, job: &mut dyn Read, counters: &Counters) -> Result<(), Error> {
    session.begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?;
    let mut view = View::new(Conn::Postgres(session));
    job.run(&mut view)?;
    let statements = view.statements;
    session.see_revisions()?;
    counters.asked(statements, session.take_waits());
    // What was read is true, whatever becomes of the end.
    session.send_text("COMMIT")
}

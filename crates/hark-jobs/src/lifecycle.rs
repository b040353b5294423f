use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use hark_store::{Clock, Ids, Store};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout_at};

use crate::board::{Board, Report};
use crate::leaps::Leaps;
use crate::lease::{Holding, Lease, Leases, Watched};
use crate::{AnyWork, Ending, Job, JobError, Rest, Turn, Work};

/// Before what broke off starts again: at first, and at most. A node that says nothing about its
/// connections for longer is taken for dead.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(20);
/// What was well for so long breaks off for another reason than before.
const GOOD_WHILE: Duration = Duration::from_secs(300);
/// A turn that has gone on for so long is well.
const SETTLED: Duration = Duration::from_secs(5);

/// The jobs of a server, until they are asked to end. Dropped, they are cut off where they are, as if
/// the process had died.
pub struct Running(Vec<RunningJob>);

struct RunningJob {
    name: &'static str,
    ending: Ending,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

/// Starts them all.
pub fn start(jobs: Vec<Job>, store: &Store, board: &Board) -> Running {
    start_on(
        jobs,
        &(Arc::new(store.clone()) as Arc<dyn Leases>),
        store.clock(),
        board,
    )
}

fn start_on(jobs: Vec<Job>, leases: &Arc<dyn Leases>, clock: &Clock, board: &Board) -> Running {
    // A process that held a lease of this folder before is dead, and need not be waited for.
    let owner = if leases.are_all_ours() {
        "this folder".to_owned()
    } else {
        Ids::from_system().id17()
    };
    let (owner, leaps): (Arc<str>, _) = (owner.into(), Arc::new(Leaps::new(clock)));
    let start = |job: Job| {
        let (stop, stopping) = watch::channel(false);
        let lease = job.lease.map(|held| Lease {
            name: job.name,
            owner: Arc::clone(&owner),
            held,
            asked: Arc::default(),
            leases: Arc::clone(leases),
        });
        let turn = Turn {
            owner: Arc::clone(&owner),
            holding: lease.as_ref().map(Holding::of).unwrap_or_default(),
            leaps: Arc::clone(&leaps),
            stopping: stopping.clone(),
        };
        let report = board.add(job.name, job.serves_connections);
        RunningJob {
            name: job.name,
            ending: job.ending,
            stop,
            task: tokio::spawn(live(Life {
                job,
                lease,
                turn,
                report,
                stopping,
            })),
        }
    };
    Running(jobs.into_iter().map(start).collect())
}

impl Drop for RunningJob {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Running {
    /// Tells those that end in this way to do so.
    pub fn end(&self, ending: Ending) {
        for job in self.0.iter().filter(|job| job.ending == ending) {
            job.stop.send_replace(true);
        }
    }

    /// Waits for all of them, which were asked to end, and cuts off what takes longer.
    pub async fn ended(self, until: Instant) {
        for mut job in self.0 {
            if timeout_at(until, &mut job.task).await.is_err() {
                tracing::warn!(
                    job = job.name,
                    "a job did not end in time; what it was at is done again after the next start"
                );
            }
        }
    }
}

struct Life {
    job: Job,
    lease: Option<Lease>,
    turn: Turn,
    report: Report,
    stopping: watch::Receiver<bool>,
}

/// How a life has ended.
enum End {
    Stopped,
    LostLease(String),
    Broken(String),
}

async fn live(life: Life) {
    let mut pause = FIRST_PAUSE;
    loop {
        let began = Instant::now();
        let end = AssertUnwindSafe(life.once()).catch_unwind().await;
        let why = match end {
            Ok(End::Stopped) => break,
            Ok(End::LostLease(why)) => {
                tracing::warn!(job = life.job.name, why, "a job pauses at this node");
                life.report.elsewhere();
                continue;
            }
            Ok(End::Broken(why)) => why,
            Err(panic) => format!("it panicked: {}", message(panic.as_ref())),
        };
        if began.elapsed() >= GOOD_WHILE {
            pause = FIRST_PAUSE;
        }
        life.report.broke_off(&why, pause);
        // Another node may have more luck.
        life.release().await;
        if life.stops_within(pause).await {
            return;
        }
        pause = (2 * pause).min(LONGEST_PAUSE);
    }
    life.release().await;
}

/// What a panic said.
fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("without a word")
}

impl Life {
    async fn stopped(&self) {
        // The sender lives as long as the server.
        let mut stopping = self.stopping.clone();
        let _gone = stopping.wait_for(|stopping| *stopping).await;
    }

    /// Whether it is asked to stop before so long.
    async fn stops_within(&self, pause: Duration) -> bool {
        tokio::select! {
            biased;
            () = self.stopped() => true,
            () = sleep(pause) => false,
        }
    }

    async fn release(&self) {
        if let Some(lease) = &self.lease {
            lease.release().await;
        }
    }

    /// From the lease to the moment in which it is lost, something breaks, or it is asked to stop.
    async fn once(&self) -> End {
        let asked = tokio::select! {
            biased;
            () = self.stopped() => return End::Stopped,
            asked = self.take_lease() => asked,
        };
        let lost = async {
            match &self.lease {
                Some(lease) => lease.keep(asked).await,
                None => std::future::pending().await,
            }
        };
        self.report.begins();
        let mut work = (self.job.begin)();
        tokio::select! {
            biased;
            () = self.stopped(), if self.job.ending != Ending::Finished => End::Stopped,
            why = lost => End::LostLease(why),
            end = self.work(&mut work) => end,
        }
    }

    /// Waits for it. Answers when it was asked for.
    async fn take_lease(&self) -> Instant {
        let mut watched = Watched::default();
        loop {
            let asked = Instant::now();
            let Some(lease) = &self.lease else {
                return asked;
            };
            match lease.take(&mut watched).await {
                Ok(true) => {
                    *lease.asked.lock() = Some(asked);
                    return asked;
                }
                Ok(false) => self.report.elsewhere(),
                Err(error) => self.report.failing(&format!("its lease: {error}")),
            }
            sleep(lease.rhythm()).await;
        }
    }

    async fn work(&self, work: &mut AnyWork) -> End {
        loop {
            let rest = match self.turn(work).await {
                Ok(Rest::For(rest)) => rest,
                Ok(Rest::Ended) if self.turn.is_stopping() => return End::Stopped,
                Ok(Rest::Ended) => {
                    return End::Broken("it ended, and nobody had told it to".into());
                }
                Err(JobError::Broken(why)) => return End::Broken(why),
                Err(JobError::Passing(why)) => {
                    self.report.failing(&why);
                    if self.stops_within(self.job.retry).await {
                        return End::Stopped;
                    }
                    continue;
                }
            };
            self.report.succeeded();
            tokio::select! {
                biased;
                () = self.stopped() => return End::Stopped,
                () = work.woken() => {}
                () = sleep(rest) => {}
            }
        }
    }

    async fn turn(&self, work: &mut AnyWork) -> Result<Rest, JobError> {
        let mut turn = pin!(work.turn(&self.turn));
        tokio::select! {
            biased;
            rest = &mut turn => return rest,
            () = sleep(SETTLED) => self.report.goes_on(),
        }
        turn.await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

    use futures_util::future::BoxFuture;
    use hark_store::lease::Taken;
    use hark_store::{Error, Timestamp};

    use super::*;
    use crate::State;

    const MINUTE: Duration = Duration::from_secs(60);

    /// One lease, and whether the database answers.
    #[derive(Default)]
    struct Table {
        holder: Mutex<Option<(String, Timestamp)>>,
        is_away: AtomicBool,
    }

    impl Table {
        fn holder(&self) -> Option<String> {
            let holder = self.holder.lock().unwrap();
            holder.as_ref().map(|(owner, _)| owner.clone())
        }

        fn give(&self, owner: &str, until: i64) {
            *self.holder.lock().unwrap() = Some((owner.into(), Timestamp::from_millis(until)));
        }
    }

    impl Leases for Table {
        fn take<'a>(
            &'a self,
            lease: &'a Lease,
            abandoned: Option<Timestamp>,
        ) -> BoxFuture<'a, Result<Taken, Error>> {
            let mut holder = self.holder.lock().unwrap();
            let taken = match &*holder {
                _ if self.is_away.load(Ordering::SeqCst) => {
                    Err(Error::Unavailable("it is away".into()))
                }
                Some((owner, until)) if **owner != *lease.owner && abandoned != Some(*until) => {
                    Ok(Taken::Until(*until))
                }
                _ => {
                    *holder = Some((lease.owner.to_string(), Timestamp::from_millis(1)));
                    Ok(Taken::Mine)
                }
            };
            std::future::ready(taken).boxed()
        }

        fn give_up<'a>(&'a self, lease: &'a Lease) -> BoxFuture<'a, Result<(), Error>> {
            let holder = &mut *self.holder.lock().unwrap();
            holder.take_if(|(owner, _)| **owner == *lease.owner);
            std::future::ready(Ok(())).boxed()
        }

        fn are_all_ours(&self) -> bool {
            false
        }
    }

    /// What the next turns do, and what they have done.
    #[derive(Default)]
    struct Script {
        turns: AtomicUsize,
        dropped: AtomicUsize,
        how: Mutex<How>,
    }

    #[derive(Clone, Default)]
    enum How {
        #[default]
        Well,
        Panics,
        Ends,
        Fails(JobError),
        /// Until it is asked to stop, and then a little longer.
        GoesOn,
    }

    #[derive(Clone)]
    struct Actor(Arc<Script>);

    struct CountsDrop(Arc<Script>);

    impl Drop for CountsDrop {
        fn drop(&mut self) {
            self.0.dropped.fetch_add(1, Ordering::SeqCst);
        }
    }

    impl Work for Actor {
        async fn turn(&mut self, turn: &Turn) -> Result<Rest, JobError> {
            self.0.turns.fetch_add(1, Ordering::SeqCst);
            let how = self.0.how.lock().unwrap().clone();
            match how {
                How::Well => Ok(Rest::For(MINUTE)),
                How::Panics => panic!("the script says so"),
                How::Ends => Ok(Rest::Ended),
                How::Fails(error) => Err(error),
                How::GoesOn => {
                    let _dropped = CountsDrop(Arc::clone(&self.0));
                    turn.stopping().wait_for(|stop| *stop).await.unwrap();
                    sleep(Duration::from_secs(2)).await;
                    self.0.turns.fetch_add(100, Ordering::SeqCst);
                    Ok(Rest::Ended)
                }
            }
        }
    }

    struct Stage {
        script: Arc<Script>,
        table: Arc<Table>,
        board: Board,
    }

    impl Stage {
        fn new(how: How) -> Self {
            let script = Script {
                how: Mutex::new(how),
                ..Script::default()
            };
            Self {
                script: Arc::new(script),
                table: Arc::default(),
                board: Board::default(),
            }
        }

        fn start(&self, change: impl Fn(Job) -> Job) -> Running {
            let job = Job::new("actor", Actor(Arc::clone(&self.script)));
            let leases: Arc<dyn Leases> = Arc::clone(&self.table) as _;
            start_on(vec![change(job)], &leases, &Clock::system(), &self.board)
        }

        fn now(&self, how: How) {
            *self.script.how.lock().unwrap() = how;
        }

        fn turns(&self) -> usize {
            self.script.turns.load(Ordering::SeqCst)
        }

        fn state(&self) -> State {
            self.board.jobs()[0].state.clone()
        }

        fn why(&self) -> String {
            match self.state() {
                State::Failing { why, .. } => why,
                other => panic!("{other:?}"),
            }
        }
    }

    async fn pass(seconds: u64) {
        sleep(Duration::from_secs(seconds) + Duration::from_millis(1)).await;
    }

    async fn stop(running: Running, within: u64) {
        for ending in [Ending::First, Ending::AtOnce, Ending::Finished] {
            running.end(ending);
        }
        running
            .ended(Instant::now() + Duration::from_secs(within))
            .await;
    }

    #[tokio::test(start_paused = true)]
    async fn turns_follow_the_rhythm() {
        let stage = Stage::new(How::Well);
        let running = stage.start(|job| job);
        pass(0).await;
        assert_eq!(stage.turns(), 1);
        pass(59).await;
        assert_eq!(stage.turns(), 1);
        pass(1).await;
        assert_eq!(stage.turns(), 2);
        let succeeded = stage.board.jobs()[0].succeeded.unwrap();
        assert!(succeeded < Duration::from_secs(1), "{succeeded:?}");
        stop(running, 1).await;
        pass(600).await;
        assert_eq!(stage.turns(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn what_breaks_off_starts_again_after_pauses_that_grow() {
        for (how, said) in [
            (How::Panics, "it panicked: the script says so"),
            (How::Ends, "it ended, and nobody had told it to"),
            (How::Fails(JobError::Broken("no".into())), "no"),
        ] {
            let stage = Stage::new(how.clone());
            let running = stage.start(Job::serves_connections);
            let mut restarts = 0;
            for pause in [1, 2, 4, 8, 16, 20, 20] {
                pass(0).await;
                restarts += 1;
                let status = stage.board.jobs()[0].clone();
                assert_eq!(
                    (stage.turns(), status.restarts),
                    (restarts, restarts as u64)
                );
                assert_eq!(stage.why(), said);
                pass(pause - 1).await;
                assert_eq!(stage.turns(), restarts);
                pass(1).await;
            }
            // For more than a minute.
            assert!(stage.board.jobs()[0].is_unready());
            stage.now(How::Well);
            pass(20).await;
            assert_eq!(stage.state(), State::Working);
            assert!(!stage.board.jobs()[0].is_unready());
            pass(300).await;
            stage.now(how);
            pass(60).await;
            let before = stage.turns();
            pass(1).await;
            assert_eq!(stage.turns(), before + 1, "the pause is short again");
            stop(running, 1).await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_passes_is_tried_again_in_the_rhythm_of_the_job() {
        let stage = Stage::new(How::Fails(JobError::Passing("busy".into())));
        let running = stage.start(|job| job.retries_after(Duration::from_secs(3)));
        pass(30).await;
        assert_eq!((stage.turns(), stage.why()), (11, "busy".to_owned()));
        let status = &stage.board.jobs()[0];
        assert_eq!((status.restarts, status.succeeded), (0, None));
        stage.now(How::Well);
        pass(3).await;
        assert_eq!(stage.state(), State::Working);
        stop(running, 1).await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_turn_is_dropped_at_the_end_or_has_time_to_finish() {
        for (ending, turns) in [
            (Ending::First, 1),
            (Ending::AtOnce, 1),
            (Ending::Finished, 101),
        ] {
            let stage = Stage::new(How::GoesOn);
            let running = stage.start(|job| job.ends(ending));
            pass(100).await;
            assert_eq!((stage.turns(), stage.state()), (1, State::Working));
            assert_eq!(stage.board.jobs()[0].succeeded, Some(Duration::ZERO));
            stop(running, 3).await;
            assert_eq!(stage.turns(), turns, "{ending:?}");
            assert_eq!(stage.script.dropped.load(Ordering::SeqCst), 1);
        }
        let stage = Stage::new(How::GoesOn);
        let running = stage.start(|job| job.ends(Ending::Finished));
        pass(1).await;
        // Less than it takes.
        stop(running, 1).await;
        pass(10).await;
        assert_eq!(stage.turns(), 1);
        assert_eq!(stage.script.dropped.load(Ordering::SeqCst), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_long_turn_that_breaks_off_again_and_again_is_not_well_in_between() {
        let stage = Stage::new(How::Panics);
        let running = stage.start(|job| job);
        pass(0).await;
        stage.now(How::GoesOn);
        pass(1).await;
        assert_eq!(stage.turns(), 2);
        assert!(matches!(stage.state(), State::Failing { .. }));
        pass(5).await;
        assert_eq!(stage.state(), State::Working);
        stop(running, 3).await;
    }

    const HELD: Duration = Duration::from_secs(6);

    #[tokio::test(start_paused = true)]
    async fn a_lease_is_taken_kept_and_handed_over() {
        let stage = Stage::new(How::Well);
        stage.table.give("other", 1000);
        let running = stage.start(|job| job.on_one_node(HELD));
        pass(5).await;
        assert_eq!((stage.turns(), stage.state()), (0, State::Elsewhere));
        // The other renews it.
        stage.table.give("other", 2000);
        pass(5).await;
        assert_eq!((stage.turns(), stage.state()), (0, State::Elsewhere));
        // No longer, and its clock may say what it wants.
        pass(5).await;
        assert_eq!((stage.turns(), stage.state()), (1, State::Working));
        assert_ne!(stage.table.holder().unwrap(), "other");
        stop(running, 1).await;
        assert_eq!(stage.table.holder(), None);
    }

    #[tokio::test(start_paused = true)]
    async fn what_breaks_off_leaves_its_lease_to_others() {
        let stage = Stage::new(How::Panics);
        let running = stage.start(|job| job.on_one_node(HELD));
        pass(0).await;
        assert_eq!((stage.turns(), stage.table.holder()), (1, None));
        stage.table.give("other", 1000);
        pass(5).await;
        assert_eq!((stage.turns(), stage.state()), (1, State::Elsewhere));
        assert_eq!(stage.table.holder().unwrap(), "other");
        stop(running, 1).await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_turn_is_dropped_when_the_lease_is_lost() {
        let stage = Stage::new(How::GoesOn);
        let running = stage.start(|job| job.on_one_node(HELD).ends(Ending::Finished));
        pass(30).await;
        assert_eq!((stage.turns(), stage.state()), (1, State::Working));
        stage.table.give("other", 1000);
        pass(2).await;
        assert_eq!(stage.script.dropped.load(Ordering::SeqCst), 1);
        assert_eq!(stage.state(), State::Elsewhere);
        pass(10).await;
        assert_eq!((stage.turns(), stage.state()), (2, State::Working));
        // A lease that nobody could take yet, and that may be another's in a second.
        stage.table.is_away.store(true, Ordering::SeqCst);
        pass(6).await;
        assert_eq!(stage.script.dropped.load(Ordering::SeqCst), 2);
        assert_eq!(
            stage.why(),
            "its lease: the database cannot be reached: it is away"
        );
        stage.table.is_away.store(false, Ordering::SeqCst);
        pass(10).await;
        assert_eq!((stage.turns(), stage.state()), (3, State::Working));
        stop(running, 3).await;
        assert_eq!(stage.table.holder(), None);
    }
}

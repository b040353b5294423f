use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek, Write as _};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::{Sender, TrySendError, bounded};
use tokio::sync::{broadcast, oneshot, watch};

use crate::bus::Bus;
use crate::engines::{self, Counters, Work};
use crate::job::{Job, Read, Write};
use crate::{Clock, Error, Ids, Locked, OpenError, Position, Tx, View, postgres};

/// Commands and queries that may wait at once. Beyond that the caller hears [`Error::Busy`]:
/// memory stays bounded and the edge says 503.
const WAITING: usize = 8_192;

/// How long a caller waits: an engine that accepts the connection and then never answers must not
/// keep callers for ever. (The runtime that waits needs its timer.)
const PATIENCE: Duration = Duration::from_secs(15);

#[derive(Clone, Debug)]
pub enum Engine {
    /// The embedded database in the data folder.
    Sqlite,
    /// A `postgres://` URL.
    Postgres(String),
}

#[derive(Clone, Debug)]
pub struct Options {
    pub engine: Engine,
    /// The data folder: the embedded database, keys, uploads.
    pub folder: PathBuf,
    pub clock: Clock,
    /// Seeds the ids, for tests that repeat a run.
    pub seed: Option<u64>,
    /// Threads that read, and with PostgreSQL threads that write.
    pub readers: usize,
    pub writers: usize,
    /// A server holds the folder alone, and brings the schema up to date; `hark admin` works beside
    /// one, and leaves the schema as it is.
    pub alone: bool,
}

impl Options {
    pub fn new(engine: Engine, folder: impl Into<PathBuf>) -> Self {
        Self {
            engine,
            folder: folder.into(),
            clock: Clock::system(),
            seed: None,
            readers: 4,
            writers: 16,
            alone: true,
        }
    }
}

/// A handle to the store; clones share it. The threads end when the last one is gone.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    queues: Locked<Option<Queues>>,
    counters: Arc<Counters>,
    bus: Bus,
    clock: Clock,
    engine: &'static str,
    threads: Locked<Vec<JoinHandle<()>>>,
    lock: Option<File>,
}

struct Queues {
    writes: Sender<Box<dyn Write>>,
    reads: Sender<Box<dyn Read>>,
    /// Dropped with the others, which tells threads that wait for something else to end.
    _open: Sender<()>,
}

/// What the metrics show.
#[derive(Debug, Clone, Copy)]
pub struct Stats {
    pub commands: u64,
    pub groups: u64,
    pub statements: u64,
    /// How often PostgreSQL's answer was waited for.
    pub waits: u64,
    pub waiting_writes: usize,
    pub waiting_reads: usize,
    pub position: Position,
}

impl Store {
    /// Opens, locks and migrates. Blocks; call it before the async shell starts, or off it.
    pub fn open(options: &Options) -> Result<Self, OpenError> {
        prepare_folder(&options.folder)?;
        let lock = options
            .alone
            .then(|| lock_folder(&options.folder))
            .transpose()?;
        let (writes, write_queue) = bounded(WAITING);
        let (reads, read_queue) = bounded(WAITING);
        let (open, closing) = bounded(0);
        let (bus, ends) = Bus::new();
        let work = Work {
            writes: write_queue,
            reads: read_queue,
        };
        let counters = Arc::new(Counters::default());
        let now = options.clock.now();
        let mut seed = options.seed;
        let mut ids = || match &mut seed {
            Some(seed) => {
                *seed += 1;
                Ids::from_seed(*seed)
            }
            None => Ids::from_system(),
        };
        let (engine, threads) = match &options.engine {
            Engine::Sqlite => {
                let path = database_file(&options.folder);
                let threads = engines::sqlite::start(
                    &path,
                    options.readers,
                    ids(),
                    work,
                    &counters,
                    now,
                    options.alone,
                )?;
                ("sqlite", threads)
            }
            Engine::Postgres(url) => {
                let server = postgres::Server::new(url)?;
                let workers = engines::postgres::Workers {
                    writers: options.writers,
                    readers: options.readers,
                    migrates: options.alone,
                    bus: ends,
                };
                let threads = engines::postgres::start(
                    &server, &workers, &mut ids, &work, &closing, &counters, now,
                )?;
                ("postgres", threads)
            }
        };
        let queues = Queues {
            writes,
            reads,
            _open: open,
        };
        Ok(Self {
            inner: Arc::new(Inner {
                queues: Locked::new(Some(queues)),
                counters,
                bus,
                clock: options.clock.clone(),
                engine,
                threads: Locked::new(threads),
                lock,
            }),
        })
    }

    /// Runs a command and answers when it is durable. It may run more than once before that.
    pub async fn write<T, E>(
        &self,
        command: impl Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.change(None, command).await
    }

    /// A command that changes nothing but what belongs to one conversation, and locks nothing else. Those of
    /// several that wait may share a commit.
    pub async fn write_in<T, E>(
        &self,
        conversation: &str,
        command: impl Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.change(Some(conversation.to_owned()), command).await
    }

    async fn change<T, E>(
        &self,
        conversation: Option<String>,
        command: impl Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (job, outcome) = Job::new(conversation, command);
        self.enqueue(|queues| full(queues.writes.try_send(job)))?;
        awaited(outcome).await
    }

    /// Looks at one moment of the store.
    pub async fn read<T, E>(
        &self,
        query: impl Fn(&mut View<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (job, outcome) = Job::new(None, query);
        self.enqueue(|queues| full(queues.reads.try_send(job)))?;
        awaited(outcome).await
    }

    fn enqueue(&self, add: impl FnOnce(&Queues) -> Result<(), Error>) -> Result<(), Error> {
        self.inner
            .queues
            .lock()
            .as_ref()
            .map_or_else(|| Err(closed()), add)
    }

    /// Changes when the log has grown, for those who then look for something else than events.
    pub fn moved(&self) -> watch::Receiver<Position> {
        self.inner.counters.position.subscribe()
    }

    /// Sends a line to the other nodes, now or never: nobody keeps it, and what is too much is
    /// dropped.
    pub fn broadcast(&self, line: &str) {
        self.inner.bus.send(line);
    }

    /// The lines of other nodes from now on. A slow listener misses some.
    pub fn broadcasts(&self) -> broadcast::Receiver<Arc<str>> {
        self.inner.bus.subscribe()
    }

    pub fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    pub fn engine(&self) -> &'static str {
        self.inner.engine
    }

    /// Why nothing can be written, as the last write that was tried found it.
    pub fn refuses_writes(&self) -> Option<Error> {
        self.inner.counters.refusal.lock().clone()
    }

    pub fn stats(&self) -> Stats {
        let counters = &self.inner.counters;
        let queues = self.inner.queues.lock();
        let (waiting_writes, waiting_reads) = queues
            .as_ref()
            .map_or((0, 0), |queues| (queues.writes.len(), queues.reads.len()));
        Stats {
            commands: counters.commands.load(Ordering::Relaxed),
            groups: counters.groups.load(Ordering::Relaxed),
            statements: counters.statements.load(Ordering::Relaxed),
            waits: counters.waits.load(Ordering::Relaxed),
            waiting_writes,
            waiting_reads,
            position: *counters.position.borrow(),
        }
    }

    /// Takes no more work, finishes what was accepted, and waits for the threads. Blocks.
    pub fn close(&self) {
        drop(self.inner.queues.lock().take());
        let threads = std::mem::take(&mut *self.inner.threads.lock());
        for thread in threads {
            // A thread that panicked has logged it already, and has nothing left to close.
            drop(thread.join());
        }
        if let Some(lock) = &self.inner.lock {
            drop(lock.unlock());
        }
    }
}

/// The embedded database's file in a data folder.
pub(crate) fn database_file(folder: &Path) -> PathBuf {
    folder.join("hark.db")
}

fn full<T>(handed: Result<(), TrySendError<T>>) -> Result<(), Error> {
    handed.map_err(|error| match error {
        TrySendError::Full(_) => Error::Busy,
        TrySendError::Disconnected(_) => closed(),
    })
}

async fn awaited<T, E: From<Error>>(outcome: oneshot::Receiver<Result<T, E>>) -> Result<T, E> {
    match tokio::time::timeout(PATIENCE, outcome).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_)) => Err(closed().into()),
        Err(_) => {
            let seconds = PATIENCE.as_secs();
            let why = format!("it has not answered for {seconds} seconds");
            Err(Error::Unavailable(why).into())
        }
    }
}

fn closed() -> Error {
    Error::Unavailable("the store is closed".into())
}

fn prepare_folder(folder: &Path) -> Result<(), OpenError> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(|error| OpenError::Folder {
        path: folder.into(),
        why: error.to_string(),
    })
}

/// The operating system lets go of the lock when the process ends, however it ends.
pub(crate) fn lock_folder(folder: &Path) -> Result<File, OpenError> {
    let path = folder.join("hark.lock");
    let refuse = |error: std::io::Error| OpenError::Folder {
        path: folder.into(),
        why: format!(
            "it cannot be written ({error}); check its owner and mode and that its file system is not read-only"
        ),
    };
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&path)
        .map_err(refuse)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut pid = String::new();
            let known = file.read_to_string(&mut pid).is_ok() && !pid.trim().is_empty();
            return Err(OpenError::Locked {
                path: folder.into(),
                pid: known.then(|| pid.trim().to_owned()),
            });
        }
        Err(TryLockError::Error(error)) => return Err(refuse(error)),
    }
    let written = file
        .set_len(0)
        .and_then(|()| file.rewind())
        .and_then(|()| write!(file, "{}", std::process::id()));
    match written {
        Ok(()) => Ok(file),
        // The number is a courtesy; on a full disk the lock itself still holds.
        Err(error) if error.kind() == std::io::ErrorKind::StorageFull => Ok(file),
        Err(error) => Err(refuse(error)),
    }
}

//! One connection, moved by the thread that owns it, which waits only for answers that somebody reads.
//!
//! What is sent without a wait goes out together with the next statement that is waited for, and is
//! answered before it: the protocol answers in order. So a command waits as often as it reads, and once
//! for its end, however much it writes.

use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use postgres::types::ToSql;
use postgres::{Error, Row, Statement};
use tokio::runtime::Runtime;
use tokio::task::{JoinHandle, yield_now};
use tokio_postgres::Client;

use crate::Param;

/// So much is sent at most before its answers are waited for.
const MOST_SENT: usize = 128;
/// How long a goodbye may take.
const FAREWELL: Duration = Duration::from_secs(1);

/// An error, and the statement that it belongs to.
pub(super) type Failure = (&'static str, Error);
type Answer<T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>;

pub(super) struct Connection {
    runtime: Runtime,
    client: Arc<Client>,
    mover: JoinHandle<()>,
    /// In the order in which it was sent.
    unanswered: VecDeque<(&'static str, Answer<u64>)>,
    asked: Asks,
}

/// What was asked of a server.
#[derive(Clone, Copy, Default)]
pub(crate) struct Asks {
    pub(crate) statements: u64,
    /// How often an answer was waited for.
    pub(crate) waits: u64,
}

/// The rows of a statement that was sent, for later.
pub(super) struct Asked(&'static str, Answer<Vec<Row>>);

impl Connection {
    /// `moving`: what carries the bytes of this client.
    pub(super) fn new(
        runtime: Runtime,
        client: Client,
        moving: impl Future<Output = ()> + Send + 'static,
    ) -> Self {
        let mover = runtime.spawn(moving);
        Self {
            runtime,
            client: Arc::new(client),
            mover,
            unanswered: VecDeque::new(),
            asked: Asks::default(),
        }
    }

    pub(super) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Since this was called last. What begins and ends a transaction is waited for, and is no statement here.
    pub(super) fn take_asked(&mut self) -> Asks {
        std::mem::take(&mut self.asked)
    }

    pub(super) fn prepare(
        &mut self,
        name: &'static str,
        text: &'static str,
    ) -> Result<Statement, Failure> {
        let client = Arc::clone(&self.client);
        // A failure of what was sent before would otherwise seem to be this one's.
        self.wait_for(name, async move { client.prepare(text).await })
    }

    /// Several statements without parameters, whose answers nobody reads.
    pub(super) fn send_text(&mut self, text: &'static str) -> Result<(), Failure> {
        let client = Arc::clone(&self.client);
        self.send(
            text,
            async move { client.batch_execute(text).await.map(|()| 0) },
        )
    }

    /// A statement whose answer nobody reads.
    pub(super) fn send_statement(
        &mut self,
        name: &'static str,
        statement: Statement,
        params: &[Param<'_>],
    ) -> Result<(), Failure> {
        let params: Vec<Param<'static>> = params.iter().map(Param::kept).collect();
        self.send_with(name, statement, params)
    }

    /// The same over arrays, one for each parameter.
    pub(super) fn send_batch(
        &mut self,
        name: &'static str,
        statement: Statement,
        columns: Vec<Vec<Param<'static>>>,
    ) -> Result<(), Failure> {
        self.send_with(name, statement, columns)
    }

    fn send_with<P: ToSql + Send + Sync + 'static>(
        &mut self,
        name: &'static str,
        statement: Statement,
        params: Vec<P>,
    ) -> Result<(), Failure> {
        self.asked.statements += 1;
        let client = Arc::clone(&self.client);
        self.send(
            name,
            async move { client.execute_raw(&statement, params).await },
        )
    }

    /// Sends a statement, for rows that are read later, if at all.
    pub(super) fn ask(&self, name: &'static str, statement: Statement) -> Asked {
        let client = Arc::clone(&self.client);
        let mut answer: Answer<Vec<Row>> =
            Box::pin(async move { client.query(&statement, &[]).await });
        let early = begin(answer.as_mut());
        Asked(
            name,
            early.map_or(answer, |early| Box::pin(async { early })),
        )
    }

    /// How what was sent behind it went is not looked at.
    pub(super) fn rows_of(&mut self, Asked(name, mut answer): Asked) -> Result<Vec<Row>, Failure> {
        let rows = begin(answer.as_mut()).unwrap_or_else(|| {
            self.asked.waits += 1;
            self.runtime.block_on(answer)
        });
        rows.map_err(|error| (name, error))
    }

    pub(super) fn query(
        &mut self,
        name: &'static str,
        statement: &Statement,
        params: &[Param<'_>],
    ) -> Result<Vec<Row>, Failure> {
        self.asked.statements += 1;
        let client = Arc::clone(&self.client);
        self.wait_for(name, async move {
            client.query(statement, &borrowed(params)).await
        })
    }

    /// The same for each of these keys.
    pub(super) fn query_batch(
        &mut self,
        name: &'static str,
        statement: &Statement,
        keys: &[String],
    ) -> Result<Vec<Row>, Failure> {
        self.asked.statements += 1;
        let client = Arc::clone(&self.client);
        self.wait_for(name, async move { client.query(statement, &[&keys]).await })
    }

    /// Answers how many rows were changed.
    pub(super) fn execute(
        &mut self,
        name: &'static str,
        statement: &Statement,
        params: &[Param<'_>],
    ) -> Result<u64, Failure> {
        self.asked.statements += 1;
        let client = Arc::clone(&self.client);
        self.wait_for(name, async move {
            client.execute(statement, &borrowed(params)).await
        })
    }

    pub(super) fn text(&mut self, text: &'static str) -> Result<(), Failure> {
        let client = Arc::clone(&self.client);
        self.wait_for(text, async move { client.batch_execute(text).await })
    }

    pub(super) fn simple(
        &mut self,
        name: &'static str,
        text: &str,
    ) -> Result<Vec<postgres::SimpleQueryMessage>, Failure> {
        let client = Arc::clone(&self.client);
        self.wait_for(name, async move { client.simple_query(text).await })
    }

    /// What was sent leaves this machine now, though nobody waits for its answer.
    pub(super) fn flush(&self) {
        self.runtime.block_on(yield_now());
    }

    /// Nobody asks any more how the unanswered went.
    pub(super) fn forget(&mut self) {
        self.unanswered.clear();
    }

    /// Says goodbye, so that the server need not find out.
    pub(super) fn close(self) {
        drop((self.unanswered, self.client));
        let farewell = async { tokio::time::timeout(FAREWELL, self.mover).await };
        drop(self.runtime.block_on(farewell));
    }

    fn send(
        &mut self,
        name: &'static str,
        request: impl Future<Output = Result<u64, Error>> + Send + 'static,
    ) -> Result<(), Failure> {
        let mut answer: Answer<u64> = Box::pin(request);
        match begin(answer.as_mut()) {
            Some(early) => early.map(drop).map_err(|error| (name, error)),
            None => {
                self.unanswered.push_back((name, answer));
                if self.unanswered.len() < MOST_SENT {
                    return Ok(());
                }
                self.wait_for(name, async { Ok(()) })
            }
        }
    }

    /// Sends a request, and waits for the answers of all that was sent before, and for its own.
    fn wait_for<T>(
        &mut self,
        name: &'static str,
        request: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Failure> {
        self.asked.waits += 1;
        let unanswered = &mut self.unanswered;
        self.runtime.block_on(async {
            let mut request = pin!(request);
            let early = poll_fn(|cx| Poll::Ready(request.as_mut().poll(cx))).await;
            while let Some((name, answer)) = unanswered.front_mut() {
                let (name, answered) = (*name, answer.await);
                unanswered.pop_front();
                answered.map_err(|error| (name, error))?;
            }
            let answered = match early {
                Poll::Ready(early) => early,
                Poll::Pending => request.await,
            };
            answered.map_err(|error| (name, error))
        })
    }
}

/// The first poll writes a request into the client's queue; the answer is waited for by a later one, unless
/// it is there.
fn begin<T>(request: Pin<&mut (dyn Future<Output = T> + Send)>) -> Option<T> {
    match request.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(early) => Some(early),
        Poll::Pending => None,
    }
}

fn borrowed<'a>(params: &'a [Param<'a>]) -> Vec<&'a (dyn ToSql + Sync)> {
    params
        .iter()
        .map(|param| param as &(dyn ToSql + Sync))
        .collect()
}

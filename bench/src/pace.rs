//! Requests that come when they come, whether or not those before them have been answered.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::staffed::Desk;

/// A request, the moment at which it was due, and the one at which it was answered.
pub struct Asked {
    pub number: usize,
    pub due: Instant,
    pub answered: Instant,
}

/// So many requests, each at its moment, over kept connections. One that finds no connection free
/// waits for it.
pub fn at_a_pace(
    runtime: &Runtime,
    desk: &Desk,
    connections: usize,
    rate: f64,
    count: usize,
    request: impl Fn(usize) -> String + Send + Sync + 'static,
) -> Vec<Asked> {
    let request = Arc::new(request);
    let due = Arc::new(Semaphore::new(0));
    let next = Arc::new(AtomicUsize::new(0));
    let begin = Instant::now();
    let moment = move |number: usize| begin + Duration::from_secs_f64(number as f64 / rate);
    let mut tasks = JoinSet::new();
    for _ in 0..connections {
        let connect = desk.connect();
        let (due, next, request) = (Arc::clone(&due), Arc::clone(&next), Arc::clone(&request));
        let ask = async move {
            let mut connection = connect.await;
            let mut all = Vec::new();
            loop {
                due.acquire().await.unwrap().forget();
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= count {
                    return all;
                }
                connection.ask(&request(number)).await;
                all.push(Asked {
                    number,
                    due: moment(number),
                    answered: Instant::now(),
                });
            }
        };
        tasks.spawn_on(ask, runtime.handle());
    }
    // A thread of its own, because the runtime's timers know only whole milliseconds.
    let clock = std::thread::spawn(move || {
        for number in 0..count {
            std::thread::park_timeout(moment(number).saturating_duration_since(Instant::now()));
            due.add_permits(1);
        }
        // One more for each connection, which it takes for the end.
        due.add_permits(connections);
    });
    let all = runtime.block_on(tasks.join_all());
    clock.join().unwrap();
    all.into_iter().flatten().collect()
}

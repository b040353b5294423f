//! Seats, topics, and the queues in front of the sockets.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::mpsc;

/// Frames that wait for one who is slow to take them, and their bytes. Who has more waiting loses
/// his seat: he comes back and reads what he missed, and memory stays bounded.
const MOST_WAITING: usize = 512;
const MOST_WAITING_BYTES: usize = 1024 * 1024;

/// What can be listened to: an event of a stream, under the names that its clients know.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Topic {
    pub stream: &'static str,
    pub event: Arc<str>,
}

impl Topic {
    pub fn new(stream: &'static str, event: impl Into<Arc<str>>) -> Self {
        Self {
            stream,
            event: event.into(),
        }
    }
}

/// One who is connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SeatId(u64);

/// Someone who hears a topic, and by what right.
#[derive(Debug, Clone)]
pub struct Listener<P> {
    pub seat: SeatId,
    pub pass: P,
}

/// One frame, and whom it is for.
#[derive(Debug, Clone)]
pub struct Push {
    pub frame: Bytes,
    pub to: Vec<SeatId>,
}

/// Everybody who is connected to this process. `P` is what gives somebody the right to listen; it
/// is kept with each topic, so that it can be looked at again for each push.
pub struct Hub<P> {
    inner: Mutex<Inner<P>>,
}

struct Inner<P> {
    last: u64,
    queues: HashMap<SeatId, Queue>,
    topics: HashMap<Topic, BTreeMap<(SeatId, u64), P>>,
    /// How many topics of a stream somebody listens to.
    streams: HashMap<&'static str, usize>,
}

struct Queue {
    frames: mpsc::Sender<Bytes>,
    bytes: Arc<AtomicUsize>,
}

impl<P> Default for Hub<P> {
    fn default() -> Self {
        Self {
            inner: Mutex::new(Inner {
                last: 0,
                queues: HashMap::new(),
                topics: HashMap::new(),
                streams: HashMap::new(),
            }),
        }
    }
}

impl<P: Clone> Hub<P> {
    /// Somebody connects: what he can do here, and what comes to him.
    pub fn join(self: &Arc<Self>) -> (Seat<P>, Feed) {
        let (frames, waiting) = mpsc::channel(MOST_WAITING);
        let bytes = Arc::new(AtomicUsize::new(0));
        let mut inner = self.lock();
        inner.last += 1;
        let id = SeatId(inner.last);
        let queue = Queue {
            frames,
            bytes: Arc::clone(&bytes),
        };
        inner.queues.insert(id, queue);
        let seat = Seat {
            hub: Arc::clone(self),
            id,
            last: 0,
            topics: HashMap::new(),
        };
        (seat, Feed { waiting, bytes })
    }

    /// Whether anybody listens to anything of a stream.
    pub fn hears(&self, stream: &str) -> bool {
        self.lock().streams.contains_key(stream)
    }

    pub fn is_silent(&self) -> bool {
        self.lock().topics.is_empty()
    }

    pub fn seats(&self) -> usize {
        self.lock().queues.len()
    }

    pub fn listeners(&self, topic: &Topic) -> Vec<Listener<P>> {
        let inner = self.lock();
        let listeners = inner.topics.get(topic).into_iter().flatten();
        listeners
            .map(|((seat, _), pass)| Listener {
                seat: *seat,
                pass: pass.clone(),
            })
            .collect()
    }

    /// Puts a frame before those it is for, each of them once. Whoever cannot take it any more
    /// loses his seat.
    pub fn deliver(&self, push: &Push) {
        let mut inner = self.lock();
        let mut served = HashSet::with_capacity(push.to.len());
        for seat in &push.to {
            if !served.insert(*seat) {
                continue;
            }
            let is_slow = inner.queues.get(seat).is_some_and(|queue| {
                let size = push.frame.len();
                let before = queue.bytes.fetch_add(size, Ordering::Relaxed);
                before + size > MOST_WAITING_BYTES
                    || queue.frames.try_send(push.frame.clone()).is_err()
            });
            if is_slow {
                inner.queues.remove(seat);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner<P>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<P> Inner<P> {
    fn leave(&mut self, topic: &Topic, seat: SeatId, number: u64) {
        let Some(listeners) = self.topics.get_mut(topic) else {
            return;
        };
        listeners.remove(&(seat, number));
        if !listeners.is_empty() {
            return;
        }
        self.topics.remove(topic);
        if let Some(count) = self.streams.get_mut(topic.stream) {
            *count -= 1;
            if *count == 0 {
                self.streams.remove(topic.stream);
            }
        }
    }
}

/// The place of one who is connected. When it is dropped, he listens to nothing any more.
pub struct Seat<P: Clone> {
    hub: Arc<Hub<P>>,
    id: SeatId,
    last: u64,
    topics: HashMap<u64, Topic>,
}

impl<P: Clone> Seat<P> {
    pub const fn id(&self) -> SeatId {
        self.id
    }

    /// From now on he hears this. Answers the number by which he stops.
    pub fn listen(&mut self, topic: Topic, pass: P) -> u64 {
        self.last += 1;
        let mut inner = self.hub.lock();
        if !inner.topics.contains_key(&topic) {
            *inner.streams.entry(topic.stream).or_insert(0) += 1;
        }
        let listeners = inner.topics.entry(topic.clone()).or_default();
        listeners.insert((self.id, self.last), pass);
        self.topics.insert(self.last, topic);
        self.last
    }

    pub fn stop(&mut self, number: u64) {
        if let Some(topic) = self.topics.remove(&number) {
            self.hub.lock().leave(&topic, self.id, number);
        }
    }
}

impl<P: Clone> Drop for Seat<P> {
    fn drop(&mut self) {
        let mut inner = self.hub.lock();
        inner.queues.remove(&self.id);
        for (number, topic) in &self.topics {
            inner.leave(topic, self.id, *number);
        }
    }
}

/// What comes to one who is connected.
pub struct Feed {
    waiting: mpsc::Receiver<Bytes>,
    bytes: Arc<AtomicUsize>,
}

impl Feed {
    /// The next frame. Nothing: too much waited, and what comes after it is not kept for him.
    pub async fn next(&mut self) -> Option<Bytes> {
        let frame = self.waiting.recv().await?;
        self.bytes.fetch_sub(frame.len(), Ordering::Relaxed);
        Some(frame)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn topic(event: &str) -> Topic {
        Topic::new("words", event)
    }

    fn push(hub: &Hub<&'static str>, event: &str, frame: &[u8]) {
        let to = hub.listeners(&topic(event));
        hub.deliver(&Push {
            frame: Bytes::copy_from_slice(frame),
            to: to.into_iter().map(|listener| listener.seat).collect(),
        });
    }

    #[tokio::test]
    async fn each_hears_his_topics_once() {
        let hub = Arc::new(Hub::default());
        let (mut ann, mut to_ann) = hub.join();
        let (mut bob, mut to_bob) = hub.join();
        ann.listen(topic("a"), "ann");
        ann.listen(topic("a"), "ann again");
        bob.listen(topic("b"), "bob");
        push(&hub, "a", b"1");
        push(&hub, "b", b"2");
        push(&hub, "a", b"3");
        assert_eq!(to_ann.next().await.unwrap(), "1");
        assert_eq!(to_ann.next().await.unwrap(), "3");
        assert_eq!(to_bob.next().await.unwrap(), "2");
    }

    #[tokio::test]
    async fn nothing_is_left_of_those_who_go() {
        let hub: Arc<Hub<&str>> = Arc::new(Hub::default());
        let (mut ann, mut to_ann) = hub.join();
        let first = ann.listen(topic("a"), "");
        ann.listen(topic("b"), "");
        assert!(hub.hears("words"));
        ann.stop(first);
        assert!(hub.listeners(&topic("a")).is_empty());
        assert!(hub.hears("words"));
        drop(ann);
        assert!(hub.is_silent() && !hub.hears("words"));
        assert_eq!(hub.seats(), 0);
        assert_eq!(to_ann.next().await, None);
    }

    #[tokio::test]
    async fn a_slow_one_loses_his_seat_and_the_others_hear_on() {
        let hub = Arc::new(Hub::default());
        let (mut slow, mut to_slow) = hub.join();
        let (mut quick, mut to_quick) = hub.join();
        slow.listen(topic("a"), "");
        quick.listen(topic("a"), "");
        for number in 0..=MOST_WAITING {
            push(&hub, "a", number.to_string().as_bytes());
            assert_eq!(to_quick.next().await.unwrap(), number.to_string());
        }
        let mut got = 0;
        while to_slow.next().await.is_some() {
            got += 1;
        }
        assert_eq!((got, hub.seats()), (MOST_WAITING, 1));
    }

    #[tokio::test]
    async fn large_frames_fill_a_queue_sooner() {
        let hub = Arc::new(Hub::default());
        let (mut slow, mut to_slow) = hub.join();
        slow.listen(topic("a"), "");
        let large = vec![b'x'; MOST_WAITING_BYTES / 4];
        for _ in 0..4 {
            push(&hub, "a", &large);
        }
        assert_eq!(hub.seats(), 1);
        assert!(to_slow.next().await.is_some());
        push(&hub, "a", &large);
        assert_eq!(hub.seats(), 1, "what was taken makes room");
        push(&hub, "a", b"one too many");
        assert_eq!(hub.seats(), 0);
    }
}

//! Seats (one for each connection), topics, and the queues in front of the sockets.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::sync::Arc;

use bytes::Bytes;
use hark_store::Locked;
use tokio::sync::Notify;

/// Frames that wait for a slow connection, and their bytes. One that has more waiting loses its
/// seat: the client connects again and reads what it missed, and memory stays bounded.
pub const MOST_WAITING: usize = 512;
pub const MOST_WAITING_BYTES: usize = 1024 * 1024;

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

/// One connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SeatId(u64);

/// A connection that listens to a topic, and by what right.
#[derive(Debug, Clone)]
pub struct Listener<P> {
    pub seat: SeatId,
    pub pass: P,
}

/// One frame, and the connections that it is for.
#[derive(Debug, Clone)]
pub struct Push {
    pub frame: Bytes,
    pub to: Vec<SeatId>,
}

/// Everybody who is connected to this process. `P` is what gives somebody the right to listen; it
/// is kept with each topic, so that it can be checked again for each push.
pub struct Hub<P>(Locked<Inner<P>>);

struct Inner<P> {
    last: u64,
    queues: HashMap<SeatId, Arc<Queue>>,
    topics: HashMap<Topic, Listeners<P>>,
    /// How many topics of each stream somebody listens to.
    streams: HashMap<&'static str, usize>,
}

/// A seat, and the number under which it listens.
type Key = (SeatId, u64);

/// Most topics have one listener, for which a tree would be eleven times too large.
enum Listeners<P> {
    One(Key, P),
    Several(BTreeMap<Key, P>),
}

impl<P: Clone> Listeners<P> {
    fn add(&mut self, key: Key, pass: P) {
        match self {
            Self::One(first, its) => {
                let first = (*first, its.clone());
                *self = Self::Several([first, (key, pass)].into());
            }
            Self::Several(all) => {
                all.insert(key, pass);
            }
        }
    }

    /// The number under which a seat listens by the same right.
    fn number_of(&self, seat: SeatId, pass: &P) -> Option<u64>
    where
        P: PartialEq,
    {
        match self {
            Self::One((at, number), its) => (*at == seat && its == pass).then_some(*number),
            Self::Several(all) => {
                let mut own = all.range((seat, 0)..=(seat, u64::MAX));
                own.find(|(_, its)| *its == pass)
                    .map(|((_, number), _)| *number)
            }
        }
    }

    fn list(&self) -> Vec<Listener<P>> {
        let listener = |key: &Key, pass: &P| Listener {
            seat: key.0,
            pass: pass.clone(),
        };
        match self {
            Self::One(key, pass) => vec![listener(key, pass)],
            Self::Several(all) => all.iter().map(|(key, pass)| listener(key, pass)).collect(),
        }
    }
}

impl<P> Listeners<P> {
    /// Whether nobody is left.
    fn remove(&mut self, key: Key) -> bool {
        match self {
            Self::One(only, _) => *only == key,
            Self::Several(all) => {
                all.remove(&key);
                all.is_empty()
            }
        }
    }
}

/// What waits for one connection; it takes no memory while nothing waits.
#[derive(Default)]
struct Queue {
    waiting: Locked<Waiting>,
    news: Notify,
}

#[derive(Default)]
struct Waiting {
    frames: VecDeque<Bytes>,
    bytes: usize,
    is_over: bool,
}

impl Queue {
    /// False: there is no room for it.
    fn add(&self, frame: Bytes) -> bool {
        let mut waiting = self.waiting.lock();
        let bytes = waiting.bytes + frame.len();
        if waiting.frames.len() >= MOST_WAITING || bytes > MOST_WAITING_BYTES {
            return false;
        }
        waiting.bytes = bytes;
        waiting.frames.push_back(frame);
        drop(waiting);
        self.news.notify_one();
        true
    }

    fn end(&self) {
        self.waiting.lock().is_over = true;
        self.news.notify_one();
    }
}

impl<P> Default for Hub<P> {
    fn default() -> Self {
        Self(Locked::new(Inner {
            last: 0,
            queues: HashMap::new(),
            topics: HashMap::new(),
            streams: HashMap::new(),
        }))
    }
}

impl<P: Clone> Hub<P> {
    /// A new connection: with the seat it listens, and from the feed it is served.
    pub fn join(self: &Arc<Self>) -> (Seat<P>, Feed) {
        let queue = Arc::new(Queue::default());
        let mut inner = self.0.lock();
        inner.last += 1;
        let id = SeatId(inner.last);
        inner.queues.insert(id, Arc::clone(&queue));
        let seat = Seat {
            hub: Arc::clone(self),
            id,
            last: 0,
            topics: HashMap::new(),
        };
        (seat, Feed { queue })
    }

    /// Whether anybody listens to anything of a stream.
    pub fn hears(&self, stream: &str) -> bool {
        self.0.lock().streams.contains_key(stream)
    }

    /// Whether anybody listens to exactly this.
    pub fn is_heard(&self, topic: &Topic) -> bool {
        self.0.lock().topics.contains_key(topic)
    }

    pub fn is_silent(&self) -> bool {
        self.0.lock().topics.is_empty()
    }

    pub fn seats(&self) -> usize {
        self.0.lock().queues.len()
    }

    pub fn listeners(&self, topic: &Topic) -> Vec<Listener<P>> {
        let inner = self.0.lock();
        let listeners = inner.topics.get(topic);
        listeners.map(Listeners::list).unwrap_or_default()
    }

    /// Queues a frame for each connection that it is for, once. One whose queue is full loses its
    /// seat.
    pub fn deliver(&self, push: &Push) {
        let mut inner = self.0.lock();
        let mut served = HashSet::with_capacity(push.to.len());
        for seat in &push.to {
            if !served.insert(*seat) {
                continue;
            }
            let is_slow = |queue: &Arc<Queue>| !queue.add(push.frame.clone());
            if inner.queues.get(seat).is_some_and(is_slow) {
                inner.end(*seat);
            }
        }
    }
}

impl<P> Inner<P> {
    /// The feed still has what waits, and nothing after it.
    fn end(&mut self, seat: SeatId) {
        if let Some(queue) = self.queues.remove(&seat) {
            queue.end();
        }
    }

    fn leave(&mut self, topic: &Topic, seat: SeatId, number: u64) {
        let Some(listeners) = self.topics.get_mut(topic) else {
            return;
        };
        if !listeners.remove((seat, number)) {
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

/// What one connection listens to. Dropped, it listens to nothing any more.
pub struct Seat<P: Clone> {
    hub: Arc<Hub<P>>,
    id: SeatId,
    last: u64,
    topics: HashMap<u64, Heard>,
}

/// A topic, and how often it was asked for by the same right.
struct Heard {
    topic: Topic,
    times: usize,
}

impl<P: Clone> Seat<P> {
    pub const fn id(&self) -> SeatId {
        self.id
    }

    /// Listens to a topic from now on. Answers the number by which it stops.
    pub fn listen(&mut self, topic: Topic, pass: P) -> u64
    where
        P: PartialEq,
    {
        let mut inner = self.hub.0.lock();
        let known = inner.topics.get(&topic);
        if let Some(number) = known.and_then(|known| known.number_of(self.id, &pass))
            && let Some(heard) = self.topics.get_mut(&number)
        {
            heard.times += 1;
            return number;
        }
        self.last += 1;
        let key = (self.id, self.last);
        match inner.topics.entry(topic.clone()) {
            Entry::Occupied(mut listeners) => listeners.get_mut().add(key, pass),
            Entry::Vacant(nobody) => {
                nobody.insert(Listeners::One(key, pass));
                *inner.streams.entry(topic.stream).or_insert(0) += 1;
            }
        }
        self.topics.insert(self.last, Heard { topic, times: 1 });
        self.last
    }

    pub fn stop(&mut self, number: u64) {
        let Some(heard) = self.topics.get_mut(&number) else {
            return;
        };
        heard.times -= 1;
        if heard.times == 0
            && let Some(heard) = self.topics.remove(&number)
        {
            self.hub.0.lock().leave(&heard.topic, self.id, number);
        }
    }
}

impl<P: Clone> Drop for Seat<P> {
    fn drop(&mut self) {
        let mut inner = self.hub.0.lock();
        inner.end(self.id);
        for (number, heard) in &self.topics {
            inner.leave(&heard.topic, self.id, *number);
        }
    }
}

/// What is sent to one connection.
pub struct Feed {
    queue: Arc<Queue>,
}

impl Feed {
    /// The next frame. `None`: too much was waiting, and the connection has lost its seat.
    pub async fn next(&mut self) -> Option<Bytes> {
        loop {
            {
                let mut waiting = self.queue.waiting.lock();
                if let Some(frame) = waiting.frames.pop_front() {
                    waiting.bytes -= frame.len();
                    if waiting.frames.is_empty() {
                        waiting.frames = VecDeque::new();
                    }
                    return Some(frame);
                }
                if waiting.is_over {
                    return None;
                }
            }
            // A notification that comes between the check and here is remembered.
            self.queue.news.notified().await;
        }
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
    async fn each_hears_its_topics_once() {
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
    async fn what_is_asked_for_twice_ends_with_the_second() {
        let hub = Arc::new(Hub::default());
        let (mut ann, mut to_ann) = hub.join();
        let first = ann.listen(topic("a"), "ann");
        assert_eq!(ann.listen(topic("a"), "ann"), first);
        assert_ne!(ann.listen(topic("a"), "another right"), first);
        assert_eq!(hub.listeners(&topic("a")).len(), 2);
        ann.stop(first);
        assert_eq!(hub.listeners(&topic("a")).len(), 2);
        ann.stop(first);
        assert_eq!(hub.listeners(&topic("a"))[0].pass, "another right");
        push(&hub, "a", b"1");
        assert_eq!(to_ann.next().await.unwrap(), "1");
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
    async fn a_slow_one_loses_its_seat_and_the_others_hear_on() {
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

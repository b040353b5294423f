//! The engine against real stores and real sockets: order, retries, states, takeover, replay.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::world::World;
use hark_model::Actor;
use hark_store::{Clock, Timestamp};
use hark_testkit::{Engine, Received, Receiver, Reply, eventually, on_both_engines};
use hark_webhooks::deliveries::lists;
use hark_webhooks::endpoints::{self, State};
use hark_webhooks::{replays, retention};

const SOON: [u64; 12] = [20; 12];

fn id(received: &Received) -> String {
    received.header("webhook-id").unwrap().to_owned()
}

/// The conversation that a request is about, and the number there.
fn place(received: &Received) -> (String, i64) {
    let body: serde_json::Value = serde_json::from_slice(&received.body).unwrap();
    let conversation = body["data"]["conversation"]["id"].as_str().unwrap();
    let seq = received.header("hark-sequence").unwrap();
    (conversation.to_owned(), seq.parse().unwrap())
}

/// A chance that is the same in each run.
fn chance(seed: &AtomicU64) -> u64 {
    let next = |x: u64| {
        x.wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407)
    };
    let before = seed.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |x| Some(next(x)));
    before.unwrap() >> 33
}

/// In each conversation every event arrives, none before the one ahead of it has, and repeats are
/// what was sent before.
fn assert_in_order(received: &[(Received, bool)], conversations: usize, events: i64) {
    let mut arrived: BTreeMap<String, i64> = BTreeMap::new();
    let mut sent: HashMap<String, Vec<u8>> = HashMap::new();
    for (request, succeeded) in received {
        let (conversation, seq) = place(request);
        let last = arrived.entry(conversation.clone()).or_default();
        assert!(seq <= *last + 1, "{conversation}: {seq} after {last}");
        if *succeeded {
            *last = seq.max(*last);
        }
        let before = sent
            .entry(id(request))
            .or_insert_with(|| request.body.clone());
        assert_eq!(*before, request.body);
    }
    assert_eq!(arrived.len(), conversations);
    assert!(arrived.values().all(|last| *last == events), "{arrived:?}");
}

/// Answers with failures of all kinds; keeps what it answered.
struct Moody {
    receiver: Receiver,
    seen: Arc<std::sync::Mutex<Vec<(Received, bool)>>>,
}

impl Moody {
    fn open() -> Self {
        let seed = AtomicU64::new(7);
        let seen: Arc<std::sync::Mutex<Vec<(Received, bool)>>> = Arc::default();
        let kept = Arc::clone(&seen);
        let receiver = Receiver::answering(move |request| {
            let status = match chance(&seed) % 10 {
                0 => 500,
                1 => 302,
                2 => 404,
                _ => 200,
            };
            kept.lock().unwrap().push((request.clone(), status == 200));
            Reply::status(status)
        });
        Self { receiver, seen }
    }

    fn successes(&self) -> usize {
        let seen = self.seen.lock().unwrap();
        let ids: std::collections::BTreeSet<String> = seen
            .iter()
            .filter(|(_, succeeded)| *succeeded)
            .map(|(request, _)| id(request))
            .collect();
        ids.len()
    }

    fn wait(&self, deliveries: usize) -> Vec<(Received, bool)> {
        eventually(&format!("{deliveries} deliveries"), || {
            (self.successes() >= deliveries).then_some(())
        });
        self.seen.lock().unwrap().clone()
    }
}

on_both_engines! {
    fn each_conversation_arrives_whole_and_in_order_however_often_the_receiver_fails(engine: Engine) {
        let world = World::new(engine);
        let moody = Moody::open();
        world.endpoint("moody", &moody.receiver.url("/"), &SOON);
        let post = world.dispatch();
        for _ in 0..12 {
            for conversation in 0..10 {
                world.happens(&format!("c{conversation}"));
            }
        }
        let seen = moody.wait(120);
        world.stop(post);
        assert_in_order(&seen, 10, 12);
    }

    fn what_was_on_its_way_goes_on_after_a_crash_under_the_same_ids(engine: Engine) {
        let world = World::new(engine);
        let moody = Moody::open();
        world.endpoint("moody", &moody.receiver.url("/"), &SOON);
        let mut post = world.dispatch();
        for round in 0..8 {
            for conversation in 0..8 {
                world.happens(&format!("c{conversation}"));
            }
            if round % 4 == 3 {
                world.kill(post);
                post = world.dispatch();
            }
        }
        let seen = moody.wait(64);
        world.stop(post);
        assert_in_order(&seen, 8, 8);
    }

    fn an_endpoint_that_hangs_holds_up_nobody(engine: Engine) {
        let world = World::new(engine);
        let hanging = Receiver::answering(|_| Reply::silence());
        let good = Receiver::open();
        world.endpoint("hanging", &hanging.url("/"), &SOON);
        world.endpoint("good", &good.url("/"), &SOON);
        let post = world.dispatch();
        for number in 0..40 {
            world.happens(&format!("c{}", number % 20));
        }
        assert_eq!(good.wait(40).len(), 40);
        world.kill(post);
    }

    fn what_receivers_answer_is_kept_as_they_say_it(engine: Engine) {
        let said = "\"a\", 'b', \\u0000, \\, {\"c\": [null]}\u{1}\r\n\u{2028}\u{1F600}";
        let world = World::new(engine);
        let receiver = Receiver::answering(move |request| {
            let status = if request.header("hark-attempt") == Some("1") { 500 } else { 200 };
            Reply::status(status).header("X-Said", "\"d\\").body(said)
        });
        let number = world.endpoint("says", &receiver.url("/"), &SOON).number;
        let post = world.dispatch();
        for conversation in 0..5 {
            world.happens(&format!("c{conversation}"));
        }
        let kept = eventually("ten attempts", || {
            let kept = world.read(move |view| {
                let found = lists::page(view, &[number], &lists::Filter::default(), None, 10)?;
                let mut kept = Vec::new();
                for delivery in &found.deliveries {
                    kept.extend(lists::attempts(view, delivery)?);
                }
                Ok(kept)
            });
            (kept.len() == 10).then_some(kept)
        });
        for attempt in kept {
            assert_eq!(attempt.response.as_deref(), Some(said));
            assert!(attempt.response_headers.unwrap().contains("x-said: \"d\\"));
            assert_eq!(attempt.error.as_deref(), (attempt.number == 1).then_some("status"));
        }
        world.stop(post);
    }

    fn what_happens_while_an_endpoint_is_paused_is_sent_when_it_goes_on(engine: Engine) {
        let world = World::new(engine);
        let receiver = Receiver::open();
        world.endpoint("paused", &receiver.url("/"), &SOON);
        let post = world.dispatch();
        world.happens("c");
        receiver.wait(1);
        let now = world.store.clock().now();
        world.write(move |tx| endpoints::pause(tx, &Actor::System, now, "paused"));
        for _ in 0..5 {
            world.happens("c");
        }
        // Another endpoint shows that the log was read so far.
        let witness = Receiver::open();
        world.endpoint("witness", &witness.url("/"), &SOON);
        world.happens("c");
        witness.wait(1);
        assert_eq!(receiver.received().len(), 1);
        world.write(move |tx| endpoints::resume(tx, &Actor::System, now, "paused"));
        let received = receiver.wait(7);
        let order: Vec<i64> = received.iter().map(|request| place(request).1).collect();
        assert_eq!(order, [1, 2, 3, 4, 5, 6, 7]);
        world.stop(post);
    }

    fn an_endpoint_that_is_gone_is_disabled_and_loses_nothing(engine: Engine) {
        let world = World::new(engine);
        let receiver = Receiver::answering(|_| Reply::status(410));
        world.endpoint("gone", &receiver.url("/"), &SOON);
        let post = world.dispatch();
        for _ in 0..3 {
            world.happens("c");
        }
        let reason = eventually("the endpoint to be disabled", || {
            let endpoint = world.find("gone");
            (endpoint.state == State::Disabled).then_some(endpoint.reason)
        });
        assert!(reason.unwrap().contains("410"));
        receiver.answer(|_| Reply::status(200));
        let before = receiver.received().len();
        let now = world.store.clock().now();
        world.write(move |tx| endpoints::resume(tx, &Actor::System, now, "gone"));
        let received = receiver.wait(before + 3);
        let order: Vec<i64> = received[before..].iter().map(|request| place(request).1).collect();
        assert_eq!(order, [1, 2, 3]);
        world.stop(post);
    }

    fn what_is_given_up_lets_the_next_one_pass_and_can_be_replayed(engine: Engine) {
        let world = World::new(engine);
        let receiver = Receiver::answering(|request| match request.header("hark-sequence") {
            Some("2") => Reply::status(500),
            _ => Reply::status(200),
        });
        let endpoint = world.endpoint("picky", &receiver.url("/"), &[10, 10]);
        let post = world.dispatch();
        for _ in 0..3 {
            world.happens("c");
        }
        let received = receiver.wait(5);
        let order: Vec<i64> = received.iter().map(|request| place(request).1).collect();
        assert_eq!(order, [1, 2, 2, 2, 3]);
        let attempts: Vec<&str> = received.iter().filter_map(|request| request.header("hark-attempt")).collect();
        assert_eq!(attempts, ["1", "1", "2", "3", "1"]);
        receiver.answer(|_| Reply::status(200));
        let now = world.store.clock().now();
        let asked = endpoint.clone();
        let counted = world.read(move |view| Ok(replays::dry_run(view, &asked, 0, i64::MAX, true)?));
        assert_eq!((counted.events, counted.queued), (3, 1));
        let replay = world.write(move |tx| replays::start(tx, &Actor::System, now, &endpoint, 0, i64::MAX, true));
        let received = receiver.wait(6);
        assert_eq!(place(&received[5]).1, 2);
        assert_eq!(id(&received[5]), id(&received[1]));
        assert_eq!(received[5].body, received[1].body);
        assert_eq!(received[5].header("hark-attempt"), Some("4"));
        let ended = eventually("the replay to end", || {
            let id = replay.id.clone();
            let replay = world.read(move |view| replays::find(view, &id));
            (replay.state == replays::State::Done).then_some(replay)
        });
        assert_eq!((ended.events, ended.queued), (3, 1));
        world.stop(post);
    }

    fn a_replay_sends_what_happened_before_there_was_an_endpoint(engine: Engine) {
        let world = World::new(engine);
        for _ in 0..3 {
            world.happens("c");
        }
        let receiver = Receiver::open();
        let post = world.dispatch();
        let early = Receiver::open();
        world.endpoint("early", &early.url("/"), &SOON);
        world.happens("c");
        early.wait(1);
        let endpoint = world.endpoint("late", &receiver.url("/"), &SOON);
        world.happens("c");
        receiver.wait(1);
        let now = world.store.clock().now();
        world.write(move |tx| replays::start(tx, &Actor::System, now, &endpoint, 0, i64::MAX, false));
        // The fifth is sent again only if it is written already that it arrived.
        let received = receiver.wait(5);
        let mut order: Vec<i64> = received.iter().map(|request| place(request).1).collect();
        // On a busy machine an answer may come too late, and then there is a repeat.
        order.dedup();
        assert!([5, 1, 2, 3, 4, 5].starts_with(&order), "{order:?}");
        world.stop(post);
    }

    fn retries_come_in_time_when_the_clock_is_set_back_or_ahead(engine: Engine) {
        let clock = Clock::fixed(Timestamp::from_millis(1_800_000_000_000));
        let world = World::with_clock(engine, clock.clone());
        let moody = Moody::open();
        // Longer than it takes until the lease is renewed by the clock that was set back.
        world.endpoint("moody", &moody.receiver.url("/"), &[900; 12]);
        let post = world.dispatch();
        for (round, days) in [0, -30, 60, -1].into_iter().enumerate() {
            clock.advance(days * 86_400_000);
            for conversation in 0..6 {
                world.happens(&format!("c{conversation}"));
            }
            moody.wait((round + 1) * 6);
        }
        world.kill(post);
        assert_in_order(&moody.wait(24), 6, 4);
    }

    fn an_endpoint_that_took_nothing_for_days_is_disabled_and_comes_back_by_itself(engine: Engine) {
        let clock = Clock::fixed(Timestamp::from_millis(1_800_000_000_000));
        let world = World::with_clock(engine, clock.clone());
        let receiver = Receiver::answering(|_| Reply::status(500));
        let number = world.endpoint("weak", &receiver.url("/"), &[]).number;
        let post = world.dispatch();
        world.happens("a");
        eventually("the first to be given up", || {
            let stats = world.read(move |view| Ok(lists::stats(view, &[number])?));
            (stats[0].tally.given_up == 1).then_some(())
        });
        clock.advance(6 * 86_400_000);
        // Lanes sleep by another clock; a change of any endpoint has all of them look at this one.
        let other = Receiver::open();
        world.endpoint("other", &other.url("/"), &[]);
        world.happens("b");
        let reason = eventually("the endpoint to be disabled", || {
            let endpoint = world.find("weak");
            (endpoint.state == State::Disabled).then_some(endpoint.reason)
        });
        assert!(reason.unwrap().contains("nothing has arrived since"));
        for _ in 0..3 {
            world.happens("c");
        }
        receiver.answer(|_| Reply::status(200));
        // Whether it is back is tried after a quarter of an hour, with the first that waits.
        // Each time the lease has to be renewed by the clock that was set.
        let mut advanced: Option<Instant> = None;
        eventually("the endpoint to be back", || {
            if advanced.is_none_or(|at| at.elapsed() > Duration::from_secs(5)) {
                clock.advance(16 * 60_000);
                world.change("other", |_| ());
                advanced = Some(Instant::now());
            }
            world.happens("d");
            (world.find("weak").state == State::Active).then_some(())
        });
        let kept = eventually("what was kept", || {
            let received = receiver.received();
            let of_c = received.iter().map(place).filter(|(conversation, _)| conversation == "c");
            let kept: Vec<i64> = of_c.map(|(_, seq)| seq).collect();
            (kept.len() >= 3).then_some(kept)
        });
        assert_eq!(kept, [1, 2, 3]);
        world.kill(post);
    }

    fn what_stands_behind_one_that_goes_by_its_age_is_sent(engine: Engine) {
        let clock = Clock::fixed(Timestamp::from_millis(1_800_000_000_000));
        let world = World::with_clock(engine, clock.clone());
        let receiver = Receiver::answering(|_| Reply::status(500));
        let number = world.endpoint("slow", &receiver.url("/"), &[500_000_000; 3]).number;
        let post = world.dispatch();
        world.happens("c");
        receiver.wait(1);
        clock.advance(2 * 86_400_000);
        receiver.answer(|_| Reply::status(200));
        world.happens("c");
        world.happens("d");
        // What came with it arrived, and that is written: so it stands behind the first by now.
        eventually("another conversation to arrive", || {
            let stats = world.read(move |view| Ok(lists::stats(view, &[number])?));
            (stats[0].tally.delivered == 1).then_some(())
        });
        let now = world.store.clock().now();
        let gone = world.write(move |tx| Ok(retention::prune(tx, now, now.plus_days(-1), 500)?));
        assert!(gone > 0);
        let received = receiver.wait(3);
        assert_eq!(place(&received[1]).0, "d");
        assert_eq!(place(&received[2]), ("c".to_owned(), 2));
        world.kill(post);
    }

    fn what_is_old_goes_and_what_never_arrived_is_said(engine: Engine) {
        let world = World::new(engine);
        let good = Receiver::open();
        let bad = Receiver::answering(|_| Reply::status(500));
        world.endpoint("good", &good.url("/"), &SOON);
        world.endpoint("bad", &bad.url("/"), &[3_600_000]);
        let post = world.dispatch();
        for _ in 0..3 {
            world.happens("c");
        }
        good.wait(3);
        bad.wait(1);
        world.stop(post);
        let now = world.store.clock().now();
        let gone = world.write(move |tx| Ok(retention::prune(tx, now, now.plus_days(1), 500)?));
        assert!(gone >= 6, "{gone}");
        let shed = eventually("the log to say it", || {
            let events = world.read(|view| Ok(hark_store::log::after(view, 0, 100)?));
            events.into_iter().find(|event| event.kind == "endpoint.shed")
        });
        let said: serde_json::Value = serde_json::from_str(&shed.body).unwrap();
        assert_eq!(said["endpoint"], "bad");
        assert_eq!(said["deliveries"], 3);
        assert_eq!(world.write(move |tx| Ok(retention::prune(tx, now, now.plus_days(1), 500)?)), 0);
    }
}

#[test]
fn another_node_goes_on_when_the_one_that_delivers_dies_on_postgres() {
    let world = World::new(Engine::Postgres);
    let other = world.beside();
    let moody = Moody::open();
    world.endpoint("moody", &moody.receiver.url("/"), &SOON);
    let first = world.dispatch();
    for _ in 0..5 {
        world.happens("c0");
        world.happens("c1");
    }
    moody.wait(1);
    let second = other.dispatch();
    world.kill(first);
    for _ in 0..5 {
        other.happens("c0");
        world.happens("c1");
    }
    let seen = moody.wait(20);
    other.stop(second);
    assert_in_order(&seen, 2, 10);
}

#[test]
fn an_endpoint_that_asks_for_time_gets_it() {
    let world = World::new(Engine::Sqlite);
    let receiver = Receiver::open();
    receiver.answer_next(Reply::status(429).header("Retry-After", "1"));
    world.endpoint("busy", &receiver.url("/"), &SOON);
    let post = world.dispatch();
    world.happens("c");
    let received = receiver.wait(2);
    // The receiver asked for a second; its schedule alone would have been 20 ms.
    assert!(received[1].at - received[0].at >= Duration::from_millis(950));
    world.stop(post);
}

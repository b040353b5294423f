//! Endpoints that do not keep up: what they do not take waits in the log.

use std::collections::BTreeMap;

use hark_model::Actor;
use hark_model::events::{Event, Recorded};
use hark_store::{Position, Timestamp, log};
use hark_testkit::{Received, Receiver, Reply, eventually, on_both_engines};
use hark_webhooks::{replays, retention};

use crate::world::World;

const SOON: [u64; 12] = [20; 12];

/// What arrived of each conversation, without the repeats that follow a crash.
fn arrived(received: &[Received]) -> BTreeMap<String, Vec<i64>> {
    let mut arrived: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for request in received {
        let body = request.json();
        let conversation = body["data"]["conversation"]["id"].as_str().unwrap();
        let seq: i64 = request.header("hark-sequence").unwrap().parse().unwrap();
        let order = arrived.entry(conversation.to_owned()).or_default();
        if !order.contains(&seq) {
            order.push(seq);
        }
    }
    arrived
}

fn assert_whole(received: &[Received], conversations: usize, events: i64) {
    let arrived = arrived(received);
    assert_eq!(arrived.len(), conversations);
    for (conversation, order) in arrived {
        assert!(
            order.iter().copied().eq(1..=events),
            "{conversation}: {order:?}"
        );
    }
}

fn events(world: &World) -> usize {
    let found = world.read(|view| Ok(log::after(view, 0, 10_000)?));
    found
        .iter()
        .filter(|event| event.kind == "chat.resumed")
        .count()
}

on_both_engines! {
    fn one_that_hangs_gets_what_it_can_take_and_the_rest_when_it_is_back(engine: Engine) {
        let world = World::new(engine);
        let hanging = Receiver::answering(|_| Reply::silence());
        let good = Receiver::open();
        let number = world.endpoint("hanging", &hanging.url("/"), &SOON).number;
        let other = world.endpoint("good", &good.url("/"), &SOON).number;
        let post = world.dispatch();
        for so_far in 1..=8 {
            world.happens_often(200, 40);
            good.wait(200 * so_far);
        }
        let made = world.made(number);
        // What is in memory, what is not loaded yet, and what was made in the same round.
        assert!((256..=768).contains(&made), "{made}");
        eventually("all to be counted", || {
            let stats = world.stats(number);
            (stats.tally.backlog() == 1_600 && stats.oldest_pending.is_some()).then_some(())
        });
        hanging.answer(|_| Reply::status(200));
        for some in 1..=4 {
            hanging.wait(400 * some);
        }
        eventually("all to have arrived", || {
            (world.stats(number).tally.backlog() == 0).then_some(())
        });
        let tally = world.stats(number).tally;
        assert_eq!((tally.made, tally.delivered, world.made(number)), (1_600, 1_600, 1_600));
        // It keeps up again.
        world.happens("c0");
        eventually("both to have all", || {
            let has_all = |number| world.stats(number).tally.delivered == 1_601;
            (has_all(number) && has_all(other)).then_some(())
        });
        world.stop(post);
    }

    fn what_waits_in_the_log_is_what_was_asked_for_then(engine: Engine) {
        let world = World::new(engine);
        let (receiver, witness) = (Receiver::open(), Receiver::open());
        let number = world.endpoint("choosy", &receiver.url("/"), &SOON).number;
        world.endpoint("witness", &witness.url("/"), &SOON);
        let mut post = world.dispatch();
        world.happens("c");
        receiver.wait(1);
        world.pause("choosy");
        let before = world.falls_behind(number);
        let made = world.made(number);
        let mut happened = before + 1;
        for asked in ["*", "chat.closed", "chat.*", "message.*"] {
            world.change("choosy", |draft| draft.events = vec![asked.to_owned()]);
            world.happens("c");
            world.happens("c");
            happened += 2;
            witness.wait(happened);
            if asked == "chat.closed" {
                world.kill(post);
                post = world.dispatch();
            }
        }
        assert_eq!(world.made(number), made);
        eventually("all to be counted", || {
            (world.stats(number).tally.backlog() == before as i64 + 4).then_some(())
        });
        world.resume("choosy");
        let received = receiver.wait(before + 5);
        assert_eq!(arrived(&received)["c"], [1, 2, 3, 6, 7]);
        // What it asks for now is what is made at once.
        world.change("choosy", |draft| draft.events = vec!["*".to_owned()]);
        world.happens("c");
        assert_eq!(arrived(&receiver.wait(before + 6))["c"], [1, 2, 3, 6, 7, 10]);
        world.stop(post);
    }

    fn a_crash_while_it_catches_up_loses_nothing(engine: Engine) {
        let world = World::new(engine);
        let receiver = Receiver::open();
        let witness = Receiver::open();
        let number = world.endpoint("behind", &receiver.url("/"), &SOON).number;
        world.endpoint("witness", &witness.url("/"), &SOON);
        world.pause("behind");
        let mut post = world.dispatch();
        for so_far in 1..=3 {
            world.happens_often(200, 20);
            witness.wait(200 * so_far);
        }
        assert!(world.made(number) < 600);
        for few in [50, 200, 400] {
            world.resume("behind");
            receiver.wait(few);
            world.kill(post);
            world.pause("behind");
            post = world.dispatch();
            world.happens_often(20, 20);
        }
        world.resume("behind");
        eventually("all to have arrived", || {
            (world.stats(number).tally.delivered == 660).then_some(())
        });
        assert_whole(&receiver.received(), 20, 33);
        let tally = world.stats(number).tally;
        assert_eq!((tally.made, tally.backlog()), (660, 0));
        world.stop(post);
    }

    fn what_waits_in_the_log_for_too_long_goes_and_is_said(engine: Engine) {
        let world = World::new(engine);
        let (receiver, witness) = (Receiver::open(), Receiver::open());
        let endpoint = world.endpoint("away", &receiver.url("/"), &SOON);
        world.endpoint("witness", &witness.url("/"), &SOON);
        world.pause("away");
        let post = world.dispatch();
        let number = endpoint.number;
        let all = world.falls_behind(number);
        witness.wait(all);
        world.stop(post);
        let made = world.made(number);
        let now = world.store.clock().now();
        let (late, never) = (now.plus_days(1), Timestamp::from_millis(0));
        let prune_log = || world.write(move |tx| Ok(log::prune(tx, late, never, 10_000)?));
        prune_log();
        // The log keeps what nobody has heard of.
        assert_eq!(events(&world), all - made);
        world.write(move |tx| Ok(retention::prune(tx, now, late, 10_000)?));
        let tally = world.stats(number).tally;
        let all = all as i64;
        assert_eq!((tally.made, tally.given_up, tally.backlog()), (all, all, 0));
        let shed = eventually("the log to say it of both", || {
            let events = world.read(|view| Ok(log::after(view, 0, 10_000)?));
            let shed = Recorded::parse_all(events).into_iter().filter_map(|recorded| match recorded.event {
                Event::EndpointShed(shed) => Some(shed.deliveries),
                _ => None,
            });
            let shed: Vec<i64> = shed.collect();
            (shed.len() == 2).then_some(shed)
        });
        assert_eq!(shed, [all - made as i64, made as i64]);
        prune_log();
        assert_eq!(events(&world), 0);
    }

    fn a_replay_leaves_alone_what_waits_in_the_log(engine: Engine) {
        let world = World::new(engine);
        let (receiver, witness) = (Receiver::open(), Receiver::open());
        let endpoint = world.endpoint("away", &receiver.url("/"), &SOON);
        world.endpoint("witness", &witness.url("/"), &SOON);
        let post = world.dispatch();
        world.happens("c");
        let number = endpoint.number;
        eventually("the first to have arrived", || {
            (world.stats(number).tally.delivered == 1).then_some(())
        });
        world.pause("away");
        let waiting = world.falls_behind(number);
        world.happens("c");
        world.happens("c");
        witness.wait(waiting + 3);
        let made = world.made(number) as i64;
        let (now, asked) = (world.store.clock().now(), endpoint.clone());
        let counted = world.read(move |view| Ok(replays::dry_run(view, &asked, 0, Position::MAX, false)?));
        assert_eq!((counted.events, counted.queued), (made, 1));
        let replay = world.write(move |tx| {
            replays::start(tx, &Actor::System, now, &endpoint, 0, Position::MAX, false)
        });
        eventually("the replay to end", || {
            let id = replay.id.clone();
            let replay = world.read(move |view| replays::find(view, &id));
            (replay.state == replays::State::Done && replay.queued == 1).then_some(())
        });
        world.resume("away");
        let mut received = receiver.wait(waiting + 4);
        received.retain(|request| request.json()["data"]["conversation"]["id"] == "c");
        let order: Vec<&str> = received.iter().filter_map(|request| request.header("hark-sequence")).collect();
        assert_eq!(order, ["1", "1", "2", "3"]);
        world.stop(post);
    }
}

//! What deliveries cost: how often which statement runs.

use std::collections::BTreeMap;

use hark_testkit::{Receiver, Statements, eventually, on_both_engines};

use crate::world::World;

const EVENTS: usize = 200;

fn counted(statements: &Statements) -> BTreeMap<String, usize> {
    let mut counted: BTreeMap<String, usize> = BTreeMap::new();
    for name in statements.take() {
        let name = name.trim_start_matches("hark_webhooks::").to_owned();
        *counted.entry(name).or_default() += 1;
    }
    counted
}

on_both_engines! {
    fn what_is_written_of_many_deliveries_is_written_once_for_all(engine: Engine) {
        let (world, statements) = Statements::of(|| World::new(engine));
        let receiver = Receiver::open();
        let number = world.endpoint("good", &receiver.url("/"), &[20]).number;
        world.happens_often(EVENTS, 20);
        statements.take();
        let post = world.dispatch();
        eventually("all to have arrived", || {
            (world.stats(number).tally.delivered == EVENTS as i64).then_some(())
        });
        let counted = counted(&statements);
        let times = |name: &str| counted.get(name).copied().unwrap_or_default();
        // One round of the reader, or two when the last events of what happened came later.
        for name in ["INSERT", "INSERT_BODIES", "COUNT_MADE"] {
            let times = times(&format!("deliveries::rows::{name}"));
            assert!((1..=2).contains(&times), "{name}: {counted:?}");
        }
        let outcomes = times("deliveries::rows::WRITE");
        assert!((1..EVENTS / 2).contains(&outcomes), "{counted:?}");
        assert_eq!(times("deliveries::rows::INSERT_ATTEMPTS"), outcomes, "{counted:?}");
        assert_eq!(times("deliveries::rows::BLOCK"), 0, "{counted:?}");
        world.stop(post);
    }

    fn what_happens_while_a_lane_keeps_up_is_not_read_from_disk(engine: Engine) {
        let (world, statements) = Statements::of(|| World::new(engine));
        let receiver = Receiver::open();
        let number = world.endpoint("good", &receiver.url("/"), &[20]).number;
        let post = world.dispatch();
        let happens = |so_far: usize| {
            world.happens("c1");
            eventually("it to have arrived", || {
                (world.stats(number).tally.delivered == so_far as i64).then_some(())
            });
        };
        // The lane begins with what is on disk, also of what is parked.
        happens(1);
        eventually("it to have looked for what is parked", || {
            statements.take().iter().any(|name| name.ends_with("deliveries::rows::DUE")).then_some(())
        });
        for so_far in 2..=20 {
            happens(so_far);
        }
        let counted = counted(&statements);
        let times = |name: &str| counted.get(&format!("deliveries::rows::{name}")).copied().unwrap_or_default();
        assert_eq!(times("INSERT"), 19, "{counted:?}");
        // The first may come while the lane is still at its beginning.
        assert!(times("FRESH") <= 1, "{counted:?}");
        assert_eq!(times("BODY"), 0, "{counted:?}");
        world.stop(post);
    }

    fn what_a_paused_endpoint_wants_costs_a_count(engine: Engine) {
        let (world, statements) = Statements::of(|| World::new(engine));
        let receiver = Receiver::open();
        let number = world.endpoint("paused", &receiver.url("/"), &[20]).number;
        world.pause("paused");
        let post = world.dispatch();
        let before = world.falls_behind(number);
        let made = world.made(number);
        statements.take();
        world.happens_often(EVENTS, 20);
        eventually("all to be counted", || {
            (world.stats(number).tally.backlog() == (before + EVENTS) as i64).then_some(())
        });
        let counted = counted(&statements);
        for name in ["INSERT", "INSERT_BODIES", "COUNT_MADE"] {
            assert_eq!(counted.get(&format!("deliveries::rows::{name}")), None, "{counted:?}");
        }
        assert_eq!(world.made(number), made);
        world.stop(post);
    }
}

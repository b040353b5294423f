//! The rules of a lane, played against a model of the disk and a receiver with moods.

mod disk;
mod world;

use std::time::Duration;

use hark_store::Timestamp;
use proptest::prelude::*;

use self::world::{Loss, Mood, World};
use super::StateChange;
use super::health::Health;
use crate::endpoints::{Endpoint, State};

#[derive(Debug, Clone)]
enum Act {
    Happens(Option<usize>, usize),
    Late(Option<usize>),
    Resend,
    Prune,
    Pause,
    Resume,
    Concurrency(usize),
    Mood(Mood),
    Lose(Vec<Loss>),
    Unreadable(usize),
    Restart,
    Pass(u64),
    Leap(u64),
}

fn conversation() -> impl Strategy<Value = Option<usize>> {
    prop_oneof![4 => (0..4_usize).prop_map(Some), 1 => Just(None)]
}

fn mood() -> impl Strategy<Value = Mood> {
    prop_oneof![
        3 => Just(Mood::Good),
        3 => Just(Mood::Moody),
        1 => prop_oneof![Just(302), Just(410), Just(429), Just(500)].prop_map(Mood::Status),
        1 => (0..5_000_u64).prop_map(Mood::AsksForTime),
        1 => Just(Mood::Silent),
    ]
}

fn act() -> impl Strategy<Value = Act> {
    let loss = prop_oneof![Just(Loss::Before), Just(Loss::After)];
    prop_oneof![
        8 => (conversation(), 1..6_usize).prop_map(|(key, count)| Act::Happens(key, count)),
        1 => conversation().prop_map(Act::Late),
        3 => Just(Act::Resend),
        1 => Just(Act::Prune),
        1 => Just(Act::Pause),
        2 => Just(Act::Resume),
        1 => (1..6_usize).prop_map(Act::Concurrency),
        4 => mood().prop_map(Act::Mood),
        2 => prop::collection::vec(loss, 1..4).prop_map(Act::Lose),
        1 => (1..3_usize).prop_map(Act::Unreadable),
        1 => Just(Act::Restart),
        8 => prop_oneof![4 => 1..200_u64, 2 => 200..20_000_u64, 1 => 20_000..1_200_000_u64].prop_map(Act::Pass),
        1 => (1..500_000_000_u64).prop_map(Act::Leap),
    ]
}

fn play(world: &mut World, acts: Vec<Act>) {
    for act in acts {
        match act {
            Act::Happens(conversation, count) => world.happens(conversation, count),
            Act::Late(conversation) => world.late(conversation),
            Act::Resend => world.resend(),
            Act::Prune => world.prune(),
            Act::Pause => world.set_state(State::Paused, None),
            Act::Resume => world.set_state(State::Active, None),
            Act::Concurrency(concurrency) => world.set_concurrency(concurrency),
            Act::Mood(mood) => world.mood = mood,
            Act::Lose(losses) => world.losses = losses,
            Act::Unreadable(count) => world.unreadable = count,
            Act::Restart => world.restart(),
            Act::Pass(millis) => world.pass(Duration::from_millis(millis)),
            Act::Leap(millis) => world.leap(Duration::from_millis(millis)),
        }
        // A few things happen at the same moment.
        if world.roll(2) == 0 {
            world.pass(Duration::from_millis(3));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever happens: the order of each conversation, nothing lost, nothing sent twice without a
    /// reason, the bounds, the pauses, and an end when the receiver takes everything.
    #[test]
    fn a_lane_keeps_its_rules_whatever_happens(
        seed in any::<u64>(),
        concurrency in 1..6_usize,
        delays in prop::collection::vec(10..100_000_u64, 0..4),
        acts in prop::collection::vec(act(), 1..60),
    ) {
        let mut world = World::new(seed, concurrency, &delays);
        play(&mut world, acts);
        world.comes_to_rest();
    }

    #[test]
    fn an_end_comes_as_soon_as_what_is_on_its_way_is_written(
        seed in any::<u64>(),
        acts in prop::collection::vec(act(), 1..40),
    ) {
        let mut world = World::new(seed, 4, &[500, 5_000]);
        play(&mut world, acts);
        world.losses.clear();
        world.stop();
        world.pass(Duration::from_secs(20));
        prop_assert!(world.window.is_over());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(32) })]

    /// The same with so much that not all is in memory.
    #[test]
    fn a_lane_keeps_its_rules_when_much_waits(
        seed in any::<u64>(),
        concurrency in prop_oneof![1..8_usize, 128..600_usize],
        acts in prop::collection::vec(act(), 1..15),
        mood in mood(),
        conversations in 1..700_usize,
        count in 500..1_500_usize,
    ) {
        let mut world = World::new(seed, concurrency, &[500, 5_000, 50_000]);
        world.mood = mood;
        for number in 0..count {
            world.happens(Some(number * 7 % conversations), 1);
        }
        play(&mut world, acts);
        world.comes_to_rest();
    }
}

#[test]
fn a_store_that_takes_nothing_does_not_cause_a_flood() {
    let mut world = World::new(1, 32, &[500]);
    world.happens(None, 10_000);
    world.pass(Duration::from_secs(1));
    world.losses = vec![Loss::Before; 600];
    world.pass(Duration::from_secs(500));
    assert!(world.starts < 3_000, "{}", world.starts);
    world.comes_to_rest();
    assert_eq!(world.starts, 10_000);
}

#[test]
fn an_endpoint_to_which_nothing_arrives_is_disabled_and_comes_back_by_a_probe() {
    let mut world = World::new(1, 32, &[500]);
    world.mood = Mood::Status(500);
    for _ in 0..7 {
        assert_eq!(world.state(), State::Active);
        world.happens(Some(1), 1);
        world.pass(Duration::from_secs(86_400 - 3_600));
    }
    assert_eq!(world.state(), State::Disabled);
    world.happens(Some(1), 3);
    let before = world.starts;
    world.pass(Duration::from_secs(7_200));
    let probes = world.starts - before;
    assert!((6..=8).contains(&probes), "{probes}");
    world.mood = Mood::Good;
    world.pass(Duration::from_secs(1_000));
    assert_eq!(world.state(), State::Active);
    world.comes_to_rest();
}

#[test]
fn one_that_is_gone_is_not_asked_again() {
    let mut world = World::new(1, 32, &[]);
    world.mood = Mood::Status(410);
    world.happens(Some(1), 3);
    world.pass(Duration::from_secs(86_400));
    assert_eq!(world.state(), State::Disabled);
    assert_eq!(world.starts, 1);
    world.comes_to_rest();
    assert_eq!(world.starts, 4);
}

#[test]
fn what_was_found_behind_a_parked_one_stays_ahead_of_what_is_found_after_that_one_was_removed() {
    let mut world = World::new(1, 4, &[100_000]);
    world.mood = Mood::Status(500);
    world.happens(Some(1), 1);
    world.pass(Duration::from_secs(1));
    world.happens(Some(1), 1);
    // It is loaded, and the store fails when it is to be written behind the first one.
    world.losses = vec![Loss::Before, Loss::After];
    world.pass(Duration::from_millis(200));
    assert!(world.losses.is_empty());
    let first = *world.disk.rows.keys().next().unwrap();
    world.disk.prune(world.now, first);
    world.mood = Mood::Good;
    world.happens(Some(1), 1);
    world.pass(Duration::from_secs(2));
    world.comes_to_rest();
}

#[test]
fn what_is_seen_late_does_not_hide_what_the_latest_look_found() {
    let now = Timestamp::from_millis(1_000_000);
    let clear = world::endpoint(1, &[]);
    let mut health = Health::new(&clear);
    let closed = Endpoint {
        trouble: health.close("forbidden", "private".to_owned(), now),
        ..clear.clone()
    };
    let recovers = |change: Option<StateChange>| {
        assert!(matches!(
            change,
            Some(StateChange::Recover { at_once: true })
        ));
    };
    recovers(health.open());
    // That it was closed is seen now that it is open again.
    recovers(health.follow(&clear, &closed, now));
    let elsewhere = |endpoint: &Endpoint| Endpoint {
        url: "https://other.example/".to_owned(),
        ..endpoint.clone()
    };
    assert!(health.follow(&closed, &elsewhere(&closed), now).is_none());
    assert!(
        health
            .close("forbidden", "private".to_owned(), now)
            .is_some()
    );
    // And that it was open, now that it is closed.
    let change = health.follow(&elsewhere(&closed), &elsewhere(&clear), now);
    assert!(matches!(change, Some(StateChange::Fail(trouble)) if trouble.is_closed()));
    assert!(
        health
            .follow(&elsewhere(&clear), &elsewhere(&closed), now)
            .is_none()
    );
}

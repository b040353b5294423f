//! The rules of a lane, played against a model of the disk and a receiver with moods.

mod disk;
mod world;

use std::sync::Arc;
use std::time::Duration;

use hark_store::{Ids, Timestamp};
use proptest::prelude::*;

use self::disk::{Disk, Row};
use self::world::{Loss, Mood, World};
use super::health::Health;
use super::pace::Pace;
use super::queue::Queue;
use super::{Done, Handed, Orders, StateChange, Task, Window};
use crate::deliveries::Attempt;
use crate::endpoints::{Endpoint, State};
use crate::request::Outcome;

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

/// What a replay parks is on disk before the lane hears of it.
#[test]
fn what_follows_one_that_is_found_behind_a_parked_one_is_not_taken_in() {
    let now = Timestamp::from_millis(1_000_000);
    let mut orders = Orders {
        endpoint: Arc::new(world::endpoint(4, &[])),
        fresh_to: 0,
        parked: 0,
        stopping: false,
    };
    let mut window = Window::new(orders.clone(), 0, Ids::from_seed(1), now);
    let mut disk = Disk::default();
    let key: Option<Arc<str>> = Some(Arc::from("c"));
    let none_fresh = Done::Fresh {
        upto: 0,
        limit: 1,
        found: Vec::new(),
    };
    let none_due = Done::Due {
        limit: 1,
        found: Vec::new(),
    };
    for done in [none_fresh, none_due] {
        assert!(window.next_task(now).is_some());
        window.on_task_done(done, now);
    }
    orders.fresh_to = disk.make(key.clone());
    window.apply_orders(orders, now);
    let Some(Task::LoadFresh { after, upto, limit }) = window.next_task(now) else {
        panic!("it is not looked for");
    };
    assert!(!window.can_take_in());
    let found = disk.fresh(after, limit).into_iter();
    let found = found.map(|(item, _)| (item, true)).collect();
    window.on_task_done(Done::Fresh { upto, limit, found }, now);
    disk.make(key);
    let items = disk.made_after(upto);
    assert!(window.can_take_in());
    window.take_in(
        Handed {
            follow: upto,
            items,
        },
        now,
    );
    assert!(window.next_to_send(now).is_none());
    assert_eq!(window.loaded_to(), upto);
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

#[test]
fn one_that_refuses_connections_is_not_tried_again_and_again_at_once() {
    let mut world = World::new(1, 32, &[5_000, 300_000]);
    world.mood = Mood::Refuses;
    world.happens(None, 2_000);
    world.pass(Duration::from_secs(30));
    // Those that were on their way at the beginning, then one at a time.
    assert!((40..120).contains(&world.starts), "{}", world.starts);
    world.comes_to_rest();
}

#[test]
fn one_at_which_nothing_arrives_takes_something_new_now_and_then() {
    let mut world = World::new(1, 4, &[5_000, 300_000]);
    world.happens(None, 1);
    world.pass(Duration::from_secs(1));
    assert!(world.window.takes_more(world.now));
    world.mood = Mood::Status(500);
    let mut given = 0;
    for _ in 0..3_600 {
        if world.window.takes_more(world.now) {
            world.happens(None, 1);
            given += 1;
        }
        world.pass(Duration::from_secs(1));
    }
    // At first each second, in the end each half minute.
    assert!((120..250).contains(&given), "{given}");
    world.mood = Mood::Good;
    world.happens(None, 1);
    world.pass(Duration::from_secs(2));
    assert!(world.window.takes_more(world.now));
    world.set_state(State::Paused, None);
    world.pass(Duration::from_secs(1));
    assert!(!world.window.takes_more(world.now));
    world.comes_to_rest();
}

#[test]
fn a_lane_that_is_to_stop_is_not_over_while_something_is_on_its_way() {
    let mut world = World::new(1, 4, &[]);
    world.mood = Mood::Silent;
    world.happens(None, 1);
    world.pass(Duration::from_secs(1));
    assert_eq!(world.starts, 1);
    world.stop();
    world.pass(Duration::from_secs(1));
    assert!(!world.window.is_over());
    world.pass(Duration::from_secs(20));
    assert!(world.window.is_over());
}

#[test]
fn what_never_arrives_is_sent_once_and_after_each_delay() {
    let mut world = World::new(1, 4, &[500, 5_000]);
    world.mood = Mood::Status(500);
    world.happens(None, 1);
    world.pass(Duration::from_secs(600));
    assert_eq!(world.starts, 3);
}

#[test]
fn what_a_disabled_endpoint_does_not_take_is_kept() {
    let mut world = World::new(1, 4, &[]);
    world.mood = Mood::Status(500);
    world.set_state(State::Disabled, Some("nothing has arrived"));
    world.happens(None, 1);
    world.pass(Duration::from_secs(4_000));
    assert!(world.starts >= 2, "{}", world.starts);
    assert!(world.disk.rows.values().all(|row| !row.is_settled()));
    world.comes_to_rest();
}

#[test]
fn nothing_is_disabled_by_a_time_that_is_doubted() {
    let mut world = World::new(1, 4, &[]);
    world.mood = Mood::Silent;
    world.happens(None, 1);
    world.pass(Duration::from_secs(6 * 86_400));
    world.happens(None, 1);
    world.pass(Duration::from_secs(1));
    // It is given up, and doubted before that is written down.
    world.losses = vec![Loss::Before];
    world.pass(Duration::from_millis(14_500));
    assert!(world.losses.is_empty());
    world.window.doubt_time(true);
    world.pass(Duration::from_secs(5));
    assert!(world.disk.rows.values().all(Row::is_settled));
    assert_eq!(world.state(), State::Active);
}

#[test]
fn parked_and_fresh_ones_take_turns() {
    let now = Timestamp::from_millis(1_000_000);
    let (mut disk, mut queue) = (Disk::default(), Queue::default());
    for _ in 0..4 {
        disk.make(None);
    }
    for (number, (mut item, _)) in disk.fresh(0, 4).into_iter().enumerate() {
        if number < 2 {
            assert!(queue.admit(item, false).is_none());
        } else {
            item.next_at = Some(now);
            queue.insert_due(now, item);
        }
    }
    let sent = std::iter::from_fn(|| queue.next(now, false));
    let are_parked: Vec<bool> = sent.map(|item| item.next_at.is_some()).collect();
    assert_eq!(are_parked, [true, false, true, false]);
}

/// What comes of a request that nobody answers.
fn silent() -> Outcome {
    Outcome {
        attempt: Attempt::default(),
        succeeded: false,
        status: None,
        retry_after: None,
        is_first: true,
        waited: Duration::ZERO,
    }
}

#[test]
fn one_that_does_not_answer_gets_half_as_much_each_time() {
    let now = Timestamp::from_millis(1_000_000);
    let endpoint = world::endpoint(32, &[]);
    let mut pace = Pace::new(&endpoint, now);
    let limits = [(); 6].map(|()| {
        pace.on_failure(&endpoint.schedule, &silent(), now);
        pace.limit()
    });
    assert_eq!(limits, [16, 8, 4, 2, 1, 1]);
}

#[test]
fn what_follows_in_a_long_conversation_keeps_no_other_one_waiting() {
    let mut world = World::new(1, 4, &[]);
    world.mood = Mood::Silent;
    world.happens(Some(1), 600);
    world.happens(Some(2), 1);
    world.pass(Duration::from_secs(1));
    assert_eq!(world.starts, 2);
    world.comes_to_rest();
}

/// A window of three deliveries that are loaded, and nothing is left to be looked for.
fn with_three(now: Timestamp) -> (Window, Orders) {
    let mut disk = Disk::default();
    for _ in 0..3 {
        disk.make(None);
    }
    let orders = Orders {
        endpoint: Arc::new(world::endpoint(4, &[])),
        fresh_to: disk.last(),
        parked: 0,
        stopping: false,
    };
    let mut window = Window::new(orders.clone(), 0, Ids::from_seed(1), now);
    while let Some(task) = window.next_task(now) {
        let done = match task {
            Task::LoadFresh { after, upto, limit } => Done::Fresh {
                upto,
                limit,
                found: disk.fresh(after, limit),
            },
            Task::LoadDue { limit } => Done::Due {
                limit,
                found: Vec::new(),
            },
            task => panic!("{task:?}"),
        };
        window.on_task_done(done, now);
    }
    (window, orders)
}

#[test]
fn after_a_change_of_state_the_parked_ones_are_read_again() {
    let now = Timestamp::from_millis(1_000_000);
    let (mut window, orders) = with_three(now);
    window.apply_orders(orders.clone(), now);
    assert!(window.next_task(now).is_none());
    let disabled = Endpoint {
        state: State::Disabled,
        ..(*orders.endpoint).clone()
    };
    let endpoint = Arc::new(disabled);
    window.apply_orders(Orders { endpoint, ..orders }, now);
    assert!(matches!(window.next_task(now), Some(Task::LoadDue { .. })));
}

#[test]
fn what_could_not_be_written_is_written_in_the_same_order() {
    let now = Timestamp::from_millis(1_000_000);
    let (mut window, _) = with_three(now);
    while let Some(item) = window.next_to_send(now) {
        let outcome = Outcome {
            succeeded: true,
            ..silent()
        };
        window.on_attempt_done(item, Some(outcome), now);
    }
    let positions = |task: &Task| match task {
        Task::Write { steps, .. } => steps.iter().map(|step| step.item.position).collect(),
        _ => Vec::new(),
    };
    let first = window.next_task(now).unwrap();
    let order = positions(&first);
    assert_eq!(order.len(), 3);
    window.on_task_done(Done::Failed(first), now);
    let later = now.plus_seconds(2);
    assert_eq!(positions(&window.next_task(later).unwrap()), order);
}

#[test]
fn of_a_new_address_the_look_at_the_old_one_says_nothing() {
    let now = Timestamp::from_millis(1_000_000);
    let before = world::endpoint(1, &[]);
    let mut health = Health::new(&before);
    assert!(health.open().is_none());
    let after = Endpoint {
        url: "https://other.example/".to_owned(),
        trouble: Health::new(&before).close("forbidden", "private".to_owned(), now),
        ..before.clone()
    };
    assert!(health.follow(&before, &after, now).is_none());
}

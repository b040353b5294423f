//! The suite that both engines pass.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};

use hark_store::lease::{self, Taken};
use hark_store::{Error, NewEvent, Revision, Statement, Timestamp, Tx, log};
use hark_testkit::{Database, Engine, on_both_engines};
use serde_json::json;

use crate::{NOW, No, all_events, block_on, open, say, word};

on_both_engines! {
    fn events_are_numbered_without_gaps_and_survive_a_restart(engine: Engine) {
        let database = Database::fresh(engine);
        let store = open(&database);
        block_on(async {
            for word in ["one", "two", "three"] {
                let (room, word) = ("r1", word.to_owned());
                store.write(move |tx| say(tx, room, &word)).await.unwrap();
            }
            store.write(|tx| say(tx, "r2", "else")).await.unwrap();
        });
        store.close();
        let store = open(&database);
        block_on(async {
            let mut follower = store.follow(0);
            let mut events = Vec::new();
            while events.len() < 4 {
                events.extend(follower.next(3).await.unwrap());
            }
            let positions: Vec<i64> = events.iter().map(|event| event.position).collect();
            assert_eq!(positions, [1, 2, 3, 4]);
            let numbers: Vec<i64> = events
                .iter()
                .filter_map(|event| event.conversation.as_ref())
                .map(|place| place.seq)
                .collect();
            assert_eq!(numbers, [1, 2, 3, 1]);
            assert_eq!(word(&events[2]), "three");
            assert_eq!(events[2].at, NOW);
        });
        store.close();
    }

    fn a_command_that_declines_leaves_nothing_and_spares_its_neighbours(engine: Engine) {
        let database = Database::fresh(engine);
        let store = open(&database);
        block_on(async {
            let commands = (0..200).map(|number| {
                store.write(move |tx: &mut Tx<'_>| -> Result<i64, No> {
                    say(tx, "room", &number.to_string())?;
                    // Declines after it has written: its event must not stay.
                    if number % 10 == 0 { Err(No::Thanks) } else { Ok(number) }
                })
            });
            let outcomes = join_all(commands).await;
            let declined = outcomes.iter().filter(|outcome| **outcome == Err(No::Thanks)).count();
            assert_eq!(declined, 20);
            let events = all_events(&store, 180).await;
            let numbers: Vec<i64> = events.iter().map(|event| event.conversation.as_ref().unwrap().seq).collect();
            assert_eq!(numbers, (1..=180).collect::<Vec<i64>>());
            assert!(events.iter().all(|event| !word(event).ends_with('0')));
        });
        store.close();
    }

    fn commands_of_conversations_that_wait_together_are_each_their_own(engine: Engine) {
        let database = Database::fresh(engine);
        let store = open(&database);
        block_on(async {
            let rooms: Vec<String> = (0..7).map(|room| format!("room {room}")).collect();
            let commands = (0..210).map(|number| {
                let room = rooms[number * 5 % rooms.len()].clone();
                let (store, inside) = (store.clone(), room.clone());
                async move {
                    store.write_in(&room, move |tx: &mut Tx<'_>| -> Result<i64, No> {
                        let seq = say(tx, &inside, &number.to_string())?;
                        match number % 70 {
                            0 => Err(No::Thanks),
                            1 => {
                                log::append(tx, NOW, &NewEvent::in_conversation("broken", "no such\0id", i64::try_from(number).unwrap(), String::new()))?;
                                Ok(seq)
                            }
                            2 => panic!("number two"),
                            _ => Ok(seq),
                        }
                    }).await
                }
            });
            let outcomes = join_all(commands).await;
            let failed = outcomes.iter().filter(|outcome| outcome.is_err()).count();
            // A zero character is wrong on PostgreSQL alone.
            let kept = if engine == Engine::Postgres { 201 } else { 207 };
            assert_eq!(failed, if engine == Engine::Postgres { 9 } else { 6 });
            let events = all_events(&store, kept).await;
            assert_eq!(events.len(), kept);
            for room in &rooms {
                let of_room = events.iter().filter_map(|event| event.conversation.as_ref()).filter(|place| place.conversation == *room);
                let numbers: Vec<i64> = of_room.map(|place| place.seq).collect();
                assert_eq!(numbers, (1..=numbers.len() as i64).collect::<Vec<i64>>());
            }
        });
        store.close();
    }

    fn whoever_was_answered_reads_what_they_wrote(engine: Engine) {
        let database = Database::fresh(engine);
        let store = open(&database);
        block_on(async {
            let people = (0..60).map(|person| {
                let store = store.clone();
                async move {
                    let room = format!("room {person}");
                    for number in 1..=10 {
                        let inside = room.clone();
                        store.write_in(&room, move |tx| say(tx, &inside, "word")).await.unwrap();
                        let asked = room.clone();
                        let seen = store.read(move |view| view.number(&LAST_SEQ, hark_store::params![asked.as_str()])).await.unwrap();
                        assert_eq!(seen, number);
                    }
                }
            });
            join_all(people).await;
        });
        store.close();
    }

    fn a_panic_in_a_command_is_its_own_business(engine: Engine) {
        let database = Database::fresh(engine);
        let store = open(&database);
        block_on(async {
            let commands = (0..40).map(|number| {
                store.write(move |tx: &mut Tx<'_>| -> Result<(), No> {
                    say(tx, "room", "word")?;
                    assert!(number != 7, "number seven");
                    Ok(())
                })
            });
            let outcomes = join_all(commands).await;
            let failed: Vec<&No> = outcomes.iter().filter_map(|outcome| outcome.as_ref().err()).collect();
            assert_eq!(failed.len(), 1);
            assert!(matches!(failed[0], No::Store(text) if text.contains("number seven")));
            assert_eq!(all_events(&store, 39).await.len(), 39);
        });
        store.close();
    }

    fn a_view_sees_one_moment(engine: Engine) {
        let database = Database::fresh(engine);
        let store = open(&database);
        let writer = store.clone();
        let (look, looking) = mpsc::channel::<()>();
        let (went, gone) = mpsc::channel::<()>();
        let gone = std::sync::Mutex::new(gone);
        let reader = std::thread::spawn({
            let store = store.clone();
            move || block_on(store.read(move |view| {
                let before = lease_count(view)?;
                look.send(()).unwrap();
                gone.lock().unwrap().recv().unwrap();
                Ok::<_, Error>((before, lease_count(view)?))
            }))
        });
        looking.recv().unwrap();
        let taken = block_on(writer.write(|tx| lease::take(tx, NOW, "late", "me", NOW.plus_seconds(9), None))).unwrap();
        assert_eq!(taken, Taken::Mine);
        went.send(()).unwrap();
        let (before, after) = reader.join().unwrap().unwrap();
        assert_eq!((before, after), (false, false));
        store.close();
    }

    fn a_follower_is_woken_and_misses_nothing(engine: Engine) {
        let database = Database::fresh(engine);
        let store = open(&database);
        let follower = std::thread::spawn({
            let store = store.clone();
            move || block_on(all_events(&store, 400))
        });
        block_on(async {
            let commands = (0..400).map(|number| {
                store.write(move |tx: &mut Tx<'_>| say(tx, &format!("room {}", number % 7), "word"))
            });
            for outcome in join_all(commands).await {
                outcome.unwrap();
            }
        });
        let events = follower.join().unwrap();
        let positions: Vec<i64> = events.iter().map(|event| event.position).collect();
        assert_eq!(positions, (1..=400).collect::<Vec<i64>>());
        for room in 0..7 {
            let name = format!("room {room}");
            let of_room = events.iter().filter_map(|event| event.conversation.as_ref()).filter(|place| place.conversation == name);
            assert!(of_room.zip(1..).all(|(place, number)| place.seq == number));
        }
        store.close();
    }

    fn retention_waits_for_readers_but_not_forever(engine: Engine) {
        let database = Database::fresh(engine);
        let store = open(&database);
        block_on(async {
            for day in 0..10 {
                store.write(move |tx: &mut Tx<'_>| {
                    let event = NewEvent::plain("setting.changed", json!({"day": day}).to_string());
                    log::append(tx, NOW.plus_days(day), &event)
                }).await.unwrap();
            }
            all_events(&store, 10).await;
            // Nobody delivers here.
            store.write(|tx| log::forget_reader(tx, "webhooks")).await.unwrap();
            store.write(|tx| log::move_reader(tx, NOW, "mail", 3)).await.unwrap();
            store.write(|tx| log::move_reader(tx, NOW, "mail", 2)).await.unwrap();
            assert_eq!(store.read(|view| log::reader(view, "mail")).await.unwrap(), 3);
            let prune = |before: i64, at_last: i64| {
                store.write(move |tx: &mut Tx<'_>| log::prune(tx, NOW.plus_days(before), NOW.plus_days(at_last), 100))
            };
            assert_eq!(prune(6, 0).await.unwrap(), 3);
            assert_eq!(prune(6, 5).await.unwrap(), 2);
            store.write(|tx| log::forget_reader(tx, "mail")).await.unwrap();
            assert_eq!(prune(99, 99).await.unwrap(), 4);
            // The newest stays, so that positions never start again.
            store.write(|tx| say(tx, "room", "next")).await.unwrap();
            let events = all_events(&store, 2).await;
            assert_eq!(events.iter().map(|event| event.position).collect::<Vec<_>>(), [10, 11]);
        });
        store.close();
    }

    fn a_moment_has_a_place_in_the_log(engine: Engine) {
        let database = Database::fresh(engine);
        let store = open(&database);
        block_on(async {
            let before = |at: Timestamp| {
                let store = store.clone();
                async move { store.read(move |view| log::before(view, at)).await.unwrap() }
            };
            assert_eq!(before(NOW).await, 0);
            for seconds in [0, 10, 10, 20, 30] {
                let event = move |tx: &mut Tx<'_>| log::append(tx, NOW.plus_seconds(seconds), &NewEvent::plain("tick", "{}".to_owned()));
                store.write(event).await.unwrap();
            }
            all_events(&store, 5).await;
            for (seconds, place) in [(-1, 0), (0, 0), (1, 1), (10, 1), (11, 3), (20, 3), (30, 4), (31, 5), (99, 5)] {
                assert_eq!(before(NOW.plus_seconds(seconds)).await, place, "{seconds} s");
            }
            // also when the beginning is gone
            let prune = |tx: &mut Tx<'_>| log::prune(tx, NOW.plus_seconds(5), NOW.plus_seconds(5), 1);
            store.write(prune).await.unwrap();
            for (seconds, place) in [(-1, 1), (11, 3), (99, 5)] {
                assert_eq!(before(NOW.plus_seconds(seconds)).await, place, "{seconds} s");
            }
        });
        store.close();
    }

    fn a_lease_has_one_holder_until_its_time_is_up(engine: Engine) {
        let database = Database::fresh(engine);
        let store = open(&database);
        let take = |owner: &'static str, at: i64, abandoned: Option<i64>| {
            let now = NOW.plus_seconds(at);
            let abandoned = abandoned.map(|at| NOW.plus_seconds(at));
            let take = store.write(move |tx: &mut Tx<'_>| lease::take(tx, now, "prune", owner, now.plus_seconds(10), abandoned));
            async { take.await.unwrap() }
        };
        let until = |at: i64| Taken::Until(NOW.plus_seconds(at));
        block_on(async {
            assert_eq!(take("a", 0, None).await, Taken::Mine);
            assert_eq!(take("b", 5, None).await, until(10));
            assert_eq!(take("a", 6, None).await, Taken::Mine);
            assert_eq!(take("b", 15, None).await, until(16));
            assert_eq!(take("b", 16, None).await, Taken::Mine);
            store.write(|tx| lease::give_up(tx, "prune", "b")).await.unwrap();
            assert_eq!(take("a", 17, None).await, Taken::Mine);
            // Its clock was a year ahead, and it died. Renewed meanwhile, it would not be abandoned.
            let year = 365 * 86_400;
            assert_eq!(take("a", year, None).await, Taken::Mine);
            assert_eq!(take("b", 20, Some(30)).await, until(year + 10));
            assert_eq!(take("b", 20, Some(year + 10)).await, Taken::Mine);
        });
        store.close();
    }

    fn a_refusal_after_a_change_of_no_row_has_nothing_to_undo(engine: Engine) {
        static MOVE: Statement = Statement::new("move nobody", "UPDATE event_reader SET position = 1 WHERE name = 'nobody'", None);
        let database = Database::fresh(engine);
        let store = open(&database);
        let runs = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&runs);
        let refused = block_on(store.write(move |tx| -> Result<(), Error> {
            counted.fetch_add(1, Ordering::SeqCst);
            assert_eq!(tx.changed(&MOVE, &[])?, 0);
            Err(Error::Busy)
        }));
        assert!(refused.is_err());
        // What has to be undone is played again, and those that share its commit with it.
        assert_eq!(runs.load(Ordering::SeqCst), 1);
        store.close();
    }

    fn a_revision_is_known_at_once_and_not_to_be_kept_before_its_commit(engine: Engine) {
        let database = Database::fresh(engine);
        let store = open(&database);
        block_on(async {
            let look = || store.read(|view| view.revision("policy"));
            let before = look().await.unwrap();
            let (inside, raised) = store.write(|tx: &mut Tx<'_>| {
                let before = tx.revision("policy")?;
                let raised = tx.raise_revision("policy")?;
                assert_eq!(raised, before.number + 1);
                Ok::<_, Error>((tx.revision("policy")?, raised))
            }).await.unwrap();
            assert_eq!(inside, Revision { number: raised, committed: false });
            assert_eq!(look().await.unwrap(), Revision { number: raised, committed: true });
            assert_eq!(raised, before.number + 1);
            let declined = store.write(|tx: &mut Tx<'_>| -> Result<(), No> {
                tx.raise_revision("policy")?;
                Err(No::Thanks)
            }).await;
            assert_eq!(declined, Err(No::Thanks));
            assert_eq!(look().await.unwrap().number, raised);
            let other = store.write(|tx: &mut Tx<'_>| tx.raise_revision("endpoints")).await.unwrap();
            assert_eq!(other, 2);
            let unknown = store.write(|tx: &mut Tx<'_>| tx.raise_revision("unknown")).await;
            assert!(matches!(unknown, Err(Error::Broken { .. })));
        });
        store.close();
    }

    fn commands_that_wait_together_see_what_the_one_before_raised(engine: Engine) {
        let database = Database::fresh(engine);
        let store = open(&database);
        block_on(async {
            let commands = (0..300).map(|_| {
                store.write(|tx: &mut Tx<'_>| {
                    // Waits for those on other connections, where there are such.
                    let raised = tx.raise_revision("policy")?;
                    assert_eq!(tx.revision("policy")?.number, raised);
                    Ok::<_, Error>(raised)
                })
            });
            let mut numbers: Vec<i64> = join_all(commands).await.into_iter().map(Result::unwrap).collect();
            numbers.sort_unstable();
            assert_eq!(numbers, (2..302).collect::<Vec<i64>>());
        });
        store.close();
    }

    fn every_statement_is_prepared_and_walks_no_growing_table(engine: Engine) {
        let database = Database::fresh(engine);
        let store = open(&database);
        for statement in hark_store::all_statements() {
            let plan = block_on(store.write(move |tx: &mut Tx<'_>| hark_store::explain::plan(tx, statement)));
            let plan = plan.unwrap_or_else(|error| panic!("{}: {error}", statement.name()));
            assert_eq!(plan.full_scan(), None, "{}: {plan:#?}", statement.name());
        }
        store.close();
    }
}

static LAST_SEQ: Statement = Statement::new(
    "last of a conversation",
    "SELECT last_seq FROM room WHERE id = $1",
    None,
);

fn lease_count(view: &mut hark_store::View<'_>) -> Result<bool, Error> {
    static EXISTS: Statement =
        Statement::new("exists", "SELECT name FROM lease WHERE name = $1", None);
    let found = view.one(&EXISTS, hark_store::params!["late"], |_| Ok(()))?;
    Ok(found.is_some())
}

async fn join_all<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let mut running: Vec<_> = futures.into_iter().map(Box::pin).collect();
    let mut done: Vec<Option<F::Output>> = running.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        for (future, slot) in running.iter_mut().zip(&mut done) {
            if slot.is_none()
                && let std::task::Poll::Ready(output) = future.as_mut().poll(context)
            {
                *slot = Some(output);
            }
        }
        if done.iter().all(Option::is_some) {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    done.into_iter().flatten().collect()
}

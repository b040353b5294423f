//! What several connections and several nodes bring with them.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};

use hark_store::{Error, Statement, Stats, Store, Tx, log, params};
use hark_testkit::{Database, Engine};

use crate::{No, all_events, block_on, open, options, say, word};

/// One connection that writes and one that reads: what they have seen once they know the next time.
fn open_with_one_of_each(database: &Database) -> Store {
    let mut options = options(database);
    (options.writers, options.readers) = (1, 1);
    Store::open(&options).unwrap()
}

static PLACE: Statement = Statement::new(
    "place a reader",
    "INSERT INTO event_reader (name, position, moved_at) VALUES ($1, $2, 0)",
    None,
);

/// The trap of sequences: a transaction that began first and commits last.
#[test]
fn a_slow_transaction_is_not_skipped_by_readers_on_postgres() {
    let database = Database::fresh(Engine::Postgres);
    let store = open(&database);
    let (begun, slow_has_begun) = mpsc::channel::<()>();
    let (go, may_go) = mpsc::channel::<()>();
    let may_go = std::sync::Mutex::new(may_go);
    let slow = std::thread::spawn({
        let store = store.clone();
        move || {
            block_on(store.write(move |tx: &mut Tx<'_>| {
                say(tx, "slow", "first to begin")?;
                begun.send(()).unwrap();
                may_go.lock().unwrap().recv().unwrap();
                Ok::<_, Error>(())
            }))
        }
    });
    slow_has_begun.recv().unwrap();
    block_on(async {
        store
            .write(|tx| say(tx, "quick", "first to end"))
            .await
            .unwrap();
        let mut follower = store.follow(0);
        let first = follower.next(10).await.unwrap();
        assert_eq!(first.len(), 1);
        assert_eq!(word(&first[0]), "first to end");
        go.send(()).unwrap();
        let second = follower.next(10).await.unwrap();
        assert_eq!(word(&second[0]), "first to begin");
        assert_eq!(second[0].position, 2);
    });
    slow.join().unwrap().unwrap();
    store.close();
}

#[test]
fn a_connection_that_is_lost_inside_a_command_takes_all_of_it_along_on_postgres() {
    let database = Database::fresh(Engine::Postgres);
    let store = open(&database);
    let url = database.url().unwrap().to_owned();
    let runs = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&runs);
    block_on(async {
        store
            .write(move |tx| {
                say(tx, "r", "one")?;
                if counted.fetch_add(1, Ordering::SeqCst) == 0 {
                    hark_testkit::cut_transactions(&url);
                }
                // A command that shrugs off an error must not go on outside its transaction.
                drop(say(tx, "r", "two"));
                say(tx, "r", "three")
            })
            .await
            .unwrap();
        let events = all_events(&store, 3).await;
        let words: Vec<String> = events.iter().map(word).collect();
        assert_eq!(words, ["one", "two", "three"]);
    });
    assert_eq!(runs.load(Ordering::SeqCst), 2);
    store.close();
    assert_eq!(database.events().len(), 3);
}

/// Says something in so many conversations at once: the only writer is kept busy until all of them wait.
fn say_together(
    store: &Store,
    conversations: usize,
    said: impl Fn(&mut Tx<'_>) -> Result<(), Error> + Clone + Send + 'static,
) {
    let (go, may_go) = mpsc::channel::<()>();
    let may_go = std::sync::Mutex::new(may_go);
    block_on(async {
        let busy = store.write(move |_: &mut Tx<'_>| {
            may_go.lock().unwrap().recv().unwrap();
            Ok::<_, Error>(())
        });
        let waiting: Vec<_> = (0..conversations)
            .map(|number| {
                let (store, said) = (store.clone(), said.clone());
                let room = format!("room {}", conversations - number);
                tokio::spawn(async move {
                    let inside = room.clone();
                    let command = move |tx: &mut Tx<'_>| {
                        say(tx, &inside, "word")?;
                        said(tx)
                    };
                    store.write_in(&room, command).await
                })
            })
            .collect();
        let all_wait = async {
            while store.stats().waiting_writes < conversations {
                tokio::task::yield_now().await;
            }
            go.send(()).unwrap();
        };
        let (done, ()) = tokio::join!(busy, all_wait);
        done.unwrap();
        for one in waiting {
            one.await.unwrap().unwrap();
        }
    });
}

#[test]
fn commands_of_conversations_that_wait_share_a_commit_on_postgres() {
    let database = Database::fresh(Engine::Postgres);
    let store = open_with_one_of_each(&database);
    say_together(&store, 40, |_| Ok(()));
    let Stats {
        commands, groups, ..
    } = store.stats();
    assert!(
        groups < commands / 2,
        "{groups} commits of {commands} commands"
    );
    store.close();
    assert_eq!(database.events().len(), 40);
}

#[test]
fn a_connection_that_is_lost_among_commands_that_share_a_commit_loses_none_on_postgres() {
    let database = Database::fresh(Engine::Postgres);
    let store = open_with_one_of_each(&database);
    let url = database.url().unwrap().to_owned();
    let runs = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&runs);
    say_together(&store, 40, move |tx| {
        if counted.fetch_add(1, Ordering::SeqCst) == 4 {
            hark_testkit::cut_transactions(&url);
        }
        log::reader(tx, "nobody").map(drop)
    });
    // The five that went with it once more, each alone.
    assert_eq!(runs.load(Ordering::SeqCst), 45);
    store.close();
    assert_eq!(database.events().len(), 40);
}

#[test]
fn a_statement_that_nobody_waited_for_fails_its_command_on_postgres() {
    let database = Database::fresh(Engine::Postgres);
    let store = open(&database);
    block_on(async {
        let twice = |goes_on: bool| {
            store.write(move |tx: &mut Tx<'_>| -> Result<(), Error> {
                say(tx, "r", "lost")?;
                tx.execute(&PLACE, params!["it", 1])?;
                // The same key again. Nobody waits for the answer here.
                tx.execute(&PLACE, params!["it", 2])?;
                if goes_on {
                    // A command that ignores the error must not go on either.
                    drop(log::reader(tx, "it"));
                }
                Ok(())
            })
        };
        for goes_on in [false, true] {
            let failed = twice(goes_on).await.unwrap_err().to_string();
            assert!(failed.contains("place a reader"), "{failed}");
            assert!(failed.contains("23505"), "{failed}");
        }
        assert_eq!(store.read(|view| log::reader(view, "it")).await.unwrap(), 0);
        store.write(|tx| say(tx, "r", "kept")).await.unwrap();
        assert_eq!(word(&all_events(&store, 1).await[0]), "kept");
    });
    store.close();
}

#[test]
fn a_command_waits_for_what_it_reads_and_for_its_end_on_postgres() {
    let database = Database::fresh(Engine::Postgres);
    let store = open_with_one_of_each(&database);
    let command = |number: i64| {
        store.write(move |tx: &mut Tx<'_>| -> Result<(), Error> {
            tx.revision("policy")?;
            for each in 0..300 {
                let name = format!("reader {number} {each}");
                tx.execute(&PLACE, params![&name, each])?;
            }
            log::reader(tx, "reader 0 7")?;
            Ok(())
        })
    };
    let look = || store.read(|view| log::reader(view, "reader 0 7"));
    block_on(async {
        command(0).await.unwrap();
        assert_eq!(look().await.unwrap(), 7);
        let before = store.stats();
        command(1).await.unwrap();
        let after = store.stats();
        assert_eq!(after.statements - before.statements, 301);
        // Twice that too much is on its way to go on, the reader, and the end.
        assert_eq!(after.waits - before.waits, 4);
        assert_eq!(look().await.unwrap(), 7);
        assert_eq!(store.stats().waits - after.waits, 1);
    });
    store.close();
}

#[test]
fn a_command_decides_on_a_revision_that_another_node_raised_on_postgres() {
    let database = Database::fresh(Engine::Postgres);
    let here = open_with_one_of_each(&database);
    let there = open(&database);
    let runs = Arc::new(AtomicUsize::new(0));
    let decide = || {
        let runs = Arc::clone(&runs);
        here.write(move |tx: &mut Tx<'_>| -> Result<i64, Error> {
            runs.fetch_add(1, Ordering::SeqCst);
            let seen = tx.revision("policy")?.number;
            tx.execute(&PLACE, params![&format!("seen at {seen}"), seen])?;
            Ok(seen)
        })
    };
    let look = || here.read(|view| view.revision("policy").map(|seen| seen.number));
    block_on(async {
        let before = decide().await.unwrap();
        assert_eq!(look().await.unwrap(), before);
        assert_eq!(runs.load(Ordering::SeqCst), 1);
        let raise = |tx: &mut Tx<'_>| tx.raise_revision("policy");
        assert_eq!(there.write(raise).await.unwrap(), before + 1);
        assert_eq!(decide().await.unwrap(), before + 1);
        assert_eq!(runs.load(Ordering::SeqCst), 3);
        assert_eq!(look().await.unwrap(), before + 1);
        let old = format!("seen at {before}");
        let new = format!("seen at {}", before + 1);
        assert_eq!(
            here.read(move |view| log::reader(view, &old))
                .await
                .unwrap(),
            before
        );
        assert_eq!(
            here.read(move |view| log::reader(view, &new))
                .await
                .unwrap(),
            before + 1
        );
    });
    here.close();
    there.close();
}

#[test]
fn a_look_at_a_revision_alone_is_one_statement_on_postgres() {
    let database = Database::fresh(Engine::Postgres);
    let here = open_with_one_of_each(&database);
    let there = open(&database);
    let look = || block_on(here.read(|view| view.revision("policy").map(|seen| seen.number)));
    let before = look().unwrap();
    assert_eq!(look().unwrap(), before);
    // It is the last that its connection was asked: there is neither a beginning nor an end.
    let last = database.postgres().query_one(
        "SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND state = 'idle' AND query LIKE '%FROM revision'",
        &[],
    );
    assert_eq!(last.unwrap().get::<_, i64>(0), 1);
    for (raised, name) in (1..).zip(["one", "two", "three"]) {
        assert_eq!(raise_and_place(&there, name), before + raised);
        assert_eq!(look().unwrap(), before + raised);
    }
    here.close();
    there.close();
}

/// Raises the policy's number, and writes it down under a name.
fn raise_and_place(store: &Store, name: &'static str) -> i64 {
    let raise = store.write(move |tx: &mut Tx<'_>| -> Result<i64, Error> {
        let raised = tx.raise_revision("policy")?;
        tx.execute(&PLACE, params![name, raised])?;
        Ok(raised)
    });
    block_on(raise).unwrap()
}

/// The number is assumed before the transaction has begun, and another node raises it before its first statement.
#[test]
fn what_a_look_reads_belongs_to_the_revision_that_it_saw_on_postgres() {
    let database = Database::fresh(Engine::Postgres);
    let here = open_with_one_of_each(&database);
    let there = open(&database);
    let before = raise_and_place(&there, "early");
    block_on(here.read(|view| view.revision("policy"))).unwrap();
    let runs = Arc::new(AtomicUsize::new(0));
    let (counted, other) = (Arc::clone(&runs), there.clone());
    let seen = block_on(here.read(move |view| -> Result<(i64, i64), Error> {
        let number = view.revision("policy")?.number;
        if counted.fetch_add(1, Ordering::SeqCst) == 0 {
            let other = other.clone();
            let raise = std::thread::spawn(move || raise_and_place(&other, "late"));
            assert_eq!(raise.join().unwrap(), before + 1);
        }
        Ok((number, log::reader(view, "late")?))
    }));
    assert_eq!(seen.unwrap(), (before + 1, before + 1));
    assert_eq!(runs.load(Ordering::SeqCst), 2);
    here.close();
    there.close();
}

#[test]
fn nobody_who_looked_is_left_in_a_transaction_on_postgres() {
    let database = Database::fresh(Engine::Postgres);
    let store = open(&database);
    let mut watcher = database.postgres();
    block_on(async {
        for _ in 0..20 {
            store.read(log::last).await.unwrap();
            store.read(|_| Ok::<(), Error>(())).await.unwrap();
            let declined = store.write(|_| Err::<(), No>(No::Thanks)).await;
            assert_eq!(declined, Err(No::Thanks));
        }
    });
    // A snapshot that is kept is in the way of everybody who tidies up.
    hark_testkit::eventually("the end of what was begun", || {
        let held = "SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'";
        let held: i64 = watcher.query_one(held, &[]).unwrap().get(0);
        (held == 0).then_some(())
    });
    store.close();
}

#[test]
fn two_nodes_see_one_order_and_wake_each_other_on_postgres() {
    let database = Database::fresh(Engine::Postgres);
    let (here, there) = (open(&database), open(&database));
    let readers: Vec<_> = [&here, &there]
        .map(|store| {
            let store = store.clone();
            std::thread::spawn(move || block_on(all_events(&store, 300)))
        })
        .into();
    let written = Arc::new(AtomicUsize::new(0));
    let writers: Vec<_> = [&here, &there]
        .map(|store| {
            let (store, written) = (store.clone(), Arc::clone(&written));
            std::thread::spawn(move || {
                block_on(async {
                    for _ in 0..150 {
                        let word = written.fetch_add(1, Ordering::SeqCst).to_string();
                        store
                            .write(move |tx: &mut Tx<'_>| say(tx, "shared", &word))
                            .await
                            .unwrap();
                    }
                });
            })
        })
        .into();
    for writer in writers {
        writer.join().unwrap();
    }
    let mut seen: Vec<_> = readers
        .into_iter()
        .map(|reader| reader.join().unwrap())
        .collect();
    let (a, b) = (seen.pop().unwrap(), seen.pop().unwrap());
    assert_eq!(a, b);
    assert!(
        a.iter()
            .zip(1..)
            .all(|(event, number)| event.conversation.as_ref().unwrap().seq == number)
    );
    here.close();
    there.close();
}

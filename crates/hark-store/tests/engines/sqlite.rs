//! What it brings with it that commands share a commit.

use std::sync::mpsc;

use hark_store::{Error, Revision, Tx};
use hark_testkit::{Database, Engine};

use crate::{No, block_on, open, say};

/// Commands that share a commit on the embedded engine see each other's raises, and none of them
/// may take them for certain: the commit is still to come.
#[test]
fn what_a_neighbour_in_the_group_has_raised_is_not_certain_on_sqlite() {
    let database = Database::fresh(Engine::Sqlite);
    let store = open(&database);
    let (go, may_go) = mpsc::channel::<()>();
    let may_go = std::sync::Mutex::new(may_go);
    let seen = block_on(async {
        let mut first = Box::pin(store.write(move |_: &mut Tx<'_>| {
            may_go.lock().unwrap().recv().unwrap();
            Ok::<_, Error>(())
        }));
        let mut raise = Box::pin(store.write(|tx: &mut Tx<'_>| tx.raise_revision("policy")));
        let mut look = Box::pin(store.write(|tx: &mut Tx<'_>| tx.revision("policy")));
        // Handed in, so that the two wait together behind the first.
        std::future::poll_fn(|context| {
            assert!(first.as_mut().poll(context).is_pending());
            assert!(raise.as_mut().poll(context).is_pending());
            assert!(look.as_mut().poll(context).is_pending());
            std::task::Poll::Ready(())
        })
        .await;
        go.send(()).unwrap();
        first.await.unwrap();
        (raise.await.unwrap(), look.await.unwrap())
    });
    let expected = Revision {
        number: 2,
        committed: false,
    };
    assert_eq!(seen, (2, expected));
    assert_eq!(
        block_on(store.read(|view| view.revision("policy"))).unwrap(),
        Revision {
            committed: true,
            ..expected
        }
    );
    store.close();
}

#[test]
fn where_the_log_ends_is_known_when_a_command_is_answered() {
    let database = Database::fresh(Engine::Sqlite);
    let store = open(&database);
    let moved = store.moved();
    block_on(async {
        for number in 1..=3 {
            store.write(|tx| say(tx, "r", "kept")).await.unwrap();
            assert_eq!(*moved.borrow(), number);
            // What is undone takes no place.
            let undone = store.write(|tx| -> Result<(), No> {
                say(tx, "r", "undone")?;
                Err(No::Thanks)
            });
            assert_eq!(undone.await, Err(No::Thanks));
            assert_eq!(*moved.borrow(), number);
        }
        let both = store.write(|tx| {
            say(tx, "r", "one")?;
            say(tx, "s", "two")
        });
        both.await.unwrap();
        assert_eq!(*moved.borrow(), 5);
    });
    store.close();
}

//! Who is connected, and what that makes of him, against a real store, on both engines.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{House, NOW, person};
use hark_chat::accounts::{self, Presence};
use hark_chat::connections::{self, GRACE_SECONDS};
use hark_chat::{Actor, agents};
use hark_store::{Statement, Timestamp, log, params};
use hark_testkit::on_both_engines;

static CONNECTIONS: Statement =
    Statement::new("connections", "SELECT count(*) FROM connection", None);

const SYSTEM: &Actor = &Actor::System;

fn at(seconds: i64) -> Timestamp {
    NOW.plus_seconds(seconds)
}

impl House {
    fn id(&self, username: &'static str) -> String {
        self.account(username).id
    }

    /// What a node says; whether it was known.
    fn report(
        &self,
        seconds: i64,
        node: &'static str,
        came: &[&'static str],
        went: &[&'static str],
    ) -> bool {
        let ids = |names: &[&'static str]| -> Vec<String> {
            names.iter().map(|name| self.id(name)).collect()
        };
        let (came, went) = (ids(came), ids(went));
        self.write(move |tx| Ok(connections::report(tx, at(seconds), node, &came, &went)?))
            .unwrap()
    }

    /// What the node does that looks for those who have gone.
    fn look(&self, seconds: i64) {
        self.write(move |tx| Ok(connections::bury(tx, at(seconds))?))
            .unwrap();
        let overdue = self.read(move |view| connections::overdue(view, at(seconds), 100));
        for account in overdue {
            self.write(move |tx| Ok(connections::lapse(tx, at(seconds), &account)?))
                .unwrap();
        }
    }

    /// The same, at the only node, which says at that moment that it lives.
    fn live(&self, seconds: i64) {
        self.report(seconds, "one", &[], &[]);
        self.look(seconds);
    }

    fn say(&self, username: &'static str, presence: Presence) {
        let (policy, id) = (self.policy(), self.id(username));
        self.write(move |tx| {
            accounts::set_status(tx, SYSTEM, NOW, &policy, &id, Some(presence), None)
        })
        .unwrap();
    }

    fn status(&self, username: &'static str) -> String {
        self.account(username).status
    }

    fn hire(&self, username: &'static str) {
        let account = self.create(person(username, &["user"])).unwrap();
        self.write(move |tx| agents::appoint(tx, SYSTEM, NOW, &account))
            .unwrap();
        self.say(username, Presence::Online);
    }
}

on_both_engines! {
    fn whoever_lost_his_last_window_for_long_is_gone(engine: Engine) {
        let house = House::new(engine);
        for name in ["amy", "ben", "cleo"] {
            house.hire(name);
        }
        assert!(!house.report(0, "one", &["amy", "ben"], &[]));
        assert!(house.report(5, "one", &[], &["amy"]));
        house.live(5 + GRACE_SECONDS - 1);
        assert_eq!(house.status("amy"), "online");
        // a page that is loaded again
        house.report(10, "one", &["amy"], &[]);
        house.live(5 + GRACE_SECONDS);
        assert_eq!(house.status("amy"), "online");
        house.report(70, "one", &[], &["amy"]);
        house.live(70 + GRACE_SECONDS);
        // cleo never had one
        assert_eq!(["amy", "ben", "cleo"].map(|name| house.status(name)), ["offline", "online", "online"]);
        let amy = house.account("amy");
        assert_eq!((amy.status_default.as_str(), amy.available), ("online", Some(true)));
        let id = amy.id;
        let left = house.read(move |view| agents::find(view, &id)).unwrap().left_at;
        assert_eq!(left, Some(at(70 + GRACE_SECONDS)));

        // back, as she was
        house.report(200, "one", &["amy"], &[]);
        assert_eq!(house.status("amy"), "online");
        let id = house.id("amy");
        assert_eq!(house.read(move |view| agents::find(view, &id)).unwrap().left_at, None);
        // on PostgreSQL an event may be read a moment after it was written
        let last = hark_testkit::eventually("her return in the log", || {
            let events = house.read(|view| log::after(view, 0, 1_000));
            let last = events.into_iter().rfind(|event| event.kind == "agent.status")?;
            (last.body["status"] == "online" && last.body["was"]["status"] == "offline").then_some(last)
        });
        assert_eq!(last.body["by"]["id"], house.id("amy").as_str());
    }

    fn one_who_wants_to_be_seen_otherwise_is(engine: Engine) {
        let house = House::new(engine);
        house.hire("amy");
        house.say("amy", Presence::Busy);
        house.report(0, "one", &["amy"], &[]);
        let idle = |idle: bool| {
            let id = house.id("amy");
            house.write(move |tx| Ok(connections::set_idle(tx, NOW, &id, idle)?)).unwrap();
            house.status("amy")
        };
        assert_eq!(idle(true), "busy");
        house.report(0, "one", &[], &["amy"]);
        house.look(GRACE_SECONDS);
        assert_eq!(house.status("amy"), "offline");
        house.report(100, "one", &["amy"], &[]);
        assert_eq!(house.status("amy"), "busy");
        house.say("amy", Presence::Offline);
        house.report(100, "two", &["amy"], &[]);
        assert_eq!(house.status("amy"), "offline");
        house.say("amy", Presence::Online);
        assert_eq!((idle(true), idle(false)), ("away".to_owned(), "online".to_owned()));
        assert_eq!(house.account("amy").status_default, "online");
    }

    fn a_window_at_any_node_counts(engine: Engine) {
        let house = House::new(engine);
        house.hire("amy");
        house.report(0, "one", &["amy"], &[]);
        house.report(0, "two", &["amy"], &[]);
        house.report(10, "one", &[], &["amy"]);
        house.report(80, "two", &[], &[]);
        house.look(80);
        assert_eq!(house.status("amy"), "online");
        house.report(100, "two", &[], &["amy"]);
        house.look(100 + GRACE_SECONDS);
        assert_eq!(house.status("amy"), "offline");
    }

    fn those_at_a_node_that_died_have_time_to_come_back(engine: Engine) {
        let house = House::new(engine);
        for name in ["amy", "ben"] {
            house.hire(name);
        }
        house.report(0, "one", &["amy", "ben"], &[]);
        // away for an hour: their time begins when somebody is there to see it
        house.look(3_600);
        assert!(!house.report(3_600, "two", &["ben"], &[]));
        house.look(3_600 + GRACE_SECONDS - 1);
        assert_eq!(house.status("amy"), "online");
        house.look(3_600 + GRACE_SECONDS);
        // the second node is as silent by now, and has lost its people only just
        assert_eq!(["amy", "ben"].map(|name| house.status(name)), ["offline", "online"]);

        // one that was only taken for dead is told to say all again
        assert!(!house.report(3_700, "two", &[], &[]));
        house.report(3_700, "two", &["ben"], &[]);
        house.report(3_730, "two", &[], &[]);
        house.look(3_730 + GRACE_SECONDS / 3);
        assert_eq!(house.status("ben"), "online");
    }

    fn those_without_a_window_have_time_again_when_somebody_begins_to_look(engine: Engine) {
        let house = House::new(engine);
        for name in ["amy", "ben"] {
            house.hire(name);
        }
        house.report(0, "one", &["amy", "ben"], &["amy"]);
        house.write(|tx| Ok(connections::begin_to_look(tx, at(GRACE_SECONDS))?)).unwrap();
        house.live(GRACE_SECONDS);
        house.live(2 * GRACE_SECONDS - 1);
        assert_eq!(house.status("amy"), "online");
        house.live(2 * GRACE_SECONDS);
        // ben has lost none
        assert_eq!(["amy", "ben"].map(|name| house.status(name)), ["offline", "online"]);
    }

    fn nobody_is_left_of_an_account_that_is_removed(engine: Engine) {
        let house = House::new(engine);
        house.hire("amy");
        let id = house.id("amy");
        house.report(0, "one", &["amy"], &[]);
        house.report(0, "one", &[], &["amy"]);
        let gone = id.clone();
        house.write(move |tx| accounts::delete(tx, SYSTEM, NOW, &gone)).unwrap();
        house.look(GRACE_SECONDS);
        let came = vec![id];
        let known = house.write(move |tx| Ok(connections::report(tx, at(1), "one", &came, &came)?));
        // the node was silent for too long meanwhile
        assert!(!known.unwrap());
        assert_eq!(house.read(|view| view.number(&CONNECTIONS, params![])), 0);
    }
}

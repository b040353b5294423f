//! Who is connected, and what that makes of them, against a real store, on both engines.

use crate::world::{NOW, World, body_of, person};
use hark_model::Who;
use hark_model::accounts::Presence;
use hark_staff::agents;
use hark_staff::connections::{self, GRACE_SECONDS};
use hark_store::{Statement, Timestamp, log, params};
use hark_testkit::on_both_engines;

static CONNECTIONS: Statement =
    Statement::new("connections", "SELECT count(*) FROM connection", None);

fn at(seconds: i64) -> Timestamp {
    NOW.plus_seconds(seconds)
}

impl World {
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
        self.command_at(at(seconds), move |cx| {
            Ok(connections::report(cx, node, &came, &went)?)
        })
        .unwrap()
    }

    /// What the node does that looks for those who have gone.
    fn look(&self, seconds: i64) {
        self.command_at(at(seconds), move |cx| {
            Ok(connections::expire_dead_nodes(cx)?)
        })
        .unwrap();
        let overdue = self.read(move |view| connections::overdue(view, at(seconds), 100));
        for account in overdue {
            self.command_at(at(seconds), move |cx| {
                Ok(connections::mark_offline(cx, &account)?)
            })
            .unwrap();
        }
    }

    /// The same, at the only node, which says at that moment that it lives.
    fn live(&self, seconds: i64) {
        self.report(seconds, "one", &[], &[]);
        self.look(seconds);
    }

    fn status(&self, username: &'static str) -> String {
        self.account(username).status
    }

    fn appoint(&self, username: &'static str) {
        let account = self.create(person(username, &["user"])).unwrap();
        self.command(move |cx| hark_staff::appoint(cx, &account, agents::ROLE))
            .unwrap();
        self.set_status(username, Presence::Online, NOW).unwrap();
    }
}

on_both_engines! {
    fn someone_without_a_window_for_long_is_gone(engine: Engine) {
        let world = World::with_admin(engine);
        for name in ["amy", "ben", "cleo"] {
            world.appoint(name);
        }
        assert!(!world.report(0, "one", &["amy", "ben"], &[]));
        assert!(world.report(5, "one", &[], &["amy"]));
        world.live(5 + GRACE_SECONDS - 1);
        assert_eq!(world.status("amy"), "online");
        // a page that is loaded again
        world.report(10, "one", &["amy"], &[]);
        world.live(5 + GRACE_SECONDS);
        assert_eq!(world.status("amy"), "online");
        world.report(70, "one", &[], &["amy"]);
        world.live(70 + GRACE_SECONDS);
        // cleo never had one
        assert_eq!(["amy", "ben", "cleo"].map(|name| world.status(name)), ["offline", "online", "online"]);
        let amy = world.account("amy");
        assert_eq!((amy.status_default.as_str(), amy.available), ("online", Some(true)));
        let id = amy.id;
        let left = world.read(move |view| agents::find(view, &id)).unwrap().left_at;
        assert_eq!(left, Some(at(70 + GRACE_SECONDS)));

        // back, as she was
        world.report(200, "one", &["amy"], &[]);
        assert_eq!(world.status("amy"), "online");
        let id = world.id("amy");
        assert_eq!(world.read(move |view| agents::find(view, &id)).unwrap().left_at, None);
        // on PostgreSQL an event may be read a moment after it was written
        let last = hark_testkit::eventually("her return in the log", || {
            let events = world.read(|view| log::after(view, 0, 1_000));
            let last = events.into_iter().rfind(|event| event.kind == "agent.status")?;
            let last = body_of(&last);
            (last["status"] == "online" && last["was"]["status"] == "offline").then_some(last)
        });
        assert_eq!(last["by"]["id"], world.id("amy").as_str());
    }

    fn one_who_wants_to_be_seen_otherwise_is(engine: Engine) {
        let world = World::with_admin(engine);
        world.appoint("amy");
        world.set_status("amy", Presence::Busy, NOW).unwrap();
        world.report(0, "one", &["amy"], &[]);
        let idle = |idle: bool| {
            let amy = Who::Account(world.account("amy"));
            world.command_as(amy, NOW, move |cx| connections::set_idle(cx, idle)).unwrap();
            world.status("amy")
        };
        assert_eq!(idle(true), "busy");
        world.report(0, "one", &[], &["amy"]);
        world.look(GRACE_SECONDS);
        assert_eq!(world.status("amy"), "offline");
        world.report(100, "one", &["amy"], &[]);
        assert_eq!(world.status("amy"), "busy");
        world.set_status("amy", Presence::Offline, NOW).unwrap();
        world.report(100, "two", &["amy"], &[]);
        assert_eq!(world.status("amy"), "offline");
        world.set_status("amy", Presence::Online, NOW).unwrap();
        assert_eq!((idle(true), idle(false)), ("away".to_owned(), "online".to_owned()));
        assert_eq!(world.account("amy").status_default, "online");
    }

    fn a_window_at_any_node_counts(engine: Engine) {
        let world = World::with_admin(engine);
        world.appoint("amy");
        world.report(0, "one", &["amy"], &[]);
        world.report(0, "two", &["amy"], &[]);
        world.report(10, "one", &[], &["amy"]);
        world.report(80, "two", &[], &[]);
        world.look(80);
        assert_eq!(world.status("amy"), "online");
        world.report(100, "two", &[], &["amy"]);
        world.look(100 + GRACE_SECONDS);
        assert_eq!(world.status("amy"), "offline");
    }

    fn those_at_a_node_that_died_have_time_to_come_back(engine: Engine) {
        let world = World::with_admin(engine);
        for name in ["amy", "ben"] {
            world.appoint(name);
        }
        world.report(0, "one", &["amy", "ben"], &[]);
        // away for an hour: their time begins when somebody is there to see it
        world.look(3_600);
        assert!(!world.report(3_600, "two", &["ben"], &[]));
        world.look(3_600 + GRACE_SECONDS - 1);
        assert_eq!(world.status("amy"), "online");
        world.look(3_600 + GRACE_SECONDS);
        // the second node is as silent by now, and has lost its people only just
        assert_eq!(["amy", "ben"].map(|name| world.status(name)), ["offline", "online"]);

        // one that was only taken for dead is asked to report all again
        assert!(!world.report(3_700, "two", &[], &[]));
        world.report(3_700, "two", &["ben"], &[]);
        world.report(3_730, "two", &[], &[]);
        world.look(3_730 + GRACE_SECONDS / 3);
        assert_eq!(world.status("ben"), "online");
    }

    fn those_without_a_window_have_time_again_when_somebody_begins_to_look(engine: Engine) {
        let world = World::with_admin(engine);
        for name in ["amy", "ben"] {
            world.appoint(name);
        }
        world.report(0, "one", &["amy", "ben"], &["amy"]);
        world.command_at(at(GRACE_SECONDS), |cx| Ok(connections::restart_grace(cx)?)).unwrap();
        world.live(GRACE_SECONDS);
        world.live(2 * GRACE_SECONDS - 1);
        assert_eq!(world.status("amy"), "online");
        world.live(2 * GRACE_SECONDS);
        // ben has lost none
        assert_eq!(["amy", "ben"].map(|name| world.status(name)), ["offline", "online"]);
    }

    fn nobody_is_left_of_an_account_that_is_removed(engine: Engine) {
        let world = World::with_admin(engine);
        world.appoint("amy");
        let id = world.id("amy");
        world.report(0, "one", &["amy"], &[]);
        world.report(0, "one", &[], &["amy"]);
        let gone = id.clone();
        world.command(move |cx| hark_staff::accounts::delete(cx, &gone)).unwrap();
        world.look(GRACE_SECONDS);
        let came = vec![id];
        let known = world.command_at(at(1), move |cx| Ok(connections::report(cx, "one", &came, &came)?));
        // the node was silent for too long meanwhile
        assert!(!known.unwrap());
        assert_eq!(world.read(|view| view.number(&CONNECTIONS, params![])), 0);
    }
}

//! The outbox against a real store, on both engines: who gets a mail to send, when again, and what
//! becomes of it.

use crate::world::{NOW, World};
use hark_chat::mail::{self, Content, HOLD_SECONDS, Mail};
use hark_chat::offline::Form;
use hark_chat::transcripts;
use hark_model::Who;
use hark_store::Timestamp;
use hark_testkit::{Engine, on_both_engines};
use serde_json::json;

fn with_mail(engine: Engine) -> World {
    let world = World::with_admin(engine);
    world.set("SMTP_Host", json!("mail.example.org"));
    world.set("Livechat_offline_email", json!("desk@example.org"));
    world
}

fn leave(world: &World, at: Timestamp, name: &'static str) {
    world
        .command_as(Who::Anonymous, at, move |cx| {
            let form = Form {
                name: name.into(),
                email: "ann@x.example".into(),
                message: "hello".into(),
                department: None,
                host: None,
            };
            hark_chat::offline::submit(cx, &form)
        })
        .unwrap();
}

fn claim(world: &World, at: Timestamp) -> Vec<Mail> {
    world.write(move |tx| Ok(mail::claim(tx, at, 10)?)).unwrap()
}

fn fail(world: &World, mail: &Mail, at: Timestamp, hopeless: bool) -> Option<Timestamp> {
    let mail = mail.clone();
    world
        .write(move |tx| Ok(mail::failed(tx, at, &mail, "no\r\nanswer", hopeless)?))
        .unwrap()
}

fn next_due(world: &World) -> Option<Timestamp> {
    world.read(mail::next_due)
}

on_both_engines! {
    fn a_claimed_mail_is_nobody_elses_until_the_hold_is_over(engine: Engine) {
        let world = with_mail(engine);
        assert_eq!(next_due(&world), None);
        leave(&world, NOW, "Ann");
        leave(&world, NOW.plus_seconds(1), "Bob");
        assert_eq!(next_due(&world), Some(NOW));
        let first = claim(&world, NOW);
        assert_eq!(first.len(), 1);
        assert_eq!(first[0].subject, "Offline message from Ann");
        assert!(matches!(first[0].content, Content::Written(_)));
        assert!(claim(&world, NOW).is_empty());
        assert_eq!(claim(&world, NOW.plus_seconds(1)).len(), 1);
        let later = NOW.plus_seconds(HOLD_SECONDS);
        assert!(claim(&world, later.plus_millis(-1)).is_empty());
        let again = claim(&world, later);
        assert_eq!((again[0].id.as_str(), again[0].attempts), (first[0].id.as_str(), 2));
        // What the first sender says of it no longer counts, unless it has sent it.
        fail(&world, &first[0], later, true);
        assert_eq!(claim(&world, later.plus_seconds(HOLD_SECONDS)).len(), 2);
        let sent = first[0].clone();
        world.command_at(later, move |cx| transcripts::sent(cx, &sent)).unwrap();
        assert_eq!(claim(&world, later.plus_days(1)).len(), 1);
    }

    fn a_failure_waits_longer_each_time_and_is_given_up_at_last(engine: Engine) {
        let world = with_mail(engine);
        leave(&world, NOW, "Ann");
        let mut at = NOW;
        let mut pauses = Vec::new();
        loop {
            let claimed = claim(&world, at);
            assert_eq!(claimed.len(), 1);
            let Some(next) = fail(&world, &claimed[0], at, false) else {
                break;
            };
            assert_eq!(next_due(&world), Some(next));
            pauses.push(next.millis_since(at));
            at = next;
        }
        assert!(pauses.is_sorted() && pauses.len() > 5, "{pauses:?}");
        let hours = at.millis_since(NOW) / 3_600_000;
        assert!((24..48).contains(&hours), "{hours}");
        assert_eq!(next_due(&world), None);
        // It stays for a while, for anyone who looks for it.
        let tidy = |at: Timestamp| world.write(move |tx| Ok(mail::tidy(tx, at, 10)?)).unwrap();
        assert_eq!(tidy(NOW.plus_days(13)), 0);
        assert_eq!(tidy(NOW.plus_days(15)), 1);
    }

    fn another_way_of_sending_is_tried_at_once(engine: Engine) {
        let world = with_mail(engine);
        leave(&world, NOW, "Ann");
        leave(&world, NOW, "Bob");
        let claimed = claim(&world, NOW);
        let mut at = NOW;
        let mut failing = claimed[0].clone();
        for _ in 0..4 {
            at = fail(&world, &failing, at, false).unwrap();
            failing = claim(&world, at).into_iter().find(|mail| mail.id == failing.id).unwrap();
        }
        fail(&world, &failing, at, false).unwrap();
        world.write(move |tx| Ok(mail::hurry(tx, at)?)).unwrap();
        assert_eq!(next_due(&world), Some(at));
        // The other one is on its way, and stays with its sender.
        let again = claim(&world, at);
        assert_eq!(again.iter().map(|mail| &mail.id).collect::<Vec<_>>(), [&failing.id]);
        // A sender whose clock is ahead keeps its mail as well.
        let behind = at.plus_seconds(-20);
        world.write(move |tx| Ok(mail::hurry(tx, behind)?)).unwrap();
        assert!(next_due(&world) > Some(at));
    }
}

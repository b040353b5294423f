//! The outbox against a real store, on both engines: who gets a mail to send, when again, and what
//! becomes of it.
#![expect(clippy::unwrap_used, reason = "tests")]

#[expect(dead_code, reason = "other tests need more of it")]
mod common;

use std::sync::Arc;

use common::{House, NOW};
use hark_chat::mail::{self, Content, HOLD_SECONDS, Mail};
use hark_chat::offline::{self, Form};
use hark_chat::{Actor, Policy, settings};
use hark_store::Timestamp;
use hark_testkit::{Engine, on_both_engines};
use serde_json::json;

fn with_mail(engine: Engine) -> House {
    let house = House::new(engine);
    set(&house, "SMTP_Host", "mail.example.org");
    set(&house, "Livechat_offline_email", "desk@example.org");
    house
}

fn set(house: &House, id: &'static str, value: &'static str) {
    let (keys, policy) = (Arc::clone(&house.keys), house.policy());
    house
        .write(move |tx| {
            settings::change(tx, &Actor::System, NOW, &keys, &policy, id, &json!(value))
        })
        .unwrap();
}

fn leave(house: &House, policy: &Arc<Policy>, at: Timestamp, name: &'static str) {
    let policy = Arc::clone(policy);
    house
        .write(move |tx| {
            let form = Form {
                name: name.into(),
                email: "ann@x.example".into(),
                message: "hello".into(),
                department: None,
                host: None,
            };
            offline::submit(tx, at, &policy, &form)
        })
        .unwrap();
}

fn claim(house: &House, at: Timestamp) -> Vec<Mail> {
    house.write(move |tx| Ok(mail::claim(tx, at, 10)?)).unwrap()
}

fn fail(house: &House, mail: &Mail, at: Timestamp, hopeless: bool) -> Option<Timestamp> {
    let mail = mail.clone();
    house
        .write(move |tx| Ok(mail::failed(tx, at, &mail, "no\r\nanswer", hopeless)?))
        .unwrap()
}

fn next_due(house: &House) -> Option<Timestamp> {
    house.read(mail::next_due)
}

on_both_engines! {
    fn a_claimed_mail_is_nobody_elses_until_the_hold_is_over(engine: Engine) {
        let house = with_mail(engine);
        let policy = house.policy();
        assert_eq!(next_due(&house), None);
        leave(&house, &policy, NOW, "Ann");
        leave(&house, &policy, NOW.plus_seconds(1), "Bob");
        assert_eq!(next_due(&house), Some(NOW));
        let first = claim(&house, NOW);
        assert_eq!(first.len(), 1);
        assert_eq!(first[0].subject, "Offline message from Ann");
        assert!(matches!(first[0].content, Content::Written(_)));
        assert!(claim(&house, NOW).is_empty());
        assert_eq!(claim(&house, NOW.plus_seconds(1)).len(), 1);
        let later = NOW.plus_seconds(HOLD_SECONDS);
        assert!(claim(&house, later.plus_millis(-1)).is_empty());
        let again = claim(&house, later);
        assert_eq!((again[0].id.as_str(), again[0].attempts), (first[0].id.as_str(), 2));
        // What the first sender says of it no longer counts, unless it has sent it.
        fail(&house, &first[0], later, true);
        assert_eq!(claim(&house, later.plus_seconds(HOLD_SECONDS)).len(), 2);
        let sent = first[0].clone();
        house.write(move |tx| Ok(mail::sent(tx, later, &sent)?)).unwrap();
        assert_eq!(claim(&house, later.plus_days(1)).len(), 1);
    }

    fn a_failure_waits_longer_each_time_and_is_given_up_at_last(engine: Engine) {
        let house = with_mail(engine);
        leave(&house, &house.policy(), NOW, "Ann");
        let mut at = NOW;
        let mut pauses = Vec::new();
        loop {
            let claimed = claim(&house, at);
            assert_eq!(claimed.len(), 1);
            let Some(next) = fail(&house, &claimed[0], at, false) else {
                break;
            };
            assert_eq!(next_due(&house), Some(next));
            pauses.push(next.millis_since(at));
            at = next;
        }
        assert!(pauses.is_sorted() && pauses.len() > 5, "{pauses:?}");
        let hours = at.millis_since(NOW) / 3_600_000;
        assert!((24..48).contains(&hours), "{hours}");
        assert_eq!(next_due(&house), None);
        // It stays for a while, for whoever looks for it.
        let tidy = |at: Timestamp| house.write(move |tx| Ok(mail::tidy(tx, at, 10)?)).unwrap();
        assert_eq!(tidy(NOW.plus_days(13)), 0);
        assert_eq!(tidy(NOW.plus_days(15)), 1);
    }

    fn another_way_of_sending_is_tried_at_once(engine: Engine) {
        let house = with_mail(engine);
        let policy = house.policy();
        leave(&house, &policy, NOW, "Ann");
        leave(&house, &policy, NOW, "Bob");
        let claimed = claim(&house, NOW);
        let mut at = NOW;
        let mut failing = claimed[0].clone();
        for _ in 0..4 {
            at = fail(&house, &failing, at, false).unwrap();
            failing = claim(&house, at).into_iter().find(|mail| mail.id == failing.id).unwrap();
        }
        fail(&house, &failing, at, false).unwrap();
        house.write(move |tx| Ok(mail::hurry(tx, at)?)).unwrap();
        assert_eq!(next_due(&house), Some(at));
        // The other one is on its way, and stays with whoever has it.
        let again = claim(&house, at);
        assert_eq!(again.iter().map(|mail| &mail.id).collect::<Vec<_>>(), [&failing.id]);
    }
}

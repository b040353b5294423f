//! Who a visitor is by the word of a site, while the clock is not believed.

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hark_chat::identity::{Shown, identify};
use hark_chat::sites::{self, Secret};
use hark_chat::visitors::Traces;
use hark_model::{IdentityFault, Refusal};
use hark_store::Timestamp;
use hark_testkit::on_both_engines;
use serde_json::{Value, json};

use crate::world::{NOW, World};

const HOUR: Duration = Duration::from_secs(3_600);

fn signed(secret: &Secret, until: Timestamp) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let claims = json!({"sub": "7", "email": "vera@example.org", "exp": until.millis() / 1_000});
    let text = format!("{}.{}", part(&json!({"alg": "HS256"})), part(&claims));
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.reveal().unwrap().as_bytes());
    let signature = hmac::sign(&key, text.as_bytes());
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
}

on_both_engines! {
    fn a_leap_of_the_clock_makes_no_old_identity_good_and_ends_no_new_one(engine: Engine) {
        let world = World::with_admin(engine);
        let (secret, keys) = (Secret::fresh().unwrap(), Arc::clone(&world.keys));
        let first = secret.clone();
        let site = world.command(move |cx| sites::create(cx, &keys, "Shop", &first)).unwrap();
        let show = |secret: &Secret, until: Timestamp, says: Timestamp, sure: Timestamp| {
            let (keys, identity) = (Arc::clone(&world.keys), signed(secret, until));
            let shown = Shown { identity, token: None, traces: Traces::default() };
            let shown = world.command_at(says, move |cx| identify(cx, &keys, &shown, sure));
            match shown {
                Ok(_) => None,
                Err(Refusal::Identity(fault)) => Some(fault),
                Err(other) => panic!("{other:?}"),
            }
        };
        let (later, leapt) = (NOW.plus(2 * HOUR), NOW.plus_days(400));
        // The clock is wrong: the site's is right, and so is the time that has passed.
        assert_eq!(show(&secret, later.plus(HOUR), leapt, later), None);
        assert_eq!(show(&secret, NOW.plus(HOUR), leapt, later), Some(IdentityFault::Expired));
        // The clock is right, and only the time that has passed was not seen to pass.
        assert_eq!(show(&secret, leapt.plus(HOUR), leapt, later), None);

        // A secret that was replaced meanwhile is good for an hour, and not for 400 days.
        let (other, keys) = (Secret::fresh().unwrap(), Arc::clone(&world.keys));
        let second = other.clone();
        world.command_at(leapt, move |cx| sites::rotate_secret(cx, &keys, &site.id, &second, HOUR, later)).unwrap();
        let ended = later.plus(HOUR);
        assert_eq!(show(&secret, ended.plus(HOUR), leapt, later), None);
        assert_eq!(show(&secret, ended.plus(HOUR), ended, ended), Some(IdentityFault::Signature));
        assert_eq!(show(&other, ended.plus(HOUR), ended, ended), None);
    }
}

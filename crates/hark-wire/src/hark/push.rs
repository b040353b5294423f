//! Messages to browsers in which no page of ours is open.

use base64::Engine as _;
use base64::engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD};
use hark_model::vapid;
use hark_staff::push_subscriptions::{self, Browser};

use super::answers::{PushKey, PushSubscription};
use super::{Nothing, misfit};
use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::handler::{Done, Made};
use crate::params::{NonEmpty, params};
use crate::route::{Access, Route, route};

const AGENT: Access = Access::Permission("view-l-room");

pub(crate) static ROUTES: &[&Route] = &[
    &route!(Hark GET "push", AGENT, "The key by which push services know this server (VAPID)", key),
    &route!(Hark POST "push/subscriptions", AGENT, "Let a browser take messages while no page is open, until this log-in ends", subscribe)
        .per_minute(60),
    &route!(Hark DELETE "push/subscriptions/{id}", AGENT, "End that", unsubscribe)
        .per_minute(60),
];

params! {
    /// As a browser's `PushSubscription.toJSON()` has it.
    struct Subscribed {
        /// Where the push service takes messages for the browser.
        endpoint: NonEmpty,
        /// What messages are sealed with.
        keys: Keys,
        _expires as "expirationTime": Option<Option<i64>>,
    }

    struct Keys {
        /// The browser's public key, in base64url.
        p256dh: NonEmpty,
        /// The secret of the subscription, in base64url.
        auth: NonEmpty,
    }
}

async fn key(call: Call, _: Nothing) -> Result<Done<PushKey>, Failure> {
    Ok(Done(PushKey::of(&vapid::Key::of(
        call.wire.policies.keys(),
    ))))
}

async fn subscribe(call: Call, subscribed: Subscribed) -> Result<Made<PushSubscription>, Failure> {
    // One that cannot be read has no length that fits.
    let bytes = |text: &str| {
        let read = URL_SAFE_NO_PAD
            .decode(text)
            .or_else(|_| URL_SAFE.decode(text));
        read.unwrap_or_default()
    };
    let browser = Browser {
        address: subscribed.endpoint.to_string(),
        public_key: bytes(&subscribed.keys.p256dh),
        secret: bytes(&subscribed.keys.auth),
    };
    if let Some(name) = browser.misfit() {
        return Err(misfit(name, "This is not what a browser says of itself"));
    }
    let session = call.session()?.hash.clone();
    let made = call.command(move |call, cx| {
        let keys = call.wire.policies.keys();
        push_subscriptions::subscribe(cx, keys, &session, &browser)
    });
    Ok(Made(PushSubscription::of(&made.await?)))
}

async fn unsubscribe(call: Call, _: Nothing) -> Answer {
    let ended = call.command(|call, cx| push_subscriptions::unsubscribe(cx, call.path(0)));
    if !ended.await? {
        return Err(Failure::NotFound("There is no such subscription".into()));
    }
    Ok(Reply::Nothing)
}

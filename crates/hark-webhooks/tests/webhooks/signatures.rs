//! Signatures, checked by what receivers check them with: the published packages of Standard
//! Webhooks, and for Ed25519, which none of those knows, the lines of our documentation.

use std::sync::Arc;
use std::time::Duration;

use crate::world::World;
use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hark_jobs::Running;
use hark_model::Actor;
use hark_store::Clock;
use hark_testkit::{Engine, Received, Receiver, Reply, Verifier};
use hark_webhooks::endpoints;
use hark_webhooks::signing::{Scheme, Secret};
use http::{HeaderMap, HeaderName, HeaderValue};
use standardwebhooks::Webhook;

const OVERLAP: Duration = Duration::from_secs(60);

/// A world with an endpoint, in which time stands still, at so many seconds from now.
struct Scene {
    world: World,
    clock: Clock,
    receiver: Receiver,
    post: Option<Running>,
}

impl Scene {
    fn at(seconds: i64) -> Self {
        let clock = Clock::fixed(Clock::system().now().plus_seconds(seconds));
        let world = World::with_clock(Engine::Sqlite, clock.clone());
        let receiver = Receiver::open();
        world.endpoint("e", &receiver.url("/hook"), &[20, 20]);
        let post = Some(world.dispatch());
        Self {
            world,
            clock,
            receiver,
            post,
        }
    }

    /// A new secret; those before it are good for as long as the overlap.
    fn rotate(&self, scheme: Scheme) -> Secret {
        let secret = Secret::fresh(scheme).unwrap();
        let (keys, now) = (Arc::clone(&self.world.keys), self.clock.now());
        let given = secret.clone();
        self.world.write(move |tx| {
            endpoints::rotate_secret(tx, &Actor::System, now, &keys, "e", &given, OVERLAP)
        });
        secret
    }

    /// What arrives of the next event.
    fn next(&self) -> Received {
        let before = self.receiver.received().len();
        self.world.happens("c");
        self.receiver.wait(before + 1).remove(before)
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        if let Some(post) = self.post.take() {
            self.world.stop(post);
        }
    }
}

fn entries(request: &Received) -> Vec<&str> {
    let signature = request.header("webhook-signature").unwrap();
    signature.split(' ').collect()
}

/// Each verdict on a request, by package: the type it read, or its complaint.
fn verdicts(secret: &Secret, request: &Received) -> Vec<Result<String, String>> {
    let key = secret.reveal();
    let mut all = vec![of_the_crate(&key, request)];
    for verifier in Verifier::ALL {
        all.extend(verifier.verify(&key, std::slice::from_ref(request)));
    }
    all
}

fn of_the_crate(key: &str, request: &Received) -> Result<String, String> {
    let mut headers = HeaderMap::new();
    for (name, value) in &request.headers {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        headers.insert(name, HeaderValue::from_str(value).unwrap());
    }
    let verified = Webhook::new(key).unwrap().verify(&request.body, &headers);
    verified.map_err(|error| error.to_string())?;
    let event: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
    Ok(event["type"].as_str().unwrap().to_owned())
}

fn assert_accepted(secret: &Secret, request: &Received) {
    for verdict in verdicts(secret, request) {
        assert_eq!(verdict.as_deref(), Ok("chat.resumed"));
    }
}

fn assert_refused(secret: &Secret, request: &Received, why: [&str; 3]) {
    assert_eq!(
        verdicts(secret, request),
        why.map(|why| Err(why.to_owned()))
    );
}

const NO_MATCH: [&str; 3] = [
    "signature invalid",
    "No matching signature found",
    "No matching signature found",
];

#[test]
fn published_packages_accept_what_is_sent() {
    let scene = Scene::at(0);
    let secret = scene.rotate(Scheme::Hmac);
    for _ in 0..3 {
        let request = scene.next();
        assert_accepted(&secret, &request);
        let header = |name| request.header(name).unwrap();
        let at: i64 = header("webhook-timestamp").parse().unwrap();
        let signed = Webhook::new(&secret.reveal()).unwrap();
        let signed = signed.sign(header("webhook-id"), at, &request.body);
        assert_eq!(entries(&request), [signed.unwrap()]);
        assert!(!header("webhook-id").contains('.'));
    }
}

#[test]
fn published_packages_refuse_another_secret_and_a_changed_byte() {
    let scene = Scene::at(0);
    let secret = scene.rotate(Scheme::Hmac);
    let request = scene.next();
    let other = Secret::fresh(Scheme::Hmac).unwrap();
    assert_refused(&other, &request, NO_MATCH);
    let mut changed = request.clone();
    let last = changed.body.len() - 3;
    changed.body[last] ^= 1;
    assert_refused(&secret, &changed, NO_MATCH);
    for header in ["webhook-id", "webhook-timestamp"] {
        let mut changed = request.clone();
        let (_, value) = changed
            .headers
            .iter_mut()
            .find(|(name, _)| name.eq_ignore_ascii_case(header))
            .unwrap();
        let last = value.pop().unwrap();
        value.push(if last == '0' { '1' } else { '0' });
        assert_refused(&secret, &changed, NO_MATCH);
    }
    assert_accepted(&secret, &request);
}

#[test]
fn published_packages_refuse_what_is_old_or_from_the_future() {
    let old = Scene::at(-310);
    let secret = old.rotate(Scheme::Hmac);
    let why = [
        "signature timestamp too old",
        "Message timestamp too old",
        "Message timestamp too old",
    ];
    assert_refused(&secret, &old.next(), why);
    let early = Scene::at(360);
    let secret = early.rotate(Scheme::Hmac);
    let why = [
        "signature timestamp too far in future",
        "Message timestamp too new",
        "Message timestamp too new",
    ];
    assert_refused(&secret, &early.next(), why);
}

#[test]
fn both_secrets_are_good_until_the_change_is_over() {
    let scene = Scene::at(-60);
    let old = scene.rotate(Scheme::Hmac);
    let new = scene.rotate(Scheme::Hmac);
    let request = scene.next();
    assert_eq!(entries(&request).len(), 2);
    assert_accepted(&new, &request);
    assert_accepted(&old, &request);
    scene.clock.advance(59_999);
    assert_accepted(&old, &scene.next());
    scene.clock.advance(1);
    let request = scene.next();
    assert_eq!(entries(&request).len(), 1);
    assert_accepted(&new, &request);
    assert_refused(&old, &request, NO_MATCH);
}

#[test]
fn a_receiver_changes_over_to_a_public_key() {
    let scene = Scene::at(-60);
    let shared = scene.rotate(Scheme::Hmac);
    let pair = scene.rotate(Scheme::Ed25519);
    let public = pair.public_key().unwrap();
    let request = scene.next();
    // The packages pass over the entry that they do not know.
    assert_accepted(&shared, &request);
    assert_eq!(
        by_public_key(&public, &request),
        Ok("chat.resumed".to_owned())
    );
    assert!(is_signed_with(&public, &request));
    scene.clock.advance(60_000);
    let request = scene.next();
    assert!(
        entries(&request)
            .iter()
            .all(|entry| entry.starts_with("v1a,"))
    );
    assert_refused(&shared, &request, NO_MATCH);
    assert_eq!(
        by_public_key(&public, &request),
        Ok("chat.resumed".to_owned())
    );
    assert!(is_signed_with(&public, &request));

    let mut changed = request.clone();
    changed.body[3] ^= 1;
    let other = Secret::fresh(Scheme::Ed25519)
        .unwrap()
        .public_key()
        .unwrap();
    for (key, request) in [(&public, &changed), (&other, &request)] {
        assert_eq!(
            by_public_key(key, request),
            Err("no signature matches".to_owned())
        );
        assert!(!is_signed_with(key, request));
    }
}

/// As our documentation asks receivers to do it.
fn by_public_key(key: &str, request: &Received) -> Result<String, String> {
    let mut verdicts = Verifier::Node.verify(key, std::slice::from_ref(request));
    verdicts.remove(0)
}

fn is_signed_with(key: &str, request: &Received) -> bool {
    let key = STANDARD.decode(key.strip_prefix("whpk_").unwrap()).unwrap();
    let header = |name| request.header(name).unwrap();
    let head = format!("{}.{}.", header("webhook-id"), header("webhook-timestamp"));
    let signed = [head.as_bytes(), &request.body].concat();
    let entries = entries(request);
    let mut signatures = entries
        .iter()
        .filter_map(|entry| entry.strip_prefix("v1a,"));
    signatures.any(|signature| {
        let signature = STANDARD.decode(signature).unwrap();
        UnparsedPublicKey::new(&ED25519, &key)
            .verify(&signed, &signature)
            .is_ok()
    })
}

#[test]
fn each_attempt_is_signed_anew_under_the_same_id() {
    let scene = Scene::at(-60);
    let secret = scene.rotate(Scheme::Hmac);
    let clock = scene.clock.clone();
    scene.receiver.answer(move |_| {
        // Something takes its time before it fails.
        clock.advance(2_000);
        Reply::status(500)
    });
    scene.world.happens("c");
    let requests = scene.receiver.wait(3);
    let of = |name: &str| -> Vec<String> {
        let values = requests.iter().map(|request| request.header(name).unwrap());
        values.map(str::to_owned).collect()
    };
    let at: Vec<i64> = of("webhook-timestamp")
        .iter()
        .map(|at| at.parse().unwrap())
        .collect();
    assert!(at[0] + 2 <= at[1] && at[1] + 2 <= at[2], "{at:?}");
    assert_eq!(of("hark-attempt"), ["1", "2", "3"]);
    for (number, request) in requests.iter().enumerate() {
        assert_accepted(&secret, request);
        assert_eq!(request.body, requests[0].body);
        assert_eq!(
            request.header("webhook-id"),
            requests[0].header("webhook-id")
        );
        let same = entries(request) == entries(&requests[0]);
        assert_eq!(same, number == 0);
    }
}

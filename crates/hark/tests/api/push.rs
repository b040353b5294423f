//! Messages to browsers in which no page is open: a push service on this machine takes them, and the browser reads them.

use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey as Verifier};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use hark_testkit::{
    Client, Desk, Engine, Received, Receiver, Reply, Response, Socket, eventually, on_both_engines,
    text,
};
use serde_json::{Value, json};

use crate::HARK;

const SUBSCRIPTIONS: &str = "/api/hark/v1/push/subscriptions";
const SECRET: [u8; 16] = *b"sixteen of bytes";

/// A browser with its keys, which nobody else has.
pub(crate) struct Browser {
    key: PrivateKey,
    public: Vec<u8>,
}

impl Browser {
    pub(crate) fn new() -> Self {
        let key = PrivateKey::generate(&ECDH_P256).unwrap();
        let public = key.compute_public_key().unwrap().as_ref().to_vec();
        Self { key, public }
    }

    /// What a browser says of itself.
    pub(crate) fn subscription(&self, address: &str) -> Value {
        let keys = json!({"p256dh": BASE64.encode(&self.public), "auth": BASE64.encode(SECRET)});
        json!({"endpoint": address, "keys": keys, "expirationTime": null})
    }

    fn subscribe(&self, client: &Client, address: &str) -> Response {
        client.post(SUBSCRIPTIONS, &self.subscription(address))
    }

    /// As RFC 8291 says, from the side of the one who reads.
    fn read(&self, body: &[u8]) -> Value {
        let (salt, rest) = body.split_at(16);
        let (size, rest) = rest.split_at(4);
        assert!(body.len() <= u32::from_be_bytes(size.try_into().unwrap()) as usize);
        let (sender, sealed) = rest[1..].split_at(usize::from(rest[0]));
        let shared = agree(
            &self.key,
            UnparsedPublicKey::new(&ECDH_P256, sender),
            Unspecified,
            |shared| Ok(shared.to_vec()),
        );
        let info = [b"WebPush: info\0", &self.public[..], sender].concat();
        let input = derived(&SECRET, &shared.unwrap(), &info, 32);
        let key = derived(salt, &input, b"Content-Encoding: aes128gcm\0", 16);
        let nonce = derived(salt, &input, b"Content-Encoding: nonce\0", 12);
        let mut sealed = sealed.to_vec();
        let nonce = Nonce::try_assume_unique_for_key(&nonce).unwrap();
        let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).unwrap());
        let plain = key.open_in_place(nonce, Aad::empty(), &mut sealed).unwrap();
        let (end, plain) = plain.split_last().unwrap();
        assert_eq!(*end, 2);
        serde_json::from_slice(plain).unwrap()
    }
}

struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

fn derived(salt: &[u8], secret: &[u8], info: &[u8], length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    let info = [info];
    let extracted = Salt::new(HKDF_SHA256, salt).extract(secret);
    extracted
        .expand(&info, Length(length))
        .unwrap()
        .fill(&mut bytes)
        .unwrap();
    bytes
}

/// Who sends it is who the server says that it is, and says it to this push service for some hours.
fn check_sender(request: &Received, desk: &Desk, origin: &str) {
    let shown = request.header("authorization").unwrap();
    let (token, key) = shown
        .strip_prefix("vapid t=")
        .unwrap()
        .split_once(", k=")
        .unwrap();
    let known = desk.admin.get("/api/hark/v1/push").expect(200);
    assert_eq!(known["publicKey"], key);
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let key = BASE64.decode(key).unwrap();
    let verifier = Verifier::new(&ECDSA_P256_SHA256_FIXED, &key);
    verifier
        .verify(signed.as_bytes(), &BASE64.decode(signature).unwrap())
        .unwrap();
    let part = |part: &str| serde_json::from_slice::<Value>(&BASE64.decode(part).unwrap()).unwrap();
    let (head, claims) = signed.split_once('.').unwrap();
    assert_eq!(part(head), json!({"typ": "JWT", "alg": "ES256"}));
    let claims = part(claims);
    assert_eq!(claims["aud"], origin);
    assert!(text(&claims, "/sub").starts_with("http"));
    let now = hark_store::Clock::system().now().millis().unsigned_abs() / 1_000;
    let left = claims["exp"].as_u64().unwrap() - now;
    assert!((1..=24 * 3_600).contains(&left), "{left}");
}

fn open(engine: Engine) -> Desk {
    let desk = Desk::open_with(HARK, engine, |setup| {
        setup.env("HARK_WEBHOOK_ALLOW", "127.0.0.0/8")
    });
    desk.set("Livechat_Routing_Method", "Manual_Selection");
    desk
}

on_both_engines! {
    fn a_browser_without_a_page_is_told_of_new_chats_and_messages(engine: Engine) {
        let desk = open(engine);
        let (amy, ben) = (desk.agent("amy"), desk.agent("ben"));
        let sales = desk.department("Sales", &[&amy], &json!({}));
        let help = desk.department("Help", &[&ben], &json!({}));
        let service = Receiver::answering(|_| Reply::status(201));
        let origin = service.url("").trim_end_matches('/').to_owned();
        let (of_amy, of_ben) = (Browser::new(), Browser::new());
        of_amy.subscribe(&amy.client, &service.url("/amy")).expect(201);
        of_ben.subscribe(&ben.client, &service.url("/ben")).expect(201);
        desk.visitor("ann", &json!({"name": "Ann", "department": sales}));
        let rid = text(&desk.chat("ann"), "/_id");
        // It is in the queue of her department, and not in his.
        let first = service.wait(1).remove(0);
        assert_eq!((first.method(), first.path()), ("POST", "/amy"));
        assert_eq!(first.header("content-encoding"), Some("aes128gcm"));
        assert_eq!(first.header("topic"), Some(rid.as_str()));
        assert!(first.header("ttl").unwrap().parse::<u32>().unwrap() > 0);
        check_sender(&first, &desk, &origin);
        assert_eq!(of_amy.read(&first.body), json!({"kind": "waits", "room": rid, "title": "Ann"}));
        desk.take(&amy, &rid).expect(200);
        desk.say("ann", &rid, "Is the bowl safe?");
        let second = service.wait(2).remove(1);
        let told = json!({"kind": "message", "room": rid, "title": "Ann", "body": "Is the bowl safe?"});
        assert_eq!(of_amy.read(&second.body), told);

        // With a page open nothing rings elsewhere.
        let window = Socket::of(&desk.server, &amy.client);
        eventually("her window is known", || {
            (desk.database.number("SELECT count(*) FROM connection WHERE lost_at IS NULL") == 1).then_some(())
        });
        desk.say("ann", &rid, "Hello?");
        desk.visitor("zoe", &json!({"name": "Zoe", "department": help}));
        let other = text(&desk.chat("zoe"), "/_id");
        desk.take(&ben, &other).expect(200);
        desk.say("zoe", &other, "For Ben");
        // What came behind it was told, so that it was passed over.
        eventually("Ben was told", || {
            let told = service.received();
            told.iter().any(|one| one.path() == "/ben" && of_ben.read(&one.body)["body"] == "For Ben").then_some(())
        });
        let to_amy = service.received().iter().filter(|one| one.path() == "/amy").map(|one| of_amy.read(&one.body)).collect::<Vec<_>>();
        assert!(to_amy.iter().all(|told| told["body"] != "Hello?"), "{to_amy:?}");
        drop(window);
    }

    fn a_subscription_ends_with_its_log_in_or_when_the_service_says_so(engine: Engine) {
        let desk = open(engine);
        let amy = desk.agent("amy");
        let service = Receiver::answering(|_| Reply::status(410));
        let browser = Browser::new();
        let count = || desk.database.number("SELECT count(*) FROM push_subscription");
        browser.subscribe(&amy.client, &service.url("/x")).expect(201);
        desk.new_chat("ann");
        service.wait(1);
        eventually("it was dropped", || (count() == 0).then_some(()));

        // The same browser again is one, of whoever asked last; and an account has some only.
        browser.subscribe(&amy.client, &service.url("/y")).expect(201);
        let made = browser.subscribe(&amy.client, &service.url("/y")).expect(201);
        assert_eq!(count(), 1);
        let own = format!("{SUBSCRIPTIONS}/{}", text(&made, "/id"));
        desk.admin.delete(&own, &json!({})).expect(404);
        assert_eq!(amy.client.delete(&own, &json!({})).status, 204);
        for number in 0..12 {
            browser.subscribe(&amy.client, &service.url(&format!("/{number}"))).expect(201);
        }
        assert_eq!(count(), 10);
        amy.client.post("logout", &json!({})).expect(200);
        assert_eq!(count(), 0);
        let ben = desk.agent("ben");
        browser.subscribe(&ben.client, &service.url("/z")).expect(201);
        desk.admin.post("users.delete", &json!({"userId": ben.id})).expect(200);
        assert_eq!(count(), 0);

        let wrong = |endpoint: &str, p256dh: &str, auth: &str| {
            let keys = json!({"p256dh": p256dh, "auth": auth});
            desk.admin.post(SUBSCRIPTIONS, &json!({"endpoint": endpoint, "keys": keys})).expect(400);
        };
        let (key, secret) = (BASE64.encode(&browser.public), BASE64.encode(SECRET));
        wrong("ftp://x.example", &key, &secret);
        wrong("https://x.example", "AAAA", &secret);
        wrong("https://x.example", &key, "AAAA");
        desk.admin.person("ursula", &["user"]).get("/api/hark/v1/push").expect(403);
    }
}

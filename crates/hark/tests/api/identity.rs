//! Who a visitor is by the word of a site: signed tokens, and the secrets and keys behind them.

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hark_testkit::{Client, Desk, Engine, Response, Socket, on_both_engines, text};
use serde_json::{Value, json};

use crate::HARK;

const SITES: &str = "/api/hark/v1/sites";
const IDENTITY: &str = "/api/hark/v1/widget/identity";

/// So many seconds from now, as tokens say it.
fn in_seconds(seconds: i64) -> i64 {
    hark_store::Clock::system().now().millis() / 1000 + seconds
}

fn vera() -> Value {
    json!({"sub": "7", "email": "vera@example.org", "name": "Vera", "exp": in_seconds(3_600)})
}

fn unsigned(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}", part(header), part(claims))
}

fn hs256(secret: &[u8], header: &Value, claims: &Value) -> String {
    let text = unsigned(header, claims);
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    let signature = hmac::sign(&key, text.as_bytes());
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
}

pub(crate) fn signed(secret: &str, claims: &Value) -> String {
    hs256(
        secret.as_bytes(),
        &json!({"alg": "HS256", "typ": "JWT"}),
        claims,
    )
}

fn pair(seed: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap()
}

/// As `openssl pkey -pubout` writes it.
fn pem(pair: &Ed25519KeyPair) -> String {
    let before = [
        0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
    ];
    let key = STANDARD.encode([&before[..], pair.public_key().as_ref()].concat());
    format!("-----BEGIN PUBLIC KEY-----\n{key}\n-----END PUBLIC KEY-----\n")
}

fn eddsa(pair: &Ed25519KeyPair, claims: &Value) -> String {
    let text = unsigned(&json!({"alg": "EdDSA"}), claims);
    format!(
        "{text}.{}",
        URL_SAFE_NO_PAD.encode(pair.sign(text.as_bytes()))
    )
}

fn identify(client: &Client, identity: &str, token: Option<&str>) -> Response {
    let mut body = json!({"identity": identity});
    if let Some(token) = token {
        body["token"] = json!(token);
    }
    client.post(IDENTITY, &body)
}

/// A desk, and the secret of a site.
fn desk(engine: Engine) -> (Desk, String) {
    let desk = Desk::open_with(HARK, engine, |setup| {
        setup.env("Livechat_accept_chats_with_no_agents", "true")
    });
    let made = desk.admin.post(SITES, &json!({"name": "Shop"})).expect(201);
    let secret = text(&made, "/secret");
    (desk, secret)
}

#[track_caller]
fn refused(answer: &Response, reason: &str) {
    let problem = answer.expect(400);
    assert_eq!(problem["type"], "urn:hark:problem:declined", "{problem}");
    assert_eq!(problem["reason"], reason, "{problem}");
    assert!(
        text(&problem, "/detail").starts_with("The identity "),
        "{problem}"
    );
}

on_both_engines! {
    /// What agents write down of a contact does not take the place of what its site says.
    fn a_contact_keeps_what_a_site_vouches_for(engine: Engine) {
        let (desk, secret) = desk(engine);
        desk.field("plan", "visitor", &json!({}));
        let there = identify(&desk.anyone(), &signed(&secret, &vera()), None).expect(200);
        let id = text(&there, "/id");
        let read = || desk.admin.get(&format!("omnichannel/contact?contactId={id}")).expect(200)["contact"].clone();
        let save = |more: &Value| {
            let mut contact = json!({"_id": id, "token": "made-up", "name": "Vera"});
            for (name, value) in more.as_object().unwrap() {
                contact[name] = value.clone();
            }
            desk.admin.post("omnichannel/contact", &contact)
        };
        let words = "A site vouches for this visitor, so their name and e-mail address stay as it says";
        for other in [json!({"email": "me@evil.test"}), json!({"name": "Eve"})] {
            save(&other).refused_with_code(words, "error-contact-vouched");
        }
        for same in [json!({}), json!({"email": ""}), json!({"email": "VERA@example.org", "phone": "+1555", "customFields": {"plan": "gold"}})] {
            save(&same).expect(200);
            let now = read();
            assert_eq!((&now["name"], &now["visitorEmails"]), (&json!("Vera"), &json!([{"address": "vera@example.org"}])));
        }
        let now = read();
        assert_eq!((&now["phone"], &now["livechatData"]), (&json!([{"phoneNumber": "+1555"}]), &json!({"plan": "gold"})));
    }

    /// Nor does what they write down beside a chat, or what the visitor says in it.
    fn who_serves_a_chat_does_not_change_what_a_site_vouches_for(engine: Engine) {
        let (desk, secret) = desk(engine);
        let there = identify(&desk.anyone(), &signed(&secret, &vera()), None).expect(200);
        let (id, token) = (text(&there, "/id"), text(&there, "/token"));
        let rid = desk.new_chat(&token);
        let read = || desk.admin.get(&format!("livechat/visitors.info?visitorId={id}")).expect(200)["visitor"].clone();
        let save = |guest: &Value, topic: &str| {
            let mut guest = guest.clone();
            guest["_id"] = json!(id);
            let body = json!({"guestData": guest, "roomData": {"_id": rid, "topic": topic}});
            desk.admin.post("livechat/room.saveInfo", &body)
        };
        let words = "A site vouches for this visitor, so their name and e-mail address stay as it says";
        for other in [json!({"email": "me@evil.test"}), json!({"email": " "}), json!({"name": "Eve"}), json!({"name": " "})] {
            save(&other, "Eve's").refused_with_code(words, "error-contact-vouched");
        }
        // The form of an agent's client says again what it shows.
        let same = json!({"name": "Vera", "email": "VERA@example.org", "phone": "+1555"});
        save(&same, "Parcel").expect(200);
        let now = read();
        assert_eq!((&now["name"], &now["phone"]), (&json!("Vera"), &json!([{"phoneNumber": "+1555"}])));
        assert_eq!(now["visitorEmails"], json!([{"address": "vera@example.org"}]));
        let room = desk.room(&rid);
        assert_eq!((&room["fname"], &room["topic"]), (&json!("Vera"), &json!("Parcel")));

        // What they mention stands behind it, and an agent's note does not put it in its place.
        desk.say(&token, &rid, "Write to me@evil.test");
        let both = json!([{"address": "vera@example.org"}, {"address": "me@evil.test"}]);
        assert_eq!(read()["visitorEmails"], both);
        save(&json!({"email": "me@evil.test"}), "").expect(200);
        assert_eq!(read()["visitorEmails"], both);
    }

    fn a_sites_secrets_are_made_shown_once_rotated_and_removed(engine: Engine) {
        let (desk, first) = desk(engine);
        let (admin, nobody) = (&desk.admin, desk.anyone());
        assert!(first.starts_with("hark_id_") && first.len() == 51, "{first}");
        let listed = admin.get(SITES);
        assert!(!listed.text().contains(&first) && !listed.text().contains("hark_id_"), "{}", listed.text());
        let site = listed.expect(200)["items"][0].clone();
        assert_eq!((&site["name"], &site["secrets"][0]["algorithm"], &site["secrets"][0]["until"]), (&json!("Shop"), &json!("HS256"), &Value::Null));
        assert_eq!(site["secrets"][0]["hint"], format!("…{}", &first[first.len() - 4..]));
        let path = format!("{SITES}/{}", text(&site, "/id"));

        // Both are good until the old one's time is up.
        let rotated = admin.post(&format!("{path}:rotate-secret"), &json!({})).expect(200);
        let second = text(&rotated, "/secret");
        assert_eq!(rotated["secrets"].as_array().unwrap().len(), 2);
        let person = identify(&nobody, &signed(&first, &vera()), None).expect(200);
        assert_eq!(identify(&nobody, &signed(&second, &vera()), None).expect(200)["id"], person["id"]);
        let key = pair(1);
        let rotated = admin.post(&format!("{path}:rotate-secret"), &json!({"publicKey": pem(&key), "overlapSeconds": 0})).expect(200);
        assert_eq!((&rotated["secret"], &rotated["secrets"].as_array().unwrap().len()), (&Value::Null, &1));
        for old in [&first, &second] {
            refused(&identify(&nobody, &signed(old, &vera()), None), "identity-signature");
        }
        assert_eq!(identify(&nobody, &eddsa(&key, &vera()), None).expect(200)["id"], person["id"]);

        assert_eq!(admin.delete(&path, &json!({})).status, 204);
        refused(&identify(&nobody, &eddsa(&key, &vera()), None), "identity-signature");
        assert_eq!(admin.delete(&path, &json!({})).expect(404)["type"], "urn:hark:problem:not-found");
        assert_eq!(admin.post(&format!("{path}:rotate-secret"), &json!({})).status, 404);
        // What was said before counts: the visitor keeps their token.
        nobody.get(&format!("livechat/visitor/{}", text(&person, "/token"))).expect(200);

        // Who has changed it is in the event log and in Hark's own, and what they have got in neither.
        let events = desk.database.events().into_iter().filter(|(_, kind, _)| kind.starts_with("site."));
        let by = json!({"id": admin.id(), "username": "admin"});
        let id = text(&site, "/id");
        let said = json!({"site": id, "name": "Shop", "by": by});
        let all: Vec<(String, Value)> = events.map(|(_, kind, body)| (kind, body)).collect();
        let rotated = "site.secret-rotated";
        assert_eq!(all, ["site.created", rotated, rotated, "site.removed"].map(|kind| (kind.to_owned(), said.clone())));
        desk.server.wait_for_log("a site was removed that vouched for its visitors");
        let log = desk.server.log();
        let log: Vec<&String> = log.iter().filter(|line| line.contains("for its visitors") && line.contains(&id) && line.contains(&admin.id())).collect();
        assert_eq!(log.len(), 4, "{log:?}");
        for secret in [&first, &second] {
            assert!(!desk.server.log().iter().any(|line| line.contains(secret.as_str())));
        }

        for wrong in ["x", "-----BEGIN PUBLIC KEY-----\nMCow\n-----END PUBLIC KEY-----", "-----BEGIN PRIVATE KEY-----\nMCow\n-----END PRIVATE KEY-----"] {
            assert_eq!(admin.post(SITES, &json!({"publicKey": wrong})).expect(400)["errors"][0]["pointer"], "/publicKey");
        }
        // Anyone who can speak for any visitor is a manager, and has shown it lately.
        for roles in [&["user", "livechat-agent"][..], &["user", "livechat-monitor"]] {
            let name = roles[1];
            let person = admin.person(name, roles);
            assert_eq!(person.post(SITES, &json!({})).status, 403, "{name}");
        }
        let manager = admin.person("mia", &["user", "livechat-manager"]);
        manager.post(SITES, &json!({})).expect(201);
        let made = admin.post("users.generatePersonalAccessToken", &json!({"tokenName": "x"})).expect(200);
        let program = nobody.with("Authorization", &format!("Bearer {}", text(&made, "/token")));
        assert_eq!(program.post(SITES, &json!({})).expect(403)["type"], "urn:hark:problem:second-factor");
        program.get(SITES).expect(200);
    }

    fn one_person_is_one_visitor_in_every_browser(engine: Engine) {
        let (desk, secret) = desk(engine);
        let nobody = desk.anyone();
        // They chat before they log in; the chat becomes theirs, and the browser's old token opens nothing.
        let rid = desk.new_chat("browser-1");
        desk.say("browser-1", &rid, "I cannot log in");
        let identity = signed(&secret, &vera());
        let here = identify(&nobody, &identity, Some("browser-1")).expect(200);
        let token = text(&here, "/token");
        assert!(token.len() >= 22 && token != "browser-1", "{token}");
        assert_eq!((&here["email"], &here["name"]), (&json!("vera@example.org"), &json!("Vera")));
        nobody.get("livechat/visitor/browser-1").refused_with_code("", "invalid-token");
        assert!(desk.story(&token, &rid).iter().any(|line| line.ends_with(": I cannot log in")));
        assert_eq!(desk.room(&rid)["fname"], "Vera");

        // Another browser, unknown or known as somebody: the same visitor, both of them at once.
        desk.visitor("browser-3", &json!({"name": "Guest"}));
        for shown in [None, Some("browser-2"), Some("browser-3"), Some(&*token)] {
            let there = identify(&nobody, &identity, shown).expect(200);
            assert_eq!((&there["id"], &there["token"]), (&here["id"], &here["token"]));
        }
        assert_eq!(nobody.get("livechat/visitor/browser-3").expect(200)["visitor"]["name"], "Guest");
        assert_eq!(text(&desk.chat(&token), "/_id"), rid);
        desk.say(&token, &rid, "From here");

        // Who is not signed is not recognised, also where what somebody types counts.
        let typed = json!({"visitor": {"token": "eve", "email": "vera@example.org"}});
        for recognises in [false, true] {
            desk.set("Livechat_recognise_visitors_by_contact", recognises);
            let eve = nobody.post("livechat/visitor", &typed).expect(200);
            assert_ne!(eve["visitor"]["_id"], here["id"]);
            nobody.get(&format!("livechat/visitor/{token}")).expect(200);
        }
        // What the site has vouched for is not changed by what somebody types.
        let typed = json!({"visitor": {"token": token, "email": "other@example.org", "name": "Other", "phone": "+1"}});
        let still = nobody.post("livechat/visitor", &typed).expect(200)["visitor"].clone();
        assert_eq!((&still["visitorEmails"][0]["address"], &still["name"]), (&json!("vera@example.org"), &json!("Vera")));
        assert_eq!(still["phone"][0]["phoneNumber"], "+1");
        // The site may.
        let mut claims = vera();
        claims["email"] = json!("Vera@new.example.org");
        claims["name"] = json!("Vera N");
        let moved = identify(&nobody, &signed(&secret, &claims), None).expect(200);
        assert_eq!((&moved["id"], &moved["email"], &moved["name"]), (&here["id"], &json!("vera@new.example.org"), &json!("Vera N")));
        assert_eq!(desk.room(&rid)["fname"], "Vera N");

        // Somebody else in the same browser, and the same name at another site, are other people.
        let mut ben = vera();
        ben["sub"] = json!("8");
        let ben = identify(&nobody, &signed(&secret, &ben), Some(&token)).expect(200);
        let other = text(&desk.admin.post(SITES, &json!({})).expect(201), "/secret");
        let foreign = identify(&nobody, &signed(&other, &vera()), Some(&token)).expect(200);
        for one in [&ben, &foreign] {
            assert!(one["id"] != here["id"] && one["token"] != here["token"], "{one}");
        }
        assert_ne!(ben["id"], foreign["id"]);
        // One who was forgotten begins anew.
        desk.anyone().post("livechat/room.close", &json!({"token": token, "rid": rid})).expect(200);
        nobody.delete(&format!("livechat/visitor/{token}"), &json!({})).expect(200);
        let anew = identify(&nobody, &identity, Some(&token)).expect(200);
        assert!(anew["id"] != here["id"] && anew["token"] != here["token"], "{anew}");
    }

    fn who_listens_by_the_old_token_hears_nothing_more(engine: Engine) {
        let (desk, secret) = desk(engine);
        let messages = "stream-room-messages";
        let listen = |token: &str, rid: &str| {
            let mut socket = Socket::greeted(&desk.server);
            let shown = json!({"token": token, "visitorToken": token});
            assert_eq!(socket.subscribe(messages, rid, &shown)["msg"], "ready");
            socket
        };
        let rid = desk.new_chat("browser-1");
        // The one who used the browser before has kept its token.
        let mut before = listen("browser-1", &rid);
        desk.say("browser-1", &rid, "I cannot log in");
        let hears = |socket: &mut Socket, words: &str| {
            socket.wait_for(words, |frame| frame["fields"]["args"][0]["msg"] == words);
        };
        hears(&mut before, "I cannot log in");
        let vera = identify(&desk.anyone(), &signed(&secret, &vera()), Some("browser-1")).expect(200);
        let token = text(&vera, "/token");
        let mut now = listen(&token, &rid);
        desk.say(&token, &rid, "My number is 7");
        hears(&mut now, "My number is 7");
        // The token is free for a visitor of its own, whose chat comes later in the log.
        let own = desk.new_chat("browser-1");
        assert_ne!(own, rid);
        let shown = json!({"token": "browser-1", "visitorToken": "browser-1"});
        assert_eq!(before.subscribe(messages, &own, &shown)["msg"], "ready");
        desk.say("browser-1", &own, "Anything?");
        hears(&mut before, "Anything?");
        let heard = before.kept().iter().map(Value::to_string).collect::<String>();
        assert!(!heard.contains("My number is 7") && !heard.contains(&token), "{heard}");
    }

    fn two_browsers_that_are_first_at_once_are_one_person(engine: Engine) {
        let (desk, secret) = desk(engine);
        for round in 0..5 {
            let mut claims = vera();
            claims["sub"] = json!(format!("round-{round}"));
            let identity = signed(&secret, &claims);
            let tokens = std::thread::scope(|scope| {
                let browsers: Vec<_> = (0..4)
                    .map(|browser| {
                        let (client, identity) = (desk.anyone(), &identity);
                        let token = format!("browser-{round}-{browser}");
                        desk.visitor(&token, &json!({}));
                        scope.spawn(move || text(&identify(&client, identity, Some(&token)).expect(200), "/token"))
                    })
                    .collect();
                browsers.into_iter().map(|one| one.join().unwrap()).collect::<Vec<_>>()
            });
            assert!(tokens.iter().all(|token| *token == tokens[0]), "{tokens:?}");
        }
    }

    fn what_is_forged_foreign_or_old_is_refused_with_a_reason(engine: Engine) {
        let (desk, secret) = desk(engine);
        let nobody = desk.anyone();
        let key = pair(1);
        desk.admin.post(SITES, &json!({"publicKey": pem(&key)})).expect(201);
        let person = identify(&nobody, &signed(&secret, &vera()), None).expect(200);
        let with = |changes: Value| {
            let mut claims = vera();
            for (name, value) in changes.as_object().unwrap() {
                claims[name] = value.clone();
            }
            claims.as_object_mut().unwrap().retain(|_, value| *value != json!("gone"));
            claims
        };
        let good = signed(&secret, &vera());
        let (text_of_good, signature) = good.rsplit_once('.').unwrap();
        let other = unsigned(&json!({"alg": "HS256"}), &with(json!({"sub": "8"})));
        let header = |alg: Value| json!({"alg": alg});
        let long = "x".repeat(5_000);
        let cases: Vec<(String, &str)> = vec![
            // by nobody
            (format!("{}.", unsigned(&header(json!("none")), &vera())), "identity-algorithm"),
            (format!("{}.", unsigned(&header(json!("None")), &vera())), "identity-algorithm"),
            (hs256(secret.as_bytes(), &header(json!("HS512")), &vera()), "identity-algorithm"),
            (hs256(secret.as_bytes(), &header(json!(["HS256"])), &vera()), "identity-algorithm"),
            (hs256(secret.as_bytes(), &json!({}), &vera()), "identity-algorithm"),
            (format!("{text_of_good}."), "identity-signature"),
            (format!("{other}.{signature}"), "identity-signature"),
            // by somebody else, or the public key taken for a secret
            (signed("hark_id_somebody-elses", &vera()), "identity-signature"),
            (signed("", &vera()), "identity-signature"),
            (eddsa(&pair(2), &vera()), "identity-signature"),
            (signed(&pem(&key), &vera()), "identity-signature"),
            (hs256(key.public_key().as_ref(), &header(json!("HS256")), &vera()), "identity-signature"),
            (hs256(secret.as_bytes(), &header(json!("EdDSA")), &vera()), "identity-signature"),
            // at another time, for somebody else
            (signed(&secret, &with(json!({"exp": in_seconds(-1)}))), "identity-expired"),
            (signed(&secret, &with(json!({"exp": 0}))), "identity-expired"),
            (signed(&secret, &with(json!({"exp": in_seconds(90_000)}))), "identity-too-long"),
            (signed(&secret, &with(json!({"exp": 1e300}))), "identity-claims"),
            (signed(&secret, &with(json!({"nbf": in_seconds(600)}))), "identity-not-yet"),
            (signed(&secret, &with(json!({"aud": "shop"}))), "identity-audience"),
            // what it says
            (signed(&secret, &with(json!({"exp": "gone"}))), "identity-claims"),
            (signed(&secret, &with(json!({"exp": "tomorrow"}))), "identity-claims"),
            (signed(&secret, &with(json!({"sub": "gone"}))), "identity-claims"),
            (signed(&secret, &with(json!({"sub": " "}))), "identity-claims"),
            (signed(&secret, &with(json!({"sub": 7}))), "identity-claims"),
            (signed(&secret, &with(json!({"sub": "a\0"}))), "identity-claims"),
            (signed(&secret, &with(json!({"name": "a\0b"}))), "identity-claims"),
            (hs256(secret.as_bytes(), &json!({"alg": "HS256", "crit": ["b64"], "b64": false}), &vera()), "identity-unreadable"),
            (signed(&secret, &with(json!({"sub": "x".repeat(201)}))), "identity-claims"),
            (signed(&secret, &with(json!({"email": "gone"}))), "identity-claims"),
            (signed(&secret, &with(json!({"email": "nobody"}))), "identity-claims"),
            (signed(&secret, &with(json!({"name": 7}))), "identity-claims"),
            // no token at all
            (signed(&secret, &with(json!({"name": long}))), "identity-unreadable"),
            ("x".to_owned(), "identity-unreadable"),
            ("..".to_owned(), "identity-unreadable"),
            (format!("{good}=="), "identity-unreadable"),
            (format!("{good}.{signature}"), "identity-unreadable"),
        ];
        for (identity, reason) in &cases {
            let answer = identify(&nobody, identity, Some("browser"));
            assert!(answer.status != 429, "{}", answer.text());
            refused(&answer, reason);
            assert!(!answer.text().contains(&text(&person, "/token")));
        }
        for fine in [json!({"aud": "hark"}), json!({"aud": ["x", "hark"]}), json!({"nbf": in_seconds(-5)}), json!({"name": null})] {
            assert_eq!(identify(&nobody, &signed(&secret, &with(fine)), None).expect(200)["id"], person["id"]);
        }
        nobody.post(IDENTITY, &json!({"token": "x"})).expect(400);
    }
}

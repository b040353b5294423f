//! The second factor, seen from outside: setting it up, logging in with it, and being asked for it
//! before what an intruder with a stolen token would like to do.

use hark_model::keys::hex_digest;
use hark_staff::totp;
use hark_store::Clock;
use hark_testkit::{Client, Database, Engine, Server, Setup, on_both_engines};
use serde_json::{Value, json};

use crate::HARK;

/// Someone's authenticator: what they made of the secret that they were shown.
struct Phone {
    secret: Vec<u8>,
    /// The step of the last code; each code is good once.
    step: i64,
}

impl Phone {
    fn scan(shown: &str) -> Self {
        const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let bits = shown.chars().flat_map(|letter| {
            let five = LETTERS.find(letter).unwrap();
            (0..5).rev().map(move |bit| (five >> bit & 1) as u8)
        });
        let bits: Vec<u8> = bits.collect();
        let bytes = bits.chunks_exact(8);
        let byte = |bits: &[u8]| bits.iter().fold(0, |byte, bit| byte << 1 | bit);
        let secret: Vec<u8> = bytes.map(byte).collect();
        assert_eq!(totp::base32(&secret), shown);
        Self { secret, step: 0 }
    }

    /// A code that was not shown before: of now, or of the next half minute, which is accepted too.
    fn code(&mut self) -> String {
        let now = totp::step_of(Clock::system().now());
        self.step = now.max(self.step + 1);
        assert!(
            self.step <= now + 1,
            "codes for two steps are all there are"
        );
        totp::code_at(&self.secret, self.step)
    }

    /// Six digits that are right at no time near now.
    fn wrong(&self) -> String {
        let now = totp::step_of(Clock::system().now());
        let near: Vec<_> = (now - 3..now + 4)
            .map(|step| totp::code_at(&self.secret, step))
            .collect();
        let mut digits = (0..).map(|number: u32| format!("{number:06}"));
        digits.find(|code| !near.contains(code)).unwrap()
    }
}

/// Calls a method of the real-time API; what the frame says, result or error.
#[track_caller]
fn call(client: &Client, method: &str, params: &Value) -> Result<Value, Value> {
    let frame = json!({"msg": "method", "id": "7", "method": method, "params": params});
    let body = json!({"message": frame.to_string()});
    let answer = client
        .post(&format!("method.call/{method}"), &body)
        .expect(200);
    assert_eq!(answer["success"], true);
    let frame: Value = serde_json::from_str(answer["message"].as_str().unwrap()).unwrap();
    assert_eq!(
        (&frame["msg"], &frame["id"]),
        (&json!("result"), &json!("7"))
    );
    match frame.get("error") {
        Some(error) => Err(error.clone()),
        None => Ok(frame["result"].clone()),
    }
}

fn error(code: &Value, reason: Option<&str>, message: &str) -> Value {
    let mut error = json!({"isClientSafe": true, "error": code});
    if let Some(reason) = reason {
        error["reason"] = json!(reason);
    }
    error["message"] = json!(message);
    error["errorType"] = json!("Meteor.Error");
    error
}

/// Sets it up for someone who is logged in; their phone, and their backup codes.
fn enable(client: &Client) -> (Phone, Vec<String>) {
    let offer = call(client, "2fa:enable", &json!([])).unwrap();
    let mut phone = Phone::scan(offer["secret"].as_str().unwrap());
    let codes = call(client, "2fa:validateTempToken", &json!([phone.code()])).unwrap();
    let codes = codes["codes"].as_array().unwrap().iter();
    let codes = codes
        .map(|code| code.as_str().unwrap().to_owned())
        .collect();
    (phone, codes)
}

fn log_in(server: &Server, code: Option<&str>) -> hark_testkit::Response {
    let mut body = json!({"user": "ursula", "password": "secret-of-ursula"});
    if let Some(code) = code {
        body["code"] = json!(code);
    }
    server.client().post("login", &body)
}

#[test]
fn a_method_that_does_not_exist_or_fails_answers_200_with_an_error_frame() {
    let (server, _database) = Server::fresh(HARK, Engine::Sqlite);
    let admin = server.admin();
    let words = "Method 'nothing' not found";
    let expected = error(&json!(404), Some(words), "Method 'nothing' not found [404]");
    assert_eq!(call(&admin, "nothing", &json!([])), Err(expected));
    // the path names the method when the frame does not
    let answer = admin
        .post("method.call/elsewhere", &json!({"message": "{}"}))
        .expect(200);
    assert!(
        answer["message"]
            .as_str()
            .unwrap()
            .contains("Method 'elsewhere' not found")
    );
    for body in [json!({}), json!({"message": "{"}), json!({"message": 7})] {
        let answer = admin.post("method.call/nothing", &body);
        assert_eq!(answer.expect(400)["errorType"], "invalid-params", "{body}");
    }
    // without a log-in there is nothing to switch on
    let frame = json!({"msg": "method", "id": "1", "method": "2fa:enable", "params": []});
    let body = json!({"message": frame.to_string()});
    let nobody = server.client();
    nobody.post("method.call/2fa:enable", &body).expect(401);
    let frame = nobody.anonymous_method("2fa:enable", &json!([]));
    let code = "error-invalid-user";
    let expected = error(
        &json!(code),
        Some("Invalid user"),
        "Invalid user [error-invalid-user]",
    );
    assert_eq!(frame["error"], expected);
}

on_both_engines! {
    fn a_log_in_demands_the_code_of_who_has_set_it_up_and_takes_each_once(engine: Engine) {
        let database = Database::fresh(engine);
        let setup = Setup::new(HARK).on(&database);
        let server = setup.start();
        let ursula = server.admin().person("ursula", &["user"]);

        // a secret that was offered is not in force before a code shows that it arrived
        let offer = call(&ursula, "2fa:enable", &json!([])).unwrap();
        let secret = offer["secret"].as_str().unwrap();
        let url = offer["url"].as_str().unwrap();
        assert_eq!(url, format!("otpauth://totp/Hark:ursula?secret={secret}&issuer=Hark"));
        log_in(&server, None).expect(200);
        let mut phone = Phone::scan(secret);
        let refused = call(&ursula, "2fa:validateTempToken", &json!([phone.wrong()]));
        assert_eq!(refused, Err(error(&json!("invalid-totp"), None, "[invalid-totp]")));
        log_in(&server, None).expect(200);
        let confirming = phone.code();
        let codes = call(&ursula, "2fa:validateTempToken", &json!([confirming])).unwrap();
        let codes: Vec<_> = codes["codes"].as_array().unwrap().iter().map(|code| code.as_str().unwrap()).collect();
        assert_eq!(codes.len(), 12);
        let me = ursula.get("me").expect(200);
        assert_eq!(me["services"]["totp"]["enabled"], true);
        let again = call(&ursula, "2fa:enable", &json!([]));
        assert_eq!(again.unwrap_err()["error"], "error-not-allowed");
        let left = || call(&ursula, "2fa:checkCodesRemaining", &json!([])).unwrap();
        assert_eq!(left(), json!({"remaining": 12}));

        let required = json!({
            "status": "error",
            "error": "totp-required",
            "message": "TOTP Required [totp-required]",
            "details": {"method": "totp", "codeGenerated": false, "availableMethods": ["totp"]},
        });
        let invalid = json!({
            "status": "error",
            "error": "totp-invalid",
            "message": "TOTP Invalid [totp-invalid]",
            "details": {"method": "totp"},
        });
        assert_eq!(log_in(&server, None).expect(401), required);
        assert_eq!(log_in(&server, Some("")).expect(401), required);
        // someone who does not know the password is not asked
        let guess = json!({"user": "ursula", "password": "x"});
        assert_eq!(server.client().post("login", &guess).expect(401)["error"], 403);
        assert_eq!(log_in(&server, Some(&phone.wrong())).expect(401), invalid);
        // each code once, the one that confirmed included, and a restart forgets none
        assert_eq!(log_in(&server, Some(&confirming)).expect(401), invalid);
        let code = phone.code();
        log_in(&server, Some(&code)).expect(200);
        server.kill();
        let server = setup.start();
        assert_eq!(log_in(&server, Some(&code)).expect(401), invalid);
        log_in(&server, Some(codes[0])).expect(200);
        assert_eq!(log_in(&server, Some(codes[0])).expect(401), invalid);
        let header = server.client().with("x-2fa-code", codes[1]);
        let body = json!({"user": "ursula", "password": "secret-of-ursula"});
        let answer = header.post("login", &body).expect(200);
        let data = &answer["data"];
        let ursula = server
            .client()
            .with("X-User-Id", data["userId"].as_str().unwrap())
            .with("X-Auth-Token", data["authToken"].as_str().unwrap());
        let left = || call(&ursula, "2fa:checkCodesRemaining", &json!([])).unwrap();
        assert_eq!(left(), json!({"remaining": 10}));

        // new backup codes for one of the old
        let refused = call(&ursula, "2fa:regenerateCodes", &json!([phone.wrong()]));
        assert_eq!(refused, Err(error(&json!("invalid-totp"), None, "[invalid-totp]")));
        let new = call(&ursula, "2fa:regenerateCodes", &json!([codes[2]])).unwrap();
        let new: Vec<_> = new["codes"].as_array().unwrap().iter().map(|code| code.as_str().unwrap()).collect();
        assert_eq!(new.len(), 12);
        assert_eq!(left(), json!({"remaining": 12}));
        assert_eq!(log_in(&server, Some(codes[3])).expect(401), invalid);

        assert_eq!(call(&ursula, "2fa:disable", &json!([phone.wrong()])), Ok(json!(false)));
        assert_eq!(log_in(&server, None).expect(401), required);
        assert_eq!(call(&ursula, "2fa:disable", &json!([new[5]])), Ok(json!(true)));
        log_in(&server, None).expect(200);
        assert_eq!(left(), json!({"remaining": 0}));
    }

    fn wrong_codes_close_the_door_as_wrong_passwords_do(engine: Engine) {
        let (server, _database) = Server::fresh(HARK, engine);
        let ursula = server.admin().person("ursula", &["user"]);
        let (phone, codes) = enable(&ursula);
        let wrong = phone.wrong();
        for _ in 0..10 {
            assert_eq!(log_in(&server, Some(&wrong)).expect(401)["error"], "totp-invalid");
        }
        let closed = "error-login-blocked-for-user";
        assert_eq!(log_in(&server, Some(&codes[0])).expect(401)["error"], closed);
        // through the session that is there, too
        assert_eq!(call(&ursula, "2fa:disable", &json!([codes[0]])), Ok(json!(false)));
    }

    fn a_stolen_token_alone_changes_no_setting(engine: Engine) {
        let database = Database::fresh(engine);
        let remember = "Accounts_TwoFactorAuthentication_RememberFor";
        let setup = Setup::new(HARK).on(&database).env(remember, "0");
        let server = setup.start();
        let admin = server.admin();
        let title = |client: &Client, value: &str| {
            client.post("settings/Livechat_title", &json!({"value": value}))
        };
        let required = json!({
            "success": false,
            "error": "TOTP Required [totp-required]",
            "errorType": "totp-required",
            "details": {"method": "password", "codeGenerated": false, "availableMethods": []},
        });
        assert_eq!(title(&admin, "a").expect(400), required);
        let right = hex_digest("secret-of-admin");
        // both headers, and the method that was asked for
        for client in [
            admin.with("x-2fa-code", &right),
            admin.with("x-2fa-method", "password"),
            admin.with("x-2fa-code", &right).with("x-2fa-method", "totp"),
            admin.with("x-2fa-code", "").with("x-2fa-method", "password"),
        ] {
            assert_eq!(title(&client, "b").expect(400), required);
        }
        let with = |code: &str| admin.with("x-2fa-code", code).with("x-2fa-method", "password");
        let invalid = json!({
            "success": false,
            "error": "TOTP Invalid [totp-invalid]",
            "errorType": "totp-invalid",
            "details": {"method": "password"},
        });
        for code in [hex_digest("guess").as_str(), "secret-of-admin", "0"] {
            assert_eq!(title(&with(code), "c").expect(400), invalid);
        }
        let read = || admin.get("settings/Livechat_title").expect(200)["value"].clone();
        assert_eq!(read(), "");
        title(&with(&right), "d").expect(200);
        assert_eq!(read(), "d");
        // with 0 it is asked for each time; every other guarded route asks as well
        assert_eq!(title(&admin, "e").expect(400), required);
        for (path, body) in [
            ("users.update", json!({"userId": "x", "data": {}})),
            ("users.generatePersonalAccessToken", json!({"tokenName": "x"})),
            ("users.regeneratePersonalAccessToken", json!({"tokenName": "x"})),
            ("users.removePersonalAccessToken", json!({"tokenName": "x"})),
        ] {
            let answer = admin.post(path, &body);
            assert_eq!(answer.expect(400), required, "{path}");
        }
        let refused = call(&admin, "2fa:enable", &json!([])).unwrap_err();
        assert_eq!(refused["error"], "totp-required");
        assert_eq!(refused["details"], required["details"]);

        // someone who has set up the better one is asked for that
        let (_, codes) = enable(&with(&right));
        let asked = title(&with(&right), "f").expect(400);
        assert_eq!(asked["details"], json!({"method": "totp", "codeGenerated": false, "availableMethods": ["totp"]}));
        let with_code = |code: &str| admin.with("x-2fa-code", code).with("x-2fa-method", "totp");
        let asked = title(&with_code("000000x"), "g").expect(400);
        assert_eq!((&asked["errorType"], &asked["details"]), (&json!("totp-invalid"), &json!({"method": "totp"})));
        title(&with_code(&codes[0]), "h").expect(200);
        assert_eq!(title(&with_code(&codes[0]), "i").expect(400)["errorType"], "totp-invalid");
        assert_eq!(read(), "h");

        // a code that was right is remembered for as long as the setting says
        let longer = json!({"value": 600});
        let path = format!("/api/v1/settings/{remember}");
        with_code(&codes[1]).post(&path, &longer).expect(200);
        title(&admin, "j").expect(200);
        let never = json!({"value": 0});
        admin.post(&path, &never).expect(200);
        assert_eq!(title(&admin, "k").expect(400)["errorType"], "totp-required");

        // a program's token that was made to pass, passes; another does not
        let token = |name: &str, pass: bool, code: &str| {
            let body = json!({"tokenName": name, "bypassTwoFactor": pass});
            let answer = with_code(code).post("users.generatePersonalAccessToken", &body);
            let id = admin.get("me").expect(200)["_id"].clone();
            let token = answer.expect(200)["token"].clone();
            server.client().with("X-User-Id", id.as_str().unwrap()).with("X-Auth-Token", token.as_str().unwrap())
        };
        title(&token("passes", true, &codes[2]), "l").expect(200);
        let asked = title(&token("asked", false, &codes[3]), "m").expect(400);
        assert_eq!(asked["errorType"], "totp-required");
        server.stop();

        let setup = setup.env("OVERWRITE_SETTING_Accounts_TwoFactorAuthentication_By_TOTP_Enabled", "false");
        let server = setup.start();
        // without codes of an authenticator the password is asked for, and no code at the log-in
        let admin = server.admin();
        assert_eq!(title(&admin, "n").expect(400), required);
        server.stop();
        let setup = setup.env("OVERWRITE_SETTING_Accounts_TwoFactorAuthentication_Enforce_Password_Fallback", "false");
        let server = setup.start();
        title(&server.admin(), "o").expect(200);
        server.stop();
        let server = setup.env("OVERWRITE_SETTING_Accounts_TwoFactorAuthentication_Enabled", "false").start();
        title(&server.admin(), "p").expect(200);
    }
}

#[test]
fn nobody_is_asked_when_the_second_factor_is_switched_off() {
    let database = Database::fresh(Engine::Sqlite);
    let server = Setup::new(HARK)
        .on(&database)
        .env("Accounts_TwoFactorAuthentication_RememberFor", "0")
        .env("Accounts_TwoFactorAuthentication_Enabled", "false")
        .start();
    let admin = server.admin();
    let ursula = admin.person("ursula", &["user"]);
    enable(&ursula);
    log_in(&server, None).expect(200);
    let body = json!({"value": "a"});
    admin.post("settings/Livechat_title", &body).expect(200);
    let on = json!({"value": true});
    let path = "/api/v1/settings/Accounts_TwoFactorAuthentication_Enabled";
    admin.post(path, &on).expect(200);
    assert_eq!(log_in(&server, None).expect(401)["error"], "totp-required");
    let asked = admin.post("settings/Livechat_title", &body);
    assert_eq!(asked.expect(400)["errorType"], "totp-required");
}

#[test]
fn a_log_in_counts_as_a_second_factor_for_a_while() {
    let (server, _database) = Server::fresh(HARK, Engine::Sqlite);
    let body = json!({"value": "a"});
    let admin = server.admin();
    admin.post("settings/Livechat_title", &body).expect(200);
    // a program's token was never shown with a password
    let made = admin.post(
        "users.generatePersonalAccessToken",
        &json!({"tokenName": "x"}),
    );
    let id = admin.get("me").expect(200)["_id"].clone();
    let program = server
        .client()
        .with("X-User-Id", id.as_str().unwrap())
        .with("X-Auth-Token", made.expect(200)["token"].as_str().unwrap());
    let asked = program.post("settings/Livechat_title", &body);
    assert_eq!(asked.expect(400)["errorType"], "totp-required");
}

fn bearing(server: &Server, token: &Value) -> Client {
    let shown = format!("Bearer {}", token.as_str().unwrap());
    server.client().with("Authorization", &shown)
}

/// Comm100's clients know no codes.
#[test]
fn an_api_key_makes_webhooks_only_where_it_bypasses_the_second_factor() {
    let (server, _database) = Server::fresh(HARK, Engine::Sqlite);
    let admin = server.admin();
    let mia = admin.person("ursula", &["user", "livechat-manager"]);
    let key = |name: &str, bypass: bool| {
        let body = json!({"tokenName": name, "bypassTwoFactor": bypass});
        let made = mia.post("users.generatePersonalAccessToken", &body);
        bearing(&server, &made.expect(200)["token"])
    };
    let hook = json!({"event": "chatEnds", "targetUrl": "https://receiver.test/"});
    let (plain, trusted) = (key("plain", false), key("trusted", true));
    let make = |client: &Client| client.post("/v4/livechat/webhooks", &hook);
    let made = make(&trusted).expect(201);
    let path = format!("/v4/livechat/webhooks/{}", made["id"].as_str().unwrap());
    let plain_is_asked = || {
        assert_eq!(make(&plain).expect(403)["code"], 403_002);
        assert_eq!(plain.put(&path, &hook).expect(403)["code"], 403_002);
        plain.get(&path).expect(200);
    };
    // for the password, where there is nothing better
    plain_is_asked();
    let asked =
        json!({"grant_type": "password", "username": "ursula", "password": "secret-of-ursula"});
    let token = server.client().post("/oauth/token", &asked).expect(200);
    make(&bearing(&server, &token["access_token"])).expect(201);
    let (mut phone, _) = enable(&mia);
    plain_is_asked();
    make(&trusted).expect(201);
    // a token was given for a code
    let asked = json!({
        "grant_type": "password", "username": "ursula", "password": "secret-of-ursula", "totp": phone.code(),
    });
    let token = server.client().post("/oauth/token", &asked).expect(200);
    make(&bearing(&server, &token["access_token"])).expect(201);
}

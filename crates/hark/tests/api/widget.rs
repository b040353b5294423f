//! What browsers load of the visitors' widget: its page in a frame, its script, what the script asks.

use hark_store::{Clock, Timestamp};
use hark_testkit::{Client, Desk, Engine, Response, Server, on_both_engines, text};
use serde_json::{Value, json};

use crate::inside::{self, HARK};

const LAUNCHER: &str = "/api/hark/v1/widget";

/// Of the program, and of the script that it gives out.
const VERSION: &str = env!("CARGO_PKG_VERSION");

fn page(client: &Client) -> Response {
    client.get("/livechat")
}

fn policy(answer: &Response) -> String {
    let policy = answer.header("content-security-policy").unwrap();
    policy.to_owned()
}

/// A part of the policy, without its name.
fn part<'a>(policy: &'a str, name: &str) -> Option<&'a str> {
    let mut parts = policy.split(';').map(str::trim);
    parts.find_map(|part| part.strip_prefix(name).map(str::trim))
}

fn nonce(answer: &Response) -> String {
    let policy = policy(answer);
    let (_, rest) = policy.split_once("script-src 'nonce-").unwrap();
    rest.split_once('\'').unwrap().0.to_owned()
}

/// Each address in the page that it loads something from.
fn loaded(html: &str) -> Vec<String> {
    let parts = html.split(['"', '\'']).collect::<Vec<_>>();
    let named = parts.windows(2);
    let named = named.filter(|pair| pair[0].ends_with("src=") || pair[0].ends_with("href="));
    let named = named.filter(|pair| !pair[1].starts_with("data:"));
    named.map(|pair| pair[1].to_owned()).collect()
}

fn trigger(id: &str, enabled: bool, condition: &str, value: &Value) -> Value {
    json!({
        "name": id,
        "description": "",
        "enabled": enabled,
        "runOnce": true,
        "conditions": [{"name": condition, "value": value}],
        "actions": [{"name": "send-message", "params": {"sender": "custom", "name": "Ann", "msg": "hello"}}],
    })
}

on_both_engines! {
    fn the_page_runs_its_own_scripts_and_nothing_else(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let answer = page(&desk.anyone());
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("referrer-policy"), Some("same-origin"));
        assert_eq!(answer.header("x-frame-options"), None);
        let (html, policy, nonce) = (answer.text(), policy(&answer), nonce(&answer));
        assert!(!html.contains("{{nonce}}"));
        let scripts = html.matches("<script").count();
        assert!(scripts >= 1);
        assert!(html.matches(&format!("nonce=\"{nonce}\"")).count() >= scripts, "{html}");
        for (name, value) in [
            ("default-src", "'none'"),
            ("base-uri", "'none'"),
            ("form-action", "'none'"),
            ("require-trusted-types-for", "'script'"),
            ("connect-src", &format!("'self' ws://{}", desk.server.address())),
        ] {
            assert_eq!(part(&policy, name), Some(value), "{policy}");
        }
        assert_eq!(part(&policy, "script-src"), Some(format!("'nonce-{nonce}' 'strict-dynamic'").as_str()));
        assert!(!policy.contains("unsafe") && !policy.contains("frame-ancestors"), "{policy}");
        // and one answer's nonce is good for no other
        assert_ne!(self::nonce(&page(&desk.anyone())), nonce);

        let files = loaded(&html);
        assert!(files.len() >= 2, "{files:?}");
        for file in files {
            // below whatever path a proxy has put it
            assert!(file.starts_with("livechat/assets/"), "{file}");
            let answer = desk.anyone().get(&format!("/{file}"));
            assert_eq!(answer.status, 200, "{file}");
            assert_eq!(answer.header("cache-control"), Some("public, max-age=31536000, immutable"));
            let kind = answer.header("content-type").unwrap();
            assert!(["text/javascript; charset=utf-8", "text/css; charset=utf-8"].contains(&kind), "{file} {kind}");
        }
        for query in ["", "?mode=popout&x=%2F"] {
            let moved = desk.anyone().get(&format!("/livechat/{query}"));
            assert_eq!(moved.status, 308);
            assert_eq!(moved.header("location"), Some(format!("../livechat{query}").as_str()));
        }
        // what is switched off says so itself
        desk.set("Livechat_enabled", false);
        assert_eq!(page(&desk.anyone()).status, 200);
        let off = desk.anyone().get(LAUNCHER).expect(200);
        assert_eq!(off["enabled"], false);
        assert_eq!(off["reason"], "Hark shows no chat: Livechat_enabled is off");
    }

    fn only_the_sites_that_are_listed_show_the_widget(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let own = format!("http://{}", desk.server.address());
        let launcher = |origin: &str| desk.anyone().with("Origin", origin).get(LAUNCHER);
        let by_evil = launcher("https://evil.example");
        assert_eq!(by_evil.header("vary"), None);
        assert_eq!(by_evil.value()["enabled"], true);

        desk.set("Livechat_AllowedDomainsList", "shop.example, localhost:8080");
        let listed = "'self' http://shop.example https://shop.example http://localhost:8080 https://localhost:8080";
        for referer in ["https://shop.example/a?b#c", "http://localhost:8080/", &format!("{own}/livechat")] {
            let answer = page(&desk.anyone().with("Referer", referer));
            assert_eq!(answer.status, 200, "{referer}");
            assert_eq!(part(&policy(&answer), "frame-ancestors"), Some(listed));
        }
        // a page may keep to itself whence it asks; the browser then decides by the list
        let silent = page(&desk.anyone());
        assert_eq!(silent.status, 200);
        assert_eq!(part(&policy(&silent), "frame-ancestors"), Some(listed));
        for referer in ["https://evil.example/", "http://localhost/", "https://shop.example.evil.example/", "nonsense"] {
            let answer = page(&desk.anyone().with("Referer", referer));
            assert_eq!(answer.status, 403, "{referer}");
            assert_eq!(part(&policy(&answer), "frame-ancestors"), Some("'none'"));
            assert!(!answer.text().contains("<"), "{}", answer.text());
        }
        // the script of a page that is not listed draws nothing
        for (origin, enabled) in [("https://shop.example", true), (own.as_str(), true), ("https://evil.example", false), ("null", false)] {
            let answer = launcher(origin);
            assert_eq!(answer.value()["enabled"], enabled, "{origin}");
            let reason = (!enabled).then_some("Hark shows no chat: Livechat_AllowedDomainsList does not have this site");
            assert_eq!(answer.value()["reason"], json!(reason), "{origin}");
            assert_eq!(answer.header("vary"), Some("Origin"));
        }
    }

    fn sites_on_which_the_widget_was_seen_are_known_and_never_many(engine: Engine) {
        let clock = Clock::fixed(Timestamp::from_millis(1_800_000_000_000));
        inside::go_by(&clock);
        let desk = Desk::open(HARK, engine);
        let say = |origin: &str, query: &str| {
            let page = desk.anyone().with("Origin", origin);
            page.get(&format!("{LAUNCHER}{query}")).expect(200);
        };
        let sites = || desk.admin.get(&format!("{LAUNCHER}/sites")).expect(200)["items"].clone();
        let seen = |origin: &str, loader: Value, first: Timestamp, last: Timestamp| {
            let current = loader == VERSION;
            json!({"origin": origin, "loader": loader, "current": current, "firstSeenAt": first.iso(), "lastSeenAt": last.iso()})
        };
        let begun = clock.now();
        say("https://Shop.example", &format!("?loader={VERSION}"));
        clock.advance(1_000);
        say("http://localhost:8080", "?loader=%3Cb%3E");
        let shop = seen("https://shop.example", json!(VERSION), begun, begun);
        let local = seen("http://localhost:8080", Value::Null, clock.now(), clock.now());
        assert_eq!(sites(), json!([local, shop]));
        // What is no site of the web, and what comes within the hour, is not written down.
        for origin in ["null", "https://shop.example/a", "file://x", &format!("https://{}.example", "x".repeat(300))] {
            say(origin, "");
        }
        say("https://shop.example", "?loader=9");
        assert_eq!(sites(), json!([local, shop]));
        // Of sites that may not have the widget nothing is kept.
        desk.set("Livechat_AllowedDomainsList", "shop.example");
        say("https://other.example", "");
        assert!(!sites().to_string().contains("other.example"));
        desk.set("Livechat_AllowedDomainsList", "");
        clock.advance(3_600_000);
        say("https://shop.example", "?loader=0.0.1");
        let again = seen("https://shop.example", json!("0.0.1"), begun, clock.now());
        assert_eq!(sites(), json!([again, local]));

        // Sites that are made up fill the list slowly, and those that are really seen stay.
        for number in 0..50 {
            say(&format!("https://{number}.evil.example"), "");
        }
        assert_eq!(sites().as_array().unwrap().len(), 2 + 20);
        desk.database.execute("INSERT INTO widget_site (origin, first_seen_at, last_seen_at)
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 190) SELECT 'https://' || i, 1, i FROM n");
        clock.advance(3_600_000);
        say("https://shop.example", "");
        assert_eq!(desk.database.number("SELECT count(*) FROM widget_site"), 200);
        assert_eq!(sites()[0]["origin"], "https://shop.example");
        desk.agent("amy").client.get(&format!("{LAUNCHER}/sites")).expect(403);
    }

    fn the_script_learns_what_it_needs_in_one_short_answer(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let set = [
            ("Livechat_title", "Questions?"),
            ("Livechat_title_color", "#123456"),
            ("Livechat_offline_title", "Write to us"),
            ("Livechat_offline_title_color", "#654321"),
            ("Livechat_widget_position", "left"),
            ("Language", "de"),
        ];
        for (id, value) in set {
            desk.set(id, value);
        }
        let mut wanted = json!({
            "enabled": true,
            "reason": null,
            "online": false,
            "language": "de",
            "theme": {"title": "Questions?", "color": "#123456", "offlineTitle": "Write to us", "offlineColor": "#654321", "position": "left"},
            "triggers": [],
        });
        let first = desk.anyone().with("Origin", "https://shop.example").get(LAUNCHER);
        assert_eq!(first.expect(200), wanted);
        assert_eq!(first.header("cache-control"), Some("public, max-age=60"));
        assert_eq!(first.header("access-control-allow-origin"), Some("*"));
        assert_eq!(first.header("content-type"), Some("application/json"));
        let tag = first.header("etag").unwrap();
        let same = desk.anyone().with("If-None-Match", tag).get(LAUNCHER);
        assert_eq!((same.status, same.body.len(), same.header("etag")), (304, 0, Some(tag)));

        let _amy = desk.agent("amy");
        for body in [
            trigger("pricing", true, "page-url", &json!("/pricing$")),
            trigger("idle", true, "time-on-site", &json!("30")),
            trigger("opened", true, "chat-opened-by-visitor", &json!("")),
            trigger("off", false, "page-url", &json!(".*")),
        ] {
            desk.admin.post("livechat/triggers", &body).expect(200);
        }
        let all = desk.anyone().get("livechat/config").expect(200)["config"]["triggers"].clone();
        let id = |name: &str| {
            let mut all = all.as_array().unwrap().iter();
            all.find(|one| one["conditions"][0]["name"] == name).unwrap()["_id"].clone()
        };
        wanted["online"] = json!(true);
        wanted["triggers"] = json!([
            {"id": id("time-on-site"), "runOnce": true, "conditions": [{"name": "time-on-site", "value": "30"}]},
            {"id": id("page-url"), "runOnce": true, "conditions": [{"name": "page-url", "value": "/pricing$"}]},
        ]);
        let changed = desk.anyone().with("If-None-Match", tag).get(LAUNCHER);
        assert_eq!(changed.expect(200), wanted);
        assert!(changed.body.len() <= 1536, "{}", changed.body.len());
        assert_ne!(changed.header("etag"), Some(tag));
    }

    fn pages_of_other_origins_may_call_as_visitors(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        desk.set("API_Enable_CORS", true);
        let other = desk.anyone().with("Origin", "https://shop.example");
        for (method, path) in [("POST", "livechat/visitor"), ("POST", "livechat/upload/x"), ("DELETE", "livechat/visitor/x"), ("GET", "livechat/config")] {
            let asked = [("Access-Control-Request-Method", method), ("Access-Control-Request-Headers", "content-type,x-visitor-token")];
            let answer = other.send("OPTIONS", &format!("/api/v1/{path}"), &asked, b"");
            assert_eq!(answer.status, 200, "{path}");
            assert_eq!(answer.header("access-control-allow-origin"), Some("*"), "{path}");
            let headers = answer.header("access-control-allow-headers").unwrap().to_ascii_lowercase();
            for name in ["content-type", "x-visitor-token"] {
                assert!(headers.split(", ").any(|known| known == name), "{headers}");
            }
            let methods = answer.header("access-control-allow-methods").unwrap();
            assert!(methods.split(", ").any(|known| known == method), "{methods}");
        }
        for answer in [other.get("livechat/config"), other.get("livechat/room?token=nobody"), other.get("nothing")] {
            assert_eq!(answer.header("access-control-allow-origin"), Some("*"), "{answer:?}");
        }
    }

    fn the_widgets_page_loads_what_a_manager_adds(engine: Engine) {
        let desk = Desk::open(HARK, engine);
        let page = || desk.anyone().get("/livechat");
        desk.set("Livechat_WidgetLayoutClasses", "http://my.css.example/my.css, https://b.example/c.css");
        desk.set("Livechat_AdditionalWidgetScripts", "http://my.js.example/my.js");
        let answer = page();
        let policy = answer.header("content-security-policy").unwrap();
        let (_, rest) = policy.split_once("script-src 'nonce-").unwrap();
        let nonce = rest.split_once('\'').unwrap().0;
        for tag in [
            format!("<link rel=\"stylesheet\" href=\"http://my.css.example/my.css\" nonce=\"{nonce}\">"),
            format!("<link rel=\"stylesheet\" href=\"https://b.example/c.css\" nonce=\"{nonce}\">"),
            format!("<script src=\"http://my.js.example/my.js\" nonce=\"{nonce}\"></script>"),
        ] {
            assert!(answer.text().contains(&tag), "{tag} in {}", answer.text());
        }
        desk.set("Livechat_WidgetLayoutClasses", "");
        desk.set("Livechat_AdditionalWidgetScripts", "");
        assert!(!page().text().contains("my.css") && !page().text().contains("my.js"));
        let refused = desk.admin.post("settings/Livechat_AdditionalWidgetScripts", &json!({"value": "javascript:alert(1)"}));
        assert_eq!(refused.expect(400)["errorType"], "error-invalid-setting-value");
    }
}

#[test]
fn the_script_has_two_names_and_comes_compressed() {
    let (server, _database) = Server::fresh(HARK, Engine::Sqlite);
    let get = |path: &str, accepted: &str| {
        let client = server.client().with("Accept-Encoding", accepted);
        client.get(path)
    };
    let plain = server.client().get("/livechat/widget.js");
    assert_eq!(plain.status, 200);
    assert_eq!(plain.header("content-encoding"), None);
    for path in [
        "/livechat/widget.js",
        "/livechat/rocketchat-livechat.min.js?_=201903270000",
    ] {
        for (accepted, encoding) in [("gzip, deflate, br", "br"), ("gzip", "gzip")] {
            let answer = get(path, accepted);
            assert_eq!(answer.status, 200);
            assert_eq!(answer.header("content-encoding"), Some(encoding));
            assert_eq!(answer.header("vary"), Some("Accept-Encoding"));
            assert_eq!(
                answer.header("content-type"),
                Some("text/javascript; charset=utf-8")
            );
            assert_eq!(answer.header("cache-control"), Some("public, max-age=600"));
            assert!(answer.body != plain.body);
            let tag = answer.header("etag").unwrap();
            assert_ne!(Some(tag), plain.header("etag"));
            let known = server.client().with("Accept-Encoding", accepted);
            let same = known.with("If-None-Match", tag).get(path);
            assert_eq!(same.status, 304);
            assert!(same.body.is_empty());
        }
    }
    // a page that was opened before an upgrade goes on with what there is now
    let older = get("/livechat/assets/frame-older.js", "br");
    assert_eq!(older.status, 200);
    assert_eq!(older.header("content-encoding"), Some("br"));
    assert_eq!(older.header("cache-control"), Some("no-store"));
    for path in [
        "/livechat/assets/nothing.js",
        "/livechat/assets/..%2Floader.js",
        "/livechat/assets/..%2F..%2F..%2FCargo.toml",
    ] {
        let answer = server.client().get(path);
        assert_eq!(
            (answer.status, answer.text().as_str()),
            (404, "There is no such file.\n")
        );
    }
}

#[test]
fn the_sound_is_where_the_configuration_says() {
    let (server, _database) = Server::fresh(HARK, Engine::Sqlite);
    let config = server.client().get("livechat/config").expect(200);
    let url = text(&config, "/config/resources/sound");
    let path = url
        .strip_prefix(&format!("http://{}", server.address()))
        .unwrap();
    let whole = server.client().get(path);
    assert_eq!(
        (whole.status, whole.header("content-type")),
        (200, Some("audio/wav"))
    );
    assert!(whole.body.starts_with(b"RIFF") && whole.body.len() < 32_768);
    for (range, from, to) in [("bytes=0-1", 0, 2), ("bytes=100-", 100, whole.body.len())] {
        let part = server.client().with("Range", range).get(path);
        assert_eq!(part.status, 206);
        assert_eq!(part.body, &whole.body[from..to]);
        let said = format!("bytes {from}-{}/{}", to - 1, whole.body.len());
        assert_eq!(part.header("content-range"), Some(said.as_str()));
    }
}

#[test]
fn everybody_has_a_picture_and_no_name_is_markup() {
    let (server, _database) = Server::fresh(HARK, Engine::Sqlite);
    let picture = |name: &str| server.client().get(&format!("/avatar/{name}"));
    let known = picture("admin");
    for (name, letters) in [
        ("nobody.at.all", ">NA<"),
        ("amy?etag=1", ">A<"),
        ("%3Csvg%20onload%3Dalert(1)%3E", ">SO<"),
        ("%22%3E%3Cscript%3E", ">S<"),
        ("%26amp%3B", ">A<"),
        ("%FF%FE", ">?<"),
        ("%D9%85%D8%B1%D9%8A%D9%85", ">م<"),
    ] {
        let answer = picture(name);
        assert_eq!(answer.status, 200, "{name}");
        assert_eq!(answer.header("content-type"), Some("image/svg+xml"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(policy(&answer), "sandbox; default-src 'none'");
        assert!(
            answer
                .header("cache-control")
                .unwrap()
                .starts_with("public, max-age=")
        );
        let drawn = answer.text();
        assert!(drawn.contains(letters), "{name}: {drawn}");
        // exactly the elements that are always there
        assert_eq!(
            drawn.matches('<').count(),
            known.text().matches('<').count()
        );
        assert_eq!(drawn, picture(name).text());
    }
}

//! What browsers load of the console of those who answer: its pages and their files.

use hark_testkit::{Desk, Engine, Server};

use crate::HARK;

/// The files that a page names, as it names them.
fn loaded(html: &str) -> Vec<String> {
    let parts = html.split('"').collect::<Vec<_>>();
    let named = parts.windows(2);
    let named = named.filter(|pair| pair[0].ends_with("src=") || pair[0].ends_with("href="));
    named.map(|pair| pair[1].to_owned()).collect()
}

#[test]
fn each_page_runs_the_files_of_this_server_and_nothing_else() {
    let (server, _database) = Server::fresh(HARK, Engine::Sqlite);
    for (path, root) in [
        ("/", "./"),
        ("/login", "./"),
        ("/setup", "./"),
        ("/setup/try", "../"),
        ("/inbox", "./"),
        ("/inbox?view=queue", "./"),
        ("/inbox/abc", "../"),
        ("/inbox/%FF", "../"),
        ("/chats", "./"),
        ("/webhooks/crm", "../"),
        ("/webhooks/live", "../"),
        ("/webhooks", "./"),
        ("/webhooks/abc/deliveries", "../../"),
        ("/webhooks/catalogue/chat.started", "../../"),
        ("/inbox/abc/deliveries", "../../"),
        ("/visitors/abc", "../"),
        ("/webhooks/catalogue", "../"),
        ("/webhooks/check", "../"),
        ("/webhooks/endpoints", "../"),
        ("/webhooks/endpoints/abc", "../../"),
        ("/me", "./"),
    ] {
        let page = server.client().get(path);
        assert_eq!(page.status, 200, "{path}");
        assert_eq!(
            page.header("content-type"),
            Some("text/html; charset=utf-8")
        );
        assert_eq!(page.header("cache-control"), Some("no-store"));
        assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
        let policy = page.header("content-security-policy").unwrap();
        for part in [
            "default-src 'none';",
            "script-src 'self';",
            "style-src 'self';",
            "base-uri 'none';",
            "form-action 'none';",
            "frame-src 'self';",
            "frame-ancestors 'none';",
            "require-trusted-types-for 'script';",
            "worker-src 'self';",
            "manifest-src 'self';",
            &format!("connect-src 'self' ws://{};", server.address()),
        ] {
            assert!(policy.contains(part), "{part}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        let html = page.text();
        assert!(!html.contains("{{") && !html.contains("<style"), "{html}");
        let files = loaded(&html);
        assert!(files.len() >= 2, "{html}");
        for file in files {
            let file = file.strip_prefix(root).unwrap();
            let answer = server.client().get(&format!("/{file}"));
            assert_eq!(answer.status, 200, "{file}");
        }
    }
}

#[test]
fn who_follows_an_address_that_leads_nowhere_reads_so_and_programs_get_a_document() {
    let (server, _database) = Server::fresh(HARK, Engine::Sqlite);
    let person = server
        .client()
        .with("Accept", "text/html,application/xhtml+xml;q=0.9");
    for (path, root) in [("/nowhere", "./"), ("/webhook/endpoints/abc", "../../")] {
        let page = person.get(path);
        assert_eq!(page.status, 404, "{path}");
        assert_eq!(
            page.header("content-type"),
            Some("text/html; charset=utf-8"),
            "{path}"
        );
        assert!(page.header("content-security-policy").is_some(), "{path}");
        for file in loaded(&page.text()) {
            let file = file.strip_prefix(root).unwrap();
            assert_eq!(person.get(&format!("/{file}")).status, 200, "{file}");
        }
        let document = server.client().get(path);
        assert_eq!(document.status, 404, "{path}");
        assert_eq!(
            document.header("content-type"),
            Some("application/json"),
            "{path}"
        );
    }
    for path in ["/api/v1/nowhere", "/api/hark/v1/nowhere", "/api/v4/nowhere"] {
        let answer = person.get(path);
        assert_eq!(answer.status, 404, "{path}");
        let kind = answer.header("content-type").unwrap();
        assert!(kind.ends_with("json"), "{path}: {kind}");
    }
    let sent = person.post("/nowhere", &serde_json::json!({}));
    assert_eq!(
        (sent.status, sent.header("content-type")),
        (404, Some("application/json"))
    );
}

#[test]
fn the_page_on_which_the_widget_is_tried_is_framed_by_its_own_server_only() {
    let (server, _database) = Server::fresh(HARK, Engine::Sqlite);
    let page = server.client().get("/try");
    assert_eq!(page.status, 200);
    let policy = page.header("content-security-policy").unwrap();
    for part in [
        "default-src 'none';",
        "script-src 'self';",
        "frame-src 'self';",
        "frame-ancestors 'self';",
        "require-trusted-types-for 'script';",
    ] {
        assert!(policy.contains(part), "{part}: {policy}");
    }
    let files = loaded(&page.text());
    assert!(
        files.iter().any(|file| file == "./livechat/widget.js"),
        "{files:?}"
    );
    for file in files {
        let answer = server.client().get(file.strip_prefix('.').unwrap());
        assert_eq!(answer.status, 200, "{file}");
    }
}

#[test]
fn its_files_come_compressed_are_kept_for_ever_and_are_for_its_own_pages() {
    let (server, _database) = Server::fresh(HARK, Engine::Sqlite);
    let html = server.client().get("/").text();
    let files = loaded(&html);
    let script = files.iter().find(|file| file.ends_with(".js")).unwrap();
    let path = script.strip_prefix('.').unwrap();
    let plain = server.client().get(path);
    for encoding in ["br", "gzip"] {
        let answer = server.client().with("Accept-Encoding", encoding).get(path);
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("content-encoding"), Some(encoding));
        assert_eq!(
            answer.header("cache-control"),
            Some("public, max-age=31536000, immutable")
        );
        assert_eq!(
            answer.header("cross-origin-resource-policy"),
            Some("same-origin")
        );
        assert_eq!(answer.header("access-control-allow-origin"), None);
        assert!(answer.body.len() < plain.body.len());
    }
    for path in [
        "/console/assets/nothing.js",
        "/console/assets/..%2Findex.html",
        "/console/assets/..%2F..%2Fwidget%2Floader.js",
    ] {
        assert_eq!(server.client().get(path).status, 404, "{path}");
    }
}

#[test]
fn browsers_find_the_icon_that_they_ask_for_by_themselves() {
    let desk = Desk::open(HARK, Engine::Sqlite);
    let answer = desk.anyone().get("/favicon.ico");
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (200, Some("image/svg+xml"))
    );
}

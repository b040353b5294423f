//! What a request costs that asks for the policy, the session and the account, against one that
//! asks for nothing on the same server.

use std::time::Duration;

use hark_testkit::Server;
use serde_json::json;

use crate::load::{self, Measured};
use crate::place::{Place, name};
use crate::table::{Table, figure};

const CONNECTIONS: [usize; 3] = [1, 16, 64];
const WARM_UP: Duration = Duration::from_millis(500);

pub fn run(place: &Place, span: Duration) {
    let engines = place.engines();
    let speed = Table::new(
        "me: GET /api/v1/me; baseline: GET /healthz on the same server, before and after",
        &[
            "engine, connections",
            "me/s",
            "healthz/s",
            "ratio",
            "p50 ms",
            "p99 ms",
            "healthz p50",
            "healthz p99",
            "others",
        ],
    );
    let runtime = load::runtime();
    let mut keys = Vec::new();
    let mut costs = Vec::new();
    for engine in engines {
        let fresh = place.fresh(engine);
        let server = place.server_on(&fresh).start();
        let mut beside = vec![server.pid()];
        beside.extend(fresh.postmaster());
        let me = me(&server);
        let healthz = load::get("/healthz", server.address(), &[]);
        for connections in CONNECTIONS {
            let ask = |request: &str, span| {
                load::run(&runtime, server.address(), request, connections, span)
            };
            let half = span / 2;
            ask(&me, WARM_UP);
            let mut bare = Measured::of(&beside, half, |span| ask(&healthz, span));
            let mut full = Measured::of(&beside, span, |span| ask(&me, span));
            bare.join(Measured::of(&beside, half, |span| ask(&healthz, span)));
            let label = format!("{}, {connections}", name(engine));
            let rate = full.answers.per_second(span);
            let base = bare.answers.per_second(half * 2);
            let cells = [
                rate,
                base,
                rate / base,
                full.answers.quantile(0.5),
                full.answers.quantile(0.99),
                bare.answers.quantile(0.5),
                bare.answers.quantile(0.99),
                full.strangers,
            ];
            speed.row(&label, cells.map(figure));
            keys.push(format!(
                "{label}: {} ({}x)",
                figure(rate),
                figure(rate / base)
            ));
            costs.push((label, [full.cpu(0), bare.cpu(0), full.cpu(1)]));
        }
        server.stop();
    }
    let cost = Table::new(
        "me: CPU seconds for 10,000 requests",
        &[
            "engine, connections",
            "hark, me",
            "hark, healthz",
            "PostgreSQL, me",
        ],
    );
    for (label, cells) in costs {
        cost.row(&label, cells.map(figure));
    }
    println!("\nme key figures, requests/s: {}", keys.join("; "));
}

/// The request of somebody who is logged in.
pub fn me(server: &Server) -> String {
    let password = json!({"user": "admin", "password": "secret-of-admin"});
    let answer = server.client().post("/api/v1/login", &password).value();
    let text = |name| answer["data"][name].as_str().unwrap();
    load::get(
        "/api/v1/me",
        server.address(),
        &[
            ("X-User-Id", text("userId")),
            ("X-Auth-Token", text("authToken")),
        ],
    )
}

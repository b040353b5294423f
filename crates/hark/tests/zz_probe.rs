#![expect(clippy::unwrap_used, reason = "tests")]
use hark_testkit::*;
use serde_json::json;
#[test]
fn probe_strangers() {
    let (server, _d) = Server::fresh(env!("CARGO_BIN_EXE_hark"), Engine::Sqlite);
    let admin = server.admin();
    let mut held = Vec::new();
    for _ in 0..600 {
        let mut c = Connection::open(server.address()).unwrap();
        c.write(b"POST /api/v1/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n{").unwrap();
        held.push(c);
    }
    let big = "x".repeat(100_000);
    let a = admin.post(
        "/api/v1/users.create",
        &json!({"username":"a","name":big,"email":"a@b.cd","password":"pppppppp"}),
    );
    println!("{} {}", a.status, &a.text()[..100.min(a.text().len())]);
}

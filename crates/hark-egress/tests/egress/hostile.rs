//! Receivers that mean no good, on real sockets.

use std::time::Duration;

use hark_egress::{Allowed, Client, Exchange, Failure, KEPT, Proxies};
use hark_testkit::{Receiver, Reply, eventually};

use crate::get;

fn client() -> Client {
    let allowed = Allowed::parse("127.0.0.0/8,::1/128").unwrap();
    Client::trusting(allowed, [], Proxies::builder().build()).unwrap()
}

fn replying(reply: Reply) -> Receiver {
    Receiver::answering(move |_| reply.clone())
}

fn failure(exchange: Exchange) -> Failure {
    match exchange.outcome {
        Err(failure) => failure,
        Ok(response) => panic!("answered: {response:.200?}"),
    }
}

/// Waits until the client has closed the connection.
fn hung_up(receiver: &Receiver) {
    eventually("the end of the connection", || {
        (receiver.ended() > 0).then_some(())
    });
}

#[tokio::test]
async fn a_redirect_is_an_answer_like_any_other() {
    let receiver = replying(Reply::status(301).header("Location", "/elsewhere"));
    let response = client()
        .send(get(&receiver.url("/")))
        .await
        .outcome
        .unwrap();
    assert_eq!(response.status, 301);
    assert_eq!(response.headers["location"], "/elsewhere");
    assert_eq!(receiver.received().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drip_is_cut_by_the_deadline() {
    let drip = Reply::status(200).body([b'.'; 3600]);
    let receiver = replying(drip.dripping(Duration::from_secs(1)));
    let mut request = get(&receiver.url("/"));
    request.timeout = Duration::from_millis(300);
    let exchange = client().send(request).await;
    assert!(exchange.phases.first_byte.is_some());
    assert_eq!(exchange.address, Some(receiver.address()));
    assert_eq!(failure(exchange), Failure::Timeout("the answer was read"));
    hung_up(&receiver);
}

#[tokio::test(flavor = "multi_thread")]
async fn silence_is_cut_by_the_deadline() {
    let receiver = replying(Reply::silence());
    let mut request = get(&receiver.url("/"));
    request.timeout = Duration::from_millis(100);
    let exchange = client().send(request).await;
    assert!(exchange.phases.connect.is_some());
    assert_eq!(exchange.phases.first_byte, None);
    assert_eq!(
        failure(exchange),
        Failure::Timeout("waiting for the answer")
    );
    hung_up(&receiver);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_never_begins_with_tls_is_cut_by_the_deadline() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut request = get(&format!("https://{address}/"));
    request.timeout = Duration::from_millis(200);
    let exchange = client().send(request).await;
    assert!(exchange.phases.connect.is_some());
    assert_eq!(exchange.phases.tls, None);
    assert_eq!(exchange.address, Some(address));
    assert_eq!(failure(exchange), Failure::Timeout("TLS was set up"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endless_body_is_cut_at_the_bound() {
    for reply in [
        Reply::status(200).body("x").endless(),
        Reply::status(200)
            .header("Transfer-Encoding", "chunked")
            .body("4\r\nxxxx\r\n")
            .endless(),
    ] {
        let receiver = replying(reply);
        let response = client()
            .send(get(&receiver.url("/")))
            .await
            .outcome
            .unwrap();
        assert!(response.truncated);
        assert_eq!(response.body, "x".repeat(KEPT));
        // The sender got rid of no more than what the sockets between hold.
        hung_up(&receiver);
    }
}

#[tokio::test]
async fn an_answer_as_long_as_the_bound_is_whole() {
    for (length, truncated) in [(KEPT, false), (KEPT + 1, true)] {
        let receiver = replying(Reply::status(200).body("x".repeat(length)));
        let response = client()
            .send(get(&receiver.url("/")))
            .await
            .outcome
            .unwrap();
        assert_eq!(response.body.len(), KEPT);
        assert_eq!(response.truncated, truncated);
    }
}

#[tokio::test]
async fn a_bomb_stops_at_the_bound() {
    use std::io::Write;
    let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    bomb.write_all(&vec![0; 50 << 20]).unwrap();
    let reply = Reply::status(200).header("Content-Encoding", "gzip");
    let receiver = replying(reply.body(bomb.finish().unwrap()));
    let response = client()
        .send(get(&receiver.url("/")))
        .await
        .outcome
        .unwrap();
    assert_eq!(response.body, vec![0; KEPT]);
    assert!(response.truncated);
}

#[tokio::test]
async fn what_is_no_http_is_said_to_be_none() {
    for answer in [
        "220 mail.example.org ESMTP\r\n".to_owned(),
        "HTTP/1.1 900000 What\r\n\r\n".to_owned(),
        "HTTP/1.1 200 OK\r\nno header at all\r\n\r\n".to_owned(),
        format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n", "x".repeat(500_000)),
        format!("HTTP/1.1 200 OK\r\n{}\r\n", "X: x\r\n".repeat(1_000)),
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n".to_owned(),
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab".to_owned(),
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort".to_owned(),
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab".to_owned(),
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd".to_owned(),
    ] {
        let receiver = replying(Reply::raw(answer.clone()));
        let failure = failure(client().send(get(&receiver.url("/"))).await);
        assert_eq!(failure.class(), "protocol", "{answer:.60}: {failure}");
    }
}

#[tokio::test]
async fn who_hangs_up_without_a_word_has_broken_the_connection() {
    let receiver = replying(Reply::raw(""));
    let failure = failure(client().send(get(&receiver.url("/"))).await);
    assert_eq!(failure.class(), "broken", "{failure}");
}

#[tokio::test]
async fn a_refused_connection_is_reported_with_its_address() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let exchange = client().send(get(&format!("http://{address}/"))).await;
    assert_eq!(exchange.address, Some(address));
    let failure = failure(exchange);
    assert_eq!(failure.class(), "connect");
    assert!(
        failure.to_string().contains(&address.to_string()),
        "{failure}"
    );
}

#[tokio::test]
async fn what_is_not_public_is_not_even_knocked_at() {
    let receiver = Receiver::open();
    let port = receiver.address().port();
    let client = Client::trusting(Allowed::default(), [], Proxies::builder().build()).unwrap();
    for host in [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f.0.0.1",
        "017700000001",
        "0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::127.0.0.1]",
        "localhost",
        "LOCALHOST",
        "127.0.0.1.",
        "%31%32%37.0.0.1",
        "①②⑦.0.0.1",
        "user:pass@127.0.0.1",
    ] {
        for scheme in ["http", "https"] {
            let exchange = client
                .send(get(&format!("{scheme}://{host}:{port}/")))
                .await;
            let failure = failure(exchange);
            let Failure::Forbidden { address, .. } = &failure else {
                panic!("{scheme}://{host}: {failure}");
            };
            let words = failure.to_string();
            assert!(words.contains(&address.to_string()), "{words}");
            assert!(words.contains("HARK_WEBHOOK_ALLOW"), "{words}");
        }
    }
    assert_eq!(receiver.connections(), 0);
}

#[tokio::test]
async fn what_is_no_url_is_said_to_be_none() {
    for url in [
        "",
        "8000",
        "example.com/x",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://",
        "http://[::1",
        "http://a b/",
        "http://127.0.0.1:99999/",
    ] {
        assert_eq!(
            failure(client().send(get(url)).await).class(),
            "url",
            "{url}"
        );
    }
}

#[tokio::test]
async fn a_name_that_nobody_has_is_said_to_be_none() {
    let failure = failure(client().send(get("http://nobody.invalid/")).await);
    assert_eq!(failure.class(), "dns", "{failure}");
    assert!(failure.to_string().contains("nobody.invalid"));
}

#[tokio::test]
async fn a_timeout_of_nothing_ends_at_once() {
    let receiver = replying(Reply::silence());
    let mut request = get(&receiver.url("/"));
    request.timeout = Duration::ZERO;
    assert_eq!(failure(client().send(request).await).class(), "timeout");
}

//! Connections that serve again, what a request looks like, and the way through a proxy.

use hark_egress::{Allowed, Client, Proxies};
use hark_testkit::{Receiver, Reply, eventually};

use crate::get;

fn client(proxies: Proxies) -> Client {
    Client::trusting(Allowed::parse("127.0.0.0/8").unwrap(), [], proxies).unwrap()
}

fn direct() -> Client {
    client(Proxies::builder().build())
}

#[tokio::test]
async fn a_connection_serves_again_and_says_so() {
    let receiver = Receiver::answering(|_| Reply::status(200).body("ok"));
    let client = direct();
    for turn in 0..3 {
        let exchange = client.send(get(&receiver.url("/"))).await;
        assert_eq!(exchange.outcome.unwrap().body, "ok");
        assert_eq!(exchange.reused, turn > 0);
        assert_eq!(exchange.phases.connect.is_some(), turn == 0);
        assert!(exchange.phases.first_byte.unwrap() <= exchange.phases.total);
        assert_eq!(exchange.address, Some(receiver.address()));
    }
    assert_eq!(receiver.connections(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_the_other_side_closed_is_made_again() {
    let receiver = Receiver::open();
    receiver.answer_next(Reply::raw("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
    let client = direct();
    client.send(get(&receiver.url("/"))).await.outcome.unwrap();
    eventually("the end of the connection", || {
        (receiver.ended() > 0).then_some(())
    });
    let exchange = client.send(get(&receiver.url("/"))).await;
    assert_eq!(exchange.outcome.unwrap().status, 200);
    assert_eq!(receiver.connections(), 2);
}

#[tokio::test]
async fn an_answer_cut_at_the_bound_costs_its_connection() {
    let receiver = Receiver::answering(|_| Reply::status(200).body("x".repeat(1_000_000)));
    let client = direct();
    for _ in 0..2 {
        let exchange = client.send(get(&receiver.url("/"))).await;
        assert!(!exchange.reused);
        assert!(exchange.outcome.unwrap().truncated);
    }
    assert_eq!(receiver.connections(), 2);
}

#[tokio::test]
async fn the_request_goes_out_as_it_was_given() {
    let receiver = Receiver::open();
    let url = receiver.url("/in/b%C3%BC?a=1&b=%20|#part");
    let mut request = get(&url.replace("http://", "http://us%3Aer:p%40ss@"));
    request.method = http::Method::POST;
    request.body = "{}".into();
    let headers = &mut request.headers;
    headers.insert("x-second", "2".parse().unwrap());
    headers.insert("content-type", "application/json".parse().unwrap());
    direct().send(request).await.outcome.unwrap();
    let received = &receiver.received()[0];
    assert_eq!(received.line, "POST /in/b%C3%BC?a=1&b=%20| HTTP/1.1");
    assert_eq!(received.text(), "{}");
    let headers: Vec<String> = received
        .headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    let host = format!("Host: {}", receiver.address());
    let expected = [
        "X-Second: 2",
        "Content-Type: application/json",
        // us:er:p@ss
        "Authorization: Basic dXM6ZXI6cEBzcw==",
        &host,
        "Content-Length: 2",
    ];
    assert_eq!(headers, expected);
}

#[tokio::test]
async fn authorization_that_is_given_wins_over_the_urls() {
    let receiver = Receiver::open();
    let mut request = get(&receiver.url("/").replace("http://", "http://a:b@"));
    request
        .headers
        .insert("authorization", "Bearer x".parse().unwrap());
    direct().send(request).await.outcome.unwrap();
    assert_eq!(
        receiver.received()[0].header("authorization"),
        Some("Bearer x")
    );
}

#[tokio::test]
async fn names_are_resolved_and_timed() {
    let receiver = Receiver::open();
    let url = format!("http://localhost:{}/", receiver.address().port());
    let allowed = Allowed::parse("127.0.0.0/8,::1/128").unwrap();
    let client = Client::trusting(allowed, [], Proxies::builder().build()).unwrap();
    let exchange = client.send(get(&url)).await;
    exchange.outcome.unwrap();
    assert!(exchange.phases.dns.is_some());
    assert_eq!(exchange.address, Some(receiver.address()));
}

#[tokio::test]
async fn a_proxy_gets_the_whole_url_and_resolves_the_name() {
    let proxy = Receiver::open();
    let through = proxy.url("").replace("http://", "http://me:secret@");
    let client = client(Proxies::builder().all(through).build());
    let exchange = client.send(get("http://hooks.example.invalid/x?y=1")).await;
    assert_eq!(exchange.outcome.unwrap().status, 200);
    assert_eq!(exchange.address, Some(proxy.address()));
    let received = &proxy.received()[0];
    assert_eq!(
        received.line,
        "GET http://hooks.example.invalid/x?y=1 HTTP/1.1"
    );
    assert_eq!(received.header("host"), Some("hooks.example.invalid"));
    // me:secret
    let credentials = received.header("proxy-authorization");
    assert_eq!(credentials, Some("Basic bWU6c2VjcmV0"));
}

#[tokio::test]
async fn a_proxy_opens_a_way_to_a_secure_target_and_learns_only_its_name() {
    let proxy = Receiver::answering(|_| Reply::raw("HTTP/1.1 200 Connected\r\n\r\n"));
    let through = proxy.url("").replace("http://", "http://me:secret@");
    let client = client(Proxies::builder().https(through).build());
    let exchange = client.send(get("https://hooks.example.invalid/path")).await;
    assert_eq!(exchange.address, Some(proxy.address()));
    // The way ends at once, where TLS was to begin.
    assert_eq!(exchange.outcome.unwrap_err().class(), "tls");
    let received = &proxy.received()[0];
    assert_eq!(received.line, "CONNECT hooks.example.invalid:443 HTTP/1.1");
    let credentials = received.header("proxy-authorization");
    assert_eq!(credentials, Some("Basic bWU6c2VjcmV0"));
}

#[tokio::test]
async fn a_proxy_that_declines_is_named() {
    let proxy = Receiver::answering(|_| Reply::status(403));
    let client = client(Proxies::builder().https(proxy.url("")).build());
    let exchange = client.send(get("https://hooks.example.invalid/")).await;
    let failure = exchange.outcome.unwrap_err();
    assert_eq!(failure.class(), "connect");
    let words = failure.to_string();
    assert!(words.contains(&proxy.address().to_string()), "{words}");
}

#[tokio::test]
async fn a_private_address_is_refused_with_a_proxy_as_well() {
    let proxy = Receiver::open();
    let client = client(Proxies::builder().all(proxy.url("")).build());
    for url in [
        "http://10.0.0.1/",
        "https://[fd00::1]/",
        "http://169.254.169.254/latest",
    ] {
        let failure = client.send(get(url)).await.outcome.unwrap_err();
        assert_eq!(failure.class(), "forbidden", "{url}");
    }
    assert_eq!(proxy.connections(), 0);
}

#[tokio::test]
async fn who_is_excepted_is_reached_directly_and_vetted() {
    let proxy = Receiver::open();
    let receiver = Receiver::open();
    let proxies = || {
        let all = Proxies::builder().all(proxy.url(""));
        all.no("127.0.0.1,localhost").build()
    };
    let exchange = client(proxies()).send(get(&receiver.url("/"))).await;
    exchange.outcome.unwrap();
    let strict = Client::trusting(Allowed::default(), [], proxies()).unwrap();
    let exchange = strict.send(get("http://localhost/")).await;
    assert_eq!(exchange.outcome.unwrap_err().class(), "forbidden");
    assert_eq!(proxy.connections(), 0);
}

#[tokio::test]
async fn a_proxy_of_another_protocol_is_refused_with_its_name() {
    let proxy = Receiver::open();
    let through = proxy.url("").replace("http://", "socks5://");
    let client = client(Proxies::builder().all(through).build());
    let exchange = client.send(get("http://hooks.example.invalid/")).await;
    let failure = exchange.outcome.unwrap_err();
    assert_eq!(failure.class(), "connect");
    assert!(failure.to_string().contains("socks5://"), "{failure}");
    assert_eq!(proxy.received().len(), 0);
}

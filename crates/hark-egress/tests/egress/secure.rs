//! TLS: who is trusted, and HTTP/2 where both speak it.

use std::net::SocketAddr;
use std::sync::Arc;

use hark_egress::{Allowed, CertificateDer, Client, KEPT, Proxies, Request};
use http_body_util::Full;
use hyper::body::Bytes;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::PrivatePkcs8KeyDer;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

struct Receiver {
    address: SocketAddr,
    certificate: CertificateDer<'static>,
}

impl Receiver {
    /// Known as `name`, and speaking these protocols; answers with the version that it was
    /// asked in.
    async fn known_as(name: &str, protocols: &[&str]) -> Self {
        let (acceptor, certificate) = tls(name, protocols);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    // A client that does not trust us hangs up.
                    let Ok(stream) = acceptor.accept(stream).await else {
                        return;
                    };
                    let answer = hyper::service::service_fn(
                        async |request: hyper::Request<hyper::body::Incoming>| {
                            let body = match request.uri().path() {
                                "/long" => Bytes::from(vec![b'x'; 4 << 20]),
                                _ => format!("{:?}", request.version()).into(),
                            };
                            Ok::<_, hyper::Error>(hyper::Response::new(Full::new(body)))
                        },
                    );
                    let serving = auto::Builder::new(TokioExecutor::new());
                    drop(serving.serve_connection(TokioIo::new(stream), answer).await);
                });
            }
        });
        Self {
            address,
            certificate,
        }
    }

    fn request(&self, host: &str) -> Request {
        Request {
            method: http::Method::POST,
            url: format!("https://{host}:{}/", self.address.port()),
            headers: http::HeaderMap::new(),
            body: Bytes::from_static(b"{}"),
            timeout: std::time::Duration::from_secs(20),
        }
    }
}

/// Certificates of a test, for a server known as `name`.
fn tls(name: &str, protocols: &[&str]) -> (TlsAcceptor, CertificateDer<'static>) {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed([name.to_owned()]).unwrap();
    let certificate = cert.der().clone();
    let key = PrivatePkcs8KeyDer::from(signing_key.serialize_der());
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut tls = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key.into())
        .unwrap();
    tls.alpn_protocols = protocols
        .iter()
        .map(|name| name.as_bytes().to_vec())
        .collect();
    (TlsAcceptor::from(Arc::new(tls)), certificate)
}

/// Opens one tunnel to a receiver for a client that sends `CONNECT`, over TLS if it is given some.
async fn proxy(tls: Option<TlsAcceptor>, to: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        match tls {
            Some(tls) => tunnel(tls.accept(stream).await.unwrap(), to).await,
            None => tunnel(stream, to).await,
        }
    });
    address
}

async fn tunnel(mut from: impl AsyncRead + AsyncWrite + Unpin, to: SocketAddr) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(from.read_u8().await.unwrap());
    }
    // A name that only the proxy knows.
    assert!(head.starts_with(b"CONNECT receiver.test:443 HTTP/1.1\r\n"));
    from.write_all(b"HTTP/1.1 200 Connected\r\n\r\n")
        .await
        .unwrap();
    let mut to = TcpStream::connect(to).await.unwrap();
    drop(tokio::io::copy_bidirectional(&mut from, &mut to).await);
}

fn client(roots: &[&Receiver]) -> Client {
    let roots = roots.iter().map(|receiver| receiver.certificate.clone());
    let allowed = Allowed::parse("127.0.0.0/8,::1/128").unwrap();
    Client::trusting(allowed, roots, Proxies::builder().build()).unwrap()
}

#[tokio::test]
async fn who_vouches_for_itself_is_not_trusted() {
    let receiver = Receiver::known_as("localhost", &["h2", "http/1.1"]).await;
    let exchange = client(&[]).send(receiver.request("localhost")).await;
    let failure = exchange.outcome.unwrap_err();
    assert_eq!(failure.class(), "tls", "{failure}");
    assert!(failure.to_string().contains("certificate"), "{failure}");
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused() {
    let receiver = Receiver::known_as("elsewhere.example", &[]).await;
    let exchange = client(&[&receiver])
        .send(receiver.request("localhost"))
        .await;
    let failure = exchange.outcome.unwrap_err();
    assert_eq!(failure.class(), "tls", "{failure}");
    assert!(failure.to_string().contains("name"), "{failure}");
}

#[tokio::test]
async fn a_server_that_speaks_http_2_gets_it_over_one_connection() {
    let receiver = Receiver::known_as("localhost", &["h2", "http/1.1"]).await;
    let client = client(&[&receiver]);
    for turn in 0..3 {
        let exchange = client.send(receiver.request("localhost")).await;
        let response = exchange.outcome.unwrap();
        assert_eq!(response.version, http::Version::HTTP_2);
        assert_eq!(response.body, "HTTP/2.0");
        assert_eq!(exchange.reused, turn > 0);
        assert_eq!(exchange.phases.tls.is_some(), turn == 0);
    }
}

#[tokio::test]
async fn a_server_that_does_not_gets_http_1_1() {
    for protocols in [&["http/1.1"][..], &[]] {
        let receiver = Receiver::known_as("127.0.0.1", protocols).await;
        let exchange = client(&[&receiver])
            .send(receiver.request("127.0.0.1"))
            .await;
        let response = exchange.outcome.unwrap();
        assert_eq!(response.version, http::Version::HTTP_11);
        assert_eq!(response.body, "HTTP/1.1");
        assert_eq!(exchange.address, Some(receiver.address));
    }
}

#[tokio::test]
async fn through_a_proxy_the_receiver_is_still_checked_and_spoken_to_in_its_own_way() {
    for secure in [false, true] {
        let receiver = Receiver::known_as("receiver.test", &["h2"]).await;
        let (acceptor, certificate) = tls("localhost", &[]);
        let (scheme, acceptor) = if secure {
            ("https", Some(acceptor))
        } else {
            ("http", None)
        };
        let port = proxy(acceptor, receiver.address).await.port();
        let proxies = Proxies::builder().https(format!("{scheme}://localhost:{port}"));
        let roots = [receiver.certificate.clone(), certificate];
        let client = Client::trusting(Allowed::default(), roots, proxies.build()).unwrap();
        let mut request = receiver.request("receiver.test");
        request.url = "https://receiver.test/".to_owned();
        let exchange = client.send(request).await;
        assert_eq!(exchange.outcome.unwrap().body, "HTTP/2.0");
        assert!(exchange.phases.connect.is_some() && exchange.phases.tls.is_some());
        assert_eq!(exchange.address.unwrap().port(), port);
    }
}

#[tokio::test]
async fn over_http_2_a_long_answer_is_cut_and_its_connection_lives() {
    let receiver = Receiver::known_as("localhost", &["h2"]).await;
    let client = client(&[&receiver]);
    for turn in 0..20 {
        let mut request = receiver.request("localhost");
        request.url.push_str("long");
        let exchange = client.send(request).await;
        let response = exchange.outcome.unwrap();
        assert_eq!((response.body.len(), response.truncated), (KEPT, true));
        assert_eq!(exchange.reused, turn > 0);
    }
    let many = (0..100).map(|_| client.send(receiver.request("localhost")));
    for exchange in futures_util::future::join_all(many).await {
        assert_eq!(exchange.outcome.unwrap().body, "HTTP/2.0");
        assert!(exchange.reused);
    }
}

#[tokio::test]
async fn a_look_says_until_when_the_certificate_is_good_and_sends_nothing() {
    let receiver = Receiver::known_as("localhost", &["h2", "http/1.1"]).await;
    let url = format!("https://localhost:{}/", receiver.address.port());
    let found = client(&[&receiver]).look(&url).await;
    assert!(found.outcome.is_ok(), "{found:?}");
    assert!(!found.is_public, "the operator let it through");
    // What is made for a test is good for very long.
    assert!(found.good_until.unwrap() > 2_000_000_000, "{found:?}");
    let stranger = client(&[]).look(&url).await;
    assert_eq!(stranger.outcome.unwrap_err().class(), "tls");
    let closed = Client::trusting(Allowed::default(), [], Proxies::builder().build()).unwrap();
    let closed = closed.look(&url).await;
    assert_eq!(closed.outcome.unwrap_err().class(), "forbidden");
    assert!(closed.address.is_none(), "nobody was asked");
}

//! TLS: who is trusted, and HTTP/2 where both speak it.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::net::SocketAddr;
use std::sync::Arc;

use hark_egress::{Allowed, CertificateDer, Client, Proxies, Request};
use http_body_util::Full;
use hyper::body::Bytes;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::PrivatePkcs8KeyDer;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

struct Receiver {
    address: SocketAddr,
    certificate: CertificateDer<'static>,
}

impl Receiver {
    /// Known as `name`, and speaking these protocols; answers with the version that it was
    /// asked in.
    async fn known_as(name: &str, protocols: &[&str]) -> Self {
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
        let acceptor = TlsAcceptor::from(Arc::new(tls));
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
                            let version = format!("{:?}", request.version());
                            Ok::<_, hyper::Error>(hyper::Response::new(Full::new(Bytes::from(
                                version,
                            ))))
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
async fn whoever_speaks_http_2_is_spoken_to_in_it_over_one_connection() {
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
async fn whoever_does_not_is_spoken_to_in_http_1_1() {
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

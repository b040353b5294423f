//! A mailbox of a real server is read, in the clear and by both ways of TLS.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::time::Duration;

use hark_egress::{Allowed, CertificateDer, Client, Proxies};
use hark_mailbox::imap::{Search, Session};
use hark_mailbox::{Encryption, Failure, Server};
use hark_testkit::ImapServer;

fn client(imap: &ImapServer, allowed: &str) -> Client {
    let roots = [CertificateDer::from(imap.certificate_bytes())];
    let allowed = Allowed::parse(allowed).unwrap();
    Client::trusting(allowed, roots, Proxies::builder().build()).unwrap()
}

fn server(imap: &ImapServer, host: &str, port: u16) -> Server {
    Server {
        host: host.to_owned(),
        port,
        username: imap.username().to_owned(),
        password: imap.password().to_owned(),
        secure: false,
    }
}

const A_WHILE: Duration = Duration::from_secs(20);

#[tokio::test]
async fn mails_are_found_and_read_however_the_connection_is_made_secure() {
    let imap = ImapServer::open();
    let client = client(&imap, "127.0.0.0/8");
    imap.deliver("From: ann@x.example\nSubject: one\n\nhello\n");
    for (encryption, port) in [
        (Encryption::None, imap.port()),
        (Encryption::StartTls, imap.port()),
        (Encryption::Wrapped, imap.secure_port()),
    ] {
        let server = server(&imap, "localhost", port);
        let mut session = Session::open_with(&client, &server, encryption)
            .await
            .unwrap();
        session.examine().await.unwrap();
        assert_eq!(
            session.search(Search::After(0)).await.unwrap(),
            [1],
            "{encryption:?}"
        );
        assert_eq!(session.search(Search::After(1)).await.unwrap(), [0; 0]);
        let mail = session.fetch(1).await.unwrap().unwrap();
        assert!(mail.bytes.ends_with(b"\r\n\r\nhello\r\n"));
        assert_eq!(mail.size, mail.bytes.len() as u64);
        assert!(session.fetch(7).await.unwrap().is_none());
        session.close().await;
    }
}

#[tokio::test]
async fn what_comes_is_heard_of_at_once() {
    let imap = ImapServer::open();
    let client = client(&imap, "127.0.0.0/8");
    let server = server(&imap, "127.0.0.1", imap.port());
    let mut session = Session::open(&client, &server).await.unwrap();
    let mailbox = session.examine().await.unwrap();
    assert!(mailbox.uid_validity > 0);
    // Nothing comes, and the session goes on.
    session
        .wait(Duration::from_millis(50), A_WHILE)
        .await
        .unwrap();
    imap.deliver("From: ann@x.example\n\nhello\n");
    session.wait(A_WHILE, A_WHILE).await.unwrap();
    assert_eq!(session.search(Search::After(0)).await.unwrap(), [1]);
    let came = session.came_at(1, 1).await.unwrap();
    assert!(came[&1].contains(':'), "{came:?}");
    assert_eq!(
        session.search(Search::Since("1-Jan-2020")).await.unwrap(),
        [1]
    );
    assert_eq!(
        session.search(Search::Since("1-Jan-2200")).await.unwrap(),
        [0; 0]
    );
}

#[tokio::test]
async fn what_is_wrong_is_said_in_words() {
    let mut imap = ImapServer::open();
    let near = client(&imap, "127.0.0.0/8");
    let mut wrong = server(&imap, "127.0.0.1", imap.port());
    wrong.password = "another".to_owned();
    let refused = Session::open(&near, &wrong).await.err().unwrap();
    assert!(matches!(refused, Failure::LogIn(_)), "{refused}");
    let right = server(&imap, "127.0.0.1", imap.port());
    let far = Session::open(&client(&imap, ""), &right)
        .await
        .err()
        .unwrap();
    assert!(far.to_string().contains("HARK_WEBHOOK_ALLOW"), "{far}");
    // A certificate of another is none.
    let other = ImapServer::open();
    let of_another = server(&other, "localhost", other.port());
    let untrusted = Session::open_with(&near, &of_another, Encryption::StartTls).await;
    assert!(matches!(untrusted.err().unwrap(), Failure::Way(_)));
    let mut session = Session::open(&near, &right).await.unwrap();
    session.examine().await.unwrap();
    imap.stop();
    let gone = session.wait(A_WHILE, A_WHILE).await.err().unwrap();
    assert!(matches!(gone, Failure::Broken(_)), "{gone}");
}

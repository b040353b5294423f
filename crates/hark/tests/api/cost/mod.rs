//! Cost before identity: what a stranger, a visitor and an account can make the server read, parse,
//! hold and store.

mod budget;
mod entries;
mod files;
mod requests;

use std::net::TcpStream;
use std::time::Duration;

use hark_testkit::form::file_part;
use hark_testkit::{Client, Database, Engine, Response, Server};

use crate::HARK;

const JSON: [(&str, &str); 1] = [("Content-Type", "application/json")];

fn without_limits() -> (Server, Database) {
    Server::fresh(HARK, Engine::Sqlite)
}

/// A connection from another of the addresses that this machine has.
fn from_address(address: &str, server: &Server) -> std::io::Result<TcpStream> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()?;
    let connecting = async {
        let socket = tokio::net::TcpSocket::new_v4()?;
        socket.bind(format!("{address}:0").parse().unwrap())?;
        // So that the system does not take for it what it does not.
        socket.set_recv_buffer_size(4_096)?;
        socket
            .connect(server.address().parse().unwrap())
            .await?
            .into_std()
    };
    let stream = runtime.block_on(connecting)?;
    stream.set_nonblocking(false)?;
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    Ok(stream)
}

const FORM: &str = "multipart/form-data; boundary=limit";

fn upload(visitor: &Client, room: &str, bytes: &[u8]) -> Response {
    let file = file_part("file", "a.bin", "application/x-thing", bytes);
    visitor.send_form(&format!("livechat/upload/{room}"), &[file])
}

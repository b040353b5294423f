//! Whether a server that runs does the work that nobody asks for.

use bytes::Bytes;
use http_body_util::Full;
use hyper::Request;

use super::Findings;
use crate::CliError;
use crate::http_client::HttpClient;

/// `listen` is where the server listens by its configuration.
pub(super) async fn look(found: &mut Findings, listen: &str) -> Result<(), CliError> {
    let reached = reachable(listen);
    let Some(address) = reached else {
        found
            .note("the server chooses its port itself; how its jobs are doing, it says at /readyz");
        return Ok(());
    };
    let request = Request::get(format!("http://{address}/readyz")).body(Full::new(Bytes::new()))?;
    let answer = match HttpClient::new()?.send(request).await {
        Ok(answer) => answer,
        Err(why) => {
            found.note(&format!(
                "no server answers at {address} ({why}); if one runs elsewhere, name it with --listen"
            ));
            return Ok(());
        }
    };
    let text = String::from_utf8_lossy(&answer.body);
    let mut lines = text.lines();
    match lines.next() {
        Some("ready") => found.good(&format!("the server at {address} is ready")),
        Some(line) if line.starts_with("not ready") => {
            found.bad(&format!("the server at {address} is {line}"));
        }
        _ => {
            found.note(&format!(
                "what answers at {address} is no Hark; name the server with --listen"
            ));
            return Ok(());
        }
    }
    let mut are_well = true;
    for line in lines {
        if line.starts_with("the job") {
            are_well = false;
            found.bad(&format!("{line}; it starts again by itself"));
        } else if line.starts_with("the clock") {
            are_well = false;
            found.bad(line);
        } else {
            found.note(&format!("the server at {address} says: {line}"));
        }
    }
    if are_well {
        found.good("its jobs do their work");
    }
    Ok(())
}

/// Where what listens there is reached from this machine.
fn reachable(listen: &str) -> Option<String> {
    let (host, port) = listen.rsplit_once(':')?;
    let host = match host {
        "0.0.0.0" => "127.0.0.1",
        "[::]" => "[::1]",
        host => host,
    };
    (port != "0").then(|| format!("{host}:{port}"))
}

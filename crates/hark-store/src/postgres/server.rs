use std::sync::Arc;
use std::time::Duration;

use postgres::Client;
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::connection::Connection;
use super::failure::{broke_off, describe};
use crate::{Error, OpenError};

/// Where the database is and how to speak to it.
#[derive(Clone)]
pub(crate) struct Server {
    config: Config,
    tls: MakeRustlsConnect,
}

impl Server {
    pub(crate) fn new(url: &str) -> Result<Self, OpenError> {
        let mut config: Config = url
            .parse()
            .map_err(|error: postgres::Error| OpenError::Address(describe(&error)))?;
        if config.get_hosts().is_empty() {
            return Err(OpenError::Address("it names no host".into()));
        }
        // Nobody has a certificate for a loopback address. TLS that the URL asks for is still used.
        if config.get_ssl_mode() == SslMode::Prefer && config.get_hosts().iter().all(is_local) {
            config.ssl_mode(SslMode::Disable);
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(Duration::from_secs(5));
        }
        config.application_name("hark");
        // A machine that is gone without a word is noticed while an answer is waited for, too.
        config.tcp_user_timeout(Duration::from_secs(15));
        config.keepalives_idle(Duration::from_secs(10));
        config.keepalives_interval(Duration::from_secs(5));
        let mut roots = rustls::RootCertStore::empty();
        for certificate in rustls_native_certs::load_native_certs().certs {
            // One odd certificate in the system's store must not cost us the others.
            drop(roots.add(certificate));
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| OpenError::Address(error.to_string()))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self {
            config,
            tls: MakeRustlsConnect::new(tls),
        })
    }

    pub(crate) fn name(&self) -> String {
        let hosts = self.config.get_hosts().iter().map(|host| match host {
            Host::Tcp(name) => name.clone(),
            Host::Unix(path) => path.display().to_string(),
        });
        let ports = self.config.get_ports();
        let port = ports.first().copied().unwrap_or(5432);
        format!("{}:{port}", hosts.collect::<Vec<_>>().join(","))
    }

    /// The first connection, whose failure an operator reads.
    pub(crate) fn reach(&self) -> Result<Client, OpenError> {
        self.connect().map_err(|error| {
            let (host, why) = (self.name(), describe(&error));
            if may_come_up(&error) {
                OpenError::Unreachable { host, why }
            } else {
                OpenError::Refused { host, why }
            }
        })
    }

    /// A client whose every call waits.
    pub(crate) fn connect(&self) -> Result<Client, postgres::Error> {
        let mut client = postgres::Config::from(self.config.clone()).connect(self.tls.clone())?;
        client.batch_execute(SETTINGS)?;
        Ok(client)
    }

    /// A connection that waits only for what is read.
    pub(super) fn open(&self) -> Result<Connection, Error> {
        let unavailable = |error: postgres::Error| Error::Unavailable(describe(&error));
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Error::Unavailable(error.to_string()))?;
        let connected = runtime.block_on(self.config.connect(self.tls.clone()));
        let (client, moving) = connected.map_err(unavailable)?;
        let moving = async move {
            // Whoever waits for an answer hears of it.
            drop(moving.await);
        };
        let mut connection = Connection::new(runtime, client, moving);
        let set = connection.text(SETTINGS);
        set.map_err(|(_, error)| unavailable(error))?;
        Ok(connection)
    }
}

/// A plain scan of an index marks the entries of rows that are gone as it passes, and the next
/// one is spared them; a bitmap scan does not. The indexes of what is open or waits would
/// consist of such entries mostly, from one vacuum of a large table to the next.
///
/// A plan is kept as long as its statement, and was made when a table was empty, often. Then walking the
/// table seems as good as looking for a row, and remains the plan when there are a million: so nothing
/// walks, and what is joined is looked up. Such a plan counts as dear, however little it reads, and is
/// not to be compiled for that, nor made anew for each execution.
const SETTINGS: &str = "SET plan_cache_mode = force_generic_plan; SET enable_bitmapscan = off; SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET jit = off; SET synchronous_commit = on; SET lock_timeout = '10s'; SET statement_timeout = '60s';
    SET idle_in_transaction_session_timeout = '60s'; SET client_min_messages = warning";

/// No server yet, one that is starting or one that is full. Anything else will not change by itself.
fn may_come_up(error: &postgres::Error) -> bool {
    match error.code() {
        Some(code) => ["08", "53", "55", "57"].contains(&code.code().get(..2).unwrap_or_default()),
        None => broke_off(error),
    }
}

fn is_local(host: &Host) -> bool {
    match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => {
            name == "localhost"
                || name
                    .parse()
                    .is_ok_and(|address: std::net::IpAddr| address.is_loopback())
        }
    }
}

//! `hark serve`: a server until a signal ends it.

use tokio::signal::unix::{SignalKind, signal};

use crate::cli::Serve;
use crate::config::{self, Config, Environment};
use crate::server::{self, RunningServer};
use crate::{CliError, cli, logging};

pub(crate) fn serve(given: &Serve) -> Result<(), CliError> {
    let (config, log_format) = config::resolve(given, Environment::of_process())?;
    logging::start(log_format);
    for variable in Environment::of_process().unknown(&cli::variables()) {
        tracing::warn!(
            variable,
            "a variable whose name begins with HARK_ and means nothing; it may be misspelt"
        );
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let ended = runtime.block_on(until_signalled(config));
    // Nothing that is still running may hold up the end.
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    ended
}

async fn until_signalled(config: Config) -> Result<(), CliError> {
    let server = server::start(config).await?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    // The terminal was closed.
    let mut hangup = signal(SignalKind::hangup())?;
    announce(&server);
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        _ = hangup.recv() => {}
    }
    tracing::info!("stopping: no new connections; requests that run have a few seconds to finish");
    tokio::select! {
        ended = server.stop() => ended?,
        _ = terminate.recv() => tracing::warn!("asked twice: stopping at once"),
        _ = interrupt.recv() => tracing::warn!("asked twice: stopping at once"),
    }
    tracing::info!("stopped");
    Ok(())
}

fn announce(server: &RunningServer) {
    if let Some(first) = &server.first_password {
        println!(
            "First administrator: {}  password: {}  (shown only now)",
            first.username, first.password
        );
    }
    if let Some(quiet) = server.quiet {
        println!("Quiet: {quiet}");
    }
    let (site_url, address) = (&server.site_url, server.address);
    let version = env!("CARGO_PKG_VERSION");
    if site_url.ends_with(&address.to_string()) {
        println!("Hark {version} is ready: {site_url}/");
    } else {
        println!("Hark {version} is ready: {site_url}/ (listening on http://{address})");
    }
}

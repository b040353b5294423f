//! `hark serve`: from the configuration to the line that says it is ready, and the way back.

use std::collections::HashMap;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hark_chat::accounts::{self, NewAccount};
use hark_chat::settings::{self, FromEnvironment};
use hark_chat::{Policies, Refusal, founding, hours as opening_hours, keys};
use hark_egress::Client;
use hark_store::{OpenError, Store};
use hark_webhooks::Dispatcher;
use hark_wire::{Metrics, Options, Wire};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::{Instant, timeout_at};

use crate::attendant::Attendant;
use crate::cli::Serve;
use crate::config::Config;
use crate::{
    Sentence, VERSION, config, files, hours, house, housekeeping, listener, logging, mailing,
};

/// How long requests may take to finish after the signal to stop.
const FAREWELL: Duration = Duration::from_secs(10);
/// How long the store has in any case to write down what it was given.
const AT_LEAST: Duration = Duration::from_secs(2);
/// How long a PostgreSQL that is not up yet is waited for.
const WAIT_FOR_DATABASE: Duration = Duration::from_secs(60);

pub(crate) fn serve(given: &Serve) -> Result<(), Sentence> {
    let config = config::resolve(given)?;
    logging::start(config.log);
    let environment = settings::from_environment(config::variables())?;
    let store = open(&config)?;
    run(&config, environment, &store)
}

fn open(config: &Config) -> Result<Store, Sentence> {
    let started = std::time::Instant::now();
    let (_never, wait) = std::sync::mpsc::channel::<()>();
    loop {
        match house::open_alone(&config.place) {
            // One that answers with a refusal would do so again.
            Err(OpenError::Unreachable { host, why }) if started.elapsed() < WAIT_FOR_DATABASE => {
                tracing::warn!(host, why, "PostgreSQL does not answer; trying again");
                let _nothing_comes = wait.recv_timeout(Duration::from_secs(2));
            }
            opened => return Ok(opened?),
        }
    }
}

fn run(config: &Config, environment: FromEnvironment, store: &Store) -> Result<(), Sentence> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let ended = runtime.block_on(live(config, environment, store));
    // Nothing that is still running may hold up the end.
    runtime.shutdown_timeout(Duration::from_secs(1));
    ended
}

async fn live(
    config: &Config,
    environment: FromEnvironment,
    store: &Store,
) -> Result<(), Sentence> {
    // Before anything is made: a password that is printed by a start that fails is easily missed.
    let tcp = TcpListener::bind(&config.listen)
        .await
        .map_err(|error| cannot_listen(&config.listen, &error))?;
    let address = tcp.local_addr()?;
    let keys = {
        let (store, folder) = (store.clone(), config.place.folder.clone());
        tokio::task::spawn_blocking(move || house::unlock(&store, &folder)).await??
    };
    found(store, &keys, environment.first).await?;
    let site_url = config
        .site_url
        .clone()
        .unwrap_or_else(|| format!("http://{address}"));
    let policies = Arc::new(Policies::new(Arc::clone(&keys), forced(environment.forced)));
    let options = Options {
        site_url: site_url.clone(),
        rate_limit: config.rate_limit,
        proxies: config.proxies,
        version: VERSION,
    };
    let files = Arc::new(files::open(&config.place)?);
    let egress = Client::new(config.webhook_allow.clone())?;
    let mut metrics = Metrics::new();
    let dispatcher = Dispatcher::new(
        store.clone(),
        Arc::clone(&policies),
        &site_url,
        egress.clone(),
        hark_webhooks::Metrics::registered(metrics.registry()),
    );
    let wire = Wire::new(
        store.clone(),
        policies,
        options,
        metrics,
        Arc::clone(&files),
        egress,
    );
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let keeping = tokio::spawn(housekeeping::keep(
        store.clone(),
        i64::from(config.keep_events),
    ));
    let tidying = tokio::spawn(files::keep_tidy(store.clone(), files));
    let owner = hours::owner();
    let opening = tokio::spawn(hours::keep(store.clone(), Arc::clone(&wire), owner.clone()));
    let attendant = Attendant::new(store.clone(), Arc::clone(&wire));
    let attending = tokio::spawn(attendant.attend());
    let (stop, stopping) = tokio::sync::watch::channel(false);
    let dispatching = tokio::spawn(dispatcher.dispatch(stopping.clone()));
    let telling = tokio::spawn(hark_wire::tell(Arc::clone(&wire)));
    let presence = tokio::spawn(hark_wire::keep_presence(Arc::clone(&wire)));
    let mailing = tokio::spawn(mailing::deliver(
        store.clone(),
        Arc::clone(&wire),
        site_url.clone(),
        stopping.clone(),
    ));
    let serving = tokio::spawn(listener::serve(
        tcp,
        hark_wire::router(&wire),
        stopping,
        FAREWELL,
    ));
    announce(&site_url, address);
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!("stopping: no new connections; requests that run have a few seconds to finish");
    // Whoever is cut off now comes back to the next start, and has not gone.
    presence.abort();
    stop.send_replace(true);
    wire.stop();
    keeping.abort();
    tidying.abort();
    opening.abort();
    attending.abort();
    telling.abort();
    let ending = async {
        serving.await?;
        // One time for all of it: what takes long leaves less to what follows.
        let until = Instant::now() + FAREWELL;
        if timeout_at(until, dispatching).await.is_err() {
            tracing::warn!("webhooks did not come to an end; they go on after the next start");
        }
        if timeout_at(until, mailing).await.is_err() {
            tracing::warn!("a mail is still on its way; it will be sent once more");
        }
        hours::hand_over(store, owner).await;
        close(store, until.max(Instant::now() + AT_LEAST)).await
    };
    tokio::select! {
        ended = ending => ended?,
        _ = terminate.recv() => tracing::warn!("told twice: stopping at once"),
        _ = interrupt.recv() => tracing::warn!("told twice: stopping at once"),
    }
    tracing::info!("stopped");
    Ok(())
}

/// Bounded as everything at the end: a database that says nothing must not keep the process.
async fn close(store: &Store, until: Instant) -> Result<(), Sentence> {
    let store = store.clone();
    let closing = tokio::task::spawn_blocking(move || store.close());
    match timeout_at(until, closing).await {
        Ok(closed) => closed?,
        Err(_) => tracing::warn!("the database does not answer and is left as it is"),
    }
    Ok(())
}

fn announce(site_url: &str, address: SocketAddr) {
    if site_url.ends_with(&address.to_string()) {
        println!("Hark {} is ready: {site_url}/", env!("CARGO_PKG_VERSION"));
    } else {
        println!(
            "Hark {} is ready: {site_url}/ (listening on http://{address})",
            env!("CARGO_PKG_VERSION")
        );
    }
}

fn forced(
    values: HashMap<&'static str, serde_json::Value>,
) -> HashMap<&'static str, serde_json::Value> {
    for id in values.keys() {
        tracing::info!(setting = id, "fixed by the environment");
    }
    values
}

fn cannot_listen(address: &str, error: &std::io::Error) -> Sentence {
    let why = match error.kind() {
        ErrorKind::AddrInUse => {
            "another program uses this port; stop it, or choose another with --listen".to_owned()
        }
        ErrorKind::PermissionDenied => {
            "ports below 1024 are for privileged users; choose another with --listen".to_owned()
        }
        ErrorKind::AddrNotAvailable => {
            "this machine has no such address; choose another with --listen".to_owned()
        }
        _ => error.to_string(),
    };
    format!("cannot listen on {address}: {why}").into()
}

type FirstValues = Vec<(&'static settings::catalogue::Setting, serde_json::Value)>;

/// What every start makes sure of: roles and permissions, first values, an administrator.
async fn found(
    store: &Store,
    keys: &Arc<hark_chat::Keyring>,
    first_values: FirstValues,
) -> Result<(), Sentence> {
    let (now, keys) = (store.clock().now(), Arc::clone(keys));
    let zone = opening_hours::zone_here();
    store
        .write(move |tx| -> Result<(), Refusal> {
            founding::found(tx, now)?;
            opening_hours::found(tx, now, &zone)?;
            for (setting, value) in &first_values {
                settings::preset(tx, now, &keys, setting, value)?;
            }
            Ok(())
        })
        .await?;
    let given = |name: &str| std::env::var(name).ok().filter(|text| !text.is_empty());
    let username = given("ADMIN_USERNAME").unwrap_or_else(|| "admin".to_owned());
    let chosen = given("ADMIN_PASS");
    let password = match &chosen {
        Some(password) => password.clone(),
        None => keys::first_password()?,
    };
    let needed = store
        .read(|view| -> Result<bool, hark_store::Error> { founding::lacks_administrator(view) })
        .await?;
    if !needed {
        return Ok(());
    }
    let hash = accounts::hash_password(&password)?;
    let admin = NewAccount {
        email: given("ADMIN_EMAIL"),
        email_verified: true,
        password: Some(hash),
        roles: vec!["admin".to_owned()],
        id: given("ADMIN_ID"),
        ..NewAccount::person(
            &username,
            &given("ADMIN_NAME").unwrap_or_else(|| "Administrator".to_owned()),
        )
    };
    let made = store
        .write(move |tx| founding::first_administrator(tx, now, &admin))
        .await
        .map_err(|refusal| format!("the first administrator cannot be made from ADMIN_USERNAME, ADMIN_EMAIL and ADMIN_NAME: {refusal}"))?;
    if made && chosen.is_none() {
        println!("First administrator: {username}  password: {password}  (shown only now)");
    }
    Ok(())
}

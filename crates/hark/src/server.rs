//! A server: from the configuration to where it is ready, and its end. Several may run in one
//! process, each with a data folder of its own; nothing here is global.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hark_egress::Client;
use hark_jobs::{Ending, Job, Running};
use hark_model::accounts::NewAccount;
use hark_model::{Policies, Refusal, facts, keys, settings};
use hark_staff::{bootstrap, hours as opening_hours};
use hark_store::{OpenError, Store, View};
use hark_wire::{Metrics, Options, Quiet, Wire};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

use crate::cli::Switch;
use crate::config::{Config, Environment};
use crate::installation::Installation;
use crate::jobs::{self, Parts};
use crate::listener::{Connections, Room};
use crate::{CliError, VERSION, files, installation, listener};

/// How long requests may take to finish after the signal to stop.
const GRACE_PERIOD: Duration = Duration::from_secs(10);
/// How long the store has in any case to write down what it was given.
const AT_LEAST: Duration = Duration::from_secs(2);
/// How long a PostgreSQL that is not up yet is waited for, and how often it is asked.
const WAIT_FOR_DATABASE: Duration = Duration::from_secs(60);
const ASKED_EVERY: Duration = Duration::from_secs(2);

/// A server that is ready. Dropped without [`stop`](Self::stop) it goes on until its runtime ends.
pub struct RunningServer {
    /// Where it listens.
    pub address: SocketAddr,
    /// How people reach it, without a slash at the end.
    pub site_url: String,
    pub store: Store,
    /// Of the first administrator, if this start has made both.
    pub first_password: Option<FirstPassword>,
    /// Why nothing is sent, if it is so.
    pub quiet: Option<Quiet>,
    wire: Arc<Wire>,
    stopping: watch::Sender<bool>,
    serving: JoinHandle<()>,
    jobs: Running,
}

pub struct FirstPassword {
    pub username: String,
    pub password: String,
}

/// Everything between a configuration and a server that is ready. A database that does not answer
/// yet is waited for.
pub async fn start(config: Config) -> Result<RunningServer, CliError> {
    start_with(config, |job| job).await
}

/// The same with other jobs in place of those that there are.
pub async fn start_with(
    config: Config,
    change: impl Fn(Job) -> Job,
) -> Result<RunningServer, CliError> {
    let settings = config.environment.settings()?;
    let config = Config {
        clock: config.clock.clone().watched(),
        ..config
    };
    // What can fail comes before anything is made.
    if !config.location.folder.exists() {
        drop(listen(&config.listen).await?);
    }
    let store = open(&config).await?;
    let tcp = listen(&config.listen).await?;
    let address = tcp.local_addr()?;
    let files = Arc::new(files::open(&config.location, &config.environment)?);
    let egress = Client::new(config.webhook_allow.clone())?;
    let keys = installation::unlock(&store, &config.location.folder).await?;
    for id in settings.forced.keys() {
        tracing::info!(setting = id, "fixed by the environment");
    }
    let installation = Installation {
        store,
        policies: Arc::new(Policies::new(keys, settings.forced)),
    };
    prepare(&installation, settings.first).await?;
    let first_password = first_administrator(&installation, &config.environment).await?;
    let Installation { store, policies } = installation;
    if let Some(known) = store.read(facts::last_seen).await? {
        store.clock().was_last(known);
    }
    // Said at the start, if it is so.
    let _doubt = store.clock().doubt();
    if config.deliver == Some(Switch::On) {
        store.write(facts::counts).await?;
    }
    let delivers = config.deliver != Some(Switch::Off);
    let look = move |view: &mut View<'_>| Quiet::at(view, delivers);
    let quiet: Option<Quiet> = store.read(look).await?;
    if let Some(quiet) = quiet {
        tracing::warn!("{quiet}");
    }

    let site_url = config
        .site_url
        .unwrap_or_else(|| format!("http://{address}"));
    let connections = Connections {
        room: Room::of(listener::open_files()),
        are_rationed: config.rate_limit && config.proxies == 0,
        patience: listener::PATIENCE,
        grace_period: GRACE_PERIOD,
    };
    let options = Options {
        site_url: site_url.clone(),
        data_folder: config.location.folder.clone(),
        rate_limit: config.rate_limit,
        delivers,
        proxies: config.proxies,
        version: VERSION,
    };
    tracing::info!(
        version = VERSION,
        url = site_url,
        %address,
        folder = %config.location.folder.display(),
        engine = store.engine(),
        proxies = config.proxies,
        "Hark begins"
    );
    let mut metrics = Metrics::new(VERSION);
    let webhooks = hark_webhooks::Parts {
        store: store.clone(),
        policies: Arc::clone(&policies),
        site_url: site_url.as_str().into(),
        client: egress.clone(),
        metrics: hark_webhooks::Metrics::registered(metrics.registry()),
    };
    let wire = Wire::new(
        store.clone(),
        policies,
        options,
        metrics,
        Arc::clone(&files),
        egress.clone(),
    );
    let jobs = jobs::all(&Parts {
        store: &store,
        wire: &wire,
        files: &files,
        egress: &egress,
        webhooks: &webhooks,
        site_url: &site_url,
        keep_days: config.keep_events,
        delivers,
    });
    let jobs = jobs.into_iter().map(change).collect();
    let stopping = watch::Sender::new(false);
    Ok(RunningServer {
        jobs: hark_jobs::start(jobs, &store, &wire.jobs),
        serving: tokio::spawn(listener::serve(
            tcp,
            hark_wire::router(&wire),
            stopping.subscribe(),
            connections,
        )),
        address,
        site_url,
        store,
        first_password,
        quiet,
        wire,
        stopping,
    })
}

impl RunningServer {
    /// Requests and what is on its way get some seconds, then the store is closed.
    pub async fn stop(self) -> Result<(), CliError> {
        // People who are cut off now come back to the next start, and have not gone.
        self.jobs.end(Ending::First);
        self.stopping.send_replace(true);
        self.wire.stop();
        self.jobs.end(Ending::AtOnce);
        self.jobs.end(Ending::Finished);
        self.serving.await?;
        // One time for all of it: what takes long leaves less to what follows.
        let until = Instant::now() + GRACE_PERIOD;
        self.jobs.ended(until).await;
        close(self.store, until.max(Instant::now() + AT_LEAST)).await
    }
}

/// Bounded as everything at the end: a database that says nothing must not keep the process.
async fn close(store: Store, until: Instant) -> Result<(), CliError> {
    let closing = tokio::task::spawn_blocking(move || store.close());
    match timeout_at(until, closing).await {
        Ok(closed) => closed?,
        Err(_) => tracing::warn!("the database does not answer and is left as it is"),
    }
    Ok(())
}

async fn open(config: &Config) -> Result<Store, CliError> {
    let started = Instant::now();
    loop {
        let (location, clock) = (config.location.clone(), config.clock.clone());
        let opening = move || installation::open_alone(&location, clock);
        match tokio::task::spawn_blocking(opening).await? {
            // One that answers with a refusal would do so again.
            Err(OpenError::Unreachable { host, why }) if started.elapsed() < WAIT_FOR_DATABASE => {
                tracing::warn!(host, why, "PostgreSQL does not answer; trying again");
                tokio::time::sleep(ASKED_EVERY).await;
            }
            opened => return Ok(opened?),
        }
    }
}

async fn listen(address: &str) -> Result<TcpListener, CliError> {
    TcpListener::bind(address)
        .await
        .map_err(|error| cannot_listen(address, &error))
}

fn cannot_listen(address: &str, error: &std::io::Error) -> CliError {
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
        _ => format!("{error}; an address looks like 127.0.0.1:3000"),
    };
    format!("cannot listen on {address}: {why}").into()
}

/// What every start makes sure of: roles and permissions, opening hours, first values of settings.
async fn prepare(installation: &Installation, first_values: FirstValues) -> Result<(), Refusal> {
    let zone = opening_hours::zone_here();
    let policies = Arc::clone(&installation.policies);
    let prepared = installation.command(move |cx| {
        bootstrap::prepare(cx)?;
        opening_hours::ensure_default(cx, &zone)?;
        for (setting, value) in &first_values {
            hark_staff::preset_setting(cx, policies.keys(), setting, value)?;
        }
        Ok(())
    });
    prepared.await
}

type FirstValues = Vec<(&'static settings::catalogue::Setting, serde_json::Value)>;

/// A password that is shorter is taken, but not without a word.
const SHORTEST: usize = 8;

/// An administrator, where there is none; with a password that is made here unless one is given.
async fn first_administrator(
    installation: &Installation,
    environment: &Environment,
) -> Result<Option<FirstPassword>, CliError> {
    let given = |name: &str| environment.get(name).map(str::to_owned);
    let username = given("ADMIN_USERNAME").unwrap_or_else(|| "admin".to_owned());
    let chosen = given("ADMIN_PASS");
    let password = match &chosen {
        Some(password) => password.clone(),
        None => keys::first_password()?,
    };
    if !installation
        .store
        .read(bootstrap::lacks_administrator)
        .await?
    {
        return Ok(None);
    }
    let hash = hark_staff::passwords::choose(&password)?;
    let name = given("ADMIN_NAME").unwrap_or_else(|| "Administrator".to_owned());
    let admin = NewAccount {
        email: given("ADMIN_EMAIL"),
        email_verified: true,
        password: Some(hash),
        roles: vec!["admin".to_owned()],
        id: given("ADMIN_ID"),
        ..NewAccount::person(&username, &name)
    };
    let made = installation.command(move |cx| bootstrap::first_administrator(cx, &admin));
    let is_short = chosen
        .as_ref()
        .is_some_and(|it| it.chars().nth(SHORTEST - 1).is_none());
    let made = made.await.map_err(|refusal| format!("the first administrator cannot be made from ADMIN_USERNAME, ADMIN_EMAIL and ADMIN_NAME: {refusal}"))?;
    if made && is_short {
        tracing::warn!(
            username,
            "ADMIN_PASS has fewer than {SHORTEST} characters and is soon guessed; choose another one: hark admin reset-password {username}"
        );
    }
    let is_shown = made && chosen.is_none();
    Ok(is_shown.then_some(FirstPassword { username, password }))
}

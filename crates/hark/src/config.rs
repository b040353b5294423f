//! Configuration: flags, then environment, then `hark.toml`, then defaults. Nothing else of the
//! program reads any of them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use hark_egress::Allowed;
use hark_model::settings::{self, FromEnvironment};
use hark_store::{Clock, Engine};
use serde::Deserialize;

use crate::CliError;
use crate::cli::{DataArgs, Doctor, LogFormat, Serve, Switch};

const LISTEN: &str = "127.0.0.1:3000";

/// What `hark.toml` may hold: the flags under their long names.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    data: Option<PathBuf>,
    database: Option<String>,
    uploads: Option<String>,
    uploads_endpoint: Option<String>,
    uploads_region: Option<String>,
    listen: Option<String>,
    site_url: Option<String>,
    webhook_allow: Option<String>,
    rate_limit: Option<Switch>,
    deliver: Option<Switch>,
    proxies: Option<usize>,
    keep_events: Option<u32>,
    log: Option<LogFormat>,
}

/// Where the data is, for any command.
#[derive(Clone, Debug)]
pub struct DataLocation {
    pub folder: PathBuf,
    pub engine: Engine,
    pub uploads: Uploads,
}

/// Where the bytes of files are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Uploads {
    Folder(PathBuf),
    Bucket {
        bucket: String,
        prefix: String,
        /// `None`: Amazon's of the region.
        endpoint: Option<String>,
        /// `None`: what the environment says.
        region: Option<String>,
    },
}

/// Variables, as the process has them or as a test gives them: settings, the first administrator,
/// the keys of a bucket. What is not text is left out, and what is empty counts as not there.
#[derive(Default)]
pub struct Environment(BTreeMap<String, String>);

impl Environment {
    pub fn of_process() -> Self {
        std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect()
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let value = self.0.get(name).map(String::as_str);
        value.filter(|text| !text.is_empty())
    }

    /// Variables that look like ours and are none of those that mean something.
    pub(crate) fn unknown(&self, known: &BTreeSet<String>) -> Vec<String> {
        let names = self.0.keys();
        let ours = names.filter(|name| name.starts_with("HARK_") && !known.contains(*name));
        ours.cloned().collect()
    }

    pub(crate) fn settings(&self) -> Result<FromEnvironment, String> {
        let variables = self.0.iter();
        settings::from_environment(variables.map(|(name, value)| (name.clone(), value.clone())))
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(variables: I) -> Self {
        let variables = variables.into_iter();
        Self(
            variables
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        )
    }
}

pub struct Config {
    pub location: DataLocation,
    pub environment: Environment,
    /// `host:port`; port 0 takes any that is free.
    pub listen: String,
    /// Without a slash at the end; `None`: the address that is listened on.
    pub site_url: Option<String>,
    pub webhook_allow: Allowed,
    pub rate_limit: bool,
    /// Nothing: unless the database is a restored copy.
    pub deliver: Option<Switch>,
    pub proxies: usize,
    pub keep_events: u32,
    pub clock: Clock,
}

/// For how many days events stay in the log, unless the operator says otherwise.
pub const KEEP_EVENTS: u32 = 30;

impl Config {
    /// What is not said otherwise.
    pub fn new(location: DataLocation, environment: Environment) -> Self {
        Self {
            location,
            environment,
            listen: LISTEN.to_owned(),
            site_url: None,
            webhook_allow: Allowed::default(),
            rate_limit: true,
            deliver: None,
            proxies: 0,
            keep_events: KEEP_EVENTS,
            clock: Clock::system(),
        }
    }
}

pub fn location(given: &DataArgs) -> Result<DataLocation, CliError> {
    let file = read(given.config.as_deref())?;
    located(given, &file)
}

/// What the doctor has to know as the server knows it: the networks that webhooks may reach, and where
/// it listens.
pub fn as_the_server(given: &Doctor) -> Result<(Allowed, String), CliError> {
    let file = read(given.location.config.as_deref())?;
    let networks = given.webhook_allow.clone().or(file.webhook_allow);
    let listen = given.listen.clone().or(file.listen);
    let listen = listen.unwrap_or_else(|| LISTEN.to_owned());
    Ok((allowed(networks.as_deref())?, listen))
}

fn allowed(networks: Option<&str>) -> Result<Allowed, CliError> {
    Ok(Allowed::parse(networks.unwrap_or_default())?)
}

fn located(given: &DataArgs, file: &File) -> Result<DataLocation, CliError> {
    let database = given.database.clone().or_else(|| file.database.clone());
    let database = database.filter(|url| !url.trim().is_empty());
    if let Some(url) = &database
        && !["postgres://", "postgresql://"]
            .iter()
            .any(|scheme| url.starts_with(scheme))
    {
        return Err("the database has to be a postgres:// URL; leave it out for the embedded database in the data folder".into());
    }
    let folder = given.data.clone().or_else(|| file.data.clone());
    let folder = folder.unwrap_or_else(|| "./hark-data".into());
    Ok(DataLocation {
        uploads: uploads(given, file, &folder)?,
        folder,
        engine: database.map_or(Engine::Sqlite, Engine::Postgres),
    })
}

fn uploads(given: &DataArgs, file: &File, folder: &Path) -> Result<Uploads, CliError> {
    let first = |given: &Option<String>, file: &Option<String>| {
        let found = given.clone().or_else(|| file.clone());
        found.filter(|text| !text.trim().is_empty())
    };
    let endpoint = first(&given.uploads_endpoint, &file.uploads_endpoint);
    let region = first(&given.uploads_region, &file.uploads_region);
    let Some(place) = first(&given.uploads, &file.uploads) else {
        return Ok(Uploads::Folder(folder.join("uploads")));
    };
    let Some(rest) = place.strip_prefix("s3://") else {
        if place.contains("://") {
            return Err(format!("files cannot be kept at {place}: it should be a folder, or look like s3://bucket/prefix").into());
        }
        return Ok(Uploads::Folder(place.into()));
    };
    let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    if bucket.is_empty() {
        return Err(
            format!("{place} names no bucket: it should look like s3://bucket/prefix").into(),
        );
    }
    Ok(Uploads::Bucket {
        bucket: bucket.to_owned(),
        prefix: prefix.trim_matches('/').to_owned(),
        endpoint: endpoint.map(|url| check_site_url(&url)).transpose()?,
        region,
    })
}

/// What `hark serve` was given, and how it logs.
pub fn resolve(
    given: &Serve,
    environment: Environment,
) -> Result<(Config, Option<LogFormat>), CliError> {
    let file = read(given.location.config.as_deref())?;
    let mut config = Config::new(located(&given.location, &file)?, environment);
    if let Some(listen) = given.listen.clone().or(file.listen) {
        config.listen = listen;
    }
    if config.listen.starts_with(':') || !config.listen.contains(':') {
        return Err(format!(
            "cannot listen on {}: it should look like 127.0.0.1:3000",
            config.listen
        )
        .into());
    }
    let site_url = given.site_url.clone().or(file.site_url);
    config.site_url = site_url.map(|url| check_site_url(&url)).transpose()?;
    let webhook_allow = given.webhook_allow.clone().or(file.webhook_allow);
    config.webhook_allow = allowed(webhook_allow.as_deref())?;
    if let Some(days) = given.keep_events.or(file.keep_events) {
        config.keep_events = days;
    }
    if !(1..=3650).contains(&config.keep_events) {
        return Err(format!(
            "events cannot be kept for {} days; give a number from 1 to 3650",
            config.keep_events
        )
        .into());
    }
    config.rate_limit = given.rate_limit.or(file.rate_limit) != Some(Switch::Off);
    config.deliver = given.deliver.or(file.deliver);
    config.proxies = given.proxies.or(file.proxies).unwrap_or(config.proxies);
    Ok((config, given.log.or(file.log)))
}

fn read(named: Option<&Path>) -> Result<File, CliError> {
    let path = named.unwrap_or_else(|| Path::new("hark.toml"));
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if named.is_none() && error.kind() == std::io::ErrorKind::NotFound => {
            return Ok(File::default());
        }
        Err(error) => {
            return Err(format!(
                "the configuration file {} cannot be read: {error}",
                path.display()
            )
            .into());
        }
    };
    toml::from_str(&text).map_err(|error| {
        // The error's own picture shows the line itself, and with it perhaps a password.
        let before = error.span().and_then(|span| text.get(..span.start));
        let line = before.map_or(1, |before| before.matches('\n').count() + 1);
        format!(
            "the configuration file {} is not right, line {line}: {}",
            path.display(),
            error.message()
        )
        .into()
    })
}

fn check_site_url(url: &str) -> Result<String, CliError> {
    let rest = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"));
    match rest {
        Some(rest)
            if !rest.is_empty()
                && !rest.starts_with('/')
                && !rest.contains(char::is_whitespace) =>
        {
            Ok(url.trim_end_matches('/').to_owned())
        }
        _ => Err(format!(
            "the site URL {url} is not usable: it should look like https://chat.example.org"
        )
        .into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(change: impl FnOnce(&mut Serve)) -> Result<Config, CliError> {
        let mut given = Serve::default();
        change(&mut given);
        resolve(&given, Environment::default()).map(|(config, _)| config)
    }

    #[test]
    fn what_can_never_work_is_refused_with_a_sentence() {
        let refused = |change: fn(&mut Serve), words: &str| {
            let sentence = with(change).err().map(|error| error.to_string());
            let sentence = sentence.unwrap_or_else(|| panic!("accepted: {words}"));
            assert!(sentence.contains(words), "{sentence}");
        };
        refused(|given| given.listen = Some("3000".into()), "127.0.0.1:3000");
        refused(
            |given| given.site_url = Some("chat.example.org".into()),
            "https://",
        );
        refused(
            |given| given.webhook_allow = Some("10.0.0.0/8,home".into()),
            "home is not a network",
        );
        refused(
            |given| given.webhook_allow = Some("10.0.0.0/33".into()),
            "10.0.0.0/33",
        );
        refused(|given| given.keep_events = Some(0), "1 to 3650");
        refused(
            |given| given.location.database = Some("mysql://x".into()),
            "postgres://",
        );
        refused(
            |given| given.location.uploads = Some("ftp://x/y".into()),
            "s3://bucket/prefix",
        );
        refused(
            |given| given.location.uploads = Some("s3:///x".into()),
            "names no bucket",
        );
        refused(
            |given| given.location.config = Some("/nowhere/hark.toml".into()),
            "/nowhere/hark.toml",
        );
    }

    #[test]
    fn flags_win_over_the_file_and_the_file_over_defaults() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hark.toml");
        std::fs::write(
            &path,
            "listen = \"0.0.0.0:80\"\nproxies = 1\nrate_limit = \"off\"\n",
        )
        .unwrap();
        let config = with(|given| {
            given.location.config = Some(path.clone());
            given.listen = Some("127.0.0.1:1".into());
        })
        .unwrap();
        assert_eq!(config.listen, "127.0.0.1:1");
        assert_eq!(config.proxies, 1);
        assert!(!config.rate_limit);
        assert_eq!(config.keep_events, 30);
        let folder = Uploads::Folder("./hark-data/uploads".into());
        assert_eq!(config.location.uploads, folder);
        std::fs::write(&path, "lisen = \"0.0.0.0:80\"\n").unwrap();
        let refused = with(|given| given.location.config = Some(path))
            .err()
            .unwrap()
            .to_string();
        assert!(refused.contains("lisen"), "{refused}");
    }
}

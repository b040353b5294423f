//! Configuration: flags, then environment, then `hark.toml`, then defaults. One place for all.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use hark_egress::Allowed;
use hark_store::Engine;
use serde::Deserialize;

use crate::Sentence;
use crate::cli::{Doctor, Place, Serve};

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Switch {
    On,
    Off,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    Text,
    Json,
}

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
    proxies: Option<usize>,
    keep_events: Option<u32>,
    log: Option<LogFormat>,
}

/// Where the data is, for any command.
#[derive(Debug)]
pub(crate) struct Where {
    pub(crate) folder: PathBuf,
    pub(crate) engine: Engine,
    pub(crate) uploads: Uploads,
}

/// Where the bytes of files are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Uploads {
    Folder(PathBuf),
    Bucket {
        bucket: String,
        prefix: String,
        /// `None`: Amazon's of the region.
        endpoint: Option<String>,
        region: String,
    },
}

#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) place: Where,
    pub(crate) listen: String,
    /// Without a slash at the end; `None`: the address that is listened on.
    pub(crate) site_url: Option<String>,
    pub(crate) webhook_allow: Allowed,
    pub(crate) rate_limit: bool,
    pub(crate) proxies: usize,
    pub(crate) keep_events: u32,
    pub(crate) log: Option<LogFormat>,
}

pub(crate) fn place(given: &Place) -> Result<Where, Sentence> {
    let file = read(given.config.as_deref())?;
    located(given, &file)
}

/// The networks that webhooks may reach, for whoever looks whether they do.
pub(crate) fn webhook_allow(given: &Doctor) -> Result<Allowed, Sentence> {
    let file = read(given.place.config.as_deref())?;
    let networks = given.webhook_allow.as_deref();
    allowed(networks.or(file.webhook_allow.as_deref()))
}

fn allowed(networks: Option<&str>) -> Result<Allowed, Sentence> {
    Ok(Allowed::parse(networks.unwrap_or_default())?)
}

fn located(given: &Place, file: &File) -> Result<Where, Sentence> {
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
    Ok(Where {
        uploads: uploads(given, file, &folder)?,
        folder,
        engine: database.map_or(Engine::Sqlite, Engine::Postgres),
    })
}

fn uploads(given: &Place, file: &File, folder: &Path) -> Result<Uploads, Sentence> {
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
        return match place.contains("://") {
            true => Err(format!("files cannot be kept at {place}: it should be a folder, or look like s3://bucket/prefix").into()),
            false => Ok(Uploads::Folder(place.into())),
        };
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
        region: region
            .or_else(|| std::env::var("AWS_REGION").ok())
            .unwrap_or_else(|| "us-east-1".to_owned()),
    })
}

pub(crate) fn resolve(given: &Serve) -> Result<Config, Sentence> {
    let file = read(given.place.config.as_deref())?;
    let place = located(&given.place, &file)?;
    let listen = given.listen.clone().or(file.listen);
    let listen = listen.unwrap_or_else(|| "127.0.0.1:3000".to_owned());
    if !listen.contains(':') {
        return Err(
            format!("cannot listen on {listen}: it should look like 127.0.0.1:3000").into(),
        );
    }
    let site_url = given.site_url.clone().or(file.site_url);
    let site_url = site_url.map(|url| check_site_url(&url)).transpose()?;
    let webhook_allow = given.webhook_allow.clone().or(file.webhook_allow);
    let keep_events = given.keep_events.or(file.keep_events).unwrap_or(30);
    if !(1..=3650).contains(&keep_events) {
        return Err(format!(
            "events cannot be kept for {keep_events} days; give a number from 1 to 3650"
        )
        .into());
    }
    Ok(Config {
        place,
        listen,
        site_url,
        webhook_allow: allowed(webhook_allow.as_deref())?,
        rate_limit: given.rate_limit.or(file.rate_limit).unwrap_or(Switch::On) == Switch::On,
        proxies: given.proxies.or(file.proxies).unwrap_or(0),
        keep_events,
        log: given.log.or(file.log),
    })
}

fn read(named: Option<&Path>) -> Result<File, Sentence> {
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

/// The environment, as far as it is text: what is not, is none of ours.
pub(crate) fn variables() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

fn check_site_url(url: &str) -> Result<String, Sentence> {
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

    fn with(change: impl FnOnce(&mut Serve)) -> Result<Config, Sentence> {
        let mut given = Serve::default();
        change(&mut given);
        resolve(&given)
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
            |given| given.place.database = Some("mysql://x".into()),
            "postgres://",
        );
        refused(
            |given| given.place.uploads = Some("ftp://x/y".into()),
            "s3://bucket/prefix",
        );
        refused(
            |given| given.place.uploads = Some("s3:///x".into()),
            "names no bucket",
        );
        refused(
            |given| given.place.config = Some("/nowhere/hark.toml".into()),
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
            given.place.config = Some(path.clone());
            given.listen = Some("127.0.0.1:1".into());
        })
        .unwrap();
        assert_eq!(config.listen, "127.0.0.1:1");
        assert_eq!(config.proxies, 1);
        assert!(!config.rate_limit);
        assert_eq!(config.keep_events, 30);
        let folder = Uploads::Folder("./hark-data/uploads".into());
        assert_eq!(config.place.uploads, folder);
        std::fs::write(&path, "lisen = \"0.0.0.0:80\"\n").unwrap();
        let refused = with(|given| given.place.config = Some(path))
            .err()
            .unwrap()
            .to_string();
        assert!(refused.contains("lisen"), "{refused}");
    }
}

//! `hark doctor`: looks at everything a start needs and says what to do about what is wrong.

mod endpoints;
mod jobs;

use std::io::Write as _;
use std::os::unix::fs::{MetadataExt, PermissionsExt};

use hark_egress::Allowed;
use hark_model::facts;
use hark_model::keys::key_file;
use hark_store::{Clock, Engine, inspect_sqlite, log};
use hark_wire::Quiet;

use crate::cli::Doctor;
use crate::config::{DataLocation, Environment, Uploads};
use crate::installation::{open_beside, wait};
use crate::{CliError, config, files};

#[derive(Default)]
struct Findings {
    wrong: usize,
}

/// What is found out about one thing.
enum Finding {
    Good(String),
    Note(String),
    Bad(String),
}

impl Findings {
    /// What there is to go on with; or it is said what is wrong.
    fn unless_wrong<T, E: ToString>(&mut self, outcome: Result<T, E>) -> Option<T> {
        outcome.map_err(|error| self.bad(&error.to_string())).ok()
    }

    fn add(&mut self, finding: &Finding) {
        match finding {
            Finding::Good(what) => self.good(what),
            Finding::Note(what) => self.note(what),
            Finding::Bad(what) => self.bad(what),
        }
    }

    fn good(&mut self, what: &str) {
        print(&format!("  ok    {what}"));
    }

    fn note(&mut self, what: &str) {
        print(&format!("  note  {what}"));
    }

    fn bad(&mut self, what: &str) {
        print(&format!("  WRONG {what}"));
        self.wrong += 1;
    }
}

/// Anyone who has seen enough, as in `hark doctor | head`, still learns from the exit code whether something
/// is wrong.
fn print(line: &str) {
    drop(writeln!(std::io::stdout().lock(), "{line}"));
}

pub(crate) fn doctor(given: &Doctor) -> Result<(), CliError> {
    let mut found = Findings::default();
    print(&format!("Hark {}", crate::VERSION));
    let location = config::location(&given.location)?;
    let (allowed, listen) = config::as_the_server(given)?;
    found.good("the configuration can be read");
    let environment = Environment::of_process();
    settings(&mut found, &environment);
    folder(&mut found, &location);
    uploads(&mut found, &location, &environment);
    key(&mut found, &location);
    database(&mut found, &location, &environment, allowed);
    wait(jobs::look(&mut found, &listen))?;
    match found.wrong {
        0 => {
            print("Nothing is wrong.");
            Ok(())
        }
        1 => Err("one thing is wrong, see above".into()),
        many => Err(format!("{many} things are wrong, see above").into()),
    }
}

fn settings(found: &mut Findings, environment: &Environment) {
    match environment.settings() {
        Ok(given) => found.good(&format!(
            "settings in the environment: {} first values, {} fixed",
            given.first.len(),
            given.forced.len()
        )),
        Err(sentence) => found.bad(&sentence),
    }
}

fn folder(found: &mut Findings, location: &DataLocation) {
    let shown = location.folder.display();
    let metadata = match std::fs::metadata(&location.folder) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            found.note(&format!(
                "the data folder {shown} is not there yet; `hark serve` makes it"
            ));
            return;
        }
        Err(error) => {
            found.bad(&format!(
                "the data folder {shown} cannot be looked at: {error}"
            ));
            return;
        }
    };
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        found.bad(&format!(
            "others may look into the data folder {shown} (mode {mode:o}); run: chmod 700 {shown}"
        ));
    } else {
        found.good(&format!("the data folder {shown} is ours alone"));
    }
    let probe = location
        .folder
        .join(format!(".doctor-{}", std::process::id()));
    match std::fs::write(&probe, b"x") {
        Ok(()) => {
            let _gone = std::fs::remove_file(&probe);
            found.good("the data folder can be written");
        }
        Err(error) => found.bad(&format!(
            "the data folder {shown} cannot be written: {error}; it belongs to user {}",
            metadata.uid()
        )),
    }
    match free_megabytes(location) {
        Some(free) if free < 512 => found.bad(&format!(
            "only {free} MB are free where {shown} is; make room before the database stops"
        )),
        Some(free) => found.good(&format!("{free} MB are free on its disk")),
        None => found.note("how much of the disk is free could not be found out"),
    }
}

fn uploads(found: &mut Findings, location: &DataLocation, environment: &Environment) {
    let shown = files::shown(location);
    // Where nothing was ever kept, a look must leave nothing behind.
    if let Uploads::Folder(folder) = &location.uploads
        && !folder.exists()
    {
        found.note(&format!(
            "{shown} is not there yet; the first file makes it"
        ));
        return;
    }
    let Some(opened) = found.unless_wrong(files::open(location, environment)) else {
        return;
    };
    let probed = wait(files::probe(&opened, Clock::system().now()));
    match probed {
        Ok(()) => found.good(&format!("{shown} can be written and read")),
        Err(error) => found.bad(&format!("{shown} cannot be used: {error}")),
    }
    if matches!(
        (&location.engine, &location.uploads),
        (Engine::Postgres(_), Uploads::Folder(_))
    ) {
        found.note("with several nodes, --uploads has to be a folder that they share, or a bucket");
    }
}

/// What `df` says: no call of ours reaches it without unsafe code.
fn free_megabytes(location: &DataLocation) -> Option<u64> {
    let output = std::process::Command::new("df")
        .args(["-Pm", "--"])
        .arg(&location.folder)
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()
}

fn key(found: &mut Findings, location: &DataLocation) {
    let path = key_file(&location.folder);
    if !path.exists() {
        let is_begun =
            !matches!(location.engine, Engine::Sqlite) || location.folder.join("hark.db").exists();
        let sealed = is_begun.then(|| hark_store::is_sealed(&location.engine, &location.folder));
        match sealed {
            Some(Ok(true)) => found.bad(&hark_model::keys::KeyError::Missing { path }.to_string()),
            // What is wrong with the database is said below.
            _ => found.note("there is no key for secrets yet; the first start makes one"),
        }
        return;
    }
    let keys = hark_model::Keyring::open(&location.folder);
    if found.unless_wrong(keys).is_some() {
        found.good("the key for secrets can be read by us alone");
    }
}

fn database(
    found: &mut Findings,
    location: &DataLocation,
    environment: &Environment,
    allowed: Allowed,
) {
    if matches!(location.engine, Engine::Sqlite) {
        let path = location.folder.join("hark.db");
        if !path.exists() {
            found.note("there is no database yet; the first start makes one");
            return;
        }
        let Some(version) = found.unless_wrong(inspect_sqlite(&path)) else {
            return;
        };
        found.good(&format!(
            "the embedded database is whole (schema {version})"
        ));
    }
    if !key_file(&location.folder).exists() {
        let sealed = hark_store::is_sealed(&location.engine, &location.folder);
        match found.unless_wrong(sealed) {
            Some(true) => found.good("the database answers"),
            Some(false) => found.good("the database answers; the first start makes its tables"),
            None => {}
        }
        return;
    }
    let started = std::time::Instant::now();
    let Some(installation) = found.unless_wrong(open_beside(location)) else {
        return;
    };
    found.good(&format!(
        "the database answers ({}, opened in {} ms) and its secrets fit the key",
        installation.store.engine(),
        started.elapsed().as_millis()
    ));
    let newest = wait(installation.store.read(|view| {
        let last = log::last(view)?;
        log::after(view, last - 1, 1)
    }));
    if let Some(events) = found.unless_wrong(newest) {
        clock(found, events.first().map(|event| event.at));
    }
    let seen = wait(installation.store.read(facts::last_seen));
    if let Some(Some(seen)) = found.unless_wrong(seen) {
        let clock = Clock::system().watched();
        clock.was_last(seen);
        if clock.doubt().is_some() {
            found.bad(&format!(
                "the clock of this machine says {}, and the last time that is known is {}: a server removes, gives up and ends nothing by it; set it right, or run: hark admin trust-clock",
                clock.now().iso(),
                seen.iso()
            ));
        }
    }
    // How a running server was started is not known here: it says so itself.
    let quiet = wait(installation.store.read(|view| Quiet::at(view, true)));
    if let Some(Some(quiet)) = found.unless_wrong(quiet) {
        found.note(&quiet.to_string());
    }
    endpoints::look(found, &installation, environment, allowed);
    installation.store.close();
}

/// The log knows a time that has been: a clock behind it was moved.
fn clock(found: &mut Findings, newest: Option<hark_store::Timestamp>) {
    let now = Clock::system().now();
    match newest {
        Some(at) if at.millis_since(now) > 60_000 => found.bad(&format!(
            "the clock of this machine says {}, but the newest event is from {}; set the clock right",
            now.iso(),
            at.iso()
        )),
        _ => found.good(&format!("the clock says {}", now.iso())),
    }
}

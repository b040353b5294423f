//! `hark doctor`: looks at everything a start needs and says what to do about what is wrong.

mod endpoints;

use std::os::unix::fs::{MetadataExt, PermissionsExt};

use hark_chat::keys::key_file;
use hark_egress::Allowed;
use hark_store::{Clock, Engine, inspect_sqlite, log};

use crate::cli::Doctor;
use crate::config::{Uploads, Where};
use crate::house::{open_beside, wait};
use crate::{Sentence, config, files};

#[derive(Default)]
struct Findings {
    wrong: usize,
}

impl Findings {
    fn good(&mut self, what: &str) {
        println!("  ok    {what}");
    }

    fn note(&mut self, what: &str) {
        println!("  note  {what}");
    }

    fn bad(&mut self, what: &str) {
        println!("  WRONG {what}");
        self.wrong += 1;
    }
}

pub(crate) fn doctor(given: &Doctor) -> Result<(), Sentence> {
    let mut found = Findings::default();
    println!("Hark {}", crate::VERSION);
    let place = config::place(&given.place)?;
    let allowed = config::webhook_allow(given)?;
    found.good("the configuration can be read");
    settings(&mut found);
    folder(&mut found, &place);
    uploads(&mut found, &place);
    key(&mut found, &place);
    database(&mut found, &place, allowed);
    match found.wrong {
        0 => {
            println!("Nothing is wrong.");
            Ok(())
        }
        1 => Err("one thing is wrong, see above".into()),
        many => Err(format!("{many} things are wrong, see above").into()),
    }
}

fn settings(found: &mut Findings) {
    match hark_chat::settings::from_environment(config::variables()) {
        Ok(given) => found.good(&format!(
            "settings in the environment: {} first values, {} fixed",
            given.first.len(),
            given.forced.len()
        )),
        Err(sentence) => found.bad(&sentence),
    }
}

fn folder(found: &mut Findings, place: &Where) {
    let shown = place.folder.display();
    let metadata = match std::fs::metadata(&place.folder) {
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
    let probe = place.folder.join(format!(".doctor-{}", std::process::id()));
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
    match free_megabytes(place) {
        Some(free) if free < 512 => found.bad(&format!(
            "only {free} MB are free where {shown} is; make room before the database stops"
        )),
        Some(free) => found.good(&format!("{free} MB are free on its disk")),
        None => found.note("how much of the disk is free could not be found out"),
    }
}

fn uploads(found: &mut Findings, place: &Where) {
    let shown = files::shown(place);
    // Where nothing was ever kept, a look must leave nothing behind.
    if let Uploads::Folder(folder) = &place.uploads
        && !folder.exists()
    {
        found.note(&format!(
            "{shown} is not there yet; the first file makes it"
        ));
        return;
    }
    let opened = match files::open(place) {
        Ok(opened) => opened,
        Err(error) => return found.bad(&error.to_string()),
    };
    let probed = wait(files::probe(&opened, Clock::system().now()));
    match probed {
        Ok(()) => found.good(&format!("{shown} can be written and read")),
        Err(error) => found.bad(&format!("{shown} cannot be used: {error}")),
    }
    if matches!(
        (&place.engine, &place.uploads),
        (Engine::Postgres(_), Uploads::Folder(_))
    ) {
        found.note("with several nodes, --uploads has to be a folder that they share, or a bucket");
    }
}

/// What `df` says: no call of ours reaches it without unsafe code.
fn free_megabytes(place: &Where) -> Option<u64> {
    let output = std::process::Command::new("df")
        .args(["-Pm", "--"])
        .arg(&place.folder)
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()
}

fn key(found: &mut Findings, place: &Where) {
    let path = key_file(&place.folder);
    if !path.exists() {
        found.note("there is no key for secrets yet; the first start makes one");
        return;
    }
    match hark_chat::Keyring::open(&place.folder) {
        Ok(_) => found.good("the key for secrets can be read by us alone"),
        Err(error) => found.bad(&error.to_string()),
    }
}

fn database(found: &mut Findings, place: &Where, allowed: Allowed) {
    if matches!(place.engine, Engine::Sqlite) {
        let path = place.folder.join("hark.db");
        if !path.exists() {
            found.note("there is no database yet; the first start makes one");
            return;
        }
        match inspect_sqlite(&path) {
            Ok(version) => found.good(&format!(
                "the embedded database is whole (schema {version})"
            )),
            Err(error) => {
                found.bad(&error.to_string());
                return;
            }
        }
    }
    if !key_file(&place.folder).exists() {
        match hark_store::knock(&place.engine) {
            Ok(()) => found.good("the database answers; the first start makes its tables"),
            Err(error) => found.bad(&error.to_string()),
        }
        return;
    }
    let started = std::time::Instant::now();
    let house = match open_beside(place) {
        Ok(house) => house,
        Err(error) => {
            found.bad(&error.to_string());
            return;
        }
    };
    found.good(&format!(
        "the database answers ({}, opened in {} ms) and its secrets fit the key",
        house.store.engine(),
        started.elapsed().as_millis()
    ));
    let newest = wait(house.store.read(|view| {
        let last = log::last(view)?;
        log::after(view, last - 1, 1)
    }));
    match newest {
        Ok(events) => clock(found, events.first().map(|event| event.at)),
        Err(error) => found.bad(&error.to_string()),
    }
    endpoints::look(found, &house, allowed);
    house.store.close();
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

//! `hark admin backup` and `restore`: one file with the database and the keys that open its
//! secrets. And `move`, from the embedded database to PostgreSQL.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, IsTerminal, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use hark_model::facts;
use hark_model::keys::key_file;
use hark_store::{
    Clock, Engine, Error, OpenError, Tx, copy_sqlite, inspect_sqlite, restored_sqlite,
    sqlite_to_postgres,
};

use crate::config::DataLocation;
use crate::installation::{open_beside, wait};
use crate::{CliError, files};

const DATABASE: &str = "hark.db";
const KEY: &str = "keys/secrets.key";

pub(crate) fn backup(location: &DataLocation, file: &Path) -> Result<(), CliError> {
    let database = location.folder.join(DATABASE);
    if matches!(location.engine, Engine::Postgres(_)) {
        return Err(format!(
            "the database is PostgreSQL's: copy it with pg_dump, and copy {} beside it",
            key_file(&location.folder).display()
        )
        .into());
    }
    if !database.exists() {
        return Err(format!(
            "there is no Hark in {} to back up",
            location.folder.display()
        )
        .into());
    }
    if file.exists() {
        return Err(format!("{} is there already; choose another name", file.display()).into());
    }
    let copy = Temporary(file.with_extension("copying"));
    let archive = Temporary(file.with_extension("writing"));
    // The engine's own files beside it, which a look at it makes.
    let _beside = ["copying-wal", "copying-shm", "copying-journal"]
        .map(|extra| Temporary(file.with_extension(extra)));
    copy.remove();
    archive.remove();
    // Made by us first, so that nobody else may read it from its first byte on.
    private(&copy.0)?;
    let mut progress = Progress::new("Copying the database");
    copy_sqlite(&location.folder, &copy.0, |done, all| {
        progress.show(done, all);
    })
    .map_err(|error| match error {
        OpenError::Store(Error::Full) => no_room(file).into(),
        other => CliError::from(other),
    })?;
    progress.end();
    inspect_sqlite(&copy.0)?;
    let mut tar = tar::Builder::new(private(&archive.0)?);
    let written = tar
        .append_path_with_name(&copy.0, DATABASE)
        .and_then(|()| tar.append_path_with_name(key_file(&location.folder), KEY))
        .and_then(|()| tar.into_inner())
        .and_then(|out| out.sync_all());
    written.map_err(|error| match error.kind() {
        ErrorKind::StorageFull => no_room(file),
        _ => format!("{} cannot be written: {error}", file.display()),
    })?;
    std::fs::rename(&archive.0, file)?;
    remember(location);
    let bytes = std::fs::metadata(file)?.len();
    println!(
        "{} holds the database and the keys ({:.1} MB). Keep it as safe as the server: it opens every secret.",
        file.display(),
        bytes as f64 / 1e6
    );
    println!(
        "What people sent is not in it: copy {} now, too.",
        files::shown(location)
    );
    Ok(())
}

/// The database knows when it was backed up last. A backup is good without that.
fn remember(location: &DataLocation) {
    let noted = open_beside(location).and_then(|installation| {
        let now = installation.store.clock().now();
        let note = move |tx: &mut Tx<'_>| -> Result<(), Error> { facts::backed_up(tx, now) };
        let noted = wait(installation.store.write(note));
        installation.store.close();
        noted
    });
    if let Err(error) = noted {
        eprintln!("That there is a backup could not be noted in the database: {error}");
    }
}

/// `hark admin move`.
pub(crate) fn move_to_postgres(location: &DataLocation, url: &str) -> Result<(), CliError> {
    if matches!(location.engine, Engine::Postgres(_)) {
        return Err("the database is PostgreSQL's already; without --database this moves the embedded one of the data folder".into());
    }
    if !location.folder.join(DATABASE).exists() {
        return Err(format!("there is no Hark in {} to move", location.folder.display()).into());
    }
    let mut progress = Progress::new("Moving the database");
    let now = Clock::system().now();
    let rows = sqlite_to_postgres(&location.folder, url, now, |done, all| {
        progress.show(done, all);
    })?;
    progress.end();
    println!("{rows} rows are in PostgreSQL now.");
    println!(
        "Start the server with --data {} as before, for its keys and files, and with --database. What is in {DATABASE} there is a copy that sends nothing.",
        location.folder.display()
    );
    Ok(())
}

pub(crate) fn restore(location: &DataLocation, file: &Path) -> Result<(), CliError> {
    if matches!(location.engine, Engine::Postgres(_)) {
        return Err("the database is PostgreSQL's: restore it with pg_restore or psql, and put the folder `keys` into the data folder".into());
    }
    let taken = location.folder.join(DATABASE).exists() || key_file(&location.folder).exists();
    if taken {
        return Err(format!(
            "{} has a Hark in it; restore into an empty folder with --data, or move that one away first",
            location.folder.display()
        )
        .into());
    }
    let opened =
        File::open(file).map_err(|error| format!("{} cannot be read: {error}", file.display()))?;
    let made = Folders::make(&location.folder)?;
    let database = Temporary(location.folder.join("hark.db.restoring"));
    let key = Temporary(location.folder.join("keys").join("restoring"));
    database.remove();
    key.remove();
    let mut found = Vec::new();
    let mut archive = tar::Archive::new(opened);
    let broken = |error: std::io::Error| match error.kind() {
        ErrorKind::StorageFull => no_room(&location.folder),
        _ => format!("{} is not a whole backup of Hark: {error}", file.display()),
    };
    for entry in archive.entries().map_err(broken)? {
        let mut entry = entry.map_err(broken)?;
        let name = entry.path().map_err(broken)?.display().to_string();
        // Only the two names that a backup has; nothing in an archive chooses where it goes.
        let target = match name.as_str() {
            DATABASE => &database,
            KEY => &key,
            _ => {
                return Err(format!(
                    "{} is not a backup of Hark: it holds {name}",
                    file.display()
                )
                .into());
            }
        };
        let mut out = private(&target.0)?;
        let copied = std::io::copy(&mut entry, &mut out).map_err(broken)?;
        if copied != entry.size() {
            return Err(broken(ErrorKind::UnexpectedEof.into()).into());
        }
        out.sync_all()?;
        found.push(name);
    }
    if found.len() != 2 {
        return Err(format!("{} is not a whole backup of Hark", file.display()).into());
    }
    // The engine's own files beside it, which a look at it makes.
    let beside = ["hark.db.restoring-wal", "hark.db.restoring-shm"];
    let beside = beside.map(|extra| Temporary(location.folder.join(extra)));
    let version = inspect_sqlite(&database.0).map_err(|error| match error {
        OpenError::Corrupt { why, .. } => format!(
            "{} is not a whole backup of Hark: the database in it is damaged ({why})",
            file.display()
        ),
        OpenError::Foreign { .. } => format!(
            "{} is not a backup of Hark: the database in it is another program's",
            file.display()
        ),
        other => format!("{} cannot be restored: {other}", file.display()),
    })?;
    restored_sqlite(&database.0, Clock::system().now())?;
    drop(beside);
    std::fs::rename(&key.0, key_file(&location.folder))?;
    std::fs::rename(&database.0, location.folder.join(DATABASE))?;
    made.keep();
    println!(
        "{} is restored from {} (schema {version}). Start it with: hark serve --data {}",
        location.folder.display(),
        file.display(),
        location.folder.display()
    );
    println!(
        "It is a copy, and sends no webhooks and no mail until you say that it is the one that counts: hark admin deliver --data {}",
        location.folder.display()
    );
    Ok(())
}

fn no_room(place: &Path) -> String {
    format!(
        "the disk of {} is full; a backup takes twice the room of the database while it is made",
        place.display()
    )
}

fn private(path: &Path) -> Result<File, CliError> {
    let made = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path);
    made.map_err(|error| format!("{} cannot be written: {error}", path.display()).into())
}

/// The folders of an installation. Those that were not there before do not stay when the work ends early.
struct Folders(Vec<PathBuf>);

impl Folders {
    fn make(folder: &Path) -> Result<Self, CliError> {
        let wanted = [folder.to_owned(), folder.join("keys")];
        let mut made: Vec<PathBuf> = wanted.into_iter().filter(|one| !one.exists()).collect();
        // The innermost goes first.
        made.reverse();
        let made = Self(made);
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder.join("keys"))?;
        Ok(made)
    }

    fn keep(mut self) {
        self.0.clear();
    }
}

impl Drop for Folders {
    fn drop(&mut self) {
        for folder in &self.0 {
            // Only if it is empty.
            let _gone = std::fs::remove_dir(folder);
        }
    }
}

/// A file that does not stay when the work ends early.
struct Temporary(PathBuf);

impl Temporary {
    fn remove(&self) {
        // Most often it is not there.
        let _gone = std::fs::remove_file(&self.0);
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        self.remove();
    }
}

/// A line that a person can watch; a log gets none.
struct Progress {
    what: &'static str,
    watched: bool,
}

impl Progress {
    fn new(what: &'static str) -> Self {
        let watched = std::io::stderr().is_terminal();
        Self { what, watched }
    }

    fn show(&mut self, done: u64, all: u64) {
        if self.watched {
            let percent = done * 100 / all.max(1);
            eprint!("\r{}: {percent} %", self.what);
            let _shown = std::io::stderr().flush();
        }
    }

    fn end(&self) {
        if self.watched {
            eprintln!();
        }
    }
}

use std::path::{Path, PathBuf};

use hark_testkit::{Database, Engine, Setup};
use tempfile::TempDir;

use crate::machine;

/// Where the programs are and where databases go.
pub struct Place {
    folder: PathBuf,
    hark: PathBuf,
}

/// A database of its own for one row, gone when it is dropped.
pub struct Fresh {
    folder: TempDir,
    postgres: Option<Database>,
}

impl Place {
    pub fn new(folder: Option<PathBuf>) -> Self {
        let own = std::env::current_exe().unwrap();
        let programs = own.parent().unwrap();
        let folder = folder.unwrap_or_else(|| programs.with_file_name("bench-data"));
        std::fs::create_dir_all(&folder).unwrap();
        let folder = folder.canonicalize().unwrap();
        assert_real_disk(&folder);
        Self {
            folder,
            hark: programs.join("hark"),
        }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub fn hark(&self) -> &Path {
        &self.hark
    }

    /// Both, or SQLite alone if no PostgreSQL was given to us.
    pub fn engines(&self) -> Vec<Engine> {
        if std::env::var_os("HARK_TEST_POSTGRES").is_none() {
            println!("No PostgreSQL (HARK_TEST_POSTGRES is not set): its rows are left out.");
            return vec![Engine::Sqlite];
        }
        vec![Engine::Sqlite, Engine::Postgres]
    }

    pub fn fresh(&self, engine: Engine) -> Fresh {
        let postgres = (engine == Engine::Postgres).then(|| {
            let database = Database::fresh(engine);
            let folder = data_directory(&database);
            // A server elsewhere has a folder that is not on this machine.
            if folder.exists() {
                assert_real_disk(&folder);
            }
            database
        });
        Fresh {
            folder: self.scratch(),
            postgres,
        }
    }

    pub fn scratch(&self) -> TempDir {
        tempfile::Builder::new()
            .prefix("row-")
            .tempdir_in(&self.folder)
            .unwrap()
    }

    /// The release server, quiet and without a rate limit.
    pub fn server_in(&self, folder: &Path) -> Setup {
        let folder = folder.display().to_string();
        Setup::new(&self.hark)
            .env("RUST_LOG", "warn")
            .env("HARK_DATA", folder.as_str())
    }

    pub fn server_on(&self, fresh: &Fresh) -> Setup {
        let setup = self.server_in(fresh.folder());
        match fresh.postgres().and_then(Database::url) {
            Some(url) => setup.env("HARK_DATABASE", url),
            None => setup,
        }
    }
}

impl Fresh {
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn postgres(&self) -> Option<&Database> {
        self.postgres.as_ref()
    }

    /// The PostgreSQL server's first process, if it runs on this machine.
    pub fn postmaster(&self) -> Option<u32> {
        let mut client = self.postgres()?.postgres();
        let backend: i32 = client
            .query_one("SELECT pg_backend_pid()", &[])
            .unwrap()
            .get(0);
        machine::parent(u32::try_from(backend).ok()?, "postgres")
    }

    /// PostgreSQL's processes that work for this database alone, if it runs on this machine.
    pub fn backends(&self) -> Vec<u32> {
        if self.postmaster().is_none() {
            return Vec::new();
        }
        let mut client = self.postgres.as_ref().unwrap().postgres();
        let found = client.query(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
            &[],
        );
        let pids = found.unwrap().into_iter().map(|row| row.get::<_, i32>(0));
        pids.map(|pid| u32::try_from(pid).unwrap()).collect()
    }
}

pub const fn name(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => "SQLite",
        Engine::Postgres => "PostgreSQL",
    }
}

fn data_directory(database: &Database) -> PathBuf {
    let row = database.postgres().query_one("SHOW data_directory", &[]);
    let name = row.map(|row| row.get::<_, String>(0));
    // Only its administrators may ask; a server of somebody else is taken as it is.
    name.unwrap_or_default().into()
}

/// Memory syncs in no time: figures from there would mean nothing.
fn assert_real_disk(folder: &Path) {
    let kind = machine::file_system(folder);
    assert!(
        !["tmpfs", "ramfs"].contains(&kind.as_str()),
        "the folder for databases is in memory ({kind}); choose one on a disk with --folder or TMPDIR"
    );
}

use std::fs::Permissions;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use postgres::{Client, NoTls};
use serde_json::Value;
use tempfile::TempDir;

use crate::Mount;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// A data folder, and with PostgreSQL a database in it, for one test alone.
pub struct Database {
    folder: Folder,
    url: Option<String>,
    /// Empty if the database is another one's to remove.
    name: String,
}

enum Folder {
    Own(TempDir),
    Lent(PathBuf),
}

impl Database {
    pub fn fresh(engine: Engine) -> Self {
        Self::made(engine, "")
    }

    /// On PostgreSQL, with its tables in a place of their own.
    pub fn fresh_in(space: &Tablespace) -> Self {
        Self::made(Engine::Postgres, &format!("TABLESPACE {}", space.name))
    }

    fn made(engine: Engine, options: &str) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "hark_test_{}_{}",
            std::process::id(),
            NUMBER.fetch_add(1, Ordering::Relaxed)
        );
        let url = (engine == Engine::Postgres).then(|| {
            administrator()
                .batch_execute(&format!("CREATE DATABASE {name} {options}"))
                .unwrap();
            let (server, _) = server_url()
                .rsplit_once('/')
                .map(|(a, b)| (a.to_owned(), b.to_owned()))
                .unwrap();
            format!("{server}/{name}")
        });
        Self {
            folder: own_folder(),
            url,
            name,
        }
    }

    /// What another node on the same database has: a data folder of its own with the same key.
    pub fn other_node(&self) -> Self {
        let node = Self {
            folder: own_folder(),
            url: self.url.clone(),
            name: String::new(),
        };
        let key = Path::new("keys").join("secrets.key");
        std::fs::create_dir(node.folder().join("keys")).unwrap();
        std::fs::copy(self.folder().join(&key), node.folder().join(&key)).unwrap();
        node
    }

    /// The embedded database of a folder that someone else looks after.
    pub fn in_folder(folder: &Path) -> Self {
        Self {
            folder: Folder::Lent(folder.into()),
            url: None,
            name: String::new(),
        }
    }

    pub fn folder(&self) -> &Path {
        match &self.folder {
            Folder::Own(folder) => folder.path(),
            Folder::Lent(folder) => folder,
        }
    }

    /// The `postgres://` URL, if the engine is PostgreSQL.
    pub fn url(&self) -> Option<&str> {
        self.url.as_deref()
    }

    /// A connection past Hark, to disturb or to look.
    pub fn postgres(&self) -> Client {
        Client::connect(self.url.as_deref().unwrap(), NoTls).unwrap()
    }

    /// The same for the embedded database.
    pub fn sqlite(&self) -> rusqlite::Connection {
        let connection = rusqlite::Connection::open(self.folder().join("hark.db")).unwrap();
        // The server may be writing just then.
        connection.busy_timeout(Duration::from_secs(10)).unwrap();
        connection
    }

    /// Changes rows past Hark; answers how many.
    pub fn execute(&self, statement: &str) -> u64 {
        if self.url.is_some() {
            return self.postgres().execute(statement, &[]).unwrap();
        }
        self.sqlite().execute(statement, []).unwrap() as u64
    }

    /// The one number that a query answers.
    pub fn number(&self, query: &str) -> i64 {
        if self.url.is_some() {
            return self.postgres().query_one(query, &[]).unwrap().get(0);
        }
        let database = self.sqlite();
        database.query_row(query, [], |row| row.get(0)).unwrap()
    }

    /// The log as it lies in the database: position, kind and body.
    pub fn events(&self) -> Vec<(i64, String, Value)> {
        const ALL: &str = "SELECT position, kind, body FROM event ORDER BY position";
        let read = |body: &str| serde_json::from_str(body).unwrap();
        if self.url.is_some() {
            // Those that are committed and wait for their places come next.
            const WITH_STAGED: &str = "SELECT position, kind, body FROM event UNION ALL
                SELECT (SELECT position FROM event_head) + row_number() OVER (ORDER BY id), kind, body FROM event_staged
                ORDER BY 1";
            let rows = self.postgres().query(WITH_STAGED, &[]).unwrap();
            let events = rows
                .iter()
                .map(|row| (row.get(0), row.get(1), read(row.get(2))));
            return events.collect();
        }
        let database = self.sqlite();
        let mut statement = database.prepare(ALL).unwrap();
        let rows = statement.query_map([], |row| {
            Ok((row.get(0)?, row.get(1)?, read(&row.get::<_, String>(2)?)))
        });
        rows.unwrap().map(Result::unwrap).collect()
    }

    /// Cuts all connections of the server under test; with `refuse`, new ones are turned away
    /// until [`Database::allow`].
    pub fn cut(&self, refuse: bool) {
        let mut client = administrator();
        client
            .batch_execute(&format!(
                "ALTER DATABASE {} WITH ALLOW_CONNECTIONS {}",
                self.name, !refuse
            ))
            .unwrap();
        client
            .execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1",
                &[&self.name],
            )
            .unwrap();
    }

    pub fn allow(&self) {
        administrator()
            .batch_execute(&format!(
                "ALTER DATABASE {} WITH ALLOW_CONNECTIONS true",
                self.name
            ))
            .unwrap();
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if self.url.is_some() && !self.name.is_empty() {
            let dropped = administrator().batch_execute(&format!(
                "DROP DATABASE IF EXISTS {} WITH (FORCE)",
                self.name
            ));
            drop(dropped);
        }
    }
}

/// A small file system on which PostgreSQL keeps tables, to be filled up. It has to live longer
/// than the databases in it.
pub struct Tablespace {
    name: String,
    mount: Mount,
}

impl Tablespace {
    pub fn of_megabytes(size: u32) -> Self {
        let mount = Mount::of_megabytes(size);
        let name = format!("hark_space_{}", std::process::id());
        let folder = mount.path().join("tables");
        std::fs::create_dir(&folder).unwrap();
        let mut client = administrator();
        let data: String = client.query_one("SHOW data_directory", &[]).unwrap().get(0);
        let owner = std::fs::metadata(data).unwrap();
        std::os::unix::fs::chown(&folder, Some(owner.uid()), Some(owner.gid())).unwrap();
        let place = folder.display();
        client
            .batch_execute(&format!("CREATE TABLESPACE {name} LOCATION '{place}'"))
            .unwrap();
        Self { name, mount }
    }

    pub fn mount(&self) -> &Mount {
        &self.mount
    }
}

impl Drop for Tablespace {
    fn drop(&mut self) {
        let dropped = administrator().batch_execute(&format!("DROP TABLESPACE {}", self.name));
        drop(dropped);
    }
}

fn own_folder() -> Folder {
    let folder = tempfile::Builder::new()
        .prefix("hark-test-")
        .permissions(Permissions::from_mode(0o700))
        .tempdir();
    Folder::Own(folder.unwrap())
}

fn server_url() -> String {
    std::env::var("HARK_TEST_POSTGRES").expect(
        "this test needs a PostgreSQL: run it as `scripts/with-postgres cargo nextest run …`",
    )
}

/// Ends every connection to a database that is inside a transaction.
pub fn cut_transactions(url: &str) {
    let mut client = Client::connect(url, NoTls).unwrap();
    client
        .batch_execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
             WHERE datname = current_database() AND state LIKE 'idle in transaction%'",
        )
        .unwrap();
}

fn administrator() -> Client {
    Client::connect(&server_url(), NoTls).unwrap()
}

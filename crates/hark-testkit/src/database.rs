use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use postgres::{Client, NoTls};
use tempfile::TempDir;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// A data folder, and with PostgreSQL a database in it, for one test alone.
pub struct Database {
    folder: TempDir,
    url: Option<String>,
    name: String,
}

impl Database {
    pub fn fresh(engine: Engine) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "hark_test_{}_{}",
            std::process::id(),
            NUMBER.fetch_add(1, Ordering::Relaxed)
        );
        let folder = tempfile::Builder::new()
            .prefix("hark-test-")
            .tempdir()
            .unwrap();
        let url = (engine == Engine::Postgres).then(|| {
            administrator()
                .batch_execute(&format!("CREATE DATABASE {name}"))
                .unwrap();
            let (server, _) = server_url()
                .rsplit_once('/')
                .map(|(a, b)| (a.to_owned(), b.to_owned()))
                .unwrap();
            format!("{server}/{name}")
        });
        Self { folder, url, name }
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The `postgres://` URL, if the engine is PostgreSQL.
    pub fn url(&self) -> Option<&str> {
        self.url.as_deref()
    }

    /// A connection past Hark, to disturb or to look.
    pub fn postgres(&self) -> Client {
        Client::connect(self.url.as_deref().unwrap(), NoTls).unwrap()
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
        if self.url.is_some() {
            let dropped = administrator().batch_execute(&format!(
                "DROP DATABASE IF EXISTS {} WITH (FORCE)",
                self.name
            ));
            drop(dropped);
        }
    }
}

fn server_url() -> String {
    std::env::var("HARK_TEST_POSTGRES").expect(
        "this test needs a PostgreSQL: run it as `scripts/with-postgres cargo nextest run …`",
    )
}

fn administrator() -> Client {
    Client::connect(&server_url(), NoTls).unwrap()
}

//! Opening the installation: the store and its key.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use hark_model::keys::{KeyError, key_file};
use hark_model::{Context, Keyring, Policies, Refusal, Who, facts};
use hark_store::{Clock, Engine, Error, OpenError, Options, Store, Tx, View};

use crate::CliError;
use crate::config::DataLocation;

pub(crate) struct Installation {
    pub(crate) store: Store,
    pub(crate) policies: Arc<Policies>,
}

/// A server holds the data folder alone.
pub(crate) fn open_alone(location: &DataLocation, clock: Clock) -> Result<Store, OpenError> {
    let mut options = Options::new(location.engine.clone(), &location.folder);
    options.clock = clock;
    Store::open(&options)
}

/// Beside a server that may be running; never begins a new one by accident.
pub(crate) fn open_beside(location: &DataLocation) -> Result<Installation, CliError> {
    let begun = match location.engine {
        Engine::Sqlite => location.folder.join("hark.db").exists(),
        Engine::Postgres(_) => key_file(&location.folder).exists(),
    };
    if !begun {
        return Err(format!(
            "there is no Hark in {}; name its data folder with --data, or begin with `hark serve`",
            location.folder.display()
        )
        .into());
    }
    let mut options = Options::new(location.engine.clone(), &location.folder);
    options.alone = false;
    options.readers = 1;
    options.writers = 1;
    let store = Store::open(&options)?;
    let keys = wait(unlock(&store, &location.folder))?;
    let policies = Arc::new(Policies::new(keys, HashMap::new()));
    Ok(Installation { store, policies })
}

/// Reads the key and makes sure that it is the one that sealed this database.
pub(crate) async fn unlock(store: &Store, folder: &Path) -> Result<Arc<Keyring>, CliError> {
    let path = key_file(folder);
    if !path.exists() && store.read(facts::has_key).await? {
        return Err(KeyError::Missing { path }.into());
    }
    let keys = Arc::new(Keyring::open(folder)?);
    let shown = Arc::clone(&keys);
    let compare = move |tx: &mut Tx<'_>| -> Result<bool, Error> { facts::same_key(tx, &shown) };
    let same = store.write(compare).await?;
    if !same {
        return Err(KeyError::Different { path }.into());
    }
    Ok(keys)
}

/// Waits for what is asynchronous, in a command that is not.
pub(crate) fn wait<T, E: Into<CliError>>(
    outcome: impl Future<Output = Result<T, E>>,
) -> Result<T, CliError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(outcome).map_err(Into::into)
}

impl Installation {
    /// Runs a command for which nobody asks but the operator of this machine.
    pub(crate) async fn command<T: Send + 'static>(
        &self,
        command: impl Fn(&mut Context<'_, '_>) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let (now, policies) = (self.store.clock().now(), Arc::clone(&self.policies));
        let done = self
            .store
            .write(move |tx| policies.command(tx, now, &Who::System, &command));
        done.await
    }

    pub(crate) fn read<T: Send + 'static>(
        &self,
        query: impl Fn(&mut View<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, CliError> {
        wait(self.store.read(query))
    }
}

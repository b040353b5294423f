//! Opening the house: the store, its key, what every start makes sure of.

use std::path::Path;
use std::sync::Arc;

use hark_chat::keys::{KeyError, key_file};
use hark_chat::{Keyring, Refusal, founding};
use hark_store::{Engine, Error, OpenError, Options, Store};

use crate::Sentence;
use crate::config::Where;

pub(crate) struct House {
    pub(crate) store: Store,
    pub(crate) keys: Arc<Keyring>,
}

/// A server holds the data folder alone.
pub(crate) fn open_alone(place: &Where) -> Result<Store, OpenError> {
    Store::open(&Options::new(place.engine.clone(), &place.folder))
}

/// Beside a server that may be running; never begins a new one by accident.
pub(crate) fn open_beside(place: &Where) -> Result<House, Sentence> {
    let begun = match place.engine {
        Engine::Sqlite => place.folder.join("hark.db").exists(),
        Engine::Postgres(_) => key_file(&place.folder).exists(),
    };
    if !begun {
        return Err(format!(
            "there is no Hark in {}; name its data folder with --data, or begin with `hark serve`",
            place.folder.display()
        )
        .into());
    }
    let mut options = Options::new(place.engine.clone(), &place.folder);
    options.alone = false;
    options.readers = 1;
    options.writers = 1;
    let store = Store::open(&options)?;
    let keys = unlock(&store, &place.folder)?;
    Ok(House { store, keys })
}

/// Reads the key and makes sure that it is the one that sealed this database.
pub(crate) fn unlock(store: &Store, folder: &Path) -> Result<Arc<Keyring>, Sentence> {
    let path = key_file(folder);
    if !path.exists() && wait(store.read(founding::has_key))? {
        return Err(KeyError::Missing { path }.into());
    }
    let keys = Arc::new(Keyring::open(folder)?);
    let shown = Arc::clone(&keys);
    let same =
        wait(store.write(move |tx| -> Result<bool, Error> { founding::same_key(tx, &shown) }))?;
    if !same {
        return Err(KeyError::Different { path }.into());
    }
    Ok(keys)
}

/// Waits for the store where there is no async shell.
pub(crate) fn wait<T, E: Into<Sentence>>(
    outcome: impl Future<Output = Result<T, E>>,
) -> Result<T, Sentence> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(outcome).map_err(Into::into)
}

impl House {
    pub(crate) fn write<T: Send + 'static>(
        &self,
        command: impl Fn(&mut hark_store::Tx<'_>) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Sentence> {
        wait(self.store.write(command))
    }

    pub(crate) fn read<T: Send + 'static>(
        &self,
        query: impl Fn(&mut hark_store::View<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Sentence> {
        wait(self.store.read(query))
    }
}

//! The statements of this crate, on both engines.

use hark_store::{Options, Store, Tx};
use hark_testkit::{Database, on_both_engines};

on_both_engines! {
    fn every_statement_is_prepared_and_walks_no_growing_table(engine: Engine) {
        let database = Database::fresh(engine);
        let engine = database.url().map_or(hark_store::Engine::Sqlite, |url| {
            hark_store::Engine::Postgres(url.to_owned())
        });
        let store = Store::open(&Options::new(engine, database.folder())).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        for statement in hark_webhooks::all_statements() {
            let command = move |tx: &mut Tx<'_>| hark_store::explain::plan(tx, statement);
            let plan = runtime.block_on(store.write(command));
            let plan = plan.unwrap_or_else(|error| panic!("{}: {error}", statement.name()));
            assert_eq!(plan.full_scan(), None, "{}: {plan:#?}", statement.name());
        }
    }
}

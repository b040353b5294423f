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
        let mut written_down = false;
        for statement in hark_webhooks::all_statements() {
            let command = move |tx: &mut Tx<'_>| hark_store::explain::plan(tx, statement);
            let plan = runtime.block_on(store.write(command));
            let plan = plan.unwrap_or_else(|error| panic!("{}: {error}", statement.name()));
            assert_eq!(plan.full_scan(), None, "{}: {plan:#?}", statement.name());
            // An endpoint may have millions of them: what is handed in is looked for by its whole key.
            if statement.name().ends_with("deliveries::rows::WRITE") {
                written_down = true;
                let whole = ["endpoint=? AND position=?", "(endpoint = given.endpoint) AND (\"position\" = given.\"position\")"];
                let by_key = plan.lines.iter().any(|line| whole.iter().any(|key| line.contains(key)));
                assert!(by_key, "{plan:#?}");
            }
        }
        assert!(written_down);
    }
}

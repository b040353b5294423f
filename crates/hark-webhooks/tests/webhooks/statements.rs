//! The statements of this crate, on both engines.

use hark_store::{Options, Store, Tx};
use hark_testkit::{Database, on_both_engines};

/// What lists deliveries that wait or were given up.
const FEW: [&str; 4] = [
    "lists::PARKED",
    "lists::GIVEN_UP",
    "lists::NOT_DELIVERED",
    "lists::OLDEST_PARKED",
];

on_both_engines! {
    fn every_statement_is_prepared_and_walks_no_growing_table(engine: Engine) {
        let database = Database::fresh(engine);
        let engine = database.url().map_or(hark_store::Engine::Sqlite, |url| {
            hark_store::Engine::Postgres(url.to_owned())
        });
        let is_sqlite = matches!(engine, hark_store::Engine::Sqlite);
        let store = Store::open(&Options::new(engine, database.folder())).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let mut written_down = false;
        let mut of_few = 0;
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
            // What few of them are is not looked for among all; PostgreSQL knows how many they are.
            if is_sqlite && FEW.iter().any(|name| statement.name().ends_with(name)) {
                of_few += 1;
                let walks = plan.lines.iter().any(|line| line.contains("delivery USING PRIMARY KEY"));
                assert!(!walks, "{}: {plan:#?}", statement.name());
            }
        }
        assert!(written_down);
        assert_eq!(of_few, if is_sqlite { FEW.len() } else { 0 });
    }
}

//! Rows of files against a real store, on both engines.
#![expect(clippy::unwrap_used, reason = "tests")]

use hark_chat::Refusal;
use hark_chat::uploads::{self, NewUpload, Picture};
use hark_store::{Options, Store, Timestamp, Tx, View};
use hark_testkit::{Database, Engine, on_both_engines};

const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

struct House {
    store: Store,
    runtime: tokio::runtime::Runtime,
    _database: Database,
}

impl House {
    fn new(engine: Engine) -> Self {
        let database = Database::fresh(engine);
        let engine = database.url().map_or(hark_store::Engine::Sqlite, |url| {
            hark_store::Engine::Postgres(url.to_owned())
        });
        let mut options = Options::new(engine, database.folder());
        options.writers = 2;
        options.readers = 1;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        Self {
            store: Store::open(&options).unwrap(),
            runtime,
            _database: database,
        }
    }

    fn write<T: Send + 'static>(
        &self,
        command: impl Fn(&mut Tx<'_>) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        self.runtime.block_on(self.store.write(command))
    }

    fn read<T: Send + 'static>(
        &self,
        query: impl Fn(&mut View<'_>) -> Result<T, hark_store::Error> + Send + 'static,
    ) -> T {
        self.runtime.block_on(self.store.read(query)).unwrap()
    }

    fn garbage(&self) -> Vec<String> {
        self.read(|view| uploads::garbage(view, "", 100))
    }
}

fn file(name: &str) -> NewUpload {
    NewUpload {
        room_id: "room".into(),
        account_id: None,
        name: name.into(),
        media_type: "image/png".into(),
        size: 5,
        sha256: "00".into(),
        picture: Some(Picture {
            width: 3,
            height: 2,
            preview: None,
        }),
    }
}

on_both_engines! {
    fn a_file_is_carried_once(engine: Engine) {
        let house = House::new(engine);
        let upload = house.write(|tx| uploads::expect(tx, NOW, &file("../a\u{202e}.png"))).unwrap();
        assert_eq!((upload.name.as_str(), upload.attached), ("a.png", false));
        let (id, sent) = (upload.id.clone(), upload.clone());
        house.write(move |tx| uploads::attach(tx, &sent)).unwrap();
        let refused = house.write(move |tx| uploads::attach(tx, &upload));
        assert!(matches!(refused, Err(Refusal::NoSuchFile)));
        let found = house.read(move |view| uploads::find(view, &id)).unwrap();
        assert!(found.attached);
        assert_eq!(found.picture, file("").picture);
        assert_eq!(found.created_at, NOW);
    }

    fn what_nobody_sends_is_given_up_after_a_day(engine: Engine) {
        let house = House::new(engine);
        let sent = house.write(|tx| {
            let sent = uploads::expect(tx, NOW, &file("sent.png"))?;
            uploads::attach(tx, &sent)?;
            Ok(sent)
        }).unwrap();
        let forgotten = house.write(|tx| uploads::expect(tx, NOW, &file("forgotten.png"))).unwrap();
        let soon = NOW.plus_seconds(86_400);
        let late = soon.plus_millis(1);
        assert!(!house.read(move |view| uploads::is_untidy(view, soon)));
        assert_eq!(house.write(move |tx| Ok(uploads::sweep(tx, soon, 10)?)).unwrap(), 0);
        assert!(house.read(move |view| uploads::is_untidy(view, late)));
        assert_eq!(house.write(move |tx| Ok(uploads::sweep(tx, late, 10)?)).unwrap(), 1);
        assert_eq!(house.garbage(), std::slice::from_ref(&forgotten.id));
        assert!(house.read(move |view| uploads::is_untidy(view, soon)));
        let id = sent.id.clone();
        assert!(house.read(move |view| uploads::find(view, &id)).is_some());
        // its bytes may go twice, when the first who removed them did not come to say so
        let ids = [forgotten.id];
        house.write(move |tx| Ok(uploads::cleared(tx, &ids)?)).unwrap();
        assert_eq!(house.garbage(), Vec::<String>::new());
        let id = sent.id.clone();
        house.write(move |tx| Ok(uploads::discard(tx, NOW, &id)?)).unwrap();
        assert_eq!(house.garbage(), [sent.id]);
    }
}

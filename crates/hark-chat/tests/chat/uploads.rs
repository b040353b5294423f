//! Rows of files against a real store, on both engines.

use crate::world::{NOW, World};
use hark_chat::messages::{self, Draft};
use hark_chat::uploads::{self, NewUpload, Picture};
use hark_model::Refusal;
use hark_testkit::on_both_engines;
use serde_json::json;

fn garbage(world: &World) -> Vec<String> {
    world.read(|view| uploads::garbage(view, "", 100))
}

fn file(name: &str) -> NewUpload {
    NewUpload {
        room_id: "room".into(),
        account_id: None,
        network: None,
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
        let world = World::with_admin(engine);
        let upload = world.command(|cx| uploads::expect(cx, &file("../a\u{202e}.png"))).unwrap();
        assert_eq!((upload.name.as_str(), upload.attached), ("a.png", false));
        let (id, sent) = (upload.id.clone(), upload.clone());
        world.command(move |cx| uploads::attach(cx, &sent)).unwrap();
        let refused = world.command(move |cx| uploads::attach(cx, &upload));
        assert!(matches!(refused, Err(Refusal::NoSuchFile)));
        let found = world.read(move |view| uploads::find(view, &id)).unwrap();
        assert!(found.attached);
        assert_eq!(found.picture, file("").picture);
        assert_eq!(found.created_at, NOW);
    }

    fn a_message_carries_no_file_of_another_room(engine: Engine) {
        let world = World::with_admin(engine);
        world.agent("amy");
        world.visitor("vera");
        let room = world.open("vera", None, NOW).unwrap();
        let draft = Draft { text: "see".into(), ..Draft::default() };
        let message = world.say("vera", &room.id, &draft, NOW).unwrap();
        let carried = |room: &str| {
            let new = NewUpload { room_id: room.to_owned(), ..file("a.png") };
            let upload = world.command(move |cx| uploads::expect(cx, &new)).unwrap();
            let mut message = message.clone();
            message.extra = Some(json!({"file": {"_id": upload.id}}));
            world.read(move |view| messages::carried_file(view, &message)).map(|found| found.id == upload.id)
        };
        assert_eq!(carried(&room.id), Some(true));
        assert_eq!(carried("another"), None);
    }

    fn what_nobody_sends_is_given_up_after_a_day(engine: Engine) {
        let world = World::with_admin(engine);
        let sent = world.command(|cx| {
            let sent = uploads::expect(cx, &file("sent.png"))?;
            uploads::attach(cx, &sent)?;
            Ok(sent)
        }).unwrap();
        let forgotten = world.command(|cx| uploads::expect(cx, &file("forgotten.png"))).unwrap();
        let soon = NOW.plus_seconds(86_400);
        let late = soon.plus_millis(1);
        assert!(!world.read(move |view| uploads::is_untidy(view, soon)));
        assert_eq!(world.write(move |tx| Ok(uploads::sweep(tx, soon, 10)?)).unwrap(), 0);
        assert!(world.read(move |view| uploads::is_untidy(view, late)));
        assert_eq!(world.write(move |tx| Ok(uploads::sweep(tx, late, 10)?)).unwrap(), 1);
        assert_eq!(garbage(&world), std::slice::from_ref(&forgotten.id));
        assert!(world.read(move |view| uploads::is_untidy(view, soon)));
        let id = sent.id.clone();
        assert!(world.read(move |view| uploads::find(view, &id)).is_some());
        // its bytes may go twice, when the first who removed them did not come to say so
        let ids = [forgotten.id];
        world.write(move |tx| Ok(uploads::cleared(tx, &ids)?)).unwrap();
        assert_eq!(garbage(&world), Vec::<String>::new());
        let id = sent.id.clone();
        world.command(move |cx| Ok(uploads::discard(cx, &id)?)).unwrap();
        assert_eq!(garbage(&world), [sent.id]);
    }
}

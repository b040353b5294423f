//! Transcripts as documents against a real store: who writes one, when again, and what is said when none comes of it.

use crate::world::{NOW, World, by};
use hark_chat::pdf_transcripts::{self, Wanted};
use hark_model::rooms;
use hark_model::{Page, Refusal};
use hark_store::Timestamp;
use hark_testkit::on_both_engines;
use serde_json::json;

fn claim(world: &World, at: Timestamp) -> Option<Wanted> {
    world
        .write(move |tx| Ok(pdf_transcripts::claim(tx, at)?))
        .unwrap()
}

fn fail(world: &World, wanted: &Wanted, at: Timestamp) -> Option<Timestamp> {
    let wanted = wanted.clone();
    world
        .command_at(at, move |cx| pdf_transcripts::failed(cx, &wanted))
        .unwrap()
}

on_both_engines! {
    fn a_document_is_tried_a_few_times_by_one_at_a_time_and_then_given_up_in_words(engine: Engine) {
        let world = World::with_admin(engine);
        world.set("Livechat_Routing_Method", json!("Manual_Selection"));
        let amy = world.agent("amy");
        let room = world.served("t", &amy);
        let request = |at| {
            let id = room.id.clone();
            world.command_as(by(&amy), at, move |cx| pdf_transcripts::request(cx, &id))
        };
        assert!(matches!(request(NOW), Err(Refusal::RoomStillOpen)));
        world.close(by(&amy), &room.id, NOW).unwrap();
        request(NOW).unwrap();
        request(NOW).unwrap();
        assert!(world.room(&room.id).unwrap().pdf_wanted);
        let mut at = NOW;
        let mut tries = Vec::new();
        loop {
            let wanted = claim(&world, at).unwrap();
            assert_eq!((&wanted.room, &wanted.account), (&room.id, &amy.id));
            // Nobody else has it meanwhile.
            assert!(claim(&world, at).is_none());
            tries.push(wanted.attempts);
            match fail(&world, &wanted, at) {
                Some(next) => {
                    assert!(next > at && claim(&world, next.plus_millis(-1)).is_none());
                    at = next;
                }
                None => break,
            }
        }
        assert_eq!(tries, [1, 2, 3, 4]);
        assert!(claim(&world, at.plus_days(1)).is_none());
        assert!(!world.room(&room.id).unwrap().pdf_wanted);
        let id = amy.id.clone();
        let told = world.read(move |view| {
            let own = rooms::direct(view, &id)?;
            hark_chat::messages::history(view, &own.unwrap_or_default(), None, &[], Page { offset: 0, limit: 9 })
        });
        let told: Vec<&str> = told.iter().map(|message| message.text.as_str()).collect();
        assert_eq!(told.len(), 1);
        assert!(told[0].contains("could not be written"), "{told:?}");
        // It may be asked for anew.
        request(at).unwrap();
        assert_eq!(claim(&world, at).unwrap().attempts, 1);
    }
}

//! Replays: a stretch of the log is sent to an endpoint once more.

use hark_store::{Position, View, log};
use hark_webhooks::Refusal;
use hark_webhooks::replays::{self, Replay};
use serde_json::{Value, json};

use super::{
    Eyes, LIMIT, NOTHING, POLLED, WEBHOOKS, documents, limit, misfit, moment, read, write,
};
use crate::answer::{Answer, Failure, Reply};
use crate::call::Call;
use crate::route::{Route, route};
use crate::shape::{Field, Shape};

pub(crate) static ROUTES: &[&Route] = &[
    &route!(Hark POST "endpoints/{id}:replay", WEBHOOKS, "Send a stretch of the log once more, or count what that would be", start)
        .answers(201, "Replay")
        .takes(REPLAY),
    &route!(Hark GET "endpoints/{id}/replays", WEBHOOKS, "Replays of an endpoint, the latest first", of_endpoint)
        .answers(200, "ReplayList")
        .takes(LATEST)
        .per_minute(POLLED),
    &route!(Hark GET "replays/{id}", WEBHOOKS, "How far a replay has come", one)
        .answers(200, "Replay")
        .takes(NOTHING)
        .per_minute(POLLED),
    &route!(Hark POST "replays/{id}:cancel", WEBHOOKS, "End a replay early; what it has queued is sent", cancel)
        .answers(200, "Replay")
        .takes(NOTHING),
];

const REPLAY: Shape = Shape::Object(&[
    Field::optional("fromTime", Shape::NonEmpty),
    Field::optional("afterEvent", Shape::Integer),
    Field::optional("untilTime", Shape::NonEmpty),
    Field::optional("untilEvent", Shape::Integer),
    Field::optional("failedOnly", Shape::Flag),
    Field::optional("dryRun", Shape::Flag),
]);
const LATEST: Shape = Shape::Object(&[LIMIT]);

/// A place in the log, by its number or by the moment that it is before.
#[derive(Clone, Copy)]
enum Mark {
    Event(Position),
    Before(hark_store::Timestamp),
}

impl Mark {
    /// At most one of two members names it.
    fn of(call: &Call, event: &str, time: &str) -> Result<Option<Self>, Failure> {
        let position = call.params.get(event).and_then(Value::as_i64);
        match (position, moment(call, time)?) {
            (Some(_), Some(_)) => Err(misfit(event, format!("and {time} exclude each other"))),
            (Some(position), None) if position < 0 => Err(misfit(event, "has to be 0 or more")),
            (Some(position), None) => Ok(Some(Self::Event(position))),
            (None, Some(at)) => Ok(Some(Self::Before(at))),
            (None, None) => Ok(None),
        }
    }

    fn position(self, view: &mut View<'_>) -> Result<Position, hark_store::Error> {
        match self {
            Self::Event(position) => Ok(position),
            Self::Before(at) => log::before(view, at),
        }
    }
}

async fn start(call: Call) -> Answer {
    let from = Mark::of(&call, "afterEvent", "fromTime")?;
    let from = from.ok_or_else(|| misfit("fromTime", "or afterEvent is required"))?;
    let until = Mark::of(&call, "untilEvent", "untilTime")?;
    let failed_only = call.flag("failedOnly").unwrap_or(false);
    let (eyes, id) = (Eyes::of(&call), call.path(0).to_owned());
    let stretch = move |view: &mut View<'_>| -> Result<_, Refusal> {
        let endpoint = eyes.endpoint(view, &id)?;
        let after = from.position(view)?;
        let last = log::last(view)?;
        let until = match until {
            Some(until) => until.position(view)?.min(last),
            None => last,
        };
        Ok((endpoint, after, until))
    };
    if call.flag("dryRun").unwrap_or(false) {
        let look = read(&call, move |view| {
            let (endpoint, after, until) = stretch(view)?;
            let count = replays::dry_run(view, &endpoint, after, until, failed_only)?;
            Ok(documents::count(&count, after, until))
        });
        return Reply::object(look.await?);
    }
    let (who, now) = (call.actor()?, call.now);
    let begun = write(&call, move |tx| {
        let (endpoint, after, until) = stretch(tx)?;
        let replay = replays::start(tx, &who, now, &endpoint, after, until, failed_only)?;
        Ok((replay, endpoint))
    });
    let (replay, endpoint) = begun.await?;
    let document = documents::replay(&replay, Some(&endpoint.id));
    Ok(Reply::Made(document))
}

async fn of_endpoint(call: Call) -> Answer {
    let limit = limit(&call)? as i64;
    let (eyes, id) = (Eyes::of(&call), call.path(0).to_owned());
    let look = read(&call, move |view| {
        let endpoint = eyes.endpoint(view, &id)?;
        let replays = replays::of_endpoint(view, endpoint.number, limit)?;
        Ok((replays, endpoint))
    });
    let (found, endpoint) = look.await?;
    let items = found
        .iter()
        .map(|one| documents::replay(one, Some(&endpoint.id)));
    Reply::object(json!({"items": items.collect::<Vec<_>>()}))
}

/// A replay as it is shown, with the id of its endpoint if that is there still.
fn shown(view: &mut View<'_>, eyes: &Eyes, replay: &Replay) -> Result<Value, Refusal> {
    let known = eyes.endpoints(view)?;
    let endpoint = known.iter().find(|one| one.number == replay.endpoint);
    let id = endpoint.map(|endpoint| endpoint.id.as_str());
    Ok(documents::replay(replay, id))
}

async fn one(call: Call) -> Answer {
    let (eyes, id) = (Eyes::of(&call), call.path(0).to_owned());
    let look = read(&call, move |view| {
        let replay = replays::find(view, &id)?;
        shown(view, &eyes, &replay)
    });
    Reply::object(look.await?)
}

async fn cancel(call: Call) -> Answer {
    let (eyes, id, now) = (Eyes::of(&call), call.path(0).to_owned(), call.now);
    let ended = write(&call, move |tx| {
        replays::find(tx, &id)?;
        let replay = replays::cancel(tx, now, &id)?;
        shown(tx, &eyes, &replay)
    });
    Reply::object(ended.await?)
}

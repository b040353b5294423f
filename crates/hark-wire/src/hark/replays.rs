//! Replays: a stretch of the log is sent to an endpoint once more.

use hark_store::{Position, Timestamp, View, log};
use hark_webhooks::Refusal;
use hark_webhooks::replays::{self, Replay};

use super::answers::{self, Count, ReplayList};
use super::{
    LIMIT, Nothing, POLLED, WEBHOOKS, command, endpoint, endpoints, in_order, limit, misfit,
    moment, query,
};
use crate::answer::{Answer, Failure};
use crate::call::Call;
use crate::handler::{Described, Done, IntoAnswer, Made};
use crate::params::{NonEmpty, params};
use crate::route::{Route, route};

pub(crate) static ROUTES: &[&Route] = &[
    &route!(Hark POST "endpoints/{id}:replay", WEBHOOKS, "Send a stretch of the log once more, or count what that would be", start)
        .earlier(&[("fromTime", "from"), ("untilTime", "to")]),
    &route!(Hark GET "endpoints/{id}/replays", WEBHOOKS, "Replays of an endpoint, the latest first", of_endpoint)
        .per_minute(POLLED),
    &route!(Hark GET "replays/{id}", WEBHOOKS, "How far a replay has come", one)
        .per_minute(POLLED),
    &route!(Hark POST "replays/{id}:cancel", WEBHOOKS, "End a replay early; what it has queued is sent", cancel),
];

params! {
    struct Stretch {
        from: Option<NonEmpty>,
        /// Events behind this place in the log.
        after_event as "afterEvent": Option<i64>,
        to: Option<NonEmpty>,
        /// Events up to this place in the log.
        until_event as "untilEvent": Option<i64>,
        /// `true`: only what did not arrive.
        failed_only as "failedOnly": Option<bool>,
        /// `true`: only count what would be sent.
        dry_run as "dryRun": Option<bool>,
    }

    struct Latest {
        limit: Option<i64> = LIMIT,
    }
}

/// A place in the log, by its number or by the moment that it is before.
#[derive(Clone, Copy)]
enum Mark {
    Event(Position),
    Before(Timestamp),
}

impl Mark {
    /// At most one of two parameters says it; each comes with its name.
    fn of(
        (event, position): (&str, Option<i64>),
        (time, at): (&str, Option<&NonEmpty>),
    ) -> Result<Option<Self>, Failure> {
        match (position, moment(time, at)?) {
            (Some(_), Some(_)) => Err(misfit(event, format!("cannot stand beside {time}"))),
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

/// What a replay comes to: it has begun, or was only counted.
enum Started {
    Counted(Count),
    Begun(answers::Replay),
}

impl IntoAnswer for Result<Started, Failure> {
    const DESCRIBED: &'static [Described] = &[
        Described::of::<answers::Replay>(201),
        Described {
            description: "With `dryRun`: what would be sent",
            ..Described::of::<Count>(200)
        },
    ];

    fn into_answer(self) -> Answer {
        match self? {
            Started::Counted(count) => Ok(Done(count)).into_answer(),
            Started::Begun(replay) => Ok(Made(replay)).into_answer(),
        }
    }
}

async fn start(call: Call, stretch: Stretch) -> Result<Started, Failure> {
    let from = Mark::of(
        ("afterEvent", stretch.after_event),
        ("from", stretch.from.as_ref()),
    )?;
    let from = from.ok_or_else(|| misfit("from", "is required, or else afterEvent"))?;
    let until = Mark::of(
        ("untilEvent", stretch.until_event),
        ("to", stretch.to.as_ref()),
    )?;
    if let (Mark::Before(from), Some(Mark::Before(until))) = (from, until) {
        in_order(("from", Some(from)), ("to", Some(until)))?;
    }
    let failed_only = stretch.failed_only.unwrap_or(false);
    let bounds = move |call: &Call, view: &mut View<'_>| -> Result<_, Refusal> {
        let endpoint = endpoint(call, view, call.path(0))?;
        let after = from.position(view)?;
        let last = log::last(view)?;
        let until = match until {
            Some(until) => until.position(view)?.min(last),
            None => last,
        };
        Ok((endpoint, after, until))
    };
    if stretch.dry_run.unwrap_or(false) {
        let look = query(&call, move |call, view| {
            let (endpoint, after, until) = bounds(call, view)?;
            let count = replays::dry_run(view, &endpoint, after, until, failed_only)?;
            Ok(Count {
                dry_run: true,
                after_event: after,
                until_event: until,
                events: count.events,
                queued: count.queued,
                kinds: count.kinds,
                conversations: count.conversations,
                is_partial: count.is_partial,
            })
        });
        return Ok(Started::Counted(look.await?));
    }
    let begun = command(&call, move |call, tx, who| {
        let (endpoint, after, until) = bounds(call, tx)?;
        let replay = replays::start(tx, who, call.now, &endpoint, after, until, failed_only)?;
        Ok(answers::Replay::of(&replay, Some(&endpoint.id)))
    });
    Ok(Started::Begun(begun.await?))
}

async fn of_endpoint(call: Call, latest: Latest) -> Result<Done<ReplayList>, Failure> {
    let limit = limit(latest.limit) as i64;
    let look = query(&call, move |call, view| {
        let endpoint = endpoint(call, view, call.path(0))?;
        let found = replays::of_endpoint(view, endpoint.number, limit)?;
        let items = found.iter();
        let items = items.map(|one| answers::Replay::of(one, Some(&endpoint.id)));
        Ok(ReplayList {
            items: items.collect(),
        })
    });
    Ok(Done(look.await?))
}

/// A replay as it is shown, with the id of its endpoint if that is there still.
fn shown(call: &Call, view: &mut View<'_>, replay: &Replay) -> Result<answers::Replay, Refusal> {
    let known = endpoints(call, view)?;
    let endpoint = known.iter().find(|one| one.number == replay.endpoint);
    let id = endpoint.map(|endpoint| endpoint.id.as_str());
    Ok(answers::Replay::of(replay, id))
}

async fn one(call: Call, _: Nothing) -> Result<Done<answers::Replay>, Failure> {
    let look = query(&call, |call, view| {
        let replay = replays::find(view, call.path(0))?;
        shown(call, view, &replay)
    });
    Ok(Done(look.await?))
}

async fn cancel(call: Call, _: Nothing) -> Result<Done<answers::Replay>, Failure> {
    let ended = command(&call, |call, tx, _| {
        replays::find(tx, call.path(0))?;
        let replay = replays::cancel(tx, call.now, call.path(0))?;
        shown(call, tx, &replay)
    });
    Ok(Done(ended.await?))
}

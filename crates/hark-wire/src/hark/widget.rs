//! What the widget's script has to know before anybody clicks.

use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hark_chat::identity::{self, Shown};
use hark_chat::triggers::{self, Trigger};
use hark_chat::{reading, routing, widget_sites};
use hark_model::{keys, settings};
use serde_json::json;

use super::answers::{
    Condition, Identified, Launcher, LauncherTrigger, Page, SeenSite, Theme, VisitorReading,
};
use super::{Nothing, POLLED};
use crate::answer::{Answer, Failure, Reply};
use crate::assets::is_known;
use crate::call::Call;
use crate::handler::{Described, Done, IntoAnswer};
use crate::params::{NonEmpty, params};
use crate::response::with;
use crate::rocketchat::ddp::signals::Signal;
use crate::rocketchat::ddp::streams::READ;
use crate::rocketchat::visitors::traces;
use crate::route::{Access, Route, route};
use crate::sightings::{is_lately, origin, version};
use crate::widget::{Appearance, Sites};

pub(crate) static ROUTES: &[&Route] = &[
    // Each visitor asks once a minute at most, and many of them may come by one address.
    &route!(Hark GET "widget", Access::Anyone, "What the widget's script has to know: whether somebody is there, how it looks, when it speaks first", launcher)
        .per_minute(600),
    &route!(Hark GET "widget/sites", Access::Permission("view-livechat-manager"), "Sites on which the widget was seen, the one that was seen last first", seen)
        .per_minute(POLLED),
    &route!(Hark POST "widget/identity", Access::Anyone, "The visitor whom a site vouches for in a signed token, with the visitor's token, for whichever browser shows it", identify)
        .each_visitor()
        .per_minute(60),
    // A window waits for what else is read before it says so again.
    &route!(Hark POST "widget/read", Access::Visitor, "The visitor has had a message of their chat on the screen, and all before it", read)
        .leaves_nothing_more()
        .per_minute(60),
];

params! {
    struct Asked {
        /// The version of the script that asks.
        loader: Option<String>,
    }

    struct Identity {
        /// The site's signed word of who the visitor is, a JWT.
        identity: NonEmpty,
        /// The token that the visitor had so far, whose chats they keep.
        token: Option<NonEmpty>,
    }

    struct Seen {
        token: NonEmpty,
        rid: NonEmpty,
        /// The id of the latest message that was on the screen.
        message: NonEmpty,
    }
}

/// A response that says already how long it is good.
struct Cacheable(Response);

impl IntoAnswer for Result<Cacheable, Failure> {
    const DESCRIBED: &'static [Described] = &[Described::of::<Launcher>(200)];

    fn into_answer(self) -> Answer {
        self.map(|Cacheable(response)| Reply::Whole(response))
    }
}

async fn launcher(call: Call, asked: Asked) -> Result<Cacheable, Failure> {
    let sites = Sites::of(&call.policy);
    let admitted = sites.admit_origin(&call.headers, &call.wire.options.site_url);
    let reason = if !call.policy.flag(settings::Livechat_enabled) {
        Some("Hark shows no chat: Livechat_enabled is off")
    } else if !admitted {
        Some("Hark shows no chat: Livechat_AllowedDomainsList does not have this site")
    } else {
        None
    };
    let enabled = reason.is_none();
    if enabled {
        see(&call, asked.loader.as_deref()).await;
    }
    let (online, triggers) = if enabled {
        let look = call.query(|call, view| {
            let online = routing::is_staffed(view, &call.policy, None)?;
            Ok((online, triggers::enabled(view)?))
        });
        look.await?
    } else {
        (false, Vec::new())
    };
    let appearance = Appearance::of(&call.policy);
    let launcher = Launcher {
        enabled,
        reason,
        online,
        language: call.policy.text(settings::Language).to_owned(),
        theme: Theme {
            title: appearance.title.to_owned(),
            color: appearance.color.to_owned(),
            offline_title: appearance.offline_title.to_owned(),
            offline_color: appearance.offline_color.to_owned(),
            position: appearance.position.to_owned(),
        },
        triggers: triggers.iter().filter_map(seen_from_the_page).collect(),
    };
    Ok(Cacheable(cacheable(&call, &sites, &launcher)))
}

/// The script runs on the page of a site. What cannot be written down is left out.
async fn see(call: &Call, loader: Option<&str>) {
    let sightings = &call.wire.sightings;
    let Some(origin) = origin(&call.headers).filter(|origin| sightings.is_due(origin, call.now))
    else {
        return;
    };
    if let Err(error) = write_down(call, &origin, version(loader)).await {
        tracing::debug!(error = %error, "a site with the widget was not written down");
    }
}

async fn write_down(call: &Call, origin: &str, loader: Option<&str>) -> hark_store::Result<()> {
    let (now, store) = (call.now, &call.wire.store);
    let asked = origin.to_owned();
    let known = store.read(move |view| widget_sites::last_seen(view, &asked));
    let is_wanted = match known.await? {
        Some(at) => !is_lately(at, now),
        None => call.wire.sightings.admits_new(now),
    };
    if is_wanted {
        let (origin, loader) = (origin.to_owned(), loader.map(str::to_owned));
        let seen = store.write(move |tx| widget_sites::see(tx, now, &origin, loader.as_deref()));
        seen.await?;
    }
    Ok(())
}

async fn seen(call: Call, _: Nothing) -> Result<Done<Page<SeenSite>>, Failure> {
    let found = call.query(|_, view| Ok(widget_sites::all(view)?));
    Ok(Done(Page {
        items: found.await?.iter().map(SeenSite::of).collect(),
        next_cursor: None,
    }))
}

async fn identify(call: Call, shown: Identity) -> Result<Done<Identified>, Failure> {
    let shown = Shown {
        identity: shown.identity.0,
        token: shown.token.map(|token| token.0),
        traces: traces(&call),
    };
    let found = call.command(move |call, cx| {
        let keys = call.wire.policies.keys();
        identity::identify(cx, keys, &shown, call.sure())
    });
    Ok(Done(Identified::of(&found.await?)))
}

async fn read(call: Call, seen: Seen) -> Result<Done<VisitorReading>, Failure> {
    let room = seen.rid.0.clone();
    let reading = call
        .command(move |_, cx| reading::read_as_visitor(cx, &seen.token, &seen.rid, &seen.message));
    let (reading, is_further) = reading.await?;
    let reading = VisitorReading::of(&reading);
    if is_further {
        let signal = Signal {
            room,
            kind: READ.to_owned(),
            told: json!({"by": "visitor", "reading": reading}),
        };
        signal.tell(&call.wire).await;
    }
    Ok(Done(reading))
}

/// A trigger whose moment the page sees; of the others the panel learns when it is open.
fn seen_from_the_page(trigger: &Trigger) -> Option<LauncherTrigger> {
    // Of several conditions widgets heed the first.
    let condition = trigger.conditions.get(0)?;
    let name = condition["name"].as_str()?;
    matches!(name, "page-url" | "time-on-site").then(|| LauncherTrigger {
        id: trigger.id.clone(),
        run_once: trigger.run_once,
        conditions: vec![Condition {
            name: name.to_owned(),
            value: condition["value"].clone(),
        }],
    })
}

fn cacheable(call: &Call, sites: &Sites, launcher: &Launcher) -> Response {
    let text = json!(launcher).to_string();
    let tag = format!("\"{}\"", &keys::hex_digest(&text)[..24]);
    let response = if is_known(&call.headers, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        text.into_response()
    };
    let described = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "public, max-age=60"),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "cross-origin",
        ),
    ];
    let mut response = with(response, described);
    if !sites.are_all() {
        response = with(response, [(header::VARY, "Origin")]);
    }
    with(response, [(header::ETAG, &tag)])
}

//! What Rocket.Chat's clients ask before they show what needs a licence there: all of it is here.

use hark_model::{accounts, tally};
use serde_json::{Value, json};

use crate::answer::{Answer, Reply};
use crate::call::Call;
use crate::params::params;
use crate::route::{Access, Route, route};

pub(crate) static ROUTES: &[&Route] = &[
    &route!(GET "licenses.info", Access::User, "What the workspace may do: everything that is there", info),
];

params! {
    struct Wanted {
        /// Whether it is counted how much of each limit is used.
        load_values as "loadValues": Option<String>,
    }
}

/// The names by which clients know what is part of Hark.
const MODULES: &[&str] = &[
    "auditing",
    "canned-responses",
    "hide-watermark",
    "livechat-enterprise",
    "omnichannel-mobile-enterprise",
    "scalability",
];

/// Nothing is limited by a licence.
const UNLIMITED: i64 = -1;

async fn info(call: Call, wanted: Wanted) -> Answer {
    let counts = wanted.load_values.as_deref() == Some("true");
    let month: String = call.now.iso().chars().take(7).collect();
    let used = call.query(move |_, view| {
        if !counts {
            return Ok(None);
        }
        let people = accounts::count_active(view)?;
        let contacts = tally::total(view, &tally::active_in(&month))?;
        Ok(Some((people, contacts)))
    });
    let used = used.await?;
    let limit = |value: Option<i64>| -> Value {
        match value {
            Some(value) => json!({"max": UNLIMITED, "value": value}),
            None => json!({"max": UNLIMITED}),
        }
    };
    Reply::object(json!({"license": {
        "activeModules": MODULES,
        "externalModules": [],
        "preventedActions": {},
        "limits": {
            "activeUsers": limit(used.map(|(people, _)| people)),
            "monthlyActiveContacts": limit(used.map(|(_, contacts)| contacts)),
        },
        "tags": [],
        "trial": false,
    }}))
}

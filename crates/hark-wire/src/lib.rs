//! The wire: what comes in over HTTP, and the bytes that go back.
//!
//! One [route table](route::Route) says of every path who may call it, what its parameters look
//! like and which command it is. Routing, the order of checks, the OpenAPI document and the test
//! that walks all routes as every kind of caller are derived from that table.
//!
//! * [`rocketchat`]: the handlers of Rocket.Chat's REST surface, a file for each aggregate
//! * [`rocketchat::ddp`]: their real-time API: its frames, its streams, and what events mean on them
//! * [`comm100`]: Comm100's webhook API and its tokens
//! * [`hark`]: the handlers of our own API
//! * [`surface`]: the APIs that are spoken here; [`answer`], [`comm100_answer`] and [`problem`]: how
//!   each of them answers, and says what is wrong
//! * [`wire`]: what every request needs, and [`router`]: from a path to a row
//! * [`dispatch`]: the way of a request: caller, rate, body, shape, permission, second factor, handler
//! * [`compressed`]: long answers on a slow line
//! * [`pace`]: how fast frames may come from a socket and from an address
//! * [`quotas`]: how much visitors may leave behind in a day
//! * [`shares`]: what callers hold of something that there is only so much of, in all and at an address
//! * [`shape`]: parameter schemas: coercion and the wording of what is wrong
//! * [`json`]: JSON of others, read within bounds; [`paging`] and [`query`]: the parameters of lists
//! * [`handler`] and [`params`]: what a route takes and answers, as types
//! * [`form`] and [`downloads`]: files on their way in and out
//! * [`widget`]: what browsers load of the visitors' widget, [`console`]: of the console of those who
//!   answer, and [`assets`]: how built files are sent
//! * [`external_routing`]: another program is asked who gets a chat, and [`trigger_services`]: what a trigger says
//! * [`windows`]: who has a window open here, and [`presence`]: the database knows of it
//! * [`operations`]: health, readiness, metrics; [`front`]: the page that says what is here

mod answer;
mod assets;
mod body;
pub mod budget;
mod call;
mod comm100;
mod comm100_answer;
mod compressed;
mod console;
mod dispatch;
mod downloads;
mod external_routing;
mod form;
mod front;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod handler;
mod hark;
mod json;
mod limits;
mod log_in;
mod mail_domains;
pub mod mail_servers;
mod meanings;
mod metrics;
mod openapi;
mod operations;
mod pace;
mod paging;
mod params;
mod pass;
mod presence;
mod problem;
mod query;
mod quiet;
mod quotas;
mod range;
mod reference;
mod response;
mod rocketchat;
mod route;
mod route_table;
mod router;
mod second_factor;
mod shape;
mod shares;
mod sightings;
mod strict;
mod surface;
mod trigger_services;
mod typists;
mod unsubscribe;
mod webhook_store;
mod welcome;
mod widget;
mod windows;
mod wire;
mod zeros;

pub use metrics::Metrics;
pub use problem::PROBLEMS;
pub use quiet::Quiet;
pub use route::{Access, Route};
pub use route_table::table;
pub use router::router;
pub use shape::{Field, Shape};
pub use shares::{Full, Share, Shares};
pub use surface::Surface;
pub use wire::{Options, Wire};

/// What the wire does without being asked.
pub fn jobs(wire: &std::sync::Arc<Wire>) -> Vec<hark_jobs::Job> {
    let (presence, pushes) = (presence::jobs(wire), rocketchat::ddp::jobs(wire));
    presence.into_iter().chain(pushes).collect()
}

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
//! * [`surface`]: the APIs that are spoken here, and [`problem`]: how ours says what is wrong
//! * [`dispatch`]: the way of a request: body, caller, rate, shape, permission, second factor, handler
//! * [`shape`]: parameter schemas: coercion and the wording of what is wrong
//! * [`form`] and [`downloads`]: files on their way in and out
//! * [`widget`]: what browsers load of the visitors' widget
//! * [`external_routing`]: another program is asked who gets a chat
//! * [`presence`]: who of us has a window open here
//! * [`operations`]: health, readiness, metrics, the front page

mod answer;
mod body;
mod call;
mod comm100;
mod dispatch;
mod downloads;
mod external_routing;
mod form;
mod hark;
mod limits;
mod log_in;
mod mail_domains;
mod metrics;
mod openapi;
mod operations;
mod paging;
mod presence;
mod problem;
mod range;
mod rocketchat;
mod route;
mod second_factor;
mod shape;
mod strict;
mod surface;
mod widget;
mod wire;

pub use metrics::Metrics;
pub use presence::keep as keep_presence;
pub use rocketchat::ddp::tell;
pub use route::{Access, Route, table};
pub use shape::{Field, Shape};
pub use surface::Surface;
pub use wire::{Options, Wire, router};

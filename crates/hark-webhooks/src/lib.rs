//! Webhooks: every moment of a chat reaches the endpoints that want to hear of it, in order.
//!
//! * [`fanout`] reads the event log, finds who wants an event, and writes what is sent, once
//! * [`dialects`]: how an event is written for whom
//! * [`lane`]: the deliveries of one endpoint on their way; retries, order, bounds
//! * [`dispatcher`]: the one node that does it, and its successor
//! * [`endpoints`], [`deliveries`], [`replays`]: what is on disk, and the commands on it

pub mod catalogue;
pub mod deliveries;
pub mod dialects;
mod dispatcher;
pub mod endpoints;
mod fanout;
pub mod guid;
mod lane;
mod metrics;
pub mod moment;
mod probe;
mod refusal;
pub mod replays;
mod request;
pub mod schedule;
pub mod signing;

pub use dispatcher::Dispatcher;
pub use metrics::Metrics;
pub use probe::{Probe, probe};
pub use refusal::Refusal;

/// Every statement of this crate, for the test that prepares and explains them on both engines.
pub fn all_statements() -> Vec<&'static hark_store::Statement> {
    [
        deliveries::RETENTION,
        deliveries::lists::ALL,
        deliveries::rows::ALL,
        endpoints::rows::ALL,
        replays::rows::ALL,
    ]
    .concat()
}

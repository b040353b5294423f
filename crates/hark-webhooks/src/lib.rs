//! Webhooks: every moment of a chat reaches the endpoints that want to hear of it, in order.
//!
//! * [`fanout`] reads the event log, finds who wants an event, and writes what is sent, once
//! * [`dialects`]: how an event is written for whom
//! * [`stretches`]: what waits in the log for an endpoint that takes nothing now
//! * [`lane`]: the deliveries of one endpoint on their way; retries, order, bounds
//! * [`dispatcher`]: the one node that does it, and its successor
//! * [`endpoints`], [`deliveries`], [`replays`]: what is on disk, and the commands on it
//! * [`retention`]: what has been kept long enough goes

pub mod catalogue;
pub mod classes;
pub mod deliveries;
pub mod dialects;
mod dispatcher;
pub mod endpoints;
mod fanout;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
pub mod guid;
pub mod headers;
mod lane;
mod metrics;
pub mod moment;
mod parts;
mod probe;
mod refusal;
pub mod replays;
mod request;
pub mod retention;
pub mod schedule;
pub mod signing;
mod stretches;
pub mod trigger;
mod written;

pub use dispatcher::jobs;
pub use metrics::Metrics;
pub use parts::Parts;
pub use probe::{Probe, probe, unmade};
pub use refusal::Refusal;

/// The job, and the lease, of the one node that makes and sends deliveries.
const LEASE: &str = "webhooks";
/// The name under which deliveries are made from the event log.
const READER: &str = "webhooks";

/// Every statement of this crate, for the test that prepares and explains them on both engines.
pub fn all_statements() -> Vec<&'static hark_store::Statement> {
    [
        deliveries::lists::ALL,
        deliveries::ALL,
        endpoints::ALL,
        endpoints::WRITES,
        replays::ALL,
        replays::WRITES,
        retention::ALL,
        stretches::ALL,
    ]
    .concat()
}

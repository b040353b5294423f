//! Opening hours.

pub mod plan;

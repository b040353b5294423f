//! Webhooks as receivers get them, in each dialect: which requests come in which order, what they
//! look like byte by byte, and what becomes of those that are not answered as they should be.
#![expect(clippy::unwrap_used, reason = "tests")]

#[expect(dead_code, reason = "no test here stops the clock")]
#[path = "../inside/mod.rs"]
mod inside;

use inside::HARK;

mod bodies;
mod comm100;
mod crm;
mod delivery;
mod schemas;
mod sequences;
mod standard;
mod trouble;
mod verification;
mod webhook_test;

//! What becomes of deliveries, as those who look after webhooks hear it.

use hark_realtime::Topic;
use hark_store::Error;
use serde_json::json;

use super::Batch;
use crate::rocketchat::ddp::streams::{GIVEN_UP, Gate, WEBHOOKS};

impl Batch<'_, '_> {
    /// Once for all events of a piece of the log: a thousand that are given up at once would fill the queue of a
    /// socket. How many there are is asked for.
    pub(super) fn given_up_ones(&mut self) -> Result<(), Error> {
        if !self.given_up {
            return Ok(());
        }
        let topic = Topic::new(WEBHOOKS, GIVEN_UP);
        let gate = Gate::Permission("view-livechat-webhooks");
        self.push(&topic, &gate, |_| Ok(json!([{"type": "changed"}])))
    }
}

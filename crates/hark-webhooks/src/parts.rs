use std::sync::Arc;

use hark_egress::Client;
use hark_model::{Policies, Policy};
use hark_store::Store;

use crate::Metrics;
use crate::moment::RenderContext;

/// What webhooks are made and sent with.
#[derive(Clone)]
pub struct Parts {
    pub store: Store,
    pub policies: Arc<Policies>,
    /// How people reach this server, without a slash at the end.
    pub site_url: Arc<str>,
    pub client: Client,
    pub metrics: Arc<Metrics>,
}

impl Parts {
    pub(crate) fn context(&self, policy: Arc<Policy>) -> RenderContext {
        RenderContext {
            site_url: Arc::clone(&self.site_url),
            policy,
            keys: Arc::clone(self.policies.keys()),
        }
    }
}

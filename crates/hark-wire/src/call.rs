use std::net::IpAddr;
use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Body;
use axum::http::HeaderMap;
use hark_chat::routing::{Method, Question};
use hark_model::accounts::Account;
use hark_model::{Context, Policy, Refusal, Who};
use hark_staff::sessions::Session;
use hark_store::{Timestamp, Tx, View};
use serde_json::Value;

use crate::answer::{Answer, Failure, Reply};
use crate::response::text;
use crate::wire::Wire;

/// A request that has passed every check of its route. Clones share it.
#[derive(Clone)]
pub struct Call {
    parts: Arc<Parts>,
}

pub struct Parts {
    pub wire: Arc<Wire>,
    pub policy: Arc<Policy>,
    pub session: Option<Session>,
    pub who: Who,
    pub now: Timestamp,
    pub address: IpAddr,
    pub headers: HeaderMap,
    /// The varying parts of the path, in its order.
    pub path: Vec<String>,
    pub params: Value,
    /// As it came, of any method.
    pub query_text: String,
    /// Of a route that takes a file; it is read once.
    pub body: Mutex<Body>,
}

/// Who calls, by the log-in that they showed.
pub fn who(session: Option<&Session>) -> Who {
    match session {
        Some(session) => Who::Account(session.account.clone()),
        None => Who::Anonymous,
    }
}

impl Deref for Call {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.parts
    }
}

impl Call {
    pub fn new(parts: Parts) -> Self {
        Self {
            parts: Arc::new(parts),
        }
    }

    /// Who calls. A route for those who are logged in has been checked for it already.
    pub fn session(&self) -> Result<&Session, Failure> {
        self.session.as_ref().ok_or(Failure::Unauthorized)
    }

    pub fn account(&self) -> Result<&Account, Refusal> {
        self.who.account().ok_or(Refusal::NotAuthorized)
    }

    pub fn may(&self, permission: &str) -> bool {
        self.who
            .account()
            .is_some_and(|account| self.policy.grants(&account.roles, permission))
    }

    /// The present for what ends by it, which nothing does because a clock leapt.
    pub fn sure(&self) -> Timestamp {
        self.wire.store.clock().sure()
    }

    pub fn take_body(&self) -> Body {
        let mut body = self.body.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *body)
    }

    pub fn path(&self, index: usize) -> &str {
        self.path.get(index).map_or("", String::as_str)
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        text(&self.headers, name)
    }

    pub fn cookie(&self, name: &str) -> Option<&str> {
        let pairs = self.header("cookie")?.split(';').map(str::trim);
        pairs
            .filter_map(|pair| pair.split_once('='))
            .find_map(|(known, value)| (known == name).then_some(value))
    }

    /// A parameter that is a text, where a route looks at its parameters by itself.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.params.get(name).and_then(Value::as_str)
    }

    pub fn flag(&self, name: &str) -> Option<bool> {
        self.params.get(name).and_then(Value::as_bool)
    }

    pub fn texts(&self, name: &str) -> Option<Vec<String>> {
        let items = self.params.get(name)?.as_array()?;
        Some(
            items
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
        )
    }

    /// Whom another program names for a chat, where it says who gets one. It is asked before the
    /// command, which must wait for nobody.
    pub async fn suggested(
        &self,
        question: impl Fn(&Self, &mut View<'_>) -> Result<Option<Question>, Refusal> + Send + 'static,
    ) -> Result<Option<String>, Refusal> {
        if Method::of(&self.policy) != Method::External {
            return Ok(None);
        }
        Ok(match self.query(question).await? {
            Some(question) => self.wire.suggested(&self.policy, &question).await?,
            None => None,
        })
    }

    /// Looks at one moment of the store.
    pub async fn query<T: Send + 'static>(
        &self,
        query: impl Fn(&Self, &mut View<'_>) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let call = self.clone();
        self.wire.store.read(move |view| query(&call, view)).await
    }

    /// Whose units bound what the caller sees by a permission.
    pub fn bound(&self, permission: &str) -> Option<String> {
        let account = &self.session.as_ref()?.account;
        self.policy.bound(account, permission).map(str::to_owned)
    }

    /// The same where any of some permissions is enough.
    pub fn bound_by_any(&self, permissions: &[&str]) -> Option<String> {
        let account = &self.session.as_ref()?.account;
        let bound = self.policy.bound_by_any(account, permissions);
        bound.map(str::to_owned)
    }

    /// Runs a command of which nothing is answered but that it was done.
    pub async fn done<T: Send + 'static>(
        &self,
        command: impl Fn(&Self, &mut Context<'_, '_>) -> Result<T, Refusal> + Send + 'static,
    ) -> Answer {
        self.command(command).await?;
        Reply::done()
    }

    /// Runs a command for the one who calls, and answers when it is durable.
    pub async fn command<T: Send + 'static>(
        &self,
        command: impl Fn(&Self, &mut Context<'_, '_>) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        self.wire.store.write(self.run(command)).await
    }

    /// A command that changes nothing but what belongs to one chat, such as a message, of which there are many.
    pub async fn command_in<T: Send + 'static>(
        &self,
        rid: &str,
        command: impl Fn(&Self, &mut Context<'_, '_>) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        self.wire.store.write_in(rid, self.run(command)).await
    }

    fn run<T>(
        &self,
        command: impl Fn(&Self, &mut Context<'_, '_>) -> Result<T, Refusal> + Send + 'static,
    ) -> impl Fn(&mut Tx<'_>) -> Result<T, Refusal> + Send + 'static {
        let call = self.clone();
        move |tx| {
            let policies = &call.wire.policies;
            policies.command(tx, call.now, &call.who, |cx| command(&call, cx))
        }
    }
}

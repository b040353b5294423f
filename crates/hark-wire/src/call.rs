use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Body;
use axum::http::HeaderMap;
use hark_chat::accounts::Account;
use hark_chat::routing::{Method, Question};
use hark_chat::sessions::Session;
use hark_chat::{Actor, Policy, Refusal};
use hark_store::{Error, Timestamp, Tx, View};
use serde_json::Value;

use crate::answer::Failure;
use crate::wire::Wire;

/// A request that has passed every check of its route.
pub struct Call {
    pub wire: Arc<Wire>,
    pub policy: Arc<Policy>,
    pub session: Option<Session>,
    pub now: Timestamp,
    pub address: IpAddr,
    pub headers: HeaderMap,
    /// The varying parts of the path, in its order.
    pub path: Vec<String>,
    pub params: Value,
    /// Of a route that takes a file; it is read once.
    pub body: Mutex<Body>,
}

impl Call {
    /// Who calls. A route for those who are logged in has been checked for it already.
    pub fn session(&self) -> Result<&Session, Failure> {
        self.session.as_ref().ok_or(Failure::Unauthorized)
    }

    pub fn account(&self) -> Result<&Account, Failure> {
        self.session().map(|session| &session.account)
    }

    pub fn actor(&self) -> Result<Actor, Failure> {
        self.account().map(Account::actor)
    }

    /// Whether the caller's roles grant a permission.
    pub fn may(&self, permission: &str) -> bool {
        self.session
            .as_ref()
            .is_some_and(|session| self.policy.grants(&session.account.roles, permission))
    }

    /// The body of a route that takes a file.
    pub fn take_body(&self) -> Body {
        let mut body = self.body.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *body)
    }

    pub fn path(&self, index: usize) -> &str {
        self.path.get(index).map_or("", String::as_str)
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    pub fn cookie(&self, name: &str) -> Option<&str> {
        let pairs = self.header("cookie")?.split(';').map(str::trim);
        pairs
            .filter_map(|pair| pair.split_once('='))
            .find_map(|(known, value)| (known == name).then_some(value))
    }

    /// A text inside of a parameter: `inner("visitor", "token")`.
    pub fn inner(&self, outer: &str, name: &str) -> Option<&str> {
        self.params.get(outer)?.get(name)?.as_str()
    }

    /// A parameter that is a text.
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

    pub async fn read<T: Send + 'static>(
        &self,
        query: impl Fn(&mut View<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Failure> {
        Ok(self.wire.store.read(query).await?)
    }

    /// Reads what the caller may be refused.
    pub async fn look<T: Send + 'static>(
        &self,
        query: impl Fn(&mut View<'_>) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Failure> {
        Ok(self.wire.store.read(query).await?)
    }

    /// Whom another program names for a chat, where it says who gets one. It is asked before the
    /// command, which must wait for nobody.
    pub async fn suggested(
        &self,
        question: impl Fn(&mut View<'_>) -> Result<Option<Question>, Refusal> + Send + 'static,
    ) -> Result<Option<String>, Failure> {
        if Method::of(&self.policy) != Method::External {
            return Ok(None);
        }
        Ok(match self.look(question).await? {
            Some(question) => self.wire.suggested(&self.policy, &question).await?,
            None => None,
        })
    }

    pub async fn write<T: Send + 'static>(
        &self,
        command: impl Fn(&mut Tx<'_>) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Failure> {
        Ok(self.wire.store.write(command).await?)
    }
}

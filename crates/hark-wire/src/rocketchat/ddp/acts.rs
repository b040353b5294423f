//! The methods that concern a connection itself: log-in, presence, and what lasts only a moment.

use std::sync::Arc;

use hark_chat::accounts::{self, Account, Presence};
use hark_chat::sessions::{self, Fresh, Login};
use hark_chat::{Policy, Refusal, connections, rooms, visitors};
use hark_store::Tx;
use serde_json::{Value, json};

use super::super::login as entry;
use super::super::methods::{self, Outcome, match_failed, text};
use super::passing::{Doing, WRITES};
use super::streams::{ACTIVITY, Gate, Look, Pass, TYPING};
use super::{Connection, LONGEST_EVENT, frames};
use crate::answer::Failure;
use crate::call::Call;
use crate::dispatch::allowance;
use crate::limits::Caller;
use crate::log_in::{Declined, log_in};
use crate::presence::VisitorWindow;
use crate::wire::Wire;

/// What somebody may be said to do, and how many such things at once.
const LONGEST_ACTIVITY: usize = 50;
const MOST_ACTIVITIES: usize = 10;
/// Days for which a token without an end is said to be good.
const FOREVER: i64 = 36_500;

impl Connection {
    pub(super) async fn perform(&mut self, name: &str, params: &Value) -> Outcome {
        let params = params.as_array().map_or(&[][..], Vec::as_slice);
        let call = self.call().await?;
        if call.session.is_none() {
            self.login = None;
        }
        match name {
            "login" => self.log_in(&call, params).await,
            "logout" => self.end_log_in(&call).await,
            "livechat:setUpConnection" => self.set_up(params).await,
            "livechat:loginByToken" => visitor_of(&call, params).await,
            "stream-notify-room" => self.notify_room(&call, params).await,
            "UserPresence:online" => set_idle(&call, false).await,
            "UserPresence:away" => set_idle(&call, true).await,
            "UserPresence:setDefaultStatus" => {
                be(&call, text(params, 0).ok_or_else(match_failed)?).await
            }
            _ => methods::perform(&call, name, params).await,
        }
    }

    /// With a password, with one and a code, or with the token of an earlier log-in.
    async fn log_in(&mut self, call: &Call, params: &[Value]) -> Outcome {
        let given = params.first().unwrap_or(&Value::Null);
        if let Some(token) = given["resume"].as_str() {
            return self.enter(call, token, "resume").await;
        }
        let (given, code) = match given.get("totp") {
            Some(both) => (&both["login"], both["code"].as_str()),
            None => (given, None),
        };
        let (Some(login), Some(offered)) = (entry::who(given), entry::password(given)) else {
            call.wire.metrics.log_in("incomplete");
            return Err(match_failed());
        };
        slow_down(call)?;
        let token = Fresh::make()?.token;
        let kept = token.clone();
        let begin =
            move |tx: &mut Tx<'_>, now, policy: &Policy, account: &Account, login: &Login| {
                sessions::begin(tx, now, policy, account, Some(login), &kept).map(drop)
            };
        match log_in(call, login, offered, code.unwrap_or_default(), begin).await {
            Ok(_) => self.enter(call, &token, "password").await,
            Err(Declined::Unknown) => Err(Failure::coded("User not found", "403")),
            Err(declined) => Err(entry::declined(declined)),
        }
    }

    async fn enter(&mut self, call: &Call, token: &str, way: &str) -> Outcome {
        let (now, shown) = (call.now, token.to_owned());
        let session = call
            .read(move |view| sessions::find_by_token(view, now, &shown))
            .await?;
        let Some(session) = session else {
            call.wire.metrics.log_in("refused");
            let words = "You've been logged out by the server. Please log in again.";
            return Err(Failure::coded(words, "403"));
        };
        if way == "resume" {
            call.wire.metrics.log_in("resumed");
        }
        self.login = Some(token.into());
        self.window = match session.for_program || session.personal {
            true => None,
            false => Some(self.wire.windows.open(&session.account.id).await),
        };
        // Clients insist on a date.
        let until = session.expires_at;
        let until = until.unwrap_or_else(|| call.now.plus_days(FOREVER));
        Ok(json!({
            "id": session.account.id,
            "token": token,
            "tokenExpires": {"$date": until.millis()},
            "type": way,
        }))
    }

    async fn end_log_in(&mut self, call: &Call) -> Outcome {
        self.login = None;
        // A personal access token is taken back by its name, not by using it.
        if let Some(session) = call.session.as_ref().filter(|session| !session.personal) {
            let (now, hash) = (call.now, session.hash.clone());
            call.write(move |tx| Ok(sessions::end(tx, now, &hash)?))
                .await?;
        }
        Ok(Value::Null)
    }

    /// A widget says whose window this is: when the last one closes, he is gone. It says so as soon as
    /// it is there, when he may not have registered yet.
    async fn set_up(&mut self, params: &[Value]) -> Outcome {
        let token = params.first().and_then(|given| given["token"].as_str());
        let token = token.ok_or_else(match_failed)?;
        let window =
            (token.len() <= LONGEST_EVENT).then(|| self.wire.windows.open_for_visitor(token));
        if let Some(before) = std::mem::replace(&mut self.visitor, window) {
            close(&self.wire, before).await;
        }
        Ok(Value::Null)
    }

    /// `stream-notify-room("<room>/user-activity", name, activities, {token})`: somebody writes, or
    /// stops. It is told to those who look at the room now, and to nobody later. Older widgets say
    /// and hear the same under `<room>/typing`, as yes or no.
    async fn notify_room(&mut self, call: &Call, params: &[Value]) -> Outcome {
        let event = text(params, 0).ok_or_else(match_failed)?;
        let username = text(params, 1).ok_or_else(match_failed)?.to_owned();
        // Widgets say no to a call, without showing who they are. There are no calls, and nobody waits.
        if event.ends_with("/call") && username == "decline" {
            return Ok(Value::Null);
        }
        let doing = params.get(2);
        let (rid, activities) = match event.split_once('/') {
            Some((rid, ACTIVITY)) => (rid.to_owned(), activities(doing)),
            Some((rid, TYPING)) => (rid.to_owned(), doing.and_then(Value::as_bool).map(written)),
            _ => return Err(frames::not_allowed()),
        };
        let activities = activities.ok_or_else(match_failed)?;
        let shown = params.get(3).unwrap_or(&Value::Null);
        let passes = self.passes(shown);
        let doing = Doing {
            room: rid,
            username,
            activities,
        };
        let (policy, now) = (Arc::clone(&call.policy), call.now);
        let (wire, session) = (Arc::clone(&self.wire), call.session.clone());
        let told = doing.clone();
        let to = call
            .read(move |view| {
                let Some(room) = rooms::find(view, &told.room)? else {
                    return Ok(None);
                };
                let guest = room.visitor.as_ref().map(|guest| guest.username.clone());
                let mut look = Look::new(view, Arc::clone(&policy), now);
                let gate = Gate::Room(Box::new(room));
                let mut may_speak = false;
                for pass in &passes {
                    let own_name = match pass {
                        Pass::Visitor(_) => guest.as_deref(),
                        Pass::Login(_) => session
                            .as_ref()
                            .map(|session| session.account.username.as_str()),
                        Pass::Nobody => None,
                    };
                    may_speak |= own_name == Some(&*told.username) && look.admits(&gate, pass)?;
                }
                if !may_speak {
                    return Ok(None);
                }
                told.hearers(&wire, &mut look, &gate).map(Some)
            })
            .await?;
        let to = to.ok_or_else(frames::not_allowed)?;
        doing.tell(&self.wire, to, Some(self.seat.id()));
        doing.pass_on(&self.wire);
        Ok(Value::Null)
    }
}

/// A password that is offered here counts as one that is offered over REST. The token of an earlier
/// log-in does not: after a restart a whole office comes back from one address.
fn slow_down(call: &Call) -> Result<(), Failure> {
    let mut routes = entry::ROUTES.iter();
    let Some(route) = routes.find(|route| route.name == "login") else {
        return Ok(());
    };
    let session = call.session.as_ref();
    let caller = Caller {
        address: call.address,
        visitor: None,
    };
    let allowance = allowance(&call.wire, route, &call.policy, session, caller, call.now);
    let Some(allowance) = allowance.filter(|allowance| allowance.exceeded) else {
        return Ok(());
    };
    let millis = allowance.resets_at.millis_since(call.now);
    let seconds = millis.div_euclid(1_000) + 1;
    let words = format!("Too many attempts. Try again in {seconds} seconds.");
    Err(Failure::coded(words, "too-many-requests").with(json!({"timeToReset": millis})))
}

fn activities(given: Option<&Value>) -> Option<Vec<String>> {
    let given = given?.as_array()?;
    let texts: Option<Vec<&str>> = given.iter().map(Value::as_str).collect();
    let texts = texts.filter(|texts| {
        texts.len() <= MOST_ACTIVITIES && texts.iter().all(|text| text.len() <= LONGEST_ACTIVITY)
    })?;
    Some(texts.into_iter().map(str::to_owned).collect())
}

fn written(writes: bool) -> Vec<String> {
    Vec::from_iter(writes.then(|| WRITES.to_owned()))
}

/// `livechat:loginByToken(token)`: the visitor's id, if he is known.
async fn visitor_of(call: &Call, params: &[Value]) -> Outcome {
    let token = text(params, 0).ok_or_else(match_failed)?.to_owned();
    let visitor = call
        .read(move |view| visitors::find_by_token(view, &token))
        .await?;
    Ok(visitor.map_or(Value::Null, |visitor| json!({"_id": visitor.id})))
}

/// A window says whether its owner does anything in it.
async fn set_idle(call: &Call, idle: bool) -> Outcome {
    let (now, account) = (call.now, login_of(call)?.clone());
    let shown = if idle { "away" } else { "online" };
    if account.status != shown && account.status_default == "online" {
        call.write(move |tx| Ok(connections::set_idle(tx, now, &account.id, idle)?))
            .await?;
    }
    Ok(Value::Null)
}

fn login_of(call: &Call) -> Result<&Account, Failure> {
    let session = call.session.as_ref();
    let account = session.map(|session| &session.account);
    account.ok_or_else(|| Failure::coded("Invalid user", "error-invalid-user"))
}

/// Someone says of himself how he can be reached.
async fn be(call: &Call, status: &str) -> Outcome {
    let account = login_of(call)?.clone();
    if account.status == status {
        return Ok(Value::Null);
    }
    let presence = Presence::parse(status)?;
    let (now, policy) = (call.now, Arc::clone(&call.policy));
    call.write(move |tx| {
        let who = account.actor();
        let id = &account.id;
        accounts::set_status(tx, &who, now, &policy, id, Some(presence), None).map(drop)
    })
    .await?;
    Ok(Value::Null)
}

/// A window of a visitor who said that it was his is closed.
pub(super) async fn close(wire: &Wire, window: VisitorWindow) {
    let token = Arc::clone(window.token());
    drop(window);
    if wire.windows.has_visitor(&token) {
        return;
    }
    let now = wire.store.clock().now();
    let left = wire
        .store
        .write(move |tx| visitors::set_status(tx, now, &token, "offline"));
    match left.await {
        Ok(()) | Err(Refusal::InvalidToken) => {}
        Err(refusal) => {
            tracing::debug!(error = %refusal, "a visitor's absence was not written down");
        }
    }
}

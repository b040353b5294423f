//! The methods that concern a connection itself: log-in, presence, and what lasts only a moment.

use std::sync::Arc;

use hark_chat::access;
use hark_model::accounts::{Account, Presence};
use hark_model::{Refusal, Who, rooms};
use hark_staff::connections;
use hark_staff::sessions::{self, Fresh};
use serde_json::{Value, json};

use super::super::login as entry;
use super::super::method_table;
use super::super::methods::{Outcome, arguments, count, match_failed};
use super::signals::Signal;
use super::streams::{ACTIVITY, Gate, Look, TYPING, UNFINISHED, VIEWERS};
use super::typing::{Activity, WRITES};
use super::{Connection, LONGEST_EVENT, MOST_UNFINISHED, frames};
use crate::answer::Failure;
use crate::call::Call;
use crate::log_in::{Begins, Declined, log_in};
use crate::params::params;
use crate::pass::Pass;
use crate::widget::shows_unfinished_words;
use crate::windows::VisitorWindow;
use crate::wire::Wire;

/// What somebody may be said to do, and how many such things at once.
const LONGEST_ACTIVITY: usize = 50;
const MOST_ACTIVITIES: usize = 10;
/// Days for which a token without an end is said to be good.
const FOREVER: i64 = 36_500;

params! {
    struct WindowOf: OpenObject {
        token: String,
    }
}

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
            "livechat:setUpConnection" => self.set_up(arguments(params)?).await,
            "stream-notify-room" => self.notify_room(&call, arguments(params)?).await,
            "stream-hark-conversation" => self.signal(&call, arguments(params)?).await,
            "UserPresence:online" => set_idle(&call, false).await,
            "UserPresence:away" => set_idle(&call, true).await,
            "UserPresence:setDefaultStatus" => {
                let (status,): (String,) = arguments(params)?;
                be(&call, &status).await
            }
            _ => method_table::perform(&call, name, params).await,
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
        // As over REST. The token of an earlier log-in does not count: after a restart a whole office comes
        // back from one address.
        count(call, &entry::LOG_IN, None)?;
        let token = Fresh::make()?.token;
        let begins = Begins::Session(token.clone());
        match log_in(call, login, offered, code.unwrap_or_default(), begins).await {
            Ok(_) => self.enter(call, &token, "password").await,
            Err(Declined::Unknown) => Err(Failure::coded("User not found [403]")),
            Err(declined) => Err(entry::declined(declined)),
        }
    }

    async fn enter(&mut self, call: &Call, token: &str, way: &str) -> Outcome {
        let shown = token.to_owned();
        let ended = self.wire.log_ins_ended();
        let session = call
            .query(move |call, view| Ok(sessions::find_by_token(view, call.sure(), &shown)?))
            .await?;
        let Some(session) = session else {
            call.wire.metrics.log_in("refused");
            let words = "You've been logged out by the server. Please log in again. [403]";
            return Err(Failure::coded(words));
        };
        if way == "resume" {
            call.wire.metrics.log_in("resumed");
        }
        self.login = Some(token.into());
        self.saw_good(&session, ended);
        self.window = if session.for_program || session.personal {
            None
        } else {
            Some(self.wire.windows.open(&session.account.id).await)
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
            let hash = session.hash.clone();
            call.command(move |_, cx| sessions::end(cx, &hash)).await?;
            self.wire.log_in_ended();
        }
        Ok(Value::Null)
    }

    /// A widget says which visitor this window is of: when the last one closes, they are gone. It says
    /// so as soon as it is there, when they may not have registered yet.
    async fn set_up(&mut self, (owner,): (WindowOf,)) -> Outcome {
        let token = owner.token;
        let window =
            (token.len() <= LONGEST_EVENT).then(|| self.wire.windows.open_for_visitor(&token));
        if let Some(before) = std::mem::replace(&mut self.visitor, window) {
            close(&self.wire, before).await;
        }
        Ok(Value::Null)
    }

    /// `stream-notify-room("<room>/user-activity", name, activities, {token})`: somebody writes, or
    /// stops. Those who look at the room now hear of it, and nobody later. Older widgets say
    /// and hear the same under `<room>/typing`, as yes or no.
    async fn notify_room(
        &mut self,
        call: &Call,
        (event, username, doing, shown): (String, String, Option<Value>, Option<Value>),
    ) -> Outcome {
        // Widgets say no to a call, without showing who they are. How a call goes is said, and kept, by
        // `livechat/visitor.callStatus`; nobody waits for this.
        if event.ends_with("/call") && username == "decline" {
            return Ok(Value::Null);
        }
        let doing = doing.as_ref();
        let (rid, activities) = match event.split_once('/') {
            Some((rid, ACTIVITY)) => (rid.to_owned(), activities(doing)),
            Some((rid, TYPING)) => (rid.to_owned(), doing.and_then(Value::as_bool).map(written)),
            _ => return Err(frames::not_allowed()),
        };
        let activities = activities.ok_or_else(match_failed)?;
        let passes = self.passes(&shown.unwrap_or_default());
        let activity = Activity {
            room: rid,
            username,
            activities,
        };
        let wanted = activity.clone();
        let to = call
            .query(move |call, view| {
                let Some(room) = rooms::find(view, &wanted.room)? else {
                    return Ok(None);
                };
                let guest = room.visitor.as_ref().map(|guest| guest.username.clone());
                let clock = call.wire.store.clock();
                let mut look = Look::new(view, Arc::clone(&call.policy), clock);
                let gate = Gate::Room(Arc::new(room));
                let mut may_speak = false;
                for pass in &passes {
                    let own_name = match pass {
                        Pass::Visitor(_) => guest.as_deref(),
                        Pass::Login(_) => {
                            let account = call.who.account();
                            account.map(|account| account.username.as_str())
                        }
                        Pass::Nobody => None,
                    };
                    may_speak |= own_name == Some(&*wanted.username) && look.admits(&gate, pass)?;
                }
                if !may_speak {
                    return Ok(None);
                }
                Ok(Some(wanted.hearers(&call.wire, &mut look, &gate)?))
            })
            .await?;
        let to = to.ok_or_else(frames::not_allowed)?;
        activity.tell(&self.wire, to, Some(self.seat.id()));
        Ok(Value::Null)
    }
}

impl Connection {
    /// `stream-hark-conversation("<room>/viewers", state)`: one who works here looks at a chat, writes there, or
    /// has gone; they say so again every while. `("<room>/unfinished", text, {token})`: what a visitor has
    /// written so far.
    async fn signal(
        &mut self,
        call: &Call,
        (event, what, shown): (String, String, Option<Value>),
    ) -> Outcome {
        let passes = self.passes(&shown.unwrap_or_default());
        let signal = match event.split_once('/') {
            Some((rid, VIEWERS)) => looking(call, rid, &what).await?,
            Some((rid, UNFINISHED)) => unfinished(call, rid, &what, passes).await?,
            _ => None,
        };
        let signal = signal.ok_or_else(frames::not_allowed)?;
        signal.tell(&self.wire).await;
        Ok(Value::Null)
    }
}

async fn looking(call: &Call, rid: &str, state: &str) -> Result<Option<Signal>, Failure> {
    const STATES: [&str; 3] = ["looking", "writing", "gone"];
    if call.session.is_none() || !STATES.contains(&state) {
        return Ok(None);
    }
    let (id, told) = (rid.to_owned(), state.to_owned());
    let look = call.query(move |call, view| {
        let account = call.account()?;
        let Some(room) = rooms::find(view, &id)? else {
            return Ok(None);
        };
        if !access::may_see(view, &call.policy, account, &room)? {
            return Ok(None);
        }
        Ok(Some(json!({
            "id": account.id,
            "username": account.username,
            "name": account.name,
            "state": told,
        })))
    });
    let told = look.await?;
    Ok(told.map(|told| Signal {
        room: rid.to_owned(),
        kind: VIEWERS.to_owned(),
        told,
    }))
}

/// Only where the settings ask for it, and ask visitors for their consent.
async fn unfinished(
    call: &Call,
    rid: &str,
    text: &str,
    passes: Vec<Pass>,
) -> Result<Option<Signal>, Failure> {
    if !shows_unfinished_words(&call.policy) {
        return Ok(None);
    }
    let id = rid.to_owned();
    let look = call.query(move |_, view| {
        let room = rooms::find(view, &id)?;
        let guest = room.filter(|room| room.open).and_then(|room| room.visitor);
        let Some(guest) = guest else {
            return Ok(false);
        };
        let owns = |pass: &Pass| matches!(pass, Pass::Visitor(token) if **token == *guest.token);
        Ok(passes.iter().any(owns))
    });
    let owns = look.await?;
    let text: String = text.chars().take(MOST_UNFINISHED).collect();
    Ok(owns.then(|| Signal {
        room: rid.to_owned(),
        kind: UNFINISHED.to_owned(),
        told: json!({"text": text}),
    }))
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

/// A window says whether its owner does anything in it.
async fn set_idle(call: &Call, idle: bool) -> Outcome {
    let account = login_of(call)?;
    let shown = if idle { "away" } else { "online" };
    if account.status != shown && account.status_default == "online" {
        call.command(move |_, cx| connections::set_idle(cx, idle))
            .await?;
    }
    Ok(Value::Null)
}

fn login_of(call: &Call) -> Result<&Account, Failure> {
    let session = call.session.as_ref();
    let account = session.map(|session| &session.account);
    account.ok_or_else(|| Failure::coded("Invalid user [error-invalid-user]"))
}

/// People say of themselves how they can be reached.
async fn be(call: &Call, status: &str) -> Outcome {
    let account = login_of(call)?;
    if account.status == status {
        return Ok(Value::Null);
    }
    let (id, presence) = (account.id.clone(), Presence::asked(status)?);
    call.command(move |_, cx| hark_staff::accounts::set_status(cx, &id, Some(presence), None))
        .await?;
    Ok(Value::Null)
}

/// A window that was known to be a visitor's is closed.
pub(super) async fn close(wire: &Arc<Wire>, window: VisitorWindow) {
    let token = Arc::clone(window.token());
    drop(window);
    if wire.windows.has_visitor(&token) {
        return;
    }
    let left = wire.command(Who::Anonymous, move |cx| {
        hark_chat::visitors::set_status(cx, &token, "offline")
    });
    match left.await {
        Ok(()) | Err(Refusal::InvalidToken) => {}
        Err(refusal) => {
            tracing::debug!(error = %refusal, "a visitor's absence was not written down");
        }
    }
}

//! What one connection listens to, and by which right.

use std::sync::Arc;

use axum::extract::ws::Utf8Bytes;
use hark_realtime::Topic;
use hark_store::Error;
use serde_json::{Value, json};

use super::streams::{CHAT, Look, PRESENCE, topic};
use super::{
    Connection, End, Going, LONGEST_EVENT, MOST_TOPICS, MOST_TOPICS_LOGGED_IN, against_rules,
    frames,
};
use crate::answer::Failure;
use crate::pass::Pass;
use crate::rocketchat::widget;

const LONGEST_ID: usize = 100;
/// People whose presence one subscription asks for.
const MOST_PEOPLE: usize = 500;

pub(super) struct Subscribed {
    /// Its topics, as its seat counts them.
    numbers: Vec<u64>,
    by_login: bool,
}

impl Connection {
    pub(super) async fn subscribe(&mut self, frame: &Value) -> Going {
        let id = id_of(frame)?;
        // After a reconnect clients repeat themselves.
        if self.topics.contains_key(id) {
            return Ok(());
        }
        let most = match self.login {
            Some(_) => MOST_TOPICS_LOGGED_IN,
            None => MOST_TOPICS,
        };
        // One of nobody's presence is a subscription too.
        let heard = self.topics.values().map(|one| one.numbers.len().max(1));
        let heard: usize = heard.sum();
        if heard >= most {
            return Err(against_rules("too many subscriptions"));
        }
        let stream = frame["name"].as_str().unwrap_or_default();
        let event = frame["params"][0].as_str().unwrap_or_default();
        let topic = topic(stream, event).filter(|_| event.len() <= LONGEST_EVENT);
        let Some(topic) = topic else {
            let unknown = Failure::coded(format!("Subscription '{stream}' not found [404]"));
            return self.say(&frames::nosub(id, Some(unknown))).await;
        };
        let passes = self.passes(&frame["params"][1]["args"][0]);
        let (wire, sought) = (Arc::clone(&self.wire), topic.clone());
        let look = self.wire.store.read(move |view| {
            let policy = wire.policies.at(view)?;
            let mut look = Look::new(view, policy, wire.store.clock());
            let Some(gate) = look.gate(&sought)? else {
                return Ok(None);
            };
            for pass in &passes {
                if look.admits(&gate, pass)? {
                    let places = widget::shows_places(&look.policy);
                    return Ok(Some((pass.clone(), places)));
                }
            }
            Ok::<_, Error>(None)
        });
        let refusal = match look.await {
            Ok(Some((pass, places))) => {
                let by_login = matches!(pass, Pass::Login(_));
                let topics = several(topic, &frame["params"][1]);
                if heard + topics.len() > most {
                    return Err(against_rules("too many subscriptions"));
                }
                let waits_for = (places && stream == CHAT && !by_login).then(|| event.to_owned());
                let topics = topics.into_iter();
                let numbers = topics.map(|topic| self.seat.listen(topic, pass.clone()));
                let numbers = numbers.collect();
                let subscribed = Subscribed { numbers, by_login };
                self.topics.insert(id.to_owned(), subscribed);
                self.say(&frames::ready(id)).await?;
                return match waits_for {
                    Some(rid) => self.push_place(rid).await,
                    None => Ok(()),
                };
            }
            Ok(None) => frames::not_allowed(),
            Err(error) => error.into(),
        };
        self.say(&frames::nosub(id, Some(refusal))).await
    }

    /// A visitor's window begins to listen, mostly after the queue has moved to where they stand in it:
    /// their place at this moment is pushed to it.
    async fn push_place(&mut self, rid: String) -> Going {
        let (wire, topic) = (Arc::clone(&self.wire), Topic::new(CHAT, rid.as_str()));
        let place = self.wire.store.read(move |view| {
            let policy = wire.policies.at(view)?;
            widget::place_in_queue(view, &policy, &rid)
        });
        // Without an answer it hears of its place when the queue moves.
        let Ok(Some(place)) = place.await else {
            return Ok(());
        };
        let args = json!([{"type": "queueData", "data": place}]);
        match Utf8Bytes::try_from(frames::changed(&topic, &args)) {
            Ok(frame) => self.send(frame).await,
            Err(_) => Ok(()),
        }
    }

    /// What a client has to show: the token of a visitor in its arguments, its log-in, nothing.
    pub(super) fn passes(&self, shown: &Value) -> Vec<Pass> {
        let token = ["visitorToken", "token"]
            .iter()
            .find_map(|name| shown[*name].as_str())
            .filter(|token| !token.is_empty() && token.len() <= LONGEST_EVENT);
        let visitor = token.map(|token| Pass::Visitor(token.into()));
        let login = self.login.clone().map(Pass::Login);
        visitor
            .into_iter()
            .chain(login)
            .chain([Pass::Nobody])
            .collect()
    }

    fn stop(&mut self, subscribed: &Subscribed) {
        for number in &subscribed.numbers {
            self.seat.stop(*number);
        }
    }

    pub(super) async fn unsubscribe(&mut self, frame: &Value) -> Going {
        let id = id_of(frame)?;
        if let Some(subscribed) = self.topics.remove(id) {
            self.stop(&subscribed);
        }
        self.say(&frames::nosub(id, None)).await
    }

    /// The log-in is over, and with it all that was heard by its right.
    pub(super) async fn log_out(&mut self) -> Going {
        (self.login, self.window) = (None, None);
        let gone = self.topics.extract_if(|_, subscribed| subscribed.by_login);
        let gone: Vec<(String, Subscribed)> = gone.collect();
        for (id, subscribed) in gone {
            self.stop(&subscribed);
            let why = Some(frames::not_allowed());
            self.say(&frames::nosub(&id, why)).await?;
        }
        Ok(())
    }
}

/// Of people's presence several are heard of at once: those whom the client names beside.
fn several(topic: Topic, options: &Value) -> Vec<Topic> {
    if topic.stream != PRESENCE {
        return vec![topic];
    }
    let added = options["added"].as_array().into_iter().flatten();
    let people = added.filter_map(Value::as_str);
    let people = people.filter(|id| id.len() <= LONGEST_ID).take(MOST_PEOPLE);
    people.map(|id| Topic::new(topic.stream, id)).collect()
}

fn id_of(frame: &Value) -> Result<&str, End> {
    let id = frame["id"].as_str().filter(|id| id.len() <= LONGEST_ID);
    id.ok_or_else(|| against_rules("a subscription has an id"))
}

//! What those who work there do with a chat besides answering, and what else a visitor may do.

use serde_json::{Value, json};

use super::super::client::{ApiError, text};
use super::super::conversations::Work;
use super::Chat;

/// Within how many minutes the shop promises an agent to those who wait.
const PROMISE: &str = "Half an hour";

impl Chat {
    pub(super) async fn work(&mut self, work: &Work) -> Result<(), ApiError> {
        self.pause(2.0).await;
        match work {
            Work::Ranks => self.rank().await,
            Work::Promises => self.promise().await,
            Work::Joins => self.join().await,
            Work::Notes(first, better) => self.note(first, better).await,
            Work::WritesDown { topic, phone } => self.write_down(topic, phone).await,
            Work::Holds => self.hold().await,
            Work::Returns => self.give_back().await,
        }
    }

    async fn rank(&self) -> Result<(), ApiError> {
        let lead = &self.shared.team.lead;
        let priorities = lead.api.get("livechat/priorities?count=1").await?;
        let urgent = json!({"priorityId": priorities["priorities"][0]["_id"]});
        let path = format!("livechat/room/{}/priority", self.room);
        lead.api.post(&path, &urgent).await?;
        self.tells(lead.name, "puts the chat ahead of others");
        Ok(())
    }

    async fn promise(&self) -> Result<(), ApiError> {
        let team = &self.shared.team;
        let found = team.admin.get("livechat/sla?count=100").await?;
        let known = found["sla"].as_array().into_iter().flatten();
        let mut known = known.filter(|one| one["name"] == PROMISE);
        let id = match known.next() {
            Some(known) => text(&known["_id"]),
            None => {
                let new =
                    json!({"name": PROMISE, "description": "For parcels", "dueTimeInMinutes": 30});
                text(&team.admin.post("livechat/sla", &new).await?["sla"]["_id"])
            }
        };
        self.save(&json!({}), &json!({"slaId": id})).await?;
        self.tells(team.lead.name, "promises an agent within half an hour");
        Ok(())
    }

    async fn join(&self) -> Result<(), ApiError> {
        let lead = &self.shared.team.lead;
        let path = format!("livechat/room.join?roomId={}", self.room);
        lead.api.get(&path).await?;
        self.tells(lead.name, "comes into the chat");
        Ok(())
    }

    /// Written, put right, and taken away with what is no longer true.
    async fn note(&self, first: &str, better: &str) -> Result<(), ApiError> {
        let lead = &self.shared.team.lead;
        let path = format!("hark/v1/conversations/{}/notes", self.room);
        let note = lead.api.post(&path, &json!({"text": first})).await?;
        let path = format!("{path}/{}", text(&note["id"]));
        lead.api.patch(&path, &json!({"text": better})).await?;
        self.tells(lead.name, format_args!("notes: {better}"));
        lead.api.delete(&path, &Value::Null).await?;
        self.tells(lead.name, "takes the note back");
        Ok(())
    }

    async fn write_down(&self, topic: &str, phone: &str) -> Result<(), ApiError> {
        let room = json!({"topic": topic, "tags": ["parcel"]});
        self.save(&json!({"phone": phone}), &room).await?;
        let words = format!("writes down {phone}, and what it is about: {topic}");
        self.tells(self.shared.team.lead.name, words);
        Ok(())
    }

    async fn save(&self, of_guest: &Value, of_room: &Value) -> Result<(), ApiError> {
        let (mut guest, mut room) = (of_guest.clone(), of_room.clone());
        guest["_id"] = json!(self.visitor_id);
        room["_id"] = json!(self.room);
        let body = json!({"guestData": guest, "roomData": room});
        let lead = &self.shared.team.lead;
        lead.api.post("livechat/room.saveInfo", &body).await?;
        Ok(())
    }

    async fn hold(&mut self) -> Result<(), ApiError> {
        self.served().await?;
        let Some(agent) = self.member() else {
            return Ok(());
        };
        let room = json!({"roomId": self.room});
        agent.api.post("livechat/room.onHold", &room).await?;
        self.tells(agent.name, "puts the chat on hold");
        Ok(())
    }

    async fn give_back(&mut self) -> Result<(), ApiError> {
        self.served().await?;
        if let Some(agent) = self.member() {
            let room = json!([self.room]);
            agent.api.method("livechat:returnAsInquiry", &room).await?;
            self.tells(agent.name, "puts the chat back into the queue");
        }
        self.server = None;
        Ok(())
    }

    /// The visitor takes back what they said last.
    pub(super) async fn withdraw(&mut self) -> Result<(), ApiError> {
        self.pause(2.0).await;
        let path = format!("livechat/message/{}", self.last);
        let whose = json!({"token": self.token, "rid": self.room});
        self.visitor.delete(&path, &whose).await?;
        self.tells(self.guest.name, "takes that back");
        Ok(())
    }

    /// As somebody does who finds nobody there.
    pub(super) async fn leave_message(&mut self, text: &str) -> Result<(), ApiError> {
        self.pause(2.0).await;
        let form = json!({"name": self.guest.name, "email": self.guest.email, "message": text});
        self.visitor.post("livechat/offline.message", &form).await?;
        self.tells(self.guest.name, format_args!("leaves a message: {text}"));
        Ok(())
    }

    pub(super) async fn be_forgotten(&mut self) -> Result<(), ApiError> {
        self.pause(2.0).await;
        let path = format!("hark/v1/visitors/{}", self.visitor_id);
        let admin = &self.shared.team.admin;
        admin.delete(&path, &Value::Null).await?;
        self.tells(self.guest.name, "asks to be forgotten, and is");
        Ok(())
    }

    fn tells(&self, who: &str, what: impl std::fmt::Display) {
        self.output().did(who, what);
    }
}

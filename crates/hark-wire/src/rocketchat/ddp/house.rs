//! What becomes of people and of the house, as those who are logged in hear it.

use std::sync::Arc;

use hark_chat::rooms;
use hark_chat::settings::catalogue;
use hark_realtime::Topic;
use hark_store::{Error, Event};
use serde_json::json;

use super::super::documents;
use super::streams::{ALL, CHAT, Gate, LOGGED, OWN, PRESENCE};
use super::teller::{MOST, Telling, text};

impl Telling<'_, '_> {
    /// How someone can be reached, and whether he takes chats.
    pub(super) fn status(&mut self, event: &Event) -> Result<(), Error> {
        let body = &event.body;
        let id = text(&body["agent"]["id"]);
        let Some(account) = self.look.account(id)? else {
            return Ok(());
        };
        self.push_own(id, "userData", |_| {
            let mut diff = json!({"status": body["status"]});
            if let Some(available) = body["available"].as_bool() {
                diff["statusLivechat"] = json!(if available {
                    "available"
                } else {
                    "not-available"
                });
            }
            if !body["text"].is_null() {
                diff["statusText"] = body["text"].clone();
            }
            Ok(json!([{"type": "updated", "id": id, "diff": diff, "unset": {}}]))
        })?;
        let logged = Topic::new(LOGGED, "user-status");
        self.push(&logged, &Gate::LoggedIn, |_| {
            let number = number_of(text(&body["status"]));
            Ok(json!([[
                account.id,
                account.username,
                number,
                account.status_text,
                account.name,
                account.roles
            ]]))
        })?;
        let presence = Topic::new(PRESENCE, id);
        self.push(&presence, &Gate::LoggedIn, |_| {
            let number = number_of(text(&body["status"]));
            Ok(json!([[account.username, number, account.status_text]]))
        })?;
        if body["status"] == body["was"]["status"] || !self.hub.hears(CHAT) {
            return Ok(());
        }
        for rid in rooms::open_of_agent(self.look.view, id, MOST as i64)? {
            let topic = Topic::new(CHAT, rid.as_str());
            if !self.hub.is_heard(&topic) {
                continue;
            }
            if let Some(room) = rooms::find(self.look.view, &rid)? {
                self.push(&topic, &Gate::Guest(Box::new(room)), |_| {
                    Ok(json!([{"type": "agentStatus", "status": body["status"]}]))
                })?;
            }
        }
        Ok(())
    }

    /// Someone's log-ins are over wherever he is, and with them the right by which his windows would
    /// hear it. It says nothing else, and they showed that right when they asked to hear it.
    pub(super) fn logged_out(&mut self, event: &Event) -> Result<(), Error> {
        let id = text(&event.body["account"]["id"]);
        let topic = Topic::new(OWN, format!("{id}/force_logout"));
        self.push(&topic, &Gate::Anyone, |_| Ok(json!([])))
    }

    pub(super) fn department_link(&mut self, event: &Event) -> Result<(), Error> {
        let body = &event.body;
        let id = text(&body["agent"]["id"]);
        self.push_own(id, "departmentAgentData", |_| {
            Ok(json!([{
                "action": match text(&body["action"]) {
                    "added" => "inserted",
                    "removed" => "removed",
                    _ => "updated",
                },
                "_id": body["link"],
                "agentId": id,
                "departmentId": body["department"]["id"],
                "departmentEnabled": body["department"]["enabled"],
            }]))
        })
    }

    pub(super) fn setting(&mut self, event: &Event) -> Result<(), Error> {
        let setting = catalogue::find(text(&event.body["setting"]));
        let Some(setting) = setting.filter(|setting| setting.public) else {
            return Ok(());
        };
        let topic = Topic::new(ALL, "public-settings-changed");
        self.push(&topic, &Gate::Anyone, |look| {
            let document = documents::setting_in_short(setting, &look.policy);
            Ok(json!(["updated", document]))
        })
    }

    pub(super) fn permission(&mut self, event: &Event) -> Result<(), Error> {
        let topic = Topic::new(LOGGED, "permissions-changed");
        let id = text(&event.body["permission"]);
        let policy = Arc::clone(&self.look.policy);
        let Some(permission) = policy.permissions.get(id) else {
            return Ok(());
        };
        self.push(&topic, &Gate::LoggedIn, |_| {
            Ok(json!(["updated", documents::permission(permission)]))
        })
    }

    pub(super) fn role(&mut self, event: &Event) -> Result<(), Error> {
        let topic = Topic::new(LOGGED, "roles-change");
        let body = &event.body;
        self.push(&topic, &Gate::LoggedIn, |_| {
            let given = body["given"].as_bool() == Some(true);
            Ok(json!([{
                "type": if given { "added" } else { "removed" },
                "_id": body["role"],
                "u": {"_id": body["account"]["id"], "username": body["account"]["username"]},
            }]))
        })
    }
}

/// How clients count ways to be reached.
fn number_of(status: &str) -> u8 {
    match status {
        "online" => 1,
        "away" => 2,
        "busy" => 3,
        _ => 0,
    }
}

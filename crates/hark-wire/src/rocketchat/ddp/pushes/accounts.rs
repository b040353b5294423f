//! What becomes of people, roles and settings, as those who are logged in hear it.

use std::sync::Arc;

use hark_chat::canned_responses;
use hark_model::events::{
    AgentStatus, CannedResponseChanged, DepartmentLink, LinkAction, PriorityRenamed, RoleChanged,
};
use hark_model::rooms;
use hark_model::settings::catalogue;
use hark_realtime::Topic;
use hark_store::Error;
use serde_json::json;

use super::{Batch, MOST, own};
use crate::rocketchat::canned_responses::document as canned_document;
use crate::rocketchat::ddp::streams::{ALL, CANNED, CHAT, Gate, LOGGED, PRESENCE};
use crate::rocketchat::documents;

impl Batch<'_, '_> {
    /// How someone can be reached, and whether chats come to them.
    pub(super) fn status(&mut self, event: &AgentStatus) -> Result<(), Error> {
        let id = event.agent.id.as_str();
        let Some(account) = self.look.account(id)? else {
            return Ok(());
        };
        let status = event.status.as_deref();
        self.push_own(id, "userData", |_| {
            let mut diff = json!({"status": status});
            if let Some(available) = event.available {
                diff["statusLivechat"] = json!(documents::status_livechat(available));
            }
            if let Some(text) = &event.text {
                diff["statusText"] = json!(text);
            }
            Ok(json!([{"type": "updated", "id": id, "diff": diff, "unset": {}}]))
        })?;
        let number = number_of(status);
        let logged = Topic::new(LOGGED, "user-status");
        self.push(&logged, &Gate::LoggedIn, |_| {
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
            Ok(json!([[account.username, number, account.status_text]]))
        })?;
        let was = event.was.as_ref().map(|was| was.status.as_str());
        if status == was || !self.hub.hears(CHAT) {
            return Ok(());
        }
        for rid in rooms::open_of_agent(self.look.view, id, MOST as i64)? {
            let topic = Topic::new(CHAT, rid.as_str());
            if !self.hub.is_heard(&topic) {
                continue;
            }
            if let Some(room) = self.look.room(&rid)? {
                self.push(&topic, &Gate::Guest(room), |_| {
                    Ok(json!([{"type": "agentStatus", "status": status}]))
                })?;
            }
        }
        Ok(())
    }

    /// Which picture somebody shows now; without one it is their initials.
    pub(super) fn picture(&mut self, id: &str) -> Result<(), Error> {
        let topic = Topic::new(LOGGED, "updateAvatar");
        if !self.hub.is_heard(&topic) {
            return Ok(());
        }
        let Some(account) = self.look.account(id)? else {
            return Ok(());
        };
        self.push(&topic, &Gate::LoggedIn, |_| {
            let mut shown = json!({"username": account.username});
            if let Some(tag) = &account.picture_id {
                shown["etag"] = json!(tag);
            }
            Ok(json!([shown]))
        })
    }

    /// Someone's log-ins are over everywhere, and with them the right by which their windows would
    /// hear it. It says nothing else, and they showed that right when they asked to hear it.
    pub(super) fn logged_out(&mut self, account: &str) -> Result<(), Error> {
        let topic = own(account, "force_logout");
        self.push(&topic, &Gate::Anyone, |_| Ok(json!([])))
    }

    pub(super) fn department_link(&mut self, event: &DepartmentLink) -> Result<(), Error> {
        self.push_own(&event.agent.id, "departmentAgentData", |_| {
            Ok(json!([{
                "action": match event.action {
                    LinkAction::Added => "inserted",
                    LinkAction::Changed => "updated",
                    LinkAction::Removed => "removed",
                },
                "_id": event.link,
                "agentId": event.agent.id,
                "departmentId": event.department.id,
                "departmentEnabled": event.department.enabled,
            }]))
        })
    }

    pub(super) fn setting(&mut self, id: &str) -> Result<(), Error> {
        let setting = catalogue::find(id);
        let Some(setting) = setting.filter(|setting| setting.public) else {
            return Ok(());
        };
        let topic = Topic::new(ALL, "public-settings-changed");
        self.push(&topic, &Gate::Anyone, |look| {
            let document = documents::setting_in_short(setting, &look.policy);
            Ok(json!(["updated", document]))
        })
    }

    pub(super) fn permission(&mut self, id: &str) -> Result<(), Error> {
        let topic = Topic::new(LOGGED, "permissions-changed");
        let policy = Arc::clone(&self.look.policy);
        let Some(permission) = policy.permissions.get(id) else {
            return Ok(());
        };
        self.push(&topic, &Gate::LoggedIn, |_| {
            Ok(json!(["updated", documents::permission(permission)]))
        })
    }

    /// Those who have it ready hear what it is now, and those who have it no longer that it is gone.
    pub(super) fn canned_response(&mut self, event: &CannedResponseChanged) -> Result<(), Error> {
        let topic = Topic::new(CANNED, "canned-responses");
        if !self.hub.is_heard(&topic) || !canned_responses::are_on(&self.look.policy) {
            return Ok(());
        }
        let id = &event.canned_response;
        if let Some(was) = &event.was {
            let gate = Gate::CannedNoMore(was.clone(), event.now.clone());
            self.push(&topic, &gate, |_| {
                Ok(json!([{"type": "removed", "_id": id}]))
            })?;
        }
        let Some(now) = &event.now else {
            return Ok(());
        };
        let Some(response) = canned_responses::find(self.look.view, id)? else {
            return Ok(());
        };
        // It may have become somebody else's since.
        if response.audience() != *now {
            return Ok(());
        }
        self.push(&topic, &Gate::Canned(now.clone()), |_| {
            let mut document = canned_document(&response);
            document["type"] = json!("changed");
            Ok(json!([document]))
        })
    }

    pub(super) fn priority(&mut self, event: &PriorityRenamed) -> Result<(), Error> {
        let topic = Topic::new(LOGGED, "omnichannel.priority-changed");
        self.push(&topic, &Gate::LoggedIn, |_| {
            let mut changed = json!({"id": event.priority, "clientAction": "updated"});
            if let Some(name) = &event.name {
                changed["name"] = json!(name);
            }
            Ok(json!([changed]))
        })
    }

    pub(super) fn role(&mut self, event: &RoleChanged) -> Result<(), Error> {
        let topic = Topic::new(LOGGED, "roles-change");
        self.push(&topic, &Gate::LoggedIn, |_| {
            Ok(json!([{
                "type": if event.given { "added" } else { "removed" },
                "_id": event.role,
                "u": {"_id": event.account.id, "username": event.account.username},
            }]))
        })
    }
}

/// How clients count ways to be reached.
fn number_of(status: Option<&str>) -> u8 {
    match status {
        Some("online") => 1,
        Some("away") => 2,
        Some("busy") => 3,
        _ => 0,
    }
}

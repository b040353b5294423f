use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Body;
use super::snapshots::Actor;
use crate::rooms::Person;

/// Someone's place in a room is another than it was, by what they did themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriptionChanged {
    pub room: String,
}

/// How someone can be reached, and of an agent whether chats come to them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentStatus {
    pub agent: AgentName,
    /// `online`, `away`, `busy` or `offline`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    #[serde(default)]
    pub by: Actor,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub was: Option<Reachability>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub available: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub because: Option<Moved>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentName {
    pub id: String,
    pub username: String,
    pub name: String,
}

/// How someone could be reached before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reachability {
    pub status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub available: Option<bool>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Moved {
    #[serde(rename = "logged in")]
    LoggedIn,
    #[serde(rename = "logged out")]
    LoggedOut,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountSnapshot {
    pub id: String,
    pub username: String,
    pub name: String,
    pub active: bool,
    pub roles: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountChanged {
    pub account: AccountSnapshot,
    pub by: Actor,
    /// It shows another picture, or initials again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub picture: bool,
}

/// Someone was logged out wherever they were.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoggedOut {
    pub account: AccountId,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountId {
    pub id: String,
}

impl LoggedOut {
    pub fn of(account: &str) -> Self {
        Self {
            account: AccountId {
                id: account.to_owned(),
            },
        }
    }
}

/// Somebody who says that they are this account was sent a link for a new password, to its address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordForgotten {
    pub account: AccountId,
}

impl PasswordForgotten {
    pub fn of(account: &str) -> Self {
        Self {
            account: AccountId {
                id: account.to_owned(),
            },
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleChanged {
    pub account: Person,
    pub role: String,
    /// Else it was taken away.
    pub given: bool,
    pub by: Actor,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PermissionChanged {
    pub permission: String,
    pub roles: Vec<String>,
    pub by: Actor,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SettingChanged {
    pub setting: String,
    /// `null` where it is a secret.
    pub value: Value,
    pub by: Actor,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DepartmentSnapshot {
    pub id: String,
    pub name: String,
    pub enabled: bool,
    pub archived: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DepartmentChanged {
    pub department: DepartmentSnapshot,
    pub by: Actor,
}

/// An agent answers in a department, answers there no longer, or what they know of it changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DepartmentLink {
    pub action: LinkAction,
    pub link: String,
    pub agent: Person,
    pub department: LinkedDepartment,
    pub by: Actor,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LinkAction {
    Added,
    Changed,
    Removed,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkedDepartment {
    pub id: String,
    pub name: String,
    pub enabled: bool,
}

/// A mail went out to those who work here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CircularSent {
    pub subject: String,
    /// How many get it.
    pub people: i64,
    pub by: Actor,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TriggerChanged {
    pub trigger: String,
    pub by: Actor,
}

/// A priority is called something else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriorityRenamed {
    pub priority: String,
    /// None: what it came with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    pub by: Actor,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlaChanged {
    pub sla: String,
    pub by: Actor,
}

/// A tag that agents are offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagChanged {
    pub tag: String,
    pub by: Actor,
}

/// A business unit, or who and what is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UnitChanged {
    pub unit: String,
    pub by: Actor,
}

/// An answer that agents have ready.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CannedResponseChanged {
    pub canned_response: String,
    /// Who had it. None: it was not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub was: Option<CannedAudience>,
    /// Who has it. None: it is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub now: Option<CannedAudience>,
    pub by: Actor,
}

/// Who has a canned response: one person, the agents of one department, or everybody.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CannedAudience {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
}

/// A mailbox whose mails are chats. No password is ever in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EmailInboxChanged {
    pub email_inbox: String,
    pub by: Actor,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomFieldChanged {
    pub field: String,
    pub by: Actor,
}

/// What a site's word is known by is another. Neither a secret nor a key is ever in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteChanged {
    pub site: String,
    pub name: String,
    pub by: Actor,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BusinessHourChanged {
    pub business_hour: String,
    pub by: Actor,
}

impl Body for AgentStatus {
    fn by(&self) -> Option<&Actor> {
        Some(&self.by)
    }
}

impl Body for SubscriptionChanged {}
impl Body for AccountChanged {}
impl Body for LoggedOut {}
impl Body for PasswordForgotten {}
impl Body for RoleChanged {}
impl Body for PermissionChanged {}
impl Body for SettingChanged {}
impl Body for DepartmentChanged {}
impl Body for DepartmentLink {}
impl Body for TriggerChanged {}
impl Body for PriorityRenamed {}
impl Body for SlaChanged {}
impl Body for TagChanged {}
impl Body for UnitChanged {}
impl Body for CannedResponseChanged {}
impl Body for EmailInboxChanged {}
impl Body for CircularSent {}
impl Body for CustomFieldChanged {}
impl Body for SiteChanged {}
impl Body for BusinessHourChanged {}

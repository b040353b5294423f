//! The handlers of Rocket.Chat's REST surface, a file for each aggregate: its part of the route
//! table on top, then one function for each route.

pub(crate) mod agent_rooms;
pub(crate) mod agents;
pub(crate) mod analytics;
pub(crate) mod appearance;
pub(crate) mod business_hours;
pub(crate) mod calls;
pub(crate) mod canned_responses;
pub(crate) mod chat;
mod chat_documents;
pub(crate) mod chat_methods;
pub(crate) mod contacts;
pub(crate) mod custom_fields;
pub(crate) mod dashboards;
pub(crate) mod ddp;
pub(crate) mod departments;
pub(crate) mod direct_messages;
pub(crate) mod documents;
mod ejson;
pub(crate) mod email_inboxes;
pub(crate) mod inquiries;
pub(crate) mod integrations;
pub(crate) mod kept_contacts;
pub(crate) mod licenses;
pub(crate) mod live_methods;
pub(crate) mod login;
pub(crate) mod mailer;
pub(crate) mod method_table;
mod methods;
pub(crate) mod offline;
pub(crate) mod on_hold;
pub(crate) mod people;
pub(crate) mod permissions;
pub(crate) mod pictures;
pub(crate) mod priorities;
pub(crate) mod reports;
pub(crate) mod roles;
pub(crate) mod settings;
pub(crate) mod sla;
pub(crate) mod sms;
mod stretch;
pub(crate) mod subscriptions;
pub(crate) mod tags;
pub(crate) mod team_rooms;
pub(crate) mod tokens;
mod totp_methods;
pub(crate) mod transcripts;
pub(crate) mod triggers;
pub(crate) mod units;
pub(crate) mod uploads;
pub(crate) mod users;
mod visitor_methods;
pub(crate) mod visitor_rooms;
pub(crate) mod visitors;
pub(crate) mod widget;

use hark_model::Refusal;
use hark_model::accounts::{self, Account};
use hark_model::rooms;
use hark_store::Timestamp;

use crate::answer::Failure;
use crate::call::Call;

/// Whom parameters name.
enum Person {
    Id(String),
    Username(String),
}

impl Person {
    fn of(id: Option<String>, username: Option<String>) -> Option<Self> {
        let named = || username.map(Self::Username);
        id.map(Self::Id).or_else(named)
    }

    /// As parameters say that are not looked at before.
    fn named(call: &Call) -> Option<Self> {
        let text = |name: &str| call.text(name).map(str::to_owned);
        Self::of(text("userId"), text("username").or_else(|| text("user")))
    }

    async fn find(self, call: &Call) -> Result<Option<Account>, Refusal> {
        let found = call.query(move |_, view| {
            Ok(match &self {
                Self::Id(id) => accounts::find(view, id)?,
                Self::Username(username) => accounts::find_by_username(view, username)?,
            })
        });
        found.await
    }

    /// The account, or the words of the original when there is none.
    async fn known(self, call: &Call) -> Result<Account, Failure> {
        self.find(call).await?.ok_or_else(|| {
            Failure::coded("The required \"userId\" or \"username\" param provided does not match any users [error-invalid-user]")
        })
    }
}

fn date(name: &str, text: &str, code: &str) -> Result<Timestamp, Failure> {
    Timestamp::parse(text).ok_or_else(|| {
        Failure::coded(format!(
            "The \"{name}\" query parameter must be a valid date. [{code}]"
        ))
    })
}

/// Giving roles does not include making administrators: that has a permission of its own.
fn may_assign(call: &Call, roles: &[String]) -> Result<(), Failure> {
    if roles.iter().any(|role| role == "admin") && !call.may("assign-admin-role") {
        return Err(Failure::coded(
            "Assigning admin is not allowed [error-action-not-allowed]",
        ));
    }
    Ok(())
}

/// Whether a chat is open before it is closed: who then finds it closed was closing it at the same
/// time as somebody else.
async fn is_open(call: &Call, rid: &str) -> Result<bool, Refusal> {
    let rid = rid.to_owned();
    let found = call.query(move |_, view| Ok(rooms::find_live(view, &rid)?));
    Ok(found.await?.is_some_and(|room| room.open))
}

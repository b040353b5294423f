//! How those who work here can be reached, as the log says it.

use hark_chat::figures::duty;
use hark_store::{Result, Timestamp, Tx};

use hark_model::Actor;
use hark_model::accounts::Account;
use hark_model::events::{
    AgentName, AgentStatus, Event, Moved, Reachability, Subject, record_event,
};

/// How someone could be reached before.
pub(crate) struct Was {
    pub(crate) status: String,
    pub(crate) available: Option<bool>,
    /// Whether it changes because they came, or because they went.
    pub(crate) moved: Option<Moved>,
}

impl Was {
    pub(crate) fn of(account: &Account) -> Self {
        Self {
            status: account.status.clone(),
            available: account.available,
            moved: None,
        }
    }
}

/// Says how someone can be reached, and of an agent whether they take chats.
pub(crate) fn record_status(
    tx: &mut Tx<'_>,
    who: &Actor,
    now: Timestamp,
    account: &Account,
    was: &Was,
) -> Result<()> {
    if let Some(available) = account.available {
        let on_duty = available && account.status != "offline";
        duty::set(tx, now, &account.id, on_duty)?;
    }
    let status = Event::AgentStatus(AgentStatus {
        agent: AgentName {
            id: account.id.clone(),
            username: account.username.clone(),
            name: account.name.clone(),
        },
        status: Some(account.status.clone()),
        text: Some(account.status_text.clone()),
        by: who.clone(),
        was: Some(Reachability {
            status: was.status.clone(),
            available: was.available,
        }),
        available: account.available,
        because: was.moved,
    });
    record_event(tx, now, Subject::agent(&account.id), &status)
}

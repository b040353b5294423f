use hark_store::{Error, Timestamp, Tx};

use crate::accounts::Account;
use crate::{Policies, Policy, Refusal, Who, audit};

/// What a command is given: the transaction in which it lives or dies, the moment, the policy as
/// that transaction sees it, and who asks.
pub struct Context<'a, 'c> {
    pub tx: &'a mut Tx<'c>,
    pub now: Timestamp,
    pub policy: &'a Policy,
    pub who: &'a Who,
}

impl<'a, 'c> Context<'a, 'c> {
    /// The account that asks, for commands that are only for those who have one.
    pub fn account(&self) -> Result<&'a Account, Refusal> {
        self.who.account().ok_or(Refusal::NotAuthorized)
    }

    /// Whether the roles of the account that asks grant a permission.
    pub fn may(&self, permission: &str) -> bool {
        self.who
            .account()
            .is_some_and(|account| self.policy.grants(&account.roles, permission))
    }

    /// The same at another moment.
    pub fn at(&mut self, now: Timestamp) -> Context<'_, 'c> {
        Context {
            tx: self.tx,
            now,
            policy: self.policy,
            who: self.who,
        }
    }

    /// The same transaction and moment, on behalf of someone else.
    pub fn by<'b>(&'b mut self, who: &'b Who) -> Context<'b, 'c> {
        Context {
            tx: self.tx,
            now: self.now,
            policy: self.policy,
            who,
        }
    }
}

impl Policies {
    /// Runs a command. Every [`Context`] is made here, with the policy as the transaction sees it.
    pub fn command<T, E: From<Error>>(
        &self,
        tx: &mut Tx<'_>,
        now: Timestamp,
        who: &Who,
        command: impl FnOnce(&mut Context<'_, '_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let policy = self.at(tx)?;
        let done = command(&mut Context {
            tx,
            now,
            policy: &policy,
            who,
        })?;
        audit::write(tx, now, || who.actor())?;
        Ok(done)
    }
}

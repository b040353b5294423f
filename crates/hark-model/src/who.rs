use crate::Actor;
use crate::accounts::Account;
use crate::visitors::Visitor;

/// Who does something.
#[derive(Debug, Clone)]
pub enum Who {
    /// Someone who works here, or a program that does.
    Account(Account),
    Visitor(Visitor),
    /// Anyone who has not said yet who they are. A visitor is anonymous until their token is
    /// looked up.
    Anonymous,
    /// Hark itself: nobody asked for it.
    System,
}

impl Who {
    pub const fn account(&self) -> Option<&Account> {
        match self {
            Self::Account(account) => Some(account),
            Self::Visitor(_) | Self::Anonymous | Self::System => None,
        }
    }

    pub const fn is_visitor(&self) -> bool {
        matches!(self, Self::Visitor(_))
    }

    /// Whether this is the account with that id.
    pub fn is(&self, account: &str) -> bool {
        self.account().is_some_and(|own| own.id == account)
    }

    /// How an event names them.
    pub fn actor(&self) -> Actor {
        match self {
            Self::Account(account) => Actor::account(account),
            Self::Visitor(visitor) => Actor::visitor(visitor),
            Self::Anonymous | Self::System => Actor::System,
        }
    }
}

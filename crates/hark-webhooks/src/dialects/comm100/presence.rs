use hark_model::events::{AgentStatus, Moved};

/// How an agent can be reached, as far as there are words for it here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    Gone,
    /// Busy, away, or not taking chats.
    Away,
    Online,
}

impl Presence {
    fn of(status: Option<&str>, available: Option<bool>) -> Self {
        match status {
            None | Some("offline") => Self::Gone,
            Some("online") if available == Some(true) => Self::Online,
            Some(_) => Self::Away,
        }
    }

    /// The word for what an event of an agent's status says; nothing when it is no change here, as
    /// a new text, or none of an agent.
    pub(super) fn word(status: &AgentStatus) -> Option<&'static str> {
        status.available?;
        let was = status.was.as_ref();
        let before = Self::of(
            was.map(|was| was.status.as_str()),
            was.and_then(|was| was.available),
        );
        let now = Self::of(status.status.as_deref(), status.available);
        match (status.because, before, now) {
            (Some(Moved::LoggedIn), _, _) => Some("login"),
            (Some(Moved::LoggedOut), Self::Gone, _) => None,
            (Some(Moved::LoggedOut), _, _) => Some("logout"),
            (_, before, now) if before == now => None,
            (_, _, Self::Gone) => Some("logout"),
            (_, Self::Gone, _) => Some("login"),
            (_, _, Self::Online) => Some("online"),
            (_, _, Self::Away) => Some("away"),
        }
    }
}

#[cfg(test)]
mod tests {
    use hark_model::Actor;
    use hark_model::events::{AgentName, Reachability};

    use super::*;

    fn change(
        was: (&str, Option<bool>),
        now: (&str, Option<bool>),
        because: Option<Moved>,
    ) -> AgentStatus {
        AgentStatus {
            agent: AgentName {
                id: "a9".into(),
                username: "bo".into(),
                name: "Bo".into(),
            },
            status: Some(now.0.into()),
            text: None,
            by: Actor::System,
            was: Some(Reachability {
                status: was.0.into(),
                available: was.1,
            }),
            available: now.1,
            because,
        }
    }

    #[test]
    fn each_change_has_one_word() {
        let (logged_in, logged_out) = (Some(Moved::LoggedIn), Some(Moved::LoggedOut));
        for (was, now, because, word) in [
            (("online", true), ("away", true), None, Some("away")),
            (("online", true), ("busy", true), None, Some("away")),
            (("online", true), ("online", false), None, Some("away")),
            (("away", true), ("online", true), None, Some("online")),
            (("online", false), ("online", true), None, Some("online")),
            (("offline", true), ("online", true), None, Some("login")),
            (("offline", false), ("online", false), None, Some("login")),
            (("away", true), ("offline", true), None, Some("logout")),
            (
                ("online", true),
                ("online", false),
                logged_out,
                Some("logout"),
            ),
            (("offline", true), ("offline", false), logged_out, None),
            (
                ("online", false),
                ("online", true),
                logged_in,
                Some("login"),
            ),
            (("online", true), ("online", true), None, None),
            (("away", true), ("busy", false), None, None),
            (("offline", true), ("offline", false), None, None),
        ] {
            let status = change((was.0, Some(was.1)), (now.0, Some(now.1)), because);
            assert_eq!(Presence::word(&status), word, "{status:?}");
        }
        let nobodys = change(("away", None), ("online", None), None);
        assert_eq!(Presence::word(&nobodys), None);
    }
}

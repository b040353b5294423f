use serde_json::Value;

/// How an agent can be reached, as far as there are words for it here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    Gone,
    /// Busy, away, or not taking chats.
    Away,
    Online,
}

impl Presence {
    fn of(told: &Value) -> Self {
        match told["status"].as_str() {
            None | Some("offline") => Self::Gone,
            Some("online") if told["available"] == true => Self::Online,
            Some(_) => Self::Away,
        }
    }

    /// The word for what an event of an agent's status says; nothing when it is no change here, as
    /// a new line of text, or none of an agent.
    pub(super) fn told(body: &Value) -> Option<&'static str> {
        body["available"].as_bool()?;
        let (before, now) = (Self::of(&body["was"]), Self::of(body));
        match (body["because"].as_str(), before, now) {
            (Some("logged in"), _, _) => Some("login"),
            (Some("logged out"), Self::Gone, _) => None,
            (Some("logged out"), _, _) => Some("logout"),
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
    use serde_json::json;

    use super::*;

    #[test]
    fn each_change_has_one_word() {
        let change = |was: (&str, bool), now: (&str, bool), because: Option<&str>| {
            let mut body = json!({
                "was": {"status": was.0, "available": was.1}, "status": now.0, "available": now.1,
            });
            if let Some(because) = because {
                body["because"] = json!(because);
            }
            Presence::told(&body)
        };
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
                Some("logged out"),
                Some("logout"),
            ),
            (
                ("offline", true),
                ("offline", false),
                Some("logged out"),
                None,
            ),
            (
                ("online", false),
                ("online", true),
                Some("logged in"),
                Some("login"),
            ),
            (("online", true), ("online", true), None, None),
            (("away", true), ("busy", false), None, None),
            (("offline", true), ("offline", false), None, None),
        ] {
            assert_eq!(
                change(was, now, because),
                word,
                "{was:?} {now:?} {because:?}"
            );
        }
        let nobodys = json!({"was": {"status": "away"}, "status": "online"});
        assert_eq!(Presence::told(&nobodys), None);
    }
}

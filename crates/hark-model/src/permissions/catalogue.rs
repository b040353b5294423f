//! The roles and permissions of a new server, under Rocket.Chat's ids and with its grants. Who
//! runs the server may change the grants, so that these are only where it starts.

#[derive(Debug)]
pub struct Role {
    pub id: &'static str,
    pub name: &'static str,
    /// `Users` when a person holds it everywhere, `Subscriptions` when they hold it in one room.
    pub scope: &'static str,
    pub description: &'static str,
    /// Whether it can neither be renamed nor deleted.
    pub protected: bool,
}

#[derive(Debug)]
pub struct Permission {
    pub id: &'static str,
    /// The ids of the roles that hold it.
    pub roles: &'static [&'static str],
}

pub static ROLES: &[Role] = &[
    everywhere("admin", "Admin"),
    in_a_room("moderator", "Moderator"),
    in_a_room("leader", "Leader"),
    in_a_room("owner", "Owner"),
    everywhere("user", "Anyone with an account"),
    everywhere("bot", "A program that takes part in chats"),
    everywhere("app", "An installed app"),
    everywhere("guest", "Invited to a few rooms"),
    everywhere("anonymous", "Reads without an account"),
    everywhere("livechat-agent", "Livechat Agent"),
    everywhere("livechat-manager", "Livechat Manager"),
    everywhere("livechat-monitor", "Livechat Monitor"),
];

const TEAM: &[&str] = &[ADMIN, MANAGER, MONITOR, AGENT];
const TEAM_WITHOUT_MONITORS: &[&str] = &[ADMIN, MANAGER, AGENT];
const SUPERVISORS: &[&str] = &[ADMIN, MANAGER, MONITOR];
const MANAGERS: &[&str] = &[ADMIN, MANAGER];
const AGENTS: &[&str] = &[AGENT];
const ADMINS: &[&str] = &[ADMIN];

const ADMIN: &str = "admin";
const MANAGER: &str = "livechat-manager";
const MONITOR: &str = "livechat-monitor";
const AGENT: &str = "livechat-agent";

pub static PERMISSIONS: &[Permission] = &[
    granted("view-l-room", TEAM),
    granted("close-livechat-room", TEAM),
    granted("on-hold-livechat-room", TEAM),
    granted("view-livechat-queue", TEAM),
    granted("view-livechat-room-customfields", TEAM),
    granted("edit-livechat-room-customfields", TEAM),
    granted("view-omnichannel-contact-center", TEAM),
    granted("create-livechat-contact", TEAM),
    granted("update-livechat-contact", TEAM),
    granted("view-livechat-contact", TEAM),
    granted("view-livechat-contact-history", TEAM),
    granted("edit-omnichannel-contact", TEAM_WITHOUT_MONITORS),
    granted("change-livechat-room-visitor", TEAM_WITHOUT_MONITORS),
    granted("view-agent-extension-association", TEAM_WITHOUT_MONITORS),
    granted("view-livechat-manager", SUPERVISORS),
    granted("view-livechat-rooms", SUPERVISORS),
    granted("view-livechat-current-chats", SUPERVISORS),
    granted("view-livechat-real-time-monitoring", SUPERVISORS),
    granted("view-livechat-analytics", SUPERVISORS),
    granted("view-livechat-departments", SUPERVISORS),
    granted("view-livechat-business-hours", SUPERVISORS),
    granted("view-livechat-room-closed-same-department", SUPERVISORS),
    granted("view-livechat-room-closed-by-another-agent", SUPERVISORS),
    granted("transfer-livechat-guest", SUPERVISORS),
    granted("close-others-livechat-room", SUPERVISORS),
    granted("on-hold-others-livechat-room", SUPERVISORS),
    granted("save-others-livechat-room-info", SUPERVISORS),
    granted("remove-closed-livechat-rooms", SUPERVISORS),
    granted("manage-livechat-agents", SUPERVISORS),
    granted("manage-livechat-departments", SUPERVISORS),
    granted("add-livechat-department-agents", SUPERVISORS),
    granted("manage-livechat-managers", MANAGERS),
    granted("remove-livechat-department", MANAGERS),
    granted("remove-closed-livechat-room", MANAGERS),
    granted("send-omnichannel-chat-transcript", MANAGERS),
    granted("view-livechat-triggers", MANAGERS),
    granted("view-livechat-customfields", MANAGERS),
    granted("view-livechat-installation", MANAGERS),
    granted("view-livechat-appearance", MANAGERS),
    granted("view-livechat-webhooks", MANAGERS),
    granted("manage-voip-call-settings", MANAGERS),
    granted("manage-voip-contact-center-settings", MANAGERS),
    granted("manage-agent-extension-association", ADMINS),
    granted("inbound-voip-calls", AGENTS),
    granted("manage-email-inbox", ADMINS),
    granted("manage-livechat-units", MANAGERS),
    granted("manage-livechat-monitors", MANAGERS),
    granted("manage-livechat-tags", MANAGERS),
    granted("manage-livechat-priorities", MANAGERS),
    granted("manage-livechat-sla", MANAGERS),
    granted("manage-livechat-canned-responses", SUPERVISORS),
    granted("view-livechat-reports", SUPERVISORS),
    granted("request-pdf-transcript", TEAM),
    granted("view-canned-responses", TEAM),
    granted("save-canned-responses", TEAM),
    granted("remove-canned-responses", TEAM),
    granted("view-all-canned-responses", MANAGERS),
    granted("save-all-canned-responses", MANAGERS),
    granted("view-agent-canned-responses", AGENTS),
    granted("save-department-canned-responses", &[MONITOR]),
    granted("view-d-room", &[ADMIN, "user", "bot", "app", "guest"]),
    granted("view-outside-room", &[ADMIN, "owner", "moderator", "user"]),
    granted("view-privileged-setting", ADMINS),
    granted("edit-privileged-setting", ADMINS),
    granted("access-permissions", ADMINS),
    granted("assign-admin-role", ADMINS),
    granted("assign-roles", ADMINS),
    granted("create-user", ADMINS),
    granted("delete-user", ADMINS),
    granted("edit-other-user-info", ADMINS),
    granted("edit-other-user-active-status", ADMINS),
    granted("edit-other-user-password", ADMINS),
    granted("edit-other-user-2fa", ADMINS),
    granted("view-full-other-user-info", ADMINS),
    granted("view-user-administration", ADMINS),
    granted("logout-other-user", ADMINS),
    granted("view-statistics", ADMINS),
    granted("can-audit-log", ADMINS),
    granted("create-personal-access-tokens", &[ADMIN, "user"]),
    granted("api-bypass-rate-limit", &[ADMIN, "bot", "app"]),
    granted("message-impersonate", &["bot", "app"]),
    granted("view-c-room", &[ADMIN, "user", "bot", "app", "anonymous"]),
    granted("leave-c", &[ADMIN, "user", "bot", "app", "anonymous"]),
    granted("create-d", &[ADMIN, "user", "bot", "app"]),
    granted("create-p", &[ADMIN, "user", "bot", "app"]),
    granted("leave-p", &[ADMIN, "user", "bot", "app", "anonymous"]),
    granted("delete-p", &[ADMIN, "owner", "moderator"]),
    granted("send-mail", ADMINS),
    granted("edit-message", &[ADMIN, "owner", "moderator"]),
    granted("delete-message", &[ADMIN, "owner", "moderator"]),
    granted("force-delete-message", &[ADMIN, "owner"]),
    granted("pin-message", &[ADMIN, "owner", "moderator"]),
];

const fn everywhere(id: &'static str, description: &'static str) -> Role {
    built_in(id, "Users", description)
}

const fn in_a_room(id: &'static str, description: &'static str) -> Role {
    built_in(id, "Subscriptions", description)
}

/// Protected, as the rules ask for these roles by their ids.
const fn built_in(id: &'static str, scope: &'static str, description: &'static str) -> Role {
    Role {
        id,
        name: id,
        scope,
        description,
        protected: true,
    }
}

const fn granted(id: &'static str, roles: &'static [&'static str]) -> Permission {
    Permission { id, roles }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn holds(role: &str, permission: &str) -> bool {
        PERMISSIONS
            .iter()
            .find(|listed| listed.id == permission)
            .unwrap_or_else(|| panic!("{permission} is not in the catalogue"))
            .roles
            .contains(&role)
    }

    #[test]
    fn every_id_is_there_once() {
        let roles: HashSet<_> = ROLES.iter().map(|role| role.id).collect();
        assert_eq!(roles.len(), ROLES.len());
        let permissions: HashSet<_> = PERMISSIONS.iter().map(|listed| listed.id).collect();
        assert_eq!(permissions.len(), PERMISSIONS.len());
    }

    #[test]
    fn permissions_are_granted_to_roles_that_exist_and_once_each() {
        for permission in PERMISSIONS {
            let granted: HashSet<_> = permission.roles.iter().collect();
            assert_eq!(granted.len(), permission.roles.len(), "{}", permission.id);
            assert!(
                !granted.is_empty(),
                "{} is granted to nobody",
                permission.id
            );
            for role in permission.roles {
                assert!(
                    ROLES.iter().any(|known| known.id == *role),
                    "{} is granted to {role}",
                    permission.id
                );
            }
        }
    }

    #[test]
    fn a_plain_agent_neither_forwards_nor_sees_other_rooms_nor_mails_transcripts() {
        for permission in [
            "transfer-livechat-guest",
            "view-livechat-rooms",
            "send-omnichannel-chat-transcript",
        ] {
            assert!(!holds("livechat-agent", permission), "{permission}");
            assert!(holds("livechat-manager", permission), "{permission}");
        }
        assert!(holds("livechat-agent", "view-l-room"));
        assert!(holds("livechat-agent", "close-livechat-room"));
    }

    #[test]
    fn monitors_manage_the_webhook_but_do_not_test_it() {
        assert!(holds("livechat-monitor", "view-livechat-manager"));
        assert!(!holds("livechat-monitor", "view-livechat-webhooks"));
        assert!(!holds("livechat-monitor", "edit-omnichannel-contact"));
        assert!(holds(
            "livechat-monitor",
            "save-department-canned-responses"
        ));
        assert!(!holds("admin", "save-department-canned-responses"));
    }

    #[test]
    fn only_some_grants_go_without_the_administrator() {
        let without: Vec<_> = PERMISSIONS
            .iter()
            .filter(|permission| !permission.roles.contains(&"admin"))
            .map(|permission| permission.id)
            .collect();
        assert_eq!(
            without,
            [
                "inbound-voip-calls",
                "view-agent-canned-responses",
                "save-department-canned-responses",
                "message-impersonate",
            ]
        );
    }

    #[test]
    fn roles_held_in_one_room() {
        let in_rooms: Vec<_> = ROLES
            .iter()
            .filter(|role| role.scope == "Subscriptions")
            .map(|role| role.id)
            .collect();
        assert_eq!(in_rooms, ["moderator", "leader", "owner"]);
    }
}

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
    /// What it lets somebody do, for people.
    pub meaning: &'static str,
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
    granted(
        "view-l-room",
        TEAM,
        "See the inbox, take chats and answer in one's own.",
    ),
    granted("close-livechat-room", TEAM, "Close one's own chats."),
    granted(
        "on-hold-livechat-room",
        TEAM,
        "Put one's own chats on hold, where the settings allow it.",
    ),
    granted(
        "view-livechat-queue",
        TEAM,
        "Clients of Rocket.Chat show the queue with it. Hark itself does not ask for it.",
    ),
    granted(
        "view-livechat-room-customfields",
        TEAM,
        "Clients of Rocket.Chat show the custom fields of a chat with it. Hark itself does not ask for it.",
    ),
    granted(
        "edit-livechat-room-customfields",
        TEAM,
        "Change the values of custom fields of chats.",
    ),
    granted(
        "view-omnichannel-contact-center",
        TEAM,
        "Clients of Rocket.Chat show the list of contacts and chats with it. Hark itself does not ask for it.",
    ),
    granted("create-livechat-contact", TEAM, "Make contacts by hand."),
    granted(
        "update-livechat-contact",
        TEAM,
        "Change what is known of contacts.",
    ),
    granted(
        "view-livechat-contact",
        TEAM,
        "See contacts with what is known of them.",
    ),
    granted(
        "view-livechat-contact-history",
        TEAM,
        "See the earlier chats of a contact.",
    ),
    granted(
        "edit-omnichannel-contact",
        TEAM_WITHOUT_MONITORS,
        "Change the name, the addresses and the fields of a visitor.",
    ),
    granted(
        "change-livechat-room-visitor",
        TEAM_WITHOUT_MONITORS,
        "Give a chat to another visitor.",
    ),
    granted(
        "view-agent-extension-association",
        TEAM_WITHOUT_MONITORS,
        "Clients of Rocket.Chat show which telephone extension an agent has with it. Hark itself does not ask for it.",
    ),
    granted(
        "view-livechat-manager",
        SUPERVISORS,
        "See how the desk is set up, with its figures, and change what has no permission of its own: triggers, custom fields, how the widget looks.",
    ),
    granted(
        "view-livechat-rooms",
        SUPERVISORS,
        "See all chats of others, and what was said there.",
    ),
    granted(
        "view-livechat-current-chats",
        SUPERVISORS,
        "Clients of Rocket.Chat show the list of current chats with it. Hark itself does not ask for it.",
    ),
    granted(
        "view-livechat-real-time-monitoring",
        SUPERVISORS,
        "Clients of Rocket.Chat show the monitor with it. Hark itself does not ask for it.",
    ),
    granted(
        "view-livechat-analytics",
        SUPERVISORS,
        "Clients of Rocket.Chat show the figures with it. Hark itself does not ask for it.",
    ),
    granted(
        "view-livechat-departments",
        SUPERVISORS,
        "See departments with their agents.",
    ),
    granted(
        "view-livechat-business-hours",
        SUPERVISORS,
        "See and change business hours, with the days on which others hold.",
    ),
    granted(
        "view-livechat-room-closed-same-department",
        SUPERVISORS,
        "Read chats of one's own departments that are over, whoever served them.",
    ),
    granted(
        "view-livechat-room-closed-by-another-agent",
        SUPERVISORS,
        "Read chats that are over, whoever served them.",
    ),
    granted(
        "transfer-livechat-guest",
        SUPERVISORS,
        "Forward chats to agents and departments, and give them back to the queue.",
    ),
    granted(
        "close-others-livechat-room",
        SUPERVISORS,
        "Close chats that others serve.",
    ),
    granted(
        "on-hold-others-livechat-room",
        SUPERVISORS,
        "Put chats on hold that others serve.",
    ),
    granted(
        "save-others-livechat-room-info",
        SUPERVISORS,
        "Change topic, tags and fields of chats that others serve.",
    ),
    granted(
        "remove-closed-livechat-rooms",
        SUPERVISORS,
        "Remove all chats that are over, of a department or of all.",
    ),
    granted(
        "manage-livechat-agents",
        SUPERVISORS,
        "Make agents and dismiss them, and say how many chats they have.",
    ),
    granted(
        "manage-livechat-departments",
        SUPERVISORS,
        "Make, change and archive departments.",
    ),
    granted(
        "add-livechat-department-agents",
        SUPERVISORS,
        "Say which agents answer in a department.",
    ),
    granted(
        "manage-livechat-managers",
        MANAGERS,
        "Make managers and dismiss them.",
    ),
    granted(
        "remove-livechat-department",
        MANAGERS,
        "Remove departments for good.",
    ),
    granted(
        "remove-closed-livechat-room",
        MANAGERS,
        "Remove a chat that is over.",
    ),
    granted(
        "send-omnichannel-chat-transcript",
        MANAGERS,
        "Have the transcript of a chat mailed to its visitor.",
    ),
    granted(
        "view-livechat-triggers",
        MANAGERS,
        "Clients of Rocket.Chat show triggers with it. Hark itself does not ask for it.",
    ),
    granted(
        "view-livechat-customfields",
        MANAGERS,
        "See, make and change custom fields.",
    ),
    granted(
        "view-livechat-installation",
        MANAGERS,
        "Clients of Rocket.Chat show what a site needs for the widget with it. Hark itself does not ask for it.",
    ),
    granted(
        "view-livechat-appearance",
        MANAGERS,
        "Clients of Rocket.Chat show how the widget looks with it. Hark itself does not ask for it.",
    ),
    granted(
        "view-livechat-webhooks",
        MANAGERS,
        "See, make and change webhooks, what they were sent, and the secrets by which sites are known.",
    ),
    granted(
        "manage-voip-call-settings",
        MANAGERS,
        "Clients of Rocket.Chat show settings of telephone calls with it. Hark itself does not ask for it.",
    ),
    granted(
        "manage-voip-contact-center-settings",
        MANAGERS,
        "Clients of Rocket.Chat show settings of a telephone exchange with it. Hark itself does not ask for it.",
    ),
    granted(
        "manage-agent-extension-association",
        ADMINS,
        "Clients of Rocket.Chat show who has which telephone extension with it. Hark itself does not ask for it.",
    ),
    granted(
        "inbound-voip-calls",
        AGENTS,
        "Clients of Rocket.Chat show telephone calls with it. Hark itself does not ask for it.",
    ),
    granted(
        "manage-email-inbox",
        ADMINS,
        "Set up mailboxes of which each mail is a chat.",
    ),
    granted(
        "manage-livechat-units",
        MANAGERS,
        "Make and change business units, and say who looks after them.",
    ),
    granted(
        "manage-livechat-monitors",
        MANAGERS,
        "Make monitors and dismiss them.",
    ),
    granted(
        "manage-livechat-tags",
        MANAGERS,
        "Make and change tags, and say which departments use them.",
    ),
    granted(
        "manage-livechat-priorities",
        MANAGERS,
        "Say what priorities are called.",
    ),
    granted(
        "manage-livechat-sla",
        MANAGERS,
        "Make and change the promises of how soon an agent comes.",
    ),
    granted(
        "manage-livechat-canned-responses",
        SUPERVISORS,
        "Clients of Rocket.Chat show the canned responses of all with it. Hark itself does not ask for it.",
    ),
    granted(
        "view-livechat-reports",
        SUPERVISORS,
        "Read reports that compare days, agents and departments.",
    ),
    granted(
        "request-pdf-transcript",
        TEAM,
        "Ask for the transcript of a chat as a PDF.",
    ),
    granted(
        "view-canned-responses",
        TEAM,
        "Use canned responses in chats.",
    ),
    granted(
        "save-canned-responses",
        TEAM,
        "Write canned responses of one's own.",
    ),
    granted(
        "remove-canned-responses",
        TEAM,
        "Remove canned responses that one may change.",
    ),
    granted(
        "view-all-canned-responses",
        MANAGERS,
        "See the canned responses of everybody, those of single agents among them.",
    ),
    granted(
        "save-all-canned-responses",
        MANAGERS,
        "Write canned responses for everybody.",
    ),
    granted(
        "view-agent-canned-responses",
        AGENTS,
        "See one's own canned responses, those of one's departments and those for everybody.",
    ),
    granted(
        "save-department-canned-responses",
        &[MONITOR],
        "Write canned responses for the departments that one looks after.",
    ),
    granted(
        "view-d-room",
        &[ADMIN, "user", "bot", "app", "guest"],
        "See the list of all who work here.",
    ),
    granted(
        "view-outside-room",
        &[ADMIN, "owner", "moderator", "user"],
        "Look for people who work here by the beginning of their names.",
    ),
    granted(
        "view-privileged-setting",
        ADMINS,
        "See all settings, also those that are not public.",
    ),
    granted("edit-privileged-setting", ADMINS, "Change all settings."),
    granted(
        "access-permissions",
        ADMINS,
        "See this matrix and change it.",
    ),
    granted("assign-admin-role", ADMINS, "Make administrators."),
    granted(
        "assign-roles",
        ADMINS,
        "Give roles to people and take them away, but none that may more than oneself.",
    ),
    granted("create-user", ADMINS, "Make accounts."),
    granted("delete-user", ADMINS, "Remove accounts."),
    granted(
        "edit-other-user-info",
        ADMINS,
        "Change names, addresses and pictures of other accounts.",
    ),
    granted(
        "edit-other-user-active-status",
        ADMINS,
        "Switch other accounts off and on.",
    ),
    granted(
        "edit-other-user-password",
        ADMINS,
        "Set the passwords of other accounts.",
    ),
    granted(
        "edit-other-user-2fa",
        ADMINS,
        "Change the second factor of other accounts, for clients that ask for it. It counts among what needs one's own second factor to be given away.",
    ),
    granted(
        "view-full-other-user-info",
        ADMINS,
        "See the addresses and roles of other accounts.",
    ),
    granted(
        "view-user-administration",
        ADMINS,
        "See the page of accounts in the console.",
    ),
    granted(
        "logout-other-user",
        ADMINS,
        "Clients of Rocket.Chat show how to log somebody out with it. Hark itself does not ask for it.",
    ),
    granted(
        "view-statistics",
        ADMINS,
        "See how it goes with the server: its size, its jobs, what waits.",
    ),
    granted(
        "can-audit-log",
        ADMINS,
        "Read who changed what, of everybody.",
    ),
    granted(
        "create-personal-access-tokens",
        &[ADMIN, "user"],
        "Make tokens by which programs act in one's own name.",
    ),
    granted(
        "api-bypass-rate-limit",
        &[ADMIN, "bot", "app"],
        "Call the API as often as one likes.",
    ),
    granted(
        "message-impersonate",
        &["bot", "app"],
        "Write messages under another name, as programs do.",
    ),
    granted(
        "view-c-room",
        &[ADMIN, "user", "bot", "app", "anonymous"],
        "See the room of all who work here.",
    ),
    granted(
        "leave-c",
        &[ADMIN, "user", "bot", "app", "anonymous"],
        "Leave the rooms of those who work here.",
    ),
    granted(
        "create-d",
        &[ADMIN, "user", "bot", "app"],
        "Begin a room with one person who works here.",
    ),
    granted(
        "create-p",
        &[ADMIN, "user", "bot", "app"],
        "Begin a room with several people who work here.",
    ),
    granted(
        "leave-p",
        &[ADMIN, "user", "bot", "app", "anonymous"],
        "Leave a room of several people.",
    ),
    granted(
        "delete-p",
        &[ADMIN, "owner", "moderator"],
        "Remove a room of several people.",
    ),
    granted(
        "send-mail",
        ADMINS,
        "Mail everybody who works here at once.",
    ),
    granted(
        "edit-message",
        &[ADMIN, "owner", "moderator"],
        "Change messages of others.",
    ),
    granted(
        "delete-message",
        &[ADMIN, "owner", "moderator"],
        "Remove messages of others.",
    ),
    granted(
        "force-delete-message",
        &[ADMIN, "owner"],
        "Remove messages of others also when the settings keep them.",
    ),
    granted(
        "pin-message",
        &[ADMIN, "owner", "moderator"],
        "Pin messages in a room.",
    ),
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

const fn granted(
    id: &'static str,
    roles: &'static [&'static str],
    meaning: &'static str,
) -> Permission {
    Permission { id, roles, meaning }
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

//! What a handler answers, and the envelopes in which Rocket.Chat's clients expect it.

use std::borrow::Cow;

use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hark_files::Error as FileError;
use hark_model::Refusal;
use hark_store::Error;
use serde_json::{Map, Value, json};

use crate::response::with;
use crate::shares::Full;

/// After how many seconds someone whose address holds all that it may have may ask again.
const COME_BACK: i64 = 30;

/// What clients know it by when a second factor is asked for.
pub const TOTP_REQUIRED: &str = "totp-required";

pub type Answer = Result<Reply, Failure>;

pub enum Reply {
    /// An object; `success: true` is added to it.
    Object(Map<String, Value>),
    /// As it is, for those few that have an envelope of their own.
    Bare(Value),
    /// Something new: 201.
    Made(Value),
    /// It was done, and that is all.
    Nothing,
    /// What is no document.
    Whole(Response),
}

impl Reply {
    pub fn object(value: Value) -> Answer {
        match value {
            Value::Object(members) => Ok(Self::Object(members)),
            other => Ok(Self::Bare(other)),
        }
    }

    pub fn done() -> Answer {
        Ok(Self::Nothing)
    }
}

pub enum Failure {
    /// 401: who calls is not known.
    Unauthenticated,
    /// 403, said by the table.
    Forbidden,
    /// 429, for so many seconds.
    TooMany(i64),
    /// 405, and what is allowed.
    WrongMethod(String),
    /// 404: there is no route.
    NoSuchPath {
        method: String,
        path: String,
    },
    /// The body or the query cannot be read.
    Unreadable(StatusCode, &'static str),
    /// 400: a parameter is not as it has to be.
    Misfit {
        pointer: String,
        detail: String,
    },
    /// The same of a query, by the parameter's name.
    WrongParameter {
        name: String,
        detail: String,
    },
    Webhooks(hark_webhooks::Refusal),
    /// 400 with a text.
    Plain(String),
    /// 400 with a text and a type beside it.
    Typed(String, &'static str),
    /// 400 with "reason [code]", the code as the type, and details if there are any.
    Coded {
        reason: String,
        code: String,
        details: Option<Value>,
    },
    /// 400 with a text under `message`, where others have `error`.
    Message(String),
    /// 400 with members of its own.
    Members(Value),
    /// 400 with nothing.
    Silent,
    /// 403, said by a handler rather than by the table.
    Unauthorized,
    /// 404 with a text: what the path names is not there.
    NotFound(Cow<'static, str>),
    /// 401 of the log-in, with the body that is its own.
    Login(Value),
    Store(Error),
    Files(FileError),
}

impl Failure {
    pub fn plain(text: impl Into<String>) -> Self {
        Self::Plain(text.into())
    }

    /// From the text that is answered, with the code at its end: `reason [code]`, or `[code]` alone.
    pub fn coded(text: impl AsRef<str>) -> Self {
        let text = text.as_ref();
        let parts = text
            .strip_suffix(']')
            .and_then(|text| text.rsplit_once('['));
        let (reason, code) = parts.unwrap_or((text, text));
        Self::Coded {
            reason: reason.trim_end().to_owned(),
            code: code.to_owned(),
            details: None,
        }
    }

    /// The log-in's refusal: something for machines, something for people.
    pub fn login(error: impl Into<Value>, message: &str) -> Self {
        Self::Login(json!({"status": "error", "error": error.into(), "message": message}))
    }

    /// What is wrong with a query has no place in a document.
    #[must_use]
    pub fn in_query(self) -> Self {
        match self {
            Self::Misfit { pointer, detail } => {
                let mut parts = pointer.split('/').skip(1);
                let name = parts.next().unwrap_or_default();
                let name = name.replace("~1", "/").replace("~0", "~");
                Self::WrongParameter { name, detail }
            }
            other => other,
        }
    }

    pub fn invalid_params(words: &str) -> Self {
        Self::coded(format!("{words} [invalid-params]"))
    }

    #[must_use]
    pub fn with(self, details: Value) -> Self {
        match self {
            Self::Login(mut body) => {
                body["details"] = details;
                Self::Login(body)
            }
            Self::Coded { reason, code, .. } => Self::Coded {
                reason,
                code,
                details: Some(details),
            },
            other => other,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Store(error)
    }
}

impl From<hark_webhooks::Refusal> for Failure {
    fn from(refusal: hark_webhooks::Refusal) -> Self {
        match refusal {
            hark_webhooks::Refusal::Store(error) => Self::Store(error),
            other => Self::Webhooks(other),
        }
    }
}

impl From<Full> for Failure {
    fn from(full: Full) -> Self {
        match full {
            Full::Server => Self::Store(Error::Busy),
            Full::Address => Self::TooMany(COME_BACK),
        }
    }
}

impl From<FileError> for Failure {
    fn from(error: FileError) -> Self {
        match error {
            FileError::Busy => Self::Store(Error::Busy),
            FileError::Full => Self::Store(Error::Full),
            other => Self::Files(other),
        }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Store(error) => Self::Store(error),
            Refusal::NoSuchAccount => Self::coded("Invalid user [error-invalid-user]"),
            Refusal::Required(field) => Self::coded(format!(
                "The field {field} is required [error-the-field-is-required]"
            ))
            .with(json!({"field": field})),
            Refusal::Invalid {
                field: "Email",
                value,
            } => Self::coded(format!("Invalid email {value} [error-invalid-email]"))
                .with(json!({"email": value})),
            Refusal::Invalid { field, value } => Self::coded(format!(
                "{value} is not a valid {} [error-input-is-not-a-valid-field]",
                field.to_lowercase()
            ))
            .with(json!({"field": field, "input": value})),
            Refusal::TooLong { field, most } => {
                let code = match field {
                    "Bio" => "error-bio-size-exceeded",
                    "Nickname" => "error-nickname-size-exceeded",
                    _ => "error-input-is-not-a-valid-field",
                };
                Self::coded(format!("{field} size exceeds {most} characters [{code}]"))
            }
            Refusal::Taken { field, value } => Self::coded(format!(
                "{value} is already in use :( [error-field-unavailable]"
            ))
            .with(json!({"field": field})),
            Refusal::LastAdministrator => Self::coded(
                "Leaving the app without admins is not allowed [error-action-not-allowed]",
            ),
            Refusal::NoSuchRole(_) => Self::coded("Role not found [error-role-not-found]"),
            Refusal::HasRole => Self::coded("User already in role [error-user-already-in-role]"),
            Refusal::LacksRole => Self::coded("User is not in this role [error-user-not-in-role]"),
            Refusal::NoSuchPermission(_) => {
                Self::Typed("Invalid permission".into(), "error-invalid-permission")
            }
            Refusal::GrantsMore(ref permission) => Self::coded(format!(
                "You do not hold {permission}, so you cannot grant it [error-edit-permissions-not-allowed]"
            )),
            Refusal::GivesMore { ref role, ref permission } => Self::coded(format!(
                "The role {role} grants {permission}, which you do not hold [error-action-not-allowed]"
            ))
            .with(json!({"action": "Assign_role"})),
            Refusal::NoSuchSetting(_) => Self::Silent,
            Refusal::SettingValue(ref sentence) => {
                Self::coded(format!("{sentence} [error-invalid-setting-value]"))
            }
            Refusal::SettingForced(_) => Self::coded(format!("{refusal} [error-setting-forced]")),
            Refusal::Pattern(why) => Self::coded(format!(
                "This is not a regular expression: {why} [error-invalid-regexp]"
            )),
            Refusal::TooMany { .. } => Self::coded(format!("{refusal} [error-too-many]")),
            Refusal::CustomFieldName => Self::coded(
                "Invalid custom field name. Use only letters, numbers, hyphens and underscores. [error-invalid-custom-field-name]",
            ),
            Refusal::CustomFieldTaken => Self::coded(
                "Custom field name already exists [error-custom-field-name-already-exists]",
            ),
            Refusal::NoSuchCustomField => {
                Self::coded("Custom Field Not found [error-invalid-custom-field]")
            }
            Refusal::NotAnAgent => Self::NotFound("Agent not found".into()),
            Refusal::AgentDeactivated => Self::plain("error-user-deactivated"),
            Refusal::HoursClosed => Self::plain("error-business-hours-are-closed"),
            Refusal::MailNotSetUp | Refusal::OutboxFull => Self::Message(refusal.to_string()),
            Refusal::OfflineFormClosed => Self::plain("Error sending Omnichannel offline message"),
            Refusal::Identity(fault) => Self::coded(format!("{fault} [{}]", fault.code())),
            Refusal::NoSuchSite => Self::NotFound("There is no such site".into()),
            Refusal::TranscriptsOff => {
                Self::coded("Transcripts by mail are switched off [error-not-allowed]")
            }
            Refusal::TranscriptElsewhere => Self::coded(
                "A transcript goes only to the e-mail address that the visitor has registered [error-not-allowed]",
            ),
            Refusal::TooSoon(seconds) => Self::TooMany(seconds),
            Refusal::TranscriptRequested => {
                Self::coded("Transcript already requested [error-transcript-already-requested]")
            }
            Refusal::TranscriptNotRequested => Self::coded(
                "No transcript requested for this chat [error-transcript-not-requested]",
            ),
            Refusal::RoomStillOpen => Self::plain("room-still-open"),
            Refusal::Quota(words) => Self::coded(format!("{words} [error-quota-exceeded]")),
            Refusal::FilesOff => {
                Self::coded("Sending files is disabled [error-file-upload-disabled]")
            }
            Refusal::FileType => Self::coded("File type is not accepted [error-invalid-file-type]"),
            Refusal::NoSuchFile => Self::coded("[invalid-file]"),
            Refusal::NoSuchDepartment => {
                Self::coded("Department not found [error-department-not-found]")
            }
            Refusal::TooManyDepartments => Self::coded(
                "Maximum number of departments reached [error-max-departments-number-reached]",
            ),
            Refusal::DepartmentArchived => Self::coded(
                "Archived departments cant be enabled [error-archived-department-cant-be-enabled]",
            ),
            Refusal::ClosingTagsMissing => Self::coded(
                "At least one closing tag is required when the department requires tag(s) on closing conversations. [error-validating-department-chat-closing-tags]",
            ),
            Refusal::FallbackToItself => Self::coded(
                "Cannot save department. Circular reference between fallback department and department [error-fallback-department-circular]",
            ),
            Refusal::NoSuchFallback => {
                Self::coded("Fallback department not found [error-fallback-department-not-found]")
            }
            Refusal::NoSuchBusinessHour => {
                Self::coded("Business hour not found [error-business-hour-not-found]")
            }
            Refusal::DefaultHoursStay => {
                Self::coded("The default business hours cannot be removed [error-not-allowed]")
            }
            Refusal::FinishBeforeStart => {
                Self::plain("error-business-hour-finish-time-before-start-time")
            }
            Refusal::FinishIsStart => {
                Self::plain("error-business-hour-finish-time-equals-start-time")
            }
            Refusal::NoSuchTimeZone(_) => {
                Self::coded(format!("{refusal} [error-invalid-timezone]"))
            }
            Refusal::InvalidToken => Self::plain("invalid-token"),
            Refusal::EmptyToken => Self::coded("Token cannot be empty [error-invalid-token]"),
            Refusal::InvalidDepartment => {
                Self::coded("The provided department is invalid [error-invalid-department]")
            }
            Refusal::InvalidVisitor => Self::plain("error-invalid-visitor"),
            Refusal::VisitorHasOpenRooms => {
                Self::coded("Cannot remove visitors with opened rooms [visitor-has-open-rooms]")
            }
            Refusal::InvalidCustomField => Self::plain("invalid-custom-field"),
            Refusal::CustomValue(field) => Self::plain(format!("Invalid value for {field} field")),
            Refusal::NoSuchContactManager(username) => Self::coded(format!(
                "No user found with username {username} [error-contact-manager-not-found]"
            )),
            Refusal::ContactManagerIsNoAgent => Self::coded(
                "The contact manager must have the role \"livechat-agent\" [error-invalid-contact-manager]",
            ),
            Refusal::NoContactManager => Self::plain("error-contact-manager-not-found"),
            Refusal::NoFieldOfContacts(field) => Self::coded(format!(
                "Custom field {field} is not allowed [error-custom-field-not-allowed]"
            )),
            Refusal::NoSuchContact => Self::plain("error-contact-not-found"),
            Refusal::ContactField(label) => Self::coded(format!(
                "Invalid value for {label} field [error-invalid-custom-field-value]"
            )),
            Refusal::ContactVouched => Self::coded(format!("{refusal} [error-contact-vouched]")),
            Refusal::InvalidRoom => Self::plain("invalid-room"),
            Refusal::NoSuchRoom => Self::plain("error-invalid-room"),
            Refusal::RoomClosed => Self::plain("room-closed"),
            Refusal::RoomClosedAlready => Self::plain("error-room-already-closed"),
            Refusal::RoomBeingClosed => Self::plain("error-room-cannot-be-closed-try-again"),
            Refusal::ConversationClosed => Self::plain("This_conversation_is_already_closed"),
            Refusal::NotItsVisitor => Self::plain("invalid-room-visitor"),
            Refusal::VisitorChatsElsewhere => Self::plain("visitor-has-open-rooms"),
            Refusal::CallsAreOff => Self::plain("webRTC calling not enabled"),
            Refusal::NoSuchCall => Self::plain("invalid-callId"),
            Refusal::RoomOnHold => Self::plain("error-room-onHold"),
            Refusal::OnHoldAlready => Self::plain("error-room-is-already-on-hold"),
            Refusal::NotOnHold => Self::plain("error-room-not-on-hold"),
            Refusal::InvalidPriority => Self::plain("error-invalid-priority"),
            Refusal::InvalidSla => Self::plain("error-invalid-sla"),
            Refusal::NoSuchUnit => Self::coded("Unit not found [error-unit-not-found]"),
            Refusal::InvalidUnit => Self::coded(
                "Invalid department unit id provided [error-invalid-department-unit]",
            ),
            Refusal::UnitEmpty => Self::coded(
                "The last department in a unit can't be removed [error-unit-cant-be-empty]",
            ),
            Refusal::DepartmentOfAnotherUnit => Self::coded(
                "A department is in another unit already [error-department-of-another-unit]",
            ),
            Refusal::NotAMonitor => Self::coded("Invalid user [error-invalid-user]"),
            Refusal::NoSuchTag => Self::coded("Tag not found [tag-not-found]"),
            Refusal::NoSuchCanned => {
                Self::coded("Canned Response not found [error-canned-response-not-found]")
            }
            Refusal::NoSuchEmailInbox => Self::coded(
                "There is no such e-mail inbox any more [error-invalid-email-inbox]",
            ),
            Refusal::MayNotSaveCanned => Self::coded("Not allowed [error-not-allowed]"),
            Refusal::ShortcutTaken => {
                Self::coded("Another canned response has this shortcut [error-invalid-shortcut]")
            }
            Refusal::PriorityNameTaken => Self::plain("error-duplicate-priority-name"),
            Refusal::MayNotHold => Self::plain("Not_authorized"),
            Refusal::CannotHold => Self::plain("error-cannot-place-chat-on-hold"),
            Refusal::ChatIsOff => Self::coded("[error-omnichannel-is-disabled]"),
            Refusal::NobodyOnline => Self::coded("Sorry, no online agents [no-agent-online]"),
            Refusal::NotAllowed => Self::plain("error-not-allowed"),
            Refusal::NotAuthorized => Self::plain("error-not-authorized"),
            Refusal::MayNotSaveInfo => Self::Unauthorized,
            Refusal::UnknownGuest => Self::plain(""),
            Refusal::InvalidData => Self::plain("invalid-data"),
            Refusal::CommentRequired => Self::plain("error-comment-is-required"),
            Refusal::TagsRequired => Self::plain("error-tags-must-be-assigned-before-closing-chat"),
            Refusal::MayNotTake => Self::coded("Not allowed [error-not-allowed]"),
            Refusal::NoSuchTaker => Self::plain("The user is invalid"),
            Refusal::NoSuchInquiry => Self::coded("Inquiry not found [error-not-found]"),
            Refusal::InquiryTaken => Self::coded("Inquiry already taken [error-inquiry-taken]"),
            Refusal::AgentNotInService => Self::coded(
                "Agent status is offline or Omnichannel service is not active [error-agent-status-service-offline]",
            ),
            Refusal::AgentFull => Self::plain("error-max-number-simultaneous-chats-reached"),
            Refusal::InvalidInquiry => Self::plain("error-invalid-inquiry"),
            Refusal::AgentOffline => Self::plain("error-user-is-offline"),
            Refusal::SameAgent => Self::plain("error-selected-agent-room-agent-are-same"),
            Refusal::UnknownDepartment => Self::plain("error-invalid-department"),
            Refusal::MayNotForwardThere => {
                Self::plain("error-forwarding-department-target-not-allowed")
            }
            Refusal::SameDepartment => Self::plain("error-forwarding-chat-same-department"),
            Refusal::NotInDepartment => Self::plain("error-user-not-belong-to-department"),
            Refusal::NobodyInDepartment => Self::plain("error-no-agents-online-in-department"),
            Refusal::ForwardWhere => Self::plain("error-forwarding-chat"),
            Refusal::CannotReturn => Self::plain("error-returning-inquiry"),
            Refusal::InvalidMessage => Self::plain("invalid-message"),
            Refusal::NoSuchMessage(id) => {
                Self::plain(format!("No message found with the id of \"{id}\"."))
            }
            Refusal::MessageNotFound => Self::coded(
                "The provided \"messageId\" does not match any existing message. [error-message-not-found]",
            ),
            Refusal::MessageElsewhere => {
                Self::plain("The room id provided does not match where the message is from.")
            }
            Refusal::ActionNotAllowed => Self::plain("error-action-not-allowed"),
            Refusal::MessageIdTaken => Self::plain("error-message-id-in-use"),
            Refusal::VisitorsTextTooLong => Self::plain("message-length-exceeds-character-limit"),
            Refusal::TextTooLong => Self::coded(
                "Message size exceeds Message_MaxAllowedSize [error-message-size-exceeded]",
            ),
            Refusal::NotAnEmoji => Self::coded("Invalid emoji provided. [error-not-allowed]"),
            Refusal::NotSubscribed => Self::plain("error-invalid-subscription"),
            Refusal::NothingToUnread => {
                Self::coded("There are no messages to mark unread [error-no-message-for-unread]")
            }
            Refusal::OwnMessage => Self::coded("Not allowed [error-action-not-allowed]"),

            Refusal::NoSuchConversation => Self::NotFound("There is no such conversation".into()),
            Refusal::NoSuchVisitor => Self::NotFound("There is no such visitor".into()),
            Refusal::NoSuchView => Self::NotFound("There is no such saved view".into()),
            Refusal::NoSuchNote => Self::NotFound("There is no such note".into()),
            Refusal::EmptyNote => Self::Misfit {
                pointer: "/text".to_owned(),
                detail: "has to say something".to_owned(),
            },
            Refusal::AnothersNote => Self::coded("Only the one who wrote a note may change it [note-of-another]"),

            Refusal::MayNotImpersonate => Self::plain("Not enough permission"),
            Refusal::NotAttachments => {
                Self::coded("Invalid attachments [error-invalid-attachments]")
            }
            Refusal::NoSuchChannel => Self::coded("[invalid-channel]"),
            Refusal::GroupName(name) => Self::coded(format!(
                "{name} is not a valid room name. Use only letters, numbers, hyphens, periods and underscores [error-invalid-room-name]"
            )),
            Refusal::GroupTaken(name) => Self::coded(format!(
                "A channel with name '{name}' exists [error-duplicate-channel-name]"
            ))
            .with(json!({"channel_name": name})),
            Refusal::NotInRoom => Self::coded("You are not in this room [error-user-not-in-room]"),
            Refusal::LiveChatIsClosed => {
                Self::coded("A live chat cannot be left. Use the close button [error-not-allowed]")
            }
            Refusal::NotALiveChat => {
                Self::coded("This is not a Livechat room [error-this-is-not-a-livechat-room]")
            }
            Refusal::RoomNotClosed => Self::coded("Room is not closed [error-room-is-not-closed]"),

            Refusal::NoSuchStatus => Self::coded(
                "Valid status types include online, away, offline, and busy. [error-invalid-status]",
            ),
            Refusal::InvisibleForbidden => {
                Self::coded("Invisible status is disabled [error-status-not-allowed]")
            }
            Refusal::StatusTextForbidden => {
                Self::coded("Change status is not allowed [error-not-allowed]")
            }
            Refusal::TokenNameTaken => {
                Self::coded("A token with this name already exists [error-token-already-exists]")
            }
            Refusal::NoSuchToken => {
                Self::coded("Token does not exist [error-token-does-not-exists]")
            }
            Refusal::TwoFactorOn => {
                Self::coded("Two-factor authentication is on already [error-not-allowed]")
            }
            Refusal::TwoFactorNotPending => {
                Self::coded("Two-factor authentication is not being set up [error-not-allowed]")
            }
            Refusal::WrongCode => Self::coded("[invalid-totp]"),
        }
    }
}

/// `reason [code]`, or `[code]` alone.
pub fn coded_text(reason: &str, code: &str) -> String {
    if reason.is_empty() {
        format!("[{code}]")
    } else {
        format!("{reason} [{code}]")
    }
}

pub fn respond(answer: Answer) -> Response {
    match answer {
        Ok(Reply::Object(mut members)) => {
            members.insert("success".into(), Value::Bool(true));
            json_response(StatusCode::OK, &Value::Object(members))
        }
        Ok(Reply::Bare(value)) => json_response(StatusCode::OK, &value),
        Ok(Reply::Made(value)) => json_response(StatusCode::CREATED, &value),
        Ok(Reply::Nothing) => json_response(StatusCode::OK, &json!({"success": true})),
        Ok(Reply::Whole(response)) => response,
        Err(failure) => failure_response(failure),
    }
}

fn failure_response(failure: Failure) -> Response {
    let (status, body) = match failure {
        Failure::Unauthenticated => {
            let words = "You must be logged in to do this.";
            (401, json!({"status": "error", "message": words}))
        }
        Failure::Forbidden => {
            let words =
                "User does not have the permissions required for this action [error-unauthorized]";
            (403, json!({"success": false, "error": words}))
        }
        Failure::TooMany(seconds) => {
            let words = format!(
                "Error, too many requests. Please slow down. You must wait {seconds} seconds before trying this endpoint again. [error-too-many-requests]"
            );
            (429, json!({"success": false, "error": words}))
        }
        Failure::WrongMethod(allowed) => {
            let body = json!({"status": "error", "message": "API endpoint does not exist"});
            let response = json_response(StatusCode::METHOD_NOT_ALLOWED, &body);
            return with(response, [(header::ALLOW, &allowed)]);
        }
        Failure::NoSuchPath { method, path } => {
            let words = format!("There is no endpoint {method} {path}");
            (404, json!({"success": false, "error": words}))
        }
        Failure::Unreadable(status, words) => return page(status, words),
        Failure::Misfit { detail, .. } | Failure::WrongParameter { detail, .. } => {
            return failure_response(Failure::invalid_params(&detail));
        }
        Failure::Webhooks(refusal) => return failure_response(Failure::Plain(refusal.to_string())),
        Failure::Plain(text) => (400, json!({"success": false, "error": text})),
        Failure::Typed(text, kind) => {
            let body = json!({"success": false, "error": text, "errorType": kind});
            (400, body)
        }
        Failure::Coded {
            reason,
            code,
            details,
        } => {
            let text = coded_text(&reason, &code);
            let mut body = json!({"success": false, "error": text, "errorType": code});
            if let Some(details) = details {
                body["details"] = details;
            }
            (400, body)
        }
        Failure::Message(text) => (400, json!({"message": text, "success": false})),
        Failure::Members(mut members) => {
            members["success"] = Value::Bool(false);
            (400, members)
        }
        Failure::Silent => (400, json!({"success": false})),
        Failure::Unauthorized => (403, json!({"success": false, "error": "unauthorized"})),
        Failure::NotFound(text) => (404, json!({"success": false, "error": text})),
        Failure::Login(body) => (401, body),
        Failure::Store(error) if error.passes() => return later(outage(&error)),
        Failure::Files(error) => {
            tracing::error!(error = %error, "a file could not be kept or read");
            return later("Files cannot be kept or read at the moment. Try again shortly.");
        }
        Failure::Store(error) => {
            tracing::error!(error = %error, "a request failed inside");
            let words = "Internal server error [error-internal]";
            (500, json!({"success": false, "error": words}))
        }
    };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    json_response(status, &body)
}

/// Why the store cannot do it at the moment.
pub fn outage(error: &Error) -> &'static str {
    match error {
        Error::Busy => "The server has more work waiting than it accepts. Try again in a moment.",
        Error::Full => {
            "The server's disk is full. Nothing was changed; an operator has to make room."
        }
        _ => "The database cannot be reached at the moment. Try again shortly.",
    }
}

/// 503: nothing is wrong with the request, it may be sent again.
fn later(text: &str) -> Response {
    let body = json!({"success": false, "error": format!("{text} [error-service-unavailable]"), "errorType": "error-service-unavailable"});
    let response = json_response(StatusCode::SERVICE_UNAVAILABLE, &body);
    with(response, [(header::RETRY_AFTER, "2")])
}

/// What the original's web server says before the API has a word: a small page.
fn page(status: StatusCode, words: &str) -> Response {
    let body = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Error</title>\n</head>\n<body>\n<pre>{words}</pre>\n</body>\n</html>\n"
    );
    (status, axum::response::Html(body)).into_response()
}

pub fn json_response(status: StatusCode, body: &Value) -> Response {
    written_response(status, body.to_string())
}

/// With JSON that is written already.
pub fn written_response(status: StatusCode, body: impl IntoResponse) -> Response {
    with((status, body).into_response(), API_HEADERS)
}

const API_HEADERS: [(HeaderName, &str); 5] = [
    (header::CONTENT_TYPE, "application/json"),
    (header::CACHE_CONTROL, "no-store"),
    (header::PRAGMA, "no-cache"),
    (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    (
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        "Origin, X-Requested-With, Content-Type, Accept, X-User-Id, X-Auth-Token",
    ),
];

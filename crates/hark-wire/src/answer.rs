//! What a handler answers, and the envelopes in which Rocket.Chat's clients expect it.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use hark_chat::Refusal;
use hark_files::Trouble;
use hark_store::Error;
use serde_json::{Map, Value, json};

pub type Answer = Result<Reply, Failure>;

pub enum Reply {
    /// An object; `success: true` is added to it.
    Object(Map<String, Value>),
    /// As it is, for those few that have an envelope of their own.
    Bare(Value),
    /// Something new: 201.
    Made(Value),
    /// 204.
    Nothing,
    /// What is no document.
    Whole(Response),
}

impl Reply {
    /// From `json!({…})`.
    pub fn object(value: Value) -> Answer {
        match value {
            Value::Object(members) => Ok(Self::Object(members)),
            other => Ok(Self::Bare(other)),
        }
    }

    /// Nothing to say but that it was done.
    pub fn done() -> Answer {
        Ok(Self::Object(Map::new()))
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
    Webhooks(hark_webhooks::Refusal),
    /// 400 with a text.
    Plain(String),
    /// 400 with a text and a type beside it.
    Typed(String, &'static str),
    /// 400 with "reason [code]", the code as the type, and details if there are any.
    Coded {
        reason: String,
        code: &'static str,
        details: Option<Value>,
    },
    /// 400 with a text under `message`, where others have `error`.
    Message(String),
    /// 400 with members of its own.
    Told(Value),
    /// 400 with nothing.
    Silent,
    /// 403, said by a handler rather than by the table.
    Unauthorized,
    /// 404 with a text: what the path names is not there.
    NotFound(&'static str),
    /// 401 of the log-in, with the body that is its own.
    Login(Value),
    Store(Error),
    Files(Trouble),
}

impl Failure {
    pub fn plain(text: impl Into<String>) -> Self {
        Self::Plain(text.into())
    }

    pub fn coded(reason: impl Into<String>, code: &'static str) -> Self {
        Self::Coded {
            reason: reason.into(),
            code,
            details: None,
        }
    }

    /// The log-in's refusal: something for machines, something for people.
    pub fn login(error: impl Into<Value>, message: &str) -> Self {
        Self::Login(json!({"status": "error", "error": error.into(), "message": message}))
    }

    pub fn invalid_params(words: &str) -> Self {
        Self::coded(words, "invalid-params")
    }

    #[must_use]
    pub fn with(self, told: Value) -> Self {
        match self {
            Self::Login(mut body) => {
                body["details"] = told;
                Self::Login(body)
            }
            Self::Coded { reason, code, .. } => Self::Coded {
                reason,
                code,
                details: Some(told),
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

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Busy => Self::Store(Error::Busy),
            Trouble::Full => Self::Store(Error::Full),
            other => Self::Files(other),
        }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Store(error) => Self::Store(error),
            Refusal::NoSuchAccount => Self::coded("Invalid user", "error-invalid-user"),
            Refusal::Required(field) => Self::coded(
                format!("The field {field} is required"),
                "error-the-field-is-required",
            )
            .with(json!({"field": field})),
            Refusal::Invalid {
                field: "Email",
                value,
            } => Self::coded(format!("Invalid email {value}"), "error-invalid-email")
                .with(json!({"email": value})),
            Refusal::Invalid { field, value } => Self::coded(
                format!("{value} is not a valid {}", field.to_lowercase()),
                "error-input-is-not-a-valid-field",
            )
            .with(json!({"field": field, "input": value})),
            Refusal::TooLong { field, most } => Self::coded(
                format!("{field} size exceeds {most} characters"),
                match field {
                    "Bio" => "error-bio-size-exceeded",
                    "Nickname" => "error-nickname-size-exceeded",
                    _ => "error-input-is-not-a-valid-field",
                },
            ),
            Refusal::Taken { field, value } => Self::coded(
                format!("{value} is already in use :("),
                "error-field-unavailable",
            )
            .with(json!({"field": field})),
            Refusal::LastAdministrator => Self::coded(
                "Leaving the app without admins is not allowed",
                "error-action-not-allowed",
            ),
            Refusal::NoSuchRole(_) => Self::coded("Role not found", "error-role-not-found"),
            Refusal::HasRole => Self::coded("User already in role", "error-user-already-in-role"),
            Refusal::LacksRole => Self::coded("User is not in this role", "error-user-not-in-role"),
            Refusal::NoSuchPermission(_) => {
                Self::Typed("Invalid permission".into(), "error-invalid-permission")
            }
            Refusal::NoSuchSetting(_) => Self::Silent,
            Refusal::SettingValue(ref sentence) => {
                Self::coded(sentence.clone(), "error-invalid-setting-value")
            }
            Refusal::SettingForced(_) => Self::coded(refusal.to_string(), "error-setting-forced"),
            Refusal::Pattern(why) => Self::coded(
                format!("This is not a regular expression: {why}"),
                "error-invalid-regexp",
            ),
            Refusal::TooMany { .. } => Self::coded(refusal.to_string(), "error-too-many"),
            Refusal::CustomFieldName => Self::coded(
                "Invalid custom field name. Use only letters, numbers, hyphens and underscores.",
                "error-invalid-custom-field-name",
            ),
            Refusal::CustomFieldTaken => Self::coded(
                "Custom field name already exists",
                "error-custom-field-name-already-exists",
            ),
            Refusal::NoSuchCustomField => {
                Self::coded("Custom Field Not found", "error-invalid-custom-field")
            }
            Refusal::NotAnAgent => Self::NotFound("Agent not found"),
            Refusal::AgentDeactivated => Self::plain("error-user-deactivated"),
            Refusal::HoursClosed => Self::plain("error-business-hours-are-closed"),
            Refusal::MailNotSetUp | Refusal::OutboxFull => Self::Message(refusal.to_string()),
            Refusal::OfflineFormClosed => Self::plain("Error sending Omnichannel offline message"),
            Refusal::TranscriptRequested => Self::coded(
                "Transcript already requested",
                "error-transcript-already-requested",
            ),
            Refusal::TranscriptNotRequested => Self::coded(
                "No transcript requested for this chat",
                "error-transcript-not-requested",
            ),
            Refusal::FilesOff => {
                Self::coded("Sending files is disabled", "error-file-upload-disabled")
            }
            Refusal::FileType => {
                Self::coded("File type is not accepted", "error-invalid-file-type")
            }
            Refusal::NoSuchFile => Self::coded("", "invalid-file"),
            Refusal::NoSuchDepartment => {
                Self::coded("Department not found", "error-department-not-found")
            }
            Refusal::TooManyDepartments => Self::coded(
                "Maximum number of departments reached",
                "error-max-departments-number-reached",
            ),
            Refusal::DepartmentArchived => Self::coded(
                "Archived departments cant be enabled",
                "error-archived-department-cant-be-enabled",
            ),
            Refusal::ClosingTagsMissing => Self::coded(
                "At least one closing tag is required when the department requires tag(s) on closing conversations.",
                "error-validating-department-chat-closing-tags",
            ),
            Refusal::FallbackToItself => Self::coded(
                "Cannot save department. Circular reference between fallback department and department",
                "error-fallback-department-circular",
            ),
            Refusal::NoSuchFallback => Self::coded(
                "Fallback department not found",
                "error-fallback-department-not-found",
            ),
            Refusal::NoSuchBusinessHour => {
                Self::coded("Business hour not found", "error-business-hour-not-found")
            }
            Refusal::DefaultHoursStay => Self::coded(
                "The default business hours cannot be removed",
                "error-not-allowed",
            ),
            Refusal::FinishBeforeStart => {
                Self::plain("error-business-hour-finish-time-before-start-time")
            }
            Refusal::FinishIsStart => {
                Self::plain("error-business-hour-finish-time-equals-start-time")
            }
            Refusal::NoSuchTimeZone(_) => {
                Self::coded(refusal.to_string(), "error-invalid-timezone")
            }
            Refusal::InvalidToken => Self::plain("invalid-token"),
            Refusal::EmptyToken => Self::coded("Token cannot be empty", "error-invalid-token"),
            Refusal::InvalidDepartment => Self::coded(
                "The provided department is invalid",
                "error-invalid-department",
            ),
            Refusal::InvalidVisitor => Self::plain("error-invalid-visitor"),
            Refusal::VisitorHasOpenRooms => Self::coded(
                "Cannot remove visitors with opened rooms",
                "visitor-has-open-rooms",
            ),
            Refusal::InvalidCustomField => Self::plain("invalid-custom-field"),
            Refusal::CustomValue(field) => Self::plain(format!("Invalid value for {field} field")),
            Refusal::NoSuchContactManager(username) => Self::coded(
                format!("No user found with username {username}"),
                "error-contact-manager-not-found",
            ),
            Refusal::ContactManagerIsNoAgent => Self::coded(
                "The contact manager must have the role \"livechat-agent\"",
                "error-invalid-contact-manager",
            ),
            Refusal::ContactField(label) => Self::coded(
                format!("Invalid value for {label} field"),
                "error-invalid-custom-field-value",
            ),
            Refusal::InvalidRoom => Self::plain("invalid-room"),
            Refusal::NoSuchRoom => Self::plain("error-invalid-room"),
            Refusal::RoomClosed => Self::plain("room-closed"),
            Refusal::RoomClosedAlready => Self::plain("error-room-already-closed"),
            Refusal::ConversationClosed => Self::plain("This_conversation_is_already_closed"),
            Refusal::RoomOnHold => Self::plain("error-room-onHold"),
            Refusal::OnHoldAlready => Self::plain("error-room-is-already-on-hold"),
            Refusal::NotOnHold => Self::plain("error-room-not-on-hold"),
            Refusal::CannotHold => Self::plain("error-cannot-place-chat-on-hold"),
            Refusal::ChatIsOff => Self::coded("", "error-omnichannel-is-disabled"),
            Refusal::NobodyOnline => Self::coded("Sorry, no online agents", "no-agent-online"),
            Refusal::NotAllowed => Self::plain("error-not-allowed"),
            Refusal::NotAuthorized => Self::plain("error-not-authorized"),
            Refusal::MayNotSaveInfo => Self::Unauthorized,
            Refusal::UnknownGuest => Self::plain(""),
            Refusal::InvalidData => Self::plain("invalid-data"),
            Refusal::CommentRequired => Self::plain("error-comment-is-required"),
            Refusal::TagsRequired => Self::plain("error-tags-must-be-assigned-before-closing-chat"),
            Refusal::MayNotTake => Self::coded("Not allowed", "error-not-allowed"),
            Refusal::NoSuchTaker => Self::plain("The user is invalid"),
            Refusal::NoSuchInquiry => Self::coded("Inquiry not found", "error-not-found"),
            Refusal::InquiryTaken => Self::coded("Inquiry already taken", "error-inquiry-taken"),
            Refusal::AgentNotInService => Self::coded(
                "Agent status is offline or Omnichannel service is not active",
                "error-agent-status-service-offline",
            ),
            Refusal::InvalidInquiry => Self::plain("error-invalid-inquiry"),
            Refusal::AgentOffline => Self::plain("error-user-is-offline"),
            Refusal::SameAgent => Self::plain("error-selected-agent-room-agent-are-same"),
            Refusal::UnknownDepartment => Self::plain("error-invalid-department"),
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
                "The provided \"messageId\" does not match any existing message.",
                "error-message-not-found",
            ),
            Refusal::MessageElsewhere => {
                Self::plain("The room id provided does not match where the message is from.")
            }
            Refusal::ActionNotAllowed => Self::plain("error-action-not-allowed"),
            Refusal::MessageIdTaken => Self::plain("error-message-id-in-use"),
            Refusal::VisitorsTextTooLong => Self::plain("message-length-exceeds-character-limit"),
            Refusal::TextTooLong => Self::coded(
                "Message size exceeds Message_MaxAllowedSize",
                "error-message-size-exceeded",
            ),
            Refusal::NotAnEmoji => Self::coded("Invalid emoji provided.", "error-not-allowed"),
            Refusal::NotSubscribed => Self::plain("error-invalid-subscription"),
            Refusal::NothingToUnread => Self::coded(
                "There are no messages to mark unread",
                "error-no-message-for-unread",
            ),
            Refusal::OwnMessage => Self::coded("Not allowed", "error-action-not-allowed"),

            Refusal::MayNotImpersonate => Self::plain("Not enough permission"),
            Refusal::NotAttachments => {
                Self::coded("Invalid attachments", "error-invalid-attachments")
            }
            Refusal::NoSuchChannel => Self::coded("", "invalid-channel"),
            Refusal::NotInRoom => Self::coded("You are not in this room", "error-user-not-in-room"),
            Refusal::LiveChatIsClosed => Self::coded(
                "A live chat cannot be left. Use the close button",
                "error-not-allowed",
            ),
            Refusal::NotALiveChat => Self::coded(
                "This is not a Livechat room",
                "error-this-is-not-a-livechat-room",
            ),
            Refusal::RoomNotClosed => Self::coded("Room is not closed", "error-room-is-not-closed"),

            Refusal::NoSuchStatus => Self::coded(
                "Valid status types include online, away, offline, and busy.",
                "error-invalid-status",
            ),
            Refusal::InvisibleForbidden => {
                Self::coded("Invisible status is disabled", "error-status-not-allowed")
            }
            Refusal::StatusTextForbidden => {
                Self::coded("Change status is not allowed", "error-not-allowed")
            }
            Refusal::TokenNameTaken => Self::coded(
                "A token with this name already exists",
                "error-token-already-exists",
            ),
            Refusal::NoSuchToken => {
                Self::coded("Token does not exist", "error-token-does-not-exists")
            }
            Refusal::TwoFactorOn => Self::coded(
                "Two-factor authentication is on already",
                "error-not-allowed",
            ),
            Refusal::TwoFactorNotPending => Self::coded(
                "Two-factor authentication is not being set up",
                "error-not-allowed",
            ),
            Refusal::WrongCode => Self::coded("", "invalid-totp"),
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
        Failure::Unauthenticated => return unauthenticated(),
        Failure::Forbidden => return forbidden(),
        Failure::TooMany(seconds) => return too_many_requests(seconds),
        Failure::WrongMethod(allowed) => return wrong_method(&allowed),
        Failure::NoSuchPath { method, path } => return unknown_path(&method, &path),
        Failure::Unreadable(status, words) => return page(status, words),
        Failure::Misfit { detail, .. } => {
            return failure_response(Failure::invalid_params(&detail));
        }
        Failure::Webhooks(refusal) => return failure_response(Failure::Plain(refusal.to_string())),
        Failure::Plain(text) => (400, json!({"success": false, "error": text})),
        Failure::Typed(text, kind) => (
            400,
            json!({"success": false, "error": text, "errorType": kind}),
        ),
        Failure::Coded {
            reason,
            code,
            details,
        } => {
            let mut body = json!({
                "success": false,
                "error": coded_text(&reason, code),
                "errorType": code,
            });
            if let Some(details) = details {
                body["details"] = details;
            }
            (400, body)
        }
        Failure::Message(text) => (400, json!({"message": text, "success": false})),
        Failure::Told(mut told) => {
            told["success"] = Value::Bool(false);
            (400, told)
        }
        Failure::Silent => (400, json!({"success": false})),
        Failure::Unauthorized => (403, json!({"success": false, "error": "unauthorized"})),
        Failure::NotFound(text) => (404, json!({"success": false, "error": text})),
        Failure::Login(body) => (401, body),
        Failure::Store(error) if error.passes() => {
            return later(outage(&error));
        }
        Failure::Files(trouble) => {
            tracing::error!(error = %trouble, "a file could not be kept or read");
            return later("Files cannot be kept or read at the moment. Try again shortly.");
        }
        Failure::Store(error) => {
            tracing::error!(error = %error, "a request failed inside");
            (
                500,
                json!({"success": false, "error": "Internal server error [error-internal]"}),
            )
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
    let mut response = json_response(StatusCode::SERVICE_UNAVAILABLE, &body);
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
    response
}

fn unauthenticated() -> Response {
    json_response(
        StatusCode::UNAUTHORIZED,
        &json!({"status": "error", "message": "You must be logged in to do this."}),
    )
}

fn forbidden() -> Response {
    json_response(
        StatusCode::FORBIDDEN,
        &json!({
            "success": false,
            "error": "User does not have the permissions required for this action [error-unauthorized]",
        }),
    )
}

fn too_many_requests(seconds: i64) -> Response {
    json_response(
        StatusCode::TOO_MANY_REQUESTS,
        &json!({
            "success": false,
            "error": format!("Error, too many requests. Please slow down. You must wait {seconds} seconds before trying this endpoint again. [error-too-many-requests]"),
        }),
    )
}

fn wrong_method(allowed: &str) -> Response {
    let mut response = json_response(
        StatusCode::METHOD_NOT_ALLOWED,
        &json!({"status": "error", "message": "API endpoint does not exist"}),
    );
    if let Ok(value) = HeaderValue::from_str(allowed) {
        response.headers_mut().insert(header::ALLOW, value);
    }
    response
}

fn unknown_path(method: &str, path: &str) -> Response {
    json_response(
        StatusCode::NOT_FOUND,
        &json!({"success": false, "error": format!("There is no endpoint {method} {path}")}),
    )
}

/// What the original's web server says before the API has a word: a small page.
fn page(status: StatusCode, words: &str) -> Response {
    let body = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Error</title>\n</head>\n<body>\n<pre>{words}</pre>\n</body>\n</html>\n"
    );
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    response
}

pub fn json_response(status: StatusCode, body: &Value) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    for (name, value) in API_HEADERS {
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
    response
}

const API_HEADERS: [(&str, &str); 5] = [
    ("content-type", "application/json"),
    ("cache-control", "no-store"),
    ("pragma", "no-cache"),
    ("access-control-allow-origin", "*"),
    (
        "access-control-allow-headers",
        "Origin, X-Requested-With, Content-Type, Accept, X-User-Id, X-Auth-Token",
    ),
];

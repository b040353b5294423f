/// Why a command declines. The edge turns each into the words of its dialect; none is an accident.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Refusal {
    #[error(transparent)]
    Store(#[from] hark_store::Error),

    #[error("there is no such user")]
    NoSuchAccount,
    #[error("the field {0} is required")]
    Required(&'static str),
    #[error("{value} is not a valid {field}")]
    Invalid { field: &'static str, value: String },
    #[error("{field} is longer than {most} characters")]
    TooLong { field: &'static str, most: usize },
    #[error("{value} is already in use")]
    Taken { field: &'static str, value: String },
    #[error("there must be at least one administrator")]
    LastAdministrator,

    #[error("there is no role {0}")]
    NoSuchRole(String),
    #[error("the user has this role already")]
    HasRole,
    #[error("the user does not have this role")]
    LacksRole,
    #[error("there is no permission {0}")]
    NoSuchPermission(String),

    #[error("there is no setting {0}")]
    NoSuchSetting(String),
    #[error("{0}")]
    SettingValue(String),
    #[error(
        "{0} is forced by the environment variable OVERWRITE_SETTING_{0} and cannot be changed here"
    )]
    SettingForced(&'static str),

    #[error("this is not a regular expression: {0}")]
    Pattern(String),
    #[error("there are {most} {what} already, and more are not kept")]
    TooMany { what: &'static str, most: usize },
    #[error("a custom field's name is made of letters, digits, hyphens and underscores")]
    CustomFieldName,
    #[error("a custom field of this name exists already")]
    CustomFieldTaken,
    #[error("there is no such custom field")]
    NoSuchCustomField,
    #[error("this account is no agent")]
    NotAnAgent,
    #[error("this agent's account is switched off")]
    AgentDeactivated,
    #[error("the business hours are closed")]
    HoursClosed,

    #[error("sending files is switched off")]
    FilesOff,
    #[error("files of this type are not accepted")]
    FileType,
    #[error("there is no such file, or a message carries it already")]
    NoSuchFile,

    #[error("valid statuses are online, away, offline and busy")]
    NoSuchStatus,
    #[error("being invisible is switched off")]
    InvisibleForbidden,
    #[error("changing the status message is switched off")]
    StatusTextForbidden,

    #[error("a token of this name exists already")]
    TokenNameTaken,
    #[error("there is no token of this name")]
    NoSuchToken,

    #[error("two-factor authentication is on already")]
    TwoFactorOn,
    #[error("two-factor authentication is not being set up")]
    TwoFactorNotPending,
    #[error("the code is not right")]
    WrongCode,
}

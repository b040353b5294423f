use crate::keys::KeyError;

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
    #[error("those who do not hold {0} cannot grant it")]
    GrantsMore(String),
    #[error("the role {role} grants {permission}, and those who do not hold that cannot give it")]
    GivesMore { role: String, permission: String },

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

    #[error("no SMTP server is set up, so mail cannot be sent")]
    MailNotSetUp,
    #[error("too much mail is waiting to be sent")]
    OutboxFull,
    #[error("the form for offline messages is switched off")]
    OfflineFormClosed,
    #[error(transparent)]
    Identity(#[from] IdentityFault),
    #[error("there is no such site")]
    NoSuchSite,
    #[error("transcripts by mail are switched off")]
    TranscriptsOff,
    #[error("a transcript goes only to the address that the visitor has registered")]
    TranscriptElsewhere,
    #[error("this can be done again in {0} seconds")]
    TooSoon(i64),
    #[error("a transcript was requested already")]
    TranscriptRequested,
    #[error("no transcript was requested")]
    TranscriptNotRequested,
    #[error("the conversation is still open")]
    RoomStillOpen,
    /// Whose is used up, in a sentence.
    #[error("{0}")]
    Quota(String),
    #[error("sending files is switched off")]
    FilesOff,
    #[error("files of this type are not accepted")]
    FileType,
    #[error("there is no such file, or a message carries it already")]
    NoSuchFile,
    #[error("there is no such department")]
    NoSuchDepartment,
    #[error("there are as many departments as there may be")]
    TooManyDepartments,
    #[error("an archived department cannot be enabled")]
    DepartmentArchived,
    #[error("a department that asks for tags has to name some")]
    ClosingTagsMissing,
    #[error("a department cannot fall back to itself")]
    FallbackToItself,
    #[error("there is no such department to fall back to")]
    NoSuchFallback,
    #[error("there is no such unit")]
    NoSuchUnit,
    #[error("there is no such unit for a department")]
    InvalidUnit,
    #[error("a unit has at least one department")]
    UnitEmpty,
    #[error("a department is in another unit already")]
    DepartmentOfAnotherUnit,
    #[error("this account is no monitor")]
    NotAMonitor,

    #[error("there are no such business hours")]
    NoSuchBusinessHour,
    #[error("the default business hours cannot be removed")]
    DefaultHoursStay,
    #[error("a day's hours finish before they start")]
    FinishBeforeStart,
    #[error("a day's hours finish when they start")]
    FinishIsStart,
    #[error("there is no time zone {0}")]
    NoSuchTimeZone(String),
    #[error("no visitor has this token")]
    InvalidToken,
    #[error("a token must not be empty")]
    EmptyToken,
    #[error("there is no such department")]
    InvalidDepartment,
    #[error("there is no such visitor")]
    InvalidVisitor,
    #[error("the visitor has open rooms")]
    VisitorHasOpenRooms,
    #[error("there is no such custom field")]
    InvalidCustomField,
    #[error("{0} does not admit this value")]
    CustomValue(String),
    #[error("there is no user {0} who could look after this contact")]
    NoSuchContactManager(String),
    #[error("only an agent can look after a contact")]
    NoContactManager,
    #[error("there is no custom field {0} for visitors")]
    NoFieldOfContacts(String),
    #[error("there is no such contact")]
    NoSuchContact,
    #[error("only an agent can look after a contact")]
    ContactManagerIsNoAgent,
    #[error("{0} is missing or not what it must be")]
    ContactField(String),
    #[error("A site vouches for this visitor, so their name and e-mail address stay as it says")]
    ContactVouched,

    #[error("there is no such visitor")]
    NoSuchVisitor,
    #[error("there is no such chat")]
    InvalidRoom,
    #[error("there is no such room")]
    NoSuchRoom,
    #[error("the chat is closed")]
    RoomClosed,
    #[error("the chat is closed already")]
    RoomClosedAlready,
    #[error("somebody else is closing the chat at this moment")]
    RoomBeingClosed,
    #[error("the conversation is closed already")]
    ConversationClosed,
    #[error("this is not the visitor of this chat")]
    NotItsVisitor,
    #[error("the visitor has an open chat of their own")]
    VisitorChatsElsewhere,
    #[error("video calls are switched off")]
    CallsAreOff,
    #[error("there is no such call")]
    NoSuchCall,
    #[error("the chat is on hold")]
    RoomOnHold,
    #[error("the chat is on hold already")]
    OnHoldAlready,
    #[error("the chat is not on hold")]
    NotOnHold,
    #[error("there is no such priority")]
    InvalidPriority,
    #[error("there is no such SLA policy")]
    InvalidSla,
    #[error("there is no such tag")]
    NoSuchTag,
    #[error("there is no such e-mail inbox")]
    NoSuchEmailInbox,
    #[error("there is no such canned response")]
    NoSuchCanned,
    #[error("this canned response is for others to change")]
    MayNotSaveCanned,
    #[error("another canned response has this shortcut")]
    ShortcutTaken,
    #[error("another priority has this name")]
    PriorityNameTaken,
    #[error("only those who are in the chat may put it on hold or let it go on")]
    MayNotHold,
    #[error("a chat that waits for its agent cannot be put on hold")]
    CannotHold,
    #[error("live chat is switched off")]
    ChatIsOff,
    #[error("no agent is online")]
    NobodyOnline,
    #[error("this is not allowed")]
    NotAllowed,
    #[error("this needs a permission that the caller has not")]
    NotAuthorized,
    #[error("only the serving agent may save this")]
    MayNotSaveInfo,
    #[error("there is no such guest")]
    UnknownGuest,
    #[error("nothing of this can be accepted")]
    InvalidData,
    #[error("a comment is required to close")]
    CommentRequired,
    #[error("tags are required to close")]
    TagsRequired,

    #[error("the user may not take chats")]
    MayNotTake,
    #[error("there is no such user")]
    NoSuchTaker,
    #[error("the chat is not in the queue")]
    NoSuchInquiry,
    #[error("somebody has taken this chat already")]
    InquiryTaken,
    #[error("the agent is not online")]
    AgentNotInService,
    #[error("the agent has as many chats as they may have at once")]
    AgentFull,
    #[error("the chat has no place in the queue")]
    InvalidInquiry,
    #[error("the agent is offline")]
    AgentOffline,
    #[error("this agent has the chat already")]
    SameAgent,
    #[error("there is no such department")]
    UnknownDepartment,
    #[error("the chat is in this department already")]
    SameDepartment,
    #[error("chats of this department do not go there")]
    MayNotForwardThere,
    #[error("the agent is not in this department")]
    NotInDepartment,
    #[error("nobody in this department is online")]
    NobodyInDepartment,
    #[error("a chat is forwarded to an agent or to a department")]
    ForwardWhere,
    #[error("the chat cannot be returned")]
    CannotReturn,

    #[error("there is no such message")]
    InvalidMessage,
    #[error("there is no message {0}")]
    NoSuchMessage(String),
    #[error("there is no such message to mark")]
    MessageNotFound,
    #[error("the message is in another room")]
    MessageElsewhere,
    #[error("this message may not be changed by the caller")]
    ActionNotAllowed,
    #[error("another message has this id")]
    MessageIdTaken,
    #[error("the message is too long")]
    VisitorsTextTooLong,
    #[error("the message is too long")]
    TextTooLong,
    #[error("this is not an emoji")]
    NotAnEmoji,
    #[error("the caller is not in this room")]
    NotSubscribed,
    #[error("there is nothing to mark as unread")]
    NothingToUnread,
    #[error("one's own messages are never unread")]
    OwnMessage,

    #[error("there is no such conversation")]
    NoSuchConversation,
    #[error("there is no such saved view")]
    NoSuchView,
    #[error("there is no such note")]
    NoSuchNote,
    #[error("a note has to say something")]
    EmptyNote,
    #[error("only the one who wrote a note may change it")]
    AnothersNote,

    #[error("only programs may show another face than their own")]
    MayNotImpersonate,
    #[error("attachments are a list of objects")]
    NotAttachments,
    #[error("there is no such channel and no such person")]
    NoSuchChannel,
    #[error("{0} cannot be the name of a group")]
    GroupName(String),
    #[error("a channel or group {0} exists already")]
    GroupTaken(String),
    #[error("the caller is not in this room")]
    NotInRoom,
    #[error("a live chat is not left: it is closed")]
    LiveChatIsClosed,
    #[error("this is not a live chat")]
    NotALiveChat,
    #[error("the chat is not closed")]
    RoomNotClosed,

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

/// Nothing can be sealed or made unguessable at the moment.
impl From<KeyError> for Refusal {
    fn from(error: KeyError) -> Self {
        Self::Store(hark_store::Error::Unavailable(error.to_string()))
    }
}

/// Why a signed identity is not believed, for the people who build the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdentityFault {
    #[error("The identity is not a signed JSON Web Token of at most 4096 characters")]
    Unreadable,
    #[error("The identity has to be signed with HS256 or EdDSA")]
    Algorithm,
    #[error("The identity was signed by no secret or key that is known here and still good")]
    Signature,
    #[error("The identity has expired; make one for each page that is shown")]
    Expired,
    #[error("The identity is good for more than 24 hours; set an exp that is sooner")]
    TooLong,
    #[error("The identity is not good yet; look at its nbf and at the site's clock")]
    NotYet,
    #[error("The identity is meant for somebody else; leave out aud, or let it be hark")]
    Audience,
    #[error("The identity needs a sub: the site's id of the visitor, 1 to 200 characters")]
    Sub,
    #[error("The identity needs an email: the address of the visitor")]
    Email,
    #[error("The identity has a name that is no text of at most 1000 characters")]
    Name,
    #[error("The identity needs an exp: until when it is good, in seconds since 1970")]
    Expiry,
}

impl IdentityFault {
    /// For programs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unreadable => "identity-unreadable",
            Self::Algorithm => "identity-algorithm",
            Self::Signature => "identity-signature",
            Self::Expired => "identity-expired",
            Self::TooLong => "identity-too-long",
            Self::NotYet => "identity-not-yet",
            Self::Audience => "identity-audience",
            Self::Sub | Self::Email | Self::Name | Self::Expiry => "identity-claims",
        }
    }
}

//! What our own API answers. Every member is always there; what there is none of is `null`.

mod business_hours;
mod figures;
mod health;
mod webhooks;

use std::borrow::Cow;

use hark_chat::canned_responses;
use hark_chat::routing;
use hark_chat::sites::{self, Algorithm};
use hark_chat::subscriptions::Subscription;
use hark_chat::{messages, notes, reading, views, widget_sites, words};
use hark_model::accounts::Account;
use hark_model::audit;
use hark_model::permissions::catalogue::Permission;
use hark_model::policy::Policy;
use hark_model::rooms::{self, Person, Room};
use hark_model::settings::FORCES;
use hark_model::settings::catalogue::Setting;
use hark_model::vapid;
use hark_model::visitors::Visitor;
use hark_staff::sessions;
use hark_store::text_enum;
use hark_webhooks::deliveries::lists;
use hark_webhooks::dialects::{Dialect, Iso};
use hark_webhooks::endpoints::{self, Origin};
use hark_webhooks::replays;
use hark_webhooks::schedule::Success;
use hark_webhooks::signing::Scheme;
use hark_webhooks::written;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

pub(crate) use self::business_hours::{OpeningHours, OpeningHoursInFull, OtherDay};
pub(crate) use self::figures::{
    AgentNow, HourOfWeek, InQueue, Now, Rated, Ratings, Spread, Spreads, Summed, Sums, SumsOf,
    Tagged, Tags, Taken, TakenLast, Wait, Waits, Week,
};
pub(crate) use self::health::{
    Finding, FindingKind, Health, HealthJob, HealthMail, HealthSearch, HealthWebhooks, JobState,
};
pub(crate) use self::webhooks::{
    Attempt, Catalogue, CatalogueDialect, CatalogueKind, Count, Delivery, DeliveryInFull, Endpoint,
    EndpointInFull, EndpointWithSecret, EventCounts, EventPage, HalfHour, Looked, Replay,
    ReplayList, Resent, Schedule, Stats, StatsOfEndpoint, StatsPage, Tested, Trial, Tried,
};
use crate::params::{Choice, choices};
use crate::rocketchat::documents::shown_value;

choices! {
    ConversationState,
    Origin,
    Algorithm,
    Shared,
    Dialect,
    lists::State,
    lists::Standing,
    words::Place,
    replays::State,
    Scheme,
    Success,
}

/// One that was removed is not shown.
impl Choice for endpoints::State {
    const ALL: &'static [Self] = &[Self::Active, Self::Paused, Self::Disabled];
    const WORDS: &'static [&'static str] = &[
        Self::Active.as_str(),
        Self::Paused.as_str(),
        Self::Disabled.as_str(),
    ];

    fn word(self) -> &'static str {
        self.as_str()
    }
}

text_enum! {
    /// What the visitors of two chats have in common.
    pub(crate) enum Shared {
        /// They are one: the same token, or the same person by a site's word.
        Visitor = "visitor",
        Email = "email",
        Phone = "phone",
    }
}

text_enum! {
    /// What a conversation is doing.
    pub(crate) enum ConversationState {
        Queued = "queued",
        Served = "served",
        OnHold = "on-hold",
        Closed = "closed",
    }
}

impl ConversationState {
    fn of(room: &Room) -> Self {
        match (room.open, room.is_on_hold(), &room.served_by) {
            (_, true, _) => Self::OnHold,
            (false, ..) => Self::Closed,
            (true, _, Some(_)) => Self::Served,
            (true, _, None) => Self::Queued,
        }
    }

    pub(crate) const fn state(self) -> rooms::State {
        match self {
            Self::Queued => rooms::State::Queued,
            Self::Served => rooms::State::Served,
            Self::OnHold => rooms::State::OnHold,
            Self::Closed => rooms::State::Closed,
        }
    }
}

/// One of a few words.
#[derive(Clone, Copy)]
pub(crate) struct Word<C>(pub(super) C);

impl<C: Choice> Serialize for Word<C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.word())
    }
}

impl<C: Choice> JsonSchema for Word<C> {
    fn schema_name() -> Cow<'static, str> {
        "Word".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "enum": C::WORDS})
    }
}

/// Some entries of a list, and where the next ones begin.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields, rename = "{T}Page")]
pub(crate) struct Page<T> {
    /// The entries, as many as were asked for at most.
    pub(crate) items: Vec<T>,
    /// What `cursor` has to be for the next page; `null` behind the last one.
    pub(crate) next_cursor: Option<String>,
}

written! {
    [#[derive(Serialize, JsonSchema)] #[serde(rename_all = "camelCase")] #[schemars(deny_unknown_fields)]]

    /// A chat of the same visitor, or of somebody who has given the same address or number. Only
    /// that it is the same visitor is proven.
    pub(crate) struct RelatedChat of(room: &Room, same: &[Shared]) {
        /// The id of the chat.
        id: String = room.id.clone(),
        /// Whether it is the same visitor for sure.
        proven: bool = same.contains(&Shared::Visitor),
        /// What the visitors have in common.
        same: Vec<Word<Shared>> = same.iter().copied().map(Word).collect(),
        /// The visitor of that chat.
        visitor: Option<RelatedVisitor> = room.visitor.as_ref().map(RelatedVisitor::of),
        /// Whether it goes on.
        open: bool = room.open,
        /// The id of its department.
        department: Option<String> = room.department.clone(),
        /// The user name of the agent who serves or served it.
        served_by: Option<String> = room.served_by.as_ref().map(|agent| agent.username.clone()),
        /// What it is about.
        topic: Option<String> = room.topic.clone(),
        /// The tags that it has.
        tags: Vec<String> = room.tags.clone(),
        /// How many messages there are in it.
        messages: i64 = room.messages,
        /// When it began.
        started_at: Iso = Iso(room.created_at),
        /// By when an agent is promised to it, if it waits for one.
        due_at: Option<Iso> = room.due_at().map(Iso),
        /// When something was said last.
        last_message_at: Iso = Iso(room.last_message_at),
        /// When it was closed.
        ended_at: Option<Iso> = room.closing.as_ref().map(|closing| Iso(closing.at)),
    }

    pub(crate) struct Capacity of(capacity: &routing::Capacity) {
        /// Open ones that are not on hold.
        chats: i64 = capacity.chats,
        /// Without one, as many as they like.
        most: Option<i64> = capacity.most,
        /// Whether they have as many as they may have.
        full: bool = capacity.most.is_some_and(|most| capacity.chats >= most),
    }

    pub(crate) struct RelatedVisitor of(visitor: &Visitor) {
        /// The id of the visitor.
        id: String = visitor.id.clone(),
        /// What they are called.
        name: String = visitor.shown_name().to_owned(),
    }

    /// All that is kept of a visitor.
    pub(crate) struct Export {
        /// Who they are.
        visitor: Personal,
        /// Their conversations, the latest first.
        items: Vec<ExportedConversation>,
        /// What `cursor` has to be for the next page.
        next_cursor: Option<String>,
    }

    /// What is known of who a visitor is.
    #[schemars(rename = "PersonalData")]
    pub(crate) struct Personal of(visitor: &Visitor) {
        /// The id of the visitor.
        id: String = visitor.id.clone(),
        /// Their user name.
        username: String = visitor.username.clone(),
        /// Their name.
        name: Option<String> = visitor.name.clone(),
        /// Their addresses.
        emails: Vec<String> = visitor.emails.clone(),
        /// Their numbers.
        phones: Vec<String> = visitor.phones.clone(),
        /// By the id of the field.
        custom_fields: Map<String, Value> = visitor.custom.clone(),
        /// The department that they have chosen.
        department: Option<String> = visitor.department.clone(),
        /// The site that vouches for them, and its own name for them.
        identity: Option<String> = visitor.identity.clone(),
        /// Who looks after them.
        contact_manager: Option<String> = visitor.contact_manager.clone(),
        /// The months in which an agent has answered them: `2026-11`.
        active_in: Vec<String> = visitor.activity.clone(),
        /// Their network address, where it is kept.
        ip: Option<String> = visitor.ip.clone(),
        /// Their browser, as it names itself, where that is kept.
        user_agent: Option<String> = visitor.user_agent.clone(),
        /// The site on which they were.
        host: Option<String> = visitor.host.clone(),
        /// When they came first.
        first_seen_at: Iso = Iso(visitor.created_at),
    }

    /// A conversation and what was said in it, the latest first. One that is long goes on on the next page.
    pub(crate) struct ExportedConversation {
        /// The conversation.
        conversation: Conversation,
        /// The pages that the visitor had looked at, on the first page on which the conversation is.
        pages: Vec<PageVisit>,
        /// What was said in it.
        messages: Vec<Message>,
    }

    /// A page of the site that a visitor had looked at.
    pub(crate) struct PageVisit of(message: &messages::Message) {
        /// The title of the page, and its address.
        title_and_url: String = message.text.clone(),
        /// When they had looked at it.
        at: Iso = Iso(message.at),
    }

    /// What agents write for each other. The visitor never sees it.
    #[schemars(rename = "ConversationNote")]
    pub(crate) struct Note of(note: &notes::Note) {
        /// The id of the note.
        id: String = note.id.clone(),
        /// The id of the chat.
        conversation: String = note.room.clone(),
        /// The number of the conversation's event with which it came.
        sequence: i64 = note.seq,
        /// Who wrote it.
        author: Writer = Writer::of(&note.author.id, &note.author.username, note.author.name.as_deref()),
        /// What it says.
        text: String = note.text.clone(),
        /// Who is mentioned in it.
        mentions: Vec<Named> = note.mentions.0.iter().map(Named::of).collect(),
        /// When it was written.
        added_at: Iso = Iso(note.at),
        /// When it was changed last.
        edited_at: Option<Iso> = note.edited_at.map(Iso),
    }

    pub(crate) struct Writer of(id: &str, username: &str, name: Option<&str>) {
        /// The id of the account or the visitor.
        id: String = id.to_owned(),
        /// Their user name.
        username: String = username.to_owned(),
        /// Their name.
        name: Option<String> = name.map(str::to_owned),
    }

    pub(crate) struct Named of(person: &Person) {
        /// The id of the account.
        id: String = person.id.clone(),
        /// Its user name.
        username: String = person.username.clone(),
    }

    /// What was said in a conversation.
    #[schemars(rename = "ConversationMessage")]
    pub(crate) struct Message of(message: &messages::Message) {
        /// The id of the message.
        id: String = message.id.clone(),
        /// The number of the conversation's event with which it came.
        sequence: i64 = message.seq,
        /// What Hark says there by itself, as `stream-room-messages` calls it.
        notice: Option<String> = message.system.map(|system| system.as_str().to_owned()),
        /// Whether it is the visitor's.
        by_visitor: bool = message.by_visitor,
        /// Who wrote it.
        author: Writer = Writer::of(&message.author.id, &message.author.username, message.author.name.as_deref()),
        /// What it says.
        text: String = message.text.clone(),
        /// The file that came with it.
        file: Option<MessageFile> = MessageFile::of(message),
        /// When it was said.
        sent_at: Iso = Iso(message.at),
        /// When it was changed last.
        edited_at: Option<Iso> = message.edited.as_ref().map(|edit| Iso(edit.at)),
    }

    pub(crate) struct MessageFile of(message: &messages::Message) -> Option {
        /// The id of the file.
        id: String = carried(message, "/file/_id")?,
        /// Its name.
        name: String = carried(message, "/file/name")?,
        /// Its media type.
        media_type: Option<String> = carried(message, "/file/type"),
    }

    /// One of both.
    pub(crate) struct Entry {
        /// What was said.
        message: Option<Message>,
        /// What was noted.
        note: Option<Note>,
    }

    /// Where somebody is mentioned, and whether they have seen it.
    pub(crate) struct Mention of(note: &notes::Note, room: &Room, read: bool) {
        /// Where it stands.
        note: Note = Note::of(note),
        /// What the visitor of the conversation is called.
        visitor: Option<String> = room.visitor.as_ref().map(|visitor| visitor.shown_name().to_owned()),
        /// Whether they have seen it.
        read: bool = read,
    }

    /// Some of somebody's mentions, and how many of all they have not seen, up to a thousand.
    pub(crate) struct Mentions {
        /// The latest ones first.
        items: Vec<Mention>,
        /// How many they have not seen.
        unread: i64,
        /// What `cursor` has to be for the next page.
        next_cursor: Option<String>,
    }

    /// How far a conversation was read.
    pub(crate) struct Reading {
        /// Nothing before their window has said so.
        visitor: Option<VisitorReading>,
        /// Those of us who are in the conversation.
        agents: Vec<AgentReading>,
    }

    pub(crate) struct VisitorReading of(reading: &reading::VisitorReading) {
        /// The last message that was on their screen.
        message: String = reading.message.clone(),
        /// When that message was said.
        sent_at: Iso = Iso(reading.message_at),
        /// When it was on their screen.
        at: Iso = Iso(reading.at),
    }

    pub(crate) struct AgentReading of(account: &Account, place: &Subscription) {
        /// The id of the agent's account.
        id: String = account.id.clone(),
        /// Their user name.
        username: String = account.username.clone(),
        /// Up to when they have read everything.
        at: Option<Iso> = place.last_seen.map(Iso),
        /// How many messages they have not read.
        unread: i64 = place.unread,
    }

    /// Where somebody is logged in.
    pub(crate) struct LogIn of(log_in: &sessions::LogIn, own: &str) {
        /// The id by which it is ended.
        id: String = log_in.id(),
        /// Whether the caller has shown this one.
        current: bool = log_in.hash == own,
        /// With which program, as it names itself.
        user_agent: Option<String> = log_in.user_agent.clone(),
        /// When they logged in.
        began_at: Iso = Iso(log_in.created_at),
        /// When it ends by itself.
        ends_at: Option<Iso> = log_in.expires_at.map(Iso),
    }

    pub(crate) struct LogIns {
        /// The latest ones first.
        items: Vec<LogIn>,
    }

    /// By what push services know this server.
    pub(crate) struct PushKey of(key: &vapid::Key) {
        /// A point of P-256 in base64url: what browsers call `applicationServerKey`.
        public_key: String = key.public(),
    }

    pub(crate) struct PushSubscription of(id: &str) {
        /// The id by which it is ended.
        id: String = id.to_owned(),
    }

    /// What one request changed, and who made it.
    pub(crate) struct AuditLine of(line: &audit::Line) {
        /// The id of the entry.
        id: String = line.id.clone(),
        /// When it was.
        at: Iso = Iso(line.at),
        /// Nobody: the operator on the command line, or Hark by itself.
        by: Option<AuditedBy> = line.by.as_ref().map(AuditedBy::of),
        /// Of the first of its changes.
        kind: String = line.kind.clone(),
        /// What was changed.
        changes: Vec<AuditedChange> = line.changes.iter().map(AuditedChange::of).collect(),
        /// How many changes are not listed.
        left_out: i64 = line.left_out,
    }

    pub(crate) struct AuditedBy of(person: &audit::Person) {
        /// The id of the account.
        id: String = person.id.clone(),
        /// Its user name at that time.
        username: String = person.username.clone(),
        /// What the person is called now; `null` of an account that is gone.
        name: Option<String> = person.name.clone(),
    }

    pub(crate) struct AuditedChange of(change: &audit::Change) {
        /// The kind of change.
        kind: String = change.kind.clone(),
        /// The id of what was changed.
        subject: String = change.subject.clone(),
        /// What it was called at that time.
        name: Option<String> = change.name.clone(),
        /// What there was; `null` where there was nothing, where it is a secret, and where only the fact is known.
        from: Value = change.from.clone().unwrap_or_default(),
        /// What there is instead, under the same rule.
        to: Value = change.to.clone().unwrap_or_default(),
    }

    #[schemars(rename = "FoundConversation")]
    pub(crate) struct Conversation of(room: &Room, last: Option<&messages::Message>) {
        /// The id of the chat.
        id: String = room.id.clone(),
        /// What agents see it called.
        label: String = room.name.clone(),
        /// Whose chat it is.
        visitor: Option<RelatedVisitor> = room.visitor.as_ref().map(RelatedVisitor::of),
        /// What it is doing.
        state: Word<ConversationState> = Word(ConversationState::of(room)),
        /// The id of its department.
        department: Option<String> = room.department.clone(),
        /// Who serves or served it.
        served_by: Option<ServedBy> = room.served_by.as_ref().map(ServedBy::of),
        /// What it is about.
        topic: Option<String> = room.topic.clone(),
        /// The tags that it has.
        tags: Vec<String> = room.tags.clone(),
        /// How many messages there are in it.
        messages: i64 = room.messages,
        /// Whether the visitor spoke last.
        waits_for_answer: bool = room.waiting_response,
        /// What was said last.
        last_message: Option<Message> = last.map(Message::of),
        /// When it began.
        started_at: Iso = Iso(room.created_at),
        /// When something was said last.
        last_message_at: Iso = Iso(room.last_message_at),
        /// When it was closed.
        ended_at: Option<Iso> = room.closing.as_ref().map(|closing| Iso(closing.at)),
    }

    /// Who writes in a conversation.
    pub(crate) struct Typing {
        /// The user names of those who write, without the one who asks.
        usernames: Vec<String>,
    }

    /// A page of conversations that were found by words.
    pub(crate) struct FoundPage {
        /// The conversations, the one with the latest line first. A later page may have one of them again, with an earlier line.
        items: Vec<FoundByWords>,
        /// Where the next page begins. There may be one although this one has no entries.
        next_cursor: Option<String>,
        /// Whether all that was said before the index was begun is in it by now.
        is_complete: bool,
    }

    /// A conversation, and its latest line with the words.
    pub(crate) struct FoundByWords of(hit: &words::Hit, last: Option<&messages::Message>) {
        /// The conversation.
        conversation: Conversation = Conversation::of(&hit.room, last),
        /// In what the words are.
        place: Word<words::Place> = Word(hit.line.place),
        /// The message in which they are; `null` where they are in what is known of the visitor or the conversation.
        message: Option<Message> = hit.message.as_ref().map(Message::of),
        /// What stands around the first of the words: 200 characters, with `…` where something was left out.
        line: String = hit.line.text.clone(),
        /// Where the words are in the line.
        marks: Vec<LineMark> = hit.line.marks.iter().map(LineMark::of).collect(),
    }

    /// A part of a line.
    pub(crate) struct LineMark of(mark: &words::Mark) {
        /// Where it begins, in characters (Unicode code points) from the beginning of the line.
        start: i64 = mark.0 as i64,
        /// How many characters it has.
        length: i64 = mark.1 as i64,
    }

    pub(crate) struct ServedBy of(agent: &rooms::ServedBy) {
        /// The id of the agent's account.
        id: String = agent.id.clone(),
        /// Their user name.
        username: String = agent.username.clone(),
        /// Since when they have the chat.
        since: Iso = Iso(agent.at),
    }

    pub(crate) struct SavedView of(view: &views::SavedView) {
        /// The id of the view.
        id: String = view.id.clone(),
        /// What it is called.
        name: String = view.name.clone(),
        /// What a list of conversations takes; nothing of that, of a report.
        filter: Value = view.conversations(),
        /// What a report is of; `null` of a list of conversations.
        report: Option<Value> = view.report(),
        /// When it was made.
        created_at: Iso = Iso(view.created_at),
        /// When it was changed last.
        updated_at: Iso = Iso(view.updated_at),
    }

    /// A canned response as it is said in a chat.
    pub(crate) struct FilledResponse of(filled: &canned_responses::Filled) {
        /// What is said.
        text: String = filled.text.clone(),
        /// How often it was used.
        uses: i64 = filled.uses,
    }

    pub(crate) struct Site of(site: &sites::Site) {
        /// The id of the site.
        id: String = site.id.clone(),
        /// What people call it.
        name: String = site.name.clone(),
        /// The keys that are good now, without what they are.
        secrets: Vec<SiteSecret> = site.secrets.iter().map(SiteSecret::of).collect(),
        /// When it was made.
        created_at: Iso = Iso(site.created_at),
        /// When it was changed last.
        updated_at: Iso = Iso(site.updated_at),
    }

    pub(crate) struct SiteSecret of(secret: &sites::Secret) {
        /// How the site signs with it.
        algorithm: Word<Algorithm> = Word(secret.algorithm),
        /// Its last characters.
        hint: String = format!("…{}", secret.hint()),
        /// Until when it is good, once another one has followed it.
        until: Option<Iso> = secret.until.map(Iso),
    }

    /// With the secret that it has got: the only time that it is shown. A key of its own is no secret.
    pub(crate) struct SiteWithSecret {
        #[serde(flatten)]
        site: Site,
        /// The secret; `null` for a key of the site's own.
        secret: Option<String>,
    }

    /// A site on which the widget was seen. Its script says so, and anybody else can.
    pub(crate) struct SeenSite of(site: &widget_sites::WidgetSite) {
        /// Scheme and host, and the port if it is an unusual one.
        origin: String = site.origin.clone(),
        /// The version of the script that was seen there last; `null` of one that says none.
        loader: Option<String> = site.loader.clone(),
        /// Whether that is the script that this server gives out now.
        current: bool = site.loader.as_deref() == Some(env!("CARGO_PKG_VERSION")),
        /// When it was seen there first.
        first_seen_at: Iso = Iso(site.first_seen_at),
        /// When it was seen there last, to the hour.
        last_seen_at: Iso = Iso(site.last_seen_at),
    }

    /// The visitor whom a site vouches for. Their token opens their chats from now on.
    pub(crate) struct Identified of(visitor: &Visitor) {
        /// The id of the visitor.
        id: String = visitor.id.clone(),
        /// The token that opens their chats.
        token: String = visitor.token.clone(),
        /// Their user name.
        username: String = visitor.username.clone(),
        /// Their name.
        name: Option<String> = visitor.name.clone(),
        /// Their address.
        email: Option<String> = visitor.emails.first().cloned(),
    }

    pub(crate) struct PermissionInWords of(permission: &Permission) {
        /// By this name routes and roles know it.
        id: &'static str = permission.id,
        /// What it lets somebody do, in English.
        meaning: &'static str = permission.meaning,
    }

    pub(crate) struct SettingInFull of(setting: &Setting, policy: &Policy) {
        /// By this name routes and the environment know it.
        id: &'static str = setting.id,
        /// What it is called, in English.
        name: String = setting.name(),
        /// What it is for, in English.
        meaning: &'static str = setting.meaning,
        /// The group in which a settings page shows it.
        group: &'static str = setting.group,
        /// The part of that group; empty where it stands outside of any.
        section: &'static str = setting.section,
        /// What its values are: `boolean`, `string`, `int`, `select`, `multiSelect`, `color`, `password`, `code` or `relativeUrl`.
        kind: &'static str = setting.kind.wire_name(),
        /// What a value has to be, in words.
        wanted: String = setting.wanted(),
        /// The values to choose from, where there are some.
        choices: Option<&'static [&'static str]> = setting.kind.choices(),
        /// What it is now. Of a secret only that there is one: dots, or an empty text.
        value: Value = shown_value(setting, policy),
        /// What it is as long as nobody changes it.
        default: Value = setting.preset.to_json(),
        /// Whether it is kept sealed and never shown.
        secret: bool = setting.secret,
        /// Whether anybody may read it.
        public: bool = setting.public,
        /// The environment variable that fixes it; `null` where it can be changed.
        fixed_by: Option<String> = policy.is_forced(setting.id).then(|| format!("{FORCES}{}", setting.id)),
        /// When it was set last; `null` where nobody ever has.
        changed_at: Option<Iso> = policy.stored(setting.id).map(|stored| Iso(stored.updated_at)),
    }

    /// How it went with a test of mail.
    pub(crate) struct TestedMail {
        /// Whether the SMTP server has taken it.
        sent: bool,
        /// The address to which it went.
        recipient: String,
        /// Why it could not be sent; it is not tried again.
        error: Option<String>,
        /// How long that took.
        millis: i64,
    }

    /// What the widget's script has to know.
    pub(crate) struct Launcher {
        /// Whether there is a chat at all.
        enabled: bool,
        /// Why there is none, in a sentence for those who build the site.
        reason: Option<&'static str>,
        /// Whether somebody is there.
        online: bool,
        /// The language that the operator has chosen; empty for the visitor's own.
        language: String,
        /// How it looks.
        theme: Theme,
        /// What may open it by itself.
        triggers: Vec<LauncherTrigger>,
    }

    pub(crate) struct Theme {
        /// What stands at the top while somebody is there.
        title: String,
        /// The operator's colour.
        color: String,
        /// What stands at the top while nobody is there.
        offline_title: String,
        /// The colour then.
        offline_color: String,
        /// At which side of the page the button is.
        #[schemars(extend("enum" = ["left", "right"]))]
        position: String,
    }

    pub(crate) struct LauncherTrigger {
        /// The id of the trigger.
        id: String,
        /// Whether it fires only once for a visitor.
        run_once: bool,
        /// When it fires.
        conditions: Vec<Condition>,
    }

    pub(crate) struct Condition {
        /// What it waits for.
        #[schemars(extend("enum" = ["page-url", "time-on-site"]))]
        name: String,
        /// The seconds, or the pattern of the address.
        value: Value,
    }
}

/// A text that a message carries besides what was written.
fn carried(message: &messages::Message, pointer: &str) -> Option<String> {
    let found = message.extra.as_ref()?.pointer(pointer)?;
    found.as_str().map(str::to_owned)
}

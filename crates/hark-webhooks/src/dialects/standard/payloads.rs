//! What is written of each kind of event, under names of our own. Every member is always there; what
//! there is none of is `null`, so that receivers can declare a type for each kind. A visitor's
//! token, which opens their chat, is never written.

use hark_chat::messages::{self, BOT};
use hark_chat::notes;
use hark_chat::uploads::Upload;
use hark_model::Actor;
use hark_model::events::{
    self, AgentSnapshot, AgentStatus, Changed, ChatSnapshot, Feedback, InRoom, NamedDepartment,
    NamedPriority, Promise, Recorded, RoomSnapshot, Serving, TransferOrigin, VisitorSnapshot,
};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::dialects::Iso;
use crate::moment::{Moment, Said};
use crate::written;

/// What happened.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Data<T> {
    /// The place of the event in the log of everything; grows from event to event.
    event_id: i64,
    /// The number of the event inside its conversation: 1, 2, 3 and so on without gaps.
    sequence: Option<i64>,
    /// Who did it.
    by: By,
    // The part that differs from kind to kind.
    #[serde(flatten)]
    about: T,
}

impl<T> Data<T> {
    pub(super) fn of(recorded: &Recorded, about: T) -> Self {
        Self {
            event_id: recorded.position,
            sequence: recorded.seq(),
            by: By::of(recorded),
            about,
        }
    }
}

#[derive(Serialize, JsonSchema, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Who {
    Agent,
    Visitor,
    System,
}

impl Who {
    fn of(id: Option<&str>, is_visitor: bool) -> Self {
        match id {
            _ if is_visitor => Self::Visitor,
            None | Some(BOT) => Self::System,
            Some(_) => Self::Agent,
        }
    }
}

/// Who did it. `system` is Hark itself; of a visitor who is not known yet there is no id.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct By {
    /// An agent, the visitor, or Hark itself.
    kind: Who,
    /// The id of the account or the visitor.
    id: Option<String>,
    /// Their user name.
    username: Option<String>,
}

impl By {
    fn of(recorded: &Recorded) -> Self {
        // Someone who leaves a message behind has no record here.
        let actor = recorded.event.by();
        Self {
            kind: actor.map_or(Who::Visitor, |actor| {
                Who::of(actor.id(), actor.is_visitor())
            }),
            id: actor.and_then(Actor::id).map(str::to_owned),
            username: actor.and_then(Actor::username).map(str::to_owned),
        }
    }

    fn closer(room: &RoomSnapshot) -> Option<Self> {
        let (person, is_visitor) = (
            room.closed_by.as_ref()?,
            room.closer.as_deref() == Some("visitor"),
        );
        Some(Self {
            kind: Who::of(Some(&person.id), is_visitor),
            id: Some(person.id.clone()),
            username: Some(person.username.clone()),
        })
    }
}

written! {
    [#[derive(Serialize, JsonSchema)] #[serde(rename_all = "camelCase")]]

    /// One chat, as it was after the event.
    #[serde(deny_unknown_fields)]
    struct Conversation of(room: &RoomSnapshot) {
        /// The id of the chat.
        id: String = room.id.clone(),
        /// What agents see it called.
        label: Option<String> = Some(room.name.clone()),
        /// What it is about.
        topic: Option<String> = room.topic.clone(),
        /// When it began.
        created_at: Iso = Iso(room.created_at),
        /// When something was said last.
        last_message_at: Iso = Iso(room.last_message_at),
        /// Whether it goes on.
        open: bool = room.open,
        /// Whether it is on hold.
        on_hold: bool = room.on_hold,
        /// The id of its department.
        department_id: Option<String> = room.department.clone(),
        /// The tags that it has.
        tags: Vec<String> = room.tags.clone(),
        /// By the id of the field.
        custom_fields: Map<String, Value> = room.custom.clone(),
        /// How the visitor came: `widget`, `api` and so on.
        source: Option<String> = room.source.clone().flatten(),
        /// Who serves it.
        served_by: Option<Server> = room.served_by.as_ref().map(Server::of),
        /// When it was closed.
        closed_at: Option<Iso> = room.closed_at.map(Iso),
        /// Who closed it.
        closed_by: Option<By> = By::closer(room),
    }

    #[serde(deny_unknown_fields)]
    struct Server of(serving: &Serving) {
        /// The id of the agent's account.
        id: String = serving.id.clone(),
        /// Their user name.
        username: String = serving.username.clone(),
        /// Since when they have the chat.
        since: Iso = Iso(serving.at),
    }

    #[serde(deny_unknown_fields)]
    struct Visitor of(visitor: &VisitorSnapshot) {
        /// The id of the visitor.
        id: String = visitor.id.clone(),
        /// Their user name, which Hark has made.
        username: String = visitor.username.clone(),
        /// Their name.
        name: Option<String> = visitor.name.clone(),
        /// Their addresses.
        emails: Vec<String> = visitor.emails.clone(),
        /// Their numbers.
        phones: Vec<String> = visitor.phones.clone(),
        /// The department that they have chosen.
        department_id: Option<String> = visitor.department.clone(),
        /// By the id of the field.
        custom_fields: Map<String, Value> = visitor.custom.clone(),
    }

    #[serde(deny_unknown_fields)]
    struct Agent of(agent: &AgentSnapshot) {
        /// The id of the agent's account.
        id: String = agent.id.clone(),
        /// Their user name.
        username: String = agent.username.clone(),
        /// Their name.
        name: Option<String> = agent.name.clone(),
        /// Their address.
        email: Option<String> = agent.email.clone(),
    }

    /// A chat with those who take part in it.
    pub(super) struct Chat of(chat: &ChatSnapshot) {
        /// The chat, as it was after the event.
        conversation: Conversation = Conversation::of(&chat.room),
        /// Whose chat it is.
        visitor: Option<Visitor> = chat.visitor.as_ref().map(Visitor::of),
        /// Who serves the chat, if anyone does.
        agent: Option<Agent> = chat.agent.as_ref().map(Agent::of),
    }

    #[serde(deny_unknown_fields)]
    struct AgentName of(id: &str, username: &str) {
        /// The id of the account.
        id: String = id.to_owned(),
        /// Its user name.
        username: String = username.to_owned(),
    }

    #[serde(deny_unknown_fields)]
    struct Department of(department: &NamedDepartment) {
        /// The id of the department.
        id: String = department.id.clone(),
        /// What it is called.
        name: String = department.name.clone(),
    }

    /// Where a chat was before.
    #[serde(deny_unknown_fields)]
    struct From of(from: &TransferOrigin) {
        /// Who had it.
        agent: Option<AgentName> = from.served_by.as_ref().map(|agent| AgentName::of(&agent.id, &agent.username)),
        /// The id of the department that it was in.
        department_id: Option<String> = from.department.clone(),
    }

    /// To whom a chat went, as the one who forwarded it said. Who has it now stands in `agent`.
    #[serde(deny_unknown_fields)]
    struct To of(details: &events::Forwarded) {
        /// The agent that was named.
        agent: Option<AgentName> = details.to_agent.as_ref().map(|agent| AgentName::of(&agent.id, &agent.username)),
        /// The department that was named.
        department: Option<Department> = details.to_department.as_ref().map(Department::of),
    }

    pub(super) struct Forwarded of(forwarded: &InRoom<events::Forwarded>) {
        #[serde(flatten)]
        chat: Chat = Chat::of(&forwarded.chat),
        /// Where it was before.
        from: From = From::of(&forwarded.details.from),
        /// Where it was sent.
        to: To = To::of(&forwarded.details),
        /// What was said to the next one.
        comment: Option<String> = forwarded.details.comment.clone(),
    }

    pub(super) struct Returned of(returned: &InRoom<events::Returned>) {
        #[serde(flatten)]
        chat: Chat = Chat::of(&returned.chat),
        /// Where it was before.
        from: From = From::of(&returned.details.from),
    }

    /// How urgent a chat can be.
    #[serde(deny_unknown_fields)]
    struct Priority of(priority: &NamedPriority) {
        /// The id of the priority.
        id: String = priority.id.clone(),
        /// What it is called.
        name: String = priority.name.clone().unwrap_or_else(|| priority.label.clone()),
        /// From 1, which comes first, to 5.
        rank: i64 = priority.weight,
    }

    pub(super) struct Prioritized of(changed: &InRoom<events::Prioritized>) {
        #[serde(flatten)]
        chat: Chat = Chat::of(&changed.chat),
        /// The one that it has now.
        priority: Option<Priority> = changed.details.to.as_ref().map(Priority::of),
        /// The one before.
        from: Option<Priority> = changed.details.from.as_ref().map(Priority::of),
    }

    /// What a chat that waits is promised.
    #[serde(deny_unknown_fields)]
    struct Sla of(promise: &Promise) {
        /// The id of the SLA policy.
        id: String = promise.id.clone(),
        /// What it is called.
        name: String = promise.name.clone(),
        /// Within how many minutes an agent is to have the chat.
        due_in_minutes: i64 = promise.minutes,
    }

    pub(super) struct Promised of(changed: &InRoom<events::Promised>) {
        #[serde(flatten)]
        chat: Chat = Chat::of(&changed.chat),
        /// The one that it has now.
        sla: Option<Sla> = changed.details.to.as_ref().map(Sla::of),
        /// The one before.
        from: Option<Sla> = changed.details.from.as_ref().map(Sla::of),
        /// By when an agent is to have the chat, if it waits for one.
        due_at: Option<Iso> = changed.details.due_at.map(Iso),
    }

    pub(super) struct Overdue of(overdue: &InRoom<events::Overdue>) {
        #[serde(flatten)]
        chat: Chat = Chat::of(&overdue.chat),
        /// What was promised.
        sla: Sla = Sla::of(&overdue.details.promise),
        /// By when an agent was to have the chat.
        due_at: Iso = Iso(overdue.details.due_at),
    }

    pub(super) struct Abandoned of(abandoned: &InRoom<events::Abandoned>) {
        #[serde(flatten)]
        chat: Chat = Chat::of(&abandoned.chat),
        /// Since when the visitor owed an answer.
        silent_since: Iso = Iso(abandoned.details.silent_since),
        /// Whether the chat is closed for that; else it is put on hold.
        closes: bool = abandoned.details.closes,
    }

    /// The tags that it has now stand in `conversation`.
    pub(super) struct Tagged of(tagged: &InRoom<events::Tagged>) {
        #[serde(flatten)]
        chat: Chat = Chat::of(&tagged.chat),
        /// The tags that came.
        added: Vec<String> = tagged.details.added.clone(),
        /// The tags that went.
        removed: Vec<String> = tagged.details.removed.clone(),
    }

    pub(super) struct Ended of(closed: &InRoom<events::Closed>) {
        #[serde(flatten)]
        chat: Chat = Chat::of(&closed.chat),
        /// What was noted.
        comment: Option<String> = Some(closed.details.comment.clone()).filter(|comment| !comment.is_empty()),
        /// How the visitor had rated the chat by then. Most rate it later, which is a `feedback.submitted` of its own.
        rating: Option<Rating> = closed.details.feedback.as_ref().map(Rating::of),
    }

    /// What was noted about it when a chat was put on hold, or went on.
    pub(super) struct Commented of(chat: &ChatSnapshot, comment: &str) {
        #[serde(flatten)]
        chat: Chat = Chat::of(chat),
        /// What was noted.
        comment: Option<String> = Some(comment.to_owned()).filter(|comment| !comment.is_empty()),
    }

    #[serde(deny_unknown_fields)]
    struct Message of(moment: &Moment<'_>, message: &messages::Message, file: Option<&Upload>) {
        /// The id of the message.
        id: String = message.id.clone(),
        /// Whether it is the visitor's.
        by_visitor: bool = message.by_visitor,
        /// Who wrote it.
        author: Author = Author::of(message),
        /// What it says.
        text: String = message.text.clone(),
        /// When it was said.
        sent_at: Iso = Iso(message.at),
        /// When it was changed last.
        edited_at: Option<Iso> = message.edited.as_ref().map(|edit| Iso(edit.at)),
        /// The message to which this one answers in a thread.
        thread_id: Option<String> = extra(message, "/tmid"),
        /// The file that came with it.
        file: Option<File> = file.map(|file| File::of(moment, message, file)),
    }

    #[serde(deny_unknown_fields)]
    struct Author of(message: &messages::Message) {
        /// An agent, the visitor, or Hark itself.
        kind: Who = Who::of(Some(&message.author.id), message.by_visitor),
        /// The id of the account or the visitor.
        id: String = message.author.id.clone(),
        /// Their user name.
        username: String = message.author.username.clone(),
        /// Their name.
        name: Option<String> = message.author.name.clone(),
    }

    #[serde(deny_unknown_fields)]
    struct File of(moment: &Moment<'_>, message: &messages::Message, file: &Upload) {
        /// The id of the file.
        id: String = file.id.clone(),
        /// Its name.
        name: String = file.name.clone(),
        /// Its media type.
        media_type: String = file.media_type.clone(),
        /// In bytes.
        size: i64 = file.size,
        /// Where it is fetched. Where files are protected, the link is good for an hour from the event.
        url: String = moment.link(file, &message.author),
        /// What the sender says it shows.
        description: Option<String> = extra(message, "/attachments/0/description"),
    }

    pub(super) struct MessagePosted of(chat: &ChatSnapshot, moment: &Moment<'_>, said: &Said) {
        #[serde(flatten)]
        chat: Chat = Chat::of(chat),
        /// What was said.
        message: Message = Message::of(moment, &said.message, said.file.as_ref()),
    }

    /// A message, without its words.
    #[serde(deny_unknown_fields)]
    struct MessageName of(id: &str, by_visitor: bool) {
        /// The id of the message.
        id: String = id.to_owned(),
        /// Whether it is the visitor's.
        by_visitor: bool = by_visitor,
    }

    pub(super) struct MessageDeleted of(deleted: &InRoom<Changed>) {
        #[serde(flatten)]
        chat: Chat = Chat::of(&deleted.chat),
        /// What is gone.
        message: MessageName = MessageName::of(&deleted.details.message, deleted.details.by_visitor),
    }

    /// What agents write for each other. The visitor never sees it.
    #[serde(deny_unknown_fields)]
    struct Note of(note: &notes::Note) {
        /// The id of the note.
        id: String = note.id.clone(),
        /// Who wrote it.
        author: AgentName = AgentName::of(&note.author.id, &note.author.username),
        /// What it says.
        text: String = note.text.clone(),
        /// Who is mentioned in it.
        mentions: Vec<AgentName> = note.mentions.0.iter().map(|one| AgentName::of(&one.id, &one.username)).collect(),
        /// When it was written.
        added_at: Iso = Iso(note.at),
        /// When it was changed last.
        edited_at: Option<Iso> = note.edited_at.map(Iso),
    }

    pub(super) struct Noted of(noted: &InRoom<events::Noted>, note: &notes::Note) {
        #[serde(flatten)]
        chat: Chat = Chat::of(&noted.chat),
        /// What was noted.
        note: Note = Note::of(note),
    }

    /// A note, without its words.
    #[serde(deny_unknown_fields)]
    struct NoteName of(id: &str) {
        /// The id of the note.
        id: String = id.to_owned(),
    }

    pub(super) struct NoteDeleted of(deleted: &InRoom<events::Noted>) {
        #[serde(flatten)]
        chat: Chat = Chat::of(&deleted.chat),
        /// What is gone.
        note: NoteName = NoteName::of(&deleted.details.note),
    }

    pub(super) struct LeadCaptured of(captured: &InRoom<events::LeadCaptured>) {
        #[serde(flatten)]
        chat: Chat = Chat::of(&captured.chat),
        /// Where it stood.
        message: MessageName = MessageName::of(&captured.details.message, true),
        /// What was found.
        lead: Lead = Lead::of(&captured.details),
    }

    /// Addresses and numbers that the visitor's record did not have yet.
    #[serde(deny_unknown_fields)]
    struct Lead of(captured: &events::LeadCaptured) {
        /// New addresses.
        emails: Vec<String> = captured.emails.clone(),
        /// New numbers.
        phones: Vec<String> = captured.phones.clone(),
    }

    /// A visitor may look at pages before they write.
    pub(super) struct Navigated of(navigated: &events::Navigated) -> Option {
        /// The chat, if they have one.
        conversation: Option<Conversation> = navigated.chat().map(|chat| Conversation::of(&chat.room)),
        /// Who looks at the page.
        visitor: Visitor = Visitor::of(navigated.visitor()?),
        /// Who serves the chat.
        agent: Option<Agent> = navigated.chat().and_then(|chat| chat.agent.as_ref()).map(Agent::of),
        /// The page.
        page: Page = Page::of(navigated.page()),
    }

    #[serde(deny_unknown_fields)]
    struct Page of(page: &events::Page) {
        /// Its title.
        title: String = page.title.clone(),
        /// Its address.
        url: String = page.address.clone(),
        /// What made it another page to the widget: `url` or `title`.
        change: String = page.change.clone(),
    }

    pub(super) struct LeftMessage of(left: &events::LeftMessage, recorded: &Recorded) {
        /// What was filled in.
        form: Form = Form::of(left, recorded),
    }

    #[serde(deny_unknown_fields)]
    struct Form of(left: &events::LeftMessage, recorded: &Recorded) {
        /// The visitor's name.
        name: String = left.name.clone(),
        /// The visitor's address.
        email: String = left.email.clone(),
        /// What they have written.
        message: String = left.message.clone(),
        /// As the form names it.
        department: Option<String> = left.department.clone(),
        /// The department that was found under that name.
        department_id: Option<String> = recorded.department.clone(),
        /// The site on which the visitor was.
        host: Option<String> = left.host.clone(),
    }

    pub(super) struct ContactUpdated of(updated: &events::ContactUpdated) {
        /// Who it is about, as they are known now.
        contact: Contact = Contact::of(&updated.contact),
        /// What is different now: `name`, `emails`, `phones`, `customFields`, `contactManager`.
        changed: Vec<String> = updated.changed.clone(),
    }

    /// What is known of a person.
    #[serde(deny_unknown_fields)]
    struct Contact of(contact: &events::ContactSnapshot) {
        /// Of the contact where Hark gathers them, else of the visitor.
        id: String = contact.id.clone(),
        /// Their name.
        name: Option<String> = contact.name.clone(),
        /// Their addresses.
        emails: Vec<String> = contact.emails.clone(),
        /// Their numbers.
        phones: Vec<String> = contact.phones.clone(),
        /// By the id of the field.
        custom_fields: Map<String, Value> = contact.custom.clone(),
        /// The user name of the agent who looks after them.
        contact_manager: Option<String> = contact.manager.clone(),
    }

    /// What you keep of this visitor is to be removed, too.
    pub(super) struct VisitorErased of(erased: &events::VisitorErased) {
        /// Who was forgotten.
        visitor: Erased = Erased::of(erased),
    }

    #[serde(deny_unknown_fields)]
    struct Erased of(erased: &events::VisitorErased) {
        /// The id that the visitor had.
        id: String = erased.visitor.clone(),
        /// How many chats of theirs are gone.
        chats: i64 = erased.chats,
    }

    pub(super) struct Rated of(rated: &InRoom<events::Rated>) {
        #[serde(flatten)]
        chat: Chat = Chat::of(&rated.chat),
        /// What the visitor answered.
        rating: Rating = Rating::of(&rated.details.feedback),
    }

    /// What a visitor answered this time, from 1 to 5.
    #[serde(deny_unknown_fields)]
    struct Rating of(feedback: &Feedback) {
        /// How content they are.
        #[schemars(range(min = 1, max = 5))]
        satisfaction: Option<u8> = feedback.stars(Feedback::SATISFACTION),
        /// How much the agent knew.
        #[schemars(range(min = 1, max = 5))]
        agent_knowledge: Option<u8> = feedback.stars(Feedback::AGENT_KNOWLEDGE),
        /// How quick the agent was.
        #[schemars(range(min = 1, max = 5))]
        agent_responsiveness: Option<u8> = feedback.stars(Feedback::AGENT_RESPONSIVENESS),
        /// How friendly the agent was.
        #[schemars(range(min = 1, max = 5))]
        agent_friendliness: Option<u8> = feedback.stars(Feedback::AGENT_FRIENDLINESS),
        /// What they add in words.
        comment: Option<String> = feedback.answer(Feedback::COMMENT).map(str::to_owned),
    }

    pub(super) struct AgentStatusChanged of(status: &AgentStatus) {
        /// Who it is about.
        agent: Agent = Agent {
            id: status.agent.id.clone(),
            username: status.agent.username.clone(),
            name: Some(status.agent.name.clone()),
            email: None,
        },
        /// How they can be reached now.
        status: Status = Status::of(status),
    }

    /// What is known of how the agent can be reached.
    #[serde(deny_unknown_fields)]
    struct Status of(status: &AgentStatus) {
        /// `online`, `away`, `busy` or `offline`; `null` when it is not this that changed.
        presence: Option<String> = status.status.clone(),
        /// What they say beside it.
        text: Option<String> = status.text.clone().filter(|text| !text.is_empty()),
        /// Whether the agent takes chats; `null` for people who never do.
        takes_chats: Option<bool> = status.available,
    }

    /// Another endpoint than the one that hears of it.
    #[serde(deny_unknown_fields)]
    struct FailingEndpoint of(id: &str, name: &str) {
        /// The id of the endpoint.
        id: String = id.to_owned(),
        /// What people call it.
        name: String = name.to_owned(),
    }

    pub(super) struct EndpointFailing of(failing: &events::EndpointFailing) {
        /// The endpoint that nothing reaches.
        endpoint: FailingEndpoint = FailingEndpoint::of(&failing.endpoint, &failing.name),
        /// Since when.
        since: Iso = Iso(failing.since),
        /// The class of what goes wrong, as attempts have it.
        error: String = failing.error.clone(),
        /// The same as a sentence.
        reason: String = failing.reason.clone(),
    }

    pub(super) struct EndpointDisabled of(disabled: &events::EndpointDisabled) {
        /// The endpoint that was switched off.
        endpoint: FailingEndpoint = FailingEndpoint::of(&disabled.endpoint, &disabled.name),
        /// Why it was.
        reason: String = disabled.reason.clone(),
    }

    pub(super) struct EndpointRecovered of(recovered: &events::EndpointRecovered) {
        /// The endpoint that is reached again.
        endpoint: FailingEndpoint = FailingEndpoint::of(&recovered.endpoint, &recovered.name),
        /// When it had begun to fail.
        since: Iso = Iso(recovered.since),
    }

    pub(super) struct GivenUp of(given_up: &events::DeliveryGivenUp) {
        /// The endpoint that it did not reach.
        endpoint: FailingEndpoint = FailingEndpoint::of(&given_up.endpoint, &given_up.name),
        /// What was given up.
        delivery: GivenUpDelivery = GivenUpDelivery::of(given_up),
    }

    #[serde(deny_unknown_fields)]
    struct GivenUpDelivery of(given_up: &events::DeliveryGivenUp) {
        /// The id of the delivery.
        id: String = given_up.delivery.clone(),
        /// The event that did not arrive.
        event_id: i64 = given_up.event,
        /// The kind of the event.
        kind: String = given_up.kind.clone(),
        /// The id of the chat, if it is about one.
        conversation_id: Option<String> = given_up.conversation.clone(),
        /// How many requests were made.
        attempts: i64 = given_up.attempts,
        /// What was answered at last.
        status: Option<i64> = given_up.status,
        /// The class of what went wrong last.
        error: Option<String> = given_up.error.clone(),
    }
}

/// A text that a message carries besides what was written, by the path to it.
fn extra(message: &messages::Message, path: &str) -> Option<String> {
    let found = message.extra.as_ref()?.pointer(path)?;
    found.as_str().map(str::to_owned)
}

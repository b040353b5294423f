//! Every setting that Hark knows, under Rocket.Chat's ids: its type, its first value, where a
//! settings page shows it, and which values are refused.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde_json::Value;

use super::rule::{LONGEST_CHOICE, Rule, is_choice, is_colour};
use crate::patterns;
use crate::text::is_at_most;

const LONGEST_TEXT: usize = 10_000;
const LONGEST_MESSAGE: usize = 65_536;
const MOST_CHOICES: usize = 200;

/// What a count may be. A billion is beyond any real one, and still far from where sums overflow.
const COUNT: Rule = Rule::Between(0, 1_000_000_000);
const POSITIVE: Rule = Rule::Between(1, 1_000_000_000);
/// A year at most, as timers are set this far ahead; 0 switches such a timer off.
const SECONDS: Rule = Rule::Between(0, 31_536_000);
const MINUTES: Rule = Rule::Between(0, 525_600);
/// A pebibyte, for settings that count bytes.
const MOST_BYTES: i64 = 1 << 50;
const PAGE: Rule = Rule::Between(1, 100_000);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Boolean,
    String,
    Int,
    Select(&'static [&'static str]),
    /// The choices are those that a settings page offers; others are accepted, as they only never
    /// match anything.
    MultiSelect(&'static [&'static str]),
    Color,
    Password,
    Code,
    RelativeUrl,
}

impl Kind {
    /// The values to choose from, where there are some.
    pub const fn choices(&self) -> Option<&'static [&'static str]> {
        match self {
            Self::Select(choices) | Self::MultiSelect(choices) => Some(choices),
            _ => None,
        }
    }

    /// The `type` of a setting on the wire.
    pub const fn wire_name(&self) -> &'static str {
        match self {
            Self::Boolean => "boolean",
            Self::String => "string",
            Self::Int => "int",
            Self::Select(_) => "select",
            Self::MultiSelect(_) => "multiSelect",
            Self::Color => "color",
            Self::Password => "password",
            Self::Code => "code",
            Self::RelativeUrl => "relativeUrl",
        }
    }
}

/// The value of a setting that nobody has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    Bool(bool),
    Int(i64),
    Text(&'static str),
    List(&'static [&'static str]),
}

impl Preset {
    pub fn to_json(&self) -> Value {
        match self {
            Self::Bool(on) => Value::from(*on),
            Self::Int(number) => Value::from(*number),
            Self::Text(text) => Value::from(*text),
            Self::List(items) => Value::from(items.to_vec()),
        }
    }
}

#[derive(Debug)]
pub struct Setting {
    pub id: &'static str,
    pub kind: Kind,
    pub preset: Preset,
    /// Whether callers who are not logged in may read it.
    pub public: bool,
    pub group: &'static str,
    /// Empty for a setting that stands in its group outside of any section.
    pub section: &'static str,
    /// What it is for, in a sentence.
    pub meaning: &'static str,
    /// The key of its name in a translation, on the wire `i18nLabel`.
    pub label: &'static str,
    /// Whether Rocket.Chat sells it; for Hark this only decides what it reports about the setting.
    pub premium: bool,
    /// Whether its value is sealed at rest.
    pub secret: bool,
    pub rule: Rule,
}

impl Setting {
    /// What it is called, in English: made of the key of its name where that is short, else of its id.
    pub fn name(&self) -> String {
        const LONGEST: usize = 60;
        let key = Some(self.label).filter(|key| *key != self.id && key.len() <= LONGEST);
        let words = key.unwrap_or_else(|| {
            let without = |prefix| self.id.strip_prefix(prefix);
            without("Livechat_")
                .or_else(|| without("Omnichannel_"))
                .unwrap_or(self.id)
        });
        let words = words.replace('_', " ");
        let mut letters = words.chars();
        letters.next().map_or_else(String::new, |first| {
            first.to_uppercase().chain(letters).collect()
        })
    }

    /// Refuses what can never work, in one sentence for the person who tried to set it.
    pub fn check(&self, value: &Value) -> Result<(), String> {
        if self.admits(value) {
            return Ok(());
        }
        let why = match (self.rule, value) {
            (Rule::Pattern, Value::String(text)) => patterns::check(text).err(),
            _ => None,
        };
        Err(match why {
            Some(why) => format!("{} must be {}: {why}.", self.id, self.wanted()),
            None => format!("{} must be {}.", self.id, self.wanted()),
        })
    }

    fn admits(&self, value: &Value) -> bool {
        match (self.kind, value) {
            (Kind::Boolean, Value::Bool(_)) => true,
            (Kind::Int, Value::Null) => matches!(self.rule, Rule::BetweenOrNull(..)),
            (Kind::Int, Value::Number(number)) => number
                .as_i64()
                .is_some_and(|number| self.rule.admits_number(number)),
            (Kind::Select(options), Value::String(choice)) => options.contains(&choice.as_str()),
            (Kind::MultiSelect(_), Value::Array(choices)) => {
                choices.len() <= MOST_CHOICES && choices.iter().all(is_choice)
            }
            (Kind::Color, Value::String(text)) => is_colour(text),
            (
                Kind::String | Kind::Password | Kind::Code | Kind::RelativeUrl,
                Value::String(text),
            ) => is_at_most(text, self.longest_text()) && self.rule.admits_text(text),
            _ => false,
        }
    }

    const fn longest_text(&self) -> usize {
        match (self.rule, self.kind) {
            (Rule::AtMost(length), _) => length,
            (Rule::Pattern, _) => patterns::LONGEST_PATTERN,
            (_, Kind::Code) => LONGEST_MESSAGE,
            _ => LONGEST_TEXT,
        }
    }

    /// What a value has to be.
    pub fn wanted(&self) -> String {
        match self.kind {
            Kind::Boolean => "true or false".to_owned(),
            Kind::Int => self.number_wanted(),
            Kind::Select(options) => format!("one of {}", options.join(", ")),
            Kind::MultiSelect(_) => format!(
                "a list of at most {MOST_CHOICES} texts of at most {LONGEST_CHOICE} characters each"
            ),
            Kind::Color => "a colour such as #C1272D or #FFF".to_owned(),
            Kind::String | Kind::Password | Kind::Code | Kind::RelativeUrl => format!(
                "{}, in at most {} characters",
                self.rule.text_wanted(),
                self.longest_text()
            ),
        }
    }

    fn number_wanted(&self) -> String {
        match self.rule {
            Rule::Between(low, high) => format!("a whole number from {low} to {high}"),
            Rule::BetweenOrNull(low, high) => format!(
                "a whole number from {low} to {high}, or null for the default {}",
                self.preset.to_json()
            ),
            Rule::BetweenOrUnlimited(low, high) => {
                format!("a whole number from {low} to {high}, or -1 for no limit")
            }
            _ => "a whole number".to_owned(),
        }
    }

    const fn new(id: &'static str, kind: Kind, preset: Preset) -> Self {
        Self {
            id,
            kind,
            preset,
            public: false,
            group: "",
            section: "",
            meaning: "",
            label: id,
            premium: false,
            secret: false,
            rule: Rule::Any,
        }
    }

    const fn public(mut self) -> Self {
        self.public = true;
        self
    }

    const fn premium(mut self) -> Self {
        self.premium = true;
        self
    }

    const fn sealed(mut self) -> Self {
        self.secret = true;
        self
    }

    const fn label(mut self, key: &'static str) -> Self {
        self.label = key;
        self
    }

    const fn rule(mut self, rule: Rule) -> Self {
        self.rule = rule;
        self
    }

    const fn meaning(mut self, meaning: &'static str) -> Self {
        self.meaning = meaning.trim_ascii();
        self
    }

    const fn shown_in(mut self, group: &'static str, section: &'static str) -> Self {
        self.group = group;
        self.section = section;
        self
    }
}

/// The setting of that id; ids are compared as they are written.
pub fn find(id: &str) -> Option<&'static Setting> {
    static BY_ID: LazyLock<HashMap<&'static str, &'static Setting>> = LazyLock::new(|| {
        SETTINGS
            .iter()
            .map(|setting| (setting.id, setting))
            .collect()
    });
    BY_ID.get(id).copied()
}

const fn flag(id: &'static str, preset: bool) -> Setting {
    Setting::new(id, Kind::Boolean, Preset::Bool(preset))
}

const fn text(id: &'static str, preset: &'static str) -> Setting {
    Setting::new(id, Kind::String, Preset::Text(preset))
}

const fn message(id: &'static str, preset: &'static str) -> Setting {
    text(id, preset).rule(Rule::AtMost(LONGEST_MESSAGE))
}

const fn whole(id: &'static str, preset: i64, rule: Rule) -> Setting {
    Setting::new(id, Kind::Int, Preset::Int(preset)).rule(rule)
}

const fn choice(
    id: &'static str,
    preset: &'static str,
    options: &'static [&'static str],
) -> Setting {
    Setting::new(id, Kind::Select(options), Preset::Text(preset))
}

const fn choices(
    id: &'static str,
    preset: &'static [&'static str],
    options: &'static [&'static str],
) -> Setting {
    Setting::new(id, Kind::MultiSelect(options), Preset::List(preset))
}

const fn colour(id: &'static str, preset: &'static str) -> Setting {
    Setting::new(id, Kind::Color, Preset::Text(preset))
}

const fn password(id: &'static str) -> Setting {
    Setting::new(id, Kind::Password, Preset::Text("")).sealed()
}

const fn code(id: &'static str, rule: Rule) -> Setting {
    Setting::new(id, Kind::Code, Preset::Text("")).rule(rule)
}

const LEAD_EMAIL: &str = r"\b[A-Z0-9._%+-]+@(?:[A-Z0-9-]+\.)+[A-Z]{2,4}\b";
const LEAD_PHONE: &str = r"((?:\([0-9]{1,3}\)|[0-9]{2})[ \-]*?[0-9]{4,5}(?:[\-\s\_]{1,2})?[0-9]{4}(?:(?=[^0-9])|$)|[0-9]{4,5}(?:[\-\s\_]{1,2})?[0-9]{4}(?:(?=[^0-9])|$))";

const ROUTING: &[&str] = &[
    "Auto_Selection",
    "Manual_Selection",
    "External",
    "Load_Balancing",
    "Load_Rotation",
];

const SYSTEM_MESSAGES: &[&str] = &[
    "uj",
    "ul",
    "livechat-started",
    "livechat-close",
    "livechat_transfer_history",
    "livechat_transfer_history_fallback",
    "livechat_transcript_history",
    "livechat_video_call",
    "livechat_webrtc_video_call",
    "omnichannel_placed_chat_on_hold",
    "omnichannel_on_hold_chat_resumed",
    "omnichannel_priority_change_history",
    "omnichannel_sla_change_history",
    "au",
    "rm",
    "message_pinned",
];

/// A switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flag {
    pub id: &'static str,
    pub preset: bool,
}

/// A whole number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Number {
    pub id: &'static str,
    pub preset: i64,
}

/// Anything that is written: a text, one of several choices, a colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text {
    pub id: &'static str,
    pub preset: &'static str,
}

/// Some of several choices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choices {
    pub id: &'static str,
    pub preset: &'static [&'static str],
}

// Which of these stands for a setting, by the way it is made.
macro_rules! constant {
    ($doc:meta, flag $id:ident($preset:expr)) => { constant!($doc, Flag $id $preset); };
    ($doc:meta, whole $id:ident($preset:expr, $($rest:expr),+)) => { constant!($doc, Number $id $preset); };
    ($doc:meta, choices $id:ident($preset:expr, $($rest:expr),+)) => { constant!($doc, Choices $id $preset); };
    ($doc:meta, password $id:ident()) => { constant!($doc, Text $id ""); };
    ($doc:meta, code $id:ident($rule:expr)) => { constant!($doc, Text $id ""); };
    ($doc:meta, $text:ident $id:ident($preset:expr $(, $rest:expr)*)) => { constant!($doc, Text $id $preset); };
    ($doc:meta, $type:ident $id:ident $preset:expr) => {
        #[$doc]
        pub const $id: $type = $type { id: stringify!($id), preset: $preset };
    };
}

// A setting is a line below what it means: a constant, with which the program asks for its value, and a row of the
// table. In braces, because rustfmt would break each chain over several lines, and the table is
// only checked against its source with the eye if it does not.
macro_rules! settings {
    ($($group:literal / $section:literal {
        $(#[doc = $meaning:literal] $make:ident $id:ident($($given:expr),*)$(.$more:ident($($with:expr),*))*;)+
    })+) => {
        /// A constant for each setting, named as its id is written.
        #[expect(non_upper_case_globals, reason = "the ids are Rocket.Chat's, and greppable as they are")]
        pub mod ids {
            use super::*;
            $($(constant!(doc = $meaning, $make $id($($given),*));)+)+
        }

        /// In the order in which the settings page numbers them.
        pub static SETTINGS: &[Setting] = &[$($(
            $make(stringify!($id) $(, $given)*)$(.$more($($with),*))*.shown_in($group, $section).meaning($meaning),
        )+)+];
    };
}

settings! {
    "Omnichannel" / "" {
        /// Whether visitors can chat at all. When it is off the widget says nothing and shows nothing.
        flag Livechat_enabled(true).public();
    }
    "Omnichannel" / "Livechat" {
        /// What stands at the top of the widget while somebody is there. Empty: words of its own, in the visitor's language.
        text Livechat_title("").public();
        /// The colour of the widget: its button, its top and what the visitor says.
        colour Livechat_title_color("#1F6F54").public();
        /// Whether visitors' messages may only be as long as the next setting says.
        flag Livechat_enable_message_character_limit(false).public();
        /// The letters that a visitor's message may have, where the setting above is on. 0 is no limit.
        whole Livechat_message_character_limit(0, COUNT).public();
        /// Whether visitors can leave a message while nobody is there.
        flag Livechat_display_offline_form(true).public();
        /// Whether the widget forgets the visitor in their browser when a chat ends.
        flag Livechat_clear_local_storage_when_chat_ended(false).public();
        /// Whether the domain of an e-mail address in the offline form must be one that takes mail.
        flag Livechat_validate_offline_email(true).public();
        /// What the widget says while nobody is there and the offline form is off.
        message Livechat_offline_form_unavailable("").public().label("Offline_form_unavailable_message");
        /// What stands at the top of the widget while nobody is there. As long as it is not changed: the title above, or words in the visitor's language.
        text Livechat_offline_title("Leave a message").public().label("Title");
        /// The colour of the widget while nobody is there. As long as it is not changed, the widget keeps its colour.
        colour Livechat_offline_title_color("#1F6F54").public().label("Color");
        /// What the widget says above the offline form.
        message Livechat_offline_message("").public().label("Instructions");
        /// What the widget says when the offline form was sent.
        message Livechat_offline_success_message("").public().label("Offline_success_message");
        /// Where offline messages are mailed to: addresses with commas between them. A department's own address comes first.
        text Livechat_offline_email("").rule(Rule::Emails).label("Email_address_to_send_offline_messages");
        /// Whether the widget lets visitors move to another department.
        flag Livechat_allow_switching_departments(true).public().label("Allow_switching_departments");
        /// Whether the widget shows who answers: name, picture, status.
        flag Livechat_show_agent_info(true).public().label("Show_agent_info");
        /// Whether visitors see the e-mail address of their agent.
        flag Livechat_show_agent_email(true).public().label("Show_agent_email");
        /// Whether visitors can end a chat.
        flag Omnichannel_allow_visitors_to_close_conversation(true).public();
    }
    "Omnichannel" / "" {
        /// Whether agents have to say something when they end a chat.
        flag Livechat_request_comment_when_closing_conversation(true).public().label("Request_comment_when_closing_conversation");
    }
    "Omnichannel" / "Livechat" {
        /// What the widget says when a chat has ended.
        message Livechat_conversation_finished_message("").public().label("Conversation_finished_message");
        /// What the widget says below that.
        message Livechat_conversation_finished_text("").public().label("Conversation_finished_text");
        /// Whether visitors fill in a form before they chat.
        flag Livechat_registration_form(true).public().label("Show_preregistration_form");
        /// Whether that form asks for a name.
        flag Livechat_name_field_registration_form(true).public().label("Show_name_field");
        /// Whether that form asks for an e-mail address.
        flag Livechat_email_field_registration_form(true).public().label("Show_email_field");
        /// What the widget says above that form.
        message Livechat_registration_form_message("").public();
    }
    "Omnichannel" / "" {
        /// Kept for clients that read it. Hark does not count by it.
        whole Livechat_guest_count(1, COUNT);
        /// Kept for clients that read it. Hark does not count by it.
        whole Livechat_Room_Count(1, COUNT);
        /// Whether an agent who is away gets new chats.
        flag Livechat_enabled_when_agent_idle(true).public().label("Accept_new_livechats_when_agent_is_idle");
    }
    "Omnichannel" / "CRM_Integration" {
        // Any text: a URL that cannot be used is stored, not used, and said by the endpoint's state.
        /// Where the workspace's webhook is sent to.
        text Livechat_webhookUrl("").label("Webhook_URL");
        /// Sent with each request of that webhook in `X-RocketChat-Livechat-Token`, so that the receiver knows who asks.
        text Livechat_secret_token("").sealed().label("Secret_token");
        /// How many milliseconds the receiver of that webhook has for its answer.
        whole Livechat_http_timeout(5000, Rule::BetweenOrNull(1, 60_000));
        /// Whether that webhook hears when a chat begins.
        flag Livechat_webhook_on_start(false).label("Send_request_on_chat_start");
        /// Whether that webhook hears when a chat ends.
        flag Livechat_webhook_on_close(false).label("Send_request_on_chat_close");
        /// Whether that webhook hears when an agent takes a chat.
        flag Livechat_webhook_on_chat_taken(false).label("Send_request_on_chat_taken");
        /// Whether that webhook hears when a chat has to wait.
        flag Livechat_webhook_on_chat_queued(false).label("Send_request_on_chat_queued");
        /// Whether that webhook hears when a chat is forwarded.
        flag Livechat_webhook_on_forward(false).label("Send_request_on_forwarding");
        /// Whether that webhook hears of offline messages.
        flag Livechat_webhook_on_offline_msg(false).label("Send_request_on_offline_messages");
        /// Whether that webhook hears each message of a visitor.
        flag Livechat_webhook_on_visitor_message(false).label("Send_request_on_visitor_message");
        /// Whether that webhook hears each message of an agent.
        flag Livechat_webhook_on_agent_message(false).label("Send_request_on_agent_message");
        /// Whether that webhook hears when a visitor writes an e-mail address or a telephone number.
        flag Livechat_webhook_on_capture(false).label("Send_request_on_lead_capture");
        /// Whether bodies of that webhook have the pages that the visitor has looked at.
        flag Send_visitor_navigation_history_livechat_webhook_request(false).label("Send_visitor_navigation_history_on_request");
        // Hark's own: who is told when a webhook fails, and when it works again.
        /// E-mail addresses, with commas between them, that hear when a webhook fails and when it works again.
        text Livechat_webhook_alert_emails("").rule(Rule::Emails).label("E-mail addresses that are told when a webhook fails");
        /// What an e-mail address in a message looks like: a regular expression.
        text Livechat_lead_email_regex(LEAD_EMAIL).rule(Rule::Pattern).label("Lead_capture_email_regex");
        /// What a telephone number in a message looks like: a regular expression.
        text Livechat_lead_phone_regex(LEAD_PHONE).rule(Rule::Pattern).label("Lead_capture_phone_regex");
    }
    "Omnichannel" / "Livechat" {
        /// What counts as another page of the site: another address, or another title.
        choice Livechat_history_monitor_type("url", &["url", "title"]).label("Monitor_history_for_changes_on");
        /// Whether agents see in the chat which page the visitor looks at.
        flag Livechat_Visitor_navigation_as_a_message(false).public().label("Send_Visitor_navigation_history_as_a_message");
    }
    "Omnichannel" / "Business_Hours" {
        /// Whether agents are only available in business hours.
        flag Livechat_enable_business_hours(false).public().label("Business_hours_enabled");
    }
    "Omnichannel" / "Livechat" {
        /// Kept for clients, which play a sound until a new chat is taken.
        flag Livechat_continuous_sound_notification_new_livechat_room(false).public().label("Continuous_sound_notifications_for_new_livechat_room");
        /// Whether visitors can send files.
        flag Livechat_fileupload_enabled(true).public().label("FileUpload_Enabled");
        /// Whether visitors can have what was said mailed to them.
        flag Livechat_enable_transcript(false).public().label("Transcript_Enabled");
        /// Whether what was said is mailed to every visitor whose address is known, when their chat ends.
        flag Livechat_transcript_send_always(false).public();
        /// Whether such a mail says who came, went and forwarded, too.
        flag Livechat_transcript_show_system_messages(false).public();
        /// What the widget asks before it has what was said mailed.
        message Livechat_transcript_message("").public().label("Transcript_message");
        /// The subject of such a mail. Empty is a subject of Hark's own.
        text Livechat_transcript_email_subject("").public();
    }
    "Omnichannel" / "" {
        /// Kept for clients, which hide the removal of departments by it. Permissions decide.
        flag Omnichannel_enable_department_removal(false).public();
    }
    "Omnichannel" / "Livechat" {
        /// The sites that may show the widget: hosts with commas between them. Empty is all of them.
        text Livechat_AllowedDomainsList("").public().rule(Rule::Hosts);
        /// Whether an offline message is also told to a team room.
        flag Livechat_OfflineMessageToChannel_enabled(false).public();
        /// The team room in which offline messages are told.
        text Livechat_OfflineMessageToChannel_channel_name("").public().label("Channel_name");
    }
    "Omnichannel" / "Routing" {
        /// Who gets a new chat: whoever has the fewest, whoever takes it, who another program names, by load, or in turn.
        choice Livechat_Routing_Method("Auto_Selection", ROUTING).public();
        /// Whether a chat may begin while no agent is there; it waits then.
        flag Livechat_accept_chats_with_no_agents(false).label("Accept_with_no_online_agents");
        /// Whether a new chat goes to a bot first.
        flag Livechat_assign_new_conversation_to_bot(false).label("Assign_new_conversations_to_bot_agent");
        /// Kept for clients, which show so many waiting chats. 0 is all of them.
        whole Livechat_guest_pool_max_number_incoming_livechats_displayed(0, COUNT).public();
        /// Kept for clients, which show agents a link to the queue.
        flag Livechat_show_queue_list_link(false).public().label("Show_queue_list_to_all_agents");
        /// The program that is asked who gets a chat, where the routing is `External`.
        text Livechat_External_Queue_URL("").rule(Rule::HttpUrl).label("External_Queue_Service_URL");
        /// Sent with each question to that program in `X-RocketChat-Secret-Token`.
        text Livechat_External_Queue_Token("").sealed().label("Secret_token");
    }
    "Omnichannel" / "Queue_management" {
        /// How many seconds lie between two looks at chats that wait, at most ten.
        whole Omnichannel_queue_delay_timeout(5, SECONDS).label("Queue_delay_timeout");
    }
    "Omnichannel" / "GDPR" {
        /// Whether a visitor's network address, host and browser are kept.
        flag Livechat_Allow_collect_and_store_HTTP_header_informations(false).public().label("Allow_collect_and_store_HTTP_header_informations");
        /// Whether visitors must agree to something before they chat.
        flag Livechat_force_accept_data_processing_consent(false).public().label("Force_visitor_to_accept_data_processing_consent");
        /// What they must agree to.
        message Livechat_data_processing_consent_text("").public().label("Data_processing_consent_text");
    }
    "Omnichannel" / "Sessions" {
        /// What becomes of an agent's chats when they are gone: nothing, on to others, or an end.
        choice Livechat_agent_leave_action("none", &["none", "forward", "close"]).label("How_to_handle_open_sessions_when_agent_goes_offline");
        /// After how many seconds an agent counts as gone.
        whole Livechat_agent_leave_action_timeout(60, SECONDS).label("How_long_to_wait_after_agent_goes_offline");
        /// What is said when a chat ends because its agent is gone.
        message Livechat_agent_leave_comment("").label("Comment_to_leave_on_closing_session");
        /// After how many seconds a visitor who owes an answer counts as gone. A department may say something else.
        whole Livechat_visitor_inactivity_timeout(3600, SECONDS).label("How_long_to_wait_to_consider_visitor_abandonment");
    }
    "Omnichannel" / "Video_and_Audio_Call" {
        /// How agents and visitors call each other. Both `WebRTC` here and `WebRTC_Enabled` are needed for a link.
        choice Omnichannel_call_provider("none", &["none", "default-provider", "WebRTC"]).public().label("Call_provider");
    }
    "Omnichannel" / "External_Frame" {
        /// Kept for clients, which show a page of another program beside a chat.
        flag Omnichannel_External_Frame_Enabled(false).public();
        /// Kept for clients: the address of that page.
        text Omnichannel_External_Frame_URL("").public().rule(Rule::HttpUrl);
    }
    "SMS" / "" {
        /// Whether text messages come in and go out.
        flag SMS_Enabled(false).label("Enabled");
        /// Who carries text messages.
        choice SMS_Service("twilio", &["twilio", "voxtelesys", "mobex"]).label("Service");
        /// The department, by name or id, that text messages come to when nothing else is said.
        text SMS_Default_Omnichannel_Department("");
        /// What Voxtelesys and Mobex have to show in the address they call, as they sign nothing.
        password SMS_Incoming_Secret().label("Incoming_secret");
    }
    "SMS" / "Twilio" {
        /// The account at Twilio.
        text SMS_Twilio_Account_SID("").label("Account_SID");
        /// Its token, which is also what incoming requests are signed with.
        password SMS_Twilio_authToken().label("Auth_Token");
        /// Where Twilio's API is.
        text SMS_Twilio_URL("https://api.twilio.com").rule(Rule::HttpUrl).label("URL");
    }
    "SMS" / "Voxtelesys" {
        /// The token of the account at Voxtelesys.
        password SMS_Voxtelesys_authToken().label("Auth_Token");
        /// Where Voxtelesys' API is.
        text SMS_Voxtelesys_URL("https://smsapi.voxtelesys.net/api/v1/sms").rule(Rule::HttpUrl).label("VoxTelesys_URL");
    }
    "SMS" / "Mobex" {
        /// Where Mobex' gateway is.
        text SMS_Mobex_gateway_address("").rule(Rule::HttpUrl).label("Mobex_sms_gateway_address");
        /// The account at Mobex.
        text SMS_Mobex_username("").label("Mobex_sms_gateway_username");
        /// Its password.
        password SMS_Mobex_password().label("Mobex_sms_gateway_password");
        /// The number that text messages by Mobex come from.
        text SMS_Mobex_from_number("").label("Mobex_sms_gateway_from_number");
    }
    "Omnichannel" / "Sessions" {
        /// What becomes of a chat whose visitor counts as gone: nothing, an end, or a wait on hold.
        choice Livechat_abandoned_rooms_action("none", &["none", "close", "on-hold"]).premium().label("How_to_handle_visitor_abandonment");
        /// What is said when such a chat ends. Empty is a sentence of Hark's own.
        message Livechat_abandoned_rooms_closed_custom_message("").premium();
    }
    "Omnichannel" / "Routing" {
        /// How many fallback departments are tried one after the other when nobody of a department is there.
        whole Omnichannel_max_fallback_forward_depth(3, Rule::Between(0, 100)).premium();
        /// Whether a visitor who comes back gets the agent they had, if that one is there.
        flag Livechat_last_chatted_agent_routing(false).premium();
        /// Whether a visitor gets the manager of their contact, if that one is there.
        flag Omnichannel_contact_manager_routing(true).premium();
    }
    "Omnichannel" / "Business_Hours" {
        /// Whether one business hour holds for all, or departments have their own.
        choice Livechat_business_hour_type("Single", &["Single", "Multiple"]).premium();
    }
    "Omnichannel" / "Queue_management" {
        /// Whether chats wait in line until an agent has room for them, and visitors are told their place.
        flag Livechat_waiting_queue(false).premium().label("Waiting_queue");
        /// What the widget tells those who wait.
        message Livechat_waiting_queue_message("").premium().label("Waiting_queue_message");
        /// How many chats an agent has at once. 0 is no limit. Departments and agents may say something else.
        whole Livechat_maximum_chats_per_agent(0, COUNT).premium().label("Max_number_of_chats_per_agent");
        /// Whether it is reckoned how long those who wait will have to.
        flag Omnichannel_calculate_dispatch_service_queue_statistics(true).premium();
        /// From how many of the latest chats that is reckoned.
        whole Livechat_number_most_recent_chats_estimate_wait_time(100, COUNT).premium().label("Number_of_most_recent_chats_estimate_wait_time");
        /// After how many minutes a chat that nobody has taken ends. -1 is never.
        whole Livechat_max_queue_wait_time(-1, Rule::BetweenOrUnlimited(0, 31_536_000)).premium().label("Livechat_maximum_queue_wait_time");
        /// What the queue goes by: who came first, priority, or by when an agent is due.
        choice Omnichannel_sorting_mechanism("Timestamp", &["Timestamp", "Priority", "SLAs"]).premium().label("Sorting_mechanism");
    }
    "Omnichannel" / "Livechat" {
        /// Scripts that the widget loads besides: URLs with commas between them.
        text Livechat_AdditionalWidgetScripts("").rule(Rule::HttpUrls).premium();
        /// Style sheets that the widget loads besides: URLs with commas between them.
        text Livechat_WidgetLayoutClasses("").rule(Rule::HttpUrls).premium();
        /// The colour that lies behind the messages of a chat. Any other background is passed over. Empty: the widget's paper.
        text Livechat_background("").premium();
        /// On which side of the page the widget is.
        choice Livechat_widget_position("right", &["left", "right"]).premium();
        /// Kept for clients, which leave out by it whose program the widget is. Hark's never says it.
        flag Livechat_hide_watermark(false).premium();
        /// Which notices visitors do not see.
        choices Livechat_hide_system_messages(&["uj", "ul", "livechat-close"], SYSTEM_MESSAGES).premium();
    }
    "Omnichannel" / "Sessions" {
        /// After how many seconds on hold a chat ends. 0 is never.
        whole Livechat_auto_close_on_hold_chats_timeout(3600, SECONDS).premium();
        /// What is said when such a chat ends. Empty is a sentence of Hark's own.
        message Livechat_auto_close_on_hold_chats_custom_message("").premium();
        /// Whether agents can put a chat on hold.
        flag Livechat_allow_manual_on_hold(false).premium();
        /// Whether they can only when the visitor has had an answer.
        flag Livechat_allow_manual_on_hold_upon_agent_engagement_only(true).premium();
        /// After how many seconds without a word of its agent a chat goes on to another. 0 is never.
        whole Livechat_auto_transfer_chat_timeout(0, SECONDS).premium();
    }
    "Omnichannel" / "Canned_Responses" {
        /// Whether agents have answers ready.
        flag Canned_Responses_Enable(true).premium();
    }
    "General" / "" {
        /// The language of the widget where neither the page nor the browser names one.
        text Language("").rule(Rule::AtMost(35));
    }
    "Email" / "SMTP" {
        /// Who mails come from: an address, with a name if one likes.
        text From_Email("").rule(Rule::Mailbox);
    }
    "Message" / "" {
        /// Whether agents can change what they have said.
        flag Message_AllowEditing(true);
        /// Whether agents can take back what they have said.
        flag Message_AllowDeleting(true);
        /// The letters that a message may have.
        whole Message_MaxAllowedSize(5000, Rule::Between(1, 1_000_000));
        /// Whether a message that was taken back leaves a notice in its place.
        flag Message_ShowDeletedStatus(false);
        /// Kept for clients. Hark keeps no earlier versions of messages.
        flag Message_KeepHistory(false);
    }
    "FileUpload" / "" {
        /// Whether anybody can send files.
        flag FileUpload_Enabled(true);
        /// The bytes that a file may have. -1 is no limit.
        whole FileUpload_MaxFileSize(104_857_600, Rule::BetweenOrUnlimited(1, 2_147_483_648));
        // Hark's own: what visitors may fill the disk with, in bytes.
        /// The bytes of files that a visitor may send in a day. -1 is no limit.
        whole FileUpload_MaxBytes_Visitor_Day(209_715_200, Rule::BetweenOrUnlimited(0, MOST_BYTES)).label("Bytes of files that a visitor may send in a day");
        /// The bytes of files that visitors may send into one chat in a day. -1 is no limit.
        whole FileUpload_MaxBytes_Chat_Day(524_288_000, Rule::BetweenOrUnlimited(0, MOST_BYTES)).label("Bytes of files that visitors may send into a chat in a day");
        /// The bytes of files that visitors at one network address may send in a day. -1 is no limit.
        whole FileUpload_MaxBytes_Address_Day(2_147_483_648, Rule::BetweenOrUnlimited(0, MOST_BYTES)).label("Bytes of files that visitors at one address may send in a day");
        /// The bytes of files that all visitors together may send in a day. -1 is no limit.
        whole FileUpload_MaxBytes_Day(10_737_418_240, Rule::BetweenOrUnlimited(0, MOST_BYTES)).label("Bytes of files that all visitors together may send in a day");
        /// The bytes of the disk that files leave free, for the database.
        whole FileUpload_Disk_Reserve(268_435_456, Rule::Between(1_048_576, MOST_BYTES)).label("Bytes of the disk that stay free of files, for the database");
        /// The kinds of files that are taken, such as `image/*,application/pdf`. Empty is all of them.
        text FileUpload_MediaTypeWhiteList("");
        /// The kinds of files that are not taken.
        text FileUpload_MediaTypeBlackList("image/svg+xml");
        /// Whether a file is only given to those who may see it.
        flag FileUpload_ProtectFiles(true);
        /// Whether a file is only given to those who may see the chat that it was sent in.
        flag FileUpload_Restrict_to_room_members(true).label("FileUpload_RestrictToRoomMembers");
        /// Whether a link to a file may carry a signed permission that holds for a while.
        flag FileUpload_Enable_json_web_token_for_files(true);
        /// What such permissions are signed with. Empty is a key of the installation's own.
        text FileUpload_json_web_token_secret_for_files("").sealed();
    }
    "Layout" / "User_Interface" {
        /// Kept for clients, which show names in place of usernames.
        flag UI_Use_Real_Name(false);
    }
    "General" / "" {
        /// Whether all messages count as unread for an agent, or those that mention them.
        choice Unread_Count_Omni("all_messages", &["all_messages", "mentions_only"]);
        /// Whether lists of rooms have the last message of each.
        flag Store_Last_Message(true);
    }
    "Message" / "" {
        /// Which notices histories leave out.
        choices Hide_System_Messages(&[], SYSTEM_MESSAGES);
    }
    "Accounts" / "Registration" {
        /// Fields that accounts have besides: a JSON object with one member for each.
        code Accounts_CustomFields(Rule::JsonObject).label("Custom_Fields");
    }
    "Accounts" / "" {
        /// Whether people can write what they are doing beside their status.
        flag Accounts_AllowUserStatusMessageChange(true);
        /// Whether people can be there and be shown as offline.
        flag Accounts_AllowInvisibleStatusOption(true);
        /// For how many days a log-in is good.
        whole Accounts_LoginExpiration(90, Rule::Between(1, 3650));
        /// Whether whoever has forgotten their password gets a link by mail, to choose another.
        flag Accounts_PasswordReset(true).public();
    }
    "Accounts" / "Two Factor Authentication" {
        /// Whether what is delicate asks for a second factor.
        flag Accounts_TwoFactorAuthentication_Enabled(true);
        /// Whether those who have no second factor are asked for their password there.
        flag Accounts_TwoFactorAuthentication_Enforce_Password_Fallback(true);
    }
    "Threads" / "" {
        /// Kept for clients. Live chats have no threads.
        flag Threads_enabled(true).label("Enable");
    }
    "WebRTC" / "" {
        /// Whether browsers may call each other.
        flag WebRTC_Enabled(false).label("Enabled");
    }
    "Rate Limiter" / "API_Rate_Limiter" {
        /// Whether calls are counted and refused when they are too many.
        flag API_Enable_Rate_Limiter(true);
        /// How many calls of a route one caller has in the time below.
        whole API_Enable_Rate_Limiter_Limit_Calls_Default(10, POSITIVE);
        /// That time, in milliseconds.
        whole API_Enable_Rate_Limiter_Limit_Time_Default(60_000, Rule::Between(1000, 86_400_000));
    }
    "General" / "REST API" {
        /// How many entries a page of a list has at most.
        whole API_Upper_Count_Limit(100, PAGE);
        /// How many entries a page of a list has when nothing is said.
        whole API_Default_Count(50, PAGE);
        /// Whether `count=0` asks for all entries that a list has, up to the bound of each list.
        flag API_Allow_Infinite_Count(true);
        /// Whether pages of other sites may call the API.
        flag API_Enable_CORS(false);
        /// Which sites those are: origins with commas between them, or `*`.
        text API_CORS_Origin("*").rule(Rule::Origins);
    }
    "Accounts" / "Two Factor Authentication" {
        /// For how many seconds a second factor that was shown is good.
        whole Accounts_TwoFactorAuthentication_RememberFor(1800, SECONDS);
        // Each step lets two more codes in, so that a generous drift is a gift to who guesses.
        /// How many half minutes the clock of somebody's second factor may be off.
        whole Accounts_TwoFactorAuthentication_MaxDelta(1, Rule::Between(0, 20));
        /// Whether codes of an authenticator are a second factor.
        flag Accounts_TwoFactorAuthentication_By_TOTP_Enabled(true);
    }
    "Accounts" / "Personal Access Tokens" {
        /// Whether personal access tokens stay good when their owner gets a new password.
        flag Accounts_personal_tokens_outlive_password(false).label("Personal access tokens stay good when their owner gets a new password, and again when a deactivated account is let in: whoever made one with a stolen log-in stays in, too");
    }
    "Accounts" / "Login_Attempts" {
        /// Whether those who guess passwords are kept out.
        flag Block_Multiple_Failed_Logins_Enabled(true);
        /// Whether it is counted how often somebody guessed the password of an account.
        flag Block_Multiple_Failed_Logins_By_User(true);
        /// After how many wrong passwords an account is closed for a while.
        whole Block_Multiple_Failed_Logins_Attempts_Until_Block_by_User(10, POSITIVE);
        /// For how many minutes that is.
        whole Block_Multiple_Failed_Logins_Time_To_Unblock_By_User_In_Minutes(5, MINUTES);
        /// Whether it is counted how often a network address guessed.
        flag Block_Multiple_Failed_Logins_By_Ip(true);
        /// After how many wrong passwords a network address is kept out for a while.
        whole Block_Multiple_Failed_Logins_Attempts_Until_Block_By_Ip(50, POSITIVE);
        /// For how many minutes that is.
        whole Block_Multiple_Failed_Logins_Time_To_Unblock_By_Ip_In_Minutes(5, MINUTES);
    }
    "General" / "" {
        /// Where this server is reached. Kept for clients that read it; Hark goes by `--site-url`.
        text Site_Url("").public().rule(Rule::HttpUrl);
        /// What this server is called, in mails and at the top of pages.
        text Site_Name("Hark").public();
    }
    "General" / "Timezone" {
        /// Whose days and hours reports go by: the server's, those of the next setting, or the reader's.
        choice Default_Timezone_For_Reporting("server", &["server", "custom", "user"]);
        /// A time zone such as `Europe/Berlin`, for the setting above.
        text Default_Custom_Timezone("");
    }
    "General" / "UTF8" {
        /// What a username may look like: a regular expression.
        text UTF8_User_Names_Validation("[0-9a-zA-Z-_.]+").rule(Rule::Pattern);
    }
    "Email" / "SMTP" {
        /// Whether the mail server is reached by TLS from the first byte.
        choice SMTP_Protocol("smtp", &["smtp", "smtps"]).label("Protocol");
        /// The mail server. Empty: no mail is sent.
        text SMTP_Host("").rule(Rule::Host).label("Host");
        /// Its port. Empty is the usual one.
        text SMTP_Port("").rule(Rule::Port).label("Port");
        /// Who we are there.
        text SMTP_Username("").label("Username");
        /// Our password there.
        password SMTP_Password().label("Password");
    }
    "General" / "Audit" {
        /// For how many days it is known who changed what.
        whole Audit_log_days(365, Rule::Between(1, 36_500)).label("Days for which it is known who changed what");
    }
    "Omnichannel" / "Livechat" {
        /// How many messages, visits and chats a visitor may make in a day, each 4 KiB counted as one. -1 is no limit.
        whole Livechat_visitor_entries_per_day(5_000, Rule::BetweenOrUnlimited(1, 1_000_000_000)).label("Messages, visits, chats and the like that a visitor may make in a day, each 4 KiB of it counted as one");
        /// The same of all visitors at one network address.
        whole Livechat_address_entries_per_day(100_000, Rule::BetweenOrUnlimited(1, 1_000_000_000)).label("The same of all visitors at one address");
        /// Whether agents see what a visitor writes before it is sent. Only where visitors are asked for their consent.
        flag Livechat_show_unfinished_words(false).public().label("Show agents what a visitor writes before it is sent: only where visitors are asked for their consent, whose text says so");
        /// What the text of the consent says of that. Empty: words of the widget's own, in the visitor's language.
        message Livechat_unfinished_words_consent_text("").public().label("What the text of the consent says of it");
        /// What the widget greets with before a chat. Empty: words of its own, in the visitor's language.
        text Livechat_welcome_greeting("").rule(Rule::AtMost(200)).public().label("What the widget greets with");
        /// Questions that a visitor asks with one click, each on a line of its own. The widget shows the first five.
        text Livechat_quick_starts("").public().rule(Rule::AtMost(2_000)).label("Questions that a visitor asks with one click, each on a line of its own");
        /// Where the privacy policy is. The widget leads there before a chat.
        text Livechat_privacy_link("").rule(Rule::HttpUrl).public().label("Where the privacy policy is");
        /// Whether visitors see up to three of those who are there before a chat, where the widget shows who answers.
        flag Livechat_show_faces(true).public().label("Show visitors who is there before a chat");
        /// Whether people are kept as contacts, each with the visitors that they are as far as that is proven, and served at `omnichannel/contacts`. Rocket.Chat 6.14 has them only in its own tests, and turns everyone away otherwise.
        flag Livechat_contacts_enabled(false).label("Keep people as contacts, which have the visitors that they are");
        /// Whether who types the e-mail address or telephone number of another visitor becomes that visitor, with their chats. Only for sites where that is meant.
        flag Livechat_recognise_visitors_by_contact(false).label("Recognise visitors by what they type: whoever gives the e-mail address or telephone number of another visitor reads that one's chats and writes in their name");
    }
}
#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use serde_json::json;

    use super::*;

    // Tables as text: id, value as JSON, and what the sentence says or the preset is.
    const REFUSED: &str = r##"
        Livechat_enabled | "true" | true or false
        Livechat_title | 7 | a text
        Livechat_title_color | "red" | #C1272D
        Livechat_title_color | "#12345" | a colour
        Livechat_message_character_limit | -1 | from 0 to
        Livechat_message_character_limit | 1.5 | a whole number
        Livechat_message_character_limit | "100" | a whole number
        Livechat_http_timeout | 0 | from 1 to 60000, or null
        Livechat_http_timeout | 60001 | the default 5000
        Livechat_max_queue_wait_time | -2 | -1 for no limit
        Livechat_offline_email | "nobody" | e-mail addresses
        Livechat_offline_email | "a@b.c,,d@e.f" | commas
        Livechat_AllowedDomainsList | "https://a.example/x" | hosts
        Livechat_AllowedDomainsList | "a.example b.example" | hosts
        Livechat_External_Queue_URL | "ftp://a.example" | http://
        Livechat_External_Queue_URL | "http:///x" | https://
        Livechat_External_Queue_URL | "http://a.example/x y" | https://
        Livechat_Routing_Method | "Nobody" | Auto_Selection, Manual_Selection
        Livechat_hide_system_messages | "uj" | a list
        Livechat_hide_system_messages | [1] | texts
        From_Email | "Ann\r\nBcc: x <a@b.example>" | one e-mail address
        Message_MaxAllowedSize | 0 | from 1
        FileUpload_MaxFileSize | 0 | -1 for no limit
        FileUpload_MaxFileSize | 2147483649 | 2147483648
        Accounts_CustomFields | "[]" | a JSON object
        Accounts_LoginExpiration | 0 | from 1 to 3650
        API_Default_Count | 0 | from 1
        API_Enable_Rate_Limiter_Limit_Calls_Default | 0 | from 1
        API_Enable_Rate_Limiter_Limit_Time_Default | 999 | from 1000 to 86400000
        API_Enable_Rate_Limiter_Limit_Time_Default | 18446744073709551615 | a whole number
        API_CORS_Origin | "https://a.example/" | origins
        Site_Url | "chat.example.com" | http://
        SMTP_Protocol | "imap" | one of smtp, smtps
        SMTP_Host | "mail.example:25" | a host
        SMTP_Port | "+25" | 1 to 65535
        SMTP_Port | "0" | 1 to 65535
    "##;

    const ACCEPTED: &str = r##"
        Livechat_title_color | "#fff"
        Livechat_webhookUrl | "8000"
        Livechat_webhookUrl | "ftp://example.com/x"
        Livechat_http_timeout | null
        Livechat_http_timeout | 60000
        Livechat_max_queue_wait_time | 30
        Livechat_offline_email | "a@b.example, Ünal@firma.example"
        Livechat_AllowedDomainsList | "a.example, localhost:8080,[::1]:3000,[::1]"
        Livechat_External_Queue_URL | "HTTP://user:pw@127.0.0.1:9/route?x=1"
        Livechat_hide_system_messages | ["of a later version"]
        Livechat_visitor_inactivity_timeout | 0
        From_Email | "Support <help@example.com>"
        FileUpload_MaxFileSize | -1
        Accounts_CustomFields | "{\"team\":{\"type\":\"text\"}}"
        API_CORS_Origin | "https://a.example, capacitor://localhost"
        Site_Url | "https://chat.example.com/hark"
        SMTP_Host | "::1"
        SMTP_Port | "587"
    "##;

    const PRESETS: &str = r#"
        Livechat_title | ""
        Livechat_guest_count | 1
        Livechat_http_timeout | 5000
        Livechat_hide_system_messages | ["uj","ul","livechat-close"]
        Hide_System_Messages | []
        FileUpload_MaxFileSize | 104857600
        FileUpload_MediaTypeBlackList | "image/svg+xml"
        Livechat_max_queue_wait_time | -1
        Livechat_allow_manual_on_hold_upon_agent_engagement_only | true
        API_CORS_Origin | "*"
        Site_Name | "Hark"
    "#;

    fn rows(table: &'static str) -> impl Iterator<Item = (&'static str, Value, &'static str)> {
        let lines = table.lines().map(str::trim);
        lines.filter(|line| !line.is_empty()).map(|line| {
            let mut cells = line.splitn(3, " | ");
            let mut cell = || cells.next().unwrap_or_default();
            let (id, json, said) = (cell(), cell(), cell());
            let value =
                serde_json::from_str(json).unwrap_or_else(|error| panic!("{line}: {error}"));
            (id, value, said)
        })
    }

    fn setting(id: &str) -> &'static Setting {
        find(id).unwrap_or_else(|| panic!("{id} is not in the catalogue"))
    }

    fn refusal(id: &str, value: &Value) -> String {
        match setting(id).check(value) {
            Ok(()) => panic!("{id} accepts {value}"),
            Err(sentence) => sentence,
        }
    }

    #[test]
    fn every_id_is_there_once_and_can_be_found() {
        let ids: HashSet<_> = SETTINGS.iter().map(|setting| setting.id).collect();
        assert_eq!(ids.len(), SETTINGS.len());
        for listed in SETTINGS {
            assert!(std::ptr::eq(setting(listed.id), listed));
            assert!(!listed.group.is_empty(), "{} has no group", listed.id);
        }
        assert!(find("livechat_enabled").is_none());
        assert!(find("").is_none());
    }

    #[test]
    fn every_preset_passes_its_own_check() {
        for setting in SETTINGS {
            assert_eq!(setting.check(&setting.preset.to_json()), Ok(()));
        }
    }

    #[test]
    fn every_setting_refuses_another_type() {
        for setting in SETTINGS {
            let sentence = refusal(setting.id, &json!({}));
            assert!(sentence.starts_with(setting.id) && sentence.ends_with('.'));
            let takes_null = setting.check(&Value::Null).is_ok();
            assert_eq!(takes_null, setting.id == "Livechat_http_timeout");
        }
    }

    #[test]
    fn what_can_never_work_is_refused_with_a_sentence() {
        for (id, value, said) in rows(REFUSED) {
            let sentence = refusal(id, &value);
            assert!(sentence.contains(said), "{sentence}");
        }
    }

    #[test]
    fn what_can_work_is_accepted() {
        for (id, value, _) in rows(ACCEPTED) {
            assert_eq!(setting(id).check(&value), Ok(()));
        }
    }

    #[test]
    fn presets_are_those_of_the_contract() {
        for (id, preset, _) in rows(PRESETS) {
            assert_eq!(setting(id).preset.to_json(), preset, "{id}");
        }
    }

    #[test]
    fn the_timeouts_sentence_is_whole() {
        assert_eq!(
            refusal("Livechat_http_timeout", &json!("soon")),
            "Livechat_http_timeout must be a whole number from 1 to 60000, \
             or null for the default 5000."
        );
    }

    #[test]
    fn lengths_are_counted_in_characters() {
        let title = |length| json!("é".repeat(length));
        assert_eq!(setting("Livechat_title").check(&title(10_000)), Ok(()));
        assert!(refusal("Livechat_title", &title(10_001)).contains("10000 characters"));
        assert!(refusal("Livechat_offline_message", &title(65_537)).contains("65536"));
        let many = json!(vec!["uj"; MOST_CHOICES + 1]);
        assert!(refusal("Hide_System_Messages", &many).contains("at most 200"));
    }

    #[test]
    fn what_is_public_and_what_is_sealed() {
        for (id, public) in [
            ("Livechat_enabled", true),
            ("Livechat_OfflineMessageToChannel_channel_name", true),
            ("Omnichannel_External_Frame_URL", true),
            ("Site_Url", true),
            ("Livechat_offline_email", false),
            ("Livechat_webhookUrl", false),
            ("Language", false),
        ] {
            assert_eq!(setting(id).public, public, "{id}");
        }
        let sealed = SETTINGS.iter().filter(|setting| setting.secret);
        let sealed: Vec<_> = sealed.map(|setting| (setting.id, setting.public)).collect();
        assert_eq!(
            sealed,
            [
                ("Livechat_secret_token", false),
                ("Livechat_External_Queue_Token", false),
                ("SMS_Incoming_Secret", false),
                ("SMS_Twilio_authToken", false),
                ("SMS_Voxtelesys_authToken", false),
                ("SMS_Mobex_password", false),
                ("FileUpload_json_web_token_secret_for_files", false),
                ("SMTP_Password", false)
            ]
        );
    }
}

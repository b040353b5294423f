//! One conversation: its visitor, and the agents who answer.

mod work;

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::try_join_all;
use hark_store::Ids;
use serde_json::{Value, json};

use super::client::{self, Api, ApiError, text};
use super::conversations::{Conversation, Department, Guest, Page, Step};
use super::output::{Count, Output};
use super::schedule::{Tempo, Turn};
use super::setup::{Member, TOKENS, Team, first_name};

/// What all conversations share.
pub(super) struct Shared {
    pub team: Team,
    /// As nobody in particular.
    pub anonymous: Api,
    pub output: Arc<Output>,
}

/// How often it is looked whether a chat that waits has been taken.
const LOOKS: usize = 45;
/// An agent leaves the others so much time to be quicker.
const LOOKS_BEFORE_TAKING: usize = 3;
const SHORTEST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

struct Chat {
    shared: Arc<Shared>,
    visitor: Api,
    guest: &'static Guest,
    tempo: Tempo,
    token: String,
    /// By which those who work there know the visitor.
    visitor_id: String,
    room: String,
    department: Department,
    /// Who has the chat, as far as is known.
    server: Option<Server>,
    /// The visitor's last message.
    last: String,
    open: bool,
    /// Those who are away because of this conversation.
    away: Option<Department>,
}

#[derive(Clone, Copy)]
enum Server {
    /// By their place among the agents of the team.
    Ours(usize),
    /// Not one of the team: someone who looks at the demo has taken the chat.
    Stranger,
}

/// How a chat is right now.
struct Look {
    open: bool,
    server: Option<Server>,
}

/// Goes through a conversation to its end. Only a server that is gone is an error; what it declines is
/// shown, and the chat is ended.
pub(super) async fn run(shared: Arc<Shared>, turn: Turn) -> Result<(), ApiError> {
    let Turn {
        conversation,
        guest,
        tempo,
        ..
    } = turn;
    let mut chat = Chat {
        visitor: shared.anonymous.in_widget(),
        shared,
        guest,
        tempo,
        token: format!("{TOKENS}{}", Ids::from_system().id17()),
        visitor_id: String::new(),
        room: String::new(),
        department: conversation.department,
        server: None,
        last: String::new(),
        open: false,
        away: None,
    };
    let mut outcome = chat.enter(conversation).await;
    for step in conversation.steps {
        if outcome.is_ok() {
            outcome = chat.step(step).await;
        }
    }
    if let Some(department) = chat.away {
        chat.back(department).await?;
    }
    match outcome {
        Err(ApiError::Refused { path, words }) => chat.broken(&path, &words).await,
        outcome => outcome,
    }
}

impl Chat {
    fn output(&self) -> &Output {
        &self.shared.output
    }

    async fn pause(&mut self, seconds: f64) {
        tokio::time::sleep(self.tempo.some(seconds)).await;
    }

    /// Looks around, then asks for a chat.
    async fn enter(&mut self, conversation: &'static Conversation) -> Result<(), ApiError> {
        for page in conversation.pages {
            self.visit(page).await?;
            self.pause(2.0).await;
        }
        let mut visitor = json!({
            "token": self.token,
            "name": self.guest.name,
            "email": self.guest.email,
            "department": self.shared.team.department(self.department),
        });
        if let Some(order) = conversation.order {
            visitor["customFields"] =
                json!([{"key": "orderNumber", "value": order, "overwrite": true}]);
        }
        let visitor = json!({"visitor": visitor});
        self.visitor.post("livechat/visitor", &visitor).await?;
        let mut path = format!("livechat/room?token={}", self.token);
        let asked = conversation.asks_for;
        let mut agents = self.shared.team.agents.iter();
        if let Some(agent) = agents.find(|agent| Some(agent.name) == asked) {
            path = format!("{path}&agentId={}", agent.id);
        }
        let answer = self.visitor.get(&path).await?;
        let room = &answer["room"];
        self.room = text(&room["_id"]);
        self.visitor_id = text(&room["v"]["_id"]);
        self.open = true;
        self.server = self.server_of(room);
        self.output().count(Count::Opened);
        let place = self.department.name();
        match self.member() {
            Some(agent) => {
                let agent = agent.first_name();
                let words = format!("opens a chat with {place}; {agent} has it");
                self.output().count(Count::Taken);
                self.output().did(self.guest.name, words);
            }
            None => {
                let words = format!("opens a chat with {place}, and waits");
                self.output().did(self.guest.name, words);
            }
        }
        Ok(())
    }

    fn server_of(&self, room: &Value) -> Option<Server> {
        let username = room["servedBy"]["username"].as_str()?;
        let mut agents = self.shared.team.agents.iter();
        let ours = agents.position(|agent| agent.username == username);
        Some(ours.map_or(Server::Stranger, Server::Ours))
    }

    /// The one of the team who has the chat.
    fn member(&self) -> Option<&Member> {
        match self.server {
            Some(Server::Ours(place)) => self.shared.team.agents.get(place),
            Some(Server::Stranger) | None => None,
        }
    }

    fn filled(&self, text: &str) -> String {
        let agent = self.member().map_or("", Member::first_name);
        text.replace("{agent}", agent)
            .replace("{visitor}", first_name(self.guest.name))
    }

    async fn step(&mut self, step: &Step) -> Result<(), ApiError> {
        match step {
            Step::Asks(text) => self.ask(text).await,
            Step::Answers(text) => self.answer(text, false).await,
            Step::Quotes(text) => self.answer(text, true).await,
            Step::Corrects(text) => self.correct(text).await,
            Step::Visits(page) => self.visit(page).await,
            Step::Forwards(department, comment) => self.forward(*department, comment).await,
            Step::Break(department) => self.leave_desk(*department).await,
            Step::Back(department) => self.back(*department).await,
            Step::Waits(seconds) => {
                let seconds = u32::try_from(*seconds).unwrap_or(u32::MAX);
                self.pause(seconds.into()).await;
                Ok(())
            }
            Step::Closes { comment, tags } => self.close(comment, tags).await,
            Step::Leaves => self.leave().await,
            Step::Rates(stars, words) => self.rate(*stars, words).await,
            Step::Does(work) => self.work(work).await,
            Step::Withdraws => self.withdraw().await,
            Step::LeavesMessage(text) => self.leave_message(text).await,
            Step::IsForgotten => self.be_forgotten().await,
        }
    }

    async fn visit(&mut self, page: &Page) -> Result<(), ApiError> {
        let address = format!("https://kiln-and-clay.example{}", page.path);
        let mut visited = json!({
            "token": self.token,
            "pageInfo": {"title": page.title, "change": "url", "location": {"href": address}},
        });
        if self.open {
            visited["rid"] = json!(self.room);
        }
        self.visitor.post("livechat/page.visited", &visited).await?;
        let words = format!("looks at {}", page.path);
        self.output().did(self.guest.name, words);
        Ok(())
    }

    async fn ask(&mut self, text: &str) -> Result<(), ApiError> {
        let text = self.filled(text);
        tokio::time::sleep(self.tempo.typing(&text)).await;
        let message = json!({"token": self.token, "rid": self.room, "msg": text});
        let answer = self.visitor.post("livechat/message", &message).await?;
        self.last = client::text(&answer["message"]["_id"]);
        let to = self.member().map_or("an agent", Member::first_name);
        let to = match self.server {
            None => self.department.name(),
            Some(_) => to,
        };
        self.output().said(self.guest.name, to, &text);
        Ok(())
    }

    async fn correct(&mut self, text: &str) -> Result<(), ApiError> {
        let text = self.filled(text);
        self.pause(3.0).await;
        let path = format!("livechat/message/{}", self.last);
        let change = json!({"token": self.token, "rid": self.room, "msg": text});
        self.visitor.put_to(&path, &change).await?;
        self.output()
            .did(self.guest.name, format_args!("corrects that: {text}"));
        Ok(())
    }

    async fn answer(&mut self, text: &str, quotes: bool) -> Result<(), ApiError> {
        self.served().await?;
        let text = self.filled(text);
        tokio::time::sleep(self.tempo.typing(&text)).await;
        let Some(agent) = self.member() else {
            return Ok(());
        };
        let words = if quotes {
            let base = self.shared.anonymous.base();
            format!("[ ]({base}/live/{}?msg={}) {text}", self.room, self.last)
        } else {
            text.clone()
        };
        let message = json!({"message": {"rid": self.room, "msg": words}});
        agent.api.post("chat.sendMessage", &message).await?;
        let to = first_name(self.guest.name);
        self.output().said(agent.name, to, &text);
        Ok(())
    }

    async fn look(&self) -> Result<Look, ApiError> {
        // The newest come first, and chats of the demo are short.
        let rooms = self
            .shared
            .team
            .admin
            .get("livechat/rooms?count=50")
            .await?;
        let rooms = rooms["rooms"].as_array().into_iter().flatten();
        let mut rooms = rooms.filter(|room| room["_id"] == json!(self.room));
        let room = rooms.next();
        Ok(Look {
            open: room.is_some_and(|room| room["open"] == json!(true)),
            server: room.and_then(|room| self.server_of(room)),
        })
    }

    /// Waits until someone has the chat. Where the server chooses nobody, an agent of the
    /// department takes it.
    async fn served(&mut self) -> Result<(), ApiError> {
        for look in 0..LOOKS {
            if self.server.is_some() {
                return Ok(());
            }
            let now = self.look().await?;
            self.server = now.server;
            if let Some(agent) = self.member() {
                let words = format!("has the chat of {} now", self.guest.name);
                self.output().count(Count::Taken);
                self.output().did(agent.name, words);
            }
            if now.server.is_some() {
                return Ok(());
            }
            if look >= LOOKS_BEFORE_TAKING {
                self.take().await?;
            }
            let pause = self.tempo.some(2.0).clamp(SHORTEST_PAUSE, LONGEST_PAUSE);
            tokio::time::sleep(pause).await;
        }
        Ok(())
    }

    /// That another was quicker, or is still at lunch, is no error.
    async fn take(&mut self) -> Result<(), ApiError> {
        let agents: Vec<&Member> = self.shared.team.agents_of(self.department).collect();
        let Some(agent) = agents.get(self.tempo.one_of(agents.len())) else {
            return Ok(());
        };
        let path = format!("livechat/inquiries.getOne?roomId={}", self.room);
        let found = self.shared.team.admin.get(&path).await?;
        let inquiry = json!({"inquiryId": found["inquiry"]["_id"]});
        match agent.api.post("livechat/inquiries.take", &inquiry).await {
            Ok(_) | Err(ApiError::Refused { .. }) => Ok(()),
            Err(gone) => Err(gone),
        }
    }

    async fn forward(&mut self, department: Department, comment: &str) -> Result<(), ApiError> {
        self.served().await?;
        if self.member().is_none() {
            return Ok(());
        }
        self.pause(2.0).await;
        let team = &self.shared.team;
        let order = json!({
            "roomId": self.room,
            "departmentId": team.department(department),
            "comment": comment,
        });
        team.lead.api.post("livechat/room.forward", &order).await?;
        let words = format!("passes {} on to {}", self.guest.name, department.name());
        self.output().count(Count::Forwarded);
        self.output().did(team.lead.name, words);
        self.department = department;
        self.server = None;
        Ok(())
    }

    async fn leave_desk(&mut self, department: Department) -> Result<(), ApiError> {
        self.away = Some(department);
        for agent in self.shared.team.agents_of(department) {
            agent.takes_chats(false).await?;
            self.output().did(agent.name, "is at lunch");
        }
        Ok(())
    }

    async fn back(&mut self, department: Department) -> Result<(), ApiError> {
        for agent in self.shared.team.agents_of(department) {
            agent.takes_chats(true).await?;
            self.output().did(agent.name, "is back");
        }
        self.away = None;
        Ok(())
    }

    async fn close(&mut self, comment: &str, tags: &[&str]) -> Result<(), ApiError> {
        self.served().await?;
        self.pause(3.0).await;
        let Some(agent) = self.member() else {
            return self.leave().await;
        };
        let end = json!({"rid": self.room, "comment": comment, "tags": tags});
        agent.api.post("livechat/room.closeByUser", &end).await?;
        let tags = tags.join(", ");
        let words = format!("closes the chat of {} ({tags})", self.guest.name);
        self.output().count(Count::Closed);
        self.output().did(agent.name, words);
        self.open = false;
        Ok(())
    }

    async fn leave(&mut self) -> Result<(), ApiError> {
        self.pause(3.0).await;
        let end = json!({"rid": self.room, "token": self.token});
        self.visitor.post("livechat/room.close", &end).await?;
        self.output().count(Count::Closed);
        self.output().did(self.guest.name, "ends the chat");
        self.open = false;
        Ok(())
    }

    async fn rate(&mut self, stars: u8, words: &str) -> Result<(), ApiError> {
        self.pause(3.0).await;
        let mut answers = vec![
            json!({"name": "satisfaction", "value": stars.to_string()}),
            json!({"name": "agentFriendliness", "value": "5"}),
        ];
        if !words.is_empty() {
            answers.push(json!({"name": "additionalFeedback", "value": words}));
        }
        let survey = json!({"rid": self.room, "token": self.token, "data": answers});
        self.visitor.post("livechat/room.survey", &survey).await?;
        self.output().count(Count::Rated);
        let stars = "★".repeat(stars.into());
        let words = format!("rates the chat {stars} {words}");
        self.output().did(self.guest.name, words.trim_end());
        Ok(())
    }

    /// The server declined something. That is as it should be when someone who looks at the demo has
    /// ended the chat.
    async fn broken(&mut self, path: &str, words: &str) -> Result<(), ApiError> {
        if !self.open {
            return self.failed(path, words);
        }
        let now = self.look().await?;
        if !now.open {
            let words = "finds the chat closed by someone else, and goes";
            self.output().did(self.guest.name, words);
            return Ok(());
        }
        self.failed(path, words)?;
        end(&self.shared.team.admin, &self.room).await
    }

    fn failed(&self, path: &str, words: &str) -> Result<(), ApiError> {
        let words = format!("cannot go on: the server declined {path}: {words}");
        self.output().count(Count::Broken);
        self.output().did(self.guest.name, words);
        Ok(())
    }
}

/// The administrator ends a chat; that it has ended already is well.
async fn end(admin: &Api, room: &str) -> Result<(), ApiError> {
    let end = json!({"rid": room, "comment": "The demo has ended"});
    match admin.post("livechat/room.closeByUser", &end).await {
        Ok(_) | Err(ApiError::Refused { .. }) => Ok(()),
        Err(gone) => Err(gone),
    }
}

/// Ends what the demo has left open; answers how many chats that were.
pub(super) async fn tidy(admin: &Api) -> Result<usize, ApiError> {
    let mut ended = 0;
    for state in ["open=true&", "queued=true&", ""] {
        let path = format!("livechat/rooms?{state}count=100");
        let rooms = admin.get(&path).await?;
        let rooms = rooms["rooms"].as_array().into_iter().flatten();
        let left = rooms.filter(|room| {
            let token = room["v"]["token"].as_str().unwrap_or_default();
            room["open"] == json!(true) && token.starts_with(TOKENS)
        });
        let left = left.filter_map(|room| room["_id"].as_str());
        ended += try_join_all(left.map(|room| end(admin, room))).await?.len();
    }
    Ok(ended)
}

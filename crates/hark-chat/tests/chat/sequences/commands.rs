//! What each step does, as a command.

use hark_chat::departments::{self, Draft as DepartmentDraft, Placement};
use hark_chat::messages::{self, Visit};
use hark_chat::subscriptions;
use hark_chat::visitors::{CustomValue, Registration};
use hark_chat::{Forward, Info};
use hark_model::rooms::Room;
use hark_model::visitors;
use hark_model::{Refusal, Who};
use hark_store::{Statement, params};
use proptest::sample::Index;

use super::steps::{SETTINGS, Step, Turn};
use super::{Outcome, Play, TOKENS};
use crate::world::{by, named, text};

static WEIGH: Statement = Statement::new(
    "weigh",
    "UPDATE inquiry SET priority_weight = length(id) + created_at % 7, estimated_wait = created_at % 5",
    None,
);
static SINCE: Statement = Statement::new(
    "since",
    "SELECT count(*) FROM message WHERE NOT hidden AND room_id = $1 AND at >= $2",
    None,
);

impl Play {
    /// Mostly a chat that is open, and one for which the step is meant.
    fn room_of(&self, turn: &Turn) -> Option<Room> {
        let all = self.rooms.iter().filter_map(|id| self.world.room(id));
        let all: Vec<Room> = all.collect();
        let fits = |room: &&Room| match turn.step {
            Step::Take | Step::Delegate => room.open && room.served_by.is_none(),
            Step::Resume => room.is_on_hold(),
            Step::Hold => room.open && !room.waiting_response && !room.is_on_hold(),
            Step::ToAgent { .. } | Step::PassOn | Step::Return { .. } => {
                room.served_by.is_some() && room.open && !room.is_on_hold()
            }
            _ => room.open,
        };
        let fitting: Vec<&Room> = all.iter().filter(fits).collect();
        match (fitting.is_empty(), all.is_empty()) {
            (_, true) => None,
            (false, _) if turn.room.index(10) > 0 => Some((*turn.room.get(&fitting)).clone()),
            _ => Some(turn.room.get(&all).clone()),
        }
    }

    /// What was said in a room, by id; in the end one that nobody knows.
    fn message(&self, room: &Room, index: &Index) -> String {
        let mut all = self.world.up_to(&room.id, i64::MAX);
        all.retain(|message| message.system.is_none() || index.index(3) == 0);
        if all.is_empty() {
            "nobody-knows".to_owned()
        } else {
            index.get(&all).id.clone()
        }
    }

    /// None: there is nothing yet to take the step on.
    #[expect(clippy::too_many_lines, reason = "a step after the other")]
    pub(super) fn take_step(&mut self, turn: &Turn) -> Option<Result<Outcome, Refusal>> {
        let now = self.now;
        let token = *turn.visitor.get(&TOKENS);
        let who = turn.account.get(&self.people).clone();
        let known = self
            .world
            .read(move |view| visitors::find_by_token(view, token));
        let department = |index: &Index| index.get(&self.departments).clone();
        let account = |index: &Index| index.get(&self.people).id.clone();
        let done = |result: Result<(), Refusal>| Some(result.map(|()| Outcome::Done));
        match &turn.step {
            Step::Register {
                email,
                phone,
                department: wanted,
            } => {
                let visitor = Registration {
                    token: token.to_owned(),
                    email: email.map(|number| format!("V{number}@Example.org")),
                    phone: phone.map(|number| format!("555-{number}")),
                    department: wanted.as_ref().map(department),
                    ..Registration::default()
                };
                return done(self.world.register(&visitor, now).map(drop));
            }
            Step::SetStatus => {
                return done(self.world.command_as(Who::Anonymous, now, move |cx| {
                    hark_chat::visitors::set_status(cx, token, "away")
                }));
            }
            Step::SetCustom { key, value } => {
                let given = CustomValue {
                    key: (*key).to_owned(),
                    value: (*value).to_owned(),
                    overwrite: true,
                };
                let set = self.world.command_as(Who::Anonymous, now, move |cx| {
                    hark_chat::visitors::set_custom(cx, token, &given)
                });
                return Some(set.map(|new| if new { Outcome::Done } else { Outcome::Nothing }));
            }
            Step::RemoveVisitor => {
                let removed = self.world.command_as(Who::Anonymous, now, move |cx| {
                    hark_chat::visitors::remove(cx, token).map(drop)
                });
                return done(removed);
            }
            Step::Open { agent } => {
                let agent = agent.as_ref().map(account);
                return done(self.open(token, agent.as_deref()));
            }
            Step::Visit { in_room } => {
                let room = match (in_room, &known) {
                    (true, Some(visitor)) => {
                        visitor.last_chat.as_ref().map(|chat| chat.room.clone())
                    }
                    _ => None,
                };
                let visit = Visit {
                    title: "Prices".into(),
                    change: "url".into(),
                    address: "https://shop.example/prices".into(),
                };
                let visited = self.world.command_as(Who::Anonymous, now, move |cx| {
                    messages::visited(cx, token, room.as_deref(), &visit).map(drop)
                });
                return done(visited);
            }
            Step::Available { available } => {
                return done(self.world.set_available(&who.username, *available, now));
            }
            Step::Presence { presence } => {
                return done(self.world.set_status(&who.username, *presence, now));
            }
            Step::Set { setting } => {
                let (id, value) = SETTINGS[*setting];
                self.world.set(id, serde_json::from_str(value).unwrap());
                return Some(Ok(Outcome::Done));
            }
            Step::Enable {
                department: index,
                enabled,
            } => {
                let (id, enabled) = (department(index), *enabled);
                let changed = self.world.command_at(now, move |cx| {
                    let found = departments::find(cx.tx, &id)?.ok_or(Refusal::NoSuchDepartment)?;
                    let draft = DepartmentDraft {
                        name: found.name,
                        email: found.email,
                        enabled,
                        show_on_registration: true,
                        fallback: found.fallback,
                        ..DepartmentDraft::default()
                    };
                    departments::save(cx, Some(&id), &draft, &[]).map(drop)
                });
                return done(changed);
            }
            Step::Archive {
                department: index,
                archived,
            } => {
                let (id, archived) = (department(index), *archived);
                return done(self.world.command_at(now, move |cx| {
                    if archived {
                        departments::archive(cx, &id)
                    } else {
                        departments::unarchive(cx, &id)
                    }
                }));
            }
            Step::RemoveDepartment { department: index } => {
                let id = department(index);
                let removed = self.world.command_at(now, move |cx| {
                    departments::remove(cx, &id)?;
                    departments::leave_rooms(cx, &id, 1_000)?;
                    Ok(())
                });
                return done(removed);
            }
            Step::Place { department: index } => {
                let (id, placed) = (department(index), Placement::of(who.id));
                return done(self.world.command_at(now, move |cx| {
                    departments::set_agents(cx, &id, std::slice::from_ref(&placed), &[])
                }));
            }
            Step::Displace { department: index } => {
                let (id, agent) = (department(index), who.id);
                return done(self.world.command_at(now, move |cx| {
                    let gone = std::slice::from_ref(&agent);
                    departments::set_agents(cx, &id, &[], gone)
                }));
            }
            Step::Weigh => {
                self.world.run(&WEIGH);
                return Some(Ok(Outcome::Done));
            }
            Step::Wait { millis } => {
                self.now = now.plus_millis(*millis);
                return Some(Ok(Outcome::Nothing));
            }
            _ => {}
        }
        let room = self.room_of(turn)?;
        let id = room.id.clone();
        // Mostly the one whose chat it is.
        let guest = room.visitor.clone()?;
        let token = match turn.visitor.index(6) {
            0 => token.to_owned(),
            _ => guest.token.clone(),
        };
        let who = match (&room.served_by, turn.account.index(5)) {
            (Some(agent), 0..3) => self.world.account(&agent.username),
            _ => self.world.account(&who.username),
        };
        match &turn.step {
            Step::Say {
                id: own,
                text: words,
            } => {
                let draft = match own {
                    Some(number) => named(&format!("own-{}-{number}", guest.id), words),
                    None => text(words),
                };
                let said = self.world.say(&token, &id, &draft, now);
                if let Ok(message) = &said {
                    self.heard(&room, message);
                }
                done(said.map(drop))
            }
            Step::Reply {
                id: own,
                text: words,
            } => {
                let draft = match own {
                    Some(number) => named(&format!("reply-{}-{number}", who.id), words),
                    None => text(words),
                };
                let said = self.world.reply(&who, &id, &draft, now);
                if let Ok(message) = &said {
                    self.heard(&room, message);
                }
                done(said.map(drop))
            }
            Step::Take => {
                let inquiry = self.world.inquiry(&room).map(|inquiry| inquiry.id);
                let taken = self.world.take(&inquiry.unwrap_or_default(), &who, now);
                done(taken.map(drop))
            }
            Step::Join => done(self.world.join(&who, &id, now)),
            Step::ToAgent { agent } => {
                let agent = account(agent);
                done(
                    self.world
                        .forward(&who, &id, Some(&agent), None, now)
                        .map(drop),
                )
            }
            Step::ToDepartment {
                department: index,
                agent,
            } => {
                let (department, agent) = (department(index), agent.as_ref().map(account));
                let forwarded =
                    self.world
                        .forward(&who, &id, agent.as_deref(), Some(&department), now);
                done(forwarded.map(drop))
            }
            Step::ByVisitorToDepartment { department: index } => {
                let forward = Forward {
                    department: Some(department(index)),
                    ..Forward::default()
                };
                let forwarded = self.world.command_as(Who::Visitor(guest), now, move |cx| {
                    hark_chat::forward(cx, &id, &forward).map(drop)
                });
                done(forwarded)
            }
            Step::Return { department: index } => {
                let department = index.as_ref().map(department);
                let returned = self
                    .world
                    .return_to_queue(&who, &id, department.as_deref(), now);
                Some(returned.map(|it| if it { Outcome::Done } else { Outcome::Nothing }))
            }
            Step::CloseByVisitor => done(self.world.close(Who::Visitor(guest), &id, now).map(drop)),
            Step::CloseByAgent { comment, tag } => {
                let tags: &[&str] = if *tag { &["solved"] } else { &[] };
                let closed = self.world.close_with(by(&who), &id, comment, tags, now);
                done(closed.map(drop))
            }
            Step::CloseBySystem => done(self.world.close(Who::System, &id, now).map(drop)),
            Step::Hold => done(
                self.world
                    .command_as(by(&who), now, move |cx| hark_chat::put_on_hold(cx, &id)),
            ),
            Step::Resume => done(
                self.world
                    .command_as(by(&who), now, move |cx| hark_chat::resume(cx, &id)),
            ),
            Step::SaveInfo { name } => {
                let info = Info {
                    visitor: guest.id,
                    name: Some((*name).to_owned()),
                    topic: Some("a topic".into()),
                    tags: vec!["one".into()],
                    ..Info::default()
                };
                let saved = self.world.command_as(by(&who), now, move |cx| {
                    hark_chat::save_info(cx, &id, &info)
                });
                done(saved)
            }
            Step::Rate { stars } => {
                let answers = [("satisfaction".to_owned(), (*stars).to_owned())];
                let rated = self.world.command_as(Who::Anonymous, now, move |cx| {
                    hark_chat::rate(cx, &guest.token, &id, &answers).map(drop)
                });
                done(rated)
            }
            Step::Delegate | Step::PassOn => {
                let delegates = matches!(turn.step, Step::Delegate);
                let moved = self.world.command_at(now, move |cx| {
                    if delegates {
                        hark_chat::delegate_waiting(cx, &id, None)
                    } else {
                        hark_chat::pass_on(cx, &id, Some("gone"), None)
                    }
                });
                Some(moved.map(|it| if it { Outcome::Done } else { Outcome::Nothing }))
            }
            Step::EditOwn { message } => {
                let message = self.message(&room, message);
                done(self.world.command_as(Who::Anonymous, now, move |cx| {
                    let new = "changed by its visitor";
                    messages::change_as_visitor(cx, &token, &id, &message, new).map(drop)
                }))
            }
            Step::Edit { message } => {
                let message = self.message(&room, message);
                done(self.world.command_as(by(&who), now, move |cx| {
                    messages::change(cx, &id, &message, "changed").map(drop)
                }))
            }
            Step::RemoveOwn { message } | Step::Remove { message } => {
                let own = matches!(turn.step, Step::RemoveOwn { .. });
                let message = self.message(&room, message);
                let gone = message.clone();
                let removed = self.world.command_as(by(&who), now, move |cx| {
                    if own {
                        messages::remove_as_visitor(cx, &token, &id, &message)
                    } else {
                        messages::remove(cx, &id, &message)
                    }
                });
                if removed.is_ok() {
                    assert!(self.said.get_mut(&room.id).unwrap().remove(&gone));
                }
                done(removed.map(drop))
            }
            Step::React { message } => {
                let message = self.message(&room, message);
                done(self.world.command_as(by(&who), now, move |cx| {
                    messages::react(cx, &message, "smile", None)
                }))
            }
            Step::Read => {
                let place = (id.clone(), who.id.clone());
                let read = self
                    .world
                    .command_as(by(&who), now, move |cx| subscriptions::read(cx, &id));
                if read.is_ok() {
                    self.unread.insert(place, 0);
                }
                done(read)
            }
            Step::Unread { message } => {
                let message = message.as_ref().map(|index| self.message(&room, index));
                let place = (id.clone(), who.id.clone());
                let first = match &message {
                    Some(id) => {
                        let id = id.clone();
                        self.world.read(move |view| messages::find(view, &id))
                    }
                    None => {
                        let all = self.world.up_to(&id, i64::MAX).into_iter().rev();
                        all.take(50).find(|message| message.author.id != who.id)
                    }
                };
                let unread = self.world.command_as(by(&who), now, move |cx| {
                    messages::mark_unread(cx, Some(&id), message.as_deref())
                });
                if unread.is_ok() {
                    let (room, at) = (room.id, first.unwrap().at);
                    let count = self
                        .world
                        .read(move |view| view.number(&SINCE, params![&room, at]));
                    let unread = self.unread.get_mut(&place).unwrap();
                    *unread = count.max(*unread);
                }
                done(unread)
            }
            other => unreachable!("{other:?}"),
        }
    }
}

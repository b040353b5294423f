//! What is read of figures: sums of whole days or hours, and the chats that are in none of them.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use hark_store::{Result, View};

use super::{
    Asked, Chat, DURATION, FIRST_ANSWER, HOUR, RATING, SOURCE, Span, Sums, TAG, begin_of,
    labels_of, rows,
};

/// Sums, and how those chats stand that are open.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Totals {
    pub sums: Sums,
    /// In the queue.
    pub queued: i64,
    pub served: i64,
    pub held: i64,
    /// Whose visitors spoke last.
    pub waiting: i64,
}

impl Totals {
    pub const fn open(&self) -> i64 {
        self.queued + self.served + self.held
    }

    pub const fn closed(&self) -> i64 {
        self.sums.chats - self.open()
    }

    pub fn add(&mut self, other: &Self) {
        self.sums.add(&other.sums);
        self.queued += other.queued;
        self.served += other.served;
        self.held += other.held;
        self.waiting += other.waiting;
    }

    fn add_chat(&mut self, chat: &Chat) {
        self.sums.add(&Sums::of(chat));
        self.waiting += i64::from(chat.open && chat.waiting);
        match chat {
            Chat { open: false, .. } => {}
            Chat { on_hold: true, .. } => self.held += 1,
            Chat { agent: None, .. } => self.queued += 1,
            Chat { .. } => self.served += 1,
        }
    }

    fn add_sums(&mut self, sums: &Sums) {
        self.sums.add(sums);
    }
}

/// What chats are listed under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Label {
    Source,
    Tag,
    /// From 1 to 5.
    Rating,
    /// How long it took until the first answer, by the stretch that this is in.
    FirstAnswer,
    /// How long it lasted, in the same way.
    Duration,
}

impl Label {
    const fn kind(self) -> &'static str {
        match self {
            Self::Source => SOURCE,
            Self::Tag => TAG,
            Self::Rating => RATING,
            Self::FirstAnswer => FIRST_ANSWER,
            Self::Duration => DURATION,
        }
    }
}

impl<'a> Asked<'a> {
    /// The whole days or hours inside, and what is left at the ends.
    fn split(&self, span: Span) -> (Self, [Self; 2]) {
        let length = span.millis();
        let from = begin_of(self.from.saturating_add(length - 1), length);
        let to = begin_of(self.to, length);
        let part = |from: i64, to: i64| Self { from, to, ..*self };
        if from >= to {
            return (part(from, from), [*self, part(self.to, self.to)]);
        }
        (part(from, to), [part(self.from, from), part(to, self.to)])
    }
}

/// The chats that are not in the sums of whole days or hours: those that are open, those that are due,
/// and those at the ends.
fn beside(view: &mut View<'_>, asked: &Asked<'_>, span: Span) -> Result<Vec<Chat>> {
    let (whole, ends) = asked.split(span);
    let mut chats = rows::open(view, asked)?;
    chats.extend(rows::due(view, &whole)?);
    for end in ends.iter().filter(|end| end.from < end.to) {
        chats.extend(rows::ended(view, end)?);
    }
    Ok(chats)
}

/// The department and the agent of chats. Nothing: none.
pub type Key = (Option<String>, Option<String>);

/// Sums for each department and agent.
pub fn by_place(view: &mut View<'_>, asked: &Asked<'_>) -> Result<BTreeMap<Key, Totals>> {
    let named = |name: String| Some(name).filter(|name| !name.is_empty());
    let mut totals: BTreeMap<Key, Totals> = BTreeMap::new();
    for row in rows::by_place(view, &asked.split(Span::Day).0)? {
        let key = (named(row.department), named(row.agent));
        totals.entry(key).or_default().add_sums(&row.sums);
    }
    for chat in beside(view, asked, Span::Day)? {
        let key = (chat.department.clone(), chat.agent.clone());
        totals.entry(key).or_default().add_chat(&chat);
    }
    Ok(totals)
}

/// Sums for each hour, by the moment of its beginning.
pub fn by_hour(view: &mut View<'_>, asked: &Asked<'_>) -> Result<BTreeMap<i64, Totals>> {
    let summed = rows::by_time(view, &asked.split(Span::Hour).0)?;
    Ok(together(summed, beside(view, asked, Span::Hour)?))
}

/// The same of some departments together.
pub fn by_hour_of_some(
    view: &mut View<'_>,
    asked: &Asked<'_>,
    departments: &[String],
) -> Result<BTreeMap<i64, Totals>> {
    let summed = rows::by_time_of_some(view, &asked.split(Span::Hour).0, departments)?;
    let mut beside = beside(view, asked, Span::Hour)?;
    beside.retain(|chat| {
        let own = chat.department.as_ref();
        own.is_some_and(|own| departments.contains(own))
    });
    Ok(together(summed, beside))
}

fn together(summed: Vec<rows::OfTime>, beside: Vec<Chat>) -> BTreeMap<i64, Totals> {
    let mut totals: BTreeMap<i64, Totals> = BTreeMap::new();
    for row in summed {
        totals.entry(row.at).or_default().add_sums(&row.sums);
    }
    for chat in beside {
        let hour = begin_of(chat.created_at.millis(), HOUR);
        totals.entry(hour).or_default().add_chat(&chat);
    }
    totals
}

/// How many chats were listed under each label.
pub fn labels(
    view: &mut View<'_>,
    asked: &Asked<'_>,
    label: Label,
) -> Result<BTreeMap<String, i64>> {
    labels_of_each(view, asked, [label]).map(|[labels]| labels)
}

/// The same of several kinds, with one look at the chats beside the sums.
pub(super) fn labels_of_each<const N: usize>(
    view: &mut View<'_>,
    asked: &Asked<'_>,
    each: [Label; N],
) -> Result<[BTreeMap<String, i64>; N]> {
    let mut labels = [const { BTreeMap::new() }; N];
    for (label, labels) in each.iter().zip(&mut labels) {
        labels.extend(rows::labels(view, label.kind(), &asked.split(Span::Day).0)?);
    }
    for chat in beside(view, asked, Span::Day)? {
        for (kind, name) in labels_of(&chat) {
            let mut kinds = each.iter().zip(&mut labels);
            if let Some((_, labels)) = kinds.find(|(label, _)| label.kind() == kind) {
                *labels.entry(name).or_default() += 1;
            }
        }
    }
    Ok(labels)
}

/// How long one visitor waited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait {
    pub department: Option<String>,
    /// Until the first answer, or until they went.
    pub millis: i64,
    pub abandoned: bool,
}

/// How long each visitor waited whose chat began in a stretch of less than a day, and was answered or ended by now; those who came
/// last first.
pub fn waits(view: &mut View<'_>, asked: &Asked<'_>, most: usize) -> Result<Vec<Wait>> {
    let mut chats = rows::open(view, asked)?;
    chats.extend(rows::ended(view, asked)?);
    chats.sort_by_key(|chat| Reverse(chat.created_at));
    let waits = chats.into_iter().filter_map(|chat| {
        let gone = chat.metrics.chat_duration.filter(|_| !chat.open);
        let answered = chat.metrics.first_response;
        Some(Wait {
            millis: answered.or(gone)?,
            abandoned: answered.is_none(),
            department: chat.department,
        })
    });
    Ok(waits.take(most).collect())
}

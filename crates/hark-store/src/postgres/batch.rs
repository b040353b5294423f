//! The statements of commands that share a commit: what each of them asks is asked once for all, and what each of them
//! writes is written at once.
//!
//! A command sees what it would see if it ran alone. What was read ahead for a conversation is given away once, and
//! is forgotten as soon as something may have changed it; what is kept to be written is sent before anything is asked that
//! might read it.

use std::collections::{HashMap, HashSet};

use postgres::Row;

use crate::{Param, Statement};

pub(super) struct Batch {
    /// In order, each once.
    conversations: Vec<String>,
    /// Whose command runs: its place among them.
    turn: usize,
    /// The locks that all of them hold.
    locked: HashSet<&'static str>,
    /// What was asked for all of them: the rows that are still good for whoever has not taken them.
    found: HashMap<&'static str, HashMap<String, Vec<Row>>>,
    /// By statement, in the order in which these came first.
    written: Vec<Written>,
}

/// What one statement is to write.
pub(super) struct Written {
    pub(super) statement: &'static Statement,
    rows: Vec<(usize, Vec<Param<'static>>)>,
}

impl Written {
    /// The parameters of each time that it was run.
    pub(super) fn rows(self) -> Vec<Vec<Param<'static>>> {
        self.rows.into_iter().map(|(_, row)| row).collect()
    }
}

impl Batch {
    pub(super) fn new<'c>(conversations: impl IntoIterator<Item = &'c str>) -> Self {
        let mut conversations: Vec<String> = conversations.into_iter().map(str::to_owned).collect();
        conversations.sort();
        conversations.dedup();
        Self {
            conversations,
            turn: 0,
            locked: HashSet::new(),
            found: HashMap::new(),
            written: Vec::new(),
        }
    }

    /// A command of this conversation, which is one of them, runs from here on.
    pub(super) fn give_turn_to(&mut self, conversation: &str) {
        let order = |known: &String| known.as_str().cmp(conversation);
        if let Ok(place) = self.conversations.binary_search_by(order) {
            self.turn = place;
        }
    }

    pub(super) fn conversations(&self) -> Vec<String> {
        self.conversations.clone()
    }

    fn current(&self) -> &String {
        // There is at least one: a batch is made for commands.
        &self.conversations[self.turn]
    }

    /// Whether it asks about nothing but the conversation of the command that runs.
    pub(super) fn may_ask(&self, statement: &Statement, params: &[Param<'_>]) -> bool {
        statement.is_batched() && params.len() == 1 && self.is_about_current(params)
    }

    /// Whether it changes nothing but what belongs to that conversation.
    pub(super) fn may_write(&self, statement: &'static Statement, params: &[Param<'_>]) -> bool {
        statement.is_batched() && (statement.inserts() || self.is_about_current(params))
    }

    fn is_about_current(&self, params: &[Param<'_>]) -> bool {
        matches!(params.first(), Some(Param::Text(key)) if key == self.current())
    }

    /// Whether a lock is yet to be asked for, for all.
    pub(super) fn is_to_lock(&mut self, statement: &Statement) -> bool {
        self.locked.insert(statement.name())
    }

    /// Whether it is yet to be asked, for all.
    pub(super) fn is_to_ask(&self, statement: &Statement) -> bool {
        !self.found.contains_key(statement.name())
    }

    /// The answer, each row with the conversation that it is about.
    pub(super) fn answered(&mut self, statement: &Statement, rows: Vec<(String, Row)>) {
        let nothing = |conversation: &String| (conversation.clone(), Vec::new());
        let mut found: HashMap<String, Vec<Row>> = self.conversations.iter().map(nothing).collect();
        for (conversation, row) in rows {
            found.entry(conversation).or_default().push(row);
        }
        self.found.insert(statement.name(), found);
    }

    /// What was read ahead for the command that runs, if it is still good.
    pub(super) fn take_found(&mut self, statement: &Statement) -> Option<Vec<Row>> {
        let current = &self.conversations[self.turn];
        self.found.get_mut(statement.name())?.remove(current)
    }

    /// The command that runs changes what belongs to its conversation.
    pub(super) fn forget_current(&mut self) {
        let current = &self.conversations[self.turn];
        for found in self.found.values_mut() {
            found.remove(current);
        }
    }

    /// Something else may have changed. What was asked for all is not asked so again.
    pub(super) fn forget_all(&mut self) {
        for found in self.found.values_mut() {
            found.clear();
        }
    }

    /// Whether something is kept for the conversation of the command that runs; `statement`: by this one.
    pub(super) fn keeps_for_current(&self, statement: Option<&Statement>) -> bool {
        let asked = |written: &&Written| {
            statement.is_none_or(|statement| std::ptr::eq(written.statement, statement))
        };
        let mut rows = self
            .written
            .iter()
            .filter(asked)
            .flat_map(|written| &written.rows);
        rows.any(|(turn, _)| *turn == self.turn)
    }

    /// Keeps what is to be written.
    pub(super) fn write(&mut self, statement: &'static Statement, params: &[Param<'_>]) {
        let row = (self.turn, params.iter().map(Param::kept).collect());
        let same = |written: &&mut Written| std::ptr::eq(written.statement, statement);
        match self.written.iter_mut().find(same) {
            Some(written) => written.rows.push(row),
            None => self.written.push(Written {
                statement,
                rows: vec![row],
            }),
        }
    }

    pub(super) fn take_written(&mut self) -> Vec<Written> {
        std::mem::take(&mut self.written)
    }
}

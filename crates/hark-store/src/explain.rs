//! The check that no statement of the program walks through a growing table.

use crate::{Error, Statement, View};

/// Tables that stay small however much traffic there is, so that walking through them is fine.
const SMALL: &[&str] = &[
    "role",
    "permission",
    "setting",
    "revision",
    "lease",
    "node",
    "fact",
    "event_reader",
    "event_head",
    "custom_field",
    "chat_trigger",
    "priority",
    "sla",
    "tag",
    "unit",
    "unit_monitor",
    "canned_response",
    "email_inbox",
    "business_hour",
    "other_day",
    "widget_site",
    "guest_number",
    "agent",
    "agent_hour",
    "department",
    "department_agent",
    "endpoint",
    "lane",
    "stretch",
    "replay",
    "figure_due",
    "figure_recount",
    "figure_turn",
    "message_words_walk",
    // What is handed in as a parameter, and the name that it has in statements.
    "json_each",
    "given",
    // One row each, of what SQLite knows of its file.
    "pragma_page_count",
    "pragma_page_size",
];

/// How an engine means to run a statement.
#[derive(Debug)]
pub struct Plan {
    pub lines: Vec<String>,
}

impl Plan {
    /// The first line that reads a growing table from end to end, if there is one.
    pub fn full_scan(&self) -> Option<&str> {
        self.lines.iter().map(String::as_str).find(|line| {
            scanned_table(line).is_some_and(|table| !SMALL.contains(&table) && !self.makes(table))
        })
    }

    /// Whether it is the rows of a query inside of the statement, which has lines of its own.
    fn makes(&self, table: &str) -> bool {
        let made = |line: &String| line.trim().strip_prefix("CO-ROUTINE ") == Some(table);
        self.lines.iter().any(made)
    }
}

/// SQLite: `SCAN account` (with `USING … INDEX` it walks an index in order, which a `LIMIT`
/// ends; `VIRTUAL TABLE INDEX …:` says behind the colon what leads into a table of words).
/// PostgreSQL: `Seq Scan on account`.
fn scanned_table(line: &str) -> Option<&str> {
    let line = line.trim();
    let rest = match line.find("Seq Scan on ") {
        Some(at) => &line[at + "Seq Scan on ".len()..],
        None if line.contains("USING") => return None,
        None if line.contains("VIRTUAL TABLE INDEX") && !line.ends_with(':') => return None,
        None => line.strip_prefix("SCAN ")?,
    };
    let table = rest.split_whitespace().next()?;
    (!table.starts_with('(') && table != "CONSTANT").then_some(table)
}

/// Prepares the statement, so that wrong SQL is an error, and asks for its plan.
pub fn plan(view: &mut View<'_>, statement: &'static Statement) -> Result<Plan, Error> {
    view.explain(statement).map(|lines| Plan { lines })
}

#[cfg(test)]
mod tests {
    use super::Plan;

    fn scan(line: &str) -> bool {
        let lines = line.lines().map(str::to_owned).collect();
        Plan { lines }.full_scan().is_some()
    }

    #[test]
    fn full_scans_of_growing_tables_are_seen_on_both_engines() {
        assert!(scan("SCAN account"));
        assert!(scan("   ->  Seq Scan on event e  (cost=1.00..2.00 rows=1)"));
        assert!(!scan("SCAN account USING INDEX account_by_name"));
        assert!(!scan("SEARCH account USING INDEX account_by_name (name>?)"));
        assert!(!scan("Seq Scan on role  (cost=1.00..2.00 rows=1)"));
        assert!(!scan("SCAN CONSTANT ROW"));
        assert!(scan("SCAN message_words VIRTUAL TABLE INDEX 0:"));
        assert!(!scan("SCAN message_words VIRTUAL TABLE INDEX 0:M1"));
        let inside = "CO-ROUTINE some\nSEARCH event USING INTEGER PRIMARY KEY (rowid>?)\nSCAN some";
        assert!(!scan(inside));
        assert!(scan(
            &inside
                .replace("SEARCH", "SCAN")
                .replace(" USING INTEGER PRIMARY KEY", "")
        ));
    }
}

//! Saved views: what somebody looks for among conversations again and again, and the reports that they look at. Everyone has
//! their own.

mod rows;

pub(crate) use self::rows::{ALL, WRITES};
use hark_store::{Result, Timestamp, View, record};
use serde_json::{Value, json};

use hark_model::accounts;
use hark_model::text::check_size;
use hark_model::{Context, Refusal};

/// Views of one account.
pub const MOST: usize = 50;
const LONGEST_NAME: usize = 100;

record! {
    #[derive(Debug, Clone, PartialEq)]
    pub struct SavedView from "saved_view" {
        pub id: String,
        pub name: String,
        /// As the API takes it: what is looked for among conversations, or a report.
        filter: Value,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
    }
}

/// The one member of what is kept of a report.
const REPORT: &str = "report";

/// What a view shows.
#[derive(Debug, Clone, PartialEq)]
pub enum Shown {
    Conversations(Value),
    Report(Value),
}

impl Shown {
    fn kept(self) -> Value {
        match self {
            Self::Conversations(filter) => filter,
            Self::Report(report) => json!({REPORT: report}),
        }
    }
}

impl SavedView {
    /// What is looked for among conversations; nothing of that, of a report.
    pub fn conversations(&self) -> Value {
        match self.report() {
            Some(_) => json!({}),
            None => self.filter.clone(),
        }
    }

    pub fn report(&self) -> Option<Value> {
        self.filter.get(REPORT).cloned()
    }
}

/// By name.
pub fn of_account(view: &mut View<'_>, account: &str) -> Result<Vec<SavedView>> {
    rows::of_account(view, account, MOST as i64)
}

pub fn add(cx: &mut Context<'_, '_>, name: &str, shown: Shown) -> Result<SavedView, Refusal> {
    let account = cx.account()?;
    let name = checked(name)?;
    // Two windows of one account take turns, so that the bound holds.
    accounts::lock(cx.tx, &account.id)?;
    if of_account(cx.tx, &account.id)?.len() >= MOST {
        return Err(Refusal::TooMany {
            what: "saved views",
            most: MOST,
        });
    }
    let view = SavedView {
        id: cx.tx.ids().id24_at(cx.now),
        name: name.to_owned(),
        filter: shown.kept(),
        created_at: cx.now,
        updated_at: cx.now,
    };
    rows::insert(cx.tx, &account.id, &view)?;
    Ok(view)
}

/// What is not given stays.
pub fn change(
    cx: &mut Context<'_, '_>,
    id: &str,
    name: Option<&str>,
    shown: Option<Shown>,
) -> Result<SavedView, Refusal> {
    let account = cx.account()?;
    accounts::lock(cx.tx, &account.id)?;
    let mut view = rows::find(cx.tx, id, &account.id)?.ok_or(Refusal::NoSuchView)?;
    if let Some(name) = name {
        checked(name)?.clone_into(&mut view.name);
    }
    if let Some(shown) = shown {
        view.filter = shown.kept();
    }
    view.updated_at = cx.now;
    rows::update(cx.tx, &view)?;
    Ok(view)
}

pub fn remove(cx: &mut Context<'_, '_>, id: &str) -> Result<(), Refusal> {
    let account = cx.account()?;
    if rows::remove(cx.tx, id, &account.id)? == 0 {
        return Err(Refusal::NoSuchView);
    }
    Ok(())
}

fn checked(name: &str) -> Result<&str, Refusal> {
    check_size("Name", name, LONGEST_NAME)?;
    let name = name.trim();
    if name.is_empty() {
        return Err(Refusal::Required("name"));
    }
    Ok(name)
}

//! Messages left while nobody is there: told to the log, mailed to whoever is responsible, and
//! posted in a channel when the settings name one.

use hark_store::{Error, NewEvent, Timestamp, Tx, View, log, params, statements};
use serde_json::json;

use crate::mail::{self, NewMail, is_address};
use crate::messages::{self, Draft};
use crate::{Policy, Refusal, accounts, rooms};

statements! {
    /// A small table.
    DEPARTMENT = "SELECT id, name, email, offline_channel FROM department
        WHERE id = $1 OR name = $1 ORDER BY CASE WHEN id = $1 THEN 0 ELSE 1 END, id LIMIT 1";
}

const LONGEST_NAME: usize = 1_000;
const LONGEST_MESSAGE: usize = 65_536;

/// A form as it was sent.
#[derive(Debug, Clone)]
pub struct Form {
    pub name: String,
    pub email: String,
    pub message: String,
    /// Its id, or its name.
    pub department: Option<String>,
    /// The site on which the visitor was.
    pub host: Option<String>,
}

struct Department {
    id: String,
    name: String,
    email: String,
    channel: Option<String>,
}

/// What of a form can be refused without asking anyone.
pub fn check(policy: &Policy, form: &Form) -> Result<(), Refusal> {
    if !policy.flag("Livechat_display_offline_form") {
        return Err(Refusal::OfflineFormClosed);
    }
    if !is_address(&form.email) {
        return Err(Refusal::Invalid {
            field: "Email",
            value: form.email.clone(),
        });
    }
    let short = [form.department.as_deref(), form.host.as_deref()];
    let short = short.into_iter().flatten().chain([form.name.as_str()]);
    for text in short {
        check_length("Name", text, LONGEST_NAME)?;
    }
    check_length("Message", &form.message, LONGEST_MESSAGE)
}

fn check_length(field: &'static str, text: &str, most: usize) -> Result<(), Refusal> {
    match text.chars().nth(most) {
        Some(_) => Err(Refusal::TooLong { field, most }),
        None => Ok(()),
    }
}

/// A visitor leaves a message. It counts as left whether or not there is mail.
pub fn submit(
    tx: &mut Tx<'_>,
    now: Timestamp,
    policy: &Policy,
    form: &Form,
) -> Result<(), Refusal> {
    check(policy, form)?;
    let department = match &form.department {
        Some(named) => find_department(tx, named)?,
        None => None,
    };
    let mut body = json!({"name": form.name, "email": form.email, "message": form.message});
    if let Some(named) = &form.department {
        body["department"] = json!(named);
    }
    if let Some(found) = &department {
        body["departmentName"] = json!(found.name);
    }
    if let Some(host) = &form.host {
        body["host"] = json!(host);
    }
    let event = NewEvent {
        department: department.as_ref().map(|found| found.id.as_str()),
        ..NewEvent::plain("offline.submitted", body)
    };
    log::append(tx, now, &event)?;
    mail_it(tx, now, policy, form, department.as_ref())?;
    post_it(tx, now, policy, form, department.as_ref())
}

fn find_department(view: &mut View<'_>, named: &str) -> Result<Option<Department>, Error> {
    view.one(&DEPARTMENT, params![named], |row| {
        Ok(Department {
            id: row.get(0)?,
            name: row.get(1)?,
            email: row.get(2)?,
            channel: row.get(3)?,
        })
    })
}

/// To the department, else to whom the settings name, if to anyone.
fn mail_it(
    tx: &mut Tx<'_>,
    now: Timestamp,
    policy: &Policy,
    form: &Form,
    department: Option<&Department>,
) -> Result<(), Error> {
    let own = department.map(|department| department.email.as_str());
    let general = policy.text("Livechat_offline_email");
    let Some(recipient) = own
        .into_iter()
        .chain([general.as_str()])
        .map(recipients)
        .find(|addresses| !addresses.is_empty())
    else {
        return Ok(());
    };
    let by = mail::line(&form.name, 100);
    let subject = format!("Offline message from {by}");
    let known = known(form, department);
    let new = NewMail {
        recipient: &recipient.join(", "),
        reply_to: Some(&form.email),
        subject: &subject,
        body: mail::note(&subject, &known, &form.message),
    };
    mail::or_do_without(mail::send(tx, now, policy, &new), "an offline message").map(drop)
}

fn recipients(list: &str) -> Vec<&str> {
    let addresses = list.split(',').map(str::trim);
    addresses.filter(|address| is_address(address)).collect()
}

fn known<'a>(form: &'a Form, department: Option<&'a Department>) -> Vec<(&'static str, &'a str)> {
    let mut known = vec![
        ("Name", form.name.as_str()),
        ("E-mail", form.email.as_str()),
    ];
    let department = department.map(|department| department.name.as_str());
    known.extend(department.map(|name| ("Department", name)));
    known.extend(form.host.as_deref().map(|host| ("Site", host)));
    known
}

/// Into the department's channel, else into the one of the settings, if there is such a channel.
fn post_it(
    tx: &mut Tx<'_>,
    now: Timestamp,
    policy: &Policy,
    form: &Form,
    department: Option<&Department>,
) -> Result<(), Refusal> {
    if !policy.flag("Livechat_OfflineMessageToChannel_enabled") {
        return Ok(());
    }
    let general = policy.text("Livechat_OfflineMessageToChannel_channel_name");
    let own = department.and_then(|department| department.channel.clone());
    let named = own
        .filter(|name| !name.trim().is_empty())
        .unwrap_or(general);
    let Some(channel) = rooms::rows::channel(tx, named.trim().trim_start_matches('#'))? else {
        return Ok(());
    };
    let Some(house) = accounts::find(tx, messages::HOUSE)? else {
        return Ok(());
    };
    let body = mail::note(
        "A message was left",
        &known(form, department),
        &form.message,
    );
    let most = usize::try_from(policy.int("Message_MaxAllowedSize")).unwrap_or(0);
    let draft = Draft {
        text: mail::text(&body.plain, most.saturating_sub(1)),
        ..Draft::default()
    };
    let posted = messages::post(tx, now, policy, &house, &channel, &draft);
    mail::or_do_without(posted.map(drop), "a note in a channel")?;
    Ok(())
}

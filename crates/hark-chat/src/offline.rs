//! Messages left while nobody is there: recorded in the log, mailed to those who are responsible, and
//! posted in a channel when the settings name one.

use hark_store::{Result, View, params, statements};

use crate::mail::{self, NewMail, is_address};
use crate::messages::{self, Draft};
use hark_model::events::{Event, LeftMessage, Subject, record_event};
use hark_model::{Context, Policy, Refusal, Who, accounts, rooms, settings};

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
    if !policy.flag(settings::Livechat_display_offline_form) {
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
pub fn submit(cx: &mut Context<'_, '_>, form: &Form) -> Result<(), Refusal> {
    check(cx.policy, form)?;
    let department = match &form.department {
        Some(named) => find_department(cx.tx, named)?,
        None => None,
    };
    let left = Event::OfflineSubmitted(LeftMessage {
        name: form.name.clone(),
        email: form.email.clone(),
        message: form.message.clone(),
        department: form.department.clone(),
        department_name: department.as_ref().map(|found| found.name.clone()),
        host: form.host.clone(),
    });
    let subject = Subject {
        department: department.as_ref().map(|found| found.id.as_str()),
        ..Subject::NONE
    };
    record_event(cx.tx, cx.now, subject, &left)?;
    mail_it(cx, form, department.as_ref())?;
    post_it(cx, form, department.as_ref())
}

fn find_department(view: &mut View<'_>, named: &str) -> Result<Option<Department>> {
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
fn mail_it(cx: &mut Context<'_, '_>, form: &Form, department: Option<&Department>) -> Result<()> {
    let own = department.map(|department| department.email.as_str());
    let general = cx.policy.text(settings::Livechat_offline_email);
    let Some(recipient) = own
        .into_iter()
        .chain([general])
        .map(recipients)
        .find(|addresses| !addresses.is_empty())
    else {
        return Ok(());
    };
    let by = mail::one_line(&form.name, 100);
    let subject = format!("Offline message from {by}");
    let known = known(form, department);
    let new = NewMail {
        recipient: &recipient.join(", "),
        reply_to: Some(&form.email),
        subject: &subject,
        body: mail::note(&subject, &known, &form.message),
    };
    mail::or_do_without(mail::send(cx, &new), "an offline message").map(drop)
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
    cx: &mut Context<'_, '_>,
    form: &Form,
    department: Option<&Department>,
) -> Result<(), Refusal> {
    if !cx
        .policy
        .flag(settings::Livechat_OfflineMessageToChannel_enabled)
    {
        return Ok(());
    }
    let general = cx
        .policy
        .text(settings::Livechat_OfflineMessageToChannel_channel_name);
    let own = department.and_then(|department| department.channel.as_deref());
    let named = own
        .filter(|name| !name.trim().is_empty())
        .unwrap_or(general);
    let Some(channel) = rooms::channel(cx.tx, named.trim().trim_start_matches('#'))? else {
        return Ok(());
    };
    let Some(bot) = accounts::find(cx.tx, messages::BOT)? else {
        return Ok(());
    };
    let body = mail::note(
        "A message was left",
        &known(form, department),
        &form.message,
    );
    let most = usize::try_from(cx.policy.number(settings::Message_MaxAllowedSize)).unwrap_or(0);
    let draft = Draft {
        text: mail::text(&body.plain, most.saturating_sub(1)),
        ..Draft::default()
    };
    let posted = messages::post(&mut cx.by(&Who::Account(bot)), &channel, &draft);
    mail::or_do_without(posted.map(drop), "a note in a channel")?;
    Ok(())
}

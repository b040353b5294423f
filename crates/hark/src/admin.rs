//! `hark admin`: accounts and backups from the command line, also while a server runs.

use std::io::{BufRead, ErrorKind, Write};
use std::sync::Arc;

use hark_chat::figures;
use hark_model::accounts::{self, Account, NewAccount, SortKey};
use hark_model::roles::{self, Role};
use hark_model::settings::catalogue::{self, SETTINGS, Setting};
use hark_model::settings::{self, Stored};
use hark_model::{Context, Page, Refusal, Who, facts, keys};
use hark_staff::{agents, sessions};
use hark_store::Tx;
use serde_json::{Value, json};

use crate::cli::{Admin, Task};
use crate::config::DataLocation;
use crate::installation::{Installation, open_beside, wait};
use crate::{CliError, backup, config};

pub(crate) fn admin(given: Admin) -> Result<(), CliError> {
    let location = config::location(&given.location)?;
    match given.task {
        Task::Backup { file } => return backup::backup(&location, &file),
        Task::Restore { file } => return backup::restore(&location, &file),
        Task::Move { to } => return backup::move_to_postgres(&location, &to),
        _ => {}
    }
    let installation = open_beside(&location)?;
    let done = perform(&installation, given.task, &location);
    installation.store.close();
    done
}

fn perform(
    installation: &Installation,
    task: Task,
    location: &DataLocation,
) -> Result<(), CliError> {
    match task {
        Task::CreateUser {
            username,
            name,
            email,
            roles,
            password_stdin,
        } => {
            let new = NewAccount {
                email,
                roles,
                ..NewAccount::person(&username, name.as_deref().unwrap_or(&username))
            };
            create(installation, new, password_stdin)
        }
        Task::ResetPassword {
            username,
            password_stdin,
            without_two_factor,
        } => reset(installation, &username, password_stdin, without_two_factor),
        Task::List { role } => list(installation, role),
        Task::ListRoles => list_roles(installation),
        Task::AddRole { username, role } => {
            change_role(installation, &username, &role, |cx, account, role| {
                hark_staff::give_role(cx, account, role)?;
                takes_chats(cx, &account.id, std::slice::from_ref(&role.id))
            })?;
            println!("{username} has the role {role} now.");
            Ok(())
        }
        Task::RemoveRole { username, role } => {
            change_role(installation, &username, &role, hark_staff::take_role)?;
            println!("{username} has the role {role} no more.");
            Ok(())
        }
        Task::Deactivate { username } => switch(installation, &username, false),
        Task::Activate { username } => switch(installation, &username, true),
        Task::Delete { username } => delete(installation, &username),
        Task::Token {
            username,
            name,
            without_two_factor,
        } => token(installation, &username, &name, without_two_factor),
        Task::Settings { name: None, .. } => list_settings(installation),
        Task::Settings {
            name: Some(name),
            value: None,
        } => show_setting(installation, &name),
        Task::Settings {
            name: Some(name),
            value: Some(value),
        } => change_setting(installation, &name, value),
        Task::TrustClock => trust_clock(installation),
        Task::Deliver => deliver(installation),
        Task::RebuildFigures => rebuild_figures(installation),
        Task::Backup { file } => backup::backup(location, &file),
        Task::Restore { file } => backup::restore(location, &file),
        Task::Move { to } => backup::move_to_postgres(location, &to),
    }
}

fn trust_clock(installation: &Installation) -> Result<(), CliError> {
    let now = installation.store.clock().now();
    wait(
        installation
            .store
            .write(move |tx: &mut Tx<'_>| facts::believe(tx, now)),
    )?;
    println!(
        "It is {}: what has run out by that time goes, from a running server within a minute.",
        now.iso()
    );
    Ok(())
}

fn deliver(installation: &Installation) -> Result<(), CliError> {
    let is_news = wait(installation.store.write(facts::counts))?;
    println!(
        "{}",
        if is_news {
            "This is the one that counts: webhooks and mail go out, from a running server within seconds."
        } else {
            "Nothing held webhooks and mail back; a server that was started with --deliver off sends them when it is started without."
        }
    );
    Ok(())
}

/// Day by day: reports say the truth meanwhile, and nobody waits for long.
fn rebuild_figures(installation: &Installation) -> Result<(), CliError> {
    let days = installation.read(figures::days)?;
    let known = days.clone();
    wait(
        installation
            .store
            .write(move |tx: &mut Tx<'_>| figures::forget_around(tx, &known)),
    )?;
    for day in &days {
        let day = *day;
        wait(
            installation
                .store
                .write(move |tx: &mut Tx<'_>| figures::recount(tx, day)),
        )?;
    }
    println!("Days that are counted anew: {}.", days.len());
    Ok(())
}

/// The password, and whether it was made here and has to be shown.
fn password(from_stdin: bool) -> Result<(String, bool), CliError> {
    if !from_stdin {
        return Ok((keys::first_password()?, true));
    }
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    let line = line.trim_end_matches(['\r', '\n']);
    if line.is_empty() {
        return Err("there was no password on standard input".into());
    }
    Ok((line.to_owned(), false))
}

fn create(
    installation: &Installation,
    mut new: NewAccount,
    from_stdin: bool,
) -> Result<(), CliError> {
    let (password, made) = password(from_stdin)?;
    new.password = Some(hark_staff::passwords::choose(&password)?);
    let account = wait(installation.command(move |cx| {
        let account = hark_staff::accounts::create(cx, &new)?;
        takes_chats(cx, &account.id, &account.roles)?;
        Ok(account)
    }))?;
    println!("Made {} ({}).", account.username, account.roles.join(", "));
    if made {
        println!("Password: {password}  (shown only now)");
    }
    Ok(())
}

fn reset(
    installation: &Installation,
    username: &str,
    from_stdin: bool,
    without_two_factor: bool,
) -> Result<(), CliError> {
    let account = find(installation, username)?;
    let (password, made) = password(from_stdin)?;
    let hash = hark_staff::passwords::choose(&password)?;
    let reset = installation.command(move |cx| {
        hark_staff::accounts::set_password(cx, &account.id, &hash, made)?;
        sessions::forgive_addresses(cx)?;
        if without_two_factor {
            sessions::switch_totp_off(cx, &account.id)?;
        }
        Ok(())
    });
    wait(reset)?;
    println!(
        "{username} has a new password; all sessions have ended, and no address is held back for wrong passwords."
    );
    if made {
        println!("Password: {password}  (shown only now, to be changed at the next log-in)");
    }
    if without_two_factor {
        println!("Two-factor authentication is off.");
    }
    Ok(())
}

fn find(installation: &Installation, username: &str) -> Result<Account, CliError> {
    let name = username.to_owned();
    let found = installation.read(move |view| accounts::find_by_username(view, &name))?;
    found.ok_or_else(|| {
        format!("there is no user {username}; `hark admin list` shows who there is").into()
    })
}

fn list(installation: &Installation, role: Option<String>) -> Result<(), CliError> {
    let found = match role {
        None => {
            installation.read(|view| accounts::list(view, SortKey::Username, false, Page::ALL))?
        }
        Some(named) => {
            let sought = named.clone();
            let members = installation.read(move |view| match roles::find(view, &sought)? {
                Some(role) => roles::members(view, &role.id, Page::ALL).map(Some),
                None => Ok(None),
            })?;
            members.ok_or(Refusal::NoSuchRole(named))?
        }
    };
    let mut table = format!(
        "{:<24} {:<8} {:<40} E-MAIL\n",
        "USER NAME", "ACTIVE", "ROLES"
    );
    for account in &found.0 {
        let email = account.emails.first();
        table += &format!(
            "{:<24} {:<8} {:<40} {}\n",
            account.username,
            if account.active { "yes" } else { "no" },
            account.roles.join(", "),
            email.map_or("", |email| email.address.as_str())
        );
    }
    table += &match found.1 {
        1 => "1 account\n".to_owned(),
        many => format!("{many} accounts\n"),
    };
    print_table(&table)
}

fn print_table(table: &str) -> Result<(), CliError> {
    match std::io::stdout().write_all(table.as_bytes()) {
        // The reader has seen enough, as in `hark admin list | head`.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
    }
}

fn list_roles(installation: &Installation) -> Result<(), CliError> {
    let found = installation.read(|view| {
        let all = roles::all(view)?;
        let counted = all.into_iter().map(|role| {
            let (_, count) = roles::members(
                view,
                &role.id,
                Page {
                    offset: 0,
                    limit: 1,
                },
            )?;
            Ok((role, count))
        });
        counted.collect::<hark_store::Result<Vec<_>>>()
    })?;
    let mut table = format!("{:<28} {:>8}  WHAT IT IS FOR\n", "ROLE", "ACCOUNTS");
    for (role, count) in &found {
        let line = format!("{:<28} {count:>8}  {}", role.id, role.description);
        table += line.trim_end();
        table.push('\n');
    }
    print_table(&table)
}

/// What a setting is now, as far as anybody may see it.
fn shown(installation: &Installation, setting: &Setting, stored: Option<&Stored>) -> (Value, bool) {
    let value = stored.and_then(|stored| stored.open(installation.policies.keys()));
    let preset = setting.preset.to_json();
    let value = value.unwrap_or_else(|| preset.clone());
    let differs = value != preset;
    let is_hidden = setting.secret && value.as_str() != Some("");
    let value = if is_hidden {
        json!("(not shown)")
    } else {
        value
    };
    (value, differs)
}

fn value_of(installation: &Installation, setting: &'static Setting) -> Result<Value, CliError> {
    let stored = installation.read(|view| settings::find(view, setting.id))?;
    Ok(shown(installation, setting, stored.as_ref()).0)
}

fn list_settings(installation: &Installation) -> Result<(), CliError> {
    let stored = installation.read(settings::all)?;
    let mut table = String::new();
    for setting in SETTINGS {
        let own = stored.iter().find(|stored| stored.id == setting.id);
        let (value, differs) = shown(installation, setting, own);
        if differs {
            table += &format!("{} = {value}\n", setting.id);
        }
    }
    if table.is_empty() {
        table += "Every setting is as it came.\n";
    }
    print_table(&table)
}

fn setting_called(name: &str) -> Result<&'static Setting, CliError> {
    let found = catalogue::find(name);
    found.ok_or_else(|| {
        format!("there is no setting {name}; docs/reference/settings.md lists them all").into()
    })
}

fn show_setting(installation: &Installation, name: &str) -> Result<(), CliError> {
    let setting = setting_called(name)?;
    let value = value_of(installation, setting)?;
    let first = setting.preset.to_json();
    print_table(&format!("{} = {value}\nFirst value: {first}\n", setting.id))
}

fn change_setting(installation: &Installation, name: &str, value: String) -> Result<(), CliError> {
    let setting = setting_called(name)?;
    let policies = Arc::clone(&installation.policies);
    wait(installation.command(move |cx| {
        hark_staff::change_setting(
            cx,
            policies.keys(),
            setting.id,
            &Value::String(value.clone()),
        )
    }))?;
    let value = value_of(installation, setting)?;
    print_table(&format!("{} = {value}\n", setting.id))
}

/// Anyone who is made an agent takes chats as soon as they are there, unless their hours are closed.
fn takes_chats(cx: &mut Context<'_, '_>, id: &str, roles: &[String]) -> Result<(), Refusal> {
    if !roles.iter().any(|role| role == agents::ROLE) {
        return Ok(());
    }
    match agents::set_available(cx, id, true) {
        Ok(_) | Err(Refusal::HoursClosed | Refusal::AgentDeactivated) => Ok(()),
        Err(refusal) => Err(refusal),
    }
}

fn change_role(
    installation: &Installation,
    username: &str,
    role: &str,
    change: fn(&mut Context<'_, '_>, &Account, &Role) -> Result<(), Refusal>,
) -> Result<(), CliError> {
    let account = find(installation, username)?;
    let named = role.to_owned();
    let changed = installation.command(move |cx| {
        let role = roles::find(cx.tx, &named)?;
        let role = role.ok_or_else(|| Refusal::NoSuchRole(named.clone()))?;
        change(cx, &account, &role)
    });
    wait(changed)
}

fn switch(installation: &Installation, username: &str, active: bool) -> Result<(), CliError> {
    let account = find(installation, username)?;
    let switched =
        installation.command(move |cx| hark_staff::accounts::set_active(cx, &account.id, active));
    wait(switched)?;
    println!(
        "{username} {}",
        if active {
            "may log in again."
        } else {
            "cannot log in any more; all sessions have ended."
        }
    );
    Ok(())
}

fn delete(installation: &Installation, username: &str) -> Result<(), CliError> {
    let account = find(installation, username)?;
    wait(installation.command(move |cx| hark_staff::accounts::delete(cx, &account.id)))?;
    println!("{username} is gone.");
    Ok(())
}

fn token(
    installation: &Installation,
    username: &str,
    name: &str,
    without_two_factor: bool,
) -> Result<(), CliError> {
    let account = find(installation, username)?;
    if name.trim().is_empty() {
        return Err("a token needs a name, by which its account lists it: --name crm".into());
    }
    let fresh = sessions::Fresh::make()?.token;
    let (id, kept, named) = (account.id.clone(), fresh.clone(), name.to_owned());
    let (now, policies) = (
        installation.store.clock().now(),
        Arc::clone(&installation.policies),
    );
    let who = Who::Account(account);
    let made = installation.store.write(move |tx: &mut Tx<'_>| {
        policies.command(tx, now, &who, |cx| {
            sessions::add_personal_token(cx, &named, without_two_factor, &kept)
        })
    });
    wait(made).map_err(|error| {
        format!(
            "{error}; {username} may have a token called {name} already, then choose another --name"
        )
    })?;
    // Alone there, for `$(hark admin token …)`.
    println!("{fresh}");
    eprintln!(
        "It is shown only now. It goes with each call as Authorization: Bearer, or as X-Auth-Token beside X-User-Id: {id}."
    );
    Ok(())
}

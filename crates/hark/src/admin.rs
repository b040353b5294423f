//! `hark admin`: accounts and backups from the command line, also while a server runs.

use std::io::{BufRead, ErrorKind, Write};

use hark_chat::accounts::{self, Account, NewAccount, Page, SortKey};
use hark_chat::{Actor, Refusal, keys, roles, sessions};

use crate::cli::{Admin, Task};
use crate::config::Where;
use crate::house::{House, open_beside};
use crate::{Sentence, backup, config};

pub(crate) fn admin(given: Admin) -> Result<(), Sentence> {
    let place = config::place(&given.place)?;
    match given.task {
        Task::Backup { file } => return backup::backup(&place, &file),
        Task::Restore { file } => return backup::restore(&place, &file),
        _ => {}
    }
    let house = open_beside(&place)?;
    let done = perform(&house, given.task, &place);
    house.store.close();
    done
}

fn perform(house: &House, task: Task, place: &Where) -> Result<(), Sentence> {
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
            create(house, new, password_stdin)
        }
        Task::ResetPassword {
            username,
            password_stdin,
            without_two_factor,
        } => reset(house, &username, password_stdin, without_two_factor),
        Task::List { role } => list(house, role),
        Task::AddRole { username, role } => add_role(house, &username, &role),
        Task::Backup { file } => backup::backup(place, &file),
        Task::Restore { file } => backup::restore(place, &file),
    }
}

/// The password, and whether it was made here and has to be shown.
fn password(from_stdin: bool) -> Result<(String, bool), Sentence> {
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

fn create(house: &House, mut new: NewAccount, from_stdin: bool) -> Result<(), Sentence> {
    let (password, made) = password(from_stdin)?;
    new.password = Some(accounts::hash_password(&password)?);
    let now = house.store.clock().now();
    let account = house.write(move |tx| accounts::create(tx, &Actor::System, now, &new))?;
    println!("Made {} ({}).", account.username, account.roles.join(", "));
    if made {
        println!("Password: {password}  (shown only now)");
    }
    Ok(())
}

fn reset(
    house: &House,
    username: &str,
    from_stdin: bool,
    without_two_factor: bool,
) -> Result<(), Sentence> {
    let account = find(house, username)?;
    let (password, made) = password(from_stdin)?;
    let hash = accounts::hash_password(&password)?;
    let now = house.store.clock().now();
    house.write(move |tx| {
        accounts::set_password(tx, &Actor::System, now, &account.id, &hash, made)?;
        if without_two_factor {
            sessions::switch_totp_off(tx, &account.id)?;
        }
        Ok(())
    })?;
    println!("{username} has a new password; all sessions have ended.");
    if made {
        println!("Password: {password}  (shown only now, to be changed at the next log-in)");
    }
    if without_two_factor {
        println!("Two-factor authentication is off.");
    }
    Ok(())
}

fn find(house: &House, username: &str) -> Result<Account, Sentence> {
    let name = username.to_owned();
    let found = house.read(move |view| accounts::find_by_username(view, &name))?;
    found.ok_or_else(|| {
        format!("there is no user {username}; `hark admin list` shows who there is").into()
    })
}

fn list(house: &House, role: Option<String>) -> Result<(), Sentence> {
    let found = house.read(move |view| match &role {
        None => accounts::list(view, SortKey::Username, false, Page::ALL),
        Some(role) => roles::members(view, role, Page::ALL),
    })?;
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
    table += &format!("{} accounts\n", found.1);
    match std::io::stdout().write_all(table.as_bytes()) {
        // Whoever reads has seen enough, as in `hark admin list | head`.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
    }
}

fn add_role(house: &House, username: &str, role: &str) -> Result<(), Sentence> {
    let account = find(house, username)?;
    let now = house.store.clock().now();
    let named = role.to_owned();
    house.write(move |tx| {
        let role = roles::find(tx, &named)?;
        let role = role.ok_or_else(|| Refusal::NoSuchRole(named.clone()))?;
        roles::give(tx, &Actor::System, now, &account, &role)
    })?;
    println!("{username} has the role {role} now.");
    Ok(())
}

//! `hark demo`: a server as it looks when people work with it. The demo is a client of the public
//! API and nothing else: whatever it does, any script could do.

mod chat;
mod client;
mod conversations;
mod output;
mod schedule;
mod setup;

use std::sync::Arc;
use std::time::Duration;

use rand::RngExt;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use self::chat::Shared;
use self::client::{Api, ApiError};
use self::output::{Count, Output};
use self::schedule::Schedule;
use self::setup::Found;
use crate::CliError;
use crate::cli::Demo;
use crate::installation::wait;
use crate::password::ask_for_password;

/// Chats that go on beside each other: as many as a person can follow.
const AT_ONCE: usize = 4;
/// Where the server holds visitors back, fewer of them stay livelier.
const AT_ONCE_WHEN_HELD_BACK: usize = 2;

pub(crate) fn demo(given: &Demo) -> Result<(), CliError> {
    let password = match &given.password {
        Some(password) => password.clone(),
        None => {
            let missing =
                "the administrator's password is missing; give it in ADMIN_PASS or with --password";
            ask_for_password(&given.user, missing)?
        }
    };
    wait(run(given, &password))
}

async fn run(given: &Demo, password: &str) -> Result<(), CliError> {
    let (stop, mut stopped) = watch::channel(false);
    tokio::spawn(listen(stop.clone(), given.minutes));
    let output = Arc::new(Output::new(given.quiet, stop));
    let shared = tokio::select! {
        shared = prepare(given, password, Arc::clone(&output)) => Arc::new(shared?),
        () = wait_for(&mut stopped) => {
            output.say("\nThe demo has ended before the shop was complete; the next one goes on with it.");
            return Ok(());
        }
    };
    shared.team.come().await?;
    let seed = given
        .seed
        .unwrap_or_else(|| rand::rng().random_range(0..1_000_000));
    shared.output.say(format_args!(
        "Visitors come now (--seed {seed} repeats this). Ctrl-C ends the demo and its chats.\n"
    ));
    let outcome = perform(given, &shared, seed, &mut stopped).await;
    if outcome.is_ok() {
        // Anyone who asks a second time does not want to wait.
        let mut interrupt = signal(SignalKind::interrupt())?;
        tokio::select! {
            tidied = end(&shared) => tidied?,
            _ = interrupt.recv() => {}
        }
    }
    Ok(outcome?)
}

/// Says when it is time to stop: at Ctrl-C, at SIGTERM, when the minutes are over.
async fn listen(stop: watch::Sender<bool>, minutes: Option<u32>) {
    let (Ok(mut interrupt), Ok(mut terminate)) = (
        signal(SignalKind::interrupt()),
        signal(SignalKind::terminate()),
    ) else {
        return;
    };
    let over = async {
        match minutes {
            Some(minutes) => {
                let seconds = u64::from(minutes) * 60;
                tokio::time::sleep(Duration::from_secs(seconds)).await;
            }
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        () = over => {}
    }
    stop.send_replace(true);
}

async fn wait_for(stopped: &mut watch::Receiver<bool>) {
    // A sender that is gone will not say it any more.
    if stopped.wait_for(|stopped| *stopped).await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Logs in, looks whether the server may be filled, and fills it.
async fn prepare(given: &Demo, password: &str, output: Arc<Output>) -> Result<Shared, CliError> {
    let anonymous = Api::new(&given.url, Arc::clone(&output))?;
    let admin = anonymous
        .log_in(&given.user, password)
        .await
        .map_err(|why| format!("cannot log in as {} at {}: {why}", given.user, given.url))?;
    if anonymous.is_limited() {
        output.say(
            "This server holds back who calls often, so this takes a moment, and visitors come slowly. \
             `hark serve --rate-limit off` makes it livelier.",
        );
    }
    let found = Found::on(&admin).await?;
    found.check()?;
    let again = found.is_ours();
    if again {
        output.say("The demo has been here before and goes on.");
        let left = chat::tidy(&admin).await?;
        if left > 0 {
            output.say(format_args!("Left open then, ended now: {left}."));
        }
    } else {
        output.say(format_args!("Filling the empty server at {} …", given.url));
    }
    let team = setup::set_up(admin, password, &found).await?;
    let fresh = if again {
        "; their passwords are new"
    } else {
        ""
    };
    output.say(format_args!(
        "Departments Sales, Support and Billing are open. Their people, with user names and passwords{fresh}:\n\n{}",
        team.table()
    ));
    Ok(Shared {
        team,
        anonymous,
        output,
    })
}

/// Visitors come until it is time to stop, or until there were enough.
async fn perform(
    given: &Demo,
    shared: &Arc<Shared>,
    seed: u64,
    stopped: &mut watch::Receiver<bool>,
) -> Result<(), ApiError> {
    let at_once = if shared.anonymous.is_limited() {
        AT_ONCE_WHEN_HELD_BACK
    } else {
        AT_ONCE
    };
    let mut schedule = Schedule::new(seed);
    let mut running = JoinSet::new();
    let mut left = given.chats.unwrap_or(usize::MAX);
    let mut next = Instant::now();
    while left > 0 || !running.is_empty() {
        tokio::select! {
            () = wait_for(stopped) => break,
            Some(outcome) = running.join_next() => match outcome {
                Ok(outcome) => outcome?,
                Err(error) => return Err(ApiError::Gone(error.to_string())),
            },
            () = sleep_until(next), if left > 0 && running.len() < at_once => {
                let turn = schedule.next(given.pace);
                next = Instant::now() + turn.pause;
                left -= 1;
                running.spawn(chat::run(Arc::clone(shared), turn));
            }
        }
    }
    running.shutdown().await;
    Ok(())
}

/// At once, whatever the server would rather have: who ends the demo does not want to wait.
async fn end(shared: &Shared) -> Result<(), ApiError> {
    shared.anonymous.hurry();
    shared.anonymous.settled().await;
    let tidied = chat::tidy(&shared.team.admin).await;
    let gone_home = shared.team.log_out().await;
    let left = match (tidied, gone_home) {
        (Ok(left), Ok(())) => left,
        (Err(why @ ApiError::Refused { .. }), _) | (_, Err(why @ ApiError::Refused { .. })) => {
            shared.output.say(format_args!(
                "(not all of it is put away, which the next demo does first: {why})"
            ));
            0
        }
        (Err(gone), _) | (_, Err(gone)) => return Err(gone),
    };
    let counted = |what| shared.output.counted(what);
    let cut = match left {
        0 => String::new(),
        left => format!(", {left} ended with the demo"),
    };
    shared.output.say(format_args!(
        "\nThe demo has ended: {} chats opened, {} taken, {} forwarded, {} closed, {} rated{cut}.",
        counted(Count::Opened),
        counted(Count::Taken),
        counted(Count::Forwarded),
        counted(Count::Closed),
        counted(Count::Rated),
    ));
    match counted(Count::Broken) {
        0 => {}
        broken => shared
            .output
            .say(format_args!("Not able to go on: {broken}.")),
    }
    Ok(())
}

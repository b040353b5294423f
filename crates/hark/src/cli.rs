use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::{Args, CommandFactory as _, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use serde::Deserialize;

/// A live-chat server: every moment of a chat reaches the CRM by webhook, durably, in order,
/// signed and visible.
#[derive(Parser)]
#[command(name = "hark", version = crate::VERSION, about, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// Run the server
    Serve(Serve),
    /// Manage accounts and backups, also while a server runs
    Admin(Admin),
    /// Check configuration, folders, database, disk, clock, webhooks and jobs, and say what to do
    Doctor(Doctor),
    /// Send a marked sample of a kind of events to the webhooks that want it, as any event is sent
    Trigger(Trigger),
    /// Print what happens, as it happens, and forward it to a program on this machine
    Listen(Listen),
    /// Fill an empty server with departments, agents and visitors who chat, to see it at work
    Demo(Demo),
    /// Print completions for a shell
    Completions { shell: Shell },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Switch {
    On,
    Off,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Text,
    Json,
}

/// Where the data is. Shared by all commands.
#[derive(Args, Clone, Default)]
pub struct DataArgs {
    /// Data folder: embedded database, keys, uploads [default: ./hark-data]
    #[arg(long, global = true, env = "HARK_DATA", value_name = "FOLDER")]
    pub data: Option<PathBuf>,
    /// PostgreSQL instead of the embedded database: postgres://user:password@host/name
    #[arg(
        long,
        global = true,
        env = "HARK_DATABASE",
        value_name = "URL",
        hide_env_values = true
    )]
    pub database: Option<String>,
    /// Where files are kept: a folder, or s3://bucket/prefix [default: uploads in the data folder]
    #[arg(long, global = true, env = "HARK_UPLOADS", value_name = "FOLDER|URL")]
    pub uploads: Option<String>,
    /// Address of an object store that is not Amazon's [default: Amazon's of the region]
    #[arg(long, global = true, env = "HARK_UPLOADS_ENDPOINT", value_name = "URL")]
    pub uploads_endpoint: Option<String>,
    /// Region of the bucket [default: AWS_REGION, or us-east-1]
    #[arg(
        long,
        global = true,
        env = "HARK_UPLOADS_REGION",
        value_name = "REGION"
    )]
    pub uploads_region: Option<String>,
    /// Configuration file, read after flags and environment [default: ./hark.toml, if it is there]
    #[arg(long, global = true, env = "HARK_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
}

#[derive(Args)]
pub struct Doctor {
    #[command(flatten)]
    pub location: DataArgs,
    /// Networks that webhooks may reach besides public ones, as the server is told [default: none]
    #[arg(long, env = "HARK_WEBHOOK_ALLOW", value_name = "NETWORKS")]
    pub webhook_allow: Option<String>,
    /// Where the server listens, as it is told, to ask how its jobs are doing [default: 127.0.0.1:3000]
    #[arg(long, env = "HARK_LISTEN", value_name = "ADDRESS:PORT")]
    pub listen: Option<String>,
}

#[derive(Args, Default)]
#[command(after_help = "\
The first administrator comes from ADMIN_USERNAME, ADMIN_PASS, ADMIN_EMAIL, ADMIN_NAME and ADMIN_ID; \
without ADMIN_PASS a password is made and printed once.

Any Rocket.Chat setting takes its first value from a variable of its name (Livechat_title=Help) and is \
fixed by OVERWRITE_SETTING_<name>.

AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN open the bucket of --uploads s3://…

RUST_LOG chooses what is logged (RUST_LOG=debug). Every flag can stand in hark.toml under its long name, \
with _ for -.")]
pub struct Serve {
    #[command(flatten)]
    pub location: DataArgs,
    /// Address to listen on [default: 127.0.0.1:3000]
    #[arg(long, env = "HARK_LISTEN", value_name = "ADDRESS:PORT")]
    pub listen: Option<String>,
    /// How people reach this server [default: http:// and the address]
    #[arg(long, env = "HARK_SITE_URL", value_name = "URL")]
    pub site_url: Option<String>,
    /// Networks that webhooks may reach besides public ones, separated by commas [default: none]
    #[arg(long, env = "HARK_WEBHOOK_ALLOW", value_name = "NETWORKS")]
    pub webhook_allow: Option<String>,
    /// Whether callers of the REST API are held back when they call too often [default: on]
    #[arg(long, env = "HARK_RATE_LIMIT", value_name = "on|off")]
    pub rate_limit: Option<Switch>,
    /// Whether webhooks and mail are sent; on also says of a restored copy that it is the one that counts
    /// [default: on, but not of a restored copy]
    #[arg(long, env = "HARK_DELIVER", value_name = "on|off")]
    pub deliver: Option<Switch>,
    /// Proxies in front that add to X-Forwarded-For [default: 0]
    #[arg(long, env = "HARK_PROXIES", value_name = "COUNT")]
    pub proxies: Option<usize>,
    /// Days for which events stay in the log [default: 30]
    #[arg(long, env = "HARK_KEEP_EVENTS", value_name = "DAYS")]
    pub keep_events: Option<u32>,
    /// How log lines look [default: text on a terminal, json elsewhere]
    #[arg(long, env = "HARK_LOG", value_name = "text|json")]
    pub log: Option<LogFormat>,
}

#[derive(Args)]
#[command(after_help = "\
Each event is a line that begins with its place in the log (--after goes on behind it); with a URL it is also \
posted there, signed as an endpoint's deliveries are, one after the other. It goes on where it was when the server was \
away, and ends with Ctrl-C.

A token is best a personal access token of somebody who may look after webhooks (hark admin token NAME).")]
pub struct Listen {
    /// Where events are posted, such as http://localhost:8000/hook [default: nowhere]
    pub url: Option<String>,
    /// Where the server is
    #[arg(
        long,
        env = "HARK_SERVER",
        value_name = "URL",
        default_value = "http://127.0.0.1:3000"
    )]
    pub server: String,
    /// A token of somebody who may look after webhooks
    // Of 64 that are made one begins with a hyphen.
    #[arg(
        long,
        env = "HARK_TOKEN",
        value_name = "TOKEN",
        hide_env_values = true,
        allow_hyphen_values = true
    )]
    pub token: Option<String>,
    /// Log in as this user instead
    #[arg(long, value_name = "NAME", conflicts_with = "token")]
    pub user: Option<String>,
    /// Their password [default: asked on the terminal]
    #[arg(
        long,
        env = "HARK_PASSWORD",
        value_name = "PASSWORD",
        hide_env_values = true,
        allow_hyphen_values = true
    )]
    pub password: Option<String>,
    /// Kinds of events, such as chat.* or message.visitor, separated by commas [default: all]
    #[arg(long, alias = "events", value_name = "KINDS", value_delimiter = ',')]
    pub kinds: Vec<String>,
    /// Begin after this place of the log, 0 for all that is kept [default: with what happens now]
    #[arg(long, value_name = "EVENT")]
    pub after: Option<i64>,
    /// Print the whole body of each event, a line of JSON for each, and nothing else
    #[arg(long)]
    pub json: bool,
    /// Sign with this secret [default: a new one, which is printed]
    #[arg(
        long,
        env = "HARK_LISTEN_SECRET",
        value_name = "SECRET",
        hide_env_values = true
    )]
    pub secret: Option<String>,
}

#[derive(Args)]
#[command(after_help = "\
The demo fills an empty server, or goes on where it was before; a server in use is left alone. \
It runs until Ctrl-C, and then ends its chats. Every kind of events comes that people bring about; \
hark trigger sends one of any kind.")]
pub struct Demo {
    /// Where the server is
    #[arg(default_value = "http://127.0.0.1:3000")]
    pub url: String,
    /// An administrator
    #[arg(
        long,
        env = "ADMIN_USERNAME",
        value_name = "NAME",
        default_value = "admin"
    )]
    pub user: String,
    /// Their password [default: asked on the terminal]
    #[arg(
        long,
        env = "ADMIN_PASS",
        value_name = "PASSWORD",
        hide_env_values = true,
        allow_hyphen_values = true
    )]
    pub password: Option<String>,
    /// How fast everything goes: 2 is twice as fast
    #[arg(long, default_value_t = 1.0, value_parser = pace)]
    pub pace: f64,
    /// The same number brings the same visitors in the same order [default: by chance]
    #[arg(long, value_name = "NUMBER")]
    pub seed: Option<u64>,
    /// End after so many minutes
    #[arg(long, value_name = "COUNT")]
    pub minutes: Option<u32>,
    /// End after so many chats
    #[arg(long, value_name = "COUNT")]
    pub chats: Option<usize>,
    /// Do not tell what happens
    #[arg(long)]
    pub quiet: bool,
}

fn pace(text: &str) -> Result<f64, String> {
    let pace: f64 = text.parse().map_err(|_| "this is not a number")?;
    if !(0.01..=10_000.0).contains(&pace) {
        return Err("it is between 0.01 and 10000".to_owned());
    }
    Ok(pace)
}

#[derive(Args)]
#[command(after_help = "\
The sample is of an invented chat. It takes the way of all deliveries: signed, tried again, listed; its \
webhook-id has the word test in it, and its requests the header hark-test. A running server sends it.")]
pub struct Trigger {
    #[command(flatten)]
    pub location: DataArgs,
    /// The kind, such as chat.closed; docs/reference/events.md and the catalogue list them
    pub kind: String,
    /// Only to the endpoint with this id, whether it asks for the kind or not
    #[arg(long, value_name = "ID")]
    pub endpoint: Option<String>,
}

#[derive(Args)]
pub struct Admin {
    #[command(flatten)]
    pub location: DataArgs,
    #[command(subcommand)]
    pub task: Task,
}

#[derive(Subcommand)]
pub enum Task {
    /// Make an account; prints a password unless one is given on standard input
    CreateUser {
        /// The name by which they log in
        username: String,
        /// Full name [default: the user name]
        #[arg(long)]
        name: Option<String>,
        /// Their address, for mails
        #[arg(long)]
        email: Option<String>,
        /// Role, as often as there are roles
        #[arg(long = "role", value_name = "ROLE", default_value = "user")]
        roles: Vec<String>,
        /// Read the password from the first line of standard input
        #[arg(long)]
        password_stdin: bool,
    },
    /// Give an account a new password and end its sessions
    ResetPassword {
        /// Whose
        username: String,
        /// Read the password from the first line of standard input
        #[arg(long)]
        password_stdin: bool,
        /// Also switch two-factor authentication off, for someone who lost the phone
        #[arg(long)]
        without_two_factor: bool,
    },
    /// List accounts
    List {
        /// Only those who have this role
        #[arg(long)]
        role: Option<String>,
    },
    /// List the roles that there are, and how many have each
    ListRoles,
    /// Give an account a role
    AddRole {
        /// Whose
        username: String,
        /// Such as livechat-agent, livechat-manager or admin
        role: String,
    },
    /// Take a role from an account
    RemoveRole {
        /// Whose
        username: String,
        /// Such as livechat-agent, livechat-manager or admin
        role: String,
    },
    /// Let an account in no more, and end its sessions; its open chats go back into the queue
    Deactivate {
        /// Whose
        username: String,
    },
    /// Let an account in again
    Activate {
        /// Whose
        username: String,
    },
    /// Remove an account for good; its open chats go back into the queue
    Delete {
        /// Whose
        username: String,
    },
    /// Make a personal access token of an account, and print it alone on standard output
    Token {
        /// Whose
        username: String,
        /// Under which name the account lists it
        #[arg(long, value_name = "NAME", default_value = "hark admin")]
        name: String,
        /// It is not asked for a second factor
        #[arg(long)]
        without_two_factor: bool,
    },
    /// Show the settings that are not as they came, or one; with a value, change it
    ///
    /// docs/reference/settings.md says what each is for. Secrets are not shown.
    Settings {
        /// Such as Livechat_title
        name: Option<String>,
        /// What it is from now on; in a running server within seconds
        value: Option<String>,
    },
    /// Say that the clock of this machine is right, after it leapt or the server was away for long
    TrustClock,
    /// Say of a restored copy that it is the one that counts: it sends webhooks and mail from now on
    Deliver,
    /// Count the figures of all reports anew, also while a server runs
    RebuildFigures,
    /// Copy the database and the keys into one file, also while a server runs
    Backup {
        /// A new file, which anybody who has it can read the secrets with
        file: PathBuf,
    },
    /// Move everything from the embedded database into an empty PostgreSQL, while no server runs
    ///
    /// Keys and files stay in the data folder, which the server is started with as before, and with --database
    /// besides. The embedded database stays where it is, as a copy that sends nothing.
    Move {
        /// Where to: postgres://user:password@host:5432/name
        #[arg(env = "HARK_MOVE_TO", hide_env_values = true, value_name = "URL")]
        to: String,
    },
    /// Put a backup into an empty data folder
    Restore {
        /// What `hark admin backup` has written
        file: PathBuf,
    },
}

/// The variables that options are read from.
pub(crate) fn variables() -> BTreeSet<String> {
    fn of(command: &clap::Command, found: &mut BTreeSet<String>) {
        let names = command.get_arguments().filter_map(clap::Arg::get_env);
        found.extend(names.map(|name| name.to_string_lossy().into_owned()));
        for inner in command.get_subcommands() {
            of(inner, found);
        }
    }
    let mut found = BTreeSet::new();
    of(&Cli::command(), &mut found);
    found
}

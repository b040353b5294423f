use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

use crate::config::{LogFormat, Switch};

/// A live-chat server: every moment of a chat reaches the CRM by webhook, durably, in order,
/// signed and visible.
#[derive(Parser)]
#[command(name = "hark", version = crate::VERSION, about, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Run the server
    Serve(Serve),
    /// Manage accounts and backups, also while a server runs
    Admin(Admin),
    /// Check configuration, folders, database, disk, clock and webhooks, and say what to do
    Doctor(Doctor),
    /// Print what happens, as it happens, and forward it to a program on this machine
    Listen(Listen),
    /// Fill an empty server with departments, agents and visitors who chat, to see it at work
    Demo(Demo),
    /// Print completions for a shell
    Completions { shell: Shell },
}

/// Where the data is. Shared by all commands.
#[derive(Args, Clone, Default)]
pub(crate) struct Place {
    /// Data folder: embedded database, keys, uploads [default: ./hark-data]
    #[arg(long, env = "HARK_DATA", value_name = "FOLDER")]
    pub(crate) data: Option<PathBuf>,
    /// PostgreSQL instead of the embedded database: postgres://user:password@host/name
    #[arg(
        long,
        env = "HARK_DATABASE",
        value_name = "URL",
        hide_env_values = true
    )]
    pub(crate) database: Option<String>,
    /// Where files are kept: a folder, or s3://bucket/prefix [default: uploads in the data folder]
    #[arg(long, env = "HARK_UPLOADS", value_name = "FOLDER|URL")]
    pub(crate) uploads: Option<String>,
    /// Address of an object store that is not Amazon's [default: Amazon's of the region]
    #[arg(long, env = "HARK_UPLOADS_ENDPOINT", value_name = "URL")]
    pub(crate) uploads_endpoint: Option<String>,
    /// Region of the bucket [default: AWS_REGION, or us-east-1]
    #[arg(long, env = "HARK_UPLOADS_REGION", value_name = "REGION")]
    pub(crate) uploads_region: Option<String>,
    /// Configuration file, read after flags and environment [default: ./hark.toml, if it is there]
    #[arg(long, env = "HARK_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Doctor {
    #[command(flatten)]
    pub(crate) place: Place,
    /// Networks that webhooks may reach besides public ones, as the server is told [default: none]
    #[arg(long, env = "HARK_WEBHOOK_ALLOW", value_name = "NETWORKS")]
    pub(crate) webhook_allow: Option<String>,
}

#[derive(Args, Default)]
#[command(after_help = "\
The first administrator comes from ADMIN_USERNAME, ADMIN_PASS, ADMIN_EMAIL, ADMIN_NAME and ADMIN_ID;
without ADMIN_PASS a password is made and printed once. Any Rocket.Chat setting takes its first value
from a variable of its name (Livechat_title=Help) and is fixed by OVERWRITE_SETTING_<name>.
AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN open the bucket of --uploads s3://…
RUST_LOG chooses what is logged (RUST_LOG=debug). Every flag can stand in hark.toml under its long
name, with _ for -.")]
pub(crate) struct Serve {
    #[command(flatten)]
    pub(crate) place: Place,
    /// Address to listen on [default: 127.0.0.1:3000]
    #[arg(long, env = "HARK_LISTEN", value_name = "ADDRESS:PORT")]
    pub(crate) listen: Option<String>,
    /// How people reach this server [default: http:// and the address]
    #[arg(long, env = "HARK_SITE_URL", value_name = "URL")]
    pub(crate) site_url: Option<String>,
    /// Networks that webhooks may reach besides public ones, separated by commas [default: none]
    #[arg(long, env = "HARK_WEBHOOK_ALLOW", value_name = "NETWORKS")]
    pub(crate) webhook_allow: Option<String>,
    /// Whether callers of the REST API are held back when they call too often [default: on]
    #[arg(long, env = "HARK_RATE_LIMIT", value_name = "on|off")]
    pub(crate) rate_limit: Option<Switch>,
    /// Proxies in front that add to X-Forwarded-For [default: 0]
    #[arg(long, env = "HARK_PROXIES", value_name = "COUNT")]
    pub(crate) proxies: Option<usize>,
    /// Days for which events stay in the log [default: 30]
    #[arg(long, env = "HARK_KEEP_EVENTS", value_name = "DAYS")]
    pub(crate) keep_events: Option<u32>,
    /// How log lines look [default: text on a terminal, json elsewhere]
    #[arg(long, env = "HARK_LOG", value_name = "text|json")]
    pub(crate) log: Option<LogFormat>,
}

#[derive(Args)]
#[command(after_help = "\
Each event is a line; with a URL it is also posted there, signed as an endpoint's deliveries are, one
after the other. It goes on where it was when the server was away, and ends with Ctrl-C. A token is
best a personal access token of somebody who may look after webhooks.")]
pub(crate) struct Listen {
    /// Where events are posted, such as http://localhost:8000/hook [default: nowhere]
    pub(crate) url: Option<String>,
    /// Where the server is
    #[arg(
        long,
        env = "HARK_SERVER",
        value_name = "URL",
        default_value = "http://127.0.0.1:3000"
    )]
    pub(crate) server: String,
    /// A token of somebody who may look after webhooks
    #[arg(long, env = "HARK_TOKEN", value_name = "TOKEN", hide_env_values = true)]
    pub(crate) token: Option<String>,
    /// Log in as this user instead
    #[arg(long, value_name = "NAME", conflicts_with = "token")]
    pub(crate) user: Option<String>,
    /// His password [default: asked on the terminal]
    #[arg(
        long,
        env = "HARK_PASSWORD",
        value_name = "PASSWORD",
        hide_env_values = true
    )]
    pub(crate) password: Option<String>,
    /// Kinds of events, such as chat.* or message.visitor, separated by commas [default: all]
    #[arg(long, value_name = "KINDS", value_delimiter = ',')]
    pub(crate) events: Vec<String>,
    /// Begin after this place of the log, 0 for all that is kept [default: with what happens now]
    #[arg(long, value_name = "EVENT")]
    pub(crate) after: Option<i64>,
    /// Sign with this secret [default: a new one, which is printed]
    #[arg(
        long,
        env = "HARK_LISTEN_SECRET",
        value_name = "SECRET",
        hide_env_values = true
    )]
    pub(crate) secret: Option<String>,
}

#[derive(Args)]
#[command(after_help = "\
The demo fills an empty server, or goes on where it was before; a server in use is left alone.
It runs until Ctrl-C, and then ends its chats.")]
pub(crate) struct Demo {
    /// Where the server is
    #[arg(default_value = "http://127.0.0.1:3000")]
    pub(crate) url: String,
    /// An administrator
    #[arg(
        long,
        env = "ADMIN_USERNAME",
        value_name = "NAME",
        default_value = "admin"
    )]
    pub(crate) user: String,
    /// His password [default: asked on the terminal]
    #[arg(
        long,
        env = "ADMIN_PASS",
        value_name = "PASSWORD",
        hide_env_values = true
    )]
    pub(crate) password: Option<String>,
    /// How fast everything goes: 2 is twice as fast
    #[arg(long, default_value_t = 1.0, value_parser = pace)]
    pub(crate) pace: f64,
    /// The same number brings the same visitors in the same order [default: by chance]
    #[arg(long, value_name = "NUMBER")]
    pub(crate) seed: Option<u64>,
    /// End after so many minutes
    #[arg(long, value_name = "COUNT")]
    pub(crate) minutes: Option<u32>,
    /// End after so many chats
    #[arg(long, value_name = "COUNT")]
    pub(crate) chats: Option<usize>,
    /// Do not tell what happens
    #[arg(long)]
    pub(crate) quiet: bool,
}

fn pace(text: &str) -> Result<f64, String> {
    let pace: f64 = text.parse().map_err(|_| "this is not a number")?;
    match (0.01..=10_000.0).contains(&pace) {
        true => Ok(pace),
        false => Err("it is between 0.01 and 10000".to_owned()),
    }
}

#[derive(Args)]
pub(crate) struct Admin {
    #[command(flatten)]
    pub(crate) place: Place,
    #[command(subcommand)]
    pub(crate) task: Task,
}

#[derive(Subcommand)]
pub(crate) enum Task {
    /// Make an account; prints a password unless one is given on standard input
    CreateUser {
        username: String,
        /// Full name [default: the user name]
        #[arg(long)]
        name: Option<String>,
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
    /// Give an account a role
    AddRole { username: String, role: String },
    /// Copy the database and the keys into one file, also while a server runs
    Backup { file: PathBuf },
    /// Put a backup into an empty data folder
    Restore { file: PathBuf },
}

//! Mailboxes on servers that somebody has named: reads them by IMAP, sends by SMTP, and reads what a mail
//! says. Every connection goes out through the guarded client.

pub mod imap;
pub mod mail;
mod server;
pub mod smtp;

pub use server::{Encryption, Failure, Server};

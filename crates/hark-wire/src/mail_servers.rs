//! The servers of an e-mail inbox, with the passwords that open them.

use hark_chat::email_inboxes::{EmailInbox, MailServer};
use hark_mailbox::Server;
use hark_model::Keyring;

/// By which its mails go out; nothing, if its password cannot be opened.
pub fn smtp(inbox: &EmailInbox, keys: &Keyring) -> Option<Server> {
    Some(server(&inbox.smtp, inbox.passwords(keys)?.smtp))
}

/// On which its mails lie; nothing, if its password cannot be opened.
pub fn imap(inbox: &EmailInbox, keys: &Keyring) -> Option<Server> {
    Some(server(&inbox.imap, inbox.passwords(keys)?.imap))
}

fn server(known: &MailServer, password: String) -> Server {
    Server {
        host: known.server.clone(),
        port: known.port,
        username: known.username.clone(),
        password,
        secure: known.secure,
    }
}

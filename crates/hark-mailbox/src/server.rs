use std::net::IpAddr;

/// Where a mailbox is, and whose it is.
#[derive(Clone, PartialEq, Eq)]
pub struct Server {
    pub host: String,
    pub port: u16,
    pub username: String,
    pub password: String,
    /// Whether it speaks TLS from the first byte on.
    pub secure: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    None,
    /// Begun by a command.
    StartTls,
    Wrapped,
}

/// Why a mail server failed, for the person who set it up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    #[error(transparent)]
    Way(#[from] hark_egress::Failure),
    #[error("the server refuses the user name or the password: {0}")]
    LogIn(String),
    #[error(
        "the server offers no TLS at this port, and a password goes only over TLS; set `secure` and the port for it"
    )]
    NoTls,
    /// What it says, and the code of its answer where it speaks SMTP.
    #[error("{0}")]
    Refused(String, Option<u16>),
    #[error("the server took too long {0}")]
    Slow(&'static str),
    #[error("the connection broke: {0}")]
    Broken(String),
    #[error("the server says more than is read of it")]
    TooMuch,
    /// It cannot be sent as it is.
    #[error("{0}")]
    Letter(String),
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Broken(error.to_string())
    }
}

impl Server {
    /// A password leaves this machine encrypted or not at all; a server on this machine needs none of it.
    pub fn encryption(&self) -> Encryption {
        if self.secure {
            Encryption::Wrapped
        } else if is_this_machine(&self.host) {
            Encryption::None
        } else {
            Encryption::StartTls
        }
    }
}

fn is_this_machine(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host
            .parse()
            .is_ok_and(|address: IpAddr| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_does_not_leave_the_machine_in_the_open() {
        let encryption = |host: &str, secure| {
            let server = Server {
                host: host.to_owned(),
                port: 1,
                username: "u".to_owned(),
                password: "p".to_owned(),
                secure,
            };
            server.encryption()
        };
        for host in ["mail.example.org", "192.0.2.1", "localhost.example"] {
            assert_eq!(encryption(host, false), Encryption::StartTls, "{host}");
        }
        for host in ["localhost", "127.0.0.1", "::1"] {
            assert_eq!(encryption(host, false), Encryption::None, "{host}");
            assert_eq!(encryption(host, true), Encryption::Wrapped, "{host}");
        }
    }
}

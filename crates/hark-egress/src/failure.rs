use std::error::Error;
use std::io::ErrorKind;
use std::net::IpAddr;

/// Why a request brought no answer, in words for the person who entered the URL.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    #[error("the URL cannot be used: {0}")]
    Url(String),
    #[error("{}; HARK_WEBHOOK_ALLOW names the networks that may be reached besides public ones", closed(host, *.address))]
    Forbidden { host: String, address: IpAddr },
    #[error("the name cannot be resolved: {0}")]
    Dns(String),
    #[error("no connection: {0}")]
    Connect(String),
    #[error("no TLS: {0}")]
    Tls(String),
    /// Which step it was in.
    #[error("the time was over while {0}")]
    Timeout(&'static str),
    /// The answer is no valid HTTP, or not in the encoding that it says.
    #[error("the answer is not valid: {0}")]
    Protocol(String),
    #[error("the connection broke: {0}")]
    Broken(String),
}

fn closed(host: &str, address: IpAddr) -> String {
    if host.parse() == Ok(address) {
        format!("{address} is no public address")
    } else {
        format!("{host} is at {address}, which is no public address")
    }
}

impl Failure {
    pub const fn class(&self) -> &'static str {
        match self {
            Self::Url(_) => "url",
            Self::Forbidden { .. } => "forbidden",
            Self::Dns(_) => "dns",
            Self::Connect(_) => "connect",
            Self::Tls(_) => "tls",
            Self::Timeout(_) => "timeout",
            Self::Protocol(_) => "protocol",
            Self::Broken(_) => "broken",
        }
    }

    /// Of a request that failed: the connector's own failure, if there is one.
    pub(crate) fn of_request(error: &hyper_util::client::legacy::Error) -> Self {
        Self::sort(error, hyper::Error::is_parse)
    }

    /// Of an answer that broke off after it had begun.
    pub(crate) fn of_body(error: &hyper::Error) -> Self {
        Self::sort(error, |hyper| {
            hyper.is_parse() || hyper.is_incomplete_message()
        })
    }

    fn sort(error: &(dyn Error + 'static), is_invalid: impl Fn(&hyper::Error) -> bool) -> Self {
        let mut invalid = false;
        let mut deepest = error;
        let mut next = Some(error);
        while let Some(error) = next {
            if let Some(own) = error.downcast_ref::<Self>() {
                return own.clone();
            }
            invalid |= match error.downcast_ref::<std::io::Error>() {
                Some(error) => matches!(
                    error.kind(),
                    ErrorKind::InvalidData | ErrorKind::InvalidInput | ErrorKind::UnexpectedEof
                ),
                None => error.downcast_ref().is_some_and(&is_invalid),
            };
            deepest = error;
            next = error.source();
        }
        if invalid {
            Self::Protocol(deepest.to_string())
        } else {
            Self::Broken(deepest.to_string())
        }
    }
}

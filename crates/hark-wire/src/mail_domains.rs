//! Whether a domain takes mail at all, as its DNS says. Only a sure "no" counts: a resolver that
//! does not answer, or that knows nothing at all, is no reason to turn anyone away.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::net::{DnsError, NetError, NoRecords};
use hickory_resolver::proto::op::ResponseCode;
use tokio::sync::Semaphore;

/// Visitors wait for this.
const PATIENCE: Duration = Duration::from_secs(2);
/// Questions at the same time; who comes when so many are asked is believed.
const AT_ONCE: usize = 16;

pub(crate) struct MailDomains {
    /// None where the system has no resolver.
    resolver: Option<TokioResolver>,
    turns: Semaphore,
    /// Whether it was said that nothing can be found out, and not been otherwise since.
    is_said: AtomicBool,
}

/// What the DNS said about one kind of record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    There,
    NotThere,
    Nothing,
}

impl MailDomains {
    pub(crate) fn from_system() -> Self {
        let resolver = TokioResolver::builder_tokio().and_then(|mut builder| {
            builder.options_mut().timeout = PATIENCE / 2;
            builder.options_mut().attempts = 1;
            builder.build()
        });
        if let Err(error) = &resolver {
            tracing::warn!(error = %error, "the domains of e-mail addresses are not looked up: the system's resolver cannot be used");
        }
        Self::asking(resolver.ok())
    }

    fn asking(resolver: Option<TokioResolver>) -> Self {
        Self {
            resolver,
            turns: Semaphore::new(AT_ONCE),
            is_said: AtomicBool::new(false),
        }
    }

    /// False only when the DNS says that nobody takes mail for this address.
    pub(crate) async fn may_take_mail(&self, address: &str) -> bool {
        let (Some(resolver), Ok(_turn)) = (&self.resolver, self.turns.try_acquire()) else {
            return true;
        };
        let Some((_, domain)) = address.rsplit_once('@') else {
            return false;
        };
        // Fully qualified: the search list of this machine is none of the visitor's business.
        let domain = format!("{}.", domain.trim_end_matches('.'));
        let asking = async {
            let found = match said(&resolver.mx_lookup(domain.as_str()).await) {
                // Without such a record a host takes the mail for its own name.
                Said::NotThere => said(&resolver.lookup_ip(domain.as_str()).await),
                other => other,
            };
            match found {
                // One of a closed network says so of every name. Each other knows the servers of the root.
                Said::NotThere if said(&resolver.ns_lookup(".").await) != Said::There => {
                    Said::Nothing
                }
                found => found,
            }
        };
        let found = tokio::time::timeout(PATIENCE, asking).await;
        let found = found.unwrap_or(Said::Nothing);
        self.note(found);
        found != Said::NotThere
    }

    /// Said once until something is found out again.
    fn note(&self, found: Said) {
        let was_said = self.is_said.swap(found == Said::Nothing, Ordering::Relaxed);
        if found == Said::Nothing && !was_said {
            tracing::warn!(
                "this machine's name server does not answer, or knows nothing, so that the addresses of offline messages are not checked (Livechat_validate_offline_email)"
            );
        }
    }
}

fn said<T>(answer: &Result<T, NetError>) -> Said {
    match answer {
        Ok(_) => Said::There,
        Err(NetError::Dns(DnsError::NoRecordsFound(NoRecords {
            response_code: ResponseCode::NXDomain | ResponseCode::NoError,
            ..
        }))) => Said::NotThere,
        Err(_) => Said::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr, UdpSocket};

    use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig};
    use hickory_resolver::net::runtime::TokioRuntimeProvider;

    use super::*;

    const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    /// A name server that knows a few names, by their first label, and answers no question about
    /// `silent`.
    fn name_server(is_closed: bool) -> u16 {
        let socket = UdpSocket::bind((LOOPBACK, 0)).unwrap();
        let port = socket.local_addr().unwrap().port();
        std::thread::spawn(move || {
            let mut packet = [0; 512];
            while let Ok((size, from)) = socket.recv_from(&mut packet) {
                if let Some(answer) = answer(&packet[..size], is_closed) {
                    drop(socket.send_to(&answer, from));
                }
            }
        });
        port
    }

    fn answer(question: &[u8], is_closed: bool) -> Option<Vec<u8>> {
        let length = usize::from(question[12]);
        let label = std::str::from_utf8(&question[13..13 + length]).unwrap();
        // The name ends with an empty label; then come type and class.
        let end = 12 + question[12..].iter().position(|byte| *byte == 0)? + 1;
        let kind = question[end + 1];
        let (code, record): (u8, Option<Vec<u8>>) = match (label.to_lowercase().as_str(), kind) {
            _ if is_closed => (3, None),
            ("", 2) => (0, Some(vec![0])),
            ("silent", _) => return None,
            ("broken", _) => (2, None),
            ("gone", _) => (3, None),
            ("mail", 15) => (0, Some(vec![0, 10, 0xc0, 12])),
            ("web", 1) => (0, Some(vec![127, 0, 0, 1])),
            _ => (0, None),
        };
        let mut answer = question[..2].to_vec();
        answer.extend([
            0x81,
            0x80 | code,
            0,
            1,
            0,
            u8::from(record.is_some()),
            0,
            0,
            0,
            0,
        ]);
        answer.extend(&question[12..end + 4]);
        if let Some(record) = record {
            answer.extend([0xc0, 12, 0, kind, 0, 1, 0, 0, 0, 60, 0, record.len() as u8]);
            answer.extend(record);
        }
        Some(answer)
    }

    #[test]
    fn only_a_sure_no_counts() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let asking = |is_closed: bool| {
                let mut connection = ConnectionConfig::udp();
                connection.port = name_server(is_closed);
                let server = NameServerConfig::new(LOOPBACK, true, vec![connection]);
                let config = ResolverConfig::from_parts(None, Vec::new(), vec![server]);
                let mut builder =
                    TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
                builder.options_mut().timeout = Duration::from_millis(300);
                builder.options_mut().attempts = 1;
                MailDomains::asking(Some(builder.build().unwrap()))
            };
            let closed = asking(true);
            assert!(closed.may_take_mail("ann@gone.example").await);
            assert!(closed.is_said.load(Ordering::Relaxed));
            let domains = asking(false);
            for (address, may) in [
                ("ann@mail.example", true),
                ("ann@web.example", true),
                ("ann@gone.example", false),
                ("ann@empty.example", false),
                ("ann@broken.example", true),
                ("ann@silent.example", true),
                ("nowhere", false),
            ] {
                assert_eq!(domains.may_take_mail(address).await, may, "{address}");
            }
        });
    }
}

//! The classes of what goes wrong with an attempt, as attempts, deliveries, metrics and `trouble` name them, and what
//! whoever runs the endpoint does about each.

pub struct Class {
    pub name: &'static str,
    pub when: &'static str,
    pub remedy: &'static str,
}

const fn class(name: &'static str, when: &'static str, remedy: &'static str) -> Class {
    Class { name, when, remedy }
}

pub const CLASSES: &[Class] = &[
    class(
        "url",
        "The address of the endpoint is none that can be asked",
        "Change the endpoint's `url`: `complaint` says what is wrong with it.",
    ),
    class(
        "forbidden",
        "The address is in a network that is not public",
        "Start Hark with `--webhook-allow` and the network, `--webhook-allow 10.0.0.0/8`, if that is meant. What waits is then sent by itself.",
    ),
    class(
        "dns",
        "The name of the host could not be resolved",
        "Look whether the name is written right, and whether the machine of Hark resolves it: `getent hosts NAME`.",
    ),
    class(
        "connect",
        "Nothing took the connection",
        "Look whether the receiver runs, at this port, and whether a firewall lets Hark's machine in.",
    ),
    class(
        "tls",
        "The connection could not be secured",
        "Look at the receiver's certificate: whether it is of this name, has not run out, and comes with its intermediate certificates.",
    ),
    class(
        "timeout",
        "The time for the whole request was over",
        "Answer first and work afterwards. `policy.timeoutMs` gives more time, of the workspace's webhook `Livechat_http_timeout`.",
    ),
    class(
        "protocol",
        "What came back is no valid HTTP",
        "Look whether another program answers at this port, or one that wants `https`.",
    ),
    class(
        "broken",
        "The connection ended before the answer was whole",
        "Look in the receiver's log, and at what stands in front of it: something there ended the connection.",
    ),
    class(
        "redirect",
        "The receiver answered that it is somewhere else",
        "Enter the address where it leads: redirects are never followed.",
    ),
    class(
        "not-200",
        "The answer was of success, but not 200, which is the only one that counts for this endpoint",
        "Answer 200, or set `policy.success` to `2xx`.",
    ),
    class(
        "status",
        "The answer was of a failure",
        "The attempt shows the answer: the receiver says there what it did not like. 401 and 403 often mean that its check of the signature reads another body than came.",
    ),
    class(
        "disabled",
        "Failures have stopped the deliveries of the endpoint",
        "Mend the receiver, then `POST endpoints/{id}:resume`: what was kept is sent.",
    ),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use hark_egress::Failure;

    use super::*;
    use crate::request::failure_of;

    #[test]
    fn each_class_that_there_is_can_be_looked_up() {
        let text = String::new;
        let address = std::net::IpAddr::from([127, 0, 0, 1]);
        let failures = [
            Failure::Url(text()),
            Failure::Forbidden {
                host: text(),
                address,
            },
            Failure::Dns(text()),
            Failure::Connect(text()),
            Failure::Tls(text()),
            Failure::Timeout(""),
            Failure::Protocol(text()),
            Failure::Broken(text()),
        ];
        for failure in &failures {
            // A new one does not compile before it stands above.
            match failure {
                Failure::Url(_)
                | Failure::Forbidden { .. }
                | Failure::Dns(_)
                | Failure::Connect(_)
                | Failure::Tls(_)
                | Failure::Timeout(_)
                | Failure::Protocol(_)
                | Failure::Broken(_) => {}
            }
        }
        let mut known: BTreeSet<&str> = failures.iter().map(Failure::class).collect();
        known.extend((100..600).map(|status| failure_of(status).0));
        known.insert("disabled");
        let described: BTreeSet<&str> = CLASSES.iter().map(|class| class.name).collect();
        assert_eq!(described, known);
        assert_eq!(described.len(), CLASSES.len());
    }
}

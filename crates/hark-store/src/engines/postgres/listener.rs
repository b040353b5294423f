use std::sync::Arc;

use crossbeam_channel::{Receiver, RecvTimeoutError};
use postgres::fallible_iterator::FallibleIterator;
use tokio::sync::broadcast;

use super::{BUS, EVENTS, LOOK_AROUND, bus};
use crate::engines::Counters;
use crate::postgres::{Server, describe};

/// Where a node's listener hands on what it hears.
pub(super) struct ListenerState {
    pub(super) node: String,
    pub(super) counters: Arc<Counters>,
    pub(super) heard: broadcast::Sender<Arc<str>>,
}

/// Hears how far other nodes have moved the log, and what they say on the bus.
pub(super) fn listen_loop(server: &Server, closing: &Receiver<()>, listener: &ListenerState) {
    let mut last_error = String::new();
    loop {
        let ended = listen(server, closing, listener, &mut last_error);
        match ended {
            Ok(()) => return,
            Err(error) => {
                let said = describe(&error);
                if said != last_error {
                    tracing::warn!(error = %said, "PostgreSQL went away; trying again until it is back");
                    last_error = said;
                }
            }
        }
        if closing.recv_timeout(LOOK_AROUND) != Err(RecvTimeoutError::Timeout) {
            return;
        }
    }
}

fn listen(
    server: &Server,
    closing: &Receiver<()>,
    listener: &ListenerState,
    last_error: &mut String,
) -> Result<(), postgres::Error> {
    let counters = &listener.counters;
    let mut client = server.connect()?;
    client.batch_execute(&format!("LISTEN {EVENTS}; LISTEN {BUS}"))?;
    if !last_error.is_empty() {
        tracing::info!("PostgreSQL is back");
        last_error.clear();
    }
    loop {
        // Registered before looking, so that nothing falls between the two.
        let head = client.query_one("SELECT position FROM event_head", &[])?;
        counters.advance(head.get(0));
        let mut heard = client.notifications();
        let mut news = heard.timeout_iter(LOOK_AROUND);
        while let Some(notification) = news.next()? {
            if notification.channel() == BUS {
                bus::receive(&listener.node, notification.payload(), &listener.heard);
            } else if let Ok(position) = notification.payload().parse() {
                counters.advance(position);
            }
        }
        if closing.try_recv() == Err(crossbeam_channel::TryRecvError::Disconnected) {
            return Ok(());
        }
    }
}

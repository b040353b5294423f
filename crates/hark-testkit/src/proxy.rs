use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::Database;

/// Stands between a server and its PostgreSQL, and misbehaves when a test wants it to.
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    target: String,
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    manners: Manners,
    open: Vec<TcpStream>,
}

#[derive(Clone, PartialEq)]
enum Manners {
    Forward,
    /// Forwards this many connections more; the next ones hear that there are too many.
    ForwardAtMost(usize),
    /// Takes every byte and hands none on.
    Silent,
    /// Answers each new connection with an error, as PostgreSQL would.
    Refuse(String),
    Gone,
}

impl Proxy {
    /// Nothing listens on its port until [`Proxy::forward`] or [`Proxy::refuse`] is called.
    pub fn closed(database: &Database) -> Self {
        let url = database.url().unwrap();
        let target = url
            .split('@')
            .nth(1)
            .and_then(|rest| rest.split('/').next());
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        Self {
            address: free.local_addr().unwrap(),
            shared: Arc::new(Shared {
                target: target.unwrap().to_owned(),
                state: Mutex::new(State {
                    manners: Manners::Gone,
                    open: Vec::new(),
                }),
                changed: Condvar::new(),
            }),
        }
    }

    /// The database's URL by way of here.
    pub fn url(&self, database: &Database) -> String {
        let url = database.url().unwrap();
        url.replace(&self.shared.target, &self.address.to_string())
    }

    pub fn forward(&self) {
        self.become_(Manners::Forward);
    }

    /// Forwards this many connections; after that, PostgreSQL's words for too many of them.
    pub fn forward_at_most(&self, connections: usize) {
        self.become_(Manners::ForwardAtMost(connections));
    }

    pub fn fall_silent(&self) {
        self.become_(Manners::Silent);
    }

    /// From now on, PostgreSQL's words for why it takes nobody, such as `57P03`.
    pub fn refuse(&self, code: &str, words: &str) {
        self.become_(Manners::Refuse(fields(code, words)));
    }

    fn become_(&self, manners: Manners) {
        let mut state = self.shared.lock();
        let was_closed = std::mem::replace(&mut state.manners, manners) == Manners::Gone;
        drop(state);
        self.shared.changed.notify_all();
        if was_closed {
            let listener = TcpListener::bind(self.address).unwrap();
            let shared = Arc::clone(&self.shared);
            std::thread::spawn(move || shared.accept(&listener));
        }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        state.manners = Manners::Gone;
        for stream in &state.open {
            drop(stream.shutdown(Shutdown::Both));
        }
        drop(state);
        self.shared.changed.notify_all();
        // Wakes the thread that accepts.
        drop(TcpStream::connect(self.address));
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn accept(self: &Arc<Self>, listener: &TcpListener) {
        for client in listener.incoming().map_while(Result::ok) {
            let mut state = self.lock();
            state.open.push(client.try_clone().unwrap());
            match state.manners.clone() {
                Manners::Gone => return,
                Manners::Refuse(fields) => {
                    drop(state);
                    say_no(client, &fields);
                }
                Manners::ForwardAtMost(0) => {
                    drop(state);
                    say_no(client, &fields("53300", "sorry, too many clients already"));
                }
                manners => {
                    if let Manners::ForwardAtMost(left) = manners {
                        state.manners = Manners::ForwardAtMost(left - 1);
                    }
                    let server = TcpStream::connect(&self.target).unwrap();
                    state.open.push(server.try_clone().unwrap());
                    drop(state);
                    self.pump(client.try_clone().unwrap(), server.try_clone().unwrap());
                    self.pump(server, client);
                }
            }
        }
    }

    fn pump(self: &Arc<Self>, mut from: TcpStream, mut to: TcpStream) {
        let shared = Arc::clone(self);
        std::thread::spawn(move || {
            let mut bytes = [0; 8192];
            while let Ok(read @ 1..) = from.read(&mut bytes) {
                let state = shared.lock();
                let heard = shared
                    .changed
                    .wait_while(state, |state| state.manners == Manners::Silent);
                drop(heard);
                if to.write_all(&bytes[..read]).is_err() {
                    break;
                }
            }
            drop(to.shutdown(Shutdown::Both));
        });
    }
}

fn fields(code: &str, words: &str) -> String {
    format!("SFATAL\0VFATAL\0C{code}\0M{words}\0\0")
}

/// PostgreSQL's error message, after it has read what the client introduces itself with.
fn say_no(mut client: TcpStream, fields: &str) {
    drop(client.read(&mut [0; 1024]));
    let length = u32::try_from(fields.len() + 4).unwrap();
    let message = [b"E", &length.to_be_bytes()[..], fields.as_bytes()].concat();
    drop(client.write_all(&message));
}

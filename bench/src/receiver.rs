//! A web server that answers 200 at once, or never, and costs little beside what it measures. It
//! tells requests apart by a number between two `#` in their body.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

#[derive(Default)]
pub struct Arrivals {
    count: AtomicUsize,
    times: Mutex<Vec<(usize, Instant)>>,
}

impl Arrivals {
    pub fn add(&self, number: usize, at: Instant) {
        self.times.lock().unwrap().push((number, at));
        self.count.fetch_add(1, Ordering::AcqRel);
    }

    pub fn count(&self) -> usize {
        self.count.load(Ordering::Acquire)
    }

    /// What has arrived, and when; begins anew.
    pub fn take(&self) -> Vec<(usize, Instant)> {
        self.count.store(0, Ordering::Release);
        std::mem::take(&mut *self.times.lock().unwrap())
    }

    pub async fn wait(&self, count: usize) {
        while self.count() < count {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
    }
}

pub struct Receiver {
    pub address: SocketAddr,
    pub arrivals: Arc<Arrivals>,
}

impl Receiver {
    /// `answers`: false for one that takes requests and says nothing.
    pub async fn open(answers: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let arrivals = Arc::new(Arrivals::default());
        let kept = Arc::clone(&arrivals);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                stream.set_nodelay(true).unwrap();
                tokio::spawn(serve(stream, Arc::clone(&kept), answers));
            }
        });
        Self { address, arrivals }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

/// Until the other side hangs up.
async fn serve(mut stream: TcpStream, arrivals: Arc<Arrivals>, answers: bool) -> Option<()> {
    let mut buffer = vec![0; 64 << 10];
    let mut filled = 0;
    loop {
        let (head, body) = loop {
            if let Some((head, body)) = lengths(&buffer[..filled])
                && filled >= head + body
            {
                break (head, body);
            }
            if filled == buffer.len() {
                buffer.resize(filled * 2, 0);
            }
            let read = stream.read(&mut buffer[filled..]).await.ok()?;
            if read == 0 {
                return None;
            }
            filled += read;
        };
        let at = Instant::now();
        let number = marked(&buffer[head..head + body]).unwrap_or(usize::MAX);
        arrivals.add(number, at);
        buffer.copy_within(head + body..filled, 0);
        filled -= head + body;
        if answers {
            stream.write_all(ANSWER).await.ok()?;
        }
    }
}

fn lengths(bytes: &[u8]) -> Option<(usize, usize)> {
    let head = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let text = std::str::from_utf8(&bytes[..head]).ok()?;
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse::<usize>().ok())?
    });
    Some((head + 4, length.unwrap_or(0)))
}

/// The number between the first two `#`.
pub fn marked(body: &[u8]) -> Option<usize> {
    let mut parts = body.split(|byte| *byte == b'#').skip(1);
    std::str::from_utf8(parts.next()?).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_known_by_its_number() {
        assert_eq!(marked(b"{\"text\":\"Hello #42# there\"}"), Some(42));
        assert_eq!(marked(b"{}"), None);
    }
}

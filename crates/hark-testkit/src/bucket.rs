//! A bucket in memory that speaks as much of S3 as Hark uses, and remembers what it was asked.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};

/// A request, and what was answered.
#[derive(Clone, Debug)]
pub struct Exchange {
    pub method: String,
    pub path: String,
    pub headers: HashMap<String, String>,
    pub length: usize,
    pub status: u16,
}

#[derive(Default)]
struct Inside {
    objects: HashMap<String, Vec<u8>>,
    exchanges: Vec<Exchange>,
    /// So many requests are answered 503 before it works again.
    tired: usize,
}

#[derive(Clone)]
pub struct Bucket {
    address: String,
    inside: Arc<Mutex<Inside>>,
}

impl Bucket {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let bucket = Self {
            address: listener.local_addr().unwrap().to_string(),
            inside: Arc::default(),
        };
        let serving = bucket.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let serving = serving.clone();
                std::thread::spawn(move || while serving.answer(&stream).is_some() {});
            }
        });
        bucket
    }

    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn exchanges(&self) -> Vec<Exchange> {
        self.inside().exchanges.clone()
    }

    /// The paths of all objects.
    pub fn paths(&self) -> Vec<String> {
        self.inside().objects.keys().cloned().collect()
    }

    pub fn object(&self, path: &str) -> Option<Vec<u8>> {
        self.inside().objects.get(path).cloned()
    }

    /// The next requests are answered 503.
    pub fn tire(&self, requests: usize) {
        self.inside().tired = requests;
    }

    fn inside(&self) -> std::sync::MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self, stream: &TcpStream) -> Option<()> {
        let mut reader = BufReader::new(stream);
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let mut words = line.split_whitespace();
        let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
        let mut headers = HashMap::new();
        loop {
            line.clear();
            reader.read_line(&mut line).ok()?;
            let Some((name, value)) = line.trim_end().split_once(':') else {
                break;
            };
            headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
        }
        let length: usize = headers
            .get("content-length")
            .map_or(0, |text| text.parse().unwrap());
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        let (status, extra, content) = self.perform(&method, &path, &headers, body);
        self.inside().exchanges.push(Exchange {
            method,
            path,
            headers,
            length,
            status,
        });
        let head = format!(
            "HTTP/1.1 {status} x\r\nContent-Length: {}\r\n{extra}\r\n",
            content.len()
        );
        let mut out = stream;
        out.write_all(head.as_bytes()).ok()?;
        out.write_all(&content).ok()
    }

    fn perform(
        &self,
        method: &str,
        path: &str,
        headers: &HashMap<String, String>,
        body: Vec<u8>,
    ) -> (u16, String, Vec<u8>) {
        let mut inside = self.inside();
        let said = |code: &str, words: &str| {
            format!("<Error><Code>{code}</Code><Message>{words}</Message></Error>").into_bytes()
        };
        if inside.tired > 0 {
            inside.tired -= 1;
            return (503, String::new(), said("SlowDown", "Reduce your rate"));
        }
        let signed = headers
            .get("authorization")
            .is_some_and(|text| text.starts_with("AWS4-HMAC-SHA256 Credential="));
        if !signed || !headers.contains_key("x-amz-date") {
            return (403, String::new(), said("AccessDenied", "Not signed"));
        }
        match method {
            "PUT" => {
                inside.objects.insert(path.to_owned(), body);
                (200, String::new(), Vec::new())
            }
            "DELETE" => {
                inside.objects.remove(path);
                (204, String::new(), Vec::new())
            }
            _ => match inside.objects.get(path) {
                None => (404, String::new(), said("NoSuchKey", "There is none")),
                Some(object) => match headers.get("range") {
                    None => (200, String::new(), object.clone()),
                    Some(range) => {
                        let (from, last) = range["bytes=".len()..].split_once('-').unwrap();
                        let (from, last): (usize, usize) =
                            (from.parse().unwrap(), last.parse().unwrap());
                        let extra =
                            format!("Content-Range: bytes {from}-{last}/{}\r\n", object.len());
                        (206, extra, object[from..=last].to_vec())
                    }
                },
            },
        }
    }
}

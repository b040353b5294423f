use std::borrow::Cow;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;

/// Speaks HTTP/1.1 over a fresh connection for each request, and hides nothing. A path that does not
/// begin with a slash is one of the Rocket.Chat API: `me` is `/api/v1/me`.
#[derive(Clone, Debug)]
pub struct Client {
    address: String,
    headers: Vec<(String, String)>,
}

#[derive(Clone, Debug)]
pub struct Response {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Client {
    pub fn new(address: impl Into<String>) -> Self {
        Self {
            address: address.into(),
            headers: Vec::new(),
        }
    }

    pub fn address(&self) -> &str {
        &self.address
    }

    /// The same client with one more header on every request.
    #[must_use]
    pub fn with(&self, name: &str, value: &str) -> Self {
        let mut other = self.clone();
        other.headers.push((name.into(), value.into()));
        other
    }

    /// The same caller at another server.
    #[must_use]
    pub fn at(&self, address: &str) -> Self {
        Self {
            address: address.into(),
            headers: self.headers.clone(),
        }
    }

    /// One of the headers that it sends with every request.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Those headers as they stand in a request's head.
    pub fn head(&self) -> String {
        let lines = self.headers.iter();
        lines
            .map(|(name, value)| format!("{name}: {value}\r\n"))
            .collect()
    }

    pub fn get(&self, path: &str) -> Response {
        self.send("GET", path, &[], b"")
    }

    pub fn post(&self, path: &str, body: &Value) -> Response {
        self.json("POST", path, body)
    }

    pub fn put(&self, path: &str, body: &Value) -> Response {
        self.json("PUT", path, body)
    }

    pub fn delete(&self, path: &str, body: &Value) -> Response {
        self.json("DELETE", path, body)
    }

    pub fn json(&self, method: &str, path: &str, body: &Value) -> Response {
        self.send(
            method,
            path,
            &[("Content-Type", "application/json")],
            body.to_string().as_bytes(),
        )
    }

    pub fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Response {
        self.try_send(method, path, headers, body)
            .unwrap_or_else(|error| panic!("{method} {path}: {error}"))
    }

    pub fn try_send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> std::io::Result<Response> {
        let path = in_full(path);
        let mut stream = TcpStream::connect(&self.address)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        let mut head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n",
            self.address
        );
        let own = self
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        for (name, value) in own.chain(headers.iter().copied()) {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if !body.is_empty() || method != "GET" {
            head.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        stream.write_all(format!("{head}\r\n").as_bytes())?;
        // A server that refuses a large body may answer and close before it has read it all.
        let sent = stream.write_all(body);
        match read_response(&mut BufReader::new(stream), method) {
            Ok(response) => Ok(response),
            Err(error) => Err(sent.err().unwrap_or(error)),
        }
    }
}

/// Below the API the letters of JSON that a URL does not have are written as it has them.
fn in_full(path: &str) -> Cow<'_, str> {
    if path.starts_with('/') {
        return path.into();
    }
    let mut url = String::from("/api/v1/");
    for letter in path.chars() {
        match letter {
            ' ' | '"' | '{' | '}' | '^' | '|' | '\\' | '+' | '<' | '>' => {
                url.push_str(&format!("%{:02X}", u32::from(letter)));
            }
            letter => url.push(letter),
        }
    }
    url.into()
}

/// One connection, byte by byte, for what a polite client never does.
pub struct Connection {
    stream: BufReader<TcpStream>,
}

impl Connection {
    pub fn open(address: &str) -> std::io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        Ok(Self {
            stream: BufReader::new(stream),
        })
    }

    pub fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.stream.get_mut().write_all(bytes)
    }

    /// The next answer; the connection stays open if the server lets it.
    pub fn response(&mut self) -> std::io::Result<Response> {
        read_response(&mut self.stream, "GET")
    }

    /// Waits until the server has closed, without another word.
    pub fn is_closed(&mut self) -> bool {
        match self.stream.read(&mut [0; 1]) {
            Ok(read) => read == 0,
            Err(error) => error.kind() == std::io::ErrorKind::ConnectionReset,
        }
    }
}

fn read_response(reader: &mut impl BufRead, method: &str) -> std::io::Result<Response> {
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let status = line
        .split_whitespace()
        .nth(1)
        .and_then(|code| code.parse().ok())
        .ok_or_else(|| std::io::Error::other(format!("no status line: {line:?}")))?;
    let mut headers = Vec::new();
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        match line.trim_end().split_once(':') {
            Some((name, value)) => {
                headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
            }
            None => break,
        }
    }
    let mut response = Response {
        status,
        headers,
        body: Vec::new(),
    };
    if method != "HEAD" && status >= 200 && ![204, 304].contains(&status) {
        match response.header("content-length") {
            Some(length) => {
                let length = length.parse().map_err(std::io::Error::other)?;
                reader.take(length).read_to_end(&mut response.body)?;
            }
            None if response.header("transfer-encoding") == Some("chunked") => {
                response.body = read_chunks(reader)?;
            }
            None => {
                reader.read_to_end(&mut response.body)?;
            }
        }
    }
    Ok(response)
}

fn read_chunks(reader: &mut impl BufRead) -> std::io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let length = u64::from_str_radix(line.trim(), 16).map_err(std::io::Error::other)?;
        reader.by_ref().take(length).read_to_end(&mut body)?;
        reader.read_line(&mut String::new())?;
        if length == 0 {
            return Ok(body);
        }
    }
}

impl Response {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body of an answer that has to have this status.
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        self.value()
    }

    pub fn value(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("not JSON ({error}): {} {}", self.status, self.text()))
    }
}

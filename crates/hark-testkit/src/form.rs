//! Forms that carry files, as browsers send them.

use crate::{Client, Response};

pub const BOUNDARY: &str = "----between-the-parts";
pub const FORM: &str = "multipart/form-data; boundary=----between-the-parts";

pub fn text_part(name: &str, value: &str) -> Vec<u8> {
    format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        .into_bytes()
}

pub fn file_part(field: &str, name: &str, kind: &str, bytes: &[u8]) -> Vec<u8> {
    let head = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\nContent-Type: {kind}\r\n\r\n"
    );
    [head.as_bytes(), bytes, b"\r\n"].concat()
}

pub fn form(parts: &[Vec<u8>]) -> Vec<u8> {
    let end = format!("--{BOUNDARY}--\r\n");
    [&parts.concat(), end.as_bytes()].concat()
}

impl Client {
    pub fn send_form(&self, path: &str, parts: &[Vec<u8>]) -> Response {
        self.send("POST", path, &[("Content-Type", FORM)], &form(parts))
    }
}

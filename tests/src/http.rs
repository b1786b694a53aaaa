//! The plainest HTTP client there is, so that a test can also say what no client would.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

use serde::Serialize;

/// Status and body of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    /// The body as JSON; null when it is none.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }
}

/// `url`: `http://host:port`.
pub fn get(url: &str, path: &str) -> std::io::Result<Answer> {
    send(url, &format!("GET {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"))
}

/// A JSON body, with a bearer token when there is one.
pub fn post(url: &str, path: &str, body: &impl Serialize, token: Option<&str>) -> std::io::Result<Answer> {
    call(url, "POST", path, Some(body), token)
}

/// Any method, with a JSON body and a bearer token when there are such.
pub fn call(
    url: &str,
    method: &str,
    path: &str,
    body: Option<&impl Serialize>,
    token: Option<&str>,
) -> std::io::Result<Answer> {
    let token = token.map(|t| format!("Authorization: Bearer {t}\r\n")).unwrap_or_default();
    let (head, body) = match body {
        Some(body) => {
            let body = serde_json::to_string(body)?;
            (format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len()), body)
        }
        None => Default::default(),
    };
    send(
        url,
        &format!("{method} {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n{token}{head}\r\n{body}"),
    )
}

/// Sends these bytes and reads until the server closes.
pub fn send(url: &str, request: &str) -> std::io::Result<Answer> {
    let mut socket = TcpStream::connect(address(url))?;
    socket.set_read_timeout(Some(Duration::from_secs(20)))?;
    socket.write_all(request.as_bytes())?;
    let mut bytes = Vec::new();
    socket.read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head.split(' ').nth(1).and_then(|s| s.parse().ok()).unwrap_or(0);
    let chunked = head.to_ascii_lowercase().contains("transfer-encoding: chunked");
    let body = if chunked { unchunk(body) } else { body.to_owned() };
    Ok(Answer { status, head: head.to_owned(), body })
}

/// `host:port` of a URL.
pub fn address(url: &str) -> &str {
    url.strip_prefix("http://").unwrap_or(url).trim_end_matches('/')
}

/// RFC 9112, section 7.1.
fn unchunk(mut body: &str) -> String {
    let mut whole = String::new();
    while let Some((size, rest)) = body.split_once("\r\n") {
        let size = usize::from_str_radix(size.trim(), 16).unwrap_or(0);
        let Some(chunk) = rest.get(..size).filter(|_| size > 0) else { break };
        whole.push_str(chunk);
        body = rest[size..].trim_start_matches("\r\n");
    }
    whole
}

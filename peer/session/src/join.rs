//! What a person types or clicks to join: a number, or a link.

use deskside_protocol::QueueName;

use crate::{SessionNumber, identity::LinkSecret};

/// Longest text that is looked at, in bytes.
const MAX_LEN: usize = 512;

/// Where to join.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JoinTarget {
    pub number: SessionNumber,
    /// `https://host[:port]` (or `http`, as the link said); `None` for a bare number.
    pub server: Option<String>,
    pub secret: Option<LinkSecret>,
}

/// Why a text is no target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadTarget {
    #[error("not a session number and not a link")]
    Number,
    #[error("not a join link")]
    Link,
    /// Not taken for a link without a secret: that would weaken the check without a word.
    #[error("the link's secret is damaged or incomplete")]
    Secret,
}

impl JoinTarget {
    /// `123 456 789`, `https://host[:port]/join/123456789[#secret]`, the same with `http`, or with
    /// `deskside` (which stands for `https`).
    pub fn parse(text: &str) -> Result<Self, BadTarget> {
        let text = text.trim();
        if text.len() > MAX_LEN {
            return Err(BadTarget::Number);
        }
        let Some((scheme, rest)) = text.split_once("://") else {
            let number = text.parse().map_err(|_| BadTarget::Number)?;
            return Ok(Self { number, server: None, secret: None });
        };
        let (rest, secret) = match rest.split_once('#') {
            None => (rest, None),
            Some((rest, s)) => (rest, Some(LinkSecret::from_text(s).ok_or(BadTarget::Secret)?)),
        };
        let (server, path) = server_of(scheme, rest).ok_or(BadTarget::Link)?;
        let digits = path.strip_prefix("join/").ok_or(BadTarget::Link)?;
        let digits = digits.strip_suffix('/').unwrap_or(digits);
        if digits.len() != 9 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(BadTarget::Link);
        }
        let number = digits.parse().map_err(|_| BadTarget::Link)?;
        Ok(Self { number, server: Some(server), secret })
    }
}

/// A link to a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueTarget {
    /// As [`JoinTarget::server`].
    pub server: String,
    pub queue: QueueName,
}

impl QueueTarget {
    /// `https://host[:port]/queue/name`, the same with `http`, or with `deskside`; anything else is `None`.
    pub fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = text.trim().split_once("://").filter(|_| text.len() <= MAX_LEN)?;
        let (server, path) = server_of(scheme, rest)?;
        let name = path.strip_prefix("queue/")?;
        let queue = name.strip_suffix('/').unwrap_or(name).parse().ok()?;
        Some(Self { server, queue })
    }
}

/// The server's address in a link, and the path behind it.
fn server_of<'a>(scheme: &str, rest: &'a str) -> Option<(String, &'a str)> {
    let scheme = match scheme.to_ascii_lowercase().as_str() {
        "https" | "deskside" => "https",
        "http" => "http",
        _ => return None,
    };
    let (authority, path) = rest.split_once('/')?;
    let authority = authority.to_ascii_lowercase();
    is_authority(&authority).then(|| (format!("{scheme}://{authority}"), path))
}

/// `host`, `host:port`, `[v6]` or `[v6]:port`; no user name, no escapes.
fn is_authority(s: &str) -> bool {
    let (host, port) = if let Some(rest) = s.strip_prefix('[') {
        let Some((v6, after)) = rest.split_once(']') else { return false };
        if v6.parse::<std::net::Ipv6Addr>().is_err() {
            return false;
        }
        match after.strip_prefix(':') {
            Some(port) => (None, Some(port)),
            None if after.is_empty() => (None, None),
            None => return false,
        }
    } else {
        match s.split_once(':') {
            Some((host, port)) => (Some(host), Some(port)),
            None => (Some(s), None),
        }
    };
    let host_ok = host.is_none_or(|h| {
        h.len() <= 253
            && h.split('.').all(|label| {
                (1..=63).contains(&label.len())
                    && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                    && !label.starts_with('-')
                    && !label.ends_with('-')
            })
    });
    let port_ok =
        port.is_none_or(|p| p.bytes().all(|b| b.is_ascii_digit()) && p.parse::<u16>().is_ok_and(|p| p > 0));
    host_ok && port_ok
}

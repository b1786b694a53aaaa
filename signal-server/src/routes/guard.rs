//! What browsers are told and asked, on every answer.

use warp::{
    http::{HeaderMap, HeaderValue, header},
    reject::Reject,
    reply::Response,
};

/// A page of another site sent this.
#[derive(Debug)]
pub(super) struct ForeignOrigin;
impl Reject for ForeignOrigin {}

/// Whether a request may come from where it says: our own pages, or no browser at all.
pub(super) fn is_own_origin(headers: &HeaderMap, public_url: &str) -> bool {
    let mut origins = headers.get_all(header::ORIGIN).iter();
    match (origins.next(), origins.next()) {
        (None, _) => true,
        (Some(origin), None) => origin.as_bytes() == public_url.as_bytes(),
        (Some(_), Some(_)) => false,
    }
}

/// Adds the headers that every answer carries, unless it has a value of its own.
pub fn dress(response: &mut Response, secure: bool) {
    let fixed = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
        (header::CACHE_CONTROL, "no-store"),
        (header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (header::HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()"),
    ];
    let headers = response.headers_mut();
    for (name, value) in fixed {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if secure {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_exact() {
        let own = "https://help.example.org";
        let given = |origin: &[&str]| {
            let mut headers = HeaderMap::new();
            for o in origin {
                headers.append(header::ORIGIN, HeaderValue::from_str(o).unwrap());
            }
            is_own_origin(&headers, own)
        };
        assert!(given(&[]));
        assert!(given(&[own]));
        for foreign in [
            "null",
            "",
            "https://help.example.org.evil.net",
            "http://help.example.org",
            "https://help.example.org:444",
            "https://HELP.example.org",
            "https://evil.net",
            "https://help.example.org/",
        ] {
            assert!(!given(&[foreign]), "{foreign}");
        }
        assert!(!given(&[own, "https://evil.net"]));
    }
}

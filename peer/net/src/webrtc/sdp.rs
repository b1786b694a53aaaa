//! What is read from descriptions and candidates before the crate gets them: the certificate's fingerprint
//! (RFC 8122), and which component a candidate is for (RFC 8839, section 5.1).

/// The first SHA-256 fingerprint, in lower case.
pub(super) fn fingerprint(sdp: &str) -> Option<String> {
    sdp.lines().find_map(|line| {
        let (algorithm, value) = line.strip_prefix("a=fingerprint:")?.trim().split_once(' ')?;
        algorithm.eq_ignore_ascii_case("sha-256").then(|| value.trim().to_ascii_lowercase())
    })
}

/// 32 bytes from `ab:cd:…`.
pub(super) fn digest(fingerprint: &str) -> Option<[u8; 32]> {
    let mut digest = [0; 32];
    let mut parts = fingerprint.split(':');
    for byte in &mut digest {
        let part = parts.next().filter(|part| part.len() == 2)?;
        *byte = u8::from_str_radix(part, 16).ok()?;
    }
    parts.next().is_none().then_some(digest)
}

/// Whether a candidate, without `a=`, is for the one component that there is (RFC 8445, section 13; RTCP is
/// multiplexed). The crate panics on numbers that are none.
pub(super) fn is_ours(candidate: &str) -> bool {
    candidate.split_ascii_whitespace().nth(1) == Some("1")
}

/// Address and port of a candidate, without `a=`, that a relay lends (RFC 8839, section 5.1).
pub(super) fn relay(candidate: &str) -> Option<(String, u16)> {
    let mut words = candidate.split_ascii_whitespace().skip(4);
    let (address, port) = (words.next()?, words.next()?.parse().ok()?);
    (words.next() == Some("typ") && words.next() == Some("relay")).then(|| (address.to_owned(), port))
}

/// The same of all candidates within a description.
pub(super) fn relays(sdp: &str) -> impl Iterator<Item = (String, u16)> {
    sdp.lines().filter_map(|line| line.trim_start().strip_prefix("a=").and_then(relay))
}

/// A description without the candidates that are not ours.
pub(super) fn with_ours(sdp: &str) -> String {
    let keeps = |line: &&str| line.trim_start().strip_prefix("a=candidate:").is_none_or(is_ours);
    sdp.split_inclusive('\n').filter(keeps).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn candidates_of_other_components_are_left_out() {
        let line = |component: &str| format!("a=candidate:1 {component} udp 0 10.0.0.1 5000 typ host\r\n");
        let sdp =
            ["v=0\r\n", &line("1"), &line("2"), &line("300"), &line("99999"), &line("x"), "a=mid:0\r\n"];
        assert_eq!(with_ours(&sdp.concat()), ["v=0\r\n", &line("1"), "a=mid:0\r\n"].concat());
        assert!(is_ours("candidate:1 1 udp 0 10.0.0.1 5000 typ host"));
        for bad in ["", "candidate:1", "candidate:1 01 udp", "candidate:1 257 udp"] {
            assert!(!is_ours(bad), "{bad}");
        }
    }

    #[test]
    fn relays_are_told_from_other_candidates() {
        let relayed = "candidate:7 1 udp 41885439 10.0.0.1 5000 typ relay raddr 10.0.0.2 rport 4";
        assert_eq!(relay(relayed), Some(("10.0.0.1".to_owned(), 5000)));
        let sdp = format!("v=0\r\na={relayed}\r\na=candidate:1 1 udp 0 10.0.0.3 5 typ host\r\n");
        assert_eq!(relays(&sdp).count(), 1);
        for other in
            ["", "candidate:7 1 udp 1 10.0.0.1 typ relay", "candidate:7 1 udp 1 10.0.0.1 x typ relay"]
        {
            assert_eq!(relay(other), None, "{other}");
        }
    }

    #[test]
    fn reads_a_fingerprint() {
        let hex: Vec<String> = (0..32).map(|n| format!("{n:02X}")).collect();
        let sdp = format!("v=0\r\na=fingerprint:sha-1 AA\r\na=fingerprint:SHA-256 {}\r\n", hex.join(":"));
        let found = fingerprint(&sdp).and_then(|text| digest(&text));
        assert_eq!(found, Some(std::array::from_fn(|n| n as u8)));
    }

    #[test]
    fn refuses_what_is_none() {
        assert_eq!(fingerprint("a=fingerprint:sha-256\r\na=fingerprint:\r\n"), None);
        for bad in ["", "00", "00:zz", &"00:".repeat(32), &"00:".repeat(40), "+1:+2"] {
            assert_eq!(digest(bad), None, "{bad}");
        }
    }
}

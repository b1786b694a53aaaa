//! The one thing read from a session description: the certificate's fingerprint (RFC 8122).

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

#[cfg(test)]
mod tests {
    use super::*;

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

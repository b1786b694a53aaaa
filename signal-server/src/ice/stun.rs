//! STUN Binding requests and their answers (RFC 8489); enough for a peer to learn its address, no more.

use std::net::{IpAddr, SocketAddr};

const COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];
const HEADER: usize = 20;
const BINDING_REQUEST: u16 = 0x0001;
const BINDING_SUCCESS: u16 = 0x0101;
const BINDING_ERROR: u16 = 0x0111;
const ERROR_CODE: u16 = 0x0009;
const UNKNOWN_ATTRIBUTES: u16 = 0x000a;
const XOR_MAPPED_ADDRESS: u16 = 0x0020;
const FINGERPRINT: u16 = 0x8028;
/// Requests that a peer sends are far shorter.
const LONGEST: usize = 512;

/// Attributes whose meaning does not matter to a plain Binding answer: USERNAME, MESSAGE-INTEGRITY (both
/// kinds), and ICE's PRIORITY and USE-CANDIDATE (RFC 8445).
const PASSED_OVER: [u16; 5] = [0x0006, 0x0008, 0x001c, 0x0024, 0x0025];

/// The answer to a datagram, if it is a Binding request. Without optional attributes, so that it stays as
/// small as the RFC allows: 32 bytes for IPv4, 44 for IPv6 (8 more when the request had a FINGERPRINT).
pub fn answer(datagram: &[u8], from: SocketAddr) -> Option<Vec<u8>> {
    if !(HEADER..=LONGEST).contains(&datagram.len()) || !datagram.len().is_multiple_of(4) {
        return None;
    }
    let (header, mut rest) = datagram.split_at_checked(HEADER)?;
    let kind = u16::from_be_bytes([header[0], header[1]]);
    let length = usize::from(u16::from_be_bytes([header[2], header[3]]));
    if kind != BINDING_REQUEST || length != rest.len() || header[4..8] != COOKIE {
        return None;
    }
    let transaction: [u8; 12] = header[8..20].try_into().ok()?;
    let (mut unknown, mut fingerprint) = (Vec::new(), false);
    while !rest.is_empty() {
        let (head, body) = rest.split_at_checked(4)?;
        let kind = u16::from_be_bytes([head[0], head[1]]);
        let size = usize::from(u16::from_be_bytes([head[2], head[3]]));
        let (value, after) = body.split_at_checked(size.next_multiple_of(4))?;
        if kind == FINGERPRINT {
            // It comes last and covers all before it.
            let before = datagram.len() - rest.len();
            if size != 4 || !after.is_empty() || value != checksum(&datagram[..before]) {
                return None;
            }
            fingerprint = true;
        } else if kind < 0x8000 && !PASSED_OVER.contains(&kind) {
            unknown.push(kind);
        }
        rest = after;
    }
    let mut reply =
        Reply::new(if unknown.is_empty() { BINDING_SUCCESS } else { BINDING_ERROR }, &transaction);
    if unknown.is_empty() {
        reply.attribute(XOR_MAPPED_ADDRESS, &mapped(from, &transaction));
    } else {
        reply.attribute(ERROR_CODE, &[0, 0, 4, 20]);
        let listed: Vec<u8> = unknown.iter().flat_map(|kind| kind.to_be_bytes()).collect();
        reply.attribute(UNKNOWN_ATTRIBUTES, &listed);
    }
    Some(reply.finish(fingerprint))
}

struct Reply(Vec<u8>);

impl Reply {
    fn new(kind: u16, transaction: &[u8; 12]) -> Self {
        Self([&kind.to_be_bytes()[..], &[0, 0], &COOKIE, transaction].concat())
    }

    fn attribute(&mut self, kind: u16, value: &[u8]) {
        // Values here are shorter than the 512 bytes they answer.
        let size = u16::try_from(value.len()).unwrap_or(0);
        self.0.extend_from_slice(&kind.to_be_bytes());
        self.0.extend_from_slice(&size.to_be_bytes());
        self.0.extend_from_slice(value);
        self.0.resize(self.0.len().next_multiple_of(4), 0);
        self.set_length(0);
    }

    fn set_length(&mut self, more: usize) {
        let length = u16::try_from(self.0.len() - HEADER + more).unwrap_or(0);
        self.0[2..4].copy_from_slice(&length.to_be_bytes());
    }

    fn finish(mut self, fingerprint: bool) -> Vec<u8> {
        if fingerprint {
            // The length that is summed up counts the fingerprint itself.
            self.set_length(8);
            let sum = checksum(&self.0);
            self.attribute(FINGERPRINT, &sum);
        }
        self.0
    }
}

/// XOR-MAPPED-ADDRESS, RFC 8489 section 14.2.
fn mapped(from: SocketAddr, transaction: &[u8; 12]) -> Vec<u8> {
    let port = from.port() ^ 0x2112;
    let mask: Vec<u8> = COOKIE.iter().chain(transaction).copied().collect();
    let (family, address) = match crate::directory::canonical(from.ip()) {
        IpAddr::V4(v4) => (1, v4.octets().to_vec()),
        IpAddr::V6(v6) => (2, v6.octets().to_vec()),
    };
    let masked = address.iter().zip(mask).map(|(a, m)| a ^ m);
    [0, family].into_iter().chain(port.to_be_bytes()).chain(masked).collect()
}

/// FINGERPRINT: CRC-32 of ITU V.42, XORed with "STUN".
fn checksum(bytes: &[u8]) -> [u8; 4] {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
        }
    }
    (!crc ^ 0x5354_554e).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TRANSACTION: [u8; 12] = *b"\xb7\xe7\xa7\x01\xbc\x34\xd6\x86\xfa\x87\xdf\xae";

    fn request(attributes: &[u8]) -> Vec<u8> {
        let length = u16::try_from(attributes.len()).unwrap();
        [&[0, 1][..], &length.to_be_bytes(), &COOKIE, &TRANSACTION, attributes].concat()
    }

    /// The XOR-MAPPED-ADDRESS values of RFC 5769, sections 2.2 and 2.3.
    #[test]
    fn addresses_are_masked_as_in_the_test_vectors_of_the_rfc() {
        let v4 = mapped("192.0.2.1:32853".parse().unwrap(), &TRANSACTION);
        assert_eq!(v4, *b"\x00\x01\xa1\x47\xe1\x12\xa6\x43");
        let v6 = mapped("[2001:db8:1234:5678:11:2233:4455:6677]:32853".parse().unwrap(), &TRANSACTION);
        assert_eq!(v6, *b"\x00\x02\xa1\x47\x01\x13\xa9\xfa\xa5\xd3\xf1\x79\xbc\x25\xf4\xb5\xbe\xd2\xb9\xd9");
    }

    /// The sample request of RFC 5769, section 2.1, whose FINGERPRINT is 0xe57a3bcf.
    #[test]
    fn fingerprints_are_checked_and_given_back() {
        let attributes = b"\x80\x22\x00\x10STUN test client\x00\x24\x00\x04\x6e\x00\x01\xff\
            \x80\x29\x00\x08\x93\x2f\xf9\xb1\x51\x26\x3b\x36\x00\x06\x00\x09\x65\x76\x74\x6a\x3a\x68\x36\x76\x59\x20\x20\x20\
            \x00\x08\x00\x14\x9a\xea\xa7\x0c\xbf\xd8\xcb\x56\x78\x1e\xf2\xb5\xb2\xd3\xf2\x49\xc1\xb5\x71\xa2\
            \x80\x28\x00\x04\xe5\x7a\x3b\xcf";
        let sample = request(attributes);
        let given = answer(&sample, "192.0.2.1:32853".parse().unwrap()).unwrap();
        assert_eq!(given.len(), 40);
        assert_eq!(&given[32..36], b"\x80\x28\x00\x04");
        assert_eq!(given[36..], checksum(&given[..32]));
        let mut bent = sample;
        *bent.last_mut().unwrap() ^= 1;
        assert_eq!(answer(&bent, "192.0.2.1:1".parse().unwrap()), None);
    }

    #[test]
    fn a_bare_request_gets_the_smallest_answer() {
        let given = answer(&request(&[]), "192.0.2.1:32853".parse().unwrap()).unwrap();
        let wanted = [
            &b"\x01\x01\x00\x0c\x21\x12\xa4\x42"[..],
            &TRANSACTION,
            b"\x00\x20\x00\x08\x00\x01\xa1\x47\xe1\x12\xa6\x43",
        ];
        assert_eq!(given, wanted.concat());
        let mapped = answer(&request(&[]), "[::ffff:192.0.2.1]:32853".parse().unwrap());
        assert_eq!(mapped, Some(given));
    }

    #[test]
    fn an_attribute_that_must_be_understood_is_refused_by_name() {
        let given = answer(&request(b"\x7f\x01\x00\x00"), "192.0.2.1:1".parse().unwrap()).unwrap();
        assert_eq!(given[..2], [0x01, 0x11]);
        assert_eq!(given[20..28], *b"\x00\x09\x00\x04\x00\x00\x04\x14");
        assert_eq!(given[28..], *b"\x00\x0a\x00\x02\x7f\x01\x00\x00");
    }

    #[test]
    fn other_datagrams_get_no_answer() {
        let from = "192.0.2.1:1".parse().unwrap();
        let good = request(&[]);
        for n in 0..good.len() {
            assert_eq!(answer(&good[..n], from), None);
        }
        let with = |at: usize, byte: u8| {
            let mut bytes = good.clone();
            bytes[at] = byte;
            bytes
        };
        // Success, indication, another method, another cookie, wrong length.
        for bytes in [with(0, 1), with(1, 0x11), with(1, 3), with(4, 0), with(3, 4)] {
            assert_eq!(answer(&bytes, from), None);
        }
        assert_eq!(answer(&request(b"\x00\x06\xff\xffabcd"), from), None);
        assert_eq!(answer(&vec![0; 600], from), None);
    }

    proptest! {
        #[test]
        fn garbage_never_panics_and_is_never_amplified(
            attributes in proptest::collection::vec(any::<u8>(), 0..300),
            v6 in any::<bool>(),
        ) {
            let from: SocketAddr = if v6 { "[2001:db8::1]:9".parse() } else { "192.0.2.1:9".parse() }.unwrap();
            let padded = [attributes.clone(), vec![0; attributes.len().next_multiple_of(4) - attributes.len()]].concat();
            for datagram in [attributes, request(&padded)] {
                if let Some(given) = answer(&datagram, from) {
                    prop_assert!(given.len() <= datagram.len() + 32);
                }
            }
        }
    }
}

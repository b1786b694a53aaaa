//! H.264 in RTP (RFC 6184, non-interleaved mode): access units to payloads and back.
//!
//! Access units are Annex B byte streams; what comes out has four-byte start codes.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use bytes::{BufMut, Bytes, BytesMut};

const START: [u8; 4] = [0, 0, 0, 1];
const IDR: u8 = 5;
const SPS: u8 = 7;
const STAP_A: u8 = 24;
const FU_A: u8 = 28;
const FU_START: u8 = 0x80;
const FU_END: u8 = 0x40;

/// How long a lost packet is waited for: it is asked for (RFC 4585) some times, and a key frame instead of it would take longer
/// on a line whose queues are full.
const PATIENCE: Duration = Duration::from_millis(1200);
/// Packets kept behind a lost one.
const WINDOW: u64 = 2048;
/// Largest access unit put together, in bytes.
const UNIT: usize = 8 << 20;

/// The NAL units of an access unit, without start codes.
fn nal_units(access_unit: &Bytes) -> Vec<Bytes> {
    let data = &access_unit[..];
    let mut units = Vec::new();
    let mut begin = None;
    let mut at = 0;
    while at + 3 <= data.len() {
        if data[at + 2] > 1 {
            at += 3;
        } else if data[at..at + 3] == START[1..] {
            if let Some(begin) = begin {
                units.push(trim(access_unit, begin, at));
            }
            begin = Some(at + 3);
            at += 3;
        } else {
            at += 1;
        }
    }
    if let Some(begin) = begin {
        units.push(access_unit.slice(begin..));
    }
    units.retain(|unit| !unit.is_empty());
    units
}

/// Zeros before a start code belong to it: no NAL unit ends with one.
fn trim(access_unit: &Bytes, begin: usize, mut end: usize) -> Bytes {
    while end > begin && access_unit[end - 1] == 0 {
        end -= 1;
    }
    access_unit.slice(begin..end)
}

/// Whether a decoder can begin with this access unit.
pub(super) fn is_key(access_unit: &Bytes) -> bool {
    nal_units(access_unit).iter().any(|unit| unit[0] & 0x1f == IDR)
}

/// RTP payloads of an access unit, each at most `room` bytes (three or more).
pub(super) fn payloads(access_unit: &Bytes, room: usize) -> Vec<Bytes> {
    let mut payloads = Vec::new();
    for unit in nal_units(access_unit) {
        if unit.len() <= room {
            payloads.push(unit);
            continue;
        }
        let header = unit[0];
        let body = unit.slice(1..);
        let size = room - 2;
        let last = body.len().div_ceil(size) - 1;
        for (n, piece) in body.chunks(size).enumerate() {
            let mut payload = BytesMut::with_capacity(piece.len() + 2);
            payload.put_u8(header & 0xe0 | FU_A);
            let start = if n == 0 { FU_START } else { 0 };
            let end = if n == last { FU_END } else { 0 };
            payload.put_u8(start | end | header & 0x1f);
            payload.put_slice(piece);
            payloads.push(payload.freeze());
        }
    }
    payloads
}

/// What [`Assembler`] needs of an RTP packet.
pub(super) struct Part {
    pub(super) sequence: u16,
    pub(super) timestamp: u32,
    pub(super) marker: bool,
    pub(super) payload: Bytes,
}

/// Puts access units together. Told the time; does not ask.
#[derive(Default)]
pub(super) struct Assembler {
    /// By extended sequence number, from [`Self::next`] on.
    parts: BTreeMap<u64, Part>,
    /// The packet due next; `None` before the first.
    next: Option<u64>,
    unit: BytesMut,
    timestamp: u32,
    /// Within a fragmented NAL unit.
    fragment: bool,
    /// A decoder can follow: a key frame came, and nothing is missing since.
    whole: bool,
    gap: Option<Instant>,
}

impl Assembler {
    /// Takes a packet; gives the access units that it completes.
    pub(super) fn push(&mut self, now: Instant, part: Part) -> Vec<Bytes> {
        let next = *self.next.get_or_insert(u64::from(part.sequence) + (1 << 16));
        // The sequence number is 16 bits wide and wraps; the nearest one is meant.
        let distance = i64::from(part.sequence.wrapping_sub(next as u16) as i16);
        let Some(extended) = next.checked_add_signed(distance).filter(|at| *at >= next) else {
            // Came twice, or after it was given up.
            return Vec::new();
        };
        if extended - next > WINDOW {
            self.parts.clear();
            self.lose();
            self.next = Some(extended);
        }
        self.parts.insert(extended, part);
        self.drain(now)
    }

    /// Gives up on packets that did not come in time.
    pub(super) fn poll(&mut self, now: Instant) -> Vec<Bytes> {
        if self.gap.is_none_or(|since| now.saturating_duration_since(since) < PATIENCE) {
            return Vec::new();
        }
        self.lose();
        self.next = self.parts.keys().next().copied().or(self.next);
        self.drain(now)
    }

    /// When to call [`Self::poll`].
    pub(super) fn due(&self) -> Option<Instant> {
        self.gap.map(|since| since + PATIENCE)
    }

    /// A key frame is on its way, and nothing of it is missing for good yet.
    pub(super) fn key_comes(&self) -> bool {
        let begins = |p: &Part| !p.payload.is_empty() && begins_key(&p.payload);
        !self.whole && (!self.unit.is_empty() || self.parts.values().any(begins))
    }

    /// Nothing comes out until a key frame does.
    pub(super) fn wants_key(&self) -> bool {
        !self.whole
    }

    fn drain(&mut self, now: Instant) -> Vec<Bytes> {
        let mut done = Vec::new();
        let Some(mut next) = self.next else { return done };
        while let Some(part) = self.parts.remove(&next) {
            next += 1;
            self.gap = None;
            done.extend(self.take(part));
        }
        self.next = Some(next);
        if self.parts.is_empty() {
            self.gap = None;
        } else {
            self.gap.get_or_insert(now);
        }
        done
    }

    fn lose(&mut self) {
        self.unit.clear();
        self.fragment = false;
        self.whole = false;
        self.gap = None;
    }

    /// The next packet in order.
    fn take(&mut self, part: Part) -> Vec<Bytes> {
        let mut done = Vec::new();
        if !self.unit.is_empty() && part.timestamp != self.timestamp {
            // Its end was not marked.
            done.extend(self.finish());
        }
        self.timestamp = part.timestamp;
        let within = self.whole || !self.unit.is_empty();
        if !part.payload.is_empty() && (within || begins_key(&part.payload)) {
            if self.append(&part.payload).is_none() || self.unit.len() > UNIT {
                self.lose();
            } else if part.marker {
                done.extend(self.finish());
            }
        }
        done
    }

    fn finish(&mut self) -> Option<Bytes> {
        let unit = self.unit.split().freeze();
        if std::mem::take(&mut self.fragment) || unit.is_empty() {
            self.whole &= unit.is_empty();
            return None;
        }
        self.whole = self.whole || is_key(&unit);
        self.whole.then_some(unit)
    }

    /// `None`: the payload is malformed.
    fn append(&mut self, payload: &[u8]) -> Option<()> {
        let header = *payload.first()?;
        let kind = header & 0x1f;
        if self.fragment != (kind == FU_A && payload.get(1)? & FU_START == 0) {
            return None;
        }
        match kind {
            1..=23 => {
                self.unit.put_slice(&START);
                self.unit.put_slice(payload);
            }
            STAP_A => {
                let mut rest = &payload[1..];
                while !rest.is_empty() {
                    let (size, tail) = rest.split_first_chunk::<2>()?;
                    let unit =
                        tail.get(..usize::from(u16::from_be_bytes(*size))).filter(|u| !u.is_empty())?;
                    self.unit.put_slice(&START);
                    self.unit.put_slice(unit);
                    rest = &tail[unit.len()..];
                }
            }
            FU_A => {
                let (fu, body) = payload[1..].split_first()?;
                if fu & FU_START != 0 {
                    self.unit.put_slice(&START);
                    self.unit.put_u8(header & 0xe0 | fu & 0x1f);
                }
                self.unit.put_slice(body);
                self.fragment = fu & FU_END == 0;
            }
            _ => return None,
        }
        Some(())
    }
}

/// Whether a key frame may begin with this payload.
fn begins_key(payload: &[u8]) -> bool {
    let kind = match (payload[0] & 0x1f, payload.get(1), payload.get(3)) {
        (STAP_A, _, Some(first)) => first & 0x1f,
        (FU_A, Some(fu), _) if fu & FU_START != 0 => fu & 0x1f,
        (kind, ..) => kind,
    };
    kind == SPS || kind == IDR
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn unit(nals: &[(u8, usize)]) -> Bytes {
        let mut unit = BytesMut::new();
        for (header, size) in nals {
            unit.put_slice(&START);
            unit.put_u8(*header);
            unit.extend((1..*size).map(|n| (n % 250) as u8 + 3));
        }
        unit.freeze()
    }

    fn key(size: usize) -> Bytes {
        unit(&[(0x67, 12), (0x68, 4), (0x65, size)])
    }

    fn parts(access_unit: &Bytes, first: u16, timestamp: u32) -> Vec<Part> {
        let payloads = payloads(access_unit, 100);
        let last = payloads.len() - 1;
        let part = |(n, payload)| {
            let sequence = first.wrapping_add(u16::try_from(n).expect("few"));
            Part { sequence, timestamp, marker: n == last, payload }
        };
        payloads.into_iter().enumerate().map(part).collect()
    }

    #[test]
    fn payloads_as_in_the_rfc() {
        let unit = Bytes::from_static(&[0, 0, 0, 1, 0x67, 9, 0, 0, 1, 0x65, 1, 2, 3, 4, 5, 6]);
        let expected: [&[u8]; 4] =
            [&[0x67, 9], &[0x7c, 0x85, 1, 2], &[0x7c, 0x05, 3, 4], &[0x7c, 0x45, 5, 6]];
        assert_eq!(payloads(&unit, 4), expected);
    }

    #[test]
    fn aggregates_are_taken_apart() {
        let mut assembler = Assembler::default();
        let payload = Bytes::from_static(&[0x78, 0, 2, 0x67, 1, 0, 1, 0x68, 0, 2, 0x65, 9]);
        let part = Part { sequence: 9, timestamp: 0, marker: true, payload };
        let done = assembler.push(Instant::now(), part);
        assert_eq!(done, [&[0, 0, 0, 1, 0x67, 1, 0, 0, 0, 1, 0x68, 0, 0, 0, 1, 0x65, 9][..]]);
    }

    #[test]
    fn what_is_lost_ends_the_picture_until_the_next_key_frame() {
        let now = Instant::now();
        let mut assembler = Assembler::default();
        let later = |ms| now + Duration::from_millis(ms);
        let mut push = |at, part| assembler.push(later(at), part);
        let mut out = Vec::new();
        for part in parts(&key(500), 65533, 1) {
            out.extend(push(0, part));
        }
        assert_eq!(out, [key(500)]);
        let mut second = parts(&unit(&[(0x41, 300)]), 5, 2);
        let missing = second.remove(1);
        for part in second {
            assert!(push(10, part).is_empty());
        }
        assert_eq!(push(100, missing), [unit(&[(0x41, 300)])], "late, but in time");
        let mut third = parts(&unit(&[(0x41, 300)]), 9, 3);
        third.remove(1);
        for part in third {
            assert!(push(200, part).is_empty());
        }
        assert_eq!(assembler.due(), Some(later(1400)));
        assert!(assembler.poll(later(1399)).is_empty() && !assembler.wants_key());
        assert!(assembler.poll(later(1400)).is_empty() && assembler.wants_key());
        for part in parts(&unit(&[(0x41, 50)]), 13, 4) {
            assert!(assembler.push(later(1410), part).is_empty(), "of no use without the one before");
        }
        let mut out = Vec::new();
        for part in parts(&key(200), 14, 5) {
            out.extend(assembler.push(later(1420), part));
        }
        assert_eq!(out, [key(200)]);
        assert!(!assembler.wants_key());
    }

    #[test]
    fn a_key_frame_comes_once_its_first_packet_is_there() {
        let now = Instant::now();
        let mut assembler = Assembler::default();
        assembler.push(now, parts(&unit(&[(0x41, 50)]), 10, 1).remove(0));
        assembler.push(now, parts(&unit(&[(0x41, 50)]), 12, 2).remove(0));
        assert!(!assembler.key_comes(), "only others, behind a lost one");
        let mut whole = parts(&key(200), 13, 3);
        let last = whole.pop().expect("a packet");
        for part in whole {
            assembler.push(now, part);
        }
        assert!(assembler.key_comes());
        assembler.push(now, parts(&unit(&[(0x41, 50)]), 11, 1).remove(0));
        assert!(
            assembler.key_comes() && assembler.due().is_none(),
            "the last one is missing, and nobody knows"
        );
        assert_eq!(assembler.push(now, last), [key(200)]);
        assert!(!assembler.key_comes());
    }

    #[test]
    fn joining_in_the_middle_waits_for_a_key_frame() {
        let now = Instant::now();
        let mut assembler = Assembler::default();
        for part in parts(&unit(&[(0x41, 500)]), 100, 1).into_iter().skip(2) {
            assert!(assembler.push(now, part).is_empty());
        }
        let done: Vec<_> = parts(&key(90), 106, 2).into_iter().flat_map(|p| assembler.push(now, p)).collect();
        assert_eq!(done, [key(90)]);
    }

    proptest! {
        #[test]
        fn round_trip_in_any_near_order(
            sizes in prop::collection::vec((1..400usize, 1..4usize), 1..6),
            first: u16,
            room in 3..200usize,
            swaps in prop::collection::vec(any::<prop::sample::Index>(), 0..20),
        ) {
            let units: Vec<Bytes> = std::iter::once(key(300))
                .chain(sizes.iter().map(|(size, count)| unit(&vec![(0x41, *size); *count])))
                .collect();
            let mut all = Vec::new();
            for (time, unit) in units.iter().enumerate() {
                let payloads = payloads(unit, room);
                let last = payloads.len() - 1;
                for (n, payload) in payloads.into_iter().enumerate() {
                    prop_assert!(payload.len() <= room);
                    let sequence = first.wrapping_add(u16::try_from(all.len()).expect("few"));
                    all.push(Part { sequence, timestamp: time as u32, marker: n == last, payload });
                }
            }
            for swap in swaps {
                if all.len() > 2 {
                    let at = 1 + swap.index(all.len() - 2);
                    all.swap(at, at + 1);
                }
            }
            let mut assembler = Assembler::default();
            let now = Instant::now();
            let done: Vec<Bytes> = all.into_iter().flat_map(|part| assembler.push(now, part)).collect();
            prop_assert_eq!(done, units);
        }

        #[test]
        fn garbage_never_panics(
            packets in prop::collection::vec(
                (any::<u16>(), 0..4u32, any::<bool>(), prop::collection::vec(any::<u8>(), 0..40)), 0..60),
            unit in prop::collection::vec(prop_oneof![Just(0u8), Just(1u8), any::<u8>()], 0..200),
        ) {
            let now = Instant::now();
            let mut assembler = Assembler::default();
            for (n, (sequence, timestamp, marker, payload)) in packets.into_iter().enumerate() {
                let sequence = if n % 2 == 0 { n as u16 } else { sequence };
                let part = Part { sequence, timestamp, marker, payload: payload.into() };
                assembler.push(now, part);
                assembler.poll(now + Duration::from_millis(100 * n as u64));
            }
            payloads(&unit.into(), 3);
        }
    }
}

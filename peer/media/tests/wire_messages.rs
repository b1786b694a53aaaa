//! The messages of the channel `picture`: golden bytes, round trip, garbage, bounds.

use bytes::Bytes;
use deskside_media::{
    regions::Mask,
    wire::{
        Chunk, Coder, JoinError, Joined, Joiner, MAX_CHUNK, MAX_MESSAGE, PictureMessage, PointerShape,
        WireError, split,
    },
};
use proptest::prelude::*;

fn chunk(update: u32, index: u16, last: bool, bytes: &'static [u8]) -> Chunk {
    Chunk { update, index, last, bytes: Bytes::from_static(bytes) }
}

fn shape(width: u16, height: u16, bgra: Vec<u8>) -> PointerShape {
    PointerShape::new(width, height, 1, 0, bgra).expect("a sound shape")
}

/// What stands in PICTURE.md: a change here is a change of the protocol.
#[test]
fn golden_bytes() {
    let golden: Vec<(PictureMessage, &[u8])> = vec![
        (
            PictureMessage::Geometry { width: 1920, height: 1080, coder: Coder::Tiles },
            &[1, 0x80, 0x07, 0x38, 0x04, 0],
        ),
        (PictureMessage::Geometry { width: 1, height: 0x102, coder: Coder::H264 }, &[1, 1, 0, 2, 1, 1]),
        (PictureMessage::Chunk(chunk(0x0403_0201, 0x0605, false, &[9, 8])), &[2, 1, 2, 3, 4, 5, 6, 0, 9, 8]),
        (PictureMessage::Chunk(chunk(0, 0, true, &[])), &[2, 0, 0, 0, 0, 0, 0, 1]),
        (
            PictureMessage::PointerShape(shape(2, 1, vec![1, 2, 3, 4, 5, 6, 7, 8])),
            &[3, 2, 0, 1, 0, 1, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8],
        ),
        (PictureMessage::PointerAt { x: 258, y: -1 }, &[4, 2, 1, 0, 0, 255, 255, 255, 255]),
        (PictureMessage::PointerHidden, &[5]),
        (PictureMessage::Ack { update: 7, hold_us: 1000 }, &[6, 7, 0, 0, 0, 0xe8, 3, 0, 0]),
        (PictureMessage::Refresh, &[7]),
        (PictureMessage::Area { area: 0x0102_0304 }, &[9, 4, 3, 2, 1]),
        (PictureMessage::Regions(Mask::from_bytes(Bytes::from_static(&[5, 128]))), &[8, 5, 128]),
    ];
    for (message, bytes) in golden {
        assert_eq!(message.encode(), bytes, "{message:?}");
        let of_viewer = matches!(message, PictureMessage::Ack { .. } | PictureMessage::Refresh);
        assert_eq!(PictureMessage::is_of_viewer(bytes), of_viewer, "{message:?}");
        assert_eq!(PictureMessage::decode(&Bytes::from_static(bytes)), Ok(message));
    }
}

#[test]
fn faults_have_their_errors() {
    let error = |bytes: &[u8]| PictureMessage::decode(&Bytes::copy_from_slice(bytes)).expect_err("refused");
    assert_eq!(error(&[]), WireError::Short);
    assert_eq!(error(&[1, 0x80, 7, 0x38, 4]), WireError::Short);
    assert_eq!(error(&[1, 0x80, 7, 0x38, 4, 2]), WireError::Value);
    assert_eq!(error(&[1, 0x80, 7, 0x38, 4, 0, 0]), WireError::Rest);
    assert_eq!(error(&[1, 0, 0, 1, 0, 0]), WireError::Size(0, 1));
    assert_eq!(error(&[1, 1, 0x40, 1, 0, 0]), WireError::Size(16_385, 1));
    assert_eq!(error(&[1, 0, 0x40, 0, 0x40, 0]), WireError::Size(16_384, 16_384));
    assert_eq!(error(&[2, 0, 0, 0, 0, 0, 0, 2]), WireError::Value);
    assert_eq!(error(&[3, 1, 1, 1, 0, 0, 0, 0, 0, 0]), WireError::Size(257, 1));
    assert_eq!(error(&[3, 1, 0, 1, 0, 1, 0, 0, 0, 0, 1, 2, 3, 4]), WireError::Value);
    assert_eq!(error(&[3, 1, 0, 1, 0, 0, 0, 0, 0, 0, 1, 2, 3]), WireError::Packed);
    assert_eq!(error(&[3, 1, 0, 1, 0, 0, 0, 0, 0, 1, 1, 2, 3]), WireError::Packed);
    assert_eq!(error(&[3, 1, 0, 1, 0, 0, 0, 0, 0, 2, 1, 2, 3]), WireError::Value);
    assert_eq!(error(&[99, 1]), WireError::Unknown(99));
    assert!(error(&[99]).is_unknown() && !error(&[]).is_unknown());
    assert_eq!(error(&vec![2; MAX_MESSAGE + 1]), WireError::TooLong);
    // A pointer that unpacks to more than it says.
    let packed = zstd::bulk::compress(&[0; 100_000], 1).expect("packed");
    assert_eq!(error(&[&[3, 4, 0, 4, 0, 0, 0, 0, 0, 1][..], &packed].concat()), WireError::Packed);
}

#[test]
fn pointer_shapes_are_checked() {
    assert_eq!(PointerShape::new(0, 1, 0, 0, vec![]), None);
    assert_eq!(PointerShape::new(257, 1, 0, 0, vec![0; 257 * 4]), None);
    assert_eq!(PointerShape::new(2, 2, 0, 0, vec![0; 15]), None);
    let outside = PointerShape::new(2, 2, 9, 2, vec![0; 16]).expect("sound");
    assert_eq!(outside.hot_spot(), (1, 1));
}

#[test]
fn a_pointer_of_noise_is_cut_to_one_message() {
    let mut s = 1u32;
    let noise: Vec<u8> = (0..256 * 256 * 4)
        .map(|_| {
            s = s.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (s >> 24) as u8
        })
        .collect();
    let message = PictureMessage::PointerShape(shape(256, 256, noise.clone())).encode();
    assert!(message.len() <= MAX_MESSAGE);
    let Ok(PictureMessage::PointerShape(got)) = PictureMessage::decode(&message) else {
        panic!("not a pointer");
    };
    assert_eq!(got.width(), 256);
    assert!(got.height() < 64 && got.height() > 32);
    assert_eq!(got.bgra(), &noise[..got.bgra().len()]);
}

#[test]
fn updates_are_cut_and_joined() {
    for len in [0, 1, MAX_CHUNK - 1, MAX_CHUNK, MAX_CHUNK + 1, MAX_CHUNK * 3, MAX_CHUNK * 3 + 5] {
        let update: Vec<u8> = (0..len).map(|i| (i * 7 / 3) as u8).collect();
        let mut joiner = Joiner::new(len);
        let messages: Vec<Bytes> = split(9, &update).collect();
        assert_eq!(messages.len(), len.div_ceil(MAX_CHUNK).max(1));
        for (i, message) in messages.iter().enumerate() {
            assert!(message.len() <= MAX_MESSAGE);
            let Ok(PictureMessage::Chunk(chunk)) = PictureMessage::decode(message) else {
                panic!("not a chunk");
            };
            let joined = joiner.push(chunk).expect("in order");
            let whole = Joined { update: 9, bytes: Bytes::copy_from_slice(&update) };
            assert_eq!(joined, (i + 1 == messages.len()).then_some(whole));
        }
    }
}

#[test]
fn the_joiner_wants_order_and_keeps_its_bound() {
    let mut j = Joiner::new(5);
    assert_eq!(j.push(chunk(1, 1, false, b"b")), Err(JoinError::Missing));
    assert_eq!(j.push(chunk(1, 0, false, b"abc")), Ok(None));
    assert_eq!(j.push(chunk(1, 2, true, b"d")), Err(JoinError::Missing));
    assert_eq!(j.push(chunk(1, 1, true, b"d")), Err(JoinError::Missing));
    assert_eq!(j.push(chunk(1, 0, false, b"abc")), Ok(None));
    assert_eq!(j.push(chunk(2, 1, true, b"d")), Err(JoinError::Missing));
    assert_eq!(j.push(chunk(1, 0, false, b"abc")), Ok(None));
    assert_eq!(j.push(chunk(1, 1, false, b"def")), Err(JoinError::TooLong(5)));
    assert_eq!(j.push(chunk(1, 2, true, b"")), Err(JoinError::Missing));
    assert_eq!(j.push(chunk(3, 0, true, b"abcdef")), Err(JoinError::TooLong(5)));
    // A new update drops one that was not finished.
    assert_eq!(j.push(chunk(4, 0, false, b"abc")), Ok(None));
    let joined = j.push(chunk(5, 0, true, b"xy")).expect("in order").expect("whole");
    assert_eq!(joined, Joined { update: 5, bytes: Bytes::from_static(b"xy") });
    // Empty parts without end are refused before their number wraps.
    let mut result = j.push(chunk(6, 0, false, b""));
    for i in 1..=u16::MAX {
        assert_eq!(result, Ok(None));
        result = j.push(chunk(6, i, false, b""));
    }
    assert_eq!(result, Err(JoinError::TooLong(5)));
}

fn messages() -> impl Strategy<Value = PictureMessage> {
    let coder = prop_oneof![Just(Coder::Tiles), Just(Coder::H264)];
    let bytes = prop::collection::vec(any::<u8>(), 0..2000).prop_map(Bytes::from);
    let pointer =
        (1u16..40, 1u16..40, any::<u16>(), any::<u16>(), any::<u8>()).prop_map(|(w, h, x, y, v)| {
            let bgra = (0..usize::from(w) * usize::from(h) * 4).map(|i| (i as u8) & v).collect();
            PointerShape::new(w, h, x, y, bgra).expect("sound")
        });
    prop_oneof![
        (1u16..4096, 1u16..4096, coder).prop_map(|(width, height, coder)| PictureMessage::Geometry {
            width,
            height,
            coder
        }),
        any::<u32>().prop_map(|area| PictureMessage::Area { area }),
        bytes.clone().prop_map(|b| PictureMessage::Regions(Mask::from_bytes(b))),
        (any::<u32>(), any::<u16>(), any::<bool>(), bytes).prop_map(|(update, index, last, bytes)| {
            PictureMessage::Chunk(Chunk { update, index, last, bytes })
        }),
        pointer.prop_map(PictureMessage::PointerShape),
        (any::<i32>(), any::<i32>()).prop_map(|(x, y)| PictureMessage::PointerAt { x, y }),
        Just(PictureMessage::PointerHidden),
        (any::<u32>(), any::<u32>()).prop_map(|(update, hold_us)| PictureMessage::Ack { update, hold_us }),
        Just(PictureMessage::Refresh),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn messages_come_back(message in messages()) {
        prop_assert_eq!(PictureMessage::decode(&message.encode()), Ok(message));
    }

    #[test]
    fn garbage_is_refused_or_read(tag in 0u8..10, rest in prop::collection::vec(any::<u8>(), 0..300)) {
        let bytes: Bytes = [vec![tag], rest].concat().into();
        if let Ok(message) = PictureMessage::decode(&bytes) {
            prop_assert_eq!(PictureMessage::decode(&message.encode()), Ok(message));
        }
    }

    #[test]
    fn mutated_messages_are_safe(message in messages(), at in any::<prop::sample::Index>(), value in any::<u8>()) {
        let mut bytes = message.encode().to_vec();
        let at = at.index(bytes.len());
        bytes[at] = value;
        let _ = PictureMessage::decode(&Bytes::from(bytes));
    }
}

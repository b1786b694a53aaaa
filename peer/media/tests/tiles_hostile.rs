//! Whatever bytes come: no panic, nothing written outside the picture, and a clear error.

#[path = "../examples/scenes/mod.rs"]
mod scenes;

use std::sync::LazyLock;

use deskside_media::{
    FrameBuf, Rect,
    tiles::{DecodeError, Decoder, Encoder, VERSION},
};
use proptest::prelude::*;
use scenes::{Canvas, Dragging, Film, Scene, Scrolling};

const WIDTH: u16 = 200;
const HEIGHT: u16 = 150;
const STRIDE: usize = 208 * 4;
/// Bytes before and after the picture that nobody may write to.
const GUARD: usize = 4096;

/// The viewer's memory, with guards around it and between its rows.
struct Guarded(Vec<u8>);

impl Guarded {
    fn new() -> Self {
        Self(vec![0xa5; GUARD * 2 + STRIDE * usize::from(HEIGHT)])
    }

    fn decode(&mut self, decoder: &mut Decoder, update: &[u8]) -> Result<Vec<Rect>, DecodeError> {
        let end = self.0.len() - GUARD;
        let data = &mut self.0[GUARD..end];
        let mut frame = FrameBuf { data, stride: STRIDE, width: WIDTH, height: HEIGHT };
        let mut changed = Vec::new();
        let result = decoder.decode(update, &mut frame, &mut changed);
        self.check();
        assert!(changed.len() <= 64 || result.is_err());
        for r in &changed {
            assert_eq!(r.clipped(WIDTH, HEIGHT), Some(*r));
        }
        result.map(|()| changed)
    }

    fn check(&self) {
        let end = self.0.len() - GUARD;
        let pads = self.0[GUARD..end].chunks(STRIDE).flat_map(|row| &row[usize::from(WIDTH) * 4..]);
        assert!(self.0[..GUARD].iter().chain(&self.0[end..]).chain(pads).all(|b| *b == 0xa5));
    }
}

/// A whole update and some that follow, with copies and blocks of every kind.
static UPDATES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let mut c = Canvas::new(WIDTH, HEIGHT, 0x10_1418);
    c.page(Rect::new(0, 0, WIDTH, HEIGHT), true, 14.0, &[0xd0_d0d0, 0x80_e080], 0x10_1418);
    c.fill(Rect::new(64, 0, 64, 30), 0xff);
    let mut encoder = Encoder::new(WIDTH, HEIGHT);
    let mut all = Vec::new();
    let mut add = |c: &Canvas, damage: &[Rect]| {
        let mut update = Vec::new();
        if encoder.encode(c.picture(), damage, &mut update).is_some() {
            all.push(update);
        }
    };
    add(&c, &[]);
    let mut scenes: Vec<Box<dyn Scene>> = vec![
        Box::new(Scrolling { whole: true }),
        Box::new(Dragging::default()),
        Box::new(Film::default()),
        Box::new(scenes::Typing::default()),
    ];
    for scene in &mut scenes {
        for _ in 0..2 {
            let damage = scene.step(&mut c);
            add(&c, &damage);
        }
    }
    c.fill(Rect::new(90, 70, 3, 3), 0xff_00ff);
    add(&c, &[c.whole()]);
    all
});

fn ready() -> (Decoder, Guarded) {
    let (mut decoder, mut memory) = (Decoder::new(), Guarded::new());
    memory.decode(&mut decoder, &UPDATES[0]).expect("own update");
    (decoder, memory)
}

/// An update with this body, not packed.
fn plain(flags: u8, body: &[u8]) -> Vec<u8> {
    let mut update = vec![VERSION, flags];
    update.extend(WIDTH.to_le_bytes());
    update.extend(HEIGHT.to_le_bytes());
    update.extend(body);
    update
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn random_bodies(flags in 0u8..4, body in prop::collection::vec(any::<u8>(), 0..400)) {
        let (mut decoder, mut memory) = ready();
        let _ = memory.decode(&mut decoder, &plain(flags, &body));
    }

    #[test]
    fn random_ops(
        ops in prop::collection::vec((0u8..16, any::<[u8; 5]>()), 0..60),
        copies in prop::collection::vec(any::<[u8; 6]>(), 0..4),
        data in prop::collection::vec(any::<u8>(), 0..4000),
        colours in 0usize..600,
    ) {
        let (mut decoder, mut memory) = ready();
        let mut bytes = Vec::new();
        for (op, at) in &ops {
            bytes.push(*op);
            if op & 8 != 0 {
                bytes.push(at[4] & 31);
            }
            if op & 4 != 0 {
                bytes.extend(at[..4].iter().map(|n| n & 63));
            }
        }
        let varint = |n: usize| [(n & 0x7f) as u8 | 0x80, (n >> 7) as u8];
        let colours = colours.min(data.len());
        let mut body = vec![copies.len() as u8];
        body.extend(varint(bytes.len()));
        body.extend(varint(colours));
        body.extend(copies.iter().flatten().flat_map(|n| [*n, 0]));
        body.extend(bytes);
        body.extend(&data);
        let _ = memory.decode(&mut decoder, &plain(0, &body));
    }

    #[test]
    fn mutated_updates(
        which in any::<prop::sample::Index>(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in prop::option::of(any::<prop::sample::Index>()),
        unpack in any::<bool>(),
    ) {
        let all = &*UPDATES;
        let (mut decoder, mut memory) = ready();
        let mut update = which.get(all).clone();
        if unpack && update[1] & 2 != 0 {
            let plain = u32::from_le_bytes([update[6], update[7], update[8], update[9]]) as usize;
            let body = zstd::bulk::decompress(&update[10..], plain).expect("own update");
            update[1] &= !2;
            update.truncate(6);
            update.extend(body);
        }
        for (at, value) in edits {
            let at = at.index(update.len());
            update[at] = value;
        }
        if let Some(cut) = cut {
            update.truncate(cut.index(update.len()));
        }
        let _ = memory.decode(&mut decoder, &update);
        // A whole update mends all.
        memory.decode(&mut decoder, &all[0]).expect("own update");
    }
}

#[test]
fn own_updates_have_every_kind_of_content() {
    let (mut decoder, mut memory) = (Decoder::new(), Guarded::new());
    let mut kinds = [false; 4];
    for update in &*UPDATES {
        memory.decode(&mut decoder, update).expect("own update");
        if update[1] & 2 == 0 {
            kinds[0] = true;
        } else {
            kinds[1] = true;
        }
        kinds[2] |= update[1] & 1 != 0;
        kinds[3] |= update[1] & 1 == 0;
    }
    assert_eq!(kinds, [true; 4], "plain, packed, whole, changes");
}

#[test]
fn each_fault_has_its_error() {
    let fails = |update: &[u8], error: DecodeError| {
        let (mut decoder, mut memory) = ready();
        assert_eq!(memory.decode(&mut decoder, update), Err(error), "{update:?}");
        // And nothing is built upon it.
        assert_eq!(memory.decode(&mut decoder, &plain(0, &[0, 0, 0])), Err(DecodeError::NeedWhole));
    };
    fails(&[], DecodeError::Short);
    fails(&[VERSION, 0, 200, 0, 150], DecodeError::Short);
    fails(&[9, 0, 200, 0, 150, 0], DecodeError::Version(9));
    fails(&[VERSION, 4, 200, 0, 150, 0], DecodeError::Op);
    fails(&[VERSION, 0, 201, 0, 150, 0], DecodeError::Size(201, 150));
    fails(&plain(0, &[0xff; 5]), DecodeError::Number);
    fails(&plain(0, &[0, 9, 0]), DecodeError::Short);
    fails(&plain(0, &[0, 0, 0, 1]), DecodeError::Rest);
    // Not all tiles of a whole picture.
    fails(&plain(1, &[0, 1, 3, 0, 1, 2, 3]), DecodeError::Short);
    // An unknown bit, a tile beyond the last, a box beyond the tile.
    fails(&plain(0, &[0, 1, 3, 16, 1, 2, 3]), DecodeError::Op);
    fails(&plain(0, &[0, 2, 3, 8, 24, 1, 2, 3]), DecodeError::Place);
    fails(&plain(0, &[0, 2, 3, 8, 1, 1, 2, 3]), DecodeError::Place);
    fails(&plain(0, &[0, 5, 3, 4, 60, 0, 4, 0, 1, 2, 3]), DecodeError::Place);
    // Palettes of 1 and 17 colours, and a shared one that grows too large.
    fails(&plain(0, &[0, 1, 4, 1, 1, 1, 2, 3]), DecodeError::Colours);
    fails(&plain(0, &[0, 1, 1, 1, 17]), DecodeError::Colours);
    fails(&plain(0, &[0, 1, 2, 3, 1, 1]), DecodeError::Colours);
    // Copies from and to outside.
    let copy = |n: [u16; 6]| [&[1u8, 0, 0][..], &n.map(u16::to_le_bytes).concat()].concat();
    fails(&plain(0, &copy([0, 0, 201, 1, 0, 0])), DecodeError::Place);
    fails(&plain(0, &copy([0, 0, 10, 10, 191, 0])), DecodeError::Place);
    fails(&plain(0, &copy([65_535, 0, 10, 10, 0, 0])), DecodeError::Place);
    fails(&plain(0, &copy([0, 0, 0, 10, 0, 0])), DecodeError::Place);
    // Packed: too long, nonsense, and of another length than it says.
    fails(&plain(2, &[0xff, 0xff, 0xff, 0xff, 0]), DecodeError::Long);
    fails(&plain(2, &[9, 0, 0, 0, 1, 2, 3, 4]), DecodeError::Packed);
    let packed = zstd::bulk::compress(&[0; 1000], 1).expect("packed");
    fails(&plain(2, &[&[0, 1, 0, 0][..], &packed].concat()), DecodeError::Packed);
    fails(&plain(2, &[&[0xe9, 3, 0, 0][..], &packed].concat()), DecodeError::Packed);
}

#[test]
fn work_is_bounded() {
    let (mut decoder, mut memory) = ready();
    // All tiles painted twice.
    let twelve = 4 * 3;
    let mut body = vec![0, 2 * twelve + 1, 2 * twelve * 3];
    body.extend([0; 12]);
    body.extend([8, 23]);
    body.extend([0; 11]);
    body.extend([7; 72]);
    assert_eq!(memory.decode(&mut decoder, &plain(0, &body)), Err(DecodeError::Work));
    // The whole picture copied three times, and copies without end.
    let whole = [0u16, 0, WIDTH, HEIGHT, 0, 0].map(u16::to_le_bytes).concat();
    let body = [&[3, 0, 0][..], &whole, &whole, &whole].concat();
    let (mut decoder, mut memory) = ready();
    assert_eq!(memory.decode(&mut decoder, &plain(0, &body)), Err(DecodeError::Work));
    let (mut decoder, mut memory) = ready();
    assert_eq!(memory.decode(&mut decoder, &plain(0, &[0x81, 8, 0, 0])), Err(DecodeError::Work));
}

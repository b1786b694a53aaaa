//! Real text through the H.264 coder and back.

#[path = "../examples/scenes/mod.rs"]
mod scenes;

use deskside_media::{
    FrameBuf, Rect,
    h264::{Config, Decoded, Decoder, Encoder, H264Error, Mode, finest_for, is_key},
    regions::Mask,
};
use scenes::{Canvas, Film, Scene, Scrolling, Typing, desktop, luma_psnr};

/// An encoder, a decoder, and the viewer's picture.
struct Pair {
    encoder: Encoder,
    decoder: Decoder,
    frame: Vec<u8>,
    changed: Vec<Rect>,
    at_us: u64,
    /// Microseconds from picture to picture.
    every_us: u64,
}

impl Pair {
    fn new(c: &Canvas, config: Config) -> Self {
        Self {
            encoder: Encoder::new(c.width, c.height, config).expect("an encoder"),
            decoder: Decoder::new().expect("a decoder"),
            frame: vec![0; c.data.len()],
            changed: Vec::new(),
            at_us: 0,
            every_us: 33_333,
        }
    }

    fn encode(&mut self, c: &Canvas, damage: &[Rect], key: bool) -> Option<Vec<u8>> {
        self.at_us += self.every_us;
        self.encoder.encode(c.picture(), damage, self.at_us, key).expect("coded")
    }

    fn decode(&mut self, c: &Canvas, coded: &[u8]) -> Decoded {
        let (stride, width, height) = (c.stride(), c.width, c.height);
        let mut frame = FrameBuf { data: &mut self.frame, stride, width, height };
        self.decoder.decode(coded, &mut frame, &mut self.changed).expect("decoded")
    }

    fn send(&mut self, c: &Canvas, damage: &[Rect]) -> usize {
        let Some(coded) = self.encode(c, damage, false) else { return 0 };
        assert_eq!(self.decode(c, &coded), Decoded::Picture);
        coded.len()
    }
}

#[test]
fn text_is_legible_at_4_mbit() {
    let mut c = desktop(1280, 720);
    let mut pair = Pair::new(&c, Config { max_fps: 30.0, ..Config::default() });
    let mut typing = Typing::default();
    pair.send(&c, &[]);
    for _ in 0..30 {
        let damage = typing.step(&mut c);
        pair.send(&c, &damage);
    }
    let db = luma_psnr(&c.data, &pair.frame);
    assert!(db > 30.0, "{db} dB");
}

#[test]
fn scrolled_text_is_legible_at_4_mbit() {
    let mut c = desktop(1280, 720);
    let mut pair = Pair::new(&c, Config { max_fps: 30.0, ..Config::default() });
    let mut scrolling = Scrolling { whole: false };
    pair.send(&c, &[]);
    for _ in 0..45 {
        let damage = scrolling.step(&mut c);
        pair.send(&c, &damage);
    }
    while pair.encoder.is_waiting() {
        pair.send(&c, &[]);
    }
    let db = luma_psnr(&c.data, &pair.frame);
    assert!(db > 30.0, "{db} dB");
}

#[test]
fn key_frames_come_first_and_on_request_only() {
    for mode in [Mode::ScreenContent, Mode::Camera] {
        let mut c = desktop(640, 480);
        let mut pair = Pair::new(&c, Config { mode, bitrate_bps: 8_000_000, ..Config::default() });
        let mut film = Film::default();
        let mut keys = Vec::new();
        for i in 0..40 {
            // All is another picture now and then: no reason for one either, but for the screen mode.
            let damage = if mode == Mode::Camera && i % 9 == 5 {
                c.photo(c.whole(), i as f32);
                vec![c.whole()]
            } else {
                film.step(&mut c)
            };
            if let Some(coded) = pair.encode(&c, &damage, i == 20)
                && is_key(&coded)
            {
                keys.push(i);
            }
        }
        assert_eq!(keys, [0, 20], "{mode:?}");
    }
}

#[test]
fn bitrate_is_held_and_can_be_changed() {
    let mut c = desktop(640, 360);
    let config = Config {
        bitrate_bps: 2_000_000,
        max_fps: 30.0,
        mode: Mode::Camera,
        parts: false,
        ..Config::default()
    };
    let mut pair = Pair::new(&c, config);
    let mut film = Film::default();
    let mut rate = |pair: &mut Pair, seconds: usize| {
        let bytes: usize = (0..seconds * 30)
            .map(|_| {
                let damage = film.step(&mut c);
                pair.send(&c, &damage)
            })
            .sum();
        bytes * 8 / seconds
    };
    rate(&mut pair, 2);
    let first = rate(&mut pair, 3);
    assert!((1_200_000..2_800_000).contains(&first), "{first} bit/s of 2,000,000");
    pair.encoder.set_bitrate(500_000).expect("taken");
    rate(&mut pair, 2);
    let second = rate(&mut pair, 3);
    assert!((250_000..750_000).contains(&second), "{second} bit/s of 500,000");
    pair.encoder.set_bitrate(1_500_000).expect("taken");
    rate(&mut pair, 1);
    let third = rate(&mut pair, 2);
    assert!((900_000..2_100_000).contains(&third), "{third} bit/s of 1,500,000");
    // More than it began with.
    pair.encoder.set_bitrate(4_000_000).expect("taken");
    rate(&mut pair, 1);
    let fourth = rate(&mut pair, 2);
    assert!((2_400_000..5_600_000).contains(&fourth), "{fourth} bit/s of 4,000,000");
}

#[test]
fn a_lost_picture_is_noticed_and_a_key_frame_mends_it() {
    let mut c = desktop(640, 480);
    let mut pair = Pair::new(&c, Config { bitrate_bps: 8_000_000, ..Config::default() });
    let mut film = Film::default();
    for _ in 0..5 {
        let damage = film.step(&mut c);
        pair.send(&c, &damage);
    }
    let damage = film.step(&mut c);
    pair.encode(&c, &damage, false).expect("coded, and lost");
    for _ in 0..3 {
        let damage = film.step(&mut c);
        let coded = pair.encode(&c, &damage, false).expect("coded");
        assert_eq!(pair.decode(&c, &coded), Decoded::NeedKey);
    }
    let damage = film.step(&mut c);
    let coded = pair.encode(&c, &damage, true).expect("coded");
    assert_eq!(pair.decode(&c, &coded), Decoded::Picture);
    let damage = film.step(&mut c);
    pair.send(&c, &damage);
    assert!(luma_psnr(&c.data, &pair.frame) > 30.0);
}

#[test]
fn a_stream_joined_in_the_middle_needs_a_key_frame() {
    let c = desktop(320, 240);
    let mut pair = Pair::new(&c, Config::default());
    pair.encode(&c, &[], false).expect("coded");
    let coded = pair.encode(&c, &[c.whole()], false).expect("coded");
    assert_eq!(pair.decode(&c, &coded), Decoded::NeedKey);
}

#[test]
fn odd_and_tiny_sizes_are_cut_to_the_picture() {
    for (width, height) in [(641, 361), (640, 361), (641, 360), (17, 33), (15, 9), (1, 1)] {
        let mut c = Canvas::new(width, height, 0x40_80c0);
        c.photo(Rect::new(0, 0, width / 2, height), 0.4);
        let mut pair = Pair::new(&c, Config { bitrate_bps: 8_000_000, ..Config::default() });
        pair.send(&c, &[]);
        c.fill(Rect::new(width / 3, height / 3, width, height), 0xc0_4020);
        let damage = Rect::new(width / 3, height / 3, width - width / 3, height - height / 3);
        for _ in 0..8 {
            pair.send(&c, &[damage]);
        }
        let db = luma_psnr(&c.data, &pair.frame);
        assert!(db > 30.0, "{width}×{height}: {db} dB");
    }
}

#[test]
fn parts_that_start_at_odd_pixels_leave_no_seams() {
    let mut c = Canvas::new(640, 480, 0xff_ffff);
    let mut pair = Pair::new(&c, Config { bitrate_bps: 20_000_000, ..Config::default() });
    pair.send(&c, &[]);
    let mut parts = Vec::new();
    for i in 0..30u16 {
        let r = Rect::new(11 + i * 7, 13 + i * 9, 41 + i % 3, 23 + i % 2);
        c.fill(r, u32::from(i) * 0x07_0b05 + 0x20_2020);
        parts.push(r);
        // Only the part may be read: the rest of this picture is not what it was.
        let mut stale = Canvas::new(640, 480, 0x12_3456);
        stale.paste(&c.cut(r), r.w, r.x, r.y);
        let coded = pair.encode(&stale, &[r], false).expect("coded");
        assert_eq!(pair.decode(&c, &coded), Decoded::Picture);
    }
    for _ in 0..10 {
        pair.send(&c, &[]);
    }
    let db = luma_psnr(&c.data, &pair.frame);
    assert!(db > 38.0, "{db} dB");
}

#[test]
fn only_what_changed_is_reported() {
    let mut c = desktop(1280, 720);
    let mut pair = Pair::new(&c, Config { bitrate_bps: 8_000_000, ..Config::default() });
    pair.send(&c, &[]);
    assert_eq!(pair.changed, [c.whole()]);
    // Until the still picture has become as good as it gets.
    for _ in 0..60 {
        pair.send(&c, &[]);
    }
    let before = pair.frame.clone();
    let r = Rect::new(100, 200, 30, 20);
    c.fill(r, 0xff_0000);
    pair.send(&c, &[r]);
    assert!(pair.changed.iter().any(|p| p.contains(&r)), "{:?}", pair.changed);
    let stride = c.stride();
    for (i, (a, b)) in before.chunks(4).zip(pair.frame.chunks(4)).enumerate() {
        let at = Rect::new((i * 4 % stride / 4) as u16, (i * 4 / stride) as u16, 1, 1);
        assert!(a == b || pair.changed.iter().any(|r| r.contains(&at)), "unreported change at {at:?}");
    }
    let area: usize = pair.changed.iter().map(Rect::area).sum();
    assert!(area < 1280 * 720 / 2, "{area} pixels for 600");
}

#[test]
fn a_new_size_goes_on_with_a_key_frame() {
    let small = desktop(320, 240);
    let large = desktop(640, 480);
    let mut pair = Pair::new(&small, Config::default());
    pair.send(&small, &[]);
    let coded = pair.encode(&large, &[], false).expect("coded");
    assert!(is_key(&coded));
    // The viewer does not know the new size yet.
    assert_eq!(pair.decode(&small, &coded), Decoded::Nothing);
    pair.frame = vec![0; large.data.len()];
    let coded = pair.encode(&large, &[], true).expect("coded");
    assert_eq!(pair.decode(&large, &coded), Decoded::Picture);
}

#[test]
fn sizes_and_memory_are_checked() {
    let error = |w, h| Encoder::new(w, h, Config::default()).err();
    assert_eq!(error(3841, 100), Some(H264Error::TooLarge(3841, 100)));
    assert_eq!(error(3840, 2161), Some(H264Error::TooLarge(3840, 2161)));
    assert_eq!(error(0, 100), Some(H264Error::TooLarge(0, 100)));
    assert_eq!(error(2160, 3840), None);
    let c = desktop(320, 240);
    let mut encoder = Encoder::new(320, 240, Config::default()).expect("an encoder");
    let short = deskside_media::Picture { data: &c.data[..99], ..c.picture() };
    assert_eq!(encoder.encode(short, &[], 0, false), Err(H264Error::Frame));
}

#[test]
fn garbage_is_no_picture() {
    let c = desktop(320, 240);
    let mut pair = Pair::new(&c, Config::default());
    let good = pair.encode(&c, &[], false).expect("coded");
    let mut seed = 7u32;
    for round in 0..300usize {
        let mut bad = good.clone();
        for _ in 0..=round % 7 {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let at = seed as usize % bad.len();
            bad[at] = (seed >> 24) as u8;
        }
        bad.truncate(bad.len() - seed as usize % (bad.len() / 2));
        pair.decode(&c, &bad);
    }
    pair.decoder.reset().expect("a new start");
    let good = pair.encode(&c, &[], true).expect("coded");
    assert_eq!(pair.decode(&c, &good), Decoded::Picture);
}

#[test]
fn the_line_is_used_also_when_pictures_come_seldom() {
    let mut c = desktop(640, 360);
    let mut pair = Pair::new(
        &c,
        Config {
            bitrate_bps: 1_500_000,
            max_fps: 60.0,
            mode: Mode::Camera,
            parts: false,
            ..Config::default()
        },
    );
    pair.every_us = 66_667;
    let mut film = Film::default();
    let mut bytes = 0;
    for i in 0..90 {
        let damage = film.step(&mut c);
        let sent = pair.send(&c, &damage);
        bytes += if i >= 45 { sent } else { 0 };
    }
    let rate = bytes * 8 / 3;
    assert!((1_000_000..1_800_000).contains(&rate), "{rate} bit/s of 1,500,000");
}

/// A mask of tiles of 64×64, by their numbers.
fn mask(c: &Canvas, tiles: &[usize]) -> Mask {
    let mut bytes = vec![0; Mask::len_of(c.width, c.height)];
    tiles.iter().for_each(|t| bytes[t / 8] |= 1 << (t % 8));
    Mask::from_bytes(bytes.into())
}

#[test]
fn only_what_the_mask_shows_is_painted_and_the_rest_when_it_shows_that_too() {
    let c = desktop(256, 192);
    let mut pair = Pair::new(&c, Config { parts: true, bitrate_bps: 8_000_000, ..Config::default() });
    let (stride, width, height) = (c.stride(), c.width, c.height);
    let shown = |pair: &mut Pair, tiles: &[usize]| {
        let mut frame = FrameBuf { data: &mut pair.frame, stride, width, height };
        pair.decoder.show(mask(&c, tiles), &mut frame, &mut pair.changed).expect("shown");
        pair.changed.clone()
    };
    let tile = |x: u16, y: u16| Rect::new(x * 64, y * 64, 64, 64);
    assert_eq!(shown(&mut pair, &[5]), []);
    // Only two tiles are given to H.264, and it has nothing of the others.
    pair.send(&c, &[tile(1, 1), tile(2, 1)]);
    let filled = |p: &Pair, r: Rect| {
        let row = |y: u16| &p.frame[usize::from(y) * stride + usize::from(r.x) * 4..][..usize::from(r.w) * 4];
        (r.y..r.y + r.h).all(|y| row(y).iter().skip(3).step_by(4).all(|x| *x == 255))
    };
    assert!(filled(&pair, tile(1, 1)) && !filled(&pair, tile(2, 1)) && !filled(&pair, tile(0, 0)));
    // It came before its mask.
    assert_eq!(shown(&mut pair, &[5, 6]), [tile(2, 1)]);
    assert!(filled(&pair, tile(2, 1)) && !filled(&pair, tile(3, 2)));
    // What was hidden and did not change since is not painted over what is exact now.
    assert_eq!(shown(&mut pair, &[]), []);
    assert_eq!(shown(&mut pair, &[5, 6]), []);
    // A mask of any length is safe.
    let mut frame = FrameBuf { data: &mut pair.frame, stride, width, height };
    for bytes in [vec![], vec![255; 99]] {
        let mask = Mask::from_bytes(bytes.into());
        pair.decoder.show(mask, &mut frame, &mut pair.changed).expect("shown");
    }
}

#[test]
fn a_key_frame_for_a_slow_line_is_much_smaller_than_the_coder_would_make_it() {
    let mut canvas = Canvas::new(1280, 800, 0xff_ff_ff);
    let inks = [0x20_40_a0, 0xa0_20_30, 0x10_60_30, 0x30_30_30];
    canvas.page(canvas.whole(), true, 9.0, &inks, 0xff_ff_ff);
    let size = |bitrate_bps: u32, finest: u8| {
        let config = Config { bitrate_bps, finest, ..Config::default() };
        Pair::new(&canvas, config).encode(&canvas, &[], true).expect("a key frame").len()
    };
    for (rate, less) in [(300_000, 0.6), (1_000_000, 0.9)] {
        let (bounded, usual) = (size(rate, finest_for(rate)), size(rate, Config::default().finest));
        assert!((bounded as f64) < usual as f64 * less, "{bounded} of {usual} bytes at {rate}");
    }
}

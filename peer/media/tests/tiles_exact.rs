//! The viewer's picture is the sharer's picture, whatever happened in between.

#[path = "../examples/scenes/mod.rs"]
mod scenes;

use deskside_media::{
    FrameBuf, Picture, Rect,
    tiles::{DecodeError, Decoder, Encoder, Stats},
};
use proptest::prelude::*;
use scenes::Scene;

/// One thing that happens on a desktop.
#[derive(Clone, Debug)]
enum Edit {
    Fill(Rect, u32),
    Noise(Rect, u32),
    Text(Rect, u32),
    Move(Rect, i16, i16),
    Pixel(u16, u16, u32),
}

struct Screen {
    data: Vec<u8>,
    stride: usize,
    width: u16,
    height: u16,
}

impl Screen {
    fn new(width: u16, height: u16, pad: usize) -> Self {
        let stride = usize::from(width) * 4 + pad * 4;
        Self { data: vec![0; stride * usize::from(height)], stride, width, height }
    }

    fn picture(&self) -> Picture<'_> {
        Picture { data: &self.data, stride: self.stride, width: self.width, height: self.height }
    }

    fn set(&mut self, x: usize, y: usize, colour: u32) {
        self.data[y * self.stride + x * 4..][..4].copy_from_slice(&colour.to_le_bytes());
    }

    fn fill(&mut self, r: Rect, mut colour: impl FnMut(usize, usize) -> u32) {
        for y in usize::from(r.y)..r.bottom() as usize {
            for x in usize::from(r.x)..r.right() as usize {
                self.set(x, y, colour(x, y));
            }
        }
    }

    /// Carries out an edit and gives what it damaged.
    fn edit(&mut self, edit: &Edit) -> Vec<Rect> {
        let clip = |r: &Rect| r.clipped(self.width, self.height);
        match edit {
            Edit::Fill(r, c) => clip(r).map(|r| {
                self.fill(r, |_, _| *c);
                vec![r]
            }),
            Edit::Noise(r, seed) => clip(r).map(|r| {
                let mut s = seed | 1;
                self.fill(r, |_, _| {
                    s ^= s << 13;
                    s ^= s >> 17;
                    s ^= s << 5;
                    s
                });
                vec![r]
            }),
            Edit::Text(r, seed) => clip(r).map(|r| {
                let on = |x: usize, y: usize| {
                    ((x * 31) ^ (y * 17 * (x / 8 + 1)) ^ *seed as usize).is_multiple_of(5)
                };
                self.fill(r, |x, y| if on(x, y) { 0x20_2020 } else { 0xff_fff0 });
                vec![r]
            }),
            Edit::Move(r, dx, dy) => clip(r).map(|r| {
                let x = (i32::from(r.x) + i32::from(*dx)).clamp(0, i32::from(self.width - r.w)) as u16;
                let y = (i32::from(r.y) + i32::from(*dy)).clamp(0, i32::from(self.height - r.h)) as u16;
                let old = self.data.clone();
                for row in 0..usize::from(r.h) {
                    let from = (usize::from(r.y) + row) * self.stride + usize::from(r.x) * 4;
                    let to = (usize::from(y) + row) * self.stride + usize::from(x) * 4;
                    let w = usize::from(r.w) * 4;
                    self.data[to..to + w].copy_from_slice(&old[from..from + w]);
                }
                vec![Rect { x, y, ..r }]
            }),
            Edit::Pixel(x, y, c) => {
                let (x, y) = (*x % self.width, *y % self.height);
                self.set(usize::from(x), usize::from(y), *c);
                Some(vec![Rect::new(x, y, 1, 1)])
            }
        }
        .unwrap_or_default()
    }
}

/// An encoder, a decoder, and the viewer's memory.
struct Pair {
    encoder: Encoder,
    decoder: Decoder,
    frame: Vec<u8>,
    before: Vec<u8>,
    changed: Vec<Rect>,
}

impl Pair {
    fn new(screen: &Screen) -> Self {
        let frame = vec![0x55; usize::from(screen.width) * usize::from(screen.height) * 4];
        Self {
            encoder: Encoder::new(screen.width, screen.height),
            decoder: Decoder::new(),
            before: frame.clone(),
            frame,
            changed: Vec::new(),
        }
    }

    /// Sends what changed and compares the two pictures, and what was reported as changed.
    fn send(&mut self, screen: &Screen, damage: &[Rect]) -> Option<Stats> {
        let mut update = vec![0xee; 3];
        let stats = self.encoder.encode(screen.picture(), damage, &mut update);
        if let Some(stats) = stats {
            assert_eq!(stats.bytes, update.len() - 3);
            self.before.copy_from_slice(&self.frame);
            let mut frame = FrameBuf {
                data: &mut self.frame,
                stride: usize::from(screen.width) * 4,
                width: screen.width,
                height: screen.height,
            };
            self.decoder.decode(&update[3..], &mut frame, &mut self.changed).expect("own update");
            self.check_reported(screen);
        } else {
            assert_eq!(update.len(), 3);
        }
        self.check_same(screen);
        stats
    }

    fn check_same(&self, screen: &Screen) {
        let w = usize::from(screen.width) * 4;
        for (y, (want, got)) in screen.data.chunks(screen.stride).zip(self.frame.chunks(w)).enumerate() {
            for (x, (a, b)) in want[..w].chunks(4).zip(got.chunks(4)).enumerate() {
                assert_eq!(a[..3], b[..3], "pixel {x},{y}");
            }
        }
    }

    fn check_reported(&self, screen: &Screen) {
        let w = usize::from(screen.width);
        for (i, (a, b)) in self.before.chunks(4).zip(self.frame.chunks(4)).enumerate() {
            let at = Rect::new((i % w) as u16, (i / w) as u16, 1, 1);
            assert!(a == b || self.changed.iter().any(|r| r.contains(&at)), "unreported change at {at:?}");
        }
    }
}

fn rects() -> impl Strategy<Value = Rect> {
    (0u16..200, 0u16..200, 1u16..200, 1u16..200).prop_map(|(x, y, w, h)| Rect::new(x, y, w, h))
}

fn edits() -> impl Strategy<Value = Edit> {
    prop_oneof![
        (rects(), any::<u32>()).prop_map(|(r, c)| Edit::Fill(r, c)),
        (rects(), any::<u32>()).prop_map(|(r, c)| Edit::Noise(r, c)),
        (rects(), any::<u32>()).prop_map(|(r, c)| Edit::Text(r, c)),
        (rects(), -40i16..40, -40i16..40).prop_map(|(r, x, y)| Edit::Move(r, x, y)),
        (rects(), -40i16..40).prop_map(|(r, y)| Edit::Move(r, 0, y)),
        (any::<u16>(), any::<u16>(), any::<u32>()).prop_map(|(x, y, c)| Edit::Pixel(x, y, c)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_edits_arrive_exactly(
        width in 1u16..300,
        height in 1u16..300,
        pad in 0usize..3,
        steps in prop::collection::vec(prop::collection::vec(edits(), 1..4), 1..12),
        reset_at in 0usize..24,
    ) {
        let mut screen = Screen::new(width, height, pad);
        let mut pair = Pair::new(&screen);
        pair.send(&screen, &[]);
        for (i, step) in steps.iter().enumerate() {
            let damage: Vec<Rect> = step.iter().flat_map(|e| screen.edit(e)).collect();
            if i == reset_at {
                pair.encoder.reset();
                pair.frame.fill(3);
            }
            pair.send(&screen, &damage);
        }
    }
}

fn text_screen(width: u16, height: u16) -> Screen {
    let mut s = Screen::new(width, height, 0);
    let mut seed = 77u32;
    // Glyph-like specks on a light ground, different in every row.
    s.fill(Rect::new(0, 0, width, height), |_, y| {
        seed ^= seed << 13;
        seed ^= seed >> 17;
        seed ^= seed << 5;
        if y % 16 < 11 && seed.is_multiple_of(4) { 0x10_2030 } else { 0xf0_f0f0 }
    });
    s
}

fn scroll(s: &mut Screen, r: Rect, up: u16) {
    let up = usize::from(up);
    for y in usize::from(r.y)..r.bottom() as usize - up {
        let from = (y + up) * s.stride + usize::from(r.x) * 4;
        let to = y * s.stride + usize::from(r.x) * 4;
        s.data.copy_within(from..from + usize::from(r.w) * 4, to);
    }
}

#[test]
fn nothing_new_is_no_update() {
    let screen = text_screen(200, 100);
    let mut pair = Pair::new(&screen);
    assert!(pair.send(&screen, &[]).is_some_and(|s| s.whole && s.pixels_changed == 200 * 100));
    assert_eq!(pair.send(&screen, &[Rect::new(0, 0, 200, 100)]), None);
    assert_eq!(pair.send(&screen, &[]), None);
}

#[test]
fn scrolling_is_moved_not_painted() {
    let mut screen = text_screen(700, 600);
    let mut pair = Pair::new(&screen);
    pair.send(&screen, &[]);
    let window = Rect::new(33, 50, 500, 480);
    for up in [17, 34, 3] {
        scroll(&mut screen, window, up);
        let stats = pair.send(&screen, &[window]).expect("an update");
        assert!(stats.pixels_moved > 500 * 400, "{stats:?}");
        assert!(stats.pixels_changed <= usize::from(up) * 500 + 64, "{stats:?}");
    }
}

#[test]
fn many_overlapping_rectangles_stay_within_the_bound() {
    let mut screen = text_screen(130, 130);
    let mut pair = Pair::new(&screen);
    pair.send(&screen, &[]);
    for round in 0..3u32 {
        screen.edit(&Edit::Noise(Rect::new(0, 0, 130, 130), round + 5));
        let damage: Vec<Rect> =
            (0..3000u16).map(|i| Rect::new(i % 130, i / 130, 1 + i % 7, 1 + i % 90)).collect();
        pair.send(&screen, &[damage, vec![Rect::new(0, 0, 130, 130)]].concat());
    }
}

#[test]
fn a_new_size_starts_anew() {
    let small = text_screen(100, 80);
    let mut pair = Pair::new(&small);
    pair.send(&small, &[]);
    let large = text_screen(300, 90);
    let encoder = std::mem::replace(&mut pair.encoder, Encoder::new(1, 1));
    pair = Pair { encoder, ..Pair::new(&large) };
    assert!(pair.send(&large, &[]).is_some_and(|s| s.whole));
}

#[test]
fn a_decoder_without_a_picture_asks_for_one() {
    let mut screen = text_screen(100, 80);
    let mut pair = Pair::new(&screen);
    pair.send(&screen, &[]);
    let damage = screen.edit(&Edit::Fill(Rect::new(3, 3, 9, 9), 7));
    let mut update = Vec::new();
    pair.encoder.encode(screen.picture(), &damage, &mut update).expect("an update");
    let mut data = vec![0; 100 * 80 * 4];
    let mut frame = FrameBuf { data: &mut data, stride: 400, width: 100, height: 80 };
    let result = Decoder::new().decode(&update, &mut frame, &mut Vec::new());
    assert_eq!(result, Err(DecodeError::NeedWhole));
}

#[test]
fn too_little_memory_is_refused() {
    let screen = text_screen(100, 80);
    let short = Picture { data: &screen.data[..100], ..screen.picture() };
    let mut encoder = Encoder::new(100, 80);
    assert_eq!(encoder.encode(short, &[], &mut Vec::new()), None);
    let mut update = Vec::new();
    encoder.encode(screen.picture(), &[], &mut update).expect("an update");
    let mut data = vec![0; 100];
    let mut frame = FrameBuf { data: &mut data, stride: 400, width: 100, height: 80 };
    assert_eq!(Decoder::new().decode(&update, &mut frame, &mut Vec::new()), Err(DecodeError::Frame));
}

/// Runs a scene on a desktop of real text; gives painted and moved pixels and bytes of a mean update.
fn run(mut scene: impl Scene, steps: usize) -> (usize, usize, usize) {
    let mut canvas = scenes::desktop(1000, 700);
    let mut screen = Screen::new(1000, 700, 0);
    let mut pair = Pair::new(&screen);
    let (mut painted, mut moved, mut bytes) = (0, 0, 0);
    for i in 0..=steps {
        let damage = if i == 0 { vec![canvas.whole()] } else { scene.step(&mut canvas) };
        screen.data.copy_from_slice(&canvas.data);
        let stats = pair.send(&screen, &damage).expect("an update");
        if i > 0 {
            painted += stats.pixels_changed;
            moved += stats.pixels_moved;
            bytes += stats.bytes;
        }
    }
    (painted / steps, moved / steps, bytes / steps)
}

#[test]
fn a_dragged_window_is_moved_not_painted() {
    let (painted, moved, _) = run(scenes::Dragging::default(), 12);
    // The first time it appears, and must be painted.
    assert!(moved > 400 * 350 * 7 / 10, "{moved} moved");
    assert!(painted < 400 * 350 / 4, "{painted} painted");
}

#[test]
fn a_terminal_scrolls_for_few_bytes() {
    let (painted, moved, bytes) = run(scenes::Scrolling { whole: false }, 12);
    // The even ground beside the lines does not change, and need not move.
    assert!(moved > 398 * 480 / 2, "{moved} moved");
    assert!(painted < 398 * 40, "{painted} painted");
    assert!(bytes < 8_000, "{bytes} bytes");
}

#[test]
fn a_letter_costs_little() {
    let (painted, _, bytes) = run(scenes::Typing::default(), 30);
    assert!(painted <= 18 * 18, "{painted} painted");
    assert!(bytes < 500, "{bytes} bytes");
}

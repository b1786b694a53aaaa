//! Fewer colours are fewer bytes of tiles, for what desktops show.

use deskside_media::{
    Picture, Rect,
    colours::{Colours, Reduced},
    tiles,
};

const SIDE: u16 = 320;

/// A photograph: soft slopes with grain. `own`: each colour has a grain of its own.
fn photograph(own: bool) -> Vec<u8> {
    let side = u32::from(SIDE);
    let mut grain = 2_654_435_761u32;
    let mut next = || {
        grain ^= grain << 13;
        grain ^= grain >> 17;
        grain ^= grain << 5;
        grain % 12
    };
    let mut pixel = |i: u32| {
        let (x, y) = (i % side, i / side);
        let all = next();
        let mut of = |v: u32| (v * 180 / side + if own { next() } else { all }) as u8;
        [of(x), of(y), of((x + y) / 2), 0]
    };
    (0..side * side).flat_map(&mut pixel).collect()
}

/// Smoothed letters of a few colours on white, some on a slope of grey.
fn letters() -> Vec<u8> {
    let side = usize::from(SIDE);
    let inks = [[0u8, 0, 0], [180, 30, 20], [20, 90, 200], [40, 140, 60]];
    let pixel = |i: usize| {
        let (x, y) = (i % side, i / side);
        let paper = if y < side / 2 { 255 } else { 200 + (y * 50 / side) as u8 };
        let shape = (x * 7 + y / 9 * 13) % 9 + (y % 9) * 3;
        let cover = if y % 12 > 8 { 0 } else { [0u32, 0, 40, 120, 200, 255, 160, 60][shape % 8] };
        let ink = inks[(x / 40 + y / 12) % 4];
        let mix = |c: u8| ((u32::from(c) * cover + u32::from(paper) * (255 - cover)) / 255) as u8;
        [mix(ink[0]), mix(ink[1]), mix(ink[2]), 0]
    };
    (0..side * side).flat_map(pixel).collect()
}

fn bytes(data: &[u8], colours: Colours) -> usize {
    let mut reduced = Reduced::default();
    reduced.set(colours);
    let all = [Rect::new(0, 0, SIDE, SIDE)];
    let picture = Picture { data, stride: usize::from(SIDE) * 4, width: SIDE, height: SIDE };
    let picture = reduced.take(picture, &all);
    let mut out = Vec::new();
    tiles::Encoder::new(SIDE, SIDE).encode(picture, &all, &mut out).expect("all is new");
    out.len()
}

#[test]
fn fewer_colours_are_fewer_bytes() {
    for (what, data) in
        [("a photograph", photograph(false)), ("a grainy one", photograph(true)), ("letters", letters())]
    {
        let of = [Colours::Full, Colours::Bits16, Colours::Bits8].map(|c| bytes(&data, c));
        eprintln!("{what}: {of:?}");
        assert!(of[1] <= of[0] && of[2] < of[1], "{what}: {of:?}");
    }
}

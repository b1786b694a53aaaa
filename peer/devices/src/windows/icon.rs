//! Small pictures that stand for programs.

use std::path::Path;

use crate::png_file::{self, Most};

/// Width and height of every icon, in pixels.
pub const ICON: usize = 32;
/// Largest width and height of a picture that an icon is made of, in pixels.
const LARGEST: usize = 1024;
/// Largest file that is read, in bytes.
const LONGEST: u64 = 1024 * 1024;

/// [`ICON`] × [`ICON`] pixels of RGBA, the colours not multiplied by the opacity; for this computer's person alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Icon(pub Vec<u8>);

impl Icon {
    /// Of `width` × `height` RGBA pixels, made smaller or larger; none of what is no such picture.
    pub fn scaled(width: usize, height: usize, rgba: &[u8]) -> Option<Self> {
        let possible = (1..=LARGEST).contains(&width) && (1..=LARGEST).contains(&height);
        if !possible || rgba.len() != width * height * 4 {
            return None;
        }
        // What is not square stands in the middle.
        let side = width.max(height);
        let (left, top) = ((side - width) / 2, (side - height) / 2);
        let at = |x: usize, y: usize| {
            let (x, y) = (x.checked_sub(left)?, y.checked_sub(top)?);
            (x < width && y < height).then(|| &rgba[(y * width + x) * 4..][..4])
        };
        let mut out = Vec::with_capacity(ICON * ICON * 4);
        for y in 0..ICON {
            for x in 0..ICON {
                out.extend(mean(span(x, side), span(y, side), at));
            }
        }
        Some(Self(out))
    }

    /// Of a PNG file; none of what is none, or is too large.
    pub fn read(path: &Path) -> Option<Self> {
        // Nothing but a file: a pipe would never end.
        if !std::fs::metadata(path).is_ok_and(|m| m.is_file() && m.len() <= LONGEST) {
            return None;
        }
        Self::of_png(&std::fs::read(path).ok()?)
    }

    fn of_png(bytes: &[u8]) -> Option<Self> {
        let side = LARGEST as u32;
        let most = Most { side, pixels: u64::from(side) * u64::from(side), bytes: LARGEST * LARGEST * 8 };
        let read = png_file::read(bytes, &most)?;
        Self::scaled(read.width as usize, read.height as usize, &read.rgba)
    }
}

/// Which of `side` pixels make up this one; at least one.
fn span(at: usize, side: usize) -> std::ops::Range<usize> {
    let from = at * side / ICON;
    from..((at + 1) * side / ICON).max(from + 1)
}

/// The mean colour, each pixel with the weight of its opacity.
fn mean<'a>(
    xs: std::ops::Range<usize>,
    ys: std::ops::Range<usize>,
    at: impl Fn(usize, usize) -> Option<&'a [u8]>,
) -> [u8; 4] {
    let count = (xs.len() * ys.len()) as u32;
    let (mut rgb, mut opacity) = ([0u32; 3], 0u32);
    for pixel in ys.flat_map(|y| xs.clone().map(move |x| (x, y))).filter_map(|(x, y)| at(x, y)) {
        let a = u32::from(pixel[3]);
        opacity += a;
        for (sum, c) in rgb.iter_mut().zip(pixel) {
            *sum += u32::from(*c) * a;
        }
    }
    let [r, g, b] = rgb.map(|sum| (sum + opacity / 2).checked_div(opacity).unwrap_or(0) as u8);
    [r, g, b, (opacity / count) as u8]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32, colour: png::ColorType, bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        let mut encoder = png::Encoder::new(&mut out, width, height);
        encoder.set_color(colour);
        encoder.write_header().unwrap().write_image_data(bytes).unwrap();
        out
    }

    #[test]
    fn any_size_becomes_one() {
        for (w, h) in [(1, 1), (16, 16), (32, 32), (48, 48), (1024, 3), (7, 100)] {
            let icon = Icon::scaled(w, h, &[9, 8, 7, 255].repeat(w * h)).unwrap();
            assert_eq!(icon.0.len(), ICON * ICON * 4);
            let middle = (ICON / 2 * ICON + ICON / 2) * 4;
            assert_eq!(icon.0[middle..middle + 3], [9, 8, 7], "{w} × {h}");
        }
        assert_eq!(Icon::scaled(0, 1, &[]), None);
        assert_eq!(Icon::scaled(2, 2, &[0; 15]), None);
        assert_eq!(Icon::scaled(1025, 1, &[0; 4100]), None);
    }

    #[test]
    fn what_is_clear_lends_no_colour() {
        let two = [[255, 0, 0, 255], [0, 255, 0, 0]].concat().repeat(32 * 64);
        assert_eq!(Icon::scaled(64, 64, &two).unwrap().0[..4], [255, 0, 0, 127]);
    }

    #[test]
    fn pngs_and_garbage() {
        assert_eq!(Icon::of_png(&png(1, 1, png::ColorType::Rgb, &[1, 2, 3])).unwrap().0[..4], [1, 2, 3, 255]);
        assert_eq!(Icon::of_png(&png(1, 1, png::ColorType::Grayscale, &[5])).unwrap().0[..4], [5, 5, 5, 255]);
        let whole = png(2, 2, png::ColorType::Rgba, &[7; 16]);
        for cut in 0..whole.len() - 12 {
            assert_eq!(Icon::of_png(&whole[..cut]), None, "{cut}");
        }
        assert_eq!(Icon::of_png(&png(2000, 1, png::ColorType::Rgb, &[0; 6000])), None);
        assert_eq!(Icon::read(Path::new("/dev/zero")), None);
        assert_eq!(Icon::read(Path::new("/no such file")), None);
    }
}

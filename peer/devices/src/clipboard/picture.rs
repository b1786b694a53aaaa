//! Pictures on the clipboard: PNG files from programs, and from the other side, where anything may come.

use crate::png_file::{self, Most, Pixels};

/// Of a picture that is taken.
const MOST: Most = Most { side: 16_384, pixels: 40_000_000, bytes: 512 << 20 };

/// The same picture, written anew: nothing but its pixels goes on, no place or name of a camera, and no program
/// gets bytes that were not read here before. `None` for what is no picture, is too large, or is damaged.
pub(super) fn clean(png: &[u8]) -> Option<Vec<u8>> {
    write(&read(png)?)
}

pub(super) fn read(file: &[u8]) -> Option<Pixels> {
    png_file::read(file, &MOST)
}

pub(super) fn write(pixels: &Pixels) -> Option<Vec<u8>> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, pixels.width, pixels.height);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    encoder.write_header().ok()?.write_image_data(&pixels.rgba).ok()?;
    Some(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(color: png::ColorType, depth: png::BitDepth, width: u32, height: u32, data: &[u8]) -> Vec<u8> {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, width, height);
        encoder.set_color(color);
        encoder.set_depth(depth);
        if color == png::ColorType::Indexed {
            encoder.set_palette(vec![1, 2, 3, 4, 5, 6]);
            encoder.set_trns(vec![255, 7]);
        }
        encoder.add_text_chunk("Author".into(), "a name that nobody should get".into()).unwrap();
        encoder.write_header().unwrap().write_image_data(data).unwrap();
        file
    }

    #[test]
    fn every_kind_of_picture_comes_out_as_its_pixels_alone() {
        use png::{BitDepth::*, ColorType::*};
        let table: [(_, _, &[u8], [u8; 8]); 5] = [
            (Rgba, Eight, &[1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 3, 4, 5, 6, 7, 8]),
            (Rgb, Eight, &[1, 2, 3, 4, 5, 6], [1, 2, 3, 255, 4, 5, 6, 255]),
            (Grayscale, Sixteen, &[9, 0, 8, 0], [9, 9, 9, 255, 8, 8, 8, 255]),
            (GrayscaleAlpha, Eight, &[9, 1, 8, 2], [9, 9, 9, 1, 8, 8, 8, 2]),
            (Indexed, One, &[0b0100_0000], [1, 2, 3, 255, 4, 5, 6, 7]),
        ];
        for (color, depth, data, rgba) in table {
            let before = file(color, depth, 2, 1, data);
            assert!(before.windows(6).any(|w| w == b"Author"));
            let after = clean(&before).unwrap_or_else(|| panic!("{color:?}"));
            assert!(!after.windows(6).any(|w| w == b"Author"), "{color:?}");
            let pixels = read(&after).unwrap();
            assert_eq!((pixels.width, pixels.height, &pixels.rgba[..]), (2, 1, &rgba[..]), "{color:?}");
            assert_eq!(clean(&after), Some(after), "the same again");
        }
    }

    #[test]
    fn what_is_no_whole_picture_is_refused() {
        let good = file(png::ColorType::Rgba, png::BitDepth::Eight, 40, 40, &[7; 40 * 40 * 4]);
        for bad in [&b""[..], b"hello", b"\x89PNG\r\n\x1a\n", &good[..good.len() / 2]] {
            assert!(clean(bad).is_none());
        }
        let mut wrong = good.clone();
        let middle = wrong.len() / 2;
        wrong[middle] ^= 0x40;
        assert!(clean(&wrong).is_none(), "damaged");
        // A few bytes that say that they are a thousand million pixels.
        let mut huge = good;
        huge[16..24].copy_from_slice(&[0, 0, 0x7f, 0xff, 0, 0, 0x7f, 0xff]);
        assert!(clean(&huge).is_none());
    }
}

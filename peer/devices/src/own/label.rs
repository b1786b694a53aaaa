//! One line of words on a ground of one colour, with smooth edges.

use std::sync::OnceLock;

use ab_glyph::{Font as _, FontRef, PxScale, ScaleFont as _};

/// Height of the letters in pixels.
const SIZE: f32 = 17.0;

fn font() -> Option<&'static FontRef<'static>> {
    static FONT: OnceLock<Option<FontRef<'static>>> = OnceLock::new();
    FONT.get_or_init(|| FontRef::try_from_slice(notosans::BOLD_TTF).ok()).as_ref()
}

/// How wide the words are, in pixels.
pub fn width(words: &str) -> u16 {
    let Some(font) = font() else { return 0 };
    let font = font.as_scaled(PxScale::from(SIZE));
    words.chars().map(|c| font.h_advance(font.glyph_id(c))).sum::<f32>().ceil() as u16
}

/// A picture of this size with the words in its middle: rows of BGRX. The colours are 0xRRGGBB.
pub fn draw(words: &str, (w, h): (u16, u16), ground: u32, ink: u32) -> Vec<u8> {
    let mut pixels = vec![ground; usize::from(w) * usize::from(h)];
    if let Some(font) = font() {
        let scale = PxScale::from(SIZE);
        let font = font.as_scaled(scale);
        let mut x = (f32::from(w) - f32::from(width(words))) / 2.0;
        let base = (f32::from(h) - font.height()) / 2.0 + font.ascent();
        for c in words.chars() {
            let id = font.glyph_id(c);
            let glyph = id.with_scale_and_position(scale, ab_glyph::point(x, base));
            x += font.h_advance(id);
            let Some(outline) = font.outline_glyph(glyph) else { continue };
            let from = outline.px_bounds().min;
            outline.draw(|x, y, cover| {
                let (x, y) = (from.x as i32 + x as i32, from.y as i32 + y as i32);
                if (0..i32::from(w)).contains(&x) && (0..i32::from(h)).contains(&y) {
                    let at = &mut pixels[y as usize * usize::from(w) + x as usize];
                    *at = mix(*at, ink, cover.clamp(0.0, 1.0));
                }
            });
        }
    }
    pixels.into_iter().flat_map(u32::to_le_bytes).collect()
}

fn mix(a: u32, b: u32, share: f32) -> u32 {
    let part = |shift: u32| {
        let (a, b) = ((a >> shift & 0xff) as f32, (b >> shift & 0xff) as f32);
        ((a + (b - a) * share).round() as u32) << shift
    };
    part(16) | part(8) | part(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_in_the_middle() {
        let words = "Arrêter le partage";
        let w = width(words);
        assert!(w > 100, "{w}");
        let pixels = draw(words, (w + 40, 30), 0xb0_2020, 0xff_ffff);
        assert_eq!(pixels.len(), usize::from(w + 40) * 30 * 4);
        let row = |y: usize| &pixels[y * usize::from(w + 40) * 4..][..usize::from(w + 40) * 4];
        let ground = [0x20, 0x20, 0xb0, 0];
        assert!(row(0).chunks(4).chain(row(29).chunks(4)).all(|p| p == ground));
        assert!((8..22).any(|y| row(y).chunks(4).any(|p| p == [0xff, 0xff, 0xff, 0])));
        assert!((0..30).all(|y| row(y).chunks(4).take(18).all(|p| p == ground)));
    }
}

//! Pictures as they are on a desktop, drawn with real fonts: text, typing, scrolling, a moving
//! window, a film. For the figures and the tests.
#![allow(dead_code)]

use ab_glyph::{Font, FontRef, ScaleFont, point};
use deskside_media::{Picture, Rect};

const MONO: &[u8] = epaint_default_fonts::HACK_REGULAR;
const SANS: &[u8] = epaint_default_fonts::UBUNTU_LIGHT;

const WORDS: &[&str] = &[
    "the",
    "printer",
    "queue",
    "was",
    "stopped",
    "by",
    "error",
    "0x0000011b",
    "restart",
    "service",
    "and",
    "then",
    "connect",
    "again",
    "with",
    "user",
    "name",
    "domain",
    "let",
    "mut",
    "fn",
    "return",
    "if",
    "(status",
    "==",
    "200)",
    "{",
    "}",
    "warning:",
    "file",
    "/var/log/syslog",
    "of",
    "line",
    "1042",
    "to",
    "customer",
    "session",
    "is",
    "waiting",
    "for",
    "an",
    "answer",
    "from",
    "network",
    "adapter",
    "eth0",
];

/// A picture that can be drawn on.
#[derive(Clone)]
pub struct Canvas {
    pub data: Vec<u8>,
    pub width: u16,
    pub height: u16,
    seed: u32,
}

impl Canvas {
    pub fn new(width: u16, height: u16, colour: u32) -> Self {
        let pixels = usize::from(width) * usize::from(height);
        Self { data: colour.to_le_bytes().repeat(pixels), width, height, seed: 0x9e37_79b9 }
    }

    pub fn picture(&self) -> Picture<'_> {
        Picture { data: &self.data, stride: self.stride(), width: self.width, height: self.height }
    }

    pub fn whole(&self) -> Rect {
        Rect::new(0, 0, self.width, self.height)
    }

    pub fn stride(&self) -> usize {
        usize::from(self.width) * 4
    }

    pub fn random(&mut self) -> u32 {
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 17;
        self.seed ^= self.seed << 5;
        self.seed
    }

    fn at(&mut self, x: usize, y: usize) -> Option<&mut [u8]> {
        let inside = x < usize::from(self.width) && y < usize::from(self.height);
        let start = y * self.stride() + x * 4;
        inside.then(|| &mut self.data[start..start + 4])
    }

    pub fn fill(&mut self, r: Rect, colour: u32) {
        self.each(r, |_, _, p| p.copy_from_slice(&colour.to_le_bytes()));
    }

    /// Calls `f` with the place and bytes of each pixel of a part.
    pub fn each(&mut self, r: Rect, mut f: impl FnMut(usize, usize, &mut [u8])) {
        let Some(r) = r.clipped(self.width, self.height) else { return };
        let stride = self.stride();
        for y in usize::from(r.y)..r.bottom() as usize {
            let row = &mut self.data[y * stride..(y + 1) * stride];
            for x in usize::from(r.x)..r.right() as usize {
                f(x, y, &mut row[x * 4..x * 4 + 4]);
            }
        }
    }

    /// Writes a line of smoothed text; gives the right end.
    pub fn text(
        &mut self,
        font: &FontRef<'_>,
        size: f32,
        x: usize,
        y: usize,
        text: &str,
        colour: u32,
    ) -> usize {
        let scaled = font.as_scaled(size);
        let mut pen = x as f32;
        for c in text.chars() {
            let id = scaled.glyph_id(c);
            let glyph =
                id.with_scale_and_position(size, point(pen.round(), y as f32 + scaled.ascent().round()));
            pen += scaled.h_advance(id);
            let Some(outline) = font.outline_glyph(glyph) else { continue };
            let bounds = outline.px_bounds();
            outline.draw(|gx, gy, cover| {
                let (px, py) = (bounds.min.x as i32 + gx as i32, bounds.min.y as i32 + gy as i32);
                let (Ok(px), Ok(py)) = (usize::try_from(px), usize::try_from(py)) else { return };
                if let Some(p) = self.at(px, py) {
                    for (p, c) in p.iter_mut().zip(colour.to_le_bytes()) {
                        *p = (f32::from(*p) + (f32::from(c) - f32::from(*p)) * cover.min(1.0)) as u8;
                    }
                }
            });
        }
        pen as usize
    }

    /// A line of words, at most `most` letters.
    pub fn words(&mut self, most: usize) -> String {
        let mut line = String::new();
        loop {
            let word = WORDS[self.random() as usize % WORDS.len()];
            if line.len() + word.len() + 1 > most {
                return line;
            }
            line.push_str(word);
            line.push(' ');
        }
    }

    /// Copies a part of this picture elsewhere within it; parts may overlap.
    pub fn copy(&mut self, from: Rect, x: u16, y: u16) {
        let part = self.cut(from);
        self.paste(&part, from.w, x, y);
    }

    pub fn cut(&self, r: Rect) -> Vec<u8> {
        let rows = usize::from(r.y)..r.bottom() as usize;
        let columns = usize::from(r.x) * 4..r.right() as usize * 4;
        rows.flat_map(|y| &self.data[y * self.stride()..][columns.clone()]).copied().collect()
    }

    pub fn paste(&mut self, part: &[u8], w: u16, x: u16, y: u16) {
        let (w, stride) = (usize::from(w) * 4, self.stride());
        for (i, row) in part.chunks_exact(w).enumerate() {
            let at = (usize::from(y) + i) * stride + usize::from(x) * 4;
            self.data[at..at + w].copy_from_slice(row);
        }
    }

    /// Fills a part with smoothed text on a ground.
    pub fn page(&mut self, r: Rect, mono: bool, size: f32, ink: &[u32], ground: u32) {
        let font = font(mono);
        self.fill(r, ground);
        let line = size as usize + 4;
        let letters = (f32::from(r.w) / (size * if mono { 0.62 } else { 0.55 })) as usize;
        for y in (usize::from(r.y) + 2..r.bottom() as usize - line).step_by(line) {
            let most = letters / 3 + self.random() as usize % (letters * 2 / 3).max(1);
            let words = self.words(most);
            let ink = ink[self.random() as usize % ink.len()];
            self.text(&font, size, usize::from(r.x) + 6, y, &words, ink);
        }
    }

    /// Fills a part with something like a photograph; `at` is the time of a film.
    pub fn photo(&mut self, r: Rect, at: f32) {
        let mut seed = self.random().wrapping_mul(0x85eb_ca6b) | 1;
        self.each(r, |x, y, p| {
            seed ^= seed << 13;
            seed ^= seed >> 17;
            seed ^= seed << 5;
            let (x, y) = (x as f32, y as f32);
            let wave = (x * 0.013 + at).sin() * 60.0 + (y * 0.017 - at * 0.7).cos() * 60.0 + 128.0;
            let fine = ((x * 0.21 + at * 3.0).sin() * (y * 0.17).sin()) * 18.0;
            let grain = (seed & 7) as f32 - 4.0;
            p[0] = (wave + fine + grain).clamp(0.0, 255.0) as u8;
            p[1] = (255.0 - wave * 0.8 + fine + grain).clamp(0.0, 255.0) as u8;
            p[2] = (wave * 0.6 + fine * 2.0 + 40.0 + grain).clamp(0.0, 255.0) as u8;
        });
    }
}

pub fn font(mono: bool) -> FontRef<'static> {
    FontRef::try_from_slice(if mono { MONO } else { SANS }).expect("a font of the package")
}

/// A window of a desktop: title bar and text.
fn window(c: &mut Canvas, r: Rect, title: &str, mono: bool, ink: &[u32], ground: u32) {
    c.fill(r, 0x60_6468);
    c.fill(Rect { h: 24, ..r }, 0x2b_5b84);
    c.text(&font(false), 16.0, usize::from(r.x) + 8, usize::from(r.y) + 3, title, 0xff_ffff);
    let inside = Rect::new(r.x + 1, r.y + 24, r.w - 2, r.h - 25);
    c.page(inside, mono, 14.0, ink, ground);
}

/// A desktop of 1920×1080 or so with text all over: a page, a terminal, a code editor.
pub fn desktop(width: u16, height: u16) -> Canvas {
    let mut c = Canvas::new(width, height, 0x3a_4a5a);
    let (w, h) = (width, height);
    window(&mut c, Rect::new(w / 48, h / 27, w / 2, h * 4 / 5), "Letter", false, &[0x20_2020], 0xff_ffff);
    let ink = [0xd0_d0d0, 0x80_e080, 0x80_80f0, 0xe0_c060];
    window(&mut c, terminal(w, h), "Terminal", true, &ink, 0x10_1418);
    let code = [0x00_0000, 0x00_0090, 0x90_0000, 0x00_7000];
    window(&mut c, Rect::new(w / 4, h / 3, w / 3, h / 2), "Editor", true, &code, 0xfa_faf0);
    c
}

/// The same without smoothing: few colours, as old terminals draw.
pub fn plain_desktop(width: u16, height: u16) -> Canvas {
    let mut c = desktop(width, height);
    for p in &mut c.data {
        *p = if *p & 0xc0 >= 0x40 { (*p & 0xc0) | 0x20 } else { 0x10 };
    }
    c
}

/// Where the desktop's terminal is.
pub fn terminal(w: u16, h: u16) -> Rect {
    Rect::new(w * 11 / 20, h / 9, w * 2 / 5, h * 3 / 4)
}

/// Something that goes on, a picture at a time.
pub trait Scene {
    fn name(&self) -> &'static str;
    /// Draws the next picture; gives the damage.
    fn step(&mut self, c: &mut Canvas) -> Vec<Rect>;
}

/// One letter after the other.
#[derive(Default)]
pub struct Typing {
    letters: usize,
}

impl Scene for Typing {
    fn name(&self) -> &'static str {
        "typing"
    }

    fn step(&mut self, c: &mut Canvas) -> Vec<Rect> {
        let t = terminal(c.width, c.height);
        let (column, line) = (self.letters % 40, self.letters / 40 % 20);
        self.letters += 1;
        let (x, y) = (usize::from(t.x) + 20 + column * 9, usize::from(t.y) + 60 + line * 18);
        let cell = Rect::new(x as u16, y as u16, 18, 18);
        c.fill(cell, 0x10_1418);
        let letter = (b'a' + (c.random() % 26) as u8) as char;
        c.text(&font(true), 14.0, x, y, &letter.to_string(), 0xd0_d0d0);
        c.fill(Rect::new((x + 9) as u16, y as u16, 9, 18), 0xd0_d0d0);
        vec![cell]
    }
}

/// A terminal, or the whole screen, that scrolls by lines of 18 pixels.
pub struct Scrolling {
    pub whole: bool,
}

impl Scene for Scrolling {
    fn name(&self) -> &'static str {
        if self.whole { "scrolling, whole screen" } else { "scrolling, terminal" }
    }

    fn step(&mut self, c: &mut Canvas) -> Vec<Rect> {
        let t = terminal(c.width, c.height);
        let area = if self.whole { c.whole() } else { Rect::new(t.x + 1, t.y + 24, t.w - 2, t.h - 25) };
        c.copy(Rect { y: area.y + 18, h: area.h - 18, ..area }, area.x, area.y);
        let y = area.bottom() as u16 - 18;
        let line = Rect { y, h: 18, ..area };
        c.fill(line, 0x10_1418);
        let most = usize::from(area.w) / 10;
        let words = c.words(most);
        c.text(&font(true), 14.0, usize::from(area.x) + 4, usize::from(y) + 1, &words, 0x80_e080);
        vec![area]
    }
}

/// A window that is dragged over the desktop.
#[derive(Default)]
pub struct Dragging {
    ground: Option<Canvas>,
    window: Vec<u8>,
    n: u32,
}

impl Scene for Dragging {
    fn name(&self) -> &'static str {
        "dragging a window"
    }

    fn step(&mut self, c: &mut Canvas) -> Vec<Rect> {
        let (w, h) = (c.width * 2 / 5, c.height / 2);
        let ground = self.ground.get_or_insert_with(|| {
            let mut drawn = c.clone();
            let r = Rect::new(0, 0, w, h);
            window(&mut drawn, r, "Moved", true, &[0x20_2020, 0x00_0090], 0xfa_faf0);
            self.window = drawn.cut(r);
            c.clone()
        });
        let place = |n: u32| {
            let along = |n: u32, most: u16| (n % u32::from(most)) as u16;
            (along(40 + n * 11, c.width - w), along(30 + n * 6, c.height - h))
        };
        let (old, new) = (place(self.n), place(self.n + 1));
        self.n += 1;
        let old = Rect::new(old.0, old.1, w, h);
        let under = ground.cut(old);
        c.paste(&under, w, old.x, old.y);
        c.paste(&self.window, w, new.0, new.1);
        vec![old, Rect::new(new.0, new.1, w, h)]
    }
}

/// A film of half the screen's sides.
#[derive(Default)]
pub struct Film {
    n: u16,
}

impl Scene for Film {
    fn name(&self) -> &'static str {
        "film"
    }

    fn step(&mut self, c: &mut Canvas) -> Vec<Rect> {
        self.n += 1;
        let r = Rect::new(c.width / 4 + 3, c.height / 4 + 5, c.width / 2, c.height / 2);
        c.photo(r, f32::from(self.n) * 0.12);
        vec![r]
    }
}

/// Noise all over: nothing is harder.
pub struct Noise;

impl Scene for Noise {
    fn name(&self) -> &'static str {
        "noise, whole screen"
    }

    fn step(&mut self, c: &mut Canvas) -> Vec<Rect> {
        // Far from the last seed, or the noise would be that of before, moved.
        let mut seed = c.random().wrapping_mul(0x85eb_ca6b) | 1;
        c.each(c.whole(), |_, _, p| {
            seed ^= seed << 13;
            seed ^= seed >> 17;
            seed ^= seed << 5;
            p[..3].copy_from_slice(&seed.to_le_bytes()[..3]);
        });
        vec![c.whole()]
    }
}

/// Signal to noise of the colours of two pictures, in decibels; infinite when they are equal.
pub fn psnr(a: &[u8], b: &[u8]) -> f64 {
    let sum: f64 = a
        .chunks_exact(4)
        .zip(b.chunks_exact(4))
        .flat_map(|(a, b)| (0..3).map(|i| f64::from(i16::from(a[i]) - i16::from(b[i])).powi(2)))
        .sum();
    10.0 * (65025.0 * (a.len() / 4 * 3) as f64 / sum).log10()
}

/// The same of the brightness (BT.709).
pub fn luma_psnr(a: &[u8], b: &[u8]) -> f64 {
    let luma = |p: &[u8]| 0.0722 * f64::from(p[0]) + 0.7152 * f64::from(p[1]) + 0.2126 * f64::from(p[2]);
    let sum: f64 = a.chunks_exact(4).zip(b.chunks_exact(4)).map(|(a, b)| (luma(a) - luma(b)).powi(2)).sum();
    10.0 * (65025.0 * (a.len() / 4) as f64 / sum).log10()
}

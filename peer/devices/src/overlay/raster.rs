//! Marks as pixels that are there or not: without a compositor nothing is half seen through.

use std::sync::OnceLock;

use ab_glyph::{Font as _, FontRef, PxScale, ScaleFont as _};
use deskside_media::Rect;
use deskside_session::marks::{Colour, Mark, Point, Tool};

/// Sizes of a pointer and of the name beside it, in pixels.
const DOT: f32 = 7.0;
const RING: f32 = 2.0;
const NAME: f32 = 16.0;
const NAME_AT: i32 = 14;
const PADDING: i32 = 5;
/// Around letters, so that they can be read on anything.
const HALO: i32 = 2;
/// Pixels of something drawn; all others are 0.
const THERE: u32 = 0xff00_0000;

/// The pixels of all marks.
pub struct Canvas {
    width: u16,
    height: u16,
    pixels: Vec<u32>,
    drawn: Vec<(Mark, Area)>,
}

/// From the first to before the second corner.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Area {
    x0: i32,
    y0: i32,
    x1: i32,
    y1: i32,
}

const NOTHING: Area = Area { x0: i32::MAX, y0: i32::MAX, x1: i32::MIN, y1: i32::MIN };

impl Area {
    fn join(self, other: Self) -> Self {
        Self {
            x0: self.x0.min(other.x0),
            y0: self.y0.min(other.y0),
            x1: self.x1.max(other.x1),
            y1: self.y1.max(other.y1),
        }
    }

    fn meet(self, other: Self) -> Self {
        Self {
            x0: self.x0.max(other.x0),
            y0: self.y0.max(other.y0),
            x1: self.x1.min(other.x1),
            y1: self.y1.min(other.y1),
        }
    }

    fn is_empty(self) -> bool {
        self.x0 >= self.x1 || self.y0 >= self.y1
    }
}

impl Canvas {
    pub fn new(width: u16, height: u16) -> Self {
        let pixels = vec![0; usize::from(width) * usize::from(height)];
        Self { width, height, pixels, drawn: Vec::new() }
    }

    /// A row: 0 where nothing is drawn, else 0xffRRGGBB.
    pub fn row(&self, y: u16) -> &[u32] {
        let start = usize::from(y) * usize::from(self.width);
        self.pixels.get(start..start + usize::from(self.width)).unwrap_or_default()
    }

    /// Draws these marks, the last one topmost, instead of those before. Returns where something may have changed.
    pub fn draw(&mut self, marks: Vec<Mark>) -> Rect {
        let before = std::mem::take(&mut self.drawn);
        let mut old = before.iter().peekable();
        let mut dirty = NOTHING;
        for mark in marks {
            // Both are in the order of their numbers.
            while let Some((m, area)) = old.next_if(|(m, _)| m.id < mark.id) {
                debug_assert!(m.id < mark.id);
                dirty = dirty.join(*area);
            }
            let area = match old.next_if(|(m, _)| m.id == mark.id) {
                Some((m, area)) if *m == mark => *area,
                Some((m, area)) if grew(m, &mark) => {
                    let from = m.points.len() - 1;
                    let tail = Mark { points: mark.points[from..].to_vec(), ..mark.clone() };
                    let more = extent(&tail);
                    dirty = dirty.join(more);
                    area.join(more)
                }
                other => {
                    let area = extent(&mark);
                    dirty = dirty.join(area).join(other.map_or(NOTHING, |(_, area)| *area));
                    area
                }
            };
            self.drawn.push((mark, area));
        }
        dirty = old.fold(dirty, |dirty, (_, area)| dirty.join(*area));
        let dirty = dirty.meet(Area { x0: 0, y0: 0, x1: self.width.into(), y1: self.height.into() });
        if dirty.is_empty() {
            return Rect::default();
        }
        self.redraw(dirty);
        let fit = |v: i32| u16::try_from(v).unwrap_or_default();
        Rect { x: fit(dirty.x0), y: fit(dirty.y0), w: fit(dirty.x1 - dirty.x0), h: fit(dirty.y1 - dirty.y0) }
    }

    fn redraw(&mut self, dirty: Area) {
        let (width, pixels) = (usize::from(self.width), &mut self.pixels);
        let mut fill = |y: i32, x0: i32, x1: i32, value: u32| {
            let run = Area { x0, y0: y, x1, y1: y + 1 }.meet(dirty);
            if !run.is_empty() {
                let start = run.y0 as usize * width;
                pixels[start + run.x0 as usize..start + run.x1 as usize].fill(value);
            }
        };
        for y in dirty.y0..dirty.y1 {
            fill(y, dirty.x0, dirty.x1, 0);
        }
        for (mark, area) in &self.drawn {
            if !area.meet(dirty).is_empty() {
                runs(mark, &mut |y, x0, x1, rgb| fill(y, x0, x1, THERE | rgb));
            }
        }
    }
}

/// Whether only points were added.
fn grew(before: &Mark, now: &Mark) -> bool {
    before.pen == now.pen
        && now.pen.tool.is_free()
        && !before.points.is_empty()
        && now.points.starts_with(&before.points)
}

fn extent(mark: &Mark) -> Area {
    let mut all = NOTHING;
    runs(mark, &mut |y, x0, x1, _| all = all.join(Area { x0, y0: y, x1, y1: y + 1 }));
    all
}

/// Takes runs of pixels: row, first, behind the last, 0xRRGGBB.
type Put<'a> = &'a mut dyn FnMut(i32, i32, i32, u32);

/// All pixels of a mark; later runs lie above.
fn runs(mark: &Mark, put: Put<'_>) {
    let rgb = mark.pen.colour.rgb();
    match mark.pen.tool {
        Tool::Text => {
            if let Some(at) = mark.points.first() {
                lettering(&mark.text, at_pixel(*at), mark.pen.pixels().into(), rgb, put);
            }
        }
        Tool::Pointer => {
            if let Some(at) = mark.points.first() {
                pointer(&mark.name, *at, mark.pen.colour, put);
            }
        }
        tool => {
            let radius = f32::from(mark.pen.pixels()) / 2.0;
            for (a, b) in mark.lines() {
                thick(float(a), float(b), radius, &mut |y, x0, x1| {
                    // Every second row, so that what is below can be read.
                    if tool != Tool::Highlighter || y & 1 == 0 {
                        put(y, x0, x1, rgb);
                    }
                });
            }
        }
    }
}

fn float(p: Point) -> (f32, f32) {
    (p.0.into(), p.1.into())
}

fn at_pixel(p: Point) -> (i32, i32) {
    (p.0.into(), p.1.into())
}

/// A line with round ends: in each row one run, as it is convex.
fn thick(a: (f32, f32), b: (f32, f32), radius: f32, put: &mut dyn FnMut(i32, i32, i32)) {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let length = dx.hypot(dy).max(f32::MIN_POSITIVE);
    let (nx, ny) = (-dy / length * radius, dx / length * radius);
    let corners = [(a.0 + nx, a.1 + ny), (b.0 + nx, b.1 + ny), (b.0 - nx, b.1 - ny), (a.0 - nx, a.1 - ny)];
    let (top, bottom) = ((a.1.min(b.1) - radius).ceil() as i32, (a.1.max(b.1) + radius).floor() as i32);
    for row in top..=bottom {
        let y = row as f32;
        let (mut left, mut right) = (f32::INFINITY, f32::NEG_INFINITY);
        let mut reach = |x: f32| (left, right) = (left.min(x), right.max(x));
        for end in [a, b] {
            let across = radius * radius - (y - end.1) * (y - end.1);
            if across >= 0.0 {
                reach(end.0 - across.sqrt());
                reach(end.0 + across.sqrt());
            }
        }
        for i in 0..4 {
            let (from, to) = (corners[i], corners[(i + 1) % 4]);
            if (from.1 <= y) != (to.1 <= y) {
                reach(from.0 + (y - from.1) / (to.1 - from.1) * (to.0 - from.0));
            }
        }
        let (first, last) = (left.ceil() as i32, right.floor() as i32);
        if first <= last {
            put(row, first, last + 1);
        }
    }
}

/// What is seen on this colour, and around letters of it.
fn contrast(rgb: u32) -> u32 {
    let [_, r, g, b] = rgb.to_be_bytes().map(u32::from);
    if r * 3 + g * 6 + b > 1500 { Colour::Black.rgb() } else { Colour::White.rgb() }
}

fn pointer(name: &str, at: Point, colour: Colour, put: Put<'_>) {
    let (centre, rgb) = (float(at), colour.rgb());
    thick(centre, centre, DOT + RING, &mut |y, x0, x1| put(y, x0, x1, contrast(rgb)));
    thick(centre, centre, DOT, &mut |y, x0, x1| put(y, x0, x1, rgb));
    if name.is_empty() {
        return;
    }
    let (x, y) = (i32::from(at.0) + NAME_AT, i32::from(at.1) + NAME_AT);
    let (mut width, height) = (0, NAME as i32 * 5 / 4 + PADDING);
    letters(name, NAME, &mut |_, _, x1| width = width.max(x1));
    for row in y..y + height {
        put(row, x, x + width + 2 * PADDING, rgb);
    }
    let ink = contrast(rgb);
    letters(name, NAME, &mut |row, x0, x1| {
        put(y + PADDING / 2 + row, x + PADDING + x0, x + PADDING + x1, ink);
    });
}

/// Letters with their top left at a pixel.
fn lettering(text: &str, at: (i32, i32), height: f32, rgb: u32, put: Put<'_>) {
    let around = contrast(rgb);
    letters(text, height, &mut |row, x0, x1| {
        for y in row - HALO..=row + HALO {
            put(at.1 + y, at.0 + x0 - HALO, at.0 + x1 + HALO, around);
        }
    });
    letters(text, height, &mut |row, x0, x1| put(at.1 + row, at.0 + x0, at.0 + x1, rgb));
}

/// The pixels of one line of text: row, first, behind the last.
fn letters(text: &str, height: f32, put: &mut dyn FnMut(i32, i32, i32)) {
    static FONT: OnceLock<Option<FontRef<'static>>> = OnceLock::new();
    let font = FONT.get_or_init(|| FontRef::try_from_slice(notosans::BOLD_TTF).ok());
    let Some(font) = font else { return };
    let scale = PxScale::from(height * 1.2);
    let font = font.as_scaled(scale);
    let mut x = 0.0;
    for c in text.chars() {
        let id = font.glyph_id(c);
        let glyph = id.with_scale_and_position(scale, ab_glyph::point(x, font.ascent()));
        x += font.h_advance(id);
        if let Some(outline) = font.outline_glyph(glyph) {
            let from = outline.px_bounds().min;
            let (left, top) = (from.x as i32, from.y as i32);
            outline.draw(|x, y, cover| {
                if cover > 0.5 {
                    let (x, y) = (left + x as i32, top + y as i32);
                    put(y, x, x + 1);
                }
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use deskside_session::{
        ParticipantId,
        marks::{Pen, Width},
    };

    use super::*;

    fn mark(id: u32, tool: Tool, points: &[Point]) -> Mark {
        let pen = Pen { tool, colour: Colour::Red, width: Width::Thin };
        let (author, name) = (ParticipantId(1), "Ada".to_owned());
        let text = if tool == Tool::Text { "Ici".to_owned() } else { String::new() };
        Mark { id, author, name, pen, points: points.to_vec(), text }
    }

    fn drawn(marks: &[Mark]) -> Canvas {
        let mut canvas = Canvas::new(200, 100);
        canvas.draw(marks.to_vec());
        canvas
    }

    fn at(canvas: &Canvas, x: u16, y: u16) -> Option<u32> {
        let value = canvas.row(y)[usize::from(x)];
        (value != 0).then_some(value & 0xff_ffff)
    }

    const RED: Option<u32> = Some(0xe0_1b24);

    #[test]
    fn shapes_are_where_their_points_say() {
        let line = drawn(&[mark(1, Tool::Line, &[(10, 20), (60, 20)])]);
        assert_eq!([at(&line, 10, 20), at(&line, 35, 21), at(&line, 60, 19)], [RED; 3]);
        assert_eq!([at(&line, 35, 23), at(&line, 64, 20), at(&line, 6, 20)], [None; 3]);
        let rectangle = drawn(&[mark(1, Tool::Rectangle, &[(90, 80), (10, 20)])]);
        for (x, y) in [(10, 20), (90, 80), (10, 50), (90, 50), (50, 20), (50, 80)] {
            assert_eq!(at(&rectangle, x, y), RED, "{x} {y}");
        }
        assert_eq!(at(&rectangle, 50, 50), None, "not filled");
        let ellipse = drawn(&[mark(1, Tool::Ellipse, &[(10, 20), (90, 80)])]);
        for (x, y) in [(10, 50), (90, 50), (50, 20), (50, 80)] {
            assert_eq!(at(&ellipse, x, y), RED, "{x} {y}");
        }
        assert_eq!([at(&ellipse, 50, 50), at(&ellipse, 12, 22)], [None; 2]);
        let arrow = drawn(&[mark(1, Tool::Arrow, &[(10, 50), (100, 50)])]);
        assert_eq!([at(&arrow, 100, 50), at(&arrow, 89, 45), at(&arrow, 89, 55)], [RED; 3]);
        assert_eq!(at(&arrow, 30, 45), None);
        let pen = drawn(&[mark(1, Tool::Pen, &[(10, 10), (30, 10), (30, 60)])]);
        assert_eq!([at(&pen, 20, 10), at(&pen, 30, 40)], [RED; 2]);
        let dot = drawn(&[mark(1, Tool::Pen, &[(150, 90)])]);
        assert_eq!([at(&dot, 150, 90), at(&dot, 153, 90)], [RED, None]);
    }

    #[test]
    fn below_a_highlighter_every_second_row_is_seen() {
        let canvas = drawn(&[mark(1, Tool::Highlighter, &[(10, 50), (90, 50)])]);
        for y in 46..=54 {
            assert_eq!(at(&canvas, 40, y), RED.filter(|_| y % 2 == 0));
        }
    }

    #[test]
    fn letters_are_read_on_their_own_colour_too() {
        let canvas = drawn(&[mark(1, Tool::Text, &[(20, 30)])]);
        let count = |wanted| (0..100).flat_map(|y| canvas.row(y).to_vec()).filter(|p| *p == wanted).count();
        assert!(count(THERE | 0xe0_1b24) > 60, "{}", count(THERE | 0xe0_1b24));
        assert!(count(THERE | 0xff_ffff) > 100);
        assert_eq!([at(&canvas, 10, 40), at(&canvas, 80, 40)], [None; 2]);
    }

    #[test]
    fn a_pointer_has_the_name_beside_it() {
        let mut named = mark(1, Tool::Pointer, &[(50, 40)]);
        let with = drawn(&[named.clone()]);
        assert_eq!([at(&with, 50, 40), at(&with, 50 + 8, 40)], [RED, Some(0xff_ffff)]);
        assert!(at(&with, 75, 65).is_some());
        named.name.clear();
        assert_eq!(at(&drawn(&[named]), 75, 65), None);
    }

    #[test]
    fn drawing_by_parts_gives_the_same_pixels_as_at_once() {
        let steps: Vec<Vec<Mark>> = vec![
            vec![mark(1, Tool::Pen, &[(10, 10)])],
            vec![mark(1, Tool::Pen, &[(10, 10), (50, 60)])],
            vec![mark(1, Tool::Pen, &[(10, 10), (50, 60)]), mark(2, Tool::Line, &[(0, 50), (199, 50)])],
            vec![
                mark(1, Tool::Pen, &[(10, 10), (50, 60), (90, 20)]),
                mark(2, Tool::Ellipse, &[(0, 50), (100, 99)]),
            ],
            vec![mark(2, Tool::Ellipse, &[(0, 50), (120, 99)]), mark(3, Tool::Text, &[(190, 90)])],
            vec![mark(3, Tool::Text, &[(190, 90)]), mark(4, Tool::Pointer, &[(199, 99)])],
            vec![mark(4, Tool::Pointer, &[(0, 0)])],
            vec![],
        ];
        let mut canvas = Canvas::new(200, 100);
        for marks in steps {
            let before = canvas.pixels.clone();
            let r = canvas.draw(marks.clone());
            assert!(canvas.pixels == drawn(&marks).pixels, "{marks:?}");
            for (i, (a, b)) in before.iter().zip(&canvas.pixels).enumerate() {
                let (x, y) = ((i % 200) as u16, (i / 200) as u16);
                let inside = (r.x..r.x + r.w).contains(&x) && (r.y..r.y + r.h).contains(&y);
                assert!(inside || a == b, "changed outside of {r:?} at {x} {y}");
            }
        }
        assert!(canvas.pixels.iter().all(|p| *p == 0));
    }
}

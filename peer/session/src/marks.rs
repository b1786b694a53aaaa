//! What people draw on what is shared: the marks, who drew them, and their limits.

mod board;
mod hand;

use serde::{Deserialize, Serialize};

use crate::ParticipantId;

pub(crate) use board::{Artist, Board, Copy, Told};
pub(crate) use hand::Hand;

/// The key that, with Control and Shift, switches between drawing and controlling.
pub const DRAW_KEY: char = 'f';
/// Most marks at once; the oldest of somebody's own goes when there are more.
pub const MAX_MARKS: usize = 256;
/// Most points of one mark.
pub const MAX_POINTS: usize = 2000;
/// Most points of all marks together.
pub const MAX_ALL_POINTS: usize = 20_000;
/// Most points in one part of a mark that is being drawn.
pub const MAX_PART: usize = 256;
/// Longest text of a mark, in characters.
pub const MAX_TEXT: usize = 200;
/// Longest name of an author, in bytes.
pub const MAX_NAME: usize = 512;

/// A point of the shared picture in pixels.
pub type Point = (u16, u16);

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tool {
    #[default]
    Pen,
    /// What is below stays readable.
    Highlighter,
    Line,
    Arrow,
    Rectangle,
    Ellipse,
    Text,
    /// Shows where somebody points, with the name; goes away by itself.
    Pointer,
    /// Takes away the mark that it touches; never a mark itself.
    Eraser,
}

impl Tool {
    pub const ALL: [Self; 9] = [
        Self::Pen,
        Self::Highlighter,
        Self::Line,
        Self::Arrow,
        Self::Rectangle,
        Self::Ellipse,
        Self::Text,
        Self::Pointer,
        Self::Eraser,
    ];

    /// Whether its marks grow point by point; those of the others are two points, or one.
    pub fn is_free(self) -> bool {
        matches!(self, Self::Pen | Self::Highlighter)
    }

    /// Whether a mark may have so many points.
    fn takes(self, points: usize) -> bool {
        match self {
            Self::Pen | Self::Highlighter => (1..=MAX_POINTS).contains(&points),
            Self::Line | Self::Arrow | Self::Rectangle | Self::Ellipse => points == 2,
            Self::Text | Self::Pointer => points == 1,
            Self::Eraser => false,
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Colour {
    #[default]
    Red,
    Orange,
    Yellow,
    Green,
    Blue,
    Violet,
    Black,
    White,
}

impl Colour {
    pub const ALL: [Self; 8] = [
        Self::Red,
        Self::Orange,
        Self::Yellow,
        Self::Green,
        Self::Blue,
        Self::Violet,
        Self::Black,
        Self::White,
    ];

    /// 0xRRGGBB.
    pub fn rgb(self) -> u32 {
        match self {
            Self::Red => 0xe0_1b24,
            Self::Orange => 0xff_7800,
            Self::Yellow => 0xf6_d32d,
            Self::Green => 0x2e_c27e,
            Self::Blue => 0x1c_71d8,
            Self::Violet => 0x91_41ac,
            Self::Black => 0x00_0000,
            Self::White => 0xff_ffff,
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Width {
    Thin,
    #[default]
    Medium,
    Thick,
}

impl Width {
    pub const ALL: [Self; 3] = [Self::Thin, Self::Medium, Self::Thick];
}

/// What somebody draws with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Pen {
    pub tool: Tool,
    #[serde(default)]
    pub colour: Colour,
    #[serde(default)]
    pub width: Width,
}

impl Pen {
    /// Thickness of its lines, or height of its letters, in pixels of the picture.
    pub fn pixels(self) -> u16 {
        let [thin, medium, thick] = match self.tool {
            Tool::Highlighter => [12, 20, 32],
            Tool::Text => [18, 26, 40],
            _ => [3, 6, 12],
        };
        match self.width {
            Width::Thin => thin,
            Width::Medium => medium,
            Width::Thick => thick,
        }
    }
}

/// One mark on what is shared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Counted by the sharer; what is drawn later has a higher one and lies above.
    pub id: u32,
    pub author: ParticipantId,
    pub name: String,
    #[serde(flatten)]
    pub pen: Pen,
    /// Pen and highlighter: the way. Line and arrow: from, to. Rectangle and ellipse: two corners. Text: its top
    /// left. Pointer: where.
    pub points: Vec<Point>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
}

impl Mark {
    /// Whether it lies within a few pixels of a point.
    pub fn is_near(&self, at: Point) -> bool {
        let reach = f32::from(self.pen.pixels()) / 2.0 + 6.0;
        match self.pen.tool {
            Tool::Text => {
                let (x, y) = self.points.first().copied().unwrap_or_default();
                let high = self.pen.pixels();
                let wide =
                    u16::try_from(self.text.chars().count()).unwrap_or(u16::MAX).saturating_mul(high) / 2;
                let inside = |at: u16, from: u16, size: u16| (from..=from.saturating_add(size)).contains(&at);
                inside(at.0, x, wide.max(high)) && inside(at.1, y, high.saturating_mul(3) / 2)
            }
            _ => self.lines().iter().any(|(a, b)| distance(at, *a, *b) <= reach),
        }
    }

    /// The straight lines that it is made of; none for text.
    pub fn lines(&self) -> Vec<(Point, Point)> {
        let (first, last) = match self.points[..] {
            [] => return Vec::new(),
            [first] => (first, first),
            [first, .., last] => (first, last),
        };
        match self.pen.tool {
            Tool::Pen | Tool::Highlighter if self.points.len() > 1 => {
                self.points.windows(2).map(|w| (w[0], w[1])).collect()
            }
            Tool::Rectangle => {
                let ((x, y), (u, v)) = (first, last);
                let corners = [(x, y), (u, y), (u, v), (x, v), (x, y)];
                corners.windows(2).map(|w| (w[0], w[1])).collect()
            }
            Tool::Ellipse => ellipse(first, last),
            Tool::Arrow => arrow(first, last, f32::from(self.pen.pixels())),
            Tool::Text | Tool::Eraser => Vec::new(),
            Tool::Pen | Tool::Highlighter | Tool::Line | Tool::Pointer => vec![(first, last)],
        }
    }
}

/// Of one person's drawing, in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Draw {
    Stroke(Stroke),
    /// Takes the own newest mark away.
    Undo,
    /// Takes a mark away: one's own; primary agent and sharer: any.
    Erase {
        id: u32,
    },
    /// Takes all of one's own away; primary agent and sharer: all.
    Clear,
}

/// A mark, or the next part of the one with the same `n`: pen and highlighter get longer, the others become this one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stroke {
    /// Counted by who draws; a pointer needs none.
    #[serde(default)]
    pub n: u32,
    #[serde(flatten)]
    pub pen: Pen,
    pub points: Vec<Point>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
}

/// What changed of the marks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    /// These marks are no longer there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gone: Vec<u32>,
    /// This one is there, or is another one now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<Mark>,
    /// So many points that the receiver has of it stay; those of `mark` follow them.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub keep: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde wants it")]
fn is_zero(n: &usize) -> bool {
    *n == 0
}

impl Draw {
    pub(crate) fn in_limits(&self) -> bool {
        match self {
            Self::Stroke(s) => s.points.len() <= MAX_PART && drawable(s.pen, &s.points, &s.text),
            Self::Undo | Self::Erase { .. } | Self::Clear => true,
        }
    }
}

impl Changes {
    pub(crate) fn in_limits(&self) -> bool {
        let sound = |m: &Mark| m.name.len() <= MAX_NAME && drawable(m.pen, &m.points, &m.text);
        self.gone.len() <= MAX_MARKS && self.keep <= MAX_POINTS && self.mark.as_ref().is_none_or(sound)
    }
}

fn drawable(pen: Pen, points: &[Point], text: &str) -> bool {
    let fits = if pen.tool == Tool::Text { is_text(text) } else { text.is_empty() };
    pen.tool.takes(points.len()) && fits
}

fn is_text(text: &str) -> bool {
    text.chars().count() <= MAX_TEXT && !text.chars().any(char::is_control)
}

fn distance(at: Point, a: Point, b: Point) -> f32 {
    let f = |p: Point| (f32::from(p.0), f32::from(p.1));
    let ((x, y), (ax, ay), (bx, by)) = (f(at), f(a), f(b));
    let (dx, dy) = (bx - ax, by - ay);
    let length = dx * dx + dy * dy;
    let t = if length > 0.0 { (((x - ax) * dx + (y - ay) * dy) / length).clamp(0.0, 1.0) } else { 0.0 };
    (x - ax - t * dx).hypot(y - ay - t * dy)
}

fn point(x: f32, y: f32) -> Point {
    (x.round().clamp(0.0, f32::from(u16::MAX)) as u16, y.round().clamp(0.0, f32::from(u16::MAX)) as u16)
}

fn ellipse(a: Point, b: Point) -> Vec<(Point, Point)> {
    const SIDES: u16 = 72;
    let middle =
        |a: u16, b: u16| ((f32::from(a) + f32::from(b)) / 2.0, (f32::from(a) - f32::from(b)).abs() / 2.0);
    let ((x, rx), (y, ry)) = (middle(a.0, b.0), middle(a.1, b.1));
    let at = |i: u16| {
        let (sin, cos) = (f32::from(i) / f32::from(SIDES) * std::f32::consts::TAU).sin_cos();
        point(x + rx * cos, y + ry * sin)
    };
    (0..SIDES).map(|i| (at(i), at(i + 1))).collect()
}

fn arrow(from: Point, to: Point, width: f32) -> Vec<(Point, Point)> {
    let (x, y) = (f32::from(to.0), f32::from(to.1));
    let (dx, dy) = (x - f32::from(from.0), y - f32::from(from.1));
    let length = dx.hypot(dy);
    if length < 1.0 {
        return vec![(from, to)];
    }
    let head = (width * 4.0).max(14.0).min(length);
    let (dx, dy) = (dx / length * head, dy / length * head);
    let (sin, cos) = (std::f32::consts::PI / 7.0).sin_cos();
    let barb = |sin: f32| (to, point(x - dx * cos + dy * sin, y - dy * cos - dx * sin));
    vec![(from, to), barb(sin), barb(-sin)]
}

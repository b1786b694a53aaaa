//! Pointer and keyboard of who draws, as strokes.

use super::{DRAW_KEY, Draw, MAX_TEXT, Mark, Pen, Point, Stroke, Tool};
use crate::input::{Button, InputEvent, Key, NamedKey};

/// Who draws here: with what, and what is under way.
#[derive(Default)]
pub(crate) struct Hand {
    pen: Option<Pen>,
    /// The last one, for the key that switches.
    last: Pen,
    /// Strokes so far.
    n: u32,
    /// Where the button went down, while it is held.
    from: Option<Point>,
    /// A text that is being written, and where.
    writing: Option<(Point, String)>,
    control: bool,
    shift: bool,
}

impl Hand {
    pub(crate) fn pen(&self) -> Option<Pen> {
        self.pen
    }

    pub(crate) fn take(&mut self, pen: Option<Pen>) {
        self.pen = pen;
        self.last = pen.unwrap_or(self.last);
        (self.from, self.writing) = (None, None);
    }

    /// Whether this event switches between drawing and controlling; to be asked about each one.
    pub(crate) fn switches(&mut self, event: &InputEvent) -> bool {
        let InputEvent::Key { key, down } = event else { return false };
        match key {
            Key::Named(NamedKey::ControlLeft | NamedKey::ControlRight) => self.control = *down,
            Key::Named(NamedKey::ShiftLeft | NamedKey::ShiftRight) => self.shift = *down,
            Key::Char(c) if *down && self.control && self.shift => return c.eq_ignore_ascii_case(&DRAW_KEY),
            _ => {}
        }
        false
    }

    pub(crate) fn switch(&mut self) {
        let pen = if self.pen.is_some() { None } else { Some(self.last) };
        self.take(pen);
    }

    /// What an event draws. `marks`: those that may be erased, the topmost last.
    pub(crate) fn draw<'a>(
        &mut self,
        event: &InputEvent,
        marks: impl DoubleEndedIterator<Item = &'a Mark>,
    ) -> Option<Draw> {
        let pen = self.pen?;
        match *event {
            InputEvent::Button { button: Button::Left, down, x, y } => {
                let from = self.from.take();
                if down {
                    self.from = Some((x, y));
                    self.writing = (pen.tool == Tool::Text).then(|| ((x, y), String::new()));
                    self.n = self.n.wrapping_add(1);
                    return self.reach(pen, (x, y), marks);
                }
                from.filter(|_| !matches!(pen.tool, Tool::Text | Tool::Eraser))?;
                self.stroke(pen, from, (x, y))
            }
            InputEvent::Move { x, y } if self.from.is_some() || pen.tool == Tool::Pointer => {
                self.reach(pen, (x, y), marks)
            }
            InputEvent::Text { ref text } => self.write(pen, |t| t.push_str(text)),
            InputEvent::Key { key: Key::Char(c), down: true } if !self.control => {
                self.write(pen, |t| t.push(c))
            }
            InputEvent::Key { key: Key::Named(NamedKey::Backspace), down: true } => self.write(pen, |t| {
                t.pop();
            }),
            InputEvent::Key { key: Key::Named(NamedKey::Enter | NamedKey::Escape), down: true } => {
                self.writing = None;
                None
            }
            _ => None,
        }
    }

    fn reach<'a>(
        &mut self,
        pen: Pen,
        at: Point,
        marks: impl DoubleEndedIterator<Item = &'a Mark>,
    ) -> Option<Draw> {
        match pen.tool {
            Tool::Text => None,
            Tool::Eraser => Some(Draw::Erase { id: marks.rev().find(|m| m.is_near(at))?.id }),
            _ => self.stroke(pen, self.from, at),
        }
    }

    fn stroke(&self, pen: Pen, from: Option<Point>, to: Point) -> Option<Draw> {
        let points = match pen.tool {
            Tool::Line | Tool::Arrow | Tool::Rectangle | Tool::Ellipse => vec![from?, to],
            _ => vec![to],
        };
        Some(Draw::Stroke(Stroke { n: self.n, pen, points, text: String::new() }))
    }

    fn write(&mut self, pen: Pen, change: impl FnOnce(&mut String)) -> Option<Draw> {
        let (at, text) = self.writing.as_mut()?;
        change(text);
        *text = text.chars().filter(|c| !c.is_control()).take(MAX_TEXT).collect();
        let (points, text) = (vec![*at], text.clone());
        Some(Draw::Stroke(Stroke { n: self.n, pen, points, text }))
    }
}

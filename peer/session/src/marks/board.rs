//! The marks at the sharer, who decides; and at a viewer, who follows.

use std::{collections::BTreeMap, time::Duration};

use super::{Changes, Draw, MAX_ALL_POINTS, MAX_MARKS, MAX_POINTS, Mark, Point, Stroke, Tool};
use crate::{ParticipantId, time::Now};

/// A pointer that does not move goes after this.
const POINTER_STAYS: Duration = Duration::from_secs(3);

/// Sharer: all marks.
#[derive(Default)]
pub(crate) struct Board {
    marks: BTreeMap<u32, Placed>,
    last: u32,
    /// Grows with each change.
    pub serial: u64,
}

struct Placed {
    mark: Mark,
    /// The author's number of it.
    n: u32,
    /// Grows when more changed than that points were added.
    version: u32,
    /// Pointer: when it goes.
    until: Option<Now>,
}

/// Who draws, and what may be taken away.
pub(crate) struct Artist {
    pub id: ParticipantId,
    pub name: String,
    pub rules: bool,
}

/// How much of each mark somebody was told: version, points.
pub(crate) type Told = BTreeMap<u32, (u32, usize)>;

impl Board {
    pub(crate) fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }

    pub(crate) fn marks(&self) -> Vec<Mark> {
        self.marks.values().map(|p| p.mark.clone()).collect()
    }

    pub(crate) fn all(&self) -> impl DoubleEndedIterator<Item = &Mark> {
        self.marks.values().map(|p| &p.mark)
    }

    /// `size`: of the picture; nothing is drawn while that is not known.
    pub(crate) fn draw(&mut self, now: Now, artist: &Artist, draw: Draw, size: (u16, u16)) {
        match draw {
            Draw::Stroke(stroke) if size.0 > 0 && size.1 > 0 => self.stroke(now, artist, stroke, size),
            Draw::Stroke(_) => {}
            Draw::Undo => {
                let mine = |p: &&Placed| p.mark.author == artist.id && p.mark.pen.tool != Tool::Pointer;
                if let Some(id) = self.marks.values().rev().find(mine).map(|p| p.mark.id) {
                    self.remove(|m| m.id == id);
                }
            }
            Draw::Erase { id } => self.remove(|m| m.id == id && (artist.rules || m.author == artist.id)),
            Draw::Clear => self.remove(|m| artist.rules || m.author == artist.id),
        }
    }

    pub(crate) fn clear(&mut self) {
        self.remove(|_| true);
    }

    fn remove(&mut self, which: impl Fn(&Mark) -> bool) {
        let before = self.marks.len();
        self.marks.retain(|_, p| !which(&p.mark));
        self.serial += u64::from(self.marks.len() != before);
    }

    fn stroke(&mut self, now: Now, artist: &Artist, stroke: Stroke, size: (u16, u16)) {
        let inside = |p: &Point| (p.0.min(size.0 - 1), p.1.min(size.1 - 1));
        let points: Vec<_> = stroke.points.iter().map(inside).collect();
        let pointer = stroke.pen.tool == Tool::Pointer;
        let until = pointer.then(|| now + POINTER_STAYS);
        let all: usize = self.marks.values().map(|p| p.mark.points.len()).sum();
        let room = MAX_ALL_POINTS.saturating_sub(all);
        let same = |p: &&mut Placed| {
            p.mark.author == artist.id && p.mark.pen.tool == stroke.pen.tool && (pointer || p.n == stroke.n)
        };
        if let Some(p) = self.marks.values_mut().rev().find(same) {
            let m = &mut p.mark;
            p.until = until;
            if stroke.pen.tool.is_free() {
                let room = room.min(MAX_POINTS - m.points.len());
                if room == 0 || points.is_empty() {
                    return;
                }
                m.points.extend(points.into_iter().take(room));
            } else if (m.pen, &m.points, &m.text) != (stroke.pen, &points, &stroke.text) {
                (m.pen, m.points, m.text) = (stroke.pen, points, stroke.text);
                p.version += 1;
            } else {
                return;
            }
            self.serial += 1;
        } else if points.len() <= room && self.make_room(artist.id) {
            self.last += 1;
            let (id, author, name) = (self.last, artist.id, artist.name.clone());
            let mark = Mark { id, author, name, pen: stroke.pen, points, text: stroke.text };
            self.marks.insert(id, Placed { mark, n: stroke.n, version: 0, until });
            self.serial += 1;
        }
    }

    /// For one more mark of somebody: an own one goes for it if there are too many.
    fn make_room(&mut self, author: ParticipantId) -> bool {
        if self.marks.len() < MAX_MARKS {
            return true;
        }
        let oldest = self.marks.values().find(|p| p.mark.author == author).map(|p| p.mark.id);
        oldest.is_some_and(|id| self.marks.remove(&id).is_some())
    }

    /// When the next pointer goes.
    pub(crate) fn timer(&self) -> Option<Now> {
        self.marks.values().filter_map(|p| p.until).min()
    }

    pub(crate) fn expire(&mut self, now: Now) {
        let before = self.marks.len();
        self.marks.retain(|_, p| p.until.is_none_or(|t| t > now));
        self.serial += u64::from(self.marks.len() != before);
    }

    /// What somebody must be told who knows of so much; and is told by it.
    pub(crate) fn news(&self, told: &mut Told) -> Vec<Changes> {
        let gone: Vec<_> = told.keys().filter(|id| !self.marks.contains_key(id)).copied().collect();
        told.retain(|id, _| self.marks.contains_key(id));
        let mut news = Vec::new();
        if !gone.is_empty() {
            news.push(Changes { gone, ..Changes::default() });
        }
        for (id, p) in &self.marks {
            let now = (p.version, p.mark.points.len());
            let before = told.insert(*id, now);
            if before == Some(now) {
                continue;
            }
            let keep = before.filter(|b| b.0 == p.version).map_or(0, |b| b.1);
            let points = p.mark.points.get(keep..).unwrap_or_default().to_vec();
            let mark = Some(Mark { points, ..p.mark.clone() });
            news.push(Changes { gone: Vec::new(), mark, keep });
        }
        news
    }
}

/// Viewer: the marks as the sharer told them.
#[derive(Default)]
pub(crate) struct Copy(BTreeMap<u32, Mark>);

impl Copy {
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    pub(crate) fn marks(&self) -> Vec<Mark> {
        self.0.values().cloned().collect()
    }

    pub(crate) fn all(&self) -> impl DoubleEndedIterator<Item = &Mark> {
        self.0.values()
    }

    /// What does not fit to what is there, or is too much, changes nothing.
    pub(crate) fn follow(&mut self, changes: Changes) {
        for id in changes.gone {
            self.0.remove(&id);
        }
        let Some(mut mark) = changes.mark else { return };
        let others: usize = self.0.values().filter(|m| m.id != mark.id).map(|m| m.points.len()).sum();
        let all = others + changes.keep + mark.points.len();
        let before = self.0.get(&mark.id).map(|m| &m.points[..]).unwrap_or_default();
        let Some(kept) = before.get(..changes.keep) else { return };
        if all > MAX_ALL_POINTS || (before.is_empty() && self.0.len() >= MAX_MARKS) {
            return;
        }
        mark.points.splice(..0, kept.iter().copied());
        if mark.pen.tool.takes(mark.points.len()) {
            self.0.insert(mark.id, mark);
        }
    }
}

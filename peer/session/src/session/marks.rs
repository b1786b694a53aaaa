//! Drawing on what is shared: the sharer decides and tells; who sees draws, and follows.

use super::Session;
use crate::{
    ParticipantId, Role,
    input::InputEvent,
    io::Output,
    marks::{Artist, Changes, Draw, Mark},
    roster::Peer,
    wire::Message,
};

impl Session {
    // ---- who draws ----

    /// Pointer and keyboard over the picture: they draw while a pen is held, else they control.
    pub(super) fn on_hand(&mut self, event: InputEvent) {
        if self.hand.switches(&event) {
            if self.may_draw() {
                self.hand.switch();
            }
            return;
        }
        if self.hand.pen().is_none() {
            return self.send_input(event);
        }
        let draw = match self.watched().and_then(|id| self.peers.get(id)) {
            Some(p) => {
                let rules = self.role == Role::Primary;
                let mine = |m: &&Mark| rules || m.author == self.me;
                self.hand.draw(&event, p.viewing.marks.all().filter(mine))
            }
            None => self.hand.draw(&event, self.board.all()),
        };
        match draw {
            Some(draw) => self.draw(draw),
            // What was held before the pen was taken is let go.
            None if matches!(
                event,
                InputEvent::Key { down: false, .. } | InputEvent::Button { down: false, .. }
            ) =>
            {
                self.send_input(event);
            }
            None => {}
        }
    }

    /// Whose sharing I see and draw on; nobody's while I share myself.
    fn watched(&self) -> Option<ParticipantId> {
        self.viewer.filter(|_| !self.is_sharing())
    }

    /// Whether I see what is shared, or share, and drawing is not forbidden.
    fn may_draw(&self) -> bool {
        self.sharing().is_some_and(|s| !s.no_drawing)
    }

    pub(super) fn take_pen(&mut self, pen: Option<crate::marks::Pen>) {
        self.hand.take(pen.filter(|_| self.may_draw()));
    }

    pub(super) fn draw(&mut self, draw: Draw) {
        if !draw.in_limits() {
            return;
        }
        if self.is_sharing() {
            let artist = Artist { id: self.me, name: self.name.clone(), rules: true };
            self.take_drawn(&artist, draw);
        } else if let Some(id) = self.watched()
            && self.peers.get(id).is_some_and(Peer::is_reached)
        {
            self.out.say(id, &Message::Draw { draw });
        }
    }

    pub(super) fn on_marks(&mut self, id: ParticipantId, changes: Changes) {
        if let Some(p) = self.peers.get_mut(id).filter(|p| p.viewing.sharing.is_some()) {
            p.viewing.marks.follow(changes);
        }
    }

    // ---- the sharer ----

    /// Only who sees the sharing now draws on it.
    pub(super) fn on_draw(&mut self, id: ParticipantId, draw: Draw) {
        let Some(p) = self.peers.get(id) else { return };
        let artist = Artist { id, name: p.name.clone(), rules: p.role == Role::Primary };
        if self.viewers().iter().any(|(viewer, _)| *viewer == id) {
            self.take_drawn(&artist, draw);
        }
    }

    fn take_drawn(&mut self, artist: &Artist, draw: Draw) {
        let adds = matches!(draw, Draw::Stroke(_));
        // Nobody draws beside a question what could be taken for a part of it.
        let held = self.share.paused
            || self.consent.open.is_some()
            || self.share.no_drawing
            || self.share.cannot_draw;
        if !(adds && held) {
            self.board.draw(self.now, artist, draw, self.share.size);
        }
    }

    pub(super) fn forbid_drawing(&mut self, forbidden: bool) {
        self.share.no_drawing = forbidden;
        if forbidden {
            self.board.clear();
        }
    }

    /// The marks on the own desktop, and at who sees it.
    pub(super) fn settle_marks(&mut self) {
        let size = (self.share.area, self.share.size);
        if !self.is_sharing() || self.share.drawn_on != size {
            self.board.clear();
            self.share.drawn_on = size;
        }
        let shows = self.share.capturing.is_some() && self.consent.open.is_none();
        let shown = (shows && !self.board.is_empty()).then_some(self.board.serial);
        if self.share.shown_marks != shown {
            self.share.shown_marks = shown;
            if self.share.capturing.is_some() {
                let marks = if shown.is_some() { self.board.marks() } else { Vec::new() };
                self.out.push(Output::Marks(marks));
            }
        }
        for id in self.peers.ids() {
            let Some(p) = self.peers.get_mut(id) else { continue };
            match &p.told.sharing {
                Some(Some(s)) if s.viewers.contains(&id) => {
                    for news in self.board.news(&mut p.told.marks) {
                        self.out.say(id, &Message::Marks(news));
                    }
                }
                // With the sharing go its marks.
                _ => p.told.marks.clear(),
            }
        }
    }

    /// Nobody draws on what is not there.
    pub(super) fn settle_hand(&mut self) {
        if self.hand.pen().is_some() && !self.may_draw() {
            self.hand.take(None);
        }
        let mine = self.share.capturing.is_some() && !self.share.paused && self.consent.open.is_none();
        let here = mine && self.hand.pen().is_some();
        if self.share.drawing_here != here {
            self.share.drawing_here = here;
            self.out.push(Output::DrawHere(here));
        }
    }

    pub(super) fn marks_view(&self) -> Vec<Mark> {
        match self.watched().and_then(|id| self.peers.get(id)) {
            Some(p) => p.viewing.marks.marks(),
            None => self.board.marks(),
        }
    }
}

//! After each step: what the devices and the other participants must be told follows from the state,
//! and only what differs from what they were told before is said.

use super::Session;
use crate::{
    ParticipantId, Role,
    app::Ending,
    command::Act,
    direction::Side,
    hiding::Hiding,
    io::{Capture, Output},
    roster::Peer,
    view::{Notice, Sharing},
    wire::{Message, Shared},
};

impl Session {
    pub(super) fn settle(&mut self) {
        if self.over {
            return;
        }
        self.settle_chat();
        self.pass_on();
        self.tell_words();
        if self.passed_on() {
            return self.finish(Ending::Left, Some(Output::TellServerLeave));
        }
        self.settle_people();
        self.settle_files();
        self.settle_lent();
        self.settle_sharer();
        self.fetch_allowed();
        self.settle_viewer();
        self.settle_hand();
        self.settle_clipboard();
        self.settle_acts();
    }

    /// Before the end: nothing goes on.
    pub(super) fn stop_devices(&mut self) {
        if self.share.injecting.take().is_some() {
            self.out.push(Output::ReleaseInput);
        }
        if self.share.capturing.take().is_some() {
            self.out.push(Output::StopCapture);
        }
        if std::mem::take(&mut self.share.watching_clipboard) {
            self.out.push(Output::WatchClipboard(false));
        }
        self.stop_files();
        if self.viewer.take().is_some() {
            self.out.push(Output::CloseViewer);
        }
        self.pointer.stop();
    }

    /// Whether anybody may see this desktop, connected or not.
    pub(super) fn is_sharing(&self) -> bool {
        match self.role {
            Role::Customer => self.grants.holders(Act::View).next().is_some(),
            Role::Primary | Role::Assistant => self.shown_to().is_some(),
        }
    }

    /// Customer: participants with this grant who can be reached now.
    fn reached_with(&self, act: Act) -> Vec<ParticipantId> {
        self.peers
            .iter()
            .filter(|p| p.is_reached() && p.person().is_some_and(|k| self.grants.has(k, act)))
            .map(|p| p.id)
            .collect()
    }

    /// Sharer: who may control and can be reached.
    pub(super) fn controller(&self) -> Option<ParticipantId> {
        if self.role == Role::Customer {
            return self.reached_with(Act::Control).first().copied();
        }
        let lent = self.grants.lent()?;
        let mut audience = self.audience().into_iter().map(|(id, _)| id);
        audience.find(|id| self.peers.get(*id).and_then(Peer::person) == Some(lent))
    }

    fn settle_sharer(&mut self) {
        let controller = self.controller();
        let acting = controller.filter(|_| !self.share.paused && self.consent.open.is_none());
        if self.share.injecting != acting {
            if self.share.injecting.is_some() {
                self.out.push(Output::ReleaseInput);
            }
            self.share.injecting = acting;
        }
        if !self.is_sharing() {
            self.share.reset();
            self.settle_choice();
            self.grants.show_nobody();
        }
        self.share.begun = self.is_sharing() || self.asks_to_show();
        self.settle_capture();
        let shared = self.is_sharing().then(|| self.shared(controller));
        for id in self.peers.ids() {
            self.tell(id, shared.as_ref());
        }
        self.settle_marks();
    }

    /// While nothing is shared: what was chosen ends with the question or the sharing, but an agent chooses before it
    /// asks, and a customer while it is asked.
    fn settle_choice(&mut self) {
        let open = match self.role {
            Role::Customer => self.consent.open.is_some(),
            Role::Primary => self.asks_to_show() || !self.share.begun,
            Role::Assistant => false,
        };
        if !open {
            // What may go without asking was allowed for a part of the screen: the whole of it is asked for.
            if self.role == Role::Customer && self.share.programs.is_limited() {
                self.grants.ask_again();
            }
            self.share.programs.clear();
        }
    }

    fn settle_capture(&mut self) {
        let with = self.viewers();
        let viewers: Vec<_> = with.iter().map(|(id, _)| *id).collect();
        if viewers.is_empty() {
            if self.share.capturing.take().is_some() {
                self.out.push(Output::StopCapture);
                (self.share.shown_marks, self.share.drawing_here) = (None, false);
                self.share.area = 0;
            }
            return;
        }
        let (screen, coder, paused) = (self.share.screen, self.share.coder, self.share.paused);
        let (quality, scope) = (self.share.quality, self.share.programs.scope());
        let monitor = self.share.monitor().map(str::to_owned);
        let wanted = Capture { screen, scope, viewers: viewers.clone(), coder, quality, paused, monitor };
        if self.share.capturing.as_ref() == Some(&wanted) {
            return;
        }
        // What is held down may be held in a window that is shared no more.
        let other = self.share.capturing.as_ref().is_some_and(|now| now.scope != wanted.scope);
        if other && self.share.injecting.is_some() {
            self.out.push(Output::ReleaseInput);
        }
        self.tell_of_watchers(&viewers);
        let permit = |(id, by)| Some((id, self.permit_viewer(id, by)?));
        let permits = with.into_iter().filter_map(permit).collect();
        self.share.capturing = Some(self.out.capture(permits, wanted));
    }

    /// The sharer knows of each watcher before that one sees anything.
    fn tell_of_watchers(&mut self, viewers: &[ParticipantId]) {
        let before: Vec<_> = self.share.capturing.iter().flat_map(|c| c.viewers.clone()).collect();
        let meant =
            if self.role == Role::Customer { self.lead.primary.map(|p| p.id) } else { self.people.helped };
        let new = |p: &&Peer| Some(p.id) != meant && viewers.contains(&p.id) && !before.contains(&p.id);
        let names: Vec<_> = self.peers.iter().filter(new).map(|p| p.name.clone()).collect();
        for name in names {
            self.tell_first(Notice::Watches { name });
        }
    }

    fn shared(&self, controller: Option<ParticipantId>) -> Shared {
        self.share.shared(self.viewers().into_iter().map(|(id, _)| id).collect(), controller)
    }

    /// Sharer: the sharing as the windows show it.
    pub(super) fn own_sharing(&self) -> Option<Sharing> {
        if !self.is_sharing() {
            return None;
        }
        let s = self.shared(self.controller());
        // That it is impossible is for this person alone, and so are the windows' numbers.
        let (hiding, programs) = (self.share.hiding, self.share.programs.here());
        let cannot_draw = self.share.cannot_draw;
        Some(Sharing { hiding, programs, cannot_draw, ..sharing_view(self.me, s) })
    }

    /// Customer: tells an agent what it may do. Sharer: tells who sees how the sharing stands. If that is new.
    fn tell(&mut self, id: ParticipantId, shared: Option<&Shared>) {
        let role = self.role;
        let Some(p) = self.peers.get_mut(id).filter(|p| p.is_up()) else { return };
        let Some(person) = p.person() else { return };
        let acts = self.grants.of(person);
        let clipboard = self.grants.direction(person);
        let sees =
            |s: &&Shared| (role == Role::Customer && acts.contains(&Act::View)) || s.viewers.contains(&id);
        let shared = shared.filter(sees).cloned();
        let fewer = |told: &[Act]| told.iter().any(|a| !acts.contains(a));
        let why = match &p.told.grants {
            None => p.why,
            Some((told, ..)) if fewer(told) => p.why,
            Some(_) => None,
        };
        if role == Role::Customer
            && p.role != Role::Customer
            && p.told.grants.as_ref().map(|(a, _, d)| (a, *d)) != Some((&acts, clipboard))
        {
            self.out.say(id, &Message::Grants { acts: acts.clone(), why, clipboard });
            p.told.grants = Some((acts, why, clipboard));
            p.told.against = 0;
        }
        // An assistant never shares: it only says that what it showed before, as the primary agent, is over.
        let said = p.told.sharing.clone();
        if said.as_ref() != Some(&shared) && (role != Role::Assistant || said.flatten().is_some()) {
            self.out.say(id, &Message::Sharing { sharing: shared.clone() });
            p.told.sharing = Some(shared);
        }
    }

    fn settle_viewer(&mut self) {
        let helped = self.people.helped;
        let named = self.people.watchers.contains(&self.myself());
        let shows = |p: &&Peer| {
            let may = p.person().is_some_and(|k| self.grants.has(k, Act::View));
            let watches = |s: &Shared| match self.role {
                Role::Primary => false,
                Role::Assistant => s.viewers.contains(&self.me),
                // Of customers only the one who is helped shares, and only to whom the primary agent names.
                Role::Customer => helped == Some(p.id) && named && s.viewers.contains(&self.me),
            };
            p.viewing.sharing.as_ref().is_some_and(|s| match p.role {
                Role::Customer => may || watches(s),
                Role::Primary | Role::Assistant => self.is_shown_by(p, s),
            })
        };
        let wanted = self.peers.iter().find(shows).map(|p| p.id);
        if self.viewer != wanted {
            if self.viewer.is_some() {
                self.out.push(Output::CloseViewer);
            }
            if let Some(from) = wanted {
                self.out.push(Output::OpenViewer { from });
            }
            self.viewer = wanted;
            self.pointer.sees(0);
        }
        let held = |p: &Peer| p.person().is_some_and(|k| self.grants.has(k, Act::Control));
        let controls = wanted.and_then(|id| self.peers.get(id)).is_some_and(held);
        if !controls && self.lent_by().is_none() {
            self.pointer.stop();
        }
    }

    /// On which side of the joined clipboards I am.
    pub(super) fn side(&self) -> Side {
        if self.role == Role::Customer { Side::Customer } else { Side::Agent }
    }

    fn settle_clipboard(&mut self) {
        let to = self.side().other();
        let sends = |p: &Peer| p.person().is_some_and(|k| self.grants.permit_clipboard(k, to).is_some());
        let wanted = self.peers.iter().any(|p| p.is_reached() && sends(p)) && !self.share.paused;
        if self.share.watching_clipboard != wanted {
            self.share.watching_clipboard = wanted;
            self.out.push(Output::WatchClipboard(wanted));
        }
    }
}

pub(super) fn sharing_view(sharer: ParticipantId, s: Shared) -> Sharing {
    Sharing {
        sharer,
        viewers: s.viewers,
        controller: s.controller,
        paused: s.paused,
        monitors: s.monitors,
        screen: s.screen,
        width: s.width,
        height: s.height,
        coder: s.coder,
        quality: s.quality,
        programs: s.programs,
        hiding: if s.hidden { Hiding::Something } else { Hiding::Nothing },
        trouble: s.trouble,
        no_drawing: s.no_drawing,
        cannot_draw: false,
        gone: s.gone,
    }
}

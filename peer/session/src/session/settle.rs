//! After each step: what the devices and the other participants must be told follows from the state,
//! and only what differs from what they were told before is said.

use super::Session;
use crate::{
    ParticipantId, Role,
    app::Ending,
    command::Act,
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
        match self.role {
            Role::Customer => {
                self.settle_sharer();
                self.settle_viewer();
            }
            Role::Primary | Role::Assistant => self.settle_viewer(),
        }
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
        if self.viewer.take().is_some() {
            self.out.push(Output::CloseViewer);
        }
        self.pointer.stop();
    }

    /// Customer: whether anybody may see, connected or not.
    pub(super) fn is_sharing(&self) -> bool {
        self.grants.holders(Act::View).next().is_some()
    }

    /// Customer: participants with this grant who can be reached now.
    fn reached_with(&self, act: Act) -> Vec<ParticipantId> {
        self.peers
            .iter()
            .filter(|p| p.is_reached() && p.person().is_some_and(|k| self.grants.has(k, act)))
            .map(|p| p.id)
            .collect()
    }

    /// Customer: who may control and can be reached.
    pub(super) fn controller(&self) -> Option<ParticipantId> {
        self.reached_with(Act::Control).first().copied()
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
            self.grants.show_nobody();
        }
        self.settle_capture();
        let shared = self.is_sharing().then(|| self.shared(controller));
        for id in self.peers.ids() {
            self.tell(id, shared.as_ref());
        }
    }

    fn settle_capture(&mut self) {
        let with = self.viewers();
        let viewers: Vec<_> = with.iter().map(|(id, _)| *id).collect();
        if viewers.is_empty() {
            if self.share.capturing.take().is_some() {
                self.out.push(Output::StopCapture);
            }
            return;
        }
        let (screen, coder, paused) = (self.share.screen, self.share.coder, self.share.paused);
        let quality = self.share.quality;
        let wanted = Capture { screen, viewers: viewers.clone(), coder, quality, paused };
        if self.share.capturing.as_ref() == Some(&wanted) {
            return;
        }
        self.tell_of_watchers(&viewers);
        let permits = with
            .into_iter()
            .filter_map(|(id, holder)| {
                let p = self.peers.get(id)?;
                let own = self.grants.permit(p.person()?, Act::View);
                Some((id, own.or_else(|| self.permit_watcher(holder, p))?))
            })
            .collect();
        self.share.capturing = Some(self.out.capture(permits, screen, coder, quality, paused));
    }

    /// The customer knows of each watcher before that one sees anything.
    fn tell_of_watchers(&mut self, viewers: &[ParticipantId]) {
        let before: Vec<_> = self.share.capturing.iter().flat_map(|c| c.viewers.clone()).collect();
        let new = |p: &&Peer| p.role != Role::Primary && viewers.contains(&p.id) && !before.contains(&p.id);
        let names: Vec<_> = self.peers.iter().filter(new).map(|p| p.name.clone()).collect();
        for name in names {
            self.tell_first(Notice::Watches { name });
        }
    }

    fn shared(&self, controller: Option<ParticipantId>) -> Shared {
        self.share.shared(self.viewers().into_iter().map(|(id, _)| id).collect(), controller)
    }

    /// Customer: the sharing as the windows show it.
    pub(super) fn own_sharing(&self) -> Option<Sharing> {
        if !self.is_sharing() {
            return None;
        }
        let s = self.shared(self.controller());
        Some(sharing_view(self.me, s))
    }

    /// Tells an agent what it may do, and who sees how the sharing stands, if that is new.
    fn tell(&mut self, id: ParticipantId, shared: Option<&Shared>) {
        let Some(p) = self.peers.get_mut(id).filter(|p| p.is_up()) else { return };
        let Some(person) = p.person() else { return };
        let acts = self.grants.of(person);
        let shared = shared.filter(|s| acts.contains(&Act::View) || s.viewers.contains(&id)).cloned();
        let fewer = |told: &[Act]| told.iter().any(|a| !acts.contains(a));
        let why = match &p.told.grants {
            None => p.why,
            Some((told, _)) if fewer(told) => p.why,
            Some(_) => None,
        };
        if p.role != Role::Customer && p.told.grants.as_ref().map(|(a, _)| a) != Some(&acts) {
            self.out.say(id, &Message::Grants { acts: acts.clone(), why });
            p.told.grants = Some((acts, why));
        }
        if p.told.sharing.as_ref() != Some(&shared) {
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
            p.role == Role::Customer && p.viewing.sharing.as_ref().is_some_and(|s| may || watches(s))
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
        }
        let controls = wanted
            .and_then(|id| self.peers.get(id))
            .and_then(Peer::person)
            .is_some_and(|k| self.grants.has(k, Act::Control));
        if !controls {
            self.pointer.stop();
        }
    }

    fn settle_clipboard(&mut self) {
        let wanted = !self.reached_with(Act::Clipboard).is_empty() && !self.share.paused;
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
        trouble: s.trouble,
    }
}

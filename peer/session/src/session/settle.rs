//! After each step: what the devices and the other participants must be told follows from the state,
//! and only what differs from what they were told before is said.

use super::Session;
use crate::{
    ParticipantId, Role,
    command::Act,
    io::{Capture, Output},
    roster::Peer,
    view::Sharing,
    wire::{Message, Shared},
};

impl Session {
    pub(super) fn settle(&mut self) {
        if self.over {
            return;
        }
        self.tell_words();
        match self.role {
            Role::Customer => self.settle_sharer(),
            Role::Primary | Role::Assistant => self.settle_viewer(),
        }
        self.settle_clipboard();
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

    fn settle_sharer(&mut self) {
        let controller = self.reached_with(Act::Control).first().copied();
        let acting = controller.filter(|_| !self.share.paused && self.consent.open.is_none());
        if self.share.injecting != acting {
            if self.share.injecting.is_some() {
                self.out.push(Output::ReleaseInput);
            }
            self.share.injecting = acting;
        }
        if !self.is_sharing() {
            self.share.reset();
        }
        self.settle_capture();
        let shared = self.is_sharing().then(|| self.shared(controller));
        for id in self.peers.ids() {
            self.tell(id, shared.as_ref());
        }
    }

    fn settle_capture(&mut self) {
        let viewers = self.reached_with(Act::View);
        if viewers.is_empty() {
            if self.share.capturing.take().is_some() {
                self.out.push(Output::StopCapture);
            }
            return;
        }
        let (screen, coder, paused) = (self.share.screen, self.share.coder, self.share.paused);
        let wanted = Capture { screen, viewers: viewers.clone(), coder, paused };
        if self.share.capturing.as_ref() == Some(&wanted) {
            return;
        }
        let permits = viewers
            .into_iter()
            .filter_map(|id| {
                let person = self.peers.get(id).and_then(Peer::person)?;
                Some((id, self.grants.permit(person, Act::View)?))
            })
            .collect();
        self.share.capturing = Some(self.out.capture(permits, screen, coder, paused));
    }

    fn shared(&self, controller: Option<ParticipantId>) -> Shared {
        self.share.shared(self.reached_with(Act::View), controller)
    }

    /// Customer: the sharing as the windows show it.
    pub(super) fn own_sharing(&self) -> Option<Sharing> {
        if !self.is_sharing() {
            return None;
        }
        let s = self.shared(self.reached_with(Act::Control).first().copied());
        Some(sharing_view(self.me, s))
    }

    /// Tells an agent what it may do, and a viewer how the sharing stands, if that is new.
    fn tell(&mut self, id: ParticipantId, shared: Option<&Shared>) {
        let Some(p) = self.peers.get_mut(id).filter(|p| p.is_up() && p.role != Role::Customer) else {
            return;
        };
        let Some(person) = p.person() else { return };
        let acts = self.grants.of(person);
        let shared = shared.filter(|_| acts.contains(&Act::View)).cloned();
        let fewer = |told: &[Act]| told.iter().any(|a| !acts.contains(a));
        let why = match &p.told.grants {
            None => p.why,
            Some((told, _)) if fewer(told) => p.why,
            Some(_) => None,
        };
        if p.told.grants.as_ref().map(|(a, _)| a) != Some(&acts) {
            self.out.say(id, &Message::Grants { acts: acts.clone(), why });
            p.told.grants = Some((acts, why));
        }
        if p.told.sharing != shared {
            self.out.say(id, &Message::Sharing { sharing: shared.clone() });
            p.told.sharing = shared;
        }
    }

    fn settle_viewer(&mut self) {
        let shows = |p: &&Peer| {
            p.viewing.sharing.is_some() && p.person().is_some_and(|k| self.grants.has(k, Act::View))
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
        trouble: s.trouble,
    }
}

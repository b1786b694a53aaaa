//! Files between the two sides: announced, fetched, and stopped as soon as they may not go on.

use std::sync::Arc;

use deskside_protocol::socket::Signal;

use super::Session;
use crate::{
    ParticipantId, Role,
    acts::What,
    clipboard::{Clip, Kind, Piece},
    command::{Act, RequestId},
    consent::Ask,
    files::{FilesId, List, Stopped},
    grants::Permit,
    identity::PublicKey,
    io::{FilesNews, Into, Output},
    transfers::{Moving, Offered},
    view::{AskedFiles, MOST_NAMES, MovingFiles, Notice},
    wire::{Message, Why},
};

/// Somebody's files on the clipboard here.
pub(super) struct Pasteable {
    from: ParticipantId,
    offer: u32,
    list: Arc<List>,
    /// They are here, and pasted without asking.
    fetched: bool,
}

impl Session {
    // ---- announced ----

    /// Files were copied here.
    pub(super) fn offer_copied(&mut self, key: u32, list: &Arc<List>) {
        self.forget_copied();
        if self.share.paused || list.is_empty() {
            return;
        }
        for id in self.peers.ids() {
            let may = self.may_offer_files(id);
            let Some(p) = self.peers.get_mut(id).filter(|_| may) else { continue };
            if p.viewing.sharing.as_ref().is_some_and(|s| s.paused) {
                continue;
            }
            let list = Arc::clone(list);
            let number = p.clipboard_out.start(&Clip::Files(list.clone()));
            p.files.copied = Some(Offered { number, key, list });
            self.send_pieces(id);
        }
    }

    /// Something else was copied here: what was before cannot be fetched any more.
    pub(super) fn forget_copied(&mut self) {
        self.pasteable = None;
        for p in self.peers.iter_mut() {
            p.files.copied = None;
        }
    }

    pub(super) fn may_offer_files(&self, id: ParticipantId) -> bool {
        self.permit_files(id, Act::CopiedFiles, true).is_some()
    }

    /// Leave to send files to somebody, or to take them.
    fn permit_files(&self, id: ParticipantId, act: Act, sends: bool) -> Option<Permit> {
        let p = self.peers.get(id).filter(|p| p.is_up())?;
        let pair =
            matches!((self.role, p.role), (Role::Customer, Role::Primary) | (Role::Primary, Role::Customer));
        let to = if sends { self.side().other() } else { self.side() };
        self.grants.permit_files(p.person().filter(|_| pair)?, act, to)
    }

    /// Something of somebody else is on the clipboard here now.
    pub(super) fn note_pasteable(&mut self, from: ParticipantId, offer: u32, clip: &Clip) {
        let brought = |m: &&Moving| m.act == Act::CopiedFiles && !m.id.sends;
        let old: Vec<_> =
            self.peers.iter().flat_map(|p| p.files.running()).filter(brought).map(|m| m.id).collect();
        // What comes for it would be pasted in place of this.
        for id in old {
            self.stop(id, Stopped::Cancelled);
        }
        self.forget_copied();
        if let Clip::Files(list) = clip {
            self.pasteable = Some(Pasteable { from, offer, list: Arc::clone(list), fetched: false });
        }
    }

    /// Sends what the window has room for of the list about which I ask.
    pub(super) fn send_asked(&mut self, id: ParticipantId) {
        let Some(p) = self.peers.get_mut(id).filter(|p| p.is_up()) else { return };
        for m in p.files.asks_out.send() {
            self.out.say(id, &m);
        }
    }

    pub(super) fn on_offer_ack(&mut self, id: ParticipantId, request: RequestId) {
        if let Some(p) = self.peers.get_mut(id) {
            p.files.asks_out.acknowledge(request.0);
        }
        self.send_asked(id);
    }

    /// Customer: an agent names the files that it wants to send; with the last name it has asked.
    pub(super) fn on_offer(&mut self, id: ParticipantId, request: RequestId, piece: &Piece<'_>) {
        let Some(p) = self.peers.get_mut(id) else { return };
        self.out.say(id, &Message::OfferAck { request });
        let clip = p.files.asks_in.piece(Kind::Files, piece);
        if !piece.last {
            return;
        }
        if let Some(Clip::Files(list)) =
            clip.filter(|_| p.files.asked.is_none() && !p.files.is_sending_asked())
        {
            p.files.asked = Some((request, list));
        }
        self.on_ask(id, request, Act::SendFiles);
    }

    pub(super) fn asked_files(&self, ask: &Ask) -> Option<AskedFiles> {
        let (_, list) =
            self.peers.get(ask.from)?.files.asked.as_ref().filter(|_| ask.act == Act::SendFiles)?;
        let named =
            |e: &crate::files::Entry| format!("{}{}", e.path, if e.size.is_none() { "/" } else { "" });
        let names: Vec<_> = list.top().take(MOST_NAMES).map(named).collect();
        let more = count(list.top().count() - names.len());
        Some(AskedFiles { names, more, files: count(list.files()), bytes: list.bytes() })
    }

    // ---- fetched ----

    /// A program here pastes.
    pub(super) fn on_paste(&mut self) {
        let Some(wanted) = &self.pasteable else { return self.out.push(Output::NoPaste { forget: false }) };
        if wanted.fetched {
            return;
        }
        let (from, offer, list) = (wanted.from, wanted.offer, wanted.list.clone());
        let running =
            |p: &crate::roster::Peer| p.files.running().any(|m| !m.id.sends && Arc::ptr_eq(&m.list, &list));
        if self.peers.get(from).is_some_and(running) {
            return;
        }
        if !self.fetch(from, offer, Act::CopiedFiles, &list) {
            self.out.push(Output::NoPaste { forget: false });
        }
    }

    fn fetch(&mut self, from: ParticipantId, offer: u32, act: Act, list: &Arc<List>) -> bool {
        let Some(permit) = self.permit_files(from, act, false).filter(|_| !self.pauses(act)) else {
            return false;
        };
        let Some(p) = self.peers.get_mut(from) else { return false };
        let Some(fetch) = p.files.next_fetch() else { return false };
        let id = FilesId { with: from, fetch, sends: false };
        let into = if act == Act::SendFiles { Into::Downloads } else { Into::Clipboard };
        self.begin(id, act, list);
        self.out.move_files(&permit, Output::ReceiveFiles { id, list: list.clone(), into });
        self.out.say(from, &Message::FetchFiles { fetch, offer, asked: act == Act::SendFiles });
        true
    }

    /// Pausing holds back what is copied; what was asked about by itself goes.
    fn pauses(&self, act: Act) -> bool {
        act == Act::CopiedFiles && self.share.paused
    }

    fn begin(&mut self, id: FilesId, act: Act, list: &Arc<List>) {
        let Some(p) = self.peers.get_mut(id.with) else { return };
        p.files.all.push(Moving { id, act, list: list.clone(), done: 0, over: false });
        if let Some(person) = p.person().filter(|_| self.role == Role::Customer) {
            let what = What::Files { sent: id.sends, files: count(list.files()), bytes: list.bytes() };
            self.note_asked(id.with, person, what);
        }
    }

    /// The other side wants the contents of what I announced.
    pub(super) fn on_fetch(&mut self, with: ParticipantId, fetch: u32, offer: u32, asked: bool) {
        let act = if asked { Act::SendFiles } else { Act::CopiedFiles };
        let permit = self.permit_files(with, act, true).filter(|_| !self.log_is_full() && !self.pauses(act));
        let Some(p) = self.peers.get_mut(with) else { return };
        if !p.files.is_new(fetch) {
            return;
        }
        let offered = if asked { &p.files.dropped } else { &p.files.copied };
        let offered = offered.as_ref().filter(|o| o.number == offer).map(|o| (o.key, o.list.clone()));
        let stopped = match (permit, offered) {
            (None, _) => Stopped::NotAllowed,
            (_, None) => Stopped::NotOffered,
            _ if !p.files.has_room_to_send() => Stopped::TooMany,
            (Some(permit), Some((key, list))) => {
                let id = FilesId { with, fetch, sends: true };
                self.begin(id, act, &list);
                return self.out.move_files(&permit, Output::SendFiles { id, key, list });
            }
        };
        self.out.say(with, &Message::StopFiles { fetch, sends: true, stopped });
    }

    pub(super) fn on_files_signal(&mut self, with: ParticipantId, fetch: u32, sends: bool, signal: Signal) {
        let id = FilesId { with, fetch, sends: !sends };
        if self.peers.get_mut(with).is_some_and(|p| p.files.find(id).is_some()) {
            self.out.push(Output::FilesSignal { id, signal });
        }
    }

    pub(super) fn on_files_news(&mut self, id: FilesId, news: FilesNews) {
        let Some(p) = self.peers.get_mut(id.with) else { return };
        let Some(moving) = p.files.find(id) else { return };
        match news {
            FilesNews::Signal(signal) => {
                self.out.say(id.with, &Message::FilesSignal { fetch: id.fetch, sends: id.sends, signal });
            }
            FilesNews::Moved(bytes) => moving.done = bytes,
            FilesNews::Done => self.moved(id),
            FilesNews::Stopped(stopped) => {
                self.out.say(id.with, &Message::StopFiles { fetch: id.fetch, sends: id.sends, stopped });
                self.ended(id, stopped);
            }
        }
    }

    fn moved(&mut self, id: FilesId) {
        let Some(p) = self.peers.get_mut(id.with) else { return };
        let Some(m) = p.files.take(id) else { return };
        let (name, files) = (first(&m.list), count(m.list.files()));
        self.notices.add(Notice::FilesMoved { sent: id.sends, name, files, skipped: m.list.skipped });
        if let Some(pasteable) = self.pasteable.as_mut().filter(|x| Arc::ptr_eq(&x.list, &m.list)) {
            pasteable.fetched = true;
        }
        if m.act == Act::SendFiles && !id.sends {
            let bytes = m.list.bytes();
            // One at a time, so that the list does not grow.
            p.files.all.retain(|m| !m.over);
            p.files.all.push(Moving { done: bytes, over: true, ..m });
        } else if m.act == Act::SendFiles {
            p.files.dropped = None;
        }
    }

    // ---- stopped ----

    pub(super) fn on_stop_files(&mut self, with: ParticipantId, fetch: u32, sends: bool, stopped: Stopped) {
        let id = FilesId { with, fetch, sends: !sends };
        if self.peers.get_mut(with).is_some_and(|p| p.files.find(id).is_some()) {
            self.out.push(Output::StopFiles { id });
            self.ended(id, stopped);
        }
    }

    /// The person stops it, or has seen that it is over.
    pub(super) fn stop_moving(&mut self, id: FilesId) {
        let Some(p) = self.peers.get_mut(id.with) else { return };
        if p.files.find(id).is_some() {
            self.stop(id, Stopped::Cancelled);
        } else {
            p.files.take(id);
        }
    }

    /// Ends it on both sides.
    fn stop(&mut self, id: FilesId, stopped: Stopped) {
        self.out.push(Output::StopFiles { id });
        self.out.say(id.with, &Message::StopFiles { fetch: id.fetch, sends: id.sends, stopped });
        self.ended(id, stopped);
    }

    fn ended(&mut self, id: FilesId, stopped: Stopped) {
        let Some(p) = self.peers.get_mut(id.with) else { return };
        let Some(m) = p.files.take(id) else { return };
        if m.act == Act::SendFiles {
            p.files.dropped = None;
        }
        self.tell_stopped(&m, stopped);
    }

    fn tell_stopped(&mut self, m: &Moving, stopped: Stopped) {
        let entry = match stopped {
            Stopped::Changed { entry } | Stopped::Unreadable { entry } => {
                m.list.entries().get(entry as usize).map(|e| e.path.clone())
            }
            _ => None,
        };
        let (sent, name) = (m.id.sends, first(&m.list));
        self.notices.add(Notice::FilesStopped { sent, name, stopped, entry });
        if m.act == Act::CopiedFiles && !sent {
            self.out.push(Output::NoPaste { forget: false });
        }
    }

    /// The connection is gone, and with it all that was announced over it.
    pub(super) fn lose_files(&mut self, id: ParticipantId) {
        let Some(p) = self.peers.get_mut(id) else { return };
        p.viewing.asked.retain(|(_, act)| *act != Act::SendFiles);
        for m in p.files.lose() {
            self.out.push(Output::StopFiles { id: m.id });
            self.tell_stopped(&m, Stopped::Lost);
        }
        self.consent.withdraw(self.now, |a| a.from == id && a.act == Act::SendFiles);
        if self.pasteable.take_if(|x| x.from == id && !x.fetched).is_some() {
            self.out.push(Output::NoPaste { forget: true });
        }
    }

    /// Before the end: nothing goes on, and what was fetched is removed.
    pub(super) fn stop_files(&mut self) {
        if std::mem::take(&mut self.share.watching_files) {
            self.out.push(Output::WatchFiles(false));
        }
        if self.pasteable.take().is_some() {
            self.out.push(Output::NoPaste { forget: true });
        }
        for p in self.peers.iter_mut() {
            for m in p.files.lose() {
                self.out.push(Output::StopFiles { id: m.id });
            }
        }
    }

    /// What may not go on is stopped; what was allowed begins.
    pub(super) fn settle_files(&mut self) {
        let reached = |p: &crate::roster::Peer| p.is_reached() && self.may_offer_files(p.id);
        let wanted = self.peers.iter().any(reached) && !self.share.paused;
        if self.share.watching_files != wanted {
            self.share.watching_files = wanted;
            self.out.push(Output::WatchFiles(wanted));
        }
        let running = self.peers.iter().flat_map(|p| p.files.running()).map(|m| (m.id, m.act));
        for (id, act) in running.collect::<Vec<_>>() {
            if self.permit_files(id.with, act, id.sends).is_none() {
                self.stop(id, Stopped::NotAllowed);
            }
        }
        let unfetched = self.pasteable.as_ref().filter(|x| !x.fetched).map(|x| x.from);
        if unfetched.is_some_and(|from| self.permit_files(from, Act::CopiedFiles, false).is_none()) {
            self.pasteable = None;
            self.out.push(Output::NoPaste { forget: true });
        }
        // The leave for files that were named ends with them.
        for id in self.peers.ids() {
            let Some((person, has)) = self.leave_to_send(id) else { continue };
            let waits = self.consent.asks().any(|a| a.from == id && a.act == Act::SendFiles);
            let Some(p) = self.peers.get_mut(id) else { continue };
            if !has && !waits {
                p.files.asked = None;
            }
            if has && p.files.asked.is_none() && !p.files.is_sending_asked() {
                p.why = Some(Why::GivenBack);
                self.grants.take(person, Act::SendFiles);
            }
        }
    }

    /// Customer: whether somebody may send files now.
    fn leave_to_send(&self, id: ParticipantId) -> Option<(PublicKey, bool)> {
        let person = self.peers.get(id).filter(|_| self.role == Role::Customer)?.person()?;
        Some((person, self.grants.has(person, Act::SendFiles)))
    }

    /// Customer: fetches what was allowed, after the other side was told of it.
    pub(super) fn fetch_allowed(&mut self) {
        for id in self.peers.ids() {
            let allowed = self.leave_to_send(id).is_some_and(|(_, has)| has);
            let Some(p) = self.peers.get_mut(id).filter(|_| allowed) else { continue };
            let Some((request, list)) = p.files.asked.take() else { continue };
            if !self.fetch(id, request.0, Act::SendFiles, &list) {
                let (sent, name) = (false, first(&list));
                self.notices.add(Notice::FilesStopped { sent, name, stopped: Stopped::TooMany, entry: None });
            }
        }
    }

    pub(super) fn files_view(&self) -> Vec<MovingFiles> {
        let all = self.peers.iter().flat_map(|p| &p.files.all);
        let view = |m: &Moving| MovingFiles {
            id: m.id,
            act: m.act,
            name: first(&m.list),
            files: count(m.list.files()),
            bytes: m.list.bytes(),
            done: m.done,
            skipped: m.list.skipped,
            over: m.over,
        };
        all.map(view).collect()
    }
}

fn first(list: &List) -> String {
    list.top().next().map(|e| e.path.clone()).unwrap_or_default()
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

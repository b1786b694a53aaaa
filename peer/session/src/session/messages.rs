//! What comes from the other participants after the proof.

use super::Session;
use crate::{
    ParticipantId, Role,
    app::Ending,
    clipboard::{Kind, Piece},
    command::Act,
    direction::Direction,
    input::InputEvent,
    io::Output,
    roster::{Peer, Phase},
    sharing::{clamp, has_place, monitors_news},
    view::{ChatLine, Notice, Refusal},
    wire::{MAX_MESSAGE, Message, Moved, Outcome, Shared, Why, Wish},
};

/// Pieces of what was copied that may have been under way when their direction was closed.
const MOST_AGAINST: u32 = 16;

/// Who may say what to whom; everything else is skipped.
pub(crate) fn accepts(me: Role, from: Role, message: &Message) -> bool {
    use Role::{Customer, Primary};
    match message {
        // Anyone may ask: who is not the primary agent is told so.
        Message::Ask { .. } | Message::CancelAsk { .. } | Message::OfferFiles { .. } => {
            me == Customer && from != Customer
        }
        // Who handed over may still hold a call; a customer gives the agent's desktop back.
        Message::GiveBack { .. } => (me == Customer && from != Customer) || (me, from) == (Primary, Customer),
        // To whoever of the two shares.
        Message::Wish(_) | Message::Input { .. } => {
            matches!((me, from), (Customer, Primary) | (Primary, Customer))
        }
        Message::Answered { .. } | Message::Grants { .. } | Message::OfferAck { .. } => {
            me != Customer && from == Customer
        }
        // Also to another customer, who watches; and of what the primary agent shows.
        Message::Sharing { .. } | Message::Trouble { .. } | Message::Marks(_) => from != Role::Assistant,
        // To whoever shares.
        Message::Draw { .. } => me != Role::Assistant,
        Message::Clipboard { .. }
        | Message::ClipboardPicture { .. }
        | Message::ClipboardFiles { .. }
        | Message::ClipboardAck { .. }
        | Message::FetchFiles { .. }
        | Message::FilesSignal { .. }
        | Message::StopFiles { .. } => {
            matches!((me, from), (Customer, Primary) | (Primary, Customer))
        }
        // Of who is not primary it counts when it becomes so.
        Message::Lead(_) => from != Customer,
        Message::Act { .. } => me != Customer && from == Customer,
        Message::Acts { .. } | Message::ActAck { .. } => me == Customer && from != Customer,
        Message::Invitation { .. } => me != Customer && from != Customer,
        Message::HandOver { .. }
        | Message::Chat { .. }
        | Message::ChatAck { .. }
        | Message::Bye { .. }
        | Message::Refused(_) => true,
        Message::Unknown => false,
    }
}

impl Session {
    pub(super) fn on_control(&mut self, id: ParticipantId, bytes: Vec<u8>) {
        let Some(p) = self.peers.get_mut(id) else { return };
        match p.phase {
            Phase::Connecting { .. } => return p.keep_early(bytes),
            Phase::Proving { .. } => return self.on_handshake(id, &bytes),
            Phase::Up { .. } if bytes.len() > MAX_MESSAGE => {
                return self.refuse(id, Refusal::Garbage, true);
            }
            Phase::Up { .. } => {}
            Phase::Idle | Phase::Waiting { .. } | Phase::Refused { .. } => return,
        }
        let from = p.role;
        if let Ok(message) = Message::decode(&bytes)
            && accepts(self.role, from, &message)
        {
            self.on_message(id, message);
        }
    }

    fn on_message(&mut self, id: ParticipantId, message: Message) {
        match message {
            Message::Ask { request, act } => self.on_ask(id, request, act),
            Message::CancelAsk { request } => {
                self.consent.withdraw(self.now, |a| (a.from, a.request) == (id, request));
            }
            Message::GiveBack { acts } => self.on_given_back(id, &acts),
            Message::Wish(wish) => self.on_wish(id, &wish),
            Message::Input { n, at, event, area } => self.on_input(id, n, at, event, area),
            Message::Draw { draw } => self.on_draw(id, draw),
            Message::Marks(changes) => self.on_marks(id, changes),
            Message::Answered { request, outcome } => self.on_answered(id, request, outcome),
            Message::Grants { acts, why, clipboard } => self.on_grants(id, &acts, why, clipboard),
            Message::Sharing { sharing } => self.on_sharing(id, sharing),
            Message::Trouble { trouble } => {
                if self.is_told_of(id) {
                    self.notices.add(Notice::Trouble { trouble });
                }
            }
            Message::Clipboard { transfer, part, last, text } => {
                self.on_clipboard_piece(id, Kind::Text, &Piece { transfer, part, last, text: &text });
            }
            Message::ClipboardPicture { transfer, part, last, png } => {
                self.on_clipboard_piece(id, Kind::Picture, &Piece { transfer, part, last, text: &png });
            }
            Message::ClipboardFiles { transfer, part, last, list } => {
                self.on_clipboard_piece(id, Kind::Files, &Piece { transfer, part, last, text: &list });
            }
            Message::OfferFiles { request, part, last, list } => {
                let piece = Piece { transfer: request.0, part, last, text: &list };
                self.on_offer(id, request, &piece);
            }
            Message::OfferAck { request } => self.on_offer_ack(id, request),
            Message::FetchFiles { fetch, offer, asked } => self.on_fetch(id, fetch, offer, asked),
            Message::FilesSignal { fetch, sends, signal } => self.on_files_signal(id, fetch, sends, signal),
            Message::StopFiles { fetch, sends, stopped } => self.on_stop_files(id, fetch, sends, stopped),
            Message::ClipboardAck { transfer } => {
                if let Some(p) = self.peers.get_mut(id) {
                    p.clipboard_out.acknowledge(transfer);
                    self.send_pieces(id);
                }
            }
            Message::Chat { seq, private, at, text } => self.on_chat(id, seq, private, at, text),
            Message::ChatAck { seq } => {
                let Some(p) = self.peers.get_mut(id) else { return };
                for line in p.mailbox.acknowledge(seq) {
                    self.chat.delivered(line, id);
                }
                self.send_chat(id);
            }
            Message::HandOver { word } => self.on_word(Some(id), word),
            Message::Lead(lead) => {
                if let Some(p) = self.peers.get_mut(id) {
                    p.lead = Some(lead);
                }
            }
            Message::Invitation { secret, link } => self.on_invitation(id, &secret, link),
            Message::Acts { have } => self.on_acts(id, have),
            Message::Act { text, signature } => self.on_act(id, &text, &signature),
            Message::ActAck { serial, seen } => self.on_act_ack(id, serial, seen),
            Message::Bye { ended } => self.on_bye(id, ended),
            Message::Refused(r) => self.refuse(id, r.refusal(), false),
            Message::Unknown => {}
        }
    }

    fn on_bye(&mut self, id: ParticipantId, ended: bool) {
        let primary = self.peers.get(id).is_some_and(|p| p.role == Role::Primary);
        if ended && primary {
            self.finish(Ending::EndedByAgent, None);
        } else {
            let leads = self.lead.primary.is_some_and(|p| p.id == id);
            self.remove(id);
            if leads {
                // By its own word there is no primary agent now: the next one is found as by who comes in.
                self.lead = Default::default();
                self.find_primary();
            }
        }
    }

    fn on_chat(&mut self, id: ParticipantId, seq: u64, private: bool, at: u64, text: String) {
        let Some(p) = self.peers.get_mut(id) else { return };
        let (new, upto) = p.mailbox.receive(seq);
        let name = p.name.clone();
        if new {
            let to = private.then_some(self.me);
            let line = ChatLine { from: id, name, to, text, at, delivered: true };
            let with = private.then_some((id, p.name.as_str()));
            self.chat.add(line, Default::default(), with, true);
        }
        self.out.say(id, &Message::ChatAck { seq: upto });
    }

    /// Sends what the window has room for.
    pub(super) fn send_chat(&mut self, id: ParticipantId) {
        let Some(p) = self.peers.get_mut(id).filter(|p| p.is_up()) else { return };
        for m in p.mailbox.send() {
            self.out.say(id, &m);
        }
    }

    /// After a new connection: what the other side may have missed.
    pub(super) fn say_again(&mut self, id: ParticipantId) {
        // First of all, so that what follows is judged by the roles of now.
        self.tell_words_to(id);
        self.tell_people(id);
        if self.lead.primary.is_some_and(|p| p.id == id) {
            self.say_invitation(id);
        }
        self.send_chat(id);
        self.say_acts(id);
        let Some(p) = self.peers.get(id) else { return };
        // Of files to be sent the list was lost; who dropped them does it again.
        for (request, act) in p.viewing.asked.iter().filter(|(_, act)| *act != Act::SendFiles) {
            self.out.say(id, &Message::Ask { request: *request, act: *act });
        }
    }

    // ---- the sharer's side ----

    fn on_wish(&mut self, id: ParticipantId, wish: &Wish) {
        if self.role == Role::Customer && self.may(id, Act::View) {
            self.set_picture(wish);
        } else if self.shown_to().is_some_and(|to| to.id == id) {
            // Which part of its desktop it shows is the agent's own choice.
            self.set_picture(&Wish { screen: None, ..*wish });
        }
    }

    pub(super) fn set_picture(&mut self, wish: &Wish) {
        if let Some(coder) = wish.coder {
            self.share.coder = coder;
        }
        if let Some(screen) = wish.screen {
            self.share.set_screen(screen);
        }
        self.share.quality.choose(wish.sharpness, wish.colours);
    }

    pub(super) fn on_pointer(&mut self, id: ParticipantId, bytes: &[u8]) {
        let from = self.peers.get(id).filter(|p| p.is_up()).map(|p| p.role);
        let other = matches!(
            (self.role, from),
            (Role::Customer, Some(Role::Primary)) | (Role::Primary, Some(Role::Customer))
        );
        if other && let Ok(Moved::Move { n, x, y, area }) = Moved::decode(bytes) {
            self.on_input(id, n, None, InputEvent::Move { x, y }, area);
        }
    }

    /// The one place where remote input becomes input here.
    fn on_input(&mut self, id: ParticipantId, n: u64, at: Option<(u16, u16)>, event: InputEvent, area: u32) {
        if self.share.injecting != Some(id) || self.consent.holds_input(self.now) {
            return;
        }
        // Made for a picture that was there before: its places are others now.
        let former = area != 0 && area != self.share.area;
        if former && has_place(&event) {
            return;
        }
        let at = at.filter(|_| !former);
        let person = self.peers.get(id).and_then(Peer::person);
        let Some(permit) = person.and_then(|person| self.permit_controller(person)) else { return };
        let Some(p) = self.peers.get_mut(id).filter(|p| p.is_reached()) else { return };
        let newer = n > p.pointer;
        let moves = matches!(event, InputEvent::Move { .. });
        if moves && !newer {
            return;
        }
        let place = match event {
            InputEvent::Move { x, y } => Some((x, y)),
            _ => at,
        };
        if newer && let Some(place) = place {
            p.pointer_at = place;
        }
        let late = n < p.pointer;
        p.pointer = p.pointer.max(n);
        // A move on the other channel overtook this click: the click happens at its own place, and
        // the pointer goes on to where it is by now.
        let overtaken = (late && matches!(event, InputEvent::Button { .. })).then_some(p.pointer_at);
        if !moves
            && newer
            && let Some((x, y)) = at
            && let Some(first) = clamp(InputEvent::Move { x, y }, self.share.size)
        {
            self.out.inject(&permit, first);
        }
        if let Some(event) = clamp(event, self.share.size) {
            self.out.inject(&permit, event);
        }
        if let Some((x, y)) = overtaken
            && let Some(on) = clamp(InputEvent::Move { x, y }, self.share.size)
        {
            self.out.inject(&permit, on);
        }
    }

    fn on_clipboard_piece(&mut self, id: ParticipantId, kind: Kind, piece: &Piece<'_>) {
        let (paused, side) = (self.share.paused, self.side());
        let Some(p) = self.peers.get_mut(id) else { return };
        let permit = p.person().and_then(|person| match kind {
            Kind::Files => self.grants.permit_files(person, Act::CopiedFiles, side),
            Kind::Text | Kind::Picture => self.grants.permit_clipboard(person, side),
        });
        let Some(permit) = permit else {
            p.clipboard_in.forget();
            return self.note_against(id, kind);
        };
        self.out.say(id, &Message::ClipboardAck { transfer: piece.transfer });
        if let Some(clip) = p.clipboard_in.piece(kind, piece)
            && !paused
        {
            self.note_pasteable(id, piece.transfer, &clip);
            self.out.set_clipboard(&permit, clip);
        }
    }

    /// What comes against the direction that was told, beyond what can have been under way, breaks the protocol.
    fn note_against(&mut self, id: ParticipantId, kind: Kind) {
        let Some(p) = self.peers.get_mut(id) else { return };
        let act = if kind == Kind::Files { Act::CopiedFiles } else { Act::Clipboard };
        let told = p.told.grants.as_ref().is_some_and(|(acts, ..)| acts.contains(&act));
        if told {
            p.told.against += 1;
            if p.told.against > MOST_AGAINST {
                self.refuse(id, Refusal::Garbage, true);
            }
        }
    }

    // ---- the agent's side ----

    fn on_answered(&mut self, id: ParticipantId, request: crate::command::RequestId, outcome: Outcome) {
        let Some(p) = self.peers.get_mut(id) else { return };
        let Some(act) = p.viewing.answered(request) else { return };
        if outcome != Outcome::Allowed {
            p.files.dropped.take_if(|d| d.number == request.0);
            let held = p.person().map(|k| self.grants.of(k)).unwrap_or_default();
            p.viewing.settle(&held);
        }
        self.notices.add(match outcome {
            Outcome::Allowed => Notice::Allowed { act },
            Outcome::NoAnswer => Notice::NoAnswer { act },
            Outcome::Refused | Outcome::TooMany | Outcome::NotPermitted => Notice::Refused { act },
        });
    }

    /// The customer's word on what I may do; only what I asked for is taken.
    fn on_grants(&mut self, id: ParticipantId, acts: &[Act], why: Option<Why>, clipboard: Direction) {
        let Some(p) = self.peers.get_mut(id) else { return };
        let Some(person) = p.person() else { return };
        let turned_clipboard = self.grants.note_direction(person, clipboard);
        let before = self.grants.of(person);
        let unwanted: Vec<_> = acts.iter().copied().filter(|a| !p.viewing.wanted.contains(a)).collect();
        for act in &before {
            self.grants.take(person, *act);
        }
        for act in acts.iter().filter(|a| p.viewing.wanted.contains(a)) {
            self.grants.give(person, *act);
        }
        let lost: Vec<_> = before.iter().copied().filter(|a| !self.grants.has(person, *a)).collect();
        // Seeing one desktop took the place of seeing the other.
        let sees = |a: &Act| matches!(a, Act::View | Act::Control | Act::Show);
        let turned = self.grants.of(person).iter().any(|a| sees(a) && !before.contains(a));
        for act in &lost {
            p.viewing.wanted.remove(act);
        }
        // What is still being asked for stays wanted.
        for (_, act) in p.viewing.asked.clone() {
            p.viewing.want(act);
        }
        if !unwanted.is_empty() {
            self.out.say(id, &Message::GiveBack { acts: unwanted });
        }
        let copies = [Act::Clipboard, Act::CopiedFiles];
        if turned_clipboard && copies.iter().any(|a| self.grants.has(person, *a)) {
            self.notices.add(Notice::ClipboardGoes { direction: clipboard });
        }
        let Some(act) = lost.iter().find(|a| !(turned && sees(a))).copied() else { return };
        match why {
            Some(Why::GivenBack) => {}
            Some(Why::TakenBack) => self.notices.add(Notice::TakenBack),
            Some(Why::Stopped) => self.notices.add(Notice::SharingStopped),
            Some(Why::Revoked | Why::Replaced) | None => self.notices.add(Notice::Revoked { act }),
        }
    }

    fn on_sharing(&mut self, id: ParticipantId, sharing: Option<Shared>) {
        let Some(p) = self.peers.get_mut(id) else { return };
        let paused = |s: &Option<Shared>| s.as_ref().is_some_and(|s| s.paused);
        let (before, after) = (paused(&p.viewing.sharing), paused(&sharing));
        let there = sharing.is_some();
        let said = std::mem::replace(&mut p.viewing.sharing, sharing.clone());
        self.note_lent(id, said.as_ref(), sharing.as_ref());
        if let Some(p) = self.peers.get_mut(id).filter(|_| !there) {
            p.viewing.marks.clear();
        }
        if let Some(s) = sharing.as_ref().filter(|_| self.is_told_of(id))
            && let Some(notice) = monitors_news(said.as_ref(), s)
        {
            self.notices.add(notice);
        }
        if there && before != after && self.is_told_of(id) {
            self.notices.add(if after { Notice::Paused } else { Notice::Resumed });
        }
    }

    /// Whether what happens to this one's sharing is my business: an agent's always, a customer's while it watches.
    fn is_told_of(&self, id: ParticipantId) -> bool {
        self.role != Role::Customer || self.viewer == Some(id)
    }

    /// Whether a participant holds a grant of mine, or I one of theirs, and can be reached.
    pub(super) fn may(&self, id: ParticipantId, act: Act) -> bool {
        self.peers
            .get(id)
            .filter(|p| p.is_up())
            .and_then(Peer::person)
            .is_some_and(|person| self.grants.has(person, act))
    }

    pub(super) fn send_pointer(&mut self, peer: ParticipantId, moved: Moved) {
        self.out.push(Output::SendPointer { peer, bytes: moved.encode() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use deskside_protocol::socket::Signal;

    use crate::{command::RequestId, files::Stopped, wire::handshake::Refused};

    #[test]
    fn who_may_say_what_to_whom() {
        use Role::{Assistant, Customer, Primary};
        let request = RequestId(1);
        let asking: &[_] = &[(Customer, Primary), (Customer, Assistant)];
        let granting: &[_] = &[(Primary, Customer), (Assistant, Customer)];
        let backs: &[_] = &[(Customer, Primary), (Customer, Assistant), (Primary, Customer)];
        let both: &[_] = &[(Customer, Primary), (Primary, Customer)];
        let roles = [Primary, Assistant, Customer];
        let all: Vec<_> = roles.iter().flat_map(|a| roles.map(|b| (*a, b))).collect();
        let sharing: Vec<_> = all.iter().copied().filter(|(_, from)| *from != Assistant).collect();
        let drawing: Vec<_> = all.iter().copied().filter(|(me, _)| *me != Assistant).collect();
        let agents: Vec<_> = all.iter().copied().filter(|(a, b)| *a != Customer && *b != Customer).collect();
        let word = deskside_protocol::HandOver {
            serial: 1,
            from: ParticipantId(1),
            from_key: String::new(),
            to: ParticipantId(2),
            to_key: String::new(),
            signature: String::new(),
        };
        let led: Vec<_> = all.iter().copied().filter(|(_, from)| *from != Customer).collect();
        let table: [(Message, &[(Role, Role)]); 32] = [
            (Message::Lead(crate::wire::Lead { helped: None, watchers: vec![], keeps_chat: false }), &led),
            (Message::HandOver { word }, &all),
            (Message::Acts { have: 1 }, asking),
            (Message::Act { text: String::new(), signature: String::new() }, granting),
            (Message::ActAck { serial: 1, seen: None }, asking),
            (Message::Invitation { secret: String::new(), link: None }, &agents),
            (Message::Ask { request, act: Act::View }, asking),
            (Message::CancelAsk { request }, asking),
            (Message::Answered { request, outcome: Outcome::Allowed }, granting),
            (Message::Grants { acts: vec![], why: None, clipboard: Direction::Both }, granting),
            (Message::Sharing { sharing: None }, &sharing),
            (Message::Trouble { trouble: crate::view::Trouble::NoDisplay }, &sharing),
            (Message::Marks(crate::marks::Changes::default()), &sharing),
            (Message::Draw { draw: crate::marks::Draw::Undo }, &drawing),
            (Message::GiveBack { acts: vec![] }, backs),
            (Message::Wish(Wish::default()), both),
            (Message::Input { n: 0, at: None, event: InputEvent::Move { x: 0, y: 0 }, area: 0 }, both),
            (Message::Clipboard { transfer: 0, part: 0, last: true, text: String::new() }, both),
            (Message::ClipboardPicture { transfer: 0, part: 0, last: true, png: String::new() }, both),
            (Message::ClipboardFiles { transfer: 0, part: 0, last: true, list: String::new() }, both),
            (Message::ClipboardAck { transfer: 0 }, both),
            (Message::OfferFiles { request, part: 0, last: true, list: String::new() }, asking),
            (Message::OfferAck { request }, granting),
            (Message::FetchFiles { fetch: 1, offer: 1, asked: false }, both),
            (Message::FilesSignal { fetch: 1, sends: true, signal: Signal::Renew }, both),
            (Message::StopFiles { fetch: 1, sends: true, stopped: Stopped::Lost }, both),
            (Message::Chat { seq: 1, private: false, at: 0, text: "x".into() }, &all),
            (Message::ChatAck { seq: 1 }, &all),
            (Message::Bye { ended: false }, &all),
            (Message::Bye { ended: true }, &all),
            (Message::Refused(Refused::new(Refusal::Key)), &all),
            (Message::Unknown, &[]),
        ];
        for (message, pairs) in table {
            for (me, from) in &all {
                let expected = pairs.contains(&(*me, *from));
                assert_eq!(accepts(*me, *from, &message), expected, "{me:?} {from:?} {message:?}");
            }
        }
    }
}

//! What the person at this computer, and its devices, want.

use std::{collections::BTreeSet, sync::Arc};

use super::Session;
use crate::{
    ParticipantId, Role,
    app::Ending,
    chat::MAX_WAITING_ALL,
    clipboard::Clip,
    command::{Act, Command, RequestId, Shortcut},
    files::List,
    input::{InputEvent, Key, NamedKey},
    io::{DeviceEvent, Output},
    roster::Peer,
    sharing::{Way, clamp, stops_picture},
    transfers::Offered,
    view::{ChatLine, Notice, Trouble},
    wire::{MAX_CHAT, Message, Wish, message::input_in_limits},
};

/// Who may do what; everything else has no effect.
pub(crate) fn may_command(role: Role, command: &Command) -> bool {
    match command {
        Command::Ask { .. }
        | Command::CancelAsk
        | Command::GiveControl { .. }
        | Command::HandOver { .. }
        | Command::SelectCustomer { .. }
        | Command::Admit { .. }
        | Command::End => role == Role::Primary,
        Command::Answer { .. }
        | Command::AllowAll
        | Command::Revoke { .. }
        | Command::Exclude { .. }
        | Command::ClipboardDirection { .. } => role == Role::Customer,
        Command::Only { .. } | Command::AddProgram { .. } | Command::RemoveProgram { .. } => {
            role != Role::Assistant
        }
        Command::PassOn { .. } => role != Role::Customer,
        Command::StopFiles { .. }
        | Command::ReleaseControl
        | Command::SetCoder { .. }
        | Command::SetScreen { .. }
        | Command::SetQuality { .. }
        | Command::SendShortcut { .. }
        | Command::ForbidDrawing { .. }
        | Command::Pause { .. }
        | Command::TakeBack
        | Command::StopSharing => role != Role::Assistant,
        // Who may not control draws by it.
        Command::Input { .. } | Command::TakePen { .. } | Command::Draw { .. } => true,
        Command::Chat { .. } | Command::ChatRead | Command::ConversationRead { .. } | Command::Leave => true,
    }
}

impl Session {
    pub(super) fn on_command(&mut self, command: Command) {
        if !may_command(self.role, &command) {
            return;
        }
        match command {
            // The question about files names them.
            Command::Ask { act: Act::SendFiles } => {}
            Command::Ask { act } => self.ask(act),
            Command::CancelAsk => self.cancel_ask(),
            Command::ReleaseControl if self.role == Role::Customer => self.release_lent(),
            Command::ReleaseControl => self.give_back(&[Act::Control]),
            Command::SetCoder { coder } => self.wish(Wish { coder: Some(coder), ..Wish::default() }),
            Command::SetScreen { screen } => self.wish(Wish { screen: Some(screen), ..Wish::default() }),
            Command::SetQuality { sharpness, colours } => {
                self.wish(Wish { sharpness, colours, ..Wish::default() });
            }
            Command::Input { event } => self.on_hand(event),
            Command::TakePen { pen } => self.take_pen(pen),
            Command::Draw { draw } => self.draw(draw),
            Command::ForbidDrawing { forbidden } => self.forbid_drawing(forbidden),
            Command::SendShortcut { shortcut } => {
                for event in keys(shortcut) {
                    self.send_input(event);
                }
            }
            Command::Answer { request, allow, all } => self.on_answer(request, allow, all),
            Command::Only { windows } => self.share.programs.only(&windows),
            Command::AddProgram { window } => self.share.programs.add(window),
            Command::RemoveProgram { id } => self.share.programs.remove(id),
            Command::AllowAll => self.on_allow_all(),
            Command::Revoke { act } => self.on_revoke(act),
            Command::Pause { paused } => self.pause(paused),
            Command::TakeBack => self.take_back(),
            Command::StopSharing if self.role == Role::Customer => {
                self.stop_all(false);
            }
            Command::StopSharing => {
                self.give_back(&[Act::View, Act::Control, Act::Clipboard, Act::CopiedFiles, Act::Show]);
            }
            Command::StopFiles { id } => self.stop_moving(id),
            Command::Chat { to, text } => self.chat(to, text),
            Command::ChatRead => self.chat.read(|_| true),
            Command::ConversationRead { with } => self.chat.read(|c| c.with == with),
            Command::Exclude { id, excluded } => self.exclude(id, excluded),
            Command::GiveControl { to } => self.give_control(to),
            Command::HandOver { to } => self.hand_over(to),
            Command::PassOn { to } => self.passing = to.filter(|to| *to != self.me),
            Command::SelectCustomer { id } => self.select_customer(id),
            Command::Admit { id, admitted } => self.admit(id, admitted),
            Command::Leave => self.leave(),
            Command::ClipboardDirection { direction } => {
                self.grants.direct(direction);
            }
            Command::End => self.finish(Ending::EndedByMe, Some(Output::TellServerEnd)),
        }
    }

    pub(super) fn on_device(&mut self, event: DeviceEvent) {
        match event {
            DeviceEvent::Clipboard(clip) => {
                self.forget_copied();
                self.send_clipboard(&clip);
            }
            DeviceEvent::LogKept(kept) => {
                self.notices.add(if kept { Notice::LogKept } else { Notice::LogNotKept });
            }
            DeviceEvent::Shows(area) => self.pointer.sees(area),
            _ if self.role == Role::Assistant => {}
            DeviceEvent::CopiedFiles { key, list } => self.offer_copied(key, &list),
            DeviceEvent::DroppedFiles { key, list } => self.offer_dropped(key, &list),
            DeviceEvent::FilesNotOffered => self.notices.add(Notice::FilesNotOffered),
            DeviceEvent::Paste => self.on_paste(),
            DeviceEvent::Files { id, news } => self.on_files_news(id, news),
            DeviceEvent::OwnInput => self.on_own_input(),
            DeviceEvent::PanicKey => self.stop_all(true),
            DeviceEvent::Monitors(monitors) => {
                if let Some(notice) = self.share.set_monitors(monitors) {
                    self.notices.add(notice);
                }
            }
            DeviceEvent::Area(area) => self.on_area(area),
            DeviceEvent::PictureSize { width, height } => {
                self.share.size = (width, height);
                self.share.trouble = None;
            }
            DeviceEvent::Coder(coder) => self.share.coder_now = Some(coder),
            DeviceEvent::Programs(seen) => self.share.programs.see(seen),
            DeviceEvent::Hiding(hiding) => self.share.hiding = hiding,
            DeviceEvent::Trouble(trouble) => self.on_trouble(trouble),
            DeviceEvent::CannotDraw => self.share.cannot_draw = true,
        }
    }

    fn on_area(&mut self, area: u32) {
        self.share.area = area;
        // What is held was pressed on the former picture.
        if self.share.injecting.is_some() {
            self.out.push(Output::ReleaseInput);
        }
    }

    fn on_trouble(&mut self, trouble: Trouble) {
        self.notices.add(Notice::Trouble { trouble });
        if stops_picture(trouble) {
            self.share.trouble = Some(trouble);
        }
        for (id, _) in self.viewers() {
            self.out.say(id, &Message::Trouble { trouble });
        }
    }

    fn pause(&mut self, paused: bool) {
        if self.is_sharing() && self.share.paused != paused {
            self.share.paused = paused;
            self.notices.add(if paused { Notice::Paused } else { Notice::Resumed });
        }
    }

    fn chat(&mut self, to: Option<ParticipantId>, text: String) {
        if text.len() > MAX_CHAT {
            return self.notices.add(Notice::ChatTooLong);
        }
        let receivers: BTreeSet<_> = self
            .peers
            .iter()
            .filter(|p| to.is_none_or(|to| p.id == to) && !p.is_refused())
            .map(|p| p.id)
            .collect();
        if text.is_empty() || (to.is_some() && receivers.is_empty()) {
            return;
        }
        let full = |id| self.peers.get(id).is_some_and(|p| !p.mailbox.has_room(&text));
        let waits: usize = self.peers.iter().map(|p| p.mailbox.bytes()).sum();
        if receivers.iter().any(|id| full(*id)) || waits + receivers.len() * text.len() > MAX_WAITING_ALL {
            return self.notices.add(Notice::ChatFull);
        }
        let at = self.unix_now();
        let line =
            ChatLine { from: self.me, name: self.name.clone(), to, text: text.clone(), at, delivered: false };
        let name = to.map(|id| (id, self.name_of(id)));
        let with = name.as_ref().map(|(id, name)| (*id, name.as_str()));
        let line = self.chat.add(line, receivers.clone(), with, false);
        for id in receivers {
            if let Some(p) = self.peers.get_mut(id) {
                p.mailbox.put(line, to.is_some(), at, text.clone());
            }
            self.send_chat(id);
        }
    }

    // ---- the agent's side ----

    fn ask(&mut self, act: Act) {
        let Some(id) = self.people.helped else { return };
        let Some(p) = self.peers.get_mut(id) else { return };
        let request = RequestId(self.requests + 1);
        if p.viewing.ask(request, act) {
            self.requests += 1;
            if p.is_up() {
                self.out.say(id, &Message::Ask { request, act });
            }
            self.note_i_asked(id, act);
        }
    }

    /// Asks the customer who is helped to take these files.
    fn offer_dropped(&mut self, key: u32, list: &Arc<List>) {
        let helped = self.people.helped.filter(|_| self.role == Role::Primary);
        let Some(id) = helped else { return };
        let Some(p) = self.peers.get_mut(id).filter(|p| p.is_up()) else { return };
        let request = RequestId(self.requests + 1);
        if list.is_empty() || p.files.is_sending_asked() || !p.viewing.ask(request, Act::SendFiles) {
            return self.notices.add(Notice::FilesNotOffered);
        }
        self.requests += 1;
        p.files.dropped = Some(Offered { number: request.0, key, list: Arc::clone(list) });
        p.files.asks_out.ask(request, list);
        self.note_i_asked(id, Act::SendFiles);
        self.send_asked(id);
    }

    fn cancel_ask(&mut self) {
        for p in self.peers.iter_mut() {
            let held = p.person().map(|k| self.grants.of(k)).unwrap_or_default();
            let asked = std::mem::take(&mut p.viewing.asked);
            if !asked.is_empty() {
                p.viewing.settle(&held);
            }
            p.files.dropped = p.files.dropped.take().filter(|d| !asked.iter().any(|(r, _)| r.0 == d.number));
            for (request, _) in asked {
                if p.is_up() {
                    self.out.say(p.id, &Message::CancelAsk { request });
                }
            }
        }
    }

    /// Ends here at once; the customer is told.
    pub(super) fn give_back(&mut self, acts: &[Act]) {
        for p in self.peers.iter_mut() {
            let Some(person) = p.person() else { continue };
            let mut any = false;
            for act in acts {
                any |= self.grants.take(person, *act);
                p.viewing.unwant(*act);
            }
            if !self.grants.has(person, Act::View) {
                p.viewing.sharing = None;
                p.viewing.marks.clear();
            }
            if any && p.is_up() {
                self.out.say(p.id, &Message::GiveBack { acts: acts.to_vec() });
            }
        }
    }

    fn wish(&mut self, wish: Wish) {
        if self.is_sharing() {
            return self.set_picture(&wish);
        }
        if let Some(id) = self.viewer
            && (self.may(id, Act::View) || self.peers.get(id).is_some_and(|p| p.role == Role::Primary))
        {
            self.out.say(id, &Message::Wish(wish));
        }
    }

    /// Whom I control now, how large the picture is, and of which area.
    fn controlled(&self) -> Option<(ParticipantId, (u16, u16), u32)> {
        let p = self.viewer.and_then(|id| self.peers.get(id)).filter(|p| p.is_reached())?;
        let s = p.viewing.sharing.as_ref().filter(|s| !s.paused)?;
        let may = self.may(p.id, Act::Control) || self.lent_by() == Some(p.id);
        may.then_some((p.id, (s.width, s.height), s.area))
    }

    pub(super) fn send_input(&mut self, event: InputEvent) {
        let Some((id, size, area)) = self.controlled() else { return };
        if !input_in_limits(&event) || !self.pointer.fits(&event, area) {
            return;
        }
        let Some(event) = clamp(event, size) else { return };
        match self.pointer.send(self.now, event) {
            Way::Pointer(moved) => self.send_pointer(id, moved),
            Way::Control(message) => self.out.say(id, &message),
        }
    }

    pub(super) fn on_pointer_rest(&mut self) {
        let rest = self.pointer.at_rest();
        if let Some(message) = rest
            && let Some((id, ..)) = self.controlled()
        {
            self.out.say(id, &message);
        }
    }

    pub(super) fn send_clipboard(&mut self, clip: &Clip) {
        if self.share.paused {
            return;
        }
        for id in self.peers.ids() {
            let may = self.role != Role::Assistant && self.may_send_copied(id);
            let Some(p) = self.peers.get_mut(id).filter(|_| may) else { continue };
            if p.viewing.sharing.as_ref().is_some_and(|s| s.paused) {
                continue;
            }
            p.clipboard_out.start(clip);
            self.send_pieces(id);
        }
    }

    fn may_send_copied(&self, id: ParticipantId) -> bool {
        let person = self.peers.get(id).filter(|p| p.is_up()).and_then(Peer::person);
        person.is_some_and(|k| self.grants.permit_clipboard(k, self.side().other()).is_some())
    }

    /// Sends what the window has room for, as long as the grant and its direction stand.
    pub(super) fn send_pieces(&mut self, id: ParticipantId) {
        let files = self.peers.get(id).is_some_and(|p| p.clipboard_out.carries_files());
        let may = if files { self.may_offer_files(id) } else { self.may_send_copied(id) };
        let Some(p) = self.peers.get_mut(id) else { return };
        if !may {
            return p.clipboard_out.forget();
        }
        for m in p.clipboard_out.send() {
            self.out.say(id, &m);
        }
    }
}

/// The keys of a combination: all down, then all up in the opposite order.
fn keys(shortcut: Shortcut) -> Vec<InputEvent> {
    use NamedKey::{AltLeft, ControlLeft, Delete, Escape, F4, PrintScreen, SuperLeft, Tab};
    const F: [NamedKey; 12] = [
        NamedKey::F1,
        NamedKey::F2,
        NamedKey::F3,
        NamedKey::F4,
        NamedKey::F5,
        NamedKey::F6,
        NamedKey::F7,
        NamedKey::F8,
        NamedKey::F9,
        NamedKey::F10,
        NamedKey::F11,
        NamedKey::F12,
    ];
    let names = match shortcut {
        Shortcut::CtrlAltDelete => vec![ControlLeft, AltLeft, Delete],
        Shortcut::AltTab => vec![AltLeft, Tab],
        Shortcut::AltF4 => vec![AltLeft, F4],
        Shortcut::Super => vec![SuperLeft],
        Shortcut::CtrlEscape => vec![ControlLeft, Escape],
        Shortcut::PrintScreen => vec![PrintScreen],
        Shortcut::CtrlAltF(n) => match F.get(usize::from(n).wrapping_sub(1)) {
            Some(f) => vec![ControlLeft, AltLeft, *f],
            None => vec![],
        },
    };
    let key = |down| move |k: &NamedKey| InputEvent::Key { key: Key::Named(*k), down };
    names.iter().map(key(true)).chain(names.iter().rev().map(key(false))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{Coder, Screen};

    #[test]
    fn who_may_do_what() {
        use Role::{Assistant, Customer, Primary};
        let request = RequestId(1);
        let event = InputEvent::Move { x: 0, y: 0 };
        let id = ParticipantId(3);
        let direction = Default::default();
        let transfer = crate::files::FilesId { with: id, fetch: 1, sends: true };
        let table: [(Command, &[Role]); 34] = [
            (Command::StopFiles { id: transfer }, &[Primary, Customer]),
            (Command::ClipboardDirection { direction }, &[Customer]),
            (Command::SetQuality { sharpness: None, colours: None }, &[Primary, Customer]),
            (Command::Only { windows: vec![7] }, &[Primary, Customer]),
            (Command::AddProgram { window: 7 }, &[Primary, Customer]),
            (Command::RemoveProgram { id: 1 }, &[Primary, Customer]),
            (Command::PassOn { to: None }, &[Primary, Assistant]),
            (Command::ConversationRead { with: None }, &[Primary, Assistant, Customer]),
            (Command::SelectCustomer { id }, &[Primary]),
            (Command::Admit { id, admitted: true }, &[Primary]),
            (Command::Exclude { id, excluded: true }, &[Customer]),
            (Command::HandOver { to: ParticipantId(3) }, &[Primary]),
            (Command::Ask { act: Act::View }, &[Primary]),
            (Command::CancelAsk, &[Primary]),
            (Command::Answer { request, allow: true, all: true }, &[Customer]),
            (Command::AllowAll, &[Customer]),
            (Command::Revoke { act: None }, &[Customer]),
            (Command::Pause { paused: true }, &[Primary, Customer]),
            (Command::TakeBack, &[Primary, Customer]),
            (Command::GiveControl { to: id }, &[Primary]),
            (Command::StopSharing, &[Primary, Customer]),
            (Command::ReleaseControl, &[Primary, Customer]),
            (Command::SetCoder { coder: Coder::Auto }, &[Primary, Customer]),
            (Command::SetScreen { screen: Screen::All }, &[Primary, Customer]),
            (Command::Input { event }, &[Primary, Assistant, Customer]),
            (Command::TakePen { pen: None }, &[Primary, Assistant, Customer]),
            (Command::Draw { draw: crate::marks::Draw::Undo }, &[Primary, Assistant, Customer]),
            (Command::ForbidDrawing { forbidden: true }, &[Primary, Customer]),
            (Command::SendShortcut { shortcut: Shortcut::Super }, &[Primary, Customer]),
            (Command::Chat { to: None, text: String::new() }, &[Primary, Assistant, Customer]),
            (Command::ChatRead, &[Primary, Assistant, Customer]),
            (Command::Leave, &[Primary, Assistant, Customer]),
            (Command::End, &[Primary]),
            (Command::Ask { act: Act::Control }, &[Primary]),
        ];
        for (command, roles) in table {
            for role in [Primary, Assistant, Customer] {
                assert_eq!(may_command(role, &command), roles.contains(&role), "{role:?} {command:?}");
            }
        }
    }
}

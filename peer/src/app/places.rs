//! The sessions that the program is in: a customer's one, or several of an agent, of which one is shown.

use deskside_net::{Change, Signaling};
use deskside_protocol::SessionNumber;
use deskside_session::{
    LinkSecret, Role,
    app::{Ending, Problem, Screen, Tab, TabState, Waiting},
};
use tokio::time::Instant;

use super::{App, Phase, running::Running};
use crate::{exit, headless::Line, kept::Kept};

/// A session from the server's yes on, until the person has seen its end.
pub(super) struct Place {
    pub id: u64,
    pub state: State,
}

pub(super) enum State {
    /// The server let us in; its socket is not up yet.
    Entering(Box<Entering>),
    Running(Box<Running>),
    Ended(Ended),
}

pub(super) struct Entering {
    pub role: Role,
    pub name: String,
    /// Unknown in a queue.
    pub number: Option<SessionNumber>,
    /// The place in a queue.
    pub waiting: Option<Waiting>,
    pub secret: Option<LinkSecret>,
    pub link: Option<String>,
    pub seed: [u8; 32],
    pub server: String,
    pub ticket: String,
    pub signaling: Signaling,
    /// A killed program was in this session: its file, and what it kept.
    pub resumed: Option<(Kept, Vec<u8>)>,
}

pub(super) struct Ended {
    pub role: Role,
    pub ending: Ending,
    /// The file with the log of acts.
    pub log: Option<String>,
    /// Where its receipt was saved.
    pub receipt: Option<String>,
    /// What it looked like last.
    pub tab: Tab,
}

impl Place {
    pub(super) fn number(&self) -> Option<SessionNumber> {
        match &self.state {
            State::Entering(e) => e.number,
            State::Running(r) => Some(r.number()),
            State::Ended(e) => Some(e.tab.number),
        }
    }

    pub(super) fn role(&self) -> Role {
        match &self.state {
            State::Entering(e) => e.role,
            State::Running(r) => r.role(),
            State::Ended(e) => e.role,
        }
    }

    fn tab(&mut self) -> Option<Tab> {
        match &mut self.state {
            State::Entering(e) => {
                Some(Tab { number: e.number?, customers: Vec::new(), state: TabState::Entering, unread: 0 })
            }
            State::Running(r) => Some(r.tab()),
            State::Ended(e) => Some(e.tab.clone()),
        }
    }
}

impl App {
    pub(super) fn place(&mut self, id: u64) -> Option<&mut Place> {
        self.places.iter_mut().find(|p| p.id == id)
    }

    /// What the person looks at.
    pub(super) fn shown(&self) -> Option<&Place> {
        self.places.iter().find(|p| Some(p.id) == self.shown)
    }

    pub(super) fn shown_running(&mut self) -> Option<&mut Running> {
        let id = self.shown?;
        self.running_at(id)
    }

    pub(super) fn running_at(&mut self, id: u64) -> Option<&mut Running> {
        match &mut self.place(id)?.state {
            State::Running(r) => Some(r),
            _ => None,
        }
    }

    pub(super) fn running(&self) -> impl Iterator<Item = &Running> {
        self.places.iter().filter_map(|p| match &p.state {
            State::Running(r) => Some(&**r),
            _ => None,
        })
    }

    /// When one of the sessions has something to do at the latest.
    pub(super) fn next_timeout(&self) -> Option<Instant> {
        self.running().filter_map(Running::next_timeout).chain(self.notes_due()).chain(self.chat_due()).min()
    }

    pub(super) fn timeouts(&mut self) {
        let now = Instant::now();
        for place in &mut self.places {
            if let State::Running(r) = &mut place.state
                && r.next_timeout().is_some_and(|at| at <= now)
            {
                r.timeout();
            }
        }
        self.save_notes(now);
        self.save_chats(now);
    }

    /// This computer's addresses changed.
    pub(super) fn network(&mut self, change: Change) {
        let usable = change != Change::Gone;
        for place in &mut self.places {
            match &mut place.state {
                State::Running(r) => r.network(change),
                State::Entering(e) if usable => e.signaling.renew(),
                State::Entering(_) | State::Ended(_) => {}
            }
        }
        if usable {
            self.renew_desk();
        }
    }

    /// Shows this place, or none: then the phase's own screen.
    pub(super) fn look_at(&mut self, id: Option<u64>) {
        if let Some(r) = self.shown_running() {
            r.show(false);
        }
        if let Some(slot) = &self.options.windows {
            slot.set(None);
        }
        self.shown = id;
        if let Some(r) = self.shown_running() {
            r.show(true);
        }
    }

    /// Shows the session with this number, or the desk.
    pub(super) fn show_session(&mut self, number: Option<SessionNumber>) {
        let Some(number) = number else {
            self.problem = None;
            return self.look_at(None);
        };
        match self.places.iter().find(|p| p.number() == Some(number)).map(|p| p.id) {
            Some(id) => {
                self.problem = None;
                self.look_at(Some(id));
            }
            None => self.bad_command("there is no such session here"),
        }
    }

    /// Whether this program is in the session with this number, or about to be.
    pub(super) fn is_in(&self, number: SessionNumber) -> bool {
        let over = |p: &Place| matches!(p.state, State::Ended(_));
        self.places.iter().any(|p| p.number() == Some(number) && !over(p))
    }

    /// Takes a place away; what is shown then is the phase's own screen.
    pub(super) fn take_place(&mut self, id: u64) -> Option<State> {
        let at = self.places.iter().position(|p| p.id == id)?;
        if self.shown == Some(id) {
            self.look_at(None);
        }
        Some(self.places.remove(at).state)
    }

    pub(super) fn tabs(&mut self) -> Vec<Tab> {
        let agents = self.places.iter_mut().filter(|p| p.role() != Role::Customer);
        agents.filter_map(Place::tab).collect()
    }

    /// The screen of the place that is shown.
    pub(super) fn place_screen(&mut self) -> Option<Screen> {
        let (notes, name, id) = (self.shown_notes(), self.account_name(), self.shown?);
        Some(match &mut self.place(id)?.state {
            State::Entering(e) if e.role == Role::Customer => match &e.waiting {
                Some(waiting) => Screen::Waiting(waiting.clone()),
                None => Screen::Join { busy: true },
            },
            State::Entering(_) => Screen::AgentHome { name, busy: true },
            State::Running(r) => {
                Screen::Session { session: Box::new(r.view()), notes, transfer: r.transfer_view() }
            }
            State::Ended(e) => Screen::Ended {
                role: e.role,
                ending: e.ending,
                number: e.tab.number,
                notes,
                log: e.log.clone(),
                receipt: e.receipt.clone(),
            },
        })
    }

    /// Ends the places whose sessions are over; with the code if that ends the program.
    pub(super) fn settle(&mut self) -> Option<u8> {
        let mut code = None;
        let over: Vec<_> = self
            .places
            .iter_mut()
            .filter_map(|p| match &mut p.state {
                State::Running(r) => {
                    r.drain();
                    Some((p.id, r.over()?))
                }
                _ => None,
            })
            .collect();
        self.collect_chat();
        for (id, ending) in over {
            code = self.end(id, ending).or(code);
        }
        self.put_notes_away();
        self.put_chats_away();
        code
    }

    fn end(&mut self, id: u64, ending: Ending) -> Option<u8> {
        let shown = self.shown == Some(id);
        let running = self.running_at(id)?;
        let (role, refusal) = (running.role(), running.refusal());
        let (tab, log) = (Tab { state: TabState::Ended, ..running.tab() }, running.log());
        let ended = State::Ended(Ended { role, ending, log, receipt: None, tab });
        if let State::Running(running) = std::mem::replace(&mut self.place(id)?.state, ended) {
            self.leaving.push(tokio::spawn(running.goodbye()));
        }
        if let Some(reason) = refusal.filter(|_| shown && ending == Ending::NotTrusted) {
            self.problem = Some(Problem::NotTrusted { reason });
        }
        if self.options.windows.is_none() && role == Role::Customer {
            // A customer without windows came for this one session.
            let view = self.view();
            self.publisher.publish(view);
            return Some(exit::of_ending(ending));
        }
        None
    }

    /// Back from an end, or from whatever the person was about to do.
    pub(super) fn home(&mut self) {
        self.forget_question();
        let role = match self.shown().map(|p| &p.state) {
            Some(State::Ended(e)) => Some(e.role),
            _ => None,
        };
        if let Some(id) = self.shown.filter(|_| role.is_some()) {
            self.take_place(id);
        }
        self.phase = match (role, &self.account) {
            (Some(Role::Customer), _) | (None, None) => Phase::Join { busy: false },
            (Some(_), None) => Phase::SignIn { busy: false },
            _ => Phase::AgentHome { busy: false },
        };
    }

    /// The session that ended, in plain words.
    pub(super) fn save_receipt(&mut self, path: Option<String>) {
        let id = self.shown;
        let ended = self.places.iter_mut().find(|p| Some(p.id) == id).map(|p| &mut p.state);
        let Some(State::Ended(Ended { log: Some(log), receipt, .. })) = ended else {
            return self.bad_command("there is no ended session with a log");
        };
        match crate::log_command::save_receipt(std::path::Path::new(log), path) {
            Ok(path) => {
                let path = path.to_string_lossy().into_owned();
                self.printer.print(&Line::Receipt { path: &path });
                *receipt = Some(path);
                self.problem = None;
            }
            Err(e) => {
                self.bad_command(&e);
                self.problem = Some(Problem::Other { detail: e });
            }
        }
    }
}

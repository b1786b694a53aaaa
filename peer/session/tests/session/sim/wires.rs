//! The network and the server: what becomes of a node's outputs.

use std::time::Duration;

use deskside_protocol::HandOver;
use deskside_session::{
    ParticipantId, Role,
    io::{Binding, Input, Output},
};

use super::{Event, LATENCY, Link, World, pair};

impl World {
    pub(super) fn carries(&self, a: ParticipantId, b: ParticipantId, generation: u64) -> bool {
        self.links.get(&pair(a, b)).is_some_and(|l| l.open && l.generation == generation)
    }

    pub(super) fn open(&mut self, a: ParticipantId, b: ParticipantId) {
        if !self.server_up || !self.nodes.contains_key(&a) || !self.nodes.contains_key(&b) {
            return;
        }
        let Some(l) = self.links.get_mut(&pair(a, b)) else { return };
        if l.open || l.wanted.len() < 2 {
            return;
        }
        l.generation += 1;
        (l.open, l.path) = (true, true);
        let print = |id: ParticipantId| [id.0 as u8 ^ l.generation as u8; 32];
        let middle = if self.in_the_middle { [77; 32] } else { [0; 32] };
        let seen = |id| if middle == [0; 32] { print(id) } else { middle };
        let inputs = [(a, b), (b, a)].map(|(me, peer)| {
            let binding = Binding { local: print(me), remote: seen(peer), offerer: me < peer };
            (me, Input::LinkOpen { peer, binding })
        });
        for (me, input) in inputs {
            self.input(me, input);
        }
    }

    pub(super) fn drain(&mut self, id: ParticipantId) {
        while let Some(o) = self.nodes.get_mut(&id).and_then(|n| n.session.poll_output()) {
            assert_eq!(self.nodes[&id].over, None, "nothing follows Over: {o:?}");
            if self.burns(id) {
                return;
            }
            self.carry_out(id, o);
        }
    }

    /// Whether the program dies instead of carrying out its next output.
    fn burns(&mut self, id: ParticipantId) -> bool {
        match &mut self.fuse {
            Some((who, 0)) if *who == id => {
                self.fuse = None;
                let kept = self.nodes.get(&id).and_then(|n| n.kept.clone());
                self.fallen.push((id, kept));
                // What it said before is on its way.
                self.fall(id);
                self.online(id, false);
                self.hang_up(id);
                return true;
            }
            Some((who, left)) if *who == id => *left -= 1,
            _ => {}
        }
        false
    }

    fn carry_out(&mut self, id: ParticipantId, output: Output) {
        match &output {
            Output::Connect { peer, offer } => {
                assert_eq!(*offer, id < *peer);
                let l = self.links.entry(pair(id, *peer)).or_insert_with(Link::new);
                l.wanted.insert(id);
                if l.wanted.len() == 2 && !l.open {
                    let (a, b) = pair(id, *peer);
                    self.at(LATENCY * 4, Event::Open { a, b });
                }
                return;
            }
            Output::Refused { peer, reason } => {
                self.nodes.get_mut(&id).unwrap().refused.push((*peer, *reason));
                return;
            }
            Output::Disconnect { peer } => {
                // What was sent before still arrives.
                if let Some(l) = self.links.get_mut(&pair(id, *peer)) {
                    l.wanted.remove(&id);
                    let generation = l.generation;
                    self.at(LATENCY * 2, Event::Close { a: id, b: *peer, generation });
                }
                return;
            }
            Output::SendControl { peer, bytes } => {
                assert!(bytes.len() <= deskside_session::wire::MAX_MESSAGE);
                self.carry(id, *peer, bytes.clone(), false);
                return;
            }
            Output::SendPointer { peer, bytes } => {
                self.carry(id, *peer, bytes.clone(), true);
                return;
            }
            Output::Keep(bytes) => {
                self.nodes.get_mut(&id).unwrap().kept = Some(bytes.clone());
                return;
            }
            Output::Act { writer, lines } => {
                let files = &mut self.nodes.get_mut(&id).unwrap().files;
                files.entry(*writer).or_default().extend(lines);
                return;
            }
            Output::Tell(_) => {
                self.nodes.get_mut(&id).unwrap().shown.push(output);
                return;
            }
            Output::TellServerHandOver { word } => {
                self.server_takes(word.clone());
                return;
            }
            Output::TellServerLeave => {
                self.roster.retain(|e| e.id != id);
                self.at(LATENCY, Event::Roster);
            }
            Output::TellServerEnd => self.at(LATENCY, Event::Ended { except: id }),
            _ => {}
        }
        if matches!(output, Output::Over(_)) {
            self.hang_up(id);
        }
        let node = self.nodes.get_mut(&id).unwrap();
        match &output {
            Output::Capture(c) => {
                node.capture = Some(c.clone());
                node.shown.push(output.clone());
            }
            Output::StopCapture => node.capture = None,
            Output::OpenViewer { from } => node.viewer = Some(*from),
            Output::CloseViewer => node.viewer = None,
            Output::WatchClipboard(on) => node.watching = *on,
            Output::Over(ending) => node.over = Some(*ending),
            _ => {}
        }
        node.log.push(output);
    }

    /// The program closes its connections once its last words had time to arrive.
    fn hang_up(&mut self, id: ParticipantId) {
        let mine = |(a, b): &(ParticipantId, ParticipantId)| *a == id || *b == id;
        let open: Vec<_> = self.links.iter().filter(|(ends, l)| mine(ends) && l.open).collect();
        let closes: Vec<_> = open.into_iter().map(|((a, b), l)| (*a, *b, l.generation)).collect();
        for (a, b, generation) in closes {
            self.at(LATENCY * 4, Event::Close { a, b, generation });
        }
    }

    /// As a good server does: the next word counts, and everybody hears of it.
    fn server_takes(&mut self, word: HandOver) {
        if !self.server_up || word.serial as usize != self.words.len() + 1 {
            return;
        }
        for e in &mut self.roster {
            match e.id {
                id if id == word.to => e.role = Role::Primary,
                id if id == word.from => e.role = Role::Assistant,
                _ => {}
            }
        }
        self.words.push(word.clone());
        let late = Duration::from_millis(self.random.below(40));
        self.at(late, Event::Word(word));
        self.at(LATENCY, Event::Roster);
    }

    pub(super) fn carry(&mut self, from: ParticipantId, to: ParticipantId, bytes: Vec<u8>, pointer: bool) {
        let Some(l) = self.links.get_mut(&pair(from, to)).filter(|l| l.open) else { return };
        let (generation, path) = (l.generation, l.path);
        if !pointer {
            if path {
                self.at(LATENCY, Event::Control { from, to, generation, bytes });
            } else {
                l.held.push((from, to, bytes));
            }
            return;
        }
        if !path || self.random.below(100) < self.weather.loss {
            return;
        }
        let copies = if self.random.below(100) < self.weather.twice { 2 } else { 1 };
        for _ in 0..copies {
            let jitter = self.random.below(self.weather.jitter_ms + 1);
            let event = Event::Pointer { from, to, generation, bytes: bytes.clone() };
            self.at(LATENCY + Duration::from_millis(jitter), event);
        }
    }
}

//! A memory that outlives the program: made when something of it changed, and taken up again.

use super::Session;
use crate::{
    Role,
    command::Act,
    identity::{LinkSecret, encode},
    io::Output,
    roster::{Peer, Pinned},
    snapshot::{Keeping, SavedPeer, SavedProof, Snapshot, State},
};

impl Session {
    /// The memory of now, whatever [`Keeping`] says; without the link's secret.
    pub fn snapshot(&self) -> Snapshot {
        self.snapshot_of(self.state())
    }

    fn snapshot_of(&self, state: State) -> Snapshot {
        let words = self.lead.after(0).cloned().collect();
        let chat = self.chat.save(self.peers.iter().map(|p| &p.mailbox));
        Snapshot::new(self.number, self.myself(), state, words, chat)
    }

    /// Before the outputs of a step, so that nothing is said which would be forgotten: an acknowledged line of
    /// chat is kept before it is acknowledged.
    pub(super) fn keep(&mut self, before: usize) {
        if self.keeping == Keeping::Nothing || self.over {
            return;
        }
        let state = self.state();
        if self.kept.as_ref() == Some(&state) {
            return;
        }
        self.kept = Some(state);
        self.unkept = true;
        self.out.insert(before, Output::Keep(Vec::new()));
    }

    /// What [`Output::Keep`] holds when it is given out.
    pub(super) fn memory(&self) -> Vec<u8> {
        let snapshot = self.snapshot();
        if self.keeping == Keeping::StateAndSecret {
            return snapshot.with_secret(self.secret.as_ref(), self.link.as_ref()).encode();
        }
        snapshot.encode()
    }

    fn state(&self) -> State {
        State {
            role: self.role,
            primary: self.lead.primary,
            serial: self.lead.serial,
            helped: self.people.helped,
            keeps_chat: self.people.keeps_chat,
            saved_after: self.saved_after,
            chosen: self.people.chosen,
            watchers: self.people.watchers.clone(),
            admitted: self.people.admitted.iter().map(|(k, a)| (*k, *a)).collect(),
            grants: self.grants.save(),
            paused: self.share.paused,
            limited: self.share.programs.is_limited(),
            no_drawing: self.share.no_drawing,
            requests: self.requests,
            asked: self.acts.asked.iter().copied().collect(),
            peers: self.peers.iter().filter_map(save_peer).collect(),
            chat_changes: self.chat.changes,
        }
    }

    pub(super) fn restore(&mut self, snapshot: Snapshot) {
        let s = snapshot.state;
        self.role = s.role;
        self.lead.restore(s.primary, s.serial, snapshot.words);
        self.people.helped = s.helped;
        self.people.keeps_chat = s.keeps_chat;
        self.saved_after = s.saved_after;
        self.people.chosen = s.chosen;
        self.people.admitted = s.admitted.into_iter().collect();
        self.grants.restore(s.grants);
        self.grants.set_watchers(s.watchers.iter().map(|w| w.key));
        self.people.watchers = s.watchers;
        if self.role == Role::Customer {
            // Nobody could see or stop anything while the program was away: what acts on the computer by
            // itself is asked for anew; who was seeing may go on.
            self.grants.retain(outlives_crash);
        }
        // Whoever comes back to a program that was killed did not ask for its own desktop to be shown.
        let shows = |act: Act| self.role != Role::Customer && act == Act::Show;
        self.grants.retain(|act| !shows(act));
        self.share.paused = s.paused;
        if s.limited {
            // Until the person chooses anew: nothing that was not allowed may be seen.
            self.share.programs.lose();
        }
        self.share.no_drawing = s.no_drawing;
        self.requests = s.requests;
        self.acts.asked = s.asked.into_iter().collect();
        if self.secret.is_none() {
            self.secret = snapshot.secret.and_then(|t| LinkSecret::from_text(&t));
            self.link = self.link.take().or(snapshot.link);
        }
        for saved in s.peers {
            let mailbox = snapshot.chat.mailbox(&saved.mailbox);
            let mut p = Peer::remembered(saved.id, saved.role, saved.name);
            p.pinned =
                saved.proof.and_then(|f| Some(Pinned { pin: f.pin()?, key: f.key, verified: f.verified }));
            p.vouched = saved.vouched;
            p.mailbox = mailbox;
            for (request, outcome) in saved.answered {
                p.note_answer(request, outcome);
            }
            p.viewing.asked = saved.asked;
            p.viewing.wanted = saved.wanted.into_iter().filter(|act| *act != Act::Show).collect();
            self.peers.remember(p);
        }
        self.chat.restore(snapshot.chat);
    }
}

fn outlives_crash(act: Act) -> bool {
    !matches!(act, Act::Control | Act::Scripts | Act::OtherUser | Act::Restart)
}

fn save_peer(p: &Peer) -> Option<SavedPeer> {
    // A proven key is remembered also of who was refused: another one stays refused.
    if p.pinned.is_none() && p.vouched.is_none() && (p.mailbox.is_empty() || p.is_refused()) {
        return None;
    }
    let proof = p.pinned.as_ref().map(|f| SavedProof {
        key: f.key,
        verified: f.verified.clone(),
        pin: encode(&f.pin),
    });
    Some(SavedPeer {
        id: p.id,
        role: p.role,
        name: p.name.clone(),
        proof,
        vouched: p.vouched,
        answered: p.answers().to_vec(),
        asked: p.viewing.asked.clone(),
        wanted: p.viewing.wanted.iter().copied().collect(),
        mailbox: p.mailbox.save(),
    })
}

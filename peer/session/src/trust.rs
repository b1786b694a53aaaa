//! The trust handshake: runs on `control` once a connection is open, before anything else is accepted.
//!
//! Both sides sign one transcript (version, session, both participants with key and with the role that
//! each says it has, both DTLS fingerprints, both nonces) and, when both know the link's secret, prove that
//! with a keyed hash.
//! The offerer commits to its nonce before the answerer shows its own, so that somebody in the
//! middle has one guess at the six-digit code for each connection.

mod transcript;

use transcript::{Proofs, Transcript};

use crate::{
    ParticipantId, Role, SessionNumber,
    identity::{Identity, LinkSecret, PublicKey, decode, encode},
    io::Binding,
    view::{Refusal, Verified},
    wire::{
        VERSION, WireError,
        handshake::{Handshake as Wire, Hello, Proof, Refused, Reveal, Welcome},
    },
};

/// One side of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Party {
    pub id: ParticipantId,
    pub role: Role,
    pub key: PublicKey,
}

/// What this side knows before the first message.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    pub session: SessionNumber,
    pub me: Party,
    /// Words of hand-over that I know.
    pub words: u32,
    /// As announced by the server, or as seen before. Of the role only whether it is a customer's counts:
    /// which of the agents is primary may be news to either side, see `roles`.
    pub peer: Party,
    pub binding: Binding,
    pub secret: Option<LinkSecret>,
    /// Refuse a peer that does not prove the secret.
    pub secret_required: bool,
    /// The handshake whose code this side shows for the peer.
    pub seen: Option<Pin>,
}

/// Names a handshake that was finished.
pub(crate) type Pin = [u8; 32];

/// What a participant says of itself, and signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Claim {
    pub role: Role,
    /// Words of hand-over that it knows.
    pub words: u32,
    /// It knows a link's secret.
    pub secret: bool,
}

/// What to do after a message.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Send(Wire),
    /// Proven by the other side. Send the message, if there is one, before anything else.
    Done {
        verified: Verified,
        claim: Claim,
        last: Option<Wire>,
        pin: Pin,
        /// Both sides show the code of the same earlier handshake: it goes on to count.
        same: bool,
    },
    /// `tell`: the other side does not know yet.
    Refuse {
        reason: Refusal,
        tell: bool,
    },
}

/// Where the handshake stands.
#[derive(Clone)]
enum State {
    AwaitHello,
    AwaitWelcome,
    AwaitReveal {
        commit: [u8; 32],
        theirs: Theirs,
    },
    AwaitProof {
        proofs: Proofs,
        theirs: Theirs,
    },
    /// Finished or refused; whatever comes is garbage.
    Closed,
}

/// What the other side's first message said.
#[derive(Clone, Copy)]
struct Theirs {
    claim: Claim,
    seen: Option<Pin>,
}

impl Theirs {
    fn read(claim: Claim, seen: Option<&String>) -> Result<Self, Refusal> {
        let seen = seen.map(|s| decode(s).ok_or(Refusal::Garbage)).transpose()?;
        Ok(Self { claim, seen })
    }
}

#[derive(Clone)]
pub(crate) struct Handshake {
    facts: Facts,
    nonce: [u8; 32],
    state: State,
}

impl Handshake {
    /// `nonce`: fresh and random for this connection. The offerer gets a message to send.
    pub(crate) fn new(facts: Facts, nonce: [u8; 32]) -> (Self, Option<Wire>) {
        let hello = facts.binding.offerer.then(|| {
            Wire::Hello(Hello {
                version: VERSION,
                session: facts.session,
                from: facts.me.id,
                to: facts.peer.id,
                role: facts.me.role,
                words: facts.words,
                key: facts.me.key.to_text(),
                secret: facts.secret.is_some(),
                commit: encode(transcript::commitment(&nonce, &facts.me.key).as_bytes()),
                seen: facts.seen.map(|s| encode(&s)),
            })
        });
        let state = if hello.is_some() { State::AwaitWelcome } else { State::AwaitHello };
        (Self { facts, nonce, state }, hello)
    }

    pub(crate) fn handle(&mut self, identity: &Identity, bytes: &[u8]) -> Step {
        let state = std::mem::replace(&mut self.state, State::Closed);
        let step = match Wire::decode(bytes) {
            Ok(Wire::Refused(r)) => Err((r.refusal(), false)),
            Ok(message) => self.advance(identity, state, message).map_err(|r| (r, true)),
            Err(WireError::Version(theirs)) => Err((Refusal::Version { theirs }, true)),
            Err(_) => Err((Refusal::Garbage, true)),
        };
        step.unwrap_or_else(|(reason, tell)| Step::Refuse { reason, tell })
    }

    fn advance(&mut self, identity: &Identity, state: State, message: Wire) -> Result<Step, Refusal> {
        match (state, message) {
            (State::AwaitHello, Wire::Hello(m)) => {
                self.check_party(m.session, m.from, m.to, m.role, &m.key)?;
                self.check_secret(m.secret)?;
                let commit = decode(&m.commit).ok_or(Refusal::Garbage)?;
                let theirs = Theirs::read(claim(m.role, m.words, m.secret), m.seen.as_ref())?;
                self.state = State::AwaitReveal { commit, theirs };
                let f = &self.facts;
                Ok(Step::Send(Wire::Welcome(Welcome {
                    version: VERSION,
                    session: f.session,
                    from: f.me.id,
                    to: f.peer.id,
                    role: f.me.role,
                    words: f.words,
                    key: f.me.key.to_text(),
                    secret: f.secret.is_some(),
                    nonce: encode(&self.nonce),
                    seen: f.seen.map(|s| encode(&s)),
                })))
            }
            (State::AwaitWelcome, Wire::Welcome(m)) => {
                self.check_party(m.session, m.from, m.to, m.role, &m.key)?;
                self.check_secret(m.secret)?;
                let nonce = decode(&m.nonce).ok_or(Refusal::Garbage)?;
                let theirs = Theirs::read(claim(m.role, m.words, m.secret), m.seen.as_ref())?;
                let proofs = self.proofs(nonce, theirs);
                let (signature, mac) = proofs.mine(identity);
                self.state = State::AwaitProof { proofs, theirs };
                Ok(Step::Send(Wire::Reveal(Reveal { nonce: encode(&self.nonce), signature, mac })))
            }
            (State::AwaitReveal { commit, theirs }, Wire::Reveal(m)) => {
                let nonce: [u8; 32] = decode(&m.nonce).ok_or(Refusal::Garbage)?;
                if transcript::commitment(&nonce, &self.facts.peer.key) != commit {
                    return Err(Refusal::Signature);
                }
                let proofs = self.proofs(nonce, theirs);
                let verified = proofs.check(&self.facts.peer.key, &m.signature, m.mac.as_deref())?;
                let (signature, mac) = proofs.mine(identity);
                let last = Some(Wire::Proof(Proof { signature, mac }));
                Ok(self.done(verified, last, &proofs, theirs))
            }
            (State::AwaitProof { proofs, theirs }, Wire::Proof(m)) => {
                let verified = proofs.check(&self.facts.peer.key, &m.signature, m.mac.as_deref())?;
                Ok(self.done(verified, None, &proofs, theirs))
            }
            _ => Err(Refusal::Garbage),
        }
    }

    /// The message must come from the expected participant, be for me, and name the expected key.
    fn check_party(
        &self,
        session: SessionNumber,
        from: ParticipantId,
        to: ParticipantId,
        role: Role,
        key: &str,
    ) -> Result<(), Refusal> {
        let (me, peer) = (&self.facts.me, &self.facts.peer);
        let customer = |r| r == Role::Customer;
        if (session, from, to) != (self.facts.session, peer.id, me.id)
            || customer(role) != customer(peer.role)
        {
            return Err(Refusal::Garbage);
        }
        let key = PublicKey::from_text(key).ok_or(Refusal::Garbage)?;
        if key != peer.key || key == me.key { Err(Refusal::Key) } else { Ok(()) }
    }

    fn check_secret(&self, theirs: bool) -> Result<(), Refusal> {
        if self.facts.secret_required && !theirs { Err(Refusal::Secret) } else { Ok(()) }
    }

    fn done(&self, verified: Verified, last: Option<Wire>, proofs: &Proofs, theirs: Theirs) -> Step {
        let same = self.facts.seen.is_some() && self.facts.seen == theirs.seen;
        Step::Done { verified, claim: theirs.claim, last, pin: proofs.pin(), same }
    }

    fn proofs(&self, nonce: [u8; 32], theirs: Theirs) -> Proofs {
        let f = &self.facts;
        let (mine, b) = (self.nonce, f.binding);
        let has = f.secret.is_some();
        let claim = theirs.claim;
        let peer = Party { role: claim.role, ..f.peer };
        let transcript = if b.offerer {
            Transcript {
                session: f.session,
                parties: [f.me, peer],
                words: [f.words, claim.words],
                fingerprints: [b.local, b.remote],
                nonces: [mine, nonce],
                secrets: [has, claim.secret],
                seen: [f.seen, theirs.seen],
            }
        } else {
            Transcript {
                session: f.session,
                parties: [peer, f.me],
                words: [claim.words, f.words],
                fingerprints: [b.remote, b.local],
                nonces: [nonce, mine],
                secrets: [claim.secret, has],
                seen: [theirs.seen, f.seen],
            }
        };
        let secret = f.secret.as_ref().filter(|_| claim.secret);
        Proofs::new(&transcript, b.offerer, secret)
    }
}

fn claim(role: Role, words: u32, secret: bool) -> Claim {
    Claim { role, words, secret }
}

/// The message that tells the other side of a refusal.
pub(crate) fn refused(reason: Refusal) -> Vec<u8> {
    Wire::Refused(Refused::new(reason)).encode()
}

#[cfg(test)]
mod tests;

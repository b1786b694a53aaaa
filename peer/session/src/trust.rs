//! The trust handshake: runs on `control` once a connection is open, before anything else is accepted.
//!
//! Both sides sign one transcript (version, session, both participants with role and key, both DTLS
//! fingerprints, both nonces) and, when both know the link's secret, prove that with a keyed hash.
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
    /// As announced by the server, or as seen before.
    pub peer: Party,
    pub binding: Binding,
    pub secret: Option<LinkSecret>,
    /// Refuse a peer that does not prove the secret.
    pub secret_required: bool,
}

/// What to do after a message.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Send(Wire),
    /// Proven by the other side. Send the message, if there is one, before anything else.
    Done {
        verified: Verified,
        last: Option<Wire>,
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
        their_secret: bool,
    },
    AwaitProof {
        proofs: Proofs,
    },
    /// Finished or refused; whatever comes is garbage.
    Closed,
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
                key: facts.me.key.to_text(),
                secret: facts.secret.is_some(),
                commit: encode(transcript::commitment(&nonce, &facts.me.key).as_bytes()),
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
                self.state = State::AwaitReveal { commit, their_secret: m.secret };
                let f = &self.facts;
                Ok(Step::Send(Wire::Welcome(Welcome {
                    version: VERSION,
                    session: f.session,
                    from: f.me.id,
                    to: f.peer.id,
                    role: f.me.role,
                    key: f.me.key.to_text(),
                    secret: f.secret.is_some(),
                    nonce: encode(&self.nonce),
                })))
            }
            (State::AwaitWelcome, Wire::Welcome(m)) => {
                self.check_party(m.session, m.from, m.to, m.role, &m.key)?;
                self.check_secret(m.secret)?;
                let theirs = decode(&m.nonce).ok_or(Refusal::Garbage)?;
                let proofs = self.proofs(theirs, m.secret);
                let (signature, mac) = proofs.mine(identity);
                self.state = State::AwaitProof { proofs };
                Ok(Step::Send(Wire::Reveal(Reveal { nonce: encode(&self.nonce), signature, mac })))
            }
            (State::AwaitReveal { commit, their_secret }, Wire::Reveal(m)) => {
                let theirs: [u8; 32] = decode(&m.nonce).ok_or(Refusal::Garbage)?;
                if transcript::commitment(&theirs, &self.facts.peer.key) != commit {
                    return Err(Refusal::Signature);
                }
                let proofs = self.proofs(theirs, their_secret);
                let verified = proofs.check(&self.facts.peer.key, &m.signature, m.mac.as_deref())?;
                let (signature, mac) = proofs.mine(identity);
                Ok(Step::Done { verified, last: Some(Wire::Proof(Proof { signature, mac })) })
            }
            (State::AwaitProof { proofs }, Wire::Proof(m)) => {
                let verified = proofs.check(&self.facts.peer.key, &m.signature, m.mac.as_deref())?;
                Ok(Step::Done { verified, last: None })
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
        if (session, from, to, role) != (self.facts.session, peer.id, me.id, peer.role) {
            return Err(Refusal::Garbage);
        }
        let key = PublicKey::from_text(key).ok_or(Refusal::Garbage)?;
        if key != peer.key || key == me.key { Err(Refusal::Key) } else { Ok(()) }
    }

    fn check_secret(&self, theirs: bool) -> Result<(), Refusal> {
        if self.facts.secret_required && !theirs { Err(Refusal::Secret) } else { Ok(()) }
    }

    fn proofs(&self, theirs: [u8; 32], their_secret: bool) -> Proofs {
        let f = &self.facts;
        let (mine, b) = (self.nonce, f.binding);
        let has = f.secret.is_some();
        let transcript = if b.offerer {
            Transcript {
                session: f.session,
                parties: [f.me, f.peer],
                fingerprints: [b.local, b.remote],
                nonces: [mine, theirs],
                secrets: [has, their_secret],
            }
        } else {
            Transcript {
                session: f.session,
                parties: [f.peer, f.me],
                fingerprints: [b.remote, b.local],
                nonces: [theirs, mine],
                secrets: [their_secret, has],
            }
        };
        let secret = f.secret.as_ref().filter(|_| their_secret);
        Proofs::new(&transcript, b.offerer, secret)
    }
}

/// The message that tells the other side of a refusal.
pub(crate) fn refused(reason: Refusal) -> Vec<u8> {
    Wire::Refused(Refused::new(reason)).encode()
}

#[cfg(test)]
mod tests;

//! A hand-over of control: the word of the one who has it, believed for its signature alone.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use deskside_protocol::{HandOver, MOST_HAND_OVERS, Role, SessionNumber, socket::FromServer};
use ed25519_dalek::{Signature, VerifyingKey};

use super::{Directory, LinkId, Millis, Output, Outputs, session::Session};

impl Directory {
    /// Takes a word that a participant of the session shows, whoever that is. Gives the session's number if it
    /// holds: once it is saved, [`Directory::tell_hand_over`] tells it.
    pub fn hand_over(
        &mut self,
        now: Millis,
        link: LinkId,
        word: &HandOver,
    ) -> (Option<SessionNumber>, Outputs) {
        let Some((session, _)) = self.seat(link) else { return (None, Outputs::new()) };
        if !holds(session, word) {
            return (None, Outputs::new());
        }
        for (id, role) in [(word.from, Role::Assistant), (word.to, Role::Primary)] {
            if let Some(who) = session.participants.get_mut(&id) {
                who.role = role;
            }
        }
        session.hand_overs.push(word.clone());
        session.history.handed_over(now, word);
        let (number, mut out) = (session.number, Outputs::new());
        session.transfer_handed_over(word.to, &mut out);
        out.push(Output::Save(session.record()));
        out.push(Output::SaveWord(number, word.clone()));
        self.changed = true;
        (Some(number), out)
    }

    /// The roster as it is now to all, then the word to all but the one who showed it.
    pub fn tell_hand_over(&self, number: SessionNumber, shown_by: LinkId, word: &HandOver) -> Outputs {
        let mut out = Outputs::new();
        let Some(session) = self.sessions.get(&number) else { return out };
        session.tell_roster(None, &mut out);
        for link in session.online().filter(|link| *link != shown_by) {
            out.push(Output::Send(link, FromServer::HandOver { word: word.clone() }));
        }
        out
    }
}

/// Whether the one who is primary now says, with the key that is pinned, that this assistant is next.
fn holds(session: &Session, word: &HandOver) -> bool {
    let next = u32::try_from(session.hand_overs.len()).unwrap_or(u32::MAX).saturating_add(1);
    let Some((id, primary)) = session.primary() else { return false };
    let Some(to) = session.participants.get(&word.to) else { return false };
    session.hand_overs.len() < MOST_HAND_OVERS
        && word.serial == next
        && word.from == id
        && primary.key.as_ref() == Some(&word.from_key)
        && to.role == Role::Assistant
        && to.key.as_ref() == Some(&word.to_key)
        && signed(session.number, word)
}

fn signed(number: SessionNumber, word: &HandOver) -> bool {
    let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).ok();
    let key = bytes(&word.from_key).and_then(|b| <[u8; 32]>::try_from(b).ok());
    let key = key.and_then(|b| VerifyingKey::from_bytes(&b).ok());
    let signature = bytes(&word.signature).and_then(|b| Signature::from_slice(&b).ok());
    let (Some(key), Some(signature)) = (key, signature) else { return false };
    key.verify_strict(&word.signed_bytes(number), &signature).is_ok()
}

#[cfg(test)]
mod tests {
    use deskside_protocol::{ParticipantId, VERSION, api::Code, socket::Hello};
    use ed25519_dalek::{Signer, SigningKey};

    use super::{
        super::{Agent, Place, Rules, Seated, SessionRecord, Stored},
        *,
    };

    const RULES: Rules = Rules {
        number_lives: 600_000,
        away_lives: 1_800_000,
        ticket_waits: 120_000,
        participants: 8,
        customers: 8,
        sessions: 50,
        per_account: 5,
        keep_place: 120_000,
        transfer_waits: 120_000,
        longest_queue: 10,
    };

    fn number() -> SessionNumber {
        SessionNumber::new(123_456_789).unwrap()
    }

    fn signer(n: u8) -> SigningKey {
        SigningKey::from_bytes(&[n; 32])
    }

    fn key(n: u8) -> String {
        URL_SAFE_NO_PAD.encode(signer(n).verifying_key().to_bytes())
    }

    fn connect(d: &mut Directory, n: u8) -> Result<Seated, Code> {
        let hello = Hello { version: VERSION, ticket: String::new(), key: key(n), name: String::new() };
        match d.connect(0, LinkId(n.into()), &hello, &[n; 32])?.0 {
            Place::In(seated) => Ok(seated),
            Place::Waits(line) => panic!("{line:?}"),
        }
    }

    /// Agents 1 (primary), 2 and 3, customer 4: key, ticket and link have the same number as the id.
    fn running() -> Directory {
        let mut d = Directory::new(RULES);
        let agent = |name| Agent { account: name, name };
        d.open(0, agent("ana"), [1; 32], number).unwrap();
        d.assist(0, number(), agent("bob"), [2; 32]).unwrap();
        d.assist(0, number(), agent("cem"), [3; 32]).unwrap();
        d.join(0, number(), "Zoé", [4; 32]).unwrap();
        for n in 1..=4 {
            connect(&mut d, n).unwrap();
        }
        d
    }

    fn word(serial: u32, from: u8, to: u8) -> HandOver {
        sign(
            from,
            HandOver {
                serial,
                from: ParticipantId(from.into()),
                from_key: key(from),
                to: ParticipantId(to.into()),
                to_key: key(to),
                signature: String::new(),
            },
        )
    }

    fn sign(by: u8, mut word: HandOver) -> HandOver {
        word.signature = URL_SAFE_NO_PAD.encode(signer(by).sign(&word.signed_bytes(number())).to_bytes());
        word
    }

    fn holds(d: &mut Directory, shown_by: u64, word: &HandOver) -> bool {
        let before = d.sessions[&number()].record();
        let (told, out) = d.hand_over(0, LinkId(shown_by), word);
        assert_eq!(told.is_some(), !out.is_empty());
        assert!(told.is_some() || before == d.sessions[&number()].record(), "refused, and something changed");
        told.is_some()
    }

    fn roles(d: &Directory) -> Vec<Role> {
        d.sessions[&number()].participants.values().map(|p| p.role).collect()
    }

    #[test]
    fn control_goes_to_an_assistant_and_back() {
        use Role::{Assistant, Customer, Primary};
        let mut d = running();
        assert!(holds(&mut d, 1, &word(1, 1, 2)));
        assert_eq!(roles(&d), [Assistant, Primary, Assistant, Customer]);
        assert!(d.end(0, LinkId(1)).is_empty(), "who gave it away has no say any more");
        // Whoever shows it: the signature counts.
        assert!(holds(&mut d, 4, &word(2, 2, 1)));
        assert_eq!(roles(&d), [Primary, Assistant, Assistant, Customer]);
        let out = d.tell_hand_over(number(), LinkId(4), &word(2, 2, 1));
        let told = |o: &Output| matches!(o, Output::Send(_, FromServer::HandOver { .. }));
        let words: Vec<_> = out.iter().filter(|o| told(o)).collect();
        assert_eq!((out.len(), words.len()), (7, 3));
        assert!(!out.iter().any(|o| told(o) && matches!(o, Output::Send(LinkId(4), _))));
        assert_eq!(connect(&mut d, 3).unwrap().hand_overs, [word(1, 1, 2), word(2, 2, 1)]);
        assert!(matches!(d.end(0, LinkId(1)).last(), Some(Output::Forget(_, 2))));
    }

    #[test]
    fn a_word_that_does_not_hold_changes_nothing() {
        let good = word(1, 1, 2);
        let with = |change: fn(&mut HandOver)| {
            let mut word = word(1, 1, 2);
            change(&mut word);
            word
        };
        let wrong = [
            ("signed by another", sign(3, with(|_| {}))),
            ("serial too low", sign(1, with(|w| w.serial = 0))),
            ("serial too high", sign(1, with(|w| w.serial = 2))),
            ("from who is not primary", word(1, 2, 3)),
            ("another's key", sign(3, with(|w| w.from_key = key(3)))),
            ("a key that nobody has", sign(1, with(|w| w.to_key = key(9)))),
            ("the id of another", sign(1, with(|w| w.to = ParticipantId(3)))),
            ("to a customer", word(1, 1, 4)),
            ("to oneself", word(1, 1, 1)),
            ("to nobody", word(1, 1, 9)),
            ("altered afterwards", with(|w| w.serial = 7)),
            ("no signature", with(|w| w.signature.clear())),
            ("a long signature", with(|w| w.signature.push('A'))),
            ("garbage", with(|w| w.signature = "\u{0}=".repeat(43))),
        ];
        let mut d = running();
        for (why, word) in wrong {
            assert!(!holds(&mut d, 1, &word), "{why}");
        }
        assert!(d.hand_over(0, LinkId(99), &good).0.is_none(), "from no socket of ours");
        assert!(holds(&mut d, 1, &good));
        assert!(!holds(&mut d, 1, &good), "again");
        assert!(holds(&mut d, 1, &word(2, 2, 1)));
        assert!(!holds(&mut d, 1, &good), "an old one");
        // The word of another session.
        let elsewhere = SessionNumber::new(987_654_321).unwrap();
        let mut foreign = word(3, 1, 2);
        let signature = signer(1).sign(&foreign.signed_bytes(elsewhere));
        foreign.signature = URL_SAFE_NO_PAD.encode(signature.to_bytes());
        assert!(!holds(&mut d, 1, &foreign));
    }

    #[test]
    fn an_assistant_without_a_key_gets_nothing() {
        let mut d = running();
        d.assist(0, number(), Agent { account: "dan", name: "Dan" }, [5; 32]).unwrap();
        assert!(!holds(&mut d, 1, &word(1, 1, 5)));
        connect(&mut d, 5).unwrap();
        assert!(holds(&mut d, 1, &word(1, 1, 5)));
    }

    #[test]
    fn there_are_not_too_many() {
        let mut d = running();
        for n in 1..=u32::try_from(MOST_HAND_OVERS).unwrap() {
            let (from, to) = if n % 2 == 1 { (1, 2) } else { (2, 1) };
            assert!(holds(&mut d, 1, &word(n, from, to)));
        }
        let next = u32::try_from(MOST_HAND_OVERS).unwrap() + 1;
        assert!(!holds(&mut d, 1, &word(next, 1, 2)));
    }

    #[test]
    fn a_restarted_server_knows_them() {
        let mut d = running();
        assert!(holds(&mut d, 1, &word(1, 1, 2)));
        let session = &d.sessions[&number()];
        let json = serde_json::to_string(&session.record()).unwrap();
        let record: SessionRecord = serde_json::from_str(&json).unwrap();
        let words: Vec<_> = session.hand_overs.iter().map(|w| (number(), w.clone())).collect();
        let mut d =
            Directory::restore(RULES, 0, Stored { sessions: vec![record], words, ..Stored::default() });
        for n in 1..=4 {
            assert_eq!(connect(&mut d, n).unwrap().hand_overs, [word(1, 1, 2)]);
        }
        assert!(!holds(&mut d, 1, &word(1, 1, 2)));
        assert!(!holds(&mut d, 1, &word(2, 1, 3)), "who gave it away gives it no more");
        assert!(holds(&mut d, 1, &word(2, 2, 3)));
    }
}

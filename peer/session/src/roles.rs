//! Who is primary: a chain of words, each signed by the agent who was primary until then.
//!
//! A participant who comes in takes the primary agent from the server's roster, once that agent proves its
//! key and says so itself. From then on only the next word of the chain changes it, whoever carries it.

use deskside_protocol::HandOver;
use serde::{Deserialize, Serialize};

use crate::{
    ParticipantId, SessionNumber,
    identity::{Identity, PublicKey, decode},
};

/// Most hand-overs of a session: all are kept, here and by the server, because somebody may come back who
/// missed them.
pub(crate) const MAX_WORDS: u32 = 128;
/// Most words that wait until they fit.
const MAX_WAITING: usize = 16;

/// A participant with a certain key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Person {
    pub id: ParticipantId,
    pub key: PublicKey,
}

/// A word whose form and signature are right; whether it counts is another question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    pub serial: u32,
    pub from: Person,
    pub to: Person,
}

impl Word {
    pub(crate) fn read(word: &HandOver, session: SessionNumber) -> Option<Self> {
        let from = Person { id: word.from, key: PublicKey::from_text(&word.from_key)? };
        let to = Person { id: word.to, key: PublicKey::from_text(&word.to_key)? };
        let fits = (1..=MAX_WORDS).contains(&word.serial) && from.id != to.id && from.key != to.key;
        let signature = decode(&word.signature).filter(|_| fits)?;
        from.key.verifies(&word.signed_bytes(session), &signature).then_some(Self {
            serial: word.serial,
            from,
            to,
        })
    }

    pub(crate) fn sign(self, identity: &Identity, session: SessionNumber) -> HandOver {
        let mut word = HandOver {
            serial: self.serial,
            from: self.from.id,
            from_key: self.from.key.to_text(),
            to: self.to.id,
            to_key: self.to.key.to_text(),
            signature: String::new(),
        };
        word.signature = identity.sign_text(&word.signed_bytes(session));
        word
    }
}

fn follows(last: Word, next: Word) -> bool {
    next.serial == last.serial + 1 && next.from == last.to
}

/// All that decides what becomes of a word.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Case {
    pub word: Word,
    /// Who is primary, and how many words led there; `None` while nobody has proven to be.
    pub known: Option<(Person, u32)>,
    /// Who is primary by the server's word alone, once proven; only for who does not know better.
    pub announced: Option<Person>,
    pub me: Person,
    /// Who said it over a proven connection; `None`: the server.
    pub via: Option<ParticipantId>,
    /// The receiver of the role, or whom that one passed it on to, is an agent whom I have, with that key.
    pub has_to: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The role passes.
    Apply,
    /// It says how what I know already came about: only its number is news.
    Adopt,
    /// It may come to count later.
    Keep,
    Drop,
}

/// What becomes of a word.
pub(crate) fn judge(c: Case) -> Verdict {
    let Case { word, .. } = c;
    match c.known {
        // I came back without a memory, and the server made me what this word made me.
        Some((primary, 0)) if primary == c.me && word.to == c.me && c.via.is_some() => Verdict::Adopt,
        // Said before, or replayed.
        Some((_, serial)) if word.serial <= serial => Verdict::Drop,
        Some((_, serial)) if word.serial > serial + 1 => Verdict::Keep,
        // Signed by somebody who is not primary: the one next word is not this.
        Some((primary, _)) if word.from != primary => Verdict::Drop,
        Some(_) if c.has_to => Verdict::Apply,
        Some(_) => Verdict::Keep,
        // Without a primary agent of whom I know, the server cannot play old words to me.
        None if c.via.is_none() => Verdict::Keep,
        None if c.announced == Some(word.from) && c.has_to => Verdict::Apply,
        None if c.announced == Some(word.to) && c.via == Some(word.to.id) => Verdict::Adopt,
        None => Verdict::Keep,
    }
}

/// A word that cannot count yet, and who said it.
#[derive(Clone)]
pub(crate) struct Waiting {
    pub via: Option<ParticipantId>,
    pub read: Word,
    pub word: HandOver,
}

/// What one participant knows of the chain.
#[derive(Default)]
pub(crate) struct Lead {
    /// Who is primary in my eyes; `None` while nobody has proven to be.
    pub primary: Option<Person>,
    /// Words that led there.
    pub serial: u32,
    /// Those of them that I have seen, oldest first.
    words: Vec<HandOver>,
    waiting: Vec<Waiting>,
    /// Words that the server was told on this connection to it, or has shown that it knows.
    pub told_server: u32,
    /// Words that the server has shown that it knows.
    pub server_knows: u32,
}

impl Lead {
    pub(crate) fn known(&self) -> Option<(Person, u32)> {
        self.primary.map(|p| (p, self.serial))
    }

    /// The word counts: its receiver is primary.
    pub(crate) fn pass(&mut self, read: Word, word: HandOver) {
        self.primary = Some(read.to);
        self.serial = read.serial;
        self.words.push(word);
    }

    /// Somebody proved to be primary after so many words.
    pub(crate) fn found(&mut self, primary: Person, serial: u32) {
        self.primary = Some(primary);
        self.serial = self.serial.max(serial);
    }

    pub(crate) fn restore(&mut self, primary: Option<Person>, serial: u32, words: Vec<HandOver>) {
        (self.primary, self.serial, self.words) = (primary, serial, words);
    }

    /// Words after the first `serial`.
    pub(crate) fn after(&self, serial: u32) -> impl Iterator<Item = &HandOver> {
        self.words.iter().filter(move |w| w.serial > serial)
    }

    pub(crate) fn keep(&mut self, new: Waiting) {
        if self.waiting.iter().any(|w| (w.via, &w.word) == (new.via, &new.word)) {
            return;
        }
        if self.waiting.len() == MAX_WAITING {
            // What a participant said is not said again on the same connection.
            let first = self.waiting.iter().position(|w| w.via.is_none());
            self.waiting.remove(first.unwrap_or(0));
        }
        self.waiting.push(new);
    }

    /// To whom the role went on from the receiver of a word, by the words that wait.
    pub(crate) fn heirs(&self, of: Word) -> Vec<Person> {
        let mut heirs: Vec<Person> = Vec::new();
        let mut last = of;
        let next = |last: Word| self.waiting.iter().map(|w| w.read).find(|w| follows(last, *w));
        while let Some(word) = next(last) {
            heirs.push(word.to);
            last = word;
        }
        heirs
    }

    pub(crate) fn waiting(&self) -> impl Iterator<Item = &Waiting> {
        self.waiting.iter()
    }

    /// A word waits no more.
    pub(crate) fn forget(&mut self, which: &Waiting) {
        self.waiting.retain(|w| (w.via, &w.word) != (which.via, &which.word));
    }

    /// Whether somebody was primary once: the chain vouches for that key.
    pub(crate) fn was_primary(&self, key: PublicKey) -> bool {
        let key = key.to_text();
        self.words.iter().any(|w| w.from_key == key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(n: u8) -> Identity {
        Identity::from_seed([n; 32])
    }
    fn person(n: u8) -> Person {
        Person { id: ParticipantId(u32::from(n)), key: identity(n).public() }
    }
    fn session() -> SessionNumber {
        SessionNumber::new(123_456_789).unwrap()
    }
    fn word(serial: u32, from: u8, to: u8) -> Word {
        Word { serial, from: person(from), to: person(to) }
    }

    #[test]
    fn a_signed_word_is_read_and_each_change_of_it_is_not() {
        let good = word(3, 1, 2).sign(&identity(1), session());
        assert_eq!(Word::read(&good, session()), Some(word(3, 1, 2)));
        let changes: [fn(&mut HandOver); 8] = [
            |w| w.serial = 4,
            |w| w.from = ParticipantId(9),
            |w| w.to = ParticipantId(9),
            |w| w.from_key = identity(9).public_text(),
            |w| w.to_key = identity(9).public_text(),
            |w| w.signature = crate::identity::encode(&[0; 64]),
            |w| w.signature.clear(),
            |w| w.from_key.clear(),
        ];
        for change in changes {
            let mut bad = good.clone();
            change(&mut bad);
            assert_eq!(Word::read(&bad, session()), None, "{bad:?}");
        }
        assert_eq!(Word::read(&good, SessionNumber::new(987_654_321).unwrap()), None);
        for bad in [word(0, 1, 2), word(MAX_WORDS + 1, 1, 2), word(1, 1, 1)] {
            assert_eq!(Word::read(&bad.sign(&identity(1), session()), session()), None, "{bad:?}");
        }
        let by_another = word(1, 1, 2).sign(&identity(2), session());
        assert_eq!(Word::read(&by_another, session()), None);
    }

    #[test]
    fn which_words_count_as_a_table() {
        let (one, me) = (person(1), person(7));
        let case =
            Case { word: word(3, 1, 2), known: Some((one, 2)), announced: None, me, via: None, has_to: true };
        let by = |n: u32| Some(ParticipantId(n));
        let base = Case { known: None, announced: Some(one), via: by(1), ..case };
        let table = [
            (case, Verdict::Apply),
            (Case { has_to: false, ..case }, Verdict::Keep),
            (Case { word: word(2, 1, 2), ..case }, Verdict::Drop),
            (Case { word: word(1, 1, 2), ..case }, Verdict::Drop),
            (Case { word: word(4, 1, 2), ..case }, Verdict::Keep),
            (Case { word: word(3, 2, 3), ..case }, Verdict::Drop),
            (Case { word: word(3, 2, 7), ..case }, Verdict::Drop),
            (base, Verdict::Apply),
            (Case { has_to: false, ..base }, Verdict::Keep),
            (Case { via: None, ..base }, Verdict::Keep),
            (Case { announced: None, ..base }, Verdict::Keep),
            (Case { announced: Some(person(2)), via: by(2), ..base }, Verdict::Adopt),
            (Case { announced: Some(person(2)), via: by(1), ..base }, Verdict::Keep),
            (Case { word: word(3, 1, 7), known: Some((me, 0)), via: by(1), ..case }, Verdict::Adopt),
            (Case { word: word(3, 1, 7), known: Some((me, 0)), ..case }, Verdict::Keep),
            (Case { word: word(3, 1, 7), known: Some((me, 3)), via: by(1), ..case }, Verdict::Drop),
        ];
        for (case, verdict) in table {
            assert_eq!(judge(case), verdict, "{case:?}");
        }
    }

    #[test]
    fn what_waits_is_bounded() {
        let mut lead = Lead::default();
        let waiting = |via: Option<u32>, serial| {
            let read = word(serial, 1, 2);
            Waiting { via: via.map(ParticipantId), read, word: read.sign(&identity(1), session()) }
        };
        lead.keep(waiting(Some(1), 1));
        for serial in 2..100 {
            lead.keep(waiting(None, serial));
        }
        assert_eq!(lead.waiting().count(), MAX_WAITING);
        assert!(lead.waiting().any(|w| w.via.is_some()), "what was said over a connection stays");
    }

    #[test]
    fn the_role_is_followed_through_words_that_wait() {
        let mut lead = Lead::default();
        for read in [word(4, 3, 4), word(2, 9, 3), word(3, 2, 3)] {
            lead.keep(Waiting { via: None, read, word: read.sign(&identity(1), session()) });
        }
        assert_eq!(lead.heirs(word(2, 1, 2)), [person(3), person(4)]);
        assert_eq!(lead.heirs(word(3, 2, 9)), [], "signed by somebody else");
    }
}

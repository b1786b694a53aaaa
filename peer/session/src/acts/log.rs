//! A log in memory: written by the customer, checked and counter-signed by an agent.

use super::{
    Entry, MAX_ENTRIES, MAX_ENTRY, MAX_LOG, Person, RESERVED, Standing, What, entry,
    file::{Fault, Line},
};
use crate::{
    SessionNumber,
    identity::{Identity, PublicKey, decode, encode},
};

/// What the primary agent's peer said of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub key: PublicKey,
    /// Milliseconds since 1970 by the agent's clock.
    pub at: u64,
    /// `None`: disputed.
    pub signature: Option<String>,
}

/// An entry with all that belongs to it.
#[derive(Clone, Debug)]
pub struct Record {
    pub entry: Entry,
    pub text: String,
    pub signature: String,
    pub hash: [u8; 32],
    pub answer: Option<Answer>,
    /// Who is primary after it.
    led: Option<Person>,
}

/// All entries of one customer in one session.
#[derive(Clone, Debug)]
pub struct Log {
    session: SessionNumber,
    writer: Person,
    records: Vec<Record>,
    bytes: usize,
    standing: Standing,
    /// An agent's copy: closed after so many entries, by this key, then.
    closed: Option<(u32, PublicKey, u64)>,
}

impl Log {
    pub(crate) fn new(session: SessionNumber, writer: Person) -> Self {
        let standing = Standing::default();
        Self { session, writer, records: Vec::new(), bytes: 0, standing, closed: None }
    }

    pub fn session(&self) -> SessionNumber {
        self.session
    }

    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// How many entries there are: the serial number of the last one.
    pub fn len(&self) -> u32 {
        u32::try_from(self.records.len()).unwrap_or(u32::MAX)
    }

    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    pub fn standing(&self) -> &Standing {
        &self.standing
    }

    /// The customer who writes it.
    pub fn writer(&self) -> Person {
        self.writer
    }

    /// Stands for the whole log: the hash of the last entry, 43 characters; empty for no entry.
    pub fn fingerprint(&self) -> String {
        self.records.last().map(|r| encode(&r.hash)).unwrap_or_default()
    }

    /// The customer wrote the end, or an agent closed its copy after the last entry.
    pub fn is_closed(&self) -> bool {
        self.standing.over || self.closed.is_some_and(|(n, ..)| n == self.len())
    }

    /// Who closed this copy, after how many entries.
    pub fn closed_by(&self) -> Option<(u32, PublicKey)> {
        self.closed.map(|(n, key, _)| (n, key))
    }

    /// When this copy was closed by the clock of who did, milliseconds since 1970.
    pub fn closed_at(&self) -> Option<u64> {
        self.closed.map(|(_, _, at)| at)
    }

    /// Whose counter-signature an entry should have: of whoever is primary after it.
    pub fn signer(&self, serial: u32) -> Option<Person> {
        let from = self.index(serial)?;
        self.records[from].led.or_else(|| self.records[from..].iter().find_map(|r| r.led))
    }

    /// The first of the entries whose signer is known since this one: usually itself.
    pub(crate) fn waits_since(&self, serial: u32) -> u32 {
        let Some(i) = self.index(serial).filter(|i| self.records[*i].led.is_some()) else { return serial };
        let waited = self.records[..i].iter().rev().take_while(|r| r.led.is_none()).count();
        serial - u32::try_from(waited).unwrap_or(0)
    }

    /// Only endings are taken from now on.
    pub(crate) fn is_full(&self) -> bool {
        self.len() >= MAX_ENTRIES - RESERVED || self.bytes >= MAX_LOG / 8 * 7
    }

    pub(crate) fn record(&self, serial: u32) -> Option<&Record> {
        self.index(serial).map(|i| &self.records[i])
    }

    fn index(&self, serial: u32) -> Option<usize> {
        let i = usize::try_from(serial.checked_sub(1)?).ok()?;
        (i < self.records.len()).then_some(i)
    }

    /// The customer's side. The line to be kept; `None` if it does not fit any more.
    pub(crate) fn write(&mut self, by: &Identity, at: u64, who: Person, what: What) -> Option<String> {
        let last = matches!(what, What::Over { .. });
        let room = if last { MAX_ENTRIES } else { MAX_ENTRIES - 1 };
        if self.len() >= room || (self.is_full() && !what.is_ending()) {
            return None;
        }
        let entry = Entry { serial: self.len() + 1, at, who, what, previous: self.fingerprint() };
        // Nothing here has maps with odd keys, so that writing it cannot fail.
        let text = serde_json::to_string(&entry).unwrap_or_default();
        let hash = entry::hash(self.session, &text);
        let signature = by.sign_text(&entry::written(&hash));
        let line = Line::Entry { text: text.clone(), signature: signature.clone() }.encode();
        self.push(entry, text, signature, hash);
        Some(line)
    }

    /// Takes the next entry if it is right; the line to be kept.
    pub(crate) fn take(&mut self, text: &str, signature: &str) -> Result<String, Fault> {
        let entry: Entry = serde_json::from_str(text).map_err(|_| Fault::Malformed)?;
        if text.len() > MAX_ENTRY || self.len() >= MAX_ENTRIES || self.bytes + text.len() > MAX_LOG {
            return Err(Fault::TooLong);
        }
        if entry.serial != self.len() + 1 {
            return Err(Fault::Order { expected: self.len() + 1, found: entry.serial });
        }
        if entry.previous != self.fingerprint() {
            return Err(Fault::Previous);
        }
        let first = matches!(&entry.what, What::Began { session, .. } if *session == self.session);
        let first = first && entry.who == self.writer;
        if first != self.records.is_empty() {
            return Err(Fault::Beginning);
        }
        let hash = entry::hash(self.session, text);
        let right = decode(signature).is_some_and(|s| self.writer.key.verifies(&entry::written(&hash), &s));
        if !right {
            return Err(Fault::Signature);
        }
        let (text, signature) = (text.to_owned(), signature.to_owned());
        let line = Line::Entry { text: text.clone(), signature: signature.clone() }.encode();
        self.push(entry, text, signature, hash);
        Ok(line)
    }

    fn push(&mut self, entry: Entry, text: String, signature: String, hash: [u8; 32]) {
        self.standing.apply(entry.who, &entry.what);
        self.bytes += text.len();
        let led = self.standing.primary.map(|(p, _)| p);
        self.records.push(Record { entry, text, signature, hash, answer: None, led });
    }

    /// An agent's own word on an entry.
    pub(crate) fn sign(&self, by: &Identity, serial: u32, at: u64, disputed: bool) -> Option<Answer> {
        let hash = self.record(serial)?.hash;
        let signature = (!disputed).then(|| by.sign_text(&entry::seen(&hash, at)));
        Some(Answer { key: by.public(), at, signature })
    }

    /// Takes the first word on an entry if it is right; the line to be kept.
    pub(crate) fn answer(&mut self, serial: u32, answer: Answer) -> Result<String, Fault> {
        let i = self.index(serial).ok_or(Fault::Answer)?;
        let seen = entry::seen(&self.records[i].hash, answer.at);
        let fits = |s: &String| decode(s).is_some_and(|s| answer.key.verifies(&seen, &s));
        if self.records[i].answer.is_some() || !answer.signature.as_ref().is_none_or(fits) {
            return Err(Fault::Answer);
        }
        let Answer { key, at, signature } = answer.clone();
        self.records[i].answer = Some(answer);
        Ok(Line::Answer { serial, key, at, signature }.encode())
    }

    /// An agent's copy ends here; the line to be kept.
    pub(crate) fn close(&mut self, by: &Identity, at: u64) -> Option<String> {
        let hash = self.records.last()?.hash;
        let signature = by.sign_text(&entry::closed(&hash, at));
        self.closed = Some((self.len(), by.public(), at));
        Some(Line::Closed { serial: self.len(), key: by.public(), at, signature }.encode())
    }

    pub(super) fn take_close(
        &mut self,
        serial: u32,
        key: PublicKey,
        at: u64,
        signature: &str,
    ) -> Result<(), Fault> {
        let last = self.records.last().filter(|_| serial == self.len()).ok_or(Fault::Close)?;
        let signed = entry::closed(&last.hash, at);
        let right = decode(signature).is_some_and(|s| key.verifies(&signed, &s));
        self.closed = Some((serial, key, at));
        if right { Ok(()) } else { Err(Fault::Close) }
    }
}

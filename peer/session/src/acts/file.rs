//! A log as a file: one line of JSON for each entry, answer and end.

use serde::{Deserialize, Serialize};

use super::{Answer, Entry, Log, MAX_ENTRY, What};
use crate::identity::PublicKey;

/// Longest line: a text whose every character is escaped, a signature, and the names.
const MAX_LINE: usize = 2 * MAX_ENTRY + 512;

/// One line, byte for byte: what is written differently is not one.
#[derive(Serialize, Deserialize)]
#[serde(tag = "line", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Line {
    Entry {
        text: String,
        signature: String,
    },
    Answer {
        serial: u32,
        key: PublicKey,
        at: u64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        signature: Option<String>,
    },
    Closed {
        serial: u32,
        key: PublicKey,
        at: u64,
        signature: String,
    },
}

impl Line {
    /// With its line feed.
    pub(super) fn encode(&self) -> String {
        let mut line = serde_json::to_string(self).unwrap_or_default();
        line.push('\n');
        line
    }

    fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        if bytes.len() > MAX_LINE {
            return Err(Fault::TooLong);
        }
        let line: Self = serde_json::from_slice(bytes).map_err(|_| Fault::Malformed)?;
        if line.encode().as_bytes() == bytes { Ok(line) } else { Err(Fault::Malformed) }
    }
}

/// What is wrong with a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("not a line of a log")]
    Malformed,
    #[error("longer than it may be")]
    TooLong,
    #[error("the line is torn: it has no end")]
    Torn,
    #[error("the log does not begin as a log does")]
    Beginning,
    #[error("entry {found} where {expected} should be")]
    Order { expected: u32, found: u32 },
    #[error("it does not follow the entry before it")]
    Previous,
    #[error("it is not signed by the customer who writes the log")]
    Signature,
    #[error("an answer that fits no entry, or is not signed by its key")]
    Answer,
    #[error("the end does not fit the entries, or is not signed by its key")]
    Close,
}

/// Where a log is wrong first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {fault}")]
pub struct Wrong {
    /// From 1.
    pub line: usize,
    pub fault: Fault,
}

/// How a log ends beside another copy of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tail {
    /// They are of different sessions or customers.
    Other,
    /// They say different things from this entry on.
    Differs { serial: u32 },
    /// Entries are missing that the other copy has.
    Cut { missing: u32 },
    /// It ended properly, before the other one wrote so many more entries.
    EndedBefore { missing: u32 },
    /// It has all that the other one has, and so many entries more.
    Whole { more: u32 },
}

impl Log {
    /// Reads and checks a whole file.
    pub fn read(bytes: &[u8]) -> Result<Self, Wrong> {
        let mut log = None;
        for (i, line) in bytes.split_inclusive(|b| *b == b'\n').enumerate() {
            let taken = match log.as_mut() {
                None => Self::begin(line).map(|l| log = Some(l)),
                Some(l) => l.take_line(line),
            };
            taken.map_err(|fault| Wrong { line: i + 1, fault })?;
        }
        log.ok_or(Wrong { line: 1, fault: Fault::Beginning })
    }

    fn begin(line: &[u8]) -> Result<Self, Fault> {
        let Line::Entry { text, .. } = whole(line)? else { return Err(Fault::Beginning) };
        let first: Entry = serde_json::from_str(&text).map_err(|_| Fault::Malformed)?;
        let What::Began { session, .. } = first.what else { return Err(Fault::Beginning) };
        let mut log = Self::new(session, first.who);
        log.take_line(line)?;
        Ok(log)
    }

    fn take_line(&mut self, line: &[u8]) -> Result<(), Fault> {
        match whole(line)? {
            Line::Entry { text, signature } => self.take(&text, &signature).map(|_| ()),
            Line::Answer { serial, key, at, signature } => {
                self.answer(serial, Answer { key, at, signature }).map(|_| ())
            }
            Line::Closed { serial, key, at, signature } => self.take_close(serial, key, at, &signature),
        }
    }

    /// Holds this copy against another one.
    pub fn against(&self, other: &Self) -> Tail {
        if (self.session(), self.writer()) != (other.session(), other.writer()) {
            return Tail::Other;
        }
        let both = self.records().iter().zip(other.records());
        if let Some((mine, _)) = both.into_iter().find(|(a, b)| a.hash != b.hash) {
            return Tail::Differs { serial: mine.entry.serial };
        }
        let missing = other.len().saturating_sub(self.len());
        if missing == 0 {
            return Tail::Whole { more: self.len() - other.len() };
        }
        let rest = &other.records()[self.records().len()..];
        // Whoever closed this copy here did not sign what comes after.
        let closer = self.closed_by().filter(|(n, _)| *n == self.len());
        let signed = |key| {
            let by = |a: &Answer| a.key == key && a.signature.is_some();
            rest.iter().any(|r| r.answer.as_ref().is_some_and(by))
        };
        match closer {
            Some((_, key)) if !signed(key) => Tail::EndedBefore { missing },
            _ => Tail::Cut { missing },
        }
    }
}

fn whole(line: &[u8]) -> Result<Line, Fault> {
    if line.ends_with(b"\n") { Line::decode(line) } else { Err(Fault::Torn) }
}

/// The whole lines of a file: a line that a crash tore had no effect yet.
pub fn whole_lines(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().rposition(|b| *b == b'\n').map_or(0, |i| i + 1);
    &bytes[..end]
}

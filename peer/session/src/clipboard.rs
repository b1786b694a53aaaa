//! Clipboard text in pieces that fit a message.

use std::collections::VecDeque;

use crate::wire::{MAX_CLIPBOARD, Message};

/// Largest piece as JSON text, in bytes (escapes included).
const PIECE: usize = 32 * 1024;
/// Pieces under way at once: keys and clicks wait behind them on the same channel.
const WINDOW: usize = 2;

/// The messages that carry `text`; none when it is too long.
pub(crate) fn pieces(transfer: u32, text: &str) -> Vec<Message> {
    if text.len() > MAX_CLIPBOARD {
        return Vec::new();
    }
    let mut parts = Vec::new();
    let (mut start, mut size) = (0, 0);
    for (i, c) in text.char_indices() {
        let len = json_len(c);
        if size + len > PIECE {
            parts.push(&text[start..i]);
            (start, size) = (i, 0);
        }
        size += len;
    }
    parts.push(&text[start..]);
    let count = parts.len();
    (0u32..)
        .zip(parts)
        .map(|(part, text)| Message::Clipboard {
            transfer,
            part,
            last: part as usize + 1 == count,
            text: text.to_owned(),
        })
        .collect()
}

/// Length of a character within JSON text (RFC 8259, section 7), at most.
fn json_len(c: char) -> usize {
    match c {
        '"' | '\\' => 2,
        c if c < ' ' => 6,
        c => c.len_utf8(),
    }
}

/// Sends one text at a time; the newest wins.
#[derive(Default)]
pub(crate) struct Sender {
    transfer: u32,
    waiting: VecDeque<Message>,
    in_flight: usize,
}

impl Sender {
    pub(crate) fn start(&mut self, text: &str) {
        self.transfer = self.transfer.wrapping_add(1);
        self.waiting = pieces(self.transfer, text).into();
        self.in_flight = 0;
    }

    /// What may be sent now.
    pub(crate) fn send(&mut self) -> Vec<Message> {
        let n = WINDOW.saturating_sub(self.in_flight).min(self.waiting.len());
        self.in_flight += n;
        self.waiting.drain(..n).collect()
    }

    pub(crate) fn acknowledge(&mut self, transfer: u32) {
        if transfer == self.transfer {
            self.in_flight = self.in_flight.saturating_sub(1);
        }
    }

    /// The rest of it is not sent any more.
    pub(crate) fn forget(&mut self) {
        self.waiting.clear();
        self.in_flight = 0;
    }
}

/// Puts pieces together again.
#[derive(Default)]
pub(crate) struct Assembler {
    under_way: Option<UnderWay>,
}

struct UnderWay {
    transfer: u32,
    next: u32,
    text: String,
}

impl Assembler {
    /// The whole text with its last piece. Anything out of order or too long is forgotten.
    pub(crate) fn piece(&mut self, transfer: u32, part: u32, last: bool, text: &str) -> Option<String> {
        let mut now = match self.under_way.take() {
            _ if part == 0 => UnderWay { transfer, next: 0, text: String::new() },
            Some(u) if (u.transfer, u.next) == (transfer, part) => u,
            _ => return None,
        };
        if now.text.len() + text.len() > MAX_CLIPBOARD {
            return None;
        }
        now.text.push_str(text);
        now.next += 1;
        if last {
            return Some(now.text);
        }
        self.under_way = Some(now);
        None
    }

    pub(crate) fn forget(&mut self) {
        self.under_way = None;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::wire::MAX_MESSAGE;

    fn carry(text: &str) -> Option<String> {
        let mut a = Assembler::default();
        let mut got = None;
        for m in pieces(7, text) {
            assert!(m.encode().len() <= MAX_MESSAGE);
            let Message::Clipboard { transfer, part, last, text } = m else { unreachable!() };
            assert_eq!(got, None);
            got = a.piece(transfer, part, last, &text);
        }
        got
    }

    #[test]
    fn long_and_escaped_texts_arrive_whole() {
        for text in ["".to_owned(), "\u{1}".repeat(100_000), "é€😀\"\\".repeat(50_000)] {
            assert_eq!(carry(&text), Some(text));
        }
        assert_eq!(carry(&"a".repeat(MAX_CLIPBOARD)).map(|t| t.len()), Some(MAX_CLIPBOARD));
        assert_eq!(carry(&"a".repeat(MAX_CLIPBOARD + 1)), None);
    }

    #[test]
    fn gaps_other_transfers_and_too_much_are_forgotten() {
        let mut a = Assembler::default();
        assert_eq!(a.piece(1, 0, false, "a"), None);
        assert_eq!(a.piece(1, 2, true, "c"), None);
        assert_eq!(a.piece(1, 1, true, "b"), None, "the gap ended it");
        assert_eq!(a.piece(1, 0, false, "a"), None);
        assert_eq!(a.piece(2, 1, true, "x"), None);
        assert_eq!(a.piece(3, 0, false, "a"), None);
        assert_eq!(a.piece(4, 0, true, "new"), Some("new".into()));
        let half = "x".repeat(MAX_CLIPBOARD / 2 + 1);
        assert_eq!(a.piece(5, 0, false, &half), None);
        assert_eq!(a.piece(5, 1, true, &half), None);
    }

    proptest! {
        #[test]
        fn any_text_arrives(text in "\\PC{0,200}") {
            prop_assert_eq!(carry(&text), Some(text));
        }
    }
}

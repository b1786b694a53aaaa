//! Chat: exactly once and in order for each sender, whatever happens to the connection.

use std::collections::{BTreeSet, VecDeque};

use crate::{ParticipantId, view::ChatLine, wire::Message};

/// Most lines that are kept and shown.
pub const MAX_LINES: usize = 1000;
/// Most lines that wait for one participant.
const MAX_WAITING: usize = 1000;
/// Most lines under way to one participant without an acknowledgement.
const WINDOW: usize = 32;
/// Most text under way, in bytes.
const WINDOW_BYTES: usize = 128 * 1024;

/// A line of my own, to find it again when it was delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct LineId(u64);

struct Line {
    id: LineId,
    line: ChatLine,
    waits_for: BTreeSet<ParticipantId>,
    /// Somebody got it.
    reached: bool,
}

/// All lines, oldest first.
#[derive(Default)]
pub(crate) struct Log {
    lines: VecDeque<Line>,
    last_id: u64,
    pub unread: u32,
}

impl Log {
    /// `waits_for`: who shall get it; empty for lines of others.
    pub(crate) fn add(&mut self, line: ChatLine, waits_for: BTreeSet<ParticipantId>) -> LineId {
        self.last_id += 1;
        let id = LineId(self.last_id);
        self.lines.push_back(Line { id, line, waits_for, reached: false });
        if self.lines.len() > MAX_LINES {
            self.lines.pop_front();
        }
        id
    }

    pub(crate) fn delivered(&mut self, id: LineId, to: ParticipantId) {
        if let Ok(i) = self.lines.binary_search_by_key(&id, |l| l.id) {
            let l = &mut self.lines[i];
            l.reached |= l.waits_for.remove(&to);
            l.line.delivered = l.reached && l.waits_for.is_empty();
        }
    }

    /// Somebody left: lines that reached all others are delivered, lines for that one alone are not.
    pub(crate) fn left(&mut self, who: ParticipantId) {
        for l in &mut self.lines {
            if l.waits_for.remove(&who) {
                l.line.delivered = l.reached && l.waits_for.is_empty();
            }
        }
    }

    pub(crate) fn lines(&self) -> Vec<ChatLine> {
        self.lines.iter().map(|l| l.line.clone()).collect()
    }
}

struct Outgoing {
    id: LineId,
    private: bool,
    at: u64,
    text: String,
}

/// Chat with one participant; outlives connections.
#[derive(Default)]
pub(crate) struct Mailbox {
    /// Number of the first of `waiting`, less one.
    acknowledged: u64,
    waiting: VecDeque<Outgoing>,
    /// How many of `waiting` were sent on this connection.
    in_flight: usize,
    received: u64,
}

impl Mailbox {
    pub(crate) fn has_room(&self) -> bool {
        self.waiting.len() < MAX_WAITING
    }

    pub(crate) fn put(&mut self, id: LineId, private: bool, at: u64, text: String) {
        self.waiting.push_back(Outgoing { id, private, at, text });
    }

    /// A new connection: all that was not acknowledged goes again.
    pub(crate) fn restart(&mut self) {
        self.in_flight = 0;
    }

    /// What may be sent now.
    pub(crate) fn send(&mut self) -> Vec<Message> {
        let mut bytes = 0;
        let fits = |o: &&Outgoing| {
            bytes += o.text.len();
            bytes <= WINDOW_BYTES
        };
        let until = self.waiting.iter().take(WINDOW).take_while(fits).count().max(self.in_flight);
        let from = std::mem::replace(&mut self.in_flight, until);
        (from..until)
            .map(|i| {
                let o = &self.waiting[i];
                let seq = self.acknowledged + 1 + i as u64;
                Message::Chat { seq, private: o.private, at: o.at, text: o.text.clone() }
            })
            .collect()
    }

    /// The lines that arrived with this. Acknowledging what was not sent does nothing.
    pub(crate) fn acknowledge(&mut self, seq: u64) -> Vec<LineId> {
        let n = seq.saturating_sub(self.acknowledged);
        let n = usize::try_from(n).unwrap_or(usize::MAX);
        if n > self.in_flight {
            return Vec::new();
        }
        self.in_flight -= n;
        self.acknowledged += n as u64;
        self.waiting.drain(..n).map(|o| o.id).collect()
    }

    /// A line came: whether it is the next one, and what to acknowledge.
    pub(crate) fn receive(&mut self, seq: u64) -> (bool, u64) {
        let next = seq == self.received + 1;
        if next {
            self.received = seq;
        }
        (next, self.received)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> ChatLine {
        ChatLine {
            from: ParticipantId(1),
            name: "A".into(),
            to: None,
            text: text.into(),
            at: 0,
            delivered: false,
        }
    }

    fn seqs(messages: &[Message]) -> Vec<u64> {
        messages.iter().map(|m| if let Message::Chat { seq, .. } = m { *seq } else { 0 }).collect()
    }

    #[test]
    fn a_window_of_lines_is_under_way_and_goes_again_after_a_cut() {
        let mut m = Mailbox::default();
        for i in 0..40 {
            m.put(LineId(i), false, 0, i.to_string());
        }
        assert_eq!(seqs(&m.send()), (1..=32).collect::<Vec<_>>());
        assert!(m.send().is_empty());
        assert_eq!(m.acknowledge(2), [LineId(0), LineId(1)]);
        assert!(m.acknowledge(2).is_empty(), "twice");
        assert!(m.acknowledge(99).is_empty(), "never sent");
        assert!(m.acknowledge(u64::MAX).is_empty());
        assert_eq!(seqs(&m.send()), [33, 34]);
        m.restart();
        assert_eq!(seqs(&m.send()), (3..=34).collect::<Vec<_>>());
    }

    #[test]
    fn long_lines_do_not_fill_the_channel() {
        let mut m = Mailbox::default();
        for i in 0..40 {
            m.put(LineId(i), false, 0, "x".repeat(crate::wire::MAX_CHAT));
        }
        assert_eq!(m.send().len(), 16);
        m.acknowledge(3);
        assert_eq!(m.send().len(), 3);
    }

    #[test]
    fn each_line_is_taken_once_and_in_order() {
        let mut m = Mailbox::default();
        assert_eq!(m.receive(2), (false, 0));
        assert_eq!(m.receive(1), (true, 1));
        assert_eq!(m.receive(1), (false, 1));
        assert_eq!(m.receive(2), (true, 2));
        assert_eq!(m.receive(u64::MAX), (false, 2));
    }

    #[test]
    fn delivered_when_all_have_it_or_left() {
        let mut log = Log::default();
        let (a, b) = (ParticipantId(2), ParticipantId(3));
        let both = log.add(line("both"), [a, b].into());
        let one = log.add(line("one"), [b].into());
        let delivered = |log: &Log| log.lines().iter().map(|l| l.delivered).collect::<Vec<_>>();
        log.delivered(both, a);
        log.delivered(one, a);
        assert_eq!(delivered(&log), [false, false]);
        log.left(b);
        assert_eq!(delivered(&log), [true, false]);
    }
}

//! Chat: exactly once and in order for each sender, whatever happens to the connection.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde::{Deserialize, Serialize};

use crate::{
    ParticipantId,
    view::{ChatLine, Conversation},
    wire::{MAX_CHAT, Message},
};

/// Most lines that are kept and shown.
pub const MAX_LINES: usize = 1000;
/// Most text of them, in bytes: each view holds all of it.
const MAX_LINES_BYTES: usize = 512 * 1024;
/// Most lines that wait for one participant.
const MAX_WAITING: usize = 1000;
/// Most lines under way to one participant without an acknowledgement.
const WINDOW: usize = 32;
/// Most text under way, in bytes.
const WINDOW_BYTES: usize = 128 * 1024;

/// Most text that waits for one participant, in bytes.
const MAX_WAITING_BYTES: usize = 256 * 1024;
/// Most text that waits for all participants together, in bytes: it must fit a snapshot.
pub const MAX_WAITING_ALL: usize = 2 * 1024 * 1024;
/// Most lines, and most of their text in bytes, that a restarted program shows again.
const KEPT_LINES: usize = 100;
const KEPT_BYTES: usize = 256 * 1024;
/// Most conversations that are counted.
const MAX_CONVERSATIONS: usize = 64;

/// A line of my own, to find it again when it was delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct LineId(u64);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Line {
    id: LineId,
    line: ChatLine,
    waits_for: BTreeSet<ParticipantId>,
    /// Somebody got it.
    reached: bool,
}

/// All lines, oldest first, and what was not read.
#[derive(Default)]
pub(crate) struct Log {
    lines: VecDeque<Line>,
    /// Of the text in `lines`.
    bytes: usize,
    last_id: u64,
    conversations: Vec<Conversation>,
    /// How often anything here changed.
    pub changes: u64,
}

impl Log {
    /// `waits_for`: who shall get it; empty for lines of others. `with`: whose conversation, and that one's
    /// name; `None`: everybody's. `unread`: it is news.
    pub(crate) fn add(
        &mut self,
        line: ChatLine,
        waits_for: BTreeSet<ParticipantId>,
        with: Option<(ParticipantId, &str)>,
        unread: bool,
    ) -> LineId {
        self.changes += 1;
        self.last_id += 1;
        let id = LineId(self.last_id);
        let c = self.conversation(with);
        c.at = line.at;
        c.unread = c.unread.saturating_add(u32::from(unread));
        self.bytes += line.text.len();
        self.lines.push_back(Line { id, line, waits_for, reached: false });
        while self.lines.len() > MAX_LINES || self.bytes > MAX_LINES_BYTES {
            let Some(oldest) = self.lines.pop_front() else { break };
            self.bytes -= oldest.line.text.len();
        }
        id
    }

    /// The conversation, as the last one.
    fn conversation(&mut self, with: Option<(ParticipantId, &str)>) -> &mut Conversation {
        let id = with.map(|(id, _)| id);
        let new = Conversation { with: id, name: String::new(), unread: 0, at: 0 };
        let old = self.conversations.iter().position(|c| c.with == id);
        let mut c = old.map_or(new, |i| self.conversations.remove(i));
        c.name = with.map(|(_, name)| name.to_owned()).unwrap_or_default();
        if self.conversations.len() == MAX_CONVERSATIONS {
            self.conversations.remove(0);
        }
        self.conversations.push(c);
        let last = self.conversations.len() - 1;
        &mut self.conversations[last]
    }

    /// Those with lines, the one with the newest line first.
    pub(crate) fn conversations(&self) -> Vec<Conversation> {
        self.conversations.iter().rev().cloned().collect()
    }

    pub(crate) fn unread(&self) -> u32 {
        self.conversations.iter().fold(0, |n, c| n.saturating_add(c.unread))
    }

    /// All lines that fit were read.
    pub(crate) fn read(&mut self, fits: impl Fn(&Conversation) -> bool) {
        for c in self.conversations.iter_mut().filter(|c| c.unread > 0 && fits(c)) {
            c.unread = 0;
            self.changes += 1;
        }
    }

    pub(crate) fn delivered(&mut self, id: LineId, to: ParticipantId) {
        self.changes += 1;
        if let Ok(i) = self.lines.binary_search_by_key(&id, |l| l.id) {
            let l = &mut self.lines[i];
            l.reached |= l.waits_for.remove(&to);
            l.line.delivered = l.reached && l.waits_for.is_empty();
        }
    }

    /// Somebody left: lines that reached all others are delivered, lines for that one alone are not.
    pub(crate) fn left(&mut self, who: ParticipantId) {
        self.changes += 1;
        for l in &mut self.lines {
            if l.waits_for.remove(&who) {
                l.line.delivered = l.reached && l.waits_for.is_empty();
            }
        }
    }

    /// The number of the newest line; 0: there was none yet.
    pub(crate) fn last(&self) -> u64 {
        self.last_id
    }

    /// Lines that came after this one, and their numbers.
    pub(crate) fn since(&self, after: u64) -> impl Iterator<Item = (u64, &ChatLine)> {
        let first = self.lines.partition_point(|l| l.id.0 <= after);
        self.lines.iter().skip(first).map(|l| (l.id.0, &l.line))
    }

    pub(crate) fn lines(&self) -> Vec<ChatLine> {
        self.lines.iter().map(|l| l.line.clone()).collect()
    }

    /// The last lines, and those that wait in these mailboxes, each once.
    pub(crate) fn save<'a>(&self, mailboxes: impl Iterator<Item = &'a Mailbox>) -> SavedChat {
        let mut bytes = 0;
        let fits = |l: &&Line| {
            bytes += l.line.text.len();
            bytes <= KEPT_BYTES
        };
        let lines: Vec<_> = self.lines.iter().rev().take(KEPT_LINES).take_while(fits).cloned().collect();
        let waiting: BTreeMap<_, _> = mailboxes.flat_map(|m| &m.waiting).map(|o| (o.id, o)).collect();
        SavedChat {
            last_id: self.last_id,
            lines: lines.into_iter().rev().collect(),
            conversations: self.conversations.clone(),
            waiting: waiting.into_values().cloned().collect(),
        }
    }

    pub(crate) fn restore(&mut self, saved: SavedChat) {
        self.bytes = saved.lines.iter().map(|l| l.line.text.len()).sum();
        self.lines = saved.lines.into();
        self.last_id = saved.last_id;
        self.conversations = saved.conversations;
    }
}

/// The chat as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct SavedChat {
    last_id: u64,
    lines: Vec<Line>,
    conversations: Vec<Conversation>,
    /// By id, each once though it may wait for several participants.
    waiting: Vec<Outgoing>,
}

/// A mailbox as it is kept; its lines are in [`SavedChat`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct SavedMailbox {
    acknowledged: u64,
    received: u64,
    waiting: Vec<LineId>,
}

impl SavedChat {
    fn outgoing(&self, id: LineId) -> Option<&Outgoing> {
        self.waiting.binary_search_by_key(&id, |o| o.id).ok().map(|i| &self.waiting[i])
    }

    pub(crate) fn mailbox(&self, m: &SavedMailbox) -> Mailbox {
        let waiting: VecDeque<_> = m.waiting.iter().filter_map(|id| self.outgoing(*id)).cloned().collect();
        let bytes = waiting.iter().map(|o| o.text.len()).sum();
        Mailbox { acknowledged: m.acknowledged, received: m.received, waiting, bytes, in_flight: 0 }
    }

    /// Whether it can have been made here: sorted, within the limits, nothing missing.
    pub(crate) fn is_sound<'a>(&self, mut mailboxes: impl Iterator<Item = &'a SavedMailbox>) -> bool {
        let text = |t: &str| !t.is_empty() && t.len() <= MAX_CHAT;
        self.lines.len() <= KEPT_LINES
            && self.conversations.len() <= MAX_CONVERSATIONS
            && self.lines.is_sorted_by(|a, b| a.id < b.id)
            && self.waiting.is_sorted_by(|a, b| a.id < b.id)
            && self.lines.iter().all(|l| l.id.0 <= self.last_id && text(&l.line.text))
            && self.waiting.iter().all(|o| o.id.0 <= self.last_id && text(&o.text))
            && mailboxes.all(|m| {
                m.waiting.len() <= MAX_WAITING && m.waiting.iter().all(|id| self.outgoing(*id).is_some())
            })
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
    /// Of the text in `waiting`.
    bytes: usize,
    /// How many of `waiting` were sent on this connection.
    in_flight: usize,
    received: u64,
}

impl Mailbox {
    pub(crate) fn has_room(&self, text: &str) -> bool {
        self.waiting.len() < MAX_WAITING && self.bytes + text.len() <= MAX_WAITING_BYTES
    }

    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Nothing waits to be acknowledged.
    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    pub(crate) fn put(&mut self, id: LineId, private: bool, at: u64, text: String) {
        self.bytes += text.len();
        self.waiting.push_back(Outgoing { id, private, at, text });
    }

    pub(crate) fn save(&self) -> SavedMailbox {
        SavedMailbox {
            acknowledged: self.acknowledged,
            received: self.received,
            waiting: self.waiting.iter().map(|o| o.id).collect(),
        }
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
        let taken: Vec<_> = self.waiting.drain(..n).collect();
        self.bytes -= taken.iter().map(|o| o.text.len()).sum::<usize>();
        taken.into_iter().map(|o| o.id).collect()
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
    fn what_is_shown_is_bounded() {
        let mut log = Log::default();
        for _ in 0..200 {
            log.add(line(&"x".repeat(MAX_CHAT)), BTreeSet::new(), None, true);
        }
        assert_eq!(log.lines().len(), MAX_LINES_BYTES / MAX_CHAT);
        for _ in 0..2 * MAX_LINES {
            log.add(line("x"), BTreeSet::new(), None, true);
        }
        assert_eq!((log.lines().len(), log.bytes), (MAX_LINES, MAX_LINES));
    }

    #[test]
    fn delivered_when_all_have_it_or_left() {
        let mut log = Log::default();
        let (a, b) = (ParticipantId(2), ParticipantId(3));
        let both = log.add(line("both"), [a, b].into(), None, false);
        let one = log.add(line("one"), [b].into(), Some((b, "B")), false);
        let delivered = |log: &Log| log.lines().iter().map(|l| l.delivered).collect::<Vec<_>>();
        log.delivered(both, a);
        log.delivered(one, a);
        assert_eq!(delivered(&log), [false, false]);
        log.left(b);
        assert_eq!(delivered(&log), [true, false]);
    }
}

//! How much of a transfer is under way at once: as much as the line carries without a queue that others would feel.

use std::{collections::VecDeque, time::Duration};

use super::PIECE;
use crate::time::Now;

/// Weight under way at first, at least and at most, see [`super::Frame::weight`].
const FIRST: u64 = 16 * 1024;
const LEAST: u64 = 12 * 1024;
const MOST: u64 = 3 * 1024 * 1024;
/// Smallest piece of a file that is not its last, in bytes.
const LEAST_PIECE: usize = 3 * 1024;
/// After this long the way there and back is measured anew.
const JUDGE: Duration = Duration::from_secs(10);
/// So much longer than the line's own way there and back, and the transfer is what makes it slow.
const QUEUE: Duration = Duration::from_millis(40);

/// A window that grows while answers come as soon as ever, and shrinks when they wait in a queue (after RFC 6817).
pub struct Window {
    size: u64,
    /// Doubles with each round until the first queue is seen.
    opening: bool,
    sent: u64,
    taken: u64,
    /// What was sent up to here, and when.
    marks: VecDeque<(u64, Now)>,
    fastest: Option<Duration>,
    /// The fastest since the path was judged last, and when that was.
    recent: Option<Duration>,
    judged: Now,
    shrunk: u64,
}

impl Default for Window {
    fn default() -> Self {
        let marks = VecDeque::new();
        Self {
            size: FIRST,
            opening: true,
            sent: 0,
            taken: 0,
            marks,
            fastest: None,
            recent: None,
            judged: Now::default(),
            shrunk: 0,
        }
    }
}

impl Window {
    /// Whether one more frame may go.
    pub fn is_open(&self) -> bool {
        self.sent - self.taken < self.size
    }

    pub fn sent(&mut self, weight: u64, now: Now) {
        self.sent = self.sent.saturating_add(weight);
        self.marks.push_back((self.sent, now));
    }

    /// The other side dealt with all up to this weight. False: it cannot have.
    pub fn taken(&mut self, weight: u64, now: Now) -> bool {
        if weight > self.sent || weight < self.taken {
            return false;
        }
        let news = weight - self.taken;
        let full = self.sent - self.taken + super::Frame::weight(PIECE) >= self.size;
        self.taken = weight;
        let mut went = None;
        while let Some((_, at)) = self.marks.pop_front_if(|(upto, _)| *upto <= weight) {
            went = Some(at);
        }
        let Some(took) = went.map(|at| now.since(at)) else { return true };
        self.recent = Some(self.recent.map_or(took, |f| f.min(took)));
        if now.since(self.judged) > JUDGE {
            // Another path may be a longer one.
            (self.fastest, self.judged) = (self.recent.take(), now);
        }
        let fastest = self.fastest.map_or(took, |f| f.min(took));
        self.fastest = Some(fastest);
        if took > fastest + QUEUE {
            // Once for each round: what is under way was sent before it was known.
            if weight >= self.shrunk {
                self.size = (self.size * 3 / 4).max(LEAST);
                self.shrunk = self.sent;
            }
            self.opening = false;
        } else if full {
            let more = if self.opening { news } else { news.saturating_mul(16 * 1024) / self.size };
            self.size = (self.size + more).min(MOST);
        }
        true
    }

    /// How large the next piece of a file may be, in bytes: on a slow line several small ones are under way rather than a large one.
    pub fn piece(&self) -> usize {
        usize::try_from(self.size / 4).unwrap_or(PIECE).clamp(LEAST_PIECE, PIECE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sends for ten seconds over a line of so many bytes a second with a queue without end; returns bytes a second and the
    /// longest wait in the queue over the last five.
    fn run(rate: u64, way: Duration) -> (u64, Duration) {
        let (mut w, mut now) = (Window::default(), Now::from_millis(0));
        let (mut busy, mut total, mut worst) = (now, 0, Duration::ZERO);
        let mut answers = VecDeque::new();
        while now < Now::from_millis(10_000) {
            while w.is_open() {
                let frame = w.piece() as u64;
                w.sent(frame, now);
                busy = busy.max(now) + Duration::from_nanos(frame * 1_000_000_000 / rate);
                total += frame;
                if now > Now::from_millis(5_000) {
                    worst = worst.max(busy.since(now));
                }
                answers.push_back((busy + way * 2, total));
            }
            let (at, weight) = answers.pop_front().unwrap();
            now = now.max(at);
            assert!(w.taken(weight, now));
        }
        (total / 10, worst)
    }

    #[test]
    fn a_line_is_filled_and_its_queue_stays_short() {
        for (rate, way) in [(1_000_000, 10), (1_000_000, 60), (20_000_000, 5), (5_000_000, 40)] {
            let (got, worst) = run(rate, Duration::from_millis(way));
            assert!(got > rate * 6 / 10, "{got} of {rate}, {way} ms");
            assert!(worst < Duration::from_millis(200), "{worst:?} at {rate}, {way} ms");
        }
        // 300 kbit/s: the least window is what waits.
        let (got, worst) = run(37_500, Duration::from_millis(20));
        assert!(got > 25_000 && worst < Duration::from_millis(450), "{got}, {worst:?}");
    }

    #[test]
    fn a_longer_path_is_no_queue_for_ever() {
        let mut w = Window::default();
        let (mut now, mut total) = (0, 0);
        // Two milliseconds there and back, and then a hundred.
        for round in 0..400 {
            while w.is_open() {
                total += w.piece() as u64;
                w.sent(w.piece() as u64, Now::from_millis(now));
            }
            now += if round < 20 { 2 } else { 100 };
            assert!(w.taken(total, Now::from_millis(now)));
        }
        assert!(w.size > 200_000, "{}", w.size);
    }

    #[test]
    fn what_cannot_have_been_taken_is_noticed() {
        let mut w = Window::default();
        w.sent(1000, Now::from_millis(1));
        assert!(!w.taken(1001, Now::from_millis(2)));
        assert!(w.taken(1000, Now::from_millis(2)));
        assert!(!w.taken(999, Now::from_millis(3)));
        assert!(w.taken(1000, Now::from_millis(3)));
    }
}

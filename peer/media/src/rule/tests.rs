//! A line is a rate and a round trip; time is a number.

use super::*;

/// What a desktop does: bytes and pixels of each update, and how often.
#[derive(Clone, Copy)]
struct Work {
    bytes: usize,
    pixels: usize,
    every_us: u64,
    took_us: u32,
}

const TYPING: Work = Work { bytes: 200, pixels: 300, every_us: 80_000, took_us: 20 };
const SCROLLING: Work = Work { bytes: 6_000, pixels: 15_000, every_us: 16_667, took_us: 1_500 };
const FILM: Work = Work { bytes: 590_000, pixels: 518_400, every_us: 33_333, took_us: 10_000 };

/// A sharer and a viewer with a line of `bps` between them, round trip `rtt_us`.
struct Sim {
    rule: Rule,
    flow: Flow,
    bps: f64,
    rtt_us: u64,
    now: u64,
    free_at: u64,
    serial: u32,
    /// Acknowledgements under way: when, which.
    acks: VecDeque<(u64, u32)>,
    most_in_flight: usize,
    sent: usize,
    changes: Vec<(u64, Coder)>,
    /// So much later the next update arrives: a packet of it was lost.
    late_us: u64,
}

impl Sim {
    fn new(bps: f64, rtt_us: u64) -> Self {
        Self {
            rule: Rule::new(Wish::Auto, Sharpness::Auto),
            flow: Flow::new(),
            bps,
            rtt_us,
            now: 1_000_000,
            free_at: 0,
            serial: u32::MAX - 20,
            acks: VecDeque::new(),
            most_in_flight: 0,
            sent: 0,
            changes: Vec::new(),
            late_us: 0,
        }
    }

    fn until(&mut self, end: u64) {
        while self.now < end {
            self.now += 1_000;
            while let Some((at, update)) = self.acks.front().copied().filter(|a| a.0 <= self.now) {
                self.acks.pop_front();
                self.flow.acked(at, update, 500);
            }
            let before = self.rule.coder();
            let after = self.rule.decide(self.now, std::iter::once(&self.flow), Rest::Nothing);
            if before != after {
                self.changes.push((self.now, after));
                self.flow.clear();
                self.acks.clear();
            }
        }
    }

    fn send(&mut self, bytes: usize) {
        self.serial = self.serial.wrapping_add(1);
        self.sent += 1;
        self.flow.sent(self.now, self.serial, bytes);
        let line = (bytes as f64 * 8e6 / self.bps) as u64;
        self.free_at = self.free_at.max(self.now) + line;
        self.free_at += std::mem::take(&mut self.late_us);
        self.acks.push_back((self.free_at + self.rtt_us + 500, self.serial));
        self.most_in_flight = self.most_in_flight.max(self.flow.updates());
    }

    fn work(&mut self, w: Work, us: u64) {
        let end = self.now + us;
        while self.now < end {
            match self.rule.coder() {
                Coder::Tiles if self.flow.may_send() => {
                    let stats = Stats { bytes: w.bytes, pixels_changed: w.pixels, ..Stats::default() };
                    self.rule.coded(self.now, &stats, w.took_us);
                    self.send(w.bytes);
                }
                Coder::Tiles => {}
                Coder::H264 => self.rule.damaged(self.now, w.pixels),
            }
            let next = self.now + w.every_us;
            self.until(next);
        }
    }
}

const MBIT: f64 = 1e6;

#[test]
fn a_good_line_keeps_tiles_whatever_happens() {
    let mut sim = Sim::new(1000.0 * MBIT, 300);
    for w in [TYPING, SCROLLING, FILM, SCROLLING] {
        sim.work(w, 3_000_000);
    }
    // A film on a line that was never tried may go by H.264 for the moment.
    assert!(sim.changes.len() <= 2, "{:?}", sim.changes);
    assert_eq!(sim.rule.coder(), Coder::Tiles);
}

#[test]
fn a_line_that_proved_itself_carries_films_as_tiles() {
    let mut sim = Sim::new(1000.0 * MBIT, 300);
    sim.work(SCROLLING, 500_000);
    let whole = Stats { bytes: 300_000, pixels_changed: 1920 * 1080, whole: true, ..Stats::default() };
    sim.rule.coded(sim.now, &whole, 6_000);
    sim.send(whole.bytes);
    sim.work(FILM, 3_000_000);
    assert_eq!(sim.changes, []);
}

#[test]
fn a_film_on_a_slow_line_goes_to_h264_and_back_when_it_ends() {
    let mut sim = Sim::new(20.0 * MBIT, 20_000);
    sim.work(SCROLLING, 2_000_000);
    assert_eq!(sim.changes, []);
    let start = sim.now;
    sim.work(FILM, 4_000_000);
    assert_eq!(sim.changes.len(), 1, "{:?}", sim.changes);
    assert!(sim.changes[0].0 - start < 600_000, "{:?} after {start}", sim.changes);
    assert_eq!(sim.rule.coder(), Coder::H264);
    let end = sim.now;
    sim.work(TYPING, 3_000_000);
    assert_eq!(sim.changes.len(), 2, "{:?}", sim.changes);
    assert!((500_000..1_200_000).contains(&(sim.changes[1].0 - end)), "{:?} after {end}", sim.changes);
}

#[test]
fn typing_over_a_long_way_stays_exact() {
    let mut sim = Sim::new(0.5 * MBIT, 300_000);
    sim.work(TYPING, 5_000_000);
    assert_eq!(sim.changes, []);
}

#[test]
fn scrolling_over_a_long_way_is_not_held_to_two_a_round_trip() {
    let mut sim = Sim::new(50.0 * MBIT, 100_000);
    sim.work(SCROLLING, 3_000_000);
    assert_eq!(sim.changes, []);
    assert!(sim.most_in_flight > 2 && sim.most_in_flight <= 8, "{}", sim.most_in_flight);
    assert!(sim.sent > 120, "{} updates in 3 s", sim.sent);
}

#[test]
fn on_a_short_way_two_are_under_way() {
    let mut sim = Sim::new(30.0 * MBIT, 2_000);
    sim.rule.set_wish(Wish::Only(Coder::Tiles));
    sim.work(FILM, 2_000_000);
    assert!(sim.most_in_flight <= 2);
    assert_eq!(sim.rule.coder(), Coder::Tiles);
}

#[test]
fn a_stuck_update_is_a_slow_line() {
    let mut sim = Sim::new(0.2 * MBIT, 20_000);
    sim.send(100_000);
    sim.until(1_600_000);
    assert_eq!(sim.rule.coder(), Coder::H264);
}

#[test]
fn going_to_and_fro_becomes_rarer() {
    let mut sim = Sim::new(20.0 * MBIT, 20_000);
    sim.work(SCROLLING, 1_000_000);
    for _ in 0..20 {
        sim.work(FILM, 800_000);
        sim.work(TYPING, 800_000);
    }
    assert!(sim.changes.len() < 16, "{} changes in 32 s", sim.changes.len());
    sim.work(TYPING, 10_000_000);
    assert_eq!(sim.rule.coder(), Coder::Tiles);
}

#[test]
fn a_processor_that_cannot_follow_counts_too() {
    let mut sim = Sim::new(1000.0 * MBIT, 300);
    sim.work(Work { took_us: 25_000, bytes: 20_000, ..FILM }, 1_000_000);
    assert_eq!(sim.rule.coder(), Coder::H264);
}

#[test]
fn a_forced_coder_stays() {
    let mut sim = Sim::new(1.0 * MBIT, 20_000);
    sim.rule.set_wish(Wish::Only(Coder::H264));
    assert_eq!(sim.rule.coder(), Coder::H264);
    sim.work(TYPING, 3_000_000);
    assert_eq!(sim.rule.coder(), Coder::H264);
    assert_eq!(sim.rule.look_again_us(sim.now), None);
    sim.rule.set_wish(Wish::Auto);
    assert!(sim.rule.look_again_us(sim.now).is_some_and(|us| us > 0));
    sim.work(TYPING, 10_000_000);
    assert_eq!(sim.rule.coder(), Coder::Tiles);
}

#[test]
fn acknowledgements_of_unknown_updates_are_noticed() {
    let mut flow = Flow::new();
    assert!(!flow.acked(5, 1, 0));
    flow.sent(10, u32::MAX, 5);
    flow.sent(11, 0, 6);
    assert_eq!(flow.bytes(), 11);
    assert!(!flow.acked(12, u32::MAX - 1, 0));
    assert!(flow.acked(20, 0, u32::MAX));
    assert_eq!((flow.bytes(), flow.oldest_us(30)), (0, None));
}

#[test]
fn one_update_that_was_lost_for_long_is_no_slow_line() {
    let mut sim = Sim::new(20.0 * MBIT, 40_000);
    sim.work(SCROLLING, 2_000_000);
    sim.flow.told_bitrate(20_000_000);
    sim.late_us = 1_000_000;
    sim.work(SCROLLING, 5_000_000);
    // Once more while that one still is not there.
    assert!(sim.changes.len() <= 4, "{:?}", sim.changes);
    let last = sim.changes.last().copied();
    assert!(last.is_some_and(|(at, to)| to == Coder::Tiles && at < 5_500_000), "{:?}", sim.changes);
}

#[test]
fn a_line_on_which_updates_are_lost_again_and_again_rests_longer_each_time() {
    let mut sim = Sim::new(20.0 * MBIT, 40_000);
    sim.flow.told_bitrate(20_000_000);
    for _ in 0..30 {
        sim.late_us = 1_000_000;
        sim.work(SCROLLING, 1_000_000);
    }
    assert!((4..14).contains(&sim.changes.len()), "{:?}", sim.changes);
}

#[test]
fn a_slow_line_that_was_stuck_does_not_get_tiles_back_while_it_is_busy() {
    let mut sim = Sim::new(0.3 * MBIT, 40_000);
    sim.flow.told_bitrate(300_000);
    sim.work(SCROLLING, 10_000_000);
    assert_eq!(sim.changes.len(), 1, "{:?}", sim.changes);
    assert_eq!(sim.rule.coder(), Coder::H264);
}

#[test]
fn a_slow_line_is_not_taken_for_a_lost_packet_where_the_picture_is_to_be_sharper() {
    let mut sim = Sim::new(0.3 * MBIT, 40_000);
    sim.rule.set_sharpness(Sharpness::Sharper);
    sim.flow.told_bitrate(300_000);
    // Each is on the line for longer than is remembered what tiles took.
    sim.work(Work { bytes: 80_000, ..SCROLLING }, 20_000_000);
    assert_eq!(sim.changes.len(), 1, "{:?}", sim.changes);
}

#[test]
fn what_is_too_much_for_one_update_keeps_h264() {
    let (mut rule, mut flow) = (Rule::new(Wish::Auto, Sharpness::Auto), Flow::new());
    flow.told_bitrate(20_000_000);
    flow.sent(0, 1, 100);
    assert_eq!(rule.decide(1_000_000, std::iter::once(&flow), Rest::Nothing), Coder::H264, "late");
    flow.acked(1_100_000, 1, 0);
    let mut moving = |at: u64, rest| {
        rule.damaged(at, 1_000_000);
        rule.decide(at, std::iter::once(&flow), rest)
    };
    assert_eq!(moving(2_000_000, Rest::Much), Coder::H264);
    assert_eq!(moving(2_100_000, Rest::Little), Coder::Tiles);
}

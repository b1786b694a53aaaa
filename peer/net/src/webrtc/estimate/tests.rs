//! A line that is simulated: a queue before a bottleneck, a delay, losses, stalls.

use rtc::rtcp::transport_feedbacks::cc_feedback_report::Ecn;

use super::*;

const BOUNDS: (f64, f64) = (100_000.0, 50_000_000.0);
const PACKET: usize = 1200;

struct Line {
    rate: LineRate,
    start: Instant,
    now_s: f64,
    bits: f64,
    delay_s: f64,
    /// When the bottleneck is free again.
    free_s: f64,
    /// Of a hundred packets.
    lost: u64,
    sent: u64,
    reports: Vec<PacketReport>,
}

impl Line {
    fn new(start_bits: f64, bits: f64) -> Self {
        Self {
            rate: LineRate::new(start_bits, BOUNDS),
            start: Instant::now(),
            now_s: 0.0,
            bits,
            delay_s: 0.02,
            free_s: 0.0,
            lost: 0,
            sent: 0,
            reports: Vec::new(),
        }
    }

    /// A picture leaves at once; the receiver's clock is far from ours.
    fn picture(&mut self, packets: usize) {
        for _ in 0..packets {
            self.sent += 1;
            self.free_s = self.free_s.max(self.now_s) + (PACKET * 8) as f64 / self.bits;
            // Spread evenly: every so many.
            let arrived = self.sent * self.lost % 100 >= self.lost;
            let came = Duration::from_secs_f64(5000.0 + self.free_s + self.delay_s);
            self.reports.push(PacketReport {
                ssrc: 1,
                id: self.sent,
                rtp_sequence_number: self.sent as u16,
                is_twcc: true,
                twcc_sequence_number: self.sent as u16,
                size: PACKET,
                arrived,
                departure: self.start + Duration::from_secs_f64(self.now_s),
                arrival: arrived.then_some(came),
                ecn: Ecn::default(),
            });
        }
    }

    /// So many seconds of a source that fills its target with 20 pictures a second, at most `most` bits a second.
    fn run(&mut self, seconds: f64, most: f64) {
        let until = self.now_s + seconds;
        while self.now_s < until {
            let bits = self.rate.target().min(most);
            self.picture((bits / 20.0 / 8.0 / PACKET as f64).ceil() as usize);
            self.now_s += 0.05;
            if ((self.now_s * 20.0).round() as u64).is_multiple_of(2) {
                let now = self.start + Duration::from_secs_f64(self.now_s.max(self.free_s));
                self.rate.reports(now, &std::mem::take(&mut self.reports));
            }
        }
    }
}

#[test]
fn a_fast_line_is_believed_within_a_second() {
    let mut line = Line::new(2e6, 100e6);
    line.run(1.0, f64::MAX);
    assert!(line.rate.target() > 20e6, "{}", line.rate.target());
}

#[test]
fn a_source_that_needs_little_learns_all_the_same() {
    let mut line = Line::new(2e6, 30e6);
    line.run(3.0, 1e6);
    assert!((15e6..30e6).contains(&line.rate.target()), "{}", line.rate.target());
}

#[test]
fn a_slow_line_is_used_but_not_filled() {
    let mut line = Line::new(2e6, 800e3);
    line.run(3.0, f64::MAX);
    for _ in 0..20 {
        line.run(0.5, f64::MAX);
        assert!((300e3..800e3).contains(&line.rate.target()), "{}", line.rate.target());
        assert!(line.free_s - line.now_s < 0.15, "{} s wait", line.free_s - line.now_s);
    }
}

#[test]
fn a_line_that_becomes_slow_is_followed_within_two_seconds() {
    let mut line = Line::new(2e6, 20e6);
    line.run(2.0, f64::MAX);
    line.bits = 1e6;
    line.run(2.0, f64::MAX);
    assert!(line.rate.target() < 1e6, "{}", line.rate.target());
    line.run(2.0, f64::MAX);
    assert!(line.free_s - line.now_s < 0.15, "{} s wait", line.free_s - line.now_s);
    line.bits = 20e6;
    line.run(2.0, f64::MAX);
    assert!(line.rate.target() > 8e6, "{}", line.rate.target());
}

#[test]
fn losses_of_a_tenth_and_more_make_it_send_less() {
    let mut line = Line::new(2e6, 10e6);
    line.run(2.0, f64::MAX);
    let before = line.rate.target();
    line.lost = 2;
    line.run(2.0, f64::MAX);
    assert!(line.rate.target() > before * 0.7, "two of a hundred are no congestion");
    line.lost = 30;
    line.run(4.0, f64::MAX);
    assert!(line.rate.target() < before / 2.0, "{}", line.rate.target());
}

#[test]
fn a_stall_of_a_moment_is_forgotten() {
    let mut line = Line::new(2e6, 20e6);
    line.run(2.0, f64::MAX);
    let before = line.rate.target();
    line.free_s = line.now_s + 0.3;
    line.run(0.4, 2e6);
    assert!(line.rate.target() >= before * 0.2, "{}", line.rate.target());
    line.run(2.0, 2e6);
    assert!(line.rate.target() > before * 0.8, "{} of {before}", line.rate.target());
}

#[test]
fn nothing_and_only_lost_packets_are_no_end() {
    let mut line = Line::new(2e6, 1e6);
    line.rate.reports(line.start, &[]);
    line.lost = 100;
    line.run(5.0, f64::MAX);
    assert!((BOUNDS.0..=2e6).contains(&line.rate.target()));
}

#[test]
fn a_line_so_slow_that_packets_leave_one_by_one_is_known_all_the_same() {
    let mut line = Line::new(2e6, 300e3);
    line.lost = 2;
    for second in 0..20 {
        let until = line.now_s + 1.0;
        while line.now_s < until {
            // The sender spreads them out, and never sends more than the rate in the mean.
            line.picture(1);
            line.now_s += (PACKET * 8) as f64 / line.rate.target();
            let now = line.start + Duration::from_secs_f64(line.now_s.max(line.free_s));
            line.rate.reports(now, &std::mem::take(&mut line.reports));
        }
        let target = line.rate.target();
        assert!(second < 4 || (120e3..300e3).contains(&target), "{target} after {second} s");
    }
}

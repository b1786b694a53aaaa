//! While tiles alone are too much for the line: what moves goes by H.264, the rest exactly and in small pieces, the newest
//! changes first; and what stands still becomes exact in what the line has to spare.

use std::time::{Duration, Instant};

use bytes::Bytes;
use deskside_media::{
    Picture, Rect, h264,
    regions::{Haste, Regions},
    rule::{Rest, Wish},
    wire::{self, PictureMessage, split},
};
use deskside_net::Channel;

use super::{Encoding, MAX_FPS, Viewer, passing::Passing};
use crate::share::send_picture;

/// H.264: pictures sent after the last change, so that what waits to become exact is sharper already.
const REFINES: u32 = 8;
const REFINE_EVERY: Duration = Duration::from_millis(120);
/// Pieces under way to one viewer: one on the line, one behind it.
const PIECES: usize = 2;
/// Bytes of a piece, at first, at least and at most. It follows what the line takes for one.
const PIECE: usize = 16 * 1024;
const LEAST_PIECE: usize = 3 * 1024;
const MOST_PIECE: usize = 256 * 1024;
/// A piece that took longer than this was too long, and shorter than that too short, microseconds.
const LONG_US: u64 = 150_000;
const SHORT_US: u64 = 60_000;
/// So long a coder is kept although the line became faster: each new one costs a key frame.
const MADE_FOR: Duration = Duration::from_millis(1500);
/// So many tiles are sent exactly in any case: what those before took says little of them.
const FEW: usize = 8;
/// A picture that the rate control skipped is tried again after this time.
const SKIPPED: Duration = Duration::from_millis(8);
/// Bytes of an exact tile, before one was seen.
const TILE_BYTES: f64 = 500.0;
/// How often what changed is looked at while the line still carries the last picture by H.264.
const LOOK_EVERY: Duration = Duration::from_millis(30);
/// A picture that follows so soon on the last one shows that this was drawn in parts, which are waited for from then on.
const TORN: Duration = Duration::from_millis(12);
const SETTLE: Duration = Duration::from_millis(5);
/// For so long; then it is looked at again.
const SETTLES_FOR: Duration = Duration::from_secs(1);
/// Torn pictures after which that is so: one alone may be chance.
const TORN_PICTURES: u32 = 3;
/// The finest quantiser for what moves beside what is exact: it becomes exact when it stands still.
const MOVING: u8 = 24;
/// Of the line, what changed beside a film may take before the film has left; at most so much at once, as time.
const AHEAD: f64 = 0.25;
const AHEAD_TIME: Duration = Duration::from_millis(100);
/// Parts that wait for H.264; all of its tiles stand for more.
const WAITING: usize = 4096;

/// What only this way of coding needs.
pub(super) struct Mixed {
    pub regions: Regions,
    blocks: Vec<Rect>,
    piece: usize,
    last_piece: usize,
    tile_bytes: f64,
    /// There is something for H.264 that did not leave: the line was full, or its rate control skipped it.
    video_waits: bool,
    /// What changed in its tiles since its last picture.
    waiting: Vec<Rect>,
    looked_at: Instant,
    /// When what was not looked at yet was damaged first.
    damaged_at: Option<Instant>,
    torn: u32,
    settles_until: Option<Instant>,
    /// What may be sent before the line is free, in bits, at `ahead_at`.
    ahead_bits: f64,
    ahead_at: Instant,
    refines_left: u32,
    video_at: Instant,
    passing: Passing,
    /// When the coder was made.
    made_at: Instant,
}

impl Mixed {
    pub fn new(now: Instant) -> Self {
        Self {
            regions: Regions::default(),
            blocks: Vec::new(),
            piece: PIECE,
            last_piece: 0,
            tile_bytes: TILE_BYTES,
            video_waits: false,
            waiting: Vec::new(),
            looked_at: now,
            damaged_at: None,
            torn: 0,
            settles_until: None,
            ahead_bits: 0.0,
            ahead_at: now,
            refines_left: 0,
            video_at: now,
            passing: Passing::nothing(now),
            made_at: now,
        }
    }

    /// All is exact from here on.
    pub fn begin(&mut self, (width, height): (u16, u16)) {
        self.regions = Regions::new(width, height);
        self.video_waits = false;
        self.waiting.clear();
        self.refines_left = 0;
    }

    /// What H.264 has to take with its next picture.
    fn wait(&mut self, parts: Vec<Rect>) {
        self.waiting.extend(parts);
        if self.waiting.len() > WAITING {
            self.waiting = self.regions.video_tiles();
        }
    }

    /// A viewer has a piece, which took so long.
    pub fn piece_took(&mut self, us: u64) {
        if us > LONG_US {
            self.piece = (self.piece * 2 / 3).max(LEAST_PIECE);
        } else if us < SHORT_US && self.last_piece * 2 > self.piece {
            self.piece = (self.piece * 2).min(MOST_PIECE);
        }
    }
}

impl Encoding {
    fn is_forced(&self) -> bool {
        self.rule.wish() == Wish::Only(wire::Coder::H264)
    }

    /// H.264 has a part in what the viewers see.
    pub(super) fn shows_video(&self) -> bool {
        self.active == wire::Coder::H264 && (self.is_forced() || self.mixed.regions.any_video())
    }

    fn haste(&self) -> Haste {
        if self.is_forced() {
            return Haste { changes: 1, backlog: 0 };
        }
        let backlog = self.backlog();
        Haste { changes: self.rule.sharpness().changes(), backlog: backlog.max(FEW.min(backlog * 2)) }
    }

    pub(super) fn rest(&self) -> Rest {
        let regions = &self.mixed.regions;
        if self.refresh {
            return Rest::Much;
        }
        let bytes = (regions.stale() + regions.video()) as f64 * self.mixed.tile_bytes;
        match bytes {
            _ if regions.all_exact() => Rest::Nothing,
            _ if bytes <= self.at_once() as f64 => Rest::Little,
            _ => Rest::Much,
        }
    }

    /// So many tiles can be sent exactly in bearable time.
    fn backlog(&self) -> usize {
        let lines = self.viewers.iter().filter_map(|v| v.flow.carries_bps());
        let bps = lines.reduce(f64::min).unwrap_or_else(|| f64::from(self.bitrate()));
        let bytes = bps / 8e6 * self.rule.sharpness().backlog_us() as f64;
        (bytes / self.mixed.tile_bytes) as usize
    }

    /// Viewers without a picture get a black one, and then everything comes anew.
    pub(super) fn begin_anew(&mut self, now: Instant) {
        let at = self.us(now);
        if !self.viewers.iter().any(|v| v.fresh) {
            return;
        }
        let mut black = Vec::new();
        self.tiles.encode_black(&mut black);
        self.serial = self.serial.wrapping_add(1);
        let (serial, mask) = (self.serial, PictureMessage::Regions(self.mixed.regions.mask()));
        for v in self.viewers.iter_mut().filter(|v| v.fresh) {
            v.fresh = false;
            v.flow.clear();
            send_picture(&v.transport, &mask);
            send_update(v, at, serial, &black);
        }
        self.mixed.regions.all_stale(at);
        self.mixed.waiting.clear();
        self.mixed.video_waits = false;
    }

    /// Takes what changed; sends what of it goes by H.264, and a piece of the rest.
    pub(super) fn mixed_picture(&mut self, picture: Picture<'_>, changed: &[Rect], now: Instant) -> bool {
        let mut blocks = std::mem::take(&mut self.mixed.blocks);
        self.tiles.take_changes(picture, changed, &mut blocks);
        let at = self.us(now);
        self.rule.damaged(at, blocks.iter().map(Rect::area).sum());
        let haste = self.haste();
        self.mixed.regions.changed(at, &blocks, haste);
        self.mixed.damaged_at = None;
        let video = self.mixed.regions.take_video(&blocks);
        if !video.is_empty() {
            self.count_torn(now);
            self.mixed.refines_left = REFINES;
            self.mixed.video_waits = true;
            self.mixed.wait(video);
        }
        self.mixed.looked_at = now;
        if self.mixed.video_waits && self.mixed.regions.any_video() && self.is_free(now) {
            self.send_video(now);
        }
        let any = !blocks.is_empty();
        self.mixed.blocks = blocks;
        self.send_pieces(now);
        any
    }

    /// Without a change: goes on with what is to become sharp and exact.
    pub fn refine(&mut self, now: Instant) {
        if self.active != wire::Coder::H264 || self.paused || self.refresh || self.viewers.is_empty() {
            return;
        }
        if self.wants_video(now) && self.is_free(now) {
            self.mixed.refines_left = self.mixed.refines_left.saturating_sub(1);
            self.send_video(now);
        }
        self.send_pieces(now);
    }

    fn wants_video(&self, now: Instant) -> bool {
        let refine = self.refines() && now >= self.mixed.video_at + REFINE_EVERY;
        self.mixed.regions.any_video() && (self.key_wanted || self.mixed.video_waits || refine)
    }

    /// What stands still under H.264 would be exact so late that H.264 makes it sharper first.
    fn refines(&self) -> bool {
        self.mixed.refines_left > 0 && self.mixed.regions.video() > self.backlog()
    }

    /// When H.264 may send its next picture.
    fn next_video(&self) -> Instant {
        self.mixed.video_at + Duration::from_micros(self.rule.sharpness().picture_us())
    }

    /// H.264 may send a picture now.
    fn is_free(&mut self, now: Instant) -> bool {
        self.pay(now) <= self.allowed_debt() && now >= self.next_video() && self.passing(now).is_zero()
    }

    /// What is under way passes before the first picture by H.264.
    pub(super) fn let_pass(&mut self, now: Instant) {
        self.mixed.passing = Passing::up_to(self.serial, now, self.viewers.iter().map(|v| &v.flow));
    }

    fn passing(&self, now: Instant) -> Duration {
        self.mixed.passing.left(now, self.viewers.iter().map(|v| &v.flow))
    }

    /// Whether what changed is looked at now. A line that is full of film has room for what changes beside it.
    pub(super) fn looks(&mut self, now: Instant) -> bool {
        now >= self.settled(now) && (self.is_free(now) || now >= self.mixed.looked_at + LOOK_EVERY)
    }

    /// When a picture that is drawn in parts is whole.
    fn settled(&mut self, now: Instant) -> Instant {
        let damaged = *self.mixed.damaged_at.get_or_insert(now);
        let settles = self.mixed.settles_until.is_some_and(|until| now < until);
        if settles { damaged + SETTLE } else { damaged }
    }

    /// A picture of what moves is taken: whether the one before was whole.
    fn count_torn(&mut self, now: Instant) {
        if now >= self.mixed.looked_at + TORN {
            self.mixed.torn = self.mixed.torn.saturating_sub(1);
            return;
        }
        self.mixed.torn += 2;
        if self.mixed.torn > TORN_PICTURES {
            (self.mixed.torn, self.mixed.settles_until) = (0, Some(now + SETTLES_FOR));
        }
    }

    /// How long the thread may sleep if nothing else happens.
    pub(super) fn mixed_patience(&mut self, now: Instant, damaged: bool) -> Duration {
        let at = self.us(now);
        let debt = (self.pay(now) - self.allowed_debt()).max(0.0);
        let paid = Duration::from_secs_f64(debt / f64::from(self.bitrate()));
        let free = paid.max(self.next_video().saturating_duration_since(now));
        let free = free.max(self.passing(now));
        let mut waits = super::FOREVER;
        if damaged {
            waits = free.min((self.mixed.looked_at + LOOK_EVERY).saturating_duration_since(now));
            waits = waits.max(self.settled(now).saturating_duration_since(now));
        } else if self.mixed.regions.any_video() {
            if self.key_wanted || self.mixed.video_waits {
                waits = free;
            } else if self.refines() {
                let next = (self.mixed.video_at + REFINE_EVERY).saturating_duration_since(now);
                waits = next.max(paid);
            }
        }
        // A line that is full says by an acknowledgement when it is not.
        if let Some(us) = self.mixed.regions.due_us(at).filter(|_| self.has_room()) {
            let spare = self.spare_in(now).min(self.ahead_in(now));
            waits = waits.min(Duration::from_micros(us).max(spare));
        }
        waits.max(Duration::from_millis(1))
    }

    /// Whether each viewer's line has room for a piece.
    fn has_room(&self) -> bool {
        let most = self.mixed.piece * PIECES;
        let free = |v: &Viewer| v.flow.updates() < PIECES && v.transport.queued(Channel::Picture) < most;
        self.viewers.iter().all(free)
    }

    /// In what time H.264 leaves something of the line.
    fn spare_in(&mut self, now: Instant) -> Duration {
        let debt = if self.mixed.regions.any_video() { self.pay(now) } else { 0.0 };
        Duration::from_secs_f64(debt / f64::from(self.bitrate()))
    }

    /// Bytes that may leave although H.264 has left nothing of the line. Negative: of those before.
    fn ahead(&mut self, now: Instant) -> f64 {
        let bitrate = f64::from(self.bitrate());
        let more = now.saturating_duration_since(self.mixed.ahead_at).as_secs_f64() * bitrate * AHEAD;
        self.mixed.ahead_at = now;
        self.mixed.ahead_bits = (self.mixed.ahead_bits + more).min(bitrate * AHEAD_TIME.as_secs_f64());
        self.mixed.ahead_bits / 8.0
    }

    /// In what time a change beside a film may leave before it.
    fn ahead_in(&mut self, now: Instant) -> Duration {
        if self.mixed.regions.stale() == 0 {
            return super::FOREVER;
        }
        let lacking = (self.least_ahead() - self.ahead(now)).max(0.0) * 8.0;
        Duration::from_secs_f64(lacking / (f64::from(self.bitrate()) * AHEAD))
    }

    /// Bytes of a tile, or all that is ever saved up.
    fn least_ahead(&self) -> f64 {
        self.mixed.tile_bytes.min(f64::from(self.bitrate()) * AHEAD_TIME.as_secs_f64() / 8.0)
    }

    /// Bytes of exact tiles that may be sent now.
    fn piece(&mut self, now: Instant) -> Option<f64> {
        let at = self.us(now);
        if self.mixed.regions.due_us(at) != Some(0) || !self.has_room() {
            return None;
        }
        let piece = self.mixed.piece as f64;
        if self.spare_in(now).is_zero() {
            return Some(piece);
        }
        let stale = self.mixed.regions.stale() as f64 * self.mixed.tile_bytes;
        let ahead = self.ahead(now);
        (stale > 0.0 && ahead >= self.least_ahead()).then_some(ahead.min(stale).min(piece))
    }

    fn send_mask(&mut self) {
        if let Some(mask) = self.mixed.regions.take_mask() {
            let mask = PictureMessage::Regions(mask);
            self.viewers.iter().for_each(|v| {
                send_picture(&v.transport, &mask);
            });
        }
    }

    /// A line of which nothing is known yet may be a slow one.
    fn finest(&self, bitrate: u32) -> u8 {
        let known = self.viewers.iter().any(|v| v.flow.carries_bps().is_some());
        let least = if self.is_forced() { 0 } else { MOVING };
        h264::finest_for(if known { bitrate } else { 0 }).max(least)
    }

    /// A coder is made anew for another mode, when it must begin anew on a slower line, and when the line became faster.
    fn still_suits(&self, config: &h264::Config, mode: h264::Mode, bitrate: u32, now: Instant) -> bool {
        let finest = self.finest(bitrate / 2);
        let slower = self.key_wanted && config.finest < finest;
        let rested = now.saturating_duration_since(self.mixed.made_at) > MADE_FOR;
        let faster = rested && config.finest > self.finest(bitrate / 2);
        config.mode == mode && !slower && !faster
    }

    fn send_video(&mut self, now: Instant) {
        let at = self.us(now);
        let bitrate = self.bitrate();
        let mode = self.mode(bitrate);
        let mut changed = std::mem::take(&mut self.mixed.waiting);
        if self.video.as_ref().is_none_or(|v| !self.still_suits(v.config(), mode, bitrate, now)) {
            let finest = self.finest(bitrate / 2);
            self.mixed.made_at = now;
            let config = h264::Config { bitrate_bps: bitrate, max_fps: MAX_FPS, mode, parts: true, finest };
            match h264::Encoder::new(self.size.0, self.size.1, config) {
                Ok(e) => self.video = Some(e),
                Err(e) => {
                    tracing::error!(error = %e, "no H.264 encoder");
                    self.rule.set_wish(Wish::Only(wire::Coder::Tiles));
                    return self.switch(wire::Coder::Tiles, now);
                }
            }
            self.key_wanted = true;
            changed = self.mixed.regions.video_tiles();
        }
        let Some(video) = self.video.as_mut() else { return };
        let key = std::mem::take(&mut self.key_wanted);
        match video.encode(self.tiles.taken(), &changed, at, key) {
            Ok(Some(access_unit)) => {
                let bytes = Bytes::from(access_unit);
                tracing::trace!(bytes = bytes.len(), key, "a picture by H.264");
                self.debt_bits += bytes.len() as f64 * 8.0;
                self.mixed.regions.coded();
                self.send_mask();
                for v in &self.viewers {
                    v.transport.send_video(bytes.clone(), at);
                }
                self.mixed.video_waits = false;
            }
            // Skipped by the rate control: tried again.
            Ok(None) => {
                self.key_wanted |= key;
                self.mixed.video_waits = true;
                self.mixed.video_at = now + SKIPPED;
                return;
            }
            Err(e) => {
                tracing::warn!(error = %e, "a picture could not be encoded");
                self.video = None;
                // With the next change, by another coder.
                self.mixed.video_waits = false;
            }
        }
        self.mixed.video_at = now;
    }

    /// Sends exact tiles while there are some and the line has room.
    fn send_pieces(&mut self, now: Instant) {
        let at = self.us(now);
        while let Some(piece) = self.piece(now) {
            let most = (piece / self.mixed.tile_bytes).max(1.0) as usize;
            let mut tiles = self.mixed.regions.next(at, most);
            loop {
                self.update.clear();
                let stats = self.tiles.encode_blocks(&tiles, &mut self.update);
                let each = stats.bytes as f64 / tiles.len() as f64;
                self.mixed.tile_bytes = self.mixed.tile_bytes * 0.5 + each * 0.5;
                if stats.bytes as f64 <= piece * 2.0 || tiles.len() == 1 {
                    break;
                }
                tiles.truncate(tiles.len() / 2);
                self.mixed.regions.keep_first(tiles.len());
            }
            self.mixed.last_piece = self.update.len();
            if !self.spare_in(now).is_zero() {
                self.mixed.ahead_bits -= self.update.len() as f64 * 8.0;
            }
            self.send_exact(now);
        }
    }

    /// Sends the update that was made of tiles that are exact from now on.
    fn send_exact(&mut self, now: Instant) {
        self.send_mask();
        let at = self.us(now);
        self.serial = self.serial.wrapping_add(1);
        let (serial, update) = (self.serial, std::mem::take(&mut self.update));
        tracing::trace!(bytes = update.len(), "exact tiles");
        self.debt_bits += update.len() as f64 * 8.0;
        for v in &mut self.viewers {
            if !send_update(v, at, serial, &update) {
                // What the viewer has is unknown now: begin anew when the line is free.
                v.fresh = true;
                self.refresh = true;
            }
        }
        self.update = update;
    }

    /// Everything exactly, whatever the line says: tiles alone go on from here.
    pub(super) fn send_rest(&mut self, now: Instant) {
        let rest = self.mixed.regions.rest();
        if !rest.is_empty() && self.size.0 > 0 {
            self.update.clear();
            self.tiles.encode_blocks(&rest, &mut self.update);
            self.send_exact(now);
        }
    }
}

/// False when the channel did not take all of it.
pub(super) fn send_update(v: &mut Viewer, at_us: u64, serial: u32, update: &[u8]) -> bool {
    let sent = split(serial, update).all(|p| v.transport.send(Channel::Picture, p).is_ok());
    if sent {
        v.flow.sent(at_us, serial, update.len());
    }
    sent
}

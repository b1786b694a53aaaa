//! Turns grabbed pictures into what viewers get: lossless tiles on the picture channel, or H.264 on
//! the video track, or both. Encodes once, whatever the number of viewers.

mod mixed;
mod passing;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use deskside_devices::capture::{Pointer, PointerShape};
use deskside_media::{
    Picture, Rect,
    colours::{Colours, Reduced},
    h264,
    rule::{Flow, Rule, Sharpness, Wish},
    tiles,
    wire::{self, PictureMessage},
};
use deskside_net::{Channel, Transport};
use deskside_session::{
    ParticipantId,
    command::Coder,
    quality::{self, Quality},
};

use mixed::{Mixed, send_update};

use crate::share::{Tell, send_picture};

/// With so much unsent on the channel another update would only wait.
const QUEUED: usize = 192 * 1024;
/// Nothing to do until something wakes the thread.
const FOREVER: Duration = Duration::from_secs(3600);
/// An update beyond this, or beyond this time on a line that is known, goes in pieces: bytes, microseconds.
const AT_ONCE: usize = 128 * 1024;
const AT_ONCE_US: f64 = 300_000.0;
const START_BITRATE: u32 = 2_000_000;
const MIN_BITRATE: u32 = 100_000;
const MAX_BITRATE: u32 = 40_000_000;
/// From this on the mode for films, below the other one the mode for text: it is twice the work for half the bytes.
const RICH: u32 = 5_000_000;
const POOR: u32 = 3_000_000;
const MAX_FPS: f32 = 60.0;
/// H.264: bits of earlier pictures that may still be on the line when the next one leaves, as time.
const ALLOWED_DEBT: Duration = Duration::from_millis(40);

struct Viewer {
    id: ParticipantId,
    transport: Arc<dyn Transport>,
    flow: Flow,
    bitrate: u32,
    /// It has no picture to build upon.
    fresh: bool,
}

pub struct Encoding {
    started: Instant,
    rule: Rule,
    /// In use; follows the rule.
    active: wire::Coder,
    reported: Option<Coder>,
    paused: bool,
    size: (u16, u16),
    /// Which part of the desktop that is; 0 until told.
    area: u32,
    viewers: Vec<Viewer>,
    colours: Reduced,
    tiles: tiles::Encoder,
    video: Option<h264::Encoder>,
    serial: u32,
    /// The next picture must be whole.
    refresh: bool,
    key_wanted: bool,
    update: Vec<u8>,
    shape: Option<PointerShape>,
    /// H.264: bits that the line still has to carry away, at `debt_at`.
    debt_bits: f64,
    debt_at: Instant,
    mixed: Mixed,
}

impl Encoding {
    pub fn new(wish: Coder, quality: Quality) -> Self {
        let mut colours = Reduced::default();
        colours.set(colours_of(quality.colours));
        let now = Instant::now();
        let rule = Rule::new(wish_of(wish), sharpness_of(quality.sharpness));
        Self {
            started: now,
            active: rule.coder(),
            rule,
            reported: None,
            paused: false,
            size: (0, 0),
            area: 0,
            viewers: Vec::new(),
            colours,
            tiles: tiles::Encoder::new(0, 0),
            video: None,
            serial: 0,
            refresh: true,
            key_wanted: true,
            update: Vec::new(),
            shape: None,
            debt_bits: 0.0,
            debt_at: now,
            mixed: Mixed::new(now),
        }
    }

    pub fn told(&mut self, tell: Tell) {
        match tell {
            Tell::Viewers(viewers) => self.set_viewers(viewers),
            Tell::Coder(wish) => {
                self.rule.set_wish(wish_of(wish));
                self.switch(self.rule.coder(), Instant::now());
            }
            Tell::Quality(quality) => {
                self.rule.set_sharpness(sharpness_of(quality.sharpness));
                self.refresh |= self.colours.set(colours_of(quality.colours));
            }
            Tell::Paused(paused) => {
                if self.paused && !paused {
                    self.refresh = true;
                }
                self.paused = paused;
            }
            Tell::FromViewer(id, bytes) => self.viewer_said(id, &bytes),
            Tell::KeyFrameWanted => self.key_wanted = true,
            Tell::Bitrate(id, bits) => {
                if let Some(v) = self.viewers.iter_mut().find(|v| v.id == id) {
                    v.bitrate = bits;
                    v.flow.told_bitrate(bits);
                }
                self.apply_bitrate();
            }
            // Handled by the thread itself.
            Tell::Screen(..) | Tell::Stop => {}
        }
    }

    fn set_viewers(&mut self, viewers: Vec<(ParticipantId, Arc<dyn Transport>)>) {
        // Nobody knows a new line; to begin with the least would make the picture worse for all who watch already.
        let start =
            if self.viewers.is_empty() { START_BITRATE } else { (self.bitrate() / 2).max(START_BITRATE) };
        let mut old = std::mem::take(&mut self.viewers);
        for (id, transport) in viewers {
            match old.iter().position(|v| v.id == id && Arc::ptr_eq(&v.transport, &transport)) {
                Some(i) => self.viewers.push(old.swap_remove(i)),
                None => {
                    // A new line knows nothing yet.
                    self.refresh = true;
                    if start > START_BITRATE {
                        transport.hint_bitrate(start);
                    }
                    self.viewers.push(Viewer {
                        id,
                        transport,
                        flow: Flow::new(),
                        bitrate: start,
                        fresh: true,
                    });
                }
            }
        }
    }

    fn viewer_said(&mut self, id: ParticipantId, bytes: &Bytes) {
        let at = self.us(Instant::now());
        let Some(viewer) = self.viewers.iter_mut().find(|v| v.id == id) else { return };
        match PictureMessage::decode(bytes) {
            Ok(PictureMessage::Ack { update, hold_us }) => {
                if viewer.flow.acked(at, update, hold_us) {
                    self.mixed.piece_took(viewer.flow.took_us());
                } else {
                    tracing::debug!(update, "an acknowledgement of nothing that is under way");
                }
            }
            Ok(PictureMessage::Refresh) => {
                viewer.fresh = true;
                self.refresh = true;
            }
            Ok(_) => tracing::debug!("a viewer sent what only sharers send"),
            Err(e) => tracing::debug!(error = %e, "a viewer's picture message was not understood"),
        }
    }

    /// Whether it has the size that was told last.
    pub fn fits(&self, picture: &Picture<'_>) -> bool {
        self.size == (picture.width, picture.height)
    }

    /// Another part of the desktop, or a back end that begins anew; `area`: its number.
    pub fn geometry(&mut self, area: u32, width: u16, height: u16) {
        self.area = area;
        if self.size != (width, height) {
            self.size = (width, height);
            self.tiles = tiles::Encoder::new(width, height);
            self.video = None;
            self.mixed.begin(self.size);
            self.viewers.iter_mut().for_each(|v| v.fresh = true);
        }
        self.refresh = true;
    }

    /// Whether the capture must be whole next time; asked once.
    pub fn wants_refresh(&mut self) -> bool {
        if !self.refresh || self.viewers.is_empty() || self.paused {
            return false;
        }
        self.refresh = false;
        self.key_wanted = true;
        self.send_geometry();
        match self.active {
            wire::Coder::H264 => self.begin_anew(Instant::now()),
            wire::Coder::Tiles => {
                self.tiles.reset();
                self.viewers.iter_mut().for_each(|v| v.flow.clear());
            }
        }
        true
    }

    fn send_geometry(&self) {
        let geometry =
            PictureMessage::Geometry { width: self.size.0, height: self.size.1, coder: self.active };
        for v in self.viewers.iter().filter(|_| self.size.0 > 0) {
            send_picture(&v.transport, &PictureMessage::Area { area: self.area });
            send_picture(&v.transport, &geometry);
        }
    }

    /// Goes over to the coder that suits the line now.
    pub fn decide(&mut self, now: Instant) {
        let at = self.us(now);
        let wanted = self.rule.decide(at, self.viewers.iter().map(|v| &v.flow), self.rest());
        self.switch(wanted, now);
    }

    /// Whether a picture could leave at once.
    pub fn ready(&mut self, now: Instant) -> bool {
        if self.paused || self.viewers.is_empty() || self.size.0 == 0 || self.size.1 == 0 {
            return false;
        }
        match self.active {
            wire::Coder::H264 => self.looks(now),
            wire::Coder::Tiles => self
                .viewers
                .iter()
                .all(|v| v.flow.may_send() && v.transport.queued(Channel::Picture) < QUEUED),
        }
    }

    fn switch(&mut self, to: wire::Coder, now: Instant) {
        if self.active == to {
            return;
        }
        self.video = None;
        match to {
            wire::Coder::H264 => {
                self.mixed.begin(self.size);
                let at = self.us(now);
                self.viewers.iter_mut().for_each(|v| v.flow.give_up(at));
                self.hint();
                self.let_pass(now);
            }
            // After a pause everything comes anew.
            wire::Coder::Tiles if self.paused => {}
            wire::Coder::Tiles => self.send_rest(now),
        }
        self.active = to;
        self.send_geometry();
    }

    /// What tiles showed of each line is where video begins.
    fn hint(&mut self) {
        for v in &mut self.viewers {
            if let Some(seen) = v.flow.seen_bps() {
                v.bitrate = (seen / 2.0).clamp(f64::from(MIN_BITRATE), f64::from(MAX_BITRATE)) as u32;
                v.transport.hint_bitrate(v.bitrate);
            }
        }
    }

    /// The coder in use, if it was not reported yet.
    pub fn coder_changed(&mut self) -> Option<Coder> {
        let now = if self.shows_video() { Coder::H264 } else { Coder::Tiles };
        (self.reported.replace(now) != Some(now)).then_some(now)
    }

    /// Microseconds of this thread's steady clock.
    fn us(&self, at: Instant) -> u64 {
        u64::try_from(at.saturating_duration_since(self.started).as_micros()).unwrap_or(u64::MAX)
    }

    /// How long the thread may sleep if nothing else happens.
    pub fn patience(&mut self, now: Instant, damaged: bool) -> Duration {
        if self.paused || self.viewers.is_empty() {
            return FOREVER;
        }
        if self.refresh {
            return Duration::ZERO;
        }
        let at = self.us(now);
        let look = self.rule.look_again_us(at).map_or(FOREVER, Duration::from_micros);
        if self.active == wire::Coder::Tiles {
            // What is under way may turn out too slow; that is looked at again before it arrives.
            return if damaged { Duration::from_millis(50) } else { look };
        }
        self.mixed_patience(now, damaged).min(look).max(Duration::from_millis(1))
    }

    fn bitrate(&self) -> u32 {
        self.viewers.iter().map(|v| v.bitrate).min().unwrap_or(START_BITRATE).clamp(MIN_BITRATE, MAX_BITRATE)
    }

    /// What suits the line; a change costs a key frame.
    fn mode(&self, bitrate: u32) -> h264::Mode {
        match self.video.as_ref().map(|v| v.config().mode) {
            Some(h264::Mode::Camera) if bitrate > POOR => h264::Mode::Camera,
            Some(h264::Mode::ScreenContent) | None if bitrate >= RICH => h264::Mode::Camera,
            _ => h264::Mode::ScreenContent,
        }
    }

    fn apply_bitrate(&mut self) {
        let bits = self.bitrate();
        tracing::debug!(bits, "the line's bitrate");
        if let Some(video) = self.video.as_mut()
            && let Err(e) = video.set_bitrate(bits)
        {
            tracing::warn!(error = %e, "the bitrate cannot be changed");
        }
    }

    /// Waiting for the whole debt would hold a picture up past the next one of its source, and then the next.
    fn allowed_debt(&self) -> f64 {
        f64::from(self.bitrate()) * ALLOWED_DEBT.as_secs_f64()
    }

    /// What the line still carries, in bits, after the time that passed.
    fn pay(&mut self, now: Instant) -> f64 {
        let bits = f64::from(self.bitrate()) * now.saturating_duration_since(self.debt_at).as_secs_f64();
        self.debt_bits = (self.debt_bits - bits).max(0.0);
        self.debt_at = now;
        self.debt_bits
    }

    /// Codes and sends what changed. False when nothing really did.
    pub fn picture(&mut self, picture: Picture<'_>, changed: &[Rect], now: Instant) -> bool {
        let mut colours = std::mem::take(&mut self.colours);
        let picture = colours.take(picture, changed);
        let sent = match self.active {
            wire::Coder::H264 => self.mixed_picture(picture, changed, now),
            wire::Coder::Tiles => self.tiles_picture(picture, changed, now),
        };
        self.colours = colours;
        sent
    }

    fn tiles_picture(&mut self, picture: Picture<'_>, changed: &[Rect], now: Instant) -> bool {
        self.update.clear();
        let Some(stats) = self.tiles.encode(picture, changed, &mut self.update) else { return false };
        let at = self.us(now);
        let took = u32::try_from(now.elapsed().as_micros()).unwrap_or(u32::MAX);
        self.rule.coded(at, &stats, took);
        if self.rule.wish() == Wish::Auto && stats.bytes > self.at_once() {
            self.rule.give_up_tiles(at);
            self.switch(self.rule.coder(), now);
            let touched = self.tiles.touched();
            self.mixed.regions.make_stale(at, &touched);
            // Who has no picture yet gets one to build upon first.
            self.refresh |= self.viewers.iter().any(|v| v.fresh);
            return true;
        }
        self.serial = self.serial.wrapping_add(1);
        let serial = self.serial;
        for v in &mut self.viewers {
            let sent = send_update(v, at, serial, &self.update);
            v.fresh = (v.fresh && !stats.whole) || !sent;
            // What the viewer has is unknown now: begin anew when the line is free.
            self.refresh |= !sent;
        }
        true
    }

    /// Most bytes of an update that is sent as one: no change may wait for long behind it.
    fn at_once(&self) -> usize {
        let lines = self.viewers.iter().filter_map(|v| v.flow.carries_bps());
        let slowest = lines.reduce(f64::min).map(|bps| (bps / 8e6 * AT_ONCE_US) as usize);
        slowest.unwrap_or(AT_ONCE).max(AT_ONCE / 2)
    }

    pub fn pointer(&mut self, pointer: Pointer) {
        if let Some(shape) = pointer.shape {
            self.shape = Some(shape);
            self.send_shape();
        }
        let at = PictureMessage::PointerAt { x: pointer.x, y: pointer.y };
        if !self.paused {
            for v in &self.viewers {
                send_picture(&v.transport, &at);
            }
        }
    }

    /// Sends the last shape again, for viewers that came since.
    pub fn resend_pointer(&mut self) {
        self.send_shape();
    }

    fn send_shape(&self) {
        let Some(shape) = &self.shape else { return };
        let Some(shape) =
            wire::PointerShape::new(shape.width, shape.height, shape.hot_x, shape.hot_y, shape.bgra.clone())
        else {
            return;
        };
        let message = PictureMessage::PointerShape(shape);
        for v in &self.viewers {
            send_picture(&v.transport, &message);
        }
    }
}

fn sharpness_of(sharpness: quality::Sharpness) -> Sharpness {
    match sharpness {
        quality::Sharpness::Auto => Sharpness::Auto,
        quality::Sharpness::Sharper => Sharpness::Sharper,
        quality::Sharpness::Faster => Sharpness::Faster,
    }
}

fn colours_of(colours: quality::Colours) -> Colours {
    match colours {
        quality::Colours::Full => Colours::Full,
        quality::Colours::Bits16 => Colours::Bits16,
        quality::Colours::Bits8 => Colours::Bits8,
    }
}

fn wish_of(coder: Coder) -> Wish {
    match coder {
        Coder::Auto => Wish::Auto,
        Coder::Tiles => Wish::Only(wire::Coder::Tiles),
        Coder::H264 => Wish::Only(wire::Coder::H264),
    }
}

//! Pictures to access units.

use std::ptr::addr_of_mut;

use openh264::{
    OpenH264API, Timestamp,
    encoder::{
        BitRate, Complexity, EncoderConfig, FrameRate, FrameType, IntraFramePeriod, Profile, QpRange,
        RateControlMode, UsageType, VuiConfig,
    },
};
use openh264_sys2::{
    ENCODER_OPTION_BITRATE, ENCODER_OPTION_FRAME_RATE, ENCODER_OPTION_MAX_BITRATE, SBitrateInfo,
    SPATIAL_LAYER_ALL,
};

use super::{
    Config, H264Error, MAX_LONG_SIDE, MAX_SHORT_SIDE, Mode,
    planes::{Planes, coded_side},
};
use crate::{Picture, Rect};

/// Lowest and highest bitrate that is set, bits per second.
const BITRATES: std::ops::RangeInclusive<u32> = 50_000..=100_000_000;

/// The coarsest quantiser that there is.
const COARSEST: u8 = 51;

/// The only spatial layer (`SPATIAL_LAYER_0` of the coder, which the crate does not name).
const FIRST_LAYER: i32 = 0;

/// Lowest and highest rate of pictures that is set, per second.
const MIN_FPS: f32 = 1.0;
const MAX_FPS: f32 = 120.0;

/// Codes one source of pictures.
pub struct Encoder {
    config: Config,
    coder: openh264::encoder::Encoder,
    planes: Planes,
    /// What the planes were made of, of their size and one row more, so that a part that starts at an odd pixel can be widened.
    shadow: Vec<u8>,
    width: u16,
    height: u16,
    /// The coder made at least one picture, and takes options.
    started: bool,
    /// The last picture was skipped, and its changes still wait.
    waiting: bool,
    pace: Pace,
}

impl Encoder {
    pub fn new(width: u16, height: u16, config: Config) -> Result<Self, H264Error> {
        check_size(width, height)?;
        Ok(Self {
            config,
            coder: start(&config)?,
            planes: Planes::new(width, height),
            shadow: Vec::new(),
            width,
            height,
            started: false,
            waiting: false,
            pace: Pace::new(&config),
        })
    }

    /// Codes the picture, of which only `changed` may differ from the last one, and only that is read
    /// (except the first time and after a change of size: the whole).
    ///
    /// `at_us`: microseconds of a steady clock. `None`: the picture was skipped to hold the bitrate;
    /// its changes are kept, so code again (also without further changes) when
    /// [`Encoder::is_waiting`]. The first picture and forced ones are key frames. There are no others,
    /// but that in the mode for screens the coder starts anew when all of a picture is another one.
    pub fn encode(
        &mut self,
        picture: Picture<'_>,
        changed: &[Rect],
        at_us: u64,
        force_key: bool,
    ) -> Result<Option<Vec<u8>>, H264Error> {
        if !picture.is_sound() {
            return Err(H264Error::Frame);
        }
        if (picture.width, picture.height) != (self.width, self.height) {
            check_size(picture.width, picture.height)?;
            (self.width, self.height) = (picture.width, picture.height);
            self.planes = Planes::new(self.width, self.height);
            self.shadow.clear();
            self.coder = start(&self.config)?;
            self.started = false;
            self.pace = Pace::new(&self.config);
        }
        self.take(&picture, changed)?;
        if force_key && self.started {
            self.coder.force_intra_frame();
        }
        if let Some(mut rate) = self.pace.next(at_us)
            && self.started
        {
            // SAFETY: the option takes a pointer to a float, which lives until the call returns.
            unsafe { self.coder.raw_api().set_option(ENCODER_OPTION_FRAME_RATE, addr_of_mut!(rate).cast()) };
        }
        let at = Timestamp::from_millis(at_us.min(i64::MAX as u64) / 1000);
        let coded = self.coder.encode_at(&self.planes, at)?;
        let skipped = matches!(coded.frame_type(), FrameType::Skip | FrameType::Invalid);
        let access_unit = coded.to_vec();
        self.started = true;
        self.waiting = skipped || access_unit.is_empty();
        Ok((!self.waiting).then_some(access_unit))
    }

    /// The last picture was skipped: its changes have not been sent.
    pub fn is_waiting(&self) -> bool {
        self.waiting
    }

    pub fn config(&self) -> &Config {
        &self.config
    }

    /// From the next picture on; kept between 50 kbit/s and 100 Mbit/s.
    pub fn set_bitrate(&mut self, bits_per_second: u32) -> Result<(), H264Error> {
        let bits = bits_per_second.clamp(*BITRATES.start(), *BITRATES.end());
        if bits == self.config.bitrate_bps {
            return Ok(());
        }
        let before = std::mem::replace(&mut self.config.bitrate_bps, bits);
        if !self.started {
            self.coder = start(&self.config)?;
            return Ok(());
        }
        // The most must not be below what is aimed at at any moment, or the coder refuses; it has to be set by layer.
        let most = (ENCODER_OPTION_MAX_BITRATE, FIRST_LAYER, bits + bits / 4);
        let aim = (ENCODER_OPTION_BITRATE, SPATIAL_LAYER_ALL, bits);
        for (option, layer, bits) in if bits > before { [most, aim] } else { [aim, most] } {
            let mut info = SBitrateInfo { iLayer: layer, iBitrate: bits as i32 };
            // SAFETY: the options take a pointer to an `SBitrateInfo`, which lives until the call returns.
            let code = unsafe { self.coder.raw_api().set_option(option, addr_of_mut!(info).cast()) };
            if code != 0 {
                return Err(H264Error::Coder(format!("bitrate refused: {code}")));
            }
        }
        Ok(())
    }

    /// Brings the shadow and the planes up to date.
    fn take(&mut self, picture: &Picture<'_>, changed: &[Rect]) -> Result<(), H264Error> {
        let first = self.shadow.is_empty();
        let (coded_w, coded_h) = (coded_side(self.width), coded_side(self.height));
        if first {
            self.shadow.resize(coded_w * 4 * (coded_h + 1), 0);
        }
        let whole = [Rect::new(0, 0, self.width, self.height)];
        for r in if first && !self.config.parts { &whole[..] } else { changed } {
            let Some(r) = r.clipped(self.width, self.height) else { continue };
            self.copy(picture, r, coded_w);
            let r = even(r, (self.width, self.height), (coded_w as u16, coded_h as u16));
            self.planes.take(&self.shadow, r).map_err(|e| H264Error::Coder(e.to_string()))?;
        }
        Ok(())
    }

    /// Copies a part to the shadow. What the coded size has beyond the picture repeats its last pixels.
    fn copy(&mut self, picture: &Picture<'_>, r: Rect, coded_w: usize) {
        let (x, w, stride) = (usize::from(r.x) * 4, usize::from(r.w), coded_w * 4);
        let at_right = r.right() == u32::from(self.width);
        for y in usize::from(r.y)..r.bottom() as usize {
            let row = &mut self.shadow[y * stride..(y + 1) * stride];
            row[x..x + w * 4].copy_from_slice(picture.row(usize::from(r.x), y, w));
            if at_right {
                let (row, beyond) = row.split_at_mut(x + w * 4);
                let last = &row[row.len() - 4..];
                beyond.chunks_exact_mut(4).for_each(|p| p.copy_from_slice(last));
            }
        }
        if r.bottom() == u32::from(self.height) {
            let end = usize::from(self.height) * stride;
            let last = end - stride..end;
            for to in (end..self.shadow.len()).step_by(stride) {
                self.shadow.copy_within(last.clone(), to);
            }
        }
    }
}

/// How fast pictures really come. The coder shares its bits out by pictures a second, and pictures come
/// when something changes: told the most that may come, it would leave most of the line unused.
#[derive(Debug)]
struct Pace {
    /// Smoothed time between pictures, and its least, microseconds.
    every_us: f64,
    least_us: f64,
    last_us: Option<u64>,
    /// What the coder was told.
    told_us: f64,
}

/// Pictures that come more seldom than this are after a pause.
const PAUSE_US: f64 = 250_000.0;

/// So many times the pictures that come are told.
const HEADROOM: f64 = 1.2;

impl Pace {
    fn new(config: &Config) -> Self {
        let least_us = 1e6 / f64::from(config.max_fps.clamp(MIN_FPS, MAX_FPS));
        Self { every_us: least_us, least_us, last_us: None, told_us: least_us }
    }

    /// A picture comes; gives the pictures a second when the coder should be told.
    fn next(&mut self, at_us: u64) -> Option<f32> {
        let last = self.last_us.replace(at_us)?;
        let gap = (at_us.saturating_sub(last) as f64).clamp(self.least_us, PAUSE_US.max(self.least_us));
        // Quick to believe in more pictures, or the line would be flooded; slow to believe in fewer.
        let weight = if gap < self.every_us { 0.5 } else { 0.25 };
        self.every_us += (gap - self.every_us) * weight;
        if (0.8..1.25).contains(&(self.every_us / self.told_us)) {
            return None;
        }
        self.told_us = self.every_us;
        // A little less for each than there is: else each waits for the one before to pass the line, and the
        // pictures stay as few as they once were.
        Some((HEADROOM * 1e6 / self.every_us) as f32)
    }
}

/// Widens a rectangle to even pixels, and at the picture's edges to the coded size.
fn even(r: Rect, size: (u16, u16), coded: (u16, u16)) -> Rect {
    let (x, y) = (r.x & !1, r.y & !1);
    let side = |end: u32, start: u16, size: u16, coded: u16| {
        let end = if end == u32::from(size) { u32::from(coded) } else { end.next_multiple_of(2) };
        (end - u32::from(start)) as u16
    };
    Rect { x, y, w: side(r.right(), x, size.0, coded.0), h: side(r.bottom(), y, size.1, coded.1) }
}

fn check_size(width: u16, height: u16) -> Result<(), H264Error> {
    let (long, short) = (width.max(height), width.min(height));
    if short == 0 || long > MAX_LONG_SIDE || short > MAX_SHORT_SIDE {
        return Err(H264Error::TooLarge(width, height));
    }
    Ok(())
}

/// A coder with nothing left to its defaults, which are made for other things (120 kbit/s).
fn start(config: &Config) -> Result<openh264::encoder::Encoder, H264Error> {
    let bits = config.bitrate_bps.clamp(*BITRATES.start(), *BITRATES.end());
    let usage = match config.mode {
        Mode::ScreenContent => UsageType::ScreenContentRealTime,
        Mode::Camera => UsageType::CameraVideoRealTime,
    };
    let settings = EncoderConfig::new()
        .usage_type(usage)
        .profile(Profile::Baseline)
        .complexity(Complexity::Low)
        .num_threads(1)
        .bitrate(BitRate::from_bps(bits))
        .rate_control_mode(RateControlMode::Bitrate)
        .skip_frames(true)
        .qp(QpRange::new(config.finest.min(COARSEST), COARSEST))
        .max_frame_rate(FrameRate::from_hz(config.max_fps.clamp(MIN_FPS, MAX_FPS)))
        .intra_frame_period(IntraFramePeriod::from_num_frames(0))
        // The screen mode cannot do without; it finds scrolling by it.
        .scene_change_detect(config.mode == Mode::ScreenContent)
        .long_term_reference(false)
        .background_detection(false)
        .adaptive_quantization(false)
        .vui(VuiConfig::bt709());
    Ok(openh264::encoder::Encoder::with_api_config(OpenH264API::from_source(), settings)?)
}

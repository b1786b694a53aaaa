//! Pictures to access units.

use std::ptr::addr_of_mut;

use openh264::{
    OpenH264API, Timestamp,
    encoder::{
        BitRate, Complexity, EncoderConfig, FrameRate, FrameType, IntraFramePeriod, Profile, QpRange,
        RateControlMode, UsageType, VuiConfig,
    },
};
use openh264_sys2::{ENCODER_OPTION_BITRATE, SBitrateInfo, SPATIAL_LAYER_ALL};

use super::{Config, H264Error, MAX_LONG_SIDE, MAX_SHORT_SIDE, Mode, planes::Planes};
use crate::{Picture, Rect};

/// Lowest and highest bitrate that is set, bits per second.
const BITRATES: std::ops::RangeInclusive<u32> = 50_000..=100_000_000;

/// Codes one source of pictures.
pub struct Encoder {
    config: Config,
    coder: openh264::encoder::Encoder,
    planes: Planes,
    /// What the planes were made of, so that a part that starts at an odd pixel can be widened.
    shadow: Vec<u8>,
    width: u16,
    height: u16,
    /// The coder made at least one picture, and takes options.
    started: bool,
    /// The last picture was skipped, and its changes still wait.
    waiting: bool,
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
        })
    }

    /// Codes the picture, of which only `changed` may differ from the last one, and only that is read
    /// (except the first time and after a change of size: the whole).
    ///
    /// `at_us`: microseconds of a steady clock. `None`: the picture was skipped to hold the bitrate;
    /// its changes are kept, so code again (also without further changes) when
    /// [`Encoder::is_waiting`]. The first picture and forced ones are key frames; there are no others.
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
        }
        self.take(&picture, changed)?;
        if force_key && self.started {
            self.coder.force_intra_frame();
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
        self.config.bitrate_bps = bits;
        if !self.started {
            self.coder = start(&self.config)?;
            return Ok(());
        }
        let mut info = SBitrateInfo { iLayer: SPATIAL_LAYER_ALL, iBitrate: bits as i32 };
        // SAFETY: the option takes a pointer to an `SBitrateInfo`, which lives until the call returns.
        let code =
            unsafe { self.coder.raw_api().set_option(ENCODER_OPTION_BITRATE, addr_of_mut!(info).cast()) };
        if code == 0 { Ok(()) } else { Err(H264Error::Coder(format!("bitrate refused: {code}"))) }
    }

    /// Brings the planes up to date.
    fn take(&mut self, picture: &Picture<'_>, changed: &[Rect]) -> Result<(), H264Error> {
        let stride = usize::from(self.width) * 4;
        let first = self.shadow.is_empty();
        let whole = [Rect::new(0, 0, self.width, self.height)];
        if first {
            self.shadow.resize(stride * usize::from(self.height), 0);
        }
        for r in if first { &whole[..] } else { changed } {
            let Some(r) = r.clipped(self.width, self.height) else { continue };
            let (x, w) = (usize::from(r.x) * 4, usize::from(r.w));
            for y in usize::from(r.y)..r.bottom() as usize {
                let at = y * stride + x;
                self.shadow[at..at + w * 4].copy_from_slice(picture.row(usize::from(r.x), y, w));
            }
            let shadow = Picture { data: &self.shadow, stride, width: self.width, height: self.height };
            self.planes
                .take(&shadow, even(r, self.width, self.height))
                .map_err(|e| H264Error::Coder(e.to_string()))?;
        }
        Ok(())
    }
}

/// Widens a rectangle to even pixels, or the picture's edge.
fn even(r: Rect, width: u16, height: u16) -> Rect {
    let (x, y) = (r.x & !1, r.y & !1);
    let side = |end: u32, start: u16, most: u16| {
        (end.next_multiple_of(2).min(u32::from(most)) - u32::from(start)) as u16
    };
    Rect { x, y, w: side(r.right(), x, width), h: side(r.bottom(), y, height) }
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
        .qp(QpRange::new(8, 51))
        .max_frame_rate(FrameRate::from_hz(config.max_fps.clamp(1.0, 120.0)))
        .intra_frame_period(IntraFramePeriod::from_num_frames(0))
        .scene_change_detect(false)
        .long_term_reference(false)
        .background_detection(false)
        .adaptive_quantization(false)
        .vui(VuiConfig::bt709());
    Ok(openh264::encoder::Encoder::with_api_config(OpenH264API::from_source(), settings)?)
}

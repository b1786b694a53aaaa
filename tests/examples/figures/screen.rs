//! Both displays seen from one process, so that one clock times a change and its arrival.

use std::{
    os::fd::AsRawFd,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use x11rb::{
    connection::Connection,
    protocol::{
        damage::{ConnectionExt as _, ReportLevel},
        xproto::*,
        xtest::ConnectionExt as _,
    },
    rust_connection::RustConnection,
    wrapper::ConnectionExt as _,
};

/// One display.
pub struct Screen {
    pub x: RustConnection,
    pub root: Window,
    pub width: u16,
    pub height: u16,
    damage: Option<u32>,
}

impl Screen {
    pub fn open(display: &str) -> Result<Self> {
        let (x, n) = x11rb::connect(Some(display)).with_context(|| format!("display {display}"))?;
        let screen = &x.setup().roots[n];
        let (root, width, height) = (screen.root, screen.width_in_pixels, screen.height_in_pixels);
        Ok(Self { x, root, width, height, damage: None })
    }

    /// A window over everything, without a frame.
    pub fn window(&self, x: i16, y: i16, w: u16, h: u16, colour: u32) -> Result<Window> {
        let id = self.x.generate_id()?;
        let look = CreateWindowAux::new()
            .override_redirect(1)
            .background_pixel(colour)
            .event_mask(EventMask::KEY_PRESS | EventMask::BUTTON_PRESS);
        self.x.create_window(
            x11rb::COPY_DEPTH_FROM_PARENT,
            id,
            self.root,
            x,
            y,
            w,
            h,
            0,
            WindowClass::INPUT_OUTPUT,
            0,
            &look,
        )?;
        self.x.map_window(id)?;
        self.x.sync()?;
        Ok(id)
    }

    pub fn fill(&self, gc: Gcontext, on: Drawable, r: Rectangle, colour: u32) -> Result<()> {
        self.x.change_gc(gc, &ChangeGCAux::new().foreground(colour))?;
        self.x.poly_fill_rectangle(on, gc, &[r])?;
        Ok(())
    }

    pub fn gc(&self, on: Drawable) -> Result<Gcontext> {
        let gc = self.x.generate_id()?;
        self.x.create_gc(gc, on, &CreateGCAux::new().graphics_exposures(0))?;
        Ok(gc)
    }

    /// From now on [`Screen::wait`] is woken by everything drawn.
    pub fn watch(&mut self) -> Result<()> {
        self.x.damage_query_version(1, 1)?.reply()?;
        let damage = self.x.generate_id()?;
        self.x.damage_create(damage, self.root, ReportLevel::NON_EMPTY)?;
        self.damage = Some(damage);
        self.x.sync()?;
        Ok(())
    }

    /// Waits until something was drawn; false when the time is over.
    pub fn wait(&self, until: Instant) -> Result<bool> {
        loop {
            let mut seen = false;
            while let Some(event) = self.x.poll_for_event()? {
                seen |= matches!(event, x11rb::protocol::Event::DamageNotify(_));
            }
            if seen {
                if let Some(d) = self.damage {
                    self.x.damage_subtract(d, x11rb::NONE, x11rb::NONE)?;
                    self.x.flush()?;
                }
                return Ok(true);
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(false);
            }
            readable(&self.x, left);
        }
    }

    pub fn pixel(&self, x: i16, y: i16) -> Result<u32> {
        let image = self.x.get_image(ImageFormat::Z_PIXMAP, self.root, x, y, 1, 1, !0)?.reply()?;
        let b: [u8; 4] = image.data.get(..4).context("no pixel")?.try_into()?;
        Ok(u32::from_le_bytes(b) & 0xff_ff_ff)
    }

    /// Where a block of at least 8×8 pixels of this colour begins; the colour may be off by `slack`
    /// in each channel.
    pub fn find(&self, colour: u32, slack: i32) -> Result<Option<(i16, i16)>> {
        let image =
            self.x.get_image(ImageFormat::Z_PIXMAP, self.root, 0, 0, self.width, self.height, !0)?.reply()?;
        let (w, h) = (usize::from(self.width), usize::from(self.height));
        let at = |x: usize, y: usize| {
            let i = (y * w + x) * 4;
            u32::from_le_bytes([image.data[i], image.data[i + 1], image.data[i + 2], 0])
        };
        for y in 0..h.saturating_sub(8) {
            for x in 0..w.saturating_sub(8) {
                if near(at(x, y), colour, slack)
                    && near(at(x + 7, y), colour, slack)
                    && near(at(x, y + 7), colour, slack)
                    && near(at(x + 7, y + 7), colour, slack)
                {
                    return Ok(Some((i16::try_from(x)?, i16::try_from(y)?)));
                }
            }
        }
        Ok(None)
    }

    /// Whether a block of at least 16×16 pixels of this colour is anywhere. Only some rows are read: a display
    /// that hands out all of itself draws nothing meanwhile, and so changes what is timed.
    pub fn shows(&self, colour: u32, slack: i32) -> Result<bool> {
        let rows = (0..self.height)
            .step_by(16)
            .map(|y| self.x.get_image(ImageFormat::Z_PIXMAP, self.root, 0, y as i16, self.width, 1, !0));
        // All asked for before the first answer is read.
        let asked = rows.collect::<Result<Vec<_>, _>>()?;
        let mut found = false;
        for row in asked {
            let data = row.reply()?.data;
            let at = |p: &[u8]| u32::from_le_bytes([p[0], p[1], p[2], 0]);
            found |= data.chunks_exact(4 * 8).any(|p| near(at(p), colour, slack));
        }
        Ok(found)
    }

    /// Waits until this colour is at this place, and tells when it was seen.
    pub fn wait_pixel(&self, x: i16, y: i16, is: impl Fn(u32) -> bool, within: Duration) -> Result<Instant> {
        let until = Instant::now() + within;
        loop {
            if is(self.pixel(x, y)?) {
                return Ok(Instant::now());
            }
            if !self.wait(until)? {
                bail!("the change did not arrive within {within:?}");
            }
        }
    }

    /// Presses and releases a key of the core keyboard.
    pub fn tap(&self, keycode: u8) -> Result<()> {
        self.x.xtest_fake_input(KEY_PRESS_EVENT, keycode, 0, self.root, 0, 0, 0)?;
        self.x.xtest_fake_input(KEY_RELEASE_EVENT, keycode, 0, self.root, 0, 0, 0)?;
        self.x.flush()?;
        Ok(())
    }

    pub fn click(&self, x: i16, y: i16) -> Result<()> {
        self.x.xtest_fake_input(MOTION_NOTIFY_EVENT, 0, 0, self.root, x, y, 0)?;
        self.x.xtest_fake_input(BUTTON_PRESS_EVENT, 1, 0, self.root, 0, 0, 0)?;
        self.x.xtest_fake_input(BUTTON_RELEASE_EVENT, 1, 0, self.root, 0, 0, 0)?;
        self.x.sync()?;
        Ok(())
    }
}

/// Whether two 0xRRGGBB colours differ by at most `slack` in each channel.
pub fn near(a: u32, b: u32, slack: i32) -> bool {
    [0, 8, 16].iter().all(|s| {
        let channel = |c: u32| i32::try_from(c >> s & 0xff).unwrap_or(0);
        (channel(a) - channel(b)).abs() <= slack
    })
}

pub fn readable(x: &RustConnection, within: Duration) {
    let mut fd = libc::pollfd { fd: x.stream().as_raw_fd(), events: libc::POLLIN, revents: 0 };
    let ms = i32::try_from(within.as_millis()).unwrap_or(i32::MAX).max(1);
    // SAFETY: one valid pollfd that outlives the call.
    unsafe { libc::poll(&raw mut fd, 1, ms) };
}

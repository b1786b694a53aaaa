//! Capture on X11: XDamage says what changed, MIT-SHM fetches just that. One kept connection, no timers.

mod held;
mod image;
mod mask;
mod veil;

use std::{
    os::fd::AsRawFd as _,
    time::{Duration, Instant},
};

use deskside_media::{Picture, Rect};
use deskside_session::{
    command::Screen,
    hiding::{Hidden, Hiding, Scope},
    programs::SeenProgram,
    view::Monitor,
};
use x11rb::{
    connection::{Connection as _, RequestConnection as _},
    errors::ReplyError,
    protocol::{
        ErrorKind, Event,
        damage::{self, ConnectionExt as _, ReportLevel},
        randr::{self, ConnectionExt as _},
        xfixes::{self, ConnectionExt as _, CursorNotifyMask},
        xinput::{self, ConnectionExt as _},
        xproto::{ConnectionExt as _, Window},
    },
    rust_connection::RustConnection,
};

use self::{image::Image, mask::Masks, veil::Veil};
use super::{CaptureError, Capturer, Happened, Pointer, PointerShape, Waker, area};
use crate::x11::{Sleeper, X11Error, connect, deadline, is_bgrx};

/// Larger pointers are cut, as the trait says.
const MAX_POINTER: u16 = 256;

pub struct X11 {
    conn: RustConnection,
    root: Window,
    screen: Screen,
    /// Of the one monitor, once it was found: indices change when another one comes or goes.
    name: Option<String>,
    /// Left, top, width, height of what is captured.
    area: (i32, i32, u16, u16),
    root_size: (u16, u16),
    image: Image,
    damage: damage::Damage,
    region: xfixes::Region,
    /// Damage that was taken from the server and not grabbed yet.
    pending: Vec<Rect>,
    /// The server has damage that was not taken yet.
    damaged: bool,
    /// The next grab is the whole area.
    whole: bool,
    /// What the next [`Capturer::wait`] tells.
    news: Happened,
    /// Monitors may have changed since `area` was computed.
    stale: bool,
    new_shape: bool,
    masks: Masks,
    veil: Veil,
    sleeper: Sleeper,
}

impl From<X11Error> for CaptureError {
    fn from(e: X11Error) -> Self {
        match e {
            X11Error::NoDisplay => Self::NoDisplay,
            X11Error::Denied => Self::Denied,
            e => Self::Failed(e.to_string()),
        }
    }
}

impl X11 {
    /// Of the environment's display when none is named.
    pub fn open(display: Option<&str>, screen: Screen) -> Result<Self, CaptureError> {
        let (conn, number) = connect(display)?;
        let found = conn.setup().roots.get(number).ok_or(X11Error::NoDisplay)?.clone();
        if !is_bgrx(&conn, &found) {
            return Err(CaptureError::Failed(format!("pixels of depth {} are unknown", found.root_depth)));
        }
        let root = found.root;
        let (damage, region) = watch(&conn, root)?;
        let sleeper = Sleeper::new().map_err(X11Error::from)?;
        let masks = Masks::new(sleeper.alarm());
        let veil = Veil::open(&conn, number)?;
        let image = Image::new(&conn, 1, 1);
        let mut x11 = Self {
            conn,
            root,
            screen,
            name: None,
            area: (0, 0, 0, 0),
            root_size: (0, 0),
            image,
            damage,
            region,
            pending: Vec::new(),
            damaged: false,
            whole: true,
            news: Happened { damage: true, pointer: true, ..Happened::default() },
            stale: false,
            new_shape: true,
            masks,
            veil,
            sleeper,
        };
        x11.measure()?;
        Ok(x11)
    }

    /// Computes the area anew; a changed one makes the next grab whole.
    fn measure(&mut self) -> Result<(), CaptureError> {
        self.stale = false;
        let size =
            self.conn.get_geometry(self.root).map_err(X11Error::from)?.reply().map_err(X11Error::from)?;
        self.root_size = (size.width, size.height);
        let area = match self.screen {
            Screen::All => (0, 0, size.width, size.height),
            Screen::Monitor(i) => {
                let all = monitors(&self.conn, self.root)?;
                let m = super::find(&all, i, self.name.as_deref()).ok_or(CaptureError::NoSuchMonitor(i))?;
                self.name.get_or_insert_with(|| m.name.clone());
                // A monitor may reach beyond the root for a moment while things change.
                let whole = (0, 0, size.width, size.height);
                let r = area::clip(m.x, m.y, m.width.into(), m.height.into(), whole)
                    .ok_or(CaptureError::NoSuchMonitor(i))?;
                (r.x.into(), r.y.into(), r.w, r.h)
            }
        };
        if area != self.area {
            self.area = area;
            self.image.resize(&self.conn, area.2, area.3);
            self.refresh();
        }
        Ok(())
    }

    /// Takes all queued events without blocking.
    fn pump(&mut self) -> Result<(), X11Error> {
        while let Some(event) = self.conn.poll_for_event()? {
            self.veil.hear(&event);
            match event {
                Event::DamageNotify(_) => self.damaged = true,
                Event::XinputRawMotion(_) => self.news.pointer = true,
                Event::XfixesCursorNotify(_) => {
                    self.new_shape = true;
                    self.news.pointer = true;
                }
                Event::RandrScreenChangeNotify(_) | Event::RandrNotify(_) => self.stale = true,
                Event::ConfigureNotify(e)
                    if e.window == self.root && (e.width, e.height) != self.root_size =>
                {
                    self.stale = true;
                }
                Event::Error(e) => tracing::debug!(error = ?e, "the X server reports an error"),
                _ => {}
            }
        }
        Ok(())
    }

    /// Moves the server's damage to `pending`. Before the grab: what is drawn later is damage again.
    fn take_damage(&mut self) -> Result<(), X11Error> {
        self.damaged = false;
        self.conn.damage_subtract(self.damage, x11rb::NONE, self.region)?;
        let region = self.conn.xfixes_fetch_region(self.region)?.reply()?;
        let found = region
            .rectangles
            .iter()
            .filter_map(|r| area::clip(r.x.into(), r.y.into(), r.width.into(), r.height.into(), self.area));
        self.pending.extend(found);
        Ok(())
    }

    /// Looks at the events; true if there is something to tell.
    fn look(&mut self) -> Result<bool, CaptureError> {
        self.pump()?;
        self.news.woken |= self.sleeper.rung();
        if self.masks.changed() | self.veil.news() {
            self.news.damage = true;
        }
        if self.stale {
            self.news.geometry = true;
            match self.measure() {
                // The next grab says so.
                Err(CaptureError::NoSuchMonitor(_)) => self.stale = true,
                done => done?,
            }
        }
        if self.damaged {
            // Damage on another monitor is none of ours, and must be taken to hear of more.
            let partial = (self.area.2, self.area.3) != self.root_size;
            if partial {
                self.take_damage()?;
            }
            self.news.damage |= !partial || !self.pending.is_empty();
            self.damaged = false;
        }
        Ok(self.news != Happened::default())
    }

    fn try_grab(&mut self, changed: &mut Vec<Rect>) -> Result<(), X11Error> {
        self.take_damage()?;
        self.pump()?;
        if self.veil.is_stale() {
            self.veil.look(&self.conn, self.root_size)?;
        }
        self.fetch()?;
        self.pump()?;
        // A window opened or moved before the last pixel was fetched.
        if self.veil.is_stale() {
            self.conn.grab_server()?;
            let held = self.look_and_fetch();
            self.conn.ungrab_server()?;
            self.conn.flush()?;
            held?;
        }
        self.image.black(self.masks.rects());
        self.image.cover(&self.veil.cover(self.area), &self.pending);
        self.whole = false;
        changed.append(&mut self.pending);
        Ok(())
    }

    /// While no other program can do anything.
    fn look_and_fetch(&mut self) -> Result<(), X11Error> {
        // After the answer all that was before is told.
        self.conn.get_input_focus()?.reply()?;
        self.pump()?;
        self.veil.look(&self.conn, self.root_size)?;
        self.fetch()
    }

    /// Brings the picture up to date, with all that is to be covered still in it.
    fn fetch(&mut self) -> Result<(), X11Error> {
        let all = Rect { x: 0, y: 0, w: self.area.2, h: self.area.3 };
        let hidden = self.masks.hold(&self.conn, self.root, self.area)?;
        self.pending.extend(self.masks.moved());
        self.veil.settle();
        self.pending.extend(self.veil.moved(self.area));
        if self.whole {
            self.pending.clear();
            self.pending.push(all);
        }
        area::merge(&mut self.pending);
        if self.pending.iter().map(|r| u64::from(area::pixels(*r))).sum::<u64>()
            > u64::from(area::pixels(all))
        {
            self.pending.clear();
            self.pending.push(all);
        }
        let fetched = self.image.fetch(&self.conn, self.root, self.area, &self.pending);
        if hidden {
            self.masks.release(&self.conn)?;
        }
        fetched
    }
}

impl Capturer for X11 {
    fn monitors(&mut self) -> Result<Vec<Monitor>, CaptureError> {
        Ok(monitors(&self.conn, self.root)?)
    }

    fn area(&self) -> (i32, i32, u16, u16) {
        self.area
    }

    fn monitor(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn wait(&mut self, timeout: Duration) -> Result<Happened, CaptureError> {
        let until: Option<Instant> = deadline(timeout);
        loop {
            if self.look()? {
                return Ok(std::mem::take(&mut self.news));
            }
            self.conn.flush().map_err(X11Error::from)?;
            let fd = self.conn.stream().as_raw_fd();
            let soonest = until.into_iter().chain(self.veil.due()).min();
            let over = !self.sleeper.sleep(fd, soonest).map_err(X11Error::from)?;
            if over && soonest == until {
                return Ok(Happened::default());
            }
        }
    }

    fn grab(&mut self, changed: &mut Vec<Rect>) -> Result<Picture<'_>, CaptureError> {
        changed.clear();
        for _ in 0..4 {
            if self.stale {
                self.news.geometry = true;
                self.measure()?;
            }
            match self.try_grab(changed) {
                Ok(()) => {
                    let (_, _, width, height) = self.area;
                    let (data, stride) = self.image.picture();
                    return Ok(Picture { data, stride, width, height });
                }
                // The root changed its size under our hands.
                Err(X11Error::Reply(ReplyError::X11Error(e))) if e.error_kind == ErrorKind::Match => {
                    self.news.geometry = true;
                    self.stale = true;
                    self.refresh();
                }
                Err(e) => return Err(e.into()),
            }
        }
        Err(CaptureError::Failed("the screen keeps changing its size".into()))
    }

    fn refresh(&mut self) {
        self.whole = true;
        self.news.damage = true;
    }

    fn pointer(&mut self) -> Result<Pointer, CaptureError> {
        let mut shape = None;
        if std::mem::take(&mut self.new_shape) {
            shape = Some(pointer_shape(&self.conn)?);
        }
        let p =
            self.conn.query_pointer(self.root).map_err(X11Error::from)?.reply().map_err(X11Error::from)?;
        Ok(Pointer { x: i32::from(p.root_x) - self.area.0, y: i32::from(p.root_y) - self.area.1, shape })
    }

    fn hide(&mut self, hidden: &Hidden) {
        self.veil.hide(hidden);
    }

    fn limit(&mut self, scope: &Scope) {
        self.veil.limit(scope);
    }

    fn programs(&self) -> Vec<SeenProgram> {
        self.veil.programs(self.area)
    }

    fn hiding(&self) -> Hiding {
        self.veil.hiding()
    }

    fn waker(&self) -> Waker {
        let alarm = self.sleeper.alarm();
        std::sync::Arc::new(move || alarm.ring())
    }
}

/// Asks the server to tell of damage, pointer and geometry.
fn watch(conn: &RustConnection, root: Window) -> Result<(damage::Damage, xfixes::Region), X11Error> {
    let missing = |name| move |_| X11Error::Missing(name);
    conn.damage_query_version(1, 1)?.reply().map_err(missing("DAMAGE"))?;
    conn.xfixes_query_version(5, 0)?.reply().map_err(missing("XFIXES"))?;
    let region = conn.generate_id()?;
    conn.xfixes_create_region(region, &[])?;
    let damage = conn.generate_id()?;
    conn.damage_create(damage, root, ReportLevel::NON_EMPTY)?.check()?;
    conn.xfixes_select_cursor_input(root, CursorNotifyMask::DISPLAY_CURSOR)?;
    if conn.extension_information(randr::X11_EXTENSION_NAME)?.is_some() {
        conn.randr_query_version(1, 5)?.reply()?;
        let what = randr::NotifyMask::SCREEN_CHANGE | randr::NotifyMask::CRTC_CHANGE;
        conn.randr_select_input(root, what)?;
    }
    // Raw motion is told even while another program has grabbed the pointer.
    if conn.extension_information(xinput::X11_EXTENSION_NAME)?.is_some() {
        conn.xinput_xi_query_version(2, 2)?.reply()?;
        let mask = xinput::EventMask {
            deviceid: xinput::Device::ALL_MASTER.into(),
            mask: vec![xinput::XIEventMask::RAW_MOTION],
        };
        conn.xinput_xi_select_events(root, &[mask])?;
    }
    Ok((damage, region))
}

/// In the order of the server's list; the whole root where there is no RandR 1.5.
fn monitors(conn: &RustConnection, root: Window) -> Result<Vec<Monitor>, X11Error> {
    let mut found = Vec::new();
    if conn.extension_information(randr::X11_EXTENSION_NAME)?.is_some()
        && let Ok(list) = conn.randr_get_monitors(root, true)?.reply()
    {
        for m in list.monitors {
            let name = conn.get_atom_name(m.name)?.reply().map(|n| n.name).unwrap_or_default();
            found.push(Monitor {
                name: String::from_utf8_lossy(&name).into_owned(),
                x: m.x.into(),
                y: m.y.into(),
                width: m.width,
                height: m.height,
                primary: m.primary,
            });
        }
    }
    if found.is_empty() {
        let g = conn.get_geometry(root)?.reply()?;
        let name = "screen".into();
        found.push(Monitor { name, x: 0, y: 0, width: g.width, height: g.height, primary: true });
    }
    Ok(found)
}

fn pointer_shape(conn: &RustConnection) -> Result<PointerShape, X11Error> {
    let image = conn.xfixes_get_cursor_image()?.reply()?;
    let (width, height) = (image.width.min(MAX_POINTER), image.height.min(MAX_POINTER));
    let rows = image.cursor_image.chunks_exact(usize::from(image.width).max(1)).take(height.into());
    let bgra = rows.flat_map(|r| &r[..width.into()]).flat_map(|p| p.to_le_bytes()).collect();
    Ok(PointerShape {
        width,
        height,
        hot_x: image.xhot.min(width.saturating_sub(1)),
        hot_y: image.yhot.min(height.saturating_sub(1)),
        bgra,
    })
}

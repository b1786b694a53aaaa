//! Capture through crate xcap, for systems without an own back end and for Wayland. It tells nothing
//! of changes, so that this one looks at most 30 times a second, and finds the changed rows itself.

use std::{
    sync::{Arc, Condvar, Mutex},
    time::{Duration, Instant},
};

use deskside_media::{Picture, Rect};
use deskside_session::{
    command::Screen,
    hiding::{Hidden, Hiding, Program, Scope},
    programs::SeenProgram,
    view::Monitor,
};
use xcap::{XCapError, image::RgbaImage};

use super::{CaptureError, Capturer, Happened, Pointer, Waker, area};
use crate::own;

const INTERVAL: Duration = Duration::from_millis(33);

pub struct Xcap {
    screen: Screen,
    /// Of the one monitor, once it was found.
    name: Option<String>,
    /// How many monitors there were at the last picture.
    count: usize,
    area: (i32, i32, u16, u16),
    bgrx: Vec<u8>,
    whole: bool,
    /// When the last picture was taken.
    last: Option<Instant>,
    /// Damage was told and not grabbed yet.
    told: bool,
    geometry: bool,
    hiding: Hiding,
    /// Windows cannot be told apart: then all is black.
    scope: Scope,
    bell: Arc<Bell>,
    #[cfg(windows)]
    cursor: super::cursor::Cursor,
}

#[derive(Default)]
struct Bell {
    rung: Mutex<bool>,
    changed: Condvar,
}

impl Bell {
    fn ring(&self) {
        *self.rung.lock().unwrap_or_else(|e| e.into_inner()) = true;
        self.changed.notify_all();
    }

    /// Waits for a ring; false when the time is over.
    fn wait(&self, timeout: Duration) -> bool {
        let rung = self.rung.lock().unwrap_or_else(|e| e.into_inner());
        let waited = self.changed.wait_timeout_while(rung, timeout, |r| !*r);
        std::mem::take(&mut *waited.unwrap_or_else(|e| e.into_inner()).0)
    }
}

impl Xcap {
    pub fn open(screen: Screen) -> Result<Self, CaptureError> {
        let mut this = Self {
            screen,
            name: None,
            count: 0,
            area: (0, 0, 0, 0),
            bgrx: Vec::new(),
            whole: true,
            last: None,
            told: false,
            geometry: false,
            hiding: Hiding::Nothing,
            scope: Scope::Desktop,
            bell: Arc::default(),
            #[cfg(windows)]
            cursor: Default::default(),
        };
        // Says at once whether the system permits it.
        this.take(&mut Vec::new())?;
        (this.whole, this.geometry, this.last) = (true, false, None);
        Ok(this)
    }

    /// Takes a picture of each monitor that is wanted, and notes what differs from the one before.
    fn take(&mut self, changed: &mut Vec<Rect>) -> Result<(), CaptureError> {
        // What would be taken then is black, or what was there before.
        #[cfg(windows)]
        if crate::desktop::is_away() {
            return Err(CaptureError::SystemPrompt);
        }
        let all = all()?;
        self.geometry |= std::mem::replace(&mut self.count, all.len()) != all.len();
        let wanted: Vec<_> = match self.screen {
            Screen::All => all,
            Screen::Monitor(i) => {
                let names = names(&all);
                let at = match &self.name {
                    Some(name) => names.iter().position(|n| n == name),
                    None => usize::try_from(i).ok(),
                };
                let found = at.and_then(|at| all.into_iter().zip(names).nth(at));
                let (monitor, name) = found.ok_or(CaptureError::NoSuchMonitor(i))?;
                self.name = Some(name);
                vec![monitor]
            }
        };
        let mut parts = Vec::new();
        for m in wanted {
            let image = m.capture_image().map_err(failed)?;
            let (x, y) = origin(&m)?;
            parts.push((x, y, image));
        }
        let area = bounds(&parts).ok_or(CaptureError::NoDisplay)?;
        if area != self.area {
            self.area = area;
            self.bgrx = vec![0; usize::from(area.2) * usize::from(area.3) * 4];
            (self.whole, self.geometry) = (true, true);
        }
        for (x, y, image) in &parts {
            let (left, top) = ((x - area.0) as usize, (y - area.1) as usize);
            changed.extend(self.put(left, top, image));
        }
        if self.whole {
            changed.clear();
            changed.push(Rect { x: 0, y: 0, w: area.2, h: area.3 });
            self.whole = false;
        }
        Ok(())
    }

    /// Puts a monitor's picture to its place; the rows from the first to the last that differ.
    fn put(&mut self, left: usize, top: usize, image: &RgbaImage) -> Option<Rect> {
        let stride = usize::from(self.area.2) * 4;
        let width = image.width() as usize;
        let mut rows: Option<(usize, usize)> = None;
        for (i, row) in image.as_raw().chunks_exact(width.max(1) * 4).enumerate() {
            let start = (top + i) * stride + left * 4;
            let to = &mut self.bgrx[start..start + row.len()];
            let mut differs = 0;
            for (to, px) in to.chunks_exact_mut(4).zip(row.chunks_exact(4)) {
                let new = u32::from_le_bytes([px[2], px[1], px[0], 0]);
                differs |= new ^ u32::from_le_bytes([to[0], to[1], to[2], 0]);
                to.copy_from_slice(&new.to_le_bytes());
            }
            if differs != 0 {
                rows = Some((rows.map_or(i, |r| r.0), i + 1));
            }
        }
        let (first, end) = rows?;
        Some(Rect { x: left as u16, y: (top + first) as u16, w: width as u16, h: (end - first) as u16 })
    }

    /// Blackens the program's own prompts. One that xcap does not know of may be anywhere, so that all
    /// is black while it is there. True if there is any.
    fn hide_private(&mut self) -> bool {
        if self.scope != Scope::Desktop {
            self.bgrx.fill(0);
            return true;
        }
        let private = own::private();
        if private.is_empty() {
            return false;
        }
        let windows = xcap::Window::all().unwrap_or_default();
        let stride = usize::from(self.area.2) * 4;
        for id in private {
            let place =
                windows.iter().find(|w| w.id().is_ok_and(|known| u64::from(known) == id)).and_then(|w| {
                    let size = (w.width().ok()?.try_into().ok()?, w.height().ok()?.try_into().ok()?);
                    Some((w.x().ok()?, w.y().ok()?, size.0, size.1))
                });
            let Some((x, y, w, h)) = place else {
                self.bgrx.fill(0);
                return true;
            };
            let Some(r) = area::clip(x, y, w, h, self.area) else { continue };
            for y in usize::from(r.y)..usize::from(r.y) + usize::from(r.h) {
                let start = y * stride + usize::from(r.x) * 4;
                self.bgrx[start..start + usize::from(r.w) * 4].fill(0);
            }
        }
        true
    }
}

impl Capturer for Xcap {
    fn monitors(&mut self) -> Result<Vec<Monitor>, CaptureError> {
        let all = all()?;
        all.iter()
            .zip(names(&all))
            .map(|(m, name)| {
                let (x, y) = origin(m)?;
                let size = |v: u32| u16::try_from((v as f32 * scale(m)).round() as u32).unwrap_or(u16::MAX);
                Ok(Monitor {
                    name,
                    x,
                    y,
                    width: size(m.width().map_err(failed)?),
                    height: size(m.height().map_err(failed)?),
                    primary: m.is_primary().unwrap_or_default(),
                })
            })
            .collect()
    }

    fn area(&self) -> (i32, i32, u16, u16) {
        self.area
    }

    fn monitor(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn wait(&mut self, timeout: Duration) -> Result<Happened, CaptureError> {
        let geometry = std::mem::take(&mut self.geometry);
        let due = self.last.map_or(Duration::ZERO, |t| INTERVAL.saturating_sub(t.elapsed()));
        let nothing_due = self.told && !self.whole;
        let sleep = match (geometry, nothing_due) {
            (true, _) => Duration::ZERO,
            // The pointer is looked at all the same.
            (_, true) if cfg!(windows) => timeout.min(INTERVAL),
            (_, true) => timeout,
            (_, false) => timeout.min(due),
        };
        let woken = self.bell.wait(sleep);
        let damage = !nothing_due && self.last.is_none_or(|t| t.elapsed() >= INTERVAL);
        self.told |= damage;
        #[cfg(windows)]
        let pointer = self.cursor.changed();
        #[cfg(not(windows))]
        let pointer = false;
        Ok(Happened { damage, pointer, geometry, woken })
    }

    fn grab(&mut self, changed: &mut Vec<Rect>) -> Result<Picture<'_>, CaptureError> {
        changed.clear();
        self.told = false;
        self.last = Some(Instant::now());
        self.take(changed)?;
        let (_, _, width, height) = self.area;
        if self.hide_private() {
            changed.clear();
            changed.push(Rect { x: 0, y: 0, w: width, h: height });
        }
        area::merge(changed);
        Ok(Picture { data: &self.bgrx, stride: usize::from(width) * 4, width, height })
    }

    fn refresh(&mut self) {
        self.whole = true;
    }

    /// xcap knows nothing of the pointer: where nothing else does, it stays outside of the picture.
    fn pointer(&mut self) -> Result<Pointer, CaptureError> {
        #[cfg(windows)]
        if let Some(((x, y), shape)) = self.cursor.now() {
            return Ok(Pointer { x: x - self.area.0, y: y - self.area.1, shape });
        }
        Ok(Pointer { x: -1, y: -1, shape: None })
    }

    /// Pictures come from elsewhere some time after the windows were where they are: nothing can be covered for sure.
    fn hide(&mut self, hidden: &Hidden) {
        self.hiding = if hidden.is_empty() { Hiding::Nothing } else { Hiding::Impossible };
    }

    fn limit(&mut self, scope: &Scope) {
        self.scope = scope.clone();
    }

    /// No program can be told from the others here: none of them is seen.
    fn programs(&self) -> Vec<SeenProgram> {
        let Scope::Programs(chosen) = &self.scope else { return Vec::new() };
        let closed = |id| SeenProgram {
            id,
            title: String::new(),
            name: String::new(),
            state: Program::Closed,
            place: None,
        };
        chosen.iter().map(|c| closed(c.id)).collect()
    }

    fn hiding(&self) -> Hiding {
        self.hiding
    }

    fn waker(&self) -> Waker {
        let bell = self.bell.clone();
        Arc::new(move || bell.ring())
    }
}

/// Two monitors of one make may have the same name: the second is counted.
fn names(all: &[xcap::Monitor]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for m in all {
        let name = m.name().unwrap_or_default();
        let first = std::iter::once(name.clone());
        let counted = (2u32..).map(|n| format!("{name} ({n})"));
        let free = first.chain(counted).find(|n| !names.contains(n));
        names.push(free.unwrap_or_default());
    }
    names
}

fn all() -> Result<Vec<xcap::Monitor>, CaptureError> {
    if cfg!(all(unix, not(target_os = "macos")))
        && ["DISPLAY", "WAYLAND_DISPLAY"].iter().all(|v| std::env::var_os(v).is_none_or(|v| v.is_empty()))
    {
        return Err(CaptureError::NoDisplay);
    }
    match xcap::Monitor::all().map_err(failed)? {
        none if none.is_empty() => Err(CaptureError::NoDisplay),
        some => Ok(some),
    }
}

/// Pixels for each of the units in which xcap gives places and sizes.
fn scale(m: &xcap::Monitor) -> f32 {
    if cfg!(target_os = "linux") { m.scale_factor().unwrap_or(1.0) } else { 1.0 }
}

fn origin(m: &xcap::Monitor) -> Result<(i32, i32), CaptureError> {
    let px = |v: i32| (v as f32 * scale(m)).round() as i32;
    Ok((px(m.x().map_err(failed)?), px(m.y().map_err(failed)?)))
}

/// The rectangle around all parts; none if there is no pixel, or too many.
fn bounds(parts: &[(i32, i32, RgbaImage)]) -> Option<(i32, i32, u16, u16)> {
    let left = parts.iter().map(|p| p.0).min()?;
    let top = parts.iter().map(|p| p.1).min()?;
    let right = parts.iter().map(|p| p.0 + p.2.width() as i32).max()?;
    let bottom = parts.iter().map(|p| p.1 + p.2.height() as i32).max()?;
    let (w, h) = (u16::try_from(right - left).ok()?, u16::try_from(bottom - top).ok()?);
    (w > 0 && h > 0).then_some((left, top, w, h))
}

fn failed(e: XCapError) -> CaptureError {
    let text = e.to_string();
    match e {
        #[cfg(target_os = "linux")]
        XCapError::XcbConnError(_) => CaptureError::NoDisplay,
        // The portal's words when a person said no.
        _ if text.to_lowercase().contains("cancel") || text.contains("AccessDenied") => CaptureError::Denied,
        _ => CaptureError::Failed(text),
    }
}

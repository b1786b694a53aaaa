//! Capture through crate xcap, for systems without an own back end and for Wayland. It tells nothing
//! of changes, so that this one looks at most 30 times a second, and finds the changed rows itself.

use std::{
    sync::{Arc, Condvar, Mutex},
    time::{Duration, Instant},
};

use deskside_media::{Picture, Rect};
#[cfg(not(windows))]
use deskside_session::hiding::Program;
use deskside_session::{
    command::Screen,
    hiding::{Hidden, Hiding, Scope},
    programs::SeenProgram,
    view::Monitor,
};
use xcap::{XCapError, image::RgbaImage};

#[cfg(windows)]
use super::hatch;
use super::{CaptureError, Capturer, Happened, Pointer, Waker, area};
#[cfg(not(windows))]
use crate::own;

const INTERVAL: Duration = Duration::from_millis(33);
/// Pictures that are taken until one may be used, before the last one stays what it is.
#[cfg(windows)]
const TRIES: u32 = 3;

pub struct Xcap {
    screen: Screen,
    /// Of the one monitor, once it was found.
    name: Option<String>,
    /// How many monitors there were at the last picture.
    count: usize,
    area: Area,
    bgrx: Vec<u8>,
    /// The next picture while it is put together, of the same layout.
    next: Vec<u8>,
    whole: bool,
    /// When the last picture was taken.
    last: Option<Instant>,
    /// Damage was told and not grabbed yet.
    told: bool,
    geometry: bool,
    /// The last picture shows nothing that is to be covered by now.
    clean: bool,
    #[cfg(not(windows))]
    hiding: Hiding,
    /// Windows cannot be told apart: then all is black.
    #[cfg(not(windows))]
    scope: Scope,
    bell: Arc<Bell>,
    #[cfg(windows)]
    cursor: super::cursor::Cursor,
    #[cfg(windows)]
    guard: super::windows::Guard,
}

/// What was taken of each monitor, and where it is on the desktop.
type Parts = Vec<(i32, i32, RgbaImage)>;

/// Left, top, width, height on the desktop.
type Area = (i32, i32, u16, u16);

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
            next: Vec::new(),
            whole: true,
            last: None,
            told: false,
            geometry: false,
            clean: false,
            #[cfg(not(windows))]
            hiding: Hiding::Nothing,
            #[cfg(not(windows))]
            scope: Scope::Desktop,
            bell: Arc::default(),
            #[cfg(windows)]
            cursor: Default::default(),
            #[cfg(windows)]
            guard: super::windows::Guard::open(),
        };
        // Says at once whether the system permits it.
        let (area, _) = this.take()?;
        this.measure(area);
        this.geometry = false;
        Ok(this)
    }

    /// Takes a picture of each monitor that is wanted; also what is around all of them.
    fn take(&mut self) -> Result<(Area, Parts), CaptureError> {
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
        Ok((area, parts))
    }

    fn measure(&mut self, area: Area) {
        if area != self.area {
            self.area = area;
            self.bgrx = vec![0; usize::from(area.2) * usize::from(area.3) * 4];
            (self.whole, self.geometry, self.clean) = (true, true, false);
        }
    }

    /// Makes the next picture of what was taken.
    fn compose(&mut self, parts: &Parts) {
        self.next.clear();
        self.next.resize(self.bgrx.len(), 0);
        let stride = usize::from(self.area.2) * 4;
        for (x, y, image) in parts {
            let (left, top) = ((x - self.area.0) as usize, (y - self.area.1) as usize);
            let row = image.width() as usize * 4;
            for (i, from) in image.as_raw().chunks_exact(row.max(4)).enumerate() {
                let start = (top + i) * stride + left * 4;
                let to = self.next[start..start + row].chunks_exact_mut(4);
                to.zip(from.chunks_exact(4))
                    .for_each(|(to, px)| to.copy_from_slice(&[px[2], px[1], px[0], 0]));
            }
        }
    }

    /// Makes it the picture; the rows from the first to the last that differ.
    fn use_next(&mut self, changed: &mut Vec<Rect>) {
        let (_, _, w, h) = self.area;
        let row = usize::from(w).max(1) * 4;
        let differ = || {
            let rows = self.bgrx.chunks_exact(row).zip(self.next.chunks_exact(row)).enumerate();
            rows.filter(|(_, (old, new))| old != new).map(|(i, _)| i as u16)
        };
        let (first, last) = (differ().next(), differ().next_back());
        if std::mem::take(&mut self.whole) {
            changed.push(Rect { x: 0, y: 0, w, h });
        } else if let (Some(first), Some(last)) = (first, last) {
            changed.push(Rect { x: 0, y: first, w, h: last - first + 1 });
        }
        std::mem::swap(&mut self.bgrx, &mut self.next);
        self.clean = true;
    }

    /// Blackens the program's own prompts. One that xcap does not know of may be anywhere, so that all
    /// is black while it is there.
    #[cfg(not(windows))]
    fn hide_private(&mut self) {
        if self.scope != Scope::Desktop {
            return self.next.fill(0);
        }
        let private = own::private();
        if private.is_empty() {
            return;
        }
        let windows = xcap::Window::all().unwrap_or_default();
        let stride = usize::from(self.area.2) * 4;
        for id in private {
            let place =
                windows.iter().find(|w| w.id().is_ok_and(|known| u64::from(known) == id)).and_then(|w| {
                    let size = (w.width().ok()?.try_into().ok()?, w.height().ok()?.try_into().ok()?);
                    Some((w.x().ok()?, w.y().ok()?, size.0, size.1))
                });
            let Some((x, y, w, h)) = place else { return self.next.fill(0) };
            let Some(r) = area::clip(x, y, w, h, self.area) else { continue };
            for y in usize::from(r.y)..usize::from(r.y) + usize::from(r.h) {
                let start = y * stride + usize::from(r.x) * 4;
                self.next[start..start + usize::from(r.w) * 4].fill(0);
            }
        }
    }

    /// Takes a picture that may be used, and covers in it what must not be seen.
    #[cfg(not(windows))]
    fn picture(&mut self, changed: &mut Vec<Rect>) -> Result<(), CaptureError> {
        let (area, parts) = self.take()?;
        self.measure(area);
        self.compose(&parts);
        self.hide_private();
        self.use_next(changed);
        Ok(())
    }

    /// The same. While what must not be seen moves, the picture stays what it was.
    #[cfg(windows)]
    fn picture(&mut self, changed: &mut Vec<Rect>) -> Result<(), CaptureError> {
        let mut parts = None;
        for _ in 0..TRIES {
            self.guard.before();
            let (area, taken) = self.take()?;
            self.measure(area);
            if self.guard.after(area) {
                parts = Some(taken);
                break;
            }
        }
        let (_, _, w, h) = self.area;
        let all = Rect { x: 0, y: 0, w, h };
        match parts {
            Some(parts) => {
                self.compose(&parts);
                hatch::draw(&mut self.next, w, self.guard.cover().iter().copied());
            }
            None if self.clean => {
                changed.extend(std::mem::take(&mut self.whole).then_some(all));
                return Ok(());
            }
            None => {
                self.next.resize(self.bgrx.len(), 0);
                hatch::draw(&mut self.next, w, std::iter::once(all));
            }
        }
        self.use_next(changed);
        Ok(())
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

    fn area(&self) -> Area {
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
        #[cfg(windows)]
        self.guard.glance();
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
        self.picture(changed)?;
        let (_, _, width, height) = self.area;
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

    #[cfg(windows)]
    fn hide(&mut self, hidden: &Hidden) {
        self.clean = false;
        self.guard.hide(hidden);
    }

    #[cfg(windows)]
    fn limit(&mut self, scope: &Scope) {
        self.clean = false;
        self.guard.limit(scope);
    }

    #[cfg(windows)]
    fn programs(&self) -> Vec<SeenProgram> {
        self.guard.programs()
    }

    #[cfg(windows)]
    fn hiding(&self) -> Hiding {
        self.guard.hiding()
    }

    /// Pictures come from elsewhere some time after the windows were where they are: nothing can be covered for sure.
    #[cfg(not(windows))]
    fn hide(&mut self, hidden: &Hidden) {
        self.hiding = if hidden.is_empty() { Hiding::Nothing } else { Hiding::Impossible };
    }

    #[cfg(not(windows))]
    fn limit(&mut self, scope: &Scope) {
        self.scope = scope.clone();
    }

    /// No program can be told from the others here: none of them is seen.
    #[cfg(not(windows))]
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

    #[cfg(not(windows))]
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
fn bounds(parts: &[(i32, i32, RgbaImage)]) -> Option<Area> {
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

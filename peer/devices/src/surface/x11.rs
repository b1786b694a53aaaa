//! A surface on X11: a child window of the program's own window, put from shared memory.
//!
//! Three threads meet here. The viewer's writes the pixels and presents them; the UI's says where the
//! window is; an own one hears what the person does on it.

mod compose;
mod keymap;
mod keys;
mod paint;
mod pixels;
mod views;
mod window;

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::JoinHandle,
};

use deskside_media::Rect;

use self::{paint::Painter, views::Views};
use super::{OnInput, Place, Scale, Surface, layout::Layout, memory::rgba};
use crate::{
    capture::PointerShape,
    x11::{Alarm, Segment, Sleeper, X11Error},
};

/// So many of the last places that were sent are remembered, to know the remote pointer's echo.
const REMEMBERED: usize = 128;
/// The remote side may round a place by this many pixels.
const NEAR: i32 = 2;

pub struct X11 {
    shared: Arc<Shared>,
    views: Arc<Views>,
    pixels: Pixels,
    stride: usize,
    thread: Option<JoinHandle<()>>,
}

enum Pixels {
    Shared(Segment),
    Own(Vec<u8>),
}

struct Shared {
    painter: Mutex<Painter>,
    wanted: Mutex<Wanted>,
    echo: Mutex<Echo>,
    /// The painter's, so that who hears the mouse does not wait for who draws.
    layout: Mutex<Option<Layout>>,
    /// Who is told of the wheel where it is for the window around.
    on_wheel: Mutex<Option<super::OnWheel>>,
    alarm: Arc<Alarm>,
    /// Grows with each change of the picture.
    serial: AtomicU64,
    /// The surface was dropped, or its connection broke.
    over: AtomicBool,
}

/// What the UI last asked for.
#[derive(Clone, Default, PartialEq, Eq)]
struct Wanted {
    spot: Option<Spot>,
    crop: Option<Rect>,
    grab_keys: bool,
    accept_input: bool,
    /// A click does not give it the keyboard.
    mute: bool,
    /// How often the keyboard was asked for.
    taken: u32,
    /// A window in which none could be made.
    unfit: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Spot {
    parent: u32,
    x: i16,
    y: i16,
    width: u16,
    height: u16,
    scale: Scale,
    crop: Option<Rect>,
}

/// What tells the remote pointer's own moves from those that were sent from here.
#[derive(Default)]
struct Echo {
    sent: VecDeque<(i32, i32)>,
    /// The pointer is over the picture, and its moves are sent.
    leading: bool,
    remote: Option<(i32, i32)>,
}

impl Echo {
    /// Where the remote pointer is drawn, and whether.
    fn overlay(&self) -> Option<((i32, i32), bool)> {
        let at = self.remote?;
        let near = |s: &(i32, i32)| (s.0 - at.0).abs() <= NEAR && (s.1 - at.1).abs() <= NEAR;
        Some((at, !(self.leading && self.sent.iter().any(near))))
    }
}

fn lock<T>(m: &Mutex<T>) -> MutexGuard<'_, T> {
    m.lock().unwrap_or_else(|broken| broken.into_inner())
}

impl Shared {
    /// Starts the thread of a window that shows the picture.
    fn start(
        display: Option<&str>,
        on_input: &Arc<OnInput>,
    ) -> Result<(Arc<Self>, JoinHandle<()>), X11Error> {
        let sleeper = Sleeper::new()?;
        let shared = Arc::new(Self {
            painter: Mutex::new(Painter::new(display)?),
            wanted: Mutex::default(),
            echo: Mutex::default(),
            layout: Mutex::default(),
            on_wheel: Mutex::default(),
            alarm: sleeper.alarm(),
            serial: AtomicU64::new(1),
            over: AtomicBool::new(false),
        });
        let thread = window::start(display, shared.clone(), sleeper, on_input.clone())?;
        Ok((shared, thread))
    }

    /// Its window's thread ends soon.
    fn end(&self) {
        self.over.store(true, Ordering::Release);
        self.alarm.ring();
    }

    fn painter(&self) -> MutexGuard<'_, Painter> {
        lock(&self.painter)
    }

    fn pointer_at(&self, x: i32, y: i32) {
        let overlay = {
            let mut echo = lock(&self.echo);
            echo.remote = Some((x, y));
            echo.overlay()
        };
        if let Some((at, shown)) = overlay {
            self.drawn(self.painter().set_pointer(at, shown));
        }
    }

    /// A broken connection ends the surface; the viewer goes on without it.
    fn drawn(&self, done: Result<(), X11Error>) {
        if let Err(why) = done
            && !self.over.swap(true, Ordering::AcqRel)
        {
            tracing::warn!(%why, "the picture cannot be shown any more");
            self.alarm.ring();
        }
    }

    /// The UI says the same many times a second; only a change wakes the window's thread.
    fn want(&self, change: impl FnOnce(&mut Wanted)) {
        let mut wanted = lock(&self.wanted);
        let before = wanted.clone();
        change(&mut wanted);
        if *wanted != before {
            self.alarm.ring();
        }
    }
}

impl X11 {
    pub fn open(display: Option<&str>, on_input: OnInput) -> Result<Self, X11Error> {
        let on_input = Arc::new(on_input);
        let (shared, thread) = Shared::start(display, &on_input)?;
        let views = Arc::new(Views::new(display, on_input));
        Ok(Self { shared, views, pixels: Pixels::Own(Vec::new()), stride: 0, thread: Some(thread) })
    }
}

impl Surface for X11 {
    fn resize(&mut self, width: u16, height: u16) {
        self.stride = usize::from(width) * 4;
        let len = self.stride * usize::from(height);
        let mut segment = None;
        let views = self.views.clone();
        // Nobody takes up the old memory meanwhile.
        let mut memory = views.memory();
        let mut painter = self.shared.painter();
        let done = painter.set_picture(width, height, |conn| {
            let new = Segment::new(len)?;
            let seg = new.attach(conn)?;
            segment = Some(new);
            Ok(seg)
        });
        *lock(&self.shared.layout) = painter.layout();
        drop(painter);
        let name = segment.as_ref().map(Segment::name);
        self.pixels = match segment {
            Some(segment) => Pixels::Shared(segment),
            None => Pixels::Own(vec![0; len]),
        };
        memory.set(width, height, name);
        views.each(|more| more.resize(&memory));
        self.shared.serial.fetch_add(1, Ordering::AcqRel);
        self.shared.drawn(done);
    }

    fn buffer(&mut self) -> (&mut [u8], usize) {
        let bytes = match &mut self.pixels {
            Pixels::Shared(segment) => segment.bytes_mut(),
            Pixels::Own(own) => own,
        };
        (bytes, self.stride)
    }

    fn present(&mut self, changed: &[Rect]) {
        let bytes = match &self.pixels {
            Pixels::Own(own) => own.as_slice(),
            Pixels::Shared(segment) => segment.bytes(),
        };
        let done = self.shared.painter().present(changed, bytes);
        self.views.each(|more| more.drawn(more.painter().present(changed, bytes)));
        self.shared.serial.fetch_add(1, Ordering::AcqRel);
        self.shared.drawn(done);
    }

    fn pointer_shape(&mut self, shape: &PointerShape) {
        self.views.memory().shape = Some(shape.clone());
        self.shared.drawn(self.shared.painter().set_shape(shape));
        self.views.each(|more| more.drawn(more.painter().set_shape(shape)));
    }

    fn pointer_at(&mut self, x: i32, y: i32) {
        self.shared.pointer_at(x, y);
        self.views.each(|more| more.pointer_at(x, y));
    }

    fn place(&self) -> Arc<dyn Place> {
        Arc::new(Handle { shared: self.shared.clone(), views: self.views.clone() })
    }
}

impl Drop for X11 {
    fn drop(&mut self) {
        self.shared.end();
        self.views.end();
        if let Some(thread) = self.thread.take() {
            // It panics at most in the callback, which has said so itself.
            let _ = thread.join();
        }
    }
}

struct Handle {
    shared: Arc<Shared>,
    views: Arc<Views>,
}

impl Place for Handle {
    fn put(&self, parent: u64, x: i32, y: i32, width: u16, height: u16, scale: Scale) -> bool {
        let Ok(parent) = u32::try_from(parent) else { return false };
        if parent == 0 || self.shared.over.load(Ordering::Acquire) {
            return false;
        }
        let clamp = |v: i32| v.clamp(i16::MIN.into(), i16::MAX.into()) as i16;
        let spot = Spot { parent, x: clamp(x), y: clamp(y), width, height, scale, crop: None };
        if lock(&self.shared.wanted).unfit == Some(parent) {
            return false;
        }
        self.shared.want(|w| w.spot = Some(spot));
        true
    }

    fn hide(&self) {
        self.shared.want(|w| w.spot = None);
    }

    fn crop(&self, part: Option<Rect>) {
        self.shared.want(|w| w.crop = part);
    }

    fn another(&self) -> Option<Arc<dyn Place>> {
        match self.views.open() {
            Ok(view) => Some(Arc::new(view)),
            Err(why) => {
                tracing::warn!(%why, "no further window can show the picture");
                None
            }
        }
    }

    fn grab_keys(&self, on: bool) {
        self.shared.want(|w| w.grab_keys = on);
    }

    fn accept_input(&self, on: bool) {
        self.shared.want(|w| w.accept_input = on);
    }

    fn accept_keys(&self, on: bool) {
        self.shared.want(|w| w.mute = !on);
    }

    fn take_keyboard(&self) {
        self.shared.want(|w| w.taken = w.taken.wrapping_add(1));
    }

    fn on_wheel(&self, on_wheel: super::OnWheel) {
        *lock(&self.shared.on_wheel) = Some(on_wheel);
    }

    fn copy(&self, since: u64) -> Option<(u64, u16, u16, Vec<u8>)> {
        let serial = self.shared.serial.load(Ordering::Acquire);
        if serial == since || self.shared.over.load(Ordering::Acquire) {
            return None;
        }
        match self.shared.painter().read() {
            Ok((width, height, bgrx)) => Some((serial, width, height, rgba(&bgrx))),
            Err(why) => {
                tracing::debug!(%why, "no copy of the picture");
                None
            }
        }
    }
}

//! Further windows that show the same picture, each with a connection and a thread of its own.

use std::{
    sync::{Arc, Mutex, MutexGuard, Weak},
    thread::JoinHandle,
};

use super::{Handle, Place, Scale, Shared, lock};
use crate::{
    capture::PointerShape,
    surface::{OnInput, OnWheel, Rect},
    x11::{SegmentName, X11Error},
};

/// What all windows of a picture have in common.
pub struct Views {
    display: Option<String>,
    on_input: Arc<OnInput>,
    memory: Mutex<Memory>,
    /// Those beside the first.
    more: Mutex<Vec<Weak<Shared>>>,
}

/// The picture as it is now.
#[derive(Default)]
pub struct Memory {
    size: (u16, u16),
    name: Option<SegmentName>,
    pub shape: Option<PointerShape>,
    over: bool,
}

impl Memory {
    pub fn set(&mut self, width: u16, height: u16, name: Option<SegmentName>) {
        (self.size, self.name) = ((width, height), name);
    }
}

impl Views {
    pub fn new(display: Option<&str>, on_input: Arc<OnInput>) -> Self {
        let display = display.map(str::to_owned);
        Self { display, on_input, memory: Mutex::default(), more: Mutex::default() }
    }

    /// While it is held, no other window is opened, and no memory is given back.
    pub fn memory(&self) -> MutexGuard<'_, Memory> {
        lock(&self.memory)
    }

    pub fn each(&self, act: impl Fn(&Shared)) {
        let mut more = lock(&self.more);
        more.retain(|m| m.strong_count() > 0);
        let there: Vec<_> = more.iter().filter_map(Weak::upgrade).collect();
        drop(more);
        there.iter().for_each(|m| act(m));
    }

    pub fn end(&self) {
        self.memory().over = true;
        self.each(Shared::end);
    }

    pub fn open(self: &Arc<Self>) -> Result<View, X11Error> {
        let memory = self.memory();
        if memory.over {
            return Err(X11Error::NoDisplay);
        }
        let (shared, thread) = Shared::start(self.display.as_deref(), &self.on_input)?;
        shared.resize(&memory);
        if let Some(shape) = &memory.shape {
            shared.drawn(shared.painter().set_shape(shape));
        }
        lock(&self.more).push(Arc::downgrade(&shared));
        Ok(View { handle: Handle { shared, views: self.clone() }, thread: Some(thread) })
    }
}

impl Shared {
    /// Shows the picture that is in this memory.
    pub fn resize(&self, memory: &Memory) {
        let (width, height) = memory.size;
        let mut painter = self.painter();
        let attach = |conn: &_| memory.name.ok_or(X11Error::Missing("shared memory"))?.attach(conn);
        let done = painter.set_picture(width, height, attach);
        *lock(&self.layout) = painter.layout();
        drop(painter);
        self.drawn(done);
    }
}

/// One of them, until it is dropped.
pub struct View {
    handle: Handle,
    thread: Option<JoinHandle<()>>,
}

impl Drop for View {
    fn drop(&mut self) {
        self.handle.shared.end();
        if let Some(thread) = self.thread.take() {
            // It panics at most in the callback, which has said so itself.
            let _ = thread.join();
        }
    }
}

impl Place for View {
    fn put(&self, parent: u64, x: i32, y: i32, width: u16, height: u16, scale: Scale) -> bool {
        self.handle.put(parent, x, y, width, height, scale)
    }
    fn hide(&self) {
        self.handle.hide();
    }
    fn crop(&self, part: Option<Rect>) {
        self.handle.crop(part);
    }
    fn another(&self) -> Option<Arc<dyn Place>> {
        self.handle.another()
    }
    fn grab_keys(&self, on: bool) {
        self.handle.grab_keys(on);
    }
    fn accept_input(&self, on: bool) {
        self.handle.accept_input(on);
    }
    fn accept_keys(&self, on: bool) {
        self.handle.accept_keys(on);
    }
    fn take_keyboard(&self) {
        self.handle.take_keyboard();
    }
    fn on_wheel(&self, on_wheel: OnWheel) {
        self.handle.on_wheel(on_wheel);
    }
    fn copy(&self, since: u64) -> Option<(u64, u16, u16, Vec<u8>)> {
        self.handle.copy(since)
    }
}

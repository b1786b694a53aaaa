//! Where a received picture is shown: memory that decoders write to, and a native window that puts
//! only what changed on the screen.

use deskside_media::Rect;
use deskside_session::input::InputEvent;

use crate::capture::PointerShape;

/// A picture's home. Lives on the viewer's thread.
pub trait Surface: Send {
    /// Sets the picture's size; its content is black afterwards.
    fn resize(&mut self, width: u16, height: u16);
    /// The picture's memory (BGRX) and its stride in bytes.
    fn buffer(&mut self) -> (&mut [u8], usize);
    /// Shows these parts of the buffer, and returns when the memory may be written again.
    fn present(&mut self, changed: &[Rect]);
    fn pointer_shape(&mut self, shape: &PointerShape);
    /// Where the remote pointer is, in pixels of the picture.
    fn pointer_at(&mut self, x: i32, y: i32);
    /// Handle for the window's side.
    fn place(&self) -> std::sync::Arc<dyn Place>;
}

/// How the picture fits its place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scale {
    /// As large as fits, the shape kept.
    #[default]
    Fit,
    /// Pixel by pixel, scrolled so that this pixel of the picture is at the top left.
    One { x: u16, y: u16 },
}

/// The window's side of a surface; callable from the UI's thread.
pub trait Place: Send + Sync {
    /// Puts the picture into this part (physical pixels) of a native window.
    /// False where that cannot be done: then the UI draws [`Place::copy`] itself.
    fn put(&self, parent: u64, x: i32, y: i32, width: u16, height: u16, scale: Scale) -> bool;
    fn hide(&self);
    /// Takes keyboard and system key combinations while on, as far as the system lets it.
    fn grab_keys(&self, on: bool);
    /// Whether pointer and keyboard over the picture become [`InputEvent`]s.
    fn accept_input(&self, on: bool);
    /// A copy of the picture if it changed since serial `since`: (serial, width, height, RGBA).
    fn copy(&self, since: u64) -> Option<(u64, u16, u16, Vec<u8>)>;
}

/// What a person does on the surface, and what the pointer left over.
pub type OnInput = Box<dyn Fn(InputEvent) + Send + Sync>;

/// Opens a surface: an X11 child window with shared memory, else memory only.
pub fn open(_on_input: OnInput) -> Box<dyn Surface> {
    Box::new(memory::Memory::default())
}

/// A surface without a window.
pub fn headless() -> Box<dyn Surface> {
    Box::new(memory::Memory::default())
}

mod memory {
    use std::sync::{Arc, Mutex};

    use super::{Place, PointerShape, Rect, Scale, Surface};

    #[derive(Default)]
    pub struct Memory {
        width: u16,
        height: u16,
        pixels: Vec<u8>,
        shared: Arc<Mutex<Shared>>,
    }

    #[derive(Default)]
    struct Shared {
        serial: u64,
        width: u16,
        height: u16,
        rgba: Vec<u8>,
    }

    impl Surface for Memory {
        fn resize(&mut self, width: u16, height: u16) {
            (self.width, self.height) = (width, height);
            self.pixels = vec![0; usize::from(width) * usize::from(height) * 4];
            if let Ok(mut s) = self.shared.lock() {
                s.serial += 1;
                (s.width, s.height) = (width, height);
                s.rgba = vec![0; self.pixels.len()];
            }
        }
        fn buffer(&mut self) -> (&mut [u8], usize) {
            let stride = usize::from(self.width) * 4;
            (&mut self.pixels, stride)
        }
        fn present(&mut self, changed: &[Rect]) {
            let Ok(mut s) = self.shared.lock() else { return };
            let stride = usize::from(self.width) * 4;
            for r in changed {
                for y in usize::from(r.y)..usize::from(r.y) + usize::from(r.h) {
                    let from = y * stride + usize::from(r.x) * 4;
                    let range = from..from + usize::from(r.w) * 4;
                    for (to, px) in
                        s.rgba[range.clone()].chunks_exact_mut(4).zip(self.pixels[range].chunks_exact(4))
                    {
                        to.copy_from_slice(&[px[2], px[1], px[0], 255]);
                    }
                }
            }
            s.serial += 1;
        }
        fn pointer_shape(&mut self, _shape: &PointerShape) {}
        fn pointer_at(&mut self, _x: i32, _y: i32) {}
        fn place(&self) -> Arc<dyn Place> {
            Arc::new(Handle(self.shared.clone()))
        }
    }

    struct Handle(Arc<Mutex<Shared>>);

    impl Place for Handle {
        fn put(&self, _: u64, _: i32, _: i32, _: u16, _: u16, _: Scale) -> bool {
            false
        }
        fn hide(&self) {}
        fn grab_keys(&self, _: bool) {}
        fn accept_input(&self, _: bool) {}
        fn copy(&self, since: u64) -> Option<(u64, u16, u16, Vec<u8>)> {
            let s = self.0.lock().ok()?;
            (s.serial != since).then(|| (s.serial, s.width, s.height, s.rgba.clone()))
        }
    }
}

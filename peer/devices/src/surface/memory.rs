//! A surface without a window: for programs without a screen, and where no native window can be had.

use std::sync::{
    Arc, Mutex, MutexGuard,
    atomic::{AtomicU64, Ordering},
};

use super::{Place, PointerShape, Rect, Scale, Surface};

#[derive(Default)]
pub struct Memory {
    width: u16,
    height: u16,
    pixels: Vec<u8>,
    shown: Arc<Shown>,
}

/// The picture as it was presented; the decoder writes elsewhere meanwhile.
#[derive(Default)]
struct Shown {
    serial: AtomicU64,
    picture: Mutex<Picture>,
}

#[derive(Default)]
struct Picture {
    width: u16,
    height: u16,
    bgrx: Vec<u8>,
}

impl Shown {
    fn lock(&self) -> MutexGuard<'_, Picture> {
        self.picture.lock().unwrap_or_else(|e| e.into_inner())
    }
}

impl Surface for Memory {
    fn resize(&mut self, width: u16, height: u16) {
        (self.width, self.height) = (width, height);
        self.pixels = vec![0; usize::from(width) * usize::from(height) * 4];
        let mut p = self.shown.lock();
        *p = Picture { width, height, bgrx: self.pixels.clone() };
        self.shown.serial.fetch_add(1, Ordering::Release);
    }

    fn buffer(&mut self) -> (&mut [u8], usize) {
        let stride = usize::from(self.width) * 4;
        (&mut self.pixels, stride)
    }

    fn present(&mut self, changed: &[Rect]) {
        let mut p = self.shown.lock();
        let stride = usize::from(self.width) * 4;
        for r in changed {
            let right = (usize::from(r.x) + usize::from(r.w)).min(self.width.into());
            let bottom = (usize::from(r.y) + usize::from(r.h)).min(self.height.into());
            for y in usize::from(r.y)..bottom {
                let row = y * stride + usize::from(r.x).min(right) * 4..y * stride + right * 4;
                p.bgrx[row.clone()].copy_from_slice(&self.pixels[row]);
            }
        }
        self.shown.serial.fetch_add(1, Ordering::Release);
    }

    fn pointer_shape(&mut self, _shape: &PointerShape) {}

    fn pointer_at(&mut self, _x: i32, _y: i32) {}

    fn place(&self) -> Arc<dyn Place> {
        Arc::new(Handle(self.shown.clone()))
    }
}

struct Handle(Arc<Shown>);

impl Place for Handle {
    fn put(&self, _: u64, _: i32, _: i32, _: u16, _: u16, _: Scale) -> bool {
        false
    }

    fn hide(&self) {}

    /// Who draws the copy takes the part of it.
    fn crop(&self, _: Option<Rect>) {}

    fn another(&self) -> Option<Arc<dyn Place>> {
        Some(Arc::new(Self(self.0.clone())))
    }

    fn grab_keys(&self, _: bool) {}
    fn accept_keys(&self, _: bool) {}
    fn take_keyboard(&self) {}
    fn on_wheel(&self, _: super::OnWheel) {}

    fn accept_input(&self, _: bool) {}

    fn copy(&self, since: u64) -> Option<(u64, u16, u16, Vec<u8>)> {
        if self.0.serial.load(Ordering::Acquire) == since {
            return None;
        }
        let p = self.0.lock();
        let serial = self.0.serial.load(Ordering::Acquire);
        Some((serial, p.width, p.height, rgba(&p.bgrx)))
    }
}

/// RGBA, opaque, of BGRX.
pub fn rgba(bgrx: &[u8]) -> Vec<u8> {
    let mut out = vec![255; bgrx.len() / 4 * 4];
    for (to, px) in out.chunks_exact_mut(4).zip(bgrx.chunks_exact(4)) {
        to[..3].copy_from_slice(&[px[2], px[1], px[0]]);
    }
    out
}

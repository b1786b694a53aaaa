//! The captured picture in memory, and how rectangles of the root get into it.

use deskside_media::Rect;
use x11rb::{
    connection::{Connection as _, RequestConnection as _},
    protocol::{
        shm::{self, ConnectionExt as _},
        xproto::{ConnectionExt as _, ImageFormat, Window},
    },
    rust_connection::RustConnection,
};

use super::{super::hatch, area};
use crate::{
    windows::region::common,
    x11::{Segment, X11Error},
};

pub struct Image {
    width: u16,
    height: u16,
    memory: Memory,
}

enum Memory {
    /// First the picture, then as much again for rectangles on their way into it.
    Shared { segment: Segment, seg: shm::Seg },
    /// The X server is on another machine, or shares no memory.
    Own(Vec<u8>),
}

impl Image {
    pub fn new(conn: &RustConnection, width: u16, height: u16) -> Self {
        let len = usize::from(width) * usize::from(height) * 4;
        let memory = match shared(conn, len * 2) {
            Ok((segment, seg)) => Memory::Shared { segment, seg },
            Err(why) => {
                tracing::info!(%why, "no memory is shared with the X server");
                Memory::Own(vec![0; len])
            }
        };
        Self { width, height, memory }
    }

    pub fn resize(&mut self, conn: &RustConnection, width: u16, height: u16) {
        if let Memory::Shared { seg, .. } = self.memory {
            // If the connection is broken, so is what comes next, and that says so.
            let _ = conn.shm_detach(seg);
        }
        *self = Self::new(conn, width, height);
    }

    /// The pixels and the bytes from one row to the next.
    pub fn picture(&self) -> (&[u8], usize) {
        let stride = usize::from(self.width) * 4;
        let bytes = match &self.memory {
            Memory::Shared { segment, .. } => segment.bytes(),
            Memory::Own(own) => own,
        };
        (&bytes[..stride * usize::from(self.height)], stride)
    }

    /// Brings these rectangles (of `at`, together no larger than it) up to date.
    pub fn fetch(
        &mut self,
        conn: &RustConnection,
        root: Window,
        at: (i32, i32, u16, u16),
        rects: &[Rect],
    ) -> Result<(), X11Error> {
        let place = |r: Rect| -> (i16, i16) {
            // Coordinates on an X screen are below 32768.
            ((at.0 + i32::from(r.x)) as i16, (at.1 + i32::from(r.y)) as i16)
        };
        let stride = usize::from(self.width) * 4;
        let picture = stride * usize::from(self.height);
        match &mut self.memory {
            Memory::Shared { segment, seg } => {
                let mut spare = picture;
                let mut asked = Vec::with_capacity(rects.len());
                for &r in rects {
                    let wide = widened(r, self.width);
                    let (r, offset) = if wide.w == self.width {
                        (wide, usize::from(r.y) * stride)
                    } else {
                        let offset = spare;
                        spare += area::pixels(r) as usize * 4;
                        (r, offset)
                    };
                    let (x, y) = place(r);
                    let format = ImageFormat::Z_PIXMAP.into();
                    let cookie = conn.shm_get_image(root, x, y, r.w, r.h, !0, format, *seg, offset as u32)?;
                    asked.push((cookie, r, offset));
                }
                conn.flush()?;
                let bytes = segment.bytes_mut();
                let mut failed = None;
                for (cookie, r, offset) in asked {
                    match cookie.reply() {
                        Ok(_) if offset >= picture => {
                            let (to, from) = bytes.split_at_mut(picture);
                            copy(to, stride, r, &from[offset - picture..]);
                        }
                        Ok(_) => {}
                        Err(e) => failed = Some(e),
                    }
                }
                failed.map_or(Ok(()), |e| Err(e.into()))
            }
            Memory::Own(own) => {
                for &r in rects {
                    let (x, y) = place(r);
                    let got = conn.get_image(ImageFormat::Z_PIXMAP, root, x, y, r.w, r.h, !0)?.reply()?;
                    copy(own, stride, r, &got.data);
                }
                Ok(())
            }
        }
    }

    /// Puts a quiet pattern over the part of `cover` that was fetched with these rectangles.
    pub fn cover(&mut self, cover: &[Rect], fetched: &[Rect]) {
        if cover.is_empty() {
            return;
        }
        let width = self.width;
        let bytes = match &mut self.memory {
            Memory::Shared { segment, .. } => segment.bytes_mut(),
            Memory::Own(own) => own,
        };
        let parts = fetched.iter().map(|r| widened(*r, width));
        let parts = parts.flat_map(|f| cover.iter().filter_map(move |c| common(f, *c)));
        hatch::draw(bytes, width, parts);
    }

    pub fn black(&mut self, rects: &[Rect]) {
        let stride = usize::from(self.width) * 4;
        let bytes = match &mut self.memory {
            Memory::Shared { segment, .. } => segment.bytes_mut(),
            Memory::Own(own) => own,
        };
        for r in rects {
            for y in usize::from(r.y)..usize::from(r.y) + usize::from(r.h) {
                let start = y * stride + usize::from(r.x) * 4;
                bytes[start..start + usize::from(r.w) * 4].fill(0);
            }
        }
    }
}

/// Whole rows need no copy, so that they are cheaper for wide rectangles.
fn widened(r: Rect, width: u16) -> Rect {
    if u32::from(r.w) * 3 >= u32::from(width) { Rect { x: 0, w: width, ..r } } else { r }
}

fn shared(conn: &RustConnection, len: usize) -> Result<(Segment, shm::Seg), X11Error> {
    if conn.extension_information(shm::X11_EXTENSION_NAME)?.is_none() {
        return Err(X11Error::Missing("MIT-SHM"));
    }
    let segment = Segment::new(len)?;
    let seg = segment.attach(conn)?;
    Ok((segment, seg))
}

/// Puts the packed rows of `from` to their place; a reply that is too short leaves the rest as it is.
fn copy(to: &mut [u8], stride: usize, r: Rect, from: &[u8]) {
    let row = usize::from(r.w) * 4;
    for (i, line) in from.chunks_exact(row).take(r.h.into()).enumerate() {
        let start = (usize::from(r.y) + i) * stride + usize::from(r.x) * 4;
        to[start..start + row].copy_from_slice(line);
    }
}

//! The pointer of Windows: where it is, and its picture.

use std::ptr::null_mut;

use windows_sys::Win32::{
    Graphics::Gdi::{
        BI_RGB, BITMAP, BITMAPINFO, BITMAPINFOHEADER, CreateCompatibleDC, CreateDIBSection, DIB_RGB_COLORS,
        DeleteDC, DeleteObject, GdiFlush, GetObjectW, HBITMAP, HDC, HGDIOBJ, SelectObject,
    },
    UI::WindowsAndMessaging::{
        CURSOR_SHOWING, CURSORINFO, DI_NORMAL, DrawIconEx, GetCursorInfo, GetIconInfo, HCURSOR, ICONINFO,
    },
};

use super::PointerShape;

/// The largest side of a shape, pixels.
const MOST: i32 = 256;

/// What was told last.
#[derive(Default)]
pub(super) struct Cursor {
    /// Its number; 0 while it is not shown.
    shape: Option<usize>,
    at: Option<(i32, i32)>,
}

impl Cursor {
    /// Whether it moved or changed since [`Cursor::now`].
    pub(super) fn changed(&self) -> bool {
        ask().is_some_and(|(shape, at)| self.shape != Some(shape) || self.at != Some(at))
    }

    /// Its place on the desktop, and its shape if it changed since the last call. None where the system does not tell.
    pub(super) fn now(&mut self) -> Option<((i32, i32), Option<PointerShape>)> {
        let (shape, at) = ask()?;
        self.at = Some(at);
        let new = self.shape.replace(shape) != Some(shape);
        Some((at, new.then(|| picture(shape as HCURSOR).unwrap_or_else(hidden))))
    }
}

/// One pixel that is not seen.
fn hidden() -> PointerShape {
    PointerShape { width: 1, height: 1, hot_x: 0, hot_y: 0, bgra: vec![0; 4] }
}

fn ask() -> Option<(usize, (i32, i32))> {
    let mut info = CURSORINFO { cbSize: size_of::<CURSORINFO>() as u32, ..Default::default() };
    // SAFETY: `info` is valid for writing, and says its size.
    if unsafe { GetCursorInfo(&raw mut info) } == 0 {
        return None;
    }
    let shown = info.flags & CURSOR_SHOWING != 0;
    Some((if shown { info.hCursor as usize } else { 0 }, (info.ptScreenPos.x, info.ptScreenPos.y)))
}

/// Draws a pointer or an icon on black and on white: what differs is what it lets through.
pub(crate) fn picture(cursor: HCURSOR) -> Option<PointerShape> {
    if cursor.is_null() {
        return None;
    }
    let mut info = ICONINFO::default();
    // SAFETY: `info` is valid for writing; a cursor that is gone makes it fail.
    if unsafe { GetIconInfo(cursor, &raw mut info) } == 0 {
        return None;
    }
    let (colour, mask) = (Bitmap(info.hbmColor), Bitmap(info.hbmMask));
    let (width, height) = match colour.size() {
        Some(size) => size,
        // Two masks, one above the other.
        None => mask.size().map(|(w, h)| (w, h / 2))?,
    };
    if !(1..=MOST).contains(&width) || !(1..=MOST).contains(&height) {
        return None;
    }
    let board = Board::new(width, height)?;
    let black = board.draw(cursor, 0)?;
    let white = board.draw(cursor, 0xff)?;
    let bgra = black.chunks_exact(4).zip(white.chunks_exact(4)).flat_map(through).collect();
    let hot = |v: u32, n: i32| v.min(n.unsigned_abs() - 1) as u16;
    Some(PointerShape {
        width: width as u16,
        height: height as u16,
        hot_x: hot(info.xHotspot, width),
        hot_y: hot(info.yHotspot, height),
        bgra,
    })
}

/// One pixel, premultiplied. What inverts the ground has no such colour: it becomes black.
fn through((black, white): (&[u8], &[u8])) -> [u8; 4] {
    if black.iter().zip(white).take(3).any(|(b, w)| w < b) {
        return [0, 0, 0, 0xff];
    }
    let clear = black.iter().zip(white).take(3).map(|(b, w)| w - b).max().unwrap_or(0);
    [black[0], black[1], black[2], 0xff - clear]
}

struct Bitmap(HBITMAP);

impl Bitmap {
    fn size(&self) -> Option<(i32, i32)> {
        let mut about = BITMAP::default();
        // SAFETY: `about` is valid for writing so many bytes; no bitmap makes it fail.
        let got =
            unsafe { GetObjectW(self.0 as HGDIOBJ, size_of::<BITMAP>() as i32, (&raw mut about).cast()) };
        (!self.0.is_null() && got != 0).then_some((about.bmWidth, about.bmHeight))
    }
}

impl Drop for Bitmap {
    fn drop(&mut self) {
        if !self.0.is_null() {
            // SAFETY: it is this value's own, and selected nowhere any more.
            unsafe { DeleteObject(self.0 as HGDIOBJ) };
        }
    }
}

/// Memory to draw in, 4 bytes a pixel from the top.
struct Board {
    context: HDC,
    before: HGDIOBJ,
    bytes: *mut u8,
    width: i32,
    height: i32,
    // Gone after the context that it is selected in, see `drop`.
    _bitmap: Bitmap,
}

impl Board {
    fn new(width: i32, height: i32) -> Option<Self> {
        let header = BITMAPINFOHEADER {
            biSize: size_of::<BITMAPINFOHEADER>() as u32,
            biWidth: width,
            biHeight: -height,
            biPlanes: 1,
            biBitCount: 32,
            biCompression: BI_RGB,
            ..Default::default()
        };
        let info = BITMAPINFO { bmiHeader: header, ..Default::default() };
        let mut bytes = null_mut();
        // SAFETY: `info` and `bytes` are valid; the memory lives as long as the bitmap.
        unsafe {
            let bitmap = Bitmap(CreateDIBSection(
                null_mut(),
                &raw const info,
                DIB_RGB_COLORS,
                &raw mut bytes,
                null_mut(),
                0,
            ));
            if bitmap.0.is_null() || bytes.is_null() {
                return None;
            }
            let context = CreateCompatibleDC(null_mut());
            if context.is_null() {
                return None;
            }
            let before = SelectObject(context, bitmap.0 as HGDIOBJ);
            Some(Self { context, before, bytes: bytes.cast(), width, height, _bitmap: bitmap })
        }
    }

    fn draw(&self, cursor: HCURSOR, ground: u8) -> Option<Vec<u8>> {
        let len = self.width as usize * self.height as usize * 4;
        // SAFETY: the bitmap's memory has `len` bytes, and GDI is done with it after GdiFlush.
        unsafe {
            GdiFlush();
            self.bytes.write_bytes(ground, len);
            let drawn =
                DrawIconEx(self.context, 0, 0, cursor, self.width, self.height, 0, null_mut(), DI_NORMAL);
            GdiFlush();
            (drawn != 0).then(|| std::slice::from_raw_parts(self.bytes, len).to_vec())
        }
    }
}

impl Drop for Board {
    fn drop(&mut self) {
        // SAFETY: both are this value's own; the bitmap is deleted after it is selected no more.
        unsafe {
            SelectObject(self.context, self.before);
            DeleteDC(self.context);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_shows_on_both_grounds_alike_is_opaque() {
        assert_eq!(through((&[1, 2, 3, 0], &[1, 2, 3, 0])), [1, 2, 3, 255]);
        assert_eq!(through((&[0, 0, 0, 0], &[255, 255, 255, 255])), [0, 0, 0, 0]);
        assert_eq!(through((&[50, 50, 50, 0], &[178, 178, 178, 0])), [50, 50, 50, 127]);
        assert_eq!(through((&[255, 255, 255, 0], &[0, 0, 0, 0])), [0, 0, 0, 255]);
    }
}

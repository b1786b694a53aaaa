//! Where a window shows something, and where nothing below it shows through.

use windows_sys::Win32::{
    Foundation::{HWND, RECT},
    Graphics::{
        Dwm::{
            DWMWA_CLOAKED, DWMWA_EXTENDED_FRAME_BOUNDS, DWMWINDOWATTRIBUTE, DwmFlush, DwmGetWindowAttribute,
        },
        Gdi::{GetWindowRgnBox, RGN_ERROR},
    },
    UI::{
        HiDpi::GetDpiForWindow,
        WindowsAndMessaging::{
            GetLayeredWindowAttributes, GetWindowDisplayAffinity, GetWindowRect, IsZoomed, LWA_ALPHA,
            LWA_COLORKEY, WS_EX_LAYERED, WS_EX_NOREDIRECTIONBITMAP, WS_EX_TRANSPARENT,
        },
    },
};

/// So many pixels of 1/96 inch at a corner may be rounded, and at each edge may be mixed with what is below.
const CORNER: u32 = 9;
const RIM: u32 = 1;

/// Left, top, right and bottom on the desktop.
pub type Edges = [i32; 4];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// With all that may be at its rim.
    pub outer: Edges,
    /// All but the rounded corners hides what is below; none where something may show through.
    pub inner: Option<Edges>,
    /// How large those corners are, in pixels.
    pub corner: i32,
}

impl Place {
    /// None of a window that shows nothing: it is cloaked, empty, or gone. `extra`: its extended style.
    pub fn of(window: HWND, extra: u32) -> Option<Self> {
        let mut rect = RECT::default();
        // SAFETY: `rect` is valid for writing.
        if unsafe { GetWindowRect(window, &raw mut rect) } == 0
            || attribute::<u32>(window, DWMWA_CLOAKED).is_some_and(|c| c != 0)
        {
            return None;
        }
        let whole = [rect.left, rect.top, rect.right, rect.bottom];
        let frame = attribute::<RECT>(window, DWMWA_EXTENDED_FRAME_BOUNDS);
        let frame = frame.map_or(whole, |f| [f.left, f.top, f.right, f.bottom]);
        // SAFETY: plain numbers.
        let (dpi, zoomed) = unsafe { (GetDpiForWindow(window), IsZoomed(window) != 0) };
        Self::new(whole, frame, dpi, zoomed, hides(window, extra))
    }

    fn new(whole: Edges, frame: Edges, dpi: u32, zoomed: bool, hides: bool) -> Option<Self> {
        let pixels = |n: u32| (n * dpi.clamp(96, 9_600)).div_ceil(96).cast_signed();
        let outer = around(whole, frame);
        if outer[0] >= outer[2] || outer[1] >= outer[3] {
            return None;
        }
        let rim = pixels(RIM);
        let inner = [
            whole[0].max(frame[0]) + rim,
            whole[1].max(frame[1]) + rim,
            whole[2].min(frame[2]) - rim,
            whole[3].min(frame[3]) - rim,
        ];
        let inner = Some(inner).filter(|i| hides && i[0] < i[2] && i[1] < i[3]);
        Some(Self { outer, inner, corner: if zoomed { 0 } else { pixels(CORNER) } })
    }

    /// What hides all below it, as rectangles that do not overlap.
    pub fn solid(&self) -> Vec<Edges> {
        let Some([left, top, right, bottom]) = self.inner else { return Vec::new() };
        let (x1, x2) = (left + self.corner, right - self.corner);
        let (y1, y2) = (top + self.corner, bottom - self.corner);
        let parts = [[left, y1, x1, y2], [x1, top, x2, bottom], [x2, y1, right, y2]];
        parts.into_iter().filter(|p| p[0] < p[2] && p[1] < p[3] && x1 <= x2).collect()
    }
}

pub fn around(a: Edges, b: Edges) -> Edges {
    [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]
}

/// Whether it hides what is below it: it has no holes, no opacity, and no way to draw other than on a ground of its own.
fn hides(window: HWND, extra: u32) -> bool {
    if extra & (WS_EX_TRANSPARENT | WS_EX_NOREDIRECTIONBITMAP) != 0 {
        return false;
    }
    let mut rect = RECT::default();
    // SAFETY: `rect` is valid for writing.
    if unsafe { GetWindowRgnBox(window, &raw mut rect) } != RGN_ERROR {
        return false;
    }
    if extra & WS_EX_LAYERED == 0 {
        return true;
    }
    let (mut key, mut alpha, mut flags) = (0, 0, 0);
    // SAFETY: all three are valid for writing. It fails for one whose every pixel has an opacity of its own.
    let told =
        unsafe { GetLayeredWindowAttributes(window, &raw mut key, &raw mut alpha, &raw mut flags) } != 0;
    told && flags & LWA_COLORKEY == 0 && (flags & LWA_ALPHA == 0 || alpha == 0xff)
}

/// Whether the system was asked not to have it in pictures.
pub fn is_protected(window: HWND) -> bool {
    let mut affinity = 0;
    // SAFETY: `affinity` is valid for writing.
    unsafe { GetWindowDisplayAffinity(window, &raw mut affinity) != 0 && affinity != 0 }
}

/// Waits until what the system shows is no older than this call.
pub fn settle() {
    // SAFETY: it has no arguments. Where nothing is composed it fails at once.
    unsafe { DwmFlush() };
}

fn attribute<T: Default>(window: HWND, which: DWMWINDOWATTRIBUTE) -> Option<T> {
    let mut value = T::default();
    // SAFETY: `value` is plain data of the attribute's type, valid for writing so many bytes.
    let got = unsafe {
        DwmGetWindowAttribute(window, which as u32, (&raw mut value).cast(), size_of::<T>() as u32)
    };
    (got >= 0).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rim_and_corners_hide_nothing() {
        // As Windows tells it: the edges to grab it by are outside of what it shows.
        let place = Place::new([0, 0, 114, 107], [7, 0, 107, 100], 96, false, true).unwrap();
        assert_eq!((place.outer, place.inner), ([0, 0, 114, 107], Some([8, 1, 106, 99])));
        assert_eq!(place.solid(), [[8, 10, 17, 90], [17, 1, 97, 99], [97, 10, 106, 90]]);
        let zoomed = Place::new([0, 0, 100, 100], [0, 0, 100, 100], 144, true, true).unwrap();
        assert_eq!(zoomed.solid(), [[2, 2, 98, 98]]);
        let clear = Place::new([0, 0, 100, 100], [0, 0, 100, 100], 96, false, false).unwrap();
        assert_eq!(clear.solid(), [] as [Edges; 0]);
        assert_eq!(Place::new([5, 5, 5, 9], [5, 5, 5, 9], 96, false, true), None);
        let small = Place::new([0, 0, 10, 10], [0, 0, 10, 10], 96, false, true).unwrap();
        assert_eq!(small.solid(), [] as [Edges; 0]);
    }
}

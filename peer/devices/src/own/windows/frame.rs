//! The frame on Windows: four strips above all other windows, that input passes through. It has no tab.

use std::{
    mem::zeroed,
    ptr::null_mut,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        mpsc::{SyncSender, sync_channel},
    },
    thread::JoinHandle,
};

use deskside_media::Rect;
use windows_sys::{
    Win32::{
        Foundation::{COLORREF, GetLastError, HWND, LPARAM, LRESULT, WPARAM},
        Graphics::Gdi::{
            BeginPaint, CreateSolidBrush, DeleteObject, EndPaint, FillRect, InvalidateRect, PAINTSTRUCT,
        },
        System::{LibraryLoader::GetModuleHandleW, Threading::GetCurrentThreadId},
        UI::WindowsAndMessaging::{
            CreateWindowExW, DefWindowProcW, DestroyWindow, DispatchMessageW, GWLP_USERDATA, GetMessageW,
            GetWindowLongPtrW, HWND_TOPMOST, LWA_ALPHA, MSG, PostThreadMessageW, RegisterClassW, SW_HIDE,
            SWP_NOACTIVATE, SWP_SHOWWINDOW, SetLayeredWindowAttributes, SetWindowLongPtrW, SetWindowPos,
            ShowWindow, WM_APP, WM_PAINT, WM_QUIT, WNDCLASSW, WS_EX_LAYERED, WS_EX_NOACTIVATE,
            WS_EX_TOOLWINDOW, WS_EX_TOPMOST, WS_EX_TRANSPARENT, WS_POPUP,
        },
    },
    w,
};

use crate::{
    own::{FRAME, Frame, register_clear, unregister},
    windows::win32::number,
};

/// To the thread: the wish has changed.
const CHANGED: u32 = WM_APP + 1;
/// Passed by the mouse, never with the keyboard, in no list of windows.
const STYLE: u32 = WS_EX_LAYERED | WS_EX_TRANSPARENT | WS_EX_TOPMOST | WS_EX_NOACTIVATE | WS_EX_TOOLWINDOW;

#[derive(Clone, Copy, Default)]
struct Wish {
    /// Left, top, right and bottom on the desktop; none while it is hidden.
    area: Option<[i32; 4]>,
    colour: COLORREF,
}

/// The frame; its windows belong to a thread of their own.
pub(crate) struct Strips {
    wish: Arc<Mutex<Wish>>,
    thread: u32,
    ends: Option<JoinHandle<()>>,
}

impl Strips {
    /// Hidden at first.
    pub(crate) fn open() -> std::io::Result<Self> {
        let wish = Arc::<Mutex<Wish>>::default();
        let (ready, begun) = sync_channel(1);
        let of_thread = Arc::clone(&wish);
        let ends = std::thread::Builder::new().name("frame".into()).spawn(move || run(&of_thread, &ready))?;
        let thread = begun.recv().map_err(std::io::Error::other)??;
        Ok(Self { wish, thread, ends: Some(ends) })
    }

    fn change(&self, change: impl FnOnce(&mut Wish)) {
        change(&mut lock(&self.wish));
        // SAFETY: plain numbers; the thread has its queue since it made windows.
        unsafe { PostThreadMessageW(self.thread, CHANGED, 0, 0) };
    }
}

impl Frame for Strips {
    fn place(&self, x: i32, y: i32, area: Rect) {
        let (left, top) = (x + i32::from(area.x), y + i32::from(area.y));
        let edges = [left, top, left + i32::from(area.w), top + i32::from(area.h)];
        self.change(|w| w.area = (area.w > 0 && area.h > 0).then_some(edges));
    }

    fn colour(&self, rgb: u32) {
        let [_, r, g, b] = rgb.to_be_bytes();
        self.change(|w| w.colour = u32::from_be_bytes([0, b, g, r]));
    }

    /// There is no tab that would have to go along.
    fn follow(&self, _window: Option<u64>) {}
}

impl Drop for Strips {
    fn drop(&mut self) {
        // SAFETY: plain numbers.
        unsafe { PostThreadMessageW(self.thread, WM_QUIT, 0, 0) };
        if let Some(thread) = self.ends.take() {
            let _ = thread.join();
        }
    }
}

fn lock(wish: &Mutex<Wish>) -> MutexGuard<'_, Wish> {
    wish.lock().unwrap_or_else(PoisonError::into_inner)
}

fn run(wish: &Mutex<Wish>, ready: &SyncSender<std::io::Result<u32>>) {
    let made: Result<Vec<Strip>, u32> = (0..4).map(|_| Strip::new()).collect();
    let strips = match made {
        Ok(strips) => strips,
        Err(code) => return drop(ready.send(Err(std::io::Error::from_raw_os_error(code.cast_signed())))),
    };
    // SAFETY: a plain number.
    let _ = ready.send(Ok(unsafe { GetCurrentThreadId() }));
    let mut message = MSG::default();
    // SAFETY: `message` is valid for writing; 0 and -1 end it.
    while unsafe { GetMessageW(&raw mut message, null_mut(), 0, 0) } > 0 {
        if message.message == CHANGED && message.hwnd.is_null() {
            let now = *lock(wish);
            let parts = now.area.map(edges);
            strips.iter().enumerate().for_each(|(i, s)| s.show(parts.map(|p| p[i]), now.colour));
        } else {
            // SAFETY: it came from GetMessageW.
            unsafe { DispatchMessageW(&raw const message) };
        }
    }
}

/// Left, top, width and height of the strips within an area's edges: above, below, left, right.
fn edges([left, top, right, bottom]: [i32; 4]) -> [[i32; 4]; 4] {
    let (width, height) = (right - left, bottom - top);
    let thick = i32::from(FRAME);
    let (across, down) = (thick.min(width), thick.min(height));
    let between = (height - 2 * down).max(0);
    [
        [left, top, width, down],
        [left, bottom - down, width, down],
        [left, top + down, across, between],
        [right - across, top + down, across, between],
    ]
}

struct Strip(HWND);

impl Strip {
    fn new() -> Result<Self, u32> {
        let name = w!("DesksideFrame");
        // SAFETY: the class names a function and a text of this program, which outlive it; registering it again fails, and the
        // first one is used. All other arguments are plain numbers or absent.
        unsafe {
            let instance = GetModuleHandleW(std::ptr::null());
            let class =
                WNDCLASSW { lpfnWndProc: Some(act), hInstance: instance, lpszClassName: name, ..zeroed() };
            RegisterClassW(&raw const class);
            let window = CreateWindowExW(
                STYLE,
                name,
                w!(""),
                WS_POPUP,
                0,
                0,
                1,
                1,
                null_mut(),
                null_mut(),
                instance,
                std::ptr::null(),
            );
            if window.is_null() {
                return Err(GetLastError());
            }
            SetLayeredWindowAttributes(window, 0, 0xff, LWA_ALPHA);
            register_clear(number(window));
            Ok(Self(window))
        }
    }

    fn show(&self, place: Option<[i32; 4]>, colour: COLORREF) {
        // SAFETY: the window is this value's own; the rest are plain numbers.
        unsafe {
            let Some([x, y, width, height]) = place else {
                ShowWindow(self.0, SW_HIDE);
                return;
            };
            SetWindowLongPtrW(self.0, GWLP_USERDATA, colour as isize);
            SetWindowPos(self.0, HWND_TOPMOST, x, y, width, height, SWP_NOACTIVATE | SWP_SHOWWINDOW);
            InvalidateRect(self.0, std::ptr::null(), 0);
        }
    }
}

impl Drop for Strip {
    fn drop(&mut self) {
        unregister(number(self.0));
        // SAFETY: it is this value's own, made by the thread that drops it.
        unsafe { DestroyWindow(self.0) };
    }
}

unsafe extern "system" fn act(window: HWND, message: u32, w: WPARAM, l: LPARAM) -> LRESULT {
    if message != WM_PAINT {
        // SAFETY: what was given is handed on.
        return unsafe { DefWindowProcW(window, message, w, l) };
    }
    // SAFETY: the window is the one that is to be painted; `paint` is valid for writing; the brush is deleted after its use.
    unsafe {
        let mut paint: PAINTSTRUCT = zeroed();
        let board = BeginPaint(window, &raw mut paint);
        let brush = CreateSolidBrush(GetWindowLongPtrW(window, GWLP_USERDATA) as COLORREF);
        FillRect(board, &raw const paint.rcPaint, brush);
        DeleteObject(brush);
        EndPaint(window, &raw const paint);
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strips_lie_within_and_do_not_overlap() {
        assert_eq!(
            edges([10, 20, 110, 220]),
            [[10, 20, 100, 4], [10, 216, 100, 4], [10, 24, 4, 192], [106, 24, 4, 192]]
        );
        assert_eq!(edges([0, 0, 2, 3])[2], [0, 3, 2, 0]);
    }
}

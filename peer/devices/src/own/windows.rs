//! Whether a window of Windows belongs to this process.

pub(crate) mod frame;

use windows_sys::Win32::{
    Foundation::{HWND, POINT},
    System::Threading::GetCurrentProcessId,
    UI::WindowsAndMessaging::{GetCursorPos, GetForegroundWindow, GetWindowThreadProcessId, WindowFromPoint},
};

/// Whether the window at this pixel of the desktop is an own one.
pub(crate) fn at(x: i32, y: i32) -> bool {
    // SAFETY: plain numbers go in and out.
    is_own(unsafe { WindowFromPoint(POINT { x, y }) })
}

/// Whether the pointer is over an own one.
pub(crate) fn under_pointer() -> bool {
    let mut p = POINT { x: 0, y: 0 };
    // SAFETY: `p` is valid for writing. It fails on a desktop that is not this program's, where nothing is sent anyway.
    unsafe { GetCursorPos(&raw mut p) != 0 && is_own(WindowFromPoint(p)) }
}

/// Whether keys go to an own one.
pub(crate) fn in_front() -> bool {
    // SAFETY: a plain number.
    is_own(unsafe { GetForegroundWindow() })
}

fn is_own(window: HWND) -> bool {
    let mut process = 0;
    // SAFETY: `process` is valid for writing; a window that is gone leaves it 0.
    unsafe {
        GetWindowThreadProcessId(window, &raw mut process);
        process == GetCurrentProcessId()
    }
}

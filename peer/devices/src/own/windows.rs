//! Which windows of Windows remote input must not reach: those of this process, and where some programs alone are shared, all but
//! those of them.

pub(crate) mod frame;

use std::sync::{
    Mutex, MutexGuard, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use deskside_session::hiding::Scope;
use windows_sys::Win32::{
    Foundation::{HWND, POINT},
    System::Threading::GetCurrentProcessId,
    UI::WindowsAndMessaging::{GetCursorPos, GetForegroundWindow, GetWindowThreadProcessId, WindowFromPoint},
};

use crate::windows::win32::{self, chosen};

/// The scopes of all who send input here: what carries their mark says not whose it is.
static ALL: Mutex<Vec<(u64, Scope)>> = Mutex::new(Vec::new());

fn all() -> MutexGuard<'static, Vec<(u64, Scope)>> {
    ALL.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What one who sends input may reach, known to all of this process until it is dropped.
pub(crate) struct Reach {
    number: u64,
    scope: Scope,
}

impl Default for Reach {
    fn default() -> Self {
        static LAST: AtomicU64 = AtomicU64::new(0);
        let number = LAST.fetch_add(1, Ordering::Relaxed);
        all().push((number, Scope::Desktop));
        Self { number, scope: Scope::Desktop }
    }
}

impl Drop for Reach {
    fn drop(&mut self) {
        all().retain(|(number, _)| *number != self.number);
    }
}

impl Reach {
    pub(crate) fn limit(&mut self, scope: &Scope) {
        self.scope.clone_from(scope);
        all().iter_mut().filter(|(number, _)| *number == self.number).for_each(|(_, s)| s.clone_from(scope));
    }

    pub(crate) fn is_limited(&self) -> bool {
        self.scope != Scope::Desktop
    }

    /// Whether it must not reach the window at this pixel of the desktop.
    pub(crate) fn bars_at(&self, (x, y): (i32, i32)) -> bool {
        // SAFETY: plain numbers go in and out.
        self.bars(unsafe { WindowFromPoint(POINT { x, y }) })
    }

    /// The same for the one under the pointer.
    pub(crate) fn bars_under_pointer(&self) -> bool {
        let mut p = POINT { x: 0, y: 0 };
        // SAFETY: `p` is valid for writing. It fails on a desktop that is not this program's, where nothing is sent anyway.
        if unsafe { GetCursorPos(&raw mut p) } == 0 { self.is_limited() } else { self.bars_at((p.x, p.y)) }
    }

    /// The same for the one to which keys go.
    pub(crate) fn bars_in_front(&self) -> bool {
        // SAFETY: a plain number.
        self.bars(unsafe { GetForegroundWindow() })
    }

    fn bars(&self, window: HWND) -> bool {
        is_own(window) || !is_within(&self.scope, window)
    }
}

/// Whether nobody who sends input may reach the window at this pixel of the desktop.
pub(crate) fn all_barred_at(x: i32, y: i32) -> bool {
    // SAFETY: plain numbers go in and out.
    all_barred(unsafe { WindowFromPoint(POINT { x, y }) })
}

/// The same for the one to which keys go.
pub(crate) fn all_barred_in_front() -> bool {
    // SAFETY: a plain number.
    all_barred(unsafe { GetForegroundWindow() })
}

fn all_barred(window: HWND) -> bool {
    // Not held while windows are asked for.
    let scopes: Vec<Scope> = all().iter().map(|(_, scope)| scope.clone()).collect();
    is_own(window) || (!scopes.is_empty() && !scopes.iter().any(|s| is_within(s, window)))
}

fn is_within(scope: &Scope, window: HWND) -> bool {
    *scope == Scope::Desktop || chosen::is_within(scope, win32::maker(window))
}

fn is_own(window: HWND) -> bool {
    let mut process = 0;
    // SAFETY: `process` is valid for writing; a window that is gone leaves it 0.
    unsafe {
        GetWindowThreadProcessId(window, &raw mut process);
        process == GetCurrentProcessId()
    }
}

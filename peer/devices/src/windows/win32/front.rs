//! The window in front, and what becomes of it.

use std::{cell::Cell, ffi::c_void, ptr::null_mut};

use deskside_session::hiding::OpenWindow;
use windows_sys::Win32::{
    Foundation::{CloseHandle, HANDLE, HWND, INVALID_HANDLE_VALUE},
    System::Threading::{
        GetCurrentThreadId, INFINITE, OpenProcess, PROCESS_SYNCHRONIZE, RegisterWaitForSingleObject,
        UnregisterWaitEx, WT_EXECUTEONLYONCE,
    },
    UI::{
        Accessibility::{HWINEVENTHOOK, SetWinEventHook, UnhookWinEvent},
        WindowsAndMessaging::{
            EVENT_OBJECT_DESTROY, EVENT_OBJECT_HIDE, EVENT_OBJECT_NAMECHANGE, EVENT_OBJECT_SHOW,
            GA_ROOTOWNER, GetAncestor, GetForegroundWindow, GetMessageW, GetWindowThreadProcessId, MSG,
            OBJID_WINDOW, PostThreadMessageW, WINEVENT_OUTOFCONTEXT, WM_APP,
        },
    },
};

use super::{Top, Tops, handle, list::describe, number};

/// What this program's own windows are of, also those of another run.
const OWN: &str = "deskside";

/// The window that was in front.
pub struct Front {
    window: u64,
    was: OpenWindow,
}

impl Front {
    /// None when no other program's window is in front.
    pub fn open() -> Option<(OpenWindow, Self)> {
        let tops = Tops::default().look()?;
        // SAFETY: plain numbers.
        let front = unsafe { GetAncestor(GetForegroundWindow(), GA_ROOTOWNER) };
        let at = |w: u64| tops.iter().find(|t| t.window == w).and_then(described);
        // A program that was started by a link may be in front itself already, without a window of its own.
        let highest = || tops.iter().rev().find_map(described);
        let was = if front.is_null() { highest() } else { at(number(front)) }?;
        Some((was.clone(), Self { window: was.id, was }))
    }

    /// Tells whenever it has another title, and at last, with none, that it is gone.
    pub fn watch(mut self, told: &dyn Fn(Option<OpenWindow>)) {
        let Some(_watch) = Watch::start(self.window) else { return told(None) };
        let mut message = MSG::default();
        loop {
            if let Some(tops) = Tops::default().look() {
                let Some(top) = tops.iter().find(|t| t.window == self.window) else { return told(None) };
                if let Some(now) = described(top).filter(|now| *now != self.was) {
                    self.was = now.clone();
                    told(Some(now));
                }
            }
            // SAFETY: `message` is valid for writing. What is heard of the window posts one.
            if unsafe { GetMessageW(&raw mut message, null_mut(), 0, 0) } <= 0 {
                return told(None);
            }
        }
    }
}

thread_local! {
    /// The system calls with nothing to tell by whose question it was.
    static WATCHED: Cell<u64> = const { Cell::new(0) };
}

/// While it lives, this thread gets a message for each change of a window, and at the end of its process.
struct Watch {
    hook: HWINEVENTHOOK,
    end: HANDLE,
    process: HANDLE,
}

impl Watch {
    fn start(window: u64) -> Option<Self> {
        WATCHED.set(window);
        let mut watch = Self { hook: null_mut(), end: null_mut(), process: null_mut() };
        let mut number = 0;
        // SAFETY: `number` and the places for what is opened are valid for writing; `hear` and `ended` are functions of this
        // program, and what they get is the number of this thread.
        unsafe {
            let thread = GetWindowThreadProcessId(handle(window), &raw mut number);
            let (first, last) = (EVENT_OBJECT_DESTROY, EVENT_OBJECT_NAMECHANGE);
            let how = WINEVENT_OUTOFCONTEXT;
            watch.hook = SetWinEventHook(first, last, null_mut(), Some(hear), number, thread, how);
            watch.process = OpenProcess(PROCESS_SYNCHRONIZE, 0, number);
            if thread == 0 || watch.hook.is_null() {
                return None;
            }
            if !watch.process.is_null() {
                let (to, once) = (GetCurrentThreadId() as usize as *const c_void, WT_EXECUTEONLYONCE);
                let end = &raw mut watch.end;
                RegisterWaitForSingleObject(end, watch.process, Some(ended), to, INFINITE, once);
            }
        }
        Some(watch)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        // SAFETY: each was opened by this value; the wait is over, with its call, before the process is closed.
        unsafe {
            if !self.hook.is_null() {
                UnhookWinEvent(self.hook);
            }
            if !self.end.is_null() {
                UnregisterWaitEx(self.end, INVALID_HANDLE_VALUE);
            }
            if !self.process.is_null() {
                CloseHandle(self.process);
            }
        }
    }
}

unsafe extern "system" fn ended(thread: *mut c_void, _late: bool) {
    // SAFETY: a plain number, of the thread that waits for this call before it ends.
    unsafe { PostThreadMessageW(thread as usize as u32, WM_APP, 0, 0) };
}

unsafe extern "system" fn hear(
    _hook: HWINEVENTHOOK,
    kind: u32,
    window: HWND,
    object: i32,
    _child: i32,
    _thread: u32,
    _time: u32,
) {
    // Not for each step of a window that is dragged.
    let tells = matches!(
        kind,
        EVENT_OBJECT_DESTROY | EVENT_OBJECT_SHOW | EVENT_OBJECT_HIDE | EVENT_OBJECT_NAMECHANGE
    );
    if tells && object == OBJID_WINDOW && number(window) == WATCHED.get() {
        // SAFETY: plain numbers; it is this thread's own queue.
        unsafe { PostThreadMessageW(GetCurrentThreadId(), WM_APP, 0, 0) };
    }
}

fn described(top: &Top) -> Option<OpenWindow> {
    describe(top).filter(|w| !w.program.to_lowercase().starts_with(OWN))
}

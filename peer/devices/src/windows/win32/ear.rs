//! What Windows tells of windows: which were shown, moved or hidden since the last question. The system puts it into the queue of
//! the thread that asked for it, before the call that did it returns to its program.

use std::{cell::RefCell, ptr::null_mut};

use windows_sys::Win32::{
    Foundation::HWND,
    UI::{
        Accessibility::{HWINEVENTHOOK, SetWinEventHook, UnhookWinEvent},
        WindowsAndMessaging::{
            DispatchMessageW, EVENT_OBJECT_CLOAKED, EVENT_OBJECT_HIDE, EVENT_OBJECT_LOCATIONCHANGE,
            EVENT_OBJECT_REORDER, EVENT_OBJECT_SHOW, EVENT_OBJECT_UNCLOAKED, EVENT_SYSTEM_FOREGROUND,
            EVENT_SYSTEM_MINIMIZEEND, EVENT_SYSTEM_MINIMIZESTART, GA_PARENT, GetAncestor, GetDesktopWindow,
            MSG, OBJID_WINDOW, PM_REMOVE, PeekMessageW, WINEVENT_OUTOFCONTEXT,
        },
    },
};

use super::{handle, is_there, number};

/// Of a program that says more between two questions, the rest is one word.
const MOST: usize = 4096;

/// The first and the last of each kind that is heard. Programs do more while somebody hears what they have within.
const KINDS: [(u32, u32); 5] = [
    (EVENT_SYSTEM_FOREGROUND, EVENT_SYSTEM_FOREGROUND),
    (EVENT_SYSTEM_MINIMIZESTART, EVENT_SYSTEM_MINIMIZEEND),
    (EVENT_OBJECT_SHOW, EVENT_OBJECT_REORDER),
    (EVENT_OBJECT_LOCATIONCHANGE, EVENT_OBJECT_LOCATIONCHANGE),
    (EVENT_OBJECT_CLOAKED, EVENT_OBJECT_UNCLOAKED),
];

/// What was heard of a window of the desktop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// It may be seen from now on.
    Shown(u64),
    /// It may be elsewhere.
    Moved(u64),
    /// It is seen no more.
    Gone(u64),
    /// It goes to the task bar, or comes from there.
    Flies(u64),
    /// Some lie over others than before, or more was said than is kept.
    Order,
}

thread_local! {
    /// The system calls with nothing to tell by whose question it was.
    static HEARD: RefCell<Vec<(u32, u64)>> = const { RefCell::new(Vec::new()) };
}

/// Listens on the thread that opened it; one at a time there.
pub struct Ear(Vec<HWINEVENTHOOK>);

impl Ear {
    /// None where the system tells nothing.
    pub fn open() -> Option<Self> {
        HEARD.take();
        let mut ear = Self(Vec::new());
        for (first, last) in KINDS {
            // SAFETY: `hear` is a function of this program, which outlives the hook.
            let hook =
                unsafe { SetWinEventHook(first, last, null_mut(), Some(hear), 0, 0, WINEVENT_OUTOFCONTEXT) };
            if hook.is_null() {
                return None;
            }
            ear.0.push(hook);
        }
        Some(ear)
    }

    /// All that was said since the last call.
    pub fn drain(&mut self) -> Vec<Heard> {
        let mut message = MSG::default();
        // SAFETY: `message` is valid for writing, and was read before it is dispatched.
        unsafe {
            while PeekMessageW(&raw mut message, null_mut(), 0, 0, PM_REMOVE) != 0 {
                DispatchMessageW(&raw const message);
            }
        }
        let said = HEARD.take();
        let mut heard: Vec<Heard> = Vec::new();
        for h in said.iter().filter_map(|(kind, window)| meaning(*kind, *window)) {
            if !heard.contains(&h) {
                heard.push(h);
            }
        }
        if said.len() >= MOST {
            heard.push(Heard::Order);
        }
        heard
    }
}

impl Drop for Ear {
    fn drop(&mut self) {
        for hook in self.0.drain(..) {
            // SAFETY: it came from SetWinEventHook on this thread, and is removed only here.
            unsafe { UnhookWinEvent(hook) };
        }
    }
}

/// None for what is within another window.
fn meaning(kind: u32, window: u64) -> Option<Heard> {
    // SAFETY: plain numbers.
    let (desktop, parent) = unsafe { (GetDesktopWindow(), GetAncestor(handle(window), GA_PARENT)) };
    if window == number(desktop) {
        return (kind == EVENT_OBJECT_REORDER).then_some(Heard::Order);
    }
    // Of what is gone nobody knows what it was in.
    if parent != desktop && is_there(window) {
        return None;
    }
    Some(match kind {
        EVENT_SYSTEM_FOREGROUND => Heard::Order,
        EVENT_OBJECT_HIDE | EVENT_OBJECT_CLOAKED => Heard::Gone(window),
        EVENT_SYSTEM_MINIMIZESTART | EVENT_SYSTEM_MINIMIZEEND => Heard::Flies(window),
        EVENT_OBJECT_SHOW | EVENT_OBJECT_UNCLOAKED => Heard::Shown(window),
        EVENT_OBJECT_LOCATIONCHANGE => Heard::Moved(window),
        _ => return None,
    })
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
    if object != OBJID_WINDOW && kind != EVENT_OBJECT_REORDER {
        return;
    }
    HEARD.with(|heard| {
        // Never taken while messages are looked at.
        if let Ok(mut heard) = heard.try_borrow_mut()
            && heard.len() < MOST
            && heard.last() != Some(&(kind, number(window)))
        {
            heard.push((kind, number(window)));
        }
    });
}

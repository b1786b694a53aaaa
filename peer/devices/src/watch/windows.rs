//! The person's own input on Windows, by hooks of low level: only they see the mark of what this program sends. What
//! carries it and yet would reach what it must not (a window may have come in between) ends here.

use std::{
    cell::RefCell,
    collections::{HashSet, VecDeque},
    ptr::null_mut,
    sync::mpsc::{SyncSender, sync_channel},
    thread::JoinHandle,
    time::Instant,
};

use windows_sys::Win32::{
    Foundation::{GetLastError, LPARAM, LRESULT, WPARAM},
    System::Threading::GetCurrentThreadId,
    UI::{
        Input::KeyboardAndMouse::VK_ESCAPE,
        WindowsAndMessaging::{
            CallNextHookEx, GetMessageW, HC_ACTION, HHOOK, HOOKPROC, KBDLLHOOKSTRUCT, MSG, MSLLHOOKSTRUCT,
            PM_NOREMOVE, PeekMessageW, PostThreadMessageW, SetWindowsHookExW, UnhookWindowsHookEx,
            WH_KEYBOARD_LL, WH_MOUSE_LL, WM_KEYDOWN, WM_KEYUP, WM_LBUTTONUP, WM_MBUTTONUP, WM_MOUSEMOVE,
            WM_QUIT, WM_RBUTTONUP, WM_SYSKEYDOWN, WM_SYSKEYUP, WM_XBUTTONUP,
        },
    },
};

use super::{OwnAct, Watch, judge::Judge};
use crate::{
    inject::{InjectError, windows::MARK},
    own::windows as own,
};

/// How many of the places where this program put the pointer may come back.
const ECHOES: usize = 64;

/// Watches until it is dropped.
struct Hooked {
    thread: u32,
    ends: Option<JoinHandle<()>>,
}

/// Begins to watch all input of this desktop.
pub(crate) fn start(told: Box<dyn Fn(OwnAct) + Send>) -> Result<impl Watch, InjectError> {
    let (ready, begun) = sync_channel(1);
    let body = move || run(told, &ready);
    let ends = std::thread::Builder::new().name("own input".into()).spawn(body);
    let ends = ends.map_err(|e| InjectError::Failed(e.to_string()))?;
    let thread = begun.recv().map_err(|_| InjectError::Failed("own input cannot be watched".into()))??;
    Ok(Hooked { thread, ends: Some(ends) })
}

impl Watch for Hooked {}

impl Drop for Hooked {
    fn drop(&mut self) {
        // SAFETY: plain numbers. The thread has a queue, and does not end before this message.
        unsafe { PostThreadMessageW(self.thread, WM_QUIT, 0, 0) };
        if let Some(thread) = self.ends.take() {
            let _ = thread.join();
        }
    }
}

struct Hook(HHOOK);

impl Hook {
    fn set(kind: i32, act: HOOKPROC) -> Result<Self, InjectError> {
        // SAFETY: `act` is a function of this program, which outlives the hook; hooks of low level need no module.
        let hook = unsafe { SetWindowsHookExW(kind, act, null_mut(), 0) };
        if hook.is_null() {
            // SAFETY: a plain number.
            let code = unsafe { GetLastError() };
            return Err(InjectError::Failed(format!("own input cannot be watched, error {code}")));
        }
        Ok(Self(hook))
    }
}

impl Drop for Hook {
    fn drop(&mut self) {
        // SAFETY: it came from SetWindowsHookExW and is removed only here.
        unsafe { UnhookWindowsHookEx(self.0) };
    }
}

thread_local! {
    /// The system calls the hooks on the thread that set them, with nothing else to tell it by.
    static EAR: RefCell<Option<Ear>> = const { RefCell::new(None) };
}

fn run(told: Box<dyn Fn(OwnAct) + Send>, ready: &SyncSender<Result<u32, InjectError>>) {
    let ear = Ear {
        start: Instant::now(),
        at: None,
        put: VecDeque::new(),
        down: HashSet::new(),
        judge: Judge::default(),
        told,
    };
    EAR.set(Some(ear));
    let mut message = MSG::default();
    // SAFETY: `message` is valid for writing. This makes the thread's queue.
    unsafe { PeekMessageW(&raw mut message, null_mut(), 0, 0, PM_NOREMOVE) };
    let hooks = Hook::set(WH_MOUSE_LL, Some(on_mouse))
        .and_then(|mouse| Ok((mouse, Hook::set(WH_KEYBOARD_LL, Some(on_key))?)));
    let hooks = match hooks {
        Ok(hooks) => hooks,
        Err(e) => return drop(ready.send(Err(e))),
    };
    // SAFETY: a plain number.
    let _ = ready.send(Ok(unsafe { GetCurrentThreadId() }));
    // SAFETY: as above; 0 and -1 end it.
    while unsafe { GetMessageW(&raw mut message, null_mut(), 0, 0) } > 0 {}
    drop(hooks);
    EAR.set(None);
}

unsafe extern "system" fn on_mouse(code: i32, what: WPARAM, about: LPARAM) -> LRESULT {
    if code == HC_ACTION as i32 {
        // SAFETY: for this code and hook the system gives the address of such a structure.
        let event = unsafe { *(about as *const MSLLHOOKSTRUCT) };
        let what = what as u32;
        let sent = event.dwExtraInfo == MARK;
        let ends = [WM_MOUSEMOVE, WM_LBUTTONUP, WM_MBUTTONUP, WM_RBUTTONUP, WM_XBUTTONUP].contains(&what);
        if sent && !ends && own::all_barred_at(event.pt.x, event.pt.y) {
            return 1;
        }
        let at = (event.pt.x, event.pt.y);
        if sent {
            hear(|ear| ear.sent(at));
        } else {
            hear(|ear| ear.mouse(what == WM_MOUSEMOVE, at));
        }
    }
    // SAFETY: what was given is handed on.
    unsafe { CallNextHookEx(null_mut(), code, what, about) }
}

unsafe extern "system" fn on_key(code: i32, what: WPARAM, about: LPARAM) -> LRESULT {
    if code == HC_ACTION as i32 {
        // SAFETY: for this code and hook the system gives the address of such a structure.
        let event = unsafe { *(about as *const KBDLLHOOKSTRUCT) };
        let sent = event.dwExtraInfo == MARK;
        let down = [WM_KEYDOWN, WM_SYSKEYDOWN].contains(&(what as u32));
        let up = [WM_KEYUP, WM_SYSKEYUP].contains(&(what as u32));
        if sent && down && own::all_barred_in_front() {
            return 1;
        }
        if !sent && (down || up) {
            hear(|ear| ear.key(event.vkCode, down));
        }
    }
    // SAFETY: what was given is handed on.
    unsafe { CallNextHookEx(null_mut(), code, what, about) }
}

fn hear(act: impl FnOnce(&mut Ear)) {
    EAR.with(|ear| {
        // Taken already: the system calls again from within a call of ours, and the outer one tells.
        if let Ok(mut ear) = ear.try_borrow_mut()
            && let Some(ear) = ear.as_mut()
        {
            act(ear);
        }
    });
}

struct Ear {
    start: Instant,
    /// Where the pointer is, whoever moved it.
    at: Option<(i32, i32)>,
    /// Where this program put it lately.
    put: VecDeque<(i32, i32)>,
    /// Held keys: the system reports one again and again.
    down: HashSet<u32>,
    judge: Judge,
    told: Box<dyn Fn(OwnAct) + Send>,
}

impl Ear {
    /// The person's next move begins where this one ends.
    fn sent(&mut self, at: (i32, i32)) {
        if self.put.len() >= ECHOES {
            self.put.pop_front();
        }
        self.put.push_back(at);
        self.at = Some(at);
    }

    fn mouse(&mut self, moved: bool, (x, y): (i32, i32)) {
        // Systems repeat a place without its mark when windows come or go; a hand goes on from there in its next event.
        if moved && self.put.contains(&(x, y)) {
            return;
        }
        let (ox, oy) = self.at.replace((x, y)).unwrap_or((x, y));
        let now = self.now();
        let way = f64::from(x.abs_diff(ox)) + f64::from(y.abs_diff(oy));
        let act = if moved { self.judge.moved(now, way) } else { self.judge.clicked(now) };
        if act.is_some() {
            tracing::debug!(moved, x, y, way, "the own mouse");
        }
        act.into_iter().for_each(&self.told);
    }

    fn key(&mut self, key: u32, down: bool) {
        if !down {
            self.down.remove(&key);
        } else if self.down.insert(key) {
            let now = self.now();
            self.judge.key(now, key == u32::from(VK_ESCAPE)).into_iter().flatten().for_each(&self.told);
        }
    }

    fn now(&self) -> u64 {
        self.start.elapsed().as_millis() as u64
    }
}

//! Who made a window: a process that is held while it is known, so that no later one gets its number.

use std::{
    collections::{HashMap, hash_map::Entry},
    ptr::null,
    sync::Arc,
    time::{Duration, Instant},
};

use windows_sys::{
    Win32::{
        Foundation::{CloseHandle, HANDLE, HWND, INVALID_HANDLE_VALUE},
        System::Diagnostics::ToolHelp::{
            CreateToolhelp32Snapshot, PROCESSENTRY32W, Process32FirstW, Process32NextW, TH32CS_SNAPPROCESS,
        },
        System::Threading::{
            OpenProcess, OpenThread, PROCESS_NAME_WIN32, PROCESS_QUERY_LIMITED_INFORMATION,
            QueryFullProcessImageNameW, THREAD_QUERY_LIMITED_INFORMATION,
        },
        UI::WindowsAndMessaging::{
            FindWindowExW, FindWindowW, GA_ROOT, GetAncestor, GetShellWindow, GetWindowThreadProcessId,
        },
    },
    w,
};

use super::{class, handle, number};

/// What the system puts around windows of programs from its store, all by one process.
const FRAME: &str = "ApplicationFrameWindow";
/// How long the system's list of processes is believed.
const LISTED_FOR: Duration = Duration::from_secs(2);
/// Longest path of an executable, in units of UTF-16.
const PATH: usize = 1024;

/// A program by its process. Of the shell each folder is one by its thread: desktop and task bar are of that process too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Maker {
    pub process: u32,
    pub thread: Option<u32>,
}

/// Keeps a process or a thread known, and its number its own.
#[derive(Debug)]
pub struct Kept(HANDLE);

// SAFETY: a handle is a number that any thread may use.
unsafe impl Send for Kept {}
// SAFETY: as above.
unsafe impl Sync for Kept {}

impl Kept {
    fn process(number: u32) -> Option<Self> {
        // SAFETY: plain numbers.
        let opened = unsafe { OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, 0, number) };
        (!opened.is_null()).then_some(Self(opened))
    }

    fn thread(number: u32) -> Option<Self> {
        // SAFETY: plain numbers.
        let opened = unsafe { OpenThread(THREAD_QUERY_LIMITED_INFORMATION, 0, number) };
        (!opened.is_null()).then_some(Self(opened))
    }

    /// The name of its executable, without `.exe`.
    fn name(&self) -> Option<String> {
        let (mut text, mut len) = ([0; PATH], PATH as u32);
        // SAFETY: `text` is valid for writing so many units, `len` for reading and writing.
        let got = unsafe {
            QueryFullProcessImageNameW(self.0, PROCESS_NAME_WIN32, text.as_mut_ptr(), &raw mut len)
        };
        (got != 0).then(|| stem(&String::from_utf16_lossy(&text[..len as usize])))
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        // SAFETY: it was opened by this value, and is closed only here.
        unsafe { CloseHandle(self.0) };
    }
}

/// `KeePass` of `C:\Programs\KeePass.exe`.
fn stem(path: &str) -> String {
    let file = path.rsplit(['\\', '/']).next().unwrap_or_default();
    let cut = file.len().saturating_sub(4);
    let exe = file.is_char_boundary(cut) && file[cut..].eq_ignore_ascii_case(".exe");
    if exe { file[..cut].to_owned() } else { file.to_owned() }
}

/// What processes are called that this one may not open, such as another user's.
#[derive(Default)]
struct Listed {
    names: HashMap<u32, String>,
    at: Option<Instant>,
}

impl Listed {
    /// None of one that began since the list was made.
    fn name(&mut self, process: u32) -> Option<String> {
        if self.at.is_none_or(|at| at.elapsed() > LISTED_FOR) {
            (self.names, self.at) = (all_processes(), Some(Instant::now()));
        }
        self.names.get(&process).cloned()
    }
}

fn all_processes() -> HashMap<u32, String> {
    let mut all = HashMap::new();
    // SAFETY: plain numbers; what it gives is closed below.
    let list = unsafe { CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0) };
    if list == INVALID_HANDLE_VALUE {
        return all;
    }
    let list = Kept(list);
    let mut one =
        PROCESSENTRY32W { dwSize: size_of::<PROCESSENTRY32W>() as u32, ..PROCESSENTRY32W::default() };
    // SAFETY: `one` says its size and is valid for writing.
    let mut more = unsafe { Process32FirstW(list.0, &raw mut one) } != 0;
    while more {
        let end = one.szExeFile.iter().position(|c| *c == 0).unwrap_or(one.szExeFile.len());
        all.insert(one.th32ProcessID, stem(&String::from_utf16_lossy(&one.szExeFile[..end])));
        // SAFETY: as above.
        more = unsafe { Process32NextW(list.0, &raw mut one) } != 0;
    }
    all
}

/// What is known of who made a window.
#[derive(Clone, Debug)]
pub struct Found {
    /// Of the window itself.
    pub process: u32,
    pub maker: Option<Maker>,
    pub program: Option<String>,
}

struct Known {
    kept: Arc<Kept>,
    name: Option<String>,
    seen: bool,
}

/// The processes that have windows.
#[derive(Default)]
pub struct Processes {
    known: HashMap<u32, Known>,
    listed: Listed,
    /// Whose windows were seen in those frames; while one is minimised it is empty.
    frames: HashMap<u64, u32>,
    shell: Shell,
}

/// Whose the desktop and the task bar are.
#[derive(Default)]
struct Shell {
    process: u32,
    threads: [u32; 2],
}

impl Shell {
    fn now() -> Self {
        // SAFETY: plain numbers, and a text of this program.
        let (desktop, bar) = unsafe { (GetShellWindow(), FindWindowW(w!("Shell_TrayWnd"), null())) };
        let (process, thread) = made(desktop);
        Self { process, threads: [thread, made(bar).1] }
    }
}

/// The numbers of the process and of the thread of a window; 0 of one that is gone.
fn made(window: HWND) -> (u32, u32) {
    let mut process = 0;
    // SAFETY: `process` is valid for writing.
    let thread = unsafe { GetWindowThreadProcessId(window, &raw mut process) };
    (process, thread)
}

impl Processes {
    /// What is not asked for until [`Self::end`] is forgotten then.
    pub fn begin(&mut self) {
        self.shell = Shell::now();
        self.known.values_mut().for_each(|k| k.seen = false);
    }

    pub fn end(&mut self) {
        self.known.retain(|_, k| k.seen);
        // One that is not held may be another one by its number.
        self.frames.retain(|_, process| self.known.contains_key(process));
    }

    /// Who made this window, or the one of the desktop in which it is. None of one that is gone.
    pub fn of(&mut self, window: u64) -> Option<Found> {
        // SAFETY: plain numbers.
        let top = unsafe { GetAncestor(handle(window), GA_ROOT) };
        let (own, thread) = made(top);
        if own == 0 {
            return None;
        }
        let mut process = own;
        if class(top) == FRAME {
            // SAFETY: plain numbers, and a text of this program.
            let inner =
                unsafe { FindWindowExW(top, std::ptr::null_mut(), w!("Windows.UI.Core.CoreWindow"), null()) };
            process = made(inner).0;
            if process != 0 {
                self.frames.insert(number(top), process);
            } else if let Some(known) = self.frames.get(&number(top)) {
                process = *known;
            } else {
                return Some(Found { process: own, maker: None, program: None });
            }
        }
        let known = self.known(process);
        let maker = if process != self.shell.process || self.shell.process == 0 {
            Some(Maker { process, thread: None })
        } else if self.shell.threads.contains(&thread) {
            None
        } else {
            Some(Maker { process, thread: Some(thread) })
        };
        // Without a hold on it nobody knows who has its number later.
        let program = known.clone().flatten().or_else(|| self.listed.name(process));
        Some(Found { process: own, maker: maker.filter(|_| known.is_some()), program })
    }

    /// Its name, if it can be told; none if it cannot be held.
    fn known(&mut self, process: u32) -> Option<Option<String>> {
        let known = match self.known.entry(process) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let kept = Arc::new(Kept::process(process)?);
                let name = kept.name();
                new.insert(Known { kept, name, seen: true })
            }
        };
        known.seen = true;
        Some(known.name.clone())
    }

    /// Who made this window, held for as long as these are.
    pub fn hold(&mut self, window: u64) -> Option<(Maker, Vec<Arc<Kept>>)> {
        self.shell = Shell::now();
        let maker = self.of(window)?.maker?;
        let mut held = vec![Arc::clone(&self.known.get(&maker.process)?.kept)];
        if let Some(thread) = maker.thread {
            held.push(Arc::new(Kept::thread(thread)?));
        }
        // If it ended in between, its number may have been given to another one by then.
        (self.of(window)?.maker == Some(maker)).then_some((maker, held))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_lists_this_process() {
        let own = std::env::current_exe().unwrap();
        assert_eq!(Listed::default().name(std::process::id()), Some(stem(own.to_str().unwrap())));
        assert_eq!(Listed::default().name(0xffff_fff0), None);
    }

    #[test]
    fn names_of_executables() {
        assert_eq!(stem(r"C:\Program Files\KeePass\KeePass.exe"), "KeePass");
        assert_eq!(stem("notepad.EXE"), "notepad");
        assert_eq!(stem(r"C:\x\é"), "é");
        assert_eq!(stem(""), "");
    }
}

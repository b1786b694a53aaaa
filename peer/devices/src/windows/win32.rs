//! The top windows of Windows: whose they are, where, and which lies over which.

pub mod chosen;
pub mod ear;
pub mod front;
pub mod icons;
mod list;
pub mod place;
pub mod process;

use std::{
    collections::{HashMap, HashSet},
    ptr::null,
};

use deskside_session::hiding::Hidden;
use windows_sys::{
    Win32::{
        Foundation::{HWND, LPARAM},
        UI::WindowsAndMessaging::{
            EnumWindows, FindWindowExW, GW_OWNER, GWL_EXSTYLE, GWL_STYLE, GetClassNameW, GetWindow,
            GetWindowLongW, InternalGetWindowText, IsIconic, IsWindow, IsWindowVisible, WS_CAPTION,
            WS_EX_TOOLWINDOW,
        },
    },
    core::BOOL,
};

pub use self::list::list;
use self::{
    place::Place,
    process::{Maker, Processes},
};
use crate::own;

/// How long a chain of windows for one another is followed.
const CHAIN: usize = 16;
/// No desktop has more windows; a list that goes on was changed meanwhile.
const MOST: usize = 20_000;
/// Longest text that is read of a window, in units of UTF-16.
const TEXT: usize = 512;

/// What the system shows of the windows of others by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shows {
    Nothing,
    /// The last picture of a window whose program does not answer.
    Hung,
    /// Any window, small or in full, while somebody chooses among them.
    Any,
}

impl Shows {
    fn of(class: &str) -> Self {
        match class {
            "Ghost" => Self::Hung,
            "TaskListThumbnailWnd" | "TaskSwitcherWnd" | "MultitaskingViewFrame" | "LivePreview" => Self::Any,
            _ => Self::Nothing,
        }
    }
}

/// A window of the desktop, and not within another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Top {
    pub window: u64,
    /// None: nobody can tell.
    pub maker: Option<Maker>,
    /// What its program is called; none if nobody can tell.
    pub program: Option<String>,
    /// Where it shows something; none while it does not.
    pub place: Option<Place>,
    pub minimised: bool,
    /// It is this program's, and covers nothing: what is below is seen.
    pub clear: bool,
    /// It is this program's, and hidden by itself.
    pub private: bool,
    /// The window that it serves.
    pub owner: Option<u64>,
    /// It has no title to take it by: a menu, a tooltip.
    pub menu: bool,
    pub tool: bool,
    pub shows: Shows,
}

#[cfg(test)]
impl Top {
    /// One that shows nothing, of a process with a number of its own.
    pub fn named(window: u64, program: &str) -> Self {
        Self {
            window,
            maker: Some(Maker { process: window as u32, thread: None }),
            program: Some(program.into()),
            place: None,
            minimised: false,
            clear: false,
            private: false,
            owner: None,
            menu: false,
            tool: false,
            shows: Shows::Nothing,
        }
    }
}

pub(crate) fn handle(window: u64) -> HWND {
    window as usize as HWND
}

pub(crate) fn number(window: HWND) -> u64 {
    window as usize as u64
}

/// Whether there is such a window now.
pub fn is_there(window: u64) -> bool {
    // SAFETY: any number may go in.
    unsafe { IsWindow(handle(window)) != 0 }
}

/// What is known of the windows of the desktop.
#[derive(Default)]
pub struct Tops {
    processes: Processes,
}

impl Tops {
    /// The windows from the lowest to the top one. None if they changed too often meanwhile.
    pub fn look(&mut self) -> Option<Vec<Top>> {
        let (mut windows, unordered) = enumerate()?;
        windows.reverse();
        let ordered = windows.len() - unordered;
        let (clear, private, titles) = (own::clear(), own::private(), own::private_titles());
        self.processes.begin();
        let mut tops = Vec::with_capacity(windows.len());
        for (i, window) in windows.into_iter().enumerate() {
            let w = handle(window);
            // SAFETY: a window that is gone is given back as a number, and has no style, owner or place.
            let (style, extra, owner, visible, minimised) = unsafe {
                (
                    GetWindowLongW(w, GWL_STYLE).cast_unsigned(),
                    GetWindowLongW(w, GWL_EXSTYLE).cast_unsigned(),
                    GetWindow(w, GW_OWNER),
                    IsWindowVisible(w) != 0,
                    IsIconic(w) != 0,
                )
            };
            let found = self.processes.of(window);
            let here = found.as_ref().is_some_and(|f| f.process == std::process::id());
            let mut place = if visible { Place::of(w, extra) } else { None };
            if let Some(place) = place.as_mut().filter(|_| i >= ordered) {
                place.inner = None;
            }
            let named = here && visible && !titles.is_empty() && titles.contains(&title(window));
            tops.push(Top {
                window,
                maker: found.as_ref().and_then(|f| f.maker),
                program: found.and_then(|f| f.program),
                // A minimised one is outside of all screens, unless its program puts it elsewhere.
                place,
                minimised: visible && minimised,
                clear: clear.contains(&window),
                private: private.contains(&window) || named || (here && place::is_protected(w)),
                owner: Some(number(owner)).filter(|o| *o != 0),
                menu: style & WS_CAPTION != WS_CAPTION,
                tool: extra & WS_EX_TOOLWINDOW != 0,
                shows: if visible { Shows::of(&class(w)) } else { Shows::Nothing },
            });
        }
        self.processes.end();
        Some(tops)
    }
}

/// Who made this window, or the one of the desktop in which it is.
pub fn maker(window: HWND) -> Option<Maker> {
    let mut processes = Processes::default();
    processes.begin();
    processes.of(number(window))?.maker
}

/// A window and those that it serves, one after the other.
fn chain<'a>(by: &'a HashMap<u64, &'a Top>, top: &'a Top) -> impl Iterator<Item = &'a Top> {
    std::iter::successors(Some(top), |t| by.get(&t.owner?).copied()).take(CHAIN)
}

fn by_number(tops: &[Top]) -> HashMap<u64, &Top> {
    tops.iter().map(|t| (t.window, t)).collect()
}

/// Which of them are hidden: the windows of hidden programs, hidden windows with what serves them and all menus of the same
/// program, and what this program hides of itself. A program whose name cannot be told may be a hidden one.
pub fn hidden(tops: &[Top], hidden: &Hidden) -> Vec<bool> {
    let by = by_number(tops);
    let named = |t: &Top| match &t.program {
        Some(program) => hidden.names(program),
        None => !hidden.programs.is_empty(),
    };
    let chosen = |t: &Top| hidden.windows.contains(&t.window);
    // Whose picture it is nobody tells.
    let any = tops.iter().any(|t| chosen(t) || t.program.as_ref().is_some_and(|p| hidden.names(p)));
    let named = |t: &Top| if t.shows == Shows::Hung { any } else { named(t) };
    let makers: Vec<Maker> = tops.iter().filter(|t| chosen(t)).filter_map(|t| t.maker).collect();
    let of = |top: &Top| {
        chain(&by, top).any(|t| chosen(t) || named(t) || t.private)
            || (top.menu && top.maker.is_some_and(|m| makers.contains(&m)))
    };
    tops.iter().map(of).collect()
}

/// Of each, which of these programs it is of, by the windows that they were chosen by and who made those: it is one of
/// those or serves it, or is of the same program or serves that.
pub fn whose(tops: &[Top], chosen: &[(u64, Maker)]) -> Vec<Option<usize>> {
    let by = by_number(tops);
    let itself = |t: &Top| chosen.iter().position(|(w, m)| *w == t.window && t.maker == Some(*m));
    let of = |t: &Top| {
        let mut same = (0..chosen.len()).filter(|i| t.maker == Some(chosen[*i].1));
        // What a program opens is with one that is open, if several of its windows were chosen.
        same.clone().find(|i| by.contains_key(&chosen[*i].0)).or_else(|| same.next())
    };
    let whose = |t: &Top| chain(&by, t).find_map(itself).or_else(|| chain(&by, t).find_map(of));
    tops.iter().map(|t| whose(t).filter(|_| !t.private)).collect()
}

/// The text of its title; empty if it has none, or is gone.
pub fn title(window: u64) -> String {
    let mut text = [0; TEXT];
    // SAFETY: `text` is valid for writing so many units. No message is sent, so that it waits for nobody.
    let len = unsafe { InternalGetWindowText(handle(window), text.as_mut_ptr(), TEXT as i32) };
    String::from_utf16_lossy(&text[..usize::try_from(len).unwrap_or(0)])
}

pub(crate) fn class(window: HWND) -> String {
    let mut text = [0; 64];
    // SAFETY: `text` is valid for writing so many units.
    let len = unsafe { GetClassNameW(window, text.as_mut_ptr(), text.len() as i32) };
    String::from_utf16_lossy(&text[..usize::try_from(len).unwrap_or(0)])
}

/// All of them, the top one first, and of how many at the beginning the order is not known. None if one went away meanwhile.
fn enumerate() -> Option<(Vec<u64>, usize)> {
    let mut told: Vec<u64> = Vec::with_capacity(256);
    // SAFETY: `add` takes the address of the list, which outlives the call.
    if unsafe { EnumWindows(Some(add), (&raw mut told) as LPARAM) } == 0 {
        return None;
    }
    // That leaves out the system's own and what fills the screen by programs of its store; this tells of all, in their order.
    let mut found = Vec::with_capacity(told.len() + 64);
    let mut last = std::ptr::null_mut();
    loop {
        // SAFETY: plain numbers.
        let next = unsafe { FindWindowExW(std::ptr::null_mut(), last, null(), null()) };
        if next.is_null() {
            break;
        }
        found.push(number(next));
        last = next;
        if found.len() > MOST {
            return None;
        }
    }
    if found.last().is_some_and(|w| !is_there(*w)) {
        return None;
    }
    let known: HashSet<u64> = found.iter().copied().collect();
    let mut all: Vec<u64> = told.into_iter().filter(|w| !known.contains(w)).collect();
    let unordered = all.len();
    all.append(&mut found);
    Some((all, unordered))
}

unsafe extern "system" fn add(window: HWND, to: LPARAM) -> BOOL {
    // SAFETY: `enumerate` gave the address of its list, which nobody else uses meanwhile.
    unsafe { (*(to as *mut Vec<u64>)).push(number(window)) };
    1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn top(window: u64, process: u32, owner: Option<u64>) -> Top {
        let maker = Some(Maker { process, thread: None });
        Top { maker, owner, ..Top::named(window, &format!("program{process}")) }
    }

    #[test]
    fn windows_are_of_who_made_them_and_of_what_they_serve() {
        let mut tops = vec![top(1, 7, None), top(2, 7, None), top(3, 8, Some(2)), top(4, 9, None)];
        let makers = |p| Maker { process: p, thread: None };
        assert_eq!(whose(&tops, &[(1, makers(7))]), [Some(0), Some(0), Some(0), None]);
        assert_eq!(whose(&tops, &[(1, makers(7)), (2, makers(7))]), [Some(0), Some(1), Some(1), None]);
        assert_eq!(whose(&tops, &[(1, makers(6))]), [None; 4], "its number is another program's now");
        tops[1].private = true;
        assert_eq!(whose(&tops, &[(1, makers(7))])[1], None);
    }

    #[test]
    fn hidden_ones_take_along_what_serves_them() {
        let mut tops = vec![top(1, 7, None), top(2, 8, Some(1)), top(3, 7, None), top(4, 9, None)];
        let by_name = Hidden { programs: vec!["program7".into()], windows: Vec::new() };
        assert_eq!(hidden(&tops, &by_name), [true, true, true, false]);
        let by_window = Hidden { programs: Vec::new(), windows: vec![1] };
        assert_eq!(hidden(&tops, &by_window), [true, true, false, false]);
        tops[2].menu = true;
        assert_eq!(hidden(&tops, &by_window), [true, true, true, false]);
        tops[3].program = None;
        assert_eq!(hidden(&tops, &by_name), [true; 4], "in doubt it is hidden");
    }
}

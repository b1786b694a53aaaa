//! The open windows as a person knows them.

use deskside_session::hiding::{LONGEST, OpenWindow};
use windows_sys::Win32::UI::WindowsAndMessaging::{GWL_EXSTYLE, GetWindowLongW, WS_EX_APPWINDOW};

use super::{Top, Tops, handle, title};

/// The top one first; without those of this program. None if they changed too often meanwhile.
pub fn list() -> Option<Vec<OpenWindow>> {
    Some(Tops::default().look()?.iter().rev().filter_map(describe).collect())
}

/// None for what no person calls a window: menus, tools, the desktop and what is not shown, and for those of this program.
pub fn describe(top: &Top) -> Option<OpenWindow> {
    // SAFETY: plain numbers.
    let extra = unsafe { GetWindowLongW(handle(top.window), GWL_EXSTYLE) }.cast_unsigned();
    let listed = extra & WS_EX_APPWINDOW != 0 || (top.owner.is_none() && !top.tool);
    if !listed || (top.place.is_none() && !top.minimised) {
        return None;
    }
    let maker = top.maker.filter(|m| m.process != std::process::id())?;
    let title = title(top.window);
    if title.trim().is_empty() || maker.process == 0 {
        return None;
    }
    Some(OpenWindow {
        id: top.window,
        title: clean(&title),
        program: clean(top.program.as_deref().unwrap_or_default()),
        minimised: top.minimised,
    })
}

/// One line, and not too long.
fn clean(text: &str) -> String {
    let cut = text.floor_char_boundary(LONGEST);
    text[..cut].chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

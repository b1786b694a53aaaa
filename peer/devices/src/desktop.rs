//! Windows has several desktops, of which one is shown: this program's, or one where user account control asks and where a
//! locked computer wants a password. There no program of the person's sees or acts.

use windows_sys::Win32::System::StationsAndDesktops::{CloseDesktop, DESKTOP_READOBJECTS, OpenInputDesktop};

/// Whether the one that is shown is out of reach.
pub(crate) fn is_away() -> bool {
    // SAFETY: plain numbers go in; what was opened is closed.
    unsafe {
        let shown = OpenInputDesktop(0, 0, DESKTOP_READOBJECTS);
        if shown.is_null() {
            return true;
        }
        CloseDesktop(shown);
        false
    }
}

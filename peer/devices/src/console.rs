//! Standard output for a program that is built without a console of its own.

/// Where the program was started from a console and its output goes nowhere else, it goes there. To be called before
/// anything is written.
pub fn attach() {
    #[cfg(windows)]
    windows::attach();
}

#[cfg(windows)]
mod windows {
    use windows_sys::Win32::{
        Foundation::INVALID_HANDLE_VALUE,
        System::Console::{ATTACH_PARENT_PROCESS, AttachConsole, GetStdHandle, STD_OUTPUT_HANDLE},
    };

    pub(super) fn attach() {
        // SAFETY: plain numbers go in and out.
        unsafe {
            let out = GetStdHandle(STD_OUTPUT_HANDLE);
            if out.is_null() || out == INVALID_HANDLE_VALUE {
                // It fails where there is no console: then nobody reads.
                AttachConsole(ATTACH_PARENT_PROCESS);
            }
        }
    }
}

//! The windows of other programs on this computer.

pub(crate) mod region;
#[cfg(all(unix, not(target_os = "macos")))]
pub(crate) mod x11;

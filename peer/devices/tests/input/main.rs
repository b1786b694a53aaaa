//! Input, the watch over own input, and the clipboard on real displays with real programs.
#![cfg(target_os = "linux")]

mod clipboard;
mod desk;
mod keys;
mod own;
mod pointer;
mod portable;
mod recorder;
mod shortcuts;
mod watch;

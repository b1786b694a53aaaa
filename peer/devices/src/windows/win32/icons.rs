//! The pictures that windows show for themselves.

use std::collections::HashMap;

use deskside_session::hiding::OpenWindow;
use windows_sys::Win32::UI::WindowsAndMessaging::{
    GCLP_HICON, GetClassLongPtrW, HCURSOR, ICON_BIG, ICON_SMALL2, SMTO_ABORTIFHUNG, SendMessageTimeoutW,
    WM_GETICON,
};

use super::handle;
use crate::{capture::cursor, windows::Icon};

/// Longest time that one window has for an answer, in milliseconds.
const PATIENCE: u32 = 50;

/// By the windows' numbers; those that have none are left out.
pub fn read(windows: &[OpenWindow]) -> HashMap<u64, Icon> {
    windows.iter().filter_map(|w| Some((w.id, icon(w.id)?))).collect()
}

fn icon(window: u64) -> Option<Icon> {
    let asked = |kind: u32| {
        let mut icon = 0;
        // SAFETY: `icon` is valid for writing; the rest are plain numbers.
        unsafe {
            let w = handle(window);
            SendMessageTimeoutW(w, WM_GETICON, kind as usize, 0, SMTO_ABORTIFHUNG, PATIENCE, &raw mut icon);
        }
        icon
    };
    // SAFETY: plain numbers.
    let of_class = || unsafe { GetClassLongPtrW(handle(window), GCLP_HICON) };
    let found = [asked(ICON_BIG), of_class(), asked(ICON_SMALL2)].into_iter().find(|i| *i != 0)?;
    let shape = cursor::picture(found as HCURSOR)?;
    let rgba: Vec<u8> = shape.bgra.chunks_exact(4).flat_map(plain).collect();
    Icon::scaled(shape.width.into(), shape.height.into(), &rgba)
}

/// RGBA of one pixel whose colours are multiplied by its opacity.
fn plain(bgra: &[u8]) -> [u8; 4] {
    let opacity = u32::from(bgra[3]);
    let colour = |c: u8| (u32::from(c) * 255).checked_div(opacity).unwrap_or(0).min(255) as u8;
    [colour(bgra[2]), colour(bgra[1]), colour(bgra[0]), bgra[3]]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_as_they_were() {
        assert_eq!(plain(&[10, 20, 30, 255]), [30, 20, 10, 255]);
        assert_eq!(plain(&[0, 64, 128, 128]), [255, 127, 0, 128]);
        assert_eq!(plain(&[0; 4]), [0; 4]);
    }
}

//! The icons that windows show.

use std::collections::HashMap;

use deskside_session::hiding::OpenWindow;
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt as _, Window};

use crate::{
    windows::icon::{ICON, Icon},
    x11::{X11Error, connect},
};

/// Most that is read of one window, in units of 4 bytes.
const MOST: u32 = 256 * 1024;

/// Of those that have one. What is gone, or is none, is passed over.
pub fn read(display: Option<&str>, windows: &[OpenWindow]) -> Result<HashMap<u64, Icon>, X11Error> {
    let (conn, _) = connect(display)?;
    let atom = conn.intern_atom(false, b"_NET_WM_ICON")?.reply()?.atom;
    let mut found = HashMap::new();
    for w in windows {
        let Ok(window) = Window::try_from(w.id) else { continue };
        // One after the other, so that no more than one is in memory.
        let Ok(said) = conn.get_property(false, window, atom, AtomEnum::CARDINAL, 0, MOST)?.reply() else {
            continue;
        };
        let values: Vec<u32> = said.value32().map(Iterator::collect).unwrap_or_default();
        found.extend(best(&values).map(|icon| (w.id, icon)));
    }
    Ok(found)
}

/// The smallest picture that is large enough, else the largest: each is its width, its height, and ARGB pixels.
fn best(values: &[u32]) -> Option<Icon> {
    let mut rest = values;
    let mut found: Option<(usize, usize, &[u32])> = None;
    while let [width, height, more @ ..] = rest {
        let (w, h) = (*width as usize, *height as usize);
        let Some((pixels, after)) =
            w.checked_mul(h).filter(|n| *n > 0).and_then(|n| more.split_at_checked(n))
        else {
            break;
        };
        let side = w.max(h);
        let better = |b: usize| if b < ICON { side > b } else { side >= ICON && side < b };
        if found.is_none_or(|(w, h, _)| better(w.max(h))) {
            found = Some((w, h, pixels));
        }
        rest = after;
    }
    let (w, h, pixels) = found?;
    let rgba: Vec<u8> = pixels.iter().map(|p| p.rotate_left(8).to_be_bytes()).collect::<Vec<_>>().concat();
    Icon::scaled(w, h, &rgba)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(side: u32, argb: u32) -> Vec<u32> {
        [vec![side, side], vec![argb; (side * side) as usize]].concat()
    }

    fn first(values: &[u32]) -> Option<[u8; 4]> {
        best(values).and_then(|i| i.0.first_chunk().copied())
    }

    #[test]
    fn the_one_that_fits_best() {
        let (red, green) = (0xff01_0203, 0x8004_0506);
        let small = picture(16, red);
        assert_eq!(first(&small), Some([1, 2, 3, 255]));
        assert_eq!(first(&[small.clone(), picture(48, green)].concat()), Some([4, 5, 6, 128]));
        assert_eq!(
            first(&[picture(128, red), picture(32, green), picture(64, red)].concat()),
            Some([4, 5, 6, 128])
        );
        assert_eq!(first(&[picture(16, red), picture(8, green)].concat()), Some([1, 2, 3, 255]));
    }

    #[test]
    fn garbage_is_no_icon_and_what_came_before_it_is_one() {
        for garbage in
            [&[][..], &[1], &[0, 0], &[u32::MAX, u32::MAX, 1], &[2, 2, 1, 1, 1], &[5000, 1, 7], &[0, 9, 1]]
        {
            assert_eq!(first(garbage), None, "{garbage:?}");
            let after = [picture(16, 0xff01_0203), garbage.to_vec()].concat();
            assert_eq!(first(&after), Some([1, 2, 3, 255]), "{garbage:?}");
        }
        // Of one that is too large for all, nothing.
        assert_eq!(first(&[vec![2000, 1], vec![7; 2000]].concat()), None);
    }
}

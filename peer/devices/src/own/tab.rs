//! The way to stop on the frame: a strip at its upper edge, that unfolds into a button under the pointer.
//!
//! It never lies where windows have their own buttons: on the desktop it is left of the corner by more than those take,
//! and no taller than the edge of a title until the pointer comes; at one window it sits outside, above it.

use deskside_media::Rect;

/// Of the folded strip, in pixels.
const STRIP: (u16, u16) = (72, 7);
/// Of the open button; the width beside its words.
const OPEN: u16 = 30;
const PADDING: u16 = 16;
/// So far from the right edge: what the buttons of a title take.
const BESIDE: u16 = 144;

/// Where it hangs: left, top, width, height of what it belongs to.
type Place = (i32, i32, u16, u16);

/// What it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// The shared part of the desktop.
    Desktop(Place),
    /// A window with what a window manager put around it.
    Window(Place),
}

/// Where it lies on a screen of this size, folded or open with words of this width.
pub fn lie(at: At, screen: (u16, u16), open: bool, words: u16) -> Rect {
    let (w, h) = if open { (words + 2 * PADDING, OPEN) } else { STRIP };
    let (At::Desktop(place) | At::Window(place)) = at;
    // In the middle of where the strip is, so that it opens under the pointer.
    let right = place.0 + i32::from(place.2);
    let beside = if i32::from(place.2) > i32::from(BESIDE) * 2 { i32::from(BESIDE) } else { 0 };
    let centre = right - beside - i32::from(STRIP.0) / 2;
    let x = centre - i32::from(w) / 2;
    let y = match at {
        At::Window(_) if place.1 >= i32::from(OPEN) => place.1 - i32::from(h),
        _ => place.1,
    };
    let fit = |v: i32, size: u16, room: u16| v.min(i32::from(room) - i32::from(size)).max(0) as u16;
    Rect { x: fit(x, w, screen.0), y: fit(y, h, screen.1), w, h }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCREEN: (u16, u16) = (1280, 800);

    #[test]
    fn on_the_desktop_it_leaves_the_corner_to_the_buttons_of_windows() {
        let folded = lie(At::Desktop((0, 0, 1280, 800)), SCREEN, false, 100);
        assert_eq!(folded, Rect { x: 1064, y: 0, w: 72, h: 7 });
        let open = lie(At::Desktop((0, 0, 1280, 800)), SCREEN, true, 100);
        assert_eq!(open, Rect { x: 1034, y: 0, w: 132, h: 30 });
        assert!(folded.x >= open.x && folded.x + folded.w <= open.x + open.w, "it opens under the pointer");
    }

    #[test]
    fn at_a_window_it_is_outside_and_always_on_the_screen() {
        let at = |x, y| lie(At::Window((x, y, 600, 300)), SCREEN, false, 100);
        assert_eq!(at(100, 200), Rect { x: 484, y: 193, w: 72, h: 7 });
        assert_eq!(at(100, 0).y, 0, "there is no room above");
        assert_eq!(at(-590, -50), Rect { x: 0, y: 0, w: 72, h: 7 });
        assert_eq!(at(1250, 790), Rect { x: 1208, y: 783, w: 72, h: 7 });
        let narrow = lie(At::Window((400, 400, 90, 90)), SCREEN, false, 100);
        assert_eq!(narrow.x, 418, "a narrow window has it at its corner");
    }
}

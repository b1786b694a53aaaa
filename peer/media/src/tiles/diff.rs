//! What really changed inside a rectangle.

use super::format::TILE;

/// The part of a block that differs, in pixels from the block's corner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Dirty {
    pub x: usize,
    pub y: usize,
    pub w: usize,
    pub h: usize,
}

/// Ignores the fourth byte of each pixel.
const COLOUR: u32 = 0x00ff_ffff;

/// Compares the `w`×`h` pixels (at most 64 wide) at the start of both; `None` when they are equal.
pub(super) fn differs(
    new: &[u8],
    new_stride: usize,
    old: &[u8],
    old_stride: usize,
    w: usize,
    h: usize,
) -> Option<Dirty> {
    let mut columns = [0u32; TILE];
    let columns = &mut columns[..w];
    let (mut top, mut bottom) = (None, 0);
    for y in 0..h {
        let a = &new[y * new_stride..y * new_stride + w * 4];
        let b = &old[y * old_stride..y * old_stride + w * 4];
        if a == b {
            continue;
        }
        if mark(columns, a, b) {
            top.get_or_insert(y);
            bottom = y + 1;
        }
    }
    let y = top?;
    let x = columns.iter().position(|c| *c != 0)?;
    let right = columns.iter().rposition(|c| *c != 0)? + 1;
    Some(Dirty { x, y, w: right - x, h: bottom - y })
}

/// Marks the columns in which two rows differ; true when any does.
pub(super) fn mark(columns: &mut [u32], a: &[u8], b: &[u8]) -> bool {
    let mut any = 0;
    let (a, b) = (a.as_chunks::<4>().0, b.as_chunks::<4>().0);
    for ((c, p), q) in columns.iter_mut().zip(a).zip(b) {
        let d = (u32::from_le_bytes(*p) ^ u32::from_le_bytes(*q)) & COLOUR;
        *c |= d;
        any |= d;
    }
    any != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_box_and_ignores_the_fourth_byte() {
        let old = vec![9u8; 64 * 4 * 64];
        let mut new = old.clone();
        new[3] = 1;
        assert_eq!(differs(&new, 256, &old, 256, 64, 64), None);
        new[10 * 256 + 20 * 4] = 1;
        new[12 * 256 + 18 * 4 + 2] = 1;
        assert_eq!(differs(&new, 256, &old, 256, 64, 64), Some(Dirty { x: 18, y: 10, w: 3, h: 3 }));
        assert_eq!(differs(&new, 256, &old, 256, 64, 10), None);
    }
}

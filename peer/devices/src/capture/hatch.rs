//! The quiet pattern over what is covered.

use deskside_media::Rect;

/// BGRX.
const GROUND: [u8; 4] = [0x36, 0x2f, 0x2b, 0];
const STRIPE: [u8; 4] = [0x45, 0x3d, 0x38, 0];

/// Puts it over these parts of a picture of packed BGRX rows, so wide in pixels.
pub fn draw(bytes: &mut [u8], width: u16, parts: impl Iterator<Item = Rect>) {
    // Each row of stripes is the one above, one pixel further.
    let shade = |x: u16| if x & 15 < 2 { STRIPE } else { GROUND };
    let stripes: Vec<u8> = (0..width.saturating_add(15)).flat_map(shade).collect();
    let stride = usize::from(width) * 4;
    for r in parts {
        for y in usize::from(r.y)..usize::from(r.y) + usize::from(r.h) {
            let (start, from) = (y * stride + usize::from(r.x) * 4, (usize::from(r.x) + (y & 15)) * 4);
            let len = usize::from(r.w) * 4;
            bytes[start..start + len].copy_from_slice(&stripes[from..from + len]);
        }
    }
}

//! The window's icon, drawn from the tokens: a screen on its foot.

use eframe::egui::{Color32, IconData};

use crate::theme::Themes;

const SIZE: u32 = 64;

/// 64×64 pixels.
pub(crate) fn window_icon(themes: &Themes) -> IconData {
    let c = themes.light().c;
    let mut rgba = Vec::with_capacity((SIZE * SIZE * 4) as usize);
    for y in 0..SIZE {
        for x in 0..SIZE {
            rgba.extend(pixel(x as f32 + 0.5, y as f32 + 0.5, c.accent, c.on_accent).to_srgba_unmultiplied());
        }
    }
    IconData { rgba, width: SIZE, height: SIZE }
}

fn pixel(x: f32, y: f32, ground: Color32, ink: Color32) -> Color32 {
    let screen =
        rounded(x, y, (13.0, 15.0), (51.0, 42.0), 4.0) && !rounded(x, y, (17.0, 19.0), (47.0, 38.0), 2.0);
    let foot =
        rounded(x, y, (29.0, 42.0), (35.0, 48.0), 0.0) || rounded(x, y, (22.0, 47.0), (42.0, 51.0), 2.0);
    match (screen || foot, rounded(x, y, (1.0, 1.0), (63.0, 63.0), 15.0)) {
        (true, _) => ink,
        (false, true) => ground,
        (false, false) => Color32::TRANSPARENT,
    }
}

/// Whether a point lies in a rectangle with round corners.
fn rounded(x: f32, y: f32, min: (f32, f32), max: (f32, f32), r: f32) -> bool {
    let dx = (min.0 + r - x).max(x - (max.0 - r)).max(0.0);
    let dy = (min.1 + r - y).max(y - (max.1 - r)).max(0.0);
    dx * dx + dy * dy <= (r * r).max(f32::EPSILON)
}
